//! The client: what it can do, and what is sent to it.

use super::position::Encoding;
use super::transport::Frame;
use gen_lsp_types::MessageType;
use lsp_server::{ErrorCode, Notification, Request, RequestId, Response, ResponseError};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

/// What a client says that it can do.
#[derive(Clone, Debug, Default)]
pub struct ClientAbilities {
    /// What positions count.
    pub encoding: Encoding,
    /// It asks for diagnostics by itself.
    pub pulls: bool,
    /// It can be told that it should ask again.
    pub refreshes: bool,
    /// It can be told the same of code lenses.
    pub refreshes_lenses: bool,
    /// Edits may carry versions.
    pub document_changes: bool,
    /// The edit of a code action may come later.
    pub resolves_edits: bool,
    /// Code actions are more than commands.
    pub code_actions: bool,
    /// A code action may be shown as disabled.
    pub disabled: bool,
    /// Diagnostics may name other places.
    pub related: bool,
    /// Tags of diagnostics that it knows: 1, 2.
    pub tags: Vec<u64>,
    /// Hover may be Markdown.
    pub markdown: bool,
    /// It shows progress that the server begins.
    pub progress: bool,
    /// It answers questions about its configuration.
    pub configuration: bool,
    /// It can be asked to watch files.
    pub watches: bool,
    /// It can be asked to say when its configuration changes.
    pub tells_configuration: bool,
}

impl ClientAbilities {
    /// Reads the parameters of `initialize`.
    pub fn of(params: &Value) -> ClientAbilities {
        let at = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let is = |path: &str| at(path).and_then(Value::as_bool).unwrap_or_default();
        let list = |path: &str| at(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let has = |path: &str, word: &str| list(path).iter().any(|item| item == word);
        let offered = list("general/positionEncodings").iter().filter_map(Value::as_str);
        ClientAbilities {
            encoding: Encoding::of(offered),
            pulls: at("textDocument/diagnostic").is_some_and(Value::is_object),
            refreshes: is("workspace/diagnostics/refreshSupport"),
            refreshes_lenses: is("workspace/codeLens/refreshSupport"),
            document_changes: is("workspace/workspaceEdit/documentChanges"),
            resolves_edits: has("textDocument/codeAction/resolveSupport/properties", "edit")
                && is("textDocument/codeAction/dataSupport"),
            code_actions: at("textDocument/codeAction/codeActionLiteralSupport")
                .is_some_and(Value::is_object),
            disabled: is("textDocument/codeAction/disabledSupport"),
            related: is("textDocument/publishDiagnostics/relatedInformation")
                || is("textDocument/diagnostic/relatedInformation"),
            tags: ["publishDiagnostics", "diagnostic"]
                .iter()
                .flat_map(|place| list(&format!("textDocument/{place}/tagSupport/valueSet")))
                .filter_map(Value::as_u64)
                .collect(),
            markdown: has("textDocument/hover/contentFormat", "markdown"),
            progress: is("window/workDoneProgress"),
            configuration: is("workspace/configuration"),
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
            tells_configuration: is("workspace/didChangeConfiguration/dynamicRegistration"),
        }
    }
}

/// Set once nobody wants the answer any more.
pub type Cancelled = Arc<AtomicBool>;

/// The requests of the client that are not answered yet.
type Unanswered = Arc<Mutex<HashMap<RequestId, Cancelled>>>;

/// Sends to the client. Every thread may have one.
#[derive(Clone)]
pub struct LspClient {
    /// What it can do.
    pub can: Arc<ClientAbilities>,
    out: Sender<Frame>,
    unanswered: Unanswered,
    numbers: Arc<AtomicI32>,
}

impl LspClient {
    /// A client that reads what `out` gets.
    pub fn new(out: Sender<Frame>) -> LspClient {
        LspClient { can: Arc::default(), out, unanswered: Arc::default(), numbers: Arc::default() }
    }

    /// The same, once it has said what it can do.
    #[must_use]
    pub fn able(self, can: ClientAbilities) -> LspClient {
        LspClient { can: Arc::new(can), ..self }
    }

    /// That nobody reads is found out by the thread that writes.
    pub fn send(&self, message: Frame) {
        let _ = self.out.send(message);
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, HashMap<RequestId, Cancelled>> {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request that is to be answered.
    pub fn expect(&self, id: &RequestId) -> Cancelled {
        let cancelled = Cancelled::default();
        self.pending().insert(id.clone(), Arc::clone(&cancelled));
        cancelled
    }

    /// Answers a request, unless it was answered before.
    pub fn answer(&self, id: RequestId, result: Result<Value, ResponseError>) {
        if self.pending().remove(&id).is_none() {
            return;
        }
        let response = Response { id, response_result: result };
        self.send(Frame::Message(response.into()));
    }

    /// Ends a request that nobody wants answered any more.
    pub fn cancel(&self, id: RequestId) {
        let known = self.pending().get(&id).cloned();
        if let Some(cancelled) = known {
            cancelled.store(true, Ordering::Relaxed);
            self.answer(id, Err(error(ErrorCode::RequestCanceled, "cancelled by the client")));
        }
    }

    /// Ends all requests.
    pub fn cancel_all(&self) {
        let all: Vec<RequestId> = self.pending().keys().cloned().collect();
        all.into_iter().for_each(|id| self.cancel(id));
    }

    /// Sends a notification.
    pub fn notify(&self, method: &str, params: impl Serialize) {
        self.send(Frame::Message(Notification::new(method.to_owned(), params).into()));
    }

    /// Sends a request, and returns its id.
    pub fn request(&self, method: &str, params: impl Serialize) -> RequestId {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let id = RequestId::from(format!("gomend-{number}"));
        self.send(Frame::Message(Request::new(id.clone(), method.to_owned(), params).into()));
        id
    }

    /// Shows `text` to the user.
    pub fn show(&self, kind: MessageType, text: &str) {
        self.notify("window/showMessage", json!({"type": kind, "message": format!("gomend: {text}")}));
    }

    /// Writes `text` where the user looks when something is odd.
    pub fn log(&self, kind: MessageType, text: &str) {
        self.notify("window/logMessage", json!({"type": kind, "message": text}));
    }

    /// Begins a progress that the user sees: under the token of a request, else one of our own
    /// where the client shows those.
    pub fn progress(&self, token: Option<Value>, title: &str) -> LspProgress {
        let own = || {
            let token = json!(format!("gomend-{}", self.numbers.fetch_add(1, Ordering::Relaxed)));
            self.request("window/workDoneProgress/create", json!({ "token": token }));
            token
        };
        let token = token.or_else(|| self.can.progress.then(own));
        let progress = LspProgress { client: self.clone(), token };
        progress.send(json!({"kind": "begin", "title": title, "cancellable": false}));
        progress
    }
}

/// Something that takes a while. Ends when it is dropped.
pub struct LspProgress {
    client: LspClient,
    token: Option<Value>,
}

impl LspProgress {
    fn send(&self, value: Value) {
        if let Some(token) = &self.token {
            self.client.notify("$/progress", json!({"token": token, "value": value}));
        }
    }

    /// Says what is being done.
    pub fn say(&self, message: &str) {
        self.send(json!({"kind": "report", "message": message}));
    }
}

impl Drop for LspProgress {
    fn drop(&mut self) {
        self.send(json!({"kind": "end"}));
    }
}

/// An error as an answer.
pub fn error(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
