//! Whether an expression has a type that a rule asks for, as far as the files of its
//! package tell.

use super::compile::Patch;
use super::patch::BASIC;
use crate::model::imports::{self, arguments, callee, is_symbol, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::types::{Type, type_of};
use crate::syntax::{COMPARISONS, Kind, Node};

/// An answer that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownType {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// The files do not tell.
    Unknown,
}

/// The type that a rule writes, with import paths for names of packages.
pub fn of_rule(text: &str, patch: &Patch) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, behind) = rest.split_at(end);
        match patch.import_of(word).filter(|_| behind.starts_with('.')) {
            Some(path) => out.push_str(path),
            None if word == "any" => out.push_str("interface{}"),
            None => out.push_str(word),
        }
        rest = behind;
    }
    out
}

/// A type expression of the code in the same form.
pub fn of_code(node: Node<'_>, package: &Package) -> Option<String> {
    Some(match node.kind() {
        Kind::PointerType => format!("*{}", of_code(node.named().next()?, package)?),
        Kind::SliceType => format!("[]{}", of_code(node.element()?, package)?),
        Kind::ParenthesizedType => of_code(node.named().next()?, package)?,
        Kind::QualifiedType => format!("{}.{}", imports::package_of(node)?, node.name()?.text()),
        Kind::SelectorExpression => format!("{}.{}", imports::package_of(node)?, node.field()?.text()),
        Kind::TypeIdentifier | Kind::Identifier => {
            let name = node.text();
            let predeclared =
                BASIC.contains(&name) && scope::resolve(node) == Def::Outside && !package.declares(name);
            match name {
                "any" if predeclared => "interface{}".to_owned(),
                _ if predeclared => name.to_owned(),
                _ => format!(".{name}"),
            }
        }
        Kind::InterfaceType if node.named().next().is_none() => "interface{}".to_owned(),
        Kind::MapType | Kind::ChannelType | Kind::FunctionType | Kind::StructType | Kind::InterfaceType => {
            format!("{} {}", node.kind().name(), node.text())
        }
        Kind::ArrayType => format!("array {}", node.text()),
        _ => return None,
    })
}

/// The type of an expression in that form.
pub fn of_expression(expression: Node<'_>, package: &Package) -> Option<String> {
    let expression = unparenthesized(expression);
    match expression.kind() {
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => return Some("string".to_owned()),
        Kind::IntLiteral => return Some("int".to_owned()),
        Kind::RuneLiteral => return Some("rune".to_owned()),
        Kind::FloatLiteral => return Some("float64".to_owned()),
        Kind::True | Kind::False => return Some("bool".to_owned()),
        Kind::CallExpression => {
            if let Some(known) = of_call(expression) {
                return Some(known.to_owned());
            }
        }
        Kind::UnaryExpression => {
            let operand = expression.operand()?;
            match expression.operator()?.kind() {
                Kind::And => return Some(format!("*{}", of_expression(operand, package)?)),
                Kind::Not => return Some("bool".to_owned()),
                _ => {}
            }
        }
        Kind::BinaryExpression => {
            let operator = expression.operator()?.kind();
            if COMPARISONS.contains(&operator) || matches!(operator, Kind::LogicalAnd | Kind::LogicalOr) {
                return Some("bool".to_owned());
            }
            if operator == Kind::Plus {
                let sides = [expression.left()?, expression.right()?];
                let string = |side: Node<'_>| of_expression(side, package).as_deref() == Some("string");
                if sides.into_iter().any(string) {
                    return Some("string".to_owned());
                }
            }
        }
        _ => {}
    }
    if let Some(found) = type_of(expression, package).and_then(|found| of_type(&found, package)) {
        return Some(found);
    }
    // A variable that is declared with its value.
    let Def::Local(local) = scope::resolve(expression) else { return None };
    let statement =
        local.name.ancestors().find(|node| node.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]))?;
    if statement.ty().is_some() {
        return None;
    }
    let names: Vec<Node<'_>> = match statement.kind() {
        Kind::ShortVarDeclaration => statement.left()?.named().collect(),
        _ => statement.fields(crate::syntax::Field::Name).collect(),
    };
    let values: Vec<Node<'_>> =
        statement.right().or_else(|| statement.value()).into_iter().flat_map(Node::named).collect();
    let index = names.iter().position(|name| *name == local.name)?;
    let value = (names.len() == values.len()).then(|| values[index])?;
    // A chain of such variables is followed no further than this: each step needs the next.
    if value.kind() == Kind::Identifier { None } else { of_expression(value, package) }
}

fn of_type(found: &Type<'_>, package: &Package) -> Option<String> {
    match found {
        Type::Basic | Type::Sequence => None,
        Type::Slice(node) => Some(format!("[]{}", of_code(*node, package)?)),
        Type::Written(node) => of_code(*node, package),
        Type::Pointer(inner) => Some(format!("*{}", of_type(inner, package)?)),
    }
}

/// The result of calls that everybody knows.
fn of_call(call: Node<'_>) -> Option<&'static str> {
    const STRINGS: &[(&str, &[&str])] = &[
        ("fmt", &["Sprintf", "Sprint", "Sprintln"]),
        ("strconv", &["Itoa", "Quote", "FormatInt", "FormatUint", "FormatBool", "FormatFloat"]),
        (
            "strings",
            &[
                "Join",
                "Repeat",
                "ToLower",
                "ToUpper",
                "TrimSpace",
                "Replace",
                "ReplaceAll",
                "TrimPrefix",
                "TrimSuffix",
            ],
        ),
    ];
    let callee = callee(call)?;
    let strings = STRINGS.iter().flat_map(|(path, names)| names.iter().map(move |name| (path, name)));
    if strings.into_iter().any(|(path, name)| is_symbol(callee, path, name)) {
        return Some("string");
    }
    let method = callee.kind() == Kind::SelectorExpression && imports::package_of(callee).is_none();
    let name = callee.field()?.text();
    (method && arguments(call).next().is_none() && matches!(name, "Error" | "String")).then_some("string")
}

/// Whether `expression` has the type `wanted`, in the form of [`of_rule`].
pub fn has_type(expression: Node<'_>, wanted: &str, package: &Package) -> KnownType {
    let wanted_bare = wanted.strip_prefix("(*)");
    match of_expression(expression, package) {
        Some(found) if found == wanted => KnownType::Yes,
        Some(found) if wanted_bare.is_some_and(|bare| found.trim_start_matches('*') == bare) => {
            KnownType::Yes
        }
        // A constant takes the type of its place, and an interface many types.
        Some(found) if wanted == "interface{}" || wanted == "error" => {
            if found == "interface{}" || found == "error" { KnownType::No } else { KnownType::Unknown }
        }
        Some(found) => {
            let bare = unparenthesized(expression);
            let literal = bare.is(&[Kind::IntLiteral, Kind::FloatLiteral, Kind::RuneLiteral]);
            let number = BASIC.contains(&wanted) && !matches!(wanted, "string" | "bool");
            // A constant may have a named type of its kind.
            let constant = literal
                || bare.is(&[
                    Kind::InterpretedStringLiteral,
                    Kind::RawStringLiteral,
                    Kind::True,
                    Kind::False,
                ]);
            let named = !BASIC.contains(&wanted) && !wanted.starts_with(['*', '[', '(']);
            // A named type of the package may be an alias.
            let alias = found.trim_start_matches(['*', '[', ']']).starts_with('.');
            if literal && number || constant && named || alias && is_alias(&found, package) {
                KnownType::Unknown
            } else {
                KnownType::No
            }
        }
        None if expression.kind() == Kind::Nil => KnownType::Unknown,
        None => KnownType::Unknown,
    }
}

fn is_alias(found: &str, package: &Package) -> bool {
    let name = found.trim_start_matches(['*', '[', ']', '.']);
    package.declarations(name).iter().any(|declaration| {
        declaration.kind() == Kind::TypeAlias
            || declaration.descendants().any(|node| node.kind() == Kind::TypeAlias)
    })
}
