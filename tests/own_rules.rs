//! Rules that a team writes: their examples run as `gomend test` runs them, and the verbs
//! that find, apply and write them.

use crate::ground::Ground;
use std::path::{Path, PathBuf};

const MODULE: (&str, &str) = ("go.mod", "module example.com/m\n\ngo 1.24\n");
const CODE: (&str, &str) = (
    "a.go",
    "package m\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\nfunc f(s string) bool {\n\tfmt.Println(s)\n\treturn strings.Index(s, \"a\"+s) >= 0\n}\n",
);
const RULE: &str = "title: ask for what is meant\nlevel: safe\n\nIt says so.\n\n-- rule.patch --\n@@\nimport \"strings\"\nvar a, b expr\n@@\n-strings.Index(a, b) >= 0\n+strings.Contains(a, b)\n-- a.in.go --\npackage p\n\nimport \"strings\"\n\nvar x = strings.Index(\"a\", \"b\") >= 0\n-- a.out.go --\npackage p\n\nimport \"strings\"\n\nvar x = strings.Contains(\"a\", \"b\")\n-- want --\na.in.go:5 safe\n";

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own_rules")
}

#[test]
fn every_rule_does_what_its_examples_say() {
    let ground = Ground::new(&[]);
    let folder = rules();
    let ran = ground.run(&["test", "--rules", folder.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    let files = std::fs::read_dir(&folder).unwrap().flatten();
    let number = files.filter(|file| file.file_name().to_string_lossy().ends_with(".txtar")).count();
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("ok ")).count(), number, "{}", ran.out);
}

#[test]
fn an_example_that_says_something_else_fails_with_a_diff() {
    let wrong =
        RULE.replace("var x = strings.Contains", "var y = strings.Contains").replace(":5 safe", ":6 safe");
    let ground = Ground::new(&[(".gomend/rules/contains.txtar", &wrong)]);
    ground.run(&["test"]).code(1).out(&[
        "FAIL  own/contains",
        "-var y = strings.Contains",
        "+var x = strings.Contains",
        "wanted, and not found: a.in.go:6 safe",
        "found, and not wanted: a.in.go:5 safe",
    ]);
    ground.run(&["test", "--bless"]).code(0);
    assert_eq!(ground.text(".gomend/rules/contains.txtar"), RULE);
    ground.run(&["test", "contains"]).code(0).out(&["ok    own/contains  1 example"]);
}

#[test]
fn an_example_that_does_not_build_fails() {
    let wrong = RULE.replace("var x = ", "var x int = ");
    let ground = Ground::new(&[(".gomend/rules/contains.txtar", &wrong)]);
    ground.run(&["test"]).code(1).out(&["the input does not build"]);
}

#[test]
fn rules_beside_the_code_are_rules_like_others() {
    let ground = Ground::new(&[MODULE, CODE, (".gomend/rules/contains.txtar", RULE)]);
    ground.run(&["check"]).code(1).out(&["own/contains", "a.go:10:9", "ask for what is meant"]);
    ground.run(&["check", "--ignore", "own"]).code(0);
    ground.run(&["explain", "own/contains"]).code(0).out(&[
        "It says so.",
        "evaluated-twice",
        "-strings.Index(a, b) >= 0",
    ]);
    ground.run(&["rules"]).code(0).out(&["own/contains"]);
    ground.run(&["fix"]).code(0);
    assert!(ground.text("a.go").contains("return strings.Contains(s, \"a\"+s)"));
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("a.go"), CODE.1);
}

#[test]
fn a_rule_that_changed_is_run_anew() {
    let ground = Ground::new(&[MODULE, CODE, (".gomend/rules/contains.txtar", RULE)]);
    ground.run(&["check"]).code(1).out(&["own/contains"]);
    ground.put(".gomend/rules/contains.txtar", RULE.replace(">= 0\n+", "< 0\n+!"));
    ground.run(&["check"]).code(0);
}

#[test]
fn a_rule_that_cannot_be_read_stops_the_run_with_its_place() {
    let wrong = RULE.replace("var a, b expr", "var a expr");
    let ground = Ground::new(&[
        MODULE,
        CODE,
        (".gomend/rules/contains.txtar", &wrong.replace("-strings.", "-undeclared.")),
    ]);
    ground
        .run(&["check"])
        .code(2)
        .err(&[".gomend/rules/contains.txtar:11:2: `undeclared` is neither a package that the rule imports"]);
}

#[test]
fn a_pattern_on_the_command_line_goes_the_way_of_a_fix() {
    let ground = Ground::new(&[MODULE, CODE]);
    let pattern = "strings.Index($s, sep) >= 0 -> strings.Contains($s, sep)";
    ground.run(&["rewrite", pattern]).code(0).out(&["Nothing to fix"]);
    let pattern = "strings.Index($s, $sep) >= 0 -> strings.Contains($s, $sep)";
    ground.run(&["rewrite", "--diff", pattern]).code(1).out(&["+\treturn strings.Contains(s, \"a\"+s)"]);
    assert_eq!(ground.text("a.go"), CODE.1);
    ground.run(&["rewrite", pattern]).code(0).out(&["Applied 1 fix"]);
    ground.run(&["undo"]).code(0);
    ground.run(&["rewrite", "fmt.Println($*all)"]).code(1).out(&["a.go:9:2"]);
    ground.run(&["rewrite", "x -> (x)"]).code(2).err(&["matches every expression"]);
    ground.run(&["rewrite", "nowhere.Do(x) -> x"]).code(2).err(&["--import nowhere=PATH"]);
    ground.run(&["rewrite", "rand.Int() -> 1"]).code(2).err(&["crypto/rand or math/rand"]);
    // What the compiler refuses is not written.
    ground.run(&["rewrite", "strings.Index(a, b) >= 0 -> missing(a, b)"]).code(1);
    assert_eq!(ground.text("a.go"), CODE.1);
}

#[test]
fn a_new_rule_passes_its_own_test() {
    let ground = Ground::new(&[MODULE]);
    ground.run(&["new", "files"]).code(0).out(&[".gomend/rules/files.txtar"]);
    ground.run(&["test"]).code(0).out(&["ok    own/files"]);
    ground.run(&["new", "files"]).code(2).err(&["there already"]);
    ground.run(&["new", "../x"]).code(2).err(&["lower-case letters"]);
}

#[test]
fn an_archive_of_a_stranger_writes_nowhere_else() {
    for name in ["../out.go", "/out.go", ".git/hooks/x.go", "x/../../out.go", "x.s"] {
        let rule = format!("{RULE}-- {name} --\npackage p\n");
        let ground = Ground::new(&[(".gomend/rules/contains.txtar", &rule)]);
        ground.run(&["test"]).code(2).out(&[name]);
    }
}

#[test]
fn gopatch_files_run_as_they_are() {
    let patch = "# Say what is meant.\n@@\nvar a, b expression\n@@\n import \"strings\"\n\n-strings.Index(a, b) >= 0\n+strings.Contains(a, b)\n";
    let ground = Ground::new(&[MODULE, CODE, ("contains.patch", patch)]);
    ground
        .run(&["rewrite", "--patch", "contains.patch", "--diff"])
        .code(1)
        .out(&["+\treturn strings.Contains(s, \"a\"+s)"]);
}
