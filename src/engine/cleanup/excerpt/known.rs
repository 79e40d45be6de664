//! What is known of a file for all of its excerpts.

use crate::model::import_names::names_of;
use crate::syntax::File;
use std::collections::HashMap;

/// What is known of a file for all of its excerpts.
pub struct Excerpts<'f> {
    pub(super) file: &'f File,
    /// The declarations that mention an import, by its place.
    users: std::cell::RefCell<HashMap<usize, std::rc::Rc<[usize]>>>,
}

impl<'f> Excerpts<'f> {
    /// Of `file`.
    pub fn of(file: &'f File) -> Excerpts<'f> {
        Excerpts { file, users: Default::default() }
    }

    /// The declarations whose text mentions a name of import `index`.
    pub(super) fn users(&self, index: usize) -> std::rc::Rc<[usize]> {
        if let Some(known) = self.users.borrow().get(&index) {
            return std::rc::Rc::clone(known);
        }
        let outline = self.file.outline();
        let finders: Vec<_> =
            names_of(&outline.imports[index]).into_iter().map(memchr::memmem::Finder::new).collect();
        let mentions = |decl: &crate::syntax::Decl| {
            let text = decl.span.of(self.file.text()).as_bytes();
            finders.iter().any(|finder| finder.find(text).is_some())
        };
        let found = outline.decls.iter().enumerate().filter(|(_, decl)| mentions(decl));
        let found: std::rc::Rc<[usize]> = found.map(|(at, _)| at).collect();
        self.users.borrow_mut().insert(index, std::rc::Rc::clone(&found));
        found
    }
}
