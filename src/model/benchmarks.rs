//! The loops of benchmarks.

use super::flow::is_testing_handle;
use super::imports::is_package;
use super::scope::{self, Def};
use crate::syntax::{Kind, Node};

/// Whether a loop runs once for each operation of a benchmark.
pub fn counts_operations(statement: Node<'_>) -> bool {
    let Some(header) = statement.named().next().filter(|header| header.kind() != Kind::Block) else {
        return false;
    };
    header.descendants().any(|node| {
        let Some((operand, field)) =
            node.operand().zip(node.field()).filter(|_| node.kind() == Kind::SelectorExpression)
        else {
            return false;
        };
        match field.text() {
            "N" | "Loop" => is_testing_handle(operand) && is_of(operand, "B"),
            "Next" => is_of(operand, "PB"),
            _ => false,
        }
    })
}

/// Whether the identifier is a parameter of type `*testing.NAME`.
fn is_of(operand: Node<'_>, name: &str) -> bool {
    let Def::Local(local) = scope::resolve(operand) else { return false };
    let declared = local.name.parent().and_then(|parameter| parameter.ty());
    declared.is_some_and(|declared| {
        declared.descendants().any(|node| {
            node.kind() == Kind::QualifiedType
                && node.package().is_some_and(|package| is_package(package, "testing"))
                && node.name().is_some_and(|declared| declared.text() == name)
        })
    })
}
