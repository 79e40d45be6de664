//! All that a report for people tells: the run, what it was about, the pages of
//! its rules, and the texts that its fixes change.

use super::Report;
use super::rules::RuleRow;
use crate::rewrite::Evidence;

/// A run as a page tells of it, months later and to people who were not there.
#[derive(Clone, Copy)]
pub struct HtmlInput<'a> {
    /// What was found.
    pub report: Report<'a>,
    /// What it was about.
    pub about: &'a About,
    /// The rules that ran, and those that have a finding.
    pub rules: &'a [RulePage],
    /// Who answers for a file, named as in [`crate::rewrite::Finding::path`].
    pub owner: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file, named likewise; `None` when it cannot be read, or is
    /// no longer what the findings are about.
    pub source: &'a dyn Fn(&str) -> Option<String>,
}

/// What a run was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// A name for the whole: a module path, or that of a directory.
    pub project: String,
    /// The commit, where there is one: `c34dc7ee0 on main`.
    pub commit: Option<String>,
    /// When it was looked at: `2026-11-21 09:50 UTC`.
    pub date: String,
    /// The command line.
    pub command: String,
    /// The files, directories and patterns that were asked for.
    pub paths: Vec<String>,
    /// How far the fixes were proved: `gofmt, build and vet`; `None` when Go did
    /// not run.
    pub proof: Option<String>,
}

/// A rule with its page.
#[derive(Clone, Debug, PartialEq)]
pub struct RulePage {
    /// Its line in the catalogue.
    pub rule: RuleRow,
    /// Its page, which is Markdown.
    pub doc: String,
    /// What was measured of it.
    pub evidence: Option<Evidence>,
}
