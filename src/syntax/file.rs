//! One Go file in memory: text, outline, and the declarations parsed so far.

use super::fault::Fault;
use super::index::TopLevel;
use super::node::Node;
use super::outline::{Decl, Import, Outline};
use super::parse::{self, Tree};
use super::remember::Memo;
use crate::text::{LineIndex, Span};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A Go file. It is outlined, and its declarations are parsed, when somebody
/// first asks: most files beside a site are only asked for their package.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    text: String,
    header: OnceLock<Outline>,
    whole: OnceLock<Whole>,
    lines: OnceLock<LineIndex>,
    words: Memo<String>,
}

#[derive(Debug)]
struct Whole {
    outline: Outline,
    /// One for each declaration.
    trees: Vec<OnceLock<Tree>>,
    top: OnceLock<TopLevel>,
}

impl File {
    /// The file with this `text`, which was read from `path`.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> File {
        File {
            path: path.into(),
            text: text.into(),
            header: OnceLock::new(),
            whole: OnceLock::new(),
            lines: OnceLock::new(),
            words: Memo::default(),
        }
    }

    /// The same file before anything of it was looked at.
    pub fn unparsed(&self) -> File {
        File::new(self.path.as_path(), self.text.as_str())
    }

    /// Where the file is, as the engine named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file's name says that it holds tests.
    pub fn is_test(&self) -> bool {
        self.path.to_string_lossy().ends_with("_test.go")
    }

    /// The whole text, byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the lexer saw.
    pub fn outline(&self) -> &Outline {
        &self.whole().outline
    }

    /// The imports. Go has none after another declaration, and neither has this
    /// list.
    pub fn imports(&self) -> &[Import] {
        &self.header().imports
    }

    /// Whether the outline may hold `name`: asked before a file is outlined for
    /// it in vain.
    pub fn may_name(&self, name: &str) -> bool {
        self.is_outlined() || memchr::memmem::find(self.text.as_bytes(), name.as_bytes()).is_some()
    }

    /// The name in the package clause, empty when there is none.
    pub fn package(&self) -> &str {
        self.header().package.as_ref().map_or("", |name| &name.text)
    }

    /// Where the lines are.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.text.as_bytes()))
    }

    /// The line end that the file uses: that of its first line.
    pub fn newline(&self) -> &'static str {
        let first = memchr::memchr(b'\n', self.text.as_bytes());
        match first {
            Some(at) if at > 0 && self.text.as_bytes()[at - 1] == b'\r' => "\r\n",
            _ => "\n",
        }
    }

    /// Index of the top-level declaration that covers `offset`.
    pub fn decl_at(&self, offset: usize) -> Option<usize> {
        let decls = &self.outline().decls;
        let at = decls.partition_point(|decl| decl.span.end <= offset);
        decls.get(at).filter(|decl| decl.span.contains(offset)).map(|_| at)
    }

    /// The declarations that share a byte with `span`, or touch it.
    pub fn decls_at(&self, span: Span) -> Range<usize> {
        let decls = &self.outline().decls;
        let first = decls.partition_point(|decl| decl.span.end < span.start);
        first..first + decls[first..].partition_point(|decl| decl.span.start <= span.end)
    }

    /// What the file declares and imports, by name; `names` says how an import may be
    /// called.
    pub fn top_level<'f, N: IntoIterator<Item = &'f str>>(
        &'f self,
        names: fn(&'f Import) -> N,
    ) -> &'f TopLevel {
        let whole = self.whole();
        whole.top.get_or_init(|| TopLevel::of(&whole.outline, names))
    }

    /// Whether `word` stands anywhere in the text, in a longer word too. Looked for once.
    pub fn holds(&self, word: &str) -> bool {
        let find = || memchr::memmem::find(self.text.as_bytes(), word.as_bytes()).is_some();
        *self.words.get(word.to_owned(), find)
    }

    /// Whether it is outlined already, so that questions to the outline cost nothing.
    pub fn is_outlined(&self) -> bool {
        self.whole.get().is_some()
    }

    /// Whether declaration `index` of the outline is parsed already.
    pub fn is_parsed(&self, index: usize) -> bool {
        self.whole().trees[index].get().is_some()
    }

    /// The root of declaration `index` of the outline; `None` when it has a
    /// fault, so that nothing may depend on it.
    pub fn decl(&self, index: usize) -> Option<Node<'_>> {
        let tree = self.tree(index);
        if tree.parsed.fault.is_some() || self.outline().decls[index].broken {
            return None;
        }
        Some(Node { file: self, tree, id: 0 })
    }

    /// Why declaration `index` cannot be read, if it cannot.
    pub fn fault(&self, index: usize) -> Option<Fault> {
        let decl: &Decl = &self.outline().decls[index];
        self.tree(index).fault().or(decl.broken.then_some(Fault::Syntax(decl.span)))
    }

    fn tree(&self, index: usize) -> &Tree {
        let whole = self.whole();
        whole.trees[index].get_or_init(|| parse::declaration(&self.text, whole.outline.decls[index].span))
    }

    fn header(&self) -> &Outline {
        self.header.get_or_init(|| Outline::header_of(&self.text))
    }

    fn whole(&self) -> &Whole {
        self.whole.get_or_init(|| {
            let outline = Outline::of(&self.text);
            let trees = outline.decls.iter().map(|_| OnceLock::new()).collect();
            Whole { outline, trees, top: OnceLock::new() }
        })
    }
}
