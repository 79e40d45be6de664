//! The JSON of a run: version 1, keys in one order, one document.
//!
//! A consumer may rely on the keys that are there; new ones may come, none
//! will go without a new `version`.

use super::{Counts, Part, Report, Statistics};
use crate::rewrite::{Failure, Finding, Skipped};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The number that changes when a key goes or changes its meaning.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct JsonDocument<'a> {
    version: u32,
    tool: Tool<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'a Part>,
    summary: Summary,
    findings: &'a [Finding],
    skipped: &'a [Skipped],
    errors: &'a [Failure],
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<&'a Statistics>,
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    name: &'a str,
    version: &'a str,
}

impl Tool<'static> {
    pub(super) const THIS: Tool<'static> =
        Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
}

/// `findings` of the document holds kept and suppressed ones too. Everything here but
/// `levels.kept` and `suppressed` leaves those two out, so `findings`, `levels.kept` and
/// `suppressed` add up to its length.
#[derive(Serialize)]
pub(super) struct Summary {
    files: usize,
    files_with_findings: usize,
    findings: usize,
    levels: Levels,
    severities: Severities,
    rules: BTreeMap<String, usize>,
    fixable: Fixable,
    suppressed: usize,
    skipped: usize,
    errors: usize,
}

#[derive(Serialize)]
struct Levels {
    safe: usize,
    r#unsafe: usize,
    advice: usize,
    kept: usize,
}

#[derive(Serialize)]
struct Severities {
    warning: usize,
    note: usize,
}

#[derive(Serialize)]
struct Fixable {
    safe: usize,
    r#unsafe: usize,
}

impl Summary {
    pub(super) fn of(counts: Counts, skipped: usize, errors: usize) -> Summary {
        Summary {
            files: counts.files,
            files_with_findings: counts.files_with_findings,
            findings: counts.findings,
            levels: Levels {
                safe: counts.safe,
                r#unsafe: counts.unsafe_,
                advice: counts.advice,
                kept: counts.kept,
            },
            severities: Severities { warning: counts.warnings, note: counts.notes },
            rules: counts.by_rule,
            fixable: Fixable { safe: counts.fixable_safe, r#unsafe: counts.fixable_unsafe },
            suppressed: counts.suppressed,
            skipped,
            errors,
        }
    }
}

/// Writes the document on one line, with a line end after it, and tables of numbers at its end
/// where there are any. It is never held in memory as a whole.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, report: &Report, statistics: Option<&Statistics>) -> io::Result<()> {
    let document = JsonDocument {
        version: VERSION,
        tool: Tool::THIS,
        shard: report.part,
        summary: Summary::of(Counts::of(report), report.skipped.len(), report.errors.len()),
        findings: report.findings,
        skipped: report.skipped,
        errors: report.errors,
        statistics,
    };
    super::serialized::json(out, &document, false)
}
