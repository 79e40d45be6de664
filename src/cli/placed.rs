//! Where the things are that a rule names by their declaration without a package.

use super::Stop;
use super::paths::shown;
use super::tree;
use crate::disk::companion;
use crate::model::module::{Modules, WorkMode};
use crate::pattern::{Problem, RenameReading, RuleError, RuleFile, RuleObject};
use crate::syntax::File;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Finds the package of each thing that `file` names so, among the Go files below `root`.
/// What no package declares stays as it is, since the rule has no site then.
///
/// # Errors
/// Where several packages declare it.
pub fn place(file: &mut RuleFile, root: &Path) -> Result<(), Stop> {
    problems(file, root).map_err(|problems| RuleError { file: file.file.clone(), problems }.into())
}

/// As [`place`], with what is wrong in the rule itself.
pub fn problems(file: &mut RuleFile, root: &Path) -> Result<(), Vec<Problem>> {
    let (objects, renames) = (file.unplaced(), file.unplaced_renames());
    if objects.is_empty() && renames.is_empty() {
        return Ok(());
    }
    let mut found: Vec<BTreeSet<PathBuf>> = vec![BTreeSet::new(); objects.len()];
    let mut readings: Vec<BTreeMap<PathBuf, RenameReading>> = vec![BTreeMap::new(); renames.len()];
    for path in tree::go_files(root) {
        let Ok(text) = companion::read_to_string(&path) else { continue };
        let names = objects.iter().map(|object| object.name.as_str());
        let words = renames.iter().flat_map(|rename| rename.unsaid.iter().rev().take(2).map(String::as_str));
        if !names.chain(words).any(|name| text.contains(name)) {
            continue;
        }
        let code = File::new(&path, text);
        let directory = path.parent().unwrap_or(root);
        let declares = |object: &RuleObject| {
            (0..code.outline().decls.len()).any(|index| object.is_declared_by(&code, index))
        };
        for (object, places) in objects.iter().zip(&mut found) {
            if declares(object) {
                places.insert(directory.to_owned());
            }
        }
        for (rename, places) in renames.iter().zip(&mut readings) {
            if let Some(reading) = rename.reading(&code) {
                places.insert(directory.to_owned(), reading);
            }
        }
    }
    let modules = Modules::new(WorkMode::from_env(std::env::var_os("GOWORK").as_deref()), None);
    let listed = |places: &mut dyn Iterator<Item = &PathBuf>| {
        places.map(|place| shown(root, place).to_string()).collect::<Vec<_>>().join(" and ")
    };
    for (object, places) in objects.iter().zip(found) {
        let mut all = places.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => {
                let path = import_path(&modules, only);
                file.place(object, only, path);
            }
            (None, _) => {}
            (Some(_), Some(_)) => {
                let list = listed(&mut places.iter());
                let message = format!("`{}` is declared in {list}", object.name);
                let help = format!("say which: `import p \"path\"` and `p.{}`", object.name);
                return Err(vec![Problem::at(object.line, object.column, message).help(help)]);
            }
        }
    }
    for (rename, places) in renames.iter().zip(readings) {
        let words = rename.unsaid.join(".");
        let mut all = places.iter();
        match (all.next(), all.next()) {
            (Some((only, reading)), None) => {
                let path = import_path(&modules, only);
                file.place_rename(rename, reading, only, path);
            }
            (None, _) => {}
            (Some(_), Some(_)) => {
                let message = format!("`{words}` is declared in {}", listed(&mut places.keys()));
                let help = format!("say which: `import p \"path\"` and `p.{words}`");
                return Err(vec![Problem::at(rename.line, 2, message).help(help)]);
            }
        }
    }
    Ok(())
}

/// The import path of the package in `directory`.
fn import_path(modules: &Modules, directory: &Path) -> Option<String> {
    let module = modules.module_of(&directory.join("x.go"))?;
    let mut path = module.path()?.to_owned();
    for part in directory.strip_prefix(&module.dir).ok()? {
        path = format!("{path}/{}", part.to_string_lossy());
    }
    Some(path)
}
