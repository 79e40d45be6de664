//! Loops that walk along something, and the exits that make them a wait all the same.

use crate::model::depends::{By, by, is_write};
use crate::model::flow::target;
use crate::model::imports::{callee, unparenthesized};
use crate::model::package::Package;
use crate::model::ranges::is_plain_value;
use crate::model::scope::{self, Def};
use crate::model::waits::{self, Loop, is_failure};
use crate::syntax::{Field, Kind, Node, NodeId};
use std::sync::Arc;

/// What a loop walks along, each element at most once.
struct LoopWalk<'t> {
    /// The variables of the elements, or what gives them.
    elements: Vec<Node<'t>>,
    /// Only a count of the iterations.
    counts: bool,
}

/// Along what `around` gets on with each iteration, whatever its body does.
fn walk<'t>(around: Node<'t>, package: &'t Package) -> Option<LoopWalk<'t>> {
    let header = around.named().next()?;
    match waits::kind(around, package) {
        Loop::Range | Loop::Undecided | Loop::Channel => {
            let elements: Vec<Node<'t>> = header.left().into_iter().flat_map(Node::named).collect();
            let number = header.right().is_some_and(|over| {
                matches!(unparenthesized(over).kind(), Kind::IntLiteral | Kind::BinaryExpression)
                    || is_plain_value(over, package)
            });
            Some(LoopWalk { elements, counts: number })
        }
        Loop::Counted => {
            let made = header.initializer().and_then(|made| made.left());
            Some(LoopWalk { elements: made.into_iter().flat_map(Node::named).collect(), counts: true })
        }
        Loop::Condition => {
            let (condition, update) = match header.kind() {
                Kind::ForClause => (header.condition()?, header.update()),
                _ => (header, None),
            };
            linked(condition, update).or_else(|| iterated(condition, update))
        }
        Loop::Endless => None,
    }
}

/// `for n := head; n != nil; n = n.next`: the condition asks the variable that the update
/// moves on.
fn linked<'t>(condition: Node<'t>, update: Option<Node<'t>>) -> Option<LoopWalk<'t>> {
    let update = update.filter(|update| update.kind() == Kind::AssignmentStatement)?;
    let moved = update.left()?.named().next().filter(|it| it.kind() == Kind::Identifier)?;
    let names = |code: Node<'t>| {
        code.descendants().any(|node| node.kind() == Kind::Identifier && node.text() == moved.text())
    };
    let asked = condition.kind() == Kind::BinaryExpression && names(condition);
    (asked && names(update.right()?)).then(|| LoopWalk { elements: vec![moved], counts: false })
}

/// `for rows.Next()`, `for it.Valid()` with `it.Next()` as its update.
fn iterated<'t>(condition: Node<'t>, update: Option<Node<'t>>) -> Option<LoopWalk<'t>> {
    let method = callee(condition).filter(|callee| callee.kind() == Kind::SelectorExpression)?;
    let name = method.field()?.text();
    let of = method.operand()?;
    let steps = |call: Node<'t>| {
        let step = callee(call).filter(|step| step.operand().is_some_and(|it| it.text() == of.text()));
        step.and_then(|step| step.field()).is_some_and(|step| step.text().starts_with("Next"))
    };
    let updated = || update.is_some_and(|update| update.descendants().any(steps));
    let walks = matches!(name, "Next" | "Scan" | "More") || updated();
    walks.then(|| LoopWalk { elements: vec![of], counts: false })
}

/// The exit of `around` that makes it a wait although it walks along something: it is
/// decided elsewhere, it says that something has come, and the elements have no part in it.
/// `None` also for a loop that walks along nothing: see [`walks`].
pub fn waits_for_exit<'t>(around: Node<'t>, yields: Node<'t>, package: &'t Package) -> Option<Node<'t>> {
    let walk = walk(around, package)?;
    let body = around.body()?;
    let uses = package.remember_of(around, "spin: uses of the elements", || {
        let mut uses = LoopUses::default();
        walk.elements.iter().for_each(|element| uses.add(*element, &walk, around, body));
        Arc::new(uses)
    });
    let used = uses.always || uses.unless_in.iter().any(|test| !around.at(*test).holds(yields));
    let question = if used { "spin: exit with used elements" } else { "spin: exit" };
    let decides = package.remember_of(around, question, || {
        let exits = body
            .descend(|node| node.kind() != Kind::FuncLiteral)
            .filter(|node| waits::leaves(*node, around) && !repeats(*node, around));
        let mut deciders = exits.filter_map(|exit| {
            if ends_work(exit) || (used && !gives_what_came(exit, around)) {
                return None;
            }
            waits::deciders(exit, around).into_iter().find(|decider| match decider.kind() {
                Kind::SelectStatement => !is_cancelled(exit, *decider),
                _ => {
                    by(*decider, package) > By::Own
                        && !is_failure(*decider)
                        && !walk.elements.iter().any(|element| asks_about(*decider, *element, walk.counts))
                }
            })
        });
        deciders.next().map(Node::place)
    });
    decides.map(|place| around.at(place))
}

/// Whether `around` gets on with each iteration, and is given up only when it cannot.
pub fn walks<'t>(around: Node<'t>, package: &'t Package) -> bool {
    walk(around, package).is_some()
}

/// `continue` with the next element.
fn repeats(exit: Node<'_>, around: Node<'_>) -> bool {
    exit.kind() == Kind::ContinueStatement && target(exit, &[Kind::ForStatement]) == Some(around)
}

/// Whether the exit says that the loop could not go on: it returns an error or `false`.
fn ends_work(exit: Node<'_>) -> bool {
    let last = || exit.named().next()?.named().last();
    exit.kind() == Kind::ReturnStatement
        && last().is_some_and(|last| last.text() == "false" || last.text().to_lowercase().contains("err"))
}

/// Whether the exit returns a value that is not worked out by the loop.
fn gives_what_came(exit: Node<'_>, around: Node<'_>) -> bool {
    let values: Vec<Node<'_>> = match exit.named().next() {
        Some(list) if exit.kind() == Kind::ReturnStatement => list.named().collect(),
        _ => return false,
    };
    let summed = |value: &Node<'_>| {
        matches!(scope::resolve(*value), Def::Local(local) if value.kind() == Kind::Identifier
            && !around.holds(local.name)
            && scope::mentions(local).into_iter().any(|mention| around.holds(mention) && is_write(mention)))
    };
    match &values[..] {
        [] => false,
        [value] => !summed(value),
        _ => true,
    }
}

/// Whether the clause of `select` around the exit is for the end of a context.
fn is_cancelled(exit: Node<'_>, select: Node<'_>) -> bool {
    let clause =
        exit.ancestors().take_while(|up| *up != select).find(|up| up.kind() == Kind::CommunicationCase);
    clause.and_then(|clause| clause.communication()).is_some_and(|taken| {
        taken.descendants().any(|node| {
            callee(node).and_then(|callee| callee.field()).is_some_and(|method| method.text() == "Done")
        })
    })
}

/// Whether the decision is about the element: it names it, or, for a count, picks with it.
fn asks_about(decider: Node<'_>, element: Node<'_>, counts: bool) -> bool {
    decider.descendants().any(|node| {
        node.kind() == Kind::Identifier
            && node.text() == element.text()
            && (!counts || node.ancestors().take_while(|up| *up != decider).any(is_index))
    })
}

fn is_index(node: Node<'_>) -> bool {
    node.kind() == Kind::IndexExpression
}

/// What the body of a loop does with its elements: more than to decide by the count of the
/// iterations when to leave, or when to yield.
#[derive(Debug, Default)]
struct LoopUses {
    /// Whether it does so whatever it is that yields.
    always: bool,
    /// The tests that are a use unless the yield stands in them.
    unless_in: Vec<NodeId>,
}

impl LoopUses {
    fn add(&mut self, element: Node<'_>, walk: &LoopWalk<'_>, around: Node<'_>, body: Node<'_>) {
        if element.text() == "_" {
            return;
        }
        let inner = body.descendants().filter(|node| {
            node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && node.text() == last_name(element)
        });
        for mention in inner {
            let up = || mention.ancestors().take_while(|up| *up != body);
            let test = up().filter(|up| up.kind() == Kind::IfStatement).find(|test| {
                [Field::Condition, Field::Initializer]
                    .into_iter()
                    .filter_map(|part| test.child_by_field(part))
                    .any(|part| part.holds(mention))
            });
            match test {
                _ if up().any(is_index) => self.always = true,
                Some(test) if !walk.counts => self.unless_in.push(test.place()),
                Some(test) => {
                    let leaves = || test.descendants().any(|node| waits::leaves(node, around));
                    if test.condition().is_some_and(is_failure) || !leaves() {
                        self.unless_in.push(test.place());
                    }
                }
                None => self.always = true,
            }
            if self.always {
                return;
            }
        }
    }
}

fn last_name(element: Node<'_>) -> &str {
    element.field().unwrap_or(element).text()
}
