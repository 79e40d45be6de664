//! Which fixes of a file leave a declaration that does not parse, found in each declaration by
//! itself: to parse the whole file for each of them would take as long as they are many.

use super::fix::GivenFix;
use crate::syntax::File;
use crate::text::{Edit, EditSet, Edits, Span};
use std::collections::BTreeMap;
use std::path::Path;

/// So often a declaration is parsed with some of its fixes; then the rest of them is given up.
const TRIES: usize = 200;

/// Those of the fixes `ids` of `file` that break the declaration in which they stand.
pub(super) fn fixes_of(file: &File, fixes: &[GivenFix], ids: &[usize]) -> Vec<usize> {
    let mut by_decl: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for id in ids {
        let edits = fixes[*id].files.get(file.path()).into_iter().flat_map(|one| one.edits.iter());
        let mut decls: Vec<usize> = edits.filter_map(|edit| around(file, edit.span)).collect();
        decls.dedup();
        for decl in decls {
            by_decl.entry(decl).or_default().push(*id);
        }
    }
    let mut broken = Vec::new();
    for (decl, ids) in by_decl {
        if file.fault(decl).is_none() {
            let span = file.outline().decls[decl].span;
            let mut search = DeclarationSearch { file, fixes, span, taken: Vec::new(), tries: 0 };
            broken.extend(search.broken(&ids));
        }
    }
    broken.sort_unstable();
    broken.dedup();
    broken
}

/// The declaration that an edit stands in.
fn around(file: &File, span: Span) -> Option<usize> {
    let decls = &file.outline().decls;
    file.decls_at(span).find(|at| decls[*at].span.start <= span.start && span.end <= decls[*at].span.end)
}

/// The search for the fixes that break one declaration.
struct DeclarationSearch<'f> {
    file: &'f File,
    fixes: &'f [GivenFix],
    span: Span,
    /// Those that are fine.
    taken: Vec<usize>,
    tries: usize,
}

impl DeclarationSearch<'_> {
    fn broken(&mut self, ids: &[usize]) -> Vec<usize> {
        if ids.is_empty() {
            return Vec::new();
        }
        if self.tries >= TRIES {
            return ids.to_vec();
        }
        self.tries += 1;
        if self.parses(ids) {
            self.taken.extend(ids);
            return Vec::new();
        }
        if ids.len() == 1 {
            return ids.to_vec();
        }
        let (first, second) = ids.split_at(ids.len() / 2);
        let mut broken = self.broken(first);
        broken.extend(self.broken(second));
        broken
    }

    /// Whether the declaration parses with `ids` and those that are fine.
    fn parses(&self, ids: &[usize]) -> bool {
        let mut own = EditSet::default();
        for fix in self.taken.iter().chain(ids).filter_map(|id| self.fixes[*id].files.get(self.file.path())) {
            let inside = |edit: &&Edit| self.span.start <= edit.span.start && edit.span.end <= self.span.end;
            let moved = fix.edits.iter().filter(inside).map(|edit| {
                let span = Span::new(edit.span.start - self.span.start, edit.span.end - self.span.start);
                Edit { span, text: edit.text.clone() }
            });
            let moved: Edits = moved.collect::<Vec<_>>().into();
            if own.join(&moved).is_err() {
                return false;
            }
        }
        let text = Edits::from(own).apply(self.span.of(self.file.text()));
        let file = File::new(Path::new("declaration.go"), format!("package p\n\n{text}\n"));
        let outline = file.outline();
        outline.broken.is_empty() && (0..outline.decls.len()).all(|index| file.fault(index).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::super::FixedFiles;
    use super::*;
    use crate::rewrite::FileFix;
    use std::path::PathBuf;

    #[test]
    fn what_breaks_its_declaration_is_found_there() {
        let mut text = "package p\n".to_owned();
        for number in 0..40 {
            text +=
                &format!("\nfunc F{number}() int {{\n\ta := {number} + 1\n\treturn a + {number} - 1\n}}\n");
        }
        let path = PathBuf::from("/m/p.go");
        let file = File::new(&path, text.as_str());
        let places = text.match_indices(" 1\n");
        let fix = |(number, (at, _)): (usize, (usize, &str))| {
            let new = if number % 7 == 3 { " )".to_owned() } else { format!(" {number}") };
            let edit = Edit { span: Span::new(at, at + 2), text: new };
            let one = FileFix { edits: vec![edit].into(), ..FileFix::default() };
            GivenFix {
                path: path.clone(),
                files: FixedFiles::one(path.as_path(), one),
                ..GivenFix::default()
            }
        };
        let fixes: Vec<GivenFix> = places.enumerate().map(fix).collect();
        let ids: Vec<usize> = (0..fixes.len()).collect();
        let bad: Vec<usize> = ids.iter().copied().filter(|id| id % 7 == 3).collect();
        assert_eq!((fixes.len(), fixes_of(&file, &fixes, &ids)), (80, bad));
    }
}
