//! Where the hunks of a diff stand in the text that is here.

use super::place::{HunkPlace, Misfit};
use std::cell::OnceCell;
use std::collections::HashMap;

/// The text of a file, line by line, for finding hunks in it.
pub struct HunkFinder<'t> {
    rows: Vec<&'t str>,
    /// Where each row starts, and the end.
    starts: Vec<usize>,
    /// The rows that are the same, once a hunk is not where its header says.
    places: OnceCell<HashMap<&'t str, Vec<usize>>>,
    /// How far the header of the last hunk was off.
    drift: isize,
    /// The first row that no hunk has yet.
    free: usize,
}

/// A hunk as a file writes it.
#[derive(Debug, PartialEq, Eq)]
pub struct FoundHunk {
    /// Where its first line starts.
    pub start: usize,
    /// Its lines before.
    pub before: String,
    /// Its lines after.
    pub after: String,
}

/// In so many places a hunk is looked for that is not where its header says.
const PLACES: usize = 1000;

impl<'t> HunkFinder<'t> {
    /// A finder for the hunks of `text`, in their order.
    pub fn new(text: &'t str) -> HunkFinder<'t> {
        let rows: Vec<&str> = text.split_inclusive('\n').collect();
        let mut starts = vec![0];
        starts.extend(rows.iter().scan(0, |at, row| {
            *at += row.len();
            Some(*at)
        }));
        HunkFinder { rows, starts, places: OnceCell::new(), drift: 0, free: 0 }
    }

    /// `hunk` as this file writes it.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn find(&mut self, hunk: &HunkPlace) -> Result<FoundHunk, Misfit> {
        let mut misfit = Misfit::OtherText(hunk.line);
        for form in [LineEnds::AsIs, LineEnds::Bare, LineEnds::Crlf] {
            let Some((before, after)) = form.of(hunk) else { continue };
            match self.row(&before, hunk.line) {
                Ok(row) => {
                    self.drift = row as isize + 1 - hunk.line as isize;
                    self.free = row + before.split_inclusive('\n').count();
                    return Ok(FoundHunk { start: self.starts[row], before, after });
                }
                Err(Misfit::Ambiguous(places)) => misfit = Misfit::Ambiguous(places),
                Err(_) if before != after && self.row(&after, hunk.line).is_ok() => misfit = Misfit::Applied,
                Err(_) => {}
            }
        }
        Err(misfit)
    }

    /// The row where `lines` stand.
    fn row(&self, lines: &str, line: usize) -> Result<usize, Misfit> {
        let lines: Vec<&str> = lines.split_inclusive('\n').collect();
        let is_at = |row: usize| {
            let there = self.rows.get(row..row.checked_add(lines.len())?)?;
            (there == lines.as_slice()).then_some(row)
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
        let places = self.places.get_or_init(|| {
            let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
            self.rows.iter().enumerate().for_each(|(row, text)| places.entry(text).or_default().push(row));
            places
        });
        let rarest =
            lines.iter().enumerate().map(|(at, line)| (at, places.get(line).map_or(&[][..], Vec::as_slice)));
        let (at, rows) = rarest.min_by_key(|(_, rows)| rows.len()).ok_or(Misfit::OtherText(line))?;
        let first = rows.partition_point(|row| *row < self.free.saturating_add(at));
        let mut found = rows[first..].iter().take(PLACES).filter_map(|row| is_at(row - at));
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
    fn of(self, hunk: &HunkPlace) -> Option<(String, String)> {
        let convert = |lines: &String| match self {
            LineEnds::AsIs => lines.clone(),
            LineEnds::Bare => lines.replace("\r\n", "\n"),
            LineEnds::Crlf => lines.replace("\r\n", "\n").replace('\n', "\r\n"),
        };
        let all = || [&hunk.before, &hunk.after].into_iter().flat_map(|lines| lines.split_inclusive('\n'));
        let differs = match self {
            LineEnds::AsIs => true,
            LineEnds::Bare => all().all(|line| line.ends_with("\r\n") || !line.ends_with('\n')),
            LineEnds::Crlf => all().all(|line| !line.ends_with("\r\n")),
        };
        differs.then(|| (convert(&hunk.before), convert(&hunk.after)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(line: usize, before: &[&str], after: &[&str]) -> HunkPlace {
        HunkPlace { line, before: before.concat(), after: after.concat() }
    }

    #[test]
    fn a_hunk_is_found_by_its_lines() {
        let text = "x\na\nb\nx\na\nc\n";
        let find = |hunk: &HunkPlace| HunkFinder::new(text).find(hunk).map(|found| found.start);
        assert_eq!(find(&hunk(2, &["a\n"], &["z\n"])), Ok(2));
        assert_eq!(find(&hunk(5, &["a\n"], &["z\n"])), Ok(8));
        assert_eq!(find(&hunk(9, &["a\n", "c\n"], &["z\n"])), Ok(8));
        assert_eq!(find(&hunk(9, &["a\n"], &["z\n"])), Err(Misfit::Ambiguous(2)));
        assert_eq!(find(&hunk(9, &["q\n"], &["c\n"])), Err(Misfit::Applied));
        assert_eq!(find(&hunk(9, &["q\n"], &["z\n"])), Err(Misfit::OtherText(9)));
        assert_eq!(find(&hunk(2, &["a\r\n"], &["z\r\n"])), Ok(2));
        let mut finder = HunkFinder::new("a\r\nb\r\n");
        let found = finder.find(&hunk(1, &["a\n"], &["z\n"])).unwrap();
        assert_eq!((found.start, &*found.before, &*found.after), (0, "a\r\n", "z\r\n"));
        let same = "y\n".repeat(100_000);
        let mut finder = HunkFinder::new(&same);
        let wanted = hunk(200_000, &["y\n", "y\n"], &["z\n"]);
        let began = std::time::Instant::now();
        for _ in 0..1000 {
            assert_eq!(finder.find(&wanted), Err(Misfit::Ambiguous(PLACES)));
        }
        assert!(began.elapsed().as_secs() < 20);
    }
}
