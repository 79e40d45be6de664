//! The lines that a fix takes away and those that it brings.

use crate::report::SourceTexts;
use crate::report::columns::TerminalRow;
use crate::report::render::{ADDED, DIM, REMOVED, RenderOptions};
use crate::rewrite::Finding;
use crate::text::diff::{self, Op};
use std::io::{self, Write};

/// A fix of more lines than this is shown only when it is asked for.
const SHORT: usize = 8;

/// The changed lines of one finding's fix, file by file.
pub(super) struct FixLines {
    /// The name of another file than the finding's, then its lines.
    files: Vec<(Option<String>, Vec<FixLine>)>,
}

struct FixLine {
    op: Op,
    number: usize,
    text: String,
}

impl FixLines {
    /// Those of the fix of `finding`; none where it has no fix, where its file has changed since, or
    /// where it is long and not `always` wanted.
    pub(super) fn of(finding: &Finding, sources: &SourceTexts, always: bool) -> Option<FixLines> {
        let fix = finding.fix.as_ref()?;
        sources.of(finding)?;
        let mut files: Vec<(Option<String>, Vec<FixLine>)> = Vec::new();
        let own: &str = &finding.path;
        let mut paths: Vec<&str> = fix.edits.iter().map(|edit| &*edit.path).collect();
        paths.sort_by_key(|path| (*path != own, *path));
        paths.dedup();
        for path in paths {
            let source = sources.get(path)?;
            let after = source.edits(path, &fix.edits)?.apply(&source.text);
            let name = (path != own).then(|| path.to_owned());
            files.push((name, lines(&source.text, &after)));
        }
        let long = files.len() > 1 || files.iter().any(|(_, lines)| lines.len() > SHORT);
        (always || !long).then_some(FixLines { files })
    }

    /// Columns that the largest number of a line takes.
    pub(super) fn gutter(&self) -> usize {
        let numbers = self.files.iter().flat_map(|(_, lines)| lines).map(|line| line.number);
        numbers.max().unwrap_or(1).to_string().len()
    }

    /// Writes them below a gutter that is `gutter` columns wide.
    pub(super) fn write(&self, out: &mut dyn Write, gutter: usize, render: RenderOptions) -> io::Result<()> {
        for (name, lines) in &self.files {
            if let Some(name) = name {
                writeln!(out, "{:gutter$}{} {}", "", render.paint(DIM, "-->"), render.paint(DIM, name))?;
            }
            for line in lines {
                let style = if line.op == Op::Added { ADDED } else { REMOVED };
                let number = format!("{:>gutter$}", line.number);
                let text = format!("{} {}", line.op.sign(), line.text);
                writeln!(out, "{} {}", render.paint(DIM, &number), render.paint(style, text.trim_end()))?;
            }
        }
        Ok(())
    }
}

fn lines(before: &str, after: &str) -> Vec<FixLine> {
    let (before, after) = (before.as_bytes(), after.as_bytes());
    let mut found = Vec::new();
    for hunk in diff::hunks(before, after, 0) {
        let (mut old, mut new) = (hunk.old_start, hunk.new_start);
        for (op, range) in &hunk.lines {
            let number = if *op == Op::Added { &mut new } else { &mut old };
            let text = String::from_utf8_lossy(&op.side(before, after)[range.clone()]).into_owned();
            let row = TerminalRow::new(text.trim_end_matches(['\r', '\n']));
            found.push(FixLine { op: *op, number: *number, text: row.text(0..row.width()) });
            *number += 1;
        }
    }
    found
}
