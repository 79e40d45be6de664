//! Imports that a fix takes for granted: tools that format files afterwards leave it to the
//! formatter to add what the new text names.

use crate::model::import_names::may_be_named;
use crate::model::scope::{self, Def};
use crate::model::standard;
use crate::rewrite::WantedImport;
use crate::syntax::{File, Kind, Node};
use crate::text::Edits;
use std::collections::BTreeSet;

/// The packages of the standard library that the new text of `edits` names and nothing in what
/// they make of `file` declares or imports; only where one alone has the name.
pub fn missing_imports(file: &File, edits: &Edits) -> BTreeSet<WantedImport> {
    let unknown = |name: &String| !file.outline().imports.iter().any(|import| may_be_named(import, name));
    let mut names: Vec<(usize, String, &str)> = Vec::new();
    let mut shift = 0_isize;
    for edit in edits.iter() {
        for name in standard::qualifiers(&edit.text).into_iter().filter(unknown) {
            if let [path] = standard::called(&name)[..] {
                names.push((edit.span.start.saturating_add_signed(shift), name, path));
            }
        }
        shift += edit.text.len() as isize - edit.span.len() as isize;
    }
    if names.is_empty() {
        return BTreeSet::new();
    }
    let after = File::new(file.path(), edits.apply(file.text()));
    let missing = |(place, name, _): &(usize, String, &str)| {
        let decl = after.decl_at(*place).and_then(|index| after.decl(index));
        let mut mentions = decl.into_iter().flat_map(|decl| decl.mentions(name));
        // What the file calls so already is something of its package's.
        let old = file.outline().decls.iter().enumerate().any(|(index, _)| {
            file.decl(index).is_some_and(|decl| decl.mentions(name).any(|node| is_package(node, file)))
        });
        !old && mentions.any(|node| is_package(node, &after))
    };
    let missing = names.into_iter().filter(missing);
    missing.map(|(_, _, path)| WantedImport { path: path.to_owned(), alias: None }).collect()
}

/// Whether a name stands before a dot, and nothing in its file declares or imports it.
fn is_package(node: Node<'_>, file: &File) -> bool {
    node.is(&[Kind::Identifier, Kind::PackageIdentifier])
        && file.text()[node.end()..].trim_ascii_start().starts_with('.')
        && matches!(scope::resolve(node), Def::Outside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Edit, Span};

    fn missing(text: &str, old: &str, new: &str) -> Vec<String> {
        let start = text.find(old).unwrap();
        let edits: Edits =
            vec![Edit { span: Span::new(start, start + old.len()), text: new.to_owned() }].into();
        let found = missing_imports(&File::new("p.go", text), &edits);
        found.into_iter().map(|one| one.path).collect()
    }

    #[test]
    fn what_is_named_and_not_there_is_missing() {
        let text = "package p\n\nimport \"fmt\"\n\nfunc f(rand int) error {\n\treturn fmt.Errorf(\"x\")\n}\n";
        assert_eq!(missing(text, "fmt.Errorf", "errors.New"), ["errors"]);
        assert_eq!(missing(text, "fmt.Errorf", "fmt.Fatal"), [""; 0]);
        let field = text.replace("return fmt", "_ = x.errors.all\n\treturn fmt");
        assert_eq!(missing(&field, "fmt.Errorf", "errors.New"), ["errors"]);
        // Not what a string or a comment says, what is declared, or what may be one of several.
        assert_eq!(missing(text, "\"x\"", "\"errors.New\""), [""; 0]);
        assert_eq!(missing(text, "x", "see errors.New"), [""; 0]);
        assert_eq!(missing(text, "\treturn", "\t// errors.New\n\treturn"), [""; 0]);
        assert_eq!(missing(text, "fmt.Errorf", "rand.New"), [""; 0]);
        assert_eq!(missing(text, "fmt.Errorf", "template.New"), [""; 0]);
        let declared = text.replace("rand int", "errors T");
        assert_eq!(missing(&declared, "fmt.Errorf", "errors.New"), [""; 0]);
        let of_package = text.replace("\"x\"", "errors.X");
        assert_eq!(missing(&of_package, "fmt.Errorf", "errors.New"), [""; 0]);
    }
}
