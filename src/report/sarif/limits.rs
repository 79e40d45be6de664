//! What code scanning takes of a log, and how a larger one is cut. Nothing is
//! left out without being said.

use super::super::input::{ReportInput, ReportNotes};
use super::log::{Portion, SKIPPED, chosen, log};
use crate::report::counted::counted;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// Results of one run; an upload with more is refused.
const RESULTS: usize = 25_000;
/// Results of one run that are shown, the severe ones first.
const SHOWN: usize = 5_000;
/// Bytes of an upload once it is gzipped: 10 MB, of whichever sort.
const GZIPPED: usize = 10_000_000;

/// The log, cut until it is accepted: the fixes go first, which code scanning
/// does not show, then results.
pub(super) fn fitted(input: &ReportInput) -> io::Result<(Vec<u8>, ReportNotes)> {
    fitted_into(input, GZIPPED)
}

/// The same for an upload of `limit` bytes.
fn fitted_into(input: &ReportInput, limit: usize) -> io::Result<(Vec<u8>, ReportNotes)> {
    let all = chosen(input, usize::MAX).len();
    let mut portion = Portion { results: all.min(RESULTS), fixes: true };
    loop {
        let notes = notes(input, all, portion);
        let log = log(input, portion, &notes)?;
        let size = gzipped(&log, limit)?;
        if size <= limit || (portion.results == 0 && !portion.fixes) {
            return Ok((log, notes));
        }
        if portion.fixes {
            portion.fixes = false;
        } else {
            // A tenth less than the share that would fit if all were alike.
            portion.results = portion.results * limit / size * 9 / 10;
        }
    }
}

fn notes(input: &ReportInput, all: usize, portion: Portion) -> ReportNotes {
    let mut notes = Vec::new();
    if !portion.fixes {
        notes.push(
            "the SARIF log is too large for code scanning, so the fixes are left out of it (`--shard`, or fewer PATHs, make smaller ones)"
                .to_owned(),
        );
    }
    if portion.results < all {
        notes.push(format!(
            "code scanning takes {RESULTS} results and 10 MB; {} of {all} findings are left out of the SARIF log, notes first (`--format json` has all)",
            all - portion.results
        ));
    } else if all > SHOWN {
        notes.push(format!("code scanning shows {SHOWN} of the {all} findings, warnings first"));
    }
    if input.report.skipped.len() > SKIPPED {
        let more = input.report.skipped.len() - SKIPPED;
        notes.push(format!(
            "{} not named in the SARIF log (`--format json` names all)",
            counted(more, "file that was not looked at is", "files that were not looked at are")
        ));
    }
    notes
}

/// Bytes of `log` once it is gzipped, or as it is where that is few enough.
fn gzipped(log: &[u8], enough: usize) -> io::Result<usize> {
    if log.len() <= enough {
        return Ok(log.len());
    }
    let mut encoder = GzEncoder::new(LimitCounter(0), Compression::default());
    encoder.write_all(log)?;
    Ok(encoder.finish()?.0)
}

/// Counts the bytes that it is given.
struct LimitCounter(usize);

impl Write for LimitCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, SourceTexts};
    use crate::rewrite::{Applicability, FileEdit, Finding, FindingFix, Severity, Skipped};
    use crate::text::Position;
    use serde_json::Value;

    fn finding(number: usize) -> Finding {
        let start = Position { line: 1, column: 1, byte: 0 };
        // Text that does not shrink, as a large tree has it in other ways.
        let noise = blake3::hash(&number.to_le_bytes()).to_hex().to_string();
        Finding {
            severity: if number.is_multiple_of(5) { Severity::Warning } else { Severity::Note },
            message: number.to_string(),
            fingerprint: number.to_string(),
            fix: Some(FindingFix {
                title: "t".to_owned(),
                edits: vec![FileEdit { path: "x.go".into(), start_byte: 0, end_byte: 0, text: noise }],
            }),
            ..Finding::new("r", Applicability::Safe, "x.go".into(), start, start)
        }
    }

    fn fitted_with(number: usize, limit: usize) -> (Value, ReportNotes, usize) {
        let findings: Vec<Finding> = (0..number).map(finding).collect();
        let mut sources = SourceTexts::default();
        sources.give("x.go", "package p\n".to_owned());
        let skip = |at: usize| Skipped { path: format!("{at}.go").into(), reason: "generated".to_owned() };
        let skipped: Vec<Skipped> = (0..SKIPPED + 1).map(skip).collect();
        let report = Report { files: 1, findings: &findings, skipped: &skipped, errors: &[], part: None };
        let input = ReportInput { report, sources: &sources, rules: &[], show_kept: false };
        let (log, notes) = fitted_into(&input, limit).unwrap();
        let size = gzipped(&log, 0).unwrap();
        (serde_json::from_slice(&log).unwrap(), notes, size)
    }

    fn results(log: &Value) -> &Vec<Value> {
        log["runs"][0]["results"].as_array().unwrap()
    }

    #[test]
    fn what_fits_stays_whole() {
        let (log, notes, _) = fitted_with(100, GZIPPED);
        assert_eq!(results(&log).len(), 100);
        assert!(results(&log)[0]["fixes"][0]["artifactChanges"][0]["replacements"][0].is_object());
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with("1 file that was not looked at"), "{notes:?}");
        let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
        assert_eq!(told[0]["message"]["text"], notes[0].as_str());
        assert_eq!(told.as_array().unwrap().len(), SKIPPED + 1);
    }

    #[test]
    fn too_large_a_log_loses_its_fixes_and_then_notes() {
        let (whole, _, size) = fitted_with(2000, GZIPPED);
        assert_eq!(results(&whole).len(), 2000);
        let (log, notes, cut) = fitted_with(2000, size - 1);
        assert!(cut < size && results(&log).len() == 2000 && results(&log)[0].get("fixes").is_none());
        assert!(notes[0].contains("fixes are left out"), "{notes:?}");
        let (log, notes, less) = fitted_with(2000, cut * 3 / 4);
        assert!(less <= cut * 3 / 4, "{less} of {cut}");
        let left = results(&log);
        assert!(left.len() > 800 && left.len() < 2000, "{}", left.len());
        assert_eq!(left.iter().filter(|one| one["level"] == "warning").count(), 400, "warnings stay");
        assert!(notes[1].contains(&format!("{} of 2000 findings", 2000 - left.len())), "{notes:?}");
        let order: Vec<usize> = left
            .iter()
            .map(|one| one["partialFingerprints"]["gomend/v1"].as_str().unwrap().parse().unwrap())
            .collect();
        assert!(order.is_sorted());
    }

    #[test]
    fn more_results_than_are_taken_are_cut() {
        let (log, notes, _) = fitted_with(RESULTS + 7, usize::MAX);
        assert_eq!(results(&log).len(), RESULTS);
        assert!(notes[0].contains("7 of 25007 findings are left out"), "{notes:?}");
    }
}
