//! Name resolution against go/types: what every identifier of a good part of
//! the standard library means.

use gomend::model::scope::{Def, resolve};
use gomend::syntax::{File, Node};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a name means, in the words of `tests/resolve/main.go`.
fn meaning(node: Node<'_>, file: &File) -> String {
    match resolve(node) {
        Def::Local(local) => format!("L{}", local.name.start()),
        Def::TopLevel(index) => {
            let names = &file.outline().decls[index].names;
            let name = names.iter().find(|name| name.text == node.text());
            format!("T{}", name.map_or(0, |name| name.span.start))
        }
        Def::Import(import) => format!("I{}", import.path),
        Def::Outside => "O".into(),
    }
}

/// Whether `node` is a name that scopes decide about, rather than one that is
/// looked up in a package: the name of a qualified type.
fn is_scoped(node: &Node<'_>) -> bool {
    node.is(&["identifier", "type_identifier", "package_identifier"])
        && node.text() != "_"
        && !(node.field_name() == Some("name") && node.parent().is_some_and(|p| p.kind() == "qualified_type"))
}

/// The disagreements about one file; `expected` maps offsets to meanings.
fn disagreements(path: &Path, expected: &HashMap<usize, String>) -> Vec<String> {
    let file = File::new(path, std::fs::read_to_string(path).unwrap());
    let mut found = Vec::new();
    let mut seen = 0;
    let mut tell = |offset: usize, name: &str, go: &str, ours: &str| {
        let line = file.lines().line(offset);
        found.push(format!("{}:{line}: {name}: go/types says {go}, resolve says {ours}", path.display()));
    };
    for index in 0..file.outline().decls.len() {
        let Some(root) = file.decl(index) else {
            let at = file.syntax_error(index).map_or(0, |span| span.start);
            tell(at, "the declaration", "it is sound", "it is broken");
            continue;
        };
        for node in root.descendants().filter(is_scoped) {
            match expected.get(&node.start()).map(String::as_str) {
                Some("-") => {}
                Some(go) => {
                    seen += 1;
                    let ours = meaning(node, &file);
                    if ours != go {
                        tell(node.start(), node.text(), go, &ours);
                    }
                }
                None => tell(node.start(), node.text(), "it is no identifier", node.kind()),
            }
        }
    }
    let wanted = expected.values().filter(|meaning| *meaning != "-").count();
    if found.is_empty() && seen != wanted {
        found.push(format!("{}: {wanted} names have a meaning, {seen} were found", path.display()));
    }
    found
}

#[test]
fn resolve_agrees_with_go_types() {
    let mut stream: Box<dyn BufRead> = Box::new(BufReader::new(std::fs::File::open(std::env::var("ORACLE").unwrap()).unwrap()));
    let mut all = Vec::new();
    let mut expected: HashMap<usize, String> = HashMap::new();
    let mut path: Option<PathBuf> = None;
    let mut count = 0;
    let mut files = 0;
    loop {
        let mut line = String::new();
        let more = stream.read_line(&mut line).unwrap() > 0;
        let line = line.trim_end();
        if !more || line.starts_with("F ") {
            if let Some(path) = path.take() {
                count += expected.len();
                files += 1;
                all.extend(disagreements(&path, &expected));
                expected.clear();
            }
            if !more { break }
            path = Some(line[2..].into());
            continue;
        }
        let (offset, meaning) = line.split_once(' ').unwrap();
        expected.insert(offset.parse().unwrap(), meaning.into());
    }
    let mut text = String::new();
    for line in &all { writeln!(text, "{line}").unwrap(); }
    panic!("{files} files, {count} identifiers, {} disagreements\n{text}", all.len());
}
