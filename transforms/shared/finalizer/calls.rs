//! What functions of a type call in its package.

use super::{function_named, settings};
use crate::model::imports::{arguments, callee, package_of};
use crate::model::package::Package;
use crate::syntax::{Kind, Node};

/// The method `Close` of the package's type `holder`, when it has exactly one.
pub fn close_of<'t>(holder: &str, package: &'t Package) -> Option<Node<'t>> {
    match package.methods(Some(holder), "Close")[..] {
        [close] => Some(close),
        _ => None,
    }
}

/// Whether `function`, or a function of the package that it calls, takes the
/// finalizer of a `holder` away. Calls are followed by name, so it may say yes
/// too often.
pub fn takes_away<'t>(function: Node<'t>, holder: &str, package: &'t Package) -> bool {
    let Ok(all) = settings(package) else { return true };
    let clears: Vec<Node<'t>> = all
        .iter()
        .filter(|setting| setting.clears() && setting.holder(package).is_none_or(|of| of == holder))
        .map(|setting| setting.call)
        .collect();
    if clears.is_empty() {
        return false;
    }
    let mut pending = vec![function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    while let Some(at) = pending.pop() {
        if clears.iter().any(|clear| at.holds(*clear)) {
            return true;
        }
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for call in at.descendants().filter(|node| node.kind() == Kind::CallExpression) {
            match callee(call) {
                Some(called) if called.kind() == Kind::Identifier => {
                    pending.extend(function_named(called, package));
                }
                Some(called) if called.kind() == Kind::SelectorExpression && package_of(called).is_none() => {
                    let name = called.field().map_or("", Node::text);
                    pending.extend(package.methods(None, name));
                }
                _ => {}
            }
        }
    }
    false
}

/// The calls of `function` and of what it calls in the package, as text without
/// the name of the object: `f.Close()` of `x.f.Close()`.
pub fn calls_of<'t>(function: Node<'t>, package: &'t Package) -> Vec<String> {
    let mut pending = vec![function];
    let mut seen: Vec<Node<'t>> = Vec::new();
    let mut found = Vec::new();
    let tail = |text: &str| text.split_once('.').map_or(text, |(_, tail)| tail).to_owned();
    while let Some(at) = pending.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        for call in at.descendants().filter(|node| node.kind() == Kind::CallExpression) {
            let Some(called) = callee(call) else { continue };
            let given: Vec<String> = arguments(call).map(|argument| tail(argument.text())).collect();
            let of_package = package_of(called).is_some();
            let name = if of_package { called.text().to_owned() } else { tail(called.text()) };
            found.push(format!("{name}({})", given.join(", ")));
            if called.kind() == Kind::Identifier {
                pending.extend(function_named(called, package));
            } else if called.kind() == Kind::SelectorExpression && !of_package {
                // A method of the object itself: `x.release()`.
                let direct = called.operand().is_some_and(|operand| operand.kind() == Kind::Identifier);
                let name = called.field().map_or("", Node::text);
                pending.extend(package.methods(None, name).into_iter().filter(|_| direct));
            }
        }
    }
    found
}
