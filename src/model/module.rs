//! What go.mod, go.work and build tags say of a file: its Go version and the timers it gets.
//!
//! Read from the bytes on disk, without the go command. Knows no packages and
//! no dependencies.

mod constraint;
mod facts;
mod gomod;
mod mentions;
mod timers;

pub use constraint::{Expr, conditions, implied_version, language_version, opt_in_tag};
pub use facts::{Gathered, GoDebug, ModulePlace, SWITCH, may_switch};
use facts::{Listed, Silent};
pub use gomod::{GoMod, GoWork};
pub use timers::Timers;

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use crate::disk::Disk;
use crate::model::GoVersion;

/// The language of a module whose go.mod has no `go` line, as the go command
/// documents it.
const NO_GO_LINE: GoVersion = GoVersion(1, 16);

/// Since when go.mod requires the modules of all packages that a build takes in.
const COMPLETE: GoVersion = GoVersion(1, 17);

/// The value of the environment variable `GOWORK`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WorkMode {
    /// The nearest go.work upward counts.
    #[default]
    Nearest,
    /// `off`: no go.work counts.
    Off,
    /// This go.work counts everywhere.
    File(PathBuf),
}

impl WorkMode {
    /// Reads the variable as the go command does; unset and empty are the same.
    pub fn from_env(value: Option<&OsStr>) -> WorkMode {
        match value {
            None => WorkMode::Nearest,
            Some(value) if value.is_empty() || value == "auto" => WorkMode::Nearest,
            Some(value) if value == "off" => WorkMode::Off,
            Some(value) => WorkMode::File(PathBuf::from(value)),
        }
    }
}

/// One module: a directory with a go.mod.
#[derive(Debug)]
pub struct ModuleInfo {
    /// The directory that holds go.mod, absolute.
    pub dir: PathBuf,
    /// What go.mod says; empty when it could not be read.
    pub go_mod: GoMod,
    /// The go.work that counts for this directory, if any.
    pub workspace: Option<Arc<Workspace>>,
    /// Whether that go.work lists this module.
    pub listed: bool,
    /// Why go.mod or the go.work above it could not be read or understood,
    /// with the file and the remedy.
    pub problem: Option<String>,
    /// Without the test files, and with them: most of the time they need not be read.
    directives: [OnceLock<Gathered<GoDebug>>; 2],
    switches: [OnceLock<Gathered<ModulePlace>>; 2],
    mentions: Mutex<HashMap<String, Mentions>>,
    /// The files of the module, listed when they are first asked something.
    files: OnceLock<Listed>,
    silent: Arc<Silent>,
    disk: Disk,
}

/// The places of one word in a module, or why they cannot be told.
type Mentions = Arc<Result<Vec<ModulePlace>, String>>;

impl ModuleInfo {
    /// The module path; `None` when go.mod has none.
    pub fn path(&self) -> Option<&str> {
        self.go_mod.path.as_deref()
    }

    /// The `go` line of go.mod.
    pub fn go(&self) -> Option<GoVersion> {
        self.go_mod.go
    }

    /// Whether the module, or one that it builds with, may have the package with this import
    /// path: from Go 1.17 on go.mod names all that a build takes in.
    pub fn may_know(&self, package: &str) -> bool {
        let whole = self.problem.is_none()
            && self.workspace.is_none()
            && self.go_mod.malformed.is_none()
            && self.go().is_some_and(|go| go >= COMPLETE);
        let has = |module: &str| {
            package.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !whole || self.path().is_none_or(has) || self.go_mod.requires.iter().any(|(path, _)| has(path))
    }

    fn files(&self) -> &Listed {
        self.files.get_or_init(|| Listed::below(&self.dir, &self.disk))
    }

    /// The `//go:debug` lines of the module's programs, those of tests only with `tests`.
    /// The first call opens all files; it does not matter which files the run looks at.
    pub fn directives(&self, tests: bool) -> &Gathered<GoDebug> {
        self.directives[usize::from(tests)]
            .get_or_init(|| Gathered::directives(self.files(), tests, &self.disk, &self.silent))
    }

    /// What may switch the collector off in the module, in its tests only with `tests`.
    /// The first call reads all files; it does not matter which files the run looks at.
    pub fn switches(&self, tests: bool) -> &Gathered<ModulePlace> {
        self.switches[usize::from(tests)]
            .get_or_init(|| Gathered::switches(self.files(), tests, &self.disk, &self.silent))
    }

    /// The first place in each file of the module where `word` stands as a name,
    /// or why that cannot be told. The first call for a word reads all files.
    pub fn mentions(&self, word: &str) -> Mentions {
        let mut known = self.mentions.lock().unwrap_or_else(PoisonError::into_inner);
        let found = || Arc::new(mentions::mentions(self.files(), word, &self.disk));
        Arc::clone(known.entry(word.to_owned()).or_insert_with(found))
    }

    /// Whether something that was asked of all files may be answered otherwise once `after`
    /// is in the place of `before` in the file at `path`.
    fn touched(&self, path: &Path, before: &str, after: &str) -> bool {
        let words: Vec<String> = {
            let known = self.mentions.lock().unwrap_or_else(PoisonError::into_inner);
            known.keys().cloned().collect()
        };
        facts::directives(path, before) != facts::directives(path, after)
            || facts::switches(path, before) != facts::switches(path, after)
            || words
                .iter()
                .any(|word| mentions::first(path, before, word) != mentions::first(path, after, word))
    }

    /// Where go.mod, the go.work above or a program of the module gives the GODEBUG setting
    /// `key` this `value`, or asks for the defaults of a Go before `since`.
    pub fn setting(&self, key: &str, value: &str, since: GoVersion) -> Option<String> {
        let says = |(name, given): (&str, &str)| {
            let older = || name == "default" && GoVersion::parse(given).is_some_and(|go| go < since);
            (name == key && given == value) || older()
        };
        let workspace = self.workspace.as_ref().filter(|_| self.listed);
        let written =
            [("go.mod", Some(&self.go_mod.godebug)), ("go.work", workspace.map(|it| &it.go_work.godebug))];
        for (file, settings) in written {
            let mut settings = settings.into_iter().flatten();
            if let Some((name, given)) = settings.find(|(name, given)| says((name, given))) {
                return Some(format!("godebug in {file} says {name}={given}"));
            }
        }
        let line = self
            .directives(false)
            .found
            .iter()
            .find(|line| !line.place.in_test && says((&line.key, &line.value)))?;
        let (path, number) = (line.place.path.display(), line.place.line);
        Some(format!("//go:debug in {path}:{number} says {}={}", line.key, line.value))
    }
}

/// One go.work.
#[derive(Debug)]
pub struct Workspace {
    /// The go.work file, absolute.
    pub file: PathBuf,
    /// What it says.
    pub go_work: GoWork,
}

impl Workspace {
    /// Whether a `use` line names this directory.
    fn lists(&self, module: &Path, disk: &Disk) -> bool {
        let base = self.file.parent().unwrap_or(Path::new("/"));
        let module = real(module, disk);
        self.go_work.uses.iter().any(|dir| real(&base.join(dir), disk) == module)
    }
}

/// The Go versions of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// The language version that the compiler gives the file; `None` when
    /// nothing says it.
    pub language: Option<GoVersion>,
    /// No release before this one compiles the file, so its standard library
    /// may be used; `None` when nothing says it.
    pub api: Option<GoVersion>,
    /// What decided `language`.
    pub source: VersionSource,
}

/// What decided the language version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VersionSource {
    /// The file's `//go:build` line.
    FileTag,
    /// The `go` line of go.mod.
    GoMod,
    /// The `go` line of go.work, for a file outside every module.
    GoWork,
    /// The version given for files of which no go.mod says it.
    Given,
    /// A go.mod without a `go` line.
    NoGoLine,
    /// Nothing says it: no go.mod, one that cannot be read, or a vendored file.
    Nothing,
}

/// The modules of a run, read once each. Shared between threads.
#[derive(Debug, Default)]
pub struct Modules {
    work: WorkMode,
    given: Option<GoVersion>,
    modules: RwLock<HashMap<PathBuf, Option<Arc<ModuleInfo>>>>,
    workspaces: RwLock<HashMap<PathBuf, FoundModule<Workspace>>>,
    /// The files that are there and cannot be read, and why.
    unreadable: Mutex<BTreeMap<PathBuf, String>>,
    silent: Arc<Silent>,
    disk: Disk,
}

/// A file that was looked for: absent, read, or not to be read.
type FoundModule<T> = Result<Option<Arc<T>>, String>;

impl Modules {
    /// Nothing is read yet. `given` is the version of files of which no go.mod
    /// says it.
    pub fn new(work: WorkMode, given: Option<GoVersion>) -> Modules {
        Modules { work, given, ..Modules::default() }
    }

    /// Reads the files from `disk`.
    #[must_use]
    pub fn reading(self, disk: &Disk) -> Modules {
        Modules { disk: disk.clone(), ..self }
    }

    /// The files read so far that are there and cannot be read, and why.
    pub fn unreadable(&self) -> Vec<(PathBuf, String)> {
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        unreadable.iter().map(|(path, why)| (path.clone(), why.clone())).collect()
    }

    /// Takes note of what the file at `path` does not say, which was read for another reason
    /// and holds `bytes`, and [`SWITCH`] if `switch`: what asks all files of a module need not
    /// read it again.
    pub fn note(&self, path: &Path, bytes: &[u8], switch: bool) {
        self.silent.note(path, bytes, switch);
    }

    /// Whether something that was asked of all files of a module may be answered otherwise once
    /// `after` is in the place of `before` in the file at `path`. Then all must be asked anew.
    pub fn touched(&self, path: &Path, before: &str, after: &str) -> bool {
        let known: Vec<Arc<ModuleInfo>> = read(&self.modules).values().flatten().cloned().collect();
        let mut asked = Vec::new();
        known.into_iter().any(|module| {
            let again = !path.starts_with(&module.dir) || asked.contains(&module.dir);
            asked.push(module.dir.clone());
            !again && module.touched(path, before, after)
        })
    }

    /// The module of a file: that of the nearest go.mod upward.
    pub fn module_of(&self, file: &Path) -> Option<Arc<ModuleInfo>> {
        self.module_at(&directory_of(file, &self.disk))
    }

    /// The directory of the package with an import path of `module` itself.
    pub fn directory_of(&self, import: &str, module: &ModuleInfo) -> Option<PathBuf> {
        let below = import.strip_prefix(module.path()?)?;
        let directory = match below.strip_prefix('/') {
            Some(below) => module.dir.join(below),
            None if below.is_empty() => module.dir.clone(),
            None => return None,
        };
        let within = self.module_at(&directory).is_some_and(|other| other.dir == module.dir);
        (within && self.disk.is_dir(&directory)).then_some(directory)
    }

    /// The directory of the package with an import path of `module`, or of another
    /// module of its go.work.
    pub fn directory_in_workspace(&self, import: &str, module: &ModuleInfo) -> Option<PathBuf> {
        let others = || {
            let workspace = module.workspace.as_ref().filter(|_| module.listed)?;
            let base = workspace.file.parent()?;
            workspace.go_work.uses.iter().find_map(|directory| {
                let other = self.module_at(&real(&base.join(directory), &self.disk))?;
                self.directory_of(import, &other)
            })
        };
        self.directory_of(import, module).or_else(others)
    }

    /// The versions of a file with this text. `file` need not exist.
    pub fn version_of(&self, file: &Path, text: &str) -> FileVersion {
        self.version_given(file, text, self.given)
    }

    /// The same, where `given` is the version if no go.mod says one.
    pub fn version_given(&self, file: &Path, text: &str, given: Option<GoVersion>) -> FileVersion {
        let module = self.module_of(file);
        let (base, source) = match &module {
            // vendor/modules.txt gives each vendored package its own version.
            Some(module) if is_vendored(&module.dir, file, &self.disk) => (None, VersionSource::Nothing),
            Some(module) => match (module.go(), given) {
                (Some(go), _) => (Some(go), VersionSource::GoMod),
                (None, _) if module.problem.is_some() => (given, VersionSource::Given),
                (None, Some(given)) => (Some(given), VersionSource::Given),
                (None, None) => (Some(NO_GO_LINE), VersionSource::NoGoLine),
            },
            None => match self.work_above(&directory_of(file, &self.disk)) {
                Ok(Some(work)) if work.go_work.go.is_some() => (work.go_work.go, VersionSource::GoWork),
                _ => (given, VersionSource::Given),
            },
        };
        let source = if base.is_none() { VersionSource::Nothing } else { source };
        let api = base.max(implied_version(text));
        match language_version(text) {
            Some(tag) => FileVersion { language: Some(tag), api, source: VersionSource::FileTag },
            None => FileVersion { language: base, api, source },
        }
    }

    fn module_at(&self, dir: &Path) -> Option<Arc<ModuleInfo>> {
        if let Some(known) = read(&self.modules).get(dir) {
            return known.clone();
        }
        let found = match self.read_file(&dir.join("go.mod")) {
            Ok(None) => dir.parent().and_then(|above| self.module_at(above)),
            Ok(Some(text)) => Some(self.open(dir, Ok(text))),
            Err(problem) => Some(self.open(dir, Err(problem))),
        };
        // Whoever was first wins, so that all files share one module.
        write(&self.modules).entry(dir.to_owned()).or_insert(found).clone()
    }

    fn open(&self, dir: &Path, text: Result<String, String>) -> Arc<ModuleInfo> {
        let (go_mod, mut problem) = match text {
            Ok(text) => {
                let go_mod = GoMod::parse(&text);
                let malformed = go_mod.malformed.as_ref().map(|line| {
                    format!("{}: cannot read the line {line:?}; correct it", dir.join("go.mod").display())
                });
                (go_mod, malformed)
            }
            Err(problem) => (GoMod::default(), Some(problem)),
        };
        let workspace = match self.work_above(dir) {
            Ok(work) => work,
            Err(unreadable) => {
                problem.get_or_insert(unreadable);
                None
            }
        };
        let listed = workspace.as_ref().is_some_and(|work| work.lists(dir, &self.disk));
        Arc::new(ModuleInfo {
            dir: dir.to_owned(),
            go_mod,
            workspace,
            listed,
            problem,
            directives: Default::default(),
            switches: Default::default(),
            mentions: Mutex::default(),
            files: OnceLock::new(),
            silent: Arc::clone(&self.silent),
            disk: self.disk.clone(),
        })
    }

    /// The go.work that counts for a directory, whether it lists it or not.
    fn work_above(&self, dir: &Path) -> FoundModule<Workspace> {
        match &self.work {
            WorkMode::Off => Ok(None),
            WorkMode::File(file) => self.work_file(file),
            WorkMode::Nearest => {
                for above in dir.ancestors() {
                    let found = self.work_file(&above.join("go.work"))?;
                    if found.is_some() {
                        return Ok(found);
                    }
                }
                Ok(None)
            }
        }
    }

    fn work_file(&self, file: &Path) -> FoundModule<Workspace> {
        if let Some(known) = read(&self.workspaces).get(file) {
            return known.clone();
        }
        let found = self.read_file(file).and_then(|text| {
            let Some(text) = text else {
                return Ok(None);
            };
            let go_work = GoWork::parse(&text);
            match &go_work.malformed {
                Some(line) => Err(format!("{}: cannot read the line {line:?}; correct it", file.display())),
                None => Ok(Some(Arc::new(Workspace { file: file.to_owned(), go_work }))),
            }
        });
        write(&self.workspaces).entry(file.to_owned()).or_insert(found).clone()
    }

    /// The text of a file, `None` when there is none, else the reason.
    fn read_file(&self, path: &Path) -> Result<Option<String>, String> {
        use std::io::ErrorKind;
        if self.disk.is_dir(path) {
            // The go command takes a directory of this name for no go.mod, too.
            return Ok(None);
        }
        match self.disk.read(path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => {
                let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
                unreadable.insert(path.to_owned(), error.to_string());
                Err(format!("cannot read {}: {error}; make it readable", path.display()))
            }
        }
    }
}

fn is_vendored(module: &Path, file: &Path, disk: &Disk) -> bool {
    let dir = directory_of(file, disk);
    dir.strip_prefix(module).is_ok_and(|within| within.components().any(|part| part.as_os_str() == "vendor"))
}

/// The absolute directory of a file. `..` is resolved through links, as the
/// system resolves it.
fn directory_of(file: &Path, disk: &Disk) -> PathBuf {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let dir = file.parent().unwrap_or(&file);
    if dir.components().any(|part| part == Component::ParentDir) { real(dir, disk) } else { dir.to_owned() }
}

fn real(path: &Path, disk: &Disk) -> PathBuf {
    disk.canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

// A panic elsewhere leaves these maps whole: each write is a single insertion.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod against_go;
#[cfg(test)]
mod tests;
