//! What must follow when edits are applied: names that lost their last use,
//! blocks that became empty, imports that go and come, blank lines that meet,
//! and comments that are out of line.
//!
//! It looks at the result of all edits of a file together, so two fixes that
//! each leave one use of a name behind take the name away between them.

mod align;
mod blocks;
mod excerpt;
mod imports;
mod names;
mod one_line;
mod parts;
mod plain;
mod tidy;
mod written;

pub use excerpt::{Excerpt, Excerpts};
pub use names::Leftover;
pub use plain::plain;

use crate::model::package::Package;
use crate::rewrite::FileFix;
use crate::syntax::File;
use crate::text::Edits;

/// The edits of `change` with all that must follow, over `before`, and the file that they
/// give.
///
/// # Errors
/// [`Leftover`] when a name would stay behind unused.
pub fn cleanup(before: &File, change: &FileFix, package: &Package) -> Result<(Edits, File), Leftover> {
    let mut state = CleanupState {
        total: change.edits.clone(),
        after: File::new(before.path(), change.edits.apply(before.text())),
    };
    // First of all: a semicolon with nothing before it is no Go, so that nothing of its
    // declaration could be read.
    state.add(tidy::semicolons(&state.total, &state.after));
    // Each round takes away at least one declaration, label or block.
    while state.add(names::unused(before, &state.total, &state.after, package)?)
        || state.add(blocks::emptied(before, &state.total, &state.after, package))
    {
        state.add(tidy::semicolons(&state.total, &state.after));
    }
    state.add(imports::added(&state.after, &change.imports));
    state.add(imports::removed(before, &state.total, &state.after, package));
    state.add(imports::unaliased(before, &state.after, &change.imports, package));
    state.add(tidy::semicolons(&state.total, &state.after));
    state.add(tidy::comments(before, &state.total, &state.after));
    state.add(tidy::blank_lines(before, &state.total, &state.after));
    // What stands in a function that is broken over lines may be one itself.
    while state.add(one_line::broken(before, &state.total, &state.after)) {}
    state.add(align::realigned(before, &state.total, &state.after));
    Ok((state.total, state.after))
}

/// All edits so far, and the file that they give.
struct CleanupState {
    total: Edits,
    after: File,
}

impl CleanupState {
    /// Adds edits over the file as it is; whether there were any.
    fn add(&mut self, next: Edits) -> bool {
        if next.is_empty() {
            return false;
        }
        self.after = File::new(self.after.path(), next.apply(self.after.text()));
        self.total = self.total.then(&next);
        true
    }
}
