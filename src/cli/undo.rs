//! `gomend undo`: puts back what a run wrote.

use super::args::UndoArgs;
use super::io::{Io, tolerate};
use super::setup::{remembered_root, shown, working_directory};
use super::{ERROR, FINDINGS, OK, Stop, staged, writer};
use crate::report::counted::counted;
use crate::store::{self, Run, RunState, UndoneStatus};
use std::io::Write;
use std::path::Path;

/// Runs the verb.
pub fn run(args: UndoArgs, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let root = args.root.unwrap_or_else(|| remembered_root(&cwd));
    if args.list {
        tolerate(list(&root, io)?)?;
        return Ok(OK);
    }
    let id =
        match &args.run {
            Some(text) => {
                let id = text.parse();
                Some(id.map_err(|_| {
                    anyhow::anyhow!("`{text}` is not a run; `gomend undo --list` shows the runs")
                })?)
            }
            None => None,
        };
    let mut store = writer::open(&root, command, io)?;
    let undone = store.undo(id, &mut |_| {})?;
    let mut restored = 0;
    let mut status = OK;
    for file in &undone.files {
        let path = shown(&cwd, &file.path);
        match &file.status {
            UndoneStatus::Restored => restored += 1,
            UndoneStatus::AlreadyOld => {}
            UndoneStatus::ChangedSince(drift) => {
                writeln!(io.stderr, "left as it is: {path}: {drift} since the run; restore it by hand")?;
                status = status.max(FINDINGS);
            }
            UndoneStatus::Skipped(skip) => {
                writeln!(io.stderr, "left as it is: {path}: {skip}")?;
                status = status.max(FINDINGS);
            }
            UndoneStatus::Failed(error) => {
                writeln!(io.stderr, "error: {error}")?;
                status = ERROR;
            }
        }
    }
    let (unstaged, others) = staged::take_back(&store, undone.run)?;
    for path in others {
        let path = shown(&cwd, &path);
        writeln!(io.stderr, "left as it is in git's index: {path}: it was staged again since the run")?;
        status = status.max(FINDINGS);
    }
    if unstaged == 0 && undone.files.iter().all(|file| matches!(file.status, UndoneStatus::AlreadyOld)) {
        let before = store::runs(&root, None)?.into_iter().rev().find(|run| run.state == RunState::Finished);
        let next = before.map(|run| format!(" `gomend undo {}` puts back what run {0} wrote.", run.id));
        let next = next.unwrap_or_default();
        if !args.quiet {
            tolerate(writeln!(io.stdout, "Nothing is left to restore of run {}.{next}", undone.run))?;
        }
        return Ok(status);
    }
    let files = counted(restored, "file", "files");
    let index = match unstaged {
        0 => String::new(),
        number => format!(" {} of git's index too.", counted(number, "entry", "entries")),
    };
    if !args.quiet {
        tolerate(writeln!(io.stdout, "Restored {files} of run {}.{index}", undone.run))?;
    }
    Ok(status)
}

fn list(root: &Path, io: &mut Io<'_>) -> Result<std::io::Result<()>, Stop> {
    let runs = store::runs(root, None)?;
    let mut write = || {
        if runs.is_empty() {
            writeln!(io.stdout, "No run is remembered for {}.", root.display())?;
        }
        runs.iter().try_for_each(|run| line(&mut io.stdout, run))
    };
    Ok(write())
}

/// `   3  2026-11-21 04:55:05 UTC  12 files  finished  gomend fix`
fn line(out: &mut dyn Write, run: &Run) -> std::io::Result<()> {
    let state = match run.state {
        RunState::Unfinished => "ended half-way, or is still running".to_owned(),
        RunState::Finished => "finished".to_owned(),
        RunState::HalfUndone => "half undone".to_owned(),
        RunState::Undone => "undone".to_owned(),
        RunState::PartlyUndone { left } => format!("undone but for {left}"),
        RunState::Damaged => "its journal is damaged".to_owned(),
    };
    let (time, command) = match &run.meta {
        Some(meta) => (meta.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(), meta.command.as_str()),
        None => (String::new(), ""),
    };
    let number = run.files.len();
    let files = if number == 1 { "file " } else { "files" };
    writeln!(out, "{:>4}  {time}  {number:>5} {files}  {state}  {command}", run.id)
}
