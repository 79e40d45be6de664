//! `--stage`.

use super::seat::Seat;
use crate::ground::{Ground, MOD, SLEEP, SLEPT};

const FIX: &[&str] = &["fix", "-i", "--verify", "none", "--stage"];

#[test]
fn what_was_accepted_is_staged_and_files_that_differ_are_refused_by_name() {
    let b = SLEEP.replace("Pause", "Rest");
    let c = SLEEP.replace("Pause", "Wait");
    let ground = Ground::new(&[("go.mod", MOD), ("a.go", SLEEP), ("b.go", &b), ("sub/c d.go", &c)]);
    ground.git(&["init", "-q"]);
    ground.git(&["add", "."]);
    ground.git(&["commit", "-qm", "one"]);
    ground.put("new.go", SLEEP.replace("Pause", "Nap"));
    let edited = format!("{b}\n// Half a thought.\n");
    ground.put("b.go", &edited);
    let seat = Seat::take(&ground, FIX);
    seat.at("1/2")
        .sees("not asked: b.go: it differs from git's index")
        .sees("not asked: new.go: it is not in");
    seat.key("y", "2/2").key("y", "end").press("y").ends(1).sees("Staged 2 files.");
    assert_eq!(ground.git(&["diff", "--cached", "--name-only", "-z"]), "a.go\0sub/c d.go\0");
    assert_eq!(ground.git(&["show", ":a.go"]), SLEPT);
    assert_eq!(ground.git(&["diff", "--name-only"]), "b.go\n");
    assert_eq!(ground.text("b.go"), edited);
}

#[test]
fn outside_of_a_repository_it_is_an_error() {
    let ground = Ground::sleepy();
    let seat = Seat::wide(&ground, FIX, 80, &[("GIT_CEILING_DIRECTORIES", "/")]);
    seat.ends(2).sees("--stage puts fixes into git's index; run it in a repository");
}
