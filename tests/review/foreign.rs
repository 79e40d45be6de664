//! `apply -i`: a person decides on a patch that someone else wrote.

use super::seat::Seat;
use crate::ground::{Ground, MOD};
use crate::toolchain;
use serde_json::json;

const LIB: &str = "package m\n\nfunc load(n int) int { return n }\n\n// One loads.\nfunc One() int {\n\treturn load(1)\n}\n\n// Two loads.\nfunc Two(p *int) bool {\n\treturn p == nil\n}\n\n// Three tells.\nfunc Three(p *int) bool {\n\treturn p != nil\n}\n";

const USE: &str = "package m\n\n// Four loads.\nfunc Four() int {\n\treturn load(4)\n}\n\nfunc five(b struct{ load int }) int {\n\treturn b.load + 0\n}\n";

/// Renames `load` in both files, turns two conditions round, of which one is broken, and
/// changes in passing a line that the rename seems to need.
const PATCH: &str = "--- a/lib.go\n+++ b/lib.go\n@@ -3 +3 @@\n-func load(n int) int { return n }\n+func read(n int) int { return n }\n@@ -7 +7 @@\n-\treturn load(1)\n+\treturn read(1)\n@@ -12 +12 @@\n-\treturn p == nil\n+\treturn nil == q\n@@ -17 +17 @@\n-\treturn p != nil\n+\treturn nil != p\n--- a/use.go\n+++ b/use.go\n@@ -5 +5 @@\n-\treturn load(4)\n+\treturn read(4)\n@@ -9 +9 @@\n-\treturn b.load + 0\n+\treturn b.load\n";

fn ground() -> Ground {
    toolchain::need();
    let ground = Ground::new(&[("go.mod", MOD), ("lib.go", LIB), ("use.go", USE)]);
    ground.put("fix.patch", PATCH);
    ground
}

#[test]
fn a_patch_is_asked_hunk_by_hunk_with_the_words_of_the_proof() {
    let ground = ground();
    let seat = Seat::wide(&ground, &["apply", "fix.patch", "-i"], 80, &[("EDITOR", "sed -i s/q$/p/")]);
    // What builds only together is one, and is taken apart as far as it builds.
    seat.at("1/3")
        .sees("Take these 4 fixes")
        .sees("from: fix.patch")
        .sees("+func read")
        .sees("+\treturn read(4)");
    seat.key("s", "1/4").sees("Take these 3 fixes");
    seat.key("y", "2/4").sees("refused by the proof").sees("undefined: q");
    // Edited, it builds.
    seat.key("e", "3/4").sees("+ return nil != p");
    seat.key("j", "4/4").sees("+\treturn b.load").key("n", "3/4").press("q").ends(0);
    seat.sees("Applied 4 fixes in 2 files.").sees("1 not answered; `gomend apply -i --resume` asks them.");
    let edited = LIB.replace("p == nil", "nil == p").replace("load(", "read(");
    assert_eq!(ground.text("lib.go"), edited);
    assert_eq!(ground.text("use.go"), USE.replace("load(", "read("));
    // What is left is asked, what was declined is not.
    let seat = Seat::take(&ground, &["apply", "-i", "--resume"]);
    seat.at("1/2").sees("+\treturn nil != p").key("y", "end").press("y").ends(0);
    assert_eq!(ground.text("lib.go"), edited.replace("p != nil", "nil != p"));
    assert!(ground.text("use.go").contains("b.load + 0"));
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("lib.go"), edited);
    ground.run(&["undo", "1"]).code(0);
    assert_eq!(ground.text("lib.go"), LIB);
    assert_eq!(ground.text("use.go"), USE);
}

#[test]
fn what_the_proof_refuses_stays_out_and_is_asked_again() {
    let ground = ground();
    let seat = Seat::take(&ground, &["apply", "fix.patch", "-i"]);
    seat.at("1/3").key("j", "2/3").sees("refused by the proof").key("y", "3/3");
    seat.press("q").ends(1).sees("1 refused by the proof").sees("undefined: q");
    assert_eq!(ground.text("lib.go"), LIB);
    let seat = Seat::take(&ground, &["apply", "-i", "--resume"]);
    seat.at("1/3").key("n", "2/3").key("n", "3/3").press("\x03").ends(130);
    seat.sees("answers are kept, `gomend apply -i --resume` goes on");
}

#[test]
fn the_ways_to_fix_a_place_are_walked_with_tab() {
    toolchain::need();
    let ground = Ground::new(&[("go.mod", MOD), ("lib.go", LIB)]);
    let start = LIB.find("load(1)").unwrap();
    let way = |title: &str, new: &str| json!({"message": title, "edits": [{"filename": ground.path("lib.go"), "start": start, "end": start + 7, "new": new}]});
    let ways = [way("Write one", "1"), way("Write two", "2"), way("Write three", "3")];
    let finding = json!({"posn": format!("{}:7:9", ground.path("lib.go").display()), "message": "load is slow", "suggested_fixes": ways});
    ground.put("fix.json", json!({"example.com/m": {"toy": [finding]}}).to_string());
    let seat = Seat::take(&ground, &["apply", "fix.json", "-i"]);
    seat.at("1/1").sees("note[go-vet/toy]: load is slow").sees("1 of 3: Write one").sees("+\treturn 1");
    seat.wipe();
    seat.press("\t").sees("2 of 3: Write two").sees("+\treturn 2").at("1/1");
    seat.key("y", "end").press("y").ends(0);
    assert_eq!(ground.text("lib.go"), LIB.replace("load(1)", "2"));
}

#[test]
fn without_a_terminal_it_is_an_error() {
    let ground = Ground::new(&[("go.mod", MOD), ("lib.go", LIB)]);
    ground.put("fix.patch", PATCH);
    ground.run(&["apply", "fix.patch", "-i"]).code(2).err(&["asks at a terminal"]);
    ground.feed(&["apply", "-", "-i"], PATCH).code(2).err(&["name a file, or use --run"]);
    ground.run(&["apply", "-i"]).code(2);
}
