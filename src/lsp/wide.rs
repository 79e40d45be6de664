//! Diagnostics of whole folders.

use super::client::{LspClient, error};
use super::diagnostics::{DiagnosticWriter, is_shown};
use super::document::{OpenDocument, OpenDocuments};
use super::position::PlacedText;
use super::project::LspProject;
use crate::disk::companion;
use crate::engine::scan::Scanned;
use crate::rewrite::Finding;
use gen_lsp_types::{
    Diagnostic, FullDocumentDiagnosticReport, PreviousResultId, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The diagnostics of one file.
pub struct FileDiagnostics {
    /// As the client spells it, where the file is open.
    pub uri: Uri,
    /// That of the text, where the file is open.
    pub version: Option<i32>,
    /// What is found.
    pub diagnostics: Vec<Diagnostic>,
}

/// The diagnostics of all files of a folder, by path; files without any are not among them.
pub fn of_folder(
    project: &LspProject,
    client: &LspClient,
    documents: &OpenDocuments,
    token: Option<Value>,
) -> Result<BTreeMap<PathBuf, FileDiagnostics>, String> {
    let name = project.root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let progress = client.progress(token, &format!("gomend: checking {name}"));
    let files = AtomicUsize::new(0);
    let tick = || {
        let done = files.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(500) {
            progress.say(&format!("{done} files"));
        }
    };
    let found = project.everything(&tick)?;
    let open: HashMap<PathBuf, Arc<OpenDocument>> =
        documents.all().into_iter().filter_map(|one| Some((one.path.clone()?, one))).collect();
    let mut by_path: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
    for finding in shown(&found) {
        by_path.entry(project.root.join(&*finding.path)).or_default().push(finding.clone());
    }
    Ok(project.with_wide_view(|view| {
        let of_file = |(path, findings): (PathBuf, Vec<Finding>)| {
            let document = open.get(&path).cloned().unwrap_or_else(|| {
                let text = companion::read_to_string(&path).unwrap_or_default();
                Arc::new(OpenDocument::new(documents.uri_of(&path), 0, text))
            });
            let text: PlacedText<'_> = document.placed(client.can.encoding);
            let writer = DiagnosticWriter { text, uri: &document.uri, can: &client.can };
            let diagnostics = writer.all(&findings, &|rule| view.page(rule));
            let version = open.get(&path).map(|document| document.version);
            (path, FileDiagnostics { uri: document.uri.clone(), version, diagnostics })
        };
        by_path.into_iter().map(of_file).collect()
    }))
}

fn shown(found: &Scanned) -> impl Iterator<Item = &Finding> {
    found.findings.iter().filter(|finding| is_shown(finding))
}

/// What tells one list of diagnostics from another.
pub fn result_id(diagnostics: &[Diagnostic]) -> String {
    let text = serde_json::to_vec(diagnostics).unwrap_or_default();
    blake3::hash(&text).to_hex()[..16].to_owned()
}

/// The answer to `workspace/diagnostic`.
///
/// # Errors
/// When a folder cannot be read.
pub fn report(
    client: &LspClient,
    documents: &OpenDocuments,
    projects: &[Arc<LspProject>],
    previous: Vec<PreviousResultId>,
    token: Option<Value>,
) -> Result<WorkspaceDiagnosticReport, ResponseError> {
    let mut previous: HashMap<Uri, String> = previous.into_iter().map(|one| (one.uri, one.value)).collect();
    let mut items = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for project in projects {
        let files = of_folder(project, client, documents, token.clone())
            .map_err(|why| error(ErrorCode::RequestFailed, why))?;
        for (path, file) in files {
            // A folder within another is looked at twice.
            if seen.insert(path) {
                items.push(item(file, &mut previous));
            }
        }
    }
    // What had findings before and has none now.
    for (uri, id) in previous {
        let version = documents.get(&uri).map(|document| document.version);
        let file = FileDiagnostics { uri: uri.clone(), version, diagnostics: Vec::new() };
        items.push(item(file, &mut HashMap::from([(uri, id)])));
    }
    Ok(WorkspaceDiagnosticReport { items })
}

fn item(file: FileDiagnostics, previous: &mut HashMap<Uri, String>) -> WorkspaceDocumentDiagnosticReport {
    let FileDiagnostics { uri, version, diagnostics } = file;
    let id = result_id(&diagnostics);
    if previous.remove(&uri).as_ref() == Some(&id) {
        return WorkspaceUnchangedDocumentDiagnosticReport {
            uri,
            version,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        }
        .into();
    }
    let full_document_diagnostic_report =
        FullDocumentDiagnosticReport { result_id: Some(id), items: diagnostics };
    WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report }.into()
}

/// Tells a client that it should ask again.
pub fn refresh(client: &LspClient) {
    if client.can.pulls && client.can.refreshes {
        client.request("workspace/diagnostic/refresh", Value::Null);
    }
    if client.can.refreshes_lenses {
        client.request("workspace/codeLens/refresh", Value::Null);
    }
}
