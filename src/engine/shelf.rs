//! The Go files of a run as one pass sees them: on disk, or as earlier passes
//! left them.

use crate::model::package::Package;
use crate::syntax::{File, Outline};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts in memory that stand for files on disk.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    texts: BTreeMap<PathBuf, Arc<File>>,
}

impl Shelf {
    /// Puts `file` in the place of the one on disk at its path.
    pub fn put(&mut self, file: Arc<File>) {
        self.texts.insert(file.path().to_owned(), file);
    }

    /// The files that are held in memory.
    pub fn files(&self) -> impl Iterator<Item = &Arc<File>> {
        self.texts.values()
    }

    /// The file at `path`, when it is held in memory.
    pub fn get(&self, path: &Path) -> Option<&Arc<File>> {
        self.texts.get(path)
    }

    /// All files in the directory of `file` with the same package clause,
    /// `file` itself included. A file that cannot be read declares nothing that
    /// this run could know of, so it is passed over.
    pub fn package_of(&self, file: &Arc<File>) -> Package {
        self.beside(file, Some(file.package()))
    }

    /// All Go files in the directory of `file`, whatever their package clause.
    pub fn directory_of(&self, file: &Arc<File>) -> Package {
        self.beside(file, None)
    }

    fn beside(&self, file: &Arc<File>, package: Option<&str>) -> Package {
        let directory = file.path().parent().unwrap_or(Path::new("."));
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "go"))
            .collect();
        paths.sort();
        let mut files = vec![file.clone()];
        for path in paths.iter().filter(|path| path.file_name() != file.path().file_name()) {
            let known = self.texts.get(path).cloned();
            let loaded = known.or_else(|| load(path, package));
            files.extend(loaded.filter(|other| package.is_none_or(|package| other.package() == package)));
        }
        files.sort_by(|a, b| a.path().cmp(b.path()));
        Package::new(files)
    }
}

/// Reads a file, if it is of the package called `package`.
fn load(path: &Path, package: Option<&str>) -> Option<Arc<File>> {
    // A pipe or a device that is called `x.go` must not be waited for.
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
    let header = Outline::header_of(&text);
    let name = header.package?.text;
    package.is_none_or(|package| name == package).then(|| Arc::new(File::new(path, text)))
}
