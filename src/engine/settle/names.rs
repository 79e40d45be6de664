//! Variables and labels that lost their last use.

use super::Leftover;
use crate::model::effects::{effects, function_of};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::rewrite::{comment_at, deletion, removal};
use crate::syntax::{File, Node};
use crate::text::{Edit, Edits, Span};

/// Edits over `after` that take away one name that `total` left unused there.
///
/// One at a time, because the edits of two names of one statement would meet;
/// the next round finds the other.
pub(super) fn unused(
    before: &File,
    total: &Edits,
    after: &File,
    package: &Package,
) -> Result<Edits, Leftover> {
    let mut seen = Vec::new();
    for gone in deleted(before, total) {
        let edits = match gone.kind() {
            "identifier" => {
                let Def::Local(local) = scope::resolve(gone) else { continue };
                if !local.kind.must_be_used() {
                    continue;
                }
                let Some(node) = survivor(local.name, total, after) else { continue };
                if seen.contains(&node.start()) {
                    continue;
                }
                seen.push(node.start());
                let Def::Local(there) = scope::resolve(node) else { continue };
                take_away(there, package)?
            }
            "label_name" => unused_label(gone, total, after).into_iter().collect(),
            _ => continue,
        };
        if !edits.is_empty() {
            let leftover = || Leftover { name: gone.text().to_owned() };
            return disjoint(edits).ok_or_else(leftover);
        }
    }
    Ok(Edits::new())
}

fn disjoint(list: Vec<Edit>) -> Option<Edits> {
    let mut edits = Edits::new();
    for edit in list {
        edits.push(edit).ok()?;
    }
    Some(edits)
}

/// Every node of `before` that an edit took away.
pub(super) fn deleted<'t>(before: &'t File, total: &Edits) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    for edit in total.iter().filter(|edit| !edit.span.is_empty()) {
        let decls = before.outline().decls.iter().enumerate();
        for (index, _) in decls.filter(|(_, decl)| decl.span.overlaps(edit.span)) {
            let Some(root) = before.decl(index) else { continue };
            found.extend(root.descendants().filter(|node| edit.span.covers(node.span())));
        }
    }
    found
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
            Written::No => return Ok(Vec::new()),
            Written::Removed(edit) => edits.push(edit),
            Written::InLoopClause => counted = true,
        }
    }
    match declaration(local, package) {
        Some(more) => {
            edits.extend(more);
            Ok(edits)
        }
        // To the compiler `i++` is a use.
        None if counted => Ok(Vec::new()),
        None => Err(Leftover { name: local.name.text().to_owned() }),
    }
}

/// How a mention uses a variable.
enum Written {
    /// It is read, which is a use, or the compiler takes it for one.
    No,
    /// It is only written; this edit takes the writing away.
    Removed(Edit),
    /// It is the `i++` of the loop that declares it, which goes with the loop's
    /// clause.
    InLoopClause,
}

fn written(mention: Node<'_>, local: Local<'_>, package: &Package) -> Written {
    let mut target = mention;
    while let Some(outer) = target.parent().filter(|outer| outer.kind() == "parenthesized_expression") {
        target = outer;
    }
    let Some(parent) = target.parent() else { return Written::No };
    match parent.kind() {
        "inc_statement" | "dec_statement" => {
            if is_own_update(parent, local) {
                return Written::InLoopClause;
            }
            deletion(parent, &[]).map_or(Written::No, Written::Removed)
        }
        "expression_list" if parent.field_name() == Some("left") => {
            let Some(statement) = parent.parent() else { return Written::No };
            match statement.kind() {
                "assignment_statement" => assigned(target, parent, statement, local, package),
                // `:=` that assigns it beside a new variable.
                "short_var_declaration" => Written::Removed(blank(target)),
                "receive_statement" | "range_clause" => {
                    let edit = without_name(target, parent, statement);
                    edit.map_or(Written::No, Written::Removed)
                }
                _ => Written::No,
            }
        }
        _ => Written::No,
    }
}

/// Whether `statement` is the update of the loop whose clause declares `local`.
fn is_own_update(statement: Node<'_>, local: Local<'_>) -> bool {
    statement.parent().is_some_and(|clause| {
        clause.kind() == "for_clause"
            && statement.field_name() == Some("update")
            && clause.field("initializer").is_some_and(|init| init.holds(local.name))
    })
}

fn assigned(
    target: Node<'_>,
    left: Node<'_>,
    statement: Node<'_>,
    local: Local<'_>,
    package: &Package,
) -> Written {
    if left.named().any(|node| node != target && node.text() != "_") {
        return Written::Removed(blank(target));
    }
    let Some(right) = statement.field("right") else { return Written::No };
    let simple = statement.field("operator").is_none_or(|operator| operator.text() == "=");
    if effects(right, package).is_pure() {
        if is_own_update(statement, local) {
            return Written::InLoopClause;
        }
        if let Some(edit) = deletion(statement, &[]) {
            return Written::Removed(edit);
        }
    }
    match (left.named().count(), simple) {
        (1, true) => Written::Removed(blank(target)),
        // `x += f()` must still call f.
        (1, false) if statement.parent().is_some_and(|list| list.kind() == "statement_list") => {
            let span = Span::new(statement.start(), right.start());
            Written::Removed(Edit { span, text: "_ = ".to_owned() })
        }
        (1, false) => Written::No,
        _ => Written::Removed(blank(target)),
    }
}

fn blank(name: Node<'_>) -> Edit {
    Edit { span: name.span(), text: "_".to_owned() }
}

fn gone(from: usize, to: usize) -> Edit {
    Edit { span: Span::new(from, to), text: String::new() }
}

/// The edits that take the declaration of an unread variable away.
fn declaration(local: Local<'_>, package: &Package) -> Option<Vec<Edit>> {
    let name = local.name;
    let parent = name.parent()?;
    match parent.kind() {
        "var_spec" => var_spec(name, parent, package),
        "expression_list" => {
            let owner = parent.parent()?;
            match owner.kind() {
                "range_clause" | "receive_statement" | "type_switch_statement" => {
                    without_name(name, parent, owner).map(|edit| vec![edit])
                }
                "short_var_declaration" => short_var(name, parent, owner, package),
                _ => None,
            }
        }
        _ => None,
    }
}

/// One name less in the `left` side of a range clause, a receive statement or
/// a type switch, with the operator when it is the last.
fn without_name(name: Node<'_>, left: Node<'_>, owner: Node<'_>) -> Option<Edit> {
    let names: Vec<Node<'_>> = left.named().collect();
    if names.iter().all(|node| *node == name || node.text() == "_") {
        let behind = match owner.kind() {
            "range_clause" => owner.child("range")?.start(),
            _ => {
                let operator = owner.children().find(|token| matches!(token.kind(), ":=" | "="))?;
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
    let value = spec.field("value");
    let names: Vec<Node<'_>> = spec.fields("name").collect();
    if names.iter().any(|node| *node != name && node.text() != "_") {
        let at = names.iter().position(|node| *node == name)?;
        return Some(vec![match (value, names.get(at + 1)) {
            (Some(_), _) => blank(name),
            (None, Some(next)) => gone(name.start(), next.start()),
            (None, None) => gone(names[at - 1].end(), name.end()),
        }]);
    }
    let around = spec.parent()?;
    let single = around.kind() == "var_declaration";
    let declaration = if single { around } else { around.parent()? };
    if value.is_none_or(|value| effects(value, package).is_pure()) {
        if single || around.named().filter(|node| node.kind() == "var_spec").count() == 1 {
            return deletion(declaration, &[]).map(|edit| vec![edit]);
        }
        let span = removal(name.file(), spec.span(), &|_| false, &|at| comment_at(spec, at));
        return Some(vec![Edit { span, text: String::new() }]);
    }
    match value {
        Some(value) if single && spec.field("type").is_none() => {
            let text = format!("{} = ", vec!["_"; names.len()].join(", "));
            Some(vec![Edit { span: Span::new(declaration.start(), value.start()), text }])
        }
        _ => Some(vec![blank(name)]),
    }
}

fn short_var(name: Node<'_>, left: Node<'_>, owner: Node<'_>, package: &Package) -> Option<Vec<Edit>> {
    let operator = owner.children().find(|token| token.kind() == ":=")?;
    let others = || left.named().filter(|node| *node != name && node.text() != "_");
    let slot = owner.parent()?;
    if others().next().is_some() {
        // `:=` must declare something.
        let is_new =
            |node: Node<'_>| matches!(scope::resolve(node), Def::Local(other) if other.name == node);
        let mut edits = vec![blank(name)];
        if !others().any(is_new) {
            edits.push(Edit { span: operator.span(), text: "=".to_owned() });
        }
        return Some(edits);
    }
    let pure = effects(owner.field("right")?, package).is_pure();
    if slot.kind() == "for_clause" {
        return loop_clause(slot, pure).map(|edit| vec![edit]);
    }
    if pure && let Some(edit) = deletion(owner, &[]) {
        return Some(vec![edit]);
    }
    if pure && owner.field_name() == Some("initializer") {
        let text = name.file().text();
        let semicolon = owner.next().filter(|token| token.kind() == ";")?;
        return Some(vec![gone(owner.start(), semicolon.end() + spaces(&text[semicolon.end()..]))]);
    }
    let text = format!("{} =", vec!["_"; left.named().count()].join(", "));
    Some(vec![Edit { span: Span::new(left.start(), operator.end()), text }])
}

/// `for i := 0; …; i++` without its `i`, which nothing else reads.
fn loop_clause(clause: Node<'_>, pure: bool) -> Option<Edit> {
    let left = clause.field("initializer")?.field("left")?;
    if !pure || left.named().count() > 1 {
        return None;
    }
    let own = left.named().next()?.text();
    let update = clause.field("update").filter(|update| {
        let counted = match update.kind() {
            "inc_statement" | "dec_statement" => update.named().next(),
            _ => update.field("left").and_then(|left| left.named().next()),
        };
        counted.is_none_or(|counted| counted.text() != own)
    });
    let condition = clause.field("condition");
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

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// The edit that takes the label away that `gone` jumped to, when nothing else
/// does.
fn unused_label(gone: Node<'_>, total: &Edits, after: &File) -> Option<Edit> {
    let function = function_of(gone)?;
    // A literal within the function has labels of its own.
    let of_function = |node: &Node<'_>, function| {
        node.kind() == "label_name" && node.text() == gone.text() && function_of(*node) == Some(function)
    };
    let is_declared = |node: &Node<'_>| node.parent().is_some_and(|up| up.kind() == "labeled_statement");
    let declared =
        function.descendants().find(|node| of_function(node, function) && is_declared(node))?;
    let start = total.map(declared.start())?;
    let root = after.decl(after.decl_at(start)?)?;
    let label = root.covering(Span::new(start, start + gone.span().len()));
    let labeled = label.parent().filter(|_| label.text() == gone.text() && is_declared(&label))?;
    let there = function_of(label)?;
    if there.descendants().any(|node| of_function(&node, there) && node != label) {
        return None;
    }
    let inner = labeled.named().find(|node| node.kind() != "label_name")?;
    let colon = labeled.child(":")?;
    let (lines, text) = (after.lines(), after.text());
    let line = lines.span(label.line());
    let alone = text[line.start..label.start()].trim().is_empty();
    if !alone || label.line() == inner.line() {
        return Some(self::gone(label.start(), colon.end() + spaces(&text[colon.end()..])));
    }
    let behind = text[colon.end()..line.end].trim();
    if behind.is_empty() {
        return Some(self::gone(line.start, line.end));
    }
    let indent = &text[lines.span(inner.line()).start..inner.start()];
    let comment = colon.end() + spaces(&text[colon.end()..]);
    Some(Edit { span: Span::new(line.start, comment), text: indent.to_owned() })
}
