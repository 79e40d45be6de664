//! What a run notes while it asks: as short as can be, for there are as many notes as
//! files.

use super::answer::{DiskAnswer, DiskName, DiskQuestion, SnapshotEntry};
use std::collections::HashMap;
use std::path::{Path, is_separator};

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
