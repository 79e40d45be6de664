//! Diagnostics of files that are not open.

use super::client::{Client, able, codes, folder, uri, with};
use serde_json::{Value, json};

const CODE: &str = "package p\n\nimport \"runtime\"\n\nfunc f() { runtime.GC() }\n";

fn tree() -> (tempfile::TempDir, std::path::PathBuf) {
    folder(&[
        ("go.mod", "module m\n\ngo 1.22\n"),
        ("a.go", CODE),
        ("sub/b.go", CODE),
        ("vendor/v/v.go", CODE),
        ("clean.go", "package p\n"),
    ])
}

fn of<'r>(report: &'r Value, uri: &str) -> &'r Value {
    let items = report["items"].as_array().unwrap();
    items.iter().find(|item| item["uri"] == uri).unwrap_or_else(|| panic!("no {uri} in {report:#}"))
}

#[test]
fn a_client_may_ask_for_the_whole_folder() {
    let (_dir, root) = tree();
    let (a, b) = (uri(&root.join("a.go")), uri(&root.join("sub/b.go")));
    let capabilities = with(able(), "/textDocument/diagnostic", json!({}));
    let mut client = Client::open(&root, capabilities, json!({"workspace": true}));
    assert_eq!(client.capabilities["diagnosticProvider"]["workspaceDiagnostics"], true);
    client.did_open(&a, 7, &CODE.replace("runtime.GC()", "_ = runtime.GC; runtime.GC()"));
    let params = |previous: Value| json!({"previousResultIds": previous, "workDoneToken": "t"});
    let report = client.request("workspace/diagnostic", params(json!([]))).unwrap();
    assert_eq!(report["items"].as_array().unwrap().len(), 2, "{report:#}");
    assert_eq!(of(&report, &a)["version"], 7);
    assert_eq!(of(&report, &b)["version"], Value::Null);
    assert_eq!(codes(of(&report, &b)["items"].as_array().unwrap()), ["manual-gc"]);
    client.wait(|message| message["method"] == "$/progress" && message["params"]["value"]["kind"] == "end");
    let ids: Vec<Value> =
        [&a, &b].iter().map(|uri| json!({"uri": uri, "value": of(&report, uri)["resultId"]})).collect();
    std::fs::write(root.join("sub/b.go"), "package p\n").unwrap();
    let report = client.request("workspace/diagnostic", params(json!(ids))).unwrap();
    assert_eq!(of(&report, &a)["kind"], "unchanged");
    assert_eq!(
        (of(&report, &b)["kind"].clone(), of(&report, &b)["items"].clone()),
        (json!("full"), json!([]))
    );
    client.leave();
}

#[test]
fn a_client_that_does_not_ask_is_told_when_it_wants_to_be() {
    let (_dir, root) = tree();
    let b = uri(&root.join("sub/b.go"));
    let of_b = |message: &Value| message["params"]["uri"] == b;
    let mut client = Client::open(&root, able(), json!({"workspace": true}));
    let told = client.wait(of_b);
    assert_eq!(codes(told["params"]["diagnostics"].as_array().unwrap()), ["manual-gc"]);
    std::fs::write(root.join("sub/b.go"), "package p\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": b, "type": 2}]}));
    assert_eq!(client.wait(of_b)["params"]["diagnostics"], json!([]));
    client.leave();
    // Not asked for, not told.
    let mut client = Client::open(&root, able(), Value::Null);
    client.open_file(&root.join("a.go"));
    client.stays_silent(of_b);
    assert_eq!(client.capabilities["diagnosticProvider"]["workspaceDiagnostics"], false);
    client.leave();
}

#[test]
fn the_client_watches_files_and_is_told_to_ask_again() {
    let (_dir, root) = tree();
    let capabilities = with(able(), "/textDocument/diagnostic", json!({}));
    let capabilities = with(capabilities, "/workspace/diagnostics/refreshSupport", json!(true));
    let capabilities =
        with(capabilities, "/workspace/didChangeWatchedFiles/dynamicRegistration", json!(true));
    let mut client = Client::open(&root, capabilities, Value::Null);
    let registered = client.wait(|message| message["method"] == "client/registerCapability");
    let watchers = registered["params"]["registrations"][0]["registerOptions"]["watchers"].to_string();
    assert!(watchers.contains("**/*.go") && watchers.contains("gomend.toml"), "{watchers}");
    client.heard.clear();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    client.wait(|message| message["method"] == "workspace/diagnostic/refresh");
    client.leave();
}
