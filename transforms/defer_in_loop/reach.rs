//! How long what a round takes is needed: for this round only, or longer.

use super::release::{Kind, Release, root};
use crate::model::effects::is_captured;
use crate::model::imports::{callee, unparenthesized};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::model::words::words;
use crate::syntax::Node;

/// How many variables a value is followed through.
const DEPTH: usize = 4;

/// Rounds that are not worth a word.
const FEW: u64 = 16;

/// Whether code after the round can reach what is released: it is stored, sent or
/// given to a goroutine.
pub(super) fn outlives<'t>(release: &Release<'t>, around: Node<'t>, defer: Node<'t>) -> bool {
    if release.kind == Kind::Lock {
        return false;
    }
    match release.local() {
        Some(local) if around.holds(local.name) => escapes(local, around, defer, DEPTH),
        // A variable of the function is needed when something after the loop
        // reads it.
        Some(local) if release.operand == root(release.operand).unwrap_or(local.name) => {
            is_read_behind(local, around) || escapes(local, around, defer, DEPTH)
        }
        // A field, an element or a package's variable.
        _ => true,
    }
}

fn escapes<'t>(local: Local<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let mentions = scope::mentions(local).into_iter();
    mentions
        .filter(|mention| *mention != local.name && around.holds(*mention) && !defer.holds(*mention))
        .any(|mention| value_escapes(mention, around, defer, depth))
}

/// Whether the value of the expression `at`, or one made of it, outlives the
/// round.
fn value_escapes<'t>(at: Node<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let mut at = at;
    // Once it is in a literal, it is what runs the literal that matters.
    while let Some(parent) = at.parent().filter(|parent| *parent != around) {
        match parent.kind() {
            "go_statement" | "send_statement" => return true,
            // A method's result is something else.
            "selector_expression" if callee_of(parent).is_some() => {
                return in_goroutine(parent, around, defer, depth);
            }
            "argument_list" => match parent.parent() {
                Some(call) if call.kind() == "call_expression" => {
                    if keeps(call) {
                        return true;
                    }
                    if !wraps(call) {
                        return in_goroutine(call, around, defer, depth);
                    }
                    at = call;
                    continue;
                }
                _ => return false,
            },
            "binary_expression"
            | "inc_statement"
            | "if_statement"
            | "index_expression"
            | "expression_statement"
            | "return_statement" => return in_goroutine(parent, around, defer, depth),
            "short_var_declaration" | "var_spec" | "assignment_statement" => {
                let targets: Vec<Node<'t>> = match parent.kind() {
                    "var_spec" => parent.fields("name").collect(),
                    _ => parent.field("left").into_iter().flat_map(Node::named).collect(),
                };
                if parent.field("left").is_some_and(|left| left.holds(at)) {
                    return false;
                }
                return targets.into_iter().any(|target| stores(target, around, defer, depth));
            }
            _ => {}
        }
        at = parent;
    }
    false
}

/// Whether what is assigned to `target` can be reached after the round.
fn stores<'t>(target: Node<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let Some(name) = root(target) else { return true };
    if matches!(name.text(), "_" | "err" | "ok") {
        return false;
    }
    match scope::resolve(name) {
        Def::Local(local) if around.holds(local.name) => escapes(local, around, defer, depth),
        // A variable of the function that only the loop looks at.
        Def::Local(local) if name == target && local.kind != LocalKind::Result => {
            is_read_behind(local, around)
        }
        _ => true,
    }
}

/// Whether code behind the loop, or a function literal, may read the variable.
fn is_read_behind(local: Local<'_>, around: Node<'_>) -> bool {
    let behind = |mention: Node<'_>| mention.start() >= around.end() || is_captured(mention, local.name);
    scope::mentions(local).into_iter().any(behind)
}

/// Whether the loop calls the same method outside of a `defer`.
pub(super) fn is_released_by_hand<'t>(release: &Release<'t>, around: Node<'t>, defer: Node<'t>) -> bool {
    around.descend(|node| node != defer).filter(|node| node.kind() == "call_expression").any(|call| {
        let deferred = call.parent().is_some_and(|up| up.kind() == "defer_statement");
        name_of(call) == Some(release.method)
            && !deferred
            && callee(call)
                .and_then(|called| called.field("operand"))
                .is_some_and(|operand| operand.text() == release.operand.text())
    })
}

/// The call whose callee is `selector`.
fn callee_of(selector: Node<'_>) -> Option<Node<'_>> {
    selector.parent().filter(|call| callee(*call) == Some(selector))
}

/// Whether `node` stands in a literal that runs, or may run, after the round.
fn in_goroutine<'t>(node: Node<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let mut outer = node.ancestors().take_while(|up| *up != around);
    outer.any(|up| match up.kind() {
        "go_statement" => true,
        "call_expression" => name_of(up) == Some("Go"),
        "func_literal" => value_escapes(up, around, defer, depth),
        _ => false,
    })
}

fn name_of(call: Node<'_>) -> Option<&str> {
    let called = callee(call)?;
    Some(called.field("field").unwrap_or(called).text())
}

/// Whether the call puts its arguments somewhere.
fn keeps(call: Node<'_>) -> bool {
    const VERBS: &[&str] = &[
        "append",
        "add",
        "register",
        "push",
        "set",
        "store",
        "track",
        "put",
        "insert",
        "attach",
        "subscribe",
        "enqueue",
        "go",
        "send",
        "queue",
        "prepend",
        "join",
        "schedule",
        "submit",
        "spawn",
        "start",
    ];
    let Some(name) = name_of(call) else { return false };
    words(name).first().is_some_and(|verb| VERBS.contains(&verb.as_str()))
}

/// Whether the call's result may hold on to its arguments.
fn wraps(call: Node<'_>) -> bool {
    const VERBS: &[&str] = &["new", "wrap", "with", "multi", "tee", "limit", "make", "to", "as", "from"];
    let Some(name) = name_of(call) else { return false };
    words(name).first().is_some_and(|verb| VERBS.contains(&verb.as_str()))
}

/// Whether the round does nothing with what it has taken: no statement follows the
/// `defer` but such as remember it.
pub(super) fn is_held<'t>(release: &Release<'t>, around: Node<'t>, defer: Node<'t>) -> bool {
    let mut at = defer;
    for up in defer.ancestors().take_while(|up| *up != around) {
        if up.kind() == "statement_list" {
            let rest = up.named().skip_while(|next| *next != at).skip(1);
            if rest.into_iter().any(|next| !remembers(next)) {
                return false;
            }
        }
        at = up;
    }
    // What was opened may have been used before; a look at whether it is there
    // is no use.
    release.kind == Kind::Lock
        || release.local().is_none_or(|local| {
            let uses = scope::mentions(local).into_iter().filter(|mention| {
                *mention != local.name
                    && mention.start() < defer.start()
                    && !mention
                        .ancestors()
                        .take_while(|up| *up != around)
                        .any(|up| up.kind() == "if_statement")
            });
            uses.count() == 0
        })
}

fn remembers(statement: Node<'_>) -> bool {
    match statement.kind() {
        "empty_statement" | "continue_statement" | "inc_statement" => true,
        "assignment_statement" => statement.field("right").is_some_and(|right| {
            right.named().all(|value| {
                let value = unparenthesized(value);
                matches!(value.kind(), "identifier" | "true" | "false" | "int_literal")
                    || name_of(value) == Some("append")
            })
        }),
        _ => false,
    }
}

/// Whether the loop's rounds are written down: a few literals, or a count.
pub(super) fn has_few_rounds(around: Node<'_>) -> bool {
    let few = |literal: Node<'_>| {
        literal.kind() == "int_literal" && literal.text().parse::<u64>().is_ok_and(|count| count <= FEW)
    };
    let Some(header) = around.named().next() else { return false };
    match header.kind() {
        "range_clause" => header.field("right").map(unparenthesized).is_some_and(|over| match over.kind() {
            "composite_literal" => over
                .field("body")
                .is_some_and(|body| u64::try_from(body.named().count()).is_ok_and(|count| count <= FEW)),
            _ => few(over),
        }),
        "for_clause" => {
            let condition = header.field("condition").filter(|it| it.kind() == "binary_expression");
            condition.and_then(|it| it.field("right")).is_some_and(few)
                && header.field("update").is_some_and(|update| update.kind() == "inc_statement")
        }
        _ => false,
    }
}
