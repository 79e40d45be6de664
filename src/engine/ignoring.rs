//! The comments that suppress the findings of a file where they stand.

use super::file_cache::FileSet;
use super::matches::{Around, Match, matches_at};
use super::prefilter::Prefilter;
use super::scan::Scan;
use super::suppress;
use crate::text::Edits;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Findings of one file: where each begins and its rule, with the line for messages.
pub type SitePlaces = BTreeMap<(usize, &'static str), usize>;

/// A file with the comments for its findings.
#[derive(Debug, Default)]
pub struct Commented {
    /// What writes the comments.
    pub edits: Edits,
    /// How many there are.
    pub comments: usize,
    /// The findings that no comment can reach.
    pub left: SitePlaces,
}

impl Scan<'_> {
    /// Comments above the findings at `places` of `text`, which is the file at `path`: one for
    /// all the rules that a line has.
    pub fn comments_at(&self, path: &Path, text: &str, places: &SitePlaces, reason: &str) -> Commented {
        let file = self.file_cache.lend(path, text.to_owned());
        let mut file_set = FileSet::beside(&self.file_cache);
        file_set.put(file.clone());
        let around = Around::new(&file, &file_set, self.module);
        let hits = Prefilter::new(self.entries).hits(text);
        let enabled = self.enabled(&file);
        let matches = matches_at(&around, self.entries, &hits, &|index| enabled[index]);
        let mut left = places.clone();
        // By where the comment goes.
        let mut lines: BTreeMap<usize, (&Match, BTreeSet<&'static str>)> = BTreeMap::new();
        for matched in &matches.matches {
            let rule = self.entries[matched.entry].meta.id;
            let place = (matched.rule_match.diagnostic.span.start, rule);
            let Some(line) = left.remove(&place) else { continue };
            match suppress::comment_above(&matched.enclosing, rule, reason, &file) {
                Some(edit) => {
                    lines.entry(edit.span.start).or_insert((matched, BTreeSet::new())).1.insert(rule)
                }
                None => left.insert(place, line).is_none(),
            };
        }
        let mut commented = Commented { left, ..Commented::default() };
        for (matched, rules) in lines.into_values() {
            let rules: Vec<&str> = rules.into_iter().collect();
            let edit = suppress::comment_above(&matched.enclosing, &rules.join(","), reason, &file);
            // Each has a line of its own, so no two edits meet.
            commented.comments += edit.is_some_and(|edit| commented.edits.push(edit).is_ok()) as usize;
        }
        commented
    }
}
