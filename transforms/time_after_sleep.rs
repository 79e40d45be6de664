//! Sleeps where the code waits on a channel that nobody else can see.
//! ```go
//! func pause(d time.Duration) {
//! 	<-time.After(d)
//! }
//! ```
//! becomes
//! ```go
//! func pause(d time.Duration) {
//! 	time.Sleep(d)
//! }
//! ```
//! # Why
//! `time.After` allocates a timer and a channel for one wait; `time.Sleep`
//! reuses the timer that the goroutine already has. Both return at once when
//! the duration is zero or negative.
//! # Safe
//! Nothing else can receive from, or send to, the channel of a bare
//! `<-time.After(d)`, so the two statements wait for the same time, with the timers of
//! any Go version. Neither lets other goroutines run first when there is no time to wait.
//! # Guards
//! - `is-the-subject`, keep: the test, benchmark or example is about `After`, by its name.
//! - `block-profile`, keep: the file speaks of block profiles, in which a wait on a channel
//!   stands and a sleep does not.
//! - `not-nameable`, keep: `Sleep` would mean something else at this place, because a
//!   name nearer by hides the package.
//! # Known limits
//! The goroutine then waits in `time.Sleep` rather than in a channel receive, which a
//! stack dump shows and a leak detector that is told of function names could notice. A block
//! profile that another file takes shows such waits no longer.

use crate::model::imports::{arguments, is_symbol, parenthesized};
use crate::rewrite::{Cx, Fix, Group, Level, Meta, Severity, Symbol, Telling, Transform, Verdict};
use crate::syntax::Node;

/// Replaces the bare statement `<-time.After(d)` by `time.Sleep(d)`.
pub struct TimeAfterSleep;

/// `<-time.After(d)` as a statement.
pub struct Site<'t> {
    receive: Node<'t>,
    /// `time.After`
    callee: Node<'t>,
    call: Node<'t>,
}

impl Transform for TimeAfterSleep {
    type Site<'t> = Site<'t>;
    const META: Meta = Meta {
        id: "time-after-sleep",
        title: "sleep instead of waiting on a timer's channel",
        group: Group::Timers,
        seeds: &["SRC 3"],
        best: Level::Safe,
        triggers: &[Symbol { path: "time", name: "After" }],
        guards: &["is-the-subject", "block-profile", "not-nameable"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, _: &Cx<'t>) -> Option<Site<'t>> {
        let call = mention.parent().filter(|call| call.field("function") == Some(mention))?;
        let receive = parenthesized(call).parent().filter(|receive| receive.kind() == "unary_expression")?;
        let waits = receive.field("operator").is_some_and(|operator| operator.kind() == "<-");
        let receive = parenthesized(receive);
        // Also where a `for` or an `if` has room for a statement.
        let alone = receive.parent().is_some_and(|statement| statement.kind() == "expression_statement");
        let called = call.kind() == "call_expression" && arguments(call).count() == 1;
        (waits && alone && called).then_some(Site { receive, callee: mention, call })
    }

    fn judge<'t>(site: &Site<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Level::Safe)
            .keep_for(cx.test_of(site.call, "after"), "is-the-subject")
            .keep_for(block_profile(cx), "block-profile")
            .keep_if(cx.qualified("time", "Sleep", site.callee).is_none(), "not-nameable")
    }

    fn tell<'t>(site: &Site<'t>, _: &Verdict, _: &Cx<'t>) -> Telling {
        debug_assert!(is_symbol(site.callee, "time", "After"));
        Telling {
            span: site.receive.span(),
            message: "`<-time.After` used to sleep".into(),
            why: "it allocates a timer and a channel for a wait that `time.Sleep` does with none".into(),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &Site<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(sleep) = cx.qualified("time", "Sleep", site.callee) else { return };
        let arguments = site.call.field("arguments").map_or("()", Node::text);
        fix.replace_node(site.receive, format!("{sleep}{arguments}"));
    }
}

/// Where the file speaks of block profiles.
fn block_profile(cx: &Cx<'_>) -> Option<String> {
    let at = cx.file.text().find("BlockProfile")?;
    Some(format!("line {}", cx.file.lines().line(at)))
}
