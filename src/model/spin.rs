//! Whether a loop can come from a statement in it back to that statement without having
//! blocked, taken an item, or got on with its elements in between: only such a loop can
//! be waiting for another goroutine.

use super::constant::integer;
use super::depends::{By, by, is_address_taken, is_write};
use super::flow::{Exits, exits_without, is_endless, target};
use super::fresh::is_fresh;
use super::imports::{arguments, callee, is_call, package_of, unparenthesized};
use super::package::Package;
use super::ranges::{Ranged, ranged};
use super::ready;
use super::scope::{self, Def};
use super::waits::is_failure;
use super::waits::{self, Loop, NOTHING, decided_elsewhere, ends};
use super::words::{speaks_of, words};
use crate::model::computes::doings_without;
use crate::model::waits::kind;
use crate::syntax::CLAUSES;
use crate::syntax::{Field, Kind, Node, NodeId};
use std::sync::Arc;

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

/// `if !ok { return }` behind `item, ok := q.pop()`: what comes behind has an item.
fn leaves_without_item(test: Node<'_>, package: &Package) -> bool {
    let Some(list) = test.consequence().filter(|_| test.alternative().is_none()) else {
        return false;
    };
    let exits = exits_without(list, package, &|_| false);
    taken(test) == Some(false) && !exits.falls && !exits.jumps && exits.continues.is_empty()
}

/// Whether the condition of an `if` says that an item has been taken from a queue or an
/// iterator (`Some(true)`), or that there was none (`Some(false)`).
fn taken(test: Node<'_>) -> Option<bool> {
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

fn is_body(part: Node<'_>) -> bool {
    part.is(&[Kind::Block, Kind::IfStatement, Kind::Comment]) || part.is(CLAUSES)
}

/// Methods that come back only when there is something, or there never will be.
const BLOCKING: &[&str] = &["Accept", "AcceptTCP", "AcceptUnix", "Recv", "RecvMsg", "ReadMessage"];

/// Methods that give something each time, and block when there is nothing in their buffer.
const GIVING: &[&str] = &["ReadString", "ReadBytes", "ReadLine", "ReadRune"];

/// What a loop walks along, each element at most once.
struct LoopWalk<'t> {
    /// The variables of the elements, or what gives them.
    elements: Vec<Node<'t>>,
    /// Only a count of the iterations.
    counts: bool,
}

/// Along what `around` gets on with each iteration, whatever its body does.
fn walk<'t>(around: Node<'t>, package: &'t Package) -> Option<LoopWalk<'t>> {
    let header = around.named().next()?;
    match waits::kind(around, package) {
        Loop::Range | Loop::Undecided | Loop::Channel => {
            let elements: Vec<Node<'t>> = header.left().into_iter().flat_map(Node::named).collect();
            let number = header.right().is_some_and(|over| {
                matches!(unparenthesized(over).kind(), Kind::IntLiteral | Kind::BinaryExpression)
                    || super::ranges::is_plain_value(over, package)
            });
            Some(LoopWalk { elements, counts: number })
        }
        Loop::Counted => {
            let made = header.initializer().and_then(|made| made.left());
            Some(LoopWalk { elements: made.into_iter().flat_map(Node::named).collect(), counts: true })
        }
        Loop::Condition => {
            let (condition, update) = match header.kind() {
                Kind::ForClause => (header.condition()?, header.update()),
                _ => (header, None),
            };
            linked(condition, update).or_else(|| iterated(condition, update))
        }
        Loop::Endless => None,
    }
}

/// `for n := head; n != nil; n = n.next`: the condition asks the variable that the update
/// moves on.
fn linked<'t>(condition: Node<'t>, update: Option<Node<'t>>) -> Option<LoopWalk<'t>> {
    let update = update.filter(|update| update.kind() == Kind::AssignmentStatement)?;
    let moved = update.left()?.named().next().filter(|it| it.kind() == Kind::Identifier)?;
    let names = |code: Node<'t>| {
        code.descendants().any(|node| node.kind() == Kind::Identifier && node.text() == moved.text())
    };
    let asked = condition.kind() == Kind::BinaryExpression && names(condition);
    (asked && names(update.right()?)).then(|| LoopWalk { elements: vec![moved], counts: false })
}

/// `for rows.Next()`, `for it.Valid()` with `it.Next()` as its update.
fn iterated<'t>(condition: Node<'t>, update: Option<Node<'t>>) -> Option<LoopWalk<'t>> {
    let method = callee(condition).filter(|callee| callee.kind() == Kind::SelectorExpression)?;
    let name = method.field()?.text();
    let of = method.operand()?;
    let steps = |call: Node<'t>| {
        let step = callee(call).filter(|step| step.operand().is_some_and(|it| it.text() == of.text()));
        step.and_then(|step| step.field()).is_some_and(|step| step.text().starts_with("Next"))
    };
    let updated = || update.is_some_and(|update| update.descendants().any(steps));
    let walks = matches!(name, "Next" | "Scan" | "More") || updated();
    walks.then(|| LoopWalk { elements: vec![of], counts: false })
}

/// The exit of `around` that makes it a wait although it walks along something: it is
/// decided elsewhere, it says that something has come, and the elements have no part in it.
/// `None` also for a loop that walks along nothing: see [`walks`].
pub fn waits_for_exit<'t>(around: Node<'t>, yields: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let walk = walk(around, package)?;
    let body = around.body()?;
    let uses = package.remember_of(around, "spin: uses of the elements", || {
        let mut uses = LoopUses::default();
        walk.elements.iter().for_each(|element| uses.add(*element, &walk, around, body));
        Arc::new(uses)
    });
    let used = uses.always || uses.unless_in.iter().any(|test| !around.at(*test).holds(yields));
    let question = if used { "spin: exit with used elements" } else { "spin: exit" };
    let decides = package.remember_of(around, question, || {
        let exits = body
            .descend(|node| node.kind() != Kind::FuncLiteral)
            .filter(|node| waits::leaves(*node, around) && !repeats(*node, around));
        let mut deciders = exits.filter_map(|exit| {
            if ends_work(exit) || (used && !gives_what_came(exit, around)) {
                return None;
            }
            waits::deciders(exit, around).into_iter().find(|decider| match decider.kind() {
                Kind::SelectStatement => !is_cancelled(exit, *decider),
                _ => {
                    by(*decider, package) > By::Own
                        && !is_failure(*decider)
                        && !walk.elements.iter().any(|element| asks_about(*decider, *element, walk.counts))
                }
            })
        });
        deciders.next().map(Node::place)
    });
    decides.map(|place| around.at(place))
}

/// Whether `around` gets on with each iteration, and is given up only when it cannot.
pub fn walks<'t>(around: Node<'t>, package: &'t Package) -> bool {
    walk(around, package).is_some()
}

/// `continue` with the next element.
fn repeats(exit: Node<'_>, around: Node<'_>) -> bool {
    exit.kind() == Kind::ContinueStatement && target(exit, &[Kind::ForStatement]) == Some(around)
}

/// Whether the exit says that the loop could not go on: it returns an error or `false`.
fn ends_work(exit: Node<'_>) -> bool {
    let last = || exit.named().next()?.named().last();
    exit.kind() == Kind::ReturnStatement
        && last().is_some_and(|last| last.text() == "false" || last.text().to_lowercase().contains("err"))
}

/// Whether the exit returns a value that is not worked out by the loop.
fn gives_what_came(exit: Node<'_>, around: Node<'_>) -> bool {
    let values: Vec<Node<'_>> = match exit.named().next() {
        Some(list) if exit.kind() == Kind::ReturnStatement => list.named().collect(),
        _ => return false,
    };
    let summed = |value: &Node<'_>| {
        matches!(scope::resolve(*value), Def::Local(local) if value.kind() == Kind::Identifier
            && !around.holds(local.name)
            && scope::mentions(local).into_iter().any(|mention| around.holds(mention) && is_write(mention)))
    };
    match &values[..] {
        [] => false,
        [value] => !summed(value),
        _ => true,
    }
}

/// Whether the clause of `select` around the exit is for the end of a context.
fn is_cancelled(exit: Node<'_>, select: Node<'_>) -> bool {
    let clause =
        exit.ancestors().take_while(|up| *up != select).find(|up| up.kind() == Kind::CommunicationCase);
    clause.and_then(|clause| clause.communication()).is_some_and(|taken| {
        taken.descendants().any(|node| {
            callee(node).and_then(|callee| callee.field()).is_some_and(|method| method.text() == "Done")
        })
    })
}

/// Whether the decision is about the element: it names it, or, for a count, picks with it.
fn asks_about(decider: Node<'_>, element: Node<'_>, counts: bool) -> bool {
    decider.descendants().any(|node| {
        node.kind() == Kind::Identifier
            && node.text() == element.text()
            && (!counts || node.ancestors().take_while(|up| *up != decider).any(is_index))
    })
}

fn is_index(node: Node<'_>) -> bool {
    node.kind() == Kind::IndexExpression
}

/// What the body of a loop does with its elements: more than to decide by the count of the
/// iterations when to leave, or when to yield.
#[derive(Debug, Default)]
struct LoopUses {
    /// Whether it does so whatever it is that yields.
    always: bool,
    /// The tests that are a use unless the yield stands in them.
    unless_in: Vec<NodeId>,
}

impl LoopUses {
    fn add(&mut self, element: Node<'_>, walk: &LoopWalk<'_>, around: Node<'_>, body: Node<'_>) {
        if element.text() == "_" {
            return;
        }
        let inner = body.descendants().filter(|node| {
            node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && node.text() == last_name(element)
        });
        for mention in inner {
            let up = || mention.ancestors().take_while(|up| *up != body);
            let test = up().filter(|up| up.kind() == Kind::IfStatement).find(|test| {
                [Field::Condition, Field::Initializer]
                    .into_iter()
                    .filter_map(|part| test.child_by_field(part))
                    .any(|part| part.holds(mention))
            });
            match test {
                _ if up().any(is_index) => self.always = true,
                Some(test) if !walk.counts => self.unless_in.push(test.place()),
                Some(test) => {
                    let leaves = || test.descendants().any(|node| waits::leaves(node, around));
                    if test.condition().is_some_and(is_failure) || !leaves() {
                        self.unless_in.push(test.place());
                    }
                }
                None => self.always = true,
            }
            if self.always {
                return;
            }
        }
    }
}

fn last_name(element: Node<'_>) -> &str {
    element.field().unwrap_or(element).text()
}

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
                        || super::effects::is_captured(mention, local.name)
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
