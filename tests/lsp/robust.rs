//! What no client should do, and what happens to files meanwhile.

use super::client::{Client, able, codes, folder, range_of, uri};
use serde_json::{Value, json};

const CODE: &str = "package p\n\nimport \"runtime\"\n\nfunc f() { runtime.GC() }\n";

fn tree() -> (tempfile::TempDir, std::path::PathBuf) {
    folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", CODE)])
}

#[test]
fn malformed_messages_are_answered_and_survived() {
    let (_dir, root) = tree();
    let mut client = Client::open(&root, able(), Value::Null);
    for (content, code) in [
        (&b"{ this is no JSON"[..], -32700),
        (b"\xff\xfe\x00", -32700),
        (b"[]", -32600),
        (b"3", -32600),
        (b"{}", -32600),
        (br#"{"jsonrpc":"1.0","id":9,"method":"x"}"#, -32600),
        (br#"{"jsonrpc":"2.0","id":{"a":1},"method":"x"}"#, -32600),
    ] {
        let header = format!("Content-Length: {}\r\n\r\n", content.len());
        client.raw(&[header.as_bytes(), content].concat());
        let answer = client.wait(|message| message.get("error").is_some());
        assert_eq!(answer["error"]["code"], code, "{}", String::from_utf8_lossy(content));
    }
    client.raw(b"\r\n\r\nnoise\r\nContent-Length: nonsense\r\n\r\n");
    let deep = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{}", "[".repeat(100_000));
    client.raw(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    let answer = client.wait(|message| message.get("error").is_some());
    assert_eq!(answer["error"]["code"], -32700);
    assert_eq!(codes(&client.open_file(&root.join("p.go"))), ["manual-gc"]);
    client.leave();
}

#[test]
fn a_huge_text_is_passed_by_and_nobody_waits_for_it() {
    let (_dir, root) = tree();
    let huge = root.join("huge.go");
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), Value::Null);
    let text = format!("{CODE}// {}\n", "x".repeat(99)).repeat(50 << 20 >> 8);
    assert!(text.len() > 30 << 20);
    client.did_open(&uri(&huge), 1, &text);
    let at = json!({"line": 100_000, "character": 3});
    client.did_change(&uri(&huge), 2, json!([{"range": {"start": at, "end": at}, "text": "\u{1F600}"}]));
    assert_eq!(codes(&client.open_file(&path)), ["manual-gc"]);
    assert!(client.published(&uri(&huge), 2).is_empty());
    client.leave();
}

#[test]
fn files_come_and_go_and_change_under_the_editor() {
    let user = "package p\n\nfunc g() { h() }\n";
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", CODE), ("q.go", user)]);
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), Value::Null);
    assert_eq!(codes(&client.open_file(&path)), ["manual-gc"]);
    // Deleted while it is open.
    std::fs::remove_file(&path).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri(&path), "type": 3}]}));
    client.did_change(&uri(&path), 2, json!([{"text": format!("{CODE}// 2\n")}]));
    assert_eq!(codes(&client.published(&uri(&path), 2)), ["manual-gc"]);
    // Renamed: closed under one name, opened under another.
    let renamed = root.join("r.go");
    std::fs::write(&renamed, CODE).unwrap();
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&path)}}));
    let gone = client.wait(|message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"].get("version").is_none()
    });
    assert_eq!(gone["params"], json!({"uri": uri(&path), "diagnostics": []}));
    assert_eq!(codes(&client.open_file(&renamed)), ["manual-gc"]);
    // The configuration changes, and no client tells.
    std::fs::write(root.join("gomend.toml"), "ignore = [\"manual-gc\"]\n").unwrap();
    client.did_change(&uri(&renamed), 2, json!([{"text": format!("{CODE}// 2\n")}]));
    assert!(client.published(&uri(&renamed), 2).is_empty());
    std::fs::write(root.join("gomend.toml"), "ignoer = []\n").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri(&renamed)}}));
    let fault = client.wait(|message| message["params"]["uri"] == uri(&root.join("gomend.toml")));
    let fault = &fault["params"]["diagnostics"][0];
    assert!(fault["message"].as_str().unwrap().contains("ignore"), "{fault:#}");
    assert_eq!((fault["severity"].clone(), fault["range"]["start"]["line"].clone()), (json!(1), json!(0)));
    std::fs::remove_file(root.join("gomend.toml")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    let fault = client.wait(|message| message["params"]["uri"] == uri(&root.join("gomend.toml")));
    assert_eq!(fault["params"]["diagnostics"], json!([]));
    client.leave();
}

#[test]
fn another_file_of_the_package_counts_as_it_is_in_its_buffer() {
    // Whether the field may be changed depends on who else uses it.
    let one = "package p\n\nimport \"runtime\"\n\nfunc f() { runtime.GC() }\n";
    let two = "package p\n";
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("one.go", one), ("two.go", two)]);
    let mut client = Client::open(&root, able(), Value::Null);
    let (a, b) = (root.join("one.go"), root.join("two.go"));
    let before = client.open_file(&a);
    client.open_file(&b);
    // Nobody saved it: the module switches the collector off, so a manual collection is meant.
    let off = "package p\n\nimport \"runtime/debug\"\n\nfunc init() { debug.SetGCPercent(-1) }\n";
    client.did_change(&uri(&b), 2, json!([{ "text": off }]));
    let after = client.published(&uri(&a), 1);
    assert_ne!(codes(&before), codes(&after));
    client.did_change(&uri(&b), 3, json!([{ "text": two }]));
    assert_eq!(client.published(&uri(&a), 1), before);
    client.leave();
}

#[test]
fn crlf_and_texts_that_are_no_go_are_read_as_they_are() {
    let crlf = CODE.replace('\n', "\r\n");
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", &crlf)]);
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), json!({}));
    let diagnostics = client.open_file(&path);
    assert_eq!(diagnostics[0]["range"], range_of(&crlf, "runtime.GC()"));
    let actions = client.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix"));
    let edits = &actions[0]["edit"]["documentChanges"][0]["edits"];
    let after = super::client::applied(&crlf, edits);
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after:?}");
    std::fs::write(root.join("bad.go"), b"package p\n\xff\n").unwrap();
    for (name, text) in
        [("bad.go", "package p\n\u{fffd}\n"), ("n.go", "\0\0"), ("e.go", ""), ("x.txt", "hello")]
    {
        client.did_open(&uri(&root.join(name)), 1, text);
    }
    assert!(client.published(&uri(&root.join("e.go")), 1).is_empty());
    client.did_open("untitled:Untitled-1", 1, CODE);
    client.did_open("not a uri at all", 1, CODE);
    let hover =
        json!({"textDocument": {"uri": "untitled:Untitled-1"}, "position": {"line": 4, "character": 12}});
    assert_eq!(client.request("textDocument/hover", hover), Ok(Value::Null));
    client.did_change(&uri(&path), 2, json!([{ "text": CODE }]));
    assert_eq!(codes(&client.published(&uri(&path), 2)), ["manual-gc"]);
    client.leave();
}

#[test]
fn two_clients_work_in_one_folder() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let mut one = Client::open(&root, able(), json!({"trusted": true}));
    let mut two = Client::open(&root, able(), json!({"trusted": true}));
    let diagnostics = one.open_file(&path);
    two.did_open(&uri(&path), 1, "package p\n");
    assert!(two.published(&uri(&path), 1).is_empty());
    let action = one.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix")).remove(0);
    let (first, second) = (
        one.ask("codeAction/resolve", action),
        two.ask("workspace/diagnostic", json!({"previousResultIds": []})),
    );
    assert!(one.answer(first).unwrap().get("edit").is_some());
    assert_eq!(two.answer(second).unwrap()["items"], json!([]));
    one.leave();
    two.leave();
}

#[test]
fn many_changes_at_once_are_told_as_the_last_of_them() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), Value::Null);
    client.open_file(&path);
    for version in 2..=300 {
        let at = json!({"line": 0, "character": 0});
        client.did_change(&uri(&path), version, json!([{"range": {"start": at, "end": at}, "text": "\n"}]));
    }
    let diagnostics = client.published(&uri(&path), 300);
    assert_eq!(diagnostics[0]["range"]["start"]["line"], 4 + 299);
    client.leave();
}
