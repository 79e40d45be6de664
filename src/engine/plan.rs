//! The fixpoint: passes over the files of one directory, in memory, until no
//! fix is left to take.
//!
//! All fixes of a pass share one baseline. Of two that collide, the one that
//! comes later in the catalogue, or later in the file, waits for the next pass.

use super::look::{Around, Look, Module, Seen, look};
use super::settle::settle;
use super::shelf::Shelf;
use super::sieve::Sieve;
use crate::model::package::Package;
use crate::rewrite::{Entry, FileFix, Level, Surroundings, Telling};
use crate::syntax::File;
use crate::text::{Edits, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a site was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Its first byte on disk.
    Disk(usize),
    /// It was born in a later pass, in text that an earlier one wrote: the pass
    /// and the offset in what that pass saw.
    Born(u32, usize),
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
    /// What there is to say of a site that no file on disk has yet.
    pub born: Option<Born>,
}

/// A site in text that an earlier pass wrote.
#[derive(Clone, Debug)]
pub struct Born {
    /// Where the file on disk has that text's place, in bytes.
    pub near: usize,
    /// What its fix promises.
    pub level: Level,
    /// What to tell the user.
    pub telling: Telling,
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

/// More passes than any chain of rewrites needs; a plan that is still changing
/// then is cut off and says so.
const PASSES: u32 = 200;

struct State {
    before: String,
    total: Edits,
    file: Arc<File>,
}

impl State {
    fn new(file: Arc<File>) -> State {
        State { before: file.text().to_owned(), total: Edits::new(), file }
    }
}

/// One wanted fix of a pass.
struct Candidate {
    entry: usize,
    key: Key,
    files: BTreeMap<PathBuf, FileFix>,
    package_names: BTreeSet<String>,
    born: Option<Born>,
}

/// What a plan is made with.
pub struct Planner<'a> {
    /// The catalogue.
    pub entries: &'a [Entry],
    /// A sieve for its triggers.
    pub sieve: &'a Sieve,
    /// What is known of the module.
    pub module: &'a dyn Module,
    /// Whether an entry, by index, runs on a file.
    pub enabled: &'a (dyn Fn(&File, usize) -> bool + Sync),
    /// Which fixes are taken.
    pub accept: &'a Accept<'a>,
    /// Whether a fix may edit files beside those that were given.
    pub beside: bool,
}

/// Runs the passes over `files`, which are all of one directory. A fix that
/// needs another file of the directory edits it too; other sites of that file
/// are left alone.
pub fn plan(files: Vec<Arc<File>>, planner: &Planner<'_>) -> Plan {
    let mut shelf = Shelf::default();
    let mut states: BTreeMap<PathBuf, State> = BTreeMap::new();
    for file in files {
        shelf.put(file.clone());
        states.insert(file.path().to_owned(), State::new(file));
    }
    let asked: BTreeSet<PathBuf> = states.keys().cloned().collect();
    let mut plan = Plan::default();
    let mut rejected: BTreeSet<Key> = BTreeSet::new();
    let mut seen_states: Vec<(Vec<blake3::Hash>, Vec<&'static str>)> =
        vec![(fingerprint(&states), Vec::new())];
    for pass in 1..=PASSES {
        let mut candidates = planner.candidates(&asked, &states, &shelf, pass, &rejected);
        if candidates.is_empty() {
            break;
        }
        candidates.retain(|candidate| match planner.fetch(candidate, &mut states, &mut shelf) {
            Ok(()) => true,
            Err(reason) => {
                rejected.insert(candidate.key.clone());
                plan.dropped.push(Dropped { key: candidate.key.clone(), reason });
                false
            }
        });
        let (chosen, changed) = take(candidates, &states, &shelf, &mut plan.dropped, &mut rejected);
        if chosen.is_empty() {
            // Everything that was left had to be dropped; what remains is asked
            // again without it.
            continue;
        }
        let rules: Vec<&'static str> = chosen.iter().map(|candidate| candidate.key.rule).collect();
        for (path, edits) in changed {
            let state = states.get_mut(&path).expect("only known files are edited");
            let text = edits.apply(state.file.text());
            state.total = state.total.then(&edits);
            state.file = Arc::new(File::new(&path, text));
            shelf.put(state.file.clone());
        }
        plan.passes = pass;
        for candidate in chosen {
            let files = candidate.files.into_keys().collect();
            plan.taken.push(Taken { key: candidate.key, pass, files, born: candidate.born });
        }
        let now = fingerprint(&states);
        if let Some(earlier) = seen_states.iter().position(|(state, _)| *state == now) {
            let mut between: Vec<&str> =
                seen_states[earlier + 1..].iter().flat_map(|(_, rules)| rules.clone()).collect();
            between.extend(rules);
            between.sort_unstable();
            between.dedup();
            let reason =
                format!("{} undo each other without end; the later pass was left out", between.join(" and "));
            for taken in plan.taken.iter().filter(|taken| taken.pass == pass) {
                plan.dropped.push(Dropped { key: taken.key.clone(), reason: reason.clone() });
            }
            plan.taken.retain(|taken| taken.pass != pass);
            break;
        }
        seen_states.push((now, rules));
    }
    for (path, state) in states {
        if !state.total.is_empty() && state.before != state.file.text() {
            let after = state.file.text().to_owned();
            plan.files.insert(path, Planned { before: state.before, after, edits: state.total });
        }
    }
    plan
}

fn fingerprint(states: &BTreeMap<PathBuf, State>) -> Vec<blake3::Hash> {
    states.values().map(|state| blake3::hash(state.file.text().as_bytes())).collect()
}

impl Planner<'_> {
    /// The fixes that are wanted in the files that were `asked` for.
    fn candidates(
        &self,
        asked: &BTreeSet<PathBuf>,
        states: &BTreeMap<PathBuf, State>,
        shelf: &Shelf,
        pass: u32,
        rejected: &BTreeSet<Key>,
    ) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (path, state) in states.iter().filter(|(path, _)| asked.contains(*path)) {
            let around = Around::new(&state.file, shelf, self.module);
            let enabled = |entry| (self.enabled)(&state.file, entry);
            let Look { seen, .. } = look(&around, self.entries, self.sieve, &enabled);
            for seen in seen {
                let Some(fix) = &seen.examined.fix else { continue };
                let start = seen.examined.telling.span.start;
                let place = state.total.unmap(start).map_or(Place::Born(pass, start), Place::Disk);
                let entry = &self.entries[seen.entry];
                let key = Key { path: path.clone(), place, rule: entry.meta.id };
                if fix.clash().is_some() || rejected.contains(&key) {
                    continue;
                }
                if (self.accept)(entry, &seen, &state.file, &key) {
                    let born = matches!(key.place, Place::Born(..)).then(|| Born {
                        near: state.total.unmap_near(start),
                        level: seen.examined.verdict.level(),
                        telling: seen.examined.telling.clone(),
                    });
                    found.push(Candidate {
                        entry: seen.entry,
                        key,
                        files: fix.files().clone(),
                        package_names: fix.package_names().clone(),
                        born,
                    });
                }
            }
        }
        // The order decides who waits: catalogue first, then place.
        found.sort_by(|a, b| (a.entry, &a.key).cmp(&(b.entry, &b.key)));
        found
    }

    /// Reads the files that a fix edits beside those that were asked for.
    ///
    /// # Errors
    /// A sentence, when one of them may not be edited.
    fn fetch(
        &self,
        candidate: &Candidate,
        states: &mut BTreeMap<PathBuf, State>,
        shelf: &mut Shelf,
    ) -> Result<(), String> {
        for path in candidate.files.keys().filter(|path| *path != &candidate.key.path) {
            let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let file = match states.get(path) {
                Some(state) => state.file.clone(),
                None if !self.beside => {
                    return Err(format!("the fix edits {shown} too, which was not given"));
                }
                None if path.parent() != candidate.key.path.parent() => {
                    return Err(format!("the fix edits {shown} too, in another directory"));
                }
                None => other_file(path, shelf).ok_or_else(|| format!("{shown} cannot be read"))?,
            };
            if let Some(why) = self.module.out_of_reach(&file) {
                return Err(format!("the fix edits {shown} too, which is skipped: {why}"));
            }
            shelf.put(file.clone());
            states.entry(path.clone()).or_insert_with(|| State::new(file));
        }
        Ok(())
    }
}

/// Takes as many candidates as go together and settles the files they edit.
fn take(
    candidates: Vec<Candidate>,
    states: &BTreeMap<PathBuf, State>,
    shelf: &Shelf,
    dropped: &mut Vec<Dropped>,
    rejected: &mut BTreeSet<Key>,
) -> (Vec<Candidate>, BTreeMap<PathBuf, Edits>) {
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut batch: BTreeMap<PathBuf, FileFix> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for candidate in candidates {
        let mut joined = batch.clone();
        let fits = names.is_disjoint(&candidate.package_names)
            && candidate.files.iter().all(|(path, fix)| join(joined.entry(path.clone()).or_default(), fix));
        if fits {
            batch = joined;
            names.extend(candidate.package_names.iter().cloned());
            chosen.push(candidate);
        }
    }
    match settle_all(&batch, states, shelf) {
        Ok(changed) => (chosen, changed),
        Err(_) if chosen.len() > 1 => {
            // Together they leave something behind that none of them may leave
            // alone, so the first goes by itself.
            let first = chosen.swap_remove(0);
            take(vec![first], states, shelf, dropped, rejected)
        }
        Err(reason) => {
            for candidate in chosen {
                rejected.insert(candidate.key.clone());
                dropped.push(Dropped { key: candidate.key, reason: reason.clone() });
            }
            (Vec::new(), BTreeMap::new())
        }
    }
}

fn join(into: &mut FileFix, fix: &FileFix) -> bool {
    let claimed = fix.claims.iter().any(|claim| into.claims.iter().any(|other| claim.overlaps(*other)));
    if claimed || into.edits.merge(&fix.edits).is_err() {
        return false;
    }
    into.imports.extend(fix.imports.iter().cloned());
    into.claims.extend(fix.claims.iter().copied());
    true
}

fn settle_all(
    batch: &BTreeMap<PathBuf, FileFix>,
    states: &BTreeMap<PathBuf, State>,
    shelf: &Shelf,
) -> Result<BTreeMap<PathBuf, Edits>, String> {
    let mut changed = BTreeMap::new();
    for (path, change) in batch {
        let file = &states[path].file;
        let edits = settled(file, change, &shelf.package_of(file))?;
        changed.insert(path.clone(), edits);
    }
    Ok(changed)
}

/// The settled edits of `change`, checked by parsing what they give.
///
/// # Errors
/// A sentence, when something is left over or the result is no longer Go.
pub fn settled(file: &File, change: &FileFix, package: &Package) -> Result<Edits, String> {
    let edits = settle(file, change, package).map_err(|leftover| leftover.to_string())?;
    let after = File::new(file.path(), edits.apply(file.text()));
    match new_syntax_error(file, &after, &edits) {
        None => Ok(edits),
        Some(span) => Err(format!(
            "the result would not parse near line {}; this is a mistake of the rule, please report it",
            after.lines().line(span.start)
        )),
    }
}

/// A declaration of `after` that an edit touched and whose syntax is broken.
fn new_syntax_error(before: &File, after: &File, edits: &Edits) -> Option<Span> {
    if after.outline().decls.len() < before.outline().decls.len()
        && after.outline().broken.len() > before.outline().broken.len()
    {
        return after.outline().broken.last().copied();
    }
    let untouched = |span: Span| {
        let length = span.len();
        edits.unmap(span.start).is_some_and(|start| {
            before.text().get(start..start + length) == after.text().get(span.start..span.end)
        })
    };
    let decls = after.outline().decls.iter().enumerate();
    decls.filter(|(_, decl)| !untouched(decl.span)).find_map(|(index, _)| after.syntax_error(index))
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
