//! Which findings of a run count: those that are not in a baseline, that stand on
//! changed lines, and no more than so many fixes.
//!
//! Findings are the same whatever is asked; this only leaves some of them out.

pub mod baseline;
pub mod changed;

use super::plan::{FixKey, SitePlace};
use super::scan::Scanned;
use crate::rewrite::Applicability;
use baseline::Baseline;
use changed::ChangedLines;
use std::collections::HashSet;
use std::path::Path;

/// What narrows a run down.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    /// Findings that are known already.
    pub baseline: Option<Baseline>,
    /// The lines that count.
    pub changed: Option<ChangedLines>,
    /// How many fixes are taken at most, and from which level on.
    pub most: Option<(usize, Applicability)>,
}

/// What was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Findings of the baseline.
    pub known: usize,
    /// Entries of the baseline that met no finding: what they stood for is gone.
    pub gone: usize,
    /// Findings on lines that did not change.
    pub elsewhere: usize,
    /// Fixes beyond the number that was asked for.
    pub beyond: usize,
}

/// The fixes that a narrowed run may take.
#[derive(Debug, Default)]
pub struct Allowed {
    /// The sites on disk; `None` when all are allowed.
    sites: Option<HashSet<FixKey>>,
    /// Whether sites that an earlier fix wrote may be fixed too.
    born: bool,
}

impl Allowed {
    /// Whether the fix of the site `key` may be taken.
    pub fn allows(&self, key: &FixKey) -> bool {
        let Some(sites) = &self.sites else { return true };
        match key.place {
            SitePlace::Disk(_) => sites.contains(key),
            SitePlace::Born { .. } => self.born,
        }
    }
}

impl Narrow {
    /// Whether nothing is left out.
    pub fn is_wide(&self) -> bool {
        self.baseline.is_none() && self.changed.is_none() && self.most.is_none()
    }

    /// Leaves out of `scanned` what does not count, with paths as findings have them
    /// resolved against `cwd` and those of the baseline against `root`.
    pub fn apply(&self, scanned: &mut Scanned, cwd: &Path, root: &Path) -> (Narrowed, Allowed) {
        let mut narrowed = Narrowed::default();
        if self.is_wide() {
            return (narrowed, Allowed { sites: None, born: true });
        }
        if let Some(changed) = &self.changed {
            let before = counted(scanned);
            scanned.findings.retain(|finding| {
                changed.covers(&cwd.join(&*finding.path), finding.start.line, finding.end.line)
            });
            narrowed.elsewhere = before - counted(scanned);
        }
        if let Some(baseline) = &self.baseline {
            let taken = baseline.take_known(&mut scanned.findings, root);
            (narrowed.known, narrowed.gone) = (taken.known, taken.gone);
        }
        let mut fixes = 0;
        let mut sites = HashSet::new();
        for finding in &scanned.findings {
            if !finding.counts() || finding.fix.is_none() {
                continue;
            }
            if let Some((most, level)) = self.most
                && finding.level >= level
            {
                fixes += 1;
                if fixes > most {
                    narrowed.beyond += 1;
                    continue;
                }
            }
            sites.insert(FixKey::of(finding, cwd));
        }
        let fixed: HashSet<&Path> = sites.iter().map(|site| site.path.as_path()).collect();
        scanned.fixable.retain(|path, _| fixed.contains(path.as_path()));
        (narrowed, Allowed { sites: Some(sites), born: self.most.is_none() })
    }
}

fn counted(scanned: &Scanned) -> usize {
    scanned.findings.iter().filter(|finding| finding.counts()).count()
}
