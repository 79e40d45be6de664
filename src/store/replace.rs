//! Replaces files by flushed temporary files of the same directory, in batches.

use super::error::FileError;
use super::outcome::Drift;
use super::place::{self, Current, Obstacle};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use tempfile::TempPath;

/// Files staged, then flushed together: enough for the disk to merge the
/// flushes, few enough that a killed run leaves little behind.
const BATCH: usize = 64;
/// Flushing waits for the disk, not for a core.
const THREADS: usize = 8;
const SUFFIX: &str = ".tmp";

/// The start of the names of one run's temporary files. It differs between runs
/// and between state folders, so sweeping never takes another writer's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker(String);

impl Marker {
    /// The marker of the run whose journal is in `folder`. A leading dot and a
    /// name without `.go` keep the go command from seeing the files.
    pub(super) fn of(folder: &Path) -> Marker {
        let hash = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
        Marker(format!(".gomend-{}-", &hash[..12]))
    }
}

/// One file to replace.
#[derive(Debug)]
pub(super) struct ReplaceJob {
    /// Absolute, through no link.
    pub(super) path: PathBuf,
    /// What it must hold now.
    pub(super) from: blake3::Hash,
    /// What it shall hold.
    pub(super) to: blake3::Hash,
}

/// How a job ended.
#[derive(Debug)]
pub(super) enum Landing {
    /// The new contents are in place.
    Replaced,
    /// They were in place before.
    AlreadyThere,
    /// The file stays as it is.
    Blocked(Obstacle),
}

impl From<Obstacle> for Landing {
    fn from(obstacle: Obstacle) -> Landing {
        Landing::Blocked(obstacle)
    }
}

impl From<FileError> for Landing {
    fn from(error: FileError) -> Landing {
        Landing::Blocked(Obstacle::Fail(error))
    }
}

/// Gives the new contents of the job with that index.
pub(super) type Load<'a> = dyn Fn(usize) -> Result<Cow<'a, [u8]>, FileError> + Sync + 'a;

/// Does the jobs in order; `landed` hears the index of each as it ends.
pub(super) fn replace_all(
    jobs: &[ReplaceJob],
    marker: &Marker,
    load: &Load<'_>,
    landed: &mut dyn FnMut(usize),
) -> Vec<Landing> {
    let mut landings = Vec::with_capacity(jobs.len());
    for batch in jobs.chunks(BATCH) {
        let first = landings.len();
        let mut touched = BTreeSet::new();
        for (job, staged) in batch.iter().zip(stage_all(batch, first, marker, load)) {
            let landing = staged.and_then(|staged| land(job, staged));
            if landing.is_ok() {
                touched.insert(directory(&job.path));
            }
            landings.push(landing.map_or_else(|blocked| blocked, |()| Landing::Replaced));
            landed(landings.len() - 1);
        }
        for folder in touched {
            // A rename that a power cut takes back leaves the old contents,
            // which is within the promise; so a directory that cannot be
            // flushed is no failure of the file.
            let _ = sync_dir(folder);
        }
    }
    landings
}

/// Removes the temporary files of a killed run from the directories of `paths`.
pub(super) fn sweep(paths: impl Iterator<Item = PathBuf>, marker: &Marker) {
    let mut folders: BTreeSet<PathBuf> = paths.map(|path| directory(&path).to_owned()).collect();
    // A directory that became a link is another one now.
    folders.retain(|folder| dunce::canonicalize(folder).is_ok_and(|real| real == *folder));
    for entry in folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(&marker.0) && name.ends_with(SUFFIX));
        if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // What cannot be removed now is tried again by the next run; it
            // harms nothing meanwhile.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Flushes the names in a directory.
pub(super) fn sync_dir(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A flushed temporary file, and the metadata that it was given.
struct StagedFile {
    file: TempPath,
    meta: Metadata,
}

fn stage_all(
    batch: &[ReplaceJob],
    first: usize,
    marker: &Marker,
    load: &Load<'_>,
) -> Vec<Result<StagedFile, Landing>> {
    let size = batch.len().div_ceil(THREADS);
    let stage_some = |from: usize, jobs: &[ReplaceJob]| -> Vec<_> {
        jobs.iter().zip(from..).map(|(job, at)| stage(job, at, marker, load)).collect()
    };
    if batch.len() == 1 {
        return stage_some(first, batch);
    }
    thread::scope(|scope| {
        let parts = batch.chunks(size).zip((first..).step_by(size));
        let handles: Vec<_> = parts.map(|(jobs, from)| scope.spawn(move || stage_some(from, jobs))).collect();
        let join = |handle: thread::ScopedJoinHandle<'_, Vec<_>>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        handles.into_iter().flat_map(join).collect()
    })
}

fn stage(job: &ReplaceJob, at: usize, marker: &Marker, load: &Load<'_>) -> Result<StagedFile, Landing> {
    let current = expected(job)?;
    let contents = load(at)?;
    let failed = |doing| FileError::io(&job.path, doing);
    let mut file = tempfile::Builder::new()
        .prefix(&marker.0)
        .suffix(SUFFIX)
        .tempfile_in(directory(&job.path))
        .map_err(failed("create a temporary file beside it"))?;
    file.write_all(&contents).map_err(failed("write its new contents"))?;
    adopt(file.as_file(), &current.meta).map_err(failed("keep its mode"))?;
    file.as_file().sync_all().map_err(failed("flush its new contents"))?;
    Ok(StagedFile { file: file.into_temp_path(), meta: current.meta })
}

fn land(job: &ReplaceJob, staged: StagedFile) -> Result<(), Landing> {
    let failed = |doing| FileError::io(&job.path, doing);
    let current = expected(job)?;
    if !same_rights(&current.meta, &staged.meta) {
        let file = File::open(&staged.file).map_err(failed("keep its mode"))?;
        adopt(&file, &current.meta).map_err(failed("keep its mode"))?;
    }
    staged.file.persist(&job.path).map_err(|error| failed("replace it")(error.error))?;
    Ok(())
}

/// The file, if it holds what the job starts from.
fn expected(job: &ReplaceJob) -> Result<Current, Landing> {
    let current = place::inspect(&job.path)?;
    if current.hash == job.to {
        Err(Landing::AlreadyThere)
    } else if current.hash == job.from {
        Ok(current)
    } else {
        Err(Obstacle::Drift(Drift::Edited).into())
    }
}

/// Gives `file` the mode of the file it will replace, and its owner where the
/// system permits.
#[cfg(unix)]
fn adopt(file: &File, model: &Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let own = file.metadata()?;
    let mut kept = 0o7777;
    if (own.uid(), own.gid()) != (model.uid(), model.gid())
        && fchown(file, Some(model.uid()), Some(model.gid())).is_err()
    {
        // Only root gives files away; a group of ours can still be kept. The
        // set-id bits would now speak for somebody else.
        let _ = fchown(file, None, Some(model.gid()));
        kept = 0o777;
    }
    // After the owner, whose change clears the set-id bits.
    file.set_permissions(fs::Permissions::from_mode(model.mode() & kept))
}

#[cfg(not(unix))]
fn adopt(file: &File, model: &Metadata) -> std::io::Result<()> {
    file.set_permissions(model.permissions())
}

#[cfg(unix)]
fn same_rights(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.mode(), one.uid(), one.gid()) == (other.mode(), other.uid(), other.gid())
}

#[cfg(not(unix))]
fn same_rights(one: &Metadata, other: &Metadata) -> bool {
    one.permissions() == other.permissions()
}

fn directory(path: &Path) -> &Path {
    path.parent().expect("a file has a directory")
}
