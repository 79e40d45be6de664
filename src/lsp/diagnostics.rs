//! Findings as diagnostics.

use super::client::{ClientAbilities, LspClient};
use super::document::OpenDocument;
use super::place;
use super::position::{Encoding, PlacedText};
use super::project::LspProject;
use super::view::{FileFindings, ProjectView};
use crate::engine::scan::UNUSED;
use crate::pattern::Problem;
use crate::rewrite::{Applicability, Finding, Severity};
use crate::text::{LineIndex, Span};
use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location, Message, Position, PublishDiagnosticsParams, Range, Uri,
};
use serde_json::json;
use std::sync::Arc;

/// What a diagnostic says of where it comes from.
pub const SOURCE: &str = "gomend";

/// Whether the editor shows a finding: what counts for the exit status of `check`.
pub fn is_shown(finding: &Finding) -> bool {
    !finding.suppressed && finding.level > Applicability::Kept
}

/// The bytes that a finding points at.
pub fn span_of(finding: &Finding) -> Span {
    Span::new(finding.start.byte, finding.end.byte.max(finding.start.byte))
}

/// Makes diagnostics of the findings in one text.
pub struct DiagnosticWriter<'a> {
    /// The text.
    pub text: PlacedText<'a>,
    /// The name of the text.
    pub uri: &'a Uri,
    /// What the client knows.
    pub can: &'a ClientAbilities,
}

impl DiagnosticWriter<'_> {
    /// The diagnostics of all findings that are shown; `page` gives the address of a rule's page.
    pub fn all<'p>(&self, findings: &[Finding], page: &dyn Fn(&str) -> Option<&'p str>) -> Vec<Diagnostic> {
        findings.iter().filter(|finding| is_shown(finding)).map(|one| self.one(one, page(one.rule))).collect()
    }

    /// The diagnostic of one finding.
    pub fn one(&self, finding: &Finding, page: Option<&str>) -> Diagnostic {
        let related = self.can.related.then(|| self.related(finding)).filter(|related| !related.is_empty());
        let tags = self.tags(finding);
        Diagnostic {
            range: self.text.range(span_of(finding)),
            severity: Some(match finding.severity {
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Note => DiagnosticSeverity::Information,
            }),
            code: Some(Code::String(finding.rule.to_owned())),
            code_description: page.map(|page| CodeDescription { href: Uri::from(page) }),
            source: Some(SOURCE.to_owned()),
            message: Message::String(message(finding)),
            tags: (!tags.is_empty()).then_some(tags),
            related_information: related,
            data: Some(json!({"fingerprint": finding.fingerprint, "level": finding.level.word()})),
        }
    }

    /// Code that the fix takes away is shown as what it is: needed by nobody.
    fn tags(&self, finding: &Finding) -> Vec<DiagnosticTag> {
        let span = span_of(finding);
        let goes = |start: usize, end: usize| start <= span.start && span.end <= end;
        let removed = finding.fix.as_ref().is_some_and(|fix| {
            fix.edits.iter().any(|edit| {
                edit.path == finding.path
                    && edit.text.trim().is_empty()
                    && goes(edit.start_byte, edit.end_byte)
            })
        });
        let unnecessary = (removed && finding.level == Applicability::Safe) || finding.rule == UNUSED;
        let known = self.can.tags.contains(&1);
        if unnecessary && known { vec![DiagnosticTag::Unnecessary] } else { Vec::new() }
    }

    fn related(&self, finding: &Finding) -> Vec<DiagnosticRelatedInformation> {
        let lines = finding.frame.iter().filter(|line| !line.primary && !line.label.is_empty());
        let lines = lines.filter(|line| line.line <= self.text.lines.count());
        lines
            .map(|line| {
                let start = self.text.lines.span(line.line).start;
                let (from, to) = line.mark.unwrap_or((0, line.text.len()));
                let range = self.text.range(Span::new(start + from, start + to.max(from)));
                let location = Location { uri: self.uri.clone(), range };
                DiagnosticRelatedInformation { location, message: line.label.clone() }
            })
            .collect()
    }
}

/// What was found, why it matters, and what lowered the promise of its fix.
fn message(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    if !finding.why.is_empty() {
        message = format!("{message}\n{}", finding.why);
    }
    match &finding.lowered {
        Some(lowered) if !lowered.reason.is_empty() => {
            format!("{message}\n{} because of {}: {}", finding.level.word(), lowered.guard, lowered.reason)
        }
        _ => message,
    }
}

/// The diagnostics of an open Go file.
pub fn of_document(
    document: &OpenDocument,
    project: &LspProject,
    client: &LspClient,
) -> (Arc<FileFindings>, Vec<Diagnostic>) {
    let path = document.path.as_deref().unwrap_or(std::path::Path::new(""));
    project.with_view(|view| {
        let found = view.examine(path, &document.text);
        let text = document.placed(client.can.encoding);
        let writer = DiagnosticWriter { text, uri: &document.uri, can: &client.can };
        let diagnostics = writer.all(&found.findings, &|rule| view.page(rule));
        (found, diagnostics)
    })
}

/// The diagnostics of what is wrong with a file that is no Go, whose text is `text`.
pub fn of_problems(problems: &[Problem], text: &str, encoding: Encoding) -> Vec<Diagnostic> {
    let lines = LineIndex::new(text.as_bytes());
    let placed = PlacedText { text, lines: &lines, encoding };
    problems.iter().map(|problem| of_problem(problem, placed)).collect()
}

fn of_problem(problem: &Problem, placed: PlacedText<'_>) -> Diagnostic {
    let range = match problem.line {
        line if (1..=placed.lines.count()).contains(&line) => {
            let whole = placed.lines.span(line);
            let content = placed.lines.content(placed.text.as_bytes(), line).len();
            let start = whole.start + problem.column.saturating_sub(1).min(content);
            placed.range(Span::new(start, whole.start + content))
        }
        _ => Range::new(Position::new(0, 0), Position::new(0, 0)),
    };
    let help = problem.help.as_ref().map_or_else(String::new, |help| format!("\n{help}"));
    Diagnostic {
        range,
        severity: Some(if problem.warning { DiagnosticSeverity::Warning } else { DiagnosticSeverity::Error }),
        code: None,
        code_description: None,
        source: Some(SOURCE.to_owned()),
        message: Message::String(format!("{}{help}", problem.message)),
        tags: None,
        related_information: None,
        data: None,
    }
}

/// What is wrong with the files beside the code, each with its diagnostics.
pub fn of_folder(view: &ProjectView, encoding: Encoding) -> Vec<(Uri, Vec<Diagnostic>)> {
    let configuration = view.config_faults().into_iter().map(|(path, problem)| (path, vec![problem]));
    let rules = view.rule_faults().iter().cloned();
    let mut by_path: std::collections::BTreeMap<std::path::PathBuf, Vec<Problem>> =
        std::collections::BTreeMap::new();
    for (path, problems) in configuration.chain(rules) {
        by_path.entry(path).or_default().extend(problems);
    }
    by_path
        .into_iter()
        .map(|(path, problems)| {
            let text = crate::disk::companion::read_to_string(&path).unwrap_or_default();
            (place::uri_of(&path), of_problems(&problems, &text, encoding))
        })
        .collect()
}

/// Hands the diagnostics of a text to the client.
pub fn publish(client: &LspClient, uri: &Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
    let params = PublishDiagnosticsParams { uri: uri.clone(), version, diagnostics };
    client.notify("textDocument/publishDiagnostics", params);
}
