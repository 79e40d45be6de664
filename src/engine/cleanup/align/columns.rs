//! How wide the columns of consecutive lines are: the elastic tab stops that
//! gofmt lays its output out with (`text/tabwriter`, with one blank of padding
//! and without a least width).

use std::ops::Range;

/// A piece of a line that ends at a tab stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AlignedCell {
    /// In characters.
    pub(super) width: usize,
    /// Whether the column vanishes when all of its cells are empty.
    pub(super) soft: bool,
}

/// The blanks behind each cell of each row.
///
/// A column reaches over consecutive rows that have it, and is as wide as the
/// widest of its cells, and one blank.
pub(super) fn padding<'r>(rows: impl Iterator<Item = &'r [AlignedCell]>) -> Vec<Vec<usize>> {
    let rows: Vec<&[AlignedCell]> = rows.collect();
    let mut padding: Vec<Vec<usize>> = rows.iter().map(|row| vec![0; row.len()]).collect();
    lay_out(&rows, 0, 0..rows.len(), &mut padding);
    padding
}

fn lay_out(rows: &[&[AlignedCell]], column: usize, range: Range<usize>, padding: &mut [Vec<usize>]) {
    let mut first = range.start;
    while first < range.end {
        let block = rows[first..range.end].iter().take_while(|row| row.len() > column).count();
        if block == 0 {
            first += 1;
            continue;
        }
        let cells = || rows[first..first + block].iter().map(|row| row[column]);
        let vanishes = cells().all(|cell| cell.soft && cell.width == 0);
        let width = cells().map(|cell| cell.width + 1).max().filter(|_| !vanishes).unwrap_or(0);
        for row in first..first + block {
            padding[row][column] = width - rows[row][column].width;
        }
        lay_out(rows, column + 1, first..first + block, padding);
        first += block;
    }
}
