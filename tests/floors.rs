//! The floors of the house: imports point down, and only one module names the
//! parser.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module at the top of the crate with those that it may import.
const FLOORS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("disk", &[]),
    ("syntax", &["text"]),
    ("model", &["text", "disk", "syntax"]),
    ("rewrite", &["text", "disk", "syntax", "model"]),
    ("foreign", &["text", "disk", "syntax", "rewrite"]),
    ("transforms", &["text", "syntax", "model", "rewrite"]),
    ("pattern", &["text", "syntax", "model", "rewrite"]),
    ("engine", &["text", "disk", "syntax", "model", "rewrite"]),
    ("verify", &["text", "disk", "syntax", "model", "rewrite"]),
    ("store", &["text", "disk", "syntax", "model", "rewrite"]),
    // The checklist asks what the rules ask, and reads files as a run does.
    ("audit", &["text", "disk", "syntax", "model", "rewrite", "transforms", "engine"]),
    ("report", &["text", "disk", "syntax", "model", "rewrite", "audit", "engine", "verify", "store"]),
    ("migrate", &["text", "disk", "syntax", "model", "rewrite", "engine", "verify", "store", "report"]),
    ("config", &["text", "disk", "syntax", "model", "rewrite", "engine", "verify", "store"]),
    // A review shows what reports show, in their words and colours.
    ("review", &["text", "syntax", "model", "rewrite", "engine", "verify", "store", "report"]),
    // An editor is told what a check finds, and what a proof says of its buffers.
    (
        "lsp",
        &[
            "text", "disk", "syntax", "model", "rewrite", "pattern", "engine", "verify", "store", "report",
            "config",
        ],
    ),
    (
        "cli",
        &[
            "text",
            "disk",
            "syntax",
            "model",
            "rewrite",
            "transforms",
            "audit",
            "pattern",
            "engine",
            "verify",
            "store",
            "report",
            "migrate",
            "config",
            "review",
            "foreign",
            "lsp",
        ],
    ),
];

/// The modules at the top of the crate that `code` names, in a file whose
/// module path has `depth` elements.
fn named(code: &str, depth: usize) -> Vec<String> {
    let code: String =
        code.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let up = "super::".repeat(depth);
    let mut found = Vec::new();
    for root in ["crate::", "gomend::", &up] {
        for (at, _) in code.match_indices(root).filter(|_| !root.is_empty()) {
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            if code[..at].ends_with(word) {
                continue;
            }
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(first_words(group)),
                None => found.push(first_word(rest)),
            }
        }
    }
    found.retain(|name| FLOORS.iter().any(|(floor, _)| floor == name));
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first word of each branch of a `use` group, whose opening brace is gone.
fn first_words(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut words = vec![first_word(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => words.push(first_word(&group[at + 1..])),
            _ => {}
        }
    }
    words
}

/// All files of the crate with the floor that they stand on and the number of
/// elements of their module path.
fn sources() -> Vec<(PathBuf, String, usize)> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut pending = vec![home.join("src"), home.join("transforms")];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(home).unwrap().with_extension("");
                let mut elements: Vec<&str> =
                    inside.iter().map(|element| element.to_str().unwrap()).collect();
                if elements[0] == "src" {
                    elements.remove(0);
                }
                if matches!(elements.last(), Some(&("mod" | "catalogue"))) {
                    elements.pop();
                }
                if !matches!(elements[0], "lib" | "main") {
                    found.push((path.clone(), elements[0].to_owned(), elements.len()));
                }
            }
        }
    }
    found.sort();
    assert!(found.len() > 50, "these are not all files: {found:?}");
    found
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (path, floor, depth) in sources() {
        let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
            panic!("{}: say in this test which floor `{floor}` is", path.display());
        };
        let code = std::fs::read_to_string(&path).unwrap();
        for name in named(&code, depth) {
            if name != floor && !below.contains(&name.as_str()) {
                wrong.push(format!("{}: {floor} imports {name}", path.display()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "imports that point up or sideways:\n{}", wrong.join("\n"));
}

/// What two rules ask stands in `transforms/shared`.
#[test]
fn no_rule_imports_another() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("transforms");
    let mut wrong = Vec::new();
    for (path, floor, depth) in sources() {
        let inside = path.strip_prefix(&home).map(|inside| inside.with_extension(""));
        let Some(inside) =
            inside.ok().filter(|inside| floor == "transforms" && inside != Path::new("catalogue"))
        else {
            continue;
        };
        let own = inside.iter().next().unwrap().to_str().unwrap().to_owned();
        let code = std::fs::read_to_string(&path).unwrap();
        let up = "super::".repeat(depth - 1);
        for line in code.lines().map(|line| line.split("//").next().unwrap_or("")) {
            for root in ["crate::transforms::", &up] {
                for (at, _) in line.match_indices(root) {
                    let other = first_word(&line[at + root.len()..]);
                    let before = line[..at].chars().next_back();
                    let is_path = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
                    if is_path
                        && other != own
                        && other != "shared"
                        && home.join(&other).with_extension("rs").exists()
                    {
                        wrong.push(format!("{}: {own} imports {other}", path.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "rules that import rules:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_syntax_floor_names_the_parser() {
    for (path, floor, _) in sources() {
        let code = std::fs::read_to_string(&path).unwrap();
        let names = code.lines().any(|line| {
            let code = line.split("//").next().unwrap_or("");
            code.contains("tree_sitter")
        });
        assert!(floor == "syntax" || !names, "{}: names tree_sitter", path.display());
    }
}

/// Files in which a scan may ask the system by itself: what they ask does not
/// decide what it finds, or stands in the question that a kept scan answers.
const ASKS_THE_SYSTEM: &[(&str, &str)] = &[
    ("src/engine/narrow/baseline.rs", "leaves findings out after the scan"),
    ("src/engine/owners.rs", "names owners after the scan"),
    ("src/engine/replay", "keeps scans"),
    (
        "src/engine/discover/paths.rs: companion::read_named(&cwd.join(source))",
        "the list that it reads is in the question",
    ),
    ("src/engine/discover/paths.rs: fs::symlink_metadata(cwd.join(path))", "so are the paths of a list"),
    ("src/engine/discover/paths.rs: companion::read_to_string(&dir.join(\"go.mod\"))", "words a usage error"),
    ("src/engine/discover/paths.rs: cwd.join(first).exists()", "tells a usage error from a missing file"),
    ("src/engine/discover/walk.rs: WalkBuilder", "tells the disk which directories it lists"),
    ("src/config/cascade.rs: dunce::canonicalize(cwd)", "the working directory is in the question"),
];

/// What in a line of code asks the system without recording the answer.
fn asks(line: &str) -> Option<&'static str> {
    let calls = |module: &'static str| {
        let mut found = line.match_indices(module).map(|(at, _)| &line[at + module.len()..]);
        found.any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase())).then_some(module)
    };
    let of_path = [".is_file()", ".is_dir()", ".is_symlink()"].into_iter().find(|method| {
        line.match_indices(method).any(|(at, _)| {
            let receiver = line[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
            !matches!(receiver, Some("metadata" | "kind"))
        })
    });
    let plain = [
        "File::open",
        "Command::new",
        "WalkBuilder",
        ".exists()",
        ".try_exists()",
        ".read_dir()",
        ".read_link()",
        ".canonicalize()",
        ".symlink_metadata()",
        "GitignoreBuilder::add(",
    ];
    let plain = plain.into_iter().find(|word| line.contains(word) && !line.trim_start().starts_with("use "));
    calls("fs::")
        .or_else(|| calls("companion::"))
        .or_else(|| calls("dunce::"))
        .or_else(|| calls("env::"))
        .or(of_path)
        .or(plain)
}

#[test]
fn what_a_scan_reads_is_recorded() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut needed = BTreeSet::new();
    for (path, floor, _) in sources() {
        let name = path.strip_prefix(home).unwrap().to_str().unwrap().replace('\\', "/");
        let of_scans = ["text", "syntax", "model", "rewrite", "transforms", "engine", "config"];
        let test = name.ends_with("/tests.rs") || name.ends_with("/against_go.rs");
        if !of_scans.contains(&floor.as_str()) || test {
            continue;
        }
        let code = std::fs::read_to_string(&path).unwrap();
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            let Some(word) = asks(line) else { continue };
            let allowed = ASKS_THE_SYSTEM.iter().find(|(place, _)| match place.split_once(": ") {
                Some((file, fragment)) => name == file && line.contains(fragment),
                None => name.starts_with(place),
            });
            match allowed {
                Some((place, _)) => drop(needed.insert(*place)),
                None => wrong.push(format!("{name}:{}: {word} in {}", number + 1, line.trim())),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a kept scan would not notice when the answer changes; ask through `Disk`:\n{}",
        wrong.join("\n")
    );
    let places: BTreeSet<&str> = ASKS_THE_SYSTEM.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, needed, "these exceptions are needed no more");
}

#[test]
fn every_way_to_ask_the_system_is_seen() {
    for line in [
        "let text = std::fs::read(path)?;",
        "match fs::metadata(&path) {",
        "use std::fs::read_to_string;",
        "let file = File::open(path)?;",
        "if path.is_file() {",
        "if dir.join(\"x\").is_dir() {",
        "std::env::var_os(\"HOME\")",
        "let real = path.canonicalize()?;",
    ] {
        assert!(asks(line).is_some(), "{line}");
    }
    for line in
        ["use std::fs::{self, FileType};", "metadata.is_file()", "kind.is_dir()", "disk.is_file(&path)"]
    {
        assert_eq!(asks(line), None, "{line}");
    }
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let code = "use crate::store::Store;\n// use crate::cli;\nlet x = crate::engine::run(crate::nothing::x);";
    assert_eq!(named(code, 1), ["store", "engine"]);
    assert_eq!(named("use crate::{report, text::{Span, Edit}, cli::run};", 1), ["report", "text", "cli"]);
    assert_eq!(named("use super::super::verify::Proof; use super::store;", 2), ["verify"]);
    assert_eq!(named("use gomend::cli; use notcrate::cli;", 2), ["cli"]);
}
