//! Byte offsets to lines and columns and back, over LF and CRLF text.

use super::Span;

/// A place in a file as people and editors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in bytes, counted from 1.
    pub column: usize,
    /// Byte offset from the start of the file on disk, BOM included.
    pub byte: usize,
}

/// Where each line of a text starts.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    len: usize,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &[u8]) -> LineIndex {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|newline| newline + 1));
        LineIndex { starts, len: text.len() }
    }

    /// The line, counted from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// The position of `offset`, which may be the length of the text.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        Position { line, column: offset - self.starts[line - 1] + 1, byte: offset }
    }

    /// How many lines there are; text after the last newline counts as one,
    /// be it empty.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The span of `line` (from 1), its line end included.
    pub fn span(&self, line: usize) -> Span {
        let start = self.starts[line - 1];
        Span::new(start, self.starts.get(line).copied().unwrap_or(self.len))
    }

    /// The bytes of `line` (from 1) without its line end (`\n` or `\r\n`).
    pub fn content<'a>(&self, text: &'a [u8], line: usize) -> &'a [u8] {
        let bytes = &text[self.span(line).start..self.span(line).end];
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    /// The span of the whole lines that `span` touches, line ends included. A
    /// span that ends at a line's first byte does not touch that line.
    pub fn whole_lines(&self, span: Span) -> Span {
        let first = self.line(span.start);
        let last = if span.is_empty() { first } else { self.line(span.end - 1) };
        self.span(first).join(self.span(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_over_crlf_and_a_missing_last_newline() {
        let text = b"a\r\nbc\n\nlast";
        let lines = LineIndex::new(text);
        assert_eq!(lines.count(), 4);
        assert_eq!(lines.position(0), Position { line: 1, column: 1, byte: 0 });
        assert_eq!(lines.position(2), Position { line: 1, column: 3, byte: 2 });
        assert_eq!(lines.position(4), Position { line: 2, column: 2, byte: 4 });
        assert_eq!(lines.position(6), Position { line: 3, column: 1, byte: 6 });
        assert_eq!(lines.position(11), Position { line: 4, column: 5, byte: 11 });
        assert_eq!(lines.content(text, 1), b"a");
        assert_eq!(lines.content(text, 3), b"");
        assert_eq!(lines.content(text, 4), b"last");
        assert_eq!(lines.whole_lines(Span::new(4, 6)), Span::new(3, 6));
        assert_eq!(lines.whole_lines(Span::new(4, 7)), Span::new(3, 7));
    }
}
