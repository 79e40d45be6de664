//! The files that the fixes of other tools name, and whether they may be edited.

use crate::config::Settings;
use crate::disk::Disk;
use crate::engine::discover::{self, FileKind, Include, Limits, read_path};
use crate::engine::suppress::ForeignSuppressions;
use crate::syntax::File;
use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A file that may be edited.
pub struct EditableFile {
    /// Its text as it is.
    pub file: Arc<File>,
    /// The comments in it that hold fixes back.
    pub suppressions: ForeignSuppressions,
    /// Why it may be another text than the tool saw.
    pub stale: Option<String>,
    /// How often what was parsed of it was dropped.
    dropped: usize,
}

/// So often a file's syntax is dropped when another file is asked for. Where a tool goes to and
/// fro between files, it is kept from then on.
const DROPS: usize = 8;

/// Finds files by the names that a tool gives them.
pub struct FileFinder<'a> {
    /// The root: nothing outside of it is edited.
    pub root: &'a Path,
    /// The working directory.
    pub cwd: &'a Path,
    /// What is excluded.
    pub settings: &'a Settings,
    /// The default skips that are lifted.
    pub include: Include,
    /// When the input was written.
    pub time: Option<SystemTime>,
    /// How the input is named to the user.
    pub input: &'a str,
    /// The files as they were before the tool ran.
    pub hashes: Option<&'a BTreeMap<PathBuf, blake3::Hash>>,
    /// Whether relative names start at the root, not at the working directory.
    pub from_root: bool,
    /// What to do where no file has the name that the tool gives.
    pub remedy: &'static str,
    found: HashMap<String, Result<PathBuf, String>>,
    files: HashMap<PathBuf, Result<Arc<EditableFile>, String>>,
    /// The file that was asked for last.
    last: Option<PathBuf>,
}

impl<'a> FileFinder<'a> {
    /// A finder below `root`.
    pub fn new(
        root: &'a Path,
        cwd: &'a Path,
        settings: &'a Settings,
        include: Include,
        input: &'a str,
    ) -> FileFinder<'a> {
        FileFinder {
            root,
            cwd,
            settings,
            include,
            time: None,
            input,
            hashes: None,
            from_root: false,
            remedy: "",
            found: HashMap::new(),
            files: HashMap::new(),
            last: None,
        }
    }

    /// The path of the file called `name`.
    ///
    /// # Errors
    /// A sentence, when no such file is edited.
    pub fn path(&mut self, name: &str) -> Result<PathBuf, String> {
        if let Some(known) = self.found.get(name) {
            return known.clone();
        }
        let found = self.find(name);
        self.found.insert(name.to_owned(), found.clone());
        found
    }

    /// The file called `name`.
    ///
    /// # Errors
    /// As for [`FileFinder::path`].
    pub fn file(&mut self, name: &str) -> Result<(PathBuf, Arc<EditableFile>), String> {
        let path = self.path(name)?;
        if self.last.as_ref() != Some(&path)
            && let Some(last) = self.last.replace(path.clone())
        {
            self.drop_syntax(&last);
        }
        if !self.files.contains_key(&path) {
            let file = self.read(&path);
            self.files.insert(path.clone(), file);
        }
        self.files[&path].clone().map(|file| (path, file))
    }

    /// Drops what was parsed of a file: it takes many times its size, and there may be many files.
    fn drop_syntax(&mut self, path: &Path) {
        let file = self.files.get_mut(path).and_then(|file| Arc::get_mut(file.as_mut().ok()?));
        if let Some(file) = file.filter(|file| file.dropped < DROPS) {
            file.file = Arc::new(file.file.unparsed());
            file.dropped += 1;
        }
    }

    fn find(&self, name: &str) -> Result<PathBuf, String> {
        if name.is_empty() || name.contains('\0') {
            return Err("not the name of a file".to_owned());
        }
        let given = Path::new(name);
        let bases = if self.from_root { [self.root, self.cwd] } else { [self.cwd, self.root] };
        let candidates: Vec<PathBuf> = bases.into_iter().map(|base| plain(&base.join(given))).collect();
        let there = candidates.iter().find(|path| std::fs::symlink_metadata(path).is_ok());
        let mut path = there.unwrap_or(&candidates[0]).clone();
        if !path.starts_with(self.root) {
            // The tool may have come to the root through a link.
            path = dunce::canonicalize(&path)
                .ok()
                .filter(|real| real.starts_with(self.root))
                .ok_or("it is outside of the root")?;
        }
        let below = path.strip_prefix(self.root).unwrap_or(&path);
        if below.components().any(|part| is_git(part)) {
            return Err("it belongs to git".to_owned());
        }
        if path.extension().is_none_or(|extension| extension != "go") {
            return Err("not a Go file".to_owned());
        }
        let real = dunce::canonicalize(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no such file{}", self.remedy),
            _ => format!("cannot be found: {error}"),
        })?;
        if real != path {
            return Err("a link leads to it, or it is spelled otherwise".to_owned());
        }
        let mut include = self.include.clone();
        include.insert(FileKind::Tests);
        match discover::judge(&path, self.root, &include, self.settings, &Disk::default()) {
            Some(skip) => Err(format!("gomend skips it: {}", skip.why)),
            None => Ok(path),
        }
    }

    fn read(&self, path: &Path) -> Result<Arc<EditableFile>, String> {
        let modified = || std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let newer = self.time.zip(modified()).is_some_and(|(input, file)| file > input);
        let text = read_path(path, Limits { file_size: u64::MAX }).map_err(|refusal| refusal.to_string())?;
        if !self.include.contains(&FileKind::Generated) && discover::is_generated(&text) {
            return Err("it is generated; change what generates it, or take --include generated".to_owned());
        }
        let before = self.hashes.map(|hashes| hashes.get(path));
        let stale = match before {
            Some(hash) if hash != Some(&blake3::hash(text.as_bytes())) => {
                Some("it was changed while the tool ran; let the tool only print its fixes".to_owned())
            }
            None if newer => Some(format!(
                "it is newer than {}; let the tool look at it again, or take --trust-stale",
                self.input
            )),
            _ => None,
        };
        let suppressions = ForeignSuppressions::of(&text);
        Ok(Arc::new(EditableFile { file: Arc::new(File::new(path, text)), suppressions, stale, dropped: 0 }))
    }
}

/// A path without `.` and `..`, by its letters.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// Whether a part of a path is git's directory, as one of the usual file systems reads it.
fn is_git(part: Component<'_>) -> bool {
    let name = part.as_os_str().to_string_lossy();
    // HFS+ passes by characters without width, NTFS by dots and blanks at the end.
    let name: String =
        name.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')).collect();
    let name = name.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    name.eq_ignore_ascii_case(".git") || name.eq_ignore_ascii_case("git~1")
}
