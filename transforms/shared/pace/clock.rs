//! Code that the clock lets run again only after some time: behind a comparison of times, or
//! in the case of a select that a ticker leads to.

use super::ticks::{Pace, receives};
use crate::model::constant;
use crate::model::effects::function_of;
use crate::model::fields::spelled;
use crate::model::flow;
use crate::model::imports::{arguments, callee, is_call, parenthesized, unparenthesized};
use crate::model::package::Package;
use crate::model::recording::first_value;
use crate::model::scope::{self, Def};
use crate::syntax::{Kind, Node};

/// Units of numbers that times give, in nanoseconds.
const UNITS: &[(&str, i64)] = &[
    ("Unix", 1_000_000_000),
    ("UnixMilli", 1_000_000),
    ("UnixMicro", 1_000),
    ("UnixNano", 1),
    ("Hours", 3_600_000_000_000),
    ("Minutes", 60_000_000_000),
    ("Seconds", 1_000_000_000),
    ("Milliseconds", 1_000_000),
    ("Microseconds", 1_000),
    ("Nanoseconds", 1),
];

/// What lets control come to `node` only once in a time.
pub fn gate<'t>(node: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let clock = Clock { function: function_of(node)?, package };
    let mut below = node;
    for up in node.ancestors().take_while(|up| *up != clock.function) {
        let found = match up.kind() {
            Kind::IfStatement => {
                let holds = up.consequence() == Some(below);
                let other = up.alternative() == Some(below);
                up.condition().filter(|_| holds || other).and_then(|it| clock.passes(it, holds))
            }
            Kind::ExpressionCase => {
                let plain = up.parent().is_some_and(|switch| switch.value().is_none());
                let mut conditions = up.value().into_iter().flat_map(Node::named);
                let only = conditions.next().filter(|_| plain && conditions.next().is_none());
                only.and_then(|it| clock.passes(it, true))
            }
            Kind::CommunicationCase => up
                .communication()
                .filter(|it| *it != below)
                .and_then(|it| it.descendants().find_map(|inner| receives(inner, package))),
            Kind::StatementList => std::iter::successors(below.previous_named(), |at| at.previous_named())
                .find_map(|earlier| clock.turns_back(earlier)),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        below = up;
    }
    None
}

struct Clock<'a, 't> {
    function: Node<'t>,
    package: &'a Package,
}

impl<'t> Clock<'_, 't> {
    /// `if time.Since(last) < gap { return }`
    fn turns_back(&self, statement: Node<'t>) -> Option<Pace<'t>> {
        let condition = statement.condition().filter(|_| statement.kind() == Kind::IfStatement)?;
        let consequence = statement.consequence().filter(|_| statement.alternative().is_none())?;
        (!flow::exits(consequence, self.package).falls).then(|| self.passes(condition, false))?
    }

    /// The time that has to go by until `condition` is `wanted` again.
    fn passes(&self, condition: Node<'t>, wanted: bool) -> Option<Pace<'t>> {
        let condition = unparenthesized(condition);
        match condition.kind() {
            Kind::UnaryExpression if condition.operator()?.kind() == Kind::Not => {
                self.passes(condition.operand()?, !wanted)
            }
            Kind::BinaryExpression => {
                let (left, right) = (condition.left()?, condition.right()?);
                match condition.operator()?.text() {
                    operator @ ("&&" | "||") => {
                        // Both are wanted, or one is enough: then the other only holds at first.
                        let both = (operator == "&&") == wanted;
                        let one = |one: Node<'t>, other: Node<'t>| {
                            self.passes(one, wanted).filter(|_| both || is_beginning(other, wanted))
                        };
                        one(left, right).or_else(|| one(right, left))
                    }
                    ">" | ">=" => self.compared(left, right, wanted, condition),
                    "<" | "<=" => self.compared(right, left, wanted, condition),
                    _ => None,
                }
            }
            Kind::CallExpression => {
                let called = callee(condition)?;
                let (of, other) = (called.operand()?, arguments(condition).next()?);
                match called.field()?.text() {
                    "After" => self.reached(of, other, wanted, condition),
                    "Before" => self.reached(other, of, wanted, condition),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `larger > smaller`
    fn compared(&self, larger: Node<'t>, smaller: Node<'t>, wanted: bool, at: Node<'t>) -> Option<Pace<'t>> {
        let (larger, smaller) = (unparenthesized(larger), unparenthesized(smaller));
        // `time.Until(next) <= 0`
        let until = if wanted { smaller } else { larger };
        if is_call(until, "time", "Until") {
            return self.next(arguments(until).next()?, 1, at);
        }
        let (elapsed, gap) = if wanted { (larger, smaller) } else { (smaller, larger) };
        if let Some((mark, unit)) = self.elapsed(elapsed) {
            return self.is_renewed(mark).then(|| Pace {
                at,
                length: constant::known_integer(gap, self.package).and_then(|count| count.checked_mul(unit)),
            });
        }
        self.next(gap, self.unit(elapsed)?, at)
    }

    /// The mark from which a length of time is measured, and the unit of that.
    fn elapsed(&self, length: Node<'t>) -> Option<(Node<'t>, i64)> {
        let length = self.value(unparenthesized(length));
        if is_call(length, "time", "Since") {
            return Some((arguments(length).next()?, 1));
        }
        if length.kind() == Kind::BinaryExpression && length.operator()?.text() == "-" {
            return Some((length.right()?, self.unit(length.left()?)?));
        }
        let called = callee(length)?;
        let (name, of) = (called.field()?.text(), called.operand()?);
        if name == "Sub" {
            return Some((arguments(length).next()?, 1));
        }
        let unit = UNITS.iter().find(|(known, _)| *known == name && !name.starts_with("Unix"))?.1;
        Some((self.elapsed(of)?.0, unit))
    }

    /// `now` has reached `next`, or, where that is not `wanted`, the other way round.
    fn reached(&self, now: Node<'t>, next: Node<'t>, wanted: bool, at: Node<'t>) -> Option<Pace<'t>> {
        self.next(if wanted { next } else { now }, 1, at)
    }

    /// The time between two values of the mark `next`, which is set anew: `last.Add(gap)`, or
    /// what is set to `now.Add(gap)`. A number counts so many nanoseconds.
    fn next(&self, next: Node<'t>, unit: i64, at: Node<'t>) -> Option<Pace<'t>> {
        let next = unparenthesized(next);
        let known = |gap: Node<'t>| constant::known_integer(gap, self.package)?.checked_mul(unit);
        if let Some((mark, gap)) = moved(next) {
            return self.is_renewed(mark).then(|| Pace { at, length: known(gap) });
        }
        if self.is_now(next) || !self.is_renewed(next) {
            return None;
        }
        let lengths: Vec<Option<i64>> = self
            .settings(next)
            .map(|value| moved(self.value(value)).and_then(|(_, gap)| known(gap)))
            .collect();
        let shortest = lengths.iter().copied().min().flatten();
        Some(Pace { at, length: shortest })
    }

    /// The unit of a number that a time gives: `now.Unix()`, or a variable that holds it.
    fn unit(&self, number: Node<'t>) -> Option<i64> {
        let called = callee(self.value(unparenthesized(number)))?;
        let name = called.field()?.text();
        UNITS.iter().find(|(known, _)| *known == name && name.starts_with("Unix")).map(|(_, unit)| *unit)
    }

    fn is_now(&self, time: Node<'t>) -> bool {
        is_call(self.value(time), "time", "Now")
    }

    /// What a variable of the function was made with, else the expression itself.
    fn value(&self, expression: Node<'t>) -> Node<'t> {
        let Def::Local(local) = scope::resolve(expression) else { return expression };
        let plain = expression.kind() == Kind::Identifier;
        first_value(local).filter(|_| plain).map_or(expression, unparenthesized)
    }

    /// What the function assigns to `mark`.
    fn settings(&self, mark: Node<'t>) -> impl Iterator<Item = Node<'t>> {
        let assignments = self.function.descendants().filter(|it| it.kind() == Kind::AssignmentStatement);
        assignments.filter_map(move |assignment| {
            let at = assignment.left()?.named().position(|left| left.text() == mark.text())?;
            assignment.right()?.named().nth(at)
        })
    }

    /// Whether something sets the mark, or a part of the expression that it is, anew: else the
    /// condition holds for good once it holds.
    fn is_renewed(&self, mark: Node<'t>) -> bool {
        const SETTERS: &[&str] = &["Store", "Swap", "CompareAndSwap", "Set", "Add"];
        let parts = || {
            let names = mark.descendants().chain(self.value(mark).descendants());
            names.filter(|part| part.is(&[Kind::Identifier, Kind::SelectorExpression]))
        };
        let is_part = |node: Node<'t>| parts().any(|part| part.text() == node.text());
        let sets = |node: Node<'t>| match node.kind() {
            Kind::AssignmentStatement => node.left().is_some_and(|left| left.named().any(is_part)),
            Kind::CallExpression => callee(node).is_some_and(|called| {
                let name = called.field().map_or("", Node::text);
                let method = SETTERS.contains(&name) && called.operand().is_some_and(is_part);
                // `atomic.StoreInt64(&last, now)`
                let function = SETTERS.iter().any(|setter| name.starts_with(setter));
                let address = arguments(node).next().filter(|it| it.text().starts_with('&'));
                let ours = || address.and_then(Node::operand).is_some_and(is_part);
                !mark.holds(node) && (method || (function && ours()))
            }),
            _ => false,
        };
        // A field is set by another method perhaps.
        let elsewhere = |part: Node<'t>| {
            let name = part.field().unwrap_or(part);
            let kept = part.kind() == Kind::SelectorExpression
                || matches!(scope::resolve(part), Def::TopLevel(_) | Def::Outside);
            kept && spelled(name.text(), self.package).is_ok_and(|places| {
                places.into_iter().any(|place| {
                    let selector = place.parent().filter(|up| up.field() == Some(place));
                    if selector.is_some() != part.field().is_some() {
                        return false;
                    }
                    let whole = selector.unwrap_or(place);
                    let up = parenthesized(whole).parent();
                    let list = up.filter(|up| up.kind() == Kind::ExpressionList);
                    list.and_then(|list| Some((list, list.parent()?))).is_some_and(|(list, owner)| {
                        owner.kind() == Kind::AssignmentStatement && owner.left() == Some(list)
                    })
                })
            })
        };
        self.function.descendants().any(sets) || parts().any(elsewhere)
    }
}

/// `t` and `gap` of `t.Add(gap)` or `t + gap`.
fn moved<'t>(time: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
    if time.kind() == Kind::BinaryExpression {
        return (time.operator()?.text() == "+").then_some((time.left()?, time.right()?));
    }
    let called = callee(time)?;
    (called.field()?.text() == "Add").then_some(())?;
    Some((called.operand()?, arguments(time).next()?))
}

/// Whether the condition is `wanted` only before the first time: `last.IsZero()`, `last == 0`,
/// `snapshot == nil`.
fn is_beginning(condition: Node<'_>, wanted: bool) -> bool {
    let condition = unparenthesized(condition);
    let operator = condition.operator().map_or("", Node::text);
    match condition.kind() {
        Kind::UnaryExpression if operator == "!" => {
            condition.operand().is_some_and(|inner| is_beginning(inner, !wanted))
        }
        Kind::BinaryExpression if matches!(operator, "==" | "!=") => {
            let empty = |side: Option<Node<'_>>| {
                side.is_some_and(|side| side.kind() == Kind::Nil || matches!(side.text(), "0" | "nil"))
            };
            (operator == "==") == wanted && (empty(condition.left()) || empty(condition.right()))
        }
        Kind::CallExpression => {
            wanted && callee(condition).and_then(Node::field).is_some_and(|name| name.text() == "IsZero")
        }
        _ => false,
    }
}
