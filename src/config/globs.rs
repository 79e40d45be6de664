//! Patterns in the language of `.gitignore`, relative to one directory.

use crate::engine::discover::MOST_PATTERNS;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;

/// A set of patterns; of those that match, the last one decides, and `!` takes
/// back.
#[derive(Clone, Debug)]
pub(super) struct Globs(Gitignore);

impl Globs {
    /// No pattern.
    pub(super) fn none() -> Globs {
        Globs(Gitignore::empty())
    }

    /// `patterns`, relative to `dir`.
    ///
    /// # Errors
    /// The index of the pattern that cannot be used, and why.
    pub(super) fn new<'p>(
        dir: &Path,
        patterns: impl IntoIterator<Item = &'p str>,
    ) -> Result<Globs, (usize, String)> {
        let mut builder = GitignoreBuilder::new(dir);
        for (at, pattern) in patterns.into_iter().enumerate() {
            if at == MOST_PATTERNS {
                return Err((at, format!("there are more than {MOST_PATTERNS} patterns")));
            }
            if pattern.starts_with("../") || pattern == ".." {
                return Err((at, format!("`{pattern}` reaches above {}", dir.display())));
            }
            // `./gen` is how a path is written; in a .gitignore it matches nothing.
            let line = match pattern.strip_prefix("./") {
                Some(rest) => format!("/{rest}"),
                None => pattern.to_string(),
            };
            builder.add_line(None, &line).map_err(|error| (at, format!("`{pattern}`: {error}")))?;
        }
        builder.build().map(Globs).map_err(|error| (0, error.to_string()))
    }

    /// Whether a pattern matches `path` itself, or takes it back; nothing when
    /// none says anything.
    pub(super) fn decide(&self, path: &Path, is_dir: bool) -> Option<bool> {
        verdict(self.0.matched(self.below(path)?, is_dir))
    }

    /// The same, where a pattern that matches a directory speaks for all in it.
    pub(super) fn decide_deep(&self, path: &Path, is_dir: bool) -> Option<bool> {
        verdict(self.0.matched_path_or_any_parents(self.below(path)?, is_dir))
    }

    fn below<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        if self.0.is_empty() {
            return None;
        }
        path.strip_prefix(self.0.path()).ok().filter(|path| !path.as_os_str().is_empty())
    }
}

fn verdict<T>(matched: ignore::Match<T>) -> Option<bool> {
    match matched {
        ignore::Match::None => None,
        ignore::Match::Ignore(_) => Some(true),
        ignore::Match::Whitelist(_) => Some(false),
    }
}
