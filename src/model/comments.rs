//! What an author wrote beside a piece of code.

use crate::syntax::{Kind, Node};
use crate::text::Span;
use memchr::memchr_iter;

/// The comments on lines of their own right above `node`, and those that stand on
/// its first line, one after the other; empty when there are none.
pub fn beside(node: Node<'_>) -> String {
    let file = node.file();
    let lines = file.lines();
    let content = |line: usize| {
        let bytes = lines.content(file.text().as_bytes(), line);
        std::str::from_utf8(bytes).unwrap_or_default().trim()
    };
    let own = node.line();
    let mut first = own;
    while first > 1 && is_comment(content(first - 1)) {
        first -= 1;
    }
    let above = (first..own).map(content);
    let root = node.root();
    let behind = on_line(root, own).map(Node::text);
    // A declaration ends before the comment behind it.
    let last = content(lines.line(node.end().saturating_sub(1)));
    let outside = root.end() == node.end() && root.line() == own;
    let outside = last.split_once("//").map(|(_, text)| text).filter(|_| outside);
    above.chain(behind).chain(outside).collect::<Vec<_>>().join("\n")
}

/// The comments below `root` that begin on the line `number`, each by the place where it may
/// begin: a list may hold any number of statements, of which one is asked after the other.
fn on_line(root: Node<'_>, number: usize) -> impl Iterator<Item = Node<'_>> {
    let span = root.file().lines().span(number);
    let line = span.of(root.file().text()).as_bytes();
    let begins = memchr_iter(b'/', line).map(move |at| span.start + at);
    begins.filter_map(move |at| {
        let inner = root.covering(Span::new(at, at + 1));
        (inner.kind() == Kind::Comment && inner.start() == at).then_some(inner)
    })
}

/// The comments in `node`, those in `kept` left out.
pub fn inside<'t>(node: Node<'t>, kept: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    node.descend(move |inner| inner != kept).filter(|inner| inner.kind() == Kind::Comment)
}

/// Whether code can go on behind the comment on its line.
pub fn is_within_a_line(comment: Node<'_>) -> bool {
    comment.text().starts_with("/*") && !comment.text().contains('\n')
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//") || line.starts_with("/*") || (line.starts_with('*') && line.ends_with("*/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::File;

    #[test]
    fn comments_above_and_behind_count() {
        let text = "package p\n\n// Far.\n\n// f runs.\nfunc f() {\n\tg() // one\n\t// two\n\t// three\n\tg() /* four */\n\n\tg()\n}\n";
        let file = File::new("p.go", text);
        let root = file.decl(0).unwrap();
        let calls: Vec<_> =
            root.descendants().filter(|node| node.kind() == Kind::ExpressionStatement).map(beside).collect();
        assert_eq!(calls, ["// one", "// two\n// three\n/* four */", ""]);
        assert_eq!(beside(root.named().next().unwrap()), "// f runs.");
    }

    #[test]
    fn comments_before_and_within_a_line_count_and_signs_in_strings_do_not() {
        let text = "package p\n\nfunc f() {\n\t/* a */ g(1 / 2 /* b */, \"// c\") /* d\n*/ // e\n}\n";
        let file = File::new("p.go", text);
        let root = file.decl(0).unwrap();
        let call = root.descendants().find(|node| node.kind() == Kind::ExpressionStatement).unwrap();
        assert_eq!(beside(call), "/* a */\n/* b */\n/* d\n*/");
    }

    #[test]
    fn a_declaration_has_the_comment_behind_it() {
        let file = File::new("p.go", "package p\n\nvar n = 4 // four\n");
        assert_eq!(beside(file.decl(0).unwrap()), " four");
    }
}
