//! Which of the wanted fixes of a pass go together.

use super::settled::settled;
use super::{Candidate, Dropped, Key, State};
use crate::engine::shelf::Shelf;
use crate::rewrite::FileFix;
use crate::text::Edits;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Takes as many candidates as go together and settles the files they edit.
pub(super) fn take(
    candidates: Vec<Candidate>,
    states: &BTreeMap<PathBuf, State>,
    shelf: &Shelf,
    dropped: &mut Vec<Dropped>,
    rejected: &mut BTreeSet<Key>,
) -> (Vec<Candidate>, BTreeMap<PathBuf, Edits>) {
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut batch: BTreeMap<PathBuf, FileFix> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for candidate in candidates {
        let mut joined = batch.clone();
        let fits = names.is_disjoint(&candidate.package_names)
            && candidate.files.iter().all(|(path, fix)| join(joined.entry(path.clone()).or_default(), fix));
        if fits {
            batch = joined;
            names.extend(candidate.package_names.iter().cloned());
            chosen.push(candidate);
        }
    }
    match settle_all(&batch, states, shelf) {
        Ok(changed) => (chosen, changed),
        Err(_) if chosen.len() > 1 => {
            // Together they leave something behind that none of them may leave
            // alone, so the first goes by itself.
            let first = chosen.swap_remove(0);
            take(vec![first], states, shelf, dropped, rejected)
        }
        Err(reason) => {
            for candidate in chosen {
                rejected.insert(candidate.key.clone());
                dropped.push(Dropped { key: candidate.key, reason: reason.clone() });
            }
            (Vec::new(), BTreeMap::new())
        }
    }
}

fn join(into: &mut FileFix, fix: &FileFix) -> bool {
    let claimed = fix.claims.iter().any(|claim| into.claims.iter().any(|other| claim.overlaps(*other)));
    if claimed || into.edits.merge(&fix.edits).is_err() {
        return false;
    }
    into.imports.extend(fix.imports.iter().cloned());
    into.claims.extend(fix.claims.iter().copied());
    true
}

fn settle_all(
    batch: &BTreeMap<PathBuf, FileFix>,
    states: &BTreeMap<PathBuf, State>,
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
