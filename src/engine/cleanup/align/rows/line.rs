//! One line of a list, and where its cells end.

use crate::engine::cleanup::align::columns::AlignedCell;
use crate::syntax::File;
use crate::text::Span;
use std::ops::Range;

/// The first line of an element of a list.
#[derive(Debug)]
pub(in crate::engine::cleanup::align) struct AlignRow {
    /// Its number, from 1.
    pub(in crate::engine::cleanup::align) line: usize,
    /// The code of the line.
    pub(in crate::engine::cleanup::align) code: Span,
    /// What ends at a tab stop.
    pub(in crate::engine::cleanup::align) cells: Vec<AlignedCell>,
    /// The blanks that follow cells.
    pub(in crate::engine::cleanup::align) gaps: Vec<Gap>,
    /// Whether the line break above keeps the columns.
    pub(super) joined: bool,
}

/// Blanks that are the padding of one cell, and of empty ones behind it.
#[derive(Debug)]
pub(in crate::engine::cleanup::align) struct Gap {
    pub(in crate::engine::cleanup::align) span: Span,
    pub(in crate::engine::cleanup::align) cells: Range<usize>,
}

pub(super) fn is_one_line(file: &File, span: Span) -> bool {
    file.lines().line(span.start) == file.lines().line(span.end)
}

/// Where the comments begin that stand in front of `start` on its line, with nothing but
/// tabs before them: gofmt lays them out as a part of the statement. Else `start`.
pub(super) fn with_leading_comments(file: &File, start: usize) -> usize {
    let line = file.lines().span(file.lines().line(start));
    let before = file.text().get(line.start..start).unwrap_or_default();
    let before = before.trim_start_matches('\u{feff}').trim_start_matches('\t');
    let mut rest = before;
    while let Some((_, behind)) = rest.strip_prefix("/*").and_then(|inside| inside.split_once("*/")) {
        rest = behind.trim_start_matches(' ');
    }
    if rest.is_empty() { start - before.len() } else { start }
}

/// A row under construction: pieces of a line, each ended by a tab stop.
pub(super) struct AlignLine<'f> {
    pub(super) file: &'f File,
    /// The line's code, comments behind it left out.
    pub(super) code: Span,
    /// The comments behind the code.
    pub(super) comments: Vec<Span>,
    pub(super) pieces: Vec<AlignPiece>,
}

pub(super) struct AlignPiece {
    /// `None` for an empty cell.
    pub(super) span: Option<Span>,
    pub(super) soft: bool,
}

impl<'f> AlignLine<'f> {
    /// The line on which `start` is the first byte of code.
    pub(super) fn new(
        file: &'f File,
        start: usize,
        comment: &dyn Fn(usize) -> Option<usize>,
    ) -> Option<AlignLine<'f>> {
        let lines = file.lines();
        let line = lines.line(start);
        let text = lines.content(file.text().as_bytes(), line);
        let whole = Span::new(lines.span(line).start, lines.span(line).start + text.len());
        // The last byte of a declaration may be one of several of a letter.
        let indent = file.text().get(whole.start..start)?;
        if !indent.trim_start_matches('\u{feff}').bytes().all(|byte| byte == b'\t') {
            return None;
        }
        let mut comments: Vec<Span> = Vec::new();
        let mut at = start;
        while let Some(found) = file.text()[at..whole.end].find('/') {
            let place = at + found;
            match comment(place) {
                Some(end) => {
                    comments.push(Span::new(place, end.min(whole.end)));
                    at = end.min(whole.end);
                }
                None => at = place + 1,
            }
        }
        // Only those with no code behind them.
        let mut end = file.text()[..whole.end].trim_end().len();
        let mut behind = Vec::new();
        while let Some(last) = comments.pop().filter(|last| last.end >= end) {
            end = file.text()[..last.start].trim_end_matches([' ', '\t']).len();
            behind.insert(0, last);
        }
        (end > start).then(|| AlignLine {
            file,
            code: Span::new(start, end),
            comments: behind,
            pieces: Vec::new(),
        })
    }

    /// Ends a piece of the code at a tab stop that vanishes in empty columns.
    pub(super) fn soft(&mut self, span: Span) {
        self.pieces.push(AlignPiece { span: Some(span), soft: true });
    }

    pub(super) fn empty(&mut self) {
        self.pieces.push(AlignPiece { span: None, soft: true });
    }

    /// The row whose last piece is `rest`; `stops` soft tab stops stand between
    /// it and the comment, or one hard one when that is zero.
    pub(super) fn row(mut self, rest: Option<Span>, stops: usize, joined: bool) -> AlignRow {
        if let Some(first) = self.comments.first().copied() {
            if let Some(rest) = rest {
                self.pieces.push(AlignPiece { span: Some(rest), soft: stops > 0 });
            }
            for _ in 1..stops {
                self.empty();
            }
            for pair in self.comments.windows(2) {
                self.pieces.push(AlignPiece { span: Some(pair[0]), soft: false });
            }
            let last = self.comments.last().copied().unwrap_or(first);
            return self.finish(Some(last), joined);
        }
        self.finish(rest, joined)
    }

    fn finish(self, last: Option<Span>, joined: bool) -> AlignRow {
        let text = self.file.text();
        let cell = |piece: &AlignPiece| AlignedCell {
            width: piece.span.map_or(0, |span| span.of(text).chars().count()),
            soft: piece.soft,
        };
        let cells: Vec<AlignedCell> = self.pieces.iter().map(cell).collect();
        let mut gaps = Vec::new();
        let mut at = 0;
        while at < self.pieces.len() {
            let empty = self.pieces[at + 1..].iter().take_while(|piece| piece.span.is_none()).count();
            let next = at + 1 + empty;
            let start = self.pieces.get(next).map_or(last, |piece| piece.span).map(|span| span.start);
            if let (Some(span), Some(start)) = (self.pieces[at].span, start)
                && span.end <= start
            {
                gaps.push(Gap { span: Span::new(span.end, start), cells: at..next });
            }
            at = next;
        }
        let line = self.file.lines().line(self.code.start);
        AlignRow { line, code: self.code, cells, gaps, joined }
    }
}
