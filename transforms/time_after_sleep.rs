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
//! - `comment`, keep: a comment within the statement has no room on the line that is written.
//! - `forbidden`, unsafe: the configuration of golangci-lint forbids `time.Sleep` in this file, by
//!   a pattern of its linter `forbidigo`, so the lint would fail.
//! # Known limits
//! A linter other than `forbidigo`, or a configuration that lies elsewhere than in the directories
//! above the file, may forbid `time.Sleep` too.
//!
//! The goroutine then waits in `time.Sleep` rather than in a channel receive, which a
//! stack dump shows and a leak detector that is told of function names could notice. A block
//! profile that another file takes shows such waits no longer.

use crate::model::comments;
use crate::model::imports::{arguments, is_symbol, parenthesized};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};

/// Replaces the bare statement `<-time.After(d)` by `time.Sleep(d)`.
pub struct TimeAfterSleep;

/// `<-time.After(d)` as a statement.
pub struct TimeAfterSleepSite<'t> {
    receive: Node<'t>,
    /// `time.After`
    callee: Node<'t>,
    call: Node<'t>,
}

impl Transform for TimeAfterSleep {
    type Site<'t> = TimeAfterSleepSite<'t>;
    const META: Meta = Meta {
        id: "time-after-sleep",
        title: "sleep instead of waiting on a timer's channel",
        group: Group::Timers,
        seeds: &["SRC 3"],
        best: Applicability::Safe,
        triggers: &[Symbol { path: "time", name: "After" }],
        guards: &["is-the-subject", "block-profile", "not-nameable", "comment", "forbidden"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, _: &Cx<'t>) -> Option<TimeAfterSleepSite<'t>> {
        let call = mention.parent().filter(|call| call.function() == Some(mention))?;
        let receive =
            parenthesized(call).parent().filter(|receive| receive.kind() == Kind::UnaryExpression)?;
        let waits = receive.operator().is_some_and(|operator| operator.kind() == Kind::Arrow);
        let receive = parenthesized(receive);
        // Also where a `for` or an `if` has room for a statement.
        let alone = receive.parent().is_some_and(|statement| statement.kind() == Kind::ExpressionStatement);
        let called = call.kind() == Kind::CallExpression && arguments(call).count() == 1;
        (waits && alone && called).then_some(TimeAfterSleepSite { receive, callee: mention, call })
    }

    fn judge<'t>(site: &TimeAfterSleepSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Safe)
            .keep_for(cx.test_of_time_after(site.call), "is-the-subject")
            .keep_for(block_profile(cx), "block-profile")
            .keep_if(cx.qualified("time", "Sleep", site.callee).is_none(), "not-nameable")
            .keep_for(site.lost_comment(), "comment")
            .lower_seen(|| cx.around.forbidden("time.Sleep"), Applicability::Unsafe, "forbidden")
    }

    fn diagnose<'t>(site: &TimeAfterSleepSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        debug_assert!(is_symbol(site.callee, "time", "After"));
        Diagnostic {
            span: site.receive.span(),
            message: "`<-time.After` used to sleep".into(),
            why: "it allocates a timer and a channel for a wait that `time.Sleep` does with none".into(),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &TimeAfterSleepSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(sleep) = cx.qualified("time", "Sleep", site.callee) else { return };
        let arguments = site.call.arguments().map_or("()", Node::text);
        let (above, before, behind) = site.comments();
        let lines: Vec<String> = above.iter().map(|comment| comment.text().to_owned()).collect();
        if !lines.is_empty() {
            fix.insert_right_before(site.receive, &lines);
        }
        let before: String = before.iter().map(|comment| format!("{} ", comment.text())).collect();
        let behind: String = behind.iter().map(|comment| format!(" {}", comment.text())).collect();
        fix.replace_node(site.receive, format!("{before}{sleep}{arguments}{behind}"));
    }
}

impl<'t> TimeAfterSleepSite<'t> {
    /// The comments outside the arguments: those that go on a line of their own above, and
    /// those that stay on the line, before the call and behind it.
    fn comments(&self) -> (Vec<Node<'t>>, Vec<Node<'t>>, Vec<Node<'t>>) {
        let arguments = self.call.arguments().unwrap_or(self.call);
        let all = comments::inside(self.receive, arguments);
        let (within, above): (Vec<_>, Vec<_>) = all.partition(|comment| comments::is_within_a_line(*comment));
        let (before, behind) = within.into_iter().partition(|comment| comment.start() < arguments.start());
        (above, before, behind)
    }

    /// A comment that has to go above a statement which is not the first of its line.
    fn lost_comment(&self) -> Option<String> {
        let (above, ..) = self.comments();
        let file = self.receive.file();
        let line = file.lines().span(self.receive.line());
        let is_first = file.text()[line.start..self.receive.start()].trim().is_empty();
        let lost = above.into_iter().find(|comment| !is_first || comment.text().contains('\n'))?;
        Some(format!("line {}", lost.line()))
    }
}

/// Where the file speaks of block profiles.
fn block_profile(cx: &Cx<'_>) -> Option<String> {
    let at = cx.file.text().find("BlockProfile")?;
    Some(format!("line {}", cx.file.lines().line(at)))
}
