//! What tells one site from every other.

use crate::engine::matches::Match;
use crate::rewrite::Finding;
use crate::syntax::File;
use crate::text::{Edits, Span};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Where a site was first matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SitePlace {
    /// Its first byte on disk.
    Disk(usize),
    /// It was born in text that an earlier pass wrote. The same wherever the
    /// text around its declaration moves, and another when that declaration is
    /// written otherwise.
    Born {
        /// Where the file on disk has that text's place, in bytes.
        near: usize,
        /// Its first byte, from the start of its declaration.
        at: usize,
        /// A hash of the declaration.
        declaration: u64,
    },
}

impl SitePlace {
    /// Of the site `seen` in `file`, which `total` made of the file on disk.
    /// `hashes` holds those of declarations that were asked for before.
    pub(super) fn of(
        matched: &Match,
        file: &File,
        total: &Edits,
        hashes: &mut HashMap<Span, u64>,
    ) -> SitePlace {
        let start = matched.rule_match.diagnostic.span.start;
        if let Some(offset) = total.unmap(start) {
            return SitePlace::Disk(offset);
        }
        let around =
            matched.decl.map_or(matched.rule_match.diagnostic.span, |decl| file.outline().decls[decl].span);
        let declaration = *hashes.entry(around).or_insert_with(|| {
            let hash = blake3::hash(around.of(file.text()).as_bytes());
            let (bytes, _) = hash.as_bytes().split_first_chunk().expect("a hash has 32 bytes");
            u64::from_le_bytes(*bytes)
        });
        SitePlace::Born { near: total.unmap_near(start), at: start.saturating_sub(around.start), declaration }
    }
}

/// Which site a fix is of, the same in every run over the same files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FixKey {
    /// The file.
    pub path: PathBuf,
    /// Where.
    pub place: SitePlace,
    /// The rule's id.
    pub rule: &'static str,
}

impl FixKey {
    /// The site of a finding on disk, whose path is seen from `cwd`.
    pub fn of(finding: &Finding, cwd: &Path) -> FixKey {
        let place = SitePlace::Disk(finding.start.byte);
        FixKey { path: cwd.join(&*finding.path), place, rule: finding.rule }
    }
}
