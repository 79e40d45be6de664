//! Where the things are that a rule names by their declaration without a package.

use super::Stop;
use super::paths::shown;
use super::tree;
use crate::disk::companion;
use crate::model::module::{Modules, WorkMode};
use crate::pattern::{Problem, RuleError, RuleFile, RuleObject};
use crate::syntax::File;
use std::collections::BTreeSet;
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
    let objects = file.unplaced();
    if objects.is_empty() {
        return Ok(());
    }
    let mut found: Vec<BTreeSet<PathBuf>> = vec![BTreeSet::new(); objects.len()];
    for path in tree::go_files(root) {
        let Ok(text) = companion::read_to_string(&path) else { continue };
        if !objects.iter().any(|object| text.contains(&object.name)) {
            continue;
        }
        let code = File::new(&path, text);
        let declares = |object: &RuleObject| {
            (0..code.outline().decls.len()).any(|index| object.is_declared_by(&code, index))
        };
        for (object, places) in objects.iter().zip(&mut found) {
            if declares(object) {
                places.insert(path.parent().unwrap_or(root).to_owned());
            }
        }
    }
    let modules = Modules::new(WorkMode::from_env(std::env::var_os("GOWORK").as_deref()), None);
    for (object, places) in objects.iter().zip(found) {
        let mut all = places.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => {
                let path = import_path(&modules, only);
                file.place(object, only, path);
            }
            (None, _) => {}
            (Some(_), Some(_)) => {
                let list: Vec<String> = places.iter().map(|place| shown(root, place).to_string()).collect();
                let problem = Problem::at(
                    object.line,
                    object.column,
                    format!("`{}` is declared in {}", object.name, list.join(" and ")),
                );
                let help = format!("say which: `import p \"path\"` and `p.{}`", object.name);
                return Err(vec![problem.help(help)]);
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
