//! What to write instead of a command line that other tools take.

use super::args;
use super::setup::word;
use crate::engine::policy::closest;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::path::Path;

/// The words by which other tools call what gomend's commands do, and what to write here.
const VERBS: &[(&[&str], &str)] = &[
    (&["lint", "run", "scan", "vet", "analyze", "analyse", "inspect", "find"], "gomend check"),
    (&["mend", "apply-fixes", "autofix", "correct", "write"], "gomend fix"),
    (&["diff", "dry-run", "preview"], "gomend fix --diff"),
    (&["list", "ls", "linters", "checks"], "gomend rules"),
    (&["doc", "docs", "describe", "show", "man-page"], "gomend explain RULE"),
    (&["revert", "restore", "rollback"], "gomend undo"),
    (&["config", "configure", "setup"], "gomend init"),
    (&["cache"], "gomend clean"),
    (&["suppress", "ignore", "nolint"], "gomend check --add-ignore REASON"),
    (&["baseline"], "gomend check --baseline FILE --write-baseline"),
    (&["search", "grep", "match", "query"], "gomend rewrite PATTERN"),
    (&["server", "serve", "language-server", "langserver"], "gomend lsp"),
    (&["hook", "install-hook", "pre-commit"], "gomend init --hook"),
];

/// The options that other tools have, and what to write here.
const OPTIONS: &[(&[&str], &str)] = &[
    (&["--fix", "--autofix"], "`gomend fix` applies the fixes"),
    (&["--write", "-w", "--in-place", "--inplace"], "`gomend fix` writes the files, without an option"),
    (
        &["--dry-run", "--dryrun", "-n", "--check", "--preview", "-d", "--diff"],
        "`gomend fix --diff` shows the fixes and writes nothing",
    ),
    (&["--json"], "write `gomend check --format json`"),
    (&["--sarif"], "write `gomend check --format sarif`"),
    (&["--list", "-l"], "`gomend fix -l` lists the files that would change, `gomend rules` the rules"),
    (
        &["--out", "--output-file", "--out-file", "--output.json.path", "--output.text.path"],
        "`-o FILE` writes to a file",
    ),
    (&["--output", "-o"], "`gomend check -o FILE` writes to a file; `--format` says in which form"),
    (&["--output-format", "--out-format", "--reporter", "-f"], "write `--format json`, or another format"),
    (
        &["--enable", "--enable-only", "-E", "--rule", "--rules", "--checks", "-c"],
        "write `--select RULE,...`",
    ),
    (&["--disable", "-D", "--skip", "--disable-rule"], "write `--ignore RULE,...`"),
    (&["--exclude-dir", "--skip-dirs", "--ignore-path"], "write `--exclude GLOB`"),
    (&["--tests", "--test", "--include-tests"], "write `--include tests`"),
    (
        &["--exclude-tests", "--no-tests", "--skip-tests"],
        "tests are left out unless `--include tests` is given",
    ),
    (
        &["--new", "--diff-filter", "--new-from-merge-base", "--changed", "--since", "--base", "--diff-base"],
        "write `--new-from-rev REV`",
    ),
    (&["--safe", "--safe-only", "--only-safe"], "`gomend fix` applies the safe fixes, and only these"),
    (&["--all"], "write `--select all`; `gomend fix --unsafe` applies unsafe fixes, too"),
    (&["--pre-commit", "--git-hook"], "write `gomend init --hook`"),
    (
        &["--severity", "--level", "--min-severity", "--fail-level"],
        "write `--fail-on warning`: notes do not fail the run then",
    ),
    (&["--fast", "--no-verify"], "`gomend fix --verify none` leaves the proof out"),
];

/// As [`OPTIONS`], of one verb.
const OF_VERBS: &[(&str, &[&str], &str)] = &[
    (
        "rules",
        &["--select", "--ignore", "--rule", "--group"],
        "write `gomend rules GROUP`; `gomend explain RULE` shows a rule",
    ),
    (
        "undo",
        &["--all", "--last"],
        "`gomend undo` takes the last run back, `gomend undo --list` shows the runs",
    ),
    ("test", &["--all"], "`gomend test` runs the examples of all rules"),
];

/// Replaces what clap suggests by what helps.
pub fn mend(error: &mut clap::Error, args: &[OsString]) {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            error.remove(ContextKind::SuggestedSubcommand);
            error.remove(ContextKind::Suggested);
            if let Some(tip) = args.get(1).and_then(|first| of_verb(&first.to_string_lossy(), &args[2..])) {
                put(error, tip);
            }
        }
        ErrorKind::UnknownArgument => {
            let wrong = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
            // That it might be a value is hardly ever meant.
            error.remove(ContextKind::Suggested);
            let name = wrong.split(['=', ' ']).next().unwrap_or_default();
            let verb = args.get(1).map(|verb| verb.to_string_lossy()).unwrap_or_default();
            let known = OF_VERBS.iter().find(|(of, names, _)| *of == verb && names.contains(&name));
            let known = known.map(|(.., tip)| tip);
            let known = known.or(OPTIONS.iter().find(|(names, _)| names.contains(&name)).map(|(_, tip)| tip));
            if let Some(tip) = known {
                error.remove(ContextKind::SuggestedArg);
                // It would name the option that was suggested.
                error.remove(ContextKind::Usage);
                put(error, (*tip).to_owned());
            } else if !name.starts_with('-') && Path::new(name).exists() {
                put(error, format!("`gomend check {}` looks at a file or a directory", word(name)));
            }
        }
        _ => {}
    }
}

fn put(error: &mut clap::Error, tip: String) {
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
}

/// What to write in place of `first`, which is no verb.
fn of_verb(first: &str, rest: &[OsString]) -> Option<String> {
    if is_path(first) {
        let more: String = rest.iter().map(|arg| format!(" {}", word(&arg.to_string_lossy()))).collect();
        return Some(format!(
            "`gomend check {}{more}` looks for findings there, `gomend fix` applies the safe fixes",
            word(first)
        ));
    }
    let lower = first.to_ascii_lowercase();
    if let Some((_, instead)) = VERBS.iter().find(|(words, _)| words.contains(&lower.as_str())) {
        let paths = rest.iter().map(|arg| arg.to_string_lossy()).filter(|arg| is_path(arg));
        let paths: String = paths.map(|path| format!(" {}", word(&path))).collect();
        return Some(format!("write `{instead}{paths}`"));
    }
    let verbs = args::VERBS.iter().flat_map(|(_, verbs)| verbs.iter().copied());
    closest(&lower, verbs).map(|verb| format!("did you mean `gomend {verb}`?"))
}

/// Whether a word is a path or a pattern of packages: `./...`, `cmd/api`, `main.go`.
fn is_path(text: &str) -> bool {
    text.starts_with('.') || text.contains(['/', '\\']) || text.ends_with(".go") || Path::new(text).exists()
}
