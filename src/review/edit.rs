//! A fix as text for an editor, and what came back of it.

use super::screen::{CONTEXT, NamedFix};
use crate::engine::plan::{Amended, Amendment, breaks};
use crate::syntax::File;
use crate::text::diff::{self, Hunk, Op};
use crate::text::{Edit, Edits, LineIndex, Span};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const INSTRUCTIONS: &str = "\
# Edit the fix of RULE. Lines that begin with # are left out.
# To keep a line that is taken away, make its '-' a ' '.
# To leave out a line that is added, delete it; to add one, begin it with '+'.
# Delete all other lines to leave the fix as it was.
";

/// Without and with the fix, for each file.
type EditedFiles = BTreeMap<PathBuf, (String, String)>;

/// The text that is edited.
pub(super) fn text(files: &EditedFiles, rule: &str, named: &NamedFix<'_>) -> String {
    let mut out = INSTRUCTIONS.replace("RULE", rule);
    for (path, (before, after)) in files {
        out += &format!("# {}\n", named(path));
        for hunk in hunks(before, after) {
            out += &format!("{}\n", hunk.range_line());
            for (op, range) in &hunk.lines {
                let side = if *op == Op::Added { after } else { before };
                out.push(op.sign());
                out += side[range.clone()].trim_end_matches(['\n', '\r']);
                out.push('\n');
            }
        }
    }
    out
}

fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    diff::hunks(before.as_bytes(), after.as_bytes(), CONTEXT)
}

/// What came back from the editor.
#[derive(Debug)]
pub(super) enum Back {
    /// A version of the person's own.
    Version(Amendment),
    /// All lines were deleted, or nothing was changed.
    Nothing,
    /// The version changes nothing in the code.
    Empty,
}

/// Reads the edited text.
///
/// # Errors
/// A sentence, when it does not fit the files or does not parse.
pub(super) fn read(
    edited: &str,
    files: &EditedFiles,
    rule: &str,
    named: &NamedFix<'_>,
) -> Result<Back, String> {
    let lines: Vec<&str> = edited.lines().filter(|line| !line.starts_with('#')).collect();
    if lines.iter().all(|line| line.trim().is_empty()) || edited == text(files, rule, named) {
        return Ok(Back::Nothing);
    }
    let mut parts: Vec<&[&str]> = Vec::new();
    let mut rest = &lines[..];
    if let Some(first) = rest.first().filter(|line| !line.starts_with("@@")) {
        return Err(format!("`{first}` stands above the first line that begins with @@"));
    }
    while let Some((_, behind)) = rest.split_first() {
        let end = behind.iter().position(|line| line.starts_with("@@")).unwrap_or(behind.len());
        parts.push(&behind[..end]);
        rest = &behind[end..];
    }
    let wanted: usize = files.values().map(|(before, after)| hunks(before, after).len()).sum();
    if parts.len() != wanted {
        return Err(format!(
            "the lines that begin with @@ must stay: there were {wanted}, now there are {}",
            parts.len()
        ));
    }
    let mut parts = parts.into_iter();
    let mut amendment = Amendment::default();
    for (path, (before, after)) in files {
        let mut edits = Edits::new();
        for hunk in hunks(before, after) {
            let part = parts.next().unwrap_or_default();
            let edit = one(part, &hunk, before).map_err(|problem| format!("{}: {problem}", named(path)))?;
            let _ = edits.push(edit);
        }
        let mine = edits.apply(before);
        check(path, before, &mine).map_err(|problem| format!("{}: {problem}", named(path)))?;
        let mine = without_imports(path, before, after, &mine);
        amendment.files.insert(path.clone(), Amended { before: before.clone(), after: mine });
    }
    if amendment.files.values().all(|file| file.before == file.after) {
        return Ok(Back::Empty);
    }
    Ok(Back::Version(amendment))
}

/// The edit that a hunk became.
fn one(lines: &[&str], hunk: &Hunk, before: &str) -> Result<Edit, String> {
    let newline = if before.contains("\r\n") { "\r\n" } else { "\n" };
    let mut old =
        hunk.lines.iter().filter(|(op, _)| *op != Op::Added).map(|(_, range)| &before[range.clone()]);
    let span = {
        let mut ranges = hunk.lines.iter().filter(|(op, _)| *op != Op::Added).map(|(_, range)| range.clone());
        match ranges.next() {
            Some(first) => Span::new(first.start, ranges.next_back().map_or(first.end, |last| last.end)),
            None => Span::at(0),
        }
    };
    let mut text = String::new();
    // Editors take the blank off a line that holds nothing else.
    let trailing = lines.iter().rev().take_while(|line| line.is_empty()).count();
    let meant = hunk.lines.iter().rev().take_while(|(_, range)| range.len() <= newline.len()).count();
    let lines = &lines[..lines.len() - trailing.saturating_sub(meant)];
    for line in lines {
        let (sign, content) = match line.chars().next() {
            None => (' ', ""),
            Some(sign) => (sign, &line[sign.len_utf8()..]),
        };
        match sign {
            '+' => {
                text += content.trim_end_matches('\r');
                text += newline;
            }
            ' ' | '-' => {
                let was = old.next().unwrap_or_default();
                if !same(was, content) {
                    return Err(if old.any(|line| same(line, content)) {
                        missing(was)
                    } else {
                        format!("the line `{content}` is not in the file; begin a new line with '+'")
                    });
                }
                if sign == ' ' {
                    text += was;
                }
            }
            '\\' => {}
            _ => return Err(format!("`{line}` must begin with a blank, '-' or '+'")),
        }
    }
    match old.next() {
        Some(line) => Err(missing(line)),
        None => Ok(Edit { span, text }),
    }
}

/// Whether `content` stands for the line `was` of the file; blanks at its end are
/// lost in many an editor.
fn same(was: &str, content: &str) -> bool {
    !was.is_empty() && was.trim_end() == content.trim_end()
}

fn missing(line: &str) -> String {
    format!(
        "the line `{}` is missing; to take it away, begin it with '-'",
        line.trim_end_matches(['\n', '\r'])
    )
}

/// Asks that the version parses.
fn check(path: &Path, before: &str, after: &str) -> Result<(), String> {
    let edits = diff::edits(before, after);
    let (before, after) = (File::new(path, before), File::new(path, after));
    match breaks(&before, &after, &edits) {
        None => Ok(()),
        Some(span) => {
            let lines = LineIndex::new(after.text().as_bytes());
            let line = lines.line(span.start);
            let text = String::from_utf8_lossy(lines.content(after.text().as_bytes(), line)).into_owned();
            Err(format!("your version does not parse near line {line}: `{}`", text.trim()))
        }
    }
}

/// `mine` without the changes of the import clause that were proposed: imports
/// follow from all fixes together, and are worked out anew each time.
fn without_imports(path: &Path, before: &str, proposed: &str, mine: &str) -> String {
    let file = File::new(path, before);
    let proposed = diff::edits(before, proposed);
    let of_imports = |edit: &Edit| {
        let meets = |span: Span| span.start <= edit.span.end && edit.span.start <= span.end;
        file.outline().import_decls.iter().any(|decl| meets(decl.span))
            && !file.outline().decls.iter().any(|decl| decl.span.overlaps(edit.span))
    };
    let mut kept = Edits::new();
    for edit in diff::edits(before, mine).iter() {
        if !(of_imports(edit) && proposed.iter().any(|other| other == edit)) {
            let _ = kept.push(edit.clone());
        }
    }
    kept.apply(before)
}
