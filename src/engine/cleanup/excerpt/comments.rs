//! The lines with comments that an edit may move.

use crate::syntax::File;
use crate::text::{Edits, Span};

/// How many lines with comments behind them stay on either side of an edit: gofmt puts the
/// comments of neighbouring lines below each other.
const COMMENTED_LINES: usize = 200;

/// The lines of `span`, which one of `edits` has, and of those around them that end with a
/// comment the ones that say where the comments stand: the widest, where the edited line is and
/// stays narrower, else all.
pub(super) fn commented_lines(file: &File, span: Span, edits: &Edits) -> Vec<Span> {
    let lines = file.lines();
    let content = |line: usize| lines.content(file.text().as_bytes(), line);
    let commented = |line: usize| {
        let text = content(line);
        memchr::memmem::find(text, b"//").is_some() || memchr::memmem::find(text, b"/*").is_some()
    };
    let (own, end) = (lines.line(span.start), lines.line(span.end));
    let (top, bottom) = (own.saturating_sub(COMMENTED_LINES), end + COMMENTED_LINES);
    let mut first = own.saturating_sub(1).max(1);
    let mut last = (end + 1).min(lines.count());
    let near = lines.span(first).join(lines.span(last));
    while first > top.max(1) && commented(first) {
        first -= 1;
    }
    while last < bottom.min(lines.count()) && commented(last) {
        last += 1;
    }
    let code = |line: usize| CommentedCode::of(content(line));
    let widest_beside = |edited: CommentedCode| {
        let line = lines.span(own);
        let mut width = edited.width;
        for edit in edits.meeting(line) {
            let in_code = line.start <= edit.span.start && edit.span.end <= line.start + edited.length;
            if !in_code || edit.text.contains('\n') {
                return None;
            }
            let gone = edit.span.of(file.text()).chars().count();
            width += edit.text.chars().count().saturating_sub(gone);
        }
        let of = |line: usize| {
            code(line).filter(|code| code.indent == edited.indent).map(|code| (code.width, line))
        };
        let above = (first..own).rev().map_while(of);
        let (widest, line) = above.chain((own + 1..=last).map_while(of)).max()?;
        (widest >= width).then_some(line)
    };
    match code(own).filter(|_| own == end).and_then(widest_beside) {
        Some(line) => vec![near, lines.span(line)],
        None => vec![lines.span(first).join(lines.span(last))],
    }
}

/// The code of a line that ends with a comment.
struct CommentedCode {
    /// Its tabs.
    indent: usize,
    /// Its characters behind them.
    width: usize,
    /// Its bytes, from the start of the line to the white space before the comment.
    length: usize,
}

impl CommentedCode {
    /// The code before the comment of `line`; nothing where it takes more than a look at the line
    /// to tell what is code.
    fn of(line: &[u8]) -> Option<CommentedCode> {
        let line = std::str::from_utf8(line).ok()?;
        let code = line[..line.find("//")?].trim_end();
        let plain =
            !code.contains(['`', '\'', '\\']) && !code.contains("/*") && code.matches('"').count() % 2 == 0;
        let text = code.trim_start_matches('\t');
        let indent = code.len() - text.len();
        (plain && !text.is_empty()).then(|| CommentedCode {
            indent,
            width: text.chars().count(),
            length: code.len(),
        })
    }
}
