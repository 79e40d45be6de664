//! The proof with the real Go toolchain, over small modules made on the spot.

use gomend::migrate::given::{FixedFiles, GivenFix, GivenFixes, Guard};
use gomend::rewrite::{FileFix, Proof};
use gomend::syntax::File;
use gomend::text::{Edit, Span};
use gomend::verify::{
    BuildConfig, CandidateFixes, FixRef, ProofOptions, ProofProgress, RenderError, Rendered, Rung, Verdicts,
    prove,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const MOD: &str = "module ex.com/m\n\ngo 1.24\n";

/// Fixes as plain replacements of text, each in one or more files.
#[derive(Default)]
struct Plan {
    fixes: Vec<FixRef>,
    swaps: Vec<Vec<(PathBuf, &'static str, &'static str)>>,
    exports: bool,
    /// Fix → the fix that it stands on.
    needs: BTreeMap<usize, usize>,
}

impl Plan {
    fn fix(mut self, root: &Path, file: &str, from: &'static str, to: &'static str) -> Self {
        self.swaps.push(Vec::new());
        self.fixes.push(FixRef { id: self.fixes.len(), files: Vec::new() });
        self.and(root, file, from, to)
    }

    /// One more file for the last fix.
    fn and(mut self, root: &Path, file: &str, from: &'static str, to: &'static str) -> Self {
        let path = root.join(file);
        let last = self.fixes.len() - 1;
        self.fixes[last].files.push(path.clone());
        self.swaps[last].push((path, from, to));
        self
    }

    fn exports(mut self) -> Self {
        self.exports = true;
        self
    }
}

impl CandidateFixes for Plan {
    fn fixes(&self) -> &[FixRef] {
        &self.fixes
    }

    fn render(&self, without: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
        let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
        let mut lost = BTreeSet::new();
        for (id, swaps) in self.swaps.iter().enumerate() {
            if without.contains(&id) {
                continue;
            }
            if self.needs.get(&id).is_some_and(|base| without.contains(base)) {
                lost.insert(id);
                continue;
            }
            for (path, from, to) in swaps {
                let text = match files.get(path) {
                    Some(text) => text.clone(),
                    None => std::fs::read_to_string(path)?,
                };
                assert!(text.contains(from), "{from} is not in {}", path.display());
                files.insert(path.clone(), text.replacen(from, to, 1));
            }
        }
        let files = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        Ok(Rendered { files, lost })
    }

    fn name(&self, id: usize) -> Option<String> {
        Some(format!("{id} {:?}", self.swaps[id]))
    }

    fn changes_exports(&self, _: &Path) -> bool {
        self.exports
    }
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), files);
    dir
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn with_env(pairs: &[(&str, &str)]) -> ProofOptions {
    let env = pairs.iter().map(|(key, value)| (OsString::from(key), OsString::from(value))).collect();
    ProofOptions { env, jobs: 2, ..ProofOptions::default() }
}

fn run(plan: &Plan) -> Verdicts {
    run_with(plan, &with_env(&[]))
}

fn run_with(plan: &Plan, options: &ProofOptions) -> Verdicts {
    prove(plan, options, &|_| {})
}

#[track_caller]
fn proved(verdicts: &Verdicts, id: usize) {
    assert_eq!(verdicts.per_fix[&id], (Proof::Proved, None), "fix {id}; {:?}", verdicts.notes);
}

#[track_caller]
fn refused(verdicts: &Verdicts, id: usize, words: &str) {
    told(verdicts, id, Proof::Refused, words);
}

#[track_caller]
fn unproved(verdicts: &Verdicts, id: usize, words: &str) {
    told(verdicts, id, Proof::Unproved, words);
}

#[track_caller]
fn told(verdicts: &Verdicts, id: usize, proof: Proof, words: &str) {
    let (found, why) = &verdicts.per_fix[&id];
    let why = why.as_deref().unwrap_or("");
    assert!(*found == proof && why.contains(words), "fix {id}: {found:?} {why}; notes {:?}", verdicts.notes);
}

#[test]
fn a_good_fix_is_proved_and_nothing_is_written() {
    let source = "package m\n\nfunc One() int { return 1 }\n";
    let dir = tree(&[("go.mod", MOD), ("a.go", source)]);
    let verdicts = run(&Plan::default().fix(dir.path(), "a.go", "return 1", "return 2"));
    proved(&verdicts, 0);
    assert_eq!((verdicts.reached, verdicts.notes.len()), (Rung::Vet, 0), "{:?}", verdicts.notes);
    assert_eq!(std::fs::read_to_string(dir.path().join("a.go")).unwrap(), source);
    let mut names: Vec<_> = dir.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.go", "go.mod"]);
}

#[test]
fn the_guilty_fix_is_refused_and_the_others_of_its_file_and_package_go_ahead() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", "package a\n\nfunc one() int { return 1 }\n\nfunc two() int { return 2 }\n"),
        ("a/b.go", "package a\n\nvar _ = one() + two()\n"),
        ("c/c.go", "package c\n\nfunc C() int { return 4 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "a/a.go", "return 1", "return 10")
        .fix(dir.path(), "a/a.go", "return 2", "return nothing")
        .fix(dir.path(), "a/b.go", "one() + two()", "two() + one()")
        .fix(dir.path(), "c/c.go", "return 4", "return \"four\"");
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    refused(&verdicts, 1, "a/a.go:5:25: undefined: nothing");
    proved(&verdicts, 2);
    refused(&verdicts, 3, "cannot use \"four\"");
}

#[test]
fn the_error_may_be_in_a_file_of_an_innocent_fix() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a.go", "package m\n\nfunc gone() int { return 1 }\n"),
        ("b.go", "package m\n\nvar B = gone() + 1\n"),
    ]);
    let plan = Plan::default().fix(dir.path(), "b.go", "+ 1", "+ 2").fix(
        dir.path(),
        "a.go",
        "func gone() int { return 1 }",
        "const gone = 1",
    );
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    refused(&verdicts, 1, "b.go:3:9");
}

#[test]
fn vet_refuses_what_is_new_and_forgives_what_was_there() {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "a.go",
            "package m\n\nimport \"fmt\"\n\nfunc A(n int) {\n\tfmt.Printf(\"%s\\n\", 1)\n\tfmt.Printf(\"%d\\n\", n)\n\tfmt.Println(n)\n}\n",
        ),
    ]);
    let plan = Plan::default().fix(dir.path(), "a.go", "fmt.Println(n)", "fmt.Println(n + 1)").fix(
        dir.path(),
        "a.go",
        "%d",
        "%s",
    );
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    refused(&verdicts, 1, "fmt.Printf format %s has arg n of wrong type int");
    let build = run_with(&plan, &ProofOptions { rung: Rung::Build, ..with_env(&[]) });
    proved(&build, 1);
    assert_eq!(build.reached, Rung::Build);
}

#[test]
fn a_package_that_was_broken_proves_nothing_but_still_refuses() {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "a.go",
            "package m\n\nfunc A() int { return missing }\n\nfunc B() int { return 1 }\n\nfunc C() int { return 1 }\n",
        ),
    ]);
    let plan = Plan::default().fix(dir.path(), "a.go", "package m\n", "package m\n\nvar _ = 0\n").fix(
        dir.path(),
        "a.go",
        "func B() int { return 1 }",
        "func B() int { return \"\" }",
    );
    let verdicts = run(&plan);
    unproved(&verdicts, 0, "package already broken: ");
    unproved(&verdicts, 0, "undefined: missing");
    refused(&verdicts, 1, "cannot use \"\"");
}

/// An error that names a second place is the same one when a fix has moved that place.
#[test]
fn an_old_error_with_a_second_place_refuses_nobody() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a.go", "package m\n\nfunc A() int { return 1 }\n\nfunc Twice() {}\n"),
        ("b.go", "package m\n\nfunc Twice() {}\n\nfunc Twice() {}\n"),
    ]);
    for file in ["a.go", "b.go"] {
        let plan = Plan::default().fix(dir.path(), file, "package m\n", "package m\n\nvar _ = 0\n");
        unproved(&run(&plan), 0, "package already broken: ");
    }
}

#[test]
fn an_error_beyond_the_compilers_limit_is_seen() {
    let mut source = String::from("package m\n\n");
    for at in 0..15 {
        source.push_str(&format!("var v{at} = missing{at}\n"));
    }
    source.push_str("\nfunc Last() int { return 1 }\n");
    let dir = tree(&[("go.mod", MOD), ("a.go", &source)]);
    let verdicts = run(&Plan::default().fix(dir.path(), "a.go", "return 1", "return \"\""));
    refused(&verdicts, 0, "cannot use \"\"");
}

#[test]
fn files_of_other_platforms_are_proved_there_and_tags_need_a_configuration() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", "package a\n"),
        ("a/a_windows.go", "package a\n\nfunc W() int { return 1 }\n"),
        ("a/t.go", "//go:build special\n\npackage a\n\nfunc T() int { return 1 }\n"),
        ("a/v.go", "//go:build go1.99\n\npackage a\n\nfunc V() int { return 1 }\n"),
        ("w/only_windows.go", "package w\n\nfunc W() int { return 1 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "a/a_windows.go", "return 1", "return 2")
        .fix(dir.path(), "a/t.go", "return 1", "return 2")
        .fix(dir.path(), "a/v.go", "return 1", "return 2")
        .fix(dir.path(), "w/only_windows.go", "return 1", "return 2")
        .fix(dir.path(), "w/only_windows.go", "func W() int", "func W() string");
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    unproved(&verdicts, 1, "build tag off for linux/");
    unproved(&verdicts, 2, "newer Go needed: //go:build go1.99");
    proved(&verdicts, 3);
    refused(&verdicts, 4, "cannot use 2");
    let windows = BuildConfig {
        goos: Some("windows".into()),
        goarch: Some("amd64".into()),
        tags: vec!["special".into()],
    };
    let configs = vec![BuildConfig::default(), windows];
    let verdicts = run_with(&plan, &ProofOptions { configs, ..with_env(&[("GOFLAGS", "-tags=other")]) });
    proved(&verdicts, 0);
    proved(&verdicts, 1);
    unproved(&verdicts, 2, "newer Go needed");
    proved(&verdicts, 3);
    refused(&verdicts, 4, "cannot use 2");
}

#[test]
fn test_files_and_external_test_packages_count() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a.go", "package m\n\nfunc hidden() int { return 1 }\n\nfunc Open() int { return hidden() }\n"),
        (
            "a_test.go",
            "package m\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tif hidden() != 1 {\n\t\tt.Fatal(1)\n\t}\n}\n",
        ),
        (
            "x_test.go",
            "package m_test\n\nimport (\n\t\"testing\"\n\n\t\"ex.com/m\"\n)\n\nfunc TestX(t *testing.T) {\n\tt.Log(m.Open())\n}\n",
        ),
        (
            "only/o_test.go",
            "package only_test\n\nimport \"testing\"\n\nfunc TestO(t *testing.T) { t.Log(1) }\n",
        ),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "a_test.go", "t.Fatal(1)", "t.Fatal(2)")
        .fix(dir.path(), "x_test.go", "t.Log(m.Open())", "t.Logf(\"%s\", m.Open())")
        .fix(dir.path(), "only/o_test.go", "t.Log(1)", "t.Log(2)");
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    refused(&verdicts, 1, "format %s has arg m.Open() of wrong type int");
    proved(&verdicts, 2);
    // The package alone would build; its own test would not.
    let hides = Plan::default()
        .fix(dir.path(), "a.go", "func hidden() int { return 1 }", "func hidden2() int { return 1 }")
        .and(dir.path(), "a.go", "return hidden()", "return hidden2()");
    refused(&run(&hides), 0, "a_test.go:6:5: undefined: hidden");
}

#[test]
fn broken_tests_leave_their_package_built_but_not_vetted() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a.go", "package m\n\nfunc A() int { return 1 }\n"),
        ("a_test.go", "package m\n\nvar _ = missing\n"),
        ("d/d.go", "package d\n\nfunc D() int { return 1 }\n"),
        ("d/d_test.go", "package d\n\nimport _ \"github.com/gone/testify\"\n"),
    ]);
    let plan = Plan::default().fix(dir.path(), "a.go", "return 1", "return 2").fix(
        dir.path(),
        "d/d.go",
        "return 1",
        "return 2",
    );
    let verdicts = run(&plan);
    unproved(&verdicts, 0, "package already broken: its tests: ");
    unproved(&verdicts, 1, "dependency missing: ");
    let build = run_with(&plan, &ProofOptions { rung: Rung::Build, ..with_env(&[]) });
    proved(&build, 0);
    proved(&build, 1);
}

#[test]
fn a_missing_dependency_drops_only_what_needs_it() {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "bad/bad.go",
            "package bad\n\nimport \"github.com/gone/dep\"\n\nfunc B() int { return dep.X + 1 }\n",
        ),
        ("user/user.go", "package user\n\nimport \"ex.com/m/bad\"\n\nfunc U() int { return bad.B() + 1 }\n"),
        ("good/good.go", "package good\n\nfunc G() int { return 1 }\n"),
        ("worse/worse.go", "package worse\n\nfunc W() int { return 1 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "bad/bad.go", "+ 1", "+ 2")
        .fix(dir.path(), "user/user.go", "+ 1", "+ 2")
        .fix(dir.path(), "good/good.go", "return 1", "return 2")
        .fix(
            dir.path(),
            "worse/worse.go",
            "package worse\n",
            "package worse\n\nimport _ \"github.com/gone/new\"\n",
        );
    let verdicts = run(&plan);
    unproved(&verdicts, 0, "dependency missing: ");
    unproved(&verdicts, 1, "dependency missing: ");
    proved(&verdicts, 2);
    refused(&verdicts, 3, "github.com/gone/new");
}

#[test]
fn importers_are_looked_at_when_exports_change() {
    let files = [
        ("go.mod", MOD),
        ("a/a.go", "package a\n\nfunc A() int { return 1 }\n\nfunc B() int { return 1 }\n"),
        ("b/b.go", "package b\n\nimport \"ex.com/m/a\"\n\nvar X int = a.A()\n"),
    ];
    let dir = tree(&files);
    let plan =
        || {
            Plan::default()
                .fix(dir.path(), "a/a.go", "A() int { return 1 }", "A() string { return \"\" }")
                .fix(dir.path(), "a/a.go", "B() int { return 1 }", "B() int { return 2 }")
        };
    proved(&run(&plan()), 0);
    let verdicts = run(&plan().exports());
    refused(&verdicts, 0, "b/b.go:5:13: cannot use a.A()");
    proved(&verdicts, 1);
}

#[test]
fn without_a_module_gofmt_is_all_there_is() {
    let dir = tree(&[
        ("a.go", "package a\n\nfunc A() int { return 1 }\n"),
        ("b.go", "package a\n\nfunc B() int { return 1 }\n"),
        ("c.go", "package a\n\nfunc C() int { return 1 }\n"),
        ("d.go", "package a\nfunc D()   int { return 1 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "a.go", "return 1", "return 2")
        .fix(dir.path(), "b.go", "return 1", "return  2")
        .fix(dir.path(), "c.go", "return 1", "return )")
        .fix(dir.path(), "d.go", "return 1", "return  2");
    let verdicts = run(&plan);
    unproved(&verdicts, 0, "no go.mod above ");
    refused(&verdicts, 1, "gofmt would reformat");
    refused(&verdicts, 2, "c.go:3:23: expected operand");
    unproved(&verdicts, 3, "proved by gofmt only");
    assert_eq!(verdicts.reached, Rung::Gofmt);
    assert_eq!(verdicts.notes.len(), 1, "{:?}", verdicts.notes);
    let gofmt = run_with(&plan, &ProofOptions { rung: Rung::Gofmt, ..with_env(&[]) });
    told(&gofmt, 0, Proof::Proved, "by gofmt only");
    refused(&gofmt, 1, "gofmt would reformat");
}

#[test]
fn nested_modules_are_proved_each_by_itself() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a.go", "package m\n\nfunc A() int { return 1 }\n"),
        ("in/go.mod", "module ex.com/in\n\ngo 1.24\n"),
        ("in/a.go", "package in\n\nfunc A() int { return 1 }\n"),
        ("new/go.mod", "module ex.com/new\n\ngo 1.99\n"),
        ("new/a.go", "package new\n\nfunc A() int { return 1 }\n"),
        ("odd/go.mod", "modul ex.com/odd\n"),
        ("odd/a.go", "package odd\n\nfunc A() int { return 1 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "a.go", "return 1", "return 2")
        .fix(dir.path(), "in/a.go", "return 1", "return \"\"")
        .fix(dir.path(), "new/a.go", "return 1", "return 2")
        // All or nothing, over two modules.
        .fix(dir.path(), "a.go", "package m\n", "package m\n\nvar _ = 0\n")
        .and(dir.path(), "in/a.go", "package in\n", "package in\n\nvar _ = nothing\n")
        .fix(dir.path(), "odd/a.go", "return 1", "return 2");
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    refused(&verdicts, 1, "cannot use \"\"");
    unproved(&verdicts, 2, "newer Go needed");
    refused(&verdicts, 3, "undefined: nothing");
    unproved(&verdicts, 4, "unknown directive: modul");
}

#[test]
fn modules_in_and_out_of_a_workspace() {
    let dir = tree(&[
        ("go.work", "go 1.24\n\nuse ./in\nuse ./lib\n"),
        ("in/go.mod", "module ex.com/in\n\ngo 1.24\n\nrequire ex.com/lib v0.0.0\n"),
        ("in/a.go", "package in\n\nimport \"ex.com/lib\"\n\nvar A int = lib.L()\n"),
        ("lib/go.mod", "module ex.com/lib\n\ngo 1.24\n"),
        ("lib/l.go", "package lib\n\nfunc L() int { return 1 }\n\nfunc M() int { return 1 }\n"),
        ("out/go.mod", "module ex.com/out\n\ngo 1.24\n"),
        ("out/a.go", "package out\n\nfunc A() int { return 1 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "in/a.go", "int = lib.L()", "int = lib.L() + 1")
        .fix(dir.path(), "out/a.go", "return 1", "return 2")
        .fix(dir.path(), "lib/l.go", "M() int { return 1 }", "M() int { return 2 }");
    let verdicts = run(&plan);
    (0..3).for_each(|id| proved(&verdicts, id));
    let plan = Plan::default()
        .fix(dir.path(), "lib/l.go", "L() int { return 1 }", "L() string { return \"\" }")
        .exports();
    refused(&run(&plan), 0, "in/a.go:5:13: cannot use lib.L()");
}

#[test]
fn vendored_modules_build_from_their_vendor_directory() {
    let dir = tree(&[
        ("go.mod", "module ex.com/v\n\ngo 1.24\n\nrequire ex.com/d v1.0.0\n"),
        ("vendor/modules.txt", "# ex.com/d v1.0.0\n## explicit\nex.com/d\n"),
        ("vendor/ex.com/d/d.go", "package d\n\nfunc D() int { return 1 }\n"),
        ("v.go", "package v\n\nimport \"ex.com/d\"\n\nfunc V() int { return d.D() + 1 }\n"),
    ]);
    let plan = Plan::default().fix(dir.path(), "v.go", "+ 1", "+ 2").fix(
        dir.path(),
        "vendor/ex.com/d/d.go",
        "return 1",
        "return 2",
    );
    let verdicts = run(&plan);
    proved(&verdicts, 0);
    proved(&verdicts, 1);
    std::fs::write(dir.path().join("go.mod"), "module ex.com/v\n\ngo 1.24\n\nrequire ex.com/d v1.0.1\n")
        .unwrap();
    let verdicts = run(&plan);
    unproved(&verdicts, 0, "inconsistent vendoring");
    assert_eq!(verdicts.notes.len(), 1, "{:?}", verdicts.notes);
}

#[cfg(unix)]
#[test]
fn links_in_the_path_are_seen_through() {
    let dir = tree(&[
        ("real/go.mod", MOD),
        ("real/a/a.go", "package a\n\nfunc A() int { return 1 }\n\nfunc B() int { return 1 }\n"),
        ("real/shared/s.go", "package shared\n\nfunc S() int { return 1 }\n"),
        ("ws/go.work", "go 1.24\n\nuse ./linked\n"),
    ]);
    let link = |from: &str, to: &str| {
        std::os::unix::fs::symlink(dir.path().join(from), dir.path().join(to)).unwrap()
    };
    link("real", "link");
    link("real", "ws/linked");
    let plan = Plan::default()
        .fix(&dir.path().join("link"), "a/a.go", "A() int { return 1 }", "A() int { return 2 }")
        .fix(&dir.path().join("link"), "a/a.go", "B() int { return 1 }", "B() int { return x }");
    for options in [with_env(&[]), with_env(&[("PWD", "/")])] {
        let verdicts = run_with(&plan, &options);
        proved(&verdicts, 0);
        refused(&verdicts, 1, "undefined: x");
    }
    // A workspace that names the module by a link: go spells it that way.
    let work = dir.path().join("ws/go.work");
    let verdicts = run_with(&plan, &with_env(&[("GOWORK", work.to_str().unwrap())]));
    proved(&verdicts, 0);
    refused(&verdicts, 1, "undefined: x");
}

#[test]
fn an_overlay_of_the_users_own_is_merged() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a.go", "package m\n\nfunc A() int { return generated() }\n"),
        ("b.go", "package m\n\nfunc B() int { return 1 }\n"),
        ("elsewhere.txt", "package m\n\nfunc generated() int { return 1 }\n"),
        ("b.txt", "package m\n\nfunc B() int { return 5 }\n"),
    ]);
    let at = |name: &str| dunce::canonicalize(dir.path()).unwrap().join(name).display().to_string();
    let map = serde_json::json!({"Replace": {at("gen.go"): at("elsewhere.txt"), at("b.go"): at("b.txt")}});
    std::fs::write(dir.path().join("o.json"), map.to_string()).unwrap();
    let plan = Plan::default().fix(dir.path(), "a.go", "generated()", "generated() + 1").fix(
        dir.path(),
        "b.go",
        "return 1",
        "return 2",
    );
    unproved(&run(&plan), 0, "package already broken");
    let flags = format!("-overlay={} -mod=mod -x", at("o.json"));
    let verdicts = run_with(&plan, &with_env(&[("GOFLAGS", &flags)]));
    proved(&verdicts, 0);
    unproved(&verdicts, 1, "the overlay of GOFLAGS replaces this file");
    let flags = format!("-overlay={}", at("gone.json"));
    unproved(&run_with(&plan, &with_env(&[("GOFLAGS", &flags)])), 0, "the overlay of GOFLAGS");
}

#[test]
fn cgo_needs_a_c_compiler() {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "c.go",
            "package m\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc C() int { return int(C.one()) }\n",
        ),
        ("plain/p.go", "package plain\n\nfunc P() int { return 1 }\n"),
    ]);
    let plan = Plan::default().fix(dir.path(), "c.go", "int(C.one())", "int(C.one()) + 1").fix(
        dir.path(),
        "plain/p.go",
        "return 1",
        "return 2",
    );
    for env in [&[("CC", "/nonexistent"), ("CGO_ENABLED", "1")][..], &[("CGO_ENABLED", "0")][..]] {
        let verdicts = run_with(&plan, &with_env(env));
        unproved(&verdicts, 0, "cgo without a C compiler");
        proved(&verdicts, 1);
    }
}

#[test]
fn cgo_files_are_proved_with_a_c_compiler() {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "c.go",
            "package m\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc A() int { return int(C.one()) }\n\nfunc B() int { return 1 }\n",
        ),
    ]);
    let plan = Plan::default().fix(dir.path(), "c.go", "int(C.one())", "int(C.one()) + 1").fix(
        dir.path(),
        "c.go",
        "return 1 }\n",
        "return nothing }\n",
    );
    let verdicts = run_with(&plan, &with_env(&[("CGO_ENABLED", "1")]));
    proved(&verdicts, 0);
    refused(&verdicts, 1, "c.go:8:23: undefined: nothing");
}

#[test]
fn files_with_c_that_other_builds_take_do_not_explain_what_is_broken() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("c_darwin.go", "package m\n\nimport \"C\"\n"),
        ("tagged.go", "//go:build never\n\npackage m\n\nimport \"C\"\n"),
        ("a.go", "package m\n\nfunc A() int { return 1 }\n\nvar broken = missing\n"),
    ]);
    let plan = Plan::default().fix(dir.path(), "a.go", "return 1", "return 2");
    let verdicts = run_with(&plan, &with_env(&[("CGO_ENABLED", "1")]));
    unproved(&verdicts, 0, "a.go:5:14: undefined: missing");
    let why = verdicts.per_fix[&0].1.as_deref().unwrap_or_default();
    assert!(why.starts_with("package already broken: "), "{why}");
}

#[test]
fn without_go_it_degrades_and_says_so() {
    let dir = tree(&[("go.mod", MOD), ("a.go", "package m\n\nfunc A() int { return 1 }\n")]);
    let plan = Plan::default().fix(dir.path(), "a.go", "return 1", "return  2");
    let empty = tempfile::tempdir().unwrap();
    let verdicts = run_with(&plan, &with_env(&[("PATH", empty.path().to_str().unwrap())]));
    unproved(&verdicts, 0, "go was not found; install Go or put it on PATH");
    assert_eq!(verdicts.reached, Rung::None);
    assert!(verdicts.notes.iter().any(|note| note.contains("gofmt was not found")), "{:?}", verdicts.notes);
    let options = ProofOptions { go: "go-that-is-not-there".into(), ..with_env(&[]) };
    refused(&run_with(&plan, &options), 0, "gofmt would reformat");
}

#[test]
fn time_and_patience_end() {
    let dir = tree(&[("go.mod", MOD), ("a.go", "package m\n\nfunc A() int { return 1 }\n")]);
    let plan = Plan::default().fix(dir.path(), "a.go", "return 1", "return 2");
    let start = Instant::now();
    let options = ProofOptions { timeout: Some(Duration::ZERO), ..with_env(&[]) };
    unproved(&run_with(&plan, &options), 0, "ran out of time");
    let cancel = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let options = ProofOptions { cancel: Some(cancel), ..with_env(&[]) };
    unproved(&run_with(&plan, &options), 0, "interrupted");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_fix_falls_with_the_one_that_it_stands_on() {
    let dir = tree(&[("go.mod", MOD), ("a.go", "package m\n\nfunc A() int { return 1 }\n")]);
    let mut plan = Plan::default()
        .fix(dir.path(), "a.go", "return 1", "return nothing")
        .fix(dir.path(), "a.go", "nothing", "nothing + 1")
        .fix(dir.path(), "a.go", "package m\n", "package m\n\nvar _ = 0\n");
    plan.needs.insert(1, 0);
    let verdicts = run(&plan);
    refused(&verdicts, 0, "undefined: nothing");
    refused(&verdicts, 1, "");
    proved(&verdicts, 2);
}

#[test]
fn no_rung_asks_nothing() {
    let dir = tree(&[("go.mod", MOD), ("a.go", "package m\n\nfunc A() int { return 1 }\n")]);
    let plan = Plan::default().fix(dir.path(), "a.go", "return 1", "return 2");
    let none = run_with(&plan, &ProofOptions { rung: Rung::None, ..with_env(&[]) });
    assert_eq!(none.per_fix[&0], (Proof::None, None));
}

#[test]
fn without_a_rung_gofmts_parser_still_refuses_what_is_no_go() {
    let source = "package m\n\nfunc A() int { return 1 }\n\nfunc B() int { return 2 }\n";
    let dir = tree(&[("go.mod", MOD), ("a.go", source), ("b.go", "package m\n\nfunc C() int { return }}\n")]);
    let plan = Plan::default()
        .fix(dir.path(), "a.go", "return 1", "return 1 2")
        .fix(dir.path(), "a.go", "return 2", "return   nothing")
        .fix(dir.path(), "b.go", "return", "return 3");
    let options = ProofOptions { rung: Rung::None, ..with_env(&[]) };
    let verdicts = run_with(&plan, &options);
    refused(&verdicts, 0, "a.go:3:25: expected ';', found 2");
    // Neither the layout nor the types are looked at, and what was no Go before stays so.
    for id in [1, 2] {
        assert_eq!(verdicts.per_fix[&id], (Proof::None, None));
    }
    let empty = tempfile::tempdir().unwrap();
    let options = ProofOptions { rung: Rung::None, ..with_env(&[("PATH", empty.path().to_str().unwrap())]) };
    assert_eq!(run_with(&plan, &options).per_fix[&0], (Proof::None, None));
}

const ONE_AND_TWO: &str = "package a\n\nfunc One() int { return 1 }\n\nfunc Two() int { return 2 }\n";
const ASKS_BOTH: &str = "package a\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) {\n\tif One() != 1 {\n\t\tt.Errorf(\"One() is %d\", One())\n\t}\n}\n\nfunc TestTwo(t *testing.T) {\n\tt.Run(\"deep\", func(t *testing.T) {\n\t\tif Two() != 2 {\n\t\t\tpanic(\"no two\")\n\t\t}\n\t})\n}\n";

fn tested(plan: &Plan) -> Verdicts {
    run_with(plan, &ProofOptions { rung: Rung::Test, ..with_env(&[]) })
}

#[test]
fn a_fix_that_fails_a_test_is_refused_and_the_others_go_ahead() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", ONE_AND_TWO),
        ("a/a_test.go", ASKS_BOTH),
        ("b/b.go", "package b\n\nfunc B() int { return 3 }\n"),
    ]);
    let plan = Plan::default()
        .fix(dir.path(), "a/a.go", "return 1", "return 2 - 1")
        .fix(dir.path(), "a/a.go", "return 2 }", "return 22 }")
        .fix(dir.path(), "b/b.go", "return 3", "return 33");
    let verdicts = tested(&plan);
    proved(&verdicts, 0);
    refused(&verdicts, 1, "TestTwo/deep of ex.com/m/a fails: panic: no two");
    told(&verdicts, 2, Proof::Proved, "by vet only: its package has no tests");
    assert_eq!(verdicts.reached, Rung::Test);
    assert_eq!(verdicts.notes, ["1 fix is proved by vet only: its package has no tests"]);
    let vetted = run(&plan);
    proved(&vetted, 1);
}

#[test]
fn a_test_that_failed_before_refuses_nobody_and_proves_nothing() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", &ONE_AND_TWO.replace("return 1", "return 11")),
        ("a/a_test.go", ASKS_BOTH),
    ]);
    let one = Plan::default().fix(dir.path(), "a/a.go", "return 11", "return 10 + 1");
    unproved(&tested(&one), 0, "its tests fail with or without it: TestOne of ex.com/m/a fails");
    // What is new is still seen beside it.
    let two = Plan::default().fix(dir.path(), "a/a.go", "return 11", "return 10 + 1").fix(
        dir.path(),
        "a/a.go",
        "return 2 }",
        "return 22 }",
    );
    let verdicts = tested(&two);
    unproved(&verdicts, 0, "TestOne");
    refused(&verdicts, 1, "TestTwo/deep");
    // A fix that mends the test is proved.
    let mended = Plan::default().fix(dir.path(), "a/a.go", "return 11", "return 1");
    proved(&tested(&mended), 0);
}

#[test]
fn tests_of_importers_run_when_exports_change() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", "package a\n\nconst One = 1\n"),
        ("b/b.go", "package b\n\nimport \"ex.com/m/a\"\n\nvar Ten = [10]int{a.One: 1}\n"),
        (
            "b/b_test.go",
            "package b\n\nimport \"testing\"\n\nfunc TestTen(t *testing.T) {\n\tif Ten[1] != 1 {\n\t\tt.Fatal(Ten)\n\t}\n}\n",
        ),
    ]);
    let plan = || Plan::default().fix(dir.path(), "a/a.go", "One = 1", "One = 2");
    told(&tested(&plan()), 0, Proof::Proved, "no tests");
    refused(&tested(&plan().exports()), 0, "TestTen of ex.com/m/b fails: b_test.go:7: [0 0 1");
}

#[test]
fn a_flaky_test_is_named_and_refuses_nobody() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", ONE_AND_TWO),
        (
            "a/a_test.go",
            "package a\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMood(t *testing.T) {\n\tif _, err := os.Stat(os.Getenv(\"MOOD\")); err != nil && One() == 111 {\n\t\tos.WriteFile(os.Getenv(\"MOOD\"), nil, 0o600)\n\t\tt.Fatal(\"bad mood\")\n\t}\n}\n",
        ),
    ]);
    let plan = Plan::default().fix(dir.path(), "a/a.go", "return 1", "return 111");
    let elsewhere = tempfile::tempdir().unwrap();
    let mood = elsewhere.path().join("mood");
    let verdicts =
        run_with(&plan, &ProofOptions { rung: Rung::Test, ..with_env(&[("MOOD", mood.to_str().unwrap())]) });
    proved(&verdicts, 0);
    assert!(mood.exists(), "the test did not run");
    let said = "flaky: TestMood of ex.com/m/a failed and passed with the same code";
    assert!(verdicts.notes.iter().any(|note| note.starts_with(said)), "{:?}", verdicts.notes);
}

#[test]
fn tests_of_another_platform_are_not_run_and_that_is_said() {
    let host = if cfg!(windows) { "linux" } else { "windows" };
    let other = "package a\n\nfunc Other() int { return 1 }\n".to_owned();
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", ONE_AND_TWO),
        ("a/a_test.go", ASKS_BOTH),
        (&format!("a/a_{host}.go"), &other),
    ]);
    let name: &'static str = if cfg!(windows) { "a/a_linux.go" } else { "a/a_windows.go" };
    let plan = Plan::default().fix(dir.path(), "a/a.go", "return 1", "return 2 - 1").fix(
        dir.path(),
        name,
        "return 1",
        "return 2",
    );
    let there = BuildConfig { goos: Some(host.into()), goarch: Some("amd64".into()), tags: Vec::new() };
    let options =
        ProofOptions { rung: Rung::Test, configs: vec![BuildConfig::default(), there], ..with_env(&[]) };
    let verdicts = run_with(&plan, &options);
    proved(&verdicts, 0);
    unproved(&verdicts, 1, &format!("vetted, but tests of {host}/amd64 cannot run on "));
}

/// A test that passed over the same bytes is not run again: go remembers it,
/// though each proof has temporary files of its own.
#[test]
fn a_second_run_takes_the_tests_from_gos_cache() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", ONE_AND_TWO),
        (
            "a/a_test.go",
            "package a\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestCounted(t *testing.T) {\n\tt.TempDir()\n\tcounter, err := os.OpenFile(countAt, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n\tdefer counter.Close()\n\tcounter.WriteString(\"x\")\n}\n",
        ),
    ]);
    // Outside the module, where go does not look at the files that a test opens.
    let elsewhere = tempfile::tempdir().unwrap();
    let counter = elsewhere.path().join("runs");
    let at = format!("package a\n\nconst countAt = {:?}\n", counter.to_str().unwrap());
    write(dir.path(), &[("a/at_test.go", &at)]);
    let plan = Plan::default().fix(dir.path(), "a/a.go", "return 1", "return 2 - 1");
    proved(&tested(&plan), 0);
    proved(&tested(&plan), 0);
    assert_eq!(std::fs::read_to_string(&counter).unwrap(), "x");
}

/// A test that does not end is ended with the proof, and go takes its
/// temporary files away.
#[cfg(unix)]
#[test]
fn a_test_that_hangs_ends_with_the_proof() {
    let dir = tree(&[
        ("go.mod", MOD),
        ("a/a.go", ONE_AND_TWO),
        (
            "a/a_test.go",
            "package a\n\nimport (\n\t\"os\"\n\t\"strconv\"\n\t\"testing\"\n\t\"time\"\n)\n\nfunc TestHang(t *testing.T) {\n\tat := os.Getenv(\"PIDS\")\n\tos.WriteFile(at+\".new\", []byte(strconv.Itoa(os.Getpid())), 0o600)\n\tos.Rename(at+\".new\", at)\n\ttime.Sleep(time.Hour)\n}\n",
        ),
    ]);
    let elsewhere = tempfile::tempdir().unwrap();
    let pids = elsewhere.path().join("pids");
    let env = [("PIDS", pids.to_str().unwrap()), ("TMPDIR", elsewhere.path().to_str().unwrap())];
    let plan = Plan::default().fix(dir.path(), "a/a.go", "return 1", "return 2 - 1");
    let cancel = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let options = ProofOptions { rung: Rung::Test, cancel: Some(cancel.clone()), ..with_env(&env) };
    let verdicts = std::thread::scope(|scope| {
        let proof = scope.spawn(|| run_with(&plan, &options));
        while !pids.exists() && !proof.is_finished() {
            std::thread::sleep(Duration::from_millis(10));
        }
        cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        proof.join().unwrap()
    });
    unproved(&verdicts, 0, "interrupted");
    ends(&std::fs::read_to_string(&pids).expect("the test was started"), Instant::now());
    let left: Vec<_> = elsewhere.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["pids"], "go leaves its temporary files");
}

/// Time that runs out in the middle: a C compiler that never ends is killed
/// with the go that started it.
#[cfg(unix)]
#[test]
fn a_timeout_leaves_no_process() {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "c.go",
            "package m\n\n// int one(void) { return 1; }\nimport \"C\"\n\nfunc C() int { return int(C.one()) }\n",
        ),
        ("cc", "#!/bin/sh\necho $$ > \"$PIDS\"\nexec sleep 600\n"),
    ]);
    let cc = dir.path().join("cc");
    crate::toolchain::executable(&cc);
    let pids = dir.path().join("pids");
    let env = [("CC", cc.to_str().unwrap()), ("CGO_ENABLED", "1"), ("PIDS", pids.to_str().unwrap())];
    let plan = Plan::default().fix(dir.path(), "c.go", "int(C.one())", "int(C.one()) + 1");
    let start = Instant::now();
    let options = ProofOptions { timeout: Some(Duration::from_secs(4)), ..with_env(&env) };
    let verdicts = run_with(&plan, &options);
    unproved(&verdicts, 0, "ran out of time after 4 s");
    assert!(start.elapsed() < Duration::from_secs(20));
    let pid = std::fs::read_to_string(&pids).expect("the C compiler was started");
    ends(&pid, start);
}

/// Waits until a process is dead, or a zombie where nobody collects orphans.
#[cfg(unix)]
#[track_caller]
fn ends(pid: &str, start: Instant) {
    let ended = || {
        let output =
            std::process::Command::new("ps").args(["-o", "stat=", "-p", pid.trim()]).output().unwrap();
        matches!(output.stdout.first(), None | Some(b'Z'))
    };
    while !ended() {
        assert!(start.elapsed() < Duration::from_secs(60), "process {pid} lives");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A `go` that counts what it is asked beside `go env`, and asks the real one.
#[cfg(unix)]
struct Counter {
    dir: TempDir,
    cache: TempDir,
}

#[cfg(unix)]
impl Counter {
    fn new() -> Counter {
        let counter = Counter { dir: tempfile::tempdir().unwrap(), cache: tempfile::tempdir().unwrap() };
        counter.install("bin");
        counter
    }

    fn install(&self, bin: &str) {
        let output = std::process::Command::new("go").args(["env", "GOROOT"]).output().unwrap();
        let goroot = String::from_utf8(output.stdout).unwrap();
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = env ] || echo \"$@\" >> {}\nexec {}/bin/go \"$@\"\n",
            self.dir.path().join("calls").display(),
            goroot.trim()
        );
        write(self.dir.path(), &[(&format!("{bin}/go"), &script)]);
        let go = self.dir.path().join(bin).join("go");
        crate::toolchain::executable(&go);
    }

    fn options(&self, env: &[(&str, &str)]) -> ProofOptions {
        let path = format!("{}:{}", self.dir.path().join("bin").display(), std::env::var("PATH").unwrap());
        let mut options = with_env(env);
        options.env.push(("PATH".into(), path.into()));
        options.cache =
            Some(gomend::verify::Cache { dir: self.cache.path().join("proofs"), maker: "1".into() });
        options
    }

    /// The verdicts, and how often go was asked.
    fn run(&self, plan: &Plan, options: &ProofOptions) -> (Verdicts, usize) {
        // The clock of the file system may lag behind.
        std::thread::sleep(Duration::from_millis(60));
        let calls =
            || std::fs::read_to_string(self.dir.path().join("calls")).unwrap_or_default().lines().count();
        let before = calls();
        let verdicts = run_with(plan, options);
        (verdicts, calls() - before)
    }
}

#[cfg(unix)]
fn remembered() -> (TempDir, Plan) {
    let dir = tree(&[
        ("go.mod", MOD),
        (
            "a/a.go",
            "package a\n\nimport \"ex.com/m/b\"\n\nfunc A() int { return b.B }\n\nfunc C() int { return 3 }\n",
        ),
        ("b/b.go", "package b\n\nconst B = 1\n"),
        ("c/c.go", "package c\n"),
    ]);
    let plan = Plan::default().fix(dir.path(), "a/a.go", "return b.B", "return b.B + 1").fix(
        dir.path(),
        "a/a.go",
        "return 3",
        "return nothing",
    );
    (dir, plan)
}

#[cfg(unix)]
#[test]
fn the_same_proof_again_asks_go_nothing_and_says_the_same() {
    let (_dir, plan) = remembered();
    let counter = Counter::new();
    let options = counter.options(&[]);
    let (first, asked) = counter.run(&plan, &options);
    assert!(asked > 0);
    proved(&first, 0);
    refused(&first, 1, "undefined: nothing");
    let (second, asked) = counter.run(&plan, &options);
    assert_eq!(asked, 0);
    assert_eq!((first.per_fix, first.notes, first.reached), (second.per_fix, second.notes, second.reached));
    // Without a cache it is asked, and an entry that is damaged is none.
    let (_, asked) = counter.run(&plan, &ProofOptions { cache: None, ..options.clone() });
    assert!(asked > 0);
    for entry in counter.cache.path().join("proofs").read_dir().unwrap() {
        std::fs::write(entry.unwrap().path(), "rubbish").unwrap();
    }
    assert!(counter.run(&plan, &options).1 > 0);
    assert_eq!(counter.run(&plan, &options).1, 0);
}

#[cfg(unix)]
#[test]
fn what_has_changed_is_proved_again() {
    let (dir, plan) = remembered();
    let counter = Counter::new();
    let options = counter.options(&[]);
    let asked = |options: &ProofOptions| counter.run(&plan, options).1;
    assert!(asked(&options) > 0);
    assert_eq!(asked(&options), 0);
    // Not a part of it.
    write(dir.path(), &[("c/c.go", "package c\n\nvar C = 1\n"), ("a/README", "x")]);
    assert_eq!(asked(&options), 0);
    for (name, text) in [
        ("b/b.go", "package b\n\nconst B = 2\n"),
        ("b/new.go", "package b\n"),
        ("a/a_test.go", "package a\n"),
        ("go.mod", "module ex.com/m\n\ngo 1.24\n\ngodebug panicnil=1\n"),
        ("go.sum", "\n"),
        ("b/go.mod", "module ex.com/b\n"),
    ] {
        write(dir.path(), &[(name, text)]);
        assert!(asked(&options) > 0, "{name}");
        if name != "b/go.mod" {
            assert_eq!(asked(&options), 0, "{name}");
        }
    }
    std::fs::remove_file(dir.path().join("b/go.mod")).unwrap();
    asked(&options);
    assert_eq!(asked(&options), 0);
    // Other settings, another gomend, another rung, another go.
    assert!(asked(&counter.options(&[("GOFLAGS", "-tags=other")])) > 0);
    assert!(asked(&counter.options(&[("CGO_CFLAGS", "-O1")])) > 0);
    let mut other = options.clone();
    other.cache.as_mut().unwrap().maker = "2".into();
    assert!(asked(&other) > 0);
    assert!(asked(&ProofOptions { rung: Rung::Build, ..options.clone() }) > 0);
    assert_eq!(asked(&options), 0);
    counter.install("bin");
    assert!(asked(&options) > 0, "another go");
}

#[cfg(unix)]
#[test]
fn what_time_decides_is_not_remembered() {
    let (_dir, plan) = remembered();
    let counter = Counter::new();
    let options = counter.options(&[]);
    let late = ProofOptions { timeout: Some(Duration::ZERO), ..options.clone() };
    unproved(&counter.run(&plan, &late).0, 0, "ran out of time");
    let (verdicts, asked) = counter.run(&plan, &options);
    proved(&verdicts, 0);
    assert!(asked > 0);
}

/// A command of the user's own, over a copy of the tree.
#[cfg(unix)]
#[test]
fn a_command_has_the_last_word_and_sees_only_a_copy() {
    let source = "package a\n\nfunc One() int { return 1 }\n\nfunc Two() int { return 2 }\n";
    let dir = tree(&[("a/a.go", source), ("b/b.go", "package b\n")]);
    let root = dunce::canonicalize(dir.path()).unwrap();
    let copies = tempfile::tempdir().unwrap();
    let ask = |line: &str| {
        let command = gomend::verify::UserCommand::parse(line).unwrap().within(
            root.clone(),
            root.clone(),
            copies.path().to_path_buf(),
        );
        let plan = Plan::default().fix(&root, "a/a.go", "return 1", "return 11").fix(
            &root,
            "a/a.go",
            "return 2",
            "return 22",
        );
        let options = ProofOptions { rung: Rung::Gofmt, command: Some(command), ..with_env(&[]) };
        let verdicts = run_with(&plan, &options);
        assert_eq!(std::fs::read_to_string(root.join("a/a.go")).unwrap(), source);
        verdicts
    };
    let all = ask("test -e b/b.go");
    proved(&all, 0);
    proved(&all, 1);
    assert_eq!(all.command.as_deref(), Some("test -e b/b.go"));
    // It finds the guilty one, and may write what it likes.
    let some = ask("sh -c 'echo spoiled > b/b.go; ! grep -rn \"return 22\" {packages}'");
    proved(&some, 0);
    refused(&some, 1, "return 22");
    assert_eq!(std::fs::read_to_string(root.join("b/b.go")).unwrap(), "package b\n");
    let never = ask("sh -c 'echo no; exit 3'");
    unproved(&never, 0, "the command fails without the fixes too:\n`sh -c echo no; exit 3` fails: no");
    unproved(&ask("gomend-no-such-program"), 1, "gomend-no-such-program was not found");
}

/// A copy of the standard library, with `GOROOT` pointing to it.
#[test]
fn the_standard_library_itself_is_proved() {
    let go = |args: &[&str]| {
        let output = std::process::Command::new("go").args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let (from, dir) = (PathBuf::from(go(&["env", "GOROOT"])), tempfile::tempdir().unwrap());
    for part in ["bin", "src", "pkg/tool", "pkg/include", "lib", "VERSION", "go.env"] {
        copy(&from.join(part), &dir.path().join(part));
    }
    let plan = Plan::default()
        .fix(dir.path(), "src/text/tabwriter/tabwriter.go", "b.pos = 0\n", "b.pos = 1 - 1\n")
        .fix(dir.path(), "src/text/tabwriter/tabwriter.go", "b.widths = b.widths[0:0]", "b.widths = nothing")
        .fix(dir.path(), "src/cmd/gofmt/internal.go", "func format(", "var _ = 0\n\nfunc format(");
    let verdicts = run_with(&plan, &with_env(&[("GOROOT", dir.path().to_str().unwrap())]));
    proved(&verdicts, 0);
    refused(&verdicts, 1, "undefined: nothing");
    proved(&verdicts, 2);
}

fn copy(from: &Path, to: &Path) {
    if from.file_name().is_some_and(|name| name == "testdata") {
        return;
    }
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else if from.exists() {
        std::fs::copy(from, to).unwrap();
    }
}

/// Fixes of `count` functions of one package, the first `broken` of which do not build.
fn many(dir: &TempDir, count: usize, broken: usize) -> GivenFixes {
    let path = dir.path().join("a.go");
    let text = std::fs::read_to_string(&path).unwrap();
    let files = BTreeMap::from([(path.clone(), Arc::new(File::new(&path, text.as_str())))]);
    let fix = |number: usize| {
        let start = text.find(&format!("{number} + 0\n")).unwrap();
        let new = if number < broken { format!("{number} + none{number}") } else { number.to_string() };
        let span = Span::new(start, start + number.to_string().len() + " + 0".len());
        let one = FileFix { edits: vec![Edit { span, text: new }].into(), ..FileFix::default() };
        GivenFix {
            path: path.clone(),
            files: FixedFiles::one(path.as_path(), one),
            fingerprint: number.to_string(),
            ..GivenFix::default()
        }
    };
    let all = (0..count).map(fix).collect();
    let guard: Guard = Arc::new(|_, _| Ok(()));
    GivenFixes::new(all, &files, BTreeMap::new(), &guard).unwrap().0
}

#[test]
fn go_is_asked_as_often_as_there_are_digits_in_the_number_of_broken_fixes() {
    crate::toolchain::need();
    let count = 600;
    let mut text = "package a\n".to_owned();
    for number in 0..count {
        text +=
            &format!("\n// F{number} gives a number.\nfunc F{number}() int {{\n\treturn {number} + 0\n}}\n");
    }
    let dir = tree(&[("go.mod", MOD), ("a.go", &text)]);
    let asked = |broken: usize| {
        let given = many(&dir, count, broken);
        let checks = AtomicUsize::new(0);
        let verdicts = prove(&given, &ProofOptions::default(), &|progress| {
            if matches!(progress, ProofProgress::Stage { rung: Rung::Build, .. }) {
                checks.fetch_add(1, Ordering::Relaxed);
            }
        });
        for number in 0..count {
            let (proof, words) = &verdicts.per_fix[&number];
            if number < broken {
                let own = format!("undefined: none{number}");
                assert_eq!(
                    (*proof, words.as_ref().unwrap().ends_with(&own)),
                    (Proof::Refused, true),
                    "{words:?}"
                );
            } else {
                assert_eq!((*proof, words), (Proof::Proved, &None), "{number}");
            }
        }
        checks.into_inner()
    };
    assert_eq!(asked(0), 1);
    // The package as it is, with all fixes, without those that are pointed at, and at the end.
    assert!(asked(7) <= 4 + 5);
    assert!(asked(300) <= 4 + 11);
}
