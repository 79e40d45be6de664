//! Where a file really is, what it holds, and whether the store may write it.

use super::error::{FileError, StoreError};
use super::outcome::{Drift, FileStatus, UndoneStatus, WriteSkip};
use crate::disk::companion;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What stands between the store and a file.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// The file is not what it was.
    Drift(Drift),
    /// The store does not write such a file.
    Skip(WriteSkip),
    /// The system refused.
    Fail(FileError),
}

impl From<Obstacle> for FileStatus {
    fn from(obstacle: Obstacle) -> FileStatus {
        match obstacle {
            Obstacle::Drift(drift) => FileStatus::ChangedMeanwhile(drift),
            Obstacle::Skip(skip) => FileStatus::Skipped(skip),
            Obstacle::Fail(error) => FileStatus::Failed(error),
        }
    }
}

impl From<Obstacle> for UndoneStatus {
    fn from(obstacle: Obstacle) -> UndoneStatus {
        match obstacle {
            Obstacle::Drift(drift) => UndoneStatus::ChangedSince(drift),
            Obstacle::Skip(skip) => UndoneStatus::Skipped(skip),
            Obstacle::Fail(error) => UndoneStatus::Failed(error),
        }
    }
}

/// A regular file as it stands on the disk.
#[derive(Debug)]
pub(super) struct Current {
    /// Of its contents.
    pub(super) hash: blake3::Hash,
    /// Mode and owner.
    pub(super) meta: Metadata,
}

/// Equal for two paths of one file.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    /// Device and inode; finds bind mounts and folded case too.
    #[cfg(unix)]
    Inode(u64, u64),
    /// The path with all links resolved.
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl Current {
    /// What makes this file, found at `real`, the same as another.
    #[cfg(unix)]
    pub(super) fn identity(&self, _real: &Path) -> Identity {
        use std::os::unix::fs::MetadataExt;
        Identity::Inode(self.meta.dev(), self.meta.ino())
    }

    /// What makes this file, found at `real`, the same as another.
    #[cfg(not(unix))]
    pub(super) fn identity(&self, real: &Path) -> Identity {
        Identity::Path(real.to_owned())
    }
}

/// The root with all links resolved; the journal is found by it.
pub(super) fn real_root(root: &Path) -> Result<PathBuf, StoreError> {
    dunce::canonicalize(root).map_err(|cause| StoreError::Root { path: root.to_owned(), cause })
}

/// The real path of `path` (absolute or relative to `root`), links resolved.
/// Refuses what lies outside the root.
pub(super) fn locate(root: &Path, path: &Path) -> Result<PathBuf, Obstacle> {
    let path = root.join(path);
    let real = dunce::canonicalize(&path).map_err(obstacle(&path, "resolve it"))?;
    if real.starts_with(root) {
        return Ok(real);
    }
    let is_link = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink());
    Err(Obstacle::Skip(if is_link { WriteSkip::LinkOutside { target: real } } else { WriteSkip::Outside }))
}

/// Looks at the file at `real`, a path that led through no link when it was
/// found and must not do so now.
pub(super) fn inspect(real: &Path) -> Result<Current, Obstacle> {
    let meta = fs::symlink_metadata(real).map_err(obstacle(real, "look at it"))?;
    if !meta.is_file() || dunce::canonicalize(real).map_err(obstacle(real, "resolve it"))? != real {
        return Err(Obstacle::Drift(Drift::NotAFile));
    }
    let links = links(&meta);
    if links > 1 {
        return Err(Obstacle::Skip(WriteSkip::HardLinked { links }));
    }
    let mut bytes = Vec::new();
    let read = companion::open(real).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(obstacle(real, "read it"))?;
    Ok(Current { hash: blake3::hash(&bytes), meta })
}

#[cfg(unix)]
fn links(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(meta)
}

/// The standard library does not tell elsewhere.
#[cfg(not(unix))]
fn links(_meta: &Metadata) -> u64 {
    1
}

fn obstacle(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Obstacle {
    let path = path.to_owned();
    move |cause| match cause.kind() {
        // A parent that became a file takes its children with it.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Obstacle::Drift(Drift::Removed),
        io::ErrorKind::IsADirectory => Obstacle::Drift(Drift::NotAFile),
        _ => Obstacle::Fail(FileError::io(&path, doing)(cause)),
    }
}
