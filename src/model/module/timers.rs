//! Which of the two semantics of timer channels a module's programs get.
//!
//! The rules are those of the go command for the `asynctimerchan` setting:
//! the `go` line gives the default, `godebug` lines of go.mod (of go.work in a
//! workspace) override it, `//go:debug` lines of the main package override both.

use super::facts::{GoDebug, is_test};
use super::{GoWork, ModuleInfo, Modules};
use crate::model::GoVersion;
use std::path::Path;

/// How the channel of a `time.Timer` behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timers {
    /// As from Go 1.23: unbuffered, and after `Stop` or `Reset` no stale value
    /// is received.
    Synchronous,
    /// As before Go 1.23 in at least one way to build the code, or it cannot be
    /// known: what makes it so, a clause such as `go.mod says go 1.21`, or what
    /// stands in the way.
    Asynchronous(String),
}

/// The first release with the new timers.
const SYNC_SINCE: GoVersion = GoVersion(1, 23);

impl ModuleInfo {
    /// How timers behave in programs of this module that are built from it, and
    /// with `tests` also in its test binaries.
    ///
    /// Reads all files of the module when go.mod alone does not settle it.
    pub fn timers(&self, tests: bool) -> Timers {
        of_module(self, tests)
    }
}

impl Modules {
    /// How the timers of a file behave; those of a `_test.go` file are also
    /// under the test binary's settings.
    pub fn timers_of(&self, file: &Path) -> Timers {
        match self.module_of(file) {
            Some(module) => module.timers(is_test(file)),
            None => Timers::Asynchronous("no go.mod says that Go is 1.23 or newer".to_owned()),
        }
    }
}

fn of_module(module: &ModuleInfo, tests: bool) -> Timers {
    if let Some(problem) = &module.problem {
        return Timers::Asynchronous(problem.clone());
    }
    let Some(go) = module.go() else {
        let why = "go.mod has no go line, so timers are those of Go before 1.23";
        return Timers::Asynchronous(why.to_owned());
    };
    // A go.work applies to builds in the workspace, go.mod to all others; a
    // newer go line in go.work does not help those.
    let mut builds = vec![Build::new("go.mod", go, &module.go_mod.godebug)];
    if let Some(workspace) = module.workspace.as_ref().filter(|_| module.listed) {
        let GoWork { go: line, godebug, .. } = &workspace.go_work;
        builds.push(Build::new("go.work", line.unwrap_or(go).max(go), godebug));
    }
    if let Some(why) = builds.iter().find_map(|build| build.lowered(&[])) {
        return Timers::Asynchronous(why);
    }
    let directives = module.directives(tests);
    // A directory may hold several programs, so each file is judged by itself:
    // a line of one file never takes back what another one says.
    for lines in directives.found.chunk_by(|a, b| a.place.path == b.place.path) {
        if let Some(why) = builds.iter().find_map(|build| build.lowered(lines)) {
            return Timers::Asynchronous(why);
        }
    }
    match directives.unread.first() {
        Some(why) => Timers::Asynchronous(why.clone()),
        None => Timers::Synchronous,
    }
}

/// One way to build the module.
struct Build<'m> {
    file: &'static str,
    go: GoVersion,
    settings: &'m [(String, String)],
}

impl<'m> Build<'m> {
    fn new(file: &'static str, go: GoVersion, settings: &'m [(String, String)]) -> Build<'m> {
        Build { file, go, settings }
    }

    /// Why timers are the old ones in a program with these `//go:debug` lines.
    fn lowered(&self, lines: &[GoDebug]) -> Option<String> {
        let mut base = (self.go, format!("{} says go {}", self.file, self.go));
        let mut switch: Option<(&str, String)> = None;
        let written =
            self.settings.iter().map(|(key, value)| (key, value, format!("godebug in {}", self.file)));
        let directives = lines.iter().map(|line| {
            let place = format!("//go:debug in {}:{}", line.place.path.display(), line.place.line);
            (&line.key, &line.value, place)
        });
        for (key, value, place) in written.chain(directives) {
            let why = format!("{place} says {key}={value}");
            match key.as_str() {
                "asynctimerchan" => switch = Some((value, why)),
                "default" => {
                    if let Some(version) = GoVersion::parse(value) {
                        base = (version, why);
                    }
                }
                _ => {}
            }
        }
        match switch {
            Some(("0", _)) => None,
            Some((_, why)) => Some(why),
            None => (base.0 < SYNC_SINCE).then_some(base.1),
        }
    }
}
