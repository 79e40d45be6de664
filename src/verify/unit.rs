//! One module in one build configuration: its packages as go lists them, which
//! file belongs to which.

use super::check_outcome::CheckOutcome;
use super::constraint::why_ignored;
use super::listing::{self, ListedPackage};
use super::module_context::ModuleContext;
use super::platform::{Asking, Platform, imports_c};
use super::reasons::reason;
use super::session::{ProofSession, RenderedFiles};
use super::toolchain::{CommandOutput, CommandSetting, Whose};
use super::{BuildConfig, Rung};
use crate::disk::companion;
use crate::model::GoVersion;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

/// Stands at the end of each Go file that go reads from an overlay. go's cache knows
/// files by their content, and remembers what vet said of one with the name that it was
/// read by: were the contents the same, the user's own vet would later complain of a file
/// in a directory that is gone.
const OURS: &[u8] = b"\n// Read by a proof of gomend's.\n";

/// Where a changed file stands in this configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FilePlace {
    /// Part of the package with this index, or of its tests.
    In { package: usize, test: bool },
    /// Not built in this configuration, for this reason.
    Out(String),
    /// Built, but it cannot be proved, for this reason.
    Stuck(String),
}

/// See the module's sentence.
pub(super) struct Unit<'s> {
    pub(super) session: &'s ProofSession<'s>,
    pub(super) context: &'s ModuleContext,
    pub(super) config: &'s BuildConfig,
    /// C is left out whether there is a compiler or not.
    pub(super) cgo_off: bool,
    /// A file of it is left out because it imports C.
    pub(super) lacks_cgo: bool,
    /// The packages (with their tests) that can be compiled, as patterns.
    pub(super) packages: Vec<String>,
    /// Changed file (real path) → where go list puts it.
    listed: BTreeMap<PathBuf, FilePlace>,
    /// The bytes of the files of each package, its tests apart.
    pub(super) sizes: Vec<(u64, u64)>,
    /// Real directories of everything that the packages are made of.
    pub(super) reach: HashSet<PathBuf>,
    /// The packages on disk, for those that were asked about.
    pub(super) baseline: Mutex<HashMap<(usize, Rung), CheckOutcome>>,
    /// Something of it, the standard library apart, is built with cgo.
    pub(super) cgo: bool,
    /// All packages of the module were asked about, for who imports what changes.
    pub(super) whole: bool,
    by_dir: HashMap<PathBuf, usize>,
    by_import: HashMap<String, usize>,
    /// Changed file (real path) → every name that go has for it.
    pub(super) keys: HashMap<PathBuf, Vec<PathBuf>>,
    /// The files that go does not see in an overlay, each with the words for it.
    pub(super) unseen: OnceLock<Result<BTreeMap<PathBuf, FilePlace>, String>>,
    /// What the compiler's overlay_probe said.
    pub(super) compiler: OnceLock<Result<(), String>>,
}

impl<'s> Unit<'s> {
    /// Asks go for the packages of the changed files (real paths, all in this
    /// module) and for their importers where exports change.
    ///
    /// # Errors
    /// A sentence that says why nothing of this module can be proved.
    pub(super) fn load(
        session: &'s ProofSession<'s>,
        context: &'s ModuleContext,
        config: &'s BuildConfig,
        cgo_off: bool,
        files: &[PathBuf],
    ) -> Result<Self, String> {
        let mut unit = Unit {
            session,
            context,
            config,
            cgo_off,
            lacks_cgo: false,
            packages: Vec::new(),
            listed: BTreeMap::new(),
            sizes: Vec::new(),
            reach: HashSet::new(),
            baseline: Mutex::default(),
            cgo: false,
            whole: false,
            by_dir: HashMap::new(),
            by_import: HashMap::new(),
            keys: HashMap::new(),
            unseen: OnceLock::new(),
            compiler: OnceLock::new(),
        };
        let exports: HashSet<PathBuf> = files
            .iter()
            .filter(|file| session.candidate.changes_exports(file))
            .filter_map(|file| parent(file))
            .collect();
        let dirs: BTreeSet<PathBuf> = files.iter().filter_map(|file| parent(file)).collect();
        let mut patterns: Vec<OsString> =
            dirs.iter().filter_map(|dir| context.pattern(dir)).map(OsString::from).collect();
        if !exports.is_empty() {
            patterns.push("./...".into());
            patterns.extend(context.neighbours.iter().map(|dir| dir.join("...").into_os_string()));
        }
        let flag = listing::json_flag(context.go);
        let overlay = unit.overlay_flag(&BTreeMap::new())?;
        let listed = unit.list(&["-e", "-deps", "-test", flag], overlay, &patterns)?;
        unit.whole = !exports.is_empty();
        unit.cgo = listed.iter().any(|package| !package.standard && !package.cgo_files.is_empty());
        unit.lacks_cgo = listed.iter().any(|package| unit.lacks_cgo(package));
        unit.take_in(&listed, files, &dirs, &exports);
        Ok(unit)
    }

    /// The index of the package in a directory, however it is spelled.
    pub(super) fn package_at(&self, dir: &Path) -> Option<usize> {
        self.by_dir.get(dir).or_else(|| self.by_dir.get(&self.session.real_path(dir))).copied()
    }

    /// The index of a package by import path, with or without its variant.
    pub(super) fn package_named(&self, import_path: &str) -> Option<usize> {
        let plain = import_path.split(' ').next().unwrap_or(import_path);
        let names = [plain, plain.trim_end_matches("_test"), plain.trim_end_matches(".test")];
        names.iter().find_map(|name| self.by_import.get(*name)).copied()
    }

    /// The import path of a package.
    pub(super) fn import_path(&self, index: usize) -> Option<&str> {
        self.by_import.iter().find(|(_, at)| **at == index).map(|(name, _)| name.as_str())
    }

    /// Changed file (real path) → where it stands; a file that go does not see in an
    /// overlay is stuck.
    pub(super) fn places(&self) -> impl Iterator<Item = (&PathBuf, &FilePlace)> {
        let unseen = self.unseen.get().and_then(|asked| asked.as_ref().ok());
        self.listed
            .iter()
            .map(move |(file, place)| (file, unseen.and_then(|unseen| unseen.get(file)).unwrap_or(place)))
    }

    /// Whether a file is one of the changed files of this module.
    pub(super) fn places_file(&self, file: &Path) -> bool {
        self.listed.contains_key(file)
    }

    /// The packages that hold changed files, or import what changes.
    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.packages.len()).collect()
    }

    /// The overlay for these files, the user's own merged in, as a flag.
    ///
    /// # Errors
    /// A sentence, when temporary files cannot be written.
    pub(super) fn overlay(&self, files: Option<&RenderedFiles>) -> Result<Option<OsString>, String> {
        let mut replace = BTreeMap::new();
        for (file, bytes) in files.iter().flat_map(|files| &files.bytes) {
            let put = self.put(file, bytes)?;
            match self.keys.get(file) {
                Some(keys) => replace.extend(keys.iter().map(|key| (key.clone(), put.clone()))),
                None => {
                    replace.insert(file.clone(), put);
                }
            }
        }
        self.overlay_flag(&replace)
    }

    /// Runs `go verb flags common overlay patterns`.
    pub(super) fn go(
        &self,
        flags: &[&str],
        overlay: Option<OsString>,
        patterns: &[OsString],
    ) -> Result<CommandOutput, String> {
        self.go_as(flags, overlay, patterns, false)
    }

    /// As [`Unit::go`], for commands that run the user's tests.
    pub(super) fn go_test(
        &self,
        flags: &[&str],
        overlay: Option<OsString>,
        patterns: &[OsString],
    ) -> Result<CommandOutput, String> {
        self.go_as(flags, overlay, patterns, true)
    }

    fn go_as(
        &self,
        flags: &[&str],
        overlay: Option<OsString>,
        patterns: &[OsString],
        tests: bool,
    ) -> Result<CommandOutput, String> {
        let mut fixed: Vec<OsString> = flags.iter().map(OsString::from).collect();
        // A go that does not tell its version is a development build.
        let go = self.context.go.unwrap_or(GoVersion(1, u16::MAX));
        if go >= GoVersion(1, 18) {
            // Stamping asks git, which may refuse or be slow.
            fixed.push("-buildvcs=false".into());
        }
        if go >= GoVersion(1, 21) {
            // A profile compiles every dependency again for each main package.
            fixed.push("-pgo=off".into());
        }
        fixed.push(format!("-p={}", self.session.options.jobs.max(1)).into());
        if !self.config.tags.is_empty() {
            fixed.push(format!("-tags={}", self.tags().join(",")).into());
        }
        fixed.extend(overlay);
        let fixed: Vec<&OsStr> = fixed.iter().map(OsString::as_os_str).collect();
        let setting = CommandSetting {
            dir: &self.context.dir,
            goflags: Some(&self.context.flags.text),
            workspace_off: self.context.workspace_off,
            config: Some(self.config),
            cgo_off: self.cgo_off,
            whose: if tests { Whose::Tests } else { Whose::Go },
        };
        self.session.toolchain.chunked(None, setting, &fixed, patterns).map_err(|error| error.to_string())
    }

    /// `go list`, read.
    pub(super) fn list(
        &self,
        flags: &[&str],
        overlay: Option<OsString>,
        patterns: &[OsString],
    ) -> Result<Vec<ListedPackage>, String> {
        let flags: Vec<&str> = ["list"].iter().chain(flags).copied().collect();
        let output = self.go(&flags, overlay, patterns)?;
        if !output.success {
            return Err(reason(&output.first_error()));
        }
        listing::read(&output.stdout).map_err(|error| format!("go list printed no JSON: {error}"))
    }

    /// The build tags of GOFLAGS and of the configuration.
    pub(super) fn tags(&self) -> Vec<String> {
        self.context.flags.tags.iter().chain(&self.config.tags).cloned().collect()
    }

    /// `linux/amd64`, for sentences.
    pub(super) fn platform(&self) -> String {
        let (goos, goarch) = self.context.platform.split_once('/').unwrap_or_default();
        let goos = self.config.goos.as_deref().unwrap_or(goos);
        format!("{goos}/{}", self.config.goarch.as_deref().unwrap_or(goarch))
    }

    fn put(&self, file: &Path, bytes: &[u8]) -> Result<PathBuf, String> {
        let mut bytes = bytes.to_vec();
        if file.extension().is_some_and(|extension| extension == "go") {
            bytes.extend(OURS);
        }
        self.session.scratch.put(file, &bytes).map_err(|error| no_room(&error))
    }

    fn overlay_flag(&self, replace: &BTreeMap<PathBuf, PathBuf>) -> Result<Option<OsString>, String> {
        let mut merged = self.context.user_overlay.replace.clone();
        merged.extend(replace.iter().map(|(key, to)| (key.clone(), to.clone())));
        if merged.is_empty() {
            return Ok(None);
        }
        let path = self.session.scratch.overlay(&merged).map_err(|error| no_room(&error))?;
        let mut flag = OsString::from("-overlay=");
        flag.push(path);
        Ok(Some(flag))
    }

    /// Sorts what go listed: packages to look at, and a place for every file.
    fn take_in(
        &mut self,
        listed: &[ListedPackage],
        files: &[PathBuf],
        dirs: &BTreeSet<PathBuf>,
        exports: &HashSet<PathBuf>,
    ) {
        let real_of = |package: &ListedPackage| self.session.real_path(Path::new(&package.dir));
        let mut plain: HashMap<PathBuf, &ListedPackage> = HashMap::new();
        let mut reach = HashSet::new();
        for package in listed.iter().filter(|package| !package.dir.is_empty()) {
            let dir = real_of(package);
            if !package.standard || dir.starts_with(&self.context.root) {
                reach.insert(dir.clone());
            }
            if !package.dep_only && package.is_plain() {
                plain.insert(dir, package);
            }
        }
        self.reach = reach;
        let importers = importers(listed, exports, &plain);
        let mut wanted: Vec<&PathBuf> =
            plain.keys().filter(|dir| dirs.contains(*dir) || importers.contains(*dir)).collect();
        wanted.sort();
        for dir in wanted {
            let package = plain[dir];
            // What cannot even be loaded cannot be compiled; its files say so.
            if trouble_loading(package).is_none() {
                let index = self.packages.len();
                let pattern = self.context.pattern(dir).unwrap_or_else(|| package.dir.clone());
                self.packages.push(pattern);
                let bytes = |names: &[String]| -> u64 {
                    let size = |name: &String| std::fs::metadata(dir.join(name)).map_or(0, |meta| meta.len());
                    names.iter().map(size).sum()
                };
                let tests = bytes(&package.test_go_files) + bytes(&package.x_test_go_files);
                self.sizes.push((bytes(&package.go_files) + bytes(&package.cgo_files), tests));
                self.by_dir.insert(dir.clone(), index);
                self.by_dir.insert(PathBuf::from(&package.dir), index);
                self.by_import.insert(package.import_path.clone(), index);
            }
        }
        let unlisted: HashMap<&str, String> = listed
            .iter()
            .filter_map(|package| Some((package.import_path.as_str(), package.error.as_ref()?.line())))
            .collect();
        let names = self.names(&plain, files);
        for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "go")) {
            let keys = names.get(file).cloned().unwrap_or_default();
            let home = keys.first().and_then(|key| key.parent()).map(|dir| self.session.real_path(dir));
            let home = home.or_else(|| parent(file)).unwrap_or_default();
            let place = match plain.get(&home) {
                Some(package) => self.place(file, &keys, &home, package),
                None => {
                    let pattern = self.context.pattern(&home).unwrap_or_default();
                    let said = unlisted.get(pattern.as_str()).cloned();
                    FilePlace::Stuck(said.unwrap_or_else(|| unlisted_because(&self.context.root, &home)))
                }
            };
            self.listed.insert(file.clone(), place);
            if !keys.is_empty() {
                self.keys.insert(file.clone(), keys);
            }
        }
    }

    /// Every name that go has for the changed files: the directory as go
    /// spells it, and links to them from packages at hand.
    fn names(
        &self,
        plain: &HashMap<PathBuf, &ListedPackage>,
        files: &[PathBuf],
    ) -> HashMap<PathBuf, Vec<PathBuf>> {
        let changed: HashSet<&PathBuf> = files.iter().collect();
        let mut names: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
        for file in files {
            if let Some((package, name)) = parent(file).and_then(|dir| plain.get(&dir)).zip(file.file_name())
            {
                names.entry(file.clone()).or_default().push(Path::new(&package.dir).join(name));
            }
        }
        for package in plain.values() {
            for name in all_files(package) {
                let path = Path::new(&package.dir).join(name);
                if std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink()) {
                    let target = self.session.real_path(&path);
                    if changed.contains(&target) {
                        names.entry(target).or_default().push(path);
                    }
                }
            }
        }
        names
    }

    fn place(&self, file: &Path, keys: &[PathBuf], home: &Path, package: &ListedPackage) -> FilePlace {
        if keys.iter().any(|key| self.context.user_overlay.replace.contains_key(key)) {
            return FilePlace::Stuck("the overlay of GOFLAGS replaces this file".into());
        }
        let name =
            keys.first().and_then(|key| key.file_name()).or_else(|| file.file_name()).unwrap_or_default();
        let name = name.to_string_lossy();
        let within = |list: &[String]| list.iter().any(|known| *known == name);
        let test = within(&package.test_go_files) || within(&package.x_test_go_files);
        if test || within(&package.go_files) || within(&package.cgo_files) {
            return match (self.by_dir.get(home), trouble_loading(package)) {
                (Some(&package), _) => FilePlace::In { package, test },
                (None, why) => FilePlace::Stuck(why.unwrap_or_else(|| "go cannot load its package".into())),
            };
        }
        if within(&package.invalid_go_files) {
            return FilePlace::Stuck(trouble_loading(package).unwrap_or_else(|| "go cannot read it".into()));
        }
        let source = companion::read(file).unwrap_or_default();
        let platform = Platform::of(&self.platform(), !self.cgo_off);
        FilePlace::Out(why_ignored(&name, &source, &platform, self.context.go, &self.tags()))
    }

    /// Whether the package leaves a file out for nothing but that it imports C.
    fn lacks_cgo(&self, package: &ListedPackage) -> bool {
        let with_c = Platform::of(&self.platform(), true);
        let tags = self.tags();
        !package.standard
            && package.ignored_go_files.iter().any(|name| {
                let source = std::fs::read(Path::new(&package.dir).join(name)).unwrap_or_default();
                let text = String::from_utf8_lossy(&source);
                imports_c(&source) && Asking::of(name, &text, self.context.go, &tags).builds(&with_c)
            })
    }

    /// The patterns of some packages.
    pub(super) fn patterns(&self, packages: &[usize]) -> Vec<OsString> {
        packages.iter().map(|&package| OsString::from(&self.packages[package])).collect()
    }
}

fn parent(file: &Path) -> Option<PathBuf> {
    file.parent().map(Path::to_path_buf)
}

fn no_room(error: &std::io::Error) -> String {
    format!("temporary files cannot be written: {error}; set TMPDIR to a directory with room")
}

fn all_files(package: &ListedPackage) -> impl Iterator<Item = &String> {
    let files = package.go_files.iter().chain(&package.cgo_files);
    files.chain(&package.test_go_files).chain(&package.x_test_go_files)
}

/// Why a package cannot be compiled as it stands, if go already knows.
fn trouble_loading(package: &ListedPackage) -> Option<String> {
    let error = package.error.as_ref().or(package.deps_errors.first())?;
    // With only files of other platforms each file says so itself, with only
    // test files there is no error at all.
    Some(reason(&error.line()))
}

/// The directories of everything that imports, directly or not, a package in
/// one of these directories.
fn importers(
    listed: &[ListedPackage],
    exports: &HashSet<PathBuf>,
    plain: &HashMap<PathBuf, &ListedPackage>,
) -> HashSet<PathBuf> {
    let mut users: HashMap<&str, Vec<&ListedPackage>> = HashMap::new();
    for package in listed {
        for import in &package.imports {
            users.entry(import.as_str()).or_default().push(package);
        }
    }
    let by_dir: HashMap<&str, &PathBuf> =
        plain.iter().map(|(dir, package)| (package.dir.as_str(), dir)).collect();
    let of_exports =
        |package: &&ListedPackage| by_dir.get(package.dir.as_str()).is_some_and(|dir| exports.contains(*dir));
    let mut queue: Vec<&str> =
        listed.iter().filter(of_exports).map(|package| package.import_path.as_str()).collect();
    let mut seen: HashSet<&str> = queue.iter().copied().collect();
    let mut found = HashSet::new();
    while let Some(import_path) = queue.pop() {
        for user in users.get(import_path).into_iter().flatten() {
            if let Some(dir) = by_dir.get(user.dir.as_str()) {
                found.insert((*dir).clone());
            }
            if seen.insert(&user.import_path) {
                queue.push(&user.import_path);
            }
        }
    }
    found
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::verify::{CandidateFixes, FixRef, ProofOptions, RenderError, Rendered};

    struct Nothing(Vec<FixRef>);

    impl CandidateFixes for Nothing {
        fn fixes(&self) -> &[FixRef] {
            &self.0
        }
        fn render(&self, _: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
            Ok(Rendered::default())
        }
        fn changes_exports(&self, _: &Path) -> bool {
            false
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_probe_sees_that_go_ignores_a_misspelled_overlay() {
        let dir = tempfile::tempdir().unwrap();
        let root = super::super::paths::real(dir.path()).unwrap().join("real");
        std::fs::create_dir(&root).unwrap();
        std::os::unix::fs::symlink(&root, dir.path().join("link")).unwrap();
        std::fs::write(root.join("go.mod"), "module ex.com/m\n\ngo 1.24\n").unwrap();
        let file = root.join("a.go");
        std::fs::write(&file, "package m\n").unwrap();
        let candidate = Nothing(vec![FixRef { id: 0, files: vec![file.clone()] }]);
        let options = ProofOptions::default();
        let session = ProofSession::open(&candidate, &options, &|_| {}).unwrap();
        let context = ModuleContext::survey(&session, &root).unwrap();
        let config = BuildConfig::default();
        let mut unit = Unit::load(&session, &context, &config, false, std::slice::from_ref(&file)).unwrap();
        let place = |unit: &Unit<'_>| unit.places().next().map(|(_, place)| place.clone()).unwrap();
        assert!(matches!(place(&unit), FilePlace::In { .. }));
        // The same file by another name, as a careless overlay would spell it.
        unit.keys.insert(file.clone(), vec![dir.path().join("link/a.go")]);
        let compiler = unit.compile_probe();
        unit.probe().unwrap();
        assert!(matches!(place(&unit), FilePlace::Stuck(why) if why.contains("does not see")));
        assert!(compiler.unwrap_err().contains("ignores overlays"));
    }
}

/// Why `go list` leaves out the directory `home` of the module at `root`.
fn unlisted_because(root: &Path, home: &Path) -> String {
    let below = home.strip_prefix(root).unwrap_or(Path::new(""));
    let taken = |c: &char| c.is_ascii_alphanumeric() || "-._~+/\\".contains(*c);
    match below.to_string_lossy().chars().find(|c| !taken(c)) {
        Some(odd) => {
            format!("go takes no import path with {odd:?} in it, so it builds nothing in this directory")
        }
        None => "go list does not know its directory".to_owned(),
    }
}
