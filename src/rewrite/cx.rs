//! What a transform can ask about the place it looks at.

use super::type_question::{TypeAnswer, TypeAsk, TypeQuestion, TypeSource};
use crate::model::GoVersion;
use crate::model::effects::{self, Effects};
use crate::model::flow;
use crate::model::module::Timers;
use crate::model::package::Package;
use crate::model::program::PackageFiles;
use crate::syntax::{File, Kind, Node};
use crate::text::Span;
use std::path::PathBuf;

/// What the engine knows beyond the file. Each answer is worked out when it is
/// first asked for, and does not depend on which paths the run was given.
pub trait Surroundings: Sync {
    /// All files of the package that `file` belongs to, as the pass sees them.
    fn package(&self) -> &Package;
    /// All Go files of the directory, whatever their package clause says: with
    /// them a test of the package `p_test` sees the package `p`.
    fn directory(&self) -> &Package {
        self.package()
    }
    /// The Go version that decides which of the standard library this file can
    /// use; `None` when nothing says.
    fn go(&self) -> Option<GoVersion>;
    /// The channel semantics of timers in the programs of this module.
    fn timers(&self) -> Timers;
    /// Where the module may switch the collector off, if it does.
    fn collector_switched_off(&self) -> Option<String>;
    /// Why a fix may not touch `file`, another one of this directory: it is
    /// generated, excluded or a test that nobody asked for.
    fn out_of_reach(&self, file: &File) -> Option<String>;
    /// As [`Surroundings::out_of_reach`], for a fix that has to edit the tests too.
    fn skipped(&self, file: &File) -> Option<String> {
        self.out_of_reach(file)
    }
    /// The import path of the package; nothing outside of a module.
    fn import_path(&self) -> Option<String> {
        None
    }
    /// Looks at each file of the module that has `word` as a name, in the order of their
    /// paths: all of them, or those that stand in this directory or import the package.
    ///
    /// # Errors
    /// A sentence, when that cannot be told.
    fn each_user(&self, _word: &str, _all: bool, _look: &mut dyn FnMut(&Cx<'_>)) -> Result<(), String> {
        Ok(())
    }
    /// Where another directory of the module uses `word` as a name, or why that
    /// cannot be told: for what happens to an exported name.
    fn used_elsewhere(&self, word: &str) -> Option<String>;
    /// Where the module gives the GODEBUG setting `key` this value, or asks for the
    /// defaults of a Go before `since`.
    fn godebug(&self, _key: &str, _value: &str, _since: GoVersion) -> Option<String> {
        None
    }
    /// What gomend.toml says for this file to the option `key` of `rule`.
    fn option(&self, _rule: &str, _key: &str) -> Option<String> {
        None
    }
    /// Where the configuration of golangci-lint forbids to write `symbol`, such as
    /// `time.Sleep`, in this file.
    fn forbidden(&self, _symbol: &str) -> Option<String> {
        None
    }
    /// The file's path below its module, with `/`.
    fn path_in_module(&self) -> Option<String> {
        None
    }
    /// Who knows the types that syntax does not tell; `None` in a run that asks nobody.
    fn types(&self) -> Option<&dyn TypeSource> {
        None
    }
    /// The directory and the files, tests left out, of the package with an
    /// import path of this module; `None` for any other path.
    fn imported(&self, path: &str) -> Option<(PathBuf, PackageFiles)>;
}

/// The place that a transform looks at.
#[derive(Clone, Copy)]
pub struct Cx<'t> {
    /// The file.
    pub file: &'t File,
    /// What the engine knows beyond it.
    pub around: &'t dyn Surroundings,
}

impl<'t> Cx<'t> {
    /// All files of the package.
    pub fn package(&self) -> &'t Package {
        self.around.package()
    }

    /// The Go version that decides here.
    pub fn go(&self) -> Option<GoVersion> {
        self.around.go()
    }

    /// Whether the Go version is known and at least `version`.
    pub fn has(&self, version: GoVersion) -> bool {
        self.go().is_some_and(|go| go >= version)
    }

    /// What gomend.toml says for this file to the option `key` of `rule`.
    pub fn option(&self, rule: &str, key: &str) -> Option<String> {
        self.around.option(rule, key)
    }

    /// What evaluating `expression` can do.
    pub fn effects(&self, expression: Node<'_>) -> Effects {
        effects::effects(expression, self.package())
    }

    /// Whether the body of the loop can run more than once.
    pub fn comes_round(&self, statement: Node<'_>) -> bool {
        flow::comes_round(statement, self.package())
    }

    /// Whether a comment stands within `span`'s lines.
    pub fn has_comment(&self, node: Node<'_>) -> bool {
        node.descendants().any(|inner| inner.kind() == Kind::Comment)
    }

    /// What Go said about a place of the file.
    pub fn known_type(&self, span: Span, ask: TypeAsk) -> Option<TypeAnswer> {
        let question = TypeQuestion { start: span.start, end: span.end, ask };
        self.around.types()?.known(self.file, self.around.directory(), &question)
    }

    /// What Go said about a place of the file; where it was not asked, it will be.
    pub fn types(&self, span: Span, ask: TypeAsk) -> Option<TypeAnswer> {
        let source = self.around.types()?;
        let question = TypeQuestion { start: span.start, end: span.end, ask };
        let known = source.known(self.file, self.around.directory(), &question);
        if known.is_none() {
            source.note(self.file, self.around.directory(), question);
        }
        known
    }
}
