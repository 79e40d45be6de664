//! `gomend check`: reports findings, changes nothing, never runs Go.

use super::args::{Check, FailOn, Format, Output};
use super::io::{Io, save, tolerate};
use super::setup::Setup;
use super::{ERROR, FINDINGS, OK, Stop};
use crate::engine::narrow::baseline::Baseline;
use crate::engine::scan::Scanned;
use crate::report::json::Part;
use crate::report::{Report, human, json};
use crate::rewrite::{Level, Severity};
use anyhow::Context;

/// Runs the verb.
pub fn run(args: Check, io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut setup = Setup::new(&args.target, args.output.quiet, io)?;
    if !args.write_baseline {
        setup = setup.narrowed(&args.target.narrow)?;
    }
    let mut scanned = match setup.read_stdin(&args.target, io)? {
        Some((path, text)) => setup.look_at(&path, text),
        None => setup.look()?,
    };
    if args.write_baseline {
        return write_baseline(&args, &setup, &scanned, io);
    }
    setup.narrow(&mut scanned, None, io)?;
    let part = setup.part(&args.target);
    tolerate(write(&args.output, &scanned, part.as_ref(), io))?;
    let look = io.err_look(args.output.color);
    human::failures(&mut io.stderr, &scanned.failures, look)?;
    Ok(status(&scanned, args.fail_on))
}

/// Puts the findings into the baseline's file, atomically.
fn write_baseline(args: &Check, setup: &Setup, scanned: &Scanned, io: &mut Io<'_>) -> Result<u8, Stop> {
    let file = args.target.narrow.baseline.as_ref().context("--write-baseline goes with --baseline FILE")?;
    anyhow::ensure!(
        args.target.narrow.shard.is_none() && args.target.narrow.new_from_rev.is_none(),
        "--write-baseline lists all findings; leave --shard and --new-from-rev out"
    );
    let baseline = Baseline::of(scanned.findings.iter(), &setup.cwd, &setup.root());
    save(file, baseline.text().as_bytes())?;
    let look = io.err_look(args.output.color);
    if !args.output.quiet {
        let number = baseline.len();
        let findings = if number == 1 { "finding" } else { "findings" };
        writeln!(io.stderr, "Wrote {number} {findings} to {}.", file.display())?;
    }
    human::failures(&mut io.stderr, &scanned.failures, look)?;
    Ok(if scanned.failures.is_empty() { OK } else { ERROR })
}

fn write(output: &Output, scanned: &Scanned, part: Option<&Part>, io: &mut Io<'_>) -> std::io::Result<()> {
    let report = Report {
        files: scanned.files,
        findings: &scanned.findings,
        skipped: &scanned.skipped,
        errors: &scanned.failures,
        part,
    };
    let look = io.look(output.color);
    let options = human::Options { look, show_kept: output.show_kept };
    match output.format {
        Format::Json => json::write(&mut io.stdout, &report, false)?,
        Format::Human if output.quiet => {
            let mut printer = human::Printer::new(options);
            for finding in report.findings {
                printer.finding(&mut io.stdout, finding)?;
            }
        }
        Format::Human => human::check(&mut io.stdout, &report, &options)?,
    }
    io.stdout.flush()
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
    let counts = scanned
        .findings
        .iter()
        .any(|finding| finding.level > Level::Kept && !finding.suppressed && finding.severity >= least);
    if counts { FINDINGS } else { OK }
}
