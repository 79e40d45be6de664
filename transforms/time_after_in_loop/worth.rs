//! Whether a timer before the loop pays: it costs each call of the function what
//! one `time.After` costs, so a call that waits at most once gains nothing by it.

use crate::model::constant::integer;
use crate::model::flow::{Exits, exits, exits_past, never_returns, target};
use crate::model::imports::{arguments, callee, is_call, package_of, parenthesized, unparenthesized};
use crate::model::locals::{declared_as, has_pointer, is_written};
use crate::model::package::Package;
use crate::model::rounds::{clauses, comes_back, is_turned, labeled, leaves, loops, received_from};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::model::types::{Type, type_of};
use crate::model::waits::{Loop, kind};
use crate::model::words::speaks_of;
use crate::syntax::{Field, Kind, Node, NodeId};
use crate::transforms::shared::accessor::is_context;
use std::sync::Arc;

/// The loops of one function around a select that waits for a timer.
pub struct Worth<'t> {
    select: Node<'t>,
    outermost: Node<'t>,
    /// The selects of the loops that wait for a timer made by `time.After`, in order.
    makers: Arc<[NodeId]>,
    package: &'t Package,
}

/// Statements that a `break` without a label leaves.
const BREAKABLE: &[Kind] =
    &[Kind::ForStatement, Kind::ExpressionSwitchStatement, Kind::TypeSwitchStatement, Kind::SelectStatement];

/// Through how many locals the length of a pause is followed.
const SOURCES: usize = 4;

impl<'t> Worth<'t> {
    /// Of `select` in `outermost`, the outermost loop of its function.
    pub fn of(select: Node<'t>, outermost: Node<'t>, package: &'t Package) -> Worth<'t> {
        let makers = outermost.remember("time-after-in-loop: selects that make timers", || {
            let own = outermost.descend(|node| node.kind() != Kind::FuncLiteral);
            let selects = own.filter(|node| node.kind() == Kind::SelectStatement);
            let mut makers: Vec<NodeId> =
                selects.filter(|select| makes_timer(*select)).map(Node::place).collect();
            makers.sort();
            Arc::<[NodeId]>::from(makers)
        });
        Worth { select, outermost, makers, package }
    }

    /// Whether `node` is one of the selects.
    fn is_wait(&self, node: Node<'t>) -> bool {
        node == self.select || self.makes(node)
    }

    fn makes(&self, node: Node<'t>) -> bool {
        node.kind() == Kind::SelectStatement && self.makers.binary_search(&node.place()).is_ok()
    }

    /// Whether one of the selects stands in `node`.
    fn waits_in(&self, node: Node<'t>) -> bool {
        let from = self.makers.partition_point(|place| self.outermost.at(*place).start() < node.start());
        let first = self.makers.get(from).map(|place| self.outermost.at(*place));
        first.is_some_and(|first| first.end() <= node.end()) || node.holds(self.select)
    }

    /// What answers belong to that depend on the selects and not on which of them it is.
    fn whole(&self) -> Node<'t> {
        if self.makes(self.select) { self.outermost } else { self.select }
    }

    /// How a call can get by without waiting in one of the selects. That the loop has
    /// nothing to go through, and that somebody asks it to stop, does not count.
    pub fn passed_by(&self) -> Option<String> {
        self.package.remember_of(self.whole(), "time-after-in-loop: passed by", || self.look_whether_passed())
    }

    fn look_whether_passed(&self) -> Option<String> {
        let body = self.outermost.body()?;
        if let Some(condition) = doubtful(self.outermost, self.package) {
            let first = condition.text().lines().next().unwrap_or_default();
            return Some(format!("`{first}` on line {} may be false at once", condition.line()));
        }
        let jumps = body
            .descend(|node| node.kind() != Kind::FuncLiteral && !self.is_wait(node))
            .filter(|node| self.ends_call(*node) && !is_stop(*node, self.outermost) && self.is_met(*node));
        // The way out that is taken when all goes well is the common one.
        if let Some(jump) = jumps.min_by_key(|jump| !is_success(*jump)) {
            let first = jump.text().lines().next().unwrap_or_default();
            return Some(format!("`{first}` on line {}", jump.line()));
        }
        let bounded =
            matches!(kind(self.outermost, self.package), Loop::Range | Loop::Undecided | Loop::Counted);
        let round = bounded.then(|| self.exits(body))?;
        (round.falls || round.continues.contains(&self.outermost))
            .then(|| format!("each round of the loop on line {} can pass it by", self.outermost.line()))
    }

    /// How control can leave `statement` on the ways that meet none of the selects.
    fn exits(&self, statement: Node<'t>) -> Exits<'t> {
        let stops = |node: Node<'t>| self.is_wait(node);
        let enters = |inner: Node<'t>| doubtful(inner, self.package).is_none();
        exits_past(statement, self.package, &stops, &enters)
    }

    /// Whether `node` leaves all loops of the function.
    fn ends_call(&self, node: Node<'t>) -> bool {
        match node.kind() {
            Kind::ReturnStatement => true,
            Kind::BreakStatement => target(node, BREAKABLE)
                .is_none_or(|left| left == self.outermost || left.holds(self.outermost)),
            Kind::GotoStatement => {
                let label = node.child(Kind::LabelName).map(Node::text);
                !self.outermost.descend(|inner| inner.kind() != Kind::FuncLiteral).any(|inner| {
                    inner.kind() == Kind::LabeledStatement
                        && inner.child(Kind::LabelName).map(Node::text) == label
                })
            }
            Kind::ExpressionStatement => {
                node.named().next().is_some_and(|call| never_returns(call, self.package))
            }
            _ => false,
        }
    }

    /// Whether control can get to `node` in the first round without one of the selects.
    fn is_met(&self, node: Node<'t>) -> bool {
        let mut below = node;
        for up in node.ancestors().take_while(|up| *up != self.outermost) {
            if up.kind() == Kind::StatementList {
                let mut before = up.named().take_while(|next| *next != below);
                if before.any(|next| self.waits_in(next) && !self.exits(next).falls) {
                    return false;
                }
            }
            below = up;
        }
        true
    }

    /// Why the select is reached once at most: a test of the round's number, or of a
    /// flag that is turned where it is found set.
    pub fn once(&self) -> Option<String> {
        self.package.remember_of(self.select, "time-after-in-loop: once", || self.look_whether_once())
    }

    fn look_whether_once(&self) -> Option<String> {
        if loops(self.select).next() != Some(self.outermost) {
            return None;
        }
        let shown = |condition: Node<'t>| format!("`{}` on line {}", condition.text(), condition.line());
        let mut below = labeled(self.select);
        for up in below.ancestors().take_while(|up| *up != self.outermost) {
            let decides = match up.kind() {
                Kind::IfStatement => up
                    .condition()
                    .filter(|condition| self.holds_once(*condition, up.consequence() == Some(below))),
                Kind::ExpressionCase => up.value().filter(|value| {
                    let mut values = value.named();
                    let only = values.next().filter(|_| values.next().is_none());
                    let switched = up.parent().and_then(|switch| switch.value());
                    match (switched, only) {
                        (Some(switched), Some(only)) => {
                            self.is_counter(unparenthesized(switched)).is_some() && self.is_fixed(only)
                        }
                        (None, Some(only)) => self.holds_once(only, true),
                        _ => false,
                    }
                }),
                // `if i > 0 { continue }`
                Kind::StatementList => up.named().take_while(|next| *next != below).find_map(|next| {
                    let skips = next.kind() == Kind::IfStatement && next.alternative().is_none();
                    let condition = next.condition().filter(|_| skips)?;
                    let skipped = exits(next.consequence()?, self.package);
                    (!skipped.falls && self.holds_once(condition, false)).then_some(condition)
                }),
                _ => None,
            };
            if let Some(condition) = decides {
                return Some(shown(condition));
            }
            below = up;
        }
        None
    }

    /// Whether `condition` is `wanted` in one round at most.
    fn holds_once(&self, condition: Node<'t>, wanted: bool) -> bool {
        let condition = unparenthesized(condition);
        match condition.kind() {
            Kind::Identifier | Kind::SelectorExpression => {
                is_turned(condition, wanted, self.outermost, self.select)
            }
            Kind::UnaryExpression if condition.operator().is_some_and(|it| it.kind() == Kind::Not) => {
                condition.operand().is_some_and(|operand| self.holds_once(operand, !wanted))
            }
            Kind::BinaryExpression => {
                let (Some(left), Some(operator), Some(right)) =
                    (condition.left(), condition.operator(), condition.right())
                else {
                    return false;
                };
                match (operator.kind(), wanted) {
                    (Kind::LogicalAnd, true) | (Kind::LogicalOr, false) => {
                        self.holds_once(left, wanted) || self.holds_once(right, wanted)
                    }
                    (operator, _) => self.is_one_round(left, operator, right, wanted),
                }
            }
            // A flag that is taken by whoever finds it free.
            Kind::CallExpression => {
                let mut given = arguments(condition).map(Node::text);
                let swaps = callee(condition).and_then(|callee| callee.field());
                wanted
                    && swaps.is_some_and(|field| field.text() == "CompareAndSwap")
                    && given.next() == Some("false")
                    && given.next() == Some("true")
            }
            _ => false,
        }
    }

    /// `i == n` and the like, for a counter of the loop.
    fn is_one_round(&self, left: Node<'t>, operator: Kind, right: Node<'t>, wanted: bool) -> bool {
        let (left, right) = (unparenthesized(left), unparenthesized(right));
        let (counter, operator, limit) = match (self.is_counter(left), self.is_counter(right)) {
            (Some(starts), _) => (starts, operator, right),
            (None, Some(starts)) => (starts, mirrored(operator), left),
            (None, None) => return false,
        };
        let operator = if wanted { operator } else { negated(operator) };
        let above_start = |by: i64| match (counter, integer(limit, self.package)) {
            (LoopCounter::From(start), Some(limit)) => limit == start + by,
            _ => false,
        };
        match operator {
            Kind::Equal => self.is_fixed(limit),
            Kind::Less => above_start(1),
            Kind::LessOrEqual => above_start(0),
            _ => false,
        }
    }

    /// Whether `name` has another value in each round of the outermost loop.
    fn is_counter(&self, name: Node<'t>) -> Option<LoopCounter> {
        let Def::Local(local) = (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? else {
            return None;
        };
        let header = self.outermost.named().next()?;
        let steps = |statement: Node<'t>| {
            let by_one = statement.kind() == Kind::IncStatement;
            let by = statement.operator().is_some_and(|it| it.text() == "+=");
            by_one || by || statement.kind() == Kind::DecStatement
        };
        let writes = scope::mentions(local).into_iter().filter(|at| *at != local.name && is_written(*at));
        let writes: Vec<Node<'t>> = writes.collect();
        let grows = |statement: Option<Node<'t>>| statement.is_some_and(|it| it.kind() == Kind::IncStatement);
        let starts = |by_one: bool| match declared_as(local).and_then(|value| integer(value, self.package)) {
            Some(start) if by_one => LoopCounter::From(start),
            _ => LoopCounter::Somehow,
        };
        if local.kind == LocalKind::Loop && header.holds(local.name) {
            return match header.kind() {
                // The key of data; what a channel or a function gives may come twice.
                Kind::RangeClause => {
                    let first = header.left()?.named().next() == Some(local.name);
                    (first && writes.is_empty() && kind(self.outermost, self.package) == Loop::Range)
                        .then_some(LoopCounter::From(0))
                }
                _ => {
                    let update = header.update().filter(|update| steps(*update))?;
                    let alone = writes.iter().all(|write| update.holds(*write));
                    alone.then(|| starts(grows(Some(update))))
                }
            };
        }
        // Counted in the body, once each round.
        let [only] = writes[..] else { return None };
        let statement = parenthesized(only).ancestors().find(|up| steps(*up))?;
        let list = statement.parent().filter(|list| list.kind() == Kind::StatementList)?;
        let counted = list.parent().and_then(Node::parent) == Some(self.outermost);
        (counted && !self.outermost.holds(local.name)).then(|| {
            let behind = statement.start() > self.select.start();
            starts(behind && grows(Some(statement)))
        })
    }

    /// Whether `expression` is the same in each round, as far as its own names tell.
    fn is_fixed(&self, expression: Node<'t>) -> bool {
        expression.descendants().all(|node| match node.kind() {
            Kind::Identifier => match scope::resolve(node) {
                Def::Local(local) => scope::mentions(local).into_iter().all(|mention| {
                    mention == local.name || !is_written(mention) || !self.outermost.holds(mention)
                }),
                _ => true,
            },
            Kind::CallExpression => {
                callee(node).is_some_and(|callee| matches!(callee.text(), "len" | "cap" | "min" | "max"))
            }
            Kind::UnaryExpression => node.operator().is_none_or(|it| it.kind() != Kind::Arrow),
            _ => true,
        })
    }

    /// Whether the select waits until its timer `own` or another one fires, unless it leaves
    /// the loops for good.
    pub fn pauses(&self, own: Node<'t>) -> bool {
        // Two are enough: one of them is not `own`.
        let others = self.package.remember_of(self.select, "time-after-in-loop: what goes on", || {
            let goes_on = |clause: &Node<'t>| {
                waited(*clause).is_none()
                    && (clause.kind() == Kind::DefaultCase || !leaves(*clause, self.package))
            };
            clauses(self.select).filter(goes_on).map(Node::place).take(2).collect::<Vec<_>>()
        });
        others.iter().all(|other| *other == own.place())
    }

    /// The case that leaves the loop with what the select waits for, where each other one but the timer's leaves
    /// too: the first entry of the select is mostly the last.
    pub fn answered(&self, own: Node<'t>) -> Option<String> {
        if !self.pauses(own) || loops(self.select).next() != Some(self.outermost) {
            return None;
        }
        // Two are enough: one of them is not `own`.
        let answers = self.package.remember_of(self.select, "time-after-in-loop: answers", || {
            let answers = clauses(self.select).filter(|clause| is_answer(*clause));
            answers.map(Node::place).take(2).collect::<Vec<_>>()
        });
        let answer = answers.into_iter().find(|answer| *answer != own.place())?;
        Some(format!("the case on line {}", self.select.at(answer).line()))
    }

    /// Whether the timer `own` has fired whenever the loop comes back from the select.
    pub fn fires_alone(&self, own: Node<'t>) -> bool {
        // Two are enough: one of them is not `own`.
        let returning = self.package.remember_of(self.select, "time-after-in-loop: what comes back", || {
            let returns =
                |clause: &Node<'t>| clause.kind() == Kind::DefaultCase || !leaves(*clause, self.package);
            clauses(self.select).filter(returns).map(Node::place).take(2).collect::<Vec<_>>()
        });
        returning.iter().all(|other| *other == own.place())
    }

    /// Why a pause is not made in each round, or the select is part of how the function ends.
    pub fn seldom_reached(&self, own: Node<'t>) -> Option<String> {
        if self.pauses(own) && self.is_passed_in_a_round() {
            return Some(format!("the loop on line {}", self.outermost.line()));
        }
        // A timer before the outer loops would be made by each call, for this one loop at its end.
        let inner = loops(self.select).take_while(|inner| *inner != self.outermost);
        let ends = |inner: &Node<'t>| !comes_back(*inner, self.package) && is_stop(*inner, self.outermost);
        if let Some(end) = inner.filter(ends).last() {
            return Some(format!("the loop on line {}", end.line()));
        }
        let condition = self.after_error()?;
        let shown = condition.text().lines().next().unwrap_or_default();
        Some(format!("`{shown}` on line {}", condition.line()))
    }

    /// The condition `err != nil` of an `if` in the loop whose body holds the select.
    fn after_error(&self) -> Option<Node<'t>> {
        let is_error = |side: Node<'t>| {
            let name = side.text().rsplit('.').next().unwrap_or_default();
            name == "err" || name.ends_with("Err") || name.starts_with("err")
        };
        let mut below = labeled(self.select);
        for up in below.ancestors().take_while(|up| *up != self.outermost) {
            let condition =
                up.condition().filter(|_| up.kind() == Kind::IfStatement && up.consequence() == Some(below));
            let fails = condition.map(unparenthesized).filter(|condition| {
                condition.operator().is_some_and(|operator| operator.kind() == Kind::NotEqual)
                    && condition.left().is_some_and(is_error)
                    && condition.right().is_some_and(|right| right.text() == "nil")
            });
            if fails.is_some() {
                return fails;
            }
            below = up;
        }
        None
    }

    /// Whether a round of the loop can end without the select.
    pub fn is_passed_in_a_round(&self) -> bool {
        let Some(body) = self.outermost.body() else { return false };
        self.package.remember_of(self.whole(), "time-after-in-loop: a round passes", || {
            let round = self.exits(body);
            round.falls || round.continues.contains(&self.outermost)
        })
    }

    /// Why a pause may be made once or never: the rounds are counted, up to a number that is not known.
    pub fn few_pauses(&self, own: Node<'t>) -> Option<String> {
        let header = self.outermost.named().next()?;
        let unknown = |bound: Node<'t>| length(bound, self.package).is_none();
        let counts = match kind(self.outermost, self.package) {
            Loop::Counted => {
                let (first, last) = (header.initializer()?, header.condition()?);
                let sides =
                    [Field::Left, Field::Right].into_iter().filter_map(|side| last.child_by_field(side));
                let counters: Vec<&str> = first.left()?.named().map(Node::text).collect();
                let given = first.right()?.named().chain(sides);
                let ends: Vec<Node<'t>> = given.filter(|end| !counters.contains(&end.text())).collect();
                let of_data = |node: Node<'t>| {
                    callee(node).is_some_and(|called| matches!(called.text(), "len" | "cap"))
                };
                ends.iter().any(|end| unknown(*end))
                    && !ends.into_iter().flat_map(Node::descendants).any(of_data)
            }
            // Data tell how much there is to do, a number does not.
            Loop::Range | Loop::Undecided => {
                let over = header.right().filter(|over| unknown(*over))?;
                match type_of(over, self.package) {
                    Some(Type::Written(of)) => matches!(of.text(), "int" | "int32" | "int64" | "uint"),
                    _ => false,
                }
            }
            _ => false,
        };
        let alone = loops(self.select).next() == Some(self.outermost);
        (counts && alone && self.pauses(own)).then(|| format!("the loop on line {}", self.outermost.line()))
    }

    /// The moment that the wait lasts until, where the loop does not move it.
    pub fn deadline(&self, duration: Node<'t>) -> Option<String> {
        let duration = unparenthesized(duration);
        let of = match duration.kind() {
            Kind::Identifier => match scope::resolve(duration) {
                Def::Local(local) if self.outermost.holds(local.name) && is_assigned_once(local) => {
                    unparenthesized(declared_as(local)?)
                }
                _ => return None,
            },
            _ => duration,
        };
        // A field may be the head of a queue, which moves.
        let is_plain = |node: Node<'t>| match node.kind() {
            Kind::Identifier => match scope::resolve(node) {
                Def::Local(_) | Def::Import(_) => true,
                _ => integer(node, self.package).is_some(),
            },
            Kind::CallExpression | Kind::IndexExpression | Kind::UnaryExpression => false,
            Kind::SelectorExpression => package_of(node).is_some(),
            _ => true,
        };
        let stays = |moment: Node<'t>| self.is_fixed(moment) && moment.descendants().all(is_plain);
        let left = match of.kind() {
            Kind::CallExpression if is_call(of, "time", "Until") => arguments(of).next(),
            // `deadline.Sub(time.Now())`
            Kind::CallExpression => {
                let called = callee(of).filter(|called| called.field().map(Node::text) == Some("Sub"));
                let now = arguments(of).next().is_some_and(|now| is_call(now, "time", "Now"));
                called.filter(|_| now).and_then(|called| called.operand())
            }
            // `wait - time.Since(start)`
            Kind::BinaryExpression if of.operator().is_some_and(|it| it.kind() == Kind::Minus) => {
                let since = of.right().filter(|right| is_call(*right, "time", "Since"));
                let start = since.and_then(|since| arguments(since).next());
                of.left().filter(|_| start.is_some_and(stays))
            }
            _ => None,
        };
        left.filter(|left| stays(*left))
            .map(|_| format!("`{}`", of.text().lines().next().unwrap_or_default()))
    }

    /// What the length of the pause is taken from, where that is a setting or worked out elsewhere: a
    /// field, a variable of the package, or what a function gives.
    pub fn set_elsewhere(&self, own: Node<'t>, duration: Node<'t>) -> Option<String> {
        let pauses = self.pauses(own) && length(duration, self.package).is_none();
        let source = pauses.then(|| self.source(duration, SOURCES))??;
        Some(format!("`{}` on line {}", source.text().lines().next().unwrap_or_default(), source.line()))
    }

    fn source(&self, expression: Node<'t>, depth: usize) -> Option<Node<'t>> {
        let depth = depth.checked_sub(1)?;
        let of_time = |node: Node<'t>| package_of(node).is_some_and(|path| path == "time");
        // The name of a field or a method belongs to what stands before it.
        expression.descend(|node| node.kind() != Kind::FuncLiteral).find_map(|node| match node.kind() {
            Kind::SelectorExpression if !of_time(node) && integer(node, self.package).is_none() => Some(node),
            Kind::Identifier => match scope::resolve(node) {
                Def::Local(local) => {
                    let value = declared_as(local).filter(|value| !value.holds(node))?;
                    self.source(value, depth).map(|_| node)
                }
                Def::TopLevel(_) | Def::Outside => {
                    let declared = !self.package.declarations(node.text()).is_empty();
                    (declared && integer(node, self.package).is_none()).then_some(node)
                }
                Def::Import(_) => None,
            },
            _ => None,
        })
    }

    /// How long the select pauses at least, in nanoseconds: no more than one timer is made in
    /// that time.
    pub fn period(&self, own: Node<'t>, duration: Node<'t>) -> Option<i64> {
        let mut least = length(duration, self.package).filter(|_| self.pauses(own))?;
        // The two shortest: one of them is not `own`. One that is not known comes first.
        let shortest = self.package.remember_of(self.select, "time-after-in-loop: shortest", || {
            let length = |after| length(arguments(after).next()?, self.package);
            let all =
                clauses(self.select).filter_map(|clause| Some((length(waited(clause)?), clause.place())));
            let mut all: Vec<(Option<i64>, NodeId)> = all.collect();
            all.sort();
            all.truncate(2);
            all
        });
        if let Some((other, _)) = shortest.into_iter().find(|(_, clause)| *clause != own.place()) {
            least = least.min(other?);
        }
        (least > 0).then_some(least)
    }
}

/// Whether the clause takes a value that is not a request to stop, or gives one away: `case r := <-results:`.
fn is_answer(clause: Node<'_>) -> bool {
    let Some(communication) = clause.communication() else { return false };
    if communication.kind() == Kind::SendStatement {
        return true;
    }
    let takes =
        communication.left().is_some_and(|left| left.named().next().is_some_and(|it| it.text() != "_"));
    let asks = |channel: Node<'_>| tells_to_stop(channel) || speaks_of(channel.text(), &["sig", "ctx"]);
    takes && received_from(clause).is_some_and(|channel| !asks(channel) && waited(clause).is_none())
}

/// The `time.After(d)` that the clause waits for.
fn waited<'t>(clause: Node<'t>) -> Option<Node<'t>> {
    received_from(clause).filter(|channel| is_call(*channel, "time", "After"))
}

/// The number of nanoseconds, or of rounds, that `expression` always is: a constant, or a local
/// that holds one from its declaration on.
fn length<'t>(expression: Node<'t>, package: &Package) -> Option<i64> {
    integer(expression, package).or_else(|| {
        let name = unparenthesized(expression);
        match (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? {
            Def::Local(local) if is_assigned_once(local) && !has_pointer(local) => {
                integer(declared_as(local)?, package)
            }
            _ => None,
        }
    })
}

/// Whether nothing but its declaration gives the local a value.
fn is_assigned_once(local: Local<'_>) -> bool {
    scope::mentions(local).into_iter().all(|mention| mention == local.name || !is_written(mention))
}

/// Whether the way out of the loop is one that reports no failure.
fn is_success(jump: Node<'_>) -> bool {
    let given = jump.named().next().filter(|list| list.kind() == Kind::ExpressionList);
    let last = given.and_then(|list| list.named().last());
    jump.kind() == Kind::ReturnStatement && last.is_some_and(|last| matches!(last.text(), "nil" | "true"))
}

/// What is known of a counter.
#[derive(Clone, Copy)]
enum LoopCounter {
    /// It grows by one from here.
    From(i64),
    /// It has another value in each round.
    Somehow,
}

fn mirrored(operator: Kind) -> Kind {
    match operator {
        Kind::Less => Kind::Greater,
        Kind::LessOrEqual => Kind::GreaterOrEqual,
        Kind::Greater => Kind::Less,
        Kind::GreaterOrEqual => Kind::LessOrEqual,
        same => same,
    }
}

fn negated(operator: Kind) -> Kind {
    match operator {
        Kind::Equal => Kind::NotEqual,
        Kind::NotEqual => Kind::Equal,
        Kind::Less => Kind::GreaterOrEqual,
        Kind::GreaterOrEqual => Kind::Less,
        Kind::Greater => Kind::LessOrEqual,
        Kind::LessOrEqual => Kind::Greater,
        other => other,
    }
}

/// Whether a case of the select waits for a timer that it makes.
fn makes_timer(select: Node<'_>) -> bool {
    clauses(select).filter_map(received_from).any(|channel| is_call(channel, "time", "After"))
}

/// The condition of a `for` that may be false before the first round: it asks somebody, or
/// reads what is no local of the function, or a local that somebody was asked for. That a
/// context is done, or a time over, is no answer that comes at once.
fn doubtful<'t>(statement: Node<'t>, package: &Package) -> Option<Node<'t>> {
    if kind(statement, package) != Loop::Condition {
        return None;
    }
    let header = statement.named().next()?;
    let condition = if header.kind() == Kind::ForClause { header.condition()? } else { header };
    (!holds_at_first(condition, statement)).then_some(condition)
}

fn holds_at_first(expression: Node<'_>, statement: Node<'_>) -> bool {
    let of = |node: Node<'_>| holds_at_first(node, statement);
    match expression.kind() {
        Kind::CallExpression => {
            let builtin = callee(expression).is_some_and(|callee| {
                matches!(callee.text(), "len" | "cap" | "min" | "max") && callee.kind() == Kind::Identifier
            });
            is_clock(expression) || is_context_error(expression) || (builtin && arguments(expression).all(of))
        }
        Kind::SelectorExpression => package_of(expression).is_some_and(|path| path == "time"),
        Kind::UnaryExpression => {
            expression.operator().is_some_and(|it| !matches!(it.kind(), Kind::Arrow | Kind::Star))
                && expression.operand().is_some_and(of)
        }
        Kind::BinaryExpression => {
            [Field::Left, Field::Right].into_iter().filter_map(|side| expression.child_by_field(side)).all(of)
        }
        Kind::ParenthesizedExpression => of(unparenthesized(expression)),
        Kind::Identifier => match scope::resolve(expression) {
            Def::Local(local) if local.kind.is_variable() => !is_asked(local, statement),
            Def::Local(_) => true,
            _ => matches!(expression.text(), "true" | "false" | "nil"),
        },
        Kind::IndexExpression | Kind::SliceExpression | Kind::TypeAssertionExpression | Kind::FuncLiteral => {
            false
        }
        _ => expression.named().all(of),
    }
}

/// Whether the local has got the answer of a call, or of a channel, by the time that the
/// loop begins.
fn is_asked(local: Local<'_>, statement: Node<'_>) -> bool {
    let asks = |node: Node<'_>| {
        node.descend(|inner| inner.kind() != Kind::FuncLiteral).any(|inner| match inner.kind() {
            Kind::CallExpression => {
                let known = callee(inner).is_some_and(|callee| {
                    matches!(callee.text(), "len" | "cap" | "min" | "max" | "make" | "new")
                });
                !known && !is_clock(inner)
            }
            Kind::UnaryExpression => inner.operator().is_some_and(|it| it.kind() == Kind::Arrow),
            Kind::SelectorExpression | Kind::IndexExpression => {
                inner
                    .parent()
                    .is_some_and(|parent| !parent.is(&[Kind::CallExpression, Kind::SelectorExpression]))
                    && package_of(inner).is_none()
            }
            _ => false,
        })
    };
    scope::mentions(local).into_iter().any(|mention| {
        let body = statement.body();
        let early = mention.start() < statement.end() && body.is_none_or(|body| !body.holds(mention));
        let assigns = (mention == local.name || is_written(mention)) && early;
        let whole = mention.ancestors().find(|up| {
            up.is(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement, Kind::VarSpec, Kind::RangeClause])
        });
        let value = whole.and_then(|whole| whole.right().or_else(|| whole.value()));
        assigns && value.is_some_and(asks)
    })
}

/// `time.Now()`, `time.Since(start)` and the like, and what they are compared with.
fn is_clock(call: Node<'_>) -> bool {
    ["Now", "Since", "Until"].iter().any(|name| is_call(call, "time", name))
        || callee(call).and_then(|callee| callee.operand()).is_some_and(is_clock)
        || callee(call).is_some_and(|callee| {
            callee.field().is_some_and(|field| matches!(field.text(), "Before" | "After" | "Sub"))
                && arguments(call).any(is_clock)
        })
}

/// `ctx.Err()`
fn is_context_error(call: Node<'_>) -> bool {
    callee(call).is_some_and(|callee| {
        callee.field().is_some_and(|field| field.text() == "Err")
            && callee.operand().is_some_and(|operand| is_context(unparenthesized(operand)))
    })
}

/// Whether the jump is taken because somebody asked the function to stop: its context is
/// done, a channel that is called so is closed, or the channel that it reads is.
fn is_stop(jump: Node<'_>, outermost: Node<'_>) -> bool {
    let mut below = jump;
    for up in jump.ancestors().take_while(|up| *up != outermost) {
        let stops = match up.kind() {
            Kind::CommunicationCase => received_from(up).is_some_and(tells_to_stop),
            Kind::IfStatement if up.consequence() == Some(below) => {
                let condition = up.condition().map(unparenthesized);
                let context = |node: Node<'_>| node.descendants().any(is_context_error);
                condition.is_some_and(|condition| {
                    context(condition) || up.initializer().is_some_and(context) || is_closed(condition)
                })
            }
            _ => false,
        };
        if stops {
            return true;
        }
        below = up;
    }
    false
}

fn tells_to_stop(channel: Node<'_>) -> bool {
    const STEMS: &[&str] =
        &["stop", "quit", "done", "clos", "exit", "shut", "cancel", "halt", "kill", "die", "dying", "term"];
    let name = match channel.kind() {
        Kind::CallExpression => callee(channel).and_then(|callee| callee.field()),
        Kind::SelectorExpression => channel.field(),
        Kind::Identifier => Some(channel),
        _ => None,
    };
    name.is_some_and(|name| speaks_of(name.text(), STEMS))
}

/// `!ok`, for the second value of a receive.
fn is_closed(condition: Node<'_>) -> bool {
    let negated = condition.kind() == Kind::UnaryExpression
        && condition.operator().is_some_and(|operator| operator.kind() == Kind::Not);
    let name = condition.operand().filter(|name| negated && name.kind() == Kind::Identifier);
    let Some(Def::Local(local)) = name.map(scope::resolve) else { return false };
    let list = local.name.parent().filter(|list| list.named().nth(1) == Some(local.name));
    let value = list.and_then(Node::parent).and_then(|statement| statement.right());
    let receive = value.map(|value| {
        if value.kind() == Kind::ExpressionList { value.named().next().unwrap_or(value) } else { value }
    });
    receive.map(unparenthesized).is_some_and(|receive| {
        receive.kind() == Kind::UnaryExpression
            && receive.operator().is_some_and(|it| it.kind() == Kind::Arrow)
    })
}
