//! Which package a name of the import clause stands for, by syntax alone.

use super::scope::{self, Def};
use crate::syntax::{File, Kind, Node};

/// Whether `node` (a selector, a qualified type or a bare identifier) names the
/// symbol `name` of the package `path`: through the import's local name or a
/// dot import, and not when something else declares the name nearer by.
pub fn is_symbol(node: Node<'_>, path: &str, name: &str) -> bool {
    match node.kind() {
        Kind::SelectorExpression => {
            node.field().is_some_and(|field| field.text() == name)
                && node.operand().is_some_and(|operand| is_package(operand, path))
        }
        Kind::QualifiedType => {
            node.name().is_some_and(|field| field.text() == name)
                && node.package().is_some_and(|package| is_package(package, path))
        }
        Kind::Identifier | Kind::TypeIdentifier => {
            node.text() == name && is_dot_imported(node.file(), path) && scope::resolve(node) == Def::Outside
        }
        _ => false,
    }
}

/// Whether the identifier `node` is the local name of the import of `path`.
pub fn is_package(node: Node<'_>, path: &str) -> bool {
    node.is(&[Kind::Identifier, Kind::PackageIdentifier])
        && matches!(scope::resolve(node), Def::Import(import) if import.path == path)
}

/// The import path of the package that a selector's operand or a qualified
/// type names, when it is one.
pub fn package_of<'t>(node: Node<'t>) -> Option<&'t str> {
    let name = node.operand().or_else(|| node.package())?;
    match name.is(&[Kind::Identifier, Kind::PackageIdentifier]).then(|| scope::resolve(name))? {
        Def::Import(import) => Some(&import.path),
        _ => None,
    }
}

/// Whether the file imports `path` with a dot.
pub fn is_dot_imported(file: &File, path: &str) -> bool {
    file.imports()
        .iter()
        .any(|import| import.path == path && import.name.as_ref().is_some_and(|name| name.text == "."))
}

/// Whether the file imports `path` under any name.
pub fn imports(file: &File, path: &str) -> bool {
    file.imports().iter().any(|import| import.path == path)
}

/// The node that is called, when `node` is a call or a conversion.
pub fn callee(node: Node<'_>) -> Option<Node<'_>> {
    let function = match node.kind() {
        Kind::CallExpression => node.function()?,
        _ => return None,
    };
    Some(unparenthesized(function))
}

/// The expression inside any parentheses.
pub fn unparenthesized(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while node.kind() == Kind::ParenthesizedExpression {
        match node.named().next() {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

/// The expression with any parentheses around it.
pub fn parenthesized(node: Node<'_>) -> Node<'_> {
    let mut whole = node;
    while let Some(outer) = whole.parent().filter(|outer| outer.kind() == Kind::ParenthesizedExpression) {
        whole = outer;
    }
    whole
}

/// Whether `node` is a call of the symbol `name` of the package `path`.
pub fn is_call(node: Node<'_>, path: &str, name: &str) -> bool {
    callee(node).is_some_and(|callee| is_symbol(callee, path, name))
}

/// Whether the statement is a call of the symbol `name` of the package `path`.
pub fn is_call_statement(statement: Node<'_>, path: &str, name: &str) -> bool {
    statement.kind() == Kind::ExpressionStatement
        && statement.named().next().is_some_and(|call| is_call(unparenthesized(call), path, name))
}

/// The arguments of a call.
pub fn arguments(call: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    call.arguments().into_iter().flat_map(Node::named)
}
