//! Plans, patches for owners, commits: how the fixes of a migration travel.

use crate::ground::{Ground, MOD, PUMP, SLEEP, SLEPT};
use crate::toolchain;
use std::path::Path;

/// Two rules in one file.
const BOTH: &str = "package m\n\nimport (\n\t\"runtime\"\n\t\"time\"\n)\n\n// Both waits and yields.\nfunc Both(in <-chan int, d time.Duration) (sum int) {\n\tfor v := range in {\n\t\tsum += v\n\t\truntime.Gosched()\n\t}\n\t<-time.After(d)\n\treturn sum\n}\n";

fn team() -> Ground {
    let ground = Ground::new(&[
        ("go.mod", MOD),
        (".github/CODEOWNERS", "* @org/all\n/a/ @alice\n/b/ @bob @bea\n/free/\n"),
        ("a/sleep.go", SLEEP),
        ("b/both.go", BOTH),
        ("c/pump.go", PUMP),
        ("free/sleep.go", SLEEP),
        ("sub/go.mod", "module example.com/sub\n\ngo 1.26\n"),
        ("sub/sleep.go", SLEEP),
    ]);
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground
}

const FIX: &[&str] = &["fix", "--unsafe", "--verify", "none"];
const UNPROVED: &[&str] = &["--verify", "none"];

/// What `fix` makes of the tree.
fn fixed() -> String {
    let ground = team();
    ground.run(FIX).code(0).out(&["Applied 6 fixes in 5 files."]);
    ground.git(&["diff"])
}

fn files(ground: &Ground, dir: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(ground.path(dir))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_plan_applies_as_the_fixes_would() {
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "plan.json"]].concat()).code(0).err(&["gomend apply plan.json"]);
    assert_eq!(ground.git(&["diff"]), "");
    let patch = ground.run(&["apply", "plan.json", "--diff", "--verify", "none"]).code(1).out;
    ground.run_in("a", &["apply", "../plan.json", "-l", "--verify", "none"]).code(1).out(&["sleep.go"]);
    assert_eq!(ground.git(&["diff"]), "");
    let ran = ground.run_in("b", &["apply", "../plan.json", "--verify", "none"]).code(0);
    ran.out(&["Applied 6 fixes in 5 files.", "Not verified (`--verify none`).", "gomend undo"]);
    assert_eq!(ground.git(&["diff"]), fixed());
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.git(&["diff"]), "");
    ground.put("x.patch", patch);
    ground.git(&["apply", "x.patch"]);
    assert_eq!(ground.git(&["diff"]), fixed());
    // What is there is not what was planned for.
    ground.run(&["apply", "plan.json"]).code(1).err(&["left alone: a/sleep.go: it has changed"]);
}

#[test]
fn a_plan_goes_to_standard_output_alone() {
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "plan.json"]].concat()).code(0);
    let ran = ground.run(&[FIX, &["--plan-out", "-"]].concat()).code(0);
    assert_eq!(ran.out, ground.text("plan.json"));
    ran.err(&["6 fixes"]);
    let ran = ground.run(&[FIX, &["--quiet", "--shard", "1/2", "--plan-out", "-"]].concat()).code(0);
    assert!(ran.out.contains("\"shard\"") && ran.err.is_empty(), "{}{}", ran.out, ran.err);
    assert!(!ground.path("-").exists());
}

#[test]
fn a_plan_is_proved_here_whatever_it_says_of_itself() {
    toolchain::need();
    let ground = Ground::sleepy();
    ground.run(&["fix", "--verify", "none", "--plan-out", "plan.json"]).code(0);
    ground.put("plan.json", ground.text("plan.json").replace("\"proved_by\":null", "\"proved_by\":\"Bob\""));
    ground.run(&["apply", "plan.json", "--diff"]).code(1).err(&["All proved by gofmt, build and vet."]);
    let ran = ground.run(&["apply", "plan.json", "-l", "--verify", "gofmt"]).code(1);
    assert_eq!(ran.err(&["All proved by gofmt."]).out, "sleep.go\n");
    let ran = ground.run(&["apply", "plan.json"]).code(0);
    let ran = ran.out(&["Applied 1 fix in 1 file.", "All proved by gofmt, build and vet."]);
    assert!(!ran.out.contains("Bob"), "{}", ran.out);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn what_a_plan_has_and_nothing_proves_is_not_written() {
    toolchain::need();
    let ground = Ground::sleepy();
    let tagged = format!("//go:build special\n\n{}", SLEEP.replace("Pause", "PauseSpecially"));
    ground.put("sleep_tagged.go", &tagged);
    ground.run(&["fix", "--verify", "none", "--plan-out", "plan.json"]).code(0);
    ground.run(&["apply", "plan.json"]).code(1).out(&[
        "Applied 1 fix in 1 file.",
        "1 not proved, so not written:",
        "sleep_tagged.go:9:2 time-after-sleep:",
        "--allow-unproved",
    ]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
    assert_eq!(ground.text("sleep_tagged.go"), tagged);
    ground.put("sleep.go", SLEEP);
    let ran = ground.run(&["apply", "plan.json", "--split-by", "rule", "--out", "patches"]).code(1);
    ran.out(&["1 fix in 1 file"]).err(&["1 not proved, so not written:"]);
    assert!(!ground.text("patches/time-after-sleep.patch").contains("tagged"));
    let ran = ground.run(&["apply", "plan.json", "-l"]).code(1);
    assert_eq!(ran.out, "sleep.go\n");
    ground
        .run(&["apply", "plan.json", "--verify-config", "linux/amd64,special", "--diff"])
        .code(1)
        .err(&["Would apply 2 fixes in 2 files.", "All proved"]);
    ground.run(&["apply", "plan.json", "--allow-unproved"]).code(0).out(&["Applied 2 fixes", "1 unproved:"]);
    assert_ne!(ground.text("sleep_tagged.go"), tagged);
    // A rung that is named and out of reach writes nothing.
    std::fs::remove_file(ground.path("go.mod")).unwrap();
    ground.put("sleep.go", SLEEP);
    ground.put("sleep_tagged.go", &tagged);
    let ran = ground.run(&["apply", "plan.json", "--verify", "vet", "--allow-unproved"]).code(1);
    ran.out(&["No fix applied.", "cannot be reached, so nothing is written"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    ground
        .run(&["apply", "plan.json", "--require-proof", "--verify", "none"])
        .code(2)
        .err(&["--require-proof"]);
    ground
        .run(&["apply", "plan.json", "--verify-cmd", "ls {files}"])
        .code(0)
        .out(&["Applied 2 fixes in 2 files.", "`ls {files}`"]);
}

/// A fix that breaks stays out by name, with those that stand on it; the others go on.
#[test]
fn a_fix_of_a_plan_that_breaks_is_refused_and_the_others_are_not() {
    toolchain::need();
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "plan.json"]].concat()).code(0);
    let plan = ground.text("plan.json");
    let mut plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    // The sleep in b/both.go, on which the other fix of that file stands, and that in a/sleep.go.
    for file in plan["files"].as_array_mut().unwrap() {
        let path = file["path"].as_str().unwrap().to_owned();
        if path != "a/sleep.go" && path != "b/both.go" {
            continue;
        }
        let before = ground.text(&path);
        for step in file["steps"].as_array_mut().unwrap() {
            let mut after = before.clone();
            for edit in step["edits"].as_array_mut().unwrap().iter_mut().rev() {
                let text = edit["text"].as_str().unwrap().replace("time.Sleep(d)", "time.Sleep(e)");
                let at = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
                after.replace_range(at("start_byte")..at("end_byte"), &text);
                edit["text"] = text.into();
            }
            step["after"] = blake3::hash(after.as_bytes()).to_hex().to_string().into();
        }
    }
    ground.put("plan.json", plan.to_string());
    let ran = ground.run(&["apply", "plan.json"]).code(1);
    ran.out(&[
        "Applied 3 fixes in 3 files.",
        "All proved by gofmt, build and vet.",
        "3 refused by the proof",
        "a/sleep.go:7:2 time-after-sleep: a/sleep.go:7:13: undefined: e",
        "b/both.go:14:2 time-after-sleep: b/both.go:12:13: undefined: e",
        "b/both.go:12:3 gosched: it stands on a fix that was refused",
    ]);
    let changed = ground.git(&["diff", "--name-only"]);
    assert_eq!(changed, "c/pump.go\nfree/sleep.go\nsub/sleep.go\n");
    ground.git(&["checkout", "-q", "."]);
    let ran = ground.run(&["apply", "plan.json", "--split-by", "directory", "--out", "dirs"]).code(1);
    ran.err(&["3 refused by the proof"]);
    assert_eq!(files(&ground, "dirs"), ["c.patch", "free.patch", "sub.patch"]);
    for (name, value) in [("user.name", "a"), ("user.email", "a@example.com")] {
        ground.git(&["config", name, value]);
    }
    ground.run(&["apply", "plan.json", "--commit-per", "rule"]).code(1).err(&["3 refused by the proof"]);
    let log = ground.git(&["log", "--format=%b", "main"]);
    assert_eq!(log.matches("proved by gofmt, build and vet.").count(), 2, "{log}");
    assert_eq!(ground.git(&["diff", "--name-only", "HEAD~2"]), "c/pump.go\nfree/sleep.go\nsub/sleep.go\n");
}

#[test]
fn files_that_changed_are_left_alone_and_the_others_are_not() {
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "plan.json"]].concat()).code(0);
    ground.put("a/sleep.go", format!("{SLEEP}\n// Changed.\n"));
    std::fs::remove_file(ground.path("c/pump.go")).unwrap();
    let ran = ground.run(&["apply", "plan.json", "--verify", "none"]).code(1);
    ran.err(&["left alone: a/sleep.go: it has changed since", "left alone: c/pump.go:"])
        .out(&["Applied 4 fixes in 3 files"]);
    assert_eq!(ground.text("a/sleep.go"), format!("{SLEEP}\n// Changed.\n"));
    assert_eq!(ground.text("free/sleep.go"), SLEPT);
}

#[test]
fn damaged_and_foreign_plans_are_refused() {
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "plan.json"]].concat()).code(0);
    let text = ground.text("plan.json");
    for cut in [0, 10, text.len() / 2, text.len() - 3] {
        ground.put("cut.json", &text[..cut]);
        ground.run(&["apply", "cut.json"]).code(2).err(&["cut.json: not a whole plan"]);
    }
    ground.put("newer.json", text.replacen("\"plan\":1", "\"plan\":2", 1));
    ground.run(&["apply", "newer.json"]).code(2).err(&["a plan of version 2"]);
    ground.put("out.json", text.replace("a/sleep.go", "../sleep.go"));
    ground.run(&["apply", "out.json"]).code(1).err(&["../sleep.go: its path leads out of the root"]);
    ground.git(&["checkout", "-q", "."]);
    ground.put("odd.json", text.replace("time.Sleep(d)", "time.Sleep(e)").replace("Sleep(", "Sleep(("));
    ground.run(&["apply", "odd.json"]).code(1).err(&["do not give what was planned"]);
    ground.run(&["apply", "none.json"]).code(2).err(&["none.json cannot be read"]);
    ground
        .run(&["fix", "--plan-out", "no/such/plan.json", "--verify", "none"])
        .code(2)
        .err(&["cannot be written"]);
}

#[test]
fn the_plans_of_parts_join_to_that_of_the_whole() {
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "whole.json"]].concat()).code(0);
    let names = ["1.json", "2.json", "3.json"];
    for (part, name) in ["1/3", "2/3", "3/3"].iter().zip(names) {
        ground.run(&[FIX, &["--plan-out", name, "--shard", part]].concat()).code(0);
    }
    ground.run(&["apply", "2.json"]).code(2).err(&["part 2 of 3; join the parts with `gomend merge` first"]);
    ground.run(&["merge", "1.json", "3.json"]).code(2).err(&["missing of 3 parts: 2"]);
    ground.run(&["merge", "1.json", "3.json", "3.json"]).code(2).err(&["part 3 again"]);
    ground
        .run(&["merge", "1.json", "2.json", "whole.json"])
        .code(2)
        .err(&["whole.json: not a part of a run"]);
    ground.run(&["merge", "3.json", "2.json", "1.json", "-o", "all.json"]).code(0);
    assert_eq!(ground.text("all.json"), ground.text("whole.json"));
}

#[test]
fn parts_that_were_planned_otherwise_are_refused() {
    let ground = team();
    let plan = |name: &str, shard: &str, args: &[&str]| {
        let args = [&["fix", "--shard", shard, "--plan-out", name], args].concat();
        ground.run(&args).code(0);
    };
    plan("1.json", "1/2", &["--unsafe", "--verify", "none"]);
    for other in [
        &["--verify", "none"][..],
        &["--unsafe", "--verify", "gofmt"],
        &["--unsafe", "--verify", "none", "--gofmt"],
        &["--unsafe", "--verify", "none", "--max-fixes", "1"],
        &["--unsafe", "--verify", "none", "--select", "all"],
    ] {
        plan("2.json", "2/2", other);
        let ran = ground.run(&["merge", "1.json", "2.json"]).code(2);
        assert!(ran.err(&["2.json: of another run than 1.json"]).out.is_empty(), "{other:?}");
    }
    plan("2.json", "2/2", &["--unsafe", "--verify", "none"]);
    ground.run(&["merge", "1.json", "2.json"]).code(0);
}

#[test]
fn a_joined_plan_is_proved_as_far_as_each_of_its_parts() {
    toolchain::need();
    let ground = Ground::sleepy();
    let joined = |changed: Option<(&str, &str)>| {
        let names: Vec<String> = (1..=4).map(|part| format!("{part}.json")).collect();
        for (part, name) in (1..).zip(&names) {
            let shard = format!("{part}/4");
            ground.run(&["fix", "--verify", "gofmt", "--shard", &shard, "--plan-out", name]).code(0);
            if let Some((from, to)) = changed {
                ground.put(name, ground.text(name).replace(from, to));
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        ground.run(&[&["merge"], &names[..]].concat()).code(0).json()["proved_by"].clone()
    };
    // Three of the parts have no fix.
    assert_eq!(joined(None), "gofmt");
    assert_eq!(joined(Some(("\"proved_by\":\"gofmt\"", "\"proved_by\":null"))), serde_json::Value::Null);
}

/// Applies the patches of `dir` in this order to a fresh tree; what that gives.
fn applied(ground: &Ground, dir: &str, order: impl Iterator<Item = String>) -> String {
    ground.git(&["checkout", "-q", "."]);
    for name in order {
        ground.git(&["apply", Path::new(dir).join(name).to_str().unwrap()]);
    }
    let diff = ground.git(&["diff"]);
    ground.git(&["checkout", "-q", "."]);
    diff
}

#[test]
fn patches_for_owners_apply_in_any_order() {
    let ground = team();
    ground.run(&[FIX, &["--plan-out", "plan.json"]].concat()).code(0);
    let split = |by: &str, dir: &str| {
        ground.run(&[FIX, &["--split-by", by, "--out", dir]].concat()).code(0).out(&["fix"]);
        let again = format!("{dir}-plan");
        ground.run(&[&["apply", "plan.json", "--split-by", by, "--out", &again], UNPROVED].concat()).code(0);
        let names = files(&ground, dir);
        assert_eq!(names, files(&ground, &again));
        for name in &names {
            assert_eq!(
                ground.text(&format!("{dir}/{name}")),
                ground.text(&format!("{again}/{name}")),
                "{name}"
            );
        }
        names
    };
    let owners = split("owner", "owners");
    assert_eq!(owners, ["alice.patch", "bob--bea.patch", "org-all.patch", "unowned.patch"]);
    assert_eq!(applied(&ground, "owners", owners.iter().rev().cloned()), fixed());
    assert_eq!(split("directory", "dirs"), ["a.patch", "b.patch", "c.patch", "free.patch", "sub.patch"]);
    assert_eq!(split("module", "modules"), ["example.com-m.patch", "example.com-sub.patch"]);
    let rules = split("rule", "rules");
    assert_eq!(rules, ["01-time-after-sleep.patch", "02-gosched.patch"]);
    assert_eq!(applied(&ground, "rules", rules.into_iter()), fixed());
    assert_eq!(ground.git(&["status", "--porcelain", "--untracked-files=no"]), "");
    ground
        .run(&[FIX, &["--split-by", "rule", "--out", "rules"]].concat())
        .code(2)
        .err(&["rules is not empty"]);
    ground.run(&[FIX, &["--split-by", "rule"]].concat()).code(2).err(&["--out"]);
    std::fs::remove_file(ground.path(".github/CODEOWNERS")).unwrap();
    let ran = ground.run(&[FIX, &["--split-by", "owner", "--out", "none"]].concat());
    ran.code(2).err(&["no CODEOWNERS in"]);
}

#[test]
fn commits_are_made_one_by_one_with_the_hooks_of_git() {
    let ground = team();
    ground.put(".git/hooks/commit-msg", "#!/bin/sh\necho Hooked-by: me >>\"$1\"\n");
    ground.executable(".git/hooks/commit-msg");
    for (name, value) in [("user.name", "a"), ("user.email", "a@example.com")] {
        ground.git(&["config", name, value]);
    }
    ground.put("untracked.txt", "x");
    ground.run(&[FIX, &["--commit-per", "rule"]].concat()).code(0).out(&["Committed:"]);
    let log = ground.git(&["log", "--format=%s|%b", "main"]);
    assert_eq!(log.matches("Hooked-by: me").count(), 2, "{log}");
    assert!(log.contains("by gomend") && log.contains("gosched; not proved."), "{log}");
    assert_eq!(ground.git(&["diff", "HEAD~2", "--", "*.go"]), fixed());
    assert_eq!(ground.git(&["status", "--porcelain"]), "?? untracked.txt\n");
    // The tree of each commit builds.
    let first = ground.git(&["show", "HEAD~1:b/both.go"]);
    assert!(first.contains("time.Sleep(d)") && first.contains("Gosched"), "{first}");

    let ground = team();
    for (name, value) in [("user.name", "a"), ("user.email", "a@example.com")] {
        ground.git(&["config", name, value]);
    }
    ground.put("a/sleep.go", format!("{SLEEP}// Mine.\n"));
    let per = [FIX, &["--commit-per", "owner", "--commit-template", "{key}: {fixes}"]].concat();
    ground.run(&per).code(2).err(&["the work tree has changes (a/sleep.go)"]);
    ground.git(&["checkout", "-q", "."]);
    ground.run(&per).code(0);
    let log = ground.git(&["log", "--format=%s", "main"]);
    assert_eq!(log, "unowned: 1 fix\n@org/all: 2 fixes\n@bob+@bea: 2 fixes\n@alice: 1 fix\none\n");
    ground.git(&["reset", "-q", "--hard", "HEAD~4"]);
    ground.put(".git/hooks/pre-commit", "#!/bin/sh\necho no thanks >&2\nexit 1\n");
    ground.executable(".git/hooks/pre-commit");
    ground.run(&per).code(2).err(&["`@alice` is written but not committed", "no thanks"]);
}
