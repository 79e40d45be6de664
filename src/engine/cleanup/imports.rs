//! Imports that come with new text and go with the last use of their name.

mod added;

use super::names;
use crate::model::import_names::{default_names, may_be_named};
use crate::model::imports::is_dot_imported;
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{WantedImport, comment_in_text, removal};
use crate::syntax::{File, Import, Kind, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::{BTreeSet, HashSet};

pub(super) use added::added;

/// Edits over `after` that remove the imports whose last use `total` took away.
pub(super) fn removed(before: &File, total: &Edits, after: &File, package: &Package) -> Edits {
    let mut edits = Edits::new();
    let lost = Lost::of(&names::deleted(before, total));
    let outline = after.outline();
    let unused: HashSet<usize> = outline
        .imports
        .iter()
        .enumerate()
        .filter(|(_, import)| {
            lost.may_use(import) && !is_used(after, total, import, package)
                || lost.called(import, before, package).is_some_and(|name| !is_said(after, name))
        })
        .map(|(index, _)| index)
        .collect();
    for (index, decl) in outline.import_decls.iter().enumerate() {
        // The imports stand in the order of their declarations.
        let first = outline.imports.partition_point(|import| import.decl < index);
        let of_decl = || {
            let behind = outline.imports.iter().enumerate().skip(first);
            behind.take_while(move |(_, import)| import.decl == index)
        };
        let (goes, stays): (Vec<_>, Vec<_>) = of_decl().partition(|(at, _)| unused.contains(at));
        if goes.is_empty() {
            continue;
        }
        if stays.is_empty() {
            let span = lines_of(after, decl.span, None);
            let _ = edits.push(Edit { span, text: String::new() });
            continue;
        }
        if let [(_, only)] = stays[..]
            && was_single(before, after, index)
        {
            let text = format!("import {}", only.span.of(after.text()));
            let _ = edits.push(Edit { span: decl.span, text });
            continue;
        }
        for (_, import) in goes {
            let span = lines_of(after, import.span, Some(&import.path));
            let _ = edits.push(Edit { span, text: String::new() });
        }
    }
    edits
}

/// Edits over `after` that take the alias of an import that was added, where the import
/// that had its usual name is gone with the same edits.
pub(super) fn unaliased(
    before: &File,
    after: &File,
    wanted: &BTreeSet<WantedImport>,
    package: &Package,
) -> Edits {
    let mut edits = Edits::new();
    for WantedImport { path, alias } in wanted {
        let (Some(alias), Some(usual)) = (alias, default_names(path).next()) else { continue };
        let imports = &after.outline().imports;
        let taken = |file: &File| {
            file.outline().imports.iter().any(|import| import.path != *path && may_be_named(import, usual))
        };
        let spec = imports.iter().find(|import| {
            import.path == *path && import.name.as_ref().is_some_and(|name| name.text == *alias)
        });
        let Some(spec) = spec.filter(|_| taken(before) && !taken(after) && !package.declares(usual)) else {
            continue;
        };
        let mut own = vec![Edit { span: spec.span, text: format!("\"{path}\"") }];
        let mut free = after.outline().broken.is_empty();
        for index in 0..after.outline().decls.len() {
            let Some(root) = after.decl(index) else {
                free = false;
                break;
            };
            for node in root.mentions(alias) {
                if matches!(scope::resolve(node), Def::Import(found) if std::ptr::eq(found, spec)) {
                    free &= scope::resolve_name(usual, node) == Def::Outside;
                    own.push(Edit { span: node.span(), text: usual.to_owned() });
                }
            }
        }
        for edit in own.into_iter().filter(|_| free) {
            let _ = edits.push(edit);
        }
    }
    edits
}

/// The lines of a spec, or of a declaration, with its comments.
fn lines_of(file: &File, span: Span, path: Option<&str>) -> Span {
    let name = path.and_then(|path| path.rsplit('/').next()).map(str::to_lowercase);
    let about = |comment: &str| name.as_ref().is_some_and(|name| comment.contains(name.as_str()));
    removal(file, span, &about, &|at| comment_in_text(file, at))
}

/// Whether declaration `index` got its parentheses only for an import that was
/// added: what is left of it needs none.
fn was_single(before: &File, after: &File, index: usize) -> bool {
    let (old, new) = (&before.outline().import_decls, &after.outline().import_decls);
    old.len() == new.len() && old[index].group.is_none() && new[index].group.is_some()
}

/// What the names that are gone may have used.
#[derive(Default)]
struct Lost<'t> {
    /// The imports, by their paths and names.
    imports: HashSet<(&'t str, Option<&'t str>)>,
    /// Whether one of them may have come from a dot import.
    outside: bool,
    /// Those that stood before a dot and that nothing in the file explains.
    qualifiers: HashSet<&'t str>,
}

impl<'t> Lost<'t> {
    fn of(gone: &[Node<'t>]) -> Lost<'t> {
        let mut lost = Lost::default();
        for node in gone
            .iter()
            .filter(|node| node.is(&[Kind::Identifier, Kind::PackageIdentifier, Kind::TypeIdentifier]))
        {
            match scope::resolve(*node) {
                Def::Import(found) => drop(lost.imports.insert(key(found))),
                Def::Outside => {
                    lost.outside = true;
                    let parent = node.parent();
                    let qualifies = parent.is_some_and(|up| {
                        up.operand().or_else(|| up.package()) == Some(*node)
                            && up.is(&[Kind::SelectorExpression, Kind::QualifiedType])
                    });
                    if qualifies {
                        lost.qualifiers.insert(node.text());
                    }
                }
                _ => {}
            }
        }
        lost
    }

    /// What the file calls an import whose name its path does not tell: the only name
    /// before a dot that nothing explains, where this is the only import without a use.
    fn called(&self, import: &Import, before: &File, package: &Package) -> Option<&'t str> {
        let mut names = self.qualifiers.iter().filter(|name| !package.declares(name));
        let (Some(name), None) = (names.next(), names.next()) else { return None };
        if import.name.is_some() {
            return None;
        }
        let mut unexplained = before
            .outline()
            .imports
            .iter()
            .filter(|own| own.name.is_none() && !is_used(before, &Edits::new(), own, package));
        match (unexplained.next(), unexplained.next()) {
            (Some(only), None) if only.path == import.path => Some(name),
            _ => None,
        }
    }

    fn may_use(&self, import: &Import) -> bool {
        let (_, name) = key(import);
        self.imports.contains(&key(import)) || (self.outside && name == Some("."))
    }
}

/// Whether the file still says `name` where nothing in it explains the name.
fn is_said(file: &File, name: &str) -> bool {
    (0..file.outline().decls.len()).any(|index| match file.decl(index) {
        Some(root) => root.mentions(name).any(|node| scope::resolve(node) == Def::Outside),
        None => true,
    })
}

fn key(import: &Import) -> (&str, Option<&str>) {
    (&import.path, import.name.as_ref().map(|name| name.text.as_str()))
}

/// Whether the file still uses what `import` brings. Undecidable counts as use.
fn is_used(file: &File, total: &Edits, import: &Import, package: &Package) -> bool {
    let text = file.text();
    let dot = import.name.as_ref().is_some_and(|name| name.text == ".");
    let mut decls = file.outline().decls.iter().enumerate();
    if dot {
        return decls.any(|(index, _)| match file.decl(index) {
            None => true,
            Some(root) => root.descendants().any(|node| {
                is_dot_imported(file, &import.path)
                    && node.is(&[Kind::Identifier, Kind::TypeIdentifier])
                    && node.text().starts_with(|c: char| c.is_uppercase())
                    && node.parent().is_none_or(|parent| parent.kind() != Kind::QualifiedType)
                    && !(is_key(node) && total.unmap(node.start()).is_none())
                    && scope::resolve(node) == Def::Outside
                    && !package.declares(node.text())
            }),
        });
    }
    let guesses: Vec<&str> = match &import.name {
        Some(name) => vec![&name.text],
        None => default_names(&import.path).collect(),
    };
    let mentions =
        |source: &str, name: &str| memchr::memmem::find(source.as_bytes(), name.as_bytes()).is_some();
    if file.outline().broken.iter().any(|span| guesses.iter().any(|name| mentions(span.of(text), name))) {
        return true;
    }
    decls.any(|(index, decl)| {
        guesses.iter().any(|name| {
            if !mentions(decl.span.of(text), name) {
                return false;
            }
            let Some(root) = file.decl(index) else { return true };
            root.mentions(name).any(|node| {
                node.is(&[Kind::Identifier, Kind::PackageIdentifier])
                    && matches!(scope::resolve(node), Def::Import(found) if std::ptr::eq(found, import))
            })
        })
    })
}

/// Whether the name is a key of a composite literal. In text that a fix wrote
/// that is the field of a struct.
fn is_key(node: Node<'_>) -> bool {
    node.parent().is_some_and(|element| {
        element.kind() == Kind::LiteralElement
            && element
                .parent()
                .is_some_and(|pair| pair.kind() == Kind::KeyedElement && pair.named().next() == Some(element))
    })
}
