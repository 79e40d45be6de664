//! What verification asks of whoever plans the fixes; it knows no plan itself.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One fix as verification sees it: an id and the files that it edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixRef {
    /// The caller's own number, the key of [`Verdicts::per_fix`](super::Verdicts::per_fix).
    pub id: usize,
    /// The absolute paths of the files that it edits.
    pub files: Vec<PathBuf>,
}

/// Files as a set of fixes leaves them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Every file that differs from disk: its absolute path and its new bytes.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// Fixes that could not be applied because they stand on one that was
    /// held back.
    pub lost: BTreeSet<usize>,
}

/// Why the files could not be produced. Verification only repeats it.
pub type RenderError = Box<dyn std::error::Error + Send + Sync>;

/// A set of chosen fixes that can be applied with some of them held back.
///
/// Everything must be deterministic: the same question gets the same bytes.
/// Modules are proved side by side, hence `Sync`.
pub trait CandidateFixes: Sync {
    /// Every fix.
    fn fixes(&self) -> &[FixRef];

    /// The files when all fixes but `without` are applied.
    ///
    /// # Errors
    /// When the files cannot be produced; the fixes concerned end refused.
    fn render(&self, without: &BTreeSet<usize>) -> Result<Rendered, RenderError>;

    /// What tells a fix from every other one, the same in each run over the same
    /// files; `None` where nothing does, and no verdict is remembered.
    fn name(&self, id: usize) -> Option<String> {
        let _ = id;
        None
    }

    /// Where a fix stands in a file as it is on disk, in bytes, as far as that is known: whom to
    /// suspect first when the toolchain points there.
    fn spans(&self, id: usize, file: &Path) -> Vec<Range<usize>> {
        let _ = (id, file);
        Vec::new()
    }

    /// The first of the fixes that seem to build only together with this one: they are held back
    /// together as long as that helps.
    fn unit(&self, id: usize) -> usize {
        id
    }

    /// Whether the fixes may change an exported declaration of this file (its
    /// name, signature, type or fields), so that importers must be looked at
    /// too. `true` is always right and costs time; bodies do not count.
    fn changes_exports(&self, file: &Path) -> bool;
}
