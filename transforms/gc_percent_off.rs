//! Advises to give back the collector that a program switches off for good.
//! ```go
//! func load(read func()) {
//! 	debug.SetGCPercent(-1)
//! 	read()
//! }
//! ```
//! better:
//! ```go
//! func load(read func()) {
//! 	defer debug.SetGCPercent(debug.SetGCPercent(-1))
//! 	read()
//! }
//! ```
//! # Why
//! From then on nothing is freed, in the whole process and until it ends: measured with
//! Go 1.26, 256 MiB of garbage left 278 MiB on the heap instead of 10. A memory limit
//! makes it a choice that can be lived with, because the collector then runs near the limit.
//! # Guards
//! - `restores`, keep: the function sets it back, by `defer` or later on, or another one does
//!   whose name says so.
//! - `has-limit`, keep: the package sets a memory limit, near which the collector runs.
//! - `collects-itself`, keep: the function calls `runtime.GC()` where it wants a collection.
//! - `test-code`, keep: tests and benchmarks switch the collector off to measure or to
//!   check something.
//! - `stays-off`, advice: nothing in the function sets it back.
//! # Known limits
//! A percentage that is not a negative number in the code is not looked at, nor one that is
//! set back by a function with another name. `GOMEMLIMIT` in the environment cannot be seen.

use crate::model::GoVersion;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol};
use crate::model::words::words;
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};

/// Advises on `debug.SetGCPercent` of a negative number.
pub struct GcPercentOff;

/// `debug.SetGCPercent(-1)`
pub struct GcPercentOffSite<'t> {
    call: Node<'t>,
    /// The top-level declaration around it.
    whole: Node<'t>,
}

/// `debug.SetMemoryLimit`
const LIMIT: GoVersion = GoVersion(1, 19);

const SYMBOL: Symbol = Symbol { path: "runtime/debug", name: "SetGCPercent" };

impl Transform for GcPercentOff {
    type Site<'t> = GcPercentOffSite<'t>;
    const META: Meta = Meta {
        id: "gc-percent-off",
        title: "give the collector back",
        group: Group::Memory,
        seeds: &["SEN 5", "SEN checklist"],
        triggers: &[SYMBOL],
        guards: &["restores", "has-limit", "collects-itself", "test-code", "stays-off"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, _: &Cx<'t>) -> Option<GcPercentOffSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        Some(GcPercentOffSite { call, whole: call.ancestors().last()? }).filter(|_| switches_off(call))
    }

    fn judge<'t>(site: &GcPercentOffSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(restored(site), "restores")
            .keep_seen(|| another_restores(site, cx), "restores")
            .keep_seen(|| limit(cx), "has-limit")
            .keep_for(collects(site), "collects-itself")
            // The level is advice already; this names why.
            .named("stays-off")
    }

    fn diagnose<'t>(site: &GcPercentOffSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let limit = if cx.has(LIMIT) { ", or set a memory limit beside it" } else { "" };
        // What is deferred there comes at once, or when the program is over.
        let begins = |function: Node<'_>| {
            function.kind() == Kind::FunctionDeclaration
                && function.name().is_some_and(|name| matches!(name.text(), "init" | "main"))
        };
        let remedy = match function_of(site.call) {
            Some(function) if !begins(function) => "with `defer debug.SetGCPercent(debug.SetGCPercent(-1))`",
            _ => "when what must not be interrupted is over",
        };
        Diagnostic {
            span: site.call.span(),
            message: "the collector is switched off and stays off".into(),
            why: format!("nothing is freed from here on, in the whole process; set it back {remedy}{limit}"),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }
}

/// Whether the percentage of the call is a negative number.
fn switches_off(call: Node<'_>) -> bool {
    arguments(call).next().is_some_and(|percent| {
        percent.kind() == Kind::UnaryExpression
            && percent.operator().is_some_and(|operator| operator.kind() == Kind::Minus)
            && percent.operand().is_some_and(|number| number.kind() == Kind::IntLiteral)
    })
}

/// Another call of `SetGCPercent` in the function, which sets it back.
fn restored(site: &GcPercentOffSite<'_>) -> Option<String> {
    let other = |node: &Node<'_>| *node != site.call && is_call(*node, SYMBOL.path, SYMBOL.name);
    let called = site.whole.descendants().find(other);
    // The old percentage that is kept may be set back wherever it is handed to.
    let kept = site.call.parent().filter(|parent| parent.is(&[Kind::ExpressionList, Kind::ReturnStatement]));
    let thrown_away = |list: &Node<'_>| {
        let assignment = list.parent().filter(|up| up.kind() == Kind::AssignmentStatement);
        assignment.and_then(|up| up.left()).is_some_and(|left| left.text() == "_")
    };
    let kept = kept.filter(|list| !thrown_away(list));
    called.or(kept).map(|node| format!("line {}", node.line()))
}

/// A function of the package that switches the collector on again, by its name
/// and its call.
fn another_restores(site: &GcPercentOffSite<'_>, cx: &Cx<'_>) -> Option<String> {
    const WORDS: &[&str] = &["enable", "on", "resume", "restore", "reset", "restart", "start", "unpause"];
    let files = cx.package().files().filter(|file| file.may_name(SYMBOL.name));
    files
        .flat_map(|file| (0..file.outline().decls.len()).filter_map(|index| file.decl(index)))
        .filter(|root| *root != site.whole)
        .find(|root| {
            let name = root.named().next().and_then(|function| function.name());
            let says =
                name.is_some_and(|name| words(name.text()).iter().any(|word| WORDS.contains(&word.as_str())));
            let gives = |node| is_call(node, SYMBOL.path, SYMBOL.name) && !switches_off(node);
            says && root.descendants().any(gives)
        })
        .map(|root| format!("line {}", root.line()))
}

fn limit(cx: &Cx<'_>) -> Option<String> {
    let file = cx.package().files().find(|file| {
        let text = file.text();
        text.contains("SetMemoryLimit(") || text.contains("GOMEMLIMIT")
    })?;
    Some(file.path().file_name()?.to_string_lossy().into_owned())
}

fn collects(site: &GcPercentOffSite<'_>) -> Option<String> {
    let collects = |node: &Node<'_>| {
        is_symbol(*node, "runtime", "GC") || is_symbol(*node, "runtime/debug", "FreeOSMemory")
    };
    site.whole.descendants().find(collects).map(|node| format!("line {}", node.line()))
}
