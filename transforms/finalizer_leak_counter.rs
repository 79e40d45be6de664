//! Counts what is opened and closed instead of what the collector finds.
//! ```go
//! type conn struct{ buf [64]byte }
//!
//! var leaked int64
//!
//! func dial() *conn {
//! 	c := &conn{}
//! 	runtime.SetFinalizer(c, func(*conn) { atomic.AddInt64(&leaked, 1) })
//! 	return c
//! }
//!
//! func report() {
//! 	fmt.Println(atomic.LoadInt64(&leaked))
//! }
//! ```
//! becomes
//! ```go
//! type conn struct{ buf [64]byte }
//!
//! // connsOpened and connsClosed count; their difference is what is open.
//! var (
//! 	connsOpened atomic.Int64
//! 	connsClosed atomic.Int64
//! )
//!
//! func dial() *conn {
//! 	c := &conn{}
//! 	connsOpened.Add(1)
//! 	return c
//! }
//!
//! // Close counts c as closed.
//! func (c *conn) Close() error {
//! 	connsClosed.Add(1)
//! 	return nil
//! }
//!
//! func report() {
//! 	fmt.Println(connsOpened.Load() - connsClosed.Load())
//! }
//! ```
//! # Why
//! The finalizer counts an object when it is no longer a leak: it was unreachable, and a
//! collection came by. What is really leaked is never counted. Every object survives one
//! collection more; measured with Go 1.26, making one takes 266 ns instead of 97 ns.
//! # Unsafe
//! The number changes its meaning, from "collected so far" to "open now", and it is only
//! right when everybody calls `Close`, once.
//! # Guards
//! - `not-a-statement`, keep: the call is deferred, started by `go`, or stands in a slot.
//! - `test-code`, keep: a test wants to see what is collected.
//! - `counts-collections`, keep: the counter is asked beside a collection, to see what that does.
//! - `debug-build`, keep: the file belongs to a build with a tag, where the cost is accepted.
//! - `counts-leaks`, advice: `Close` takes the finalizer away, so what it counts was really
//!   forgotten; sample it in a debug build.
//! - `foreign-type`, advice: the type is not a plain struct of this package with one name.
//! - `counter-elsewhere`, advice: the counter is not a plain variable of this package that is
//!   only counted up here and read, or more than one file or declaration has a share in it, or
//!   it is set against another number.
//! - `becomes-closer`, advice: the new `Close` would hide one or be called by others: the type
//!   embeds another, is embedded, reads or writes, or a type assertion asks for closers.
//! - `unclear-close`, advice: the `Close` that there is counts already, has no place for
//!   the count, or is part of some builds only.
//! - `needs-newer-go`, advice: `atomic.Int64` came with Go 1.19.
//! - `out-of-reach`, advice: a file that has to change is generated, excluded, or has
//!   syntax that cannot be read.
//! # Known limits
//! Callers are not changed.

mod counter;

use self::counter::ObjectCounter;
use crate::model::GoVersion;
use crate::model::fields::spelled;
use crate::model::imports::is_call;
use crate::model::package::Package;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{
    self, Business, FinalizerPurpose, FinalizerSetting, counted, setting,
};

/// Counts explicitly instead of in a finalizer.
pub struct FinalizerLeakCounter;

/// `runtime.SetFinalizer(x, f)` where `f` only counts.
pub struct FinalizerLeakCounterSite<'t> {
    setting: FinalizerSetting<'t>,
    variable: Node<'t>,
    counter: Result<Box<ObjectCounter<'t>>, (&'static str, String)>,
}

impl Transform for FinalizerLeakCounter {
    type Site<'t> = FinalizerLeakCounterSite<'t>;
    const META: Meta = Meta {
        id: "finalizer-leak-counter",
        title: "count what is opened and closed instead of what is collected",
        group: Group::Finalizers,
        seeds: &["OPT 12"],
        best: Applicability::Unsafe,
        since: Some(GoVersion(1, 19)),
        triggers: &[Symbol { path: "runtime", name: "SetFinalizer" }],
        may_match_bytes: finalizer::may_set,
        guards: &[
            "not-a-statement",
            "test-code",
            "counts-collections",
            "debug-build",
            "counts-leaks",
            "foreign-type",
            "counter-elsewhere",
            "becomes-closer",
            "unclear-close",
            "needs-newer-go",
            "out-of-reach",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<FinalizerLeakCounterSite<'t>> {
        let package = cx.package();
        let setting = setting(mention, package)?;
        if setting.business(package) != Some(Business::LeakCounter) {
            return None;
        }
        let FinalizerPurpose::Counts(statement) = setting.purpose(package) else { return None };
        let (variable, step) = counted(statement, package)?;
        let counter = counter::planned(&setting, variable, step, cx).map(Box::new);
        Some(FinalizerLeakCounterSite { setting, variable, counter })
    }

    fn judge<'t>(site: &FinalizerLeakCounterSite<'t>, cx: &Cx<'t>) -> Verdict {
        let list = site.setting.statement.and_then(Node::parent);
        let stands = list.is_some_and(|list| list.kind() == Kind::StatementList);
        let verdict = Verdict::of(Applicability::Unsafe)
            .keep_unless(stands, "not-a-statement")
            .keep_for(cx.test_code(site.setting.call), "test-code")
            .keep_for(asked_beside_collection(site.variable, cx.package()), "counts-collections")
            .keep_if(is_tagged(cx), "debug-build")
            .lower_if(site.setting.is_cleared_somewhere(cx.package()), Applicability::Advice, "counts-leaks")
            .lower_if(!cx.has(GoVersion(1, 19)), Applicability::Advice, "needs-newer-go");
        match &site.counter {
            Err((guard, seen)) => verdict.lower_for(Some(seen.clone()), Applicability::Advice, guard),
            Ok(_) => verdict,
        }
    }

    fn diagnose<'t>(site: &FinalizerLeakCounterSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.setting.call.span(),
            message: format!("a finalizer that only counts in `{}`", site.variable.text()),
            why: "it counts an object when it is collected and so no longer a leak, keeps it for one collection \
                  more, and makes it 2.8 times as dear (266 ns instead of 97 ns); count what is opened and closed, \
                  and compare heap profiles with `go tool pprof -base`"
                .into(),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &FinalizerLeakCounterSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        if let (Ok(counter), Some(statement)) = (&site.counter, site.setting.statement) {
            counter.write(statement, cx, fix);
        }
    }
}

/// Where a function that mentions the counter starts a collection.
fn asked_beside_collection(variable: Node<'_>, package: &Package) -> Option<String> {
    let places = spelled(variable.text(), package).ok()?;
    let around = places.into_iter().filter_map(|place| place.ancestors().last());
    let call = around.flat_map(Node::descendants).find(|call| is_call(*call, "runtime", "GC"))?;
    Some(format!("`runtime.GC()` on line {}", call.line()))
}

/// Whether the file belongs to builds with a tag: a constraint in its header.
fn is_tagged(cx: &Cx<'_>) -> bool {
    let header = cx.file.outline().header.of(cx.file.text());
    header.lines().any(|line| line.starts_with("//go:build ") || line.starts_with("// +build "))
}
