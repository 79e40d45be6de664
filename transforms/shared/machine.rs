//! Numbers that are worked out from `runtime.NumCPU()`.

use crate::model::imports::{arguments, callee, is_call, is_symbol, unparenthesized};
use crate::model::locals::{gives_address, is_written};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Field, Kind, Node, byte_checks};

/// How a number compares with that of the machine's processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// It is that number.
    All,
    /// It is a multiple of it, or a few more.
    More,
    /// It is a part of it, is bounded, or cannot be told.
    Fewer,
}

/// A number that is worked out from `runtime.NumCPU()`.
#[derive(Clone, Copy, Debug)]
pub struct Number<'t> {
    /// How much it is.
    pub amount: Amount,
    /// Whether a local variable holds it, or what it is worked out from.
    pub through_variable: bool,
    /// The expression that says how much it is.
    pub at: Node<'t>,
}

impl Number<'_> {
    /// The expression, where the number is of that amount.
    pub fn written(&self, amount: Amount) -> Option<String> {
        (self.amount == amount).then(|| format!("`{}`", self.at.text()))
    }
}

/// What `expression` makes of `runtime.NumCPU()`; `None` where it does not come from that.
pub fn number<'t>(expression: Node<'t>) -> Option<Number<'t>> {
    /// How many operators, calls and variables are followed.
    const DEPTH: usize = 16;
    within(expression, DEPTH)
}

fn within<'t>(expression: Node<'t>, depth: usize) -> Option<Number<'t>> {
    let number = |part: Node<'t>| depth.checked_sub(1).and_then(|depth| within(part, depth));
    let expression = unparenthesized(expression);
    if is_call(expression, "runtime", "NumCPU") {
        return Some(Number { amount: Amount::All, through_variable: false, at: expression });
    }
    let of = |amount: Amount, part: Number<'t>| Number { amount, at: expression, ..part };
    match expression.kind() {
        Kind::Identifier => {
            let Def::Local(local) = scope::resolve(expression) else { return None };
            let value = number(only_value(local)?)?;
            let found = Number { through_variable: true, ..value };
            // A clamp, or a number of its own on some way.
            Some(if is_fixed(local) { found } else { of(Amount::Fewer, found) })
        }
        Kind::BinaryExpression => {
            let (left, right) = (expression.left()?, expression.right()?);
            let (part, other, first) = match (number(left), number(right)) {
                (Some(part), None) => (part, right, true),
                (None, Some(part)) => (part, left, false),
                (Some(part), Some(_)) => return Some(of(Amount::Fewer, part)),
                (None, None) => return None,
            };
            let whole = unparenthesized(other).text().parse::<u64>().ok();
            let grows = match expression.operator().map_or(Kind::Error, Node::kind) {
                Kind::Star => whole.is_some_and(|factor| factor > 1),
                Kind::Plus => whole.is_some_and(|more| more > 0),
                Kind::ShiftLeft => first && whole.is_some_and(|shift| shift > 0),
                _ => false,
            };
            let amount = if grows && part.amount != Amount::Fewer { Amount::More } else { Amount::Fewer };
            Some(of(amount, part))
        }
        // A conversion, or `min` and the like.
        Kind::CallExpression => {
            let converts = callee(expression).is_some_and(|called| called.text() == "int");
            let part = arguments(expression).find_map(number)?;
            Some(if converts { part } else { of(Amount::Fewer, part) })
        }
        Kind::TypeConversionExpression => {
            let part = number(expression.operand()?)?;
            Some(of(Amount::Fewer, part))
        }
        _ => None,
    }
}

/// The value that the declaration gives a variable that is declared by itself.
fn only_value<'t>(local: Local<'t>) -> Option<Node<'t>> {
    let declared = local.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]))?;
    let names = declared.left().map_or(declared.fields(Field::Name).count(), |left| left.named().count());
    let values = declared.right().or_else(|| declared.value())?;
    (local.kind == LocalKind::Var && names == 1).then(|| values.named().next()).flatten()
}

/// Whether the variable keeps the value of its declaration.
fn is_fixed(local: Local<'_>) -> bool {
    let fixed = |at: Node<'_>| at == local.name || !(is_written(at) || gives_address(at));
    scope::mentions(local).into_iter().all(fixed)
}

/// Where `code` reads the environment variable GOMAXPROCS itself.
pub fn asks_environment(code: Node<'_>) -> Option<Node<'_>> {
    const READERS: &[(&str, &str)] = &[("os", "Getenv"), ("os", "LookupEnv"), ("syscall", "Getenv")];
    code.descendants().find(|node| {
        callee(*node).is_some_and(|it| READERS.iter().any(|(path, name)| is_symbol(it, path, name)))
            && arguments(*node)
                .next()
                .is_some_and(|name| name.text().trim_matches(['"', '`']) == "GOMAXPROCS")
    })
}

/// Whether the call does more than ask, as far as the bytes behind the name at `at` tell.
pub fn may_set(bytes: &[u8], at: usize) -> bool {
    !byte_checks::argument(bytes, at).is_some_and(|number| {
        let zero = number.strip_prefix(b"0").is_some_and(|rest| rest.trim_ascii_start().starts_with(b")"));
        zero || number.starts_with(b"-")
    })
}
