//! The lines of an item, as a worker has them.

use super::site::GoroutinePerItemSite;
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// The white space before the statement on its line.
pub(super) fn margin(statement: Node<'_>) -> &str {
    let lines = statement.file().lines();
    let line = &statement.file().text()[lines.span(lines.line(statement.start())).start..statement.start()];
    &line[..line.len() - line.trim_start().len()]
}

/// The lines of what an item does, one level deeper than they stood; `None`
/// where a comment of the loop around them would be lost.
pub(super) fn body(site: &GoroutinePerItemSite<'_>) -> Option<String> {
    let file = site.looping.file();
    let (text, lines, newline) = (file.text(), file.lines(), file.newline());
    let close = site.literal.end() - 1;
    let (first, last) = (site.work.first()?, site.work.last()?);
    let comments = || site.looping.descendants().filter(|node| node.kind() == Kind::Comment);
    let alone = lines.line(site.from) < first.line() && lines.line(last.end()) < lines.line(close);
    if !alone {
        let flat = lines.line(first.start()) == lines.line(last.end()) && comments().next().is_none();
        let line = |node: &Node<'_>| {
            format!("{}\t\t\t{}{newline}", margin(site.looping), replaced(site, node.span()))
        };
        return flat.then(|| site.work.iter().map(line).collect());
    }
    let kept = Span::new(lines.span(lines.line(site.from)).end, lines.span(lines.line(close)).start);
    if comments().any(|comment| !kept.covers(comment.span())) {
        return None;
    }
    // Lines inside a raw string are the string's.
    let raw: Vec<Span> = site
        .literal
        .descendants()
        .filter(|node| node.kind() == Kind::RawStringLiteral)
        .map(Node::span)
        .collect();
    let mut moved = String::new();
    for number in lines.line(kept.start)..lines.line(close) {
        let line = lines.span(number);
        let inside = raw.iter().any(|string| string.start < line.start && line.start < string.end);
        if !inside && !line.of(text).trim().is_empty() {
            moved.push('\t');
        }
        moved += &replaced(site, line);
    }
    Some(moved)
}

/// The bytes of `span` with the `return`s of the item as `continue`.
fn replaced(site: &GoroutinePerItemSite<'_>, span: Span) -> String {
    let text = site.looping.file().text();
    let (mut copied, mut at) = (String::new(), span.start);
    for (node, _) in site.returns().filter(|(node, _)| span.covers(node.span())) {
        copied += &text[at..node.start()];
        copied += "continue";
        at = node.end();
    }
    copied + &text[at..span.end]
}
