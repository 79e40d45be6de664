//! Times the whole catalogue, and each transform alone, over a corpus:
//! `cargo bench [-- DIRECTORY]`, by default the standard library.
//!
//! What is timed is `gomend check` without its report: the walk, the prefilters,
//! parsing, sites, guards and fixes. Each figure is the median of several runs,
//! with the files in the system's cache.

use gomend::disk::Disk;
use gomend::engine::discover::{Discovery, Include, Limits, Request};
use gomend::engine::modules::KnownModules;
use gomend::engine::policy::{FilePolicy, RuleInfo, Rules, Uniform};
use gomend::engine::scan::{Scan, Scanned};
use gomend::rewrite::RuleEntry;
use gomend::transforms::CATALOGUE;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 5;

fn main() {
    // Cargo adds `--bench`.
    let given = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let corpus = given.map_or_else(standard_library, PathBuf::from);
    let corpus = dunce::canonicalize(&corpus).unwrap_or_else(|error| panic!("{}: {error}", corpus.display()));
    println!("{}, median of {RUNS} runs\n", corpus.display());
    println!("{:<28} {:>9} {:>9}", "", "ms", "sites");
    report("reading, no rule", &[], &corpus);
    for entry in CATALOGUE {
        report(entry.meta.id, std::slice::from_ref(entry), &corpus);
    }
    report("the whole catalogue", CATALOGUE, &corpus);
}

fn standard_library() -> PathBuf {
    let output = Command::new("go").args(["env", "GOROOT"]).output();
    let output = output.expect("name a directory, or install Go (https://go.dev/dl/) and put it on PATH");
    Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("src")
}

fn report(name: &str, entries: &[RuleEntry], corpus: &Path) {
    let mut sites = 0;
    let mut times: Vec<Duration> = (0..=RUNS)
        .map(|_| {
            let began = Instant::now();
            sites = scan(entries, corpus).findings.len();
            began.elapsed()
        })
        // The first one reads from the disk.
        .skip(1)
        .collect();
    times.sort();
    println!("{name:<28} {:>9.1} {sites:>9}", times[RUNS / 2].as_secs_f64() * 1e3);
}

fn scan(entries: &[RuleEntry], corpus: &Path) -> Scanned {
    let rules = Rules::new(entries.iter().map(RuleInfo::from));
    let all = entries.iter().map(|entry| entry.meta.id).collect();
    let policy = Arc::new(Uniform::new(FilePolicy { rules: all, ..FilePolicy::default() }));
    let modules = KnownModules::new(None, policy.clone(), corpus, Include::default());
    let scan = Scan {
        entries,
        rules: &rules,
        policy: &*policy,
        module: &modules,
        include: Include::new(),
        limits: Limits::default(),
        cwd: corpus.to_owned(),
        root: corpus.to_owned(),
        shard: None,
        file_cache: Arc::default(),
        read: Default::default(),
        tick: &|| {},
    };
    let request = Request {
        paths: &[],
        cwd: corpus,
        include: Include::new(),
        policy: &*policy,
        threads: 0,
        disk: Disk::default(),
    };
    let discovery = Discovery::plan(request).expect("the corpus is a directory");
    scan.run(&discovery)
}
