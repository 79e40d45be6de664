//! The words for a remembered run.

use jiff::Timestamp;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Names a run of one root: a number that grows from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(u64);

impl RunId {
    /// The name after `newest`.
    pub(super) fn after(newest: Option<RunId>) -> RunId {
        RunId(newest.map_or(0, |newest| newest.0) + 1)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for RunId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<RunId, Self::Err> {
        text.parse().map(RunId)
    }
}

/// What is remembered about a run beside its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMeta {
    /// The command line, as a person would type it.
    pub command: String,
    /// The version of gomend.
    pub version: String,
    /// When it began; also "now" for what is forgotten.
    pub time: Timestamp,
}

/// A remembered run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// How it was started; `None` when its journal is damaged.
    pub meta: Option<RunMeta>,
    /// How far it came.
    pub state: RunState,
    /// The files it wrote (or, while it is unfinished, was to write), relative
    /// to the root.
    pub files: Vec<PathBuf>,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It ended half-way, or is being written by another process now.
    Unfinished,
    /// It ended properly.
    Finished,
    /// Its undo ended half-way, or is going on now.
    HalfUndone,
    /// All its files hold their old contents again.
    Undone,
    /// It was undone, but some files were refused.
    PartlyUndone {
        /// How many were refused.
        left: usize,
    },
    /// Its journal fails its checksum or is of an unknown form.
    Damaged,
}
