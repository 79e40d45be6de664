//! Runs the toolchain's commands: their environment, their time limit, their
//! end. Knows nothing of what they print.

use super::{BuildConfig, ProofOptions};
use crate::disk::program;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bytes of file arguments per call, far below every system's limit for a
/// whole command line (32 KiB on Windows, 128 KiB at least elsewhere).
const ARGUMENT_BYTES: usize = if cfg!(windows) { 24 << 10 } else { 96 << 10 };

/// How far the heap of go, its compiler and vet grows before it is collected, unless the
/// environment says otherwise. They end soon, so that most of their collections are wasted:
/// vet of quic-go with an empty cache takes 43 s of processors in the place of 51, and its
/// largest process 370 MB in the place of 300. More gains little.
const GOGC: &str = "200";

/// How long a go that runs tests may take to clean up.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(1);

/// Why a command gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum CallError {
    /// No such program.
    #[error("{program} was not found; {remedy}")]
    NotFound {
        /// As it was asked for.
        program: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The system refused.
    #[error("{program} could not be run: {cause}")]
    Spawn {
        /// As it was asked for.
        program: String,
        /// The system's words.
        cause: String,
    },
    /// The time for the whole proof is over.
    #[error("verification ran out of time after {} s; raise --verify-timeout", .after.as_secs())]
    TimedOut {
        /// The limit.
        after: Duration,
    },
    /// Someone asked to stop.
    #[error("verification was interrupted")]
    Cancelled,
}

/// What a command printed.
#[derive(Debug)]
pub(super) struct CommandOutput {
    pub(super) success: bool,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl CommandOutput {
    /// The first line of stderr that says something, with the next one when
    /// it ends in a colon (`go: errors parsing go.mod:`).
    pub(super) fn first_error(&self) -> String {
        let said = |line: &&str| !line.is_empty() && !line.starts_with("go: downloading");
        let mut lines = self.stderr.lines().map(str::trim).filter(said);
        match lines.next() {
            None => "it failed without a word".to_owned(),
            Some(line) if line.ends_with(':') => format!("{line} {}", lines.next().unwrap_or_default()),
            Some(line) => line.to_owned(),
        }
    }
}

/// Where and as whom a command runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommandSetting<'a> {
    pub(super) dir: &'a Path,
    /// `GOFLAGS`, or as inherited.
    pub(super) goflags: Option<&'a str>,
    /// The module stands outside the workspace that encloses it.
    pub(super) workspace_off: bool,
    pub(super) config: Option<&'a BuildConfig>,
    /// C is left out whether there is a compiler or not.
    pub(super) cgo_off: bool,
    pub(super) whose: Whose,
}

/// Whose work a command does, and so how free it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// go's own, and gofmt's.
    Go,
    /// That of the user's tests, which keep the user's temporary directories:
    /// go caches the result of a test that uses one by its name.
    Tests,
    /// That of a command of the user's own, in the user's environment.
    User,
}

impl<'a> CommandSetting<'a> {
    /// As inherited, in a directory.
    pub(super) fn plain(dir: &'a Path) -> Self {
        CommandSetting {
            dir,
            goflags: None,
            workspace_off: false,
            config: None,
            cgo_off: false,
            whose: Whose::Go,
        }
    }
}

/// The commands, with a deadline for all of them together.
pub(super) struct Toolchain {
    go: OsString,
    env: Vec<(OsString, OsString)>,
    /// Where children put their temporary files.
    work: PathBuf,
    limit: Option<(Instant, Duration)>,
    cancel: Option<Arc<AtomicBool>>,
}

impl Toolchain {
    pub(super) fn new(options: &ProofOptions, work: PathBuf) -> Self {
        Toolchain {
            go: options.go.clone(),
            env: options.env.clone(),
            work,
            limit: options.timeout.map(|after| (Instant::now() + after, after)),
            cancel: options.cancel.clone(),
        }
    }

    /// Runs `go` with these arguments.
    pub(super) fn go(
        &self,
        setting: CommandSetting<'_>,
        args: &[&OsStr],
    ) -> Result<CommandOutput, CallError> {
        self.call(&self.go, setting, args)
    }

    /// Runs `program fixed... tail...` as often as the tail needs, and joins
    /// what they print. An empty tail runs nothing.
    pub(super) fn chunked(
        &self,
        program: Option<&OsStr>,
        setting: CommandSetting<'_>,
        fixed: &[&OsStr],
        tail: &[OsString],
    ) -> Result<CommandOutput, CallError> {
        let mut all = CommandOutput { success: true, stdout: Vec::new(), stderr: String::new() };
        let mut rest = tail;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take_while(|arg| {
                bytes += arg.len() + 1;
                bytes <= ARGUMENT_BYTES
            });
            let count = fits.count().max(1);
            let args: Vec<&OsStr> =
                fixed.iter().copied().chain(rest[..count].iter().map(OsString::as_os_str)).collect();
            let one = self.call(program.unwrap_or(&self.go), setting, &args)?;
            all.success &= one.success;
            all.stdout.extend_from_slice(&one.stdout);
            all.stderr.push_str(&one.stderr);
            rest = &rest[count..];
        }
        Ok(all)
    }

    /// A variable as the commands see it.
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        let own = self.env.iter().rev().find(|(key, _)| key == name);
        own.map(|(_, value)| value.clone()).or_else(|| std::env::var_os(name))
    }

    /// All variables as the commands see them.
    pub(super) fn variables(&self) -> BTreeMap<OsString, OsString> {
        std::env::vars_os().chain(self.env.iter().cloned()).collect()
    }

    /// Where the system finds a program.
    pub(super) fn locate(&self, program: &OsStr) -> Option<PathBuf> {
        program::find(program, self.variable("PATH").as_deref()).ok()
    }

    /// The go command, as it was asked for.
    pub(super) fn program(&self) -> &OsStr {
        &self.go
    }

    /// Runs a program with these arguments.
    pub(super) fn call(
        &self,
        program: &OsStr,
        setting: CommandSetting<'_>,
        args: &[&OsStr],
    ) -> Result<CommandOutput, CallError> {
        let name = || program.to_string_lossy().into_owned();
        let refused = |error: io::Error| CallError::Spawn { program: name(), cause: error.to_string() };
        self.check_limits()?;
        // Files instead of pipes: nothing to drain, and a grandchild that
        // outlives its parent cannot keep us waiting for an end of file.
        let mut stdout = tempfile::tempfile().map_err(refused)?;
        let mut stderr = tempfile::tempfile().map_err(refused)?;
        let path = self.variable("PATH");
        let missing = || CallError::NotFound {
            program: name(),
            remedy: match setting.whose {
                Whose::User => "put it on PATH or name it by its path",
                Whose::Go | Whose::Tests => "install Go or put it on PATH",
            },
        };
        let mut command =
            program::command_in(program, path.as_deref()).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => missing(),
                _ => refused(error),
            })?;
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(stdout.try_clone().map_err(refused)?)
            .stderr(stderr.try_clone().map_err(refused)?);
        self.dress(&mut command, setting);
        program::close(&mut command, path.as_deref());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            // A directory that is gone gives the same error as a program that
            // is missing.
            io::ErrorKind::NotFound if setting.dir.is_dir() => missing(),
            _ => refused(error),
        })?;
        let success = self.wait(&mut child, setting.whose != Whose::Go).map_err(|stop| match stop {
            CommandStop::Limit(error) => error,
            CommandStop::System(error) => refused(error),
        })?;
        let stdout = read_back(&mut stdout).map_err(refused)?;
        let stderr = String::from_utf8_lossy(&read_back(&mut stderr).map_err(refused)?).into_owned();
        Ok(CommandOutput { success, stdout, stderr })
    }

    fn dress(&self, command: &mut Command, setting: CommandSetting<'_>) {
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        command.current_dir(setting.dir);
        // go spells paths by PWD when that names the working directory.
        command.env("PWD", setting.dir);
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // A group of its own, so that compilers die with their go.
            command.process_group(0);
        }
        if setting.whose == Whose::User {
            return;
        }
        // A killed go (or C compiler) leaves its temporary files where it was.
        if setting.whose == Whose::Go {
            command.env("GOTMPDIR", &self.work).env("TMPDIR", &self.work);
            // Not for tests, which may count what is allocated and collected.
            if self.variable("GOGC").is_none_or(|own| own.is_empty()) {
                command.env("GOGC", GOGC);
            }
        }
        command.env("GOTOOLCHAIN", "local");
        // GOPROXY=off alone is not enough: modules that match GOPRIVATE go
        // round it, straight to their version control.
        command.env("GOPROXY", "off").env("GONOPROXY", "none").env("GOVCS", "*:off");
        if let Some(flags) = setting.goflags {
            command.env("GOFLAGS", flags);
        }
        if setting.workspace_off {
            command.env("GOWORK", "off");
        }
        if setting.cgo_off {
            command.env("CGO_ENABLED", "0");
        }
        if let Some(config) = setting.config {
            if let Some(goos) = &config.goos {
                command.env("GOOS", goos);
            }
            if let Some(goarch) = &config.goarch {
                command.env("GOARCH", goarch);
            }
        }
    }

    fn wait(&self, child: &mut Child, gently: bool) -> Result<bool, CommandStop> {
        let mut pause = Duration::from_millis(1);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) => {}
                Err(error) => {
                    end(child);
                    return Err(CommandStop::System(error));
                }
            }
            if let Err(error) = self.check_limits() {
                if gently {
                    ask_to_end(child);
                }
                end(child);
                return Err(CommandStop::Limit(error));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(16));
        }
    }

    fn check_limits(&self) -> Result<(), CallError> {
        if self.cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
            return Err(CallError::Cancelled);
        }
        match self.limit {
            Some((deadline, after)) if Instant::now() >= deadline => Err(CallError::TimedOut { after }),
            _ => Ok(()),
        }
    }
}

enum CommandStop {
    Limit(CallError),
    System(io::Error),
}

/// Asks a child to end and to take away its temporary files, and waits a
/// moment.
fn ask_to_end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::INT);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    #[cfg(not(unix))]
    let _ = child;
}

/// Kills a child and everything that it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // It may have ended this very moment; then there is nothing to kill.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn read_back(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
