//! What follows when an expression becomes constant: `cleanup: branches`.

use crate::model::effects::effects;
use crate::model::imports::parenthesized;
use crate::model::package::Package;
use crate::model::scope;
use crate::syntax::{CLAUSES, File, Kind, Node};
use crate::text::Span;

/// The edits by which `expression` is `value`, with all that this decides around it.
pub fn edits(expression: Node<'_>, value: bool, package: &Package) -> Vec<(Span, String)> {
    let (mut at, mut value) = (parenthesized(expression), value);
    while let Some(up) = at.parent() {
        match up.kind() {
            Kind::UnaryExpression if up.operator().is_some_and(|sign| sign.kind() == Kind::Not) => {
                value = !value;
                at = parenthesized(up);
            }
            Kind::BinaryExpression => match joined(up, at, value, package) {
                JoinedOperand::Constant(constant) => {
                    value = constant;
                    at = parenthesized(up);
                }
                JoinedOperand::Other(other) => {
                    let whole = if is_bracketed(up, other) { parenthesized(up) } else { up };
                    return vec![(whole.span(), other.text().to_owned())];
                }
                JoinedOperand::Stays => break,
            },
            Kind::IfStatement if up.condition() == Some(at) => {
                return if_edits(up, value).unwrap_or_else(|| constant(at, value));
            }
            Kind::ForStatement if up.named().next() == Some(at) => {
                return for_edits(up, at, value).unwrap_or_else(|| constant(at, value));
            }
            Kind::ExpressionList
                if up.parent().is_some_and(|case| case.kind() == Kind::ExpressionCase)
                    && up.named().count() == 1 =>
            {
                let case = up.parent().expect("it was asked just now");
                return case_edits(case, value).unwrap_or_else(|| constant(at, value));
            }
            Kind::ExpressionSwitchStatement if up.value() == Some(at) => {
                return switch_edits(up, value).unwrap_or_else(|| constant(at, value));
            }
            _ => break,
        }
    }
    constant(at, value)
}

fn constant(at: Node<'_>, value: bool) -> Vec<(Span, String)> {
    vec![(at.span(), value.to_string())]
}

/// What a chain of `&&` and `||` becomes with a constant operand.
enum JoinedOperand<'t> {
    Constant(bool),
    Other(Node<'t>),
    Stays,
}

fn joined<'t>(whole: Node<'t>, operand: Node<'t>, value: bool, package: &Package) -> JoinedOperand<'t> {
    let (Some(left), Some(right), Some(sign)) = (whole.left(), whole.right(), whole.operator()) else {
        return JoinedOperand::Stays;
    };
    let (other, is_left) = if operand == left { (right, true) } else { (left, false) };
    let neutral = match sign.kind() {
        Kind::LogicalAnd => true,
        Kind::LogicalOr => false,
        _ => return JoinedOperand::Stays,
    };
    if value == neutral {
        JoinedOperand::Other(other)
    } else if is_left || effects(other, package).is_pure() {
        // What stands behind a left operand that decides was never evaluated.
        JoinedOperand::Constant(value)
    } else {
        JoinedOperand::Stays
    }
}

/// Whether the parentheses around the chain are of no use for what is left of it.
fn is_bracketed(whole: Node<'_>, other: Node<'_>) -> bool {
    parenthesized(whole) != whole
        && !matches!(other.kind(), Kind::BinaryExpression | Kind::FuncLiteral | Kind::CompositeLiteral)
}

fn if_edits(statement: Node<'_>, value: bool) -> Option<Vec<(Span, String)>> {
    let otherwise = statement.alternative();
    let chosen = if value { statement.consequence() } else { otherwise };
    let outer = statement.parent()?;
    if let Some(first) = statement.initializer() {
        let block = chosen.is_none_or(|chosen| chosen.kind() == Kind::Block);
        return if block { placed(statement, Some(first), chosen) } else { None };
    }
    if outer.kind() == Kind::IfStatement {
        // `else if`: what is chosen is the `else`.
        return Some(match chosen {
            Some(chosen) => vec![(statement.span(), chosen.text().to_owned())],
            None => {
                let body = outer.consequence()?;
                vec![(Span::new(body.end(), statement.end()), String::new())]
            }
        });
    }
    match chosen {
        Some(chosen) if chosen.kind() == Kind::IfStatement => {
            Some(vec![(statement.span(), chosen.text().to_owned())])
        }
        chosen => placed(statement, None, chosen),
    }
}

/// Puts the statements of a block in the place of the statement that it was a part of, behind
/// the one with which that began.
fn placed(
    statement: Node<'_>,
    first: Option<Node<'_>>,
    block: Option<Node<'_>>,
) -> Option<Vec<(Span, String)>> {
    let list = statement.parent().filter(|up| up.kind() == Kind::StatementList)?;
    let file = statement.file();
    let block = block.filter(|block| !inner(*block).trim().is_empty());
    let inside = block.and_then(|block| block.child(Kind::StatementList));
    let statements: Vec<Node<'_>> =
        first.into_iter().chain(inside.into_iter().flat_map(Node::named)).collect();
    // In one list a name is declared once.
    let names =
        |of: Node<'_>| scope::declared(of).iter().map(|name| name.text().to_owned()).collect::<Vec<_>>();
    let own = first.map(names).unwrap_or_default();
    let again = statements.iter().skip(1).any(|inner| names(*inner).iter().any(|name| own.contains(name)));
    let clash = again || clashes(&statements, list, statement);
    let text = match (first, block) {
        (None, None) => return Some(vec![removed(statement)]),
        (Some(_), _) if clash => return None,
        (Some(first), None) => first.text().to_owned(),
        (Some(first), Some(block)) => {
            let line = file.lines().span(statement.line()).of(file.text());
            let indent = &line[..line.len() - line.trim_start().len()];
            format!("{}{}{indent}{}", first.text(), file.newline(), unindented(block, file))
        }
        (None, Some(block)) if clash => block.text().to_owned(),
        (None, Some(block)) => unindented(block, file),
    };
    let mut edits = vec![(statement.span(), text)];
    // What stands behind a statement that leaves is never reached.
    if statements.last().is_some_and(|last| leaves(*last)) {
        edits.extend(unreached(statement));
    }
    Some(edits)
}

/// The statements behind one that never ends or leaves; none where a label stands there.
fn unreached(statement: Node<'_>) -> Option<(Span, String)> {
    let list = statement.parent()?;
    let behind: Vec<Node<'_>> = list.named().filter(|other| other.start() >= statement.end()).collect();
    let labels = [Kind::LabeledStatement, Kind::LabelName];
    let labelled = behind.iter().any(|other| other.descendants().any(|node| node.is(&labels)));
    let last = behind.last().filter(|_| !labelled)?;
    Some((Span::new(statement.end(), last.end()), String::new()))
}

/// The lines of a statement that goes.
fn removed(statement: Node<'_>) -> (Span, String) {
    let file = statement.file();
    let lines = file.lines().whole_lines(statement.span());
    let own = &file.text()[lines.start..statement.start()];
    let behind = &file.text()[statement.end()..lines.end];
    if own.trim().is_empty() && behind.trim().is_empty() {
        return (lines, String::new());
    }
    (statement.span(), String::new())
}

fn leaves(statement: Node<'_>) -> bool {
    statement.is(&[Kind::ReturnStatement, Kind::BreakStatement, Kind::ContinueStatement, Kind::GotoStatement])
        || statement.kind() == Kind::ExpressionStatement && statement.text().starts_with("panic(")
}

/// Whether a name that the block declares means something in the list around it.
fn clashes(statements: &[Node<'_>], list: Node<'_>, statement: Node<'_>) -> bool {
    let declared = statements.iter().flat_map(|inner| scope::declared(*inner));
    // What stands behind one that leaves goes too.
    let ends = statements.last().is_some_and(|last| leaves(*last)) && unreached(statement).is_some();
    declared.into_iter().any(|name| {
        let behind = !ends && list.mentions(name.text()).any(|node| node.start() >= statement.end());
        behind || scope::local(name.text(), statement).is_some()
    })
}

/// What stands between the braces.
fn inner(block: Node<'_>) -> &str {
    let text = block.text();
    text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text)
}

/// What stands between the braces, one level further out.
fn unindented(block: Node<'_>, file: &File) -> String {
    let text = inner(block);
    if !text.contains('\n') {
        return text.trim().to_owned();
    }
    let start = block.start() + 1;
    let raw: Vec<Span> =
        block.descendants().filter(|node| node.kind() == Kind::RawStringLiteral).map(Node::span).collect();
    let mut out = String::new();
    let mut at = start;
    for line in text.split_inclusive('\n') {
        let within = raw.iter().any(|span| span.start < at && at < span.end);
        out.push_str(if within { line } else { line.strip_prefix('\t').unwrap_or(line) });
        at += line.len();
    }
    let newline = file.newline();
    out.trim_start_matches([' ', '\r', '\n']).trim_start_matches(newline).trim().to_owned()
}

fn for_edits(statement: Node<'_>, condition: Node<'_>, value: bool) -> Option<Vec<(Span, String)>> {
    let body = statement.body()?;
    if value {
        let mut edits = vec![(Span::new(condition.start(), body.start()), String::new())];
        if !is_left(body) {
            edits.extend(unreached(statement));
        }
        return Some(edits);
    }
    let list = statement.parent().is_some_and(|up| up.kind() == Kind::StatementList);
    (list && !is_left(body)).then(|| vec![removed(statement)])
}

/// Whether something in the node leaves it by other ways than its end.
fn is_left(node: Node<'_>) -> bool {
    node.descendants().any(|inner| {
        inner.is(&[
            Kind::BreakStatement,
            Kind::GotoStatement,
            Kind::LabeledStatement,
            Kind::FallthroughStatement,
        ])
    })
}

/// A case of a `switch` without a value.
fn case_edits(case: Node<'_>, value: bool) -> Option<Vec<(Span, String)>> {
    let switch = case.parent().filter(|switch| switch.value().is_none() && switch.initializer().is_none())?;
    if is_left(switch) {
        return None;
    }
    let cases: Vec<Node<'_>> = switch.named().filter(|node| node.is(CLAUSES)).collect();
    let at = cases.iter().position(|other| *other == case)?;
    if !value {
        let file = case.file();
        let end = cases.get(at + 1).map_or(case.end(), |next| next.start());
        let start = file.lines().whole_lines(Span::at(case.start())).start;
        let end = match cases.get(at + 1) {
            Some(_) => file.lines().whole_lines(Span::at(end)).start,
            None => file.lines().whole_lines(Span::new(case.start(), case.end())).end,
        };
        return Some(vec![(Span::new(start, end), String::new())]);
    }
    let before: Vec<Node<'_>> =
        cases[..at].iter().copied().filter(|other| other.kind() != Kind::DefaultCase).collect();
    let Some(first) = before.first() else { return clause_placed(switch, case) };
    // What is not decided above it comes here, and never further. The clauses above are written
    // again, so that an edit of one of them goes first: then this may be the only one.
    let text = case.file().text();
    let mut out = String::new();
    for other in &before {
        let next = cases.iter().find(|next| next.start() > other.start());
        out.push_str(&text[other.start()..next.map_or(other.end(), |next| next.start())]);
    }
    let colon = case.child(Kind::Colon)?;
    out.push_str("default");
    out.push_str(&text[colon.start()..case.end()]);
    let end = cases.last().map_or(case.end(), |last| last.end());
    Some(vec![(Span::new(first.start(), end), out)])
}

/// A `switch` over a constant.
fn switch_edits(switch: Node<'_>, value: bool) -> Option<Vec<(Span, String)>> {
    if is_left(switch) || switch.initializer().is_some() {
        return None;
    }
    let cases: Vec<Node<'_>> = switch.named().filter(|node| node.is(CLAUSES)).collect();
    let mut chosen = None;
    for case in &cases {
        if case.kind() == Kind::DefaultCase {
            continue;
        }
        let values: Vec<Node<'_>> = case.value()?.named().collect();
        if !values.iter().all(|one| one.is(&[Kind::True, Kind::False])) {
            return None;
        }
        if chosen.is_none() && values.iter().any(|one| one.text() == value.to_string()) {
            chosen = Some(*case);
        }
    }
    let chosen = chosen.or_else(|| cases.iter().copied().find(|case| case.kind() == Kind::DefaultCase));
    match chosen {
        Some(case) => clause_placed(switch, case),
        None => Some(vec![removed(switch)]),
    }
}

/// Puts the statements of a clause in the place of its `switch`.
fn clause_placed(switch: Node<'_>, case: Node<'_>) -> Option<Vec<(Span, String)>> {
    let list = switch.parent().filter(|up| up.kind() == Kind::StatementList)?;
    let statements: Vec<Node<'_>> =
        case.child(Kind::StatementList).into_iter().flat_map(Node::named).collect();
    let (Some(first), Some(last)) = (statements.first(), statements.last()) else {
        return Some(vec![removed(switch)]);
    };
    if clashes(&statements, list, switch) {
        return None;
    }
    let text = &case.file().text()[first.start()..last.end()];
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_prefix('\t').unwrap_or(line)).collect();
    let mut edits = vec![(switch.span(), lines.join("\n"))];
    if leaves(*last) {
        edits.extend(unreached(switch));
    }
    Some(edits)
}
