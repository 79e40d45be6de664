//! Readings that cost little, or that nothing can replace: at most once a second, for a
//! snapshot that one goroutine renews, of a struct that is handed out whole.

use super::elsewhere;
use super::reading::Reading;
use crate::model::effects::function_of;
use crate::model::imports::{callee, package_of};
use crate::model::package::Package;
use crate::model::rate::rate;
use crate::model::scope::{self, Def};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::pace::{Pace, gate, pace};
use std::collections::BTreeSet;

/// Where the reading, or each call of the function that reads, waits a second or more.
pub fn seldom(site: &Reading<'_>, cx: &Cx<'_>) -> Option<String> {
    let paces = paces(site, cx)?;
    paces.iter().all(Pace::is_long).then(|| format!("line {}", paces[0].at.line()))
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
    gate(site.call, cx.package()).is_some()
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
    let files = cx.package().files().filter(|file| !file.is_test() && file.may_name(name));
    let roots = files.flat_map(|file| elsewhere::declarations_saying(file, name));
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
