//! What transforms ask of the module around a file, answered from disk.

use super::discover::{self, FileKind, Include};
use super::matches::Module;
use super::policy::Policy;
use crate::disk::Disk;
use crate::model::GoVersion;
use crate::model::golangci::Golangci;
use crate::model::module::{Modules, Timers, WorkMode};
use crate::rewrite::{Failure, TypeSource};
use crate::syntax::File;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The modules of a run, read from disk when a site asks.
pub struct KnownModules {
    modules: Modules,
    /// Asked for the Go version of files of which no go.mod says it.
    policy: Arc<dyn Policy + Send>,
    /// Paths in reasons are shown relative to this directory.
    cwd: PathBuf,
    include: Include,
    disk: Disk,
    golangci: Golangci,
    types: Option<Arc<dyn TypeSource>>,
}

impl KnownModules {
    /// Nothing is read yet. `go_work` is the value of `GOWORK`; `policy` knows
    /// the Go version of files of which no go.mod says it, and what is excluded;
    /// `include` lifts skips.
    pub fn new(
        go_work: Option<&OsStr>,
        policy: Arc<dyn Policy + Send>,
        cwd: &Path,
        include: Include,
    ) -> KnownModules {
        let modules = Modules::new(WorkMode::from_env(go_work), None);
        KnownModules {
            modules,
            policy,
            cwd: cwd.to_owned(),
            include,
            disk: Disk::default(),
            golangci: Golangci::default(),
            types: None,
        }
    }

    /// Reads the files from `disk`.
    #[must_use]
    pub fn reading(self, disk: &Disk) -> KnownModules {
        KnownModules { modules: self.modules.reading(disk), disk: disk.clone(), ..self }
    }

    /// Asks `types` where syntax does not tell a type.
    #[must_use]
    pub fn asking(self, types: Arc<dyn TypeSource>) -> KnownModules {
        KnownModules { types: Some(types), ..self }
    }

    /// The go.mod and go.work files that were asked for, are there and cannot be read.
    pub fn failures(&self) -> Vec<Failure> {
        let failure = |(path, why): (PathBuf, String)| Failure {
            path: discover::slashed(path.strip_prefix(&self.cwd).unwrap_or(&path)).into(),
            reason: format!("cannot be read: {why}"),
        };
        self.modules.unreadable().into_iter().map(failure).collect()
    }

    /// Whether something that was asked of all files of a module may be answered otherwise once
    /// `after` is in the place of `before` in the file at `path`.
    pub fn touched(&self, path: &Path, before: &str, after: &str) -> bool {
        self.modules.touched(path, before, after)
    }

    fn without_cwd(&self, why: String) -> String {
        why.replace(&format!("{}/", self.cwd.display()), "")
    }

    /// The module path of the nearest go.mod above the file at `path`.
    pub fn module_path(&self, path: &Path) -> Option<String> {
        self.modules.module_of(path)?.path().map(str::to_owned)
    }
}

impl KnownModules {
    /// Whether the file at `path` may import the package `import`, as far as its bytes tell.
    fn imports(&self, path: &Path, import: &str) -> bool {
        let spelled = |quote: char| format!("{quote}{import}{quote}");
        self.disk.read(path).is_ok_and(|bytes| {
            ['"', '`']
                .into_iter()
                .any(|quote| memchr::memmem::find(&bytes, spelled(quote).as_bytes()).is_some())
        })
    }
}

impl Module for KnownModules {
    fn note(&self, path: &Path, bytes: &[u8], switch: bool) {
        self.modules.note(path, bytes, switch);
    }

    fn may_know(&self, path: &Path, package: &str) -> bool {
        self.modules.module_of(path).is_none_or(|module| module.may_know(package))
    }

    fn go(&self, file: &File) -> Option<GoVersion> {
        let given = self.policy.for_file(file.path()).go;
        self.modules.version_given(file.path(), file.text(), given).api
    }

    fn timers(&self, file: &File) -> Timers {
        match self.modules.timers_of(file.path()) {
            Timers::Asynchronous(why) => Timers::Asynchronous(self.without_cwd(why)),
            Timers::Synchronous => Timers::Synchronous,
        }
    }

    fn collector_switched_off(&self, file: &File) -> Option<String> {
        let module = self.modules.module_of(file.path())?;
        match module.switches(file.is_test()).first() {
            Ok(place) => place.map(|place| {
                let path = place.path.strip_prefix(&self.cwd).unwrap_or(&place.path);
                format!("{}:{}", path.display(), place.line)
            }),
            // What cannot be read may switch it off.
            Err(why) => Some(self.without_cwd(why.to_owned())),
        }
    }

    fn out_of_reach(&self, file: &File) -> Option<String> {
        if file.is_test() && !self.include.contains(&FileKind::Tests) {
            return Some("a test; --include tests".to_owned());
        }
        self.skipped(file)
    }

    fn import_path(&self, file: &File) -> Option<String> {
        let module = self.modules.module_of(file.path())?;
        let directory = file.path().parent()?.strip_prefix(&module.dir).ok()?;
        let mut import = module.path()?.to_owned();
        for part in directory {
            import = format!("{import}/{}", part.to_string_lossy());
        }
        Some(import)
    }

    fn users(&self, file: &File, word: &str, all: bool) -> Result<Vec<PathBuf>, String> {
        let module = self.modules.module_of(file.path()).ok_or("no go.mod stands above it")?;
        let import = self.import_path(file);
        let imports = |path: &Path| import.as_ref().is_some_and(|import| self.imports(path, import));
        match &*module.mentions(word) {
            Ok(places) => {
                let paths = places.iter().map(|place| &place.path);
                let counts = |path: &&PathBuf| all || path.parent() == file.path().parent() || imports(path);
                Ok(paths.filter(counts).cloned().collect())
            }
            Err(why) => Err(self.without_cwd(why.clone())),
        }
    }

    fn skipped(&self, file: &File) -> Option<String> {
        if discover::is_generated(file.text().as_bytes()) && !self.include.contains(&FileKind::Generated) {
            return Some("generated; --include generated".to_owned());
        }
        let policy: &dyn Policy = &*self.policy;
        discover::judge(file.path(), &self.cwd, &self.include, policy, &self.disk)
            .map(|skip| skip.why.to_string())
    }

    fn used_elsewhere(&self, file: &File, word: &str) -> Option<String> {
        let module = self.modules.module_of(file.path())?;
        match &*module.mentions(word) {
            Ok(places) => {
                let beside = |path: &Path| path.parent() == file.path().parent();
                let other = places.iter().find(|place| !beside(&place.path));
                other.map(|place| {
                    let path = place.path.strip_prefix(&self.cwd).unwrap_or(&place.path);
                    format!("{}:{}", path.display(), place.line)
                })
            }
            Err(why) => Some(self.without_cwd(why.clone())),
        }
    }

    fn godebug(&self, file: &File, key: &str, value: &str, since: GoVersion) -> Option<String> {
        let set = self.modules.module_of(file.path())?.setting(key, value, since)?;
        Some(self.without_cwd(set))
    }

    fn option(&self, file: &File, rule: &str, key: &str) -> Option<String> {
        let policy = self.policy.for_file(file.path());
        policy.options.get(rule)?.get(key)?.as_str().map(str::to_owned)
    }

    fn forbidden(&self, file: &File, symbol: &str) -> Option<String> {
        self.golangci.forbids(symbol, file.path(), &self.disk).map(|why| self.without_cwd(why))
    }

    fn path_below(&self, file: &File) -> Option<String> {
        let module = self.modules.module_of(file.path())?;
        Some(discover::slashed(file.path().strip_prefix(&module.dir).ok()?))
    }

    fn types(&self) -> Option<&dyn TypeSource> {
        self.types.as_deref()
    }

    fn directory_of(&self, file: &File, import: &str) -> Option<PathBuf> {
        let module = self.modules.module_of(file.path())?;
        self.modules.directory_of(import, &module)
    }

    fn path(&self, file: &File) -> Option<Arc<str>> {
        self.modules.module_of(file.path())?.path().map(Arc::from)
    }
}
