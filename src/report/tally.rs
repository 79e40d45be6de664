//! The numbers of a run, counted once for all formats.

use super::Report;
use crate::rewrite::{Level, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// How many findings of each sort a run has. Kept sites and suppressed
/// findings are counted apart and nowhere else: they ask nothing of anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Findings that are neither kept nor suppressed.
    pub findings: usize,
    /// Files looked at.
    pub files: usize,
    /// Files with such a finding.
    pub files_with_findings: usize,
    /// Findings whose fix promises the same program.
    pub safe: usize,
    /// Findings whose fix a person must agree to.
    pub unsafe_: usize,
    /// Findings without an edit.
    pub advice: usize,
    /// Sites that a guard kept.
    pub kept: usize,
    /// Findings, of any level but kept, that a comment suppresses.
    pub suppressed: usize,
    /// Findings about code that can fail, leak, block or say something untrue.
    pub warnings: usize,
    /// Findings about code that only costs.
    pub notes: usize,
    /// What `gomend fix` would write.
    pub fixable_safe: usize,
    /// What `gomend fix --unsafe` would write besides.
    pub fixable_unsafe: usize,
    /// Findings of each rule that has one.
    pub by_rule: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Counts a report.
    pub fn of(report: &Report) -> Tally {
        let mut tally = Tally { files: report.files, ..Tally::default() };
        let mut paths = BTreeSet::new();
        for finding in report.findings {
            if finding.level == Level::Kept {
                tally.kept += 1;
                continue;
            }
            if finding.suppressed {
                tally.suppressed += 1;
                continue;
            }
            tally.findings += 1;
            paths.insert(&finding.path);
            *tally.by_rule.entry(finding.rule).or_default() += 1;
            match finding.severity {
                Severity::Warning => tally.warnings += 1,
                Severity::Note => tally.notes += 1,
            }
            let fixable = usize::from(finding.fix.is_some());
            match finding.level {
                Level::Safe => {
                    tally.safe += 1;
                    tally.fixable_safe += fixable;
                }
                Level::Unsafe => {
                    tally.unsafe_ += 1;
                    tally.fixable_unsafe += fixable;
                }
                Level::Advice | Level::Kept => tally.advice += 1,
            }
        }
        tally.files_with_findings = paths.len();
        tally
    }
}
