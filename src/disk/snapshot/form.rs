//! How a snapshot is written: the directories, then a row for each entry.

use super::{DiskAnswer, DiskName, DiskQuestion, Snapshot, SnapshotEntry};
use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// An entry as it is written.
#[derive(Serialize, Deserialize)]
struct SnapshotRow<'a> {
    directory: u32,
    #[serde(borrow)]
    name: Cow<'a, str>,
    question: DiskQuestion,
    answer: Cow<'a, DiskAnswer>,
}

/// The entries of a snapshot.
struct SnapshotRows<'r>(&'r Snapshot);

impl Serialize for SnapshotRows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let SnapshotRows(snapshot) = self;
        serializer.collect_seq(snapshot.entries.iter().map(|entry| SnapshotRow {
            directory: entry.directory,
            name: Cow::Borrowed(entry.name.of(&snapshot.names)),
            question: entry.question,
            answer: Cow::Borrowed(&entry.answer),
        }))
    }
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_tuple(2)?;
        parts.serialize_element(&self.directories)?;
        parts.serialize_element(&SnapshotRows(self))?;
        parts.end()
    }
}

impl<'de> Deserialize<'de> for Snapshot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Snapshot, D::Error> {
        let (directories, read) = <(Vec<Box<str>>, Read)>::deserialize(deserializer)?;
        let known = |entry: &SnapshotEntry| (entry.directory as usize) < directories.len();
        if !read.entries.iter().all(known) {
            return Err(D::Error::custom("an entry is in no directory"));
        }
        Ok(Snapshot { directories, names: read.names, entries: read.entries })
    }
}

/// The rows as they are read.
#[derive(Default)]
struct Read {
    names: String,
    entries: Vec<SnapshotEntry>,
}

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Read, D::Error> {
        deserializer.deserialize_seq(SnapshotReader)
    }
}

struct SnapshotReader;

impl<'de> Visitor<'de> for SnapshotReader {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the entries of a record")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Read, A::Error> {
        let mut read = Read::default();
        // What is written there may be anything: it does not decide how much
        // memory is taken.
        read.entries.reserve(rows.size_hint().unwrap_or_default().min(1 << 16));
        while let Some(row) = rows.next_element::<SnapshotRow<'_>>()? {
            let name = DiskName::put(&row.name, &mut read.names)
                .ok_or_else(|| A::Error::custom("too many names"))?;
            let SnapshotRow { directory, question, answer, .. } = row;
            read.entries.push(SnapshotEntry { directory, name, question, answer: answer.into_owned() });
        }
        Ok(read)
    }
}
