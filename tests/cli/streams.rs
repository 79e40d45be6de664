//! Colours, closed and full outputs, quiet.

use crate::ground::{Ground, MOD, SLEEP, SLEPT, finish, wait};
use std::fs::File;
use std::process::Stdio;

fn many() -> Ground {
    let ground = Ground::new(&[("go.mod", MOD)]);
    for number in 0..400 {
        ground.put(&format!("p{number}/sleep.go"), SLEEP);
    }
    ground
}

#[test]
fn colour_is_for_terminals_and_on_demand() {
    let ground = Ground::sleepy();
    let coloured = |args: &[&str], no_color: Option<&str>| {
        let mut command = ground.command(args);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        finish(command).code(1).out.contains('\u{1b}')
    };
    assert!(!coloured(&["check"], None));
    assert!(coloured(&["check", "--color", "always"], None));
    assert!(coloured(&["check", "--color", "always"], Some("1")), "the command line is nearer");
    assert!(!coloured(&["check", "--color", "never"], None));
    assert!(!coloured(&["check", "--color", "auto"], Some("1")));
    assert!(coloured(&["fix", "--diff", "--verify", "none", "--color", "always"], None));
    ground.run(&["check", "--color", "red"]).code(2);
}

#[test]
fn quiet_leaves_the_findings_and_what_went_wrong() {
    let ground = Ground::sleepy();
    let ran = ground.run(&["check", "--quiet"]).code(1).out(&["time-after-sleep"]);
    assert!(!ran.out.contains("1 finding"), "{}", ran.out);
    assert_eq!(ran.err, "");
    ground.run(&["check", "-q", "nosuch"]).code(2).err(&["nosuch"]);
    let ran = ground.run(&["fix", "-q", "--verify", "none"]).code(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    assert_eq!(ground.text("sleep.go"), SLEPT);
}

/// Runs with a standard output that nobody reads.
fn unread(ground: &Ground, args: &[&str]) -> crate::ground::Ran {
    let mut child = ground.command(args).spawn().unwrap();
    drop(child.stdout.take());
    wait(child)
}

#[test]
fn a_reader_who_leaves_ends_it_quietly() {
    let ground = many();
    for args in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["check", "--format", "junit"],
        &["check", "--format", "github"],
        &["check", "--format", "markdown"],
        &["check", "--format", "patch"],
        &["fix", "--diff", "--verify", "none"],
        &["fix", "-l", "--quiet", "--verify", "none"],
    ] {
        let ran = unread(&ground, args).code(1);
        assert!(!ran.err.contains("error"), "{args:?}: {}", ran.err);
    }
    for args in [&["rules"][..], &["--help"], &["explain", "gosched"], &["undo", "--list"]] {
        let ran = unread(&ground, args).code(0);
        assert_eq!(ran.err, "", "{args:?}");
    }
    let ran = unread(&ground, &["fix", "--verify", "none"]).code(0);
    assert_eq!(ran.err, "");
    for number in 0..400 {
        assert_eq!(ground.text(&format!("p{number}/sleep.go")), SLEPT, "fix completes its writes");
    }
    unread(&ground, &["undo"]).code(0);
    assert_eq!(ground.text("p0/sleep.go"), SLEEP);
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_that_is_full_is_an_error() {
    let ground = many();
    for args in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "checkstyle"],
        &["check", "--format", "rdjson"],
        &["rules"],
        &["--help"],
        &["fix", "--verify", "none"],
    ] {
        let mut command = ground.command(args);
        command.stdout(Stdio::from(File::options().write(true).open("/dev/full").unwrap()));
        let ran = finish(command).code(2);
        let ran = ran.err(&["standard output cannot be written: No space left on device"]);
        assert_eq!(ran.err.matches("error:").count(), 1, "{}", ran.err);
    }
    assert_eq!(ground.text("p399/sleep.go"), SLEPT, "fix completes its writes");
}

#[test]
fn findings_go_to_standard_output_and_errors_to_standard_error() {
    let ground = Ground::sleepy();
    let ran = ground.run(&["check", ".", "nosuch"]).code(2);
    assert!(ran.out.contains("time-after-sleep") && !ran.err.contains("time-after-sleep"));
    assert!(!ran.out.contains("nosuch:"), "{}", ran.out);
    ran.err(&["error: nosuch: no such file or directory"]);
}

#[test]
fn lists_and_pages_end_quietly_when_nobody_reads_them() {
    let ground = Ground::sleepy();
    let verbs: [&[&str]; 5] = [
        &["rules"],
        &["rules", "--format", "json"],
        &["explain", "gosched"],
        &["man"],
        &["completions", "zsh"],
    ];
    for verb in verbs {
        let ran = unread(&ground, verb).code(0);
        assert_eq!(ran.err, "", "{verb:?}");
    }
}
