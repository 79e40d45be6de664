//! Code actions: the fixes of findings, suppressions, all safe fixes at once.

use super::client::LspClient;
use super::diagnostics::{DiagnosticWriter, is_shown, span_of};
use super::document::{OpenDocument, OpenDocuments};
use super::edits::{self, EditTarget, EditsByFile};
use super::project::LspProject;
use super::proof;
use super::view::FileFindings;
use crate::rewrite::{Applicability, Finding, Proof};
use crate::syntax::File;
use crate::text::Span;
use gen_lsp_types::{
    Code, CodeAction, CodeActionContext, CodeActionDisabled, CodeActionKind, CodeActionParams, Command,
    Diagnostic, Uri, WorkspaceEdit,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The kind of the action that applies all safe fixes.
pub const FIX_ALL: &str = "source.fixAll.gomend";
/// The kind of the action that shows the page of a rule.
pub const EXPLAIN: &str = "explain.gomend";

/// What an action is about, for the time when it is chosen.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ActionData {
    pub(super) uri: Uri,
    pub(super) version: i32,
    /// The rule; none for all of them.
    pub(super) rule: Option<String>,
    /// The first byte of the site; none for all of them.
    pub(super) start: Option<usize>,
}

/// A document and where it belongs.
pub struct ActionScope<'a> {
    /// The client.
    pub client: &'a LspClient,
    /// What is open.
    pub open: &'a OpenDocuments,
    /// The document.
    pub document: &'a Arc<OpenDocument>,
    /// Its folder.
    pub project: &'a LspProject,
}

/// The actions that a request asks for.
struct ActionKinds<'a>(&'a CodeActionContext);

impl ActionKinds<'_> {
    fn has(&self, kind: &str) -> bool {
        let within = |only: &str| {
            only.is_empty()
                || kind == only
                || kind.strip_prefix(only).is_some_and(|rest| rest.starts_with('.'))
        };
        self.0.only.as_ref().is_none_or(|only| only.iter().any(|kind| within(&kind.to_string())))
    }
}

impl ActionScope<'_> {
    pub(super) fn path(&self) -> &Path {
        self.document.path.as_deref().unwrap_or(Path::new(""))
    }

    pub(super) fn target(&self) -> EditTarget<'_> {
        EditTarget { document: self.document, open: self.open, can: &self.client.can }
    }

    fn data(&self, rule: Option<&str>, start: Option<usize>) -> Option<Value> {
        let (uri, version) = (self.document.uri.clone(), self.document.version);
        serde_json::to_value(ActionData { uri, version, rule: rule.map(str::to_owned), start }).ok()
    }

    /// Whether a fix is proved before it goes in.
    pub(super) fn proves(&self) -> bool {
        self.project.is_trusted() && self.project.settings().proof
    }

    fn refusal(&self, finding: &Finding) -> Option<String> {
        let subject = proof::subject(self.path(), &self.document.text, finding.rule, finding.start.byte);
        self.project.verdict(&subject).filter(|(proof, _)| *proof == Proof::Refused).map(|(_, why)| why)
    }

    /// What can be done about the findings in a range.
    pub fn list(&self, params: &CodeActionParams) -> Vec<CodeAction> {
        if !self.client.can.code_actions {
            return Vec::new();
        }
        let found = self.project.examine(self.path(), &self.document.text);
        let wanted = ActionKinds(&params.context);
        let span = self.document.placed(self.client.can.encoding).span(params.range);
        let here = self.meant(&found, span, &params.context.diagnostics);
        let mut actions = Vec::new();
        if wanted.has("quickfix") {
            actions.extend(here.iter().filter_map(|(finding, diagnostic)| self.fix(finding, diagnostic)));
            actions.extend(self.of_rules(&here, &found));
            actions
                .extend(here.iter().filter_map(|(finding, diagnostic)| self.suppress(finding, diagnostic)));
        }
        if wanted.has(EXPLAIN) {
            let rules: BTreeSet<&str> = here.iter().map(|(finding, _)| finding.rule).collect();
            actions.extend(rules.into_iter().map(explain));
        }
        if wanted.has(FIX_ALL) {
            actions.extend(self.all(&found, None, FIX_ALL));
        }
        actions
    }

    /// The findings that a request means: those that `span` touches, and those that the client
    /// names. Each with its diagnostic.
    fn meant<'e>(
        &self,
        found: &'e FileFindings,
        span: Span,
        named: &[Diagnostic],
    ) -> Vec<(&'e Finding, Diagnostic)> {
        let text = self.document.placed(self.client.can.encoding);
        let writer = DiagnosticWriter { text, uri: &self.document.uri, can: &self.client.can };
        let shown = found.findings.iter().filter(|finding| is_shown(finding));
        let touched = |finding: &Finding| {
            let own = span_of(finding);
            own.start <= span.end && span.start <= own.end
        };
        let with = |finding: &'e Finding| (finding, writer.one(finding, None));
        let is_named = |(finding, diagnostic): &(&Finding, Diagnostic)| {
            let code = Code::String(finding.rule.to_owned());
            named.iter().any(|one| one.code.as_ref() == Some(&code) && one.range == diagnostic.range)
        };
        shown.map(with).filter(|pair| touched(pair.0) || is_named(pair)).collect()
    }

    fn fix(&self, finding: &Finding, diagnostic: &Diagnostic) -> Option<CodeAction> {
        let fix = finding.fix.as_ref()?;
        let refusal = self.refusal(finding);
        let title = match &refusal {
            Some(why) => format!("gomend: {} (refused: {})", fix.title, first_line(why)),
            None => format!("gomend: {} ({})", fix.title, finding.level.word()),
        };
        let edit = if refusal.is_some() || (self.client.can.resolves_edits && self.proves()) {
            None
        } else {
            Some(self.target().workspace_edit(&edits::of_fix(fix, self.project).ok()?)?)
        };
        let preferred = finding.level == Applicability::Safe && refusal.is_none();
        let disabled = refusal.filter(|_| self.client.can.disabled);
        Some(CodeAction {
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic.clone()]),
            is_preferred: preferred.then_some(true),
            disabled: disabled.map(|reason| CodeActionDisabled { reason }),
            edit,
            data: self.data(Some(finding.rule), Some(finding.start.byte)),
            ..action(title)
        })
    }

    /// For rules with more than one safe fix in the file: all of them at once.
    fn of_rules(&self, here: &[(&Finding, Diagnostic)], found: &FileFindings) -> Vec<CodeAction> {
        let rules: BTreeSet<&str> = here.iter().map(|(finding, _)| finding.rule).collect();
        let several = |rule: &&str| safe(found, Some(rule)).count() > 1;
        rules.into_iter().filter(several).filter_map(|rule| self.all(found, Some(rule), "quickfix")).collect()
    }

    fn all(&self, found: &FileFindings, rule: Option<&str>, kind: &'static str) -> Option<CodeAction> {
        let count = safe(found, rule).filter(|finding| self.refusal(finding).is_none()).count();
        if count == 0 {
            return None;
        }
        let fixes = crate::report::counted::counted(count, "safe fix", "safe fixes");
        let title = match rule {
            Some(rule) => format!("gomend: everything of {rule} in this file ({fixes})"),
            None => format!("gomend: everything in this file ({fixes})"),
        };
        let edit = if self.client.can.resolves_edits {
            None
        } else {
            let edit = self.project.with_view(|view| self.all_edits(view, rule, None));
            Some(self.target().workspace_edit(&edit.ok()??)?)
        };
        let kind = if kind == "quickfix" {
            CodeActionKind::QuickFix
        } else {
            CodeActionKind::Custom(Cow::Borrowed(kind))
        };
        Some(CodeAction { kind: Some(kind), edit, data: self.data(rule, None), ..action(title) })
    }

    fn suppress(&self, finding: &Finding, diagnostic: &Diagnostic) -> Option<CodeAction> {
        let edit =
            self.suppressing(finding.rule, finding.start.byte, &self.project.settings().suppress_reason)?;
        Some(CodeAction {
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic.clone()]),
            edit: Some(edit),
            ..action(format!("gomend: suppress {} here, with a reason", finding.rule))
        })
    }

    /// The edit that suppresses `rule` at the byte `start`.
    pub fn suppressing(&self, rule: &str, start: usize, reason: &str) -> Option<WorkspaceEdit> {
        let file = Arc::new(File::new(self.path(), &*self.document.text));
        let edit = self.project.with_view(|view| {
            // So that the file set holds this very text.
            view.examine(self.path(), &self.document.text);
            view.scan(&|| {}).suppressing(&file, rule, start, reason)
        })?;
        self.target().workspace_edit(&EditsByFile::from([(self.path().to_owned(), vec![edit])]))
    }
}

/// The findings with a safe fix, of one rule or of all.
pub(super) fn safe<'e>(found: &'e FileFindings, rule: Option<&str>) -> impl Iterator<Item = &'e Finding> {
    let rule = rule.map(str::to_owned);
    found.findings.iter().filter(move |finding| {
        is_shown(finding)
            && finding.level == Applicability::Safe
            && finding.fix.is_some()
            && rule.as_ref().is_none_or(|rule| finding.rule == rule)
    })
}

fn explain(rule: &str) -> CodeAction {
    let title = format!("gomend: explain {rule}");
    let command = Command {
        title: title.clone(),
        tooltip: None,
        command: super::command_names::EXPLAIN.to_owned(),
        arguments: Some(vec![json!(rule)]),
    };
    CodeAction {
        kind: Some(CodeActionKind::Custom(Cow::Borrowed(EXPLAIN))),
        command: Some(command),
        ..action(title)
    }
}

fn action(title: String) -> CodeAction {
    CodeAction {
        title,
        kind: None,
        diagnostics: None,
        is_preferred: None,
        disabled: None,
        edit: None,
        command: None,
        data: None,
        tags: None,
    }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// The document that the data of an action names.
pub fn document_of(action: &CodeAction) -> Option<Uri> {
    serde_json::from_value::<ActionData>(action.data.clone()?).ok().map(|data| data.uri)
}
