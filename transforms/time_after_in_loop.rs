//! Makes one timer before the loop where `time.After` makes one in each iteration.
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
//! Each iteration allocates a timer and a channel: 535 ns, 248 B and 3 allocations, where a
//! `Reset` before the select takes 167 ns and allocates nothing (Go 1.26). From Go 1.23
//! on that is all: a timer that nobody waits for is collected like anything else. Before
//! Go 1.23, or with `asynctimerchan=1`, each one stays in memory until it fires: 200,000
//! of an hour each kept 53 MB.
//!
//! That pays where the loop waits more than once for each call of the function. A retry whose
//! first try succeeds does not wait at all: it takes 16 ns and allocates nothing, and 300 ns,
//! 248 B and 3 allocations with a timer that is made before its loop.
//! # Safe
//! With the timers of Go 1.23 a `Reset` throws away what an earlier iteration left in the
//! channel, so `Reset(d)` right before the select does what a new timer did: the wait is
//! measured from the same moment, whichever `continue`, label or case led there, and
//! `d` is evaluated once for each iteration, so that it may change between iterations.
//!
//! What moves is the order within one entry of the select: `d` is evaluated and the timer
//! started before the operands of the cases above, no longer behind them. The operands of
//! the cases below came later all along. So the operands above must take no time and do
//! nothing: variables, fields, the `Done()` of a context (of type `context.Context`, or
//! called so), a method without arguments called `Done` or `...Notify` of a type of another
//! package, and functions of the package that only return such a thing. Where the channel is
//! kept in a variable right before the select, nothing moves.
//!
//! The timer belongs to the function or function literal that holds the select, so each
//! call has its own, and it is made before all loops of that function, so `defer` runs
//! once. A constant or a local that nothing else writes is its first duration, and so is
//! what is only read where the loop begins with the select; anything else is not evaluated
//! there, because the loop may not run at all, nor is what a comment or a line break
//! divides. A timer that the function has already, and that it resets before each select that waits for it, serves
//! this select too, unless it waits for that timer itself.
//! # Unsafe
//! With the timers of before Go 1.23 a timer may only be reset when it is stopped and its
//! channel empty. It is so before the loop, and every other case begins by stopping it
//! and receiving what it may have sent; its own case has received that already. This
//! holds under `asynctimerchan=1` and `asynctimerchan=0` alike, but it asks of whoever
//! edits the loop next to keep it up.
//! # Options
//! `seldom`, in `[rules.time-after-in-loop]` of gomend.toml, is about a select that waits for its full
//! time unless another case leaves the loop for good: `case <-time.After(time.Minute):` beside a stop case
//! makes one timer a minute. Without the option such a site is reported with its rate, and kept where the
//! time is a setting (`set-elsewhere`); `seldom = "report"` reports those too, and `seldom = "keep"`
//! keeps what waits for a constant time as well.
//! # Guards
//! - `is-the-subject`, keep: the test, benchmark or example is about `time.After`, by its name:
//!   `TimeAfter` stands in it, or `After` is its last word.
//! - `in-a-spec`, keep: the file is a part of a test suite, as it imports ginkgo, whatever it is called; beside what
//!   such a test does an allocation is nothing.
//! - `goto`, keep: a `goto` would jump over the declaration, make it again and again, or
//!   reach the select without the `Reset`.
//! - `not-nameable`, keep: `NewTimer` would mean something else before the loop, because a
//!   name nearer by hides the package.
//! - `comment`, keep: a comment within the call has no room on the line that is written.
//! - `operand-waits`, keep: an operand of a case above receives from a channel, and that
//!   wait would count as part of the timeout.
//! - `operand-changes`, keep: the duration has a call, and an operand of a case above is a
//!   variable that the call may write; or one of the two visibly writes what the other reads, with
//!   what functions and methods of the package show.
//! - `waits-once`, keep: a test of the iteration's number, or of a flag that is turned there, lets the
//!   loop reach the select once at most, so there is nothing to reuse.
//! - `leaves-first`, keep: the loop can be left, or be over, in its first iteration without the select, as a
//!   retry is when its first try succeeds: that call takes 16 ns today, and 300 ns, 248 B and 3
//!   allocations with a timer that is made before the loop (Go 1.26).
//! - `answered-first`, keep: each other case leaves the loop, one of them with an answer that is waited for, so most calls
//!   make one timer either way: 380 ns today and 450 ns with a timer that is reset, both 248 B (Go 1.26).
//! - `seldom-reached`, keep: not each iteration of the loop reaches the select, and there it waits for its
//!   full time unless the loop is left, as a pause after a failure does, or it is reached when something fails
//!   (`if err != nil`), where an allocation is nothing; or a loop of its own, when the function is asked to
//!   stop, reaches it, and each call would make the timer before.
//! - `one-at-a-time`, keep: the channel is made only where the variable is nil, or where its last timer has
//!   fired, so no more than one timer is there at a time.
//! - `deadline`, keep: the wait lasts until a moment that the loop does not change, so it is one timeout for
//!   all iterations, and one timer made before the loop would do without a `Reset`.
//! - `few-pauses`, keep: the loop pauses in each of a counted number of iterations that is not known, as a retry
//!   does, so it may pause once or never.
//! - `seldom`, keep: the select waits for a constant time unless the loop is left, and gomend.toml says
//!   to keep such sites.
//! - `set-elsewhere`, keep: the select waits for its full time unless the loop is left, and that time is
//!   a setting or worked out elsewhere (a field, a variable of the package, what a function or method gives), so
//!   nothing shows that it is short; beside a pause that somebody chose an allocation is nothing.
//! - `same-variable`, keep: the channel goes to a variable that an earlier line of the loop gives one too,
//!   and is told of there.
//! - `stored-briefly`, keep: the channel is kept in a variable, with the timers of Go 1.23 and later; nothing
//!   leaks, and one allocation less is not worth a change by hand.
//! - `short-lived`, advice: with the timers of before Go 1.23 a timer of less than a minute is gone
//!   soon, and one that is made once has to be drained in every other case.
//! - `stored`, advice: the channel is kept in a variable, which may be nil or outlive the
//!   turn, so only its author can say when the timer is to be reset.
//! - `explained`, unsafe: a comment beside the case speaks of `time.After`, and would no longer be true.
//! - `operand-calls`, unsafe: an operand of a case above calls a function, whose time would
//!   count as part of the timeout.
//! - `evaluation-order`, unsafe: the duration has a call, or can panic, and would be
//!   evaluated before an operand of a case above that may depend on it.
//! - `old-timers`, unsafe: the program may run with the timers of before Go 1.23.
//! # Known limits
//! A loop that is left in its first iteration is not a finding, nor is a channel that is made
//! before the loop, passed on or returned. A loop made of `goto` alone is not seen as one.
//!
//! Which calls are the common ones cannot be seen. So `leaves-first` counts each `return`, `break`,
//! `goto` and panic before the select, and a condition of the loop that asks somebody (`for !done()`). It
//! does not count that there is nothing to loop over, nor that somebody asks the function to stop: a
//! context that is done, a channel called `stop`, `quit`, `done` or the like, a channel that is closed.

mod duration;
mod order;
mod reuse;
mod role;
mod worth;

use crate::model::comments;
use crate::model::constant::integer;
use crate::model::imports::arguments;
use crate::model::module::Timers;
use crate::model::rate::rate;
use crate::model::rounds::{clauses, gotos, labeled, loops};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, RuleOption, Severity, Symbol, Transform, Verdict,
};
use crate::syntax::{Kind, Node};
use duration::{is_known_early, is_plain, is_read_only};
use order::Order;
use role::{TimerRole, case_of, earlier_assignment, fired_before, stored};

/// Replaces `case <-time.After(d)` in a loop by one timer that is reset.
pub struct TimeAfterInLoop;

/// `time.After(d)` that a loop evaluates again and again.
pub struct TimeAfterInLoopSite<'t> {
    call: Node<'t>,
    duration: Node<'t>,
    role: TimerRole<'t>,
}

/// What the new timer is called.
const TIMER: &str = "timer";

/// Nanoseconds below which a timer of before Go 1.23 is gone soon enough.
const MINUTE: i64 = 60_000_000_000;

impl Transform for TimeAfterInLoop {
    type Site<'t> = TimeAfterInLoopSite<'t>;
    const META: Meta = Meta {
        id: "time-after-in-loop",
        title: "reuse one timer",
        group: Group::Timers,
        seeds: &["SRC 3"],
        best: Applicability::Safe,
        triggers: &[Symbol { path: "time", name: "After" }],
        guards: &[
            "is-the-subject",
            "in-a-spec",
            "goto",
            "not-nameable",
            "comment",
            "operand-waits",
            "operand-changes",
            "waits-once",
            "leaves-first",
            "answered-first",
            "seldom-reached",
            "one-at-a-time",
            "deadline",
            "few-pauses",
            "seldom",
            "set-elsewhere",
            "same-variable",
            "stored-briefly",
            "short-lived",
            "stored",
            "explained",
            "operand-calls",
            "evaluation-order",
            "old-timers",
        ],
        options: &[RuleOption { key: "seldom", values: &["report", "keep"] }],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<TimeAfterInLoopSite<'t>> {
        let call = mention.parent().filter(|call| call.function() == Some(mention))?;
        let mut given = arguments(call);
        let (Some(duration), None) = (given.next(), given.next()) else { return None };
        let role = case_of(call, cx).or_else(|| stored(call, cx))?;
        Some(TimeAfterInLoopSite { call, duration, role })
    }

    fn judge<'t>(site: &TimeAfterInLoopSite<'t>, cx: &Cx<'t>) -> Verdict {
        let subject = cx.test_of_time_after(site.call);
        let case = match site.role {
            TimerRole::Case(case) => case,
            TimerRole::Stored { tested, name } => {
                let spoken_for = || earlier_assignment(site.call, name).map(seen);
                let alone = || tested.or_else(|| fired_before(site.call, name)).map(seen);
                let leaks = cx.around.timers() != Timers::Synchronous;
                return Verdict::of(Applicability::Safe)
                    .keep_for(subject, "is-the-subject")
                    .keep_seen(alone, "one-at-a-time")
                    .keep_seen(spoken_for, "same-variable")
                    .keep_if(!leaks, "stored-briefly")
                    .lower_if(true, Applicability::Advice, "stored");
            }
        };
        let before = labeled(case.outermost);
        let order = match case.declared {
            None => Order::of(case.select, case.case, site.duration, cx.package()),
            // The duration is evaluated in front of the select already.
            Some(_) => Order::unchanged(site.duration, cx.package()),
        };
        let old = match cx.around.timers() {
            Timers::Synchronous => None,
            Timers::Asynchronous(reason) => Some(reason),
        };
        let short_length =
            || integer(site.duration, cx.package()).filter(|length| old.is_some() && *length < MINUTE);
        let choice = cx.option(Self::META.id, "seldom");
        let chosen = |value: &str| choice.as_deref() == Some(value);
        let (is_kept, is_wanted) = (chosen("keep"), chosen("report"));
        let seldom = || is_kept.then(|| case.worth(cx).period(case.case, site.duration).map(rate))?;
        let set = || (!is_wanted).then(|| case.worth(cx).set_elsewhere(case.case, site.duration))?;
        let passed_by = || case.worth(cx).passed_by().filter(|_| case.reused(cx).is_none());
        let answered = || case.worth(cx).answered(case.case).filter(|_| case.reused(cx).is_none());
        Verdict::of(Applicability::Safe)
            .keep_for(subject, "is-the-subject")
            .keep_for(spec(cx).filter(|_| old.is_none()), "in-a-spec")
            .keep_for(goto_in_the_way(before, labeled(case.select)), "goto")
            .keep_if(cx.qualified("time", "NewTimer", before).is_none(), "not-nameable")
            .keep_for(lost_comment(site.call, case.replaced(site.call)), "comment")
            .keep_for(order.waits(), "operand-waits")
            .keep_for(order.changes(), "operand-changes")
            .keep_seen(|| case.worth(cx).once(), "waits-once")
            .keep_seen(passed_by, "leaves-first")
            .keep_seen(answered, "answered-first")
            .keep_seen(|| case.worth(cx).seldom_reached(case.case), "seldom-reached")
            .keep_seen(|| case.worth(cx).deadline(site.duration), "deadline")
            .keep_seen(|| case.worth(cx).few_pauses(case.case), "few-pauses")
            .keep_seen(seldom, "seldom")
            .keep_seen(set, "set-elsewhere")
            .lower_seen(|| short_length().map(rate_of), Applicability::Advice, "short-lived")
            .lower_for(explained(case.case), Applicability::Unsafe, "explained")
            .lower_for(order.calls(), Applicability::Unsafe, "operand-calls")
            .lower_for(order.unclear(), Applicability::Unsafe, "evaluation-order")
            .lower_for(old.clone(), Applicability::Unsafe, "old-timers")
    }

    fn diagnose<'t>(site: &TimeAfterInLoopSite<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let synchronous = cx.around.timers() == Timers::Synchronous;
        let short_lived = verdict.guard() == Some("short-lived");
        let fired = matches!(site.role, TimerRole::Case(case) if case.worth(cx).fires_alone(case.case));
        let cost = if synchronous {
            "an allocation, no leak: each timer costs 248 B in 3 allocations (measured with Go 1.26), \
             which a timer made once and reset does without"
        } else if short_lived {
            "with the timers of before Go 1.23 each one stays in memory until it fires, which is soon here; \
             with those of Go 1.23, which the `go` line of go.mod chooses, it is freed at once, and one \
             timer is reset without being drained"
        } else if fired {
            "an allocation, no leak: each timer has fired before the next is made, with the timers of before \
             Go 1.23 too; each costs 248 B in 3 allocations (measured with Go 1.26)"
        } else {
            "with the timers of before Go 1.23 each one stays in memory until it fires, however soon the \
             select moves on: 200,000 of an hour each kept 53 MB"
        };
        let (message, why, labels) = match site.role {
            TimerRole::Case(case) => {
                let worth = case.worth(cx);
                let constant = worth.period(case.case, site.duration).map(rate);
                let passed = worth.is_passed_in_a_round();
                let times = if passed { "each time the loop comes here" } else { "in each iteration" };
                let period = constant.or_else(|| {
                    let length = site.duration.text();
                    let shown = worth.pauses(case.case) && !length.contains('\n');
                    shown.then(|| format!("once in each `{length}`"))
                });
                (
                    format!("`time.After` in a loop makes a new timer {times}"),
                    match period {
                        Some(rate) => {
                            format!("{cost}; here that is at most {rate}, as each other case leaves the loop")
                        }
                        None => cost.to_owned(),
                    },
                    vec![
                        (case.innermost.span(), "this loop".to_owned()),
                        (case.select.span(), "this select".to_owned()),
                    ],
                )
            }
            TimerRole::Stored { name, .. } => {
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
        let severity = if synchronous || short_lived || fired { Severity::Note } else { Severity::Warning };
        Diagnostic { span: site.call.span(), message, why, severity, labels }
    }

    fn rewrite<'t>(site: &TimeAfterInLoopSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let TimerRole::Case(case) = site.role else { return };
        let (before, select) = (labeled(case.outermost), labeled(case.select));
        let given = site.call.arguments().map_or("", Node::text);
        let Some(new_timer) = cx.qualified("time", "NewTimer", before) else { return };
        let synchronous = cx.around.timers() == Timers::Synchronous;
        let comments: String =
            inner_comments(site.call, case.replaced(site.call)).map(|it| format!("{} ", it.text())).collect();
        let waits = |fix: &mut Fix, timer: &str| match case.declared {
            None => {
                fix.insert_right_before(select, &[format!("{timer}.Reset{given}")]);
                // gofmt divides a comment from an operator or a parenthesis before it.
                let before = &site.call.file().text()[..site.call.start()];
                let space = if !comments.is_empty() && before.ends_with(['-', '(']) { " " } else { "" };
                fix.replace_node(site.call, format!("{space}{comments}{timer}.C"));
            }
            Some((statement, name)) => {
                fix.replace_node(statement, format!("{comments}{timer}.Reset{given}"));
                fix.replace_node(name, format!("{timer}.C"));
            }
        };
        if let Some(timer) = case.reused(cx) {
            // Another case of this select needs another timer; other selects may share it.
            fix.claim_within(select);
            waits(fix, timer);
            return;
        }
        let gone: Vec<Node<'t>> = case
            .declared
            .iter()
            .flat_map(|(statement, name)| {
                let own =
                    move |node: &Node<'t>| node.kind() == Kind::Identifier && node.text() == name.text();
                statement.descendants().filter(own).chain([*name])
            })
            .collect();
        let timer = cx.fresh_name_before(TIMER, before, &gone);
        fix.declare_before(&timer, TIMER, before, select);
        let at_once = || is_reached_at_once(case.select, before) && is_read_only(site.duration, before);
        let is_first = is_plain(site.duration) && (is_known_early(site.duration, before, cx) || at_once());
        let first = if is_first { site.duration.text() } else { "0" };
        let mut lines = vec![format!("{timer} := {new_timer}({first})")];
        let drain = drain(&timer);
        if !synchronous {
            lines.extend(drain.clone());
            for other in clauses(case.select).filter(|clause| *clause != case.case) {
                fix.insert_first(other, &drain);
            }
        }
        lines.push(format!("defer {timer}.Stop()"));
        fix.insert_before(before, &lines);
        waits(fix, &timer);
    }
}

/// The import by which the file is a part of a test suite.
fn spec(cx: &Cx<'_>) -> Option<String> {
    let import = cx.file.imports().iter().find(|import| import.path.starts_with("github.com/onsi/ginkgo"))?;
    Some(format!("`{}`", import.path))
}

/// What a guard saw.
fn seen(node: Node<'_>) -> String {
    format!("`{}` on line {}", node.text().lines().next().unwrap_or_default(), node.line())
}

/// A comment beside the case that names what the fix takes away.
fn explained(case: Node<'_>) -> Option<String> {
    let names = comments::beside(case).contains("time.After");
    names.then(|| format!("the case on line {}", case.line()))
}

/// How long a timer lives that is not stopped.
fn rate_of(length: i64) -> String {
    format!("it fires {}", rate(length).replacen("once every", "after", 1).replacen("once", "after", 1))
}

/// The comments that stand in what goes, and in nothing that is written anew.
fn inner_comments<'t>(call: Node<'t>, replaced: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    comments::inside(replaced, call.arguments().unwrap_or(call))
}

/// A comment in what goes that has no room on the line that is written.
fn lost_comment(call: Node<'_>, replaced: Node<'_>) -> Option<String> {
    inner_comments(call, replaced).find(|comment| !comments::is_within_a_line(*comment)).map(seen)
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

/// Whether the first thing that the loops from `before` on do is to enter the select: each is a
/// `for {` whose first statement leads to it.
fn is_reached_at_once(select: Node<'_>, before: Node<'_>) -> bool {
    let mut at = labeled(select);
    while at != before {
        let list = at.parent().filter(|list| list.kind() == Kind::StatementList);
        let Some(list) =
            list.filter(|list| list.named().find(|node| node.kind() != Kind::Comment) == Some(at))
        else {
            return false;
        };
        let around =
            list.parent().and_then(Node::parent).filter(|around| around.kind() == Kind::ForStatement);
        let bare = |around: &Node<'_>| around.named().all(|part| part.is(&[Kind::Block, Kind::Comment]));
        let Some(around) = around.filter(bare) else { return false };
        at = labeled(around);
    }
    true
}
