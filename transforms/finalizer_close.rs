//! Drops a finalizer that only closes, and gives the type a `Close` when it has none.
//! ```go
//! type source struct{ f *os.File }
//!
//! func open(name string) (*source, error) {
//! 	f, err := os.Open(name)
//! 	if err != nil {
//! 		return nil, err
//! 	}
//! 	s := &source{f: f}
//! 	runtime.SetFinalizer(s, func(s *source) { s.f.Close() })
//! 	return s, nil
//! }
//! ```
//! becomes
//! ```go
//! type source struct{ f *os.File }
//!
//! func open(name string) (*source, error) {
//! 	f, err := os.Open(name)
//! 	if err != nil {
//! 		return nil, err
//! 	}
//! 	s := &source{f: f}
//! 	return s, nil
//! }
//!
//! // Close closes what s holds.
//! func (s *source) Close() error {
//! 	return s.f.Close()
//! }
//! ```
//! # Why
//! Finalizers run some time after a collection has found the object, one after the other
//! on one goroutine, and not at all when the program ends: descriptors run out before
//! they are closed. Measured with Go 1.26, a file that a finalizer closes costs 5.0 µs
//! instead of 2.5 µs with an explicit `Close`, a raw descriptor 4.6 µs instead of 0.8 µs.
//! # Unsafe
//! What was closed some time after the last use is now closed when somebody calls
//! `Close`: the callers have to, best by `defer x.Close()` behind the error check. A new
//! `Close() error` makes the type an `io.Closer`, which a caller that looks for one
//! will close.
//! # Guards
//! - `test-code`, keep: tests set finalizers to see what is collected.
//! - `not-a-statement`, keep: the call is deferred, started by `go`, or stands in a slot.
//! - `left-empty`, advice: the call is all that its function, loop or clause does, or all that
//!   a condition decides.
//! - `last-resort`, keep: a comment beside the call, in the finalizer, or above the type or the function
//!   that makes the object says that the finalizer is there for callers who forget to close, or
//!   that the object is closed when it is collected.
//! - `shared-lifetime`, keep: the object is kept in a map, a list, a pool, a channel, a weak
//!   pointer, a field that nothing closes or a variable of the package, where nobody knows when it is
//!   used last, or it is made by a function value, whose callers cannot be seen.
//! - `closes-nothing`, keep: all that it does is to set fields and to let memory go, which the collector
//!   does too: nothing that runs out waits for it.
//! - `foreign-type`, advice: the type is not a plain struct of this package with one name, so it
//!   gets no method here.
//! - `c-handle`, advice: the object is a handle of C code, whose life Go may not know.
//! - `embedding`, advice: the type embeds another or is embedded, so a new `Close` would
//!   hide one or reach other types.
//! - `becomes-closer`, advice: the type reads or writes, so the standard library would
//!   close it by itself once it has a `Close`.
//! - `open-callers`, advice: a caller, in another package of the module or in a test too, is not seen
//!   to close what it gets, and without the finalizer nothing would; close it there first.
//! - `name-taken`, advice: the type has a field called `Close`, or other code looks for a
//!   method of that name.
//! - `unclear-close`, advice: it closes several things or under a condition, or the `Close`
//!   that there is does not close the same, has parameters, or is part of some builds only; or
//!   nobody else has the object.
//! - `out-of-reach`, advice: a file that has to change is generated, excluded, or has
//!   syntax that cannot be read.
//! # Known limits
//! Callers are not changed; whether they close is told by names, in the package and in those of the module
//! that import it. Callers in other modules are not seen: an exported constructor that nothing in the module
//! calls says so. Other packages that embed the type are not looked at.

mod callers;
mod keeper;
mod nothing;
mod plan;

use self::callers::{Callers, callers};
use self::plan::{ClosePlan, planned};
use crate::model::comments::beside;
use crate::model::fields::type_spec;
use crate::model::package::Package;
use crate::model::structs::struct_named;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict, Without,
};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{self, Business, FinalizerAction, FinalizerSetting, setting};

/// Drops a finalizer that only closes.
pub struct FinalizerClose;

/// `runtime.SetFinalizer(x, f)` where `f` only closes.
pub struct FinalizerCloseSite<'t> {
    setting: FinalizerSetting<'t>,
    holder: Option<&'t str>,
    plan: ClosePlan<'t>,
    callers: Callers,
}

impl Transform for FinalizerClose {
    type Site<'t> = FinalizerCloseSite<'t>;
    const META: Meta = Meta {
        id: "finalizer-close",
        title: "close explicitly instead of in a finalizer",
        group: Group::Finalizers,
        seeds: &["OPT 3", "SRC 10", "PKG"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: "runtime", name: "SetFinalizer" }],
        may_match_bytes: finalizer::may_set,
        guards: &[
            "test-code",
            "not-a-statement",
            "left-empty",
            "last-resort",
            "shared-lifetime",
            "closes-nothing",
            "foreign-type",
            "c-handle",
            "embedding",
            "becomes-closer",
            "open-callers",
            "name-taken",
            "unclear-close",
            "out-of-reach",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<FinalizerCloseSite<'t>> {
        let package = cx.package();
        let setting = setting(mention, package)?;
        if setting.business(package) != Some(Business::Close) {
            return None;
        }
        let holder = setting.holder(package);
        let plan = planned(&setting, holder, cx);
        let callers = callers(&setting, &plan.closing(), cx);
        Some(FinalizerCloseSite { setting, holder, plan, callers })
    }

    fn judge<'t>(site: &FinalizerCloseSite<'t>, cx: &Cx<'t>) -> Verdict {
        let callers = &site.callers;
        let shared = || {
            let kept = keeper::kept_by_others(&site.setting, cx.package());
            kept.or_else(|| keeper::put_away(site.holder?, cx.package())).or(callers.value.clone())
        };
        let goes = site.setting.statement.map(|statement| cx.without(statement, &|_| false));
        let verdict = Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.setting.call), "test-code")
            .keep_if(matches!(goes, None | Some(Without::Slot)), "not-a-statement")
            .keep_for(last_resort(site, cx.package()), "last-resort")
            .keep_seen(shared, "shared-lifetime")
            .keep_seen(|| nothing::closes_nothing(&site.setting, cx.package()), "closes-nothing")
            .lower_if(
                !matches!(goes, Some(Without::Goes(gone)) if Some(gone) == site.setting.statement),
                Applicability::Advice,
                "left-empty",
            );
        match &site.plan {
            ClosePlan::Refused { guard, seen } => {
                verdict.lower_for(Some(seen.clone()), Applicability::Advice, guard)
            }
            ClosePlan::Drop | ClosePlan::Make(_) => {
                let open = (!callers.open.is_empty()).then(|| callers.open.join(", "));
                verdict.lower_for(open, Applicability::Advice, "open-callers")
            }
        }
    }

    fn diagnose<'t>(site: &FinalizerCloseSite<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let fixed = verdict.level() == Applicability::Unsafe;
        let of = site.holder.map_or(String::new(), |holder| format!(" of `{holder}`"));
        let message = match &site.plan {
            ClosePlan::Drop => format!("a finalizer repeats what `Close`{of} does"),
            ClosePlan::Make(made) if made.gives_error && fixed => {
                format!(
                    "only a finalizer closes what an object{of} holds; the new `Close` makes it an `io.Closer`"
                )
            }
            _ if has_close(site, cx.package()) => {
                format!("a finalizer closes an object{of}, which has a `Close` for its callers")
            }
            _ => format!("only a finalizer closes what an object{of} holds"),
        };
        let uncalled = site.callers.uncalled.as_ref().filter(|_| fixed).map_or(String::new(), |name| {
            format!("; nothing in this module calls `{name}`, and callers in other modules cannot be seen")
        });
        Diagnostic {
            span: site.setting.call.span(),
            message,
            why: format!(
                "finalizers run one after the other some time after a collection, and not when the program \
                 ends, so descriptors can run out before they are closed; a finalizer and its close take 5.0 µs \
                 where `Close` takes 2.5 µs; drop the finalizer and have the callers `defer` a `Close`{uncalled}"
            ),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &FinalizerCloseSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(statement) = site.setting.statement else { return };
        let Without::Goes(gone) = cx.without(statement, &|_| false) else { return };
        fix.claim(statement);
        fix.delete_statement(gone, &["finaliz", "forget", "safety", "clos"]);
        match &site.plan {
            ClosePlan::Make(made) => {
                fix.set_title("close explicitly, by a new `Close`, instead of in a finalizer");
                made.write(site.setting, gone, fix);
                plan::drop_function(&site.setting, cx.package(), fix);
            }
            ClosePlan::Drop => {
                fix.set_title("drop the finalizer that repeats `Close`");
                plan::drop_function(&site.setting, cx.package(), fix);
            }
            ClosePlan::Refused { .. } => {}
        }
    }
}

/// Whether the object can be closed without the finalizer: by a `Close` of its type, or by one
/// that an embedded type gives it. What another package's type gives is not seen, and may be one.
fn has_close<'t>(site: &FinalizerCloseSite<'t>, package: &'t Package) -> bool {
    let named = match site.setting.action {
        FinalizerAction::Method { name, .. } => name.text() == "Close",
        FinalizerAction::Value(value) => value.field().is_some_and(|name| name.text() == "Close"),
        _ => false,
    };
    named || site.holder.is_some_and(|holder| gives_close(holder, package, EMBEDDED))
}

/// How many types that embed each other are looked through.
const EMBEDDED: usize = 8;

fn gives_close<'t>(name: &'t str, package: &'t Package, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    if !package.methods(Some(name), "Close").is_empty() {
        return true;
    }
    let given = |written: Node<'t>| {
        let mut types =
            written.descendants().filter(|node| node.is(&[Kind::QualifiedType, Kind::TypeIdentifier]));
        types
            .next()
            .is_some_and(|of| of.kind() == Kind::QualifiedType || gives_close(of.text(), package, depth))
    };
    if let Some(of) = struct_named(name, package) {
        return of.fields.iter().filter(|field| field.name.is_none()).any(|field| given(field.written));
    }
    let interface = type_spec(name, package).and_then(|spec| spec.ty());
    interface.filter(|of| of.kind() == Kind::InterfaceType).is_some_and(|interface| {
        interface.named().any(|element| match element.kind() {
            Kind::MethodElem => element.name().is_some_and(|name| name.text() == "Close"),
            Kind::TypeElem => given(element),
            _ => false,
        })
    })
}

/// The words of a comment that make the finalizer a last resort: beside the call, in the
/// finalizer, or above the type and the function that makes the object.
fn last_resort<'t>(site: &FinalizerCloseSite<'t>, package: &'t Package) -> Option<String> {
    const WORDS: &[&str] = &[
        "last resort",
        "last-resort",
        "safety",
        "forg",
        "just in case",
        "belt",
        "usually",
        "backstop",
        "fallback",
        "already closed",
        "already been closed",
    ];
    // What a documentation promises to those who make one.
    const PROMISES: &[&str] = &[
        "closed automatically",
        "automatically closed",
        "closes automatically",
        "automatically close",
        "released automatically",
        "automatically released",
        "freed automatically",
        "garbage collect",
        "garbage-collect",
        "on gc",
        "gc'd",
        "gc'ed",
        "gced",
        "by the gc",
        "in parallel",
        "unreachable",
        "reference is lost",
        "references are lost",
        "no longer referenced",
        "out of scope",
        "last resort",
        "already closed",
        "need not be closed",
        "no need to close",
        "does not need to be closed",
        "not need to call close",
    ];
    let found = |text: &str, words: &[&str]| {
        // A sentence goes on in the next line.
        let lines = text.to_lowercase();
        let plain: Vec<&str> = lines.split(|c: char| c.is_whitespace() || c == '/').collect();
        let plain = plain.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let word = words.iter().find(|word| plain.contains(**word));
        word.map(|word| format!("a comment says `{word}`"))
    };
    let code = site.setting.code(package).map(|code| code.function);
    let inside = code.into_iter().flat_map(Node::descendants).filter(|node| node.kind() == Kind::Comment);
    let inner: Vec<&str> = inside.map(Node::text).collect();
    let whole = site.setting.call.ancestors().last();
    let of_type = site.holder.and_then(|holder| type_spec(holder, package));
    let documented = [whole, of_type, of_type.and_then(Node::parent), code];
    let promise = || documented.into_iter().flatten().find_map(|at| found(&beside(at), PROMISES));
    beside_call(&site.setting)
        .and_then(|said| found(&said, WORDS).or_else(|| found(&said, PROMISES)))
        .or_else(|| found(&inner.join(" "), WORDS).or_else(|| found(&inner.join(" "), PROMISES)))
        .or_else(promise)
}

/// The comments above and on the line of the call.
fn beside_call(setting: &FinalizerSetting<'_>) -> Option<String> {
    let statement = setting.statement?;
    let file = statement.file();
    let whole = statement.ancestors().last()?;
    let line = statement.line();
    let comments: Vec<Node<'_>> = whole.descendants().filter(|node| node.kind() == Kind::Comment).collect();
    let mut above = line;
    let mut said: Vec<&str> = Vec::new();
    for comment in comments.iter().rev() {
        let ends = file.lines().line(comment.end() - 1);
        if ends + 1 == above || (ends == line && comment.start() > statement.start()) {
            above = above.min(comment.line());
            said.push(comment.text());
        }
    }
    said.reverse();
    Some(said.join("\n"))
}
