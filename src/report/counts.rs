//! The numbers of a run, counted once for all formats.

use super::Report;
use crate::rewrite::{Applicability, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// How many findings of each sort a run has. Kept sites and suppressed
/// findings are counted apart and nowhere else: they ask nothing of anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
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
    pub by_rule: BTreeMap<String, usize>,
    /// The files with a finding.
    paths: BTreeSet<String>,
}

impl Counts {
    /// Counts a report.
    pub fn of(report: &Report) -> Counts {
        let mut counts = Counts { files: report.files, ..Counts::default() };
        for finding in report.findings {
            counts.count(&CountedFinding {
                rule: finding.rule,
                path: &finding.path,
                level: finding.level,
                severity: finding.severity,
                fixable: finding.fix.is_some(),
                suppressed: finding.suppressed,
            });
        }
        counts
    }

    /// Counts one finding.
    pub fn count(&mut self, finding: &CountedFinding<'_>) {
        if finding.level == Applicability::Kept {
            self.kept += 1;
            return;
        }
        if finding.suppressed {
            self.suppressed += 1;
            return;
        }
        self.findings += 1;
        if self.paths.insert(finding.path.to_owned()) {
            self.files_with_findings += 1;
        }
        *self.by_rule.entry(finding.rule.to_owned()).or_default() += 1;
        match finding.severity {
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
        let fixable = usize::from(finding.fixable);
        match finding.level {
            Applicability::Safe => {
                self.safe += 1;
                self.fixable_safe += fixable;
            }
            Applicability::Unsafe => {
                self.unsafe_ += 1;
                self.fixable_unsafe += fixable;
            }
            Applicability::Advice | Applicability::Kept => self.advice += 1,
        }
    }
}

/// What counting needs to know of a finding.
#[derive(Clone, Copy, Debug)]
pub struct CountedFinding<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The file.
    pub path: &'a str,
    /// What its fix promises.
    pub level: Applicability,
    /// How bad the code is.
    pub severity: Severity,
    /// Whether it has a fix.
    pub fixable: bool,
    /// Whether a comment covers it.
    pub suppressed: bool,
}
