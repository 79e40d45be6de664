//! The language server: what `check` finds, in an editor, on text that nobody has saved.
//!
//! Three kinds of threads share the work. One reads messages and keeps the texts (`server`).
//! One examines texts and answers what is quick (`jobs`), the newest edit first. Two do what
//! takes seconds: proofs, and whole folders. A request that panics is answered with an error.

mod actions;
mod chosen;
mod client;
mod command_names;
mod commands;
mod diagnostics;
mod document;
mod edits;
mod hover;
mod jobs;
mod place;
mod position;
mod project;
mod proof;
mod requests;
mod rule_documents;
mod server;
mod session;
mod settings;
mod transport;
mod view;
mod wide;

use crate::disk::Disk;
use crate::pattern::{Problem, RuleFile, RuleLocation};
use crate::rewrite::RuleEntry;
use std::path::Path;

pub use server::run;

/// Finds the rule files that count in a directory.
pub type RuleFiles = fn(&Disk, &Path) -> Result<Vec<RuleLocation>, String>;

/// Finds the packages of what a rule names by declaration, below a directory.
pub type RulePlacing = fn(&mut RuleFile, &Path) -> Result<(), Vec<Problem>>;

/// What the server is handed: it knows no catalogue of its own.
#[derive(Clone)]
pub struct ServerParts {
    /// The rules that are a part of gomend.
    pub catalogue: Vec<RuleEntry>,
    /// What was measured of them.
    pub evidence: &'static str,
    /// The page of a suppression that suppresses nothing.
    pub unused_page: &'static str,
    /// The group of the rules of a folder.
    pub rule_group: &'static str,
    /// Where such rules are kept, below a directory.
    pub rule_folder: &'static str,
    /// Finds them.
    pub rule_files: RuleFiles,
    /// Places what they name.
    pub rule_placing: RulePlacing,
    /// Whether every folder is trusted.
    pub trusted: bool,
}
