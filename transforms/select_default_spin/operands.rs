//! The channels and values that a `select` reads: whether another turn of the loop
//! would read the same.

use crate::model::GoVersion;
use crate::model::depends::is_address_taken;
use crate::model::effects::{function_of, is_captured, is_constant, is_predeclared};
use crate::model::imports::{callee, unparenthesized};
use crate::model::locals::{calls_method, has_pointer, is_written, outermost_part};
use crate::model::rounds::clauses;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, LITERALS, Node};

/// The channel of a case, and the value where it sends.
pub(super) fn operands(case: Node<'_>) -> (Option<Node<'_>>, Option<Node<'_>>) {
    let Some(communication) = case.communication() else { return (None, None) };
    if communication.kind() == Kind::SendStatement {
        return (communication.channel(), communication.value());
    }
    let receive = communication.right().map(unparenthesized);
    (receive.and_then(|receive| receive.operand()), None)
}

/// The first operand of a case that may be another one at another turn.
pub(super) fn read_anew<'t>(select: Node<'t>, cx: &Cx<'t>) -> Option<String> {
    for case in cases(select) {
        let (channel, value) = operands(case);
        let Some(channel) = channel else { return Some("an unknown channel".into()) };
        let fixed = local(channel).is_some_and(|local| is_assigned_once(local, channel, cx));
        let same = value.is_none_or(|value| is_same(value, cx));
        if !fixed || !same {
            let anew = if fixed { value.unwrap_or(channel) } else { channel };
            return Some(format!("`{}` on line {}", anew.text(), anew.line()));
        }
    }
    None
}

/// The first channel of a case that was not made in the function.
pub(super) fn maybe_nil<'t>(select: Node<'t>, cx: &Cx<'t>) -> Option<String> {
    let channels = cases(select).filter_map(|case| operands(case).0);
    let mut unknown = channels.filter(|channel| !local(*channel).is_some_and(|local| is_made(local, cx)));
    unknown.next().map(|channel| format!("`{}` on line {}", channel.text(), channel.line()))
}

fn local<'t>(expression: Node<'t>) -> Option<Local<'t>> {
    let name = unparenthesized(expression);
    match (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? {
        Def::Local(local) if local.kind.is_variable() => Some(local),
        _ => None,
    }
}

/// Whether the variable has one value from its declaration on, for as long as the
/// function around `place` does not change a part of it.
fn is_assigned_once<'t>(local: Local<'t>, place: Node<'t>, cx: &Cx<'t>) -> bool {
    let rewritten = |mention: &Node<'_>| *mention != local.name && is_written(*mention);
    // A `:=` that declares something else assigns it again.
    let again = |mention: &Node<'_>| *mention != local.name && is_address_taken(*mention);
    let partly = |mention: &Node<'t>| {
        let (part, _) = outermost_part(*mention);
        part != *mention
            && (is_written(part) || calls_method(*mention))
            && function_of(*mention) != function_of(place)
    };
    let shared = local.kind == LocalKind::Loop && is_captured(place, local.name) && !cx.has(GoVersion(1, 22));
    let changes = |mention: &Node<'t>| rewritten(mention) || again(mention) || partly(mention);
    !shared && !has_pointer(local) && !scope::mentions(local).iter().any(changes)
}

/// Whether evaluating `value` gives the same at each turn.
fn is_same<'t>(value: Node<'t>, cx: &Cx<'t>) -> bool {
    let value = unparenthesized(value);
    match value.kind() {
        kind if LITERALS.contains(&kind) => true,
        Kind::True | Kind::False | Kind::Nil => {
            !is_declared_nearby(value) && is_predeclared(value.text(), cx.package())
        }
        Kind::Identifier => {
            is_constant(value, cx.package())
                || local(value).is_some_and(|local| is_assigned_once(local, value, cx))
        }
        Kind::CompositeLiteral => value.text() == "struct{}{}",
        _ => false,
    }
}

/// Whether the declaration around `literal` calls something of its own `true`,
/// `false` or `nil`, which the syntax tree takes for literals.
fn is_declared_nearby(literal: Node<'_>) -> bool {
    let named = |node: Node<'_>| {
        node.text() == literal.text() && (node.kind() == Kind::Identifier || is_written(node))
    };
    literal.ancestors().last().is_some_and(|whole| whole.descendants().any(named))
}

/// Whether the variable is declared with a channel that `make` gives.
fn is_made<'t>(local: Local<'t>, cx: &Cx<'t>) -> bool {
    let made = || {
        let parent = local.name.parent()?;
        let (index, values) = match parent.kind() {
            Kind::ExpressionList => {
                let declares = parent.parent().filter(|up| up.kind() == Kind::ShortVarDeclaration)?;
                (parent.named().position(|name| name == local.name)?, declares.right()?)
            }
            Kind::VarSpec => {
                (parent.fields(Field::Name).position(|name| name == local.name)?, parent.value()?)
            }
            _ => return None,
        };
        let value = unparenthesized(values.named().nth(index)?);
        let called = callee(value)?;
        (called.text() == "make"
            && scope::resolve(called) == Def::Outside
            && is_predeclared("make", cx.package()))
        .then_some(())
    };
    made().is_some()
}

/// The clauses of `select` that communicate.
pub(super) fn cases<'t>(select: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    clauses(select).filter(|clause| clause.kind() == Kind::CommunicationCase)
}
