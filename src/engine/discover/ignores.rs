//! What git ignores: `.gitignore` from the top of the repository down,
//! `.git/info/exclude` and the user's own excludes file. What git tracks is not ignored.
//!
//! The walk of the `ignore` crate drops what git ignores without a word; here
//! the same matchers are asked one by one, so that each skip can be named and a
//! file given by name is judged like one that was found.

use super::tracked::Repository;
use crate::disk::Disk;
use ignore::Match;
use ignore::gitignore::{GitignoreBuilder, gitconfig_excludes_path};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The patterns of one file, on top of those that apply from further up.
#[derive(Debug)]
pub struct Ignores {
    patterns: ignore::gitignore::Gitignore,
    outer: Option<Arc<Ignores>>,
}

/// Told of each file of patterns that cannot be used, and why.
pub type OnFault<'a> = &'a dyn Fn(&Path, String);

/// What git says of a directory.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The patterns in force; nothing when there are none.
    patterns: Option<Arc<Ignores>>,
    /// The repository that it belongs to.
    repository: Option<Arc<Repository>>,
}

/// The file of patterns that the user's settings of git name; it need not exist.
pub fn user_excludes() -> Option<PathBuf> {
    gitconfig_excludes_path()
}

/// The nearest directory, from `dir` up, that is a git work tree.
pub fn repository<'p>(dir: &'p Path, disk: &Disk) -> Option<&'p Path> {
    dir.ancestors().find(|dir| is_repository(dir, disk))
}

/// Whether `dir` is the top of a repository or of a submodule.
pub fn is_repository(dir: &Path, disk: &Disk) -> bool {
    disk.symlink_metadata(&dir.join(".git")).is_ok()
}

impl Chain {
    /// What git says of `top`, where a walk begins: the patterns of its repository from
    /// the root down, or `top`'s own `.gitignore` outside of any repository. Without
    /// patterns if they are not `wanted`.
    pub fn at(top: &Path, wanted: bool, disk: &Disk, fault: OnFault<'_>) -> Chain {
        let Some(root) = repository(top, disk) else {
            let patterns =
                if wanted { with_file(top, &top.join(".gitignore"), None, disk, fault) } else { None };
            return Chain { patterns, repository: None };
        };
        let between: Vec<&Path> = top.ancestors().take_while(|dir| *dir != root).collect();
        let chain = Chain::of_repository(root, wanted, disk, fault);
        between.iter().rev().fold(chain, |chain, dir| chain.below(dir, wanted, disk, fault))
    }

    /// What git says of `dir`, below a directory of which it says this.
    pub fn below(self, dir: &Path, wanted: bool, disk: &Disk, fault: OnFault<'_>) -> Chain {
        let Chain { patterns, repository } = self;
        let patterns =
            if wanted { with_file(dir, &dir.join(".gitignore"), patterns, disk, fault) } else { None };
        Chain { patterns, repository }
    }

    /// What git says of the top of a repository: one inside another (a submodule, a nested
    /// clone) starts afresh.
    pub fn of_repository(root: &Path, wanted: bool, disk: &Disk, fault: OnFault<'_>) -> Chain {
        let (own, common) = git_directories(root, disk);
        let mut patterns = None;
        if wanted {
            let user = user_excludes().and_then(|file| with_file(root, &file, None, disk, fault));
            let exclude = with_file(root, &common.join("info/exclude"), user, disk, fault);
            patterns = with_file(root, &root.join(".gitignore"), exclude, disk, fault);
        }
        Chain { patterns, repository: Some(Arc::new(Repository::new(root, own))) }
    }

    /// The file whose pattern ignores `path`, whose parent directory this is of.
    pub fn ignored_by(&self, path: &Path, is_dir: bool) -> Option<PathBuf> {
        let mut next = self.patterns.as_ref();
        while let Some(ignores) = next {
            match ignores.patterns.matched(path, is_dir) {
                Match::Ignore(glob) => return Some(glob.from().map(Path::to_path_buf).unwrap_or_default()),
                Match::Whitelist(_) => return None,
                Match::None => next = ignores.outer.as_ref(),
            }
        }
        None
    }

    /// Whether git tracks `path`, or something below it.
    pub(super) fn tracks(&self, path: &Path, is_dir: bool, disk: &Disk) -> bool {
        self.repository.as_ref().is_some_and(|repository| repository.tracks(path, is_dir, disk))
    }

    /// Whether the directory at `path`, a repository of its own, is a submodule.
    pub(super) fn has_submodule(&self, path: &Path, disk: &Disk) -> bool {
        self.repository.as_ref().is_some_and(|repository| repository.is_submodule(path, disk))
    }
}

/// The directory of the repository itself, which holds its index, and the one that holds
/// `info/exclude`: both `.git`, or for a linked work tree (where `.git` is a file) its own
/// and the one that all its work trees share.
fn git_directories(root: &Path, disk: &Disk) -> (PathBuf, PathBuf) {
    let dot_git = root.join(".git");
    if disk.is_dir(&dot_git) {
        return (dot_git.clone(), dot_git);
    }
    let Ok(text) = disk.read_to_string(&dot_git) else { return (dot_git.clone(), dot_git) };
    let Some(named) = text.strip_prefix("gitdir:") else { return (dot_git.clone(), dot_git) };
    let own = root.join(named.trim());
    match disk.read_to_string(&own.join("commondir")) {
        Ok(common) => (own.clone(), own.join(common.trim())),
        Err(_) => (own.clone(), own),
    }
}

/// `outer` and the patterns of `file`, which are relative to `dir`. A pattern
/// that git would not understand is passed over, as git does.
fn with_file(
    dir: &Path,
    file: &Path,
    outer: Option<Arc<Ignores>>,
    disk: &Disk,
    fault: OnFault<'_>,
) -> Option<Arc<Ignores>> {
    // Git passes by a directory of that name.
    if !disk.metadata(file).is_ok_and(|metadata| !metadata.is_dir()) {
        return outer;
    }
    let bytes = match disk.read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            // Git, too, goes on without the file that it may not read.
            if error.kind() != io::ErrorKind::PermissionDenied {
                fault(file, format!("its patterns do not count: {error}"));
            }
            return outer;
        }
    };
    let mut builder = GitignoreBuilder::new(dir);
    // Git does not count a mark of the byte order, either.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut patterns = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        patterns += usize::from(!line.is_empty() && line[0] != b'#');
        if patterns > MOST_PATTERNS {
            fault(
                file,
                format!("its patterns do not count: there are more than {MOST_PATTERNS}; make them fewer"),
            );
            return outer;
        }
        // From the first line on that is not UTF-8, nothing is known.
        let Ok(line) = std::str::from_utf8(line) else { break };
        let _ = builder.add_line(Some(file.to_path_buf()), line);
    }
    match builder.build() {
        Ok(patterns) if !patterns.is_empty() => Some(Arc::new(Ignores { patterns, outer })),
        _ => outer,
    }
}

/// The most patterns that one file may have: matching them takes memory and time for each.
pub const MOST_PATTERNS: usize = 10_000;
