//! Fixes of other tools on their way through the gate: every format, what is refused by name, and
//! what hostile inputs come to.

use crate::ground::{Ground, MOD, Ran};
use crate::toolchain;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::process::Command;

/// Old in three ways that `go fix` knows, with one import that goes and one that comes.
const OLD: &str = "package m\n\nimport (\n\t\"fmt\"\n\t\"sort\"\n)\n\n// Sum sorts and adds up.\nfunc Sum(xs []int) string {\n\tsort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })\n\tsum := 0\n\tfor i := 0; i < 10; i++ {\n\t\tsum += i\n\t}\n\tvar all interface{} = sum\n\treturn fmt.Sprint(all)\n}\n";
/// [`OLD`] as it is fixed.
const NEW: &str = "package m\n\nimport (\n\t\"fmt\"\n\t\"slices\"\n)\n\n// Sum sorts and adds up.\nfunc Sum(xs []int) string {\n\tslices.Sort(xs)\n\tsum := 0\n\tfor i := range 10 {\n\t\tsum += i\n\t}\n\tvar all any = sum\n\treturn fmt.Sprint(all)\n}\n";
/// A file of its package's tests, which go looks at twice.
const TEST: &str = "package m\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tvar x interface{} = Sum(nil)\n\t_ = x\n}\n";

/// Two functions that a diff can change apart.
const PAIR: &str = "package m\n\n// One is one.\nfunc One() int {\n\treturn 1\n}\n\n// Two is two.\nfunc Two() int {\n\treturn 2\n}\n";

fn old() -> Ground {
    Ground::new(&[("go.mod", MOD), ("sum.go", OLD), ("sum_test.go", TEST)])
}

fn pair() -> Ground {
    Ground::new(&[("go.mod", MOD), ("pair.go", PAIR)])
}

/// What the real go prints in the tree.
fn go(ground: &Ground, args: &[&str]) -> Vec<u8> {
    toolchain::need();
    let output =
        Command::new("go").args(args).current_dir(ground.dir()).env("PWD", ground.dir()).output().unwrap();
    output.stdout
}

fn diff(path: &str, old: &str, new: &str) -> String {
    format!("--- a/{path}\n+++ b/{path}\n{}", hunk(10, old, new))
}

fn hunk(line: usize, old: &str, new: &str) -> String {
    let lines =
        |sign: char, text: &str| text.lines().map(|line| format!("{sign}{line}\n")).collect::<String>();
    let (before, after) = (old.lines().count(), new.lines().count());
    format!("@@ -{line},{before} +{line},{after} @@\n{}{}", lines('-', old), lines('+', new))
}

/// The stream of one analyzer with one fix of `pair.go`.
fn stream(ground: &Ground, old: &str, new: &str) -> String {
    let start = PAIR.find(old).unwrap();
    let edits =
        [(ground.path("pair.go").to_string_lossy().into_owned(), start, start + old.len(), new.to_owned())];
    stream_of(&edits)
}

fn stream_of(edits: &[(String, usize, usize, String)]) -> String {
    let edit = |(file, start, end, new): &(String, usize, usize, String)| json!({"filename": file, "start": start, "end": end, "new": new});
    let edits: Vec<_> = edits.iter().map(edit).collect();
    json!({"example.com/m": {"toy": [{"posn": "", "message": "a toy", "suggested_fixes": [{"message": "Play", "edits": edits}]}]}}).to_string()
}

#[test]
fn the_stream_of_go_fix_is_proved_and_its_imports_follow() {
    let ground = old();
    let input = go(&ground, &["fix", "-json", "./..."]);
    let ran = ground.feed(&["apply", "-", "--diff"], &input).code(1);
    ran.out(&["-\t\"sort\"\n+\t\"slices\"\n"])
        .err(&["Would apply 4 fixes in 2 files.", "All proved by gofmt, build and vet."]);
    assert_eq!(ground.text("sum.go"), OLD);
    ground.feed(&["apply", "-", "-l"], &input).code(1).out(&["sum.go\nsum_test.go\n"]);
    ground.put("fix.json", &input);
    let ran = ground.run(&["apply", "fix.json"]).code(0);
    ran.out(&["Applied 4 fixes in 2 files.", "All proved by gofmt, build and vet.", "gomend undo"]);
    assert_eq!(ground.text("sum.go"), NEW);
    assert!(ground.text("sum_test.go").contains("var x any ="));
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("sum.go"), OLD);
}

#[test]
fn a_tool_is_run_without_a_shell() {
    let ground = old();
    toolchain::need();
    ground.run(&["apply", "--run", "go fix -json ./...", "-l"]).code(1).out(&["sum.go\n"]);
    ground.run(&["apply", "--run", "go vet -json ./..."]).code(0).out(&["Nothing to fix."]);
    ground
        .run(&["apply", "--run", "go 'fix' -diff ./..."])
        .code(0)
        .out(&["All proved by gofmt, build and vet."]);
    assert_eq!(ground.text("sum.go"), NEW);
    ground.run(&["apply", "--run", "go fix -json ./..."]).code(0).out(&["Nothing to fix."]);
    ground
        .run(&["apply", "--run", "go fix -json ./... > all; touch here"])
        .code(2)
        .err(&["error: --run go fix"]);
    assert!(!ground.path("all").exists() && !ground.path("here").exists());
    ground.run(&["apply", "--run", "no-such-tool-here -json"]).code(2).err(&["install it"]);
    ground.run(&["apply", "--run", "go 'fix"]).code(2).err(&["a quote is not closed"]);
}

#[cfg(unix)]
#[test]
fn what_a_tool_changes_itself_is_left_alone() {
    let ground = pair();
    ground.put("fix.patch", diff("pair.go", "\treturn 2", "\treturn 1 + 1"));
    ground.put("tool", "#!/bin/sh\nprintf '// more\\n' >> pair.go\ncat fix.patch\n");
    ground.executable("tool");
    let ran = ground.run(&["apply", "--run", "./tool", "--verify", "gofmt"]);
    // The lines of a diff say themselves what they are about.
    ran.code(0).out(&["Applied 1 fix"]);
    let whole = PAIR.replace("return 2", "return 1 + 1");
    assert_eq!(ground.text("pair.go"), format!("{whole}// more\n"));

    ground.put("pair.go", PAIR);
    ground.put("fix.json", stream(&ground, "return 2", "return 1 + 1"));
    ground.put("tool", "#!/bin/sh\nprintf '// more\\n' >> pair.go\ncat fix.json\n");
    ground.executable("tool");
    ground
        .run(&["apply", "--run", "./tool"])
        .code(1)
        .err(&["pair.go go-vet/toy: it was changed while the tool ran"]);
    assert_eq!(ground.text("pair.go"), format!("{PAIR}// more\n"));
}

#[test]
fn a_fix_that_breaks_the_build_is_the_only_one_to_stay_out() {
    toolchain::need();
    let ground = pair();
    let patch = format!(
        "--- a/pair.go\n+++ b/pair.go\n{}{}",
        hunk(5, "\treturn 1", "\treturn wrong"),
        hunk(10, "\treturn 2", "\treturn 1 + 1")
    );
    let ran = ground.feed(&["apply", "-"], &patch).code(1);
    ran.out(&["Applied 1 fix in 1 file.", "1 refused by the proof", "pair.go:5:1 diff:", "undefined: wrong"]);
    assert_eq!(ground.text("pair.go"), PAIR.replace("return 2", "return 1 + 1"));
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("pair.go"), PAIR);
    // What is there already is not done twice.
    ground.feed(&["apply", "-"], &patch).code(1).out(&["Applied 1 fix"]);
    let ran = ground.feed(&["apply", "-"], &patch).code(1);
    ran.out(&["No fix applied."]).err(&["1 fix is already there"]);
}

#[test]
fn imports_go_with_the_hunks_that_name_them() {
    toolchain::need();
    let ground = Ground::new(&[("go.mod", MOD), ("sum.go", OLD)]);
    ground.git(&["init", "-q"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground.put("sum.go", NEW.replace("range 10", "range wrong"));
    let patch = ground.git(&["diff", "-U0"]);
    ground.put("sum.go", OLD);
    let ran = ground.feed(&["apply", "-"], &patch).code(1);
    ran.out(&["Applied 2 fixes in 1 file.", "undefined: wrong"]);
    assert_eq!(ground.text("sum.go"), NEW.replace("i := range 10", "i := 0; i < 10; i++"));
}

#[test]
fn a_diff_is_read_however_it_was_written() {
    let fixed = PAIR.replace("return 2", "return 1 + 1");
    let (old, new) = ("\treturn 2", "\treturn 1 + 1");
    let ground = pair();
    let absolute = ground.path("pair.go").to_string_lossy().into_owned();
    let apply = |text: &str| {
        ground.put("pair.go", PAIR);
        let ran = ground.feed(&["apply", "-", "--verify", "gofmt"], text).code(0);
        ran.out(&["Applied 1 fix in 1 file."]);
        ground.text("pair.go")
    };
    let git = diff("pair.go", old, new);
    assert_eq!(apply(&git), fixed);
    assert_eq!(
        apply(&format!(
            "From: x\nSubject: y\n\ndiff --git a/pair.go b/pair.go\nindex 1..2 100644\n{git}-- \n2.50\n"
        )),
        fixed
    );
    assert_eq!(apply(&git.replace("a/pair", "pair").replace("b/pair", "pair")), fixed);
    assert_eq!(
        apply(
            &git.replace("a/pair.go", &format!("{absolute} (old)"))
                .replace("b/pair.go", &format!("{absolute} (new)"))
        ),
        fixed
    );
    // A header that is wrong, as go fix prints some.
    assert_eq!(apply(&git.replace("-10,1 +10,1", "-2,1 +3,1")), fixed);
    assert_eq!(apply(&git.replace('\n', "\r\n")), fixed);
    // A file with other line ends keeps them.
    ground.put("pair.go", PAIR.replace('\n', "\r\n"));
    ground.feed(&["apply", "-", "--verify", "none"], &git).code(0);
    assert_eq!(ground.text("pair.go"), fixed.replace('\n', "\r\n"));
    // The last line without an end.
    ground.put("pair.go", PAIR.trim_end());
    let end = "--- a/pair.go\n+++ b/pair.go\n@@ -10,2 +10,2 @@\n-\treturn 2\n-}\n\\ No newline at end of file\n+\treturn 1 + 1\n+}\n\\ No newline at end of file\n";
    ground.feed(&["apply", "-", "--verify", "none"], end).code(0);
    assert_eq!(ground.text("pair.go"), fixed.trim_end());
}

#[test]
fn a_hunk_that_does_not_fit_is_refused() {
    let ground = Ground::new(&[
        ("go.mod", MOD),
        ("twice.go", "package m\n\nvar a = 1\n\nvar b = 1\n\nfunc init() {\n\ta = 1\n\tb = 1\n\ta = 1\n}\n"),
    ]);
    let refused = |patch: &str, why: &str| {
        let ran = ground.feed(&["apply", "-", "--verify", "none"], patch).code(1);
        ran.err(&["left alone: twice.go:", why]);
    };
    refused(&diff("twice.go", "\tq = 1", "\tz = 1"), "line 10 is not what the tool saw");
    refused(&diff("twice.go", "\ta = 1", "\ta = 2").replace("-10,1", "-99,1"), "stand in 2 places");
    let before = ground.text("twice.go");
    ground.feed(&["apply", "-", "--verify", "none"], diff("twice.go", "\ta = 1", "\ta = 2")).code(0);
    assert_eq!(ground.text("twice.go"), before.replace("\ta = 1\n}", "\ta = 2\n}"));
}

/// One issue of golangci-lint for line 10 of `pair.go`.
fn issue(more: serde_json::Value) -> String {
    let start = PAIR.find("return 2").unwrap();
    let mut issue = json!({
        "FromLinter": "toylint", "Text": "a toy", "SourceLines": ["\treturn 2"],
        "Pos": {"Filename": "pair.go", "Offset": start, "Line": 10, "Column": 2}
    });
    for (key, value) in more.as_object().unwrap() {
        issue[key] = value.clone();
    }
    json!({"Issues": [issue], "Report": {"Linters": []}}).to_string() + "\n1 issues:\n* toylint: 1\n"
}

fn rdjson(range: serde_json::Value, text: &str) -> serde_json::Value {
    json!({"message": "a toy", "location": {"path": "pair.go"}, "code": {"value": "T1"}, "suggestions": [{"range": range, "text": text}]})
}

fn sarif(region: serde_json::Value, uri: &str) -> serde_json::Value {
    let change = json!({"artifactLocation": {"uri": uri, "uriBaseId": "SRC"}, "replacements": [{"deletedRegion": region, "insertedContent": {"text": "return 1 + 1"}}]});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Toy Check", "rules": [{"id": "T1"}]}}, "originalUriBaseIds": {"SRC": {"uri": ""}},
        "results": [{"ruleId": "T1", "message": {"text": "a toy"}, "fixes": [{"artifactChanges": [change]}]}, {"ruleId": "T2", "message": {"text": "no fix"}}]}]})
}

#[test]
fn every_format_says_the_same_fix() {
    let ground = pair();
    let start = PAIR.find("return 2").unwrap();
    let bytes = json!({"TextEdits": [{"Pos": start, "End": start + 8, "NewText": "cmV0dXJuIDEgKyAx"}]});
    let inputs = [
        ("go-vet/toy", stream(&ground, "return 2", "return 1 + 1")),
        // A package without findings is an empty object, and may come first.
        ("go-vet/toy", format!("{{}}\n{{}}\n{}\n", stream(&ground, "return 2", "return 1 + 1"))),
        ("go-vet/toy", format!("# example.com/m\n{}\n", stream(&ground, "return 2", "return 1 + 1"))),
        (
            "go-vet/toy",
            "{\"p\":{\"other\":null,\"toy\":[{\"posn\":\"\",\"message\":\"x\",\"suggested_fixes\":[{\"edits\":null}]}]}}\n"
                .to_owned()
                + &stream(&ground, "return 2", "return 1 + 1"),
        ),
        ("golangci/toylint", issue(json!({"SuggestedFixes": [bytes]}))),
        ("golangci/toylint", issue(json!({"Replacement": {"NewLines": ["\treturn 1 + 1"]}, "LineRange": {"From": 10, "To": 10}}))),
        ("golangci/toylint", issue(json!({"Replacement": {"Inline": {"StartCol": 8, "Length": 1, "NewString": "1 + 1"}}}))),
        ("toy-check/T1", sarif(json!({"startLine": 10, "startColumn": 2, "endColumn": 10}), "pair.go").to_string()),
        ("toy-check/T1", sarif(json!({"startLine": 10, "startColumn": 2, "endLine": 10, "endColumn": 10, "snippet": {"text": "return 2"}}), "./pair.go").to_string()),
        ("toy-check/T1", sarif(json!({"byteOffset": start, "byteLength": 8}), &format!("file://{}", ground.path("pair.go").display())).to_string()),
        ("toy/T1", json!({"source": {"name": "toy"}, "diagnostics": [rdjson(json!({"start": {"line": 10, "column": 2}, "end": {"line": 10, "column": 10}}), "return 1 + 1")]}).to_string()),
        ("rdjson/T1", format!("{}\n", rdjson(json!({"start": {"line": 10}, "end": {"line": 10}}), "\treturn 1 + 1"))),
        ("diff", diff("pair.go", "\treturn 2", "\treturn 1 + 1")),
    ];
    for (rule, input) in inputs {
        ground.put("pair.go", PAIR);
        ground.feed(&["apply", "-", "--verify", "none", "--plan-out", "plan.json"], &input).code(0);
        let plan: serde_json::Value = serde_json::from_str(&ground.text("plan.json")).unwrap();
        assert_eq!(plan["fixes"][0]["rule"], rule, "{input}");
        assert_eq!(
            (&plan["fixes"][0]["line"], &plan["fixes"][0]["level"]),
            (&json!(10), &json!("unsafe")),
            "{input}"
        );
        ground.run(&["apply", "plan.json", "--verify", "none"]).code(0).out(&["Applied 1 fix in 1 file."]);
        assert_eq!(ground.text("pair.go"), PAIR.replace("return 2", "return 1 + 1"), "{input}");
    }
}

#[test]
fn a_plan_says_the_column_of_each_place() {
    toolchain::need();
    let ground = pair();
    let patch = format!(
        "--- a/pair.go\n+++ b/pair.go\n{}{}",
        hunk(5, "\treturn 1", "\treturn wrong"),
        hunk(10, "\treturn 2", "\treturn 1 + 1")
    );
    ground.feed(&["apply", "-", "--verify", "none", "--plan-out", "plan.json"], patch).code(0);
    let fix = stream(&ground, "2\n}", "wrong\n}");
    let named = |file: &str, column: usize| {
        let plan: serde_json::Value = serde_json::from_str(&ground.text(file)).unwrap();
        let first = &plan["fixes"][0];
        assert_eq!(first["column"], json!(column));
        let column = format!("pair.go:{}:{column} ", first["line"]);
        let ran = ground.run(&["apply", file, "--diff"]).code(1);
        ran.err(&["refused by the proof", &column, "undefined: wrong"]);
        ground.run(&["apply", file, "-l"]).code(1).err(&[&column]);
    };
    named("plan.json", 1);
    ground.feed(&["apply", "-", "--verify", "none", "--plan-out", "other.json"], fix).code(0);
    named("other.json", 9);
    // The plans of gomend's own rules too.
    let sleepy = Ground::sleepy();
    let found: serde_json::Value =
        serde_json::from_str(&sleepy.run(&["check", "--format", "json"]).out).unwrap();
    sleepy.run(&["fix", "--verify", "none", "--plan-out", "plan.json"]).code(0);
    let plan: serde_json::Value = serde_json::from_str(&sleepy.text("plan.json")).unwrap();
    let start = &found["findings"][0]["start"];
    assert!(start["column"].as_u64() > Some(1), "{found}");
    assert_eq!((&plan["fixes"][0]["line"], &plan["fixes"][0]["column"]), (&start["line"], &start["column"]));
}

#[test]
fn the_largest_numbers_are_refused_by_name() {
    let ground = pair();
    let most = u64::MAX;
    let mut posn: serde_json::Value = serde_json::from_str(&stream(&ground, "return 2", "return 3")).unwrap();
    posn["example.com/m"]["toy"][0]["posn"] = json!(format!("pair.go:{most}:{most}"));
    let at =
        |line: u64, column: u64| json!({"Filename": "pair.go", "Offset": 0, "Line": line, "Column": column});
    let new = json!({"NewLines": ["\treturn 3"]});
    for input in [
        posn.to_string(),
        issue(json!({"Replacement": new, "Pos": at(most, most)})),
        issue(json!({"Replacement": new, "Pos": at(10, most)})),
        issue(json!({"Replacement": new, "LineRange": {"From": most, "To": most}})),
        sarif(json!({"startLine": most, "startColumn": most, "endLine": most, "endColumn": most}), "pair.go")
            .to_string(),
        rdjson(json!({"start": {"line": most, "column": most}}), "x").to_string(),
        diff("pair.go", "\treturn 3", "\treturn 4").replace("-10,1", &format!("-{most},1")),
    ] {
        let ran = ground.feed(&["apply", "-", "--verify", "none"], &input).code(1);
        ran.err(&["left alone: pair.go"]);
        assert_eq!(ground.text("pair.go"), PAIR, "{input}");
    }
}

#[test]
fn a_fix_of_which_nothing_is_left_is_not_counted_as_applied() {
    let ground = pair();
    let end = PAIR.len();
    let name = ground.path("pair.go").to_string_lossy().into_owned();
    // gofmt puts the last line end back.
    let ran =
        ground.feed(&["apply", "-", "--verify", "none"], stream_of(&[(name, end - 1, end, String::new())]));
    ran.code(0).out(&["Nothing to fix."]).err(&["1 fix is already there"]);
    assert_eq!(ground.text("pair.go"), PAIR);
}

#[test]
fn an_import_that_nothing_uses_can_be_taken_away_by_itself() {
    toolchain::need();
    let text = PAIR.replace("package m\n", "package m\n\nimport \"fmt\"\n");
    let ground = Ground::new(&[("go.mod", MOD), ("pair.go", &text)]);
    let start = text.find("\nimport").unwrap();
    let name = ground.path("pair.go").to_string_lossy().into_owned();
    let edits = [(name, start, start + "\nimport \"fmt\"\n".len(), String::new())];
    ground.feed(&["apply", "-"], stream_of(&edits)).code(0).out(&["Applied 1 fix in 1 file."]);
    assert_eq!(ground.text("pair.go"), PAIR);
}

#[test]
fn a_diff_may_begin_with_a_byte_order_mark_and_name_a_file_as_it_likes() {
    let ground = pair();
    let patch = diff("pair.go", "\treturn 2", "\treturn 1 + 1");
    ground
        .feed(&["apply", "-", "--verify", "none"], format!("\u{feff}{patch}"))
        .code(0)
        .out(&["Applied 1 fix"]);
    assert_eq!(ground.text("pair.go"), PAIR.replace("return 2", "return 1 + 1"));
    let named =
        patch.replace("a/pair.go", "\"a/x\\nApplied.go\"").replace("b/pair.go", "\"b/x\\nApplied.go\"");
    ground.feed(&["apply", "-"], named).code(1).err(&["left alone: x\\nApplied.go: there is no such file"]);
}

#[test]
fn a_text_that_the_tool_did_not_see_is_refused() {
    let ground = pair();
    let start = PAIR.find("return 2").unwrap();
    let edits =
        |at: usize| json!([{"TextEdits": [{"Pos": at, "End": at + 8, "NewText": "cmV0dXJuIDEgKyAx"}]}]);
    let pos = json!({"Filename": "pair.go", "Offset": start + 1, "Line": 10, "Column": 2});
    let end = PAIR.len();
    let name = ground.path("pair.go").to_string_lossy().into_owned();
    let one = |start: usize, end: usize, new: &str| (name.clone(), start, end, new.to_owned());
    let inputs = [
        issue(json!({"SuggestedFixes": edits(start), "SourceLines": ["\treturn 3"]})),
        issue(json!({"SuggestedFixes": edits(start), "Pos": pos})),
        issue(json!({"SuggestedFixes": edits(end)})),
        issue(json!({"SuggestedFixes": [{"TextEdits": [{"Pos": start, "End": start + 1, "NewText": "?"}]}]})),
        sarif(json!({"startLine": 10, "startColumn": 2, "endColumn": 10, "snippet": {"text": "return 3"}}), "pair.go").to_string(),
        sarif(json!({"startLine": 10, "startColumn": 2, "endColumn": 99}), "pair.go").to_string(),
        sarif(json!({"startLine": 0, "startColumn": 0}), "pair.go").to_string(),
        sarif(json!({"charOffset": 3, "charLength": 1}), "pair.go").to_string(),
        rdjson(json!({"start": {"line": 99}, "end": {"line": 10}}), "").to_string(),
        stream_of(&[one(end + 1, end + 2, "x")]),
        stream_of(&[one(20, 10, "x")]),
        stream_of(&[one(10, 20, "x"), one(15, 25, "y")]),
        stream_of(&[]).replace("\"edits\":[]", &format!("\"edits\":[{{\"filename\":{},\"start\":18446744073709551615,\"end\":18446744073709551615,\"new\":\"\"}}]", json!(name))),
    ];
    for input in inputs {
        let ran = ground.feed(&["apply", "-", "--verify", "none"], &input).code(1);
        ran.err(&["left alone: "]).out(&["Nothing to fix."]);
        assert_eq!(ground.text("pair.go"), PAIR);
    }
}

#[test]
fn columns_of_staticcheck_are_bytes_and_of_others_utf_16() {
    let text = "package m\n\nvar s = \"äöü\" + \"b\"\n";
    let ground = Ground::new(&[("go.mod", MOD), ("s.go", text)]);
    // `"b"` begins behind 19 bytes, and 16 units of UTF-16.
    for (tool, column) in [("staticcheck", 20), ("toy", 17)] {
        ground.put("s.go", text);
        let change = json!({"artifactLocation": {"uri": "s.go"}, "replacements": [{"deletedRegion": {"startLine": 3, "startColumn": column, "endColumn": column + 3}, "insertedContent": {"text": "\"c\""}}]});
        let input = json!({"runs": [{"tool": {"driver": {"name": tool}}, "results": [{"ruleId": "T1", "fixes": [{"artifactChanges": [change]}]}]}]});
        ground.feed(&["apply", "-", "--verify", "gofmt"], input.to_string()).code(0);
        assert_eq!(ground.text("s.go"), text.replace("\"b\"", "\"c\""), "{tool}");
    }
}

/// SARIF as semgrep writes it: each change is the region of one match, and all of its lines.
fn semgrep(changes: &[(serde_json::Value, &str, &str)]) -> String {
    let results: Vec<_> = changes
        .iter()
        .map(|(region, shown, new)| {
            let mut place = region.clone();
            place["snippet"] = json!({"text": shown});
            let file = json!({"uri": "s.go"});
            let change = json!({"artifactLocation": file, "replacements": [{"deletedRegion": region, "insertedContent": {"text": new}}]});
            json!({"ruleId": "T1", "fixes": [{"artifactChanges": [change]}],
                "locations": [{"physicalLocation": {"artifactLocation": file, "region": place}}]})
        })
        .collect();
    json!({"runs": [{"tool": {"driver": {"name": "Semgrep OSS"}}, "results": results}]}).to_string()
}

#[test]
fn columns_whose_text_is_whole_lines_are_read_as_such() {
    const TEXT: &str = "package m\n\nvar s = f(\"é\", f(1)) // note\n\nfunc f(x ...any) int {\n\treturn len(\n\t\tx,\n\t)\n}\n";
    let region = |start: (usize, usize), end: (usize, usize)| json!({"startLine": start.0, "startColumn": start.1, "endLine": end.0, "endColumn": end.1});
    let (outer, inner) = ("var s = f(\"é\", f(1)) // note", "var s = f(\"é\", f(2)) // note");
    let lines = "\treturn len(\n\t\tx,\n\t)";
    let three = region((6, 9), (8, 3));
    let ground = Ground::new(&[("go.mod", MOD), ("s.go", TEXT)]);
    for end in ["\n", "\r\n"] {
        let text = TEXT.replace('\n', end);
        ground.put("s.go", &text);
        let changes = [
            (region((3, 17), (3, 21)), outer, inner),
            (region((3, 11), (3, 15)), outer, "var s = f(\"ü\", f(1)) // note"),
            (three.clone(), lines, "\treturn len(\n\t\tx[:],\n\t)"),
        ];
        let input = semgrep(&changes);
        ground.feed(&["apply", "-", "--verify", "none"], &input).code(0).out(&["Applied 3 fixes"]);
        let fixed = text.replace("f(1)", "f(2)").replace("\"é\"", "\"ü\"").replace("x,", "x[:],");
        assert_eq!(ground.text("s.go"), fixed);
        // Other lines than those that the tool saw.
        let ran = ground.feed(&["apply", "-", "--verify", "none"], &input).code(1);
        ran.err(&["line 3 is not what the tool saw"]);
        assert_eq!(ground.text("s.go"), fixed);
    }
    ground.put("s.go", TEXT);
    let changes = [(three.clone(), lines, "\treturn len(x)")];
    ground.feed(&["apply", "-", "--verify", "gofmt"], semgrep(&changes)).code(0);
    let fixed = TEXT.replace("len(\n\t\tx,\n\t)", "len(x)");
    assert_eq!(ground.text("s.go"), fixed);
    ground.feed(&["apply", "-", "--verify", "gofmt"], semgrep(&changes)).code(0).err(&["already there"]);
    // A text that is kept back tells nothing.
    for shown in ["requires login", lines] {
        ground.put("s.go", TEXT);
        let changes = [(three.clone(), shown, "\treturn len(x)")];
        ground.feed(&["apply", "-", "--verify", "gofmt"], semgrep(&changes)).code(0);
        assert_eq!(ground.text("s.go"), fixed);
    }
}

#[test]
fn a_title_of_several_lines_is_one_line_in_front_of_a_reason() {
    let ground = pair();
    let mut input = sarif(json!({"startLine": 10, "startColumn": 2, "endColumn": 10}), "pair.go");
    input["runs"][0]["results"][0]["fixes"][0]["description"] = json!({"text": "Add up\n  the tool's way"});
    let input = input.to_string().replace("return 1 + 1", "return wrong");
    ground
        .feed(&["apply", "-"], &input)
        .code(1)
        .out(&["Add up the tool's way: pair.go:10:9: undefined: wrong"]);
}

#[test]
fn a_name_from_the_folder_of_a_configuration_is_refused_with_the_cure() {
    let ground = pair();
    let edits = json!([{"TextEdits": [{"Pos": 0, "End": 1, "NewText": ""}]}]);
    let pos = json!({"Filename": "m/pair.go", "Offset": 0, "Line": 10, "Column": 2});
    let ran = ground.feed(&["apply", "-"], issue(json!({"SuggestedFixes": edits, "Pos": pos}))).code(1);
    ran.err(&[
        "m/pair.go",
        "there is no such file; let golangci-lint name files in full with --path-mode=abs",
    ]);
}

#[test]
fn a_fix_that_takes_its_file_out_of_the_build_needs_leave() {
    toolchain::need();
    let ground = pair();
    let tagged = [("pair.go".to_owned(), 0, 0, "//go:build ignore\n\n".to_owned())]
        .map(|(file, start, end, new)| (ground.path(&file).to_string_lossy().into_owned(), start, end, new));
    let ran = ground.feed(&["apply", "-"], stream_of(&tagged)).code(1);
    ran.err(&["it changes the build constraint `//go:build ignore`", "--allow-directive build"]);
    assert_eq!(ground.text("pair.go"), PAIR);
    let ran =
        ground.feed(&["apply", "-", "--allow-directive", "build", "--verify", "gofmt"], stream_of(&tagged));
    ran.code(0).out(&["Applied 1 fix"]);
    // The one that is taken away counts too.
    ground.put("pair.go", format!("//go:build linux\n\n{PAIR}"));
    let gone = "--- a/pair.go\n+++ b/pair.go\n@@ -1,3 +1 @@\n-//go:build linux\n-\n package m\n";
    ground.feed(&["apply", "-"], gone).code(1).err(&["it changes the build constraint `//go:build linux`"]);
}

#[test]
fn an_import_that_a_tool_leaves_to_its_formatter_is_added() {
    toolchain::need();
    let text =
        "package m\n\nimport \"fmt\"\n\n// Fail fails.\nfunc Fail() error {\n\treturn fmt.Errorf(\"x\")\n}\n";
    let ground = Ground::new(&[("go.mod", MOD), ("fail.go", text)]);
    let start = text.find("fmt.Errorf").unwrap();
    let fix = |new: &str| {
        let new = STANDARD.encode(new);
        let edits =
            json!([{"Message": "Use it", "TextEdits": [{"Pos": start, "End": start + 10, "NewText": new}]}]);
        let pos = json!({"Filename": ground.path("fail.go"), "Offset": start, "Line": 7, "Column": 9});
        json!({"Issues": [{"FromLinter": "perfsprint", "Text": "slow", "Pos": pos, "SuggestedFixes": edits}]})
            .to_string()
    };
    // One of several packages: the compiler says it, at the place of the fix.
    let ran = ground.feed(&["apply", "-"], fix("template.New")).code(1);
    ran.out(&["fail.go:7:9 golangci/perfsprint: Use it: ", "undefined: template"]);
    ground.feed(&["apply", "-"], fix("errors.New")).code(0).out(&["Applied 1 fix"]);
    assert_eq!(
        ground.text("fail.go"),
        text.replace("fmt.Errorf", "errors.New").replace("\"fmt\"", "\"errors\"")
    );
}

/// A diff that changes the third line of a file to another.
fn change(path: &str) -> String {
    format!("--- a/{path}\n+++ b/{path}\n@@ -3 +3 @@\n-var x = 1\n+var x = 2\n")
}

#[test]
fn files_that_are_nobodys_to_fix_are_refused_by_name() {
    const FILE: &str = "package m\n\nvar x = 1\n";
    let ground = Ground::new(&[
        ("go.mod", MOD),
        ("made.go", &FILE.replace("package m\n", "// Code generated by toy. DO NOT EDIT.\npackage m")),
        ("vendor/v/v.go", FILE),
        ("x.txt", FILE),
        ("out/out.go", FILE),
        ("gomend.toml", "exclude = [\"out/\"]\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".git/x.go", FILE),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(ground.path("x.txt"), ground.path("link.go")).unwrap();
    for (path, why) in [
        ("made.go", "it is generated"),
        ("vendor/v/v.go", "vendor"),
        ("x.txt", "not a Go file"),
        ("out/out.go", "exclude"),
        (".git/x.go", "it belongs to git"),
        (".GIT/x.go", "it belongs to git"),
        ("a/.git./x.go", "it belongs to git"),
        ("../x.go", "outside of the root"),
        ("a/../../x.go", "outside of the root"),
        ("/etc/x.go", "outside of the root"),
        ("gone.go", "there is no such file"),
        #[cfg(unix)]
        ("link.go", "a link leads to it"),
    ] {
        let ran = ground.feed(&["apply", "-", "--verify", "none"], change(path)).code(1);
        ran.err(&["left alone: ", why]).out(&["Nothing to fix."]);
    }
    assert_eq!(ground.text("vendor/v/v.go"), FILE);
    let include = ["apply", "-", "--verify", "none", "--include", "vendor"];
    ground.feed(&include, change("vendor/v/v.go")).code(0);
    assert_eq!(ground.text("vendor/v/v.go"), FILE.replace('1', "2"));
    for uri in
        ["file:///etc/x.go", "file://host/x.go", "https://example.com/x.go", "%2e%2e/x.go", "%zz.go", ""]
    {
        let input = sarif(json!({"startLine": 1}), uri).to_string();
        ground.feed(&["apply", "-", "--verify", "none"], input).code(1).err(&["left alone: "]);
    }
}

#[test]
fn a_file_that_is_newer_than_the_input_is_refused() {
    let ground = pair();
    ground.put("fix.json", stream(&ground, "return 2", "return 1 + 1"));
    std::thread::sleep(std::time::Duration::from_millis(20));
    ground.put("pair.go", PAIR);
    let apply = ["apply", "fix.json", "--verify", "gofmt"];
    ground.run(&apply).code(1).err(&["pair.go go-vet/toy: it is newer than fix.json", "--trust-stale"]);
    assert_eq!(ground.text("pair.go"), PAIR);
    ground.run(&[&apply[..], &["--trust-stale"]].concat()).code(0).out(&["Applied 1 fix"]);
    ground.run(&apply).code(0).err(&["1 fix is already there"]);
}

#[test]
fn what_the_compiler_would_follow_needs_leave() {
    let ground = pair();
    let adds = |text: &str, kind: &str| {
        let patch =
            format!("--- a/pair.go\n+++ b/pair.go\n@@ -1,2 +1,9 @@\n package m\n+\n{}\n \n", text.trim_end());
        let ran = ground.feed(&["apply", "-", "--verify", "none"], &patch).code(1);
        ran.err(&["left alone: pair.go:1 diff: it adds", &format!("--allow-directive {kind}")]);
        assert_eq!(ground.text("pair.go"), PAIR);
    };
    // Counts in headers that are too high are those of go fix.
    let pad = "+\n+\n+\n+\n";
    adds(&format!("+import \"C\"\n{pad}+"), "cgo");
    adds(&format!("+// #cgo LDFLAGS: -L/x\n{pad}+"), "cgo");
    adds(&format!("+//go:embed /etc/passwd\n{pad}+"), "embed");
    adds(&format!("+//go:linkname a runtime.a\n{pad}+"), "linkname");
    adds(&format!("+//go:generate rm -r /\n{pad}+"), "generate");
    let patch = "--- a/pair.go\n+++ b/pair.go\n@@ -1 +1,3 @@\n package m\n+\n+//go:generate ls\n";
    ground.feed(&["apply", "-", "--verify", "gofmt", "--allow-directive", "generate"], patch).code(0);
    assert!(ground.text("pair.go").contains("//go:generate ls"));
}

#[test]
fn halves_of_a_directive_are_seen_together() {
    let text = "package m\n\n/*\n\n*/\nvar a = 1\n\nvar b = 2\n";
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", text)]);
    let name = ground.path("a.go").to_string_lossy().into_owned();
    let at = text.find("*/").unwrap() - 1;
    let first = stream_of(&[(name.clone(), at, at, "//go:gen".to_owned())]);
    let second = stream_of(&[
        (name, at + 1, at + 1, String::new()),
        (ground.path("a.go").to_string_lossy().into_owned(), at, at + 1, "erate ls\n".to_owned()),
    ]);
    let ran = ground.feed(&["apply", "-", "--verify", "none"], format!("{first}\n{second}")).code(1);
    // The second one meets the first, or both are refused: they never go in together.
    ran.err(&["left alone: a.go"]);
    assert!(!ground.text("a.go").contains("//go:generate"));
}

#[test]
fn of_two_fixes_that_meet_the_first_is_taken() {
    let ground = pair();
    let (one, two) = (stream(&ground, "return 2", "return 1 + 1"), stream(&ground, "2\n}", "3\n}"));
    let ran = ground.feed(&["apply", "-", "--verify", "gofmt"], format!("{one}{two}{one}")).code(1);
    ran.out(&["Applied 1 fix in 1 file."])
        .err(&["pair.go:10 go-vet/toy: its edits meet those of go-vet/toy at pair.go:10"]);
    assert_eq!(ground.text("pair.go"), PAIR.replace("return 2", "return 1 + 1"));
}

#[test]
fn of_alternatives_the_first_is_taken() {
    let ground = pair();
    let mut input: serde_json::Value =
        serde_json::from_str(&stream(&ground, "return 2", "return 1 + 1")).unwrap();
    let fixes = &mut input["example.com/m"]["toy"][0]["suggested_fixes"];
    let mut other = fixes[0].clone();
    other["edits"][0]["new"] = json!("return 3 - 1");
    fixes.as_array_mut().unwrap().push(other);
    let ran = ground.feed(&["apply", "-", "--verify", "gofmt"], input.to_string()).code(0);
    ran.out(&["Applied 1 fix in 1 file."]).err(&["1 fix has alternatives, of which the first is taken"]);
    assert_eq!(ground.text("pair.go"), PAIR.replace("return 2", "return 1 + 1"));
}

#[test]
fn comments_baselines_numbers_and_parts_leave_fixes_out() {
    let text = PAIR.replace("\treturn 2", "\treturn 2 //nolint:toy");
    let ground = Ground::new(&[("go.mod", MOD), ("pair.go", &text), ("sub/pair.go", PAIR)]);
    let both =
        |old: &str, new: &str| format!("{}{}", diff("pair.go", old, new), diff("sub/pair.go", old, new));
    let fix = stream(&ground, "return 2", "return 1 + 1");
    ground
        .feed(&["apply", "-"], &fix)
        .code(0)
        .out(&["Nothing to fix."])
        .err(&["1 fix is suppressed by comments"]);
    let patch = both("\treturn 1", "\treturn 2 - 1").replace("-10,1", "-5,1");
    let unproved = ["apply", "-", "--verify", "gofmt", "-l"];
    let with = |more: &[&str]| ground.feed(&[&unproved[..], more].concat(), &patch);
    with(&[]).code(1).out(&["pair.go\nsub/pair.go\n"]);
    let ran = with(&["--max-fixes", "1"]).code(1).err(&["1 fix is left for another run"]);
    assert_eq!(ran.out, "pair.go\n");
    let parts: Vec<Ran> = ["1/2", "2/2"].map(|part| with(&["--shard", part])).into();
    assert_eq!(parts.iter().map(|ran| ran.out.lines().count()).sum::<usize>(), 2);
    ground
        .feed(&["apply", "-", "--max-fixes", "1", "--baseline", "b.json", "--write-baseline"], &patch)
        .code(0)
        .err(&["2 fixes listed in b.json."]);
    with(&["--baseline", "b.json"]).code(0).err(&["2 fixes are in the baseline"]);
    assert_eq!(ground.text("sub/pair.go"), PAIR);
    ground.run(&["check"]).code(0);
    ground.put("pair.go", PAIR.replace("\treturn 1", "\t//gomend:ignore diff it is ours\n\treturn 1"));
    let ran = with(&[]).code(1).err(&["1 fix is suppressed by comments"]);
    assert_eq!(ran.out, "sub/pair.go\n");
    ground.run(&["check"]).code(0);
}

#[test]
fn fixes_travel_as_patches_and_commits() {
    let ground = old();
    let input = go(&ground, &["fix", "-json", "./..."]);
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    for (name, value) in [("user.name", "a"), ("user.email", "a@example.com")] {
        ground.git(&["config", name, value]);
    }
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("patches").to_string_lossy().into_owned();
    let ran = ground.feed(&["apply", "-", "--split-by", "rule", "--out", &out], &input).code(0);
    ran.out(&[
        "go-fix-any.patch: 2 fixes in 2 files",
        "go-fix-rangeint.patch: 1 fix",
        "go-fix-slicessort.patch: 1 fix",
    ]);
    let ran = ground.feed(&["apply", "-", "--commit-per", "rule"], &input).code(0);
    ran.out(&["Committed: Apply the fixes of go-fix/any", "Committed: Apply the fixes of go-fix/slicessort"]);
    assert_eq!(ground.text("sum.go"), NEW);
    assert_eq!(ground.git(&["status", "--short"]), "");
    assert_eq!(ground.git(&["log", "--oneline"]).lines().count(), 4);
}

#[test]
fn what_is_not_whole_is_refused_before_anything_is_written() {
    let ground = pair();
    let whole = [
        ("go-analysis", stream(&ground, "return 2", "return 1 + 1")),
        (
            "golangci",
            issue(json!({"Replacement": {"NewLines": ["\treturn 1 + 1"]}}))
                .lines()
                .next()
                .unwrap()
                .to_owned(),
        ),
        ("sarif", sarif(json!({"startLine": 10, "startColumn": 2, "endColumn": 10}), "pair.go").to_string()),
        ("rdjson", rdjson(json!({"start": {"line": 10}, "end": {"line": 10}}), "\treturn 1 + 1").to_string()),
        ("diff", diff("pair.go", "\treturn 2", "\treturn 1 + 1")),
    ];
    let refused = |args: &[&str], input: &[u8]| {
        let ran = ground.feed(&[&["apply", "-", "--verify", "none"], args].concat(), input);
        assert!(ran.code == Some(2) && ran.err.contains("error: standard input: "), "{ran:?}");
        assert_eq!(ground.text("pair.go"), PAIR);
    };
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "[".repeat(100_000));
    for (from, input) in &whole {
        let bytes = input.as_bytes();
        for cut in [bytes.len() * 2 / 3, bytes.len() / 2] {
            refused(&["--from", from], &bytes[..cut]);
        }
        refused(&["--from", from], b"");
        refused(&["--from", from], b"\xff\xfe\x00garbage");
        refused(&["--from", from], b"{\"Issues\":3,\"runs\":3,\"diagnostics\":3,\"x\":3}");
        refused(&["--from", from], deep.as_bytes());
    }
    for input in [&b""[..], b"garbage", b"\x00\x01\x02", b"[1,2]", b"[[[[", b"<xml/>"] {
        refused(&[], input);
    }
    let ran = ground.feed(&["apply", "-"], &deep).code(2);
    assert!(ran.err.len() < 1000, "{}", ran.err);
}

#[test]
fn an_input_that_is_too_large_is_refused() {
    let ground = pair();
    let file = std::fs::File::create(ground.path("huge.json")).unwrap();
    file.set_len(300 << 20).unwrap();
    ground
        .run(&["apply", "huge.json", "--from", "sarif"])
        .code(2)
        .err(&["huge.json: larger than 256 MiB, which is the limit"]);
    ground.run(&["apply", "huge.json"]).code(2).err(&["huge.json: larger than 256 MiB"]);
    // Many small hunks take more than their size says.
    let one = "@@ -10 +10 @@\n-\treturn 2\n+\treturn 3\n";
    let many = format!("--- a/pair.go\n+++ b/pair.go\n{}", one.repeat(1_000_001));
    ground.feed(&["apply", "-", "--verify", "none"], many).code(2).err(&["more than 1000000 hunks"]);
    assert_eq!(ground.text("pair.go"), PAIR);
}

#[test]
fn options_for_other_tools_are_not_for_a_plan() {
    let ground = Ground::sleepy();
    ground.run(&["fix", "--verify", "none", "--plan-out", "plan.json"]).code(0);
    ground
        .run(&["apply", "plan.json", "--max-fixes", "1"])
        .code(2)
        .err(&["--max-fixes is for the fixes of other tools"]);
    ground
        .feed(&["apply", "-", "--verify", "none"], ground.text("plan.json"))
        .code(0)
        .out(&["Applied 1 fix"]);
    ground.run(&["apply"]).code(2);
}
