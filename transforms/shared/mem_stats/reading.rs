//! One reading of the statistics.

use super::stats::Stats;
use crate::syntax::Node;

/// `runtime.ReadMemStats(&m)` as a statement, the first that fills `m`.
pub struct Reading<'t> {
    /// The call.
    pub call: Node<'t>,
    /// What is done with `m`, when it is declared in the function.
    pub stats: Option<Stats<'t>>,
}
