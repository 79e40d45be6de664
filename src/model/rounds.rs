//! Loops around a statement, and whether control can come back to it within
//! one call of its function.

use super::effects::function_of;
use super::flow::{CLAUSES, exits};
use super::package::Package;
use crate::syntax::Node;

/// The `for` statements around `node` in its own function, innermost first.
pub fn loops<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let own = node.ancestors().take_while(|outer| !is_function(*outer));
    own.filter(|outer| outer.kind() == "for_statement")
}

/// Whether control can reach `statement` again after having left it, in the
/// same call. A `goto` on the way counts as if it led back.
pub fn comes_back<'t>(statement: Node<'t>, package: &Package) -> bool {
    let mut out = exits(statement, package);
    let mut below = statement;
    for node in statement.ancestors() {
        match node.kind() {
            _ if is_function(node) => return false,
            _ if out.jumps => return true,
            "statement_list" => {
                let rest = node.named().skip_while(|next| *next != below).skip(1);
                for next in rest {
                    if !out.falls {
                        break;
                    }
                    let then = exits(next, package);
                    out.falls = then.falls;
                    out.breaks.extend(then.breaks);
                    out.continues.extend(then.continues);
                    out.jumps |= then.jumps;
                }
                // The next clause of a `switch` runs on; it leads back or not as
                // the clause itself would, which is not worth following.
                if node.named().last().is_some_and(|last| last.kind() == "fallthrough_statement") {
                    out.falls = true;
                }
            }
            "for_statement" => {
                if out.falls || out.continues.contains(&node) {
                    return true;
                }
                out.falls = out.breaks.contains(&node);
                out.breaks.retain(|target| *target != node);
            }
            "expression_switch_statement" | "type_switch_statement" | "select_statement" => {
                out.falls |= out.breaks.contains(&node);
                out.breaks.retain(|target| *target != node);
            }
            _ => {}
        }
        below = node;
    }
    false
}

/// The statement with the labels in front of it.
pub fn labeled(statement: Node<'_>) -> Node<'_> {
    let mut whole = statement;
    while let Some(outer) = whole.parent().filter(|outer| outer.kind() == "labeled_statement") {
        whole = outer;
    }
    whole
}

/// Each `goto` of the function around `node`, with the labelled statement that
/// it jumps to.
pub fn gotos<'t>(node: Node<'t>) -> Vec<(Node<'t>, Node<'t>)> {
    let Some(function) = function_of(node) else { return Vec::new() };
    let own = || function.descend(move |inner| inner.kind() != "func_literal");
    let label = |node: Node<'t>| node.child("label_name").map(Node::text);
    let jumps = own().filter(|node| node.kind() == "goto_statement");
    jumps
        .filter_map(|jump| {
            let target = own().find(|node| node.kind() == "labeled_statement" && label(*node) == label(jump));
            Some((jump, target?))
        })
        .collect()
}

/// The select clauses of `select`, `default` included.
pub fn clauses<'t>(select: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    select.named().filter(|clause| clause.is(CLAUSES))
}

fn is_function(node: Node<'_>) -> bool {
    node.is(&["function_declaration", "method_declaration", "func_literal"])
}
