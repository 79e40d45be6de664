//! The working directory, and how paths are written for people.

use super::Stop;
use crate::engine::discover;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a path is written in reports.
pub fn shown(cwd: &Path, path: &Path) -> Arc<str> {
    discover::slashed(path.strip_prefix(cwd).unwrap_or(path)).into()
}

/// The working directory, absolute and free of links.
pub fn working_directory() -> Result<PathBuf, Stop> {
    let cwd =
        std::env::current_dir().context("the working directory cannot be read; change to one that exists")?;
    Ok(dunce::canonicalize(&cwd).unwrap_or(cwd))
}
