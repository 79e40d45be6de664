//! The first look at every file of a run: reads, filters and examines them, each
//! thread its own files, and gathers what there is to say.

use super::describe::{self, Describer};
use super::discover::{self, Buffer, Discovery, FileKind, Include, Limits, ReadRefusal, Wanted, slashed};
use super::file_cache::{FileCache, FileSet};
use super::fingerprint::{Fingerprints, SiteName};
use super::matches::{Around, Match, Module, matches_at, may_have_site};
use super::plan::{AppliedFix, FixKey, HeldMatch, NewSite, SitePlace};
use super::policy::{FilePolicy, Policy, Rules};
use super::prefilter::{Hit, Prefilter, hits_of};
use super::shard::Shard;
use super::suppress::{self, Suppressions, Unused};
use crate::model::module::may_switch;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Failure, Finding, RuleEntry, Skipped, Surroundings, TestPolicy,
};
use crate::syntax::File;
use crate::text::{Edit, Span};
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a scan needs to know.
pub struct Scan<'a> {
    /// The catalogue.
    pub entries: &'a [RuleEntry],
    /// The rules of the catalogue, for suppressions that name one.
    pub rules: &'a Rules,
    /// What is decided for each file.
    pub policy: &'a dyn Policy,
    /// What is known of modules.
    pub module: &'a dyn Module,
    /// The default skips that are lifted.
    pub include: Include,
    /// How large a file may be.
    pub limits: Limits,
    /// The working directory, absolute and free of links.
    pub cwd: PathBuf,
    /// Where paths start that must be the same whatever the working directory: those of
    /// fingerprints and parts. Absolute and free of links.
    pub root: PathBuf,
    /// The part of the files that is looked at; `None` for all.
    pub shard: Option<Shard>,
    /// Where the files beside a site's own are read from.
    pub file_cache: Arc<FileCache>,
    /// The suppressions of the files whose fixes were asked for last.
    pub read: suppress::Recent,
    /// Called for each file that was looked at, or whose fixes were planned.
    pub tick: &'a (dyn Fn() + Sync),
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The findings by path and place.
    pub findings: Vec<Finding>,
    /// How many files were looked at.
    pub files: usize,
    /// Files that were wanted and not looked at.
    pub skipped: Vec<Skipped>,
    /// What could not be read.
    pub failures: Vec<Failure>,
    /// The files with a fix, absolute, with how they are shown.
    pub fixable: BTreeMap<PathBuf, Arc<str>>,
    /// Whether the walk ended at rules ([`Discovery::ending_at_rules`]); nothing else is told then.
    pub met_rules: bool,
}

/// What one file gives.
struct FileScan {
    findings: Vec<Finding>,
    skipped: Vec<Skipped>,
    failure: Option<Failure>,
    fixable: Option<(PathBuf, Arc<str>)>,
}

impl FileScan {
    fn nothing() -> FileScan {
        FileScan { findings: Vec::new(), skipped: Vec::new(), failure: None, fixable: None }
    }

    fn skipped(wanted: &Wanted, reason: &str) -> FileScan {
        let skipped = Skipped { path: wanted.path.clone(), reason: reason.to_owned() };
        FileScan { skipped: vec![skipped], ..FileScan::nothing() }
    }

    fn refused(wanted: &Wanted, refusal: &ReadRefusal) -> FileScan {
        let reason = refusal.to_string();
        if refusal.is_failure() {
            let failure = Some(Failure { path: wanted.path.clone(), reason });
            FileScan { failure, ..FileScan::nothing() }
        } else {
            FileScan::skipped(wanted, &reason)
        }
    }
}

/// A prefilter for each set of rules that some file runs: what an opt-in rule looks
/// for costs nothing where it is off, nor in tests what looks at no test.
#[derive(Default)]
struct Prefilters(Mutex<BTreeMap<Vec<&'static str>, Arc<Prefilter>>>);

impl Prefilters {
    fn of<'a>(&self, entries: impl Iterator<Item = &'a RuleEntry> + Clone) -> Arc<Prefilter> {
        let mut prefilters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let prefilter = prefilters
            .entry(entries.clone().map(|entry| entry.meta.id).collect())
            .or_insert_with(|| Arc::new(Prefilter::new(entries)));
        Arc::clone(prefilter)
    }
}

/// A file that may have a site.
struct Candidate {
    wanted: Wanted,
    prefilter: Arc<Prefilter>,
    /// The file and its hits, unless it is to be read again.
    read: Option<(File, Vec<Hit>)>,
}

/// How many bytes of text are held until the files with candidates are examined; the others are
/// read again, so that memory does not grow with the tree.
const HELD: usize = 1 << 20;

/// Why a generated file is not looked at.
const GENERATED: &str = "generated; --include generated";

impl Scan<'_> {
    /// Looks at every file that `discovery` finds.
    ///
    /// The files that may have something to say are examined once all have been read: what
    /// their sites ask of the other files of a module is known by then, and those of one
    /// directory follow each other, so that the files beside them are read once.
    pub fn run(&self, discovery: &Discovery<'_>) -> Scanned {
        let prefilters = Prefilters::default();
        let files = AtomicUsize::new(0);
        let gathered = Mutex::new(Scanned::default());
        let candidates: Mutex<Vec<Candidate>> = Mutex::default();
        let held = AtomicUsize::new(0);
        let outcome = discovery.run(|| {
            let mut buffer = Buffer::default();
            let (prefilters, files, gathered, candidates) = (&prefilters, &files, &gathered, &candidates);
            let held = &held;
            let mut known: Vec<(Arc<FilePolicy>, bool, Arc<Prefilter>)> = Vec::new();
            move |wanted: Wanted| {
                if self.shard.is_some_and(|shard| !shard.has(&wanted.absolute, &self.root)) {
                    return ControlFlow::Continue(());
                }
                files.fetch_add(1, Ordering::Relaxed);
                let policy = self.policy.for_file(&wanted.absolute);
                let is_test = wanted.is_test;
                let same = |(known, test, _): &&(Arc<FilePolicy>, bool, _)| {
                    Arc::ptr_eq(known, &policy) && *test == is_test
                };
                let prefilter = known.iter().find(same).map(|(.., prefilter)| Arc::clone(prefilter));
                let prefilter = prefilter.unwrap_or_else(|| {
                    let runs = |entry: &&RuleEntry| self.runs(entry, &policy, is_test);
                    let prefilter = prefilters.of(self.entries.iter().filter(runs));
                    known.push((policy, is_test, Arc::clone(&prefilter)));
                    prefilter
                });
                match self.word_hits(&wanted, &prefilter, &mut buffer) {
                    ControlFlow::Continue(read) => {
                        let read = read.filter(|(file, _)| {
                            let length = file.text().len();
                            held.fetch_add(length, Ordering::Relaxed) + length <= HELD
                        });
                        let candidate = Candidate { wanted, prefilter, read };
                        candidates.lock().unwrap_or_else(PoisonError::into_inner).push(candidate);
                    }
                    ControlFlow::Break(found) => {
                        (self.tick)();
                        if let Some(found) = found {
                            gathered.lock().unwrap_or_else(PoisonError::into_inner).add(found);
                        }
                    }
                }
                ControlFlow::Continue(())
            }
        });
        if outcome.met_rules {
            return Scanned { met_rules: true, ..Scanned::default() };
        }
        let candidates = candidates.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.examine_all(candidates, discovery.threads(), &gathered);
        let mut scanned = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        scanned.files = files.into_inner();
        scanned.skipped.extend(outcome.skipped.into_iter().map(Skipped::from));
        scanned.failures.extend(outcome.failures);
        scanned.sort();
        scanned
    }

    /// Examines the files that may have a site.
    fn examine_all(&self, mut candidates: Vec<Candidate>, threads: usize, gathered: &Mutex<Scanned>) {
        /// As many files as a thread takes at once.
        const TOGETHER: usize = 4;
        candidates.sort_by(|a, b| a.wanted.absolute.cmp(&b.wanted.absolute));
        let threads = threads.min(candidates.len().div_ceil(TOGETHER));
        let left = Mutex::new(candidates.into_iter());
        let work = || {
            let mut buffer = Buffer::default();
            loop {
                let together: Vec<Candidate> = {
                    let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
                    left.by_ref().take(TOGETHER).collect()
                };
                if together.is_empty() {
                    return;
                }
                for Candidate { wanted, prefilter, read } in together {
                    let found = match read {
                        Some((file, hits)) => self.examine(&wanted, file, &hits),
                        None => self.file(&wanted, &prefilter, &mut buffer),
                    };
                    (self.tick)();
                    if let Some(found) = found {
                        gathered.lock().unwrap_or_else(PoisonError::into_inner).add(found);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
    }

    /// Looks at one text that stands for the file at `path`.
    pub fn text(&self, path: &Path, text: String) -> Scanned {
        self.text_with(path, text, &Prefilter::new(self.entries))
    }

    /// As [`Scan::text`], with a prefilter of all entries at hand.
    pub fn text_with(&self, path: &Path, text: String, prefilter: &Prefilter) -> Scanned {
        let wanted = Wanted {
            path: self.shown(path),
            absolute: path.to_owned(),
            explicit: true,
            is_test: path.to_string_lossy().ends_with("_test.go"),
        };
        let mut scanned = Scanned { files: 1, ..Scanned::default() };
        let found = if self.passes_generated(text.as_bytes()) {
            Some(FileScan::skipped(&wanted, GENERATED))
        } else {
            let hits = prefilter.hits(&text);
            self.examine(&wanted, File::new(path, text), &hits)
        };
        if let Some(found) = found {
            scanned.add(found);
        }
        scanned.sort();
        scanned
    }

    /// The edit that writes a comment with this `reason` into `file`, by which `rule` is held
    /// back at the site that begins at the byte `start`; nothing when there is no such site,
    /// or no line above it that a comment could stand on.
    pub fn suppressing(&self, file: &Arc<File>, rule: &str, start: usize, reason: &str) -> Option<Edit> {
        let at = self.entries.iter().position(|entry| entry.meta.id == rule)?;
        let file = self.file_cache.lend(file.path(), file.text().to_owned());
        let mut file_set = FileSet::beside(&self.file_cache);
        file_set.put(file.clone());
        let around = Around::new(&file, &file_set, self.module);
        let hits = Prefilter::new(self.entries).hits(file.text());
        let enabled = self.enabled(&file);
        let matches = matches_at(&around, self.entries, &hits, &|index| enabled[index]);
        let here = |one: &&Match| one.entry == at && one.rule_match.diagnostic.span.start == start;
        let found = matches.matches.iter().find(here)?;
        suppress::comment_above(&found.enclosing, rule, reason, &file)
    }

    /// Which entries run on a file.
    pub fn enabled(&self, file: &File) -> Vec<bool> {
        let path = file.path();
        let policy = self.policy.for_file(path);
        let is_test = path.to_string_lossy().ends_with("_test.go");
        let runs = |entry: &RuleEntry| {
            entry.meta.is_for(path) && self.runs(entry, &policy, is_test) && self.may_know(entry, file)
        };
        self.entries.iter().map(runs).collect()
    }

    /// Whether values of the types that a rule names may come to the file: its module knows
    /// them, or it names the package itself.
    fn may_know(&self, entry: &RuleEntry, file: &File) -> bool {
        let knows = |package: &&str| self.module.may_know(file.path(), package) || file.holds(package);
        let ways = entry.meta.packages;
        ways.is_empty() || ways.iter().any(|packages| packages.iter().all(knows))
    }

    /// Whether `entry` runs on a file under this policy.
    fn runs(&self, entry: &RuleEntry, policy: &FilePolicy, is_test: bool) -> bool {
        let tests = || self.include.contains(&FileKind::Tests) || entry.meta.tests == TestPolicy::Always;
        policy.rules.contains(entry.meta.id) && (!is_test || tests())
    }

    /// `path` as reports show it.
    pub fn shown(&self, path: &Path) -> Arc<str> {
        slashed(path.strip_prefix(&self.cwd).unwrap_or(path)).into()
    }

    /// Reads a file into `buffer` and tells whether it has to be examined, with its hits where
    /// it is known by them; else what there is to say of it. Most files hold no trigger and are
    /// done with then: only the others need be UTF-8.
    fn word_hits(
        &self,
        wanted: &Wanted,
        prefilter: &Prefilter,
        buffer: &mut Buffer,
    ) -> ControlFlow<Option<FileScan>, Option<(File, Vec<Hit>)>> {
        if let Err(refusal) =
            discover::read_bytes(self.file_cache.disk(), &wanted.absolute, self.limits, buffer)
        {
            return ControlFlow::Break(Some(FileScan::refused(wanted, &refusal)));
        }
        if self.passes_generated(buffer) {
            self.module.note(&wanted.absolute, buffer, may_switch(buffer));
            return ControlFlow::Break(Some(FileScan::skipped(wanted, GENERATED)));
        }
        let words = prefilter.word_hits(buffer);
        self.module.note(&wanted.absolute, buffer, words.noticed.switch);
        if words.noticed.gomend && suppress::mentions(buffer) {
            return ControlFlow::Continue(None);
        }
        if words.is_empty() {
            return ControlFlow::Break(None);
        }
        let text = match discover::text(buffer.to_vec(), self.limits) {
            Ok(text) => text,
            Err(refusal) => return ControlFlow::Break(Some(FileScan::refused(wanted, &refusal))),
        };
        let hits = hits_of(&text, words);
        let file = File::new(&wanted.absolute, text);
        let enabled = if hits.is_empty() { Vec::new() } else { self.enabled(&file) };
        if may_have_site(&file, self.entries, &hits, &|index| enabled[index]) {
            ControlFlow::Continue(Some((file, hits)))
        } else {
            ControlFlow::Break(None)
        }
    }

    /// Reads a file into `buffer` and looks at it; `None` when there is nothing to say of it.
    fn file(&self, wanted: &Wanted, prefilter: &Prefilter, buffer: &mut Buffer) -> Option<FileScan> {
        if let Err(refusal) =
            discover::read_bytes(self.file_cache.disk(), &wanted.absolute, self.limits, buffer)
        {
            return Some(FileScan::refused(wanted, &refusal));
        }
        if self.passes_generated(buffer) {
            return Some(FileScan::skipped(wanted, GENERATED));
        }
        match discover::text(buffer.to_vec(), self.limits) {
            Ok(text) => {
                let hits = prefilter.hits(&text);
                self.examine(wanted, File::new(&wanted.absolute, text), &hits)
            }
            Err(refusal) => Some(FileScan::refused(wanted, &refusal)),
        }
    }

    fn passes_generated(&self, text: &[u8]) -> bool {
        !self.include.contains(&FileKind::Generated) && discover::is_generated(text)
    }

    fn examine(&self, wanted: &Wanted, file: File, hits: &[Hit]) -> Option<FileScan> {
        let mut scan = FileScan::nothing();
        if hits.is_empty() && !suppress::mentions(file.text().as_bytes()) {
            return None;
        }
        let enabled = self.enabled(&file);
        if !enabled.contains(&true) {
            return None;
        }
        let file = self.file_cache.lend_read(file);
        let file_set = {
            let mut file_set = FileSet::beside(&self.file_cache);
            file_set.put(file.clone());
            file_set
        };
        let around = Around::new(&file, &file_set, self.module);
        let matches = matches_at(&around, self.entries, hits, &|index| enabled[index]);
        for fault in &matches.faults {
            let reason = format!("{fault} near line {}", file.lines().line(fault.span().start));
            scan.skipped.push(Skipped { path: wanted.path.clone(), reason });
        }
        if matches.matches.is_empty() && !suppress::mentions(file.text().as_bytes()) {
            return (!scan.skipped.is_empty()).then_some(scan);
        }
        let policy = self.policy.for_file(&wanted.absolute);
        let shown = |path: &Path| self.shown(path);
        let describer = Describer {
            entries: self.entries,
            around: &around,
            file: &file,
            file_set: &file_set,
            module: self.module,
            policy: &policy,
            shown: &shown,
        };
        let suppressions = Suppressions::of(file.text(), self.rules);
        let suppressed = |matched: &Match| {
            let rule = self.entries[matched.entry].meta.id;
            let covering = suppressions.covers_any(rule, matched.enclosing.iter().copied(), file.lines());
            covering.map(|id| suppressions.excuse(id, file.text()))
        };
        let mut names = Fingerprints::new(&self.root);
        scan.findings = describer.findings(&matches.matches, &suppressed, &mut names);
        let selected = |rule: &str| {
            self.entries.iter().zip(&enabled).any(|(entry, enabled)| entry.meta.id == rule && *enabled)
        };
        // A comment may suppress what was not looked at.
        let whole = matches.faults.is_empty();
        let unused = if whole { suppressions.unused(&selected) } else { suppressions.malformed(&selected) };
        let module = unused.first().and_then(|_| self.module.path(&file));
        scan.findings.extend(unused.iter().map(|unused| Finding {
            module: module.clone(),
            go: around.go(),
            ..self.unused(unused, &file, &wanted.path, &mut names)
        }));
        let fixes = |finding: &Finding| {
            finding.fix.is_some() && !finding.suppressed && finding.level >= Applicability::Unsafe
        };
        if scan.findings.iter().any(fixes) {
            scan.fixable = Some((wanted.absolute.clone(), wanted.path.clone()));
        }
        Some(scan)
    }
}

impl Scan<'_> {
    /// The finding for a comment that suppresses nothing, without what is known of its module.
    fn unused(&self, unused: &Unused, file: &File, path: &Arc<str>, names: &mut Fingerprints) -> Finding {
        let lines = file.lines();
        let comment = unused.span.of(file.text());
        let SiteName { fingerprint, content } = names.next(UNUSED, file.path(), &[comment]);
        let start = lines.position(unused.span.start);
        let end = lines.position(unused.span.end);
        Finding {
            message: unused.message.clone(),
            why: "a comment that suppresses nothing now will hide the next finding on its line".to_owned(),
            fingerprint,
            content,
            frame: describe::frame(file, unused.span, &[]),
            ..Finding::new(UNUSED, Applicability::Advice, path.clone(), start, end)
        }
    }

    /// The finding of a site that an earlier pass wrote, at the place of that
    /// text in `file` as it is on disk. It carries no fix: that needs the text
    /// of the earlier pass.
    pub fn born(&self, taken: &AppliedFix, born: &NewSite, file: &File, names: &mut Fingerprints) -> Finding {
        let path = self.shown(file.path());
        let at = file.lines().position(born.near);
        let Diagnostic { message, why, severity, .. } = born.diagnostic.clone();
        let SiteName { fingerprint, content } =
            names.next(taken.key.rule, file.path(), &[&taken.pass.to_string(), &message]);
        Finding {
            severity,
            module: self.module.path(file),
            go: self.module.go(file),
            message,
            why,
            fingerprint,
            content,
            pass: taken.pass,
            frame: describe::frame(file, Span::at(born.near), &[]),
            ..Finding::new(taken.key.rule, born.level, path, at, at)
        }
    }

    /// Sentences about what the rules that are read from files make of a line of the file at
    /// `path`, and why.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub fn why(&self, path: &Path, line: usize) -> Result<Vec<String>, ReadRefusal> {
        let text = discover::read_path(path, self.limits)?;
        let file = self.file_cache.lend(path, text);
        let mut file_set = FileSet::beside(&self.file_cache);
        file_set.put(file.clone());
        let around = Around::new(&file, &file_set, self.module);
        let cx = Cx { file: &file, around: &around };
        let enabled = self.enabled(&file);
        let running = self.entries.iter().zip(&enabled).filter(|(_, enabled)| **enabled);
        Ok(running.flat_map(|(entry, _)| entry.why(&cx, line)).collect())
    }

    /// The finding of a site that a person is asked about, in the text that it
    /// was matched in.
    pub fn finding(&self, held: &HeldMatch) -> Finding {
        let file = &held.file;
        let mut file_set = FileSet::beside(&self.file_cache);
        file_set.put(file.clone());
        let around = Around::new(file, &file_set, self.module);
        let policy = self.policy.for_file(file.path());
        let shown = |path: &Path| self.shown(path);
        let describer = Describer {
            entries: self.entries,
            around: &around,
            file,
            file_set: &file_set,
            module: self.module,
            policy: &policy,
            shown: &shown,
        };
        let mut names = Fingerprints::new(&self.root);
        let described = describer.findings(std::slice::from_ref(&held.matched), &|_| None, &mut names).pop();
        let finding = described.expect("one site gives one finding");
        let born = matches!(held.key.place, SitePlace::Born { .. });
        Finding { pass: if born { held.pass } else { 1 }, ..finding }
    }

    /// Whether the fix of a site may be taken: its level is at `least`, and no
    /// comment suppresses it.
    pub fn wants(&self, entry: &RuleEntry, matched: &Match, file: &Arc<File>, least: Applicability) -> bool {
        let policy = self.policy.for_file(file.path());
        describe::level(entry, matched.rule_match.verdict.level(), &policy) >= least && {
            let suppressions = self.read.of(file, self.rules);
            suppressions.covers_any(entry.meta.id, matched.enclosing.iter().copied(), file.lines()).is_none()
        }
    }
}

/// The rule of a suppression that suppresses nothing.
pub const UNUSED: &str = "unused-suppression";

impl Scanned {
    /// Where the finding of each site is, with the paths of findings seen from `cwd`. Those of
    /// a later pass have no place on disk.
    pub fn sites(&self, cwd: &Path) -> HashMap<FixKey, usize> {
        let findings = self.findings.iter().enumerate().filter(|(_, finding)| finding.pass == 1);
        findings.map(|(index, finding)| (FixKey::of(finding, cwd), index)).collect()
    }

    fn add(&mut self, file: FileScan) {
        self.findings.extend(file.findings);
        self.skipped.extend(file.skipped);
        self.failures.extend(file.failure);
        self.fixable.extend(file.fixable);
    }

    /// Threads finish in any order; a report does not show it.
    fn sort(&mut self) {
        self.findings.sort_by(|a, b| (&a.path, a.start.byte, a.rule).cmp(&(&b.path, b.start.byte, b.rule)));
        self.skipped.sort();
        self.skipped.dedup();
        self.failures.sort();
        self.failures.dedup();
    }
}
