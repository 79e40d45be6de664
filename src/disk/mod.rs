//! The files that a run reads: what it asks the system about them, and a snapshot
//! of the answers by which a later run knows that they are still the same.
//!
//! Whoever reads files on behalf of a run does it through a `Disk` that is
//! handed down to him. One that does not snapshot asks the system and nothing
//! more.

mod answer;
pub mod cache_files;
pub mod companion;
mod notes;
mod overlay;
pub mod private;
pub mod program;
mod snapshot;
mod stamp;

pub use overlay::Overlay;
pub use snapshot::{Freshness, Snapshot, Uncertain};
pub use stamp::Stamp;

use answer::{DiskAnswer, DiskQuestion, EntryKind, Hash, is_absent};
use notes::DiskNotes;
use std::collections::HashSet;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

/// Bytes with which a reader of heads begins: a licence and a package clause have room.
const HEAD: usize = 4096;

/// The disk as one run sees it. Copies write into the same snapshot.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    trace: Option<Arc<Trace>>,
    overlay: Option<Arc<Overlay>>,
}

/// What was asked and answered so far.
#[derive(Debug)]
struct Trace {
    began: SystemTime,
    /// Paths whose content is hashed although their stamp can be trusted.
    doubted: OnceLock<HashSet<PathBuf>>,
    /// `None` once the snapshot is closed, or cannot be made.
    notes: Mutex<Option<DiskNotes>>,
}

impl Trace {
    fn note(&self, path: &Path, question: DiskQuestion, answer: DiskAnswer) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &mut *notes
            && open.add(path, question, answer).is_none()
        {
            *notes = None;
        }
    }

    /// Gives the snapshot up: what was answered here may change unseen.
    fn spoil(&self) {
        *self.notes.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Notes that nothing is at `path`, if that is what `error` says.
    fn failed(&self, path: &Path, question: DiskQuestion, error: &io::Error) {
        if is_absent(error) { self.note(path, question, DiskAnswer::Absent) } else { self.spoil() }
    }

    fn wants_hash(&self, path: &Path, stamp: &Stamp) -> bool {
        !stamp.is_stable(self.began)
            || self.doubted.get().is_some_and(|doubted| doubted.contains(path))
            // Everything but Go is little, and decides much.
            || !path.as_os_str().as_encoded_bytes().ends_with(b".go")
    }

    fn content(&self, metadata: &Metadata, hash: Option<Hash>) -> DiskAnswer {
        let stamp = Stamp::of(metadata);
        DiskAnswer::Content { stamp, stable: stamp.is_stable(self.began), hash: hash.map(Box::new) }
    }
}

impl Disk {
    /// A disk that records what is asked from now on.
    pub fn recording() -> Disk {
        let trace = Trace {
            began: SystemTime::now(),
            doubted: OnceLock::new(),
            notes: Mutex::new(Some(DiskNotes::default())),
        };
        Disk { trace: Some(Arc::new(trace)), overlay: None }
    }

    /// The same disk, where the texts of `overlay` stand in the place of files that are there.
    #[must_use]
    pub fn under(self, overlay: &Arc<Overlay>) -> Disk {
        Disk { overlay: Some(Arc::clone(overlay)), ..self }
    }

    /// The text that stands in the place of the file at `path`.
    pub fn overlaid(&self, path: &Path) -> Option<Arc<str>> {
        self.overlay.as_ref()?.get(path)
    }

    /// Hashes what lies at `paths` when it is read: their stamps have changed
    /// before, and may again without their content.
    pub fn uncertain(&self, paths: HashSet<PathBuf>) {
        if let Some(trace) = &self.trace {
            // Whoever doubted first has seen the snapshot on disk.
            let _ = trace.doubted.set(paths);
        }
    }

    /// The snapshot of all that was asked; nothing when this disk records none, or
    /// when an answer was an error that may pass unseen. Nothing is recorded
    /// from here on.
    pub fn seal(&self) -> Option<Snapshot> {
        let trace = self.trace.as_ref()?;
        let notes = trace.notes.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Snapshot::of(notes)
    }

    /// The snapshot of what was asked since this was called last; nothing when this disk
    /// records none, or when an answer was an error that may pass unseen. Recording goes on,
    /// unless it had to be given up.
    pub fn drain(&self) -> Option<Snapshot> {
        let trace = self.trace.as_ref()?;
        let mut notes = trace.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let drained = std::mem::take(notes.as_mut()?);
        drop(notes);
        Snapshot::of(drained)
    }

    /// What is at `path`, links followed.
    ///
    /// # Errors
    /// As [`fs::metadata`].
    pub fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let metadata = fs::metadata(path);
        self.kind(path, DiskQuestion::Kind, &metadata);
        metadata
    }

    /// What is at `path`, a link not followed.
    ///
    /// # Errors
    /// As [`fs::symlink_metadata`].
    pub fn symlink_metadata(&self, path: &Path) -> io::Result<Metadata> {
        let metadata = fs::symlink_metadata(path);
        self.kind(path, DiskQuestion::LinkKind, &metadata);
        metadata
    }

    /// Whether a regular file is at `path`, or a link leads to one.
    pub fn is_file(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|metadata| metadata.is_file())
    }

    /// Whether a directory is at `path`, or a link leads to one.
    pub fn is_dir(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|metadata| metadata.is_dir())
    }

    /// Whether the link at `path`, which a listing showed, leads to a directory.
    pub fn leads_to_directory(&self, path: &Path) -> bool {
        let metadata = fs::metadata(path);
        self.kind(path, DiskQuestion::Behind, &metadata);
        metadata.is_ok_and(|metadata| metadata.is_dir())
    }

    /// `path` without links.
    ///
    /// # Errors
    /// As [`dunce::canonicalize`].
    pub fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let real = dunce::canonicalize(path);
        self.path(path, DiskQuestion::Real, &real);
        real
    }

    /// What the link at `path` says.
    ///
    /// # Errors
    /// As [`fs::read_link`].
    pub fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        let target = fs::read_link(path);
        self.path(path, DiskQuestion::Link, &target);
        target
    }

    /// Opens the file at `path`, without waiting where it is a pipe.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn open(&self, path: &Path) -> io::Result<Opened<'_>> {
        let opened = companion::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.inspect_err(|error| {
            if let Some(trace) = &self.trace {
                trace.failed(path, DiskQuestion::Content, error);
            }
        })?;
        let mut trace = self.trace.as_deref();
        if !metadata.is_file()
            && let Some(trace) = trace.take()
        {
            trace.note(path, DiskQuestion::Content, DiskAnswer::Kind(EntryKind::of(metadata.file_type())));
        }
        let note = trace.map(|trace| (trace, path.to_owned()));
        Ok(Opened { file, metadata, note, hash: None })
    }

    /// The bytes of the file at `path`.
    ///
    /// # Errors
    /// As [`companion::read`].
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(text) = self.overlaid(path) {
            return Ok(text.as_bytes().to_vec());
        }
        let mut file = self.open(path)?;
        let metadata = file.metadata().clone();
        let mut bytes = Vec::new();
        companion::fill(
            |most, bytes| file.read_most(most, bytes),
            &metadata,
            companion::limit(path),
            &mut bytes,
        )?;
        file.seen(&bytes);
        Ok(bytes)
    }

    /// The bytes of the file at `path`, in the place of what `bytes` holds: all of
    /// them, or as many from the beginning as are `enough`.
    ///
    /// # Errors
    /// As [`companion::read`].
    pub fn read_head(
        &self,
        path: &Path,
        bytes: &mut Vec<u8>,
        enough: impl FnOnce(&[u8]) -> bool,
    ) -> io::Result<()> {
        bytes.clear();
        if let Some(text) = self.overlaid(path) {
            bytes.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        bytes.reserve(HEAD);
        let mut file = self.open(path)?;
        companion::regular(file.metadata())?;
        file.read_most(HEAD as u64, bytes)?;
        if file.is_hashed() || !enough(bytes) {
            let metadata = file.metadata().clone();
            companion::fill(
                |most, bytes| file.read_most(most, bytes),
                &metadata,
                companion::limit(path),
                bytes,
            )?;
            file.seen(bytes);
        }
        Ok(())
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    /// As [`companion::read_to_string`].
    pub fn read_to_string(&self, path: &Path) -> io::Result<String> {
        companion::utf8(self.read(path)?)
    }

    /// The entries of the directory at `path`.
    ///
    /// # Errors
    /// As [`fs::read_dir`]; each entry may be one, too.
    pub fn read_dir(&self, path: &Path) -> io::Result<impl Iterator<Item = io::Result<DirEntry>> + use<>> {
        let before = self.trace.as_ref().map(|_| fs::symlink_metadata(path));
        let entries = fs::read_dir(path).inspect_err(|error| {
            if let Some(trace) = &self.trace {
                trace.failed(path, DiskQuestion::Listing, error);
            }
        })?;
        let entries: Vec<_> = entries.collect();
        if let (Some(trace), Some(before)) = (&self.trace, before) {
            match (before, snapshot::listing(&entries)) {
                (Ok(before), Ok(listing)) => {
                    trace.note(path, DiskQuestion::Listing, trace.content(&before, Some(listing)));
                }
                _ => trace.spoil(),
            }
            for entry in entries.iter().flatten() {
                if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                    self.leads_to_directory(&entry.path());
                }
            }
        }
        Ok(entries.into_iter())
    }

    /// Notes that somebody is about to list the directory at `path` by himself.
    /// He asks [`Disk::leads_to_directory`] of each link in it.
    pub fn will_list(&self, path: &Path) {
        let Some(trace) = &self.trace else { return };
        match fs::symlink_metadata(path) {
            Ok(metadata) => {
                let doubted = trace.doubted.get().is_some_and(|doubted| doubted.contains(path));
                let hashed = doubted || !Stamp::of(&metadata).is_stable(trace.began);
                let hash = hashed.then(|| snapshot::listing_at(path)).transpose();
                match hash {
                    Ok(hash) => trace.note(path, DiskQuestion::Listing, trace.content(&metadata, hash)),
                    Err(_) => trace.spoil(),
                }
            }
            Err(error) => trace.failed(path, DiskQuestion::Listing, &error),
        }
    }

    fn path(&self, path: &Path, question: DiskQuestion, answer: &io::Result<PathBuf>) {
        let Some(trace) = &self.trace else { return };
        match answer {
            Ok(answer) => trace.note(path, question, DiskAnswer::Path(answer.clone())),
            Err(error) => trace.failed(path, question, error),
        }
    }

    fn kind(&self, path: &Path, question: DiskQuestion, metadata: &io::Result<Metadata>) {
        let Some(trace) = &self.trace else { return };
        match metadata {
            Ok(metadata) => trace.note(path, question, DiskAnswer::Kind(EntryKind::of(metadata.file_type()))),
            Err(error) => trace.failed(path, question, error),
        }
    }
}

/// An open file, noted when it is let go.
pub struct Opened<'d> {
    file: File,
    metadata: Metadata,
    note: Option<(&'d Trace, PathBuf)>,
    hash: Option<Hash>,
}

impl Opened<'_> {
    /// What was known of the file when it was opened.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Appends so many bytes to `bytes` at most, as the file does it, which knows how much is
    /// left and does not clear the room first.
    fn read_most(&mut self, most: u64, bytes: &mut Vec<u8>) -> io::Result<usize> {
        (&self.file).take(most).read_to_end(bytes).inspect_err(|_| {
            if let Some((trace, _)) = &self.note {
                trace.spoil();
            }
        })
    }

    /// Ends the reading: `bytes` are all that the file holds.
    pub fn seen(mut self, bytes: &[u8]) {
        if self.is_hashed() {
            self.hash = Some(snapshot::hash(bytes));
        }
    }

    /// Whether the snapshot wants to know all that the file holds.
    fn is_hashed(&self) -> bool {
        let wants = |(trace, path): &(&Trace, PathBuf)| trace.wants_hash(path, &Stamp::of(&self.metadata));
        self.note.as_ref().is_some_and(wants)
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer).inspect_err(|error| {
            if let Some((trace, _)) =
                self.note.as_ref().filter(|_| error.kind() != io::ErrorKind::Interrupted)
            {
                trace.spoil();
            }
        })
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        if let Some((trace, path)) = &self.note {
            trace.note(path, DiskQuestion::Content, trace.content(&self.metadata, self.hash));
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
