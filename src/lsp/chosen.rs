//! The action that the user has chosen: its edit, and what a proof says of it.

use super::actions::{ActionData, ActionScope, first_line, safe};
use super::client::{Cancelled, error};
use super::diagnostics::is_shown;
use super::edits::{self, EditsByFile};
use super::proof;
use super::view::ProjectView;
use crate::engine::fixes::Fixes;
use crate::engine::plan::{FixKey, SitePlace};
use crate::rewrite::{Applicability, Finding, Proof};
use crate::syntax::File;
use gen_lsp_types::{CodeAction, CodeActionDisabled, MessageType, WorkspaceEdit};
use lsp_server::{ErrorCode, ResponseError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

impl ActionScope<'_> {
    /// An action with its edit, proved where that is wanted.
    ///
    /// # Errors
    /// When the text has changed since the action was listed.
    pub fn resolve(
        &self,
        mut action: CodeAction,
        cancelled: &Cancelled,
    ) -> Result<CodeAction, ResponseError> {
        let data: ActionData = action
            .data
            .clone()
            .and_then(|data| serde_json::from_value(data).ok())
            .ok_or_else(|| error(ErrorCode::InvalidParams, "the action is none of gomend's"))?;
        if data.version != self.document.version {
            return Err(error(ErrorCode::ContentModified, "the text has changed since; ask again"));
        }
        let answer = match (&data.rule, data.start) {
            (Some(rule), Some(start)) => self.resolved(rule, start, cancelled)?,
            (rule, _) => self.resolved_all(rule.as_deref(), cancelled)?,
        };
        match answer {
            Ok(edit) => action.edit = Some(edit),
            Err(why) => {
                self.client.show(MessageType::Warning, &why);
                action.title = format!("{} (refused)", action.title);
                action.disabled = self.client.can.disabled.then_some(CodeActionDisabled { reason: why });
            }
        }
        Ok(action)
    }

    /// The edit of one fix, or why it is refused.
    fn resolved(
        &self,
        rule: &str,
        start: usize,
        cancelled: &Cancelled,
    ) -> Result<Result<WorkspaceEdit, String>, ResponseError> {
        let stale = || error(ErrorCode::ContentModified, "the finding is gone; ask again");
        let found = self.project.examine(self.path(), &self.document.text);
        let site =
            |finding: &&Finding| finding.rule == rule && finding.start.byte == start && is_shown(finding);
        let finding = found.findings.iter().find(site).ok_or_else(stale)?;
        let fix = finding.fix.as_ref().ok_or_else(stale)?;
        let files = match edits::of_fix(fix, self.project) {
            Ok(files) => files,
            Err(why) => return Ok(Err(why)),
        };
        let edit = self.target().workspace_edit(&files).ok_or_else(stale)?;
        let subject = proof::subject(self.path(), &self.document.text, rule, start);
        if self.proves() && self.project.verdict(&subject).is_none_or(|(proof, _)| proof == Proof::Unproved) {
            let _progress = self.client.progress(None, "gomend: proving the fix");
            let after: Option<BTreeMap<PathBuf, String>> = files
                .iter()
                .map(|(path, edits)| Some((path.clone(), edits::applied(&self.target().text(path)?, edits)?)))
                .collect();
            let after = after.ok_or_else(stale)?;
            let render = |without: &BTreeSet<usize>| {
                (if without.is_empty() { after.clone() } else { BTreeMap::new() }, BTreeSet::new())
            };
            let names: Vec<PathBuf> = files.keys().cloned().collect();
            let verdict = self.project.with_proving_view(|view| {
                proof::prove(self.project, view, &[names], &render, cancelled).into_iter().next()
            });
            self.project.remember(subject.clone(), verdict.unwrap_or_default());
        }
        Ok(match self.project.verdict(&subject) {
            Some((Proof::Refused, why)) => Err(format!("{rule} is refused: {}", why.trim())),
            Some((Proof::Unproved, why)) => {
                self.client.log(MessageType::Warning, &format!("the fix of {rule} is not proved: {why}"));
                Ok(edit)
            }
            _ => Ok(edit),
        })
    }

    /// The edit of all safe fixes that are not refused, or why there is none.
    fn resolved_all(
        &self,
        rule: Option<&str>,
        cancelled: &Cancelled,
    ) -> Result<Result<WorkspaceEdit, String>, ResponseError> {
        let files = if self.proves() {
            let _progress = self.client.progress(None, "gomend: proving the fixes");
            self.project.with_proving_view(|view| self.all_edits(view, rule, Some(cancelled)))
        } else {
            self.project.with_view(|view| self.all_edits(view, rule, None))
        };
        let edit = match files {
            Ok(files) => self.target().workspace_edit(&files.unwrap_or_default()),
            Err(why) => return Ok(Err(why)),
        };
        Ok(
            Ok(edit
                .ok_or_else(|| error(ErrorCode::ContentModified, "the text has changed since; ask again"))?),
        )
    }

    /// The edits of all safe fixes of `rule`, or of every rule, that no proof has refused. With
    /// `prove` they are proved first.
    pub(super) fn all_edits(
        &self,
        view: &mut ProjectView,
        rule: Option<&str>,
        prove: Option<&Cancelled>,
    ) -> Result<Option<EditsByFile>, String> {
        let path = self.path();
        let text = &self.document.text;
        let found = view.examine(path, text);
        let here: BTreeSet<(&str, usize)> =
            safe(&found, rule).map(|finding| (finding.rule, finding.start.byte)).collect();
        if here.is_empty() {
            return Ok(None);
        }
        let refused = |rule: &str, start: usize| {
            let verdict = self.project.verdict(&proof::subject(path, text, rule, start));
            verdict.is_some_and(|(proof, _)| proof == Proof::Refused)
        };
        let scan = view.scan(&|| {});
        let choose = |entry: &_, matched: &_, file: &Arc<File>, key: &FixKey| {
            rule.is_none_or(|rule| key.rule == rule)
                && scan.wants(entry, matched, file, Applicability::Safe)
                && !matches!(key.place, SitePlace::Disk(start) if refused(key.rule, start))
        };
        let fixes = Fixes::of_file(&scan, Arc::new(File::new(path, &**text)), &choose);
        let mut held = BTreeSet::new();
        if let Some(cancelled) = prove {
            let files: Vec<Vec<PathBuf>> = fixes.taken().iter().map(|taken| taken.files.clone()).collect();
            let render = |without: &BTreeSet<usize>| {
                let outcome = fixes.outcome(without);
                let files = outcome.files.into_iter().map(|(path, planned)| (path, planned.after));
                (files.collect(), outcome.lost)
            };
            let answers = proof::prove(self.project, view, &files, &render, cancelled);
            for (id, (proof, why)) in answers.into_iter().enumerate() {
                let key = &fixes.taken()[id].key;
                if proof == Proof::Refused {
                    held.insert(id);
                    self.client.show(
                        MessageType::Warning,
                        &format!("a fix of {} is left out: it is refused: {}", key.rule, first_line(&why)),
                    );
                }
                if proof == Proof::Unproved {
                    let text = format!("a fix of {} is not proved: {why}", key.rule);
                    self.client.log(MessageType::Warning, &text);
                }
                if let SitePlace::Disk(start) = key.place {
                    self.project.remember(proof::subject(path, text, key.rule, start), (proof, why));
                }
            }
        }
        let outcome = fixes.outcome(&held);
        let edits =
            outcome.files.into_iter().map(|(path, planned)| (path, planned.edits.iter().cloned().collect()));
        let edits: EditsByFile = edits.collect();
        if edits.is_empty() && !held.is_empty() {
            return Err("every safe fix in this file is refused".to_owned());
        }
        Ok(Some(edits))
    }
}
