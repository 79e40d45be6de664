//! Removes `runtime.GC()` from the measured loop of a benchmark.
//! ```go
//! func BenchmarkDouble(b *testing.B) {
//! 	for i := 0; i < b.N; i++ {
//! 		runtime.GC() // clean numbers
//! 		sink += i * 2
//! 	}
//! }
//!
//! var sink int
//! ```
//! becomes
//! ```go
//! func BenchmarkDouble(b *testing.B) {
//! 	for i := 0; i < b.N; i++ {
//! 		sink += i * 2
//! 	}
//! }
//!
//! var sink int
//! ```
//! # Why
//! The benchmark reports the time of the collection instead of the code's: measured with
//! Go 1.26 and 16 MB live, 3,176,405 ns/op against 10,474 without it, in proportion to the
//! live heap. The `testing` package collects by itself before each run, and
//! `b.ReportAllocs` counts allocations without a collection.
//! # Safe
//! In the measured loop of a benchmark that is not about collections, of a package in
//! which nothing depends on them, the call changes only the numbers.
//! # Guards
//! - `in-slot`, keep: the call stands under a label or in the header of a loop, where a
//!   statement must be.
//! - `timer-stopped`, keep: the timer is stopped there, or reset in the loop, so the call is
//!   not measured.
//! - `only-statement`, keep: the loop or a clause would be left empty, or the timer runs for
//!   nothing else: the collection is what is measured.
//! - `condition-may-panic`, keep: the `if` that would go with the call has a condition that
//!   can panic, which would no longer happen.
//! - `about-collection`, keep: the name of the benchmark, or what it reports, speaks of
//!   collections, finalizers, cleanups, weak pointers or pools.
//! - `reads-heap-state`, keep: the benchmark reads the statistics of the heap or writes a
//!   heap profile, which show the last collection.
//! - `drives-finalizers`, keep: the benchmark, or the package under test, has finalizers,
//!   cleanups, weak pointers, pools or C memory, which collections clear; or it opens files
//!   or connections and closes none, which their finalizers do.
//! - `measures`, keep: the benchmark measures the collection with a clock of its own.
//! - `collector-off`, keep: the module switches the collector off, or the benchmark changes
//!   when it runs, so the call may be the only collection there is.
//! # Known limits
//! A benchmark that is run with `GOGC=off` depends on its calls. Packages that the package
//! under test imports are not looked at. A call before the loop is none of this rule's.

pub(super) mod timer;

use crate::model::imports::{callee, package_of};
use crate::model::words::speaks_of;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, TestPolicy, Transform, Verdict,
    Without,
};
use crate::syntax::{DeclKind, File, Kind, Node, byte_checks};
use crate::transforms::shared::collection::call::{collection, is_collection};
use crate::transforms::shared::collection::intent;
use crate::transforms::shared::collector;
use memchr::memmem;
use std::sync::Arc;

/// Removes `runtime.GC()` from the measured loop of a benchmark.
pub struct GcInBenchmark;

/// `runtime.GC()` as a statement in a measured loop.
pub struct GcInBenchmarkSite<'t> {
    statement: Node<'t>,
    call: Node<'t>,
    /// The loop that is measured.
    measured: Node<'t>,
    without: Without<'t>,
}

impl Transform for GcInBenchmark {
    type Site<'t> = GcInBenchmarkSite<'t>;
    const META: Meta = Meta {
        id: "gc-in-benchmark",
        title: "measure the code, not the collector",
        group: Group::Memory,
        seeds: &["OPT 2"],
        best: Applicability::Safe,
        tests: TestPolicy::Always,
        may_match_tokens: |code, _| ["N", "Loop", "Next"].iter().any(|name| code.has_word(name)),
        triggers: &[Symbol { path: "runtime", name: "GC" }],
        may_match_bytes: near,
        guards: &[
            "in-slot",
            "timer-stopped",
            "only-statement",
            "condition-may-panic",
            "about-collection",
            "reads-heap-state",
            "drives-finalizers",
            "measures",
            "collector-off",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<GcInBenchmarkSite<'t>> {
        if !cx.file.is_test() {
            return None;
        }
        let (call, statement) = collection(mention)?;
        let measured = timer::measured_loop(statement)?;
        let without = cx.without_all(statement, "gc-in-benchmark: no collection", is_collection);
        Some(GcInBenchmarkSite { statement, call, measured, without })
    }

    fn judge<'t>(site: &GcInBenchmarkSite<'t>, cx: &Cx<'t>) -> Verdict {
        let at = site.statement;
        let whole = at.ancestors().last().unwrap_or(at);
        // The files of the directory and of the module are read only for a site
        // that nothing nearer has kept.
        let hangs = || {
            collector::hangs_on_collections(whole)
                .or_else(|| opens_for_good(whole))
                .or_else(|| collector::package_hangs_on_collections(cx.around.directory(), true))
        };
        let off = || {
            intent::steers(whole)
                .or_else(|| collector::package_switches_off(cx.around.directory()))
                .or_else(|| cx.around.collector_switched_off())
        };
        let empties = matches!(site.without, Without::Empties(_) | Without::WholeBody(_));
        Verdict::of(Applicability::Safe)
            .keep_if(site.without == Without::Slot, "in-slot")
            .keep_seen(|| timer::stopped(at, site.measured, cx), "timer-stopped")
            .keep_if(empties || timer::is_all(at, site.measured), "only-statement")
            .keep_if(matches!(site.without, Without::MayPanic(_)), "condition-may-panic")
            .keep_seen(|| about_collection(site, cx), "about-collection")
            .keep_seen(|| collector::reads_heap_state(whole), "reads-heap-state")
            .keep_seen(|| intent::is_timed(at), "measures")
            .keep_seen(hangs, "drives-finalizers")
            .keep_seen(off, "collector-off")
    }

    fn diagnose<'t>(site: &GcInBenchmarkSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.call.span(),
            message: "`runtime.GC()` inside the loop that the benchmark measures".into(),
            why: "the benchmark reports the collector instead of the code (3.2 ms per operation instead of \
                  10 µs, measured with 16 MB live); `testing` collects before each run by itself"
                .into(),
            severity: Severity::Warning,
            labels: vec![(site.measured.span(), "measured from here".into())],
        }
    }

    fn rewrite<'t>(site: &GcInBenchmarkSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        if let Without::Goes(gone) = site.without {
            fix.delete_statement(gone, &["gc", "collect", "garbage", "heap", "memory", "clean"]);
        }
    }
}

/// Whether the function may be a benchmark, or a helper that is given the handle of
/// one, and counts operations before `at`.
fn near(bytes: &[u8], at: usize) -> bool {
    let Some(before) = byte_checks::function_before(bytes, at) else { return true };
    let tests = [&b"\nfunc Test"[..], b"\nfunc Fuzz", b"\nfunc Example"];
    let holds = |words: &[&str]| words.iter().any(|word| memmem::find(before, word.as_bytes()).is_some());
    !tests.iter().any(|test| before.starts_with(test))
        && holds(&[".B", ".PB"])
        && holds(&[".N", ".Loop", ".Next"])
}

/// What the benchmark is called, or reports, that speaks of collections: its
/// function, the functions that call that, the names of sub-benchmarks, the
/// units of its metrics.
fn about_collection(site: &GcInBenchmarkSite<'_>, cx: &Cx<'_>) -> Option<String> {
    const STEMS: &[&str] =
        &["gc", "collect", "garbage", "finaliz", "finalis", "cleanup", "weak", "pool", "pools", "pooled"];
    let speaks = |name: &str| speaks_of(name, STEMS).then(|| format!("`{name}`"));
    let whole = site.statement.ancestors().last()?;
    let function = whole.name().or_else(|| whole.named().find_map(|node| node.name()));
    let name = function.map_or("", Node::text);
    if let Some(found) = speaks(name) {
        return Some(found);
    }
    let strings = whole.descendants().filter(|node| {
        let argument = node.parent().is_some_and(|list| list.is(&[Kind::ArgumentList, Kind::LiteralElement]));
        argument && node.is(&[Kind::InterpretedStringLiteral, Kind::RawStringLiteral])
    });
    strings.into_iter().find_map(|string| speaks(string.text())).or_else(|| {
        // A helper is as much about collections as the benchmarks that call it.
        let calling = |file: &&Arc<File>| !name.is_empty() && file.may_name(name);
        cx.around.directory().files().filter(calling).find_map(|file| {
            let decls = file.outline().decls.iter().filter(|decl| decl.kind == DeclKind::Func);
            decls.into_iter().find_map(|decl| {
                let calls = decl.span.of(file.text()).contains(name);
                decl.names.iter().find_map(|name| speaks(&name.text)).filter(|_| calls)
            })
        })
    })
}

/// Files or connections that the benchmark opens, when it closes nothing.
fn opens_for_good(whole: Node<'_>) -> Option<String> {
    let opens = |node: &Node<'_>| {
        let Some(callee) = callee(*node).filter(|callee| callee.kind() == Kind::SelectorExpression) else {
            return false;
        };
        let name = callee.field().map_or("", Node::text);
        match package_of(callee) {
            Some("os") => matches!(name, "Open" | "OpenFile" | "OpenRoot" | "Create" | "CreateTemp" | "Pipe"),
            Some("net") => name.starts_with("Dial") || name.starts_with("Listen"),
            _ => false,
        }
    };
    let closes = |node: Node<'_>| node.kind() == Kind::FieldIdentifier && node.text() == "Close";
    let opened = whole.descendants().find(opens)?;
    let closed = whole.descendants().any(closes);
    (!closed).then(|| format!("`{}` on line {}", callee(opened).map_or("", Node::text), opened.line()))
}
