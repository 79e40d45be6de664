//! The production checklist of each program: what its code and the files that
//! deploy it show, line by line.
//!
//! A program is a `package main`. Calls are followed from `main` and from every
//! initialization through the packages of the module, and of the other modules of
//! its go.work; what dependencies do is not read.

mod checks;
mod closing;
mod context;
mod deployment;
mod exporters;
mod line;
mod packages;
mod signals;

pub use self::line::{AuditLine, AuditPlace, AuditState, MayImportRuntime};

use self::context::CheckContext;
use crate::engine::discover::{Limits, read_path};
use crate::model::module::{Modules, WorkMode};
use crate::model::program::is_ignored;
use crate::rewrite::Failure;
use deployment::Deployment;
use packages::Packages;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The checklist of one program.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The directory of its `package main`, as in [`AuditPlace::path`].
    pub path: Arc<str>,
    /// The module path.
    pub module: Option<String>,
    /// The Go version of the module.
    pub go: Option<crate::model::GoVersion>,
    /// The lines, in the order of the checklist.
    pub lines: Vec<AuditLine>,
}

/// What an audit needs to know.
pub struct Auditor<'a> {
    /// The working directory, absolute and free of links.
    pub cwd: &'a Path,
    /// The value of `GOWORK`.
    pub go_work: Option<&'a OsStr>,
    /// How large a file may be.
    pub limits: Limits,
    /// Which packages may import `runtime`.
    pub runtime_importers: &'a MayImportRuntime<'a>,
}

/// What an audit found.
#[derive(Debug, Default)]
pub struct Audited {
    /// One for each program, by path.
    pub programs: Vec<Audit>,
    /// What could not be read.
    pub failures: Vec<Failure>,
}

impl Auditor<'_> {
    /// Audits the programs of which `files` (absolute) hold a part.
    pub fn audit(&self, files: impl IntoIterator<Item = PathBuf>) -> Audited {
        let modules = Modules::new(WorkMode::from_env(self.go_work), None);
        let mut audited = Audited::default();
        let directories: BTreeSet<PathBuf> = files
            .into_iter()
            .filter(|path| !path.to_string_lossy().ends_with("_test.go"))
            .filter(|path| self.is_main(path))
            .filter_map(|path| path.parent().map(Path::to_owned))
            .collect();
        let mut packages = Packages::new(self.limits);
        let mut deployments: BTreeMap<PathBuf, Deployment> = BTreeMap::new();
        for directory in directories {
            let module = modules.module_of(&directory.join("main.go"));
            let root = module.as_ref().map_or(directory.as_path(), |module| module.dir.as_path());
            let deployment = deployments.entry(root.to_owned()).or_insert_with(|| Deployment::read(root));
            let program = packages.program(&directory, module.as_deref(), &modules);
            let context = CheckContext {
                program: &program,
                deployment,
                module: module.as_deref(),
                shown: &|path| self.shown(path),
                runtime_importers: self.runtime_importers,
            };
            audited.programs.push(Audit {
                path: self.shown(&directory),
                module: module.as_ref().and_then(|module| module.path().map(str::to_owned)),
                go: module.as_ref().and_then(|module| module.go()),
                lines: checks::lines(&context),
            });
        }
        audited.failures = packages.failures(&|path| self.shown(path));
        audited
    }

    /// Whether the go command would build the file into a program: not one that
    /// is only for `go run`.
    fn is_main(&self, path: &Path) -> bool {
        let Ok(text) = read_path(path, self.limits) else { return false };
        let outline = crate::syntax::Outline::header_of(&text);
        outline.package.is_some_and(|name| name.text == "main") && !is_ignored(&text)
    }

    fn shown(&self, path: &Path) -> Arc<str> {
        let relative = path.strip_prefix(self.cwd).unwrap_or(path);
        let text = if relative.as_os_str().is_empty() { ".".into() } else { relative.to_string_lossy() };
        if std::path::MAIN_SEPARATOR == '/' { text.into() } else { text.replace('\\', "/").into() }
    }
}
