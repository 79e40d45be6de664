//! Imports that come with new text and go with the last use of their name.

use super::names;
use crate::model::imports::{default_names, is_dot_imported};
use crate::model::scope::{self, Def};
use crate::rewrite::WantedImport;
use crate::syntax::{File, Import, ImportDecl, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::BTreeSet;

/// Edits over `after` that add the imports of `wanted` that it lacks.
pub(super) fn added(_: &File, _: &Edits, after: &File, wanted: &BTreeSet<WantedImport>) -> Edits {
    let mut edits = Edits::new();
    let missing: Vec<&WantedImport> = wanted.iter().filter(|wanted| !has(after, wanted)).collect();
    if missing.is_empty() {
        return edits;
    }
    let outline = after.outline();
    let newline = after.newline();
    // cgo's `import "C"` stays a declaration of its own, right below its
    // preamble.
    let is_c = |decl: usize| outline.imports.iter().any(|import| import.decl == decl && import.path == "C");
    let usable = |index: &usize| !is_c(*index);
    let group = (0..outline.import_decls.len())
        .filter(usable)
        .find(|index| outline.import_decls[*index].group.is_some() && specs(after, *index).next().is_some());
    let single = (0..outline.import_decls.len()).find(usable);
    let edit = if let Some(index) = group {
        for (place, text) in into_group(after, index, &missing) {
            let _ = edits.push(Edit { span: Span::at(place), text });
        }
        return edits;
    } else if let Some(index) = single {
        let decl = &outline.import_decls[index];
        let old = specs(after, index).map(|spec| (spec.path.clone(), spec.span.of(after.text()).to_owned()));
        let mut lines: Vec<(String, String)> = old.collect();
        lines.extend(missing.iter().map(|wanted| (wanted.path.clone(), spelled(wanted))));
        lines.sort_by_key(|(path, _)| (!is_standard(path), path.clone()));
        Edit { span: decl.span, text: block(&lines, newline) }
    } else {
        let place = outline.import_decls.last().map(|decl| decl.span.end);
        let place = place.or(outline.package.as_ref().map(|name| name.span.end)).unwrap_or(outline.bom);
        let place = line_end(after, place);
        let mut lines: Vec<(String, String)> =
            missing.iter().map(|wanted| (wanted.path.clone(), spelled(wanted))).collect();
        lines.sort_by_key(|(path, _)| (!is_standard(path), path.clone()));
        let text = match &lines[..] {
            [(_, only)] => format!("import {only}"),
            _ => block(&lines, newline),
        };
        Edit { span: Span::at(place), text: format!("{newline}{newline}{text}") }
    };
    let _ = edits.push(edit);
    edits
}

fn block(lines: &[(String, String)], newline: &str) -> String {
    let mut text = format!("import ({newline}");
    let mut standard = true;
    for (index, (path, line)) in lines.iter().enumerate() {
        if index > 0 && standard && !is_standard(path) {
            text.push_str(newline);
        }
        standard = is_standard(path);
        text.push_str(&format!("\t{line}{newline}"));
    }
    text.push(')');
    text
}

/// Where in the group of declaration `index` the missing imports go: each
/// before the first larger path of the paragraph that holds its kind, else at
/// that paragraph's end.
fn into_group(after: &File, index: usize, missing: &[&WantedImport]) -> Vec<(usize, String)> {
    let newline = after.newline();
    let lines = after.lines();
    let mut paragraphs: Vec<Vec<&Import>> = Vec::new();
    let mut last_line = 0;
    for spec in specs(after, index) {
        let line = lines.line(spec.span.start);
        let between = (last_line + 1..line)
            .any(|line| lines.content(after.text().as_bytes(), line).trim_ascii().is_empty());
        match paragraphs.last_mut() {
            Some(paragraph) if !between => paragraph.push(spec),
            _ => paragraphs.push(vec![spec]),
        }
        last_line = lines.line(spec.span.end);
    }
    let mut places: Vec<(usize, String)> = Vec::new();
    for wanted in missing {
        let standard = is_standard(&wanted.path);
        let fits =
            |paragraph: &&Vec<&Import>| paragraph.iter().all(|spec| is_standard(&spec.path) == standard);
        let shares =
            |paragraph: &&Vec<&Import>| paragraph.iter().any(|spec| is_standard(&spec.path) == standard);
        let home = paragraphs.iter().find(fits).or_else(|| paragraphs.iter().find(shares));
        let line = format!("\t{}{newline}", spelled(wanted));
        let (place, text) = match home {
            Some(paragraph) => {
                let next = paragraph
                    .iter()
                    .find(|spec| spec.path > wanted.path && is_standard(&spec.path) == standard);
                match next {
                    Some(spec) => (first_line_of(after, spec), line),
                    None => {
                        let last = paragraph.iter().rfind(|spec| is_standard(&spec.path) == standard);
                        let last = last.or(paragraph.last()).expect("a paragraph has a spec");
                        (lines.span(lines.line(last.span.end)).end, line)
                    }
                }
            }
            None => {
                let first = paragraphs[0][0];
                (first_line_of(after, first), format!("{line}{newline}"))
            }
        };
        match places.iter_mut().find(|(at, _)| *at == place) {
            Some((_, text_there)) => text_there.push_str(&text),
            None => places.push((place, text)),
        }
    }
    places
}

/// Start of the line of `spec`, or of the comments right above it.
fn first_line_of(file: &File, spec: &Import) -> usize {
    let lines = file.lines();
    let mut line = lines.line(spec.span.start);
    let is_comment =
        |line: usize| lines.content(file.text().as_bytes(), line).trim_ascii().starts_with(b"//");
    while line > 1 && is_comment(line - 1) {
        line -= 1;
    }
    lines.span(line).start
}

/// Edits over `after` that remove the imports whose last use `total` took away.
pub(super) fn removed(before: &File, total: &Edits, after: &File, _: &BTreeSet<WantedImport>) -> Edits {
    let mut edits = Edits::new();
    let gone = names::deleted(before, total);
    let mut unused: Vec<usize> = Vec::new();
    for (index, import) in after.outline().imports.iter().enumerate() {
        let lost = gone.iter().any(|node| lost_use(*node, import));
        if lost && !is_used(after, total, import) {
            unused.push(index);
        }
    }
    let whole = |index: usize| {
        after
            .outline()
            .imports
            .iter()
            .enumerate()
            .all(|(at, import)| import.decl != index || unused.contains(&at))
    };
    let mut done: Vec<usize> = Vec::new();
    for &index in &unused {
        let import = &after.outline().imports[index];
        if done.contains(&import.decl) {
            continue;
        }
        let (span, text) = if whole(import.decl) {
            done.push(import.decl);
            (declaration_lines(after, &after.outline().import_decls[import.decl]), String::new())
        } else if let Some(only) = only_other(before, after, import.decl, &unused) {
            done.push(import.decl);
            let text = format!("import {}", only.span.of(after.text()));
            (after.outline().import_decls[import.decl].span, text)
        } else {
            (spec_lines(after, import), String::new())
        };
        // A second spec whose lines the first one took already needs no edit.
        let _ = edits.push(Edit { span, text });
    }
    edits
}

/// What is left of a declaration that had no parentheses until an import was
/// added to it, when that is one import: it needs none again.
fn only_other<'f>(before: &File, after: &'f File, decl: usize, unused: &[usize]) -> Option<&'f Import> {
    let (old, new) = (&before.outline().import_decls, &after.outline().import_decls);
    let grown = old.len() == new.len() && old[decl].group.is_none() && new[decl].group.is_some();
    let imports = after.outline().imports.iter().enumerate();
    let mut left = imports.filter(|(at, import)| import.decl == decl && !unused.contains(at));
    let (_, only) = left.next().filter(|_| grown)?;
    left.next().is_none().then_some(only)
}

/// Whether `node`, which is gone, may have been a use of `import`.
fn lost_use(node: Node<'_>, import: &Import) -> bool {
    let same = |found: &Import| {
        found.path == import.path
            && found.name.as_ref().map(|n| &n.text) == import.name.as_ref().map(|n| &n.text)
    };
    match node.kind() {
        "identifier" | "package_identifier" | "type_identifier" => match scope::resolve(node) {
            Def::Import(found) => same(found),
            Def::Outside => import.name.as_ref().is_some_and(|name| name.text == "."),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the file still uses what `import` brings. Undecidable counts as use.
fn is_used(file: &File, total: &Edits, import: &Import) -> bool {
    let text = file.text();
    let dot = import.name.as_ref().is_some_and(|name| name.text == ".");
    let decls = file.outline().decls.iter().enumerate();
    if dot {
        return decls.into_iter().any(|(index, _)| match file.decl(index) {
            None => true,
            Some(root) => root.descendants().any(|node| {
                is_dot_imported(file, &import.path)
                    && node.is(&["identifier", "type_identifier"])
                    && node.text().starts_with(|c: char| c.is_uppercase())
                    && node.parent().is_none_or(|parent| parent.kind() != "qualified_type")
                    && !(is_key(node) && total.unmap(node.start()).is_none())
                    && scope::resolve(node) == Def::Outside
            }),
        });
    }
    let guesses: Vec<&str> = match &import.name {
        Some(name) => vec![&name.text],
        None => default_names(&import.path).collect(),
    };
    decls.into_iter().any(|(index, decl)| {
        let source = decl.span.of(text);
        guesses.iter().any(|name| {
            if memchr::memmem::find(source.as_bytes(), name.as_bytes()).is_none() {
                return false;
            }
            let Some(root) = file.decl(index) else { return true };
            root.descendants().any(|node| {
                node.is(&["identifier", "package_identifier"])
                    && node.text() == *name
                    && matches!(scope::resolve(node), Def::Import(found) if std::ptr::eq(found, import))
            })
        })
    })
}

/// Whether the name is a key of a composite literal. In text that a fix wrote
/// that is the field of a struct.
fn is_key(node: Node<'_>) -> bool {
    node.parent().is_some_and(|element| {
        element.kind() == "literal_element"
            && element
                .parent()
                .is_some_and(|pair| pair.kind() == "keyed_element" && pair.named().next() == Some(element))
    })
}

/// The lines of one spec with the comment above it; with a blank line beside
/// it when that would be doubled or stand at the edge of the group.
fn spec_lines(file: &File, import: &Import) -> Span {
    let lines = file.lines();
    let bytes = file.text().as_bytes();
    let start = first_line_of(file, import);
    let (first, last) = (lines.line(start), lines.line(import.span.end));
    let blank = |line: usize| lines.content(bytes, line).trim_ascii().is_empty();
    let opens = |line: usize| lines.content(bytes, line).trim_ascii().ends_with(b"(");
    let closes = |line: usize| lines.content(bytes, line).trim_ascii().starts_with(b")");
    let shared = {
        let line = lines.line(import.span.start);
        let same = |other: &&Import| lines.line(other.span.start) == line;
        file.outline().imports.iter().filter(same).count() > 1
    };
    if shared {
        let behind = file.text()[import.span.end..].find(|c: char| c != ';' && c != ' ').unwrap_or(0);
        return Span::new(import.span.start, import.span.end + behind);
    }
    let mut from = first;
    let mut to = last;
    if first > 1 && last < lines.count() {
        if (blank(first - 1) || opens(first - 1)) && blank(last + 1) {
            to += 1;
        } else if blank(first - 1) && closes(last + 1) {
            from -= 1;
        }
    }
    lines.span(from).join(lines.span(to))
}

/// The lines of a whole import declaration with one of the blank lines around.
fn declaration_lines(file: &File, decl: &ImportDecl) -> Span {
    let lines = file.lines();
    let bytes = file.text().as_bytes();
    let (first, mut last) = (lines.line(decl.span.start), lines.line(decl.span.end - 1));
    let blank = |line: usize| lines.content(bytes, line).trim_ascii().is_empty();
    if first > 1 && blank(first - 1) && last < lines.count() && blank(last + 1) {
        last += 1;
    }
    lines.span(first).join(lines.span(last))
}

fn specs(file: &File, decl: usize) -> impl Iterator<Item = &Import> {
    file.outline().imports.iter().filter(move |import| import.decl == decl)
}

fn has(file: &File, wanted: &WantedImport) -> bool {
    file.outline().imports.iter().any(|import| {
        import.path == wanted.path
            && match (&import.name, &wanted.alias) {
                (None, None) => true,
                (Some(name), Some(alias)) => name.text == *alias,
                (Some(name), None) => default_names(&wanted.path).next() == Some(name.text.as_str()),
                (None, Some(_)) => false,
            }
    })
}

fn spelled(wanted: &WantedImport) -> String {
    match &wanted.alias {
        Some(alias) => format!("{alias} \"{}\"", wanted.path),
        None => format!("\"{}\"", wanted.path),
    }
}

/// Whether the path is one of the standard library's: its first element has
/// no dot.
fn is_standard(path: &str) -> bool {
    !path.split('/').next().unwrap_or(path).contains('.')
}

/// The end of the line that holds `offset`, a comment on it included.
fn line_end(file: &File, offset: usize) -> usize {
    let lines = file.lines();
    let line = lines.line(offset);
    lines.span(line).start + lines.content(file.text().as_bytes(), line).len()
}
