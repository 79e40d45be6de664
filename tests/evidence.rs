//! The benchmarks behind the measured reasons: they vet, each rule has a pair
//! that runs, and the table has a line for each.

use crate::toolchain;

use gomend::rewrite::Evidence;
use gomend::transforms::{CATALOGUE, EVIDENCE};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_rule_has_a_pair_of_benchmarks_that_runs() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/go");
    let vet = toolchain::go(&dir).args(["vet", "./..."]).output().unwrap();
    assert!(vet.status.success(), "go vet:\n{}", String::from_utf8_lossy(&vet.stderr));
    let run =
        toolchain::go(&dir).args(["test", "-run", "^$", "-bench", ".", "-benchtime", "1x", "."]).output();
    let run = run.unwrap();
    let printed = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{printed}{}", String::from_utf8_lossy(&run.stderr));
    let ran: BTreeSet<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("Benchmark")?.split_whitespace().next())
        .filter_map(|name| {
            name.split_once('/').map(|(_, name)| name.trim_end_matches(|c: char| c.is_ascii_digit()))
        })
        .map(|name| name.trim_end_matches('-'))
        .collect();
    for entry in CATALOGUE {
        for side in ["before", "after"] {
            let name = format!("{}/{side}", entry.meta.id);
            assert!(ran.contains(name.as_str()), "{name} did not run; benches/go needs a pair for each rule");
        }
    }
}

#[test]
fn every_measured_exercise_is_one_that_the_rule_names() {
    for entry in CATALOGUE {
        let id = entry.meta.id;
        let evidence =
            Evidence::of(EVIDENCE, id).unwrap_or_else(|| panic!("{id}: scripts/evidence.sh measures it"));
        // A rule from anywhere else has a bar there.
        let exercises: Vec<&str> =
            evidence.exercise.split(", ").filter(|exercise| *exercise != "-").collect();
        assert_eq!(exercises.is_empty(), entry.meta.seeds.is_empty(), "{id}: {exercises:?}");
        for exercise in exercises {
            assert!(entry.meta.seeds.contains(&exercise), "{id}: its page does not name {exercise}");
        }
    }
}

/// A rule that is not for speed measures what it is for. Only a rule that nothing but its name selects may
/// have a time that does not become shorter, and its page says so.
#[test]
fn no_figure_argues_against_its_own_rule() {
    for entry in CATALOGUE {
        let meta = entry.meta;
        let figures = Evidence::of(EVIDENCE, meta.id).unwrap().figures();
        let page = entry.page().split_whitespace().collect::<Vec<_>>().join(" ");
        let gains_nothing = ["no difference", "slower"].iter().any(|verdict| figures.contains(verdict));
        let says_so = page.contains("no gain to speak of");
        assert_eq!(meta.no_gain, gains_nothing, "{}: {figures}; measure what the rule is for", meta.id);
        assert_eq!(meta.no_gain, says_so, "{}: whether it gains is what its page says", meta.id);
        assert!(meta.opt_in || !meta.no_gain, "{}: it gains nothing and is on by default", meta.id);
        // The other way round: a page that is not about speed has another figure, or a time that it may name.
        let counts = !figures.contains("ns/op");
        let faster = figures.contains("faster");
        assert!(
            counts || faster || meta.no_gain || !page.contains("not for speed"),
            "{}: its page is not about speed, and its figure is {figures}",
            meta.id
        );
    }
}
