//! `gomend report`: the dry run as a page for people. Writes that page and
//! nothing else; Go runs only when a proof is asked for.

pub mod about;

use super::args::{ReportArgs as Args, ReportFormat, Verify};
use super::filter::FixFilter;
use super::io::{Io, save, tolerate};
use super::proof::PlannedCandidates;
use super::setup::{Setup, shown};
use super::{ERROR, FINDINGS, OK, Stop, proof, rules};
use crate::engine::discover::read_path;
use crate::engine::fixes::Fixes;
use crate::engine::narrow::Allowed;
use crate::engine::owners::Owners;
use crate::engine::policy::Policy;
use crate::engine::scan::{Scanned, UNUSED};
use crate::report::html_input::{HtmlInput, RulePage};
use crate::report::{Report, escape, html, human, markdown_summary};
use crate::rewrite::{Applicability, Evidence, Proof};
use crate::transforms::EVIDENCE;
use crate::verify::ProofOptions;
use anyhow::Context;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs the verb.
pub fn run(args: &Args, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let page = args.format == ReportFormat::Html;
    anyhow::ensure!(
        args.output.is_some() || !page || !io.stdout_is_terminal,
        "a page of HTML is not for a terminal; `-o report.html` writes it to a file"
    );
    let mut setup = Setup::new(&args.target, args.quiet, io)?.narrowed(&args.target.narrow)?;
    if !matches!(args.verify, None | Some(Verify::None)) {
        setup = setup.asking();
    }
    let given = setup.read_stdin(&args.target, io)?;
    let mut scanned = match &given {
        Some((path, text)) => setup.scan_text(path, text.clone()),
        None => setup.render()?,
    };
    let allowed = setup.narrow(&mut scanned, None, io)?;
    let mut about = about::about(&setup, command);
    let mut out_of_reach = None;
    if given.is_none() && !matches!(args.verify, None | Some(Verify::None)) {
        let (counts, why) = prove(args, &setup, &mut scanned, allowed, io)?;
        about.proof = Some(counts);
        out_of_reach = why;
    }
    let pages = pages(&setup, &scanned);
    let source = |path: &str| {
        let path = setup.cwd.join(path);
        match &given {
            Some((given, text)) if *given == path => Some(text.clone()),
            _ => read_path(&path, setup.limits).ok(),
        }
    };
    let root = setup.root();
    let owners = owners(&root, io)?;
    let owner = |path: &str| {
        let names = owners.as_ref()?.of(&shown(&root, &setup.cwd.join(path))).join(" ");
        (!names.is_empty()).then_some(names)
    };
    let html_input = HtmlInput {
        report: Report {
            files: scanned.files,
            findings: &scanned.findings,
            skipped: &scanned.skipped,
            errors: &scanned.failures,
            part: None,
        },
        about: &about,
        rules: &pages,
        owner: &owner,
        source: &source,
    };
    let write = |out: &mut dyn Write| {
        if page { html::write(out, &html_input) } else { markdown_summary::write(out, &html_input) }
    };
    match &args.output {
        Some(file) if file != Path::new("-") => {
            // A page of HTML spells out by itself what a browser acts upon.
            let bytes = if page { exact(write)? } else { escape::page(false, write)? };
            put(file, &bytes)?;
            if !args.quiet {
                tolerate(writeln!(io.stderr, "Wrote {}.", file.display()))?;
            }
        }
        _ => {
            if page {
                io.exact();
            }
            tolerate(write(&mut io.stdout))?;
        }
    }
    let render = io.err_render(args.color);
    human::failures(&mut io.stderr, &scanned.failures, render)?;
    Ok(match () {
        () if !scanned.failures.is_empty() => ERROR,
        () if out_of_reach.is_some() => FINDINGS,
        () => OK,
    })
}

/// Who owns what below `root`, where that can be read.
pub fn owners(root: &Path, io: &mut Io<'_>) -> Result<Option<Owners>, Stop> {
    Owners::of_repository(root).or_else(|error| {
        writeln!(io.stderr, "note: the report names no owners: {error}")?;
        Ok(None)
    })
}

/// What `write` writes, byte for byte.
fn exact(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    Ok(bytes)
}

/// Puts the report into the file at once; what is no regular file, a device or a
/// pipe, is written as it is.
fn put(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()));
    }
    save(path, bytes)
}

/// Proves the fixes, safe and unsafe ones, notes at each finding what came of
/// it, and says it of the whole; and why the rung that was asked for is out of reach.
fn prove(
    args: &Args,
    setup: &Setup,
    scanned: &mut Scanned,
    allowed: Allowed,
    io: &mut Io<'_>,
) -> Result<(String, Option<String>), Stop> {
    let paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let scan = setup.scan(&|| {});
    let filter = FixFilter::new(&scan, allowed, Applicability::Unsafe);
    let choose = |entry: &_, seen: &_, file: &_, key: &_| filter.wants(entry, seen, file, key);
    let fixes = setup.until_types_are_known(|| Fixes::plan(&scan, paths.clone(), &choose, setup.threads()));
    let options = ProofOptions { timeout: args.verify_timeout, ..ProofOptions::default() };
    let verdicts = proof::prove(&PlannedCandidates::of(&fixes), args.verify, options, setup)?;
    proof::write_notes(&verdicts, false, io)?;
    let sites = scanned.sites(&setup.cwd);
    for (id, taken) in fixes.taken().iter().enumerate() {
        let Some(&index) = sites.get(&taken.key) else { continue };
        let (proof, reason) = verdicts.per_fix.get(&id).cloned().unwrap_or_default();
        scanned.findings[index].proof = proof;
        scanned.findings[index].proof_reason = reason;
    }
    // A fix that meets another one was not tried; alone it stands.
    for dropped in fixes.dropped() {
        let Some(&index) = sites.get(&dropped.key) else { continue };
        scanned.findings[index].proof = Proof::Unproved;
        scanned.findings[index].proof_reason = Some(dropped.reason.clone());
    }
    drop(fixes);
    filter.write_lacking(io)?;
    let out_of_reach = proof::Terms { named: args.verify, ..proof::Terms::default() }.out_of_reach(&verdicts);
    Ok((proof::counts(scanned, &verdicts), out_of_reach))
}

/// The pages of the rules that run at the root, and of those with a finding.
fn pages(setup: &Setup, scanned: &Scanned) -> Vec<RulePage> {
    let policy = setup.settings.for_file(&setup.root().join("main.go"));
    let found = |id: &str| scanned.findings.iter().any(|finding| finding.rule == id);
    let entries =
        setup.catalogue.iter().filter(|entry| policy.rules.contains(entry.meta.id) || found(entry.meta.id));
    let mut pages: Vec<RulePage> = entries
        .map(|entry| RulePage {
            rule: rules::row(entry),
            doc: entry.page(),
            evidence: Evidence::of(EVIDENCE, entry.meta.id),
        })
        .collect();
    if found(UNUSED) {
        let (_, doc) = rules::UNUSED_PAGE.split_once('\n').unwrap_or_default();
        pages.push(RulePage { rule: rules::unused(), doc: doc.to_owned(), evidence: None });
    }
    pages
}
