//! Where the texts of edits come to stand.

use crate::text::{Edits, Span};

/// Where the texts of `edits` stand in their result, in order; empty where an
/// edit only takes away.
pub(super) fn written(edits: &Edits) -> impl Iterator<Item = Span> {
    let (mut read, mut at) = (0, 0);
    edits.iter().map(move |edit| {
        at += edit.span.start - read;
        read = edit.span.end;
        let start = at;
        at += edit.text.len();
        Span::new(start, at)
    })
}
