//! How long an editor waits: from an edit of a file of 20,000 lines to the diagnostics of the new
//! text, over the protocol, with the built server. `cargo bench --bench editor` prints the times;
//! `cargo bench --bench editor -- DIRECTORY FILE` those of a real file, within a copy of DIRECTORY.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const LINES: usize = 20_000;
const EDITS: usize = 200;
/// What is measured: the files beside the large one, after how many functions one has something
/// to find, and what is wanted. In real code it is one in some hundreds; the last is a file that
/// nobody has.
const CASES: [(&str, usize, usize, Option<Duration>); 3] = [
    ("one file", 0, 100, Some(Duration::from_millis(50))),
    ("a package", 40, 100, Some(Duration::from_millis(250))),
    ("a crowded file", 0, 10, None),
];

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(root: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gomend"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server is built");
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut server = Server { child, input, output };
        let options = json!({"select": ["all"]});
        let params = json!({"rootUri": uri(root), "capabilities": {}, "initializationOptions": options});
        server.send(&json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}));
        while server.read()["id"] != 1 {}
        server.notify("initialized", json!({}));
        server
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server listens");
        self.input.flush().expect("the server listens");
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).expect("the server speaks");
            match line.trim_end().split_once(": ") {
                Some((_, value)) => length = value.parse().expect("a number"),
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).expect("the server speaks");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// The number of diagnostics of a version.
    fn published(&mut self, uri: &str, version: usize) -> usize {
        loop {
            let message = self.read();
            let params = &message["params"];
            if params["uri"] == uri && params["version"] == version {
                return params["diagnostics"].as_array().map_or(0, Vec::len);
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn uri(path: &Path) -> String {
    url::Url::from_file_path(path).expect("an absolute path").into()
}

/// Go of `LINES` lines, of which one function in `every` has something to find.
fn large(every: usize) -> String {
    let mut text = String::from("package p\n\nimport (\n\t\"runtime\"\n\t\"time\"\n)\n\n");
    let mut number = 0;
    while text.lines().count() < LINES {
        for _ in 0..100 {
            number += 1;
            text.push_str(&match number % every {
                0 => format!(
                    "// Wait{number} waits.\nfunc Wait{number}(jobs <-chan int) (sum int) {{\n\tfor {{\n\t\tselect {{\n\
                     \t\tcase job := <-jobs:\n\t\t\tsum += job\n\t\tcase <-time.After(time.Minute):\n\t\t\truntime.GC()\n\
                     \t\t\treturn sum\n\t\t}}\n\t}}\n}}\n\n"
                ),
                _ => format!(
                    "// Sum{number} adds.\nfunc Sum{number}(values []int) int {{\n\ttotal := {number}\n\
                     \tfor index, value := range values {{\n\t\tif index%2 == 0 {{\n\t\t\ttotal += value\n\t\t\tcontinue\n\t\t}}\n\
                     \t\ttotal -= value\n\t}}\n\treturn total\n}}\n\n"
                ),
            });
        }
    }
    text
}

/// What the edits took, sorted.
fn measure(root: &Path, path: &Path) -> (Vec<Duration>, usize) {
    let mut text = std::fs::read_to_string(path).expect("a file");
    let mut server = Server::start(root);
    let uri = uri(path);
    let document = json!({"uri": uri, "languageId": "go", "version": 1, "text": text});
    server.notify("textDocument/didOpen", json!({"textDocument": document}));
    let found = server.published(&uri, 1);
    let lines = text.lines().count();
    let mut times = Vec::new();
    for edit in 0..EDITS {
        // A letter, then the next, in a comment at the end of some line, as somebody types it.
        let line = (edit / 10 * 7919) % lines;
        let start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        let end = start + text[start..].find('\n').unwrap_or(0);
        let column = text[start..end].encode_utf16().count();
        let new = if edit % 10 == 0 { " // " } else { "x" };
        text.insert_str(end, new);
        let at = json!({"line": line, "character": column});
        let changes = json!([{"range": {"start": at, "end": at}, "text": new}]);
        let began = Instant::now();
        let version = edit + 2;
        let document = json!({"uri": uri, "version": version});
        server.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
        server.published(&uri, version);
        times.push(began.elapsed());
        // Nobody types faster.
        std::thread::sleep(Duration::from_millis(20));
    }
    times.sort();
    (times, found)
}

fn print(name: &str, bound: Option<Duration>, path: &Path, root: &Path) {
    let lines = std::fs::read_to_string(path).expect("a file").lines().count();
    let (times, found) = measure(root, path);
    let at = |per_cent: usize| times[(times.len() - 1) * per_cent / 100];
    let bound = bound.map_or_else(String::new, |bound| format!(" (at most {bound:?} is wanted)"));
    println!(
        "{name}: {lines} lines, {found} findings, {EDITS} edits: median {:.1?}, 95 % within {:.1?}, longest {:.1?}{bound}",
        at(50),
        at(95),
        at(100)
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory").flatten() {
        let path = to.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => copy(&entry.path(), &path),
            Ok(kind) if kind.is_file() => drop(std::fs::copy(entry.path(), path)),
            _ => {}
        }
    }
}

fn main() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let root = dunce::canonicalize(dir.path()).expect("it is there");
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if let [directory, file] = &args[..] {
        copy(Path::new(directory), &root);
        return print(file, None, &root.join(file), &root);
    }
    for (name, beside, every, bound) in CASES {
        let module = root.join(name.replace(' ', "-"));
        std::fs::create_dir_all(&module).expect("a directory");
        std::fs::write(module.join("go.mod"), "module m\n\ngo 1.22\n").expect("it can be written");
        let text = large(every);
        std::fs::write(module.join("large.go"), &text).expect("it can be written");
        let part = text.lines().take(LINES / 20).collect::<Vec<_>>().join("\n");
        let part = &part[..part.rfind("\n}\n").map_or(part.len(), |end| end + 3)];
        for number in 0..beside {
            let other = part.replace("func Wait", &format!("func Wait{number}x"));
            let other = other.replace("func Sum", &format!("func Sum{number}x"));
            std::fs::write(module.join(format!("beside{number}.go")), other).expect("it can be written");
        }
        print(name, bound, &module.join("large.go"), &module);
    }
}
