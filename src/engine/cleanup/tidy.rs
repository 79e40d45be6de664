//! Where removed lines met: blank lines, comments and semicolons that separate
//! or describe nothing any more.

use super::written::written;
use crate::rewrite::{comment_at, comment_in_text, comments_above, ends_paragraph};
use crate::syntax::CLAUSES;
use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Edits, Span};

/// Edits over `after` that remove each semicolon that `total` left without
/// anything before it on its line.
pub(super) fn semicolons(total: &Edits, after: &File) -> Edits {
    let text = after.text();
    let mut edits = Edits::new();
    for place in written(total) {
        let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
        let at = place.start + blanks(&text[place.start..]);
        let before = text[..place.start].trim_end_matches([' ', '\t']);
        let opens = before.is_empty() || before.ends_with(['{', '(', ':', '\n']);
        if opens && text[at..].starts_with(';') {
            let end = at + 1 + blanks(&text[at + 1..]);
            let _ = edits.push(Edit { span: Span::new(at, end), text: String::new() });
        }
    }
    edits
}

/// Edits over `after` that remove the comments on lines of their own that spoke
/// of nothing but lines that `total` took away together.
pub(super) fn comments(before: &File, total: &Edits, after: &File) -> Edits {
    let mut edits = Edits::new();
    let lines = before.lines();
    for (edit, place) in total.iter().zip(written(total)) {
        let whole = place.is_empty() && lines.whole_lines(edit.span) == edit.span && !edit.span.is_empty();
        let code = whole && !edit.span.of(before.text()).starts_with(['\n', '\r']);
        let at_line_start = after.lines().span(after.lines().line(place.start)).start == place.start;
        if !code || !at_line_start || !ends_paragraph(after, after.lines().line(place.start)) {
            continue;
        }
        let comment = |at: usize| match after.decl_at(at).and_then(|index| after.decl(index)) {
            Some(root) => comment_at(root, at),
            None => comment_in_text(after, at),
        };
        let line = after.lines().line(place.start);
        let first = comments_above(after, line, &comment);
        // A directive of the file or of a declaration is no remark.
        let directive = (first..line).any(|line| content(after, line).trim_start().starts_with("//go:"));
        let kept = |line: usize| total.unmap(after.lines().span(line).start).is_some();
        if first < line && !directive && after.decl_at(place.start).is_some() && (first..line).all(kept) {
            let span = after.lines().span(first).join(after.lines().span(line - 1));
            let _ = edits.push(Edit { span, text: String::new() });
        }
    }
    edits
}

/// Edits over `after` that remove the blank lines that `total` left beside each
/// other, at the start or at the end of a block.
pub(super) fn blank_lines(before: &File, total: &Edits, after: &File) -> Edits {
    let mut edits = Edits::new();
    let lines = after.lines();
    let last = if after.text().ends_with('\n') { lines.count() - 1 } else { lines.count() };
    let is_blank = |line: usize| (1..=last).contains(&line) && content(after, line).trim().is_empty();
    for place in written(total) {
        for at in [place.start, place.end] {
            let here = lines.line(at);
            let (mut first, mut end) = (here, here);
            while is_blank(first - 1) {
                first -= 1;
            }
            while is_blank(end) {
                end += 1;
            }
            if first == end {
                continue;
            }
            let allowed = allowed(before, total, after, first, end);
            let surplus = (end - first).saturating_sub(allowed);
            // Those below the edit go first, so that its span only grows.
            let from = here.clamp(first, end).min(end - surplus);
            for line in from..from + surplus {
                let _ = edits.push(Edit { span: lines.span(line), text: String::new() });
            }
        }
    }
    edits
}

/// How many of the blank lines `first..end` may stay.
fn allowed(before: &File, total: &Edits, after: &File, first: usize, end: usize) -> usize {
    let old_line = |at: usize| total.unmap(at).map(|old| before.lines().line(old));
    let is_blank =
        |line: usize| (1..before.lines().count()).contains(&line) && content(before, line).trim().is_empty();
    let lines = after.lines();
    let above = (first > 1).then(|| last_code(after, first - 1)).flatten();
    let below = (end <= lines.count()).then(|| lines.span(end)).filter(|span| !span.is_empty());
    let mut had_above = 0;
    if first > 1
        && let Some(line) = old_line(end_of(after, first - 1))
    {
        had_above = (line + 1..).take_while(|line| is_blank(*line)).count();
    }
    let mut had_below = 0;
    let mut last_went = false;
    if let Some(span) = below {
        let start = span.start + leading(after, end);
        if let Some(line) = old_line(start) {
            had_below = (1..line).rev().take_while(|line| is_blank(*line)).count();
            last_went = line > had_below + 1 && took_line(total, before, line - had_below - 1);
        }
    }
    if had_above == 0 && (first == 1 || above.is_some_and(opens)) {
        return 0;
    }
    // gofmt leaves blank lines between a block comment at the end of a line and
    // a brace; they go with that line.
    if (had_below == 0 || last_went) && below.is_none_or(|_| closes(after, end)) {
        return 0;
    }
    had_above.max(had_below).max(1)
}

/// Whether `total` takes the code of `line` away and puts nothing in its place.
fn took_line(total: &Edits, before: &File, line: usize) -> bool {
    let start = before.lines().span(line).start;
    let code = Span::new(start + leading(before, line), end_of(before, line) + 1);
    total.meeting(code).iter().any(|edit| edit.text.is_empty() && edit.span.covers(code))
}

/// What a line ends with, comments aside.
enum Last<'t> {
    Token(Node<'t>),
    /// A line outside the declarations.
    Text(&'t str),
}

fn last_code(file: &File, line: usize) -> Option<Last<'_>> {
    let span = file.lines().span(line);
    let text = content(file, line);
    let code = span.start + text.len() - text.trim_start().len();
    let Some(root) = file.decl_at(code).and_then(|index| file.decl(index)) else {
        let text = text.split("//").next().unwrap_or(text);
        return Some(Last::Text(text.trim_end()));
    };
    let on_line = |node: &Node<'_>| {
        span.start < node.end() && node.end() <= span.end && node.children().next().is_none()
    };
    let tokens = root.descendants().filter(|node| node.kind() != Kind::Comment && !node.span().is_empty());
    tokens.filter(on_line).max_by_key(|node| node.end()).map(Last::Token)
}

fn opens(last: Last<'_>) -> bool {
    match last {
        Last::Text(text) => text.ends_with(['(', '{']),
        Last::Token(token) => match token.kind() {
            Kind::LeftBrace | Kind::LeftParen => true,
            Kind::Colon => token.parent().is_some_and(|clause| clause.is(CLAUSES)),
            _ => false,
        },
    }
}

fn closes(file: &File, line: usize) -> bool {
    let text = content(file, line).trim_start();
    ["}", ")", "case ", "default:"].iter().any(|closing| text.starts_with(closing))
}

fn content(file: &File, line: usize) -> &str {
    let bytes = file.lines().content(file.text().as_bytes(), line);
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Offset of the last byte of a line that is no blank.
fn end_of(file: &File, line: usize) -> usize {
    file.lines().span(line).start + content(file, line).trim_end().len().saturating_sub(1)
}

fn leading(file: &File, line: usize) -> usize {
    let text = content(file, line);
    text.len() - text.trim_start().len()
}
