//! Blocks that became empty.

use super::written::written;
use crate::model::effects::effects;
use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{deletion, removal};
use crate::syntax::{Field, File, Kind, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::BTreeSet;

/// Edits over `after` that collapse what `total` emptied there. A loop stays,
/// and so does an `if` whose condition could panic or that has a comment.
pub(super) fn emptied(before: &File, total: &Edits, after: &File, package: &Package) -> Edits {
    let mut edits = Edits::new();
    // The others need not be parsed.
    let touched: BTreeSet<usize> = written(total).flat_map(|place| after.decls_at(place)).collect();
    for index in touched {
        let Some(root) = after.decl(index) else { continue };
        for block in root.descendants().filter(|node| is_empty_block(*node)) {
            if had_statements(block, before, total)
                && let Some(edit) = collapse(block, package)
            {
                // What does not fit beside another is found again in the next
                // round.
                let _ = edits.push(edit);
            }
        }
    }
    edits
}

fn is_empty_block(node: Node<'_>) -> bool {
    node.kind() == Kind::Block
        && node.children().all(|child| matches!(child.kind(), Kind::LeftBrace | Kind::RightBrace))
}

fn had_statements(block: Node<'_>, before: &File, total: &Edits) -> bool {
    let Some(start) = total.unmap(block.start()) else { return false };
    let Some(root) = before.decl_at(start).and_then(|index| before.decl(index)) else { return false };
    let brace = root.covering(Span::new(start, start + 1));
    brace
        .parent()
        .is_some_and(|block| block.kind() == Kind::Block && block.child(Kind::StatementList).is_some())
}

fn collapse(block: Node<'_>, package: &Package) -> Option<Edit> {
    let owner = block.parent()?;
    match owner.kind() {
        Kind::StatementList => deletion(block, &[]),
        Kind::IfStatement => collapse_if(owner, block, package),
        Kind::FuncLiteral => collapse_literal(owner, package),
        Kind::FunctionDeclaration => without_init(owner),
        _ => None,
    }
}

/// `defer func() {}()`, `go func() {}()` and `func() {}()` do nothing.
fn collapse_literal(literal: Node<'_>, package: &Package) -> Option<Edit> {
    let call = literal.parent().filter(|call| call.function() == Some(literal))?;
    let statement = call.parent()?;
    let nothing = statement.is(&[Kind::GoStatement, Kind::DeferStatement, Kind::ExpressionStatement])
        && arguments(call).all(|argument| effects(argument, package).is_pure())
        && !has_comment(statement);
    nothing.then(|| deletion(statement, &[])).flatten()
}

/// An `init` that does nothing, and that no comment speaks of.
fn without_init(function: Node<'_>) -> Option<Edit> {
    let file = function.file();
    let above = file.text()[..function.start()].lines().next_back().unwrap_or_default().trim();
    let described = above.starts_with("//") || above.ends_with("*/");
    let nothing = function.name()?.text() == "init" && !described && !has_comment(function);
    let span = || removal(file, function.span(), &|_| false, &|_| None);
    nothing.then(|| Edit { span: span(), text: String::new() })
}

fn collapse_if(owner: Node<'_>, block: Node<'_>, package: &Package) -> Option<Edit> {
    let consequence = owner.consequence()?;
    if block.field_name() == Some(Field::Alternative) {
        return replaced(owner, consequence.end(), block.end(), String::new());
    }
    let condition = owner.condition()?;
    match owner.alternative() {
        Some(other) if other.kind() == Kind::Block => {
            replaced(owner, condition.start(), other.start(), format!("{} ", negated(condition)))
        }
        Some(_) => None,
        None if effects(condition, package).is_pure() => without_effect(owner, package),
        None if owner.initializer().is_none() => {
            let call = match unparenthesized(condition) {
                not if not.kind() == Kind::UnaryExpression && not.text().starts_with('!') => {
                    unparenthesized(not.operand()?)
                }
                other => other,
            };
            let listed = owner.parent()?.kind() == Kind::StatementList && call.kind() == Kind::CallExpression;
            listed.then(|| replaced(owner, owner.start(), owner.end(), as_statement(call, package))).flatten()
        }
        None => None,
    }
}

/// An `if` without `else` whose condition does nothing: what its initializer
/// does is all that is left.
fn without_effect(owner: Node<'_>, package: &Package) -> Option<Edit> {
    let left = match owner.initializer() {
        None => None,
        Some(init) if init.kind() != Kind::ShortVarDeclaration => Some(init.text().to_owned()),
        Some(init) => {
            let right = init.right()?;
            let blanks = vec!["_"; init.left()?.named().count()].join(", ");
            (!effects(right, package).is_pure()).then(|| format!("{blanks} = {}", right.text()))
        }
    };
    match (owner.field_name(), left) {
        // `else if pure {}`
        (Some(Field::Alternative), None) => {
            replaced(owner, owner.parent()?.consequence()?.end(), owner.end(), String::new())
        }
        (Some(Field::Alternative), Some(_)) => None,
        (_, None) if has_comment(owner) => None,
        (_, None) => deletion(owner, &[]),
        (_, Some(text)) => replaced(owner, owner.start(), owner.end(), text),
    }
}

/// The edit, unless a comment would vanish with it.
fn replaced(owner: Node<'_>, from: usize, to: usize, text: String) -> Option<Edit> {
    let span = Span::new(from, to);
    let around = owner.parent().unwrap_or(owner);
    let comment = around.descendants().any(|node| node.kind() == Kind::Comment && span.covers(node.span()));
    (!comment).then_some(Edit { span, text })
}

fn has_comment(node: Node<'_>) -> bool {
    node.descendants().any(|inner| inner.kind() == Kind::Comment)
}

/// The call as a statement. What may be a conversion, or a call whose result
/// vet wants to see used, is assigned to `_`.
fn as_statement(call: Node<'_>, package: &Package) -> String {
    let is_function = |callee: Node<'_>| match callee.kind() {
        Kind::SelectorExpression => package_of(callee).is_none(),
        Kind::Identifier => match scope::resolve(callee) {
            Def::Local(local) => local.kind.is_variable(),
            _ => {
                let found = package.declarations(callee.text());
                let function = |node: &Node<'_>| node.is(&[Kind::FunctionDeclaration, Kind::VarDeclaration]);
                !found.is_empty() && found.iter().all(function)
            }
        },
        _ => false,
    };
    let blank = if callee(call).is_some_and(is_function) { "" } else { "_ = " };
    format!("{blank}{}", call.text())
}

fn negated(condition: Node<'_>) -> String {
    let inner = unparenthesized(condition);
    let text = condition.text();
    let operator = inner.operator().map(Node::kind);
    match inner.kind() {
        Kind::UnaryExpression if operator == Some(Kind::Not) => {
            let operand = inner.operand().map(unparenthesized);
            // Braces in the header of an `if` must stay in parentheses.
            let open =
                |node: &Node<'_>| !node.descendants().any(|part| part.kind() == Kind::CompositeLiteral);
            match operand.filter(open) {
                Some(operand) => operand.text().to_owned(),
                None => inner.text()[1..].trim_start().to_owned(),
            }
        }
        Kind::BinaryExpression => {
            let sides = inner.left().zip(inner.right());
            match (operator, sides) {
                (Some(Kind::Equal), Some((left, right))) => format!("{} != {}", left.text(), right.text()),
                (Some(Kind::NotEqual), Some((left, right))) => format!("{} == {}", left.text(), right.text()),
                _ => format!("!({text})"),
            }
        }
        Kind::Identifier
        | Kind::CallExpression
        | Kind::SelectorExpression
        | Kind::IndexExpression
        | Kind::UnaryExpression
        | Kind::TypeAssertionExpression => format!("!{}", inner.text()),
        _ => format!("!({text})"),
    }
}
