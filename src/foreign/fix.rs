//! What another tool proposes.

use super::diff::DiffHeader;
use super::place::ForeignPlace;
use serde::{Deserialize, Deserializer};
use std::ops::Range;
use std::sync::Arc;

/// What another tool proposes for one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignFix {
    /// The tool and its own name for what it found: `go-fix/slicessort`.
    pub rule: String,
    /// The tool's own message.
    pub message: String,
    /// Where the tool says more.
    pub link: Option<String>,
    /// What must be true of a file for the fix to be about it.
    pub expected: Vec<ExpectedText>,
    /// Ways to fix it, of which one is taken.
    pub variants: Vec<Variant>,
}

/// One way to fix a place: all of its edits, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What it does, in the tool's words; empty where they say nothing.
    pub title: String,
    /// The edits, as the tool wrote them.
    pub edits: Vec<ForeignEdit>,
}

/// One edit, as a tool wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignEdit {
    /// The file, as the tool names it.
    pub file: Arc<str>,
    /// What goes.
    pub place: ForeignPlace,
    /// What comes.
    pub text: String,
}

/// What a file must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedText {
    /// The file, as the tool names it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// That line and those below it, as far as the tool says; none for no line in particular.
    pub lines: Vec<String>,
    /// The column (in bytes, from 1) that the line must have, and the offset that it must be.
    pub column: Option<(usize, Option<usize>)>,
}

/// Where a hunk stands in the text of its diff, from which [`hunk_place`](super::hunk_place) reads
/// it: there may be many, and the text is there anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffHunk {
    /// The file, as the diff names it.
    pub file: Arc<str>,
    pub(super) header: DiffHeader,
    /// The bytes of its lines, without the header.
    pub(super) rows: Range<usize>,
}

/// What an input comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignFixes {
    /// The fixes, in the order of the input.
    pub fixes: Vec<ForeignFix>,
    /// The hunks of a diff, in its order; each is a fix.
    pub hunks: Vec<DiffHunk>,
    /// What it holds and cannot be taken: a name, and why.
    pub refused: Vec<(String, String)>,
    /// Findings that come without a fix.
    pub bare: usize,
}

/// A value that may be `null`, as Go writes an empty list.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A tool's name as the first part of a rule's: `Staticcheck 2026` becomes `staticcheck-2026`.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let text: String = name.trim().chars().take(60).map(plain).collect();
    text.trim_matches('-').to_ascii_lowercase()
}

/// `tool/name`, with nothing in it that a comment or a file name could not hold.
pub(super) fn rule(tool: &str, name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.trim().chars().take(100).map(plain).collect();
    match (slug(tool).as_str(), name.trim_matches('-')) {
        ("", "") => "other".to_owned(),
        ("", name) => format!("other/{name}"),
        (tool, "") => tool.to_owned(),
        (tool, name) => format!("{tool}/{name}"),
    }
}
