//! Positions of the protocol, a line and a number of code units, to byte offsets and back.

use crate::text::{LineIndex, Span};
use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What the second number of a position counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, what every client knows.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The encoding that a client which offers `offered` gets: bytes where it can.
    pub fn of<'o>(offered: impl IntoIterator<Item = &'o str>) -> Encoding {
        let mut best = Encoding::Utf16;
        for word in offered {
            match word {
                "utf-8" => return Encoding::Utf8,
                "utf-32" => best = Encoding::Utf32,
                _ => {}
            }
        }
        best
    }

    /// As the protocol calls it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, text: &str) -> usize {
        match self {
            _ if text.is_ascii() => text.len(),
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => text.chars().count(),
        }
    }

    /// How many bytes of `line` the first `units` code units take. A number that falls into a
    /// character means its beginning, one behind the end the end.
    fn bytes(self, line: &str, units: usize) -> usize {
        let mut left = units;
        for (at, char) in line.char_indices() {
            let width = match self {
                Encoding::Utf8 => char.len_utf8(),
                Encoding::Utf16 => char.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if left < width {
                return at;
            }
            left -= width;
        }
        line.len()
    }
}

/// A text whose places are named in one encoding.
#[derive(Clone, Copy)]
pub struct PlacedText<'t> {
    /// The text.
    pub text: &'t str,
    /// Its lines.
    pub lines: &'t LineIndex,
    /// What columns count.
    pub encoding: Encoding,
}

impl PlacedText<'_> {
    /// The line of `line` (from 1) without its line end.
    fn content(&self, line: usize) -> (usize, &str) {
        let start = self.lines.span(line).start;
        let length = self.lines.content(self.text.as_bytes(), line).len();
        (start, &self.text[start..start + length])
    }

    /// The position of a byte; one within a character is that of the character.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.line(offset);
        let start = self.lines.span(line).start;
        Position::new(number(line - 1), number(self.encoding.units(&self.text[start..offset])))
    }

    /// The byte at a position. What lies behind the end of a line means its end, and a line
    /// behind the last the end of the text.
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line as usize + 1;
        if line > self.lines.count() {
            return self.text.len();
        }
        let (start, content) = self.content(line);
        start + self.encoding.bytes(content, position.character as usize)
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// The span of a range, whose ends may be the wrong way round.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\u{1F600}b\u{e9}c\r\nsecond\nlast";

    fn placed(encoding: Encoding, check: impl Fn(PlacedText<'_>)) {
        let lines = LineIndex::new(TEXT.as_bytes());
        check(PlacedText { text: TEXT, lines: &lines, encoding });
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        for (encoding, behind_emoji, behind_accent) in
            [(Encoding::Utf8, 5, 8), (Encoding::Utf16, 3, 5), (Encoding::Utf32, 2, 4)]
        {
            placed(encoding, |text| {
                for (offset, column) in [(0, 0), (1, 1), (5, behind_emoji), (8, behind_accent)] {
                    assert_eq!(text.position(offset), Position::new(0, column), "{encoding:?}");
                    assert_eq!(text.offset(Position::new(0, column)), offset, "{encoding:?}");
                }
            });
        }
    }

    #[test]
    fn positions_that_are_nowhere_mean_the_nearest_place() {
        placed(Encoding::Utf16, |text| {
            assert_eq!(text.offset(Position::new(0, 2)), 1, "within the emoji");
            assert_eq!(text.offset(Position::new(0, 99)), 9, "before the line end");
            assert_eq!(text.offset(Position::new(1, 99)), 17);
            assert_eq!(text.offset(Position::new(9, 3)), TEXT.len());
            assert_eq!(text.position(3), Position::new(0, 1), "within the emoji");
            assert_eq!(text.position(999), Position::new(2, 4));
            let reversed = Range::new(Position::new(1, 2), Position::new(0, 1));
            assert_eq!(text.span(reversed), Span::new(1, 13));
        });
    }

    #[test]
    fn bytes_are_taken_where_they_are_offered() {
        assert_eq!(Encoding::of([]), Encoding::Utf16);
        assert_eq!(Encoding::of(["utf-16", "utf-32", "utf-8"]), Encoding::Utf8);
        assert_eq!(Encoding::of(["utf-16"]), Encoding::Utf16);
        assert_eq!(Encoding::of(["utf-32", "x"]), Encoding::Utf32);
    }
}
