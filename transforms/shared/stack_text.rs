//! What becomes of the text of a stack: whether it is shown as it is, or taken
//! apart by code that may depend on its first lines.

use crate::model::effects::{function_of, is_predeclared};
use crate::model::fields;
use crate::model::imports::{callee, package_of, parenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::model::words::words;
use crate::syntax::{Field, Kind, Node};

/// How far the text is followed through variables and results.
const DEPTH: u32 = 3;

/// Packages whose functions look into a text.
const SEARCHING: &[&str] =
    &["bytes", "strings", "bufio", "regexp", "strconv", "text/scanner", "unicode/utf8"];

/// Words of the names of functions that look into a text.
const SEARCHES: &[&str] = &[
    "parse", "parser", "scan", "scanner", "split", "trim", "filter", "match", "matches", "find", "index",
    "count", "hash", "skip", "strip", "line", "lines", "frame", "frames", "extract", "decode", "dedup", "id",
    "goid", "gid", "contains", "compare", "equal", "sum", "reader",
];

/// The first place that takes the text `text` apart, if there is one.
pub fn taken_apart<'t>(text: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    follow(text, package, DEPTH)
}

fn follow<'t>(text: Node<'t>, package: &'t Package, depth: u32) -> Option<Node<'t>> {
    // Deeper than anybody may_match_tokens: as if nothing was known against it.
    let depth = depth.checked_sub(1)?;
    let whole = parenthesized(text);
    let parent = whole.parent()?;
    match parent.kind() {
        Kind::IndexExpression | Kind::SliceExpression if whole.field_name() == Some(Field::Operand) => {
            Some(parent)
        }
        Kind::RangeClause => Some(parent),
        Kind::BinaryExpression => match parent.operator()?.kind() {
            Kind::Plus => follow(parent, package, depth + 1),
            _ => Some(parent),
        },
        Kind::TypeConversionExpression => follow(parent, package, depth + 1),
        Kind::ArgumentList => called(whole, parent, package, depth),
        Kind::ExpressionList => assigned(whole, parent, package, depth),
        Kind::VarSpec => declared(parent.name()?, package, depth),
        Kind::ReturnStatement => returned(parent, package, depth),
        Kind::SelectorExpression => Some(parent),
        _ => None,
    }
}

fn called<'t>(text: Node<'t>, list: Node<'t>, package: &'t Package, depth: u32) -> Option<Node<'t>> {
    let call = list.parent()?;
    let callee = callee(call)?;
    if let Some(path) = package_of(callee) {
        return (SEARCHING.contains(&path) || searches(callee)).then_some(call);
    }
    if callee.kind() != Kind::Identifier {
        return searches(callee).then_some(call);
    }
    match callee.text() {
        name @ ("string" | "append") if is_predeclared(name, package) => follow(call, package, depth + 1),
        "copy" | "len" | "clear" | "min" | "max" if is_predeclared(callee.text(), package) => Some(call),
        _ if searches(callee) => Some(call),
        name => {
            // A function of the package that gets the text.
            let position = list.named().position(|argument| argument == text)?;
            let [function] = package.declarations(name)[..] else { return None };
            let parameters = function.parameters()?;
            let names =
                parameters.named().flat_map(|parameter| parameter.fields(Field::Name).collect::<Vec<_>>());
            let parameter = names.into_iter().nth(position)?;
            declared(parameter, package, depth)
        }
    }
}

fn searches(callee: Node<'_>) -> bool {
    let name = callee.field().unwrap_or(callee);
    words(name.text()).iter().any(|word| SEARCHES.contains(&word.as_str()))
}

fn assigned<'t>(text: Node<'t>, list: Node<'t>, package: &'t Package, depth: u32) -> Option<Node<'t>> {
    let statement = list.parent()?;
    match statement.kind() {
        Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
            let position = list.named().position(|value| value == text)?;
            let target = statement.left()?.named().nth(position)?;
            (target.kind() == Kind::Identifier).then(|| declared(target, package, depth)).flatten()
        }
        Kind::ReturnStatement => returned(statement, package, depth),
        Kind::VarSpec => {
            let position = list.named().position(|value| value == text)?;
            declared(statement.fields(Field::Name).nth(position)?, package, depth)
        }
        _ => None,
    }
}

/// What becomes of a text that the variable `name` holds.
fn declared<'t>(name: Node<'t>, package: &'t Package, depth: u32) -> Option<Node<'t>> {
    let Def::Local(local) = scope::resolve(name) else { return None };
    let uses = scope::mentions(local).into_iter().filter(|mention| *mention != name);
    uses.into_iter().find_map(|mention| follow(mention, package, depth))
}

/// What the callers of the package make of a text that the function returns.
fn returned<'t>(statement: Node<'t>, package: &'t Package, depth: u32) -> Option<Node<'t>> {
    let function = function_of(statement)?;
    let name = function.name().filter(|_| function.kind() != Kind::FuncLiteral)?;
    if searches(name) {
        return Some(name);
    }
    let places = fields::spelled(name.text(), package).unwrap_or_default();
    places.into_iter().find_map(|place| {
        let selector = place.parent().filter(|up| up.kind() == Kind::SelectorExpression).unwrap_or(place);
        let call = parenthesized(selector).parent()?;
        let calls = callee(call).is_some_and(|callee| callee == selector);
        calls.then(|| follow(call, package, depth)).flatten()
    })
}
