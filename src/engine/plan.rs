//! The fixpoint: passes over the files of one directory, in memory, until no
//! fix is left to take.
//!
//! All fixes of a pass share one baseline. Of two that collide, the one that
//! comes later in the catalogue, or later in the file, waits for the next pass.

mod choice;
mod cleaned;
mod helpers;
mod key;
mod outcome;
mod planner;
mod stages;
mod take;
mod wanted;

pub use choice::{FixChoice, HeldMatch};
pub use cleaned::{alone, breaks, cleaned};
pub use key::{FixKey, SitePlace};
pub use outcome::{AppliedFix, Dropped, FixPlan, Planned};
pub use planner::{Accept, Planner};
pub use wanted::{Amended, Amendment, NewSite};

use super::file_cache::FileSet;
use super::matches::{Around, Match, Matches, matches_in};
use crate::rewrite::{Cx, DeclaredName, FileFix, Fix, RuleEntry};
use crate::syntax::File;
use crate::text::{Edit, Span};
use stages::{PlanStage, PlanStages};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use take::{PlanFiles, take};
use wanted::{FileState, Own, WantedFix};

/// More passes than any chain of rewrites needs; a plan that is still changing
/// then is cut off and says so.
const PASSES: u32 = 200;

/// The guard of a site whose own result matches again.
const NOT_IDEMPOTENT: &str = "not-idempotent";

/// Whether a site is mended once, so that what comes of it is left as it is.
fn is_once(entry: &RuleEntry, matched: &Match) -> bool {
    entry.meta.once || matched.rule_match.verdict.guard() == Some(NOT_IDEMPOTENT)
}

/// What a pass looks at.
#[derive(Clone, Copy)]
struct PlanState<'a> {
    asked: &'a BTreeSet<PathBuf>,
    states: &'a BTreeMap<PathBuf, FileState>,
    file_set: &'a FileSet,
    pass: u32,
    rejected: &'a BTreeSet<FixKey>,
}

/// Runs the passes over `files`, which are all of one directory, or of several that a fix
/// joins. A fix that
/// needs another file of the directory edits it too; other sites of that file
/// are left alone.
pub fn plan(files: Vec<Arc<File>>, planner: &Planner<'_>) -> FixPlan {
    let mut file_set = FileSet::default();
    let mut states: BTreeMap<PathBuf, FileState> = BTreeMap::new();
    for file in files {
        file_set.put(file.clone());
        states.insert(file.path().to_owned(), FileState::new(file));
    }
    let asked: BTreeSet<PathBuf> = states.keys().cloned().collect();
    let mut plan = FixPlan::default();
    let mut rejected: BTreeSet<FixKey> = BTreeSet::new();
    let mut waiting: BTreeMap<FixKey, String> = BTreeMap::new();
    let mut seen_states: Vec<(Vec<blake3::Hash>, Vec<&'static str>)> =
        vec![(fingerprint(&states), Vec::new())];
    let stages = PlanStages::of(planner.entries);
    let mut stage = PlanStage::default();
    let mut pass = 0;
    while pass < PASSES {
        pass += 1;
        stage.pass += 1;
        let looked =
            PlanState { asked: &asked, states: &states, file_set: &file_set, pass, rejected: &rejected };
        let mut candidates = planner.candidates(&looked, &stages, &stage, &mut plan);
        if candidates.is_empty() && stage.number == stages.last {
            candidates = helpers::unused(planner, &plan, &states, &file_set, &rejected);
        }
        candidates.retain_mut(|candidate| match planner.fetch(candidate, &mut states, &mut file_set) {
            // What does not fit yet may fit once another fix is taken.
            Ok(()) => candidate
                .anchor(&states)
                .map_err(|reason| waiting.insert(candidate.key.clone(), reason))
                .is_ok(),
            Err(reason) => {
                if planner.entries[candidate.entry].meta.spans {
                    let directories = candidate.files.keys().filter_map(|path| path.parent());
                    plan.spans.extend(directories.map(Path::to_owned));
                }
                rejected.insert(candidate.key.clone());
                plan.dropped.push(Dropped { key: candidate.key.clone(), reason });
                false
            }
        });
        if candidates.is_empty() {
            if stage.number < stages.last {
                stage = PlanStage { number: stage.number + 1, pass: 0, taken: HashSet::new() };
                pass -= 1;
                continue;
            }
            break;
        }
        let fresh = |path: &Path, declared: &DeclaredName, taken: &dyn Fn(&str) -> bool| {
            let file = &states.get(path)?.file;
            let around = Around::new(file, &file_set, planner.module);
            next_name(&Cx { file, around: &around }, declared, taken)
        };
        let files = PlanFiles { states: &states, file_set: &file_set, fresh: &fresh };
        let (chosen, changed) = take(candidates, files, &mut plan.dropped, &mut rejected);
        if chosen.is_empty() {
            // Everything that was left had to be dropped; what remains is asked
            // again without it.
            continue;
        }
        let rules: Vec<&'static str> = chosen.iter().map(|candidate| candidate.key.rule).collect();
        // What a person wrote, by file.
        let mut own: HashMap<&PathBuf, Vec<&FileFix>> = HashMap::new();
        for candidate in chosen.iter().filter(|candidate| candidate.own.is_some()) {
            for (path, fix) in &candidate.files {
                own.entry(path).or_default().push(fix);
            }
        }
        for (path, edits) in changed {
            let state = states.get_mut(&path).expect("only known files are edited");
            let text = edits.apply(state.file.text());
            let mine = own.get(&path).into_iter().flatten();
            let written = mine.flat_map(|fix| choice::own_spans(fix, &edits));
            state.own =
                state.own.iter().filter_map(|span| choice::carried(*span, &edits)).chain(written).collect();
            state.total = state.total.then(&edits);
            state.file = Arc::new(File::new(&path, text));
            file_set.put(state.file.clone());
        }
        plan.passes = pass;
        for candidate in chosen {
            waiting.remove(&candidate.key);
            stage.taken.insert(candidate.key.clone());
            let files = candidate.files.into_keys().collect();
            plan.taken.push(AppliedFix { key: candidate.key, pass, files, born: candidate.born });
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
    plan.dropped.extend(waiting.into_iter().map(|(key, reason)| Dropped { key, reason }));
    for (path, mut state) in states {
        let single = cleaned::single_import(&state.before, &state.file);
        if let Some(edits) = single.filter(|_| !state.total.is_empty()) {
            state.file = Arc::new(File::new(&path, edits.apply(state.file.text())));
            state.total = state.total.then(&edits);
        }
        if !state.total.is_empty() && state.before != state.file.text() {
            let after = state.file.text().to_owned();
            plan.files.insert(path, Planned { before: state.before, after, edits: state.total });
        }
    }
    plan
}

/// As [`Cx::next_name_before`], at the place where `declared` is declared.
fn next_name(cx: &Cx<'_>, declared: &DeclaredName, taken: &dyn Fn(&str) -> bool) -> Option<String> {
    let root = cx.file.decl(cx.file.decl_at(declared.before)?)?;
    let first = root.covering(Span::new(declared.before, declared.before + 1));
    let mut nodes = std::iter::once(first).chain(first.ancestors());
    let at = nodes.find(|node| node.parent().is_some_and(|list| list.span() == declared.block))?;
    Some(cx.next_name_before(declared.wished, at, &[], taken))
}

fn fingerprint(states: &BTreeMap<PathBuf, FileState>) -> Vec<blake3::Hash> {
    states.values().map(|state| blake3::hash(state.file.text().as_bytes())).collect()
}

impl Planner<'_> {
    /// The fixes that are wanted in the files that were `asked` for; what is to
    /// be held goes to `plan`.
    fn candidates(
        &self,
        looked: &PlanState<'_>,
        stages: &PlanStages,
        stage: &PlanStage,
        plan: &mut FixPlan,
    ) -> Vec<WantedFix> {
        let PlanState { asked, states, file_set, pass, rejected } = *looked;
        let mut found = Vec::new();
        plan.held.clear();
        let taken: HashSet<FixKey> = plan.taken.iter().map(|taken| taken.key.clone()).collect();
        for (path, state) in states.iter().filter(|(path, _)| asked.contains(*path)) {
            let around = Around::new(&state.file, file_set, self.module);
            let enabled = (self.enabled)(&state.file);
            let Matches { matches, .. } =
                matches_in(&around, self.entries, self.prefilter, &|entry| enabled[entry]);
            let mut hashes = HashMap::new();
            for matched in matches {
                let Some(fix) = &matched.rule_match.fix else { continue };
                if !stages.runs(&matched, stage) {
                    continue;
                }
                let place = SitePlace::of(&matched, &state.file, &state.total, &mut hashes);
                let entry = &self.entries[matched.entry];
                let key = FixKey { path: path.clone(), place, rule: entry.meta.id };
                if fix.clash().is_some() || rejected.contains(&key) || touches(fix, states) {
                    continue;
                }
                let choice = (self.accept)(entry, &matched, &state.file, &key);
                let again = || taken.contains(&key);
                let (files, own) = match choice {
                    FixChoice::Leave => continue,
                    // What is applied once may match its own result.
                    FixChoice::Take
                        if is_once(entry, &matched) && (stage.pass > 1 || stage.taken.contains(&key)) =>
                    {
                        continue;
                    }
                    FixChoice::Take => (fix.files().clone(), None),
                    // A person's word on a site is heard once: what they wrote
                    // may well hold the same site again.
                    _ if again() => continue,
                    FixChoice::Hold => {
                        plan.held.push(HeldMatch { key, matched, file: state.file.clone(), pass });
                        continue;
                    }
                    FixChoice::Amend(amendment) => {
                        let wanted = |path: &PathBuf| FileFix {
                            imports: fix.files().get(path).map(|fix| fix.imports.clone()).unwrap_or_default(),
                            ..FileFix::default()
                        };
                        let files = amendment.files.keys().map(|path| (path.clone(), wanted(path))).collect();
                        (files, Some(Own::Amendment(amendment)))
                    }
                    FixChoice::Ignore(reason) => {
                        match choice::comment(&matched, entry.meta.id, &reason, &state.file) {
                            Ok(comment) => (BTreeMap::from([(path.clone(), comment)]), Some(Own::Comment)),
                            Err(reason) => {
                                if !plan.dropped.iter().any(|dropped| dropped.key == key) {
                                    plan.dropped.push(Dropped { key, reason });
                                }
                                continue;
                            }
                        }
                    }
                };
                let born = matches!(key.place, SitePlace::Born { .. }).then(|| NewSite {
                    near: state.total.unmap_near(matched.rule_match.diagnostic.span.start),
                    level: matched.rule_match.verdict.level(),
                    diagnostic: matched.rule_match.diagnostic.clone(),
                });
                let package_names = if own.is_some() { BTreeSet::new() } else { fix.package_names().clone() };
                found.push(WantedFix { entry: matched.entry, key, files, package_names, born, own });
            }
        }
        plan.held.sort_by(|a, b| (&a.key, a.matched.entry).cmp(&(&b.key, b.matched.entry)));
        // The order decides who waits: what a person wrote comes first, then the
        // order of the catalogue, then that of places.
        let rank = |one: &WantedFix| (one.own.is_none(), one.entry);
        found.sort_by(|a, b| (rank(a), &a.key).cmp(&(rank(b), &b.key)));
        found
    }

    /// Reads the files that a fix edits beside those that were asked for.
    ///
    /// # Errors
    /// A sentence, when one of them may not be edited.
    fn fetch(
        &self,
        candidate: &WantedFix,
        states: &mut BTreeMap<PathBuf, FileState>,
        file_set: &mut FileSet,
    ) -> Result<(), String> {
        let spans = self.entries[candidate.entry].meta.spans;
        let directories: BTreeSet<&Path> = self.directories.iter().map(PathBuf::as_path).collect();
        let near = |path: &Path| {
            path.parent() == candidate.key.path.parent()
                || path.parent().is_some_and(|directory| directories.contains(directory))
        };
        for path in candidate.files.keys().filter(|path| *path != &candidate.key.path) {
            let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let file = match states.get(path) {
                Some(state) => state.file.clone(),
                None if !self.beside => {
                    return Err(format!("the fix edits {shown} too, which was not given"));
                }
                None if !near(path) => {
                    return Err(format!("the fix edits {shown} too, in another directory"));
                }
                None => file_set.fetch(path).ok_or_else(|| format!("{shown} cannot be read"))?,
            };
            let reach = if spans { self.module.skipped(&file) } else { self.module.out_of_reach(&file) };
            if let Some(why) = reach {
                return Err(format!("the fix edits {shown} too, which is skipped: {why}"));
            }
            file_set.put(file.clone());
            states.entry(path.clone()).or_insert_with(|| FileState::new(file));
        }
        Ok(())
    }
}

/// Whether a fix would write into what a person wrote.
fn touches(fix: &Fix, states: &BTreeMap<PathBuf, FileState>) -> bool {
    fix.files().iter().any(|(path, fix)| {
        let own = states.get(path).map(|state| state.own.as_slice()).unwrap_or_default();
        let meets = |edit: &Edit| own.iter().any(|own| own.overlaps(edit.span) || own.covers(edit.span));
        !own.is_empty() && fix.edits.iter().any(meets)
    })
}
