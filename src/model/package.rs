//! All files of one directory that share a package clause, skipped ones and
//! those under other build tags included: they decide which names are taken.

use super::scope::{self, Def};
use crate::syntax::{DeclKind, File, Node, glance};
use std::sync::{Arc, LazyLock};

/// Finds the files of a package.
type Find = Box<dyn FnOnce() -> Vec<Arc<File>> + Send + Sync>;

/// The files of a package. They are asked for when a question first needs them: most
/// sites are decided by their own file.
#[derive(Debug)]
pub struct Package {
    files: LazyLock<Vec<Arc<File>>, Find>,
}

impl Package {
    /// A package of these files.
    pub fn new(files: Vec<Arc<File>>) -> Package {
        Package::of(move || files)
    }

    /// A package of the files that `find` gives, in the order of their names.
    pub fn of(find: impl FnOnce() -> Vec<Arc<File>> + Send + Sync + 'static) -> Package {
        Package { files: LazyLock::new(Box::new(find)) }
    }

    /// The files, in the order of their names.
    pub fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    /// Whether any file of the package declares `name` at top level.
    pub fn declares(&self, name: &str) -> bool {
        self.declaring(name).any(|file| matches!(scope::at_file(name, file), Def::TopLevel(_)))
    }

    /// Whether any file of the package declares or imports `name`.
    pub fn knows(&self, name: &str) -> bool {
        let imports =
            |file: &Arc<File>| file.imports().iter().any(|import| super::imports::may_be_named(import, name));
        self.files().iter().any(imports) || self.declares(name)
    }

    /// Whether any file imports `path`.
    pub fn imports(&self, path: &str) -> bool {
        self.files().iter().any(|file| super::imports::imports(file, path))
    }

    /// The declarations at top level that declare `name`; several under
    /// different build tags.
    pub fn declarations(&self, name: &str) -> Vec<Node<'_>> {
        let mut found = Vec::new();
        for file in self.declaring(name) {
            for (index, decl) in file.outline().decls.iter().enumerate() {
                if decl.kind != DeclKind::Method && decl.names.iter().any(|n| n.text == name) {
                    found.extend(file.decl(index).and_then(|root| root.named().next()));
                }
            }
        }
        found
    }

    /// The methods called `name` on any receiver, or on the type `receiver`.
    pub fn methods(&self, receiver: Option<&str>, name: &str) -> Vec<Node<'_>> {
        let mut found = Vec::new();
        for file in self.naming(name).filter(|file| may_have_method(file, name)) {
            for (index, decl) in file.outline().decls.iter().enumerate() {
                let named =
                    decl.kind == DeclKind::Method && decl.names.iter().any(|declared| declared.text == name);
                if named && receiver.is_none_or(|receiver| decl.receiver.as_deref() == Some(receiver)) {
                    found.extend(file.decl(index).and_then(|root| root.named().next()));
                }
            }
        }
        found
    }

    /// The functions called `name`, or the methods of that name on any receiver,
    /// in whose text one of `words` stands: the others are not parsed.
    pub fn functions_saying(&self, name: &str, methods: bool, words: &[&str]) -> Vec<Node<'_>> {
        let kind = if methods { DeclKind::Method } else { DeclKind::Func };
        let mut found = Vec::new();
        let may_declare = |file: &&Arc<File>| {
            if methods {
                may_have_method(file, name)
            } else {
                glance::may_declare(file.text().as_bytes(), name)
            }
        };
        for file in self.naming(name).filter(may_declare) {
            for (index, decl) in file.outline().decls.iter().enumerate() {
                let named = decl.kind == kind && decl.names.iter().any(|declared| declared.text == name);
                let says = |word: &&str| decl.span.of(file.text()).contains(*word);
                if named && words.iter().any(says) {
                    found.extend(file.decl(index).and_then(|root| root.named().next()));
                }
            }
        }
        found
    }

    /// Whether a declaration that satisfies `wanted` cannot be read, so that
    /// [`Package::declarations`] and [`Package::methods`] do not show it.
    pub fn broken(&self, wanted: impl Fn(&crate::syntax::Decl) -> bool) -> bool {
        self.files().iter().any(|file| {
            let decls = file.outline().decls.iter().enumerate();
            decls.filter(|(_, decl)| wanted(decl)).any(|(index, _)| file.fault(index).is_some())
        })
    }

    /// The files that may declare `name` other than as a method.
    fn declaring(&self, name: &str) -> impl Iterator<Item = &Arc<File>> {
        self.naming(name).filter(move |file| glance::may_declare(file.text().as_bytes(), name))
    }

    /// The files whose outline may hold `name`.
    fn naming(&self, name: &str) -> impl Iterator<Item = &Arc<File>> {
        self.files().iter().filter(move |file| file.may_name(name))
    }
}

fn may_have_method(file: &File, name: &str) -> bool {
    glance::may_declare_method(file.text().as_bytes(), name)
}
