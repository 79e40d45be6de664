//! What follows when edits are applied: a table of small Go files before and
//! after, in `tests/cleanup/*.txt`.
//!
//! Each case deletes the statements that call `mark` (or what its `!` lines say)
//! and shows the cleaned file. Every file of the table is gofmt-clean (unless
//! its title says `untidy`) and passes `go vet` (unless it says `nobuild`).

use gomend::engine::cleanup::cleanup;
use gomend::model::package::Package;
use gomend::rewrite::{FileFix, Fix, WantedImport};
use gomend::syntax::{File, Kind, Node};
use gomend::text::{Edit, Span};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// What the cases call, in a file beside each of them.
const BESIDE: &str = "package p

func mark(...any) bool      { return true }
func keep(...any) bool      { return true }
func done() bool            { return true }
func value() int            { return 1 }
func pair() (int, error)    { return 1, nil }
func run(func())            {}
func (t thing) ready() bool { return bool(t) }

type thing bool
type flagElsewhere bool

const Elsewhere = 1
";

struct Case {
    title: String,
    before: String,
    after: String,
    orders: Vec<String>,
}

impl Case {
    fn says(&self, word: &str) -> bool {
        let behind = self.title.split_once(", ").map_or("", |(_, behind)| behind);
        behind.split(", ").any(|said| said == word)
    }
}

fn cases() -> Vec<Case> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cleanup");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let titled = text.strip_prefix("==== ").unwrap_or_else(|| panic!("{}: no title", path.display()));
        cases.extend(titled.split("\n==== ").map(case));
    }
    cases
}

fn case(text: &str) -> Case {
    let (title, text) = text.split_once('\n').unwrap();
    let (before, after) = text.split_once(">>>>\n").unwrap_or_else(|| panic!("{title}: nothing after"));
    let (orders, before): (Vec<&str>, Vec<&str>) = before.lines().partition(|line| line.starts_with('!'));
    let mut case = Case {
        title: title.to_owned(),
        before: before.join("\n") + "\n",
        after: after.trim_end_matches('\n').to_owned() + "\n",
        orders: orders.into_iter().map(|order| order[1..].to_owned()).collect(),
    };
    for text in [&mut case.before, &mut case.after] {
        if !text.lines().any(|line| line.starts_with("package ")) {
            *text = format!("package p\n\n{text}");
        }
    }
    let (crlf, bom, noeol) = (case.says("crlf"), case.says("bom"), case.says("noeol"));
    for text in [&mut case.before, &mut case.after] {
        if noeol {
            text.pop();
        }
        if crlf {
            *text = text.replace('\n', "\r\n");
        }
        if bom {
            *text = format!("\u{feff}{text}");
        }
    }
    case
}

/// The statements of the file that call `mark`, or stand on a line with one of
/// `texts`.
fn marked<'t>(file: &'t File, texts: &[&str]) -> Vec<Node<'t>> {
    let mut found: Vec<Node<'t>> = Vec::new();
    for index in 0..file.outline().decls.len() {
        let Some(root) = file.decl(index) else { continue };
        let listed = root
            .descendants()
            .filter(|node| node.parent().is_some_and(|list| list.kind() == Kind::StatementList));
        found.extend(listed.filter(|node| {
            let call = node.kind() == Kind::ExpressionStatement && node.text().starts_with("mark(");
            call || texts.contains(&node.text())
        }));
    }
    found
}

fn change(case: &Case, file: &File) -> FileFix {
    let order = |word: &str| -> Vec<&str> {
        let rest = |order| str::strip_prefix(order, word).map(str::trim_start);
        case.orders.iter().filter_map(|order| rest(order.as_str())).collect()
    };
    let mut fix = Fix::new(&case.title, file.path());
    let replaced = order("replace ");
    if replaced.is_empty() {
        for statement in marked(file, &order("delete ")) {
            fix.delete_statement(statement, &["mark"]);
        }
    }
    assert_eq!(fix.clash(), None, "{}", case.title);
    let mut change = fix.files().get(file.path()).cloned().unwrap_or_default();
    for replacement in replaced {
        let (from, to) = replacement.split_once(" => ").unwrap();
        let at = file.text().find(from).unwrap_or_else(|| panic!("{}: no `{from}`", case.title));
        let span = Span::new(at, at + from.len());
        change.edits.push(Edit { span, text: to.replace("\\n", "\n").replace("\\t", "\t") }).unwrap();
    }
    for import in order("import ") {
        let (alias, path) = match import.split_once(' ') {
            Some((alias, path)) => (Some(alias.to_owned()), path),
            None => (None, import),
        };
        change.imports.insert(WantedImport { path: path.to_owned(), alias });
    }
    change
}

#[test]
fn each_case_settles_as_written_and_its_edits_are_disjoint() {
    let mut problems = Vec::new();
    let beside = Arc::new(File::new("beside.go", BESIDE));
    for case in cases() {
        let file = Arc::new(File::new("case.go", case.before.clone()));
        let package = Package::new(vec![beside.clone(), file.clone()]);
        let edits = match cleanup(&file, &change(&case, &file), &package) {
            Ok((edits, _)) => edits,
            Err(left) => {
                problems.push(format!("{}: {left}", case.title));
                continue;
            }
        };
        let after = edits.apply(file.text());
        if after != case.after {
            let diff =
                gomend::text::diff::unified("wanted", "settled", case.after.as_bytes(), after.as_bytes(), 9);
            problems.push(format!("{}:\n{}", case.title, String::from_utf8_lossy(&diff)));
        }
    }
    assert!(problems.is_empty(), "{} cases fail\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn each_case_is_go_before_and_after() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("go.mod", "module settle\n\ngo 1.26\n");
    let mut tidy = Vec::new();
    let mut titles = String::new();
    for (index, case) in cases().iter().enumerate() {
        titles.push_str(&format!("{index}: {}\n", case.title));
        for (when, text) in [("before", &case.before), ("after", &case.after)] {
            let folder = if case.says("nobuild") { "_nobuild" } else { "build" };
            let name = format!("{folder}/{when}{index}/case.go");
            write(&name, text);
            write(&format!("{folder}/{when}{index}/beside.go"), BESIDE);
            // gofmt takes carriage returns and the byte order mark away.
            if !["untidy", "crlf", "bom", "noeol"].iter().any(|word| case.says(word)) {
                tidy.push(name);
            }
        }
    }
    let gofmt = Command::new("gofmt").arg("-l").args(&tidy).current_dir(dir.path()).output();
    let gofmt = gofmt.expect("gofmt is needed: install Go 1.26 or later and put it on PATH");
    let untidy =
        String::from_utf8_lossy(&gofmt.stdout).into_owned() + &String::from_utf8_lossy(&gofmt.stderr);
    let vet = Command::new("go")
        .args(["vet", "./build/..."])
        .current_dir(dir.path())
        .env("PWD", dir.path())
        .env("GOWORK", "off")
        .env("GOFLAGS", "-mod=readonly")
        .output()
        .expect("go is needed: install Go 1.26 or later and put it on PATH");
    let said = String::from_utf8_lossy(&vet.stderr);
    assert!(vet.status.success() && untidy.is_empty(), "{titles}\nnot gofmt-clean:\n{untidy}\nvet:\n{said}");
}
