//! Alignment against the real gofmt: files that gofmt has laid out are edited
//! at random, and what is cleaned then must be what gofmt would write.

use gomend::engine::cleanup::cleanup;
use gomend::model::package::Package;
use gomend::rewrite::FileFix;
use gomend::syntax::File;
use gomend::text::{Edit, Span};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::process::Command;

/// A name: `del…` marks an element of one line that may be deleted, `chg…` may
/// get another length.
fn name() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["del", "chg", "chg", "x", "x", "x"]);
    let rest = prop_oneof![8 => "[a-z]{1,9}", 1 => "[a-z]{30,50}", 1 => "[äöü]{1,6}"];
    (kind, rest).prop_map(|(kind, rest)| format!("{kind}{rest}"))
}

fn comment() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        5 => "[a-z]{1,6}".prop_map(|text| format!(" // {text}")),
        1 => "[a-z]{1,3}".prop_map(|text| format!(" /* {text} */")),
        1 => "[a-z]{1,3}".prop_map(|text| format!(" /* {text} */ // {text}")),
    ]
}

/// What may stand between two elements.
fn between() -> impl Strategy<Value = &'static str> {
    prop_oneof![12 => Just(""), 1 => Just("\n"), 1 => Just("// between\n"), 1 => Just("\n// between\n\n")]
}

/// Lines of elements with comments behind them; `end` closes each element.
fn lines(element: impl Strategy<Value = String>, end: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec((element, comment(), between()), 1..9).prop_map(move |list| {
        let mut list = list;
        // A list that loses everything is laid out anew.
        list[0].0 = list[0].0.replace("del", "x");
        list.into_iter()
            .map(|(element, comment, between)| format!("{element}{end}{comment}\n{between}"))
            .collect()
    })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => name().prop_map(|name| name.replace("del", "x")),
        2 => Just("1".to_owned()),
        2 => name().prop_map(|name| format!("f({}, 2)", name.replace("del", "x"))),
        1 => Just("f(func() { x(); y() })".to_owned()),
        1 => Just("\"a // b\"".to_owned()),
    ]
}

/// Like [`value`], or of several lines.
fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => value(),
        1 => Just("f(func() {\nx() // inside\n})".to_owned()),
        1 => Just("`raw\n  string`".to_owned()),
        1 => lines((name(), value()).prop_map(|(key, value)| format!("{key}: {value}")), ",")
            .prop_map(|body| format!("T{{\n{body}}}")),
        1 => lines(value(), ",").prop_map(|body| format!("T{{\n{body}}}")),
        1 => lines(value(), ",").prop_map(|body| format!("g(\n{body})")),
    ]
}

/// A name in front of what has several lines must not ask for its deletion.
fn joined(name: &str, sign: &str, value: &str) -> String {
    let name = if value.contains('\n') { name.replace("del", "x") } else { name.to_owned() };
    format!("{name}{sign}{value}")
}

fn statement() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (name(), any_value()).prop_map(|(name, value)| joined(&name, " = ", &value)),
        3 => name().prop_map(|name| format!("{name}(1)")),
        1 => Just("return".to_owned()),
        1 => (value(), lines(name().prop_map(|name| format!("{name}++")), ""), comment())
            .prop_map(|(value, body, comment)| format!("if {value} {{{comment}\n{body}}}")),
        1 => (value(), lines(name().prop_map(|name| format!("{name}++")), ""))
            .prop_map(|(value, body)| format!("switch {value} {{\ncase 1: // one\n{body}default:\n}}")),
        1 => lines((name(), value()).prop_map(|(name, value)| format!("{name} = {value}")), "")
            .prop_map(|body| format!("var (\n{body})")),
        1 => "[a-z]{1,9}".prop_map(|label| format!("l{label}:\nx{label}()")),
    ]
}

fn spec() -> impl Strategy<Value = String> {
    let given = prop::sample::select(vec!["", "", " int", " map[string]chgtype"]);
    let value = prop::option::weighted(0.8, any_value());
    (name(), given, value).prop_map(|(name, given, value)| match (given, value) {
        (given, Some(value)) => joined(&format!("{name}{given}"), " = ", &value),
        ("", None) => format!("{name} int"),
        (given, None) => format!("{name}{given}"),
    })
}

fn constant() -> impl Strategy<Value = String> {
    let value =
        prop_oneof![3 => Just(""), 2 => Just(" = iota"), 1 => Just(" = 1 << 4"), 1 => Just(" int = 3")];
    (name(), value).prop_map(|(name, value)| format!("{name}{value}"))
}

fn field() -> impl Strategy<Value = String> {
    let given =
        prop::sample::select(vec!["int", "*chgtype", "map[string]int", "func(int) error", "struct{}"]);
    let tag = prop::sample::select(vec!["", "", "", " `json:\"a\"`", " \"t\""]);
    prop_oneof![
        8 => (name(), given, tag).prop_map(|(name, given, tag)| format!("{name} {given}{tag}")),
        1 => name(),
        1 => name().prop_map(|name| format!("{name}, x int")),
        1 => Just("x struct {\na int // a\nbcd string // b\n}".to_owned()),
    ]
}

fn declaration() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => lines(statement(), "").prop_map(|body| format!("func f() {{\n{body}}}\n\n")),
        1 => lines(spec(), "").prop_map(|body| format!("var (\n{body})\n\n")),
        1 => lines(constant(), "").prop_map(|body| format!("const (\nfirst = iota\n{body})\n\n")),
        1 => lines(field(), "").prop_map(|body| format!("type T struct {{\n{body}}}\n\n")),
        1 => lines((name(), Just(" = int")).prop_map(|(name, given)| format!("{name}{given}")), "")
            .prop_map(|body| format!("type (\n{body})\n\n")),
        1 => lines(name().prop_map(|name| format!("{name}(int) error")), "")
            .prop_map(|body| format!("type I interface {{\n{body}}}\n\n")),
        // A blank line parts these from what follows: gofmt forgets the one that it
        // puts between declarations of two kinds where a comment stands between
        // them, and remembers it when the comment goes.
        1 => lines((name(), value()).prop_map(|(name, value)| format!("func {name}() {{ {value} }}")), "")
            .prop_map(|list| format!("{list}\n")),
        1 => lines((name(), value()).prop_map(|(name, value)| format!("var {name} = {value}")), "")
            .prop_map(|list| format!("{list}\n")),
    ]
}

fn source() -> impl Strategy<Value = String> {
    prop::collection::vec(declaration(), 1..4).prop_map(|list| format!("package p\n\n{}", list.concat()))
}

/// Deletes lines and changes names as their first letters allow.
fn edited(text: &str, coins: &mut impl FnMut() -> bool) -> FileFix {
    let mut change = FileFix::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.len());
        start = span.end;
        let code = line.trim_start_matches(['\t', ' ']);
        let code = ["func ", "var "].iter().find_map(|word| code.strip_prefix(word)).unwrap_or(code);
        if code.starts_with("del") && coins() {
            change.edits.push(Edit { span, text: String::new() }).unwrap();
            continue;
        }
        for (at, _) in line.match_indices("chg") {
            let length = line[at..].find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len() - at);
            if coins() {
                let text = if coins() { "y" } else { "yyyyyyyyyyyyyyyyyyyyyyyyyyyyy" };
                let span = Span::new(span.start + at, span.start + at + length);
                change.edits.push(Edit { span, text: text.to_owned() }).unwrap();
            }
        }
    }
    change
}

#[test]
fn edited_files_are_laid_out_as_gofmt_lays_them_out() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let gofmt = |flag: &str| {
        let output = Command::new("gofmt").args([flag, "."]).current_dir(dir.path()).output();
        let output = output.expect("gofmt is needed: install Go 1.26 or later and put it on PATH");
        // With -d it fails where there is a difference.
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).unwrap()
    };
    let paths: Vec<_> = (0..600).map(|index| dir.path().join(format!("p{index}.go"))).collect();
    for path in &paths {
        std::fs::write(path, source().new_tree(&mut runner).unwrap().current()).unwrap();
    }
    // Some files come to rest only the second time.
    gofmt("-w");
    gofmt("-w");
    assert_eq!(gofmt("-l"), "");
    let (mut moved, mut refused) = (0, 0);
    let mut sources = Vec::new();
    for path in &paths {
        let file = std::sync::Arc::new(File::new("p.go", std::fs::read_to_string(path).unwrap()));
        let mut random = || any::<bool>().new_tree(&mut runner).unwrap().current();
        let change = edited(file.text(), &mut random);
        let plain = change.edits.apply(file.text());
        let after = match cleanup(&file, &change, &Package::new(vec![file.clone()])) {
            Ok((edits, _)) => edits.apply(file.text()),
            Err(_) => {
                refused += 1;
                file.text().to_owned()
            }
        };
        moved += usize::from(plain != after);
        std::fs::write(path, after).unwrap();
        sources.push(file);
    }
    assert!(refused < 60, "{refused} are refused");
    assert!(moved > 200, "only {moved} of the files change beyond their edits");
    let differs = gofmt("-l");
    let sources: String = differs
        .lines()
        .filter_map(|name| sources.get(name.strip_prefix('p')?.strip_suffix(".go")?.parse::<usize>().ok()?))
        .map(|file| format!("\nbefore:\n{}", file.text()))
        .collect();
    let count = differs.lines().count();
    assert!(differs.is_empty(), "{count} files differ\n{}{sources}", gofmt("-d"));
}
