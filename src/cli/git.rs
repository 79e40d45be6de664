//! What is asked of git: which lines changed since a revision, and which files it
//! does not know yet.
//!
//! A repository's own configuration can name programs: filters, monitors, hooks. A call
//! that only reads runs none of them (see [`reading`]); only `--commit-per` and `--stage`
//! let git work as the repository says.

use super::Stop;
use crate::disk::{companion, program};
use crate::engine::narrow::changed::ChangedLines;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long git may read. It waits for ever for the other end of a pipe that a
/// repository holds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Settings under which git starts no program of the repository and writes nothing.
const QUIET: [(&str, &str); 6] = [
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("diff.autoRefreshIndex", "false"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.submodule", "short"),
    ("status.submoduleSummary", "false"),
];

/// Files in a git directory that a call opens.
const OPENED: [&str; 14] = [
    "HEAD",
    "config",
    "config.worktree",
    "commondir",
    "index",
    "packed-refs",
    "shallow",
    "info/attributes",
    "info/exclude",
    "info/grafts",
    "info/sparse-checkout",
    "objects/info/alternates",
    "COMMIT_EDITMSG",
    "logs/HEAD",
];

/// What git opens in a directory of the work tree to read the files there.
const TO_READ: &[&str] = &[".gitattributes"];
/// What it opens there to take files into the index, and to say which others there are.
const TO_ADD: &[&str] = &[".gitattributes", ".gitignore"];

/// The lines changed since the merge base of `revision` and HEAD, in the work tree as
/// it is; files that git does not know yet count as a whole.
pub fn changed_since(revision: &str, cwd: &Path) -> Result<ChangedLines, Stop> {
    anyhow::ensure!(!revision.starts_with('-'), "--new-from-rev {revision}: name a revision of git");
    let top = top(cwd).context("--new-from-rev needs a git repository around the working directory")?;
    if revision == "HEAD" && git(&top, ["rev-parse", "--verify", "--quiet", "HEAD"]).is_err() {
        // Before the first commit everything is new.
        return Ok(ChangedLines::all_but(&top, BTreeSet::new(), is_repository));
    }
    let base = git(&top, ["merge-base", "--", revision, "HEAD"]).with_context(|| {
        format!(
            "--new-from-rev {revision}: git knows no common ancestor with HEAD; fetch the revision, or more of \
             the history of a shallow clone"
        )
    })?;
    let base = String::from_utf8_lossy(base.trim_ascii_end()).into_owned();
    let tracked = git(&top, ["ls-files", "--cached", "-z", "--", "*.go"])?;
    let gone = git(&top, [NAMES, &["--cached", "--diff-filter=D", &base, "--", "*.go"]].concat())?;
    refuse_beside(&top, names(&tracked).chain(names(&gone)), TO_READ)?;
    let diff = git(&top, [DIFF, &[&base, "--", "*.go"]].concat())?;
    // git is not asked which files it does not know: for that it opens each `.gitignore`, and
    // goes through all that is ignored or is no Go.
    let known = names(&tracked).map(|name| top.join(path(name))).collect();
    let mut changed = ChangedLines::all_but(&top, known, is_repository);
    changed.add_diff(&diff, &top);
    Ok(changed)
}

fn is_repository(dir: &Path) -> bool {
    dir.join(".git").exists()
}

/// The files of the work tree `top` that differ from the index, as paths from there.
pub fn unstaged(top: &Path) -> Result<Vec<Vec<u8>>, Stop> {
    refuse_tree(top, TO_READ)?;
    let args = ["diff", "--name-only", "-z", "--no-ext-diff", "--no-relative"];
    Ok(names(&fed(top, &args, Vec::new())?).map(<[u8]>::to_vec).collect())
}

/// The names that git ends with NUL.
fn names(printed: &[u8]) -> impl Iterator<Item = &[u8]> {
    printed.split(|byte| *byte == 0).filter(|name| !name.is_empty())
}

/// Refuses a work tree where git would wait for a file beside those with these `names`, or in
/// a directory above them.
///
/// It is asked before git looks at files of the work tree. What is in the index decides, so
/// that nothing is searched that git passes by.
fn refuse_beside<'n>(top: &Path, names: impl Iterator<Item = &'n [u8]>, opened: &[&str]) -> Result<(), Stop> {
    let mut folders: BTreeSet<&[u8]> = BTreeSet::new();
    for name in names {
        let mut rest = name;
        while let Some(end) = rest.iter().rposition(|byte| *byte == b'/') {
            rest = &rest[..end];
            if !folders.insert(rest) {
                break;
            }
        }
    }
    let folders = std::iter::once(top.to_owned()).chain(folders.iter().map(|name| top.join(path(name))));
    let mut files = folders.flat_map(|folder| opened.iter().map(move |name| folder.join(name)));
    files.find(|file| waits(file)).map_or(Ok(()), |file| Err(would_wait(&file)))
}

/// [`refuse_beside`] for a git that looks at all files of the index.
fn refuse_tree(top: &Path, opened: &[&str]) -> Result<(), Stop> {
    refuse_beside(top, names(&git(top, ["ls-files", "--cached", "-z"])?), opened)
}

/// Whether to open the file is to wait for somebody, or to read without an end.
fn waits(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

fn would_wait(file: &Path) -> Stop {
    anyhow::anyhow!(
        "{}: no regular file, so git would wait for it; replace or remove it, or leave the option out",
        file.display()
    )
}

/// The top of the work tree around `dir`, free of links.
pub fn top(dir: &Path) -> Result<PathBuf, Stop> {
    let top = path(git(dir, ["rev-parse", "--show-toplevel"])?.trim_ascii_end());
    Ok(dunce::canonicalize(&top).unwrap_or(top))
}

/// Writes the Go files of the index of the work tree `top`, and what decides about them, below
/// `tree`, which is made. It looks like a repository whose index is this one.
pub fn write_index(top: &Path, tree: &Path) -> Result<(), Stop> {
    let counts = |name: &&[u8]| {
        let name = String::from_utf8_lossy(name);
        let last = name.rsplit('/').next().unwrap_or_default();
        let named = ["go.mod", "go.work", "gomend.toml", ".gitignore", ".gitmodules", "CODEOWNERS"];
        last.ends_with(".go")
            || named.contains(&last)
            || last.starts_with(".golangci.")
            || name.starts_with(".gomend/")
            || name.contains("/.gomend/")
    };
    let all = git(top, ["ls-files", "--cached", "-z"])?;
    let wanted: Vec<&[u8]> = names(&all).filter(counts).collect();
    refuse_beside(top, wanted.iter().copied(), TO_READ)?;
    let prefix = tree.join("");
    std::fs::create_dir_all(tree.join(".git"))
        .with_context(|| format!("{} cannot be made", tree.display()))?;
    let mut list = tempfile::tempfile()?;
    list.write_all(&wanted.join(&0))?;
    list.rewind()?;
    let mut command = reading(top)?;
    command.args(["-c", "core.autocrlf=false", "checkout-index", "--force", "-z", "--stdin", "--prefix"]);
    command.arg(&prefix).stdin(Stdio::from(list));
    ended(&mut command, "checkout-index")?;
    let index = path(git(top, ["rev-parse", "--git-path", "index"])?.trim_ascii_end());
    // Before the first `git add` there is none.
    let _ = std::fs::copy(top.join(index), tree.join(".git/index"));
    Ok(())
}

/// The lines that the index of the work tree `top` changes against HEAD, of files below `tree`.
pub fn staged_lines(top: &Path, tree: &Path) -> Result<ChangedLines, Stop> {
    let against = if git(top, ["rev-parse", "--verify", "--quiet", "HEAD"]).is_ok() {
        "HEAD".to_owned()
    } else {
        // Before the first commit everything is new: the tree without a file.
        let empty = git(top, ["hash-object", "-t", "tree", "--stdin"])?;
        String::from_utf8_lossy(empty.trim_ascii_end()).into_owned()
    };
    let differ = git(top, [NAMES, &["--cached", &against, "--", "*.go"]].concat())?;
    refuse_beside(top, names(&differ), TO_READ)?;
    let diff = git(top, [DIFF, &["--cached", &against, "--", "*.go"]].concat())?;
    Ok(ChangedLines::of_diff(&diff, tree))
}

/// The names of what differs.
const NAMES: &[&str] = &["diff", "--name-only", "-z", "--no-ext-diff", "--no-renames", "--no-relative"];

/// A diff whose form no setting and no attribute changes.
const DIFF: &[&str] = &[
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
    "--ignore-submodules=all",
    "--no-prefix",
    "--no-relative",
];

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
    let can_be_told = top(dir).is_ok_and(|top| refuse_tree(&top, TO_READ).is_ok());
    if !can_be_told {
        text += ", and whether the files are those of the commit cannot be told";
    } else if said(&["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"]).is_some() {
        text += ", with changes that are not committed";
    }
    Some(text)
}

/// The top of the work tree around `dir`, when it has no change that git knows of.
pub fn clean_top(dir: &Path) -> Result<PathBuf, Stop> {
    let top = git(dir, ["rev-parse", "--show-toplevel"]).context("--commit-per needs a git repository")?;
    let top = path(top.trim_ascii_end());
    refuse_tree(&top, TO_ADD)?;
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
    refuse_tree(top, TO_ADD)?;
    let mut command = working(top)?;
    command.args(["commit", "--quiet", "--message", message]).stdin(Stdio::null());
    said_well(&command.output().context(GIT)?, "commit").map(drop)
}

/// Puts `files` into the index.
pub fn add<'a>(top: &Path, files: impl Iterator<Item = &'a PathBuf>) -> Result<(), Stop> {
    let files: Vec<&PathBuf> = files.collect();
    let below = files.iter().filter_map(|file| file.strip_prefix(top).ok());
    refuse_beside(top, below.map(|name| name.as_os_str().as_encoded_bytes()), TO_ADD)?;
    let args = ["--literal-pathspecs", "add", "--pathspec-from-file=-", "--pathspec-file-nul"];
    fed(top, &args, list(files.into_iter())).map(drop)
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

/// What `git` prints when it is run in `dir` and reads `input`. The repository's filters run,
/// as whoever says `--stage` or `--commit-per` wants; its monitors and hooks do not.
pub fn fed(dir: &Path, args: &[&str], input: Vec<u8>) -> Result<Vec<u8>, Stop> {
    let mut command = working(dir)?;
    command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context(GIT)?;
    let mut stdin = child.stdin.take().context("git has no standard input")?;
    // git may write before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().context("git cannot be read")?;
    let _ = writer.join();
    said_well(&output, &verb(args)).map(<[u8]>::to_vec)
}

/// What a git that ended well has printed.
fn said_well<'o>(output: &'o Output, verb: &str) -> Result<&'o [u8], Stop> {
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "git {verb}: {}", said.trim());
    Ok(&output.stdout)
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

/// A git that does what the repository says, hooks and filters included.
fn working(dir: &Path) -> Result<Command, Stop> {
    refuse_waiting(dir)?;
    let mut command = program::command("git").context(GIT)?;
    command.current_dir(dir).env("LC_ALL", "C");
    for name in BENDING {
        command.env_remove(name);
    }
    Ok(command)
}

/// The files below `folder` at a revision, as paths from `top`.
pub fn listed_at(top: &Path, revision: &str, folder: &str) -> Result<Vec<String>, Stop> {
    anyhow::ensure!(!revision.starts_with('-'), "`{revision}` is not a revision; name a commit or a branch");
    let folder = if folder.is_empty() { "." } else { folder };
    let listed = git(top, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", revision, "--", folder])?;
    Ok(names(&listed).map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// The Go files that differ from the last commit, as paths from `top`.
pub fn changed_files(top: &Path) -> Result<Vec<String>, Stop> {
    refuse_tree(top, TO_READ)?;
    let listed = git(top, [NAMES, &["HEAD", "--", "*.go"]].concat())?;
    Ok(names(&listed).map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// What a file holds at a revision; nothing where it is not there.
pub fn file_at(top: &Path, revision: &str, path: &str) -> Result<Option<Vec<u8>>, Stop> {
    if !listed_at(top, revision, path)?.iter().any(|listed| listed == path) {
        return Ok(None);
    }
    git(top, ["cat-file", "blob", &format!("{revision}:{path}")]).map(Some)
}

/// What `git`, which only reads, prints when it is run in `dir`.
fn git<A: AsRef<std::ffi::OsStr>>(dir: &Path, args: impl AsRef<[A]>) -> Result<Vec<u8>, Stop> {
    let args = args.as_ref();
    let mut command = reading(dir)?;
    ended(command.args(args), &verb(args))
}

/// A git for calls that only read: it runs nothing that the repository or its
/// configuration names, fetches nothing, and writes nothing. An option that a call needs
/// beside that is the caller's (`--no-ext-diff` of a diff).
///
/// # Errors
/// When git is not there, or the repository is such that git would wait for ever.
pub fn reading(dir: &Path) -> Result<Command, Stop> {
    refuse_waiting(dir)?;
    let mut list = plain(dir, &[])?;
    list.args(["config", "--null", "--name-only", "--get-regexp", r"^(filter|hook)\."]);
    // Where nothing matches, git ends with a status of its own.
    let names = ended(&mut list, "config").unwrap_or_default();
    let names = names.split(|byte| *byte == 0).map(|name| String::from_utf8_lossy(name).into_owned());
    let owners: BTreeSet<String> =
        names.filter_map(|name| name.rsplit_once('.').map(|(owner, _)| owner.to_owned())).collect();
    let mut off: Vec<(String, String)> = Vec::new();
    for owner in owners {
        let settings: &[(&str, &str)] = if owner.starts_with("filter.") {
            // A filter that is required and does nothing would be an error.
            &[("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")]
        } else {
            &[("enabled", "false")]
        };
        off.extend(settings.iter().map(|(key, value)| (format!("{owner}.{key}"), (*value).to_owned())));
    }
    plain(dir, &off)
}

/// A git with the settings of [`QUIET`] and `more` of them.
fn plain(dir: &Path, more: &[(String, String)]) -> Result<Command, Stop> {
    let mut command = program::command("git").context(GIT)?;
    command.current_dir(dir).stdin(Stdio::null());
    for name in BENDING {
        command.env_remove(name);
    }
    command
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        // An object that a partial clone lacks is not fetched.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none");
    // Settings that come this way outrank every file, and a key may hold any character.
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let mut next = number("GIT_CONFIG_COUNT").unwrap_or(0);
    let quiet = QUIET.iter().map(|(key, value)| (*key, *value));
    for (key, value) in quiet.chain(more.iter().map(|(key, value)| (key.as_str(), value.as_str()))) {
        command.env(format!("GIT_CONFIG_KEY_{next}"), key).env(format!("GIT_CONFIG_VALUE_{next}"), value);
        next += 1;
    }
    command.env("GIT_CONFIG_COUNT", next.to_string());
    Ok(command)
}

const GIT: &str = "git cannot be run; install it, or leave the option out";

/// Refuses a repository in which git would wait for ever, or read without an end.
fn refuse_waiting(dir: &Path) -> Result<(), Stop> {
    let Some(top) = dir.ancestors().find(|dir| dir.join(".git").symlink_metadata().is_ok()) else {
        return Ok(());
    };
    let dot_git = top.join(".git");
    let mut folders = vec![dot_git.clone()];
    // A file of that name says where the directory is, and that one where the repository is.
    if let Ok(text) = companion::read_to_string(&dot_git)
        && let Some(named) = text.strip_prefix("gitdir:")
    {
        let own = top.join(named.trim());
        let shared = companion::read_to_string(&own.join("commondir"));
        folders.extend(shared.ok().map(|text| own.join(text.trim())));
        folders.push(own);
    }
    let opened = folders.iter().flat_map(|folder| {
        let head = companion::read_to_string(&folder.join("HEAD")).ok();
        let branch = head.and_then(|text| Some(folder.join(text.strip_prefix("ref:")?.trim())));
        OPENED.iter().map(|name| folder.join(name)).chain(branch)
    });
    let beside = TO_ADD.iter().chain(&[".gitmodules"]).map(|name| top.join(name));
    let mut files = std::iter::once(dot_git.clone()).chain(opened).chain(beside);
    files.find(|file| waits(file)).map_or(Ok(()), |file| Err(would_wait(&file)))
}

fn verb<A: AsRef<std::ffi::OsStr>>(args: &[A]) -> String {
    let mut words = args.iter().map(|arg| arg.as_ref().to_string_lossy());
    words.find(|arg| !arg.starts_with('-')).unwrap_or_default().into_owned()
}

/// Runs `command` to its end and gives what it prints.
fn ended(command: &mut Command, verb: &str) -> Result<Vec<u8>, Stop> {
    // Files instead of pipes: nothing to drain while there is a limit to watch.
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = command.stdout(out.try_clone()?).stderr(err.try_clone()?).spawn().context(GIT)?;
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!(
                "git {verb}: no answer within {} s; run it by hand to see what it waits for, or leave the option out",
                PATIENCE.as_secs()
            );
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(16));
    };
    let read = |file: &mut std::fs::File| -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let said = read(&mut err)?;
    anyhow::ensure!(status.success(), "git {verb}: {}", String::from_utf8_lossy(&said).trim());
    Ok(read(&mut out)?)
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
