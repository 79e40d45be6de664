//! The call that yields.

use crate::model::computes::Except;
use crate::model::imports::is_call_statement;
use crate::rewrite::Symbol;
use crate::syntax::Node;

pub(super) const SYMBOL: Symbol = Symbol { path: "runtime", name: "Gosched" };

/// All yields.
pub(super) const YIELDS: Except = Except { name: "gosched: yields", holds: is_yield };

/// Whether the statement is `runtime.Gosched()`.
pub(super) fn is_yield(statement: Node<'_>) -> bool {
    is_call_statement(statement, SYMBOL.path, SYMBOL.name)
}
