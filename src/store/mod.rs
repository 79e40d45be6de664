//! Writes rewritten files atomically, with a journal from which a run can be
//! undone or finished. Knows paths and bytes, nothing of Go.
//!
//! What is promised, and what it rests on:
//!
//! - *Interrupted at any moment, every file is old or new in full.* A file is
//!   replaced by renaming a flushed temporary file of the same directory over
//!   it; nothing is ever written in place.
//! - *A run can be undone, and finished, from any point of it.* The contents
//!   before and after stand in the journal, flushed to the disk and sealed by a
//!   checksummed plan, before the first file is touched. A run without a plan
//!   has touched nothing and is forgotten.
//! - *Nobody's edit is overwritten.* The current contents are read and hashed
//!   immediately before the rename. What remains is the moment between that
//!   read and the rename (microseconds), which no portable call closes.
//! - *One writer for a root*, for all processes with the same state folder.
//!
//! Flushing: the journal's blobs are flushed one by one as they fill (64 MiB),
//! then the plan, then its folder. Files follow in batches of 64: all are
//! staged and flushed by several threads, then renamed, then their directories
//! are flushed. So a power cut leaves old or new contents too, not only a kill.
//!
//! Mode, owner and group of a file are kept (the owner where the system lets
//! us), and taken from the file as it stands at the rename, so a `chmod` made
//! meanwhile or between a run and its undo stays. Extended attributes and ACLs
//! are not carried over. A file with several hard links is skipped: a rename
//! would cut it from its other names, and writing in place could leave half a
//! file.

mod error;
mod journal;
mod lock;
mod notebook;
mod outcome;
mod place;
mod replace;
mod run;

pub use error::{FileError, StoreError};
pub use notebook::{Notebook, notes};
pub use outcome::{
    Drift, FileStatus, FileWritten, Step, Undone, UndoneFile, UndoneStatus, WriteOutcome, WriteSkip,
};
pub use run::{Run, RunId, RunMeta, RunState};

use journal::{Journal, JournalPlan, JournalState, Recorded};
use lock::Lock;
use replace::{Landing, Marker, ReplaceJob};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// New contents for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, absolute or relative to the root.
    pub path: PathBuf,
    /// The bytes from which `after` was made. Anything else on disk is somebody
    /// else's edit.
    pub before: Vec<u8>,
    /// The bytes to write.
    pub after: Vec<u8>,
}

/// The right to write below one root. Holds the writer's lock while it lives.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    journal: Journal,
    unfinished: Option<(RunId, JournalState)>,
    _lock: Lock,
}

/// The runs remembered for `root`, newest first. Takes no lock, so it can be
/// asked while another process writes.
///
/// `state_home` stands for `$XDG_STATE_HOME`; `None` means the platform's.
///
/// # Errors
/// [`StoreError::Root`] and [`StoreError::NoStateFolder`] when the places do
/// not exist, [`StoreError::Journal`] when the journal cannot be read. A
/// damaged run is no error but a [`Run`] in [`RunState::Damaged`].
pub fn runs(root: &Path, state_home: Option<&Path>) -> Result<Vec<Run>, StoreError> {
    Journal::of(&place::real_root(root)?, state_home)?.list()
}

impl Store {
    /// Takes the writer's lock for `root`, forgets journals that were never
    /// completed, and removes temporary files that a killed run left behind.
    ///
    /// `state_home` stands for `$XDG_STATE_HOME`; `None` means the platform's.
    /// `command` is what a second writer is told about this one.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process holds the lock;
    /// [`StoreError::Damaged`] when a run ended half-way and its journal cannot
    /// be trusted; those of [`runs`].
    pub fn open(root: &Path, state_home: Option<&Path>, command: &str) -> Result<Store, StoreError> {
        let root = place::real_root(root)?;
        let journal = Journal::of(&root, state_home)?;
        journal.prepare()?;
        let lock = Lock::acquire(journal.folder(), &root, command)?;
        journal.forget_incomplete()?;
        let unfinished = journal.unfinished()?;
        if let Some((run, _)) = unfinished {
            let plan = journal.load(run)?;
            let paths = plan.entries.iter().map(|entry| root.join(&entry.path));
            replace::sweep(paths, &journal.marker(run));
        }
        Ok(Store { root, journal, unfinished, _lock: lock })
    }

    /// The root, with all links resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Asks that no run stands half-way. [`Store::write`] asks the same; a
    /// caller asks early to stop before its own work.
    ///
    /// # Errors
    /// [`StoreError::Unfinished`] or [`StoreError::HalfUndone`].
    pub fn ensure_finished(&self) -> Result<(), StoreError> {
        let Some((run, state)) = &self.unfinished else { return Ok(()) };
        let (run, root) = (*run, self.root.clone());
        let meta = self.journal.load(run)?.meta;
        Err(match state {
            JournalState::Undoing { .. } => StoreError::HalfUndone { root, run, command: meta.command },
            _ => StoreError::Unfinished { root, run, command: meta.command, time: meta.time },
        })
    }

    /// Writes the changes. What stands in the way of one file is that file's
    /// status and stops no other. Afterwards runs beyond the newest 20, or
    /// older than 30 days, are forgotten.
    ///
    /// # Errors
    /// Those of [`Store::ensure_finished`], and [`StoreError::Journal`]: when
    /// the journal could not be completed (nothing was written then), or when
    /// the end of the run could not be recorded (the run stays unfinished).
    pub fn write(
        &mut self,
        changes: &[Change],
        meta: RunMeta,
        on_step: &mut dyn FnMut(Step<'_>),
    ) -> Result<WriteOutcome, StoreError> {
        self.ensure_finished()?;
        let survey = Survey::of(&self.root, changes);
        let mut files = survey.statuses;
        if survey.wanted.is_empty() {
            return Ok(WriteOutcome { run: None, files: listed(changes, files) });
        }
        let now = meta.time;
        let recorded: Vec<Recorded<'_>> = survey
            .wanted
            .iter()
            .map(|(index, real)| Recorded {
                path: real.strip_prefix(&self.root).unwrap_or(real),
                before: &changes[*index].before,
                after: &changes[*index].after,
            })
            .collect();
        let plan = self.journal.record(&recorded, meta)?;
        self.unfinished = Some((plan.run, JournalState::Writing));
        on_step(Step::Journalled { files: recorded.len() });

        let jobs = plan.forward(&self.root);
        let load = |at: usize| Ok(Cow::Borrowed(recorded[at].after));
        let landings = self.replace(plan.run, &jobs, &load, on_step);
        let written: Vec<usize> =
            (0..jobs.len()).filter(|at| matches!(landings[*at], Landing::Replaced)).collect();
        let run = (!written.is_empty()).then_some(plan.run);
        self.close(plan.run, JournalState::Finished { written })?;
        match run {
            Some(_) => self.journal.prune(now),
            None => self.journal.forget(plan.run),
        }
        for ((index, _), landing) in survey.wanted.into_iter().zip(landings) {
            files[index] = Some(match landing {
                Landing::Replaced => FileStatus::Written,
                // Somebody else made the same change; it is not ours to undo.
                Landing::AlreadyThere => FileStatus::ChangedMeanwhile(Drift::Edited),
                Landing::Blocked(obstacle) => obstacle.into(),
            });
        }
        Ok(WriteOutcome { run, files: listed(changes, files) })
    }

    /// Finishes the run that ended half-way: writes what it had not yet
    /// written. A file that is already new counts as written.
    ///
    /// # Errors
    /// [`StoreError::NothingToContinue`] when every run ended properly,
    /// [`StoreError::HalfUndone`] when an undo ended half-way, and
    /// [`StoreError::Damaged`] or [`StoreError::Journal`] for the journal.
    pub fn resume(&mut self, on_step: &mut dyn FnMut(Step<'_>)) -> Result<WriteOutcome, StoreError> {
        let Some((run, state)) = &self.unfinished else {
            return Err(StoreError::NothingToContinue { root: self.root.clone() });
        };
        if !matches!(state, JournalState::Writing) {
            self.ensure_finished()?;
        }
        let plan = self.journal.load(*run)?;
        let jobs = plan.forward(&self.root);
        let load = |at: usize| self.journal.after(&plan, at, &jobs[at].path).map(Cow::Owned);
        let landings = self.replace(plan.run, &jobs, &load, on_step);
        // A file that differs from both contents may have been written by the
        // run and edited since: `undo` must compare it.
        let ours = |at: &usize| {
            !matches!(landings[*at], Landing::Blocked(place::Obstacle::Skip(_) | place::Obstacle::Fail(_)))
        };
        let written = (0..jobs.len()).filter(ours).collect();
        self.close(plan.run, JournalState::Finished { written })?;
        let files = jobs.into_iter().zip(landings).map(|(job, landing)| FileWritten {
            path: job.path,
            status: match landing {
                Landing::Replaced | Landing::AlreadyThere => FileStatus::Written,
                Landing::Blocked(obstacle) => obstacle.into(),
            },
        });
        Ok(WriteOutcome { run: Some(plan.run), files: files.collect() })
    }

    /// Puts back what a run wrote: the run named, else the one that ended
    /// half-way, else the newest. Files changed since stay as they are. Doing
    /// it again changes nothing more, and retries what failed.
    ///
    /// # Errors
    /// [`StoreError::NothingToUndo`] and [`StoreError::NoSuchRun`];
    /// [`StoreError::Unfinished`] when a run other than the one named ended
    /// half-way; [`StoreError::Damaged`] or [`StoreError::Journal`] for the
    /// journal.
    pub fn undo(
        &mut self,
        run: Option<RunId>,
        on_step: &mut dyn FnMut(Step<'_>),
    ) -> Result<Undone, StoreError> {
        let run = self.to_undo(run)?;
        let plan = self.journal.load(run)?;
        let written = match self.journal.state(run)? {
            JournalState::Writing => (0..plan.entries.len()).collect(),
            JournalState::Finished { written }
            | JournalState::Undoing { written }
            | JournalState::Undone { written, .. } => written,
        };
        self.journal.check(&plan, &written)?;
        let state = JournalState::Undoing { written: written.clone() };
        self.journal.set_state(run, &state)?;
        self.unfinished = Some((run, state));

        let jobs = plan.backward(&self.root, &written);
        let load = |at: usize| self.journal.before(&plan, written[at], &jobs[at].path).map(Cow::Owned);
        let landings = self.replace(run, &jobs, &load, on_step);
        let left = landings.iter().filter(|landing| matches!(landing, Landing::Blocked(_))).count();
        self.close(run, JournalState::Undone { written, left })?;
        let files = jobs.into_iter().zip(landings).map(|(job, landing)| UndoneFile {
            path: job.path,
            status: match landing {
                Landing::Replaced => UndoneStatus::Restored,
                Landing::AlreadyThere => UndoneStatus::AlreadyOld,
                Landing::Blocked(obstacle) => obstacle.into(),
            },
        });
        Ok(Undone { run, files: files.collect() })
    }

    /// Keeps a text with the run, as long as the run is remembered.
    ///
    /// # Errors
    /// [`StoreError::Journal`].
    pub fn keep_note(&self, run: RunId, name: &str, text: &str) -> Result<(), StoreError> {
        self.journal.keep_note(run, name, text)
    }

    /// The text that was kept with the run, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] and [`StoreError::Journal`].
    pub fn note(&self, run: RunId, name: &str) -> Result<Option<String>, StoreError> {
        self.journal.note(run, name)
    }

    /// Forgets the text that was kept with the run.
    pub fn drop_note(&self, run: RunId, name: &str) {
        self.journal.drop_note(run, name);
    }

    /// The run that [`Store::undo`] means.
    fn to_undo(&self, named: Option<RunId>) -> Result<RunId, StoreError> {
        let root = || self.root.clone();
        let known = self.journal.run_ids()?;
        match (named, &self.unfinished) {
            (Some(run), _) if !known.contains(&run) => Err(StoreError::NoSuchRun { root: root(), run }),
            (Some(run), Some((unfinished, _))) if run != *unfinished => self.ensure_finished().map(|()| run),
            (Some(run), _) => Ok(run),
            (None, Some((run, _))) => Ok(*run),
            (None, None) => known.last().copied().ok_or_else(|| StoreError::NothingToUndo { root: root() }),
        }
    }

    fn replace(
        &self,
        run: RunId,
        jobs: &[ReplaceJob],
        load: &replace::Load<'_>,
        on_step: &mut dyn FnMut(Step<'_>),
    ) -> Vec<Landing> {
        let marker: Marker = self.journal.marker(run);
        let of = jobs.len();
        replace::replace_all(jobs, &marker, load, &mut |at| {
            on_step(Step::File { done: at + 1, of, path: &jobs[at].path });
        })
    }

    fn close(&mut self, run: RunId, state: JournalState) -> Result<(), StoreError> {
        self.journal.set_state(run, &state)?;
        self.unfinished = None;
        self.journal.drop_after(run);
        Ok(())
    }
}

/// What is to be journalled, once per file on disk, and what was refused.
struct Survey {
    /// Index of the change and the real path, links resolved.
    wanted: Vec<(usize, PathBuf)>,
    /// One per change; `None` while it is wanted.
    statuses: Vec<Option<FileStatus>>,
}

impl Survey {
    fn of(root: &Path, changes: &[Change]) -> Survey {
        let mut wanted: Vec<(usize, PathBuf)> = Vec::new();
        let mut statuses: Vec<Option<FileStatus>> = Vec::with_capacity(changes.len());
        let mut seen: HashMap<place::Identity, usize> = HashMap::new();
        for (index, change) in changes.iter().enumerate() {
            let (real, identity) = match Survey::one(root, change) {
                Ok(found) => found,
                Err(status) => {
                    statuses.push(Some(status));
                    continue;
                }
            };
            let first = *seen.entry(identity).or_insert(index);
            if first == index {
                wanted.push((index, real));
                statuses.push(None);
            } else if changes[first].after == change.after {
                statuses.push(Some(FileStatus::SameFile));
            } else {
                let clash = |mine: &Change, other: &Change| {
                    let (path, other) = (mine.path.clone(), other.path.clone());
                    Some(FileStatus::Failed(FileError::TwoContents { path, other }))
                };
                statuses[first] = clash(&changes[first], change);
                statuses.push(clash(change, &changes[first]));
            }
        }
        wanted.retain(|(index, _)| statuses[*index].is_none());
        Survey { wanted, statuses }
    }

    fn one(root: &Path, change: &Change) -> Result<(PathBuf, place::Identity), FileStatus> {
        let real = place::locate(root, &change.path)?;
        let current = place::inspect(&real)?;
        if current.hash != blake3::hash(&change.before) {
            return Err(FileStatus::ChangedMeanwhile(Drift::Edited));
        }
        if change.before == change.after {
            return Err(FileStatus::Unchanged);
        }
        let identity = current.identity(&real);
        Ok((real, identity))
    }
}

fn listed(changes: &[Change], statuses: Vec<Option<FileStatus>>) -> Vec<FileWritten> {
    let known = |status: Option<FileStatus>| status.expect("every change was surveyed or landed");
    let pairs = changes.iter().zip(statuses);
    pairs.map(|(change, status)| FileWritten { path: change.path.clone(), status: known(status) }).collect()
}

impl JournalPlan {
    /// From the contents before to those after, all entries.
    fn forward(&self, root: &Path) -> Vec<ReplaceJob> {
        let job = |entry: &journal::JournalEntry| ReplaceJob {
            path: root.join(&entry.path),
            from: entry.before.hash,
            to: entry.after.hash,
        };
        self.entries.iter().map(job).collect()
    }

    /// From the contents after to those before, for the entries `written`.
    fn backward(&self, root: &Path, written: &[usize]) -> Vec<ReplaceJob> {
        let job = |at: &usize| {
            let entry = &self.entries[*at];
            ReplaceJob { path: root.join(&entry.path), from: entry.after.hash, to: entry.before.hash }
        };
        written.iter().map(job).collect()
    }
}
