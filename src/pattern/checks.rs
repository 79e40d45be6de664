//! What is wrong with the names of a patch.

use super::Problem;
use super::compile::{Patch, Variable};
use super::patch::{PatchSource, VarKind};
use super::side::Side;
use crate::model::scope::{self, Def};
use crate::syntax::{Kind, Node};

/// Checks the names of both sides.
pub(super) fn names(
    patch: &Patch,
    old: &Side,
    new: Option<&Side>,
    source: &PatchSource,
    places: &[(usize, usize)],
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) {
    let mentioned = |side: &Side, name: &str| {
        side.roots().iter().any(|root| {
            root.descendants().any(|node| node.children().next().is_none() && node.text() == name)
        })
    };
    for (side, is_new) in [(Some(old), false), (new, true)] {
        let Some(side) = side else { continue };
        for root in side.roots() {
            for node in root.descendants().filter(|node| {
                node.is(&[
                    Kind::Identifier,
                    Kind::TypeIdentifier,
                    Kind::PackageIdentifier,
                    Kind::FieldIdentifier,
                ])
            }) {
                let name = node.text();
                let (line, column) = side.place(node.start());
                let taken: Vec<&str> = patch
                    .vars
                    .iter()
                    .filter(|var| mentioned(old, &var.name))
                    .map(|var| var.name.as_str())
                    .collect();
                if is_new
                    && patch.var(name).is_some()
                    && !mentioned(old, name)
                    && !bound_by_condition(patch, name)
                {
                    let list = if taken.is_empty() {
                        String::new()
                    } else {
                        format!("use one of {}, or ", taken.join(", "))
                    };
                    problems.push(
                        Problem::at(
                            line,
                            column,
                            format!("`{name}` stands on the new side only: nothing says what it would be"),
                        )
                        .help(format!("{list}compute it with `let {name} = …`")),
                    );
                }
                if !is_new && patch.text(name).is_some() {
                    problems.push(
                        Problem::at(line, column, format!("`{name}` is computed, so it cannot be searched"))
                            .help(format!("search `var {name} …` instead, and compute another name")),
                    );
                }
                let qualifies = node.parent().is_some_and(|parent| {
                    (parent.kind() == Kind::SelectorExpression
                        && parent.operand() == Some(node)
                        && parent.field().is_some_and(|field| {
                            field.text().starts_with(char::is_uppercase) || patch.var(field.text()).is_some()
                        }))
                        || (parent.kind() == Kind::QualifiedType && parent.package() == Some(node))
                });
                if qualifies
                    && patch.import_of(name).is_none()
                    && patch.var(name).is_none()
                    && patch.text(name).is_none()
                    && !bound_by_condition(patch, name)
                    && !source.gopatch
                    && name.starts_with(char::is_lowercase)
                    && scope::resolve(node) == Def::Outside
                {
                    problems.push(
                        Problem::at(
                            line,
                            column,
                            format!("`{name}` is neither a package that the rule imports nor a variable"),
                        )
                        .help(format!("write `import \"{name}\"` with its path, or `var {name} expr`")),
                    );
                }
            }
        }
    }
    if let Some(new) = new {
        for (var, (line, column)) in patch.vars.iter().zip(places) {
            let used = mentioned(new, &var.name)
                || patch.lets.iter().any(|text| text.value.names().any(|name| name == var.name));
            let takes = matches!(var.kind, VarKind::Expr | VarKind::Typed(_));
            if takes && mentioned(old, &var.name) && !used {
                warnings.push(
                    Problem::at(
                        *line,
                        *column,
                        format!(
                            "`{}` is taken and then dropped, with its effects: such sites are never safe",
                            var.name
                        ),
                    )
                    .warning(),
                );
            }
        }
    }
}

/// Whether a condition says what `name` is.
fn bound_by_condition(patch: &Patch, name: &str) -> bool {
    patch.conditions.iter().any(|condition| condition.binds(name))
}

/// Two runs side by side could be cut in any way.
pub(super) fn ambiguous(patch: &Patch, old: &Side, problems: &mut Vec<Problem>) {
    let is_run = |node: Node<'_>| match patch.variable(node) {
        Some(Variable::Dots) => true,
        Some(Variable::Var(index)) => patch.vars[index].kind == VarKind::Run,
        None => false,
    };
    for root in old.roots() {
        for node in root.descendants() {
            if is_run(node) {
                continue;
            }
            let children: Vec<Node<'_>> = node.named().collect();
            if let Some(pair) = children.windows(2).find(|pair| is_run(pair[0]) && is_run(pair[1])) {
                let (line, column) = old.place(pair[1].start());
                problems.push(
                    Problem::at(line, column, "two runs stand side by side: nothing says where one ends")
                        .help("leave one out, or write something fixed between them"),
                );
            }
        }
    }
}

/// Why a pattern without anything fixed is refused.
pub fn too_wide(patch: &Patch, old: &Side, line: usize, column: usize) -> Problem {
    let roots = old.roots();
    let mut nodes = roots.iter().flat_map(|root| root.descendants());
    let any_name = nodes.find_map(|node| {
        let (_, name) = patch.symbol(node)?;
        patch.var(name.text()).map(|_| name.text().to_owned())
    });
    match any_name {
        Some(name) => Problem::at(line, column, "this matches every name of a package, in every file").help(
            format!("say which: `where {name} in (A, B)`; or swap the import by a `-import` and a `+import` line; or write `broad: yes` in the header, and wait"),
        ),
        None => Problem::at(
            line,
            column,
            "this matches every expression of every file: name something fixed, such as a package, a method or an operator",
        )
        .help("or write `broad: yes` in the header, and wait"),
    }
}
