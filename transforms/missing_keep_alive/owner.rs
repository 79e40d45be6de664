//! The variable that owns what raw code uses: whether it, or something else that holds the
//! same, is still alive.

use crate::model::effects::function_of;
use crate::model::imports::{callee, package_of, parenthesized, unparenthesized};
use crate::model::scope::{self, Local, LocalKind};
use crate::syntax::{Field, Kind, Node};

/// Whether something else holds what the variable holds: it was made from
/// another variable, or is kept in one.
pub(super) fn is_shared(owner: Local<'_>) -> bool {
    if is_kept(owner) {
        return true;
    }
    // Memory that is not the collector's.
    let foreign = |value: Node<'_>| {
        value.kind() == Kind::CallExpression
            && callee(value).is_some_and(|called| {
                let name = called.field().unwrap_or(called).text().to_lowercase();
                name.contains("map") || name.contains("alloc") || package_of(called) == Some("unsafe")
            })
    };
    is_of_another(owner) || first_values(owner).into_iter().any(foreign)
}

/// Whether the variable is a part or a copy of another one: `part := whole.bytes[:8]`,
/// `for _, part := range whole`.
pub(super) fn is_of_another(owner: Local<'_>) -> bool {
    owner.kind == LocalKind::Loop
        || first_values(owner).into_iter().any(|value| match value.kind() {
            Kind::Identifier => value.text() != "nil",
            Kind::SelectorExpression | Kind::IndexExpression | Kind::SliceExpression => true,
            Kind::UnaryExpression => {
                value.operand().is_some_and(|operand| operand.kind() != Kind::CompositeLiteral)
            }
            _ => false,
        })
}

/// What the declaration of the variable, or of several beside it, gives.
fn first_values(owner: Local<'_>) -> Vec<Node<'_>> {
    let declares = owner.name.parent().and_then(|up| match up.kind() {
        Kind::VarSpec => up.value(),
        Kind::ExpressionList => up.parent()?.right(),
        _ => None,
    });
    declares.into_iter().flat_map(Node::named).map(unparenthesized).collect()
}

/// Whether the variable is put into another one, a literal or a channel.
pub(super) fn is_kept(owner: Local<'_>) -> bool {
    let keeps = |mention: Node<'_>| {
        let whole = parenthesized(mention);
        whole.parent().is_some_and(|up| match up.kind() {
            // The key of a field may have the variable's name.
            Kind::LiteralElement => up
                .parent()
                .is_none_or(|keyed| keyed.kind() != Kind::KeyedElement || keyed.named().next() != Some(up)),
            Kind::SendStatement => true,
            Kind::ExpressionList => up.field_name() != Some(Field::Left),
            _ => false,
        })
    };
    scope::mentions(owner).into_iter().any(|mention| mention != owner.name && keeps(mention))
}

/// The outermost call that `place` is an argument of: what is evaluated for its
/// other arguments is dead while it runs.
pub(super) fn outermost_call<'t>(place: Node<'t>) -> Node<'t> {
    let inside = |up: &Node<'t>| !up.kind().is_statement() && up.kind() != Kind::FuncLiteral;
    place
        .ancestors()
        .take_while(inside)
        .filter(|up| up.kind() == Kind::CallExpression)
        .last()
        .unwrap_or(place)
}

/// Whether the variable is mentioned for a call that `place` is an argument of: that call gets it
/// when `place` is done.
fn is_of_enclosing_call(mention: Node<'_>, place: Node<'_>) -> bool {
    let inside = |up: &Node<'_>| !up.kind().is_statement() && up.kind() != Kind::FuncLiteral;
    !place.holds(mention)
        && place
            .ancestors()
            .take_while(inside)
            .any(|up| up.kind() == Kind::CallExpression && up.holds(mention))
}

/// Whether the function pins what it gives away.
pub(super) fn is_pinned(function: Node<'_>) -> bool {
    function.descendants().any(|node| node.kind() == Kind::FieldIdentifier && node.text() == "Pin")
}

/// Whether the variable is mentioned behind `place`, or in something deferred
/// or captured, or in a loop that comes back to it, or gets what `place` gives.
pub(super) fn is_alive_behind(owner: Local<'_>, place: Node<'_>) -> bool {
    let comes_back = |mention: Node<'_>| {
        let again = |around: Node<'_>| {
            let first = around
                .named()
                .find(|part| part.kind() == Kind::RangeClause)
                .or_else(|| around.named().find_map(|clause| clause.initializer()));
            around.kind() == Kind::ForStatement
                && !around.holds(owner.name)
                && around.holds(mention)
                && !first.is_some_and(|first| first.holds(mention))
        };
        place.ancestors().take_while(|up| up.kind() != Kind::FuncLiteral).any(again)
    };
    let assignment = place.ancestors().find(|up| up.kind().is_statement());
    let target = assignment.filter(|up| up.kind() == Kind::AssignmentStatement).and_then(|up| up.left());
    scope::mentions(owner).into_iter().filter(|mention| *mention != owner.name).any(|mention| {
        mention.start() > place.end()
            || is_of_enclosing_call(mention, place)
            || function_of(mention) != function_of(place)
            || mention.ancestors().any(|up| up.kind() == Kind::DeferStatement)
            || comes_back(mention)
            || target.is_some_and(|target| target.holds(mention) && target != mention)
    })
}
