//! Dumps all goroutines when something is wrong, not at every tick or request.
//! ```go
//! func monitorStuck(analyze func([]byte)) {
//! 	buf := make([]byte, 1<<20)
//! 	for {
//! 		n := runtime.Stack(buf, true)
//! 		analyze(buf[:n])
//! 		time.Sleep(5 * time.Second)
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func monitorStuck(analyze func([]byte)) {
//! 	buf := make([]byte, 1<<20)
//! 	for {
//! 		if runtime.NumGoroutine() > 10000 {
//! 			n := runtime.Stack(buf, true)
//! 			analyze(buf[:n])
//! 		}
//! 		time.Sleep(5 * time.Second)
//! 	}
//! }
//! ```
//! # Why
//! `runtime.Stack(buf, true)` stops the world for the whole walk, even when the buffer is full
//! already. Measured with Go 1.26: 20 ms a call with 10,000 goroutines, and 2.3 ms with 1,000
//! for each request that dumps them. `runtime.NumGoroutine()` takes 3 ns.
//! `pprof.Lookup("goroutine").WriteTo(w, 2)` is the same dump; with 0 or 1 it adds up equal
//! stacks and stops the world for 41 µs of its 10 ms.
//! # Unsafe
//! In a loop on a ticker or a sleep the dump, with all that uses it, goes behind a threshold of
//! 10,000 goroutines: choose a number that is unusual for the program. In a handler it moves into a
//! deferred `recover`, which dumps when the handler panics, and panics on. A periodic
//! `WriteTo(w, 2)` gets 1: each stack once, with the number of its goroutines.
//! # Guards
//! - `test-code`, keep: a test looks for goroutines left behind.
//! - `debug-build`, keep: the file is built for debugging only.
//! - `pauses-microseconds`, keep: `WriteTo(w, 0)` and `WriteTo(w, 1)` hardly stop the world.
//! - `on-condition`, keep: the dump is made behind a condition, a flag or an early exit.
//! - `timeout`, keep: the dump is made when something else did not happen in time.
//! - `seldom`, keep: a minute or more lies between two dumps.
//! - `debug-endpoint`, keep: the dump is what the request asks for.
//! - `period-unknown`, advice: the time between two dumps is not a constant.
//! - `health-check`, advice: a request for the health or the metrics of the program gets a
//!   dump; answer with `runtime.NumGoroutine()` and leave dumps to an endpoint for debugging.
//! - `recovers`, advice: the handler recovers already; dump there.
//! - `too-old-go`, advice: from Go 1.19 the profile hardly stops the world.
//! - `taken-apart`, advice: code searches or splits the profile, which looks different
//!   with 1.
//! - `odd-shape`, advice: the dump cannot be moved with all that uses it, or ends the loop.
//! # Known limits
//! A dump in a function that the loop or the handler calls is not seen. A threshold finds no goroutines
//! that are stuck in small numbers.

mod region;
mod when;

use self::region::Region;
use self::when::When;
use crate::model::effects::is_predeclared;
use crate::model::imports::{arguments, callee, parenthesized, unparenthesized};
use crate::model::{GoVersion, constant};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};

/// Moves a dump of all goroutines behind a threshold or into a deferred `recover`.
pub struct StackAllPolled;

/// A dump of all goroutines in a paced loop or a handler.
pub struct StackAllPolledSite<'t> {
    /// `runtime.Stack(buf, true)` or `pprof.Lookup("goroutine").WriteTo(w, 2)`
    dump: Node<'t>,
    /// The `2` of the latter, and its value.
    detail: Option<(Node<'t>, i64)>,
    when: When<'t>,
    /// What moves with the dump.
    region: Option<Region<'t>>,
}

/// The longest time between two dumps that is worth a word, in nanoseconds: the
/// advice is to dump once in one to five minutes at most.
const SELDOM: i64 = 60_000_000_000;

impl Transform for StackAllPolled {
    type Site<'t> = StackAllPolledSite<'t>;
    const META: Meta = Meta {
        id: "stack-all-polled",
        title: "dump all goroutines only when something is wrong",
        group: Group::Profiles,
        seeds: &["OPT 6", "SRC 14"],
        best: Applicability::Unsafe,
        triggers: &[
            Symbol { path: "runtime", name: "Stack" },
            Symbol { path: "runtime/pprof", name: "Lookup" },
        ],
        guards: &[
            "test-code",
            "debug-build",
            "pauses-microseconds",
            "on-condition",
            "timeout",
            "seldom",
            "debug-endpoint",
            "period-unknown",
            "health-check",
            "recovers",
            "too-old-go",
            "taken-apart",
            "odd-shape",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<StackAllPolledSite<'t>> {
        let call = parenthesized(mention).parent().filter(|call| callee(*call) == Some(mention))?;
        let (dump, detail) = match arguments(call).collect::<Vec<_>>()[..] {
            [_, all] if all.text() == "true" && is_predeclared("true", cx.package()) => (call, None),
            [name] if unparenthesized(name).text().trim_matches(['"', '`']) == "goroutine" => {
                let selector = call.parent().filter(|up| up.kind() == Kind::SelectorExpression)?;
                let write = selector.parent().filter(|write| callee(*write) == Some(selector))?;
                let level = arguments(write).nth(1)?;
                let writes = selector.field().is_some_and(|field| field.text() == "WriteTo");
                let value = constant::integer(level, cx.package()).filter(|_| writes)?;
                (write, Some((level, value)))
            }
            _ => return None,
        };
        let when = When::of(dump, cx)?;
        // The same dump once more, into a larger buffer.
        if when.is_retry(dump) {
            return None;
        }
        let region = when.list().and_then(|list| Region::around(dump, list, cx.package()));
        Some(StackAllPolledSite { dump, detail, when, region })
    }

    fn judge<'t>(site: &StackAllPolledSite<'t>, cx: &Cx<'t>) -> Verdict {
        let (mut seldom, mut unknown, mut answers, mut health) = (None, false, None, None);
        let mut recovers = None;
        match &site.when {
            When::Paced { period, .. } => {
                let every = period.and_then(|period| constant::integer(period, cx.package()));
                seldom = period.filter(|_| every.is_some_and(|every| every >= SELDOM)).map(seen);
                unknown = every.is_none();
            }
            When::Served { function, .. } => {
                recovers = when::recovers(*function).map(seen);
                answers = when::asked_for(*function);
                if answers.is_none() {
                    answers = when::part_of_answer(site.dump, *function);
                    // A dump that nobody asked for is no answer.
                    health = when::health_check(*function).filter(|_| answers.is_some()).map(seen);
                }
            }
        }
        let answers = answers.filter(|_| health.is_none()).map(seen);
        let brief = site.detail.is_some_and(|(_, detail)| detail < 2);
        let old = (!cx.has(GoVersion(1, 19))).then(|| "Go 1.19 has it".to_owned());
        let moved = site.detail.is_none();
        let parsed = || when::parsed(site.dump, cx.package()).filter(|_| !moved).map(seen);
        let fits = site.region.as_ref().is_some_and(|region| region.fits(&site.when));
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.dump), "test-code")
            .keep_for(debug_build(cx), "debug-build")
            .keep_if(brief, "pauses-microseconds")
            .keep_for(when::condition(site.dump, &site.when).map(seen), "on-condition")
            .keep_for(site.when.timeout().map(seen), "timeout")
            .keep_for(seldom, "seldom")
            .keep_for(answers, "debug-endpoint")
            .lower_if(unknown, Applicability::Advice, "period-unknown")
            .lower_for(health, Applicability::Advice, "health-check")
            .lower_for(recovers.filter(|_| moved), Applicability::Advice, "recovers")
            .lower_for(old.filter(|_| !moved), Applicability::Advice, "too-old-go")
            .lower_for(parsed(), Applicability::Advice, "taken-apart")
            .lower_if(moved && !(fits && nameable(site, cx)), Applicability::Advice, "odd-shape")
    }

    fn diagnose<'t>(site: &StackAllPolledSite<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let (message, advice) = match (&site.when, site.detail) {
            (When::Paced { .. }, None) => (
                "a dump of all goroutines in every iteration stops the world",
                "dump above a number of goroutines that is unusual (`runtime.NumGoroutine()` takes 3 ns), or write `pprof.Lookup(\"goroutine\").WriteTo(w, 1)`, which stops the world for 41 µs",
            ),
            (When::Served { .. }, None) => (
                "a dump of all goroutines for each request stops the world",
                "dump in a deferred `recover`, after a timeout, or at an endpoint of its own",
            ),
            (_, Some(_)) => (
                "a goroutine profile with `debug=2` stops the world each time",
                "`WriteTo(w, 1)` shows each stack once, with its count, and stops the world for 41 µs",
            ),
        };
        let advice = match verdict.guard() {
            Some("health-check") => {
                "answer with `runtime.NumGoroutine()` and leave dumps to an endpoint for debugging"
            }
            _ => advice,
        };
        let (around, label) = match &site.when {
            When::Paced { statement, .. } => (statement.span(), "this loop"),
            When::Served { function, serves, .. } => {
                (function.span(), if serves.contains("gRPC") { "gRPC handler" } else { "HTTP handler" })
            }
        };
        Diagnostic {
            span: site.dump.span(),
            message: message.into(),
            why: format!("nothing runs for 20 ms when there are 10,000 goroutines (Go 1.26); {advice}"),
            severity: Severity::Warning,
            labels: vec![(around, label.into())],
        }
    }

    fn rewrite<'t>(site: &StackAllPolledSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        if let Some((level, _)) = site.detail {
            fix.set_title("write each stack once, with its count");
            fix.replace_node(level, "1");
            return;
        }
        let Some(region) = &site.region else { return };
        match site.when {
            When::Paced { .. } => {
                let Some(count) = cx.qualified("runtime", "NumGoroutine", site.dump) else { return };
                fix.set_title("dump above 10,000 goroutines only");
                region.wrap(&[format!("if {count}() > 10000 {{")], &["}".into()], fix);
            }
            When::Served { .. } => {
                fix.claim(site.dump);
                let value = cx.fresh_name(&["v", "value", "recovered"], site.dump);
                fix.set_title("dump when the handler panics");
                let opens =
                    ["defer func() {".into(), format!("\tif {value} := recover(); {value} != nil {{")];
                let closes = [format!("\t\tpanic({value})"), "\t}".into(), "}()".into()];
                region.wrap(&opens, &closes, fix);
            }
        }
    }
}

/// Whether the names that the fix writes mean what they should.
fn nameable(site: &StackAllPolledSite<'_>, cx: &Cx<'_>) -> bool {
    match site.when {
        When::Paced { .. } => cx.qualified("runtime", "NumGoroutine", site.dump).is_some(),
        When::Served { .. } => {
            ["recover", "panic", "nil"].iter().all(|name| cx.is_predeclared(name, site.dump))
        }
    }
}

/// The build constraint that lets nobody meet the file by accident.
fn debug_build(cx: &Cx<'_>) -> Option<String> {
    let lines = cx.file.text().lines().take_while(|line| !line.starts_with("package "));
    let constraint = lines.into_iter().find(|line| {
        const TAGS: &[&str] = &["debug", "dev", "race", "trace", "pprof", "diag"];
        let tags = line.split(|c: char| !(c.is_alphanumeric() || "!_.".contains(c)));
        line.starts_with("//go:build ") && tags.into_iter().any(|tag| TAGS.contains(&tag))
    });
    constraint.map(str::to_owned)
}

fn seen(node: Node<'_>) -> String {
    let text: String = node.text().lines().next().unwrap_or_default().chars().take(40).collect();
    format!("`{text}` on line {}", node.line())
}
