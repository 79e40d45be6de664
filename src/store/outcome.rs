//! What became of each file of a run, of a continued run, and of an undo.

use super::error::FileError;
use super::run::RunId;
use std::fmt;
use std::path::{Path, PathBuf};

/// Progress of a run or an undo, told while it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The journal is complete: from here on the run can be undone and finished.
    Journalled {
        /// How many files it holds.
        files: usize,
    },
    /// A file was written, restored or found in another state.
    File {
        /// How many files are done, this one included.
        done: usize,
        /// How many there are.
        of: usize,
        /// The file, absolute.
        path: &'a Path,
    },
}

/// What a run did.
#[derive(Debug)]
pub struct WriteOutcome {
    /// The name by which it can be undone; `None` when it had nothing to write.
    pub run: Option<RunId>,
    /// One per change, in the order of the changes.
    pub files: Vec<FileWritten>,
}

/// What became of one change.
#[derive(Debug)]
pub struct FileWritten {
    /// The path as the change gave it; absolute in a continued run.
    pub path: PathBuf,
    /// What happened.
    pub status: FileStatus,
}

/// What became of one change.
#[derive(Debug)]
pub enum FileStatus {
    /// The file holds the new contents.
    Written,
    /// The new contents equal the old ones; nothing was touched.
    Unchanged,
    /// The path is a link to a file of the same run, which was edited once.
    SameFile,
    /// The file is no longer what the change was made from; left as it is.
    ChangedMeanwhile(Drift),
    /// The store does not write such a file.
    Skipped(WriteSkip),
    /// The system refused.
    Failed(FileError),
}

/// What an undo did.
#[derive(Debug)]
pub struct Undone {
    /// The run that was undone.
    pub run: RunId,
    /// One per file that the run wrote, or may have written.
    pub files: Vec<UndoneFile>,
}

/// What became of one file of an undone run.
#[derive(Debug)]
pub struct UndoneFile {
    /// The file, absolute.
    pub path: PathBuf,
    /// What happened.
    pub status: UndoneStatus,
}

/// What became of one file of an undone run.
#[derive(Debug)]
pub enum UndoneStatus {
    /// The old contents are back.
    Restored,
    /// The old contents were there: never written, or undone before.
    AlreadyOld,
    /// The file is not what the run wrote; left as it is.
    ChangedSince(Drift),
    /// The store does not write such a file.
    Skipped(WriteSkip),
    /// The system refused.
    Failed(FileError),
}

/// How a file differs from what was expected of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Other contents.
    Edited,
    /// Nothing stands at the path.
    Removed,
    /// A directory, a link or something else stands at the path, or the path
    /// now leads through a link.
    NotAFile,
}

impl fmt::Display for Drift {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Drift::Edited => "its contents changed",
            Drift::Removed => "it was removed",
            Drift::NotAFile => "it was replaced by something that is not a regular file",
        })
    }
}

/// Why the store does not write a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteSkip {
    /// A link whose target is outside the root.
    LinkOutside {
        /// The target.
        target: PathBuf,
    },
    /// A path outside the root.
    Outside,
    /// A file with several names; a rename would cut this name off the others.
    HardLinked {
        /// How many names it has.
        links: u64,
    },
}

impl fmt::Display for WriteSkip {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteSkip::LinkOutside { target } => {
                write!(out, "it links to {}, outside the root", target.display())
            }
            WriteSkip::Outside => out.write_str("it lies outside the root"),
            WriteSkip::HardLinked { links } => {
                write!(out, "it has {links} hard links, which a replacement would separate")
            }
        }
    }
}
