//! The journal: one folder per run outside the tree, from which the run can be
//! undone or finished.
//!
//! ```text
//! <state folder>/gomend/<hash of the root>/
//!   root                 the root's path, for a person who looks in
//!   lock, holder         the writer's lock
//!   review               the answers of a review that goes on
//!   runs/<number>/
//!     before-0, ...      the old contents, concatenated, 64 MiB and more each
//!     after-0, ...       the new contents; gone once the run has ended
//!     plan               checksum, header, one line per file; written last
//!     state              checksum, how far the run is; none while it writes
//!     note-...           checksum, what a caller keeps with the run
//! ```
//!
//! `plan` and `state` appear by a rename after a flush, so they exist in full
//! or not at all. A folder without `plan` is a run that touched no file.

mod blobs;
mod sealed;

use super::error::{FileError, StoreError};
use super::replace::{Marker, sync_dir};
use super::run::{Run, RunId, RunMeta, RunState};
use crate::disk::private;
use blobs::{Blobs, Image};
use etcetera::BaseStrategy;
use jiff::{SignedDuration, Timestamp};
use sealed::SealError;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Runs kept: no more than these, and none older than [`KEPT_FOR`].
const KEPT_RUNS: usize = 20;
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far a run is, as it stands in the journal. `written` are the indices of
/// the entries that it wrote or may have written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub(super) enum JournalState {
    Writing,
    Finished { written: Vec<usize> },
    Undoing { written: Vec<usize> },
    Undone { written: Vec<usize>, left: usize },
}

/// One file to record.
pub(super) struct Recorded<'a> {
    /// Relative to the root.
    pub(super) path: &'a Path,
    pub(super) before: &'a [u8],
    pub(super) after: &'a [u8],
}

/// A run's journal without the contents.
#[derive(Debug)]
pub(super) struct JournalPlan {
    pub(super) run: RunId,
    pub(super) meta: RunMeta,
    pub(super) entries: Vec<JournalEntry>,
}

/// One file of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JournalEntry {
    /// Relative to the root, links resolved.
    #[serde(with = "sealed::path")]
    pub(super) path: PathBuf,
    pub(super) before: Image,
    pub(super) after: Image,
}

#[derive(Serialize, Deserialize)]
struct Header {
    command: String,
    version: String,
    time: String,
}

/// The journal of one root.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    root: PathBuf,
}

/// Whether `path`, in a journal, names something below the root by names alone.
fn is_below(path: &Path) -> bool {
    path.file_name().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

impl Journal {
    /// The journal of `root` (canonical) in the state folder; creates nothing.
    pub(super) fn of(root: &Path, state_home: Option<&Path>) -> Result<Journal, StoreError> {
        let home = match state_home {
            Some(home) => home.to_owned(),
            None => {
                let base = etcetera::choose_base_strategy().map_err(|_| StoreError::NoStateFolder)?;
                base.state_dir().unwrap_or_else(|| base.data_dir())
            }
        };
        let hash = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
        Ok(Journal { folder: home.join("gomend").join(&hash[..32]), root: root.to_owned() })
    }

    /// Where the journal is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Creates the folders.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        let runs = self.runs();
        private::create(&runs).map_err(StoreError::journal(&runs, "create the journal's folder"))?;
        let note = self.folder.join("root");
        if !note.exists() {
            // Only a person reads it, so a full disk must not stop an undo here.
            let _ = fs::write(&note, self.root.as_os_str().as_encoded_bytes());
        }
        Ok(())
    }

    /// The runs with a plan, oldest first.
    pub(super) fn run_ids(&self) -> Result<Vec<RunId>, StoreError> {
        let mut ids = self.all_folders()?;
        ids.retain(|run| self.run(*run).join("plan").exists());
        Ok(ids)
    }

    /// Removes the runs that never got a plan. Needs the lock.
    pub(super) fn forget_incomplete(&self) -> Result<(), StoreError> {
        for run in self.all_folders()?.into_iter().map(|run| self.run(run)) {
            if !run.join("plan").exists() {
                fs::remove_dir_all(&run)
                    .map_err(StoreError::journal(&run, "remove an incomplete journal"))?;
            }
        }
        Ok(())
    }

    /// The run that ended half-way. There is never more than one, because
    /// nothing else begins before it is finished or undone.
    pub(super) fn unfinished(&self) -> Result<Option<(RunId, JournalState)>, StoreError> {
        for run in self.run_ids()?.into_iter().rev() {
            let state = self.state(run)?;
            if matches!(state, JournalState::Writing | JournalState::Undoing { .. }) {
                return Ok(Some((run, state)));
            }
        }
        Ok(None)
    }

    /// The runs, newest first.
    pub(super) fn list(&self) -> Result<Vec<Run>, StoreError> {
        let describe = |id| match self.describe(id) {
            Err(StoreError::Damaged { .. }) => {
                Ok(Run { id, meta: None, state: RunState::Damaged, files: Vec::new() })
            }
            other => other,
        };
        self.run_ids()?.into_iter().rev().map(describe).collect()
    }

    fn describe(&self, id: RunId) -> Result<Run, StoreError> {
        let plan = self.load(id)?;
        let every = || (0..plan.entries.len()).collect();
        let (state, written): (_, Vec<usize>) = match self.state(id)? {
            JournalState::Writing => (RunState::Unfinished, every()),
            JournalState::Finished { written } => (RunState::Finished, written),
            JournalState::Undoing { written } => (RunState::HalfUndone, written),
            JournalState::Undone { written, left: 0 } => (RunState::Undone, written),
            JournalState::Undone { written, left } => (RunState::PartlyUndone { left }, written),
        };
        self.check(&plan, &written)?;
        let files = written.iter().map(|at| plan.entries[*at].path.clone()).collect();
        Ok(Run { id, meta: Some(plan.meta), state, files })
    }

    /// Records a run, flushed to the disk. On an error nothing of it stays.
    pub(super) fn record(&self, files: &[Recorded<'_>], meta: RunMeta) -> Result<JournalPlan, StoreError> {
        let run = RunId::after(self.all_folders()?.last().copied());
        let folder = self.run(run);
        let recorded = self.record_in(&folder, run, files, meta);
        if recorded.is_err() {
            // What cannot be removed has no plan, so the next run removes it.
            let _ = fs::remove_dir_all(&folder);
        }
        recorded
    }

    fn record_in(
        &self,
        folder: &Path,
        run: RunId,
        files: &[Recorded<'_>],
        meta: RunMeta,
    ) -> Result<JournalPlan, StoreError> {
        let failed = |doing| StoreError::journal(folder, doing);
        fs::create_dir(folder).map_err(failed("create the run's folder"))?;
        let mut before = Blobs::new(folder, "before");
        let mut after = Blobs::new(folder, "after");
        let mut entries = Vec::with_capacity(files.len());
        for file in files {
            let before = before.add(file.before).map_err(failed("store the old contents"))?;
            let after = after.add(file.after).map_err(failed("store the new contents"))?;
            entries.push(JournalEntry { path: file.path.to_owned(), before, after });
        }
        before.finish().map_err(failed("flush the old contents"))?;
        after.finish().map_err(failed("flush the new contents"))?;

        let header = Header {
            command: meta.command.clone(),
            version: meta.version.clone(),
            time: meta.time.to_string(),
        };
        let mut lines = vec![sealed::line(&header)];
        lines.extend(entries.iter().map(sealed::line));
        // The folders above first: with the plan the run begins to count.
        for folder in folder.ancestors().skip(1).take(3) {
            sync_dir(folder).map_err(StoreError::journal(folder, "flush the journal's folder"))?;
        }
        sealed::write(folder, "plan", &lines.concat()).map_err(failed("write the plan"))?;
        Ok(JournalPlan { run, meta, entries })
    }

    /// A run's plan, its checksum verified.
    pub(super) fn load(&self, run: RunId) -> Result<JournalPlan, StoreError> {
        let text = self.read(run, "plan")?.ok_or_else(|| self.damaged(run, "it has no plan"))?;
        let damaged = |reason: &str| self.damaged(run, reason);
        let mut lines = text.lines();
        let header = lines.next().ok_or_else(|| damaged("its plan has no header"))?;
        let header: Header = serde_json::from_str(header).map_err(|_| damaged("its header is unknown"))?;
        let time = header.time.parse().map_err(|_| damaged("its time is unknown"))?;
        let entries =
            lines.map(|line| serde_json::from_str(line).map_err(|_| damaged("an entry is unknown")));
        let entries = entries.collect::<Result<Vec<JournalEntry>, _>>()?;
        // The checksum keeps accidents out, not people.
        if let Some(entry) = entries.iter().find(|entry| !is_below(&entry.path)) {
            return Err(damaged(&format!("`{}` leads out of the root", entry.path.display())));
        }
        Ok(JournalPlan {
            run,
            meta: RunMeta { command: header.command, version: header.version, time },
            entries,
        })
    }

    /// Refuses a state that names files which the plan does not have.
    pub(super) fn check(&self, plan: &JournalPlan, written: &[usize]) -> Result<(), StoreError> {
        if written.iter().all(|at| *at < plan.entries.len()) {
            return Ok(());
        }
        Err(self.damaged(plan.run, "its state names a file that it does not have"))
    }

    /// How far a run is.
    pub(super) fn state(&self, run: RunId) -> Result<JournalState, StoreError> {
        match self.read(run, "state")? {
            None => Ok(JournalState::Writing),
            Some(text) => serde_json::from_str(&text).map_err(|_| self.damaged(run, "its state is unknown")),
        }
    }

    /// Records how far a run is, flushed to the disk.
    pub(super) fn set_state(&self, run: RunId, state: &JournalState) -> Result<(), StoreError> {
        let folder = self.run(run);
        sealed::write(&folder, "state", &sealed::line(state))
            .map_err(StoreError::journal(&folder, "record how far the run is"))
    }

    /// Keeps a text with the run.
    pub(super) fn keep_note(&self, run: RunId, name: &str, text: &str) -> Result<(), StoreError> {
        let folder = self.run(run);
        sealed::write(&folder, &note(name), text)
            .map_err(StoreError::journal(&folder, "keep what the run staged"))
    }

    /// A text that was kept with the run.
    pub(super) fn note(&self, run: RunId, name: &str) -> Result<Option<String>, StoreError> {
        self.read(run, &note(name))
    }

    /// Forgets a text that was kept with the run.
    pub(super) fn drop_note(&self, run: RunId, name: &str) {
        // What stays is no harm: it says what the index held, which is looked at again.
        let _ = fs::remove_file(self.run(run).join(note(name)));
    }

    /// The old contents of entry `at`, to be written to `file`.
    pub(super) fn before(&self, plan: &JournalPlan, at: usize, file: &Path) -> Result<Vec<u8>, FileError> {
        plan.entries[at].before.read(&self.run(plan.run), "before", file)
    }

    /// The new contents of entry `at`, to be written to `file`.
    pub(super) fn after(&self, plan: &JournalPlan, at: usize, file: &Path) -> Result<Vec<u8>, FileError> {
        plan.entries[at].after.read(&self.run(plan.run), "after", file)
    }

    /// Drops the new contents of a run that has ended; they only serve to
    /// finish one that has not.
    pub(super) fn drop_after(&self, run: RunId) {
        for entry in fs::read_dir(self.run(run)).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with("after-")) {
                // It is forgotten with the run at the latest.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Forgets old runs; never the newest, never one that ended half-way, and
    /// never one that cannot be read. What fails is tried again after the next
    /// run.
    pub(super) fn prune(&self, now: Timestamp) {
        let ids = self.run_ids().unwrap_or_default();
        for (age, run) in ids.into_iter().rev().enumerate().skip(1) {
            let ended =
                matches!(self.state(run), Ok(JournalState::Finished { .. } | JournalState::Undone { .. }));
            let old = || self.load(run).is_ok_and(|plan| now.duration_since(plan.meta.time) > KEPT_FOR);
            if ended && (age >= KEPT_RUNS || old()) {
                self.forget(run);
            }
        }
    }

    /// Forgets one run that has ended. The plan goes first: what is left after
    /// an interruption is an incomplete journal, which the next run removes.
    pub(super) fn forget(&self, run: RunId) {
        let folder = self.run(run);
        if fs::remove_file(folder.join("plan")).is_ok() {
            let _ = fs::remove_dir_all(folder);
        }
    }

    /// The names of the run's temporary files.
    pub(super) fn marker(&self, run: RunId) -> Marker {
        Marker::of(&self.run(run))
    }

    fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }

    fn run(&self, run: RunId) -> PathBuf {
        self.runs().join(run.to_string())
    }

    /// All run folders, with and without a plan, oldest first.
    fn all_folders(&self) -> Result<Vec<RunId>, StoreError> {
        let runs = self.runs();
        let entries = match fs::read_dir(&runs) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(StoreError::journal(&runs, "list the runs")(cause)),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(StoreError::journal(&runs, "list the runs"))?;
            ids.extend(entry.file_name().to_str().and_then(|name| name.parse::<RunId>().ok()));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// A sealed file of a run; `None` where there is none.
    fn read(&self, run: RunId, name: &str) -> Result<Option<String>, StoreError> {
        let path = self.run(run).join(name);
        match sealed::read(&path) {
            Ok(text) => Ok(Some(text)),
            Err(SealError::Io(cause)) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(SealError::Io(cause)) => Err(StoreError::journal(&path, "read the journal")(cause)),
            Err(SealError::Checksum) => Err(self.damaged(run, &format!("its {name} fails the checksum"))),
            Err(SealError::Form) => {
                Err(self.damaged(run, &format!("its {name} was written by another version of gomend")))
            }
        }
    }

    fn damaged(&self, run: RunId, reason: &str) -> StoreError {
        StoreError::Damaged { folder: self.run(run), run, reason: reason.to_owned() }
    }
}

/// The file of a note.
fn note(name: &str) -> String {
    format!("note-{name}")
}
