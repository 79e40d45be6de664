//! The answers that a run got from the disk, and whether they would be the same
//! now.

use super::Stamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, DirEntry, File, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

/// Of a content: enough of BLAKE3 that no two contents meet by accident.
pub(super) type Hash = [u8; 16];

/// What is asked about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Question {
    /// What a file holds, links followed.
    Content,
    /// Which names a directory holds, and what they are.
    Listing,
    /// What is there, links followed.
    Kind,
    /// What is there, a link not followed.
    LinkKind,
    /// What a link leads to that stands in a listing.
    Behind,
    /// The path without links.
    Real,
    /// What a link says.
    Link,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    File,
    Directory,
    Link,
    Other,
}

impl Kind {
    pub(super) fn of(kind: FileType) -> Kind {
        match kind {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Directory,
            kind if kind.is_symlink() => Kind::Link,
            _ => Kind::Other,
        }
    }
}

/// What the system said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Nothing is there.
    Absent,
    /// This is there.
    Kind(Kind),
    /// A file or a listing with this stamp, which says enough when it is
    /// `settled`, else only the hash does.
    Content { stamp: Stamp, settled: bool, hash: Option<Hash> },
    /// This path.
    Path(PathBuf),
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    path: String,
    question: Question,
    answer: Answer,
}

/// All that a run asked of the disk, each question once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// By path and question.
    entries: Vec<Entry>,
}

/// How a record stands to the disk as it is now.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// All answers are the same.
    Same,
    /// All answers are the same, some of them under another stamp, which the
    /// record now has.
    Restamped,
    /// Some answer has changed, or may have.
    Changed(Doubts),
}

/// The paths whose stamps have changed.
pub type Doubts = HashSet<PathBuf>;

impl Record {
    /// The record of `notes`; nothing when two of them disagree, because the disk
    /// changed meanwhile, or when a path cannot be written down.
    pub(super) fn of(mut notes: Vec<(PathBuf, Question, Answer)>) -> Option<Record> {
        let listed: HashSet<&OsStr> = notes
            .iter()
            .filter(|(_, question, answer)| {
                *question == Question::Listing && matches!(answer, Answer::Content { .. })
            })
            .map(|(path, ..)| path.as_os_str())
            .collect();
        // What a name is, and that it is not there, its directory's listing says.
        let follows = |path: &Path, question: Question, answer: &Answer| {
            let of_name = match question {
                Question::Kind | Question::LinkKind => true,
                Question::Content | Question::Listing => *answer == Answer::Absent,
                Question::Behind | Question::Real | Question::Link => false,
            };
            of_name && path.parent().is_some_and(|parent| listed.contains(parent.as_os_str()))
        };
        let kept: Vec<bool> =
            notes.iter().map(|(path, question, answer)| !follows(path, *question, answer)).collect();
        let mut kept = kept.into_iter();
        notes.retain(|_| kept.next() == Some(true));
        // Takes the place of the notes, of which a large tree makes many.
        let entry = |(path, question, answer): (PathBuf, Question, Answer)| {
            Some(Entry { path: path.into_os_string().into_string().ok()?, question, answer })
        };
        let mut entries = notes.into_iter().map(entry).collect::<Option<Vec<Entry>>>()?;
        entries.sort_unstable_by(|a, b| (&a.path, a.question).cmp(&(&b.path, b.question)));
        let mut agree = true;
        entries.dedup_by(|later, first| {
            let same = (&later.path, later.question) == (&first.path, first.question);
            if same {
                agree &= agreed(&mut first.answer, &later.answer);
            }
            same
        });
        agree.then_some(Record { entries })
    }

    /// Takes over from `old` what is known of contents whose stamps are the same.
    pub fn learn(&mut self, old: &Record) {
        let mut old = old.entries.iter().peekable();
        for entry in &mut self.entries {
            let place = (entry.path.as_str(), entry.question);
            while old.next_if(|old| (old.path.as_str(), old.question) < place).is_some() {}
            let Some(known) = old.peek().filter(|old| (old.path.as_str(), old.question) == place) else {
                continue;
            };
            if let (
                Answer::Content { stamp, hash: hash @ None, .. },
                Answer::Content { stamp: known, settled: true, hash: Some(of) },
            ) = (&mut entry.answer, &known.answer)
                && stamp == known
            {
                *hash = Some(*of);
            }
        }
    }

    /// Asks again, on `threads` threads.
    pub fn compare(&mut self, threads: usize) -> Standing {
        let now = SystemTime::now();
        let indices: Vec<usize> = (0..self.entries.len()).collect();
        let mut again = Vec::new();
        let mut doubts = Doubts::new();
        let mut changed = false;
        for (at, differs) in parallel(&indices, threads, &|at| self.entries[at].glance()) {
            let entry = &self.entries[at];
            if let Answer::Content { hash, .. } = &entry.answer {
                changed |= hash.is_none();
                doubts.insert(PathBuf::from(&entry.path));
            }
            changed |= differs == Differs::Surely;
            again.push(at);
        }
        if changed {
            return Standing::Changed(doubts);
        }
        if again.is_empty() {
            return Standing::Same;
        }
        let read = parallel(&again, threads, &|at| Some(self.entries[at].read_again()));
        let mut restamped = false;
        for (at, stamp) in read {
            let (Some(new), Answer::Content { stamp, settled, .. }) = (stamp, &mut self.entries[at].answer)
            else {
                return Standing::Changed(doubts);
            };
            let better = (new, new.is_settled(now));
            restamped |= better != (*stamp, *settled);
            (*stamp, *settled) = better;
        }
        if restamped { Standing::Restamped } else { Standing::Same }
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

/// Whether two answers to one question are the same; what only one of them says
/// is put into the first.
fn agreed(first: &mut Answer, other: &Answer) -> bool {
    match (first, other) {
        (Answer::Content { stamp, hash, .. }, Answer::Content { stamp: also, hash: other, .. }) => {
            let known = hash.is_none() || other.is_none() || hash == other;
            *hash = hash.or(*other);
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

impl Entry {
    /// Looks without reading; nothing when the answer is the same.
    fn glance(&self) -> Option<Differs> {
        let path = Path::new(&self.path);
        let same = match (&self.answer, self.question) {
            (Answer::Path(known), Question::Link) => fs::read_link(path).is_ok_and(|now| now == *known),
            (Answer::Path(known), _) => dunce::canonicalize(path).is_ok_and(|now| now == *known),
            (Answer::Absent, Question::LinkKind | Question::Listing | Question::Link) => {
                fs::symlink_metadata(path).is_err_and(|error| super::is_absent(&error))
            }
            (Answer::Absent, _) => fs::metadata(path).is_err_and(|error| super::is_absent(&error)),
            (Answer::Kind(kind), question) => {
                let now = if question == Question::LinkKind {
                    fs::symlink_metadata(path)
                } else {
                    fs::metadata(path)
                };
                now.is_ok_and(|now| Kind::of(now.file_type()) == *kind)
            }
            (Answer::Content { stamp, settled, .. }, question) => {
                let listing = question == Question::Listing;
                let now = if listing { fs::symlink_metadata(path) } else { fs::metadata(path) };
                let Ok(now) = now.map(|now| Stamp::of(&now)) else { return Some(Differs::Surely) };
                let same_size = listing || now.size() == stamp.size();
                return match (now == *stamp, settled) {
                    (true, true) => None,
                    _ if same_size => Some(Differs::Perhaps),
                    _ => Some(Differs::Surely),
                };
            }
        };
        (!same).then_some(Differs::Surely)
    }

    /// Reads what lies there: its stamp, when it is what the hash says.
    fn read_again(&self) -> Option<Stamp> {
        let Answer::Content { hash: Some(known), .. } = &self.answer else { return None };
        let path = Path::new(&self.path);
        let (metadata, found) = if self.question == Question::Listing {
            let metadata = fs::symlink_metadata(path).ok()?;
            (metadata, listing_at(path).ok()?)
        } else {
            let mut file = File::open(path).ok()?;
            let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
            let mut hasher = blake3::Hasher::new();
            io::copy(&mut file, &mut hasher).ok()?;
            (metadata, short(&hasher.finalize()))
        };
        (found == *known).then(|| Stamp::of(&metadata))
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
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
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
            Ok(entry) => drop(names.insert(entry.file_name(), Kind::of(entry.file_type()?))),
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

/// An entry as it is written: the path as what it does not share with the one
/// before.
#[derive(Serialize, Deserialize)]
struct Row<'a> {
    shared: usize,
    #[serde(borrow)]
    rest: Cow<'a, str>,
    question: Question,
    answer: Answer,
}

impl Serialize for Record {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut before = "";
        serializer.collect_seq(self.entries.iter().map(|entry| {
            let pairs = before.bytes().zip(entry.path.bytes());
            let mut shared = pairs.take_while(|(a, b)| a == b).count();
            while !entry.path.is_char_boundary(shared) {
                shared -= 1;
            }
            before = &entry.path;
            let rest = Cow::Borrowed(&entry.path[shared..]);
            Row { shared, rest, question: entry.question, answer: entry.answer.clone() }
        }))
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Record, D::Error> {
        deserializer.deserialize_seq(Rows)
    }
}

struct Rows;

impl<'de> serde::de::Visitor<'de> for Rows {
    type Value = Record;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a record")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut rows: A) -> Result<Record, A::Error> {
        // What is written there may be anything: it does not decide how much
        // memory is taken.
        let mut entries: Vec<Entry> = Vec::with_capacity(rows.size_hint().unwrap_or_default().min(1 << 16));
        while let Some(Row { shared, rest, question, answer }) = rows.next_element::<Row<'_>>()? {
            let before = entries.last().map_or("", |entry| &entry.path);
            let before =
                before.get(..shared).ok_or_else(|| serde::de::Error::custom("a path is too long"))?;
            entries.push(Entry { path: [before, &rest].concat(), question, answer });
        }
        Ok(Record { entries })
    }
}
