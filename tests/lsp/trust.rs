//! A folder that is opened runs nothing and loads nothing of its own until it is trusted.

use super::client::{Client, able, codes, folder, uri, with};
use crate::toolchain;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const RULE: &str = "title: call Cbrt\nlevel: safe\n\n-- rule.patch --\n@@\nimport \"math\"\nvar x expr\n@@\n-math.Sqrt(x)\n+math.Cbrt(x)\n";
const CODE: &str = "package p\n\nimport (\n\t\"math\"\n\t\"runtime\"\n)\n\nfunc f() float64 { runtime.GC(); return math.Sqrt(2) }\n";

fn tree() -> (tempfile::TempDir, std::path::PathBuf) {
    folder(&[
        ("go.mod", "module m\n\ngo 1.22\n"),
        ("p.go", CODE),
        ("gomend.toml", "extend-select = [\"own/cbrt\"]\n"),
        (".gomend/rules/cbrt.txtar", RULE),
    ])
}

/// A server whose Go keeps its own counters, which each command of it begins with, in `dir`.
fn counted(dir: &Path) -> Command {
    let cache = toolchain::go(dir).args(["env", "GOCACHE"]).output().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gomend"));
    command
        .arg("lsp")
        .env("XDG_CONFIG_HOME", dir)
        .env("GOCACHE", String::from_utf8(cache.stdout).unwrap().trim());
    command
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_runs_before_the_folder_is_trusted() {
    let (_dir, root) = tree();
    let counters = tempfile::tempdir().unwrap();
    let ran = || counters.path().join("go/telemetry").exists();
    let mut client = Client::of(counted(counters.path()));
    client.initialize(json!({"rootUri": uri(&root), "capabilities": able()}));
    let path = root.join("p.go");
    // Neither the rule nor Go, and the configuration that names the rule is no error.
    let diagnostics = client.open_file(&path);
    assert_eq!(codes(&diagnostics), ["manual-gc"]);
    let told = client.wait(|message| message["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("gomend.trust"), "{told:#}");
    let actions = client.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix"));
    assert!(actions[0].get("edit").is_some(), "there is no proof to wait for");
    let resolved = client.request("codeAction/resolve", actions[0].clone()).unwrap();
    assert!(resolved.get("edit").is_some());
    assert!(!ran());
    let refused = client
        .request("workspace/executeCommand", json!({"command": "gomend.matches", "arguments": [uri(&path)]}));
    assert_eq!(refused.unwrap_err()["code"], -32803);
    // The user says so.
    let trust = json!({"command": "gomend.trust", "arguments": [uri(&root)]});
    assert_eq!(client.request("workspace/executeCommand", trust.clone()), Ok(json!([root])));
    let diagnostics = client.published(&uri(&path), 1);
    assert_eq!(codes(&diagnostics), ["manual-gc", "own/cbrt"]);
    let actions = client.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix"));
    assert!(actions[0].get("edit").is_none(), "it is proved first");
    client.request("codeAction/resolve", actions[0].clone()).unwrap();
    assert!(ran());
    assert_eq!(client.request("workspace/executeCommand", trust), Ok(json!([])), "it is trusted already");
    client.leave();
}

#[test]
fn the_client_may_say_it_in_several_ways() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let trusted = ["manual-gc", "own/cbrt"];
    for (options, expected) in [
        (json!({"trusted": true}), &trusted[..]),
        (json!({"trusted": [root]}), &trusted),
        (json!({"gomend": {"trusted": [uri(&root)]}}), &trusted),
        (json!({"trusted": ["/elsewhere"]}), &trusted[..1]),
        (json!({"trusted": "yes"}), &trusted[..1]),
        (Value::Null, &trusted[..1]),
    ] {
        let mut client = Client::open(&root, able(), options.clone());
        assert_eq!(codes(&client.open_file(&path)), expected, "{options}");
        client.leave();
    }
    let mut client = Client::start(&["--trusted", "--stdio"]);
    client.initialize(json!({"rootUri": uri(&root), "capabilities": able()}));
    assert_eq!(codes(&client.open_file(&path)), trusted);
    client.leave();
    // When it is asked, and when it changes its mind.
    let mut client = Client::start(&[]);
    client.configuration = json!({"trusted": true});
    let capabilities = with(able(), "/workspace/configuration", json!(true));
    client.initialize(json!({"rootUri": uri(&root), "capabilities": capabilities}));
    client.wait(|message| message["method"] == "workspace/configuration");
    assert_eq!(codes(&client.open_file(&path)), trusted);
    client.configuration = json!({"trusted": false});
    client.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    assert_eq!(codes(&client.published(&uri(&path), 1)), trusted[..1]);
    client.notify(
        "workspace/didChangeConfiguration",
        json!({"settings": {"gomend": {"trusted": true, "ignore": ["manual-gc"]}}}),
    );
    assert_eq!(codes(&client.published(&uri(&path), 1)), trusted[1..]);
    client.leave();
}

#[test]
fn what_lies_outside_of_every_folder_is_left_alone() {
    let (_dir, root) = tree();
    let (_other, elsewhere) = folder(&[("go.mod", "module n\n"), ("p.go", CODE)]);
    let path = elsewhere.join("p.go");
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    assert!(client.open_file(&path).is_empty());
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    assert!(client.actions(&uri(&path), &whole, None).is_empty());
    let arguments = json!([uri(&path), "manual-gc", {"line": 7, "character": 20}, "x"]);
    let suppress = json!({"command": "gomend.suppress", "arguments": arguments});
    assert_eq!(client.request("workspace/executeCommand", suppress).unwrap_err()["code"], -32602);
    // Until its folder is opened, too; then again.
    let folder = json!([{"uri": uri(&elsewhere), "name": "n"}]);
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": folder, "removed": []}}));
    assert_eq!(codes(&client.published(&uri(&path), 1)), ["manual-gc"]);
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [], "removed": folder}}));
    assert!(client.published(&uri(&path), 1).is_empty());
    client.leave();
}
