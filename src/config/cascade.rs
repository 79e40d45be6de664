//! Which `gomend.toml`s a file goes by, and what they come to.

use super::command_line::{Changes, CommandLine, CommandLineError};
use super::file::{self, ConfigError, Extend, Layer};
use super::globs::Globs;
use crate::disk::Disk;
use crate::engine::policy::{FilePolicy, Policy, Rules};
use crate::model::GoVersion;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// What the file is called.
pub const NAME: &str = "gomend.toml";
/// The rung on which code of the tree runs.
const RUNS_CODE: &str = "test";
/// The highest rung that a file of the tree may ask for.
const MOST_IN_TREE: &str = "vet";

/// The configuration of a run: every `gomend.toml` as it is met, and the command
/// line on top.
#[derive(Debug)]
pub struct Settings {
    rules: Rules,
    cwd: PathBuf,
    disk: Disk,
    last: Changes,
    exclude: Globs,
    go: Option<GoVersion>,
    /// Which files are read, where it is not the nearest ones upward.
    source: ConfigSource,
    /// By directory, whose spelling is the same wherever it is asked for.
    scopes: RwLock<HashMap<OsString, Arc<ConfigScope>>>,
    errors: Mutex<BTreeSet<ConfigError>>,
    /// Of every file that was read, its text hashed, in the order of reading.
    read: Mutex<Vec<blake3::Hash>>,
}

/// Where the configuration comes from.
#[derive(Debug)]
enum ConfigSource {
    /// The files in a file's directory and above.
    Tree,
    /// This file alone.
    File(PathBuf),
    /// Nowhere.
    Nothing,
}

/// What holds in a directory, shared by all below it without a file of their own.
#[derive(Debug, Default)]
struct ConfigScope {
    /// The outermost first; what a file extends before the file.
    layers: Vec<Arc<Layer>>,
    /// The first of the files that cannot be used.
    broken: Option<String>,
    /// By which overrides match, layer by layer.
    policies: Mutex<HashMap<Vec<bool>, Arc<FilePolicy>>>,
}

/// The files that led to one, each named by the one before.
#[derive(Default)]
struct Trail {
    files: Vec<PathBuf>,
    /// Whether one of them belongs to the code that is looked at.
    in_tree: bool,
}

impl Settings {
    /// Settings that know `rules`, for a run in `cwd`. Reads no file yet.
    ///
    /// # Errors
    /// [`CommandLineError`], a usage error.
    pub fn new(rules: Rules, cwd: &Path, command_line: &CommandLine) -> Result<Settings, CommandLineError> {
        let cwd = dunce::canonicalize(cwd).unwrap_or_else(|_| cwd.to_path_buf());
        Ok(Settings {
            last: command_line.changes(&rules)?,
            exclude: command_line.globs(&cwd)?,
            go: command_line.go,
            source: match (&command_line.config, command_line.isolated) {
                (_, true) => ConfigSource::Nothing,
                (Some(file), false) => ConfigSource::File(cwd.join(file)),
                (None, false) => ConfigSource::Tree,
            },
            rules,
            cwd,
            disk: Disk::default(),
            scopes: RwLock::default(),
            errors: Mutex::default(),
            read: Mutex::default(),
        })
    }

    /// Reads the files from `disk`.
    #[must_use]
    pub fn reading(self, disk: &Disk) -> Settings {
        Settings { disk: disk.clone(), ..self }
    }

    /// The rules that exist.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Reads what holds in the directory `dir`, so that a fault shows before
    /// the work begins.
    ///
    /// # Errors
    /// All faults found so far.
    pub fn check(&self, dir: &Path) -> Result<(), Vec<ConfigError>> {
        match self.scope(&self.cwd.join(dir)).broken {
            Some(_) => Err(self.errors()),
            None => Ok(()),
        }
    }

    /// What the files say that were read so far: the same wherever they lie.
    pub fn digest(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for hash in self.read.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            hasher.update(hash.as_bytes());
        }
        hasher.finalize()
    }

    /// The faults of the files read so far, sorted: exit 2, after the rest.
    /// Nothing below a file with a fault is looked at.
    pub fn errors(&self) -> Vec<ConfigError> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The rung that `verify` names for the directory `dir`, one of
    /// [`super::VERIFY`]. A file of the tree may ask for `vet` at most: tests are code of
    /// the tree, and whether that runs is not for the tree to say.
    pub fn verify(&self, dir: &Path) -> Option<&'static str> {
        let rung = self.asking(dir)?.verify;
        if self.lowered(dir).is_some() { Some(MOST_IN_TREE) } else { rung }
    }

    /// The file, as messages name it, that asks for more than a file of the tree may.
    pub fn lowered(&self, dir: &Path) -> Option<String> {
        let layer = self.asking(dir)?;
        (layer.in_tree && layer.verify == Some(RUNS_CODE)).then(|| layer.shown.clone())
    }

    /// The file whose `verify` counts in `dir`.
    fn asking(&self, dir: &Path) -> Option<Arc<Layer>> {
        let scope = self.scope(&self.cwd.join(dir));
        scope.layers.iter().rev().find(|layer| layer.verify.is_some()).cloned()
    }

    /// Whether a file in `dir` belongs to the code that is looked at: it lies in the
    /// outermost repository around the working directory. Outside of any repository
    /// nobody can tell where the code ends, and only what lies in the home directory
    /// itself is the user's own.
    fn is_in_tree(&self, dir: &Path) -> bool {
        let real = |dir: &Path| self.disk.canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
        let repository = |dir: &&Path| self.disk.symlink_metadata(&dir.join(".git")).is_ok();
        match self.cwd.ancestors().filter(repository).last() {
            Some(top) => real(dir).starts_with(top),
            None => !etcetera::home_dir().is_ok_and(|home| real(&home) == real(dir)),
        }
    }

    /// Whether the package in `dir` (absolute) may import `runtime`; nothing when
    /// no `[audit] runtime-imports` counts there.
    pub fn may_import_runtime(&self, dir: &Path) -> Option<bool> {
        let scope = self.scope(dir);
        let importers = scope.layers.iter().rev().find_map(|layer| layer.runtime_importers.as_ref())?;
        Some(importers.decide_deep(dir, true) == Some(true))
    }

    fn scope(&self, dir: &Path) -> Arc<ConfigScope> {
        let dir_name = dir.as_os_str();
        let known = self.scopes.read().unwrap_or_else(PoisonError::into_inner).get(dir_name).cloned();
        known.unwrap_or_else(|| {
            let scope = self.find_scope(dir);
            let mut scopes = self.scopes.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(scopes.entry(dir_name.to_owned()).or_insert(scope))
        })
    }

    fn find_scope(&self, dir: &Path) -> Arc<ConfigScope> {
        let above = dir.parent();
        let outer = || above.map_or_else(Arc::default, |parent| self.scope(parent));
        match &self.source {
            ConfigSource::Tree => {}
            // One and the same for all directories: that of the topmost.
            ConfigSource::File(_) | ConfigSource::Nothing if above.is_some() => return outer(),
            ConfigSource::Nothing => return Arc::default(),
            ConfigSource::File(file) => return self.only(file),
        }
        let path = dir.join(NAME);
        let text = match self.disk.read_to_string(&path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return outer();
            }
            Err(error) => {
                return self.broken(&path, vec![self.unreadable(&path, &error)]);
            }
        };
        let mut layers = Vec::new();
        if let Err(errors) = self.load(&path, &text, dir, &mut Trail::default(), &mut layers) {
            return self.broken(&path, errors);
        }
        let is_root = layers.last().is_some_and(|layer| layer.root);
        if is_root {
            return Arc::new(ConfigScope { layers, ..ConfigScope::default() });
        }
        let outer = outer();
        let layers = outer.layers.iter().cloned().chain(layers).collect();
        Arc::new(ConfigScope { layers, broken: outer.broken.clone(), ..ConfigScope::default() })
    }

    /// What holds everywhere when `file` is the whole configuration.
    fn only(&self, file: &Path) -> Arc<ConfigScope> {
        let text = match self.disk.read_to_string(file) {
            Ok(text) => text,
            Err(error) => return self.broken(file, vec![self.unreadable(file, &error)]),
        };
        let mut layers = Vec::new();
        match self.load(file, &text, &self.cwd, &mut Trail::default(), &mut layers) {
            Ok(()) => Arc::new(ConfigScope { layers, ..ConfigScope::default() }),
            Err(errors) => self.broken(file, errors),
        }
    }

    /// The files that count in `dir`, as messages name them, the outermost first.
    pub fn files(&self, dir: &Path) -> Vec<String> {
        self.scope(&self.cwd.join(dir)).layers.iter().map(|layer| layer.shown.clone()).collect()
    }

    /// Reads the file at `path` and what it extends into `layers`. All globs are
    /// relative to `dir`, as if the lines stood in the file that extends.
    fn load(
        &self,
        path: &Path,
        text: &str,
        dir: &Path,
        trail: &mut Trail,
        layers: &mut Vec<Arc<Layer>>,
    ) -> Result<(), Vec<ConfigError>> {
        let shown = self.shown(path);
        self.read.lock().unwrap_or_else(PoisonError::into_inner).push(blake3::hash(text.as_bytes()));
        let mut layer = file::read(text, &shown, dir, &self.rules)?;
        trail.in_tree = trail.in_tree || self.is_in_tree(path.parent().unwrap_or(dir));
        layer.in_tree = trail.in_tree;
        if let Some(extend) = &layer.extend {
            let fault = |message: String| {
                let Extend { line, column, .. } = *extend;
                vec![ConfigError { path: shown.clone(), line, column, message }]
            };
            trail.files.push(self.disk.canonicalize(path).unwrap_or_else(|_| path.to_path_buf()));
            let named = path.parent().unwrap_or(dir).join(&extend.path);
            let cannot = |error| fault(format!("cannot read `{}`: {error}", extend.path.display()));
            let other = self.disk.canonicalize(&named).map_err(cannot)?;
            if let Some(at) = trail.files.iter().position(|known| *known == other) {
                let round = trail.files[at..].iter().chain([&other]).map(|path| self.shown(path));
                let round = round.collect::<Vec<_>>().join(" -> ");
                return Err(fault(format!("`extend` forms a cycle: {round}; remove one of them")));
            }
            let text = self.disk.read_to_string(&other).map_err(cannot)?;
            self.load(&other, &text, dir, trail, layers)?;
        }
        layers.push(Arc::new(layer));
        Ok(())
    }

    fn broken(&self, path: &Path, errors: Vec<ConfigError>) -> Arc<ConfigScope> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).extend(errors);
        Arc::new(ConfigScope { broken: Some(self.shown(path)), ..ConfigScope::default() })
    }

    fn unreadable(&self, path: &Path, error: &io::Error) -> ConfigError {
        let message = format!("cannot be read: {error}");
        ConfigError { path: self.shown(path), line: 1, column: 1, message }
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.cwd).unwrap_or(path).display().to_string().replace('\\', "/")
    }

    /// Why `path` is excluded, where `decide` asks one set of patterns.
    fn excluded(&self, scope: &ConfigScope, decide: impl Fn(&Globs) -> Option<bool>) -> Option<String> {
        if let Some(path) = &scope.broken {
            return Some(format!("{path} has an error"));
        }
        if let Some(excluded) = decide(&self.exclude) {
            return excluded.then(|| "excluded by --exclude".to_string());
        }
        let decided = scope.layers.iter().rev().find_map(|layer| Some((layer, decide(&layer.exclude)?)));
        decided.filter(|(_, excluded)| *excluded).map(|(layer, _)| format!("excluded by {}", layer.shown))
    }

    fn fold(&self, scope: &ConfigScope, matching: &[bool]) -> FilePolicy {
        let mut policy = FilePolicy { rules: self.rules.defaults(), ..FilePolicy::default() };
        let mut matching = matching.iter();
        for layer in &scope.layers {
            apply(&mut policy, &self.allowed(layer, &layer.changes));
            policy.go = layer.go.or(policy.go);
            for (rule, options) in &layer.options {
                policy.options.entry(rule).or_default().extend(options.clone());
            }
            for (over, matches) in layer.overrides.iter().zip(matching.by_ref()) {
                if *matches {
                    apply(&mut policy, &self.allowed(layer, &over.changes));
                }
            }
        }
        apply(&mut policy, &self.last);
        policy.go = self.go.or(policy.go);
        policy
    }
}

impl Settings {
    /// What a file may change: one of the tree raises the level of no rule that came from
    /// somebody whom nobody here trusts.
    fn allowed<'c>(&self, layer: &Layer, changes: &'c Changes) -> Cow<'c, Changes> {
        let foreign = |rule: &&'static str| self.rules.is_foreign(rule);
        if !layer.in_tree || !changes.promote.iter().any(&foreign) {
            return Cow::Borrowed(changes);
        }
        let mut changes = changes.clone();
        changes.promote.retain(|rule| !foreign(rule));
        Cow::Owned(changes)
    }
}

fn apply(policy: &mut FilePolicy, changes: &Changes) {
    if let Some(select) = &changes.select {
        policy.rules.clone_from(select);
    }
    policy.rules.extend(&changes.extend_select);
    policy.rules.retain(|rule| !changes.ignore.contains(rule));
    for rule in &changes.promote {
        policy.promote.insert(rule);
        policy.demote.remove(rule);
    }
    for rule in &changes.demote {
        policy.demote.insert(rule);
        policy.promote.remove(rule);
    }
}

impl Policy for Settings {
    fn for_file(&self, path: &Path) -> Arc<FilePolicy> {
        let path = if path.is_absolute() { Cow::from(path) } else { self.cwd.join(path).into() };
        let scope = self.scope(path.parent().unwrap_or(&path));
        if self.excluded(&scope, |globs| globs.decide_deep(&path, false)).is_some() {
            return Arc::new(FilePolicy { excluded: true, ..FilePolicy::default() });
        }
        let overrides = scope.layers.iter().flat_map(|layer| &layer.overrides);
        let matching: Vec<bool> =
            overrides.map(|over| over.paths.decide_deep(&path, false) == Some(true)).collect();
        let mut policies = scope.policies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = policies.get(&matching) {
            return Arc::clone(policy);
        }
        let policy = Arc::new(self.fold(&scope, &matching));
        policies.insert(matching, Arc::clone(&policy));
        policy
    }

    fn excludes(&self, path: &Path, is_dir: bool) -> Option<String> {
        let scope = self.scope(if is_dir { path } else { path.parent().unwrap_or(path) });
        self.excluded(&scope, |globs| globs.decide(path, is_dir))
    }

    fn excludes_above(&self, dir: &Path) -> Option<String> {
        self.excluded(&self.scope(dir), |globs| globs.decide_deep(dir, true))
    }
}
