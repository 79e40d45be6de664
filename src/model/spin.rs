//! Whether a loop can come from a statement in it back to that statement without having
//! blocked, taken an item, or got on with its elements in between: only such a loop can
//! be waiting for another goroutine.

mod contended;
mod items;
mod walk;

pub use contended::{contended, is_between_locks};

use super::constant::integer;
use super::flow::{Exits, exits_without, is_endless};
use super::imports::{arguments, callee, is_call, package_of};
use super::package::Package;
use super::ranges::{Ranged, ranged};
use super::ready;
use super::waits::{Loop, NOTHING, decided_elsewhere, ends};
use super::words::speaks_of;
use crate::model::computes::doings_without;
use crate::model::waits::kind;
use crate::syntax::CLAUSES;
use crate::syntax::{Field, Kind, Node, NodeId};
use items::{leaves_without_item, taken};
use std::sync::Arc;
use walk::{waits_for_exit, walks};

/// What keeps a loop from spinning.
#[derive(Clone, Copy)]
struct Stops<'p> {
    package: &'p Package,
    /// Taking an item stops a loop too, though it need not block.
    items: bool,
}

/// Whether control can come from `statement` back to it by another iteration of `around`,
/// on a way that neither blocks nor takes an item from a channel or a queue.
pub fn can_spin<'t>(around: Node<'t>, statement: Node<'t>, package: &Package) -> bool {
    Stops { package, items: true }.can_pass(around, statement)
}

/// Whether each way from `statement` back to it by another iteration of `around` leads
/// through an operation that blocks.
pub fn blocks_each_time<'t>(around: Node<'t>, statement: Node<'t>, package: &Package) -> bool {
    !Stops { package, items: false }.can_pass(around, statement)
}

/// How control leaves the statements of a list on ways that do not stop.
#[derive(Default)]
struct Ways {
    /// Where the statements start that control does not come behind.
    ends: Vec<usize>,
    /// Where those start that jump with `goto`, and those that return.
    jumps: Vec<usize>,
    returns: Vec<usize>,
    /// Where those start that leave or continue a statement, by that.
    breaks: Vec<(NodeId, Vec<usize>)>,
    continues: Vec<(NodeId, Vec<usize>)>,
    /// Whether the list ends with `fallthrough`.
    falls_through: bool,
}

impl Ways {
    /// How control leaves the statements of `list` behind `statement`, if it comes to them.
    fn behind<'t>(&self, statement: Node<'t>, list: Node<'t>) -> Exits<'t> {
        let from = statement.end();
        let end = self.ends.get(self.ends.partition_point(|start| *start < from)).copied();
        let any = |starts: &[usize]| {
            let first = starts.get(starts.partition_point(|start| *start < from));
            first.is_some_and(|start| end.is_none_or(|end| *start <= end))
        };
        let targets = |known: &[(NodeId, Vec<usize>)]| {
            known.iter().filter(|(_, starts)| any(starts)).map(|(place, _)| list.at(*place)).collect()
        };
        Exits {
            falls: end.is_none(),
            jumps: any(&self.jumps),
            returns: any(&self.returns),
            breaks: targets(&self.breaks),
            continues: targets(&self.continues),
        }
    }
}

impl Stops<'_> {
    fn can_pass<'t>(self, around: Node<'t>, statement: Node<'t>) -> bool {
        let Some(body) = around.body() else { return true };
        let headers = around.named().filter(|part| *part != body);
        headers.into_iter().all(|header| !self.header_blocks(header))
            && self.goes_on(statement, around)
            && self.is_reached(statement, body)
    }

    /// Whether the next iteration of `around` can come after `statement` without blocking.
    fn goes_on<'t>(self, statement: Node<'t>, around: Node<'t>) -> bool {
        let mut out = exits_without(statement, self.package, &|_| false);
        let mut below = statement;
        for node in statement.ancestors() {
            if out.jumps {
                return true;
            }
            match node.kind() {
                Kind::StatementList => {
                    let ways = self.ways(node);
                    if out.falls {
                        out = out.then(ways.behind(below, node));
                    }
                    // The next clause of a `switch` runs on; it leads back or not as
                    // the clause itself would, which is not worth following.
                    if ways.falls_through {
                        out.falls = true;
                    }
                }
                Kind::ForStatement => {
                    let again = out.falls || out.continues.contains(&node);
                    if node == around {
                        return again;
                    }
                    out.falls = out.breaks.contains(&node) || (again && !is_endless(node));
                    out.breaks.retain(|target| *target != node);
                }
                Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement | Kind::SelectStatement => {
                    out.falls |= out.breaks.contains(&node);
                    out.breaks.retain(|target| *target != node);
                }
                _ => {}
            }
            below = node;
        }
        false
    }

    fn ways(self, list: Node<'_>) -> Arc<Ways> {
        let key = if self.items { "spin: ways" } else { "spin: ways without blocking" };
        self.package.remember_of(list, key, || {
            let mut ways = Ways::default();
            let stops = |node: Node<'_>| self.stops(node);
            for statement in list.named() {
                let start = statement.start();
                let out = exits_without(statement, self.package, &stops);
                ways.falls_through = statement.kind() == Kind::FallthroughStatement;
                (!out.falls).then(|| ways.ends.push(start));
                out.jumps.then(|| ways.jumps.push(start));
                out.returns.then(|| ways.returns.push(start));
                for (targets, known) in [(out.breaks, &mut ways.breaks), (out.continues, &mut ways.continues)]
                {
                    for place in targets.into_iter().map(Node::place) {
                        match known.iter_mut().find(|(known, _)| *known == place) {
                            Some((_, starts)) => starts.push(start),
                            None => known.push((place, vec![start])),
                        }
                    }
                }
            }
            Arc::new(ways)
        })
    }

    /// Whether control can come from the start of `body` to `statement` without blocking.
    fn is_reached<'t>(self, statement: Node<'t>, body: Node<'t>) -> bool {
        let stops = |node: Node<'t>| self.stops(node);
        let mut below = statement;
        for node in statement.ancestors() {
            let passes = match node.kind() {
                Kind::Block if stops(node) => false,
                Kind::StatementList => self.ways(node).ends.first().is_none_or(|end| *end >= below.start()),
                Kind::CommunicationCase => !self.clause_stops(node),
                Kind::IfStatement
                | Kind::ExpressionSwitchStatement
                | Kind::TypeSwitchStatement
                | Kind::ForStatement => node.named().all(|part| is_body(part) || !self.header_blocks(part)),
                _ => true,
            };
            if !passes || node == body {
                return passes;
            }
            below = node;
        }
        true
    }

    /// Whether no way leads through the statement without blocking or taking an item.
    fn stops(self, node: Node<'_>) -> bool {
        match node.kind() {
            Kind::SelectStatement => ready::select_blocks(node, self.package),
            Kind::StatementList => node
                .parent()
                .is_some_and(|clause| clause.kind() == Kind::CommunicationCase && self.clause_stops(clause)),
            Kind::Block if self.items => {
                node.field_name() == Some(Field::Consequence) && node.parent().and_then(taken) == Some(true)
            }
            Kind::SendStatement => true,
            Kind::ExpressionStatement
            | Kind::ShortVarDeclaration
            | Kind::AssignmentStatement
            | Kind::VarDeclaration
            | Kind::IncStatement
            | Kind::DecStatement => self.blocks(node),
            Kind::IfStatement if self.items && leaves_without_item(node, self.package) => true,
            Kind::IfStatement
            | Kind::ExpressionSwitchStatement
            | Kind::TypeSwitchStatement
            | Kind::ForStatement => node.named().any(|part| !is_body(part) && self.header_blocks(part)),
            _ => false,
        }
    }

    /// Whether the clause of a `select` has taken or given an item, or the `select` has
    /// blocked for one.
    fn clause_stops(self, clause: Node<'_>) -> bool {
        let waits = || clause.parent().is_some_and(|select| select.child(Kind::DefaultCase).is_none());
        !ready::clause_stays_ready(clause, self.package) && (self.items || waits())
    }

    fn header_blocks(self, header: Node<'_>) -> bool {
        (header.kind() == Kind::RangeClause && ranged(header, self.package) == Ranged::Channel)
            || self.blocks(header)
    }

    /// Whether evaluating the code receives, sleeps, or calls a method that blocks.
    fn blocks(self, code: Node<'_>) -> bool {
        code.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| match node.kind() {
            Kind::UnaryExpression => {
                node.operator().is_some_and(|operator| operator.kind() == Kind::Arrow)
                    && !ready::may_not_block(node, self.package)
            }
            Kind::CallExpression if is_call(node, "time", "Sleep") => arguments(node)
                .next()
                .and_then(|time| integer(time, self.package))
                .is_none_or(|time| time > 0),
            Kind::CallExpression => callee(node)
                .filter(|callee| callee.kind() == Kind::SelectorExpression && package_of(*callee).is_none())
                .is_some_and(|callee| self.is_blocking(callee)),
            _ => false,
        })
    }

    /// Whether the method comes back only when there is something. A group of goroutines
    /// that is done stays done.
    fn is_blocking(self, method: Node<'_>) -> bool {
        let Some(name) = method.field().map(Node::text) else { return false };
        let of = method.operand().map_or("", |of| of.field().unwrap_or(of).text());
        match name {
            "Wait" => !speaks_of(of, &["wg", "group", "waitgroup"]),
            _ => BLOCKING.contains(&name) || (self.items && GIVING.contains(&name)),
        }
    }
}

fn is_body(part: Node<'_>) -> bool {
    part.is(&[Kind::Block, Kind::IfStatement, Kind::Comment]) || part.is(CLAUSES)
}

/// Methods that come back only when there is something, or there never will be.
const BLOCKING: &[&str] = &["Accept", "AcceptTCP", "AcceptUnix", "Recv", "RecvMsg", "ReadMessage"];

/// Methods that give something each time, and block when there is nothing in their buffer.
const GIVING: &[&str] = &["ReadString", "ReadBytes", "ReadLine", "ReadRune"];

/// What a loop may be waiting for in the iteration after `yields`, a statement in it: the
/// expression that another goroutine may be about to change, and that decides whether the
/// loop goes on, leaves, or reaches `yields`. `None` when each way back to `yields` blocks,
/// when the loop gets on with something meanwhile, or when all that depends on the
/// goroutine's own variables.
pub fn waits_for<'t>(statement: Node<'t>, yields: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    if !can_spin(statement, yields, package) {
        return None;
    }
    if walks(statement, package) {
        return waits_for_exit(statement, yields, package);
    }
    let decided = decided_elsewhere(statement, Some(yields), package);
    if decided.is_none() && kind(statement, package) == Loop::Endless {
        // Nothing leaves it that can be told, so what it does may look for something.
        let body = statement.body()?;
        let left = statement.remember("waits: is left", || {
            body.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| ends(node, statement))
        });
        let done = doings_without(body, Some(yields), NOTHING, package);
        return done.communicates.or(done.calls).filter(|_| !left);
    }
    decided
}
