//! The call that gives memory back.

use crate::model::imports::is_call_statement;
use crate::rewrite::Symbol;
use crate::syntax::Node;

pub(super) const SYMBOL: Symbol = Symbol { path: "runtime/debug", name: "FreeOSMemory" };

/// Whether the statement is `debug.FreeOSMemory()`.
pub(super) fn frees(statement: Node<'_>) -> bool {
    is_call_statement(statement, SYMBOL.path, SYMBOL.name)
}
