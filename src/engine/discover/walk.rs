//! The parallel walk: each thread finds files and works on them itself.

use super::skip::{Skip, Why};
use super::walk_root::{OWN_FOLDER, RootState, WalkRoot};
use super::{Discovery, Link, WalkOutcome, WalkRoots, Wanted, is_go};
use crate::rewrite::Failure;
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

impl Discovery<'_> {
    /// Hands out every wanted file once, in no order, to the visitors that
    /// `make` makes, one for each thread that finds a file. A visitor that
    /// breaks ends the walk.
    ///
    /// File links are followed after the walk proper, by visitors of their own.
    pub fn run<V>(&self, make: impl Fn() -> V + Sync) -> WalkOutcome
    where
        V: FnMut(Wanted) -> ControlFlow<()> + Send,
    {
        let notes = Mutex::new(WalkNotes { outcome: self.outcome.clone(), ..WalkNotes::default() });
        self.walk(self.roots.keys().chain(&self.files), &self.named, &make, &notes);
        let mut notes = notes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (targets, named) = self.follow(&mut notes);
        let notes = Mutex::new(notes);
        self.walk(targets.iter(), &named, &make, &notes);
        let mut outcome = notes.into_inner().unwrap_or_else(PoisonError::into_inner).outcome;
        let faults = self.orders.faults.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.failures.extend(faults.iter().cloned());
        outcome.skipped.sort();
        outcome.skipped.dedup();
        outcome.failures.sort();
        outcome.failures.dedup();
        outcome
    }

    fn walk<'p, V>(
        &self,
        places: impl Iterator<Item = &'p PathBuf>,
        named: &BTreeSet<PathBuf>,
        make: &(impl Fn() -> V + Sync),
        notes: &Mutex<WalkNotes>,
    ) where
        V: FnMut(Wanted) -> ControlFlow<()> + Send,
    {
        let mut builder = WalkBuilder::empty();
        for place in places {
            builder.add(place);
        }
        // All that the walk could leave out is judged here instead, and named.
        builder.standard_filters(false).threads(self.threads());
        builder.build_parallel().visit(&mut Makers { discovery: self, named, make, notes });
    }

    /// The files that the links lead to and that nobody visited yet, and those
    /// of them whose link the user named. What is wrong with the other links is
    /// noted.
    fn follow(&self, notes: &mut WalkNotes) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
        let mut targets = BTreeSet::new();
        let mut named = BTreeSet::new();
        if notes.stopped {
            return (targets, named);
        }
        let mut walk_roots = WalkRoots::default();
        for link in self.links.iter().chain(&notes.links) {
            match self.target(link, &mut walk_roots) {
                Ok(target) => {
                    if !self.files.contains(&target) && !self.reached(&target) {
                        targets.insert(target.clone());
                    }
                    if link.explicit {
                        named.insert(target);
                    }
                }
                Err(why) => {
                    let path = self.orders.shown(&link.at, false);
                    match why {
                        Why::DanglingLink(_) if link.explicit => notes.outcome.failures.push(Failure {
                            path,
                            reason: format!("{why}; remove the link or restore its target"),
                        }),
                        _ => notes.outcome.skipped.push(Skip { path, why }),
                    }
                }
            }
        }
        (targets, named)
    }

    fn target(&self, link: &Link, walk_roots: &mut WalkRoots) -> Result<PathBuf, Why> {
        let Ok(target) = self.orders.disk.canonicalize(&link.at) else {
            let named = self.orders.disk.read_link(&link.at).unwrap_or_default();
            return Err(Why::DanglingLink(named.to_string_lossy().into_owned()));
        };
        let shown = || self.orders.shown(&target, false).to_string();
        let metadata = self.orders.disk.metadata(&target).map_err(|_| Why::DanglingLink(shown()))?;
        if metadata.is_dir() {
            return Err(Why::DirectoryLink);
        }
        if !target.starts_with(&link.walk_root.root) {
            return Err(Why::LinkOutside(shown()));
        }
        if !is_go(&target) {
            return Err(Why::LinkNotGo(shown()));
        }
        if !metadata.is_file() {
            return Err(Why::NotRegular);
        }
        let walk_root = walk_roots.of(target.parent().unwrap_or(&target), &self.orders);
        match walk_root.judge_file(&target, &self.orders) {
            Some(why) => Err(Why::LinkToSkipped(shown(), Box::new(why))),
            None => Ok(target),
        }
    }
}

/// What the threads have to say beside the files they hand out.
#[derive(Default)]
struct WalkNotes {
    outcome: WalkOutcome,
    links: Vec<Link>,
    stopped: bool,
}

struct Makers<'a, M> {
    discovery: &'a Discovery<'a>,
    /// The files that are explicit.
    named: &'a BTreeSet<PathBuf>,
    make: &'a M,
    notes: &'a Mutex<WalkNotes>,
}

impl<'a, V, M> ParallelVisitorBuilder<'a> for Makers<'a, M>
where
    V: FnMut(Wanted) -> ControlFlow<()> + Send + 'a,
    M: Fn() -> V + Sync,
{
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Walker {
            discovery: self.discovery,
            named: self.named,
            make: self.make,
            notes: self.notes,
            visitor: None,
            place: None,
        })
    }
}

/// One thread of the walk.
struct Walker<'a, M, V> {
    discovery: &'a Discovery<'a>,
    /// The files that are explicit.
    named: &'a BTreeSet<PathBuf>,
    make: &'a M,
    notes: &'a Mutex<WalkNotes>,
    visitor: Option<V>,
    /// The directory of the last entry: the next one mostly has the same.
    place: Option<(PathBuf, Arc<WalkRoot>, Arc<RootState>)>,
}

impl<V, M> ParallelVisitor for Walker<'_, M, V>
where
    V: FnMut(Wanted) -> ControlFlow<()> + Send,
    M: Fn() -> V + Sync,
{
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.enter(entry),
            Err(error) => {
                let failure = self.failure(&error);
                self.note(|notes| notes.outcome.failures.push(failure));
                WalkState::Continue
            }
        }
    }
}

impl<V, M> Walker<'_, M, V>
where
    V: FnMut(Wanted) -> ControlFlow<()> + Send,
    M: Fn() -> V + Sync,
{
    fn enter(&mut self, entry: DirEntry) -> WalkState {
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if entry.depth() == 0 {
            // Judged when the request was planned.
            return if kind.is_dir() { self.go_into(entry.path()) } else { self.hand_out(entry.into_path()) };
        }
        let path = entry.path();
        let to_directory = kind.is_symlink() && self.discovery.orders.disk.leads_to_directory(path);
        if !kind.is_dir() && !is_go(path) {
            if to_directory {
                return self.pass_by(path, entry.depth(), Why::DirectoryLink);
            }
            return WalkState::Continue;
        }
        let discovery = self.discovery;
        let (walk_root, state) = self.place(path, entry.depth());
        let skipped = if kind.is_dir() {
            // What its entries will ask for, too.
            walk_root.state(path, &discovery.orders).skipped.clone()
        } else {
            state.judge(path, false, &discovery.orders)
        };
        if let Some(why) = skipped {
            if kind.is_dir() && self.leads_to_rules(path) {
                self.note(|notes| {
                    notes.stopped = true;
                    notes.outcome.met_rules = true;
                });
                return WalkState::Quit;
            }
            self.skip(path, kind.is_dir(), why);
            return WalkState::Skip;
        }
        if kind.is_dir() {
            return self.go_into(path);
        }
        if kind.is_symlink() {
            let walk_root = Arc::clone(self.place(path, entry.depth()).0);
            let link = Link { at: path.to_path_buf(), explicit: false, walk_root };
            self.note(|notes| notes.links.push(link));
            return WalkState::Continue;
        }
        if !kind.is_file() {
            self.skip(path, false, Why::NotRegular);
            return WalkState::Continue;
        }
        self.hand_out(entry.into_path())
    }

    /// Whether the skipped directory `path` holds rules, and somebody has to know.
    fn leads_to_rules(&self, path: &Path) -> bool {
        let Discovery { rules_below, orders, .. } = self.discovery;
        let is_own = path.file_name().is_some_and(|name| name == OWN_FOLDER);
        rules_below.is_some_and(
            |lie_below| {
                if is_own { path.parent() != Some(&orders.cwd) } else { lie_below(path) }
            },
        )
    }

    /// Skips a link to a directory, for a nearer reason if there is one.
    fn pass_by(&mut self, path: &Path, depth: usize, why: Why) -> WalkState {
        let discovery = self.discovery;
        let nearer = self.place(path, depth).1.judge(path, true, &discovery.orders);
        self.skip(path, true, nearer.unwrap_or(why));
        WalkState::Continue
    }

    /// The entries of the directory come next.
    fn go_into(&self, dir: &Path) -> WalkState {
        self.discovery.orders.disk.will_list(dir);
        WalkState::Continue
    }

    fn hand_out(&mut self, absolute: PathBuf) -> WalkState {
        let path = self.discovery.orders.shown(&absolute, false);
        let explicit = self.named.contains(&absolute);
        let is_test = path.ends_with("_test.go");
        let visitor = self.visitor.get_or_insert_with(self.make);
        match visitor(Wanted { path, absolute, explicit, is_test }) {
            ControlFlow::Continue(()) => WalkState::Continue,
            ControlFlow::Break(()) => {
                self.note(|notes| notes.stopped = true);
                WalkState::Quit
            }
        }
    }

    /// The walk_root and the state of the directory that holds `path`, `depth`
    /// steps below a root.
    fn place(&mut self, path: &Path, depth: usize) -> (&Arc<WalkRoot>, &Arc<RootState>) {
        let dir = path.parent().unwrap_or(path);
        if self.place.as_ref().is_none_or(|(known, ..)| known.as_os_str() != dir.as_os_str()) {
            let root = path.ancestors().nth(depth).unwrap_or(path);
            let walk_root = Arc::clone(&self.discovery.roots[root]);
            let state = walk_root.state(dir, &self.discovery.orders);
            self.place = Some((dir.to_path_buf(), walk_root, state));
        }
        let (_, walk_root, state) = self.place.as_ref().expect("was just filled");
        (walk_root, state)
    }

    fn skip(&self, path: &Path, is_dir: bool, why: Why) {
        if why != Why::VersionControl {
            let path = self.discovery.orders.shown(path, is_dir);
            self.note(|notes| notes.outcome.skipped.push(Skip { path, why }));
        }
    }

    fn failure(&self, error: &ignore::Error) -> Failure {
        let path = match path_of(error) {
            Some(path) => self.discovery.orders.shown(path, false),
            None => "./".into(),
        };
        let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        let reason =
            format!("cannot be read: {cause}; check its permissions, or leave it out with --exclude");
        Failure { path, reason }
    }

    fn note<T>(&self, write: impl FnOnce(&mut WalkNotes) -> T) -> T {
        write(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
