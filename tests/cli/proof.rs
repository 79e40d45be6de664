//! `gomend fix` with the real Go toolchain, and what happens while it works.

use crate::ground::{Ground, MOD, SLEEP, SLEPT, finish, wait};
use crate::toolchain;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn fixes_are_proved_before_they_are_written() {
    toolchain::need();
    let ground = Ground::sleepy();
    let ran = ground.run(&["fix", "--diff", "--format", "json"]).code(1);
    assert_eq!(ran.json()["findings"][0]["proof"], "proved");
    let ran = ground.run(&["fix"]).code(0);
    ran.out(&["Applied 1 fix in 1 file.", "All proved by gofmt, build and vet."]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

/// What go remembers of a proof, it does not say to the user in words that name the files
/// of the proof, nor do later proofs stumble over it.
#[test]
fn what_vet_said_in_a_proof_is_not_heard_of_again() {
    toolchain::need();
    let ground = Ground::sleepy();
    let imports = "import (\n\t\"fmt\"\n\t\"time\"\n)";
    let noisy = SLEEP.replace("import \"time\"", imports);
    ground.put("sleep.go", format!("{noisy}\nfunc Noisy() {{\n\tfmt.Printf(\"%d\", \"x\")\n}}\n"));
    let cache = tempfile::tempdir().unwrap();
    let fix = |args: &[&str]| {
        let mut command = ground.command(args);
        command.env("GOCACHE", cache.path());
        finish(command)
    };
    for _ in 0..2 {
        fix(&["fix", "--diff", "--no-cache"]).code(1).err(&["All proved by gofmt, build and vet."]);
    }
    fix(&["fix", "--no-cache"]).code(0).out(&["All proved by gofmt, build and vet."]);
    let mut vet = Command::new("go");
    vet.args(["vet", "./..."]).current_dir(ground.path(".")).env("GOCACHE", cache.path());
    let said = String::from_utf8(vet.output().unwrap().stderr).unwrap();
    assert!(said.contains("sleep.go:") && !said.contains("gomend-verify"), "{said}");
}

#[test]
fn the_ladder_stops_where_it_is_told() {
    toolchain::need();
    let ground = Ground::sleepy();
    let diff = |rung: &str| ground.run(&["fix", "--diff", "--verify", rung]).code(1).err;
    assert!(diff("none").contains("Not verified (`--verify none`)."));
    assert!(diff("gofmt").contains("All proved by gofmt."));
    assert!(diff("build").contains("All proved by gofmt and build."));
    assert!(diff("vet").contains("All proved by gofmt, build and vet."));
    assert!(diff("test").contains("All proved by gofmt, build, vet and tests."));
    ground.put("gomend.toml", "verify = \"build\"\n");
    ground.run(&["fix", "--diff"]).code(1).err(&["All proved by gofmt and build."]);
    ground.run(&["fix", "--diff", "--verify", "vet"]).code(1).err(&["gofmt, build and vet"]);
}

#[test]
fn what_is_not_built_here_is_unproved_with_the_reason() {
    toolchain::need();
    let ground = Ground::sleepy();
    let elsewhere = SLEEP.replace("Pause", "PauseThere");
    let tagged = format!("//go:build special\n\n{}", SLEEP.replace("Pause", "PauseSpecially"));
    ground.put("sleep_windows.go", &elsewhere);
    ground.put("sleep_tagged.go", &tagged);
    let ran = ground.run(&["fix", "--diff", "--format", "json"]).code(1);
    let findings = ran.json()["findings"].as_array().unwrap().clone();
    let proof: Vec<&str> = findings.iter().map(|one| one["proof"].as_str().unwrap()).collect();
    assert_eq!(proof, ["proved", "unproved", "proved"]);
    assert!(findings[1]["proof_reason"].as_str().unwrap().contains("special"), "{}", findings[1]);
    let ran = ground.run(&["fix", "-l"]).code(1);
    assert_eq!(ran.out, "sleep.go\nsleep_windows.go\n");
    ran.err(&[
        "1 not proved, so not written:",
        "`--verify-config linux/amd64,special` turns it on",
        "--allow-unproved",
    ]);
    ground.run(&["fix"]).code(1).out(&["Applied 2 fixes in 2 files."]);
    assert_eq!(ground.text("sleep_tagged.go"), tagged);
    assert_eq!(ground.text("sleep.go"), SLEPT);
    assert_ne!(ground.text("sleep_windows.go"), elsewhere);
    // What is quiet says it in two lines.
    let ran = ground.run(&["fix", "-q"]).code(1);
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 2), "{}", ran.err);
    let ran = ground.run(&["fix", "--verify-config", "linux/amd64,special"]).code(0);
    ran.out(&["All proved"]);
    assert_ne!(ground.text("sleep_tagged.go"), tagged);
}

/// What a missing C compiler alone keeps from a proof is named, and is no failure.
#[test]
fn files_that_need_a_c_compiler_are_named_without_a_failure() {
    toolchain::need();
    let ground = Ground::sleepy();
    let c = SLEEP.replace("import \"time\"", "import \"C\"\n\nimport \"time\"").replace("Pause", "PauseC");
    ground.put("c_darwin.go", &c);
    let ran = ground.run(&["fix"]).code(0);
    ran.out(&[
        "Applied 1 fix in 1 file.",
        "1 not proved, so not written:",
        "cgo without a C compiler for darwin/",
    ]);
    assert_eq!(ground.text("c_darwin.go"), c);
}

/// The words are those of the user's own problem, never of a setting of the proof.
#[test]
fn a_module_that_is_not_downloaded_is_named_with_the_cure() {
    toolchain::need();
    let ground = Ground::new(&[("ok/go.mod", MOD), ("ok/sleep.go", SLEEP)]);
    ground.put("far/go.mod", "module example.com/far\n\ngo 1.26\n\nrequire example.com/x v1.0.0\n");
    ground.put("far/go.sum", "example.com/x v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nexample.com/x v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    let far = SLEEP.replace("import \"time\"", "import (\n\t\"time\"\n\n\t_ \"example.com/x\"\n)");
    ground.put("far/sleep.go", &far);
    let cache = tempfile::tempdir().unwrap();
    let fix = |args: &[&str]| {
        let mut command = ground.command(args);
        command.env("GOMODCACHE", cache.path());
        finish(command)
    };
    for args in
        [&["fix", "--verify", "vet", "far"][..], &["fix", "--verify", "vet", "--allow-unproved", "far"]]
    {
        let ran =
            fix(args).code(1).out(&["No fix applied.", "`--verify vet` was asked for and cannot be reached"]);
        assert_eq!(ground.text("far/sleep.go"), far, "{}", ran.out);
    }
    let ran = fix(&["fix"]).code(1);
    let said = format!("{}{}", ran.out, ran.err).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("modules are not downloaded: run `go mod download` in far"), "{said}");
    assert!(!said.contains("GOPROXY"), "{said}");
    assert_eq!((ground.text("far/sleep.go"), ground.text("ok/sleep.go")), (far, SLEPT.to_owned()));
    fix(&["fix", "--allow-unproved"]).code(0).out(&["1 unproved:"]);
    assert!(ground.text("far/sleep.go").contains("time.Sleep(d)"));
}

/// More configurations do not replace the one at hand.
#[test]
fn the_configuration_at_hand_is_always_proved() {
    toolchain::need();
    let ground = Ground::sleepy();
    ground.put("broken_linux.go", "package m\n\nvar x int = \"\"\n");
    ground.put("broken_darwin.go", "package m\n\nvar x int = \"\"\n");
    let args = ["fix", "--diff", "--format", "json", "--verify-config", "windows/amd64"];
    let ran = ground.run(&args).code(1);
    let proof = if cfg!(windows) { "proved" } else { "unproved" };
    assert_eq!(ran.json()["findings"][0]["proof"], proof);
}

#[test]
fn a_package_that_does_not_build_is_said_and_fixed_on_demand() {
    toolchain::need();
    let ground = Ground::sleepy();
    ground.put("broken.go", "package m\n\nvar x int = \"\"\n");
    let ran = ground.run(&["fix", "--diff", "--format", "json"]).code(1);
    assert_eq!(ran.json()["findings"][0]["proof"], "unproved");
    ground.run(&["fix"]).code(1).out(&["1 not proved, so not written:", "package already broken"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    ground.run(&["fix", "--allow-unproved"]).code(0).out(&["1 unproved:"]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn without_a_module_gofmt_alone_is_asked_and_that_is_said() {
    toolchain::need();
    let ground = Ground::new(&[("sleep.go", SLEEP)]);
    ground.run(&["fix"]).code(1).out(&["No fix applied.", "no go.mod above", "`go mod init` makes"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    let ran = ground.run(&["fix", "--allow-unproved"]).code(0);
    let ran = ran.err(&["note: no go.mod above", "proved by gofmt only"]);
    ran.out(&["1 unproved:"]);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn without_go_it_says_so_and_writes_on_demand() {
    let ground = Ground::sleepy();
    let run = |args: &[&str]| {
        let mut command = ground.command(args);
        command.env("PATH", ground.state());
        finish(command)
    };
    let ran = run(&["fix", "--require-proof"]).code(1);
    ran.err(&["install Go or put it on PATH"]).out(&["No fix applied.", "no Go toolchain"]);
    for args in [&["fix"][..], &["fix", "--verify", "vet"], &["fix", "--verify", "vet", "--allow-unproved"]] {
        run(args).code(1).out(&["No fix applied.", "1 not proved, so not written:"]);
        assert_eq!(ground.text("sleep.go"), SLEEP);
    }
    // The candidates are shown.
    let shown = run(&["fix", "--diff"]).code(1);
    shown.out(&["+\ttime.Sleep(d)"]).err(&["Nothing is proved.", "1 unproved:"]);
    run(&["report", "--format", "markdown", "--verify", "vet"]).code(1);
    let ran = run(&["fix", "--allow-unproved"]).code(0);
    let ran = ran.err(&["note: Go cannot be run", "install Go or put it on PATH"]);
    let ran = ran.out(&["Applied 1 fix in 1 file.", "1 unproved:", "no Go toolchain"]);
    assert!(!ran.out.contains("--verify none"), "nobody asked for that:\n{}", ran.out);
    assert_eq!(ground.text("sleep.go"), SLEPT);
    run(&["check"]).code(0);
}

#[test]
fn time_that_runs_out_leaves_the_fixes_unproved() {
    toolchain::need();
    let ground = Ground::sleepy();
    let ran = ground.run(&["fix", "--require-proof", "--verify-timeout", "0"]).code(1);
    ran.err(&["raise --verify-timeout"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
}

/// A run whose proof is under way, so that its look at the files is over.
#[cfg(target_os = "linux")]
fn proving(ground: &Ground) -> Child {
    let child = ground.command(&["fix"]).spawn().unwrap();
    let began = Instant::now();
    while children(child.id()).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "the proof does not begin");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

/// The processes that the threads of `parent` started.
#[cfg(target_os = "linux")]
fn children(parent: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<_>>()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn an_edit_made_meanwhile_is_not_overwritten() {
    toolchain::need();
    let ground = Ground::sleepy();
    ground.put("other/sleep.go", SLEEP);
    let child = proving(&ground);
    let mine = format!("{SLEEP}// mine\n");
    ground.put("sleep.go", &mine);
    let ran = wait(child).code(1);
    ran.out(&["Applied 1 fix in 1 file.", "sleep.go:7:2 time-after-sleep", "contents changed"]);
    assert_eq!(ground.text("sleep.go"), mine);
    assert_eq!(ground.text("other/sleep.go"), SLEPT);
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_during_the_proof_ends_the_toolchain_and_writes_nothing() {
    toolchain::need();
    for signal in ["INT", "TERM"] {
        let ground = Ground::sleepy();
        // A package that nobody has built takes a while.
        ground.put("big.go", format!("package m\n\n{}", big()));
        let child = proving(&ground);
        let below = children(child.id());
        let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let ran = wait(child).code(130);
        ran.err(&["interrupted while the fixes were being proved; nothing was written"]);
        assert_eq!(ground.text("sleep.go"), SLEEP);
        for id in below {
            let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            assert!(state.is_empty() || state.contains(") Z "), "{id} goes on: {state}");
        }
        // The next run is not held up.
        ground.run(&["fix", "--verify", "none"]).code(0);
    }
}

fn big() -> String {
    let nonce = std::process::id();
    (0..2000).map(|n| format!("func f{n}(x int) int {{ return x*{n} + {nonce} }}\n")).collect()
}

#[test]
fn a_second_writer_is_told_who_writes() {
    let ground = Ground::sleepy();
    let first =
        gomend::store::Store::open(&ground.dir(), Some(ground.state()), "gomend fix --unsafe").unwrap();
    let ran = ground.run(&["fix", "--verify", "none"]).code(2);
    ran.err(&[
        &format!("process {} (`gomend fix --unsafe`) is writing here", std::process::id()),
        "after 10 seconds",
    ]);
    ground.run(&["fix", "--diff", "--verify", "none"]).code(1);
    ground.run(&["check"]).code(1);
    // It waits for one that ends in time.
    let second = ground.command(&["fix", "--verify", "none"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    drop(first);
    wait(second).code(0);
}

#[test]
fn git_may_be_missing_too() {
    let ground = Ground::sleepy();
    let mut command = ground.command(&["check"]);
    command.env("PATH", "").stdin(Stdio::null());
    finish(command).code(1);
    assert!(MOD.contains("go 1."));
}

/// The command sees the fixes in a copy; the tree it was given stays as it is.
#[cfg(unix)]
#[test]
fn a_command_of_the_users_own_proves() {
    let ground = Ground::sleepy();
    let fixed = "sh -c 'pwd; cat {files}; ! grep -q time.After {files}'";
    let ran = ground.run(&["fix", "--diff", "--format", "json", "--verify-cmd", fixed]).code(1);
    assert_eq!(ran.json()["findings"][0]["proof"], "proved", "{}", ran.out);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    // What it says of a refusal is passed on, with the tree's own paths.
    let refusing = "sh -c 'if grep -q time.Sleep {files}; then pwd; echo not here; exit 3; fi'";
    let ran = ground.run(&["fix", "--verify-cmd", refusing]).code(1);
    ran.out(&["1 refused", "not here", &*ground.dir().to_string_lossy()]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    // It fails without the fix as well, so it says nothing of the fix.
    let ran = ground.run(&["fix", "--diff", "--format", "json", "--verify-cmd", "false"]).code(1);
    let finding = &ran.json()["findings"][0];
    assert_eq!(finding["proof"], "unproved");
    assert!(finding["proof_reason"].as_str().unwrap().contains("without the fixes too"), "{finding}");
    let ran = ground.run(&["fix", "--diff", "--verify-cmd", "sh -c 'open"]).code(2);
    ran.err(&["--verify-cmd", "never closed"]);
    let ran = ground.run(&["fix", "--diff", "--format", "json", "--verify-cmd", "no-such-program-here"]);
    assert_eq!(ran.code(1).json()["findings"][0]["proof"], "unproved");
    ground.run(&["fix", "--verify-cmd", fixed]).code(0);
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[cfg(unix)]
#[test]
fn a_command_that_takes_too_long_is_ended() {
    let ground = Ground::sleepy();
    let began = Instant::now();
    let args = ["fix", "--diff", "--format", "json", "--verify-timeout", "2s", "--verify-cmd"];
    let ran = ground.run(&[&args[..], &["sleep 60"]].concat()).code(1);
    assert!(began.elapsed() < Duration::from_secs(30));
    let finding = &ran.json()["findings"][0];
    assert_eq!(finding["proof"], "unproved");
    assert!(finding["proof_reason"].as_str().unwrap().contains("--verify-timeout"), "{finding}");
}

/// The second run tells the same without starting go for the proof, unless it
/// is told to remember nothing.
#[cfg(unix)]
#[test]
fn a_second_proof_is_remembered() {
    toolchain::need();
    let ground = Ground::sleepy();
    let real = Command::new("sh").args(["-c", "command -v go"]).output().unwrap().stdout;
    let real = String::from_utf8(real).unwrap();
    let go = ground.state().join("bin/go");
    let go = go.to_str().unwrap();
    ground.put(go, format!("#!/bin/sh\necho \"$1\" >> \"$CALLS\"\nexec {} \"$@\"\n", real.trim()));
    ground.executable(go);
    // What was written a moment ago may still change within the same time stamp.
    std::thread::sleep(Duration::from_millis(100));
    let calls = ground.state().join("calls");
    let run = |more: &[&str]| {
        let mut command = ground.command(&[&["fix", "--diff"], more].concat());
        let path = std::env::var("PATH").unwrap();
        let bin = ground.state().join("bin");
        command.env("PATH", format!("{}:{path}", bin.display())).env("CALLS", &calls);
        let _ = std::fs::remove_file(&calls);
        let ran = finish(command).code(1);
        let asked = std::fs::read_to_string(&calls).unwrap_or_default();
        (ran.out.clone(), ran.err.clone(), asked.lines().filter(|verb| *verb != "env").count())
    };
    let (patch, said, asked) = run(&[]);
    assert!(asked > 0 && said.contains("All proved"), "{said}");
    assert_eq!(run(&[]), (patch.clone(), said.clone(), 0));
    assert_eq!(run(&["--no-cache"]), (patch.clone(), said.clone(), asked));
    // Another file of the package is another question.
    ground.put("more.go", "package m\n");
    let (again, told, asked) = run(&[]);
    assert!((again, told) == (patch, said) && asked > 0);
}

/// What `check` remembers is told again, and nothing is remembered on demand.
#[test]
fn a_second_check_is_remembered() {
    let ground = Ground::sleepy();
    let kept = || {
        let dir = ground.state().join("cache/gomend/check");
        std::fs::read_dir(dir).map_or(0, |dir| {
            dir.filter(|entry| entry.as_ref().unwrap().path().extension().is_none_or(|e| e != "TAG")).count()
        })
    };
    let first = ground.run(&["check", "--no-cache"]).code(1).out;
    assert_eq!(kept(), 0, "--no-cache left something");
    assert_eq!(ground.run(&["check"]).code(1).out, first);
    assert!(kept() > 0);
    assert_eq!(ground.run(&["check"]).code(1).out, first);
    ground.put("sleep.go", SLEPT);
    ground.run(&["check"]).code(0);
}
