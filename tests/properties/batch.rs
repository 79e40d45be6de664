//! The real toolchain over generated programs: what gofmt and vet accept
//! before, they accept after.

use super::generate::{program, with_comments};
use super::laws::mended;
use crate::random::Random;
use crate::support::Known;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAMS: u64 = 150;

#[test]
fn generated_programs_stay_clean_today() {
    stay_clean("1.26", 40_000);
}

#[test]
fn generated_programs_stay_clean_in_old_modules() {
    stay_clean("1.21", 50_000);
}

fn stay_clean(go: &str, first: u64) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    std::fs::write(dir.join("go.mod"), format!("module p\n\ngo {go}\n")).unwrap();
    let mut names = Vec::new();
    let first = first + super::number("PROPERTIES_SHIFT").unwrap_or(0);
    for seed in first..first + PROGRAMS {
        let random = &mut Random::new(seed);
        let program = program(random, go == "1.21");
        let name = format!("p{seed}/{}", program.name);
        std::fs::create_dir(dir.join(format!("p{seed}"))).unwrap();
        std::fs::write(dir.join(&name), with_comments(&program.text, random)).unwrap();
        names.push(name);
    }
    // gofmt needs two looks at some comments.
    gofmt(dir, "-w", &names);
    gofmt(dir, "-w", &names);
    let unstable: BTreeSet<String> = gofmt(dir, "-l", &names).lines().map(str::to_owned).collect();
    assert_eq!(vet(dir), "", "a generated program is wrong");
    let known = Known::of(dir);
    let mut changed = 0;
    for name in &names {
        let path = dir.join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        if let Some(after) = mended(&text, &path, &known) {
            changed += 1;
            std::fs::write(path.with_extension("before"), text).unwrap();
            std::fs::write(&path, after).unwrap();
        }
    }
    assert!(changed > PROGRAMS / 2, "only {changed} of {PROGRAMS} programs change");
    let tidy: Vec<String> = names.into_iter().filter(|name| !unstable.contains(name)).collect();
    let problems = [gofmt(dir, "-d", &tidy), vet(dir)].concat();
    if !problems.is_empty() {
        // The files stay for whoever looks into it.
        let kept = folder.keep();
        panic!("Go {go}: the results are in {}\n{problems}", kept.display());
    }
}

fn gofmt(dir: &Path, action: &str, names: &[String]) -> String {
    let output = Command::new("gofmt").arg(action).args(names).current_dir(dir).output();
    let output = output.expect("gofmt is needed: install Go 1.26 or later and put it on PATH");
    assert!(output.stderr.is_empty() || action == "-d", "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Vets all packages below `dir`. Code behind an endless loop is reached by no program, and
/// is no mistake of it.
pub fn run_vet(dir: &Path) -> Output {
    Command::new("go")
        .args(["vet", "-unreachable=false", "./..."])
        .current_dir(dir)
        .env("PWD", dir)
        .env("GOWORK", "off")
        .env("GOFLAGS", "-mod=readonly")
        .output()
        .expect("go is needed: install Go 1.26 or later and put it on PATH")
}

/// What vet says.
fn vet(dir: &Path) -> String {
    let output = run_vet(dir);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { String::new() } else { said + "\nvet fails" }
}
