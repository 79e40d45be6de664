//! `gomend undo`: puts back what a run wrote.

use super::args::Undo;
use super::io::Io;
use super::setup::{root_of, shown};
use super::{ERROR, FINDINGS, OK, Stop};
use crate::store::{self, RunState, Store, UndoneStatus};
use anyhow::Context;

/// Runs the verb.
pub fn run(args: Undo, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = std::fs::canonicalize(".")
        .context("the working directory cannot be read; change to one that exists")?;
    let root = match args.root {
        Some(root) => root,
        None => root_of(&cwd, [].iter()),
    };
    if args.list {
        return list(&root, io);
    }
    let id = match &args.run {
        Some(text) => {
            let id = text.parse();
            Some(id.map_err(|_| anyhow::anyhow!("`{text}` is no run; `gomend undo --list` shows the runs"))?)
        }
        None => None,
    };
    let mut store = Store::open(&root, None, command)?;
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
    let files = if restored == 1 { "file" } else { "files" };
    writeln!(io.stdout, "Restored {restored} {files} of run {}.", undone.run)?;
    Ok(status)
}

fn list(root: &std::path::Path, io: &mut Io<'_>) -> Result<u8, Stop> {
    let runs = store::runs(root, None)?;
    if runs.is_empty() {
        writeln!(io.stdout, "No run is remembered for {}.", root.display())?;
    }
    for run in runs {
        let state = match run.state {
            RunState::Unfinished => "ended half-way".to_owned(),
            RunState::Finished => "finished".to_owned(),
            RunState::HalfUndone => "half undone".to_owned(),
            RunState::Undone => "undone".to_owned(),
            RunState::PartlyUndone { left } => format!("undone but for {left}"),
            RunState::Damaged => "its journal is damaged".to_owned(),
        };
        let (time, command) = match &run.meta {
            Some(meta) => (meta.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(), meta.command.clone()),
            None => (String::new(), String::new()),
        };
        writeln!(io.stdout, "{:>4}  {time}  {:>5} files  {state}  {command}", run.id, run.files.len())?;
    }
    Ok(OK)
}
