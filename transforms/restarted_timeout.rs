//! Warns of a timeout that starts again before it can fire.
//! ```go
//! func wait(done <-chan struct{}, look func()) error {
//! 	ticker := time.NewTicker(time.Second)
//! 	defer ticker.Stop()
//! 	for {
//! 		select {
//! 		case <-done:
//! 			return nil
//! 		case <-ticker.C:
//! 			look()
//! 		case <-time.After(5 * time.Second):
//! 			return errors.New("it takes too long")
//! 		}
//! 	}
//! }
//! ```
//! better:
//! ```go
//! func wait(done <-chan struct{}, look func()) error {
//! 	ticker := time.NewTicker(time.Second)
//! 	defer ticker.Stop()
//! 	timeout := time.After(5 * time.Second)
//! 	for {
//! 		select {
//! 		case <-done:
//! 			return nil
//! 		case <-ticker.C:
//! 			look()
//! 		case <-timeout:
//! 			return errors.New("it takes too long")
//! 		}
//! 	}
//! }
//! ```
//! # Why
//! Each entry of the select makes a new timer, which starts from nothing. A case that comes earlier
//! and goes round the loop again throws it away, so it never fires: with a tick each two milliseconds
//! a timeout of twenty had not fired after sixty, and fired in time when it was made before the loop
//! (Go 1.26).
//! # Guards
//! - `is-the-subject`, keep: the test, benchmark or example is about `After`, by its name.
//! - `never-fires`, advice: another case of the select comes in less time, and does not leave the loop.
//! - `fires-when-shorter`, advice: which of the two takes longer is not known here, as a parameter or a setting
//!   gives one of them: a timeout that is longer than the period of the other case never fires.
//! # Known limits
//! The ticker has to be a local of the function that nothing resets. A duration counts as known when this package
//! declares or writes it as a constant, or as a variable that nothing else writes. Where one is not known, the case of
//! the timeout has to leave the loop, and no call, no field that the function writes and no variable that
//! the loop writes may stand in either: what is left until a deadline is another time in each iteration. Where the time
//! since something happened is meant, that has to be measured: the other case would have to leave the timer alone.

use crate::model::constant::{integer, known_integer};
use crate::model::imports::{arguments, callee, is_call, package_of, unparenthesized};
use crate::model::locals::{declared_as, has_pointer, is_written};
use crate::model::package::Package;
use crate::model::rounds::{clauses, comes_back, leaves, loops, received_from, waiting};
use crate::model::scope::{self, Def};
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node, NodeId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Warns of `time.After(long)` beside a case that comes earlier.
pub struct RestartedTimeout;

/// A timer in a select of a loop, and the case that comes before it fires.
pub struct RestartedTimeoutSite<'t> {
    call: Node<'t>,
    select: Node<'t>,
    earlier: Node<'t>,
    /// The period of that case, where it is not known to be the shorter one.
    period: Option<Node<'t>>,
}

/// The clauses of a select that stay in the loop, of those that are worth a comparison.
#[derive(Default)]
struct Periods {
    /// With periods that are known: each that is shorter than all before it.
    shorter: Vec<(NodeId, i64)>,
    /// The first ones, with their periods as they are written.
    written: Vec<(NodeId, NodeId)>,
}

/// How many periods that are not known are compared. Two would do where none is a part of the timeout.
const COMPARED: usize = 8;

impl Periods {
    fn of(select: Node<'_>, package: &Package) -> Periods {
        let mut found = Periods::default();
        for clause in clauses(select) {
            let Some(period) = received_from(clause).and_then(|channel| period(channel, package)) else {
                continue;
            };
            let known = known_integer(period, package);
            let is_shorter = |period: &i64| found.shorter.last().is_none_or(|(_, last)| period < last);
            let is_new = found.written.len() < COMPARED;
            let shorter = known.filter(is_shorter);
            if (is_new || shorter.is_some()) && !leaves(clause, package) {
                found.shorter.extend(shorter.map(|period| (clause.place(), period)));
                found.written.extend(is_new.then(|| (clause.place(), period.place())));
            }
        }
        found
    }
}

impl Transform for RestartedTimeout {
    type Site<'t> = RestartedTimeoutSite<'t>;
    const META: Meta = Meta {
        id: "restarted-timeout",
        title: "make the timeout before the loop",
        group: Group::Timers,
        seeds: &["SRC 3"],
        triggers: &[Symbol { path: "time", name: "After" }],
        within: &["select"],
        guards: &["is-the-subject", "never-fires", "fires-when-shorter"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<RestartedTimeoutSite<'t>> {
        let package = cx.package();
        let call = mention.parent().filter(|call| is_call(*call, "time", "After"))?;
        let select = waiting(call)?;
        let outermost = loops(select).last()?;
        let duration = arguments(call).next()?;
        let periods = package
            .remember_of(select, "restarted-timeout: periods", || Arc::new(Periods::of(select, package)));
        let known = known_integer(duration, package);
        let shorter = known.and_then(|long| periods.shorter.iter().find(|(_, period)| *period < long));
        let written = || {
            let written = periods.written.iter();
            written
                .map(|(clause, period)| (select.at(*clause), select.at(*period)))
                .filter(|(clause, _)| !clause.holds(call))
        };
        let part = || written().find(|(_, period)| is_multiple(duration, *period, package));
        let (earlier, period) =
            match shorter.map(|(clause, _)| select.at(*clause)).or_else(|| Some(part()?.0)) {
                Some(earlier) => (earlier, None),
                None => {
                    let own = call.ancestors().find(|up| up.parent() == Some(select))?;
                    let unknown =
                        |period: Node<'t>| known.is_none() || known_integer(period, package).is_none();
                    let (earlier, period) = written().find(|(_, period)| {
                        unknown(*period)
                            && period.text() != duration.text()
                            && [*period, duration].iter().all(|length| stays(*length, outermost))
                    })?;
                    leaves(own, package).then_some((earlier, Some(period)))?
                }
            };
        comes_back(select, package).then_some(RestartedTimeoutSite { call, select, earlier, period })
    }

    fn judge<'t>(site: &RestartedTimeoutSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_of_time_after(site.call), "is-the-subject")
            .named(if site.period.is_some() { "fires-when-shorter" } else { "never-fires" })
    }

    fn diagnose<'t>(site: &RestartedTimeoutSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let communication = site.earlier.communication().unwrap_or(site.earlier);
        let shown = communication.text().lines().next().unwrap_or_default();
        let line = site.earlier.line();
        let (message, comes) = match site.period {
            None => (
                format!("this timeout never fires: `case {shown}` comes earlier and starts it again"),
                format!("line {line} comes before it is over and does not leave the loop"),
            ),
            Some(period) => (
                format!("this timeout never fires when it is longer than `{}`", period.text()),
                format!("`case {shown}` on line {line} comes after that time and does not leave the loop"),
            ),
        };
        Diagnostic {
            span: site.call.span(),
            message,
            why: format!(
                "each entry of the select makes a new timer, and {comes}; for a limit on the whole, make the channel \
                 before the loop"
            ),
            severity: Severity::Warning,
            labels: vec![
                (site.earlier.span(), "comes earlier".to_owned()),
                (site.select.span(), "this select".to_owned()),
            ],
        }
    }
}

/// Whether `duration` is `period` several times: `5 * every`.
fn is_multiple(duration: Node<'_>, period: Node<'_>, package: &Package) -> bool {
    let duration = unparenthesized(duration);
    let (Some(left), Some(operator), Some(right)) = (duration.left(), duration.operator(), duration.right())
    else {
        return false;
    };
    let whole = |factor: Node<'_>| integer(factor, package).is_some_and(|factor| factor > 1);
    let same = |side: Node<'_>| unparenthesized(side).text() == unparenthesized(period).text();
    let plain = unparenthesized(period).descendants().all(|node| node.kind() != Kind::CallExpression);
    operator.kind() == Kind::Star && plain && (same(left) && whole(right) || whole(left) && same(right))
}

/// Whether the length is the same in each iteration of the loop `around`, as far as its names tell.
fn stays(length: Node<'_>, around: Node<'_>) -> bool {
    let assigned = |field: &str| {
        let written = around.remember("restarted-timeout: written fields", || {
            let targets = around
                .descendants()
                .filter(|node| node.kind() == Kind::SelectorExpression && is_written(*node));
            let names = targets.filter_map(|target| target.field()).map(|name| name.text().to_owned());
            Arc::new(names.collect::<BTreeSet<String>>())
        });
        written.contains(field)
    };
    length.descendants().all(|node| match node.kind() {
        Kind::Identifier => match scope::resolve(node) {
            Def::Local(local) => {
                let outside = !around.holds(local.name);
                let written = |mention: Node<'_>| mention != local.name && is_written(mention);
                let inside = |mention: &Node<'_>| around.holds(*mention);
                outside
                    && !has_pointer(local)
                    && !scope::mentions(local).into_iter().filter(inside).any(written)
                    && declared_as(local).is_none_or(|value| !is_left_time(value))
            }
            _ => true,
        },
        Kind::SelectorExpression => {
            package_of(node).is_some() || node.field().is_some_and(|name| !assigned(name.text()))
        }
        Kind::CallExpression => callee(node).is_some_and(|called| {
            is_call(node, "time", "Duration") || matches!(called.text(), "int" | "int64" | "float64")
        }),
        Kind::UnaryExpression | Kind::IndexExpression | Kind::TypeAssertionExpression => false,
        _ => true,
    })
}

/// Whether the value is what is left until a moment.
fn is_left_time(value: Node<'_>) -> bool {
    value.descendants().any(|node| is_call(node, "time", "Until") || is_call(node, "time", "Since"))
}

/// The time after which `channel` gives a value: of `time.After`, `time.Tick`, or a ticker or such a channel in a
/// local that nothing else writes.
fn period<'t>(channel: Node<'t>, package: &Package) -> Option<Node<'t>> {
    let of = |call: Node<'t>| {
        arguments(call)
            .next()
            .filter(|length| known_integer(*length, package).is_none_or(|length| length > 0))
    };
    match channel.kind() {
        Kind::CallExpression if is_call(channel, "time", "After") || is_call(channel, "time", "Tick") => {
            of(channel)
        }
        Kind::Identifier => {
            let kept =
                |mention: Node<'_>| mention.parent().is_none_or(|parent| parent.kind() != Kind::ArgumentList);
            let made = made(channel, "restarted-timeout: channel is kept", kept)?;
            is_call(made, "time", "Tick").then(|| of(made))?
        }
        Kind::SelectorExpression if channel.field()?.text() == "C" => {
            let operand = unparenthesized(channel.operand()?);
            if is_call(operand, "time", "NewTicker") {
                return of(operand);
            }
            let untouched = |mention: Node<'_>| {
                let selector = mention.parent().filter(|parent| parent.kind() == Kind::SelectorExpression);
                selector.and_then(|it| it.field()).is_some_and(|field| matches!(field.text(), "C" | "Stop"))
            };
            let made = made(operand, "restarted-timeout: ticker is untouched", untouched)?;
            is_call(made, "time", "NewTicker").then(|| of(made))?
        }
        _ => None,
    }
}

/// What the local `name` was declared as, where nothing writes it again and each mention is
/// `harmless`; `question` is the name of that.
fn made<'t>(name: Node<'t>, question: &'static str, harmless: impl Fn(Node<'t>) -> bool) -> Option<Node<'t>> {
    let Def::Local(local) = (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? else {
        return None;
    };
    let alone = || {
        let others = scope::mentions(local).into_iter().filter(|mention| *mention != local.name);
        others.into_iter().all(|mention| !is_written(mention) && harmless(mention))
    };
    if has_pointer(local) || !local.name.remember(question, alone) {
        return None;
    }
    declared_as(local).map(unparenthesized)
}
