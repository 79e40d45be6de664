//! `gomend check`: reports findings, changes nothing, never runs Go.

mod ignore;
mod index;
mod settings;
mod watch;

use super::args::{CheckArgs, FailOn, Format, OutputArgs};
use super::filter::FixFilter;
use super::io::{Io, save, tolerate};
use super::pager::page;
use super::setup::{Setup, shown};
use super::{ERROR, FINDINGS, OK, Stop, output, patch};
use crate::engine::fixes::Fixes;
use crate::engine::narrow::Allowed;
use crate::engine::narrow::baseline::Baseline;
use crate::engine::scan::Scanned;
use crate::report::counted::counted;
use crate::report::{SourceTexts, Statistics, concise, human};
use crate::rewrite::{Applicability, Severity};
use crate::syntax::File;
use anyhow::Context;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs the verb.
pub fn run(args: CheckArgs, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    match &args.add_ignore {
        Some(reason) => ignore::run(&args, reason, command, io),
        None if args.watch => watch::run(&args, io),
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

/// What a check has to tell beside the findings.
struct CheckInput {
    sources: SourceTexts,
    statistics: Option<Statistics>,
    allowed: Allowed,
    /// The file that standard input held.
    given: Option<(PathBuf, String)>,
}

/// Writes the findings in the format that was asked for. The exit status.
fn write(
    args: &CheckArgs,
    setup: &Setup,
    scanned: &Scanned,
    input: CheckInput,
    io: &mut Io<'_>,
) -> Result<u8, Stop> {
    let wanted = &args.output;
    let CheckInput { sources, statistics, allowed, given } = input;
    match wanted.format {
        Format::Human | Format::Concise => {
            tolerate(for_a_person(args, scanned, &sources, statistics.as_ref(), io))?;
        }
        Format::Patch => {
            unproved(wanted, setup, scanned, allowed, given, io)?;
            if let Some(statistics) = &statistics {
                let render = io.err_render(wanted.color);
                statistics.human(&mut io.stderr, render)?;
            }
        }
        _ => {
            let part = setup.part(&args.target, "");
            let (part, statistics) = (part.as_ref(), statistics.as_ref());
            output::write(wanted, &setup.catalogue, scanned, part, &sources, statistics, io)?;
        }
    }
    let render = io.err_render(wanted.color);
    human::failures(&mut io.stderr, &scanned.failures, render)?;
    Ok(status(scanned, args.fail_on))
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

/// Writes the findings and what they come to, through a pager where they are long.
fn for_a_person(
    args: &CheckArgs,
    scanned: &Scanned,
    sources: &SourceTexts,
    statistics: Option<&Statistics>,
    io: &mut Io<'_>,
) -> std::io::Result<()> {
    let wanted = &args.output;
    let report = output::report(scanned, None);
    let render = io.render(wanted.color);
    let options = human::HumanOptions { render, show: wanted.show() };
    let is_concise = wanted.format == Format::Concise;
    page(io, args.no_pager, |out| match statistics {
        Some(statistics) => {
            statistics.human(out, render)?;
            if wanted.quiet {
                return Ok(());
            }
            writeln!(out)?;
            human::summary(out, &report, &options)
        }
        None if is_concise && wanted.quiet => concise::findings(out, &report, options.show, render),
        None if is_concise => concise::check(out, &report, options.show, render),
        None if wanted.quiet => {
            let mut printer = human::Printer::new(options, sources);
            report.findings.iter().try_for_each(|finding| printer.finding(out, finding))
        }
        None => human::check(out, &report, sources, &options),
    })?;
    io.stdout.flush()
}

/// Writes the safe fixes as a patch that nothing has proved.
fn unproved(
    wanted: &OutputArgs,
    setup: &Setup,
    scanned: &Scanned,
    allowed: Allowed,
    given: Option<(PathBuf, String)>,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let scan = setup.scan(&|| {});
    let filter = FixFilter::new(&scan, allowed, Applicability::Safe);
    let choose = |entry: &_, seen: &_, file: &_, key: &_| filter.wants(entry, seen, file, key);
    let fixes = match given {
        Some(_) if scanned.fixable.is_empty() => Fixes::plan(&scan, [], &choose, 1),
        Some((path, text)) => Fixes::of_file(&scan, Arc::new(File::new(&path, text.as_str())), &choose),
        None => Fixes::plan(&scan, scanned.fixable.keys().cloned(), &choose, setup.threads()),
    };
    let planned = fixes.outcome(&BTreeSet::new()).files.into_iter();
    let files = planned.map(|(path, planned)| (path, planned.into())).collect();
    let render = io.render(wanted.color);
    tolerate(patch::write(setup, &files, io, render, true))?;
    for left in fixes.dropped() {
        writeln!(io.stderr, "note: a fix of {} is left out: {}", left.key.rule, left.reason)?;
    }
    drop(fixes);
    filter.write_lacking(io)?;
    if !wanted.quiet && !files.is_empty() {
        writeln!(io.stderr, "note: nothing has proved this patch; `gomend fix --diff` proves it first")?;
    }
    Ok(())
}

fn status(scanned: &Scanned, fail_on: FailOn) -> u8 {
    if !scanned.failures.is_empty() {
        return ERROR;
    }
    let least = match fail_on {
        FailOn::Note => Severity::Note,
        FailOn::Warning => Severity::Warning,
        FailOn::Never => return OK,
    };
    let counts = scanned.findings.iter().any(|finding| {
        finding.level > Applicability::Kept && !finding.suppressed && finding.severity >= least
    });
    if counts { FINDINGS } else { OK }
}
