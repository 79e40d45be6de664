//! What a run tells, one file per output format.
//!
//! Nothing here decides anything: findings, skips and failures come in, bytes
//! go out to the writer that the caller hands over.

pub(crate) mod columns;
mod counts;
mod input;
pub(crate) mod render;
mod source;
mod statistics;
mod xml;

pub mod audit;
pub mod checkstyle;
pub mod concise;
pub mod counted;
pub mod diff;
pub mod escape;
pub mod explain;
pub mod github;
pub mod gitlab;
pub mod guards;
pub mod html;
pub mod html_input;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod markdown_summary;
mod markdown_text;
pub mod merge;
pub mod overview;
pub mod progress;
pub mod rdjson;
pub mod rules;
pub mod sarif;
mod serialized;

pub use counts::Counts;
pub use escape::{EscapeForm, Escaped};
pub use input::{ReportInput, ReportNotes, Writer};
pub use render::{RenderOptions, shown};
pub use source::{SourceText, SourceTexts};
pub use statistics::{Statistics, StatisticsRow};

use crate::rewrite::{Applicability, Failure, Finding, Skipped};

/// What else is listed beside the findings that ask something of somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShowOptions {
    /// The sites that a guard kept, with the guard and its reason.
    pub kept: bool,
    /// The findings that a comment suppresses, with the reason that it gives.
    pub suppressed: bool,
    /// The files that were not looked at, with the reason.
    pub skipped: bool,
    /// What each fix changes, however long it is.
    pub fixes: bool,
    /// The findings are places that somebody looked for, and nothing has to be done about them.
    pub matches: bool,
}

impl ShowOptions {
    /// Whether `finding` is shown.
    pub fn has(&self, finding: &Finding) -> bool {
        match (finding.level, finding.suppressed) {
            (Applicability::Kept, _) => self.kept,
            (_, true) => self.suppressed,
            (_, false) => true,
        }
    }
}

/// All that a run over files has to tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report<'a> {
    /// How many files were looked at, those without a finding included.
    pub files: usize,
    /// The findings in the order in which they are shown: by path, then place.
    pub findings: &'a [Finding],
    /// The files that were wanted and not looked at.
    pub skipped: &'a [Skipped],
    /// What could not be read or done.
    pub errors: &'a [Failure],
    /// Which part of a run this is; `None` for a whole one.
    pub part: Option<&'a json::Part>,
}
