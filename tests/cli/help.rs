//! Help, the catalogue and its pages.

use crate::ground::{Ground, finish};
use gomend::transforms::CATALOGUE;

const VERBS: [&str; 6] = ["check", "fix", "report", "undo", "explain", "rules"];

#[test]
fn no_arguments_show_the_help() {
    let ground = Ground::new(&[]);
    let ran = ground.run(&[]).code(2);
    assert!(ran.out.is_empty());
    ran.err(&["Usage: gomend", "check", "fix", "undo", "Exit status"]);
}

#[test]
fn help_goes_to_standard_output_and_fits_a_terminal() {
    let ground = Ground::new(&[]);
    let ran = ground.run(&["--help"]).code(0).out(&VERBS);
    assert!(ran.err.is_empty());
    ran.out(&["Examples:", "Exit status"]);
    for verb in VERBS {
        for flag in ["-h", "--help"] {
            let ran = ground.run(&[verb, flag]).code(0);
            let wide = ran.out.lines().find(|line| line.chars().count() > 100);
            assert_eq!(wide, None, "{verb} {flag}");
            assert!(ran.err.is_empty());
        }
    }
    let fix = ground.run(&["fix", "--help"]).out;
    for flag in
        ["--unsafe", "--diff", "-l", "--continue", "--gofmt", "--verify", "--require-proof", "--select"]
    {
        assert!(fix.contains(flag), "{flag}:\n{fix}");
    }
}

/// On the 80 columns of a newcomer's terminal.
#[test]
fn short_help_has_a_line_for_each_option() {
    let ground = Ground::new(&[]);
    let help = |args: &[&str]| {
        let mut command = ground.command(args);
        command.env("COLUMNS", "80");
        finish(command).code(0).out
    };
    let first = help(&["-h"]);
    let verbs: Vec<&str> = first
        .lines()
        .skip_while(|line| *line != "Look:")
        .take_while(|line| *line != "Options:")
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert_eq!(verbs.len(), 20, "{first}");
    for verb in verbs {
        let short = help(&[verb, "-h"]);
        let long = help(&[verb, "--help"]);
        for line in short.lines().chain(long.lines()).chain(first.lines()) {
            assert!(line.chars().count() <= 80, "{verb}: {line}");
        }
        let options = short.split("Examples:").next().unwrap();
        for line in options.lines().skip(3).filter(|line| line.starts_with(' ')) {
            let text = line.trim_start();
            // A verb may have verbs of its own.
            let verbs = short.contains("\nCommands:\n") && text.starts_with(char::is_lowercase);
            let begins = verbs || text.starts_with(['-', '[', '<']);
            assert!(begins && text.contains("  "), "{verb}: {line}");
        }
        assert!(short.contains("Examples:"), "{verb}");
    }
}

#[test]
fn every_verb_stands_in_the_list() {
    let ground = Ground::new(&[]);
    let first = ground.run(&["--help"]).code(0).out;
    let script = ground.run(&["completions", "fish"]).code(0).out;
    let named = script.lines().filter_map(|line| line.split("__fish_gomend_needs_command\" -f -a \"").nth(1));
    let named: Vec<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
    assert!(named.len() > 10, "{script}");
    for verb in named {
        assert!(first.contains(&format!("\n  {verb} ")), "{verb}");
    }
}

#[test]
fn the_version_is_one_line() {
    let ran = Ground::new(&[]).run(&["--version"]).code(0);
    assert_eq!(ran.out, format!("gomend {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn usage_errors_are_status_two_with_a_suggestion() {
    let ground = Ground::new(&[]);
    ground.run(&["chekc"]).code(2).err(&["chekc", "check"]);
    ground.run(&["check", "--selct", "x"]).code(2).err(&["--selct", "--select"]);
    ground.run(&["rules", "--format", "sarif"]).code(2).err(&["human, json"]);
    ground.run(&["check", "--format", "xml"]).code(2).err(&["sarif", "checkstyle", "patch"]);
    ground.run(&["fix", "--format", "patch"]).code(2).err(&["fix --diff", "check --format patch"]);
    ground.run(&["fix", "--diff", "-l"]).code(2).err(&["cannot be used with"]);
    ground.run(&["fix", "--verify", "vett"]).code(2).err(&["none, gofmt, build, vet, test"]);
    ground.run(&["fix", "--verify-timeout", "soon"]).code(2).err(&["seconds"]);
    ground.run(&["fix", "--verify-config", "win dows"]).code(2).err(&["GOOS/GOARCH"]);
    ground.run(&["fix", "--require-proof", "--verify", "none"]).code(2).err(&["leave one of them out"]);
}

#[test]
fn rules_lists_the_catalogue() {
    let ground = Ground::new(&[]);
    let ran = ground.run(&["rules"]).code(0);
    let json = ground.run(&["rules", "--format", "json"]).code(0).json();
    let listed: Vec<&str> = json.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    let ids: Vec<&str> = CATALOGUE.iter().map(|entry| entry.meta.id).collect();
    assert_eq!(listed, ids);
    let ran = ran.out(&ids);
    let named = |id: &&&str| ran.out.lines().any(|line| line.starts_with(&format!("  {id} ")));
    assert_eq!(ids.iter().filter(named).count(), ids.len(), "{}", ran.out);
    for (row, entry) in json.as_array().unwrap().iter().zip(CATALOGUE) {
        assert_eq!(row["level"], entry.meta.best.word());
        assert_eq!(row["default"], !entry.meta.opt_in);
        assert_eq!(row["all"], !entry.meta.no_gain);
        assert_eq!(row["guards"].as_array().unwrap().len(), entry.meta.guards.len());
    }
}

#[test]
fn explain_shows_every_page() {
    let ground = Ground::new(&[]);
    for entry in CATALOGUE {
        let ran = ground.run(&["explain", entry.meta.id]).code(0);
        let ran = ran.out(&[entry.meta.id, "Why", "Guards"]).out(entry.meta.guards);
        let wide = ran.out.lines().find(|line| line.chars().count() > 100 && !line.starts_with("    "));
        assert_eq!(wide, None, "{}", entry.meta.id);
        assert!(!ran.out.contains('\u{1b}'));
    }
    ground.run(&["explain", "unused-suppression"]).code(0);
    ground.run(&["explain", "time-after-slep"]).code(2).err(&["did you mean `time-after-sleep`?"]);
    ground.run(&["explain", "zzz"]).code(2).err(&["`gomend rules` lists the rules and their groups"]);
}
