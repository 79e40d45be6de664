//! What a proof is doing.

use super::options::Rung;
use std::path::PathBuf;

/// What is being done, for a progress line. Called from several threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofProgress {
    /// A module enters a rung.
    Stage {
        /// The module's directory.
        module: PathBuf,
        /// The rung.
        rung: Rung,
    },
    /// A package broke; the fix at fault is being looked for.
    Searching {
        /// The module's directory.
        module: PathBuf,
        /// Packages that have something new to say.
        packages: usize,
    },
    /// Modules (times configurations) done so far.
    Done {
        /// Done so far.
        done: usize,
        /// All of them.
        total: usize,
    },
}
