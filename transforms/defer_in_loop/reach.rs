//! How long what a round takes is needed: for this round only, or longer.

use super::release::{self, DeferredRelease, ReleaseKind, root};
use crate::model::benchmarks::counts_operations;
use crate::model::constant::integer;
use crate::model::depends::is_address_taken;
use crate::model::effects::is_captured;
use crate::model::fields::spelled;
use crate::model::imports::{callee, unparenthesized};
use crate::model::locals::is_written;
use crate::model::package::Package;
use crate::model::recording::first_value;
use crate::model::rounds::is_turned;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::model::words::words;
use crate::syntax::{Field, Kind, Node};
use std::collections::HashMap;
use std::sync::Arc;

/// How many variables a value is followed through.
const DEPTH: usize = 4;

/// Rounds that are not worth a word.
const FEW: i64 = 16;

/// Whether code after the round can reach what is released: it is stored, sent or
/// given to a goroutine.
pub(super) fn outlives<'t>(release: &DeferredRelease<'t>, around: Node<'t>, defer: Node<'t>) -> bool {
    if release.kind == ReleaseKind::Lock {
        return false;
    }
    match release.local() {
        Some(local) if around.holds(local.name) => {
            let together = companions(local).into_iter().chain([local]);
            together.into_iter().any(|local| escapes(local, around, defer, DEPTH))
        }
        // A variable of the function is needed when something after the loop
        // reads it.
        Some(local) if release.operand == root(release.operand).unwrap_or(local.name) => {
            is_read_behind(local, around) || escapes(local, around, defer, DEPTH)
        }
        // A field, an element or a package's variable.
        _ => true,
    }
}

/// What the call that gave `local` gave with it: `tracer` of `tracer, closer := newTracer()`.
fn companions<'t>(local: Local<'t>) -> Vec<Local<'t>> {
    let Some(parent) = local.name.parent() else { return Vec::new() };
    let (names, values): (Vec<Node<'t>>, Option<Node<'t>>) = match parent.kind() {
        Kind::VarSpec => (parent.fields(Field::Name).collect(), parent.value()),
        Kind::ExpressionList => {
            let declaration = parent.parent().filter(|up| up.kind() == Kind::ShortVarDeclaration);
            (parent.named().collect(), declaration.and_then(Node::right))
        }
        _ => return Vec::new(),
    };
    if values.is_none_or(|values| values.named().count() != 1) {
        return Vec::new();
    }
    let others = names.into_iter().filter(|name| *name != local.name);
    let given = others.filter(|name| !matches!(name.text(), "_" | "err" | "ok"));
    let locals = given.filter_map(|name| match scope::resolve(name) {
        Def::Local(other) if other.name == name => Some(other),
        _ => None,
    });
    locals.filter(|local| !is_looked_at(*local)).collect()
}

/// Whether the local is an error, or as good as one: it is compared with nil.
fn is_looked_at(local: Local<'_>) -> bool {
    scope::mentions(local).into_iter().any(|mention| {
        let compared = mention.parent().filter(|up| up.kind() == Kind::BinaryExpression);
        let nil = |side: Option<Node<'_>>| side.is_some_and(|side| side.kind() == Kind::Nil);
        compared.is_some_and(|up| nil(up.left()) || nil(up.right()))
    })
}

fn escapes<'t>(local: Local<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let mentions = scope::mentions(local).into_iter();
    mentions
        .filter(|mention| *mention != local.name && around.holds(*mention) && !defer.holds(*mention))
        .any(|mention| value_escapes(mention, around, defer, depth))
}

/// Whether the value of the expression `at`, or one made of it, outlives the
/// round.
fn value_escapes<'t>(at: Node<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let mut at = at;
    // Once it is in a literal, it is what runs the literal that matters.
    while let Some(parent) = at.parent().filter(|parent| *parent != around) {
        match parent.kind() {
            // What another deferred call needs is needed until the function ends.
            Kind::GoStatement | Kind::SendStatement | Kind::DeferStatement => return true,
            // A method's result is something else.
            Kind::SelectorExpression if callee_of(parent).is_some() => {
                return goes_on(parent) || in_goroutine(parent, around, defer, depth);
            }
            Kind::ArgumentList => match parent.parent() {
                Some(call) if call.kind() == Kind::CallExpression => {
                    if keeps(call) {
                        return true;
                    }
                    // What a call got by the context needs it.
                    if !wraps(call) && !cancels(defer) {
                        return in_goroutine(call, around, defer, depth);
                    }
                    at = call;
                    continue;
                }
                _ => return false,
            },
            Kind::BinaryExpression
            | Kind::IncStatement
            | Kind::IfStatement
            | Kind::IndexExpression
            | Kind::ExpressionStatement
            | Kind::ReturnStatement => return in_goroutine(parent, around, defer, depth),
            Kind::ShortVarDeclaration | Kind::VarSpec | Kind::AssignmentStatement => {
                let targets: Vec<Node<'t>> = match parent.kind() {
                    Kind::VarSpec => parent.fields(Field::Name).collect(),
                    _ => parent.left().into_iter().flat_map(Node::named).collect(),
                };
                if parent.left().is_some_and(|left| left.holds(at)) {
                    return false;
                }
                return targets.into_iter().any(|target| stores(target, around, defer, depth))
                    || in_goroutine(parent, around, defer, depth);
            }
            _ => {}
        }
        at = parent;
    }
    false
}

/// Whether what is assigned to `target` can be reached after the round.
fn stores<'t>(target: Node<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let Some(name) = root(target) else { return true };
    if matches!(name.text(), "_" | "err" | "ok") {
        return false;
    }
    match scope::resolve(name) {
        Def::Local(local) if around.holds(local.name) => escapes(local, around, defer, depth),
        // A variable of the function that only the loop looks at.
        Def::Local(local) if name == target && local.kind != LocalKind::Result => {
            is_read_behind(local, around)
        }
        _ => true,
    }
}

/// Whether code behind the loop, or a function literal, may read the variable.
fn is_read_behind(local: Local<'_>, around: Node<'_>) -> bool {
    let behind = |mention: Node<'_>| mention.start() >= around.end() || is_captured(mention, local.name);
    // What is behind is found soonest from the end.
    scope::mentions(local).into_iter().rev().any(behind)
}

/// Whether the loop calls the same method outside of a `defer`.
pub(super) fn is_released_by_hand<'t>(
    release: &DeferredRelease<'t>,
    around: Node<'t>,
    defer: Node<'t>,
) -> bool {
    let calls = around.remember("defer-in-loop: calls", || Arc::new(calls_in(around)));
    let operand = (release.kind != ReleaseKind::Cancel).then_some(release.operand);
    let (first, last) = match calls.get(&key(operand, release.method)) {
        Some(calls) => *calls,
        None => return false,
    };
    // Calls between those in the `defer` itself are in it too.
    [first, last].iter().any(|at| *at < defer.start() || *at >= defer.end())
}

/// Where the first and the last call of each method, or function, starts in the loop, those
/// left out that a `defer` makes.
fn calls_in(around: Node<'_>) -> HashMap<String, (usize, usize)> {
    let mut found: HashMap<String, (usize, usize)> = HashMap::new();
    for call in around.descendants().filter(|node| node.kind() == Kind::CallExpression) {
        let deferred = call.parent().is_some_and(|up| up.kind() == Kind::DeferStatement);
        let (Some(name), Some(called)) = (name_of(call).filter(|_| !deferred), callee(call)) else {
            continue;
        };
        found.entry(key(called.operand(), name)).or_insert((call.start(), 0)).1 = call.start();
    }
    found
}

/// A method of what `operand` says, or a function.
fn key(operand: Option<Node<'_>>, name: &str) -> String {
    format!("{} {name}", operand.map_or("", Node::text))
}

/// The call whose callee is `selector`.
fn callee_of(selector: Node<'_>) -> Option<Node<'_>> {
    selector.parent().filter(|call| callee(*call) == Some(selector))
}

/// Whether `node` stands in a literal that runs, or may run, after the round.
fn in_goroutine<'t>(node: Node<'t>, around: Node<'t>, defer: Node<'t>, depth: usize) -> bool {
    let mut outer = node.ancestors().take_while(|up| *up != around);
    outer.any(|up| match up.kind() {
        Kind::GoStatement | Kind::DeferStatement => true,
        Kind::CallExpression => name_of(up) == Some("Go"),
        Kind::FuncLiteral => value_escapes(up, around, defer, depth),
        _ => false,
    })
}

fn name_of(call: Node<'_>) -> Option<&str> {
    let called = callee(call)?;
    Some(called.field().unwrap_or(called).text())
}

/// Whether the method makes its object work until it is closed.
fn goes_on(selector: Node<'_>) -> bool {
    const VERBS: &[&str] = &["subscribe", "register", "serve", "listen", "consume"];
    selector.field().is_some_and(|name| words(name.text()).iter().any(|word| VERBS.contains(&word.as_str())))
}

/// Whether a flag lets the loop reach the `defer` once: `if !locked { mu.Lock(); defer mu.Unlock(); locked = true }`.
pub(super) fn once<'t>(around: Node<'t>, defer: Node<'t>) -> Option<String> {
    let mut below = defer;
    for up in defer.ancestors().take_while(|up| *up != around) {
        if up.kind() == Kind::IfStatement {
            let condition = up.condition().map(unparenthesized)?;
            let wanted = up.consequence() == Some(below);
            let negated = condition.kind() == Kind::UnaryExpression
                && condition.operator().is_some_and(|it| it.kind() == Kind::Not);
            let flag = if negated { condition.operand().map(unparenthesized)? } else { condition };
            let plain = flag.is(&[Kind::Identifier, Kind::SelectorExpression]);
            if plain && is_turned(flag, wanted != negated, around, defer) {
                return Some(format!("`{}` on line {}", flag.text(), flag.line()));
            }
        }
        below = up;
    }
    None
}

/// Whether the call puts its arguments somewhere.
fn keeps(call: Node<'_>) -> bool {
    const VERBS: &[&str] = &[
        "append",
        "add",
        "register",
        "push",
        "set",
        "store",
        "track",
        "put",
        "insert",
        "attach",
        "subscribe",
        "enqueue",
        "go",
        "send",
        "queue",
        "prepend",
        "join",
        "schedule",
        "submit",
        "spawn",
        "start",
    ];
    let Some(name) = name_of(call) else { return false };
    words(name).first().is_some_and(|verb| VERBS.contains(&verb.as_str()))
}

/// Whether the `defer` cancels a context.
fn cancels(defer: Node<'_>) -> bool {
    release::of(defer).is_some_and(|release| release.kind == ReleaseKind::Cancel)
}

/// Whether the call's result may hold on to its arguments.
fn wraps(call: Node<'_>) -> bool {
    const VERBS: &[&str] = &["new", "wrap", "with", "multi", "tee", "limit", "make", "to", "as", "from"];
    let Some(name) = name_of(call) else { return false };
    words(name).first().is_some_and(|verb| VERBS.contains(&verb.as_str()))
}

/// Whether the round does nothing with what it has taken: no statement follows the
/// `defer` but such as remember it.
pub(super) fn is_held<'t>(release: &DeferredRelease<'t>, around: Node<'t>, defer: Node<'t>) -> bool {
    if counts_operations(around) {
        return false;
    }
    if release.kind != ReleaseKind::Lock && is_collected(release, around, defer) {
        return true;
    }
    let mut at = defer;
    for up in defer.ancestors().take_while(|up| *up != around) {
        if up.kind() == Kind::StatementList {
            let mut rest = std::iter::successors(at.next_named(), |next| next.next_named());
            if rest.any(|next| !remembers(next)) {
                return false;
            }
        }
        at = up;
    }
    // What was opened may have been used before; a look at whether it is there
    // is no use.
    release.kind == ReleaseKind::Lock
        || release.local().is_none_or(|local| {
            !scope::mentions(local).into_iter().any(|mention| {
                mention != local.name
                    && mention.start() < defer.start()
                    && !mention
                        .ancestors()
                        .take_while(|up| *up != around)
                        .any(|up| up.kind() == Kind::IfStatement)
            })
        })
}

/// Whether the round only collects what tells one resource from the others: the address that each
/// listener got, while all of them are open. What gives them out would give the same again once the first
/// is closed.
fn is_collected<'t>(release: &DeferredRelease<'t>, around: Node<'t>, defer: Node<'t>) -> bool {
    const TELLS: &[&str] = &["Addr", "LocalAddr", "Port", "Fd", "URL"];
    let Some(local) = release.local().filter(|local| around.holds(local.name)) else { return false };
    let opened = first_value(local).and_then(name_of);
    let listens = opened.is_some_and(|name| words(name).first().is_some_and(|verb| verb == "listen"));
    let uses: Vec<Node<'t>> = scope::mentions(local)
        .into_iter()
        .filter(|mention| *mention != local.name && around.holds(*mention) && !defer.holds(*mention))
        .filter(|mention| mention.parent().is_none_or(|up| up.kind() != Kind::BinaryExpression))
        .collect();
    let tells = |mention: &Node<'t>| {
        mention.parent().is_some_and(|up| match up.kind() {
            Kind::SelectorExpression => up.field().is_some_and(|name| TELLS.contains(&name.text())),
            // `portOf(listener)`
            Kind::ArgumentList => {
                let name = up.parent().and_then(name_of).unwrap_or_default();
                listens && words(name).iter().any(|word| matches!(word.as_str(), "addr" | "address" | "port"))
            }
            _ => false,
        })
    };
    let collects = |node: Node<'t>| {
        let assigned = node.kind() == Kind::AssignmentStatement && node.start() > local.name.start();
        assigned
            && node.left().into_iter().flat_map(Node::named).any(|target| {
                let outer = root(target).is_some_and(|name| match scope::resolve(name) {
                    Def::Local(variable) => !around.holds(variable.name),
                    _ => true,
                });
                let appends = || {
                    let mut values = node.right().into_iter().flat_map(Node::named);
                    values.any(|value| name_of(unparenthesized(value)) == Some("append"))
                };
                outer && (target.kind() == Kind::IndexExpression || appends())
            })
    };
    !uses.is_empty() && uses.iter().all(tells) && around.descendants().any(collects)
}

fn remembers(statement: Node<'_>) -> bool {
    match statement.kind() {
        Kind::EmptyStatement | Kind::ContinueStatement | Kind::IncStatement => true,
        Kind::AssignmentStatement => statement.right().is_some_and(|right| {
            right.named().all(|value| {
                let value = unparenthesized(value);
                matches!(value.kind(), Kind::Identifier | Kind::True | Kind::False | Kind::IntLiteral)
                    || name_of(value) == Some("append")
            })
        }),
        _ => false,
    }
}

/// Whether the loop's rounds are written down: a few literals, or a count.
pub(super) fn has_few_rounds(around: Node<'_>, package: &Package) -> bool {
    package.remember_of(around, "defer-in-loop: few rounds", || counts_few_rounds(around, package))
}

fn counts_few_rounds(around: Node<'_>, package: &Package) -> bool {
    let few = |count: Node<'_>| integer(count, package).is_some_and(|count| (0..=FEW).contains(&count));
    let Some(header) = around.named().next() else { return false };
    match header.kind() {
        Kind::RangeClause => header.right().map(unparenthesized).is_some_and(|over| {
            few(over)
                || match over.kind() {
                    Kind::CompositeLiteral => is_short(over, package),
                    Kind::Identifier => holds_short(over, package),
                    _ => false,
                }
        }),
        Kind::ForClause => {
            let condition = header.condition().filter(|it| it.kind() == Kind::BinaryExpression);
            condition.and_then(|it| it.right()).is_some_and(few)
                && header.update().is_some_and(|update| update.kind() == Kind::IncStatement)
        }
        _ => false,
    }
}

/// Whether a range over the literal goes round a few times.
fn is_short(list: Node<'_>, package: &Package) -> bool {
    match list.ty() {
        Some(of) if of.kind() == Kind::ArrayType => of
            .length()
            .and_then(|count| integer(count, package))
            .is_some_and(|count| (0..=FEW).contains(&count)),
        _ => has_few_elements(list),
    }
}

/// Whether the variable holds such a literal, and nothing else is ever assigned to it: asked once
/// for all loops over it.
fn holds_short(over: Node<'_>, package: &Package) -> bool {
    let changes = |mention: &Node<'_>| is_written(*mention) || is_address_taken(*mention);
    let is_list = |value: Node<'_>| {
        let value = unparenthesized(value);
        value.kind() == Kind::CompositeLiteral && is_short(value, package)
    };
    match scope::resolve(over) {
        Def::Local(local) => package.remember_of(local.name, "defer-in-loop: holds a short list", || {
            let mentions = scope::mentions(local).into_iter();
            let changed = mentions.filter(|mention| *mention != local.name).any(|mention| changes(&mention));
            !changed && first_value(local).is_some_and(is_list)
        }),
        Def::TopLevel(_) | Def::Outside if !over.text().starts_with(char::is_uppercase) => {
            let asked = || {
                let declarations = package.declarations(over.text());
                let [declaration] = declarations[..] else { return None };
                let spec = declaration.descendants().find(|spec| {
                    spec.kind() == Kind::VarSpec
                        && spec.fields(Field::Name).any(|name| name.text() == over.text())
                })?;
                let only = spec.fields(Field::Name).count() == 1;
                let changed = spelled(over.text(), package).ok()?.iter().any(changes);
                spec.value()?.named().next().filter(|_| only && !changed).map(is_list)
            };
            *package
                .remember_name(over.text(), "defer-in-loop: holds a short list", || asked().unwrap_or(false))
        }
        _ => false,
    }
}

fn has_few_elements(list: Node<'_>) -> bool {
    let Some(body) = list.body() else { return false };
    let elements = || body.named().filter(|element| element.kind() != Kind::Comment);
    // The key of an element of a slice is its index.
    let map = list.ty().is_some_and(|of| of.kind() == Kind::MapType);
    let counted = map || elements().all(|element| element.kind() != Kind::KeyedElement);
    counted && i64::try_from(elements().count()).is_ok_and(|count| count <= FEW)
}
