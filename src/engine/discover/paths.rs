//! What the user wrote as PATH, or in a list of paths, as places on disk.

use crate::disk::{Disk, companion};
use std::collections::HashMap;
use std::fs::{self, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A PATH that means nothing here: a usage error, before anything is read.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// `net/http`, `example.com/m/...`.
    #[error(
        "`{given}` is an import path, or a directory that does not exist; gomend takes files, directories and `dir/...`: {remedy}"
    )]
    ImportPath {
        /// What was written.
        given: String,
        /// What to write instead.
        remedy: String,
    },
    /// `./foo.../bar`.
    #[error(
        "`{given}`: `...` is understood only as the last element; write `{remedy}` and --exclude what is too much"
    )]
    Pattern {
        /// What was written.
        given: String,
        /// What to write instead.
        remedy: String,
    },
    /// `-` beside other paths.
    #[error(
        "`-` (one file from standard input) stands alone; leave out the other paths, or pass a list with --files-from"
    )]
    StandardInput,
    /// The list of `--files-from`.
    #[error("the list {path} cannot be read: {source}")]
    List {
        /// The list.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The working directory is gone.
    #[error("the working directory {path} cannot be read: {source}; change to one that exists")]
    WorkingDirectory {
        /// The directory.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// `path` below `dir`, as [`Path::strip_prefix`] gives it. Where both are spelled alike it does
/// not take them apart: it is asked of every file.
pub(super) fn below<'p>(path: &'p Path, dir: &Path) -> Option<&'p Path> {
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let dir = Some(dir.as_os_str().as_bytes()).filter(|dir| !dir.is_empty());
        let rest = dir.and_then(|dir| path.as_os_str().as_bytes().strip_prefix(dir));
        let rest = rest.and_then(|rest| rest.strip_prefix(b"/"));
        let plain = |rest: &&[u8]| {
            rest.first().is_some_and(|first| !b"./".contains(first))
                && !rest.ends_with(b"/")
                && !rest.ends_with(b"/.")
        };
        if let Some(rest) = rest.filter(plain) {
            return Some(Path::new(OsStr::from_bytes(rest)));
        }
    }
    path.strip_prefix(dir).ok()
}

/// `path` with `/` between its elements, as reports and lists name files on
/// every system.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    // Elsewhere a backslash is a letter like any other.
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}

/// Where a PATH leads.
pub(super) enum PathPlace {
    /// A directory: absolute, without links.
    Directory(PathBuf),
    /// Anything else, its parent without links; it may be a link itself.
    File(PathBuf, FileType),
    /// It cannot be reached, for this reason.
    Missing(String),
}

/// Finds PATHs, and remembers where their directories really are.
pub(super) struct Finder<'a> {
    cwd: &'a Path,
    disk: &'a Disk,
    real: HashMap<PathBuf, PathBuf>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(cwd: &'a Path, disk: &'a Disk) -> Finder<'a> {
        Finder { cwd, disk, real: HashMap::new() }
    }

    /// Where `given` leads.
    ///
    /// # Errors
    /// [`PathError`] when it is no path at all.
    pub(super) fn find(&mut self, given: &Path) -> Result<PathPlace, PathError> {
        if given == Path::new("-") {
            return Err(PathError::StandardInput);
        }
        let text = given.to_string_lossy();
        let stem = text.strip_suffix("...").and_then(|stem| stem.strip_suffix(['/', '\\']));
        let (path, pattern) = match stem {
            Some("") => (PathBuf::from("/"), true),
            Some(stem) => (self.cwd.join(stem), true),
            None => (self.cwd.join(given), false),
        };
        let metadata = match self.disk.symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.refuse_what_is_no_path(&text, stem.unwrap_or(&text), pattern)?;
                if let Some(file) = without_line(&text).filter(|file| self.disk.is_file(&self.cwd.join(file)))
                {
                    return Ok(PathPlace::Missing(format!("a line cannot be named; write `{file}`")));
                }
                return Ok(PathPlace::Missing(format!(
                    "no such file or directory; check the spelling (paths are relative to {})",
                    self.cwd.display()
                )));
            }
            Err(error) => return Ok(PathPlace::Missing(format!("cannot be reached: {error}"))),
        };
        let is_dir = metadata.is_dir() || metadata.is_symlink() && self.disk.is_dir(&path);
        if is_dir {
            return Ok(self.disk.canonicalize(&path).map_or_else(unreachable, PathPlace::Directory));
        }
        if pattern {
            return Ok(PathPlace::Missing("`/...` follows a directory, and this is a file".to_string()));
        }
        Ok(match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => match self.real(parent) {
                Ok(parent) => PathPlace::File(parent.join(name), metadata.file_type()),
                Err(error) => unreachable(error),
            },
            _ => PathPlace::Missing("is neither a file nor a directory".to_string()),
        })
    }

    fn real(&mut self, dir: &Path) -> io::Result<PathBuf> {
        if let Some(real) = self.real.get(dir) {
            return Ok(real.clone());
        }
        let real = self.disk.canonicalize(dir)?;
        self.real.insert(dir.to_path_buf(), real.clone());
        Ok(real)
    }

    /// An error for an import path or a pattern that only the go command knows;
    /// nothing for what is simply not there.
    fn refuse_what_is_no_path(&self, given: &str, stem: &str, pattern: bool) -> Result<(), PathError> {
        if let Some(at) = stem.find("...") {
            let slash = stem[..at].rfind('/');
            let remedy = slash.map_or("./...".to_string(), |slash| format!("{}/...", &stem[..slash]));
            return Err(PathError::Pattern { given: given.to_string(), remedy });
        }
        let reserved = matches!(stem, "all" | "std" | "cmd");
        if !reserved && !(is_import_path(stem, self.cwd) && (pattern || stem.contains('/'))) {
            return Ok(());
        }
        let remedy = match module_path(self.cwd).and_then(|module| below_module(stem, &module, pattern)) {
            Some(instead) => format!("write `{instead}`"),
            None => "write `./...`, or where the package's directory is on disk".to_string(),
        };
        Err(PathError::ImportPath { given: given.to_string(), remedy })
    }
}

fn unreachable(error: io::Error) -> PathPlace {
    PathPlace::Missing(format!("cannot be reached: {error}"))
}

/// The file of `x.go:12` and `x.go:12:3`, as compilers name a place.
fn without_line(text: &str) -> Option<&str> {
    let (file, place) = text.split_once(".go:").map(|(stem, place)| (&text[..stem.len() + 3], place))?;
    place.bytes().all(|byte| byte.is_ascii_digit() || byte == b':').then_some(file)
}

/// Whether a path that does not exist reads like an import path. `docs/a.md` and
/// a misspelt directory below one that exists are files that are missing.
fn is_import_path(text: &str, cwd: &Path) -> bool {
    if text.starts_with(['.', '/', '\\', '~']) || text.contains(['\\', ':', ' ']) || text.ends_with(".go") {
        return false;
    }
    let (first, rest) = text.split_once('/').unwrap_or((text, ""));
    let last = rest.rsplit('/').next().unwrap_or_default();
    !cwd.join(first).exists() && (first.contains('.') || !last.contains('.'))
}

/// How many directories above `cwd` the nearest go.mod stands, and the module
/// path it gives.
fn module_path(cwd: &Path) -> Option<(usize, String)> {
    let (up, text) = cwd
        .ancestors()
        .enumerate()
        .find_map(|(up, dir)| Some((up, companion::read_to_string(&dir.join("go.mod")).ok()?)))?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    Some((up, line.split("//").next()?.trim().trim_matches('"').to_string()))
}

/// The path that leads to the package `import` of the user's own module.
fn below_module(import: &str, (up, module): &(usize, String), pattern: bool) -> Option<String> {
    let rest = import.strip_prefix(module.as_str())?;
    if !(rest.is_empty() || rest.starts_with('/')) {
        return None;
    }
    let root = if *up == 0 { ".".to_string() } else { vec![".."; *up].join("/") };
    Some(format!("{root}{rest}{}", if pattern { "/..." } else { "" }))
}

/// The paths in the list `source` (`-`: standard input), relative to `cwd`.
///
/// # Errors
/// [`PathError::List`] when it cannot be read.
pub fn from_list(source: &Path, cwd: &Path) -> Result<Vec<PathBuf>, PathError> {
    let mut bytes = Vec::new();
    let read = if source == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        companion::read_named(&cwd.join(source)).map(|content| bytes = content)
    };
    match read {
        Ok(()) => Ok(listed(&bytes, cwd)),
        Err(error) => Err(PathError::List { path: source.display().to_string(), source: error }),
    }
}

/// The paths in a list: separated by NUL when it holds one (`git diff -z`), else
/// one a line. Blank lines are passed over. `a\b.go` means `a/b.go` where only
/// that exists below `cwd`.
pub fn listed(bytes: &[u8], cwd: &Path) -> Vec<PathBuf> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let nul = memchr::memchr(0, bytes).is_some();
    let items = bytes.split(move |byte| *byte == if nul { 0 } else { b'\n' });
    let items = items.map(|item| if nul { item } else { item.strip_suffix(b"\r").unwrap_or(item) });
    items.filter(|item| !item.trim_ascii().is_empty()).map(|item| forward(path_of_bytes(item), cwd)).collect()
}

/// The path that the system calls so.
#[cfg(unix)]
pub fn path_of_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// The path that the system calls so.
#[cfg(not(unix))]
pub fn path_of_bytes(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn forward(path: PathBuf, cwd: &Path) -> PathBuf {
    let Some(text) = path.to_str().filter(|text| text.contains('\\')) else { return path };
    let slashed = PathBuf::from(text.replace('\\', "/"));
    let exists = |path: &Path| fs::symlink_metadata(cwd.join(path)).is_ok();
    if !exists(&path) && exists(&slashed) { slashed } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_a_directory_is_what_the_library_says() {
        for path in [
            "/a/b/c.go",
            "/a/b",
            "/a/b/",
            "/a/b//c",
            "/a/b/./c",
            "/a/b/c/",
            "/a/b/c/.",
            "/a/bc/d",
            "/a/b/.c",
            "a/b/c",
            "/a",
        ] {
            for dir in ["/a/b", "/a/b/", "/", "/a/.", "a", "", "/a/b/c.go"] {
                let (path, dir) = (Path::new(path), Path::new(dir));
                let same = |found: Option<&Path>| found.map(Path::to_owned).map(PathBuf::into_os_string);
                assert_eq!(same(below(path, dir)), same(path.strip_prefix(dir).ok()), "{path:?} {dir:?}");
            }
        }
    }
}
