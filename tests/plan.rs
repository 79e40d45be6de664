//! The fixpoint over small transforms of its own: who wins, who waits, and what
//! happens when rules undo each other or never come to an end.

use gomend::engine::look::{Around, Module, look};
use gomend::engine::plan::{Key, Place, Plan, alone, plan};
use gomend::engine::shelf::Shelf;
use gomend::engine::sieve::Sieve;
use gomend::model::GoVersion;
use gomend::model::module::Timers;
use gomend::rewrite::{
    Cx, Entry, Fix, Group, Level, Meta, Severity, Symbol, Telling, Tests, Transform, Verdict,
};
use gomend::syntax::{File, Node};
use std::path::{Path, PathBuf};
use std::sync::Arc;

struct NoModule;

impl Module for NoModule {
    fn go(&self, _: &File) -> Option<GoVersion> {
        None
    }
    fn timers(&self, _: &File) -> Timers {
        Timers::Synchronous
    }
    fn collector_switched_off(&self, _: &File) -> Option<String> {
        None
    }
    fn path(&self, _: &File) -> Option<Arc<str>> {
        None
    }
}

const fn meta(id: &'static str, triggers: &'static [Symbol]) -> Meta {
    Meta {
        id,
        title: "change a name",
        group: Group::Timers,
        seeds: &[],
        best: Level::Safe,
        since: None,
        opt_in: false,
        tests: Tests::Always,
        triggers,
        guards: &[],
    }
}

/// A transform whose site is each mention of `flip.$from`.
macro_rules! transform {
    ($name:ident, $id:literal, $from:literal, |$site:ident, $cx:ident, $fix:ident| $rewrite:expr) => {
        struct $name;
        impl Transform for $name {
            type Site<'t> = Node<'t>;
            const META: Meta = meta($id, &[Symbol { path: "flip", name: $from }]);
            fn site<'t>(mention: Node<'t>, _: &Cx<'t>) -> Option<Node<'t>> {
                Some(mention)
            }
            fn judge<'t>(_: &Node<'t>, _: &Cx<'t>) -> Verdict {
                Verdict::of(Level::Safe)
            }
            fn tell<'t>(site: &Node<'t>, _: &Verdict, _: &Cx<'t>) -> Telling {
                let (message, why) = (String::new(), String::new());
                Telling { span: site.span(), message, why, severity: Severity::Note, labels: Vec::new() }
            }
            #[allow(unused_variables, reason = "few rewrites need all of them")]
            fn rewrite<'t>($site: &Node<'t>, $cx: &Cx<'t>, $fix: &mut Fix) {
                $rewrite
            }
        }
    };
}

fn statement(site: Node<'_>) -> Node<'_> {
    let listed = |node: &Node<'_>| node.parent().is_some_and(|list| list.kind() == "statement_list");
    site.ancestors().find(listed).expect("each mention stands in a statement")
}

transform!(Ping, "ping", "Ping", |site, cx, fix| fix.replace_node(*site, "flip.Pong"));
transform!(Pong, "pong", "Pong", |site, cx, fix| fix.replace_node(*site, "flip.Ping"));
transform!(Once, "once", "Old", |site, cx, fix| fix.replace_node(*site, "flip.New"));
transform!(Other, "other", "Old", |site, cx, fix| fix.replace_node(*site, "flip.Other"));
transform!(Next, "next", "New", |site, cx, fix| fix.replace_node(*site, "flip.Newest"));
transform!(Same, "same", "Same", |site, cx, fix| fix.replace_node(*site, "flip.Same"));
transform!(Grow, "grow", "Grow", |site, cx, fix| fix.replace_node(statement(*site), "flip.Grow()\n\tflip.Grow()"));
transform!(Drop, "drop", "Drop", |site, cx, fix| fix.delete_statement(statement(*site), &[]));
transform!(Claim, "claim", "Claim", |site, cx, fix| {
    fix.claim(*site);
    fix.replace_node(*site, "flip.Claimed");
});
transform!(Insert, "insert", "Insert", |site, cx, fix| {
    let function = site.ancestors().last().unwrap_or(*site);
    fix.insert(function.start(), "// inserted\n");
    fix.replace_node(*site, "flip.Inserted");
});
transform!(Both, "both", "Both", |site, cx, fix| {
    for file in cx.package().files() {
        for index in 0..file.outline().decls.len() {
            let found = file.decl(index).into_iter().flat_map(Node::descendants);
            for node in found.filter(|node| node.kind() == "selector_expression" && node.text() == "flip.Both") {
                fix.replace_node(node, "flip.Done");
            }
        }
    }
});

fn file(path: &str, body: &str) -> Arc<File> {
    Arc::new(File::new(path, format!("package p\n\nimport \"flip\"\n\n{body}")))
}

fn of(files: &[Arc<File>], entries: &[Entry], without: &[Key]) -> Plan {
    let accept = |_: &Entry, _: &_, _: &File, key: &Key| !without.contains(key);
    plan(files.to_vec(), entries, &Sieve::new(entries), &NoModule, &|_, _| true, &accept)
}

fn after<'p>(plan: &'p Plan, path: &str) -> Option<&'p str> {
    plan.files.get(Path::new(path)).map(|planned| planned.after.as_str())
}

fn taken(plan: &Plan) -> Vec<(&str, u32)> {
    plan.taken.iter().map(|taken| (taken.key.rule, taken.pass)).collect()
}

#[test]
fn rules_that_undo_each_other_are_left_out_and_named() {
    let entries = [Entry::of::<Ping>(""), Entry::of::<Pong>("")];
    for name in ["Ping", "Pong"] {
        let plan = of(&[file("a/p.go", &format!("func f() {{\n\tflip.{name}()\n}}\n"))], &entries, &[]);
        assert!(plan.files.is_empty(), "{plan:?}");
        assert!(plan.taken.is_empty());
        assert_eq!(plan.passes, 0);
        assert_eq!(plan.dropped.len(), 2);
        for dropped in &plan.dropped {
            assert_eq!(dropped.reason, "ping and pong undo each other without end, so they were left out");
        }
    }
}

#[test]
fn what_stands_beside_rules_that_undo_each_other_is_kept_and_a_second_run_agrees() {
    let entries = [Entry::of::<Ping>(""), Entry::of::<Pong>(""), Entry::of::<Once>(""), Entry::of::<Next>("")];
    let before = file("a/p.go", "func f() {\n\tflip.Ping()\n\tflip.Old()\n}\n");
    let first = of(&[before], &entries, &[]);
    let text = after(&first, "a/p.go").unwrap().to_owned();
    assert!(text.contains("flip.Newest()"), "{text}");
    for taken in &first.taken {
        let names = [("ping", "flip.Pong"), ("pong", "flip.Ping")];
        if let Some((_, name)) = names.iter().find(|(rule, _)| *rule == taken.key.rule) {
            assert!(text.contains(name), "{} was taken, so its edit must be there: {text}", taken.key.rule);
        }
    }
    let second = of(&[Arc::new(File::new("a/p.go", text))], &entries, &[]);
    assert!(second.files.is_empty(), "{second:?}");
}

#[test]
fn a_fix_that_changes_nothing_is_left_out() {
    let plan = of(&[file("a/p.go", "func f() {\n\tflip.Same()\n}\n")], &[Entry::of::<Same>("")], &[]);
    assert!(plan.files.is_empty() && plan.taken.is_empty());
    assert_eq!(plan.dropped[0].reason, "the fixes of same come to nothing, so they were left out");
}

#[test]
fn a_rule_that_never_comes_to_an_end_is_left_out_and_the_others_are_not() {
    let entries = [Entry::of::<Grow>(""), Entry::of::<Once>("")];
    let before = file("a/p.go", "func f() {\n\tflip.Grow()\n\tflip.Old()\n}\n");
    let plan = of(&[before], &entries, &[]);
    assert_eq!(
        after(&plan, "a/p.go"),
        Some("package p\n\nimport \"flip\"\n\nfunc f() {\n\tflip.Grow()\n\tflip.New()\n}\n")
    );
    assert_eq!(taken(&plan), [("once", 1)]);
    assert_eq!(plan.dropped.len(), 1);
    assert!(plan.dropped[0].reason.starts_with("grow finds new work in what it wrote"), "{plan:?}");
}

#[test]
fn of_two_that_want_the_same_bytes_the_first_of_the_catalogue_wins() {
    let before = file("a/p.go", "func f() {\n\tflip.Old()\n}\n");
    let first = of(std::slice::from_ref(&before), &[Entry::of::<Once>(""), Entry::of::<Other>("")], &[]);
    assert!(after(&first, "a/p.go").unwrap().contains("flip.New()"));
    assert_eq!(taken(&first), [("once", 1)]);
    let second = of(&[before], &[Entry::of::<Other>(""), Entry::of::<Once>("")], &[]);
    assert!(after(&second, "a/p.go").unwrap().contains("flip.Other()"));
    assert!(second.dropped.is_empty(), "the loser had no site any more");
}

#[test]
fn fixes_that_claim_one_function_take_turns_however_many_they_are() {
    let body = format!("func f() {{\n{}}}\n\nfunc g() {{\n\tflip.Claim()\n}}\n", "\tflip.Claim()\n".repeat(300));
    let plan = of(&[file("a/p.go", &body)], &[Entry::of::<Claim>("")], &[]);
    assert!(!after(&plan, "a/p.go").unwrap().contains("Claim()"));
    assert_eq!(plan.passes, 300);
    assert_eq!(plan.taken.iter().filter(|taken| taken.pass == 1).count(), 2);
    assert!(plan.dropped.is_empty());
}

#[test]
fn the_same_insertion_by_two_fixes_is_not_merged_blindly() {
    let plan = of(
        &[file("a/p.go", "func f() {\n\tflip.Insert()\n\tflip.Insert()\n}\n")],
        &[Entry::of::<Insert>("")],
        &[],
    );
    let text = after(&plan, "a/p.go").unwrap();
    assert_eq!(text.matches("// inserted").count(), 2, "{text}");
    assert_eq!(taken(&plan), [("insert", 1), ("insert", 2)]);
}

#[test]
fn a_fix_that_cannot_settle_is_dropped_with_the_reason_and_the_others_go_in_one_pass() {
    let mut body = String::from("func f() {\n\tfor i := flip.Start(); flip.Go(); {\n\t\tflip.Drop(i)\n\t}\n}\n");
    for n in 0..250 {
        body.push_str(&format!("\nfunc g{n}() {{\n\tflip.Old()\n}}\n"));
    }
    let before = file("a/p.go", &body);
    let entries = [Entry::of::<Drop>(""), Entry::of::<Once>("")];
    let plan = of(std::slice::from_ref(&before), &entries, &[]);
    let text = after(&plan, "a/p.go").unwrap();
    assert!(text.contains("flip.Drop(i)") && !text.contains("flip.Old()"));
    assert_eq!(plan.passes, 1);
    assert_eq!(plan.dropped.len(), 1);
    assert_eq!(plan.dropped[0].key.rule, "drop");
    assert_eq!(plan.dropped[0].reason, "`i` would be left unused, and its declaration cannot be removed");

    let shelf = Shelf::default();
    let around = Around::new(&before, &shelf, &NoModule);
    let seen = look(&around, &entries, &Sieve::new(&entries), &|_| true).seen;
    let of_drop = seen.iter().find(|seen| seen.entry == 0).unwrap();
    assert!(alone(of_drop, &around, &before, &shelf).is_err());
}

#[test]
fn two_fixes_take_away_between_them_what_neither_takes_alone() {
    let before = file("a/p.go", "func f() {\n\tn := 1\n\tflip.Drop(n)\n\tflip.Drop(n)\n}\n");
    let plan = of(&[before], &[Entry::of::<Drop>("")], &[]);
    assert_eq!(after(&plan, "a/p.go"), Some("package p\n\nfunc f() {\n}\n"));
    assert_eq!(plan.passes, 1);
}

#[test]
fn a_fix_of_two_files_is_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = ["a.go", "b.go"].iter().map(|name| dir.path().join(name)).collect();
    let text = "package p\n\nimport \"flip\"\n\nfunc f() {\n\tflip.Both()\n}\n";
    for path in &paths {
        std::fs::write(path, text).unwrap();
    }
    let files: Vec<Arc<File>> = paths.iter().map(|path| Arc::new(File::new(path, text))).collect();
    let entries = [Entry::of::<Both>("")];
    let both = of(&files, &entries, &[]);
    assert_eq!(both.files.len(), 2);
    assert_eq!(both.taken.len(), 1, "the other site is gone then");
    let one = of(&files[..1], &entries, &[]);
    assert!(one.files.is_empty() && one.taken.is_empty());
    assert_eq!(one.dropped.len(), 1);
    let reason = format!("it also edits {}, which is not part of this run", paths[1].display());
    assert_eq!(one.dropped[0].reason, reason);
}

#[test]
fn keys_stay_when_fixes_are_held_back() {
    let body: String = (0..4).map(|n| format!("func f{n}() {{\n\tflip.Old()\n\tflip.Drop()\n}}\n\n")).collect();
    let before = file("a/p.go", body.trim_end());
    let entries = [Entry::of::<Once>(""), Entry::of::<Next>(""), Entry::of::<Drop>("")];
    let all = of(std::slice::from_ref(&before), &entries, &[]);
    assert_eq!(all.taken.len(), 12);
    for held in &all.taken {
        let rest = of(std::slice::from_ref(&before), &entries, std::slice::from_ref(&held.key));
        for taken in &rest.taken {
            assert!(all.taken.iter().any(|known| known.key == taken.key), "{:?} is new", taken.key);
        }
        assert!(rest.taken.iter().all(|taken| taken.key != held.key));
        let lost = if held.key.rule == "once" { 2 } else { 1 };
        assert_eq!(rest.taken.len(), 12 - lost, "without {:?}", held.key);
        let gone = |key: &Key| rest.taken.iter().all(|taken| taken.key != *key);
        let at = |key: &Key| match key.place {
            Place::Disk(at) | Place::Born { at, .. } => at,
        };
        let others = all.taken.iter().filter(|taken| taken.key != held.key && gone(&taken.key));
        assert!(others.map(|taken| at(&taken.key)).all(|place| place == at(&held.key)), "{:?}", held.key);
    }
}

#[test]
fn keys_of_text_that_a_fix_wrote_do_not_move_with_the_text_around_it() {
    transform!(Wrap, "wrap", "Wrap", |site, cx, fix| {
        fix.replace_node(statement(*site), "{\n\t\tflip.Old(1)\n\t}")
    });
    let body = "func f() {\n\tflip.Drop()\n\tflip.Wrap()\n}\n";
    let before = file("a/p.go", body);
    let entries = [Entry::of::<Drop>(""), Entry::of::<Wrap>(""), Entry::of::<Once>("")];
    let all = of(std::slice::from_ref(&before), &entries, &[]);
    let born: Vec<&Key> =
        all.taken.iter().map(|taken| &taken.key).filter(|key| matches!(key.place, Place::Born { .. })).collect();
    assert_eq!(born.len(), 1, "{all:?}");
    let drop = all.taken.iter().find(|taken| taken.key.rule == "drop").unwrap();
    let rest = of(&[before], &entries, std::slice::from_ref(&drop.key));
    assert!(rest.taken.iter().any(|taken| taken.key == *born[0]), "{rest:?}");
}
