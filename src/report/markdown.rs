//! Markdown for a comment on a pull request and for those who read it: a
//! summary, then the findings by file with each fix as a diff that unfolds.

use super::counted::counted;
use super::input::{ReportInput, ReportNotes, clipped};
use super::markdown_text::cell;
use super::markdown_text::code;
use super::markdown_text::escaped;
use super::markdown_text::fence;
use super::markdown_text::html;
use super::{Counts, Statistics};
use crate::rewrite::{Applicability, Finding, Proof, Severity};
use crate::text::diff::unified;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Characters of one comment on GitHub; GitLab takes more.
const COMMENT: usize = 65_536;
/// What is kept free for the last sentence.
const RESERVE: usize = 512;
/// Lines of a diff that are shown.
const DIFF: usize = 200;

/// Writes the page. It fits into one comment: diffs that would not fit are left
/// out, then findings, and the page says how many.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    write_with(out, input, None)
}

/// The same with tables of numbers after the summary.
///
/// # Errors
/// Those of `out`.
pub fn write_with(
    out: &mut dyn Write,
    input: &ReportInput,
    tables: Option<&Statistics>,
) -> io::Result<ReportNotes> {
    let mut page = summary(input);
    if let Some(tables) = tables {
        let mut text = Vec::new();
        tables.markdown(&mut text)?;
        page += &String::from_utf8_lossy(&text);
    } else {
        page += &rules(input);
    }
    let room = COMMENT - RESERVE;
    let findings: Vec<&Finding> = input.shown().collect();
    let (mut left_out, mut without_diff) = (0, 0);
    let mut size = page.chars().count();
    for file in findings.chunk_by(|a, b| a.path == b.path) {
        let mut head = Some(format!("### {}\n\n", code(&file[0].path)));
        let mut said = BTreeSet::new();
        for finding in file {
            let opening = head.clone().unwrap_or_default();
            let text = item(finding, &mut said);
            let diff = diff(finding, input).unwrap_or_default();
            let long = text.chars().count() + opening.chars().count();
            if size + long > room {
                left_out += 1;
                continue;
            }
            page += &opening;
            page += &text;
            head = None;
            size += long;
            let more = diff.chars().count();
            if size + more > room {
                without_diff += 1;
                continue;
            }
            page += &diff;
            size += more;
        }
    }
    let mut cut = Vec::new();
    if left_out > 0 {
        cut.push(counted(left_out, "more finding", "more findings"));
    }
    if without_diff > 0 {
        cut.push(counted(without_diff, "more diff", "more diffs"));
    }
    let mut notes = Vec::new();
    if !cut.is_empty() {
        let cut = cut.join(" and ");
        let _ = writeln!(page, "{cut} do not fit into one comment; `gomend check` shows them.");
        notes.push(format!(
            "a comment holds {COMMENT} characters, so the page leaves out {cut} (`--format json` has all)"
        ));
    }
    out.write_all(page.as_bytes())?;
    out.flush()?;
    Ok(notes)
}

fn summary(input: &ReportInput) -> String {
    let counts = Counts::of(&input.report);
    let persons = counts.findings - counts.fixable_safe - counts.fixable_unsafe;
    let mut page = String::from("## gomend\n\n");
    if counts.findings == 0 {
        let _ = writeln!(page, "No findings.\n");
    } else {
        let _ = writeln!(
            page,
            "**{}** ({}, {}) in {} of {} looked at. `gomend fix` applies {}, `gomend fix --unsafe` {} more; {}.\n",
            counted(counts.findings, "finding", "findings"),
            counted(counts.warnings, "warning", "warnings"),
            counted(counts.notes, "note", "notes"),
            counts.files_with_findings,
            counted(counts.files, "file", "files"),
            counts.fixable_safe,
            counts.fixable_unsafe,
            counted(persons, "to change by hand", "to change by hand"),
        );
    }
    if counts.suppressed > 0 {
        let _ = writeln!(page, "{} suppressed by comments.\n", counts.suppressed);
    }
    for error in input.report.errors.iter().take(20) {
        let _ =
            writeln!(page, "- **error**: {}: {}", code(&error.path), escaped(&clipped(&error.reason, 500)));
    }
    if !input.report.errors.is_empty() {
        let more = input.report.errors.len().saturating_sub(20);
        let _ = if more > 0 {
            writeln!(page, "- and {}\n", counted(more, "more error", "more errors"))
        } else {
            writeln!(page)
        };
    }
    page
}

/// The table of rules.
fn rules(input: &ReportInput) -> String {
    let counts = Counts::of(&input.report);
    if counts.by_rule.is_empty() {
        return String::new();
    }
    let mut rows: Vec<(String, usize)> = counts.by_rule.into_iter().collect();
    rows.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
    let mut table = String::from("| rule | what to do | findings |\n|---|---|---:|\n");
    for (rule, number) in rows {
        let title = input.rules.iter().find(|one| one.row.id == rule).map_or("", |one| &one.row.title);
        let _ = writeln!(table, "| {} | {} | {number} |", cell(&rule), escaped(title));
    }
    table + "\n"
}

/// One finding; what was said of its rule in the file is not said again.
fn item<'a>(finding: &'a Finding, said: &mut BTreeSet<(&'a str, &'a str)>) -> String {
    let word = match (finding.level, finding.severity) {
        (Applicability::Kept, _) => "kept",
        (_, Severity::Warning) => "**warning**",
        (_, Severity::Note) => "note",
    };
    let mut text = format!(
        "- line {}, {word} {}: {}",
        finding.start.line,
        code(finding.rule),
        escaped(&finding.message)
    );
    if !finding.why.is_empty() && said.insert((finding.rule, &finding.why)) {
        let _ = write!(text, ": {}", escaped(finding.why.trim_end_matches('.')));
    }
    text.push_str(".\n");
    if let Some(lowered) = finding.lowered.as_ref().filter(|_| finding.level != Applicability::Kept) {
        let what = if finding.fix.is_some() { "Not safe" } else { "No fix" };
        let _ = writeln!(text, "  {what}: {}.", escaped(lowered.reason.trim_end_matches('.')));
    }
    let reason = finding.proof_reason.as_deref().unwrap_or_default();
    match finding.proof {
        Proof::Unproved => text += &format!("  Unproved: {}.\n", escaped(&clipped(reason, 1000))),
        Proof::Refused => text += &format!("  Refused by Go: {}.\n", escaped(&clipped(reason, 1000))),
        Proof::Proved | Proof::None => {}
    }
    text.push('\n');
    text
}

/// The fix as a diff that unfolds; nothing where there is none, or where the
/// file has changed since.
fn diff(finding: &Finding, input: &ReportInput) -> Option<String> {
    let fix = finding.fix.as_ref().filter(|_| finding.level > Applicability::Kept)?;
    let mut patch = String::new();
    for edits in fix.edits.chunk_by(|a, b| a.path == b.path) {
        let path = &*edits[0].path;
        let source = input.sources.get(path)?;
        let after = source.edits(path, edits)?.apply(&source.text);
        let path = input.sources.from_root(path);
        patch +=
            &String::from_utf8_lossy(&unified(&path, &path, source.text.as_bytes(), after.as_bytes(), 3));
    }
    // The header says what the page has said already.
    let hunks: Vec<&str> = patch.lines().skip_while(|line| !line.starts_with("@@")).collect();
    let more = hunks.len().saturating_sub(DIFF);
    let mut shown = hunks[..hunks.len().min(DIFF)].join("\n");
    if more > 0 {
        let _ = write!(shown, "\n… {}", counted(more, "more line", "more lines"));
    }
    let fence = fence(&shown);
    let title = format!("{} fix: {}", finding.level.word(), fix.title);
    // Indented, it belongs to the finding in its list.
    let block = format!(
        "<details><summary>{}</summary>\n\n{fence}diff\n{shown}\n{fence}\n\n</details>\n",
        html(&title)
    );
    let lines =
        block.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    Some(lines.collect::<String>() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_break_out() {
        assert_eq!(escaped("`a|b` <b> @team *x* #1"), "`a|b` &lt;b> @<!-- -->team \\*x\\* \\#1");
        assert_eq!(escaped("one ` alone"), "one \\` alone");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(fence("x"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
