//! A unified diff for people: coloured on a terminal, with the words that
//! differ set off; elsewhere the exact bytes that `git apply` wants.

use super::columns::visible;
use super::render::{ADDED, BOLD, HUNK, PLAIN, REMOVED, RenderOptions};
use crate::text::diff::{self, Hunk, Op};
use similar::{Algorithm, DiffOp};
use std::io::{self, Write};
use std::ops::Range;

/// One changed file.
#[derive(Clone, Copy, Debug)]
pub struct FileDiff<'a> {
    /// Its path before, relative to where the patch will be applied, with `/`.
    pub path_old: &'a str,
    /// Its path after, nearly always the same.
    pub path_new: &'a str,
    /// Its bytes before.
    pub before: &'a [u8],
    /// Its bytes after.
    pub after: &'a [u8],
}

/// Writes the diff of one file with `context` lines around each change;
/// nothing when the file stays as it is.
///
/// Without colour these are the bytes of [`diff::unified`]. With it, control
/// characters are spelled out, so the bytes are for reading only.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, file: &FileDiff, context: usize, render: RenderOptions) -> io::Result<()> {
    if !render.colour {
        let bytes = diff::unified(file.path_old, file.path_new, file.before, file.after, context);
        return out.write_all(&bytes);
    }
    let hunks = diff::hunks(file.before, file.after, context);
    if hunks.is_empty() {
        return Ok(());
    }
    for line in diff::header(file.path_old, file.path_new).lines() {
        writeln!(out, "{}", render.paint(BOLD, line.trim_end()))?;
    }
    for hunk in &hunks {
        write_hunk(out, hunk, file.before, file.after, render)?;
    }
    Ok(())
}

/// Writes one hunk for a person, with or without colour.
///
/// # Errors
/// Those of `out`.
pub fn write_hunk(
    out: &mut dyn Write,
    hunk: &Hunk,
    before: &[u8],
    after: &[u8],
    render: RenderOptions,
) -> io::Result<()> {
    write!(out, "{}", render.paint(HUNK, &hunk.range_line()))?;
    if let Some(heading) = &hunk.heading {
        write!(out, " {}", visible(&String::from_utf8_lossy(&before[heading.clone()]), Some('\t')))?;
    }
    writeln!(out)?;

    for row in rows(hunk, before, after) {
        row.write(out, render)?;
    }
    Ok(())
}

/// A line of a hunk as it is shown.
pub(super) struct DiffRow {
    /// What happens to the line.
    pub op: Op,
    /// The line without its end, control characters spelled out.
    pub pieces: Vec<DiffPiece>,
    /// Whether it is a last line without a line end.
    pub unended: bool,
}

/// A part of a line.
pub(super) struct DiffPiece {
    pub text: String,
    /// Whether it has no counterpart on the other side.
    pub marked: bool,
}

/// The lines of a hunk, with the words set off that differ.
pub(super) fn rows(hunk: &Hunk, before: &[u8], after: &[u8]) -> Vec<DiffRow> {
    let lines: Vec<DiffLine> = hunk
        .lines
        .iter()
        .map(|(op, range)| DiffLine { op: *op, bytes: &op.side(before, after)[range.clone()] })
        .collect();
    // In a file with one sort of line end it says nothing; where they are
    // mixed, it may be the whole change.
    let returns = lines.iter().filter(|line| line.bytes.ends_with(b"\r\n")).count();
    let show_returns = returns > 0 && returns < lines.len();

    let mut rows = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let removed = at + lines[at..].iter().take_while(|line| line.op == Op::Removed).count();
        let added = removed + lines[removed..].iter().take_while(|line| line.op == Op::Added).count();
        if added == at {
            rows.push(lines[at].row(&[], show_returns));
            at += 1;
            continue;
        }
        let marks = differences(&lines[at..removed], &lines[removed..added]);
        rows.extend(lines[at..added].iter().zip(&marks).map(|(line, marks)| line.row(marks, show_returns)));
        at = added;
    }
    rows
}

impl DiffRow {
    fn write(&self, out: &mut dyn Write, render: RenderOptions) -> io::Result<()> {
        let style = match self.op {
            Op::Context => PLAIN,
            Op::Removed => REMOVED,
            Op::Added => ADDED,
        };
        let mut text = self.op.sign().to_string();
        for DiffPiece { text: piece, marked } in &self.pieces {
            if *marked {
                write!(out, "{}{}", render.paint(style, &text), render.paint(style.invert(), piece))?;
                text.clear();
            } else {
                text += piece;
            }
        }
        writeln!(out, "{}", render.paint(style, &text))?;
        if self.unended {
            writeln!(out, "\\ No newline at end of file")?;
        }
        Ok(())
    }
}

struct DiffLine<'a> {
    op: Op,
    bytes: &'a [u8],
}

impl DiffLine<'_> {
    /// The line without its line end.
    fn content(&self, show_returns: bool) -> &[u8] {
        let bytes = self.bytes.strip_suffix(b"\n").unwrap_or(self.bytes);
        if show_returns || bytes.len() == self.bytes.len() {
            return bytes;
        }
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    fn row(&self, marks: &[Range<usize>], show_returns: bool) -> DiffRow {
        let content = self.content(show_returns);
        let mut pieces = Vec::with_capacity(2 * marks.len() + 1);
        let mut push = |bytes: &[u8], marked: bool| {
            if !bytes.is_empty() {
                let text = visible(&String::from_utf8_lossy(bytes), Some('\t'));
                pieces.push(DiffPiece { text, marked });
            }
        };
        let mut done = 0;
        for mark in marks {
            let mark = mark.start.min(content.len())..mark.end.min(content.len());
            push(&content[done..mark.start], false);
            push(&content[mark.clone()], true);
            done = mark.end;
        }
        push(&content[done..], false);
        DiffRow { op: self.op, pieces, unended: !self.bytes.ends_with(b"\n") }
    }
}

/// For lines that give way to others, and for those: the bytes in each that have
/// no counterpart on the other side.
pub(crate) fn words(removed: &[&[u8]], added: &[&[u8]]) -> Vec<Vec<Range<usize>>> {
    let removed: Vec<DiffLine> = removed.iter().map(|bytes| DiffLine { op: Op::Removed, bytes }).collect();
    let added: Vec<DiffLine> = added.iter().map(|bytes| DiffLine { op: Op::Added, bytes }).collect();
    differences(&removed, &added)
}

/// A block of more lines than this is rewritten, not edited: nothing is set
/// off in it.
const EDITED_LINES: usize = 40;

/// For each line, removed ones first, the bytes that have no counterpart on
/// the other side; nothing where the two sides have little in common.
fn differences(removed: &[DiffLine], added: &[DiffLine]) -> Vec<Vec<Range<usize>>> {
    let mut marks = vec![Vec::new(); removed.len() + added.len()];
    if removed.is_empty() || added.is_empty() || marks.len() > EDITED_LINES {
        return marks;
    }
    let left: Vec<DiffToken> = tokens(removed, 0);
    let right: Vec<DiffToken> = tokens(added, removed.len());
    let texts = |tokens: &[DiffToken]| tokens.iter().map(|token| token.text.to_vec()).collect::<Vec<_>>();
    let ops = similar::capture_diff_slices(Algorithm::Myers, &texts(&left), &texts(&right));

    let seen = |tokens: &[DiffToken]| tokens.iter().filter(|token| !token.is_blank()).count();
    let equal: Vec<&[DiffToken]> =
        ops.iter().filter(|op| matches!(op, DiffOp::Equal { .. })).map(|op| &left[op.old_range()]).collect();
    let common: usize = equal.iter().map(|tokens| seen(tokens)).sum();
    // With less than half of the shorter side in common, or nothing but signs,
    // it is another line and the marks would mislead.
    let words = equal.iter().any(|tokens| tokens.iter().any(DiffToken::is_word));
    if !words || common * 2 < seen(&left).min(seen(&right)) {
        return marks;
    }
    for op in ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })) {
        for token in left[op.old_range()].iter().chain(&right[op.new_range()]) {
            match marks[token.line].last_mut() {
                Some(Range { end, .. }) if *end == token.range.start => *end = token.range.end,
                _ => marks[token.line].push(token.range.clone()),
            }
        }
    }
    for (line, marks) in removed.iter().chain(added).zip(&mut marks) {
        // A sign that happens to be the same does not part two marks.
        marks.dedup_by(|next, mark| {
            let joined = next.start - mark.end <= 2
                && !line.bytes[mark.end..next.start].iter().any(|byte| is_word(*byte));
            if joined {
                mark.end = next.end;
            }
            joined
        });
        // A line that is new as a whole is told by its sign and its colour.
        let content = line.bytes.trim_ascii();
        let start = line.bytes.len() - line.bytes.trim_ascii_start().len();
        let covered = marks.iter().any(|mark| mark.start <= start && mark.end >= start + content.len());
        if covered {
            marks.clear();
        }
    }
    marks
}

struct DiffToken<'a> {
    /// The line's place in the block.
    line: usize,
    range: Range<usize>,
    text: &'a [u8],
}

impl DiffToken<'_> {
    fn is_word(&self) -> bool {
        is_word(self.text[0])
    }

    fn is_blank(&self) -> bool {
        self.text[0].is_ascii_whitespace()
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Words, runs of blanks, and signs one by one.
fn tokens<'a>(lines: &[DiffLine<'a>], first: usize) -> Vec<DiffToken<'a>> {
    let class = |byte: u8| match byte {
        _ if is_word(byte) => 0,
        b' ' | b'\t' => 1,
        _ => 2,
    };
    let mut tokens = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut start = 0;
        for run in line.bytes.chunk_by(|a, b| class(*a) == class(*b) && class(*a) != 2) {
            let range = start..start + run.len();
            tokens.push(DiffToken { line: first + at, range, text: run });
            start += run.len();
        }
    }
    tokens
}
