//! What a `defer` releases, and whether the round of a loop has taken it.

use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::ranges::{Ranged, ranged};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReleaseKind {
    Lock,
    Close,
    /// Of a context.
    Cancel,
    /// Of a ticker or a timer.
    Stop,
}

/// `x.Unlock()`, `x.RUnlock()`, `x.Close()`, `syscall.Close(x)`, `x()` of a context, `x.Stop()` of a ticker
#[derive(Clone, Copy, Debug)]
pub(super) struct DeferredRelease<'t> {
    pub(super) kind: ReleaseKind,
    /// `x`
    pub(super) operand: Node<'t>,
    pub(super) method: &'t str,
}

/// What a `defer` releases: its call does, or the only statement of the literal
/// that it calls.
pub(super) fn of(defer: Node<'_>) -> Option<DeferredRelease<'_>> {
    let call = defer.named().next().filter(|_| defer.kind() == Kind::DeferStatement)?;
    let called = callee(call)?;
    if called.kind() != Kind::FuncLiteral {
        return of_call(call);
    }
    let statements = called.body()?.child(Kind::StatementList)?;
    let mut inner = statements.named();
    let (Some(only), None) = (inner.next(), inner.next()) else { return None };
    let release = only.descendants().find_map(of_call)?;
    // A parameter stands for what the literal is called with.
    match root(release.operand).map(scope::resolve) {
        Some(Def::Local(local)) if called.holds(local.name) => {
            let mut given = arguments(call);
            let (Some(operand), None) = (given.next(), given.next()) else { return None };
            (local.kind == LocalKind::Param).then_some(DeferredRelease { operand, ..release })
        }
        _ => Some(release),
    }
}

fn of_call(call: Node<'_>) -> Option<DeferredRelease<'_>> {
    const MAKERS: &[&str] = &[
        "WithCancel",
        "WithCancelCause",
        "WithDeadline",
        "WithDeadlineCause",
        "WithTimeout",
        "WithTimeoutCause",
    ];
    let called = callee(call)?;
    if called.kind() == Kind::Identifier {
        let cancels = may_cancel(called.text()) && is_made_by(called, "context", MAKERS);
        let method = called.text();
        return cancels.then_some(DeferredRelease { kind: ReleaseKind::Cancel, operand: called, method });
    }
    let called = Some(called).filter(|called| called.kind() == Kind::SelectorExpression)?;
    let method = called.field()?.text();
    let kind = match method {
        "Unlock" | "RUnlock" => ReleaseKind::Lock,
        "Close" => ReleaseKind::Close,
        "Stop" if is_made_by(called.operand()?, "time", &["NewTicker", "NewTimer"]) => ReleaseKind::Stop,
        _ => return None,
    };
    let mut given = arguments(call);
    let operand = match (package_of(called), given.next(), given.next()) {
        (None, None, None) => called.operand()?,
        (Some("syscall" | "golang.org/x/sys/unix"), Some(descriptor), None) => descriptor,
        _ => return None,
    };
    Some(DeferredRelease { kind, operand, method })
}

/// The variable that an expression of selectors, indices and dereferences
/// begins with.
pub(super) fn root(expression: Node<'_>) -> Option<Node<'_>> {
    let mut at = unparenthesized(expression);
    loop {
        at = match at.kind() {
            Kind::Identifier => return Some(at),
            Kind::SelectorExpression | Kind::IndexExpression => unparenthesized(at.operand()?),
            Kind::UnaryExpression if !at.text().starts_with("<-") => unparenthesized(at.operand()?),
            // `f().Close()`
            _ => return None,
        }
    }
}

impl<'t> DeferredRelease<'t> {
    /// The variable that holds what is released, when it is one of the function's.
    pub(super) fn local(&self) -> Option<Local<'t>> {
        match scope::resolve(root(self.operand)?) {
            Def::Local(local) if local.kind.is_variable() => Some(local),
            _ => None,
        }
    }

    /// Whether each round releases the same thing.
    pub(super) fn is_same_each_round(&self, around: Node<'t>) -> bool {
        let mut names = self.operand.descendants().filter(|node| node.kind() == Kind::Identifier);
        names.all(|name| match scope::resolve(name) {
            Def::Local(local) => !around.holds(local.name),
            _ => true,
        })
    }

    /// Whether a round of the loop has locked, opened or received it before the
    /// `defer`.
    pub(super) fn is_taken_in(&self, around: Node<'t>, defer: Node<'t>, cx: &Cx<'t>) -> bool {
        let Some(body) = around.body() else { return false };
        let taken = body.remember("defer-in-loop: taken", || Arc::new(Taken::of(body)));
        let before = |of: &HashMap<String, usize>| {
            of.get(self.operand.text()).is_some_and(|end| *end <= defer.start())
        };
        if self.kind == ReleaseKind::Lock && before(&taken.locked) {
            return true;
        }
        if let Some(local) = self.local()
            && around.holds(local.name)
        {
            match local.kind {
                LocalKind::Received => return true,
                LocalKind::Loop => return received(local, cx),
                _ if gets_new(local.name) => return true,
                _ => {}
            }
        }
        // A variable that the round gives a new value later.
        self.kind != ReleaseKind::Lock && before(&taken.renewed)
    }
}

/// What the body of a loop takes, literals left out: where that first ends, by what it is
/// called.
#[derive(Default)]
struct Taken {
    /// `x` of `x.Lock()`
    locked: HashMap<String, usize>,
    /// `x` of `x, err = open()`
    renewed: HashMap<String, usize>,
}

impl Taken {
    fn of(body: Node<'_>) -> Taken {
        const LOCKS: &[&str] = &["Lock", "RLock", "TryLock", "TryRLock"];
        let mut taken = Taken::default();
        for node in body.descend(|node| node.kind() != Kind::FuncLiteral) {
            if let Some(called) = callee(node)
                && let (Some(operand), Some(field)) = (called.operand(), called.field())
                && LOCKS.contains(&field.text())
            {
                first(&mut taken.locked, operand, node);
            }
            let left = node.left().filter(|_| node.kind() == Kind::AssignmentStatement);
            for target in left.into_iter().flat_map(Node::named).filter(|target| gets_new(*target)) {
                first(&mut taken.renewed, target, node);
            }
        }
        taken
    }
}

fn first(ends: &mut HashMap<String, usize>, what: Node<'_>, whole: Node<'_>) {
    let end = ends.entry(what.text().to_owned()).or_insert(usize::MAX);
    *end = whole.end().min(*end);
}

/// Whether the loop's own variable is received from a channel.
fn received(local: Local<'_>, cx: &Cx<'_>) -> bool {
    let clause = local.name.ancestors().find(|up| up.kind() == Kind::RangeClause);
    clause.is_some_and(|clause| ranged(clause, cx.package()) == Ranged::Channel)
}

/// Whether the local is declared with what one of these functions gives.
fn is_made_by(name: Node<'_>, path: &str, makers: &[&str]) -> bool {
    let Def::Local(local) = scope::resolve(name) else { return false };
    let made = given(local.name).filter(|value| value.kind() == Kind::CallExpression).and_then(callee);
    made.is_some_and(|maker| makers.iter().any(|name| is_symbol(maker, path, name)))
}

/// What the name on the left of an assignment or declaration gets.
fn given<'t>(name: Node<'t>) -> Option<Node<'t>> {
    let parent = name.parent()?;
    let (index, values) = match parent.kind() {
        Kind::ExpressionList => (parent.named().position(|other| other == name)?, parent.parent()?.right()?),
        Kind::VarSpec => (parent.fields(Field::Name).position(|other| other == name)?, parent.value()?),
        _ => return None,
    };
    let count = values.named().count();
    values.named().nth(if count == 1 { 0 } else { index }).map(unparenthesized)
}

/// Whether the name on the left of an assignment or declaration gets what a call
/// or a channel gives.
fn gets_new(name: Node<'_>) -> bool {
    given(name).is_some_and(|value| match value.kind() {
        Kind::CallExpression => true,
        Kind::UnaryExpression => value.operator().is_some_and(|operator| operator.kind() == Kind::Arrow),
        _ => false,
    })
}

/// The methods that release.
pub(super) const METHODS: &[&str] = &["Unlock", "RUnlock", "Close", "Stop"];

/// Whether a function of that name may cancel a context.
pub(super) fn may_cancel(name: &str) -> bool {
    name.contains("cancel") || name.contains("Cancel")
}
