//! `gomend fix`: plans the fixes, proves them, then writes them or prints them.

use super::args::{Fix, Format};
use super::io::Io;
use super::setup::{Setup, root_of, shown};
use super::{ERROR, FINDINGS, OK, Stop, proof};
use crate::engine::fixes::Fixes;
use crate::engine::plan::{Key, Place, Planned};
use crate::engine::scan::Scanned;
use crate::report::human::{self, Fixed, Left, Unproved};
use crate::report::{Report, diff, json};
use crate::rewrite::{Finding, Level, Proof};
use crate::store::{Change, FileStatus, RunMeta, Store};
use crate::syntax::File;
use crate::verify::Verdicts;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Lines of context around a hunk, as git has it.
const CONTEXT: usize = 3;

/// Runs the verb.
pub fn run(args: Fix, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let setup = Setup::new(&args.target)?;
    if let Some((path, text)) = setup.read_stdin(&args.target, io)? {
        return stdin(&args, &setup, path, text, io);
    }
    let writes = !args.diff && !args.list;
    let named = setup.paths.iter().filter_map(|path| std::fs::canonicalize(setup.cwd.join(path)).ok());
    let named: Vec<PathBuf> = named.collect();
    let root = root_of(&setup.cwd, named.iter());
    let mut store = None;
    if writes {
        let opened = store.insert(Store::open(&root, None, command)?);
        if args.resume {
            return resume(opened, &setup, io);
        }
        opened.ensure_finished()?;
    }
    let mut scanned = setup.look(args.target.output.quiet)?;
    let least = if args.r#unsafe { Level::Unsafe } else { Level::Safe };
    let scan = setup.scan(&|| {});
    let choose = |entry: &_, seen: &_, file: &File| scan.wants(entry, seen, file, least);
    let paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let fixes = Fixes::plan(&scan, paths, &choose, setup.threads());
    let configured = setup.settings.verify(&setup.cwd);
    let verdicts = proof::prove(&fixes, &args, configured, setup.threads())?;
    for note in &verdicts.notes {
        writeln!(io.stderr, "note: {note}")?;
    }
    let mut done = Run::new(&setup, &fixes, &verdicts, &mut scanned, &args);
    if args.gofmt {
        gofmt(&mut done.files)?;
    }
    let status = if let Some(store) = &mut store {
        done.write(store, &setup, command)?
    } else if done.files.is_empty() {
        OK
    } else {
        FINDINGS
    };
    done.summary.unsafe_left = if args.r#unsafe { 0 } else { left(&scanned, Level::Unsafe) };
    done.summary.advice_left = left(&scanned, Level::Advice);
    print(&args, &setup, &scanned, &done, io)?;
    let refused = !done.summary.refused.is_empty() || !done.summary.deferred.is_empty();
    let failed = !scanned.failures.is_empty() || status == ERROR;
    Ok(if failed { ERROR } else { status.max(u8::from(refused)) })
}

fn left(scanned: &Scanned, level: Level) -> usize {
    scanned.findings.iter().filter(|finding| finding.level == level && !finding.suppressed).count()
}

/// What a run of `fix` comes to.
struct Run {
    files: BTreeMap<PathBuf, Planned>,
    summary: Fixed,
}

impl Run {
    /// Holds back what may not be written, and marks every finding with what
    /// became of its fix.
    fn new(setup: &Setup, fixes: &Fixes<'_>, verdicts: &Verdicts, scanned: &mut Scanned, args: &Fix) -> Run {
        let mut without = BTreeSet::new();
        for (id, (verdict, _)) in &verdicts.per_fix {
            if !proof::may_write(*verdict, args.require_proof) {
                without.insert(*id);
            }
        }
        let outcome = fixes.outcome(&without);
        let mut summary = Fixed { verified: proof::words(verdicts.reached), ..Fixed::default() };
        summary.files = outcome.files.len();
        let mut unproved: BTreeMap<String, usize> = BTreeMap::new();
        for (id, taken) in fixes.taken().iter().enumerate() {
            let (verdict, reason) = verdicts.per_fix.get(&id).cloned().unwrap_or_default();
            let finding = finding_of(&taken.key, setup, scanned);
            let place = finding.as_ref().map(|finding| (finding.start.line, finding.start.column));
            if let Some(finding) = finding {
                finding.proof = verdict;
                finding.proof_reason = reason.clone();
            }
            let left = |reason: String| {
                let (line, column) = place.unwrap_or((1, 1));
                let path = shown(&setup.cwd, &taken.key.path).to_string();
                Left { rule: taken.key.rule.to_owned(), path, line, column, reason }
            };
            if verdict == Proof::Refused {
                summary.refused.push(left(reason.unwrap_or_default()));
            } else if without.contains(&id) {
                summary.deferred.push(left(format!("not proved: {}", reason.unwrap_or_default())));
            } else if outcome.lost.contains(&id) {
                summary.deferred.push(left("it stands on a fix that was refused".to_owned()));
            } else {
                summary.applied += 1;
                match verdict {
                    Proof::Proved => summary.proved += 1,
                    Proof::Unproved => *unproved.entry(reason.unwrap_or_default()).or_default() += 1,
                    Proof::Refused | Proof::None => {}
                }
            }
        }
        for dropped in fixes.dropped() {
            let place = finding_of(&dropped.key, setup, scanned).map(|finding| finding.start);
            summary.deferred.push(Left {
                rule: dropped.key.rule.to_owned(),
                path: shown(&setup.cwd, &dropped.key.path).to_string(),
                line: place.map_or(1, |place| place.line),
                column: place.map_or(1, |place| place.column),
                reason: dropped.reason.clone(),
            });
        }
        summary.unproved = unproved.into_iter().map(|(reason, fixes)| Unproved { fixes, reason }).collect();
        Run { files: outcome.files, summary }
    }

    /// Writes the files through the journal.
    fn write(&mut self, store: &mut Store, setup: &Setup, command: &str) -> Result<u8, Stop> {
        let change = |(path, planned): (&PathBuf, &Planned)| Change {
            path: path.clone(),
            before: planned.before.clone().into_bytes(),
            after: planned.after.clone().into_bytes(),
        };
        let changes: Vec<Change> = self.files.iter().map(change).collect();
        let meta = RunMeta {
            command: command.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: jiff::Timestamp::now(),
        };
        let outcome = store.write(&changes, meta, &mut |_| {})?;
        let mut status = OK;
        for file in &outcome.files {
            let reason = match &file.status {
                FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile { .. } => continue,
                FileStatus::ChangedMeanwhile(drift) => {
                    status = status.max(FINDINGS);
                    format!("{drift} while gomend was at work; run it again")
                }
                FileStatus::Skipped(skip) => {
                    status = status.max(FINDINGS);
                    skip.to_string()
                }
                FileStatus::Failed(error) => {
                    status = ERROR;
                    error.to_string()
                }
            };
            self.files.remove(&file.path);
            let path = shown(&setup.cwd, &file.path).to_string();
            self.summary.deferred.push(Left { rule: "fix".to_owned(), path, line: 1, column: 1, reason });
        }
        self.summary.files = self.files.len();
        self.summary.written = true;
        self.summary.run = outcome.run.map(|run| run.to_string());
        Ok(status)
    }
}

/// The finding whose fix has this key.
fn finding_of<'a>(key: &Key, setup: &Setup, scanned: &'a mut Scanned) -> Option<&'a mut Finding> {
    let Place::Disk(offset) = key.place else { return None };
    let path = shown(&setup.cwd, &key.path);
    scanned
        .findings
        .iter_mut()
        .find(|finding| finding.start.byte == offset && finding.rule == key.rule && finding.path == path)
}

fn print(args: &Fix, setup: &Setup, scanned: &Scanned, done: &Run, io: &mut Io<'_>) -> Result<(), Stop> {
    let output = &args.target.output;
    let look = io.look(output.color);
    let err_look = io.err_look(output.color);
    if output.format == Format::Json {
        let report = Report {
            files: scanned.files,
            findings: &scanned.findings,
            skipped: &scanned.skipped,
            errors: &scanned.failures,
        };
        return tolerate(json::write(&mut io.stdout, &report, false));
    }
    if args.diff {
        for (path, planned) in &done.files {
            let path = shown(&setup.cwd, path);
            let file = diff::FileDiff {
                path_old: &path,
                path_new: &path,
                before: planned.before.as_bytes(),
                after: planned.after.as_bytes(),
            };
            diff::write(&mut io.stdout, &file, CONTEXT, look)?;
        }
        io.stdout.flush()?;
    } else if args.list {
        for path in done.files.keys() {
            writeln!(io.stdout, "{}", shown(&setup.cwd, path))?;
        }
        io.stdout.flush()?;
    }
    let writes = !args.diff && !args.list;
    if !output.quiet || !done.summary.refused.is_empty() || !done.summary.deferred.is_empty() {
        let options =
            human::Options { look: if writes { look } else { err_look }, show_kept: output.show_kept };
        let out: &mut dyn Write = if writes { &mut io.stdout } else { &mut io.stderr };
        tolerate(human::fixed(out, &done.summary, &scanned.skipped, &options))?;
    }
    tolerate(human::failures(&mut io.stderr, &scanned.failures, err_look))
}

/// The files are written by now: that nobody reads the summary is no failure.
fn tolerate(result: std::io::Result<()>) -> Result<(), Stop> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Fixes one file from standard input to standard output. There is no package
/// on disk that it belongs to as it is, so nothing but the parse proves it.
fn stdin(args: &Fix, setup: &Setup, path: PathBuf, text: String, io: &mut Io<'_>) -> Result<u8, Stop> {
    let scan = setup.scan(&|| {});
    let scanned = scan.text(&path, text.clone());
    let least = if args.r#unsafe { Level::Unsafe } else { Level::Safe };
    let choose = |entry: &_, seen: &_, file: &File| scan.wants(entry, seen, file, least);
    let mut files = BTreeMap::new();
    if scanned.skipped.is_empty() {
        let fixes = Fixes::of_file(&scan, Arc::new(File::new(&path, text.clone())), &choose);
        files = fixes.outcome(&BTreeSet::new()).files;
    }
    if args.gofmt {
        gofmt(&mut files)?;
    }
    for skipped in &scanned.skipped {
        writeln!(io.stderr, "note: {} is left as it is: {}", skipped.path, skipped.reason)?;
    }
    let planned = files.get(&path);
    let after = planned.map_or(text.as_str(), |planned| planned.after.as_str());
    if args.diff {
        let name = shown(&setup.cwd, &path);
        let file = diff::FileDiff {
            path_old: &name,
            path_new: &name,
            before: text.as_bytes(),
            after: after.as_bytes(),
        };
        let look = io.look(args.target.output.color);
        diff::write(&mut io.stdout, &file, CONTEXT, look)?;
    } else if args.list {
        if planned.is_some() {
            writeln!(io.stdout, "{}", shown(&setup.cwd, &path))?;
        }
    } else {
        io.stdout.write_all(after.as_bytes())?;
    }
    let asks = args.diff || args.list;
    Ok(if planned.is_some() && asks { FINDINGS } else { OK })
}

fn resume(store: &mut Store, setup: &Setup, io: &mut Io<'_>) -> Result<u8, Stop> {
    let outcome = store.resume(&mut |_| {})?;
    let mut status = OK;
    let mut written = 0;
    for file in &outcome.files {
        let path = shown(&setup.cwd, &file.path);
        match &file.status {
            FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile { .. } => written += 1,
            FileStatus::ChangedMeanwhile(drift) => {
                writeln!(io.stderr, "left as it is: {path}: {drift}; run `gomend fix` again")?;
                status = status.max(FINDINGS);
            }
            FileStatus::Skipped(skip) => {
                writeln!(io.stderr, "left as it is: {path}: {skip}")?;
                status = status.max(FINDINGS);
            }
            FileStatus::Failed(error) => {
                writeln!(io.stderr, "error: {error}")?;
                status = ERROR;
            }
        }
    }
    let run = outcome.run.map(|run| run.to_string()).unwrap_or_default();
    writeln!(io.stdout, "Finished run {run}: {written} of {} files are written.", outcome.files.len())?;
    Ok(status)
}

/// Runs the real gofmt over each file.
fn gofmt(files: &mut BTreeMap<PathBuf, Planned>) -> Result<(), Stop> {
    for (path, planned) in files {
        planned.after = formatted(path, &planned.after)?;
    }
    Ok(())
}

fn formatted(path: &Path, text: &str) -> Result<String, Stop> {
    let mut child = Command::new("gofmt")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("gofmt cannot be started; install Go or leave out --gofmt")?;
    let mut input = child.stdin.take().context("gofmt has no standard input")?;
    let text = text.to_owned();
    // gofmt may write before it has read everything.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().context("gofmt cannot be read")?;
    let fed = writer.join();
    anyhow::ensure!(
        output.status.success() && matches!(fed, Ok(Ok(()))),
        "{}: gofmt failed: {}",
        path.display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
