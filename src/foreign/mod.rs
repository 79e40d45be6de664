//! Fixes of other tools: one file for each format that says them.
//!
//! A reader believes nothing but the form. Whether the file is there, whether it may be edited,
//! and whether the text at a place is what the tool saw, is asked later (`place.rs`).

mod diff;
mod fix;
mod go_analysis;
mod golangci;
pub mod hunk;
pub mod place;
mod rdjson;
mod sarif;
mod stream;

pub use diff::place as hunk_place;
pub use fix::{DiffHunk, ExpectedText, ForeignEdit, ForeignFix, ForeignFixes, Variant};

use std::fmt;

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
