//! Variables and labels that lost their last use.

mod declaration;

use super::parts::part;
use crate::model::effects::{effects, function_of};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::rewrite::deletion;
use crate::syntax::{Field, File, Kind, Node};
use crate::text::{Edit, Edits, Ranges, Span};
use declaration::{blank, declaration, spaces, without_name};
use std::collections::HashSet;

/// Edits over `after` that take away names that `total` left unused there, one
/// of those whose edits touch the same lines.
///
/// No more, because the edits of two names of one statement would meet, and
/// what becomes of a statement depends on which of its names are left (`for _ :=
/// range xs` is no Go); the next round finds the others.
pub(super) fn unused(
    before: &File,
    total: &Edits,
    after: &File,
    package: &Package,
) -> Result<Edits, Leftover> {
    let mut edits = Edits::new();
    // The names that were looked at, where they stand in `after`, and the statements that
    // this round changes.
    let mut asked = HashSet::new();
    let mut seen = HashSet::new();
    let mut changed = ChangedNames::default();
    for gone in deleted(before, total) {
        let removals = match gone.kind() {
            Kind::Identifier => {
                let Def::Local(local) = scope::resolve(gone) else { continue };
                if !local.kind.must_be_used() {
                    continue;
                }
                if !asked.insert(local.name.start()) {
                    continue;
                }
                let Some(node) = survivor(local.name, total, after) else { continue };
                if !seen.insert(node.start()) {
                    continue;
                }
                let Def::Local(there) = scope::resolve(node) else { continue };
                match take_away(there, package) {
                    Ok(removals) => removals,
                    // The next round asks again, over what this one leaves.
                    Err(_) if !edits.is_empty() => continue,
                    Err(leftover) => return Err(leftover),
                }
            }
            Kind::LabelName => {
                if !asked.insert(gone.start()) {
                    continue;
                }
                let Some(edit) = unused_label(gone, total, after) else { continue };
                vec![edit]
            }
            _ => continue,
        };
        if !changed.add(&removals, after) {
            continue;
        }
        for edit in removals {
            edits.push(edit).map_err(|_| Leftover { name: gone.text().to_owned() })?;
        }
    }
    Ok(edits)
}

/// The lines that the edits of one round touch, and those of the statements around them.
#[derive(Default)]
struct ChangedNames(Ranges);

impl ChangedNames {
    /// Adds the lines of `edits`, unless one of them was touched before.
    fn add(&mut self, edits: &[Edit], file: &File) -> bool {
        let lines: Vec<Span> = edits.iter().map(|edit| lines_around(edit, file)).collect();
        if lines.iter().any(|lines| self.0.meet(*lines)) {
            return false;
        }
        lines.into_iter().for_each(|lines| self.0.add(lines));
        true
    }
}

/// The lines of the statements that `edit` touches.
fn lines_around(edit: &Edit, file: &File) -> Span {
    let text = edit.span.of(file.text());
    let start = edit.span.start + (text.len() - text.trim_start().len());
    let end = edit.span.start + text.trim_end().len();
    let mut whole = edit.span;
    for at in [start, end.saturating_sub(1).max(edit.span.start)] {
        if let Some(root) = file.decl_at(at).and_then(|index| file.decl(index)) {
            whole = whole.join(part(root.covering(Span::new(at, at + 1))).span());
        }
    }
    file.lines().whole_lines(whole)
}

/// Every node of `before` that an edit took away.
pub(super) fn deleted<'t>(before: &'t File, total: &Edits) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    for edit in total.iter().filter(|edit| !edit.span.is_empty()) {
        for index in before.decls_at(edit.span) {
            if before.outline().decls[index].span.overlaps(edit.span)
                && let Some(root) = before.decl(index)
            {
                within(root, edit.span, &mut found);
            }
        }
    }
    found
}

/// Adds the nodes from `node` down that `span` covers, in the order of the text.
fn within<'t>(node: Node<'t>, span: Span, found: &mut Vec<Node<'t>>) {
    if span.covers(node.span()) {
        found.extend(node.descendants());
        return;
    }
    for child in node.children_in(span) {
        within(child, span, found);
    }
}

/// The same identifier in `after`, when no edit touched it.
fn survivor<'t>(node: Node<'_>, total: &Edits, after: &'t File) -> Option<Node<'t>> {
    let start = total.map(node.start())?;
    let root = after.decl(after.decl_at(start)?)?;
    let there = root.covering(Span::new(start, start + node.span().len()));
    (there.text() == node.text()).then_some(there)
}

/// The edits that remove a variable when nothing reads it any more.
fn take_away(local: Local<'_>, package: &Package) -> Result<Vec<Edit>, Leftover> {
    let mut edits = Vec::new();
    let mut counted = false;
    for mention in scope::mentions(local) {
        if mention == local.name {
            continue;
        }
        match written(mention, local, package) {
            WrittenNames::No => return Ok(Vec::new()),
            WrittenNames::Removed(edit) => edits.push(edit),
            WrittenNames::GoesAnyway => counted = true,
        }
    }
    match declaration(local, package) {
        Some(more) => {
            edits.extend(more);
            Ok(edits)
        }
        // To the compiler `i++` and `n = n + 1` are uses.
        None if counted => Ok(Vec::new()),
        None => Err(Leftover { name: local.name.text().to_owned() }),
    }
}

/// Whether `mention` reads the variable, so that it must stay.
pub(super) fn is_read(mention: Node<'_>, local: Local<'_>, package: &Package) -> bool {
    matches!(written(mention, local, package), WrittenNames::No)
}

/// How a mention uses a variable.
enum WrittenNames {
    /// It is read, which is a use, or the compiler takes it for one.
    No,
    /// It is only written; this edit takes the writing away.
    Removed(Edit),
    /// It is the `i++` of the loop that declares it, which goes with the loop's
    /// clause, or it is read only to be written again: `n = n + 1`.
    GoesAnyway,
}

fn written(mention: Node<'_>, local: Local<'_>, package: &Package) -> WrittenNames {
    let mut target = mention;
    while let Some(outer) = target.parent().filter(|outer| outer.kind() == Kind::ParenthesizedExpression) {
        target = outer;
    }
    let Some(parent) = target.parent() else { return WrittenNames::No };
    if feeds_itself(mention, local, package) {
        return WrittenNames::GoesAnyway;
    }
    match parent.kind() {
        Kind::IncStatement | Kind::DecStatement => {
            if is_own_update(parent, local) {
                return WrittenNames::GoesAnyway;
            }
            deletion(parent, &[]).map_or(WrittenNames::No, WrittenNames::Removed)
        }
        Kind::ExpressionList if parent.field_name() == Some(Field::Left) => {
            let Some(statement) = parent.parent() else { return WrittenNames::No };
            match statement.kind() {
                Kind::AssignmentStatement => assigned(target, parent, statement, local, package),
                // `:=` that assigns it beside a new variable.
                Kind::ShortVarDeclaration => WrittenNames::Removed(blank(target)),
                Kind::ReceiveStatement | Kind::RangeClause => {
                    let edit = without_name(target, parent, statement);
                    edit.map_or(WrittenNames::No, WrittenNames::Removed)
                }
                _ => WrittenNames::No,
            }
        }
        _ => WrittenNames::No,
    }
}

/// Whether `mention` stands on the right of an assignment to nothing but its
/// own variable, which goes whole when that variable goes.
fn feeds_itself(mention: Node<'_>, local: Local<'_>, package: &Package) -> bool {
    let within = |up: &Node<'_>| up.kind() != Kind::FuncLiteral;
    let assignment = mention.ancestors().take_while(within).find(|up| up.kind() == Kind::AssignmentStatement);
    let to_itself = || {
        let assignment = assignment?;
        let (left, right) = assignment.left().zip(assignment.right())?;
        let mut targets = left.named();
        let target = targets.next().filter(|target| target.kind() == Kind::Identifier)?;
        let same = matches!(scope::resolve(target), Def::Local(found) if found == local);
        let whole = same && targets.next().is_none() && right.holds(mention);
        (whole && effects(right, package).is_pure() && deletion(assignment, &[]).is_some()).then_some(())
    };
    to_itself().is_some()
}

/// Whether `statement` is the update of the loop whose clause declares `local`.
fn is_own_update(statement: Node<'_>, local: Local<'_>) -> bool {
    statement.parent().is_some_and(|clause| {
        clause.kind() == Kind::ForClause
            && statement.field_name() == Some(Field::Update)
            && clause.initializer().is_some_and(|init| init.holds(local.name))
    })
}

fn assigned(
    target: Node<'_>,
    left: Node<'_>,
    statement: Node<'_>,
    local: Local<'_>,
    package: &Package,
) -> WrittenNames {
    if left.named().any(|node| node != target && node.text() != "_") {
        return WrittenNames::Removed(blank(target));
    }
    let Some(right) = statement.right() else { return WrittenNames::No };
    let simple = statement.operator().is_none_or(|operator| operator.text() == "=");
    if effects(right, package).is_pure() {
        if is_own_update(statement, local) {
            return WrittenNames::GoesAnyway;
        }
        if let Some(edit) = deletion(statement, &[]) {
            return WrittenNames::Removed(edit);
        }
    }
    match (left.named().count(), simple) {
        (1, true) => WrittenNames::Removed(blank(target)),
        // `x += f()` must still call f.
        (1, false) if statement.parent().is_some_and(|list| list.kind() == Kind::StatementList) => {
            let span = Span::new(statement.start(), right.start());
            WrittenNames::Removed(Edit { span, text: "_ = ".to_owned() })
        }
        (1, false) => WrittenNames::No,
        _ => WrittenNames::Removed(blank(target)),
    }
}

/// The edit that takes the label away that `gone` jumped to, when nothing else
/// does.
fn unused_label(gone: Node<'_>, total: &Edits, after: &File) -> Option<Edit> {
    let function = function_of(gone)?;
    // A literal within the function has labels of its own.
    let of_function =
        |node: &Node<'_>, function| node.kind() == Kind::LabelName && function_of(*node) == Some(function);
    let is_declared = |node: &Node<'_>| node.parent().is_some_and(|up| up.kind() == Kind::LabeledStatement);
    let mut declared = function.mentions(gone.text()).filter(|node| of_function(node, function));
    let declared = declared.find(is_declared)?;
    let start = total.map(declared.start())?;
    let root = after.decl(after.decl_at(start)?)?;
    let label = root.covering(Span::new(start, start + gone.span().len()));
    let labeled = label.parent().filter(|_| label.text() == gone.text() && is_declared(&label))?;
    let there = function_of(label)?;
    if there.mentions(gone.text()).any(|node| of_function(&node, there) && node != label) {
        return None;
    }
    let inner = labeled.named().find(|node| node.kind() != Kind::LabelName)?;
    let colon = labeled.child(Kind::Colon)?;
    let (lines, text) = (after.lines(), after.text());
    let line = lines.span(label.line());
    let alone = text[line.start..label.start()].trim().is_empty();
    if !alone || label.line() == inner.line() {
        return Some(declaration::gone(label.start(), colon.end() + spaces(&text[colon.end()..])));
    }
    let behind = text[colon.end()..line.end].trim();
    if behind.is_empty() {
        return Some(declaration::gone(line.start, line.end));
    }
    let indent = &text[lines.span(inner.line()).start..inner.start()];
    let comment = colon.end() + spaces(&text[colon.end()..]);
    Some(Edit { span: Span::new(line.start, comment), text: indent.to_owned() })
}

/// Something that the edits leave behind and that cannot be taken away, so the
/// file would not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` would be left unused, and its declaration cannot be removed")]
pub struct Leftover {
    /// The name.
    pub name: String,
}
