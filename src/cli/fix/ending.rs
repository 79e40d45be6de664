//! The end of every run of `fix`: the proof, what is written, and what is said.

use super::gofmt;
use super::options::{destination, writes};
use super::run::FixRun;
use crate::cli::args::{FixArgs, Format, ProofArgs};
use crate::cli::export::{self, Destination, OutputChanges, PlanHead};
use crate::cli::io::{Io, tolerate};
use crate::cli::proof::PlannedCandidates;
use crate::cli::setup::{Setup, root_of, shown};
use crate::cli::{ERROR, FINDINGS, OK, Stop, output, patch, proof};
use crate::engine::fixes::Fixes;
use crate::engine::scan::Scanned;
use crate::report::{SourceTexts, human};
use crate::rewrite::Applicability;
use crate::store::Store;
use crate::verify::ProofOptions;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// What the end of a run needs to know.
pub(super) struct Ending<'a> {
    pub(super) args: &'a FixArgs,
    pub(super) options: ProofOptions,
    pub(super) setup: &'a Setup,
    pub(super) command: &'a str,
}

impl Ending<'_> {
    /// Proves the fixes, writes them when there is a `store` and says what became
    /// of them. The exit status, and the run.
    pub(super) fn finish<'f>(
        &self,
        fixes: &'f Fixes<'f>,
        scanned: &mut Scanned,
        store: Option<&mut Store>,
        io: &mut Io<'_>,
    ) -> Result<(u8, FixRun<'f>), Stop> {
        let Ending { args, setup, command, .. } = self;
        let candidates = PlannedCandidates::of(fixes);
        let verdicts = proof::prove(&candidates, args.proving.verify, self.options.clone(), setup)?;
        proof::write_notes(&verdicts, args.output.quiet, io)?;
        let mut run = FixRun::new(setup, fixes, &verdicts, scanned, args);
        if args.gofmt {
            gofmt::tidy(run.files.iter_mut().map(|(path, text)| (path, &mut text.after)))?;
        }
        if let Some(to) = destination(args) {
            let status = deliver(self, to, &run, scanned, io)?;
            return Ok((status, run));
        }
        let changes = !run.files.is_empty();
        let mut sources = output::sources(setup);
        if writes(args) && output::reads(args.output.format) {
            // The findings are about the files as they were.
            sources.keep(&scanned.findings);
        }
        if let Some(store) = store {
            run.write(store, setup, command, scanned)?;
        }
        let summary = self.summary(&run, scanned);
        print(args, setup, scanned, &sources, &run, &summary, io)?;
        Ok((status(scanned, &summary, changes && !writes(args)), run))
    }

    /// What is said at the end.
    fn summary(&self, run: &FixRun<'_>, scanned: &Scanned) -> human::Fixed {
        let unsafe_left = if self.args.r#unsafe { 0 } else { left(scanned, Applicability::Unsafe) };
        human::Fixed {
            advice_left: left(scanned, Applicability::Advice),
            nothing_seen: scanned.files == 0 && !scanned.failures.is_empty(),
            kept: if run.files.is_empty() { self.kept(scanned) } else { Vec::new() },
            ..run.summary(unsafe_left)
        }
    }

    /// The sites that a guard kept of rules from files: whoever wrote one waits for something.
    fn kept(&self, scanned: &Scanned) -> Vec<human::Left> {
        let loaded = |id: &str| {
            self.setup.catalogue.iter().any(|entry| entry.meta.id == id && entry.source().is_some())
        };
        let kept = scanned.findings.iter().filter(|finding| {
            finding.level == Applicability::Kept && !finding.suppressed && loaded(finding.rule)
        });
        kept.map(|finding| human::Left {
            rule: finding.rule.to_owned(),
            path: finding.path.to_string(),
            line: finding.start.line,
            column: finding.start.column,
            reason: finding.guarded().map_or_else(String::new, |(guard, why)| format!("{why} ({guard})")),
        })
        .collect()
    }
}

/// Writes a plan, patches or commits.
fn deliver(
    ending: &Ending<'_>,
    to: Destination<'_>,
    run: &FixRun<'_>,
    scanned: &mut Scanned,
    io: &mut Io<'_>,
) -> Result<u8, Stop> {
    let Ending { args, setup, command, .. } = ending;
    let root = root_of(&setup.cwd, run.files.keys());
    let summary = ending.summary(run, scanned);
    let mut states = run.states(&setup.catalogue);
    if args.gofmt {
        for state in &mut states {
            gofmt::tidy(state.files.iter_mut())?;
            // They lead to texts that are others now.
            state.edits.clear();
        }
    }
    let fixes = run.planned_fixes(scanned, setup, &root);
    let used: BTreeSet<&str> = fixes.iter().map(|fix| fix.rule.as_str()).collect();
    let used = setup.catalogue.iter().filter(|entry| used.contains(entry.meta.id));
    let hashes =
        used.filter_map(|entry| Some((entry.meta.id.to_owned(), entry.source()?.to_hex().to_string())));
    let head = PlanHead {
        rule_hashes: hashes.collect(),
        rules: setup.catalogue.iter().map(|entry| entry.meta.id.to_owned()).collect(),
        verified: summary.verified.clone(),
        part: setup.part(&args.target, &chosen(args)),
        fixes,
    };
    let module = |path: &Path| setup.modules.module_path(path);
    let changes = OutputChanges {
        root: &root,
        files: &run.files,
        fixes: run.files_of_fixes(),
        states,
        proof: summary.proof(),
        module: &module,
        purpose: export::MENDS,
        catalogue: &setup.catalogue,
    };
    export::deliver(&changes, to, &args.export, head, command, io)?;
    if let Destination::Plan(file) = to
        && file != Path::new("-")
        && !args.output.quiet
    {
        writeln!(io.stderr, "`gomend apply {}` applies the plan.", file.display())?;
    }
    let render = io.err_render(args.output.color);
    if args.output.quiet {
        human::stayed_out(&mut io.stderr, &summary, render)?;
    } else {
        let options = human::HumanOptions { render, show: args.output.show() };
        human::fixed(&mut io.stderr, &summary, &scanned.skipped, &options)?;
    }
    human::failures(&mut io.stderr, &scanned.failures, render)?;
    Ok(status(scanned, &summary, false))
}

/// The exit status of a run; `shows` when it changes files and only says so.
fn status(scanned: &Scanned, summary: &human::Fixed, shows: bool) -> u8 {
    match () {
        () if !scanned.failures.is_empty() => ERROR,
        () if proof::stays_out(summary) || shows => FINDINGS,
        () => OK,
    }
}

/// What decides which fixes there are and how far they are proved.
fn chosen(args: &FixArgs) -> String {
    let FixArgs { r#unsafe, max_fixes, gofmt, proving, .. } = args;
    let ProofArgs { verify, verify_config, verify_cmd, .. } = proving;
    let terms = (proving.allow_unproved, proving.require_proof);
    format!("{} {max_fixes:?} {gofmt} {verify:?} {terms:?} {verify_config:?} {verify_cmd:?}", r#unsafe)
}

fn left(scanned: &Scanned, level: Applicability) -> usize {
    scanned.findings.iter().filter(|finding| finding.level == level && !finding.suppressed).count()
}

fn print(
    args: &FixArgs,
    setup: &Setup,
    scanned: &mut Scanned,
    sources: &SourceTexts,
    run: &FixRun<'_>,
    summary: &human::Fixed,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let wanted = &args.output;
    let (render, err_render) = (io.render(wanted.color), io.err_render(wanted.color));
    let writes = writes(args);
    let mut summary_here = false;
    let statistics = output::statistics(wanted, setup, sources, scanned);
    if !matches!(wanted.format, Format::Human | Format::Patch) {
        let part = setup.part(&args.target, &chosen(args));
        output::write(wanted, &setup.catalogue, scanned, part.as_ref(), sources, statistics.as_ref(), io)?;
    } else if args.diff {
        tolerate(patch::write(setup, &run.files, io, render, args.no_pager))?;
    } else if args.list {
        let mut lines = run.files.keys().map(|path| shown(&setup.cwd, path));
        tolerate(lines.try_for_each(|line| writeln!(io.stdout, "{}", crate::report::shown(&line))))?;
    } else {
        summary_here = true;
    }
    let options =
        human::HumanOptions { render: if summary_here { render } else { err_render }, show: wanted.show() };
    let out: &mut dyn Write = if summary_here { &mut io.stdout } else { &mut io.stderr };
    let here = matches!(wanted.format, Format::Human | Format::Patch);
    if let Some(statistics) = statistics.filter(|_| here) {
        tolerate(statistics.human(out, options.render).and_then(|()| writeln!(out)))?;
    }
    if wanted.quiet {
        human::stayed_out(&mut io.stderr, summary, err_render)?;
    } else {
        tolerate(human::fixed(out, summary, &scanned.skipped, &options))?;
    }
    debug_assert!(writes || summary.run.is_none());
    Ok(human::failures(&mut io.stderr, &scanned.failures, err_render)?)
}
