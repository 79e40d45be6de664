//! What evaluating an expression can do besides giving a value.

use super::imports::{arguments, callee, is_symbol, unparenthesized};
use super::package::Package;
use super::scope::{self, Def, LocalKind};
use crate::syntax::Node;

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
    for node in expression.descend(|node| node.kind() != "func_literal") {
        add(node, package, &mut effects);
    }
    effects
}

fn add(node: Node<'_>, package: &Package, effects: &mut Effects) {
    match node.kind() {
        "call_expression" => {
            if let Some(calls) = known_call(node, package) {
                effects.panics |= calls;
            } else {
                effects.calls = true;
                effects.panics = true;
            }
        }
        "type_conversion_expression" => {
            // A slice converted to an array or array pointer panics when short.
            let target = node.field("type").map(|target| target.text().contains('['));
            effects.panics |= target != Some(false) && !is_byte_or_rune_slice(node);
        }
        "unary_expression" => match node.field("operator").map(Node::kind) {
            Some("<-") => effects.receives = true,
            Some("*") => effects.panics = true,
            _ => {}
        },
        "selector_expression" => {
            let package_name = super::imports::package_of(node).is_some();
            if !package_name {
                // A field of what may be a nil pointer.
                effects.panics = true;
            }
            effects.shared = true;
        }
        "index_expression" | "slice_expression" | "type_assertion_expression" => effects.panics = true,
        "binary_expression" => effects.panics |= operator_can_panic(node, package),
        "identifier" => {
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
    node.ancestors().find(|node| node.is(&["function_declaration", "method_declaration", "func_literal"]))
}

/// For a call of a builtin that only computes, or a conversion: whether it can
/// panic. `None` for every other call.
pub(super) fn known_call(call: Node<'_>, package: &Package) -> Option<bool> {
    let callee = callee(call)?;
    if is_symbol(callee, "time", "Duration") {
        return Some(false);
    }
    if callee.kind() != "identifier" {
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
            let panics =
                local.name.parent().and_then(|spec| spec.field("type")).is_none_or(converts_to_array);
            Some(panics)
        }
        // A slice converted to a type parameter may become an array, unless the
        // constraint says what there is.
        Def::Local(local) if local.kind == LocalKind::TypeParam => {
            let constraint = local.name.parent().and_then(|parameter| parameter.field("type"));
            Some(constraint.is_none_or(|constraint| {
                constraint.descendants().any(|node| {
                    node.is(&["array_type", "qualified_type"])
                        || (node.kind() == "type_identifier" && !is_predeclared(node.text(), package))
                })
            }))
        }
        Def::TopLevel(_) | Def::Outside => {
            let declarations = package.declarations(name);
            let specs = declarations.iter().filter_map(|declaration| {
                declaration.descendants().find(|node| {
                    node.is(&["type_spec", "type_alias"])
                        && node.field("name").is_some_and(|declared| declared.text() == name)
                })
            });
            let specs: Vec<Node<'_>> = specs.collect();
            let types = !specs.is_empty() && specs.len() == declarations.len();
            types.then(|| specs.iter().any(|spec| spec.field("type").is_none_or(converts_to_array)))
        }
        _ => None,
    }
}

fn converts_to_array(target: Node<'_>) -> bool {
    !target.is(&[
        "type_identifier",
        "qualified_type",
        "struct_type",
        "map_type",
        "channel_type",
        "function_type",
    ]) && target.kind() != "interface_type"
}

fn is_byte_or_rune_slice(conversion: Node<'_>) -> bool {
    conversion.field("type").is_some_and(|target| {
        target.kind() == "slice_type"
            && target.field("element").is_some_and(|element| ["byte", "rune"].contains(&element.text()))
    })
}

fn operator_can_panic(node: Node<'_>, package: &Package) -> bool {
    let (Some(operator), Some(left), Some(right)) =
        (node.field("operator"), node.field("left"), node.field("right"))
    else {
        return true;
    };
    match operator.kind() {
        // Division by zero, and a shift by a negative count.
        "/" | "%" => !is_nonzero_constant(right, package),
        "<<" | ">>" => !is_nonzero_constant(right, package) && unparenthesized(right).text() != "0",
        // Two interfaces that hold the same uncomparable type.
        "==" | "!=" => !(is_basic(left, package) || is_basic(right, package)),
        _ => false,
    }
}

/// Whether the operand is a constant or has a type that always compares: then
/// the other side of `==` cannot make the comparison panic.
fn is_basic(operand: Node<'_>, package: &Package) -> bool {
    let operand = unparenthesized(operand);
    match operand.kind() {
        "int_literal"
        | "float_literal"
        | "imaginary_literal"
        | "rune_literal"
        | "interpreted_string_literal"
        | "raw_string_literal"
        | "true"
        | "false"
        | "nil" => true,
        "binary_expression" | "unary_expression" => {
            let numeric = |node: Node<'_>| is_basic(node, package);
            operand.field("operator").is_some_and(|operator| {
                !["<-", "*", "&"].contains(&operator.kind()) || operand.kind() == "binary_expression"
            }) && ["left", "right", "operand"].iter().filter_map(|field| operand.field(field)).any(numeric)
        }
        "call_expression" => callee(operand).is_some_and(|callee| {
            callee.kind() == "identifier"
                && ["len", "cap"].contains(&callee.text())
                && !package.knows(callee.text())
                && scope::resolve(callee) == Def::Outside
        }),
        "identifier" => is_constant(operand, package),
        _ => false,
    }
}

/// Whether the operand is a constant that is written as a literal other than
/// zero, or declared as one.
fn is_nonzero_constant(operand: Node<'_>, package: &Package) -> bool {
    let operand = unparenthesized(operand);
    match operand.kind() {
        "int_literal" => operand.text().bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
        "float_literal" => operand.text().bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
        // The compiler refuses a division by a constant zero.
        "identifier" => is_constant(operand, package),
        "selector_expression" => super::imports::package_of(operand) == Some("time"),
        "binary_expression" => ["left", "right"]
            .iter()
            .filter_map(|field| operand.field(field))
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
            !found.is_empty() && found.iter().all(|declaration| declaration.kind() == "const_declaration")
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
        "bool",
        "string",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "byte",
        "rune",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "comparable",
    ];
    NAMES.contains(&name) && !package.knows(name)
}

/// Whether evaluating the call's arguments, its callee left out, is pure.
pub fn arguments_are_pure(call: Node<'_>, package: &Package) -> bool {
    arguments(call).all(|argument| effects(argument, package).is_pure())
}
