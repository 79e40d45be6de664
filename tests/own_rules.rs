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
    ground.run(&["test"]).code(1).out(&["contains.txtar:18:13: a.in.go:5:13 does not compile"]);
}

#[test]
fn an_example_that_does_not_build_is_not_blessed() {
    let wrong = RULE.replace("var x = ", "var x int = ");
    let ground = Ground::new(&[(".gomend/rules/contains.txtar", &wrong)]);
    let said = ["contains.txtar:18:13: a.in.go:5:13 does not compile"];
    ground.run(&["test", "--bless"]).code(1).out(&said);
    assert_eq!(ground.text(".gomend/rules/contains.txtar"), wrong);
}

#[test]
fn an_example_in_a_test_says_what_the_rule_needs_to_look_there() {
    let tests = RULE.replace("-- a.", "-- a_test.").replace("a.in.go:5", "a_test.in.go:5");
    let ground = Ground::new(&[(".gomend/rules/contains.txtar", &tests)]);
    ground
        .run(&["test"])
        .code(1)
        .out(&["a_test.in.go: the rule does not look at tests; write `tests: always`"]);
    for word in ["always", "when-included"] {
        let header = format!("level: safe\ntests: {word}");
        ground.put(".gomend/rules/contains.txtar", tests.replace("level: safe", &header));
        ground.run(&["test"]).code(0);
    }
}

#[test]
fn an_example_that_gofmt_would_write_otherwise_is_named() {
    let untidy = RULE.replace(" --\npackage p\n", " --\npackage  p\n");
    let ground = Ground::new(&[(".gomend/rules/contains.txtar", &untidy)]);
    let said = "a.in.go: warning: gofmt would write it otherwise; format it, or say `gofmt: no`";
    ground.run(&["test"]).code(0).err(&[said]);
    let told = untidy.replace("level: safe", "level: safe\ngofmt: no");
    ground.put(".gomend/rules/contains.txtar", &told);
    let ran = ground.run(&["test"]);
    assert!(!ran.err.contains("gofmt"), "{}", ran.err);
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
fn a_folder_of_rules_that_comes_or_goes_counts_in_the_next_run() {
    let ground = Ground::new(&[MODULE, ("deep/down/a.go", CODE.1)]);
    let check = |code: i32| {
        // The second run is told what the first one saw.
        for _ in 0..2 {
            ground.run(&["check"]).code(code);
        }
    };
    check(0);
    ground.put("deep/.gomend/rules/contains.txtar", RULE);
    check(1);
    std::fs::remove_dir_all(ground.path("deep/.gomend")).unwrap();
    check(0);
    ground.put("deep/down/.gomend/rules/contains.txtar", RULE);
    check(1);
    ground.run(&["check", "--no-cache"]).code(1);
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
fn what_follows_a_patch_that_cannot_be_read_adds_no_errors() {
    let rule = "title: t\n\n-- rule.patch --\n@@\nimport \"context\"\nfunc load\n@@\n-func load(...) time.Time\n+func load(ctx context.Context, ...) time.Time\n\n@@ calls\nvar ctx ident\nwhere ctx: context.Context\n@@\n-load(...)\n+load(ctx, ...)\n";
    let ground = Ground::new(&[MODULE, CODE, (".gomend/rules/load.txtar", rule)]);
    let ran = ground.run(&["check"]).code(2).err(&["load.txtar:8:", "`time` is neither a package"]);
    assert!(!ran.err.contains("`context`"), "{}", ran.err);
}

#[test]
fn why_asks_for_types_and_names_the_one_that_is_wanted() {
    let code =
        "package m\n\nimport \"example.com/m/made\"\n\nfunc f() {\n\tmade.A().Get()\n\tmade.B().Get()\n}\n";
    let made = "package made\n\ntype A1 struct{}\n\nfunc (*A1) Get() {}\n\ntype B1 struct{}\n\nfunc (*B1) Get() {}\n\nfunc A() *A1 { return nil }\nfunc B() *B1 { return nil }\n";
    let ground = Ground::new(&[MODULE, ("a.go", code), ("made/made.go", made)]);
    let asked = |line: &str| {
        let import = "made=example.com/m/made";
        ground.run(&["rewrite", "$a.Get()", "--var", "a *made.A1", "--import", import, "--why", line])
    };
    asked("a.go:6").code(0).out(&["it matches"]);
    asked("a.go:7").code(0).out(&["the pattern wants `a of the type *made.A1` where `made.B()` stands"]);
}

#[test]
fn a_commit_of_a_rule_is_called_as_the_rule_is() {
    let ground = Ground::new(&[MODULE, CODE, (".gomend/rules/contains.txtar", RULE)]);
    ground.git(&["init", "-q"]);
    ground.git(&["config", "user.name", "a"]);
    ground.git(&["config", "user.email", "a@example.com"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    let said = "Committed: Ask for what is meant\n";
    ground.run(&["fix", "--verify", "none", "--commit-per", "rule"]).code(0).out(&[said]);
}

#[test]
fn a_rule_that_is_kept_everywhere_says_where_and_why() {
    let code = "package m\n\ntype T struct{}\n\nfunc (T) String() string { return \"\" }\n";
    let rule = "title: t\n\n-- rule.patch --\n@@ rename\n@@\n-T.String\n+T.Text\n";
    let ground = Ground::new(&[MODULE, ("a.go", code), (".gomend/rules/text.txtar", rule)]);
    let said = ["Nothing to fix.", "1 kept by a guard:", "a.go:5:10 own/text: ", "(implements-interface)"];
    ground.run(&["fix", "--unsafe"]).code(0).out(&said);
}

#[test]
fn a_name_that_the_root_declares_too_is_told_apart() {
    let rule = "title: t\n\n-- rule.patch --\n@@ rename\n@@\n-T.Old\n+T.New\n";
    let code = |package: &str| format!("package {package}\n\ntype T struct{{}}\n\nfunc (T) Old() {{}}\n");
    let (own, other) = (code("m"), code("other"));
    let ground =
        Ground::new(&[MODULE, ("a.go", &own), ("other/a.go", &other), (".gomend/rules/t.txtar", rule)]);
    ground.run(&["check"]).code(2).err(&["`T.Old` is declared in example.com/m and other"]);
}

#[test]
fn an_example_says_nothing_to_the_linker() {
    for pragma in ["//go:cgo_ldflag \"-fuse-ld=evil\"", "\t//go:cgo_import_dynamic _ _ \"libc.so\""] {
        let example = RULE.replace("var x", &format!("{pragma}\nvar x"));
        let stub = format!("{RULE}-- example.com/api/api.go --\npackage api\n\n{pragma}\n");
        for rule in [example, stub] {
            let ground = Ground::new(&[(".gomend/rules/contains.txtar", &rule)]);
            ground.run(&["test"]).code(2).err(&["an example may not use cgo; leave `//go:cgo_"]);
        }
    }
}

#[test]
fn a_package_clause_of_gopatch_says_where_code_changes_and_may_change_too() {
    let patch = "@@\n@@\n package foo\n\n-a()\n+b()\n";
    let code = |package: &str| {
        format!("package {package}\n\nfunc a() {{}}\nfunc b() {{}}\n\nfunc f() {{\n\ta()\n\ta()\n}}\n")
    };
    let (foo, other) = (code("foo"), code("other"));
    let ground = Ground::new(&[MODULE, ("foo/a.go", &foo), ("other/a.go", &other), ("a.patch", patch)]);
    ground.run(&["rewrite", "--patch", "a.patch"]).code(0).out(&["Applied 2 fixes in 1 file"]);
    assert_eq!(ground.text("foo/a.go"), foo.replace("\ta()", "\tb()"));
    assert_eq!(ground.text("other/a.go"), other);
    ground.put("foo/a.go", &foo);
    ground.put("a.patch", "@@\n@@\n-package foo\n+package bar\n\n-a()\n+b()\n");
    ground.run(&["rewrite", "--patch", "a.patch"]).code(0).out(&["Applied 3 fixes in 1 file"]);
    assert_eq!(ground.text("foo/a.go"), foo.replace("\ta()", "\tb()").replace("package foo", "package bar"));
    assert_eq!(ground.text("other/a.go"), other);
    ground.put("a.patch", "@@\nvar x identifier\n@@\n-package x\n+package bar\n\n-a()\n+b()\n");
    ground.run(&["rewrite", "--patch", "a.patch"]).code(0);
    assert_eq!(
        ground.text("other/a.go"),
        foo.replace("\ta()", "\tb()").replace("package foo", "package bar")
    );
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

#[test]
fn the_example_migrations_do_what_they_say() {
    let ground = Ground::new(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/rules");
    let ran = ground.run(&["test", "--rules", folder.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    let files = std::fs::read_dir(&folder).unwrap().flatten();
    let number = files.filter(|file| file.file_name().to_string_lossy().ends_with(".txtar")).count();
    assert!(number >= 12);
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("ok ")).count(), number, "{}", ran.out);
}

/// The blocks of the page about rules, by what stands behind the three quotes.
fn blocks(kind: &str) -> Vec<String> {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/own-rules.md")).unwrap();
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(own)) => open = Some((own == kind, String::new())),
            (Some(_), Some(_)) => {
                let (wanted, text) = open.take().unwrap();
                found.extend(wanted.then_some(text));
            }
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn every_rule_of_the_page_passes_its_own_test() {
    let rules = blocks("txtar");
    assert!(rules.len() >= 7, "{}", rules.len());
    let ground = Ground::new(&[MODULE]);
    for (number, rule) in rules.iter().enumerate() {
        ground.put(&format!(".gomend/rules/page-{number}.txtar"), rule);
    }
    let ran = ground.run(&["test"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("ok ")).count(), rules.len(), "{}", ran.out);
}

#[test]
fn every_command_of_the_page_is_one_that_there_is() {
    let code = (
        "m.go",
        "package m\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n\n\t\"example.com/m/errors\"\n)\n\nfunc f(s string) error {\n\tfmt.Println(s)\n\tif strings.Index(s, \"a\") >= 0 {\n\t\treturn errors.Wrap(nil, \"x\")\n\t}\n\treturn nil\n}\n",
    );
    let errors =
        ("errors/e.go", "package errors\n\nfunc Wrap(err error, text string) error { return err }\n");
    let commands: Vec<String> = blocks("console")
        .iter()
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| line.strip_prefix("$ gomend ").map(str::to_owned))
        .collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        let ground = Ground::new(&[MODULE, code, errors, (".gomend/rules/files.txtar", RULE)]);
        ground.git(&["init", "-q", "-b", "main"]);
        ground.git(&["add", "."]);
        ground.git(&["commit", "-q", "-m", "one"]);
        ground.put("contains.patch", "@@\nvar a, b expression\n@@\n import \"strings\"\n\n-strings.Index(a, b) >= 0\n+strings.Contains(a, b)\n");
        if command.starts_with("new ") {
            std::fs::remove_file(ground.path(".gomend/rules/files.txtar")).unwrap();
            ground.put("m.go", code.1.replace("strings.Index(s, \"a\") >= 0", "strings.Contains(s, \"a\")"));
        }
        let words = shell_words(&command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = ground.run(&words);
        assert!(matches!(ran.code, Some(0 | 1)), "{command}: {}\n{}", ran.out, ran.err);
    }
}

/// The words of a line as a shell would take them, with single quotes only.
fn shell_words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut quoted, mut open) = (false, false);
    for c in line.chars() {
        match c {
            '\'' => (quoted, open) = (!quoted, true),
            ' ' if !quoted => open = false,
            c => {
                if !open || words.is_empty() {
                    words.push(String::new());
                    open = true;
                }
                words.last_mut().unwrap().push(c);
                continue;
            }
        }
        if c == '\'' && quoted && !line.is_empty() {
            words.push(String::new());
        }
    }
    words
}
