//! All that a run has to tell.

use crate::rewrite::{Applicability, Failure, Finding, Skipped};
use serde::{Deserialize, Serialize};

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
    pub part: Option<&'a Part>,
}

/// Which part of a run a document has, and of what run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which part, from 1.
    pub index: u64,
    /// How many there are.
    pub of: u64,
    /// Stands for the rules, the options and the configuration of the run.
    pub configuration: String,
    /// The commit of the work tree, where there is one.
    pub revision: Option<String>,
}
