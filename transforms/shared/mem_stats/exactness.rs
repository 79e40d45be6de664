//! Signs that the code needs what only `runtime.ReadMemStats` gives: counts
//! that include what each processor still holds back.

use super::fields::StatsField;
use super::stats::{self, Stats};
use crate::model::dominance::dominates;
use crate::model::effects::{function_of, is_constant};
use crate::model::imports::{arguments, callee, is_call, is_symbol, package_of};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::{COMPARISONS, Field, Kind, Node};

/// Whether a function around `node` takes a handle of the package `testing`.
pub fn has_testing_handle(node: Node<'_>) -> bool {
    let functions = std::iter::successors(function_of(node), |function| function_of(*function));
    functions.filter_map(|function| function.parameters()).any(|parameters| {
        parameters
            .descendants()
            .any(|node| ["T", "B", "F", "PB", "M", "TB"].iter().any(|name| is_symbol(node, "testing", name)))
    })
}

/// What collects before `call` in the functions around it: `runtime.GC` or
/// `debug.FreeOSMemory`, there or in a function of the package that is called
/// there.
pub fn collects_before<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let root = call.ancestors().last()?;
    let home = function_of(call)?;
    let near = |node: Node<'t>| {
        function_of(node).is_some_and(|function| function.holds(home) || home.holds(function))
    };
    let earlier = |node: Node<'t>| {
        node.start() < call.start()
            || call.ancestors().any(|around| around.kind() == Kind::ForStatement && around.holds(node))
    };
    root.descendants()
        .filter(|node| node.kind() == Kind::CallExpression)
        .find(|node| near(*node) && earlier(*node) && (collects(*node) || calls_a_collector(*node, cx)))
}

/// Where a function of the package, tests included, collects and calls the
/// function around `call`: what that reads is meant to be exact.
pub fn caller_collects(call: Node<'_>, cx: &Cx<'_>) -> Option<String> {
    let function =
        call.ancestors().find(|up| up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]))?;
    let name = function.name()?.text();
    let files = cx.package().files();
    let decls = files.flat_map(|file| (0..file.outline().decls.len()).map(move |index| (file, index)));
    decls.into_iter().find_map(|(file, index)| {
        let text = file.outline().decls[index].span.of(file.text());
        let both = text.contains(name) && (text.contains("GC") || text.contains("FreeOSMemory"));
        let root = both.then(|| file.decl(index))??;
        let calls = root.descendants().any(|node| {
            let called = callee(node).map(|it| it.field().unwrap_or(it));
            called.is_some_and(|called| called.text() == name)
        });
        let collection = root.descendants().find(|node| collects(*node)).filter(|_| calls)?;
        let place = file.path().file_name()?.to_string_lossy();
        Some(format!("line {} of {place}", collection.line()))
    })
}

fn collects(call: Node<'_>) -> bool {
    is_call(call, "runtime", "GC") || is_call(call, "runtime/debug", "FreeOSMemory")
}

fn calls_a_collector(call: Node<'_>, cx: &Cx<'_>) -> bool {
    let Some(callee) = callee(call) else { return false };
    let (name, methods) = match callee.kind() {
        Kind::Identifier if !matches!(scope::resolve(callee), Def::Local(_)) => (callee, false),
        Kind::SelectorExpression if package_of(callee).is_none() => match callee.field() {
            Some(name) => (name, true),
            None => return false,
        },
        _ => return false,
    };
    let bodies = cx.package().functions_saying(name.text(), methods, &["GC", "FreeOSMemory"]);
    bodies.iter().any(|body| body.descendants().any(collects))
}

/// Where values of two moments are subtracted: two variables that are filled
/// and read side by side, or a value of `stats` and one of another origin. What
/// a processor holds back between them would be missing from the difference.
pub fn difference<'t>(stats: &Stats<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let root = stats.local.name.ancestors().last()?;
    let other = stats::calls(root).find(|call| is_read_beside(*call, stats, cx));
    // A counter that is kept at several readings is kept to be compared.
    let again = || kept_counter(stats, cx).filter(|_| stats.reads.len() > 1);
    other.or_else(again).or_else(|| two_moments(stats)).or_else(|| {
        let taken = taken_from(stats, root);
        let between = |node: &Node<'t>| {
            if hands_on_both(*node, stats, &taken) {
                return true;
            }
            let Some(sides) = subtracted(*node) else { return false };
            let origins = sides.map(|side| Origin::of(side, stats, &taken, cx));
            origins.iter().any(|origin| origin.ours) && origins.iter().any(|origin| origin.foreign)
        };
        root.descendants().find(between)
    })
}

/// How a value leaves its function.
#[derive(PartialEq, Eq)]
enum WayOut<'t> {
    /// In what this is the name of.
    Target(&'t str),
    /// With the other values of a `return` or a literal, which starts there.
    Beside(usize),
}

/// How many values are looked at for two moments.
const COMPARED: usize = 64;

/// The second of two values of a field that one reading and a later one gave and that leave the
/// function together: whoever gets both may subtract them.
fn two_moments<'t>(stats: &Stats<'t>) -> Option<Node<'t>> {
    if stats.reads.len() < 2 {
        return None;
    }
    // Which reading was the last before a place, as the text goes.
    let moment = |place: Node<'t>| stats.reads.iter().filter(|read| read.start() < place.start()).count();
    let mut left: Vec<(&str, usize, WayOut<'t>)> = Vec::new();
    // Who compares two moments does so soon; each value is held against all before it.
    for value in stats.uses.iter().take(COMPARED) {
        let moment = moment(value.node);
        for way in ways_out(value.node, 1) {
            let together = |(field, other, known): &(&str, usize, WayOut<'t>)| {
                let beside = match (known, &way) {
                    (WayOut::Target(known), WayOut::Target(way)) => known != way,
                    (known, way) => known == way,
                };
                *field == value.field.name && *other != moment && beside
            };
            if left.iter().any(together) {
                return Some(value.node);
            }
            left.push((value.field.name, moment, way));
        }
    }
    None
}

/// How the value leaves its function, by so many variables.
fn ways_out<'t>(value: Node<'t>, depth: u32) -> Vec<WayOut<'t>> {
    let mut at = value;
    while let Some(up) = at.parent() {
        match up.kind() {
            Kind::ParenthesizedExpression | Kind::UnaryExpression | Kind::BinaryExpression => at = up,
            // A conversion.
            Kind::ArgumentList if up.named().count() == 1 => match up.parent().filter(is_conversion) {
                Some(call) => at = call,
                None => return Vec::new(),
            },
            Kind::LiteralElement => {
                let literal = up.ancestors().find(|outer| outer.kind() == Kind::CompositeLiteral);
                return literal.map(|literal| WayOut::Beside(literal.start())).into_iter().collect();
            }
            Kind::ReturnStatement => return vec![WayOut::Beside(up.start())],
            Kind::ExpressionList => {
                let Some(owner) = up.parent() else { return Vec::new() };
                if owner.kind() == Kind::ReturnStatement {
                    return vec![WayOut::Beside(owner.start())];
                }
                let target = up.named().position(|other| other == at).and_then(|index| {
                    owner.left().filter(|left| *left != up).and_then(|left| left.named().nth(index))
                });
                let Some(target) = target else { return Vec::new() };
                return match scope::resolve(target) {
                    Def::Local(local)
                        if target.kind() == Kind::Identifier && local.kind != LocalKind::Result =>
                    {
                        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
                        let mentions = scope::mentions(local).into_iter().filter(|it| *it != target);
                        mentions.flat_map(|mention| ways_out(mention, depth)).collect()
                    }
                    _ => vec![WayOut::Target(target.text())],
                };
            }
            _ => return Vec::new(),
        }
    }
    Vec::new()
}

fn is_conversion(call: &Node<'_>) -> bool {
    const NUMBERS: &[&str] = &["uint64", "int64", "uint32", "int", "uint", "float64", "float32"];
    callee(*call).is_some_and(|called| NUMBERS.contains(&called.text()))
}

/// Whether `call` fills another variable, fields of which are read where those
/// of `stats` can be.
fn is_read_beside<'t>(call: Node<'t>, stats: &Stats<'t>, cx: &Cx<'t>) -> bool {
    stats::target(call).is_some_and(|other| {
        let is_first = other.name.start() < stats.local.name.start();
        let (first, second) = if is_first { (other, stats.local) } else { (stats.local, other) };
        // Where the second hides the first, the two cannot be read together.
        other != stats.local
            && first.name.text() != second.name.text()
            && first.scope.holds(second.name)
            && !stats.uses.is_empty()
            && !Stats::of(other, cx).uses.is_empty()
    })
}

/// Whether a call that does more than print gets a value of `stats` and one
/// that was taken at an earlier reading: `grown(m.HeapAlloc, last)`.
fn hands_on_both<'t>(node: Node<'t>, stats: &Stats<'t>, taken: &[Local<'t>]) -> bool {
    let Some(called) = callee(node) else { return false };
    let prints = matches!(package_of(called), Some("fmt" | "log" | "log/slog")) || is_logging_method(called);
    let compares = called.kind() == Kind::Identifier && matches!(called.text(), "max" | "min");
    if prints || compares {
        return false;
    }
    let anew = |local: &Local<'t>| {
        stats.reads.len() == 1 && stats.reads[0].parent().is_some_and(|read| dominates(read, local.name))
    };
    let is_ours = |argument: Node<'t>| matches!(root_of(argument).map(scope::resolve), Some(Def::Local(local)) if local == stats.local);
    let is_earlier = |argument: Node<'t>| {
        matches!(root_of(argument).map(scope::resolve),
            Some(Def::Local(local)) if taken.contains(&local) && !anew(&local))
    };
    let values = || arguments(node);
    values().any(is_ours) && values().any(is_earlier)
}

/// The variable that `value` is, or a field of which it is.
fn root_of(value: Node<'_>) -> Option<Node<'_>> {
    match value.kind() {
        Kind::Identifier => Some(value),
        Kind::SelectorExpression => value.operand().filter(|it| it.kind() == Kind::Identifier),
        _ => None,
    }
}

/// Both sides of a subtraction.
fn subtracted(node: Node<'_>) -> Option<[Node<'_>; 2]> {
    let operator = node.operator().map(Node::kind);
    let subtracts = match node.kind() {
        Kind::BinaryExpression => operator == Some(Kind::Minus),
        Kind::AssignmentStatement => operator == Some(Kind::MinusAssign),
        _ => false,
    };
    if subtracts { Some([node.left()?, node.right()?]) } else { None }
}

/// Where the operand of a subtraction comes from.
struct Origin {
    /// A value of the variable is in it.
    ours: bool,
    /// Something else than values of one reading and constants is in it.
    foreign: bool,
}

impl Origin {
    fn of<'t>(side: Node<'t>, stats: &Stats<'t>, taken: &[Local<'t>], cx: &Cx<'t>) -> Origin {
        let mut origin = Origin { ours: false, foreign: false };
        let conversion = |name: Node<'t>| {
            name.parent()
                .is_some_and(|call| call.kind() == Kind::CallExpression && call.function() == Some(name))
                && ["uint64", "int64", "uint32", "int32", "int", "uint", "float64", "float32", "uintptr"]
                    .contains(&name.text())
                && cx.is_predeclared(name.text(), name)
        };
        for name in side.descendants().filter(|node| node.kind() == Kind::Identifier) {
            match scope::resolve(name) {
                Def::Local(local) if local == stats.local && is_whole(name) => {}
                Def::Local(local) if local == stats.local => origin.ours = true,
                Def::Local(local) if taken.contains(&local) => {
                    origin.ours = true;
                    // Only what is taken anew from the one reading is of the
                    // same moment.
                    let anew = stats.reads[0].parent().is_some_and(|read| dominates(read, local.name));
                    origin.foreign |= stats.reads.len() != 1 || !anew;
                }
                _ => origin.foreign |= !is_constant(name, cx.package()) && !conversion(name),
            }
        }
        origin
    }
}

/// The variables that are given a value of `stats`, directly or from one
/// another.
fn taken_from<'t>(stats: &Stats<'t>, root: Node<'t>) -> Vec<Local<'t>> {
    let mut taken: Vec<Local<'t>> = Vec::new();
    loop {
        let before = taken.len();
        let mut words: Vec<&str> = taken.iter().map(|local| local.name.text()).collect();
        words.push(stats.local.name.text());
        let mentions = |node: &Node<'t>| node.kind() == Kind::Identifier && words.contains(&node.text());
        for name in root.descendants().filter(mentions) {
            let Def::Local(local) = scope::resolve(name) else { continue };
            if (local == stats.local && !is_whole(name)) || taken.contains(&local) {
                for given in given_to(name) {
                    if let Def::Local(target) = scope::resolve(given)
                        && target != stats.local
                        && !taken.contains(&target)
                    {
                        taken.push(target);
                    }
                }
            }
        }
        if taken.len() == before {
            return taken;
        }
    }
}

/// Whether `m` of `m.NumGC` or `m.PauseTotalNs` is meant: no processor holds a part
/// of what is counted at collections back.
fn is_whole(name: Node<'_>) -> bool {
    let selector = name.parent().filter(|selector| selector.operand() == Some(name));
    let field = selector.and_then(|selector| selector.field());
    let field = field.and_then(|field| StatsField::named(field.text()));
    field.is_some_and(|field| field.narrow.is_some() || (field.metrics.is_empty() && field.name != "BySize"))
}

/// The names that are assigned when `name` stands on the right of an
/// assignment or declaration.
fn given_to(name: Node<'_>) -> Vec<Node<'_>> {
    let names = |list: Node<'_>| list.kind() == Kind::Identifier;
    for node in name.ancestors().take_while(|node| node.kind() != Kind::StatementList) {
        match node.kind() {
            Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
                let right = node.right().is_some_and(|right| right.holds(name));
                let left = node.left().filter(|_| right);
                return left
                    .map(|list| list.named().filter(|node| names(*node)).collect())
                    .unwrap_or_default();
            }
            Kind::VarSpec => {
                let value = node.value().is_some_and(|value| value.holds(name));
                return if value { node.fields(Field::Name).collect() } else { Vec::new() };
            }
            _ => {}
        }
    }
    Vec::new()
}

/// Where the value of a counter (`TotalAlloc`, `Mallocs`, `Frees`) leaves: it is
/// returned, stored or passed on, and whoever has it may subtract two.
pub fn kept_counter<'t>(stats: &Stats<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let counters = stats.values.iter().filter(|value| value.counts_up());
    counters.map(|value| value.node).find(|value| !is_only_shown(*value, cx))
}

/// Whether a value is only printed or compared.
fn is_only_shown(value: Node<'_>, cx: &Cx<'_>) -> bool {
    let mut at = value;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            Kind::ParenthesizedExpression | Kind::UnaryExpression => {}
            Kind::BinaryExpression => {
                if parent.operator().is_some_and(|operator| operator.is(COMPARISONS)) {
                    return true;
                }
            }
            Kind::ArgumentList => {
                let Some(callee) = parent.parent().and_then(callee) else { return false };
                if matches!(package_of(callee), Some("fmt" | "log" | "log/slog")) || is_logging_method(callee)
                {
                    return true;
                }
                let name = callee.text();
                if callee.kind() != Kind::Identifier || !cx.is_predeclared(name, callee) {
                    return false;
                }
                match name {
                    "print" | "println" => return true,
                    "uint64" | "int64" | "uint32" | "int" | "uint" | "float64" | "float32" => {}
                    _ => return false,
                }
                let Some(call) = parent.parent() else { return false };
                at = call;
                continue;
            }
            _ => return false,
        }
        at = parent;
    }
    false
}

/// `logger.Printf` and its like, which make text of their arguments.
fn is_logging_method(callee: Node<'_>) -> bool {
    const NAMES: &[&str] =
        &["Print", "Println", "Printf", "Tracef", "Debugf", "Infof", "Logf", "Warnf", "Warningf", "Errorf"];
    callee.field().is_some_and(|name| NAMES.contains(&name.text()))
}

/// The first use that control can reach before the variable was filled.
pub fn unread<'t>(stats: &Stats<'t>) -> Option<Node<'t>> {
    let read = |place: Node<'t>| {
        stats.reads.iter().filter_map(|call| call.parent()).any(|statement| dominates(statement, place))
    };
    stats.uses.iter().map(|value| value.node).find(|place| !read(*place))
}
