//! Programs that do the same before and after their rewrite.
//!
//! Each directory `golden/**/run_WHAT/` holds a `package main` whose output
//! does not depend on chance. It is run as it stands, and with the `.golden`
//! files in the place of their sources: both must print the same, and what the
//! `// want: ` comments of the sources say, when there are any. Below Go 1.23 the
//! channels of timers work in two ways, so a module with such a go line is run
//! in both.

use crate::support;

use gomend::model::GoVersion;
use std::path::{Path, PathBuf};
use std::process::Command;

fn programs(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries.into_iter().filter(|path| path.is_dir()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("run_") {
            found.push(path);
        } else {
            programs(&path, found);
        }
    }
}

/// The overlay that puts each `.golden` file of `dir` in the place of its
/// source.
fn overlay(dir: &Path) -> serde_json::Value {
    let mut replace = serde_json::Map::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let golden = entry.unwrap().path();
        if golden.extension().is_some_and(|extension| extension == "golden") {
            let source = golden.with_extension("");
            replace
                .insert(source.to_string_lossy().into_owned(), golden.to_string_lossy().into_owned().into());
        }
    }
    assert!(
        !replace.is_empty(),
        "{}: no golden shows what is rewritten here: `BLESS=1 cargo test golden::` writes it",
        dir.display()
    );
    serde_json::json!({ "Replace": replace })
}

/// Builds the program of `dir` as `binary`.
fn build(dir: &Path, binary: &Path, overlay: Option<&Path>) {
    let output = Command::new("go")
        .arg("build")
        .args(overlay.map(|file| format!("-overlay={}", file.display())))
        .args(["-o".as_ref(), binary.as_os_str(), ".".as_ref()])
        .current_dir(dir)
        .env("PWD", dir)
        .env("GOWORK", "off")
        .output()
        .expect("go is needed: install Go 1.26 or later and put it on PATH");
    assert!(output.status.success(), "{}:\n{}", dir.display(), String::from_utf8_lossy(&output.stderr));
}

/// What the program prints, on both of its outputs.
fn run(binary: &Path, godebug: &str) -> String {
    let output = Command::new(binary).env("GODEBUG", godebug).output().unwrap();
    let printed =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "GODEBUG={godebug} {}:\n{printed}", binary.display());
    printed
}

/// The lines behind `// want: ` in the program's sources.
fn wanted(dir: &Path) -> String {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let sources = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "go"));
    let text: String = sources.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("// want: "));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn programs_print_the_same_before_and_after() {
    let mut dirs = Vec::new();
    programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"), &mut dirs);
    assert!(!dirs.is_empty());
    let scratch = tempfile::tempdir().unwrap();
    let mut problems = Vec::new();
    for dir in &dirs {
        let overlay_file = scratch.path().join("overlay.json");
        std::fs::write(&overlay_file, overlay(dir).to_string()).unwrap();
        let (before, after) = (scratch.path().join("before"), scratch.path().join("after"));
        build(dir, &before, None);
        build(dir, &after, Some(&overlay_file));
        let old = support::Known::of(dir).go.is_none_or(|go| go < GoVersion(1, 23));
        let settings: &[&str] = if old { &["asynctimerchan=1", "asynctimerchan=0"] } else { &[""] };
        let wanted = wanted(dir);
        for setting in settings {
            let (first, second) = (run(&before, setting), run(&after, setting));
            if first != second {
                problems
                    .push(format!("{} GODEBUG={setting}\nbefore:\n{first}after:\n{second}", dir.display()));
            }
            if !wanted.is_empty() && first != wanted {
                problems.push(format!("{}\nwant:\n{wanted}got:\n{first}", dir.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
