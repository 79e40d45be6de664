//! Whether an expression has a type that a rule asks for: as far as the files of its
//! package tell, and what is asked of Go where they do not.

use super::compile::Patch;
use super::patch::BASIC;
use crate::model::constant;
use crate::model::imports::{callee, is_symbol, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::types::{Type, type_of, underlying};
use crate::rewrite::{Cx, TypeRelation, WantedType};
use crate::syntax::{COMPARISONS, File, Kind, LITERALS, Node};
use std::collections::BTreeMap;

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

/// A type as a rule writes it: `*api.Client`, `~[]byte`, `impl io.Writer`, `(*)api.Client`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleType {
    /// For Go.
    pub wanted: WantedType,
    /// With import paths for names of packages; nothing where this form has no words for it.
    canonical: Option<String>,
}

/// The relation that a kind of variable begins with, and the type behind it.
pub fn relation_of(kind: &str) -> (TypeRelation, &str) {
    let kind = kind.trim();
    if let Some(rest) = kind.strip_prefix('~') {
        (TypeRelation::Underlying, rest.trim())
    } else if let Some(rest) = kind.strip_prefix("impl ") {
        (TypeRelation::Implements, rest.trim())
    } else if let Some(rest) = kind.strip_prefix("(*)") {
        (TypeRelation::Pointed, rest.trim())
    } else {
        (TypeRelation::Is, kind)
    }
}

/// Parses a type; hands its node to `take`.
fn with_type<T>(text: &str, take: impl FnOnce(Node<'_>) -> T) -> Option<T> {
    let text = text.trim();
    if text.is_empty() || text.contains(['\n', '=', ';']) {
        return None;
    }
    let file = File::new("type.go", format!("package p\nvar _ {text}\n"));
    if file.fault(0).is_some() || file.outline().decls.len() != 1 {
        return None;
    }
    let spec = file.decl(0)?.named().next()?.child(Kind::VarSpec)?;
    let ty = spec.ty().filter(|ty| ty.text() == text)?;
    Some(take(ty))
}

/// Whether the text is a type of Go.
pub fn is_type(text: &str) -> bool {
    with_type(text, |_| ()).is_some()
}

impl RuleType {
    /// Whether a type in the form of [`of_code`] is it.
    pub fn is(&self, found: &str) -> bool {
        self.canonical.as_deref() == Some(found)
    }

    /// The type that `kind` writes, with the names that `patch` imports.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn of(kind: &str, patch: &Patch) -> Result<RuleType, String> {
        let (relation, text) = relation_of(kind);
        RuleType::related(relation, text, patch)
    }

    /// The same with the relation given.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn related(relation: TypeRelation, text: &str, patch: &Patch) -> Result<RuleType, String> {
        let read = with_type(text, |ty| {
            let names = ty.descendants().filter(|node| node.kind() == Kind::PackageIdentifier);
            let mut imports = BTreeMap::new();
            for name in names {
                let path = patch.import_of(name.text()).ok_or_else(|| {
                    format!(
                        "`{0}` is not a package that the rule imports; write `import \"{0}\"` with its path",
                        name.text()
                    )
                })?;
                imports.insert(name.text().to_owned(), path.to_owned());
            }
            let words = TypeWords {
                package: &|node: Node<'_>| patch.import_of(node.text()).map(str::to_owned),
                predeclared: &|node: Node<'_>| BASIC.contains(&node.text()),
            };
            Ok((imports, words.canonical(ty)))
        });
        let (imports, canonical) = read.unwrap_or_else(|| Err(format!("`{text}` is not a type of Go")))?;
        Ok(RuleType { wanted: WantedType { relation, text: text.to_owned(), imports }, canonical })
    }
}

/// The type of what holds a field: that one or a pointer to it; without a path, of the package
/// itself.
pub fn holder(path: &str, name: &str) -> WantedType {
    let relation = TypeRelation::Pointed;
    if path.is_empty() {
        return WantedType { relation, text: name.to_owned(), imports: BTreeMap::new() };
    }
    let imports = BTreeMap::from([("holder".to_owned(), path.to_owned())]);
    WantedType { relation, text: format!("holder.{name}"), imports }
}

/// Writes types with import paths for names of packages.
struct TypeWords<'w> {
    package: &'w dyn Fn(Node<'_>) -> Option<String>,
    predeclared: &'w dyn Fn(Node<'_>) -> bool,
}

impl TypeWords<'_> {
    fn canonical(&self, node: Node<'_>) -> Option<String> {
        Some(match node.kind() {
            Kind::PointerType => format!("*{}", self.canonical(node.named().next()?)?),
            Kind::SliceType => format!("[]{}", self.canonical(node.element()?)?),
            Kind::ParenthesizedType => self.canonical(node.named().next()?)?,
            Kind::QualifiedType => {
                format!("{}.{}", (self.package)(node.package()?)?, node.name()?.text())
            }
            Kind::SelectorExpression => {
                format!("{}.{}", (self.package)(node.operand()?)?, node.field()?.text())
            }
            Kind::TypeIdentifier | Kind::Identifier => match node.text() {
                "any" if (self.predeclared)(node) => "interface{}".to_owned(),
                "byte" if (self.predeclared)(node) => "uint8".to_owned(),
                "rune" if (self.predeclared)(node) => "int32".to_owned(),
                name if (self.predeclared)(node) => name.to_owned(),
                // Of the package that it stands in.
                name => format!(".{name}"),
            },
            Kind::InterfaceType if node.named().next().is_none() => "interface{}".to_owned(),
            Kind::MapType => {
                format!("map[{}]{}", self.canonical(node.key()?)?, self.canonical(node.value()?)?)
            }
            _ => return None,
        })
    }
}

/// A type expression of the code in the same form.
pub fn of_code(node: Node<'_>, package: &Package) -> Option<String> {
    let words = TypeWords {
        package: &|name: Node<'_>| match scope::resolve(name) {
            Def::Import(import) => Some(import.path.clone()),
            _ => None,
        },
        predeclared: &|name: Node<'_>| {
            let text = name.text();
            BASIC.contains(&text) && scope::resolve(name) == Def::Outside && !package.declares(text)
        },
    };
    // A type of a function or a type parameter is no type of the package.
    let local = node.descendants().any(|name| {
        name.is(&[Kind::TypeIdentifier, Kind::Identifier]) && matches!(scope::resolve(name), Def::Local(_))
    });
    if local { None } else { words.canonical(node) }
}

/// The type of an expression in that form.
pub fn of_expression(expression: Node<'_>, package: &Package) -> Option<String> {
    let expression = unparenthesized(expression);
    match expression.kind() {
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => return Some("string".to_owned()),
        Kind::IntLiteral => return Some("int".to_owned()),
        Kind::RuneLiteral => return Some("int32".to_owned()),
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
                Kind::Not => return of_expression(operand, package),
                _ => {}
            }
        }
        Kind::BinaryExpression => {
            let operator = expression.operator()?.kind();
            if COMPARISONS.contains(&operator) {
                return Some("bool".to_owned());
            }
            if operator == Kind::Plus {
                // Both sides have one type, unless one is a literal.
                let sides = [expression.left()?, expression.right()?];
                let mut named = sides.into_iter().filter(|side| !is_literal(*side));
                return match named.next() {
                    Some(side) => of_expression(side, package).filter(|found| found == "string"),
                    None => of_expression(sides[0], package).filter(|found| found == "string"),
                };
            }
        }
        _ => {}
    }
    if let Some(found) = type_of(expression, package).and_then(|found| of_type(&found, package)) {
        return Some(found);
    }
    // A variable that is declared with its value.
    if expression.kind() != Kind::Identifier {
        return None;
    }
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
    if let ([_, _], [value], 0) = (names.as_slice(), values.as_slice(), index)
        && makes(unparenthesized(*value), PAIRS)
    {
        return Some("context.Context".to_owned());
    }
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

/// The functions of the package `context` that give a context.
const CONTEXTS: &[&str] = &["Background", "TODO", "WithValue", "WithoutCancel"];
/// Those that give a context and something to end it.
const PAIRS: &[&str] = &[
    "WithCancel",
    "WithCancelCause",
    "WithDeadline",
    "WithDeadlineCause",
    "WithTimeout",
    "WithTimeoutCause",
];

/// Whether the call is one of these functions of the package `context`.
fn makes(call: Node<'_>, names: &[&str]) -> bool {
    callee(call).is_some_and(|callee| names.iter().any(|name| is_symbol(callee, "context", name)))
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
    let symbol = |path: &str, names: &[&str]| names.iter().any(|name| is_symbol(callee, path, name));
    if STRINGS.iter().any(|(path, names)| symbol(path, names)) {
        return Some("string");
    }
    if symbol("errors", &["New", "Join", "Unwrap"]) || symbol("fmt", &["Errorf"]) {
        return Some("error");
    }
    makes(call, CONTEXTS).then_some("context.Context")
}

fn is_literal(node: Node<'_>) -> bool {
    let node = unparenthesized(node);
    node.is(LITERALS) || node.is(&[Kind::True, Kind::False, Kind::Iota])
}

/// Whether `expression` has the type `wanted`.
pub fn has_type(
    expression: Node<'_>,
    wanted: &RuleType,
    package: &Package,
    cx: Option<&Cx<'_>>,
) -> KnownType {
    let bare = unparenthesized(expression);
    if bare.kind() == Kind::Nil {
        // It has the type of its place, and nothing is called on it.
        return KnownType::No;
    }
    if wanted.wanted.relation == TypeRelation::Constant {
        return is_constant(bare, wanted, package);
    }
    let Some(found) = of_expression(bare, package) else { return KnownType::Unknown };
    let Some(canonical) = &wanted.canonical else { return KnownType::Unknown };
    let judge = |found: &str, wanted: &str| {
        let same = same_type(found, wanted, package, cx);
        // A constant takes the type of its place.
        if is_literal(bare) && same == KnownType::No && literal_may_be(found, wanted) {
            KnownType::Unknown
        } else {
            same
        }
    };
    match wanted.wanted.relation {
        TypeRelation::Is | TypeRelation::Constant => judge(&found, canonical),
        TypeRelation::Pointed => match judge(&found, canonical) {
            KnownType::Yes => KnownType::Yes,
            direct => match judge(&found, &format!("*{canonical}")) {
                KnownType::No => direct,
                pointed => pointed,
            },
        },
        TypeRelation::Underlying => {
            if found == *canonical {
                return KnownType::Yes;
            }
            let below = type_of(bare, package).and_then(|found| underlying(found, package));
            let below = below.and_then(|below| of_type(&below, package));
            let structural =
                |ty: &str| ty.starts_with(['*', '[']) || ty.starts_with("map[") || BASIC.contains(&ty);
            match below {
                Some(below) if structural(&below) && structural(canonical) => {
                    same_type(&below, canonical, package, cx)
                }
                _ if structural(&found) && structural(canonical) && !is_literal(bare) => {
                    same_type(&found, canonical, package, cx)
                }
                _ => KnownType::Unknown,
            }
        }
        TypeRelation::Implements => {
            let plain = BASIC.contains(&found.as_str()) && found != "error" && !is_literal(bare);
            if plain && canonical != "interface{}" {
                KnownType::No
            } else if found == *canonical {
                KnownType::Yes
            } else {
                KnownType::Unknown
            }
        }
    }
}

/// Whether a literal, whose type alone is `found`, may stand where `wanted` is asked for.
fn literal_may_be(found: &str, wanted: &str) -> bool {
    let text = matches!(found, "string" | "bool");
    match wanted {
        "string" | "bool" => false,
        _ if BASIC.contains(&wanted) && !matches!(wanted, "interface{}" | "error") => !text,
        "interface{}" | "error" => false,
        // A named type of its kind.
        _ => !wanted.starts_with(['*', '[']) && !wanted.starts_with("map["),
    }
}

fn is_constant(bare: Node<'_>, wanted: &RuleType, package: &Package) -> KnownType {
    let Some(canonical) = wanted.canonical.as_deref() else { return KnownType::Unknown };
    let kind = match bare.kind() {
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => "string",
        Kind::True | Kind::False => "bool",
        Kind::IntLiteral => "int",
        _ => {
            let may_be = bare.is(&[
                Kind::Identifier,
                Kind::SelectorExpression,
                Kind::BinaryExpression,
                Kind::UnaryExpression,
                Kind::CallExpression,
                Kind::TypeConversionExpression,
                Kind::FloatLiteral,
                Kind::RuneLiteral,
                Kind::ImaginaryLiteral,
                Kind::Iota,
            ]);
            // `-1` is a literal to everybody but the grammar.
            let signed = bare.kind() == Kind::UnaryExpression
                && bare.operand().is_some_and(|operand| operand.kind() == Kind::IntLiteral)
                && constant::integer(bare, package).is_some();
            return match may_be {
                true if signed && canonical == "int" => KnownType::Yes,
                true => KnownType::Unknown,
                false => KnownType::No,
            };
        }
    };
    if kind == canonical {
        KnownType::Yes
    } else if literal_may_be(kind, canonical) {
        KnownType::Unknown
    } else {
        KnownType::No
    }
}

/// Whether two types are one. A type of another package may be an alias.
fn same_type(found: &str, wanted: &str, package: &Package, cx: Option<&Cx<'_>>) -> KnownType {
    if found == wanted {
        return KnownType::Yes;
    }
    for prefix in ["*", "[]"] {
        match (found.strip_prefix(prefix), wanted.strip_prefix(prefix)) {
            (Some(found), Some(wanted)) => return same_type(found, wanted, package, cx),
            (Some(_), None) | (None, Some(_)) => {
                let other = if found.starts_with(prefix) { wanted } else { found };
                return if may_be_alias(other, package) { KnownType::Unknown } else { KnownType::No };
            }
            (None, None) => {}
        }
    }
    let own = |ty: &str| ty.strip_prefix('.').map(str::to_owned);
    let far = |ty: &str| {
        ty.rsplit_once('.')
            .filter(|(path, _)| !path.is_empty())
            .map(|(path, name)| (path.to_owned(), name.to_owned()))
    };
    if found.contains('[') || wanted.contains('[') {
        return KnownType::Unknown;
    }
    match (own(found), own(wanted), far(found), far(wanted)) {
        // `api.Client` where the rule says so, and `Client` in the package itself.
        (Some(name), None, _, Some((path, other))) | (None, Some(other), Some((path, name)), _) => {
            let here = cx.and_then(|cx| {
                let (directory, _) = cx.around.imported(&path)?;
                Some(cx.file.path().parent() == Some(directory.as_path()))
            });
            match here {
                Some(true) if name == other => KnownType::Yes,
                _ if may_be_alias(&format!(".{name}"), package) => KnownType::Unknown,
                _ => KnownType::No,
            }
        }
        (None, None, Some((path, name)), Some((other, wanted))) => {
            let standard = |path: &str| !path.split('/').next().is_some_and(|first| first.contains('.'));
            let apart = standard(&path) && standard(&other) && (name != wanted || path == other);
            if apart || path == other && standard(&path) { KnownType::No } else { KnownType::Unknown }
        }
        _ if may_be_alias(found, package) || may_be_alias(wanted, package) => KnownType::Unknown,
        _ => KnownType::No,
    }
}

/// Whether a type may be another name for one that is written otherwise.
fn may_be_alias(ty: &str, package: &Package) -> bool {
    match ty.strip_prefix('.') {
        Some(name) => package.declarations(name).iter().any(|declaration| {
            declaration.kind() == Kind::TypeAlias
                || declaration.descendants().any(|node| node.kind() == Kind::TypeAlias)
        }),
        None if BASIC.contains(&ty) || ty.starts_with(['*', '[']) => false,
        None => ty.contains('.') && ty.split('/').next().is_some_and(|first| first.contains('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_from_what_is_none() {
        for text in
            ["*api.Client", "[]byte", "map[string]*a.B", "func(int) error", "chan<- int", "a.Box[int]"]
        {
            assert!(is_type(text), "{text}");
        }
        for text in ["", "x y", "int = 3", "*", "1", "a.b.c"] {
            assert!(!is_type(text), "{text}");
        }
    }
}
