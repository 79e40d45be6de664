//! The excerpt: the source lines of a finding with what is marked in them.

use crate::report::columns::{TerminalPiece, TerminalRow, flow, visible, width};
use crate::report::render::{DIM, RenderOptions, SURROUNDINGS};
use crate::rewrite::FrameLine;
use anstyle::Style;
use std::io::{self, Write};
use std::ops::Range;

/// A site of more lines than this is shown by its first lines and its last.
const TALL: usize = 6;

/// Writes the excerpt below a gutter that is `gutter` columns wide; `style` is
/// that of the site's marks.
pub(super) fn write(
    out: &mut dyn Write,
    lines: &[FrameLine],
    gutter: usize,
    style: Style,
    render: RenderOptions,
) -> io::Result<()> {
    let tall = tall_site(lines);
    let margin = if tall.is_empty() { 0 } else { 2 };
    let canvas = Canvas { render, gutter, columns: render.columns().saturating_sub(gutter + 3 + margin) };

    let rows: Vec<TerminalRow> = lines.iter().map(|line| TerminalRow::new(&line.text)).collect();
    let crowded = rows.iter().any(|row| row.width() > canvas.columns);
    let indents = rows.iter().filter(|row| row.width() > 0).map(TerminalRow::indent);
    let left = if crowded { indents.min().unwrap_or(0) } else { 0 };

    let mut above: Option<usize> = None;
    let mut at = 0;
    while at < lines.len() {
        let same = at + lines[at..].iter().take_while(|line| line.line == lines[at].line).count();
        if above.is_some_and(|above| above + 1 < lines[at].line) {
            writeln!(out, "{}", render.paint(DIM, "..."))?;
        }
        above = Some(lines[at].line);

        if at == tall.start && !tall.is_empty() {
            above = Some(lines[tall.end - 1].line);
            canvas.tall(out, &lines[tall.clone()], &rows[tall.clone()], left, style)?;
            at = tall.end;
            continue;
        }
        let window = Window::around(
            &rows[at],
            lines[at..same].iter().filter_map(|line| line.mark),
            left,
            canvas.columns,
        );
        canvas.source(out, lines[at].line, margin, "", &window.text(&rows[at]))?;
        for line in &lines[at..same] {
            let Some(mark) = line.mark else { continue };
            let (sign, style) = if line.primary { ('^', style) } else { ('-', SURROUNDINGS) };
            let columns = rows[at].column(mark.0)..rows[at].column(mark.1);
            if !line.primary && window.hides(&columns) {
                continue;
            }
            let columns = window.place(columns);
            canvas.mark(out, margin, columns, sign, &line.label, style)?;
        }
        at = same;
    }
    Ok(())
}

/// The lines of a site that spans several, each on its own; empty when there
/// is none.
fn tall_site(lines: &[FrameLine]) -> Range<usize> {
    let Some(start) = lines.iter().position(|line| line.primary && line.mark.is_some()) else { return 0..0 };
    let follow = lines[start..]
        .windows(2)
        .take_while(|pair| pair[1].primary && pair[1].mark.is_some() && pair[0].line + 1 == pair[1].line);
    let length = 1 + follow.count();
    if length == 1 { 0..0 } else { start..start + length }
}

/// The columns of a line that are shown.
struct Window {
    columns: Range<usize>,
    cut_left: bool,
    cut_right: bool,
}

impl Window {
    /// As much of `row` as fits in `room` columns from column `left` on,
    /// `marks` included where that is possible.
    fn around(
        row: &TerminalRow,
        marks: impl Iterator<Item = (usize, usize)>,
        left: usize,
        room: usize,
    ) -> Window {
        let end = row.width();
        if end <= left + room {
            return Window { columns: left..end.max(left), cut_left: false, cut_right: false };
        }
        // The last mark is the site where a line has several.
        let mark = marks.last().map(|(from, to)| row.column(from)..row.column(to));
        let mark = mark.unwrap_or(left..left);
        // One column is the ellipsis'.
        if mark.end < left + room {
            return Window { columns: left..left + room - 1, cut_left: false, cut_right: true };
        }
        let inner = room.saturating_sub(2);
        let slack = inner.saturating_sub(mark.len());
        let start = mark.start.saturating_sub(slack / 2).max(left);
        if start + inner + 1 >= end {
            return Window { columns: (end + 1).saturating_sub(room)..end, cut_left: true, cut_right: false };
        }
        Window { columns: start..start + inner, cut_left: true, cut_right: true }
    }

    fn text(&self, row: &TerminalRow) -> String {
        let (left, right) = (if self.cut_left { "…" } else { "" }, if self.cut_right { "…" } else { "" });
        format!("{left}{}{right}", row.text(self.columns.clone()))
    }

    /// Whether nothing of these columns is shown.
    fn hides(&self, columns: &Range<usize>) -> bool {
        columns.end <= self.columns.start || columns.start >= self.columns.end
    }

    /// Where columns of the line stand in the text that is shown. A mark that
    /// has no width, or lies outside, is given one column.
    fn place(&self, columns: Range<usize>) -> Range<usize> {
        let shift = usize::from(self.cut_left);
        let clip =
            |column: usize| column.clamp(self.columns.start, self.columns.end) - self.columns.start + shift;
        let start = clip(columns.start);
        start..clip(columns.end).max(start + 1)
    }
}

/// Where the lines of an excerpt are written.
struct Canvas {
    render: RenderOptions,
    gutter: usize,
    columns: usize,
}

impl Canvas {
    fn source(
        &self,
        out: &mut dyn Write,
        line: usize,
        margin: usize,
        bar: &str,
        text: &str,
    ) -> io::Result<()> {
        let number = format!("{line:>gutter$} |", gutter = self.gutter);
        let text = format!(" {bar:margin$}{text}");
        writeln!(out, "{}{}", self.render.paint(DIM, &number), text.trim_end())
    }

    /// The gutter of a line that has no number.
    fn blank(&self, out: &mut dyn Write) -> io::Result<()> {
        let blank = format!("{:gutter$} | ", "", gutter = self.gutter);
        write!(out, "{}", self.render.paint(DIM, &blank))
    }

    fn mark(
        &self,
        out: &mut dyn Write,
        margin: usize,
        columns: Range<usize>,
        sign: char,
        label: &str,
        style: Style,
    ) -> io::Result<()> {
        self.blank(out)?;
        let marks = sign.to_string().repeat(columns.len());
        write!(out, "{:indent$}{}", "", self.render.paint(style, &marks), indent = margin + columns.start)?;
        self.label(out, margin, columns, label, style)
    }

    /// Writes `label` beside a mark, or below it where there is no room.
    fn label(
        &self,
        out: &mut dyn Write,
        margin: usize,
        mark: Range<usize>,
        label: &str,
        style: Style,
    ) -> io::Result<()> {
        if label.is_empty() {
            return writeln!(out);
        }
        let label = &visible(label, None);
        let wide = width(label);
        if mark.end + 1 + wide <= self.columns {
            return writeln!(out, " {}", self.render.paint(style, label));
        }
        writeln!(out)?;
        self.blank(out)?;
        let indent = margin + mark.start.min(self.columns.saturating_sub(wide));
        write!(out, "{:indent$}", "")?;
        let used = self.gutter + 3 + indent;
        flow(
            out,
            self.render,
            &[TerminalPiece { style, text: label, solid: false }],
            used,
            used,
            self.render.columns(),
        )
    }

    /// A site of several lines, with a bar along it:
    ///
    /// ```text
    /// 12 | /     go func() {
    /// 13 | |         work()
    /// 14 | |     }()
    ///    | |_______^ label
    /// ```
    fn tall(
        &self,
        out: &mut dyn Write,
        lines: &[FrameLine],
        rows: &[TerminalRow],
        left: usize,
        style: Style,
    ) -> io::Result<()> {
        let paint = |text: &str| self.render.paint(style, text).to_string();
        let (first, last) = (0, lines.len() - 1);
        let starts_line =
            lines[first].mark.is_some_and(|mark| rows[first].column(mark.0) <= rows[first].indent());
        let mut windows = Vec::new();
        for (at, (line, row)) in lines.iter().zip(rows).enumerate() {
            let end = line.mark.map(|mark| mark.1).unwrap_or(0);
            let seen = if at == first { line.mark.map(|mark| (mark.0, mark.0)) } else { Some((end, end)) };
            // Only the ends of the site must be seen.
            let seen = seen.filter(|_| at == first || at == last);
            windows.push(Window::around(row, seen.into_iter(), left, self.columns));
        }
        for (at, line) in lines.iter().enumerate() {
            if lines.len() > TALL && at >= TALL / 2 && at < last {
                if at == TALL / 2 {
                    let dots = format!("{:<gap$}", "...", gap = self.gutter + 3);
                    writeln!(out, "{}{}", self.render.paint(DIM, &dots), paint("|"))?;
                }
                continue;
            }
            let bar = match at {
                0 if starts_line => "/",
                0 => " ",
                _ => "|",
            };
            let number = format!("{:>gutter$} | ", line.line, gutter = self.gutter);
            let text = windows[at].text(&rows[at]);
            let body =
                if text.trim_end().is_empty() { String::new() } else { format!(" {}", text.trim_end()) };
            writeln!(out, "{}{}{body}", self.render.paint(DIM, &number), paint(bar))?;
            if at == first && !starts_line {
                let start = windows[at].place(mark_columns(line, &rows[at])).start;
                self.blank(out)?;
                writeln!(out, " {}", paint(&format!("{}^", "_".repeat(start + 1))))?;
            }
        }
        let end = windows[last].place(mark_columns(&lines[last], &rows[last])).end;
        self.blank(out)?;
        write!(out, "{}", paint(&format!("|{}^", "_".repeat(end))))?;
        let label =
            lines.iter().map(|line| line.label.as_str()).find(|label| !label.is_empty()).unwrap_or("");
        self.label(out, 2, end - 1..end, label, style)
    }
}

fn mark_columns(line: &FrameLine, row: &TerminalRow) -> Range<usize> {
    let (from, to) = line.mark.unwrap_or((0, 0));
    row.column(from)..row.column(to)
}
