//! Where the files of a module mention a word, gathered when a fix depends on
//! who else uses an exported name.

use super::facts::{Listed, ModulePlace, place, unreadable};
use crate::disk::Disk;
use crate::syntax::outline::{TokenKind, tokens};
use crate::text::Span;
use memchr::memmem;
use std::path::{Path, PathBuf};

/// The first place in each of the files `listed` where `word` stands as a name, by path.
///
/// # Errors
/// A sentence that names what cannot be read.
pub(super) fn mentions(listed: &Listed, word: &str, disk: &Disk) -> Result<Vec<ModulePlace>, String> {
    if let Some(why) = listed.unread.iter().min() {
        return Err(why.clone());
    }
    let mut paths: Vec<&PathBuf> = listed.paths.iter().collect();
    paths.sort();
    let finder = memmem::Finder::new(word);
    let mut found = Vec::new();
    for path in paths {
        let bytes = disk.read(path).map_err(|error| unreadable(path, &error))?;
        if finder.find(&bytes).is_some() {
            found.extend(first(path, &String::from_utf8_lossy(&bytes), word));
        }
    }
    Ok(found)
}

/// The first place in the file at `path`, which holds `text`, where `word` stands as a name.
pub(super) fn first(path: &Path, text: &str, word: &str) -> Option<ModulePlace> {
    memmem::find(text.as_bytes(), word.as_bytes())?;
    let named = |(kind, span): &(TokenKind, Span)| *kind == TokenKind::Ident && span.of(text) == word;
    let (_, span) = tokens(text, Span::new(0, text.len())).find(named)?;
    Some(place(path, text, span.start))
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
        let disk = Disk::default();
        let found = mentions(&Listed::below(dir.path(), &disk), "Fd", &disk).unwrap();
        let places: Vec<_> = found.iter().map(|place| (place.path.clone(), place.line)).collect();
        assert_eq!(places, [(dir.path().join("a/a.go"), 3)]);
    }
}
