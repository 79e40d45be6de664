//! Which files a run looks at, and what it says of the others.
//!
//! Every `.go` file below the PATHs is wanted, whatever its module, GOOS or
//! build tags. Skipped, and named with the reason: `vendor`, `testdata` and
//! `third_party` directories, names that the go command passes by, what git
//! ignores and does not track, submodules, what the policy excludes, links that lead elsewhere and what is no
//! regular file. A directory is named once and not entered. `.gitignore` files
//! count from the root of the repository down; outside of a repository, from
//! the top of the walk down. Of what git ignores, directories and `.go` files
//! are named. Whether a file is generated, or a test that a rule leaves out, is
//! for the caller to decide once it has the text.

pub mod ignores;
mod paths;
mod read;
mod skip;
mod tracked;
mod walk;
mod walk_root;

pub use ignores::{MOST_PATTERNS, user_excludes};
pub use paths::{PathError, from_list, listed, path_of_bytes, slashed};
pub use read::{Buffer, Limits, ReadRefusal, is_generated, read_bytes, read_path, text};
pub use skip::{FileKind, Include, Skip, UnknownKind, Why};
pub use walk_root::OWN_FOLDER;

use crate::disk::Disk;
use crate::engine::policy::Policy;
use crate::rewrite::Failure;
use paths::{Finder, PathPlace};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use walk_root::{Orders, WalkRoot};

/// What to look for.
pub struct Request<'a> {
    /// Files, directories and `dir/...`, as the user wrote them; none means `.`.
    pub paths: &'a [PathBuf],
    /// The directory that relative paths start from.
    pub cwd: &'a Path,
    /// The default skips that are lifted.
    pub include: Include,
    /// Asked for what it excludes.
    pub policy: &'a dyn Policy,
    /// Worker threads; 0 means one per processor, twelve at most.
    pub threads: usize,
    /// Where the directories are read.
    pub disk: Disk,
}

/// A file to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Relative to the working directory where it lies below it, else absolute;
    /// always with `/`.
    pub path: Arc<str>,
    /// Absolute and free of links: where to read and to write.
    pub absolute: PathBuf,
    /// Named by the user, not found in a directory.
    pub explicit: bool,
    /// Called `_test.go`.
    pub is_test: bool,
}

/// What the walk did not hand out, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkOutcome {
    /// Wanted and not looked at.
    pub skipped: Vec<Skip>,
    /// Missing or unreadable: exit 2, after the rest.
    pub failures: Vec<Failure>,
    /// Whether the walk ended at rules ([`Discovery::ending_at_rules`]).
    pub met_rules: bool,
}

/// The places of a request, found and judged; nothing is walked yet.
pub struct Discovery<'a> {
    orders: Orders<'a>,
    threads: usize,
    /// Directories to walk; none lies in another that reaches it.
    roots: BTreeMap<PathBuf, Arc<WalkRoot>>,
    /// Files to visit that no root reaches.
    files: BTreeSet<PathBuf>,
    /// All files that the user named, reached by a root or not.
    named: BTreeSet<PathBuf>,
    /// Links that the user named.
    links: Vec<Link>,
    outcome: WalkOutcome,
    rules_below: Option<&'a RulesBelow<'a>>,
}

/// Whether rules lie below a directory that a walk does not enter.
pub type RulesBelow<'a> = dyn Fn(&Path) -> bool + Sync + 'a;

/// A link to something that may be a Go file.
struct Link {
    at: PathBuf,
    explicit: bool,
    walk_root: Arc<WalkRoot>,
}

impl<'a> Discovery<'a> {
    /// How many threads walk.
    pub fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from).min(12);
        if self.threads == 0 { processors() } else { self.threads }
    }

    /// Finds the places that `request` names.
    ///
    /// # Errors
    /// [`PathError`] when one of them means nothing. One that is only missing is
    /// a [`Failure`] of the outcome.
    pub fn plan(request: Request<'a>) -> Result<Discovery<'a>, PathError> {
        let cwd = request.disk.canonicalize(request.cwd).map_err(|source| PathError::WorkingDirectory {
            path: request.cwd.display().to_string(),
            source,
        })?;
        let disk = request.disk;
        let orders = Orders {
            cwd: cwd.clone(),
            include: request.include,
            policy: request.policy,
            disk: disk.clone(),
            faults: Mutex::default(),
        };
        let mut discovery = Discovery {
            orders,
            threads: request.threads,
            roots: BTreeMap::new(),
            files: BTreeSet::new(),
            named: BTreeSet::new(),
            links: Vec::new(),
            outcome: WalkOutcome::default(),
            rules_below: None,
        };
        let here = [PathBuf::from(".")];
        let paths = if request.paths.is_empty() { &here } else { request.paths };
        let mut finder = Finder::new(&cwd, &disk);
        let mut walk_roots = WalkRoots::default();
        let mut named_files = Vec::new();
        for given in paths {
            match finder.find(given)? {
                PathPlace::Directory(dir) => discovery.add_directory(dir, &mut walk_roots),
                PathPlace::File(path, kind) => named_files.push((path, kind)),
                PathPlace::Missing(reason) => {
                    let path = given.to_string_lossy().into();
                    discovery.outcome.failures.push(Failure { path, reason });
                }
            }
        }
        discovery.drop_nested_roots();
        for (path, kind) in named_files {
            discovery.add_file(path, kind, &mut walk_roots);
        }
        Ok(discovery)
    }

    /// The same, but the walk ends where it meets a folder of rules below the working directory,
    /// or passes by a directory for which `rules_below` says yes.
    #[must_use]
    pub fn ending_at_rules(self, rules_below: &'a RulesBelow<'a>) -> Discovery<'a> {
        Discovery { rules_below: Some(rules_below), ..self }
    }

    fn add_directory(&mut self, dir: PathBuf, walk_roots: &mut WalkRoots) {
        let walk_root = walk_roots.of(&dir, &self.orders);
        match walk_root.state(&dir, &self.orders).skipped.clone() {
            Some(why) => self.skip(&dir, true, why),
            None => drop(self.roots.insert(dir, walk_root)),
        }
    }

    /// Two roots, one in the other, would visit the same files twice.
    fn drop_nested_roots(&mut self) {
        let nested = |dir: &Path| {
            dir.ancestors().skip(1).any(|above| {
                let walk_root = self.roots.get(above);
                walk_root.is_some_and(|walk_root| walk_root.state(dir, &self.orders).skipped.is_none())
            })
        };
        let nested: Vec<PathBuf> = self.roots.keys().filter(|dir| nested(dir)).cloned().collect();
        for dir in nested {
            self.roots.remove(&dir);
        }
    }

    fn add_file(&mut self, path: PathBuf, kind: std::fs::FileType, walk_roots: &mut WalkRoots) {
        let parent = path.parent().unwrap_or(&path);
        let walk_root = walk_roots.of(parent, &self.orders);
        if !is_go(&path) {
            self.skip(&path, false, Why::NotGo);
        } else if let Some(why) = walk_root.judge_file(&path, &self.orders) {
            self.skip(&path, false, why);
        } else if kind.is_symlink() {
            self.links.push(Link { at: path, explicit: true, walk_root });
        } else if !kind.is_file() {
            self.skip(&path, false, Why::NotRegular);
        } else {
            if !self.reached(&path) {
                self.files.insert(path.clone());
            }
            self.named.insert(path);
        }
    }

    /// Whether a walk of the roots comes by the regular file at `path`.
    fn reached(&self, path: &Path) -> bool {
        path.ancestors().skip(1).any(|above| {
            let walk_root = self.roots.get(above);
            walk_root.is_some_and(|walk_root| walk_root.judge_file(path, &self.orders).is_none())
        })
    }

    fn skip(&mut self, path: &Path, is_dir: bool, why: Why) {
        self.outcome.skipped.push(Skip { path: self.orders.shown(path, is_dir), why });
    }
}

/// The walk_roots of a request, one for each top.
#[derive(Default)]
struct WalkRoots {
    by_top: HashMap<PathBuf, Arc<WalkRoot>>,
    by_dir: HashMap<PathBuf, Arc<WalkRoot>>,
}

impl WalkRoots {
    /// The walk_root that `dir` stands on.
    fn of(&mut self, dir: &Path, orders: &Orders) -> Arc<WalkRoot> {
        if let Some(walk_root) = self.by_dir.get(dir) {
            return Arc::clone(walk_root);
        }
        let top = WalkRoot::top_for(dir, &orders.cwd, &orders.disk);
        let walk_root = self
            .by_top
            .entry(top.to_path_buf())
            .or_insert_with(|| Arc::new(WalkRoot::new(top, &orders.disk)))
            .clone();
        self.by_dir.insert(dir.to_path_buf(), Arc::clone(&walk_root));
        walk_root
    }
}

/// Why the file at `path` (absolute, need not exist) is skipped when the user
/// names it; nothing when it is looked at.
pub fn judge(path: &Path, cwd: &Path, include: &Include, policy: &dyn Policy, disk: &Disk) -> Option<Skip> {
    let orders = Orders {
        cwd: cwd.to_path_buf(),
        include: include.clone(),
        policy,
        disk: disk.clone(),
        faults: Mutex::default(),
    };
    let walk_root = WalkRoots::default().of(path.parent()?, &orders);
    let why = if is_go(path) { walk_root.judge_file(path, &orders)? } else { Why::NotGo };
    Some(Skip { path: orders.shown(path, false), why })
}

fn is_go(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b".go")
}
