//! What a fix does to each of its files, as the page shows it: hunks whose
//! lines, marks and first state are small enough to stand in it by the
//! thousand.

use crate::report::diff::{self, DiffRow};
use crate::rewrite::{FileEdit, Finding};
use crate::syntax::outline::{TokenKind, tokens};
use crate::text::diff::hunks;
use crate::text::{LineIndex, Span};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Lines of context around a change, as git has it.
const CONTEXT: usize = 3;

/// Lines of a site, behind its first, that an excerpt shows.
const LONGEST: usize = 12;

/// Files that are kept in memory; findings come file by file, so few are
/// enough.
const REMEMBERED: usize = 16;

/// One file that a fix changes.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct FixChange {
    pub path: Arc<str>,
    pub hunks: Vec<PageHunk>,
}

/// One hunk of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct PageHunk {
    /// `@@ -3,7 +3,6 @@`, and the declaration behind it.
    pub head: String,
    /// The lines with their signs, as in a patch.
    pub lines: String,
    /// The words that differ: line of the hunk from 0, start and end in UTF-16
    /// units behind the sign; three numbers each, because a page holds many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<usize>,
    /// What the first line stands in, which it does not show itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<Inside>,
}

/// A token that began on an earlier line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Inside {
    /// A block comment.
    Comment,
    /// A raw string.
    Raw,
}

/// The texts that fixes change, read when one asks.
pub(super) struct Texts<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    known: HashMap<Arc<str>, Option<ChangeText>>,
}

struct ChangeText {
    text: String,
    lines: LineIndex,
    /// The tokens of several lines.
    long: Vec<(Inside, Span)>,
}

impl<'a> Texts<'a> {
    pub fn new(read: &'a dyn Fn(&str) -> Option<String>) -> Texts<'a> {
        Texts { read, known: HashMap::new() }
    }

    /// What the fix of `finding` changes, nothing when it has none; `None` when a
    /// file is no longer what the fix was made for.
    pub fn changes(&mut self, finding: &Finding) -> Option<Vec<FixChange>> {
        let Some(fix) = &finding.fix else { return Some(Vec::new()) };
        self.text(&finding.path).filter(|text| text.shows(finding))?;
        let files = fix.edits.chunk_by(|a, b| a.path == b.path);
        files
            .map(|edits| Some(FixChange { path: edits[0].path.clone(), hunks: self.hunks(edits)? }))
            .collect()
    }

    /// The lines that lead to the site of `finding`, the site, and the lines
    /// behind it; nothing when the file is no longer what was looked at.
    pub fn surroundings(&mut self, finding: &Finding) -> Vec<(usize, String)> {
        let Some(text) = self.text(&finding.path).filter(|text| text.shows(finding)) else {
            return Vec::new();
        };
        let first = finding.start.line.saturating_sub(CONTEXT).max(1);
        let last = finding.end.line.min(finding.start.line + LONGEST) + CONTEXT;
        (first..=last).map_while(|number| Some((number, text.line(number)?.to_owned()))).collect()
    }

    fn hunks(&mut self, edits: &[FileEdit]) -> Option<Vec<PageHunk>> {
        let source = self.text(&edits[0].path)?;
        let before = &source.text;
        let mut after = String::with_capacity(before.len());
        let mut done = 0;
        for edit in edits {
            after += before.get(done..edit.start_byte)?;
            after += &edit.text;
            done = edit.end_byte;
        }
        after += before.get(done..)?;
        let (before, after) = (before.as_bytes(), after.as_bytes());
        let hunk = |hunk: &crate::text::diff::Hunk| {
            let first = hunk.lines.first().map_or(0, |(_, range)| range.start);
            let heading =
                hunk.heading.clone().map(|range| String::from_utf8_lossy(&before[range]).into_owned());
            let mut head = hunk.range_line();
            if let Some(heading) = heading {
                head.push(' ');
                head += &heading;
            }
            let (lines, marks) = written(&diff::rows(hunk, before, after));
            PageHunk { head, lines, marks, inside: source.inside(first) }
        };
        Some(hunks(before, after, CONTEXT).iter().map(hunk).collect())
    }

    fn text(&mut self, path: &Arc<str>) -> Option<&ChangeText> {
        if self.known.len() >= REMEMBERED && !self.known.contains_key(path) {
            self.known.clear();
        }
        let read = || (self.read)(path).map(ChangeText::new);
        self.known.entry(path.clone()).or_insert_with(read).as_ref()
    }
}

impl ChangeText {
    /// Whether the lines are still those that `finding` was made from.
    fn shows(&self, finding: &Finding) -> bool {
        finding.frame.iter().all(|line| self.line(line.line).is_some_and(|content| line.is_of(content)))
    }

    /// The line of this number, from 1, without its end.
    fn line(&self, number: usize) -> Option<&str> {
        let bytes = self.text.as_bytes();
        let content = (number <= self.lines.count()).then(|| self.lines.content(bytes, number))?;
        std::str::from_utf8(content).ok()
    }

    fn new(text: String) -> ChangeText {
        let long = tokens(&text, Span::new(0, text.len())).filter_map(|(kind, span)| {
            let inside = match kind {
                TokenKind::BlockComment => Inside::Comment,
                TokenKind::RawString => Inside::Raw,
                _ => return None,
            };
            span.of(&text).contains('\n').then_some((inside, span))
        });
        ChangeText { long: long.collect(), lines: LineIndex::new(text.as_bytes()), text }
    }

    /// What a line that starts at `offset` stands in.
    fn inside(&self, offset: usize) -> Option<Inside> {
        let after = self.long.partition_point(|(_, span)| span.end <= offset);
        self.long.get(after).filter(|(_, span)| span.start < offset).map(|(inside, _)| *inside)
    }
}

/// The lines as one text, and the marks in it.
fn written(rows: &[DiffRow]) -> (String, Vec<usize>) {
    let mut lines = String::new();
    let mut marks = Vec::new();
    let mut number = 0;
    for row in rows {
        lines.push(row.op.sign());
        let mut at = 0;
        for piece in &row.pieces {
            let end = at + piece.text.encode_utf16().count();
            // Other blanks at the start of a line are told by its place.
            if piece.marked && !piece.text.trim().is_empty() {
                marks.extend([number, at, end]);
            }
            lines += &piece.text;
            at = end;
        }
        lines.push('\n');
        number += 1;
        if row.unended {
            lines += "\\ No newline at end of file\n";
            number += 1;
        }
    }
    (lines, marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::{Applicability, FindingFix, FrameLine};
    use crate::text::Position;

    fn finding(edits: &[(usize, usize, &str)]) -> Finding {
        let edit = |(start_byte, end_byte, text): &(usize, usize, &str)| FileEdit {
            path: "a.go".into(),
            start_byte: *start_byte,
            end_byte: *end_byte,
            text: (*text).into(),
        };
        let place = Position { line: 1, column: 1, byte: 0 };
        Finding {
            fix: Some(FindingFix { title: "mend it".into(), edits: edits.iter().map(edit).collect() }),
            ..Finding::new("rule", Applicability::Safe, "a.go".into(), place, place)
        }
    }

    fn changed(text: &str, edits: &[(usize, usize, &str)]) -> Option<Vec<FixChange>> {
        let text = text.to_owned();
        Texts::new(&move |_| Some(text.clone())).changes(&finding(edits))
    }

    #[test]
    fn marks_count_in_the_units_of_a_script() {
        let text = "package p\n\nvar 𝛼 = \"é\" + old(1)\n";
        let at = text.find("old").unwrap();
        let changes = changed(text, &[(at, at + 3, "fresh")]).unwrap();
        let hunk = &changes[0].hunks[0];
        assert_eq!(hunk.head, "@@ -1,3 +1,3 @@");
        assert_eq!(hunk.lines, " package p\n \n-var 𝛼 = \"é\" + old(1)\n+var 𝛼 = \"é\" + fresh(1)\n");
        let units: Vec<u16> = "var 𝛼 = \"é\" + ".encode_utf16().collect();
        let start = units.len();
        assert_eq!(hunk.marks, [2, start, start + 3, 3, start, start + 5]);
        assert_eq!(hunk.inside, None);
    }

    #[test]
    fn a_hunk_knows_what_it_begins_in() {
        let lines = "x\n".repeat(9);
        for (open, close, inside) in [("/*", "*/", Inside::Comment), ("var s = `", "`", Inside::Raw)] {
            let text = format!("package p\n{open}\n{lines}{close}\nvar a = 1\n");
            let at = text.find("1\n").unwrap();
            let changes = changed(&text, &[(at, at + 1, "2")]).unwrap();
            assert_eq!(changes[0].hunks[0].inside, Some(inside));
        }
    }

    #[test]
    fn a_last_line_without_an_end_is_said_as_git_says_it() {
        let changes = changed("package p\nvar a = 1", &[(18, 19, "2")]).unwrap();
        let lines = &changes[0].hunks[0].lines;
        let none = "\\ No newline at end of file";
        assert_eq!(*lines, format!(" package p\n-var a = 1\n{none}\n+var a = 2\n{none}\n"));
        assert_eq!(changes[0].hunks[0].marks, [1, 8, 9, 3, 8, 9]);
    }

    #[test]
    fn a_file_whose_site_says_something_else_has_no_change() {
        let text = "package p\nvar a = 1\n".to_owned();
        let line = |text: &str| FrameLine {
            line: 2,
            text: text.into(),
            mark: None,
            primary: true,
            label: String::new(),
        };
        let read = move |_: &str| Some(text.clone());
        let mut seen = finding(&[(18, 19, "2")]);
        for (shown, stale) in [("var a = 1", false), ("var b = 1", true)] {
            seen.frame = vec![line(shown)];
            assert_eq!(Texts::new(&read).changes(&seen).is_none(), stale, "{shown}");
            assert_eq!(Texts::new(&read).surroundings(&seen).is_empty(), stale, "{shown}");
        }
    }

    #[test]
    fn a_file_that_became_shorter_has_no_change() {
        assert_eq!(changed("package p\n", &[(30, 31, "2")]), None);
        assert_eq!(Texts::new(&|_| None).changes(&finding(&[(0, 0, "x")])), None);
    }
}
