//! Blocks that became empty.

use super::written;
use crate::model::effects::effects;
use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::deletion;
use crate::syntax::{File, Node};
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
    node.kind() == "block" && node.children().all(|child| matches!(child.kind(), "{" | "}"))
}

fn had_statements(block: Node<'_>, before: &File, total: &Edits) -> bool {
    let Some(start) = total.unmap(block.start()) else { return false };
    let Some(root) = before.decl_at(start).and_then(|index| before.decl(index)) else { return false };
    let brace = root.covering(Span::new(start, start + 1));
    brace.parent().is_some_and(|block| block.kind() == "block" && block.child("statement_list").is_some())
}

fn collapse(block: Node<'_>, package: &Package) -> Option<Edit> {
    let owner = block.parent()?;
    match owner.kind() {
        "statement_list" => deletion(block, &[]),
        "if_statement" => collapse_if(owner, block, package),
        "func_literal" => collapse_literal(owner, package),
        _ => None,
    }
}

/// `defer func() {}()`, `go func() {}()` and `func() {}()` do nothing.
fn collapse_literal(literal: Node<'_>, package: &Package) -> Option<Edit> {
    let call = literal.parent().filter(|call| call.field("function") == Some(literal))?;
    let statement = call.parent()?;
    let nothing = statement.is(&["go_statement", "defer_statement", "expression_statement"])
        && arguments(call).all(|argument| effects(argument, package).is_pure())
        && !has_comment(statement);
    nothing.then(|| deletion(statement, &[])).flatten()
}

fn collapse_if(owner: Node<'_>, block: Node<'_>, package: &Package) -> Option<Edit> {
    let consequence = owner.field("consequence")?;
    if block.field_name() == Some("alternative") {
        return replaced(owner, consequence.end(), block.end(), String::new());
    }
    let condition = owner.field("condition")?;
    match owner.field("alternative") {
        Some(other) if other.kind() == "block" => {
            replaced(owner, condition.start(), other.start(), format!("{} ", negated(condition)))
        }
        Some(_) => None,
        None if effects(condition, package).is_pure() => without_effect(owner, package),
        None if owner.field("initializer").is_none() => {
            let call = match unparenthesized(condition) {
                not if not.kind() == "unary_expression" && not.text().starts_with('!') => {
                    unparenthesized(not.field("operand")?)
                }
                other => other,
            };
            let listed = owner.parent()?.kind() == "statement_list" && call.kind() == "call_expression";
            listed.then(|| replaced(owner, owner.start(), owner.end(), as_statement(call, package))).flatten()
        }
        None => None,
    }
}

/// An `if` without `else` whose condition does nothing: what its initializer
/// does is all that is left.
fn without_effect(owner: Node<'_>, package: &Package) -> Option<Edit> {
    let left = match owner.field("initializer") {
        None => None,
        Some(init) if init.kind() != "short_var_declaration" => Some(init.text().to_owned()),
        Some(init) => {
            let right = init.field("right")?;
            let blanks = vec!["_"; init.field("left")?.named().count()].join(", ");
            (!effects(right, package).is_pure()).then(|| format!("{blanks} = {}", right.text()))
        }
    };
    match (owner.field_name(), left) {
        // `else if pure {}`
        (Some("alternative"), None) => {
            replaced(owner, owner.parent()?.field("consequence")?.end(), owner.end(), String::new())
        }
        (Some("alternative"), Some(_)) => None,
        (_, None) if has_comment(owner) => None,
        (_, None) => deletion(owner, &[]),
        (_, Some(text)) => replaced(owner, owner.start(), owner.end(), text),
    }
}

/// The edit, unless a comment would vanish with it.
fn replaced(owner: Node<'_>, from: usize, to: usize, text: String) -> Option<Edit> {
    let span = Span::new(from, to);
    let around = owner.parent().unwrap_or(owner);
    let comment = around.descendants().any(|node| node.kind() == "comment" && span.covers(node.span()));
    (!comment).then_some(Edit { span, text })
}

fn has_comment(node: Node<'_>) -> bool {
    node.descendants().any(|inner| inner.kind() == "comment")
}

/// The call as a statement. What may be a conversion, or a call whose result
/// vet wants to see used, is assigned to `_`.
fn as_statement(call: Node<'_>, package: &Package) -> String {
    let is_function = |callee: Node<'_>| match callee.kind() {
        "selector_expression" => package_of(callee).is_none(),
        "identifier" => match scope::resolve(callee) {
            Def::Local(local) => local.kind.is_variable(),
            _ => {
                let found = package.declarations(callee.text());
                let function = |node: &Node<'_>| node.is(&["function_declaration", "var_declaration"]);
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
    let operator = inner.field("operator").map(Node::kind);
    match inner.kind() {
        "unary_expression" if operator == Some("!") => {
            let operand = inner.field("operand").map(unparenthesized);
            // Braces in the header of an `if` must stay in parentheses.
            let open = |node: &Node<'_>| !node.descendants().any(|part| part.kind() == "composite_literal");
            match operand.filter(open) {
                Some(operand) => operand.text().to_owned(),
                None => inner.text()[1..].trim_start().to_owned(),
            }
        }
        "binary_expression" => {
            let sides = inner.field("left").zip(inner.field("right"));
            match (operator, sides) {
                (Some("=="), Some((left, right))) => format!("{} != {}", left.text(), right.text()),
                (Some("!="), Some((left, right))) => format!("{} == {}", left.text(), right.text()),
                _ => format!("!({text})"),
            }
        }
        "identifier"
        | "call_expression"
        | "selector_expression"
        | "index_expression"
        | "unary_expression"
        | "type_assertion_expression" => format!("!{}", inner.text()),
        _ => format!("!({text})"),
    }
}
