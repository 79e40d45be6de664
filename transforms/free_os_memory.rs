//! Removes `debug.FreeOSMemory()` that is called over and over, with the loop that exists
//! only to call it.
//! ```go
//! func flush(batches [][]byte, write func([]byte)) {
//! 	for _, batch := range batches {
//! 		write(batch)
//! 		debug.FreeOSMemory()
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func flush(batches [][]byte, write func([]byte)) {
//! 	for _, batch := range batches {
//! 		write(batch)
//! 	}
//! }
//! ```
//! # Why
//! Each call is a whole collection, after which every idle page is given back: measured with
//! Go 1.26, 13 ms with 64 MiB live and 68 ms with 256 MB, for its caller. The world stands still for
//! less than 0.1 ms of that, not for 400 ms, as is sometimes said. The runtime gives idle pages
//! back by itself, all the time; `GOMEMLIMIT` or `debug.SetMemoryLimit` makes it do so
//! when memory is short.
//! # Unsafe
//! Never safe: what the process holds (its RSS) goes down later and less far without the call,
//! and the collection that comes with it goes too. A loop on a ticker or a sleep that only
//! does this goes with its goroutine and its ticker, and with the `init` that
//! does nothing but start it, whatever the function is called.
//! # Guards
//! - `in-slot`, keep: the call stands under a label or in the header of a loop, where a
//!   statement must be.
//! - `test-code`, keep: tests and benchmarks want memory to be in a known state.
//! - `phase-boundary`, keep: it runs once, in `main`, in `init` or in a `sync.Once`, outside
//!   any loop.
//! - `called-once`, keep: nothing here shows that it is called over and over: it stands
//!   outside any loop, and so does each call of its function that this package shows.
//! - `is-the-feature`, keep: somebody asks for it: an endpoint, a signal, a flag, a command,
//!   a function with that name.
//! - `memory-pressure`, keep: the code looks at its memory first.
//! - `collector-off`, keep: the module switches the collector off, so this may be the only
//!   collection there is, or the function sets when the collector runs, and the call is a part
//!   of that tuning.
//! - `reads-heap-state`, keep: the function reads the statistics of the heap, or writes a
//!   profile, and does more with them than to log or report them.
//! - `before-exec`, keep: a fork, an exec or a snapshot follows.
//! - `condition-may-panic`, keep: the `if` that would go with the call has a condition that
//!   can panic, which would no longer happen.
//! - `own-loop`, advice: a loop that only frees memory keeps its function, or what waits for
//!   it, alive; remove what starts it.
//! - `left-empty`, advice: the call is all that stands in a clause, a loop, an `else if`, or
//!   an `if` whose header does something; decide what becomes of that.
//! - `callback`, advice: the function that the literal is given to may call it over and over,
//!   or once.
//! - `called-in-a-loop`, advice: its function is called from a loop or for each request.
//! - `as-value`, advice: `debug.FreeOSMemory` is handed on, to a timer say; what calls it is
//!   to go.
//! - `explained`, advice: a comment beside the call says what it is for. Whoever knows that
//!   must decide, and no comment is taken away unread.
//! # Known limits
//! Calls of a function are looked for in its package, by its name. A function that does
//! nothing but start the loop is left with an empty body.

mod asked;
mod call;
mod often;

use self::call::{SYMBOL, frees};
use self::often::Often;
use crate::model::GoVersion;
use crate::model::waits::loops_around;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Transform, Verdict, Without,
};
use crate::syntax::Node;
use crate::transforms::shared::collection::by_hand::ByHand;
use crate::transforms::shared::collection::call::is_collection;
use crate::transforms::shared::collection::intent;
use crate::transforms::shared::collector;

/// Removes `debug.FreeOSMemory()` from loops, tickers and handlers.
pub struct FreeOsMemory;

impl Transform for FreeOsMemory {
    type Site<'t> = ByHand<'t>;
    const META: Meta = Meta {
        id: "free-os-memory",
        title: "leave it to the runtime to give memory back",
        group: Group::Memory,
        seeds: &["OPT 14"],
        best: Applicability::Unsafe,
        triggers: &[SYMBOL],
        guards: &[
            "in-slot",
            "test-code",
            "phase-boundary",
            "called-once",
            "is-the-feature",
            "memory-pressure",
            "collector-off",
            "reads-heap-state",
            "before-exec",
            "condition-may-panic",
            "own-loop",
            "left-empty",
            "callback",
            "called-in-a-loop",
            "as-value",
            "explained",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<ByHand<'t>> {
        // Beside a collection of its own the loop still only frees.
        let only = |it: Node<'_>| frees(it) || is_collection(it);
        ByHand::at(mention, "free-os-memory: frees nothing", frees, &only, cx)
    }

    fn judge<'t>(site: &ByHand<'t>, cx: &Cx<'t>) -> Verdict {
        let at = site.statement;
        let whole = at.ancestors().last().unwrap_or(at);
        let alone = site.periodic.is_none();
        let verdict = Verdict::of(Applicability::Unsafe)
            .keep_if(site.without == Some(Without::Slot), "in-slot")
            .keep_for(cx.test_code(at), "test-code")
            .keep_for(asked::feature(at, site.periodic.is_some(), cx), "is-the-feature")
            .keep_for(intent::pressure(at), "memory-pressure")
            .keep_for(asked::decides_on_heap(whole), "reads-heap-state")
            .keep_for(intent::before_exec(at, whole), "before-exec");
        if verdict.level() == Applicability::Kept {
            return verdict;
        }
        let often = if alone { often::of(at, cx) } else { Often::Again };
        let verdict = verdict
            .keep_if(often == Often::Once, "phase-boundary")
            .keep_if(often == Often::Unknown && site.without.is_some(), "called-once")
            .keep_if(alone && matches!(site.without, Some(Without::MayPanic(_))), "condition-may-panic")
            // Asks all files of the module.
            .keep_seen(
                || {
                    intent::tunes(whole)
                        .or_else(|| collector::package_switches_off(cx.package()))
                        .or_else(|| cx.around.collector_switched_off())
                },
                "collector-off",
            );
        let verdict = site
            .lowered_by_place(verdict)
            .lower_for(often.callback(), Applicability::Advice, "callback")
            .lower_for(often.called(), Applicability::Advice, "called-in-a-loop");
        site.lowered_by_reason(verdict)
    }

    fn diagnose<'t>(site: &ByHand<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let limit = if cx.has(GoVersion(1, 19)) { ", and `GOMEMLIMIT` bounds it" } else { "" };
        let message = match (&site.periodic, verdict.guard()) {
            (Some(_), _) => "a loop that exists only to call `debug.FreeOSMemory()`",
            (None, Some("callback" | "as-value")) => {
                "`debug.FreeOSMemory` handed on, maybe to be called over and over"
            }
            (None, _) if verdict.level() == Applicability::Kept => "`debug.FreeOSMemory()`",
            (None, _) => "`debug.FreeOSMemory()` over and over",
        };
        let around = site.periodic.as_ref().map(|periodic| periodic.statement);
        let around = around.or_else(|| loops_around(site.statement).next());
        Diagnostic {
            span: site.call.span(),
            message: message.into(),
            why: format!(
                "each call is a whole collection for its caller (13 ms measured with 64 MiB live, though the \
                 world stops for less than 0.1 ms); the runtime gives idle memory back by itself{limit}"
            ),
            severity: Severity::Note,
            labels: around.map(|statement| (statement.span(), "the loop".into())).into_iter().collect(),
        }
    }

    fn rewrite<'t>(site: &ByHand<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        site.remove(cx, fix);
    }
}
