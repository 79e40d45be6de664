//! What narrows a run down: the baseline, changed lines, a number of fixes, a part of
//! the directories.

use crate::ground::{Ground, MOD, PUMP, SLEEP, SLEPT, finish};
use std::collections::BTreeSet;

const BASELINE: &[&str] = &["check", "--baseline", "known.json"];

fn two() -> Ground {
    Ground::new(&[("go.mod", MOD), ("a/sleep.go", SLEEP), ("b/pump.go", PUMP)])
}

fn written(ground: &Ground) {
    ground.run(&[BASELINE, &["--write-baseline"]].concat()).code(0).err(&["Wrote 2 findings to known.json."]);
}

#[test]
fn what_the_baseline_lists_is_no_finding() {
    let ground = two();
    written(&ground);
    let ran = ground.run(BASELINE).code(0);
    ran.out(&["No findings"]).err(&["note: 2 findings are in the baseline"]);
    ground.run(&["fix", "--baseline", "known.json", "--unsafe"]).code(0).out(&["Nothing to fix."]);
    assert_eq!(ground.text("a/sleep.go"), SLEEP);
}

#[test]
fn known_findings_stay_known_when_lines_move_and_from_any_directory() {
    let ground = two();
    ground.git(&["init", "-q"]);
    written(&ground);
    let moved =
        SLEEP.replace("// Pause", "// Above.\nvar above = 1\n\n// Pause").replace("After(d)", "After( d )");
    ground.put("a/sleep.go", moved);
    ground.run(BASELINE).code(0);
    ground.run_in("a", &["check", "--baseline", "../known.json"]).code(0);
    // A second one of its like is new.
    ground.put("a/sleep.go", SLEEP.replace("\t<-time.After(d)\n", "\t<-time.After(d)\n\t<-time.After(d)\n"));
    ground.run(BASELINE).code(1).out(&["1 finding"]);
}

#[test]
fn entries_that_match_nothing_are_told() {
    let ground = two();
    written(&ground);
    ground.put("a/sleep.go", SLEPT);
    ground.run(BASELINE).code(0).err(&[
        "note: 1 finding is in the baseline",
        "note: 1 entry of the baseline matches nothing any more",
    ]);
    ground.run(&[BASELINE, &["--write-baseline"]].concat()).code(0).err(&["Wrote 1 finding"]);
}

#[test]
fn a_baseline_that_cannot_be_used_is_an_error() {
    let ground = two();
    ground.run(BASELINE).code(2).err(&["known.json", "--write-baseline"]);
    ground.put("known.json", "{\"version\": 1, \"findings\": [");
    ground.run(BASELINE).code(2).err(&["not a baseline of gomend"]);
    ground.put("known.json", "{\"version\": 9, \"findings\": []}");
    ground.run(BASELINE).code(2).err(&["use a newer gomend"]);
    ground.run(&["check", "--write-baseline"]).code(2).err(&["--baseline"]);
    ground
        .run(&["check", "--baseline", "no/such/dir.json", "--write-baseline"])
        .code(2)
        .err(&["no/such/dir.json cannot be written"]);
}

#[test]
fn only_changed_lines_and_new_files_count() {
    let ground = two();
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    let since = ["check", "--new-from-rev", "main"];
    ground.run(&since).code(0).err(&["note: 2 findings stand on lines that did not change"]);
    ground.git(&["checkout", "-q", "-b", "topic"]);
    // Above the finding, which moves.
    ground.put("a/sleep.go", SLEEP.replace("// Pause", "var above = 1\n\n// Pause"));
    ground.run(&since).code(0);
    ground.run(&[&since[..], &["--whole-files"]].concat()).code(1).out(&["1 finding", "a/sleep.go"]);
    ground.put("a/sleep.go", SLEEP.replace("After(d)", "After(2 * d)"));
    ground.run(&since).code(1).out(&["1 finding", "a/sleep.go:7:2"]);
    ground.git(&["commit", "-q", "-a", "-m", "two"]);
    ground.run_in("a", &since).code(1).out(&["1 finding", "sleep.go:7:2"]);
    ground.put("c d/n\u{e9}w.go", SLEEP);
    ground.run(&since).code(1).out(&["2 findings", "c d/n\u{e9}w.go:7:2"]);
    let fixed = ground.run(&["fix", "--new-from-rev", "main", "--verify", "none", "--unsafe"]).code(0);
    fixed.out(&["Applied 2 fixes"]);
    assert_eq!(ground.text("b/pump.go"), PUMP);
    // What main has got meanwhile is not ours.
    ground.git(&["checkout", "-q", "-f", "main"]);
    ground.put("b/pump.go", PUMP.replace("sum += v", "sum += 2 * v"));
    ground.git(&["commit", "-q", "-a", "-m", "three"]);
    ground.git(&["checkout", "-q", "topic"]);
    ground.run(&since).code(1).out(&["a/sleep.go:7:2"]);
}

#[test]
fn revisions_that_git_does_not_know_are_an_error() {
    let ground = two();
    ground.run(&["check", "--new-from-rev", "main"]).code(2).err(&["needs a git repository"]);
    ground.git(&["init", "-q"]);
    ground.run(&["check", "--new-from-rev", "main"]).code(2).err(&["fetch the revision"]);
    ground.run(&["check", "--new-from-rev=--output=x"]).code(2).err(&["name a revision"]);
    ground.run(&["check", "--whole-files"]).code(2).err(&["--new-from-rev"]);
}

#[test]
fn so_many_fixes_are_taken_and_no_more() {
    let ground = Ground::new(&[("go.mod", MOD)]);
    for name in ["a", "b", "c"] {
        ground.put(&format!("{name}/sleep.go"), SLEEP);
    }
    ground.put("a/pump.go", PUMP);
    let most = ["fix", "--verify", "none", "--max-fixes", "2"];
    ground
        .run(&most)
        .code(0)
        .out(&["Applied 2 fixes in 2 files."])
        .err(&["note: 1 fix is left for another run"]);
    assert_eq!((ground.text("a/sleep.go"), ground.text("c/sleep.go")), (SLEPT.into(), SLEEP.into()));
    ground.run(&most).code(0).out(&["Applied 1 fix"]);
    ground.run(&["fix", "--verify", "none", "--max-fixes", "0", "--unsafe"]).code(0);
    assert_eq!(ground.text("a/pump.go"), PUMP);
}

#[test]
fn the_parts_of_a_run_have_each_directory_once() {
    let ground = Ground::new(&[("go.mod", MOD)]);
    for n in 0..20 {
        ground.put(&format!("p{n}/sleep.go"), SLEEP);
        ground.put(&format!("p{n}/again.go"), SLEEP.replace("Pause", "Again"));
    }
    let mut seen = BTreeSet::new();
    let mut sizes = Vec::new();
    for part in ["1/3", "2/3", "3/3"] {
        let found = ground.findings(&["--shard", part]);
        sizes.push(found.len());
        for finding in found {
            assert!(seen.insert(finding["path"].as_str().unwrap().to_owned()), "{finding} comes twice");
        }
    }
    assert_eq!(seen.len(), 40);
    assert!(sizes.iter().all(|size| *size > 0 && size % 2 == 0), "{sizes:?}");
    ground.run(&["check", "--shard", "4/3"]).code(2).err(&["K from 1 to N"]);
}

/// A repository with one commit, on `main`.
fn committed(files: &[(&str, &str)]) -> Ground {
    let ground = Ground::new(&[&[("go.mod", MOD)], files].concat());
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground
}

const SINCE: &[&str] = &["check", "--new-from-rev", "main"];

#[test]
fn changed_lines_are_found_whatever_git_is_told_to_print() {
    let quoted = "uni \u{e9}/a.go";
    let ground = committed(&[(quoted, SLEPT), ("attr/a.go", SLEPT), ("bin/a.go", SLEPT)]);
    ground.put(".gitattributes", "attr/*.go -diff\nbin/*.go binary\n*.go diff=odd\n");
    for (name, value) in [
        ("diff.noprefix", "false"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.external", "false"),
        ("diff.odd.textconv", "false"),
        ("diff.interHunkContext", "9"),
        ("diff.context", "9"),
        ("diff.wsErrorHighlight", "all"),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
    ] {
        ground.git(&["config", name, value]);
    }
    // The old finding stays next to new lines; the new one is below.
    let old = SLEEP.replace("package m\n", "package m\n\n// A line that is new.\n");
    let both = old.clone() + "\n// Again waits.\nfunc Again(d time.Duration) {\n\t<-time.After(d)\n}\n";
    for name in [quoted, "attr/a.go", "bin/a.go"] {
        ground.put(name, SLEEP);
    }
    ground.git(&["commit", "-q", "-a", "-m", "two"]);
    for name in [quoted, "attr/a.go", "bin/a.go"] {
        ground.put(name, &both);
    }
    for (name, value) in [
        ("GIT_DIFF_OPTS", "-u9"),
        ("GIT_EXTERNAL_DIFF", "false"),
        ("GIT_LITERAL_PATHSPECS", "1"),
        ("GIT_ICASE_PATHSPECS", "0"),
    ] {
        let mut command = ground.command(SINCE);
        command.env(name, value);
        let ran = finish(command).code(1);
        let places = [&format!("{quoted}:14:2"), "attr/a.go:14:2", "bin/a.go:14:2"];
        ran.out(&["3 findings"]).out(&places);
    }
}

#[test]
fn a_renamed_file_is_not_new() {
    let ground = committed(&[("a/sleep.go", SLEEP), ("a/pump.go", PUMP)]);
    ground.run(&[BASELINE, &["--write-baseline"]].concat()).code(0);
    ground.git(&["mv", "a/sleep.go", "a/pause.go"]);
    ground.git(&["config", "diff.renames", "false"]);
    ground.run(SINCE).code(0).err(&["stand on lines that did not change"]);
    ground.run(BASELINE).code(0).err(&["note: 2 findings are in the baseline"]);
    // What is copied is new: its like still stands where it was.
    ground.put("b/pump.go", PUMP);
    ground.run(BASELINE).code(1).out(&["1 finding", "b/pump.go"]);
    // One entry stands for one finding.
    ground.put("b/pump.go", SLEEP);
    ground.put("c/sleep.go", SLEEP);
    ground.run(BASELINE).code(1).out(&["2 findings"]);
    ground.git(&["rm", "-q", "-f", "a/pause.go"]);
    ground.run(BASELINE).code(1).out(&["1 finding"]);
}

#[test]
fn a_baseline_without_contents_is_read() {
    let ground = two();
    written(&ground);
    let old: Vec<String> = ground.text("known.json").lines().map(str::to_owned).collect();
    let cut = |line: &String| match line.split_once(",\"content\"") {
        Some((kept, rest)) => format!("{kept}}}{}", if rest.ends_with(',') { "," } else { "" }),
        None => line.clone(),
    };
    ground.put("known.json", old.iter().map(cut).collect::<Vec<_>>().join("\n"));
    assert!(!ground.text("known.json").contains("content"));
    ground.run(BASELINE).code(0).err(&["2 findings are in the baseline"]);
}
