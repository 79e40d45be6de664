//! `gomend fix`: plans the fixes, proves them, then writes them or prints them.

mod gofmt;
mod resume;
mod review;
mod run;
mod stdin;

use super::args::{FixArgs, Format, ProofArgs, Verify};
use super::export::{self, OutputChanges};
use super::git;
use super::interrupt::{Interrupt, Interrupted};
use super::io::{Io, save, tolerate};
use super::requires::Lacking;
use super::setup::{Setup, remembered_root, root_of, shown};
use super::{ERROR, FINDINGS, OK, Stop, output, patch, proof, writer};
use crate::engine::fixes::Fixes;
use crate::engine::plan::Planned;
use crate::engine::scan::Scanned;
use crate::migrate::plan::{self, PlanFile, PlannedFile, PlannedStep};
use crate::migrate::{ChangedText, between};
use crate::report::{EscapeForm, SourceTexts, human};
use crate::rewrite::Applicability;
use crate::store::{Store, StoreError};
use crate::syntax::File;
use crate::verify::ProofOptions;
use run::FixRun;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs the verb. `words` are those of the command line, `command` the same for
/// the journal.
pub fn run(args: FixArgs, words: &[OsString], command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    if args.interactive {
        return review::run(args, words, command, io);
    }
    let options = proof::options(&args.proving)?;
    anyhow::ensure!(
        args.diff || args.output.format != Format::Patch,
        "`fix --diff` prints the patch of what it has proved, `check --format patch` one that is unproved"
    );
    let mut setup = Setup::new(&args.target, args.output.quiet, io)?.narrowed(&args.target.narrow)?;
    if args.proving.verify != Some(Verify::None) {
        setup = setup.asking();
    }
    if let Some((path, text)) = setup.read_stdin(&args.target, io)? {
        return stdin::run(&args, &setup, path, text, io);
    }
    if args.resume {
        return resume::run(&setup, command, io);
    }
    if args.export.commit_per.is_some() {
        // Before the work, not after it.
        git::clean_top(&setup.root())?;
    }
    let mut store = None;
    if writes(&args) {
        store = Some(open(&setup.root(), &setup, command, io)?);
    }
    let mut scanned = setup.render()?;
    let allowed = setup.narrow(&mut scanned, args.max_fixes.map(|most| (most, least(&args))), io)?;
    let paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let planning = setup.progress("Planning", "files", Some(paths.len() as u64));
    let tick = || planning.tick(1);
    let scan = setup.scan(&tick);
    let least = least(&args);
    let lacking = Lacking::default();
    let choose = |entry: &_, seen: &_, file: &Arc<File>, key: &_| {
        allowed.allows(key) && scan.wants(entry, seen, file, least) && lacking.allows(entry, file.path())
    };
    let fixes = setup.settled(|| Fixes::plan(&scan, paths.clone(), &choose, setup.threads()));
    planning.finish();
    let ending = Ending { args: &args, options, setup: &setup, command };
    let (status, _) = ending.finish(&fixes, &mut scanned, store.as_mut(), io)?;
    drop(fixes);
    let lacks = lacking.sentences();
    for sentence in &lacks {
        writeln!(io.stderr, "{sentence}")?;
    }
    Ok(if lacks.is_empty() { status } else { status.max(FINDINGS) })
}

/// The store of `root`, when no run in it stands half-way.
fn open(root: &Path, setup: &Setup, command: &str, io: &mut Io<'_>) -> Result<Store, Stop> {
    let store = writer::open(root, command, io)?;
    store.ensure_finished().map_err(|error| with_place(error, root, &setup.cwd))?;
    Ok(store)
}

/// What the end of a run needs to know.
struct Ending<'a> {
    args: &'a FixArgs,
    options: ProofOptions,
    setup: &'a Setup,
    command: &'a str,
}

impl Ending<'_> {
    /// Proves the fixes, writes them when there is a `store` and says what became
    /// of them. The exit status, and the run.
    fn finish(
        self,
        fixes: &Fixes<'_>,
        scanned: &mut Scanned,
        store: Option<&mut Store>,
        io: &mut Io<'_>,
    ) -> Result<(u8, FixRun), Stop> {
        let Ending { args, options, setup, command } = self;
        let interrupt = Interrupt::listen();
        let verdicts = proof::prove_fixes(fixes, args.proving.verify, options, setup, interrupt.asked());
        if interrupt.was_asked() {
            return Err(Interrupted.into());
        }
        drop(interrupt);
        for note in verdicts.notes.iter().filter(|_| !args.output.quiet) {
            writeln!(io.stderr, "note: {note}")?;
        }
        let mut run = FixRun::new(setup, fixes, &verdicts, scanned, args);
        if args.gofmt {
            gofmt::tidy(&mut run.files)?;
        }
        if delivers(args) {
            let status = deliver(args, setup, fixes, &run, scanned, command, io)?;
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
        let summary = run.summary(if args.r#unsafe { 0 } else { left(scanned, Applicability::Unsafe) });
        let summary = human::Fixed {
            advice_left: left(scanned, Applicability::Advice),
            nothing_seen: scanned.files == 0 && !scanned.failures.is_empty(),
            ..summary
        };
        print(args, setup, scanned, &sources, &run, &summary, io)?;
        let refused = proof::stays_out(&summary);
        let status = match () {
            () if !scanned.failures.is_empty() => ERROR,
            () if refused || (changes && !writes(args)) => FINDINGS,
            () => OK,
        };
        Ok((status, run))
    }
}

/// Whether the fixes go into the files.
fn writes(args: &FixArgs) -> bool {
    !args.diff && !args.list && !delivers(args)
}

/// Whether the fixes go somewhere else than into the files.
fn delivers(args: &FixArgs) -> bool {
    args.plan_out.is_some() || args.export.split_by.is_some() || args.export.commit_per.is_some()
}

/// Writes a plan, patches or commits.
fn deliver(
    args: &FixArgs,
    setup: &Setup,
    fixes: &Fixes<'_>,
    run: &FixRun,
    scanned: &mut Scanned,
    command: &str,
    io: &mut Io<'_>,
) -> Result<u8, Stop> {
    let root = root_of(&setup.cwd, run.files.keys());
    let summary = run.summary(if args.r#unsafe { 0 } else { left(scanned, Applicability::Unsafe) });
    let mut states = run.states(fixes, &setup.catalogue);
    if args.gofmt {
        for (_, files, _) in &mut states {
            gofmt::tidy(files)?;
        }
    }
    if let Some(file) = &args.plan_out {
        let rules = setup.catalogue.iter().map(|entry| entry.meta.id.to_owned()).collect();
        let mut plan =
            PlanFile::new(rules, summary.verified.clone(), setup.part(&args.target, &chosen(args)));
        plan.fixes = run.planned_fixes(fixes, scanned, setup, &root);
        for entry in &setup.catalogue {
            let used = plan.fixes.iter().any(|fix| fix.rule == entry.meta.id);
            if let Some(source) = entry.source().filter(|_| used) {
                plan.rule_hashes.insert(entry.meta.id.to_owned(), source.to_hex().to_string());
            }
        }
        for (path, planned) in &run.files {
            let mut now = planned.before.as_str();
            let mut steps = Vec::new();
            for (rule, files, _) in &states {
                let Some(step) = files.get(path).filter(|step| step.after != now) else { continue };
                let edits = if args.gofmt { between(&step.before, &step.after) } else { step.edits.clone() };
                steps.push(PlannedStep::new(rule, &step.after, &edits));
                now = &step.after;
            }
            let before = plan::hash(&planned.before);
            plan.files.push(PlannedFile { path: shown(&root, path).to_string(), before, steps });
        }
        plan.sort();
        if file == Path::new("-") {
            io.stdout.form = EscapeForm::Json;
            tolerate(io.stdout.write_all(plan.text().as_bytes()))?;
        } else {
            save(file, plan.text().as_bytes())?;
            if !args.output.quiet {
                writeln!(io.stderr, "`gomend apply {}` applies the plan.", file.display())?;
            }
        }
    } else {
        let module = |path: &Path| setup.modules.module_path(path);
        let texts =
            |planned: &Planned| ChangedText { before: planned.before.clone(), after: planned.after.clone() };
        let after = |files: BTreeMap<PathBuf, Planned>| {
            files.into_iter().map(|(path, planned)| (path, planned.after)).collect()
        };
        let changes = OutputChanges {
            root: &root,
            files: run.files.iter().map(|(path, planned)| (path.clone(), texts(planned))).collect(),
            fixes: run.files_of_fixes(),
            states: states
                .into_iter()
                .map(|(rule, files, own)| (rule.to_owned(), after(files), own))
                .collect(),
            proof: summary.proof(),
            module: &module,
            purpose: export::MENDS,
        };
        match (args.export.split_by, args.export.commit_per) {
            (Some(by), _) => export::split(&changes, by, &args.export, io)?,
            (_, Some(per)) => export::commit(&changes, per.into(), &args.export, command, io)?,
            _ => {}
        }
    }
    let summary = human::Fixed {
        advice_left: left(scanned, Applicability::Advice),
        nothing_seen: scanned.files == 0 && !scanned.failures.is_empty(),
        ..summary
    };
    let render = io.err_render(args.output.color);
    let refused = proof::stays_out(&summary);
    if args.output.quiet {
        human::stayed_out(&mut io.stderr, &summary, render)?;
    } else {
        let options = human::HumanOptions { render, show: args.output.show() };
        human::fixed(&mut io.stderr, &summary, &scanned.skipped, &options)?;
    }
    human::failures(&mut io.stderr, &scanned.failures, render)?;
    Ok(match () {
        () if !scanned.failures.is_empty() => ERROR,
        () if refused => FINDINGS,
        () => OK,
    })
}

/// What decides which fixes there are and how far they are proved.
fn chosen(args: &FixArgs) -> String {
    let FixArgs { r#unsafe, max_fixes, gofmt, proving, .. } = args;
    let ProofArgs { verify, verify_config, verify_cmd, .. } = proving;
    let terms = (proving.allow_unproved, proving.require_proof);
    format!("{} {max_fixes:?} {gofmt} {verify:?} {terms:?} {verify_config:?} {verify_cmd:?}", r#unsafe)
}

fn least(args: &FixArgs) -> Applicability {
    if args.r#unsafe { Applicability::Unsafe } else { Applicability::Safe }
}

fn left(scanned: &Scanned, level: Applicability) -> usize {
    scanned.findings.iter().filter(|finding| finding.level == level && !finding.suppressed).count()
}

/// The store's words, and where its commands are to be given when that is not
/// here.
fn with_place(error: StoreError, root: &Path, cwd: &Path) -> Stop {
    let half_way = matches!(error, StoreError::Unfinished { .. } | StoreError::HalfUndone { .. });
    if half_way && remembered_root(cwd) != root {
        return anyhow::anyhow!("{error} (both in that directory)");
    }
    error.into()
}

fn print(
    args: &FixArgs,
    setup: &Setup,
    scanned: &mut Scanned,
    sources: &SourceTexts,
    run: &FixRun,
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
