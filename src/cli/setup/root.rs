//! The directory that a run is of: where its journal, its patches and its fingerprints start.

use crate::store;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The root of a run over `paths`: the git repository that holds the working
/// directory, else that directory, when all of them lie in it; otherwise the
/// repository that holds all of them, else the directory that they share.
pub fn root_of<'a>(cwd: &Path, paths: impl Iterator<Item = &'a PathBuf> + Clone) -> PathBuf {
    let repository = |dir: &Path| dir.ancestors().find(|dir| dir.join(".git").exists()).map(Path::to_owned);
    let here = repository(cwd).unwrap_or_else(|| cwd.to_owned());
    if paths.clone().all(|path| path.starts_with(&here)) {
        return here;
    }
    let mut shared: Option<PathBuf> = None;
    for path in paths {
        shared = Some(match shared {
            None => path.to_owned(),
            Some(so_far) => {
                let both = so_far.components().zip(path.components()).take_while(|(a, b)| a == b);
                both.map(|(component, _)| component).collect()
            }
        });
    }
    let mut shared = shared.unwrap_or(here);
    if let Some(repository) = repository(&shared) {
        return repository;
    }
    // A file that was named stands for its directory.
    while !shared.is_dir() && shared.pop() {}
    shared
}

/// The root of the runs that `undo` and `fix --continue` mean when they are
/// told none: the nearest directory upward with a run that is remembered.
pub fn remembered_root(cwd: &Path) -> PathBuf {
    let remembers = |dir: &&Path| store::runs(dir, None).is_ok_and(|runs| !runs.is_empty());
    cwd.ancestors().find(remembers).map_or_else(|| root_of(cwd, [].iter()), Path::to_owned)
}

/// What stands behind `gomend undo` for the run in `root`: the root only where `undo` would
/// not find it by itself.
pub fn named_in(root: &Path, cwd: &Path, run: &store::RunId) -> String {
    if remembered_root(cwd) == root {
        run.to_string()
    } else {
        format!("--root {} {run}", word(&root.to_string_lossy()))
    }
}

/// The command line as a person would type it, for the journal.
pub fn command_line(args: &[OsString]) -> String {
    let words = args.iter().skip(1).map(|arg| word(&arg.to_string_lossy()));
    std::iter::once("gomend".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// One word of a command line, quoted for a shell where it needs to be.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
