//! The binary killed in the middle of `fix`, again and again: every file is old
//! or new, and both ways out lead out.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Enough for several batches of the writer.
const FILES: usize = 300;
const ROUNDS: u32 = 100;

fn old(number: usize) -> String {
    // Files of many lengths, so that a torn one would show.
    let padding = "// padding\n".repeat(number * 7 % 120);
    format!("package p\n\nimport \"time\"\n\n{padding}\nfunc f(d time.Duration) {{\n\t<-time.After(d)\n}}\n")
}

fn new(number: usize) -> String {
    old(number).replace("<-time.After(d)", "time.Sleep(d)")
}

struct Ground {
    dir: TempDir,
}

impl Ground {
    fn new() -> Ground {
        // In memory where there is such a place: what is tested is the order of
        // the steps, not the disk.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let ground = Ground { dir: dir.unwrap() };
        for number in 0..FILES {
            let path = ground.path(number);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, old(number)).unwrap();
        }
        ground
    }

    fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    fn path(&self, number: usize) -> PathBuf {
        self.tree().join(format!("p{}/f{number}.go", number % 11))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gomend"));
        command.args(args).current_dir(self.tree()).env("XDG_STATE_HOME", self.dir.path().join("state"));
        command.env("XDG_CACHE_HOME", self.dir.path().join("cache"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// How many files are new; the others are old, all of each.
    fn new_files(&self) -> usize {
        let is_new = |number: &usize| {
            let text = fs::read_to_string(self.path(*number)).unwrap();
            let new = text == new(*number);
            assert!(new || text == old(*number), "file {number} is neither old nor new:\n{text}");
            new
        };
        (0..FILES).filter(is_new).count()
    }

    /// Whether this file is no longer the old one, told by its length alone.
    fn is_written(&self, number: usize) -> bool {
        fs::metadata(self.path(number)).unwrap().len() != old(number).len() as u64
    }

    /// Nothing lies about in the tree.
    fn assert_clean(&self) {
        for number in 0..11 {
            for entry in fs::read_dir(self.tree().join(format!("p{number}"))).unwrap() {
                let name = entry.unwrap().file_name();
                assert!(name.to_string_lossy().ends_with(".go"), "{} was left behind", name.display());
            }
        }
    }
}

const FIX: [&str; 5] = ["fix", "--verify", "none", "-j", "2"];

fn assert_done(output: &Output, what: &str) {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn killed_a_hundred_times_every_file_is_old_or_new_and_both_ways_out_work() {
    let ground = Ground::new();
    let mut length = Duration::ZERO;
    for _ in 0..3 {
        let began = Instant::now();
        assert_done(&ground.run(&FIX), "fix");
        length = length.max(began.elapsed());
        assert_eq!(ground.new_files(), FILES);
        assert_done(&ground.run(&["undo"]), "undo");
        assert_eq!(ground.new_files(), 0);
    }
    let mut half_way = 0;
    // Not at random, so that a failure comes again: the golden ratio spreads the
    // moments evenly.
    let mut share = 0.0_f64;
    for round in 0..ROUNDS {
        share = (share + 0.618_033_988_749_895) % 1.0;
        let mut child = ground.command(&FIX).spawn().unwrap();
        if round % 4 < 2 {
            // Anywhere in the whole run, or a little beyond its end.
            std::thread::sleep(length.mul_f64(share * 1.1));
        } else {
            // Writing may be a small part of the run: the moment when this file is new.
            let number = (share * FILES as f64) as usize;
            while !ground.is_written(number) && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(50));
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let written = ground.new_files();
        half_way += u32::from(written > 0 && written < FILES);

        let refused = ground.run(&["fix", "-l", "--verify", "none"]);
        assert_ne!(refused.status.code(), Some(2), "a dry run is not held up");
        let next = ground.run(&FIX);
        let text = String::from_utf8_lossy(&next.stderr).into_owned();
        if next.status.code() == Some(2) {
            assert!(text.contains("`gomend undo`") && text.contains("`gomend fix --continue`"), "{text}");
            assert_eq!(ground.new_files(), written, "a run that refused wrote something");
            if round % 2 == 0 {
                assert_done(&ground.run(&["undo"]), "undo");
                assert_eq!(ground.new_files(), 0);
                ground.assert_clean();
                continue;
            }
            assert_done(&ground.run(&["fix", "--continue"]), "fix --continue");
        } else {
            // It was killed before it wrote anything, or after it had ended.
            assert!(next.status.success() && (written == 0 || written == FILES), "{written}: {text}");
        }
        assert_eq!(ground.new_files(), FILES);
        ground.assert_clean();
        assert_done(&ground.run(&["undo"]), "undo");
        assert_eq!(ground.new_files(), 0);
    }
    assert!(half_way >= ROUNDS / 4, "only {half_way} of {ROUNDS} kills struck between two files");
}
