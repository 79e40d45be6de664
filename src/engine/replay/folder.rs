//! Where kept scans lie: `gomend/check` in the user's cache folder, which anyone
//! may empty at any time.
//!
//! A scan that nobody asked for within [`AGE`] goes, and beyond [`MOST`] bytes
//! the ones that were asked for longest ago.

use etcetera::BaseStrategy;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long a scan is kept that nobody asks for.
const AGE: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many bytes are kept: a scan of 10,000 files takes about one million.
const MOST: u64 = 256 << 20;
/// How exactly it is known when a scan was last asked for.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What makes backup programs pass a folder by (<https://bford.info/cachedir/>).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55
# This directory holds what gomend found before; it may be deleted at any time.
# About cache directory tags see https://bford.info/cachedir/
";

/// The folder. It is made when something is written.
#[derive(Debug)]
pub(super) struct Folder {
    home: PathBuf,
}

impl Folder {
    /// The one in `cache`, or in this user's cache folder, if there is one.
    pub(super) fn of(cache: Option<&Path>) -> Option<Folder> {
        let cache = match cache {
            Some(cache) => cache.to_owned(),
            None => etcetera::choose_base_strategy().ok()?.cache_dir(),
        };
        Some(Folder { home: cache.join("gomend") })
    }

    fn scans(&self) -> PathBuf {
        self.home.join("check")
    }

    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.scans().join(name)).ok()
    }

    /// Notes that the scan was asked for.
    pub(super) fn touch(&self, name: &str) {
        let path = self.scans().join(name);
        let now = SystemTime::now();
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified());
        if modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > DAY)) {
            // It only goes earlier than it could.
            let _ = File::options().write(true).open(&path).and_then(|file| file.set_modified(now));
        }
    }

    /// Puts the file there at once: whoever reads it sees the old one or the new
    /// one. If it cannot be written, the next run looks for itself.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        if bytes.len() as u64 <= MOST && self.try_write(name, bytes).is_ok() {
            self.trim(name, MOST);
        }
    }

    fn try_write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let scans = self.scans();
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // Scans quote sources, which may be private.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&scans)?;
        let tag = self.home.join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::write(tag, TAG)?;
        }
        let mut file = tempfile::NamedTempFile::new_in(&scans)?;
        file.write_all(bytes)?;
        file.persist(scans.join(name))?;
        Ok(())
    }

    /// Removes what is old, and what is more than `most` bytes, but for `name`.
    fn trim(&self, name: &str, most: u64) {
        let now = SystemTime::now();
        let mut files = Vec::new();
        for entry in fs::read_dir(self.scans()).into_iter().flatten().flatten() {
            if let Ok(metadata) = entry.metadata()
                && let Ok(modified) = metadata.modified()
            {
                let own = entry.file_name() == name;
                files.push((own, modified, metadata.len(), entry.path()));
            }
        }
        // This one first, then the youngest.
        files.sort_by_key(|file| std::cmp::Reverse((file.0, file.1)));
        let mut sum = 0;
        for (own, modified, size, path) in files {
            sum += size;
            let old = now.duration_since(modified).is_ok_and(|age| age > AGE);
            if !own && (old || sum > most) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Folder) -> Vec<String> {
        let entries = fs::read_dir(folder.scans()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_old_or_too_much_goes() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::of(Some(dir.path())).unwrap();
        assert!(folder.read("a").is_none());
        let age = |name: &str, days: u32| {
            let file = File::options().write(true).open(folder.scans().join(name)).unwrap();
            file.set_modified(SystemTime::now() - DAY * days).unwrap();
        };
        for (name, days) in [("a", 3), ("b", 2), ("d", 1), ("c", 40)] {
            folder.write(name, &[0; 100]);
            age(name, days);
        }
        assert_eq!(names(&folder), ["a", "b", "c", "d"]);
        folder.write("e", b"x");
        assert_eq!(names(&folder), ["a", "b", "d", "e"], "one is older than thirty days");
        folder.touch("a");
        folder.trim("e", 201);
        assert_eq!(names(&folder), ["a", "d", "e"], "the one asked for longest ago goes");
        assert!(
            fs::read_to_string(dir.path().join("gomend/CACHEDIR.TAG")).unwrap().starts_with("Signature: ")
        );
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_fault() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("gomend"), "a file in the way").unwrap();
        let folder = Folder::of(Some(dir.path())).unwrap();
        folder.write("a", b"x");
        folder.touch("a");
        assert!(folder.read("a").is_none());
    }
}
