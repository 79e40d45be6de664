//! One writer for a root: an advisory lock that the system frees when its
//! holder ends, however it ends.

use super::error::StoreError;
use std::fs::{self, File, TryLockError};
use std::path::Path;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock kept in `folder`, or says who has it.
    pub(super) fn acquire(folder: &Path, root: &Path, command: &str) -> Result<Lock, StoreError> {
        let path = folder.join("lock");
        // Who holds it stands beside the lock, not in it: some systems let
        // nobody else read a locked file.
        let holder = folder.join("holder");
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(StoreError::journal(&path, "open the lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = fs::read_to_string(&holder).unwrap_or_default();
                let (pid, command) = text.split_once('\n').unwrap_or_default();
                let (pid, command) = (pid.parse().ok(), command.to_owned());
                return Err(StoreError::Busy { root: root.to_owned(), pid, command });
            }
            Err(TryLockError::Error(cause)) => {
                return Err(StoreError::journal(&path, "take the lock")(cause));
            }
        }
        // Without it the second writer is told of "another process".
        let _ = fs::remove_file(&holder);
        let _ = fs::write(&holder, format!("{}\n{command}", std::process::id()));
        Ok(Lock { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would leave the lock with a child process that another
        // thread is just starting, until that child runs its program. If this
        // fails, closing has to do.
        let _ = self.file.unlock();
    }
}
