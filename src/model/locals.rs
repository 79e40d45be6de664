//! Who can write a local variable besides the code that stands around it.

use super::effects::function_of;
use super::imports::parenthesized;
use super::scope::{self, Local};
use crate::syntax::{Field, Kind, Node};

/// Whether `mention` is the target of an assignment, `++`, `--`, or of a range
/// or receive clause that assigns.
pub fn is_written(mention: Node<'_>) -> bool {
    let mention = parenthesized(mention);
    let Some(parent) = mention.parent() else { return false };
    match parent.kind() {
        Kind::IncStatement | Kind::DecStatement => true,
        Kind::ExpressionList => parent.field_name() == Some(Field::Left),
        Kind::RangeClause | Kind::ReceiveStatement => mention.field_name() == Some(Field::Left),
        _ => false,
    }
}

/// Whether `mention` gives a pointer to the variable or to a part of it away:
/// `&x`, `&x.f`, `x[:]`.
pub fn gives_address(mention: Node<'_>) -> bool {
    let (at, outer) = outermost_part(mention);
    outer.is_some_and(|outer| match outer.kind() {
        Kind::SliceExpression => at.field_name() == Some(Field::Operand),
        Kind::UnaryExpression => outer.operator().is_some_and(|operator| operator.kind() == Kind::And),
        _ => false,
    })
}

/// Whether `mention` calls a method of the variable or of a part of it, which
/// gets a pointer when its receiver is one.
pub fn calls_method(mention: Node<'_>) -> bool {
    let (at, outer) = outermost_part(mention);
    at.kind() == Kind::SelectorExpression
        && outer.is_some_and(|call| call.kind() == Kind::CallExpression && call.function() == Some(at))
}

/// `x.f[i]` for a mention of `x` in it, and the node around that.
pub fn outermost_part(mention: Node<'_>) -> (Node<'_>, Option<Node<'_>>) {
    let mut at = mention;
    loop {
        let outer = at.parent();
        let part = |outer: &Node<'_>| match outer.kind() {
            Kind::ParenthesizedExpression => true,
            Kind::SelectorExpression | Kind::IndexExpression => at.field_name() == Some(Field::Operand),
            _ => false,
        };
        match outer.filter(part) {
            Some(outer) => at = outer,
            None => return (at, outer),
        }
    }
}

/// Whether code of another function than the one around `place` writes the
/// variable.
pub fn is_written_elsewhere(local: Local<'_>, place: Node<'_>) -> bool {
    let here = function_of(place);
    // The functions that write it, two of them at most: one is not the one around `place`.
    let writers = local.name.remember("locals: writers", || {
        let mut writers = Vec::new();
        for mention in scope::mentions(local) {
            if mention == local.name || !is_written(mention) {
                continue;
            }
            let writer = function_of(mention).map(Node::place);
            if !writers.contains(&writer) {
                writers.push(writer);
            }
            if writers.len() == 2 {
                break;
            }
        }
        writers
    });
    writers.into_iter().any(|writer| writer != here.map(Node::place))
}

/// Whether a pointer to the variable is taken somewhere by `&` or by slicing.
pub fn has_pointer(local: Local<'_>) -> bool {
    local.name.remember("locals: has pointer", || scope::mentions(local).into_iter().any(gives_address))
}

/// The value that the local is declared with: `v` of `x := v` and `var x = v`.
pub fn declared_as(local: Local<'_>) -> Option<Node<'_>> {
    let list = local.name.parent()?;
    if list.kind() == Kind::VarSpec {
        let place = list.fields(Field::Name).position(|name| name == local.name)?;
        return list.value()?.named().nth(place);
    }
    let declaration = list.parent().filter(|it| it.kind() == Kind::ShortVarDeclaration)?;
    let place = list.named().position(|name| name == local.name)?;
    declaration.right()?.named().nth(place)
}
