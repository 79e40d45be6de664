//! What is asked of git: which lines changed since a revision, and which files it
//! does not know yet.

use super::Stop;
use crate::engine::narrow::changed::Changed;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The lines changed since the merge base of `revision` and HEAD, in the work tree as
/// it is; files that git does not know yet count as a whole.
pub fn changed_since(revision: &str, cwd: &Path) -> Result<Changed, Stop> {
    anyhow::ensure!(!revision.starts_with('-'), "--new-from-rev {revision}: name a revision of git");
    let top = git(cwd, ["rev-parse", "--show-toplevel"])
        .context("--new-from-rev needs a git repository around the working directory")?;
    let top = path(top.trim_ascii_end());
    let top = dunce::canonicalize(&top).unwrap_or(top);
    if revision == "HEAD" && git(&top, ["rev-parse", "--verify", "--quiet", "HEAD"]).is_err() {
        // Before the first commit everything is new.
        let mut changed = Changed::default();
        let all = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "*.go"];
        for name in git(&top, all)?.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            changed.add_whole(top.join(path(name)));
        }
        return Ok(changed);
    }
    let base = git(&top, ["merge-base", "--", revision, "HEAD"]).with_context(|| {
        format!(
            "--new-from-rev {revision}: git knows no common ancestor with HEAD; fetch the revision, or more of \
             the history of a shallow clone"
        )
    })?;
    let base = String::from_utf8_lossy(base.trim_ascii_end()).into_owned();
    let diff = git(
        &top,
        // Each flag stands against a setting or an attribute that changes the form.
        [
            "-c",
            "core.quotePath=true",
            "diff",
            "--unified=0",
            "--inter-hunk-context=0",
            "--text",
            "--find-renames",
            "--submodule=short",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-prefix",
            "--no-relative",
            &base,
            "--",
            "*.go",
        ],
    )?;
    let mut changed = Changed::of_diff(&diff, &top);
    let untracked = git(&top, ["ls-files", "--others", "--exclude-standard", "-z", "--", "*.go"])?;
    for name in untracked.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        changed.add_whole(top.join(path(name)));
    }
    Ok(changed)
}

/// The commit that the work tree at `dir` is at, when it is one.
pub fn revision(dir: &Path) -> Option<String> {
    let head = git(dir, ["rev-parse", "--verify", "--quiet", "HEAD"]).ok()?;
    Some(String::from_utf8_lossy(head.trim_ascii_end()).into_owned())
}

/// The commit, the branch, and whether the files are those of the commit, in words:
/// `c34dc7ee0048 on main`. None where git or a repository is missing.
pub fn state(dir: &Path) -> Option<String> {
    let said = |args: &[&str]| {
        let text = String::from_utf8_lossy(&git(dir, args).ok()?).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let mut text = said(&["rev-parse", "--short=12", "HEAD"])?;
    if let Some(branch) = said(&["symbolic-ref", "--quiet", "--short", "HEAD"]) {
        text = format!("{text} on {branch}");
    }
    if said(&["--no-optional-locks", "status", "--porcelain", "--untracked-files=no"]).is_some() {
        text += ", with changes that are not committed";
    }
    Some(text)
}

/// The top of the work tree around `dir`, when it has no change that git knows of.
pub fn clean_top(dir: &Path) -> Result<PathBuf, Stop> {
    let top = git(dir, ["rev-parse", "--show-toplevel"]).context("--commit-per needs a git repository")?;
    let top = path(top.trim_ascii_end());
    let status = git(&top, ["status", "--porcelain", "--untracked-files=no"])?;
    let status = String::from_utf8_lossy(&status);
    let changed: Vec<&str> = status.lines().filter_map(|line| line.get(3..)).collect();
    if let Some(first) = changed.first() {
        let others = match changed.len() - 1 {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        anyhow::bail!(
            "the work tree has changes ({first}{others}); commit or stash them before --commit-per"
        );
    }
    Ok(top)
}

/// Commits what is in the index, with git's hooks.
pub fn commit(top: &Path, message: &str) -> Result<(), Stop> {
    git(top, ["commit", "--quiet", "--message", message]).map(drop)
}

/// Puts `files` into the index.
pub fn add<'a>(top: &Path, files: impl Iterator<Item = &'a PathBuf>) -> Result<(), Stop> {
    let args = ["--literal-pathspecs", "add", "--pathspec-from-file=-", "--pathspec-file-nul"];
    fed(top, &args, list(files)).map(drop)
}

/// The entries of `files` in the index, mode and object by the name from the top on.
pub fn entries<'a>(
    top: &Path,
    files: impl Iterator<Item = &'a PathBuf>,
) -> Result<BTreeMap<String, String>, Stop> {
    let wanted: BTreeSet<&PathBuf> = files.collect();
    let all = git(top, ["ls-files", "--stage", "-z"])?;
    let entry = |line: &[u8]| {
        let line = std::str::from_utf8(line).ok()?;
        let (about, name) = line.split_once('\t')?;
        // `100644 OBJECT 0`: another stage is a conflict.
        let about = about.strip_suffix(" 0")?;
        wanted.contains(&top.join(name)).then(|| (name.to_owned(), about.to_owned()))
    };
    Ok(all.split(|byte| *byte == 0).filter_map(entry).collect())
}

/// Puts entries into the index, each `mode object TAB name NUL`.
pub fn put_entries(top: &Path, entries: &str) -> Result<(), Stop> {
    fed(top, &["update-index", "-z", "--index-info"], entries.into()).map(drop)
}

/// Names for a command that reads them with NUL between.
fn list<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Vec<u8> {
    let names: Vec<&[u8]> = files.map(|file| file.as_os_str().as_encoded_bytes()).collect();
    names.join(&0)
}

/// What `git` prints when it is run in `dir` and reads `input`.
pub fn fed(dir: &Path, args: &[&str], input: Vec<u8>) -> Result<Vec<u8>, Stop> {
    let mut command = command(dir);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("git cannot be run; install it, or leave the option out")?;
    let mut stdin = child.stdin.take().context("git has no standard input")?;
    // git may write before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().context("git cannot be read")?;
    let _ = writer.join();
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "git {}: {}", args.join(" "), said.trim());
    Ok(output.stdout)
}

/// Variables that change what git prints, or how it reads a pathspec.
const BENDING: &[&str] = &[
    "GIT_DIFF_OPTS",
    "GIT_EXTERNAL_DIFF",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// The git command, run in `dir`, whose output does not depend on the environment.
pub fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir).env("LC_ALL", "C");
    for name in BENDING {
        command.env_remove(name);
    }
    command
}

/// What `git` prints when it is run in `dir`.
fn git<A: AsRef<std::ffi::OsStr>>(dir: &Path, args: impl AsRef<[A]>) -> Result<Vec<u8>, Stop> {
    let args = args.as_ref();
    let verb = args.iter().map(|arg| arg.as_ref().to_string_lossy()).find(|arg| !arg.starts_with('-'));
    let verb = verb.unwrap_or_default();
    let ran = command(dir)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .context("git cannot be run; install it, or leave the option out")?;
    let said = String::from_utf8_lossy(&ran.stderr);
    anyhow::ensure!(ran.status.success(), "git {verb}: {}", said.trim());
    Ok(ran.stdout)
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
