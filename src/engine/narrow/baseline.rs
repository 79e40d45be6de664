//! The findings that a team has decided to live with for now, by fingerprint.
//!
//! A fingerprint survives moved lines and other white space, so that code above
//! a finding can change without bringing it back. The file has one finding a line,
//! in the order of paths: a change of it reads well in a review.

use crate::disk::companion;
use crate::rewrite::Finding;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// The number that changes when a key goes or changes its meaning.
const VERSION: u32 = 1;

/// A baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    /// The known findings, by path.
    findings: Vec<Known>,
}

/// One finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    /// From the root on.
    path: String,
    rule: String,
    fingerprint: String,
    /// What is looked for once the path is gone; none in older files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    content: String,
}

/// What a baseline took out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaselineMatch {
    /// Findings that it knows.
    pub known: usize,
    /// Entries that met no finding.
    pub gone: usize,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not there, or the system does not give it.
    #[error("{}: the baseline cannot be read: {source}; write it with --write-baseline", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no baseline.
    #[error("{}: not a baseline of gomend: {source}; write it again with --write-baseline", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A later gomend wrote it.
    #[error("{}: a baseline of version {version}, this gomend reads version {VERSION}; use a newer gomend", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
}

impl Baseline {
    /// The baseline of these findings, whose paths are relative to `cwd`; in the file
    /// they are relative to `root`.
    pub fn of<'a>(findings: impl Iterator<Item = &'a Finding>, cwd: &Path, root: &Path) -> Baseline {
        let mut findings: Vec<Known> = findings
            .filter(|finding| finding.counts())
            .map(|finding| {
                let absolute = cwd.join(&*finding.path);
                let path = absolute.strip_prefix(root).unwrap_or(&absolute).to_string_lossy();
                Known {
                    path: path.replace(std::path::MAIN_SEPARATOR, "/"),
                    rule: finding.rule.to_owned(),
                    fingerprint: finding.fingerprint.clone(),
                    content: finding.content.clone(),
                }
            })
            .collect();
        findings.sort();
        Baseline { version: VERSION, findings }
    }

    /// The baseline of fixes that another tool proposes: path from the root on, rule and
    /// fingerprint of each.
    pub fn of_fixes(fixes: impl Iterator<Item = (String, String, String)>) -> Baseline {
        let known = |(path, rule, fingerprint)| Known { path, rule, fingerprint, content: String::new() };
        let mut findings: Vec<Known> = fixes.map(known).collect();
        findings.sort();
        Baseline { version: VERSION, findings }
    }

    /// How often it has each fingerprint.
    pub fn fingerprints(&self) -> HashMap<&str, usize> {
        let mut all: HashMap<&str, usize> = HashMap::new();
        for known in &self.findings {
            *all.entry(&known.fingerprint).or_default() += 1;
        }
        all
    }

    /// How many findings it has.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Takes what it knows out of `findings`. An entry whose file is not below `root`
    /// any more stands for a finding of the same rule and source in another file.
    pub fn take_known(&self, findings: &mut Vec<Finding>, root: &Path) -> BaselineMatch {
        let mut by_name: HashMap<&str, Vec<&Known>> = HashMap::new();
        for known in &self.findings {
            by_name.entry(&known.fingerprint).or_default().push(known);
        }
        let before = findings.len();
        findings.retain(|finding| {
            let entries = by_name.get_mut(finding.fingerprint.as_str());
            !finding.counts() || entries.and_then(Vec::pop).is_none()
        });
        let mut there: HashMap<&str, bool> = HashMap::new();
        // The rule is part of what the content names.
        let mut moved: HashMap<&str, usize> = HashMap::new();
        let left: Vec<&Known> = by_name.into_values().flatten().collect();
        for known in left.iter().filter(|known| !known.content.is_empty()) {
            let stands = *there.entry(&known.path).or_insert_with(|| root.join(&known.path).exists());
            if !stands {
                *moved.entry(&known.content).or_default() += 1;
            }
        }
        if !moved.is_empty() {
            findings.retain(|finding| {
                let entries = moved.get_mut(finding.content.as_str());
                match entries.filter(|number| **number > 0 && finding.counts()) {
                    Some(number) => {
                        *number -= 1;
                        false
                    }
                    None => true,
                }
            });
        }
        let known = before - findings.len();
        BaselineMatch { known, gone: self.findings.len() - known }
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`BaselineError`].
    pub fn read(path: &Path) -> Result<Baseline, BaselineError> {
        let bytes = companion::read_named(path)
            .map_err(|source| BaselineError::Unreadable { path: path.to_owned(), source })?;
        let read: Baseline = serde_json::from_slice(&bytes)
            .map_err(|source| BaselineError::Malformed { path: path.to_owned(), source })?;
        if read.version > VERSION {
            return Err(BaselineError::Newer { path: path.to_owned(), version: read.version });
        }
        Ok(read)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let line = |known: &Known| serde_json::to_string(known).expect("strings are always JSON");
        let lines: Vec<String> = self.findings.iter().map(|known| format!("    {}", line(known))).collect();
        let findings =
            if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": {findings}\n}}\n")
    }
}
