//! What Go's own parser takes before a fix, it takes after it: goldens and files of the
//! distribution with tokens deleted, doubled and swapped, lines joined by `;`, comments
//! between any two tokens and stray carriage returns.
//!
//! No proof runs here: this is the floor under a run that asks for none. All sources go
//! through one Go process (`tests/parser`).
//!
//! `GOMEND_MUTANTS=200000 cargo test mutants::parse -- --nocapture` goes on until so many
//! files were changed by fixes, `GOMEND_VETTED=2000 cargo test mutants::vet` until so many
//! packages were vetted; `PROPERTIES_SHIFT=N` takes other mutants.

use super::batch::run_vet;
use super::laws::{GROUNDS, alone, mended};
use super::smallest::smallest;
use super::{DISTRIBUTION, GOLDENS, Input, number};
use crate::mutate::slightly;
use crate::random::Random;
use crate::support::Known;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// How many mutants are asked about at once.
const BATCH: usize = 512;

/// Go's parser, in one process.
struct Parser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Parser {
    fn start() -> Parser {
        let mut child = Command::new("go")
            .args(["run", "."])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parser"))
            .env("GOFLAGS", "")
            .env("GOWORK", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("go is needed: install Go 1.26 or later and put it on PATH");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Parser { child, input, output }
    }

    /// What Go says of each source; nothing where it takes it.
    fn says(&mut self, sources: &[&str]) -> Vec<String> {
        let Parser { input, output, .. } = self;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for source in sources {
                    let length = u32::try_from(source.len()).expect("a source is small");
                    input.write_all(&length.to_le_bytes()).expect("the parser reads");
                    input.write_all(source.as_bytes()).expect("the parser reads");
                }
                input.flush().expect("the parser reads");
            });
            let answers = sources.iter().map(|_| {
                let mut line = String::new();
                output.read_line(&mut line).expect("the parser answers");
                assert!(line.ends_with('\n'), "the parser ended");
                line.trim_end().trim_matches('"').to_owned()
            });
            answers.collect()
        })
    }

    fn takes(&mut self, source: &str) -> bool {
        self.says(&[source])[0].is_empty()
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.child.wait().expect("the parser can be waited for").success());
    }
}

/// The mutant of a seed: mostly of a golden, which has more sites.
fn mutant(seed: u64) -> Input {
    let random = &mut Random::new(seed);
    let of = match random.once_in(6) {
        true => &DISTRIBUTION[random.below(DISTRIBUTION.len())],
        false => &GOLDENS[random.below(GOLDENS.len())],
    };
    Input { name: of.name, text: slightly(&of.text, random) }
}

/// `make` of each input, on as many threads as there are processors.
fn on_all<I: Sync, O: Send>(inputs: &[I], make: impl Fn(&I) -> O + Sync) -> Vec<O> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    let made = Mutex::new(BTreeMap::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(input) = inputs.get(at) else { break };
                    let output = make(input);
                    made.lock().expect("no thread panics while it holds this").insert(at, output);
                }
            });
        }
    });
    made.into_inner().expect("no thread panics while it holds this").into_values().collect()
}

#[test]
fn parse() {
    let wanted = number("GOMEND_MUTANTS").unwrap_or(400) as usize;
    let long = wanted > 10_000;
    let mut parser = Parser::start();
    let mut seed = 60_000 + number("PROPERTIES_SHIFT").unwrap_or(0);
    let (mut tried, mut parsed, mut changed, mut fixes) = (0, 0, 0, 0);
    // By what Go says, without its place and what it found there.
    let mut problems: BTreeMap<String, (usize, String)> = BTreeMap::new();
    while changed < wanted {
        let seeds: Vec<u64> = (seed..seed + BATCH as u64).collect();
        seed += BATCH as u64;
        let mutants = on_all(&seeds, |seed| (*seed, mutant(*seed)));
        tried += mutants.len();
        let texts: Vec<&str> = mutants.iter().map(|(_, mutant)| mutant.text.as_str()).collect();
        let said = parser.says(&texts);
        let good: Vec<&(u64, Input)> =
            mutants.iter().zip(&said).filter(|(_, said)| said.is_empty()).map(|(mutant, _)| mutant).collect();
        parsed += good.len();
        let results = on_all(&good, |(seed, mutant)| rewrites(*seed, mutant));
        changed += results.iter().filter(|results| results.iter().any(|(what, _)| what == ALL)).count();
        let results: Vec<_> =
            good.iter().zip(&results).flat_map(|(good, all)| all.iter().map(|one| (*good, one))).collect();
        fixes += results.len();
        let texts: Vec<&str> = results.iter().map(|(_, (_, after))| after.as_str()).collect();
        let said = parser.says(&texts);
        for ((&(seed, ref mutant), (what, after)), said) in results.into_iter().zip(said) {
            if said.is_empty() {
                continue;
            }
            let kind = said.split(": ").nth(1).unwrap_or(&said).split(", found").next().unwrap_or_default();
            let kind = format!("{what}: {kind}");
            if let Some((count, _)) = problems.get_mut(&kind) {
                *count += 1;
                continue;
            }
            let input = |text: &str| Input { name: mutant.name, text: text.to_owned() };
            let asked = Mutex::new(&mut parser);
            let fails = |text: &str| {
                let mut asked = asked.lock().expect("one thread asks");
                asked.takes(text)
                    && rewrites(seed, &input(text))
                        .iter()
                        .any(|(other, after)| other == what && !asked.takes(after))
            };
            let least = smallest(&mutant.text, &fails);
            let least_after = rewrites(seed, &input(&least));
            let least_after = least_after.iter().find(|(other, _)| other == what);
            let report = format!(
                "seed {seed}, {}: {what}: {said}\nbefore {least:?}\nafter {:?}",
                mutant.name,
                least_after.map_or(after, |(_, after)| after)
            );
            if long {
                eprintln!("{report}\n");
            }
            problems.insert(kind, (1, report));
        }
        if long {
            let broken: usize = problems.values().map(|(count, _)| count).sum();
            eprintln!("tried {tried}, parsed {parsed}, changed {changed}, results {fixes}, broken {broken}");
        }
    }
    parser.end();
    let reports: Vec<String> =
        problems.into_values().map(|(count, report)| format!("{count} times: {report}")).collect();
    assert!(reports.is_empty(), "of {changed} changed files:\n\n{}", reports.join("\n\n"));
}

/// The name of the result that has all fixes.
const ALL: &str = "all fixes";

/// What the fixes make of a mutant: all of them, and now and then each by itself, as JSON
/// offers it.
fn rewrites(seed: u64, mutant: &Input) -> Vec<(String, String)> {
    let ground = &GROUNDS[(seed % 2) as usize];
    let path = ground.path(mutant.name);
    let mut results = Vec::new();
    if let Some(after) = mended(&mutant.text, &path, ground.known()) {
        results.push((ALL.to_owned(), after));
        if seed.is_multiple_of(3) {
            results.extend(alone(&mutant.text, &path, ground.known()));
        }
    }
    results
}

#[test]
fn goldens_and_files_of_the_distribution_parse_after_each_fix_alone() {
    let mut parser = Parser::start();
    let ground = &GROUNDS[0];
    let inputs: Vec<&Input> = GOLDENS.iter().chain(DISTRIBUTION.iter()).collect();
    let said = parser.says(&inputs.iter().map(|input| input.text.as_str()).collect::<Vec<_>>());
    let good: Vec<&&Input> =
        inputs.iter().zip(&said).filter(|(_, said)| said.is_empty()).map(|it| it.0).collect();
    let results = on_all(&good, |input| alone(&input.text, &ground.path(input.name), ground.known()));
    let results: Vec<&(String, String)> = results.iter().flatten().collect();
    assert!(results.len() > 800, "only {} findings have a fix", results.len());
    let said = parser.says(&results.iter().map(|(_, after)| after.as_str()).collect::<Vec<_>>());
    parser.end();
    let problems: Vec<String> = results
        .iter()
        .zip(said)
        .filter(|(_, said)| !said.is_empty())
        .map(|((rule, after), said)| format!("{rule}: {said}\n{after}"))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Packages that are vetted in one run.
const VETTED: usize = 200;

#[test]
fn vet() {
    let wanted = number("GOMEND_VETTED").unwrap_or(16) as usize;
    let mut seed = 5_000_000 + number("PROPERTIES_SHIFT").unwrap_or(0);
    let (mut vetted, mut worse) = (0, String::new());
    let mut parser = Parser::start();
    while vetted < wanted {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        std::fs::write(dir.join("go.mod"), "module p\n\ngo 1.26\n").unwrap();
        let known = Known::of(dir);
        let mut results = BTreeMap::new();
        let size = VETTED.min(2 * (wanted - vetted));
        while results.len() < size {
            let golden = &GOLDENS[seed as usize % GOLDENS.len()];
            let text = slightly(&golden.text, &mut Random::new(seed));
            let package = dir.join(format!("p{seed}"));
            seed += 1;
            let path = package.join(golden.name);
            // Only a standard import can be found here.
            let local = text.contains("golden/") || text.contains("go.uber.org");
            let good = !local && parser.takes(&text);
            let Some(after) = good.then(|| mended(&text, &path, &known)).flatten() else { continue };
            std::fs::create_dir(&package).unwrap();
            std::fs::write(&path, text).unwrap();
            results.insert(path, after);
        }
        // What cannot be loaded hides what vet says of the others.
        loop {
            let bad = failing(dir);
            if bad.is_empty() {
                break;
            }
            results.retain(|path, _| {
                let package = path.parent().unwrap();
                let good = !bad.contains_key(&*package.file_name().unwrap().to_string_lossy());
                if !good {
                    std::fs::remove_dir_all(package).unwrap();
                }
                good
            });
        }
        for (path, after) in results {
            vetted += 1;
            std::fs::rename(&path, path.with_extension("before")).unwrap();
            std::fs::write(&path, after).unwrap();
        }
        let bad = failing(dir);
        if wanted > VETTED {
            eprintln!("vetted {vetted}, worse {bad:?}");
        }
        if !bad.is_empty() {
            worse += &format!("in {}: {bad:?}\n", folder.keep().display());
        }
    }
    parser.end();
    assert!(worse.is_empty(), "of {vetted} packages:\n{worse}");
}

/// The packages below `dir` that vet does not take, each with what it says first.
fn failing(dir: &Path) -> BTreeMap<String, String> {
    let output = run_vet(dir);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut bad = BTreeMap::new();
    for line in said.lines() {
        let line = line.trim_start_matches("vet: ");
        // `p1/p.go:3:4: why` and `package p/p1: why`.
        let place = line.split([':', ' ']).find(|word| word.contains("p.go") || word.contains("p_test.go"));
        let Some(name) = place.and_then(|place| Path::new(place).parent()?.file_name()) else { continue };
        bad.entry(name.to_string_lossy().into_owned()).or_insert_with(|| line.to_owned());
    }
    assert!(output.status.success() || !bad.is_empty(), "vet failed for another reason: {said}");
    bad
}
