//! Proof by the Go toolchain: rewritten files go to gofmt, the compiler and
//! vet through `-overlay`, before anything is written.
//!
//! This floor knows files and fixes, no transforms. What it relies on was
//! measured with go 1.26:
//!
//! - Types come from `go list -e -export -test -gcflags=...`, which compiles
//!   exactly what `go build` compiles, and the test variants `p [p.test]` and
//!   `p_test [p.test]` too, each reported apart. It names what it compiled
//!   (positive evidence instead of silence), goes on past a missing dependency
//!   and links and installs nothing. `go vet` alone stops at the first type
//!   error of a package.
//! - The error limit is lifted (`-gcflags=-e`) only for packages that reach it,
//!   so that ordinary runs share the build cache with the user's own builds.
//! - The baseline (the code on disk) is looked at only for packages with
//!   something to say: what says nothing after the rewrite needs no excuse.
//! - go ignores an overlay without a word when its keys are spelled otherwise
//!   than go spells the paths. Names are taken from `go list`, it runs with
//!   `PWD` set to the real path, and every file must first be seen to break in
//!   a overlay_probe.

mod bisect;
mod blame;
mod candidate;
mod check;
mod check_outcome;
mod command;
mod constraint;
mod diagnostic;
mod flags;
mod inputs;
mod listing;
mod mirror;
mod module_context;
mod overlay;
mod overlay_probe;
mod paths;
mod platform;
mod proof;
mod proof_cache;
mod reasons;
mod resolve;
mod session;
mod testing;
mod tidy;
mod toolchain;
mod types;
mod unit;
mod waiting;

pub use candidate::{CandidateFixes, FixRef, RenderError, Rendered};
pub use command::UserCommand;
pub use types::AskedTypes;

use crate::rewrite::Proof;
use std::collections::BTreeMap;
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

/// Where verdicts are remembered from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// A directory of its own, which need not be there yet.
    pub dir: PathBuf,
    /// What made the fixes: program, version, configuration. Verdicts of another
    /// maker are not taken.
    pub maker: String,
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

/// What is being done, for a progress line. Called from several threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofProgress {
    /// A module enters a rung.
    Stage {
        /// The module's directory.
        module: PathBuf,
        /// The rung.
        rung: Rung,
    },
    /// A package broke; the fix at fault is being looked for.
    Searching {
        /// The module's directory.
        module: PathBuf,
        /// Packages that have something new to say.
        packages: usize,
    },
    /// Modules (times configurations) done so far.
    Done {
        /// Done so far.
        done: usize,
        /// All of them.
        total: usize,
    },
}

/// What became of every fix.
#[derive(Clone, Debug)]
pub struct Verdicts {
    /// By id: the proof, and why it is unproved or refused (the compiler's
    /// words; line numbers are those of the rewritten file).
    pub per_fix: BTreeMap<usize, (Proof, Option<String>)>,
    /// Plain sentences for stderr.
    pub notes: Vec<String>,
    /// The highest rung that any file was taken to.
    pub reached: Rung,
    /// The user's command, when it gave an answer.
    pub command: Option<String>,
    /// There is no go command.
    pub no_go: bool,
}

/// Whether a fix with this reason is unproved for want of a C compiler and nothing else.
pub fn for_want_of_cgo(reason: &str) -> bool {
    reason.starts_with(reasons::CGO)
}

/// Proves a set of fixes, holding back those that the toolchain refuses.
///
/// Never fails as a whole: what cannot be looked at is unproved, with the
/// reason. Nothing is written outside a temporary directory (and go's own
/// build cache), and the network is not reached.
pub fn prove(
    candidate: &dyn CandidateFixes,
    options: &ProofOptions,
    progress: &(dyn Fn(ProofProgress) + Sync),
) -> Verdicts {
    proof::prove(candidate, options, progress)
}
