//! The lines that a diff adds or changes, by file.

use crate::engine::discover::path_of_bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Changed lines, by absolute path.
#[derive(Clone, Debug, Default)]
pub struct ChangedLines {
    lines: BTreeMap<PathBuf, Vec<RangeInclusive<usize>>>,
    /// Whether the files with a changed line count as a whole.
    widened: bool,
    /// The work tree whose new files count as a whole.
    tree: Option<WorkTree>,
}

/// A work tree, and what git knows of it.
#[derive(Clone, Debug)]
struct WorkTree {
    top: PathBuf,
    known: BTreeSet<PathBuf>,
    /// Whether a directory below the top is the top of another repository.
    is_repository: fn(&Path) -> bool,
}

impl ChangedLines {
    /// What `git diff --unified=0 --no-prefix` prints, with the paths relative to
    /// `root`. A hunk that only takes lines away changes none.
    pub fn of_diff(diff: &[u8], root: &Path) -> ChangedLines {
        let mut changed = ChangedLines::default();
        changed.add_diff(diff, root);
        changed
    }

    /// Every file of the work tree `top` as a whole, but for those that are `known` and those in
    /// another repository within it.
    pub fn all_but(top: &Path, known: BTreeSet<PathBuf>, is_repository: fn(&Path) -> bool) -> ChangedLines {
        let tree = WorkTree { top: top.to_owned(), known, is_repository };
        ChangedLines { tree: Some(tree), ..ChangedLines::default() }
    }

    /// Adds the lines of a diff as [`ChangedLines::of_diff`] reads it.
    pub fn add_diff(&mut self, diff: &[u8], root: &Path) {
        let mut file: Option<PathBuf> = None;
        // Lines of the hunk that are still to come: they may look like headers.
        let mut body = 0;
        for line in diff.split(|byte| *byte == b'\n') {
            if body > 0 && matches!(line.first(), Some(b'+' | b'-')) {
                body -= 1;
            } else if line.starts_with(b"diff --git ") {
                // A file without hunks (a rename, a mode) has no name that counts.
                file = None;
            } else if let Some(name) = line.strip_prefix(b"+++ ") {
                file = (name != b"/dev/null").then(|| root.join(unquoted(name)));
            } else if let Some(header) = line.strip_prefix(b"@@ ") {
                let header = String::from_utf8_lossy(header);
                let mut sides = header.split(' ');
                let (old, new) = (sides.next().and_then(range), sides.next().and_then(range));
                let (Some((_, gone)), Some((start, come))) = (old, new) else { continue };
                body = gone + come;
                if let Some(file) = file.as_ref().filter(|_| come > 0) {
                    self.lines.entry(file.clone()).or_default().push(start..=start + come - 1);
                }
            }
        }
    }

    /// Counts each file with a changed line as a whole.
    pub fn widen(&mut self) {
        self.widened = true;
    }

    /// Whether one of the lines from `first` to `last`, counted from 1, changed.
    pub fn covers(&self, path: &Path, first: usize, last: usize) -> bool {
        let changed = self.lines.get(path).is_some_and(|ranges| {
            self.widened || ranges.iter().any(|range| *range.start() <= last && first <= *range.end())
        });
        changed || self.is_new(path)
    }

    /// Whether the file is in the work tree, not known there, and in no repository within it.
    fn is_new(&self, path: &Path) -> bool {
        self.tree.as_ref().is_some_and(|WorkTree { top, known, is_repository }| {
            path.starts_with(top)
                && !known.contains(path)
                && !path.ancestors().skip(1).take_while(|up| up != top).any(is_repository)
        })
    }
}

/// Start and length of `-3,2`, `+4`.
fn range(side: &str) -> Option<(usize, usize)> {
    let numbers = side.get(1..)?;
    match numbers.split_once(',') {
        Some((start, length)) => Some((start.parse().ok()?, length.parse().ok()?)),
        None => Some((numbers.parse().ok()?, 1)),
    }
}

/// A name as git writes it: in quotes, with escapes, where it has bytes that
/// are unusual. A tab ends one that has blanks, whether it is in quotes or not.
fn unquoted(name: &[u8]) -> PathBuf {
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    let Some(quoted) = name.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return path_of_bytes(name);
    };
    let mut bytes = Vec::new();
    let mut rest = quoted.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b'a') => bytes.push(7),
            Some(b'b') => bytes.push(8),
            Some(b'v') => bytes.push(11),
            Some(b'f') => bytes.push(12),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(next) = rest.next_if(|next| (b'0'..=b'7').contains(next)) {
                        value = value * 8 + u32::from(next - b'0');
                    }
                }
                bytes.push((value & 0xff) as u8);
            }
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    path_of_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_give_the_lines_of_the_new_side() {
        let diff = b"diff --git a.go a.go\n--- a.go\n+++ a.go\n@@ -1,0 +2,3 @@ func f\n+one\n+++ two\n+@@ -9 +9 @@\n@@ -8,2 +11 @@\n-x\n-- y\n+z\n@@ -20,2 +20,0 @@\n-a\n-b\n--- b.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        let changed = ChangedLines::of_diff(diff, Path::new("/r"));
        let file = Path::new("/r/a.go");
        let covered: Vec<usize> = (1..30).filter(|line| changed.covers(file, *line, *line)).collect();
        assert_eq!(covered, [2, 3, 4, 11]);
        assert!(changed.covers(file, 5, 12) && !changed.covers(Path::new("/r/b.go"), 1, 9));
    }

    #[test]
    fn names_in_quotes_are_read() {
        let diff = b"+++ \"d\\303\\251 \\\"x\\\".go\"\n@@ -1 +1 @@\n-a\n+b\n+++ with blank.go\t\n@@ -1 +1 @@\n-a\n+b\n+++ \"uni \\303\\251/a.go\"\t\n@@ -1 +1 @@\n-a\n+b\n";
        let mut changed = ChangedLines::of_diff(diff, Path::new("/r"));
        assert!(changed.covers(Path::new("/r/d\u{e9} \"x\".go"), 1, 1));
        let blank = Path::new("/r/with blank.go");
        assert!(changed.covers(blank, 1, 1) && !changed.covers(blank, 2, 2));
        assert!(changed.covers(Path::new("/r/uni \u{e9}/a.go"), 1, 1));
        changed.widen();
        assert!(changed.covers(blank, 2, 2) && !changed.covers(Path::new("/r/new.go"), 7, 7));
    }

    #[test]
    fn what_is_not_known_of_a_work_tree_counts_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path();
        std::fs::create_dir_all(top.join("other/.git")).unwrap();
        let is_repository = |dir: &Path| dir.join(".git").exists();
        let changed = ChangedLines::all_but(top, BTreeSet::from([top.join("a.go")]), is_repository);
        assert!(changed.covers(&top.join("b/new.go"), 7, 7) && !changed.covers(&top.join("a.go"), 1, 1));
        assert!(!changed.covers(&top.join("other/x.go"), 1, 1), "another repository has it");
        assert!(!changed.covers(Path::new("/elsewhere/x.go"), 1, 1));
    }
}
