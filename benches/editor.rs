//! How long an editor waits: from an edit of a file of 20,000 lines to the diagnostics of the new
//! text, and to the code actions at the place of the edit, over the protocol, with the built server.
//!
//! `cargo bench --bench editor` prints a table, and how the time grows when the lines double;
//! `cargo bench --bench editor -- DIRECTORY FILE` times edits of a real file, within a copy of DIRECTORY.
//! `GOMEND` names another server to measure.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const LINES: usize = 20_000;
const EDITS: usize = 200;

/// What is measured.
struct Case {
    name: &'static str,
    lines: usize,
    /// Files beside the large one.
    beside: usize,
    /// After so many functions comes one that has something to find. In real code it is one in some
    /// hundreds.
    every: usize,
    /// Whether the lines hold characters of several bytes.
    foreign: bool,
    /// What 95 of 100 edits are to stay within.
    bound: Duration,
}

impl Case {
    const fn of(name: &'static str, lines: usize, beside: usize, every: usize, bound: u64) -> Case {
        Case { name, lines, beside, every, foreign: false, bound: Duration::from_millis(bound) }
    }
}

const CASES: [Case; 6] = [
    Case::of("sparse", LINES, 0, 100, 50),
    Case { foreign: true, ..Case::of("sparse, UTF-16", LINES, 0, 100, 50) },
    Case::of("sparse, twice", LINES * 2, 0, 100, 100),
    Case::of("dense", LINES, 0, 10, 50),
    Case::of("dense, twice", LINES * 2, 0, 10, 100),
    Case::of("a package", LINES, 40, 100, 250),
];

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(root: &Path) -> Server {
        let built = std::ffi::OsString::from(env!("CARGO_BIN_EXE_gomend"));
        let mut child = Command::new(std::env::var_os("GOMEND").unwrap_or(built))
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

    /// Asks for the code actions at a place, and waits for them.
    fn actions(&mut self, id: usize, uri: &str, at: &Value) {
        let params = json!({
            "textDocument": {"uri": uri},
            "range": {"start": at, "end": at},
            "context": {"diagnostics": []},
        });
        let method = "textDocument/codeAction";
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        while self.read()["id"] != id {}
    }

    /// The processor time that the server has taken so far, where the system tells.
    fn processor(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
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

/// The Go that a case is about.
fn large(case: &Case) -> String {
    let mut text = String::from("package p\n\nimport (\n\t\"runtime\"\n\t\"time\"\n)\n\n");
    let said = if case.foreign { "\u{1F600} \u{e9}" } else { "so" };
    let mut number = 0;
    while text.lines().count() < case.lines {
        for _ in 0..100 {
            number += 1;
            text.push_str(&match number % case.every {
                0 => format!(
                    "// Wait{number} waits.\nfunc Wait{number}(jobs <-chan int) (sum int) {{\n\tfor {{\n\t\tselect {{\n\
                     \t\tcase job := <-jobs:\n\t\t\tsum += job // {said}\n\t\tcase /* {said} */ \
                     <-time.After(time.Minute):\n\t\t\truntime.GC()\n\t\t\treturn sum\n\t\t}}\n\t}}\n}}\n\n"
                ),
                _ => format!(
                    "// Sum{number} adds {said}.\nfunc Sum{number}(values []int) int {{\n\ttotal := {number}\n\
                     \tfor index, value := range values {{\n\t\tif index%2 == 0 {{\n\t\t\ttotal += value\n\t\t\tcontinue\n\t\t}}\n\
                     \t\ttotal -= value\n\t}}\n\treturn total\n}}\n\n"
                ),
            });
        }
    }
    text
}

/// What the edits of one file took.
struct Measured {
    lines: usize,
    found: usize,
    /// Until the diagnostics were there, sorted.
    diagnostics: Vec<Duration>,
    /// From then until the code actions were, sorted.
    actions: Vec<Duration>,
    /// Of the processor, for each edit.
    processor: Option<Duration>,
}

fn measure(root: &Path, path: &Path) -> Measured {
    let mut text = std::fs::read_to_string(path).expect("a file");
    let mut server = Server::start(root);
    let uri = uri(path);
    let document = json!({"uri": uri, "languageId": "go", "version": 1, "text": text});
    server.notify("textDocument/didOpen", json!({"textDocument": document}));
    let found = server.published(&uri, 1);
    let lines = text.lines().count();
    let (mut diagnostics, mut actions) = (Vec::new(), Vec::new());
    let before = server.processor();
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
        diagnostics.push(began.elapsed());
        let began = Instant::now();
        server.actions(version, &uri, &at);
        actions.push(began.elapsed());
        // Nobody types faster.
        std::thread::sleep(Duration::from_millis(20));
    }
    let spent = server.processor().zip(before).map(|(after, before)| (after - before) / EDITS as u32);
    diagnostics.sort();
    actions.sort();
    Measured { lines, found, diagnostics, actions, processor: spent }
}

fn at(times: &[Duration], per_cent: usize) -> Duration {
    times[(times.len() - 1) * per_cent / 100]
}

fn head() {
    println!(
        "{:15} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "file", "lines", "findings", "median", "95 %", "longest", "actions", "CPU", "wanted"
    );
}

fn row(name: &str, measured: &Measured, bound: Option<Duration>) {
    let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    println!(
        "{name:15} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        measured.lines,
        measured.found,
        shown(at(&measured.diagnostics, 50)),
        shown(at(&measured.diagnostics, 95)),
        shown(at(&measured.diagnostics, 100)),
        shown(at(&measured.actions, 95)),
        measured.processor.map_or_else(|| "-".to_owned(), shown),
        bound.map_or_else(|| "-".to_owned(), shown),
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
    head();
    if let [directory, file] = &args[..] {
        copy(Path::new(directory), &root);
        return row(file, &measure(&root, &root.join(file)), None);
    }
    let mut medians = Vec::new();
    for case in &CASES {
        let module = root.join(case.name.replace([' ', ','], "-"));
        std::fs::create_dir_all(&module).expect("a directory");
        std::fs::write(module.join("go.mod"), "module m\n\ngo 1.22\n").expect("it can be written");
        let text = large(case);
        std::fs::write(module.join("large.go"), &text).expect("it can be written");
        let part = text.lines().take(LINES / 20).collect::<Vec<_>>().join("\n");
        let part = &part[..part.rfind("\n}\n").map_or(part.len(), |end| end + 3)];
        for number in 0..case.beside {
            let other = part.replace("func Wait", &format!("func Wait{number}x"));
            let other = other.replace("func Sum", &format!("func Sum{number}x"));
            std::fs::write(module.join(format!("beside{number}.go")), other).expect("it can be written");
        }
        let measured = measure(&module, &module.join("large.go"));
        row(case.name, &measured, Some(case.bound));
        medians.push((case.name, at(&measured.diagnostics, 50)));
    }
    for name in ["sparse", "dense"] {
        let of = |wanted: &str| medians.iter().find(|(name, _)| *name == wanted).map(|(_, time)| *time);
        if let (Some(once), Some(twice)) = (of(name), of(&format!("{name}, twice"))) {
            println!(
                "{name}: twice the lines take {:.1} times as long",
                twice.as_secs_f64() / once.as_secs_f64()
            );
        }
    }
}
