//! Stops an execution trace that nothing stops, so that its end is not lost.
//! ```go
//! func main() {
//! 	f, err := os.Create("trace.out")
//! 	if err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer f.Close()
//! 	if err := trace.Start(f); err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	fmt.Println(strings.Repeat("work", 1000))
//! }
//! ```
//! becomes
//! ```go
//! func main() {
//! 	f, err := os.Create("trace.out")
//! 	if err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer f.Close()
//! 	if err := trace.Start(f); err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer trace.Stop()
//! 	fmt.Println(strings.Repeat("work", 1000))
//! }
//! ```
//! # Why
//! A trace is written while it runs, and `trace.Stop` writes what is still in the buffers:
//! without it the file ends in the middle, with the last moments of the program missing. It
//! also grows for as long as nothing stops it: measured with Go 1.26, 34 MB/s where two
//! goroutines do nothing but wake each other, 3.98 MiB against 0.37 MiB for one that was
//! stopped after a tenth of the time.
//! # Unsafe
//! The trace ends when `main`, or the function that `main` ends with, returns. The stop is
//! deferred behind the `defer` that closes the file, so it runs before it.
//! # Guards
//! - `test-code`, keep: a test has `-trace`, and its own ideas of when to stop.
//! - `discarded`, keep: the trace goes to `io.Discard`, so its end is not missed.
//! - `handed-on`, keep: the function starts a trace into a writer that it was given and
//!   returns the error, so its caller decides when to stop.
//! - `told-as-always-on`, keep: the program runs until it is killed, with the trace from its
//!   start on; `trace-always-on` tells of it.
//! - `may-go-on`, advice: the trace may be meant to go on when this function ends: a
//!   helper, a method, an `init`, a command's hook, a goroutine. Stop it where the work
//!   ends.
//! - `in-loop`, advice: a deferred stop would run after the loop, and the second start
//!   fails; stop at the end of each iteration.
//! - `never-returns`, advice: the program serves until it is killed, so a deferred stop never
//!   runs; record for a bounded time, or stop on a signal.
//! - `exit-skips-it`, advice: `os.Exit` or `log.Fatal` ends the program without running
//!   what was deferred; stop before it, or return from a function of its own.
//! - `writer-used-later`, advice: the function closes, flushes or reads what the trace is
//!   written to before a deferred stop would run; stop before that.
//! - `odd-place`, advice: the start stands where no `defer` can follow it.
//! - `not-nameable`, advice: `Stop` would mean something else at this place.
//! # Known limits
//! A program that is killed by a signal, or by `os.Exit` in another package, still leaves a
//! trace without its end. Any `trace.Stop` in the package counts, whatever it belongs to; in
//! another package it is not looked for.

use crate::model::recording::TRACE;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::Node;
use crate::transforms::shared::lifetime::always_on;
use crate::transforms::shared::unstopped::Unstopped;

/// Adds `defer trace.Stop()`.
pub struct TraceWithoutStop;

impl Transform for TraceWithoutStop {
    type Site<'t> = Unstopped<'t>;
    const META: Meta = Meta {
        id: "trace-without-stop",
        title: "stop the trace, which writes its end",
        group: Group::Profiles,
        seeds: &["SEN 9.1"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: TRACE.path, name: TRACE.start }],
        guards: &[
            "test-code",
            "discarded",
            "handed-on",
            "told-as-always-on",
            "may-go-on",
            "in-loop",
            "never-returns",
            "exit-skips-it",
            "writer-used-later",
            "odd-place",
            "not-nameable",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<Unstopped<'t>> {
        Unstopped::at(mention, TRACE, cx)
    }

    fn judge<'t>(site: &Unstopped<'t>, cx: &Cx<'t>) -> Verdict {
        let told = always_on(site.call, cx).map(|node| format!("line {}", node.line()));
        let verdict = site.judge(cx);
        if verdict.level() == Applicability::Kept {
            verdict
        } else {
            verdict.keep_for(told, "told-as-always-on")
        }
    }

    fn diagnose<'t>(site: &Unstopped<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.call.span(),
            message: "nothing in the package stops this trace".into(),
            why:
                "`trace.Stop` writes what is still in the buffers: without it the trace ends in the middle, \
                  and until the program ends it grows (up to 34 MB/s measured)"
                    .into(),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &Unstopped<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        site.rewrite(cx, fix);
    }
}
