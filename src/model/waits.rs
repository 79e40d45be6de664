//! What decides how a loop goes on: the goroutine's own variables, or state
//! that another goroutine may be about to change.
//!
//! A loop of the second kind may be waiting; nothing here tells whether it is.

use super::computes::{Except, doings_without};
use super::depends::{By, by, is_address_taken, is_write};
use super::effects::is_captured;
use super::flow::target;
use super::package::Package;
use super::ranges::{Ranged, ranged};
use super::ready;
use super::scope::{self, Def, LocalKind};
use crate::syntax::CLAUSES;
use crate::syntax::{Field, Kind, Node, NodeId};
use std::sync::Arc;

/// How a `for` comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loop {
    /// Over the elements of data.
    Range,
    /// Over a channel.
    Channel,
    /// Over a function, or over what the syntax does not tell.
    Undecided,
    /// A variable of its own runs from a value to a limit in steps.
    Counted,
    /// A condition that is no count.
    Condition,
    /// No condition.
    Endless,
}

/// How `statement` (a `for`) comes to its end.
pub fn kind(statement: Node<'_>, package: &Package) -> Loop {
    package.remember_of(statement, "waits: kind", || look_at_kind(statement, package))
}

fn look_at_kind(statement: Node<'_>, package: &Package) -> Loop {
    match statement.named().next() {
        Some(header) if header.kind() == Kind::RangeClause => match ranged(header, package) {
            Ranged::Data => Loop::Range,
            Ranged::Channel => Loop::Channel,
            Ranged::Iterator | Ranged::Unknown => Loop::Undecided,
        },
        Some(header) if header.kind() == Kind::ForClause => match header.condition() {
            None => Loop::Endless,
            Some(_) if is_counted(statement, header) => Loop::Counted,
            Some(_) => Loop::Condition,
        },
        Some(header) if header.kind() != Kind::Block => Loop::Condition,
        _ => Loop::Endless,
    }
}

/// `for i := a; i < b; i++` whose `i` nothing else writes.
fn is_counted(statement: Node<'_>, clause: Node<'_>) -> bool {
    let counted = || {
        let init = clause.initializer().filter(|init| init.kind() == Kind::ShortVarDeclaration)?;
        let condition = clause.condition().filter(|it| it.kind() == Kind::BinaryExpression)?;
        if !matches!(
            condition.operator()?.kind(),
            Kind::Less | Kind::LessOrEqual | Kind::Greater | Kind::GreaterOrEqual | Kind::NotEqual
        ) {
            return None;
        }
        let update = clause.update()?;
        let stepped = match update.kind() {
            Kind::IncStatement | Kind::DecStatement => update.named().next()?,
            Kind::AssignmentStatement => {
                let by = update.right()?.named().next()?;
                let steps = ["+=", "-=", "*=", "/=", "<<=", ">>="];
                let operator = update.operator()?.text();
                (steps.contains(&operator) && by.kind() == Kind::IntLiteral && by.text() != "0")
                    .then_some(())?;
                update.left()?.named().next()?
            }
            _ => return None,
        };
        let Def::Local(local) = scope::resolve(stepped) else { return None };
        let declared = init.left()?.named().any(|name| name == local.name);
        let compared = [Field::Left, Field::Right]
            .into_iter()
            .filter_map(|side| condition.child_by_field(side))
            .any(|side| {
                side.descendants()
                    .any(|node| node.kind() == Kind::Identifier && node.text() == local.name.text())
            });
        let body = statement.body()?;
        let untouched = !scope::mentions(local)
            .into_iter()
            .any(|mention| body.holds(mention) && (is_write(mention) || is_address_taken(mention)));
        (declared && compared && untouched).then_some(())
    };
    counted().is_some()
}

/// The loops of the same function around `node`, innermost first.
pub fn loops_around<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    node.ancestors()
        .take_while(|up| !up.is(&[Kind::FuncLiteral, Kind::FunctionDeclaration, Kind::MethodDeclaration]))
        .filter(|up| up.kind() == Kind::ForStatement)
}

/// Nothing is left out.
pub(super) const NOTHING: Except = Except { name: "waits: all of it", holds: |_| false };

/// Whether the jump leaves `statement` for good.
pub(super) fn ends(node: Node<'_>, statement: Node<'_>) -> bool {
    leaves(node, statement)
        && (node.kind() != Kind::ContinueStatement || target(node, &[Kind::ForStatement]) != Some(statement))
}

/// What may end a loop early that another goroutine may be about to change.
pub fn early_exit<'t>(statement: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    decided_elsewhere(statement, None, package)
}

/// Whether `statement` goes round until another goroutine changes something,
/// without ever stopping for it, and calls `call` in each round.
pub fn spins<'t>(statement: Node<'t>, call: Node<'t>, package: &'t Package) -> bool {
    let over = matches!(kind(statement, package), Loop::Range | Loop::Channel | Loop::Undecided);
    let stops = || {
        statement.descend(|node| node.kind() != Kind::FuncLiteral).any(|node| match node.kind() {
            Kind::SelectStatement => ready::select_blocks(node, package),
            Kind::SendStatement => !in_select(node),
            Kind::UnaryExpression => {
                node.text().starts_with("<-") && !in_select(node) && !ready::may_not_block(node, package)
            }
            _ => false,
        })
    };
    !over && decided_elsewhere(statement, Some(call), package).is_some() && !stops()
}

fn in_select(node: Node<'_>) -> bool {
    let case = node.ancestors().find(|up| up.kind() == Kind::CommunicationCase);
    case.and_then(|case| case.communication()).is_some_and(|communication| communication.holds(node))
}

/// What decides elsewhere whether the loop is left or, with `yields`, reaches that.
pub(super) fn decided_elsewhere<'t>(
    statement: Node<'t>,
    yields: Option<Node<'t>>,
    package: &'t Package,
) -> Option<Node<'t>> {
    let body = statement.body()?;
    if let Some(header) = header_of(statement).filter(|_| !is_fixed(statement, package)) {
        let limit = match kind(statement, package) {
            Loop::Counted => By::Others,
            _ => By::Memory,
        };
        if by(header, package) >= limit {
            return Some(header);
        }
    }
    // What leads to the yield tells more than what leaves the loop, and a failure least.
    let best = |decider: &Node<'t>| is_failure(*decider);
    let decides = |exit: Node<'t>| {
        let deciders = deciders(exit, statement).into_iter();
        let others = deciders
            .filter(|decider| decider.kind() == Kind::SelectStatement || by(*decider, package) > By::Own);
        others.min_by_key(best)
    };
    let left = package.remember_of(statement, "waits: what decides that it is left", || {
        let own = body.descend(|node| node.kind() != Kind::FuncLiteral);
        let exits = own.filter(|node| leaves(*node, statement));
        exits.filter_map(decides).min_by_key(best).map(Node::place)
    });
    let left = left.map(|place| statement.at(place));
    yields.and_then(decides).into_iter().chain(left).min_by_key(best)
}

/// Whether the limit of a counted loop is read from memory that other code may
/// change.
pub fn limit_in_memory(statement: Node<'_>, package: &Package) -> bool {
    let reads = header_of(statement).is_some_and(|header| by(header, package) == By::Memory);
    reads && !is_fixed(statement, package)
}

/// Whether a counted loop runs to a limit that is in variables of its function
/// and that nothing changes meanwhile, wherever their values came from.
fn is_fixed(statement: Node<'_>, package: &Package) -> bool {
    package.remember_of(statement, "waits: is fixed", || look_whether_fixed(statement, package))
}

fn look_whether_fixed(statement: Node<'_>, package: &Package) -> bool {
    let Some(header) = header_of(statement).filter(|_| kind(statement, package) == Loop::Counted) else {
        return false;
    };
    let body = statement.body();
    let stays = |name: Node<'_>| match scope::resolve(name) {
        Def::Local(local) => {
            local.kind.is_variable()
                && !scope::mentions(local).into_iter().any(|mention| {
                    is_address_taken(mention)
                        || is_captured(mention, local.name)
                        || (is_write(mention) && body.is_some_and(|body| body.holds(mention)))
                })
        }
        _ => false,
    };
    header.descendants().all(|part| match part.kind() {
        Kind::Identifier => stays(part),
        Kind::SelectorExpression
        | Kind::TypeAssertionExpression
        | Kind::CompositeLiteral
        | Kind::FuncLiteral => false,
        Kind::CallExpression | Kind::TypeConversionExpression => false,
        Kind::IndexExpression | Kind::SliceExpression | Kind::UnaryExpression => false,
        _ => true,
    })
}

/// The condition of a `for`.
fn header_of(statement: Node<'_>) -> Option<Node<'_>> {
    let header = statement.named().next()?;
    match header.kind() {
        Kind::ForClause => header.condition(),
        Kind::RangeClause | Kind::Block => None,
        _ => Some(header),
    }
}

/// Whether `node` is a jump that ends a round of `statement` early.
pub(super) fn leaves(node: Node<'_>, statement: Node<'_>) -> bool {
    match node.kind() {
        Kind::ReturnStatement | Kind::GotoStatement => true,
        Kind::BreakStatement => {
            let kinds = [
                Kind::ForStatement,
                Kind::ExpressionSwitchStatement,
                Kind::TypeSwitchStatement,
                Kind::SelectStatement,
            ];
            target(node, &kinds).is_none_or(|left| left.holds(statement))
        }
        Kind::ContinueStatement => {
            target(node, &[Kind::ForStatement]).is_none_or(|left| left.holds(statement))
        }
        _ => false,
    }
}

/// The conditions between `node` and the loop `statement` on which it depends
/// whether control gets to `node`.
pub(super) fn deciders<'t>(node: Node<'t>, statement: Node<'t>) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    for up in node.ancestors().take_while(|up| *up != statement) {
        match up.kind() {
            Kind::IfStatement => {
                found.extend(up.condition());
                found.extend(up.initializer());
            }
            Kind::ExpressionSwitchStatement => {
                found.extend(up.initializer());
                found.extend(up.value());
                let clauses = up.named().filter(|clause| clause.is(CLAUSES));
                found.extend(clauses.filter_map(|clause| clause.value()));
            }
            Kind::TypeSwitchStatement => found.extend(up.value()),
            Kind::SelectStatement => found.push(up),
            Kind::ForStatement => found.extend(header_of(up)),
            _ => {}
        }
    }
    found
}

/// Whether anything that the loop does lasts, `gone` and `except` left out: it writes what
/// is read after it, or memory, or gives a result, or calls code that is not
/// known. A loop of which nothing lasts only passes time.
pub fn leaves_something<'t>(
    statement: Node<'t>,
    gone: Option<Node<'t>>,
    except: Except,
    package: &'t Package,
) -> bool {
    let Some(body) = statement.body() else { return true };
    let done = doings_without(body, gone, except, package);
    if done.calls.is_some() || done.communicates.is_some() {
        return true;
    }
    // What lasts when nothing is gone but `except`: the first few, and whether that is all.
    let lasting = package.remember_of(statement, except.name, || {
        let found = lasting(statement, body, &except.holds, package).take(FEW);
        Arc::new(found.map(|(node, read)| (node.place(), read.map(Node::place))).collect::<Vec<_>>())
    });
    let stays = |node: Node<'t>| gone.is_none_or(|gone| !gone.holds(node));
    let at = |place: NodeId| statement.at(place);
    if lasting.iter().any(|(node, read)| stays(at(*node)) && read.is_none_or(|read| stays(at(read)))) {
        return true;
    }
    let except = |node: Node<'t>| gone == Some(node) || (except.holds)(node);
    !lasting.is_empty() && self::lasting(statement, body, &except, package).next().is_some()
}

/// How many lasting statements of a loop are kept in mind.
const FEW: usize = 8;

/// The statements in `body` of a loop whose effect lasts, with the place where what they write
/// is read, if it is a place that decides.
fn lasting<'t, 'e>(
    statement: Node<'t>,
    body: Node<'t>,
    except: &'e dyn Fn(Node<'t>) -> bool,
    package: &'t Package,
) -> impl Iterator<Item = (Node<'t>, Option<Node<'t>>)> + use<'t, 'e> {
    // Whether what is written to the variable outlives the loop, and where it is read.
    let outlives = move |name: Node<'t>| match scope::resolve(name) {
        Def::Local(local) => {
            if local.kind == LocalKind::Result || is_captured(name, local.name) {
                return Some(None);
            }
            if statement.holds(local.name) {
                return None;
            }
            let mut mentions = scope::mentions(local).into_iter();
            let read = mentions.find(|mention| {
                let reads = *mention != local.name && !is_write(*mention);
                let returned = || mention.ancestors().any(|up| up.kind() == Kind::ReturnStatement);
                reads && (!statement.holds(*mention) || returned()) && !inside(*mention, except)
            });
            read.map(Some)
        }
        _ => Some(None),
    };
    let always = |lasts: bool| lasts.then_some(None);
    let lasts = move |node: Node<'t>| match node.kind() {
        Kind::AssignmentStatement | Kind::ShortVarDeclaration => node.left().and_then(|left| {
            // `_ = x` keeps nothing.
            let mut targets = left.named().filter(|target| target.text() != "_");
            targets.find_map(
                |target| if target.kind() == Kind::Identifier { outlives(target) } else { Some(None) },
            )
        }),
        Kind::RangeClause if !scope::declares(node) => always(node.left().is_some()),
        Kind::IncStatement | Kind::DecStatement => {
            // A count of all rounds is known without the loop.
            let each_round = node.parent().and_then(Node::parent) == Some(body);
            let target = node.named().next();
            target.and_then(|it| match it.kind() {
                Kind::Identifier if each_round => None,
                Kind::Identifier => outlives(it),
                _ => Some(None),
            })
        }
        Kind::ReturnStatement => always(node.named().next().is_some()),
        Kind::CallExpression => always(super::computes::writes_through(node, package)),
        _ => None,
    };
    let own = body.descend(|node| !except(node));
    own.filter_map(move |node| lasts(node).map(|read| (node, read)))
}

fn inside<'t>(node: Node<'t>, except: &dyn Fn(Node<'t>) -> bool) -> bool {
    except(node) || node.ancestors().any(except)
}

/// `err != nil`, and what asks for the same in an initializer.
pub(super) fn is_failure(decider: Node<'_>) -> bool {
    let fails = |condition: Node<'_>| {
        condition.descendants().any(|node| {
            node.kind() == Kind::BinaryExpression
                && node.operator().is_some_and(|operator| operator.kind() == Kind::NotEqual)
                && node.right().is_some_and(|right| right.text() == "nil")
        })
    };
    fails(decider) || decider.parent().and_then(|test| test.condition()).is_some_and(fails)
}
