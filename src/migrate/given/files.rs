//! What a fix does to its files.

use crate::rewrite::FileFix;
use std::path::Path;
use std::sync::Arc;

/// What a fix does to each of its files, by path. There are as many of these as fixes, and most
/// have one file, so it is a list.
#[derive(Clone, Debug, Default)]
pub struct FixedFiles(Vec<(Arc<Path>, FileFix)>);

impl FixedFiles {
    /// What is done to one file.
    pub fn one(path: impl Into<Arc<Path>>, fix: FileFix) -> FixedFiles {
        FixedFiles(vec![(path.into(), fix)])
    }

    /// Notes what is done to the file at `path`, in the place of what was noted of it.
    pub fn insert(&mut self, path: impl Into<Arc<Path>>, fix: FileFix) {
        let path = path.into();
        match self.0.binary_search_by(|(known, _)| known.cmp(&path)) {
            Ok(at) => self.0[at].1 = fix,
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (path, fix));
            }
        }
    }

    /// What is done to the file at `path`.
    pub fn get(&self, path: &Path) -> Option<&FileFix> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(path)).ok()?;
        Some(&self.0[at].1)
    }

    /// Whether the file at `path` is changed.
    pub fn has(&self, path: &Path) -> bool {
        self.get(path).is_some()
    }

    /// Whether no file is changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths, in their order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(path, _)| &**path)
    }

    /// Each path with what is done to its file.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &FileFix)> {
        self.0.iter().map(|(path, fix)| (&**path, fix))
    }
}
