//! What the screen shows: widths, colours, another size, and the terminal as it
//! was at the end.

use super::seat::{Seat, TWO};
use crate::ground::{Ground, MOD, SLEEP};
use portable_pty::CommandBuilder;
use rustix::process::Signal;

const FIX: &[&str] = &["fix", "-i", "--verify", "none"];

fn ground() -> Ground {
    let long = SLEEP.replace(
        "<-time.After(d)",
        "<-time.After(d + time.Duration(len(\"a line that is longer than the narrowest of terminals, and has 日本語 in it, is not cut but goes on below itself; none of it may be lost on the way\")))",
    );
    Ground::new(&[("go.mod", MOD), ("a.go", &long), ("two.go", TWO)])
}

#[test]
fn any_width_holds_all_of_it_with_colour_and_without() {
    for columns in [40, 80, 139, 140, 200] {
        for colour in [true, false] {
            let ground = ground();
            let plain: &[(&str, &str)] = &[("PAGER", "cat"), ("NO_COLOR", "1")];
            let seat = Seat::wide(&ground, FIX, columns, if colour { &plain[..1] } else { plain });
            seat.at("1/2");
            for key in ["?", "x", "p"] {
                seat.press(key);
                seat.at("1/2");
            }
            seat.key("J", "2/2");
            seat.press("g").sees("Go to which number?");
            seat.press("\x1b").at("2/2");
            assert_eq!(seat.broken(), [0; 0], "{columns} columns, colour {colour}:\n{}", seat.screen());
            assert_eq!(seat.bytes().contains("\x1b["), colour, "{columns}");
            // The words that differ stand out.
            assert_eq!(seat.bytes().contains("\x1b[7m"), colour, "{columns}");
            seat.key("K", "1/2");
            let flat: String = seat.screen().lines().map(|line| line.trim_start_matches('\\')).collect();
            if columns < 140 {
                assert!(flat.contains("none of it may be lost on the way"), "{}", seat.screen());
            }
            seat.press("q").ends(0);
        }
    }
}

#[test]
fn the_function_is_named_when_its_head_is_out_of_sight() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/2");
    assert!(!seat.screen().contains("@@ func"), "it can be seen: {}", seat.screen());
    seat.key("J", "2/2").sees("@@ func Twice(d time.Duration, names []string)");
    seat.press("q").ends(0);
}

#[test]
fn a_wide_terminal_has_both_sides_and_another_size_is_drawn_anew() {
    let ground = ground();
    let seat = Seat::take(&ground, FIX);
    seat.at("1/2");
    seat.key("J", "2/2").sees("-  <-time.After(d)");
    seat.resize(200);
    seat.at("2/2");
    let screen = seat.screen();
    let row = screen.lines().find(|line| line.contains("time.Sleep(d)")).unwrap();
    assert!(
        row.contains("-        <-time.After(d)") && row.contains("| 12 +        time.Sleep(d)"),
        "{screen}"
    );
    assert_eq!(row.find('|'), Some(99), "{screen}");
    seat.resize(40);
    seat.at("2/2").sees("+  time.Sleep(d)");
    assert_eq!(seat.broken(), [0; 0], "{}", seat.screen());
    seat.press("q").ends(0);
}

#[test]
fn what_could_move_the_cursor_is_spelled_out() {
    let nasty = SLEEP.replace("<-time.After(d)", "<-time.After(d) // \x1b[2J\u{202e}");
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", &nasty)]);
    let seat = Seat::take(&ground, FIX);
    seat.at("1/1").sees("^[[2J<U+202E>");
    seat.press("q").ends(0);
}

#[test]
fn the_terminal_is_as_it_was_afterwards() {
    let gomend = env!("CARGO_BIN_EXE_gomend");
    for way in ["q", "\x03", "\x04", "signal"] {
        let ground = ground();
        let mut command = CommandBuilder::new("sh");
        command.args([
            "-c",
            &format!("trap : TERM; {gomend} fix -i --verify none; echo ended $?; stty -a; echo over"),
        ]);
        let seat = Seat::run(&ground, command, 80, &[]);
        seat.at("1/2");
        if way == "signal" {
            let children = format!("/proc/{0}/task/{0}/children", seat.id().as_raw_nonzero());
            let child: i32 = std::fs::read_to_string(children).unwrap().trim().parse().unwrap();
            let child = rustix::process::Pid::from_raw(child).unwrap();
            rustix::process::kill_process(child, Signal::TERM).unwrap();
        } else {
            seat.press(way);
        }
        seat.sees("over");
        let screen = seat.screen();
        let has = |word: &str| screen.split([' ', ';', '\n']).any(|one| one == word);
        for mode in ["icanon", "echo", "isig", "opost"] {
            assert!(has(mode), "after {way:?} {mode} is off:\n{screen}");
        }
        let status = match way {
            "q" => "ended 0",
            "\x04" => "ended 2",
            _ => "ended 130",
        };
        assert!(screen.contains(status), "{way:?}:\n{screen}");
    }
}
