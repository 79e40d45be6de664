//! Who else has an object with a finalizer: what keeps it for a time that nobody knows,
//! or nobody at all.

use crate::model::fields::{spelled, type_name};
use crate::model::finalizer::Setting;
use crate::model::imports::{arguments, callee, is_symbol, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::syntax::Node;

/// Where the function gives the object away to something that keeps it for a
/// time that nobody knows.
pub(super) fn kept_by_others(setting: &Setting<'_>) -> Option<String> {
    let Def::Local(object) = scope::resolve(setting.object) else { return None };
    let keeps = |mention: Node<'_>| {
        let parent = mention.parent()?;
        let kept = match parent.kind() {
            "send_statement" => true,
            "expression_list" => {
                let assignment = parent.parent().filter(|up| up.kind() == "assignment_statement")?;
                parent.field_name() == Some("right")
                    && assignment.field("left").is_some_and(|left| left.named().any(is_shared))
            }
            "argument_list" => {
                let called = parent.parent().and_then(callee)?;
                if is_symbol(called, "weak", "Make") {
                    return Some(format!("line {} keeps it weakly", mention.line()));
                }
                // `c.items = append(c.items, x)`
                let appended = called.text() == "append"
                    && mention.ancestors().find(|up| up.kind() == "assignment_statement").is_some_and(|to| {
                        to.field("left").is_some_and(|left| {
                            left.named()
                                .any(|target| target.kind() == "selector_expression" || is_shared(target))
                        })
                    });
                appended
                    || called.field("field").is_some_and(|name| KEEPING.contains(&name.text()))
                        && package_of(called).is_none()
            }
            _ => false,
        };
        kept.then(|| format!("line {} keeps it", mention.line()))
    };
    scope::mentions(object).into_iter().find_map(keeps)
}

/// The names of methods that keep what they are given.
const KEEPING: &[&str] = &["Put", "Store", "LoadOrStore", "Set", "Add", "Push", "PushBack"];

/// Where the package puts an object of the type into a pool, a list or the like.
pub(super) fn put_away(holder: &str, package: &Package) -> Option<String> {
    KEEPING.iter().find_map(|name| {
        let places = spelled(name, package).unwrap_or_default();
        let mut calls = places.into_iter().filter_map(|place| {
            let called = place.parent().filter(|up| up.field("field") == Some(place))?;
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
pub(super) fn held_by_nobody(setting: &Setting<'_>) -> Option<String> {
    let Def::Local(object) = scope::resolve(setting.object) else { return None };
    let goes_on = |mention: &Node<'_>| {
        let field = mention
            .parent()
            .is_some_and(|up| up.kind() == "selector_expression" && up.parent().and_then(callee) != Some(up));
        *mention != object.name && !field && !setting.call.holds(*mention)
    };
    let made = object.kind == LocalKind::Var && {
        let declaration = object.name.ancestors().find(|up| up.is(&["short_var_declaration", "var_spec"]));
        let value = declaration.and_then(|up| up.field("right").or_else(|| up.field("value")));
        value.is_some_and(|value| value.text().starts_with('&') || value.text().starts_with("new("))
    };
    (made && !scope::mentions(object).iter().any(goes_on))
        .then(|| format!("nobody but the finalizer has `{}`", setting.object.text()))
}

/// Whether the target of an assignment is an element or a variable of the
/// package.
fn is_shared(target: Node<'_>) -> bool {
    target.kind() == "index_expression"
        || (target.kind() == "identifier"
            && matches!(scope::resolve(target), Def::TopLevel(_) | Def::Outside))
}
