//! What was found out about a package and its tests.

use super::Rung;
use super::diagnostic::ToolDiagnostic;
use super::reasons::reason;

/// What became of the tests of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum TestFiles {
    /// They were not run.
    #[default]
    NotRun,
    /// It has none.
    Missing,
    Passed,
    /// With the words of the first.
    Failed(String),
}

/// What was found out about one package and its tests.
#[derive(Debug, Clone, Default)]
pub(super) struct CheckOutcome {
    pub(super) said: Vec<ToolDiagnostic>,
    /// Without its tests.
    pub(super) compiled: bool,
    /// With its tests, or it has none.
    pub(super) tests_compiled: bool,
    /// Something that it imports did not compile or load.
    pub(super) blocked: Option<String>,
    pub(super) vetted: bool,
    pub(super) tests: TestFiles,
}

impl CheckOutcome {
    /// `None` when a file of the package (or of its tests) is proved up to
    /// this rung, given that nothing that was said is new; else the reason.
    pub(super) fn why_unproved(&self, rung: Rung, test: bool) -> Option<String> {
        let reached = match (rung, test) {
            (Rung::None | Rung::Gofmt, _) => true,
            (Rung::Build, false) => self.compiled,
            (Rung::Build, true) => self.tests_compiled,
            (Rung::Vet | Rung::Test, _) => self.vetted,
        };
        if reached {
            return match &self.tests {
                TestFiles::NotRun if rung == Rung::Test => {
                    Some("go did not say that it ran its tests".into())
                }
                TestFiles::Failed(words) => Some(format!("its tests fail with or without it: {words}")),
                TestFiles::NotRun | TestFiles::Missing | TestFiles::Passed => None,
            };
        }
        let tests = if self.compiled && !test { "its tests: " } else { "" };
        Some(match (self.said.first(), &self.blocked) {
            (Some(first), _) => {
                let words = reason(&first.text);
                match words.strip_prefix("package already broken: ") {
                    Some(words) => format!("package already broken: {tests}{words}"),
                    None => words,
                }
            }
            (None, Some(dependency)) => match reason(dependency) {
                known if known.starts_with("package already broken: ") => {
                    format!("a dependency does not build: {dependency}")
                }
                known => known,
            },
            (None, None) => "go did not say that it compiled it".into(),
        })
    }
}
