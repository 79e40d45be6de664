//! What a proof came to.

use super::options::Rung;
use crate::rewrite::Proof;
use std::collections::BTreeMap;

/// What became of every fix.
#[derive(Clone, Debug)]
pub struct Verdicts {
    /// By id: the proof, and why it is unproved or refused (the compiler's
    /// words; line numbers are those of the rewritten file).
    pub per_fix: BTreeMap<usize, (Proof, Option<String>)>,
    /// Plain sentences for stderr.
    pub notes: Vec<String>,
    /// The highest rung that any file was taken to.
    pub reached: Rung,
    /// The user's command, when it gave an answer.
    pub command: Option<String>,
    /// There is no go command.
    pub no_go: bool,
}
