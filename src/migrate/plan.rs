//! The plan file: fixes that were chosen and proved, to be applied later, elsewhere.
//!
//! Every file is pinned to the hash of its bytes, before and after. The edits of each
//! step are over the bytes before the first, so a step can be taken by itself
//! with all before it.

mod join;
mod resolved;

pub use join::join;
pub use resolved::Resolved;

use crate::report::Part;
use crate::rewrite::{Applicability, Proof};
use crate::text::{Edit, Edits, Span};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The number that changes when a key goes or changes its meaning.
const VERSION: u32 = 1;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// The version of this format; the key tells a plan from other JSON.
    pub plan: u32,
    /// The version of gomend that made it.
    pub gomend: String,
    /// How far it was proved: `gofmt, build and vet`.
    pub proved_by: Option<String>,
    /// Which part of a run it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Part>,
    /// All rules in the order in which their steps follow each other.
    pub rules: Vec<String>,
    /// The hashes of what those of its rules were read from that are no part of gomend.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rule_hashes: BTreeMap<String, String>,
    /// The files, by path.
    pub files: Vec<PlannedFile>,
    /// The fixes, by path and place.
    pub fixes: Vec<PlannedFix>,
}

/// One file of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// From the root on, always with `/`.
    pub path: String,
    /// BLAKE3 of the bytes that the edits are over, in hexadecimal.
    pub before: String,
    /// What each rule makes of it, together with the rules before.
    pub steps: Vec<PlannedStep>,
}

/// A file after the fixes of a rule and of those before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// The rule's id.
    pub rule: String,
    /// BLAKE3 of the result.
    pub after: String,
    /// Sorted and disjoint.
    pub edits: Vec<PlannedEdit>,
}

/// One edit over the bytes before the first step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedEdit {
    /// First byte that goes, from 0.
    pub start_byte: usize,
    /// Just past the last byte that goes.
    pub end_byte: usize,
    /// What comes.
    pub text: String,
}

/// One fix of a plan, for reports and for splitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFix {
    /// The rule's id.
    pub rule: String,
    /// What it promises.
    pub level: Applicability,
    /// The file of its site.
    pub path: String,
    /// The line of its site, from 1.
    pub line: usize,
    /// The column of its site in bytes, from 1.
    pub column: usize,
    /// The files that it edits.
    pub files: Vec<String>,
    /// What verification made of it.
    pub proof: Proof,
    /// Why it is unproved.
    pub proof_reason: Option<String>,
}

/// Why a plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It is no plan, or not all of it.
    #[error("{}: not a whole plan of gomend ({cause}); write it with `gomend fix --plan-out`", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
    /// Another version.
    #[error("{}: a plan of version {version}, this gomend reads version {VERSION}; use the gomend that wrote it", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// It is one of several parts.
    #[error("{}: part {index} of {of}; join the parts with `gomend merge` first", path.display())]
    Part {
        /// The file.
        path: PathBuf,
        /// Which part.
        index: u64,
        /// How many there are.
        of: u64,
    },
}

/// The hash that pins a text.
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

impl PlanFile {
    /// A plan without files and fixes yet.
    pub fn new(rules: Vec<String>, proved_by: Option<String>, shard: Option<Part>) -> PlanFile {
        let gomend = env!("CARGO_PKG_VERSION").to_owned();
        PlanFile {
            plan: VERSION,
            gomend,
            proved_by,
            shard,
            rules,
            rule_hashes: BTreeMap::new(),
            files: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn parse(path: &Path, text: &str) -> Result<PlanFile, PlanError> {
        #[derive(Deserialize)]
        struct Version {
            plan: u32,
        }
        let malformed = |cause| PlanError::Malformed { path: path.to_owned(), cause };
        let version: Version = serde_json::from_str(text).map_err(malformed)?;
        if version.plan != VERSION {
            return Err(PlanError::Version { path: path.to_owned(), version: version.plan });
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// Puts files and fixes in the order of paths and places.
    pub fn sort(&mut self) {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.fixes
            .sort_by(|a, b| (&a.path, a.line, a.column, &a.rule).cmp(&(&b.path, b.line, b.column, &b.rule)));
    }

    /// Refuses one of several parts.
    ///
    /// # Errors
    /// [`PlanError::Part`].
    pub fn whole(self, path: &Path) -> Result<PlanFile, PlanError> {
        match &self.shard {
            Some(Part { index, of, .. }) => {
                Err(PlanError::Part { path: path.to_owned(), index: *index, of: *of })
            }
            None => Ok(self),
        }
    }

    /// The text of the file: one line for each file and fix.
    pub fn text(&self) -> String {
        let lines = |values: Vec<String>| {
            if values.is_empty() { "[]".to_owned() } else { format!("[\n{}\n]", values.join(",\n")) }
        };
        let mut head = vec![format!("\"plan\":{}", self.plan), format!("\"gomend\":{}", json(&self.gomend))];
        head.push(format!("\"proved_by\":{}", json(&self.proved_by)));
        head.extend(self.shard.as_ref().map(|shard| format!("\"shard\":{}", json(shard))));
        head.push(format!("\"rules\":{}", json(&self.rules)));
        if !self.rule_hashes.is_empty() {
            head.push(format!("\"rule_hashes\":{}", json(&self.rule_hashes)));
        }
        head.push(format!("\"files\":{}", lines(self.files.iter().map(json).collect())));
        head.push(format!("\"fixes\":{}", lines(self.fixes.iter().map(json).collect())));
        format!("{{{}}}\n", head.join(",\n"))
    }
}

impl PlannedStep {
    /// A step to `after` by `edits`.
    pub fn new(rule: &str, after: &str, edits: &Edits) -> PlannedStep {
        let edits = edits.iter().map(|edit| PlannedEdit {
            start_byte: edit.span.start,
            end_byte: edit.span.end,
            text: edit.text.clone(),
        });
        PlannedStep { rule: rule.to_owned(), after: hash(after), edits: edits.collect() }
    }

    fn edits(&self) -> Option<Edits> {
        let mut edits = Edits::new();
        for edit in &self.edits {
            if edit.start_byte > edit.end_byte {
                return None;
            }
            let span = Span::new(edit.start_byte, edit.end_byte);
            edits.push(Edit { span, text: edit.text.clone() }).ok()?;
        }
        Some(edits)
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings and numbers are always JSON")
}
