//! What the command line says over every `gomend.toml`.

use super::globs::Globs;
use crate::engine::policy::{Rules, UnknownRule};
use crate::model::GoVersion;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The options that outrank every `gomend.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// `--select`: replaces what the files select.
    pub select: Option<Vec<String>>,
    /// `--extend-select`.
    pub extend_select: Vec<String>,
    /// `--ignore`.
    pub ignore: Vec<String>,
    /// `--exclude`: patterns relative to the working directory.
    pub exclude: Vec<String>,
    /// `--go`.
    pub go: Option<GoVersion>,
    /// `--config`: the one file that is read in place of every other.
    pub config: Option<PathBuf>,
    /// `--isolated`: no file is read.
    pub isolated: bool,
}

/// An option that cannot be understood: a usage error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandLineError {
    /// A selector names nothing.
    #[error("{option}: {source}")]
    Rule {
        /// The option, dashes included.
        option: &'static str,
        /// The name, and the nearest one that exists.
        source: UnknownRule,
    },
    /// `--exclude` is no pattern.
    #[error("--exclude {0}; write it as in a .gitignore")]
    Exclude(String),
}

/// What one place says about rules, resolved.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    pub(super) select: Option<BTreeSet<&'static str>>,
    pub(super) extend_select: BTreeSet<&'static str>,
    pub(super) ignore: BTreeSet<&'static str>,
    pub(super) promote: BTreeSet<&'static str>,
    pub(super) demote: BTreeSet<&'static str>,
}

impl CommandLine {
    pub(super) fn changes(&self, rules: &Rules) -> Result<Changes, CommandLineError> {
        type Resolve = fn(&Rules, &str) -> Result<BTreeSet<&'static str>, UnknownRule>;
        let all = |option, selectors: &[String], resolve: Resolve| {
            let mut found = BTreeSet::new();
            for selector in selectors {
                let rules = resolve(rules, selector.trim());
                found.extend(rules.map_err(|source| CommandLineError::Rule { option, source })?);
            }
            Ok(found)
        };
        let select = self.select.as_ref().map(|list| all("--select", list, Rules::selected)).transpose()?;
        Ok(Changes {
            select,
            extend_select: all("--extend-select", &self.extend_select, Rules::selected)?,
            ignore: all("--ignore", &self.ignore, Rules::named)?,
            ..Changes::default()
        })
    }

    pub(super) fn globs(&self, cwd: &Path) -> Result<Globs, CommandLineError> {
        let patterns = self.exclude.iter().map(String::as_str);
        Globs::new(cwd, patterns).map_err(|(_, error)| CommandLineError::Exclude(error))
    }
}
