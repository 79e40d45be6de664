//! The goroutine that drains the channel, when all it does is add.

use super::field::uses;
use crate::model::fields::type_name;
use crate::model::imports::{arguments, callee, is_call, unparenthesized};
use crate::model::scope::{self, Def};
use crate::rewrite::Cx;
use crate::syntax::{Kind, Node};

/// Where the sum goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sum<'t> {
    /// Nowhere that could be read.
    Nowhere,
    /// Into this plain field of the same struct.
    Field(Node<'t>),
    /// Into a field that is an atomic integer, or that `sync/atomic` adds to, by
    /// this call.
    Atomic(Node<'t>),
}

/// A goroutine that only adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reducer<'t> {
    /// The `go` statement.
    pub(super) starts: Node<'t>,
    /// The method that it runs, if that is no literal.
    pub(super) method: Option<Node<'t>>,
    pub(super) sum: Sum<'t>,
    /// The selector that the range clause drains.
    pub(super) drained: Node<'t>,
}

/// The goroutine whose range clause drains `drained`, a selector of a field of
/// `holder`.
pub(super) fn of<'t>(drained: Node<'t>, holder: &str, cx: &Cx<'t>) -> Option<Reducer<'t>> {
    let clause = drained.parent().filter(|clause| clause.kind() == Kind::RangeClause)?;
    let statement = clause.parent().filter(|statement| statement.kind() == Kind::ForStatement)?;
    let list = statement.parent().filter(|list| list.kind() == Kind::StatementList)?;
    let function = list.parent()?.parent()?;
    let value = match clause.left().map(|left| left.named().collect::<Vec<_>>()) {
        None => None,
        Some(names) if names.len() == 1 && scope::declares(clause) => Some(names[0]),
        Some(_) => return None,
    };
    let body = statement.body()?;
    let mut inner = body.child(Kind::StatementList).into_iter().flat_map(Node::named);
    let sum = match (inner.next(), inner.next()) {
        (None, _) => Sum::Nowhere,
        (Some(only), None) => added(only, value, function, holder, cx)?,
        _ => return None,
    };
    // Beside the loop only the declaration of a sum that nobody reads.
    let others = list.named().filter(|other| *other != statement);
    let local_sum = |other: Node<'_>| {
        matches!(sum, Sum::Nowhere)
            && matches!(other.kind(), Kind::VarDeclaration | Kind::ShortVarDeclaration)
    };
    if !others.into_iter().all(local_sum) {
        return None;
    }
    let (starts, method) = match function.kind() {
        Kind::FuncLiteral => (started(function, cx)?, None),
        Kind::MethodDeclaration => {
            let name = function.name()?.text();
            if name.starts_with(char::is_uppercase) {
                return None;
            }
            // Asked last: all files of the package are read for it.
            let places = uses(holder, name, cx)?;
            let [selector] = places.selectors[..] else { return None };
            let own = places.declared.len() == 1 && places.unclear.is_empty();
            (own.then(|| started(selector, cx))??, Some(function))
        }
        _ => return None,
    };
    Some(Reducer { starts, method, sum, drained })
}

/// The `go` statement that runs `callable`, without arguments.
fn started<'t>(callable: Node<'t>, _: &Cx<'t>) -> Option<Node<'t>> {
    let call = callable.parent().filter(|call| callee(*call) == Some(callable))?;
    let bare = arguments(call).next().is_none();
    let statement = call.parent().filter(|up| up.kind() == Kind::GoStatement && bare)?;
    (statement.parent()?.kind() == Kind::StatementList).then_some(statement)
}

/// Where the only statement of the loop adds `value`.
fn added<'t>(
    statement: Node<'t>,
    value: Option<Node<'t>>,
    function: Node<'t>,
    holder: &str,
    cx: &Cx<'t>,
) -> Option<Sum<'t>> {
    let is_value = |node: Node<'_>| value.is_some_and(|value| unparenthesized(node).text() == value.text());
    match statement.kind() {
        Kind::AssignmentStatement => {
            let mut left = statement.left()?.named();
            let mut right = statement.right()?.named();
            let (Some(target), None) = (left.next(), left.next()) else { return None };
            let (Some(term), None) = (right.next(), right.next()) else { return None };
            if !is_value(term) {
                return None;
            }
            match statement.operator()?.text() {
                "=" if target.text() == "_" => Some(Sum::Nowhere),
                "+=" => sum_in(target, function, holder, cx),
                _ => None,
            }
        }
        Kind::IncStatement if value.is_none() => sum_in(statement.named().next()?, function, holder, cx),
        Kind::ExpressionStatement => {
            let call = statement.named().next()?;
            let given: Vec<Node<'t>> = arguments(call).collect();
            let adds = ["AddInt64", "AddInt32", "AddUint64", "AddUint32"];
            if adds.iter().any(|name| is_call(call, "sync/atomic", name)) {
                let [target, term] = given[..] else { return None };
                let field = target.operand().filter(|_| target.text().starts_with('&'))?;
                return (is_value(term) && is_own(field, holder, cx)).then_some(Sum::Atomic(call));
            }
            let called = callee(call).filter(|called| called.kind() == Kind::SelectorExpression)?;
            let [term] = given[..] else { return None };
            let field = called.operand()?;
            let atomic = called.field()?.text() == "Add" && is_atomic(field, holder, cx);
            (atomic && is_value(term)).then_some(Sum::Atomic(call))
        }
        _ => None,
    }
}

fn sum_in<'t>(target: Node<'t>, function: Node<'t>, holder: &str, cx: &Cx<'t>) -> Option<Sum<'t>> {
    if target.kind() == Kind::Identifier {
        let Def::Local(local) = scope::resolve(target) else { return None };
        let read = scope::mentions(local).into_iter().any(|at| at != target && at != local.name);
        return (function.holds(local.name) && !read).then_some(Sum::Nowhere);
    }
    is_own(target, holder, cx).then_some(Sum::Field(target))
}

/// Whether the expression is a field of the same struct.
fn is_own(field: Node<'_>, holder: &str, cx: &Cx<'_>) -> bool {
    field.kind() == Kind::SelectorExpression
        && field
            .operand()
            .and_then(|operand| type_name(operand, cx.package()))
            .is_some_and(|name| name.text() == holder)
}

/// Whether it is one of the types of `sync/atomic`.
fn is_atomic(field: Node<'_>, holder: &str, cx: &Cx<'_>) -> bool {
    use crate::model::imports::is_symbol;
    use crate::model::types::{Type, type_of};
    is_own(field, holder, cx)
        && matches!(type_of(field, cx.package()), Some(Type::Written(written))
            if ["Int64", "Int32", "Uint64", "Uint32"].iter().any(|name| is_symbol(written, "sync/atomic", name)))
}
