//! Unlocks directly at the end of a few statements that cannot panic.
//! ```go
//! type hits struct {
//! 	mu sync.Mutex
//! 	n  int
//! }
//!
//! func (h *hits) add() {
//! 	h.mu.Lock()
//! 	defer h.mu.Unlock()
//! 	h.n++
//! }
//! ```
//! becomes
//! ```go
//! type hits struct {
//! 	mu sync.Mutex
//! 	n  int
//! }
//!
//! func (h *hits) add() {
//! 	h.mu.Lock()
//! 	h.n++
//! 	h.mu.Unlock()
//! }
//! ```
//! # Why
//! There is no gain to speak of: measured with Go 1.26, 19 ns with `defer` and 17 ns
//! without, because since Go 1.14 the compiler writes such a deferred call out at the end of the
//! function. Not even `all` selects the rule, only its name: for code that must be built with
//! an older Go, and for those who have measured otherwise.
//! # Unsafe
//! Whatever is added to the function later must remember the lock: an early return or a
//! panic leaves it taken for ever.
//! # Guards
//! - `lock-changes`, keep: the lock, or what it is reached through, is assigned or hidden before
//!   the end, where the unlock would be of another one.
//! - `said-why`, keep: a comment at the `defer` speaks of a panic.
//! - `may-panic`, keep: a statement between the two is not known to be free of panics, one of
//!   which would leave the lock taken.
//! - `several-ways-out`, keep: the function returns from more than its end.
//! - `other-defers`, keep: another `defer` of the function runs before or after the unlock.
//! - `unknown-lock`, keep: it is not known to be a `sync.Mutex` or a `sync.RWMutex`.
//! - `undecided-result`, keep: the type of a result that must be read before the unlock is
//!   not known.
//! - `map-may-be-nil`, advice: the map that is written is not known to be made; a write to a
//!   nil map panics.
//! # Known limits
//! At most four statements, of which none calls anything but a builtin.

mod body;

use self::body::{Body, Hazard};
use crate::model::effects::is_predeclared;
use crate::model::imports::{callee, is_symbol};
use crate::model::types::{Type, type_of};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Shape, Transform, Verdict};
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Kind, Node, byte_checks};
use crate::text::Span;

/// Unlocks without `defer` where nothing can go wrong before.
pub struct DeferUnlock;

/// `mu.Lock(); defer mu.Unlock(); …` as the body of a function.
pub struct DeferUnlockSite<'t> {
    defer: Node<'t>,
    /// `mu`
    lock: Node<'t>,
    unlock: Node<'t>,
    body: Body<'t>,
}

impl Transform for DeferUnlock {
    type Site<'t> = DeferUnlockSite<'t>;
    const META: Meta = Meta {
        id: "defer-unlock",
        title: "unlock at the end instead of deferring it",
        group: Group::Channels,
        seeds: &["SRC 4"],
        best: Applicability::Unsafe,
        opt_in: true,
        no_gain: true,
        shapes: &[Shape { word: "defer", with: &["Unlock"], may_match_bytes: near, may_match_tokens: looks }],
        guards: &[
            "lock-changes",
            "said-why",
            "may-panic",
            "several-ways-out",
            "other-defers",
            "unknown-lock",
            "undecided-result",
            "map-may-be-nil",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(defer: Node<'t>, cx: &Cx<'t>) -> Option<DeferUnlockSite<'t>> {
        let (lock, method, unlock) = call_on(defer.named().next()?)?;
        let locks = match method {
            "Unlock" => "Lock",
            "RUnlock" => "RLock",
            _ => return None,
        };
        let list = defer.parent().filter(|list| list.kind() == Kind::StatementList)?;
        let function = list.parent()?.parent().filter(|up| {
            up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral])
                && up.body() == list.parent()
        })?;
        let before = list.named().take_while(|statement| *statement != defer).last()?;
        let (locked, taken, _) = call_on(before.named().next()?)?;
        let paired =
            before.kind() == Kind::ExpressionStatement && taken == locks && locked.text() == lock.text();
        let body = Body::of(function, defer, lock, cx)?;
        // Nothing under the lock: it is there to wait for somebody.
        let empty = body.early.is_empty() && body.result.is_some_and(|result| body.is_only(result));
        (paired && !empty).then_some(DeferUnlockSite { defer, lock, unlock, body })
    }

    fn judge<'t>(site: &DeferUnlockSite<'t>, cx: &Cx<'t>) -> Verdict {
        let place = |node: Node<'_>| format!("`{}` on line {}", shown(node), node.line());
        let hazard = |wanted: Hazard| {
            site.body.hazards.iter().find(|(hazard, _)| *hazard == wanted).map(|(_, node)| place(*node))
        };
        Verdict::of(Applicability::Unsafe)
            .keep_for(hazard(Hazard::OtherLock), "lock-changes")
            .keep_for(hazard(Hazard::Panic), "may-panic")
            .keep_for(reason(site.defer).map(place), "said-why")
            .keep_for(hazard(Hazard::Return), "several-ways-out")
            .keep_for(hazard(Hazard::Defer), "other-defers")
            .keep_unless(is_mutex(site.lock, cx), "unknown-lock")
            .keep_for(hazard(Hazard::Result), "undecided-result")
            .lower_for(hazard(Hazard::NilMap), Applicability::Advice, "map-may-be-nil")
    }

    fn diagnose<'t>(site: &DeferUnlockSite<'t>, verdict: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let remedy = match verdict.level() {
            Applicability::Advice => "; where the map is surely made, the unlock can stand at the end",
            _ => "",
        };
        Diagnostic {
            span: site.defer.span(),
            message: format!("`{}` deferred in front of a few statements", site.unlock.text()),
            why: format!(
                "19 ns with `defer` and 17 ns without it (Go 1.26), which is hardly worth an edit since Go \
                 1.14{remedy}"
            ),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &DeferUnlockSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let unlock = site.unlock.text().to_owned();
        if let Some(result) = site.body.result {
            let mut lines = Vec::new();
            let early: Vec<Node<'t>> = site.body.early.clone();
            if !early.is_empty() {
                let mut names: Vec<String> = Vec::new();
                for value in &early {
                    let own = value.field().map(unexported);
                    // A result called `len` or `error` would hide what that means.
                    let own = own.filter(|name| !is_predeclared(name, cx.package()));
                    let wished = own.as_deref().unwrap_or("value");
                    let free = |name: &str| !names.iter().any(|taken| taken == name);
                    let mut name = cx.fresh_name(&[wished, "value"], *value);
                    let (first, mut number) = (name.clone(), 2);
                    while !free(&name) {
                        name = cx.fresh_name(&[&format!("{first}{number}")], *value);
                        number += 1;
                    }
                    fix.replace_node(*value, name.clone());
                    names.push(name);
                }
                let values: Vec<&str> = early.iter().map(|value| value.text()).collect();
                // gofmt spaces operators otherwise in a list of several values.
                if early
                    .iter()
                    .any(|value| value.descendants().any(|node| node.kind() == Kind::BinaryExpression))
                {
                    let declared = names.iter().zip(&values);
                    lines.extend(declared.map(|(name, value)| format!("{name} := {value}")));
                } else {
                    lines.push(format!("{} := {}", names.join(", "), values.join(", ")));
                }
                fix.claim(site.defer);
            }
            lines.push(unlock);
            if site.body.is_only(result) {
                fix.replace_node(site.defer, in_place_of(site.defer, &lines));
            } else {
                fix.delete_statement(site.defer, WORDS);
                fix.insert_before(result, &lines);
            }
            return;
        }
        fix.delete_statement(site.defer, WORDS);
        let last = site.body.last;
        let (file, lines) = (cx.file, cx.file.lines());
        let end = lines.whole_lines(last.span());
        let (before, after) = (&file.text()[end.start..last.start()], &file.text()[last.end()..end.end]);
        let alone = before.lines().next().is_none_or(|line| line.trim().is_empty())
            && (after.trim().is_empty() || after.trim_start().starts_with("//"));
        if alone {
            let indent: String = before.chars().take_while(|c| c.is_whitespace()).collect();
            fix.insert(end.end, format!("{indent}{unlock}{}", file.newline()));
        } else {
            fix.replace(Span::at(last.end()), format!("; {unlock}"));
        }
    }
}

/// The first line of what is pointed at.
fn shown(node: Node<'_>) -> String {
    let first = node.text().lines().next().unwrap_or_default();
    if first.len() < node.text().len() { format!("{first}…") } else { first.to_owned() }
}

/// The comment behind the `defer`, or right above it, that says what it is for.
fn reason(defer: Node<'_>) -> Option<Node<'_>> {
    let comments = defer.ancestors().last()?.descendants().filter(|node| node.kind() == Kind::Comment);
    let lines = defer.file().lines();
    let mut above = defer.line();
    let near: Vec<Node<'_>> = comments.collect();
    for comment in near.iter().rev().filter(|comment| comment.end() <= defer.start()) {
        if lines.line(comment.end() - 1) + 1 < above {
            break;
        }
        above = comment.line();
    }
    near.into_iter().find(|comment| {
        let beside = above <= comment.line() && comment.line() <= defer.line();
        beside && comment.text().to_lowercase().contains("panic")
    })
}

/// What a comment speaks of that goes with the `defer`.
const WORDS: &[&str] = &["unlock", "defer"];

/// The lines as they stand in the place of `statement`.
fn in_place_of(statement: Node<'_>, lines: &[String]) -> String {
    let file = statement.file();
    let start = file.lines().whole_lines(statement.span()).start;
    let before = &file.text()[start..statement.start()];
    if before.trim().is_empty() {
        lines.join(&format!("{}{before}", file.newline()))
    } else {
        lines.join("; ")
    }
}

fn near(bytes: &[u8], at: usize) -> bool {
    memchr::memmem::find(byte_checks::rest_of_line(bytes, at), b"nlock()").is_some()
}

/// `… Lock() defer … Unlock()`
fn looks(code: &DeclTokens<'_>, at: usize) -> bool {
    let called = at >= 3 && code.text(at - 1) == ")" && matches!(code.text(at - 3), "Lock" | "RLock");
    let semicolon = at >= 4 && code.text(at - 1) == ";" && matches!(code.text(at - 4), "Lock" | "RLock");
    (called || semicolon) && is_short(code, at)
}

/// Whether nothing up to the end of the block makes the body more than a tiny one: calls
/// of anything but builtins, loops, literals of functions.
fn is_short(code: &DeclTokens<'_>, at: usize) -> bool {
    let Some(start) = (at..code.len()).find(|token| code.text(*token).ends_with("nlock")) else {
        return false;
    };
    let mut depth = 0_i32;
    // Behind the parentheses of the unlock.
    for token in start + 3..code.len() {
        let (text, before) = (code.text(token), code.text(token - 1));
        match code.kind(token) {
            Some(TokenKind::Close) if depth == 0 => return true,
            Some(TokenKind::Close) => depth -= 1,
            Some(TokenKind::Open) => {
                depth += 1;
                let named = text == "(" && code.kind(token - 1) == Some(TokenKind::Ident);
                let builtin = code.text(token - 2) != "." && body::BUILTINS.contains(&before);
                if named && !builtin && !is_element_type(code, token - 1) {
                    return false;
                }
            }
            // A type stands behind a name or another type, a literal of a function never.
            Some(TokenKind::Keyword)
                if text == "func"
                    && (matches!(before, "]" | "chan" | "*")
                        || code.kind(token - 1) == Some(TokenKind::Ident)) => {}
            Some(TokenKind::Keyword) if ["func", "go", "select", "for", "switch", "goto"].contains(&text) => {
                return false;
            }
            _ => {}
        }
    }
    true
}

/// Whether the name at `at` is that of the elements in `[]T(x)` or `[]*p.T(x)`.
fn is_element_type(code: &DeclTokens<'_>, at: usize) -> bool {
    let qualified = code.text(at - 1) == "." && code.kind(at - 2) == Some(TokenKind::Ident);
    let mut first = if qualified { at - 2 } else { at };
    while code.text(first - 1) == "*" {
        first -= 1;
    }
    code.text(first - 1) == "]"
}

/// The operand and method of a call without arguments, and the call.
fn call_on(call: Node<'_>) -> Option<(Node<'_>, &str, Node<'_>)> {
    let selector = callee(call).filter(|called| called.kind() == Kind::SelectorExpression)?;
    let operand = selector.operand()?;
    let plain = operand.descendants().all(|node| {
        node.is(&[Kind::Identifier, Kind::FieldIdentifier, Kind::SelectorExpression, Kind::Period])
    });
    let bare = call.arguments().is_none_or(|arguments| arguments.named().next().is_none());
    (plain && bare).then_some((operand, selector.field()?.text(), call))
}

/// Whether the operand is, points to, or embeds a mutex of `sync`.
fn is_mutex<'t>(operand: Node<'t>, cx: &Cx<'t>) -> bool {
    let mutex = |node: Node<'_>| is_symbol(node, "sync", "Mutex") || is_symbol(node, "sync", "RWMutex");
    let mut at = type_of(operand, cx.package());
    for _ in 0..3 {
        match at {
            Some(Type::Pointer(inner)) => at = Some(*inner),
            Some(Type::Written(node)) if node.kind() == Kind::PointerType => {
                at = node.named().next().map(Type::Written);
            }
            Some(Type::Written(node)) if mutex(node) => return true,
            Some(Type::Written(node)) if node.is(&[Kind::TypeIdentifier, Kind::Identifier]) => {
                let own = ["Lock", "Unlock", "RLock", "RUnlock"]
                    .iter()
                    .any(|name| !cx.package().methods(Some(node.text()), name).is_empty());
                let spec = crate::model::fields::type_spec(node.text(), cx.package());
                let of = spec.filter(|_| !own).and_then(|spec| spec.ty());
                return of.and_then(|of| of.child(Kind::FieldDeclarationList)).is_some_and(|list| {
                    list.named().any(|field| field.name().is_none() && field.ty().is_some_and(mutex))
                });
            }
            _ => return false,
        }
    }
    false
}

/// The name of a field as a variable is called: `CurrentIndex` as
/// `currentIndex`, `ID` as `id`.
fn unexported(field: Node<'_>) -> String {
    let name = field.text();
    if name.chars().all(|c| !c.is_lowercase()) {
        return name.to_lowercase();
    }
    let mut chars = name.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
