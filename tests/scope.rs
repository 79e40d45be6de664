//! Name resolution against go/types: what every identifier of some hard files,
//! and of a sample of the standard library and of the Go project's own tests,
//! means.

use gomend::model::scope::{Def, resolve};
use gomend::syntax::{Field, File, Kind, Node};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, mpsc};

/// Where the program that asks go/types stands; the hard files are beside it.
const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/resolve");

/// The kinds of nodes that are names; the last four are predeclared ones that
/// the grammar knows, which Go lets anyone declare anew.
const NAMES: &[Kind] = &[
    Kind::Identifier,
    Kind::TypeIdentifier,
    Kind::PackageIdentifier,
    Kind::Nil,
    Kind::True,
    Kind::False,
    Kind::Iota,
];

/// A function of 30,000 declarations, generated to exceed the largest stack
/// frame: the search of one block for a name is linear in its statements.
const HUGE: &str = "fixedbugs/bug385_64.go";

/// One package in so many is in the sample.
const EACH: usize = 7;

/// The most disagreements that one failure shows.
const SHOWN: usize = 60;

/// What go/types says about one file: offsets of identifiers to meanings, in
/// the words of `tests/resolve/main.go`.
struct Answers {
    path: PathBuf,
    lines: String,
}

impl Answers {
    fn by_offset(&self) -> HashMap<usize, &str> {
        let pairs = self.lines.lines().map(|line| line.split_once(' ').expect("an offset and a meaning"));
        pairs.map(|(offset, meaning)| (offset.parse().expect("an offset"), meaning)).collect()
    }
}

/// What the names of one file were found to mean.
#[derive(Default)]
struct Outcome {
    files: usize,
    names: usize,
    disagreements: Vec<String>,
    /// Why packages were left out.
    refused: Vec<String>,
}

/// What a name means, in the words of `tests/resolve/main.go`.
fn meaning(node: Node<'_>) -> String {
    match resolve(node) {
        Def::Local(local) => format!("L{}", local.name.start()),
        Def::TopLevel(index) => {
            let names = &node.file().outline().decls[index].names;
            let name =
                names.iter().find(|name| name.text == node.text()).expect("the declaration has the name");
            format!("T{}", name.span.start)
        }
        Def::Import(import) => format!("I{}", import.path),
        Def::Outside => "O".to_owned(),
    }
}

/// A meaning for a reader: a line instead of an offset.
fn in_words(meaning: &str, file: &File) -> String {
    let line = |offset: &str| file.lines().line(offset.parse().expect("an offset"));
    match meaning.split_at(1) {
        ("L", offset) => format!("the local of line {} ({meaning})", line(offset)),
        ("T", offset) => format!("the package's of line {} ({meaning})", line(offset)),
        ("I", path) => format!("the import of {path}"),
        _ => "declared outside the file".to_owned(),
    }
}

/// Whether `node` is a name that scopes decide about, rather than one that is
/// looked up in a package: the name of a qualified type.
fn is_scoped(node: &Node<'_>) -> bool {
    let qualified = || {
        node.field_name() == Some(Field::Name)
            && node.parent().is_some_and(|above| above.kind() == Kind::QualifiedType)
    };
    node.is(NAMES) && node.text() != "_" && !qualified()
}

fn compare(answers: &Answers) -> Outcome {
    let path = &answers.path;
    let text = std::fs::read_to_string(path).expect("the file that go/types has just read");
    let file = File::new(path, text);
    let expected = answers.by_offset();
    let mut outcome = Outcome { files: 1, ..Outcome::default() };
    let place = |offset: usize| format!("{}:{}", path.display(), file.lines().line(offset));
    for index in 0..file.outline().decls.len() {
        let Some(root) = file.decl(index) else {
            // What the grammar cannot read is `tests/tolerance.rs`' matter.
            let span = file.outline().decls[index].span;
            outcome.names += expected.iter().filter(|(at, go)| span.contains(**at) && **go != "-").count();
            continue;
        };
        for node in root.descendants().filter(is_scoped) {
            let name = node.text();
            match expected.get(&node.start()) {
                Some(&"-") => {}
                Some(go) => {
                    outcome.names += 1;
                    let ours = meaning(node);
                    if ours != *go {
                        let (go, ours) = (in_words(go, &file), in_words(&ours, &file));
                        let place = place(node.start());
                        outcome
                            .disagreements
                            .push(format!("{place}: {name}: go/types: {go}; resolve: {ours}"));
                    }
                }
                None => {
                    let (place, kind) = (place(node.start()), node.kind().name());
                    outcome
                        .disagreements
                        .push(format!("{place}: {name}: go/types: no identifier; resolve: {kind}"));
                }
            }
        }
    }
    let wanted = expected.values().filter(|meaning| **meaning != "-").count();
    if outcome.disagreements.is_empty() && outcome.names != wanted {
        let seen = outcome.names;
        outcome.disagreements.push(format!("{}: go/types: {wanted} names; resolve: {seen}", path.display()));
    }
    outcome
}

/// Compares every file of `targets` (directories are packages, files stand by
/// themselves) for which go/types has an answer.
fn compare_all(targets: &[PathBuf]) -> Outcome {
    let mut child = Command::new("go")
        .args(["run", "."])
        .current_dir(ORACLE)
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("go is on the PATH");
    let mut stdin = child.stdin.take().expect("a pipe");
    for target in targets {
        writeln!(stdin, "{}", target.display()).expect("the program reads all of its input first");
    }
    drop(stdin);
    let stream = BufReader::new(child.stdout.take().expect("a pipe"));
    let total = Mutex::new(Outcome::default());
    let (send, receive) = mpsc::sync_channel::<Answers>(16);
    let receive = Mutex::new(receive);
    let work = || {
        loop {
            let next = receive.lock().unwrap().recv();
            let Ok(answers) = next else { return };
            let outcome = compare(&answers);
            let mut total = total.lock().unwrap();
            total.files += outcome.files;
            total.names += outcome.names;
            total.disagreements.extend(outcome.disagreements);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
        let mut at: Option<Answers> = None;
        for line in stream.lines() {
            let line = line.expect("the program writes UTF-8");
            if let Some(error) = line.strip_prefix("E ") {
                total.lock().unwrap().refused.push(error.to_owned());
            } else if let Some(path) = line.strip_prefix("F ") {
                let done = at.replace(Answers { path: path.into(), lines: String::new() });
                done.into_iter().for_each(|done| send.send(done).expect("both workers wait for more"));
            } else {
                let answers = at.as_mut().expect("the name of the file comes first");
                answers.lines.push_str(&line);
                answers.lines.push('\n');
            }
        }
        at.into_iter().for_each(|done| send.send(done).expect("both workers wait for more"));
        drop(send);
    });
    let status = child.wait().expect("the program was started");
    assert!(status.success(), "go run . in {ORACLE}: {status}");
    let mut total = total.into_inner().unwrap();
    total.disagreements.sort();
    total
}

fn assert_agreement(outcome: &Outcome) {
    let (files, names, found) = (outcome.files, outcome.names, outcome.disagreements.len());
    let shown: Vec<_> = outcome.disagreements.iter().take(SHOWN).map(String::as_str).collect();
    assert!(found == 0, "{files} files, {names} names, {found} disagreements:\n{}", shown.join("\n"));
}

fn go(arguments: &[&str]) -> String {
    let output = Command::new("go").args(arguments).env("GOFLAGS", "").output().expect("go is on the PATH");
    assert!(output.status.success(), "go {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("go writes UTF-8")
}

fn go_files(dir: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            go_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            found.push(path);
        }
    }
}

/// The packages of the standard library and the Go project's own tests.
fn distribution() -> Vec<PathBuf> {
    let root = PathBuf::from(go(&["env", "GOROOT"]).trim());
    let packages = go(&["list", "-f", "{{.Dir}}", "std"]);
    let mut targets: Vec<PathBuf> = packages.lines().map(PathBuf::from).collect();
    // Go's own tests are no part of every distribution.
    if root.join("test").is_dir() {
        go_files(&root.join("test"), &mut targets);
    }
    targets.retain(|target| !target.ends_with(HUGE));
    targets
}

#[test]
fn hard_files_agree_with_go_types() {
    let mut files = Vec::new();
    go_files(&Path::new(ORACLE).join("testdata"), &mut files);
    let outcome = compare_all(&files);
    assert_eq!(outcome.refused, [""; 0], "each hard file has to be sound Go");
    assert_agreement(&outcome);
    assert_eq!(outcome.files, files.len());
}

#[test]
fn a_sample_of_the_distribution_agrees_with_go_types() {
    let sample: Vec<_> = distribution().into_iter().step_by(EACH).collect();
    let outcome = compare_all(&sample);
    assert_agreement(&outcome);
    // Enough was compared that agreement says something.
    assert!(outcome.files > 300 && outcome.names > 100_000, "{} {}", outcome.files, outcome.names);
}

/// What [`EACH`] leaves out, for a change of the resolver or a new Go.
#[test]
#[ignore = "takes minutes"]
fn the_whole_distribution_agrees_with_go_types() {
    let outcome = compare_all(&distribution());
    assert_agreement(&outcome);
    assert!(outcome.files > 2_000 && outcome.names > 1_000_000, "{} {}", outcome.files, outcome.names);
}
