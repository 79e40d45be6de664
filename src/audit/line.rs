//! One line of the checklist.

use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// What an audit came to on one line of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditState {
    /// The code, or a file that deploys it, does it.
    Found,
    /// Neither does, or the code does the opposite.
    Missing,
    /// What decides it cannot be seen.
    Undecidable,
}

impl AuditState {
    /// The word that reports show.
    pub fn word(self) -> &'static str {
        match self {
            AuditState::Found => "found",
            AuditState::Missing => "missing",
            AuditState::Undecidable => "undecidable",
        }
    }
}

/// A place that decided a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AuditPlace {
    /// The file, relative to the working directory where it lies below it,
    /// always with `/`.
    pub path: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// One line of the checklist.
#[derive(Clone, Debug, Serialize)]
pub struct AuditLine {
    /// Its name, `memory-limit`.
    pub id: &'static str,
    /// What is asked for.
    pub asks: &'static str,
    /// The answer.
    pub state: AuditState,
    /// What was seen, or what to do: one sentence without a full stop.
    pub says: String,
    /// Where.
    pub places: Vec<AuditPlace>,
}

/// Says which packages may import `runtime`: whether the directory is allowed,
/// or nothing when no configuration says.
pub type MayImportRuntime<'a> = dyn Fn(&Path) -> Option<bool> + 'a;
