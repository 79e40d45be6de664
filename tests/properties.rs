//! What holds for every Go file, whatever is in it: thousands of mutated and
//! generated files go through the whole catalogue.
//!
//! A failure names its seed and the smallest text that was found to fail the
//! same way. `PROPERTIES_SEED=N` runs that seed only; `PROPERTIES_SHIFT=N` adds N to
//! every seed, for a longer search.

mod batch;
mod generate;
mod laws;
mod mutants;
mod smallest;

use crate::mutate::mutated;
use crate::random::Random;
use laws::{GROUNDS, hold};
use smallest::smallest;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A file to try.
struct Input {
    name: &'static str,
    text: String,
}

/// The number in a variable of the environment.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Tries the input of each seed; at least one in `rarely` of them has to have a
/// fix, else the inputs prove nothing.
fn try_all(seeds: Range<u64>, rarely: usize, input: impl Fn(&mut Random, u64) -> Input) {
    let (asked, shift) = (number("PROPERTIES_SEED"), number("PROPERTIES_SHIFT").unwrap_or(0));
    let seeds = seeds.start + shift..seeds.end + shift;
    let seeds = seeds.filter(|seed| asked.is_none_or(|asked| asked == *seed));
    let (mut tried, mut fixed) = (0, 0);
    let mut problems: BTreeMap<&str, String> = BTreeMap::new();
    for seed in seeds {
        let Input { name, text } = input(&mut Random::new(seed), seed);
        let ground = &GROUNDS[(seed % 2) as usize];
        tried += 1;
        match hold(&text, name, ground) {
            Ok(run) => fixed += usize::from(run.fixes > 0),
            // The first of its kind is enough to look at.
            Err(breach) if problems.contains_key(breach.law) => {}
            Err(breach) => {
                let law = breach.law;
                let same = |text: &str| hold(text, name, ground).is_err_and(|other| other.law == law);
                let least = smallest(&text, &same);
                let detail =
                    hold(&least, name, ground).map_or_else(|breach| breach.detail, |_| String::new());
                let place = format!("seed {seed}, {name}, Go {}", ground.go);
                problems.insert(law, format!("{law}: {place}: {detail}\nin\n{least}\n{least:?}"));
            }
        }
    }
    let reports: Vec<String> = problems.into_values().collect();
    assert!(reports.is_empty(), "{}", reports.join("\n\n"));
    assert!(asked.is_some() || fixed * rarely >= tried, "only {fixed} of {tried} runs have a fix");
}

/// The Go files below `dir`, in order.
fn go_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten();
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let files = |path: PathBuf| if path.is_dir() { go_files(&path) } else { vec![path] };
    let is_go = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "go");
    entries.into_iter().flat_map(files).filter(is_go).collect()
}

fn name_of(path: &Path) -> &'static str {
    if path.to_string_lossy().ends_with("_test.go") { "p_test.go" } else { "p.go" }
}

static GOLDENS: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let paths = go_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"));
    let read = |path: &PathBuf| Input { name: name_of(path), text: std::fs::read_to_string(path).unwrap() };
    paths.iter().map(read).collect()
});

static SPLICES: LazyLock<Vec<String>> =
    LazyLock::new(|| GOLDENS.iter().map(|golden| golden.text.clone()).collect());

/// Files of the Go distribution that mention a trigger.
static DISTRIBUTION: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let root = Command::new("go").args(["env", "GOROOT"]).output().expect("go is needed on PATH");
    let root = PathBuf::from(String::from_utf8(root.stdout).unwrap().trim());
    const TRIGGERS: [&str; 5] =
        ["time.After(", "runtime.GC()", "runtime.Gosched()", "runtime.ReadMemStats(", "runtime.MemStats"];
    let read = |path: PathBuf| {
        // Some test data of Go is not UTF-8.
        let text = std::fs::read_to_string(&path).ok()?;
        let wanted = text.len() < 30_000 && TRIGGERS.iter().any(|trigger| text.contains(trigger));
        wanted.then(|| Input { name: name_of(&path), text })
    };
    [root.join("src"), root.join("test")].iter().flat_map(|dir| go_files(dir)).filter_map(read).collect()
});

#[test]
fn mutated_goldens() {
    try_all(0..1500, 8, |random, seed| {
        let golden = &GOLDENS[seed as usize / 2 % GOLDENS.len()];
        let untouched = (seed as usize) < 2 * GOLDENS.len();
        let text = match untouched {
            true => golden.text.clone(),
            false => mutated(&golden.text, &SPLICES, random),
        };
        Input { name: golden.name, text }
    });
}

#[test]
fn mutated_files_of_the_distribution() {
    assert!(DISTRIBUTION.len() > 150, "only {} files mention a trigger", DISTRIBUTION.len());
    try_all(10_000..10_800, 40, |random, seed| {
        let source = &DISTRIBUTION[random.below(DISTRIBUTION.len())];
        let untouched = seed % 4 == 0;
        let text = match untouched {
            true => source.text.clone(),
            false => mutated(&source.text, &SPLICES, random),
        };
        Input { name: source.name, text }
    });
}

#[test]
fn generated_programs() {
    try_all(20_000..21_500, 2, |random, _| {
        let old = random.once_in(2);
        let program = generate::program(random, old);
        let text = generate::with_comments(&program.text, random);
        Input { name: program.name, text }
    });
}

#[test]
fn mutated_generated_programs() {
    try_all(30_000..30_800, 4, |random, _| {
        let program = generate::program(random, true);
        Input { name: program.name, text: mutated(&program.text, &SPLICES, random) }
    });
}
