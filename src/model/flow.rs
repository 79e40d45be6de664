//! How control leaves a statement: enough to tell whether a loop can come
//! round again.

use super::imports::{callee, is_call, package_of};
use super::package::Package;
use super::scope::{self, Def};
use crate::syntax::CLAUSES;
use crate::syntax::{Kind, Node, NodeId};
use std::sync::Arc;

/// How control can leave a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exits<'t> {
    /// It can run to its end.
    pub falls: bool,
    /// Statements that it can `break` out of.
    pub breaks: Vec<Node<'t>>,
    /// Loops that it can `continue`.
    pub continues: Vec<Node<'t>>,
    /// It can return from the function.
    pub returns: bool,
    /// It can jump to a label.
    pub jumps: bool,
}

impl<'t> Exits<'t> {
    fn falling() -> Exits<'t> {
        Exits { falls: true, ..Exits::default() }
    }

    fn or(mut self, other: Exits<'t>) -> Exits<'t> {
        self.falls |= other.falls;
        self.breaks.extend(other.breaks);
        self.continues.extend(other.continues);
        self.returns |= other.returns;
        self.jumps |= other.jumps;
        self
    }

    /// How control leaves what is followed by `next`.
    pub(super) fn then(self, next: Exits<'t>) -> Exits<'t> {
        let falls = self.falls && next.falls;
        Exits { falls, ..self.or(next) }
    }
}

/// Whether the body of `statement` (a `for`) can run more than once: by
/// reaching its end or a `continue`. A `goto` counts as if it could.
pub fn comes_round<'t>(statement: Node<'t>, package: &Package) -> bool {
    package.remember_of(statement, "flow: comes round", || {
        let Some(body) = statement.body() else { return true };
        let exits = exits(body, package);
        exits.falls || exits.jumps || exits.continues.contains(&statement)
    })
}

/// How control can leave what follows `statement` in its `list`. That is worked out for all of
/// the list at once, so that asking for each statement takes no longer than reading the list.
pub fn exits_behind<'t>(statement: Node<'t>, list: Node<'t>, package: &Package) -> Exits<'t> {
    let rests = package.remember_of(list, "flow: exits behind", || Arc::new(rests(list, package)));
    let index = rests.partition_point(|rest| rest.start < statement.end());
    let Some(rest) = rests.get(index) else { return Exits::falling() };
    let nodes = |places: &[NodeId]| places.iter().map(|place| list.at(*place)).collect();
    Exits {
        falls: rest.falls,
        breaks: nodes(&rest.breaks),
        continues: nodes(&rest.continues),
        returns: rest.returns,
        jumps: rest.jumps,
    }
}

/// The [`Exits`] of the statements of a list from one on.
#[derive(Clone, Default)]
struct RestExits {
    /// Where that one starts.
    start: usize,
    falls: bool,
    breaks: Vec<NodeId>,
    continues: Vec<NodeId>,
    returns: bool,
    jumps: bool,
}

fn rests<'t>(list: Node<'t>, package: &Package) -> Vec<RestExits> {
    let mut rests: Vec<RestExits> = Vec::new();
    let mut behind = RestExits { falls: true, ..RestExits::default() };
    let statements: Vec<Node<'t>> = list.named().collect();
    for statement in statements.into_iter().rev() {
        let own = exits(statement, package);
        if !own.falls {
            behind = RestExits::default();
        }
        behind.start = statement.start();
        // There are no more of them than statements around the list.
        for (targets, kept) in [(&own.breaks, &mut behind.breaks), (&own.continues, &mut behind.continues)] {
            for place in targets.iter().map(|target| target.place()) {
                if !kept.contains(&place) {
                    kept.push(place);
                }
            }
        }
        behind.returns |= own.returns;
        behind.jumps |= own.jumps;
        rests.push(behind.clone());
    }
    rests.reverse();
    rests
}

/// How control can leave `statement`.
pub fn exits<'t>(statement: Node<'t>, package: &Package) -> Exits<'t> {
    exits_without(statement, package, &|_| false)
}

/// How control can leave `statement` on the ways that meet no statement for
/// which `stops` holds.
pub fn exits_without<'t>(
    statement: Node<'t>,
    package: &Package,
    stops: &dyn Fn(Node<'t>) -> bool,
) -> Exits<'t> {
    exits_past(statement, package, stops, &|_| false)
}

/// Like [`exits_without`], where the body of a loop for which `enters` holds runs
/// at least once.
pub fn exits_past<'t>(
    statement: Node<'t>,
    package: &Package,
    stops: &dyn Fn(Node<'t>) -> bool,
    enters: &dyn Fn(Node<'t>) -> bool,
) -> Exits<'t> {
    let exits = |inner: Node<'t>| exits_past(inner, package, stops, enters);
    if stops(statement) {
        return Exits::default();
    }
    match statement.kind() {
        Kind::Block | Kind::StatementList => statement
            .named()
            .filter(|node| node.kind() != Kind::LabelName)
            .fold(Exits::falling(), |so_far, next| {
                if so_far.falls { so_far.then(exits(next)) } else { with_labels(so_far, next, &exits) }
            }),
        Kind::LabeledStatement => {
            statement.named().find(|node| node.kind() != Kind::LabelName).map_or_else(Exits::falling, &exits)
        }
        Kind::ReturnStatement => Exits { returns: true, ..Exits::default() },
        Kind::GotoStatement => Exits { jumps: true, ..Exits::default() },
        Kind::BreakStatement => {
            Exits { breaks: target(statement, BREAKABLE).into_iter().collect(), ..Exits::default() }
        }
        Kind::ContinueStatement => Exits {
            continues: target(statement, &[Kind::ForStatement]).into_iter().collect(),
            ..Exits::default()
        },
        // `fallthrough` goes on with the next clause, whose exits count anyway.
        Kind::FallthroughStatement => Exits::default(),
        Kind::ExpressionStatement => match statement.named().next() {
            Some(call) if never_returns(call, package) => Exits::default(),
            _ => Exits::falling(),
        },
        Kind::IfStatement => {
            let consequence = statement.consequence().map_or_else(Exits::falling, &exits);
            let alternative = statement.alternative().map_or_else(Exits::falling, &exits);
            consequence.or(alternative)
        }
        Kind::ForStatement => {
            let body = statement.body().map_or_else(Exits::falling, &exits);
            let broken = body.breaks.contains(&statement);
            let ends = || !enters(statement) || body.falls || body.continues.contains(&statement);
            let falls = broken || (!is_endless(statement) && ends());
            let mut out = Exits { falls, ..body };
            out.breaks.retain(|node| *node != statement);
            out.continues.retain(|node| *node != statement);
            out
        }
        Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement | Kind::SelectStatement => {
            let select = statement.kind() == Kind::SelectStatement;
            let clauses: Vec<Node<'t>> = statement.named().filter(|node| node.is(CLAUSES)).collect();
            let has_default = select || clauses.iter().any(|clause| clause.kind() == Kind::DefaultCase);
            let start = if has_default { Exits::default() } else { Exits::falling() };
            let mut out = clauses.into_iter().fold(start, |so_far, clause| {
                let body = clause.child(Kind::StatementList).map_or_else(Exits::falling, &exits);
                so_far.or(body)
            });
            out.falls |= out.breaks.contains(&statement);
            out.breaks.retain(|node| *node != statement);
            out
        }
        _ => Exits::falling(),
    }
}

const BREAKABLE: &[Kind] =
    &[Kind::ForStatement, Kind::ExpressionSwitchStatement, Kind::TypeSwitchStatement, Kind::SelectStatement];

/// Statements behind an end of control still run when a label in them is
/// jumped to.
fn with_labels<'t>(so_far: Exits<'t>, next: Node<'t>, exits: &dyn Fn(Node<'t>) -> Exits<'t>) -> Exits<'t> {
    if next.kind() == Kind::LabeledStatement { so_far.or(exits(next)) } else { so_far }
}

/// Whether a `for` has neither condition nor range clause.
pub fn is_endless(statement: Node<'_>) -> bool {
    match statement.named().next() {
        Some(header) if header.kind() == Kind::RangeClause => false,
        Some(header) if header.kind() == Kind::ForClause => header.condition().is_none(),
        Some(header) => header.kind() == Kind::Block,
        None => true,
    }
}

/// The statement that a `break` or `continue` leaves: the labelled one, or the
/// innermost of `kinds` in the same function.
pub fn target<'t>(jump: Node<'t>, kinds: &[Kind]) -> Option<Node<'t>> {
    let label = jump.child(Kind::LabelName).map(Node::text);
    let mut enclosing = jump.ancestors().take_while(|node| node.kind() != Kind::FuncLiteral);
    match label {
        None => enclosing.find(|node| node.is(kinds)),
        Some(label) => {
            let labeled = enclosing.find(|node| {
                node.kind() == Kind::LabeledStatement
                    && node.child(Kind::LabelName).is_some_and(|name| name.text() == label)
            })?;
            labeled.named().find(|node| node.kind() != Kind::LabelName)
        }
    }
}

/// Whether `call` never comes back: `panic`, `os.Exit`, `log.Fatal` and
/// `log.Panic`, `runtime.Goexit`, and the methods of `testing` that stop a test.
pub fn never_returns(call: Node<'_>, package: &Package) -> bool {
    let Some(callee) = callee(call) else { return false };
    if callee.kind() == Kind::Identifier {
        return callee.text() == "panic" && scope::resolve(callee) == Def::Outside && !package.knows("panic");
    }
    if is_call(call, "os", "Exit") || is_call(call, "runtime", "Goexit") {
        return true;
    }
    let Some(method) = callee.field().map(Node::text) else { return false };
    if package_of(callee) == Some("log") {
        return method.starts_with("Fatal") || method.starts_with("Panic");
    }
    let stops = matches!(method, "Fatal" | "Fatalf" | "FailNow" | "Skip" | "Skipf" | "SkipNow");
    stops && callee.operand().is_some_and(is_testing_handle)
}

/// Whether the identifier is a parameter of type `*testing.T`, `*testing.B`,
/// `*testing.F` or `testing.TB`.
pub fn is_testing_handle(operand: Node<'_>) -> bool {
    if operand.kind() != Kind::Identifier {
        return false;
    }
    let Def::Local(local) = scope::resolve(operand) else { return false };
    let Some(declared) = local.name.parent().and_then(|parameter| parameter.ty()) else {
        return false;
    };
    declared.descendants().any(|node| {
        node.kind() == Kind::QualifiedType
            && node.package().is_some_and(|package| super::imports::is_package(package, "testing"))
            && node.name().is_some_and(|name| matches!(name.text(), "T" | "B" | "F" | "TB"))
    })
}
