//! Where in `Close` the finalizer is taken away: beside the statement that surely
//! releases, and only where the receiver is surely an object.

use super::release::{CloseRelease, Work, jumps, leaves, surely_evaluated};
use crate::model::imports::{callee, parenthesized, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::model::structs::{Struct, struct_named};
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::finalizer::statements;

/// Where the statement goes.
pub(super) enum ClosePlace<'t> {
    Before(Node<'t>),
    Behind(Node<'t>),
    /// Between what the statement calls and that it returns.
    Return(Node<'t>),
}

/// Why there is no place.
pub(super) enum Nowhere {
    /// The receiver may be nil wherever the statement could stand.
    Nil,
    /// No statement releases on every path.
    Sometimes,
}

/// The place in `close`, whose receiver is never written.
pub(super) fn place<'t>(
    release: &CloseRelease<'t>,
    close: Node<'t>,
    holder: &str,
    package: &'t Package,
) -> Result<ClosePlace<'t>, Nowhere> {
    let all = close.body().map(statements).unwrap_or_default();
    let (block, checked) = match all.first().and_then(|first| nil_check(*first)) {
        Some(NilCheck::Leaves) => (all[1..].to_vec(), true),
        Some(NilCheck::Enters(then)) if all.len() == 1 => (statements(then), true),
        _ => (all.clone(), false),
    };
    let Some(last) = release.last(&block).filter(|_| !jumps(close)) else {
        return Err(Nowhere::Sometimes);
    };
    let at = block[last];
    let work = Work::method(close);
    let Some(of) = struct_named(holder, package) else { return Err(Nowhere::Nil) };
    let looks_into = |statement: &Node<'t>| looks_into(*statement, work, &of, release, 3);
    if checked || block[..last].iter().any(looks_into) {
        // What is deferred runs later than any place here.
        return Ok(ClosePlace::Before(at));
    }
    if !looks_into(&at) {
        return Err(Nowhere::Nil);
    }
    let result = close.result();
    if at.kind() == Kind::ReturnStatement {
        let values: Vec<Node<'t>> = at.named().flat_map(Node::named).collect();
        let one = matches!(values[..], [call] if call.kind() == Kind::CallExpression);
        let unnamed = result.is_some_and(|result| result.kind() != Kind::ParameterList);
        return if one && unnamed { Ok(ClosePlace::Return(at)) } else { Err(Nowhere::Nil) };
    }
    let goes_on = last + 1 < block.len() || result.is_none();
    if goes_on { Ok(ClosePlace::Behind(at)) } else { Err(Nowhere::Nil) }
}

/// Whether the statement surely reads a field of the object, which panics where
/// that is nil, itself or in a function that lets the panic through.
fn looks_into<'t>(
    statement: Node<'t>,
    work: Work<'t>,
    of: &Struct<'t>,
    release: &CloseRelease<'t>,
    depth: usize,
) -> bool {
    surely_evaluated(statement).into_iter().any(|node| match node.kind() {
        Kind::SelectorExpression => {
            node.operand().is_some_and(|operand| work.is_object(operand))
                && node.field().is_some_and(|name| of.field(name.text()).is_some())
        }
        Kind::CallExpression if depth > 0 && !statement.is(&[Kind::DeferStatement]) => {
            release.followed(node, work).is_some_and(|inner| {
                let all = inner.statements();
                let first = all.iter().position(|each| looks_into(*each, inner, of, release, depth - 1));
                first.is_some_and(|first| !all[..first].iter().any(|each| leaves(*each)))
                    && !recovers(inner.function)
            })
        }
        _ => false,
    })
}

/// Whether the function may swallow a panic: it defers more than to give a lock
/// back, or jumps.
fn recovers(function: Node<'_>) -> bool {
    let gives_back = |node: Node<'_>| {
        node.named()
            .next()
            .and_then(callee)
            .and_then(|called| called.field())
            .is_some_and(|name| matches!(name.text(), "Unlock" | "RUnlock" | "Done"))
    };
    jumps(function)
        || function.descendants().any(|node| node.kind() == Kind::DeferStatement && !gives_back(node))
}

/// Whether the expression is the receiver of its method.
pub(super) fn is_receiver(node: Node<'_>) -> bool {
    let node = unparenthesized(node);
    node.kind() == Kind::Identifier
        && matches!(scope::resolve(node), Def::Local(local) if local.kind == LocalKind::Receiver)
}

enum NilCheck<'t> {
    /// `if x == nil { …; return }`
    Leaves,
    /// `if x != nil { … }`
    Enters(Node<'t>),
}

/// What the statement does about a receiver that is nil.
fn nil_check(first: Node<'_>) -> Option<NilCheck<'_>> {
    let plain =
        first.kind() == Kind::IfStatement && first.initializer().is_none() && first.alternative().is_none();
    let condition = first.condition().filter(|_| plain).map(unparenthesized)?;
    let then = first.consequence()?;
    if is_disjunct(condition)
        && statements(then).last().is_some_and(|last| last.kind() == Kind::ReturnStatement)
    {
        return Some(NilCheck::Leaves);
    }
    compares(condition, Kind::NotEqual).then_some(NilCheck::Enters(then))
}

fn compares(node: Node<'_>, operator: Kind) -> bool {
    node.kind() == Kind::BinaryExpression
        && node.operator().is_some_and(|token| token.kind() == operator)
        && [(Field::Left, Field::Right), (Field::Right, Field::Left)].into_iter().any(|(one, other)| {
            node.child_by_field(one).is_some_and(is_receiver)
                && node.child_by_field(other).is_some_and(|side| side.kind() == Kind::Nil)
        })
}

/// Whether the condition, or a side of its `||`, is that the receiver is nil.
fn is_disjunct(condition: Node<'_>) -> bool {
    let condition = unparenthesized(condition);
    let or = condition.kind() == Kind::BinaryExpression
        && condition.operator().is_some_and(|operator| operator.kind() == Kind::LogicalOr);
    compares(condition, Kind::Equal)
        || (or
            && [Field::Left, Field::Right]
                .into_iter()
                .any(|side| condition.child_by_field(side).is_some_and(is_disjunct)))
}

/// The name of the pointer receiver, when the method never gives it another
/// value and hides it from nobody.
pub(super) fn receiver<'t>(close: Node<'t>) -> Option<Node<'t>> {
    let declared = close.receiver()?.named().next()?;
    declared.ty().filter(|written| written.kind() == Kind::PointerType)?;
    let name = declared.name().filter(|name| name.text() != "_")?;
    let body = close.body()?;
    let last = body.child(Kind::StatementList).and_then(|list| list.named().last()).unwrap_or(body);
    let local = scope::local(name.text(), last).filter(|local| local.kind == LocalKind::Receiver)?;
    let pointed_at = |mention: Node<'_>| {
        let outer = parenthesized(mention).parent();
        outer.is_some_and(|outer| outer.operator().is_some_and(|operator| operator.kind() == Kind::And))
    };
    let changes = |mention: Node<'_>| is_written(mention) || pointed_at(mention);
    (!scope::mentions(local).into_iter().any(changes)).then_some(name)
}
