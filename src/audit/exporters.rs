//! Whether the goroutine count and the heap are scraped: what exports the metrics of
//! the Go runtime.

use super::context::{CheckAnswer, CheckContext};
use super::line::{AuditPlace, AuditState};
use crate::model::imports::{arguments, callee};

const CLIENT: &str = "github.com/prometheus/client_golang/prometheus";

/// Symbols whose mention shows that the Go runtime is exported.
const EXPORTS: &[(&str, &[&str], &str)] = &[
    (
        "github.com/prometheus/client_golang/prometheus/promhttp",
        &["Handler"],
        "the default registry of the Prometheus client is served, and has the Go runtime",
    ),
    (
        "github.com/prometheus/client_golang/prometheus/collectors",
        &["NewGoCollector"],
        "the Go collector of the Prometheus client is registered",
    ),
    (CLIENT, &["NewGoCollector"], "the Go collector of the Prometheus client is registered"),
    (
        "github.com/VictoriaMetrics/metrics",
        &["WriteProcessMetrics"],
        "the VictoriaMetrics client exports the Go runtime",
    ),
    ("github.com/armon/go-metrics", &["DefaultConfig"], "go-metrics samples the Go runtime by default"),
    ("github.com/hashicorp/go-metrics", &["DefaultConfig"], "go-metrics samples the Go runtime by default"),
];

/// The line of the checklist.
pub(super) fn metrics(context: &CheckContext<'_>) -> CheckAnswer {
    for (path, names, says) in EXPORTS {
        let mentions = names.iter().flat_map(|name| context.program.mentions(path, name));
        let places = context.nodes(mentions.map(|(mention, _)| mention));
        if !places.is_empty() {
            return CheckAnswer::new(AuditState::Found, *says).at(places);
        }
    }
    if let Some((says, places)) = called(context) {
        return CheckAnswer::new(AuditState::Found, says).at(places);
    }
    if let Some(place) = context.import(|path| path == "go.opentelemetry.io/contrib/instrumentation/runtime")
    {
        return CheckAnswer::new(AuditState::Found, "OpenTelemetry exports the Go runtime").at([place]);
    }
    let of = |path, name| context.nodes(context.calls(path, name).into_iter().map(|(call, _)| call));
    let reads = of("runtime/metrics", "Read");
    let (heap, goroutines) = (of("runtime", "ReadMemStats"), of("runtime", "NumGoroutine"));
    if !reads.is_empty() {
        return CheckAnswer::new(AuditState::Found, "runtime/metrics is read").at(reads);
    }
    if !heap.is_empty() && !goroutines.is_empty() {
        return CheckAnswer::new(
            AuditState::Found,
            "both are read; runtime/metrics does it without stopping the world",
        )
        .at(heap.into_iter().chain(goroutines));
    }
    let clients = [
        (
            CLIENT,
            "the Prometheus client is imported, and nothing in the module serves its default registry or registers its Go collector",
        ),
        (
            "github.com/VictoriaMetrics/metrics",
            "the VictoriaMetrics client is imported, and nothing in the module asks it for the Go runtime",
        ),
        (
            "gopkg.in/DataDog/dd-trace-go",
            "the Datadog tracer is imported, and nothing in the module switches its runtime metrics on",
        ),
        (
            "github.com/DataDog/dd-trace-go",
            "the Datadog tracer is imported, and nothing in the module switches its runtime metrics on",
        ),
    ];
    for (file_cache, says) in clients {
        if let Some(place) = context.import(|path| path.starts_with(file_cache)) {
            return CheckAnswer::new(AuditState::Undecidable, says).at([place]);
        }
    }
    if let Some(place) = context.import(|path| path == "expvar") {
        return CheckAnswer::new(
            AuditState::Missing,
            "expvar publishes the memory statistics but not the goroutine count; publish runtime/metrics",
        )
        .at([place]);
    }
    let says = match (heap.is_empty(), goroutines.is_empty()) {
        (false, _) => {
            "the heap is read, but not the goroutine count; export runtime/metrics or use the collector of a metrics library"
        }
        (_, false) => {
            "goroutines are counted, but the heap is not read; export runtime/metrics or use the collector of a metrics library"
        }
        _ => {
            "nothing in the module reads them; export runtime/metrics or use the collector of a metrics library"
        }
    };
    CheckAnswer::new(AuditState::Missing, says).at(heap.into_iter().chain(goroutines))
}

/// Calls that export the Go runtime by what they are given.
fn called(context: &CheckContext<'_>) -> Option<(&'static str, Vec<AuditPlace>)> {
    let with = |path, name, index, wanted: &str| {
        let calls = context.calls(path, name).into_iter().map(|(call, _)| call);
        context.nodes(calls.filter(|call| {
            arguments(*call).nth(index).is_some_and(|argument| {
                argument.text() == wanted
                    || callee(argument).is_none() && argument.text().ends_with(&format!(".{wanted}"))
            })
        }))
    };
    let serves =
        with("github.com/prometheus/client_golang/prometheus/promhttp", "HandlerFor", 0, "DefaultGatherer");
    if !serves.is_empty() {
        return Some((
            "the default registry of the Prometheus client is served, and has the Go runtime",
            serves,
        ));
    }
    let writes = with("github.com/VictoriaMetrics/metrics", "WritePrometheus", 1, "true");
    if !writes.is_empty() {
        return Some(("the VictoriaMetrics client exports the Go runtime", writes));
    }
    let traces = context.program.running("WithRuntimeMetrics", None).into_iter().flat_map(|(root, _)| {
        root.descendants().filter(|node| {
            callee(*node)
                .and_then(|called| called.field())
                .is_some_and(|name| name.text() == "WithRuntimeMetrics")
        })
    });
    let tracer = || context.import(|path| path.contains("DataDog/dd-trace-go")).is_some();
    let traces = context.nodes(traces);
    (!traces.is_empty() && tracer()).then_some(("the Datadog tracer exports the Go runtime", traces))
}
