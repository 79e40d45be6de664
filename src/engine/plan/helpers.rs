//! Functions that nothing calls any more once the fixes of a rule are taken that says so.

use super::key::{FixKey, SitePlace};
use super::outcome::FixPlan;
use super::planner::Planner;
use super::wanted::{FileState, NewSite, WantedFix};
use crate::engine::file_cache::FileSet;
use crate::rewrite::{Applicability, Diagnostic, Fix, Severity};
use crate::syntax::outline::{TokenKind, tokens};
use crate::syntax::{DeclKind, File};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The fixes that delete unexported functions whose last call the taken fixes took away.
pub(super) fn unused(
    planner: &Planner<'_>,
    plan: &FixPlan,
    states: &BTreeMap<PathBuf, FileState>,
    file_set: &FileSet,
    rejected: &BTreeSet<FixKey>,
) -> Vec<WantedFix> {
    let mut found = Vec::new();
    for (index, entry) in planner.entries.iter().enumerate().filter(|(_, entry)| entry.meta.helpers) {
        let own = plan.taken.iter().filter(|taken| taken.key.rule == entry.meta.id);
        let directories: BTreeSet<&Path> =
            own.flat_map(|taken| &taken.files).filter_map(|path| path.parent()).collect();
        for directory in directories {
            let changed: Vec<(&PathBuf, &FileState)> =
                states.iter().filter(|(path, _)| path.parent() == Some(directory)).collect();
            let Some((_, first)) = changed.first() else { continue };
            let package = file_set.directory_of(&first.file);
            let files: Vec<Arc<File>> = package.files().cloned().collect();
            for (file, decl) in functions(&files) {
                let name = file.outline().decls[decl].names[0].text.clone();
                let span = file.outline().decls[decl].span;
                let called = files.iter().any(|other| {
                    let except = (other.path() == file.path()).then_some(span);
                    !mentions(other.text(), &name, except).is_empty()
                });
                if called {
                    continue;
                }
                let lost = changed.iter().find(|(_, state)| {
                    mentions(&state.before, &name, None).len()
                        > mentions(state.file.text(), &name, None).len()
                });
                let Some((path, state)) = lost else { continue };
                let site = Site::of(plan, entry.meta.id, path, state, &name);
                let fix = site.and_then(|site| deletion(planner, index, &file, decl, site));
                found.extend(fix.filter(|fix| !rejected.contains(&fix.key)));
            }
        }
    }
    found
}

/// The functions without a receiver that only their package can call.
fn functions(files: &[Arc<File>]) -> Vec<(Arc<File>, usize)> {
    let mut all = Vec::new();
    for file in files {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            let Some(name) = decl.names.first().filter(|_| decl.kind == DeclKind::Func) else { continue };
            let own = !matches!(name.text.as_str(), "main" | "init" | "_");
            if own
                && name.text.starts_with(|c: char| c.is_lowercase() || c == '_')
                && is_free(file, decl.span)
            {
                all.push((Arc::clone(file), index));
            }
        }
    }
    all
}

/// Whether no directive above the function says that something else calls it.
fn is_free(file: &File, span: Span) -> bool {
    let above = &file.text()[..span.start];
    let mut lines = above.trim_end_matches([' ', '\t', '\n', '\r']).lines().rev();
    let mut comments = lines.by_ref().take_while(|line| line.trim_start().starts_with("//"));
    !comments.any(|line| line.contains("go:linkname") || line.contains("//export "))
}

/// Where a text has the name, but for those in `except`.
fn mentions(text: &str, name: &str, except: Option<Span>) -> Vec<Span> {
    if memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_none() {
        return Vec::new();
    }
    let named = |(kind, span): (TokenKind, Span)| {
        let own = kind == TokenKind::Ident && span.of(text) == name;
        (own && except.is_none_or(|except| !except.covers(span))).then_some(span)
    };
    tokens(text, Span::new(0, text.len())).filter_map(named).collect()
}

/// Where a deletion is shown: at a call that a taken fix took away.
struct Site {
    path: PathBuf,
    near: usize,
}

impl Site {
    /// In the file at `path`, if a fix of the rule was taken there, else at the first of them.
    fn of(plan: &FixPlan, rule: &str, path: &Path, state: &FileState, name: &str) -> Option<Site> {
        let own = || plan.taken.iter().filter(|taken| taken.key.rule == rule);
        if own().any(|taken| taken.key.path == path) {
            let gone = mentions(&state.before, name, None);
            let edited = |span: &&Span| state.total.iter().any(|edit| edit.span.covers(**span));
            let near = gone.iter().rfind(edited).or(gone.last()).map_or(0, |span| span.start);
            return Some(Site { path: path.to_owned(), near });
        }
        let first = own().find(|taken| taken.key.path.parent() == path.parent())?;
        let near = match first.key.place {
            SitePlace::Disk(near) | SitePlace::Born { near, .. } => near,
        };
        Some(Site { path: first.key.path.clone(), near })
    }
}

fn deletion(
    planner: &Planner<'_>,
    entry: usize,
    file: &Arc<File>,
    decl: usize,
    site: Site,
) -> Option<WantedFix> {
    let Site { path, near } = site;
    let outline = file.outline();
    let name = &outline.decls[decl].names[0].text;
    let declaration = file.decl(decl)?.named().next()?;
    declaration.body()?;
    let message = format!("delete `{name}`, which nothing calls any more");
    let mut fix = Fix::new(message.clone(), file.path());
    fix.delete_declaration(declaration);
    let hash = blake3::hash(name.as_bytes());
    let (bytes, _) = hash.as_bytes().split_first_chunk()?;
    let place = SitePlace::Born { near, at: 0, declaration: u64::from_le_bytes(*bytes) };
    let key = FixKey { path, place, rule: planner.entries[entry].meta.id };
    let diagnostic = Diagnostic {
        span: Span::at(near),
        message,
        why: "the rule took its last call away".to_owned(),
        severity: Severity::Note,
        labels: Vec::new(),
    };
    Some(WantedFix {
        entry,
        key,
        files: fix.files().clone(),
        package_names: fix.package_names().clone(),
        born: Some(NewSite { near, level: Applicability::Unsafe, diagnostic }),
        own: None,
    })
}
