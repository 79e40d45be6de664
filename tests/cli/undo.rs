//! `gomend undo`, its list, and runs that ended half-way.

use crate::ground::{Ground, MOD, SLEEP, SLEPT};
use gomend::store::{Change, RunMeta, Step, Store};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn undo_puts_the_files_back() {
    let ground = Ground::sleepy();
    ground.put("sub/sleep.go", SLEEP);
    ground.run(&["fix", "--verify", "none"]).code(0);
    ground.run(&["undo", "--list"]).code(0).out(&["   1  ", "2 files  finished  gomend fix --verify none"]);
    ground.run(&["undo"]).code(0).out(&["Restored 2 files of run 1."]);
    assert_eq!((ground.text("sleep.go").as_str(), ground.text("sub/sleep.go").as_str()), (SLEEP, SLEEP));
    ground.run(&["undo", "--list"]).code(0).out(&["undone"]);
    ground.run(&["undo"]).code(0).out(&["Nothing is left to restore of run 1."]);
}

#[test]
fn undo_takes_the_run_it_is_told() {
    let ground = Ground::sleepy();
    ground.run(&["fix", "--verify", "none"]).code(0);
    ground.put("b.go", SLEEP);
    ground.run(&["fix", "--verify", "none"]).code(0).out(&["`gomend undo 2`"]);
    ground.run(&["undo", "1"]).code(0).out(&["Restored 1 file of run 1."]);
    assert_eq!((ground.text("sleep.go").as_str(), ground.text("b.go").as_str()), (SLEEP, SLEPT));
    ground.run(&["undo"]).code(0).out(&["Restored 1 file of run 2."]);
    let again = ground.run(&["undo"]).code(0);
    again.out(&["Nothing is left to restore of run 2.\n"]);
    ground.run(&["undo", "7"]).code(2).err(&["run 7 is not remembered"]);
    ground.run(&["undo", "x"]).code(2).err(&["`x` is not a run", "gomend undo --list"]);
}

#[test]
fn undo_of_what_is_undone_names_the_run_before() {
    let ground = Ground::sleepy();
    ground.run(&["fix", "--verify", "none"]).code(0);
    ground.put("b.go", SLEEP);
    ground.run(&["fix", "--verify", "none"]).code(0);
    ground.run(&["undo"]).code(0).out(&["Restored 1 file of run 2."]);
    let again = ground.run(&["undo"]).code(0);
    again.out(&["Nothing is left to restore of run 2. `gomend undo 1` puts back what run 1 wrote."]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn undo_refuses_files_changed_since() {
    let ground = Ground::sleepy();
    ground.put("b.go", SLEEP);
    ground.run(&["fix", "--verify", "none"]).code(0);
    let mine = format!("{SLEPT}// mine\n");
    ground.put("sleep.go", &mine);
    let ran = ground.run(&["undo"]).code(1);
    ran.err(&["left as it is: sleep.go: its contents changed"]).out(&["Restored 1 file"]);
    assert_eq!((ground.text("sleep.go").as_str(), ground.text("b.go").as_str()), (mine.as_str(), SLEEP));
    ground.run(&["undo", "--list"]).code(0).out(&["undone but for 1"]);
}

#[test]
fn nothing_to_undo_is_said() {
    let ground = Ground::sleepy();
    ground.run(&["undo"]).code(2).err(&["nothing to undo"]);
    ground.run(&["undo", "--list"]).code(0).out(&["No run is remembered"]);
    ground.run(&["fix", "--continue"]).code(2).err(&["nothing to continue"]);
    ground.run(&["undo", "--root", "nosuch"]).code(2).err(&["nosuch"]);
}

#[test]
fn undo_works_from_below_the_root() {
    for git in [false, true] {
        let ground = Ground::sleepy();
        ground.put("sub/deep/x.go", "package p\n");
        if git {
            ground.git(&["init", "-q"]);
        }
        ground.run(&["fix", "--verify", "none"]).code(0);
        ground.run_in("sub/deep", &["undo"]).code(0).out(&["Restored 1 file"]);
        assert_eq!(ground.text("sleep.go"), SLEEP);
    }
}

#[test]
fn a_fix_of_a_tree_elsewhere_says_how_to_undo_it() {
    for pattern in ["", "/...", "/sleep.go"] {
        let (here, there) = (Ground::new(&[("x.go", "package p\n")]), Ground::sleepy());
        let dir = there.dir().to_str().unwrap().to_owned();
        let ran = here.run(&["fix", "--verify", "none", &format!("{dir}{pattern}")]).code(0);
        assert_eq!(there.text("sleep.go"), SLEPT, "{pattern}: {}{}", ran.out, ran.err);
        ran.out(&[&format!("`gomend undo --root {dir} 1`")]);
        here.run(&["undo", "--root", &dir, "1"]).code(0);
        assert_eq!(there.text("sleep.go"), SLEEP);
    }
}

/// A run of which only the first of its two batches was written.
fn half_way(ground: &Ground) -> usize {
    let names: Vec<String> = (0..100).map(|number| format!("p{number:03}/sleep.go")).collect();
    names.iter().for_each(|name| ground.put(name, SLEEP));
    let change = |name: &String| Change { path: name.into(), before: SLEEP.into(), after: SLEPT.into() };
    let changes: Vec<Change> = names.iter().map(change).collect();
    let meta = RunMeta {
        command: "gomend fix".to_owned(),
        version: "0".to_owned(),
        time: "2026-11-21T00:00:00Z".parse().unwrap(),
    };
    let mut store = Store::open(&ground.dir(), Some(ground.state()), "gomend fix").unwrap();
    let died = catch_unwind(AssertUnwindSafe(|| {
        store.write(&changes, meta, &mut |step| {
            if matches!(step, Step::File { done: 70, .. }) {
                std::panic::resume_unwind(Box::new(()));
            }
        })
    }));
    assert!(died.is_err());
    names.iter().filter(|name| ground.text(name) == SLEPT).count()
}

#[test]
fn after_a_run_that_ended_half_way_the_next_one_offers_both_ways_out() {
    let ground = Ground::new(&[("go.mod", MOD)]);
    let written = half_way(&ground);
    assert!((1..100).contains(&written), "{written} of 100 files are new");
    let ran = ground.run(&["fix", "--verify", "none"]).code(2);
    ran.err(&["ended half-way", "`gomend undo`", "`gomend fix --continue`"]);
    ground.run(&["check"]).code(1);
    ground.run(&["fix", "-l", "--verify", "none"]).code(1);
    ground.run(&["undo", "--list"]).code(0).out(&["ended half-way"]);
    ground.run(&["fix", "--continue"]).code(0).out(&["Finished run 1: 100 of 100 files are written."]);
    assert_eq!((0..100).filter(|n| ground.text(&format!("p{n:03}/sleep.go")) == SLEPT).count(), 100);
    ground.run(&["fix", "--verify", "none"]).code(0).out(&["Nothing to fix."]);
}

#[test]
fn a_run_that_ended_half_way_can_be_undone() {
    let ground = Ground::new(&[("go.mod", MOD)]);
    half_way(&ground);
    ground.run(&["undo"]).code(0);
    assert_eq!((0..100).filter(|n| ground.text(&format!("p{n:03}/sleep.go")) == SLEEP).count(), 100);
    ground.run(&["fix", "--verify", "none"]).code(0).out(&["Applied 100 fixes"]);
}

#[test]
fn the_way_out_of_a_run_elsewhere_is_told_with_its_place() {
    let (here, there) = (Ground::new(&[("x.go", "package p\n")]), Ground::new(&[("go.mod", MOD)]));
    half_way(&there);
    let dir = there.dir();
    let run = |args: &[&str]| {
        let mut command = here.command(args);
        command.env("XDG_STATE_HOME", there.state());
        crate::ground::finish(command)
    };
    let dir = dir.to_str().unwrap();
    run(&["fix", "--verify", "none", dir]).code(2).err(&["ended half-way", "in that directory"]);
    run(&["fix", "--continue", dir]).code(0).out(&["100 of 100"]);
}

/// What git's index holds of a file.
fn index_of(ground: &Ground, name: &str) -> String {
    ground.git(&["show", &format!(":{name}")])
}

/// A hook that refuses leaves the fix staged; `undo` takes it out of the index, too.
#[cfg(unix)]
#[test]
fn undo_takes_back_what_was_staged() {
    let ground = Ground::sleepy();
    ground.git(&["init", "-q"]);
    ground.git(&["config", "user.name", "a"]);
    ground.git(&["config", "user.email", "a@example.com"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground.put(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    ground.executable(".git/hooks/pre-commit");
    let commit = ["fix", "--verify", "none", "--commit-per", "rule"];
    ground.run(&commit).code(2).err(&["written but not committed"]);
    assert_eq!(index_of(&ground, "sleep.go"), SLEPT);
    ground.run(&["undo"]).code(0).out(&["Restored 1 file of run 1.", "1 entry of git's index too."]);
    assert_eq!((ground.text("sleep.go"), index_of(&ground, "sleep.go")), (SLEEP.into(), SLEEP.into()));
    assert_eq!(ground.git(&["status", "--porcelain"]), "");
    // An entry that somebody has staged since stays.
    ground.run(&commit).code(2);
    let mine = format!("{SLEPT}\n// Mine.\n");
    ground.put("sleep.go", &mine);
    ground.git(&["add", "sleep.go"]);
    ground.run(&["undo"]).code(1).err(&["left as it is in git's index: sleep.go"]);
    assert_eq!(index_of(&ground, "sleep.go"), mine);
    // What was committed is history.
    ground.git(&["reset", "-q", "--hard"]);
    std::fs::remove_file(ground.path(".git/hooks/pre-commit")).unwrap();
    ground.run(&commit).code(0);
    ground.run(&["undo"]).code(0);
    assert_eq!((ground.text("sleep.go"), index_of(&ground, "sleep.go")), (SLEEP.into(), SLEPT.into()));
}
