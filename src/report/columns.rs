//! What a terminal shows of a text: the columns of its characters, and its
//! words set in lines.
//!
//! Source code and file names are foreign text. What could move the cursor,
//! change colours or reorder a line is spelled out instead of sent.

use super::render::{PLAIN, RenderOptions, spelled};
use anstyle::Style;
use std::io::{self, Write};
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns between tab stops.
pub(crate) const TAB: usize = 4;

/// Columns that `text` takes; it has neither tabs nor control characters.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` with everything spelled out that a terminal would act upon: `^[` for
/// an escape, `<U+202E>` for a character that turns the reading direction.
/// `keep` names a character that is left as it is.
pub(crate) fn visible(text: &str, keep: Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match spelled(char) {
            Some(spelling) if Some(char) != keep => out.push_str(&spelling),
            _ => out.push(char),
        }
    }
    out
}

/// A source line as it is laid out on the terminal.
pub(crate) struct TerminalRow {
    cells: Vec<TerminalCell>,
    bytes: usize,
}

struct TerminalCell {
    byte: usize,
    column: usize,
    width: usize,
    glyph: Glyph,
}

enum Glyph {
    Char(char),
    Blanks,
    Spelled(String),
}

impl TerminalRow {
    /// Lays out `text`, which has no line end.
    pub(crate) fn new(text: &str) -> TerminalRow {
        let mut column = 0;
        let cells = text.char_indices().map(|(byte, char)| {
            let (glyph, width) = match (char, spelled(char)) {
                ('\t', _) => (Glyph::Blanks, TAB - column % TAB),
                (_, Some(spelling)) => {
                    let width = spelling.len();
                    (Glyph::Spelled(spelling), width)
                }
                _ => (Glyph::Char(char), char.width().unwrap_or(0)),
            };
            column += width;
            TerminalCell { byte, column: column - width, width, glyph }
        });
        TerminalRow { cells: cells.collect(), bytes: text.len() }
    }

    /// Columns of the whole line.
    pub(crate) fn width(&self) -> usize {
        self.cells.last().map_or(0, |cell| cell.column + cell.width)
    }

    /// The column where the byte at offset `byte` starts; the end of the line
    /// for anything past it.
    pub(crate) fn column(&self, byte: usize) -> usize {
        if byte >= self.bytes {
            return self.width();
        }
        let at = self.cells.partition_point(|cell| cell.byte <= byte);
        at.checked_sub(1).map_or(0, |at| self.cells[at].column)
    }

    /// Columns of blanks in front of the first character that can be seen.
    pub(crate) fn indent(&self) -> usize {
        self.cells
            .iter()
            .find(|cell| !matches!(cell.glyph, Glyph::Blanks | Glyph::Char(' ')))
            .map_or(self.width(), |cell| cell.column)
    }

    /// The text in these columns. A wide character that stands across the left
    /// border gives blanks, one across the right border is left out.
    pub(crate) fn text(&self, columns: Range<usize>) -> String {
        let mut out = String::new();
        let from = self.cells.partition_point(|cell| cell.column + cell.width <= columns.start);
        for cell in &self.cells[from..] {
            if cell.column + cell.width > columns.end {
                break;
            }
            let inside = cell.column + cell.width - cell.column.max(columns.start);
            match &cell.glyph {
                _ if inside < cell.width => out.extend(std::iter::repeat_n(' ', inside)),
                Glyph::Char(char) => out.push(*char),
                Glyph::Blanks => out.extend(std::iter::repeat_n(' ', inside)),
                Glyph::Spelled(spelling) => out.push_str(spelling),
            }
        }
        out
    }
}

/// A part of a text that is set in lines.
pub(crate) struct TerminalPiece<'a> {
    /// How it is painted.
    pub(crate) style: Style,
    /// Its text.
    pub(crate) text: &'a str,
    /// Whether it is code, whose blanks are no place to break a line.
    pub(crate) solid: bool,
}

impl TerminalPiece<'_> {
    /// A place where a line may break.
    pub(crate) fn gap() -> TerminalPiece<'static> {
        TerminalPiece { style: PLAIN, text: " ", solid: false }
    }
}

/// The pieces of a sentence: what stands between backquotes is solid.
pub(crate) fn sentence(text: &str) -> Vec<TerminalPiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('`') {
        let Some(length) = rest[open + 1..].find('`') else { break };
        let close = open + 1 + length + 1;
        pieces.push(TerminalPiece { style: PLAIN, text: &rest[..open], solid: false });
        pieces.push(TerminalPiece { style: PLAIN, text: &rest[open..close], solid: true });
        rest = &rest[close..];
    }
    pieces.push(TerminalPiece { style: PLAIN, text: rest, solid: false });
    pieces
}

/// Writes `pieces` in lines of at most `columns`, the first of which has
/// `used` columns taken; the others start with `hang` blanks. A single word
/// that is too long stays whole: half a path is worth nothing.
pub(crate) fn flow(
    out: &mut dyn Write,
    render: RenderOptions,
    pieces: &[TerminalPiece],
    used: usize,
    hang: usize,
    columns: usize,
) -> io::Result<()> {
    let mut line = TerminalLine { render, runs: Vec::new() };
    let mut column = used;
    let mut fresh = true;
    for word in words(pieces, columns.saturating_sub(hang)) {
        let wide: usize = word.iter().map(|(_, text)| width(text)).sum();
        let gap = usize::from(!fresh);
        if column + gap + wide > columns && !(fresh && column <= hang) {
            line.write(out)?;
            write!(out, "\n{:hang$}", "")?;
            column = hang;
        } else if gap == 1 {
            line.gap(word[0].0);
            column += 1;
        }
        line.runs.extend(word);
        column += wide;
        fresh = false;
    }
    line.write(out)?;
    writeln!(out)
}

/// The runs of a line that is being filled.
struct TerminalLine {
    render: RenderOptions,
    runs: Word,
}

impl TerminalLine {
    /// A blank before a word in `style`. Between two words in one style it
    /// takes that style too, so that a phrase is painted once.
    fn gap(&mut self, style: Style) {
        let before = self.runs.last().map(|(style, _)| *style);
        self.runs.push((if before == Some(style) { style } else { PLAIN }, " ".into()));
    }

    fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        for runs in self.runs.chunk_by(|a, b| a.0 == b.0) {
            let text: String = runs.iter().map(|(_, text)| text.as_str()).collect();
            write!(out, "{}", self.render.paint(runs[0].0, &text))?;
        }
        self.runs.clear();
        Ok(())
    }
}

type Word = Vec<(Style, String)>;

/// Cuts pieces at blanks. A word may cross pieces: a code span and the comma
/// after it.
fn words(pieces: &[TerminalPiece], room: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for piece in pieces {
        let text = visible(piece.text, Some('\n'));
        let solid = piece.solid && width(&text) <= room;
        let mut parts: Vec<&str> = vec![&text];
        if !solid {
            parts = text.split([' ', '\n']).collect();
        }
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                open = false;
            }
            if part.is_empty() {
                continue;
            }
            let run = (piece.style, part.to_string());
            match words.last_mut().filter(|_| open) {
                Some(word) => word.push(run),
                None => words.push(vec![run]),
            }
            open = true;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_tabs_wide_and_hidden_characters() {
        let row = TerminalRow::new("\ta\t日本\u{1b}\u{202e}e\u{301}x");
        let columns: Vec<usize> =
            [0, 1, 2, 3, 6, 9, 10, 13, 14, 16, 17, 99].map(|byte| row.column(byte)).into();
        assert_eq!(columns, [0, 4, 5, 8, 10, 12, 14, 22, 23, 23, 24, 24]);
        assert_eq!(row.text(0..99), "    a   日本^[<U+202E>e\u{301}x");
        assert_eq!(row.indent(), 4);
        assert_eq!(row.text(9..12), " 本");
        assert_eq!(row.text(8..11), "日");
        assert_eq!(row.text(2..5), "  a");
    }

    #[test]
    fn words_are_not_cut_and_code_is_kept_together() {
        let set = |text: &str, columns: usize| {
            let mut out = Vec::new();
            flow(&mut out, RenderOptions::default(), &sentence(text), 0, 2, columns).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(set("one two three", 7), "one two\n  three\n");
        assert_eq!(set("see `go vet ./...`, then go", 16), "see\n  `go vet ./...`,\n  then go\n");
        assert_eq!(set("a/very/long/path is kept", 10), "a/very/long/path\n  is kept\n");
        assert_eq!(set("", 10), "\n");
    }
}
