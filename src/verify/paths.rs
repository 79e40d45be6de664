//! Paths without links, and what tells one file from another.

use std::io;
use std::path::{Path, PathBuf};

/// The path without links, as programs other than Windows' own can read it.
pub(super) fn real(path: &Path) -> io::Result<PathBuf> {
    match dunce::canonicalize(path) {
        Ok(real) => Ok(real),
        // A file that is yet to be written stands in a directory that exists.
        Err(error) => match (path.parent(), path.file_name()) {
            (Some(dir), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
                Ok(dunce::canonicalize(dir)?.join(name))
            }
            _ => Err(error),
        },
    }
}

/// The size and the time of a file; the same as long as nobody writes it.
pub(super) fn identity(path: &Path) -> Option<String> {
    let real = dunce::canonicalize(path).ok()?;
    let meta = std::fs::metadata(&real).ok()?;
    Some(format!("{} {} {:?}", real.display(), meta.len(), meta.modified().ok()?))
}
