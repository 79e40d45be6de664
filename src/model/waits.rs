//! What decides how a loop goes on: the goroutine's own variables, or state
//! that another goroutine may be about to change.
//!
//! A loop of the second kind may be waiting; nothing here tells whether it is.

use super::computes::{Except, doings_without};
use super::depends::{By, by, is_address_taken, is_write};
use super::effects::is_captured;
use super::flow::{CLAUSES, target};
use super::package::Package;
use super::ranges::{Ranged, ranged};
use super::scope::{self, Def, LocalKind};
use super::spin;
use crate::syntax::{Node, Place};
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
        Some(header) if header.kind() == "range_clause" => match ranged(header, package) {
            Ranged::Data => Loop::Range,
            Ranged::Channel => Loop::Channel,
            Ranged::Iterator | Ranged::Unknown => Loop::Undecided,
        },
        Some(header) if header.kind() == "for_clause" => match header.field("condition") {
            None => Loop::Endless,
            Some(_) if is_counted(statement, header) => Loop::Counted,
            Some(_) => Loop::Condition,
        },
        Some(header) if header.kind() != "block" => Loop::Condition,
        _ => Loop::Endless,
    }
}

/// `for i := a; i < b; i++` whose `i` nothing else writes.
fn is_counted(statement: Node<'_>, clause: Node<'_>) -> bool {
    let counted = || {
        let init = clause.field("initializer").filter(|init| init.kind() == "short_var_declaration")?;
        let condition = clause.field("condition").filter(|it| it.kind() == "binary_expression")?;
        if !matches!(condition.field("operator")?.kind(), "<" | "<=" | ">" | ">=" | "!=") {
            return None;
        }
        let update = clause.field("update")?;
        let stepped = match update.kind() {
            "inc_statement" | "dec_statement" => update.named().next()?,
            "assignment_statement" => {
                let by = update.field("right")?.named().next()?;
                let steps = ["+=", "-=", "*=", "/=", "<<=", ">>="];
                let operator = update.field("operator")?.text();
                (steps.contains(&operator) && by.kind() == "int_literal" && by.text() != "0").then_some(())?;
                update.field("left")?.named().next()?
            }
            _ => return None,
        };
        let Def::Local(local) = scope::resolve(stepped) else { return None };
        let declared = init.field("left")?.named().any(|name| name == local.name);
        let compared = ["left", "right"].iter().filter_map(|side| condition.field(side)).any(|side| {
            side.descendants().any(|node| node.kind() == "identifier" && node.text() == local.name.text())
        });
        let body = statement.field("body")?;
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
        .take_while(|up| !up.is(&["func_literal", "function_declaration", "method_declaration"]))
        .filter(|up| up.kind() == "for_statement")
}

/// What a loop may be waiting for in the iteration after `yields`, a statement in it: the
/// expression that another goroutine may be about to change, and that decides whether the
/// loop goes on, leaves, or reaches `yields`. `None` when each way back to `yields` blocks,
/// when the loop gets on with something meanwhile, or when all that depends on the
/// goroutine's own variables.
pub fn waits_for<'t>(statement: Node<'t>, yields: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    if !spin::can_spin(statement, yields, package) {
        return None;
    }
    if spin::walks(statement, package) {
        return spin::waits_for_exit(statement, yields, package);
    }
    let decided = decided_elsewhere(statement, Some(yields), package);
    if decided.is_none() && kind(statement, package) == Loop::Endless {
        // Nothing leaves it that can be told, so what it does may look for something.
        let body = statement.field("body")?;
        let left = statement.remember("waits: is left", || {
            body.descend(|node| node.kind() != "func_literal").any(|node| ends(node, statement))
        });
        let done = doings_without(body, Some(yields), NOTHING, package);
        return done.communicates.or(done.calls).filter(|_| !left);
    }
    decided
}

/// Nothing is left out.
const NOTHING: Except = Except { name: "waits: all of it", holds: |_| false };

/// Whether the jump leaves `statement` for good.
fn ends(node: Node<'_>, statement: Node<'_>) -> bool {
    leaves(node, statement)
        && (node.kind() != "continue_statement" || target(node, &["for_statement"]) != Some(statement))
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
        statement.descend(|node| node.kind() != "func_literal").any(|node| match node.kind() {
            "select_statement" => node.child("default_case").is_none(),
            "send_statement" => !in_select(node),
            "unary_expression" => node.text().starts_with("<-") && !in_select(node),
            _ => false,
        })
    };
    !over && decided_elsewhere(statement, Some(call), package).is_some() && !stops()
}

fn in_select(node: Node<'_>) -> bool {
    let case = node.ancestors().find(|up| up.kind() == "communication_case");
    case.and_then(|case| case.field("communication")).is_some_and(|communication| communication.holds(node))
}

/// What decides elsewhere whether the loop is left or, with `yields`, reaches that.
fn decided_elsewhere<'t>(
    statement: Node<'t>,
    yields: Option<Node<'t>>,
    package: &'t Package,
) -> Option<Node<'t>> {
    let body = statement.field("body")?;
    if let Some(header) = header_of(statement).filter(|_| !is_fixed(statement, package)) {
        let limit = match kind(statement, package) {
            Loop::Counted => By::Others,
            _ => By::Memory,
        };
        if by(header, package) >= limit {
            return Some(header);
        }
    }
    let decides = |exit: Node<'t>| {
        let mut deciders = deciders(exit, statement).into_iter();
        deciders.find(|decider| decider.kind() == "select_statement" || by(*decider, package) > By::Own)
    };
    let left = package.remember_of(statement, "waits: what decides that it is left", || {
        let own = body.descend(|node| node.kind() != "func_literal");
        own.filter(|node| leaves(*node, statement)).find_map(decides).map(Node::place)
    });
    left.map(|place| statement.at(place)).or_else(|| yields.and_then(decides))
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
    let body = statement.field("body");
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
        "identifier" => stays(part),
        "selector_expression" | "type_assertion_expression" | "composite_literal" | "func_literal" => false,
        "call_expression" | "type_conversion_expression" => false,
        "index_expression" | "slice_expression" | "unary_expression" => false,
        _ => true,
    })
}

/// The condition of a `for`.
fn header_of(statement: Node<'_>) -> Option<Node<'_>> {
    let header = statement.named().next()?;
    match header.kind() {
        "for_clause" => header.field("condition"),
        "range_clause" | "block" => None,
        _ => Some(header),
    }
}

/// Whether `node` is a jump that ends a round of `statement` early.
pub(super) fn leaves(node: Node<'_>, statement: Node<'_>) -> bool {
    match node.kind() {
        "return_statement" | "goto_statement" => true,
        "break_statement" => {
            let kinds =
                ["for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"];
            target(node, &kinds).is_none_or(|left| left.holds(statement))
        }
        "continue_statement" => target(node, &["for_statement"]).is_none_or(|left| left.holds(statement)),
        _ => false,
    }
}

/// The conditions between `node` and the loop `statement` on which it depends
/// whether control gets to `node`.
pub(super) fn deciders<'t>(node: Node<'t>, statement: Node<'t>) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    for up in node.ancestors().take_while(|up| *up != statement) {
        match up.kind() {
            "if_statement" => {
                found.extend(up.field("condition"));
                found.extend(up.field("initializer"));
            }
            "expression_switch_statement" => {
                found.extend(up.field("initializer"));
                found.extend(up.field("value"));
                let clauses = up.named().filter(|clause| clause.is(CLAUSES));
                found.extend(clauses.filter_map(|clause| clause.field("value")));
            }
            "type_switch_statement" => found.extend(up.field("value")),
            "select_statement" => found.push(up),
            "for_statement" => found.extend(header_of(up)),
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
    let Some(body) = statement.field("body") else { return true };
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
    let at = |place: Place| statement.at(place);
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
                let returned = || mention.ancestors().any(|up| up.kind() == "return_statement");
                reads && (!statement.holds(*mention) || returned()) && !inside(*mention, except)
            });
            read.map(Some)
        }
        _ => Some(None),
    };
    let always = |lasts: bool| lasts.then_some(None);
    let lasts = move |node: Node<'t>| match node.kind() {
        "assignment_statement" | "short_var_declaration" => node.field("left").and_then(|left| {
            // `_ = x` keeps nothing.
            let mut targets = left.named().filter(|target| target.text() != "_");
            targets
                .find_map(|target| if target.kind() == "identifier" { outlives(target) } else { Some(None) })
        }),
        "range_clause" if !scope::declares(node) => always(node.field("left").is_some()),
        "inc_statement" | "dec_statement" => {
            // A count of all rounds is known without the loop.
            let each_round = node.parent().and_then(Node::parent) == Some(body);
            let target = node.named().next();
            target.and_then(|it| match it.kind() {
                "identifier" if each_round => None,
                "identifier" => outlives(it),
                _ => Some(None),
            })
        }
        "return_statement" => always(node.named().next().is_some()),
        "call_expression" => always(super::computes::writes_through(node, package)),
        _ => None,
    };
    let own = body.descend(|node| !except(node));
    own.filter_map(move |node| lasts(node).map(|read| (node, read)))
}

fn inside<'t>(node: Node<'t>, except: &dyn Fn(Node<'t>) -> bool) -> bool {
    except(node) || node.ancestors().any(except)
}
