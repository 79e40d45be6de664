//! How paths are written for people.

use crate::engine::discover;
use std::path::Path;
use std::sync::Arc;

/// How a path is written in reports.
pub fn shown(cwd: &Path, path: &Path) -> Arc<str> {
    discover::slashed(path.strip_prefix(cwd).unwrap_or(path)).into()
}
