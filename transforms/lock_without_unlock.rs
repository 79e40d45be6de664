//! Releases the thread that a goroutine has locked, however the function ends.
//! ```go
//! func consume(jobs <-chan int) {
//! 	go func() {
//! 		runtime.LockOSThread()
//! 		for job := range jobs {
//! 			log.Print(job)
//! 		}
//! 	}()
//! }
//! ```
//! becomes
//! ```go
//! func consume(jobs <-chan int) {
//! 	go func() {
//! 		runtime.LockOSThread()
//! 		defer runtime.UnlockOSThread()
//! 		for job := range jobs {
//! 			log.Print(job)
//! 		}
//! 	}()
//! }
//! ```
//! # Why
//! A goroutine that ends with its thread locked takes the thread with it: 75.5 against
//! 0.79 microseconds for each such goroutine, measured with Go 1.26, and a thread that the
//! system has to make again. A function that returns so leaves its caller locked.
//! # Unsafe
//! The thread is used again afterwards. Never safe: where the code changed the state of the
//! thread, throwing it away is right.
//! # Guards
//! - `init`, keep: `init` and `main` hold the main thread for the life of the program.
//! - `test-code`, keep: tests let threads end on purpose.
//! - `thread-may-be-dirty`, keep: the package imports what may change the state of the thread, or
//!   has code that is not Go; then it must not be used again.
//! - `written-reason`, keep: a comment beside the call or the function's documentation says
//!   why; a hope of speed is not a reason.
//! - `unlocked-elsewhere`, keep: another function of the package, a literal or a function
//!   value releases a thread.
//! - `is-the-subject`, keep: the function or the package is named after threads.
//! - `conditional`, keep: the lock stands in an `if`, a clause or a loop.
//! - `locked-twice`, keep: the function locks in several places; each lock needs an unlock
//!   of its own.
//! - `leaves-caller-locked`, advice: a function that is called, not started by `go`, returns with
//!   its caller's thread locked; that may be what it is for.
//! - `unlocked-midway`, advice: the code goes on after an unlock, and would then run locked.
//! # Known limits
//! A panic on the way to an explicit unlock is not seen as a way out: where every return
//! has its unlock, there is no finding.

use crate::model::effects::function_of;
use crate::model::flow;
use crate::model::imports::callee;
use crate::model::package::Package;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Transform, Verdict, Without, deletion,
};
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::thread::starts;
use crate::transforms::shared::thread::{self, LOCK, UNLOCK};

/// Adds the missing `defer runtime.UnlockOSThread()`.
pub struct LockWithoutUnlock;

/// `runtime.LockOSThread()` in a function that can end without its counterpart.
pub struct LockWithoutUnlockSite<'t> {
    lock: Node<'t>,
    function: Node<'t>,
    /// The plain unlock statements of the function.
    unlocks: Vec<Node<'t>>,
    /// Another mention of the unlock, in a literal or as a value.
    hidden: bool,
}

impl Transform for LockWithoutUnlock {
    type Site<'t> = LockWithoutUnlockSite<'t>;
    const META: Meta = Meta {
        id: "lock-without-unlock",
        title: "release the thread when the function ends",
        group: Group::Scheduler,
        seeds: &["SEN 6", "SEN 9.1"],
        best: Applicability::Unsafe,
        triggers: &[LOCK],
        guards: &[
            "init",
            "test-code",
            "thread-may-be-dirty",
            "written-reason",
            "unlocked-elsewhere",
            "is-the-subject",
            "conditional",
            "locked-twice",
            "leaves-caller-locked",
            "unlocked-midway",
        ],
        yields_to: &["lock-os-thread"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<LockWithoutUnlockSite<'t>> {
        let lock = thread::statement(mention).filter(|lock| lock.kind() == Kind::ExpressionStatement)?;
        let function = function_of(lock)?;
        let found = thread::mentions(function, UNLOCK);
        let unlocks: Vec<Node<'t>> = found.iter().filter_map(|at| thread::statement(*at)).collect();
        if unlocks.iter().any(|unlock| unlock.kind() == Kind::DeferStatement) {
            return None;
        }
        let own = |unlock: &&Node<'t>| function_of(**unlock) == Some(function);
        let hidden = found.len() > unlocks.iter().filter(own).count();
        let ends = hidden || ends_locked(lock, &unlocks, cx.package());
        ends.then_some(LockWithoutUnlockSite { lock, function, unlocks, hidden })
    }

    fn judge<'t>(site: &LockWithoutUnlockSite<'t>, cx: &Cx<'t>) -> Verdict {
        let outermost =
            site.lock.parent() == site.function.body().and_then(|body| body.child(Kind::StatementList));
        let twice = thread::mentions(site.function, LOCK).len() > 1;
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.lock), "test-code")
            .keep_if(starts(site.function), "init")
            .keep_seen(|| thread::foreign(cx), "thread-may-be-dirty")
            .keep_for(thread::reason(site.lock), "written-reason")
            .keep_if(site.hidden, "unlocked-elsewhere")
            .keep_for(thread::subject(site.lock), "is-the-subject")
            .keep_if(!outermost, "conditional")
            .keep_if(twice, "locked-twice")
            .keep_seen(|| released_by_others(site.function, cx.package()), "unlocked-elsewhere")
            .lower_if(
                !is_started(site.function, cx.package()) && site.unlocks.is_empty(),
                Applicability::Advice,
                "leaves-caller-locked",
            )
            .lower_if(
                !site.unlocks.iter().all(|unlock| ends_there(*unlock, cx)),
                Applicability::Advice,
                "unlocked-midway",
            )
    }

    fn diagnose<'t>(site: &LockWithoutUnlockSite<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let why = if verdict.guard() == Some("leaves-caller-locked") {
            "the caller stays locked to its thread, and a goroutine that ends so takes the thread with it; release \
             it under `defer`, or say in a comment why not"
        } else {
            "a goroutine that ends with its thread locked takes the thread with it (75.5 against 0.79 microseconds each, and \
             a new thread); `defer runtime.UnlockOSThread()` releases it on every way out"
        };
        Diagnostic {
            span: site.lock.span(),
            message: "`runtime.LockOSThread()` without `UnlockOSThread` on every way out".into(),
            why: why.into(),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &LockWithoutUnlockSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        for unlock in &site.unlocks {
            fix.delete_statement(*unlock, &["thread", "unlock"]);
        }
        let callee = site.lock.named().next().and_then(callee);
        let name = callee.map_or("", Node::text).replace(LOCK.name, UNLOCK.name);
        fix.insert_after(site.lock, &[format!("defer {name}()")]);
    }
}

/// Whether the function can end, from `lock` on, without one of `unlocks`.
fn ends_locked<'t>(lock: Node<'t>, unlocks: &[Node<'t>], package: &Package) -> bool {
    let released = |statement: Node<'t>| unlocks.contains(&statement);
    let mut open = true;
    let mut ends = false;
    for statement in std::iter::successors(lock.next(), |node| node.next()) {
        // A jump can reach a label behind the end of control.
        if open || statement.kind() == Kind::LabeledStatement {
            let exits = flow::exits_without(statement, package, &released);
            open = exits.falls;
            ends |= exits.returns || !exits.breaks.is_empty() || !exits.continues.is_empty();
        }
    }
    open || ends
}

/// Where else in the package a thread is released, by a function that does not
/// lock one itself.
fn released_by_others(function: Node<'_>, package: &Package) -> Option<String> {
    for file in package.files().filter(|file| file.may_name(UNLOCK.name)) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            let text = decl.span.of(file.text());
            if !text.contains(UNLOCK.name) {
                continue;
            }
            let Some(root) = file.decl(index) else { return Some("a declaration with broken syntax".into()) };
            for mention in thread::mentions(root, UNLOCK) {
                // A literal belongs to the function that locks around it.
                let mut holders = std::iter::successors(function_of(mention), |inner| function_of(*inner));
                let locks =
                    |holder: Node<'_>| holder == function || !thread::mentions(holder, LOCK).is_empty();
                if !holders.any(locks) {
                    return Some(format!("line {}", mention.line()));
                }
            }
        }
    }
    None
}

/// Whether the function is only ever started: a literal under `go` or given to
/// `wg.Go`, or one that the package starts by `go` and calls nowhere.
fn is_started(function: Node<'_>, package: &Package) -> bool {
    if function.kind() == Kind::FuncLiteral {
        // Of the packages that this rule knows, only sync has such a method.
        let given = function.parent().filter(|up| up.kind() == Kind::ArgumentList).and_then(Node::parent);
        let method = given.and_then(callee).and_then(|called| called.field());
        if method.is_some_and(|method| method.text() == "Go") && package.methods(None, "Go").is_empty() {
            return true;
        }
        return function
            .parent()
            .filter(|call| call.function() == Some(function))
            .and_then(Node::parent)
            .is_some_and(|statement| statement.kind() == Kind::GoStatement);
    }
    let Some(name) = function.name().map(Node::text) else { return false };
    let mut started = false;
    for file in package.files().filter(|file| !file.is_test() && file.may_name(name)) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if !decl.span.of(file.text()).contains(name) {
                continue;
            }
            let Some(root) = file.decl(index) else { return false };
            for node in root.descendants() {
                let named = node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && node.text() == name;
                if !named || node.field_name() == Some(Field::Name) {
                    continue;
                }
                let used = node.parent().filter(|up| up.kind() == Kind::SelectorExpression).unwrap_or(node);
                let by_go = used
                    .parent()
                    .filter(|call| call.function() == Some(used))
                    .and_then(Node::parent)
                    .is_some_and(|statement| statement.kind() == Kind::GoStatement);
                if !by_go {
                    return false;
                }
                started = true;
            }
        }
    }
    started
}

/// Whether nothing but a return or the end of the function comes behind the
/// unlock, which can go.
fn ends_there(unlock: Node<'_>, cx: &Cx<'_>) -> bool {
    let mut next = std::iter::successors(unlock.next(), |node| node.next())
        .filter(|node| !node.is(&[Kind::Comment, Kind::Semicolon, Kind::Newline]));
    let leaves = match next.next() {
        None => {
            let owner = unlock.parent().and_then(Node::parent).and_then(Node::parent);
            owner.is_some_and(|owner| {
                owner.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral])
            })
        }
        Some(next) => {
            // It would run locked: a call, and a receive that waits.
            let works = |node: Node<'_>| {
                node.kind() == Kind::CallExpression
                    || node.operator().is_some_and(|operator| operator.kind() == Kind::Arrow)
            };
            next.kind() == Kind::ReturnStatement && !next.descendants().any(works)
        }
    };
    leaves && deletion(unlock, &[]).is_some() && cx.without(unlock, &|_| false) == Without::Goes(unlock)
}
