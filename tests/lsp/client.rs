//! A client that does what a test says, and nothing by itself.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server and what it has said.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// All messages that no test has taken yet.
    pub heard: Vec<Value>,
    next: i64,
    /// What is answered to `workspace/configuration`.
    pub configuration: Value,
    /// What the server says of itself.
    pub capabilities: Value,
}

/// What an able client says of itself.
pub fn able() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "window": {"workDoneProgress": true},
        "textDocument": {
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "source"]}},
                "resolveSupport": {"properties": ["edit"]},
                "dataSupport": true,
                "disabledSupport": true,
                "isPreferredSupport": true
            },
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "publishDiagnostics": {"relatedInformation": true, "tagSupport": {"valueSet": [1, 2]}, "versionSupport": true}
        },
        "workspace": {"workspaceEdit": {"documentChanges": true}, "workspaceFolders": true}
    })
}

/// `base` with the value at a JSON pointer changed.
pub fn with(mut base: Value, pointer: &str, value: Value) -> Value {
    let mut at = &mut base;
    for key in pointer.trim_start_matches('/').split('/') {
        at = at.as_object_mut().unwrap().entry(key).or_insert_with(|| json!({}));
    }
    *at = value;
    base
}

impl Client {
    /// A server that nobody has spoken to.
    pub fn start(args: &[&str]) -> Client {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gomend"));
        command.arg("lsp").args(args);
        Client::of(command)
    }

    /// A server started by `command`.
    pub fn of(mut command: Command) -> Client {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let (heard, configuration, capabilities) = (Vec::new(), Value::Null, Value::Null);
        Client { child, input, messages, heard, next: 0, configuration, capabilities }
    }

    /// A server in one folder.
    pub fn open(root: &Path, capabilities: Value, options: Value) -> Client {
        let mut client = Client::start(&[]);
        client.initialize(json!({
            "processId": null,
            "rootUri": uri(root),
            "capabilities": capabilities,
            "initializationOptions": options,
        }));
        client
    }

    pub fn initialize(&mut self, params: Value) {
        let result = self.request("initialize", params).unwrap();
        self.capabilities = result["capabilities"].clone();
        self.notify("initialized", json!({}));
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks something without waiting.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The result of a request, or its error.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let answer = self.wait(|message| message.get("method").is_none() && message["id"] == id);
        answer.get("error").map_or_else(|| Ok(answer["result"].clone()), |error| Err(error.clone()))
    }

    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// The first message that is as wanted; what comes before is kept.
    pub fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.heard.iter().position(&wanted) {
            return self.heard.remove(at);
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).unwrap_or_else(|why| {
                panic!("the message did not come ({why}); heard {:#?}", self.heard);
            });
            self.react(&message);
            if wanted(&message) {
                return message;
            }
            self.heard.push(message);
        }
    }

    /// Answers what the server asks.
    fn react(&mut self, message: &Value) {
        if message.get("method").is_some() && message.get("id").is_some() {
            let result = match message["method"].as_str().unwrap() {
                "workspace/configuration" => json!([self.configuration]),
                "workspace/applyEdit" => json!({"applied": true}),
                _ => Value::Null,
            };
            self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
        }
    }

    /// Whether nothing that is `unwanted` comes before the answer to a request.
    pub fn stays_silent(&mut self, unwanted: impl Fn(&Value) -> bool) {
        let unknown = self.request("gomend/none", Value::Null).unwrap_err();
        assert_eq!(unknown["code"], -32601);
        let heard: Vec<&Value> = self.heard.iter().filter(|message| unwanted(message)).collect();
        assert!(heard.is_empty(), "{heard:#?}");
    }

    pub fn did_open(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({"uri": uri, "languageId": "go", "version": version, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Opens a file as it is on disk, and returns its diagnostics.
    pub fn open_file(&mut self, path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap();
        self.did_open(&uri(path), 1, &text);
        self.published(&uri(path), 1)
    }

    pub fn did_change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// The diagnostics of a version.
    pub fn published(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// The code actions at a range.
    pub fn actions(&mut self, uri: &str, range: &Value, only: Option<&str>) -> Vec<Value> {
        let mut context = json!({"diagnostics": []});
        if let Some(only) = only {
            context["only"] = json!([only]);
        }
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
        let actions = self.request("textDocument/codeAction", params).unwrap();
        actions.as_array().cloned().unwrap_or_default()
    }

    /// Ends the server as the protocol asks.
    pub fn leave(mut self) {
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        assert_eq!(self.exit(), 0);
    }

    /// Says `exit`, and returns the exit status.
    pub fn exit(mut self) -> i32 {
        self.notify("exit", Value::Null);
        self.status()
    }

    /// Closes the stream without a word.
    pub fn vanish(mut self) -> i32 {
        drop(self.input.take());
        self.status()
    }

    fn status(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap();
            }
            assert!(Instant::now() < end, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().unwrap(),
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).expect("the server writes JSON"))
}

/// The URI of a file.
pub fn uri(path: &Path) -> String {
    url::Url::from_file_path(path).unwrap().into()
}

/// A folder with these files, free of links.
pub fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dunce::canonicalize(dir.path()).unwrap();
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    (dir, root)
}

/// A copy of the service of the examples.
pub fn service() -> (TempDir, PathBuf) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/service");
    let texts: Vec<(String, String)> = std::fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    folder(&files)
}

pub fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|one| one["code"].as_str().unwrap_or_default()).collect()
}

/// The byte at a position whose column counts units of UTF-16.
pub fn offset(text: &str, position: &Value) -> usize {
    let line = position["line"].as_u64().unwrap() as usize;
    let mut left = position["character"].as_u64().unwrap() as usize;
    let start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    let mut at = start;
    for char in text[start..].chars() {
        if left == 0 {
            break;
        }
        left -= char.len_utf16();
        at += char.len_utf8();
    }
    at
}

/// The position of a byte, in units of UTF-16.
pub fn position(text: &str, offset: usize) -> Value {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = text[..offset].matches('\n').count();
    json!({"line": line, "character": text[start..offset].encode_utf16().count()})
}

/// The range of a part of `text` that stands there once.
pub fn range_of(text: &str, part: &str) -> Value {
    let at = text.find(part).unwrap_or_else(|| panic!("{part:?} is not in the text"));
    json!({"start": position(text, at), "end": position(text, at + part.len())})
}

/// `text` after the text edits of the protocol.
pub fn applied(text: &str, edits: &Value) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().unwrap();
            (offset(text, &range["start"]), offset(text, &range["end"]), new)
        })
        .collect();
    edits.sort();
    let mut after = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        after.replace_range(start..end, new);
    }
    after
}

/// The only document change of an action, of which the version must be as given; applied to `text`.
pub fn fixed(action: &Value, version: i32, text: &str) -> String {
    let changes = action["edit"]["documentChanges"].as_array().unwrap_or_else(|| panic!("{action:#}"));
    assert_eq!(changes.len(), 1, "{action:#}");
    assert_eq!(changes[0]["textDocument"]["version"], version);
    applied(text, &changes[0]["edits"])
}
