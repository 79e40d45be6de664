//! Types that syntax does not tell: asked of the real Go, in trees as they are met.

use crate::ground::{Ground, Ran, finish};

const MOD: (&str, &str) = ("go.mod", "module example.com/m\n\ngo 1.24\n");
const API: (&str, &str) = (
    "api/api.go",
    "package api\n\ntype Client struct{}\n\nfunc (*Client) Get(string)   {}\nfunc (*Client) Fetch(string) {}\n\ntype Cache struct{}\n\nfunc (*Cache) Get(string) {}\n",
);
/// Its functions give what the files of another package cannot know.
const MAKE: (&str, &str) = (
    "made/made.go",
    "package made\n\nimport \"example.com/m/api\"\n\nfunc Client() *api.Client { return nil }\nfunc Cache() *api.Cache   { return nil }\n",
);
const RULE: (&str, &str) = (
    ".gomend/rules/fetch.txtar",
    "title: fetch\nlevel: safe\ntests: always\n\n-- rule.patch --\n@@\nimport \"example.com/m/api\"\nvar c *api.Client\nvar key expr\n@@\n-c.Get(key)\n+c.Fetch(key)\n-- a.in.go --\npackage p\n-- a.out.go --\npackage p\n",
);
const USE: (&str, &str) = (
    "a.go",
    "package m\n\nimport \"example.com/m/made\"\n\nfunc f() {\n\tc, k := made.Client(), made.Cache()\n\tc.Get(\"a\")\n\tk.Get(\"b\")\n}\n",
);

fn ground(files: &[(&str, &str)]) -> Ground {
    Ground::new(&[&[MOD, API, MAKE, RULE], files].concat())
}

/// The findings of `check --types`, as `FILE:LINE LEVEL REASON`.
fn asked(ground: &Ground, args: &[&str]) -> Vec<String> {
    let found = ground.findings(&[&["--types"], args].concat());
    let told = found.iter().map(|one| {
        let (path, line) = (one["path"].as_str().unwrap(), &one["start"]["line"]);
        let reason = one["reason"].as_str().and_then(|reason| Some(reason.split_once('(')?.1));
        format!("{path}:{line} {} {}", one["level"].as_str().unwrap(), reason.unwrap_or_default())
    });
    told.map(|line| line.trim().to_owned()).collect()
}

/// The same for one file `a.go` beside the usual ones.
fn asked_of(text: &str) -> Vec<String> {
    asked(&ground(&[("a.go", text)]), &[])
}

#[test]
fn check_asks_only_when_it_is_told_to() {
    let ground = ground(&[USE]);
    ground.run(&["check", "--show-kept"]).code(0).out(&[
        "type-unknown",
        "a.go:7:2",
        "`check --types` and `fix` ask Go",
    ]);
    assert_eq!(asked(&ground, &[]), ["a.go:7 safe"]);
    ground.run(&["fix"]).code(0).out(&["Applied 1 fix"]);
    assert_eq!(ground.text("a.go"), USE.1.replace("c.Get", "c.Fetch"));
    ground.run(&["fix"]).code(0).out(&["Nothing to fix"]);
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("a.go"), USE.1);
}

#[test]
fn without_go_the_site_is_kept_and_a_note_says_why() {
    let ground = ground(&[USE]);
    let run = |args: &[&str]| {
        let mut command = ground.command(args);
        command.env("PATH", ground.state());
        finish(command)
    };
    let plain = run(&["check", "--show-kept"]).code(0);
    assert!(!plain.err.contains("Go cannot"), "{}", plain.err);
    run(&["check", "--types", "--show-kept"])
        .code(0)
        .out(&["type-unknown"])
        .err(&["Go cannot say the types: go was not found; install Go or put it on PATH"]);
}

#[test]
fn rewrite_takes_the_type_of_a_variable() {
    let ground = ground(&[USE]);
    ground
        .run(&[
            "rewrite",
            "$c.Get($k) -> $c.Fetch($k)",
            "--import",
            "example.com/m/api",
            "--var",
            "c *api.Client",
            "--diff",
        ])
        .code(1)
        .out(&["+\tc.Fetch(\"a\")", " \tk.Get(\"b\")"]);
    ground
        .run(&["rewrite", "$c.Get($k)", "--import", "example.com/m/api", "--var", "c *api.Cache"])
        .code(1)
        .out(&["a.go:8:2"]);
    // The package is the one that the tree imports under that name.
    ground.run(&["rewrite", "$c.Get($k)", "--var", "c *api.Cache"]).code(1).out(&["a.go:8:2"]);
    ground
        .run(&["rewrite", "$c.Get($k)", "--var", "c *nowhere.Cache"])
        .code(2)
        .err(&["no package is called `nowhere` here"]);
}

#[test]
fn a_package_that_does_not_build_tells_what_it_can() {
    let text = format!("{}\nfunc g() {{\n\tmissing().Get(\"c\")\n\tvar x int = \"y\"\n}}\n", USE.1);
    assert_eq!(asked_of(&text), ["a.go:7 safe", "a.go:12 kept c (a.go:12:2: undefined: missing))"]);
    // What cannot even be parsed ends where it cannot.
    let torn = format!("{}\nfunc g() {{\n", USE.1);
    assert_eq!(asked_of(&torn), ["a.go:7 safe"]);
}

#[test]
fn what_comes_of_a_dependency_that_is_missing_is_not_known() {
    let text = "package m\n\nimport (\n\t\"example.com/away\"\n\t\"example.com/m/made\"\n)\n\nfunc f() {\n\tx := away.Client()\n\tx.Get(\"a\")\n\tc := made.Client()\n\tc.Get(\"b\")\n}\n";
    let found = asked_of(text);
    assert_eq!(found[1], "a.go:12 safe");
    assert!(found[0].starts_with("a.go:10 kept c (") && found[0].contains("example.com/away"), "{found:?}");
}

#[test]
fn files_with_c_are_read_without_a_compiler() {
    let text = "package m\n\n// int one(void);\nimport \"C\"\n\nimport \"example.com/m/made\"\n\nfunc f() {\n\tc := made.Client()\n\tc.Get(\"a\")\n\tx := C.client()\n\tx.Get(\"b\")\n}\n";
    let found = asked_of(text);
    assert_eq!(found[0], "a.go:10 safe");
    assert!(found[1].starts_with("a.go:12 kept"), "{found:?}");
    let ground = ground(&[("a.go", text)]);
    for value in ["0", "1"] {
        let mut command = ground.command(&["check", "--types"]);
        command.env("CGO_ENABLED", value).env("CC", "no-such-compiler");
        finish(command).code(1).out(&["a.go:10:2"]);
    }
}

#[test]
fn tests_are_asked_about_in_their_variants() {
    let inner = "package m\n\nimport \"example.com/m/api\"\n\nfunc helper() (*api.Client, error) { return nil, nil }\n\nfunc inner() {\n\tc, _ := helper()\n\tc.Get(\"a\")\n}\n";
    let outer =
        "package m_test\n\nimport \"example.com/m\"\n\nfunc outer() {\n\tm.Exported().Get(\"b\")\n}\n";
    let export = "package m\n\nimport \"example.com/m/made\"\n\nvar Exported = made.Client\n";
    let files = [USE, ("a_test.go", inner), ("b_test.go", outer), ("export_test.go", export)];
    let found = asked(&ground(&files), &["--include", "tests"]);
    assert_eq!(found, ["a.go:7 safe", "a_test.go:9 safe", "b_test.go:6 safe"]);
}

#[test]
fn a_file_of_another_system_is_asked_about_as_that_builds_it() {
    let name = if cfg!(windows) { "a_linux.go" } else { "a_windows.go" };
    assert_eq!(asked(&ground(&[(name, USE.1)]), &[]), [format!("{name}:7 safe")]);
    // A build tag that nobody turns on.
    let tagged = format!("//go:build never\n\n{}", USE.1);
    let found = asked(&ground(&[("a.go", tagged.as_str())]), &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|one| one.contains("kept c (go list does not name this file)")), "{found:?}");
}

#[test]
fn systems_that_do_not_agree_keep_the_site() {
    let text = "package m\n\nfunc f() {\n\topen().Get(\"a\")\n\tsame().Get(\"b\")\n}\n";
    let of = |ty: &str| {
        format!(
            "package m\n\nimport \"example.com/m/made\"\n\nvar open = made.{ty}\nvar same = made.Client\n"
        )
    };
    let (linux, windows, darwin) = (of("Client"), of("Cache"), of("Client"));
    let files = [
        ("a.go", text),
        ("b_linux.go", linux.as_str()),
        ("b_windows.go", windows.as_str()),
        ("b_darwin.go", darwin.as_str()),
    ];
    let found = asked(&ground(&files), &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("a.go:4 kept c (") && found[0].contains("says otherwise"), "{found:?}");
    assert_eq!(found[1], "a.go:5 safe");
}

#[test]
fn vendored_packages_are_those_of_the_build() {
    let rule = RULE.1.replace("example.com/m/api", "example.com/api");
    let api = API.1;
    let made = MAKE.1.replace("example.com/m/api", "example.com/api");
    let text = USE.1.replace("example.com/m/made", "example.com/made");
    let files = [
        (
            "go.mod",
            "module example.com/m\n\ngo 1.24\n\nrequire (\n\texample.com/api v1.0.0\n\texample.com/made v1.0.0\n)\n",
        ),
        (".gomend/rules/fetch.txtar", rule.as_str()),
        ("a.go", text.as_str()),
        ("vendor/example.com/api/api.go", api),
        ("vendor/example.com/made/made.go", made.as_str()),
        (
            "vendor/modules.txt",
            "# example.com/api v1.0.0\n## explicit\nexample.com/api\n# example.com/made v1.0.0\n## explicit\nexample.com/made\n",
        ),
    ];
    let ground = Ground::new(&files);
    assert_eq!(asked(&ground, &[]), ["a.go:7 safe"]);
    // What is vendored is a part of the tree: another text, another answer.
    ground
        .put("vendor/example.com/made/made.go", made.replace("Client() *api.Client", "Client() *api.Cache"));
    assert_eq!(asked(&ground, &[]), Vec::<String>::new());
}

#[test]
fn modules_of_a_workspace_see_each_other() {
    let text = USE.1.replace("example.com/m/made", "example.com/n/made");
    let made = MAKE.1;
    let files = [
        ("go.work", "go 1.24\n\nuse (\n\t./m\n\t./n\n)\n"),
        ("m/go.mod", MOD.1),
        ("m/a.go", text.as_str()),
        ("m/api/api.go", API.1),
        ("n/go.mod", "module example.com/n\n\ngo 1.24\n"),
        ("n/made/made.go", made),
        RULE,
    ];
    assert_eq!(asked(&Ground::new(&files), &[]), ["m/a.go:7 safe"]);
}

#[test]
fn a_line_comment_moves_no_answer() {
    let text = "package m\n\nimport \"example.com/m/made\"\n\nfunc f() {\n//line other.go:1\n\tk, c := made.Cache(), made.Client()\n\tk.Get(\"a\")\n/*line a.go:8:3*/ c.Get(\"b\")\n}\n";
    assert_eq!(asked_of(text), ["a.go:9 safe"]);
}

#[test]
fn answers_are_remembered_as_long_as_nothing_changes() {
    let ground = ground(&[USE]);
    assert_eq!(asked(&ground, &[]), ["a.go:7 safe"]);
    assert_eq!(asked(&ground, &[]), ["a.go:7 safe"]);
    // The helper is not needed for what is known: one that does nothing is as good.
    let kept: Vec<_> =
        std::fs::read_dir(ground.state().join("cache/gomend/types/answers")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    ground.put("made/made.go", MAKE.1.replace("Client() *api.Client", "Client() *api.Cache"));
    assert_eq!(asked(&ground, &[]), Vec::<String>::new());
    ground.put("made/made.go", MAKE.1);
    assert_eq!(asked(&ground, &[]), ["a.go:7 safe"]);
}

#[cfg(unix)]
#[test]
fn the_helper_is_closed_to_others_and_is_what_was_built() {
    use std::os::unix::fs::PermissionsExt;
    let ground = ground(&[USE]);
    assert_eq!(asked(&ground, &[]), ["a.go:7 safe"]);
    let dir = ground.state().join("cache/gomend/types");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let files = std::fs::read_dir(&dir).unwrap().flatten().map(|entry| entry.path());
    let helper = files.into_iter().find(|path| path.is_file() && path.extension().is_none()).unwrap();
    assert_eq!(mode(&helper), 0o700);
    let mark = ground.state().join("ran");
    std::fs::write(&helper, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
    ground.run(&["check", "--types", "--no-cache"]).code(1).out(&["a.go:7:2"]);
    assert!(!mark.exists(), "another program was run");
    // A directory that others may write to is not used.
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o777)).unwrap();
    ground.run(&["check", "--types", "--no-cache"]).code(1).out(&["a.go:7:2"]);
}

#[test]
fn the_types_of_a_pass_lead_to_the_next() {
    // What the first rule writes gives what the second asks about.
    let first = "title: make\nlevel: safe\n\n-- rule.patch --\n@@\nimport \"example.com/m/made\"\n@@\n-made.Old()\n+made.Client()\n-- a.in.go --\npackage p\n-- a.out.go --\npackage p\n";
    let made = format!("{}\nfunc Old() *api.Cache {{ return nil }}\n", MAKE.1);
    let text =
        "package m\n\nimport \"example.com/m/made\"\n\nfunc f() {\n\tc := made.Old()\n\tc.Get(\"a\")\n}\n";
    let files = [("a.go", text), ("made/made.go", made.as_str()), (".gomend/rules/make.txtar", first)];
    let ground = ground(&files);
    ground.run(&["fix"]).code(0).out(&["Applied 2 fixes"]);
    assert_eq!(ground.text("a.go"), text.replace("Old", "Client").replace("c.Get", "c.Fetch"));
}

#[test]
fn a_wrong_type_is_an_error_with_its_place() {
    for (line, said) in [
        ("var c *nowhere.Client", ":7:5: `nowhere` is not a package that the rule imports"),
        ("var c impl io.Writer", ":7:5: `io` is not a package that the rule imports"),
        ("var c what", ":7:7: `what` is not a kind of variable"),
        ("var c ~", ":7:7: `~` is not a kind of variable"),
        ("var c const ", ":7:7: `const` is not a kind of variable"),
        ("where ctx: *nowhere.T", ":7:7: `nowhere` is not a package that the rule imports"),
        ("where value(key) > ", ":7:7: write `value(x) > 0`"),
        ("where each(key)", ":7:7: write `each(args, LABEL)`"),
        ("where follows none", ":7:7: no patch is called `none`"),
        ("where file internal", ":7:7: write `file \"internal/**\"`"),
        ("where result used", ":7:7: `result used` is not a condition"),
        ("let z = fresh(key)", ":7:9: write `fresh(\"name\")`"),
        ("let z = zero(nothing)", ":7:9: `nothing` is not a variable of the rule"),
    ] {
        let rule = RULE.1.replace("tests: always\n", "").replace("var c *api.Client", line);
        let rule = if line.starts_with("var") { rule } else { rule.replace("var key", "var c, key") };
        let ground = Ground::new(&[MOD, API, USE, MAKE, (RULE.0, &rule)]);
        let ran: Ran = ground.run(&["check"]).code(2);
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
    }
}
