//! A timer that the function has already and that can serve one more select.

use crate::model::effects::function_of;
use crate::model::imports::{callee, is_call};
use crate::model::rounds::{gotos, labeled, waiting};
use crate::model::scope::{self, Def, Local};
use crate::syntax::{Field, Kind, Node, NodeId};
use std::sync::Arc;

/// The name of a `timer := time.NewTimer(...)` that is visible at `before` and
/// that is always reset right before a select that waits for it. With the
/// timers of Go 1.23 nothing of it is left when such a select is done, so that
/// one which does not wait for it may reset it as well.
pub fn timer<'t>(before: Node<'t>, select: Node<'t>) -> Option<&'t str> {
    let function = function_of(before)?;
    // A `goto` could pass a `Reset` by.
    if !gotos(before).is_empty() {
        return None;
    }
    let made = function.remember("time-after-in-loop: timers", || {
        let own = function.descend(|node| node.kind() != Kind::FuncLiteral);
        own.filter(|node| declared_timer(*node).is_some()).map(Node::place).collect::<Arc<[NodeId]>>()
    });
    let made = made.iter().filter_map(|place| declared_timer(function.at(*place)));
    let serves = |local: &Local<'t>| {
        scope::resolve_name(local.name.text(), before) == Def::Local(*local)
            && scope::mentions(*local)
                .into_iter()
                .filter(|mention| *mention != local.name)
                .all(|mention| function_of(mention) == Some(function) && is_settled(mention, select))
    };
    made.into_iter().find(serves).map(|local| local.name.text())
}

fn declared_timer<'t>(declaration: Node<'t>) -> Option<Local<'t>> {
    if declaration.kind() != Kind::ShortVarDeclaration {
        return None;
    }
    let only = |field| {
        let mut given = declaration.child_by_field(field).into_iter().flat_map(Node::named);
        given.next().filter(|_| given.next().is_none())
    };
    let name = only(Field::Left)
        .filter(|_| only(Field::Right).is_some_and(|made| is_call(made, "time", "NewTimer")))?;
    match scope::resolve(name) {
        Def::Local(local) if local.name == name => Some(local),
        _ => None,
    }
}

/// Whether `mention` is a `Reset` right before a select that waits for the
/// timer, such a wait, or the deferred `Stop`; and the select is not `own`.
fn is_settled(mention: Node<'_>, own: Node<'_>) -> bool {
    let Some(selector) = mention.parent().filter(|parent| parent.kind() == Kind::SelectorExpression) else {
        return false;
    };
    let name = mention.text();
    match selector.field().map(Node::text) {
        Some("Stop") => selector
            .parent()
            .and_then(Node::parent)
            .is_some_and(|statement| statement.kind() == Kind::DeferStatement),
        Some("Reset") => {
            let statement = selector.parent().and_then(Node::parent);
            statement.is_some_and(|statement| is_reset(statement, name))
                && statement.and_then(select_behind).is_some_and(|select| waits_for(select, name))
        }
        Some("C") => waiting(selector)
            .is_some_and(|select| labeled(select) != own && is_reset_before(labeled(select), name)),
        _ => false,
    }
}

/// `name.Reset(...)` as a statement.
fn is_reset(statement: Node<'_>, name: &str) -> bool {
    reset_name(statement) == Some(name)
}

fn reset_name<'t>(statement: Node<'t>) -> Option<&'t str> {
    let call = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement)?;
    let reset = callee(call).filter(|callee| callee.field().is_some_and(|field| field.text() == "Reset"))?;
    reset.operand().filter(|operand| operand.kind() == Kind::Identifier).map(Node::text)
}

/// The select behind `statement`, other resets between them left out.
fn select_behind<'t>(statement: Node<'t>) -> Option<Node<'t>> {
    statement.parent().filter(|list| list.kind() == Kind::StatementList)?;
    let mut behind = std::iter::successors(statement.next_named(), |node| node.next_named());
    let mut next = behind.find(|next| reset_name(*next).is_none())?;
    while next.kind() == Kind::LabeledStatement {
        next = next.named().find(|node| node.kind() != Kind::LabelName)?;
    }
    (next.kind() == Kind::SelectStatement).then_some(next)
}

fn is_reset_before(select: Node<'_>, name: &str) -> bool {
    if select.parent().is_none_or(|list| list.kind() != Kind::StatementList) {
        return false;
    }
    let before = std::iter::successors(select.previous_named(), |node| node.previous_named());
    before.take_while(|next| reset_name(*next).is_some()).any(|next| is_reset(next, name))
}

/// Whether a case of `select` receives from `name.C`.
fn waits_for(select: Node<'_>, name: &str) -> bool {
    let channels = select.descendants().filter(|node| {
        node.kind() == Kind::SelectorExpression
            && node.operand().is_some_and(|operand| operand.text() == name)
            && node.field().is_some_and(|field| field.text() == "C")
    });
    channels.filter_map(waiting).any(|waiting| waiting == select)
}
