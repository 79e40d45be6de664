//! Which of the wanted fixes of a pass go together.

use super::cleaned::cleaned;
use super::key::FixKey;
use super::outcome::Dropped;
use super::wanted::{FileState, WantedFix};
use crate::engine::file_cache::FileSet;
use crate::rewrite::{DeclaredName, FileFix, WantedImport};
use crate::text::{EditSet, Edits, Ranges, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Takes as many candidates as go together and cleans up the files they edit.
pub(super) fn take(
    candidates: Vec<WantedFix>,
    PlanFiles { states, file_set, fresh }: PlanFiles<'_>,
    dropped: &mut Vec<Dropped>,
    rejected: &mut BTreeSet<FixKey>,
) -> (Vec<WantedFix>, BTreeMap<PathBuf, Edits>) {
    let mut chosen: Vec<WantedFix> = Vec::new();
    let mut batch: BTreeMap<PathBuf, Joined> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for mut candidate in candidates {
        for (path, fix) in &mut candidate.files {
            if let Some(known) = batch.get(path) {
                known.rename(path, fix, fresh);
            }
        }
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
    match clean_all(&batch, states, file_set) {
        Ok(changed) => (chosen, changed),
        Err(_) if chosen.len() > 1 => {
            // Together they leave something behind that none of them may leave
            // alone, so the first goes by itself.
            let first = chosen.swap_remove(0);
            take(vec![first], PlanFiles { states, file_set, fresh }, dropped, rejected)
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

/// What fixes are taken over.
#[derive(Clone, Copy)]
pub(super) struct PlanFiles<'a> {
    pub states: &'a BTreeMap<PathBuf, FileState>,
    pub file_set: &'a FileSet,
    pub fresh: &'a NextName<'a>,
}

/// The first name that a fix of the file at a path may declare there, but for those that are
/// taken; nothing when that cannot be told.
pub(super) type NextName<'a> = dyn Fn(&Path, &DeclaredName, &dyn Fn(&str) -> bool) -> Option<String> + 'a;

/// What several fixes do to one file.
#[derive(Default)]
struct Joined {
    edits: EditSet,
    imports: BTreeSet<WantedImport>,
    claims: Ranges,
    /// The blocks in which names are declared, in all and by name.
    blocks: Ranges,
    declared: HashMap<String, Ranges>,
    /// The blocks, with where they are declared and the statements for which.
    users: HashSet<(Span, usize, Span)>,
    /// Where fixes that declare names insert lines: others of their kind may come behind.
    inserted: HashSet<usize>,
}

impl Joined {
    /// Whether `fix` goes together with the fixes so far.
    fn fits(&self, fix: &FileFix) -> bool {
        !fix.claims.iter().any(|claim| self.claims.meet(*claim) || self.blocks.meet(*claim))
            && fix.declared.iter().all(|name| self.admits(name))
            && match fix.declared.is_empty() {
                true => self.edits.fits(&fix.edits).is_ok(),
                false => self.edits.stacks(&fix.edits, |at| self.inserted.contains(&at)),
            }
    }

    /// Whether `declared` may join: only names for the same statement are declared around it.
    fn admits(&self, declared: &DeclaredName) -> bool {
        let DeclaredName { name, block, before, user, .. } = declared;
        !self.claims.meet(*block)
            && !self.declares(name, *block)
            && (!self.blocks.meet(*block) || self.users.contains(&(*block, *before, *user)))
    }

    /// Whether a fix so far declares `name` in a block that overlaps `block`.
    fn declares(&self, name: &str, block: Span) -> bool {
        self.declared.get(name).is_some_and(|blocks| blocks.meet(block))
    }

    /// Gives the names that `fix` declares, and that one of the fixes so far declares too, the
    /// next number.
    fn rename(&self, path: &Path, fix: &mut FileFix, fresh: &NextName<'_>) {
        for index in 0..fix.declared.len() {
            let declared = fix.declared[index].clone();
            if !self.declares(&declared.name, declared.block) {
                continue;
            }
            let own: Vec<&String> = fix.declared.iter().map(|other| &other.name).collect();
            let taken =
                |name: &str| self.declares(name, declared.block) || own.iter().any(|own| *own == name);
            if let Some(name) = fresh(path, &declared, &taken) {
                fix.rename(index, name);
            }
        }
    }

    /// Adds `fix`, which fits.
    fn add(&mut self, fix: &FileFix) {
        if !fix.declared.is_empty() {
            self.edits.stack(&fix.edits);
            let inserted = fix.edits.iter().filter(|edit| edit.span.is_empty());
            self.inserted.extend(inserted.map(|edit| edit.span.start));
        } else {
            self.edits.join(&fix.edits).expect("it was asked whether the edits fit");
        }
        for DeclaredName { name, block, before, user, .. } in &fix.declared {
            self.blocks.add(*block);
            self.users.insert((*block, *before, *user));
            self.declared.entry(name.clone()).or_default().add(*block);
        }
        self.imports.extend(fix.imports.iter().cloned());
        fix.claims.iter().for_each(|claim| self.claims.add(*claim));
    }
}

impl From<Joined> for FileFix {
    fn from(joined: Joined) -> FileFix {
        let claims = joined.claims.iter().collect();
        FileFix { edits: joined.edits.into(), imports: joined.imports, claims, ..FileFix::default() }
    }
}

fn clean_all(
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
