//! Items that a loop takes from a queue or an iterator.

use crate::model::flow::exits_without;
use crate::model::imports::{callee, unparenthesized};
use crate::model::package::Package;
use crate::model::words::words;
use crate::syntax::{Field, Kind, Node};

/// `if !ok { return }` behind `item, ok := q.pop()`: what comes behind has an item.
pub(super) fn leaves_without_item(test: Node<'_>, package: &Package) -> bool {
    let Some(list) = test.consequence().filter(|_| test.alternative().is_none()) else {
        return false;
    };
    let exits = exits_without(list, package, &|_| false);
    taken(test) == Some(false) && !exits.falls && !exits.jumps && exits.continues.is_empty()
}

/// Whether the condition of an `if` says that an item has been taken from a queue or an
/// iterator (`Some(true)`), or that there was none (`Some(false)`).
pub(super) fn taken(test: Node<'_>) -> Option<bool> {
    let condition = unparenthesized(test.condition().filter(|_| test.kind() == Kind::IfStatement)?);
    let nothing = |side: Field| condition.child_by_field(side).is_some_and(|side| side.text() == "nil");
    let (name, some) = match (condition.kind(), condition.operator().map(Node::kind)) {
        (Kind::Identifier, _) => (condition, true),
        (Kind::UnaryExpression, Some(Kind::Not)) => (unparenthesized(condition.operand()?), false),
        (Kind::BinaryExpression, Some(Kind::NotEqual)) if nothing(Field::Right) => (condition.left()?, true),
        (Kind::BinaryExpression, Some(Kind::Equal)) if nothing(Field::Right) => (condition.left()?, false),
        _ => return None,
    };
    let before = || {
        test.parent().filter(|list| list.kind() == Kind::StatementList)?;
        test.previous_named()
    };
    let assigned = test.initializer().or_else(before)?;
    let gives = assigned.is(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement])
        && assigned.left()?.named().any(|left| left.text() == name.text());
    let call = unparenthesized(assigned.right()?.named().next()?);
    let takes = callee(call)
        .map(|callee| callee.field().unwrap_or(callee))
        .is_some_and(|callee| words(callee.text()).iter().any(|word| TAKING.contains(&word.as_str())));
    (gives && takes).then_some(some)
}

/// Words in the names of functions that take an item away.
const TAKING: &[&str] = &["pop", "dequeue", "take", "recv", "receive", "shift", "next"];
