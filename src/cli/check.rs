//! `gomend check`: reports findings, changes nothing, never runs Go.

mod ignore;
mod index;
mod settings;
mod watch;
mod writing;

use super::args::CheckArgs;
use super::io::{Io, save};
use super::setup::{Setup, shown};
use super::{ERROR, OK, Stop, output};
use crate::engine::narrow::baseline::Baseline;
use crate::engine::scan::Scanned;
use crate::report::counted::counted;
use crate::report::{SourceTexts, human};
use anyhow::Context;
use std::path::PathBuf;
use writing::{CheckInput, write};

/// Runs the verb.
pub fn run(args: CheckArgs, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    match &args.add_ignore {
        Some(reason) => ignore::run(&args, reason, command, io),
        None if args.watch => watch::run(&args, &once, io),
        None => once(&args, io),
    }
}

/// One check.
fn once(args: &CheckArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    if args.staged {
        return index::run(args, io);
    }
    if args.show_settings || args.show_files {
        let setup = Setup::new(&args.target, args.output.quiet, io)?;
        return match args.show_settings {
            true => settings::show(args, &setup, io),
            false => settings::files(args, &setup, io),
        };
    }
    // Most trees have no rules below the working directory: the walk over the files sees it,
    // and none over the directories need go before it.
    let looked = Setup::without_rules_below(&args.target, args.output.quiet, io)
        .and_then(|setup| looked(args, setup, io).ok())
        .filter(|looked| !looked.setup.met_rules() && looked.setup.settings.errors().is_empty());
    let looked = match looked {
        Some(looked) => looked,
        None => self::looked(args, Setup::new(&args.target, args.output.quiet, io)?, io)?,
    };
    let Looked { setup, sources, given, mut scanned } = looked;
    if args.write_baseline {
        return write_baseline(args, &setup, &scanned, io);
    }
    let allowed = setup.narrow(&mut scanned, None, io)?;
    let statistics = output::statistics(&args.output, &setup, &sources, &mut scanned);
    let input = CheckInput { sources, statistics, allowed, given };
    write(args, &setup, &scanned, input, io)
}

/// What a check saw.
struct Looked {
    setup: Setup,
    sources: SourceTexts,
    /// The file that standard input held.
    given: Option<(PathBuf, String)>,
    scanned: Scanned,
}

/// Looks at what `args` name with the rules of `setup`.
fn looked(args: &CheckArgs, setup: Setup, io: &mut Io<'_>) -> Result<Looked, Stop> {
    let setup = if args.types { setup.asking() } else { setup };
    let setup = if args.write_baseline { setup } else { setup.narrowed(&args.target.narrow)? };
    let mut sources = output::sources(&setup);
    let given = setup.read_stdin(&args.target, io)?;
    let scanned = match &given {
        Some((path, text)) => {
            sources.give(&shown(&setup.cwd, path), text.clone());
            setup.scan_text(path, text.clone())
        }
        None => setup.render()?,
    };
    Ok(Looked { setup, sources, given, scanned })
}

/// Puts the findings into the baseline's file, atomically.
fn write_baseline(args: &CheckArgs, setup: &Setup, scanned: &Scanned, io: &mut Io<'_>) -> Result<u8, Stop> {
    let file = args.target.narrow.baseline.as_ref().context("--write-baseline goes with --baseline FILE")?;
    anyhow::ensure!(
        args.target.narrow.shard.is_none() && args.target.narrow.new_from_rev.is_none(),
        "--write-baseline lists all findings; leave --shard and --new-from-rev out"
    );
    let baseline = Baseline::of(scanned.findings.iter(), &setup.cwd, &setup.root());
    save(file, baseline.text().as_bytes())?;
    let render = io.err_render(args.output.color);
    if !args.output.quiet {
        let findings = counted(baseline.len(), "finding", "findings");
        writeln!(io.stderr, "Wrote {findings} to {}.", file.display())?;
    }
    human::failures(&mut io.stderr, &scanned.failures, render)?;
    Ok(if scanned.failures.is_empty() { OK } else { ERROR })
}
