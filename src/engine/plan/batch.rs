//! One pass: which of the wanted fixes go together, and what they give.

use super::{Candidate, Dropped, Key, States};
use crate::engine::settle::settle;
use crate::engine::shelf::Shelf;
use crate::model::package::Package;
use crate::rewrite::FileFix;
use crate::syntax::File;
use crate::text::{Edits, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Takes as many candidates as go together and settles the files they edit.
/// One that cannot be taken even alone is dropped; the others wait.
pub(super) fn take(
    candidates: Vec<Candidate>,
    states: &States,
    shelf: &Shelf,
    dropped: &mut Vec<Dropped>,
    rejected: &mut BTreeSet<Key>,
) -> (Vec<Candidate>, BTreeMap<PathBuf, Edits>) {
    let mut drop = |candidate: &Candidate, reason: String| {
        rejected.insert(candidate.key.clone());
        dropped.push(Dropped { key: candidate.key.clone(), reason });
    };
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut batch: BTreeMap<PathBuf, FileFix> = BTreeMap::new();
    for candidate in candidates {
        if let Some(path) = candidate.files.keys().find(|path| !states.contains_key(*path)) {
            drop(&candidate, format!("it also edits {}, which is not part of this run", path.display()));
            continue;
        }
        if let Some(joined) = with(&batch, &candidate) {
            batch.extend(joined);
            chosen.push(candidate);
        }
    }
    if let Ok(changed) = settle_all(&batch, states, shelf) {
        return (chosen, changed);
    }
    // Together they leave something behind, so one is added at a time.
    let mut kept: Vec<Candidate> = Vec::new();
    let mut batch: BTreeMap<PathBuf, FileFix> = BTreeMap::new();
    let mut changed: BTreeMap<PathBuf, Edits> = BTreeMap::new();
    for candidate in chosen {
        let Some(joined) = with(&batch, &candidate) else { continue };
        match settle_all(&joined, states, shelf) {
            Ok(edits) => {
                batch.extend(joined);
                changed.extend(edits);
                kept.push(candidate);
            }
            Err(_) => {
                if let Err(reason) = settle_all(&candidate.files, states, shelf) {
                    drop(&candidate, reason);
                }
            }
        }
    }
    (kept, changed)
}

/// What `batch` does to the files of `candidate` when that joins it; `None` when
/// they collide.
fn with(batch: &BTreeMap<PathBuf, FileFix>, candidate: &Candidate) -> Option<BTreeMap<PathBuf, FileFix>> {
    let joined = candidate.files.iter().map(|(path, fix)| {
        let mut into = batch.get(path).cloned().unwrap_or_default();
        join(&mut into, fix).then(|| (path.clone(), into))
    });
    joined.collect()
}

/// Adds `fix` to what other fixes do to the same file, unless they collide.
/// Two fixes with an edit in common collide too: which of them wants it, and
/// how often, only the next pass can tell.
fn join(into: &mut FileFix, fix: &FileFix) -> bool {
    let claimed = fix.claims.iter().any(|claim| into.claims.iter().any(|other| claim.overlaps(*other)));
    let apart = into.edits.len() + fix.edits.len();
    if claimed || into.edits.merge(&fix.edits).is_err() || into.edits.len() < apart {
        return false;
    }
    into.imports.extend(fix.imports.iter().cloned());
    into.claims.extend(fix.claims.iter().copied());
    true
}

fn settle_all(
    batch: &BTreeMap<PathBuf, FileFix>,
    states: &States,
    shelf: &Shelf,
) -> Result<BTreeMap<PathBuf, Edits>, String> {
    let mut changed = BTreeMap::new();
    for (path, change) in batch {
        let file = &states[path].file;
        let edits = settled(file, change, &shelf.package_of(file))?;
        changed.insert(path.clone(), edits);
    }
    Ok(changed)
}

/// The settled edits of `change`, checked by parsing what they give.
///
/// # Errors
/// A sentence, when something is left over or the result is no longer Go.
pub fn settled(file: &File, change: &FileFix, package: &Package) -> Result<Edits, String> {
    let edits = settle(file, change, package).map_err(|leftover| leftover.to_string())?;
    let after = File::new(file.path(), edits.apply(file.text()));
    match new_syntax_error(file, &after, &edits) {
        None => Ok(edits),
        Some(span) => Err(format!(
            "the result would not parse near line {}; this is a mistake of the rule, please report it",
            after.lines().line(span.start)
        )),
    }
}

/// A declaration of `after` that an edit touched and whose syntax is broken.
fn new_syntax_error(before: &File, after: &File, edits: &Edits) -> Option<Span> {
    if after.outline().broken.len() > before.outline().broken.len() {
        return after.outline().broken.last().copied();
    }
    let untouched = |span: Span| {
        let length = span.len();
        edits.unmap(span.start).is_some_and(|start| {
            before.text().get(start..start + length) == after.text().get(span.start..span.end)
        })
    };
    let decls = after.outline().decls.iter().enumerate();
    decls.filter(|(_, decl)| !untouched(decl.span)).find_map(|(index, _)| after.syntax_error(index))
}
