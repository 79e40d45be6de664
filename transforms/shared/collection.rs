//! Collections that a program asks for by hand, and why it does.

pub mod by_hand;
pub mod call;
pub mod intent;
pub mod periodic;

use self::periodic::Periodic;
use crate::rewrite::{Cx, Fix, Without, comment_at, comments_above};
use crate::syntax::{Kind, Node};

/// The comment beside what would go that says something: on its lines, or right above.
pub fn explanation<'t>(
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
pub fn remove<'t>(periodic: Option<&Periodic<'t>>, without: Without<'t>, cx: &Cx<'t>, fix: &mut Fix) {
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
