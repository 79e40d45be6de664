//! Who uses a field or a method of a type, in all files of the package: for
//! fixes that change a declaration and everything that depends on it.

use super::package::Package;
use super::types::{self, Type};
use crate::syntax::byte_checks::is_word;
use crate::syntax::outline::DeclTokens;
use crate::syntax::{DeclKind, Field, Kind, Node, NodeId};
use crate::text::Span;
use memchr::memmem;

/// Every place of a package that means one field or method.
#[derive(Debug, Default)]
pub struct Uses<'t> {
    /// The name where the struct or the method declares it.
    pub declared: Vec<Node<'t>>,
    /// `x.name`: the selector expressions.
    pub selectors: Vec<Node<'t>>,
    /// `T{name: v}`: the names of the keys.
    pub keys: Vec<Node<'t>>,
    /// Places that may mean it, or may mean something else of that name.
    pub unclear: Vec<Node<'t>>,
}

/// Every identifier of the package's code that is spelled `name`, whatever it
/// means, in the order of files and places.
///
/// # Errors
/// `path:line` of a declaration with broken syntax that has one.
pub fn spelled<'t>(name: &str, package: &'t Package) -> Result<Vec<Node<'t>>, String> {
    let places = package.remember_name(name, "spelled", || places_spelled(name, package));
    let node = |(file, decl, place): &(u32, u32, NodeId)| {
        let root = package.file(*file).decl(*decl as usize);
        root.expect("it was parsed before").at(*place)
    };
    Ok((*places).as_ref().map_err(String::clone)?.iter().map(node).collect())
}

/// The places of [`spelled`]: the number of the file, of its declaration, and which node it is.
fn places_spelled(name: &str, package: &Package) -> Result<Vec<(u32, u32, NodeId)>, String> {
    let finder = memmem::Finder::new(name);
    let mut found = Vec::new();
    for (number, file) in package.places() {
        let bytes = file.text().as_bytes();
        let mut words = finder.find_iter(bytes).filter(|at| is_word(bytes, *at, at + name.len())).peekable();
        // Nothing is outlined for a part of a longer word.
        while let Some(at) = words.next() {
            let Some(index) = file.decl_at(at) else { continue };
            let decl = file.outline().decls[index].span;
            let here = std::iter::once(at).chain(std::iter::from_fn(|| words.next_if(|at| *at < decl.end)));
            // Nor is anything parsed for what stands in a comment or a string.
            let mut code = None;
            let mut is_code = |at: usize| {
                code.get_or_insert_with(|| DeclTokens::of(file.text(), decl)).word_at(at).is_some()
            };
            let places: Vec<usize> = here.filter(|at| is_code(*at)).collect();
            if places.is_empty() {
                continue;
            }
            let Some(root) = file.decl(index) else {
                let line = file.lines().line(decl.start);
                return Err(format!("{}:{line}", file.path().display()));
            };
            let places = places.into_iter().map(|at| Span::new(at, at + name.len()));
            let names = places.map(|place| root.covering(place)).filter(|node| {
                node.is(&[
                    Kind::Identifier,
                    Kind::FieldIdentifier,
                    Kind::TypeIdentifier,
                    Kind::PackageIdentifier,
                ]) && node.text() == name
            });
            found.extend(names.map(|node| (number, index as u32, node.place())));
        }
    }
    Ok(found)
}

/// The places of the package that mean the field or method `name` of its type
/// `holder`, promoted through embedding or not.
///
/// A selector whose operand has no type that syntax tells still means it when
/// `name` is not exported and nothing else in the package declares a field or
/// method of that name: no other package could.
///
/// # Errors
/// As for [`spelled`].
pub fn uses<'t>(holder: &str, name: &str, package: &'t Package) -> Result<Uses<'t>, String> {
    let places = spelled(name, package)?;
    let mut uses = Uses::default();
    let mut rivals = 0;
    for place in &places {
        match declared_by(*place) {
            Some(owner) if owner == holder => uses.declared.push(*place),
            Some(_) => rivals += 1,
            None => {}
        }
    }
    let only = rivals == 0 && !name.starts_with(char::is_uppercase);
    for place in places {
        let Some(parent) = place.parent() else { continue };
        if parent.kind() == Kind::SelectorExpression && parent.field() == Some(place) {
            let operand = parent.operand();
            if operand.is_some_and(|operand| {
                super::imports::package_of(parent).is_some() && operand.kind() == Kind::Identifier
            }) {
                continue;
            }
            match operand.and_then(|operand| type_name(operand, package)) {
                Some(of) if of.text() == holder => uses.selectors.push(parent),
                _ if only => uses.selectors.push(parent),
                // A type that embeds the holder has it too.
                Some(of) if embeds(of.text(), holder, package) => uses.selectors.push(parent),
                Some(_) => {}
                None => uses.unclear.push(parent),
            }
        } else if let Some(literal) = literal_with_key(place) {
            match literal_type(literal) {
                Some(of) if of.text() == holder => uses.keys.push(place),
                Some(_) => {}
                None if only => uses.keys.push(place),
                None => uses.unclear.push(place),
            }
        }
    }
    Ok(uses)
}

/// The name of the package's own type that `expression` has, a pointer taken
/// off: `T` for `T`, `*T` and `T[K]`; `None` when syntax does not tell.
pub fn type_name<'t>(expression: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let mut at = types::type_of(expression, package)?;
    loop {
        let node = match at {
            Type::Pointer(inner) => {
                at = *inner;
                continue;
            }
            Type::Written(node) => node,
            _ => return None,
        };
        match node.kind() {
            Kind::TypeIdentifier | Kind::Identifier => return Some(node),
            Kind::PointerType | Kind::ParenthesizedType => at = Type::Written(node.named().next()?),
            Kind::GenericType => at = Type::Written(node.ty()?),
            _ => return None,
        }
    }
}

/// The type declaration of `name` at top level: its `type_spec`, when it has
/// exactly one that is no alias.
pub fn type_spec<'t>(name: &str, package: &'t Package) -> Option<Node<'t>> {
    let declarations = package.declarations(name);
    let [declaration] = declarations[..] else { return None };
    let named = |node: &Node<'_>| {
        node.kind() == Kind::TypeSpec && node.name().is_some_and(|declared| declared.text() == name)
    };
    declaration.named().find(named).or_else(|| declaration.descendants().find(named))
}

/// Whether the struct `name` embeds `holder`, itself or through another.
fn embeds(name: &str, holder: &str, package: &Package) -> bool {
    let mut pending = vec![name.to_owned()];
    let mut seen: Vec<String> = Vec::new();
    while let Some(name) = pending.pop() {
        let Some(body) = type_spec(&name, package).and_then(|spec| spec.ty()) else { continue };
        for embedded in body.descendants().filter_map(embedded) {
            if embedded.text() == holder {
                return true;
            }
            if !seen.iter().any(|known| known == embedded.text()) {
                seen.push(embedded.text().to_owned());
                pending.push(embedded.text().to_owned());
            }
        }
    }
    false
}

/// The type name of a `field_declaration` without a name of its own.
pub fn embedded(field: Node<'_>) -> Option<Node<'_>> {
    if field.kind() != Kind::FieldDeclaration || field.name().is_some() {
        return None;
    }
    let written = field.ty()?;
    let written = written.ty().unwrap_or(written);
    written.is(&[Kind::TypeIdentifier, Kind::Identifier]).then_some(written)
}

/// The type whose declaration makes `name` a field or a method; empty for a
/// type without a name and for an interface's method.
fn declared_by<'t>(name: Node<'t>) -> Option<&'t str> {
    let parent = name.parent()?;
    match parent.kind() {
        Kind::FieldDeclaration if parent.fields(Field::Name).any(|declared| declared == name) => {
            let spec =
                parent.ancestors().find(|node| node.is(&[Kind::TypeSpec, Kind::TypeAlias, Kind::StructType]));
            let spec = spec.and_then(|body| body.parent());
            let named =
                spec.filter(|spec| spec.is(&[Kind::TypeSpec, Kind::TypeAlias])).and_then(|spec| spec.name());
            Some(named.map_or("", Node::text))
        }
        Kind::MethodDeclaration if parent.name() == Some(name) => {
            let file = name.file();
            let decl = &file.outline().decls[file.decl_at(name.start())?];
            (decl.kind == DeclKind::Method).then(|| decl.receiver.as_deref().unwrap_or_default())
        }
        Kind::MethodElem if parent.name() == Some(name) => Some(""),
        // An embedded type is a field of its own name.
        _ => name.ancestors().take(3).find(|node| embedded(*node) == Some(name)).map(|_| ""),
    }
}

/// The composite literal in which `name` stands as a key.
fn literal_with_key(name: Node<'_>) -> Option<Node<'_>> {
    let element = name.ancestors().take(3).find(|node| node.kind() == Kind::KeyedElement)?;
    let key = element.key().or_else(|| element.named().next())?;
    if !key.holds(name) || key.span() != name.span() {
        return None;
    }
    element
        .ancestors()
        .find(|node| node.is(&[Kind::CompositeLiteral, Kind::LiteralValue]))
        .map(|value| value.parent().filter(|parent| parent.kind() == Kind::CompositeLiteral).unwrap_or(value))
}

/// The type name of a composite literal that says it.
fn literal_type(literal: Node<'_>) -> Option<Node<'_>> {
    let written = literal.ty().filter(|_| literal.kind() == Kind::CompositeLiteral)?;
    let written = if written.kind() == Kind::GenericType { written.ty()? } else { written };
    // A map, slice or array may have the key's name as an expression.
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::File;
    use std::sync::Arc;

    fn package(texts: &[&str]) -> Package {
        let file = |(index, text): (usize, &&str)| {
            Arc::new(File::new(format!("{index}.go"), format!("package p\n\n{text}")))
        };
        Package::new(texts.iter().enumerate().map(file).collect())
    }

    fn texts(nodes: &[Node<'_>]) -> Vec<String> {
        nodes.iter().map(|node| node.text().to_owned()).collect()
    }

    #[test]
    fn a_field_that_only_one_type_has_is_found_everywhere() {
        let package = package(&[
            "type T struct{ done chan int }\n\nfunc (t *T) f() { <-t.done; _ = T{done: nil} }\n",
            "func g(x interface{ get() *T }) { x.get().done <- 1; done := 2; _ = done }\n",
        ]);
        let uses = uses("T", "done", &package).unwrap();
        assert_eq!(texts(&uses.selectors), ["t.done", "x.get().done"]);
        assert_eq!((texts(&uses.keys), uses.declared.len(), uses.unclear.len()), (vec!["done".into()], 1, 0));
    }

    #[test]
    fn a_name_that_two_types_have_needs_types() {
        let package = package(&[
            "type T struct{ n int }\ntype U struct{ n int }\n",
            "func g(t *T, u U, x func() any) { _ = t.n; _ = u.n; _ = x().n; _ = U{n: 1}; _ = map[int]int{n: 1} }\n",
        ]);
        let uses = uses("T", "n", &package).unwrap();
        assert_eq!(
            (texts(&uses.selectors), texts(&uses.unclear)),
            (vec!["t.n".into()], vec!["x().n".into()])
        );
        assert!(uses.keys.is_empty());
    }

    #[test]
    fn promoted_fields_and_methods_count() {
        let package = package(&[
            "type T struct{ n int }\nfunc (T) m() {}\ntype V struct{ n string }\ntype U struct{ *T }\n",
            "func g(u U, v V) { _ = u.n; _ = v.n; u.m(); u.T.m() }\n",
        ]);
        assert_eq!(texts(&uses("T", "n", &package).unwrap().selectors), ["u.n"]);
        let methods = uses("T", "m", &package).unwrap();
        assert_eq!(
            (texts(&methods.selectors), methods.declared.len()),
            (vec!["u.m".into(), "u.T.m".into()], 1)
        );
    }

    #[test]
    fn broken_syntax_beside_it_is_told() {
        let package = package(&["type T struct{ n int }\n", "func g(t T) { t.n = = }\n"]);
        assert!(uses("T", "n", &package).unwrap_err().ends_with("1.go:3"));
        assert!(uses("T", "other", &package).is_ok());
    }
}
