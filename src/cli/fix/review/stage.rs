//! `--stage`: what was accepted goes into git's index too.

use super::super::super::{git, staged};
use super::Stop;
use crate::store::{RunId, Store};
use anyhow::Context;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The index of a repository as it was when the review began.
pub struct Stage {
    top: PathBuf,
    tracked: BTreeSet<PathBuf>,
    differing: BTreeSet<PathBuf>,
}

impl Stage {
    /// Reads the index of the repository that holds `root`.
    pub fn of(root: &Path) -> Result<Stage, Stop> {
        let top = git::fed(root, &["rev-parse", "--show-toplevel"], Vec::new())
            .context("--stage puts fixes into git's index; run it in a repository, or leave it out")?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches('\n'));
        let top = dunce::canonicalize(&top).unwrap_or(top);
        let below = |name: &[u8]| top.join(&*String::from_utf8_lossy(name));
        let listed = git::fed(&top, &["ls-files", "-z"], Vec::new())?;
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let tracked = names.map(below).collect();
        let differing = git::unstaged(&top)?.iter().map(|name| below(name)).collect();
        Ok(Stage { top, tracked, differing })
    }

    /// Whether the index holds the file at `path` as it is on disk.
    pub fn may_take(&self, path: &Path) -> bool {
        self.tracked.contains(path) && !self.differing.contains(path)
    }

    /// Why it does not.
    pub fn why(&self, path: &Path) -> &'static str {
        if self.tracked.contains(path) {
            "it differs from git's index, so --stage would stage more than the fixes; stage or stash it first"
        } else {
            "it is not in git's index; add it first"
        }
    }

    /// Puts the files at `paths`, which `run` wrote, into the index.
    pub fn add<'p>(
        &self,
        paths: impl Iterator<Item = &'p PathBuf> + Clone,
        store: &Store,
        run: Option<RunId>,
    ) -> Result<(), Stop> {
        if paths.clone().next().is_none() {
            return Ok(());
        }
        staged::add(&self.top, paths, store, run).context("the files are written, but not staged")
    }
}
