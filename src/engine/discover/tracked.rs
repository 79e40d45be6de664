//! What git tracks: the names in the index of a repository, read when somebody asks.
//!
//! The index is read as git's documentation of the index format gives it, versions 2 to
//! 4. Git is not started: what a foreign work tree says to git is nothing to a reader.

use crate::disk::Disk;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// An index that is larger is not read.
const LARGEST: u64 = 1 << 30;
/// What the mode of an entry says of a submodule.
const SUBMODULE: u32 = 0o160_000;
/// Bytes of an entry before the name of its object.
const STAT: usize = 40;

/// A repository, and what it tracks.
#[derive(Debug)]
pub(super) struct Repository {
    root: PathBuf,
    /// The directory with the index.
    own: PathBuf,
    index: OnceLock<GitIndex>,
}

/// The names in an index, from the top of the work tree on.
#[derive(Debug, Default, PartialEq, Eq)]
struct GitIndex {
    files: BTreeSet<Vec<u8>>,
    submodules: BTreeSet<Vec<u8>>,
}

impl Repository {
    /// The repository with the work tree `root`, whose index is in the directory `own`.
    pub(super) fn new(root: &Path, own: PathBuf) -> Repository {
        Repository { root: root.to_owned(), own, index: OnceLock::new() }
    }

    /// Whether git tracks the file at `path`, or something below the directory at `path`.
    pub(super) fn tracks(&self, path: &Path, is_dir: bool, disk: &Disk) -> bool {
        let Some(name) = self.name(path) else { return false };
        let index = self.index(disk);
        if !is_dir {
            return index.files.contains(&name);
        }
        let inside = [&name[..], b"/"].concat();
        let first = index.files.range(inside.clone()..).next();
        index.submodules.contains(&name) || first.is_some_and(|first| first.starts_with(&inside))
    }

    /// Whether the directory at `path` is a submodule.
    pub(super) fn is_submodule(&self, path: &Path, disk: &Disk) -> bool {
        self.name(path).is_some_and(|name| self.index(disk).submodules.contains(&name))
    }

    fn name(&self, path: &Path) -> Option<Vec<u8>> {
        let below = path.strip_prefix(&self.root).ok()?;
        let parts: Vec<&[u8]> = below.iter().map(|part| part.as_encoded_bytes()).collect();
        Some(parts.join(&b'/'))
    }

    fn index(&self, disk: &Disk) -> &GitIndex {
        self.index.get_or_init(|| self.read(disk).unwrap_or_default())
    }

    /// Nothing where there is no index that can be read: nothing is tracked then.
    fn read(&self, disk: &Disk) -> Option<GitIndex> {
        let bytes = content(&self.own.join("index"), disk)?;
        let (mut index, shared) = parse(&bytes)?;
        if let Some(shared) = shared {
            // Names that only the shared part has are tracked; those that a later change
            // took away are for as long as git keeps that part.
            let more = content(&self.own.join(format!("sharedindex.{shared}")), disk)?;
            let (more, _) = parse(&more)?;
            index.files.extend(more.files);
            index.submodules.extend(more.submodules);
        }
        Some(index)
    }
}

fn content(path: &Path, disk: &Disk) -> Option<Vec<u8>> {
    let metadata = disk.metadata(path).ok()?;
    (metadata.is_file() && metadata.len() <= LARGEST).then(|| disk.read(path).ok())?
}

/// The names of an index, and the name of its shared part; nothing for what is none. The
/// length of the names of objects stands in no header: the right one ends the entries
/// where the extensions begin.
fn parse(bytes: &[u8]) -> Option<(GitIndex, Option<String>)> {
    parse_with(bytes, 20).or_else(|| parse_with(bytes, 32))
}

fn parse_with(bytes: &[u8], hash: usize) -> Option<(GitIndex, Option<String>)> {
    let body = &bytes[..bytes.len().checked_sub(hash)?];
    let version = number(body, 4)?;
    if !body.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    let mut index = GitIndex::default();
    let mut at = 12;
    let mut name: Vec<u8> = Vec::new();
    for _ in 0..number(body, 8)? {
        let start = at;
        let mode = number(body, start + 24)?;
        at += STAT + hash;
        let flags = u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?);
        at += 2;
        if flags & 0x4000 != 0 {
            // The extended flags of version 3.
            at += 2;
        }
        if version == 4 {
            let (stripped, length) = offset(body.get(at..)?)?;
            at += length;
            name.truncate(name.len().checked_sub(stripped)?);
        } else {
            name.clear();
        }
        let rest = body.get(at..)?;
        let end = memchr::memchr(0, rest)?;
        name.extend_from_slice(&rest[..end]);
        at += end + 1;
        if version < 4 {
            // Zeros up to a multiple of eight, at least one.
            at = start + (at - start).next_multiple_of(8);
        }
        match mode & 0o170_000 {
            0o100_000 | 0o120_000 => drop(index.files.insert(name.clone())),
            SUBMODULE => drop(index.submodules.insert(name.clone())),
            // A directory of which a sparse index knows no more; it is not on disk.
            0o040_000 => {}
            _ => return None,
        }
    }
    let mut shared = None;
    while at < body.len() {
        let signature = body.get(at..at + 4)?;
        let size = number(body, at + 4)? as usize;
        let content = body.get(at + 8..at + 8 + size)?;
        if !signature.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        if signature == b"link" {
            let name = content.get(..hash)?;
            shared = name
                .iter()
                .any(|byte| *byte != 0)
                .then(|| name.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        at += 8 + size;
    }
    (at == body.len()).then_some((index, shared))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// A number as packs write offsets, and how many bytes it has.
fn offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0usize;
    for (at, byte) in bytes.iter().enumerate().take(8) {
        value = (value << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
        value += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_index_tracks_nothing() {
        for bytes in [&b""[..], b"DIRC", &[0; 64], b"DIRC\0\0\0\x02\xff\xff\xff\xff01234567890123456789"] {
            assert_eq!(parse(bytes), None);
        }
        let empty = [&b"DIRC\0\0\0\x02\0\0\0\0"[..], &[0; 20]].concat();
        assert_eq!(parse(&empty), Some((GitIndex::default(), None)));
        assert_eq!(offset(&[0x80, 0x00]), Some((128, 2)));
        assert_eq!(offset(&[0x80; 20]), None);
    }
}
