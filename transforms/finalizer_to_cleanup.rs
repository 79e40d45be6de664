//! Replaces a finalizer by a cleanup, which does not keep the object for another collection.
//! ```go
//! type handle struct {
//! 	fd   int
//! 	name string
//! }
//!
//! func open(fd int, name string) *handle {
//! 	h := &handle{fd: fd, name: name}
//! 	runtime.SetFinalizer(h, func(h *handle) {
//! 		log.Print("handle not closed")
//! 		release(h.fd)
//! 	})
//! 	return h
//! }
//!
//! func (h *handle) Close() {
//! 	runtime.SetFinalizer(h, nil)
//! 	release(h.fd)
//! }
//!
//! func release(fd int) { fmt.Println("released", fd) }
//! ```
//! becomes
//! ```go
//! type handle struct {
//! 	fd   int
//! 	name string
//!
//! 	cleanup runtime.Cleanup
//! }
//!
//! func open(fd int, name string) *handle {
//! 	h := &handle{fd: fd, name: name}
//! 	h.cleanup = runtime.AddCleanup(h, func(fd int) {
//! 		log.Print("handle not closed")
//! 		release(fd)
//! 	}, h.fd)
//! 	return h
//! }
//!
//! func (h *handle) Close() {
//! 	h.cleanup.Stop()
//! 	runtime.KeepAlive(h)
//! 	release(h.fd)
//! }
//!
//! func release(fd int) { fmt.Println("released", fd) }
//! ```
//! # Why
//! An object with a finalizer survives the collection that finds it, with all that it
//! reaches, and a cycle that holds one is never freed. A cleanup gets a copy of what it needs:
//! measured with Go 1.26, the first collection leaves 100 MiB of 100 with finalizers, and
//! nothing with cleanups. That is the gain; time is none to count on. Adding a cleanup takes
//! 354 ns instead of 266 ns. Raw descriptors that were opened, dropped and closed by
//! collections took 1.6 µs each instead of 4.6 µs; until 1,000 small objects were closed
//! it took 3.7 ms either way, most of it spent waiting for the collector.
//! # Unsafe
//! The order against other finalizers is no longer kept, and from Go 1.25 cleanups run in
//! parallel. The cleanup sees the field as it was when it was added.
//! `SetFinalizer(x, nil)` does not stop a cleanup, so each in the package becomes a `Stop`.
//! # Guards
//! - `only-reports`, keep: the finalizer only says that somebody forgot to close, and for
//!   that it looks at the object's state.
//! - `observes-collection`, keep: the finalizer only tells somebody that the object was
//!   collected, or sets itself again: a hook on collections.
//! - `passes-on`, keep: the function gets the object and the finalizer from its callers, and only
//!   passes them on.
//! - `not-a-statement`, keep: the call is deferred, started by `go`, or stands in a slot.
//! - `captures-object`, advice: the finalizer is a method value of the object, or a literal that
//!   uses the object itself: then it is never collected, and the finalizer never runs.
//! - `needs-the-object`, keep: the finalizer is a function or method that gets the object
//!   itself, or it needs more than one direct field, so what it does must be taken apart.
//! - `captures`, keep: the literal uses variables of the function around it, through which
//!   the object may stay reachable.
//! - `foreign-type`, keep: the object is not a plain struct of this package, or not known to be.
//! - `field-type`, keep: the field is not a number, string, truth value or pointer, so a copy
//!   of it is something else, nil where that is not allowed, or may lead back to the object.
//! - `field-changes`, keep: the field is written later, its address is taken, or a whole
//!   object is or may be overwritten, so a copy of it would be stale.
//! - `exported`, keep: other packages can write the field, or use the type and finalizers.
//! - `writes-shared-state`, keep: the finalizer writes variables of the package, or calls
//!   what does, and cleanups run in parallel.
//! - `order`, keep: the object reaches others that may have finalizers or cleanups, or is
//!   reached from them, and finalizers run in that order.
//! - `tiny-object`, keep: an object without pointers of 16 bytes or less shares its
//!   memory with others, and neither finalizers nor cleanups surely run.
//! - `several-finalizers`, keep: more than one place sets a finalizer on the type, and it is
//!   taken away somewhere, so one stored cleanup is not enough.
//! - `unclear-stop`, keep: a place that takes finalizers away cannot be rewritten: what it
//!   is about is not known, the struct has no room for the cleanup, or objects are copied,
//!   and a copy would stop the cleanup of its original.
//! - `not-nameable`, keep: a name that the fix needs would mean something else at its place.
//! - `out-of-reach`, keep: a file that has to change is generated, excluded, or has
//!   syntax that cannot be read.
//! # Known limits
//! Below Go 1.24 nothing is said, but that a finalizer holds its own object. Only direct
//! fields are passed. What the object reaches through types of other packages counts as
//! unknown, apart from a few.

mod argument;
mod order;
mod refusal;
mod stop;

use self::argument::Argument;
use self::refusal::CleanupRefusal;
use self::stop::StopCalls;
use crate::model::GoVersion;
use crate::model::scope::{self, Def, LocalKind};
use crate::model::structs::{Struct, struct_named};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{
    self, Business, FinalizerAction, FinalizerPurpose, FinalizerSetting, setting,
};

/// Replaces a finalizer by a cleanup.
pub struct FinalizerToCleanup;

/// `runtime.SetFinalizer(x, f)` that no more special rule speaks of.
pub struct FinalizerToCleanupSite<'t> {
    setting: FinalizerSetting<'t>,
    purpose: FinalizerPurpose<'t>,
    /// Whether the finalizer holds its own object.
    holds: bool,
    plan: Result<Box<CleanupPlan<'t>>, CleanupRefusal>,
}

/// What the fix needs to know.
struct CleanupPlan<'t> {
    argument: Argument<'t>,
    stops: StopCalls<'t>,
}

const CLEANUP: GoVersion = GoVersion(1, 24);

impl Transform for FinalizerToCleanup {
    type Site<'t> = FinalizerToCleanupSite<'t>;
    const META: Meta = Meta {
        id: "finalizer-to-cleanup",
        title: "add a cleanup instead of a finalizer",
        group: Group::Finalizers,
        seeds: &["SEN 8", "SEN closing"],
        best: Applicability::Unsafe,
        since: Some(CLEANUP),
        triggers: &[Symbol { path: "runtime", name: "SetFinalizer" }],
        may_match_bytes: finalizer::may_set,
        guards: &[
            "only-reports",
            "observes-collection",
            "passes-on",
            "not-a-statement",
            "captures-object",
            "needs-the-object",
            "captures",
            "foreign-type",
            "field-type",
            "field-changes",
            "exported",
            "writes-shared-state",
            "order",
            "tiny-object",
            "several-finalizers",
            "unclear-stop",
            "not-nameable",
            "out-of-reach",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<FinalizerToCleanupSite<'t>> {
        let package = cx.package();
        let setting = setting(mention, package)?;
        if setting.business(package) != Some(Business::Cleanup) {
            return None;
        }
        let holds = holds_object(&setting);
        // `runtime.AddCleanup` is not there yet.
        if !holds && !cx.has(CLEANUP) {
            return None;
        }
        let plan = planned(&setting, cx).map(Box::new);
        Some(FinalizerToCleanupSite { setting, purpose: setting.purpose(package), holds, plan })
    }

    fn judge<'t>(site: &FinalizerToCleanupSite<'t>, _: &Cx<'t>) -> Verdict {
        let verdict = Verdict::of(Applicability::Unsafe)
            .keep_if(matches!(site.purpose, FinalizerPurpose::Reports), "only-reports")
            .keep_if(matches!(site.purpose, FinalizerPurpose::Observes), "observes-collection")
            .keep_if(passes_on(&site.setting), "passes-on")
            .keep_if(site.setting.statement.is_none(), "not-a-statement")
            .lower_if(site.holds, Applicability::Advice, "captures-object");
        match &site.plan {
            // The advice that it holds its object stays, whatever a cleanup would need.
            Err((guard, seen)) if !site.holds => verdict.keep_for(Some(seen.clone()), guard),
            Err(_) => verdict,
            Ok(_) => verdict,
        }
    }

    fn diagnose<'t>(site: &FinalizerToCleanupSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let message = if site.holds {
            "a finalizer that holds its own object".to_owned()
        } else {
            let does = if site.plan.is_ok() {
                ", where a cleanup would do"
            } else {
                " keeps each for one collection more"
            };
            match site.setting.holder(cx.package()) {
                Some(holder) => format!("a finalizer on objects of `{holder}`{does}"),
                None => format!("a finalizer on objects{does}"),
            }
        };
        Diagnostic {
            span: site.setting.call.span(),
            message,
            why: if site.holds {
                "a method value or literal that uses the object keeps it reachable, so the finalizer never runs; pass \
                 a method expression, or a literal that uses only its parameter"
                    .into()
            } else {
                "a finalizer keeps its object, and all that it reaches, for one collection more, and is never run \
                 for a cycle; `runtime.AddCleanup` (Go 1.24) gets a copy of what it needs: 100 MB were freed at the \
                 first collection instead of the second"
                    .into()
            },
            severity: if site.holds { Severity::Warning } else { Severity::Note },
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &FinalizerToCleanupSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let (Ok(plan), Some(statement)) = (&site.plan, site.setting.statement) else { return };
        fix.claim(statement);
        plan.argument.write(&site.setting, plan.stops.field(), cx, fix);
        plan.stops.write(cx, fix);
    }
}

/// Whether the finalizer is a method value of the object, or a literal that uses
/// the variable which holds it.
fn holds_object(setting: &FinalizerSetting<'_>) -> bool {
    match setting.action {
        FinalizerAction::Value(value) if value.kind() == Kind::SelectorExpression => {
            let of = value.operand().filter(|of| of.kind() == Kind::Identifier);
            of.is_some_and(|of| {
                scope::resolve(of) == scope::resolve(setting.object) && of.text() == setting.object.text()
            })
        }
        FinalizerAction::Literal(literal) => match scope::resolve(setting.object) {
            Def::Local(object) if setting.object.kind() == Kind::Identifier => {
                scope::mentions(object).into_iter().any(|mention| literal.holds(mention))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether the object and the finalizer are parameters.
fn passes_on(setting: &FinalizerSetting<'_>) -> bool {
    let given = |node: Node<'_>| {
        node.kind() == Kind::Identifier
            && matches!(scope::resolve(node), Def::Local(local) if local.kind == LocalKind::Param)
    };
    matches!(setting.action, FinalizerAction::Value(value) if given(value)) && given(setting.object)
}

fn planned<'t>(setting: &FinalizerSetting<'t>, cx: &Cx<'t>) -> Result<CleanupPlan<'t>, CleanupRefusal> {
    let package = cx.package();
    let FinalizerAction::Literal(literal) = setting.action else {
        return Err(("needs-the-object", "it is not a function literal".into()));
    };
    let of: Option<Struct<'t>> = setting.holder(package).and_then(|holder| struct_named(holder, package));
    let of = of.filter(|of| !of.is_generic());
    let Some(of) = of.filter(|of| argument::is_pointer_to(setting.object, of.name(), cx)) else {
        return Err(("foreign-type", "its type is not a plain struct of this package".into()));
    };
    let argument = argument::argument(setting, literal, &of, cx)?;
    argument::stays(setting, &of, argument.field, cx)?;
    order::alone(&of, argument.field, cx)?;
    let stops = stop::stops(setting, &of, cx)?;
    if stops.field().is_none() && order::is_tiny(&of) {
        return Err(("tiny-object", format!("`{}`", of.name())));
    }
    Ok(CleanupPlan { argument, stops })
}
