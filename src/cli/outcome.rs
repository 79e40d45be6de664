//! What becomes of the fixes of a run, whoever made them: which may be written, which were
//! written, and what is said of the others.

use super::Stop;
use super::export;
use super::proof::{self, Terms};
use super::setup::{Setup, named_in, shown};
use crate::migrate::ChangedTexts;
use crate::report::human::{Fixed, Left, Unproved};
use crate::rewrite::{Failure, Proof};
use crate::store::{Change, FileStatus, RunId, Step, Store};
use crate::verify::Verdicts;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// What the proof and the command line say of the fixes of a run, by their numbers.
pub struct Judgement<'a> {
    verdicts: &'a Verdicts,
    terms: Terms,
    held: BTreeSet<usize>,
}

impl<'a> Judgement<'a> {
    /// Holds back what `terms` do not let pass.
    pub fn new(verdicts: &'a Verdicts, terms: Terms) -> Judgement<'a> {
        let held = verdicts.per_fix.iter().filter(|(_, (proof, _))| !terms.may_write(*proof, verdicts));
        Judgement { verdicts, terms, held: held.map(|(id, _)| *id).collect() }
    }

    /// The fixes that may not be written.
    pub fn held(&self) -> &BTreeSet<usize> {
        &self.held
    }

    /// What the proof says of a fix, and why.
    pub fn of(&self, id: usize) -> (Proof, Option<String>) {
        self.verdicts.per_fix.get(&id).cloned().unwrap_or_default()
    }
}

/// A fix that was planned, as what is said of it needs it.
pub struct JudgedFix {
    /// Its number among those that were judged.
    pub id: usize,
    /// The files that it edits, absolute.
    pub files: Vec<PathBuf>,
    /// Its site; its reason holds what precedes the reason for which it stays out.
    pub left: Left,
    /// Why it falls with others, where it does.
    pub lost: Option<String>,
    /// What is said of those that were refused with it.
    pub together: String,
}

impl JudgedFix {
    /// A fix by itself, which does not fall.
    pub fn new(id: usize, files: Vec<PathBuf>, left: Left) -> JudgedFix {
        JudgedFix { id, files, left, lost: None, together: String::new() }
    }
}

/// A fix that goes in.
pub struct AcceptedFix {
    /// Its number among those that were judged.
    pub id: usize,
    /// The files that it edits, absolute.
    pub files: Vec<PathBuf>,
    /// Its site.
    pub left: Left,
    /// How far it is proved, and why no further.
    pub proof: Proof,
    /// Why no further.
    pub proof_reason: Option<String>,
}

/// Why a fix falls with another one of the same run.
pub const BUILDS_ON: &str = "it builds on a fix that was left out";

/// What became of the fixes of a run.
pub struct FixOutcomes {
    accepted: Vec<AcceptedFix>,
    summary: Fixed,
}

impl FixOutcomes {
    /// Nothing yet, of a run that `judgement` is of.
    pub fn new(judgement: &Judgement<'_>) -> FixOutcomes {
        let summary = Fixed {
            verified: proof::words(judgement.verdicts),
            out_of_reach: judgement.terms.out_of_reach(judgement.verdicts),
            ..Fixed::default()
        };
        FixOutcomes { accepted: Vec::new(), summary }
    }

    /// Makes room for so many fixes that go in.
    pub fn reserve(&mut self, number: usize) {
        self.accepted.reserve_exact(number);
    }

    /// Notes what becomes of a fix.
    pub fn add(&mut self, judgement: &Judgement<'_>, fix: JudgedFix) {
        let (proof, reason) = judgement.of(fix.id);
        let said = |rest: &str| {
            let reason = format!("{}{rest}", fix.left.reason);
            Left { reason, ..fix.left.clone() }
        };
        let words = reason.as_deref().unwrap_or("nothing was verified");
        match fix.lost {
            _ if proof == Proof::Refused => {
                self.summary.refused.push(said(&format!("{words}{}", fix.together)));
            }
            _ if judgement.held.contains(&fix.id) => self.summary.held.push(said(words)),
            Some(lost) => self.summary.deferred.push(said(&lost)),
            None => {
                let JudgedFix { id, files, left, .. } = fix;
                self.accepted.push(AcceptedFix { id, files, left, proof, proof_reason: reason });
            }
        }
    }

    /// A fix that nothing can come of, with the reason.
    pub fn refuse(&mut self, left: Left) {
        self.summary.refused.push(left);
    }

    /// A fix that another run may take, with the reason.
    pub fn defer(&mut self, left: Left) {
        self.summary.deferred.push(left);
    }

    /// The fixes that go in.
    pub fn accepted(&self) -> &[AcceptedFix] {
        &self.accepted
    }

    /// Writes `files` through the journal. A fix of a file that cannot be written stays out, and
    /// the file is taken from `files`; what the system refuses is given back. Nothing is kept of
    /// the texts.
    pub fn write(
        &mut self,
        files: &mut ChangedTexts,
        store: &mut Store,
        setup: &Setup,
        command: &str,
    ) -> Result<WrittenRun, Stop> {
        let root = store.root().to_owned();
        let change = |(path, text): (&PathBuf, &mut crate::migrate::ChangedText)| Change {
            path: path.clone(),
            before: std::mem::take(&mut text.before).into_bytes(),
            after: std::mem::take(&mut text.after).into_bytes(),
        };
        let changes: Vec<Change> = files.iter_mut().map(change).collect();
        let progress = setup.progress("Writing", "files", Some(changes.len() as u64));
        let outcome = store.write(&changes, export::meta(command), &mut |step| {
            if let Step::File { .. } = step {
                progress.tick(1);
            }
        })?;
        progress.finish();
        let mut failures = Vec::new();
        let mut stopped: HashMap<PathBuf, String> = HashMap::new();
        for file in outcome.files {
            let failed = |reason| Failure { path: shown(&setup.cwd, &file.path), reason };
            let Some(reason) = why_not(&file.path, &file.status, &mut |reason| failures.push(failed(reason)))
            else {
                continue;
            };
            stopped.insert(file.path.clone(), reason);
        }
        files.retain(|path, _| !stopped.contains_key(path));
        let all = std::mem::take(&mut self.accepted);
        for fix in all {
            match fix.files.iter().find_map(|path| stopped.get(path)) {
                Some(reason) => self.summary.deferred.push(Left { reason: reason.clone(), ..fix.left }),
                None => self.accepted.push(fix),
            }
        }
        self.summary.written = true;
        self.summary.run = outcome.run.map(|run| named_in(&root, &setup.cwd, &run));
        Ok(WrittenRun { id: outcome.run, failures })
    }

    /// What is said at the end of a run that changes so many `files`.
    pub fn summary(&self, files: usize) -> Fixed {
        let mut unproved: BTreeMap<&str, usize> = BTreeMap::new();
        for fix in self.accepted.iter().filter(|fix| fix.proof == Proof::Unproved) {
            *unproved.entry(fix.proof_reason.as_deref().unwrap_or("nothing was verified")).or_default() += 1;
        }
        let unproved = unproved.into_iter();
        Fixed {
            applied: self.accepted.len(),
            files,
            proved: self.accepted.iter().filter(|fix| fix.proof == Proof::Proved).count(),
            unproved: unproved.map(|(reason, fixes)| Unproved { fixes, reason: reason.to_owned() }).collect(),
            ..self.summary.clone()
        }
    }
}

/// What came of writing.
pub struct WrittenRun {
    /// The run in the journal, when something was written.
    pub id: Option<RunId>,
    /// What the system refused.
    pub failures: Vec<Failure>,
}

/// Why a file does not hold what was written to it; what the system says goes to `fail`.
fn why_not(path: &Path, status: &FileStatus, fail: &mut dyn FnMut(String)) -> Option<String> {
    Some(match status {
        FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile => return None,
        FileStatus::ChangedMeanwhile(drift) => format!("{drift} while gomend was running; run it again"),
        FileStatus::Skipped(skip) => skip.to_string(),
        FileStatus::Failed(error) => {
            let text = error.to_string();
            let prefix = format!("{}: ", path.display());
            fail(text.strip_prefix(&prefix).unwrap_or(&text).to_owned());
            "it could not be written".to_owned()
        }
    })
}
