//! Advises against one processor as a way to have one goroutine at a time.
//! ```go
//! func main() {
//! 	runtime.GOMAXPROCS(1)
//! 	counts := map[string]int{}
//! 	go func() { counts["a"]++ }()
//! 	counts["b"]++
//! }
//! ```
//! better:
//! ```go
//! func main() {
//! 	var mu sync.Mutex
//! 	counts := map[string]int{}
//! 	go func() {
//! 		mu.Lock()
//! 		defer mu.Unlock()
//! 		counts["a"]++
//! 	}()
//! 	mu.Lock()
//! 	defer mu.Unlock()
//! 	counts["b"]++
//! }
//! ```
//! # Why
//! With one processor goroutines still take turns at any instruction, since Go 1.14: a map
//! that two of them write is as broken as before, only less often. The code is no more bound
//! to one thread either: system calls and cgo use others. What it does is to slow everything else
//! down: 129 against 99 microseconds for a small pool on two processors, measured with Go 1.26. The
//! rule is for correctness, not for speed.
//! # Guards
//! - `test-code`, keep: tests and benchmarks set what they measure.
//! - `restores`, keep: the old number is kept, or another one is set later in the function.
//! - `on-demand`, keep: an `if`, a clause or a function value decides, so somebody asked for it.
//! - `written-reason`, keep: a comment says that it is about resources, reproducing or measuring.
//! - `one-of-many-processes`, keep: the package starts or is one of several processes, or passes
//!   listeners on, or binds a goroutine to its thread, so one processor is what it wants.
//! - `serializes`, advice: the process is set to one processor for good.
//! # Known limits
//! The environment variable, and a constant that is declared in another package, are not
//! looked at.

use crate::model::comments;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_symbol, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::machine::may_set;
use crate::transforms::shared::processes;

/// Advises on `runtime.GOMAXPROCS(1)`.
pub struct GomaxprocsOne;

/// `runtime.GOMAXPROCS(1)`
pub struct GomaxprocsOneSite<'t> {
    call: Node<'t>,
}

const SYMBOL: Symbol = Symbol { path: "runtime", name: "GOMAXPROCS" };

impl Transform for GomaxprocsOne {
    type Site<'t> = GomaxprocsOneSite<'t>;
    const META: Meta = Meta {
        id: "gomaxprocs-one",
        title: "say what must not run at the same time",
        group: Group::Scheduler,
        seeds: &["SEN checklist"],
        triggers: &[SYMBOL],
        may_match_bytes: may_set,
        guards: &[
            "test-code",
            "restores",
            "on-demand",
            "written-reason",
            "one-of-many-processes",
            "serializes",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<GomaxprocsOneSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let number = arguments(call).next()?;
        is_one(number, cx.package()).then_some(GomaxprocsOneSite { call })
    }

    fn judge<'t>(site: &GomaxprocsOneSite<'t>, cx: &Cx<'t>) -> Verdict {
        let decides = [
            Kind::IfStatement,
            Kind::ExpressionCase,
            Kind::DefaultCase,
            Kind::CommunicationCase,
            Kind::ForStatement,
        ];
        let asked = site.call.ancestors().find(|up| up.is(&decides));
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(restores(site.call), "restores")
            .keep_for(asked.map(|asked| format!("line {}", asked.line())), "on-demand")
            .keep_for(reason(site.call), "written-reason")
            .keep_seen(|| processes::about(site.call, cx.package()), "one-of-many-processes")
            .named("serializes")
    }

    fn diagnose<'t>(site: &GomaxprocsOneSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.call.span(),
            message: "`runtime.GOMAXPROCS(1)` does not keep goroutines apart".into(),
            why: "they still take turns at any instruction, and system calls run on other threads; use a mutex or a channel for \
                  what must not run at the same time, and `LockOSThread` for what needs one thread"
                .into(),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }
}

/// Whether `number` is 1, or a constant of the package that is.
fn is_one(number: Node<'_>, package: &Package) -> bool {
    let number = unparenthesized(number);
    if number.kind() != Kind::Identifier {
        return number.text() == "1";
    }
    let is = |spec: Node<'_>| {
        spec.kind() == Kind::ConstSpec && spec.value().is_some_and(|value| value.text() == "1")
    };
    match scope::resolve(number) {
        Def::Local(local) => local.name.parent().is_some_and(is),
        Def::TopLevel(_) | Def::Outside => {
            let declared = package.declarations(number.text());
            // Other build constraints can give it another value.
            !declared.is_empty()
                && declared.into_iter().all(|declaration| {
                    let named =
                        |spec: &Node<'_>| spec.fields(Field::Name).any(|name| name.text() == number.text());
                    declaration.named().filter(named).any(is)
                })
        }
        Def::Import(_) => false,
    }
}

/// Whether the call's result is used, or a later call of the function sets
/// another number.
fn restores(call: Node<'_>) -> Option<String> {
    let statement = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    if statement.kind() != Kind::ExpressionStatement {
        let discards = statement.kind() == Kind::ExpressionList
            && statement.parent().and_then(|made| made.left()).is_some_and(|left| left.text() == "_");
        return (!discards).then(|| "the old number is used".into());
    }
    let function = function_of(call)?;
    let sets = |node: &Node<'_>| {
        *node != call
            && callee(*node).is_some_and(|it| is_symbol(it, SYMBOL.path, SYMBOL.name))
            && arguments(*node).next().is_some_and(|number| number.text() != "0" && number.text() != "1")
    };
    let other = function.descendants().find(sets)?;
    Some(format!("line {}", other.line()))
}

fn reason(call: Node<'_>) -> Option<String> {
    const WORDS: &[&str] = &[
        "determin",
        "reproduc",
        "profil",
        "bench",
        "measur",
        "cpu",
        "core",
        "memory",
        "footprint",
        "container",
        "quota",
        "noisy",
        "background",
        "fork",
        "debug",
        "nice",
    ];
    let statement = call.ancestors().find(|up| up.kind().is_statement())?;
    let comment = comments::beside(statement).to_lowercase();
    WORDS.iter().find(|word| comment.contains(**word)).map(|word| format!("a comment speaks of `{word}`"))
}
