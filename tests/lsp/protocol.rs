//! The conversation: encodings, order, cancellation, the end.

use super::client::{Client, able, codes, folder, position, range_of, uri, with};
use serde_json::{Value, json};

const CODE: &str = "package p\n\nimport \"runtime\"\n\nfunc f() { _ = \"\u{1F600}\u{e9}\"; runtime.GC() }\n";

fn tree() -> (tempfile::TempDir, std::path::PathBuf) {
    folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", CODE)])
}

#[test]
fn positions_count_what_was_agreed_on() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let line = CODE.lines().nth(4).unwrap();
    let before = &line[..line.find("runtime.GC").unwrap()];
    for (offered, agreed, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", before.len()),
        (json!(["utf-16", "utf-8"]), "utf-8", before.len()),
        (json!(["utf-16"]), "utf-16", before.encode_utf16().count()),
        (json!(["utf-32"]), "utf-32", before.chars().count()),
        (json!(["utf-7"]), "utf-16", before.encode_utf16().count()),
        (Value::Null, "utf-16", before.encode_utf16().count()),
    ] {
        let capabilities = with(able(), "/general/positionEncodings", offered);
        let mut client = Client::open(&root, capabilities, Value::Null);
        assert_eq!(client.capabilities["positionEncoding"], agreed);
        let diagnostics = client.open_file(&path);
        assert_eq!(diagnostics[0]["range"]["start"], json!({"line": 4, "character": column}), "{agreed}");
        // An edit in the same units: between the two characters.
        let at = json!({"line": 4, "character": column - 3});
        client.did_change(&uri(&path), 2, json!([{"range": {"start": at, "end": at}, "text": "\u{1F600}"}]));
        let moved = client.published(&uri(&path), 2);
        let width = column - before.chars().count();
        let emoji = match agreed {
            "utf-8" => 4,
            "utf-16" => 2,
            _ => 1,
        };
        assert_eq!(moved[0]["range"]["start"]["character"], column + emoji, "{agreed} {width}");
        client.leave();
    }
}

#[test]
fn edits_come_one_after_the_other() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), Value::Null);
    client.open_file(&path);
    // Reversed, and far behind the end.
    let call = range_of(CODE, "runtime.GC()");
    let reversed = json!({"start": call["end"], "end": call["start"]});
    let far = json!({"line": 999, "character": 999});
    client.did_change(
        &uri(&path),
        2,
        json!([
            {"range": reversed, "text": "runtime.Gosched()"},
            {"range": {"start": far, "end": far}, "text": "\nfunc g() { runtime.GC() }\n"},
        ]),
    );
    let diagnostics = client.published(&uri(&path), 2);
    assert_eq!(codes(&diagnostics), ["manual-gc"]);
    assert_eq!(diagnostics[0]["range"]["start"], json!({"line": 6, "character": 11}));
    // A change that would lead back is left out and named; the same version again is not.
    client.did_change(&uri(&path), 1, json!([{"text": "package p\n"}]));
    let log = client.wait(|message| message["method"] == "window/logMessage");
    assert!(log["params"]["message"].as_str().unwrap().contains("version 2"), "{log:#}");
    client.did_change(&uri(&path), 2, json!([{"text": CODE}]));
    assert_eq!(codes(&client.published(&uri(&path), 2)), ["manual-gc"]);
    client.did_change("file:///nobody/opened.go", 1, json!([{"text": ""}]));
    let log = client.wait(|message| message["method"] == "window/logMessage");
    assert!(log["params"]["message"].as_str().unwrap().contains("is not open"), "{log:#}");
    client.leave();
}

#[test]
fn a_client_that_asks_is_told_nothing_unasked() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let capabilities = with(able(), "/textDocument/diagnostic", json!({"dynamicRegistration": false}));
    let mut client = Client::open(&root, capabilities, Value::Null);
    client.did_open(&uri(&path), 1, CODE);
    let ask = |client: &mut Client, previous: Value| {
        let params = json!({"textDocument": {"uri": uri(&path)}, "previousResultId": previous});
        client.request("textDocument/diagnostic", params).unwrap()
    };
    let report = ask(&mut client, Value::Null);
    assert_eq!(report["kind"], "full");
    assert_eq!(codes(report["items"].as_array().unwrap()), ["manual-gc"]);
    let same = ask(&mut client, report["resultId"].clone());
    assert_eq!(same, json!({"kind": "unchanged", "resultId": report["resultId"]}));
    client.did_change(&uri(&path), 2, json!([{"text": "package p\n"}]));
    let empty = ask(&mut client, report["resultId"].clone());
    assert_eq!((empty["kind"].clone(), empty["items"].clone()), (json!("full"), json!([])));
    client.stays_silent(|message| message["method"] == "textDocument/publishDiagnostics");
    client.leave();
}

#[test]
fn a_request_may_be_cancelled() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    let diagnostics = client.open_file(&path);
    let actions = client.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix"));
    // A proof takes seconds: three at least, for one thread each.
    let ids: Vec<i64> = (0..3).map(|_| client.ask("codeAction/resolve", actions[0].clone())).collect();
    for id in &ids {
        client.notify("$/cancelRequest", json!({ "id": id }));
    }
    for id in ids {
        assert_eq!(client.answer(id).unwrap_err()["code"], -32800);
    }
    client.notify("$/cancelRequest", json!({"id": 4711}));
    client.notify("$/cancelRequest", json!({"id": "unknown"}));
    assert!(client.request("codeAction/resolve", actions[0].clone()).unwrap().get("edit").is_some());
    client.leave();
}

#[test]
fn a_request_about_a_text_that_has_changed_meanwhile_is_given_up() {
    let (_dir, root) = tree();
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), json!({"trusted": true}));
    let diagnostics = client.open_file(&path);
    let actions = client.actions(&uri(&path), &diagnostics[0]["range"], Some("quickfix"));
    let id = client.ask("codeAction/resolve", actions[0].clone());
    client.did_change(&uri(&path), 2, json!([{"text": format!("{CODE}\n// more\n")}]));
    assert_eq!(client.answer(id).unwrap_err()["code"], -32801);
    client.leave();
}

#[test]
fn the_end_is_as_the_protocol_says() {
    let (_dir, root) = tree();
    let mut client = Client::start(&[]);
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32002);
    client.notify("initialized", json!({}));
    client.initialize(json!({"rootUri": uri(&root), "capabilities": able()}));
    assert_eq!(client.request("initialize", json!({"capabilities": {}})).unwrap_err()["code"], -32600);
    assert_eq!(client.request("gomend/unknown", Value::Null).unwrap_err()["code"], -32601);
    assert_eq!(client.request("textDocument/hover", json!({"x": 1})).unwrap_err()["code"], -32602);
    client.notify("textDocument/didOpen", json!([1, 2]));
    client.wait(|message| message["method"] == "window/logMessage");
    client.notify("$/setTrace", json!({"value": "off"}));
    client.notify("nobody/knows", Value::Null);
    assert_eq!(client.request("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(client.request("textDocument/hover", json!({})).unwrap_err()["code"], -32600);
    assert_eq!(client.exit(), 0);
    let client = Client::open(&root, able(), Value::Null);
    assert_eq!(client.exit(), 1, "nobody said shutdown");
    assert_eq!(Client::open(&root, able(), Value::Null).vanish(), 1);
    assert_eq!(Client::start(&[]).exit(), 1);
}

#[test]
fn several_folders_go_by_their_own_configuration() {
    let (_a, one) =
        folder(&[("go.mod", "module m\n"), ("p.go", CODE), ("gomend.toml", "ignore = [\"manual-gc\"]\n")]);
    let (_b, two) = folder(&[("go.mod", "module m\n"), ("p.go", CODE)]);
    let mut client = Client::start(&[]);
    let folders = json!([{"uri": uri(&one), "name": "1"}, {"uri": uri(&two), "name": "2"}]);
    client.initialize(json!({"rootUri": null, "workspaceFolders": folders, "capabilities": able()}));
    assert!(client.open_file(&one.join("p.go")).is_empty());
    assert_eq!(codes(&client.open_file(&two.join("p.go"))), ["manual-gc"]);
    client.leave();
    // No folder at all: that of the file.
    let mut client = Client::start(&[]);
    client.initialize(json!({"rootUri": null, "workspaceFolders": null, "capabilities": able()}));
    assert_eq!(codes(&client.open_file(&two.join("p.go"))), ["manual-gc"]);
    assert!(client.open_file(&one.join("p.go")).is_empty());
    client.leave();
}

#[test]
fn surroundings_and_tags_are_said_to_those_who_know_them() {
    let text = "package p

import \"runtime\"

func f(data []int) (total int) {
	for i, v := range data {
		total += v
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	return total
}
";
    let (_dir, root) = folder(&[("go.mod", "module m\n\ngo 1.22\n"), ("p.go", text)]);
    let path = root.join("p.go");
    let mut client = Client::open(&root, able(), Value::Null);
    let finding = client.open_file(&path)[0].clone();
    assert_eq!(finding["source"], "gomend");
    assert_eq!(finding["tags"], json!([1]));
    assert_eq!(finding["range"]["start"], position(text, text.find("runtime.Gosched").unwrap()));
    let related = &finding["relatedInformation"][0];
    assert_eq!(related["location"]["range"]["start"]["line"], 5);
    assert_eq!(related["location"]["uri"], uri(&path));
    client.leave();
    let mut client = Client::open(&root, json!({}), Value::Null);
    let finding = client.open_file(&path)[0].clone();
    assert!(finding.get("tags").is_none() && finding.get("relatedInformation").is_none());
    client.leave();
}
