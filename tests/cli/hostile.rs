//! Trees, plans and names made to do harm: nothing of them runs, is written through,
//! makes a run wait, or reaches the terminal. `SECURITY.md` says what is promised; what it
//! says is tested here.

use crate::ground::{Ground, MOD, Ran, SLEEP, SLEPT, finish};
use crate::toolchain;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

/// Longer than any of these runs takes, and shorter than waiting.
const SOON: Duration = Duration::from_secs(50);

/// A shell program that leaves a trace outside of what it is asked for.
fn trap(ground: &Ground, name: &str) -> String {
    let line = format!("#!/bin/sh\necho {name} >> '{}'\ncat\n", ground.state().join("trace").display());
    ground.put(name, line);
    ground.executable(name);
    ground.path(name).display().to_string()
}

#[track_caller]
fn no_trace(ground: &Ground) {
    let trace = fs::read_to_string(ground.state().join("trace")).unwrap_or_default();
    assert_eq!(trace, "", "the tree ran something");
}

fn fifo(ground: &Ground, name: &str) {
    let path = ground.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[track_caller]
fn soon(ground: &Ground, args: &[&str]) -> Ran {
    let began = Instant::now();
    let ran = ground.run(args);
    assert!(began.elapsed() < SOON, "{args:?} took {:?}", began.elapsed());
    ran
}

/// As [`soon`], in less time than a call of git may take before it is given up.
#[track_caller]
fn quickly(ground: &Ground, args: &[&str]) -> Ran {
    let began = Instant::now();
    let ran = ground.run(args);
    assert!(began.elapsed() < SOON / 2, "{args:?} took {:?}", began.elapsed());
    ran
}

// ---- Git ----

/// A repository whose configuration names a program wherever it can.
fn booby_trapped() -> Ground {
    let ground = Ground::new(&[("go.mod", MOD), ("sleep.go", SLEEP), ("old.go", "package m\n")]);
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground.put("old.go", "package m\n\nvar x = 1\n");
    let run = trap(&ground, ".git/run");
    for (key, value) in [
        ("core.fsmonitor", run.as_str()),
        ("filter.evil=x.clean", &run),
        ("filter.evil=x.required", "true"),
        ("filter.two.process", &run),
        ("diff.evil.command", &run),
        ("diff.evil.textconv", &run),
        ("diff.external", &run),
        ("core.pager", &run),
        ("core.sshCommand", &run),
        ("core.alternateRefsCommand", &run),
        ("alias.diff", &format!("!{run}")),
        ("alias.status", &format!("!{run}")),
        ("gpg.program", &run),
        ("credential.helper", &run),
    ] {
        ground.git(&["config", key, value]);
    }
    for hook in ["post-index-change", "pre-commit", "post-checkout", "reference-transaction"] {
        trap(&ground, &format!(".git/hooks/{hook}"));
    }
    ground.put(".git/info/attributes", "*.go filter=evil=x diff=evil\n");
    ground.put(".gitattributes", "*.go filter=evil=x diff=evil\nold.go filter=two\n");
    ground
}

#[test]
fn reading_a_repository_runs_nothing_that_it_names() {
    toolchain::need();
    let ground = booby_trapped();
    for args in [
        &["check", "--new-from-rev", "HEAD"][..],
        &["report", "-o", "report.html"],
        &["report", "--format", "markdown"],
        &["fix", "--diff", "--new-from-rev", "HEAD"],
        &["check", "--shard", "1/1", "--format", "json"],
        &["fix"],
    ] {
        let ran = ground.run(args);
        assert_ne!(ran.code, Some(2), "{args:?}: {}", ran.err);
        no_trace(&ground);
    }
    assert_eq!(ground.text("sleep.go"), SLEPT);
    ground.run(&["undo"]).code(0);
    no_trace(&ground);
}

#[test]
fn what_changed_is_still_found_where_filters_are_required() {
    let ground = booby_trapped();
    ground.put("old.go", SLEEP.replace("Pause", "Rest"));
    let ran = ground.run(&["check", "--new-from-rev", "HEAD"]).code(1);
    ran.out(&["old.go:7:2", "1 finding"]);
    no_trace(&ground);
}

#[test]
fn hooks_run_for_whoever_asks_for_commits() {
    let ground = Ground::sleepy();
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    for (key, value) in [("user.name", "a"), ("user.email", "a@example.com")] {
        ground.git(&["config", key, value]);
    }
    trap(&ground, ".git/hooks/pre-commit");
    ground.run(&["fix", "--commit-per", "rule", "--verify", "none"]).code(0);
    assert!(ground.state().join("trace").exists(), "git's hooks are part of a commit");
}

#[test]
fn a_repository_that_would_make_git_wait_is_refused() {
    for name in [".git/HEAD", ".git/config", ".git/index", ".gitattributes"] {
        let ground = Ground::sleepy();
        ground.git(&["init", "-q", "-b", "main"]);
        ground.git(&["add", "."]);
        ground.git(&["commit", "-q", "-m", "one"]);
        let _ = fs::remove_file(ground.path(name));
        fifo(&ground, name);
        soon(&ground, &["check", "--new-from-rev", "HEAD"]).code(2).err(&[name, "no regular file"]);
        soon(&ground, &["check"]).code(1);
        soon(&ground, &["report", "--format", "markdown"]).code(0);
    }
}

/// A work tree with a change in each folder, and a pipe where git looks for what to ignore or
/// how to read the files of a folder.
fn piped(name: &str) -> Ground {
    let ground = Ground::sleepy();
    for folder in ["a", "b", "deep/er"] {
        ground.put(&format!("{folder}/sleep.go"), SLEEP);
    }
    ground.git(&["init", "-q", "-b", "main"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground.put("a/sleep.go", SLEEP.replace("Pause", "Rest"));
    ground.put("deep/er/sleep.go", SLEEP.replace("Pause", "Rest"));
    fifo(&ground, name);
    ground
}

#[test]
fn a_pipe_in_any_folder_makes_no_git_wait() {
    for name in ["a/.gitattributes", "deep/.gitattributes", "deep/er/.gitattributes"] {
        let ground = piped(name);
        for args in [
            &["check", "--new-from-rev", "HEAD"][..],
            &["check", "--staged"],
            &["fix", "--diff", "--verify", "none", "--new-from-rev", "HEAD"],
            &["new", "--from-diff", "pause"],
            &["fix", "--verify", "none", "--commit-per", "rule"],
        ] {
            quickly(&ground, args).code(2).err(&[name, "no regular file"]);
        }
        quickly(&ground, &["report", "--format", "markdown"]).code(0).out(&["cannot be told"]);
    }
    for name in ["a/.gitignore", "deep/.gitignore", "b/.gitignore", "new/.gitignore"] {
        let ground = piped(name);
        ground.put("new/sleep.go", SLEEP);
        // git need not open it; gomend says that it could not read it.
        let check =
            quickly(&ground, &["check", "--new-from-rev", "HEAD", "--whole-files", "--format", "concise"]);
        let check = check.code(2).err(&[name]).out(&["a/sleep.go", "deep/er/sleep.go", "new/sleep.go"]);
        assert!(!check.out.contains("b/sleep.go"), "{}", check.out);
        quickly(&ground, &["check", "--staged"]).code(0);
        quickly(&ground, &["report", "--format", "markdown"]);
        ground.git(&["commit", "-q", "-m", "two", "--", "a/sleep.go", "deep/er/sleep.go"]);
        if name != "new/.gitignore" {
            quickly(&ground, &["fix", "--verify", "none", "--commit-per", "rule"]).code(2).err(&[name]);
        }
    }
}

#[test]
fn a_pipe_where_git_keeps_its_own_is_refused() {
    for name in
        [".git/refs/heads/main", ".git/objects/info/alternates", ".git/info/exclude", ".git/logs/HEAD"]
    {
        let ground = piped("pipe");
        let _ = fs::remove_file(ground.path(name));
        fifo(&ground, name);
        quickly(&ground, &["check", "--new-from-rev", "HEAD"]).code(2).err(&[name, "no regular file"]);
        quickly(&ground, &["fix", "--verify", "none", "--commit-per", "rule"]).code(2).err(&[name]);
    }
}

#[test]
fn a_git_directory_elsewhere_is_looked_at_too() {
    let ground = Ground::sleepy();
    for name in ["HEAD", "config", "commondir"] {
        fifo(&ground, &format!("elsewhere/{name}"));
    }
    ground.put(".git", "gitdir: elsewhere\n");
    soon(&ground, &["check", "--new-from-rev", "HEAD"]).code(2).err(&["elsewhere/HEAD", "no regular file"]);
    soon(&ground, &["report", "--format", "markdown"]).code(0);
}

// ---- Companions ----

#[test]
fn companions_that_are_no_files_are_named_and_nobody_waits() {
    toolchain::need();
    let told = ["gomend.toml", "go.mod", ".gitignore"];
    for name in ["gomend.toml", "go.mod", "go.work", "CODEOWNERS", ".gitignore", ".git", "x.go", "base.toml"]
    {
        for device in [false, true] {
            let ground = Ground::new(&[("go.mod", MOD), ("sleep.go", SLEEP)]);
            if name == "base.toml" {
                ground.put("gomend.toml", "extend = 'base.toml'\n");
            }
            let _ = fs::remove_file(ground.path(name));
            if device {
                symlink("/dev/zero", ground.path(name)).unwrap();
            } else {
                fifo(&ground, name);
            }
            for verb in [
                &["check", "--statistics"][..],
                &["fix", "--diff"],
                &["report", "--format", "markdown"],
                &["audit"],
                &["fix", "--split-by", "owner", "--out", "patches"],
            ] {
                let ran = soon(&ground, verb);
                if told.contains(&name) && verb[0] == "check" {
                    assert!(ran.err.contains(name), "{name} {verb:?}: {}", ran.err);
                }
                let _ = fs::remove_dir_all(ground.path("patches"));
            }
        }
    }
}

#[test]
fn a_companion_has_a_size() {
    let ground = Ground::sleepy();
    let large = |name: &str, line: &str| ground.put(name, line.repeat((4 << 20) / line.len() + 1));
    large("gomend.toml", "# comment\n");
    soon(&ground, &["check"]).code(2).err(&["gomend.toml", "larger than 4 MiB"]);
    fs::remove_file(ground.path("gomend.toml")).unwrap();
    large(".gitignore", "# comment\n");
    soon(&ground, &["check"]).code(2).err(&[".gitignore", "larger than 4 MiB"]);
    ground.put(".gitignore", (0..100_000).map(|at| format!("dir{at}/*.x\n")).collect::<String>());
    soon(&ground, &["check"]).code(2).err(&[".gitignore", "more than 10000"]).out(&["1 finding"]);
    fs::remove_file(ground.path(".gitignore")).unwrap();
    ground.put("CODEOWNERS", (0..20_000).map(|at| format!("/dir{at}/ @o\n")).collect::<String>());
    soon(&ground, &["check", "--statistics"]).code(2).err(&["CODEOWNERS", "more than 10000"]);
    fs::remove_file(ground.path("CODEOWNERS")).unwrap();
    let list = (0..20_000).map(|at| format!("'dir{at}',")).collect::<String>();
    ground.put("gomend.toml", format!("exclude = [{list}]\n"));
    soon(&ground, &["check"]).code(2).err(&["gomend.toml", "more than 10000"]);
}

#[test]
fn what_is_named_on_the_command_line_is_read_the_same_way() {
    let ground = Ground::sleepy();
    fifo(&ground, "pipe");
    symlink("/dev/zero", ground.path("zero")).unwrap();
    for name in ["pipe", "zero"] {
        for args in [
            &["apply", name][..],
            &["merge", name],
            &["check", "--baseline", name],
            &["check", "--files-from", name],
        ] {
            soon(&ground, args).code(2).err(&[name, "no regular file"]);
        }
    }
    let shell = format!("'{}' check --files-from <(echo sleep.go)", env!("CARGO_BIN_EXE_gomend"));
    let mut command = Command::new("bash");
    command.args(["-c", &shell]).current_dir(ground.dir());
    command.env("XDG_STATE_HOME", ground.state()).env("XDG_CACHE_HOME", ground.state());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    finish(command).code(1).out(&["1 finding"]);
}

// ---- Who decides what runs ----

#[test]
fn a_file_of_the_tree_cannot_ask_for_tests() {
    toolchain::need();
    let test = |ground: &Ground| {
        let trace = ground.state().join("trace");
        format!(
            "package m\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) {{\n\tos.WriteFile({trace:?}, nil, 0o644)\n\tos.Exit(m.Run())\n}}\n"
        )
    };
    for (outer, inner) in [
        ("repo/gomend.toml", ""),
        ("repo/base.toml", "extend = 'base.toml'\n"),
        ("base.toml", "extend = '../base.toml'\n"),
    ] {
        let ground = Ground::new(&[("repo/go.mod", MOD), ("repo/sleep.go", SLEEP)]);
        ground.put("repo/sleep_test.go", test(&ground));
        if !inner.is_empty() {
            ground.put("repo/gomend.toml", inner);
        }
        ground.put(outer, "verify = 'test'\n");
        for repository in [false, true] {
            if repository {
                fs::create_dir(ground.path("repo/.git")).unwrap();
            }
            let ran = ground.run_in("repo", &["fix", "--diff"]).code(1);
            ran.err(&["asks for `verify = \"test\"`", "`--verify test`", "gofmt, build and vet"]);
            no_trace(&ground);
        }
    }
    // A file beside the repository is not the repository's.
    let ground =
        Ground::new(&[("repo/go.mod", MOD), ("repo/sleep.go", SLEEP), ("gomend.toml", "verify = 'test'\n")]);
    ground.put("repo/sleep_test.go", test(&ground));
    ground.run_in("repo", &["fix", "--diff"]).code(1).err(&["asks for `verify = \"test\"`"]);
    assert!(!ground.state().join("trace").exists());
    fs::create_dir(ground.path("repo/.git")).unwrap();
    ground.run_in("repo", &["fix", "--diff"]).code(1).err(&["vet and tests"]);
    assert!(ground.state().join("trace").exists());
}

#[test]
fn the_files_of_go_in_a_tree_run_nothing() {
    toolchain::need();
    let ground = Ground::sleepy();
    let run = trap(&ground, "run");
    ground.put("go.env", format!("GOFLAGS=-toolexec={run}\nCC={run}\n"));
    ground.put(".config/go/env", format!("GOFLAGS=-toolexec={run}\n"));
    ground.put("go.work", "go 1.26\n\ntoolchain go1.99.0\n\nuse .\n");
    ground.put("go.mod", format!("{MOD}\ntool example.com/m/evil\n"));
    ground.put("main/main.go", "package main\n\nfunc main() {}\n");
    ground.put("gen.go", format!("package m\n\n//go:generate {run}\n"));
    ground.git(&["init", "-q"]);
    ground.git(&["config", "core.fsmonitor", &run]);
    ground.run(&["fix", "--no-cache"]);
    no_trace(&ground);
}

#[test]
fn a_program_of_the_working_directory_is_not_taken_for_one_on_path() {
    toolchain::need();
    let path = std::env::var("PATH").unwrap();
    for (entry, place) in [(".", ""), ("", ""), ("bin", "bin/"), ("./bin", "bin/")] {
        let ground = Ground::sleepy();
        ground.git(&["init", "-q", "-b", "main"]);
        ground.git(&["add", "."]);
        ground.git(&["commit", "-q", "-m", "one"]);
        for name in ["go", "git", "gofmt", "less", "sh", "vi", "gcc", "cc"] {
            trap(&ground, &format!("{place}{name}"));
        }
        for args in [
            &["fix", "--diff"][..],
            &["fix", "--diff", "--gofmt"],
            &["check", "--new-from-rev", "HEAD"],
            &["report", "--format", "markdown"],
        ] {
            let mut command = ground.command(args);
            command.env("PATH", format!("{entry}:{path}"));
            let ran = finish(command);
            no_trace(&ground);
            if args[0] == "check" {
                ran.code(2).err(&["`git` is found through a relative entry of PATH"]);
            }
            // Behind the others it does no harm, and the children do not see it either.
            let mut command = ground.command(args);
            command.env("PATH", format!("{path}:{entry}"));
            assert_ne!(finish(command).code, Some(2), "{args:?}");
            no_trace(&ground);
        }
    }
}

// ---- Plans ----

fn applied(ground: &Ground, plan: &Value, more: &[&str]) -> Ran {
    let file = ground.state().join("plan.json");
    fs::write(&file, plan.to_string()).unwrap();
    ground.run(&[&["apply", file.to_str().unwrap()], more].concat())
}

/// A plan that puts `after` into the file at `path`, with as many fixes as wanted.
fn forged(ground: &Ground, path: &str, after: &str, fixes: usize) -> Value {
    let before = ground.text(path);
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let fix = json!({"rule": "time-after-sleep", "level": "safe", "path": path, "line": 1, "column": 1, "files": [path],
        "proof": "proved", "proof_reason": null});
    json!({
        "plan": 1, "gomend": env!("CARGO_PKG_VERSION"), "proved_by": "the pope", "rules": ["time-after-sleep"],
        "files": [{"path": path, "before": hash(&before), "steps": [{"rule": "time-after-sleep", "after": hash(after),
            "edits": [{"start_byte": 0, "end_byte": before.len(), "text": after}]}]}],
        "fixes": vec![fix; fixes],
    })
}

#[test]
fn a_plan_edits_go_files_that_a_run_would_look_at_and_no_others() {
    let ground = Ground::sleepy();
    ground.git(&["init", "-q"]);
    let elsewhere = ground.state().join("outside.go");
    fs::write(&elsewhere, SLEEP).unwrap();
    symlink(&elsewhere, ground.path("out.go")).unwrap();
    symlink("sleep.go", ground.path("in.go")).unwrap();
    symlink(ground.state(), ground.path("dir")).unwrap();
    ground.put(".git/x.go", SLEEP);
    ground.put("sub/.GIT/x.go", SLEEP);
    ground.put("sub/.hg/x.go", SLEEP);
    ground.put("build.sh", "echo\n");
    ground.put("mine/gomend.toml", "exclude = ['*.go']\n");
    ground.put("mine/x.go", SLEEP);
    ground.put("vendor/v/x.go", SLEEP);
    ground.put("testdata/x.go", SLEEP);
    ground.put(".gitignore", "built/\n");
    ground.put("built/x.go", SLEEP);
    let inside = ground.dir().join("sleep.go").display().to_string();
    let own_config = ground.text(".git/config");
    for path in [
        ".git/config",
        ".git/x.go",
        "sub/.GIT/x.go",
        "sub/.hg/x.go",
        "build.sh",
        "go.mod",
        "out.go",
        "in.go",
        "dir/outside.go",
        "mine/x.go",
        "vendor/v/x.go",
        "testdata/x.go",
        "built/x.go",
        "../state/x.go",
        "./sleep.go",
        "sub/../sleep.go",
        inside.as_str(),
    ] {
        let mut plan = forged(&ground, "sleep.go", SLEPT, 1);
        let before = fs::read(ground.path(path)).unwrap_or_default();
        plan["files"][0]["path"] = json!(path);
        plan["files"][0]["before"] = json!(blake3::hash(&before).to_hex().to_string());
        plan["files"][0]["steps"][0]["edits"][0]["end_byte"] = json!(before.len());
        plan["fixes"][0]["path"] = json!(path);
        plan["fixes"][0]["files"] = json!([path]);
        for more in [&[][..], &["--diff"], &["--list"]] {
            let ran = applied(&ground, &plan, more);
            assert!(
                ran.err.contains("left alone") && !ran.out.contains("+++"),
                "{path}: {}{}",
                ran.out,
                ran.err
            );
            assert_eq!(fs::read(ground.path(path)).unwrap_or_default(), before, "{path}");
        }
    }
    assert_eq!(fs::read_to_string(elsewhere).unwrap(), SLEEP);
    assert_eq!(ground.text(".git/config"), own_config);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    let plan = forged(&ground, "testdata/x.go", SLEPT, 1);
    applied(&ground, &plan, &["--include", "testdata", "--verify", "none"]).code(0);
    assert_eq!(ground.text("testdata/x.go"), SLEPT);
}

#[test]
fn a_plan_is_not_believed_what_it_says_of_itself() {
    let ground = Ground::sleepy();
    let ran = applied(&ground, &forged(&ground, "sleep.go", SLEPT, 0), &[]).code(1);
    ran.err(&["sleep.go: no fix of the plan stands for its edits"]);
    let mut twice = forged(&ground, "sleep.go", SLEPT, 1);
    let file = twice["files"][0].clone();
    twice["files"].as_array_mut().unwrap().push(file);
    applied(&ground, &twice, &[]).code(1).err(&["the plan has it twice"]);
    let mut empty = forged(&ground, "sleep.go", SLEPT, 2);
    empty["fixes"][1]["files"] = json!([]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
    let ran = applied(&ground, &empty, &["--verify", "none"]).code(0);
    let ran = ran.out(&["Applied 1 fix in 1 file.", "Not verified"]);
    assert!(!ran.out.contains("pope"));
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn a_plan_whose_result_does_not_parse_is_refused() {
    toolchain::need();
    for after in [
        "rm -rf /\n",
        "package m\n\nfunc f( {\n",
        "package m\n\nimport (\n\t\"time\"; /* a\n*/ \"os\" \"io\"\n)\n",
        "package m\n\nvar _ = 08\n",
        "",
    ] {
        let ground = Ground::sleepy();
        let ran = applied(&ground, &forged(&ground, "sleep.go", after, 1), &[]).code(1);
        ran.err(&["the result would not parse"]);
        assert_eq!(ground.text("sleep.go"), SLEEP, "{after}");
    }
}

#[test]
fn a_plan_of_many_rules_is_applied_soon() {
    let ground = Ground::sleepy();
    let mut plan = forged(&ground, "sleep.go", SLEPT, 0);
    let rules: Vec<String> = (0..3000).map(|at| format!("rule-{at}")).collect();
    let step = plan["files"][0]["steps"][0].clone();
    let steps: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let mut step = step.clone();
            step["rule"] = json!(rule);
            step
        })
        .collect();
    let fixes: Vec<Value> = rules
        .iter()
        .map(|rule| json!({"rule": rule, "level": "safe", "path": "sleep.go", "line": 1, "column": 1, "files": ["sleep.go"], "proof": "proved", "proof_reason": null}))
        .collect();
    plan["rules"] = json!(rules);
    plan["files"][0]["steps"] = json!(steps);
    plan["fixes"] = json!(fixes);
    let began = Instant::now();
    applied(&ground, &plan, &["--verify", "gofmt"]).code(0);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

#[test]
fn numbers_in_parts_and_depth_in_plans_cost_nothing() {
    let ground = Ground::sleepy();
    let part = ground.run(&["check", "--shard", "1/1", "--format", "json"]);
    ground.put("part.json", part.out.replace("\"of\":1", "\"of\":1000000000000000"));
    soon(&ground, &["merge", "part.json"])
        .code(2)
        .err(&["missing of 1000000000000000 parts: 2, 3, 4,", "and 999999999999979 more"]);
    ground.put("part.json", part.out.replace("\"index\":1", "\"index\":18446744073709551615"));
    soon(&ground, &["merge", "part.json"]).code(2).err(&["which cannot be"]);
    let plan = ground.run(&["fix", "--verify", "none", "--plan-out", "-"]).out;
    for (index, of, says) in
        [(1, 1_000_000_000_000_000u64, "and 999999999999979 more"), (7, 3, "which cannot be")]
    {
        let shard = json!({"index": index, "of": of, "configuration": "x", "revision": null});
        ground.put("plan.json", plan.replace("\"rules\":", &format!("\"shard\":{shard},\n\"rules\":")));
        soon(&ground, &["merge", "plan.json"]).code(2).err(&[says]);
    }
    ground.put("deep.json", format!("{{\"plan\":{}", "[".repeat(1_000_000)));
    soon(&ground, &["apply", "deep.json"]).code(2).err(&["deep.json"]);
    soon(&ground, &["merge", "deep.json"]).code(2).err(&["deep.json"]);
    soon(&ground, &["check", "--baseline", "deep.json"]).code(2).err(&["deep.json"]);
}

// ---- The terminal ----

/// Moves the cursor, sets a title, turns the reading direction, hides, is nothing.
const EVIL: &str = "\u{1b}]0;evil\u{7}\u{1b}[2J\u{9b}31m\u{1b}[8m\u{202e}\u{2066}\u{200b}\u{7f}\u{85}";

#[track_caller]
fn harmless(text: &str, what: &str) {
    let bad = |char: &char| {
        matches!(char, '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{61c}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let found: Vec<char> = text.chars().filter(bad).collect();
    assert!(found.is_empty(), "{what}: {found:?} in\n{text:?}");
}

fn evil_tree() -> Ground {
    let ground = Ground::new(&[]);
    let text =
        format!("// {EVIL}\n{}", SLEEP.replace("<-time.After(d)", &format!("<-time.After(d) // {EVIL}")));
    ground.put(&format!("dir{EVIL}/a{EVIL}.go"), &text);
    ground.put("b.go", &text);
    ground.put(
        "main/main.go",
        format!(
            "package main\n\nimport \"time\"\n\n// {EVIL}\nfunc main() {{\n\t<-time.After(1) // {EVIL}\n}}\n"
        ),
    );
    ground.put(&format!("broken{EVIL}.go"), format!("package m\n\nfunc {EVIL} {{\n"));
    ground.put(&format!("ignored{EVIL}.go"), SLEEP);
    ground.put(".gitignore", "ignored*\n");
    ground.put("go.mod", format!("module \"example.com/{EVIL}\"\n\ngo 1.26\n"));
    ground.put("CODEOWNERS", format!("* @o{EVIL}\n"));
    symlink(format!("/nowhere{EVIL}.go"), ground.path("link.go")).unwrap();
    ground
}

#[test]
fn no_verb_and_no_format_sends_what_a_terminal_acts_upon() {
    toolchain::need();
    let ground = evil_tree();
    let plan = ground.state().join("plan.json");
    let plan = plan.to_str().unwrap();
    ground.run(&["fix", "--verify", "none", "--plan-out", plan]);
    let mut calls: Vec<Vec<&str>> = Vec::new();
    for format in ["human", "json", "sarif", "github", "gitlab", "checkstyle", "junit", "rdjson", "markdown"]
    {
        calls.push(vec!["check", "--statistics", "--show-kept", "--format", format]);
        // On no terminal, a patch is exact.
        if format != "human" {
            calls.push(vec!["fix", "--diff", "--verify", "none", "--format", format]);
        }
    }
    for format in ["human", "json", "markdown"] {
        calls.push(vec!["audit", "--format", format]);
    }
    calls.extend([
        vec!["fix", "-l", "--verify", "none"],
        vec!["fix", "-l"],
        vec!["apply", plan, "-l"],
        vec!["apply", plan, "-l", "--verify", "none"],
        vec!["report"],
        vec!["report", "--format", "markdown"],
        vec!["fix", "--verify", "none", "--plan-out", "-"],
        vec!["check", "--select", EVIL],
        vec!["check", EVIL],
        vec!["explain", EVIL],
        vec!["merge", EVIL],
        vec!["undo", EVIL],
        vec![EVIL],
        vec!["fix"],
        vec!["undo", "--list"],
        vec!["undo"],
        vec!["apply", plan],
        vec!["apply", plan, "--verify", "none"],
        vec!["undo"],
    ]);
    for call in &calls {
        let ran = ground.run(call);
        for (text, stream) in [(&ran.out, "standard output"), (&ran.err, "standard error")] {
            harmless(text, &format!("{stream} of {call:?}"));
        }
        // Colours are colours and nothing else.
        let mut command = ground.command(call);
        if !["merge", "report", "undo"].contains(&call[0]) && call[0] != EVIL {
            command.args(["--color", "always"]);
        }
        let ran = finish(command);
        for (text, stream) in [(&ran.out, "standard output"), (&ran.err, "standard error")] {
            let mut plain = text.clone();
            for code in ["0", "1", "2", "3", "4", "7", "31", "32", "33", "34", "35", "36", "94"] {
                plain = plain.replace(&format!("\x1b[{code}m"), "");
            }
            harmless(&plain, &format!("{stream} of {call:?} with colours"));
        }
    }
    for format in ["html", "markdown"] {
        ground.run(&["report", "--format", format, "-o", "page"]);
        harmless(&ground.text("page"), format);
    }
}

#[test]
fn what_programs_read_stays_what_it_is() {
    let ground = evil_tree();
    let path = format!("dir{EVIL}/a{EVIL}.go");
    let ran = ground.run(&["check", "--format", "json"]);
    let paths: Vec<Value> =
        ran.json()["findings"].as_array().unwrap().iter().map(|one| one["path"].clone()).collect();
    assert!(paths.contains(&json!(path)), "{paths:?}");
    ground.git(&["init", "-q"]);
    let patch = ground.run(&["fix", "--diff", "--verify", "none"]);
    assert!(patch.out.contains(EVIL), "a patch holds the very bytes");
    ground.put("patch", &patch.out);
    ground.git(&["apply", "--check", "patch"]);
    let ran = ground.feed(&["fix", "-", "--verify", "none"], ground.text("b.go"));
    assert_eq!(ran.out, ground.text("b.go").replace("<-time.After(d)", "time.Sleep(d)"));
}

#[test]
fn a_fault_in_the_configuration_is_told_in_plain_text() {
    let ground = Ground::sleepy();
    let escaped = EVIL.chars().map(|char| format!("\\u{:04x}", char as u32)).collect::<String>();
    for text in [
        format!("\"{escaped}\" = 1\n"),
        format!("select = [\"{escaped}\"]\n"),
        format!("verify = \"{escaped}\"\n"),
        format!("go = \"{escaped}\"\n"),
        format!("extend = \"{escaped}\"\n"),
        format!("exclude = [\"../{escaped}\"]\n"),
        format!("required-version = \"{escaped}\"\n"),
        format!("[rules.time-after-in-loop]\n\"{escaped}\" = 1\n"),
        format!("{EVIL}\n"),
    ] {
        ground.put("gomend.toml", &text);
        for args in [&["check"][..], &["check", "--format", "json"], &["fix"], &["audit"]] {
            let ran = ground.run(args);
            harmless(&ran.out, &text);
            harmless(&ran.err, &text);
        }
        ground.put("sub/gomend.toml", &text);
        ground.put("sub/a.go", SLEEP);
        fs::remove_file(ground.path("gomend.toml")).unwrap();
        harmless(&ground.run(&["check"]).err, &text);
    }
}
