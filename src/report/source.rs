//! The texts beneath findings: formats that count columns in other units than
//! bytes, or show what a fix makes of a file, ask here.

use crate::disk::companion;
use crate::engine::discover::slashed;
use crate::rewrite::{FileEdit, Finding};
use crate::text::{Edit, Edits, LineIndex, Position, Span};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Reads the files of a run when a format asks for them.
#[derive(Debug, Default)]
pub struct SourceTexts {
    cwd: PathBuf,
    root: PathBuf,
    given: HashMap<String, Rc<SourceText>>,
    /// Findings come file by file: the last one is enough.
    last: RefCell<Option<(String, Option<Rc<SourceText>>)>>,
}

impl SourceTexts {
    /// Files named from the directory `cwd`, in a run over `root`: the git
    /// repository, or what stands for one.
    pub fn new(cwd: &Path, root: &Path) -> SourceTexts {
        SourceTexts { cwd: cwd.to_owned(), root: root.to_owned(), ..SourceTexts::default() }
    }

    /// Remembers the text of a file that is not on disk as it was looked at, or
    /// will not be when it is asked for. `path` is as in a finding.
    pub fn give(&mut self, path: &str, text: String) {
        self.given.insert(path.to_owned(), Rc::new(SourceText::new(text)));
    }

    /// Remembers the files that `findings` speak of as they are now.
    pub fn keep(&mut self, findings: &[Finding]) {
        for finding in findings {
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
            for path in edits.map(|edit| &*edit.path).chain([&*finding.path]) {
                if let Some(text) = (!self.given.contains_key(path)).then(|| self.read(path)).flatten() {
                    self.give(path, text);
                }
            }
        }
    }

    /// The text of a file, named as in a finding; `None` when it cannot be read.
    pub fn get(&self, path: &str) -> Option<Rc<SourceText>> {
        if let Some(given) = self.given.get(path) {
            return Some(given.clone());
        }
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((name, source)) if name == path => source.clone(),
            _ => {
                let source = self.read(path).map(|text| Rc::new(SourceText::new(text)));
                *last = Some((path.to_owned(), source.clone()));
                source
            }
        }
    }

    /// The text of the finding's file, if it still is what the finding is about.
    pub fn of(&self, finding: &Finding) -> Option<Rc<SourceText>> {
        self.get(&finding.path).filter(|source| source.holds(finding.start) && source.holds(finding.end))
    }

    /// `path`, as in a finding, from the root of the run: what services that
    /// know only the repository go by.
    pub fn from_root(&self, path: &str) -> String {
        let absolute = self.cwd.join(path);
        absolute.strip_prefix(&self.root).map_or_else(|_| path.to_owned(), slashed)
    }

    fn read(&self, path: &str) -> Option<String> {
        companion::read_to_string(&self.cwd.join(path)).ok()
    }
}

/// The text of one file with its lines.
#[derive(Debug)]
pub struct SourceText {
    /// The text, BOM included.
    pub text: String,
    lines: LineIndex,
}

/// The mark that may open a file. Editors and services do not count it.
const BOM: char = '\u{feff}';

impl SourceText {
    /// Indexes `text`.
    pub fn new(text: String) -> SourceText {
        SourceText { lines: LineIndex::new(text.as_bytes()), text }
    }

    /// Whether `at` is a place of this text.
    fn holds(&self, at: Position) -> bool {
        self.text.is_char_boundary(at.byte) && self.lines.position(at.byte) == at
    }

    /// The place of a byte.
    pub fn position(&self, byte: usize) -> Position {
        self.lines.position(byte)
    }

    /// The column of `at` in UTF-16 units, from 1, a BOM not counted.
    pub fn utf16(&self, at: Position) -> usize {
        1 + self.before(at).map(char::len_utf16).sum::<usize>()
    }

    /// The column of `at` in characters, from 1, a BOM not counted.
    pub fn characters(&self, at: Position) -> usize {
        1 + self.before(at).count()
    }

    fn before(&self, at: Position) -> impl Iterator<Item = char> {
        let start = self.lines.span(at.line).start;
        let text = &self.text[start..at.byte];
        if start == 0 { text.strip_prefix(BOM).unwrap_or(text) } else { text }.chars()
    }

    /// The edits of this file among `edits`; `None` when they do not fit it.
    pub fn edits<'e>(&self, path: &str, edits: impl IntoIterator<Item = &'e FileEdit>) -> Option<Edits> {
        let mut mine = Edits::new();
        for edit in edits.into_iter().filter(|edit| *edit.path == *path) {
            let fits = |byte: usize| self.text.is_char_boundary(byte);
            if edit.start_byte > edit.end_byte || !fits(edit.start_byte) || !fits(edit.end_byte) {
                return None;
            }
            let span = Span::new(edit.start_byte, edit.end_byte);
            mine.push(Edit { span, text: edit.text.clone() }).ok()?;
        }
        Some(mine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_every_unit() {
        let source = SourceText::new("\u{feff}a\u{1f600}\tb\r\n\u{e9}x".to_owned());
        let at = |byte| source.position(byte);
        let b = source.text.find('b').unwrap();
        assert_eq!((at(b).column, source.utf16(at(b)), source.characters(at(b))), (10, 5, 4));
        let x = source.text.find('x').unwrap();
        assert_eq!((at(x).line, at(x).column), (2, 3));
        assert_eq!((source.utf16(at(x)), source.characters(at(x))), (2, 2));
        // The end of a line of CRLF, and of the text.
        assert_eq!(source.utf16(at(b + 1)), 6);
        assert_eq!(source.utf16(at(source.text.len())), 3);
        // The first byte of a file with a BOM.
        assert_eq!(source.utf16(at(0)), 1);
        assert_eq!(source.utf16(at(3)), 1);
    }

    #[test]
    fn a_text_that_changed_is_noticed() {
        let source = SourceText::new("a\nb\u{e9}".to_owned());
        assert!(source.holds(Position { line: 2, column: 2, byte: 3 }));
        assert!(!source.holds(Position { line: 1, column: 4, byte: 3 }));
        assert!(!source.holds(Position { line: 2, column: 3, byte: 4 }), "within a character");
        assert!(!source.holds(Position { line: 9, column: 1, byte: 90 }));
    }

    #[test]
    fn paths_from_the_root() {
        let sources = SourceTexts::new(Path::new("/r/cmd/api"), Path::new("/r"));
        assert_eq!(sources.from_root("main.go"), "cmd/api/main.go");
        assert_eq!(sources.from_root("/r/internal/x.go"), "internal/x.go");
        assert_eq!(sources.from_root("/elsewhere/x.go"), "/elsewhere/x.go");
    }
}
