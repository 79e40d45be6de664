//! Edits of import declarations as a wish for imports: so those of several fixes become one,
//! and an import whose last use goes is left to the cleanup.

use crate::model::import_names::default_names;
use crate::rewrite::{FileFix, WantedImport};
use crate::syntax::{File, Import};
use crate::text::{Edit, Edits};
use std::collections::BTreeSet;

/// `edits` of `file` with those of its imports as wishes, where they are nothing else.
pub fn split_imports(file: &File, edits: &Edits) -> FileFix {
    let raw = || FileFix { edits: edits.clone(), ..FileFix::default() };
    let outline = file.outline();
    let of_imports = |edit: &&Edit| {
        let inside = outline.import_decls.iter().any(|decl| {
            decl.span.start <= edit.span.start && edit.span.end <= decl.span.end
                // Whole lines end behind the declaration.
                || (!edit.span.is_empty()
                    && decl.span.start <= edit.span.start
                    && edit.span.start < decl.span.end
                    && file.text()[decl.span.end..edit.span.end.max(decl.span.end)].trim_ascii().is_empty())
        });
        let first = outline.decls.first().map_or(file.text().len(), |decl| decl.span.start);
        let new = edit.text.trim_ascii_start().starts_with("import") && edit.span.end <= first;
        let old = edit.span.of(file.text()).trim_ascii();
        inside || (new && old.is_empty())
    };
    let (imports, others): (Vec<&Edit>, Vec<&Edit>) = edits.iter().partition(of_imports);
    if imports.is_empty() {
        return raw();
    }
    let commented = |text: &str| text.contains("//") || text.contains("/*");
    let plain = |edit: &&Edit| !commented(&edit.text) && !commented(edit.span.of(file.text()));
    if !imports.iter().all(plain) {
        return raw();
    }
    let whole = edits.apply(file.text());
    let own: Edits = imports.into_iter().cloned().collect::<Vec<_>>().into();
    let after = File::new(file.path(), own.apply(file.text()));
    let (old, new) = (outline, after.outline());
    if new.broken.len() > old.broken.len()
        || new.decls.len() != old.decls.len()
        || after.package() != file.package()
    {
        return raw();
    }
    let lacks = |all: &[Import], one: &Import| !all.iter().any(|other| key(other) == key(one));
    let added: Vec<&Import> = new.imports.iter().filter(|one| lacks(&old.imports, one)).collect();
    let mut removed = old.imports.iter().filter(|one| lacks(&new.imports, one));
    let still_named = |one: &Import| {
        let wanted = WantedImport { path: one.path.clone(), alias: alias(one) };
        matches!(alias(one).as_deref(), Some("_" | ".")) || named_by(&wanted, &whole)
    };
    if (added.is_empty() && removed.clone().next().is_none())
        || added.iter().any(|one| one.path == "C" || matches!(alias(one).as_deref(), Some("_" | ".")))
        || removed.any(still_named)
    {
        return raw();
    }
    let wanted = |one: &Import| WantedImport { path: one.path.clone(), alias: alias(one) };
    let imports: BTreeSet<WantedImport> = added.into_iter().map(wanted).collect();
    let edits = others.into_iter().cloned().collect::<Vec<_>>().into();
    FileFix { edits, imports, ..FileFix::default() }
}

/// Whether `text` names the package of an import.
pub fn named_by(import: &WantedImport, text: &str) -> bool {
    let names: Vec<&str> = match &import.alias {
        Some(alias) => vec![alias],
        None => default_names(&import.path).collect(),
    };
    let stands = |name: &str| {
        let ends = format!("{name}.");
        text.match_indices(&ends).any(|(at, _)| {
            !text[..at]
                .ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '"' || c == '/')
        })
    };
    names.into_iter().any(stands)
}

fn alias(import: &Import) -> Option<String> {
    import.name.as_ref().map(|name| name.text.clone())
}

fn key(import: &Import) -> (&str, Option<&str>) {
    (&import.path, import.name.as_ref().map(|name| name.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    const FILE: &str = "package p\n\nimport (\n\t\"fmt\"\n\t\"sort\"\n)\n\nvar x = sort.Ints\n";

    fn edit(old: &str, new: &str) -> Edit {
        let start = FILE.find(old).unwrap();
        Edit { span: Span::new(start, start + old.len()), text: new.to_owned() }
    }

    fn split(edits: Vec<Edit>) -> (usize, Vec<String>) {
        let edits: Edits = edits.into();
        let fix = split_imports(&File::new("p.go", FILE), &edits);
        (fix.edits.iter().count(), fix.imports.into_iter().map(|one| one.path).collect())
    }

    #[test]
    fn edits_of_imports_are_wishes() {
        let code = || edit("sort.Ints", "slices.Sort[[]int]");
        let wish = (1, vec!["slices".to_owned()]);
        assert_eq!(split(vec![edit("\"sort\"", "\"slices\"\n\t\"sort\""), code()]), wish);
        assert_eq!(split(vec![edit("\t\"sort\"\n", "\t\"slices\"\n"), code()]), wish);
        assert_eq!(split(vec![edit("\t\"sort\"\n)\n", "\t\"slices\"\n)\n"), code()]), wish);
        // What is still named, and what a comment explains, is left as it was given.
        assert_eq!(split(vec![edit("\"sort\"", "sort \"x/sort\"")]), (1, vec![]));
        assert_eq!(split(vec![edit("\"sort\"", "\"slices\" // why"), code()]), (2, vec![]));
        assert_eq!(split(vec![edit("\"sort\"", "\"C\""), code()]), (2, vec![]));
    }
}
