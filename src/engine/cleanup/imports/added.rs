//! Where new imports go.

use crate::model::import_names::default_names;
use crate::rewrite::{WantedImport, comment_in_text, comments_above};
use crate::syntax::{File, Import};
use crate::text::{Edit, Edits, Span};
use std::collections::BTreeSet;

/// Edits over `after` that add the imports of `wanted` that it lacks: into the
/// first group, in sorted place; else beside the single declarations; else below
/// the package clause.
pub(crate) fn added(after: &File, wanted: &BTreeSet<WantedImport>) -> Edits {
    let missing: Vec<&WantedImport> = wanted.iter().filter(|wanted| !has(after, wanted)).collect();
    let mut edits = Edits::new();
    if missing.is_empty() {
        return edits;
    }
    let outline = after.outline();
    // cgo's `import "C"` stays a declaration of its own, right below its
    // preamble.
    let is_c = |decl: usize| outline.imports.iter().any(|import| import.decl == decl && import.path == "C");
    let usable: Vec<usize> = (0..outline.import_decls.len()).filter(|index| !is_c(*index)).collect();
    let is_group = |index: &&usize| {
        outline.import_decls[**index].group.is_some() && specs(after, **index).next().is_some()
    };
    let list = if let Some(index) = usable.iter().find(is_group) {
        into_group(after, *index, &missing)
    } else {
        match usable[..] {
            [] => vec![below_clauses(after, &missing)],
            [only] => vec![made_group(after, only, &missing)],
            _ => beside_singles(after, &usable, &missing),
        }
    };
    for edit in list {
        let _ = edits.push(edit);
    }
    edits
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

fn specs(file: &File, decl: usize) -> impl Iterator<Item = &Import> {
    file.outline().imports.iter().filter(move |import| import.decl == decl)
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

/// gofmt's order within a paragraph: by path, then by name.
fn comes_after(spec: &Import, wanted: &WantedImport) -> bool {
    let name = |text: Option<&String>| text.cloned().unwrap_or_default();
    (&spec.path, name(spec.name.as_ref().map(|name| &name.text)))
        > (&wanted.path, name(wanted.alias.as_ref()))
}

/// An import declaration in parentheses, of `(path, line)`.
fn block(mut lines: Vec<(String, String)>, newline: &str) -> String {
    lines.sort_by_key(|(path, _)| (!is_standard(path), path.clone()));
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

fn lines_for(missing: &[&WantedImport]) -> Vec<(String, String)> {
    missing.iter().map(|wanted| (wanted.path.clone(), spelled(wanted))).collect()
}

/// A declaration behind `import "C"` or the package clause.
fn below_clauses(after: &File, missing: &[&WantedImport]) -> Edit {
    let outline = after.outline();
    let place = outline.import_decls.last().map(|decl| decl.span.end);
    let place = place.or(outline.package.as_ref().map(|name| name.span.end)).unwrap_or(outline.bom);
    let Some(line_end) = free_line_end(after, place) else {
        let text = missing.iter().map(|wanted| format!("; import {}", spelled(wanted))).collect();
        return Edit { span: Span::at(place), text };
    };
    let newline = after.newline();
    let text = match missing {
        [only] => format!("import {}", spelled(only)),
        _ => block(lines_for(missing), newline),
    };
    Edit { span: Span::at(line_end), text: format!("{newline}{newline}{text}") }
}

/// The only single declaration, made a group.
fn made_group(after: &File, index: usize, missing: &[&WantedImport]) -> Edit {
    let decl = &after.outline().import_decls[index];
    let text = after.text();
    let mut lines = lines_for(missing);
    let mut end = decl.span.end;
    if let Some(spec) = specs(after, index).next() {
        let line_end = free_line_end(after, end).unwrap_or(end);
        let comment = text[end..line_end].trim_matches([' ', '\t', ';']);
        let gap = if comment.is_empty() { "" } else { " " };
        if !comment.is_empty() {
            end = line_end;
        }
        lines.push((spec.path.clone(), format!("{}{gap}{comment}", spec.span.of(text))));
    }
    Edit { span: Span::new(decl.span.start, end), text: block(lines, after.newline()) }
}

/// Declarations of their own in the sorted place among single ones.
fn beside_singles(after: &File, singles: &[usize], missing: &[&WantedImport]) -> Vec<Edit> {
    let newline = after.newline();
    let decls = &after.outline().import_decls;
    let mut places: Vec<Edit> = Vec::new();
    for wanted in missing {
        let line = format!("import {}", spelled(wanted));
        let next = singles.iter().find(|index| {
            let bigger = specs(after, **index).any(|spec| {
                is_standard(&spec.path) == is_standard(&wanted.path) && comes_after(spec, wanted)
            });
            bigger && starts_line(after, decls[**index].span.start)
        });
        let last = decls[singles[singles.len() - 1]].span.end;
        let (place, text) = match (next, free_line_end(after, last)) {
            (Some(index), _) => {
                let start = decls[*index].span.start;
                let place = first_line_of(after, start);
                // gofmt parts a comment from the declaration above it.
                let commented = after.lines().line(place) < after.lines().line(start);
                (place, format!("{line}{newline}{}", if commented { newline } else { "" }))
            }
            (None, Some(end)) => (end, format!("{newline}{line}")),
            (None, None) => (last, format!("; {line}")),
        };
        add(&mut places, place, &text);
    }
    places
}

/// Each import before the first larger path of the paragraph that holds its
/// kind, else at that paragraph's end; a paragraph of its own when none does.
fn into_group(after: &File, index: usize, missing: &[&WantedImport]) -> Vec<Edit> {
    let newline = after.newline();
    let paragraphs = paragraphs(after, index);
    let mut places: Vec<Edit> = Vec::new();
    let mut homeless: Vec<&WantedImport> = Vec::new();
    for wanted in missing {
        let kind = |spec: &&Import| is_standard(&spec.path) == is_standard(&wanted.path);
        let fits = |paragraph: &&Vec<&Import>| paragraph.iter().all(kind);
        let shares = |paragraph: &&Vec<&Import>| paragraph.iter().any(kind);
        let Some(home) = paragraphs.iter().find(fits).or_else(|| paragraphs.iter().find(shares)) else {
            homeless.push(wanted);
            continue;
        };
        let next = home.iter().find(|spec| comes_after(spec, wanted));
        place(after, &mut places, next.copied(), home[home.len() - 1], &spelled(wanted));
    }
    for standard in [true, false] {
        let lines: Vec<String> = homeless
            .iter()
            .filter(|wanted| is_standard(&wanted.path) == standard)
            .map(|wanted| format!("\t{}{newline}", spelled(wanted)))
            .collect();
        let (first, last) = (paragraphs[0][0], paragraphs[paragraphs.len() - 1].last().expect("has a spec"));
        if lines.is_empty() {
            continue;
        }
        if standard && starts_line(after, first.span.start) {
            add(&mut places, first_line_of(after, first.span.start), &(lines.concat() + newline));
        } else if let Some(end) = free_line_end(after, last.span.end).filter(|_| !standard) {
            let text = format!("{newline}{newline}{}", lines.concat());
            add(&mut places, end, text.trim_end_matches(['\r', '\n']));
        } else {
            let text = lines.iter().map(|line| format!("; {}", line.trim())).collect::<String>();
            add(&mut places, last.span.end, &text);
        }
    }
    places
}

/// Puts `spec` before `next`, or behind `last`.
fn place(file: &File, places: &mut Vec<Edit>, next: Option<&Import>, last: &Import, spec: &str) {
    let newline = file.newline();
    match (next, free_line_end(file, last.span.end)) {
        (Some(next), _) if starts_line(file, next.span.start) => {
            add(places, first_line_of(file, next.span.start), &format!("\t{spec}{newline}"));
        }
        (Some(next), _) => add(places, next.span.start, &format!("{spec}; ")),
        (None, Some(end)) => add(places, end, &format!("{newline}\t{spec}")),
        (None, None) => add(places, last.span.end, &format!("; {spec}")),
    }
}

/// Adds an insertion; a second one at a place follows the first.
fn add(places: &mut Vec<Edit>, at: usize, text: &str) {
    match places.iter_mut().find(|edit| edit.span.start == at) {
        Some(edit) => edit.text.push_str(text),
        None => places.push(Edit { span: Span::at(at), text: text.to_owned() }),
    }
}

/// The specs of a group, parted by its blank lines.
fn paragraphs(after: &File, index: usize) -> Vec<Vec<&Import>> {
    let lines = after.lines();
    let is_blank = |line: usize| lines.content(after.text().as_bytes(), line).trim_ascii().is_empty();
    let mut paragraphs: Vec<Vec<&Import>> = Vec::new();
    let mut last_line = 0;
    for spec in specs(after, index) {
        let line = lines.line(spec.span.start);
        match paragraphs.last_mut() {
            Some(paragraph) if !(last_line + 1..line).any(is_blank) => paragraph.push(spec),
            _ => paragraphs.push(vec![spec]),
        }
        last_line = lines.line(spec.span.end);
    }
    paragraphs
}

fn starts_line(file: &File, offset: usize) -> bool {
    let line = file.lines().span(file.lines().line(offset)).start;
    file.text()[line..offset].trim_start_matches('\u{feff}').trim().is_empty()
}

/// Start of the line of `offset`, or of the comments right above it.
fn first_line_of(file: &File, offset: usize) -> usize {
    let line = file.lines().line(offset);
    let first = comments_above(file, line, &|at| comment_in_text(file, at));
    file.lines().span(first).start
}

/// The end of the line that holds `offset`, line end left out; `None` when more
/// than a comment stands behind it there.
fn free_line_end(file: &File, offset: usize) -> Option<usize> {
    let lines = file.lines();
    let line = lines.line(offset);
    let end = lines.span(line).start + lines.content(file.text().as_bytes(), line).len();
    let rest = file.text()[offset..end].trim_matches([' ', '\t', ';']);
    let comment =
        rest.starts_with("//") || (rest.starts_with("/*") && rest.find("*/") == Some(rest.len() - 2));
    (rest.is_empty() || comment).then_some(end)
}
