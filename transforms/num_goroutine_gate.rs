//! Bounds goroutines by a semaphore instead of polling how many there are.
//! ```go
//! func dispatch(jobs <-chan int) {
//! 	for job := range jobs {
//! 		for runtime.NumGoroutine() > 100 {
//! 			runtime.Gosched()
//! 		}
//! 		go func() {
//! 			log.Print(job)
//! 		}()
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func dispatch(jobs <-chan int) {
//! 	sem := make(chan struct{}, 100)
//! 	for job := range jobs {
//! 		sem <- struct{}{}
//! 		go func() {
//! 			defer func() { <-sem }()
//! 			log.Print(job)
//! 		}()
//! 	}
//! }
//! ```
//! # Why
//! The gate burns a processor while it waits, and counts every goroutine of the process: where
//! others are many, it never opens: beside 100 goroutines that waited for something else a gate
//! of 8 let in none in 20 ms, the semaphore 8 (Go 1.26). The semaphore waits without work and
//! counts only what it let in. The rule is for a bound that holds and a processor that is free while
//! it waits, not for speed.
//! # Unsafe
//! The bound changes its meaning: from all goroutines of the process to those that this
//! code starts, in each call of the function where a loop of its own starts them. Where no
//! loop of the function encloses the gate, the semaphore belongs to the package, as one in the function
//! would bound nothing.
//! # Guards
//! - `test-code`, keep: tests wait for goroutines to end.
//! - `jumps`, keep: a `goto` of the function could jump over the semaphore's declaration.
//! - `does-more`, advice: the gate does more than wait, it gives up or counts.
//! - `limit-not-constant`, advice: the limit is read again in each iteration, not known where the
//!   semaphore must be made, or less than one.
//! - `may-not-start`, advice: between the gate and the `go` statement the code can leave, by a panic
//!   too where the semaphore outlives it, and would keep the slot.
//! - `several-goroutines`, advice: the gate stands before more than one goroutine.
//! - `arguments-change`, advice: the `go` statement calls a function whose arguments or receiver would
//!   be read later, in a literal around it, when the code may have changed them or a part of them.
//! - `starts-itself`, advice: the goroutine calls the function that it comes from, and could wait for a
//!   slot while it holds one.
//! # Known limits
//! Only a `for` that compares `NumGoroutine()` with a limit, and the next `go` statement in the same
//! block. An `if` that sleeps once is not a gate.

use crate::model::GoVersion;
use crate::model::constant;
use crate::model::effects::{function_of, is_constant};
use crate::model::import_names::may_be_named;
use crate::model::imports::{arguments, callee, is_call, parenthesized, unparenthesized};
use crate::model::locals::{calls_method, gives_address, is_written, outermost_part};
use crate::model::rounds::{gotos, labeled, loops};
use crate::model::scope::{self, Def, LocalKind};
use crate::model::types::{self, Type};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict, comment_in_text,
    comments_above,
};
use crate::syntax::{Kind, Node};

/// Replaces a gate of `runtime.NumGoroutine()` by a semaphore.
pub struct NumGoroutineGate;

/// `for runtime.NumGoroutine() > limit { ... }` before a `go` statement.
pub struct NumGoroutineGateSite<'t> {
    gate: Node<'t>,
    call: Node<'t>,
    limit: Node<'t>,
    /// The `go` statement.
    start: Node<'t>,
    /// What stands between the two.
    between: Vec<Node<'t>>,
    /// The outermost loop of the function around the gate.
    around: Option<Node<'t>>,
    function: Node<'t>,
}

const SYMBOL: Symbol = Symbol { path: "runtime", name: "NumGoroutine" };

impl Transform for NumGoroutineGate {
    type Site<'t> = NumGoroutineGateSite<'t>;
    const META: Meta = Meta {
        id: "num-goroutine-gate",
        title: "bound the goroutines by a semaphore",
        group: Group::Scheduler,
        seeds: &["OPT 7"],
        best: Applicability::Unsafe,
        triggers: &[SYMBOL],
        guards: &[
            "test-code",
            "jumps",
            "does-more",
            "limit-not-constant",
            "may-not-start",
            "several-goroutines",
            "arguments-change",
            "starts-itself",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, _: &Cx<'t>) -> Option<NumGoroutineGateSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let at = parenthesized(call);
        let comparison = at.parent().filter(|up| up.kind() == Kind::BinaryExpression)?;
        let (left, right) = (comparison.left()?, comparison.right()?);
        let limit = match comparison.operator()?.kind() {
            Kind::Greater | Kind::GreaterOrEqual if left == at => right,
            Kind::Less | Kind::LessOrEqual if right == at => left,
            _ => return None,
        };
        // `for cond {` and `for ; cond; {`
        let whole = parenthesized(comparison);
        let gate = whole.ancestors().find(|up| up.kind() != Kind::ForClause)?;
        let header = gate.named().next().filter(|_| gate.kind() == Kind::ForStatement)?;
        let plain = header == whole
            || header.kind() == Kind::ForClause
                && header.initializer().is_none()
                && header.update().is_none();
        let list = gate.parent().filter(|list| plain && list.kind() == Kind::StatementList)?;
        let mut between = Vec::new();
        let behind = list.named().skip_while(|statement| *statement != gate).skip(1);
        for statement in behind {
            if statement.kind() == Kind::GoStatement {
                let function = function_of(gate)?;
                let around = loops(gate).last();
                return Some(NumGoroutineGateSite {
                    gate,
                    call,
                    limit: unparenthesized(limit),
                    start: statement,
                    between,
                    around,
                    function,
                });
            }
            between.push(statement);
        }
        None
    }

    fn judge<'t>(site: &NumGoroutineGateSite<'t>, cx: &Cx<'t>) -> Verdict {
        let starts = |statement: &Node<'t>| statement.kind() == Kind::GoStatement;
        let list = site.gate.parent().into_iter().flat_map(Node::named);
        let behind = list.filter(|statement| statement.start() > site.gate.end());
        let several = behind.flat_map(Node::descendants).filter(starts).count() > 1;
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.gate), "test-code")
            .keep_if(!gotos(site.gate).is_empty(), "jumps")
            .lower_if(!only_waits(site.gate), Applicability::Advice, "does-more")
            .lower_if(!is_fixed(site, cx), Applicability::Advice, "limit-not-constant")
            .lower_if(
                !site.between.iter().all(|statement| runs_on(*statement, site.around.is_some(), cx)),
                Applicability::Advice,
                "may-not-start",
            )
            .lower_if(several, Applicability::Advice, "several-goroutines")
            .lower_if(wrapped(site, cx).is_none(), Applicability::Advice, "arguments-change")
            .lower_if(starts_itself(site), Applicability::Advice, "starts-itself")
    }

    fn diagnose<'t>(site: &NumGoroutineGateSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.call.span(),
            message: "a loop polls `runtime.NumGoroutine()` before it starts a goroutine".into(),
            why: "it burns a processor while it waits, and counts every goroutine of the process, so that it may never open; a \
                  buffered channel as a semaphore waits without work and counts only these"
                .into(),
            severity: Severity::Warning,
            labels: vec![(site.gate.span(), "the gate".into())],
        }
    }

    fn rewrite<'t>(site: &NumGoroutineGateSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Some((open, close)) = wrapped(site, cx) else { return };
        let limit = site.limit.text();
        let file = site.gate.file();
        let newline = file.newline();
        // At the top level the imports of the other files are in the way too.
        let imported = |name: &str| {
            let mut imports = cx.package().files().flat_map(|file| file.imports());
            site.around.is_none() && imports.any(|import| may_be_named(import, name))
        };
        let mut wished = vec!["sem", "slots", "semaphore"];
        wished.retain(|name| !imported(name));
        wished.push("starts");
        let sem = cx.fresh_name(&wished, site.gate);
        match site.around {
            Some(around) => {
                fix.insert_before(labeled(around), &[format!("{sem} := make(chan struct{{}}, {limit})")]);
            }
            None => {
                let whole = site.gate.ancestors().last().unwrap_or(site.gate);
                let name = whole.named().find_map(|function| function.name()).map_or("", Node::text);
                let above = comments_above(file, whole.line(), &|at| comment_in_text(file, at));
                let about = format!("// {sem} has a slot for each goroutine that {name} starts.{newline}");
                let text = format!("{about}var {sem} = make(chan struct{{}}, {limit}){newline}{newline}");
                fix.insert(file.lines().span(above).start, text);
                fix.claim_package_name(sem.clone());
            }
        }
        fix.claim(site.gate);
        fix.replace_node(site.gate, format!("{sem} <- struct{{}}{{}}"));
        let release = format!("defer func() {{ <-{sem} }}()");
        let body = literal(site.start).and_then(|literal| literal.body());
        if let Some(body) = body.filter(|body| body.text().contains('\n')) {
            fix.insert_first(body, &[release]);
            return;
        }
        // A call, or a literal on one line, gets lines of its own.
        let list = body.and_then(|body| body.child(Kind::StatementList));
        let inner: Vec<&str> = match body {
            Some(_) => list.into_iter().flat_map(Node::named).map(Node::text).collect(),
            None => site.start.named().next().map(Node::text).into_iter().collect(),
        };
        let indent = indentation(site.start);
        let lines: String = std::iter::once(release.as_str())
            .chain(inner)
            .map(|line| format!("{indent}\t{line}{newline}"))
            .collect();
        match body {
            Some(body) => fix.replace_node(body, format!("{{{newline}{lines}{indent}}}")),
            None => fix.replace_node(site.start, format!("{open}{newline}{lines}{indent}{close}")),
        }
    }
}

/// The literal that a `go` statement starts.
fn literal(start: Node<'_>) -> Option<Node<'_>> {
    let called = callee(start.named().next()?)?;
    (called.kind() == Kind::FuncLiteral).then_some(called)
}

fn indentation(statement: Node<'_>) -> String {
    let file = statement.file();
    let line = file.lines().content(file.text().as_bytes(), statement.line());
    String::from_utf8_lossy(line).chars().take_while(|letter| letter.is_whitespace()).collect()
}

/// Whether the gate's body only lets time pass.
fn only_waits(gate: Node<'_>) -> bool {
    let list = gate.body().and_then(|body| body.child(Kind::StatementList));
    list.into_iter().flat_map(Node::named).all(|statement| {
        let call = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement);
        call.is_some_and(|call| is_call(call, "runtime", "Gosched") || is_call(call, "time", "Sleep"))
    })
}

/// Whether the limit has one value, known where the semaphore is made.
fn is_fixed(site: &NumGoroutineGateSite<'_>, cx: &Cx<'_>) -> bool {
    // A channel of no length would never let anybody in.
    let number = constant::integer(site.limit, cx.package());
    if site.limit.kind() == Kind::IntLiteral || number.is_some_and(|number| number < 1) {
        return number.is_some_and(|number| number > 0);
    }
    if site.limit.kind() != Kind::Identifier {
        return false;
    }
    if let Def::Local(local) = scope::resolve(site.limit) {
        let outside = site.around.is_some_and(|around| local.name.end() <= labeled(around).start());
        let kept = |at: Node<'_>| at == local.name || !(is_written(at) || gives_address(at));
        let whole_number = local.kind == LocalKind::Const || local.kind.is_variable();
        let same = function_of(local.name) == Some(site.function) || local.scope == site.function;
        return whole_number && outside && same && scope::mentions(local).into_iter().all(kept);
    }
    number.is_some() && is_constant(site.limit, cx.package())
}

/// Whether the statement runs to its end and nothing else. A semaphore of the
/// package outlives a panic that somebody recovers from, one that is `local` does not.
fn runs_on(statement: Node<'_>, local: bool, cx: &Cx<'_>) -> bool {
    const LEAVES: &[Kind] = &[
        Kind::ReturnStatement,
        Kind::BreakStatement,
        Kind::ContinueStatement,
        Kind::GotoStatement,
        Kind::GoStatement,
        Kind::DeferStatement,
        Kind::SelectStatement,
    ];
    let plain = statement.is(&[
        Kind::ExpressionStatement,
        Kind::ShortVarDeclaration,
        Kind::AssignmentStatement,
        Kind::IncStatement,
    ]);
    // `wg.Add(1)` and its like
    let known = |call: Node<'_>| {
        let method = callee(call).and_then(|called| called.field());
        method.is_some_and(|method| matches!(method.text(), "Add" | "Lock" | "Unlock"))
    };
    let calm = local
        || statement.named().next().is_some_and(known)
        || statement.named().all(|part| !cx.effects(part).panics);
    plain && calm && !statement.descendants().any(|node| node.is(LEAVES))
}

/// The text around the call of a `go` statement that starts no literal; empty for one that
/// does. `None` where the literal would read an argument later than the statement does.
fn wrapped(site: &NumGoroutineGateSite<'_>, cx: &Cx<'_>) -> Option<(String, String)> {
    if let Some(literal) = literal(site.start) {
        // A comment on the line of a literal would end up behind the wrong statement.
        let plain = literal.text().contains('\n') || !cx.has_comment(literal);
        return plain.then(Default::default);
    }
    let call = site.start.named().next()?;
    let called = callee(call)?;
    let receiver = called.operand().filter(|_| called.kind() == Kind::SelectorExpression);
    let function = match receiver {
        Some(operand) => operand.kind() == Kind::Identifier && stays(operand, cx),
        None => called.kind() == Kind::Identifier && stays(called, cx),
    };
    let settled = |argument: Node<'_>| match argument.kind() {
        Kind::IntLiteral
        | Kind::InterpretedStringLiteral
        | Kind::RawStringLiteral
        | Kind::RuneLiteral
        | Kind::FloatLiteral
        | Kind::True
        | Kind::False
        | Kind::Nil => true,
        Kind::Identifier => stays(argument, cx),
        _ => false,
    };
    let plain = !call.text().contains('\n') && !call.text().contains("//");
    (function && plain && arguments(call).all(settled)).then(|| ("go func() {".into(), "}()".into()))
}

/// Whether the name means the same value when the goroutine reads it.
fn stays(name: Node<'_>, cx: &Cx<'_>) -> bool {
    match scope::resolve(name) {
        Def::Local(local) => {
            let start = name.ancestors().find(|up| up.kind() == Kind::GoStatement);
            let value = holds_value(name, cx);
            let kept = |at: Node<'_>| {
                let part = if value { outermost_part(at).0 } else { at };
                let changes = is_written(at)
                    || is_written(part)
                    || gives_address(at)
                    || value && calls_method(at) && !start.is_some_and(|start| start.holds(at));
                at == local.name || !changes
            };
            // A variable of the loop is a new one in each turn from Go 1.22 on.
            let header = cx.file.outline().header.of(cx.file.text());
            let fresh = local.kind != LocalKind::Loop
                || cx.has(GoVersion(1, 22))
                    && !header.contains("go1.")
                    && local.name.ancestors().any(|up| up.kind() == Kind::RangeClause);
            fresh && scope::mentions(local).into_iter().all(kept)
        }
        Def::Import(_) => true,
        Def::TopLevel(_) | Def::Outside => {
            let found = cx.package().declarations(name.text());
            is_constant(name, cx.package())
                || !found.is_empty()
                    && found.iter().all(|declared| declared.kind() == Kind::FunctionDeclaration)
        }
    }
}

/// Whether the variable holds a struct or an array, which code can change in place,
/// or may: a `go` statement copies it at once.
fn holds_value(name: Node<'_>, cx: &Cx<'_>) -> bool {
    let of = types::type_of(name, cx.package()).and_then(|of| types::underlying(of, cx.package()));
    match of {
        Some(Type::Written(written)) => written.is(&[Kind::StructType, Kind::ArrayType, Kind::QualifiedType]),
        Some(_) => false,
        None => true,
    }
}

/// Whether the goroutine calls the function that starts it.
fn starts_itself(site: &NumGoroutineGateSite<'_>) -> bool {
    let mut outer = Some(site.function);
    while let Some(function) = outer {
        if let Some(name) = function.name() {
            let calls = |node: Node<'_>| {
                callee(node).is_some_and(|called| called.field().unwrap_or(called).text() == name.text())
            };
            return site.start.descendants().any(calls);
        }
        outer = function_of(function);
    }
    false
}
