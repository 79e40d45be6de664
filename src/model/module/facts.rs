//! What all files of a module say together, gathered in one read of them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use memchr::memmem;

use super::constraint::header_comments;
use crate::disk::Disk;
use crate::syntax::byte_checks::Prologue;
use crate::syntax::outline::{Outline, TokenKind, tokens};
use crate::text::Span;

/// How a setting for the runtime begins, in a comment above the package clause.
const DIRECTIVE: &str = "//go:debug";
/// What may switch the collector off.
pub const SWITCH: &str = "SetGCPercent";

/// Finds the first.
static DIRECTIVES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(DIRECTIVE));
/// Finds the second.
static SWITCHES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(SWITCH));

/// What a file may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A `//go:debug` line.
    Directive = 1,
    /// What may switch the collector off.
    Switch = 2,
}

/// The files that somebody has read for another reason, and what they do not say: so they
/// need not be read again for it.
#[derive(Debug, Default)]
pub(super) struct Silent(Mutex<SilentFiles>);

#[derive(Debug, Default)]
struct SilentFiles {
    /// Noted and not looked up yet: most runs ask for none of them.
    noted: Vec<(Box<OsStr>, u8)>,
    known: HashMap<Box<OsStr>, u8>,
}

impl Silent {
    /// Notes what the file at `path` does not say, which holds `bytes`; [`SWITCH`] if
    /// `switch`.
    pub fn note(&self, path: &Path, bytes: &[u8], switch: bool) {
        let directive = if has_no_directive(bytes) { Says::Directive as u8 } else { 0 };
        let switch = if switch { 0 } else { Says::Switch as u8 };
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.noted.push((path.as_os_str().into(), directive | switch));
    }

    /// Whether the file at `path` was read and does not say so.
    fn has(&self, path: &Path, what: Says) -> bool {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let SilentFiles { noted, known } = &mut *files;
        known.extend(noted.drain(..));
        known.get(path.as_os_str()).is_some_and(|silent| silent & what as u8 != 0)
    }
}

/// The .go files of a module.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// In the order in which their directories show them.
    pub paths: Vec<PathBuf>,
    /// Why some directory could not be read.
    pub unread: Vec<String>,
}

impl Listed {
    /// Every .go file below `dir` that may belong to its module: neither of nested modules nor
    /// of `vendor`, `testdata` and what begins with `_` or `.`.
    pub fn below(dir: &Path, disk: &Disk) -> Listed {
        let mut listed = Listed::default();
        list(dir, disk, &mut listed.paths, &mut listed.unread);
        listed
    }
}

/// A line of a file of the module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModulePlace {
    /// The file, absolute when gathered from a directory.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether the file is compiled for tests only.
    pub in_test: bool,
}

/// A `//go:debug` line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GoDebug {
    /// Where it stands.
    pub place: ModulePlace,
    /// The setting, `asynctimerchan` or `default`.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The `//go:debug` lines of one file that take effect: those of main packages, and of
/// test files for their test binary. `path` says whether it is a test and goes into the
/// places.
pub fn directives(path: &Path, text: &str) -> Vec<GoDebug> {
    let in_test = is_test(path);
    let main = Outline::header_of(text).package.is_some_and(|name| name.text == "main");
    let mut found = Vec::new();
    if !main && !in_test {
        return found;
    }
    for comment in header_comments(text) {
        let Some(setting) = comment.strip_prefix(DIRECTIVE).filter(|rest| rest.starts_with([' ', '\t']))
        else {
            continue;
        };
        if let Some((key, value)) = setting.trim().split_once('=') {
            // Both are slices of `text`, so the difference is the offset.
            let offset = comment.as_ptr() as usize - text.as_ptr() as usize;
            let place = place(path, text, offset);
            found.push(GoDebug { place, key: key.to_owned(), value: value.to_owned() });
        }
    }
    found
}

/// Whether [`SWITCH`] stands in a file.
pub fn may_switch(bytes: &[u8]) -> bool {
    SWITCHES.find(bytes).is_some()
}

/// The uses of `SetGCPercent` in one file that may switch the collector off: all but calls
/// with a number that is not negative. Comments and strings do not count.
pub fn switches(path: &Path, text: &str) -> Vec<ModulePlace> {
    if !may_switch(text.as_bytes()) {
        return Vec::new();
    }
    let mut code = tokens(text, Span::new(0, text.len())).filter(|(kind, _)| !kind.is_comment());
    let mut found = Vec::new();
    while let Some((kind, span)) = code.next() {
        if kind == TokenKind::Ident && span.of(text) == SWITCH {
            let call = [(); 3].map(|()| code.next());
            let texts = call.map(|token| token.map_or("", |(_, span)| span.of(text)));
            let number = call[1].is_some_and(|(kind, _)| kind == TokenKind::Number);
            if !(texts[0] == "(" && number && texts[2] == ")") {
                found.push(place(path, text, span.start));
            }
        }
    }
    found
}

pub(super) fn place(path: &Path, text: &str, offset: usize) -> ModulePlace {
    let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..offset]).count();
    ModulePlace { path: path.to_owned(), line, in_test: is_test(path) }
}

/// What the files of a module say of one thing, in the order of their paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered<T> {
    /// What was found.
    pub found: Vec<T>,
    /// Why some file or directory could not be read: with an entry here, what
    /// is not in `found` may still be true.
    pub unread: Vec<String>,
}

impl Gathered<GoDebug> {
    /// The `//go:debug` lines of the files that are `listed`, but for those that are `silent`.
    /// Of most files only the beginning is read.
    pub(super) fn directives(
        listed: &Listed,
        tests: bool,
        disk: &Disk,
        silent: &Silent,
    ) -> Gathered<GoDebug> {
        Gathered::gather(listed, tests, |path, bytes| {
            if silent.has(path, Says::Directive) {
                return Ok(Vec::new());
            }
            disk.read_head(path, bytes, has_no_directive)?;
            let may = DIRECTIVES.find(bytes).is_some();
            Ok(if may { directives(path, &String::from_utf8_lossy(bytes)) } else { Vec::new() })
        })
    }
}

/// Whether the beginning of a file shows that the whole has no directive.
fn has_no_directive(head: &[u8]) -> bool {
    let mut comments = Prologue::of(head);
    !comments.any(|comment| DIRECTIVES.find(comment).is_some()) && comments.is_whole()
}

impl Gathered<ModulePlace> {
    /// What may switch the collector off in the files that are `listed`. Reads them all, but
    /// for those that are `silent`.
    pub(super) fn switches(
        listed: &Listed,
        tests: bool,
        disk: &Disk,
        silent: &Silent,
    ) -> Gathered<ModulePlace> {
        Gathered::gather(listed, tests, |path, bytes| {
            if silent.has(path, Says::Switch) {
                return Ok(Vec::new());
            }
            *bytes = disk.read(path)?;
            Ok(if may_switch(bytes) { switches(path, &String::from_utf8_lossy(bytes)) } else { Vec::new() })
        })
    }

    /// The first use that may switch the collector off; an unread file counts as `Err`
    /// with the reason.
    ///
    /// # Errors
    /// Why a file could not be read, when none that could has such a use.
    pub fn first(&self) -> Result<Option<&ModulePlace>, &str> {
        match (self.found.first(), self.unread.first()) {
            (None, Some(why)) => Err(why),
            (found, _) => Ok(found),
        }
    }
}

impl<T: Ord + Send> Gathered<T> {
    /// Asks `read` of every file that is listed, of test files only with `tests`. It is lent
    /// a buffer.
    fn gather(
        listed: &Listed,
        tests: bool,
        read: impl Fn(&Path, &mut Vec<u8>) -> io::Result<Vec<T>> + Sync,
    ) -> Gathered<T> {
        let paths: Vec<&PathBuf> = listed.paths.iter().filter(|path| tests || !is_test(path)).collect();
        let unread = listed.unread.clone();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(paths.len() / 64 + 1);
        let next = AtomicUsize::new(0);
        let gathered = Mutex::new(Gathered { found: Vec::new(), unread });
        let work = || {
            let mut own = Gathered { found: Vec::new(), unread: Vec::new() };
            let mut bytes = Vec::new();
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                match read(path, &mut bytes) {
                    Ok(found) => own.found.extend(found),
                    Err(error) => own.unread.push(unreadable(path, &error)),
                }
            }
            let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            gathered.found.append(&mut own.found);
            gathered.unread.append(&mut own.unread);
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        // The order in which the threads came by is nobody's business.
        let mut gathered = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        gathered.found.sort();
        gathered.unread.sort();
        gathered
    }
}

fn list(dir: &Path, disk: &Disk, paths: &mut Vec<PathBuf>, unread: &mut Vec<String>) {
    let entries = match disk.read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return unread.push(unreadable(dir, &error)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                unread.push(unreadable(dir, &error));
                continue;
            }
        };
        let name = entry.file_name();
        let hidden = matches!(name.as_encoded_bytes().first(), Some(b'.' | b'_'));
        if hidden {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type();
        if kind.as_ref().is_ok_and(|kind| kind.is_dir()) {
            let apart = name == "vendor" || name == "testdata" || disk.is_file(&path.join("go.mod"));
            if !apart {
                list(&path, disk, paths, unread);
            }
        // The go command follows links to files, and to directories never.
        } else if name.as_encoded_bytes().ends_with(b".go") {
            let plain = kind.is_ok_and(|kind| kind.is_file());
            if plain || disk.is_file(&path) {
                paths.push(path);
            }
        }
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {}: {error}; make it readable", path.display())
}

/// Whether the go command compiles a file of this name only for tests.
pub(super) fn is_test(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(b"_test.go"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_leaves_the_collector_on() {
        for (argument, lines) in [
            ("debug.SetGCPercent(100)", vec![]),
            ("debug . SetGCPercent /* c */ ( 0x10 )", vec![]),
            ("debug.SetGCPercent(-1)", vec![3]),
            ("debug.SetGCPercent(off)", vec![3]),
            ("debug.SetGCPercent(100 - 200)", vec![3]),
            ("f := debug.SetGCPercent", vec![3]),
            ("debug.SetGCPercent(debug.SetGCPercent(-1))", vec![3, 3]),
            ("// debug.SetGCPercent(-1)", vec![]),
            ("_ = `SetGCPercent(-1)`", vec![]),
            ("MySetGCPercent(-1)", vec![]),
        ] {
            let text = format!("package p\nfunc f() {{\n\t{argument}\n}}\n");
            let found: Vec<_> = switches(Path::new("p.go"), &text).iter().map(|place| place.line).collect();
            assert_eq!(found, lines, "{argument}");
            let silent = Silent::default();
            silent.note(Path::new("p.go"), text.as_bytes(), may_switch(text.as_bytes()));
            assert!(!silent.has(Path::new("p.go"), Says::Switch) || lines.is_empty(), "{argument}");
        }
    }

    #[test]
    fn go_debug_lines_count_where_the_go_command_takes_them() {
        let line = "//go:debug asynctimerchan=1\n";
        let pairs = |path: &str, text: &str| directives(Path::new(path), text).len();
        assert_eq!(pairs("m.go", &format!("// c\n{line}//go:debug\tpanicnil=1\npackage main\n")), 2);
        assert_eq!(pairs("m.go", &format!("package main\n{line}")), 0);
        assert_eq!(pairs("m.go", &format!("/*\n{line}*/\npackage main\n")), 0);
        assert_eq!(pairs("m.go", "//go:debugx a=1\n// go:debug a=1\n//go:debug a\npackage main\n"), 0);
        assert_eq!(pairs("lib.go", &format!("{line}package lib\n")), 0);
        assert_eq!(pairs("lib_test.go", &format!("{line}package lib\n")), 1);
        let text = format!("\r\n{}package main\n", line.replace('\n', "\r\n"));
        let found = directives(Path::new("m.go"), &text);
        assert_eq!((found[0].value.as_str(), found[0].place.line), ("1", 2));
    }

    #[test]
    fn the_beginning_of_a_file_shows_whether_it_has_directives() {
        let licence = "// Everybody may do with this what the licence says.\n".repeat(4096 / 52 + 2);
        let line = "//go:debug asynctimerchan=1\n";
        for (head, tail, lines) in [
            (String::new(), "package main\n".to_owned(), 0),
            (line.to_owned(), "package main\n".to_owned(), 1),
            (licence.clone(), format!("{line}package main\n"), 1),
            (format!("{line}{licence}"), "package main\n".to_owned(), 1),
            (format!("/*\n{licence}*/\n"), format!("\n{line}\npackage main\n"), 1),
            (format!("/*\n{licence}{line}*/\n"), "package main\n".to_owned(), 0),
            // The end of what is read first falls into the signs of a comment.
            ("\n".repeat(4095), format!("{line}package main\n"), 1),
            ("\n".repeat(4085), format!("{line}package main\n"), 1),
            (format!("{line}package"), format!("{} main\n", " ".repeat(4096)), 1),
        ] {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("m.go"), format!("{head}{tail}")).unwrap();
            let disk = Disk::default();
            let listed = Listed::below(dir.path(), &disk);
            let gathered = Gathered::directives(&listed, false, &disk, &Silent::default());
            assert_eq!(gathered.found.len(), lines, "{tail:?}");
            assert!(gathered.unread.is_empty());
            // The same when somebody has read the whole.
            let silent = Silent::default();
            silent.note(&listed.paths[0], format!("{head}{tail}").as_bytes(), false);
            assert_eq!(Gathered::directives(&listed, false, &disk, &silent), gathered, "{tail:?}");
        }
    }
}
