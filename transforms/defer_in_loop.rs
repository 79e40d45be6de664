//! Finds a `defer` in a loop that unlocks, closes, stops or cancels what only this iteration needs.
//! ```go
//! func total(paths []string) (int64, error) {
//! 	var sum int64
//! 	for _, path := range paths {
//! 		f, err := os.Open(path)
//! 		if err != nil {
//! 			return 0, err
//! 		}
//! 		defer f.Close()
//! 		n, err := io.Copy(io.Discard, f)
//! 		if err != nil {
//! 			return 0, err
//! 		}
//! 		sum += n
//! 	}
//! 	return sum, nil
//! }
//! ```
//! better:
//! ```go
//! func total(paths []string) (int64, error) {
//! 	var sum int64
//! 	for _, path := range paths {
//! 		n, err := size(path)
//! 		if err != nil {
//! 			return 0, err
//! 		}
//! 		sum += n
//! 	}
//! 	return sum, nil
//! }
//!
//! func size(path string) (int64, error) {
//! 	f, err := os.Open(path)
//! 	if err != nil {
//! 		return 0, err
//! 	}
//! 	defer f.Close()
//! 	return io.Copy(io.Discard, f)
//! }
//! ```
//! # Why
//! A deferred call runs when the function ends, not when the iteration does. Of a thousand
//! files opened so, a thousand were open at once; with a function for each iteration, one. A
//! lock that an iteration leaves taken stops the next one that wants it. The cost of `defer`
//! itself is not a reason: 29 ns and no allocation in a loop (Go 1.26).
//! # Guards
//! - `lock-held`, advice: an `Unlock` is put off to the end of the function; move the body of the
//!   loop into a function of its own, or unlock at the end of the iteration.
//! - `piles-up`, advice: a `Close`, a `Stop` or a `cancel` is put off to the end of the function, once for each
//!   iteration; move the body of the loop into a function of its own, or release at the end of the iteration.
//! - `never-runs`, advice: the loop has no way out, so what is deferred in it never runs.
//! - `outlives-round`, keep: what is released is stored, sent, given to a goroutine, or told to subscribe,
//!   listen or serve, so it is needed after the iteration.
//! - `held-on-purpose`, keep: the iteration does nothing once it has locked or opened, or only collects the
//!   address that it got: all of them are wanted at once.
//! - `released-by-hand`, keep: the loop also releases it itself, and the `defer` is there
//!   for the ways out.
//! - `few-rounds`, keep: the loop has a fixed, small number of iterations.
//! - `once`, keep: a flag that is turned beside the `defer` lets the loop come there once.
//! - `test-code`, keep: what a test opens in a loop is closed soon, and is often wanted until its end.
//! # Known limits
//! Looks at methods called `Unlock`, `RUnlock` and `Close`, at tickers and timers, and at functions with `cancel` in
//! their name that `context` gave; at what the iteration itself has locked, opened or received, and at loops that can reach the `defer` again: a retry
//! that returns once it has succeeded is not a finding.

mod reach;
mod release;

use self::release::{DeferredRelease, METHODS, ReleaseKind, may_cancel};
use crate::model::benchmarks::counts_operations;
use crate::model::flow::exits;
use crate::model::package::Package;
use crate::model::rounds::{comes_back, loops};
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Shape, Transform, Verdict};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Kind, Node, byte_checks};
use memchr::memmem;

/// Finds what a loop defers to the end of its function.
pub struct DeferInLoop;

/// `for … { x.Lock(); defer x.Unlock(); … }`
pub struct DeferInLoopSite<'t> {
    defer: Node<'t>,
    release: DeferredRelease<'t>,
    /// The innermost loop that comes round.
    around: Node<'t>,
}

impl Transform for DeferInLoop {
    type Site<'t> = DeferInLoopSite<'t>;
    const META: Meta = Meta {
        id: "defer-in-loop",
        title: "release in each iteration what it takes",
        group: Group::Channels,
        seeds: &["SRC 4"],
        best: Applicability::Advice,
        shapes: &[Shape { word: "defer", with: &["for"], may_match_bytes: near, may_match_tokens: looks }],
        guards: &[
            "lock-held",
            "piles-up",
            "never-runs",
            "outlives-round",
            "held-on-purpose",
            "released-by-hand",
            "few-rounds",
            "once",
            "test-code",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(defer: Node<'t>, cx: &Cx<'t>) -> Option<DeferInLoopSite<'t>> {
        let release = release::of(defer)?;
        let around = loops(defer).find(|around| cx.comes_round(*around))?;
        if !comes_back(defer, cx.package()) || !release.is_taken_in(around, defer, cx) {
            return None;
        }
        Some(DeferInLoopSite { defer, release, around })
    }

    fn judge<'t>(site: &DeferInLoopSite<'t>, cx: &Cx<'t>) -> Verdict {
        let closes = site.release.kind != ReleaseKind::Lock;
        let endless = loops(site.defer).any(|around| has_no_way_out(around, cx.package()));
        // A benchmark has as many rounds as it likes.
        let few = closes && !counts_operations(site.around);
        let of_test = few.then(|| cx.test_code(site.defer)).flatten();
        Verdict::of(Applicability::Unsafe)
            .keep_if(!endless && reach::outlives(&site.release, site.around, site.defer), "outlives-round")
            .keep_if(!endless && reach::is_held(&site.release, site.around, site.defer), "held-on-purpose")
            .keep_if(reach::is_released_by_hand(&site.release, site.around, site.defer), "released-by-hand")
            .keep_if(closes && reach::has_few_rounds(site.around, cx.package()), "few-rounds")
            .keep_seen(|| reach::once(site.around, site.defer), "once")
            .keep_for(of_test, "test-code")
            .lower_if(endless, Applicability::Advice, "never-runs")
            .lower_if(closes, Applicability::Advice, "piles-up")
            .lower_if(true, Applicability::Advice, "lock-held")
    }

    fn diagnose<'t>(site: &DeferInLoopSite<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let DeferredRelease { operand, method, kind, .. } = site.release;
        let released = match operand.kind() {
            Kind::IntLiteral => method.to_owned(),
            _ if kind == ReleaseKind::Cancel => method.to_owned(),
            _ => format!("{}.{method}", operand.text()),
        };
        let never = verdict.guard() == Some("never-runs");
        let when = if never { "never runs" } else { "waits for the end of the function" };
        let why = match kind {
            ReleaseKind::Lock if site.release.is_same_each_round(site.around) => {
                "the next iteration waits for the lock that this one still holds"
            }
            ReleaseKind::Lock => "every lock that an iteration takes stays taken in all that follow",
            ReleaseKind::Cancel => "the context of each iteration stays in memory until then",
            ReleaseKind::Stop => "each of them stays in memory until then, and a ticker goes on ticking",
            ReleaseKind::Close => {
                "measured, a thousand iterations had a thousand of them open at once, and one when each \
                 closed its own"
            }
        };
        // The other guards say what to do.
        let remedy = if never {
            "; move the body of the loop into a function of its own, or release at the end of the iteration"
        } else {
            ""
        };
        Diagnostic {
            span: site.defer.span(),
            message: format!("`{released}` deferred in a loop {when}"),
            why: format!("{why}{remedy}"),
            severity: Severity::Warning,
            labels: vec![(site.around.span(), "the loop".into())],
        }
    }
}

/// Whether control never leaves the loop.
fn has_no_way_out<'t>(around: Node<'t>, package: &'t Package) -> bool {
    package.remember_of(around, "defer-in-loop: no way out", || {
        let out = exits(around, package);
        !out.falls && !out.returns && !out.jumps && out.breaks.is_empty() && out.continues.is_empty()
    })
}

/// How far the one statement of a deferred literal is looked for.
const LITERAL: usize = 2048;

/// Whether the `defer` at `at` may release something in a loop.
fn near(bytes: &[u8], at: usize) -> bool {
    let names = |code: &[u8]| {
        METHODS.iter().chain(&["ancel"]).any(|name| memmem::find(code, name.as_bytes()).is_some())
    };
    let line = byte_checks::rest_of_line(bytes, at);
    // The call goes on in the lines below.
    let open = matches!(line.trim_ascii_end().last(), Some(b'{' | b'(' | b'.' | b',' | b'/'))
        || memmem::find(line, b"//").is_some()
        || line.trim_ascii() == b"defer";
    let below = || names(&bytes[at..bytes.len().min(at + LITERAL)]);
    (names(line) || (open && below()))
        && byte_checks::function_before(bytes, at).is_none_or(byte_checks::ends_in_loop)
}

fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    let mut depth = 0_usize;
    let mut releases = false;
    for index in at + 1..code.len() {
        match code.text(index) {
            "(" | "{" | "[" => depth += 1,
            ")" | "}" | "]" if depth == 0 => break,
            ")" | "}" | "]" => {
                depth -= 1;
                // The end of the call's arguments; a literal's parameters and
                // body are followed by something.
                let over = code.text(index) == ")" && !matches!(code.text(index + 1), "{" | "(" | ".");
                if depth == 0 && (over || releases) {
                    break;
                }
            }
            name => {
                let releasing = METHODS.contains(&name) || may_cancel(name);
                releases |= releasing && code.text(index + 1) == "(";
            }
        }
    }
    releases
        && code
            .brackets_around(at)
            .filter(|open| code.text(*open) == "{")
            .map(|open| code.keyword_of_block(open))
            .take_while(|keyword| *keyword != Some("func"))
            .any(|keyword| keyword == Some("for"))
}
