//! Lines that outlive a process, kept beside the journal of a root: one is safe
//! on the disk before the next is taken. What they say is for others to know.

use super::error::StoreError;
use super::journal::Journal;
use super::{Store, place};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The notebook of a root, to be written by the holder of its lock.
#[derive(Debug)]
pub struct Notebook {
    path: PathBuf,
    file: Option<File>,
}

/// The lines of the notebook called `name` of `root`, none when there is no such
/// notebook. A last line that a crash cut off is left out.
///
/// `state_home` stands for `$XDG_STATE_HOME`; `None` means the platform's.
///
/// # Errors
/// Those of [`runs`](super::runs), and [`StoreError::Journal`] when it cannot be
/// read.
pub fn notes(root: &Path, state_home: Option<&Path>, name: &str) -> Result<Vec<String>, StoreError> {
    let journal = Journal::of(&place::real_root(root)?, state_home)?;
    Notebook { path: journal.folder().join(name), file: None }.lines()
}

impl Store {
    /// The notebook called `name` of the root, which need not exist.
    pub fn notebook(&self, name: &str) -> Notebook {
        Notebook { path: self.journal.folder().join(name), file: None }
    }
}

impl Notebook {
    /// The lines that were kept; see [`notes`].
    ///
    /// # Errors
    /// [`StoreError::Journal`] when it cannot be read.
    pub fn lines(&self) -> Result<Vec<String>, StoreError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::journal(&self.path, "read the answers of a review")(error)),
        };
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        Ok(String::from_utf8_lossy(&bytes[..whole]).lines().map(str::to_owned).collect())
    }

    /// Adds a line, which holds no line end, and flushes it to the disk.
    ///
    /// # Errors
    /// [`StoreError::Journal`].
    pub fn keep(&mut self, line: &str) -> Result<(), StoreError> {
        let failed = |cause| StoreError::journal(&self.path, "keep an answer of a review")(cause);
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut options = File::options();
                let mut file =
                    options.create(true).read(true).append(true).open(&self.path).map_err(failed)?;
                // A line that a crash cut off must not be taken for the start of
                // this one.
                let bytes = fs::read(&self.path).map_err(failed)?;
                if bytes.last().is_some_and(|byte| *byte != b'\n') {
                    file.write_all(b"\n").map_err(failed)?;
                }
                self.file.insert(file)
            }
        };
        file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data()).map_err(failed)
    }

    /// Forgets all lines.
    ///
    /// # Errors
    /// [`StoreError::Journal`].
    pub fn clear(&mut self) -> Result<(), StoreError> {
        self.file = None;
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::journal(&self.path, "remove the answers of a review")(error))
            }
            _ => Ok(()),
        }
    }
}
