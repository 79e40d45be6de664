//! Where the files of a module mention a word, gathered when a fix depends on
//! who else uses an exported name.

use super::facts::{Place, list, place, unreadable};
use crate::disk::Disk;
use crate::syntax::outline::{TokenKind, tokens};
use crate::text::Span;
use memchr::memmem;
use std::path::{Path, PathBuf};

/// The first place in each file below `dir` where `word` stands as a name,
/// by path. Nested modules, `vendor`, `testdata` and what begins with `_` or
/// `.` are left out.
///
/// # Errors
/// A sentence that names what cannot be read.
pub(super) fn mentions(dir: &Path, word: &str, disk: &Disk) -> Result<Vec<Place>, String> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut unread = Vec::new();
    list(dir, disk, &mut paths, &mut unread);
    if let Some(why) = unread.into_iter().min() {
        return Err(why);
    }
    paths.sort();
    let finder = memmem::Finder::new(word);
    let mut found = Vec::new();
    for path in paths {
        let bytes = disk.read(&path).map_err(|error| unreadable(&path, &error))?;
        if finder.find(&bytes).is_none() {
            continue;
        }
        let text = String::from_utf8_lossy(&bytes);
        let named = |(kind, span): &(TokenKind, Span)| *kind == TokenKind::Ident && span.of(&text) == word;
        if let Some((_, span)) = tokens(&text, Span::new(0, text.len())).find(named) {
            found.push(place(&path, &text, span.start));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_where_it_is_code() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("go.mod", "module m\n");
        write("a/a.go", "package a\n\nfunc f(h *H) { h.Fd = 1 }\n");
        write("b/b.go", "package b\n\n// Fd\nvar s = `Fd`\nvar Fds int\n");
        write("nested/go.mod", "module n\n");
        write("nested/n.go", "package n\n\nvar Fd int\n");
        write("vendor/v/v.go", "package v\n\nvar Fd int\n");
        let found = mentions(dir.path(), "Fd", &Disk::default()).unwrap();
        let places: Vec<_> = found.iter().map(|place| (place.path.clone(), place.line)).collect();
        assert_eq!(places, [(dir.path().join("a/a.go"), 3)]);
    }
}
