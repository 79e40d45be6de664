//! The value of an integer constant, as far as the package's own text tells.

use super::effects::is_predeclared;
use super::fields::spelled;
use super::imports::{arguments, callee, is_symbol, unparenthesized};
use super::locals::{declared_as, gives_address, has_pointer, is_written};
use super::package::Package;
use super::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Field, Kind, Node};

/// The value of `expression` when it is an integer constant: literals, names
/// that the package declares as such, the units of `time`, conversions to integer
/// types and arithmetic. `None` for `iota`, for constants of other packages, and
/// for what is no constant.
pub fn integer(expression: Node<'_>, package: &Package) -> Option<i64> {
    value(expression, package, KnownNames::Constants, DEPTH)
}

/// The value of [`integer`], of variables too that nothing but their declaration writes: a local, or a
/// variable of the package that other packages cannot reach.
pub fn known_integer(expression: Node<'_>, package: &Package) -> Option<i64> {
    value(expression, package, KnownNames::Variables, DEPTH)
}

/// How many expressions are gone into.
const DEPTH: u32 = 8;

/// Which names have a value that is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KnownNames {
    Constants,
    Variables,
}

fn value(expression: Node<'_>, package: &Package, names: KnownNames, depth: u32) -> Option<i64> {
    let depth = depth.checked_sub(1)?;
    let expression = unparenthesized(expression);
    let of = |field: Field| value(expression.child_by_field(field)?, package, names, depth);
    match expression.kind() {
        Kind::IntLiteral => literal(expression.text()),
        // `1e4` is an integer constant too.
        Kind::FloatLiteral => {
            let number: f64 = expression.text().replace('_', "").parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
        }
        Kind::UnaryExpression => match expression.operator()?.kind() {
            Kind::Minus => of(Field::Operand)?.checked_neg(),
            Kind::Plus => of(Field::Operand),
            _ => None,
        },
        Kind::BinaryExpression => {
            let (left, right) = (of(Field::Left)?, of(Field::Right)?);
            match expression.operator()?.kind() {
                Kind::Plus => left.checked_add(right),
                Kind::Minus => left.checked_sub(right),
                Kind::Star => left.checked_mul(right),
                Kind::Slash => left.checked_div(right),
                Kind::ShiftLeft => u32::try_from(right).ok().filter(|by| *by < 62).map(|by| left << by),
                _ => None,
            }
        }
        Kind::Identifier => named(expression, package, names, depth),
        Kind::SelectorExpression => unit(expression),
        Kind::CallExpression => {
            let to = callee(expression)?;
            let converts = is_symbol(to, "time", "Duration")
                || matches!(to.text(), "int" | "int32" | "int64" | "uint" | "uint32" | "uint64")
                    && scope::resolve(to) == Def::Outside
                    && !package.knows(to.text());
            value(arguments(expression).next().filter(|_| converts)?, package, names, depth)
        }
        _ => None,
    }
}

/// The length of one of the units of the package `time`, in nanoseconds.
pub fn unit(node: Node<'_>) -> Option<i64> {
    const UNITS: &[(&str, i64)] = &[
        ("Nanosecond", 1),
        ("Microsecond", 1_000),
        ("Millisecond", 1_000_000),
        ("Second", 1_000_000_000),
        ("Minute", 60_000_000_000),
        ("Hour", 3_600_000_000_000),
    ];
    UNITS.iter().find(|(name, _)| is_symbol(node, "time", name)).map(|(_, unit)| *unit)
}

fn literal(text: &str) -> Option<i64> {
    let digits = text.replace('_', "").to_lowercase();
    let radix = |prefix: &str, radix| digits.strip_prefix(prefix).map(|rest| (rest.to_owned(), radix));
    let (digits, radix) = radix("0x", 16)
        .or_else(|| radix("0b", 2))
        .or_else(|| radix("0o", 8))
        .or_else(|| (digits.len() > 1).then(|| radix("0", 8)).flatten())
        .unwrap_or((digits, 10));
    i64::from_str_radix(&digits, radix).ok()
}

/// The value of a constant of this function or package; several declarations
/// under different build tags have to agree.
fn named(identifier: Node<'_>, package: &Package, names: KnownNames, depth: u32) -> Option<i64> {
    let name = identifier.text();
    match scope::resolve(identifier) {
        Def::Local(local) if local.kind == LocalKind::Const => of_spec(local.name, package, names, depth),
        Def::Local(local) if names == KnownNames::Variables && is_left_alone(local) => {
            value(declared_as(local)?, package, names, depth)
        }
        Def::TopLevel(_) | Def::Outside if !is_predeclared(name, package) => {
            let declarations = package.declarations(name);
            let mut values = declarations.into_iter().map(|declaration| {
                let declared = declaration
                    .descendants()
                    .find(|node| node.field_name() == Some(Field::Name) && node.text() == name)?;
                if names == KnownNames::Variables && is_left_as_declared(declared, package) {
                    return of_variable(declared, package, depth);
                }
                of_spec(declared, package, names, depth)
            });
            let first = values.next()??;
            values.all(|other| other == Some(first)).then_some(first)
        }
        _ => None,
    }
}

fn of_spec(declared: Node<'_>, package: &Package, names: KnownNames, depth: u32) -> Option<i64> {
    let spec = declared.parent().filter(|spec| spec.kind() == Kind::ConstSpec)?;
    let index = spec.fields(Field::Name).position(|name| name == declared)?;
    value(spec.value()?.named().nth(index)?, package, names, depth)
}

fn of_variable(declared: Node<'_>, package: &Package, depth: u32) -> Option<i64> {
    let spec = declared.parent()?;
    let index = spec.fields(Field::Name).position(|name| name == declared)?;
    value(spec.value()?.named().nth(index)?, package, KnownNames::Variables, depth)
}

/// Whether nothing but its declaration gives the local a value.
fn is_left_alone(local: Local<'_>) -> bool {
    let alone = |mention: &Node<'_>| *mention == local.name || !is_written(*mention);
    !has_pointer(local) && scope::mentions(local).iter().all(alone)
}

/// Whether nothing but its declaration gives the variable of the package a value.
fn is_left_as_declared(declared: Node<'_>, package: &Package) -> bool {
    let name = declared.text();
    let is_variable = declared.parent().is_some_and(|spec| spec.kind() == Kind::VarSpec);
    is_variable
        && !name.starts_with(char::is_uppercase)
        && spelled(name, package)
            .is_ok_and(|places| places.into_iter().all(|at| !is_written(at) && !gives_address(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::File;
    use std::sync::Arc;

    fn of(body: &str) -> Option<i64> {
        let file = Arc::new(File::new(
            "a.go",
            format!(
                "package a\n\nimport \"time\"\n\nconst (\n\tkilo = 1000\n\ttwo, four = 2, 2 + 2\n\tcounted = iota\n)\n\nvar v = 5\n\nfunc f() {{\n{body}\n}}\n"
            ),
        ));
        let package = Package::new(vec![file.clone()]);
        let root = file.decl(2).expect("the body parses");
        let call = root
            .descendants()
            .find(|node| node.kind() == Kind::CallExpression && node.text().starts_with("g("))
            .and_then(|call| call.arguments())
            .expect("a call");
        integer(call.named().next().expect("an argument"), &package)
    }

    #[test]
    fn constants_have_their_values() {
        for (body, want) in [
            ("g(10000)", Some(10_000)),
            ("g(10_000)", Some(10_000)),
            ("g(0x10)", Some(16)),
            ("g(010)", Some(8)),
            ("g(0)", Some(0)),
            ("g(1e4)", Some(10_000)),
            ("g(-1)", Some(-1)),
            ("g((10 * kilo))", Some(10_000)),
            ("g(four)", Some(4)),
            ("g(two << 4)", Some(32)),
            ("const kilo = 7\ng(kilo)", Some(7)),
            ("kilo := 7\ng(kilo)", None),
            ("g(v)", None),
            ("g(counted)", None),
            ("g(h())", None),
            ("g(1.5)", None),
            ("g(int(time.Millisecond))", Some(1_000_000)),
            ("time := h()\ng(time.Second)", None),
        ] {
            assert_eq!(of(body), want, "{body}");
        }
    }
}
