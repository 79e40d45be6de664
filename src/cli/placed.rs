//! Where the things are that a rule names by their declaration without a package.

use super::Stop;
use super::paths::shown;
use super::tree;
use crate::model::module::{Modules, WorkMode};
use crate::pattern::{Problem, Rename, RenameReading, RuleError, RuleFile, RuleObject};
use crate::syntax::File;
use crate::syntax::byte_checks::has_word;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Finds the package of each thing that `files` name so, among the Go files below `root`, which
/// are read once for all of them. What no package declares stays as it is, since the rule has no
/// site then.
///
/// # Errors
/// Where several packages declare it.
pub fn place(files: &mut [RuleFile], root: &Path) -> Result<(), Stop> {
    let wanted: Vec<Unplaced> = files.iter().map(Unplaced::of).collect();
    let found = declared(&wanted, root);
    for (index, file) in files.iter_mut().enumerate() {
        wanted[index]
            .place(file, &found, index, root)
            .map_err(|problems| RuleError { file: file.file.clone(), problems })?;
    }
    Ok(())
}

/// As [`place`] for one rule, with what is wrong in the rule itself.
pub fn problems(file: &mut RuleFile, root: &Path) -> Result<(), Vec<Problem>> {
    let wanted = [Unplaced::of(file)];
    let found = declared(&wanted, root);
    wanted[0].place(file, &found, 0, root)
}

/// What a rule names without a package.
struct Unplaced {
    objects: Vec<RuleObject>,
    renames: Vec<Rename>,
}

/// What one file declares of what a rule names: which of its objects, and how its renames are
/// read.
#[derive(Default)]
struct Declared {
    objects: BTreeSet<usize>,
    readings: BTreeMap<usize, RenameReading>,
}

/// What the Go files below `root` declare, for each of `wanted` by its index.
fn declared(wanted: &[Unplaced], root: &Path) -> BTreeMap<PathBuf, BTreeMap<usize, Declared>> {
    if wanted.iter().all(Unplaced::is_empty) {
        return BTreeMap::new();
    }
    tree::in_go_files(root, &|path, text| {
        let may: Vec<usize> = (0..wanted.len()).filter(|index| wanted[*index].may_be_in(&text)).collect();
        if may.is_empty() {
            return None;
        }
        let code = File::new(path, text);
        let all = may.into_iter().filter_map(|index| Some((index, wanted[index].declared_by(&code)?)));
        Some(all.collect::<BTreeMap<_, _>>()).filter(|found| !found.is_empty())
    })
}

impl Unplaced {
    fn of(file: &RuleFile) -> Unplaced {
        Unplaced { objects: file.unplaced(), renames: file.unplaced_renames() }
    }

    fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.renames.is_empty()
    }

    /// Whether a file with this text may declare any of it: asked before it is outlined.
    fn may_be_in(&self, text: &str) -> bool {
        let words = self.renames.iter().flat_map(|rename| rename.unsaid.iter().rev().take(2));
        self.objects.iter().any(|object| object.may_be_declared_in(text))
            || words.into_iter().any(|word| has_word(text.as_bytes(), word))
    }

    fn declared_by(&self, code: &File) -> Option<Declared> {
        let mut found = Declared::default();
        for (index, object) in self.objects.iter().enumerate() {
            if (0..code.outline().decls.len()).any(|decl| object.is_declared_by(code, decl)) {
                found.objects.insert(index);
            }
        }
        for (index, rename) in self.renames.iter().enumerate() {
            if let Some(reading) = rename.reading(code) {
                found.readings.insert(index, reading);
            }
        }
        (!found.objects.is_empty() || !found.readings.is_empty()).then_some(found)
    }

    /// Says in `file`, the rule with this `index`, where `found` has what it names.
    fn place(
        &self,
        file: &mut RuleFile,
        found: &BTreeMap<PathBuf, BTreeMap<usize, Declared>>,
        index: usize,
        root: &Path,
    ) -> Result<(), Vec<Problem>> {
        let modules = Modules::new(WorkMode::from_env(std::env::var_os("GOWORK").as_deref()), None);
        let directories = || {
            let own = found.iter().filter_map(|(path, all)| Some((path, all.get(&index)?)));
            own.map(|(path, declared)| (path.parent().unwrap_or(root), declared))
        };
        let listed = |places: &mut dyn Iterator<Item = &Path>| {
            // The root has no name but its import path.
            let said = |place| match shown(root, place).to_string() {
                none if none.is_empty() => import_path(&modules, place).unwrap_or_else(|| ".".to_owned()),
                some => some,
            };
            places.map(said).collect::<Vec<_>>().join(" and ")
        };
        for (number, object) in self.objects.iter().enumerate() {
            let places: BTreeSet<&Path> = directories()
                .filter(|(_, declared)| declared.objects.contains(&number))
                .map(|(directory, _)| directory)
                .collect();
            match places.len() {
                0 => {}
                1 => places.into_iter().for_each(|only| {
                    file.place(object, only, import_path(&modules, only));
                }),
                _ => {
                    let list = listed(&mut places.into_iter());
                    let message = format!("`{}` is declared in {list}", object.name);
                    let help = format!("say which: `import p \"path\"` and `p.{}`", object.name);
                    return Err(vec![Problem::at(object.line, object.column, message).help(help)]);
                }
            }
        }
        for (number, rename) in self.renames.iter().enumerate() {
            let words = rename.unsaid.join(".");
            let places: BTreeMap<&Path, &RenameReading> = directories()
                .filter_map(|(directory, declared)| Some((directory, declared.readings.get(&number)?)))
                .collect();
            match places.len() {
                0 => {}
                1 => places.into_iter().for_each(|(only, reading)| {
                    file.place_rename(rename, reading, only, import_path(&modules, only));
                }),
                _ => {
                    let message = format!("`{words}` is declared in {}", listed(&mut places.into_keys()));
                    let help = format!("say which: `import p \"path\"` and `p.{words}`");
                    return Err(vec![Problem::at(rename.line, 2, message).help(help)]);
                }
            }
        }
        Ok(())
    }
}

/// The import path of the package in `directory`, by the go.mod above it.
pub fn import_path(modules: &Modules, directory: &Path) -> Option<String> {
    let module = modules.module_of(&directory.join("x.go"))?;
    let mut path = module.path()?.to_owned();
    for part in directory.strip_prefix(&module.dir).ok()? {
        path = format!("{path}/{}", part.to_string_lossy());
    }
    Some(path)
}
