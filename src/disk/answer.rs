//! What is asked of the disk, and what it answers.

use super::Stamp;
use serde::{Deserialize, Serialize};
use std::fs::FileType;
use std::io;
use std::path::PathBuf;

/// Of a content: enough of BLAKE3 that no two contents meet by accident.
pub(super) type Hash = [u8; 16];

/// What is asked about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum DiskQuestion {
    /// What a file holds, links followed.
    Content,
    /// Which names a directory holds, and what they are.
    Listing,
    /// What is there, links followed.
    Kind,
    /// What is there, a link not followed.
    LinkKind,
    /// What a link leads to that stands in a listing.
    Behind,
    /// The path without links.
    Real,
    /// What a link says.
    Link,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum EntryKind {
    File,
    Directory,
    Link,
    Other,
}

impl EntryKind {
    pub(super) fn of(kind: FileType) -> EntryKind {
        match kind {
            kind if kind.is_file() => EntryKind::File,
            kind if kind.is_dir() => EntryKind::Directory,
            kind if kind.is_symlink() => EntryKind::Link,
            _ => EntryKind::Other,
        }
    }
}

/// What the system said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum DiskAnswer {
    /// Nothing is there.
    Absent,
    /// This is there.
    Kind(EntryKind),
    /// A file or a listing with this stamp, which says enough when it is
    /// `stable`, else only the hash does.
    Content { stamp: Stamp, stable: bool, hash: Option<Box<Hash>> },
    /// This path.
    Path(PathBuf),
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SnapshotEntry {
    /// Which of the directories.
    pub directory: u32,
    /// What is in it.
    pub name: DiskName,
    pub question: DiskQuestion,
    pub answer: DiskAnswer,
}

/// Where a name lies among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DiskName {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl DiskName {
    /// The name.
    pub fn of(self, names: &str) -> &str {
        &names[self.start as usize..self.end as usize]
    }

    /// In bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Puts `name` behind `names`; nothing when they are too many.
    pub fn put(name: &str, names: &mut String) -> Option<DiskName> {
        let start = u32::try_from(names.len()).ok()?;
        let end = u32::try_from(names.len() + name.len()).ok()?;
        names.push_str(name);
        Some(DiskName { start, end })
    }
}

/// Whether the error says that nothing is there.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
