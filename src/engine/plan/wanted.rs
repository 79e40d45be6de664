//! The files of a plan between two passes, and the fixes that a pass would take.

use super::key::FixKey;
use crate::rewrite::{Applicability, Diagnostic, FileFix};
use crate::syntax::File;
use crate::text::{Edits, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

pub(super) struct FileState {
    pub(super) before: String,
    pub(super) total: Edits,
    pub(super) file: Arc<File>,
    /// Texts in `file` that a person wrote; no fix touches them.
    pub(super) own: Vec<Span>,
}

impl FileState {
    pub(super) fn new(file: Arc<File>) -> FileState {
        FileState { before: file.text().to_owned(), total: Edits::new(), file, own: Vec::new() }
    }
}

/// One wanted fix of a pass.
pub(super) struct WantedFix {
    pub(super) entry: usize,
    pub(super) key: FixKey,
    pub(super) files: BTreeMap<PathBuf, FileFix>,
    pub(super) package_names: BTreeSet<String>,
    pub(super) born: Option<NewSite>,
    /// What a person wants instead of the rule's fix.
    pub(super) own: Option<Own>,
}

/// A site in text that an earlier pass wrote.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Where the file on disk has that text's place, in bytes.
    pub near: usize,
    /// What its fix promises.
    pub level: Applicability,
    /// What to tell the user.
    pub diagnostic: Diagnostic,
}

/// How a candidate differs from what the rule proposes.
#[derive(Clone, Debug)]
pub(super) enum Own {
    Amendment(Arc<Amendment>),
    Comment,
}

/// A person's own version of a fix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendment {
    /// What it does to each file.
    pub files: BTreeMap<PathBuf, Amended>,
}

/// A person's own version of a fix in one file, as two whole texts. Whatever
/// the file has become since, the lines between the two are found again in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amended {
    /// What the person saw, without the fix.
    pub before: String,
    /// What the person made of it.
    pub after: String,
}
