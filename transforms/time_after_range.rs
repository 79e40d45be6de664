//! Advises against ranging over a channel that gives one value.
//! ```go
//! func watch(every time.Duration, look func()) {
//! 	for range time.After(every) {
//! 		look()
//! 	}
//! }
//! ```
//! better:
//! ```go
//! func watch(every time.Duration, look func()) {
//! 	ticker := time.NewTicker(every)
//! 	defer ticker.Stop()
//! 	for range ticker.C {
//! 		look()
//! 	}
//! }
//! ```
//! # Why
//! The channel of `time.After` gets one value and is never closed. So the body runs once, and then
//! the goroutine waits for ever: of two iterations that were due in 40 milliseconds, one every two, one
//! ran, where a `time.Ticker` ran both (Go 1.26).
//!
//! Where one iteration is meant, `<-time.After(d)` or `time.Sleep(d)` before the body says so, and the
//! goroutine ends.
//! # Guards
//! - `is-the-subject`, keep: the test, benchmark or example is about `After`, by its name.
//! - `one-value`, advice: the loop waits for a second value, which does not come.
//! # Known limits
//! A channel that a field, a parameter or a call gives is not followed, nor is a timer that is reset
//! elsewhere. A loop that is left in its first iteration is not a finding.

use crate::model::flow::comes_round;
use crate::model::imports::{is_call, parenthesized};
use crate::model::locals::{has_pointer, is_written};
use crate::model::scope::{self, Def};
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Field, Kind, Node};

/// Advises on `for range time.After(d)`.
pub struct TimeAfterRange;

/// A loop over the channel of a timer that fires once.
pub struct TimeAfterRangeSite<'t> {
    /// `time.After(d)` or `time.NewTimer(d).C`
    channel: Node<'t>,
    statement: Node<'t>,
}

impl Transform for TimeAfterRange {
    type Site<'t> = TimeAfterRangeSite<'t>;
    const META: Meta = Meta {
        id: "time-after-range",
        title: "range over a ticker's channel",
        group: Group::Timers,
        seeds: &["SRC 3"],
        triggers: &[Symbol { path: "time", name: "After" }, Symbol { path: "time", name: "NewTimer" }],
        within: &["range"],
        may_match_tokens: looks,
        guards: &["is-the-subject", "one-value"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<TimeAfterRangeSite<'t>> {
        let call = parenthesized(mention).parent().filter(|call| call.kind() == Kind::CallExpression)?;
        let channel = if is_call(call, "time", "NewTimer") {
            let selector = parenthesized(call).parent()?;
            (selector.field()?.text() == "C").then_some(selector)?
        } else {
            is_call(call, "time", "After").then_some(call)?
        };
        let statement = ranged(channel).or_else(|| ranged(only_use(channel)?))?;
        comes_round(statement, cx.package()).then_some(TimeAfterRangeSite { channel, statement })
    }

    fn judge<'t>(site: &TimeAfterRangeSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_of_time_after(site.channel), "is-the-subject")
            .named("one-value")
    }

    fn diagnose<'t>(site: &TimeAfterRangeSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.channel.span(),
            message: "the loop runs once and then waits for ever".to_owned(),
            why: "the channel of a timer gets one value and is never closed; to run the body once in each \
                  period range over the channel of a `time.NewTicker`, and to run it once wait with \
                  `time.Sleep` and leave the loop out"
                .to_owned(),
            severity: Severity::Warning,
            labels: vec![(site.statement.span(), "this loop".to_owned())],
        }
    }
}

/// Whether a loop may range over what is made at `at`, or over a name that it gets.
fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    let start = if code.text(at.wrapping_sub(1)) == "." { at.wrapping_sub(2) } else { at };
    let Some(before) = (0..start).rev().find(|before| code.text(*before) != "(") else { return false };
    match code.text(before) {
        "range" => true,
        ":=" if code.text(before.wrapping_sub(2)) != "," => {
            code.ranged().contains(code.text(before.wrapping_sub(1)))
        }
        ":=" | "=" | "," => !code.ranged().is_empty(),
        _ => false,
    }
}

/// The `for` that ranges over `channel`.
fn ranged<'t>(channel: Node<'t>) -> Option<Node<'t>> {
    let over = parenthesized(channel);
    let clause = over.parent().filter(|clause| clause.kind() == Kind::RangeClause)?;
    (over.field_name() == Some(Field::Right)).then(|| clause.parent())?
}

/// The one use of the local that `channel` is kept in, which nothing else writes.
fn only_use<'t>(channel: Node<'t>) -> Option<Node<'t>> {
    let list = parenthesized(channel).parent().filter(|list| list.kind() == Kind::ExpressionList)?;
    let statement = list.parent()?;
    let place = list.named().position(|value| value == parenthesized(channel))?;
    let name = match statement.kind() {
        Kind::ShortVarDeclaration => statement.left()?.named().nth(place)?,
        Kind::VarSpec => statement.fields(Field::Name).nth(place)?,
        _ => return None,
    };
    let Def::Local(local) = scope::resolve(name) else { return None };
    let mut uses = scope::mentions(local).into_iter().filter(|mention| *mention != local.name);
    let only = uses.next().filter(|_| uses.next().is_none())?;
    (local.name == name && !has_pointer(local) && !is_written(only)).then_some(only)
}
