//! Whether a duration can be evaluated before the loop.

use crate::model::constant::unit;
use crate::model::effects::{function_of, is_constant};
use crate::model::imports::{arguments, is_call, unparenthesized};
use crate::model::locals::{has_pointer, is_written};
use crate::model::scope::{self, Def, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// Whether the text of the duration can stand a second time, at any depth: a
/// comment would be said twice, and a second line keeps its old indentation.
pub(super) fn is_plain(duration: Node<'_>) -> bool {
    !duration.text().contains('\n') && duration.descendants().all(|node| node.kind() != Kind::Comment)
}

/// Whether evaluating the duration before the loop, where it is evaluated at once anyhow, does
/// nothing but read what it reads there.
pub(super) fn is_read_only(duration: Node<'_>, before: Node<'_>) -> bool {
    let part = |field| duration.child_by_field(field).is_some_and(|part| is_read_only(part, before));
    match duration.kind() {
        Kind::IntLiteral | Kind::FloatLiteral | Kind::RuneLiteral => true,
        Kind::ParenthesizedExpression => is_read_only(unparenthesized(duration), before),
        Kind::UnaryExpression => {
            duration.operator().is_some_and(|op| op.kind() != Kind::Arrow) && part(Field::Operand)
        }
        Kind::BinaryExpression => part(Field::Left) && part(Field::Right),
        Kind::CallExpression => {
            is_call(duration, "time", "Duration")
                && arguments(duration).all(|argument| is_read_only(argument, before))
        }
        Kind::SelectorExpression => part(Field::Operand),
        Kind::Identifier => scope::resolve_name(duration.text(), before) == scope::resolve(duration),
        _ => false,
    }
}

/// Whether the duration means the same before the loop, and evaluating it there
/// once more does nothing and touches nothing that another goroutine may write.
pub(super) fn is_known_early(duration: Node<'_>, before: Node<'_>, cx: &Cx<'_>) -> bool {
    let known = |field| duration.child_by_field(field).is_some_and(|part| is_known_early(part, before, cx));
    match duration.kind() {
        Kind::IntLiteral | Kind::FloatLiteral | Kind::RuneLiteral => true,
        Kind::ParenthesizedExpression => is_known_early(unparenthesized(duration), before, cx),
        Kind::UnaryExpression => {
            duration.operator().is_some_and(|op| matches!(op.kind(), Kind::Plus | Kind::Minus | Kind::Xor))
                && known(Field::Operand)
        }
        Kind::BinaryExpression => cx.effects(duration).is_pure() && known(Field::Left) && known(Field::Right),
        Kind::CallExpression => {
            is_call(duration, "time", "Duration")
                && arguments(duration).all(|argument| is_known_early(argument, before, cx))
        }
        Kind::SelectorExpression => unit(duration).is_some(),
        Kind::Identifier => match scope::resolve(duration) {
            Def::Local(local) => {
                let writes = || scope::mentions(local).into_iter().filter(|mention| is_written(*mention));
                let by = |mention| function_of(mention);
                scope::resolve_name(duration.text(), before) == Def::Local(local)
                    && (!local.kind.is_variable()
                        || !has_pointer(local)
                            && writes().all(|write| write == local.name || by(write) == by(duration))
                            && (by(local.name) == by(duration) || local.kind != LocalKind::Loop))
            }
            _ => is_constant(duration, cx.package()) || unit(duration).is_some(),
        },
        _ => false,
    }
}
