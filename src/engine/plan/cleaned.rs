//! The edits of a fix as they are written: cleaned, and checked by parsing what
//! they give.

use super::super::cleanup::{Excerpts, cleanup, plain};
use super::super::file_cache::FileSet;
use super::super::matches::{Around, Match};
use crate::model::package::Package;
use crate::rewrite::{FileFix, Surroundings};
use crate::syntax::{Fault, File, outline};
use crate::text::{Edit, Edits, Span};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The cleaned edits of `change`, checked by parsing what they give.
///
/// # Errors
/// A sentence, when something is left over or the result is no longer Go.
pub fn cleaned(file: &File, change: &FileFix, package: &Package) -> Result<Edits, String> {
    let (edits, after) = cleanup(file, change, package).map_err(|leftover| leftover.to_string())?;
    match breaks(file, &after, &edits) {
        None => Ok(edits),
        Some(span) => Err(format!(
            "the result would not parse near line {}; this is a bug in the rule, please report it",
            after.lines().line(span.start)
        )),
    }
}

/// Edits that take the parentheses which one pass wrote around two imports, where another
/// left one of them, from a file that had none.
pub(super) fn single_import(before: &str, after: &File) -> Option<Edits> {
    let outline = after.outline();
    let ([declaration], [import]) = (&outline.import_decls[..], &outline.imports[..]) else { return None };
    let group = declaration.group?;
    let old = File::new(after.path(), before);
    let single = old.outline().import_decls.iter().all(|declaration| declaration.group.is_none());
    let bare = group.of(after.text()).trim() == import.span.of(after.text());
    if !single || !bare || old.outline().import_decls.is_empty() {
        return None;
    }
    let text = format!("import {}", import.span.of(after.text()));
    let mut edits = Edits::new();
    edits.push(Edit { span: declaration.span, text }).ok()?;
    Some(edits)
}

/// A declaration of `after` that an edit touched and whose syntax is broken.
pub fn breaks(before: &File, after: &File, edits: &Edits) -> Option<Span> {
    let clauses = |file: &File| outline::clause_fault(file.text());
    if let Some(span) = clauses(after).filter(|_| clauses(before).is_none()) {
        return Some(span);
    }
    let (old, new) = (before.outline(), after.outline());
    let fewer = new.decls.len() < old.decls.len();
    if new.broken.len() > old.broken.len() && (fewer || old.broken.is_empty()) {
        return new.broken.last().copied();
    }
    // The same text is the same declaration only when it ended there before too.
    let untouched = |span: Span| {
        edits.unmap(span.start).is_some_and(|start| {
            let there = Span::new(start, start + span.len());
            let whole = before.decl_at(start).is_some_and(|at| old.decls[at].span == there);
            whole && there.of(before.text()) == span.of(after.text())
        })
    };
    let decls = after.outline().decls.iter().enumerate();
    decls.filter(|(_, decl)| !untouched(decl.span)).find_map(|(index, _)| after.fault(index).map(Fault::span))
}

/// As [`cleaned`], worked out over an excerpt of the file; `None` when the whole file must
/// be asked.
fn in_excerpt(file: &File, change: &FileFix, excerpts: &Excerpts<'_>, package: &Package) -> Option<Edits> {
    let excerpt = excerpts.excerpt(change, package)?;
    let edits = cleaned(&excerpt.file, &excerpt.change, package).ok()?;
    excerpt.whole(&edits, file)
}

/// The edits of one fix alone, cleaned, for each file: what a report shows.
///
/// # Errors
/// As for [`cleaned`].
pub fn alone(
    matched: &Match,
    excerpts: &Excerpts<'_>,
    around: &Around<'_>,
    file: &Arc<File>,
    file_set: &FileSet,
) -> Result<BTreeMap<PathBuf, Edits>, String> {
    let mut all = BTreeMap::new();
    let Some(fix) = &matched.rule_match.fix else { return Ok(all) };
    if let Some(clash) = fix.clash() {
        return Err(format!("{clash}; this is a bug in the rule, please report it"));
    }
    for (path, change) in fix.files() {
        let edits = if path == file.path() {
            let excerpted = || in_excerpt(file, change, excerpts, around.package());
            let plain = plain(file, change);
            debug_assert!(plain.is_none() || excerpted().is_none_or(|edits| Some(edits) == plain));
            match plain.or_else(excerpted) {
                Some(edits) => edits,
                None => cleaned(file, change, around.package())?,
            }
        } else {
            let other = file_set.fetch(path).ok_or_else(|| format!("{} cannot be read", path.display()))?;
            cleaned(&other, change, &file_set.package_of(&other))?
        };
        all.insert(path.clone(), edits);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what is left of `before` without `gone` is taken.
    fn is_taken_without(before: &str, gone: &str) -> bool {
        let start = before.find(gone).expect("it is there");
        let mut edits = Edits::new();
        edits
            .push(Edit { span: Span::new(start, start + gone.len()), text: String::new() })
            .expect("it fits");
        let after = File::new("p.go", edits.apply(before));
        breaks(&File::new("p.go", before), &after, &edits).is_none()
    }

    #[test]
    fn a_declaration_that_lost_its_end_is_broken() {
        let before = "package p\n\ntype t struct {\n\ta int; b int }\n\nfunc f() {}\n";
        assert!(is_taken_without(before, "a int; "));
        assert!(!is_taken_without(before, "\ta int; b int }\n"));
        assert!(!is_taken_without(before, "b int }\n"));
    }

    #[test]
    fn a_comment_that_lost_its_end_is_broken() {
        let before = "package p\n\nvar x int /* why\nit is here */; func f() {}\n\nfunc g() {}\n";
        assert!(is_taken_without(before, "func f() {}"));
        assert!(!is_taken_without(before, "it is here */; func f() {}"));
    }
}
