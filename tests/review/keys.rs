//! What each key does.

use super::seat::{Seat, TWO};
use crate::ground::{Ground, MOD, PUMP, SLEEP, SLEPT};
use crate::toolchain;

const FIX: &[&str] = &["fix", "-i", "--verify", "none"];

/// Five fixes: `a.go` and `b.go` have one each, `c.go` two that stand together,
/// `pump.go` one that is unsafe.
fn ground() -> Ground {
    let b = SLEEP.replace("Pause", "Rest");
    Ground::new(&[("go.mod", MOD), ("a.go", SLEEP), ("b.go", &b), ("c.go", TWO), ("pump.go", PUMP)])
}

#[test]
fn yes_takes_a_fix_and_no_leaves_it() {
    toolchain::need();
    let ground = ground();
    let seat = Seat::take(&ground, &["fix", "-i"]);
    seat.at("1/3").sees("`<-time.After` used to sleep").sees("a.go:7:2").sees("+ time.Sleep(d)");
    seat.key("y", "2/3").sees("b.go:7:2");
    seat.key("n", "3/3").sees("Take these 2 fixes");
    seat.key("y", "end").sees("All fixes are answered: 3 accepted, 1 declined.");
    seat.press("y").ends(0).sees("Applied 3 fixes in 2 files.").sees("All proved by gofmt, build and vet.");
    assert_eq!(ground.text("a.go"), SLEPT);
    assert_eq!(ground.text("b.go"), SLEEP.replace("Pause", "Rest"));
    assert_eq!(ground.text("c.go").matches("time.Sleep").count(), 2);
    ground.run(&["undo"]).code(0);
    assert_eq!(ground.text("a.go"), SLEEP);
}

#[test]
fn quitting_writes_what_was_accepted_and_asks_the_rest_another_time() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3");
    seat.key("y", "2/3").press("q").ends(0);
    seat.sees("Applied 1 fix in 1 file.").sees("3 not answered; `gomend fix -i --resume` asks them.");
    assert_eq!(ground.text("a.go"), SLEPT);
    assert_eq!(ground.text("c.go"), TWO);
}

#[test]
fn the_rest_of_a_file_is_taken_or_left() {
    let both = format!("{SLEEP}\n// Rest waits.\nfunc Rest(d time.Duration) {{\n\t<-time.After(d)\n}}\n");
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", &both), ("b.go", &both), ("c.go", &both)]);
    let seat = Seat::take(&ground, FIX);
    seat.at("1/6");
    seat.key("j", "2/6").key("a", "3/6").key("d", "5/6").key("a", "1/6").key("n", "end");
    seat.press("y").ends(0).sees("Applied 3 fixes in 2 files.");
    assert_eq!(
        ground.text("a.go"),
        both.replacen("<-time.After(d)", "time.Sleep(d)", 2).replacen("time.Sleep", "<-time.After", 1)
    );
    assert_eq!(ground.text("b.go"), both);
    assert_eq!(ground.text("c.go"), both.replace("<-time.After", "time.Sleep"));
}

#[test]
fn a_rule_is_taken_everywhere_or_nowhere() {
    let ground = ground();
    let seat = Seat::take(&ground, &[FIX, &["--unsafe"]].concat());
    seat.at("1/4").sees("time-after-sleep");
    seat.key("n", "2/4").key("A", "4/4").sees("note[gosched]").sees("unsafe fix").sees("not safe");
    seat.key("D", "end").sees("3 accepted, 2 declined");
    // The rule is asked again, with what was said of it before.
    seat.key("u", "4/4").key("y", "end").press("y").ends(0);
    assert_eq!(ground.text("a.go"), SLEEP, "it had been declined by itself");
    assert!(!ground.text("b.go").contains("After") && !ground.text("c.go").contains("After"));
    assert!(!ground.text("pump.go").contains("runtime"));
}

#[test]
fn one_walks_among_the_fixes_without_deciding() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3");
    seat.key("y", "2/3").key("K", "1/3, accepted").sees("+ time.Sleep(d)");
    seat.key("j", "2/3").key("J", "3/3").key("k", "2/3").key("K", "1/3, accepted").key("J", "2/3");
    seat.key("\x1b[B", "3/3").key("\x1b[A", "2/3");
    seat.key("K", "1/3, accepted").key("n", "2/3").key("K", "1/3, declined").sees("time.Sleep(d)");
    seat.wipe();
    seat.press("k").sees("There is no other fix before this one.").at("1/3");
    seat.key("J", "2/3").key("J", "3/3");
    seat.wipe();
    seat.press("J").sees("There is no other fix behind this one.").at("3/3");
    seat.press("q").ends(0);
    assert_eq!(ground.text("a.go"), SLEEP);
}

#[test]
fn one_goes_to_a_fix_by_its_number_or_a_word() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3");
    seat.press("g").sees("Go to which number?").sees("3 c.go:12 time-after-sleep");
    seat.key("4\x7f3\r", "3/3");
    seat.press("g9\r").sees("There is no fix number `9`; they run from 1 to 3.");
    seat.press("/").sees("Search for:");
    seat.key("REST\x7f\x7f\x7f\x7fb.go\r", "2/3");
    seat.press("/nowhere\r").sees("No fix has `nowhere` in its code");
    seat.key("/2 * d\r", "3/3");
    seat.press("/\x1b").at("3/3");
    seat.press("q").ends(0);
}

#[test]
fn a_group_is_split_and_one_fix_is_not() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3").press("s").sees("One fix is decided whole");
    seat.key("J", "2/3").key("J", "3/3").sees("c.go:12:3").sees("c.go:13:3");
    seat.press("e").sees("Ask the fixes one by one first (key s), then edit one.");
    seat.key("s", "3/4").key("n", "4/4").key("y", "1/4").press("q").ends(0);
    assert_eq!(ground.text("c.go"), TWO.replace("<-time.After(2 * d)", "time.Sleep(2 * d)"));
}

#[test]
fn answers_are_taken_back_one_by_one() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3").press("u").sees("No answer was given yet.");
    seat.key("y", "2/3").key("a", "3/3").key("y", "end");
    seat.key("u", "3/3").key("u", "2/3").key("n", "3/3").key("u", "2/3").key("u", "1/3");
    seat.key("n", "2/3").press("q").ends(0).sees("Nothing was accepted, nothing is written.");
    assert_eq!(ground.text("a.go"), SLEEP);
}

#[test]
fn a_comment_holds_a_rule_back_where_one_stands() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3").press("i").sees("Why does the code stay as it is?");
    seat.press("\r").sees("Without a reason the comment would suppress nothing");
    seat.key("ithe clock is a fake\r", "2/3");
    seat.key("K", "1/3, suppressed").sees("+ //gomend:ignore time-after-sleep the clock is a fake");
    seat.key("J", "2/3").key("n", "3/3").key("iboth\r", "end").sees("3 suppressed by a comment, 1 declined");
    seat.press("y").ends(0);
    let comment = "\t//gomend:ignore time-after-sleep the clock is a fake\n\t<-time.After(d)";
    assert_eq!(ground.text("a.go"), SLEEP.replace("\t<-time.After(d)", comment));
    assert_eq!(ground.text("c.go").matches("//gomend:ignore time-after-sleep both\n").count(), 2);
    let left = ground.findings(&[]);
    let left: Vec<_> = left.iter().filter(|one| one["suppressed"] == false).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn the_page_of_the_rule_the_fix_again_and_the_help_are_a_key_away() {
    let ground = ground();
    let seat = Seat::low(&ground, FIX, 90, &[("PAGER", "cat")]);
    seat.at("1/3");
    seat.key("x", "1/3").sees("on by default").sees("Guards");
    seat.key("p", "1/3").sees("a.go:7:2");
    seat.key("?", "1/3").sees("y - take this fix").sees("A - take the fixes of this rule everywhere");
    seat.key("z", "1/3").sees("y - take this fix");
    seat.press("q").ends(0);
}

#[test]
fn what_an_accepted_fix_gives_birth_to_is_asked_behind_it() {
    const NESTED: &str = "package m\n\nimport \"time\"\n\nfunc wait(c chan int, f func(func()) time.Duration) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\tcase <-time.After(f(func() { <-time.After(time.Second) })):\n\t\t}\n\t}\n}\n";
    let ground = Ground::new(&[("go.mod", MOD), ("n.go", NESTED), ("z.go", SLEEP)]);
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3").sees("time-after-in-loop");
    seat.key("y", "2/3").sees("stands in what an accepted fix wrote").sees("time.Sleep(time.Second)");
    // Without the fix that wrote it there is nothing to ask.
    seat.key("u", "1/3").key("y", "2/3").key("n", "3/3").key("n", "end").press("y").ends(0);
    let text = ground.text("n.go");
    assert!(text.contains("timer.Reset(f(func() { <-time.After(time.Second) }))"), "{text}");
}

#[test]
fn without_a_terminal_it_is_an_error_and_no_hang() {
    let ground = ground();
    let ran = ground.run(&["fix", "-i"]).code(2);
    ran.err(&["`fix -i` asks at a terminal, and standard input is not a terminal", "`gomend fix --diff`"]);
    ground.feed(&["fix", "-i"], "y\ny\ny\n").code(2);
    ground.run(&["fix", "-i", "-"]).code(2).err(&["name the file"]);
    for flag in ["--diff", "-l", "--continue", "--format=json"] {
        ground.run(&["fix", "-i", flag]).code(2).err(&["cannot be used with"]);
    }
    ground.run(&["fix", "--resume"]).code(2).err(&["--interactive"]);
    assert_eq!(ground.text("a.go"), SLEEP);
}

#[test]
fn with_nothing_to_ask_nothing_is_asked() {
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", SLEPT)]);
    Seat::take(&ground, FIX).ends(0).sees("Nothing to fix.");
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_is_heard_during_the_proof_too() {
    toolchain::need();
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", SLEEP)]);
    // A package that nobody has built takes a while.
    let nonce = std::process::id();
    let big = (0..2000).map(|n| format!("func f{n}(x int) int {{ return x*{n} + {nonce} }}\n"));
    ground.put("big.go", format!("package m\n\n{}", big.collect::<String>()));
    let seat = Seat::take(&ground, &["fix", "-i"]);
    seat.at("1/1").key("y", "end").press("y");
    let id = seat.id().as_raw_nonzero();
    let works = || {
        let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
        let mut lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
        lists.any(|list| !list.trim().is_empty())
    };
    while seat.is_running() && !works() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    seat.signal(rustix::process::Signal::INT);
    seat.ends(130).sees("interrupted while the fixes were being proved; nothing was written");
    assert_eq!(ground.text("a.go"), SLEEP);
}

/// The `q` that leaves the pager does not leave the review, and the fix is shown again.
#[test]
fn the_page_of_the_rule_is_read_in_the_pager() {
    let ground = ground();
    let seat = Seat::low(&ground, FIX, 24, &[]);
    seat.at("1/3");
    seat.press("x").sees("time-after-sleep");
    std::thread::sleep(std::time::Duration::from_millis(500));
    seat.press("q").at("1/3").press("q").ends(0).sees("Nothing was accepted, nothing is written.");
}

/// At the last prompt only `y` writes; the answers are there for the next time.
#[test]
fn the_last_prompt_writes_on_yes_alone() {
    for key in ["n", "q"] {
        let ground = Ground::new(&[("go.mod", MOD), ("a.go", SLEEP)]);
        let seat = Seat::take(&ground, FIX);
        seat.at("1/1").key("y", "end").press(key).ends(0).sees("Nothing is written; 1 answer is kept");
        assert_eq!(ground.text("a.go"), SLEEP);
        let seat = Seat::take(&ground, &["fix", "-i", "--resume"]);
        seat.sees("goes on with 1 answer of before").at("end").press("y").ends(0).sees("Applied 1 fix");
    }
}
