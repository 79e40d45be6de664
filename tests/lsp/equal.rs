//! What the editor shows is what `check` finds in the same text, always.

use super::client::{Client, able, folder, offset, position, uri};
use crate::random::Random;
use crate::toolchain::goroot;
use assert_cmd::Command;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Real files, with the files beside them.
const PACKAGES: &[&str] = &["net/http", "os/exec", "runtime/pprof", "net/rpc", "log"];
/// As many edits are made.
const EDITS: usize = 250;

/// How many edits are tried: `EDITS=1000` tries more, as `scripts/test.sh --long` does.
fn edits() -> usize {
    std::env::var("EDITS").ok().and_then(|number| number.parse().ok()).unwrap_or(EDITS)
}

/// Lines that mean something to some rule, and what unsettles a reader of lines.
const LINES: &[&str] = &[
    "\truntime.GC()\n",
    "\truntime.Gosched()\n",
    "\ttime.Sleep(time.Second)\n",
    "\tselect {\n\tcase <-time.After(time.Second):\n\t}\n",
    "\tfor {\n\t\tselect {\n\t\tcase <-time.After(time.Minute):\n\t\t}\n\t}\n",
    "\tvar stats runtime.MemStats\n\truntime.ReadMemStats(&stats)\n",
    "\tdebug.SetGCPercent(-1)\n",
    "\t//gomend:ignore all nothing\n",
    "\t//gomend:ignore manual-gc a reason \u{1F600}\n",
    "\t//nolint\n",
    "\t_ = \"\u{1F600}\u{e9}\"; runtime.GC()\n",
    "\tgo func() { runtime.LockOSThread() }()\n",
    "}\n",
    "func added() {\n",
    "/*\n",
    "*/\n",
    "`\n",
    "\r\n",
    "import \"runtime\"\n",
    "//go:debug asynctimerchan=1\n",
    "//go:embed server.go\n",
];

/// The files of `package` that can be built for any system, copied into `root`.
fn copied(root: &Path, package: &str) -> Vec<PathBuf> {
    let from = goroot().join("src").join(package);
    let to = root.join(package);
    std::fs::create_dir_all(&to).unwrap();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "go"));
    files.sort();
    let copy = |from: PathBuf| {
        let path = to.join(from.file_name().unwrap());
        std::fs::copy(from, &path).unwrap();
        path
    };
    files.into_iter().map(copy).collect()
}

/// What `check` says of the file at `path`: as diagnostics place it.
fn checked(path: &Path, root: &Path, text: &str) -> Vec<Value> {
    let name = path.strip_prefix(root).unwrap().to_str().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gomend"))
        .args(["check", "--no-cache", "--format", "json", "--select", "all", name])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.code().unwrap() < 2, "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts = |finding: &&Value| finding["suppressed"] == false && finding["level"] != "kept";
    let mut found: Vec<Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(counts)
        .map(|finding| {
            let at = |end: &str| position(text, finding[end]["byte"].as_u64().unwrap() as usize);
            let message = finding["message"].as_str().unwrap();
            let severity = if finding["severity"] == "warning" { 2 } else { 3 };
            json!([
                at("start"),
                at("end"),
                finding["rule"],
                severity,
                message,
                finding["fingerprint"],
                finding["level"]
            ])
        })
        .collect();
    found.sort_by_key(Value::to_string);
    found
}

fn shown(diagnostics: &[Value]) -> Vec<Value> {
    let mut found: Vec<Value> = diagnostics
        .iter()
        .map(|one| {
            let message = one["message"].as_str().unwrap().lines().next().unwrap();
            let (range, data) = (&one["range"], &one["data"]);
            json!([
                range["start"],
                range["end"],
                one["code"],
                one["severity"],
                message,
                data["fingerprint"],
                data["level"]
            ])
        })
        .collect();
    found.sort_by_key(Value::to_string);
    found
}

/// A place of `text` that a client can name.
fn place(text: &str, random: &mut Random) -> usize {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) || (at > 0 && text[at..].starts_with('\n') && text[..at].ends_with('\r'))
    {
        at -= 1;
    }
    at
}

/// Changes `text`, and says how in the words of the protocol.
fn edit(text: &mut String, random: &mut Random) -> Value {
    if random.once_in(60) {
        return json!({ "text": text });
    }
    let line_start = |text: &str, at: usize| text[..at].rfind('\n').map_or(0, |at| at + 1);
    let at = place(text, random);
    let (start, end, new) = match random.below(8) {
        0..5 => {
            let at = line_start(text, at);
            (at, at, random.pick(LINES).to_owned())
        }
        5 => {
            let end = place(&text[at..at + text[at..].find('\n').unwrap_or(0)], random) + at;
            (at, end, String::new())
        }
        6 => (at, at, random.pick(&["x", "\u{1F600}", "(", "\n", ".", "\"", "//"]).to_owned()),
        _ => {
            let start = line_start(text, at);
            let end = text[start..].find('\n').map_or(text.len(), |end| start + end + 1);
            (start, end, String::new())
        }
    };
    let range = json!({"start": position(text, start), "end": position(text, end)});
    assert_eq!((offset(text, &range["start"]), offset(text, &range["end"])), (start, end));
    text.replace_range(start..end, &new);
    json!({"range": range, "text": new})
}

#[test]
fn diagnostics_are_what_check_finds() {
    let module = "module std\n\ngo 1.22\n";
    let (_dir, root) = folder(&[("go.mod", module)]);
    // Where the texts are saved, so that `check` sees them; the editor saves nothing.
    let (_saved, saved) = folder(&[("go.mod", module)]);
    let mut files = Vec::new();
    for package in PACKAGES {
        files.extend(copied(&root, package));
        copied(&saved, package);
    }
    let mut client = Client::open(&root, able(), json!({"select": ["all"]}));
    let mut open: BTreeMap<PathBuf, (i32, String, String)> = BTreeMap::new();
    let mut random = Random::new(20);
    let (mut compared, mut found) = (0, 0);
    let edits = edits();
    for turn in 0..edits {
        let path = files[random.below(files.len())].clone();
        let path = match open.len() {
            0..8 => path,
            _ => open.keys().nth(random.below(open.len())).unwrap().clone(),
        };
        let name = path.strip_prefix(&root).unwrap().to_owned();
        if random.once_in(80) && open.remove(&path).is_some() {
            // What nobody saved is gone.
            client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&path)}}));
            std::fs::copy(&path, saved.join(&name)).unwrap();
            continue;
        }
        if !open.contains_key(&path) {
            let text = std::fs::read_to_string(&path).unwrap();
            client.did_open(&uri(&path), 1, &text);
            open.insert(path.clone(), (1, text.clone(), text));
        }
        let (version, text, original) = open.get_mut(&path).unwrap();
        *version += 1;
        let change = if random.once_in(25) {
            text.clone_from(original);
            json!([{ "text": text }])
        } else if random.once_in(10) {
            json!([edit(text, &mut random), edit(text, &mut random)])
        } else {
            json!([edit(text, &mut random)])
        };
        client.did_change(&uri(&path), *version, change.clone());
        std::fs::write(saved.join(&name), &*text).unwrap();
        let diagnostics = if turn % 2 == 0 {
            client.published(&uri(&path), *version)
        } else {
            let params = json!({"textDocument": {"uri": uri(&path)}});
            client.request("textDocument/diagnostic", params).unwrap()["items"].as_array().unwrap().clone()
        };
        client.heard.clear();
        let expected = checked(&saved.join(&name), &saved, text);
        assert_eq!(shown(&diagnostics), expected, "edit {turn} of {}: {change}", name.display());
        compared += 1;
        found += expected.len();
    }
    assert!(compared > edits * 9 / 10 && found > edits / 4, "{compared} {found}");
    client.leave();
}
