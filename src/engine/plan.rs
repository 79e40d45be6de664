//! The fixpoint: passes over the files of one directory, in memory, until no
//! fix is left to take.
//!
//! All fixes of a pass share one baseline. Of two that collide, the one that
//! comes later in the catalogue, or later in the file, waits for the next pass.
//! Where passes come back to an earlier state, they begin anew without the
//! fixes that led there: none of them is in the result.

mod batch;

use super::look::{Around, Look, Module, Seen, look};
use super::shelf::Shelf;
use super::sieve::Sieve;
use crate::rewrite::{Entry, FileFix, Surroundings};
use crate::syntax::File;
use crate::text::Edits;
pub use batch::settled;
use batch::take;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a site was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Its first byte on disk.
    Disk(usize),
    /// It was born in text that an earlier pass wrote. None of this changes when
    /// fixes elsewhere in the file are held back.
    Born {
        /// Where that text stands: the first byte on disk that it replaced.
        at: usize,
        /// A hash of the site's text.
        hash: u64,
        /// How many of the same stand before it in that text.
        nth: usize,
    },
}

/// Which site a fix is of, the same in every run over the same files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The file.
    pub path: PathBuf,
    /// Where.
    pub place: Place,
    /// The rule's id.
    pub rule: &'static str,
}

/// A fix that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The site.
    pub key: Key,
    /// The pass that took it, from 1.
    pub pass: u32,
    /// The files that it edits.
    pub files: Vec<PathBuf>,
}

/// A fix that was wanted and could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The site.
    pub key: Key,
    /// Why.
    pub reason: String,
}

/// What became of one file.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The text on disk.
    pub before: String,
    /// The text after all passes.
    pub after: String,
    /// From one to the other.
    pub edits: Edits,
}

/// The outcome of the passes over one directory.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files that change.
    pub files: BTreeMap<PathBuf, Planned>,
    /// The fixes that were taken, in the order of taking.
    pub taken: Vec<Taken>,
    /// The fixes that could not be.
    pub dropped: Vec<Dropped>,
    /// How many passes changed something.
    pub passes: u32,
}

/// Decides whether a fix may be taken: its level is asked for, no comment
/// suppresses it, verification did not refuse it.
pub type Accept<'a> = dyn Fn(&Entry, &Seen, &File, &Key) -> bool + Sync + 'a;

/// More passes than any chain of rewrites needs. Fixes that wait for each other
/// add to it: of those that claim one function, each pass takes one.
const PASSES: usize = 200;

struct State {
    before: Arc<File>,
    total: Edits,
    file: Arc<File>,
    hash: blake3::Hash,
}

impl State {
    /// Whether the file has grown beyond what fixes of a bounded size explain.
    fn swells(&self) -> bool {
        self.file.text().len() > 4 * self.before.text().len() + (32 << 10)
    }
}

/// The files of the run as one pass sees them.
type States = BTreeMap<PathBuf, State>;

/// One wanted fix of a pass.
struct Candidate {
    entry: usize,
    key: Key,
    files: BTreeMap<PathBuf, FileFix>,
}

/// What stays the same from pass to pass.
struct Run<'a> {
    entries: &'a [Entry],
    sieve: &'a Sieve,
    module: &'a dyn Module,
    enabled: &'a (dyn Fn(&File, usize) -> bool + Sync),
    accept: &'a Accept<'a>,
}

/// Runs the passes over `files`, which are all of one directory.
///
/// Rules that undo each other, or that find new work in their own result for
/// ever, are left out; [`Plan::dropped`] names them.
pub fn plan(
    files: Vec<Arc<File>>,
    entries: &[Entry],
    sieve: &Sieve,
    module: &dyn Module,
    enabled: &(dyn Fn(&File, usize) -> bool + Sync),
    accept: &Accept<'_>,
) -> Plan {
    let run = Run { entries, sieve, module, enabled, accept };
    let mut barred = Barred::default();
    loop {
        match run.passes(&files, &barred) {
            Ok(plan) => return plan,
            Err(Trouble::Circle(taken)) => barred.bar_circle(taken),
            Err(Trouble::Endless(rules)) => barred.rules.extend(rules),
        }
    }
}

/// Why passes have to begin anew.
enum Trouble {
    /// These fixes brought back an earlier state.
    Circle(Vec<Taken>),
    /// These rules were still at work when the passes were cut off.
    Endless(Vec<&'static str>),
}

/// What is left out because passes with it come to no end.
#[derive(Default)]
struct Barred {
    rules: BTreeSet<&'static str>,
    fixes: BTreeMap<Key, String>,
}

impl Barred {
    fn bar_circle(&mut self, taken: Vec<Taken>) {
        let rules: BTreeSet<&'static str> = taken.iter().map(|taken| taken.key.rule).collect();
        let named: Vec<&str> = rules.iter().copied().collect();
        let reason = match named[..] {
            [only] => format!("the fixes of {only} come to nothing, so they were left out"),
            _ => format!("{} undo each other without end, so they were left out", named.join(" and ")),
        };
        let known = self.fixes.len();
        self.fixes.extend(taken.into_iter().map(|taken| (taken.key, reason.clone())));
        if self.fixes.len() == known {
            // They come back under a key that was barred before.
            self.rules.extend(rules);
        }
    }
}

impl Run<'_> {
    fn passes(&self, files: &[Arc<File>], barred: &Barred) -> Result<Plan, Trouble> {
        let mut shelf = Shelf::default();
        let mut states = States::new();
        for file in files {
            shelf.put(file.clone());
            let hash = blake3::hash(file.text().as_bytes());
            let state = State { before: file.clone(), total: Edits::new(), file: file.clone(), hash };
            states.insert(file.path().to_owned(), state);
        }
        let mut plan = Plan::default();
        let mut rejected: BTreeSet<Key> = barred.fixes.keys().cloned().collect();
        plan.dropped.extend(barred.fixes.iter().map(|(key, reason)| {
            let (key, reason) = (key.clone(), reason.clone());
            Dropped { key, reason }
        }));
        let mut history: Vec<(u32, Vec<blake3::Hash>)> = vec![(0, hashes(&states))];
        let mut limit = PASSES;
        for pass in 1.. {
            let mut candidates = self.candidates(&states, &shelf, &rejected);
            candidates.retain(|candidate| {
                let out = barred.rules.contains(candidate.key.rule);
                if out {
                    let reason = format!(
                        "{} finds new work in what it wrote, without end, so it was left out; \
                         this is a mistake of the rule, please report it",
                        candidate.key.rule
                    );
                    rejected.insert(candidate.key.clone());
                    plan.dropped.push(Dropped { key: candidate.key.clone(), reason });
                }
                !out
            });
            if candidates.is_empty() {
                break;
            }
            if pass == 1 {
                limit += 2 * candidates.len();
            }
            let (chosen, changed) = take(candidates, &states, &shelf, &mut plan.dropped, &mut rejected);
            if chosen.is_empty() {
                // Everything that was left had to be dropped; what remains is
                // asked again without it.
                continue;
            }
            for (path, edits) in changed {
                let state = states.get_mut(&path).expect("only known files are edited");
                let text = edits.apply(state.file.text());
                state.total = state.total.then(&edits);
                state.hash = blake3::hash(text.as_bytes());
                state.file = Arc::new(File::new(&path, text));
                shelf.put(state.file.clone());
            }
            if pass as usize > limit || states.values().any(State::swells) {
                let rules = chosen.iter().map(|candidate| candidate.key.rule);
                return Err(Trouble::Endless(rules.collect()));
            }
            plan.passes = pass;
            for candidate in chosen {
                let files = candidate.files.into_keys().collect();
                plan.taken.push(Taken { key: candidate.key, pass, files });
            }
            let now = hashes(&states);
            if let Some((since, _)) = history.iter().find(|(_, earlier)| *earlier == now) {
                plan.taken.retain(|taken| taken.pass > *since);
                return Err(Trouble::Circle(plan.taken));
            }
            history.push((pass, now));
        }
        for (path, state) in states {
            if !state.total.is_empty() && state.before.text() != state.file.text() {
                let (before, after) = (state.before.text().to_owned(), state.file.text().to_owned());
                plan.files.insert(path, Planned { before, after, edits: state.total });
            }
        }
        Ok(plan)
    }

    /// The fixes that are wanted now, in the order that decides who waits:
    /// catalogue first, then place.
    fn candidates(&self, states: &States, shelf: &Shelf, rejected: &BTreeSet<Key>) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (path, state) in states {
            let around = Around::new(&state.file, shelf, self.module);
            let enabled = |entry| (self.enabled)(&state.file, entry);
            let Look { seen, .. } = look(&around, self.entries, self.sieve, &enabled);
            let mut born: BTreeMap<(usize, usize, u64), usize> = BTreeMap::new();
            for seen in seen {
                let Some(fix) = &seen.examined.fix else { continue };
                let span = seen.examined.telling.span;
                let place = state.total.unmap(span.start).map_or_else(
                    || {
                        let at = written_at(&state.total, span.start);
                        let hash = hash_of(span.of(state.file.text()));
                        let before = born.entry((seen.entry, at, hash)).or_default();
                        *before += 1;
                        Place::Born { at, hash, nth: *before - 1 }
                    },
                    Place::Disk,
                );
                let key = Key { path: path.clone(), place, rule: self.entries[seen.entry].meta.id };
                if fix.clash().is_some() || rejected.contains(&key) {
                    continue;
                }
                if (self.accept)(&self.entries[seen.entry], &seen, &state.file, &key) {
                    found.push(Candidate { entry: seen.entry, key, files: fix.files().clone() });
                }
            }
        }
        found.sort_by(|a, b| (a.entry, &a.key).cmp(&(b.entry, &b.key)));
        found
    }
}

/// The start of the edit that wrote the byte at `offset` of the result.
fn written_at(edits: &Edits, offset: usize) -> usize {
    let (mut read, mut at) = (0, 0);
    for edit in edits.iter() {
        at += edit.span.start - read + edit.text.len();
        read = edit.span.end;
        if offset < at {
            return edit.span.start;
        }
    }
    read
}

fn hash_of(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes()[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn hashes(states: &States) -> Vec<blake3::Hash> {
    states.values().map(|state| state.hash).collect()
}

/// The edits of one fix alone, settled, for each file: what a report shows.
///
/// # Errors
/// As for [`settled`].
pub fn alone(
    seen: &Seen,
    around: &Around<'_>,
    file: &Arc<File>,
    shelf: &Shelf,
) -> Result<BTreeMap<PathBuf, Edits>, String> {
    let mut all = BTreeMap::new();
    let Some(fix) = &seen.examined.fix else { return Ok(all) };
    if let Some(clash) = fix.clash() {
        return Err(format!("{clash}; this is a mistake of the rule, please report it"));
    }
    for (path, change) in fix.files() {
        let edits = if path == file.path() {
            settled(file, change, around.package())?
        } else {
            let other =
                other_file(path, shelf).ok_or_else(|| format!("{} cannot be read", path.display()))?;
            settled(&other, change, &shelf.package_of(&other))?
        };
        all.insert(path.clone(), edits);
    }
    Ok(all)
}

fn other_file(path: &Path, shelf: &Shelf) -> Option<Arc<File>> {
    shelf.get(path).cloned().or_else(|| Some(Arc::new(File::new(path, std::fs::read_to_string(path).ok()?))))
}
