//! Removes `runtime.GC()` from production code, with the loop that exists only to call it.
//! ```go
//! func handle(serve func()) {
//! 	serve()
//! 	runtime.GC()
//! }
//! ```
//! becomes
//! ```go
//! func handle(serve func()) {
//! 	serve()
//! }
//! ```
//! # Why
//! The call blocks its caller for a whole collection: measured with Go 1.26, 63 ms with
//! 256 MB live and 3 ms with 16 MB, which made a small request 300 times as slow. It does
//! not stop the world for that time (two pauses, each below 0.2 ms), and it takes
//! processors from the rest of the program. The runtime collects by itself when the heap
//! has grown by GOGC percent; `GOMEMLIMIT` or `debug.SetMemoryLimit` bounds memory better.
//! # Unsafe
//! Never safe: the code does not show whether the program runs with `GOGC=off`, which
//! finalizers wait elsewhere, or what memory its container has. A loop on a ticker or a
//! sleep that only collects goes with its goroutine and its ticker, and with the `init` that
//! does nothing but start it, whatever the function is called.
//! # Guards
//! - `in-slot`, keep: the call stands under a label or in the header of a loop, where a
//!   statement must be.
//! - `test-code`, keep: tests, benchmarks, programs that measure and their helpers collect to
//!   know the state of the heap.
//! - `collector-off`, keep: the module switches the collector off, or this function changes
//!   when it runs, so the call may be the only collection there is, or a part of the tuning.
//! - `reads-heap-state`, keep: the function, one that calls it or one that it calls reads
//!   the statistics of the heap or writes a heap profile, which show the last collection.
//! - `drives-finalizers`, keep: finalizers, cleanups, weak pointers, pools or C memory
//!   depend on collections here, or a comment speaks of finalizers.
//! - `measures`, keep: the call is measured, or comes right before a measurement.
//! - `is-the-feature`, keep: somebody asks for a collection: an endpoint, a handler that does nothing
//!   else, a signal, a flag, a command, a function with that name.
//! - `retries`, keep: what failed for want of files or memory is tried again after it.
//! - `memory-pressure`, keep: the code looks at its memory first.
//! - `before-exec`, keep: a fork, an exec or a snapshot follows.
//! - `repeats`, keep: two calls in a row, or a loop that does nothing but collect and
//!   look, wait for what collections free.
//! - `after-release`, keep: a reference is set to nil right before it, so that the peak of
//!   memory stays low.
//! - `evicts`, keep: it stands in a callback for what has been evicted.
//! - `runs-once`, keep: in `main`, `init`, the function that `main` ends with or the function
//!   of a command, outside any loop, it runs once, between two phases of the program.
//! - `condition-may-panic`, keep: the `if` that would go with the call has a condition that
//!   can panic, which would no longer happen.
//! - `own-loop`, advice: a loop that only collects keeps its function, or what waits for
//!   it, alive; remove what starts it.
//! - `left-empty`, advice: the call is all that stands in a clause, a loop, an `else if`, or
//!   an `if` whose header does something; decide what becomes of that.
//! - `as-value`, advice: `runtime.GC` is handed on, to a timer say; what calls it is to go.
//! - `explained`, advice: a comment beside the call says what it is for. Whoever knows that
//!   must decide, and no comment is taken away unread.
//! # Known limits
//! Code behind the call is looked for in this function, its callers and callees of the
//! package, by name. A function whose whole body is the call, or starts the loop, is left
//! with an empty one.

use crate::model::comments::beside;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Transform, Verdict, Without,
};
use crate::syntax::Node;
use crate::transforms::shared::collection::by_hand::ByHand;
use crate::transforms::shared::collection::call::{GC, is_collection};
use crate::transforms::shared::collection::{intent, periodic};
use crate::transforms::shared::collector;

/// Removes `runtime.GC()` from production code.
pub struct ManualGc;

/// A comment at the call, or above its function, that speaks of finalizers.
fn told(at: Node<'_>, whole: Node<'_>) -> Option<String> {
    let speaks = |node: &Node<'_>| beside(*node).to_lowercase().contains("finalizer");
    [at, whole].iter().find(|node| speaks(node)).map(|node| format!("a comment at line {}", node.line()))
}

impl Transform for ManualGc {
    type Site<'t> = ByHand<'t>;
    const META: Meta = Meta {
        id: "manual-gc",
        title: "leave the time of collections to the runtime",
        group: Group::Memory,
        seeds: &["SRC 6", "PKG pitfalls", "SEN checklist"],
        best: Applicability::Unsafe,
        triggers: &[GC],
        guards: &[
            "in-slot",
            "test-code",
            "collector-off",
            "reads-heap-state",
            "drives-finalizers",
            "measures",
            "is-the-feature",
            "retries",
            "memory-pressure",
            "before-exec",
            "repeats",
            "after-release",
            "evicts",
            "runs-once",
            "condition-may-panic",
            "own-loop",
            "left-empty",
            "as-value",
            "explained",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<ByHand<'t>> {
        ByHand::at(mention, "manual-gc: no collection", is_collection, &is_collection, cx)
    }

    fn judge<'t>(site: &ByHand<'t>, cx: &Cx<'t>) -> Verdict {
        let at = site.statement;
        let whole = at.ancestors().last().unwrap_or(at);
        let off = || {
            let steering = if site.periodic.is_some() { intent::tunes } else { intent::steers };
            steering(whole)
                .or_else(|| collector::package_switches_off(cx.package()))
                .or_else(|| cx.around.collector_switched_off())
        };
        let guards: [(&'static str, &dyn Fn() -> Option<String>); 15] = [
            ("test-code", &|| cx.test_code(at)),
            ("reads-heap-state", &|| collector::reads_heap_state(whole)),
            ("drives-finalizers", &|| collector::hangs_on_collections(whole)),
            ("measures", &|| intent::measures(at)),
            ("is-the-feature", &|| {
                let feature = intent::feature(at, site.periodic.is_some(), cx.package());
                feature.or_else(|| intent::only_work(at, &is_collection, cx))
            }),
            ("retries", &|| intent::retries(at, whole)),
            ("memory-pressure", &|| intent::pressure(at)),
            ("before-exec", &|| intent::before_exec(at, whole)),
            ("repeats", &|| site.periodic.is_none().then(|| periodic::repeats(at, cx.package())).flatten()),
            ("after-release", &|| intent::after_release(at)),
            ("evicts", &|| intent::evicts(at)),
            ("drives-finalizers", &|| told(at, whole)),
            // These ask the other files of the package, the last one all files of
            // the module, so they come when nothing nearer has kept the code.
            ("drives-finalizers", &|| collector::package_hangs_on_collections(cx.package(), false)),
            ("reads-heap-state", &|| intent::heap_is_read_around(whole, cx)),
            ("collector-off", &off),
        ];
        let mut verdict =
            Verdict::of(Applicability::Unsafe).keep_if(site.without == Some(Without::Slot), "in-slot");
        for (guard, seen) in guards {
            if verdict.level() == Applicability::Kept {
                return verdict;
            }
            verdict = verdict.keep_for(seen(), guard);
        }
        let verdict = verdict
            .keep_if(site.periodic.is_none() && intent::runs_once(at, cx.package()), "runs-once")
            .keep_if(matches!(site.without, Some(Without::MayPanic(_))), "condition-may-panic");
        site.lowered_by_reason(site.lowered_by_place(verdict))
    }

    fn diagnose<'t>(site: &ByHand<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let message = match &site.periodic {
            Some(_) => "a loop that exists only to call `runtime.GC()`",
            None if site.without.is_none() => "`runtime.GC` handed on in production code",
            None => "`runtime.GC()` in production code",
        };
        // Who takes the call away has to know what it may have been for.
        let peak = match verdict.level() {
            Applicability::Unsafe => {
                "; without the call garbage stays longer, so the peak of the heap can rise"
            }
            _ => "",
        };
        let labels = site.periodic.as_ref().map(|periodic| (periodic.statement.span(), "the loop".into()));
        Diagnostic {
            span: site.call.span(),
            message: message.into(),
            why: format!(
                "it blocks its caller for a whole collection (63 ms measured with 256 MB live, though the \
                 world stops for less than 0.2 ms); the runtime collects when the heap has grown by GOGC \
                 percent, and `GOMEMLIMIT` bounds memory{peak}"
            ),
            severity: Severity::Note,
            labels: labels.into_iter().collect(),
        }
    }

    fn rewrite<'t>(site: &ByHand<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        site.remove(cx, fix);
    }
}
