//! A copy of the user's tree, in which a build tool of any kind finds the
//! rewritten files. The tree itself is only read.
//!
//! It holds copies, not links: a command that writes to its sources writes to
//! the copy. Where the file system can, the copies share their blocks with the
//! originals. The place is the same in each run, because Bazel and Buck keep
//! what they have built by the path of the workspace.

use super::paths::real;
use crate::disk::private;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Directories of version control, which belong to the original.
const HISTORY: &[&str] = &[".git", ".hg", ".jj", ".svn"];

/// A copy that nobody else uses meanwhile.
pub(super) struct Mirror {
    root: PathBuf,
    copy: PathBuf,
    /// Locked as long as it is open.
    _lock: fs::File,
}

impl Mirror {
    /// Makes the copy of `root` (a real path) below `home` as `root` is now.
    ///
    /// # Errors
    /// A sentence, when there is no room or another run has it.
    pub(super) fn open(root: &Path, home: &Path) -> Result<Mirror, String> {
        let failed = |error: io::Error| {
            format!(
                "the tree cannot be copied to {}: {error}; set XDG_CACHE_HOME to a place with room",
                home.display()
            )
        };
        let name = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
        private::create(home).map_err(failed)?;
        let home = real(home).map_err(failed)?;
        if root.starts_with(&home) || home.starts_with(root) {
            return Err(format!("{} cannot hold a copy of {}", home.display(), root.display()));
        }
        let lock = fs::File::create(home.join(format!("{}.lock", &name[..32]))).map_err(failed)?;
        if lock.try_lock().is_err() {
            return Err(
                "another run of gomend builds in the copy of this tree; run it again after that".into()
            );
        }
        let copy = home.join(&name[..32]);
        let mirror = Mirror { root: root.to_path_buf(), copy, _lock: lock };
        mirror.sync(Path::new(""), true).map_err(failed)?;
        Ok(mirror)
    }

    /// Where a directory of the tree is in the copy.
    pub(super) fn place(&self, dir: &Path) -> PathBuf {
        let below = dir.strip_prefix(&self.root).unwrap_or(Path::new(""));
        self.copy.join(below)
    }

    /// Whether a file is in the tree.
    pub(super) fn holds(&self, file: &Path) -> bool {
        file.starts_with(&self.root)
    }

    /// Writes these files into the copy, and the others that were written
    /// before as they are in the tree.
    pub(super) fn set(
        &self,
        files: &BTreeMap<PathBuf, Vec<u8>>,
        written: &mut BTreeMap<PathBuf, Vec<u8>>,
    ) -> io::Result<()> {
        for file in written.keys().filter(|file| !files.contains_key(*file)) {
            let place = self.place(file);
            remove(&place)?;
            self.copy_file(file, &place)?;
        }
        written.retain(|file, _| files.contains_key(file));
        for (file, bytes) in files.iter().filter(|(file, _)| self.holds(file)) {
            if written.get(file) != Some(bytes) {
                let place = self.place(file);
                // Another file, not other bytes in one that a tool has open.
                remove(&place)?;
                fs::write(&place, bytes)?;
                fs::set_permissions(&place, fs::metadata(file)?.permissions())?;
                written.insert(file.clone(), bytes.clone());
            }
        }
        Ok(())
    }

    /// Brings one directory of the copy up to date.
    fn sync(&self, below: &Path, top: bool) -> io::Result<()> {
        let (from, to) = (self.root.join(below), self.copy.join(below));
        if !to.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
            remove(&to)?;
            fs::create_dir(&to)?;
        }
        let mut left: BTreeMap<OsString, PathBuf> = BTreeMap::new();
        for entry in fs::read_dir(&to)? {
            let entry = entry?;
            left.insert(entry.file_name(), entry.path());
        }
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let (name, kind) = (entry.file_name(), entry.file_type()?);
            let text = name.to_string_lossy();
            // What the tools put beside the sources: they put their own there.
            let output = top && (text == "buck-out" || text.starts_with("bazel-") && kind.is_symlink());
            if output || HISTORY.contains(&&*text) {
                continue;
            }
            left.remove(&name);
            let place = to.join(&name);
            if kind.is_dir() {
                self.sync(&below.join(&name), false)?;
            } else if kind.is_symlink() {
                self.copy_link(&entry.path(), &place)?;
            } else if kind.is_file() && !same(&entry.path(), &place) {
                remove(&place)?;
                self.copy_file(&entry.path(), &place)?;
            }
        }
        for (name, path) in left {
            let text = name.to_string_lossy();
            if !(top && (text == "buck-out" || text.starts_with("bazel-"))) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn copy_file(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::copy(from, to)?;
        let time = fs::metadata(from)?.modified()?;
        // Also for one that may not be written: its owner may set its times.
        fs::File::open(to)?.set_modified(time)
    }

    #[cfg(unix)]
    fn copy_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let target = fs::read_link(from)?;
        // One that leads into the tree by its full name would lead out of the
        // copy.
        let target = target.strip_prefix(&self.root).map(|below| self.copy.join(below)).unwrap_or(target);
        if fs::read_link(to).is_ok_and(|known| known == target) {
            return Ok(());
        }
        remove(to)?;
        std::os::unix::fs::symlink(target, to)
    }

    #[cfg(not(unix))]
    fn copy_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        remove(to)?;
        if from.is_file() { self.copy_file(from, to) } else { Ok(()) }
    }
}

/// Whether a copy is still what was copied: size, time and mode.
fn same(from: &Path, to: &Path) -> bool {
    let (Ok(from), Ok(to)) = (fs::symlink_metadata(from), fs::symlink_metadata(to)) else { return false };
    to.is_file()
        && from.len() == to.len()
        && from.modified().ok() == to.modified().ok()
        && from.permissions() == to.permissions()
}

/// Removes whatever there is.
fn remove(path: &Path) -> io::Result<()> {
    let gone = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match gone {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_copy_follows_the_tree_and_never_leads_back() {
        let dir = tempfile::tempdir().unwrap();
        let base = super::super::paths::real(dir.path()).unwrap();
        let (root, home) = (base.join("tree"), base.join("home"));
        for sub in ["a/deep", ".git"] {
            fs::create_dir_all(root.join(sub)).unwrap();
        }
        fs::write(root.join("a/x.go"), "one").unwrap();
        fs::write(root.join("a/deep/gone.go"), "gone").unwrap();
        fs::write(root.join(".git/HEAD"), "ref").unwrap();
        std::os::unix::fs::symlink(root.join("a"), root.join("full")).unwrap();
        std::os::unix::fs::symlink("a/x.go", root.join("short")).unwrap();
        let mirror = Mirror::open(&root, &home).unwrap();
        let copy = mirror.place(&root);
        assert_eq!(fs::read_to_string(copy.join("full/x.go")).unwrap(), "one");
        assert!(dunce::canonicalize(copy.join("full")).unwrap().starts_with(&copy));
        assert!(!copy.join(".git").exists());
        // What is written through the copy stays in it.
        fs::write(copy.join("short"), "two").unwrap();
        assert_eq!(fs::read_to_string(root.join("a/x.go")).unwrap(), "one");
        assert!(Mirror::open(&root, &home).is_err(), "two use it at once");
        let mut written = BTreeMap::new();
        mirror.set(&[(root.join("a/x.go"), b"new".to_vec())].into(), &mut written).unwrap();
        assert_eq!(fs::read_to_string(copy.join("a/x.go")).unwrap(), "new");
        mirror.set(&BTreeMap::new(), &mut written).unwrap();
        assert_eq!(fs::read_to_string(copy.join("a/x.go")).unwrap(), "one");
        mirror.set(&[(root.join("a/x.go"), b"rot".to_vec())].into(), &mut written).unwrap();
        drop(mirror);
        fs::remove_dir_all(root.join("a/deep")).unwrap();
        fs::write(copy.join("stray.go"), "").unwrap();
        fs::create_dir(copy.join("bazel-out")).unwrap();
        let mirror = Mirror::open(&root, &home).unwrap();
        assert_eq!(fs::read_to_string(copy.join("a/x.go")).unwrap(), "one");
        assert!(!copy.join("a/deep").exists() && !copy.join("stray.go").exists());
        assert!(copy.join("bazel-out").exists());
        drop(mirror);
        assert!(Mirror::open(&root, &root.join("a")).is_err(), "a copy inside of the tree");
    }
}
