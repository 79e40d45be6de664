//! A hunk with old and new side by side, each line with its number.

use super::lines::{ScreenLine, ScreenLines, WrappedLine, style, wrapped};
use crate::report::RenderOptions;
use crate::report::render::DIM;
use crate::text::diff::{Hunk, Op};
use std::io::{self, Write};

/// What stands between the two sides.
const BETWEEN: &str = " | ";

/// Writes the lines of `hunk`.
pub(super) fn write(
    out: &mut dyn Write,
    lines: &ScreenLines<'_>,
    hunk: &Hunk,
    render: RenderOptions,
) -> io::Result<()> {
    let last = (hunk.old_start + hunk.old_lines).max(hunk.new_start + hunk.new_lines);
    let columns =
        SideColumns { render, gutter: last.to_string().len(), pane: (render.columns() - BETWEEN.len()) / 2 };
    let (mut old, mut new) = (hunk.old_start.max(1), hunk.new_start.max(1));
    let mut at = 0;
    while at < lines.all.len() {
        let line = &lines.all[at];
        if line.op == Op::Context {
            columns.pair(out, Some((old, line)), Some((new, line)))?;
            (old, new, at) = (old + 1, new + 1, at + 1);
            continue;
        }
        let count = |from: usize, op: Op| lines.all[from..].iter().take_while(|line| line.op == op).count();
        let removed = count(at, Op::Removed);
        let added = count(at + removed, Op::Added);
        for row in 0..removed.max(added) {
            let left = (row < removed).then(|| (old + row, &lines.all[at + row]));
            let right = (row < added).then(|| (new + row, &lines.all[at + removed + row]));
            columns.pair(out, left, right)?;
        }
        (old, new, at) = (old + removed, new + added, at + removed + added);
    }
    Ok(())
}

struct SideColumns {
    render: RenderOptions,
    gutter: usize,
    pane: usize,
}

impl SideColumns {
    fn pair(
        &self,
        out: &mut dyn Write,
        left: Option<(usize, &ScreenLine<'_>)>,
        right: Option<(usize, &ScreenLine<'_>)>,
    ) -> io::Result<()> {
        let (left, right) = (self.rows(left), self.rows(right));
        for at in 0..left.len().max(right.len()) {
            let blank = WrappedLine { text: String::new(), width: 0 };
            let cut = left.get(at).unwrap_or(&blank);
            write!(out, "{}{:fill$}", cut.text, "", fill = self.pane.saturating_sub(cut.width))?;
            write!(out, "{}", self.render.paint(DIM, BETWEEN.trim_end()))?;
            match right.get(at) {
                Some(cut) => writeln!(out, " {}", cut.text)?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }

    /// The rows of one side, number and sign in front.
    fn rows(&self, line: Option<(usize, &ScreenLine<'_>)>) -> Vec<WrappedLine> {
        let Some((number, line)) = line else { return Vec::new() };
        // The number, a blank, the sign.
        let front = self.gutter + 2;
        let mut rows = wrapped(line, self.render, self.pane.saturating_sub(front).max(1));
        for (at, row) in rows.iter_mut().enumerate() {
            let number = if at == 0 { number.to_string() } else { String::new() };
            let number = format!("{number:>gutter$} ", gutter = self.gutter);
            let sign = if at == 0 { line.op.sign().to_string() } else { "\\".to_owned() };
            let front_text =
                format!("{}{}", self.render.paint(DIM, &number), self.render.paint(style(line.op), &sign));
            row.text.insert_str(0, &front_text);
            row.width += front;
        }
        if line.ends_bare {
            let text = format!("{:front$}{}", "", self.render.paint(DIM, "(no newline at end of file)"));
            rows.push(WrappedLine { text, width: front + 27 });
        }
        rows
    }
}
