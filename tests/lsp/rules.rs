//! Rules of one's own while they are written.

use super::client::{Client, able, codes, folder, uri};
use serde_json::json;

const GOOD: &str = "title: call Cbrt\nlevel: safe\ndocs: https://example.com/cbrt\n\n-- rule.patch --\n@@\nimport \"math\"\nvar x expr\n@@\n\
    -math.Sqrt(x)\n+math.Cbrt(x)\n";
const CODE: &str =
    "package p\n\nimport \"math\"\n\nfunc f() float64 { return math.Sqrt(2) + math.Sqrt(3) }\n";

#[test]
fn a_rule_file_shows_its_mistakes_and_what_it_matches() {
    let (_dir, root) = folder(&[
        ("go.mod", "module m\n\ngo 1.22\n"),
        ("p.go", CODE),
        ("sub/q.go", CODE),
        ("sub/.keep", ""),
        (".gomend/rules/cbrt.txtar", GOOD),
    ]);
    let (rule, path) = (root.join(".gomend/rules/cbrt.txtar"), root.join("p.go"));
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    let diagnostics = client.open_file(&path);
    assert_eq!(codes(&diagnostics), ["own/cbrt", "own/cbrt"]);
    assert_eq!(diagnostics[0]["codeDescription"]["href"], "https://example.com/cbrt");
    // A mistake, on its line, before anything is saved.
    let bad = GOOD.replace("var x expr", "var x expresion");
    client.did_open(&uri(&rule), 1, &bad);
    let mistakes = client.published(&uri(&rule), 1);
    assert_eq!(mistakes[0]["severity"], 1);
    assert_eq!(mistakes[0]["range"]["start"]["line"], 7, "{mistakes:#?}");
    let lenses = json!({"textDocument": {"uri": uri(&rule)}});
    assert_eq!(client.request("textDocument/codeLens", lenses.clone()), Ok(json!([])));
    // It is put right, and matches another text that nobody saved.
    client.did_change(&uri(&rule), 2, json!([{ "text": GOOD }]));
    assert!(client.published(&uri(&rule), 2).is_empty());
    client.did_change(&uri(&path), 2, json!([{"text": CODE.replace("math.Sqrt(2)", "1")}]));
    client.published(&uri(&path), 2);
    let lens = client.request("textDocument/codeLens", lenses).unwrap()[0].clone();
    let lens = client.request("codeLens/resolve", lens).unwrap();
    assert_eq!(lens["command"]["title"], "gomend: 3 matches in 2 files");
    let run = json!({"command": lens["command"]["command"], "arguments": lens["command"]["arguments"]});
    let places = client.request("workspace/executeCommand", run).unwrap();
    let places = places.as_array().unwrap();
    assert_eq!(places.len(), 3);
    assert_eq!(places[0]["uri"], uri(&path));
    assert_eq!(places[1]["uri"], uri(&root.join("sub/q.go")));
    // It counts in the code once it is saved.
    std::fs::write(&rule, GOOD.replace("level: safe", "level: unsafe")).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri(&rule)}}));
    let diagnostics = client.published(&uri(&path), 2);
    assert_eq!(diagnostics[0]["data"]["level"], "unsafe");
    client.leave();
}

#[test]
fn a_rule_that_cannot_be_read_leaves_the_others_alone() {
    let (_dir, root) = folder(&[
        ("go.mod", "module m\n\ngo 1.22\n"),
        ("p.go", CODE),
        (".gomend/rules/cbrt.txtar", GOOD),
        (".gomend/rules/bad.patch", "@@\nvar x expr\n@@\n-f(\n+g(\n"),
    ]);
    let bad = root.join(".gomend/rules/bad.patch");
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    let message = client.wait(|message| message["params"]["uri"] == uri(&bad));
    assert!(!message["params"]["diagnostics"].as_array().unwrap().is_empty());
    assert_eq!(codes(&client.open_file(&root.join("p.go"))), ["own/cbrt", "own/cbrt"]);
    std::fs::remove_file(&bad).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []}));
    let message = client.wait(|message| message["params"]["uri"] == uri(&bad));
    assert_eq!(message["params"]["diagnostics"], json!([]));
    client.leave();
}

#[test]
fn the_rules_of_a_pack_count_as_those_beside_the_code() {
    let (_dir, root) = folder(&[
        ("go.mod", "module m\n\ngo 1.22\n"),
        ("p.go", CODE),
        ("gomend.toml", "[packs]\n\"example.com/acme/tools\" = \"./tools/pack\"\n"),
        ("tools/pack/cbrt.txtar", GOOD),
    ]);
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    let diagnostics = client.open_file(&root.join("p.go"));
    assert_eq!(codes(&diagnostics), ["tools/cbrt", "tools/cbrt"]);
    // A pack that the tree names is never better than unsafe.
    assert_eq!(diagnostics[0]["data"]["level"], "unsafe");
    client.leave();
}
