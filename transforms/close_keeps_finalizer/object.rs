//! What else happens to an object that `Close` closed: it has other owners, goes back to
//! a pool, is opened again; and whether the package has values of its type.

use super::release::{CloseRelease, Work};
use crate::model::fields::{spelled, type_name};
use crate::model::imports::{arguments, callee, is_call, package_of, parenthesized, unparenthesized};
use crate::model::locals::{gives_address, is_written};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::structs::struct_named;
use crate::model::words::words;
use crate::syntax::{DeclKind, Kind, Node};
use crate::transforms::shared::finalizer::settings;

/// Where the package has a value of the type itself, which generic code can put
/// inside another value: a mention of the type that is no pointer to it.
pub(super) fn as_value<'t>(holder: &str, package: &'t Package) -> Result<Option<Node<'t>>, String> {
    let value = |place: &Node<'t>| {
        let Some(mut parent) = place.parent() else { return true };
        let mut at = *place;
        if parent.is(&[Kind::GenericType, Kind::TypeInstantiationExpression, Kind::IndexExpression]) {
            at = parent;
            parent = parent.parent().unwrap_or(parent);
        }
        match parent.kind() {
            // A pointer to something else may be made one by a conversion.
            Kind::PointerType => is_converted(parent),
            Kind::CompositeLiteral => {
                let taken = parent.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression);
                !taken.is_some_and(|up| {
                    up.kind() == Kind::UnaryExpression
                        && up.operator().is_some_and(|star| star.kind() == Kind::And)
                })
            }
            // `(*T).m`, and `*x` of a variable that has the name.
            Kind::UnaryExpression => {
                parent.parent().is_none_or(|up| up.kind() != Kind::ParenthesizedExpression)
                    || is_converted(parent)
            }
            Kind::TypeSpec => parent.name() != Some(at),
            // `new(T)`
            Kind::ArgumentList => {
                parent.parent().and_then(callee).is_none_or(|called| called.text() != "new")
            }
            // An embedded pointer has its star beside the type.
            Kind::FieldDeclaration => parent.ty() == Some(at) && parent.child(Kind::Star).is_none(),
            Kind::MethodDeclaration | Kind::MethodElem | Kind::KeyedElement | Kind::LiteralElement => false,
            Kind::ParameterDeclaration | Kind::VariadicParameterDeclaration => parent.name() != Some(at),
            _ => parent.field() != Some(at),
        }
    };
    let local = |place: &Node<'t>| matches!(scope::resolve(*place), Def::Local(_));
    Ok(spelled(holder, package)?.into_iter().find(|place| !local(place) && value(place)))
}

/// Whether the pointer type, in its parentheses, is what a call converts to.
fn is_converted(pointer: Node<'_>) -> bool {
    let outer = parenthesized(pointer);
    outer.parent().is_some_and(|call| {
        call.is(&[Kind::CallExpression, Kind::TypeConversionExpression])
            && !arguments(call).any(|argument| argument == outer || argument.text() == "nil")
    })
}

/// Where a function of the package copies an object, `*x`, or writes it over.
pub(super) fn copied<'t>(holder: &str, package: &'t Package) -> Option<Node<'t>> {
    let copies = |node: &Node<'t>| {
        node.kind() == Kind::UnaryExpression
            && node.operator().is_some_and(|star| star.kind() == Kind::Star)
            && node.parent().is_none_or(|up| up.kind() != Kind::ParenthesizedExpression)
            && node.operand().and_then(|of| type_name(of, package)).is_some_and(|name| name.text() == holder)
    };
    package.files().find_map(|file| {
        let functions = file
            .outline()
            .decls
            .iter()
            .enumerate()
            .filter(|(_, decl)| matches!(decl.kind, DeclKind::Func | DeclKind::Method));
        functions.filter_map(|(index, _)| file.decl(index)).flat_map(Node::descendants).find(copies)
    })
}

/// The functions of the package whose text has the name of the type, its methods among them.
pub(super) fn functions_about<'t>(holder: &str, package: &'t Package) -> Result<Vec<Node<'t>>, String> {
    let mut found: Vec<Node<'t>> = Vec::new();
    for place in spelled(holder, package)? {
        let function =
            place.ancestors().find(|up| up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]));
        if let Some(function) = function.filter(|function| !found.contains(function)) {
            found.push(function);
        }
    }
    Ok(found)
}

/// The count of owners that one of the functions lowers or asks.
pub(super) fn counted_owners<'t>(works: &[Work<'t>]) -> Option<Node<'t>> {
    works.iter().flat_map(|work| work.function.descendants()).find(|node| match node.kind() {
        Kind::DecStatement => true,
        Kind::AssignmentStatement => node.operator().is_some_and(|operator| operator.text() == "-="),
        Kind::CallExpression => {
            let name = callee(*node).map(|called| called.field().unwrap_or(called).text());
            let lowers = name.is_some_and(|name| name.starts_with("Add") || name == "Dec" || name == "Swap")
                && arguments(*node).last().is_some_and(|step| step.text().starts_with(['-', '^']));
            lowers || name == Some("Dec")
        }
        Kind::FieldIdentifier | Kind::Identifier => words(node.text())
            .iter()
            .any(|word| matches!(word.as_str(), "ref" | "refs" | "refcount" | "refcnt" | "users" | "owners")),
        _ => false,
    })
}

/// The place that hands the whole object on, when one of the functions does, and
/// else the place of the package where an object is kept after its `Close`.
pub(super) fn handed_on<'t>(
    holder: &str,
    release: &CloseRelease<'t>,
    package: &'t Package,
) -> Result<Option<Node<'t>>, String> {
    for work in release.works() {
        let mut names = work.function.descendants().filter(|node| node.kind() == Kind::Identifier);
        let given = names.find(|name| {
            work.is_object(*name)
                && !is_declared(*name)
                && is_given(*name, holder, package, &|call| release.followed(call, work).is_some())
        });
        if given.is_some() {
            return Ok(given);
        }
    }
    let put = |place: Node<'t>| {
        let call = place.ancestors().take(2).find(|up| callee(*up).is_some())?;
        let is_callee = callee(call).is_some_and(|called| called.holds(place));
        let object = arguments(call).next().map(unparenthesized).filter(|_| is_callee)?;
        type_name(object, package).is_none_or(|name| name.text() == holder).then_some(call)
    };
    if let Some(call) = spelled("Put", package)?.into_iter().find_map(put) {
        return Ok(Some(call));
    }
    Ok(spelled("Close", package)?.into_iter().find_map(|place| kept_after(place, holder, package)))
}

fn is_declared(name: Node<'_>) -> bool {
    name.parent().is_some_and(|up| up.kind() == Kind::ParameterDeclaration)
}

/// Whether the mention of an object gives it to somebody else, rather than one
/// of its fields, or to a function that is known.
fn is_given<'t>(
    name: Node<'t>,
    holder: &str,
    package: &'t Package,
    known: &dyn Fn(Node<'t>) -> bool,
) -> bool {
    const HARMLESS: &[(&str, &str)] = &[("runtime", "KeepAlive"), ("runtime", "SetFinalizer")];
    let whole = parenthesized(name);
    let Some(up) = whole.parent() else { return true };
    match up.kind() {
        Kind::SelectorExpression => {
            let called = up.parent().is_some_and(|call| callee(call) == Some(up));
            let methods = up.field().map(|field| package.methods(Some(holder), field.text()));
            let methods = methods.map_or(0, |methods| methods.len());
            methods > 1 || (methods == 1 && !called)
        }
        Kind::BinaryExpression => false,
        Kind::ArgumentList => {
            let Some(call) = up.parent() else { return true };
            let deletes = callee(call).is_some_and(|called| called.text() == "delete");
            let speaks = callee(call).and_then(package_of);
            !(deletes
                || matches!(speaks, Some("fmt" | "log" | "log/slog"))
                || HARMLESS.iter().any(|(path, name)| is_call(call, path, name))
                || known(call))
        }
        _ => true,
    }
}

/// Where the block around a call of `Close` keeps the object behind it.
fn kept_after<'t>(close: Node<'t>, holder: &str, package: &'t Package) -> Option<Node<'t>> {
    let selector = close.parent().filter(|up| up.kind() == Kind::SelectorExpression)?;
    let call = selector.parent().filter(|call| callee(*call) == Some(selector))?;
    let object = unparenthesized(selector.operand()?);
    let Def::Local(local) = scope::resolve(object) else { return None };
    if object.kind() != Kind::Identifier || type_name(object, package)?.text() != holder {
        return None;
    }
    let list = call.ancestors().find(|up| up.kind() == Kind::StatementList)?;
    let deferred = call.parent().is_some_and(|up| up.kind() == Kind::DeferStatement);
    let behind = |name: &Node<'t>| {
        name.start() > call.end()
            && list.holds(*name)
            && !name.ancestors().any(|up| up.kind() == Kind::ReturnStatement)
            && is_given(*name, holder, package, &|_| false)
    };
    scope::mentions(local).into_iter().filter(|_| !deferred).find(behind)
}

/// The place that opens an object of the type again: a function by its name, or a
/// field of the release that another function than the maker fills.
pub(super) fn reopened<'t>(holder: &str, release: &CloseRelease<'t>, package: &'t Package) -> Option<String> {
    const STEMS: &[&str] = &[
        "open",
        "reopen",
        "reset",
        "connect",
        "reconnect",
        "dial",
        "redial",
        "start",
        "restart",
        "init",
        "reuse",
        "recycle",
        "renew",
        "resume",
        "revive",
    ];
    let stem = |name: &str| words(name).first().is_some_and(|first| STEMS.contains(&first.as_str()));
    for decl in package.files().flat_map(|file| &file.outline().decls) {
        if decl.kind == DeclKind::Method
            && decl.receiver.as_deref() == Some(holder)
            && let Some(name) = decl.names.first()
            && stem(&name.text)
        {
            return Some(format!("method `{}`", name.text));
        }
    }
    let makers: Vec<Node<'_>> = settings(package).ok()?.into_iter().map(|setting| setting.call).collect();
    let works = release.works();
    let takes = |function: &Node<'t>| {
        let mut declared = function.parameters().into_iter().flat_map(Node::descendants);
        declared.any(|name| name.kind() == Kind::TypeIdentifier && name.text() == holder)
    };
    let about = functions_about(holder, package).unwrap_or_default();
    let by_name = about.into_iter().find(|function| {
        function.kind() == Kind::FunctionDeclaration
            && function.name().is_some_and(|name| stem(name.text()))
            && takes(function)
            && !makers.iter().any(|call| function.holds(*call))
    });
    if let Some(function) = by_name {
        return Some(format!("function on line {}", function.line()));
    }
    let body = struct_named(holder, package)?;
    let fields = body.fields.iter().filter_map(|field| field.name).map(Node::text);
    for field in fields.filter(|field| release.releases(field) || is_asked(field, &works)) {
        let Ok(places) = spelled(field, package) else { return Some(format!("`{field}` cannot be read")) };
        let fills = places.into_iter().find(|place| {
            let own = works.iter().any(|work| work.function.holds(*place));
            let made =
                || place.ancestors().last().is_some_and(|root| makers.iter().any(|call| root.holds(*call)));
            is_filled(*place, release.releases(field), holder, package) && !own && !made()
        });
        if let Some(place) = fills {
            return Some(format!("`{field}` on line {}", place.line()));
        }
    }
    None
}

/// Whether a condition of the functions asks for the field of the object.
fn is_asked(field: &str, works: &[Work<'_>]) -> bool {
    works.iter().any(|work| {
        let conditions = work.function.descendants().filter_map(|node| node.condition());
        conditions.flat_map(Node::descendants).any(|node| {
            node.kind() == Kind::SelectorExpression
                && node.operand().is_some_and(|of| work.is_object(of))
                && node.field().is_some_and(|name| name.text() == field)
        })
    })
}

/// Whether the place stores something in the field of an object of the type, or
/// lets others do it; to empty one that is `released` is nothing new.
fn is_filled<'t>(place: Node<'t>, released: bool, holder: &str, package: &'t Package) -> bool {
    let Some(selector) = place.parent().filter(|up| up.kind() == Kind::SelectorExpression) else {
        return false;
    };
    let of_holder = |of: Node<'t>| type_name(of, package).is_none_or(|name| name.text() == holder);
    if selector.field() != Some(place) || !selector.operand().is_some_and(of_holder) {
        return false;
    }
    let assignment = selector.ancestors().take(2).find(|up| up.kind() == Kind::AssignmentStatement);
    let emptied = assignment
        .and_then(|assignment| assignment.right())
        .is_some_and(|right| released && matches!(right.text(), "nil" | "-1"));
    (is_written(selector) && !emptied) || gives_address(selector)
}
