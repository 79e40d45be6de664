//! GitLab's Code Quality report: one JSON array, which a job uploads as its
//! `codequality` artifact.

use super::input::{ReportInput, ReportNotes, remedy, said};
use crate::report::serialized;
use crate::rewrite::{Finding, Severity};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: GitlabLocation,
}

#[derive(Serialize)]
struct GitlabLocation {
    path: String,
    lines: GitlabLines,
}

#[derive(Serialize)]
struct GitlabLines {
    begin: usize,
    end: usize,
}

/// Writes the report. Paths start from the root of the repository; GitLab shows
/// one finding of two with the same fingerprint, so there are none.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    let mut taken = BTreeSet::new();
    let issues: Vec<Issue> = input.shown().map(|finding| issue(finding, input, &mut taken)).collect();
    serialized::json(out, &issues, false)?;
    Ok(Vec::new())
}

fn issue<'a>(finding: &'a Finding, input: &ReportInput, taken: &mut BTreeSet<String>) -> Issue<'a> {
    let mut fingerprint = finding.fingerprint.clone();
    // Findings of two runs that were put together may share one.
    while !taken.insert(fingerprint.clone()) {
        fingerprint.push('+');
    }
    let remedy = remedy(finding);
    let gap = if remedy.is_empty() { "" } else { ". " };
    Issue {
        description: format!("{}{gap}{remedy}", said(finding)),
        check_name: finding.rule,
        fingerprint,
        severity: match finding.severity {
            Severity::Warning => "major",
            Severity::Note => "minor",
        },
        location: GitlabLocation {
            path: input.sources.from_root(&finding.path),
            lines: GitlabLines { begin: finding.start.line, end: finding.end.line },
        },
    }
}
