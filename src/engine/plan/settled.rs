//! The edits of a fix as they are written: settled, and checked by parsing what
//! they give.

use super::super::look::{Around, Seen};
use super::super::settle::{Excerpts, settle};
use super::super::shelf::Shelf;
use crate::model::package::Package;
use crate::rewrite::{FileFix, Surroundings};
use crate::syntax::{Fault, File, outline};
use crate::text::{Edits, Span};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The settled edits of `change`, checked by parsing what they give.
///
/// # Errors
/// A sentence, when something is left over or the result is no longer Go.
pub fn settled(file: &File, change: &FileFix, package: &Package) -> Result<Edits, String> {
    let edits = settle(file, change, package).map_err(|leftover| leftover.to_string())?;
    let after = File::new(file.path(), edits.apply(file.text()));
    match breaks(file, &after, &edits) {
        None => Ok(edits),
        Some(span) => Err(format!(
            "the result would not parse near line {}; this is a mistake of the rule, please report it",
            after.lines().line(span.start)
        )),
    }
}

/// A declaration of `after` that an edit touched and whose syntax is broken.
pub fn breaks(before: &File, after: &File, edits: &Edits) -> Option<Span> {
    let clauses = |file: &File| outline::clause_fault(file.text());
    if let Some(span) = clauses(after).filter(|_| clauses(before).is_none()) {
        return Some(span);
    }
    if after.outline().decls.len() < before.outline().decls.len()
        && after.outline().broken.len() > before.outline().broken.len()
    {
        return after.outline().broken.last().copied();
    }
    let untouched = |span: Span| {
        let length = span.len();
        edits.unmap(span.start).is_some_and(|start| {
            before.text().get(start..start + length) == after.text().get(span.start..span.end)
        })
    };
    let decls = after.outline().decls.iter().enumerate();
    decls.filter(|(_, decl)| !untouched(decl.span)).find_map(|(index, _)| after.fault(index).map(Fault::span))
}

/// As [`settled`], worked out over an excerpt of the file; `None` when the whole file must
/// be asked.
fn in_excerpt(file: &File, change: &FileFix, excerpts: &Excerpts<'_>, package: &Package) -> Option<Edits> {
    let excerpt = excerpts.excerpt(change, package)?;
    let edits = settled(&excerpt.file, &excerpt.change, package).ok()?;
    excerpt.whole(&edits, file)
}

/// The edits of one fix alone, settled, for each file: what a report shows.
///
/// # Errors
/// As for [`settled`].
pub fn alone(
    seen: &Seen,
    excerpts: &Excerpts<'_>,
    around: &Around<'_>,
    file: &Arc<File>,
    shelf: &Shelf,
) -> Result<BTreeMap<PathBuf, Edits>, String> {
    let mut all = BTreeMap::new();
    let Some(fix) = &seen.examined.fix else { return Ok(all) };
    if let Some(clash) = fix.clash() {
        return Err(format!("{clash}; this is a mistake of the rule, please report it"));
    }
    for (path, change) in fix.files() {
        let edits = if path == file.path() {
            match in_excerpt(file, change, excerpts, around.package()) {
                Some(edits) => edits,
                None => settled(file, change, around.package())?,
            }
        } else {
            let other = shelf.fetch(path).ok_or_else(|| format!("{} cannot be read", path.display()))?;
            settled(&other, change, &shelf.package_of(&other))?
        };
        all.insert(path.clone(), edits);
    }
    Ok(all)
}
