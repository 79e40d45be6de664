//! Large diffs through the gate: what is broken is found however much of it there is, and what
//! builds only together stays together.

use crate::ground::{Ground, MOD};
use crate::toolchain;
use std::fmt::Write as _;

/// A file of `count` functions, each with a condition that a hunk turns round.
fn conditions(file: usize, count: usize) -> String {
    let mut text = String::from("package m\n");
    for number in 0..count {
        let name = format!("F{file}x{number}");
        write!(
            text,
            "\n// {name} tells whether p is set.\nfunc {name}(p *int) bool {{\n\treturn p != nil\n}}\n"
        )
        .unwrap();
    }
    text
}

/// The diff that turns all conditions of `text` round, those of `broken` wrongly.
fn turned(name: &str, text: &str, broken: impl Fn(usize) -> bool) -> String {
    let mut patch = format!("--- a/{name}\n+++ b/{name}\n");
    let places = text.lines().enumerate().filter(|(_, line)| line.contains("p != nil"));
    for (number, (row, line)) in places.enumerate() {
        let new = if broken(number) {
            format!("\treturn nil != p{number}")
        } else {
            "\treturn nil != p".to_owned()
        };
        writeln!(patch, "@@ -{0} +{0} @@\n-{line}\n+{new}", row + 1).unwrap();
    }
    patch
}

#[test]
fn of_many_broken_hunks_in_one_package_only_those_stay_out() {
    toolchain::need();
    let texts: Vec<String> = (0..4).map(|file| conditions(file, 60)).collect();
    let names: Vec<String> = (0..4).map(|file| format!("f{file}.go")).collect();
    let mut files = vec![("go.mod", MOD)];
    files.extend(names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)));
    let ground = Ground::new(&files);
    // The compiler stops counting at ten in a package; there are twelve.
    let broken = |number: usize| number % 20 == 1;
    let patch: String = names.iter().zip(&texts).map(|(name, text)| turned(name, text, broken)).collect();
    let ran = ground.feed(&["apply", "-"], &patch).code(1);
    ran.out(&["Applied 228 fixes in 4 files.", "12 refused by the proof", "undefined: p41"]);
    let written = |text: &str| {
        let mut number = 0;
        let line = |line: &str| {
            number += usize::from(line.contains("p != nil"));
            let stays = broken(number.wrapping_sub(1));
            if stays { format!("{line}\n") } else { format!("{}\n", line.replace("p != nil", "nil != p")) }
        };
        text.lines().map(line).collect::<String>()
    };
    for (name, text) in names.iter().zip(&texts) {
        assert_eq!(ground.text(name), written(text));
    }
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("f3.go"), texts[3]);
    ground.feed(&["apply", "-"], &patch).code(1).out(&["Applied 228 fixes"]);
}

#[test]
fn hunks_that_build_only_together_are_written_or_left_together() {
    toolchain::need();
    let lib = "package m\n\nfunc load(n int) int { return n }\n\nfunc One() int {\n\treturn load(1)\n}\n\nfunc Two() int {\n\treturn load(2)\n}\n\nfunc Three(p *int) bool {\n\treturn p != nil\n}\n";
    let other = "package m\n\nfunc Four() int {\n\treturn load(4)\n}\n\nfunc Five(p *int) bool {\n\treturn p != nil\n}\n";
    let ground = Ground::new(&[("go.mod", MOD), ("lib.go", lib), ("other.go", other)]);
    let patch = |five: &str, four: &str| {
        format!(
            "--- a/lib.go\n+++ b/lib.go\n@@ -3 +3 @@\n-func load(n int) int {{ return n }}\n+func read(n int) int {{ return n }}\n@@ -6 +6 @@\n-\treturn load(1)\n+\treturn read(1)\n@@ -10 +10 @@\n-\treturn load(2)\n+\treturn read(2)\n@@ -14 +14 @@\n-\treturn p != nil\n+\treturn nil != p\n--- a/other.go\n+++ b/other.go\n@@ -4 +4 @@\n-\treturn load(4)\n+\treturn {four}\n@@ -8 +8 @@\n-\treturn p != nil\n+\treturn {five}\n"
        )
    };
    // A stranger is at fault: the others are written.
    let ran = ground.feed(&["apply", "-"], patch("nil != q", "read(4)")).code(1);
    ran.out(&["Applied 5 fixes in 2 files.", "1 refused by the proof", "undefined: q"]);
    ground.run(&["undo"]).code(0);
    // One of them is at fault: none of them is, and the strangers are.
    let ran = ground.feed(&["apply", "-"], patch("nil != p", "read(\"4\")")).code(1);
    let ran = ran.out(&["Applied 2 fixes in 2 files.", "4 refused by the proof"]);
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("refused with the 3 other fixes that change or name the same declaration"),
        "{flat}"
    );
    assert_eq!(ground.text("lib.go"), lib.replace("p != nil", "nil != p"));
    assert_eq!(ground.text("other.go"), other.replace("p != nil", "nil != p"));
    ground.run(&["undo"]).code(0);
    ground.put("all.patch", patch("nil != p", "read(4)"));
    ground.run(&["apply", "all.patch", "--diff", "--report", "page.html"]).code(1);
    let page = ground.text("page.html");
    assert!(page.contains("the same declaration as the fixes at lib.go:3, lib.go:6, lib.go:10;"), "{page}");
}

/// One fix of a toy analyzer, with a link to follow.
fn sarif(level: &str) -> String {
    let region = serde_json::json!({"startLine": 4, "startColumn": 9, "endColumn": 16});
    let change = serde_json::json!({"artifactLocation": {"uri": "one.go"}, "replacements": [{"deletedRegion": region, "insertedContent": {"text": level}}]});
    serde_json::json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Toy", "rules": [{"id": "T1", "helpUri": "https://toy.example/T1"}]}},
        "results": [{"ruleId": "T1", "message": {"text": "load(1) is <slow>"}, "fixes": [{"description": {"text": "Write the number"}, "artifactChanges": [change]}]}]}]})
    .to_string()
}

fn one() -> Ground {
    Ground::new(&[
        ("go.mod", MOD),
        (
            "one.go",
            "package m\n\nfunc One() int {\n\treturn load(1)\n}\n\nfunc load(n int) int { return n }\n",
        ),
    ])
}

#[test]
fn the_fixes_of_other_tools_are_reported_in_every_format() {
    toolchain::need();
    let ground = one();
    ground.put("toy.sarif", sarif("1"));
    let report = |format: &str| {
        let args = ["apply", "toy.sarif", "--diff", "--format", format];
        ground.run(&args).code(1).out(&["T1", "one.go"])
    };
    for format in ["sarif", "github", "gitlab", "checkstyle", "junit", "rdjson", "markdown"] {
        report(format);
    }
    report("json").out(&[
        "\"rule\":\"toy/T1\"",
        "\"level\":\"unsafe\"",
        "\"proof\":\"proved\"",
        "Write the number",
    ]);
    assert!(ground.text("one.go").contains("load(1)"));
    // A fix that the proof refuses is reported with the compiler's words.
    ground.put("toy.sarif", sarif("wrong"));
    report("json").out(&["\"proof\":\"refused\"", "undefined: wrong"]);
}

#[test]
fn the_page_shows_the_words_and_the_link_of_the_tool() {
    toolchain::need();
    let ground = one();
    ground.put("toy.sarif", sarif("1"));
    ground.put("gomend.toml", "promote = [\"toy/T1\"]\n");
    let ran = ground.run(&["apply", "toy.sarif", "--report", "page.html", "--format", "json"]).code(0);
    ran.out(&["\"level\":\"safe\""]).err(&["Wrote page.html.", "Applied 1 fix in 1 file."]);
    assert!(ground.text("one.go").contains("return 1\n"));
    let page = ground.text("page.html");
    for part in ["toy/T1", "https://toy.example/T1", "load(1) is &lt;slow&gt;", "Write the number"] {
        assert!(page.contains(part), "{part} is not in the page");
    }
    ground.run(&["undo"]).code(0);
    ground.run(&["apply", "toy.sarif", "--trust-stale", "--diff", "--report", "page.md"]).code(1);
    assert!(ground.text("page.md").contains("toy/T1"));
    ground.put("gomend.toml", "promote = [\"no-such-rule\"]\n");
    ground.run(&["apply", "toy.sarif", "--trust-stale", "--diff"]).code(2).err(&["no-such-rule"]);
}

#[test]
fn many_refusals_for_one_reason_are_one_line() {
    let text = format!("// Code generated by a tool. DO NOT EDIT.\n\n{}", conditions(0, 9));
    let ground = Ground::new(&[("go.mod", MOD), ("gen.go", &text)]);
    let start = |number: usize| text.match_indices("p != nil").nth(number).unwrap().0;
    let edit = |number: usize| serde_json::json!({"posn": "", "message": "a toy", "suggested_fixes": [{"message": "Turn", "edits": [{"filename": ground.path("gen.go"), "start": start(number), "end": start(number) + 8, "new": "nil != p"}]}]});
    let all: Vec<_> = (0..9).map(edit).collect();
    let input = serde_json::json!({"example.com/m": {"toy": all}}).to_string();
    let ran = ground.feed(&["apply", "-"], &input).code(1);
    let ran = ran.err(&["left alone: gen.go: 9 fixes of go-vet/toy: it is generated"]);
    assert_eq!(ran.err.matches("it is generated").count(), 1);
}
