//! What hands do without thinking, and what the answer is.

use crate::ground::{Ground, MOD, PUMP, SLEEP, SLEPT, YIELD};
use crate::toolchain;

#[test]
fn help_and_version_are_commands() {
    let ground = Ground::new(&[]);
    assert_eq!(ground.run(&["help"]).code(0).out, ground.run(&["--help"]).out);
    assert_eq!(ground.run(&["help", "fix"]).code(0).out, ground.run(&["fix", "--help"]).out);
    assert_eq!(ground.run(&["version"]).code(0).out, ground.run(&["--version"]).out);
    ground.run(&["help", "fxi"]).code(2).err(&["there is no command `fxi`; did you mean `fix`?"]);
    ground.run(&["help", "zzzz"]).code(2).err(&["`gomend help` lists the commands"]);
}

#[test]
fn what_other_tools_take_is_answered_by_what_to_write() {
    let ground = Ground::sleepy();
    for (args, tip) in [
        (&["lint"][..], "write `gomend check`"),
        (&["run", "./..."], "write `gomend check ./...`"),
        (&["./..."], "`gomend check ./...`"),
        (&["sleep.go", "--select", "all"], "`gomend check sleep.go --select all`"),
        (&["example.com/m/..."], "`gomend check example.com/m/...`"),
        (&["--fix"], "`gomend fix` applies the fixes"),
        (&["check", "--fix"], "`gomend fix` applies the fixes"),
        (&["check", "--fix", "./..."], "`gomend fix` applies the fixes"),
        (&["fix", "--dry-run"], "`gomend fix --diff`"),
        (&["--dry-run"], "`gomend fix --diff`"),
        (&["check", "--json"], "write `gomend check --format json`"),
        (&["--json"], "write `gomend check --format json`"),
        (&["fix", "--write"], "`gomend fix` writes the files"),
        (&["fix", "-w"], "`gomend fix` writes the files"),
        (&["check", "--list"], "`gomend fix -l`"),
        (&["--list"], "`gomend rules`"),
        (&["--output", "x"], "`gomend check -o FILE`"),
        (&["check", "--output-format", "json"], "write `--format json`"),
        (&["check", "--enable=gosched"], "write `--select RULE,...`"),
        (&["check", "--severity", "warning"], "write `--fail-on warning`"),
        (&["revert"], "write `gomend undo`"),
        (&["fxi"], "did you mean `gomend fix`?"),
        (&["fix", "--safe"], "`gomend fix` applies the safe fixes, and only these"),
        (&["check", "--exclude-tests"], "tests are left out"),
        (&["check", "--since", "main"], "write `--new-from-rev REV`"),
        (&["check", "--changed"], "write `--new-from-rev REV`"),
        (&["check", "--all"], "write `--select all`"),
        (&["rules", "--select", "gosched"], "`gomend explain RULE`"),
        (&["undo", "--all"], "`gomend undo --list`"),
        (&["init", "--pre-commit"], "write `gomend init --hook`"),
        (&["suppress", "gosched"], "write `gomend check --add-ignore REASON`"),
        (&["baseline"], "`gomend check --baseline FILE --write-baseline`"),
        (&["search"], "write `gomend rewrite PATTERN`"),
    ] {
        let ran = ground.run(args).code(2);
        let ran = ran.err(&["error: ", tip]);
        assert!(!ran.err.contains("as a value"), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.matches("tip:").count(), 1, "{args:?}: {}", ran.err);
    }
    let ran = ground.run(&["zzzz"]).code(2);
    assert!(!ran.err.contains("tip:"), "{}", ran.err);
    ground.run(&["check", "--selct", "all"]).code(2).err(&["'--select'"]);
    assert_eq!(ground.text("sleep.go"), SLEEP);
}

#[test]
fn a_path_that_leads_to_no_go_is_an_error() {
    let ground = Ground::sleepy();
    ground.put("docs/a.md", "text");
    for verb in
        [&["check"][..], &["fix"], &["fix", "--diff"], &["report", "--format", "markdown"], &["audit"]]
    {
        let wrong = ground.run(&[verb, &["docs"]].concat()).code(2);
        wrong.err(&["error: docs: no Go file is there or below; name a directory"]);
        ground.run(&[verb, &["dosc"]].concat()).code(2).err(&["error: dosc: no such file or directory"]);
    }
    let nothing = ground.run(&["fix", "sleep.go:7"]).code(2);
    assert!(!nothing.err.contains("Nothing to fix") && !nothing.out.contains("Nothing"), "{}", nothing.err);
    let line = ground.run(&["check", "sleep.go:7:2"]).code(2);
    assert_eq!(line.err(&["error: sleep.go:7:2: a line cannot be named; write `sleep.go`"]).out, "");
    ground.run_in("docs", &["check"]).code(2).err(&["error: .: no Go file"]);
    ground.run(&["check", ""]).code(2).err(&["error: "]);
    // A hook passes whatever is to be committed.
    ground.run(&["check", "docs/a.md"]).code(0);
}

#[test]
fn pages_of_groups_and_guards() {
    let ground = Ground::new(&[]);
    let group = ground.run(&["explain", "timers"]).code(0);
    group.out(&["time-after-in-loop", "time-after-sleep", "`gomend explain RULE`"]);
    let guard = ground.run(&["explain", "hands-over"]).code(0);
    guard.out(&["hands-over\n", "gosched", "keeps the code: "]);
    ground
        .run(&["explain", "time.After"])
        .code(2)
        .err(&["`time.After` is what time-after-in-loop, ", "look at: `gomend explain time-after-in-loop`"]);
    ground.run(&["explain", "embedded-source"]).code(0).out(&["makes the fix unsafe: "]);
    ground
        .run(&["explain", "tmers"])
        .code(2)
        .err(&["no rule, group or guard `tmers`", "did you mean `timers`?"]);
    let rules = ground.run(&["rules", "timers"]).code(0).out;
    assert!(rules.contains("time-after-sleep") && !rules.contains("gosched"), "{rules}");
    let json = ground.run(&["rules", "gosched", "timers", "--format", "json"]).json();
    assert!(json.as_array().unwrap().iter().any(|rule| rule["id"] == "gosched"));
    ground.run(&["rules", "tmers"]).code(2).err(&["did you mean `timers`?"]);
}

#[test]
fn clean_says_what_it_frees() {
    let ground = Ground::sleepy();
    ground.run(&["clean"]).code(0).out(&["are empty."]);
    for number in 0..40 {
        ground.put(&format!("p{number}/sleep.go"), SLEEP);
    }
    ground.run(&["check"]).code(1);
    let cache = ground.state().join("cache/gomend");
    std::fs::create_dir_all(cache.join("proofs")).unwrap();
    std::fs::write(cache.join("proofs/x"), vec![0; 3 << 20]).unwrap();
    std::fs::write(cache.join("mine.txt"), "kept").unwrap();
    ground.run(&["clean"]).code(0).out(&["Removed ", " files (3.0 MiB) of "]);
    assert!(
        !cache.join("proofs").exists() && !cache.join("check").exists() && cache.join("mine.txt").exists()
    );
    ground.run(&["check"]).code(1);
    assert_eq!(ground.run(&["clean", "-q"]).code(0).out, "");
}

#[test]
fn undo_can_be_quiet() {
    let ground = Ground::sleepy();
    ground.run(&["fix", "--verify", "none"]).code(0);
    assert_eq!(ground.run(&["undo", "-q"]).code(0).out, "");
    assert_eq!(ground.text("sleep.go"), SLEEP);
    assert_eq!(ground.run(&["undo", "-q"]).code(0).out, "");
}

#[test]
fn one_configuration_or_none() {
    let ground = Ground::sleepy();
    ground.put("gomend.toml", "ignore = [\"time-after-sleep\"]\n");
    ground.put("a/gomend.toml", "nonsense = 1\n");
    ground.put("a/sleep.go", SLEEP);
    ground.put("ci/strict.toml", "exclude = [\"/a\"]\n");
    ground.put(
        ".gomend/rules/no-sleep.txtar",
        "title: do not sleep\nlevel: safe\n\n-- rule.patch --\n@@\nimport \"time\"\nvar d expr\n@@\n-<-time.After(d)\n+time.Sleep(d)\n",
    );
    ground.run(&["check"]).code(2).err(&["a/gomend.toml: line 1"]);
    // Without any of it: the rules of the program, for all files.
    let alone = ground.findings(&["--isolated"]);
    let rules: Vec<&str> = alone.iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["time-after-sleep", "time-after-sleep"]);
    // With that file alone, whose patterns start here.
    let strict = ground.findings(&["--config", "ci/strict.toml", "--select", "time-after-sleep"]);
    assert_eq!(strict.len(), 1);
    assert_eq!(strict[0]["path"], "sleep.go");
    ground.run(&["check", "--config", "nosuch.toml"]).code(2).err(&["nosuch.toml", "cannot be read"]);
    ground.run(&["check", "--config", "ci/strict.toml", "--isolated"]).code(2).err(&["cannot be used with"]);
}

#[test]
fn settings_and_files_are_shown() {
    let ground = Ground::sleepy();
    ground.put("gomend.toml", "ignore = [\"gosched\"]\nexclude = [\"/a\"]\npromote = [\"manual-gc\"]\n");
    ground.put("a/sleep.go", SLEEP);
    ground.put("b/gomend.toml", "select = [\"gosched\"]\n");
    ground.put("b/made.go", "// Code generated by x. DO NOT EDIT.\n\npackage b\n");
    ground.put("b/sleep.go", SLEEP);
    let here = ground.run(&["check", "--show-settings"]).code(0);
    let here = here.out(&[
        "configuration     gomend.toml\n",
        "Go                1.26\n",
        "counts as safe    manual-gc\n",
    ]);
    let off = here.out.lines().find(|line| line.starts_with("rules off")).unwrap().to_owned();
    assert!(off.contains("gosched"), "{off}");
    let below = ground.run(&["check", "--show-settings", "b"]).code(0);
    below.out(&["configuration     gomend.toml, b/gomend.toml\n", "rules on          gosched\n"]);
    ground.run(&["check", "--show-settings", "nosuch"]).code(2).err(&["nosuch: "]);
    assert_eq!(ground.run(&["check", "--show-files"]).code(0).out, "b/sleep.go\nsleep.go\n");
    let more = ground.run(&["check", "--show-files", "--include", "generated"]).code(0).out;
    assert_eq!(more, "b/made.go\nb/sleep.go\nsleep.go\n");
    let told = ground.run(&["check", "-v"]).code(1);
    told.err(&["verbose: configuration: gomend.toml", " rules run", "verbose: 3 files in "]);
    ground.run(&["check", "-v"]).code(1);
}

#[test]
fn audit_is_short_and_can_fail_a_build() {
    let ground = Ground::new(&[("go.mod", MOD), ("cmd/a/main.go", "package main\n\nfunc main() {}\n")]);
    let short = ground.run(&["audit"]).code(0).out;
    let json = ground.run(&["audit", "--format", "json"]).json();
    let lines = json["programs"][0]["lines"].as_array().unwrap();
    assert_eq!(short.lines().count(), 1 + lines.len() + 2, "{short}");
    let long = ground.run(&["audit", "-v"]).code(0).out;
    assert!(long.lines().count() >= 2 * lines.len(), "{long}");
    assert!(lines.iter().any(|line| line["state"] == "missing"));
    ground.run(&["audit", "--fail-on", "missing"]).code(1);
    ground.run(&["audit", "--fail-on", "undecidable"]).code(1);
    ground.run(&["audit", "--fail-on", "never"]).code(0);
}

/// Sites that share a line, a comment or a file with others.
const SEVERAL: &str = "package m\r\n\r\nimport (\r\n\t\"runtime\"\r\n\t\"time\"\r\n)\r\n\r\n// Both waits twice.\r\nfunc Both(d time.Duration) {\r\n\t// First.\r\n\t<-time.After(d); <-time.After(d)\r\n\tfor i := 0; i < 9; i++ {\r\n\t\truntime.GC() /* now */\r\n\t}\r\n}\r\n\r\n// Wait waits.\r\nfunc Wait(d time.Duration) { <-time.After(d) }\r\n";

#[test]
fn all_that_is_there_gets_a_comment_and_a_check_is_clean() {
    toolchain::need();
    let ground = Ground::new(&[
        ("go.mod", MOD),
        ("sleep.go", SLEEP),
        ("pump.go", PUMP),
        ("yield.go", YIELD),
        ("several.go", SEVERAL),
        ("data/data.go", "package data\n\nimport _ \"embed\"\n\n//go:embed text.go\nvar Text string\n"),
        ("data/text.go", &SLEEP.replace("package m", "package data")),
        ("gen/gen.go", &format!("// Code generated by x. DO NOT EDIT.\n\n{SLEEP}")),
    ]);
    let fresh = |name: &str| ground.text(name);
    let ran =
        ground.run(&["check", "--add-ignore", "legacy, see the wiki", "--include", "generated"]).code(1);
    ran.err(&["left as it is: data/text.go:7 time-after-sleep", "left as it is: gen/gen.go:9"]);
    assert_eq!(fresh("data/text.go"), SLEEP.replace("package m", "package data"));
    assert!(fresh("gen/gen.go").ends_with(SLEEP));
    assert_eq!(fresh("yield.go"), YIELD, "a kept site is not a finding");
    let comment = "\t//gomend:ignore time-after-sleep legacy, see the wiki\n\t<-time.After(d)\n";
    assert_eq!(fresh("sleep.go"), SLEEP.replace("\t<-time.After(d)\n", comment));
    let several = fresh("several.go");
    assert!(several.split('\n').all(|line| line.is_empty() || line.ends_with('\r')), "{several:?}");
    let without: String = several
        .split_inclusive('\n')
        .filter(|line| !line.contains("gomend:ignore") && *line != "//\r\n")
        .collect();
    assert_eq!(without, SEVERAL, "nothing else has changed");
    assert!(
        several.contains("\t// First.\r\n\t//gomend:ignore time-after-sleep legacy, see the wiki\r\n\t<-"),
        "{several}"
    );
    assert!(several.contains("// Wait waits.\r\n//\r\n//gomend:ignore "), "{several}");
    let left = ground.run(&["check", "--format", "concise", "-q"]).code(1).out;
    assert_eq!(left.lines().count(), 1, "{left}");
    assert!(left.starts_with("data/text.go:7:2: "), "{left}");
    let gofmt = std::process::Command::new("gofmt").arg("-l").arg(ground.dir()).output().unwrap();
    let untidy = String::from_utf8_lossy(&gofmt.stdout).into_owned();
    assert_eq!(untidy.lines().filter(|line| !line.ends_with("several.go")).count(), 0, "{untidy}");
    // A second run adds nothing, and the first one is undone as any other.
    ground.run(&["check", "--add-ignore", "again"]).code(1).out(&["No comment was added."]);
    ground.run(&["undo"]).code(0);
    assert_eq!((fresh("sleep.go").as_str(), fresh("several.go").as_str()), (SLEEP, SEVERAL));
    ground.run(&["check", "--add-ignore", " "]).code(2).err(&["wants a reason"]);
    ground.run(&["check", "--add-ignore", "a\nb"]).code(2).err(&["of one line"]);
}

#[test]
fn staged_is_what_the_index_holds() {
    let ground = Ground::sleepy();
    ground.put("old/sleep.go", SLEEP);
    ground.put("sub/keep.go", "package sub\n");
    ground.git(&["init", "-q"]);
    // Before the first commit everything that is staged is new.
    ground.git(&["add", "sleep.go", "go.mod"]);
    let staged = |args: &[&str]| {
        let found = ground.findings(&[&["--staged"], args].concat());
        found.iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(staged(&[]), ["sleep.go"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    assert!(staged(&[]).is_empty());
    ground.run(&["check", "--staged"]).code(0);
    // Bad in the index, mended on disk: the commit would be bad.
    ground.put("sub/new.go", SLEEP.replace("package m", "package sub"));
    ground.git(&["add", "sub/new.go"]);
    ground.put("sub/new.go", SLEPT.replace("package m", "package sub"));
    assert_eq!(staged(&[]), ["sub/new.go"]);
    assert!(ground.findings(&["sub"]).is_empty());
    // Mended in the index, bad on disk: the commit is good.
    ground.git(&["add", "sub/new.go"]);
    ground.put("sub/new.go", SLEEP.replace("package m", "package sub"));
    assert!(staged(&[]).is_empty());
    // Only staged lines, unless whole files are asked for; paths are those of the tree.
    ground.put("old/sleep.go", format!("{SLEEP}\n// More is more.\nvar More int\n"));
    ground.git(&["add", "old/sleep.go"]);
    assert!(staged(&[]).is_empty());
    assert_eq!(staged(&["--whole-files"]), ["old/sleep.go"]);
    assert_eq!(staged(&["--whole-files", "sub"]), Vec::<String>::new());
    let below =
        ground.run_in("sub", &["check", "--staged", "--whole-files", "--format", "concise", "../old"]);
    let path = ground.path("old/sleep.go");
    assert!(below.code(1).out.starts_with(&format!("{}:7:2: ", path.display())));
    ground
        .run(&["check", "--staged", "--whole-files"])
        .code(1)
        .out(&["--> old/sleep.go:7:2", "time.Sleep(d)"]);
    // What decides is staged, too.
    ground.put("gomend.toml", "ignore = [\"time-after-sleep\"]\n");
    assert_eq!(staged(&["--whole-files"]), ["old/sleep.go"]);
    ground.git(&["add", "gomend.toml"]);
    assert!(staged(&["--whole-files"]).is_empty());
    ground.run(&["check", "--staged", "--new-from-rev", "HEAD"]).code(2).err(&["cannot be used with"]);
    let nowhere = Ground::sleepy();
    nowhere.run(&["check", "--staged"]).code(2).err(&["--staged needs a git repository"]);
}

/// Content filters and monitors of a repository run no program.
#[cfg(unix)]
#[test]
fn staged_runs_nothing_of_the_repository() {
    let ground = Ground::sleepy();
    ground.git(&["init", "-q"]);
    ground.git(&["add", "."]);
    ground.put("hook.sh", format!("#!/bin/sh\ntouch {}\ncat\n", ground.path("ran").display()));
    ground.executable("hook.sh");
    let hook = ground.path("hook.sh").display().to_string();
    ground.put(".git/info/attributes", "*.go filter=own\n");
    for key in ["filter.own.smudge", "filter.own.clean", "core.fsmonitor"] {
        ground.git(&["config", key, &hook]);
    }
    ground.run(&["check", "--staged"]).code(1);
    assert!(!ground.path("ran").exists());
}

#[cfg(unix)]
#[test]
fn watch_checks_again_and_ends_by_ctrl_c() {
    use std::io::{BufRead, BufReader};
    use std::sync::mpsc::channel;
    use std::time::Duration;
    let ground = Ground::sleepy();
    let mut command = ground.command(&["check", "--watch", "--format", "concise"]);
    let mut child = command.spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    let until = |text: &str| {
        let mut seen = Vec::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) {
            seen.push(line);
            if seen.last().unwrap().contains(text) {
                return seen;
            }
        }
        panic!("{text} did not come: {seen:?}");
    };
    until("1 finding ");
    // It watches once it has told what it found.
    std::thread::sleep(Duration::from_millis(400));
    ground.put("sleep.go", SLEPT);
    until("No findings in 1 file.");
    ground.put("new/deep/sleep.go", SLEEP);
    until("1 finding ");
    ground.put("gomend.toml", "nonsense = 1\n");
    std::thread::sleep(Duration::from_millis(600));
    ground.put("gomend.toml", "ignore = [\"time-after-sleep\"]\n");
    until("No findings in 2 files.");
    std::thread::sleep(Duration::from_millis(300));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
