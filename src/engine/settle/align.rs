//! Trailing comments beside lines that changed, in the column where gofmt puts
//! them.
//!
//! gofmt aligns the comments of consecutive lines one blank behind the longest
//! of them. Lines that it does not align, behind a statement of several lines
//! for example, are known by the columns that they had before.

use crate::syntax::{File, Node};
use crate::text::{Edit, Edits, Span};
use std::ops::Range;

/// A line with code and a comment behind it.
struct Line {
    /// Its number in the text before the edits.
    number: usize,
    /// Its number in the text at hand.
    now: usize,
    indent: usize,
    /// Width of the code, the indentation left out, in characters.
    width: usize,
    /// What separates the code from the comment.
    gap: Span,
    /// The column where the comment started before the edits.
    column: usize,
    /// The line ends a statement of several lines.
    closes: bool,
}

/// Edits over `after` that move the trailing comments that `total` left out of
/// line, where they were in line before.
pub(super) fn realigned(before: &File, total: &Edits, after: &File) -> Edits {
    let mut edits = Edits::new();
    for (index, decl) in after.outline().decls.iter().enumerate() {
        let touched = total.iter().any(|edit| {
            let at = total.map(edit.span.end).unwrap_or(after.text().len());
            decl.span.start <= at && at <= decl.span.end
        });
        let Some(root) = after.decl(index).filter(|_| touched) else { continue };
        let lines: Vec<Line> = root
            .descendants()
            .filter(|node| node.kind() == "comment")
            .filter_map(|comment| line_of(comment, before, total, after))
            .collect();
        for group in groups(&lines) {
            realign(&lines[group], before, &mut edits);
        }
    }
    edits
}

fn line_of(comment: Node<'_>, before: &File, total: &Edits, after: &File) -> Option<Line> {
    let old = total.unmap(comment.start())?;
    let (column, _, _) = code_before(before, old)?;
    let (_, indent, gap) = code_before(after, comment.start())?;
    let rest = after.lines().whole_lines(comment.span()).end;
    let code = &after.text()[..gap.start];
    let code = &code[code.rfind('\n').map_or(0, |at| at + 1)..][indent..];
    after.text()[comment.end()..rest].trim().is_empty().then(|| Line {
        number: before.lines().line(old),
        now: comment.line(),
        indent,
        width: code.chars().count(),
        gap,
        column,
        closes: code.starts_with(['}', ')']),
    })
}

/// For a comment at `offset` with code before it on its line: its column behind
/// the indentation, in characters, the width of the indentation, and the blanks
/// before it.
fn code_before(file: &File, offset: usize) -> Option<(usize, usize, Span)> {
    let lines = file.lines();
    let start = lines.span(lines.line(offset)).start;
    let text = &file.text()[start..offset];
    let indent = text.len() - text.trim_start_matches('\t').len();
    let code = text.trim_end_matches(' ').len();
    let column = text[indent..].chars().count();
    (code > indent).then_some((column, indent, Span::new(start + code, offset)))
}

/// The runs of lines whose comments gofmt aligns with each other.
fn groups(lines: &[Line]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let joins = index > 0 && {
            let above = &lines[index - 1];
            let neighbours = above.now + 1 == line.now && above.indent == line.indent && !above.closes;
            // Lines that were neighbours before tell by their columns; those
            // that become neighbours are aligned.
            neighbours && (above.number + 1 != line.number || above.column == line.column)
        };
        match groups.last_mut() {
            Some(group) if joins => group.end = index + 1,
            _ => groups.push(index..index + 1),
        }
    }
    groups
}

fn realign(group: &[Line], before: &File, edits: &mut Edits) {
    let wanted = group.iter().map(|line| line.width).max().unwrap_or_default() + 1;
    if !group.iter().all(|line| was_tidy(line, before)) {
        return;
    }
    for line in group {
        let blanks = wanted - line.width;
        if line.gap.len() != blanks {
            let _ = edits.push(Edit { span: line.gap, text: " ".repeat(blanks) });
        }
    }
}

/// Whether the comment stood one blank behind its code, or in one column with
/// a neighbour's.
fn was_tidy(line: &Line, before: &File) -> bool {
    let column = |number: usize| -> Option<(usize, usize)> {
        let whole = before.lines().content(before.text().as_bytes(), number);
        let text = std::str::from_utf8(whole).ok()?;
        let at = text.rfind("//").or_else(|| text.rfind("/*"))?;
        let (column, _, gap) = code_before(before, before.lines().span(number).start + at)?;
        Some((column, gap.len()))
    };
    let inside = |number: &usize| *number >= 1 && *number <= before.lines().count();
    let beside = [line.number.saturating_sub(1), line.number + 1];
    column(line.number).is_some_and(|(_, gap)| gap == 1)
        || beside
            .iter()
            .filter(|number| inside(number))
            .any(|number| column(*number).is_some_and(|(column, _)| column == line.column))
}
