//! The guard `nil-value`: the new code may do something else with nil than the old.

use super::compile::Patch;
use super::matcher::{PatternMatch, same_code};
use super::side::Side;
use super::types;
use crate::model::imports::{package_of, unparenthesized};
use crate::model::locals;
use crate::model::scope::{self, Def};
use crate::model::types::{Type, type_of, underlying};
use crate::rewrite::{Cx, TypeAnswer, TypeAsk};
use crate::syntax::{Kind, Node};

/// Functions that give nil when their first argument is nil.
const GIVE_NIL: &[(&str, &[&str])] =
    &[("github.com/pkg/errors", &["Wrap", "Wrapf", "WithMessage", "WithMessagef", "WithStack"])];

/// The code that may be nil, where the two sides then do different things.
pub fn nil_value(
    patch: &Patch,
    old: &Side,
    new: &Side,
    found: &PatternMatch<'_>,
    cx: &Cx<'_>,
) -> Option<String> {
    let used: Vec<usize> = dereferenced(patch, old);
    let mut risky: Vec<usize> = dereferenced(patch, new);
    risky.retain(|index| !used.contains(index));
    risky.extend(passed_nil(patch, old, new));
    risky.sort_unstable();
    risky.dedup();
    let taken = risky.into_iter().filter_map(|index| match found.var(index)? {
        [node] => Some(*node),
        _ => None,
    });
    let mut nil = taken.filter(|node| may_be_nil(*node, cx));
    nil.next().map(|node| node.text().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The variables of which a side needs a value that is not nil: a field or a method of it, what
/// it points to, a call of it.
fn dereferenced(patch: &Patch, side: &Side) -> Vec<usize> {
    let nodes = side.roots().into_iter().flat_map(|root| root.descendants().collect::<Vec<_>>());
    let operands = nodes.filter_map(|node| match node.kind() {
        Kind::SelectorExpression if patch.symbol(node).is_none() => node.operand(),
        Kind::UnaryExpression => {
            node.operand().filter(|_| node.operator().is_some_and(|sign| sign.kind() == Kind::Star))
        }
        Kind::CallExpression => node.function(),
        _ => None,
    });
    operands
        .filter_map(|operand| patch.var(unparenthesized(operand).text()).map(|(index, _)| index))
        .collect()
}

/// The variables that the old side passes to a function which gives nil for nil, where the new
/// side calls another.
fn passed_nil(patch: &Patch, old: &Side, new: &Side) -> Vec<usize> {
    let calls = |side: &Side| -> Vec<(String, Option<usize>)> {
        let nodes = side.roots().into_iter().flat_map(|root| root.descendants().collect::<Vec<_>>());
        let calls = nodes.filter(|node| node.kind() == Kind::CallExpression);
        let of = calls.filter_map(|call| {
            let (path, name) = patch.symbol(call.function()?)?;
            let known = GIVE_NIL.iter().any(|(own, names)| *own == path && names.contains(&name.text()));
            let first = crate::model::imports::arguments(call).next()?;
            known.then(|| (name.text().to_owned(), patch.var(first.text()).map(|(index, _)| index)))
        });
        of.collect()
    };
    let kept = calls(new);
    let gone = calls(old).into_iter().filter(|call| !kept.contains(call));
    gone.filter_map(|(_, first)| first).collect()
}

fn may_be_nil(node: Node<'_>, cx: &Cx<'_>) -> bool {
    let bare = unparenthesized(node);
    let package = cx.package();
    let made = |call: Node<'_>| {
        let callee = call.function().filter(|callee| scope::resolve(*callee) == Def::Outside);
        let own = callee.is_some_and(|callee| {
            matches!(callee.text(), "new" | "make") && !package.declares(callee.text())
        });
        let errors = call.function().is_some_and(|callee| {
            let name = callee.field().map(Node::text);
            matches!(
                (package_of(callee), name),
                (Some("fmt"), Some("Errorf")) | (Some("errors"), Some("New"))
            )
        });
        own || errors
    };
    let certain = match bare.kind() {
        Kind::CompositeLiteral | Kind::FuncLiteral => true,
        Kind::UnaryExpression => {
            bare.operator().is_some_and(|sign| sign.kind() != Kind::Star && sign.kind() != Kind::Arrow)
        }
        Kind::BinaryExpression => true,
        Kind::CallExpression => made(bare),
        _ => false,
    };
    if certain || is_checked(bare) {
        return false;
    }
    // Some types have no nil.
    let written = type_of(bare, package).and_then(|found| underlying(found, package));
    let known = match written {
        Some(Type::Basic) => Some(false),
        Some(Type::Written(ty)) => Some(!ty.is(&[Kind::StructType, Kind::ArrayType])),
        Some(Type::Pointer(_) | Type::Slice(_)) => Some(true),
        Some(Type::Sequence) | None => None,
    };
    let basic = || {
        types::of_expression(bare, package).is_some_and(|ty| matches!(ty.as_str(), "string" | "bool" | "int"))
    };
    match known {
        Some(known) => known,
        None if basic() => false,
        None => {
            !matches!(cx.types(bare.span(), TypeAsk::Zero), Some(TypeAnswer::Value(zero)) if zero != "nil")
        }
    }
}

/// Whether an `if` around, or one before that leaves, says that it is not nil.
fn is_checked(node: Node<'_>) -> bool {
    let Def::Local(local) = scope::resolve(node) else { return false };
    if node.kind() != Kind::Identifier || locals::has_pointer(local) {
        return false;
    }
    let writes = |from: usize| {
        let mut mentions = scope::mentions(local).into_iter();
        mentions.any(|mention| (from..node.start()).contains(&mention.start()) && locals::is_written(mention))
    };
    let around = node.ancestors().take_while(|up| !up.is(&[Kind::FuncLiteral, Kind::FunctionDeclaration]));
    let mut below = node;
    for up in around {
        if up.kind() == Kind::IfStatement
            && up.consequence() == Some(below)
            && up.condition().is_some_and(|condition| says(condition, node, Kind::NotEqual, Kind::LogicalAnd))
            && !writes(below.start())
        {
            return true;
        }
        if up.kind() == Kind::StatementList {
            let before = up.named().take_while(|statement| statement.end() <= node.start());
            let leaves = before.filter(|statement| statement.kind() == Kind::IfStatement).any(|check| {
                let ends = check.consequence().is_some_and(leaves);
                let asks = check
                    .condition()
                    .is_some_and(|condition| says(condition, node, Kind::Equal, Kind::LogicalOr));
                ends && asks && check.alternative().is_none() && !writes(check.end())
            });
            if leaves {
                return true;
            }
        }
        below = up;
    }
    false
}

/// Whether a condition, or one of those that `joint` joins, compares the variable with nil.
fn says(condition: Node<'_>, node: Node<'_>, sign: Kind, joint: Kind) -> bool {
    let condition = unparenthesized(condition);
    let (Some(left), Some(right), Some(operator)) =
        (condition.left(), condition.right(), condition.operator())
    else {
        return false;
    };
    if operator.kind() == joint {
        return says(left, node, sign, joint) || says(right, node, sign, joint);
    }
    let is_nil = |side: Node<'_>| unparenthesized(side).kind() == Kind::Nil;
    operator.kind() == sign
        && (is_nil(right) && same_code(left, node) || is_nil(left) && same_code(right, node))
}

/// Whether a block ends by leaving what it stands in.
fn leaves(block: Node<'_>) -> bool {
    let list = block.child(Kind::StatementList);
    let last = list.and_then(|list| list.named().filter(|node| node.kind() != Kind::Comment).last());
    last.is_some_and(|last| {
        last.is(&[Kind::ReturnStatement, Kind::BreakStatement, Kind::ContinueStatement, Kind::GotoStatement])
            || last.kind() == Kind::ExpressionStatement && last.text().starts_with("panic(")
    })
}
