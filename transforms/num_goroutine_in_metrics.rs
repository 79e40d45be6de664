//! Advises to count requests where a handler asks for the number of goroutines.
//! ```go
//! func serve(w http.ResponseWriter, r *http.Request) {
//! 	if runtime.NumGoroutine() > 10_000 {
//! 		w.WriteHeader(http.StatusServiceUnavailable)
//! 	}
//! }
//! ```
//! better:
//! ```go
//! var inFlight atomic.Int64
//!
//! func serve(w http.ResponseWriter, r *http.Request) {
//! 	defer inFlight.Add(-1)
//! 	if inFlight.Add(1) > 10_000 {
//! 		w.WriteHeader(http.StatusServiceUnavailable)
//! 	}
//! }
//! ```
//! # Why
//! The number counts every goroutine of the process: idle connections, timers of libraries,
//! workers that wait. As a measure of load it changes with what has nothing to do with the load.
//! The call itself is cheap, though 1.2 ms is a figure that is often quoted: 2.5 ns
//! against 0.7 for an atomic counter with Go 1.26, whatever number of goroutines there is. A
//! status page or an exporter that shows the number is fine. `/sched/goroutines:goroutines` does not replace it:
//! from Go 1.26 it counts the runtime's own goroutines too.
//! # Guards
//! - `test-code`, keep: tests compare the number to find leaks.
//! - `health-check`, keep: the name of the handler, or its route, says that it tells whether
//!   the program is well, where many goroutines are a leak.
//! - `measures-load`, advice: a handler decides something by the number.
//! # Known limits
//! Only comparisons in the handler itself are seen, of the call or of a variable that
//! holds its result. A loop that polls the number before it starts a goroutine is told by
//! `num-goroutine-gate` alone. Two of its results compared with each other look for leaks: no finding.

use crate::model::effects::function_of;
use crate::model::imports::{callee, is_call, parenthesized, unparenthesized};
use crate::model::scope;
use crate::model::words::words;
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::handler;

/// Advises on `runtime.NumGoroutine()` as a measure of load in a handler.
pub struct NumGoroutineInMetrics;

/// `runtime.NumGoroutine() > limit` in a handler.
pub struct NumGoroutineInMetricsSite<'t> {
    call: Node<'t>,
    handler: Node<'t>,
    /// `an HTTP handler`
    serves: &'static str,
}

impl Transform for NumGoroutineInMetrics {
    type Site<'t> = NumGoroutineInMetricsSite<'t>;
    const META: Meta = Meta {
        id: "num-goroutine-in-metrics",
        title: "count the requests that are served",
        group: Group::Metrics,
        seeds: &["SRC 12"],
        triggers: &[Symbol { path: "runtime", name: "NumGoroutine" }],
        guards: &["test-code", "health-check", "measures-load"],
        yields_to: &["num-goroutine-gate"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<NumGoroutineInMetricsSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let functions = std::iter::successors(function_of(call), |function| function_of(*function));
        let (handler, serves) = functions
            .filter_map(|function| handler::served(function, cx).map(|serves| (function, serves)))
            .next()?;
        decides(call).then_some(NumGoroutineInMetricsSite { call, handler, serves })
    }

    fn judge<'t>(site: &NumGoroutineInMetricsSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(health_check(site.handler), "health-check")
            .named("measures-load")
    }

    fn diagnose<'t>(site: &NumGoroutineInMetricsSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.call.span(),
            message: format!("`runtime.NumGoroutine()` as a measure of load in {}", site.serves),
            why: "it counts every goroutine of the process, idle ones too; an atomic counter around the handler \
                  says how many requests are served (the call is cheap, 3 ns, so cost is not a reason)"
                .into(),
            severity: Severity::Note,
            labels: vec![(site.handler.span(), site.serves.trim_start_matches("an ").trim_start_matches("a ").into())],
        }
    }
}

/// The name or the route that says that the handler looks for leaks, not at load.
fn health_check(handler: Node<'_>) -> Option<String> {
    const WORDS: &[&str] = &[
        "health",
        "healthz",
        "healthcheck",
        "healthy",
        "alive",
        "livez",
        "liveness",
        "ready",
        "readyz",
        "readiness",
        "probe",
        "leak",
        "leaks",
    ];
    let named = handler.ancestors().chain(std::iter::once(handler)).filter_map(|up| up.name());
    let beside = handler.parent().filter(|list| list.kind() == Kind::ArgumentList);
    let routes = beside.into_iter().flat_map(Node::named).filter(|it| *it != handler);
    let said =
        named.chain(routes).find(|it| words(it.text()).iter().any(|word| WORDS.contains(&word.as_str())))?;
    Some(format!("`{}` on line {}", said.text(), said.line()))
}

/// Whether the number is compared, or the variable that it is kept in.
fn decides(call: Node<'_>) -> bool {
    if compared(call) {
        return true;
    }
    let list = call.parent().filter(|list| list.kind() == Kind::ExpressionList && list.named().count() == 1);
    let name = list.and_then(Node::parent).and_then(|declares| match declares.kind() {
        Kind::ShortVarDeclaration => declares.left()?.named().next(),
        Kind::VarSpec => declares.name(),
        _ => None,
    });
    let local = name.and_then(|name| scope::local(name.text(), name));
    local.is_some_and(|local| scope::mentions(local).into_iter().any(compared))
}

/// Whether the expression is the number of goroutines at another time.
fn is_number(side: Node<'_>) -> bool {
    let asks = |node: Node<'_>| is_call(node, "runtime", "NumGoroutine");
    let given = || {
        let local = scope::local(side.text(), side).filter(|_| side.kind() == Kind::Identifier)?;
        let up = local.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]))?;
        Some(up.descendants().any(asks))
    };
    asks(side) || given() == Some(true)
}

fn compared(value: Node<'_>) -> bool {
    const ORDERS: &[Kind] = &[Kind::Less, Kind::LessOrEqual, Kind::Greater, Kind::GreaterOrEqual];
    let mut value = parenthesized(value);
    // A conversion counts what it converts.
    while let Some(call) = value.parent().filter(|up| up.kind() == Kind::ArgumentList).and_then(Node::parent)
    {
        const NUMBERS: &[&str] = &["int64", "int32", "uint64", "uint32", "uint", "float64"];
        if !callee(call).is_some_and(|callee| NUMBERS.contains(&callee.text())) {
            break;
        }
        value = parenthesized(call);
    }
    value.parent().is_some_and(|up| {
        up.kind() == Kind::BinaryExpression
            && up.operator().is_some_and(|operator| ORDERS.contains(&operator.kind()))
            && ![up.left(), up.right()]
                .into_iter()
                .flatten()
                .any(|side| !side.holds(value) && is_number(unparenthesized(side)))
    })
}
