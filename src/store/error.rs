//! What can go wrong while writing: for a whole run, and for one file.

use super::run::RunId;
use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};

/// Why a run, its continuation or its undo did not take place.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The root cannot be resolved.
    #[error("{}: cannot open the root: {cause}; name a directory that exists", path.display())]
    Root {
        /// The root as given.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// No place for the journal is known.
    #[error("no state folder for the journal: the home directory is unknown; set HOME or XDG_STATE_HOME")]
    NoStateFolder,
    /// Another process writes below the same root.
    #[error("{}: {} is writing here; wait until it has ended", root.display(), holder(*pid, command))]
    Busy {
        /// The root.
        root: PathBuf,
        /// The process that holds the lock, where it could be read.
        pid: Option<u32>,
        /// Its command line; may be empty.
        command: String,
    },
    /// A run was interrupted.
    #[error(
        "{}: run {run} (`{command}`, {time}) ended half-way; put its files back with `gomend undo` \
         or finish it with `gomend fix --continue`", root.display()
    )]
    Unfinished {
        /// The root.
        root: PathBuf,
        /// The run.
        run: RunId,
        /// Its command line.
        command: String,
        /// When it began.
        time: Timestamp,
    },
    /// An undo was interrupted.
    #[error("{}: the undo of run {run} (`{command}`) ended half-way; finish it with `gomend undo`", root.display())]
    HalfUndone {
        /// The root.
        root: PathBuf,
        /// The run that was being undone.
        run: RunId,
        /// Its command line.
        command: String,
    },
    /// Every run has ended properly.
    #[error("{}: no run ended half-way, there is nothing to continue; run `gomend fix`", root.display())]
    NothingToContinue {
        /// The root.
        root: PathBuf,
    },
    /// No run is remembered.
    #[error("{}: no run is remembered here, there is nothing to undo; name the root that was fixed", root.display())]
    NothingToUndo {
        /// The root.
        root: PathBuf,
    },
    /// A run is not remembered (any longer).
    #[error("{}: run {run} is not remembered here; `gomend undo --list` shows the runs", root.display())]
    NoSuchRun {
        /// The root.
        root: PathBuf,
        /// The run asked for.
        run: RunId,
    },
    /// The journal of a run fails its checksum or is of an unknown form.
    #[error(
        "{}: the journal of run {run} cannot be trusted ({reason}), so nothing is restored from it; \
         compare the files with your version control, then remove that folder", folder.display()
    )]
    Damaged {
        /// Where the run's journal is.
        folder: PathBuf,
        /// The run.
        run: RunId,
        /// What is wrong with it.
        reason: String,
    },
    /// The journal could not be read or written.
    #[error("{}: cannot {doing}: {cause}; {}", path.display(), remedy(cause))]
    Journal {
        /// The file or folder of the journal.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
}

impl StoreError {
    /// For `map_err`: what was tried on which path of the journal.
    pub(super) fn journal(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.to_owned();
        move |cause| StoreError::Journal { path, doing, cause }
    }
}

/// Why one file was neither written nor restored.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused.
    #[error("{}: cannot {doing}: {cause}; {}", path.display(), remedy(cause))]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// Two changes reach one file and do not agree.
    #[error(
        "{} and {} are the same file but were given different contents; nothing was written to it: \
         name it by one of its paths", path.display(), other.display()
    )]
    TwoContents {
        /// The file.
        path: PathBuf,
        /// Its other path.
        other: PathBuf,
    },
    /// The journal no longer holds what was put there.
    #[error(
        "{}: its contents in the journal ({}) are damaged; take the file from your version control",
        path.display(), journal.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The part of the journal.
        journal: PathBuf,
    },
}

impl FileError {
    /// For `map_err`: what was tried on which file.
    pub(super) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> FileError {
        let path = path.to_owned();
        move |cause| FileError::Io { path, doing, cause }
    }
}

fn holder(pid: Option<u32>, command: &str) -> String {
    match pid {
        Some(pid) if command.is_empty() => format!("process {pid}"),
        Some(pid) => format!("process {pid} (`{command}`)"),
        None => "another process".to_owned(),
    }
}

fn remedy(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::PermissionDenied => {
            "make the file readable and its directory writable, then run it again"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free space on the disk, then run it again"
        }
        io::ErrorKind::FileTooLarge => "raise the limit on file sizes (`ulimit -f`), then run it again",
        io::ErrorKind::ReadOnlyFilesystem => "make the file system writable, then run it again",
        _ => "remove the cause, then run it again",
    }
}
