//! Deleting and inserting whole statements as a person would: line, comment and
//! blank lines included.

use crate::syntax::{File, Node};
use crate::text::{Edit, Span};

/// The edit that deletes `statement`; `None` when it stands in a slot where a
/// statement must be, or under a label.
pub fn deletion(statement: Node<'_>, words: &[&str]) -> Option<Edit> {
    if statement.parent()?.kind() != "statement_list" {
        return None;
    }
    let span =
        if is_alone_on_its_lines(statement) { whole_lines(statement, words) } else { within_line(statement) };
    Some(Edit { span, text: String::new() })
}

/// Whether nothing but a comment shares the lines of `statement`.
pub fn is_alone_on_its_lines(statement: Node<'_>) -> bool {
    let (before, after) = sides(statement.file(), statement.span());
    let before = before.trim();
    let comment = before.starts_with("/*") && before.find("*/") == Some(before.len().saturating_sub(2));
    (before.is_empty() || comment) && is_only_comment(after)
}

/// The edit that writes `lines` before `statement`.
pub fn insertion_before(statement: Node<'_>, lines: &[String]) -> Edit {
    let file = statement.file();
    let (before, _) = sides(file, statement.span());
    if !is_blank_or_commented(before) {
        return Edit { span: Span::at(statement.start()), text: in_line(lines) };
    }
    // A labelled statement starts at its label, which gofmt outdents.
    let mut inner = statement;
    while inner.kind() == "labeled_statement"
        && let Some(next) = inner.named().find(|node| node.kind() != "label_name")
    {
        inner = next;
    }
    let (indent, _) = sides(file, inner.span());
    let indent = if is_blank_or_commented(indent) { indent } else { before };
    let indent: String = indent.chars().take_while(|c| c.is_whitespace()).collect();
    let first = comment_start(statement);
    let text = lines.iter().map(|line| format!("{indent}{line}{}", file.newline())).collect();
    Edit { span: Span::at(file.lines().span(first).start), text }
}

/// The edit that writes `lines` behind `statement`, and behind the comment that
/// ends its line.
pub fn insertion_after(statement: Node<'_>, lines: &[String]) -> Edit {
    let file = statement.file();
    let (_, after) = sides(file, statement.span());
    if !is_only_comment(after) {
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
    let opens = |child: &Node<'_>| matches!(child.kind(), ":" | "{");
    let opening = clause.children().find(opens).map_or(clause.span(), Node::span);
    let (_, after) = sides(file, opening);
    if !is_only_comment(after) {
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

/// What stands before and behind `span` on its lines, line end left out.
fn sides(file: &File, span: Span) -> (&str, &str) {
    let lines = file.lines();
    let whole = lines.whole_lines(span);
    let text = file.text();
    let after = text[span.end..whole.end].trim_end_matches(['\n', '\r']);
    (&text[whole.start..span.start], after)
}

fn is_only_comment(after: &str) -> bool {
    let after = after.trim_start_matches([' ', '\t', ';']).trim_end();
    let block = after.starts_with("/*") && after.find("*/") == Some(after.len().saturating_sub(2));
    after.is_empty() || after.starts_with("//") || block
}

/// Whether nothing but block comments stands in `before`, the start of a line.
fn is_blank_or_commented(before: &str) -> bool {
    let mut rest = before.trim();
    while let Some((_, behind)) = rest.strip_prefix("/*").and_then(|inside| inside.split_once("*/")) {
        rest = behind.trim_start();
    }
    rest.is_empty()
}

/// The first line of the block of comments on lines of their own that ends right
/// above `statement`, or its own first line. A line of a raw string may look like
/// a comment too, so the tree is asked.
fn comment_start(statement: Node<'_>) -> usize {
    let file = statement.file();
    let mut first = file.lines().line(statement.start());
    let root = statement.ancestors().last().unwrap_or(statement);
    // First and last line of each comment that has its lines to itself.
    let above: Vec<(usize, usize)> = root
        .descendants()
        .filter(|node| node.kind() == "comment")
        .filter(|comment| {
            let (before, after) = sides(file, comment.span());
            before.trim().is_empty() && after.trim().is_empty()
        })
        .map(|comment| (comment.line(), file.lines().line(comment.end() - 1)))
        .collect();
    while let Some((start, _)) = above.iter().find(|(_, end)| end + 1 == first) {
        first = *start;
    }
    first
}

fn content(file: &File, line: usize) -> &str {
    let bytes = file.lines().content(file.text().as_bytes(), line);
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn whole_lines(statement: Node<'_>, words: &[&str]) -> Span {
    let (file, span) = (statement.file(), statement.span());
    let lines = file.lines();
    let mut first = lines.line(span.start);
    let last = lines.line(span.end - 1);
    let exists = |line: usize| line >= 1 && line <= lines.count();
    let is_blank = |line: usize| !exists(line) || content(file, line).trim().is_empty();
    let opens = |line: usize| {
        let text = content(file, line).trim_end();
        text.ends_with('{') || text.ends_with(':')
    };
    let closes = |line: usize| {
        let text = content(file, line).trim_start();
        text.starts_with('}') || text.starts_with("case ") || text.starts_with("default:")
    };
    let comment = comment_start(statement);
    if comment < first {
        let next = last + 1;
        let alone = is_blank(next) || closes(next) || content(file, next).trim_start().starts_with("//");
        let about: String = (comment..first).map(|line| content(file, line).to_lowercase()).collect();
        if alone || words.iter().any(|word| about.contains(&word.to_lowercase())) {
            first = comment;
        }
    }
    let (mut from, mut to) = (first, last);
    let above_ends = first == 1 || is_blank(first - 1) || opens(first - 1);
    if exists(last + 1) && is_blank(last + 1) && above_ends {
        to += 1;
    } else if first > 1 && is_blank(first - 1) && exists(last + 1) && closes(last + 1) {
        from -= 1;
    }
    lines.span(from).join(lines.span(to))
}

fn within_line(statement: Node<'_>) -> Span {
    let text = statement.file().text();
    let span = statement.span();
    let is_space = |c: char| c == ' ' || c == '\t';
    let before = text[..span.start].trim_end_matches(is_space);
    let after = text[span.end..].trim_start_matches(is_space);
    let after_at = text.len() - after.len();
    if let Some(rest) = after.strip_prefix(';') {
        let rest = rest.trim_start_matches(is_space);
        return Span::new(span.start, text.len() - rest.len());
    }
    if before.ends_with(';') {
        return Span::new(before.len() - 1, span.end);
    }
    if before.ends_with('{') && after.starts_with('}') {
        return Span::new(before.len(), after_at);
    }
    Span::new(before.len(), span.end)
}
