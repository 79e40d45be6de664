//! Unified diffs: of git, of `diff -u`, of `gofmt -d` and `go fix -diff`. A fix is a hunk.
//!
//! A hunk goes by its lines, not by its header: `go fix -diff` prints wrong ones. What a diff does
//! beside changing text (new files, deletions, renames, modes, binaries) is refused by name.

use super::fix::{DiffHunk, ForeignFixes};
use super::place::HunkPlace;
use super::stream::FileNames;
use std::borrow::Cow;

/// Whether a text has the head of a file and a hunk, or one of git's.
pub(super) fn looks_like(text: &[u8]) -> bool {
    let mut previous: &[u8] = b"";
    for line in text.split(|byte| *byte == b'\n') {
        let head = line.starts_with(b"+++ ") && previous.starts_with(b"--- ");
        if head || line.starts_with(b"diff --git ") {
            return true;
        }
        previous = line;
    }
    false
}

/// The numbers of `@@ -3,7 +3,6 @@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffHeader {
    line: usize,
    before: usize,
    after: usize,
}

fn header(line: &str) -> Option<DiffHeader> {
    let rest = line.strip_prefix("@@ -")?;
    let (before, rest) = rest.split_once(" +")?;
    let after = &rest[..rest.find(" @@").or_else(|| rest.find("@@"))?];
    let numbers = |text: &str| match text.split_once(',') {
        Some((start, count)) => Some((start.parse::<usize>().ok()?, count.parse::<usize>().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    let ((line, before), (_, after)) = (numbers(before)?, numbers(after.trim_end())?);
    // Without lines before, the number is that of the line above.
    Some(DiffHeader { line: if before == 0 { line.saturating_add(1) } else { line }, before, after })
}

/// The lines of a text, with their line ends.
struct Lines<'t> {
    text: &'t str,
    /// Where the next line starts.
    at: usize,
    /// How many lines stand before it.
    above: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Lines<'t> {
        Lines { text, at: 0, above: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<&'t str> {
        self.text[self.at..].split_inclusive('\n').nth(ahead)
    }

    fn skip(&mut self) {
        self.at += self.peek(0).map_or(0, str::len);
        self.above += 1;
    }

    /// Whether the next lines begin another file.
    fn at_file(&self) -> bool {
        let begins = |ahead: usize, word: &str| self.peek(ahead).is_some_and(|line| line.starts_with(word));
        begins(0, "diff ") || begins(0, "Index: ") || (begins(0, "--- ") && begins(1, "+++ "))
    }
}

/// What the lines above the hunks say of a file.
#[derive(Default)]
struct FileHead {
    old: Option<String>,
    new: Option<String>,
    /// What `diff --git` named.
    git: Option<String>,
    /// Why none of it can be taken.
    refused: Option<&'static str>,
}

/// The most hunks of one diff: each takes memory while it is tried, however small it is.
const MOST_HUNKS: usize = 1_000_000;

/// The fixes of the diff.
pub(super) fn read(bytes: &[u8]) -> Result<ForeignFixes, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8")
    })?;
    let text = whole(text)?;
    let mut lines = Lines::of(&text);
    let mut all = ForeignFixes::default();
    let mut head = FileHead::default();
    let mut names = FileNames::default();
    let mut hunks = 0;
    let refuse = |head: &FileHead, all: &mut ForeignFixes| {
        if let Some(reason) = head.refused {
            all.refused.push((head.name(), reason.to_owned()));
        }
    };
    while let Some(row) = lines.peek(0) {
        let line = row.trim_end_matches(['\r', '\n']);
        if line.starts_with("diff ") || line.starts_with("Index: ") {
            refuse(&head, &mut all);
            head =
                FileHead { git: line.strip_prefix("diff --git ").map(str::to_owned), ..FileHead::default() };
        } else if lines.at_file() {
            if head.old.is_some() {
                refuse(&head, &mut all);
                head = FileHead::default();
            }
            head.old = Some(name(&line[4..]));
            let new = lines.peek(1).unwrap_or_default().trim_end_matches(['\r', '\n']);
            head.new = Some(name(&new[4..]));
            head.refused = head.refused.or_else(|| head.beside());
            lines.skip();
        } else if let Some(known) = unsupported(line).filter(|_| head.old.is_none()) {
            head.refused = head.refused.or(Some(known));
        } else if let Some(numbers) = header(line) {
            let Some(old) = &head.old else {
                return Err(format!("line {}: a hunk without the names of its files", lines.above + 1));
            };
            hunks += 1;
            if hunks > MOST_HUNKS {
                return Err(format!("more than {MOST_HUNKS} hunks, which is the limit: apply it in parts"));
            }
            let file = file_name(old, head.new.as_deref().unwrap_or(old));
            lines.skip();
            let start = lines.at;
            hunk(&mut lines, numbers)?;
            if head.refused.is_none() {
                all.hunks.push(DiffHunk { file: names.kept(&file), header: numbers, rows: start..lines.at });
            }
            continue;
        } else if line.starts_with("@@") {
            return Err(format!("line {}: `{}` does not begin a hunk", lines.above + 1, shortened(line)));
        }
        lines.skip();
    }
    refuse(&head, &mut all);
    if hunks == 0 && all.refused.is_empty() {
        return Err("there is no hunk in it".to_owned());
    }
    Ok(all)
}

/// A diff with an end to its last line: old text must fit, so only of new text nobody can say
/// whether there was more of it.
fn whole(text: &str) -> Result<Cow<'_, str>, String> {
    let last = text.rsplit('\n').next().unwrap_or_default();
    match last.chars().next() {
        None => Ok(Cow::Borrowed(text)),
        Some('+') => Err("its last line does not end; the diff is cut off".to_owned()),
        Some(_) => Ok(Cow::Owned(format!("{text}\n"))),
    }
}

/// Why a line of git's head means more than a change of text.
fn unsupported(line: &str) -> Option<&'static str> {
    let lines = [
        ("new file mode", "a new file; only files that are there are changed"),
        ("deleted file mode", "a deletion; only texts are changed"),
        ("rename ", "a rename; only texts are changed"),
        ("similarity index 100%", "a rename; only texts are changed"),
        ("copy ", "a copy; only texts are changed"),
        ("old mode", "another mode; only texts are changed"),
        ("Binary files ", "a binary file"),
        ("GIT binary patch", "a binary file"),
    ];
    lines.into_iter().find(|(word, _)| line.starts_with(word)).map(|(_, reason)| reason)
}

impl FileHead {
    /// How it is named to the user.
    fn name(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) if old == "/dev/null" => strip(new, &["b/", "w/", "i/"]).to_owned(),
            (Some(old), Some(new)) if new != "/dev/null" => file_name(old, new),
            (Some(old), _) => strip(old, &["a/", "i/", "c/"]).to_owned(),
            _ => self.git.clone().unwrap_or_else(|| "a file without a name".to_owned()),
        }
    }

    fn beside(&self) -> Option<&'static str> {
        match (self.old.as_deref()?, self.new.as_deref()?) {
            ("/dev/null", _) => unsupported("new file mode"),
            (_, "/dev/null") => unsupported("deleted file mode"),
            _ => None,
        }
    }
}

fn strip<'t>(name: &'t str, prefixes: &[&str]) -> &'t str {
    prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}

/// The one name of the two: git puts letters before them, `orig` and `old` stand behind one.
fn file_name(old: &str, new: &str) -> String {
    // `git diff` with its settings: index, worktree, commit, object.
    for (first, second) in [("a/", "b/"), ("i/", "w/"), ("c/", "w/"), ("c/", "i/"), ("o/", "w/")] {
        let pair = old.strip_prefix(first).zip(new.strip_prefix(second));
        if let Some((one, other)) = pair
            && one == other
        {
            return one.to_owned();
        }
    }
    new.to_owned()
}

/// A name without what follows it: a time behind a tab, `(old)` and `(new)` of go fix.
fn name(text: &str) -> String {
    if let Some(quoted) = text.strip_prefix('"') {
        return unquoted(quoted);
    }
    let name = text.split('\t').next().unwrap_or(text).trim_end();
    let name = [" (old)", " (new)"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.to_owned()
}

/// A name in C's quotes, as git writes one with bytes beyond ASCII.
fn unquoted(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => match bytes.next() {
                Some(digit @ b'0'..=b'3') => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let next = bytes.next_if(|byte| (b'0'..=b'7').contains(byte));
                        value = value * 8 + u32::from(next.unwrap_or(b'0') - b'0');
                    }
                    out.push(value as u8);
                }
                Some(b'n') => out.push(b'\n'),
                Some(b't') => out.push(b'\t'),
                Some(other) => out.push(other),
                None => break,
            },
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The lines of a hunk below its header, of which there are as many as the header says unless
/// another hunk or file follows.
fn hunk(lines: &mut Lines<'_>, numbers: DiffHeader) -> Result<HunkPlace, String> {
    let first = lines.above;
    let (before, after) = sides(lines, numbers);
    let short = before.len() < numbers.before || after.len() < numbers.after;
    if short && lines.peek(0).is_none() {
        return Err(format!("the hunk at line {first} ends too early; the diff is cut off"));
    }
    if short && !lines.at_file() && !lines.peek(0).is_some_and(|line| line.starts_with("@@")) {
        return Err(format!("line {}: not a line of a hunk", lines.above + 1));
    }
    Ok(HunkPlace { line: numbers.line, before: before.concat(), after: after.concat() })
}

/// The lines before and after that stand below the header of a hunk.
fn sides<'t>(lines: &mut Lines<'t>, numbers: DiffHeader) -> (Vec<&'t str>, Vec<&'t str>) {
    let (mut before, mut after): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut signs = Vec::new();
    while let Some(row) = lines.peek(0) {
        let whole = before.len() >= numbers.before && after.len() >= numbers.after;
        // `-- x` of SQL, taken away, looks like the name of a file as long as more is to come.
        if (whole && lines.at_file()) || (lines.at_file() && !row.starts_with("--- ")) {
            break;
        }
        // Mails end with the version of git below two dashes.
        if whole && row.trim_end() == "--" {
            break;
        }
        let mut chars = row.chars();
        let (sign, text) = match chars.next() {
            Some(sign @ (' ' | '-' | '+')) => (sign, chars.as_str()),
            // Editors take the blank from an empty line of context.
            Some('\n' | '\r') if !whole => (' ', row),
            Some('\\') => {
                let end = |lines: &mut Vec<&str>| {
                    let last = lines.last_mut()?;
                    *last = last.trim_end_matches('\n').trim_end_matches('\r');
                    Some(())
                };
                match signs.last() {
                    Some('-') => drop(end(&mut before)),
                    Some('+') => drop(end(&mut after)),
                    _ => drop((end(&mut before), end(&mut after))),
                }
                lines.skip();
                continue;
            }
            _ => break,
        };
        match sign {
            '-' => before.push(text),
            '+' => after.push(text),
            _ => {
                before.push(text);
                after.push(text);
            }
        }
        signs.push(sign);
        lines.skip();
    }
    (before, after)
}

/// What `hunk` of the diff `text` says.
///
/// # Errors
/// None for a hunk that was read from this text.
pub fn place(text: &str, hunk: &DiffHunk) -> Result<HunkPlace, String> {
    let rows = text.get(hunk.rows.start..hunk.rows.end.min(text.len())).unwrap_or_default();
    let rows = whole(rows)?;
    // Whether something follows was asked when the diff was read.
    let (before, after) = sides(&mut Lines::of(&rows), hunk.header);
    Ok(HunkPlace { line: hunk.header.line, before: before.concat(), after: after.concat() })
}

fn shortened(line: &str) -> String {
    line.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunks(text: &str) -> Vec<(String, HunkPlace)> {
        let one = |hunk: &DiffHunk| (hunk.file.to_string(), place(text, hunk).unwrap());
        read(text.as_bytes()).unwrap().hunks.iter().map(one).collect()
    }

    #[test]
    fn names_are_those_of_the_tree() {
        let named = |old: &str, new: &str| {
            hunks(&format!("--- {old}\n+++ {new}\n@@ -1 +1 @@\n-a\n+b\n"))[0].0.clone()
        };
        assert_eq!(named("a/x.go", "b/x.go"), "x.go");
        assert_eq!(named("a/x.go", "a/x.go"), "a/x.go");
        assert_eq!(named("i/x.go", "w/x.go"), "x.go");
        assert_eq!(named("x.go.orig\t2026-01-01 10:00", "x.go\t2026-01-01 10:00"), "x.go");
        assert_eq!(named("/t/x y.go (old)", "/t/x y.go (new)"), "/t/x y.go");
        assert_eq!(named("\"a/\\303\\244.go\"", "\"b/\\303\\244.go\""), "ä.go");
    }

    #[test]
    fn a_hunk_goes_by_its_lines() {
        let text = "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n-- b\n+c\n\n d\n@@ -20 +20 @@ func f\n-e\n\\ No newline at end of file\n+f\n-- \n2.50\n";
        let found = hunks(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].1.before, "a\n- b\n\nd\n");
        assert_eq!(found[0].1.after, "a\nc\n\nd\n");
        assert_eq!((found[1].1.line, &found[1].1.before[..]), (20, "e"));
    }

    #[test]
    fn what_is_no_change_of_text_is_refused_by_name() {
        let text = "diff --git a/n.go b/n.go\nnew file mode 100644\n--- /dev/null\n+++ b/n.go\n@@ -0,0 +1 @@\n+x\ndiff --git a/o.go b/p.go\nsimilarity index 100%\nrename from o.go\nrename to p.go\ndiff --git a/gone.go b/gone.go\ndeleted file mode 100644\n--- a/gone.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        let found = read(text.as_bytes()).unwrap();
        assert!(found.hunks.is_empty());
        let names: Vec<&str> = found.refused.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["n.go", "a/o.go b/p.go", "gone.go"], "{:?}", found.refused);
    }

    #[test]
    fn a_diff_that_is_cut_off_is_no_diff() {
        for text in [
            "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n",
            "@@ -1 +1 @@\n-a\n+b\n",
            "--- a/x\n+++ b/x\n@@ -x +1 @@\n-a\n+b\n",
            "nothing at all\n",
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+10",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        // A shell takes the last line end away.
        assert_eq!(hunks("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+10\n b")[0].1.before, "a\nb\n");
    }
}
