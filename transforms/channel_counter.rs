//! Counts with an atomic integer where a channel and a goroutine only add up.
//! ```go
//! type Counter struct{ ch chan int64 }
//!
//! func NewCounter() *Counter {
//! 	c := &Counter{ch: make(chan int64, 1024)}
//! 	go func() {
//! 		for v := range c.ch {
//! 			_ = v // reduce
//! 		}
//! 	}()
//! 	return c
//! }
//!
//! func (c *Counter) Inc() { c.ch <- 1 }
//! ```
//! becomes
//! ```go
//! type Counter struct{ n atomic.Int64 }
//!
//! func NewCounter() *Counter {
//! 	c := &Counter{}
//! 	return c
//! }
//!
//! func (c *Counter) Inc() { c.n.Add(1) }
//!
//! func (c *Counter) Load() int64 {
//! 	return c.n.Load()
//! }
//! ```
//! # Why
//! Each send takes the channel's lock, copies the value and may wake the goroutine that
//! adds: 54 ns measured with Go 1.26, against 2.5 ns for `Add` of an `atomic.Int64`. A
//! sum that a goroutine writes and others read is a data race besides.
//! # Unsafe
//! A send no longer waits while the buffer is full, a sum is up to date as soon as the
//! call that adds has returned, and it orders nothing but itself. The goroutine is gone.
//! Where nobody could read the sum, a method `Load` gives it.
//! # Guards
//! - `by-value`, keep: the struct is copied, passed or embedded by value, or has methods
//!   with value receivers, and each copy would count for itself.
//! - `other-use`, keep: the channel or the sum is also closed, selected on, measured,
//!   received from, assigned or passed on.
//! - `undecided`, keep: syntax does not tell whether a place of that name means the field.
//! - `out-of-reach`, keep: a generated file, or a test, uses the channel.
//! - `left-empty`, advice: a function does nothing else than start the goroutine; decide what
//!   becomes of it.
//! - `too-old-go`, advice: `atomic.Int64` came with Go 1.19.
//! - `used-elsewhere`, advice: another package of the module has the name of the exported
//!   type, and might copy it.
//! # Known limits
//! The channel is drained, or one of integers is made, in the file that declares it.
//! Only fields of integers (or of `struct{}`, one for each) that one `for … range` drains
//! in a goroutine of its own: into nothing, into a field, or into an atomic field. A
//! goroutine that does anything else, locking included, is not a finding.

mod columns;
mod field;
mod hints;
mod plan;
mod reducer;

use self::field::COUNTED;
use self::plan::CounterPlan;
use crate::model::GoVersion;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Shape, Transform, Verdict};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Kind, Node, byte_checks};

/// Replaces a channel that only counts by an atomic integer.
pub struct ChannelCounter;

/// A struct with a field `ch chan int64` that one goroutine drains.
pub struct ChannelCounterSite<'t> {
    channel: Node<'t>,
    plan: CounterPlan<'t>,
}

impl Transform for ChannelCounter {
    type Site<'t> = ChannelCounterSite<'t>;
    const META: Meta = Meta {
        id: "channel-counter",
        title: "count with an atomic integer",
        group: Group::Channels,
        seeds: &["SRC 1"],
        best: Applicability::Unsafe,
        since: Some(GoVersion(1, 19)),
        shapes: &[Shape { word: "chan", with: &["struct"], may_match_bytes: near, may_match_tokens: looks }],
        guards: &[
            "by-value",
            "other-use",
            "undecided",
            "out-of-reach",
            "left-empty",
            "too-old-go",
            "used-elsewhere",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(channel: Node<'t>, cx: &Cx<'t>) -> Option<ChannelCounterSite<'t>> {
        Some(ChannelCounterSite { channel, plan: plan::of(channel, cx)? })
    }

    fn judge<'t>(site: &ChannelCounterSite<'t>, cx: &Cx<'t>) -> Verdict {
        let plan = &site.plan;
        let place = |node: Node<'_>| format!("`{}` on line {}", node.text(), node.line());
        let reach = plan
            .files()
            .into_iter()
            .filter(|file| file.path() != cx.file.path())
            .find_map(|file| cx.around.out_of_reach(file));
        let exported = plan.holder.starts_with(char::is_uppercase);
        Verdict::of(Applicability::Unsafe)
            .keep_for(plan::by_value(plan.holder, cx), "by-value")
            .keep_for(plan.other.map(place), "other-use")
            .keep_for(plan.unclear.map(place), "undecided")
            .keep_for(reach, "out-of-reach")
            .lower_if(starts_only(plan.reducer.starts), Applicability::Advice, "left-empty")
            .lower_if(!cx.has(GoVersion(1, 19)), Applicability::Advice, "too-old-go")
            .lower_for(
                exported.then(|| cx.around.used_elsewhere(plan.holder)).flatten(),
                Applicability::Advice,
                "used-elsewhere",
            )
    }

    fn diagnose<'t>(site: &ChannelCounterSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.channel.span(),
            message: "a channel and a goroutine that only add up".into(),
            why: "each send takes a lock and may wake the goroutine: 54 ns (Go 1.26), against 2.5 ns for \
                  `Add` of an atomic integer"
                .into(),
            severity: Severity::Note,
            labels: vec![(site.plan.reducer.starts.span(), "what adds".into())],
        }
    }

    fn rewrite<'t>(site: &ChannelCounterSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        site.plan.write(cx, fix);
    }
}

/// Whether an integer, or `struct{}`, and the end of a field follow, and the file
/// makes or drains what is called like the field.
fn near(bytes: &[u8], at: usize) -> bool {
    let line = byte_checks::rest_of_line(bytes, at + "chan".len()).trim_ascii();
    let counts = COUNTED.iter().any(|(element, _, _)| {
        line.strip_prefix(element.as_bytes()).is_some_and(|rest| {
            let rest = rest.trim_ascii();
            rest.is_empty() || matches!(rest[0], b'/' | b'}' | b';')
        })
    });
    let before = bytes[..at].trim_ascii_end();
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let name = &before[before.iter().rposition(|byte| !part(byte)).map_or(0, |stop| stop + 1)..];
    // Of empty structs most channels are signals, which nobody counts.
    let signals = line.starts_with(b"struct");
    counts
        && !name.is_empty()
        && (hints::is_drained(bytes, name) || (!signals && hints::is_made(bytes, name)))
}

fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    // `name chan int64` in the braces of a struct.
    let named = at >= 2 && matches!(code.kind(at - 1), Some(crate::syntax::outline::TokenKind::Ident));
    named
        && code
            .brackets_around(at)
            .next()
            .is_some_and(|open| code.text(open) == "{" && code.text(open - 1) == "struct")
}

/// Whether a function is left with nothing to do without the statement.
fn starts_only(statement: Node<'_>) -> bool {
    statement.parent().is_some_and(|list| list.kind() == Kind::StatementList && list.named().count() == 1)
}
