//! The module of the tree in which a rule stands, for what its examples import.

use crate::cli::Stop;
use crate::model::module::GoMod;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// The module around a rule.
pub struct TreeModule {
    dir: PathBuf,
    /// Its `go` line.
    pub go: Option<String>,
    said: GoMod,
}

impl TreeModule {
    /// The module whose go.mod is the nearest above `tree`.
    pub fn around(tree: &Path) -> Option<TreeModule> {
        tree.ancestors().find_map(|dir| {
            let text = std::fs::read_to_string(dir.join("go.mod")).ok()?;
            Some(TreeModule { dir: dir.to_owned(), go: go_line(&text), said: GoMod::parse(&text) })
        })
    }

    /// Whether a package of that path is one of the module.
    pub fn holds(&self, path: &str) -> bool {
        let own = self.said.path.as_deref();
        own.is_some_and(|own| {
            path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The lines that bring this module and all that it requires, but for what `known` knows
    /// already.
    pub fn directives(&self, known: &dyn Fn(&str) -> bool) -> String {
        let mut text = String::new();
        if let Some(own) = self.said.path.as_deref().filter(|own| !known(own) && *own != MODULE) {
            let dir = quoted(&self.dir);
            text.push_str(&format!("\nrequire {own} v0.0.0\n\nreplace {own} => {dir}\n"));
        }
        for (path, version) in self.said.requires.iter().filter(|(path, _)| !known(path)) {
            text.push_str(&format!("\nrequire {path} {version}\n"));
        }
        for (old, new) in
            self.said.replaces.iter().filter(|(old, _)| !old.first().is_some_and(|path| known(path)))
        {
            let new = match new.as_slice() {
                // A directory is relative to the module that says it.
                [dir] => quoted(&self.dir.join(dir)),
                words => words.join(" "),
            };
            text.push_str(&format!("\nreplace {} => {new}\n", old.join(" ")));
        }
        text
    }

    /// Copies the sums of what the module requires.
    pub fn copy_sums(&self, module: &Path) -> Result<(), Stop> {
        match std::fs::read(self.dir.join("go.sum")) {
            Ok(sums) => std::fs::write(module.join("go.sum"), sums).context("go.sum cannot be written"),
            Err(_) => Ok(()),
        }
    }
}

fn quoted(dir: &Path) -> String {
    format!("{:?}", dir.to_string_lossy())
}

/// The module's path.
pub const MODULE: &str = "example.com/case";

/// The version in the `go` line of a go.mod, as it is written.
pub fn go_line(text: &str) -> Option<String> {
    let version = text.lines().find_map(|line| line.trim().strip_prefix("go "))?;
    Some(version.split("//").next().unwrap_or(version).trim().to_owned())
}
