//! Readings that cost little, or that nothing can replace: at most once a second, for a
//! snapshot that one goroutine renews, of a struct that is handed out whole.

use super::{Reading, clock, elsewhere};
use crate::model::constant;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::rate::rate;
use crate::model::scope::{self, Def};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};
use std::collections::BTreeSet;

/// How a loop waits for time to pass before it turns, or a condition for it to let control by.
#[derive(Clone, Copy)]
pub(super) struct Pace<'t> {
    /// Where it waits.
    pub(super) at: Node<'t>,
    /// For how many nanoseconds, when that is a constant.
    pub(super) length: Option<i64>,
}

const SECOND: i64 = 1_000_000_000;

/// Where the reading, or each call of the function that reads, waits a second or more.
pub fn seldom(site: &Reading<'_>, cx: &Cx<'_>) -> Option<String> {
    let paces = paces(site, cx)?;
    paces.iter().all(is_long).then(|| format!("line {}", paces[0].at.line()))
}

/// Where the clock, or the loop around `node`, makes a second or more go by until control comes to it again.
pub fn seldom_comes_to(node: Node<'_>, package: &Package) -> Option<String> {
    pace(node, package).filter(is_long).map(|pace| format!("line {}", pace.at.line()))
}

fn is_long(pace: &Pace<'_>) -> bool {
    pace.length.is_some_and(|length| length >= SECOND)
}

/// How each reading waits, or each call of the function that reads. A reading that the
/// program makes once, where what it fills is made, is left out.
fn paces<'t>(site: &Reading<'t>, cx: &Cx<'t>) -> Option<Vec<Pace<'t>>> {
    let of = |call: Node<'t>| match pace(call, cx.package()) {
        Some(pace) => Some(vec![pace]),
        None => callers(call, cx),
    };
    if site.stats.is_some() {
        return of(site.call);
    }
    let mut paces = Vec::new();
    for call in elsewhere::readings(site.call, cx) {
        match of(call) {
            Some(found) => paces.extend(found),
            None if makes(call) => {}
            None => return None,
        }
    }
    if paces.is_empty() && makes(site.call) {
        // The first filling of what is renewed later.
        paces.extend(elsewhere::alike(site.call, cx).filter_map(of).flatten());
    }
    (!paces.is_empty()).then_some(paces)
}

/// Whether the call stands, in no loop, in `init`, `main` or a function that makes something.
fn makes(call: Node<'_>) -> bool {
    let name = function_of(call).and_then(Node::name).map_or("", Node::text);
    let maker = ["New", "new", "Make", "make"].iter().any(|verb| name.starts_with(verb));
    (maker || matches!(name, "init" | "main")) && !in_loop(call)
}

/// Whether a comparison of times, or a ticker's case of a select, lets control come to the reading only once
/// in a time.
pub fn is_gated(site: &Reading<'_>, cx: &Cx<'_>) -> bool {
    clock::gate(site.call, cx.package()).is_some()
}

/// How often the reading is made at most, where the loop around it, or each that calls the function
/// around it, waits for a constant time.
pub fn rate_of(site: &Reading<'_>, cx: &Cx<'_>) -> Option<String> {
    let lengths: Option<Vec<i64>> = paces(site, cx)?.iter().map(|pace| pace.length).collect();
    // Several loops come together more often than each of them.
    let [length] = lengths?[..] else { return None };
    (length > 0).then(|| rate(length))
}

/// Where one goroutine waits for time to pass before it reads again what it keeps for others:
/// in a field, a variable of the package, an atomic, or what it sends.
pub fn renews(site: &Reading<'_>, cx: &Cx<'_>) -> Option<String> {
    let keeps = match &site.stats {
        None => true,
        Some(stats) => stats.whole.is_some_and(is_stored),
    };
    let paces = keeps.then(|| paces(site, cx))??;
    Some(format!("line {}", paces[0].at.line()))
}

/// How many fields are as good as all of them.
const MOST: usize = 12;

/// Where the whole struct is given back, sent, encoded, or handed to code outside the package, or most of its
/// fields are read one by one.
pub fn served(site: &Reading<'_>, cx: &Cx<'_>) -> Option<String> {
    let stats = site.stats.as_ref()?;
    let fields: BTreeSet<&str> = stats.uses.iter().map(|read| read.field.name).collect();
    if fields.len() >= MOST {
        return Some(format!("{} fields", fields.len()));
    }
    // A named result is given back by each return.
    if stats.local.kind == scope::LocalKind::Result {
        return Some(format!("line {}", stats.local.name.line()));
    }
    let whole = stats.whole.filter(|whole| {
        hands_out(*whole, cx.package()) || stats.uses.is_empty() && reader_takes_most(*whole, cx.package())
    });
    whole.map(|whole| format!("line {}", whole.line()))
}

/// `m`, `&m`, `*m` for a mention of `m`.
fn whole_of(mention: Node<'_>) -> Node<'_> {
    let mut at = mention;
    while let Some(parent) =
        at.parent().filter(|up| up.is(&[Kind::ParenthesizedExpression, Kind::UnaryExpression]))
    {
        at = parent;
    }
    at
}

fn hands_out(mention: Node<'_>, package: &Package) -> bool {
    let at = whole_of(mention);
    let Some(parent) = at.parent() else { return false };
    match parent.kind() {
        Kind::ExpressionList => parent.parent().is_some_and(|up| up.kind() == Kind::ReturnStatement),
        Kind::ReturnStatement => true,
        Kind::SendStatement => parent.value() == Some(at),
        Kind::LiteralElement => true,
        Kind::ArgumentList => parent.parent().and_then(callee).is_some_and(|called| {
            let name = called.field().unwrap_or(called).text();
            let own = !package.methods(None, name).is_empty() || !package.declarations(name).is_empty();
            match package_of(called) {
                // Another reading of it is no use.
                Some(path) => path != "runtime",
                None => called.kind() == Kind::SelectorExpression && !own,
            }
        }),
        _ => false,
    }
}

/// Whether the function of the package that is given the struct reads most of its fields.
fn reader_takes_most(mention: Node<'_>, package: &Package) -> bool {
    let at = whole_of(mention);
    let read = || {
        let list = at.parent().filter(|up| up.kind() == Kind::ArgumentList)?;
        let index = list.named().position(|argument| argument == at)?;
        let called = callee(list.parent()?).filter(|called| called.kind() == Kind::Identifier)?;
        let [declaration] = package.declarations(called.text())[..] else { return None };
        let names = declaration.descend(|node| node.kind() != Kind::Block);
        let mut names = names.filter(|name| {
            name.field_name() == Some(Field::Name)
                && name.parent().is_some_and(|up| up.kind() == Kind::ParameterDeclaration)
        });
        let Def::Local(given) = scope::resolve(names.nth(index)?) else { return None };
        let fields: BTreeSet<&str> = scope::mentions(given)
            .into_iter()
            .filter_map(|name| name.parent().filter(|up| up.operand() == Some(name))?.field())
            .map(Node::text)
            .collect();
        Some(fields.len())
    };
    read().is_some_and(|count| count >= MOST)
}

/// Whether the whole is kept where others find it: stored in an atomic, sent, or assigned to a
/// field or a variable of the package.
fn is_stored(mention: Node<'_>) -> bool {
    let at = whole_of(mention);
    let Some(parent) = at.parent() else { return false };
    match parent.kind() {
        Kind::ArgumentList => parent
            .parent()
            .and_then(callee)
            .and_then(|called| called.field())
            .is_some_and(|method| matches!(method.text(), "Store" | "Swap" | "Set")),
        Kind::SendStatement => true,
        Kind::ExpressionList => parent.parent().is_some_and(|up| {
            let target = up.left().and_then(|left| left.named().next());
            up.kind() == Kind::AssignmentStatement
                && target.is_some_and(|target| {
                    target.kind() != Kind::Identifier || !matches!(scope::resolve(target), Def::Local(_))
                })
        }),
        _ => false,
    }
}

/// How the calls of the function around `call` wait, when it is called from the package
/// alone and each call waits, or stands before a loop that calls it and waits.
fn callers<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Vec<Pace<'t>>> {
    let function =
        call.ancestors().find(|up| up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration]))?;
    let name = function.name()?.text();
    if !name.starts_with(|c: char| c.is_lowercase()) || matches!(name, "main" | "init") {
        return None;
    }
    let files = cx.package().files().iter().filter(|file| !file.is_test() && file.may_name(name));
    let roots = files.flat_map(|file| {
        let decls = file.outline().decls.iter().enumerate();
        let says = decls.filter(|(_, decl)| decl.span.of(file.text()).contains(name));
        says.filter_map(|(index, _)| file.decl(index)).collect::<Vec<_>>()
    });
    let mentions: Vec<Node<'t>> = roots
        .flat_map(Node::descendants)
        .filter(|node| node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && node.text() == name)
        .filter(|node| node.field_name() != Some(Field::Name))
        .collect();
    let mut paces = Vec::new();
    let mut once = Vec::new();
    for mention in mentions {
        let called = mention.parent().filter(|up| up.kind() == Kind::SelectorExpression).unwrap_or(mention);
        let caller = called.parent().filter(|up| callee(*up) == Some(called))?;
        match pace(caller, cx.package()) {
            Some(pace) => paces.push(pace),
            None if !in_loop(caller) => once.push(function_of(caller)?),
            None => return None,
        }
    }
    let begins = |function: &Node<'t>| paces.iter().any(|pace| function.holds(pace.at));
    (!paces.is_empty() && once.iter().all(begins)).then_some(paces)
}

fn in_loop(node: Node<'_>) -> bool {
    let Some(function) = function_of(node) else { return false };
    node.ancestors().take_while(|up| *up != function).any(|up| up.kind() == Kind::ForStatement)
}

/// How the clock, or the innermost loop around `node` in its function, waits before control comes to it
/// again.
fn pace<'t>(node: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let gate = clock::gate(node, package);
    gate.filter(is_long).or_else(|| turns(node, package)).or(gate)
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

pub(super) fn receives<'t>(node: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let takes = node.kind() == Kind::UnaryExpression && node.operator().map(Node::kind) == Some(Kind::Arrow);
    ticks(node.operand().filter(|_| takes)?, package)
}

/// The time between two values of a channel: `time.Tick(d)`, `time.After(d)`, or the `C` of a
/// ticker or timer, whose length is known where it is made in the function.
fn ticks<'t>(channel: Node<'t>, package: &Package) -> Option<Pace<'t>> {
    let channel = unparenthesized(channel);
    let made = |call: Node<'t>| {
        ["Tick", "After", "NewTicker", "NewTimer"].iter().any(|name| is_call(call, "time", name)).then(|| {
            Pace { at: channel, length: arguments(call).next().and_then(|d| constant::integer(d, package)) }
        })
    };
    let given = |name: Node<'t>| {
        let Def::Local(local) = (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? else {
            return None;
        };
        let declares =
            local.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]))?;
        declares.descendants().filter(|node| node.kind() == Kind::CallExpression).find_map(made)
    };
    match channel.kind() {
        Kind::CallExpression => made(channel),
        Kind::Identifier => given(channel),
        Kind::SelectorExpression if channel.field().is_some_and(|field| field.text() == "C") => {
            let of = unparenthesized(channel.operand()?);
            let known = match of.kind() {
                Kind::CallExpression => made(of),
                _ => given(of),
            };
            Some(known.unwrap_or(Pace { at: channel, length: None }))
        }
        _ => None,
    }
}
