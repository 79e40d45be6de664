//! Deleting and inserting whole statements as a person would: lines and comments
//! included. The blank lines around them, and a semicolon that separates nothing
//! any more, are seen to when the edits of all fixes are cleaned together.

use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Span};

/// The edit that deletes `statement`; `None` when it stands in a slot where a
/// statement must be, or under a label.
pub fn deletion(statement: Node<'_>, words: &[&str]) -> Option<Edit> {
    if statement.parent()?.kind() != Kind::StatementList {
        return None;
    }
    let about = |comment: &str| words.iter().any(|word| comment.contains(&word.to_lowercase()));
    let span = removal(statement.file(), statement.span(), &about, &|at| comment_at(statement, at));
    Some(Edit { span, text: String::new() })
}

/// Whether nothing but comments shares the lines of `statement`.
pub fn is_alone_on_its_lines(statement: Node<'_>) -> bool {
    let file = statement.file();
    let (before, _) = sides(file, statement.span());
    is_blank_or_commented(before)
        && only_comments_behind(file, statement.end(), &|at| comment_at(statement, at))
}

/// The edit that writes `lines` before `statement`, and above the comment that
/// belongs to it.
pub fn insertion_before(statement: Node<'_>, lines: &[String]) -> Edit {
    let first = comments_above(statement.file(), statement.line(), &|at| comment_at(statement, at));
    insertion_at(statement, first, lines)
}

/// The edit that writes `lines` before `statement`, and below the comment that
/// belongs to it. What `//nolint` and its like tell of the next line stays with that.
pub fn insertion_right_before(statement: Node<'_>, lines: &[String]) -> Edit {
    let (file, line) = (statement.file(), statement.line());
    let above = comments_above(file, line, &|at| comment_at(statement, at));
    let told = (above..line).rev().take_while(|line| is_directive(content(file, *line).trim())).count();
    insertion_at(statement, line - told, lines)
}

/// The edit that writes `lines` before `statement`, above its line or the line
/// `first` of the comments above that.
fn insertion_at(statement: Node<'_>, first: usize, lines: &[String]) -> Edit {
    let file = statement.file();
    let (before, _) = sides(file, statement.span());
    if !is_blank_or_commented(before) {
        return Edit { span: Span::at(statement.start()), text: in_line(lines) };
    }
    // A labelled statement starts at its label, which gofmt outdents.
    let mut inner = statement;
    while inner.kind() == Kind::LabeledStatement
        && let Some(next) = inner.named().find(|node| node.kind() != Kind::LabelName)
    {
        inner = next;
    }
    let (indent, _) = sides(file, inner.span());
    let indent = if is_blank_or_commented(indent) { indent } else { before };
    let indent: String = indent.chars().take_while(|c| c.is_whitespace()).collect();
    let text = lines.iter().map(|line| format!("{indent}{line}{}", file.newline())).collect();
    Edit { span: Span::at(file.lines().span(first).start), text }
}

/// The edit that writes `lines` behind `statement`, and behind the comment that
/// ends its line.
pub fn insertion_after(statement: Node<'_>, lines: &[String]) -> Edit {
    let file = statement.file();
    if !only_comments_behind(file, statement.end(), &|at| comment_at(statement, at)) {
        return Edit { span: Span::at(statement.end()), text: format!("; {}", lines.join("; ")) };
    }
    let (before, _) = sides(file, Span::at(statement.start()));
    let indent: String = before.chars().take_while(|c| c.is_whitespace()).collect();
    let text = lines.iter().map(|line| format!("{indent}{line}{}", file.newline())).collect();
    Edit { span: Span::at(file.lines().whole_lines(statement.span()).end), text }
}

/// The edit that writes `lines` at the head of a clause of `switch` or
/// `select`, or of a block; a comment behind its colon or brace stays there.
pub fn insertion_first(clause: Node<'_>, lines: &[String]) -> Edit {
    let file = clause.file();
    let opens = |child: &Node<'_>| matches!(child.kind(), Kind::Colon | Kind::LeftBrace);
    let opening = clause.children().find(opens).map_or(clause.span(), Node::span);
    if !only_comments_behind(file, opening.end, &|at| comment_at(clause, at)) {
        return Edit { span: Span::at(opening.end), text: format!(" {}", in_line(lines).trim_end()) };
    }
    let (before, _) = sides(file, clause.span());
    let indent: String = before.chars().take_while(|c| c.is_whitespace()).collect();
    let text = lines.iter().map(|line| format!("{indent}\t{line}{}", file.newline())).collect();
    Edit { span: Span::at(file.lines().whole_lines(opening).end), text }
}

/// The lines as one, with a semicolon behind each statement.
fn in_line(lines: &[String]) -> String {
    let ended = |line: &String| format!("{}{} ", line.trim(), if line.ends_with('{') { "" } else { ";" });
    lines.iter().map(ended).collect()
}

/// Whether nothing but block comments stands in `before`, the start of a line.
fn is_blank_or_commented(before: &str) -> bool {
    let mut rest = before.trim();
    while let Some((_, behind)) = rest.strip_prefix("/*").and_then(|inside| inside.split_once("*/")) {
        rest = behind.trim_start();
    }
    rest.is_empty()
}

/// The bytes that go with `span`, a statement or a spec of a group: its lines
/// with the comments behind it, and the comment above when that belongs to it
/// alone or is `about` it (its text in lower case); or its part of a line that
/// it shares, up to and with the semicolon before it.
///
/// `comment` tells where the comment at an offset ends, if one starts there.
pub fn removal(
    file: &File,
    span: Span,
    about: &dyn Fn(&str) -> bool,
    comment: &dyn Fn(usize) -> Option<usize>,
) -> Span {
    let (before, after) = sides(file, span);
    if is_blank_or_commented(before) && only_comments_behind(file, span.end, comment) {
        let lines = file.lines();
        let (first, last) = (lines.line(span.start), lines.line(span.end - 1));
        return lines.span(first_line(file, first, last, about, comment)).join(lines.span(last));
    }
    let gap = after.len() - after.trim_start_matches(BLANKS).len();
    if before.trim().is_empty() {
        // What follows moves up to the indentation.
        return Span::new(span.start, span.end + gap);
    }
    let start = span.start - (before.len() - before.trim_end_matches(BLANKS).len());
    match file.text().as_bytes().get(start - 1) {
        Some(b';') => Span::new(start - 1, span.end),
        Some(b'{' | b'(') if after[gap..].starts_with(['}', ')']) => Span::new(start, span.end + gap),
        _ if after[gap..].starts_with(';') => span,
        _ => Span::new(start, span.end),
    }
}

/// As [`removal`], in a list that may hold nothing empty: the fields of a struct, the
/// declarations of a file. What shares its line with the next one goes with the semicolon
/// between them.
pub fn removal_of_row(
    file: &File,
    span: Span,
    about: &dyn Fn(&str) -> bool,
    comment: &dyn Fn(usize) -> Option<usize>,
) -> Span {
    let text = file.text();
    let line_end = span.end + sides(file, span).1.len();
    let blanks = |at: usize| {
        let rest = &text[at..line_end];
        at + rest.len() - rest.trim_start_matches(BLANKS).len()
    };
    let mut at = blanks(span.end);
    while let Some(done) = comment(at).filter(|done| *done < line_end) {
        at = blanks(done);
    }
    if !only_comments_behind(file, span.end, comment) && text[at..line_end].starts_with(';') {
        return Span::new(span.start, blanks(at + 1));
    }
    removal(file, span, about, comment)
}

/// Where text behind `declaration` of a file is written: at the end of its line, or right
/// behind it when it shares that.
pub fn behind_declaration(declaration: Node<'_>) -> usize {
    let file = declaration.file();
    let end = declaration.end();
    if only_comments_behind(file, end, &|at| comment_at(declaration, at)) {
        return end + sides(file, declaration.span()).1.len();
    }
    end
}

const BLANKS: [char; 2] = [' ', '\t'];

/// The first line to remove with the lines `first` to `last`.
fn first_line(
    file: &File,
    first: usize,
    last: usize,
    about: &dyn Fn(&str) -> bool,
    comment: &dyn Fn(usize) -> Option<usize>,
) -> usize {
    let above = comments_above(file, first, comment);
    let text: Vec<String> = (above..first).map(|line| content(file, line).trim().to_lowercase()).collect();
    if text.iter().any(|line| line.starts_with("//go:")) {
        return first;
    }
    if !text.is_empty() && (ends_paragraph(file, last + 1) || about(&text.join("\n"))) {
        return above;
    }
    // What `//nolint` and its like tell of the next line goes with that line.
    first - text.iter().rev().take_while(|line| is_directive(line)).count()
}

/// Whether a comment above `line` has nothing there to speak of: the line is
/// blank, a comment, the end of the block or of the file.
pub fn ends_paragraph(file: &File, line: usize) -> bool {
    let text = if line <= file.lines().count() { content(file, line).trim_start() } else { "" };
    let ends = ["}", ")", "case ", "default:", "//"];
    text.is_empty() || ends.iter().any(|end| text.starts_with(end))
}

/// Whether a comment is for a tool: `//nolint`, `//word:…`.
fn is_directive(comment: &str) -> bool {
    let Some(text) = comment.strip_prefix("//") else { return false };
    let word = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text.starts_with("nolint")
        || (word > 0 && text[word..].starts_with(':') && !text[word..].starts_with(": "))
}

/// The first line of the block of comments on lines of their own that ends
/// right above `line`, or `line` itself.
pub fn comments_above(file: &File, line: usize, comment: &dyn Fn(usize) -> Option<usize>) -> usize {
    let start_of = |line: usize| {
        let text = content(file, line);
        file.lines().span(line).start + (text.len() - text.trim_start().len())
    };
    let mut first = line;
    loop {
        // A block comment may start further up than it ends. A line of a raw
        // string may look like a comment, so `comment` is asked.
        let end = file.lines().span(first).start;
        let text = if first > 1 { content(file, first - 1).trim() } else { "" };
        let starts = match text {
            text if text.ends_with("*/") => 1..first,
            text if text.starts_with("//") => first - 1..first,
            _ => return first,
        };
        let fills = |line: &usize| {
            let opening = content(file, *line).trim_start();
            let done = opening.starts_with('/').then(|| comment(start_of(*line))).flatten();
            done.is_some_and(|done| {
                file.lines().line(done) == first - 1 && file.text()[done..end].trim().is_empty()
            })
        };
        match starts.rev().take(LONGEST_COMMENT).find(fills) {
            Some(start) => first = start,
            None => return first,
        }
    }
}

/// Lines of a block comment that is looked at.
const LONGEST_COMMENT: usize = 200;

/// Where the comment that starts at `offset` ends, in the declaration around
/// `node`.
pub fn comment_at(node: Node<'_>, offset: usize) -> Option<usize> {
    let root = node.ancestors().last().unwrap_or(node);
    if !root.span().contains(offset) {
        // Behind the last token of the declaration, or above its first.
        return comment_in_text(node.file(), offset);
    }
    let found = root.covering(Span::new(offset, offset + 1));
    (found.kind() == Kind::Comment && found.start() == offset).then_some(found.end())
}

/// Where the comment that starts at `offset` ends, when `offset` is known to
/// stand in no other token.
pub fn comment_in_text(file: &File, offset: usize) -> Option<usize> {
    let text = &file.text()[offset..];
    let length = match text.get(..2)? {
        "//" => text.find(['\r', '\n']).unwrap_or(text.len()),
        "/*" => text.find("*/")? + 2,
        _ => return None,
    };
    Some(offset + length)
}

/// Whether nothing but semicolons and comments that end on the line stand
/// between `offset` and the end of its line.
fn only_comments_behind(file: &File, offset: usize, comment: &dyn Fn(usize) -> Option<usize>) -> bool {
    let text = file.text();
    let line = file.lines().line(offset);
    let end = file.lines().span(line).end;
    let mut at = offset;
    loop {
        let rest = &text[at..end];
        at += rest.len() - rest.trim_start_matches([' ', '\t', ';', '\r', '\n']).len();
        if at >= end {
            return true;
        }
        match comment(at) {
            Some(done) if done <= end => at = done,
            _ => return false,
        }
    }
}

/// What stands before and behind `span` on its lines, line end left out.
fn sides(file: &File, span: Span) -> (&str, &str) {
    let lines = file.lines();
    let whole = lines.whole_lines(span);
    let text = file.text();
    let after = text[span.end..whole.end].trim_end_matches(['\n', '\r']);
    (&text[whole.start..span.start], after)
}

fn content(file: &File, line: usize) -> &str {
    let bytes = file.lines().content(file.text().as_bytes(), line);
    std::str::from_utf8(bytes).unwrap_or_default()
}
