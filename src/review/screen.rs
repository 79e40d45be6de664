//! How fixes are laid out: what the rule says, then the diff with the words that
//! differ set off, at any width.

use super::side;
use super::view::{ShownFix, View};
use crate::engine::describe;
use crate::report::RenderOptions;
use crate::report::columns::{TerminalPiece, TerminalRow, flow, sentence, visible};
use crate::report::diff::words;
use crate::report::render::{ADDED, BOLD, DIM, HUNK, NOTE, PLAIN, REMOVED, WARNING};
use crate::rewrite::{Applicability, Severity};
use crate::syntax::File;
use crate::text::diff::{self, Hunk, Op};
use anstyle::Style;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

/// ScreenLines of context around a change.
pub(super) const CONTEXT: usize = 3;

/// From this width on, old and new stand side by side.
const WIDE: usize = 140;

/// Names a file as reports do.
pub(super) type NamedFix<'a> = dyn Fn(&Path) -> String + 'a;

/// Lays the fixes out that are asked.
pub(super) fn card(view: &View, named: &NamedFix<'_>, render: RenderOptions) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = write_card(&mut out, view, named, render);
    String::from_utf8_lossy(&out).into_owned()
}

fn write_card(
    out: &mut Vec<u8>,
    view: &View,
    named: &NamedFix<'_>,
    render: RenderOptions,
) -> std::io::Result<()> {
    writeln!(out, "{}", render.paint(DIM, &"-".repeat(render.columns())))?;
    for (at, shown) in view.shown.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &view.shown[at].finding);
        let finding = &shown.finding;
        if before.is_none_or(|before| before.message != finding.message) {
            let (word, style) = match finding.severity {
                Severity::Warning => ("warning", WARNING),
                Severity::Note => ("note", NOTE),
            };
            let head = format!("{word}[{}]:", finding.rule);
            let mut pieces = vec![TerminalPiece { style, text: &head, solid: true }, TerminalPiece::gap()];
            pieces.extend(
                sentence(&finding.message).into_iter().map(|piece| TerminalPiece { style: BOLD, ..piece }),
            );
            flow(out, render, &pieces, 0, 2, render.prose())?;
        }
        place(out, shown, render)?;
        if before.is_none_or(|before| before.why != finding.why) && !finding.why.is_empty() {
            note(out, "why", &finding.why, render)?;
        }
        let title = |shown: &ShownFix| shown.finding.fix.as_ref().map(|fix| fix.title.clone());
        let said = at.checked_sub(1).and_then(|at| title(&view.shown[at]));
        if let Some(title) = title(shown).filter(|title| said.as_ref() != Some(title)) {
            let level = if finding.level == Applicability::Safe { "safe fix" } else { "unsafe fix" };
            note(out, level, &title, render)?;
        }
        if let Some(lowered) = &finding.lowered {
            let reason = format!("{} ({})", lowered.reason.trim_end_matches('.'), lowered.guard);
            note(out, "not safe", &reason, render)?;
        }
        if finding.pass > 1 {
            note(out, "note", "stands in what an accepted fix wrote", render)?;
        }
    }
    for reason in &view.refused {
        note(out, "cannot be taken", reason, render)?;
    }
    let own = view.shown.first().map(|shown| &shown.finding.path);
    for (path, (before, after)) in &view.files {
        let name = named(path);
        if view.files.len() > 1 || own.is_none_or(|own| **own != *name) {
            writeln!(out, "{}", render.paint(BOLD, &visible(&name, None)))?;
        }
        let file = File::new(path, before.as_str());
        for hunk in diff::hunks(before.as_bytes(), after.as_bytes(), CONTEXT) {
            head(out, &hunk, &file, render)?;
            let lines = ScreenLines::of(&hunk, before, after);
            if render.columns() >= WIDE {
                side::write(out, &lines, &hunk, render)?;
            } else {
                unified(out, &lines, render)?;
            }
        }
    }
    Ok(())
}

fn place(out: &mut Vec<u8>, shown: &ShownFix, render: RenderOptions) -> std::io::Result<()> {
    let path = visible(&shown.finding.path, None);
    let text = format!("{path}:{}:{}", shown.place.line, shown.place.column);
    write!(out, "  {} ", render.paint(DIM, "-->"))?;
    flow(out, render, &[TerminalPiece { style: PLAIN, text: &text, solid: false }], 6, 6, render.columns())
}

fn note(out: &mut Vec<u8>, key: &str, text: &str, render: RenderOptions) -> std::io::Result<()> {
    let key = format!("{key}:");
    write!(out, "  {} ", render.paint(DIM, "="))?;
    let mut pieces = vec![TerminalPiece { style: BOLD, text: &key, solid: true }, TerminalPiece::gap()];
    pieces.extend(sentence(text));
    flow(out, render, &pieces, 4, 6, render.prose())
}

/// The first line of a hunk, with the head of the function that the first
/// change stands in when that is above the hunk.
fn head(out: &mut Vec<u8>, hunk: &Hunk, file: &File, render: RenderOptions) -> std::io::Result<()> {
    write!(out, "{}", render.paint(HUNK, &hunk.range_line()))?;
    let first = hunk.lines.iter().find(|(op, _)| *op != Op::Added).map(|(_, range)| range.start);
    let mut changed = hunk.lines.iter().skip_while(|(op, _)| *op == Op::Context);
    let changed = changed.find(|(op, _)| *op != Op::Added).map(|(_, range)| range.start);
    let around = changed.and_then(|offset| {
        let decl = file.decl_at(offset)?;
        (file.outline().decls[decl].span.start < first?).then(|| describe::signature(file, decl))
    });
    if let Some(around) = around {
        let used = hunk.range_line().len() + 1;
        write!(out, " ")?;
        return flow(
            out,
            render,
            &[TerminalPiece { style: PLAIN, text: &around, solid: false }],
            used,
            6,
            render.columns(),
        );
    }
    writeln!(out)
}

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
    fn of(hunk: &Hunk, before: &'a str, after: &'a str) -> ScreenLines<'a> {
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

fn unified(out: &mut Vec<u8>, lines: &ScreenLines<'_>, render: RenderOptions) -> std::io::Result<()> {
    for line in &lines.all {
        let sign = line.op.sign().to_string();
        let style = style(line.op);
        for (at, row) in wrapped(line, render, render.columns() - 1).iter().enumerate() {
            // What is left of a line that is too long stands behind a sign of its
            // own, so that it is not taken for another line.
            let sign = if at == 0 { &sign } else { "\\" };
            writeln!(out, "{}{}", render.paint(style, sign), row.text)?;
        }
        if line.ends_bare {
            writeln!(out, "{}", render.paint(DIM, "\\ No newline at end of file"))?;
        }
    }
    Ok(())
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
