//! The declarations that a thread parsed lately, by their text: what a fix leaves as it was, and
//! what a key stroke leaves as it was, is not parsed again.

use super::parse::ParsedText;
use std::collections::HashMap;
use std::sync::Arc;

/// How many bytes of declarations a thread remembers unless it was told: their nodes take about
/// fifteen times as much.
const BYTES: usize = 16 << 10;

/// Parses by text, in two generations. What was not asked for during one of them is forgotten
/// with the next.
#[derive(Debug)]
pub(super) struct ParseCache {
    young: HashMap<Box<str>, Arc<ParsedText>>,
    old: HashMap<Box<str>, Arc<ParsedText>>,
    /// How long the texts of `young` are together.
    bytes: usize,
    most: usize,
}

impl Default for ParseCache {
    fn default() -> ParseCache {
        ParseCache::of(BYTES)
    }
}

impl ParseCache {
    /// One that remembers up to twice `most` bytes of text.
    pub(super) fn of(most: usize) -> ParseCache {
        ParseCache { young: HashMap::new(), old: HashMap::new(), bytes: 0, most }
    }

    /// What `source` gave.
    pub(super) fn get(&mut self, source: &str) -> Option<Arc<ParsedText>> {
        if let Some(known) = self.young.get(source) {
            return Some(Arc::clone(known));
        }
        let (text, known) = self.old.remove_entry(source)?;
        self.add(text, Arc::clone(&known));
        Some(known)
    }

    /// Remembers what `source` gives. One that would take all the room is let go.
    pub(super) fn put(&mut self, source: &str, parsed: &Arc<ParsedText>) {
        if source.len() <= self.most / 4 {
            self.add(source.into(), Arc::clone(parsed));
        }
    }

    fn add(&mut self, text: Box<str>, parsed: Arc<ParsedText>) {
        if self.bytes + text.len() > self.most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.young.insert(text, parsed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parsed;
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut cache = ParseCache::of(40);
        let text = |number: usize| format!("var v{number} int");
        cache.put(&text(0), &Arc::new(parsed(&text(0))));
        for number in 1..9 {
            assert!(cache.get(&text(0)).is_some(), "{number}");
            cache.put(&text(number), &Arc::new(parsed(&text(number))));
        }
        assert!(cache.get(&text(8)).is_some());
        assert!(cache.get(&text(1)).is_none());
        assert!(cache.young.len() + cache.old.len() <= 8);
    }

    #[test]
    fn one_that_is_too_long_is_not_remembered() {
        let mut cache = ParseCache::of(40);
        let long = "var aLongName, another int";
        cache.put(long, &Arc::new(parsed(long)));
        assert!(cache.get(long).is_none());
    }
}
