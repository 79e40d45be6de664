//! The commands of `workspace/executeCommand`.

use super::actions::ActionScope;
use super::client::error;
use super::command_names::TRUST;
use super::diagnostics::span_of;
use super::document::OpenDocument;
use super::hover;
use super::position::PlacedText;
use super::project::LspProject;
use super::rule_documents;
use super::session::Session;
use crate::disk::companion;
use crate::report::counted::counted;
use crate::text::LineIndex;
use gen_lsp_types::{Location, MessageType, Uri};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

fn invalid(message: impl Into<String>) -> ResponseError {
    error(ErrorCode::InvalidParams, message)
}

/// The argument number `index` as a string.
fn text(arguments: &[Value], index: usize, what: &str) -> Result<String, ResponseError> {
    let argument = arguments.get(index).and_then(Value::as_str);
    argument.map(str::to_owned).ok_or_else(|| invalid(format!("argument {} must be {what}", index + 1)))
}

/// Shows the page of a rule and returns it, in Markdown.
pub fn explain(session: &Session, arguments: &[Value]) -> Result<Value, ResponseError> {
    let rule = text(arguments, 0, "the name of a rule")?;
    let projects = session.projects().all().to_vec();
    let of = |project: &Arc<LspProject>| project.with_view(|view| hover::page(view, &session.parts, &rule));
    let page = projects.iter().find_map(of).ok_or_else(|| invalid(format!("there is no rule `{rule}`")))?;
    let mut paragraphs = page.split("\n\n").filter(|part| !part.starts_with('#'));
    let first = paragraphs.next().unwrap_or_default();
    session
        .client
        .show(MessageType::Info, &format!("{rule}: {first}. The whole page: gomend explain {rule}"));
    Ok(Value::String(page))
}

/// What the rule in an open document matches: the places, which are also counted for the user.
pub fn matches(
    session: &Session,
    document: &OpenDocument,
    project: &LspProject,
) -> Result<Vec<Location>, ResponseError> {
    if !project.is_trusted() {
        let hint =
            format!("the folder is not trusted, so its rules do not run; the command {TRUST} trusts it");
        return Err(error(ErrorCode::RequestFailed, hint));
    }
    let progress = session.client.progress(None, "gomend: looking for matches");
    let found = project
        .with_wide_view(|view| {
            let findings = rule_documents::matches(document, &session.parts, view, &|| {})?;
            let places = findings.iter().map(|finding| (view.absolute(&finding.path), span_of(finding)));
            Ok(places.collect::<Vec<_>>())
        })
        .map_err(|why: String| error(ErrorCode::RequestFailed, why))?;
    drop(progress);
    let texts = project.texts();
    let mut read: HashMap<PathBuf, (Arc<str>, LineIndex)> = HashMap::new();
    let locations = found.into_iter().map(|(path, span)| {
        let (text, lines) = read.entry(path.clone()).or_insert_with(|| {
            let saved = || companion::read_to_string(&path).unwrap_or_default().into();
            let text = texts.get(&path).cloned().unwrap_or_else(saved);
            let lines = LineIndex::new(text.as_bytes());
            (text, lines)
        });
        let placed = PlacedText { text, lines, encoding: session.client.can.encoding };
        Location { uri: session.documents.uri_of(&path), range: placed.range(span) }
    });
    Ok(locations.collect())
}

/// How many places in how many files, in words.
pub fn summary(places: &[Location]) -> String {
    let files: std::collections::BTreeSet<&str> = places.iter().map(|place| place.uri.0.as_str()).collect();
    match places.len() {
        0 => "no matches in this folder".to_owned(),
        count => {
            format!("{} in {}", counted(count, "match", "matches"), counted(files.len(), "file", "files"))
        }
    }
}

/// Runs [`MATCHES`].
pub fn list_matches(session: &Session, arguments: &[Value]) -> Result<Value, ResponseError> {
    let uri = Uri::from(text(arguments, 0, "the URI of an open rule file")?);
    let document = session.documents.get(&uri).ok_or_else(|| invalid(format!("{} is not open", uri.0)))?;
    let project =
        session.project_of(&document).ok_or_else(|| invalid("the file is outside of every folder"))?;
    let places = matches(session, &document, &project)?;
    session.client.show(MessageType::Info, &summary(&places));
    serde_json::to_value(places).map_err(|why| error(ErrorCode::InternalError, why.to_string()))
}

/// Runs [`SUPPRESS`]: asks the client to put the comment in.
pub fn suppress(session: &Session, arguments: &[Value]) -> Result<Value, ResponseError> {
    let uri = Uri::from(text(arguments, 0, "the URI of an open file")?);
    let rule = text(arguments, 1, "the name of a rule")?;
    let position = arguments.get(2).cloned().and_then(|position| serde_json::from_value(position).ok());
    let position = position.ok_or_else(|| invalid("argument 3 must be a position"))?;
    let reason = text(arguments, 3, "the reason")?;
    if reason.trim().is_empty() || reason.contains(['\n', '\r']) {
        return Err(invalid("the reason must be a line of text that says something"));
    }
    let document = session.documents.get(&uri).ok_or_else(|| invalid(format!("{} is not open", uri.0)))?;
    let project =
        session.project_of(&document).ok_or_else(|| invalid("the file is outside of every folder"))?;
    let path = document.path.clone().unwrap_or_default();
    let offset = document.placed(session.client.can.encoding).offset(position);
    let found = project.examine(&path, &document.text);
    let at = found.findings.iter().find(|finding| {
        let span = span_of(finding);
        finding.rule == rule && span.start <= offset && offset <= span.end
    });
    let start = at.ok_or_else(|| invalid(format!("there is no finding of `{rule}` here")))?.start.byte;
    let scope = ActionScope {
        client: &session.client,
        open: &session.documents,
        document: &document,
        project: &project,
    };
    let edit = scope.suppressing(&rule, start, &reason);
    let edit = edit.ok_or_else(|| {
        error(ErrorCode::RequestFailed, "there is no line that a comment could stand above")
    })?;
    session.client.request("workspace/applyEdit", json!({"label": format!("suppress {rule}"), "edit": edit}));
    Ok(Value::Null)
}
