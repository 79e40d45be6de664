//! The cleaned edits of one fix alone, worked out over an excerpt of its file.
//!
//! A report shows each fix as it would be applied by itself, so each is cleaned by itself.
//! Over the whole file that takes a parse of the file for each of its sites. But what a fix
//! leaves behind is decided by few of the statements: those that it edits, those that
//! declare or write the names in them, and one for each name that still reads it. An excerpt
//! holds these and what stands beside them, and the other statements of long lists are cut
//! out of it.
//!
//! What an excerpt gives is what the whole file gives: the edits may take away nothing but
//! what was expected to go. Where that cannot be told, there is no excerpt.

mod comments;
mod cut;
mod known;
mod needs;

pub use known::Excerpts;

use crate::model::package::Package;
use crate::rewrite::FileFix;
use crate::syntax::{File, Import, Kind, Node};
use crate::text::{Edit, Edits, Span};
use needs::{Needs, touched};

/// Shorter files are cleaned whole.
const SMALL: usize = 2048;

/// An excerpt of a file.
pub struct Excerpt {
    /// What is left of the file.
    pub file: File,
    /// The fix over it.
    pub change: FileFix,
    /// What was cut out.
    cut: Edits,
    /// What the fix was expected to change.
    active: Vec<Span>,
}

impl Excerpts<'_> {
    /// What is needed of the file to cleanup `change`; `None` when that is all of it.
    pub fn excerpt(&self, change: &FileFix, package: &Package) -> Option<Excerpt> {
        let file = self.file;
        let outline = file.outline();
        let dotted = |import: &Import| import.name.as_ref().is_some_and(|name| name.text == ".");
        if file.text().len() < SMALL || !outline.broken.is_empty() || outline.imports.iter().any(dotted) {
            return None;
        }
        let first = outline.decls.first()?.span.start;
        let mut needs = Needs::of(self, package);
        for edit in change.edits.iter() {
            if edit.span.start < first {
                return None;
            }
            needs.edit(edit, &change.edits)?;
        }
        needs.follow()?;
        let cut = needs.cut()?;
        let map = |edit: &Edit| {
            let start = cut.map(edit.span.start)?;
            let end = cut.map(edit.span.end)?;
            let span = Span { start, end };
            let whole = edit.span.end.checked_sub(edit.span.start) == end.checked_sub(start);
            whole.then(|| Edit { span, text: edit.text.clone() })
        };
        let edits: Option<Vec<Edit>> = change.edits.iter().map(map).collect();
        let change = FileFix { edits: edits?.into(), imports: change.imports.clone(), ..FileFix::default() };
        let file = File::new(file.path(), without(file.text(), &cut));
        Some(Excerpt { file, change, cut, active: needs.active })
    }
}

/// `text` without what `cut` takes away.
fn without(text: &str, cut: &Edits) -> String {
    let gone: usize = cut.iter().map(|edit| edit.span.len()).sum();
    let mut left = String::with_capacity(text.len() - gone);
    let mut at = 0;
    for edit in cut.iter() {
        left.push_str(&text[at..edit.span.start]);
        at = edit.span.end;
    }
    left.push_str(&text[at..]);
    left
}

impl Excerpt {
    /// The edits of the whole file that `edits` of this excerpt are; `None` when they do
    /// more than was expected.
    pub fn whole(&self, edits: &Edits, file: &File) -> Option<Edits> {
        let first = file.outline().decls.first()?.span.start;
        let mut found = Vec::new();
        for edit in edits.iter() {
            let start = self.cut.unmap(edit.span.start)?;
            let end = match edit.span.is_empty() {
                true => start,
                false => self.cut.unmap(edit.span.end - 1)? + 1,
            };
            let span = Span { start, end };
            let beside_cut = self.cut.meeting(span).iter().any(|cut| cut.span.start <= end);
            if end.checked_sub(start) != Some(edit.span.len()) || beside_cut {
                return None;
            }
            if start >= first && !self.expected(span, file) {
                return None;
            }
            found.push(Edit { span, text: edit.text.clone() });
        }
        Some(found.into())
    }

    /// Whether all code in `span` was expected to go.
    fn expected(&self, span: Span, file: &File) -> bool {
        let mut nodes = Vec::new();
        for index in file.decls_at(span) {
            match file.decl(index) {
                Some(root) => touched(root, span, &mut nodes),
                None => return false,
            }
        }
        let active = |node: &Node<'_>| self.active.iter().any(|part| part.covers(node.span()));
        nodes.iter().all(|node| node.kind() == Kind::Comment || node.span().is_empty() || active(node))
    }
}
