//! The Reviewdog Diagnostic Format: findings with suggestions that a reviewer
//! can take with a click.

use super::input::{ReportInput, ReportNotes, remedy, said};
use crate::report::serialized;
use crate::rewrite::{Finding, FindingFix, Severity};
use crate::text::Position;
use serde::Serialize;
use std::io::{self, Write};

/// A suggestion of more lines than this fits into no comment.
const LINES: usize = 200;

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: RdSource,
    severity: &'static str,
    diagnostics: Vec<RdDiagnostic<'a>>,
}

#[derive(Serialize)]
struct RdSource {
    name: &'static str,
}

#[derive(Serialize)]
struct RdDiagnostic<'a> {
    message: String,
    location: RdLocation<'a>,
    severity: &'static str,
    code: RdCode<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct RdCode<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct RdLocation<'a> {
    path: &'a str,
    range: RdRange,
}

#[derive(Serialize)]
struct RdRange {
    start: RdPosition,
    end: RdPosition,
}

/// Columns are bytes there as here.
#[derive(Serialize)]
struct RdPosition {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Suggestion {
    range: RdRange,
    text: String,
}

/// Writes the document.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    let document = DiagnosticResult {
        source: RdSource { name: env!("CARGO_PKG_NAME") },
        severity: "WARNING",
        diagnostics: input.shown().map(|finding| diagnostic(finding, input)).collect(),
    };
    serialized::json(out, &document, false)?;
    Ok(Vec::new())
}

fn diagnostic<'a>(finding: &'a Finding, input: &ReportInput) -> RdDiagnostic<'a> {
    let suggestion = finding.fix.as_ref().and_then(|fix| suggestion(fix, finding, input));
    RdDiagnostic {
        message: [said(finding), remedy(finding)].join("\n").trim_end().to_owned(),
        location: RdLocation { path: &finding.path, range: range(finding.start, finding.end) },
        severity: match finding.severity {
            Severity::Warning => "WARNING",
            Severity::Note => "INFO",
        },
        code: RdCode { value: finding.rule },
        suggestions: suggestion.into_iter().collect(),
    }
}

/// The whole fix as one replacement, from its first edit to its last: taken by
/// halves, with the import but not the call, it would not build. `None` for
/// what one replacement cannot say.
fn suggestion(fix: &FindingFix, finding: &Finding, input: &ReportInput) -> Option<Suggestion> {
    if fix.edits.iter().any(|edit| edit.path != finding.path) {
        return None;
    }
    let source = input.sources.of(finding)?;
    let edits = source.edits(&finding.path, &fix.edits)?;
    let first = edits.iter().next()?.span.start;
    let last = edits.iter().last()?.span.end;
    let (start, end) = (source.position(first), source.position(last));
    if end.line - start.line >= LINES {
        return None;
    }
    let after = edits.apply(&source.text);
    let kept = source.text.len() - last;
    Some(Suggestion { range: range(start, end), text: after[first..after.len() - kept].to_owned() })
}

fn range(start: Position, end: Position) -> RdRange {
    let place = |at: Position| RdPosition { line: at.line, column: at.column };
    RdRange { start: place(start), end: place(end) }
}
