//! What a rule does to its examples.

use crate::rewrite::Finding;
use std::collections::BTreeMap;

/// What a rule does to its examples.
pub(super) struct Done {
    pub(super) findings: Vec<Finding>,
    /// The findings of sites that an earlier pass wrote.
    pub(super) born: Vec<Finding>,
    /// The passes that took fixes: by file and first byte. A later one found its site in what an
    /// earlier one wrote.
    pub(super) passes: BTreeMap<(String, usize), Vec<u32>>,
    /// The files that changed, by name.
    pub(super) after: BTreeMap<String, String>,
    /// The files that were not looked at, with the reasons.
    pub(super) skipped: Vec<(String, String)>,
}
