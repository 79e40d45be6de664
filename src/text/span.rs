//! A half-open range of bytes of one baseline.

use std::collections::BTreeMap;
use std::fmt;

/// Half-open range of byte offsets, `start <= end`, into one baseline text.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    ///
    /// # Panics
    /// When `end < start`.
    pub fn new(start: usize, end: usize) -> Span {
        assert!(start <= end, "span ends at {end} before it starts at {start}");
        Span { start, end }
    }

    /// The empty span at `offset`, where an insertion goes.
    pub fn at(offset: usize) -> Span {
        Span { start: offset, end: offset }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `inner` lies within this span (sharing an end is within).
    pub fn covers(self, inner: Span) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// Whether the byte at `offset` belongs to the span.
    pub fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether the two spans share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that covers both.
    pub fn join(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The bytes of `text` that the span covers.
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// A set of bytes, as spans that share none.
#[derive(Clone, Debug, Default)]
pub struct Ranges(BTreeMap<usize, usize>);

impl Ranges {
    /// Whether `span` shares a byte with one of them.
    pub fn meet(&self, span: Span) -> bool {
        self.0.range(..span.end).next_back().is_some_and(|(_, end)| span.start < *end)
    }

    /// Adds the bytes of `span`.
    pub fn add(&mut self, span: Span) {
        let mut joined = span;
        while let Some((&start, &end)) = self.0.range(..joined.end).next_back()
            && joined.start < end
        {
            self.0.remove(&start);
            joined = joined.join(Span::new(start, end));
        }
        if !joined.is_empty() {
            self.0.insert(joined.start, joined.end);
        }
    }

    /// The spans, in order.
    pub fn iter(&self) -> impl Iterator<Item = Span> {
        self.0.iter().map(|(start, end)| Span::new(*start, *end))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
