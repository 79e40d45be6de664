//! Where an edit of another tool stands in the text that is here.

use crate::text::{LineIndex, Span};

/// What an edit replaces, as its tool says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignPlace {
    /// Bytes from 0, the second one past the last.
    Bytes(u64, u64),
    /// Whole lines from 1 to the last that goes, with their line ends.
    Lines(usize, usize),
    /// Part of one line: where it starts in bytes from 0, and how many go.
    Inline(usize, usize, usize),
    /// Lines and columns from 1; the end is the first column that stays. No column at the end is
    /// the end of that line.
    Columns {
        /// Line and column.
        start: (usize, usize),
        /// Line and column.
        end: (usize, Option<usize>),
        /// The units to try, the first that fits wins.
        units: Vec<ColumnUnit>,
        /// What must stand there.
        old: Option<String>,
    },
}

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnUnit {
    /// Bytes of UTF-8.
    Byte,
    /// Units of UTF-16.
    Utf16,
    /// Characters.
    Char,
}

/// The lines of a hunk that a file must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HunkPlace {
    /// The first of them, from 1, as the header says it; 0 stands for none.
    pub line: usize,
    /// All lines of the hunk before the change, context too, with their ends.
    pub before: String,
    /// All lines of the hunk after it.
    pub after: String,
}

/// Why an edit does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The bytes or lines are not there, or split a character.
    #[error("the place it names is not in the file; the fix was made for another text")]
    Nowhere,
    /// Another text stands there.
    #[error("line {0} is not what the tool saw; the fix was made for another text")]
    OtherText(usize),
    /// The lines stand in several places, and none is where the diff says.
    #[error("its lines stand in {0} places, and not where its header says")]
    Ambiguous(usize),
    /// The change is there already.
    #[error("already there")]
    Applied,
}

impl ForeignPlace {
    /// The span in `text`.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn span(&self, text: &str, lines: &LineIndex) -> Result<Span, Misfit> {
        let within = |start, end| within(text, start, end);
        let row = |line| row(lines, line);
        match self {
            ForeignPlace::Bytes(start, end) => {
                let byte = |at: &u64| usize::try_from(*at).map_err(|_| Misfit::Nowhere);
                within(byte(start)?, byte(end)?)
            }
            ForeignPlace::Lines(first, last) => within(row(*first)?.start, row(*last)?.end),
            ForeignPlace::Inline(line, start, length) => {
                let span = row(*line)?;
                let start = span.start.checked_add(*start).ok_or(Misfit::Nowhere)?;
                let end = start.checked_add(*length).ok_or(Misfit::Nowhere)?;
                if end > span.end { Err(Misfit::Nowhere) } else { within(start, end) }
            }
            ForeignPlace::Columns { units, .. } => {
                let mut misfit = Misfit::Nowhere;
                for unit in units {
                    match self.in_unit(*unit, text, lines) {
                        Err(Misfit::Nowhere) => {}
                        Err(other) => misfit = other,
                        span => return span,
                    }
                }
                Err(misfit)
            }
        }
    }

    /// The span in `text` that goes for `new`, and what of `new` comes there.
    ///
    /// semgrep deletes columns and inserts the lines in which they stand. So a text with all that
    /// stands before and behind the columns is read as those lines: as columns it would double
    /// what stays.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn edit<'n>(&self, text: &str, lines: &LineIndex, new: &'n str) -> Result<PlacedEdit<'n>, Misfit> {
        if let ForeignPlace::Columns { units, .. } = self {
            // Each unit in which the text fits leads to the same lines.
            let spans = units.iter().filter_map(|unit| self.in_unit(*unit, text, lines).ok());
            let mut fits = spans.filter_map(|span| Some((span, within_lines(text, span, new)?)));
            if let Some((span, text)) = fits.next() {
                return Ok(PlacedEdit { span, text, whole_lines: true });
            }
        }
        let span = self.span(text, lines)?;
        Ok(PlacedEdit { span, text: new, whole_lines: matches!(self, ForeignPlace::Lines(..)) })
    }

    /// The span of columns that count `unit`.
    fn in_unit(&self, unit: ColumnUnit, text: &str, lines: &LineIndex) -> Result<Span, Misfit> {
        let ForeignPlace::Columns { start, end, old, .. } = self else { return Err(Misfit::Nowhere) };
        let at = |line: usize, column: Option<usize>| {
            let span = row(lines, line)?;
            let content = span.of(text).trim_end_matches('\n');
            let content = content.strip_suffix('\r').unwrap_or(content);
            let offset = match column {
                None => content.len(),
                Some(column) => offset(content, column, unit).ok_or(Misfit::Nowhere)?,
            };
            Ok(span.start + offset)
        };
        let span = within(text, at(start.0, Some(start.1))?, at(end.0, end.1)?)?;
        let around = Span::new(span.start - before_in_line(text, span.start).len(), span.end);
        let around = Span::new(around.start, span.end + behind_in_line(text, span.end).len());
        match old {
            // Some show the lines around the columns.
            Some(old) if !same(old, span.of(text)) && !same(old, around.of(text)) => {
                Err(Misfit::OtherText(start.0))
            }
            _ => Ok(span),
        }
    }
}

/// What comes where an edit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedEdit<'n> {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: &'n str,
    /// Whether the tool wrote whole lines.
    pub whole_lines: bool,
}

/// What separates words of a line.
pub const BLANKS: [char; 2] = [' ', '\t'];

/// What stands before `at` in its line.
pub fn before_in_line(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    &text[start..at]
}

/// What stands from `at` on in its line, without the line end.
fn behind_in_line(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let rest = &rest[..rest.find('\n').unwrap_or(rest.len())];
    rest.strip_suffix('\r').unwrap_or(rest)
}

/// The part of `new` for `span`, where `new` is the whole lines of it.
fn within_lines<'n>(text: &str, span: Span, new: &'n str) -> Option<&'n str> {
    let (before, behind) = (before_in_line(text, span.start), behind_in_line(text, span.end));
    // A bracket at either end may be a new one.
    let telling = !span.is_empty() && (before.contains(BLANKS) || behind.contains(BLANKS));
    new.strip_prefix(before)?.strip_suffix(behind).filter(|_| telling)
}

fn within(text: &str, start: usize, end: usize) -> Result<Span, Misfit> {
    let fits = start <= end && text.is_char_boundary(start) && text.is_char_boundary(end);
    if fits { Ok(Span::new(start, end)) } else { Err(Misfit::Nowhere) }
}

fn row(lines: &LineIndex, line: usize) -> Result<Span, Misfit> {
    if (1..=lines.count()).contains(&line) { Ok(lines.span(line)) } else { Err(Misfit::Nowhere) }
}

/// Whether two texts are the same but for their line ends.
fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}

/// Where `column` (from 1) of a line begins, in bytes of it.
fn offset(line: &str, column: usize, unit: ColumnUnit) -> Option<usize> {
    let wanted = column.checked_sub(1)?;
    if unit == ColumnUnit::Byte {
        return line.is_char_boundary(wanted).then_some(wanted);
    }
    let mut passed = 0;
    for (at, c) in line.char_indices() {
        if passed == wanted {
            return Some(at);
        }
        passed += if unit == ColumnUnit::Utf16 { c.len_utf16() } else { 1 };
    }
    (passed == wanted).then_some(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(units: &[ColumnUnit], start: usize, end: usize, old: Option<&str>) -> ForeignPlace {
        let old = old.map(str::to_owned);
        ForeignPlace::Columns { start: (1, start), end: (1, Some(end)), units: units.to_vec(), old }
    }

    #[test]
    fn columns_count_what_the_tool_counts() {
        let text = "a𐐀b é\n";
        let lines = LineIndex::new(text.as_bytes());
        let of = |place: ForeignPlace| place.span(text, &lines).map(|span| span.of(text).to_owned());
        for unit in [ColumnUnit::Byte, ColumnUnit::Utf16, ColumnUnit::Char] {
            let start = match unit {
                ColumnUnit::Byte => 6,
                ColumnUnit::Utf16 => 4,
                ColumnUnit::Char => 3,
            };
            assert_eq!(of(columns(&[unit], start, start + 1, None)).as_deref(), Ok("b"));
        }
        // A column in the middle of a character is none, so the next unit is asked.
        assert_eq!(of(columns(&[ColumnUnit::Utf16, ColumnUnit::Byte], 3, 4, None)), Err(Misfit::Nowhere));
        assert_eq!(of(columns(&[ColumnUnit::Utf16, ColumnUnit::Byte], 6, 7, Some("b"))).as_deref(), Ok("b"));
        assert_eq!(of(columns(&[ColumnUnit::Byte], 6, 7, Some("c"))), Err(Misfit::OtherText(1)));
        assert_eq!(of(columns(&[ColumnUnit::Byte], 0, 1, None)), Err(Misfit::Nowhere));
        assert_eq!(of(ForeignPlace::Bytes(2, 3)), Err(Misfit::Nowhere));
        assert_eq!(of(ForeignPlace::Bytes(5, 1)), Err(Misfit::Nowhere));
        assert_eq!(of(ForeignPlace::Bytes(u64::MAX, u64::MAX)), Err(Misfit::Nowhere));
        assert_eq!(of(ForeignPlace::Lines(3, 2)), Err(Misfit::Nowhere));
        assert_eq!(of(ForeignPlace::Inline(1, usize::MAX, 2)), Err(Misfit::Nowhere));
    }

    #[test]
    fn a_text_with_all_of_the_line_is_read_as_the_line() {
        let text = "var e = f(\"é\") // x\r\n\tg(\r\n\t\t1,\r\n\t)\r\nx()\r\n";
        let lines = LineIndex::new(text.as_bytes());
        let units = vec![ColumnUnit::Utf16, ColumnUnit::Byte];
        let edit = |start, end: (usize, usize), new, old: Option<&str>| {
            let (end, old) = ((end.0, Some(end.1)), old.map(str::to_owned));
            let place = ForeignPlace::Columns { start, end, units: units.clone(), old };
            let placed = place.edit(text, &lines, new);
            placed.map(|placed| (placed.span.of(text), placed.text, placed.whole_lines))
        };
        let whole = "var e = n(\"é\") // x";
        assert_eq!(edit((1, 9), (1, 15), whole, None), Ok(("f(\"é\")", "n(\"é\")", true)));
        // Bytes that are read as units of UTF-16 lead to the same line.
        let wider = Ok(("f(\"é\") ", "n(\"é\") ", true));
        assert_eq!(edit((1, 9), (1, 16), whole, None), wider);
        let old = Some("var e = f(\"é\") // x");
        assert_eq!(edit((1, 9), (1, 16), whole, old), wider);
        assert_eq!(edit((1, 9), (1, 16), whole, Some("var e = f() // x")), Err(Misfit::OtherText(1)));
        assert_eq!(edit((2, 2), (4, 3), "\tg(2)", None), Ok(("g(\r\n\t\t1,\r\n\t)", "g(2)", true)));
        // A line that keeps only its indentation.
        assert_eq!(edit((2, 2), (4, 3), "\t", None), Ok(("g(\r\n\t\t1,\r\n\t)", "", true)));
        assert_eq!(edit((2, 2), (4, 3), "g(2)", None), Ok(("g(\r\n\t\t1,\r\n\t)", "g(2)", false)));
        // Nothing goes, so nothing is written twice.
        assert_eq!(edit((3, 3), (3, 3), "\t\t1,", None), Ok(("", "\t\t1,", false)));
        // A bracket more is a bracket more.
        assert_eq!(edit((5, 1), (5, 3), "(x())", None), Ok(("x(", "(x())", false)));
        assert_eq!(edit((1, 20), (1, 25), whole, None), Err(Misfit::Nowhere));
    }
}
