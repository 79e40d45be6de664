//! Unified diffs that `git apply` takes, byte for byte, and the hunks they are
//! made of.
//!
//! A line ends at `\n` and nowhere else, and its end belongs to it: `\r\n`
//! against `\n` is a change, a lone `\r` is a byte like any other, and a last
//! line without an end differs from the same line with one.

mod lines;
mod place;

use self::lines::{DiffLines, LineChange};
use super::{Edit, Edits, LineIndex, Span};
use similar::{Algorithm, DiffOp};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

/// What happens to a line of a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// It stays; the bytes are those of the text before.
    Context,
    /// It goes; the bytes are those of the text before.
    Removed,
    /// It comes; the bytes are those of the text after.
    Added,
}

impl Op {
    /// The sign in the first column of a unified diff.
    pub fn sign(self) -> char {
        match self {
            Op::Context => ' ',
            Op::Removed => '-',
            Op::Added => '+',
        }
    }

    /// The one of the two texts that holds the bytes of a line with this sign.
    pub fn side<'a>(self, before: &'a [u8], after: &'a [u8]) -> &'a [u8] {
        if self == Op::Added { after } else { before }
    }
}

/// Changes that stand together, with the unchanged lines around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// First line of the hunk in the text before, from 1; when `old_lines` is
    /// 0, the line above the hunk, 0 for the start of the file.
    pub old_start: usize,
    /// How many lines of the text before the hunk covers.
    pub old_lines: usize,
    /// As `old_start`, in the text after.
    pub new_start: usize,
    /// As `old_lines`, in the text after.
    pub new_lines: usize,
    /// The nearest line above the hunk that starts with a letter, in bytes of
    /// the text before, line end excluded: the declaration it stands in.
    pub heading: Option<Range<usize>>,
    /// The lines, line ends included; see [`Op::side`] for the text whose
    /// bytes a range counts.
    pub lines: Vec<(Op, Range<usize>)>,
}

impl Hunk {
    /// `@@ -3,7 +3,6 @@`, without heading and line end.
    pub fn range_line(&self) -> String {
        let mut out = String::from("@@");
        for (sign, start, lines) in
            [('-', self.old_start, self.old_lines), ('+', self.new_start, self.new_lines)]
        {
            let _ = write!(out, " {sign}{start}");
            if lines != 1 {
                let _ = write!(out, ",{lines}");
            }
        }
        out.push_str(" @@");
        out
    }

    /// Appends the hunk as a unified diff shows it.
    pub fn write_to(&self, out: &mut Vec<u8>, before: &[u8], after: &[u8]) {
        out.extend_from_slice(self.range_line().as_bytes());
        if let Some(heading) = &self.heading {
            out.push(b' ');
            out.extend_from_slice(&before[heading.clone()]);
        }
        out.push(b'\n');
        for (op, range) in &self.lines {
            let line = &op.side(before, after)[range.clone()];
            out.push(op.sign() as u8);
            out.extend_from_slice(line);
            if !line.ends_with(b"\n") {
                out.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
        }
    }
}

/// The diff from `before` to `after` as `git diff` writes it and `git apply`
/// reads it, with `context` unchanged lines around each change; empty when the
/// texts are the same. The paths are relative to the root that the patch will
/// be applied in, with `/`; two different ones make a rename.
///
/// With a context of 0 `git apply` wants `--unidiff-zero`, and even so takes
/// the start of a line for a last line without an end: patches that are to be
/// applied want some context.
pub fn unified(path_old: &str, path_new: &str, before: &[u8], after: &[u8], context: usize) -> Vec<u8> {
    let hunks = hunks(before, after, context);
    if hunks.is_empty() {
        return Vec::new();
    }
    let mut out = header(path_old, path_new).into_bytes();
    for hunk in &hunks {
        hunk.write_to(&mut out, before, after);
    }
    out
}

/// The lines above the first hunk: `diff --git`, `---`, `+++`.
pub fn header(path_old: &str, path_new: &str) -> String {
    let old = quoted("a/", path_old);
    let new = quoted("b/", path_new);
    let mut out = format!("diff --git {old} {new}\n");
    if path_old != path_new {
        let _ = writeln!(out, "rename from {}\nrename to {}", quoted("", path_old), quoted("", path_new));
    }
    for (sign, name, path) in [("---", old, path_old), ("+++", new, path_new)] {
        // As git does: the tab tells GNU patch that the name ends here, not at
        // its first space.
        let end = if path.contains(' ') { "\t" } else { "" };
        let _ = writeln!(out, "{sign} {name}{end}");
    }
    out
}

/// A path as git writes it with `core.quotePath`: in C quotes when it has a
/// control character, a quote, a backslash or a byte beyond ASCII.
fn quoted(prefix: &str, path: &str) -> String {
    let plain = |byte: u8| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    if path.bytes().all(plain) {
        return format!("{prefix}{path}");
    }
    let mut out = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte as char]),
            0x07 => out.push_str("\\a"),
            0x08 => out.push_str("\\b"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            0x0b => out.push_str("\\v"),
            0x0c => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            byte if plain(byte) => out.push(byte as char),
            byte => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push('"');
    out
}

/// The hunks that lead from `before` to `after`, in order, none when the texts
/// are the same. Changes with at most `2 * context` lines between them share a
/// hunk.
///
/// The cost is linear in the texts plus that of the lines between the first
/// and the last change.
pub fn hunks(before: &[u8], after: &[u8], context: usize) -> Vec<Hunk> {
    if before == after {
        return Vec::new();
    }
    let old = DiffLines::new(before);
    let new = DiffLines::new(after);
    let changes = changes(&old, &new);
    let mut out = Vec::new();
    let mut heading = None;
    let mut searched = 0;
    for group in changes.chunk_by(|a, b| b.old.start - a.old.end <= 2 * context) {
        let hunk = hunk(group, &old, &new, context);
        let start = group[0].old.start.saturating_sub(context);
        if let Some(line) = (searched..start).rev().find(|&line| is_heading(old.get(line))) {
            heading = Some(old.heading(line));
        }
        searched = start.max(searched);
        out.push(Hunk { heading: heading.clone(), ..hunk });
    }
    out
}

/// The edits by whole lines that lead from `before` to `after`.
pub fn edits(before: &str, after: &str) -> Edits {
    let mut edits = Edits::new();
    if before == after {
        return edits;
    }
    let (old, new) = (DiffLines::new(before.as_bytes()), DiffLines::new(after.as_bytes()));
    for change in changes(&old, &new) {
        let text = after[new.bytes(&change.new)].to_owned();
        let span = old.bytes(&change.old);
        let pushed = edits.push(Edit { span: Span::new(span.start, span.end), text });
        debug_assert!(pushed.is_ok(), "an unchanged line stands between two changes");
    }
    edits
}

/// The edits by whole lines that lead from `base` to `after`, over `now`, which
/// was made of `base` too. A change that `now` has already is left out.
///
/// # Errors
/// The line of `now`, from 1, at which both want the same lines.
pub fn carried(base: &str, after: &str, now: &str) -> Result<Edits, usize> {
    let (mine, theirs) = (edits(base, after), edits(base, now));
    let mut carried = Edits::new();
    for edit in mine.iter() {
        if theirs.iter().any(|other| other == edit) {
            continue;
        }
        let line = |offset: usize| LineIndex::new(now.as_bytes()).line(offset.min(now.len()));
        let place = |offset: usize| theirs.map(offset).unwrap_or_else(|| offset.min(now.len()));
        let conflict = |_| line(place(edit.span.start));
        theirs.clone().push(edit.clone()).map_err(conflict)?;
        let start = place(edit.span.start);
        let span = Span::new(start, start + edit.span.len());
        carried.push(Edit { span, text: edit.text.clone() }).map_err(conflict)?;
    }
    Ok(carried)
}

fn is_heading(line: &[u8]) -> bool {
    line.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
}

fn changes(old: &DiffLines, new: &DiffLines) -> Vec<LineChange> {
    let shorter = old.len.min(new.len);
    let head = (0..shorter).take_while(|&line| old.get(line) == new.get(line)).count();
    let tail = (0..shorter - head)
        .take_while(|&line| old.get(old.len - 1 - line) == new.get(new.len - 1 - line))
        .count();

    // Numbers stand for lines, so that the algorithm compares words of memory
    // and not texts.
    let mut numbers: HashMap<&[u8], usize> = HashMap::new();
    let mut number = |line| {
        let next = numbers.len();
        *numbers.entry(line).or_insert(next)
    };
    let left: Vec<usize> = (head..old.len - tail).map(|line| number(old.get(line))).collect();
    let right: Vec<usize> = (head..new.len - tail).map(|line| number(new.get(line))).collect();

    let ops = similar::capture_diff_slices(Algorithm::Histogram, &left, &right);
    let mut changes: Vec<LineChange> = Vec::new();
    for op in ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })) {
        let shift = |range: Range<usize>| range.start + head..range.end + head;
        let change = LineChange { old: shift(op.old_range()), new: shift(op.new_range()) };
        match changes.last_mut() {
            Some(last) if last.old.end == change.old.start && last.new.end == change.new.start => {
                last.old.end = change.old.end;
                last.new.end = change.new.end;
            }
            _ => changes.push(change),
        }
    }
    place::cleanup(&mut changes, old, new);
    changes
}

fn hunk(group: &[LineChange], old: &DiffLines, new: &DiffLines, context: usize) -> Hunk {
    let (first, last) = (&group[0], &group[group.len() - 1]);
    let above = context.min(first.old.start);
    let below = context.min(old.len - last.old.end);
    let old_range = first.old.start - above..last.old.end + below;
    let new_range = first.new.start - above..last.new.end + below;

    let mut lines = Vec::with_capacity(old_range.len() + new_range.len());
    let mut at = old_range.start;
    for change in group {
        lines.extend((at..change.old.start).map(|line| (Op::Context, old.range(line))));
        lines.extend(change.old.clone().map(|line| (Op::Removed, old.range(line))));
        lines.extend(change.new.clone().map(|line| (Op::Added, new.range(line))));
        at = change.old.end;
    }
    lines.extend((at..old_range.end).map(|line| (Op::Context, old.range(line))));

    let start = |range: &Range<usize>| if range.is_empty() { range.start } else { range.start + 1 };
    Hunk {
        old_start: start(&old_range),
        old_lines: old_range.len(),
        new_start: start(&new_range),
        new_lines: new_range.len(),
        heading: None,
        lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_by_lines_lead_from_one_text_to_the_other() {
        for (before, after) in [
            ("a\nb\nc\n", "a\nB\nc\nd\n"),
            ("", "a"),
            ("a", ""),
            ("a\nb", "a\nb\n"),
            ("a\r\nb\r\n", "b\r\n"),
            ("x\n", "x\n"),
        ] {
            assert_eq!(edits(before, after).apply(before), after, "{before:?}");
        }
    }

    #[test]
    fn a_change_is_found_again_in_what_others_made_of_the_text() {
        let base = "one\ntwo\nthree\nfour\nfive\n";
        let mine = "one\ntwo\n3\nfour\nfive\n";
        let carry = |now: &str| carried(base, mine, now).map(|edits| edits.apply(now));
        assert_eq!(carry(base).as_deref(), Ok(mine));
        assert_eq!(carry("zero\none\nthree\nfour\n5\n").as_deref(), Ok("zero\none\n3\nfour\n5\n"));
        assert_eq!(carry(mine).as_deref(), Ok(mine), "it is there already");
        assert_eq!(carry("one\ntwo\nTHREE\nfour\nfive\n"), Err(3));
        assert_eq!(carry("one\ntwo\nfour\nfive\n"), Err(3));
    }

    #[test]
    fn two_insertions_at_one_place_are_a_conflict() {
        assert_eq!(carried("a\nb\n", "a\nmine\nb\n", "a\ntheirs\nb\n"), Err(3));
        let both = carried("a\nb\nc\n", "a\nmine\nb\nc\n", "a\nb\ntheirs\nc\n").unwrap();
        assert_eq!(both.apply("a\nb\ntheirs\nc\n"), "a\nmine\nb\ntheirs\nc\n");
    }
}
