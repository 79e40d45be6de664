//! What a run notes while it asks: as short as can be, for there are as many notes as
//! files.

use super::answer::{DiskAnswer, DiskQuestion, SnapshotEntry};
use std::collections::HashMap;
use std::path::{Path, is_separator};

/// Where a name lies among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DiskName {
    start: u32,
    end: u32,
}

impl DiskName {
    /// The name.
    pub fn of(self, names: &str) -> &str {
        &names[self.start as usize..self.end as usize]
    }

    /// In bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Puts `name` behind `names`; nothing when they are too many.
    pub fn put(name: &str, names: &mut String) -> Option<DiskName> {
        let start = u32::try_from(names.len()).ok()?;
        let end = u32::try_from(names.len() + name.len()).ok()?;
        names.push_str(name);
        Some(DiskName { start, end })
    }
}

/// What was asked and answered, in the order of asking.
#[derive(Debug, Default)]
pub(super) struct DiskNotes {
    /// With the separator at their ends, and their numbers.
    pub directories: HashMap<Box<str>, u32>,
    /// The names of the entries, one behind the other.
    pub names: String,
    /// All entries.
    pub entries: Vec<SnapshotEntry>,
}

impl DiskNotes {
    /// Adds an entry; nothing when its path cannot be written down.
    pub fn add(&mut self, path: &Path, question: DiskQuestion, answer: DiskAnswer) -> Option<()> {
        let path = path.to_str()?;
        let (directory, name) = path.split_at(path.rfind(is_separator).map_or(0, |separator| separator + 1));
        let directory = match self.directories.get(directory) {
            Some(known) => *known,
            None => {
                let number = u32::try_from(self.directories.len()).ok()?;
                self.directories.insert(directory.into(), number);
                number
            }
        };
        let name = DiskName::put(name, &mut self.names)?;
        self.entries.push(SnapshotEntry { directory, name, question, answer });
        Some(())
    }
}
