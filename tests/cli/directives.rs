//! Directives that a change brings into force or takes out of force without writing one: every
//! format is refused until the kind is named.

use crate::ground::{Ground, MOD};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// One change of a file: its text, what goes and what comes there, and the kind that it is about.
struct Case {
    text: &'static str,
    old: &'static str,
    new: &'static str,
    kind: &'static str,
}

const CASES: &[Case] = &[
    Case {
        text: "package m\n\nimport _ \"embed\"\n\n/* old\n//go:embed go.mod\n// */\nvar text string\n",
        old: "/* old\n",
        new: "// old\n",
        kind: "embed",
    },
    Case {
        text: "package m\n\nimport _ \"embed\"\n\nvar a = `\n//go:embed go.mod\nvar b string // `\n",
        old: "`\n",
        new: "0\n",
        kind: "embed",
    },
    Case {
        text: "package m\n\n//go:embed go.mod\nvar text string\n",
        old: "package m\n",
        new: "package m\n\nimport _ \"embed\"\n",
        kind: "embed",
    },
    Case {
        text: "package m\n\nimport _ \"embed\"\n\n//go:embed go.mod\nvar text string\n\n/* a */\n",
        old: "\"embed\"\n",
        new: "\"embed\"\n\n/*\n",
        kind: "embed",
    },
    Case {
        text: "package m\n\nimport _ \"unsafe\"\n\n/*\n//go:linkname now time.now\n// */\nfunc now() int\n",
        old: "/*\n",
        new: "",
        kind: "linkname",
    },
    Case {
        text: "package m\n\n//go:linkname now time.now\nfunc now() int\n",
        old: "package m\n",
        new: "package m\n\nimport _ \"unsafe\"\n",
        kind: "linkname",
    },
    Case {
        text: "package m\n\nfunc f() {\n\t_ = 1 //go:generate ls\n}\n",
        old: "1 /",
        new: "1\n/",
        kind: "generate",
    },
    Case { text: "package m\n\nfunc f() {\n\t//go:generate ls\n}\n", old: "\t/", new: "/", kind: "generate" },
    Case {
        text: "package m\n\nvar a = 1 // one\n//go:generate ls\nvar b = 2\n",
        old: "one\n",
        new: "one ",
        kind: "generate",
    },
    Case {
        text: "package m\n\n/*\nimport \"C\"\n*/\nvar a = 1\n",
        old: "/*\nimport \"C\"\n*/",
        new: "/*\n*/\nimport \"C\"",
        kind: "cgo",
    },
    Case { text: "package m\n\n/*\nimport \"C\"\n\n// */\nvar a = 1\n", old: "/*\n", new: "", kind: "cgo" },
    Case {
        text: "package m\n\n// #cgo LDFLAGS: -L/x\n\nimport \"C\"\n",
        old: "/x\n\n",
        new: "/x\n",
        kind: "cgo",
    },
    Case {
        text: "package m\n\n/*\n// static int one(void) { return 1; }\n*/\nimport \"C\"\n",
        old: "// static",
        new: "static",
        kind: "cgo",
    },
    Case {
        text: "package m\n\n// #cgo LDFLAGS: -L/x\nimport (\n\t\"C\"\n\t_ \"fmt\"\n)\n",
        old: "\t_ \"fmt\"\n",
        new: "",
        kind: "cgo",
    },
    Case { text: "/*\n//go:build ignore\n\n// */\n\npackage m\n", old: "/*\n", new: "", kind: "build" },
    Case {
        text: "//go:build !never\n\n/* a */\n\npackage m\n",
        old: "//go:build",
        new: "/*\n//go:build",
        kind: "build",
    },
    Case { text: "/* a */ //go:build ignore\n\npackage m\n", old: "/* a */ ", new: "", kind: "build" },
    Case { text: "// +build ignore\npackage m\n", old: "ignore\n", new: "ignore\n\n", kind: "build" },
    Case { text: "package m\n\nvar a = 1\n", old: "package m", new: "package documentation", kind: "build" },
];

/// The change of `case` to the file `a.go` in every format.
fn inputs(ground: &Ground, case: &Case) -> Vec<(&'static str, String)> {
    let Case { text, old, new, .. } = case;
    let start = text.find(old).unwrap();
    let end = start + old.len();
    let place = |at: usize| {
        let line = text[..at].matches('\n').count() + 1;
        (line, at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1)
    };
    let ((line, column), (end_line, end_column)) = (place(start), place(end));
    let after = text.replacen(old, new, 1);
    let path = ground.path("a.go");
    let lines =
        |sign: char, text: &str| text.lines().map(|line| format!("{sign}{line}\n")).collect::<String>();
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let analysis = json!({"m": {"toy": [{"posn": "", "message": "a toy", "suggested_fixes": [{"message": "Play", "edits": [
        {"filename": path, "start": start, "end": end, "new": new}]}]}]}});
    let edits = json!([{"Message": "Play", "TextEdits": [{"Pos": start, "End": end, "NewText": STANDARD.encode(new)}]}]);
    let golangci = json!({"Issues": [{"FromLinter": "toy", "Text": "a toy",
        "Pos": {"Filename": path, "Offset": start, "Line": line, "Column": column}, "SuggestedFixes": edits}]});
    let change = json!({"artifactLocation": {"uri": "a.go"}, "replacements": [{
        "deletedRegion": {"byteOffset": start, "byteLength": old.len()}, "insertedContent": {"text": new}}]});
    let sarif = json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "toy"}},
        "results": [{"ruleId": "T1", "fixes": [{"artifactChanges": [change]}]}]}]});
    let range =
        json!({"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}});
    let rdjson = json!({"message": "a toy", "location": {"path": "a.go"}, "suggestions": [{"range": range, "text": new}]});
    let step = json!({"rule": "toy", "after": hash(&after), "edits": [{"start_byte": start, "end_byte": end, "text": new}]});
    let plan = json!({"plan": 1, "gomend": env!("CARGO_PKG_VERSION"), "proved_by": null, "rules": ["toy"],
        "files": [{"path": "a.go", "before": hash(text), "steps": [step]}],
        "fixes": [{"rule": "toy", "level": "safe", "path": "a.go", "line": line, "column": column, "files": ["a.go"],
            "proof": "proved", "proof_reason": null}]});
    vec![
        ("go-analysis", analysis.to_string()),
        ("golangci", golangci.to_string()),
        ("sarif", sarif.to_string()),
        ("rdjson", rdjson.to_string()),
        (
            "diff",
            format!(
                "--- a/a.go\n+++ b/a.go\n@@ -1,{} +1,{} @@\n{}{}",
                text.lines().count(),
                after.lines().count(),
                lines('-', text),
                lines('+', &after)
            ),
        ),
        ("plan", plan.to_string()),
    ]
}

#[test]
fn a_directive_that_comes_into_force_or_out_of_it_needs_leave_in_every_format() {
    for case in CASES {
        let ground = Ground::new(&[("go.mod", MOD), ("a.go", case.text)]);
        for (from, input) in inputs(&ground, case) {
            ground.put("a.go", case.text);
            let apply = ["apply", "-", "--from", from, "--verify", "none"];
            let ran = ground.feed(&apply, &input);
            let said = ran.err.contains("left alone: a.go")
                && ran.err.contains(&format!("--allow-directive {}", case.kind));
            assert!(ran.code == Some(1) && said, "{from} {:?}: {ran:?}", case.text);
            assert_eq!(ground.text("a.go"), case.text, "{from}");
        }
    }
}

/// A file whose second edit hides the directive that the first one brings out.
const HALVES: &str =
    "package m\n\nimport _ \"embed\"\n\n/* a\n//go:embed go.mod\n*/\nvar text string\n\nvar b = 1\n";

#[test]
fn what_is_left_after_a_proof_is_looked_at_again() {
    crate::toolchain::need();
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", HALVES)]);
    let path = ground.path("a.go");
    let edit = |old: &str, new: &str| {
        let start = HALVES.find(old).unwrap();
        json!({"posn": "", "message": "a toy", "suggested_fixes": [{"message": "Play", "edits": [
            {"filename": path, "start": start, "end": start + old.len(), "new": new}]}]})
    };
    // The import goes by the second fix, and with it the force of the comment. It does not build,
    // so what is left would have both.
    let input = json!({"m": {"toy": [
        edit("/* a", "// a"),
        edit("*/\nvar", "// b\nvar"),
        edit("import _ \"embed\"\n", "import _ \"nowhere\"\n"),
    ]}});
    let ran = ground.feed(&["apply", "-"], input.to_string());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ground.text("a.go").contains("// a\n//go:embed"), "{ran:?}");
}

#[test]
fn what_leaves_the_directives_as_they_are_goes_in() {
    let text = "//go:build !never\n\n// Package m is here.\npackage m\n\nimport _ \"embed\"\n\n//go:embed go.mod\nvar text string\n\n//go:generate ls\nvar b = 1\n\n/* c */\n";
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", text)]);
    for (old, new) in [
        ("b = 1", "b = 2"),
        ("/* c */", "// c"),
        ("var b", "/* b */\nvar b"),
        ("is here", "is there"),
        ("\nvar b", "\n\nvar b"),
        (
            "//go:embed go.mod\nvar text string\n\n//go:generate ls\n",
            "//go:generate ls\n\n//go:embed go.mod\nvar text string\n",
        ),
    ] {
        let case = Case { text, old, new, kind: "" };
        for (from, input) in inputs(&ground, &case) {
            ground.put("a.go", text);
            let ran = ground.feed(&["apply", "-", "--from", from, "--verify", "none"], &input);
            assert_eq!(ran.code, Some(0), "{from} {old:?}: {ran:?}");
            assert_eq!(ground.text("a.go"), text.replacen(old, new, 1), "{from}");
        }
    }
}

#[test]
fn a_kind_that_is_named_is_taken() {
    for case in CASES.iter().filter(|case| case.kind != "cgo") {
        let ground = Ground::new(&[("go.mod", MOD), ("a.go", case.text)]);
        for (from, input) in
            inputs(&ground, case).into_iter().filter(|(from, _)| ["diff", "plan"].contains(from))
        {
            ground.put("a.go", case.text);
            let apply = ["apply", "-", "--from", from, "--verify", "none", "--allow-directive"];
            let other = if case.kind == "embed" { "cgo" } else { "embed" };
            let ran = ground.feed(&[&apply[..], &[other]].concat(), &input);
            assert!(ran.err.contains("--allow-directive"), "{from} {:?}: {ran:?}", case.text);
            let ran = ground.feed(&[&apply[..], &[case.kind]].concat(), &input);
            assert!(!ran.err.contains("--allow-directive"), "{from} {:?}: {ran:?}", case.text);
        }
    }
}
