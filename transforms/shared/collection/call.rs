//! How a program asks for a collection.

use crate::model::imports::{callee, is_call_statement};
use crate::rewrite::Symbol;
use crate::syntax::{Kind, Node};

/// What collects by hand.
pub const GC: Symbol = Symbol { path: "runtime", name: "GC" };

/// How a function that takes no arguments is asked for.
pub struct AskedFor<'t> {
    /// The call, or the mention of a value.
    pub call: Node<'t>,
    /// The statement, or the mention of a value.
    pub statement: Node<'t>,
    /// Whether it is a statement.
    pub stands: bool,
}

impl<'t> AskedFor<'t> {
    /// `f()`, `defer f()`, `go f()` as a statement, or `f` handed on. `_ = f` asks for nothing.
    pub fn of(mention: Node<'t>) -> Option<AskedFor<'t>> {
        let outer = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        if callee(outer).is_some_and(|callee| callee.holds(mention)) {
            let statement = outer.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
            let stands = statement.is(&[Kind::ExpressionStatement, Kind::DeferStatement, Kind::GoStatement]);
            return stands.then_some(AskedFor { call: outer, statement, stands });
        }
        let dropped = outer
            .parent()
            .and_then(|assigned| assigned.left().or_else(|| assigned.name()))
            .is_some_and(|left| left.text() == "_");
        (!dropped).then_some(AskedFor { call: mention, statement: mention, stands: false })
    }
}

/// The call and the statement of a mention that is a plain call.
pub fn collection(mention: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
    let statement = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    (statement.kind() == Kind::ExpressionStatement).then_some((call, statement))
}

/// Whether the statement is `runtime.GC()`.
pub fn is_collection(statement: Node<'_>) -> bool {
    is_call_statement(statement, GC.path, GC.name)
}
