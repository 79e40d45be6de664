//! Every page's first example is executed: the rule turns the first Go block
//! into the second, byte for byte, and gofmt and vet accept both. A rule that
//! only gives advice has something to say of its first block, and nothing of
//! the second, if there is one. A block stands in `package p`, or in
//! `package main` when it has `func main()`; the usual imports are added unless
//! it begins with its own. A block that opens with "```go 1.21" is Go of that version.

use crate::support;
use crate::toolchain;

use gomend::rewrite::{Applicability, RuleEntry};
use gomend::syntax::{File, Outline};
use gomend::transforms::CATALOGUE;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The packages that an example may use without saying so.
const KNOWN: &[&str] = &[
    "context",
    "errors",
    "fmt",
    "io",
    "log",
    "log/slog",
    "math",
    "net/http",
    "os",
    "runtime",
    "runtime/debug",
    "runtime/metrics",
    "runtime/pprof",
    "runtime/trace",
    "strings",
    "sync",
    "sync/atomic",
    "testing",
    "time",
];

/// A module that an example imports without using it by name, and the folder of
/// an empty package that stands for it.
const STUB: (&str, &str) = ("go.uber.org/automaxprocs", "automaxprocs");

/// The Go that an example is written for unless it says so.
const GO: &str = "1.26";

/// The Go version of a block, from the line that opens it.
fn version(line: &str) -> Option<&str> {
    match line.strip_prefix("```go")? {
        "" => Some(GO),
        version => version.strip_prefix(' ').filter(|version| version.starts_with("1.")),
    }
}

/// The Go version that the first Go block of a page names.
fn version_of(page: &str) -> &str {
    page.lines().find_map(version).unwrap_or(GO)
}

/// The text of the Go blocks of a page, in order.
fn blocks(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match &mut open {
            None if version(line).is_some() => open = Some(String::new()),
            None => {}
            Some(_) if line == "```" => found.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    found
}

/// Whether `body` names something of the package that is called `name`.
fn uses(body: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    body.match_indices(&format!("{name}.")).any(|(at, _)| !body[..at].ends_with(word))
}

/// A whole file: the block behind a package clause and the imports it needs.
fn file_of(body: &str) -> String {
    let package = if body.contains("func main()") { "main" } else { "p" };
    if body.starts_with("import ") {
        return format!("package {package}\n\n{body}");
    }
    let needed = KNOWN.iter().filter(|path| uses(body, path.rsplit('/').next().unwrap()));
    let imports: Vec<String> = needed.map(|path| format!("\t\"{path}\"\n")).collect();
    let imports = match imports.as_slice() {
        [] => return format!("package {package}\n\n{body}"),
        [one] => format!("import {}\n", one.trim()),
        many => format!("import (\n{})\n\n", many.concat()).trim_end().to_owned() + "\n",
    };
    format!("package {package}\n\n{imports}\n{body}")
}

/// What stands behind the package clause and the imports.
fn body_of(text: &str) -> &str {
    let outline = Outline::header_of(text);
    let package = outline.package.expect("the file began with a package clause").span.end;
    let end = outline.import_decls.last().map_or(package, |decl| decl.span.end);
    text[end..].trim_start_matches('\n')
}

/// What the page would show of `text`: with its imports when the page's own block
/// begins with some.
fn shown<'t>(text: &'t str, page: &str) -> &'t str {
    match page.starts_with("import ") {
        true => text.split_once("\n\n").map_or(text, |(_, rest)| rest),
        false => body_of(text),
    }
}

/// The example of one entry, in a directory of its own below the module.
struct Example {
    id: &'static str,
    before: String,
    after: String,
    /// `x.go`, or `x_test.go` for a rule about benchmarks.
    name: &'static str,
    /// The Go version that it is written for.
    go: String,
}

impl Example {
    fn of(entry: &RuleEntry) -> Example {
        let blocks = blocks(&entry.page());
        let advises = entry.meta.best < Applicability::Unsafe;
        let (before, after) = match blocks.as_slice() {
            [before, after, ..] => (before, after),
            [only] if advises => (only, only),
            _ => panic!("the page of {} needs two Go blocks, before and after", entry.meta.id),
        };
        let name = if before.contains("*testing.B") { "x_test.go" } else { "x.go" };
        Example {
            id: entry.meta.id,
            before: before.clone(),
            after: after.clone(),
            name,
            go: version_of(&entry.page()).to_owned(),
        }
    }

    fn path(&self, module: &Path, side: &str) -> PathBuf {
        module.join(self.id).join(side).join(self.name)
    }

    /// Makes a module of its own of the example where it is written for another Go.
    fn write_module(&self, module: &Path) -> Option<PathBuf> {
        let dir = module.join(self.id);
        (self.go != GO).then(|| {
            std::fs::create_dir_all(&dir).unwrap();
            let text = format!("module example.com/docs/{}\n\ngo {}\n", self.id, self.go);
            std::fs::write(dir.join("go.mod"), text).unwrap();
            dir
        })
    }

    fn write(&self, module: &Path, side: &str, text: &str) -> PathBuf {
        let path = self.path(module, side);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

#[test]
fn every_example_gives_what_its_page_shows() {
    let scratch = tempfile::tempdir().unwrap();
    let module = scratch.path();
    let (stub, folder) = STUB;
    let needs = format!("\nrequire {stub} v1.0.0\n\nreplace {stub} => ./stubs/{folder}\n");
    std::fs::write(module.join("go.mod"), format!("module example.com/docs\n\ngo 1.26\n{needs}")).unwrap();
    let stubs = module.join("stubs").join(folder);
    std::fs::create_dir_all(&stubs).unwrap();
    std::fs::write(stubs.join("go.mod"), format!("module {stub}\n\ngo 1.26\n")).unwrap();
    std::fs::write(stubs.join("stub.go"), format!("package {folder}\n")).unwrap();
    let mut problems = Vec::new();
    let mut paths = Vec::new();
    let mut modules = vec![module.to_path_buf()];
    for entry in CATALOGUE {
        let example = Example::of(entry);
        modules.extend(example.write_module(module));
        let before = file_of(&example.before);
        let path = example.write(module, "before", &before);
        let parsed = Arc::new(File::new(&path, before.as_str()));
        if entry.meta.best < Applicability::Unsafe {
            let advised = |file: &Arc<File>| {
                let seen = support::seen(file, std::slice::from_ref(entry));
                seen.iter().filter(|seen| seen.rule_match.verdict.level() > Applicability::Kept).count()
            };
            if advised(&parsed) == 0 {
                problems.push(format!("{}: nothing is said of the page's first example", example.id));
            }
            paths.push(path);
            if example.after != example.before {
                let better = file_of(&example.after);
                let path = example.write(module, "after", &better);
                if advised(&Arc::new(File::new(&path, better))) > 0 {
                    problems.push(format!("{}: the page's second example is a finding too", example.id));
                }
                paths.push(path);
            }
            continue;
        }
        let plan = support::planned(vec![parsed], std::slice::from_ref(entry), Applicability::Unsafe);
        let after = plan.files.get(&path).map_or(before.as_str(), |planned| planned.after.as_str());
        for dropped in &plan.dropped {
            problems.push(format!("{}: its fix was dropped: {}", example.id, dropped.reason));
        }
        if shown(after, &example.after) != example.after {
            let (wanted, given) = (example.after.as_bytes(), shown(after, &example.after).as_bytes());
            let diff = gomend::text::diff::unified("page", "result", wanted, given, 3);
            problems.push(format!("{}:\n{}", example.id, String::from_utf8_lossy(&diff)));
        }
        paths.push(path);
        paths.push(example.write(module, "after", after));
    }
    let gofmt = toolchain::gofmt().arg("-l").args(&paths).output().unwrap();
    let untidy = String::from_utf8_lossy(&gofmt.stdout) + String::from_utf8_lossy(&gofmt.stderr);
    if !untidy.is_empty() {
        problems.push(format!("these examples are not gofmt-clean:\n{untidy}"));
    }
    for module in modules {
        let vet = toolchain::go(&module).args(["vet", "./..."]).output().unwrap();
        if !vet.status.success() {
            problems.push(format!("go vet:\n{}", String::from_utf8_lossy(&vet.stderr)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn blocks_and_imports_are_read_as_written() {
    assert_eq!(blocks("a\n```go\nx\n```\nb\n```sh\ny\n```\n```go\n\tz\n```\n"), ["x\n", "\tz\n"]);
    assert_eq!(blocks("```go 1.21\nx\n```\n```gomod\ny\n```\n"), ["x\n"]);
    assert_eq!((version_of("a\n```go 1.21\n"), version_of("```go\n")), ("1.21", GO));
    assert!(uses("\tmetrics.Read(s)", "metrics") && !uses("x.metrics.Read(s)", "metrics"));
    let text = file_of("func f() { log.Print(time.Now()) }\n");
    assert_eq!(
        text,
        "package p\n\nimport (\n\t\"log\"\n\t\"time\"\n)\n\nfunc f() { log.Print(time.Now()) }\n"
    );
    assert_eq!(body_of(&text), "func f() { log.Print(time.Now()) }\n");
}
