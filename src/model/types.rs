//! Types of expressions, as far as the syntax of one package tells them. It does
//! not know the types of other packages, nor type inference of generic calls.

use super::imports::{arguments, callee, package_of, unparenthesized};
use super::package::Package;
use super::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Field, Kind, LITERALS, Node};

/// A type, as far as syntax tells.
#[derive(Clone, Debug)]
pub enum Type<'t> {
    /// A number, string or truth value.
    Basic,
    /// A slice or string of which the elements are not known.
    Sequence,
    /// A slice of this element type: a variadic parameter.
    Slice(Node<'t>),
    /// The type expression or type name that is written there.
    Written(Node<'t>),
    /// A pointer.
    Pointer(Box<Type<'t>>),
}

const LISTS: &[Kind] = &[Kind::SliceType, Kind::ArrayType, Kind::ImplicitLengthArrayType];

/// How far a chain of declarations is followed.
const DEPTH: u32 = 12;

/// The type of `expression`.
pub fn type_of<'t>(expression: Node<'t>, package: &'t Package) -> Option<Type<'t>> {
    of(expression, package, DEPTH)
}

fn of<'t>(expression: Node<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    let depth = depth.checked_sub(1)?;
    let expression = unparenthesized(expression);
    match expression.kind() {
        kind if LITERALS.contains(&kind) => Some(Type::Basic),
        Kind::CompositeLiteral | Kind::TypeAssertionExpression => Some(Type::Written(expression.ty()?)),
        Kind::TypeConversionExpression => {
            let target = expression.ty()?;
            // `f[int](x)` has the same syntax as a conversion.
            let name = target.ty().unwrap_or(target);
            let calls =
                package.declarations(name.text()).iter().any(|d| d.kind() == Kind::FunctionDeclaration);
            (target.kind() != Kind::GenericType || !calls).then_some(Type::Written(target))
        }
        Kind::Identifier => match scope::resolve(expression) {
            Def::Local(local) => of_local(local, package, depth),
            Def::TopLevel(_) | Def::Outside => of_package(expression, package, depth),
            Def::Import(_) => None,
        },
        Kind::SelectorExpression => {
            if package_of(expression).is_some() {
                return None;
            }
            let holder = resolved(of(expression.operand()?, package, depth)?, package, depth)?;
            field(through_pointer(holder, package, depth)?, expression.field()?.text())
        }
        Kind::IndexExpression => {
            let holder = resolved(of(expression.operand()?, package, depth)?, package, depth)?;
            element(through_pointer(holder, package, depth)?)
        }
        Kind::SliceExpression => {
            let whole = expression.operand().and_then(|operand| of(operand, package, depth));
            let sliced = whole.and_then(|whole| resolved(whole, package, depth));
            match sliced {
                Some(Type::Written(node)) if node.kind() == Kind::SliceType => Some(Type::Written(node)),
                Some(Type::Slice(node)) => Some(Type::Slice(node)),
                _ => Some(Type::Sequence),
            }
        }
        Kind::UnaryExpression => {
            let operand = expression.operand()?;
            match expression.operator()?.kind() {
                Kind::And => Some(Type::Pointer(Box::new(of(operand, package, depth)?))),
                Kind::Star => match resolved(of(operand, package, depth)?, package, depth)? {
                    Type::Pointer(inner) => Some(*inner),
                    Type::Written(node) if node.kind() == Kind::PointerType => {
                        Some(Type::Written(node.named().next()?))
                    }
                    _ => None,
                },
                Kind::Arrow => None,
                _ => Some(Type::Basic),
            }
        }
        // Operators work on numbers, strings and truth values only.
        Kind::BinaryExpression => Some(Type::Basic),
        Kind::CallExpression => of_call(expression, package, depth),
        _ => None,
    }
}

fn of_call<'t>(call: Node<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    let callee = callee(call)?;
    let first = || arguments(call).next();
    if callee.kind() == Kind::SelectorExpression {
        const LISTS: &[&str] = &["Split", "SplitN", "SplitAfter", "SplitAfterN", "Fields"];
        let name = callee.field()?.text();
        return match package_of(callee) {
            Some("strings" | "bytes") if LISTS.contains(&name) => Some(Type::Sequence),
            Some("math" | "math/bits" | "strconv") => Some(Type::Basic),
            _ => None,
        };
    }
    if callee.kind() != Kind::Identifier {
        return None;
    }
    let name = callee.text();
    if scope::resolve(callee) == Def::Outside && !package.knows(name) {
        return match name {
            "len" | "cap" | "copy" | "min" | "max" | "real" | "imag" | "complex" => Some(Type::Basic),
            "append" => Some(of(first()?, package, depth).unwrap_or(Type::Sequence)),
            "make" => Some(Type::Written(first()?)),
            "new" if is_type(first()?) => Some(Type::Pointer(Box::new(Type::Written(first()?)))),
            _ if is_basic(name) => Some(Type::Basic),
            _ => None,
        };
    }
    let (Def::TopLevel(_) | Def::Outside) = scope::resolve(callee) else { return None };
    let declarations = package.declarations(name);
    let [declaration] = declarations[..] else { return None };
    match declaration.kind() {
        Kind::TypeDeclaration => Some(Type::Written(callee)),
        Kind::FunctionDeclaration if declaration.type_parameters().is_none() => {
            result(declaration, 0, Some(1))
        }
        _ => None,
    }
}

fn is_type(node: Node<'_>) -> bool {
    node.is(&[
        Kind::TypeIdentifier,
        Kind::QualifiedType,
        Kind::GenericType,
        Kind::SliceType,
        Kind::ArrayType,
        Kind::MapType,
    ]) || node.is(&[Kind::PointerType, Kind::StructType])
}

/// The type of result `index` of a function; with `of`, only when it has so
/// many.
fn result<'t>(function: Node<'t>, index: usize, of: Option<usize>) -> Option<Type<'t>> {
    let result = function.result()?;
    if result.kind() != Kind::ParameterList {
        return (index == 0).then_some(Type::Written(result));
    }
    let mut types = Vec::new();
    for parameter in result.named() {
        let names = parameter.fields(Field::Name).count().max(1);
        types.extend(std::iter::repeat_n(parameter.ty()?, names));
    }
    (of.is_none_or(|of| of == types.len())).then_some(())?;
    types.get(index).copied().map(Type::Written)
}

fn of_local<'t>(local: Local<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    let parent = local.name.parent()?;
    match parent.kind() {
        Kind::ParameterDeclaration => Some(Type::Written(parent.ty()?)),
        Kind::VariadicParameterDeclaration => Some(Type::Slice(parent.ty()?)),
        Kind::VarSpec => of_spec(parent, local.name, package, depth),
        Kind::ConstSpec => Some(Type::Basic),
        Kind::ExpressionList => {
            let owner = parent.parent()?;
            let index = parent.named().position(|name| name == local.name)?;
            match owner.kind() {
                Kind::ShortVarDeclaration => {
                    let right = owner.right()?;
                    of_right(right, index, parent.named().count(), package, depth)
                }
                Kind::RangeClause => {
                    let over = resolved(of(owner.right()?, package, depth)?, package, depth)?;
                    let over = through_pointer(over, package, depth)?;
                    match (index, over) {
                        (0, Type::Written(node)) if node.kind() == Kind::MapType => {
                            Some(Type::Written(node.key()?))
                        }
                        (0, Type::Written(node)) if node.kind() == Kind::ChannelType => {
                            Some(Type::Written(node.value()?))
                        }
                        (0, Type::Written(node)) if node.is(LISTS) => Some(Type::Basic),
                        (0, Type::Basic | Type::Sequence | Type::Slice(_)) => Some(Type::Basic),
                        (1, over) => element(over),
                        _ => None,
                    }
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The type that entry `index` of `count` names gets from `right`.
fn of_right<'t>(
    right: Node<'t>,
    index: usize,
    count: usize,
    package: &'t Package,
    depth: u32,
) -> Option<Type<'t>> {
    let values: Vec<Node<'t>> = right.named().collect();
    if values.len() == count {
        return of(values[index], package, depth);
    }
    let [value] = values[..] else { return None };
    let value = unparenthesized(value);
    if index == 0 && value.is(&[Kind::TypeAssertionExpression, Kind::IndexExpression]) {
        return of(value, package, depth);
    }
    let callee = callee(value).filter(|callee| callee.kind() == Kind::Identifier)?;
    let (Def::TopLevel(_) | Def::Outside) = scope::resolve(callee) else { return None };
    let declarations = package.declarations(callee.text());
    let [declaration] = declarations[..] else { return None };
    let plain = declaration.kind() == Kind::FunctionDeclaration && declaration.type_parameters().is_none();
    plain.then(|| result(declaration, index, None)).flatten()
}

fn of_spec<'t>(spec: Node<'t>, name: Node<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    if let Some(written) = spec.ty() {
        return Some(Type::Written(written));
    }
    let names: Vec<Node<'t>> = spec.fields(Field::Name).collect();
    let index = names.iter().position(|other| *other == name)?;
    of_right(spec.value()?, index, names.len(), package, depth)
}

fn of_package<'t>(identifier: Node<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    let name = identifier.text();
    if package.declarations(name).is_empty() {
        return matches!(name, "true" | "false" | "iota").then_some(Type::Basic);
    }
    let declarations = package.declarations(name);
    let [declaration] = declarations[..] else { return None };
    match declaration.kind() {
        Kind::ConstDeclaration => Some(Type::Basic),
        Kind::VarDeclaration => {
            let spec = declaration.descendants().find(|node| {
                node.kind() == Kind::VarSpec
                    && node.fields(Field::Name).any(|declared| declared.text() == name)
            })?;
            let declared = spec.fields(Field::Name).find(|declared| declared.text() == name)?;
            of_spec(spec, declared, package, depth)
        }
        _ => None,
    }
}

/// What a type name stands for in the end: never a name.
pub fn underlying<'t>(at: Type<'t>, package: &'t Package) -> Option<Type<'t>> {
    resolved(at, package, DEPTH)
}

fn resolved<'t>(at: Type<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    let depth = depth.checked_sub(1)?;
    let Type::Written(node) = at else { return Some(at) };
    match node.kind() {
        Kind::ParenthesizedType => resolved(Type::Written(node.named().next()?), package, depth),
        Kind::GenericType => resolved(Type::Written(node.ty()?), package, depth),
        Kind::TypeIdentifier | Kind::Identifier => {
            let name = node.text();
            let spec = match scope::resolve(node) {
                Def::Local(local) if local.kind == LocalKind::Type => local.name.parent()?,
                Def::Local(_) | Def::Import(_) => return None,
                Def::TopLevel(_) | Def::Outside => {
                    let declarations = package.declarations(name);
                    if declarations.is_empty() {
                        return (is_basic(name) && !package.knows(name)).then_some(Type::Basic);
                    }
                    let [declaration] = declarations[..] else { return None };
                    declaration.descendants().find(|node| {
                        node.is(&[Kind::TypeSpec, Kind::TypeAlias])
                            && node.name().is_some_and(|declared| declared.text() == name)
                    })?
                }
            };
            resolved(Type::Written(spec.ty()?), package, depth)
        }
        Kind::QualifiedType => None,
        _ => Some(Type::Written(node)),
    }
}

fn through_pointer<'t>(at: Type<'t>, package: &'t Package, depth: u32) -> Option<Type<'t>> {
    match at {
        Type::Pointer(inner) => resolved(*inner, package, depth),
        Type::Written(node) if node.kind() == Kind::PointerType => {
            resolved(Type::Written(node.named().next()?), package, depth)
        }
        _ => Some(at),
    }
}

/// The element that an index gives, or the second variable of a range clause.
fn element(of: Type<'_>) -> Option<Type<'_>> {
    match of {
        Type::Basic => Some(Type::Basic),
        Type::Slice(element) => Some(Type::Written(element)),
        Type::Written(node) => match node.kind() {
            Kind::MapType => Some(Type::Written(node.value()?)),
            _ if node.is(LISTS) => Some(Type::Written(node.element()?)),
            _ => None,
        },
        Type::Sequence | Type::Pointer(_) => None,
    }
}

/// The type of the field `name` of a struct, embedded fields left out.
fn field<'t>(holder: Type<'t>, name: &str) -> Option<Type<'t>> {
    let Type::Written(node) = holder else { return None };
    if node.kind() != Kind::StructType {
        return None;
    }
    let fields = node.child(Kind::FieldDeclarationList)?;
    let declaration =
        fields.named().find(|field| field.fields(Field::Name).any(|declared| declared.text() == name))?;
    Some(Type::Written(declaration.ty()?))
}

/// Whether `name` is that of a predeclared type that holds no other: a number, a string, a truth value.
pub fn is_basic(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "string"
            | "int"
            | "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "uintptr"
            | "byte"
            | "rune"
            | "float32"
            | "float64"
            | "complex64"
            | "complex128"
    )
}
