//! The packages that the programs of a run are made of, each read once.

use crate::engine::discover::{Limits, read_path};
use crate::model::module::{ModuleInfo, Modules};
use crate::model::program::{PackageFiles, Program, is_ignored, may_be_built};
use crate::rewrite::Failure;
use crate::syntax::File;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The packages of a run, each read once.
pub(super) struct Packages {
    limits: Limits,
    read: HashMap<PathBuf, PackageFiles>,
    failures: BTreeMap<PathBuf, String>,
}

impl Packages {
    pub(super) fn new(limits: Limits) -> Packages {
        Packages { limits, read: HashMap::new(), failures: BTreeMap::new() }
    }

    /// The files of the package in `directory` that are no tests, whatever their
    /// build tags.
    fn of(&mut self, directory: &Path) -> PackageFiles {
        if let Some(known) = self.read.get(directory) {
            return Arc::clone(known);
        }
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| may_be_built(path)).collect();
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            match read_path(&path, self.limits) {
                Ok(text) if is_ignored(&text) => {}
                Ok(text) => files.push(Arc::new(File::new(&path, text))),
                Err(refusal) => drop(self.failures.insert(path, refusal.to_string())),
            }
        }
        let files = Arc::new(files);
        self.read.insert(directory.to_owned(), Arc::clone(&files));
        files
    }

    /// The program of the `package main` in `directory`.
    pub(super) fn program(
        &mut self,
        directory: &Path,
        module: Option<&ModuleInfo>,
        modules: &Modules,
    ) -> Program {
        let own = self.of(directory);
        Program::load(directory, own, &mut |path| {
            let directory = modules.directory_in_workspace(path, module?)?;
            let files = self.of(&directory);
            Some((directory, files))
        })
    }

    /// The files that could not be read.
    pub(super) fn failures(&self, shown: &dyn Fn(&Path) -> Arc<str>) -> Vec<Failure> {
        let failure =
            |(path, reason): (&PathBuf, &String)| Failure { path: shown(path), reason: reason.clone() };
        self.failures.iter().map(failure).collect()
    }
}
