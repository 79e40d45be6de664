//! `gomend check`: reports findings, changes nothing, never runs Go.

use super::args::{Check, FailOn, Format, Output};
use super::io::{Io, tolerate};
use super::setup::Setup;
use super::{ERROR, FINDINGS, OK, Stop};
use crate::engine::scan::Scanned;
use crate::report::{Report, human, json};
use crate::rewrite::{Level, Severity};

/// Runs the verb.
pub fn run(args: Check, io: &mut Io<'_>) -> Result<u8, Stop> {
    let setup = Setup::new(&args.target, io)?;
    let scanned = match setup.read_stdin(&args.target, io)? {
        Some((path, text)) => setup.look_at(&path, text),
        None => setup.look()?,
    };
    tolerate(write(&args.target.output, &scanned, io))?;
    let look = io.err_look(args.target.output.color);
    human::failures(&mut io.stderr, &scanned.failures, look)?;
    Ok(status(&scanned, args.fail_on))
}

fn write(output: &Output, scanned: &Scanned, io: &mut Io<'_>) -> std::io::Result<()> {
    let report = Report {
        files: scanned.files,
        findings: &scanned.findings,
        skipped: &scanned.skipped,
        errors: &scanned.failures,
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
