//! Leaves the number of processors to the runtime.
//! ```go
//! func handler(w http.ResponseWriter, r *http.Request) {
//! 	runtime.GOMAXPROCS(runtime.NumCPU())
//! 	fmt.Fprintln(w, r.URL.Path)
//! }
//! ```
//! becomes
//! ```go
//! func handler(w http.ResponseWriter, r *http.Request) {
//! 	fmt.Fprintln(w, r.URL.Path)
//! }
//! ```
//! # Why
//! Since Go 1.5 the runtime uses all processors by itself. The call overrides the
//! environment variable GOMAXPROCS (with 1 there it gave 2), and from Go 1.25 it ignores the CPU
//! limit of the container and ends the runtime's updates of the number for good, even when
//! it changes nothing. Measured with Go 1.26: when the process was left one processor of two,
//! the number stayed 2 behind the call and became 1 within a second without it. That is what the
//! rule is for, not for speed: the call takes 22 ns, once.
//! # Unsafe
//! The number of processors changes where the variable is set or, from Go 1.25, where a
//! container or an affinity mask limits the process: mostly what whoever set the limit wanted.
//! # Guards
//! - `in-slot`, keep: the call stands under a label or in the header of a loop, where a
//!   statement must be.
//! - `test-code`, keep: tests and benchmarks set what they measure.
//! - `leaves-some-free`, keep: the number is less than the processors of the machine, or bounded, so
//!   somebody decided it.
//! - `clamps`, keep: the call is made only where the number is above that of the processors, which
//!   it brings down.
//! - `lifts-a-limit`, keep: the package sets another number elsewhere, which this call takes back.
//! - `written-reason`, keep: a comment beside it speaks of limits, containers or the variable.
//! - `condition-may-panic`, keep: the `if` that would go with the call has a condition that
//!   can panic, which would no longer happen.
//! - `through-a-variable`, advice: the number is kept in a variable first; remove the call, and
//!   the variable if nothing else reads it, and size by `runtime.GOMAXPROCS(0)` what it sizes.
//! - `more-than-there-are`, advice: the number is a multiple of the processors, or a few more; more
//!   than there are cannot run at once, so remove the call.
//! - `left-empty`, advice: the call is all that a clause, a loop, an `if` or a function other than
//!   `init` does; decide what becomes of that.
//! # Known limits
//! `runtime.GOMAXPROCS(0)` and negative numbers only ask; they are no finding, nor is the call
//! as a value. What another package sets before is not looked at.

use crate::model::GoVersion;
use crate::model::comments;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol, unparenthesized};
use crate::model::locals::declared_as;
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict, Without,
    comment_in_text, removal,
};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::machine::{self, Amount, Number, may_set};

/// Removes `runtime.GOMAXPROCS(runtime.NumCPU())`.
pub struct GomaxprocsCall;

/// `runtime.GOMAXPROCS(runtime.NumCPU())` as a statement, or with a number that is worked out
/// from that one.
pub struct GomaxprocsCallSite<'t> {
    call: Node<'t>,
    statement: Node<'t>,
    without: Without<'t>,
    number: Number<'t>,
}

const SYMBOL: Symbol = Symbol { path: "runtime", name: "GOMAXPROCS" };

impl Transform for GomaxprocsCall {
    type Site<'t> = GomaxprocsCallSite<'t>;
    const META: Meta = Meta {
        id: "gomaxprocs-call",
        title: "leave the number of processors to the runtime",
        group: Group::Scheduler,
        seeds: &["OPT 8", "SEN 9.1"],
        best: Applicability::Unsafe,
        since: Some(GoVersion(1, 5)),
        triggers: &[SYMBOL],
        may_match_bytes: may_set,
        guards: &[
            "in-slot",
            "test-code",
            "leaves-some-free",
            "clamps",
            "lifts-a-limit",
            "written-reason",
            "condition-may-panic",
            "through-a-variable",
            "more-than-there-are",
            "left-empty",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<GomaxprocsCallSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let number = unparenthesized(arguments(call).next()?);
        let number = machine::number(number)?;
        let statement = discarded(call)?;
        let without = cx.without(statement, &|_| false);
        Some(GomaxprocsCallSite { call, statement, without, number })
    }

    fn judge<'t>(site: &GomaxprocsCallSite<'t>, cx: &Cx<'t>) -> Verdict {
        let emptied = match site.without {
            Without::Empties(_) => true,
            Without::WholeBody(function) => init(function).is_none(),
            _ => false,
        };
        Verdict::of(Applicability::Unsafe)
            .keep_if(site.without == Without::Slot, "in-slot")
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(site.number.written(Amount::Fewer), "leaves-some-free")
            .keep_for(clamps(site.call), "clamps")
            .keep_seen(|| sets_another(site.call, cx.package()), "lifts-a-limit")
            .keep_for(reason(site), "written-reason")
            .keep_if(matches!(site.without, Without::MayPanic(_)), "condition-may-panic")
            .lower_for(site.number.written(Amount::More), Applicability::Advice, "more-than-there-are")
            .lower_if(site.number.through_variable, Applicability::Advice, "through-a-variable")
            .lower_if(emptied, Applicability::Advice, "left-empty")
    }

    fn diagnose<'t>(site: &GomaxprocsCallSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        // Whoever reads the variable knows of it.
        let respects =
            site.call.ancestors().last().is_some_and(|whole| machine::asks_environment(whole).is_some());
        let limits = match (cx.go().is_none_or(|go| go >= GoVersion(1, 25)), respects) {
            (true, false) => {
                "the call overrides the environment variable GOMAXPROCS, ignores the container's CPU limit and \
                 ends the runtime's updates of the number for good"
            }
            (true, true) => {
                "the call ignores the container's CPU limit and ends the runtime's updates of the number for good"
            }
            (false, false) => {
                "the call overrides the environment variable GOMAXPROCS, and from Go 1.25 the container's CPU \
                 limit too"
            }
            (false, true) => "from Go 1.25 the call overrides the container's CPU limit",
        };
        let (message, why) = match site.number.amount {
            Amount::All => (
                "`runtime.GOMAXPROCS(runtime.NumCPU())` sets what is the default".to_owned(),
                format!("the runtime uses all processors by itself since Go 1.5; {limits}"),
            ),
            Amount::More => (
                format!("`{}` sets more processors than the machine has", site.call.text()),
                format!("no more goroutines run at once than the machine has processors; {limits}"),
            ),
            Amount::Fewer => (format!("`{}` sets a number of its own", site.call.text()), limits.to_string()),
        };
        Diagnostic { span: site.call.span(), message, why, severity: Severity::Note, labels: Vec::new() }
    }

    fn rewrite<'t>(site: &GomaxprocsCallSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        let words = ["cpu", "core", "proc", "parallel"];
        match site.without {
            Without::Goes(gone) => fix.delete_statement(gone, &words),
            Without::WholeBody(function) => {
                if let Some(function) = init(function) {
                    let file = function.file();
                    fix.delete(removal(file, function.span(), &|_| true, &|at| comment_in_text(file, at)));
                }
            }
            _ => {}
        }
    }
}

/// The statement of a call whose result nobody looks at.
fn discarded(call: Node<'_>) -> Option<Node<'_>> {
    let statement =
        call.ancestors().find(|up| !up.is(&[Kind::ParenthesizedExpression, Kind::ExpressionList]))?;
    match statement.kind() {
        Kind::ExpressionStatement => Some(statement),
        Kind::AssignmentStatement => {
            let left = statement.left().filter(|left| left.text() == "_")?;
            (left.named().count() == 1).then_some(statement)
        }
        _ => None,
    }
}

/// `func init()` of which nothing else is left.
fn init(function: Node<'_>) -> Option<Node<'_>> {
    let name = function.name().filter(|_| function.kind() == Kind::FunctionDeclaration)?;
    let commented = function.descendants().filter(|node| node.kind() == Kind::Comment).count();
    let lines = function.body().is_some_and(|body| {
        let statement = body.child(Kind::StatementList);
        statement.is_some_and(|list| commented == 0 || comments::beside(list).lines().count() == commented)
    });
    (name.text() == "init" && lines).then_some(function)
}

/// A comment that knows about limits.
fn reason(site: &GomaxprocsCallSite<'_>) -> Option<String> {
    const WORDS: &[&str] = &[
        "container",
        "cgroup",
        "limit",
        "quota",
        "docker",
        "kubernetes",
        "k8s",
        "override",
        "env",
        "hyper",
        "numa",
    ];
    let comment = comments::beside(site.statement).to_lowercase();
    WORDS.iter().find(|word| comment.contains(**word)).map(|word| format!("a comment speaks of `{word}`"))
}

/// The comparison that lets the call be made only where the number is above that of the processors.
fn clamps(call: Node<'_>) -> Option<String> {
    let mut below = call;
    for up in call.ancestors().take_while(|up| !up.is(&[Kind::FuncLiteral, Kind::FunctionDeclaration])) {
        let found = match up.kind() {
            Kind::IfStatement if up.consequence() == Some(below) => {
                up.condition().filter(|condition| compares(*condition, Kind::Greater))
            }
            Kind::IfStatement if up.alternative() == Some(below) => {
                up.condition().filter(|condition| compares(*condition, Kind::LessOrEqual))
            }
            Kind::StatementList => up
                .named()
                .take_while(|next| *next != below)
                .filter(|next| next.kind() == Kind::IfStatement)
                .filter(|next| {
                    let list = next.consequence().and_then(|block| block.child(Kind::StatementList));
                    let last = list.and_then(|list| list.named().last());
                    last.is_some_and(|last| last.kind() == Kind::ReturnStatement)
                })
                .filter_map(Node::condition)
                .find(|condition| compares(*condition, Kind::LessOrEqual)),
            _ => None,
        };
        if let Some(found) = found {
            return Some(format!("`{}` on line {}", found.text(), found.line()));
        }
        below = up;
    }
    None
}

/// Whether `condition` asks if the number is above (or not) that of the processors.
fn compares(condition: Node<'_>, wanted: Kind) -> bool {
    let condition = unparenthesized(condition);
    let (Some(left), Some(operator), Some(right)) =
        (condition.left(), condition.operator(), condition.right())
    else {
        return false;
    };
    let all = |side: Node<'_>| machine::number(side).is_some_and(|number| number.amount == Amount::All);
    let operator = match (asks(left) && all(right), all(left) && asks(right)) {
        (true, _) => operator.kind(),
        (_, true) => match operator.kind() {
            Kind::Less => Kind::Greater,
            Kind::GreaterOrEqual => Kind::LessOrEqual,
            other => other,
        },
        _ => return false,
    };
    operator == wanted
}

/// `runtime.GOMAXPROCS(0)`, or a local that holds it.
fn asks(number: Node<'_>) -> bool {
    let number = unparenthesized(number);
    let value = match (number.kind() == Kind::Identifier).then(|| scope::resolve(number)) {
        Some(Def::Local(local)) => declared_as(local).map(unparenthesized),
        _ => Some(number),
    };
    value.is_some_and(|value| {
        is_call(value, SYMBOL.path, SYMBOL.name) && arguments(value).next().is_some_and(|it| it.text() == "0")
    })
}

/// Where the package sets the number to something else.
fn sets_another(call: Node<'_>, package: &Package) -> Option<String> {
    for file in package.files().filter(|file| !file.is_test()) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if !decl.span.of(file.text()).contains(SYMBOL.name) {
                continue;
            }
            let Some(root) = file.decl(index) else { return Some("a declaration with broken syntax".into()) };
            let other = root.descendants().find(|node| {
                let called = callee(*node).is_some_and(|it| is_symbol(it, SYMBOL.path, SYMBOL.name));
                called && *node != call && arguments(*node).next().is_some_and(sets)
            });
            if let Some(other) = other {
                let holder = function_of(other).and_then(|function| function.name());
                return Some(format!("line {} of {}", other.line(), holder.map_or("a literal", Node::text)));
            }
        }
    }
    None
}

/// Whether the argument sets a number that limits the program.
fn sets(number: Node<'_>) -> bool {
    let number = unparenthesized(number);
    let asks = number.text() == "0" || number.text().starts_with('-');
    let restores = is_call(number, SYMBOL.path, SYMBOL.name);
    let default = machine::number(number).is_some_and(|number| number.amount != Amount::Fewer);
    !(asks || restores || default)
}
