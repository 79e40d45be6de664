//! `check --add-ignore`: a comment with a reason at each finding that is there.

use crate::cli::args::CheckArgs;
use crate::cli::io::{Io, tolerate};
use crate::cli::setup::{Setup, named_in, shown};
use crate::cli::{ERROR, FINDINGS, OK, Stop, writer};
use crate::engine::discover::{is_generated, read_path};
use crate::engine::ignoring::{Commented, SitePlaces};
use crate::engine::scan::{Scanned, UNUSED};
use crate::report::counted::counted;
use crate::report::human;
use crate::rewrite::{Applicability, Failure};
use crate::store::{Change, FileStatus, RunMeta};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A finding that gets no comment.
struct Bare {
    path: String,
    line: usize,
    rule: String,
    reason: String,
}

/// Writes the comments.
pub fn run(args: &CheckArgs, reason: &str, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let reason = reason.trim();
    anyhow::ensure!(
        !reason.is_empty() && !reason.contains(['\n', '\r']),
        "--add-ignore wants a reason of one line; write --add-ignore 'why the code stays as it is'"
    );
    let setup = Setup::new(&args.target, args.output.quiet, io)?.narrowed(&args.target.narrow)?;
    anyhow::ensure!(
        setup.read_stdin(&args.target, io)?.is_none(),
        "--add-ignore writes to files; name files instead of `-`"
    );
    let root = setup.root();
    let mut store = writer::open(&root, command, io)?;
    store.ensure_finished()?;
    let mut scanned = setup.render()?;
    setup.narrow(&mut scanned, None, io)?;
    let (changes, bare) = comments(&setup, &scanned, reason);
    let written: usize = changes.iter().map(|(_, number)| number).sum();
    let changes: Vec<Change> = changes.into_iter().map(|(change, _)| change).collect();
    let (number, mut failures) = (changes.len(), std::mem::take(&mut scanned.failures));
    let mut run = None;
    if !changes.is_empty() {
        let meta = RunMeta {
            command: command.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: jiff::Timestamp::now(),
        };
        let outcome = store.write(&changes, meta, &mut |_| {})?;
        run = outcome.run.map(|run| named_in(&root, &setup.cwd, &run));
        for file in outcome.files {
            let reason = match &file.status {
                FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile => continue,
                FileStatus::ChangedMeanwhile(drift) => format!("{drift} meanwhile; run it again"),
                FileStatus::Skipped(skip) => skip.to_string(),
                FileStatus::Failed(error) => error.to_string(),
            };
            failures.push(Failure { path: shown(&setup.cwd, &file.path), reason });
        }
    }
    if !args.output.quiet {
        let out = &mut io.stdout;
        tolerate(match written {
            0 => writeln!(out, "No comment was added."),
            _ => {
                let comments = counted(written, "comment", "comments");
                writeln!(out, "Added {comments} to {}.", counted(number, "file", "files"))
            }
        })?;
        if let Some(run) = run {
            tolerate(writeln!(out, "`gomend undo {run}` takes them back."))?;
        }
    }
    for Bare { path, line, rule, reason } in &bare {
        writeln!(io.stderr, "left as it is: {path}:{line} {rule}: {reason}")?;
    }
    let render = io.err_render(args.output.color);
    human::failures(&mut io.stderr, &failures, render)?;
    Ok(match failures.is_empty() {
        false => ERROR,
        true if !bare.is_empty() => FINDINGS,
        true => OK,
    })
}

/// The files with their comments and how many each gets, and the findings that get none.
fn comments(setup: &Setup, scanned: &Scanned, reason: &str) -> (Vec<(Change, usize)>, Vec<Bare>) {
    let mut bare = Vec::new();
    let mut files: BTreeMap<PathBuf, SitePlaces> = BTreeMap::new();
    for finding in &scanned.findings {
        if finding.suppressed || finding.level == Applicability::Kept {
            continue;
        }
        if finding.rule == UNUSED {
            let reason = "it is about a comment; remove that".to_owned();
            let (path, rule) = (finding.path.to_string(), finding.rule.to_owned());
            bare.push(Bare { path, line: finding.start.line, rule, reason });
            continue;
        }
        let places = files.entry(setup.cwd.join(&*finding.path)).or_default();
        places.insert((finding.start.byte, finding.rule), finding.start.line);
    }
    let scan = setup.scan(&|| {});
    let mut changes = Vec::new();
    for (path, places) in files {
        let mut leave = |places: &SitePlaces, reason: &str| {
            bare.extend(places.iter().map(|((_, rule), line)| Bare {
                path: shown(&setup.cwd, &path).to_string(),
                line: *line,
                rule: (*rule).to_owned(),
                reason: reason.to_owned(),
            }));
        };
        let text = match read_path(&path, setup.limits) {
            Ok(text) if is_generated(text.as_bytes()) => {
                leave(&places, "the file is generated; exclude it, or change its generator");
                continue;
            }
            Ok(text) => text,
            Err(error) => {
                leave(&places, &error.to_string());
                continue;
            }
        };
        if let Some(directive) = scan.file_cache.embedded(&path) {
            leave(&places, &format!("the program carries this file as data ({directive})"));
            continue;
        }
        let Commented { edits, comments, left } = scan.comments_at(&path, &text, &places, reason);
        leave(&left, "no line of its own is there for a comment");
        if comments > 0 {
            let after = edits.apply(&text);
            changes.push((Change { path, before: text.into_bytes(), after: after.into_bytes() }, comments));
        }
    }
    (changes, bare)
}
