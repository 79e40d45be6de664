//! Whether `Close` and the finalizer do the same business: whether either leaves the other
//! something to do.

use crate::model::finalizer::{Setting, statements};
use crate::model::imports::{callee, package_of};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::model::words::words;
use crate::syntax::Node;

/// Whether `Close` surely does nothing of what the finalizer does.
pub(super) fn is_other<'t>(
    setting: &Setting<'t>,
    holder: &str,
    close: Node<'t>,
    package: &'t Package,
) -> bool {
    const RELEASES: &[&str] = &[
        "close", "free", "release", "destroy", "unmap", "munmap", "dispose", "shutdown", "stop", "cancel",
        "delete", "remove", "kill", "unref", "cleanup", "drop", "end", "finish", "teardown", "exit", "do",
    ];
    let Some(code) = setting.code(package) else { return false };
    let own = called_by(close, holder, package);
    let theirs = called_by(code.function, holder, package);
    let releases = |name: &str| words(name).iter().any(|word| RELEASES.contains(&word.as_str()));
    let closes_whole = code.body.descendants().filter_map(callee).any(|called| {
        called.field("field").is_some_and(|name| name.text() == "Close")
            && called
                .field("operand")
                .is_some_and(|of| code.object.is_some_and(|object| scope::resolve(of) == Def::Local(object)))
    });
    // Another goroutine may release.
    let tells = close.descendants().any(|node| node.is(&["send_statement", "go_statement"]));
    code.function != close
        && !tells
        && !closes_whole
        && !own.iter().any(|name| releases(name) || theirs.contains(name))
}

/// The names of what a function calls, and of what the functions and methods of the type call
/// that it calls; what only says something, or is about the thread, left out.
fn called_by<'t>(function: Node<'t>, holder: &str, package: &'t Package) -> Vec<&'t str> {
    let mut pending = vec![function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    let mut found = Vec::new();
    while let Some(at) = pending.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for called in at.descendants().filter_map(callee) {
            let name = called.field("field").unwrap_or(called).text();
            match package_of(called) {
                Some("runtime" | "log" | "log/slog" | "fmt" | "errors") => continue,
                Some(_) => {}
                None if called.kind() == "identifier" => {
                    let functions = package.declarations(name);
                    pending.extend(functions.into_iter().filter(|it| it.kind() == "function_declaration"));
                }
                None => {
                    let direct = called.field("operand").is_some_and(|of| of.kind() == "identifier");
                    let methods = package.methods(Some(holder), name);
                    pending.extend(methods.into_iter().filter(|_| direct));
                }
            }
            found.push(name);
        }
    }
    found
}

/// Whether `Close`, or a method that it calls on its object, writes or looks at what the object
/// keeps, so that a second run probably does nothing.
pub(super) fn looks_first<'t>(close: Node<'t>, holder: &str, package: &'t Package, depth: usize) -> bool {
    let Some(body) = close.field("body") else { return false };
    let of_receiver = |node: Node<'_>| {
        node.kind() == "selector_expression"
            && package_of(node).is_none()
            && node.field("operand").is_some_and(|operand| {
                operand.kind() == "identifier"
                    && matches!(scope::resolve(operand), Def::Local(local) if local.kind == LocalKind::Receiver)
            })
    };
    let looks = |statement: &Node<'_>| {
        statement.kind() == "if_statement"
            && statement.field("condition").is_some_and(|condition| condition.descendants().any(of_receiver))
    };
    if body.descendants().any(|node| of_receiver(node) && is_written(node))
        || statements(body).first().is_some_and(looks)
    {
        return true;
    }
    let called = body.descendants().filter_map(callee).filter(|called| of_receiver(*called));
    let names = called.filter_map(|called| called.field("field"));
    depth > 0
        && names
            .map(|name| package.methods(Some(holder), name.text()))
            .any(|methods| matches!(methods[..], [only] if looks_first(only, holder, package, depth - 1)))
}
