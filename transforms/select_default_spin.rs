//! Lets a `select` wait where its empty `default` makes the loop spin.
//! ```go
//! func work(process func(int)) (chan<- int, chan<- bool) {
//! 	jobs, done := make(chan int), make(chan bool)
//! 	go func() {
//! 		for {
//! 			select {
//! 			case job := <-jobs:
//! 				process(job)
//! 			case <-done:
//! 				return
//! 			default:
//! 				// spin: keep polling
//! 			}
//! 		}
//! 	}()
//! 	return jobs, done
//! }
//! ```
//! becomes
//! ```go
//! func work(process func(int)) (chan<- int, chan<- bool) {
//! 	jobs, done := make(chan int), make(chan bool)
//! 	go func() {
//! 		for {
//! 			select {
//! 			case job := <-jobs:
//! 				process(job)
//! 			case <-done:
//! 				return
//! 			}
//! 		}
//! 	}()
//! 	return jobs, done
//! }
//! ```
//! # Why
//! A failed poll is cheap (3.3 ns measured with Go 1.26 for one case, 48 ns for two), but
//! the loop polls without end: it takes a whole processor while there is nothing to do.
//! With two processors a message to such a receiver took 97 µs, and 0.19 µs to one that
//! waits. A `select` without `default` parks the goroutine until a case is ready.
//! # Safe
//! The loop does nothing else, and each case reads variables that keep their values, of
//! channels that were made in the function: in each iteration the same cases are ready as
//! while it waits. Where nobody will ever communicate again, the goroutine now sleeps
//! for ever instead of spinning for ever, and a program in which all goroutines do so is told
//! "all goroutines are asleep".
//! # Unsafe
//! A wait evaluates its channels and values once; a loop that polls did so in each iteration,
//! and a `time.After` among them never came to fire.
//! # Guards
//! - `meant-to-spin`, keep: a comment or the function's name says that burning the
//!   processor, or not parking, is the purpose, or the loop counts the operations of a benchmark; in a test
//!   also where it only waits to be stopped (see `lone-stop`), or where the test is about yielding.
//! - `loop-condition`, advice: the loop also looks at a condition in each iteration, which a
//!   goroutine that waits would not see; make whoever changes it close a channel, and wait
//!   for that as well.
//! - `lone-stop`, unsafe: the only case leaves the loop, or all do so without a value, so
//!   nothing but time passes in it; it may be there to keep a processor busy.
//! - `locked-thread`, unsafe: the function locks its goroutine to a thread, which would be
//!   parked with it.
//! - `yields`, unsafe: the `default` lets other goroutines run.
//! - `operand-read-anew`, unsafe: a channel or a value to send is read from memory, or
//!   worked out by a call, in each iteration, and may be another one by then.
//! - `may-be-nil`, unsafe: a channel was not made in this function; a nil channel is
//!   waited for in vain.
//! # Known limits
//! A `select` that is left with one case stays a `select`. A `default` that does anything,
//! sleeping included, is none of this rule's business.

mod operands;

use self::operands::{cases, maybe_nil, operands, read_anew};
use crate::model::benchmarks::counts_operations;
use crate::model::effects::function_of;
use crate::model::flow::{exits, target};
use crate::model::imports::{callee, is_call, is_call_statement};
use crate::model::rounds::{clauses, labeled};
use crate::model::words::speaks_of;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Shape, Transform, Verdict};
use crate::syntax::CLAUSES;
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Kind, Node, byte_checks};
use crate::text::Span;
use memchr::memmem;

/// Removes the empty `default` of a `select` that is all that a loop does.
pub struct SelectDefaultSpin;

/// `for { select { …; default: } }`
pub struct SelectDefaultSpinSite<'t> {
    select: Node<'t>,
    default: Node<'t>,
    /// The `for` around it.
    around: Node<'t>,
    /// The condition of that, if it has one.
    condition: Option<Node<'t>>,
    /// Whether the `default` calls `runtime.Gosched`.
    yields: bool,
}

impl Transform for SelectDefaultSpin {
    type Site<'t> = SelectDefaultSpinSite<'t>;
    const META: Meta = Meta {
        id: "select-default-spin",
        title: "let the select wait",
        group: Group::Channels,
        seeds: &["SRC 2"],
        best: Applicability::Safe,
        shapes: &[Shape {
            word: "select",
            with: &["default"],
            may_match_bytes: near,
            may_match_tokens: looks,
        }],
        guards: &[
            "meant-to-spin",
            "loop-condition",
            "lone-stop",
            "locked-thread",
            "yields",
            "operand-read-anew",
            "may-be-nil",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(select: Node<'t>, cx: &Cx<'t>) -> Option<SelectDefaultSpinSite<'t>> {
        let default = select.child(Kind::DefaultCase).filter(|_| select.kind() == Kind::SelectStatement)?;
        let list = labeled(select).parent().filter(|list| list.kind() == Kind::StatementList)?;
        let alone = list.named().filter(|node| node.kind() != Kind::EmptyStatement).count() == 1;
        let around = list.parent()?.parent().filter(|up| up.kind() == Kind::ForStatement && alone)?;
        cases(select).next()?;
        let yields = idles(default, select, around)?;
        let condition = match around.named().next()? {
            header if header.kind() == Kind::Block => None,
            header if header.kind() == Kind::ForClause => {
                let bare = header.named().next().is_none();
                bare.then_some(())?;
                None
            }
            // A walk over something, which comes to its end.
            header if header.kind() == Kind::RangeClause => return None,
            header if header.text() == "true" && cx.is_predeclared("true", around) => None,
            header => Some(header),
        };
        // What a channel still holds is taken out of it.
        let measures =
            |node: Node<'_>| callee(node).is_some_and(|callee| matches!(callee.text(), "len" | "cap"));
        if condition.is_some_and(|condition| condition.descendants().any(measures)) {
            return None;
        }
        let site = SelectDefaultSpinSite { select, default, around, condition, yields };
        // A short wait for the condition, with a way to give up.
        (condition.is_none() || !is_lone_stop(&site, cx)).then_some(site)
    }

    fn judge<'t>(site: &SelectDefaultSpinSite<'t>, cx: &Cx<'t>) -> Verdict {
        let locks = function_of(site.select).is_some_and(|function| {
            function
                .descend(|node| node.kind() != Kind::FuncLiteral || node == function)
                .any(|node| is_call(node, "runtime", "LockOSThread"))
        });
        Verdict::of(Applicability::Safe)
            .keep_if(is_meant(site.around), "meant-to-spin")
            .keep_if(site.condition.is_none() && cx.file.is_test() && is_lone_stop(site, cx), "meant-to-spin")
            .lower_if(site.condition.is_some(), Applicability::Advice, "loop-condition")
            .lower_if(is_lone_stop(site, cx), Applicability::Unsafe, "lone-stop")
            .lower_if(locks, Applicability::Unsafe, "locked-thread")
            .lower_if(site.yields, Applicability::Unsafe, "yields")
            .lower_for(read_anew(site.select, cx), Applicability::Unsafe, "operand-read-anew")
            .lower_for(maybe_nil(site.select, cx), Applicability::Unsafe, "may-be-nil")
    }

    fn diagnose<'t>(site: &SelectDefaultSpinSite<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let cost = "while nothing is ready the loop takes a whole processor: with two of them a message to \
                    such a receiver took 97 µs (Go 1.26), and 0.19 µs to one that waits";
        let remedy = "; have a channel closed where the condition changes, wait for that as well, and leave \
                      the default out";
        let advised = verdict.level() == Applicability::Advice;
        Diagnostic {
            span: Span::new(site.default.start(), site.default.start() + "default".len()),
            message: "an empty `default` makes this loop spin".into(),
            why: format!("{cost}{}", if advised { remedy } else { "" }),
            severity: Severity::Note,
            labels: vec![(site.around.span(), "the loop".into())],
        }
    }

    fn rewrite<'t>(site: &SelectDefaultSpinSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        fix.delete(clause_span(site.default, site.select));
    }
}

/// Whether a `for` may begin right before the `select` at `at` and end behind it, which
/// has a `default` that may be idle.
fn near(bytes: &[u8], at: usize) -> bool {
    may_follow_for(byte_checks::code_before(bytes, at)) && is_spinning(&bytes[at..])
}

fn may_follow_for(line: &[u8]) -> bool {
    match line.last() {
        Some(b'{') => byte_checks::has_word(line, "for") || line.trim_ascii() == b"{",
        Some(b':' | b';') => true,
        _ => line.windows(2).any(|two| matches!(two, b"//" | b"*/")),
    }
}

/// Whether the `select` that `bytes` begin with ends its block and has a `default` that
/// may be idle.
fn is_spinning(bytes: &[u8]) -> bool {
    // Functions end on a line of their own; in a string such a line leaves the block open.
    let end = memmem::find(bytes, b"\n}").map_or(bytes.len(), |newline| newline + 2);
    // A select is short beside the function that holds many.
    let mut length = SHORT_SELECT;
    loop {
        let Ok(text) = std::str::from_utf8(&bytes[..end.min(length)]) else {
            if length >= end {
                return true;
            }
            length += 1;
            continue;
        };
        let code = DeclTokens::of(text, Span::new(0, text.len()));
        // The last token may be cut off.
        match code.close_of(1).filter(|close| length >= end || !code.text(close + 2).is_empty()) {
            Some(close) => {
                return matches!(code.text(close + 1), "}" | ";" | "") && has_idle_default(&code, 1, close);
            }
            None if length >= end => return true,
            None => length *= 2,
        }
    }
}

/// How much of a function is read for a select at first, in bytes.
const SHORT_SELECT: usize = 1024;

/// Whether the clause of `default` between these brackets is empty, or begins like one
/// that does nothing.
fn has_idle_default(code: &DeclTokens<'_>, open: usize, close: usize) -> bool {
    let mut at = open + 1;
    while at < close {
        if code.kind(at) == Some(TokenKind::Open) {
            at = code.close_of(at).unwrap_or(close);
        } else if code.text(at) == "default" {
            break;
        }
        at += 1;
    }
    let clause = || (at + 2..close).map(|at| code.text(at)).take_while(|text| *text != "case");
    let idle = ["continue", "break", ";", "Gosched"];
    at < close && (clause().next().is_none() || clause().any(|text| idle.contains(&text)))
}

/// Whether nothing but labels stands between the `select` and the `for` around it.
fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    let mut open = at;
    loop {
        match open.checked_sub(1).map(|before| (before, code.text(before))) {
            Some((before, "{")) => return code.keyword_of_block(before) == Some("for"),
            Some((before, ":" | ";")) => open = before,
            // The name of a label.
            Some((before, _)) if code.text(open) == ":" => open = before,
            _ => return false,
        }
    }
}

/// Whether the `default` yields; `None` when it does anything else than that, or
/// goes anywhere else than to the next turn.
fn idles<'t>(default: Node<'t>, select: Node<'t>, around: Node<'t>) -> Option<bool> {
    let mut yields = false;
    for statement in default.child(Kind::StatementList).into_iter().flat_map(Node::named) {
        let idle = match statement.kind() {
            Kind::EmptyStatement => true,
            Kind::ContinueStatement => target(statement, &[Kind::ForStatement]) == Some(around),
            Kind::BreakStatement => {
                target(statement, &[Kind::ForStatement, Kind::SelectStatement]) == Some(select)
            }
            Kind::ExpressionStatement => {
                yields = true;
                is_call_statement(statement, "runtime", "Gosched")
            }
            _ => false,
        };
        idle.then_some(())?;
    }
    Some(yields)
}

/// Whether the code says that the loop is to keep the processor busy.
fn is_meant(around: Node<'_>) -> bool {
    const STEMS: &[&str] = &["burn", "stress", "busy", "hog", "spin"];
    // A test of how goroutines take turns.
    const TURNS: &[&str] = &["yield", "gosched"];
    const SAID: &[&str] = &["on purpose", "deliberate", "intentional", "latency"];
    let says = |text: &str| {
        let lower = text.to_lowercase();
        SAID.iter().any(|said| lower.contains(said))
    };
    let mut named = around.ancestors().filter_map(|up| up.name().filter(|_| is_function(up)));
    let whole = labeled(around);
    let file = around.file();
    // The lines of comments right above the loop.
    let first = file.lines().line(whole.start());
    let line = |number: usize| {
        let bytes = file.lines().content(file.text().as_bytes(), number);
        std::str::from_utf8(bytes).unwrap_or_default()
    };
    let above = (1..first).rev().map(line).take_while(|text| text.trim_start().starts_with("//"));
    counts_operations(around)
        || named
            .any(|name| speaks_of(name.text(), STEMS) || (file.is_test() && speaks_of(name.text(), TURNS)))
        || above.into_iter().any(says)
        || around.descendants().any(|node| node.kind() == Kind::Comment && says(node.text()))
}

fn is_function(node: Node<'_>) -> bool {
    node.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration])
}

/// Whether the only case leaves the loop whatever it does, or each of several does
/// that without having received anything.
fn is_lone_stop<'t>(site: &SelectDefaultSpinSite<'t>, cx: &Cx<'t>) -> bool {
    let leaves = |case: Node<'t>| {
        case.child(Kind::StatementList).is_some_and(|list| {
            let out = exits(list, cx.package());
            let again =
                out.falls || out.breaks.contains(&site.select) || out.continues.contains(&site.around);
            !again && !out.jumps
        })
    };
    let told = |case: Node<'t>| {
        let only = case.child(Kind::StatementList).is_some_and(|list| list.named().count() == 1);
        let received = case.communication().is_some_and(|it| it.left().is_some());
        only && !received && operands(case).1.is_none()
    };
    let alone = cases(site.select).count() == 1;
    cases(site.select).all(|case| leaves(case) && (alone || told(case)))
}

/// The bytes to delete: the whole lines of the clause with its comments, or the
/// clause alone where it shares its line.
fn clause_span(default: Node<'_>, select: Node<'_>) -> Span {
    let file = default.file();
    let (lines, text) = (file.lines(), file.text());
    let line = |number: usize| {
        let bytes = lines.content(text.as_bytes(), number);
        std::str::from_utf8(bytes).unwrap_or_default()
    };
    let next = clauses(select).find(|clause| clause.is(CLAUSES) && clause.start() > default.start());
    let next = next.map_or(select.end() - 1, Node::start);
    let (first, last) = (lines.line(default.start()), lines.line(next));
    let indent = |text: &str| text.len() - text.trim_start().len();
    let own_line = text[lines.span(first).start..default.start()].trim().is_empty();
    let clause_end = text[..default.end()].trim_end().len();
    if own_line && lines.line(clause_end) == last && text[clause_end..next].trim().is_empty() {
        return Span::new(default.start(), next);
    }
    if !own_line || first == last || !text[lines.span(last).start..next].trim().is_empty() {
        let start = text[..default.start()].trim_end_matches([' ', '\t', ';']).len();
        return Span::new(start, clause_end);
    }
    let depth = indent(line(first));
    let is_comment = |number: usize| line(number).trim_start().starts_with("//");
    // Comments at the depth of `default` speak of the clause below them.
    let mut from = first;
    while from > 1 && is_comment(from - 1) && indent(line(from - 1)) == depth {
        from -= 1;
    }
    let mut to = last;
    while to - 1 > first && is_comment(to - 1) && indent(line(to - 1)) <= depth {
        to -= 1;
    }
    // No blank line is left behind the clause before, or doubled.
    while from > 1 && line(from - 1).trim().is_empty() {
        let before_brace = to == last && next == select.end() - 1;
        let doubled = line(to).trim().is_empty();
        if !before_brace && !doubled {
            break;
        }
        from -= 1;
    }
    Span::new(lines.span(from).start, lines.span(to - 1).end)
}
