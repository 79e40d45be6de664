//! Entries on disk by key: written as a whole or not at all, bounded in number
//! and size. Knows nothing of what they hold.
//!
//! Everything here may fail in silence: an entry that cannot be written is
//! worked out again, and one that is not exactly as it was written is none.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The first line of an entry; the number is that of the format.
const HEAD: &str = "gomend proof 1";
/// Hex digits in the name of an entry.
const DIGITS: usize = 48;
/// Entries that are kept.
const MOST: usize = 2000;
/// Bytes that all entries may have.
const ROOM: u64 = 128 << 20;
/// Bytes that one entry may have.
const LARGEST: u64 = 32 << 20;

/// A directory of entries.
#[derive(Debug)]
pub(super) struct CacheFiles {
    dir: PathBuf,
}

impl CacheFiles {
    /// The cache in this directory, which need not be there.
    pub(super) fn at(dir: &Path) -> CacheFiles {
        CacheFiles { dir: dir.to_path_buf() }
    }

    /// What was put there under this key.
    pub(super) fn get<T: DeserializeOwned>(&self, key: &blake3::Hash) -> Option<T> {
        let path = self.path(key);
        let mut file = fs::File::open(&path).ok()?;
        let meta = file.metadata().ok()?;
        if !meta.is_file() || meta.len() > LARGEST {
            return None;
        }
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        let (head, rest) = text.split_once('\n')?;
        let (sum, body) = rest.split_once('\n')?;
        if head != HEAD || sum != seal(key, body) {
            return None;
        }
        let found = serde_json::from_str(body).ok()?;
        // What is used stays.
        let _ = fs::File::options().append(true).open(&path).map(|file| file.set_modified(SystemTime::now()));
        Some(found)
    }

    /// Puts an entry there, in place of one with the same key.
    pub(super) fn put<T: Serialize>(&self, key: &blake3::Hash, value: &T) {
        let Ok(body) = serde_json::to_string(value) else { return };
        let text = format!("{HEAD}\n{}\n{body}", seal(key, &body));
        if text.len() as u64 > LARGEST || self.make_room().is_err() {
            return;
        }
        let written = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.dir).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            Ok(file)
        });
        if let Ok(file) = written {
            // A copy that cannot be renamed goes when it is dropped.
            let _ = file.persist(self.path(key));
        }
    }

    fn path(&self, key: &blake3::Hash) -> PathBuf {
        self.dir.join(&key.to_hex()[..DIGITS])
    }

    /// Creates the directory, closed to others because sources may be private,
    /// and takes the oldest entries away when there are too many.
    fn make_room(&self) -> std::io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.dir)?;
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.dir)?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let ours = name.len() == DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            let Ok(meta) = entry.metadata() else { continue };
            if ours && meta.is_file() {
                let time = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                entries.push((time, meta.len(), entry.path()));
            }
        }
        let mut bytes: u64 = entries.iter().map(|entry| entry.1).sum();
        if entries.len() < MOST && bytes < ROOM {
            return Ok(());
        }
        entries.sort();
        let mut count = entries.len();
        for (_, size, path) in entries {
            // A good part at once, not one for each that comes.
            if count <= MOST * 3 / 4 && bytes <= ROOM / 4 * 3 {
                break;
            }
            if fs::remove_file(path).is_ok() {
                count -= 1;
                bytes -= size;
            }
        }
        Ok(())
    }
}

/// Ties a body to its key, so that an entry under another's name is none.
fn seal(key: &blake3::Hash, body: &str) -> String {
    blake3::Hasher::new().update(key.as_bytes()).update(body.as_bytes()).finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> blake3::Hash {
        blake3::hash(text.as_bytes())
    }

    #[test]
    fn an_entry_comes_back_as_it_was_put_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CacheFiles::at(&dir.path().join("deep/proofs"));
        assert_eq!(cache.get::<Vec<u32>>(&key("a")), None);
        cache.put(&key("a"), &[1, 2, 3]);
        assert_eq!(cache.get::<Vec<u32>>(&key("a")), Some(vec![1, 2, 3]));
        let path = cache.path(&key("a"));
        let whole = fs::read(&path).unwrap();
        for damage in [&whole[..whole.len() - 1], &whole[..20], b"", b"\xff\xff", b"[1,2,3]"] {
            fs::write(&path, damage).unwrap();
            assert_eq!(cache.get::<Vec<u32>>(&key("a")), None, "{damage:?}");
        }
        // The entry of another key.
        fs::write(cache.path(&key("b")), &whole).unwrap();
        assert_eq!(cache.get::<Vec<u32>>(&key("b")), None);
    }

    #[test]
    fn the_oldest_go_first_and_strangers_stay() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CacheFiles::at(dir.path());
        fs::write(dir.path().join("notes.txt"), "mine").unwrap();
        let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1000);
        for number in 0..MOST {
            let file = fs::File::create(cache.path(&key(&number.to_string()))).unwrap();
            file.set_modified(old + std::time::Duration::from_secs(number as u64)).unwrap();
        }
        cache.put(&key("new"), &1);
        assert_eq!(cache.get::<u32>(&key("new")), Some(1));
        assert!(!cache.path(&key("0")).exists());
        assert!(cache.path(&key(&(MOST - 1).to_string())).exists());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), MOST * 3 / 4 + 2);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_no_trouble() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let cache = CacheFiles::at(&dir.path().join("file/proofs"));
        cache.put(&key("a"), &1);
        assert_eq!(cache.get::<u32>(&key("a")), None);
    }
}
