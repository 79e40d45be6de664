//! Who else has an object with a finalizer: what keeps it for a time that nobody knows,
//! or nobody at all.

use crate::model::fields::{spelled, type_name};
use crate::model::imports::{arguments, callee, is_symbol, package_of, parenthesized, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::finalizer::FinalizerSetting;

/// Where the function gives the object, or what holds it, away to something that keeps it for a
/// time that nobody knows, or has taken it from a pool.
pub(super) fn kept_by_others(setting: &FinalizerSetting<'_>, package: &Package) -> Option<String> {
    // `workload.conn` is kept where `workload` is.
    let outer = std::iter::successors(Some(setting.object), |part| {
        let part = unparenthesized(*part);
        part.operand().filter(|_| part.kind() == Kind::SelectorExpression)
    });
    let Def::Local(object) = scope::resolve(outer.last()?) else { return None };
    scope::mentions(object)
        .into_iter()
        .find_map(|mention| keeps(mention, package))
        .or_else(|| pooled(setting, package))
}

/// Where `mention` is given to something that keeps it for a time that nobody knows.
pub(super) fn keeps(mention: Node<'_>, package: &Package) -> Option<String> {
    let mention = parenthesized(mention);
    let parent = mention.parent()?;
    let kept = match parent.kind() {
        Kind::SendStatement => true,
        Kind::ExpressionList => {
            let assignment = parent.parent().filter(|up| up.kind() == Kind::AssignmentStatement)?;
            let index = parent.named().position(|value| value == mention)?;
            let target = assignment.left().and_then(|left| left.named().nth(index));
            parent.field_name() == Some(Field::Right)
                && target.is_some_and(|target| is_shared(target) || forgets(target, package))
        }
        Kind::ArgumentList => {
            let called = parent.parent().and_then(callee)?;
            if is_symbol(called, "weak", "Make") {
                return Some(format!("line {} keeps it weakly", mention.line()));
            }
            // `c.items = append(c.items, x)`
            let appended = called.text() == "append"
                && mention.ancestors().find(|up| up.kind() == Kind::AssignmentStatement).is_some_and(|to| {
                    to.left().is_some_and(|left| {
                        left.named()
                            .any(|target| target.kind() == Kind::SelectorExpression || is_shared(target))
                    })
                });
            appended
                || called.field().is_some_and(|name| KEEPING.contains(&name.text()))
                    && package_of(called).is_none()
        }
        _ => false,
    };
    kept.then(|| format!("line {} keeps it", mention.line()))
}

/// Whether the target is a field that nothing in the package closes.
fn forgets(target: Node<'_>, package: &Package) -> bool {
    let Some(name) = target.field().filter(|_| target.kind() == Kind::SelectorExpression) else {
        return false;
    };
    let closes = |place: Node<'_>| {
        let owner = place.parent().filter(|up| up.field() == Some(place)).unwrap_or(place);
        owner.parent().is_some_and(|up| {
            up.kind() == Kind::SelectorExpression
                && up.operand() == Some(owner)
                && up.field().is_some_and(|name| matches!(name.text(), "Close" | "close"))
        })
    };
    spelled(name.text(), package)
        .is_ok_and(|places| !places.into_iter().filter(|place| !place.file().is_test()).any(closes))
}

/// Where the function takes from a pool, `p.Get()`, what the package puts back, `p.Put(x)`.
fn pooled(setting: &FinalizerSetting<'_>, package: &Package) -> Option<String> {
    let holder = |call: Node<'_>, name: &str| {
        let called = callee(call).filter(|it| it.field().is_some_and(|field| field.text() == name))?;
        let operand = unparenthesized(called.operand()?);
        Some(operand.field().unwrap_or(operand).text().to_owned())
    };
    let whole = setting.call.ancestors().last()?;
    let takes: Vec<String> = whole
        .descendants()
        .filter(|node| node.kind() == Kind::CallExpression && arguments(*node).next().is_none())
        .filter_map(|call| holder(call, "Get"))
        .collect();
    if takes.is_empty() {
        return None;
    }
    let puts = spelled("Put", package).unwrap_or_default();
    let calls = puts.into_iter().filter_map(|place| place.parent()?.parent());
    let put =
        calls.into_iter().find(|call| holder(*call, "Put").is_some_and(|pool| takes.contains(&pool)))?;
    Some(format!("line {} of {} puts one back into a pool", put.line(), name_of_file(put)))
}

fn name_of_file(node: Node<'_>) -> String {
    node.file().path().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The names of methods that keep what they are given.
const KEEPING: &[&str] = &["Put", "Store", "LoadOrStore", "Set", "Add", "Push", "PushBack"];

/// Where the package puts an object of the type into a pool, a list or the like.
pub(super) fn put_away(holder: &str, package: &Package) -> Option<String> {
    KEEPING.iter().find_map(|name| {
        let places = spelled(name, package).unwrap_or_default();
        let mut calls = places.into_iter().filter_map(|place| {
            let called = place.parent().filter(|up| up.field() == Some(place))?;
            called.parent().filter(|call| callee(*call) == Some(called))
        });
        let call = calls.find(|call| {
            callee(*call).and_then(package_of).is_none()
                && arguments(*call).any(|given| {
                    type_name(unparenthesized(given), package).is_some_and(|of| of.text() == holder)
                })
        })?;
        Some(format!("line {} keeps one", call.line()))
    })
}

/// That the function makes the object and gives it to nobody: then the finalizer is all that
/// ever gets it, and nobody could call `Close`.
pub(super) fn held_by_nobody(setting: &FinalizerSetting<'_>) -> Option<String> {
    let Def::Local(object) = scope::resolve(setting.object) else { return None };
    let goes_on = |mention: &Node<'_>| {
        let field = mention.parent().is_some_and(|up| {
            up.kind() == Kind::SelectorExpression && up.parent().and_then(callee) != Some(up)
        });
        *mention != object.name && !field && !setting.call.holds(*mention)
    };
    let made = object.kind == LocalKind::Var && {
        let declaration =
            object.name.ancestors().find(|up| up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]));
        let value = declaration.and_then(|up| up.right().or_else(|| up.value()));
        value.is_some_and(|value| value.text().starts_with('&') || value.text().starts_with("new("))
    };
    (made && !scope::mentions(object).iter().any(goes_on))
        .then(|| format!("nobody but the finalizer has `{}`", setting.object.text()))
}

/// Whether the target of an assignment is an element or a variable of the
/// package.
fn is_shared(target: Node<'_>) -> bool {
    target.kind() == Kind::IndexExpression
        || (target.kind() == Kind::Identifier
            && target.text() != "_"
            && matches!(scope::resolve(target), Def::TopLevel(_) | Def::Outside))
}
