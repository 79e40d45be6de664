//! Loops around a statement, and whether control can come back to it within
//! one call of its function.

use super::effects::function_of;
use super::flow::{exits, exits_behind};
use super::imports::{parenthesized, unparenthesized};
use super::package::Package;
use crate::syntax::CLAUSES;
use crate::syntax::{Kind, Node};
use std::collections::HashMap;
use std::sync::Arc;

/// The `for` statements that run `node` again and again, in its own function,
/// innermost first.
pub fn loops<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let own = node.ancestors().take_while(|outer| !is_function(*outer));
    own.filter(move |outer| outer.kind() == Kind::ForStatement && !enters_with(*outer, node))
}

/// Whether the loop evaluates `node` once, before its first round: in its init
/// statement, or as what it ranges over.
fn enters_with<'t>(statement: Node<'t>, node: Node<'t>) -> bool {
    let Some(header) = statement.named().next() else { return false };
    let once = match header.kind() {
        Kind::ForClause => header.initializer(),
        Kind::RangeClause => header.right(),
        _ => None,
    };
    once.is_some_and(|once| once.holds(node))
}

/// Whether control can reach `statement` again after having left it, in the
/// same call. A `goto` on the way counts as if it led back.
pub fn comes_back<'t>(statement: Node<'t>, package: &Package) -> bool {
    package.remember_of(statement, "rounds: comes back", || look_whether_back(statement, package))
}

fn look_whether_back<'t>(statement: Node<'t>, package: &Package) -> bool {
    let mut out = exits(statement, package);
    let mut below = statement;
    for node in statement.ancestors() {
        match node.kind() {
            _ if is_function(node) => return false,
            _ if out.jumps => return true,
            Kind::StatementList => {
                if out.falls {
                    out = out.then(exits_behind(below, node, package));
                }
                // The next clause of a `switch` runs on; it leads back or not as
                // the clause itself would, which is not worth following.
                out.falls |= node.remember("rounds: falls through", || {
                    node.named().last().is_some_and(|last| last.kind() == Kind::FallthroughStatement)
                });
            }
            Kind::ForStatement if enters_with(node, statement) => out = exits(node, package),
            Kind::ForStatement => {
                if out.falls || out.continues.contains(&node) {
                    return true;
                }
                out.falls = out.breaks.contains(&node);
                out.breaks.retain(|target| *target != node);
            }
            Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement | Kind::SelectStatement => {
                out.falls |= out.breaks.contains(&node);
                out.breaks.retain(|target| *target != node);
            }
            _ => {}
        }
        below = node;
    }
    false
}

/// The statement with the labels in front of it.
pub fn labeled(statement: Node<'_>) -> Node<'_> {
    let mut whole = statement;
    while let Some(outer) = whole.parent().filter(|outer| outer.kind() == Kind::LabeledStatement) {
        whole = outer;
    }
    whole
}

/// Each `goto` of the function around `node`, with the labelled statement that
/// it jumps to.
pub fn gotos<'t>(node: Node<'t>) -> Vec<(Node<'t>, Node<'t>)> {
    let Some(function) = function_of(node) else { return Vec::new() };
    let found = function.remember("rounds: gotos", || {
        let own = || function.descend(move |inner| inner.kind() != Kind::FuncLiteral);
        let label = |node: Node<'t>| node.child(Kind::LabelName).map(Node::text);
        let jumps: Vec<Node<'t>> = own().filter(|node| node.kind() == Kind::GotoStatement).collect();
        let mut targets: HashMap<Option<&str>, Node<'t>> = HashMap::new();
        if !jumps.is_empty() {
            for target in own().filter(|node| node.kind() == Kind::LabeledStatement) {
                targets.entry(label(target)).or_insert(target);
            }
        }
        let pair = |jump: Node<'t>| Some((jump.place(), targets.get(&label(jump))?.place()));
        Arc::new(jumps.into_iter().filter_map(pair).collect::<Vec<_>>())
    });
    found.iter().map(|(jump, target)| (function.at(*jump), function.at(*target))).collect()
}

/// The select clauses of `select`, `default` included.
pub fn clauses<'t>(select: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    select.named().filter(|clause| clause.is(CLAUSES))
}

/// The select with a case that receives from `channel`.
pub fn waiting<'t>(channel: Node<'t>) -> Option<Node<'t>> {
    let receive =
        parenthesized(channel).parent().filter(|receive| receive.kind() == Kind::UnaryExpression)?;
    let statement = parenthesized(receive).parent().filter(|node| node.kind() == Kind::ReceiveStatement)?;
    let case = statement.parent().filter(|case| case.kind() == Kind::CommunicationCase)?;
    case.parent()
}

/// The channel that `clause` of a select receives from.
pub fn received_from<'t>(clause: Node<'t>) -> Option<Node<'t>> {
    let communication = clause.communication().filter(|it| it.kind() == Kind::ReceiveStatement)?;
    let receive = unparenthesized(communication.right()?);
    receive.operand().map(unparenthesized)
}

/// Whether control never comes back to the select from the clause.
pub fn leaves(clause: Node<'_>, package: &Package) -> bool {
    clause.child(Kind::StatementList).is_some_and(|body| !comes_back(body, package))
}

fn is_function(node: Node<'_>) -> bool {
    node.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral])
}

/// Whether the flag, which is `set` where `at` is reached, is turned in the same round of the loop
/// `around`, and never back.
pub fn is_turned(flag: Node<'_>, set: bool, around: Node<'_>, at: Node<'_>) -> bool {
    let Some(body) = around.body() else { return false };
    let turned = if set { "false" } else { "true" };
    let own = body.descend(|node| node.kind() != Kind::FuncLiteral);
    let writes: Vec<(Node<'_>, Node<'_>)> = own
        .filter(|node| node.kind() == Kind::AssignmentStatement)
        .filter_map(|node| {
            let place = node.left()?.named().position(|left| left.text() == flag.text())?;
            Some((node, node.right()?.named().nth(place)?))
        })
        .collect();
    let beside = |write: Node<'_>| {
        let list = write.parent().filter(|list| list.kind() == Kind::StatementList);
        list.is_some_and(|list| list.holds(at))
    };
    writes.iter().all(|(_, value)| value.text() == turned) && writes.iter().any(|(write, _)| beside(*write))
}
