//! Folders of the user's cache: entries by name, each written as a whole or not at all, tied
//! to the key that it answers, and bounded in number, size and age. Knows nothing of what
//! they hold.
//!
//! Everything here may fail in silence: an entry that cannot be written is worked out again,
//! and one that is not exactly as it was written is none.

use super::private;
use etcetera::BaseStrategy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The first bytes of an entry; the number is that of the form.
const MAGIC: &[u8] = b"gomend cache 1\n";
/// Bytes before what an entry holds: the first ones and the seal.
const HEAD: usize = MAGIC.len() + blake3::OUT_LEN;
/// Hex digits in the name of an entry, at least.
const DIGITS: usize = 32;
/// How exactly it is known when an entry was last asked for.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What makes backup programs pass a folder by (<https://bford.info/cachedir/>).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55
# This directory holds what gomend found before; it may be deleted at any time.
# About cache directory tags see https://bford.info/cachedir/
";

/// The folder of gomend in the user's cache, where the platform names one.
pub fn home() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("gomend"))
}

/// What a folder may hold.
#[derive(Clone, Copy, Debug)]
pub struct CacheLimits {
    /// Entries.
    pub entries: usize,
    /// Bytes of all of them.
    pub bytes: u64,
    /// Bytes of one of them.
    pub largest: u64,
}

impl CacheLimits {
    /// How long an entry stays that nobody asks for.
    pub const AGE: Duration = Duration::from_secs(30 * 24 * 3600);
}

/// A folder of entries. It is made when something is written.
#[derive(Debug)]
pub struct CacheFiles {
    dir: PathBuf,
    limits: CacheLimits,
}

impl CacheFiles {
    /// The folder at `dir`, which lies in [`home`] or a folder like it.
    pub fn at(dir: &Path, limits: CacheLimits) -> CacheFiles {
        CacheFiles { dir: dir.to_owned(), limits }
    }

    /// What was put there under `key`.
    pub fn get<T: DeserializeOwned>(&self, key: &blake3::Hash) -> Option<T> {
        serde_json::from_slice(&self.read(&key.to_hex(), key)?).ok()
    }

    /// Puts an entry there, in place of one with the same key.
    pub fn put<T: Serialize>(&self, key: &blake3::Hash, value: &T) {
        if let Ok(bytes) = serde_json::to_vec(value) {
            self.write(&key.to_hex(), key, &bytes);
        }
    }

    /// The bytes of the entry `name`, if they answer `key`.
    pub fn read(&self, name: &str, key: &blake3::Hash) -> Option<Vec<u8>> {
        let path = self.dir.join(name);
        let mut file = File::open(&path).ok()?;
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() || metadata.len() > self.limits.largest {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
        file.read_to_end(&mut bytes).ok()?;
        let (sum, held) = bytes.strip_prefix(MAGIC)?.split_at_checked(blake3::OUT_LEN)?;
        if sum != seal(key, held).as_bytes() {
            return None;
        }
        let now = SystemTime::now();
        let modified = metadata.modified().ok();
        if modified.and_then(|modified| now.duration_since(modified).ok()).is_some_and(|age| age > DAY) {
            // What is used stays. If its time cannot be set, it only goes earlier than it could.
            let _ = File::options().write(true).open(&path).and_then(|file| file.set_modified(now));
        }
        bytes.drain(..HEAD);
        Some(bytes)
    }

    /// Puts `bytes` there as the entry `name`, which answers `key`, in place of one with that
    /// name: whoever reads it sees the old one or the new one.
    pub fn write(&self, name: &str, key: &blake3::Hash, bytes: &[u8]) {
        debug_assert!(is_ours(name), "{name}");
        if (bytes.len() + HEAD) as u64 <= self.limits.largest && self.try_write(name, key, bytes).is_ok() {
            self.trim(name);
        }
    }

    fn try_write(&self, name: &str, key: &blake3::Hash, bytes: &[u8]) -> io::Result<()> {
        private::create(&self.dir)?;
        let tag = self.dir.parent().unwrap_or(&self.dir).join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::write(tag, TAG)?;
        }
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.dir)?;
        file.write_all(MAGIC)?;
        file.write_all(seal(key, bytes).as_bytes())?;
        file.write_all(bytes)?;
        // A copy that cannot be renamed goes when it is dropped.
        file.persist(self.dir.join(name))?;
        Ok(())
    }

    /// Removes what is old, and what was asked for longest ago where there is too much, a good
    /// part of it at once; never the entry `name`.
    fn trim(&self, name: &str) {
        let now = SystemTime::now();
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let own = entry.file_name();
            let ours = own.to_str().is_some_and(is_ours);
            if let Some(metadata) = entry.metadata().ok().filter(|metadata| ours && metadata.is_file()) {
                let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                entries.push((own == name, modified, metadata.len(), entry.path()));
            }
        }
        let CacheLimits { entries: most, bytes: room, .. } = self.limits;
        let all: u64 = entries.iter().map(|entry| entry.2).sum();
        let much = entries.len() > most || all > room;
        // This one first, then the youngest.
        entries.sort_by_key(|(own, modified, ..)| std::cmp::Reverse((*own, *modified)));
        let mut sum = 0;
        for (count, (own, modified, size, path)) in (1..).zip(entries) {
            sum += size;
            let old = now.duration_since(modified).is_ok_and(|age| age > CacheLimits::AGE);
            let beyond = much && (count > most / 4 * 3 || sum > room / 4 * 3);
            if !own && (old || beyond) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Whether an entry may have this name: strangers in the folder stay.
fn is_ours(name: &str) -> bool {
    name.len() >= DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Ties bytes to a key, so that an entry under another's name is none.
fn seal(key: &blake3::Hash, bytes: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(key.as_bytes()).update(bytes).finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: CacheLimits = CacheLimits { entries: 100, bytes: 1 << 20, largest: 1 << 16 };

    fn key(text: &str) -> blake3::Hash {
        blake3::hash(text.as_bytes())
    }

    fn path(cache: &CacheFiles, text: &str) -> PathBuf {
        cache.dir.join(key(text).to_hex().as_str())
    }

    fn age(cache: &CacheFiles, text: &str, age: Duration) {
        let file = File::options().write(true).open(path(cache, text)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn an_entry_comes_back_as_it_was_put_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CacheFiles::at(&dir.path().join("deep/proofs"), LIMITS);
        assert_eq!(cache.get::<Vec<u32>>(&key("a")), None);
        cache.put(&key("a"), &[1, 2, 3]);
        assert_eq!(cache.get::<Vec<u32>>(&key("a")), Some(vec![1, 2, 3]));
        let tag = fs::read_to_string(dir.path().join("deep/CACHEDIR.TAG")).unwrap();
        assert!(tag.starts_with("Signature: "));
        let path = path(&cache, "a");
        let whole = fs::read(&path).unwrap();
        for damage in [&whole[..whole.len() - 1], &whole[..20], b"", b"\xff\xff", b"[1,2,3]"] {
            fs::write(&path, damage).unwrap();
            assert_eq!(cache.get::<Vec<u32>>(&key("a")), None, "{damage:?}");
        }
        // The entry of another key.
        fs::write(self::path(&cache, "b"), &whole).unwrap();
        assert_eq!(cache.get::<Vec<u32>>(&key("b")), None);
        // More than one entry may hold.
        cache.write(&key("c").to_hex(), &key("c"), &[0; 1 << 16]);
        assert_eq!(cache.read(&key("c").to_hex(), &key("c")), None);
    }

    #[test]
    fn what_is_old_goes_unless_it_was_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CacheFiles::at(&dir.path().join("check"), LIMITS);
        for (name, days) in [("a", 3), ("b", 29), ("c", 40)] {
            cache.put(&key(name), &1);
            age(&cache, name, DAY * days);
        }
        assert_eq!(cache.get::<u32>(&key("b")), Some(1));
        age(&cache, "a", DAY * 31);
        cache.put(&key("d"), &1);
        let left: Vec<&str> =
            ["a", "b", "c", "d"].into_iter().filter(|name| path(&cache, name).exists()).collect();
        assert_eq!(left, ["b", "d"]);
        let modified = fs::metadata(path(&cache, "b")).unwrap().modified().unwrap();
        assert!(modified.elapsed().unwrap() < DAY, "it was asked for");
    }

    #[test]
    fn the_oldest_go_first_and_strangers_stay() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CacheFiles::at(&dir.path().join("proofs"), LIMITS);
        cache.put(&key("first"), &1);
        fs::write(dir.path().join("proofs/notes.txt"), "mine").unwrap();
        for number in 0..LIMITS.entries as u32 {
            let name = number.to_string();
            fs::write(path(&cache, &name), "").unwrap();
            age(&cache, &name, DAY + Duration::from_secs(1000) - Duration::from_secs(number.into()));
        }
        cache.put(&key("new"), &1);
        assert_eq!(cache.get::<u32>(&key("new")), Some(1));
        assert!(!path(&cache, "0").exists());
        assert!(path(&cache, "99").exists());
        assert_eq!(fs::read_dir(dir.path().join("proofs")).unwrap().count(), LIMITS.entries / 4 * 3 + 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_no_trouble() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let cache = CacheFiles::at(&dir.path().join("file/proofs"), LIMITS);
        cache.put(&key("a"), &1);
        assert_eq!(cache.get::<u32>(&key("a")), None);
    }
}
