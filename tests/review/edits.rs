//! A fix that a person edits.

use super::seat::Seat;
use crate::ground::{Ground, MOD, SLEEP, SLEPT};
use crate::toolchain;

const FIX: &[&str] = &["fix", "-i", "--verify", "none"];

/// An editor that does what the shell script `does` to the file `$1`.
fn editor(ground: &Ground, does: &str) -> String {
    ground.put(".editor", does);
    format!("sh {}", ground.path(".editor").display())
}

fn seat(ground: &Ground, args: &[&str], does: &str) -> Seat {
    let editor = editor(ground, does);
    Seat::wide(ground, args, 80, &[("EDITOR", &editor)])
}

#[test]
fn an_edited_fix_is_written_as_it_was_edited() {
    let ground = Ground::sleepy();
    let seat =
        seat(&ground, FIX, "cp \"$1\" .seen; sed -i 's/^+\\ttime.Sleep(d)/+\\ttime.Sleep(2 * d)/' \"$1\"");
    seat.at("1/1");
    seat.key("e", "end").sees("1 accepted as edited");
    let seen = ground.text(".seen");
    assert!(seen.starts_with("# Edit the fix of time-after-sleep."), "{seen}");
    assert!(seen.contains("\n-\t<-time.After(d)\n+\ttime.Sleep(d)\n }\n"), "{seen}");
    seat.key("K", "1/1, edited").sees("+ time.Sleep(2 * d)");
    seat.key("y", "end").press("y").ends(0).sees("Applied 1 fix");
    assert_eq!(ground.text("sleep.go"), SLEPT.replace("Sleep(d)", "Sleep(2 * d)"));
}

#[test]
fn an_edit_survives_other_answers_and_passes() {
    // Three fixes in one file, the middle one edited first; the last use of an
    // import goes with the last of them.
    let text = "package m\n\nimport (\n\t\"runtime\"\n\t\"time\"\n)\n\nfunc a(d time.Duration) {\n\t<-time.After(d)\n}\n\nfunc b(d time.Duration) {\n\t<-time.After(d)\n}\n\nfunc c(n int) (sum int) {\n\tfor i := range n {\n\t\tsum += i\n\t\truntime.Gosched()\n\t}\n\treturn sum\n}\n";
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", text)]);
    let seat = seat(
        &ground,
        FIX,
        "sed -i 's/^+\\ttime.Sleep(d)/+\\tprintln(1)\\n+\\ttime.Sleep(d) \\/\\/ mine/' \"$1\"",
    );
    seat.at("1/3");
    seat.key("J", "2/3").key("e", "3/3").key("y", "1/3").key("y", "end");
    seat.key("K", "3/3, accepted").key("K", "2/3, edited").sees("+ time.Sleep(d) // mine");
    seat.key("K", "1/3, accepted").key("n", "end").key("K", "3/3, accepted").key("K", "2/3, edited");
    seat.key("K", "1/3, declined").key("y", "end").press("y").ends(0);
    let wanted = text
        .replace("import (\n\t\"runtime\"\n\t\"time\"\n)", "import (\n\t\"time\"\n)")
        .replacen("<-time.After(d)", "time.Sleep(d)", 1)
        .replace("\t<-time.After(d)", "\tprintln(1)\n\ttime.Sleep(d) // mine")
        .replace("\t\truntime.Gosched()\n", "");
    assert_eq!(ground.text("a.go"), wanted);
}

#[test]
fn an_edit_that_does_not_parse_is_said_and_can_be_edited_again() {
    let ground = Ground::sleepy();
    let does = "if [ -e .once ]; then cp \"$1\" .again; sed -i 's/Sleep((/Sleep(2 * /' \"$1\"; else : > .once; sed -i 's/Sleep(d)/Sleep((d)/' \"$1\"; fi";
    let seat = seat(&ground, FIX, does);
    seat.at("1/1").press("e").sees("your version does not parse near line 7").sees("Edit again");
    seat.key("y", "end");
    assert!(ground.text(".again").contains("Sleep((d)"), "what was typed is not lost");
    seat.press("y").ends(0);
    assert_eq!(ground.text("sleep.go"), SLEPT.replace("Sleep(d)", "Sleep(2 * d)"));
}

#[test]
fn an_edit_that_says_nothing_answers_nothing() {
    for (does, said) in [
        (": > \"$1\"", "Nothing was edited"),
        ("true", "Nothing was edited"),
        ("sed -i '/^+/d; s/^-/ /' \"$1\"", "Your version leaves the code as it is"),
        ("false", "ended with exit status: 1; the fix stays as it was"),
        ("sed -i 's/^ }/ ]/' \"$1\"", "the line `]` is not in the file; begin a new line with '+'"),
        ("sed -i '/^@@/d' \"$1\"", "stands above the first line that begins with @@"),
        ("sed -i '/^-/d' \"$1\"", "is missing; to take it away, begin it with '-'"),
    ] {
        let ground = Ground::sleepy();
        let seat = seat(&ground, FIX, does);
        seat.at("1/1").press("e").sees(said);
        if seat.screen().contains("Edit again") {
            seat.press("n");
        }
        seat.at("1/1").press("q").ends(0);
        assert_eq!(ground.text("sleep.go"), SLEEP);
    }
}

#[test]
fn an_edit_that_does_not_build_is_refused_in_the_compilers_words_and_the_rest_is_written() {
    toolchain::need();
    let ground = Ground::sleepy();
    ground.put("t/t.go", SLEEP);
    let seat = seat(&ground, &["fix", "-i"], "sed -i 's/Sleep(d)/Slip(d)/' \"$1\"");
    seat.at("1/2");
    seat.key("e", "2/2").key("y", "end").press("y").ends(1);
    seat.sees("Applied 1 fix in 1 file.").sees("1 refused by the proof").sees("undefined: time.Slip");
    assert_eq!(ground.text("sleep.go"), SLEEP);
    assert_eq!(ground.text("t/t.go"), SLEPT);
    // What was refused is asked again.
    Seat::take(&ground, &["fix", "-i", "--resume"]).at("1/1");
}

#[test]
fn an_editor_that_is_missing_is_named() {
    let ground = Ground::sleepy();
    let seat = Seat::wide(&ground, FIX, 80, &[("EDITOR", "no-such-editor")]);
    seat.at("1/1").press("e").sees("the editor `no-such-editor` ended with exit status: 127");
    seat.at("1/1").press("q").ends(0);
}
