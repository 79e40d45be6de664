//! The lines of a text, and runs of them that changed.

use crate::text::LineIndex;
use std::ops::Range;

/// One run of changed lines, in line numbers from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineChange {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// A text and its lines. Unlike [`LineIndex`], a text that ends in `\n` has no
/// empty line after it.
pub(super) struct DiffLines<'a> {
    pub(super) text: &'a [u8],
    pub(super) index: LineIndex,
    pub(super) len: usize,
}

impl<'a> DiffLines<'a> {
    pub(super) fn new(text: &'a [u8]) -> DiffLines<'a> {
        let index = LineIndex::new(text);
        let len = if text.is_empty() || text.ends_with(b"\n") { index.count() - 1 } else { index.count() };
        DiffLines { text, index, len }
    }

    /// The bytes of the line, from 0, its end included.
    pub(super) fn get(&self, line: usize) -> &'a [u8] {
        &self.text[self.range(line)]
    }

    pub(super) fn range(&self, line: usize) -> Range<usize> {
        let span = self.index.span(line + 1);
        span.start..span.end
    }

    /// The bytes of the lines, from 0; the place between two for none.
    pub(super) fn bytes(&self, lines: &Range<usize>) -> Range<usize> {
        let start = |line: usize| if line < self.len { self.range(line).start } else { self.text.len() };
        start(lines.start)..start(lines.end)
    }

    /// What a hunk's first line says of `line`: at most 80 bytes of it, whole
    /// characters, without blanks at the end.
    pub(super) fn heading(&self, line: usize) -> Range<usize> {
        let Range { start, end } = self.range(line);
        let mut end = end.min(start + 80);
        while end < self.text.len() && self.text[end] & 0xc0 == 0x80 {
            end -= 1;
        }
        start..start + self.text[start..end].trim_ascii_end().len()
    }
}
