//! Finalizers: who sets one on which type, what it does when it runs, and where
//! it is taken away again.

mod calls;
mod purpose;

pub use calls::{calls_of, close_of, takes_away};
pub use purpose::{Business, FinalizerPurpose, counted, purpose_of};

use crate::model::fields::{spelled, type_name};
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::syntax::{Kind, Node, byte_checks};

/// A call of `runtime.SetFinalizer`.
#[derive(Clone, Copy, Debug)]
pub struct FinalizerSetting<'t> {
    /// The call.
    pub call: Node<'t>,
    /// The statement, when the call is one.
    pub statement: Option<Node<'t>>,
    /// The first argument.
    pub object: Node<'t>,
    /// The second argument.
    pub action: FinalizerAction<'t>,
}

/// The second argument of `runtime.SetFinalizer`.
#[derive(Clone, Copy, Debug)]
pub enum FinalizerAction<'t> {
    /// `nil`
    Clear,
    /// `func(x *T) { … }`
    Literal(Node<'t>),
    /// `(*T).name`
    Method {
        /// `T`
        holder: Node<'t>,
        /// `name`
        name: Node<'t>,
    },
    /// A function of the package, by name.
    Function(Node<'t>),
    /// A method value, a variable, a call.
    Value(Node<'t>),
}

/// A finalizer as code: the function and the name of its argument there.
#[derive(Clone, Copy, Debug)]
pub struct FinalizerCode<'t> {
    /// The literal or declaration.
    pub function: Node<'t>,
    /// Its body.
    pub body: Node<'t>,
    /// The name of the object in the body, when it has one.
    pub object: Option<Local<'t>>,
}

/// The call of `runtime.SetFinalizer` whose callee is `mention`.
pub fn setting<'t>(mention: Node<'t>, package: &'t Package) -> Option<FinalizerSetting<'t>> {
    let call = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    if callee(call) != Some(mention) || !is_symbol(mention, "runtime", "SetFinalizer") {
        return None;
    }
    let mut given = arguments(call);
    let (object, action) = (given.next()?, unparenthesized(given.next()?));
    let outer = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression);
    let statement = outer.filter(|outer| outer.kind() == Kind::ExpressionStatement);
    Some(FinalizerSetting { call, statement, object: unparenthesized(object), action: acts(action, package) })
}

fn acts<'t>(action: Node<'t>, package: &'t Package) -> FinalizerAction<'t> {
    match action.kind() {
        Kind::Nil => FinalizerAction::Clear,
        Kind::FuncLiteral => FinalizerAction::Literal(action),
        Kind::Identifier => {
            let function = || matches!(function_named(action, package), Some(found) if found.kind() == Kind::FunctionDeclaration);
            match scope::resolve(action) {
                Def::Outside if action.text() == "nil" && !package.knows("nil") => FinalizerAction::Clear,
                Def::TopLevel(_) | Def::Outside if function() => FinalizerAction::Function(action),
                _ => FinalizerAction::Value(action),
            }
        }
        Kind::SelectorExpression => method_expression(action).unwrap_or(FinalizerAction::Value(action)),
        _ => FinalizerAction::Value(action),
    }
}

/// The method that a selector of the form `(*T).name` names.
pub fn method_expression<'t>(selector: Node<'t>) -> Option<FinalizerAction<'t>> {
    let operand = selector.operand().filter(|operand| operand.kind() == Kind::ParenthesizedExpression)?;
    let pointer = unparenthesized(operand);
    let star = pointer.operator().is_some_and(|operator| operator.kind() == Kind::Star);
    let mut holder = if pointer.kind() == Kind::UnaryExpression && star {
        pointer.operand()?
    } else if pointer.kind() == Kind::PointerType {
        pointer.named().next()?
    } else {
        return None;
    };
    if let Some(generic) = holder.ty().or_else(|| holder.operand())
        && holder.is(&[Kind::GenericType, Kind::TypeInstantiationExpression, Kind::IndexExpression])
    {
        holder = generic;
    }
    let names_type = holder.is(&[Kind::Identifier, Kind::TypeIdentifier])
        && !matches!(scope::resolve(holder), Def::Local(local) if local.kind.is_variable());
    names_type.then_some(FinalizerAction::Method { holder, name: selector.field()? })
}

/// `name` of `(*other.T).name`.
fn method_of_another_package<'t>(selector: Node<'t>) -> Option<Node<'t>> {
    let operand = selector.operand().filter(|operand| operand.kind() == Kind::ParenthesizedExpression)?;
    let pointer = unparenthesized(operand);
    let star = pointer.operator().is_some_and(|operator| operator.kind() == Kind::Star);
    let to = pointer.operand().filter(|_| star)?;
    package_of(to).and(selector.field())
}

/// The one function declaration of the package that the identifier names.
fn function_named<'t>(identifier: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let (Def::TopLevel(_) | Def::Outside) = scope::resolve(identifier) else { return None };
    match package.declarations(identifier.text())[..] {
        [declaration] if declaration.kind() == Kind::FunctionDeclaration => Some(declaration),
        _ => None,
    }
}

/// Every call of `runtime.SetFinalizer` in the package, in tests too.
///
/// # Errors
/// `path:line` of a declaration with broken syntax that mentions it.
pub fn settings(package: &Package) -> Result<Vec<FinalizerSetting<'_>>, String> {
    let places = spelled("SetFinalizer", package)?;
    Ok(places.into_iter().filter_map(|place| setting(selected(place), package)).collect())
}

/// The first arguments of the calls of `runtime.AddCleanup` in the package.
///
/// # Errors
/// As for [`settings`].
pub fn cleaned_up<'t>(package: &'t Package) -> Result<Vec<Node<'t>>, String> {
    let places = spelled("AddCleanup", package)?;
    let cleaned = places.into_iter().map(selected).filter(|place| is_symbol(*place, "runtime", "AddCleanup"));
    let object = |callee: Node<'t>| arguments(callee.parent()?).next();
    Ok(cleaned.filter_map(object).collect())
}

/// The selector that `name` is selected by, else `name` itself.
fn selected(name: Node<'_>) -> Node<'_> {
    name.parent()
        .filter(|parent| parent.kind() == Kind::SelectorExpression && parent.field() == Some(name))
        .unwrap_or(name)
}

impl<'t> FinalizerSetting<'t> {
    /// Whether it takes the finalizer away.
    pub fn clears(&self) -> bool {
        matches!(self.action, FinalizerAction::Clear)
    }

    /// The name of the package's type that the finalizer is set on; `None` when
    /// syntax does not tell.
    pub fn holder(&self, package: &'t Package) -> Option<&'t str> {
        let said = match self.action {
            FinalizerAction::Method { holder, .. } => Some(holder),
            FinalizerAction::Literal(_) | FinalizerAction::Function(_) => {
                self.code(package).and_then(|code| parameter(code.function)).and_then(pointee)
            }
            FinalizerAction::Clear | FinalizerAction::Value(_) => None,
        };
        Some(said.or_else(|| type_name(self.object, package))?.text())
    }

    /// What runs; `None` for what is not written in the package.
    pub fn code(&self, package: &'t Package) -> Option<FinalizerCode<'t>> {
        let function = match self.action {
            FinalizerAction::Literal(literal) => literal,
            FinalizerAction::Function(name) => function_named(name, package)?,
            FinalizerAction::Method { holder, name } => {
                match package.methods(Some(holder.text()), name.text())[..] {
                    [method] => method,
                    _ => return None,
                }
            }
            FinalizerAction::Clear | FinalizerAction::Value(_) => return None,
        };
        let body = function.body()?;
        let declared = match function.kind() {
            Kind::MethodDeclaration => function.receiver().and_then(|list| list.named().next()),
            _ => parameter(function),
        };
        let name = declared.and_then(|declared| declared.name()).filter(|name| name.text() != "_");
        let object =
            name.and_then(|name| scope::local(name.text(), body.child(Kind::StatementList).unwrap_or(body)));
        Some(FinalizerCode { function, body, object: object.filter(|local| Some(local.name) == name) })
    }

    /// Whether the package takes a finalizer away from an object that has, or
    /// may have, this type.
    pub fn is_cleared_somewhere(&self, package: &'t Package) -> bool {
        let holder = self.holder(package);
        let Ok(all) = settings(package) else { return true };
        let mut clears = all.iter().filter(|other| other.clears()).map(|other| other.holder(package));
        clears.any(|of| of.is_none() || of == holder)
    }
}

/// Whether the call of `SetFinalizer` whose name stands at `at` may set one, as far as the
/// bytes tell: plain names and `nil` take one away.
pub fn may_set(bytes: &[u8], at: usize) -> bool {
    let arguments = byte_checks::argument(bytes, at).unwrap_or_default();
    let first = &arguments[..memchr::memchr2(b'(', b')', arguments).unwrap_or(0)];
    let closes = arguments.get(first.len()) == Some(&b')');
    let second = first.rsplit(|byte| *byte == b',').next().unwrap_or_default();
    !(closes && second.trim_ascii() == b"nil")
}

/// The declaration of the only parameter.
fn parameter(function: Node<'_>) -> Option<Node<'_>> {
    let mut parameters = function.parameters()?.named();
    parameters.next().filter(|_| parameters.next().is_none())
}

/// `T` of a parameter of type `*T` or `*T[K]`.
fn pointee(parameter: Node<'_>) -> Option<Node<'_>> {
    let pointer = parameter.ty().filter(|written| written.kind() == Kind::PointerType)?;
    let to = pointer.named().next()?;
    let to = to.ty().filter(|_| to.kind() == Kind::GenericType).unwrap_or(to);
    (to.kind() == Kind::TypeIdentifier).then_some(to)
}

fn is_closing_name(name: &str) -> bool {
    matches!(name, "Close" | "close")
}

/// The statements of a block.
pub fn statements(block: Node<'_>) -> Vec<Node<'_>> {
    block.child(Kind::StatementList).map(|list| list.named().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::transforms::shared::finalizer::*;

    #[test]
    fn only_nil_takes_a_finalizer_away() {
        for (call, sets) in [
            ("SetFinalizer(x, nil)", false),
            ("SetFinalizer( x.y,nil )", false),
            ("SetFinalizer(x, f); runtime.SetFinalizer(y, nil)", true),
            ("SetFinalizer(g(x, nil), f)", true),
            ("SetFinalizer(x, nilly)", true),
            ("SetFinalizer", true),
        ] {
            assert_eq!(may_set(call.as_bytes(), 0), sets, "{call}");
        }
    }
}
