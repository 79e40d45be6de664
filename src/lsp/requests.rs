//! The requests of the client, each as a job of the thread that has the time.

use super::actions::{self, ActionScope};
use super::client::{Cancelled, error};
use super::document::OpenDocument;
use super::hover;
use super::jobs::guarded;
use super::project::LspProject;
use super::rule_documents;
use super::session::Session;
use super::wide;
use super::{command_names, commands};
use crate::disk::companion;
use gen_lsp_types::{
    CodeAction, CodeActionParams, CodeLens, CodeLensParams, Command, DiagnosticServerCancellationData,
    DocumentDiagnosticParams, ExecuteCommandParams, FullDocumentDiagnosticReport, HoverParams, LspAny,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticParams,
};
use lsp_server::{ErrorCode, Request, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a request comes to.
type Answer = Result<Value, ResponseError>;

/// Reads the parameters of a request.
///
/// # Errors
/// What is wrong with them.
pub fn params<P: DeserializeOwned>(params: Value) -> Result<P, ResponseError> {
    serde_json::from_value(params)
        .map_err(|why| error(ErrorCode::InvalidParams, format!("the parameters: {why}")))
}

fn value(result: impl Serialize) -> Answer {
    serde_json::to_value(result).map_err(|why| error(ErrorCode::InternalError, why.to_string()))
}

/// Whether the answer is there at once or takes a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Milliseconds,
    Seconds,
}

/// Answers a request, now or later.
pub fn dispatch(session: &Arc<Session>, request: Request) {
    let Request { id, method, params: given } = request;
    let cancelled = session.client.expect(&id);
    let prepared = prepare(session, &method, given, &cancelled);
    let (takes, work) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return session.client.answer(id, Err(error)),
    };
    let client = session.client.clone();
    let job = move || {
        if !cancelled.load(std::sync::atomic::Ordering::Relaxed) {
            client.answer(id, guarded(work));
        }
    };
    match takes {
        Takes::Milliseconds => session.quick.soon(job),
        Takes::Seconds => session.slow.soon(job),
    }
}

/// The work that a request is.
type RequestWork = Box<dyn FnOnce() -> Answer + Send>;

fn prepare(
    session: &Arc<Session>,
    method: &str,
    given: Value,
    cancelled: &Cancelled,
) -> Result<(Takes, RequestWork), ResponseError> {
    let (session, cancelled) = (Arc::clone(session), Arc::clone(cancelled));
    let token = given.get("workDoneToken").cloned();
    Ok(match method {
        "textDocument/hover" => {
            let params: HoverParams = params(given)?;
            let at = params.text_document_position_params;
            let Some(document) = session.documents.get(&at.text_document.uri) else { return Ok(nothing()) };
            (
                Takes::Milliseconds,
                Box::new(move || {
                    on_current(&session, &document, |project| {
                        let text = document.placed(session.client.can.encoding);
                        let markdown = session.client.can.markdown;
                        value(hover::hover(&document, at.position, project, &session.parts, text, markdown))
                    })
                }),
            )
        }
        "textDocument/codeAction" => {
            let params: CodeActionParams = params(given)?;
            let Some(document) = session.documents.get(&params.text_document.uri) else {
                return Ok(nothing());
            };
            if !document.is_go() {
                return Ok(nothing());
            }
            (
                Takes::Milliseconds,
                Box::new(move || {
                    on_current(&session, &document, |project| {
                        value(scope(&session, &document, project).list(&params))
                    })
                }),
            )
        }
        "codeAction/resolve" => {
            let action: CodeAction = params(given)?;
            let document = actions::document_of(&action).and_then(|uri| session.documents.get(&uri));
            let gone = || error(ErrorCode::InvalidParams, "the action is none of an open file");
            let document = document.ok_or_else(gone)?;
            (
                Takes::Seconds,
                Box::new(move || {
                    on_current(&session, &document, |project| {
                        value(scope(&session, &document, project).resolve(action, &cancelled)?)
                    })
                }),
            )
        }
        "textDocument/diagnostic" => {
            let params: DocumentDiagnosticParams = params(given)?;
            let document = document(&session, &params.text_document.uri);
            (Takes::Milliseconds, Box::new(move || diagnostic(&session, document, params.previous_result_id)))
        }
        "workspace/diagnostic" => {
            let params: WorkspaceDiagnosticParams = params(given)?;
            (
                Takes::Seconds,
                Box::new(move || {
                    let projects = session.projects().all().to_vec();
                    value(wide::report(
                        &session.client,
                        &session.documents,
                        &projects,
                        params.previous_result_ids,
                        token,
                    )?)
                }),
            )
        }
        "textDocument/codeLens" => {
            let params: CodeLensParams = params(given)?;
            let Some(document) = session.documents.get(&params.text_document.uri) else {
                return Ok(nothing());
            };
            (Takes::Milliseconds, Box::new(move || value(lenses(&session, &document))))
        }
        "codeLens/resolve" => {
            let lens: CodeLens = params(given)?;
            (Takes::Seconds, Box::new(move || value(lens_of(&session, lens)?)))
        }
        "workspace/executeCommand" => {
            let params: ExecuteCommandParams = params(given)?;
            return command(session, params);
        }
        _ => return Err(error(ErrorCode::MethodNotFound, format!("gomend does not know `{method}`"))),
    })
}

fn nothing() -> (Takes, RequestWork) {
    (Takes::Milliseconds, Box::new(|| Ok(Value::Null)))
}

fn scope<'a>(
    session: &'a Session,
    document: &'a Arc<OpenDocument>,
    project: &'a LspProject,
) -> ActionScope<'a> {
    ActionScope { client: &session.client, open: &session.documents, document, project }
}

/// Does `work` on a document in its folder; an answer about a text that has changed meanwhile
/// is none.
fn on_current(
    session: &Session,
    document: &Arc<OpenDocument>,
    work: impl FnOnce(&LspProject) -> Answer,
) -> Answer {
    let modified = || error(ErrorCode::ContentModified, "the text has changed meanwhile");
    if !session.documents.is_current(document) {
        return Err(modified());
    }
    let Some(project) = session.project_of(document) else { return Ok(Value::Null) };
    let answer = work(&project)?;
    if session.documents.is_current(document) { Ok(answer) } else { Err(modified()) }
}

/// The document called `uri`: one that is not open as it is on disk.
fn document(session: &Session, uri: &Uri) -> Option<Arc<OpenDocument>> {
    session.documents.get(uri).or_else(|| {
        let saved = OpenDocument::new(uri.clone(), 0, "");
        let text = companion::read_to_string(saved.path.as_deref()?).ok()?;
        Some(Arc::new(OpenDocument::new(uri.clone(), 0, text)))
    })
}

fn diagnostic(session: &Session, document: Option<Arc<OpenDocument>>, previous: Option<String>) -> Answer {
    let stale = |document: &Arc<OpenDocument>| {
        session.documents.get(&document.uri).is_some() && !session.documents.is_current(document)
    };
    let again = || {
        let data = serde_json::to_value(DiagnosticServerCancellationData { retrigger_request: true }).ok();
        ResponseError { data, ..error(ErrorCode::ServerCancelled, "the text has changed meanwhile") }
    };
    let items = match &document {
        Some(document) if stale(document) => return Err(again()),
        Some(document) => session.diagnose(document).unwrap_or_default(),
        None => Vec::new(),
    };
    if document.as_ref().is_some_and(stale) {
        return Err(again());
    }
    let id = wide::result_id(&items);
    if previous.as_ref() == Some(&id) {
        return value(RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        });
    }
    let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: Some(id), items };
    value(RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report })
}

/// The lens above a rule that can be read: what it matches.
fn lenses(session: &Session, document: &OpenDocument) -> Vec<CodeLens> {
    let readable = rule_documents::problems(document, &session.parts)
        .is_some_and(|problems| problems.iter().all(|problem| problem.warning));
    let trusted = session.project_of(document).is_some_and(|project| project.is_trusted());
    if !readable || !trusted {
        return Vec::new();
    }
    vec![CodeLens { range: gen_lsp_types::Range::default(), command: None, data: Some(json!(document.uri)) }]
}

fn lens_of(session: &Session, lens: CodeLens) -> Result<CodeLens, ResponseError> {
    let uri: Uri = params(lens.data.clone().unwrap_or_default())?;
    let gone = || error(ErrorCode::ContentModified, "the rule is not open any more");
    let document = session.documents.get(&uri).ok_or_else(gone)?;
    let project = session.project_of(&document).ok_or_else(gone)?;
    let places = commands::matches(session, &document, &project)?;
    let title = format!("gomend: {}", commands::summary(&places));
    let arguments: Option<Vec<LspAny>> = Some(vec![json!(uri)]);
    let command = Command { title, tooltip: None, command: command_names::MATCHES.to_owned(), arguments };
    Ok(CodeLens { command: Some(command), ..lens })
}

fn command(
    session: Arc<Session>,
    params: ExecuteCommandParams,
) -> Result<(Takes, RequestWork), ResponseError> {
    let arguments = params.arguments.unwrap_or_default();
    Ok(match params.command.as_str() {
        command_names::TRUST => {
            let uri = arguments.first().and_then(Value::as_str).map(Uri::from);
            let path = uri.as_ref().and_then(super::place::path_of);
            if uri.is_some() && path.is_none() {
                return Err(error(
                    ErrorCode::InvalidParams,
                    "argument 1 must be the URI of a file or folder",
                ));
            }
            let new = session.projects().trust(path.as_deref());
            session.put_texts();
            session.changed_around();
            (Takes::Milliseconds, Box::new(move || Ok(json!(new))))
        }
        command_names::EXPLAIN => {
            (Takes::Milliseconds, Box::new(move || commands::explain(&session, &arguments)))
        }
        command_names::MATCHES => {
            (Takes::Seconds, Box::new(move || commands::list_matches(&session, &arguments)))
        }
        command_names::SUPPRESS => {
            (Takes::Milliseconds, Box::new(move || commands::suppress(&session, &arguments)))
        }
        other => {
            let known = command_names::ALL.join(", ");
            let message = format!("gomend has no command `{other}`; there are {known}");
            return Err(error(ErrorCode::InvalidParams, message));
        }
    })
}
