//! Times gomend on trees that hold one thing many times, then twice as many times, and
//! prints how the time grew: `cargo bench --bench growth [-- [KIND...] [--verb VERB] [SIZE]]`.
//!
//! Linear is a ratio of 2; each figure is the best of several runs, and the time of a tree
//! with nothing in it is taken off.

#[path = "../tests/support/growth.rs"]
mod growth;

use growth::{KINDS, Kind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What is timed: a name and the arguments.
const VERBS: &[(&str, &[&str])] = &[
    ("check", &["check", "--select", "all", "--no-cache", "--format", "json", "."]),
    ("diff", &["fix", "--unsafe", "--select", "all", "--diff", "--verify", "none", "."]),
    ("write", &["fix", "--unsafe", "--select", "all", "--verify", "none", "."]),
    ("undo", &["undo"]),
    ("human", &["check", "--select", "all", "--no-cache", "--color", "never", "."]),
    ("sarif", &["check", "--select", "all", "--no-cache", "--format", "sarif", "."]),
    ("report", &["report", "-o", "../report.html", "."]),
    ("plan", &["fix", "--unsafe", "--select", "all", "--plan-out", "../plan.json", "--verify", "none", "."]),
    ("apply", &["apply", "../plan.json", "--verify", "none"]),
];

const RUNS: usize = 3;

/// The most that a run may take.
const LIMIT: Duration = Duration::from_secs(30);

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let (mut kinds, mut verbs, mut size) = (Vec::new(), Vec::new(), 2000);
    while let Some(arg) = args.next() {
        match arg.parse() {
            Ok(number) => size = number,
            Err(_) if arg == "--verb" => verbs.extend(args.next()),
            Err(_) => kinds.push(arg),
        }
    }
    let named = |name: &str, list: &[String]| list.is_empty() || list.iter().any(|one| one == name);
    println!("{:<26} {:<8} {:>10} {:>10} {:>7}", "", "", size, 2 * size, "ratio");
    let mut worst: f64 = 0.0;
    for kind in KINDS.iter().filter(|kind| named(kind.name, &kinds)) {
        for (verb, args) in VERBS.iter().filter(|(verb, _)| named(verb, &verbs)) {
            let times = [size, 2 * size].map(|size| time(kind, size, verb, args));
            match times {
                [Some(Duration::ZERO), _] => println!("{:<26} {verb:<8} nothing to do", kind.name),
                [Some(one), Some(two)] => {
                    let ratio = two.as_secs_f64() / one.as_secs_f64();
                    println!(
                        "{:<26} {verb:<8} {:>8.0}ms {:>8.0}ms {ratio:>7.2}",
                        kind.name,
                        ms(one),
                        ms(two)
                    );
                    worst = worst.max(ratio);
                }
                _ => {
                    println!("{:<26} {verb:<8} more than {LIMIT:?}", kind.name);
                    worst = f64::INFINITY;
                }
            }
        }
    }
    println!("worst ratio {worst:.2}");
    if worst > 2.3 {
        std::process::exit(1);
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The best of some runs over a tree of `size`; `None` when it takes too long.
fn time(kind: &Kind, size: usize, verb: &str, args: &[&str]) -> Option<Duration> {
    let mut best = None;
    for _ in 0..RUNS {
        let root = tempfile::tempdir().expect("a directory for the tree");
        let tree = root.path().join("tree");
        std::fs::create_dir(&tree).expect("the directory is new");
        std::fs::write(tree.join("go.mod"), "module example.com/m\n\ngo 1.26\n").expect("it can be written");
        for (name, text) in (kind.files)(size) {
            std::fs::write(tree.join(name), text).expect("it can be written");
        }
        // What must have run before.
        let before: &[&str] = match verb {
            "undo" => &["write"],
            "apply" => &["plan"],
            _ => &[],
        };
        for verb in before {
            let (_, args) = VERBS.iter().find(|(name, _)| name == verb).expect("it is a verb");
            run(&tree, args)?;
        }
        // Where nothing was written there is nothing to undo.
        let same = |(name, text): &(String, String)| {
            std::fs::read_to_string(tree.join(name)).expect("it was written") == *text
        };
        if verb == "undo" && (kind.files)(size).iter().all(same) {
            return Some(Duration::ZERO);
        }
        let took = run(&tree, args)?;
        best = Some(best.map_or(took, |best: Duration| best.min(took)));
        if took > LIMIT / 10 {
            break;
        }
    }
    best
}

fn run(tree: &Path, args: &[&str]) -> Option<Duration> {
    let home = tree.parent().expect("it has one").join("home");
    let gomend = std::env::var_os("GOMEND").unwrap_or_else(|| env!("CARGO_BIN_EXE_gomend").into());
    let began = Instant::now();
    let mut child = Command::new(gomend)
        .args(args)
        .current_dir(tree)
        .env("HOME", &home)
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("gomend was built");
    loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => {
                assert!(status.code().is_some_and(|code| code < 2), "gomend {args:?} ended with {status}");
                return Some(began.elapsed());
            }
            None if began.elapsed() > LIMIT => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            None => std::thread::sleep(Duration::from_micros(500)),
        }
    }
}
