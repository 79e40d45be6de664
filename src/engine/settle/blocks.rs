//! Blocks that became empty.

use crate::model::effects::effects;
use crate::model::imports::unparenthesized;
use crate::model::package::Package;
use crate::rewrite::deletion;
use crate::syntax::{File, Node};
use crate::text::{Edit, Edits, Span};

/// Edits over `after` that collapse what `total` emptied there. A loop stays,
/// and so does an `if` whose condition could panic.
pub(super) fn emptied(before: &File, total: &Edits, after: &File, package: &Package) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (index, decl) in after.outline().decls.iter().enumerate() {
        let touched = total.iter().any(|edit| {
            let at = total.map(edit.span.end).unwrap_or(after.text().len());
            decl.span.start <= at && at <= decl.span.end
        });
        let Some(root) = after.decl(index).filter(|_| touched) else { continue };
        for block in root.descendants().filter(|node| is_empty_block(*node)) {
            if had_statements(block, before, total) {
                edits.extend(collapse(block, package));
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
    if owner.kind() == "statement_list" {
        return deletion(block, &[]);
    }
    if owner.kind() != "if_statement" {
        return None;
    }
    let consequence = owner.field("consequence")?;
    let gone = |from: usize, to: usize| Some(Edit { span: Span::new(from, to), text: String::new() });
    if block.field_name() == Some("alternative") {
        return gone(consequence.end(), block.end());
    }
    if owner.field("initializer").is_some() {
        return None;
    }
    let condition = owner.field("condition")?;
    let effects = effects(condition, package);
    match owner.field("alternative") {
        Some(other) if other.kind() == "block" => Some(Edit {
            span: Span::new(condition.start(), other.start()),
            text: format!("{} ", negated(condition)),
        }),
        Some(_) => None,
        None if effects.is_pure() => match owner.field_name() {
            // `else if pure {}`
            Some("alternative") => gone(owner.parent()?.field("consequence")?.end(), owner.end()),
            _ => deletion(owner, &[]),
        },
        None => {
            let call = unparenthesized(condition);
            let call = match call.field("operand") {
                Some(inner) if call.kind() == "unary_expression" && call.text().starts_with('!') => {
                    unparenthesized(inner)
                }
                _ => call,
            };
            let stands_alone = owner.parent()?.kind() == "statement_list" && call.kind() == "call_expression";
            (stands_alone && is_statement_call(call))
                .then(|| Edit { span: owner.span(), text: call.text().to_owned() })
        }
    }
}

/// Whether the language allows the call as a statement; most builtins are not.
fn is_statement_call(call: Node<'_>) -> bool {
    const VALUES: &[&str] =
        &["append", "cap", "complex", "imag", "len", "make", "max", "min", "new", "real", "bool"];
    call.field("function").is_some_and(|function| !VALUES.contains(&function.text()))
}

fn negated(condition: Node<'_>) -> String {
    let inner = unparenthesized(condition);
    let text = condition.text();
    match inner.kind() {
        "identifier" | "call_expression" | "selector_expression" | "index_expression" => {
            format!("!{}", inner.text())
        }
        "unary_expression" if inner.text().starts_with('!') => {
            inner.field("operand").map_or_else(|| format!("!({text})"), |operand| operand.text().to_owned())
        }
        "binary_expression" => {
            let operator = inner.field("operator").map(Node::kind);
            let sides = inner.field("left").zip(inner.field("right"));
            match (operator, sides) {
                (Some("=="), Some((left, right))) => format!("{} != {}", left.text(), right.text()),
                (Some("!="), Some((left, right))) => format!("{} == {}", left.text(), right.text()),
                _ => format!("!({text})"),
            }
        }
        _ => format!("!({text})"),
    }
}
