//! Fixes in the buffer: what they are called, when they are proved, what they leave.

use super::client::{Client, able, applied, codes, fixed, folder, range_of, service, uri, with};
use serde_json::{Value, json};
use std::path::Path;

const BUSY: &str = "package p

import (
	\"math\"
	\"runtime\"
)

func f(data []float64) float64 {
	runtime.GC()
	total := 0.0
	for i, v := range data {
		total += math.Sqrt(v)
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	return total
}
";

fn titled<'a>(actions: &'a [Value], part: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().unwrap().contains(part));
    found.unwrap_or_else(|| panic!("no action {part:?} in {actions:#?}"))
}

fn no_unsafe_is_preferred(actions: &[Value]) {
    for action in actions {
        if action["isPreferred"] == true {
            assert!(action["title"].as_str().unwrap().ends_with("(safe)"), "{action:#}");
        }
    }
}

#[test]
fn a_quick_fix_says_its_level_and_is_proved_when_it_is_chosen() {
    let (_dir, root) = service();
    let path = root.join("main.go");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    client.open_file(&path);
    // Unsaved: a line above everything.
    let unsaved = format!("// A comment with an emoji \u{1F600}.\n{text}");
    client.did_change(&uri(&path), 2, json!([{"text": unsaved}]));
    let diagnostics = client.published(&uri(&path), 2);
    assert_eq!(codes(&diagnostics), ["manual-gc", "time-after-in-loop", "gosched", "read-mem-stats"]);
    let safe = client.actions(&uri(&path), &diagnostics[1]["range"], Some("quickfix"));
    let action = titled(&safe, "(safe)");
    assert_eq!(action["isPreferred"], true);
    assert!(action.get("edit").is_none(), "it is proved first");
    let resolved = client.request("codeAction/resolve", action.clone()).unwrap();
    let after = fixed(&resolved, 2, &unsaved);
    assert!(after.contains("case <-timer.C:") && !after.contains("time.After("), "{after}");
    let with_unsafe = client.actions(&uri(&path), &diagnostics[0]["range"], None);
    assert!(titled(&with_unsafe, "(unsafe)").get("isPreferred").is_none());
    no_unsafe_is_preferred(&with_unsafe);
    // Nothing was written.
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    client.leave();
}

#[test]
fn everything_safe_goes_into_the_buffer_at_once() {
    let (_dir, root) = service();
    let path = root.join("main.go");
    let text = std::fs::read_to_string(&path).unwrap();
    for options in [json!({"trusted": true}), json!({})] {
        let mut client = Client::open(&root, able(), options);
        client.open_file(&path);
        let top = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
        for only in ["source.fixAll", "source.fixAll.gomend", "source"] {
            let actions = client.actions(&uri(&path), &top, Some(only));
            assert_eq!(actions.len(), 1, "{only}: {actions:#?}");
            assert_eq!(actions[0]["kind"], "source.fixAll.gomend");
        }
        assert!(client.actions(&uri(&path), &top, Some("source.organizeImports")).is_empty());
        let actions = client.actions(&uri(&path), &top, Some("source.fixAll"));
        let resolved = client.request("codeAction/resolve", actions[0].clone()).unwrap();
        let after = fixed(&resolved, 1, &text);
        // As `fix` writes it.
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(&root).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, copy.path().join(from.file_name().unwrap())).unwrap();
        }
        let status = assert_cmd::Command::new(env!("CARGO_BIN_EXE_gomend"))
            .args(["fix", "-q", "main.go"])
            .env("XDG_STATE_HOME", copy.path().join("state"))
            .current_dir(copy.path())
            .output()
            .unwrap();
        assert!(status.status.success(), "{status:?}");
        assert_eq!(after, std::fs::read_to_string(copy.path().join("main.go")).unwrap());
        client.leave();
    }
}

#[test]
fn a_client_that_resolves_nothing_gets_edits_at_once() {
    let (_dir, root) = service();
    let path = root.join("main.go");
    let text = std::fs::read_to_string(&path).unwrap();
    let simple = with(able(), "/textDocument/codeAction/resolveSupport", Value::Null);
    let simple = with(simple, "/workspace/workspaceEdit/documentChanges", json!(false));
    let mut client = Client::open(&root, simple, json!({"trusted": true}));
    let diagnostics = client.open_file(&path);
    let actions = client.actions(&uri(&path), &diagnostics[1]["range"], None);
    let quick = titled(&actions, "(safe)");
    let edits = &quick["edit"]["changes"][&uri(&path)];
    assert!(applied(&text, edits).contains("<-timer.C"));
    let all = titled(&actions, "everything in this file");
    assert!(!applied(&text, &all["edit"]["changes"][&uri(&path)]).contains("runtime.Gosched"));
    client.leave();
}

#[test]
fn what_the_proof_refuses_says_so_and_stays_out() {
    // The rule writes a call of a function that is not there.
    let rule = "title: call what is missing\nlevel: safe\n\n-- rule.patch --\n@@\nimport \"math\"\nvar x expr\n@@\n\
         -math.Sqrt(x)\n+math.Missing(x)\n";
    let (_dir, root) =
        folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", BUSY), (".gomend/rules/missing.txtar", rule)]);
    let path = root.join("p.go");
    let mut client =
        Client::open(&root, able(), json!({"trusted": true, "select": ["own/missing", "gosched"]}));
    let diagnostics = client.open_file(&path);
    assert_eq!(codes(&diagnostics), ["own/missing", "gosched"]);
    let range = diagnostics[0]["range"].clone();
    let actions = client.actions(&uri(&path), &range, None);
    let action = titled(&actions, "call what is missing").clone();
    let resolved = client.request("codeAction/resolve", action).unwrap();
    assert!(resolved.get("edit").is_none(), "{resolved:#}");
    assert!(resolved["disabled"]["reason"].as_str().unwrap().contains("undefined: math.Missing"));
    let shown = client.wait(|message| message["method"] == "window/showMessage");
    assert!(shown["params"]["message"].as_str().unwrap().contains("undefined: math.Missing"));
    // From now on it is known.
    let actions = client.actions(&uri(&path), &range, None);
    let action = titled(&actions, "refused");
    assert!(action["disabled"]["reason"].as_str().unwrap().contains("math.Missing"));
    assert!(action.get("isPreferred").is_none() && action.get("edit").is_none());
    // All at once leaves it out, and says so where it was not known.
    client.did_change(&uri(&path), 2, json!([{"text": format!("{BUSY}\n// more\n")}]));
    client.published(&uri(&path), 2);
    client.heard.clear();
    let actions = client.actions(&uri(&path), &range, Some("source.fixAll"));
    let resolved = client.request("codeAction/resolve", actions[0].clone()).unwrap();
    let after = fixed(&resolved, 2, &format!("{BUSY}\n// more\n"));
    assert!(after.contains("math.Sqrt(v)") && !after.contains("runtime.Gosched"), "{after}");
    client.wait(|message| {
        let text = message["params"]["message"].as_str().unwrap_or_default();
        message["method"] == "window/showMessage" && text.contains("own/missing") && text.contains("left out")
    });
    client.leave();
}

#[test]
fn a_text_that_does_not_build_is_not_blamed_on_the_fix() {
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", BUSY)]);
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), json!({"trusted": true, "select": ["gosched"]}));
    client.open_file(&path);
    let broken = format!("{BUSY}\nvar unfinished = nothingLikeIt\n");
    client.did_change(&uri(&path), 2, json!([{"text": broken}]));
    let diagnostics = client.published(&uri(&path), 2);
    let actions = client.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix"));
    let resolved = client.request("codeAction/resolve", titled(&actions, "(safe)").clone()).unwrap();
    assert!(!fixed(&resolved, 2, &broken).contains("Gosched"));
    let log = client.wait(|message| message["method"] == "window/logMessage");
    assert!(log["params"]["message"].as_str().unwrap().contains("does not build as it stands"), "{log:#}");
    client.leave();
}

#[test]
fn a_comment_with_a_reason_suppresses_a_finding() {
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", BUSY)]);
    let path = root.join("p.go");
    let options = json!({"select": ["gosched", "manual-gc"], "suppressReason": "measured, it helps"});
    let mut client = Client::open(&root, able(), options);
    let diagnostics = client.open_file(&path);
    assert_eq!(codes(&diagnostics), ["manual-gc", "gosched"]);
    let range = diagnostics[1]["range"].clone();
    let actions = client.actions(&uri(&path), &range, Some("quickfix"));
    let after = fixed(titled(&actions, "suppress gosched here"), 1, BUSY);
    assert!(
        after.contains("\t\t\t//gomend:ignore gosched measured, it helps\n\t\t\truntime.Gosched()"),
        "{after}"
    );
    // With a reason that the user gave.
    let at = range["start"].clone();
    let arguments = json!([uri(&path), "gosched", at, "because"]);
    let run = |client: &mut Client, arguments: Value| {
        client.request(
            "workspace/executeCommand",
            json!({"command": "gomend.suppress", "arguments": arguments}),
        )
    };
    run(&mut client, arguments).unwrap();
    let asked = client.wait(|message| message["method"] == "workspace/applyEdit");
    let edits = &asked["params"]["edit"]["documentChanges"][0]["edits"];
    assert!(applied(BUSY, edits).contains("//gomend:ignore gosched because\n"));
    assert_eq!(run(&mut client, json!([uri(&path), "gosched", at, " "])).unwrap_err()["code"], -32602);
    assert_eq!(run(&mut client, json!([uri(&path), "no-rule", at, "x"])).unwrap_err()["code"], -32602);
    // It is gone, and only it.
    client.did_change(&uri(&path), 2, json!([{"text": after}]));
    assert_eq!(codes(&client.published(&uri(&path), 2)), ["manual-gc"]);
    client.leave();
}

#[test]
fn the_page_of_a_rule_is_shown_where_it_is_named() {
    let text = BUSY.replace("\truntime.GC()", "\t//gomend:ignore manual-gc it is meant\n\truntime.GC()");
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", &text)]);
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), json!({}));
    assert_eq!(codes(&client.open_file(&path)), ["gosched"]);
    let mut hover = |part: &str| {
        let position = &range_of(&text, part)["start"];
        let params = json!({"textDocument": {"uri": uri(&path)}, "position": position});
        client.request("textDocument/hover", params).unwrap()
    };
    let finding = hover("Gosched()\n");
    let page = finding["contents"]["value"].as_str().unwrap();
    assert_eq!(finding["contents"]["kind"], "markdown");
    assert!(page.starts_with("**`runtime.Gosched()` in a loop") && page.contains("# Guards"), "{page}");
    let comment = hover("manual-gc");
    assert!(comment["contents"]["value"].as_str().unwrap().starts_with("## manual-gc"));
    assert_eq!(comment["range"], range_of(&text, "manual-gc"));
    assert_eq!(hover("return total"), Value::Null);
    let actions = client.actions(&uri(&path), &range_of(&text, "Gosched()\n"), Some("explain"));
    let command = &titled(&actions, "explain gosched")["command"];
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    let page = client.request("workspace/executeCommand", params).unwrap();
    assert!(page.as_str().unwrap().contains("# Why"));
    client.leave();
}

#[test]
fn an_action_of_another_version_is_refused() {
    let (_dir, root) = service();
    let path = root.join("main.go");
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    let diagnostics = client.open_file(&path);
    let actions = client.actions(&uri(&path), &diagnostics[1]["range"], None);
    let action = titled(&actions, "(safe)").clone();
    client.did_change(&uri(&path), 2, json!([{"text": "package main\n"}]));
    assert_eq!(client.request("codeAction/resolve", action.clone()).unwrap_err()["code"], -32801);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&path)}}));
    assert_eq!(client.request("codeAction/resolve", action).unwrap_err()["code"], -32602);
    assert_eq!(client.request("codeAction/resolve", json!({"title": "x"})).unwrap_err()["code"], -32602);
    assert!(Path::new(&path).exists());
    client.leave();
}
