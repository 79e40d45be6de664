//! Writes what a check found.

use crate::cli::args::{CheckArgs, FailOn, Format, OutputArgs};
use crate::cli::filter::FixFilter;
use crate::cli::io::{Io, tolerate};
use crate::cli::pager::page;
use crate::cli::setup::Setup;
use crate::cli::{ERROR, FINDINGS, OK, Stop, output, patch};
use crate::engine::fixes::Fixes;
use crate::engine::narrow::Allowed;
use crate::engine::scan::Scanned;
use crate::report::{SourceTexts, Statistics, concise, human};
use crate::rewrite::{Applicability, Severity};
use crate::syntax::File;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What a check has to tell beside the findings.
pub(super) struct CheckInput {
    pub(super) sources: SourceTexts,
    pub(super) statistics: Option<Statistics>,
    pub(super) allowed: Allowed,
    /// The file that standard input held.
    pub(super) given: Option<(PathBuf, String)>,
}

/// Writes the findings in the format that was asked for. The exit status.
pub(super) fn write(
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
