//! A tree of files, a state folder of its own, and the binary run in it.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than any of these runs takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// A module whose Go has everything the rules ask for.
pub const MOD: &str = "module example.com/m\n\ngo 1.26\n";

/// One safe fix, a note.
pub const SLEEP: &str =
    "package m\n\nimport \"time\"\n\n// Pause waits.\nfunc Pause(d time.Duration) {\n\t<-time.After(d)\n}\n";
/// [`SLEEP`] as it is fixed.
pub const SLEPT: &str =
    "package m\n\nimport \"time\"\n\n// Pause waits.\nfunc Pause(d time.Duration) {\n\ttime.Sleep(d)\n}\n";
/// One unsafe fix: the loop receives.
pub const PUMP: &str = "package m\n\nimport \"runtime\"\n\n// Pump adds up.\nfunc Pump(in <-chan int) (sum int) {\n\tfor v := range in {\n\t\tsum += v\n\t\truntime.Gosched()\n\t}\n\treturn sum\n}\n";
/// A kept site: a yield outside of any loop.
pub const YIELD: &str = "package m\n\nimport \"runtime\"\n\n// Yield hands over.\nfunc Yield(ready *bool) {\n\t*ready = true\n\truntime.Gosched()\n}\n";

/// A tree and the state folder of its runs.
pub struct Ground {
    tree: TempDir,
    state: TempDir,
}

impl Ground {
    /// A tree with these files.
    pub fn new(files: &[(&str, &str)]) -> Ground {
        let ground = Ground { tree: TempDir::new().unwrap(), state: TempDir::new().unwrap() };
        for (name, text) in files {
            ground.put(name, text);
        }
        ground
    }

    /// A module with one safe fix in `sleep.go`.
    pub fn sleepy() -> Ground {
        Ground::new(&[("go.mod", MOD), ("sleep.go", SLEEP)])
    }

    /// The tree's real path.
    pub fn dir(&self) -> PathBuf {
        dunce::canonicalize(self.tree.path()).unwrap()
    }

    pub fn state(&self) -> &Path {
        self.state.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    pub fn put(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Makes a file one that the system runs.
    #[cfg(unix)]
    pub fn executable(&self, name: &str) {
        crate::toolchain::executable(&self.path(name));
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A place for git's global settings that is not this user's. Git replaces
    /// the file when it writes a setting, so it must not be a device.
    fn git_config(&self) -> PathBuf {
        self.state().join("gitconfig")
    }

    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(args)
            .current_dir(self.dir())
            .env("GIT_CONFIG_GLOBAL", self.git_config())
            .output()
            .expect("these tests need git; install it and put it on PATH");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The binary, to be run in the tree.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gomend"));
        command.args(args).current_dir(self.dir());
        // go's own cache stays where it is: an empty one costs minutes.
        command.env("XDG_CACHE_HOME", self.state().join("cache")).env("GOCACHE", go_cache());
        command.env("XDG_STATE_HOME", self.state()).env("GIT_CONFIG_GLOBAL", self.git_config());
        for inherited in ["NO_COLOR", "COLUMNS", "GOWORK", "GOFLAGS", "TERM"] {
            command.env_remove(inherited);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it.
    pub fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args))
    }

    /// Runs it in the directory `dir` of the tree.
    pub fn run_in(&self, dir: &str, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.current_dir(self.path(dir));
        finish(command)
    }

    /// Runs it with `input` on its standard input.
    pub fn feed(&self, args: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.as_ref().to_vec();
        // It may end before it has read everything.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let ran = wait(child);
        writer.join().unwrap();
        ran
    }

    /// The findings of `check --format json` with these arguments.
    pub fn findings(&self, args: &[&str]) -> Vec<Value> {
        let ran = self.run(&[&["check", "--format", "json"], args].concat());
        ran.json()["findings"].as_array().unwrap().clone()
    }
}

/// Where go keeps what it has built.
fn go_cache() -> &'static std::ffi::OsStr {
    static PLACE: std::sync::LazyLock<std::ffi::OsString> = std::sync::LazyLock::new(|| {
        let output = Command::new("go").args(["env", "GOCACHE"]).output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        text.unwrap_or_default().into()
    });
    &PLACE
}

/// Runs a command to its end.
pub fn finish(mut command: Command) -> Ran {
    wait(command.spawn().unwrap())
}

/// Waits for a child; one that hangs is killed and fails the test.
pub fn wait(mut child: Child) -> Ran {
    let read = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut stream) = stream {
                stream.read_to_end(&mut bytes).unwrap();
            }
            bytes
        })
    };
    let out = read(child.stdout.take().map(|stream| Box::new(stream) as _));
    let err = read(child.stderr.take().map(|stream| Box::new(stream) as _));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Ran {
        code: status.code(),
        out: String::from_utf8_lossy(&out.join().unwrap()).into_owned(),
        err: String::from_utf8_lossy(&err.join().unwrap()).into_owned(),
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Asks for an exit status.
    #[track_caller]
    pub fn code(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }

    /// Asks that standard output holds each of these.
    #[track_caller]
    pub fn out(self, wanted: &[&str]) -> Ran {
        for wanted in wanted {
            assert!(
                self.out.contains(wanted),
                "{wanted:?} is not in standard output:\n{}{}",
                self.out,
                self.err
            );
        }
        self
    }

    /// Asks that standard error holds each of these.
    #[track_caller]
    pub fn err(self, wanted: &[&str]) -> Ran {
        // Sentences are set in lines.
        let flat = self.err.split_whitespace().collect::<Vec<_>>().join(" ");
        for wanted in wanted {
            assert!(flat.contains(wanted), "{wanted:?} is not in standard error:\n{}", self.err);
        }
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.out, self.err))
    }

    /// The paths and reasons of `skipped`, from JSON.
    #[track_caller]
    pub fn skipped(&self) -> Vec<(String, String)> {
        pairs(&self.json()["skipped"])
    }

    /// The paths and reasons of `errors`, from JSON.
    #[track_caller]
    pub fn errors(&self) -> Vec<(String, String)> {
        pairs(&self.json()["errors"])
    }
}

fn pairs(list: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(|one| (text(&one["path"]), text(&one["reason"]))).collect()
}
