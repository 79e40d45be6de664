//! Calls that only read: what stands in a select's operands without taking time
//! or changing anything.

use crate::model::effects::known_call;
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::syntax::{Kind, Node};

/// How far a method that calls a method is followed.
const DEPTH: u32 = 3;

/// The first call in `expression` that is not known to do nothing but give a
/// value at once. Random numbers count as if they did more.
pub fn unknown_call<'t>(expression: Node<'t>, package: &Package) -> Option<Node<'t>> {
    calls(expression).find(|call| !is_quiet(*call, package, DEPTH))
}

/// Like [`unknown_call`], where drawing a random number does no harm.
pub fn unknown_call_but_random<'t>(expression: Node<'t>, package: &Package) -> Option<Node<'t>> {
    let random = |call| {
        callee(call).and_then(package_of).is_some_and(|path| matches!(path, "math/rand" | "math/rand/v2"))
    };
    calls(expression).find(|call| !is_quiet(*call, package, DEPTH) && !random(*call))
}

/// The calls in `expression`; the arguments of each are looked at in their turn.
fn calls<'t>(expression: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let inside = expression.descend(|node| node.kind() != Kind::FuncLiteral);
    inside.filter(|node| node.kind() == Kind::CallExpression)
}

fn is_quiet(call: Node<'_>, package: &Package, depth: u32) -> bool {
    known_call(call, package).is_some() || only_reads(call, package, depth)
}

/// The first receive operation in `expression`.
pub fn receive(expression: Node<'_>) -> Option<Node<'_>> {
    expression.descend(|node| node.kind() != Kind::FuncLiteral).find(|node| {
        node.kind() == Kind::UnaryExpression && node.operator().is_some_and(|op| op.kind() == Kind::Arrow)
    })
}

/// Whether `call` is the `Done` of a context: of something whose type is
/// `context.Context`, that is called a context, or that a `Context()` gave.
pub fn is_context_done(call: Node<'_>) -> bool {
    let done = callee(call).filter(|callee| callee.kind() == Kind::SelectorExpression);
    done.is_some_and(|done| {
        done.field().is_some_and(|field| field.text() == "Done")
            && arguments(call).next().is_none()
            && done.operand().is_some_and(|operand| is_context(unparenthesized(operand)))
    })
}

/// Whether `call` asks for the channel that tells of an event: a method without
/// arguments called `Done` or `...Notify` of a variable or field. Such a method
/// hands out a channel, at most after making it. One whose body this package
/// shows, or may show, must do nothing else.
pub fn is_notification(call: Node<'_>, package: &Package) -> bool {
    let Some(callee) = is_notifying(call) else { return false };
    let Some(operand) = callee.operand() else { return false };
    let name = callee.field().map_or("", Node::text);
    let shown = package.methods(None, name);
    let only_hands_out = |method: &Node<'_>| {
        single_value(*method).is_some_and(|value| {
            receive(value).is_none()
                && calls(value).all(|call| is_quiet(call, package, DEPTH) || is_notifying(call).is_some())
        })
    };
    receiver_type(operand).is_none() && shown.iter().all(only_hands_out)
}

/// The callee `x.y.Done` or `x.y.StopNotify` of a call without arguments.
fn is_notifying<'t>(call: Node<'t>) -> Option<Node<'t>> {
    let callee = callee(call).filter(|callee| callee.kind() == Kind::SelectorExpression)?;
    let name = callee.field()?.text();
    let mut of = callee.operand()?;
    while of.kind() == Kind::SelectorExpression {
        of = of.operand()?;
    }
    let plain = of.kind() == Kind::Identifier && package_of(callee).is_none();
    let none_given = call.kind() == Kind::CallExpression && arguments(call).next().is_none();
    (plain && none_given && (name == "Done" || name.ends_with("Notify"))).then_some(callee)
}

/// Whether `operand` is a context: by its declared type, by its name, or because a
/// `Context()` gave it.
pub fn is_context(operand: Node<'_>) -> bool {
    let named = |name: &str| {
        ["ctx", "context"].iter().any(|word| name.len() >= word.len() && name.to_lowercase().ends_with(word))
    };
    match operand.kind() {
        Kind::Identifier => match scope::resolve(operand) {
            Def::Local(local) => match declared_type(local.name) {
                Some(written) if is_symbol(written, "context", "Context") => true,
                // A type of the package shows what its methods do.
                Some(_) if receiver_type(operand).is_some() => false,
                _ => named(operand.text()),
            },
            Def::Import(_) => false,
            _ => named(operand.text()),
        },
        Kind::SelectorExpression => operand.field().is_some_and(|field| named(field.text())),
        Kind::CallExpression => callee(operand).is_some_and(|callee| {
            callee.kind() == Kind::SelectorExpression
                && callee.field().is_some_and(|field| field.text() == "Context")
                && arguments(operand).next().is_none()
        }),
        _ => false,
    }
}

fn declared_type(name: Node<'_>) -> Option<Node<'_>> {
    let declaration = name.parent()?;
    declaration.is(&[Kind::ParameterDeclaration, Kind::VarSpec]).then(|| declaration.ty()).flatten()
}

fn only_reads(call: Node<'_>, package: &Package, depth: u32) -> bool {
    let Some(callee) = callee(call) else { return false };
    if is_context_done(call) {
        return true;
    }
    let is_context_of = callee.kind() == Kind::SelectorExpression
        && callee.field().is_some_and(|field| field.text() == "Context")
        && call.ancestors().find(|node| node.kind() == Kind::CallExpression).is_some_and(is_context_done);
    if is_context_of {
        return true;
    }
    match callee.kind() {
        Kind::SelectorExpression => {
            let name = callee.field().map_or("", Node::text);
            match package_of(callee) {
                Some("time") => matches!(name, "After" | "Tick" | "Now" | "Since" | "Until"),
                Some(path) => matches!(path, "math" | "math/bits"),
                None => callee.operand().and_then(receiver_type).is_some_and(|receiver| {
                    let methods = package.methods(Some(receiver), name);
                    reads_only(name, &methods, package, depth)
                }),
            }
        }
        Kind::Identifier => {
            let name = callee.text();
            if is_symbol(callee, "time", "After") || is_symbol(callee, "time", "Until") {
                return true;
            }
            matches!(scope::resolve(callee), Def::TopLevel(_) | Def::Outside)
                && reads_only(name, &package.declarations(name), package, depth)
        }
        _ => false,
    }
}

/// The package's own type that the parameter, receiver or variable `operand`
/// is declared with, or a pointer to it.
fn receiver_type<'t>(operand: Node<'t>) -> Option<&'t str> {
    let Def::Local(local) = (operand.kind() == Kind::Identifier).then(|| scope::resolve(operand))? else {
        return None;
    };
    let written = declared_type(local.name).filter(|_| local.kind.is_variable())?;
    let base = if written.kind() == Kind::PointerType { written.named().next()? } else { written };
    let is_own = base.kind() == Kind::TypeIdentifier && !matches!(scope::resolve(base), Def::Local(_));
    is_own.then(|| base.text())
}

/// Whether each of `functions`, which are all that the package calls `name`, is
/// nothing but `return` of one expression that only reads.
fn reads_only(name: &str, functions: &[Node<'_>], package: &Package, depth: u32) -> bool {
    let only = |function: &Node<'_>| {
        let Some(value) = single_value(*function) else { return false };
        receive(value).is_none() && depth > 0 && calls(value).all(|call| is_quiet(call, package, depth - 1))
    };
    let unread = || package.broken(|decl| decl.names.iter().any(|declared| declared.text == name));
    !functions.is_empty() && functions.iter().all(only) && !unread()
}

/// The expression of a function that is nothing but `return` of it.
fn single_value<'t>(function: Node<'t>) -> Option<Node<'t>> {
    let mut statements = function.body()?.child(Kind::StatementList)?.named();
    let only = statements.next().filter(|only| only.kind() == Kind::ReturnStatement)?;
    let mut values = only.named().flat_map(Node::named);
    let value = values.next()?;
    (statements.next().is_none() && values.next().is_none()).then_some(value)
}

/// Whether evaluating `expression` can panic in another way than by following
/// a nil pointer.
pub fn can_panic_by_value(expression: Node<'_>) -> bool {
    expression.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| {
        node.is(&[Kind::IndexExpression, Kind::SliceExpression, Kind::TypeAssertionExpression])
            || (node.kind() == Kind::BinaryExpression
                && node.operator().is_some_and(|op| {
                    matches!(op.kind(), Kind::Slash | Kind::Remainder | Kind::ShiftLeft | Kind::ShiftRight)
                }))
    })
}
