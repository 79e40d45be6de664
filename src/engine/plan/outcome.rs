//! What the passes come to.

use super::choice::HeldMatch;
use super::key::FixKey;
use super::wanted::NewSite;
use crate::text::Edits;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A fix that was taken.
#[derive(Clone, Debug)]
pub struct AppliedFix {
    /// The site.
    pub key: FixKey,
    /// The pass that took it, from 1.
    pub pass: u32,
    /// The files that it edits.
    pub files: Vec<PathBuf>,
    /// What there is to say of a site that no file on disk has yet.
    pub born: Option<NewSite>,
}

/// A fix that was wanted and could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The site.
    pub key: FixKey,
    /// Why.
    pub reason: String,
}

/// What became of one file.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The text on disk.
    pub before: String,
    /// The text after all passes.
    pub after: String,
    /// From one to the other.
    pub edits: Edits,
}

/// The outcome of the passes over one directory.
#[derive(Debug, Default)]
pub struct FixPlan {
    /// The files that change.
    pub files: BTreeMap<PathBuf, Planned>,
    /// The fixes that were taken, in the order of taking.
    pub taken: Vec<AppliedFix>,
    /// The fixes that could not be.
    pub dropped: Vec<Dropped>,
    /// The sites that the last pass saw and was told to hold, by place.
    pub held: Vec<HeldMatch>,
    /// How many passes changed something.
    pub passes: u32,
    /// Other directories that a fix edits: they have to be planned together.
    pub spans: BTreeSet<PathBuf>,
}
