//! Findings in the format that was asked for, and numbers where they were.

use super::Stop;
use super::args::{Format, OutputArgs};
use super::io::{Io, tolerate};
use super::rules;
use super::setup::{Setup, shown};
use crate::engine::owners::{Owners, OwnersError};
use crate::engine::scan::Scanned;
use crate::report::Part;
use crate::report::rules::RuleDoc;
use crate::report::{
    EscapeForm, Report, ReportInput, SourceTexts, Statistics, Writer, checkstyle, concise, github, gitlab,
    json, junit, markdown, rdjson, sarif,
};
use crate::rewrite::Failure;
use crate::rewrite::RuleEntry;

/// The writer of a format for a program or a service; `None` for the ones that
/// a verb writes in its own way.
fn writer(format: Format) -> Option<Writer> {
    Some(match format {
        Format::Sarif => sarif::write,
        Format::Github => github::write,
        Format::Gitlab => gitlab::write,
        Format::Checkstyle => checkstyle::write,
        Format::Junit => junit::write,
        Format::Rdjson => rdjson::write,
        Format::Markdown => markdown::write,
        Format::Human | Format::Concise | Format::Json | Format::Patch => return None,
    })
}

/// How what a terminal would act upon is spelled in a format.
fn form(format: Format) -> EscapeForm {
    match format {
        Format::Json | Format::Sarif | Format::Gitlab | Format::Rdjson => EscapeForm::Json,
        Format::Checkstyle | Format::Junit => EscapeForm::Xml,
        Format::Human | Format::Concise | Format::Github | Format::Markdown | Format::Patch => {
            EscapeForm::Text
        }
    }
}

/// The files of a run, read when a format asks for them.
pub fn sources(setup: &Setup) -> SourceTexts {
    SourceTexts::new(&setup.cwd, &setup.root())
}

/// Whether `format` looks into the files once more.
pub fn reads(format: Format) -> bool {
    writer(format).is_some()
}

/// What was found, as every format is told it.
pub fn report<'a>(scanned: &'a Scanned, part: Option<&'a Part>) -> Report<'a> {
    Report {
        files: scanned.files,
        findings: &scanned.findings,
        skipped: &scanned.skipped,
        errors: &scanned.failures,
        part,
    }
}

/// The tables of numbers, where they were asked for. A list of owners that
/// cannot be used becomes a failure.
pub fn statistics(
    output: &OutputArgs,
    setup: &Setup,
    sources: &SourceTexts,
    scanned: &mut Scanned,
) -> Option<Statistics> {
    if !output.statistics {
        return None;
    }
    let owners = Owners::of_repository(&setup.root()).unwrap_or_else(|error| {
        let (OwnersError::Unreadable { path, .. } | OwnersError::Pattern { path, .. }) = &error;
        let text = error.to_string();
        let reason = text.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&text).to_owned();
        scanned.failures.push(Failure { path: shown(&setup.cwd, path), reason });
        None
    });
    let report = report(scanned, None);
    Some(match owners {
        None => Statistics::of(&report, None),
        Some(owners) => {
            let named = |path: &str| {
                owners.of(&sources.from_root(path)).into_iter().map(str::to_owned).collect::<Vec<String>>()
            };
            Statistics::of(&report, Some(&named))
        }
    })
}

/// Writes a format that is not written for a terminal and not a patch, with its
/// numbers: inside of the document where it has a place for them, else to
/// standard error.
pub fn write(
    output: &OutputArgs,
    catalogue: &[RuleEntry],
    scanned: &Scanned,
    part: Option<&Part>,
    sources: &SourceTexts,
    statistics: Option<&Statistics>,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    // Their pages are long; not every format has a place for them.
    let rules = if writer(output.format).is_some() { rules::docs(catalogue) } else { Vec::new() };
    write_about(output, &rules, scanned, part, sources, statistics, io)
}

/// As [`write()`], for findings of these rules.
pub fn write_about(
    output: &OutputArgs,
    rules: &[RuleDoc],
    scanned: &Scanned,
    part: Option<&Part>,
    sources: &SourceTexts,
    statistics: Option<&Statistics>,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    io.stdout.form = form(output.format);
    let report = report(scanned, part);
    let mut notes = Vec::new();
    let mut out = |result: std::io::Result<Vec<String>>| tolerate(result.map(|cut| notes = cut));
    match writer(output.format) {
        None if output.format == Format::Concise => {
            let render = io.render(output.color);
            out(concise::findings(&mut io.stdout, &report, output.show(), render).map(|()| Vec::new()))?;
        }
        None => out(json::write(&mut io.stdout, &report, statistics).map(|()| Vec::new()))?,
        Some(writer) => {
            let input = ReportInput { report, sources, rules, show_kept: output.show_kept };
            if output.format == Format::Markdown {
                out(markdown::write_with(&mut io.stdout, &input, statistics))?;
            } else {
                out(writer(&mut io.stdout, &input))?;
                if let Some(statistics) = statistics {
                    let render = io.err_render(output.color);
                    statistics.human(&mut io.stderr, render)?;
                }
            }
        }
    }
    tolerate(io.stdout.flush())?;
    for note in notes {
        writeln!(io.stderr, "note: {note}")?;
    }
    Ok(())
}
