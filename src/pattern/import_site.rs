//! The sites of patches that change imports, or the package clause.

use super::compile::{Patch, RuleImport};
use super::matcher::Matcher;
use super::patch::Sign;
use super::rule::PatchRule;
use crate::model::import_names::{default_names, names_of};
use crate::model::scope::{self, Def};
use crate::rewrite::{Cx, Fix, RuleMatch, Verdict};
use crate::syntax::{File, Import, Kind, Node};
use crate::text::Span;

impl PatchRule {
    /// The site that an import is, of a patch of import lines.
    pub(super) fn import_site<'t>(&self, patch: &Patch, import: &Import, cx: &Cx<'t>) -> Option<RuleMatch> {
        let new = patch.imports.iter().find(|import| import.sign == Sign::New);
        let old = patch.imports.iter().find(|import| import.sign == Sign::Old)?;
        let named = !patch.gopatch && old.name.is_some() && !fits(import, old.name.as_deref());
        if import.path != old.path || named || !requires(patch, cx.file) {
            return None;
        }
        if patch.whole_file && first_match(patch, cx).is_none() {
            return None;
        }
        let Some(new) = new else { return Some(self.dropped(patch, import, cx)) };
        let file = cx.file;
        let alias = import.name.as_ref().map(|name| name.text.as_str());
        let mut verdict = Verdict::of(self.file().level);
        let mut fix = Fix::new(self.file().title.clone(), file.path());
        let outline = file.outline();
        let others = outline.imports.iter().filter(|other| !std::ptr::eq(*other, import));
        let present = others.into_iter().find(|other| other.path == new.path);
        let used = || {
            let guesses: Vec<&str> = default_names(&old.path).collect();
            let all = uses(import, cx).unwrap_or_default();
            guesses.iter().copied().find(|name| all.iter().any(|node| node.text() == *name))
        };
        let old_name = alias.or_else(used).or_else(|| default_names(&old.path).next()).unwrap_or_default();
        let wished = new.name.as_deref().or_else(|| default_names(&new.path).next()).unwrap_or_default();
        let (name, written) = match (alias, present) {
            (_, Some(_)) => return self.merged(patch, import, present, cx),
            (Some(alias @ ("_" | ".")), None) => (alias.to_owned(), Some(alias.to_owned())),
            // The alias of the file stays, unless the rule names both.
            (Some(alias), None) if old.name.is_none() && !patch.gopatch => {
                (alias.to_owned(), Some(alias.to_owned()))
            }
            // For gopatch a variable is the name that the file has.
            (own, None) if patch.gopatch && new.any => (old_name.to_owned(), own.map(str::to_owned)),
            _ => (wished.to_owned(), new.name.clone()),
        };
        let mut written = written;
        if name != old_name {
            let free = |node: &Node<'_>| cx.is_free(&name, *node);
            let uses = uses(import, cx);
            match uses {
                Some(uses) if uses.iter().all(free) => {
                    for node in uses {
                        fix.replace(node.span(), name.clone());
                    }
                }
                // The old name stays the name of the file's import.
                Some(_) => written = Some(old_name.to_owned()),
                None => verdict = verdict.keep_if(true, "not-nameable"),
            }
        }
        let spec = written.as_ref().map_or(String::new(), |name| format!("{name} "));
        let text = format!("{spec}\"{}\"", new.path);
        let declaration = &outline.import_decls[import.decl];
        let sorted = || {
            let paths: Vec<&Import> = outline.imports.iter().filter(|one| one.decl == import.decl).collect();
            let at = paths.iter().position(|one| std::ptr::eq(*one, import)).unwrap_or(0);
            let beside = |one: &&Import, first: &Import| {
                file.lines().line(one.span.start).abs_diff(file.lines().line(first.span.start)) == 1
            };
            let before = at.checked_sub(1).map(|at| paths[at]).filter(|one| beside(one, import));
            let behind = paths.get(at + 1).copied().filter(|one| beside(one, import));
            before.is_none_or(|one| one.path < new.path) && behind.is_none_or(|one| new.path < one.path)
        };
        // A package of the standard library has its own place among several.
        let standard = |path: &str| !path.split('/').next().is_some_and(|first| first.contains('.'));
        let same_kind = standard(&import.path) == standard(&new.path);
        if declaration.group.is_none() || (same_kind && sorted()) {
            fix.replace(import.span, text);
        } else {
            let line = file.lines().whole_lines(import.span);
            fix.replace(line, "");
            fix.want_import(&new.path, written.as_deref());
        }
        Some(self.told(
            patch,
            verdict,
            declaration_start(import, declaration.span, declaration.group),
            Some(fix),
            None,
        ))
    }

    /// The file has the new import already: what uses the old one uses that.
    fn merged<'t>(
        &self,
        patch: &Patch,
        import: &Import,
        present: Option<&Import>,
        cx: &Cx<'t>,
    ) -> Option<RuleMatch> {
        let present = present?;
        let name = names_of(present).into_iter().find(|name| !name.contains('/')).map(str::to_owned);
        let mut fix = Fix::new(self.file().title.clone(), cx.file.path());
        let mut verdict = Verdict::of(self.file().level);
        match (name, uses(import, cx)) {
            (Some(name), Some(uses))
                if !uses.is_empty()
                    && uses.iter().all(|node| {
                        matches!(scope::resolve_name(&name, *node), Def::Import(found) if std::ptr::eq(found, present))
                    }) =>
            {
                for node in uses {
                    fix.replace(node.span(), name.clone());
                }
            }
            _ => verdict = verdict.keep_if(true, "not-nameable"),
        }
        Some(self.told(patch, verdict, import.span, Some(fix), None))
    }

    /// A patch that takes an import away.
    fn dropped(&self, patch: &Patch, import: &Import, cx: &Cx<'_>) -> RuleMatch {
        let file = cx.file;
        let declaration = &file.outline().import_decls[import.decl];
        let alone = file.outline().imports.iter().filter(|other| other.decl == import.decl).count() == 1;
        let mut fix = Fix::new(self.file().title.clone(), file.path());
        let span = if alone { declaration.span } else { import.span };
        fix.replace(file.lines().whole_lines(span), "");
        let place = declaration_start(import, declaration.span, declaration.group);
        self.told(patch, Verdict::of(self.file().level), place, Some(fix), None)
    }

    /// A patch whose lines say in which files the package clause or an import changes.
    pub(super) fn file_site(&self, patch: &Patch, cx: &Cx<'_>) -> Option<RuleMatch> {
        let file = cx.file;
        let place = first_match(patch, cx)?;
        if !requires(patch, file) {
            return None;
        }
        let mut fix = Fix::new(self.file().title.clone(), file.path());
        let package = file.outline().package.as_ref()?;
        if let Some(new) = patch.clause.as_ref().filter(|new| **new != package.text) {
            fix.replace(package.span, new.clone());
        }
        // What code asks for comes with the code.
        let alone = |import: &&RuleImport| patch.whole_file && import.sign == Sign::New;
        for import in patch.imports.iter().filter(alone) {
            if !file.imports().iter().any(|own| own.path == import.path) {
                fix.want_import(&import.path, import.name.as_deref());
            }
        }
        let place = if patch.clause.is_some() { package.span } else { place };
        (!fix.files().is_empty())
            .then(|| self.told(patch, Verdict::of(self.file().level), place, Some(fix), None))
    }
}

/// Whether the import is called as a rule says.
fn fits(import: &Import, name: Option<&str>) -> bool {
    name.is_none_or(|name| {
        names_of(import).contains(&name) || import.name.as_ref().is_some_and(|own| own.text == name)
    })
}

/// The start of a declaration of one import is the site; of a group, its spec.
fn declaration_start(import: &Import, declaration: Span, group: Option<Span>) -> Span {
    if group.is_some() { import.span } else { Span::new(declaration.start, import.span.end) }
}

/// The identifiers of the file that name the import; `None` where a part of the file
/// cannot be read.
fn uses<'t>(import: &Import, cx: &Cx<'t>) -> Option<Vec<Node<'t>>> {
    let file = cx.file;
    let mut uses = Vec::new();
    for index in 0..file.outline().decls.len() {
        let root = file.decl(index)?;
        for name in names_of(import) {
            uses.extend(root.mentions(name).filter(|node| {
                node.is(&[Kind::Identifier, Kind::PackageIdentifier])
                    && matches!(scope::resolve(*node), Def::Import(found) if found.path == import.path && found.span == import.span)
            }));
        }
    }
    uses.sort_by_key(|node| node.start());
    uses.dedup();
    file.outline().broken.is_empty().then_some(uses)
}

/// Whether the file has the imports that a file of gopatch asks for.
pub(super) fn requires(patch: &Patch, file: &File) -> bool {
    let alias = |import: &Import| import.name.as_ref().map(|name| name.text.clone());
    let clause = patch.in_package.as_ref().is_none_or(|name| file.package() == *name);
    clause
        && patch.imports.iter().filter(|wanted| wanted.required).all(|wanted| {
            let mut own = file.imports().iter().filter(|import| import.path == wanted.path);
            own.any(|import| wanted.any || alias(import) == wanted.name)
        })
}

/// The first place of the file that the old side matches.
fn first_match(patch: &Patch, cx: &Cx<'_>) -> Option<Span> {
    let old = patch.old.as_ref()?;
    let roots = old.roots();
    let mut matcher = Matcher::at(patch, cx);
    for root in (0..cx.file.outline().decls.len()).filter_map(|index| cx.file.decl(index)) {
        for node in root.descendants() {
            let fits = match roots.as_slice() {
                [only] => matcher.whole(*only, node).is_some(),
                _ if node.kind() == Kind::StatementList => {
                    let list: Vec<Node<'_>> = node.named().collect();
                    (0..list.len()).any(|at| matcher.run(&roots, &list[at..]).is_some())
                }
                _ => false,
            };
            if fits {
                return Some(node.span());
            }
        }
    }
    None
}
