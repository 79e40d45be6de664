//! Who answers for a file: the CODEOWNERS of GitHub and of GitLab.
//!
//! Patterns are those of a `.gitignore` without negation and, as both services
//! have it, `docs/*` names the files of `docs` and none below. The last line
//! that matches wins; with GitLab's sections, the last of each section.

use super::discover::MOST_PATTERNS;
use crate::disk::companion;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the services look, the first that exists: GitHub's places in GitHub's
/// order, GitLab's in GitLab's.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// A file of owners that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnersError {
    /// It is there and cannot be read.
    #[error("{}: the owners cannot be read: {source}; mend or remove the file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A pattern that no path matcher takes.
    #[error("{}: line {line}: the pattern `{pattern}` cannot be understood: {reason}", path.display())]
    Pattern {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The pattern.
        pattern: String,
        /// Why.
        reason: String,
    },
}

/// The owners of all files of a repository.
#[derive(Debug, Default)]
pub struct Owners {
    globs: GlobSet,
    /// The rule of each glob, as an index.
    rule_of: Vec<usize>,
    rules: Vec<Rule>,
}

/// One line with a pattern.
#[derive(Debug)]
struct Rule {
    section: usize,
    owners: Vec<String>,
}

impl Owners {
    /// Reads the file of the repository at `root`; `None` when it has none.
    ///
    /// # Errors
    /// When the file cannot be read or has a pattern without a meaning.
    pub fn of_repository(root: &Path) -> Result<Option<Owners>, OwnersError> {
        for place in PLACES {
            let path = root.join(place);
            match companion::read(&path) {
                Ok(bytes) => return Owners::parse(&String::from_utf8_lossy(&bytes), &path).map(Some),
                Err(error) if is_absent(&error) => {}
                Err(source) => return Err(OwnersError::Unreadable { path, source }),
            }
        }
        Ok(None)
    }

    /// Reads `text`, which stands in the file at `path`.
    ///
    /// # Errors
    /// [`OwnersError::Pattern`].
    pub fn parse(text: &str, path: &Path) -> Result<Owners, OwnersError> {
        let mut owners = Owners::default();
        let mut globs = GlobSetBuilder::new();
        let mut sections: BTreeMap<String, usize> = BTreeMap::new();
        let mut section = Section::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((name, defaults)) = heading(line) {
                let next = sections.len() + 1;
                // A section that is named twice is one, whatever its case.
                let number = *sections.entry(name.to_lowercase()).or_insert(next);
                section = Section { number, defaults };
                continue;
            }
            let (pattern, rest) = first_word(line);
            let (pattern, excluded) = match pattern.strip_prefix('!') {
                // GitHub has no such lines, and passes them by.
                Some(_) if sections.is_empty() => continue,
                Some(pattern) => (pattern.to_owned(), true),
                None => (pattern, false),
            };
            let named = names(rest);
            let owner = match () {
                () if excluded => Vec::new(),
                () if named.is_empty() => section.defaults.clone(),
                () => named,
            };
            if owners.rules.len() == MOST_PATTERNS {
                return Err(OwnersError::Pattern {
                    path: path.to_owned(),
                    line: at + 1,
                    pattern,
                    reason: format!("there are more than {MOST_PATTERNS} patterns"),
                });
            }
            for glob in globs_of(&pattern) {
                let glob = GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build();
                globs.add(glob.map_err(|error| OwnersError::Pattern {
                    path: path.to_owned(),
                    line: at + 1,
                    pattern: pattern.clone(),
                    reason: error.kind().to_string(),
                })?);
                owners.rule_of.push(owners.rules.len());
            }
            owners.rules.push(Rule { section: section.number, owners: owner });
        }
        owners.globs = globs.build().map_err(|error| OwnersError::Pattern {
            path: path.to_owned(),
            line: 1,
            pattern: error.glob().unwrap_or_default().to_owned(),
            reason: error.kind().to_string(),
        })?;
        Ok(owners)
    }

    /// The owners of the file at `path`, relative to the root, with `/`; those
    /// of the first section first.
    pub fn of(&self, path: &str) -> Vec<&str> {
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for glob in self.globs.matches(path) {
            let rule = self.rule_of[glob];
            let winner = last.entry(self.rules[rule].section).or_insert(rule);
            *winner = rule.max(*winner);
        }
        let mut owners = Vec::new();
        for rule in last.values() {
            for owner in &self.rules[*rule].owners {
                if !owners.contains(&owner.as_str()) {
                    owners.push(owner);
                }
            }
        }
        owners
    }
}

#[derive(Default)]
struct Section {
    number: usize,
    defaults: Vec<String>,
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | IsADirectory)
}

/// `[Name]`, `^[Name]`, `[Name][2] @owner`: the name and the owners of lines
/// that name none.
fn heading(line: &str) -> Option<(&str, Vec<String>)> {
    let inside = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = inside.split_once(']')?;
    // `[ab]*.go` is a pattern.
    let rest = match rest.strip_prefix('[') {
        Some(number) => {
            let (number, rest) = number.split_once(']')?;
            number.trim().parse::<u32>().ok()?;
            rest
        }
        None => rest,
    };
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (ends && !name.trim().is_empty()).then(|| (name.trim(), names(rest)))
}

/// The pattern, in which `\ ` is a blank, and what follows it.
fn first_word(line: &str) -> (String, &str) {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c.is_whitespace() => return (line[..at].to_owned(), &line[at..]),
            _ => {}
        }
    }
    (line.to_owned(), "")
}

/// The owners up to a comment.
fn names(text: &str) -> Vec<String> {
    text.split_whitespace().take_while(|word| !word.starts_with('#')).map(str::to_owned).collect()
}

/// The globs that say what a pattern says.
fn globs_of(pattern: &str) -> Vec<String> {
    let anchored = pattern.trim_end_matches('/').contains('/');
    let body = pattern.trim_start_matches('/').trim_end_matches('/');
    // Braces and brackets mean nothing there.
    let body: String =
        body.chars().flat_map(|c| if "{}[]".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
    let top = match body.as_str() {
        "" => return vec!["**".to_owned()],
        body if anchored => body.to_owned(),
        body => format!("**/{body}"),
    };
    if pattern.ends_with('/') {
        vec![format!("{top}/**")]
    } else if body.ends_with("**") || (anchored && body.ends_with("/*")) {
        vec![top]
    } else {
        vec![format!("{top}/**"), top]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(text: &str) -> Owners {
        Owners::parse(text, Path::new("CODEOWNERS")).unwrap()
    }

    #[track_caller]
    fn check(text: &str, cases: &[(&str, &[&str])]) {
        let owners = owners(text);
        for (path, want) in cases {
            assert_eq!(owners.of(path), *want, "{path} in\n{text}");
        }
    }

    #[test]
    fn the_last_line_that_matches_wins() {
        let text =
            "# all\n*  @all\n*.go @go dev@example.com # inline\n/build/logs/ @logs\n/build/logs/keep.go\n";
        check(
            text,
            &[
                ("README.md", &["@all"]),
                ("a/b/x.go", &["@go", "dev@example.com"]),
                ("build/logs/x.go", &["@logs"]),
                ("a/build/logs/x.go", &["@go", "dev@example.com"]),
                ("build/logs/keep.go", &[]),
            ],
        );
    }

    #[test]
    fn patterns_as_the_services_read_them() {
        let one = |pattern: &str, path: &str| !owners(&format!("{pattern} @o")).of(path).is_empty();
        for (pattern, path) in [
            ("docs/*", "docs/x.go"),
            ("apps/", "a/apps/b/x.go"),
            ("/apps/", "apps/b/x.go"),
            ("apps", "a/apps/x.go"),
            ("/apps/github", "apps/github/a/x.go"),
            ("**/logs", "build/logs/x.go"),
            ("/cmd/**/main.go", "cmd/a/b/main.go"),
            ("/cmd/**/main.go", "cmd/main.go"),
            ("cmd/**", "cmd/a/b.go"),
            ("*.go", "x.go"),
            ("/*.go", "x.go"),
            (r"my\ dir/", "my dir/x.go"),
            (r"\#x/", "#x/y.go"),
            ("/a{b}/", "a{b}/x.go"),
            ("x?.go", "d/xy.go"),
        ] {
            assert!(one(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("docs/*", "docs/a/x.go"),
            ("docs/*", "a/docs/x.go"),
            ("/apps/", "a/apps/x.go"),
            ("apps/", "apps"),
            ("/*.go", "a/x.go"),
            ("app", "apps/x.go"),
            ("*.go", "x.golden"),
            ("x?.go", "x/.go"),
        ] {
            assert!(!one(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn the_sections_of_gitlab_each_have_an_owner() {
        let text = "* @all\n[Go][2] @gophers @x\n*.go\n/cmd/ @cmd\n!/cmd/generated/\n^[Docs]\n*.md @writers\n[GO]\n/late/ @late\n";
        check(
            text,
            &[
                ("a.go", &["@all", "@gophers", "@x"]),
                ("cmd/a.go", &["@all", "@cmd"]),
                ("cmd/generated/a.go", &["@all"]),
                ("README.md", &["@all", "@writers"]),
                ("late/a.go", &["@all", "@late"]),
            ],
        );
    }

    #[test]
    fn the_file_is_found_where_the_services_look() {
        let dir = tempfile::tempdir().unwrap();
        let write = |place: &str, owner: &str| {
            let path = dir.path().join(place);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("* {owner}\r\n")).unwrap();
        };
        let found = || Owners::of_repository(dir.path()).unwrap();
        assert!(found().is_none());
        for (place, owner) in [
            (".gitlab/CODEOWNERS", "@lab"),
            ("docs/CODEOWNERS", "@docs"),
            ("CODEOWNERS", "@root"),
            (".github/CODEOWNERS", "@hub"),
        ] {
            write(place, owner);
            assert_eq!(found().unwrap().of("a/b.go"), [owner]);
        }
    }
}
