//! Makes one timer before the loop where `time.After` makes one at each turn.
//! ```go
//! func drain(jobs <-chan int, idle time.Duration) (sum int) {
//! 	for {
//! 		select {
//! 		case job := <-jobs:
//! 			sum += job
//! 		case <-time.After(idle):
//! 			return sum
//! 		}
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func drain(jobs <-chan int, idle time.Duration) (sum int) {
//! 	timer := time.NewTimer(idle)
//! 	defer timer.Stop()
//! 	for {
//! 		timer.Reset(idle)
//! 		select {
//! 		case job := <-jobs:
//! 			sum += job
//! 		case <-timer.C:
//! 			return sum
//! 		}
//! 	}
//! }
//! ```
//! # Why
//! Each turn allocates a timer and a channel: 535 ns, 248 B and 3 allocations, where a
//! `Reset` before the select takes 167 ns and allocates nothing (Go 1.26). From Go 1.23
//! on that is all: a timer that nobody waits for is collected like anything else. Before
//! Go 1.23, or with `asynctimerchan=1`, each one stays in memory until it fires: 200,000
//! of an hour each kept 53 MB.
//! # Safe
//! With the timers of Go 1.23 a `Reset` throws away what an earlier round left in the
//! channel, so `Reset(d)` right before the select does what a new timer did: the wait is
//! measured from the same moment, whichever `continue`, label or case led there, and
//! `d` is evaluated once for each round, so that it may change between rounds.
//!
//! What moves is the order within one entry of the select: `d` is evaluated and the timer
//! started before the operands of the cases above, no longer behind them. The operands of
//! the cases below came later all along. So the operands above must take no time and do
//! nothing: variables, fields, the `Done()` of a context (of type `context.Context`, or
//! called so), a method without arguments called `Done` or `...Notify` of a type of another
//! package, and functions of the package that only return such a thing.
//!
//! The timer belongs to the function or function literal that holds the select, so each
//! call has its own, and it is made before all loops of that function, so `defer` runs
//! once. A constant or a local that nothing else writes is its first duration; anything
//! else is not evaluated there, because the loop may not run at all, nor is what a comment
//! or a line break divides. A timer that the
//! function has already, and that it resets before each select that waits for it, serves
//! this select too, unless it waits for that timer itself.
//! # Unsafe
//! With the timers of before Go 1.23 a timer may only be reset when it is stopped and its
//! channel empty. It is so before the loop, and every other case begins by stopping it
//! and receiving what it may have sent; its own case has received that already. This
//! holds under `asynctimerchan=1` and `asynctimerchan=0` alike, but it asks of whoever
//! edits the loop next to keep it up.
//! # Guards
//! - `is-the-subject`, keep: the test, benchmark or example is about `After`, by its name.
//! - `goto`, keep: a `goto` would jump over the declaration, make it again and again, or
//!   reach the select without the `Reset`.
//! - `not-nameable`, keep: `NewTimer` would mean something else before the loop, because a
//!   name nearer by hides the package.
//! - `operand-waits`, keep: an operand of a case above receives from a channel, and that
//!   wait would count as part of the timeout.
//! - `operand-changes`, keep: the duration has a call, and an operand of a case above is a
//!   variable that the call may write.
//! - `stored`, advice: the channel is kept in a variable, which may be nil or outlive the
//!   turn, so only its author can say when the timer is to be reset.
//! - `operand-calls`, unsafe: an operand of a case above calls a function, whose time would
//!   count as part of the timeout.
//! - `evaluation-order`, unsafe: the duration has a call, or can panic, and would be
//!   evaluated before an operand of a case above that may depend on it.
//! - `old-timers`, unsafe: the program may run with the timers of before Go 1.23.
//! # Known limits
//! A loop that is left in its first turn is no finding, nor is a channel that is made
//! before the loop, passed on or returned. A loop made of `goto` alone is not seen as one.

mod order;
mod reuse;

use crate::model::constant::unit;
use crate::model::effects::is_constant;
use crate::model::imports::{arguments, is_call, parenthesized, unparenthesized};
use crate::model::locals::{has_pointer, is_written};
use crate::model::module::Timers;
use crate::model::rounds::{clauses, comes_back, gotos, labeled, loops};
use crate::model::scope::{self, Def, LocalKind};
use crate::rewrite::{Cx, Fix, Group, Level, Meta, Severity, Symbol, Telling, Transform, Verdict};
use crate::syntax::Node;
use order::Order;

/// Replaces `case <-time.After(d)` in a loop by one timer that is reset.
pub struct TimeAfterInLoop;

/// `time.After(d)` that a loop evaluates again and again.
pub struct Site<'t> {
    call: Node<'t>,
    duration: Node<'t>,
    role: Role<'t>,
}

enum Role<'t> {
    /// `case <-time.After(d):`
    Case { case: Node<'t>, select: Node<'t>, innermost: Node<'t>, outermost: Node<'t> },
    /// `name = time.After(d)`
    Stored { name: Node<'t> },
}

impl Transform for TimeAfterInLoop {
    type Site<'t> = Site<'t>;
    const META: Meta = Meta {
        id: "time-after-in-loop",
        title: "reuse one timer",
        group: Group::Timers,
        seeds: &["SRC 3"],
        best: Level::Safe,
        triggers: &[Symbol { path: "time", name: "After" }],
        guards: &[
            "is-the-subject",
            "goto",
            "not-nameable",
            "operand-waits",
            "operand-changes",
            "stored",
            "operand-calls",
            "evaluation-order",
            "old-timers",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<Site<'t>> {
        let call = mention.parent().filter(|call| call.field("function") == Some(mention))?;
        let mut given = arguments(call);
        let (Some(duration), None) = (given.next(), given.next()) else { return None };
        let role = case_of(call, cx).or_else(|| stored(call, cx))?;
        Some(Site { call, duration, role })
    }

    fn judge<'t>(site: &Site<'t>, cx: &Cx<'t>) -> Verdict {
        let Role::Case { case, select, outermost, .. } = site.role else {
            return Verdict::of(Level::Safe).lower_if(true, Level::Advice, "stored");
        };
        let order = Order::of(select, case, site.duration, cx.package());
        let old = match cx.around.timers() {
            Timers::Synchronous => None,
            Timers::Asynchronous(reason) => Some(reason),
        };
        Verdict::of(Level::Safe)
            .keep_for(cx.test_of(site.call, "after"), "is-the-subject")
            .keep_for(goto_in_the_way(labeled(outermost), labeled(select)), "goto")
            .keep_if(cx.qualified("time", "NewTimer", labeled(outermost)).is_none(), "not-nameable")
            .keep_for(order.waits(), "operand-waits")
            .keep_for(order.changes(), "operand-changes")
            .lower_for(order.calls(), Level::Unsafe, "operand-calls")
            .lower_for(order.unclear(), Level::Unsafe, "evaluation-order")
            .lower_for(old, Level::Unsafe, "old-timers")
    }

    fn tell<'t>(site: &Site<'t>, _: &Verdict, cx: &Cx<'t>) -> Telling {
        let synchronous = cx.around.timers() == Timers::Synchronous;
        let cost = if synchronous {
            "an allocation, no leak: each turn costs 248 B in 3 allocations (measured with Go 1.26), \
             which a timer made once and reset does without"
        } else {
            "with the timers of before Go 1.23 each one stays in memory until it fires, however soon the \
             select moves on: 200,000 of an hour each kept 53 MB"
        };
        let (message, why, labels) = match site.role {
            Role::Case { select, innermost, .. } => (
                "`time.After` in a loop makes a new timer at each turn".to_owned(),
                cost.to_owned(),
                vec![(innermost.span(), "this loop".to_owned()), (select.span(), "this select".to_owned())],
            ),
            Role::Stored { name } => {
                let name = name.text();
                let loop_around = loops(site.call).next().map(Node::span);
                (
                    format!("`time.After` in a loop makes a new timer each time `{name}` is assigned"),
                    format!(
                        "{cost}; whether `{name}` is nil and how long it lives decide what the select \
                         waits for, so reset one `time.Timer` by hand where it is assigned now"
                    ),
                    loop_around.map(|span| (span, "this loop".to_owned())).into_iter().collect(),
                )
            }
        };
        let severity = if synchronous { Severity::Note } else { Severity::Warning };
        Telling { span: site.call.span(), message, why, severity, labels }
    }

    fn rewrite<'t>(site: &Site<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Role::Case { case, select, outermost, .. } = site.role else { return };
        let (before, select) = (labeled(outermost), labeled(select));
        let given = site.call.field("arguments").map_or("", Node::text);
        let Some(new_timer) = cx.qualified("time", "NewTimer", before) else { return };
        fix.claim(site.call);
        let synchronous = cx.around.timers() == Timers::Synchronous;
        if let Some(timer) = reuse::timer(before, select).filter(|_| synchronous) {
            fix.insert_before(select, &[format!("{timer}.Reset{given}")]);
            fix.replace_node(site.call, format!("{timer}.C"));
            return;
        }
        let timer = cx.fresh_name(&["timer", "timeout"], before);
        let is_first = is_plain(site.duration) && is_known_early(site.duration, before, cx);
        let first = if is_first { site.duration.text() } else { "0" };
        let mut lines = vec![format!("{timer} := {new_timer}({first})")];
        let drain = drain(&timer);
        if !synchronous {
            lines.extend(drain.clone());
            let cases = reuse::waiting(site.call).into_iter().flat_map(clauses);
            for other in cases.filter(|clause| *clause != case) {
                fix.insert_first(other, &drain);
            }
        }
        lines.push(format!("defer {timer}.Stop()"));
        fix.insert_before(before, &lines);
        fix.insert_before(select, &[format!("{timer}.Reset{given}")]);
        fix.replace_node(site.call, format!("{timer}.C"));
    }
}

/// `case <-time.After(d)`, `case t := <-time.After(d)` and the like.
fn case_of<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Role<'t>> {
    let select = reuse::waiting(call)?;
    let case = clauses(select).find(|clause| clause.holds(call))?;
    let innermost = loops(select).next()?;
    let outermost = loops(select).last()?;
    comes_back(select, cx.package()).then_some(Role::Case { case, select, innermost, outermost })
}

/// `name = time.After(d)` for a local that a select of the same loop receives
/// from. In a loop further in it would be a deadline that the author wanted.
fn stored<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Role<'t>> {
    let value = parenthesized(call);
    let list = value.parent().filter(|list| list.kind() == "expression_list")?;
    let statement = list.parent()?;
    let place = list.named().position(|given| given == value)?;
    let name = match list.field_name()? {
        "right" => statement.field("left")?.named().nth(place)?,
        "value" => statement.fields("name").nth(place)?,
        _ => return None,
    };
    let own = loops(statement).next()?;
    let Def::Local(local) = (name.kind() == "identifier").then(|| scope::resolve(name))? else { return None };
    let is_waited_for = scope::mentions(local)
        .into_iter()
        .any(|mention| reuse::waiting(mention).is_some() && loops(mention).next() == Some(own));
    let whole = statement.ancestors().find(|node| node.kind() == "var_declaration").unwrap_or(statement);
    (is_waited_for && comes_back(whole, cx.package())).then_some(Role::Stored { name })
}

/// A `goto` that passes the new declaration in either direction, or enters the
/// select below its `Reset`. Behind a label of the loop the timer stays as it is.
fn goto_in_the_way(before: Node<'_>, select: Node<'_>) -> Option<String> {
    let at = before.start();
    gotos(before).into_iter().find_map(|(jump, target)| {
        let over = jump.start() < at && target.start() >= at;
        let again = target.start() < at && jump.start() >= at;
        let enters = select.holds(target) && target.end() == select.end();
        (over || again || enters).then(|| format!("`{}` on line {}", jump.text(), jump.line()))
    })
}

/// `if !timer.Stop() { <-timer.C }`, for a timer from whose channel nothing was
/// received since its last `Reset`.
fn drain(timer: &str) -> [String; 3] {
    [format!("if !{timer}.Stop() {{"), format!("\t<-{timer}.C"), "}".to_owned()]
}

/// Whether the text of the duration can stand a second time, at any depth: a
/// comment would be said twice, and a second line keeps its old indentation.
fn is_plain(duration: Node<'_>) -> bool {
    !duration.text().contains('\n') && duration.descendants().all(|node| node.kind() != "comment")
}

/// Whether the duration means the same before the loop, and evaluating it there
/// once more does nothing and touches nothing that another goroutine may write.
fn is_known_early(duration: Node<'_>, before: Node<'_>, cx: &Cx<'_>) -> bool {
    let known = |field| duration.field(field).is_some_and(|part| is_known_early(part, before, cx));
    match duration.kind() {
        "int_literal" | "float_literal" | "rune_literal" => true,
        "parenthesized_expression" => is_known_early(unparenthesized(duration), before, cx),
        "unary_expression" => {
            duration.field("operator").is_some_and(|op| matches!(op.kind(), "+" | "-" | "^"))
                && known("operand")
        }
        "binary_expression" => cx.effects(duration).is_pure() && known("left") && known("right"),
        "call_expression" => {
            is_call(duration, "time", "Duration")
                && arguments(duration).all(|argument| is_known_early(argument, before, cx))
        }
        "selector_expression" => unit(duration).is_some(),
        "identifier" => match scope::resolve(duration) {
            Def::Local(local) => {
                let writes = || scope::mentions(local).into_iter().filter(|mention| is_written(*mention));
                let by = |mention| crate::model::effects::function_of(mention);
                scope::resolve_name(duration.text(), before) == Def::Local(local)
                    && (!local.kind.is_variable()
                        || !has_pointer(local)
                            && writes().all(|write| write == local.name || by(write) == by(duration))
                            && (by(local.name) == by(duration) || local.kind != LocalKind::Loop))
            }
            _ => is_constant(duration, cx.package()) || unit(duration).is_some(),
        },
        _ => false,
    }
}
