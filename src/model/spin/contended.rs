//! Tests of what another goroutine may be about to change, and locks that are given back for it.

use super::items::taken;
use crate::model::depends::{By, by, is_address_taken, is_write};
use crate::model::effects::is_captured;
use crate::model::fresh::is_fresh;
use crate::model::imports::{callee, is_call, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::waits;
use crate::syntax::{Field, Kind, Node};
use std::sync::Arc;

/// The test right in front of `statement` of something that another goroutine may be about
/// to change: what it stands behind, up to the outermost loop of its function.
pub fn contended<'t>(statement: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let outermost = waits::loops_around(statement).last()?;
    let mut below = statement;
    for up in statement.ancestors().take_while(|up| *up != outermost) {
        let found = match up.kind() {
            Kind::IfStatement => up
                .condition()
                .and_then(|condition| shared_leaf(condition, package))
                .filter(|leaf| !is_settled(*leaf, outermost, package))
                .filter(|_| below.field_name() != Some(Field::Consequence) || taken(up) != Some(true)),
            Kind::ExpressionSwitchStatement => {
                let value = up.value();
                value.filter(|value| by(*value, package) > By::Own && !is_fresh(*value, package))
            }
            Kind::ExpressionCase => up.value().and_then(|value| {
                let parts: Vec<Node<'t>> = value.named().collect();
                parts.into_iter().find_map(|part| shared_leaf(part, package))
            }),
            Kind::SelectStatement => Some(up).filter(|_| below.kind() == Kind::DefaultCase),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        below = up;
    }
    None
}

/// The operand of `&&` and `||` in `condition` that asks for shared state.
fn shared_leaf<'t>(condition: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let leaves = leaves_of(condition);
    let modulo = |leaf: &Node<'t>| {
        leaf.descendants().any(|node| {
            node.kind() == Kind::BinaryExpression
                && node
                    .operator()
                    .is_some_and(|operator| matches!(operator.kind(), Kind::Remainder | Kind::And))
        })
    };
    let counted = leaves.iter().any(modulo);
    leaves.into_iter().find(|leaf| {
        let clock = leaf
            .descendants()
            .any(|node| ["Since", "Now", "Until"].iter().any(|name| is_call(node, "time", name)));
        let on = by(*leaf, package);
        let sampled = counted && on == By::Memory;
        let settled = modulo(leaf) || clock || sampled || is_fresh(*leaf, package);
        on > By::Own && !settled
    })
}

/// Whether the mention of a variable writes nothing to it, or what is the goroutine's own.
fn keeps_own(mention: Node<'_>, name: Node<'_>, package: &Package) -> bool {
    if !is_write(mention) {
        return mention != name;
    }
    let owner = mention.parent().filter(|list| list.kind() == Kind::ExpressionList).and_then(Node::parent);
    owner.is_none_or(|owner| owner.right().is_some_and(|right| by(right, package) == By::Own))
}

/// Whether the leaf asks only variables that have values from before the loop, or the
/// goroutine's own.
fn is_settled(leaf: Node<'_>, outermost: Node<'_>, package: &Package) -> bool {
    leaf.descendants().all(|part| match part.kind() {
        Kind::Identifier => match scope::resolve(part) {
            Def::Local(local) if by(part, package) > By::Own => {
                !scope::mentions(local).into_iter().any(|mention| {
                    is_address_taken(mention)
                        || is_captured(mention, local.name)
                        || (outermost.holds(mention) && !keeps_own(mention, local.name, package))
                })
            }
            _ => by(part, package) == By::Own,
        },
        Kind::CallExpression | Kind::SelectorExpression | Kind::IndexExpression | Kind::SliceExpression => {
            false
        }
        Kind::FuncLiteral | Kind::TypeAssertionExpression => false,
        Kind::UnaryExpression => !part.text().starts_with('*') && !part.text().starts_with("<-"),
        _ => true,
    })
}

fn leaves_of(condition: Node<'_>) -> Vec<Node<'_>> {
    let at = unparenthesized(condition);
    let joins = at.kind() == Kind::BinaryExpression
        && at
            .operator()
            .is_some_and(|operator| matches!(operator.kind(), Kind::LogicalAnd | Kind::LogicalOr));
    let sides = [Field::Left, Field::Right].into_iter().filter_map(|side| at.child_by_field(side));
    if joins { sides.flat_map(leaves_of).collect() } else { vec![at] }
}

/// Whether the statement stands between an unlock and a lock of the same thing: there it
/// lets a goroutine in that waits for the lock.
pub fn is_between_locks(statement: Node<'_>) -> bool {
    let Some(list) = statement.parent() else { return false };
    // Where the locks of a list are taken and given back, in order.
    let calls = list.remember("spin: calls on locks", || {
        let call = |one: Node<'_>| {
            let locks = called_on(one, &["Lock", "RLock"]).map(|of| (one.start(), true, of.to_owned()));
            locks.or_else(|| {
                called_on(one, &["Unlock", "RUnlock"]).map(|of| (one.start(), false, of.to_owned()))
            })
        };
        Arc::new(list.named().filter_map(call).collect::<Vec<_>>())
    });
    let behind = calls.partition_point(|(start, ..)| *start < statement.start());
    let before = behind.checked_sub(1).map(|at| &calls[at]);
    let unlocked = before.filter(|(_, takes, _)| !takes).map(|(.., of)| of);
    let locked = calls[behind..].iter().find(|(_, takes, _)| *takes).map(|(.., of)| of);
    unlocked.is_some() && unlocked == locked
}

/// What the statement calls one of these methods on.
fn called_on<'t>(statement: Node<'t>, methods: &[&str]) -> Option<&'t str> {
    let call = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement)?;
    let method = callee(call)?;
    let named = methods.contains(&method.field()?.text());
    method.operand().filter(|_| named).map(Node::text)
}
