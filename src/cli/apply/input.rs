//! What `apply` is to read: a file, standard input, or what a tool prints.

use super::super::Stop;
use super::super::args::{ApplyArgs, From};
use super::super::io::Io;
use super::super::setup::root_of;
use crate::disk::{companion, program};
use crate::engine::discover::{FileKind, Include};
use crate::foreign;
use crate::report::shown as visible;
use anyhow::Context;
use ignore::WalkBuilder;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

/// How many lines of a tool's standard error are repeated when it failed.
const SAID: usize = 20;

/// The largest plan, in bytes.
const LARGEST_PLAN: u64 = 1 << 30;

/// Bytes to read fixes from.
pub struct ApplyInput {
    /// How it is named to the user.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
    /// When it was written, where that is known.
    pub time: Option<SystemTime>,
    /// The Go files as they were before a tool ran, by path.
    pub hashes: Option<BTreeMap<PathBuf, blake3::Hash>>,
}

impl ApplyInput {
    /// Whether it is a plan, or nothing that can be told from one that was cut off.
    pub fn is_plan(&self) -> bool {
        let text = self.bytes.trim_ascii_start();
        match text.strip_prefix(b"{") {
            _ if self.hashes.is_some() => false,
            // A tool that found nothing.
            Some(rest) if rest.trim_ascii_start().starts_with(b"}") => false,
            Some(rest) if rest.trim_ascii_start().starts_with(b"\"plan\"") => true,
            Some(_) => {
                let keys = foreign::keys(text);
                keys.is_empty() || keys.iter().any(|key| key == "plan")
            }
            // A diff of nothing is empty, and so is a plan of which nothing was written.
            None => text.is_empty() && self.name.ends_with(".json"),
        }
    }
}

/// Reads what the command line names.
pub fn read(args: &ApplyArgs, cwd: &Path, io: &mut Io<'_>) -> Result<ApplyInput, Stop> {
    if let Some(line) = &args.run {
        anyhow::ensure!(
            args.from != Some(From::Plan),
            "--run takes the fixes of another tool, and a plan is gomend's own"
        );
        return run(line, cwd, io);
    }
    let path = args.plan.as_deref().context("name a file, or a tool with --run")?;
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io.stdin
            .as_mut()
            .take(LARGEST_PLAN + 1)
            .read_to_end(&mut bytes)
            .context("standard input cannot be read")?;
        anyhow::ensure!(
            bytes.len() as u64 <= LARGEST_PLAN,
            "standard input: more than 1 GiB, which is the limit; apply it in parts"
        );
        return Ok(ApplyInput { name: "standard input".to_owned(), bytes, time: None, hashes: None });
    }
    refuse_large(path)?;
    let bytes = companion::read_named(path).with_context(|| {
        format!(
            "{} cannot be read; name a plan of `gomend fix --plan-out`, or the fixes that a tool wrote",
            path.display()
        )
    })?;
    // A pipe has the time at which it was opened.
    let metadata = std::fs::metadata(path).ok().filter(|metadata| metadata.is_file());
    let time = metadata.and_then(|metadata| metadata.modified().ok());
    Ok(ApplyInput { name: path.display().to_string(), bytes, time, hashes: None })
}

/// Refuses what is too large to be read as anything but a plan, before it is in memory.
fn refuse_large(path: &Path) -> Result<(), Stop> {
    let size =
        std::fs::metadata(path).map_or(0, |metadata| if metadata.is_file() { metadata.len() } else { 0 });
    if size <= foreign::LARGEST {
        return Ok(());
    }
    let mut head = Vec::new();
    if let Ok(file) = companion::open(path) {
        let _ = file.take(HEAD).read_to_end(&mut head);
    }
    let head = ApplyInput { name: String::new(), bytes: head, time: None, hashes: None };
    anyhow::ensure!(head.is_plan(), foreign::too_large(&path.display().to_string()));
    Ok(())
}

/// As much of a large file as tells whether it is a plan.
const HEAD: u64 = 64 << 10;

/// Runs a tool and takes what it prints.
fn run(line: &str, cwd: &Path, io: &mut Io<'_>) -> Result<ApplyInput, Stop> {
    let words = shlex::split(line).filter(|words| !words.is_empty()).with_context(|| {
        format!("--run {line}: a quote is not closed, or there is no word; write it as 'go fix -json ./...'")
    })?;
    let root = root_of(cwd, [].iter());
    let hashes = hashes(&root)?;
    let failed =
        || format!("--run {line}: {} cannot be run; install it, or name it with its directory", words[0]);
    let mut child = program::command(&words[0])
        .with_context(failed)?
        .args(&words[1..])
        .current_dir(cwd)
        .env("PWD", cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(failed)?;
    let mut errors = child.stderr.take().context("the tool has no standard error")?;
    // It may fill one pipe while the other is read.
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        let _ = errors.by_ref().take(1 << 20).read_to_end(&mut said);
        let _ = std::io::copy(&mut errors, &mut std::io::sink());
        said
    });
    let mut bytes = Vec::new();
    let output = child.stdout.take().context("the tool has no standard output")?;
    output
        .take(foreign::LARGEST + 1)
        .read_to_end(&mut bytes)
        .context("what the tool prints cannot be read")?;
    let status = child.wait().context("the tool cannot be waited for")?;
    let said = reader.join().unwrap_or_default();
    // Many of them end with 1 when they have found something.
    if !status.success() {
        let said = String::from_utf8_lossy(&said);
        let said: Vec<&str> = said.lines().take(SAID).collect();
        anyhow::ensure!(
            !bytes.trim_ascii().is_empty(),
            "--run {line}: it ended with {status} and printed nothing to read: {}",
            said.join("\n")
        );
        // It has not seen all of the tree, perhaps.
        for line in said {
            writeln!(io.stderr, "note: the tool says: {}", visible(line))?;
        }
    }
    Ok(ApplyInput { name: format!("`{line}`"), bytes, time: None, hashes: Some(hashes) })
}

/// The hashes of all Go files below `root`.
fn hashes(root: &Path) -> Result<BTreeMap<PathBuf, blake3::Hash>, Stop> {
    let mut all = BTreeMap::new();
    let files = WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(|entry| !entry.file_name().eq_ignore_ascii_case(".git"))
        .build();
    for entry in files.filter_map(Result::ok) {
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && entry.path().extension().is_some_and(|extension| extension == "go") {
            // What cannot be read now is refused when a fix asks for it.
            if let Ok(bytes) = companion::read(entry.path()) {
                all.insert(entry.into_path(), blake3::hash(&bytes));
            }
        }
    }
    Ok(all)
}

/// The default skips that are lifted.
pub(super) fn kinds(args: &ApplyArgs) -> Result<Include, Stop> {
    Ok(args.include.iter().map(|word| word.trim().parse::<FileKind>()).collect::<Result<_, _>>()?)
}

/// The root that paths start from.
pub(super) fn root(args: &ApplyArgs, cwd: &Path) -> Result<PathBuf, Stop> {
    match &args.root {
        Some(root) => dunce::canonicalize(root)
            .with_context(|| format!("{} is not a directory; name the root of the plan", root.display())),
        None => Ok(root_of(cwd, [].iter())),
    }
}
