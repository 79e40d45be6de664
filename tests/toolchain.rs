//! The Go toolchain that tests run: the real one, or a sentence that says what
//! to install.

#![allow(dead_code, missing_docs, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The oldest Go whose vet and whose library the goldens are written for.
const MINOR: u32 = 26;

static FOUND: LazyLock<Result<(), String>> = LazyLock::new(|| {
    let remedy = format!("install Go 1.{MINOR} or later (https://go.dev/dl/) and put it on PATH");
    let output = Command::new("go").arg("version").env("GOTOOLCHAIN", "local").output();
    let Ok(output) = output else { return Err(format!("these tests need go: {remedy}")) };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let minor = text.split("go1.").nth(1).and_then(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..digits].parse::<u32>().ok()
    });
    match minor {
        Some(minor) if minor < MINOR => {
            Err(format!("`{}` is too old for these tests: {remedy}", text.trim()))
        }
        _ => Ok(()),
    }
});

/// Where the Go that tests run is installed.
///
/// # Panics
/// When Go is missing or too old, with what to install.
pub fn goroot() -> PathBuf {
    need();
    let output = Command::new("go").args(["env", "GOROOT"]).output().expect("go was there just now");
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim())
}

/// Adds the Go files in `dir` and below to `found`.
pub fn go_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
        let entry = entry.expect("a readable directory");
        let path = entry.path();
        if entry.file_type().expect("a readable directory").is_dir() {
            go_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            found.push(path);
        }
    }
}

/// `go` with a clean environment, to be run in `dir`.
///
/// # Panics
/// When Go is missing or too old, with what to install.
pub fn go(dir: &Path) -> Command {
    need();
    let mut command = Command::new("go");
    command.current_dir(dir).env("PWD", dir);
    command.envs([("GOWORK", "off"), ("GOFLAGS", ""), ("GOTOOLCHAIN", "local"), ("GOPROXY", "off")]);
    command
}

/// `gofmt`.
///
/// # Panics
/// As [`go`].
pub fn gofmt() -> Command {
    need();
    Command::new("gofmt")
}

/// Says what to install when Go is missing or too old.
///
/// # Panics
/// Then.
pub fn need() {
    if let Err(sentence) = &*FOUND {
        panic!("{sentence}");
    }
}

/// Makes the script at `path` one that the system runs. Another program copies
/// it: had this one it open when it starts a third, that would hold it open for
/// writing, and nobody could run it.
#[cfg(unix)]
pub fn executable(path: &Path) {
    let copy = "cp \"$0\" \"$0.new\" && chmod 755 \"$0.new\" && mv \"$0.new\" \"$0\"";
    let status = Command::new("sh").arg("-c").arg(copy).arg(path).status().unwrap();
    assert!(status.success(), "{}", path.display());
}
