//! How far a proof goes, and with what.

use super::user_command::UserCommand;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A rung of the ladder; each holds those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// Nothing but the re-parse, which is not this floor's work.
    None,
    /// gofmt reads the files; a tidy file stays tidy.
    Gofmt,
    /// The packages and their tests compile.
    Build,
    /// `go vet` has nothing new to say.
    Vet,
    /// The tests of the packages pass. They are programs of the user's own: what
    /// they do to files and networks is up to them.
    Test,
}

impl Rung {
    /// The word that users read and write.
    pub fn word(self) -> &'static str {
        match self {
            Rung::None => "none",
            Rung::Gofmt => "gofmt",
            Rung::Build => "build",
            Rung::Vet => "vet",
            Rung::Test => "test",
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A build configuration to prove in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BuildConfig {
    /// `GOOS`, or the host's.
    pub goos: Option<String>,
    /// `GOARCH`, or the host's.
    pub goarch: Option<String>,
    /// Build tags, in addition to those of `GOFLAGS`.
    pub tags: Vec<String>,
}

/// How far to go, and with what.
#[derive(Clone, Debug)]
pub struct ProofOptions {
    /// The rung to reach where that is possible.
    pub rung: Rung,
    /// The time for the whole proof; `None` is without limit.
    pub timeout: Option<Duration>,
    /// Configurations to prove in; empty means the host's.
    pub configs: Vec<BuildConfig>,
    /// Processors to use, at least 1.
    pub jobs: usize,
    /// The go command, a name on `PATH` or a path.
    pub go: OsString,
    /// Variables laid over the inherited environment of every child.
    pub env: Vec<(OsString, OsString)>,
    /// Set to `true` by anyone to end the proof early (Ctrl-C): children are
    /// killed with their groups, the temporary files go.
    pub cancel: Option<Arc<AtomicBool>>,
    /// A command that has the last word, after the rung.
    pub command: Option<UserCommand>,
    /// Where verdicts are remembered; `None` asks go each time.
    pub cache: Option<Cache>,
}

impl Default for ProofOptions {
    fn default() -> Self {
        ProofOptions {
            rung: Rung::Vet,
            timeout: None,
            configs: Vec::new(),
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            go: "go".into(),
            env: Vec::new(),
            cancel: None,
            command: None,
            cache: None,
        }
    }
}

/// Where verdicts are remembered from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// A directory of its own, which need not be there yet.
    pub dir: PathBuf,
    /// What made the fixes: program, version, configuration. Verdicts of another
    /// maker are not taken.
    pub maker: String,
}
