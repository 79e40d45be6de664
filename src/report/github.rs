//! Workflow commands of GitHub Actions: each finding becomes an annotation on
//! its line.

use super::counted::counted;
use super::input::{ReportInput, ReportNotes, remedy, said};
use crate::rewrite::{Finding, Severity};
use std::io::{self, Write};

/// Annotations of one severity that GitHub shows for one step of a job.
const SHOWN: usize = 10;

/// Writes one command a line. Paths start from the root of the repository, and
/// columns are UTF-16 units.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    let (mut warnings, mut notices) = (0, 0);
    for finding in input.shown() {
        let command = match finding.severity {
            Severity::Warning => {
                warnings += 1;
                "warning"
            }
            Severity::Note => {
                notices += 1;
                "notice"
            }
        };
        let place = place(finding, input);
        let text = [said(finding), remedy(finding)].join("\n");
        let text = data(text.trim_end());
        writeln!(out, "::{command} {place},title={}::{text}", property(finding.rule))?;
    }
    for error in input.report.errors {
        let path = property(&input.sources.from_root(&error.path));
        writeln!(out, "::error file={path},title=gomend::{}", data(&error.reason))?;
    }
    let beyond = |number: usize| number.saturating_sub(SHOWN);
    let unseen = beyond(warnings) + beyond(notices) + beyond(input.report.errors.len());
    Ok(if unseen == 0 {
        Vec::new()
    } else {
        let unseen = counted(unseen, "more stands", "more stand");
        vec![format!(
            "GitHub shows {SHOWN} annotations of each severity for a step; {unseen} only in the log (`--format sarif` has no such limit)"
        )]
    })
}

fn place(finding: &Finding, input: &ReportInput) -> String {
    let path = property(&input.sources.from_root(&finding.path));
    let (start, end) = (finding.start, finding.end);
    let mut place = format!("file={path},line={},endLine={}", start.line, end.line);
    // Columns of a range of several lines are an error there.
    if let Some(source) = input.sources.of(finding).filter(|_| start.line == end.line) {
        place += &format!(",col={},endColumn={}", source.utf16(start), source.utf16(end));
    }
    place
}

/// Text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which must not end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
