//! The lines of a hunk as a review shows them.

use anstyle::Style;

use crate::report::RenderOptions;
use crate::report::columns::TerminalRow;
use crate::report::diff::words;
use crate::report::render::ADDED;
use crate::report::render::PLAIN;
use crate::report::render::REMOVED;
use crate::text::diff::Hunk;
use crate::text::diff::Op;
use std::ops::Range;

/// The lines of a hunk with the marks that set off what differs in each.
pub(super) struct ScreenLines<'a> {
    pub(super) all: Vec<ScreenLine<'a>>,
}

/// One line of a hunk.
pub(super) struct ScreenLine<'a> {
    pub(super) op: Op,
    /// Without its line end.
    pub(super) text: &'a str,
    /// The bytes that have no counterpart on the other side.
    pub(super) marks: Vec<Range<usize>>,
    /// Whether the file ends here without a line end.
    pub(super) ends_bare: bool,
}

impl<'a> ScreenLines<'a> {
    pub(super) fn of(hunk: &Hunk, before: &'a str, after: &'a str) -> ScreenLines<'a> {
        let whole = |(op, range): &(Op, Range<usize>)| -> &'a str {
            if *op == Op::Added { &after[range.clone()] } else { &before[range.clone()] }
        };
        // In a file with one sort of line end it says nothing; where they are
        // mixed, it may be the whole change.
        let returns = hunk.lines.iter().filter(|line| whole(line).ends_with("\r\n")).count();
        let mixed = returns > 0 && returns < hunk.lines.len();
        let content = |text: &'a str| {
            let text = text.strip_suffix('\n').unwrap_or(text);
            if mixed { text } else { text.strip_suffix('\r').unwrap_or(text) }
        };
        let mut all: Vec<ScreenLine> = hunk
            .lines
            .iter()
            .map(|line| ScreenLine {
                op: line.0,
                text: content(whole(line)),
                marks: Vec::new(),
                ends_bare: !whole(line).ends_with('\n'),
            })
            .collect();
        let mut at = 0;
        while at < all.len() {
            let removed = at + all[at..].iter().take_while(|line| line.op == Op::Removed).count();
            let added = removed + all[removed..].iter().take_while(|line| line.op == Op::Added).count();
            let bytes =
                |lines: &[ScreenLine<'a>]| lines.iter().map(|line| line.text.as_bytes()).collect::<Vec<_>>();
            let marks = words(&bytes(&all[at..removed]), &bytes(&all[removed..added]));
            for (line, marks) in all[at..added].iter_mut().zip(marks) {
                line.marks = marks;
            }
            at = added.max(at + 1);
        }
        ScreenLines { all }
    }
}

/// How a line with this sign is painted.
pub(super) fn style(op: Op) -> Style {
    match op {
        Op::Context => PLAIN,
        Op::Removed => REMOVED,
        Op::Added => ADDED,
    }
}

/// A row of the terminal.
pub(super) struct WrappedLine {
    /// Painted.
    pub(super) text: String,
    /// Columns that it takes.
    pub(super) width: usize,
}

/// A line in rows of at most `room` columns; one row for an empty line.
pub(super) fn wrapped(line: &ScreenLine<'_>, render: RenderOptions, room: usize) -> Vec<WrappedLine> {
    let row = TerminalRow::new(line.text);
    let mut borders = vec![0];
    for (byte, char) in line.text.char_indices() {
        let (from, to) = (row.column(byte), row.column(byte + char.len_utf8()));
        let start = *borders.last().expect("it starts with a border");
        if to > start + room && from > start {
            borders.push(from);
        }
    }
    borders.push(row.width());
    let marks: Vec<Range<usize>> =
        line.marks.iter().map(|mark| row.column(mark.start)..row.column(mark.end)).collect();
    let style = style(line.op);
    let cut = |pair: &[usize]| {
        let (from, to) = (pair[0], pair[1]);
        let mut text = String::new();
        let mut done = from;
        for mark in &marks {
            let (start, end) = (mark.start.clamp(done, to), mark.end.clamp(done, to));
            if start < end {
                text += &render.paint(style, &row.text(done..start)).to_string();
                text += &render.paint(style.invert(), &row.text(start..end)).to_string();
                done = end;
            }
        }
        text += &render.paint(style, &row.text(done..to)).to_string();
        WrappedLine { text, width: to - from }
    };
    borders.windows(2).map(cut).collect()
}
