//! Joins the JSON of the parts of a run to that of the whole.
//!
//! Nothing is guessed: a part that is lost, comes twice or was cut off, and parts
//! of different runs, are refused.

use super::Counts;
use super::Part;
use super::counts::CountedFinding;
use super::json::{self, Summary, Tool};
use crate::report::serialized;
use crate::rewrite::{Applicability, Failure, Severity, Skipped};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Why parts cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// It is no JSON of gomend, or not all of it.
    #[error("{file}: not the whole JSON of a run ({cause}); run that part again")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
    /// It has another version of the format.
    #[error(
        "{file}: JSON of version {version}, this gomend reads version {}; use the same gomend for all",
        json::VERSION
    )]
    Version {
        /// The file.
        file: String,
        /// Its version.
        version: u32,
    },
    /// It is a whole run.
    #[error("{file}: not a part of a run; write the parts with --shard K/N --format json")]
    Whole {
        /// The file.
        file: String,
    },
    /// The same part is in two files.
    #[error("{second}: part {index} again, it is in {first} already; leave one of them out")]
    Twice {
        /// The part.
        index: u64,
        /// The file that has it first.
        first: String,
        /// The other.
        second: String,
    },
    /// Two files are of different runs.
    #[error("{second}: {what} than {first}; run all parts alike")]
    Different {
        /// The first file.
        first: String,
        /// The file that differs from it.
        second: String,
        /// In what.
        what: &'static str,
    },
    /// Some parts are in no file.
    #[error("missing of {of} parts: {missing}; run them and name their files too")]
    Missing {
        /// Their numbers, in words.
        missing: String,
        /// How many parts there are.
        of: u64,
    },
    /// Its number is not one of the parts.
    #[error("{file}: part {index} of {of}, which cannot be; run that part again")]
    Number {
        /// The file.
        file: String,
        /// The part that it says it is.
        index: u64,
        /// How many parts there are.
        of: u64,
    },
}

/// Missing parts that are named one by one.
const NAMED: usize = 20;

/// The numbers from 1 to `of` that `has` does not hold, in words; `None` when it holds
/// all. How large `of` is costs nothing: it comes from a file.
pub fn missing(of: u64, has: &BTreeSet<u64>) -> Option<String> {
    let known = has.range(1..=of).count() as u64;
    let left = of.saturating_sub(known);
    if left == 0 {
        return None;
    }
    // Among so many numbers, no more than `has` are passed over.
    let named = (1..=of).filter(|part| !has.contains(part)).take(NAMED).map(|part| part.to_string());
    let mut text = named.collect::<Vec<_>>().join(", ");
    if let Some(more) = left.checked_sub(NAMED as u64).filter(|more| *more > 0) {
        text += &format!(" and {more} more");
    }
    Some(text)
}

#[derive(Deserialize)]
struct Input<'a> {
    version: u32,
    #[serde(borrow)]
    tool: InputTool<'a>,
    shard: Option<Part>,
    summary: InputSummary,
    #[serde(borrow)]
    findings: Vec<&'a RawValue>,
    skipped: Vec<Skipped>,
    errors: Vec<Failure>,
}

#[derive(Deserialize, PartialEq, Eq)]
struct InputTool<'a> {
    #[serde(borrow)]
    version: Cow<'a, str>,
}

#[derive(Deserialize)]
struct InputSummary {
    files: usize,
}

/// What joining needs to know of a finding.
#[derive(Deserialize)]
struct Glimpse<'a> {
    #[serde(borrow)]
    rule: Cow<'a, str>,
    level: Applicability,
    severity: Severity,
    #[serde(borrow)]
    path: Cow<'a, str>,
    start: DocumentStart,
    pass: u32,
    #[serde(borrow)]
    fix: Option<&'a RawValue>,
    suppressed: bool,
}

#[derive(Deserialize)]
struct DocumentStart {
    byte: usize,
}

#[derive(Serialize)]
struct MergedDocument<'a> {
    version: u32,
    tool: Tool<'a>,
    summary: Summary,
    findings: Vec<&'a RawValue>,
    skipped: BTreeSet<Skipped>,
    errors: BTreeSet<Failure>,
}

/// What the whole run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The numbers of all parts.
    pub counts: Counts,
    /// How many errors there were.
    pub errors: usize,
}

/// Writes the JSON of the run whose parts are in `files`, names and contents, to
/// `out`. What several parts tell, of directories that no part enters, is told once.
///
/// # Errors
/// [`MergeError`], before anything is written; the inner error is that of `out`.
pub fn write(out: &mut dyn Write, files: &[(String, String)]) -> Result<io::Result<Merged>, MergeError> {
    let mut parts: BTreeMap<u64, &str> = BTreeMap::new();
    let mut first: Option<(&str, InputTool<'_>, Part)> = None;
    let mut counts = Counts::default();
    let mut findings: Vec<(Glimpse<'_>, &RawValue)> = Vec::new();
    let (mut skipped, mut errors) = (BTreeSet::new(), BTreeSet::new());
    for (name, text) in files {
        let malformed = |cause| MergeError::Malformed { file: name.clone(), cause };
        let input: Input<'_> = serde_json::from_str(text).map_err(malformed)?;
        if input.version != json::VERSION {
            return Err(MergeError::Version { file: name.clone(), version: input.version });
        }
        let Some(part) = input.shard else { return Err(MergeError::Whole { file: name.clone() }) };
        if let Some((other, tool, theirs)) = &first {
            let what = match () {
                () if *tool != input.tool => Some("another version of gomend"),
                () if theirs.of != part.of => Some("another number of parts"),
                () if theirs.configuration != part.configuration => {
                    Some("other rules, options or another gomend.toml")
                }
                () if theirs.revision != part.revision => Some("another commit"),
                () => None,
            };
            if let Some(what) = what {
                let (first, second) = ((*other).to_owned(), name.clone());
                return Err(MergeError::Different { first, second, what });
            }
        }
        if part.index == 0 || part.index > part.of {
            return Err(MergeError::Number { file: name.clone(), index: part.index, of: part.of });
        }
        if let Some(first) = parts.insert(part.index, name) {
            let (first, second) = (first.to_owned(), name.clone());
            return Err(MergeError::Twice { index: part.index, first, second });
        }
        first.get_or_insert((name, input.tool, part));
        counts.files = counts.files.saturating_add(input.summary.files);
        for raw in input.findings {
            findings.push((serde_json::from_str(raw.get()).map_err(malformed)?, raw));
        }
        skipped.extend(input.skipped);
        errors.extend(input.errors);
    }
    if let Some((_, _, part)) = &first {
        let has: BTreeSet<u64> = parts.keys().copied().collect();
        if let Some(missing) = missing(part.of, &has) {
            return Err(MergeError::Missing { missing, of: part.of });
        }
    }
    findings.sort_by(|(a, _), (b, _)| {
        (&a.path, a.start.byte, a.pass, &a.rule).cmp(&(&b.path, b.start.byte, b.pass, &b.rule))
    });
    for (seen, _) in &findings {
        counts.count(&CountedFinding {
            rule: &seen.rule,
            path: &seen.path,
            level: seen.level,
            severity: seen.severity,
            fixable: seen.fix.is_some(),
            suppressed: seen.suppressed,
        });
    }
    let merged = Merged { counts: counts.clone(), errors: errors.len() };
    let document = MergedDocument {
        version: json::VERSION,
        tool: Tool::THIS,
        summary: Summary::of(counts, skipped.len(), errors.len()),
        findings: findings.into_iter().map(|(_, raw)| raw).collect(),
        skipped,
        errors,
    };
    Ok(serialized::json(out, &document, false).map(|()| merged))
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn what_is_missing_costs_as_much_as_what_is_there() {
        let has = |parts: &[u64]| parts.iter().copied().collect();
        assert_eq!(missing(3, &has(&[1, 2, 3])), None);
        assert_eq!(missing(3, &has(&[2, 9])).unwrap(), "1, 3");
        let text = missing(u64::MAX, &has(&[1, 3])).unwrap();
        assert!(text.starts_with("2, 4, 5, ") && text.ends_with(" and 18446744073709551593 more"), "{text}");
    }
}
