//! The guards that all rules of patches have.

use super::compile::{Patch, Variable};
use super::matcher::{PatternMatch, is_expression};
use super::patch::VarKind;
use super::side::Side;
use crate::model::effects::effects;
use crate::model::imports::unparenthesized;
use crate::model::package::Package;
use crate::rewrite::{GuardPage, comment_at, comments_above, ends_paragraph};
use crate::syntax::{Field, File, Kind, Node};
use crate::text::Span;

/// The guard of a site whose types nobody told.
pub const TYPE_UNKNOWN: &str = "type-unknown";

/// The guard of a site where nil may mean something else to the new code.
pub const NIL_VALUE: &str = "nil-value";

/// The guards that may say something else once types are known.
pub const DECIDED_BY_TYPES: &[&str] = &[TYPE_UNKNOWN, NIL_VALUE];

/// Name, effect and sentence of each guard.
pub const GUARDS: &[(&str, &str, &str)] = &[
    ("where", "keep", "A condition of the rule does not hold here."),
    ("no-variable", "keep", "No variable of that name and type is visible here."),
    (
        TYPE_UNKNOWN,
        "keep",
        "Nothing here tells the type that the rule asks for; `check --types` and `fix` ask Go.",
    ),
    ("not-nameable", "keep", "Something that the new code names is hidden here, or cannot be written."),
    (
        "captures-name",
        "keep",
        "A name that the new code declares would take the place of one that the code here uses.",
    ),
    (
        "used-as-value",
        "keep",
        "No patch of the rule edits this use, or what it deletes is needed as a value here.",
    ),
    (
        "assigned-to",
        "keep",
        "The code here is assigned to or its address is taken, which the new code does not allow.",
    ),
    ("still-used", "keep", "What the code that goes declares is used behind it."),
    ("out-of-reach", "keep", "A file that is generated or left out names it too."),
    ("nested-uses", "keep", "A use stands in another one, and both would be written again."),
    ("unreadable", "keep", "A declaration that names it cannot be read."),
    ("needs-go", "keep", "The new code needs a newer Go than this file is built with."),
    ("too-many-steps", "keep", "The pattern needs more steps here than a rule may take."),
    ("evaluated-twice", "unsafe", "The new code evaluates more often what calls something or waits."),
    ("evaluated-once", "unsafe", "The new code evaluates less often what calls something or waits."),
    ("drops-effects", "unsafe", "The new code does not evaluate what calls something, waits or can panic."),
    (
        "order-of-evaluation",
        "unsafe",
        "The new code evaluates in another order what calls something or waits.",
    ),
    ("loses-comment", "unsafe", "A comment stands in the code that goes."),
    (
        "implements-interface",
        "keep",
        "The type of the method satisfies an interface by it, and would not any more.",
    ),
    (NIL_VALUE, "unsafe", "What may be nil here means something else to the new code."),
    ("not-idempotent", "unsafe", "The result matches the rule again."),
];

/// The guards as pages describe them.
pub fn pages() -> impl Iterator<Item = GuardPage> {
    GUARDS.iter().map(|(name, effect, sentence)| GuardPage {
        name: (*name).to_owned(),
        effect: (*effect).to_owned(),
        sentence: (*sentence).to_owned(),
    })
}

/// The variables of a side in the order of their places.
fn order(patch: &Patch, side: &Side) -> Vec<usize> {
    let leaves = side.roots().into_iter().flat_map(|root| root.descendants().collect::<Vec<_>>());
    leaves
        .filter(|leaf| leaf.children().next().is_none())
        .flat_map(|leaf| {
            let own = patch.var(leaf.text()).map(|(index, _)| index);
            let made = patch.text(leaf.text()).into_iter().flat_map(|text| text.value.names());
            let made = made.filter_map(|name| patch.var(name).map(|(index, _)| index));
            own.into_iter().chain(made).collect::<Vec<_>>()
        })
        .collect()
}

/// The guard about what is evaluated, and what it saw.
pub fn evaluation(
    patch: &Patch,
    old: &Side,
    new: Option<&Side>,
    found: &PatternMatch<'_>,
    package: &Package,
) -> Option<(&'static str, String)> {
    // What may only panic panics once or twice alike.
    let acts = |node: Node<'_>| {
        let effects = effects(node, package);
        effects.calls || effects.receives
    };
    let impure = |index: usize, does: &dyn Fn(Node<'_>) -> bool| {
        let kind = &patch.vars[index].kind;
        let nodes = found.var(index).unwrap_or_default();
        let statements =
            nodes.iter().any(|node| node.parent().is_some_and(|up| up.kind() == Kind::StatementList));
        !matches!(kind, VarKind::Ident | VarKind::Type | VarKind::Stmt)
            && !statements
            && nodes.iter().any(|node| does(*node))
    };
    let new = new?;
    let (before, after) = (order(patch, old), order(patch, new));
    let text = |index: usize| {
        let nodes = found.var(index).unwrap_or_default();
        nodes
            .first()
            .map_or(String::new(), |node| node.text().split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let mut known: Vec<usize> = before.clone();
    known.sort_unstable();
    known.dedup();
    let gone = |index: &&usize| !after.contains(index);
    let dropped =
        known.iter().filter(gone).find(|index| impure(**index, &|node| !effects(node, package).is_pure()));
    if let Some(index) = dropped {
        return Some(("drops-effects", text(*index)));
    }
    let known: Vec<usize> = known.into_iter().filter(|index| impure(*index, &acts)).collect();
    let count = |order: &[usize], index: usize| order.iter().filter(|one| **one == index).count();
    for index in &known {
        let (was, is) = (count(&before, *index), count(&after, *index));
        if is > was {
            return Some(("evaluated-twice", text(*index)));
        }
        if is < was {
            return Some(("evaluated-once", text(*index)));
        }
    }
    let of =
        |order: &[usize]| order.iter().copied().filter(|index| known.contains(index)).collect::<Vec<_>>();
    let (before, after) = (of(&before), of(&after));
    let differs = before.iter().zip(&after).find(|(a, b)| a != b);
    differs.map(|(index, _)| ("order-of-evaluation", text(*index)))
}

/// The guard about a call that goes with all that it takes.
pub fn dropped(patch: &Patch, found: &PatternMatch<'_>, package: &Package) -> Option<(&'static str, String)> {
    let taken = (0..patch.vars.len()).filter_map(|index| found.var(index)).flatten();
    let runs = found.dots();
    let mut all = taken.chain(runs.into_iter().flatten());
    let impure = all.find(|node| !effects(**node, package).is_pure());
    impure.map(|node| ("drops-effects", node.text().lines().next().unwrap_or_default().to_owned()))
}

/// What is assigned to, or whose address is taken, where the new side has no place in memory.
pub fn without_place(patch: &Patch, new: &Side, found: &PatternMatch<'_>, start: Node<'_>) -> Option<String> {
    let [root] = new.roots()[..] else { return None };
    if !is_expression(start) {
        return None;
    }
    let around = std::iter::once(start).chain(start.ancestors());
    let whole = around.take_while(|node| *node == start || node.kind() == Kind::ParenthesizedExpression);
    let whole = whole.last().unwrap_or(start);
    let parent = whole.parent()?;
    let addressed = parent.kind() == Kind::UnaryExpression
        && parent.operator().is_some_and(|sign| sign.kind() == Kind::And);
    let is_left = |list: Node<'_>| {
        list.parent().is_some_and(|up| {
            up.is(&[Kind::AssignmentStatement, Kind::RangeClause, Kind::ReceiveStatement])
                && up.left() == Some(list)
        })
    };
    let written = parent.is(&[Kind::IncStatement, Kind::DecStatement])
        || (parent.kind() == Kind::ExpressionList && is_left(parent));
    if !addressed && !written {
        return None;
    }
    let taken = match patch.variable(root) {
        Some(Variable::Var(index)) => found.var(index).and_then(|nodes| nodes.first().copied()),
        _ => None,
    };
    let is_place = |node: Node<'_>| {
        let bare = unparenthesized(node);
        bare.is(&[Kind::Identifier, Kind::SelectorExpression, Kind::IndexExpression])
            || (bare.kind() == Kind::UnaryExpression
                && bare.operator().is_some_and(|sign| sign.kind() == Kind::Star))
            || (addressed && bare.kind() == Kind::CompositeLiteral)
    };
    let fits = taken.map_or_else(|| is_place(root), is_place);
    (!fits).then(|| parent.text().lines().next().unwrap_or_default().to_owned())
}

/// A comment that the edits take away.
pub fn lost_comment(file: &File, site: Node<'_>, edits: &[(Span, String)]) -> Option<String> {
    let gone = edits.iter().filter(|(span, new)| new.is_empty() && !span.is_empty());
    let mut above = gone.filter_map(|(span, _)| lost_above(file, site, *span, edits));
    if let Some(comment) = above.next() {
        return Some(comment);
    }
    let root = site.root();
    let comments = root.descendants().filter(|node| node.kind() == Kind::Comment);
    let mut lost = comments.filter(|comment| {
        let text = comment.text();
        edits.iter().any(|(span, new)| {
            let gone = span.covers(comment.span()) && !span.is_empty();
            // The comment of a statement goes with the statement.
            let own = new.is_empty() && is_beside(file, *span, comment.span());
            (gone && !new.contains(text)) || own
        })
    });
    lost.next().map(|comment| comment.text().lines().next().unwrap_or_default().to_owned())
}

/// The comment above deleted lines that speaks of nothing else, and so goes with them.
fn lost_above(file: &File, site: Node<'_>, span: Span, edits: &[(Span, String)]) -> Option<String> {
    let lines = file.lines();
    let content = |line: usize| lines.span(line).of(file.text()).trim();
    let (first, mut last) = (lines.line(span.start), lines.line(span.end - 1));
    if !file.text()[lines.span(first).start..span.start].trim().is_empty() {
        return None;
    }
    // What the edits delete right below goes together with it.
    while let Some((below, _)) = edits
        .iter()
        .find(|(other, new)| new.is_empty() && !other.is_empty() && lines.line(other.start) == last + 1)
    {
        last = lines.line(below.end - 1);
    }
    let top = comments_above(file, first, &|at| comment_at(site, at));
    let remark = (top..first).map(content).find(|line| !line.starts_with("//nolint"))?;
    ends_paragraph(file, last + 1).then(|| remark.to_owned())
}

/// Whether the comment ends the line of a deleted span.
fn is_beside(file: &File, span: Span, comment: Span) -> bool {
    let line = file.lines().whole_lines(span);
    let alone = file.text()[line.start..span.start].trim().is_empty();
    alone && !span.is_empty() && line.covers(comment) && comment.start >= span.end
}

/// A parameter that the new side adds and whose name the function around it uses already.
pub fn captured_by_parameter(old: &Side, new: &Side, declaration: Node<'_>) -> Option<String> {
    let names = |side: &Side| -> Vec<String> {
        let [root] = side.roots()[..] else { return Vec::new() };
        let parameters = root.parameters().into_iter().flat_map(Node::named);
        let names = parameters.flat_map(|parameter| parameter.fields(Field::Name).collect::<Vec<_>>());
        names.map(|name| name.text().to_owned()).collect()
    };
    let before = names(old);
    let fresh = names(new).into_iter().filter(|name| name != "_" && !before.contains(name));
    let taken = |name: &String| {
        declaration.mentions(name).any(|node| {
            node.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::PackageIdentifier])
                && node.parent().is_none_or(|up| up.kind() != Kind::KeyedElement)
        })
    };
    let mut fresh = fresh.filter(taken);
    fresh.next()
}

/// A name that the new side declares and that code which it takes over uses.
pub fn captured(patch: &Patch, old: &Side, new: &Side, found: &PatternMatch<'_>) -> Option<String> {
    let declared = |side: &Side| -> Vec<String> {
        let nodes = side.roots().into_iter().flat_map(|root| root.descendants().collect::<Vec<_>>());
        let declares = nodes.into_iter().filter(|node| {
            node.kind() == Kind::Identifier
                && node.ancestors().take(3).any(|up| {
                    let left = up.left().is_some_and(|left| left.holds(*node));
                    (up.is(&[Kind::ShortVarDeclaration, Kind::RangeClause]) && left)
                        || (up.is(&[Kind::VarSpec, Kind::ParameterDeclaration])
                            && node.field_name() == Some(crate::syntax::Field::Name))
                })
        });
        declares.map(|node| node.text().to_owned()).collect()
    };
    let before = declared(old);
    let fresh = declared(new).into_iter().filter(|name| {
        let taken = patch.var(name).is_some_and(|(index, _)| found.var(index).is_some());
        name != "_" && !taken && patch.text(name).is_none() && !before.contains(name)
    });
    let taken: Vec<Node<'_>> =
        (0..patch.vars.len()).filter_map(|index| found.var(index)).flatten().copied().collect();
    fresh.into_iter().find(|name| taken.iter().any(|node| node.mentions(name).next().is_some()))
}
