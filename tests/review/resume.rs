//! Reviews that end before all is answered.

use super::seat::{Seat, TWO};
use crate::ground::{Ground, MOD, SLEEP, SLEPT};
use rustix::process::Signal;

const FIX: &[&str] = &["fix", "-i", "--verify", "none"];
const RESUME: &[&str] = &["fix", "-i", "--resume"];

fn ground() -> Ground {
    Ground::new(&[
        ("go.mod", MOD),
        ("a.go", SLEEP),
        ("b.go", &SLEEP.replace("Pause", "Rest")),
        ("c.go", TWO),
        ("d.go", &SLEEP.replace("Pause", "Wait")),
    ])
}

#[test]
fn after_a_kill_the_review_goes_on_where_it_was() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4");
    seat.key("y", "2/4").key("n", "3/4").key("s", "3/5").key("y", "4/5").key("y", "5/5").key("u", "4/5");
    seat.signal(Signal::KILL);
    seat.end();
    assert_eq!(ground.text("a.go"), SLEEP, "nothing is written before the end");

    let seat = Seat::take(&ground, RESUME);
    seat.at("4/5").sees("The review goes on with 3 answers of before.").sees("c.go:13:3");
    seat.key("K", "3/5, accepted").key("K", "2/5, declined").key("K", "1/5, accepted");
    // Answers of before can be taken back.
    seat.key("u", "3/5").key("n", "4/5").key("y", "5/5").key("y", "end").press("y").ends(0);
    assert_eq!(ground.text("a.go"), SLEPT);
    assert!(ground.text("b.go").contains("After"));
    assert_eq!(ground.text("c.go"), TWO.replace("<-time.After(2 * d)", "time.Sleep(2 * d)"));
    let over = Seat::take(&ground, RESUME).ends(2).screen();
    assert!(over.contains("there is no review to go on with"), "{over}");
}

#[test]
fn ctrl_c_and_the_end_of_input_write_nothing_and_keep_the_answers() {
    for (way, status) in [("\x03", 130), ("\x04", 2)] {
        let ground = ground();
        let seat = Seat::take(&ground, FIX);
        seat.at("1/4");
        seat.key("y", "2/4").press(way).ends(status);
        seat.sees("nothing was written; 1 answer is kept, `gomend fix -i --resume` goes on");
        assert_eq!(ground.text("a.go"), SLEEP);
        let seat = Seat::take(&ground, RESUME);
        seat.at("2/4").press("q").ends(0);
        assert_eq!(ground.text("a.go"), SLEPT);
    }
}

#[test]
fn ctrl_c_ends_it_while_a_line_is_typed_too() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4").press("i").sees("Why").press("half a rea\x03").ends(130);
    assert_eq!(ground.text("a.go"), SLEEP);
}

#[test]
fn a_window_that_is_closed_ends_it() {
    let ground = ground();
    let mut seat = Seat::take(&ground, FIX);
    seat.at("1/4");
    seat.key("y", "2/4");
    seat.hang_up();
    seat.end();
    assert_eq!(ground.text("a.go"), SLEEP);
    Seat::take(&ground, RESUME).at("2/4");
}

#[test]
fn a_file_that_changed_since_is_named_and_asked_again() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4");
    seat.key("y", "2/4").key("y", "3/4").press("\x03").ends(130);
    ground.put("a.go", format!("// Changed.\n\n{SLEEP}"));
    let seat = Seat::take(&ground, RESUME);
    seat.at("1/4").sees("goes on with 1 answer of before").sees("asked again: a.go.");
    seat.key("n", "3/4").press("q").ends(0);
    assert!(ground.text("a.go").contains("After"));
    assert!(!ground.text("b.go").contains("After"));
}

#[test]
fn the_rules_and_files_are_those_that_it_began_with() {
    let ground = ground();
    ground.put("p/pump.go", crate::ground::PUMP);
    let seat = Seat::take(&ground, &["fix", "-i", "--unsafe", "--verify", "none", "p", "a.go"]);
    seat.at("1/2");
    seat.key("n", "2/2").sees("gosched").press("\x03").ends(130);
    let seat = Seat::take(&ground, RESUME);
    seat.at("2/2").sees("gosched").press("y").at("end");
    seat.press("y").ends(0).sees("Not verified (`--verify none`).");
    assert!(!ground.text("p/pump.go").contains("runtime"));
}

#[test]
fn what_was_accepted_is_done_and_no_answer_any_more() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4").key("y", "2/4").press("q").ends(0);
    let seat = Seat::take(&ground, RESUME);
    seat.at("1/3").sees("The review goes on where it was left.").press("q").ends(0);
    assert_eq!(ground.text("a.go"), SLEPT);
}

#[test]
fn what_was_declined_stays_declined_once_the_rest_is_written() {
    let both = format!("{SLEEP}\n// Rest waits.\nfunc Rest(d time.Duration) {{\n\t<-time.After(d)\n}}\n");
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", &both), ("b.go", SLEEP)]);
    let seat = Seat::take(&ground, FIX);
    seat.at("1/3");
    seat.key("y", "2/3").key("n", "3/3").press("q").ends(0).sees("1 not answered");
    let seat = Seat::take(&ground, RESUME);
    seat.at("2/2").sees("b.go").press("q").ends(0);
    let text = ground.text("a.go");
    assert!(text.contains("time.Sleep(d)") && text.contains("<-time.After(d)"), "{text}");
}

#[test]
fn beginning_anew_asks_before_it_forgets() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4");
    seat.key("n", "2/4").press("\x03").ends(130);
    let seat = Seat::take(&ground, FIX);
    seat.sees("was left with 1 answer. Continue it").press("y").at("2/4");
    seat.press("\x03").ends(130);
    let seat = Seat::take(&ground, FIX);
    seat.sees("Continue it").press("n").at("1/4");
    seat.press("\x03").ends(130);
    Seat::take(&ground, RESUME).ends(2);
}

#[test]
fn nobody_else_writes_while_a_review_goes_on() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4");
    ground.run(&["fix", "--verify", "none"]).code(2).err(&["gomend fix -i --verify none", "is writing here"]);
}

#[test]
fn a_file_that_changes_during_the_review_is_left_as_it_is() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/4");
    seat.key("y", "2/4").key("y", "3/4");
    let mine = format!("// Mine.\n\n{SLEEP}");
    ground.put("a.go", &mine);
    seat.press("q").ends(1).sees("its contents changed while gomend was running");
    assert_eq!(ground.text("a.go"), mine);
    assert!(!ground.text("b.go").contains("After"));
}
