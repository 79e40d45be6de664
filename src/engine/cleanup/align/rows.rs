//! Which lines gofmt lays out together, and where their cells end.
//!
//! The rules are those of `go/printer` (nodes.go): the elements of a list that
//! stand on one line each are parted by line breaks that keep the columns; a
//! blank line, a comment on a line of its own, an element of several lines and
//! the ends of a block break them.

mod line;
mod lists;

pub(super) use line::AlignRow;

use crate::rewrite::{comment_at, comment_in_text};
use crate::syntax::{DeclKind, File};
use crate::text::Span;
use line::{AlignLine, is_one_line};

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
