//! The declarations of unread variables, without them.

use crate::model::effects::effects;
use crate::model::imports::{arguments, callee, package_of};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::rewrite::{comment_at, deletion, removal};
use crate::syntax::{Field, Kind, Node};
use crate::text::{Edit, Span};

/// The edits that take the declaration of an unread variable away.
pub(super) fn declaration(local: Local<'_>, package: &Package) -> Option<Vec<Edit>> {
    let name = local.name;
    let parent = name.parent()?;
    match parent.kind() {
        Kind::VarSpec => var_spec(name, parent, package),
        Kind::ExpressionList => {
            let owner = parent.parent()?;
            match owner.kind() {
                Kind::RangeClause | Kind::ReceiveStatement | Kind::TypeSwitchStatement => {
                    without_name(name, parent, owner).map(|edit| vec![edit])
                }
                Kind::ShortVarDeclaration => short_var(name, parent, owner, package),
                _ => None,
            }
        }
        _ => None,
    }
}

/// One name less in the `left` side of a range clause, a receive statement or
/// a type switch, with the operator when it is the last.
pub(super) fn without_name(name: Node<'_>, left: Node<'_>, owner: Node<'_>) -> Option<Edit> {
    let names: Vec<Node<'_>> = left.named().collect();
    if names.iter().all(|node| *node == name || node.text() == "_") {
        let behind = match owner.kind() {
            Kind::RangeClause => owner.child(Kind::Range)?.start(),
            _ => {
                let operator =
                    owner.children().find(|token| matches!(token.kind(), Kind::Define | Kind::Assign))?;
                operator.end() + spaces(&name.file().text()[operator.end()..])
            }
        };
        return Some(gone(left.start(), behind));
    }
    match names[..] {
        [first, second] if second == name => Some(gone(first.end(), second.end())),
        _ => Some(blank(name)),
    }
}

fn var_spec(name: Node<'_>, spec: Node<'_>, package: &Package) -> Option<Vec<Edit>> {
    let value = spec.value();
    let names: Vec<Node<'_>> = spec.fields(Field::Name).collect();
    if names.iter().any(|node| *node != name && node.text() != "_") {
        let at = names.iter().position(|node| *node == name)?;
        return Some(vec![match (value, names.get(at + 1)) {
            (Some(_), _) => blank(name),
            (None, Some(next)) => gone(name.start(), next.start()),
            (None, None) => gone(names[at - 1].end(), name.end()),
        }]);
    }
    let around = spec.parent()?;
    let single = around.kind() == Kind::VarDeclaration;
    let declaration = if single { around } else { around.parent()? };
    if value.is_none_or(|value| effects(value, package).is_pure()) {
        if single || around.named().filter(|node| node.kind() == Kind::VarSpec).count() == 1 {
            return deletion(declaration, &[]).map(|edit| vec![edit]);
        }
        let span = removal(name.file(), spec.span(), &|_| false, &|at| comment_at(spec, at));
        return Some(vec![Edit { span, text: String::new() }]);
    }
    match value {
        Some(value) if single && spec.ty().is_none() => {
            let text = format!("{} = ", vec!["_"; names.len()].join(", "));
            Some(vec![Edit { span: Span::new(declaration.start(), value.start()), text }])
        }
        _ => Some(vec![blank(name)]),
    }
}

fn short_var(name: Node<'_>, left: Node<'_>, owner: Node<'_>, package: &Package) -> Option<Vec<Edit>> {
    let operator = owner.children().find(|token| token.kind() == Kind::Define)?;
    let others = || left.named().filter(|node| *node != name && node.text() != "_");
    let slot = owner.parent()?;
    if others().next().is_some() {
        // `:=` must declare something.
        let is_new = |node: Node<'_>| matches!(scope::resolve(node), Def::Local(other) if other.name == node);
        if !others().any(is_new) {
            return Some(vec![blank(name), Edit { span: operator.span(), text: "=".to_owned() }]);
        }
        return Some(without_pair(name, owner, package).unwrap_or_else(|| vec![blank(name)]));
    }
    let pure = effects(owner.right()?, package).is_pure();
    if slot.kind() == Kind::ForClause {
        return loop_clause(slot, pure).map(|edit| vec![edit]);
    }
    if pure && let Some(edit) = deletion(owner, &[]) {
        return Some(vec![edit]);
    }
    if pure && owner.field_name() == Some(Field::Initializer) {
        let text = name.file().text();
        let semicolon = owner.next().filter(|token| token.kind() == Kind::Semicolon)?;
        return Some(vec![gone(owner.start(), semicolon.end() + spaces(&text[semicolon.end()..]))]);
    }
    let right = owner.right()?;
    if left.named().count() == 1
        && name.text() != "err"
        && slot.kind() == Kind::StatementList
        && right.named().next().is_some_and(|value| is_surely_call(value, package))
    {
        return Some(vec![gone(left.start(), right.start())]);
    }
    let text = format!("{} =", vec!["_"; left.named().count()].join(", "));
    Some(vec![Edit { span: Span::new(left.start(), operator.end()), text }])
}

/// Whether the expression is a call that may stand as a statement: no conversion, which
/// looks the same, and no function of the language or of `unsafe`, whose results must be used.
fn is_surely_call(value: Node<'_>, package: &Package) -> bool {
    let Some(callee) = callee(value) else { return false };
    let name = match callee.kind() {
        Kind::Identifier => {
            let functions = package.declarations(callee.text());
            return functions.iter().any(|one| one.kind() == Kind::FunctionDeclaration)
                && !matches!(scope::resolve(callee), Def::Local(_));
        }
        Kind::SelectorExpression => callee.field(),
        _ => return false,
    };
    let package = package_of(callee);
    if package == Some("unsafe") {
        return false;
    }
    package.is_none()
        || arguments(value).count() != 1
        || name.is_some_and(|name| name.text().starts_with("New"))
}

/// `a := 1` for `a, n := 1, 0`, when the value of `n` is pure. What stays is not
/// touched, so that the next round finds it.
fn without_pair(name: Node<'_>, declaration: Node<'_>, package: &Package) -> Option<Vec<Edit>> {
    let left: Vec<Node<'_>> = declaration.left()?.named().collect();
    let right: Vec<Node<'_>> = declaration.right()?.named().collect();
    let index = left.iter().position(|other| *other == name)?;
    let pure = left.len() == right.len() && effects(right[index], package).is_pure();
    let commented = declaration.descendants().any(|node| node.kind() == Kind::Comment);
    let without = |list: &[Node<'_>]| match index {
        0 => gone(list[0].start(), list[1].start()),
        _ => gone(list[index - 1].end(), list[index].end()),
    };
    (pure && !commented).then(|| vec![without(&left), without(&right)])
}

/// `for i := 0; …; i++` without its `i`, which nothing else reads.
fn loop_clause(clause: Node<'_>, pure: bool) -> Option<Edit> {
    let left = clause.initializer()?.left()?;
    if !pure || left.named().count() > 1 {
        return None;
    }
    let own = left.named().next()?.text();
    let update = clause.update().filter(|update| {
        let counted = match update.kind() {
            Kind::IncStatement | Kind::DecStatement => update.named().next(),
            _ => update.left().and_then(|left| left.named().next()),
        };
        counted.is_none_or(|counted| counted.text() != own)
    });
    let condition = clause.condition();
    let text = clause.file().text();
    let mut end = clause.end();
    let header = match (condition, update) {
        (None, None) => {
            end += spaces(&text[end..]);
            String::new()
        }
        (Some(condition), None) => condition.text().to_owned(),
        (condition, Some(update)) => {
            format!("; {}; {}", condition.map_or("", Node::text), update.text())
        }
    };
    Some(Edit { span: Span::new(clause.start(), end), text: header })
}

/// The name, made `_`.
pub(super) fn blank(name: Node<'_>) -> Edit {
    Edit { span: name.span(), text: "_".to_owned() }
}

/// The bytes `from..to` taken away.
pub(super) fn gone(from: usize, to: usize) -> Edit {
    Edit { span: Span::new(from, to), text: String::new() }
}

/// How many blanks and tabs `text` starts with.
pub(super) fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}
