//! Lets the scheduler move a goroutine that was held to one thread for no reason.
//! ```go
//! func worker(jobs <-chan int, results chan<- int) {
//! 	runtime.LockOSThread() // for performance
//! 	defer runtime.UnlockOSThread()
//! 	for job := range jobs {
//! 		results <- job * job
//! 	}
//! }
//! ```
//! becomes
//! ```go
//! func worker(jobs <-chan int, results chan<- int) {
//! 	for job := range jobs {
//! 		results <- job * job
//! 	}
//! }
//! ```
//! # Why
//! A locked goroutine hands each message over by waking its own thread: 31.7
//! against 0.455 microseconds for a message to a worker and back, measured with Go 1.26 (a body that
//! never blocks is neither faster nor slower). The call does not bind the goroutine to a
//! processor, which is what most authors hope for.
//! # Unsafe
//! Never safe: the thread may matter to something outside the code, a debugger or a scheduling
//! policy that was set from outside. The rule looks only at packages
//! that import nothing but parts of the standard library for which all threads are alike.
//! # Guards
//! - `init`, keep: `init` and `main` hold the main thread, which a library for windows
//!   or graphics may need.
//! - `test-code`, keep: tests lock threads to test what happens then.
//! - `thread-may-matter`, keep: the package imports what is not known to work on any thread
//!   (cgo, syscall, unsafe, os/exec, net, every package that is not of the standard library),
//!   or has code that is not Go.
//! - `written-reason`, keep: a comment beside the call or the function's documentation says
//!   why; a hope of speed is not a reason.
//! - `is-the-subject`, keep: the function or the package is named after threads.
//! - `unlocked-elsewhere`, keep: the function does not release the thread itself, in plain
//!   sight: it throws it away, or another function or a literal releases it.
//! - `locked-twice`, keep: the function locks or unlocks in several places, so what belongs
//!   together is not plain.
//! - `runs-foreign-code`, keep: a function value or a method of an interface runs under the lock,
//!   and whoever gave it may rely on the thread.
//! # Known limits
//! Code that was locked so that a profiler or a kernel's settings find its thread, and says
//! so nowhere, looks like any other. A type of the standard library that holds code of
//! others, a `sync.Pool`, is trusted.

use crate::model::effects::function_of;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Transform, Verdict, Without,
};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::thread;
use crate::transforms::shared::thread::{LOCK, UNLOCK, starts};

/// Removes a pair of LockOSThread and UnlockOSThread.
pub struct LockOsThread;

/// `runtime.LockOSThread()` as a statement.
pub struct LockOsThreadSite<'t> {
    lock: Node<'t>,
    function: Node<'t>,
    /// The statements that release the thread, when all of them are in plain sight.
    unlocks: Option<Vec<Node<'t>>>,
}

impl Transform for LockOsThread {
    type Site<'t> = LockOsThreadSite<'t>;
    const META: Meta = Meta {
        id: "lock-os-thread",
        title: "leave the goroutine to the scheduler",
        group: Group::Scheduler,
        seeds: &["OPT 9", "SRC 8", "SEN 6"],
        best: Applicability::Unsafe,
        triggers: &[LOCK],
        guards: &[
            "init",
            "test-code",
            "thread-may-matter",
            "written-reason",
            "is-the-subject",
            "unlocked-elsewhere",
            "locked-twice",
            "runs-foreign-code",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<LockOsThreadSite<'t>> {
        let lock = thread::statement(mention)?;
        let function = function_of(lock)?;
        let unlocks = unlocks(lock, function, cx);
        Some(LockOsThreadSite { lock, function, unlocks })
    }

    fn judge<'t>(site: &LockOsThreadSite<'t>, cx: &Cx<'t>) -> Verdict {
        let both = || site.unlocks.iter().flatten().chain([&site.lock]);
        let twice = thread::mentions(site.function, LOCK).len() > 1;
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.lock), "test-code")
            .keep_if(starts(site.function), "init")
            .keep_seen(|| thread::foreign(cx), "thread-may-matter")
            .keep_for(both().find_map(|statement| thread::reason(*statement)), "written-reason")
            .keep_for(thread::subject(site.lock), "is-the-subject")
            .keep_if(twice, "locked-twice")
            .keep_if(site.unlocks.is_none(), "unlocked-elsewhere")
            .keep_seen(|| thread::handed_in(site.function, cx.package()), "runs-foreign-code")
    }

    fn diagnose<'t>(site: &LockOsThreadSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.lock.span(),
            message: "`runtime.LockOSThread()` holds a goroutine to one thread".into(),
            why: "nothing here depends on the thread, and each time the goroutine blocks, its own thread must be woken (31.7 against 0.455 microseconds for a message to a \
                  worker and back); the call does not bind it to a processor"
                .into(),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &LockOsThreadSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        let words = ["thread", "lock", "perform", "pin", "fast", "speed"];
        for statement in site.unlocks.iter().flatten().chain([&site.lock]) {
            fix.delete_statement(*statement, &words);
        }
    }
}

/// The statements of the function that release what `lock` holds, when each is
/// a statement in or below the block of `lock`, behind it, that can go.
fn unlocks<'t>(lock: Node<'t>, function: Node<'t>, cx: &Cx<'t>) -> Option<Vec<Node<'t>>> {
    let list = lock.parent()?;
    let found: Vec<Node<'t>> =
        thread::mentions(function, UNLOCK).into_iter().map(thread::statement).collect::<Option<_>>()?;
    let goes = |statement: Node<'t>| {
        let too = |other: Node<'t>| other == lock || found.contains(&other);
        cx.without(statement, &too) == Without::Goes(statement)
    };
    let plain = |unlock: &Node<'t>| {
        let block = unlock.parent();
        let deferred = unlock.kind() == Kind::DeferStatement;
        function_of(*unlock) == Some(function)
            && list.holds(*unlock)
            && unlock.start() > lock.end()
            && (!deferred || block == Some(list))
            && goes(*unlock)
    };
    // One that always runs; the others are those before a return.
    let deferred = found.iter().filter(|unlock| unlock.kind() == Kind::DeferStatement).count();
    let last = found.iter().any(|unlock| unlock.parent() == Some(list));
    let paired = deferred == 1 && found.len() == 1 || deferred == 0 && last;
    (paired && found.iter().all(plain) && lock.kind() == Kind::ExpressionStatement && goes(lock))
        .then_some(found)
}
