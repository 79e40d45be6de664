//! What the steps of one proof share: the fixes by file, the rendered bytes by
//! real path, the commands, the temporary directory.

use super::overlay::Scratch;
use super::paths::real;
use super::toolchain::Toolchain;
use super::{CandidateFixes, ProofOptions, ProofProgress};
use crate::disk::cache_files::{CacheFiles, CacheLimits};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

/// One proof.
pub(super) struct ProofSession<'a> {
    pub(super) candidate: &'a dyn CandidateFixes,
    pub(super) options: &'a ProofOptions,
    pub(super) progress: &'a (dyn Fn(ProofProgress) + Sync),
    pub(super) toolchain: Toolchain,
    pub(super) scratch: Scratch,
    /// Fix → the real paths that it edits.
    pub(super) fixes: BTreeMap<usize, Vec<PathBuf>>,
    /// Tests that failed and passed with the same code, in words.
    pub(super) flaky: Mutex<BTreeSet<String>>,
    /// What was remembered of earlier runs.
    pub(super) cache: Option<CacheFiles>,
    pub(super) began: SystemTime,
    /// The names of the fixes, and back.
    pub(super) names: BTreeMap<usize, String>,
    pub(super) ids: HashMap<String, usize>,
    by_file: HashMap<PathBuf, Vec<usize>>,
    real: Mutex<HashMap<PathBuf, PathBuf>>,
}

/// What is kept of proofs, and of answers about types.
pub(super) const LIMITS: CacheLimits = CacheLimits { entries: 2000, bytes: 128 << 20, largest: 32 << 20 };

/// Rendered files by real path, and the fixes that fell with others.
#[derive(Default)]
pub(super) struct RenderedFiles {
    pub(super) bytes: BTreeMap<PathBuf, Vec<u8>>,
    pub(super) lost: BTreeSet<usize>,
}

impl<'a> ProofSession<'a> {
    /// # Errors
    /// When there is no room for temporary files.
    pub(super) fn open(
        candidate: &'a dyn CandidateFixes,
        options: &'a ProofOptions,
        progress: &'a (dyn Fn(ProofProgress) + Sync),
    ) -> std::io::Result<Self> {
        let scratch = Scratch::new()?;
        let fixes = candidate.fixes();
        let names: BTreeMap<usize, String> =
            fixes.iter().filter_map(|fix| Some((fix.id, candidate.name(fix.id)?))).collect();
        let ids: HashMap<String, usize> = names.iter().map(|(&id, name)| (name.clone(), id)).collect();
        let known = ids.len() == fixes.len();
        let mut session = ProofSession {
            candidate,
            options,
            progress,
            toolchain: Toolchain::new(options, scratch.work()),
            scratch,
            fixes: BTreeMap::new(),
            flaky: Mutex::default(),
            cache: options.cache.as_ref().filter(|_| known).map(|cache| CacheFiles::at(&cache.dir, LIMITS)),
            began: SystemTime::now(),
            names,
            ids,
            by_file: HashMap::new(),
            real: Mutex::default(),
        };
        for fix in fixes {
            let files: BTreeSet<PathBuf> = fix.files.iter().map(|file| session.real_path(file)).collect();
            for file in &files {
                session.by_file.entry(file.clone()).or_default().push(fix.id);
            }
            session.fixes.insert(fix.id, files.into_iter().collect());
        }
        Ok(session)
    }

    /// The real path of a file, looked up once. A path that leads nowhere
    /// stays as it is.
    pub(super) fn real_path(&self, path: &Path) -> PathBuf {
        let mut known = self.real.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(real) = known.get(path) {
            return real.clone();
        }
        let found = real(path).unwrap_or_else(|_| path.to_path_buf());
        known.insert(path.to_path_buf(), found.clone());
        found
    }

    /// The files when these fixes are held back.
    ///
    /// # Errors
    /// A sentence with the planner's words.
    pub(super) fn render(&self, held: &BTreeSet<usize>) -> Result<RenderedFiles, String> {
        let rendered = self
            .candidate
            .render(held)
            .map_err(|error| format!("the rewritten files could not be put together: {error}"))?;
        let bytes = rendered.files.into_iter().map(|(path, bytes)| (self.real_path(&path), bytes)).collect();
        Ok(RenderedFiles { bytes, lost: rendered.lost })
    }

    /// The fixes that edit one of these files and are not held back, in order.
    pub(super) fn editors<'p>(
        &self,
        files: impl IntoIterator<Item = &'p Path>,
        held: &BTreeSet<usize>,
    ) -> Vec<usize> {
        let ids = files.into_iter().filter_map(|file| self.by_file.get(file)).flatten().copied();
        let ids: BTreeSet<usize> = ids.filter(|id| !held.contains(id)).collect();
        ids.into_iter().collect()
    }

    /// Every edited file.
    pub(super) fn edited(&self) -> impl Iterator<Item = &Path> {
        self.by_file.keys().map(PathBuf::as_path)
    }
}
