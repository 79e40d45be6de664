//! Which package a name of the import clause stands for, by syntax alone.

use super::scope::{self, Def};
use crate::syntax::{File, Import, Kind, Node};

/// Whether `import` puts `name` into the file's scope. Without the package's
/// source its name can only be guessed from the path, so every customary
/// guess counts.
pub fn may_be_named(import: &Import, name: &str) -> bool {
    match &import.name {
        Some(alias) => alias.text == name && name != "_" && name != ".",
        None => is_default_name(name, &import.path),
    }
}

/// All names that [`may_be_named`] says yes to.
pub fn names_of(import: &Import) -> Vec<&str> {
    match &import.name {
        Some(alias) if alias.text == "_" || alias.text == "." => Vec::new(),
        Some(alias) => vec![&alias.text],
        None => std::iter::once(import.path.as_str()).chain(default_names(&import.path)).collect(),
    }
}

/// The name under which the package is called when it is imported without one:
/// the last element of the path, with version suffixes and the customary `go`
/// prefix or suffix also left off, most likely name first.
pub fn default_names(path: &str) -> impl Iterator<Item = &str> {
    let mut elements = path.rsplit('/');
    let last = elements.next().unwrap_or(path);
    let major = last
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let base = if major { elements.next().unwrap_or(last) } else { last };
    let unversioned = base.split_once(".v").map_or(base, |(name, _)| name);
    let bare = unversioned
        .strip_prefix("go-")
        .or_else(|| unversioned.strip_prefix("go."))
        .or_else(|| unversioned.strip_suffix("-go"))
        .or_else(|| unversioned.strip_suffix(".go"))
        .unwrap_or(unversioned);
    let tail = bare.rsplit(['-', '.']).next().unwrap_or(bare);
    let mut guesses = vec![unversioned, bare, tail, base, last];
    let mut kept: Vec<&str> = Vec::new();
    guesses.retain(|guess| {
        let fresh = !kept.contains(guess);
        kept.push(guess);
        fresh
    });
    guesses.into_iter()
}

/// Whether a package with this import path may be called `name`.
pub fn is_default_name(name: &str, path: &str) -> bool {
    path == name || (path.contains(name) && default_names(path).any(|guess| guess == name))
}

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

/// The arguments of a call.
pub fn arguments(call: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    call.arguments().into_iter().flat_map(Node::named)
}
