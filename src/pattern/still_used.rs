//! Names that a fix no longer declares, and that the code behind it uses.

use crate::model::scope::{self, Def, Local};
use crate::syntax::{Field, Kind, Node};
use crate::text::Span;

/// A name whose declaration the edits take away, and whose uses they leave.
pub fn still_used(site: Node<'_>, edits: &[(Span, String)]) -> Option<String> {
    let root = site.root();
    edits.iter().filter(|(span, _)| !span.is_empty()).find_map(|(span, text)| {
        let within = root.covering(*span).descendants();
        let mut names = within.filter(|node| node.kind() == Kind::Identifier && span.covers(node.span()));
        let left = names.find(|name| {
            let Def::Local(local) = scope::resolve(*name) else { return false };
            local.name == *name && !has_word(text, name.text()) && is_needed(local, edits, site)
        });
        left.map(|name| name.text().to_owned())
    })
}

/// Whether the first mention that the edits leave needs the declaration: `x, err := f()` declares
/// it anew, and so may what the edits write between the two.
fn is_needed(local: Local<'_>, edits: &[(Span, String)], site: Node<'_>) -> bool {
    let edited = |node: &Node<'_>| edits.iter().any(|(span, _)| span.covers(node.span()));
    let mentions = scope::mentions(local).into_iter();
    let first = mentions.filter(|node| *node != local.name && !edited(node)).min_by_key(|node| node.start());
    first.is_some_and(|first| {
        let moved = edits.iter().any(|(span, text)| {
            span.end <= first.start()
                && list_of(site.root().covering(*span)) == list_of(local.name)
                && text.lines().any(|line| is_declared_on(line, local.name.text()))
        });
        if moved {
            return false;
        }
        let declares = |up: &Node<'_>| {
            up.kind() == Kind::ShortVarDeclaration
                && up.child_by_field(Field::Left).is_some_and(|left| left.span().covers(first.span()))
        };
        !first.ancestors().any(|up| declares(&up))
    })
}

/// The list in which a node, or the statement around it, stands.
fn list_of(node: Node<'_>) -> Option<Node<'_>> {
    std::iter::once(node).chain(node.ancestors()).find(|up| up.kind() == Kind::StatementList)
}

/// Whether a line of new code declares the name: `name := …`, `name, err := …`, `var name …`.
fn is_declared_on(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    match (line.strip_prefix("var "), line.split_once(":=")) {
        (Some(names), _) => names.split([' ', ',', '=']).next() == Some(name),
        (None, Some((names, _))) => names.split(',').any(|one| one.trim() == name),
        (None, None) => false,
    }
}

fn has_word(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}
