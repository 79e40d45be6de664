//! Whether a type has the member of another one, because it embeds that.

use super::types;
use crate::model::package::Package;
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// A named type: the path of its package, nothing for the package at hand, and its name.
type TypePlace = (Option<String>, String);

/// How deep types may embed each other.
const DEEPEST: usize = 8;

/// Whether `ty`, as the package of `cx` writes it, has `member` because it embeds `owner` of the
/// package `path`, which is the one at hand where there is none.
pub fn has_promoted(ty: &str, member: &str, owner: &str, path: Option<&str>, cx: &Cx<'_>) -> bool {
    let wanted = (path.map(str::to_owned), owner.to_owned());
    let mut level: Vec<TypePlace> = place_of(ty, None).into_iter().collect();
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (path, name) in &level {
            let other = match path {
                None => None,
                Some(path) => match cx.around.imported(path) {
                    Some((_, files)) => Some(Package::new(files.to_vec())),
                    None => continue,
                },
            };
            let package = other.as_ref().unwrap_or_else(|| cx.package());
            if !package.methods(Some(name), member).is_empty() {
                return false;
            }
            for spec in specs_of(package, name) {
                if has_own(spec, member) {
                    return false;
                }
                next.extend(embedded(spec, package).iter().filter_map(|ty| place_of(ty, path.as_deref())));
            }
        }
        if next.contains(&wanted) {
            return true;
        }
        level = next;
    }
    false
}

/// The named type that is written so in the package of `path`.
fn place_of(ty: &str, path: Option<&str>) -> Option<TypePlace> {
    let bare = ty.trim_start_matches('*');
    let (package, name) = bare.rsplit_once('.')?;
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    if !name.chars().all(is_name) {
        return None;
    }
    let package = if package.is_empty() { path.map(str::to_owned) } else { Some(package.to_owned()) };
    Some((package, name.to_owned()))
}

/// The specs that declare the type.
fn specs_of<'p>(package: &'p Package, name: &str) -> Vec<Node<'p>> {
    let declarations = package.declarations(name).into_iter();
    let specs = declarations.flat_map(|declaration| declaration.descendants().collect::<Vec<_>>());
    specs
        .filter(|node| {
            node.is(&[Kind::TypeSpec, Kind::TypeAlias]) && node.name().is_some_and(|own| own.text() == name)
        })
        .collect()
}

/// The fields and methods of the outermost struct or interface of a spec.
fn members(spec: Node<'_>) -> Vec<Node<'_>> {
    let Some(ty) = spec.ty() else { return Vec::new() };
    match ty.kind() {
        Kind::StructType => {
            let list = ty.child(Kind::FieldDeclarationList);
            list.into_iter().flat_map(Node::named).collect()
        }
        Kind::InterfaceType => ty.named().collect(),
        _ => Vec::new(),
    }
}

/// Whether the type itself has the field or method.
fn has_own(spec: Node<'_>, member: &str) -> bool {
    members(spec).into_iter().any(|one| one.fields(Field::Name).any(|name| name.text() == member))
}

/// The types that it embeds, or is another name for.
fn embedded(spec: Node<'_>, package: &Package) -> Vec<String> {
    let of = |ty: Node<'_>| types::of_code(ty, package);
    if spec.kind() == Kind::TypeAlias {
        return spec.ty().and_then(of).into_iter().collect();
    }
    let without_name = members(spec).into_iter().filter(|one| one.fields(Field::Name).next().is_none());
    without_name
        .filter_map(|one| match one.kind() {
            Kind::TypeElem => one.named().next(),
            _ => one.ty(),
        })
        .filter_map(of)
        .collect()
}
