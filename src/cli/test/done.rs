//! What a rule does to its examples.

use crate::rewrite::Finding;
use std::collections::BTreeMap;

/// What a rule does to its examples.
pub(super) struct Done {
    pub(super) findings: Vec<Finding>,
    /// The findings of sites that an earlier pass wrote.
    pub(super) born: Vec<Finding>,
    /// The pass that took each fix: by file and first byte.
    pub(super) passes: BTreeMap<(String, usize), u32>,
    /// The files that changed, by name.
    pub(super) after: BTreeMap<String, String>,
    /// The files that were not looked at, with the reasons.
    pub(super) skipped: Vec<(String, String)>,
}
