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
        for exercise in evidence.exercise.split(", ") {
            assert!(entry.meta.seeds.contains(&exercise), "{id}: its page does not name {exercise}");
        }
    }
}
