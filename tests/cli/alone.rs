//! Each fix of the JSON output, applied by itself: editors and review bots take one and leave
//! the others.

use crate::ground::Ground;
use crate::toolchain;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Copies the tree at `from`; what the go command passes by for its name is called otherwise.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            copy(&path, &to.join(name.trim_start_matches('_')));
        } else if !name.ends_with(".golden") {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The files of a package with the fix in them.
fn fixed(dir: &Path, fix: &Value, root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let module = ["go.mod", "go.sum", "gomend.toml"].iter().any(|name| path.ends_with(name));
        if path.is_file() && !module {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    let mut edits: Vec<&Value> = fix["edits"].as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit["start_byte"].as_u64(), edit["end_byte"].as_u64())));
    for edit in edits {
        let path = root.join(text(&edit["path"]));
        let at = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
        let bytes =
            files.get_mut(&path).unwrap_or_else(|| panic!("{} is of another package", path.display()));
        bytes.splice(at("start_byte")..at("end_byte"), text(&edit["text"]).bytes());
    }
    let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.into_iter().map(|(path, bytes)| (name(path), bytes)).collect()
}

#[test]
fn each_fix_that_the_json_offers_for_a_golden_vets_by_itself() {
    let ground = Ground::new(&[]);
    let root = ground.dir();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"), &root);
    let kinds = "tests,generated,vendor,testdata";
    let ran = ground.run(&["check", "--select", "all,defer-unlock", "--include", kinds, "--format", "json"]);
    let json = ran.code(1).json();
    let mut copies: BTreeMap<String, String> = BTreeMap::new();
    let mut written = Vec::new();
    for finding in json["findings"].as_array().unwrap() {
        if finding["fix"].is_null() || finding["suppressed"] == true {
            continue;
        }
        let path = text(&finding["path"]);
        let dir = Path::new(path).parent().unwrap();
        let beside = dir.join(format!("alone{}", copies.len()));
        let place = format!("{path}:{} {}", finding["start"]["line"], finding["rule"]);
        copies.insert(beside.file_name().unwrap().to_string_lossy().into_owned(), place);
        written.push((beside, fixed(&root.join(dir), &finding["fix"], &root)));
    }
    assert!(copies.len() > 700, "{} fixes", copies.len());
    for (beside, files) in written {
        for (name, bytes) in files {
            ground.put(&beside.join(name).to_string_lossy(), bytes);
        }
    }
    let mut modules: BTreeSet<PathBuf> = BTreeSet::new();
    find_modules(&root, &mut modules);
    let mut problems = Vec::new();
    for module in modules {
        let vet = toolchain::go(&module).args(["vet", "./..."]).output().unwrap();
        let said = String::from_utf8_lossy(&vet.stderr).into_owned();
        let broken = copies.iter().filter(|(name, _)| {
            said.lines()
                .any(|line| line.starts_with('#') && line.split(['/', ' ', ']']).any(|part| part == *name))
        });
        let broken: Vec<&str> = broken.map(|(_, place)| place.as_str()).collect();
        if !broken.is_empty() {
            problems.push(format!("{}:\n{said}", broken.join("\n")));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn find_modules(dir: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_modules(&path, found);
        } else if path.ends_with("go.mod") {
            found.insert(dir.to_owned());
        }
    }
}
