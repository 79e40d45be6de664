//! What a `defer` releases, and whether the round of a loop has taken it.

use crate::model::imports::{arguments, callee, package_of, unparenthesized};
use crate::model::ranges::{Ranged, ranged};
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::Node;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Lock,
    Close,
}

/// `x.Unlock()`, `x.RUnlock()`, `x.Close()`, `syscall.Close(x)`
#[derive(Clone, Copy, Debug)]
pub(super) struct Release<'t> {
    pub(super) kind: Kind,
    /// `x`
    pub(super) operand: Node<'t>,
    pub(super) method: &'t str,
}

/// What a `defer` releases: its call does, or the only statement of the literal
/// that it calls.
pub(super) fn of(defer: Node<'_>) -> Option<Release<'_>> {
    let call = defer.named().next().filter(|_| defer.kind() == "defer_statement")?;
    let called = callee(call)?;
    if called.kind() != "func_literal" {
        return of_call(call);
    }
    let statements = called.field("body")?.child("statement_list")?;
    let mut inner = statements.named();
    let (Some(only), None) = (inner.next(), inner.next()) else { return None };
    let release = only.descendants().find_map(of_call)?;
    // A parameter stands for what the literal is called with.
    match root(release.operand).map(scope::resolve) {
        Some(Def::Local(local)) if called.holds(local.name) => {
            let mut given = arguments(call);
            let (Some(operand), None) = (given.next(), given.next()) else { return None };
            (local.kind == LocalKind::Param).then_some(Release { operand, ..release })
        }
        _ => Some(release),
    }
}

fn of_call(call: Node<'_>) -> Option<Release<'_>> {
    let called = callee(call).filter(|called| called.kind() == "selector_expression")?;
    let method = called.field("field")?.text();
    let kind = match method {
        "Unlock" | "RUnlock" => Kind::Lock,
        "Close" => Kind::Close,
        _ => return None,
    };
    let mut given = arguments(call);
    let operand = match (package_of(called), given.next(), given.next()) {
        (None, None, None) => called.field("operand")?,
        (Some("syscall" | "golang.org/x/sys/unix"), Some(descriptor), None) => descriptor,
        _ => return None,
    };
    Some(Release { kind, operand, method })
}

/// The variable that an expression of selectors, indices and dereferences
/// begins with.
pub(super) fn root(expression: Node<'_>) -> Option<Node<'_>> {
    let mut at = unparenthesized(expression);
    loop {
        at = match at.kind() {
            "identifier" => return Some(at),
            "selector_expression" | "index_expression" => unparenthesized(at.field("operand")?),
            "unary_expression" if !at.text().starts_with("<-") => unparenthesized(at.field("operand")?),
            // `f().Close()`
            _ => return None,
        }
    }
}

impl<'t> Release<'t> {
    /// The variable that holds what is released, when it is one of the function's.
    pub(super) fn local(&self) -> Option<Local<'t>> {
        match scope::resolve(root(self.operand)?) {
            Def::Local(local) if local.kind.is_variable() => Some(local),
            _ => None,
        }
    }

    /// Whether each round releases the same thing.
    pub(super) fn is_same_each_round(&self, around: Node<'t>) -> bool {
        let mut names = self.operand.descendants().filter(|node| node.kind() == "identifier");
        names.all(|name| match scope::resolve(name) {
            Def::Local(local) => !around.holds(local.name),
            _ => true,
        })
    }

    /// Whether a round of the loop has locked, opened or received it before the
    /// `defer`.
    pub(super) fn is_taken_in(&self, around: Node<'t>, defer: Node<'t>, cx: &Cx<'t>) -> bool {
        let Some(body) = around.field("body") else { return false };
        let before =
            || body.descend(|node| node.kind() != "func_literal").filter(|node| node.end() <= defer.start());
        let locks = |node: Node<'t>| {
            callee(node).is_some_and(|called| {
                let names = ["Lock", "RLock", "TryLock", "TryRLock"];
                called.field("operand").is_some_and(|operand| operand.text() == self.operand.text())
                    && called.field("field").is_some_and(|field| names.contains(&field.text()))
            })
        };
        if self.kind == Kind::Lock && before().any(locks) {
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
        self.kind == Kind::Close
            && before()
                .filter(|node| node.kind() == "assignment_statement")
                .filter_map(|assignment| assignment.field("left"))
                .flat_map(Node::named)
                .any(|target| target.text() == self.operand.text() && gets_new(target))
    }
}

/// Whether the loop's own variable is received from a channel.
fn received(local: Local<'_>, cx: &Cx<'_>) -> bool {
    let clause = local.name.ancestors().find(|up| up.kind() == "range_clause");
    clause.is_some_and(|clause| ranged(clause, cx.package()) == Ranged::Channel)
}

/// Whether the name on the left of an assignment or declaration gets what a call
/// or a channel gives.
fn gets_new(name: Node<'_>) -> bool {
    let value = || {
        let parent = name.parent()?;
        let (index, values) = match parent.kind() {
            "expression_list" => {
                (parent.named().position(|other| other == name)?, parent.parent()?.field("right")?)
            }
            "var_spec" => (parent.fields("name").position(|other| other == name)?, parent.field("value")?),
            _ => return None,
        };
        let count = values.named().count();
        values.named().nth(if count == 1 { 0 } else { index }).map(unparenthesized)
    };
    value().is_some_and(|value| match value.kind() {
        "call_expression" => true,
        "unary_expression" => value.field("operator").is_some_and(|operator| operator.kind() == "<-"),
        _ => false,
    })
}
