//! Directories of a user's own.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes the directory and those above it, closed to other users: what is kept there quotes
/// sources, which may be private.
///
/// # Errors
/// As [`DirBuilder::create`].
pub fn create(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
