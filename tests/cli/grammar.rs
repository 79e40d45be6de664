//! One is not many, in whatever gomend says.

use crate::ground::{Ground, MOD, PUMP, SLEEP, YIELD};
use crate::toolchain;
use std::path::Path;

/// What is counted, as one and as many.
const NOUNS: &[(&str, &str)] = &[
    ("finding", "findings"),
    ("fix", "fixes"),
    ("file", "files"),
    ("warning", "warnings"),
    ("note", "notes"),
    ("error", "errors"),
    ("site", "sites"),
    ("rule", "rules"),
    ("module", "modules"),
    ("package", "packages"),
    ("program", "programs"),
    ("entry", "entries"),
    ("line", "lines"),
    ("part", "parts"),
    ("place", "places"),
    ("owner", "owners"),
    ("run", "runs"),
    ("stands", "stand"),
    ("matches", "match"),
    ("is", "are"),
    ("needs", "need"),
];

/// The places in `text` where a number and what it counts do not fit, line by line: the
/// last number of a row in a table counts nothing of the next one.
fn misfits(text: &str) -> Vec<String> {
    text.lines().flat_map(misfits_of_line).collect()
}

fn misfits_of_line(text: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if word.ends_with("(s)") {
            found.push((*word).to_owned());
        }
        let digits = word.trim_start_matches(['(', '*', '`', '"', '>']);
        if digits.is_empty()
            || digits.ends_with(',')
            || !digits.chars().all(|c| c.is_ascii_digit() || c == ',')
        {
            continue;
        }
        let next = words.get(at + 1).map(|word| bare(word)).unwrap_or_default();
        // `1 more file`, `2 safe fixes`.
        let behind = words.get(at + 2).map(|word| bare(word)).unwrap_or_default();
        let counted = if ["more", "safe", "unsafe"].contains(&next.as_str()) { behind } else { next };
        let wrong = NOUNS.iter().any(|(one, many)| counted == if digits == "1" { *many } else { *one });
        if wrong {
            found.push(format!("{digits} {counted}"));
        }
    }
    found
}

#[test]
fn the_check_of_the_grammar_sees_what_is_wrong() {
    assert!(
        misfits("1 finding (1 warning) in 2 of 3 files, 0 fixes; 1 more file; 2 findings stand").is_empty()
    );
    assert_eq!(misfits("1 findings, (1 warnings) and 2 fix; 1 more modules").len(), 4);
    assert_eq!(misfits("file(s) 0 entry").len(), 2);
}

/// A tree with `number` of each thing that is counted.
fn tree(number: usize) -> Ground {
    let ground =
        Ground::new(&[("go.mod", MOD), ("CODEOWNERS", "/p0/ @a\n/p1/ @b\n"), ("doc.go", "package m\n")]);
    for at in 0..number {
        let named = |text: &str, name: &str| text.replace("package m", &format!("package p{at} // {name}"));
        ground.put(&format!("p{at}/sleep.go"), named(SLEEP, "sleep"));
        ground.put(&format!("p{at}/pump.go"), named(PUMP, "pump"));
        ground.put(&format!("p{at}/yield.go"), named(YIELD, "yield"));
        let told = "\t//gomend:ignore time-after-sleep -- wanted\n\t<-time.After(d)";
        let quiet = SLEEP.replace("Pause", "Quiet").replace("\t<-time.After(d)", told);
        ground.put(&format!("p{at}/quiet.go"), named(&quiet, "quiet"));
        let tagged = SLEEP.replace("Pause", "Tagged").replace("package m", &format!("package p{at}"));
        ground.put(&format!("p{at}/tagged.go"), format!("//go:build special\n\n{tagged}"));
        ground.put(&format!("p{at}/broken.go"), format!("package p{at}\n\nfunc {{\n"));
        let main = "package main\n\nimport _ \"net/http/pprof\"\n\nfunc main() {}\n";
        ground.put(&format!("cmd{at}/main.go"), main);
        ground.put(&format!("alone{at}/go.mod"), format!("module example.com/alone{at}\n\ngo 99.0\n"));
        ground.put(&format!("alone{at}/sleep.go"), SLEEP);
    }
    ground.git(&["init", "-q"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    ground
}

#[test]
fn numbers_and_what_they_count_agree_in_every_verb_and_format() {
    toolchain::need();
    let markup = regex::Regex::new("(?s)<(script|style).*?</(script|style)>|<[^>]*>").unwrap();
    for number in 0..=2 {
        let ground = tree(number);
        let state = |name: &str| ground.state().join(name).to_str().unwrap().to_owned();
        let (plan, base, page) = (state("plan.json"), state("base.json"), state("page.html"));
        let (plan, base, page) = (plan.as_str(), base.as_str(), page.as_str());
        let json = ground.run(&["check", "--format", "json"]).json();
        let count = |of: &serde_json::Value| usize::try_from(of.as_u64().unwrap()).unwrap();
        let summary = &json["summary"];
        let all =
            count(&summary["findings"]) + count(&summary["levels"]["kept"]) + count(&summary["suppressed"]);
        assert_eq!(json["findings"].as_array().unwrap().len(), all);
        assert_eq!(count(&summary["suppressed"]), number);
        std::fs::write(base, json.to_string()).unwrap();
        let mut calls: Vec<Vec<&str>> = vec![
            vec!["check", "--baseline", base],
            vec!["check", "--new-from-rev", "HEAD"],
            vec!["check", "-q"],
            vec!["fix", "--diff", "--unsafe"],
            vec!["fix", "--diff", "--verify", "test"],
            vec!["fix", "--diff", "--max-fixes", "1"],
            vec!["fix", "--unsafe", "--plan-out", plan, "--allow-unproved"],
            vec!["apply", plan, "-l"],
            vec!["report", "-o", page],
            vec!["report", "--format", "markdown"],
            vec!["report", "--format", "markdown", "--verify", "vet"],
            vec!["audit"],
            vec!["audit", "--format", "markdown"],
            vec!["apply", plan],
            vec!["undo", "--list"],
            vec!["undo"],
            vec!["fix", "-q"],
            vec!["undo"],
            vec!["fix", "--unsafe", "--allow-unproved"],
        ];
        for format in ["human", "github", "gitlab", "checkstyle", "junit", "rdjson", "sarif", "markdown"] {
            calls.insert(0, vec!["check", "--statistics", "--show-kept", "--format", format]);
        }
        for call in calls {
            let ran = ground.run(&call);
            for text in [&ran.out, &ran.err] {
                let found = misfits(text);
                assert!(found.is_empty(), "{number}: {call:?}: {found:?} in\n{text}");
            }
        }
        assert!(Path::new(page).exists());
        let text = std::fs::read_to_string(page).unwrap();
        let text = markup.replace_all(&text, "");
        let found = misfits(&text);
        assert!(found.is_empty(), "{number}: the page: {found:?}");
    }
}
