//! Removes `runtime.GC()` from production code, with the loop that exists only to call it.
//! ```go
//! func handle(serve func()) {
//! 	serve()
//! 	runtime.GC()
//! }
//! ```
//! becomes
//! ```go
//! func handle(serve func()) {
//! 	serve()
//! }
//! ```
//! # Why
//! The call blocks its caller for a whole collection: measured with Go 1.26, 63 ms with
//! 256 MB live and 3 ms with 16 MB, which made a small request 300 times as slow. It does
//! not stop the world for that time (two pauses, each below 0.2 ms), and it takes
//! processors from the rest of the program. The runtime collects by itself when the heap
//! has grown by GOGC percent; `GOMEMLIMIT` or `debug.SetMemoryLimit` bounds memory better.
//! # Unsafe
//! Never safe: the code does not show whether the program runs with `GOGC=off`, which
//! finalizers wait elsewhere, or what memory its container has. A loop on a ticker or a
//! sleep that only collects goes with its goroutine and its ticker, and with the `init` that
//! does nothing but start it, whatever the function is called.
//! # Guards
//! - `in-slot`, keep: the call stands under a label or in the header of a loop, where a
//!   statement must be.
//! - `test-code`, keep: tests, benchmarks, programs that measure and their helpers collect to
//!   know the state of the heap.
//! - `collector-off`, keep: the module switches the collector off, or this function changes
//!   when it runs, so the call may be the only collection there is, or a part of the tuning.
//! - `reads-heap-state`, keep: the function, one that calls it or one that it calls reads
//!   the statistics of the heap or writes a heap profile, which show the last collection.
//! - `drives-finalizers`, keep: finalizers, cleanups, weak pointers, pools or C memory
//!   depend on collections here, or a comment speaks of finalizers.
//! - `measures`, keep: the call is measured, or comes right before a measurement.
//! - `is-the-feature`, keep: somebody asks for a collection: an endpoint, a signal, a flag,
//!   a command, a function with that name.
//! - `retries`, keep: what failed for want of files or memory is tried again after it.
//! - `memory-pressure`, keep: the code looks at its memory first.
//! - `before-exec`, keep: a fork, an exec or a snapshot follows.
//! - `repeats`, keep: two calls in a row, or a loop that does nothing but collect and
//!   look, wait for what collections free.
//! - `after-release`, keep: a reference is set to nil right before it, so that the peak of
//!   memory stays low.
//! - `evicts`, keep: it stands in a callback for what has been evicted.
//! - `runs-once`, keep: in `main`, `init`, the function that `main` ends with or the function
//!   of a command, outside any loop, it runs once, between two phases of the program.
//! - `condition-may-panic`, keep: the `if` that would go with the call has a condition that
//!   can panic, which would no longer happen.
//! - `own-loop`, advice: a loop that only collects keeps its function, or what waits for
//!   it, alive; remove what starts it.
//! - `left-empty`, advice: the call is all that stands in a clause, a loop, an `else if`, or
//!   an `if` whose header does something; decide what becomes of that.
//! - `as-value`, advice: `runtime.GC` is handed on, to a timer say; what calls it is to go.
//! - `explained`, advice: a comment beside the call says what it is for. Whoever knows that
//!   must decide, and no comment is taken away unread.
//! # Known limits
//! Code behind the call is looked for in this function, its callers and callees of the
//! package, by name. A function whose whole body is the call, or starts the loop, is left
//! with an empty one.

pub(super) mod intent;
pub(super) mod periodic;

use self::periodic::Periodic;
use crate::model::collector;
use crate::model::comments::beside;
use crate::model::imports::{callee, is_call, unparenthesized};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict, Without,
    comment_at, comments_above,
};
use crate::syntax::{Kind, Node};

/// Removes `runtime.GC()` from production code.
pub struct ManualGc;

/// `runtime.GC()` as a statement, behind `defer` or `go` too, or `runtime.GC` as a value.
pub struct ManualGcSite<'t> {
    statement: Node<'t>,
    call: Node<'t>,
    /// What goes with the statement; `None` for a value.
    without: Option<Without<'t>>,
    /// The loop that only collects now and then.
    periodic: Option<Periodic<'t>>,
}

const SYMBOL: Symbol = Symbol { path: "runtime", name: "GC" };

/// A comment at the call, or above its function, that speaks of finalizers.
fn told(at: Node<'_>, whole: Node<'_>) -> Option<String> {
    let speaks = |node: &Node<'_>| beside(*node).to_lowercase().contains("finalizer");
    [at, whole].iter().find(|node| speaks(node)).map(|node| format!("a comment at line {}", node.line()))
}

impl Transform for ManualGc {
    type Site<'t> = ManualGcSite<'t>;
    const META: Meta = Meta {
        id: "manual-gc",
        title: "leave the time of collections to the runtime",
        group: Group::Memory,
        seeds: &["SRC 6", "PKG pitfalls", "SEN checklist"],
        best: Applicability::Unsafe,
        triggers: &[SYMBOL],
        guards: &[
            "in-slot",
            "test-code",
            "collector-off",
            "reads-heap-state",
            "drives-finalizers",
            "measures",
            "is-the-feature",
            "retries",
            "memory-pressure",
            "before-exec",
            "repeats",
            "after-release",
            "evicts",
            "runs-once",
            "condition-may-panic",
            "own-loop",
            "left-empty",
            "as-value",
            "explained",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<ManualGcSite<'t>> {
        let asked = AskedFor::of(mention)?;
        let AskedFor { call, statement, .. } = asked;
        let without =
            asked.stands.then(|| cx.without_all(statement, "manual-gc: no collection", is_collection));
        let periodic =
            is_collection(statement).then(|| periodic::around(statement, cx, &is_collection)).flatten();
        Some(ManualGcSite { statement, call, without, periodic })
    }

    fn judge<'t>(site: &ManualGcSite<'t>, cx: &Cx<'t>) -> Verdict {
        let at = site.statement;
        let whole = at.ancestors().last().unwrap_or(at);
        let off = || {
            let steering = if site.periodic.is_some() { intent::tunes } else { intent::steers };
            steering(whole)
                .or_else(|| collector::package_switches_off(cx.package()))
                .or_else(|| cx.around.collector_switched_off())
        };
        let guards: [(&'static str, &dyn Fn() -> Option<String>); 15] = [
            ("test-code", &|| cx.test_code(at)),
            ("reads-heap-state", &|| collector::reads_heap_state(whole)),
            ("drives-finalizers", &|| collector::hangs_on_collections(whole)),
            ("measures", &|| intent::measures(at)),
            ("is-the-feature", &|| intent::feature(at, site.periodic.is_some())),
            ("retries", &|| intent::retries(at, whole)),
            ("memory-pressure", &|| intent::pressure(at)),
            ("before-exec", &|| intent::before_exec(at, whole)),
            ("repeats", &|| site.periodic.is_none().then(|| periodic::repeats(at, cx.package())).flatten()),
            ("after-release", &|| intent::after_release(at)),
            ("evicts", &|| intent::evicts(at)),
            ("drives-finalizers", &|| told(at, whole)),
            // These ask the other files of the package, the last one all files of
            // the module, so they come when nothing nearer has kept the code.
            ("drives-finalizers", &|| collector::package_hangs_on_collections(cx.package(), false)),
            ("reads-heap-state", &|| intent::heap_is_read_around(whole, cx)),
            ("collector-off", &off),
        ];
        let mut verdict =
            Verdict::of(Applicability::Unsafe).keep_if(site.without == Some(Without::Slot), "in-slot");
        for (guard, seen) in guards {
            if verdict.level() == Applicability::Kept {
                return verdict;
            }
            verdict = verdict.keep_for(seen(), guard);
        }
        let own = site.periodic.as_ref().is_some_and(|periodic| periodic.goes.is_none());
        verdict
            .keep_if(site.periodic.is_none() && intent::runs_once(at, cx.package()), "runs-once")
            .keep_if(matches!(site.without, Some(Without::MayPanic(_))), "condition-may-panic")
            .lower_if(own, Applicability::Advice, "own-loop")
            .lower_if(
                site.periodic.is_none() && matches!(site.without, Some(Without::Empties(_))),
                Applicability::Advice,
                "left-empty",
            )
            .lower_if(site.without.is_none(), Applicability::Advice, "as-value")
            .lower_seen(
                || explanation(at, site.without, site.periodic.as_ref()),
                Applicability::Advice,
                "explained",
            )
    }

    fn diagnose<'t>(site: &ManualGcSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let message = match &site.periodic {
            Some(_) => "a loop that exists only to call `runtime.GC()`",
            None if site.without.is_none() => "`runtime.GC` handed on in production code",
            None => "`runtime.GC()` in production code",
        };
        let labels = site.periodic.as_ref().map(|periodic| (periodic.statement.span(), "the loop".into()));
        Diagnostic {
            span: site.call.span(),
            message: message.into(),
            why: "it blocks its caller for a whole collection (63 ms measured with 256 MB live, though the \
                  world stops for less than 0.2 ms); the runtime collects when the heap has grown by GOGC \
                  percent, and `GOMEMLIMIT` bounds memory"
                .into(),
            severity: Severity::Note,
            labels: labels.into_iter().collect(),
        }
    }

    fn rewrite<'t>(site: &ManualGcSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        if let Some(without) = site.without {
            remove(site.periodic.as_ref(), without, cx, fix);
        }
    }
}

/// How a function that takes no arguments is asked for.
pub(super) struct AskedFor<'t> {
    /// The call, or the mention of a value.
    pub call: Node<'t>,
    /// The statement, or the mention of a value.
    pub statement: Node<'t>,
    /// Whether it is a statement.
    pub stands: bool,
}

impl<'t> AskedFor<'t> {
    /// `f()`, `defer f()`, `go f()` as a statement, or `f` handed on. `_ = f` asks for nothing.
    pub(super) fn of(mention: Node<'t>) -> Option<AskedFor<'t>> {
        let outer = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        if callee(outer).is_some_and(|callee| callee.holds(mention)) {
            let statement = outer.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
            let stands = statement.is(&[Kind::ExpressionStatement, Kind::DeferStatement, Kind::GoStatement]);
            return stands.then_some(AskedFor { call: outer, statement, stands });
        }
        let dropped = outer
            .parent()
            .and_then(|assigned| assigned.left().or_else(|| assigned.name()))
            .is_some_and(|left| left.text() == "_");
        (!dropped).then_some(AskedFor { call: mention, statement: mention, stands: false })
    }
}

/// The comment beside what would go that says something: on its lines, or right above.
pub(super) fn explanation<'t>(
    at: Node<'t>,
    without: Option<Without<'t>>,
    periodic: Option<&Periodic<'t>>,
) -> Option<String> {
    let mut going = vec![at];
    match (periodic, without) {
        (Some(periodic), _) => {
            going.push(periodic.statement);
            going.extend(periodic.goes.iter().flatten());
        }
        (None, Some(Without::Goes(gone))) => going.push(gone),
        (None, Some(Without::WholeBody(function))) => going.extend(function.body()),
        _ => {}
    }
    let found = going.iter().find_map(|node| {
        let inner = node.descendants().find(|it| it.kind() == Kind::Comment && explains(it.text()));
        inner.map(|comment| comment.line()).or_else(|| comment_around(*node))
    })?;
    Some(format!("line {found}"))
}

/// The line of a comment on the first or last line of `node`, or right above it.
fn comment_around(node: Node<'_>) -> Option<usize> {
    let file = node.file();
    let (text, lines) = (file.text(), file.lines());
    let first = lines.span(node.line());
    let last = lines.line(node.end().saturating_sub(1));
    let before = &text[first.start..node.start()];
    let behind = text[node.end()..lines.span(last).end].trim_start_matches([' ', '\t', ';', '}', ')']);
    if before.trim_start().starts_with("/*") || (behind.starts_with('/') && explains(behind.trim())) {
        return Some(if behind.starts_with('/') { last } else { node.line() });
    }
    if !before.trim().is_empty() || node.line() == 1 {
        return None;
    }
    let above = node.line() - 1;
    let line = lines.span(above).of(text).trim();
    ((line.starts_with("//") && explains(line)) || line.ends_with("*/")).then_some(above)
}

/// Whether the comment is written for people: no `//nolint`, `//go:...`, `//lint:...`.
fn explains(comment: &str) -> bool {
    let Some(said) = comment.strip_prefix("//") else { return true };
    let word: String = said.chars().take_while(|letter| letter.is_ascii_lowercase()).collect();
    let directive = !word.is_empty() && (said[word.len()..].starts_with(':') || word == "nolint");
    !directive && !said.trim().is_empty()
}

/// Takes away the goroutine of a periodic loop, or what goes with one call.
pub(super) fn remove<'t>(periodic: Option<&Periodic<'t>>, without: Without<'t>, cx: &Cx<'t>, fix: &mut Fix) {
    let words = ["gc", "collect", "garbage", "memory", "heap", "free"];
    if let Some(periodic) = periodic {
        fix.set_title("remove the goroutine that only collects");
        for statement in periodic.goes.iter().flatten() {
            fix.delete_statement(*statement, &[&words[..], &["ticker"]].concat());
        }
        match periodic.empties {
            Some(function) if is_init(function) && !has_directive(function) => {
                fix.delete_declaration(function);
            }
            Some(function) => empty(function, cx, &words, fix),
            None => {}
        }
        return;
    }
    match without {
        Without::Goes(gone) => fix.delete_statement(gone, &words),
        Without::WholeBody(function) => empty(function, cx, &words, fix),
        _ => {}
    }
}

/// Whether it is an `init`, which nothing can call.
fn is_init(function: Node<'_>) -> bool {
    function.kind() == Kind::FunctionDeclaration && function.name().is_some_and(|name| name.text() == "init")
}

/// Whether a line for the compiler or another tool of Go stands right above the
/// function: what it is about is not known.
fn has_directive(function: Node<'_>) -> bool {
    let file = function.file();
    let above = comments_above(file, function.line(), &|at| comment_at(function, at));
    (above..function.line()).any(|line| file.lines().span(line).of(file.text()).starts_with("//go:"))
}

/// The call and the statement of a mention that is a plain call.
pub(super) fn collection(mention: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
    let statement = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    (statement.kind() == Kind::ExpressionStatement).then_some((call, statement))
}

/// Whether the statement is `runtime.GC()`.
pub(super) fn is_collection(statement: Node<'_>) -> bool {
    statement.kind() == Kind::ExpressionStatement
        && statement
            .named()
            .next()
            .is_some_and(|call| is_call(unparenthesized(call), SYMBOL.path, SYMBOL.name))
}

/// Takes away all that a function does; a literal that is called where it
/// stands, by `defer` or `go`, goes with that statement.
fn empty<'t>(function: Node<'t>, cx: &Cx<'t>, words: &[&str], fix: &mut Fix) {
    let started = function
        .parent()
        .filter(|call| function.kind() == Kind::FuncLiteral && call.function() == Some(function))
        .filter(|call| call.arguments().is_none_or(|arguments| arguments.named().next().is_none()))
        .and_then(Node::parent)
        .filter(|statement| {
            statement.is(&[Kind::DeferStatement, Kind::GoStatement, Kind::ExpressionStatement])
        });
    if let Some(Without::Goes(gone)) = started.map(|started| cx.without(started, &|_| false)) {
        fix.delete_statement(gone, words);
    } else {
        fix.empty_body(function);
    }
}
