//! Loops that do nothing but collect: now and then, for ever; or until
//! something has been freed.

use super::call::is_collection;
use crate::model::effects::{effects, function_of};
use crate::model::imports::{callee, is_call, unparenthesized};
use crate::model::package::Package;
use crate::model::ranges::{Ranged, ranged};
use crate::model::scope::{self, Def, Local};
use crate::model::waits::loops_around;
use crate::rewrite::{Cx, Without};
use crate::syntax::CLAUSES;
use crate::syntax::{Field, Kind, Node};

/// A loop that only collects, at each tick or after each sleep, for ever or
/// until its context is done.
pub struct Periodic<'t> {
    /// The `for`.
    pub statement: Node<'t>,
    /// The statements that go when it goes: its goroutine, the ticker, the
    /// stopping of the ticker; `None` when the loop is not all that its
    /// goroutine does.
    pub goes: Option<Vec<Node<'t>>>,
    /// The function that starts the goroutine and is left with nothing to do.
    pub empties: Option<Node<'t>>,
}

/// Whether a statement is one of the calls that a rule is about.
pub type Collects<'a> = &'a dyn Fn(Node<'_>) -> bool;

/// The periodic loop around `at`, which does nothing but what `collects` says.
pub fn around<'t>(at: Node<'t>, cx: &Cx<'t>, collects: Collects<'_>) -> Option<Periodic<'t>> {
    let statement = loops_around(at).next()?;
    let body = statement.body()?;
    let header = statement.named().next()?;
    let endless = header == body;
    let ticks = header.kind() == Kind::RangeClause
        && header.left().is_none_or(|left| left.text() == "_" || header.child(Kind::Define).is_some())
        && header.right().is_some_and(is_tick);
    if !(endless || ticks) {
        return None;
    }
    // Something must let time pass.
    let mut paced = ticks;
    for part in statements(body) {
        match pace(part, collects) {
            Some(passes) => paced |= passes,
            None => return None,
        }
    }
    paced.then(|| {
        let (goes, empties) = goroutine(statement, cx, collects).unzip();
        Periodic { statement, goes, empties: empties.flatten() }
    })
}

/// Whether the statement lets time pass; `None` when it does anything else than
/// that or collecting.
fn pace(part: Node<'_>, collects: Collects<'_>) -> Option<bool> {
    match part.kind() {
        // `_ = now` of `for now := range ticks`
        Kind::AssignmentStatement => {
            let dropped = part.left().is_some_and(|left| left.text() == "_");
            let value = part.right().and_then(|right| right.named().next());
            let own = value.filter(|value| value.kind() == Kind::Identifier).is_some_and(|value| {
                let around = loops_around(part).next();
                matches!((scope::resolve(value), around), (Def::Local(local), Some(around)) if around.holds(local.name))
            });
            (dropped && own).then_some(false)
        }
        Kind::ExpressionStatement if collects(part) => Some(false),
        Kind::ExpressionStatement => {
            let waits = unparenthesized(part.named().next()?);
            (is_call(waits, "time", "Sleep") || received(waits).is_some_and(is_tick)).then_some(true)
        }
        Kind::SelectStatement => {
            let mut ticks = false;
            for clause in part.named().filter(|clause| clause.is(CLAUSES)) {
                let channel = clause
                    .communication()
                    .filter(|it| it.kind() == Kind::ReceiveStatement && it.left().is_none())
                    .and_then(|it| received(it.right()?))?;
                let inner: Vec<Node<'_>> =
                    clause.child(Kind::StatementList).map(statements).unwrap_or_default();
                if is_tick(channel) && inner.iter().all(|it| collects(*it)) {
                    ticks = true;
                    continue;
                }
                let leaves = matches!(&inner[..], [only] if only.kind() == Kind::ReturnStatement);
                (is_done(channel) && leaves).then_some(())?;
            }
            ticks.then_some(true)
        }
        _ => None,
    }
}

fn statements(list: Node<'_>) -> Vec<Node<'_>> {
    let list = list.child(Kind::StatementList).unwrap_or(list);
    if list.kind() == Kind::StatementList { list.named().collect() } else { Vec::new() }
}

/// The channel of `<-channel`.
fn received(expression: Node<'_>) -> Option<Node<'_>> {
    let receive = unparenthesized(expression);
    let receives = receive.operator().is_some_and(|operator| operator.kind() == Kind::Arrow);
    receive.operand().filter(|_| receives)
}

/// `ticker.C`, `time.NewTicker(d).C`, `time.Tick(d)`, `time.After(d)`, `ticks`
fn is_tick(channel: Node<'_>) -> bool {
    let field = channel.kind() == Kind::SelectorExpression
        && channel.field().is_some_and(|field| field.text() == "C")
        && channel.operand().is_some_and(|ticker| {
            is_call(ticker, "time", "NewTicker") || made_by(ticker, "NewTicker").is_some()
        });
    field
        || is_call(channel, "time", "Tick")
        || is_call(channel, "time", "After")
        || made_by(channel, "Tick").is_some()
}

/// `ctx.Done()`
fn is_done(channel: Node<'_>) -> bool {
    let method = callee(channel).and_then(|callee| callee.field());
    method.is_some_and(|method| method.text() == "Done")
}

/// The variable whose ticks `channel` is, with its declaration.
fn ticker_of(channel: Node<'_>) -> Option<(Local<'_>, Node<'_>)> {
    match channel.operand() {
        Some(ticker) => made_by(ticker, "NewTicker"),
        None => made_by(channel, "Tick"),
    }
}

/// The variable that is declared as `ticker := time.NewTicker(d)`, or the like
/// with `function`, and means `name`, with its declaration.
fn made_by<'t>(name: Node<'t>, function: &str) -> Option<(Local<'t>, Node<'t>)> {
    let Def::Local(local) = (name.kind() == Kind::Identifier).then(|| scope::resolve(name))? else {
        return None;
    };
    let made = local.name.parent()?.parent().filter(|made| made.kind() == Kind::ShortVarDeclaration)?;
    let mut values = made.right()?.named();
    let ticker = values.next().filter(|value| is_call(*value, "time", function))?;
    let plain = values.next().is_none() && made.left()?.named().count() == 1;
    (plain && ticker.arguments().is_some()).then_some((local, made))
}

/// The statements that go with the loop, when its goroutine does nothing else,
/// and the function that does nothing else than start it.
fn goroutine<'t>(statement: Node<'t>, cx: &Cx<'t>, collects: Collects<'_>) -> Option<Goes<'t>> {
    let literal = function_of(statement).filter(|it| it.kind() == Kind::FuncLiteral)?;
    let call = literal.parent().filter(|call| call.function() == Some(literal))?;
    let starts = call.parent().filter(|starts| starts.kind() == Kind::GoStatement)?;
    let bare = call.arguments()?.named().next().is_none();
    let ticker = statement
        .descendants()
        .filter(|node| node.is(&[Kind::SelectorExpression, Kind::Identifier]) && is_tick(*node))
        .find_map(ticker_of);
    let stops = |node: Node<'t>| {
        let call = match node.kind() {
            Kind::DeferStatement | Kind::ExpressionStatement => node.named().next(),
            _ => None,
        };
        let selector = call.and_then(callee).filter(|callee| callee.kind() == Kind::SelectorExpression);
        selector.is_some_and(|selector| {
            selector.field().is_some_and(|method| method.text() == "Stop")
                && selector.operand().is_some_and(|name| {
                    matches!((scope::resolve(name), ticker), (Def::Local(found), Some((local, _))) if found == local)
                })
        })
    };
    let part =
        |node: Node<'t>| node == statement || ticker.is_some_and(|(_, made)| made == node) || stops(node);
    let alone = statements(literal.body()?).into_iter().all(part);
    // What the goroutine calls besides: a duration that is worked out, say.
    let known = |node: &Node<'t>| {
        let times = ["NewTicker", "Tick", "After", "Sleep"];
        *node == call
            || node.parent().is_some_and(collects)
            || times.iter().any(|name| is_call(*node, "time", name))
            || is_done(*node)
            || node.parent().is_some_and(stops)
    };
    let others = starts.descendants().any(|node| node.kind() == Kind::CallExpression && !known(&node));
    if !bare || !alone || others {
        return None;
    }
    let mut goes = vec![starts];
    if let Some((local, made)) = ticker.filter(|(_, made)| !starts.holds(*made)) {
        let uses: Vec<Node<'t>> = scope::mentions(local)
            .into_iter()
            .filter(|mention| *mention != local.name && !starts.holds(*mention))
            .collect();
        let stopping: Option<Vec<Node<'t>>> =
            uses.into_iter().map(|mention| mention.ancestors().find(|up| stops(*up))).collect();
        // A ticker that is used otherwise stays.
        if let Some(stopping) = stopping {
            let duration = made.right()?;
            let fixed = duration.descendants().filter_map(callee).count() == 1
                && !effects(duration, cx.package()).receives;
            fixed.then_some(())?;
            goes.push(made);
            goes.extend(stopping);
        }
    }
    // None of them may leave something else than a function empty behind.
    let too = |node: Node<'t>| goes.contains(&node);
    let mut empties = None;
    let mut gone = Vec::new();
    for one in &goes {
        match cx.without(*one, &too) {
            Without::Goes(going) => gone.push(going),
            Without::WholeBody(function) if empties.is_none_or(|other| other == function) => {
                empties = Some(function);
            }
            _ => return None,
        }
    }
    Some((gone, empties))
}

/// Statements that go, and a function that they leave empty.
type Goes<'t> = (Vec<Node<'t>>, Option<Node<'t>>);

/// That the statement is one of two in a row, or that the loop around it does
/// nothing but collect, sleep and look.
pub fn repeats<'t>(at: Node<'t>, package: &'t Package) -> Option<String> {
    let beside = [at.previous_named(), at.next_named()].into_iter().flatten();
    let beside = beside.into_iter().find(|beside| is_collection(at) && is_collection(*beside));
    let idle = || {
        let statement = loops_around(at).next()?;
        let body = statement.body()?;
        (is_idle(body) && !handles_its_elements(statement, body, package)).then_some(statement)
    };
    beside.or_else(idle).map(|seen| format!("line {}", seen.line()))
}

/// Whether a call in `body` is given the element that the loop is at: that is
/// work, and no look at whether something has been freed.
fn handles_its_elements<'t>(statement: Node<'t>, body: Node<'t>, package: &'t Package) -> bool {
    let Some(header) = statement.named().next().filter(|header| *header != body) else { return false };
    let received = header.kind() == Kind::RangeClause && ranged(header, package) == Ranged::Channel;
    let names: Vec<Node<'t>> = match header.kind() {
        Kind::RangeClause => header.left().into_iter().flat_map(Node::named).collect(),
        Kind::ForClause => {
            let made = header.initializer().and_then(|made| made.left());
            made.into_iter().flat_map(Node::named).collect()
        }
        _ => Vec::new(),
    };
    names.iter().enumerate().any(|(place, name)| {
        let Some(local) = scope::local(name.text(), body) else { return false };
        // An index counts only where it picks an element.
        let is_element = received || (header.kind() == Kind::RangeClause && place == 1);
        scope::mentions(local).into_iter().filter(|mention| body.holds(*mention)).any(|mention| {
            let within = || mention.ancestors().take_while(|up| *up != body);
            let picks = is_element || within().any(|up| up.kind() == Kind::IndexExpression);
            picks && within().any(|up| up.kind() == Kind::CallExpression && !is_conversion(up))
        })
    })
}

/// Whether the call is of a name that only converts or measures.
fn is_conversion(call: Node<'_>) -> bool {
    const NAMES: &[&str] = &["len", "cap", "int", "int64", "uint64", "string", "float64"];
    callee(call).is_some_and(|callee| NAMES.contains(&callee.text()))
}

fn is_idle(list: Node<'_>) -> bool {
    statements(list).into_iter().all(|part| match part.kind() {
        Kind::ExpressionStatement => {
            let Some(does) = part.named().next().map(unparenthesized) else { return true };
            is_collection(part)
                || is_call(does, "time", "Sleep")
                || is_call(does, "runtime", "Gosched")
                || received(does).is_some()
        }
        Kind::IfStatement => is_idle_if(part),
        Kind::SelectStatement | Kind::ExpressionSwitchStatement => part
            .named()
            .filter(|clause| clause.is(CLAUSES))
            .all(|clause| clause.child(Kind::StatementList).is_none_or(is_idle)),
        Kind::Block => is_idle(part),
        Kind::BreakStatement
        | Kind::ContinueStatement
        | Kind::ReturnStatement
        | Kind::IncStatement
        | Kind::DecStatement => true,
        _ => false,
    })
}

fn is_idle_if(part: Node<'_>) -> bool {
    // `if work(); …` does something before it looks.
    if part.initializer().is_some_and(|first| first.kind() == Kind::ExpressionStatement) {
        return false;
    }
    [Field::Consequence, Field::Alternative]
        .into_iter()
        .filter_map(|field| part.child_by_field(field))
        .all(|inner| if inner.kind() == Kind::Block { is_idle(inner) } else { is_idle_if(inner) })
}
