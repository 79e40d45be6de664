//! What a call of `time.After` in a loop is for: a case of a select, or a variable that one waits
//! for.

use super::reuse;
use super::worth::Worth;
use crate::model::imports::{is_call, parenthesized, unparenthesized};
use crate::model::locals::is_written;
use crate::model::module::Timers;
use crate::model::rounds::{clauses, comes_back, labeled, loops, received_from, waiting};
use crate::model::scope::{self, Def};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

pub(super) enum TimerRole<'t> {
    /// `case <-time.After(d):`
    Case(Case<'t>),
    /// `name = time.After(d)`; `tested` is the condition that it is nil.
    Stored { name: Node<'t>, tested: Option<Node<'t>> },
}

/// A case of a select in a loop that waits for the timer.
#[derive(Clone, Copy)]
pub(super) struct Case<'t> {
    pub(super) case: Node<'t>,
    pub(super) select: Node<'t>,
    pub(super) innermost: Node<'t>,
    pub(super) outermost: Node<'t>,
    /// `name := time.After(d)` right before the select, and the `name` in its case.
    pub(super) declared: Option<(Node<'t>, Node<'t>)>,
}

impl<'t> Case<'t> {
    fn of(case: Node<'t>, select: Node<'t>, declared: Option<(Node<'t>, Node<'t>)>) -> Option<Case<'t>> {
        let (innermost, outermost) = (loops(select).next()?, loops(select).last()?);
        Some(Case { case, select, innermost, outermost, declared })
    }

    /// The timer of the function that serves this select too.
    pub(super) fn reused(&self, cx: &Cx<'t>) -> Option<&'t str> {
        let synchronous = cx.around.timers() == Timers::Synchronous;
        synchronous.then(|| reuse::timer(labeled(self.outermost), labeled(self.select)))?
    }

    pub(super) fn worth(&self, cx: &Cx<'t>) -> Worth<'t> {
        Worth::of(self.select, self.outermost, cx.package())
    }

    /// What the fix replaces: the call, or the statement that keeps its channel.
    pub(super) fn replaced(&self, call: Node<'t>) -> Node<'t> {
        self.declared.map_or(call, |(statement, _)| statement)
    }
}

/// `case <-time.After(d)`, `case t := <-time.After(d)` and the like.
pub(super) fn case_of<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<TimerRole<'t>> {
    let select = waiting(call)?;
    let case = call.ancestors().find(|up| up.parent() == Some(select))?;
    let case = Case::of(case, select, None)?;
    comes_back(select, cx.package()).then_some(TimerRole::Case(case))
}

/// `name = time.After(d)` for a local that a select of the same loop receives
/// from. In a loop further in it would be a deadline that the author wanted. Where the
/// select follows at once and nothing else mentions the name, it is a case like any other.
pub(super) fn stored<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<TimerRole<'t>> {
    let value = parenthesized(call);
    let list = value.parent().filter(|list| list.kind() == Kind::ExpressionList)?;
    let statement = list.parent()?;
    let place = list.named().position(|given| given == value)?;
    let name = match list.field_name()? {
        Field::Right => statement.left()?.named().nth(place)?,
        Field::Value => statement.fields(Field::Name).nth(place)?,
        _ => return None,
    };
    let own = loops(statement).next()?;
    let Def::Local(local) = (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? else {
        return None;
    };
    let mentions = scope::mentions(local);
    let is_waited_for =
        mentions.iter().any(|mention| waiting(*mention).is_some() && loops(*mention).next() == Some(own));
    let whole = statement.ancestors().find(|node| node.kind() == Kind::VarDeclaration).unwrap_or(statement);
    if !is_waited_for || !comes_back(whole, cx.package()) {
        return None;
    }
    let specs = whole.descendants().filter(|node| node.kind() == Kind::VarSpec).count();
    let only = list.named().count() == 1 && (whole == statement || specs == 1);
    if let ([declared, mention], true) = (&mentions[..], only)
        && *declared == local.name
        && let Some(select) = waiting(*mention).filter(|select| statement_behind(whole) == Some(*select))
        && let Some(case) = clauses(select).find(|clause| clause.holds(*mention))
    {
        return Case::of(case, select, Some((whole, *mention))).map(TimerRole::Case);
    }
    Some(TimerRole::Stored { name, tested: tested_for_nil(statement, name) })
}

/// The statement right behind another in its block, without its labels.
fn statement_behind<'t>(statement: Node<'t>) -> Option<Node<'t>> {
    statement.parent().filter(|list| list.kind() == Kind::StatementList)?;
    let mut next = statement.next_named()?;
    while next.kind() == Kind::LabeledStatement {
        next = next.named().find(|node| node.kind() != Kind::LabelName)?;
    }
    Some(next)
}

/// An assignment of another timer's channel to the variable `name`, before `call` in the same loop.
pub(super) fn earlier_assignment<'t>(call: Node<'t>, name: Node<'t>) -> Option<Node<'t>> {
    let Def::Local(local) = scope::resolve(name) else { return None };
    let own = loops(call).last()?;
    let assigned = |mention: &Node<'t>| {
        let list = mention.parent().filter(|list| list.kind() == Kind::ExpressionList)?;
        let place = list.named().position(|given| given == *mention)?;
        let statement = list.parent().filter(|statement| statement.left() == Some(list))?;
        let value = statement.right()?.named().nth(place)?;
        is_call(unparenthesized(value), "time", "After").then_some(statement)
    };
    let mentions = scope::mentions(local);
    let before = mentions.iter().filter(|mention| mention.end() <= call.start() && own.holds(**mention));
    before.filter(|mention| **mention != name).find_map(assigned)
}

/// The case around `call` that has received from the variable `name`, where each other timer of the loop
/// goes to it in such a case too: the last one has fired before the next is made.
pub(super) fn fired_before<'t>(call: Node<'t>, name: Node<'t>) -> Option<Node<'t>> {
    let Def::Local(local) = scope::resolve(name) else { return None };
    let own = loops(call).last()?;
    let received = |at: Node<'t>| {
        let inside = at.ancestors().take_while(|up| *up != own && up.kind() != Kind::FuncLiteral);
        inside.filter(|up| up.kind() == Kind::CommunicationCase).find(|case| {
            received_from(*case).is_some_and(|channel| {
                channel.kind() == Kind::Identifier && scope::resolve(channel) == Def::Local(local)
            })
        })
    };
    let mut written =
        scope::mentions(local).into_iter().filter(|mention| is_written(*mention) && own.holds(*mention));
    if written.any(|mention| received(mention).is_none()) {
        return None;
    }
    received(call)
}

/// The condition `name == nil` under which `statement` runs.
fn tested_for_nil<'t>(statement: Node<'t>, name: Node<'t>) -> Option<Node<'t>> {
    let mut below = statement;
    for up in statement.ancestors().take_while(|up| !up.is(&[Kind::ForStatement, Kind::FuncLiteral])) {
        let condition = match up.kind() {
            Kind::IfStatement if up.consequence() == Some(below) => up
                .condition()
                .filter(|condition| compares_with_nil(*condition, Kind::Equal, Kind::LogicalAnd, name)),
            Kind::IfStatement if up.alternative() == Some(below) => up
                .condition()
                .filter(|condition| compares_with_nil(*condition, Kind::NotEqual, Kind::LogicalOr, name)),
            Kind::ExpressionCase => {
                let mut values = up.value().into_iter().flat_map(Node::named);
                let only = values.next().filter(|_| values.next().is_none());
                only.filter(|condition| compares_with_nil(*condition, Kind::Equal, Kind::LogicalAnd, name))
            }
            _ => None,
        };
        if condition.is_some() {
            return condition;
        }
        below = up;
    }
    None
}

/// Whether `condition` is `name == nil`, or that with another condition.
fn compares_with_nil(condition: Node<'_>, operator: Kind, joined: Kind, name: Node<'_>) -> bool {
    let condition = unparenthesized(condition);
    let (Some(left), Some(is), Some(right)) = (condition.left(), condition.operator(), condition.right())
    else {
        return false;
    };
    let same = |one: Node<'_>, other: Node<'_>| {
        one.kind() == Kind::Identifier
            && scope::resolve(one) == scope::resolve(name)
            && other.kind() == Kind::Nil
    };
    let (left, right) = (unparenthesized(left), unparenthesized(right));
    (is.kind() == operator && (same(left, right) || same(right, left)))
        || (is.kind() == joined
            && [left, right].iter().any(|side| compares_with_nil(*side, operator, joined, name)))
}
