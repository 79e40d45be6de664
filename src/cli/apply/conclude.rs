//! The end of a run over the fixes of other tools: which of them go in, where they go, what is said.

use super::super::args::TargetArgs;
use super::super::export::{self, OutputChanges};
use super::super::io::{Io, save, tolerate};
use super::super::proof::{self, Terms};
use super::super::setup::{Setup, named_in, shown};
use super::super::{FINDINGS, OK, Stop};
use super::foreign::{ForeignGate, Trusted};
use crate::engine::policy::Policy;
use crate::migrate::given::{GivenFix, GivenFixes};
use crate::migrate::plan::{PlanFile, PlannedFile, PlannedFix, PlannedStep, hash};
use crate::migrate::{ChangedTexts, between};
use crate::model::module::Modules;
use crate::report::human::{self, Fixed, Left, Unproved};
use crate::report::{EscapeForm, shown as visible};
use crate::rewrite::{Applicability, Proof};
use crate::verify::{CandidateFixes, Verdicts};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// Which fixes go in, and what is said of all.
pub(super) struct Decided {
    pub(super) held: BTreeSet<usize>,
    pub(super) files: ChangedTexts,
    pub(super) summary: Fixed,
    pub(super) proofs: Vec<(Proof, Option<String>)>,
}

/// What the end of a run needs beside its fixes.
pub(super) struct Delivery<'a> {
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

impl Delivery<'_> {
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
        let terms = Terms::of(&self.args.proving, self.args.diff || self.args.list);
        let refused = verdicts.per_fix.iter().filter(|(_, (proof, _))| !terms.may_write(*proof, verdicts));
        let mut held: BTreeSet<usize> = refused.map(|(id, _)| *id).collect();
        held.extend(lost.keys());
        let outcome = given.outcome(&held)?;
        let mut summary = Fixed {
            verified: proof::words(verdicts),
            out_of_reach: terms.out_of_reach(verdicts),
            files: outcome.files.len(),
            ..Fixed::default()
        };
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
        let mut unproved: BTreeMap<String, usize> = BTreeMap::new();
        let mut proofs = Vec::new();
        for (id, fix) in given.list().iter().enumerate() {
            let (proof, reason) = verdicts.per_fix.get(&id).cloned().unwrap_or_default();
            let words = reason.clone().unwrap_or_else(|| "nothing was verified".to_owned());
            proofs.push((proof, reason));
            let title = if fix.title.is_empty() { String::new() } else { format!("{}: ", fix.title) };
            let left = |reason: String| Left {
                rule: fix.rule.clone(),
                path: shown(self.cwd, &fix.path).to_string(),
                line: fix.line,
                column: fix.column,
                reason: format!("{title}{reason}"),
            };
            match (lost.get(&id), outcome.lost.get(&id), proof) {
                (Some(reason), ..) => summary.refused.push(left(reason.clone())),
                (_, _, Proof::Refused) => summary.refused.push(left(format!("{words}{}", with(id)))),
                _ if held.contains(&id) => summary.held.push(left(words)),
                (_, Some(reason), _) => summary.deferred.push(left(reason.clone())),
                _ => {
                    summary.applied += 1;
                    summary.proved += usize::from(proof == Proof::Proved);
                    if proof == Proof::Unproved {
                        *unproved.entry(words).or_default() += 1;
                    }
                }
            }
        }
        held.extend(outcome.lost.keys());
        summary.unproved = unproved.into_iter().map(|(reason, fixes)| Unproved { fixes, reason }).collect();
        Ok(Decided { held, files: outcome.files, summary, proofs })
    }

    /// Shows, writes or exports what goes in, and says what became of the rest.
    pub(super) fn deliver(
        &self,
        tried: &Trusted,
        decided: Decided,
        run: &Delivery<'_>,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let given = &tried.given;
        let reported = self.reports() && {
            let report = self.report(tried, &decided, run);
            self.write_report(&report, decided.summary.verified.as_deref(), run, io)?
        };
        let Decided { held, files, mut summary, proofs } = decided;
        let args = self.args;
        let asks = args.diff || args.list;
        let mut summary_here = false;
        if reported && asks {
            // The format has what was found; the patch would stand in its midst.
        } else if args.diff {
            super::print_patch(args, &files, self.root, io)?;
        } else if args.list {
            tolerate(
                files.keys().try_for_each(|path| writeln!(io.stdout, "{}", visible(&shown(self.cwd, path)))),
            )?;
        } else if let Some(file) = &args.plan_out {
            let plan = self.plan(given, &held, &files, &summary, &proofs, run)?;
            if file == Path::new("-") {
                io.stdout.form = EscapeForm::Json;
                tolerate(io.stdout.write_all(plan.text().as_bytes()))?;
            } else {
                save(file, plan.text().as_bytes())?;
                writeln!(io.stderr, "`gomend apply {}` applies the plan.", file.display())?;
            }
        } else if args.export.split_by.is_some() || args.export.commit_per.is_some() {
            let modules = Modules::default();
            let module = |path: &Path| modules.module_of(path)?.path().map(str::to_owned);
            let kept: Vec<usize> = (0..given.list().len()).filter(|id| !held.contains(id)).collect();
            let place = |id: &usize| kept.binary_search(id).ok();
            let states = given.states(&held)?.into_iter();
            let changes = OutputChanges {
                root: self.root,
                fixes: kept.iter().map(|id| given.list()[*id].files.keys().cloned().collect()).collect(),
                states: states
                    .map(|(rule, files, own)| (rule, files, own.iter().filter_map(place).collect()))
                    .collect(),
                files,
                proof: summary.proof(),
                module: &module,
                purpose: "Apply the fixes of",
            };
            match (args.export.split_by, args.export.commit_per) {
                (Some(by), _) => export::split(&changes, by, &args.export, io)?,
                (_, Some(per)) => export::commit(&changes, per.into(), &args.export, run.command, io)?,
                _ => {}
            }
        } else {
            summary_here = true;
            let outcome = super::write(&files, self.root, run.command, io)?;
            summary.written = true;
            summary.run = outcome.run.map(|run| named_in(self.root, self.cwd, &run));
            return self.finish(&summary, summary_here && !reported, false, run.refused, io);
        }
        self.finish(&summary, summary_here, asks && summary.files > 0, run.refused, io)
    }

    pub(super) fn finish(
        &self,
        summary: &Fixed,
        summary_here: bool,
        to_do: bool,
        refused: bool,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let render = if summary_here { io.render(self.args.color) } else { io.err_render(self.args.color) };
        let options = human::HumanOptions { render, ..human::HumanOptions::default() };
        let out: &mut dyn Write = if summary_here { &mut io.stdout } else { &mut io.stderr };
        tolerate(human::fixed(out, summary, &[], &options))?;
        Ok(if proof::stays_out(summary) || refused || to_do { FINDINGS } else { OK })
    }

    /// The plan of the fixes that go in.
    fn plan(
        &self,
        given: &GivenFixes,
        held: &BTreeSet<usize>,
        files: &ChangedTexts,
        summary: &Fixed,
        proofs: &[(Proof, Option<String>)],
        run: &Delivery<'_>,
    ) -> Result<PlanFile, Stop> {
        let states = given.states(held)?;
        let rules = run.rules.clone();
        let of_input = format!("{} {:?}", run.input, self.args.max_fixes);
        let mut plan = PlanFile::new(rules, summary.verified.clone(), run.setup.part(run.target, &of_input));
        let path = |path: &Path| shown(self.root, path).to_string();
        for (id, fix) in given.list().iter().enumerate().filter(|(id, _)| !held.contains(id)) {
            plan.fixes.push(PlannedFix {
                rule: fix.rule.clone(),
                level: run.level(fix),
                path: path(&fix.path),
                line: fix.line,
                files: fix.files.keys().filter(|one| files.contains_key(*one)).map(|one| path(one)).collect(),
                proof: proofs[id].0,
                proof_reason: proofs[id].1.clone(),
            });
        }
        for (file, text) in files {
            let mut now = text.before.as_str();
            let mut steps = Vec::new();
            for (rule, files, _) in &states {
                let Some(after) = files.get(file).filter(|after| *after != now) else { continue };
                steps.push(PlannedStep::new(rule, after, &between(&text.before, after)));
                now = after;
            }
            plan.files.push(PlannedFile { path: path(file), before: hash(&text.before), steps });
        }
        plan.sort();
        Ok(plan)
    }
}
