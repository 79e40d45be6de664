//! Which lines gofmt lays out together, and where their cells end.
//!
//! The rules are those of `go/printer` (nodes.go): the elements of a list that
//! stand on one line each are parted by line breaks that keep the columns; a
//! blank line, a comment on a line of its own, an element of several lines and
//! the ends of a block break them.

mod lists;

use super::columns::AlignedCell;
use crate::rewrite::{comment_at, comment_in_text};
use crate::syntax::{DeclKind, File};
use crate::text::Span;
use std::ops::Range;

/// The first line of an element of a list.
#[derive(Debug)]
pub(super) struct AlignRow {
    /// Its number, from 1.
    pub(super) line: usize,
    /// The code of the line.
    pub(super) code: Span,
    /// What ends at a tab stop.
    pub(super) cells: Vec<AlignedCell>,
    /// The blanks that follow cells.
    pub(super) gaps: Vec<Gap>,
    /// Whether the line break above keeps the columns.
    joined: bool,
}

/// Blanks that are the padding of one cell, and of empty ones behind it.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) span: Span,
    pub(super) cells: Range<usize>,
}

/// What is laid out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AlignUnit {
    /// The import declarations.
    Imports,
    /// The inside of a declaration.
    Inside(usize),
    /// The declarations themselves.
    Declarations,
}

/// The units of `file` that one of `places` touches.
pub(super) fn units<'f>(file: &'f File, places: &'f [Span]) -> impl Iterator<Item = AlignUnit> + 'f {
    let outline = file.outline();
    // They stand in order, and none ends behind the start of the next.
    let near = |span: Span| {
        let first = places.partition_point(|place| place.end < span.start);
        places.get(first).is_some_and(|place| place.start <= span.end)
    };
    let imports = outline.import_decls.iter().map(|decl| decl.span).reduce(Span::join);
    // A neighbour that went stood on the line below, which begins behind any
    // comment.
    let below = |span: Span| file.lines().span(file.lines().line(span.end)).end + 1;
    let imports =
        imports.filter(|span| near(Span::new(span.start, below(*span)))).map(|_| AlignUnit::Imports);
    let inside = outline.decls.iter().enumerate().filter(move |(_, decl)| near(decl.span));
    // A declaration may have lost or changed a neighbour.
    let beside = |index: usize| {
        let decl = outline.decls[index].span;
        near(Span::new(decl.start.saturating_sub(2), below(decl)))
    };
    let declarations = (0..outline.decls.len()).any(beside).then_some(AlignUnit::Declarations);
    imports.into_iter().chain(inside.map(|(index, _)| AlignUnit::Inside(index))).chain(declarations)
}

fn is_one_line(file: &File, span: Span) -> bool {
    file.lines().line(span.start) == file.lines().line(span.end)
}

/// The rows of `unit`, in runs that are laid out together.
pub(super) fn runs(file: &File, unit: AlignUnit) -> Vec<Vec<AlignRow>> {
    let mut rows = match unit {
        AlignUnit::Imports => imports(file),
        AlignUnit::Declarations => declarations(file),
        AlignUnit::Inside(index) => file.decl(index).map(lists::inside).unwrap_or_default(),
    };
    // gofmt ends the columns at a line break before a comment, also one with code behind it.
    let has_leading_comment = |row: &AlignRow| row.code.of(file.text()).starts_with("/*");
    let mut runs: Vec<Vec<AlignRow>> = Vec::new();
    for row in rows.drain(..) {
        match runs.last_mut() {
            Some(run) if row.joined && !has_leading_comment(&row) => run.push(row),
            _ => runs.push(vec![row]),
        }
    }
    runs
}

/// Where the comments begin that stand in front of `start` on its line, with nothing but
/// tabs before them: gofmt lays them out as a part of the statement. Else `start`.
fn with_leading_comments(file: &File, start: usize) -> usize {
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
struct AlignLine<'f> {
    file: &'f File,
    /// The line's code, comments behind it left out.
    code: Span,
    /// The comments behind the code.
    comments: Vec<Span>,
    pieces: Vec<AlignPiece>,
}

struct AlignPiece {
    /// `None` for an empty cell.
    span: Option<Span>,
    soft: bool,
}

impl<'f> AlignLine<'f> {
    /// The line on which `start` is the first byte of code.
    fn new(file: &'f File, start: usize, comment: &dyn Fn(usize) -> Option<usize>) -> Option<AlignLine<'f>> {
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
    fn soft(&mut self, span: Span) {
        self.pieces.push(AlignPiece { span: Some(span), soft: true });
    }

    fn empty(&mut self) {
        self.pieces.push(AlignPiece { span: None, soft: true });
    }

    /// The row whose last piece is `rest`; `stops` soft tab stops stand between
    /// it and the comment, or one hard one when that is zero.
    fn row(mut self, rest: Option<Span>, stops: usize, joined: bool) -> AlignRow {
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

fn imports(file: &File) -> Vec<AlignRow> {
    let outline = file.outline();
    let mut rows: Vec<AlignRow> = Vec::new();
    for import in &outline.imports {
        let decl = &outline.import_decls[import.decl];
        let start = if decl.group.is_some() { import.span.start } else { decl.span.start };
        let Some(line) = AlignLine::new(file, start, &|at| comment_in_text(file, at)) else { continue };
        let joined = rows.last().is_some_and(|above| {
            above.line + 1 == file.lines().line(start)
                && (decl.group.is_none() || above.code.start > decl.span.start)
        });
        let code = line.code;
        rows.push(line.row(Some(code), 0, joined));
    }
    rows
}

/// The first lines of the top-level declarations.
fn declarations(file: &File) -> Vec<AlignRow> {
    let mut rows: Vec<AlignRow> = Vec::new();
    let decls = &file.outline().decls;
    for (index, decl) in decls.iter().enumerate() {
        let one_line = is_one_line(file, decl.span);
        let above = index.checked_sub(1).map(|above| decls[above].span);
        let joined = above.is_some_and(|above| {
            let line = file.lines().line(above.end);
            line + 1 == file.lines().line(decl.span.start) && rows.last().is_some_and(|row| row.line == line)
        });
        let is_function = matches!(decl.kind, DeclKind::Func | DeclKind::Method);
        // Most lines have no comment, and need not be parsed.
        let root = || file.decl(index);
        let comment = |at: usize| match root() {
            Some(root) => comment_at(root, at),
            None => comment_in_text(file, at),
        };
        if !one_line {
            if let Some(line) =
                AlignLine::new(file, decl.span.start, &comment).filter(|_| joined && !is_function)
            {
                let code = line.code;
                rows.push(line.row(Some(code), 0, joined));
            }
            // The next declaration may follow the last line.
            if let Some(line) = AlignLine::new(file, decl.span.end - 1, &comment) {
                let code = line.code;
                rows.push(line.row(Some(code), 0, false));
            }
            continue;
        }
        let Some(mut line) = AlignLine::new(file, decl.span.start, &comment) else { continue };
        let body = is_function.then(root).flatten().and_then(|root| root.named().next()?.body());
        let mut rest = line.code;
        if let Some(body) = body {
            let header = file.text()[..body.start()].trim_end().len();
            line.soft(Span::new(decl.span.start, header));
            rest = Span::new(body.start(), line.code.end);
        }
        rows.push(line.row(Some(rest), 0, joined));
    }
    rows
}
