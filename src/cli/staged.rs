//! What a run put into git's index, kept with the run so that `undo` takes it back.

use super::Stop;
use super::git;
use crate::store::{RunId, Store};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The name of the note.
const NOTE: &str = "staged";

/// The entries of an index that a run replaced.
#[derive(Serialize, Deserialize)]
struct StagedFiles {
    /// The top of the work tree.
    top: PathBuf,
    entries: Vec<StagedEntry>,
}

#[derive(Serialize, Deserialize)]
struct StagedEntry {
    /// From the top on.
    name: String,
    /// Mode and object, as git names them.
    before: String,
    after: String,
}

/// Puts `files`, which `run` wrote, into the index of the work tree `top`.
pub fn add<'p>(
    top: &Path,
    files: impl Iterator<Item = &'p PathBuf> + Clone,
    store: &Store,
    run: Option<RunId>,
) -> Result<(), Stop> {
    let before = git::entries(top, files.clone())?;
    git::add(top, files.clone())?;
    let after = git::entries(top, files)?;
    let entries = before.into_iter().filter_map(|(name, before)| {
        let after = after.get(&name).filter(|after| **after != before)?.clone();
        Some(StagedEntry { name, before, after })
    });
    let staged = StagedFiles { top: top.to_owned(), entries: entries.collect() };
    if let Some(run) = run {
        store.keep_note(run, NOTE, &serde_json::to_string(&staged)?)?;
    }
    Ok(())
}

/// What `run` staged is no longer its own: a commit has it.
pub fn committed(store: &Store, run: Option<RunId>) {
    if let Some(run) = run {
        store.drop_note(run, NOTE);
    }
}

/// Puts back the entries that are still those that `run` staged. How many, and the names
/// of those that are others now.
pub fn take_back(store: &Store, run: RunId) -> Result<(usize, Vec<PathBuf>), Stop> {
    let Some(text) = store.note(run, NOTE)? else { return Ok((0, Vec::new())) };
    let staged: StagedFiles = serde_json::from_str(&text).context("what the run staged cannot be read")?;
    let files: Vec<PathBuf> = staged.entries.iter().map(|entry| staged.top.join(&entry.name)).collect();
    let now = git::entries(&staged.top, files.iter())?;
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for entry in &staged.entries {
        match now.get(&entry.name) {
            Some(now) if *now == entry.after => ours.push(entry),
            Some(now) if *now == entry.before => {}
            _ => others.push(staged.top.join(&entry.name)),
        }
    }
    if !ours.is_empty() {
        let lines = ours.iter().map(|entry| format!("{}\t{}\0", entry.before, entry.name));
        git::put_entries(&staged.top, &lines.collect::<String>())?;
    }
    Ok((ours.len(), others))
}
