//! What the formats for programs and services are written from.

use super::rules::RuleDoc;
use super::{Report, SourceTexts};
use crate::rewrite::{Applicability, Finding};
use std::io::{self, Write};

/// A report with what lies behind it.
#[derive(Clone, Copy)]
pub struct ReportInput<'a> {
    /// What was found.
    pub report: Report<'a>,
    /// The texts of the files.
    pub sources: &'a SourceTexts,
    /// The catalogue, for formats that carry it.
    pub rules: &'a [RuleDoc],
    /// Tell also of the sites that a guard kept.
    pub show_kept: bool,
}

/// What a consumer will not see of a report, in sentences for standard error.
pub type ReportNotes = Vec<String>;

/// Writes a report in one format, and says what had to be cut.
pub type Writer = fn(&mut dyn Write, &ReportInput) -> io::Result<ReportNotes>;

impl<'a> ReportInput<'a> {
    /// The findings that ask something of somebody, and the kept ones where
    /// those are wanted.
    pub(super) fn shown(&self) -> impl Iterator<Item = &'a Finding> {
        let show_kept = self.show_kept;
        self.report
            .findings
            .iter()
            .filter(move |finding| !finding.suppressed && (show_kept || finding.level > Applicability::Kept))
    }
}

/// What was found and why it matters, in one line.
pub(super) fn said(finding: &Finding) -> String {
    if finding.why.is_empty() {
        finding.message.clone()
    } else {
        format!("{}: {}", finding.message, finding.why.trim_end_matches('.'))
    }
}

/// What can be done about it, in one line; nothing for a kept site.
pub(super) fn remedy(finding: &Finding) -> String {
    let lowered = finding.lowered.as_ref();
    let reason = lowered.map(|lowered| lowered.reason.trim_end_matches('.').to_owned());
    match (&finding.fix, finding.level) {
        (_, Applicability::Kept) => String::new(),
        (Some(fix), Applicability::Safe) => format!("Safe fix: {} (`gomend fix`)", fix.title),
        (Some(fix), _) => {
            let but = reason.map(|reason| format!("; not safe: {reason}")).unwrap_or_default();
            format!("Unsafe fix: {} (`gomend fix --unsafe`){but}", fix.title)
        }
        (None, _) => format!("No fix: {}", reason.unwrap_or_else(|| "make the change by hand".to_owned())),
    }
}

/// `text`, at most `limit` characters long, with an ellipsis where it was cut.
pub(super) fn clipped(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit - 1).chain(['…']).collect(),
    }
}
