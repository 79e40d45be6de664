//! What evaluating an expression can do besides giving a value.

use super::imports::{callee, is_symbol, unparenthesized};
use super::package::Package;
use super::scope::{self, Def, LocalKind};
use super::types;
use crate::syntax::{Field, Kind, LITERALS, Node};

/// What evaluating an expression can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// It calls something whose effects are unknown.
    pub calls: bool,
    /// It can panic: a dereference, an index, a division by what is no
    /// constant, a comparison of what may be interfaces.
    pub panics: bool,
    /// It receives from a channel, so it can wait.
    pub receives: bool,
    /// It reads a variable that other code can write at the same time: a
    /// package-level variable, a field, a captured variable.
    pub shared: bool,
}

impl Effects {
    /// No call, no wait, no panic.
    pub fn is_pure(self) -> bool {
        !self.calls && !self.panics && !self.receives
    }
}

/// The effects of evaluating `expression`. `package` tells whether the
/// predeclared names still mean what they say.
pub fn effects(expression: Node<'_>, package: &Package) -> Effects {
    let mut effects = Effects::default();
    for node in expression.descend(|node| node.kind() != Kind::FuncLiteral) {
        add(node, package, &mut effects);
    }
    effects
}

fn add(node: Node<'_>, package: &Package, effects: &mut Effects) {
    match node.kind() {
        Kind::CallExpression => {
            if let Some(calls) = known_call(node, package) {
                effects.panics |= calls;
            } else {
                effects.calls = true;
                effects.panics = true;
            }
        }
        Kind::TypeConversionExpression => {
            // A slice converted to an array or array pointer panics when short.
            let target = node.ty().map(|target| target.text().contains('['));
            effects.panics |= target != Some(false) && !is_byte_or_rune_slice(node);
        }
        Kind::UnaryExpression => match node.operator().map(Node::kind) {
            Some(Kind::Arrow) => effects.receives = true,
            Some(Kind::Star) => effects.panics = true,
            _ => {}
        },
        Kind::SelectorExpression => {
            let package_name = super::imports::package_of(node).is_some();
            if !package_name {
                // A field of what may be a nil pointer.
                effects.panics = true;
            }
            effects.shared = true;
        }
        Kind::IndexExpression | Kind::SliceExpression | Kind::TypeAssertionExpression => {
            effects.panics = true
        }
        Kind::BinaryExpression => effects.panics |= operator_can_panic(node, package),
        Kind::Identifier => {
            effects.shared |= match scope::resolve(node) {
                Def::Local(local) => local.kind.is_variable() && is_captured(node, local.name),
                Def::TopLevel(_) | Def::Outside => {
                    !is_predeclared(node.text(), package) && !is_constant(node, package)
                }
                Def::Import(_) => false,
            }
        }
        _ => {}
    }
}

/// Whether `mention` stands in another function literal than `declaration`.
pub fn is_captured(mention: Node<'_>, declaration: Node<'_>) -> bool {
    function_of(mention) != function_of(declaration)
}

/// The innermost function declaration or literal whose body or signature holds
/// `node`.
pub fn function_of(node: Node<'_>) -> Option<Node<'_>> {
    node.ancestors()
        .find(|node| node.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral]))
}

/// For a call of a builtin that only computes, or a conversion: whether it can
/// panic. `None` for every other call.
pub fn known_call(call: Node<'_>, package: &Package) -> Option<bool> {
    let callee = callee(call)?;
    if is_symbol(callee, "time", "Duration") {
        return Some(false);
    }
    if callee.kind() != Kind::Identifier {
        return None;
    }
    let name = callee.text();
    match scope::resolve(callee) {
        Def::Outside if !package.knows(name) => match name {
            "len" | "cap" | "min" | "max" | "real" | "imag" | "complex" | "new" => Some(false),
            "bool" | "string" | "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8"
            | "uint16" | "uint32" | "uint64" | "uintptr" | "byte" | "rune" | "float32" | "float64"
            | "complex64" | "complex128" => Some(false),
            _ => None,
        },
        Def::Local(local) if local.kind == LocalKind::Type => {
            let panics = local.name.parent().and_then(|spec| spec.ty()).is_none_or(converts_to_array);
            Some(panics)
        }
        // A slice converted to a type parameter may become an array, unless the
        // constraint says what there is.
        Def::Local(local) if local.kind == LocalKind::TypeParam => {
            let constraint = local.name.parent().and_then(|parameter| parameter.ty());
            Some(constraint.is_none_or(|constraint| {
                constraint.descendants().any(|node| {
                    node.is(&[Kind::ArrayType, Kind::QualifiedType])
                        || (node.kind() == Kind::TypeIdentifier && !is_predeclared(node.text(), package))
                })
            }))
        }
        Def::TopLevel(_) | Def::Outside => {
            let declarations = package.declarations(name);
            let specs = declarations.iter().filter_map(|declaration| {
                declaration.descendants().find(|node| {
                    node.is(&[Kind::TypeSpec, Kind::TypeAlias])
                        && node.name().is_some_and(|declared| declared.text() == name)
                })
            });
            let specs: Vec<Node<'_>> = specs.collect();
            let types = !specs.is_empty() && specs.len() == declarations.len();
            types.then(|| specs.iter().any(|spec| spec.ty().is_none_or(converts_to_array)))
        }
        _ => None,
    }
}

fn converts_to_array(target: Node<'_>) -> bool {
    !target.is(&[
        Kind::TypeIdentifier,
        Kind::QualifiedType,
        Kind::StructType,
        Kind::MapType,
        Kind::ChannelType,
        Kind::FunctionType,
    ]) && target.kind() != Kind::InterfaceType
}

fn is_byte_or_rune_slice(conversion: Node<'_>) -> bool {
    conversion.ty().is_some_and(|target| {
        target.kind() == Kind::SliceType
            && target.element().is_some_and(|element| ["byte", "rune"].contains(&element.text()))
    })
}

fn operator_can_panic(node: Node<'_>, package: &Package) -> bool {
    let (Some(operator), Some(left), Some(right)) = (node.operator(), node.left(), node.right()) else {
        return true;
    };
    match operator.kind() {
        // Division by zero, and a shift by a negative count.
        Kind::Slash | Kind::Remainder => !is_nonzero_constant(right, package),
        Kind::ShiftLeft | Kind::ShiftRight => {
            !is_nonzero_constant(right, package) && unparenthesized(right).text() != "0"
        }
        // Two interfaces that hold the same uncomparable type.
        Kind::Equal | Kind::NotEqual => !(is_basic(left, package) || is_basic(right, package)),
        _ => false,
    }
}

/// Whether the operand is a constant or has a type that always compares: then
/// the other side of `==` cannot make the comparison panic.
fn is_basic(operand: Node<'_>, package: &Package) -> bool {
    let operand = unparenthesized(operand);
    match operand.kind() {
        Kind::True | Kind::False | Kind::Nil => true,
        kind if LITERALS.contains(&kind) => true,
        Kind::BinaryExpression | Kind::UnaryExpression => {
            let numeric = |node: Node<'_>| is_basic(node, package);
            operand.operator().is_some_and(|operator| {
                ![Kind::Arrow, Kind::Star, Kind::And].contains(&operator.kind())
                    || operand.kind() == Kind::BinaryExpression
            }) && [Field::Left, Field::Right, Field::Operand]
                .into_iter()
                .filter_map(|field| operand.child_by_field(field))
                .any(numeric)
        }
        Kind::CallExpression => callee(operand).is_some_and(|callee| {
            callee.kind() == Kind::Identifier
                && ["len", "cap"].contains(&callee.text())
                && !package.knows(callee.text())
                && scope::resolve(callee) == Def::Outside
        }),
        Kind::Identifier => is_constant(operand, package),
        _ => false,
    }
}

/// Whether the operand is a constant that is written as a literal other than
/// zero, or declared as one.
fn is_nonzero_constant(operand: Node<'_>, package: &Package) -> bool {
    let operand = unparenthesized(operand);
    match operand.kind() {
        Kind::IntLiteral => operand.text().bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
        Kind::FloatLiteral => operand.text().bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
        // The compiler refuses a division by a constant zero.
        Kind::Identifier => is_constant(operand, package),
        Kind::SelectorExpression => super::imports::package_of(operand) == Some("time"),
        Kind::BinaryExpression => [Field::Left, Field::Right]
            .into_iter()
            .filter_map(|field| operand.child_by_field(field))
            .all(|side| is_nonzero_constant(side, package)),
        _ => false,
    }
}

/// Whether the identifier means a constant of this function or package.
pub fn is_constant(identifier: Node<'_>, package: &Package) -> bool {
    let name = identifier.text();
    match scope::resolve(identifier) {
        Def::Local(local) => local.kind == LocalKind::Const,
        Def::Outside if matches!(name, "true" | "false" | "iota" | "nil") => !package.knows(name),
        Def::TopLevel(_) | Def::Outside => {
            let found = package.declarations(name);
            !found.is_empty() && found.iter().all(|declaration| declaration.kind() == Kind::ConstDeclaration)
        }
        Def::Import(_) => false,
    }
}

/// Whether `name` is predeclared and no file of the package gives it another
/// meaning.
pub fn is_predeclared(name: &str, package: &Package) -> bool {
    const NAMES: &[&str] = &[
        "len",
        "cap",
        "min",
        "max",
        "real",
        "imag",
        "complex",
        "new",
        "make",
        "append",
        "copy",
        "delete",
        "clear",
        "panic",
        "print",
        "println",
        "recover",
        "close",
        "true",
        "false",
        "nil",
        "iota",
        "any",
        "error",
        "comparable",
    ];
    (types::is_basic(name) || NAMES.contains(&name)) && !package.knows(name)
}
