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
//! # Known limits
//! Both durations have to be constants that this package declares or writes, and the ticker a local
//! of the function that nothing resets. Where the time since something happened is meant, that has to
//! be measured: the other case would have to leave the timer alone.

use crate::model::constant::integer;
use crate::model::imports::{arguments, is_call, unparenthesized};
use crate::model::locals::{declared_as, has_pointer, is_written};
use crate::model::package::Package;
use crate::model::rounds::{clauses, comes_back, leaves, loops, received_from, waiting};
use crate::model::scope::{self, Def};
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node, NodeId};
use std::sync::Arc;

/// Warns of `time.After(long)` beside a case that comes earlier.
pub struct RestartedTimeout;

/// A timer in a select of a loop, and the case that comes before it fires.
pub struct RestartedTimeoutSite<'t> {
    call: Node<'t>,
    select: Node<'t>,
    earlier: Node<'t>,
}

/// The clauses of a select that stay in the loop, with their periods: each that is shorter than
/// all before it.
fn periods(select: Node<'_>, cx: &Cx<'_>) -> Arc<[(NodeId, i64)]> {
    let mut shorter: Vec<(NodeId, i64)> = Vec::new();
    for clause in clauses(select) {
        let period = received_from(clause).and_then(|channel| period(channel, cx.package()));
        let is_shorter = |period: &i64| shorter.last().is_none_or(|(_, last)| period < last);
        if let Some(period) = period.filter(is_shorter)
            && !leaves(clause, cx.package())
        {
            shorter.push((clause.place(), period));
        }
    }
    shorter.into()
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
        guards: &["is-the-subject", "never-fires"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<RestartedTimeoutSite<'t>> {
        let call = mention.parent().filter(|call| is_call(*call, "time", "After"))?;
        let select = waiting(call)?;
        loops(select).next()?;
        let long = integer(arguments(call).next()?, cx.package())?;
        let periods = cx.package().remember_of(select, "restarted-timeout: periods", || periods(select, cx));
        let (earlier, _) = periods.iter().find(|(_, period)| *period < long)?;
        let earlier = select.at(*earlier);
        comes_back(select, cx.package()).then_some(RestartedTimeoutSite { call, select, earlier })
    }

    fn judge<'t>(site: &RestartedTimeoutSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_of_time_after(site.call), "is-the-subject")
            .named("never-fires")
    }

    fn diagnose<'t>(site: &RestartedTimeoutSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let communication = site.earlier.communication().unwrap_or(site.earlier);
        let shown = communication.text().lines().next().unwrap_or_default();
        Diagnostic {
            span: site.call.span(),
            message: format!("this timeout never fires: `case {shown}` comes earlier and starts it again"),
            why: format!(
                "each entry of the select makes a new timer, and line {} comes before it is over and does \
                 not leave the loop; for a limit on the whole, make the channel before the loop",
                site.earlier.line()
            ),
            severity: Severity::Warning,
            labels: vec![
                (site.earlier.span(), "comes earlier".to_owned()),
                (site.select.span(), "this select".to_owned()),
            ],
        }
    }
}

/// The constant time after which `channel` gives a value, in nanoseconds: of `time.After`,
/// `time.Tick`, or a ticker or such a channel in a local that nothing else writes.
fn period(channel: Node<'_>, package: &Package) -> Option<i64> {
    let of = |call: Node<'_>| integer(arguments(call).next()?, package).filter(|length| *length > 0);
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
