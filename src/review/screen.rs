//! How fixes are laid out: what the rule says, then the diff with the words that
//! differ set off, at any width.

use super::side;
use super::view::{ShownFix, View};
use crate::engine::describe;
use crate::report::RenderOptions;
use crate::report::columns::{TerminalPiece, flow, sentence, visible};
use crate::report::render::{BOLD, DIM, HUNK, NOTE, PLAIN, WARNING};
use crate::review::lines::ScreenLines;
use crate::review::lines::style;
use crate::review::lines::wrapped;
use crate::rewrite::{Applicability, Severity};
use crate::syntax::File;
use crate::text::diff::{self, Hunk, Op};
use std::io::Write;
use std::path::Path;

/// Lines of context around a change.
pub(super) const CONTEXT: usize = 3;

/// From this width on, old and new stand side by side.
const WIDE: usize = 140;

/// Names a file as reports do.
pub type NamedFix<'a> = dyn Fn(&Path) -> String + 'a;

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
        if let Some(title) = title(shown).filter(|title| !title.is_empty() && said.as_ref() != Some(title)) {
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
    for (key, text) in &view.notes {
        note(out, key, text, render)?;
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
