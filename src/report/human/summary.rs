//! The last lines of a run: what was found or fixed, what else could be, and
//! what was not looked at.

use super::options::HumanOptions;
use crate::report::columns::{TerminalPiece, flow, sentence, visible};
use crate::report::counted::{counted as count, grouped};
use crate::report::render::{BOLD, DIM, ERROR, RenderOptions};
use crate::report::{Counts, Report, ShowOptions};
use crate::rewrite::{Failure, Skipped};
use std::io::{self, Write};

/// How many files are named before the rest is only counted.
const NAMED: usize = 10;

/// Writes what `gomend check` says at its end.
///
/// # Errors
/// Those of `out`.
pub fn summary(out: &mut dyn Write, report: &Report, options: &HumanOptions) -> io::Result<()> {
    let render = options.render;
    let counts = Counts::of(report);
    if counts.files == 0 && !report.errors.is_empty() {
        // The errors say why; that nothing was found would sound as if all were well.
        return Ok(());
    }
    let files = count(counts.files, "file", "files");
    if options.show.matches {
        let found = match counts.findings {
            0 => "No matches".to_owned(),
            number => count(number, "match", "matches"),
        };
        let within = if counts.findings == 0 {
            files
        } else {
            format!("{} of {files}", grouped(counts.files_with_findings))
        };
        head(out, render, &format!("{found} in {within}."))?;
        return skipped(out, render, report.skipped, options.show);
    }
    if counts.findings == 0 {
        head(out, render, &format!("No findings in {files}."))?;
    } else {
        let severities = listed(&[(counts.warnings, "warning", "warnings"), (counts.notes, "note", "notes")]);
        let findings = count(counts.findings, "finding", "findings");
        let within = grouped(counts.files_with_findings);
        head(out, render, &format!("{findings} ({severities}) in {within} of {files}."))?;
    }
    let fixes = fixes(counts.fixable_safe, counts.fixable_unsafe);
    let rest = needs_person(counts.findings - counts.fixable_safe - counts.fixable_unsafe);
    line(out, render, &joined(&[fixes, rest], "; "))?;

    others(out, &counts, options.show, render)?;
    skipped(out, render, report.skipped, options.show)
}

/// [`summary`] in at most five lines: what was not looked at is only counted.
///
/// # Errors
/// Those of `out`.
pub fn summary_short(
    out: &mut dyn Write,
    report: &Report,
    show: ShowOptions,
    render: RenderOptions,
) -> io::Result<()> {
    let brief = Report { skipped: &[], ..*report };
    // A line is a line, however narrow the terminal.
    let render = RenderOptions { width: None, ..render };
    summary(out, &brief, &HumanOptions { render, show })?;
    line(out, render, &unlooked(report.skipped, show).unwrap_or_default())
}

/// A line for the sites that were kept and one for the findings that are suppressed.
fn others(out: &mut dyn Write, counts: &Counts, show: ShowOptions, render: RenderOptions) -> io::Result<()> {
    let kept = (counts.kept, "site", "sites", "kept by a guard", "--show-kept", show.kept);
    let by_comment =
        (counts.suppressed, "finding", "findings", "suppressed", "--show-suppressed", show.suppressed);
    for (number, one, many, what, option, shown) in [kept, by_comment] {
        if number > 0 {
            let hint = if shown { String::new() } else { format!(" (`{option}`)") };
            line(out, render, &format!("{} {what}{hint}.", count(number, one, many)))?;
        }
    }
    Ok(())
}

/// How many files and directories were not looked at, in one line.
fn unlooked(skips: &[Skipped], show: ShowOptions) -> Option<String> {
    if skips.is_empty() {
        return None;
    }
    let folders = skips.iter().filter(|skip| skip.path.ends_with('/')).count();
    let files = skips.len() - folders;
    let mut parts = Vec::new();
    if files > 0 {
        parts.push(count(files, "file", "files"));
    }
    if folders > 0 {
        parts.push(count(folders, "directory", "directories"));
    }
    let hint = if show.skipped { "" } else { " (`--show-skipped`)" };
    Some(format!("{} not looked at{hint}.", parts.join(" and ")))
}

/// What a run of `gomend fix` came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// Whether files were written; with `--diff` and `-l` they would be.
    pub written: bool,
    /// Fixes applied.
    pub applied: usize,
    /// Files changed by them.
    pub files: usize,
    /// How far verification went: `gofmt, build and vet`; `None` when it was
    /// switched off.
    pub verified: Option<String>,
    /// How many of the applied fixes were proved.
    pub proved: usize,
    /// The applied fixes that could not be proved, by reason.
    pub unproved: Vec<Unproved>,
    /// Fixes that the toolchain refused, with its words.
    pub refused: Vec<Left>,
    /// Fixes that are not written because nothing proved them.
    pub held: Vec<Left>,
    /// Why nothing at all is written, where a proof was asked for that is out of reach.
    pub out_of_reach: Option<String>,
    /// Fixes left out for another reason: a conflict, a file changed meanwhile.
    pub deferred: Vec<Left>,
    /// Fixes that `--unsafe` would add.
    pub unsafe_left: usize,
    /// Findings that need a person.
    pub advice_left: usize,
    /// The sites of rules from files that a guard kept, where nothing else is to be said of those.
    pub kept: Vec<Left>,
    /// Whether no file could be looked at, as the errors say.
    pub nothing_seen: bool,
    /// What stands behind `gomend undo` to undo the run, when there is
    /// something to undo: its name, and its root where that is not obvious.
    pub run: Option<String>,
}

impl Fixed {
    /// How far everything that was applied is proved.
    pub fn proof(&self) -> Option<String> {
        if self.proved == self.applied { self.verified.clone() } else { None }
    }
}

/// How many sites that a guard kept are listed.
const MOST_KEPT: usize = 5;

/// Fixes that nothing could prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproved {
    /// How many.
    pub fixes: usize,
    /// Why: `built only for windows`.
    pub reason: String,
}

/// A fix that was not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The rule's id.
    pub rule: String,
    /// The file, as in a finding.
    pub path: String,
    /// Line of the site, from 1.
    pub line: usize,
    /// Column of the site in bytes, from 1.
    pub column: usize,
    /// Why, in one line or in the several lines of the compiler.
    pub reason: String,
}

/// Writes what `gomend fix` says at its end.
///
/// # Errors
/// Those of `out`.
pub fn fixed(out: &mut dyn Write, run: &Fixed, skips: &[Skipped], options: &HumanOptions) -> io::Result<()> {
    let render = options.render;
    let verb = if run.written { "Applied" } else { "Would apply" };
    if run.applied == 0 {
        let left = run.refused.len() + run.held.len() + run.deferred.len();
        if !run.nothing_seen {
            head(out, render, if left == 0 { "Nothing to fix." } else { "No fix applied." })?;
        }
    } else {
        let fixes = count(run.applied, "fix", "fixes");
        let files = count(run.files, "file", "files");
        head(out, render, &format!("{verb} {fixes} in {files}."))?;
        match &run.verified {
            None if run.unproved.is_empty() => line(out, render, "Not verified (`--verify none`).")?,
            _ if run.proved == 0 && !run.written => line(out, render, "Nothing is proved.")?,
            _ if run.proved == 0 => {}
            None => {}
            Some(rung) if run.proved == run.applied => line(out, render, &format!("All proved by {rung}."))?,
            Some(rung) => line(out, render, &format!("{} proved by {rung}.", grouped(run.proved)))?,
        }
    }
    let unproved: usize = run.unproved.iter().map(|some| some.fixes).sum();
    if unproved > 0 {
        head(out, render, &format!("{} unproved:", grouped(unproved)))?;
        for Unproved { fixes, reason } in &run.unproved {
            item(out, render, &format!("{reason} ({})", grouped(*fixes)))?;
        }
    }
    left(out, render, "refused by the proof, the code stays as it was", &run.refused)?;
    left(out, render, "not proved, so not written", &run.held)?;
    line(out, render, &cure(run))?;
    left(out, render, "left for another run", &run.deferred)?;
    let first = &run.kept[..run.kept.len().min(MOST_KEPT)];
    first_of(out, render, "kept by a guard", run.kept.len(), first)?;
    if run.kept.len() > first.len() {
        item(out, render, &format!("and {} more", grouped(run.kept.len() - first.len())))?;
    }

    let more = fixes(0, run.unsafe_left);
    let advice = needs_person(run.advice_left);
    line(out, render, &joined(&[more, advice], "; "))?;
    if let Some(run) = &run.run {
        line(out, render, &format!("`gomend undo {run}` puts the files back."))?;
    }
    skipped(out, render, skips, options.show)
}

/// Writes what `gomend fix -q` says at its end: how many fixes stayed out, and why.
///
/// # Errors
/// Those of `out`.
pub fn stayed_out(out: &mut dyn Write, run: &Fixed, render: RenderOptions) -> io::Result<()> {
    let parts = [
        (run.refused.len(), "refused by the proof"),
        (run.held.len(), "not proved, so not written"),
        (run.deferred.len(), "left for another run"),
    ];
    for (number, what) in parts.into_iter().filter(|(number, _)| *number > 0) {
        line(out, render, &format!("{} {what}.", count(number, "fix", "fixes")))?;
    }
    line(out, render, &cure(run))
}

/// What helps fixes that are not proved.
fn cure(run: &Fixed) -> String {
    match (&run.out_of_reach, run.held.is_empty()) {
        (Some(why), _) => format!("{why}."),
        (None, true) => String::new(),
        (None, false) => "Only what is proved is written; `--allow-unproved` writes the rest too.".to_owned(),
    }
}

/// Writes what could not be read or done, one `error:` line each.
///
/// # Errors
/// Those of `out`.
pub fn failures(out: &mut dyn Write, errors: &[Failure], render: RenderOptions) -> io::Result<()> {
    for error in errors {
        write!(out, "{} ", render.paint(ERROR, "error:"))?;
        let text = format!("{}: {}", visible(&error.path, None), error.reason);
        flow(out, render, &sentence(&text), 7, 2, render.prose())?;
    }
    Ok(())
}

fn left(out: &mut dyn Write, render: RenderOptions, what: &str, fixes: &[Left]) -> io::Result<()> {
    first_of(out, render, what, fixes.len(), fixes)
}

/// The first of `all` sites, with why.
fn first_of(
    out: &mut dyn Write,
    render: RenderOptions,
    what: &str,
    all: usize,
    fixes: &[Left],
) -> io::Result<()> {
    if fixes.is_empty() {
        return Ok(());
    }
    head(out, render, &format!("{} {what}:", grouped(all)))?;
    for Left { rule, path, line, column, reason } in fixes {
        let place = format!("{}:{line}:{column}", visible(path, None));
        let reason = reason.trim_end();
        if !reason.contains('\n') {
            item(out, render, &format!("{place} {rule}: {reason}"))?;
            continue;
        }
        item(out, render, &format!("{place} {rule}:"))?;
        for words in reason.lines() {
            writeln!(out, "      {}", visible(words, Some('\t')))?;
        }
    }
    Ok(())
}

/// A line that counts what was not looked at; then the files that are not what they should
/// be, or all where the list is wanted.
fn skipped(
    out: &mut dyn Write,
    render: RenderOptions,
    skips: &[Skipped],
    show: ShowOptions,
) -> io::Result<()> {
    let Some(text) = unlooked(skips, show) else { return Ok(()) };
    let wanted = |skip: &&Skipped| show.skipped || is_problem(&skip.reason);
    let listed: Vec<&Skipped> = skips.iter().filter(wanted).collect();
    let end = if listed.is_empty() { "." } else { ":" };
    line(out, render, &format!("{}{end}", text.trim_end_matches('.')))?;
    let most = if show.skipped { listed.len() } else { NAMED };
    for skip in listed.iter().take(most) {
        item(out, render, &format!("{}: {}", visible(&skip.path, None), skip.reason))?;
    }
    if listed.len() > most {
        item(out, render, &format!("and {} more", grouped(listed.len() - most)))?;
    }
    Ok(())
}

/// Whether the owner of a file should hear that it was not looked at, because the file is
/// not what it should be; a skip that somebody chose is none.
fn is_problem(reason: &str) -> bool {
    const PROBLEMS: [&str; 6] =
        ["syntax error", "nested too deeply", "not UTF-8", "too large", "unreadable", "binary"];
    PROBLEMS.into_iter().any(|kind| reason.starts_with(kind))
}

/// What `gomend fix` would do now.
fn fixes(safe: usize, unsafe_: usize) -> String {
    match (safe, unsafe_) {
        (0, 0) => String::new(),
        (0, _) => format!("`gomend fix --unsafe` applies {}", count(unsafe_, "fix", "fixes")),
        (_, 0) => format!("`gomend fix` applies {}", count(safe, "fix", "fixes")),
        _ => {
            let fixes = count(safe, "fix", "fixes");
            format!("`gomend fix` applies {fixes}, `gomend fix --unsafe` {} more", grouped(unsafe_))
        }
    }
}

fn needs_person(number: usize) -> String {
    match number {
        0 => String::new(),
        _ => format!("{} to change by hand", grouped(number)),
    }
}

fn head(out: &mut dyn Write, render: RenderOptions, text: &str) -> io::Result<()> {
    flow(out, render, &[TerminalPiece { style: BOLD, text, solid: false }], 0, 2, render.prose())
}

/// A sentence on its own line; nothing when it is empty.
fn line(out: &mut dyn Write, render: RenderOptions, text: &str) -> io::Result<()> {
    if text.is_empty() { Ok(()) } else { flow(out, render, &sentence(text), 0, 2, render.prose()) }
}

fn item(out: &mut dyn Write, render: RenderOptions, text: &str) -> io::Result<()> {
    write!(out, "  ")?;
    let mut pieces = sentence(text);
    if let Some(number) = pieces.first_mut().filter(|piece| piece.text.starts_with("and ")) {
        number.style = DIM;
    }
    flow(out, render, &pieces, 2, 4, render.prose())
}

fn joined(parts: &[String], between: &str) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { parts.join(between) + "." }
}

fn listed(parts: &[(usize, &str, &str)]) -> String {
    let parts = parts.iter().filter(|(number, ..)| *number > 0);
    parts.map(|(number, one, many)| count(*number, one, many)).collect::<Vec<_>>().join(", ")
}
