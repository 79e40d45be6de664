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
    let span = if is_alone_on_its_lines(statement) {
        whole_lines(statement.file(), statement.span(), words)
    } else {
        within_line(statement)
    };
    Some(Edit { span, text: String::new() })
}

/// Whether nothing but a comment shares the lines of `statement`.
pub fn is_alone_on_its_lines(statement: Node<'_>) -> bool {
    let (before, after) = sides(statement.file(), statement.span());
    before.trim().is_empty() && is_only_comment(after)
}

/// The edit that writes `lines` before `statement`.
pub fn insertion_before(statement: Node<'_>, lines: &[String]) -> Edit {
    let file = statement.file();
    // A labelled statement starts at its label, which gofmt outdents.
    let (before, _) = sides(file, statement.span());
    if !before.trim().is_empty() {
        let text = lines.iter().map(|line| format!("{line}; ")).collect();
        return Edit { span: Span::at(statement.start()), text };
    }
    let mut inner = statement;
    while inner.kind() == "labeled_statement"
        && let Some(next) = inner.named().find(|node| node.kind() != "label_name")
    {
        inner = next;
    }
    let (indent, _) = sides(file, inner.span());
    let indent = if indent.trim().is_empty() { indent } else { before };
    let first = comment_start(file, file.lines().line(statement.start()));
    let text = lines.iter().map(|line| format!("{indent}{line}{}", file.newline())).collect();
    Edit { span: Span::at(file.lines().span(first).start), text }
}

/// The edit that writes `lines` at the head of a clause of `switch` or
/// `select`, or of a block; a comment behind its colon or brace stays there.
pub fn insertion_first(clause: Node<'_>, lines: &[String]) -> Edit {
    let file = clause.file();
    let opens = |child: &Node<'_>| matches!(child.kind(), ":" | "{");
    let opening = clause.children().find(opens).map_or(clause.span(), Node::span);
    let (_, after) = sides(file, opening);
    if !is_only_comment(after) {
        let text = lines.iter().map(|line| format!(" {line};")).collect();
        return Edit { span: Span::at(opening.end), text };
    }
    let (before, _) = sides(file, clause.span());
    let indent: String = before.chars().take_while(|c| c.is_whitespace()).collect();
    let text = lines.iter().map(|line| format!("{indent}\t{line}{}", file.newline())).collect();
    Edit { span: Span::at(file.lines().whole_lines(opening).end), text }
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

/// The first line of the block of own-line comments that ends right above
/// `line`, or `line` itself.
fn comment_start(file: &File, line: usize) -> usize {
    let mut first = line;
    while first > 1 && content(file, first - 1).trim_start().starts_with("//") {
        first -= 1;
    }
    first
}

fn content(file: &File, line: usize) -> &str {
    let bytes = file.lines().content(file.text().as_bytes(), line);
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn whole_lines(file: &File, span: Span, words: &[&str]) -> Span {
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
    let comment = comment_start(file, first);
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
