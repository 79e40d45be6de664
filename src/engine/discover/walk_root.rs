//! The walk_root a walk stands on: which directories and files below its top are
//! skipped, the same whether the walk comes by or the user names them.

use super::ignores::{self, Chain, is_repository};
use super::paths::below;
use super::skip::{FileKind, Include, Why};
use crate::disk::Disk;
use crate::engine::policy::Policy;
use crate::rewrite::Failure;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The folder in which gomend keeps what is its own: rules, and what it remembers of runs.
pub const OWN_FOLDER: &str = ".gomend";
/// Directories in which version control systems, and gomend, keep what is theirs.
const VERSION_CONTROL: [&str; 6] = [".git", ".hg", ".svn", ".jj", ".bzr", OWN_FOLDER];

/// What the user and the configuration say of all walk_roots.
pub(super) struct Orders<'a> {
    pub(super) cwd: PathBuf,
    pub(super) include: Include,
    pub(super) policy: &'a dyn Policy,
    pub(super) disk: Disk,
    /// What cannot be used of the files beside the code: exit 2, after the rest.
    pub(super) faults: Mutex<BTreeSet<Failure>>,
}

impl Orders<'_> {
    fn includes(&self, kind: FileKind) -> bool {
        self.include.contains(&kind)
    }

    fn fault(&self, file: &Path, reason: String) {
        let failure = Failure { path: self.shown(file, false), reason };
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(failure);
    }

    /// `path` as reports show it.
    pub(super) fn shown(&self, path: &Path, is_dir: bool) -> Arc<str> {
        let near = below(path, &self.cwd).unwrap_or(path);
        let mut text = near.to_string_lossy();
        if std::path::MAIN_SEPARATOR != '/' {
            text = text.replace(std::path::MAIN_SEPARATOR, "/").into();
        }
        match (text.is_empty(), is_dir && !text.ends_with('/')) {
            (true, _) => "./".into(),
            (false, true) => format!("{text}/").into(),
            (false, false) => text.into(),
        }
    }
}

/// What is known of a directory.
pub(super) struct RootState {
    /// Why it, or a directory above it, is skipped.
    pub(super) skipped: Option<Why>,
    chain: Chain,
    /// The file whose pattern ignores the directory; of what is in it only that counts
    /// which git tracks all the same.
    ignored: Option<Arc<str>>,
}

/// A directory below which the skips are judged. Its own name and those above
/// it are not: who stands in `testdata/x` and says `.` means what he says, and
/// a checkout below a directory called `vendor` is no vendored code.
pub(super) struct WalkRoot {
    top: PathBuf,
    /// Links may lead anywhere below this: the repository, else the top.
    pub(super) root: PathBuf,
    states: RwLock<HashMap<OsString, Arc<RootState>>>,
}

impl WalkRoot {
    /// The walk_root whose top is `top` (absolute, without links).
    pub(super) fn new(top: &Path, disk: &Disk) -> WalkRoot {
        let root = ignores::repository(top, disk).unwrap_or(top).to_path_buf();
        WalkRoot { top: top.to_path_buf(), root, states: RwLock::default() }
    }

    /// The top of the walk_root for the directory `dir` (absolute, without links):
    /// the working directory when `dir` lies below it, else the repository, else
    /// the module, else `dir` itself.
    pub(super) fn top_for<'p>(dir: &'p Path, cwd: &'p Path, disk: &Disk) -> &'p Path {
        if dir.starts_with(cwd) {
            return cwd;
        }
        let module = || dir.ancestors().find(|dir| disk.is_file(&dir.join("go.mod")));
        ignores::repository(dir, disk).or_else(module).unwrap_or(dir)
    }

    /// What is known of `dir`, which lies below the top or is it.
    pub(super) fn state(&self, dir: &Path, orders: &Orders) -> Arc<RootState> {
        let known = self.states.read().unwrap_or_else(PoisonError::into_inner).get(dir.as_os_str()).cloned();
        known.unwrap_or_else(|| {
            let state = Arc::new(self.find_state(dir, orders));
            let mut states = self.states.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(states.entry(dir.as_os_str().to_owned()).or_insert(state))
        })
    }

    fn find_state(&self, dir: &Path, orders: &Orders) -> RootState {
        let wanted = !orders.includes(FileKind::Ignored);
        let disk = &orders.disk;
        let Some(parent) = dir.parent().filter(|_| dir != self.top) else {
            let fault = |file: &Path, why| orders.fault(file, why);
            let excluded = orders.policy.excludes_above(dir);
            return RootState {
                skipped: excluded.map(Why::Excluded),
                chain: Chain::at(dir, wanted, disk, &fault),
                ignored: None,
            };
        };
        let above = self.state(parent, orders);
        let fault = |file: &Path, why| orders.fault(file, why);
        if let Some(why) = above.skipped.clone().or_else(|| above.judge(dir, true, orders)) {
            return RootState { skipped: Some(why), chain: Chain::default(), ignored: None };
        }
        if !is_repository(dir, disk) {
            let chain = above.chain.clone().below(dir, wanted, disk, &fault);
            return RootState { skipped: None, chain, ignored: above.ignores(dir, true, orders) };
        }
        let submodule = !orders.includes(FileKind::Submodules) && above.chain.has_submodule(dir, disk);
        let skipped = submodule.then_some(Why::Default(FileKind::Submodules));
        RootState { skipped, chain: Chain::of_repository(dir, wanted, disk, &fault), ignored: None }
    }

    /// Why the file at `path`, somewhere below the top, is skipped.
    pub(super) fn judge_file(&self, path: &Path, orders: &Orders) -> Option<Why> {
        let state = self.state(path.parent().unwrap_or(&self.top), orders);
        state.skipped.clone().or_else(|| state.judge(path, false, orders))
    }
}

impl RootState {
    /// The file whose pattern ignores `path`, directly in this directory, or a directory
    /// around it.
    fn ignores(&self, path: &Path, is_dir: bool, orders: &Orders) -> Option<Arc<str>> {
        let own = || Some(orders.shown(&self.chain.ignored_by(path, is_dir)?, false));
        self.ignored.clone().or_else(own)
    }

    /// Why `path`, directly in this directory, is skipped, given that the
    /// directory is not.
    pub(super) fn judge(&self, path: &Path, is_dir: bool, orders: &Orders) -> Option<Why> {
        let Some(name) = path.file_name().unwrap_or_default().to_str() else {
            return Some(Why::NameNotUtf8);
        };
        let by_name = match name {
            // Some file systems take `.GIT` for `.git`.
            name if VERSION_CONTROL.iter().any(|known| known.eq_ignore_ascii_case(name)) => {
                is_dir.then_some(Why::VersionControl)
            }
            "vendor" => kind(FileKind::Vendor, is_dir, orders),
            "testdata" => kind(FileKind::Testdata, is_dir, orders),
            "third_party" => kind(FileKind::ThirdParty, is_dir, orders),
            // gofmt, too, reads `_x.go` and passes by `.x.go` (an editor's lock).
            _ => (name.starts_with('.') || is_dir && name.starts_with('_'))
                .then_some(Why::Name)
                .filter(|_| !orders.includes(FileKind::Ignored)),
        };
        by_name
            .or_else(|| {
                let file = self.ignores(path, is_dir, orders)?;
                (!self.chain.tracks(path, is_dir, &orders.disk)).then(|| Why::Ignored(file.to_string()))
            })
            .or_else(|| orders.policy.excludes(path, is_dir).map(Why::Excluded))
    }
}

fn kind(kind: FileKind, is_dir: bool, orders: &Orders) -> Option<Why> {
    (is_dir && !orders.includes(kind)).then_some(Why::Default(kind))
}
