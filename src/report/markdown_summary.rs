//! The numbers of a dry run as Markdown: for a wiki, a pull request, or whoever
//! plans the work.

use super::audit::escaped;
use super::counts::Counts;
use super::html_input::{About, HtmlInput};
use super::overview::{Overview, Share, versions};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

/// Paths of the command line that are named.
const PATHS: usize = 5;

/// Rows of a table before the rest is only counted.
const ROWS: usize = 30;

/// Writes the summary.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, html_input: &HtmlInput<'_>) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let overview = Overview::of(html_input);
    let counts = &overview.counts;
    head(out, html_input.about, &overview)?;
    lead(out, counts)?;
    if counts.findings > 0 {
        writeln!(out, "\n## By level\n\n| level | findings | what it means |\n|---|--:|---|")?;
        let rows = [
            ("safe", counts.safe, "the program does the same as before; `gomend fix` applies them"),
            (
                "unsafe",
                counts.unsafe_,
                "something observable may change; `gomend fix --unsafe` applies them once a person agrees",
            ),
            ("advice", counts.advice, "a person changes the code"),
        ];
        for (level, number, means) in rows {
            writeln!(out, "| {level} | {number} | {means} |")?;
        }
    }
    let title = |id: &str| {
        let page = html_input.rules.iter().find(|page| page.rule.id == id);
        page.map_or_else(String::new, |page| escaped(&page.rule.title))
    };
    table(out, "rule", "does", &overview.rules, &|share| (format!("`{}`", share.name), title(&share.name)))?;
    table(out, "module", "Go", &overview.modules, &|share| (named(share, "no module"), share.versions()))?;
    let rules = |share: &Share| (named(share, "nobody"), share.files.to_string());
    table(out, "owner", "files", &overview.owners, &rules)?;
    if counts.kept > 0 {
        let kept = count(counts.kept, "site", "sites");
        writeln!(out, "\n{kept} matched a rule and were left alone for the reason of a named guard.")?;
    }
    if counts.suppressed > 0 {
        let silenced = count(counts.suppressed, "finding is", "findings are");
        writeln!(out, "\n{silenced} silenced by comments in the code.")?;
    }
    missing(out, html_input)?;
    out.flush()
}

fn head(out: &mut dyn Write, about: &About, overview: &Overview) -> io::Result<()> {
    writeln!(out, "# gomend report: {}\n", escaped(&about.project))?;
    if let Some(commit) = &about.commit {
        writeln!(out, "- Commit: {}", escaped(commit))?;
    }
    writeln!(out, "- Made: {} by gomend {}", about.date, env!("CARGO_PKG_VERSION"))?;
    if !overview.go.is_empty() {
        writeln!(out, "- Go: {}", versions(&overview.go))?;
    }
    let files = count(overview.counts.files, "file", "files");
    writeln!(out, "- Looked at: {} ({files})", escaped(&paths(about)))?;
    let proof = about.proof.as_deref().unwrap_or("none yet: a dry run, Go did not run");
    writeln!(out, "- Proof: {}", escaped(proof))
}

/// The paths of the command line, as many as a line holds.
fn paths(about: &About) -> String {
    let mut named = about.paths.iter().take(PATHS).cloned().collect::<Vec<_>>().join(", ");
    if about.paths.len() > PATHS {
        named += &format!(", {} more", about.paths.len() - PATHS);
    }
    named
}

fn lead(out: &mut dyn Write, counts: &Counts) -> io::Result<()> {
    let files = count(counts.files, "file", "files");
    if counts.findings == 0 {
        return writeln!(out, "\n**No findings** in {files}.");
    }
    writeln!(
        out,
        "\n**{}** in {} of {files}: {} about code that can fail, leak, block or report something untrue, {} about \
         code that only costs.",
        count(counts.findings, "finding", "findings"),
        counts.files_with_findings,
        counts.warnings,
        counts.notes
    )
}

/// A table of shares; `cells` gives the first column and the one behind it.
fn table(
    out: &mut dyn Write,
    what: &str,
    second: &str,
    shares: &[Share],
    cells: &dyn Fn(&Share) -> (String, String),
) -> io::Result<()> {
    let shares: Vec<&Share> = shares.iter().filter(|share| share.findings() > 0).collect();
    if shares.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## By {what}\n\n| {what} | {second} | safe | unsafe | advice | all |\n|---|---|--:|--:|--:|--:|"
    )?;
    for share in shares.iter().take(ROWS) {
        let (name, more) = cells(share);
        let Share { safe, unsafe_, advice, .. } = share;
        writeln!(out, "| {name} | {more} | {safe} | {unsafe_} | {advice} | {} |", share.findings())?;
    }
    if let Some(rest) = shares.get(ROWS..).filter(|rest| !rest.is_empty()) {
        let findings: usize = rest.iter().map(|share| share.findings()).sum();
        writeln!(out, "| {} more | | | | | {findings} |", rest.len())?;
    }
    Ok(())
}

fn named(share: &Share, nameless: &str) -> String {
    escaped(if share.name.is_empty() { nameless } else { &share.name })
}

/// What the numbers leave out.
fn missing(out: &mut dyn Write, html_input: &HtmlInput<'_>) -> io::Result<()> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skip in html_input.report.skipped {
        *reasons.entry(&skip.reason).or_default() += 1;
    }
    if !reasons.is_empty() {
        writeln!(out, "\n## Not looked at\n\n| why | files or directories |\n|---|--:|")?;
        let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(reason, number)| (std::cmp::Reverse(*number), *reason));
        for (reason, number) in reasons {
            writeln!(out, "| {} | {number} |", escaped(reason))?;
        }
    }
    if !html_input.report.errors.is_empty() {
        writeln!(out, "\n## Errors\n\nThe numbers leave out what could not be read.\n")?;
        for error in html_input.report.errors {
            writeln!(out, "- {}: {}", escaped(&error.path), escaped(&error.reason))?;
        }
    }
    Ok(())
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
