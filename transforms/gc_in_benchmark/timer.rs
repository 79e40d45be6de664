//! What a benchmark measures: its loop, and where in it the timer runs.

use super::is_collection;
use crate::model::benchmarks::counts_operations;
use crate::model::effects::function_of;
use crate::model::flow::is_testing_handle;
use crate::model::imports::{arguments, callee, is_call};
use crate::model::waits::loops_around;
use crate::rewrite::Cx;
use crate::syntax::{Kind, Node};

/// The outermost loop around `at`, in its function, that runs once for each
/// operation: over `b.N`, `b.Loop()` or `pb.Next()`.
pub(super) fn measured_loop(at: Node<'_>) -> Option<Node<'_>> {
    // A test that runs a benchmark itself may look at the numbers.
    let whole = at.ancestors().last()?;
    let name = whole.named().find_map(|node| node.name()).map_or("", Node::text);
    let judged = ["Test", "Fuzz", "Example"].iter().any(|kind| name.starts_with(kind))
        || whole.descendants().any(|node| is_call(node, "testing", "Benchmark"));
    loops_around(at).filter(|statement| !judged && counts_operations(*statement)).last()
}

/// Where the timer is stopped, or reset, so that `at` in the loop `measured` is
/// not measured, or may not be.
pub(super) fn stopped<'t>(at: Node<'t>, measured: Node<'t>, cx: &Cx<'t>) -> Option<String> {
    let inner = function_of(at)?;
    let parallel = inner
        .parent()
        .and_then(Node::parent)
        .filter(|call| callee(*call).and_then(|it| it.field()).is_some_and(|it| it.text() == "RunParallel"))
        .and_then(function_of);
    let function = parallel.unwrap_or(inner);
    let calls: Vec<(Node<'_>, &str)> = function
        .descendants()
        .filter_map(|node| {
            let method = callee(node)?.field()?.text();
            TIMER.contains(&method).then_some((node, method))
        })
        .collect();
    let inside = |call: &&(Node<'_>, &str)| measured.holds(call.0);
    let seen = |call: &(Node<'_>, &str)| Some(format!("`{}` on line {}", call.0.text(), call.0.line()));
    // What comes before a reset is not measured; a call behind a condition may
    // not be made.
    let body = measured.body()?;
    let straight =
        |call: &(Node<'_>, &str)| call.0.parent().and_then(Node::parent).and_then(Node::parent) == Some(body);
    if let Some(call) = calls.iter().filter(inside).find(|call| call.1 == "ResetTimer" || !straight(call)) {
        return seen(call);
    }
    let by_helper = function.descendants().find(|node| hands_the_timer_on(*node, cx));
    if let Some(call) = by_helper {
        return Some(format!("`{}` on line {}", call.text(), call.line()));
    }
    let before = calls.iter().rfind(|call| call.0.end() <= measured.start() && call.1 != "ResetTimer");
    let earlier = calls.iter().rfind(|call| inside(call) && call.0.end() <= at.start());
    let last = calls.iter().rfind(inside);
    let stops = |call: Option<&(Node<'_>, &str)>| call.filter(|call| call.1 == "StopTimer").and_then(seen);
    match earlier {
        Some(_) => stops(earlier),
        // The first round comes from before the loop, the next ones from its
        // end.
        None => stops(before).or_else(|| stops(last)),
    }
}

/// The methods that stop, start and reset the timer.
const TIMER: &[&str] = &["StopTimer", "StartTimer", "ResetTimer"];

/// Whether the call gives the testing handle to a function of the package that
/// handles its timer.
fn hands_the_timer_on(call: Node<'_>, cx: &Cx<'_>) -> bool {
    let Some(callee) = callee(call).filter(|_| arguments(call).any(is_testing_handle)) else { return false };
    let bodies = match callee.kind() {
        Kind::Identifier => cx.around.directory().declarations(callee.text()),
        Kind::SelectorExpression => {
            let method = callee.field();
            method.map(|name| cx.around.directory().methods(None, name.text())).unwrap_or_default()
        }
        _ => return false,
    };
    bodies
        .iter()
        .flat_map(|body| body.descendants())
        .any(|node| node.kind() == Kind::FieldIdentifier && TIMER.contains(&node.text()))
}

/// Whether the collection is all that is measured: the loop does nothing else
/// besides handling its timer, or the timer runs for nothing else.
pub(super) fn is_all(at: Node<'_>, measured: Node<'_>) -> bool {
    let idle = |part: &Node<'_>| is_collection(*part) || timer_call(*part).is_some();
    let body = measured.body().and_then(|body| body.child(Kind::StatementList));
    if body.is_some_and(|list| list.named().all(|part| idle(&part))) {
        return true;
    }
    let beside: Vec<Node<'_>> = at.parent().into_iter().flat_map(Node::named).collect();
    let Some(here) = beside.iter().position(|part| *part == at) else { return false };
    let other = |part: &&Node<'_>| !is_collection(**part);
    let before = beside[..here].iter().rev().find(other).and_then(|part| timer_call(*part));
    let after = beside[here + 1..].iter().find(other).and_then(|part| timer_call(*part));
    before == Some("StartTimer") && after == Some("StopTimer")
}

/// The method of the testing handle that the statement calls.
fn timer_call(part: Node<'_>) -> Option<&str> {
    let call = part.named().next().filter(|_| part.kind() == Kind::ExpressionStatement)?;
    let method = callee(call)?;
    is_testing_handle(method.operand()?).then_some(())?;
    method.field().map(Node::text)
}
