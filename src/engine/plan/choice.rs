//! What is done about a site, where a person decides: nothing yet, the fix, a
//! version of their own, or a comment that keeps the code as it is.

use super::key::FixKey;
use super::wanted::{Amendment, FileState, Own, WantedFix};
use crate::engine::matches::Match;
use crate::engine::suppress;
use crate::model::import_names::default_names;
use crate::rewrite::{FileFix, WantedImport};
use crate::syntax::File;
use crate::text::{Edit, Edits, Span, diff};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What is to be done about a site.
#[derive(Clone, Debug)]
pub enum FixChoice {
    /// Nothing.
    Leave,
    /// Nothing so far: the site is listed in `FixPlan::held`.
    Hold,
    /// Its fix is taken.
    Take,
    /// A person's own version takes the place of the fix.
    Amend(Arc<Amendment>),
    /// A comment holds the rule back here, for this reason.
    Ignore(String),
}

impl From<bool> for FixChoice {
    fn from(take: bool) -> FixChoice {
        if take { FixChoice::Take } else { FixChoice::Leave }
    }
}

/// A site that still stands after the last pass.
#[derive(Clone, Debug)]
pub struct HeldMatch {
    /// The site.
    pub key: FixKey,
    /// What was matched.
    pub matched: Match,
    /// The text in which it was matched.
    pub file: Arc<File>,
    /// The pass that saw it, from 1.
    pub pass: u32,
}

/// The edit that writes `//gomend:ignore` above the statement of `seen`.
///
/// # Errors
/// A sentence, when there is no line above which it would count.
pub(super) fn comment(matched: &Match, rule: &str, reason: &str, file: &File) -> Result<FileFix, String> {
    let edit = suppress::comment_above(&matched.enclosing, rule, reason, file)
        .ok_or("there is no line here that a comment could stand above")?;
    let mut edits = Edits::new();
    let _ = edits.push(edit);
    Ok(FileFix { edits, ..FileFix::default() })
}

impl WantedFix {
    /// Puts a person's version over the texts as they are now.
    ///
    /// # Errors
    /// A sentence, when lines that it changes are no longer what the person saw.
    pub(super) fn anchor(&mut self, states: &BTreeMap<PathBuf, FileState>) -> Result<(), String> {
        let Some(Own::Amendment(amendment)) = &self.own else { return Ok(()) };
        let imports: BTreeSet<WantedImport> =
            self.files.values().flat_map(|fix| fix.imports.iter().cloned()).collect();
        for (path, amended) in &amendment.files {
            let Some(state) = states.get(path) else { continue };
            let edits =
                diff::carried(&amended.before, &amended.after, state.file.text()).map_err(|line| {
                    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                    format!("your version no longer fits: line {line} of {name} was changed by another fix")
                })?;
            let used = |import: &&WantedImport| {
                let name =
                    import.alias.clone().or_else(|| default_names(&import.path).next().map(str::to_owned));
                name.is_some_and(|name| edits.iter().any(|edit| edit.text.contains(&format!("{name}."))))
            };
            let imports = imports.iter().filter(used).cloned().collect();
            self.files.insert(path.clone(), FileFix { edits, imports, ..FileFix::default() });
        }
        Ok(())
    }
}

/// Where the texts that a person wrote stand after `cleaned`, the edits of a
/// pass; `fix` is the person's part of them.
pub(super) fn own_spans(fix: &FileFix, cleaned: &Edits) -> Vec<Span> {
    let mut lead: isize = 0;
    let mut spans = Vec::new();
    for edit in cleaned.iter() {
        let start = edit.span.start.saturating_add_signed(lead);
        let meets = |mine: &&Edit| mine.span.start <= edit.span.end && edit.span.start <= mine.span.end;
        if fix.edits.iter().any(|mine| meets(&mine)) && !edit.text.is_empty() {
            spans.push(Span::new(start, start + edit.text.len()));
        }
        lead += edit.text.len() as isize - edit.span.len() as isize;
    }
    spans
}

/// Where `span` stands after `edits` that do not touch it; as much of it as is
/// left when they do.
pub(super) fn carried(span: Span, edits: &Edits) -> Option<Span> {
    let start = (span.start..span.end).find_map(|offset| edits.map(offset))?;
    let end = (span.start..span.end).rev().find_map(|offset| edits.map(offset))?;
    Some(Span::new(start, end + 1))
}
