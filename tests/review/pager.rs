//! Long output in a pager: `less` as people have it, others, none, and broken ones.

use super::seat::Seat;
use crate::ground::{Ground, MOD, SLEEP};
use rustix::process::Signal;
use std::time::Duration;

const EXPLAIN: &[&str] = &["explain", "time-after-in-loop"];
const DIFF: &[&str] = &["fix", "--diff", "--verify", "none"];

/// Twelve files with a fix each.
fn long() -> Ground {
    let ground = Ground::new(&[("go.mod", MOD)]);
    for number in 10..22 {
        ground.put(&format!("p{number}/a.go"), SLEEP);
    }
    ground
}

/// Whether `less` waits at its prompt, after the first screen of the page.
#[track_caller]
fn pages(seat: &Seat) {
    seat.sees("time-after-in-loop");
    std::thread::sleep(Duration::from_millis(200));
    assert!(seat.is_running(), "{}", seat.screen());
    seat.press("q").ends(0);
}

#[test]
fn what_is_longer_than_the_screen_is_shown_in_less() {
    let ground = long();
    let seat = Seat::low(&ground, DIFF, 24, &[]);
    seat.sees("p10/a.go");
    assert!(!seat.screen().contains("p21"), "{}", seat.screen());
    // Colours are colours, and the search of less works.
    assert!(seat.bytes().contains("\x1b[31m") && !seat.screen().contains("ESC"), "{}", seat.screen());
    seat.press("/p21\n").sees("b/p21/a.go");
    // The status is that of gomend, and what it has to say comes after the pager.
    seat.press("q").ends(1).sees("Would apply 12 fixes in 12 files.");
    pages(&Seat::low(&ground, EXPLAIN, 24, &[]));
    for name in ["GOMEND_PAGER", "PAGER"] {
        pages(&Seat::low(&ground, EXPLAIN, 24, &[(name, "less -S | less")]));
    }
}

#[test]
fn what_fits_is_written_at_once() {
    let ground = Ground::sleepy();
    Seat::low(&ground, DIFF, 40, &[]).ends(1).sees("time.Sleep(d)");
    Seat::low(&ground, EXPLAIN, 300, &[]).ends(0).sees("Guards");
}

#[test]
fn nobody_who_declines_it_gets_a_pager() {
    let ground = long();
    let loud = "echo PAGED; cat";
    for vars in [
        &[("GOMEND_PAGER", ""), ("PAGER", loud)][..],
        &[("GOMEND_PAGER", "cat"), ("PAGER", loud)],
        &[("PAGER", "")],
        &[("TERM", "dumb")],
    ] {
        let seat = Seat::low(&ground, EXPLAIN, 10, vars);
        seat.ends(0);
        assert!(!seat.bytes().contains("PAGED") && seat.bytes().contains("time-after-in-loop"), "{vars:?}");
    }
    let paged = [("GOMEND_PAGER", loud)];
    let never: [&[&str]; 6] = [
        &["explain", "time-after-in-loop", "--no-pager"],
        &["rules", "--no-pager"],
        &["rules", "--format", "json"],
        &["fix", "--diff", "--verify", "none", "--no-pager"],
        &["check", "--no-pager"],
        &["check", "--format", "patch"],
    ];
    for args in never {
        let seat = Seat::low(&ground, args, 10, &paged);
        seat.end();
        assert!(!seat.bytes().contains("PAGED"), "{args:?}:\n{}", seat.screen());
    }
    for args in [EXPLAIN, &["rules"], DIFF, &["check"], &["check", "--format", "concise"]] {
        let seat = Seat::low(&ground, args, 10, &paged);
        seat.end();
        assert!(seat.bytes().contains("PAGED"), "{args:?}:\n{}", seat.screen());
    }
}

#[test]
fn a_plan_is_shown_in_it_too() {
    let ground = long();
    ground.run(&["fix", "--verify", "none", "--plan-out", "plan.json"]).code(0);
    let seat = Seat::low(&ground, &["apply", "plan.json", "--diff"], 10, &[("PAGER", "echo PAGED; cat")]);
    // The summary comes last, and has moved the last file's name off so low a screen.
    seat.ends(1).sees("All proved by gofmt, build and vet.");
    assert!(seat.bytes().contains("PAGED") && seat.bytes().contains("b/p21/a.go"), "{}", seat.bytes());
}

#[test]
fn a_pager_that_fails_or_leaves_changes_nothing() {
    let ground = long();
    for pager in ["no-such-program", "no-such-program --loud"] {
        let seat = Seat::low(&ground, EXPLAIN, 10, &[("PAGER", pager)]);
        seat.ends(0);
        assert!(seat.bytes().contains("time-after-in-loop"), "{pager}:\n{}", seat.screen());
        assert!(!seat.bytes().contains("error"), "{}", seat.screen());
    }
    for pager in ["true", "false", "head -n 1", "kill -9 $$"] {
        let seat = Seat::low(&ground, DIFF, 10, &[("PAGER", pager)]);
        seat.ends(1).sees("Would apply 12 fixes in 12 files.");
        assert!(!seat.bytes().contains("error"), "{pager}:\n{}", seat.screen());
    }
}

#[test]
fn ctrl_c_is_for_the_pager() {
    let ground = long();
    let seat = Seat::low(&ground, DIFF, 24, &[]);
    seat.sees("p10/a.go");
    for _ in 0..3 {
        seat.signal(Signal::INT);
        seat.press("\x03");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(seat.is_running(), "{}", seat.screen());
    seat.press("q").ends(1).sees("Would apply 12 fixes");
    // The signal that asks it to end still does.
    let seat = Seat::low(&ground, DIFF, 24, &[]);
    seat.sees("p10/a.go");
    seat.signal(Signal::TERM);
    seat.end();
}

#[test]
fn foreign_text_is_spelled_out_on_every_terminal() {
    const EVIL: &str = "\u{1b}]0;evil\u{7}\u{9b}2J\u{1b}[8m\u{202e}\u{200b}";
    let ground = Ground::new(&[("go.mod", MOD)]);
    ground.put("a.go", SLEEP.replace("<-time.After(d)", &format!("<-time.After(d) // {EVIL}")));
    let name = format!("b{EVIL}.go");
    ground.put(&name, SLEEP);
    for (args, status) in [
        (DIFF, 1),
        (&["fix", "-l", "--verify", "none"], 1),
        (&["check"], 1),
        (&["check", "--format", "patch"], 1),
        (&["check", "--format", "json"], 1),
        (&["check", "--format", "github"], 1),
    ] {
        for vars in [
            &[("GOMEND_PAGER", "")][..],
            &[("GOMEND_PAGER", ""), ("NO_COLOR", "1")],
            &[("GOMEND_PAGER", "cat | cat"), ("NO_COLOR", "1"), ("LINES", "3")],
            &[("GOMEND_PAGER", "cat | cat"), ("LINES", "3")],
        ] {
            let seat = Seat::wide(&ground, args, 80, vars);
            seat.ends(status);
            let bytes = seat.bytes();
            for part in ["\x1b]", "\x07", "\u{9b}", "\x1b[8m", "\u{202e}", "\u{200b}"] {
                assert!(!bytes.contains(part), "{args:?} {vars:?}: {part:?} in {bytes:?}");
            }
        }
    }
}
