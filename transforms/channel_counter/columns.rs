//! The columns of fields that stand one below the other, when one of them goes or
//! gets another name.

use crate::rewrite::Fix;
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// Puts the types (or values) of the neighbours of `changed` where gofmt puts
/// them, once `changed` has a name of `width` bytes or, with `None`, is gone.
/// Gives the blanks between that name and its type.
///
/// gofmt aligns those on lines that follow each other directly.
pub(super) fn realign(changed: Node<'_>, width: Option<usize>, fix: &mut Fix) -> String {
    let Some(list) = changed.parent() else { return " ".into() };
    let rows: Vec<Node<'_>> = list.named().collect();
    let Some(at) = rows.iter().position(|row| *row == changed) else { return " ".into() };
    let lines = changed.file().lines();
    let single =
        |row: &Node<'_>| lines.line(row.start()) == lines.line(row.end() - 1) && parts(*row).is_some();
    let follows =
        |above: Node<'_>, below: Node<'_>| lines.line(above.start()) + 1 == lines.line(below.start());
    let mut first = at;
    while first > 0 && single(&rows[first - 1]) && follows(rows[first - 1], rows[first]) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < rows.len() && single(&rows[last + 1]) && follows(rows[last], rows[last + 1]) {
        last += 1;
    }
    if first == last {
        return " ".into();
    }
    let others: Vec<(Node<'_>, Span, usize)> = (first..=last)
        .filter(|row| *row != at)
        .filter_map(|row| parts(rows[row]).map(|(gap, width)| (rows[row], gap, width)))
        .collect();
    let widest = others.iter().map(|(_, _, width)| *width).chain(width).max().unwrap_or(0);
    for (row, gap, width) in others {
        let blanks = " ".repeat(widest - width + 1);
        if gap.of(row.file().text()) != blanks {
            fix.replace_in(row.file(), gap, blanks);
        }
    }
    " ".repeat(widest - width.unwrap_or(widest) + 1)
}

/// The blanks before the type or value of a row, and the bytes before them.
fn parts(row: Node<'_>) -> Option<(Span, usize)> {
    let value = match row.kind() {
        Kind::FieldDeclaration => {
            row.name()?;
            row.ty()?
        }
        Kind::KeyedElement => row.named().nth(1)?,
        _ => return None,
    };
    let before = &row.file().text()[row.start()..value.start()];
    let width = before.trim_end().len();
    Some((Span::new(row.start() + width, value.start()), width))
}
