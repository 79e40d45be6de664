//! What a verdict depends on, as it stands on disk: written down after a proof
//! and compared before the next, so that a verdict is taken again only where
//! nothing has changed.

use super::module_context::ModuleContext;
use super::session::RenderedFiles;
use super::waiting::{MARKS, SOURCES};
use crate::disk::companion;
use crate::model::import_names::in_module_cache;
use crate::syntax::Outline;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// How much the clock of a file system may lag behind.
const LAG: Duration = Duration::from_millis(20);

/// Everything on disk that the verdicts on one module depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inputs {
    /// A directory of sources → a hash of what is built of it, before and after.
    sources: BTreeMap<PathBuf, String>,
    /// A directory of the module cache, which nobody edits → names and sizes.
    kept: BTreeMap<PathBuf, String>,
    /// A directory above those of the sources → a hash of its go.mod and others.
    marks: BTreeMap<PathBuf, String>,
    /// A module of which every package matters → the directories with packages.
    trees: BTreeMap<PathBuf, String>,
    /// Which modules of the go.sum files are in the module cache.
    downloaded: String,
}

/// Looks at the disk, at each directory once.
#[derive(Default)]
pub(super) struct InputSnapshot {
    seen: Mutex<HashMap<(char, PathBuf), Option<String>>>,
    /// Files that were changed at this time or later make a look worthless.
    since: Option<SystemTime>,
}

impl InputSnapshot {
    /// An snapshot for what was not changed since a time.
    pub(super) fn since(time: SystemTime) -> InputSnapshot {
        InputSnapshot { seen: Mutex::default(), since: Some(time) }
    }

    /// The inputs of a module whose packages are made of these directories.
    /// `None` when they cannot be told, as with cgo, whose headers may be
    /// anywhere.
    pub(super) fn inputs<'p>(
        &self,
        context: &ModuleContext,
        dirs: impl IntoIterator<Item = &'p PathBuf>,
        whole: bool,
        files: &RenderedFiles,
    ) -> Option<Inputs> {
        let mut inputs = Inputs::default();
        let mut above: BTreeSet<&Path> = context.root.ancestors().collect();
        for dir in dirs {
            if dir.starts_with(&context.modcache) && !dir.starts_with(&context.root) {
                inputs.kept.insert(dir.clone(), String::new());
            } else {
                above.extend(dir.ancestors());
                inputs.sources.insert(dir.clone(), String::new());
            }
        }
        if whole {
            let neighbours = context.neighbours.iter().map(|dir| super::paths::real(dir).unwrap_or_default());
            inputs.trees.insert(context.root.clone(), String::new());
            inputs.trees.extend(neighbours.map(|dir| (dir, String::new())));
        }
        inputs.marks = above.into_iter().map(|dir| (dir.to_path_buf(), String::new())).collect();
        self.again(&inputs, context, files)
    }

    /// The same inputs as they are now.
    pub(super) fn again(
        &self,
        inputs: &Inputs,
        context: &ModuleContext,
        files: &RenderedFiles,
    ) -> Option<Inputs> {
        let look = |paths: &BTreeMap<PathBuf, String>, kind: char| {
            let found = paths.keys().map(|path| Some((path.clone(), self.look(kind, path, files)?)));
            found.collect::<Option<BTreeMap<PathBuf, String>>>()
        };
        Some(Inputs {
            sources: look(&inputs.sources, 's')?,
            kept: look(&inputs.kept, 'k')?,
            marks: look(&inputs.marks, 'm')?,
            trees: look(&inputs.trees, 't')?,
            downloaded: downloaded(inputs.marks.keys(), &context.modcache),
        })
    }

    fn look(&self, kind: char, path: &Path, files: &RenderedFiles) -> Option<String> {
        let key = (kind, path.to_path_buf());
        let lock = || self.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let found = match kind {
            's' => self.sources(path, files),
            'k' => kept(path),
            'm' => self.marks(path),
            _ => Some(tree(path)),
        };
        lock().insert(key, found.clone());
        found
    }

    /// A directory's own files.
    fn sources(&self, dir: &Path, files: &RenderedFiles) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        let mut names: Vec<PathBuf> = fs::read_dir(dir).ok()?.flatten().map(|entry| entry.path()).collect();
        names.extend(files.bytes.keys().filter(|file| file.parent() == Some(dir)).cloned());
        names.sort();
        names.dedup();
        let mut embeds = false;
        for path in names {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            if !SOURCES.contains(&&*ending) || path.is_dir() {
                continue;
            }
            let real = if path.is_symlink() { dunce::canonicalize(&path).ok()? } else { path.clone() };
            let before = match companion::read(&path) {
                Ok(bytes) => Some(bytes),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                // What it holds may matter and is not known.
                Err(_) => return None,
            };
            if let Some(bytes) = &before {
                self.resolution(&path).then_some(())?;
                if ending == "go" {
                    embeds |= memchr::memmem::find(bytes, b"//go:embed").is_some();
                    if memchr::memmem::find(bytes, b"\"C\"").is_some() && imports(bytes).contains("C") {
                        return None;
                    }
                } else if ending == "s" && memchr::memmem::find(bytes, b"\"..").is_some() {
                    // It may include a file of another directory.
                    return None;
                }
            }
            let after = files.bytes.get(&real);
            if let (Some(before), Some(after)) = (&before, after) {
                // A package that only the new text imports is not looked at.
                let (old, new) = (imports(before), imports(after));
                let elsewhere =
                    |path: &&String| path.split('/').next().is_some_and(|host| host.contains('.'));
                if new.difference(&old).any(|path| elsewhere(&path)) {
                    return None;
                }
            }
            hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            for bytes in [before.as_ref(), after] {
                let hash = bytes.map(|bytes| blake3::hash(bytes).to_hex());
                hasher.update(hash.as_ref().map_or(&b"-"[..], |hash| hash.as_bytes())).update(b"\0");
            }
        }
        if embeds {
            names_below(dir, &mut hasher);
        }
        Some(hasher.finalize().to_hex().to_string())
    }

    /// A directory's go.mod and others.
    fn marks(&self, dir: &Path) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        for mark in MARKS {
            let path = dir.join(mark);
            match companion::read(&path) {
                Ok(bytes) => {
                    self.resolution(&path).then_some(())?;
                    hasher.update(mark.as_bytes()).update(blake3::hash(&bytes).as_bytes());
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(_) => return None,
            }
        }
        Some(hasher.finalize().to_hex().to_string())
    }

    /// Whether a file has been as it is since before the proof began.
    fn resolution(&self, path: &Path) -> bool {
        let Some(since) = self.since else { return true };
        let Ok(meta) = fs::metadata(path) else { return false };
        let modified = meta.modified().unwrap_or(since);
        let changed = status_changed(&meta).map_or(modified, |changed| modified.max(changed));
        // A file system that knows seconds only may mean the end of this one.
        let whole_seconds = changed
            .duration_since(SystemTime::UNIX_EPOCH)
            .is_ok_and(|since_epoch| since_epoch.subsec_nanos() == 0);
        let lag = if whole_seconds { Duration::from_secs(2) } else { LAG };
        changed + lag < since
    }
}

/// When something about a file changed that nobody can set back, where the system tells.
#[cfg(unix)]
fn status_changed(meta: &fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let since_epoch =
        Duration::new(u64::try_from(meta.ctime()).ok()?, u32::try_from(meta.ctime_nsec()).ok()?);
    Some(SystemTime::UNIX_EPOCH + since_epoch)
}

#[cfg(not(unix))]
fn status_changed(_: &fs::Metadata) -> Option<SystemTime> {
    None
}

/// The paths that a file imports.
fn imports(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    Outline::header_of(&text).imports.into_iter().map(|import| import.path).collect()
}

/// Names, sizes and times of a directory's files.
fn kept(dir: &Path) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in fs::read_dir(dir).ok()?.flatten() {
        let meta = entry.metadata().ok()?;
        if !meta.is_dir() {
            lines.push(format!("{:?} {} {:?}", entry.file_name(), meta.len(), meta.modified().ok()));
        }
    }
    lines.sort();
    Some(blake3::hash(lines.join("\n").as_bytes()).to_hex().to_string())
}

/// The directories with Go files below one, in go's way of `./...`.
fn tree(root: &Path) -> String {
    let mut dirs: Vec<PathBuf> = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        let mut has = false;
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let skipped = name.starts_with(['.', '_']) || name == "testdata" || name == "vendor";
                if !skipped && !entry.path().join("go.mod").exists() {
                    open.push(entry.path());
                }
            } else {
                has |= name.ends_with(".go");
            }
        }
        if has {
            dirs.push(dir);
        }
    }
    dirs.sort();
    let mut hasher = blake3::Hasher::new();
    for dir in dirs {
        hasher.update(dir.as_os_str().as_encoded_bytes()).update(b"\0");
    }
    hasher.finalize().to_hex().to_string()
}

/// Every name below a directory, for what a file of it embeds.
fn names_below(dir: &Path, hasher: &mut blake3::Hasher) {
    let mut entries: Vec<_> = fs::read_dir(dir).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        hasher.update(entry.file_name().as_encoded_bytes()).update(b"\0");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => {
                hasher.update(b"(");
                names_below(&entry.path(), hasher);
                hasher.update(b")");
            }
            Ok(kind) if kind.is_file() => {}
            _ => {
                hasher.update(b"?");
            }
        }
    }
}

/// Which modules that go.sum files name are in the module cache: without them
/// a verdict says so, and downloading them changes it.
fn downloaded<'p>(dirs: impl Iterator<Item = &'p PathBuf>, modcache: &Path) -> String {
    let mut modules: BTreeSet<(String, String)> = BTreeSet::new();
    for dir in dirs {
        for name in ["go.sum", "go.work.sum"] {
            let Ok(text) = companion::read_to_string(&dir.join(name)) else { continue };
            for line in text.lines() {
                let mut words = line.split_whitespace();
                if let (Some(path), Some(version)) = (words.next(), words.next()) {
                    let version = version.trim_end_matches("/go.mod");
                    modules.insert((in_module_cache(path), in_module_cache(version)));
                }
            }
        }
    }
    let mut hasher = blake3::Hasher::new();
    for (path, version) in modules {
        let unpacked = modcache.join(format!("{path}@{version}")).is_dir();
        let known = modcache.join(format!("cache/download/{path}/@v/{version}.mod")).is_file();
        if unpacked || known {
            hasher.update(format!("{path} {version} {unpacked} {known}\n").as_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
}
