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
    /// Lines that are found by what they are.
    Hunk(HunkPlace),
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
    pub before: Vec<String>,
    /// All lines of the hunk after it.
    pub after: Vec<String>,
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
    /// The line from 1, as far as the place itself says it.
    pub fn line(&self, lines: &LineIndex) -> usize {
        match self {
            ForeignPlace::Bytes(start, _) => lines.line(usize::try_from(*start).unwrap_or(usize::MAX)),
            ForeignPlace::Lines(line, _) | ForeignPlace::Inline(line, ..) => *line,
            ForeignPlace::Columns { start, .. } => start.0,
            ForeignPlace::Hunk(hunk) => hunk.line,
        }
    }

    /// The span in `text`; not for a hunk, which is found by its lines.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn span(&self, text: &str, lines: &LineIndex) -> Result<Span, Misfit> {
        let within = |start: usize, end: usize| {
            let fits = start <= end && text.is_char_boundary(start) && text.is_char_boundary(end);
            if fits { Ok(Span::new(start, end)) } else { Err(Misfit::Nowhere) }
        };
        let row = |line: usize| {
            if (1..=lines.count()).contains(&line) { Ok(lines.span(line)) } else { Err(Misfit::Nowhere) }
        };
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
            ForeignPlace::Columns { start, end, units, old } => {
                let mut misfit = Misfit::Nowhere;
                for unit in units {
                    let at = |line: usize, column: Option<usize>| {
                        let span = row(line)?;
                        let content = span.of(text).trim_end_matches('\n');
                        let content = content.strip_suffix('\r').unwrap_or(content);
                        let offset = match column {
                            None => content.len(),
                            Some(column) => offset(content, column, *unit).ok_or(Misfit::Nowhere)?,
                        };
                        Ok(span.start + offset)
                    };
                    let span = at(start.0, Some(start.1))
                        .and_then(|first| Ok((first, at(end.0, end.1)?)))
                        .and_then(|(first, last)| within(first, last));
                    match span {
                        Ok(span) if old.as_ref().is_none_or(|old| same(old, span.of(text))) => {
                            return Ok(span);
                        }
                        Ok(_) => misfit = Misfit::OtherText(start.0),
                        Err(_) => {}
                    }
                }
                Err(misfit)
            }
            ForeignPlace::Hunk(_) => Err(Misfit::Nowhere),
        }
    }
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

/// The text of a file, line by line, for finding hunks in it.
pub struct HunkFinder<'t> {
    rows: Vec<&'t str>,
    /// Where each row starts, and the end.
    starts: Vec<usize>,
    /// How far the header of the last hunk was off.
    drift: isize,
    /// The first row that no hunk has yet.
    free: usize,
}

impl<'t> HunkFinder<'t> {
    /// A finder for the hunks of `text`, in their order.
    pub fn new(text: &'t str) -> HunkFinder<'t> {
        let rows: Vec<&str> = text.split_inclusive('\n').collect();
        let mut starts = vec![0];
        starts.extend(rows.iter().scan(0, |at, row| {
            *at += row.len();
            Some(*at)
        }));
        HunkFinder { rows, starts, drift: 0, free: 0 }
    }

    /// The offset of the first line of `hunk`, and its lines as this file writes them, before and
    /// after.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn find(&mut self, hunk: &HunkPlace) -> Result<(usize, Vec<String>, Vec<String>), Misfit> {
        let mut misfit = Misfit::OtherText(hunk.line);
        for form in [LineEnds::AsIs, LineEnds::Bare, LineEnds::Crlf] {
            let Some((before, after)) = form.of(hunk) else { continue };
            match self.row(&before, hunk.line) {
                Ok(row) => {
                    self.drift = row as isize + 1 - hunk.line as isize;
                    self.free = row + before.len();
                    return Ok((self.starts[row], before, after));
                }
                Err(Misfit::Ambiguous(places)) => misfit = Misfit::Ambiguous(places),
                Err(_) if before != after && self.row(&after, hunk.line).is_ok() => misfit = Misfit::Applied,
                Err(_) => {}
            }
        }
        Err(misfit)
    }

    /// The row where `lines` stand.
    fn row(&self, lines: &[String], line: usize) -> Result<usize, Misfit> {
        let is_at = |row: usize| {
            let there = self.rows.get(row..row.checked_add(lines.len())?)?;
            let mut pairs = there.iter().zip(lines);
            pairs.all(|(there, line)| there == line).then_some(row)
        };
        if lines.is_empty() {
            // Lines that come into an empty file, or between two lines that nobody named.
            let row = line.checked_sub(1).filter(|row| *row <= self.rows.len() && self.drift == 0);
            return row.ok_or(Misfit::OtherText(line));
        }
        let hinted = (line as isize - 1).saturating_add(self.drift);
        if let Some(row) = usize::try_from(hinted).ok().filter(|row| *row >= self.free).and_then(is_at) {
            return Ok(row);
        }
        let mut found = (self.free..self.rows.len()).filter_map(is_at);
        match (found.next(), found.count()) {
            (Some(only), 0) => Ok(only),
            (Some(_), more) => Err(Misfit::Ambiguous(more + 1)),
            (None, _) => Err(Misfit::OtherText(line)),
        }
    }
}

/// How the line ends of a diff are read: mails and editors change them.
#[derive(Clone, Copy)]
enum LineEnds {
    AsIs,
    Bare,
    Crlf,
}

impl LineEnds {
    /// The lines of `hunk` before and after, with these ends; none where nothing would differ.
    fn of(self, hunk: &HunkPlace) -> Option<(Vec<String>, Vec<String>)> {
        let convert = |line: &String| match self {
            LineEnds::AsIs => line.clone(),
            LineEnds::Bare => line.replace("\r\n", "\n"),
            LineEnds::Crlf => line.replace("\r\n", "\n").replace('\n', "\r\n"),
        };
        let lines = |lines: &[String]| lines.iter().map(convert).collect::<Vec<_>>();
        let all = || hunk.before.iter().chain(&hunk.after);
        let differs = match self {
            LineEnds::AsIs => true,
            LineEnds::Bare => all().all(|line| line.ends_with("\r\n") || !line.ends_with('\n')),
            LineEnds::Crlf => all().all(|line| !line.ends_with("\r\n")),
        };
        differs.then(|| (lines(&hunk.before), lines(&hunk.after)))
    }
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

    fn hunk(line: usize, before: &[&str], after: &[&str]) -> HunkPlace {
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        HunkPlace { line, before: own(before), after: own(after) }
    }

    #[test]
    fn a_hunk_is_found_by_its_lines() {
        let text = "x\na\nb\nx\na\nc\n";
        let find = |hunk: &HunkPlace| HunkFinder::new(text).find(hunk).map(|(at, ..)| at);
        assert_eq!(find(&hunk(2, &["a\n"], &["z\n"])), Ok(2));
        assert_eq!(find(&hunk(5, &["a\n"], &["z\n"])), Ok(8));
        assert_eq!(find(&hunk(9, &["a\n", "c\n"], &["z\n"])), Ok(8));
        assert_eq!(find(&hunk(9, &["a\n"], &["z\n"])), Err(Misfit::Ambiguous(2)));
        assert_eq!(find(&hunk(9, &["q\n"], &["c\n"])), Err(Misfit::Applied));
        assert_eq!(find(&hunk(9, &["q\n"], &["z\n"])), Err(Misfit::OtherText(9)));
        assert_eq!(find(&hunk(2, &["a\r\n"], &["z\r\n"])), Ok(2));
        let mut finder = HunkFinder::new("a\r\nb\r\n");
        let found = finder.find(&hunk(1, &["a\n"], &["z\n"])).unwrap();
        assert_eq!(found, (0, vec!["a\r\n".to_owned()], vec!["z\r\n".to_owned()]));
    }
}
