//! Where the hunks of a diff stand in the text that is here.

use super::place::{HunkPlace, Misfit};

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
