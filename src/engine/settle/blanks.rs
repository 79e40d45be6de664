//! Blank lines that met when what stood between them went.

use crate::syntax::File;
use crate::text::{Edit, Edits};

/// Edits over `after` that leave at most one blank line where `total` deleted
/// whole lines, and none at the edges of a block.
pub(super) fn met(before: &File, total: &Edits, after: &File) -> Edits {
    let lines = after.lines();
    let content = |line: usize| {
        let bytes = lines.content(after.text().as_bytes(), line);
        std::str::from_utf8(bytes).unwrap_or_default().trim()
    };
    let exists = |line: usize| line >= 1 && line <= lines.count();
    let is_blank = |line: usize| exists(line) && content(line).is_empty();
    let mut edits = Edits::new();
    for edit in total.iter().filter(|edit| edit.text.is_empty()) {
        let Some(at) = total.map(edit.span.end) else { continue };
        if !edit.span.of(before.text()).contains('\n') || at >= after.text().len() {
            continue;
        }
        let here = lines.line(at);
        let first = (1..here).rev().take_while(|line| is_blank(*line)).last().unwrap_or(here);
        let next = (here..).find(|line| !is_blank(*line)).unwrap_or(here);
        let edge = (first > 1 && content(first - 1).ends_with('{')) || content(next).starts_with('}');
        let kept = usize::from(!edge);
        if next > first + kept {
            let span = lines.span(first + kept).join(lines.span(next - 1));
            // A neighbour found the same lines.
            let _ = edits.push(Edit { span, text: String::new() });
        }
    }
    edits
}
