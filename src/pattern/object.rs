//! What a rule names in the code by its declaration: `func load`, `type T`, `field T.f`.

use super::patch::ObjectKind;
use crate::model::imports::{is_dot_imported, package_of};
use crate::model::scope::{self, Def};
use crate::rewrite::Cx;
use crate::syntax::byte_checks::is_word;
use crate::syntax::{DeclKind, File, Node};
use memchr::{memmem, memrchr};
use std::path::{Path, PathBuf};

/// An object of the code that a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleObject {
    /// Which kind.
    pub kind: ObjectKind,
    /// Its name; of a field, that of the type.
    pub name: String,
    /// The field.
    pub field: Option<String>,
    /// The package, where the rule says it.
    pub package: Option<RulePackage>,
    /// The line of the rule.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The package that a rule means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePackage {
    /// By its import path.
    Path(String),
    /// By the name in its clause.
    Clause(String),
    /// By the directory in which alone the object was found.
    Directory(PathBuf),
}

/// Where a file stands, for the questions of rules.
#[derive(Clone, Debug, Default)]
pub struct PackagePlace {
    /// The import path of its package.
    pub path: Option<String>,
    /// Its directory.
    pub directory: PathBuf,
    /// The name in its clause.
    pub clause: String,
}

impl PackagePlace {
    /// Of the file of `cx`.
    pub fn of(cx: &Cx<'_>) -> PackagePlace {
        PackagePlace {
            path: cx.around.import_path(),
            directory: cx.file.path().parent().unwrap_or(Path::new("")).to_owned(),
            clause: cx.file.package().to_owned(),
        }
    }

    /// Whether the package is the one that a rule means.
    pub fn is(&self, package: Option<&RulePackage>) -> bool {
        match package {
            None => true,
            Some(RulePackage::Path(path)) => {
                self.path.as_ref() == Some(path) && !self.clause.ends_with("_test")
            }
            Some(RulePackage::Clause(clause)) => self.clause == *clause,
            Some(RulePackage::Directory(directory)) => {
                self.directory == *directory && !self.clause.ends_with("_test")
            }
        }
    }
}

impl RuleObject {
    /// What the rule names in the code: the name or the field.
    pub fn word(&self) -> &str {
        self.field.as_deref().unwrap_or(&self.name)
    }

    /// Whether both are declared by the same declaration.
    pub fn is_alike(&self, other: &RuleObject) -> bool {
        self.kind == other.kind && self.name == other.name
    }

    /// Whether the identifier, in a file at `place`, is this function or type.
    pub fn is_named_by(&self, node: Node<'_>, place: &PackagePlace) -> bool {
        node.text() == self.name && is_of_package(node) && place.is(self.package.as_ref())
    }

    /// Whether a file with this text may declare it, as far as its bytes tell: wrong only by
    /// saying yes.
    pub fn may_be_declared_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        memmem::find_iter(bytes, self.name.as_bytes()).any(|start| {
            let before = bytes[..start].trim_ascii_end();
            is_word(bytes, start, start + self.name.len())
                && match self.kind {
                    // A comment may stand behind the keyword.
                    ObjectKind::Func => {
                        before.ends_with(b"func") || before.ends_with(b"*/") || has_comment(before)
                    }
                    ObjectKind::Type | ObjectKind::Field => !before.ends_with(b"."),
                }
        })
    }

    /// Whether the declaration number `index` of `file` declares it.
    pub fn is_declared_by(&self, file: &File, index: usize) -> bool {
        let declaration = &file.outline().decls[index];
        let kind = match self.kind {
            ObjectKind::Func => DeclKind::Func,
            ObjectKind::Type | ObjectKind::Field => DeclKind::Type,
        };
        // Of types of one name only those with the field are meant.
        let text = declaration.span.of(file.text());
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let has = |field: &String| text.split(|c| !is_word(c)).any(|word| word == field);
        declaration.kind == kind
            && declaration.names.iter().any(|name| name.text == self.name)
            && self.field.as_ref().is_none_or(has)
    }
}

/// Whether the last line of `before` may have a comment, so that its end says nothing.
fn has_comment(before: &[u8]) -> bool {
    memmem::find(&before[memrchr(b'\n', before).map_or(0, |newline| newline + 1)..], b"//").is_some()
}

/// Whether the identifier means what its package declares, and not something nearer by.
pub fn is_of_package(node: Node<'_>) -> bool {
    match scope::resolve(node) {
        Def::TopLevel(_) => true,
        // A selector's field and a key of a literal are no names of the package.
        Def::Outside => node.field_name() != Some(crate::syntax::Field::Field),
        _ => false,
    }
}

/// Whether the node, in another package, names `name` of the package `path`.
pub fn is_imported(node: Node<'_>, path: &str, name: &str) -> bool {
    let qualified = node.field().or_else(|| node.name()).is_some_and(|field| field.text() == name);
    if qualified {
        return package_of(node) == Some(path);
    }
    node.text() == name && is_dot_imported(node.file(), path) && scope::resolve(node) == Def::Outside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_declares_a_thing_may_declare_it() {
        let object = |kind| RuleObject {
            kind,
            name: "load".to_owned(),
            field: None,
            package: None,
            line: 1,
            column: 1,
        };
        let (function, ty) = (object(ObjectKind::Func), object(ObjectKind::Type));
        for text in
            ["func load() {}", "func\tload[T any]() {}", "func /* a */ load() {}", "func // a\nload() {}"]
        {
            let text = format!("package p\n\n{text}\n");
            assert!(function.is_declared_by(&File::new("p.go", text.as_str()), 0), "{text}");
            assert!(function.may_be_declared_in(&text), "{text}");
        }
        for text in
            ["func f() { load() }", "func (t T) load() {}", "func loads() {}", "func f() { x.load() }"]
        {
            assert!(!function.may_be_declared_in(text), "{text}");
        }
        for text in ["type load int", "type (\n\t// a\n\tload struct{}\n)"] {
            let text = format!("package p\n\n{text}\n");
            assert!(ty.is_declared_by(&File::new("p.go", text.as_str()), 0), "{text}");
            assert!(ty.may_be_declared_in(&text), "{text}");
        }
        assert!(!ty.may_be_declared_in("var x p.load"));
    }
}
