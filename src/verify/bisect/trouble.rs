//! What a search is told.

use std::collections::{BTreeMap, BTreeSet};

/// What the toolchain has to say.
#[derive(Debug, Clone, Default)]
pub(in crate::verify) struct Trouble {
    /// Its words.
    pub(in crate::verify) words: String,
    /// The fixes that it points at.
    pub(in crate::verify) named: BTreeSet<usize>,
    /// Those of them that stand on a line of which it speaks, each with what it says there.
    pub(in crate::verify) said: BTreeMap<usize, String>,
}

impl From<String> for Trouble {
    fn from(words: String) -> Trouble {
        Trouble { words, ..Trouble::default() }
    }
}
