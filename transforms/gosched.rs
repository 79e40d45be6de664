//! Removes `runtime.Gosched()` from loops that only compute, with the test that counts to it.
//! ```go
//! func power(samples []float64) float64 {
//! 	sum := 0.0
//! 	for i, sample := range samples {
//! 		sum += sample * sample
//! 		if i%1000 == 0 {
//! 			runtime.Gosched() // be nice
//! 		}
//! 	}
//! 	return sum
//! }
//! ```
//! becomes
//! ```go
//! func power(samples []float64) float64 {
//! 	sum := 0.0
//! 	for _, sample := range samples {
//! 		sum += sample * sample
//! 	}
//! 	return sum
//! }
//! ```
//! # Why
//! Since Go 1.14 the runtime preempts a goroutine that has run for 10 ms, whatever
//! its loops do. Measured with Go 1.26 on a loop over 100,000 numbers, the code
//! without the call and its test is 1.2 to 1.9 times as fast. The test explains all
//! of that: a call takes about 110 ns, and the loop with the test alone is as slow as
//! with both. So the test must go too, and a call without one gains little. A body that
//! calls other code takes longer itself and gains less: only arithmetic was measured.
//! # Safe
//! In a range over data or a counted loop that calls nothing but builtins, functions
//! of the standard library that only compute (`math`, `math/bits`, `math/cmplx`,
//! `cmp`, `strconv`, `unicode`, and those of `strings`, `bytes`, `slices`, `maps`,
//! `sort` and `encoding/binary` that take no callback and give no iterator) and
//! functions of the package that do the same and no more, in a function that starts
//! nothing. There the yield can change only who runs when. Anywhere a yield right
//! before a `time.Sleep` of a fixed time is safe to remove, as the sleep gives way too.
//! # Unsafe
//! Any other loop that blocks in each iteration (a `select` without `default`, a receive,
//! a sleep), or that gets on with an element in each, whatever other goroutines do. It
//! needs no yield, but the yield may be what lets another goroutine get on in time: a
//! person who knows must agree. A receive from a channel that may have been closed for good
//! (`ctx.Done()`, `x.done()`, one that the package closes) does not block each time, nor
//! does a `select` with a case for one, unless the code leaves the loop then.
//! # Guards
//! - `test-file`, keep: tests yield to bring about an order, or a race.
//! - `test-code`, keep: so do programs that measure and helpers of tests.
//! - `no-preemption`, keep: the file is named or tagged for js, wasip1, wasm, TinyGo or
//!   GopherJS, or its Go is older than 1.14, so that only a yield lets others run.
//! - `in-slot`, keep: the call stands under a label or in the header of a loop, where a
//!   statement must be.
//! - `back-off`, keep: the call is the whole body of its function, or the function is
//!   called for nothing but its duration from a loop that waits.
//! - `locked-thread`, keep: the function locks its goroutine to a thread.
//! - `after-collection`, keep: a collection stands in front of it in the block, and the yield
//!   lets the goroutines run that finalizers and cleanups are for.
//! - `fairness-budget`, keep: the loop counts to a budget that other code sets, or sets a new
//!   one there: to yield when it is used up is what was asked for.
//! - `batches`, keep: the loop takes several items at once, and the yield lets others make
//!   the next batch.
//! - `waits`, keep: the loop can come back to the yield without having blocked or got on
//!   with anything, and whether it does is up to what another goroutine may be about to
//!   change; if it waits for that, it burns a core without the yield, and at GOMAXPROCS=1
//!   it waits up to 10 ms longer each time.
//! - `contended`, keep: the yield is made because of something that another goroutine may
//!   be about to change: a failed attempt, an empty queue, a flag.
//! - `hands-over`, keep: outside any loop, or between an unlock and a lock, a yield hands
//!   over on purpose.
//! - `condition-may-panic`, keep: the `if` that would go with the call has a condition
//!   that can panic, which would no longer happen.
//! - `left-empty`, keep: the call is all that stands in a loop, a clause, an `else if`, or
//!   an `if` whose header does something.
//! - `passes-time`, keep: nothing that the loop does lasts, so it is a delay.
//! - `explained`, advice: a comment says at length what the yield is for. Whoever knows that
//!   must decide, and no such comment is taken away unread.
//! - `left-counter`, advice: all that the test does beside the yield is to reset its counter,
//!   which would be left for nothing.
//! - `callback`, unsafe: the function literal counts its calls, and whether the function
//!   that calls it waits in between is not known.
//! - `starts-goroutines`, unsafe: the function, or one of the package that it calls, starts
//!   something that the yield may let run.
//! - `communicates`, unsafe: the loop sends, receives, selects or ranges over a channel.
//! - `calls`, unsafe: the loop calls code that may wait, lock or do input and output.
//! - `undecided-range`, unsafe: the loop may range over a channel or a function.
//! - `shares-variables`, unsafe: the loop uses a variable of the package or of an
//!   enclosing function, which other goroutines can reach.
//! - `not-counted`, unsafe: the loop runs on a condition, or to a limit that other code
//!   can move.
//! - `early-exit`, unsafe: what other goroutines do decides whether the loop is left early,
//!   which without the yield it may notice later.
//! - `thread-elsewhere`, unsafe: other code of the package locks threads.
//! # Known limits
//! A program that is run with `GODEBUG=asyncpreemptoff=1` depends on each yield. A
//! function that returns what it computes may be called by another package only to pass
//! the time; that is not looked for. Data races are not looked for: a loop that reads an
//! element while another goroutine writes it, without synchronisation, promises nothing.

mod around;
mod call;
mod purpose;

use self::around::{callback, locks_thread, name_of, no_preemption, passed_in_a_wait, sleeps_next, starts};
use self::call::{SYMBOL, YIELDS, is_yield};
use crate::model::computes::doings_without;
use crate::model::imports::{callee, unparenthesized};
use crate::model::waits::{self, Loop};
use crate::model::{GoVersion, constant, effects, spin};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Transform, Verdict, Without,
};
use crate::syntax::CLAUSES;
use crate::syntax::{Kind, Node};

/// Removes `runtime.Gosched()` where it only costs.
pub struct Gosched;

/// `runtime.Gosched()` as a statement.
pub struct GoschedSite<'t> {
    statement: Node<'t>,
    call: Node<'t>,
    without: Without<'t>,
    /// The loops around it, innermost first.
    loops: Vec<Node<'t>>,
}

impl Transform for Gosched {
    type Site<'t> = GoschedSite<'t>;
    const META: Meta = Meta {
        id: "gosched",
        title: "let the runtime preempt the loop by itself",
        group: Group::Scheduler,
        seeds: &["SRC 7"],
        best: Applicability::Safe,
        since: Some(GoVersion(1, 14)),
        triggers: &[SYMBOL],
        guards: &[
            "test-file",
            "test-code",
            "no-preemption",
            "in-slot",
            "back-off",
            "locked-thread",
            "after-collection",
            "fairness-budget",
            "batches",
            "waits",
            "contended",
            "hands-over",
            "condition-may-panic",
            "left-empty",
            "passes-time",
            "explained",
            "left-counter",
            "callback",
            "starts-goroutines",
            "communicates",
            "calls",
            "undecided-range",
            "shares-variables",
            "not-counted",
            "early-exit",
            "thread-elsewhere",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<GoschedSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let statement = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        (statement.kind() == Kind::ExpressionStatement).then_some(())?;
        let without = cx.without_all(statement, "gosched: no yield", is_yield);
        let loops = waits::loops_around(statement).collect();
        Some(GoschedSite { statement, call, without, loops })
    }

    fn judge<'t>(site: &GoschedSite<'t>, cx: &Cx<'t>) -> Verdict {
        let package = cx.package();
        let whole = site.statement.ancestors().last().unwrap_or(site.statement);
        let line = |what: &str, node: Node<'_>| format!("{what} on line {}", node.line());
        let callback = site.loops.is_empty().then(|| callback(site.statement)).flatten();
        let empties = matches!(site.without, Without::Empties(_));
        let passes_time = || {
            // Whoever ranges over a channel takes from it, which lasts.
            let idle = |statement: &&Node<'t>| {
                waits::kind(**statement, package) != Loop::Channel
                    && !waits::leaves_something(**statement, site.gone(), YIELDS, package)
            };
            site.loops.iter().find(idle).map(|idle| line("the loop", *idle))
        };
        let mut verdict = Verdict::of(Applicability::Safe)
            .keep_if(cx.file.is_test(), "test-file")
            .keep_for(cx.test_code(site.statement), "test-code")
            .keep_for(no_preemption(cx), "no-preemption")
            .keep_if(site.without == Without::Slot, "in-slot")
            .keep_if(matches!(site.without, Without::WholeBody(_)), "back-off")
            .keep_for(locks_thread(whole), "locked-thread")
            .keep_for(purpose::collected_before(site.statement), "after-collection")
            .keep_if(site.lets_in(cx), "hands-over")
            .keep_for(purpose::budget(site.statement, package), "fairness-budget")
            .keep_for(purpose::batch(site.statement), "batches")
            .keep_for(site.waits(cx), "waits")
            .keep_for(site.contended(cx), "contended")
            .keep_if(site.hands_over(cx) && callback.is_none(), "hands-over")
            .keep_if(matches!(site.without, Without::MayPanic(_)), "condition-may-panic")
            .keep_if(empties, "left-empty")
            .keep_for(passed_in_a_wait(whole, cx), "back-off")
            .keep_for(passes_time(), "passes-time")
            .lower_seen(
                || purpose::explanation(site.statement, site.gone(), cx.package()),
                Applicability::Advice,
                "explained",
            )
            .lower_seen(
                || purpose::left_counter(site.statement, site.gone()),
                Applicability::Advice,
                "left-counter",
            );
        // Whatever a yield lets run, a sleep right behind it lets run too.
        if verdict.level() == Applicability::Kept || sleeps_next(site.statement, package) {
            return verdict;
        }
        verdict = verdict.lower_for(callback, Applicability::Unsafe, "callback").lower_for(
            package.remember_of(whole, "gosched: starts", || {
                starts(whole, package).map(|it| line("a start", it))
            }),
            Applicability::Unsafe,
            "starts-goroutines",
        );
        if let Some(outermost) = site.loops.last() {
            let done = doings_without(*outermost, site.gone(), YIELDS, package);
            let said = |node: Option<Node<'_>>| {
                node.map(|node| line(&format!("`{}`", short_first_line(node)), node))
            };
            let open = |statement: &&Node<'t>| {
                matches!(waits::kind(**statement, package), Loop::Condition | Loop::Endless)
                    || waits::limit_in_memory(**statement, package)
            };
            let open = site.loops.iter().find(open).map(|open| line("the loop", *open));
            let early = || {
                let exits = site.loops.iter();
                let early = exits.into_iter().find_map(|it| waits::early_exit(*it, package));
                early.map(|early| line(&format!("`{}`", short_first_line(early)), early))
            };
            verdict = verdict
                .lower_for(said(done.communicates), Applicability::Unsafe, "communicates")
                .lower_for(said(done.calls), Applicability::Unsafe, "calls")
                .lower_for(said(done.undecided), Applicability::Unsafe, "undecided-range")
                .lower_for(said(done.shares), Applicability::Unsafe, "shares-variables")
                .lower_for(open, Applicability::Unsafe, "not-counted")
                .lower_seen(early, Applicability::Unsafe, "early-exit");
        }
        let elsewhere = package.remember("gosched: a thread elsewhere", || {
            let locks = package.files().find(|file| file.text().contains("LockOSThread"));
            locks.map(|file| name_of(file))
        });
        verdict.lower_for(elsewhere, Applicability::Unsafe, "thread-elsewhere")
    }

    fn diagnose<'t>(site: &GoschedSite<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let tested = site.gone().is_some_and(|gone| gone != site.statement);
        let slept = sleeps_next(site.statement, cx.package());
        let arithmetic = |around: &Node<'t>| purpose::is_arithmetic(*around, cx.package());
        let seldom = site.one_in(cx).map(|count| format!(", and is made once in {count} times here"));
        let why = if slept {
            "the sleep right behind it gives way too, to all that the call could let run; a call takes \
             about 110 ns"
                .to_owned()
        } else if tested
            && verdict.level() == Applicability::Safe
            && site.loops.first().is_some_and(arithmetic)
        {
            "Go 1.14 and later preempt a goroutine after 10 ms by themselves; measured, the loop is 1.2 to \
             1.9 times as fast without the test and the call, almost all of it because of the test (a call \
             takes about 110 ns)"
                .to_owned()
        } else {
            let call =
                "Go 1.14 and later preempt a goroutine after 10 ms by themselves; a call takes about 110 ns";
            format!("{call}{}", seldom.unwrap_or_default())
        };
        let blocks = |around: &Node<'t>| spin::blocks_each_time(*around, site.statement, cx.package());
        let certain = verdict.level() == Applicability::Safe;
        let place = match site.loops.first() {
            _ if verdict.level() == Applicability::Kept => "",
            _ if slept => " right before a sleep, which gives way too",
            Some(_) if verdict.guard() == Some("explained") => " with a comment that says what it is for",
            Some(around) if blocks(around) => " in a loop that blocks in each iteration by itself",
            Some(_) if certain => " in a loop that needs no yield",
            Some(_) => " in a loop that may need no yield",
            None if certain => " in a callback that needs no yield",
            None => " in a callback that may need no yield",
        };
        let labels = site.loops.first().map(|around| (around.span(), "the loop".to_owned()));
        Diagnostic {
            span: site.call.span(),
            message: format!("`{}`{place}", site.call.text()),
            why,
            severity: Severity::Note,
            labels: labels.into_iter().collect(),
        }
    }

    fn rewrite<'t>(site: &GoschedSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        if sleeps_next(site.statement, cx.package()) {
            fix.set_title("leave it to the sleep to let others run");
        }
        let words = ["gosched", "yield", "preempt", "schedul", "starv", "other goroutine", "be nice", "fair"];
        // What the comment says of giving way is true of the sleep too.
        let spoken_of = if sleeps_next(site.statement, cx.package()) { &words[..1] } else { &words[..] };
        if let Some(gone) = site.gone() {
            fix.delete_statement(gone, spoken_of);
        }
    }
}

impl<'t> GoschedSite<'t> {
    /// The statement that goes: the call's, or an `if` around it.
    fn gone(&self) -> Option<Node<'t>> {
        match self.without {
            Without::Goes(gone) => Some(gone),
            _ => None,
        }
    }

    /// In how many times the test in front of the call lets it be made once: 1000 for `n%1000 == 0`
    /// and nothing else.
    fn one_in(&self, cx: &Cx<'t>) -> Option<i64> {
        let is = |node: Node<'t>, sign: &str| {
            let operator = node.operator().filter(|_| node.kind() == Kind::BinaryExpression);
            operator.is_some_and(|operator| operator.text() == sign)
        };
        let number = |node: Node<'t>| constant::integer(node, cx.package());
        let test = self.gone()?.condition().map(unparenthesized).filter(|test| is(*test, "=="))?;
        let sides = (unparenthesized(test.left()?), unparenthesized(test.right()?));
        let (remainder, wanted) = if is(sides.0, "%") { sides } else { (sides.1, sides.0) };
        let count = number(remainder.right().filter(|_| is(remainder, "%"))?)?;
        (count > 1 && (0..count).contains(&number(wanted)?)).then_some(count)
    }

    /// What a loop around the call waits for.
    fn waits(&self, cx: &Cx<'t>) -> Option<String> {
        let function = effects::function_of(self.statement)?;
        let jump = function.remember("gosched: jumps", || {
            let jump = function.descendants().find(|node| node.kind() == Kind::GotoStatement);
            jump.map(|jump| format!("`{}` on line {}", jump.text(), jump.line()))
        });
        if jump.is_some() {
            return jump;
        }
        // A loop that sleeps next gives way in any case.
        if sleeps_next(self.statement, cx.package()) {
            return None;
        }
        let seen = self.loops.iter().find_map(|it| spin::waits_for(*it, self.statement, cx.package()))?;
        Some(format!("`{}` on line {}", short_first_line(seen), seen.line()))
    }

    /// Because of what the call is made.
    fn contended(&self, cx: &Cx<'t>) -> Option<String> {
        if sleeps_next(self.statement, cx.package()) {
            return None;
        }
        let seen = spin::contended(self.statement, cx.package())?;
        Some(format!("`{}` on line {}", short_first_line(seen), seen.line()))
    }

    /// Whether the call lets those in who wait for a lock.
    fn lets_in(&self, cx: &Cx<'t>) -> bool {
        spin::is_between_locks(self.statement) && !sleeps_next(self.statement, cx.package())
    }

    /// Whether the call stands where a yield can be wanted for itself.
    fn hands_over(&self, cx: &Cx<'t>) -> bool {
        self.loops.is_empty() && !sleeps_next(self.statement, cx.package())
    }
}

/// The first line of what is written at `node`, shortened.
fn short_first_line(node: Node<'_>) -> String {
    let clause = node.is(CLAUSES) || node.is(&[Kind::SelectStatement, Kind::FuncLiteral, Kind::GoStatement]);
    let first = node.text().lines().next().unwrap_or_default();
    let first = if clause { first.trim_end_matches(['{', ' ']) } else { first };
    let short: String = first.chars().take(40).collect();
    if short.len() < first.len() { format!("{short}…") } else { short }
}
