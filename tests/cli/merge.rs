//! `gomend merge`: the parts of a run give the whole, or are refused.

use crate::ground::{Ground, MOD, PUMP, SLEEP, YIELD};
use serde_json::Value;

/// A tree and the JSON of its three parts in `1.json` to `3.json`.
fn parted() -> Ground {
    let ground = Ground::new(&[("go.mod", MOD), ("vendor/x/x.go", "package x\n")]);
    for n in 0..12 {
        let text = [SLEEP, PUMP, YIELD, "package p\nfunc {"][n % 4];
        ground.put(&format!("p{n}/a.go"), text);
        ground.put(&format!("p{n}/z.go"), SLEEP.replace("Pause", "Again"));
    }
    for part in 1..=3 {
        write(&ground, part, &[]);
    }
    ground
}

fn write(ground: &Ground, part: u32, args: &[&str]) {
    let shard = format!("{part}/3");
    let ran = ground.run(&[&["check", "--format", "json", "--shard", &shard][..], args].concat());
    ground.put(&format!("{part}.json"), ran.out);
}

const ALL: &[&str] = &["merge", "3.json", "1.json", "2.json"];

#[test]
fn the_parts_give_the_whole() {
    let ground = parted();
    let whole = ground.run(&["check", "--format", "json"]).json();
    let merged = ground.run(ALL).code(0).json();
    assert_eq!(merged, whole);
    assert!(
        whole["summary"]["skipped"].as_u64() > Some(0) && whole["summary"]["findings"].as_u64() > Some(9)
    );
    ground.run(&[ALL, &["-o", "all.json", "--fail-on", "note"]].concat()).code(1);
    assert_eq!(serde_json::from_str::<Value>(&ground.text("all.json")).unwrap(), whole);
    ground.run(&[ALL, &["--fail-on", "warning"]].concat()).code(0);
}

#[test]
fn lost_repeated_and_cut_parts_are_refused() {
    let ground = parted();
    ground.run(&["merge", "3.json", "1.json"]).code(2).err(&["missing of 3 parts: 2"]);
    ground.run(&[ALL, &["1.json"]].concat()).code(2).err(&["1.json: part 1 again, it is in 1.json already"]);
    let text = ground.text("2.json");
    for cut in [0, 1, text.len() / 3, text.len() - 3] {
        ground.put("2.json", &text[..cut]);
        let ran = ground.run(ALL).code(2);
        assert!(ran.err(&["2.json: not the whole JSON of a run"]).out.is_empty(), "cut at {cut}");
    }
    ground.run(&["merge", "no.json"]).code(2).err(&["no.json cannot be read"]);
    ground.run(&["merge"]).code(2);
}

#[test]
fn parts_of_different_runs_are_refused() {
    let ground = parted();
    write(&ground, 2, &["--select", "gosched"]);
    ground.run(ALL).code(2).err(&["2.json: other rules, options or another gomend.toml than 3.json"]);
    write(&ground, 2, &[]);
    ground.run(ALL).code(0);
    ground.put("gomend.toml", "ignore = [\"gosched\"]\n");
    write(&ground, 2, &[]);
    ground.run(ALL).code(2).err(&["gomend.toml"]);
    std::fs::remove_file(ground.path("gomend.toml")).unwrap();
    let whole = ground.run(&["check", "--format", "json"]);
    ground.put("2.json", whole.out);
    ground.run(ALL).code(2).err(&["2.json: not a part of a run"]);
    let other = ground.run(&["check", "--format", "json", "--shard", "2/4"]);
    ground.put("2.json", other.out);
    ground.run(ALL).code(2).err(&["2.json: another number of parts"]);
    ground.git(&["init", "-q"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-q", "-m", "one"]);
    write(&ground, 2, &[]);
    ground.run(ALL).code(2).err(&["2.json: another commit"]);
    ground.put("2.json", ground.text("3.json").replacen("\"version\":1", "\"version\":7", 1));
    ground.run(ALL).code(2).err(&["2.json: JSON of version 7"]);
}
