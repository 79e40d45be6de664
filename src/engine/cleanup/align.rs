//! Trailing comments and columns beside lines that changed, where gofmt puts
//! them.
//!
//! Lines move only where the layout as it is computed here explains each blank
//! of the lines that were there before: then they were in line, and the same
//! computation says where they belong now. Anything else stays as it is.

mod columns;
mod rows;

use super::written::written;
use crate::syntax::File;
use crate::text::{Edit, Edits, Span};
use rows::{AlignRow, AlignUnit};
use std::collections::{BTreeMap, HashMap};

/// Edits over `after` that move the trailing comments and columns that `total`
/// left out of line.
pub(super) fn realigned(before: &File, total: &Edits, after: &File) -> Edits {
    let mut edits = Edits::new();
    let places: Vec<Span> = written(total).collect();
    let mut old = Old { file: before, runs: BTreeMap::new() };
    for unit in rows::units(after, &places) {
        for run in rows::runs(after, unit) {
            let moved = moved(&run, after);
            if !moved.is_empty() && old.explains(&run, unit, total) {
                for edit in moved {
                    let _ = edits.push(edit);
                }
            }
        }
    }
    edits
}

/// The edits that put the columns of `run` in line.
fn moved(run: &[AlignRow], file: &File) -> Vec<Edit> {
    let padding = columns::padding(run.iter().map(|row| &row.cells[..]));
    let mut edits = Vec::new();
    for (row, padding) in run.iter().zip(&padding) {
        for gap in &row.gaps {
            let blanks: usize = padding[gap.cells.clone()].iter().sum();
            let text = " ".repeat(blanks);
            if gap.span.of(file.text()) != text {
                edits.push(Edit { span: gap.span, text });
            }
        }
    }
    edits
}

/// The lines before the edits.
struct Old<'f> {
    file: &'f File,
    /// By the unit: the lines of its rows, and whether the columns of their run are in line.
    runs: BTreeMap<AlignUnit, HashMap<usize, bool>>,
}

impl Old<'_> {
    /// Whether the lines of `run` that were there before were all in line.
    fn explains(&mut self, run: &[AlignRow], unit: AlignUnit, total: &Edits) -> bool {
        let mut known = false;
        for row in run {
            // Any byte of the line that was there before tells which line it was.
            let comment = row.gaps.last().map(|gap| gap.span.end);
            let mut bytes = [row.code.start, row.code.end - 1].into_iter().chain(comment);
            let Some(at) = bytes.find_map(|at| total.unmap(at)) else { continue };
            known = true;
            let unit = match unit {
                AlignUnit::Inside(_) => self.file.decl_at(at).map(AlignUnit::Inside),
                other => Some(other),
            };
            if !unit.is_some_and(|unit| self.in_line(unit, at)) {
                return false;
            }
        }
        known
    }

    /// Whether the columns around the line of the byte at `at` are in line.
    fn in_line(&mut self, unit: AlignUnit, at: usize) -> bool {
        let file = self.file;
        let line = file.lines().line(at);
        let runs = self.runs.entry(unit).or_insert_with(|| {
            let mut clean = HashMap::new();
            for run in rows::runs(file, unit) {
                let is_clean = moved(&run, file).is_empty();
                for row in &run {
                    clean.entry(row.line).or_insert(is_clean);
                }
            }
            clean
        });
        runs.get(&line).copied().unwrap_or(false)
    }
}
