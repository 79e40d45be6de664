//! Every golden: what each rule rewrites and to what, what it keeps and why.
//!
//! `golden/<rule>/**/X.go` with `X.go.golden` beside it is rewritten by that
//! rule (all rules under `_together`): with the safe fixes, or with the unsafe
//! ones too when `X` starts with `unsafe`. A comment on the line of a site says
//! what is expected of it there: `// keeps: GUARD`, `// advice: GUARD`,
//! `// unsafe: GUARD`; a site without one is safe, or unsafe in `unsafe*.go`.
//!
//! The files of a directory called `package_*` (`package_unsafe_*` with the
//! unsafe fixes too) are fixed together, for fixes of several files: there each
//! file that changes has its golden.
//! Set `BLESS=1` to write what the rules give now, and read the difference.
//!
//! `golden/go.mod` says which Go they are written for; a directory with a go.mod
//! of its own holds those of another version.

use crate::support;

use gomend::rewrite::Applicability;
use gomend::transforms::CATALOGUE;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            found.push(path);
        }
    }
}

fn rule_of(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().components().next().unwrap().as_os_str().to_string_lossy().into_owned()
}

fn golden_of(path: &Path) -> PathBuf {
    path.with_extension("go.golden")
}

/// `(level, guard)` that the comment on a line expects.
fn expectation(line: &str) -> Option<(&'static str, String)> {
    ["keeps", "advice", "unsafe"].into_iter().find_map(|word| {
        let rest = line.split_once(&format!("// {word}: "))?.1;
        let guard = rest.split_whitespace().next()?;
        Some((if word == "keeps" { "kept" } else { word }, guard.to_owned()))
    })
}

#[test]
fn every_site_is_judged_as_its_line_says() {
    let mut paths = Vec::new();
    sources(&root(), &mut paths);
    let mut problems = Vec::new();
    let mut tripped: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    // Where several rules look at one line, only what becomes of it counts.
    for path in paths.iter().filter(|path| !rule_of(path).starts_with('_')) {
        let file = support::file(path);
        let lines: Vec<&str> = file.text().lines().collect();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let usual = if name.starts_with("unsafe") { "unsafe" } else { "safe" };
        let mut expected: BTreeMap<usize, (&str, String)> = BTreeMap::new();
        for (index, line) in lines.iter().enumerate() {
            if let Some(wanted) = expectation(line) {
                expected.insert(index + 1, wanted);
            }
        }
        for seen in support::seen(&file, &support::entries(&rule_of(path))) {
            let line = file.lines().line(seen.rule_match.diagnostic.span.start);
            let verdict = &seen.rule_match.verdict;
            let got = (verdict.level().word(), verdict.guard().unwrap_or("").to_owned());
            tripped.entry(rule_id(&rule_of(path))).or_default().insert(got.1.clone());
            let place = format!("{}:{line}", path.strip_prefix(root()).unwrap().display());
            match expected.remove(&line) {
                Some(wanted) if wanted != got => {
                    problems.push(format!("{place}: expected {wanted:?}, got {got:?}"))
                }
                None if got.0 != usual => problems.push(format!("{place}: expected {usual}, got {got:?}")),
                _ => {}
            }
        }
        for (line, wanted) in expected {
            problems.push(format!("{}:{line}: expected {wanted:?}, got no finding", path.display()));
        }
    }
    for entry in CATALOGUE {
        for guard in entry.meta.guards {
            if !tripped.get(entry.meta.id).is_some_and(|tripped| tripped.contains(*guard)) {
                problems.push(format!("{}: no golden trips the guard `{guard}`", entry.meta.id));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn rule_id(folder: &str) -> &'static str {
    let id = folder.replace('_', "-");
    CATALOGUE.iter().map(|entry| entry.meta.id).find(|known| *known == id).unwrap_or("")
}

/// Whether the files of `dir` are fixed together.
fn is_package(dir: &Path) -> bool {
    dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with("package_"))
}

#[test]
fn every_rewrite_gives_its_golden_and_a_second_run_changes_nothing() {
    let mut paths = Vec::new();
    sources(&root(), &mut paths);
    let bless = std::env::var_os("BLESS").is_some();
    let mut groups: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        let dir = path.parent().unwrap();
        if is_package(dir) {
            groups.entry(dir.to_owned()).or_default().push(path);
        } else if golden_of(&path).exists() || has_fixes(&path) || (bless && is_program(dir)) {
            groups.insert(path.clone(), vec![path]);
        }
    }
    let mut problems = Vec::new();
    for (group, paths) in groups {
        let name = group.file_name().unwrap().to_string_lossy().into_owned();
        let unsafe_too = name.starts_with("unsafe") || name.starts_with("package_unsafe");
        let level = if unsafe_too { Applicability::Unsafe } else { Applicability::Safe };
        let entries = support::entries(&rule_of(&paths[0]));
        let files: Vec<_> = paths.iter().map(|path| support::file(path)).collect();
        let plan = support::planned(files.clone(), &entries, level);
        for dropped in &plan.dropped {
            problems.push(format!("{}: dropped: {}", group.display(), dropped.reason));
        }
        let after = |path: &Path| plan.files.get(path).map(|planned| planned.after.clone());
        for (path, file) in paths.iter().zip(&files) {
            let after = after(path);
            if bless && (after.is_some() || has_fixes(path)) {
                std::fs::write(golden_of(path), after.as_deref().unwrap_or(file.text())).unwrap();
            }
            let wanted = std::fs::read_to_string(golden_of(path)).ok();
            let wanted = wanted.as_deref().unwrap_or(if has_fixes(path) { "" } else { file.text() });
            let after = after.as_deref().unwrap_or(file.text());
            if after != wanted {
                let diff =
                    gomend::text::diff::unified("golden", "result", wanted.as_bytes(), after.as_bytes(), 3);
                problems.push(format!("{}:\n{}", path.display(), String::from_utf8_lossy(&diff)));
            }
        }
        let again = |file: &std::sync::Arc<gomend::syntax::File>| match after(file.path()) {
            Some(after) => std::sync::Arc::new(gomend::syntax::File::new(file.path(), after)),
            None => file.clone(),
        };
        let second = support::planned(files.iter().map(again).collect(), &entries, level);
        if !second.files.is_empty() {
            problems.push(format!("{}: a second run changes it again", group.display()));
        }
    }
    assert!(
        problems.is_empty(),
        "{}\n`BLESS=1 cargo test golden::` writes what the rules give now; read the difference",
        problems.join("\n")
    );
}

/// Whether `dir` holds a program that `tests/behaviour.rs` runs; which of its files are
/// rewritten, their names do not say.
fn is_program(dir: &Path) -> bool {
    dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with("run_"))
}

fn has_fixes(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    name.starts_with("rewrites") || name.starts_with("unsafe")
}

/// Both sides of each golden are gofmt-clean (unless the file's name says
/// `untidy`) and vet, in the module that they stand in.
#[test]
fn goldens_are_go_that_gofmt_and_vet_accept() {
    let mut paths = Vec::new();
    sources(&root(), &mut paths);
    let tidy = |path: &&PathBuf| !path.to_string_lossy().contains("untidy");
    let goldens: Vec<PathBuf> =
        paths.iter().map(|path| golden_of(path)).filter(|golden| golden.exists()).collect();
    let scratch = tempfile::tempdir().unwrap();
    let mut overlay = serde_json::Map::new();
    for (index, golden) in goldens.iter().enumerate() {
        // cgo takes only what is called `.go`.
        let source = golden.with_extension("");
        let copy = scratch.path().join(index.to_string()).join(source.file_name().unwrap());
        std::fs::create_dir(copy.parent().unwrap()).unwrap();
        std::fs::copy(golden, &copy).unwrap();
        overlay.insert(
            source.to_string_lossy().into_owned(),
            serde_json::Value::from(copy.to_string_lossy().into_owned()),
        );
    }
    let overlay_file = scratch.path().join("overlay.json");
    std::fs::write(&overlay_file, serde_json::json!({ "Replace": overlay }).to_string()).unwrap();
    let output = Command::new("gofmt")
        .arg("-l")
        .args(paths.iter().filter(tidy))
        .args(goldens.iter().filter(tidy))
        .output()
        .expect("gofmt is needed: install Go 1.26 or later and put it on PATH");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "these files are not gofmt-clean");
    let mut modules: BTreeSet<PathBuf> = BTreeSet::new();
    for path in &paths {
        let mut dir = path.parent().unwrap();
        while !dir.join("go.mod").exists() {
            dir = dir.parent().unwrap();
        }
        modules.insert(dir.to_owned());
    }
    for module in modules {
        for extra in [None, Some(format!("-overlay={}", overlay_file.display()))] {
            let output = Command::new("go")
                .arg("vet")
                .args(&extra)
                .arg("./...")
                .current_dir(&module)
                .env("PWD", &module)
                .env("GOFLAGS", "-mod=readonly")
                .env("GOWORK", "off")
                .output()
                .expect("go is needed: install Go 1.26 or later and put it on PATH");
            let which = if extra.is_some() { "the goldens" } else { "the sources" };
            assert!(
                output.status.success(),
                "go vet of {which} of {}:\n{}",
                module.display(),
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}
