//! The standard file_cache: looked at without a panic or an unnamed skip, and its
//! packages vet after all safe fixes as they did before.

#![allow(missing_docs, reason = "a test")]

use crate::toolchain::goroot;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn go(root: &Path) -> Command {
    let mut go = Command::new(root.join("bin/go"));
    go.env("GOROOT", root).env("GOFLAGS", "").env("GOWORK", "off").env("GOTOOLCHAIN", "local");
    go
}

/// Copies a tree. Contents that nobody writes to are linked, so that it is
/// quick; gomend replaces files and never writes into one, and a file with
/// several names it leaves alone, so Go files are copied.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_symlink() {
            continue;
        } else {
            let is_go = target.extension().is_some_and(|extension| extension == "go");
            if is_go || std::fs::hard_link(entry.path(), &target).is_err() {
                std::fs::copy(entry.path(), &target).unwrap();
            }
        }
    }
}

fn gomend(root: &Path, state: &Path, args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_gomend"))
        .args(args)
        .current_dir(root.join("src"))
        .env("XDG_STATE_HOME", state)
        .env("XDG_CACHE_HOME", state.join("cache"))
        .env("GOROOT", root)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_ne!(output.status.code(), Some(2), "{stderr}");
    output
}

/// What vet says of the packages in `dirs`, one line each, sorted.
fn vet(root: &Path, dirs: &BTreeSet<PathBuf>) -> Vec<String> {
    let mut said = Vec::new();
    for dir in dirs {
        let output = go(root).arg("vet").arg(".").current_dir(dir).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        // Lines move; what is said of them does not.
        let lines = text.lines().map(|line| {
            let words = line.split(':').filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
            words.collect::<Vec<_>>().join(":")
        });
        said.extend(lines.filter(|line| !line.starts_with('#')));
    }
    said.sort();
    said
}

#[test]
fn the_standard_library_vets_after_all_safe_fixes_as_it_did_before() {
    let scratch = tempfile::tempdir().unwrap();
    let (root, state) = (scratch.path().join("go"), scratch.path().join("state"));
    copy(&goroot(), &root);

    let check = gomend(&root, &state, &["check", "--format", "json", "--include", "tests,vendor,testdata"]);
    let report: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    assert!(report["summary"]["files"].as_u64().unwrap() > 5_000);
    for skipped in report["skipped"].as_array().unwrap() {
        assert_ne!(skipped["reason"].as_str().unwrap_or_default(), "", "{skipped}");
    }

    let all = ["fix", "--include", "tests", "--verify", "none"];
    let list = gomend(&root, &state, &[&all[..], &["-l"]].concat());
    let list = String::from_utf8(list.stdout).unwrap();
    let src = root.join("src");
    let dirs: BTreeSet<PathBuf> =
        list.lines().map(|path| src.join(path).parent().unwrap().to_owned()).collect();
    assert!(!dirs.is_empty(), "the standard library has sites with a safe fix");
    let before = vet(&root, &dirs);
    gomend(&root, &state, &all);
    let again = gomend(&root, &state, &[&all[..], &["-l"]].concat());
    assert_eq!(String::from_utf8_lossy(&again.stdout), "", "a second run changes nothing");
    assert_eq!(vet(&root, &dirs), before);
    let changed: Vec<&str> = list.lines().collect();
    let format = Command::new("gofmt").arg("-l").args(&changed).current_dir(&src).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&format.stdout), "", "what gofmt would change");
}
