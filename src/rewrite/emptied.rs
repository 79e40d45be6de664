//! What becomes of the code around a statement when that goes, as the cleanup
//! of the edits will see it: guards must know before.

use super::Cx;
use crate::model::effects::effects;
use crate::model::imports::unparenthesized;
use crate::syntax::{Field, Kind, Node, NodeId};

/// What goes with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without<'t> {
    /// This statement: the one that was asked about, or the outermost `if` or
    /// block that would be left with nothing to do.
    Goes(Node<'t>),
    /// The condition of this `if`, which would be left with nothing to do, can
    /// panic.
    MayPanic(Node<'t>),
    /// It is all that this loop, clause or `if` does, and that cannot go.
    Empties(Node<'t>),
    /// It is the whole body of this function or function literal.
    WholeBody(Node<'t>),
    /// It stands under a label or in the header of a loop, where a statement
    /// must be.
    Slot,
}

impl Cx<'_> {
    /// What goes when `statement` goes, and with it each statement beside it
    /// for which `too` holds.
    pub fn without<'t>(&self, statement: Node<'t>, too: &dyn Fn(Node<'t>) -> bool) -> Without<'t> {
        let stays = |list: Node<'t>, at| list.named().any(|other| other != at && !too(other));
        without(statement, &stays, self)
    }

    /// As [`Cx::without`], where `too` asks nothing but the statement. Each list is looked
    /// through once; `question` must be a name that no other question has.
    pub fn without_all<'t>(
        &self,
        statement: Node<'t>,
        question: &'static str,
        too: fn(Node<'_>) -> bool,
    ) -> Without<'t> {
        let stays = |list: Node<'t>, at: Node<'t>| {
            if list.many_children().is_none() {
                return list.named().any(|other| other != at && !too(other));
            }
            // Two are enough: one of them is not `at`.
            let others = list.remember(question, || {
                list.named().filter(|other| !too(*other)).map(Node::place).take(2).collect::<Vec<NodeId>>()
            });
            others.iter().any(|other| *other != at.place())
        };
        without(statement, &stays, self)
    }
}

/// `stays` tells whether something of a list stays when one of its statements goes.
fn without<'t>(statement: Node<'t>, stays: &dyn Fn(Node<'t>, Node<'t>) -> bool, cx: &Cx<'_>) -> Without<'t> {
    let mut at = statement;
    loop {
        let Some(list) = at.parent().filter(|list| list.kind() == Kind::StatementList) else {
            return Without::Slot;
        };
        let Some(owner) = list.parent() else { return Without::Slot };
        if stays(list, at) {
            return Without::Goes(at);
        }
        if owner.kind() != Kind::Block {
            return Without::Empties(owner);
        }
        let Some(outer) = owner.parent() else { return Without::Slot };
        match outer.kind() {
            Kind::StatementList => at = owner,
            Kind::IfStatement => match of_if(outer, owner, cx) {
                If::GoesToo => at = outer,
                If::Settled => return Without::Goes(at),
                If::MayPanic => return Without::MayPanic(outer),
                If::Empties => return Without::Empties(outer),
            },
            Kind::FunctionDeclaration | Kind::MethodDeclaration | Kind::FuncLiteral => {
                return Without::WholeBody(outer);
            }
            _ => return Without::Empties(outer),
        }
    }
}

enum If {
    GoesToo,
    /// The emptied block is collapsed with the rest of the statement kept.
    Settled,
    MayPanic,
    Empties,
}

/// What becomes of an `if` whose `block` is emptied.
fn of_if(statement: Node<'_>, block: Node<'_>, cx: &Cx<'_>) -> If {
    let commented = block.descendants().any(|node| node.kind() == Kind::Comment);
    let cleaned = if commented { If::Empties } else { If::Settled };
    if block.field_name() == Some(Field::Alternative) {
        return cleaned;
    }
    let initializer = statement.initializer();
    match statement.alternative() {
        Some(other) if other.kind() == Kind::Block && initializer.is_none() => return cleaned,
        Some(_) => return If::Empties,
        None => {}
    }
    let Some(condition) = statement.condition() else { return If::Empties };
    let listed = statement.parent().is_some_and(|list| list.kind() == Kind::StatementList);
    let done = effects(condition, cx.package());
    if done.calls || done.receives {
        let call = unparenthesized(condition);
        let call = match call.operand() {
            Some(inner) if call.text().starts_with('!') => unparenthesized(inner),
            _ => call,
        };
        let alone = call.kind() == Kind::CallExpression && listed && initializer.is_none();
        return if alone { cleaned } else { If::Empties };
    }
    if done.panics {
        return If::MayPanic;
    }
    match initializer {
        None if listed => If::GoesToo,
        None => cleaned,
        Some(init) if listed && init.kind() == Kind::ShortVarDeclaration => {
            let value = init.right().map(|right| effects(right, cx.package()));
            match value {
                Some(value) if value.is_pure() => If::GoesToo,
                Some(value) if !value.calls && !value.receives => If::MayPanic,
                _ => If::Empties,
            }
        }
        Some(_) => If::Empties,
    }
}
