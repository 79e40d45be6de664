//! The parts of a declaration that are read and changed by themselves.

use crate::syntax::Node;

/// What holds statements, and what they are parts of.
const AROUND: &[&str] = &[
    "source_file",
    "function_declaration",
    "method_declaration",
    "func_literal",
    "block",
    "statement_list",
    "labeled_statement",
    "if_statement",
    "for_statement",
    "expression_switch_statement",
    "type_switch_statement",
    "select_statement",
    "expression_case",
    "type_case",
    "communication_case",
    "default_case",
];

/// The innermost statement around `node`, or the part of a statement beside its blocks: the
/// condition of an `if`, the clause of a `for`.
pub(super) fn part(node: Node<'_>) -> Node<'_> {
    let mut part = node;
    while let Some(outer) = part.parent().filter(|outer| !outer.is(AROUND)) {
        part = outer;
    }
    part
}
