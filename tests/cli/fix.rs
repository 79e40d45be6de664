//! `gomend fix` without the proof: what is written, printed and listed.

use crate::ground::{Ground, MOD, PUMP, SLEEP, SLEPT};
use crate::toolchain;

#[test]
fn safe_fixes_are_written_and_a_second_run_changes_nothing() {
    let ground = Ground::sleepy();
    ground.put("pump.go", PUMP);
    let ran = ground.run(&["fix", "--verify", "none"]).code(0);
    ran.out(&[
        "Applied 1 fix in 1 file.",
        "Not verified",
        "`gomend fix --unsafe` applies 1 fix",
        "`gomend undo 1`",
    ]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
    assert_eq!(ground.text("pump.go"), PUMP);
    ground.run(&["fix", "--verify", "none"]).code(0).out(&["Nothing to fix."]);
}

#[test]
fn unsafe_fixes_need_to_be_asked_for() {
    for flag in ["--unsafe", "--unsafe-fixes"] {
        let ground = Ground::new(&[("go.mod", MOD), ("pump.go", PUMP)]);
        ground.run(&["fix", flag, "--verify", "none"]).code(0).out(&["Applied 1 fix"]);
        assert!(!ground.text("pump.go").contains("runtime"));
    }
}

#[test]
fn the_patch_applies_and_gives_the_same_bytes_as_fix() {
    let tree = || {
        let ground = Ground::new(&[("go.mod", MOD), ("a/sleep.go", SLEEP), ("a b/é.go", SLEEP)]);
        ground.put("crlf/x.go", SLEEP.replace('\n', "\r\n"));
        ground.put("end/x.go", SLEEP.trim_end());
        ground.put("pump.go", PUMP);
        ground.git(&["init", "-q"]);
        ground.git(&["config", "core.autocrlf", "false"]);
        ground
    };
    let files = ["a/sleep.go", "a b/é.go", "crlf/x.go", "end/x.go", "pump.go"];
    let (patched, fixed) = (tree(), tree());
    let patch = patched.run(&["fix", "--diff", "--unsafe", "--verify", "none"]).code(1);
    for name in files {
        assert_eq!(patched.text(name), tree().text(name), "--diff wrote something");
    }
    assert!(!patched.state().join("gomend").exists(), "--diff wrote a journal");
    patched.put("the.patch", &patch.out);
    patched.git(&["apply", "--check", "the.patch"]);
    patched.git(&["apply", "the.patch"]);
    fixed.run(&["fix", "--unsafe", "--verify", "none"]).code(0);
    for name in files {
        assert_eq!(patched.text(name), fixed.text(name), "{name}");
    }
    patched.run(&["fix", "--diff", "--unsafe", "--verify", "none"]).code(0);
}

#[test]
fn a_patch_made_in_a_subdirectory_applies_from_anywhere_in_the_repository() {
    for (made_in, applied_in) in [("a/b", "."), ("a/b", "a/b"), ("a", "a/b"), (".", "a")] {
        let ground = Ground::new(&[("go.mod", MOD), ("a/b/sleep.go", SLEEP)]);
        ground.git(&["init", "-q"]);
        let patch = ground.run_in(made_in, &["fix", "--diff", "--verify", "none"]).code(1);
        let patch = patch.out(&["+++ b/a/b/sleep.go"]);
        ground.put("the.patch", &patch.out);
        let at = ground.path(applied_in);
        let patch = ground.path("the.patch");
        ground.git(&["-C", at.to_str().unwrap(), "apply", patch.to_str().unwrap()]);
        assert_eq!(ground.text("a/b/sleep.go"), SLEPT, "made in {made_in}, applied in {applied_in}");
    }
}

#[test]
fn a_patch_of_files_elsewhere_says_where_to_apply_it() {
    let (here, there) = (Ground::new(&[]), Ground::sleepy());
    let dir = there.dir();
    let ran = here.run(&["fix", "--diff", "--verify", "none", dir.to_str().unwrap()]).code(1);
    let ran = ran.out(&["--- a/sleep.go\n"]).err(&["apply it there", dir.to_str().unwrap()]);
    there.put("the.patch", &ran.out);
    there.git(&["apply", "the.patch"]);
    assert_eq!(there.text("sleep.go"), SLEPT);
}

#[test]
fn the_list_names_the_files_that_would_change() {
    let ground = Ground::sleepy();
    ground.put("sub/x.go", SLEEP);
    ground.put("pump.go", PUMP);
    let ran = ground.run(&["fix", "-l", "--verify", "none"]).code(1);
    assert_eq!(ran.out, "sleep.go\nsub/x.go\n");
    let ran = ran.err(&["Would apply 2 fixes in 2 files."]);
    assert!(!ran.err.contains("undo"));
    assert_eq!(ground.text("sleep.go"), SLEEP);
    assert_eq!(ground.run(&["fix", "-l", "--verify", "none", "--quiet"]).code(1).err, "");
    let ran = ground.run(&["fix", "--list", "--unsafe", "--verify", "none"]).code(1);
    assert_eq!(ran.out, "pump.go\nsleep.go\nsub/x.go\n");
    assert_eq!(ground.run(&["fix", "-l", "--select", "gosched", "--verify", "none"]).code(0).out, "");
}

#[test]
fn json_of_a_fix_is_one_document_and_the_summary_goes_aside() {
    let ground = Ground::sleepy();
    let ran = ground.run(&["fix", "--diff", "--format", "json", "--verify", "none"]).code(1);
    assert_eq!(ran.json()["findings"][0]["proof"], "none");
    ran.err(&["Would apply 1 fix"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    let ran = ground.run(&["fix", "--format", "json", "--verify", "none"]).code(0);
    assert_eq!(ran.json()["findings"].as_array().unwrap().len(), 1);
    ran.err(&["Applied 1 fix", "gomend undo 1"]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn only_the_changed_spans_are_formatted_unless_gofmt_is_asked_for() {
    toolchain::need();
    let untidy = SLEEP.replace("d time.Duration", "d    time.Duration");
    let ground = Ground::new(&[("go.mod", MOD), ("x.go", &untidy)]);
    ground.run(&["fix", "--verify", "none"]).code(0);
    assert_eq!(ground.text("x.go"), SLEPT.replace("d time.Duration", "d    time.Duration"));
    ground.put("x.go", &untidy);
    ground.run(&["fix", "--gofmt", "--verify", "none"]).code(0);
    assert_eq!(ground.text("x.go"), SLEPT);
    assert_eq!(ground.feed(&["fix", "--gofmt", "-"], &untidy).code(0).out, SLEPT);
}

#[test]
fn gofmt_that_is_missing_stops_the_run_before_it_writes() {
    let ground = Ground::sleepy();
    let mut command = ground.command(&["fix", "--gofmt", "--verify", "none"]);
    command.env("PATH", ground.state());
    crate::ground::finish(command).code(2).err(&["gofmt cannot be started; install Go or leave out --gofmt"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
}

#[test]
#[cfg(unix)]
fn modes_of_files_stay() {
    use std::os::unix::fs::PermissionsExt;
    let ground = Ground::sleepy();
    std::fs::set_permissions(ground.path("sleep.go"), std::fs::Permissions::from_mode(0o640)).unwrap();
    ground.run(&["fix", "--verify", "none"]).code(0);
    let mode = std::fs::metadata(ground.path("sleep.go")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let names: Vec<_> =
        std::fs::read_dir(ground.dir()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn errors_elsewhere_do_not_keep_the_rest_from_being_fixed() {
    let ground = Ground::sleepy();
    ground.run(&["fix", "--verify", "none", ".", "nosuch"]).code(2).err(&["nosuch"]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn a_fix_of_what_an_earlier_pass_wrote_is_told_with_its_pass() {
    const NESTED: &str = "package m\n\nimport \"time\"\n\nfunc wait(c chan int, f func(func()) time.Duration) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\tcase <-time.After(f(func() { <-time.After(time.Second) })):\n\t\t}\n\t}\n}\n";
    let ground = Ground::new(&[("go.mod", MOD), ("nested.go", NESTED)]);
    let json = ground.run(&["fix", "--verify", "none", "--diff", "--format", "json"]).code(1).json();
    let findings = json["findings"].as_array().unwrap();
    let born: Vec<_> = findings.iter().filter(|finding| finding["pass"] == 2).collect();
    let [born] = born[..] else { panic!("{json}") };
    assert_eq!((&born["rule"], &born["start"]["line"]), (&"time-after-sleep".into(), &7.into()));
    assert!(born["fix"].is_null(), "it needs the text of the first pass: {born}");
    assert_eq!(findings.len(), 3, "{json}");
}
