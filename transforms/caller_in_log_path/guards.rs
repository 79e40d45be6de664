//! What decides whether a place is looked up for every line: what stands before the
//! call in its function, and in the functions that call that one.

use super::logger::{LoggerRole, level_parameter, role};
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol};
use crate::model::scope::{self, Def};
use crate::model::words::words;
use crate::rewrite::Cx;
use crate::syntax::byte_checks::has_word;
use crate::syntax::{Field, Kind, Node};

/// What was seen of a call that asks for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SeenCalls {
    /// It runs for every line of a log.
    Line,
    /// The same, in a function that tells the place to a logger, which is named.
    Helper(String),
    /// It runs for every record that somebody makes.
    Record,
    /// Something decides before; the guard, and what it saw.
    Kept(&'static str, String),
}

/// From how many functions to their callers is asked.
const CALLERS: usize = 3;

/// What is seen of `call` in `function`; `None` when no log is near.
pub(super) fn seen<'t>(call: Node<'t>, function: Node<'t>, cx: &Cx<'t>) -> Option<SeenCalls> {
    let role = role(function, call);
    if role == LoggerRole::Other {
        let record = is_record(call, function) && decided(call, function, cx).is_none();
        return record.then_some(SeenCalls::Record);
    }
    if callee(call).is_some_and(|callee| is_symbol(callee, "runtime", "Callers")) && !looks_up(function) {
        return Some(SeenCalls::Kept("only-the-counter", at(call)));
    }
    if role == LoggerRole::Logger {
        return Some(match every_line(call, function, cx, CALLERS) {
            None => SeenCalls::Line,
            Some((guard, detail)) => SeenCalls::Kept(guard, detail),
        });
    }
    if let Some((guard, detail)) = decided(call, function, cx) {
        return Some(SeenCalls::Kept(guard, detail));
    }
    // For whom the place is told.
    let mut kept = None;
    for call in calls(function, cx) {
        let Some(caller) = function_of(call).filter(|caller| caller.kind() != Kind::FuncLiteral) else {
            continue;
        };
        if caller == function || super::logger::role(caller, call) != LoggerRole::Logger {
            continue;
        }
        match every_line(call, caller, cx, CALLERS) {
            None => {
                let name = caller.name().map(Node::text).unwrap_or_default();
                return Some(SeenCalls::Helper(name.to_owned()));
            }
            Some(decided) => kept = Some(decided),
        }
    }
    kept.map(|(guard, detail)| SeenCalls::Kept(guard, detail))
}

/// What keeps `place` in `function` from being run for every line, if anything does.
fn every_line<'t>(
    place: Node<'t>,
    function: Node<'t>,
    cx: &Cx<'t>,
    callers: usize,
) -> Option<(&'static str, String)> {
    if let Some(found) = decided(place, function, cx) {
        return Some(found);
    }
    let name = function.name()?.text();
    // Others can call what is exported.
    let callers = callers.checked_sub(1)?;
    if name.starts_with(char::is_uppercase) {
        return None;
    }
    let mut found = None;
    for call in calls(function, cx) {
        let caller = function_of(call)?;
        if caller == function {
            continue;
        }
        let outer = std::iter::successors(Some(caller), |inner| function_of(*inner)).last()?;
        let decided = decided(call, caller, cx).or_else(|| every_line(call, outer, cx, callers));
        found = Some(decided?);
    }
    found
}

/// What decides in `function` itself before `place` is reached.
fn decided<'t>(place: Node<'t>, function: Node<'t>, cx: &Cx<'t>) -> Option<(&'static str, String)> {
    let name = function.name();
    if let Some(name) = name {
        let words = words(name.text());
        if words.iter().any(|word| is_error_word(word)) {
            return Some(("error-path", format!("`{}`", name.text())));
        }
        if words.iter().any(|word| is_debug_word(word)) {
            return Some(("debug-output", format!("`{}`", name.text())));
        }
    }
    if let Some(seen) = handles_error(place, function) {
        return Some(("error-path", at(seen)));
    }
    if words(cx.file.package()).iter().any(|word| is_debug_word(word)) {
        return Some(("debug-output", format!("package {}", cx.file.package())));
    }
    guard(place, function).map(|seen| ("guarded", at(seen)))
}

fn is_error_word(word: &str) -> bool {
    const STEMS: &[&str] = &[
        "error",
        "fatal",
        "panic",
        "fail",
        "wrap",
        "assert",
        "recover",
        "critical",
        "emergency",
        "exception",
        "unexpected",
        "abort",
    ];
    STEMS.iter().any(|stem| word.starts_with(stem))
        || matches!(
            word,
            "err" | "errs" | "errf" | "must" | "crash" | "alert" | "bug" | "check" | "throw" | "die"
        )
}

fn is_debug_word(word: &str) -> bool {
    word.starts_with("debug") || matches!(word, "dbg" | "trace" | "tracef" | "traceln" | "verbose" | "dump")
}

/// That the function makes an error, is there for one, or runs while a panic does.
fn handles_error<'t>(place: Node<'t>, function: Node<'t>) -> Option<Node<'t>> {
    let error = |node: &Node<'t>| node.kind() == Kind::TypeIdentifier && node.text() == "error";
    let made = function.result().and_then(|result| result.descendants().find(error));
    // `Write` and `Handle` return what went wrong with the line itself.
    let made = made.filter(|_| level_parameter(function, place).is_none() && returns_new_error(function));
    let given = || {
        let list = function.parameters()?;
        let found = list.descendants().find(error)?;
        level_parameter(function, place).is_none().then_some(found)
    };
    let recovers = || {
        function.descendants().find(|node| {
            callee(*node)
                .is_some_and(|callee| callee.kind() == Kind::Identifier && callee.text() == "recover")
        })
    };
    made.or_else(given).or_else(recovers)
}

fn returns_new_error(function: Node<'_>) -> bool {
    function.descendants().any(|node| {
        node.kind() == Kind::ReturnStatement
            && node.descendants().any(|made| is_call(made, "fmt", "Errorf") || is_call(made, "errors", "New"))
    })
}

/// What decides in the function whether control reaches `place`: a branch around
/// it, or an early return that looks at a level or a switch.
fn guard<'t>(place: Node<'t>, function: Node<'t>) -> Option<Node<'t>> {
    let mut below = place;
    for up in place.ancestors().take_while(|up| *up != function) {
        let branch = match up.kind() {
            Kind::IfStatement => [Field::Consequence, Field::Alternative]
                .into_iter()
                .any(|side| up.child_by_field(side) == Some(below)),
            Kind::ExpressionCase | Kind::TypeCase | Kind::DefaultCase | Kind::CommunicationCase => true,
            // `enabled && caller(1) != ""`
            Kind::BinaryExpression => {
                up.right() == Some(below)
                    && up
                        .operator()
                        .is_some_and(|operator| matches!(operator.kind(), Kind::LogicalAnd | Kind::LogicalOr))
            }
            Kind::StatementList => {
                let before = up.named().take_while(|statement| *statement != below);
                if let Some(leaves) = before.into_iter().find(|statement| leaves_early(*statement)) {
                    return Some(leaves);
                }
                false
            }
            _ => false,
        };
        if branch {
            return Some(up);
        }
        below = up;
    }
    None
}

/// `if !l.enabled(level) { return }`
fn leaves_early(statement: Node<'_>) -> bool {
    const DECIDES: &[&str] = &[
        "level",
        "lvl",
        "severity",
        "sev",
        "verbosity",
        "enabled",
        "enable",
        "disabled",
        "disable",
        "verbose",
        "debug",
        "quiet",
        "silent",
        "flag",
        "flags",
        "discard",
        "threshold",
        "min",
        "max",
        "filter",
        "filtered",
        "allowed",
        "allow",
        "should",
        "muted",
        "mute",
        "active",
        "on",
        "off",
        "loggable",
        "skip",
        "err",
        "ok",
        "check",
        "limit",
        "limiter",
        "sample",
        "sampled",
        "sampler",
        "nolog",
        "stopped",
        "closed",
        "v",
    ];
    let leaves = statement.kind() == Kind::IfStatement
        && statement
            .consequence()
            .is_some_and(|block| block.descendants().any(|node| node.kind() == Kind::ReturnStatement));
    let looks_at = |node: Node<'_>| {
        node.is(&[Kind::Identifier, Kind::FieldIdentifier])
            && words(node.text()).iter().any(|word| DECIDES.contains(&word.as_str()))
    };
    leaves
        && [statement.condition(), statement.initializer()]
            .into_iter()
            .flatten()
            .any(|part| part.descendants().any(looks_at))
}

/// Whether the function looks up what program counters stand for.
fn looks_up(function: Node<'_>) -> bool {
    function
        .descendants()
        .any(|node| ["CallersFrames", "FuncForPC"].iter().any(|name| is_call(node, "runtime", name)))
}

/// The calls of a function or a method of the package, told by its name; a method
/// value counts as one.
fn calls<'t>(function: Node<'t>, cx: &Cx<'t>) -> Vec<Node<'t>> {
    let Some(name) = function.name() else { return Vec::new() };
    let method = function.kind() == Kind::MethodDeclaration;
    let mut found = Vec::new();
    for file in cx.package().files().filter(|file| !file.is_test()) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if !has_word(decl.span.of(file.text()).as_bytes(), name.text()) {
                continue;
            }
            let Some(root) = file.decl(index) else { continue };
            for node in root.descendants() {
                let means = match node.kind() {
                    Kind::FieldIdentifier => method && node.field_name() == Some(Field::Field),
                    Kind::Identifier => {
                        !method && matches!(scope::resolve(node), Def::TopLevel(_) | Def::Outside)
                    }
                    _ => false,
                };
                if means && node.text() == name.text() && node != name {
                    let mention = if method { node.parent() } else { Some(node) };
                    let call = mention.and_then(Node::parent).filter(|call| callee(*call) == mention);
                    found.extend(call.or(mention));
                }
            }
        }
    }
    found
}

/// Whether the place goes into a record that a method adds to what its receiver
/// holds: `b.commands = append(b.commands, command{file: f, line: l})`.
fn is_record(call: Node<'_>, function: Node<'_>) -> bool {
    const REGISTERS: &[&str] = &[
        "register", "provide", "handle", "route", "option", "with", "new", "init", "define", "declare",
        "set", "test", "hook", "use", "bind", "mount",
    ];
    let receiver = function.receiver().and_then(|receiver| {
        receiver.descendants().find(|node| node.kind() == Kind::Identifier).map(Node::text)
    });
    let registers = function
        .name()
        .is_some_and(|name| words(name.text()).iter().any(|word| REGISTERS.contains(&word.as_str())));
    let declared = call.parent().and_then(Node::parent).and_then(|statement| statement.left());
    let (Some(receiver), Some(declared), false) = (receiver, declared, registers) else { return false };
    let names: Vec<&str> =
        declared.named().skip(1).take(2).map(Node::text).filter(|name| *name != "_").collect();
    let kept = |literal: Node<'_>| {
        let elements = literal.body().into_iter().flat_map(Node::named);
        let values: Vec<&str> = elements
            .filter(|element| element.kind() == Kind::KeyedElement)
            .filter_map(|element| element.named().nth(1))
            .map(Node::text)
            .collect();
        names.len() == 2 && names.iter().all(|name| values.contains(name))
    };
    function.descendants().any(|node| {
        let adds =
            callee(node).is_some_and(|callee| callee.kind() == Kind::Identifier && callee.text() == "append");
        let own = || {
            arguments(node).next().is_some_and(|list| {
                list.kind() == Kind::SelectorExpression
                    && list.operand().is_some_and(|operand| operand.text() == receiver)
            })
        };
        adds && own()
            && arguments(node).skip(1).any(|given| given.kind() == Kind::CompositeLiteral && kept(given))
    })
}

fn at(node: Node<'_>) -> String {
    let text: String = node.text().lines().next().unwrap_or_default().chars().take(40).collect();
    format!("`{}` on line {}", text.trim_end_matches([' ', '{']), node.line())
}
