//! The end of a run over the fixes of other tools: which of them go in, where they go, what is said.

use super::super::args::{ApplyArgs, TargetArgs};
use super::super::export::{self, Destination, OutputChanges, PlanHead};
use super::super::io::{Io, tolerate};
use super::super::outcome::{AcceptedFix, FixOutcomes, JudgedFix, Judgement};
use super::super::proof::{self, Terms};
use super::super::setup::{Setup, shown};
use super::super::{ERROR, FINDINGS, OK, Stop, patch, writer};
use super::gate::{ForeignGate, Trusted};
use crate::engine::policy::Policy;
use crate::migrate::given::{GivenFix, GivenFixes};
use crate::migrate::plan::PlannedFix;
use crate::migrate::{ChangedTexts, RuleState};
use crate::model::module::Modules;
use crate::report::human::{self, Left};
use crate::report::shown as visible;
use crate::rewrite::{Applicability, Failure, Proof};
use crate::store::Store;
use crate::verify::{CandidateFixes, Verdicts};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// Which fixes go in, and what is said of all.
pub(super) struct Decided {
    pub(super) held: BTreeSet<usize>,
    pub(super) files: ChangedTexts,
    pub(super) outcomes: FixOutcomes,
    pub(super) proofs: Vec<(Proof, Option<String>)>,
}

/// What the end of a run needs beside its fixes.
pub(super) struct ForeignRun<'a> {
    pub(super) setup: &'a Setup,
    pub(super) target: &'a TargetArgs,
    /// The hash of the input.
    pub(super) input: &'a str,
    /// How the input is called.
    pub(super) name: &'a str,
    pub(super) command: &'a str,
    /// All rules of the input, by their names.
    pub(super) rules: Vec<String>,
    /// Whether a fix was not even tried.
    pub(super) refused: bool,
}

impl ForeignRun<'_> {
    /// What the configuration says that a fix promises.
    pub(super) fn level(&self, fix: &GivenFix) -> Applicability {
        let promoted = self.setup.settings.for_file(&fix.path).promote.contains(fix.rule.as_str());
        if promoted { Applicability::Safe } else { Applicability::Unsafe }
    }
}

impl ForeignGate<'_> {
    /// Holds back what may not be written, and says what became of each fix.
    pub(super) fn decide(
        &self,
        given: &GivenFixes,
        lost: &BTreeMap<usize, String>,
        verdicts: &Verdicts,
    ) -> Result<Decided, Stop> {
        let judgement =
            Judgement::new(verdicts, Terms::of(&self.args.proving, self.args.diff || self.args.list));
        let mut held = judgement.held().clone();
        held.extend(lost.keys());
        let outcome = given.outcome(&held)?;
        let mut outcomes = FixOutcomes::new(&judgement);
        outcomes.reserve(given.list().len() - held.len());
        let mut units: BTreeMap<usize, usize> = BTreeMap::new();
        for id in verdicts.per_fix.iter().filter(|(_, (proof, _))| *proof == Proof::Refused) {
            *units.entry(given.unit(*id.0)).or_default() += 1;
        }
        let with = |id: usize| match units.get(&given.unit(id)).map(|number| number - 1) {
            None | Some(0) => String::new(),
            Some(1) => " (refused with the other fix that changes or names the same declaration)".to_owned(),
            Some(more) => {
                format!(" (refused with the {more} other fixes that change or name the same declaration)")
            }
        };
        for (id, fix) in given.list().iter().enumerate() {
            let title = if fix.title.is_empty() { String::new() } else { format!("{}: ", fix.title) };
            let left = Left {
                rule: fix.rule.clone(),
                path: shown(self.cwd, &fix.path).to_string(),
                line: fix.line,
                column: fix.column,
                reason: title,
            };
            if let Some(reason) = lost.get(&id) {
                outcomes.refuse(Left { reason: format!("{}{reason}", left.reason), ..left });
                continue;
            }
            let files = fix.files.paths().map(Path::to_owned).collect();
            let lost = outcome.lost.get(&id).map(|loss| loss.reason.clone());
            let together = with(id);
            outcomes.add(&judgement, JudgedFix { lost, together, ..JudgedFix::new(id, files, left) });
        }
        let proofs = (0..given.list().len()).map(|id| judgement.of(id)).collect();
        held.extend(outcome.lost.keys());
        Ok(Decided { held, files: outcome.files, outcomes, proofs })
    }

    /// Shows, writes or exports what goes in, and says what became of the rest.
    pub(super) fn deliver(
        &self,
        tried: &Trusted,
        decided: Decided,
        run: &ForeignRun<'_>,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let given = &tried.given;
        let summary = decided.outcomes.summary(decided.files.len());
        let reported = self.reports() && {
            let report = self.report(tried, &decided, run);
            self.write_report(&report, summary.verified.as_deref(), run, io)?
        };
        let Decided { held, files, outcomes, .. } = decided;
        let kept: Vec<usize> = outcomes.accepted().iter().map(|fix| fix.id).collect();
        let states = || {
            let mut states = given.states(&held)?;
            for state in &mut states {
                let place = |id: &usize| kept.binary_search(id).ok();
                state.fixes = state.fixes.iter().filter_map(place).collect();
            }
            Ok(states)
        };
        let of_input = format!("{} {:?}", run.input, self.args.max_fixes);
        let head = |outcomes: &FixOutcomes, files: &ChangedTexts| {
            Ok(PlanHead {
                rules: run.rules.clone(),
                verified: summary.verified.clone(),
                part: run.setup.part(run.target, &of_input),
                fixes: self.planned(given, outcomes, files, run),
                ..PlanHead::default()
            })
        };
        let applied = AppliedFixes {
            args: self.args,
            root: self.root,
            setup: run.setup,
            command: run.command,
            files,
            outcomes,
            refused: run.refused,
        };
        let exported = Exported { states: &states, head: &head, purpose: "Apply the fixes of" };
        applied.conclude(&exported, reported, io)
    }

    /// What a plan says of the fixes that go in.
    fn planned(
        &self,
        given: &GivenFixes,
        outcomes: &FixOutcomes,
        files: &ChangedTexts,
        run: &ForeignRun<'_>,
    ) -> Vec<PlannedFix> {
        let path = |path: &Path| shown(self.root, path).to_string();
        let planned = |fix: &AcceptedFix| {
            let of = &given.list()[fix.id];
            let edited = fix.files.iter().filter(|one| files.contains_key(*one));
            PlannedFix {
                rule: of.rule.clone(),
                level: run.level(of),
                path: path(&of.path),
                line: of.line,
                column: of.column,
                files: edited.map(|one| path(one)).collect(),
                proof: fix.proof,
                proof_reason: fix.proof_reason.clone(),
            }
        };
        outcomes.accepted().iter().map(planned).collect()
    }
}

/// What the export of fixes needs beside the files, worked out when it is asked for.
pub(super) struct Exported<'a> {
    /// The files after each rule.
    pub(super) states: &'a dyn Fn() -> Result<Vec<RuleState>, Stop>,
    /// What a plan says.
    pub(super) head: &'a dyn Fn(&FixOutcomes, &ChangedTexts) -> Result<PlanHead, Stop>,
    /// What a commit says it does, before the key of its piece.
    pub(super) purpose: &'static str,
}

/// Fixes of a plan or of another tool that may go in.
pub(super) struct AppliedFixes<'a> {
    pub(super) args: &'a ApplyArgs,
    pub(super) root: &'a Path,
    pub(super) setup: &'a Setup,
    pub(super) command: &'a str,
    pub(super) files: ChangedTexts,
    pub(super) outcomes: FixOutcomes,
    /// Whether some were not even tried.
    pub(super) refused: bool,
}

impl AppliedFixes<'_> {
    /// Shows, exports or writes the files, and says what became of each fix; `reported` when
    /// standard output has a report. The exit status.
    pub(super) fn conclude(
        self,
        exported: &Exported<'_>,
        reported: bool,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let args = self.args;
        let asks = args.diff || args.list;
        if asks && reported {
            // The format has what was found; the patch would stand in its midst.
        } else if args.diff {
            let render = io.render(args.color);
            tolerate(patch::write_from(self.root, &self.files, io, render, args.no_pager))?;
        } else if args.list {
            let mut paths = self.files.keys().map(|path| shown(&self.setup.cwd, path));
            tolerate(paths.try_for_each(|path| writeln!(io.stdout, "{}", visible(&path))))?;
        } else if let Some(to) = Destination::of(args.plan_out.as_deref(), &args.export) {
            self.export(to, exported, io)?;
        } else {
            let mut store = writer::open(self.root, self.command, io)?;
            store.ensure_finished()?;
            return self.write(&mut store, !reported, io);
        }
        self.finish(&[], false, asks, io)
    }

    /// Writes the files, and says what became of each fix; at `here` on standard output.
    pub(super) fn write(mut self, store: &mut Store, here: bool, io: &mut Io<'_>) -> Result<u8, Stop> {
        let written = self.outcomes.write(&mut self.files, store, self.setup, self.command)?;
        self.finish(&written.failures, here, false, io)
    }

    fn export(&self, to: Destination<'_>, exported: &Exported<'_>, io: &mut Io<'_>) -> Result<(), Stop> {
        let modules = Modules::default();
        let module = |path: &Path| modules.module_of(path)?.path().map(str::to_owned);
        let changes = OutputChanges {
            root: self.root,
            files: &self.files,
            fixes: self.outcomes.accepted().iter().map(|fix| fix.files.clone()).collect(),
            states: (exported.states)()?,
            proof: self.outcomes.summary(self.files.len()).proof(),
            module: &module,
            purpose: exported.purpose,
            catalogue: &self.setup.catalogue,
        };
        let head = (exported.head)(&self.outcomes, &self.files)?;
        export::deliver(&changes, to, &self.args.export, head, self.command, io)?;
        if let Destination::Plan(file) = to
            && file != Path::new("-")
        {
            writeln!(io.stderr, "`gomend apply {}` applies the plan.", file.display())?;
        }
        Ok(())
    }

    fn finish(&self, failures: &[Failure], here: bool, asks: bool, io: &mut Io<'_>) -> Result<u8, Stop> {
        let summary = self.outcomes.summary(self.files.len());
        let err_render = io.err_render(self.args.color);
        let render = if here { io.render(self.args.color) } else { err_render };
        let options = human::HumanOptions { render, ..human::HumanOptions::default() };
        let out: &mut dyn Write = if here { &mut io.stdout } else { &mut io.stderr };
        tolerate(human::fixed(out, &summary, &[], &options))?;
        human::failures(&mut io.stderr, failures, err_render)?;
        let left = proof::stays_out(&summary) || self.refused;
        Ok(match () {
            () if !failures.is_empty() => ERROR,
            () if left || (asks && !self.files.is_empty()) => FINDINGS,
            () => OK,
        })
    }
}
