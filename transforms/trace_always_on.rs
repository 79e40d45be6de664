//! Says where a service traces itself from its start to its end.
//! ```go
//! func main() {
//! 	f, err := os.Create("trace.out")
//! 	if err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	if err := trace.Start(f); err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer trace.Stop()
//! 	log.Fatal(http.ListenAndServe("localhost:8080", nil))
//! }
//! ```
//! better:
//! ```go
//! func record(w io.Writer) error {
//! 	if err := trace.Start(w); err != nil {
//! 		return err
//! 	}
//! 	defer trace.Stop()
//! 	time.Sleep(5 * time.Second)
//! 	return nil
//! }
//! ```
//! # Why
//! The tracer writes an event for each change of a goroutine's state. Measured with Go
//! 1.26: two goroutines that only wake each other need 1330 ns instead of 518 ns each time,
//! and up to 34 MB of trace a second reach the disk; code that computes is hardly slower
//! (1.05 to 1.1 times). It is not a ring buffer: everything is kept. For looking back there is
//! `trace.NewFlightRecorder` (Go 1.25), which keeps the last seconds in memory; for looking
//! now, `/debug/pprof/trace?seconds=5` of net/http/pprof on a private address.
//! # Guards
//! - `test-code`, keep: a test traces what it wants to see.
//! - `bounded`, keep: the package stops the trace somewhere else than in a `defer` of the
//!   same function: after a while, on a signal, by a request.
//! - `whole-life`, advice: the trace starts with the program, whatever the flags say, and
//!   the program serves until it is told to end.
//! - `in-init`, advice: an `init` of a package that is not a program traces every program that
//!   imports it.
//! # Known limits
//! There is no fix: taking the trace away takes the author's file and its uses with it, a
//! window needs somebody who says when it opens, and a flight recorder something that says
//! when to write it down. None of these is in the code.
//!
//! A service is told by `ListenAndServe`, `Serve` and their TLS forms, or by a `main` that
//! cannot end. A start behind a flag is somebody's wish and no finding.

use crate::model::effects::function_of;
use crate::model::imports::{imports, is_symbol};
use crate::model::recording::TRACE;
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::lifetime::always_on;

/// Advises to trace for a bounded time.
pub struct TraceAlwaysOn;

/// `trace.Start` of a service, at its start.
pub struct TraceAlwaysOnSite<'t> {
    call: Node<'t>,
    /// What runs for the program's whole life, or the `init`.
    life: Node<'t>,
}

impl Transform for TraceAlwaysOn {
    type Site<'t> = TraceAlwaysOnSite<'t>;
    const META: Meta = Meta {
        id: "trace-always-on",
        title: "trace for a bounded time",
        group: Group::Profiles,
        seeds: &["OPT 10", "SEN 4"],
        triggers: &[Symbol { path: TRACE.path, name: TRACE.start }],
        guards: &["test-code", "bounded", "whole-life", "in-init"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<TraceAlwaysOnSite<'t>> {
        let call = TRACE.started(mention)?;
        Some(TraceAlwaysOnSite { call, life: always_on(call, cx)? })
    }

    fn judge<'t>(site: &TraceAlwaysOnSite<'t>, cx: &Cx<'t>) -> Verdict {
        let main = cx.file.package() == "main";
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_seen(|| bounded(site.call, cx), "bounded")
            .named(if main { "whole-life" } else { "in-init" })
    }

    fn diagnose<'t>(site: &TraceAlwaysOnSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let recorder = crate::model::GoVersion(1, 25);
        let later = if cx.has(recorder) {
            "to look back later, keep the last seconds with `trace.NewFlightRecorder`"
        } else {
            "from Go 1.25 on `trace.NewFlightRecorder` keeps the last seconds in memory"
        };
        Diagnostic {
            span: site.call.span(),
            message: "the program traces itself for as long as it runs".into(),
            why: format!(
                "every change of a goroutine's state is written (2.6 times the time where goroutines wake each \
                 other, up to 34 MB/s); record a few seconds on demand, by /debug/pprof/trace?seconds=5 on a \
                 private address; {later}"
            ),
            severity: Severity::Warning,
            labels: vec![(site.life.span(), "it runs until it is told to end".into())],
        }
    }
}

/// Where the package stops the trace otherwise than by a `defer` of the function
/// that starts it.
fn bounded(call: Node<'_>, cx: &Cx<'_>) -> Option<String> {
    let function = function_of(call)?;
    cx.package().files().filter(|file| imports(file, TRACE.path)).find_map(|file| {
        let decls = 0..file.outline().decls.len();
        let stop = decls.filter_map(|index| file.decl(index)).find_map(|root| {
            root.descendants().find(|node| {
                is_symbol(*node, TRACE.path, TRACE.stop)
                    && !node.ancestors().any(|up| {
                        up.kind() == Kind::DeferStatement
                            && function.holds(up)
                            && function_of(up) == Some(function)
                    })
            })
        })?;
        let name = file.path().file_name()?.to_string_lossy().into_owned();
        Some(format!("{name}:{}", stop.line()))
    })
}
