//! Variables of a type that are visible at a site: `ctx: context.Context`.

use super::condition::{ConditionFailure, ConditionKind, seen};
use super::guards::TYPE_UNKNOWN;
use super::types::{self, KnownType, RuleType};
use crate::model::scope::{self, Def};
use crate::rewrite::{TypeAnswer, TypeAsk};
use crate::syntax::{DeclKind, Kind, Node};
use crate::text::Span;

/// A variable that a site needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleVariable {
    /// Its name; where the rule declares it as a variable, any.
    pub name: String,
    /// Its type, as it is written.
    pub ty: String,
    /// What is written where there is none.
    pub default: Option<String>,
    /// Its type, read.
    pub wanted: Option<RuleType>,
}

/// The name of the variable: the one of that name, or the innermost of that type, of those in
/// one scope the last. Nothing where there is none and the rule says what is written then.
pub fn find(
    variable: &VisibleVariable,
    asked: &ConditionKind<'_, '_>,
) -> Result<Option<String>, ConditionFailure> {
    let names: Box<dyn Iterator<Item = String>> = if asked.patch.var(&variable.name).is_some() {
        Box::new(candidates(asked.site, asked.cx.package()))
    } else {
        Box::new(std::iter::once(variable.name.clone()))
    };
    let mut unknown = None;
    let mut pending = false;
    for name in names {
        match fits(&name, variable, asked) {
            // One that is nearer and is asked about may be of that type.
            Ok(true) if pending => break,
            Ok(true) => return Ok(Some(name)),
            Ok(false) => {}
            Err(why) => {
                pending |= why.is_none() && asked.cx.around.types().is_some();
                unknown.get_or_insert((name, why));
            }
        }
    }
    match unknown {
        Some((name, why)) => Err(ConditionFailure::Kept(TYPE_UNKNOWN, seen(&name, why.as_deref()))),
        None if variable.default.is_some() => Ok(None),
        None => Err(ConditionFailure::Kept("no-variable", variable.name.clone())),
    }
}

/// Whether the variable that a name means at the site has the type; an error where that is
/// asked of Go and not known.
fn fits(
    name: &str,
    variable: &VisibleVariable,
    asked: &ConditionKind<'_, '_>,
) -> Result<bool, Option<String>> {
    let (package, cx) = (asked.cx.package(), asked.cx);
    let Some(wanted) = &variable.wanted else { return Ok(false) };
    let known = match scope::resolve_name(name, asked.site) {
        Def::Local(local) if !local.kind.is_variable() => return Ok(false),
        Def::Local(local) => types::has_type(local.name, wanted, package, Some(cx)),
        Def::Import(_) => return Ok(false),
        Def::TopLevel(_) | Def::Outside => match declared(name, asked) {
            Some(at) => types::has_type(at, wanted, package, Some(cx)),
            None => return Ok(false),
        },
    };
    match known {
        KnownType::Yes => return Ok(true),
        KnownType::No => return Ok(false),
        KnownType::Unknown => {}
    }
    let place = Span::at(asked.site.start());
    match cx.types(place, TypeAsk::Name(name.to_owned(), wanted.wanted.clone())) {
        Some(TypeAnswer::Yes) => Ok(true),
        Some(TypeAnswer::No | TypeAnswer::Value(_)) => Ok(false),
        Some(TypeAnswer::Unknown(why)) => Err(Some(why)),
        None => Err(None),
    }
}

/// Where the package declares a variable of that name.
fn declared<'t>(name: &str, asked: &ConditionKind<'_, 't>) -> Option<Node<'t>> {
    let declarations = asked.cx.package().declarations(name);
    let declaration = declarations.into_iter().find(|one| one.kind() == Kind::VarDeclaration)?;
    declaration.descendants().find(|node| {
        node.kind() == Kind::Identifier
            && node.text() == name
            && node.parent().is_some_and(|parent| parent.kind() == Kind::VarSpec)
            && node.field_name() == Some(crate::syntax::Field::Name)
    })
}

/// The names of the variables that are visible at a site, the innermost first, of one scope
/// the last first, those of the package at the end. A package may have many: none is looked at
/// before it is asked for.
fn candidates<'a>(
    site: Node<'a>,
    package: &'a crate::model::package::Package,
) -> impl Iterator<Item = String> + 'a {
    let around = site.ancestors().find(|node| {
        node.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::VarDeclaration])
            && node.parent().is_none_or(|up| up.parent().is_none())
    });
    let mut locals: Vec<scope::Local<'_>> = Vec::new();
    for node in around.into_iter().flat_map(|around| around.descendants()) {
        if node.kind() != Kind::Identifier || node.start() > site.start() || node.text() == "_" {
            continue;
        }
        let visible = match scope::resolve_name(node.text(), site) {
            Def::Local(local) if local.name == node && local.kind.is_variable() => Some(local),
            _ => None,
        };
        locals.extend(visible);
    }
    locals.sort_by_key(|local| (local.scope.span().len(), std::cmp::Reverse(local.name.start())));
    let locals: Vec<String> = locals.iter().map(|local| local.name.text().to_owned()).collect();
    let decls = package.files().rev().flat_map(|file| file.outline().decls.iter().rev());
    let globals = decls
        .filter(|decl| decl.kind == DeclKind::Var)
        .flat_map(|decl| decl.names.iter().rev().map(|name| name.text.clone()))
        .filter(move |name| {
            name != "_" && !matches!(scope::resolve_name(name, site), Def::Local(_) | Def::Import(_))
        });
    let mut seen = std::collections::HashSet::new();
    locals.into_iter().chain(globals).filter(move |name| seen.insert(name.clone()))
}
