//! What all files of a module say together, gathered in one read of them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use aho_corasick::AhoCorasick;

use super::constraint::header_comments;
use super::is_test;
use crate::disk::Disk;
use crate::syntax::outline::{Outline, TokenKind, tokens};
use crate::text::Span;

/// Without one of these a file says nothing that is asked for here.
static LITERALS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::new(["//go:debug", "SetGCPercent"]).expect("two literals make an automaton")
});

/// A line of a file of the module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, absolute when gathered by [`ModuleFacts::read`].
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
    pub place: Place,
    /// The setting, `asynctimerchan` or `default`.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// What one file contributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// The `//go:debug` lines that take effect: those of main packages, and of
    /// test files for their test binary.
    pub go_debug: Vec<GoDebug>,
    /// Uses of `SetGCPercent` that may switch the collector off: all but calls
    /// with a number that is not negative.
    pub gc_percent: Vec<Place>,
}

impl FileFacts {
    /// Reads one file. `path` says whether it is a test and goes into the
    /// places. Comments and strings do not count as uses.
    pub fn of(path: &Path, text: &str) -> FileFacts {
        let mut out = FileFacts::default();
        let (mut debug, mut percent) = (false, false);
        for found in LITERALS.find_iter(text) {
            debug |= found.pattern().as_usize() == 0;
            percent |= found.pattern().as_usize() != 0;
        }
        if debug {
            out.directives(path, text);
        }
        if percent {
            out.uses(path, text);
        }
        out
    }

    fn directives(&mut self, path: &Path, text: &str) {
        let in_test = is_test(path);
        let main = Outline::header_of(text).package.is_some_and(|name| name.text == "main");
        if !main && !in_test {
            return;
        }
        for comment in header_comments(text) {
            let Some(setting) =
                comment.strip_prefix("//go:debug").filter(|rest| rest.starts_with([' ', '\t']))
            else {
                continue;
            };
            if let Some((key, value)) = setting.trim().split_once('=') {
                // Both are slices of `text`, so the difference is the offset.
                let offset = comment.as_ptr() as usize - text.as_ptr() as usize;
                self.go_debug.push(GoDebug {
                    place: place(path, text, offset),
                    key: key.to_owned(),
                    value: value.to_owned(),
                });
            }
        }
    }

    fn uses(&mut self, path: &Path, text: &str) {
        let mut code = tokens(text, Span::new(0, text.len())).filter(|(kind, _)| !kind.is_comment());
        while let Some((kind, span)) = code.next() {
            if kind != TokenKind::Ident {
                continue;
            }
            if span.of(text) == "SetGCPercent" {
                let call = [(); 3].map(|()| code.next());
                let texts = call.map(|token| token.map_or("", |(_, span)| span.of(text)));
                let number = call[1].is_some_and(|(kind, _)| kind == TokenKind::Number);
                if !(texts[0] == "(" && number && texts[2] == ")") {
                    self.gc_percent.push(place(path, text, span.start));
                }
            }
        }
    }

    fn add(&mut self, mut other: FileFacts) {
        self.go_debug.append(&mut other.go_debug);
        self.gc_percent.append(&mut other.gc_percent);
    }
}

pub(super) fn place(path: &Path, text: &str, offset: usize) -> Place {
    let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..offset]).count();
    Place { path: path.to_owned(), line, in_test: is_test(path) }
}

/// What all files of a module say, in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFacts {
    /// The contributions of all files.
    pub files: FileFacts,
    /// Why some file or directory could not be read: with an entry here, what
    /// is not in `files` may still be true.
    pub unread: Vec<String>,
}

impl ModuleFacts {
    /// Reads every .go file below `dir` that may belong to the module: neither
    /// nested modules nor `vendor`, `testdata` and what begins with `_` or `.`; test files
    /// only with `tests`.
    pub fn read(dir: &Path, tests: bool, disk: &Disk) -> ModuleFacts {
        let mut out = ModuleFacts::default();
        let mut paths = Vec::new();
        list(dir, disk, &mut paths, &mut out.unread);
        paths.retain(|path| tests || !is_test(path));
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(paths.len() / 64 + 1);
        let next = AtomicUsize::new(0);
        let shared = Mutex::new(&mut out);
        let work = || {
            let mut own = ModuleFacts::default();
            let mut bytes = Vec::new();
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                bytes.clear();
                let read = disk.open(path).and_then(|mut file| {
                    file.read_to_end(&mut bytes)?;
                    file.seen(&bytes);
                    Ok(())
                });
                match read {
                    Ok(()) if LITERALS.is_match(&bytes) => {
                        own.files.add(FileFacts::of(path, &String::from_utf8_lossy(&bytes)));
                    }
                    Ok(()) => {}
                    Err(error) => own.unread.push(unreadable(path, &error)),
                }
            }
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.files.add(own.files);
            shared.unread.append(&mut own.unread);
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        // The order in which the threads came by is nobody's business.
        out.files.go_debug.sort();
        out.files.gc_percent.sort();
        out.unread.sort();
        out
    }

    /// The first use that may switch the collector off; an unread file counts as `Err`
    /// with the reason.
    ///
    /// # Errors
    /// Why a file could not be read, when none that could has such a use.
    pub fn collector_switch(&self) -> Result<Option<&Place>, &str> {
        match (self.files.gc_percent.first(), self.unread.first()) {
            (None, Some(why)) => Err(why),
            (found, _) => Ok(found),
        }
    }
}

pub(super) fn list(dir: &Path, disk: &Disk, paths: &mut Vec<PathBuf>, unread: &mut Vec<String>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(path: &str, text: &str) -> FileFacts {
        FileFacts::of(Path::new(path), text)
    }

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
            let found: Vec<_> = facts("p.go", &text).gc_percent.iter().map(|place| place.line).collect();
            assert_eq!(found, lines, "{argument}");
        }
    }

    #[test]
    fn go_debug_lines_count_where_the_go_command_takes_them() {
        let line = "//go:debug asynctimerchan=1\n";
        let pairs = |path: &str, text: &str| facts(path, text).go_debug.len();
        assert_eq!(pairs("m.go", &format!("// c\n{line}//go:debug\tpanicnil=1\npackage main\n")), 2);
        assert_eq!(pairs("m.go", &format!("package main\n{line}")), 0);
        assert_eq!(pairs("m.go", &format!("/*\n{line}*/\npackage main\n")), 0);
        assert_eq!(pairs("m.go", "//go:debugx a=1\n// go:debug a=1\n//go:debug a\npackage main\n"), 0);
        assert_eq!(pairs("lib.go", &format!("{line}package lib\n")), 0);
        assert_eq!(pairs("lib_test.go", &format!("{line}package lib\n")), 1);
        let found = facts("m.go", &format!("\r\n{}package main\n", line.replace('\n', "\r\n")));
        assert_eq!((found.go_debug[0].value.as_str(), found.go_debug[0].place.line), ("1", 2));
    }
}
