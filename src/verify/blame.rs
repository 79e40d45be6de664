//! Which fixes the toolchain points at: those on the line that it names, else in the same
//! declaration, else in the file.

use super::bisect::Trouble;
use super::session::{ProofSession, RenderedFiles};
use crate::disk::companion;
use crate::text::diff::{self, Hunk};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

impl ProofSession<'_> {
    /// What is said at `places` of the rendered files, as trouble with the fixes that stand
    /// there, but for those of `held`. Where a planner does not say where its fixes stand,
    /// nobody is pointed at.
    pub(super) fn pointed_at<'p>(
        &self,
        words: String,
        places: impl IntoIterator<Item = (&'p (PathBuf, usize), &'p String)>,
        files: &RenderedFiles,
        held: &BTreeSet<usize>,
    ) -> Trouble {
        let mut lines: BTreeMap<&Path, BTreeMap<usize, &str>> = BTreeMap::new();
        for ((file, line), words) in places {
            lines.entry(file).or_default().entry(*line).or_insert(words);
        }
        let mut trouble = Trouble { words, ..Trouble::default() };
        for (file, lines) in lines {
            let Some(rendered) = files.bytes.get(file) else { continue };
            let spans: Vec<(usize, Range<usize>)> = self
                .editors([file], held)
                .into_iter()
                .flat_map(|id| self.candidate.spans(id, file).into_iter().map(move |span| (id, span)))
                .collect();
            if spans.is_empty() {
                continue;
            }
            let Ok(disk) = companion::read(file) else { continue };
            let text = OldText::new(&disk, rendered);
            for (line, words) in lines {
                let (suspects, on_line) = text.suspects(line, &spans);
                for id in suspects.iter().filter(|_| on_line) {
                    trouble.said.entry(*id).or_insert_with(|| words.to_owned());
                }
                trouble.named.extend(suspects);
            }
        }
        trouble
    }
}

/// A file on disk, seen from the lines of what it became.
struct OldText<'t> {
    bytes: &'t [u8],
    /// Where each line begins, and the end.
    starts: Vec<usize>,
    hunks: Vec<Hunk>,
}

impl OldText<'_> {
    fn new<'t>(old: &'t [u8], new: &[u8]) -> OldText<'t> {
        let mut starts = vec![0];
        starts.extend(old.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1));
        if starts.last() != Some(&old.len()) {
            starts.push(old.len());
        }
        OldText { bytes: old, starts, hunks: diff::hunks(old, new, 0) }
    }

    /// The fixes of `spans` nearest to this line of the new text; whether they stand on it.
    fn suspects(&self, line: usize, spans: &[(usize, Range<usize>)]) -> (BTreeSet<usize>, bool) {
        let meeting = |range: Range<usize>| -> BTreeSet<usize> {
            spans.iter().filter(|(_, span)| meet(span, &range)).map(|(id, _)| *id).collect()
        };
        let Some(place) = self.old(line) else { return (meeting(0..self.bytes.len()), false) };
        let on_line = meeting(self.range(&place));
        if !on_line.is_empty() {
            return (on_line, true);
        }
        let around = meeting(self.range(&self.declaration(place)));
        (if around.is_empty() { meeting(0..self.bytes.len()) } else { around }, false)
    }

    /// The old lines, from 0, that this line of the new text was made of; where it came between
    /// two, no line.
    fn old(&self, line: usize) -> Option<Range<usize>> {
        let row = line.checked_sub(1)?;
        let mut shift = 0_isize;
        for hunk in &self.hunks {
            let first = |start: usize, lines: usize| if lines == 0 { start } else { start - 1 };
            let (old, new) = (first(hunk.old_start, hunk.old_lines), first(hunk.new_start, hunk.new_lines));
            if row < new {
                break;
            }
            if row < new + hunk.new_lines {
                return Some(old..old + hunk.old_lines);
            }
            shift += hunk.old_lines as isize - hunk.new_lines as isize;
        }
        let row = row.checked_add_signed(shift)?;
        (row + 1 < self.starts.len()).then_some(row..row + 1)
    }

    fn range(&self, lines: &Range<usize>) -> Range<usize> {
        let at = |line: usize| self.starts.get(line).copied().unwrap_or(self.bytes.len());
        at(lines.start)..at(lines.end)
    }

    /// From the line above that begins with a letter to the one below.
    fn declaration(&self, lines: Range<usize>) -> Range<usize> {
        let begins =
            |row: &usize| self.bytes.get(self.starts[*row]).is_some_and(|byte| byte.is_ascii_alphabetic());
        let end = self.starts.len().saturating_sub(1);
        let start = (0..=lines.start.min(end)).rev().find(begins).unwrap_or(0);
        let next = (lines.end.max(start + 1)..end).find(begins).unwrap_or(end);
        start..next
    }
}

/// Whether two ranges share a byte; one without bytes may stand at the other's border.
fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    if a.is_empty() || b.is_empty() {
        return a.start <= b.end && b.start <= a.end;
    }
    a.start < b.end && b.start < a.end
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str =
        "package p\n\nimport \"fmt\"\n\nfunc A() {\n\tone()\n\ttwo()\n}\n\nfunc B() {\n\tone()\n}\n";

    fn suspects(new: &str, line: usize, words: &[&str]) -> Vec<usize> {
        let text = OldText::new(OLD.as_bytes(), new.as_bytes());
        let at = |word: &&str| OLD.find(*word).unwrap()..OLD.find(*word).unwrap() + word.len();
        let spans: Vec<_> = words.iter().map(at).enumerate().collect();
        text.suspects(line, &spans).0.into_iter().collect()
    }

    #[test]
    fn those_on_the_line_come_first_then_those_around() {
        let words = ["one()", "two()", "func B"];
        let new = OLD.replacen("one()\n", "uno()\n\tdue()\n", 1);
        assert_eq!(suspects(&new, 6, &words), [0]);
        assert_eq!(suspects(&new, 7, &words), [0]);
        assert_eq!(suspects(&new, 8, &words), [1]);
        assert_eq!(suspects(&new, 9, &words), [0, 1]);
        assert_eq!(suspects(&new, 11, &words), [2]);
        // An import that nobody names any more.
        assert_eq!(suspects(&new, 3, &words), [0, 1, 2]);
        assert_eq!(suspects(&new, 0, &words), [0, 1, 2]);
        assert_eq!(suspects(&new, 99, &words), [0, 1, 2]);
    }

    #[test]
    fn lines_that_went_point_at_where_they_were() {
        let new = OLD.replacen("\ttwo()\n", "", 1);
        assert_eq!(suspects(&new, 6, &["\ttwo()\n"]), [0]);
        assert_eq!(suspects(&new, 10, &["\ttwo()\n", "}\n\nfunc B"]), [1]);
    }
}
