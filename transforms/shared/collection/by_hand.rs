//! A call that collects by hand, with what goes with it.

use super::call::AskedFor;
use super::periodic::{self, Periodic};
use super::{explanation, remove};
use crate::rewrite::{Applicability, Cx, Fix, Verdict, Without};
use crate::syntax::Node;

/// A function that collects, asked for as a statement, behind `defer` or `go` too, or handed on
/// as a value.
pub struct ByHand<'t> {
    /// The statement, or the mention of a value.
    pub statement: Node<'t>,
    /// The call, or the mention of a value.
    pub call: Node<'t>,
    /// What goes with the statement; `None` for a value.
    pub without: Option<Without<'t>>,
    /// The loop that only collects now and then.
    pub periodic: Option<Periodic<'t>>,
}

impl<'t> ByHand<'t> {
    /// What asks for it at `mention`. `asks` tells the statements that do, by the name `question`;
    /// a loop of nothing but those that are `only` goes with them.
    pub fn at(
        mention: Node<'t>,
        question: &'static str,
        asks: fn(Node<'_>) -> bool,
        only: &dyn Fn(Node<'_>) -> bool,
        cx: &Cx<'t>,
    ) -> Option<ByHand<'t>> {
        let AskedFor { call, statement, stands } = AskedFor::of(mention)?;
        let without = stands.then(|| cx.without_all(statement, question, asks));
        let periodic = asks(statement).then(|| periodic::around(statement, cx, only)).flatten();
        Some(ByHand { statement, call, without, periodic })
    }

    /// Advice for a loop that stays, and for a block that would be left empty.
    pub fn lowered_by_place(&self, verdict: Verdict) -> Verdict {
        let own = self.periodic.as_ref().is_some_and(|periodic| periodic.goes.is_none());
        let empties = self.periodic.is_none() && matches!(self.without, Some(Without::Empties(_)));
        verdict.lower_if(own, Applicability::Advice, "own-loop").lower_if(
            empties,
            Applicability::Advice,
            "left-empty",
        )
    }

    /// Advice for a value, and for what a comment explains.
    pub fn lowered_by_reason(&self, verdict: Verdict) -> Verdict {
        verdict.lower_if(self.without.is_none(), Applicability::Advice, "as-value").lower_seen(
            || explanation(self.statement, self.without, self.periodic.as_ref()),
            Applicability::Advice,
            "explained",
        )
    }

    /// Takes it away.
    pub fn remove(&self, cx: &Cx<'t>, fix: &mut Fix) {
        if let Some(without) = self.without {
            remove(self.periodic.as_ref(), without, cx, fix);
        }
    }
}
