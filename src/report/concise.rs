//! One line for each finding, as compilers and editors have it.

use super::Report;
use super::ShowOptions;
use super::columns::visible;
use super::human::summary_short;
use super::render::{BOLD, DIM, NOTE, RenderOptions, WARNING};
use crate::rewrite::{Applicability, Finding, Severity, Skipped};
use std::io::{self, Write};

/// Writes what was found, one line each: `path:line:col: rule level message`.
///
/// # Errors
/// Those of `out`.
pub fn findings(
    out: &mut dyn Write,
    report: &Report,
    show: ShowOptions,
    render: RenderOptions,
) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| show.has(finding)) {
        line(out, finding, render)?;
    }
    for Skipped { path, reason } in report.skipped.iter().filter(|_| show.skipped) {
        let path = format!("{}:", visible(path, None));
        writeln!(out, "{} {}", render.paint(BOLD, &path), render.paint(DIM, &format!("skipped {reason}")))?;
    }
    Ok(())
}

/// Writes what was found, then what it comes to in at most five lines.
///
/// # Errors
/// Those of `out`.
pub fn check(
    out: &mut dyn Write,
    report: &Report,
    show: ShowOptions,
    render: RenderOptions,
) -> io::Result<()> {
    findings(out, report, show, render)?;
    summary_short(out, report, show, render)
}

fn line(out: &mut dyn Write, finding: &Finding, render: RenderOptions) -> io::Result<()> {
    let place = format!("{}:{}:{}:", visible(&finding.path, None), finding.start.line, finding.start.column);
    let kept = finding.level == Applicability::Kept;
    let style = match finding.severity {
        _ if kept || finding.suppressed => DIM,
        Severity::Warning => WARNING,
        Severity::Note => NOTE,
    };
    let level = if finding.suppressed { "suppressed" } else { finding.level.word() };
    let because = match finding.guarded() {
        _ if finding.suppressed && !finding.excuse.is_empty() => format!(" ({})", finding.excuse),
        Some((guard, _)) if kept => format!(" ({guard})"),
        _ => String::new(),
    };
    let message = format!("{}{because}", finding.message).replace('\n', " ");
    writeln!(
        out,
        "{} {} {level} {}",
        render.paint(BOLD, &place),
        render.paint(style, finding.rule),
        visible(&message, None),
    )
}
