//! `--stage`: what was accepted goes into git's index too.

use super::super::super::git;
use super::Stop;
use anyhow::Context;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The index of a repository as it was when the review began.
pub struct Stage {
    top: PathBuf,
    tracked: BTreeSet<PathBuf>,
    differing: BTreeSet<PathBuf>,
}

impl Stage {
    /// Reads the index of the repository that holds `root`.
    pub fn of(root: &Path) -> Result<Stage, Stop> {
        let top = ask(root, &["rev-parse", "--show-toplevel"], "")
            .context("--stage puts fixes into git's index; run it in a repository, or leave it out")?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches('\n'));
        let top = dunce::canonicalize(&top).unwrap_or(top);
        let list = |args: &[&str]| -> Result<BTreeSet<PathBuf>, Stop> {
            let bytes = ask(&top, args, "")?;
            let names = bytes.split(|byte| *byte == 0).filter(|name| !name.is_empty());
            Ok(names.map(|name| top.join(&*String::from_utf8_lossy(name))).collect())
        };
        let tracked = list(&["ls-files", "-z"])?;
        let differing = list(&["diff", "--name-only", "-z", "--no-ext-diff"])?;
        Ok(Stage { top, tracked, differing })
    }

    /// Whether the index holds the file at `path` as it is on disk.
    pub fn may_take(&self, path: &Path) -> bool {
        self.tracked.contains(path) && !self.differing.contains(path)
    }

    /// Why it does not.
    pub fn why(&self, path: &Path) -> &'static str {
        if self.tracked.contains(path) {
            "it differs from git's index, so --stage would stage more than the fixes; stage or stash it first"
        } else {
            "it is not in git's index; add it first"
        }
    }

    /// Puts the files at `paths`, which were written, into the index.
    pub fn add<'p>(&self, paths: impl Iterator<Item = &'p PathBuf>) -> Result<(), Stop> {
        let names: Vec<String> = paths.map(|path| path.to_string_lossy().into_owned()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let args = ["--literal-pathspecs", "add", "--pathspec-from-file=-", "--pathspec-file-nul"];
        ask(&self.top, &args, &names.join("\0")).context("the files are written, but not staged").map(drop)
    }
}

fn ask(dir: &Path, args: &[&str], input: &str) -> Result<Vec<u8>, Stop> {
    let mut child = git::command(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("git cannot be started; install it or leave out --stage")?;
    let mut stdin = child.stdin.take().context("git has no standard input")?;
    let input = input.to_owned();
    // git may write before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().context("git cannot be read")?;
    let _ = writer.join();
    anyhow::ensure!(
        output.status.success(),
        "git {}: {}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(output.stdout)
}
