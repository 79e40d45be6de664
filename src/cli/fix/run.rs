//! What a run of `fix` comes to: which fixes go in, what is written, and what
//! became of each.

use super::super::Stop;
use super::super::args::FixArgs;
use super::super::proof::{self, Terms};
use super::super::setup::{Setup, named_in, shown};
use crate::engine::fixes::Fixes;
use crate::engine::plan::{FixKey, Planned};
use crate::engine::scan::Scanned;
use crate::migrate::plan::PlannedFix;
use crate::report::human::{Fixed, Left, Unproved};
use crate::rewrite::{Applicability, Failure, Finding, Proof, RuleEntry};
use crate::store::{Change, FileStatus, RunId, RunMeta, Step, Store};
use crate::verify::Verdicts;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The files of a run and the fixes in them.
pub struct FixRun {
    /// The files that change, or that were changed.
    pub files: BTreeMap<PathBuf, Planned>,
    /// A hash of what each file was to hold, once it was written.
    pub hashes: BTreeMap<PathBuf, String>,
    /// The run in the journal, once something was written.
    pub id: Option<RunId>,
    applied: Vec<Applied>,
    summary: Fixed,
}

/// The files after the fixes of a rule, and the numbers of its own.
pub type RuleState = (&'static str, BTreeMap<PathBuf, Planned>, Vec<usize>);

/// A fix that goes in.
struct Applied {
    /// Its number among those that were taken.
    id: usize,
    key: FixKey,
    /// The files that it edits.
    files: Vec<PathBuf>,
    /// What is said if it must stay out after all.
    left: Left,
    proof: Proof,
    proof_reason: Option<String>,
}

impl FixRun {
    /// Holds back what may not be written, and marks every finding with what
    /// became of its fix.
    pub fn new(
        setup: &Setup,
        fixes: &Fixes<'_>,
        verdicts: &Verdicts,
        scanned: &mut Scanned,
        args: &FixArgs,
    ) -> FixRun {
        let terms = Terms::of(&args.proving, args.diff || args.list);
        let held = verdicts.per_fix.iter().filter(|(_, (proof, _))| !terms.may_write(*proof, verdicts));
        let without = held.map(|(id, _)| *id).collect();
        let outcome = fixes.outcome(&without);
        let mut run = FixRun {
            files: outcome.files,
            hashes: BTreeMap::new(),
            id: None,
            applied: Vec::new(),
            summary: Fixed {
                verified: proof::words(verdicts),
                out_of_reach: terms.out_of_reach(verdicts),
                ..Fixed::default()
            },
        };
        let sites = scanned.sites(&setup.cwd);
        for (id, taken) in fixes.taken().iter().enumerate() {
            let (proof, reason) = verdicts.per_fix.get(&id).cloned().unwrap_or_default();
            let index = sites.get(&taken.key).copied();
            if let Some(index) = index {
                let finding = &mut scanned.findings[index];
                finding.proof = proof;
                finding.proof_reason.clone_from(&reason);
            }
            let index = index.or_else(|| {
                let born = Finding { proof, proof_reason: reason.clone(), ..taken.born.clone()? };
                scanned.findings.push(born);
                Some(scanned.findings.len() - 1)
            });
            let left = left(&taken.key, index, setup, scanned);
            if proof == Proof::Refused {
                run.summary.refused.push(Left { reason: reason.unwrap_or_default(), ..left });
            } else if without.contains(&id) {
                let reason = reason.unwrap_or_else(|| "nothing was verified".into());
                run.summary.held.push(Left { reason, ..left });
            } else if outcome.lost.contains(&id) {
                let reason = "it builds on a fix that was left out".to_owned();
                run.summary.deferred.push(Left { reason, ..left });
            } else {
                let files = taken.files.clone();
                let key = taken.key.clone();
                run.applied.push(Applied { id, key, files, left, proof, proof_reason: reason });
            }
        }
        scanned
            .findings
            .sort_by(|a, b| (&a.path, a.start.byte, a.pass).cmp(&(&b.path, b.start.byte, b.pass)));
        let sites = scanned.sites(&setup.cwd);
        for dropped in fixes.dropped() {
            let index = sites.get(&dropped.key).copied();
            let left = left(&dropped.key, index, setup, scanned);
            run.summary.deferred.push(Left { reason: dropped.reason.clone(), ..left });
        }
        run
    }

    /// The files after the fixes of each rule, in the catalogue's order, with the
    /// numbers of its fixes among those that go in.
    pub fn states(&self, fixes: &Fixes<'_>, catalogue: &[RuleEntry]) -> Vec<RuleState> {
        let rule = |id: usize| fixes.taken()[id].key.rule;
        let goes: BTreeSet<usize> = self.applied.iter().map(|fix| fix.id).collect();
        let present = |entry: &&RuleEntry| goes.iter().any(|id| rule(*id) == entry.meta.id);
        let rules: Vec<&'static str> = catalogue.iter().filter(present).map(|entry| entry.meta.id).collect();
        let mut states = Vec::new();
        for (index, own) in rules.iter().enumerate() {
            let files = if index + 1 == rules.len() {
                self.files.clone()
            } else {
                let early = |id: &usize| goes.contains(id) && rules[..=index].contains(&rule(*id));
                fixes.outcome(&(0..fixes.taken().len()).filter(|id| !early(id)).collect()).files
            };
            let own = |(_, fix): &(usize, &Applied)| rule(fix.id) == *own;
            let numbers = self.applied.iter().enumerate().filter(own).map(|(number, _)| number).collect();
            states.push((rules[index], files, numbers));
        }
        states
    }

    /// The files of each fix that goes in.
    pub fn files_of_fixes(&self) -> Vec<Vec<PathBuf>> {
        self.applied.iter().map(|fix| fix.files.clone()).collect()
    }

    /// What a plan says of the fixes that go in, with paths from `root` on.
    pub fn planned_fixes(
        &self,
        fixes: &Fixes<'_>,
        scanned: &Scanned,
        setup: &Setup,
        root: &Path,
    ) -> Vec<PlannedFix> {
        let sites = scanned.sites(&setup.cwd);
        let planned = self.applied.iter().map(|fix| {
            let key = &fixes.taken()[fix.id].key;
            let finding = sites.get(key).map(|index| &scanned.findings[*index]);
            PlannedFix {
                rule: key.rule.to_owned(),
                level: finding.map_or(Applicability::Unsafe, |finding| finding.level),
                path: shown(root, &key.path).to_string(),
                line: fix.left.line,
                files: fix.files.iter().map(|file| shown(root, file).to_string()).collect(),
                proof: fix.proof,
                proof_reason: fix.proof_reason.clone(),
            }
        });
        planned.collect()
    }

    /// Writes the files through the journal; what the system refuses becomes a
    /// failure of `scanned`.
    pub fn write(
        &mut self,
        store: &mut Store,
        setup: &Setup,
        command: &str,
        scanned: &mut Scanned,
    ) -> Result<(), Stop> {
        let root = store.root().to_owned();
        let hash = |planned: &Planned| blake3::hash(planned.after.as_bytes()).to_hex().to_string();
        self.hashes = self.files.iter().map(|(path, planned)| (path.clone(), hash(planned))).collect();
        let change = |(path, planned): (&PathBuf, &mut Planned)| Change {
            path: path.clone(),
            before: std::mem::take(&mut planned.before).into_bytes(),
            after: std::mem::take(&mut planned.after).into_bytes(),
        };
        let changes: Vec<Change> = self.files.iter_mut().map(change).collect();
        let meta = RunMeta {
            command: command.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: jiff::Timestamp::now(),
        };
        let progress = setup.progress("Writing", "files", Some(changes.len() as u64));
        let outcome = store.write(&changes, meta, &mut |step| {
            if let Step::File { .. } = step {
                progress.tick(1);
            }
        })?;
        progress.finish();
        let mut stopped: HashMap<PathBuf, String> = HashMap::new();
        for file in &outcome.files {
            let reason = match &file.status {
                FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile { .. } => continue,
                FileStatus::ChangedMeanwhile(drift) => {
                    format!("{drift} while gomend was running; run it again")
                }
                FileStatus::Skipped(skip) => skip.to_string(),
                FileStatus::Failed(error) => {
                    let text = error.to_string();
                    let prefix = format!("{}: ", file.path.display());
                    let reason = text.strip_prefix(&prefix).unwrap_or(&text).to_owned();
                    let path = shown(&setup.cwd, &file.path);
                    scanned.failures.push(Failure { path, reason });
                    "it could not be written".to_owned()
                }
            };
            stopped.insert(file.path.clone(), reason);
        }
        self.files.retain(|path, _| !stopped.contains_key(path));
        let mut applied = Vec::new();
        for fix in self.applied.drain(..) {
            match fix.files.iter().find_map(|path| stopped.get(path)) {
                Some(reason) => self.summary.deferred.push(Left { reason: reason.clone(), ..fix.left }),
                None => applied.push(fix),
            }
        }
        self.applied = applied;
        self.summary.written = true;
        self.id = outcome.run;
        self.summary.run = outcome.run.map(|run| named_in(&root, &setup.cwd, &run));
        Ok(())
    }

    /// The sites whose fixes went in.
    pub fn applied(&self) -> BTreeSet<&FixKey> {
        self.applied.iter().map(|fix| &fix.key).collect()
    }

    /// What is said at the end; `unsafe_left` is how many more fixes `--unsafe`
    /// would add.
    pub fn summary(&self, unsafe_left: usize) -> Fixed {
        let mut unproved: BTreeMap<String, usize> = BTreeMap::new();
        for fix in self.applied.iter().filter(|fix| fix.proof == Proof::Unproved) {
            *unproved.entry(fix.proof_reason.clone().unwrap_or_default()).or_default() += 1;
        }
        Fixed {
            applied: self.applied.len(),
            files: self.files.len(),
            proved: self.applied.iter().filter(|fix| fix.proof == Proof::Proved).count(),
            unproved: unproved.into_iter().map(|(reason, fixes)| Unproved { fixes, reason }).collect(),
            unsafe_left,
            ..self.summary.clone()
        }
    }
}

/// The fix of `key` as one that stays out, without a reason yet.
fn left(key: &FixKey, finding: Option<usize>, setup: &Setup, scanned: &Scanned) -> Left {
    let place = finding.map(|index| scanned.findings[index].start);
    Left {
        rule: key.rule.to_owned(),
        path: shown(&setup.cwd, &key.path).to_string(),
        line: place.map_or(1, |place| place.line),
        column: place.map_or(1, |place| place.column),
        reason: String::new(),
    }
}
