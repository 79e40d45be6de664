//! The plans of all directories of a run, and what they give when some fixes
//! are held back: what verification asks for while it looks for the fixes at fault.

use super::discover::{Limits, read_path};
use super::fingerprint::Fingerprints;
use super::matches::Match;
use super::plan::{Dropped, FixChoice, FixKey, FixPlan, HeldMatch, Planned, Planner, plan};
use super::prefilter::Prefilter;
use super::scan::Scan;
use crate::rewrite::{Finding, RuleEntry};
use crate::syntax::{DeclKind, File};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Decides whether the fix of a site may be taken at all.
pub type Chooser<'a> = dyn Fn(&RuleEntry, &Match, &Arc<File>, &FixKey) -> bool + Sync + 'a;

/// What a person answered of a site whose fix may be taken.
pub type FixAnswers<'a> = dyn Fn(&FixKey) -> FixChoice + Sync + 'a;

/// The files of one directory that have a fix.
struct PlannedDirectory {
    files: Vec<Arc<File>>,
    /// Where each file stands in that list.
    places: HashMap<PathBuf, usize>,
    plan: FixPlan,
}

impl PlannedDirectory {
    fn new(files: Vec<Arc<File>>, plan: FixPlan) -> PlannedDirectory {
        let places = files.iter().enumerate().map(|(at, file)| (file.path().to_owned(), at)).collect();
        PlannedDirectory { files, places, plan }
    }

    fn file(&self, path: &Path) -> Option<&Arc<File>> {
        self.places.get(path).map(|at| &self.files[*at])
    }
}

/// All that a run would change.
pub struct Fixes<'a> {
    scan: &'a Scan<'a>,
    prefilter: Prefilter,
    choose: &'a Chooser<'a>,
    answers: Option<&'a FixAnswers<'a>>,
    /// By the first directory of each group.
    directories: BTreeMap<PathBuf, PlannedDirectory>,
    /// The first directory of the group of each other directory: a fix of one edits files
    /// of another.
    joined: BTreeMap<PathBuf, PathBuf>,
    taken: Vec<TakenFix>,
    /// Whether a fix may edit files beside those that have a site.
    beside: bool,
}

/// One fix that was taken, with the directory whose plan took it.
#[derive(Clone, Debug)]
pub struct TakenFix {
    /// The site.
    pub key: FixKey,
    /// The pass that took it, from 1.
    pub pass: u32,
    /// The files that it edits, absolute.
    pub files: Vec<PathBuf>,
    /// The finding of a site that no file on disk has yet; its own fix cannot
    /// stand alone.
    pub born: Option<Finding>,
    directory: PathBuf,
}

/// Files as they are with some fixes held back.
pub struct FixesOutcome {
    /// The files that change.
    pub files: BTreeMap<PathBuf, Planned>,
    /// Fixes, by index, that fell away because they stood on one held back.
    pub lost: BTreeSet<usize>,
}

impl<'a> Fixes<'a> {
    /// Plans the fixes of the files at `paths`, on `threads` threads. The scan's
    /// `tick` counts the files.
    pub fn plan(
        scan: &'a Scan<'a>,
        paths: impl IntoIterator<Item = PathBuf>,
        choose: &'a Chooser<'a>,
        threads: usize,
    ) -> Fixes<'a> {
        Fixes::asked(scan, paths, choose, None, threads)
    }

    /// As [`Fixes::plan`]; of the fixes that may be taken, those are that
    /// `answers` says.
    pub fn asked(
        scan: &'a Scan<'a>,
        paths: impl IntoIterator<Item = PathBuf>,
        choose: &'a Chooser<'a>,
        answers: Option<&'a FixAnswers<'a>>,
        threads: usize,
    ) -> Fixes<'a> {
        let mut grouped: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        for path in paths {
            let directory = path.parent().unwrap_or(Path::new("")).to_owned();
            grouped.entry(directory).or_default().push(path);
        }
        let mut fixes = Fixes { answers, ..Fixes::none(scan, choose, true) };
        let pending = Mutex::new(grouped.into_iter());
        let done = Mutex::new(BTreeMap::new());
        let next = || pending.lock().unwrap_or_else(PoisonError::into_inner).next();
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    while let Some((directory, paths)) = next() {
                        let files = load(&paths, scan.limits);
                        let plan = fixes.plan_files(&files, &BTreeSet::new(), &BTreeSet::new());
                        paths.iter().for_each(|_| (scan.tick)());
                        let planned = PlannedDirectory::new(files, plan);
                        done.lock().unwrap_or_else(PoisonError::into_inner).insert(directory, planned);
                    }
                });
            }
        });
        fixes.directories = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        fixes.join();
        fixes.list();
        fixes
    }

    /// Plans the directories together that a fix joins.
    fn join(&mut self) {
        loop {
            let joint = self.directories.iter().find_map(|(directory, planned)| {
                let others = planned.plan.spans.iter();
                let group = |other: &PathBuf| self.joined.get(other).unwrap_or(other).clone();
                let others: BTreeSet<PathBuf> =
                    others.filter(|other| group(other) != *directory).cloned().collect();
                (!others.is_empty()).then(|| (directory.clone(), others))
            });
            let Some((directory, others)) = joint else { return };
            let mut files = Vec::new();
            let group: BTreeSet<PathBuf> =
                others.iter().map(|other| self.joined.get(other).unwrap_or(other).clone()).collect();
            for key in group.iter().chain([&directory]) {
                files.extend(self.directories.remove(key).into_iter().flat_map(|planned| planned.files));
            }
            for other in group.into_iter().chain(others) {
                for known in self.joined.values_mut().filter(|known| **known == other) {
                    known.clone_from(&directory);
                }
                self.joined.insert(other, directory.clone());
            }
            self.joined.remove(&directory);
            files.sort_by(|a, b| a.path().cmp(b.path()));
            // What its first plan asked for is known now.
            self.directories.insert(directory.clone(), PlannedDirectory::new(files, FixPlan::default()));
            let plan = self.plan_directory(&directory, &BTreeSet::new());
            self.directories.get_mut(&directory).expect("it was put there").plan = plan;
        }
    }

    /// The group of the directory of `path`.
    fn group<'p>(&'p self, path: &'p Path) -> Option<&'p Path> {
        let directory = path.parent()?;
        Some(self.joined.get(directory).map_or(directory, PathBuf::as_path))
    }

    /// Plans the directories of `paths` again, for answers that have changed.
    pub fn again<'p>(&mut self, paths: impl IntoIterator<Item = &'p Path>) {
        for path in paths {
            let Some(plan) = self.preview(path) else { continue };
            let directory = self.group(path).map(Path::to_owned);
            let directory = directory.and_then(|directory| self.directories.get_mut(&directory));
            directory.expect("it was planned just now").plan = plan;
        }
        self.list();
    }

    /// What the directory of `path` comes to under the answers as they are now.
    pub fn preview(&self, path: &Path) -> Option<FixPlan> {
        let directory = self.group(path)?;
        self.directories.get(directory)?;
        Some(self.plan_directory(directory, &BTreeSet::new()))
    }

    /// What the directory of `path` came to when it was planned last.
    pub fn plan_of(&self, path: &Path) -> Option<&FixPlan> {
        Some(&self.directories.get(self.group(path)?)?.plan)
    }

    /// The sites that wait for an answer or were left by one.
    pub fn held(&self) -> impl Iterator<Item = &HeldMatch> {
        self.directories.values().flat_map(|directory| &directory.plan.held)
    }

    /// What there is to say of a site that stands.
    pub fn finding(&self, held: &HeldMatch) -> Finding {
        self.scan.finding(held)
    }

    /// The file at `path`, one of those with a site, as it was read from disk.
    pub fn file(&self, path: &Path) -> Option<&Arc<File>> {
        self.directories.get(self.group(path)?)?.file(path)
    }

    /// Numbers the fixes that were taken.
    fn list(&mut self) {
        self.taken.clear();
        let scan = self.scan;
        let mut names = Fingerprints::new(&scan.root);
        for (directory, planned) in &self.directories {
            self.taken.extend(planned.plan.taken.iter().map(|taken| TakenFix {
                key: taken.key.clone(),
                pass: taken.pass,
                files: taken.files.clone(),
                born: taken.born.as_ref().and_then(|born| {
                    let file = planned.file(&taken.key.path)?;
                    Some(scan.born(taken, born, file, &mut names))
                }),
                directory: directory.clone(),
            }));
        }
    }

    fn none(scan: &'a Scan<'a>, choose: &'a Chooser<'a>, beside: bool) -> Fixes<'a> {
        let prefilter = Prefilter::new(scan.entries);
        let (directories, joined, taken) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Fixes { scan, prefilter, choose, answers: None, directories, joined, taken, beside }
    }

    /// Plans the fixes of one file in memory.
    pub fn of_file(scan: &'a Scan<'a>, file: Arc<File>, choose: &'a Chooser<'a>) -> Fixes<'a> {
        let mut fixes = Fixes::none(scan, choose, false);
        let directory = file.path().parent().unwrap_or(Path::new("")).to_owned();
        let files = vec![file];
        let plan = fixes.plan_files(&files, &BTreeSet::new(), &BTreeSet::new());
        fixes.directories.insert(directory, PlannedDirectory::new(files, plan));
        fixes.list();
        fixes
    }

    /// The fixes that were taken; an index into this list is a fix's number.
    pub fn taken(&self) -> &[TakenFix] {
        &self.taken
    }

    /// The fixes that were wanted and could not be taken.
    pub fn dropped(&self) -> impl Iterator<Item = &Dropped> {
        self.directories.values().flat_map(|directory| &directory.plan.dropped)
    }

    /// The file at `path` with all fixes taken; nothing when it does not change.
    pub fn planned(&self, path: &Path) -> Option<&Planned> {
        self.directories.get(self.group(path)?)?.plan.files.get(path)
    }

    /// The files when all fixes but `without` are taken.
    pub fn outcome(&self, without: &BTreeSet<usize>) -> FixesOutcome {
        let mut outcome = FixesOutcome { files: BTreeMap::new(), lost: BTreeSet::new() };
        let mut all_held: HashMap<&Path, BTreeSet<FixKey>> = HashMap::new();
        for fix in without.iter().filter_map(|index| self.taken.get(*index)) {
            all_held.entry(&fix.directory).or_default().insert(fix.key.clone());
        }
        for (path, directory) in &self.directories {
            let Some(held) = all_held.get(path.as_path()) else {
                outcome.files.extend(directory.plan.files.clone());
                continue;
            };
            let plan = self.plan_directory(path, held);
            let kept: BTreeSet<&FixKey> = plan.taken.iter().map(|taken| &taken.key).collect();
            // The fixes of a directory are listed together.
            let first = self.taken.partition_point(|fix| fix.directory < *path);
            let here = self.taken.iter().enumerate().skip(first);
            for (index, fix) in here.take_while(|(_, fix)| fix.directory == *path) {
                if !without.contains(&index) && !kept.contains(&fix.key) {
                    outcome.lost.insert(index);
                }
            }
            outcome.files.extend(plan.files);
        }
        outcome
    }

    /// Plans a directory with those that are joined to it.
    fn plan_directory(&self, directory: &Path, held: &BTreeSet<FixKey>) -> FixPlan {
        let others = self.joined.iter().filter(|(_, first)| *first == directory);
        let mut together: BTreeSet<PathBuf> = others.map(|(other, _)| other.clone()).collect();
        if !together.is_empty() {
            together.insert(directory.to_owned());
        }
        self.plan_files(&self.directories[directory].files, held, &together)
    }

    fn plan_files(
        &self,
        files: &[Arc<File>],
        held: &BTreeSet<FixKey>,
        directories: &BTreeSet<PathBuf>,
    ) -> FixPlan {
        let enabled = |file: &File| self.scan.enabled(file);
        let accept = |entry: &RuleEntry, matched: &Match, file: &Arc<File>, key: &FixKey| match self.answers {
            _ if held.contains(key) || !(self.choose)(entry, matched, file, key) => FixChoice::Leave,
            None => FixChoice::Take,
            Some(answers) => answers(key),
        };
        let planner = Planner {
            entries: self.scan.entries,
            prefilter: &self.prefilter,
            module: self.scan.module,
            enabled: &enabled,
            accept: &accept,
            beside: self.beside,
            directories,
        };
        plan(files.to_vec(), &planner)
    }
}

/// Reads the files again: between the first look and now each may have changed
/// or gone, and then there is nothing to fix in it.
fn load(paths: &[PathBuf], limits: Limits) -> Vec<Arc<File>> {
    let read = |path: &PathBuf| Some(Arc::new(File::new(path, read_path(path, limits).ok()?)));
    paths.iter().filter_map(read).collect()
}

/// Whether an exported declaration differs between two texts of one file in
/// anything but function bodies, so that importers can notice.
pub fn exports_changed(before: &str, after: &str) -> bool {
    exports(before) != exports(after)
}

fn exports(text: &str) -> Vec<String> {
    let file = File::new("", text);
    let exported = |name: &str| name.starts_with(char::is_uppercase);
    let mut found = Vec::new();
    for (index, decl) in file.outline().decls.iter().enumerate() {
        let visible = decl.names.iter().any(|name| exported(&name.text));
        // An unexported type can be a part of an exported one.
        if !visible && decl.kind != DeclKind::Type {
            continue;
        }
        let root = file.decl(index).and_then(|root| root.named().next());
        let body = root.and_then(|root| root.body());
        let end = body.map_or(decl.span.end, |body| body.start());
        found.push(file.text()[decl.span.start..end].to_owned());
    }
    found.sort();
    found
}
