//! Texts in memory that stand in the place of files: what an editor holds and has not saved.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Texts by the paths of the files that they stand for. A directory lists what is on disk all
/// the same, so that a file which is not there yet belongs to no package.
#[derive(Debug, Default)]
pub struct Overlay(RwLock<HashMap<PathBuf, Arc<str>>>);

impl Overlay {
    /// The text that stands for the file at `path`.
    pub fn get(&self, path: &Path) -> Option<Arc<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// Puts `text` in the place of the file at `path`.
    pub fn put(&self, path: &Path, text: Arc<str>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), text);
    }

    /// The file at `path` stands for itself again.
    pub fn take(&self, path: &Path) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}
