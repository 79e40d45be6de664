//! Fixes of other tools: one file for each format that says them.
//!
//! A reader believes nothing but the form. Whether the file is there, whether it may be edited,
//! and whether the text at a place is what the tool saw, is asked later (`place.rs`).

mod diff;
mod go_analysis;
mod golangci;
pub mod hunk;
pub mod place;
mod rdjson;
mod sarif;
mod stream;

pub use diff::place as hunk_place;
use place::ForeignPlace;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The largest input, in bytes: what it says takes several times as much in memory.
pub const LARGEST: u64 = 256 << 20;

/// That the input of this name is larger than [`LARGEST`].
pub fn too_large(name: &str) -> String {
    let limit = LARGEST >> 20;
    format!(
        "{name}: larger than {limit} MiB, which is the limit; let the tool write one file for each module"
    )
}

/// A format that fixes come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignFormat {
    /// The stream of `go fix -json`, `go vet -json` and every other go/analysis driver.
    GoAnalysis,
    /// The JSON of golangci-lint.
    Golangci,
    /// SARIF 2.1.0.
    Sarif,
    /// The Reviewdog Diagnostic Format, whole or line by line.
    Rdjson,
    /// A unified diff.
    Diff,
}

impl fmt::Display for ForeignFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ForeignFormat::GoAnalysis => "the JSON of a go/analysis driver",
            ForeignFormat::Golangci => "the JSON of golangci-lint",
            ForeignFormat::Sarif => "SARIF",
            ForeignFormat::Rdjson => "rdjson",
            ForeignFormat::Diff => "a unified diff",
        })
    }
}

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

/// Where a hunk stands in the text of its diff, from which [`hunk_place`] reads it: there may be
/// many, and the text is there anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffHunk {
    /// The file, as the diff names it.
    pub file: Arc<str>,
    header: diff::DiffHeader,
    /// The bytes of its lines, without the header.
    rows: Range<usize>,
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

/// Why an input cannot be read. Whoever shows it names the input.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing that is known.
    #[error(
        "none of the formats that are known (go/analysis JSON, golangci-lint JSON, SARIF, rdjson, a unified diff); name the right one with --from"
    )]
    Unknown,
    /// It is not whole, or not that format.
    #[error("not {format}: {cause}; write it again, or name the format with --from")]
    Malformed {
        /// The format that it was read as.
        format: ForeignFormat,
        /// What is wrong with it.
        cause: String,
    },
    /// Nothing stands in it.
    #[error("it is empty; let the tool write its findings there")]
    Empty,
}

/// An input without a byte order mark.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The keys of the first JSON object in `bytes`, as far as it can be read.
pub fn keys(bytes: &[u8]) -> Vec<String> {
    let bytes = without_mark(bytes);
    go_analysis::first_keys(bytes)
}

/// The format of `bytes`, by their beginning and their keys.
pub fn detect(bytes: &[u8]) -> Option<ForeignFormat> {
    let text = without_mark(bytes).trim_ascii_start();
    if !text.starts_with(b"{") && !text.starts_with(b"# ") {
        return diff::looks_like(text).then_some(ForeignFormat::Diff);
    }
    let keys = go_analysis::first_keys(text);
    let has = |key: &str| keys.iter().any(|known| known == key);
    Some(match () {
        () if has("runs") => ForeignFormat::Sarif,
        () if has("Issues") => ForeignFormat::Golangci,
        () if has("diagnostics") || has("location") => ForeignFormat::Rdjson,
        () => ForeignFormat::GoAnalysis,
    })
}

/// The fixes that `bytes` say.
///
/// # Errors
/// [`ReadError`].
pub fn read(bytes: &[u8], format: ForeignFormat) -> Result<ForeignFixes, ReadError> {
    let bytes = without_mark(bytes);
    let malformed = |cause: String| ReadError::Malformed { format, cause };
    let json = |error: serde_json::Error| malformed(error.to_string());
    match format {
        ForeignFormat::GoAnalysis => go_analysis::read(bytes).map_err(malformed),
        ForeignFormat::Golangci => golangci::read(bytes).map_err(json),
        ForeignFormat::Sarif => sarif::read(bytes).map_err(json),
        ForeignFormat::Rdjson => rdjson::read(bytes).map_err(malformed),
        ForeignFormat::Diff => diff::read(bytes).map_err(malformed),
    }
}

/// A value that may be `null`, as Go writes an empty list.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A tool's name as the first part of a rule's: `Staticcheck 2026` becomes `staticcheck-2026`.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let text: String = name.trim().chars().take(60).map(plain).collect();
    text.trim_matches('-').to_ascii_lowercase()
}

/// `tool/name`, with nothing in it that a comment or a file name could not hold.
fn rule(tool: &str, name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.trim().chars().take(100).map(plain).collect();
    match (slug(tool).as_str(), name.trim_matches('-')) {
        ("", "") => "other".to_owned(),
        ("", name) => format!("other/{name}"),
        (tool, "") => tool.to_owned(),
        (tool, name) => format!("{tool}/{name}"),
    }
}
