//! What must follow when edits are applied: names that lost their last use,
//! blocks that became empty, blank lines that met, imports that go and come,
//! comments that are out of line.
//!
//! It looks at the result of all edits of a file together, so two fixes that
//! each leave one use of a name behind take the name away between them.

mod align;
mod blanks;
mod blocks;
mod imports;
mod names;

use crate::model::package::Package;
use crate::rewrite::FileFix;
use crate::syntax::File;
use crate::text::{Edit, Edits};

/// Something that the edits leave behind and that cannot be taken away, so the
/// file would not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` would be left unused, and its declaration cannot be removed")]
pub struct Leftover {
    /// The name.
    pub name: String,
}

/// The edits of `change` with all that must follow, over `before`.
///
/// # Errors
/// [`Leftover`] when a name would stay behind unused.
pub fn settle(before: &File, change: &FileFix, package: &Package) -> Result<Edits, Leftover> {
    let mut total = change.edits.clone();
    let mut after = File::new(before.path(), total.apply(before.text()));
    // Each round takes away at least one declaration, label or block.
    loop {
        let mut next = names::unused(before, &total, &after, package)?;
        add_all(&mut next, blocks::emptied(before, &total, &after, package));
        if next.is_empty() {
            break;
        }
        after = File::new(before.path(), next.apply(after.text()));
        total = total.then(&next);
    }
    let blank = blanks::met(before, &total, &after);
    if !blank.is_empty() {
        after = File::new(before.path(), blank.apply(after.text()));
        total = total.then(&blank);
    }
    for next in [imports::added, imports::removed] {
        let edits = next(before, &total, &after, &change.imports);
        if !edits.is_empty() {
            after = File::new(before.path(), edits.apply(after.text()));
            total = total.then(&edits);
        }
    }
    let edits = align::realigned(before, &total, &after);
    Ok(if edits.is_empty() { total } else { total.then(&edits) })
}

/// Adds the edits that fit beside those that are there; the others are found
/// again in the next round.
fn add_all(edits: &mut Edits, more: Vec<Edit>) {
    for edit in more {
        let _ = edits.push(edit);
    }
}
