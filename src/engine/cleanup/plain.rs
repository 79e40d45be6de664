//! Fixes that nothing can follow: each edit stays within a statement on a line of its own, and
//! every name that it takes away is still read there.

use super::imports;
use crate::rewrite::FileFix;
use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::HashSet;

/// Statements in which every identifier is read.
const READING: &[Kind] = &[
    Kind::ExpressionStatement,
    Kind::ReturnStatement,
    Kind::GoStatement,
    Kind::DeferStatement,
    Kind::SendStatement,
];

/// What makes an identifier another thing than a name that is read: a declaration, or the key
/// of a literal.
const OTHER_USES: &[Kind] = &[Kind::FuncLiteral, Kind::LiteralValue, Kind::Comment];

/// The names that a name may be taken for.
const NAMES: &[Kind] = &[Kind::Identifier, Kind::PackageIdentifier, Kind::TypeIdentifier];

/// The edits of `change`, where it can be told from its statements alone that cleanup adds
/// nothing to them and that the result parses; `None` where it has to be worked out.
pub fn plain(file: &File, change: &FileFix) -> Option<Edits> {
    let known = change.imports.iter().all(|import| import.alias.is_none());
    if !known || !imports::added(file, &change.imports).is_empty() {
        return None;
    }
    let edits: Vec<&Edit> = change.edits.iter().collect();
    let line = |edit: &&Edit| file.lines().line(edit.span.start);
    let stay = edits.chunk_by(|one, next| line(one) == line(next)).all(|edits| stays(file, edits));
    stay.then(|| change.edits.clone())
}

/// Whether the statement around `edits` only reads names before and after them, and no fewer.
fn stays(file: &File, edits: &[&Edit]) -> bool {
    let around = edits.iter().map(|edit| edit.span).reduce(Span::join);
    let Some(before) = around.and_then(|around| statement_around(file, around)) else { return false };
    let new = written(before, edits);
    if new.contains(['\n', '\r']) || new.trim() != new {
        return false;
    }
    let head = "package p\n\nfunc _() {\n\t";
    let after = File::new(file.path(), format!("{head}{new}\n}}\n"));
    let span = Span::new(head.len(), head.len() + new.len());
    let Some(after) = (after.outline().decls.len() == 1).then(|| statement_around(&after, span)).flatten()
    else {
        return false;
    };
    after.span() == span && after.kind() == before.kind() && names(before).is_subset(&names(after))
}

/// The statement around `span` that only reads names, where its line holds nothing else but the
/// rest of the header that it is the last part of.
fn statement_around(file: &File, span: Span) -> Option<Node<'_>> {
    let root = file.decl(file.decl_at(span.start)?)?;
    let covering = root.covering(span);
    let around = std::iter::once(covering).chain(covering.ancestors());
    let mut statements = around.filter(|node| node.is(READING));
    let statement = statements.next().filter(|statement| {
        statement.span().covers(span) && statement.descendants().all(|node| !node.is(OTHER_USES))
    })?;
    let line = file.lines().span(statement.line()).of(file.text()).trim();
    let parent = statement.parent()?;
    let alone = match parent.kind() {
        Kind::StatementList => line == statement.text(),
        // `for ; cond; update {`
        Kind::ForClause => {
            let header = parent.parent()?;
            let to_end = file.text()[header.start()..].strip_prefix(line);
            to_end.is_some()
                && line.ends_with(&format!("{} {{", statement.text()))
                && !has_comment(header, line)
        }
        _ => false,
    };
    alone.then_some(statement)
}

/// Whether a comment stands in the first line of `header`, which is `line`.
fn has_comment(header: Node<'_>, line: &str) -> bool {
    let line = Span::new(header.start(), header.start() + line.len());
    header.descendants().take_while(|node| node.start() < line.end).any(|node| node.kind() == Kind::Comment)
}

/// The text of `statement` once `edits` are made.
fn written(statement: Node<'_>, edits: &[&Edit]) -> String {
    let (text, mut at) = (statement.file().text(), statement.start());
    let mut new = String::new();
    for edit in edits {
        new.push_str(&text[at..edit.span.start]);
        new.push_str(&edit.text);
        at = edit.span.end;
    }
    new + &text[at..statement.end()]
}

/// The names in a statement.
fn names(statement: Node<'_>) -> HashSet<&str> {
    statement.descendants().filter(|node| node.is(NAMES)).map(Node::text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether nothing follows when `old` becomes `new`.
    fn is_plain(text: &str, old: &str, new: &str) -> bool {
        let start = text.find(old).expect("it is there");
        let mut edits = Edits::new();
        let edit = Edit { span: Span::new(start, start + old.len()), text: new.to_owned() };
        edits.push(edit).expect("it fits");
        let change = FileFix { edits, ..FileFix::default() };
        plain(&File::new("p.go", text), &change).is_some()
    }

    #[test]
    fn an_edit_that_takes_no_name_from_a_line_of_its_own_is_plain() {
        let text = "package p\n\nfunc f() {\n\t<-time.After(d)\n\tgo g(d, e) // why\n\tx := h(d)\n\t\
            if d { g(d) }\n\tk(func() { d() })\n\tk(T{d: d})\n\tl(d,\n\t\te)\n}\n";
        assert!(is_plain(text, "<-time.After(d)", "time.Sleep(d)"));
        assert!(is_plain(text, "<-time.After", "time.Sleep"));
        // The name is gone, or only a part of another one.
        assert!(!is_plain(text, "<-time.After(d)", "time.Sleep(dd)"));
        assert!(!is_plain(text, "<-time.After(d)", "other.Sleep(d)"));
        // The statement is another one, none, two, or broken.
        assert!(!is_plain(text, "<-time.After(d)", "x := time.Sleep(d)"));
        assert!(!is_plain(text, "<-time.After(d)", ""));
        assert!(!is_plain(text, "<-time.After(d)", "time.Sleep(d); time.Sleep(d)"));
        assert!(!is_plain(text, "<-time.After(d)", "time.Sleep(d"));
        assert!(!is_plain(text, "<-time.After(d)", "time.Sleep(d)}; func g() { time.Sleep(d)"));
        // Comments may have to be moved, and lines broken.
        assert!(!is_plain(text, "g(d, e)", "g(d, e, e)"));
        assert!(!is_plain(text, "<-time.After(d)", "time.Sleep(d) // why"));
        assert!(!is_plain(text, "<-time.After(d)", "time.Sleep(\n\t\td)"));
        assert!(!is_plain(text, "l(d,\n", "m(l, d,\n"));
        assert!(!is_plain(text, "g(d) }", "gg(g, d) }"));
        let clause = "package p\n\nfunc f() {\n\tfor ; c; <-time.After(d) {\n\t}\n\t\
            for ; c; <-time.After(e) { // why\n\t}\n\tfor ; c; <-time.After(f) { g() }\n\t\
            for /* a */ ; c; <-time.After(h) {\n\t}\n}\n";
        assert!(is_plain(clause, "<-time.After(d)", "time.Sleep(d)"));
        assert!(!is_plain(clause, "<-time.After(d)", "other.Sleep(d)"));
        for commented in ["e", "f", "h"] {
            let (old, new) = (format!("<-time.After({commented})"), format!("time.Sleep({commented})"));
            assert!(!is_plain(clause, &old, &new), "{old}");
        }
        // A name that is declared, or a key, is not read.
        assert!(!is_plain(text, "h(d)", "i(h, d)"));
        assert!(!is_plain(text, "{ d() }", "{ e(d) }"));
        assert!(!is_plain(text, "T{d: d}", "T{d: 1}"));
    }
}
