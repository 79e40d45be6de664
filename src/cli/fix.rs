//! `gomend fix`: plans the fixes, proves them, then writes them or prints them.

mod gofmt;
mod resume;
mod run;
mod stdin;

use super::args::{Fix, Format};
use super::interrupt::{Interrupt, Interrupted};
use super::io::{Io, tolerate};
use super::setup::{Setup, remembered_root, root_of, shown};
use super::{ERROR, FINDINGS, OK, Stop, proof};
use crate::engine::fixes::Fixes;
use crate::engine::scan::Scanned;
use crate::report::{Report, diff, human, json};
use crate::rewrite::Level;
use crate::store::{Store, StoreError};
use crate::syntax::File;
use run::Run;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Lines of context around a hunk, as git has it.
const CONTEXT: usize = 3;

/// Runs the verb.
pub fn run(args: Fix, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let options = proof::options(&args)?;
    let setup = Setup::new(&args.target, io)?.narrowed(&args.target.narrow)?;
    if let Some((path, text)) = setup.read_stdin(&args.target, io)? {
        return stdin::run(&args, &setup, path, text, io);
    }
    if args.resume {
        return resume::run(&setup, command, io);
    }
    let writes = !args.diff && !args.list;
    let mut store = None;
    if writes {
        let root = setup.root();
        let opened = store.insert(Store::open(&root, None, command)?);
        opened.ensure_finished().map_err(|error| with_place(error, &root, &setup.cwd))?;
    }
    let mut scanned = setup.look()?;
    let allowed = setup.narrow(&mut scanned, args.max_fixes.map(|most| (most, least(&args))), io)?;
    let paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let planning = setup.progress("Planning", "files", Some(paths.len() as u64));
    let tick = || planning.tick(1);
    let scan = setup.scan(&tick);
    let least = least(&args);
    let choose = |entry: &_, seen: &_, file: &File, key: &_| {
        allowed.allows(key) && scan.wants(entry, seen, file, least)
    };
    let fixes = Fixes::plan(&scan, paths, &choose, setup.threads());
    planning.finish();

    let interrupt = Interrupt::listen();
    let verdicts = proof::prove(&fixes, &args, options, &setup, interrupt.asked());
    if interrupt.was_asked() {
        return Err(Interrupted.into());
    }
    drop(interrupt);
    for note in &verdicts.notes {
        writeln!(io.stderr, "note: {note}")?;
    }
    let mut run = Run::new(&setup, &fixes, &verdicts, &mut scanned, &args);
    if args.gofmt {
        gofmt::tidy(&mut run.files)?;
    }
    let changes = !run.files.is_empty();
    if let Some(store) = &mut store {
        run.write(store, &setup, command, &mut scanned)?;
    }
    let summary = run.summary(if args.r#unsafe { 0 } else { left(&scanned, Level::Unsafe) });
    let summary = human::Fixed { advice_left: left(&scanned, Level::Advice), ..summary };
    print(&args, &setup, &scanned, &run, &summary, io)?;
    let refused = !summary.refused.is_empty() || !summary.deferred.is_empty();
    Ok(match () {
        () if !scanned.failures.is_empty() => ERROR,
        () if refused || (changes && !writes) => FINDINGS,
        () => OK,
    })
}

fn least(args: &Fix) -> Level {
    if args.r#unsafe { Level::Unsafe } else { Level::Safe }
}

fn left(scanned: &Scanned, level: Level) -> usize {
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
    args: &Fix,
    setup: &Setup,
    scanned: &Scanned,
    run: &Run,
    summary: &human::Fixed,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let output = &args.target.output;
    let (look, err_look) = (io.look(output.color), io.err_look(output.color));
    let writes = !args.diff && !args.list;
    let mut summary_here = false;
    if output.format == Format::Json {
        let part = setup.part(&args.target);
        let report = Report {
            files: scanned.files,
            findings: &scanned.findings,
            skipped: &scanned.skipped,
            errors: &scanned.failures,
            part: part.as_ref(),
        };
        tolerate(json::write(&mut io.stdout, &report, false))?;
    } else if args.diff {
        tolerate(patch(setup, run, io, look))?;
    } else if args.list {
        let mut lines = run.files.keys().map(|path| shown(&setup.cwd, path));
        tolerate(lines.try_for_each(|line| writeln!(io.stdout, "{line}")))?;
    } else {
        summary_here = true;
    }
    let options =
        human::Options { look: if summary_here { look } else { err_look }, show_kept: output.show_kept };
    let tells = !summary.refused.is_empty() || !summary.deferred.is_empty();
    if !output.quiet || tells {
        let out: &mut dyn Write = if summary_here { &mut io.stdout } else { &mut io.stderr };
        tolerate(human::fixed(out, summary, &scanned.skipped, &options))?;
    }
    debug_assert!(writes || summary.run.is_none());
    Ok(human::failures(&mut io.stderr, &scanned.failures, err_look)?)
}

/// The patch, with paths relative to the root of the repository, from which
/// `git apply` reads them wherever in it one stands; outside of a repository
/// relative to the working directory, or to what the files share.
fn patch(setup: &Setup, run: &Run, io: &mut Io<'_>, look: crate::report::Look) -> std::io::Result<()> {
    let base = root_of(&setup.cwd, run.files.keys());
    for (path, planned) in &run.files {
        let path = shown(&base, path);
        let file = diff::FileDiff {
            path_old: &path,
            path_new: &path,
            before: planned.before.as_bytes(),
            after: planned.after.as_bytes(),
        };
        diff::write(&mut io.stdout, &file, CONTEXT, look)?;
    }
    io.stdout.flush()?;
    if !setup.cwd.starts_with(&base) {
        writeln!(io.stderr, "note: the paths of the patch start from {}; apply it there", base.display())?;
    }
    Ok(())
}
