//! The whole catalogue over files that hold syntax the grammar does not know, or
//! none at all: what is found, fixed and skipped there.

use crate::mutate::mutated;
use crate::random::Random;
use crate::support::Known;
use gomend::engine::discover::{Include, Limits};
use gomend::engine::fixes::Fixes;
use gomend::engine::policy::{FilePolicy, RuleInfo, Rules, Uniform};
use gomend::engine::scan::{Scan, Scanned, UNUSED};
use gomend::rewrite::{Applicability, Finding};
use gomend::syntax::File;
use gomend::syntax::outline::tokens;
use gomend::text::Span;
use gomend::transforms::CATALOGUE;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// A module in which the files are, in memory only.
struct Ground {
    folder: tempfile::TempDir,
    known: Known,
    rules: Rules,
    policy: Uniform,
}

static GROUND: LazyLock<Ground> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("go.mod"), "module p\n\ngo 1.26\n").unwrap();
    let rules = CATALOGUE.iter().map(|entry| RuleInfo {
        id: entry.meta.id,
        group: entry.meta.group.word(),
        opt_in: entry.meta.opt_in,
        options: entry.meta.options,
        no_gain: entry.meta.no_gain,
        foreign: entry.meta.foreign,
    });
    let all = CATALOGUE.iter().map(|entry| entry.meta.id).collect();
    let policy = Uniform::new(FilePolicy { rules: all, ..FilePolicy::default() });
    Ground { known: Known::of(folder.path()), folder, rules: Rules::new(rules), policy }
});

fn path() -> PathBuf {
    GROUND.folder.path().join("p.go")
}

fn scan() -> Scan<'static> {
    Scan {
        entries: CATALOGUE,
        rules: &GROUND.rules,
        policy: &GROUND.policy,
        module: &GROUND.known,
        include: Include::default(),
        limits: Limits::default(),
        cwd: GROUND.folder.path().to_owned(),
        root: PathBuf::new(),
        shard: None,
        file_cache: Arc::default(),
        read: Default::default(),
        tick: &|| {},
    }
}

/// What `gomend check` would say of `text`.
pub(super) fn checked(text: &str) -> Scanned {
    scan().text(&path(), text.to_owned())
}

/// What the fixes of `least` or better make of `text`.
pub(super) fn fixed(text: &str, least: Applicability) -> String {
    let scan = scan();
    let choose = |entry: &_, seen: &_, file: &Arc<File>, _: &_| scan.wants(entry, seen, file, least);
    let fixes = Fixes::of_file(&scan, Arc::new(File::new(path(), text)), &choose);
    if let Some(dropped) = fixes.dropped().next() {
        panic!("{}: {}\n{text}", dropped.key.rule, dropped.reason);
    }
    fixes.planned(&path()).map_or_else(|| text.to_owned(), |planned| planned.after.clone())
}

/// A file whose function has a site of `gosched` and one of
/// `time-after-in-loop`; the text that is under test stands before, in and
/// behind the loops.
fn beside(text: &str) -> String {
    format!(
        "package p

import (
	\"runtime\"
	\"time\"
)

func f(limit int, wake chan int) []int {{
	{text}
	out := make([]int, limit)
	for i := 0; i < limit; i++ {{
		out[i] = i * i
		runtime.Gosched()
	}}
	for {{
		select {{
		case <-wake:
			{text}
		case <-time.After(time.Second):
			return out
		}}
	}}
	{text}
}}

var _ = runtime.NumCPU()
"
    )
}

#[test]
fn sites_beside_new_of_an_expression_are_fixed() {
    let known = fixed(&beside("use(nil)"), Applicability::Unsafe);
    assert!(!known.contains("Gosched") && !known.contains("time.After"), "{known}");
    for call in [
        "new(16)",
        "new(-limit)",
        "new(\"text\")",
        "new(1 * time.Second)",
        "new(f(limit, wake))",
        "new(new(16))",
        "new(T[int](limit))",
        "new(T[map[string]int](nil))",
        "new(p.T[int, string](limit))",
        "new([]int{1, 2})",
        "new(func(n int) int { return n }(1))",
        "new(\n\t\t16,\n\t)",
    ] {
        for statement in [
            format!("use({call})"),
            format!("use(1, {call}, {call})"),
            format!("use(T{{n: {call}, m: map[string]*int{{\"a\": {call}}}}})"),
            format!("use([]*int{{{call}, {call}}})"),
            format!("use(func() *int {{ return {call} }}, func() (any, any) {{ return *{call}, {call} }})"),
            format!("use(any({call}).(*int), (*({call})))"),
        ] {
            let text = beside(&statement);
            assert_eq!(checked(&text).skipped, [], "{text}");
            // gofmt would break such a line otherwise, but it stays as it is.
            assert_eq!(
                fixed(&text, Applicability::Unsafe),
                known.replace("use(nil)", &statement),
                "{statement}"
            );
        }
    }
}

/// A function whose only statement is `statement`, with two sites in it.
fn around(statement: &str) -> String {
    let sites = "func() int {
		n := 0
		for i := range 100 {
			n += i
			runtime.Gosched()
		}
		for n < 1000 {
			select {
			case m := <-wake:
				n += m
			case <-time.After(time.Second):
			}
		}
		return n
	}()";
    let statement = statement.replace("SITES", sites);
    format!(
        "package p

import (
	\"runtime\"
	\"time\"
)

func f(wake chan int) (a, b *int) {{
	{statement}
}}

var _ = runtime.NumCPU()
"
    )
}

#[test]
fn sites_in_new_of_an_expression_are_fixed() {
    for (known, new) in [
        ("return g(SITES), nil", "return new(SITES), nil"),
        ("return nil, g(1 + SITES)", "return nil, new(1 + SITES)"),
        ("return g(g(SITES))", "return new(new(SITES))"),
        ("use(h{a: g(SITES), b: []any{g(16)}})", "use(T{a: new(SITES), b: []any{new(16)}})"),
        ("use(g(int(SITES)), g(1))", "use(new(T[int](SITES)), new(1))"),
        ("old := g\n\ta = old(SITES)\n\treturn", "new := g\n\ta = new(SITES)\n\treturn"),
        ("if v := g(SITES); *v > 0 {\n\t\tuse(v)\n\t}", "if v := new(SITES); *v > 0 {\n\t\tuse(v)\n\t}"),
    ] {
        let (known, new) = (around(known), around(new));
        let rules = |text: &str| {
            let scanned = checked(text);
            assert_eq!(scanned.skipped, [], "{text}");
            let found = scanned.findings.iter();
            found.map(|finding| (finding.rule, finding.level)).collect::<Vec<_>>()
        };
        assert_eq!(rules(&known), rules(&new), "{new}");
        let (known, after) = (fixed(&known, Applicability::Unsafe), fixed(&new, Applicability::Unsafe));
        assert!(!known.contains("Gosched") && !known.contains("time.After"), "{known}");
        // The lines that the two have in common were rewritten in the same way.
        let lines = |text: &str| text.lines().filter(|line| !line.contains('(')).count();
        assert!(!after.contains("Gosched") && !after.contains("time.After"), "{after}");
        assert_eq!(lines(&known), lines(&after), "{after}");
    }
}

/// A function with sites of several rules, called `name`.
fn sites(name: &str) -> String {
    format!(
        "func {name}(wake chan int, limit int) int {{
	n := 0
	for i := 0; i < limit; i++ {{
		n += i * i
		runtime.Gosched()
	}}
	for n < limit {{
		select {{
		case m := <-wake:
			n += m
		case <-time.After(time.Second):
			return n
		}}
	}}
	x, y := new(16), new(time.Second)
	use(x, y, []int{{1, 2, 3}}, map[string]any{{\"a\": `raw`, \"b\": 'c'}})
	return n
}}
"
    )
}

/// `middle` between two functions with sites.
fn between(middle: &str) -> String {
    format!(
        "package p

import (
	\"runtime\"
	\"time\"
)

{}
{middle}

{}",
        sites("first"),
        sites("last")
    )
}

/// What was found in the declaration `name` of `text`: rule, level, guard, place
/// from the start of the declaration, and the edits of the fix there.
fn found_in(name: &str, text: &str, scanned: &Scanned) -> Vec<String> {
    let file = File::new("p.go", text);
    let decls = &file.outline().decls;
    let is_named = |decl: &&gomend::syntax::Decl| decl.names.first().is_some_and(|found| found.text == name);
    let span = decls.iter().find(is_named).unwrap_or_else(|| panic!("no {name} in\n{text}")).span;
    let inside = scanned.findings.iter().filter(|found| span.contains(found.start.byte));
    let words = |found: &Finding| {
        let place = found.start.byte - span.start;
        let edits = found.fix.iter().flat_map(|fix| &fix.edits);
        let here = edits.filter(|edit| span.contains(edit.start_byte));
        let edits: Vec<_> = here.map(|edit| (edit.start_byte - span.start, &edit.text)).collect();
        format!("{} {:?} {:?} {place} {edits:?}", found.rule, found.level, found.guard)
    };
    inside.map(words).collect()
}

/// The line that a skip names.
fn line_of(reason: &str) -> Option<usize> {
    reason.split_once(" near line ")?.1.parse().ok()
}

/// Asserts that whatever has no sound syntax in `text` has no finding, and where
/// it mentions a trigger, a skip that names its place. Whether it had any.
fn assert_contained(text: &str, scanned: &Scanned) -> bool {
    let file = File::new("p.go", text);
    let mut any = false;
    for (index, decl) in file.outline().decls.iter().enumerate() {
        let Some(error) = file.fault(index) else { continue };
        any = true;
        assert!(decl.span.covers(error.span()), "{error:?} of {:?} in\n{text}", decl.span);
        // Without a mention of any trigger, a suppression has nothing to suppress.
        let rule_match = |found: &&Finding| found.rule != UNUSED || !scanned.skipped.is_empty();
        for found in scanned.findings.iter().filter(rule_match) {
            assert!(!decl.span.contains(found.start.byte), "{found:?} in\n{text}");
            for edit in found.fix.iter().flat_map(|fix| &fix.edits) {
                let span = Span::new(edit.start_byte, edit.end_byte);
                assert!(span.end <= decl.span.start || decl.span.end <= span.start, "{edit:?} in\n{text}");
            }
        }
        if mentions_gosched(text, decl.span) {
            let lines = file.lines().line(decl.span.start)..=file.lines().line(decl.span.end);
            let named = scanned.skipped.iter().filter_map(|skip| line_of(&skip.reason));
            let named: Vec<_> = named.collect();
            assert!(named.iter().any(|line| lines.contains(line)), "{named:?}, not {lines:?} in\n{text}");
        }
    }
    any
}

/// Whether the code at `span` says `runtime.Gosched`, without anything between
/// the words: other spellings are not looked for.
fn mentions_gosched(text: &str, span: Span) -> bool {
    let code: Vec<Span> = tokens(text, span).map(|(_, span)| span).collect();
    code.windows(3).any(|code| code[0].join(code[2]).of(text) == "runtime.Gosched")
}

#[test]
fn a_broken_declaration_spoils_nothing_beside_it() {
    let known = between(&sites("middle"));
    let scanned = checked(&known);
    assert_eq!(scanned.skipped, []);
    let expected = ["first", "last"].map(|name| found_in(name, &known, &scanned));
    assert!(expected[0].len() >= 2, "{expected:?}");
    for (sound, broken) in [
        ("n += i * i", "n += i *;"),
        ("n += i * i", "n += i i"),
        ("runtime.Gosched()", "runtime.Gosched() else {}"),
        ("new(16)", "new(16"),
        ("new(16)", "new(16 17)"),
        ("new(16)", "new(16) + "),
        ("x, y :=", "x, y := :="),
        ("case m := <-wake:", "m := <-wake:"),
        ("func middle(wake chan int, limit int)", "func middle(wake chan int limit int)"),
        ("'c'", "'c"),
        ("return n\n}\n", "return n n\n}\n"),
        ("return n\n}\n", "return n\n} for {}\n"),
        ("return n\n}\n", "func g() {}\n}\n"),
    ] {
        let text = between(&sites("middle").replacen(sound, broken, 1));
        let scanned = checked(&text);
        assert!(assert_contained(&text, &scanned), "{broken} is sound");
        assert_eq!(scanned.skipped.len(), 1, "{broken}: {:?}", scanned.skipped);
        assert_eq!(["first", "last"].map(|name| found_in(name, &text, &scanned)), expected, "{broken}");
        // What is written is what would be written without the broken one.
        let middle = |text: &str| {
            let from = text.find("func middle").expect("the broken declaration stays");
            text[from..text.find("func last").expect("the last function stays")].to_owned()
        };
        let after = fixed(&text, Applicability::Unsafe);
        assert_eq!(middle(&after), middle(&text), "{broken}");
        assert_eq!(after.matches("Gosched").count(), 1, "{after}");
    }
}

#[test]
fn a_suppression_in_what_was_skipped_is_not_called_unused() {
    let ignored = "runtime.Gosched() //gomend:ignore gosched for now";
    let sound = between(&sites("middle").replace("runtime.Gosched()", ignored));
    let rules = |text: &str| checked(text).findings.iter().map(|found| found.rule).collect::<Vec<_>>();
    assert!(!rules(&sound).contains(&UNUSED));
    assert!(rules(&sound.replace(ignored, "work() //gomend:ignore gosched for now")).contains(&UNUSED));
    assert!(!rules(&sound.replace("n := 0", "n := ;")).contains(&UNUSED));
}

#[test]
fn mutations_of_a_declaration_stay_in_it() {
    let known = between(&sites("middle"));
    let scanned = checked(&known);
    let expected = ["first", "last"].map(|name| found_in(name, &known, &scanned));
    let splices = [sites("spliced"), "func h() {\n\tv := new(1 * time.Second)\n}\n".to_owned()];
    let (mut broken, mut contained) = (0, 0);
    for seed in 0..1_500 {
        let middle = mutated(&sites("middle"), &splices, &mut Random::new(seed));
        let text = between(&middle);
        let scanned = checked(&text);
        let any = assert_contained(&text, &scanned);
        broken += usize::from(any);
        let file = File::new("p.go", &*text);
        let names = file.outline().decls.iter().flat_map(|decl| &decl.names).map(|name| name.text.as_str());
        // A function called `time` hides the package.
        let usual = |name: &str| ["first", "middle", "last"].contains(&name) || !known.contains(name);
        if !names.clone().all(usual) {
            continue;
        }
        // What precedes is never touched; what follows may be swallowed by an
        // open bracket, string or comment.
        assert_eq!(found_in("first", &text, &scanned), expected[0], "seed {seed}\n{text}");
        if names.eq(["first", "middle", "last"]) && file.outline().broken.is_empty() {
            contained += usize::from(any);
            assert_eq!(found_in("last", &text, &scanned), expected[1], "seed {seed}\n{text}");
        }
    }
    assert!(broken > 500 && contained > 200, "of 1500 {broken} are broken, {contained} of them contained");
}

#[test]
fn every_golden_is_sound_with_new_of_an_expression_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut files = Vec::new();
    super::go_files(&root, &mut files);
    let mut seen = 0;
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        // First in each function.
        let with: String = text
            .split_inclusive('\n')
            .map(|line| match line.starts_with("func ") && line.ends_with(" {\n") {
                true => format!("{line}\t_, _ = new(16), new(T[int](1)+2)\n"),
                false => line.to_owned(),
            })
            .collect();
        seen += usize::from(with != text);
        let file = File::new(&*path, &*with);
        for index in 0..file.outline().decls.len() {
            assert_eq!(file.fault(index), None, "{}\n{with}", path.display());
        }
    }
    assert!(seen > 60, "{seen}");
}
