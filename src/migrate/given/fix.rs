//! A fix as somebody gives it.

use super::files::FixedFiles;
use std::path::PathBuf;

/// One fix: all of its edits, or none.
#[derive(Clone, Debug, Default)]
pub struct GivenFix {
    /// The rule's id.
    pub rule: String,
    /// What it does, in the tool's words; empty where they say nothing.
    pub title: String,
    /// What the tool says of the site.
    pub message: String,
    /// Where the tool says more.
    pub link: Option<String>,
    /// The file of its site, absolute.
    pub path: PathBuf,
    /// Where its site begins, in bytes.
    pub offset: usize,
    /// The line of its site, from 1.
    pub line: usize,
    /// The column of its site in bytes, from 1.
    pub column: usize,
    /// What it does to each file.
    pub files: FixedFiles,
    /// Other ways to fix the site.
    pub others: Vec<GivenVariant>,
    /// What tells it from every other fix, the same wherever the tree lies.
    pub fingerprint: String,
}

/// Another way to fix a site.
#[derive(Clone, Debug, Default)]
pub struct GivenVariant {
    /// What it does, in the tool's words.
    pub title: String,
    /// What it does to each file.
    pub files: FixedFiles,
}

impl GivenFix {
    /// The fix with its site fixed in the other way with this number, from 1.
    pub fn varied(&self, number: usize) -> Option<GivenFix> {
        let other = self.others.get(number.checked_sub(1)?)?.clone();
        Some(GivenFix { title: other.title, files: other.files, ..self.clone() })
    }
}
