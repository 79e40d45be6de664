//! What holds for every Go file, whatever is in it: plans over generated and
//! mutated files never panic, never break syntax, change nothing but what their
//! edits say, and come to an end.

mod support;

use gomend::engine::look::{Around, look};
use gomend::engine::plan::alone;
use gomend::engine::shelf::Shelf;
use gomend::engine::sieve::Sieve;
use gomend::rewrite::Level;
use gomend::syntax::File;
use gomend::text::Edits;
use gomend::transforms::CATALOGUE;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

/// A folder with a go.mod, so that the Go version is known; the files in it are
/// in memory only.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("go.mod"), "module p\n\ngo 1.26\n").unwrap();
    folder
});

fn file(text: &str) -> Arc<File> {
    Arc::new(File::new(FOLDER.path().join("p.go"), text))
}

/// How many declarations are broken.
fn errors(file: &File) -> usize {
    let decls = 0..file.outline().decls.len();
    file.outline().broken.len() + decls.filter(|index| file.syntax_error(*index).is_some()).count()
}

fn has_bare_newline(text: &str) -> bool {
    text.match_indices('\n').any(|(at, _)| !text[..at].ends_with('\r'))
}

/// All that must hold for the plan of one file.
fn check(text: &str) -> Result<(), TestCaseError> {
    let before = file(text);
    let plan = support::planned(vec![before.clone()], CATALOGUE, Level::Unsafe);
    for dropped in &plan.dropped {
        prop_assert!(!dropped.reason.contains("mistake of the rule"), "{dropped:?} in\n{text}");
        prop_assert!(!dropped.reason.contains("left out"), "{dropped:?} in\n{text}");
    }
    if let Some(planned) = plan.files.values().next() {
        prop_assert_eq!(&planned.before, text);
        disjoint(&planned.edits, text)?;
        prop_assert_eq!(&planned.edits.apply(text), &planned.after);
        let after = file(&planned.after);
        prop_assert!(errors(&after) <= errors(&before), "broken:\n{}\nfrom\n{text}", planned.after);
        prop_assert_eq!(after.outline().bom, before.outline().bom);
        if text.contains("\r\n") && !has_bare_newline(text) {
            prop_assert!(!has_bare_newline(&planned.after), "a bare newline in\n{:?}", planned.after);
        }
        if !text.contains("\r\n") {
            prop_assert!(!planned.after.contains('\r') || text.contains('\r'));
        }
        let again = support::planned(vec![after], CATALOGUE, Level::Unsafe);
        let second = again.files.values().next().map(|planned| planned.after.clone());
        prop_assert_eq!(second, None, "a second run changes\n{}\nfrom\n{}", planned.after, text);
    }
    each_alone(&before)
}

fn disjoint(edits: &Edits, text: &str) -> Result<(), TestCaseError> {
    let list: Vec<_> = edits.iter().collect();
    for edit in &list {
        prop_assert!(edit.span.end <= text.len());
        prop_assert!(text.is_char_boundary(edit.span.start) && text.is_char_boundary(edit.span.end));
    }
    for pair in list.windows(2) {
        prop_assert!(pair[0].span.end <= pair[1].span.start, "{pair:?}");
    }
    Ok(())
}

/// Each fix that is reported parses when it is applied by itself.
fn each_alone(before: &Arc<File>) -> Result<(), TestCaseError> {
    let shelf = Shelf::default();
    let module = support::Known::of(FOLDER.path());
    let around = Around::new(before, &shelf, &module);
    for seen in look(&around, CATALOGUE, &Sieve::new(CATALOGUE), &|_| true).seen {
        match alone(&seen, &around, before, &shelf) {
            Ok(edits) => {
                for edits in edits.values() {
                    disjoint(edits, before.text())?;
                    let after = file(&edits.apply(before.text()));
                    prop_assert!(errors(&after) <= errors(before), "{}\nfrom\n{}", after.text(), before.text());
                }
            }
            Err(reason) => {
                prop_assert!(!reason.contains("mistake of the rule"), "{reason} in\n{}", before.text());
            }
        }
    }
    Ok(())
}

/// The files that mutations start from: the goldens, and the files of the
/// standard library that mention a trigger.
static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut paths = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"), &mut paths);
    let goldens = paths.len();
    let root = Command::new("go").args(["env", "GOROOT"]).output().expect("go is needed on PATH");
    collect(&Path::new(String::from_utf8_lossy(&root.stdout).trim()).join("src"), &mut paths);
    let names: Vec<String> = CATALOGUE
        .iter()
        .flat_map(|entry| entry.meta.triggers)
        .map(|symbol| format!("{}.{}(", symbol.path.rsplit('/').next().unwrap(), symbol.name))
        .collect();
    let read = |(index, path): (usize, &PathBuf)| {
        let text = std::fs::read_to_string(path).ok()?;
        let small = text.len() < 20_000 && names.iter().any(|name| text.contains(name.as_str()));
        (index < goldens || small).then_some(text)
    };
    paths.iter().enumerate().filter_map(read).collect()
});

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            found.push(path);
        }
    }
}

/// A change to a file that its author could make, or should not.
#[derive(Clone, Debug)]
enum Mutation {
    DeleteLine(usize),
    SwapLines(usize),
    DoubleLine(usize),
    JoinLines(usize),
    Insert(usize, &'static str),
    Cut(usize, usize),
    Crlf,
    Bom,
    NoLastNewline,
}

const SCRAPS: &[&str] = &[
    ";", "{", "}", "(", ")", " // why", "/* why */", "\n", "\n\n", "\t", "`", "\"", "'", "if x {\n", "}\n", "else ",
    "for {\n", "select {\n", "case <-time.After(d):\n", "default:\n", "goto again\n", "again:\n", "_ = 1\n",
    "x := 1\n", "defer ", "go ", "func() {", "}()", "return\n", "//nolint\n", "<-time.After(d)\n",
    "runtime.Gosched()\n", "runtime.GC()\n", "var m runtime.MemStats\n", "runtime.ReadMemStats(&m)\n", "ä", "\u{feff}",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => any::<usize>().prop_map(Mutation::DeleteLine),
        2 => any::<usize>().prop_map(Mutation::SwapLines),
        2 => any::<usize>().prop_map(Mutation::DoubleLine),
        2 => any::<usize>().prop_map(Mutation::JoinLines),
        4 => (any::<usize>(), prop::sample::select(SCRAPS)).prop_map(|(at, text)| Mutation::Insert(at, text)),
        1 => (any::<usize>(), 1..12usize).prop_map(|(at, length)| Mutation::Cut(at, length)),
        1 => Just(Mutation::Crlf),
        1 => Just(Mutation::Bom),
        1 => Just(Mutation::NoLastNewline),
    ]
}

fn mutated(seed: &str, mutations: &[Mutation]) -> String {
    let mut text = seed.to_owned();
    for mutation in mutations {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        let count = lines.len().max(1);
        match mutation {
            Mutation::DeleteLine(at) if !lines.is_empty() => {
                lines.remove(at % count);
                text = lines.concat();
            }
            Mutation::SwapLines(at) if lines.len() > 1 => {
                let at = at % (count - 1);
                lines.swap(at, at + 1);
                text = lines.concat();
            }
            Mutation::DoubleLine(at) if !lines.is_empty() => {
                let line = lines[at % count].clone();
                lines.insert(at % count, line);
                text = lines.concat();
            }
            Mutation::JoinLines(at) if !lines.is_empty() => {
                let line = &mut lines[at % count];
                *line = format!("{}; ", line.trim_end());
                text = lines.concat();
            }
            Mutation::Insert(at, scrap) => text.insert_str(boundary(&text, *at), scrap),
            Mutation::Cut(at, length) => {
                let from = boundary(&text, *at);
                let to = text[from..].char_indices().nth(*length).map_or(text.len(), |(at, _)| from + at);
                text.replace_range(from..to, "");
            }
            Mutation::Crlf => text = text.replace("\r\n", "\n").replace('\n', "\r\n"),
            Mutation::Bom if !text.starts_with('\u{feff}') => text.insert(0, '\u{feff}'),
            Mutation::NoLastNewline => text.truncate(text.trim_end().len()),
            _ => {}
        }
    }
    text
}

fn boundary(text: &str, wish: usize) -> usize {
    let at = wish % (text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A runner whose cases are the same in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn every_seed_as_it_stands() {
    for seed in SEEDS.iter() {
        check(seed).unwrap();
        check(&mutated(seed, &[Mutation::Crlf, Mutation::Bom])).unwrap();
    }
}

#[test]
fn mutated_seeds() {
    let strategy = (0..SEEDS.len(), prop::collection::vec(mutation(), 1..6));
    let case = strategy.prop_map(|(seed, mutations)| mutated(&SEEDS[seed], &mutations));
    runner(1500).run(&case, |text| check(&text)).unwrap();
}

/// Statements around the triggers. Each compiles wherever a statement may
/// stand, in a function with the parameters that [`function`] declares.
fn statements() -> impl Strategy<Value = String> {
    let simple = prop::sample::select(vec![
        "work()",
        "work() // works",
        "// A remark.\nwork()",
        "",
        "<-time.After(d)",
        "<-time.After(time.Second) // a second",
        "time.Sleep(d) // sleeps as long as it must",
        "runtime.GC()",
        "// Give it back.\nruntime.GC() // now",
        "runtime.Gosched()",
        "runtime.Gosched() // let others run",
        "n++ // counts",
        "n := n",
        "_ = n",
        "sink = n // keeps it",
        "for i := range n {\n\tif i%64 == 0 {\n\t\truntime.Gosched()\n\t}\n\tsink += i\n}",
        "for i, x := range xs {\n\tif i%64 == 0 { // now and then\n\t\truntime.Gosched()\n\t}\n\tsink += x // sum\n}",
        "var m runtime.MemStats\nruntime.ReadMemStats(&m)\nsink = int(m.Alloc) // bytes\n_ = m.HeapSys",
        "if c { // maybe\n\treturn\n}",
        "defer work()",
        "time.AfterFunc(d, func() { work() })",
    ]);
    let leaf = simple.prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let block = prop::collection::vec(inner, 0..4).prop_map(|list| list.join("\n"));
        prop_oneof![
            block.clone().prop_map(|body| format!("for {{\n{body}\nif c {{\nbreak\n}}\n}}")),
            block.clone().prop_map(|body| format!("for range xs {{\n{body}\n}}")),
            block.clone().prop_map(|body| format!(
                "for {{\nselect {{\ncase x := <-ch: // got\nsink = x\ncase <-time.After(d):\n{body}\n}}\n}}"
            )),
            block.clone().prop_map(|body| format!(
                "select {{\ncase <-ch:\n{body}\ncase <-time.After(time.Second): // late\nreturn\n}}"
            )),
            (block.clone(), block.clone())
                .prop_map(|(yes, no)| format!("if c {{\n{yes}\n}} else {{\n{no}\n}}")),
            block.clone().prop_map(|body| format!("if n > 3 {{\n{body}\n}} // end")),
            block.clone().prop_map(|body| format!("if busy() {{\n{body}\n}}")),
            block.clone().prop_map(|body| format!("go func() {{\n{body}\n}}()")),
            block.clone().prop_map(|body| format!("func() {{\n{body}\n}}()")),
            block.clone().prop_map(|body| format!("switch n {{\ncase 1:\n{body}\ndefault: // else\n}}")),
            block.clone().prop_map(|body| format!("{{\n{body}\n}}")),
            (block.clone(), block).prop_map(|(one, two)| format!("{one}\n\n{two}")),
        ]
    })
}

fn function() -> impl Strategy<Value = String> {
    prop::collection::vec(statements(), 1..6).prop_map(|list| {
        format!("func f(n int, c bool, d time.Duration, xs []int, ch chan int) {{\n{}\n}}\n", list.join("\n"))
    })
}

fn program() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "import (\n\t\"runtime\"\n\t\"time\"\n)\n",
        "import \"runtime\"\nimport \"time\"\n",
        "import (\n\t\"os\" // arguments\n\t\"runtime\"\n\n\t\"time\"\n)\n\nvar _ = os.Args\n",
    ]);
    (head, function()).prop_map(|(head, body)| {
        format!(
            "package p\n\n{head}\nvar sink int\n\nfunc work() {{}}\n\nfunc busy() bool {{ return sink > 3 }}\n\n\
             var _ = runtime.NumCPU\n\nvar _ time.Duration\n\n{body}"
        )
    })
}

#[test]
fn generated_programs() {
    let case = (program(), prop::collection::vec(mutation(), 0..3));
    let case = case.prop_map(|(text, mutations)| mutated(&text, &mutations));
    runner(1500).run(&case, |text| check(&text)).unwrap();
}

/// The results of tidy programs are tidy and pass vet.
#[test]
fn generated_programs_stay_clean_and_vet() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("go.mod"), "module p\n\ngo 1.26\n").unwrap();
    let mut runner = runner(1);
    let mut names = Vec::new();
    for index in 0..150 {
        let text = program().new_tree(&mut runner).unwrap().current();
        let name = format!("p{index}/p.go");
        std::fs::create_dir(dir.path().join(format!("p{index}"))).unwrap();
        std::fs::write(dir.path().join(&name), text).unwrap();
        names.push(name);
    }
    let gofmt = |arguments: &[&str]| {
        let output = Command::new("gofmt").args(arguments).args(&names).current_dir(dir.path()).output();
        let output = output.expect("gofmt is needed: install Go 1.26 or later and put it on PATH");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    gofmt(&["-w"]);
    vet(dir.path(), "before");
    let mut changed = 0;
    for name in &names {
        let path = dir.path().join(name);
        let plan = support::planned(vec![support::file(&path)], CATALOGUE, Level::Unsafe);
        if let Some(planned) = plan.files.values().next() {
            changed += 1;
            std::fs::write(&path, &planned.after).unwrap();
        }
    }
    assert!(changed > 100, "only {changed} of the programs change");
    assert_eq!(gofmt(&["-d"]), "");
    vet(dir.path(), "after");
}

fn vet(dir: &Path, when: &str) {
    let output = Command::new("go")
        .args(["vet", "-unreachable=false", "./..."])
        .current_dir(dir)
        .env("PWD", dir)
        .env("GOWORK", "off")
        .output()
        .expect("go is needed: install Go 1.26 or later and put it on PATH");
    assert!(output.status.success(), "{when}: {}", String::from_utf8_lossy(&output.stderr));
}
