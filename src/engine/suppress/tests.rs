//! Each form, where it reaches, and what it says when it does not.

use super::*;
use crate::engine::policy::RuleInfo;

fn rules() -> Rules {
    Rules::new(["manual-gc", "gosched"].map(|id| RuleInfo {
        id,
        group: "runtime",
        opt_in: false,
        options: &[],
        no_gain: false,
        foreign: false,
    }))
}

/// Whether a finding of `rule` at `statement` (which stands in `text` once) is
/// suppressed.
fn covered(text: &str, rule: &str, statement: &str) -> bool {
    let suppressions = Suppressions::of(text, &rules());
    suppressions.covers(rule, span(text, statement), &LineIndex::new(text.as_bytes())).is_some()
}

fn span(text: &str, part: &str) -> Span {
    assert_eq!(text.matches(part).count(), 1, "{part:?}");
    let start = text.find(part).unwrap();
    Span::new(start, start + part.len())
}

fn messages(text: &str) -> Vec<String> {
    let unused = Suppressions::of(text, &rules()).unused(&|_| true);
    unused.into_iter().map(|unused| unused.message).collect()
}

#[test]
fn forms_that_suppress() {
    for comment in [
        "//nolint",
        "// nolint",
        "//nolint // slow",
        "//nolint:gomend",
        "//nolint:all",
        "//nolint:errcheck,gomend // reason",
        "//nolint: errcheck, gomend",
        "//nolint:Gomend",
        "//lint:ignore gomend/manual-gc the runtime is told why",
        "//lint:ignore SA1015,gomend/gosched,gomend/manual-gc a reason",
        "//gomend:ignore manual-gc a reason",
        "//gomend:ignore gosched,manual-gc a reason",
        "//gomend:ignore gosched, manual-gc a reason",
        "//gomend:ignore\tmanual-gc\ta reason",
        "//gomend:ignore-file manual-gc a reason",
    ] {
        for text in [format!("x()\n{comment}\ngc()\n"), format!("x()\r\ngc() {comment}\r\n")] {
            assert!(covered(&text, "manual-gc", "gc()"), "{text:?}");
        }
    }
}

#[test]
fn forms_that_do_not() {
    for comment in [
        "//nolint:errcheck",
        "//nolintgomend",
        "//nolint:gomends",
        "//nolint:errcheck // gomend,all",
        "/*nolint*/",
        "//lint:ignore SA1015 a reason",
        "//lint:ignore manual-gc a reason",
        "//lint:ignore gomend/manual-gc",
        "//gomend:ignore gosched a reason",
        "//gomend:ignore manual-gc",
        "//gomend:ignore manual-gc   ",
        "//gomend:ignore",
        "//gomend:ignored manual-gc a reason",
        "// the comment //gomend:ignore manual-gc a reason",
        "var _ = \"//nolint\"",
        "var _ = `\n//nolint\n`",
        "/*\n//nolint\n*/",
        "_ = '\"' + \" //nolint \\\" //nolint\"",
    ] {
        let text = format!("x()\n{comment}\ngc()\n");
        assert!(!covered(&text, "manual-gc", "gc()"), "{text:?}");
    }
}

#[test]
fn reach_on_the_lines_of_a_statement() {
    let statement = "for {\n\tgc()\n}";
    assert!(covered(&format!("x()\n{statement} //nolint\n"), "manual-gc", statement));
    assert!(covered("for { //nolint\n\tgc()\n}\n", "manual-gc", "for { //nolint\n\tgc()\n}"));
    assert!(!covered("for {\n\tgc() //nolint\n}\n", "manual-gc", "for {\n\tgc() //nolint\n}"));
    assert!(covered("for {\n\tgc() //nolint\n}\n", "manual-gc", "gc()"));
    assert!(!covered("x() //nolint\ngc()\n", "manual-gc", "gc()"), "behind another statement");
    assert!(!covered("//nolint\n\ngc()\n", "manual-gc", "gc()"), "a blank line between");
    assert!(!covered("//nolint\nx()\ngc()\n", "manual-gc", "gc()"), "a statement between");
    assert!(!covered("gc()\n//nolint\n", "manual-gc", "gc()"), "below");
    assert!(covered("//nolint\n// why\n\t//\ngc()\n", "manual-gc", "gc()"), "comment lines between");
    assert!(covered("\u{feff}//nolint\ngc()", "manual-gc", "gc()"), "after a byte order mark");
    assert!(covered("gc()\nx()\n//gomend:ignore-file manual-gc a reason", "manual-gc", "gc()"));
}

#[test]
fn all_that_apply_are_used() {
    let text = "//gomend:ignore manual-gc outer\nfor {\n\tgc() //gomend:ignore manual-gc inner\n}\n";
    let suppressions = Suppressions::of(text, &rules());
    let lines = LineIndex::new(text.as_bytes());
    let outer = span(text, "for {\n\tgc() //gomend:ignore manual-gc inner\n}");
    let id = suppressions.covers_any("manual-gc", [span(text, "gc()"), outer], &lines).unwrap();
    assert!(suppressions.span(id).of(text).ends_with("inner"));
    assert!(suppressions.unused(&|_| true).is_empty());
}

#[test]
fn one_that_suppresses_nothing_says_so_when_its_rule_is_selected() {
    let text = "gc() //gomend:ignore gosched,manual-gc a reason\n//gomend:ignore-file gosched a reason\n//nolint\n//lint:ignore gomend/gosched a reason\n";
    let suppressions = Suppressions::of(text, &rules());
    suppressions.covers("manual-gc", Span::new(0, 4), &LineIndex::new(text.as_bytes())).unwrap();
    let unused = suppressions.unused(&|rule| rule == "gosched");
    let got: Vec<_> = unused.iter().map(|unused| (unused.span.of(text), &*unused.message)).collect();
    let here = "this suppression of `gosched` suppresses nothing here; remove it";
    let file = "this suppression of `gosched` suppresses nothing in this file; remove it";
    assert_eq!(
        got,
        [
            ("//gomend:ignore gosched,manual-gc a reason", here),
            ("//gomend:ignore-file gosched a reason", file),
            ("//lint:ignore gomend/gosched a reason", here),
        ]
    );
    assert!(suppressions.unused(&|rule| rule == "manual-gc").is_empty());
}

#[test]
fn malformed_ones_say_what_to_write() {
    assert_eq!(
        messages("//gomend:ignore manual-gc\n"),
        [
            "this suppression of `manual-gc` gives no reason, so it suppresses nothing; write `//gomend:ignore manual-gc reason`"
        ]
    );
    assert_eq!(
        messages("//lint:ignore gomend/manul-gc because\n"),
        [
            "this suppression suppresses nothing: there is no rule or group `manul-gc`; did you mean `manual-gc`?"
        ]
    );
    assert_eq!(
        messages("//gomend:ignore\n"),
        ["`//gomend:ignore` names no rule; write `//gomend:ignore RULE reason`"]
    );
    assert_eq!(
        messages("//gomend:ignore gosched, manual-gc\n"),
        ["gosched", "manual-gc"].map(|rule| format!(
            "this suppression of `{rule}` gives no reason, so it suppresses nothing; write `//gomend:ignore gosched, manual-gc reason`"
        ))
    );
    let unselected = Suppressions::of("//gomend:ignore manual-gc\n", &rules()).unused(&|_| false);
    assert!(unselected.is_empty());
    assert!(messages("//lint:ignore SA1015 reason\n//nolint:errcheck\n").is_empty());
}

#[test]
fn files_that_must_be_read_for_their_suppressions() {
    for text in ["x //gomend:ignore a b", "//gomend:ignore-file a", "//lint:ignore S1,gomend/a b"] {
        assert!(mentions(text.as_bytes()), "{text}");
    }
    for text in ["//nolint:gomend", "import \"example.com/gomend\"", "// gomend finds", "\"a/gomend/b\""] {
        assert!(!mentions(text.as_bytes()), "{text}");
    }
}

#[test]
fn the_whole_file_is_suppressed_at_its_package_clause() {
    for head in [
        "//nolint\npackage m\n",
        "package m //nolint:gomend\n",
        "// Package m.\n//nolint:all // generated\n// More.\npackage m\n",
        "/*/ licence */\n\npackage m //nolint:gomend,errcheck // why\n",
        "//lint:file-ignore gomend/manual-gc it is a demo\n\npackage m\n",
        "package m\n\n//lint:file-ignore gomend/manual-gc it is a demo\n",
    ] {
        assert!(whole(head), "{head}");
    }
    for head in [
        "//nolint\n\npackage m\n",
        "//nolint:errcheck\npackage m\n",
        "package m\n\n//nolint\n",
        "package m\n\nvar x = 1 //nolint\n",
        "//lint:file-ignore gomend/manual-gc\npackage m\n",
        "//lint:file-ignore ST1000 why\npackage m\n",
    ] {
        assert!(!whole(head), "{head}");
    }
}

#[test]
fn a_name_may_be_a_pattern() {
    for head in [
        "//lint:file-ignore gomend/* it is a demo\n\npackage m\n",
        "package m\n\n//lint:file-ignore S1000,gomend/manual-* it is a demo\n",
        "//gomend:ignore-file * it is a demo\npackage m\n",
        "//gomend:ignore-file gosched, m*-?c it is a demo\npackage m\n",
    ] {
        assert!(whole(head), "{head}");
    }
    for head in [
        "//lint:file-ignore * it is a demo\n\npackage m\n",
        "//lint:file-ignore gomend/go* it is a demo\n\npackage m\n",
        "//lint:file-ignore gomend/*\n\npackage m\n",
    ] {
        assert!(!whole(head), "{head}");
    }
    let line = "x() //lint:ignore gomend/* why";
    assert!(covered(line, "manual-gc", "x()") && covered(line, "gosched", "x()"));
    assert!(covered("x() //gomend:ignore go*,b why", "gosched", "x()"));
}

#[test]
fn a_pattern_that_suppresses_nothing_is_said_once() {
    assert_eq!(
        messages("//gomend:ignore g* why\nx()\n"),
        ["this suppression of `g*` suppresses nothing here; remove it"]
    );
    assert_eq!(
        messages("//lint:file-ignore gomend/x* why\nx()\n"),
        ["this suppression suppresses nothing: no rule is called `x*`"]
    );
    assert_eq!(messages("//gomend:ignore *\nx()\n").len(), 1);
    let text = "//gomend:ignore * why\nx()\n";
    let found = Suppressions::of(text, &rules());
    // As long as not all of its rules have run, nothing can be said.
    assert!(found.unused(&|rule| rule == "gosched").is_empty());
    found.covers("gosched", span(text, "x()"), &LineIndex::new(text.as_bytes())).unwrap();
    assert!(found.unused(&|_| true).is_empty());
}

/// Whether a site far below `head` is suppressed.
fn whole(head: &str) -> bool {
    let text = format!("{head}\n\n\nfunc f() {{\n\tx()\n}}\n");
    let at = text.find("x()").unwrap();
    let lines = LineIndex::new(text.as_bytes());
    let span = Span::new(at, at + 3);
    Suppressions::of(&text, &rules()).covers("manual-gc", span, &lines).is_some()
}
