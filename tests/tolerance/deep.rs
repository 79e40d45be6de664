//! Declarations nested to just below the limit go through every rule on the
//! stack that a thread has (2 MiB), and deeper ones are skipped by name.

use super::whole::{checked, fixed};
use gomend::rewrite::Applicability;
use gomend::syntax::{DEEPEST, File, LARGEST, Node};

/// What many rules look at, so that their guards follow the nesting around it.
const SITES: &str = "runtime.Gosched()
runtime.GC()
runtime.LockOSThread()
runtime.ReadMemStats(&stats)
<-time.After(time.Second)
for range wake { select { case <-wake: case <-time.After(time.Second): return } }
for range wake { defer mu.Unlock(); go func() { wake <- 1 }(); buf := make([]byte, 1024); use(buf) }
runtime.SetFinalizer(&stats, func(*runtime.MemStats) {})
use(runtime.Stack(make([]byte, 100), true), runtime.NumGoroutine(), runtime.GOMAXPROCS(1))
for { select { case <-wake: default: } }
";

/// How a thing is nested: what opens and closes one level, and what is inside.
struct Nest {
    open: &'static str,
    close: &'static str,
    inside: &'static str,
}

const NESTS: &[Nest] = &[
    Nest { open: "{", close: "}", inside: SITES },
    Nest { open: "if limit > 0 {", close: "}", inside: SITES },
    Nest { open: "if limit > 0 {} else ", close: "", inside: "{ SITES }" },
    Nest { open: "for limit > 0 {", close: "\nuse(limit) }", inside: SITES },
    Nest { open: "L: for range wake {", close: "\nif limit > 1 { break L } }", inside: SITES },
    Nest { open: "switch limit { case 1:", close: "\ndefault: return }", inside: SITES },
    Nest { open: "select { case <-wake:", close: "\ndefault: }", inside: SITES },
    Nest { open: "switch stats.(type) { case int:", close: "\n}", inside: SITES },
    Nest { open: "func() {", close: "\n}()", inside: SITES },
    Nest { open: "go func() {", close: "\n}()", inside: SITES },
    Nest { open: "defer func() {", close: "\n}()", inside: SITES },
    Nest { open: "use(func() {", close: "\n})", inside: SITES },
];

/// Nested expressions, which stand behind `use(` and before the sites.
const EXPRESSIONS: &[Nest] = &[
    Nest { open: "(", close: ")", inside: "limit" },
    Nest { open: "-", close: "", inside: "limit" },
    Nest { open: "!", close: "", inside: "ready" },
    Nest { open: "limit + ", close: "", inside: "limit" },
    Nest { open: "", close: " + limit", inside: "time.Second" },
    Nest { open: "use(", close: ")", inside: "runtime.NumCPU()" },
    Nest { open: "[]any{", close: "}", inside: "time.After(time.Second)" },
    Nest { open: "", close: ".next", inside: "head" },
    Nest { open: "", close: "[limit]", inside: "head" },
    Nest { open: "", close: "()", inside: "head" },
    Nest { open: "", close: ".(any)", inside: "head" },
    Nest { open: "func() any { return ", close: " }()", inside: "runtime.NumGoroutine()" },
    Nest { open: "[]", close: "", inside: "int{}" },
    Nest { open: "**", close: "", inside: "head" },
    Nest { open: "&T{", close: "}", inside: "limit" },
    Nest { open: "map[string]any{\"a\": ", close: "}", inside: "limit" },
];

fn text(nest: &Nest, levels: usize, expression: bool) -> String {
    let inside = nest.inside.replace("SITES", SITES);
    let nested = format!("{}{inside}{}", nest.open.repeat(levels), nest.close.repeat(levels));
    let body = if expression {
        format!("use({nested})\nfor limit > 0 {{\n{SITES}\nlimit = use({nested})\n}}")
    } else {
        nested
    };
    format!(
        "package p

import (\"runtime\"; \"sync\"; \"time\")

var mu sync.Mutex

func f(wake chan int, limit int, ready bool, head any) {{
	var stats runtime.MemStats
	{body}
}}

func sound() {{
	runtime.Gosched()
}}
"
    )
}

fn depth(node: Node<'_>) -> usize {
    let ancestors = |node: Node<'_>| std::iter::successors(node.parent(), |up| up.parent()).count();
    // The deepest of a chain that is walked once: the last leaf of each level.
    node.descendants().map(ancestors).max().unwrap_or(0)
}

/// The most levels at which the declaration is still read.
fn most(nest: &Nest, expression: bool) -> usize {
    let reads = |levels: &usize| File::new("p.go", text(nest, *levels, expression)).decl(1).is_some();
    let (mut least, mut beyond) = (1, DEEPEST + 1);
    assert!(reads(&least), "{}", text(nest, 1, expression));
    while least + 1 < beyond {
        let middle = least.midpoint(beyond);
        if reads(&middle) { least = middle } else { beyond = middle }
    }
    least
}

#[test]
fn what_is_nested_to_the_limit_is_examined_on_an_ordinary_stack() {
    for (nests, expression) in [(NESTS, false), (EXPRESSIONS, true)] {
        for nest in nests {
            let levels = most(nest, expression);
            let text = text(nest, levels, expression);
            let file = File::new("p.go", &*text);
            let depth = depth(file.decl(1).unwrap());
            assert!(depth > DEEPEST * 9 / 10, "{} is {depth} deep with {levels} levels", nest.open);
            let scanned = checked(&text);
            assert_eq!(scanned.skipped, [], "{}", nest.open);
            assert!(!scanned.findings.is_empty());
            fixed(&text, Applicability::Unsafe);
        }
    }
}

#[test]
fn what_is_nested_deeper_is_skipped_by_name() {
    for (nests, expression) in [(NESTS, false), (EXPRESSIONS, true)] {
        for nest in nests {
            for levels in [most(nest, expression) + 1, 5_000] {
                let text = text(nest, levels, expression);
                let scanned = checked(&text);
                let reasons: Vec<&str> = scanned.skipped.iter().map(|skip| &*skip.reason).collect();
                assert!(
                    matches!(reasons[..], [one] if one.starts_with("nested too deeply near line ")),
                    "{} {levels}: {reasons:?}",
                    nest.open
                );
                let after = fixed(&text, Applicability::Unsafe);
                let sound = after.find("func sound").unwrap();
                assert_eq!(after[..sound], text[..text.find("func sound").unwrap()]);
            }
        }
    }
}

#[test]
fn a_declaration_over_the_limit_is_skipped_by_name() {
    for (size, skipped) in [(LARGEST - 200, false), (LARGEST + 1, true)] {
        let text = format!(
            "package p\n\nimport \"runtime\"\n\nfunc f() {{\n\truntime.Gosched()\n\tuse(`{}`)\n}}\n\nfunc g() {{\n\truntime.Gosched()\n}}\n",
            "x".repeat(size)
        );
        let scanned = checked(&text);
        let reasons: Vec<&str> = scanned.skipped.iter().map(|skip| &*skip.reason).collect();
        let expected: &[&str] = if skipped { &["too large a declaration near line 5"] } else { &[] };
        assert_eq!(reasons, expected);
        assert_eq!(scanned.findings.len(), if skipped { 1 } else { 2 });
    }
}
