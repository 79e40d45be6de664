//! Functions on one line that the edits made too long for it: gofmt breaks the bodies of those
//! over lines.

use super::written::written;
use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Edits, Span};

/// How long a function on one line may be, from `func` to its last statement. This limit and
/// the next are those of `go/printer`.
const LONGEST: usize = 100;

/// How many statements it may have.
const MOST_STATEMENTS: usize = 5;

const FUNCTIONS: &[Kind] = &[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral];

/// Edits over `after` that break the outermost functions which `total` made too long for one
/// line.
pub(super) fn broken(before: &File, total: &Edits, after: &File) -> Edits {
    let mut edits = Edits::new();
    let mut done: Vec<Span> = Vec::new();
    for place in written(total) {
        for root in after.decls_at(place).filter_map(|index| after.decl(index)) {
            let touches = |node: &Node<'_>| node.start() <= place.end && place.start <= node.end();
            let mut functions = root.descendants().filter(|node| node.is(FUNCTIONS) && touches(node));
            let long =
                functions.find(|function| is_too_long(*function) && !was_too_long(*function, before, total));
            let Some(function) = long.filter(|function| !done.contains(&function.span())) else { continue };
            done.push(function.span());
            for edit in over_lines(function).unwrap_or_default() {
                let _ = edits.push(edit);
            }
        }
    }
    edits
}

/// The statements of a body.
fn statements(body: Node<'_>) -> Vec<Node<'_>> {
    let list = body.child(Kind::StatementList);
    list.into_iter().flat_map(Node::named).filter(|statement| statement.kind() != Kind::Comment).collect()
}

/// Whether gofmt would not leave the function, whose body is on one line, so.
fn is_too_long(function: Node<'_>) -> bool {
    let Some(body) = function.body().filter(|body| !body.text().contains('\n')) else { return false };
    let header = &function.file().text()[function.start()..body.start()];
    let header = header.trim_end();
    let statements = statements(body);
    // The comments count once, wherever they stand.
    let size = |node: Node<'_>| node.text().len();
    let written: usize = statements.iter().map(|statement| size(*statement)).sum();
    let between = body.descendants().filter(|node| node.kind() == Kind::Comment);
    let between = between.filter(|comment| !statements.iter().any(|one| one.span().covers(comment.span())));
    let separators = statements.len().saturating_sub(1) * 2;
    header.contains('\n')
        || statements.len() > MOST_STATEMENTS
        || header.len() + written + separators + between.map(size).sum::<usize>() > LONGEST
}

/// Whether the function was as long before the edits: an untidy file stays as it was.
fn was_too_long(function: Node<'_>, before: &File, total: &Edits) -> bool {
    let Some(at) = total.unmap(function.start()) else { return false };
    let root = before.decl_at(at).and_then(|index| before.decl(index));
    let old = root.and_then(|root| root.descendants().find(|node| node.start() == at && node.is(FUNCTIONS)));
    old.is_some_and(is_too_long)
}

/// The edits that give each statement of the body a line of its own; nothing where a comment
/// stands between them.
fn over_lines(function: Node<'_>) -> Option<Vec<Edit>> {
    let file = function.file();
    let body = function.body()?;
    let line = file.lines().span(file.lines().line(function.start())).of(file.text());
    let indent = &line[..line.len() - line.trim_start_matches(['\t', ' ']).len()];
    let newline = file.newline();
    let mut edits = Vec::new();
    let mut from = body.start() + 1;
    let mut gap = |start: usize, end: usize, text: String| {
        let span = Span::new(start, end);
        let plain = span.of(file.text()).chars().all(|c| matches!(c, ' ' | '\t' | ';'));
        plain.then(|| edits.push(Edit { span, text }))
    };
    for statement in statements(body) {
        gap(from, statement.start(), format!("{newline}{indent}\t"))?;
        from = statement.end();
    }
    gap(from, body.end() - 1, format!("{newline}{indent}"))?;
    Some(edits)
}
