//! Which fixes of a scan a run takes: the same question for every verb that plans fixes.

use super::io::Io;
use super::requires::Lacking;
use crate::engine::matches::Match;
use crate::engine::narrow::Allowed;
use crate::engine::plan::FixKey;
use crate::engine::scan::Scan;
use crate::rewrite::{Applicability, RuleEntry};
use crate::syntax::File;
use std::sync::Arc;

/// What decides whether the fix of a site is taken.
pub struct FixFilter<'a> {
    scan: &'a Scan<'a>,
    allowed: Allowed,
    least: Applicability,
    lacking: Lacking,
}

impl<'a> FixFilter<'a> {
    /// Takes the fixes of `scan` that promise at least `least`, of the sites that are `allowed`.
    pub fn new(scan: &'a Scan<'a>, allowed: Allowed, least: Applicability) -> FixFilter<'a> {
        FixFilter { scan, allowed, least, lacking: Lacking::default() }
    }

    /// Whether the fix is taken. What it lacks in go.mod is remembered.
    pub fn wants(&self, entry: &RuleEntry, matched: &Match, file: &Arc<File>, key: &FixKey) -> bool {
        self.allowed.allows(key)
            && self.scan.wants(entry, matched, file, self.least)
            && self.lacking.allows(entry, file.path())
    }

    /// Says which modules the fixes need that were left out for want of one. Whether there are any.
    pub fn write_lacking(self, io: &mut Io<'_>) -> std::io::Result<bool> {
        let sentences = self.lacking.sentences();
        for sentence in &sentences {
            writeln!(io.stderr, "{sentence}")?;
        }
        Ok(!sentences.is_empty())
    }
}
