//! Which of the wanted fixes of a pass go together.

use super::cleaned::cleaned;
use super::{Dropped, FileState, FixKey, WantedFix};
use crate::engine::file_cache::FileSet;
use crate::rewrite::{FileFix, WantedImport};
use crate::text::{EditSet, Edits, Ranges};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Takes as many candidates as go together and cleans up the files they edit.
pub(super) fn take(
    candidates: Vec<WantedFix>,
    states: &BTreeMap<PathBuf, FileState>,
    file_set: &FileSet,
    dropped: &mut Vec<Dropped>,
    rejected: &mut BTreeSet<FixKey>,
) -> (Vec<WantedFix>, BTreeMap<PathBuf, Edits>) {
    let mut chosen: Vec<WantedFix> = Vec::new();
    let mut batch: BTreeMap<PathBuf, Joined> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for candidate in candidates {
        let fits = names.is_disjoint(&candidate.package_names)
            && candidate.files.iter().all(|(path, fix)| batch.get(path).is_none_or(|known| known.fits(fix)));
        if fits {
            for (path, fix) in &candidate.files {
                batch.entry(path.clone()).or_default().add(fix);
            }
            names.extend(candidate.package_names.iter().cloned());
            chosen.push(candidate);
        }
    }
    let batch = batch.into_iter().map(|(path, joined)| (path, joined.into())).collect();
    match settle_all(&batch, states, file_set) {
        Ok(changed) => (chosen, changed),
        Err(_) if chosen.len() > 1 => {
            // Together they leave something behind that none of them may leave
            // alone, so the first goes by itself.
            let first = chosen.swap_remove(0);
            take(vec![first], states, file_set, dropped, rejected)
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

/// What several fixes do to one file.
#[derive(Default)]
struct Joined {
    edits: EditSet,
    imports: BTreeSet<WantedImport>,
    claims: Ranges,
}

impl Joined {
    /// Whether `fix` goes together with the fixes so far.
    fn fits(&self, fix: &FileFix) -> bool {
        !fix.claims.iter().any(|claim| self.claims.meet(*claim)) && self.edits.fits(&fix.edits).is_ok()
    }

    /// Adds `fix`, which fits.
    fn add(&mut self, fix: &FileFix) {
        self.edits.join(&fix.edits).expect("it was asked whether the edits fit");
        self.imports.extend(fix.imports.iter().cloned());
        fix.claims.iter().for_each(|claim| self.claims.add(*claim));
    }
}

impl From<Joined> for FileFix {
    fn from(joined: Joined) -> FileFix {
        let claims = joined.claims.iter().collect();
        FileFix { edits: joined.edits.into(), imports: joined.imports, claims }
    }
}

fn settle_all(
    batch: &BTreeMap<PathBuf, FileFix>,
    states: &BTreeMap<PathBuf, FileState>,
    file_set: &FileSet,
) -> Result<BTreeMap<PathBuf, Edits>, String> {
    let mut changed = BTreeMap::new();
    for (path, change) in batch {
        let file = &states[path].file;
        let edits = cleaned(file, change, &file_set.package_of(file))?;
        changed.insert(path.clone(), edits);
    }
    Ok(changed)
}
