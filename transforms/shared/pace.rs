//! How much time goes by until control comes to a place again.

mod clock;
mod ticks;

pub use clock::gate;
pub use ticks::Pace;

use crate::model::constant;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, is_call};
use crate::model::package::Package;
use crate::syntax::{Kind, Node};
use ticks::{receives, ticks};

/// How the clock, or the innermost loop around `node` in its function, waits before control comes to it
/// again.
pub fn pace<'t>(node: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let gate = gate(node, package);
    gate.filter(Pace::is_long).or_else(|| turns(node, package)).or(gate)
}

fn turns<'t>(node: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let function = function_of(node)?;
    let mut own = node.ancestors().take_while(|up| *up != function);
    let turn = own.find(|up| up.kind() == Kind::ForStatement)?;
    if let Some(clause) = turn.child(Kind::RangeClause) {
        return clause.right().and_then(|over| ticks(over, package));
    }
    // What the body does in each turn, and the clause of a select that leads to the reading.
    let body = turn.body()?;
    let list = body.child(Kind::StatementList)?;
    for statement in list.named() {
        if let Some(pace) = waits(statement, package) {
            return Some(pace);
        }
        if statement.kind() != Kind::SelectStatement {
            continue;
        }
        let clauses = || statement.named().filter(|clause| clause.kind() == Kind::CommunicationCase);
        let received = |clause: Node<'t>| {
            let communication = clause.communication()?;
            communication.descendants().find_map(|inner| receives(inner, package))
        };
        if let Some(leading) = clauses().find(|clause| clause.holds(node)) {
            return received(leading);
        }
        // A select behind which the reading stands waits in each clause that does not leave.
        let leaves = |clause: &Node<'t>| {
            clause.descendants().any(|inner| {
                inner.is(&[Kind::ReturnStatement, Kind::BreakStatement, Kind::ContinueStatement])
            })
        };
        let plain = statement.named().all(|clause| clause.kind() != Kind::DefaultCase);
        let paces: Option<Vec<Pace<'t>>> = clauses().filter(|clause| !leaves(clause)).map(received).collect();
        if let Some(pace) = paces.filter(|_| plain).and_then(|paces| paces.first().copied()) {
            return Some(pace);
        }
    }
    None
}

/// `time.Sleep(d)` or `<-ticks` as a statement.
fn waits<'t>(statement: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let inner = statement.named().next().filter(|_| statement.kind() == Kind::ExpressionStatement)?;
    if is_call(inner, "time", "Sleep") {
        return Some(Pace { at: inner, length: constant::integer(arguments(inner).next()?, package) });
    }
    receives(inner, package)
}
