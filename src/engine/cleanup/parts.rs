//! The parts of a declaration that are read and changed by themselves.

use crate::syntax::{Kind, Node};

/// What holds statements, and what they are parts of.
const AROUND: &[Kind] = &[
    Kind::SourceFile,
    Kind::FunctionDeclaration,
    Kind::MethodDeclaration,
    Kind::FuncLiteral,
    Kind::Block,
    Kind::StatementList,
    Kind::LabeledStatement,
    Kind::IfStatement,
    Kind::ForStatement,
    Kind::ExpressionSwitchStatement,
    Kind::TypeSwitchStatement,
    Kind::SelectStatement,
    Kind::ExpressionCase,
    Kind::TypeCase,
    Kind::CommunicationCase,
    Kind::DefaultCase,
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
