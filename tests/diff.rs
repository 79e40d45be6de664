//! The patches that gomend prints, held against the real git.

use gomend::text::diff::{Hunk, Op, header, hunks, unified};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn git(dir: &Path, args: &[&str], stdin: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(dir)
        // No such file: git would replace a device with its settings.
        .env("GIT_CONFIG_GLOBAL", dir.join(".git-settings"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", dir.parent().unwrap())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A failing git may not read all of it; its own words say more then.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let out = child.wait_with_output().unwrap();
    assert!(
        out.status.success(),
        "git {args:?}: {}\n{}",
        String::from_utf8_lossy(&out.stderr),
        String::from_utf8_lossy(stdin)
    );
    out.stdout
}

/// Writes the texts before, applies one patch of all files, compares.
fn assert_applies(files: &[(String, Vec<u8>, Vec<u8>)], context: usize) {
    let dir = tempfile::tempdir().unwrap();
    let mut patch = Vec::new();
    for (path, before, after) in files {
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, before).unwrap();
        patch.extend(unified(path, path, before, after, context));
    }
    let zero: &[&str] = if context == 0 { &["--unidiff-zero"] } else { &[] };
    git(dir.path(), &[&["apply", "--check"], zero].concat(), &patch);
    git(dir.path(), &[&["apply"], zero].concat(), &patch);
    for (path, before, after) in files {
        let written = fs::read(dir.path().join(path)).unwrap();
        assert!(
            written == *after,
            "{path}\nbefore {:?}\nwanted {:?}\ngot    {:?}\n{}",
            String::from_utf8_lossy(before),
            String::from_utf8_lossy(after),
            String::from_utf8_lossy(&written),
            String::from_utf8_lossy(&unified(path, path, before, after, context)),
        );
    }
}

const ODD: &[(&str, &[u8], &[u8])] = &[
    ("plain.go", b"a\nb\nc\n", b"a\nB\nc\n"),
    ("one-line.go", b"a\n", b"b\n"),
    ("first-line.go", b"a\nb\nc\nd\ne\n", b"A\nb\nc\nd\ne\n"),
    ("last-line.go", b"a\nb\nc\nd\ne\n", b"a\nb\nc\nd\nE\n"),
    ("no-newline-stays.go", b"a\nb", b"A\nb"),
    ("no-newline-changes.go", b"a\nb", b"a\nB"),
    ("no-newline-comes.go", b"a\nb\n", b"a\nb"),
    ("no-newline-goes.go", b"a\nb", b"a\nb\n"),
    ("no-newline-grows.go", b"a\nb", b"a\nb\nc"),
    ("no-newline-far-away.go", b"a\nb\nc\nd\ne\nf\ng\nh\ni", b"A\nb\nc\nd\ne\nf\ng\nh\ni"),
    ("from-empty.go", b"", b"a\nb\n"),
    ("from-empty-without-newline.go", b"", b"a"),
    ("only-newlines.go", b"\n\n\n", b"\n\n\n\n"),
    ("crlf.go", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    ("crlf-to-lf.go", b"a\r\nb\r\nc\r\n", b"a\r\nb\nc\r\n"),
    ("lf-to-crlf.go", b"a\nb\nc\n", b"a\nb\r\nc\n"),
    ("mixed-ends.go", b"a\r\nb\nc\r\nd\n", b"a\r\nb\nC\nd\r\n"),
    ("lone-cr.go", b"a\rb\rc\nd\n", b"a\rB\rc\nd\n"),
    ("cr-at-end.go", b"a\nb\r", b"a\nc\r"),
    ("cr-becomes-end.go", b"a\nb\r", b"a\nb\r\n"),
    ("bom.go", b"\xef\xbb\xbfpackage p\nvar a int\n", b"\xef\xbb\xbfpackage p\nvar b int\n"),
    ("bom-goes.go", b"\xef\xbb\xbfpackage p\n", b"package p\n"),
    ("nul.go", b"a\n\0b\nc\n", b"a\n\0B\nc\n"),
    ("not-utf8.go", b"\xff\xfe\nb\n", b"\xff\xfe\nB\n"),
    ("form-feed.go", b"a\x0cb\nc\n", b"a\x0cB\nc\n"),
    ("blank-at-end.go", b"a \nb\t\n \n", b"a \nB\t\n  \n"),
    ("looks-like-a-patch.go", b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", b"--- a/x\n@@ -1 +1 @@\n-a\n+c\n"),
    ("looks-like-a-marker.go", b"\\ No newline at end of file\nb", b"\\ No newline at end of file\nc"),
    ("sub dir/with space.go", b"a\n", b"b\n"),
    ("space at end ", b"a\n", b"b\n"),
    ("\u{fc}mlaut/\u{65e5}\u{672c}.go", b"a\n", b"b\n"),
    ("tab\there.go", b"a\n", b"b\n"),
    ("new\nline.go", b"a\n", b"b\n"),
    ("quote\"back\\slash.go", b"a\n", b"b\n"),
    ("bell\x07 escape\x1b delete\x7f.go", b"a\n", b"b\n"),
    ("a/b/a/b.go", b"a\n", b"b\n"),
    ("-dash.go", b"a\n", b"b\n"),
];

fn odd() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    ODD.iter().map(|(path, before, after)| (path.to_string(), before.to_vec(), after.to_vec())).collect()
}

#[test]
fn git_applies_the_odd_cases() {
    assert_applies(&odd(), 3);
    assert_applies(&odd(), 1);
    assert_applies(&odd(), 0);
}

#[test]
fn git_applies_them_in_reverse() {
    let back: Vec<_> = odd().into_iter().map(|(path, before, after)| (path, after, before)).collect();
    assert_applies(&back, 3);
}

#[test]
fn names_are_quoted_as_git_quotes_them() {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q"], b"");
    for (path, before, _) in odd() {
        let file = dir.path().join(&path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, before).unwrap();
    }
    git(dir.path(), &["add", "-A"], b"");
    for (path, before, after) in odd() {
        fs::write(dir.path().join(&path), after).unwrap();
        let theirs = git(dir.path(), &["diff", "--text", "--", &path], b"");
        let theirs = String::from_utf8_lossy(&theirs).into_owned();
        let head: Vec<&str> = theirs
            .split_inclusive('\n')
            .take_while(|line| !line.starts_with("@@"))
            .filter(|line| !line.starts_with("index "))
            .collect();
        assert_eq!(head.concat(), header(&path, &path), "{path}");
        fs::write(dir.path().join(&path), before).unwrap();
    }
}

#[test]
fn two_names_make_a_rename() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("old name.go"), "a\nb\n").unwrap();
    git(dir.path(), &["apply"], &unified("old name.go", "sub/new\".go", b"a\nb\n", b"a\nc\n", 3));
    assert!(!dir.path().join("old name.go").exists());
    assert_eq!(fs::read(dir.path().join("sub/new\".go")).unwrap(), b"a\nc\n");
}

#[test]
fn the_same_text_gives_nothing() {
    assert_eq!(unified("a.go", "a.go", b"a\n", b"a\n", 3), b"");
    assert_eq!(hunks(b"", b"", 3), vec![]);
}

/// Texts whose lines come from few, so that they can be matched in many ways.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec!["a", "b", "\tc", "{", "}", "", "x\r", "\u{e9}\0"]);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    (prop::collection::vec((line, end), 0..40), any::<bool>()).prop_map(|(lines, cut)| {
        let mut text: String = lines.into_iter().flat_map(|(line, end)| [line, end]).collect();
        if cut {
            text.pop();
        }
        text.into_bytes()
    })
}

/// A text and what a few edits make of it.
fn edited() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (text(), prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, text()), 0..4)).prop_map(
        |(before, edits)| {
            let mut after = before.clone();
            for (at, cut, new) in edits {
                let start = at.index(after.len() + 1);
                let end = (start + cut).min(after.len());
                after.splice(start..end, new.into_iter().take(cut + 3));
            }
            (before, after)
        },
    )
}

#[test]
fn git_applies_random_edits() {
    let mut runner = TestRunner::default();
    let strategy = edited();
    for context in [3, 1, 0] {
        let files: Vec<_> = (0..400)
            .map(|at| {
                let (mut before, mut after) = strategy.new_tree(&mut runner).unwrap().current();
                if context == 0 {
                    // Without context git takes the start of a line for a last
                    // line without an end, in its own patches too.
                    before.push(b'\n');
                    after.push(b'\n');
                }
                (format!("f{at}.go"), before, after)
            })
            .collect();
        assert_applies(&files, context);
    }
}

/// The text after, rebuilt from the text before and the hunks alone.
fn rebuilt(before: &[u8], after: &[u8], hunks: &[Hunk]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut done = 0;
    for (op, range) in hunks.iter().flat_map(|hunk| &hunk.lines) {
        if *op != Op::Added {
            out.extend_from_slice(&before[done..range.start]);
            done = range.end;
        }
        if *op != Op::Removed {
            out.extend_from_slice(&op.side(before, after)[range.clone()]);
        }
    }
    out.extend_from_slice(&before[done..]);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hunks_alone_rebuild_the_text((before, after) in edited()) {
        let hunks = hunks(&before, &after, 3);
        prop_assert_eq!(rebuilt(&before, &after, &hunks), after);
        for pair in hunks.windows(2) {
            prop_assert!(pair[0].old_start + pair[0].old_lines <= pair[1].old_start);
        }
    }
}

fn shown(before: &str, after: &str) -> String {
    String::from_utf8(unified("x.go", "x.go", before.as_bytes(), after.as_bytes(), 3)).unwrap()
}

#[test]
fn an_added_function_is_shown_whole() {
    let before = "package p\n\nfunc a() {\n\tone()\n}\n\nfunc c() {\n\tthree()\n}\n";
    let after = "package p\n\nfunc a() {\n\tone()\n}\n\nfunc b() {\n\ttwo()\n}\n\nfunc c() {\n\tthree()\n}\n";
    assert_eq!(
        shown(before, after),
        "diff --git a/x.go b/x.go\n--- a/x.go\n+++ b/x.go\n@@ -4,6 +4,10 @@ func a() {\n \tone()\n }\n \n\
         +func b() {\n+\ttwo()\n+}\n+\n func c() {\n \tthree()\n }\n"
    );
}

#[test]
fn a_removed_block_is_shown_from_its_head_to_its_brace() {
    let before = "func a() {\n\tif x {\n\t\tf()\n\t}\n\tif x {\n\t\tg()\n\t}\n\tif x {\n\t\tf()\n\t}\n}\n";
    let after = "func a() {\n\tif x {\n\t\tf()\n\t}\n\tif x {\n\t\tf()\n\t}\n}\n";
    assert!(shown(before, after).contains("-\tif x {\n-\t\tg()\n-\t}\n"), "{}", shown(before, after));
}

#[test]
fn far_changes_stand_in_hunks_of_their_own() {
    let before: String = (0..40).map(|line| format!("\tline{line}()\n")).collect();
    let before = format!("package p\n\nfunc work() {{\n{before}}}\n");
    let after = before.replace("line5()", "five()").replace("line30()", "thirty()");
    let hunks = hunks(before.as_bytes(), after.as_bytes(), 3);
    let heads: Vec<_> = hunks
        .iter()
        .map(|hunk| (hunk.range_line(), hunk.heading.clone().map(|range| &before[range]).unwrap_or_default()))
        .collect();
    assert_eq!(
        heads,
        [
            ("@@ -6,7 +6,7 @@".to_string(), "func work() {"),
            ("@@ -31,7 +31,7 @@".to_string(), "func work() {")
        ]
    );
}

#[test]
fn big_files_cost_what_reading_them_costs() {
    let lines: Vec<String> = (0..200_000).map(|line| format!("\tcall{}(argument)\n", line % 977)).collect();
    let before = lines.concat();
    let mut few = lines.clone();
    for at in [10, 100_000, 199_990] {
        few[at] = "\tanother()\n".into();
    }
    let mut many = lines.clone();
    for (at, line) in many.iter_mut().enumerate().filter(|(at, _)| at % 7 == 0) {
        *line = format!("\tnew{at}()\n");
    }
    let all: String = (0..200_000).map(|line| format!("\tdifferent{line}()\n")).collect();
    // Lines that nothing tells apart, in two orders without any pattern.
    let noise = |seed: u32| -> String {
        let step = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(["}\n", "\n", "\t}\n", "\treturn\n"][*state as usize >> 30])
        };
        std::iter::repeat(()).scan(seed, |state, ()| step(state)).take(200_000).collect()
    };
    for (what, before, after, hunk_count) in [
        ("few", &before, few.concat(), Some(3)),
        ("each seventh", &before, many.concat(), Some(1)),
        ("all", &before, all, Some(1)),
        ("noise", &noise(1), noise(2), None),
    ] {
        let start = Instant::now();
        let hunks = hunks(before.as_bytes(), after.as_bytes(), 3);
        // Generous: an unoptimised build on a busy machine. What it must catch
        // is a quadratic algorithm, which takes minutes.
        assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", start.elapsed());
        println!("{what}: {:?}", start.elapsed());
        assert_eq!(hunks.len(), hunk_count.unwrap_or(hunks.len()), "{what}");
        assert_eq!(rebuilt(before.as_bytes(), after.as_bytes(), &hunks), after.as_bytes(), "{what}");
    }
}
