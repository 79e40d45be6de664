//! What a plan is made with.

use super::choice::FixChoice;
use super::key::FixKey;
use crate::engine::matches::{Match, Module};
use crate::engine::prefilter::Prefilter;
use crate::rewrite::RuleEntry;
use crate::syntax::File;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Decides what is done about a site: whether its level is asked for, no comment
/// suppresses it, verification did not refuse its fix.
pub type Accept<'a> = dyn Fn(&RuleEntry, &Match, &Arc<File>, &FixKey) -> FixChoice + Sync + 'a;

/// What a plan is made with.
pub struct Planner<'a> {
    /// The catalogue.
    pub entries: &'a [RuleEntry],
    /// A prefilter for its triggers.
    pub prefilter: &'a Prefilter,
    /// What is known of the module.
    pub module: &'a dyn Module,
    /// Which entries run on a file.
    pub enabled: &'a (dyn Fn(&File) -> Vec<bool> + Sync),
    /// Which fixes are taken.
    pub accept: &'a Accept<'a>,
    /// Whether a fix may edit files beside those that were given.
    pub beside: bool,
    /// The directories that are planned together, when they are several.
    pub directories: &'a BTreeSet<PathBuf>,
}
