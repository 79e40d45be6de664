//! What an earlier scan found, for as long as a scan would find the same again.
//!
//! A scan is kept with the record of all that it asked of the disk. It is
//! replayed only as a whole, when the same question is put by the same gomend
//! and every answer of the disk is the same now. A scan in which something
//! failed is not kept: the next one looks again.
//!
//! Stamps (size, times, number of a file) are compared first. Where they differ,
//! contents are, by their hashes; those are known of files that were young when
//! they were read, of all that is no Go, and of files whose stamps were seen to
//! change before. So nothing is hashed for a tree that is looked at once, and a
//! tree whose files are written anew again and again is known by its contents.

mod form;

use super::scan::Scanned;
use crate::disk::cache_files::{self, CacheFiles, CacheLimits};
use crate::disk::{Disk, Freshness, Snapshot, Stamp};
use crate::rewrite::RuleEntry;
use form::StoredScan;
use std::path::Path;

/// Bytes that an entry of a record takes, about.
const ENTRY: usize = 40;
/// What is kept: a scan of 10,000 files takes about one million bytes.
const LIMITS: CacheLimits = CacheLimits { entries: 10_000, bytes: 256 << 20, largest: 256 << 20 };

/// The place of one scan among those that are kept.
#[derive(Debug)]
pub struct Replay {
    cache: CacheFiles,
    name: String,
    /// Which gomend asks, and what.
    question: blake3::Hash,
    threads: usize,
}

impl Replay {
    /// The place in `folder` of the scan that `request` describes: all that decides what a
    /// scan finds beside the disk. `home` stands for gomend's folder in the user's
    /// cache. Nothing when there is no such folder, or this gomend cannot be told
    /// from another.
    pub fn of(folder: &str, request: &str, home: Option<&Path>, threads: usize) -> Option<Replay> {
        let home = home.map(Path::to_owned).or_else(cache_files::home)?;
        let program = std::env::current_exe().and_then(std::fs::metadata).ok()?;
        let gomend = format!("{} {:?}", env!("CARGO_PKG_VERSION"), Stamp::of(&program));
        let mut question = blake3::Hasher::new();
        question.update(gomend.as_bytes()).update(&[0]).update(request.as_bytes());
        Some(Replay {
            cache: CacheFiles::at(&home.join(folder), LIMITS),
            // A new gomend takes the place of the old one.
            name: blake3::hash(request.as_bytes()).to_hex()[..32].to_owned(),
            question: question.finalize(),
            threads,
        })
    }

    /// What the scan found that is kept, when it would find the same now;
    /// otherwise the record of what it asked, if there is one.
    ///
    /// # Errors
    /// That record: `disk` now uncertain what has changed since.
    pub fn find(&self, entries: &[RuleEntry], disk: &Disk) -> Result<Scanned, Option<Snapshot>> {
        self.find_as(disk, |kept| postcard::from_bytes::<StoredScan<'_>>(kept).ok()?.scanned(entries))
    }

    /// Keeps what a scan of `disk` found. `old` is what [`Replay::find`] gave.
    /// That it cannot be written is no fault.
    pub fn keep(&self, scanned: &Scanned, disk: &Disk, old: Option<&Snapshot>) {
        if scanned.failures.is_empty()
            && let Ok(bytes) = postcard::to_stdvec(&StoredScan::of(scanned))
        {
            self.put(&bytes, disk, old);
        }
    }

    /// As [`Replay::find`], for anything that was worked out from the disk alone: what `read`
    /// makes of the bytes that were put there.
    ///
    /// # Errors
    /// As [`Replay::find`].
    pub fn find_as<T>(
        &self,
        disk: &Disk,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, Option<Snapshot>> {
        let kept = self.cache.read(&self.name, &self.question).ok_or(None)?;
        let (mut record, rest) = postcard::take_from_bytes::<Snapshot>(&kept).map_err(|_| None)?;
        match record.compare(self.threads) {
            Freshness::Changed(uncertain) => {
                disk.uncertain(uncertain);
                return Err(Some(record));
            }
            Freshness::Same => {}
            Freshness::Restamped => self.write(&record, rest),
        }
        read(rest).ok_or(Some(record))
    }

    /// What `read` makes of the bytes that are kept, whether or not the disk has changed since.
    pub fn kept<T>(&self, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let kept = self.cache.read(&self.name, &self.question)?;
        let (_, rest) = postcard::take_from_bytes::<Snapshot>(&kept).ok()?;
        read(rest)
    }

    /// As [`Replay::keep`], for the bytes that `read` of [`Replay::find_as`] will be given.
    pub fn put(&self, bytes: &[u8], disk: &Disk, old: Option<&Snapshot>) {
        let Some(mut record) = disk.seal() else { return };
        if let Some(old) = old {
            record.learn(old);
        }
        self.write(&record, bytes);
    }

    fn write(&self, record: &Snapshot, rest: &[u8]) {
        // Grown step by step, the record of a large tree would be there twice.
        let bytes = Vec::with_capacity(record.len() * ENTRY + rest.len());
        let Ok(mut bytes) = postcard::to_extend(record, bytes) else { return };
        bytes.extend(rest);
        self.cache.write(&self.name, &self.question, &bytes);
    }
}
