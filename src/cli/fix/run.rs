//! What a run of `fix` comes to: which fixes go in, what is written, and what
//! became of each.

use super::super::Stop;
use super::super::args::FixArgs;
use super::super::outcome::{AcceptedFix, BUILDS_ON, FixOutcomes, JudgedFix, Judgement};
use super::super::proof::Terms;
use super::super::setup::{Setup, shown};
use crate::engine::fixes::Fixes;
use crate::engine::plan::{FixKey, Planned};
use crate::engine::scan::Scanned;
use crate::migrate::plan::PlannedFix;
use crate::migrate::{ChangedTexts, RuleState};
use crate::report::human::{Fixed, Left};
use crate::rewrite::{Applicability, Finding, RuleEntry};
use crate::store::{RunId, Store};
use crate::text::Edits;
use crate::verify::Verdicts;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The files of a run and the fixes in them.
pub struct FixRun<'f> {
    /// The files that change, or that were changed. Their texts are gone once they were written.
    pub files: ChangedTexts,
    /// The edits that make each of them.
    pub edits: BTreeMap<PathBuf, Edits>,
    /// A hash of what each file was to hold, once it was written.
    pub hashes: BTreeMap<PathBuf, String>,
    /// The run in the journal, once something was written.
    pub id: Option<RunId>,
    fixes: &'f Fixes<'f>,
    outcomes: FixOutcomes,
}

impl<'f> FixRun<'f> {
    /// Holds back what may not be written, and marks every finding with what
    /// became of its fix.
    pub fn new(
        setup: &Setup,
        fixes: &'f Fixes<'f>,
        verdicts: &Verdicts,
        scanned: &mut Scanned,
        args: &FixArgs,
    ) -> FixRun<'f> {
        let judgement = Judgement::new(verdicts, Terms::of(&args.proving, args.diff || args.list));
        let outcome = fixes.outcome(judgement.held());
        let mut outcomes = FixOutcomes::new(&judgement);
        let sites = scanned.sites(&setup.cwd);
        for (id, taken) in fixes.taken().iter().enumerate() {
            let (proof, proof_reason) = judgement.of(id);
            let index = sites.get(&taken.key).copied();
            if let Some(index) = index {
                let finding = &mut scanned.findings[index];
                finding.proof = proof;
                finding.proof_reason.clone_from(&proof_reason);
            }
            let index = index.or_else(|| {
                scanned.findings.push(Finding { proof, proof_reason, ..taken.born.clone()? });
                Some(scanned.findings.len() - 1)
            });
            let left = left(&taken.key, index, setup, scanned);
            let lost = outcome.lost.contains(&id).then(|| BUILDS_ON.to_owned());
            let judged = JudgedFix { lost, ..JudgedFix::new(id, taken.files.clone(), left) };
            outcomes.add(&judgement, judged);
        }
        scanned
            .findings
            .sort_by(|a, b| (&a.path, a.start.byte, a.pass).cmp(&(&b.path, b.start.byte, b.pass)));
        let sites = scanned.sites(&setup.cwd);
        for dropped in fixes.dropped() {
            let index = sites.get(&dropped.key).copied();
            let left = left(&dropped.key, index, setup, scanned);
            outcomes.defer(Left { reason: dropped.reason.clone(), ..left });
        }
        let (files, edits) = apart(outcome.files);
        FixRun { files, edits, hashes: BTreeMap::new(), id: None, fixes, outcomes }
    }

    /// The files after the fixes of each rule, in the catalogue's order, with the
    /// numbers of its fixes among those that go in.
    pub fn states(&self, catalogue: &[RuleEntry]) -> Vec<RuleState> {
        let rule = |id: usize| self.fixes.taken()[id].key.rule;
        let goes: BTreeSet<usize> = self.outcomes.accepted().iter().map(|fix| fix.id).collect();
        let used: BTreeSet<&str> = goes.iter().map(|id| rule(*id)).collect();
        let rules: Vec<&'static str> =
            catalogue.iter().map(|entry| entry.meta.id).filter(|id| used.contains(id)).collect();
        let mut states = Vec::new();
        for (index, own) in rules.iter().enumerate() {
            let early = |id: &usize| goes.contains(id) && rules[..=index].contains(&rule(*id));
            let later = (0..self.fixes.taken().len()).filter(|id| !early(id)).collect();
            let (files, edits) = apart(self.fixes.outcome(&later).files);
            let numbered = self.outcomes.accepted().iter().enumerate();
            let own_fixes = numbered.filter(|(_, fix)| rule(fix.id) == *own).map(|(number, _)| number);
            states.push(RuleState {
                rule: (*own).to_owned(),
                files: files.into_iter().map(|(path, text)| (path, text.after)).collect(),
                edits,
                fixes: own_fixes.collect(),
            });
        }
        states
    }

    /// The files of each fix that goes in.
    pub fn files_of_fixes(&self) -> Vec<Vec<PathBuf>> {
        self.outcomes.accepted().iter().map(|fix| fix.files.clone()).collect()
    }

    /// What a plan says of the fixes that go in, with paths from `root` on.
    pub fn planned_fixes(&self, scanned: &Scanned, setup: &Setup, root: &Path) -> Vec<PlannedFix> {
        let sites = scanned.sites(&setup.cwd);
        let planned = |fix: &AcceptedFix| {
            let key = &self.fixes.taken()[fix.id].key;
            let finding = sites.get(key).map(|index| &scanned.findings[*index]);
            PlannedFix {
                rule: key.rule.to_owned(),
                level: finding.map_or(Applicability::Unsafe, |finding| finding.level),
                path: shown(root, &key.path).to_string(),
                line: fix.left.line,
                column: fix.left.column,
                files: fix.files.iter().map(|file| shown(root, file).to_string()).collect(),
                proof: fix.proof,
                proof_reason: fix.proof_reason.clone(),
            }
        };
        self.outcomes.accepted().iter().map(planned).collect()
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
        let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
        self.hashes = self.files.iter().map(|(path, text)| (path.clone(), hash(&text.after))).collect();
        let written = self.outcomes.write(&mut self.files, store, setup, command)?;
        scanned.failures.extend(written.failures);
        self.id = written.id;
        Ok(())
    }

    /// The sites whose fixes went in.
    pub fn applied(&self) -> BTreeSet<&FixKey> {
        self.outcomes.accepted().iter().map(|fix| &self.fixes.taken()[fix.id].key).collect()
    }

    /// What is said at the end; `unsafe_left` is how many more fixes `--unsafe`
    /// would add.
    pub fn summary(&self, unsafe_left: usize) -> Fixed {
        Fixed { unsafe_left, ..self.outcomes.summary(self.files.len()) }
    }
}

/// The texts and the edits of planned files.
fn apart(files: BTreeMap<PathBuf, Planned>) -> (ChangedTexts, BTreeMap<PathBuf, Edits>) {
    let mut edits = BTreeMap::new();
    let texts = files.into_iter().map(|(path, mut planned)| {
        edits.insert(path.clone(), std::mem::take(&mut planned.edits));
        (path, planned.into())
    });
    (texts.collect(), edits)
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
