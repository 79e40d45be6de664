//! The answers that a run got from the disk, and whether they would be the same
//! now.

mod form;
#[cfg(all(test, unix))]
mod tests;

use super::Stamp;
use super::answer::{DiskAnswer, DiskName, DiskQuestion, EntryKind, Hash, SnapshotEntry, is_absent};
use super::notes::DiskNotes;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf, is_separator};
use std::sync::atomic::{self, AtomicUsize};
use std::time::SystemTime;

/// All that a run asked of the disk, each question once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// With the separator at their ends, in order.
    directories: Vec<Box<str>>,
    /// The names of the entries, one behind the other.
    names: String,
    /// By directory, name and question.
    entries: Vec<SnapshotEntry>,
}

/// How a snapshot stands to the disk as it is now.
#[derive(Debug, PartialEq, Eq)]
pub enum Freshness {
    /// All answers are the same.
    Same,
    /// All answers are the same, some of them under another stamp, which the
    /// snapshot now has.
    Restamped,
    /// Some answer has changed, or may have.
    Changed(Uncertain),
}

/// The paths whose stamps have changed.
pub type Uncertain = HashSet<PathBuf>;

impl Snapshot {
    /// The snapshot of `notes`; nothing when two of them disagree, because the disk
    /// changed meanwhile.
    pub(super) fn of(notes: DiskNotes) -> Option<Snapshot> {
        let DiskNotes { directories, names, mut entries } = notes;
        let mut directories: Vec<(Box<str>, u32)> = directories.into_iter().collect();
        directories.sort_unstable();
        let mut places = vec![0; directories.len()];
        for (place, (_, noted)) in (0..).zip(&directories) {
            places[*noted as usize] = place;
        }
        let directories: Vec<Box<str>> = directories.into_iter().map(|(directory, _)| directory).collect();
        for entry in &mut entries {
            entry.directory = places[entry.directory as usize];
        }
        retain_unlisted(&mut entries, &directories, &names);
        entries.sort_unstable_by(|a, b| {
            let name = |entry: &SnapshotEntry| entry.name.of(&names);
            (a.directory, name(a), a.question).cmp(&(b.directory, name(b), b.question))
        });
        let mut agree = true;
        entries.dedup_by(|later, first| {
            let place = |entry: &SnapshotEntry| (entry.directory, entry.question);
            let same = place(later) == place(first) && later.name.of(&names) == first.name.of(&names);
            if same {
                agree &= agreed(&mut first.answer, &later.answer);
            }
            same
        });
        agree.then(|| Snapshot::new(directories, &names, entries))
    }

    /// A snapshot of these entries, whose names lie among `names`.
    fn new(directories: Vec<Box<str>>, names: &str, mut entries: Vec<SnapshotEntry>) -> Snapshot {
        let mut own = String::with_capacity(entries.iter().map(|entry| entry.name.len()).sum());
        for entry in &mut entries {
            entry.name = DiskName::put(entry.name.of(names), &mut own).expect("no more than there was");
        }
        Snapshot { directories, names: own, entries }
    }

    /// Takes over from `old` what is known of contents whose stamps are the same.
    pub fn learn(&mut self, old: &Snapshot) {
        let mut known = old.entries.iter().peekable();
        let Snapshot { directories, names, entries } = self;
        for entry in entries {
            let order = |old_entry: &SnapshotEntry| {
                let theirs = (&old.directories[old_entry.directory as usize], old_entry.name.of(&old.names));
                let own = (&directories[entry.directory as usize], entry.name.of(names));
                theirs.cmp(&own).then(old_entry.question.cmp(&entry.question))
            };
            while known.next_if(|old_entry| order(old_entry) == Ordering::Less).is_some() {}
            let Some(known) = known.peek().filter(|old_entry| order(old_entry) == Ordering::Equal) else {
                continue;
            };
            if let (
                DiskAnswer::Content { stamp, hash: hash @ None, .. },
                DiskAnswer::Content { stamp: known, stable: true, hash: Some(of) },
            ) = (&mut entry.answer, &known.answer)
                && stamp == known
            {
                *hash = Some(of.clone());
            }
        }
    }

    /// What an entry is about.
    fn path(&self, entry: &SnapshotEntry) -> PathBuf {
        let directory = &self.directories[entry.directory as usize];
        PathBuf::from([directory, entry.name.of(&self.names)].concat())
    }

    /// Asks again, on `threads` threads.
    pub fn compare(&mut self, threads: usize) -> Freshness {
        let now = SystemTime::now();
        let indices: Vec<usize> = (0..self.entries.len()).collect();
        let mut again = Vec::new();
        let mut uncertain = Uncertain::new();
        let mut changed = false;
        for (at, differs) in
            parallel(&indices, threads, &|at| self.entries[at].check_stamp(&self.path(&self.entries[at])))
        {
            let entry = &self.entries[at];
            if let DiskAnswer::Content { hash, .. } = &entry.answer {
                changed |= hash.is_none();
                uncertain.insert(self.path(entry));
            }
            changed |= differs == Differs::Surely;
            again.push(at);
        }
        if changed {
            return Freshness::Changed(uncertain);
        }
        if again.is_empty() {
            return Freshness::Same;
        }
        let read = parallel(&again, threads, &|at| {
            let entry = &self.entries[at];
            Some(entry.read_again(&self.path(entry)))
        });
        let mut restamped = false;
        for (at, stamp) in read {
            let (Some(new), DiskAnswer::Content { stamp, stable, .. }) =
                (stamp, &mut self.entries[at].answer)
            else {
                return Freshness::Changed(uncertain);
            };
            let better = (new, new.is_stable(now));
            restamped |= better != (*stamp, *stable);
            (*stamp, *stable) = better;
        }
        if restamped { Freshness::Restamped } else { Freshness::Same }
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Leaves out what a directory's listing says: what a name in it is, and that it is not
/// there.
fn retain_unlisted(entries: &mut Vec<SnapshotEntry>, directories: &[Box<str>], names: &str) {
    // Without the separator at its end.
    let bare = |path: &str| path.strip_suffix(is_separator).unwrap_or(path).to_owned();
    let listed: HashSet<String> = entries
        .iter()
        .filter(|entry| {
            entry.question == DiskQuestion::Listing && matches!(entry.answer, DiskAnswer::Content { .. })
        })
        .map(|entry| bare(&[&directories[entry.directory as usize], entry.name.of(names)].concat()))
        .collect();
    let listed: Vec<bool> = directories.iter().map(|directory| listed.contains(&bare(directory))).collect();
    entries.retain(|entry| {
        let of_name = match entry.question {
            DiskQuestion::Kind | DiskQuestion::LinkKind => true,
            DiskQuestion::Content | DiskQuestion::Listing => entry.answer == DiskAnswer::Absent,
            DiskQuestion::Behind | DiskQuestion::Real | DiskQuestion::Link => false,
        };
        // These no listing tells.
        let told = !matches!(entry.name.of(names), "" | "." | "..");
        !(of_name && told && listed[entry.directory as usize])
    });
}

/// Whether two answers to one question are the same; what only one of them says
/// is put into the first.
fn agreed(first: &mut DiskAnswer, other: &DiskAnswer) -> bool {
    match (first, other) {
        (DiskAnswer::Content { stamp, hash, .. }, DiskAnswer::Content { stamp: also, hash: other, .. }) => {
            let known = hash.is_none() || other.is_none() || hash == other;
            if hash.is_none() {
                hash.clone_from(other);
            }
            known && stamp == also
        }
        (first, other) => first == other,
    }
}

/// How surely an answer is another one now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Differs {
    /// Its stamp is another one, or says nothing: the content has to be read.
    Perhaps,
    Surely,
}

impl SnapshotEntry {
    /// Looks at `path` without reading; nothing when the answer is the same.
    fn check_stamp(&self, path: &Path) -> Option<Differs> {
        let same = match (&self.answer, self.question) {
            (DiskAnswer::Path(known), DiskQuestion::Link) => {
                fs::read_link(path).is_ok_and(|now| now == *known)
            }
            (DiskAnswer::Path(known), _) => dunce::canonicalize(path).is_ok_and(|now| now == *known),
            (DiskAnswer::Absent, DiskQuestion::LinkKind | DiskQuestion::Listing | DiskQuestion::Link) => {
                fs::symlink_metadata(path).is_err_and(|error| is_absent(&error))
            }
            (DiskAnswer::Absent, _) => fs::metadata(path).is_err_and(|error| is_absent(&error)),
            (DiskAnswer::Kind(kind), question) => {
                let now = if question == DiskQuestion::LinkKind {
                    fs::symlink_metadata(path)
                } else {
                    fs::metadata(path)
                };
                now.is_ok_and(|now| EntryKind::of(now.file_type()) == *kind)
            }
            (DiskAnswer::Content { stamp, stable, .. }, question) => {
                let listing = question == DiskQuestion::Listing;
                let now = if listing { fs::symlink_metadata(path) } else { fs::metadata(path) };
                let Ok(now) = now.map(|now| Stamp::of(&now)) else { return Some(Differs::Surely) };
                let same_size = listing || now.size() == stamp.size();
                return match (now == *stamp, stable) {
                    (true, true) => None,
                    _ if same_size => Some(Differs::Perhaps),
                    _ => Some(Differs::Surely),
                };
            }
        };
        (!same).then_some(Differs::Surely)
    }

    /// Reads what lies at `path`: its stamp, when it is what the hash says.
    fn read_again(&self, path: &Path) -> Option<Stamp> {
        let DiskAnswer::Content { hash: Some(known), .. } = &self.answer else { return None };
        let (metadata, found) = if self.question == DiskQuestion::Listing {
            let metadata = fs::symlink_metadata(path).ok()?;
            (metadata, listing_at(path).ok()?)
        } else {
            let mut file = super::companion::open(path).ok()?;
            let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
            let mut hasher = blake3::Hasher::new();
            io::copy(&mut file, &mut hasher).ok()?;
            (metadata, short(&hasher.finalize()))
        };
        (found == **known).then(|| Stamp::of(&metadata))
    }
}

/// What `ask` says of each of `items`, where it says anything, in their order.
fn parallel<T: Send>(
    items: &[usize],
    threads: usize,
    ask: &(dyn Fn(usize) -> Option<T> + Sync),
) -> Vec<(usize, T)> {
    /// Too few to be worth a thread of their own.
    const CHUNK: usize = 256;
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let from = next.fetch_add(CHUNK, atomic::Ordering::Relaxed);
            let Some(rest) = items.get(from..).filter(|rest| !rest.is_empty()) else { return found };
            let chunk = &rest[..rest.len().min(CHUNK)];
            found.extend(chunk.iter().filter_map(|item| Some((*item, ask(*item)?))));
        }
    };
    let others = threads.min(items.len().div_ceil(CHUNK)).saturating_sub(1);
    let mut found = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for handle in handles {
            match handle.join() {
                Ok(more) => found.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    });
    found.sort_unstable_by_key(|(item, _)| *item);
    found
}

/// Of the content of a file.
pub(super) fn hash(bytes: &[u8]) -> Hash {
    short(&blake3::hash(bytes))
}

fn short(hash: &blake3::Hash) -> Hash {
    *hash.as_bytes().first_chunk().expect("the hash is longer")
}

/// Of the names in a directory and what they are, in no order.
///
/// # Errors
/// When an entry cannot be told.
pub(super) fn listing(entries: &[io::Result<DirEntry>]) -> io::Result<Hash> {
    let mut names = BTreeMap::new();
    for entry in entries {
        match entry {
            Ok(entry) => drop(names.insert(entry.file_name(), EntryKind::of(entry.file_type()?))),
            Err(error) => return Err(error.kind().into()),
        }
    }
    let mut hasher = blake3::Hasher::new();
    for (name, kind) in &names {
        hasher.update(name.as_encoded_bytes()).update(&[0, *kind as u8]);
    }
    Ok(short(&hasher.finalize()))
}

/// The same of the directory at `path`.
///
/// # Errors
/// When it cannot be read.
pub(super) fn listing_at(path: &Path) -> io::Result<Hash> {
    let entries: Vec<_> = fs::read_dir(path)?.collect();
    listing(&entries)
}
