//! Variables and labels that lost their last use.

use super::Leftover;
use crate::model::effects::effects;
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::rewrite::deletion;
use crate::syntax::{File, Node};
use crate::text::{Edit, Edits, Span};

/// Edits over `after` that take away what `total` left unused there.
pub(super) fn unused(
    before: &File,
    total: &Edits,
    after: &File,
    package: &Package,
) -> Result<Edits, Leftover> {
    let mut edits = Edits::new();
    let mut seen = Vec::new();
    let mut changed = Vec::new();
    for gone in deleted(before, total) {
        match gone.kind() {
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
                // What becomes of a declaration depends on what is left of the
                // others in it (`for _ := range` is no Go), so each function
                // loses one variable, and the next round sees the result.
                let root = after.decl_at(node.start());
                if changed.contains(&root) {
                    continue;
                }
                let removals = take_away(there, package)?;
                if !removals.is_empty() {
                    changed.push(root);
                }
                super::add_all(&mut edits, removals);
            }
            "label_name" => {
                super::add_all(&mut edits, unused_label(gone, total, after).into_iter().collect())
            }
            _ => {}
        }
    }
    Ok(edits)
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
    for mention in scope::mentions(local) {
        if mention == local.name {
            continue;
        }
        match written(mention, local, package) {
            Written::No => return Ok(Vec::new()),
            Written::Removed(edit) => edits.push(edit),
            Written::GoesAnyway => {}
        }
    }
    let removed = pair(local.name, package)
        .or_else(|| only_new(local.name))
        .or_else(|| declaration(local, package).map(|edit| vec![edit]));
    match removed {
        Some(removed) => edits.extend(removed),
        None => return Err(Leftover { name: local.name.text().to_owned() }),
    }
    Ok(edits)
}

/// How a mention uses a variable.
enum Written {
    /// It is read, which is a use.
    No,
    /// It is only written; this edit takes the writing away.
    Removed(Edit),
    /// It is the `i++` of the loop that declares it, which goes with the loop's
    /// clause, or it is read only to be written again: `n = n + 1`.
    GoesAnyway,
}

fn written(mention: Node<'_>, local: Local<'_>, package: &Package) -> Written {
    let Some(parent) = mention.parent() else { return Written::No };
    if feeds_itself(mention, local, package) {
        return Written::GoesAnyway;
    }
    match parent.kind() {
        "inc_statement" | "dec_statement" => {
            if parent.parent().is_some_and(|clause| clause.kind() == "for_clause" && clause.holds(local.name))
            {
                return Written::GoesAnyway;
            }
            deletion(parent, &[]).map_or(Written::No, Written::Removed)
        }
        "expression_list" if parent.field_name() == Some("left") => {
            let Some(statement) = parent.parent() else { return Written::No };
            match statement.kind() {
                "assignment_statement" => assigned(mention, parent, statement, package),
                // `:=` that assigns it beside a new variable.
                "short_var_declaration" => {
                    Written::Removed(Edit { span: mention.span(), text: "_".to_owned() })
                }
                "range_clause" => ranged(mention, parent, statement),
                _ => Written::No,
            }
        }
        _ => Written::No,
    }
}

/// Whether `mention` stands on the right of an assignment to nothing but its
/// own variable, which goes whole when that variable goes.
fn feeds_itself(mention: Node<'_>, local: Local<'_>, package: &Package) -> bool {
    let within = |up: &Node<'_>| up.kind() != "func_literal";
    let assignment = mention.ancestors().take_while(within).find(|up| up.kind() == "assignment_statement");
    let to_itself = || {
        let assignment = assignment?;
        let (left, right) = assignment.field("left").zip(assignment.field("right"))?;
        let mut targets = left.named();
        let target = targets.next().filter(|target| target.kind() == "identifier")?;
        let same = matches!(scope::resolve(target), Def::Local(found) if found == local);
        let whole = same && targets.next().is_none() && right.holds(mention);
        (whole && effects(right, package).is_pure() && deletion(assignment, &[]).is_some()).then_some(())
    };
    to_itself().is_some()
}

/// `for i = range xs` is `for range xs` when nobody reads `i`.
fn ranged(mention: Node<'_>, left: Node<'_>, clause: Node<'_>) -> Written {
    let targets: Vec<Node<'_>> = left.named().collect();
    let others_blank = targets.iter().all(|other| *other == mention || other.text() == "_");
    let edit = match (clause.child("range"), &targets[..]) {
        (Some(keyword), _) if others_blank => {
            Edit { span: Span::new(left.start(), keyword.start()), text: String::new() }
        }
        (_, [first, second]) if *second == mention => {
            Edit { span: Span::new(first.end(), second.end()), text: String::new() }
        }
        _ => Edit { span: mention.span(), text: "_".to_owned() },
    };
    Written::Removed(edit)
}

fn assigned(mention: Node<'_>, left: Node<'_>, statement: Node<'_>, package: &Package) -> Written {
    let blank = |edit_text: &str, span: Span| Written::Removed(Edit { span, text: edit_text.to_owned() });
    if left.named().count() > 1 {
        return blank("_", mention.span());
    }
    let right = statement.field("right");
    if right.is_some_and(|right| effects(right, package).is_pure())
        && let Some(edit) = deletion(statement, &[])
    {
        return Written::Removed(edit);
    }
    match right {
        // `x += f()` must still call f.
        Some(right) => blank("_ = ", Span::new(statement.start(), right.start())),
        None => Written::No,
    }
}

/// The edit that takes the declaration of an unread variable away.
fn declaration(local: Local<'_>, package: &Package) -> Option<Edit> {
    let name = local.name;
    let parent = name.parent()?;
    let text = name.file().text();
    let blank = Edit { span: name.span(), text: "_".to_owned() };
    let with_gap = |from: usize, to: usize| Span::new(from, to + spaces(&text[to..]));
    match parent.kind() {
        "var_spec" => {
            let names: Vec<Node<'_>> = parent.fields("name").collect();
            if names.len() > 1 {
                let index = names.iter().position(|other| *other == name)?;
                let span = match index {
                    0 => Span::new(name.start(), names[1].start()),
                    _ => Span::new(names[index - 1].end(), name.end()),
                };
                let plain = parent.field("value").is_none();
                return Some(if plain { Edit { span, text: String::new() } } else { blank });
            }
            let pure = parent.field("value").is_none_or(|value| effects(value, package).is_pure());
            let declaration = parent.parent()?;
            if !pure {
                return Some(blank);
            }
            match declaration.kind() {
                "var_declaration" => deletion(declaration, &[]),
                // One spec of a group: its line goes.
                _ => Some(Edit { span: name.file().lines().whole_lines(parent.span()), text: String::new() }),
            }
        }
        "expression_list" => {
            let owner = parent.parent()?;
            let others = || parent.named().filter(|node| *node != name);
            let none_left = others().all(|node| node.text() == "_");
            let operator = owner.children().find(|token| token.kind() == ":=");
            match owner.kind() {
                "range_clause" => {
                    let names: Vec<Node<'_>> = parent.named().collect();
                    let keyword = owner.child("range")?;
                    if none_left {
                        return Some(Edit {
                            span: Span::new(parent.start(), keyword.start()),
                            text: String::new(),
                        });
                    }
                    let last = names.len() == 2 && names[1] == name;
                    let span = if last { Span::new(names[0].end(), name.end()) } else { name.span() };
                    Some(Edit { span, text: if last { String::new() } else { "_".to_owned() } })
                }
                "receive_statement" | "type_switch_statement" if none_left => {
                    let operator = operator.or_else(|| owner.child(":="))?;
                    Some(Edit { span: with_gap(parent.start(), operator.end()), text: String::new() })
                }
                "short_var_declaration" if none_left => {
                    let slot = owner.parent()?;
                    if slot.kind() == "for_clause" {
                        return loop_clause(slot);
                    }
                    let right = owner.field("right")?;
                    let pure = effects(right, package).is_pure();
                    if pure && let Some(edit) = deletion(owner, &[]) {
                        return Some(edit);
                    }
                    let blanks = vec!["_"; parent.named().count()].join(", ");
                    let span = Span::new(parent.start(), operator?.end());
                    Some(Edit { span, text: format!("{blanks} =") })
                }
                "short_var_declaration" => others_declare(name, parent).then_some(blank),
                "receive_statement" => Some(blank),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `a := 1` for `a, n := 1, 0`, when the value of `n` is pure: both go, and
/// what stays is not touched, so that it is found again.
fn pair(name: Node<'_>, package: &Package) -> Option<Vec<Edit>> {
    let list = name.parent().filter(|list| list.kind() == "expression_list")?;
    let declaration = list.parent().filter(|owner| owner.kind() == "short_var_declaration")?;
    let left: Vec<Node<'_>> = declaration.field("left")?.named().collect();
    let right: Vec<Node<'_>> = declaration.field("right")?.named().collect();
    let index = left.iter().position(|other| *other == name)?;
    let pure = left.len() == right.len() && effects(right[index], package).is_pure();
    let commented = declaration.descendants().any(|node| node.kind() == "comment");
    if !pure || commented || !others_declare(name, list) {
        return None;
    }
    let without = |list: &[Node<'_>]| {
        let span = match index {
            0 => Span::new(list[0].start(), list[1].start()),
            _ => Span::new(list[index - 1].end(), list[index].end()),
        };
        Edit { span, text: String::new() }
    };
    Some(vec![without(&left), without(&right)])
}

/// `_, err = f()` for `n, err := f()`, when `n` alone is new.
fn only_new(name: Node<'_>) -> Option<Vec<Edit>> {
    let list = name.parent().filter(|list| list.kind() == "expression_list")?;
    let declaration = list.parent().filter(|owner| owner.kind() == "short_var_declaration")?;
    let assigns = list.named().any(|node| node != name && node.text() != "_");
    let operator = declaration.children().find(|token| token.kind() == ":=")?;
    let edit = |node: Node<'_>, text: &str| Edit { span: node.span(), text: text.to_owned() };
    (assigns && !others_declare(name, list)).then(|| vec![edit(name, "_"), edit(operator, "=")])
}

/// Whether another name of a list before `:=` is new there, else that would
/// declare nothing.
fn others_declare(name: Node<'_>, list: Node<'_>) -> bool {
    list.named()
        .filter(|node| *node != name && node.text() != "_")
        .any(|node| matches!(scope::resolve(node), Def::Local(other) if other.name == node))
}

/// `for i := 0; ; i++` whose `i` nobody reads is `for`.
fn loop_clause(clause: Node<'_>) -> Option<Edit> {
    if clause.field("condition").is_some() || clause.field("initializer")?.field("left")?.named().count() > 1
    {
        return None;
    }
    let text = clause.file().text();
    Some(Edit {
        span: Span::new(clause.start(), clause.end() + spaces(&text[clause.end()..])),
        text: String::new(),
    })
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

fn unused_label(gone: Node<'_>, total: &Edits, after: &File) -> Option<Edit> {
    let function = crate::model::effects::function_of(gone)?;
    let declares = |node: &Node<'_>| {
        node.kind() == "labeled_statement"
            && node.child("label_name").is_some_and(|label| label.text() == gone.text())
    };
    let labeled = function.descendants().find(declares)?;
    let start = total.map(labeled.start())?;
    let root = after.decl(after.decl_at(start)?)?;
    let label = root.covering(Span::new(start, start + gone.span().len()));
    if label.kind() != "label_name" || label.text() != gone.text() {
        return None;
    }
    let there = label.parent()?;
    let uses = root
        .descendants()
        .filter(|node| node.kind() == "label_name" && node.text() == label.text() && *node != label);
    if uses.count() > 0 {
        return None;
    }
    let inner = there.named().find(|node| node.kind() != "label_name")?;
    let lines = after.lines();
    let span = if lines.line(label.start()) == lines.line(inner.start()) {
        Span::new(there.start(), inner.start())
    } else {
        Span::new(lines.span(lines.line(label.start())).start, lines.span(lines.line(inner.start())).start)
    };
    // A comment between the two stays.
    let clean =
        span.of(after.text()).trim().trim_start_matches(label.text()).trim_start_matches(':').is_empty();
    let span = if clean { span } else { Span::new(there.start(), label.end() + 1) };
    Some(Edit { span, text: String::new() })
}
