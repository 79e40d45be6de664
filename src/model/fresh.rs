//! Values that a function has made, or taken, for itself.

use super::depends::{is_address_taken, is_write};
use super::effects::{function_of, is_captured, is_predeclared};
use super::imports::{arguments, callee, package_of, parenthesized, unparenthesized};
use super::package::Package;
use super::recording::{first_value, variable};
use super::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Kind, Node};

/// Whether what is asked about is a value that the function has made, or taken, for itself.
pub fn is_fresh(leaf: Node<'_>, package: &Package) -> bool {
    let mut names = leaf.descendants().filter(|node| {
        node.kind() == Kind::Identifier
            && matches!(scope::resolve(*node), Def::Local(local) if local.kind.is_variable())
    });
    let own = |name: Node<'_>| {
        let Def::Local(local) = scope::resolve(name) else { return false };
        if matches!(local.kind, LocalKind::Received | LocalKind::Loop) {
            return true;
        }
        if !matches!(local.kind, LocalKind::Var | LocalKind::Result) || is_captured(name, local.name) {
            return false;
        }
        match first_value(local) {
            Some(value) if local.kind == LocalKind::Var && is_made_here(value) => true,
            Some(_) => starts_at_zero(local) && keeps_to_itself(local, package),
            None => starts_at_zero(local),
        }
    };
    let first = names.next();
    first.is_some_and(|first| own(first) && names.all(own))
}

fn is_made_here(value: Node<'_>) -> bool {
    let value = unparenthesized(value);
    match value.kind() {
        Kind::CompositeLiteral | Kind::IntLiteral => true,
        Kind::UnaryExpression => match value.operator().map(Node::kind) {
            Some(Kind::And) => variable(value).is_none(),
            Some(Kind::Arrow) => true,
            _ => false,
        },
        Kind::CallExpression => {
            callee(value).map(|callee| callee.field().unwrap_or(callee)).is_some_and(|name| {
                ["New", "new", "Make", "make", "Create"].iter().any(|start| name.text().starts_with(start))
            })
        }
        _ => false,
    }
}

/// Whether the variable is declared without a value, or is a named result, of a type that is no
/// reference to something else.
fn starts_at_zero(local: Local<'_>) -> bool {
    local.name.parent().is_some_and(|declared| {
        declared.is(&[Kind::VarSpec, Kind::ParameterDeclaration])
            && declared.value().is_none()
            && declared.ty().is_some_and(|of| !of.is(&[Kind::PointerType, Kind::InterfaceType]))
    })
}

/// Whether all that the variable gets is made from itself or here, and no other goroutine reaches it.
fn keeps_to_itself(local: Local<'_>, package: &Package) -> bool {
    scope::mentions(local).into_iter().all(|mention| {
        !is_address_taken(mention)
            && !may_run_elsewhere(mention, local)
            && (!is_write(mention) || is_given_own(mention, local, package))
    })
}

/// Whether what is assigned at the mention is made from the variable or here.
fn is_given_own<'t>(mention: Node<'t>, local: Local<'t>, package: &Package) -> bool {
    let Some(list) = parenthesized(mention).parent() else { return false };
    if list.is(&[Kind::IncStatement, Kind::DecStatement]) {
        return true;
    }
    let Some(owner) = list.parent().filter(|owner| owner.kind() == Kind::AssignmentStatement) else {
        return false;
    };
    let index = list.named().position(|target| target.holds(mention));
    let right = owner.right().filter(|right| right.named().count() == list.named().count());
    let value = right.and_then(|right| right.named().nth(index?));
    value.is_some_and(|value| is_own_value(value, local, package))
}

/// `x`, `nil`, `x[:n]`, `append(x, ...)`, `slices.Grow(x, n)` for the variable `x`, or what is made here.
fn is_own_value<'t>(value: Node<'t>, local: Local<'t>, package: &Package) -> bool {
    let value = unparenthesized(value);
    match value.kind() {
        Kind::Nil => true,
        Kind::Identifier => scope::resolve(value) == Def::Local(local),
        Kind::SliceExpression => value.operand().is_some_and(|operand| is_own_value(operand, local, package)),
        Kind::CallExpression => {
            let extends = callee(value).is_some_and(|called| {
                (called.text() == "append" && is_predeclared("append", package))
                    || package_of(called) == Some("slices")
            });
            let first = || arguments(value).next();
            (extends && first().is_some_and(|first| is_own_value(first, local, package)))
                || is_made_here(value)
        }
        _ => is_made_here(value),
    }
}

/// Whether the mention stands in a function literal that another goroutine may run: in one that is
/// neither called where it stands nor kept in a variable that is only called.
fn may_run_elsewhere<'t>(mention: Node<'t>, local: Local<'t>) -> bool {
    let own = function_of(local.name);
    let outer = mention.ancestors().take_while(|up| Some(*up) != own);
    outer.filter(|up| up.kind() == Kind::FuncLiteral).any(|literal| !is_only_called(literal))
}

fn is_only_called(literal: Node<'_>) -> bool {
    let called_here = |function: Node<'_>| {
        let whole = parenthesized(function);
        whole.parent().is_some_and(|call| {
            callee(call).is_some_and(|callee| callee == function || callee == whole)
                && call.parent().is_none_or(|up| up.kind() != Kind::GoStatement)
        })
    };
    if called_here(literal) {
        return true;
    }
    let Some(list) = parenthesized(literal).parent().filter(|list| list.kind() == Kind::ExpressionList)
    else {
        return false;
    };
    let declared = list.parent().filter(|owner| owner.kind() == Kind::ShortVarDeclaration);
    let name = declared.and_then(Node::left).filter(|left| left.named().count() == 1);
    let name = name.and_then(|left| left.named().next());
    match name.map(scope::resolve) {
        Some(Def::Local(kept)) => {
            scope::mentions(kept).into_iter().all(|mention| mention == kept.name || called_here(mention))
        }
        _ => false,
    }
}
