//! `gomend check`: reports findings, changes nothing, never runs Go.

use super::args::{Check, FailOn, Format};
use super::io::Io;
use super::setup::Setup;
use super::{ERROR, FINDINGS, OK, Stop};
use crate::engine::scan::Scanned;
use crate::report::{Report, human, json};
use crate::rewrite::{Level, Severity};

/// Runs the verb.
pub fn run(args: Check, io: &mut Io<'_>) -> Result<u8, Stop> {
    let setup = Setup::new(&args.target)?;
    let scanned = match setup.read_stdin(&args.target, io)? {
        Some((path, text)) => setup.scan(&|| {}).text(&path, text),
        None => setup.look(args.target.output.quiet)?,
    };
    let report = Report {
        files: scanned.files,
        findings: &scanned.findings,
        skipped: &scanned.skipped,
        errors: &scanned.failures,
    };
    let output = &args.target.output;
    match output.format {
        Format::Json => json::write(&mut io.stdout, &report, false)?,
        Format::Human => {
            let look = io.look(output.color);
            let options = human::Options { look, show_kept: output.show_kept };
            if output.quiet {
                let mut printer = human::Printer::new(options);
                for finding in report.findings {
                    printer.finding(&mut io.stdout, finding)?;
                }
            } else {
                human::check(&mut io.stdout, &report, &options)?;
            }
            io.stdout.flush()?;
            let err_look = io.err_look(output.color);
            human::failures(&mut io.stderr, report.errors, err_look)?;
        }
    }
    Ok(status(&scanned, args.fail_on))
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
