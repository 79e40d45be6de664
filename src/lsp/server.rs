//! The conversation with the client: what is said when, and when it is over.

use super::ServerParts;
use super::actions;
use super::client::{ClientAbilities, LspClient, error};
use super::command_names;
use super::document::OpenDocument;
use super::jobs::{Lane, guarded};
use super::project::{self, Projects};
use super::requests::{self, params};
use super::session::Session;
use super::settings::{EditorSettings, SECTION};
use super::transport::{self, Frame};
use gen_lsp_types::{
    CancelParams, ChangeNotifications, CodeActionKind, CodeActionOptions, CodeActionProvider,
    CodeLensOptions, DiagnosticOptions, DiagnosticProvider, DidChangeTextDocumentParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    ExecuteCommandOptions, HoverProvider, MessageType, Save, SaveOptions, ServerCapabilities,
    TextDocumentSync, TextDocumentSyncKind, TextDocumentSyncOptions, WorkDoneProgressOptions,
    WorkspaceFolder, WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

/// What is to be watched: all that a check reads.
const WATCHED: &[&str] = &[
    "**/*.go",
    "**/go.mod",
    "**/go.work",
    "**/gomend.toml",
    "**/.golangci.{yml,yaml,toml,json}",
    "**/.gitignore",
    "**/.gomend/rules/*",
];

/// How many bytes of declarations the thread that follows the key strokes remembers: those of a
/// large file with sites everywhere, and of what their fixes make of them.
const REMEMBERED: usize = 1 << 20;

/// Serves one client until it says `exit` or is gone. Returns whether it left as the protocol
/// asks: after `shutdown`.
///
/// # Errors
/// Those of the streams and of the system, when it gives no more threads.
pub fn run(
    parts: ServerParts,
    input: &mut dyn BufRead,
    output: impl Write + Send + 'static,
) -> io::Result<bool> {
    let (out, messages) = channel();
    let writer = std::thread::Builder::new().name("gomend writer".to_owned()).spawn(move || {
        let mut output = BufWriter::new(output);
        // A client that reads no more is gone; its input ends, too.
        messages.iter().try_for_each(|message| transport::write(&mut output, &message))
    })?;
    let mut server = LspServer {
        client: LspClient::new(out),
        parts: Arc::new(parts),
        session: None,
        threads: Vec::new(),
        shut_down: false,
        configuration: None,
    };
    let ended = server.listen(input);
    server.close();
    drop(server);
    // The threads have let go of their senders, so that it comes to an end.
    drop(writer.join());
    ended
}

struct LspServer {
    client: LspClient,
    parts: Arc<ServerParts>,
    session: Option<Arc<Session>>,
    threads: Vec<JoinHandle<()>>,
    shut_down: bool,
    /// The question for our section that the client was asked last.
    configuration: Option<RequestId>,
}

impl LspServer {
    fn listen(&mut self, input: &mut dyn BufRead) -> io::Result<bool> {
        while let Some(frame) = transport::read(input)? {
            match frame {
                malformed @ Frame::Malformed { .. } => self.client.send(malformed),
                Frame::Message(Message::Request(request)) => self.request(request)?,
                Frame::Message(Message::Response(response)) => self.response(response),
                Frame::Message(Message::Notification(notification)) => {
                    if notification.method == "exit" {
                        return Ok(self.shut_down);
                    }
                    self.notification(notification);
                }
            }
        }
        Ok(self.shut_down)
    }

    fn close(&mut self) {
        self.client.cancel_all();
        if let Some(session) = self.session.take() {
            session.quick.close();
            session.slow.close();
        }
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: &str) {
        self.client.expect(&id);
        self.client.answer(id, Err(error(code, message)));
    }

    fn request(&mut self, request: Request) -> io::Result<()> {
        match (&self.session, request.method.as_str()) {
            _ if self.shut_down => {
                self.refuse(
                    request.id,
                    ErrorCode::InvalidRequest,
                    "the server is shut down; only `exit` may follow",
                );
            }
            (None, "initialize") => self.initialize(request)?,
            (None, _) => {
                self.refuse(request.id, ErrorCode::ServerNotInitialized, "`initialize` must come first");
            }
            (Some(_), "initialize") => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "the server is initialized already");
            }
            (Some(_), "shutdown") => {
                self.shut_down = true;
                self.client.cancel_all();
                self.client.expect(&request.id);
                self.client.answer(request.id, Ok(Value::Null));
            }
            (Some(session), _) => requests::dispatch(session, request),
        }
        Ok(())
    }

    fn initialize(&mut self, request: Request) -> io::Result<()> {
        let Request { id, params, .. } = request;
        self.client = self.client.clone().able(ClientAbilities::of(&params));
        let options = params.get("initializationOptions").cloned().unwrap_or_default();
        let (settings, problems) = EditorSettings::read(&options);
        let workspace = settings.workspace;
        let mut projects = Projects::new(Arc::clone(&self.parts), project::folders(&params));
        projects.set(settings);
        let (quick, quick_threads) = Lane::start("gomend quick", 1)?;
        quick.soon(|| crate::syntax::remember_parses(REMEMBERED));
        let (slow, slow_threads) = Lane::start("gomend slow", 2)?;
        self.threads.extend(quick_threads.into_iter().chain(slow_threads));
        let session = Session::new(self.client.clone(), Arc::clone(&self.parts), projects, quick, slow);
        self.session = Some(Arc::new(session));
        self.client.expect(&id);
        let result = json!({
            "capabilities": capabilities(&self.client.can, workspace),
            "serverInfo": {"name": "gomend", "version": env!("CARGO_PKG_VERSION")},
        });
        self.client.answer(id, Ok(result));
        for problem in problems {
            self.client.show(MessageType::Warning, &problem);
        }
        Ok(())
    }

    /// The client is ready: it is asked for what it has to say, and told what there is to say.
    fn initialized(&mut self) {
        let mut wanted = Vec::new();
        if self.client.can.watches {
            let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
            wanted.push(json!({
                "id": "gomend-files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": {"watchers": watchers},
            }));
        }
        if self.client.can.tells_configuration {
            wanted.push(json!({
                "id": "gomend-configuration",
                "method": "workspace/didChangeConfiguration",
                "registerOptions": {"section": SECTION},
            }));
        }
        if !wanted.is_empty() {
            self.client.request("client/registerCapability", json!({ "registrations": wanted }));
        }
        self.ask_configuration();
        if let Some(session) = &self.session {
            session.changed_around();
        }
    }

    fn ask_configuration(&mut self) {
        if self.client.can.configuration {
            let params = json!({"items": [{"section": SECTION}]});
            self.configuration = Some(self.client.request("workspace/configuration", params));
        }
    }

    fn response(&mut self, response: Response) {
        match response.response_result {
            Ok(items) if Some(&response.id) == self.configuration.as_ref() => {
                self.configuration = None;
                let said = |section: &&Value| section.as_object().is_some_and(|section| !section.is_empty());
                if let Some(section) = items.get(0).filter(said) {
                    self.configure(section);
                }
            }
            Ok(_) => {}
            Err(error) => {
                let text = format!("the client answers {}: {}", response.id, error.message);
                self.client.log(MessageType::Warning, &text);
            }
        }
    }

    fn configure(&self, value: &Value) {
        let Some(session) = &self.session else { return };
        let (settings, problems) = EditorSettings::read(value);
        for problem in problems {
            session.say_once(MessageType::Warning, &problem);
        }
        if **session.projects().settings() != settings {
            session.projects().set(settings);
            session.put_texts();
            session.changed_around();
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params: given } = notification;
        if self.session.is_none() || self.shut_down {
            return;
        }
        // What goes wrong with one must not end the session.
        if let Err(why) = guarded(|| self.notified(&method, given)) {
            self.client.log(MessageType::Error, &format!("{method}: {}", why.message));
        }
    }

    fn notified(&mut self, method: &str, given: Value) -> Result<(), ResponseError> {
        let Some(session) = self.session.clone() else { return Ok(()) };
        match method {
            "initialized" => self.initialized(),
            "$/cancelRequest" => {
                let params: CancelParams = params(given)?;
                self.client.cancel(request_id(params)?);
            }
            "textDocument/didOpen" => {
                let DidOpenTextDocumentParams { text_document: opened } = params(given)?;
                let document = OpenDocument::new(opened.uri, opened.version, opened.text);
                session.changed(&session.documents.open(document));
            }
            "textDocument/didChange" => {
                let DidChangeTextDocumentParams { text_document, content_changes } = params(given)?;
                let uri = text_document.text_document_identifier.uri;
                let encoding = self.client.can.encoding;
                let changed =
                    session.documents.change(&uri, text_document.version, content_changes, encoding);
                session.changed(&changed.map_err(|why| error(ErrorCode::InvalidParams, why.to_string()))?);
            }
            "textDocument/didClose" => {
                let closed: DidCloseTextDocumentParams = params(given)?;
                session.closed(&closed.text_document.uri);
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => session.changed_around(),
            "workspace/didChangeWorkspaceFolders" => {
                let DidChangeWorkspaceFoldersParams { event } = params(given)?;
                session.projects().change(paths(&event.added), &paths(&event.removed));
                session.put_texts();
                session.changed_around();
            }
            "workspace/didChangeConfiguration" => {
                let settings = given.get("settings").cloned().unwrap_or_default();
                match settings.get(SECTION) {
                    Some(own) => self.configure(own),
                    None => self.ask_configuration(),
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn paths(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    let path = |folder: &WorkspaceFolder| {
        let path = super::place::path_of(&folder.uri)?;
        Some(dunce::canonicalize(&path).unwrap_or(path))
    };
    folders.iter().filter_map(path).collect()
}

fn request_id(params: CancelParams) -> Result<RequestId, ResponseError> {
    let id = serde_json::to_value(params.id).and_then(serde_json::from_value);
    id.map_err(|why| error(ErrorCode::InvalidParams, why.to_string()))
}

fn capabilities(can: &ClientAbilities, workspace: bool) -> ServerCapabilities {
    let work_done_progress_options = WorkDoneProgressOptions { work_done_progress: Some(true) };
    let quiet = WorkDoneProgressOptions { work_done_progress: None };
    let kinds = [
        CodeActionKind::QuickFix,
        CodeActionKind::Custom(Cow::Borrowed(actions::FIX_ALL)),
        CodeActionKind::Custom(Cow::Borrowed(actions::EXPLAIN)),
    ];
    ServerCapabilities {
        position_encoding: Some(can.encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(kinds.into()),
            documentation: None,
            resolve_provider: Some(true),
            work_done_progress_options: quiet,
        })),
        code_lens_provider: Some(CodeLensOptions {
            resolve_provider: Some(true),
            work_done_progress_options: quiet,
        }),
        diagnostic_provider: Some(DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
            identifier: Some(SECTION.to_owned()),
            inter_file_dependencies: true,
            workspace_diagnostics: workspace,
            work_done_progress_options,
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: command_names::ALL.iter().map(|name| (*name).to_owned()).collect(),
            work_done_progress_options: quiet,
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            file_operations: None,
            text_document_content: None,
        }),
        ..ServerCapabilities::default()
    }
}
