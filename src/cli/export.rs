//! How changes reach the repository: as patches in a directory, or as commits.

use super::Stop;
use super::args::{SplitBy, WriteArgs};
use super::git;
use super::io::{Io, save, tolerate};
use super::patch::CONTEXT;
use super::setup::shown;
use super::staged;
use super::writer;
use crate::engine::owners::Owners;
use crate::migrate::split::{PatchPiece, by_place, in_steps, names};
use crate::migrate::{ChangedText, ChangedTexts};
use crate::report::counted::counted;
use crate::report::{RenderOptions, diff};
use crate::store::{Change, FileStatus, RunMeta};
use crate::transforms::CATALOGUE;
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that is to be delivered.
pub struct OutputChanges<'a> {
    /// Where the paths in patches start.
    pub root: &'a Path,
    /// The files, from what is on disk to the end.
    pub files: ChangedTexts,
    /// The files of each fix.
    pub fixes: Vec<Vec<PathBuf>>,
    /// The files after each rule, with the indices of its fixes.
    pub states: Vec<(String, BTreeMap<PathBuf, String>, Vec<usize>)>,
    /// How far they were proved.
    pub proof: Option<String>,
    /// The module of a file.
    pub module: &'a dyn Fn(&Path) -> Option<String>,
    /// What a commit says it does, before the key of its piece.
    pub purpose: &'static str,
}

/// What a commit of gomend's own rules does.
pub const MENDS: &str = "Mend runtime anti-patterns of";

impl OutputChanges<'_> {
    /// The pieces, each by itself or after those before it.
    fn pieces(&self, by: SplitBy) -> Result<Vec<PatchPiece>, Stop> {
        let directory = |path: &Path| shown(self.root, path.parent().unwrap_or(Path::new(""))).to_string();
        Ok(match by {
            SplitBy::Rule => {
                let before = self.files.iter().map(|(path, text)| (path.clone(), text.before.clone()));
                in_steps(&self.states, &before.collect())
            }
            SplitBy::Directory => by_place(&self.files, &self.fixes, &directory),
            SplitBy::Module => {
                let module = |path: &Path| (self.module)(path).unwrap_or_else(|| "no-module".to_owned());
                by_place(&self.files, &self.fixes, &module)
            }
            SplitBy::Owner => {
                let owners = Owners::of_repository(self.root)?.with_context(|| {
                    format!("no CODEOWNERS in {}; write one, or split by directory", self.root.display())
                })?;
                let owner = |path: &Path| match owners.of(&shown(self.root, path)).join("+") {
                    none if none.is_empty() => "unowned".to_owned(),
                    some => some,
                };
                by_place(&self.files, &self.fixes, &owner)
            }
        })
    }
}

/// Writes one patch for each piece to the directory that was asked for.
pub fn split(
    changes: &OutputChanges<'_>,
    by: SplitBy,
    export: &WriteArgs,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let out = export.out.as_deref().context("--split-by goes with --out DIR")?;
    std::fs::create_dir_all(out)
        .with_context(|| format!("{} cannot be made; choose another place with --out", out.display()))?;
    let mut entries = std::fs::read_dir(out).with_context(|| format!("{} cannot be read", out.display()))?;
    anyhow::ensure!(
        entries.next().is_none(),
        "{} is not empty; choose another directory with --out",
        out.display()
    );
    let pieces = changes.pieces(by)?;
    for (piece, name) in pieces.iter().zip(names(&pieces, "patch")) {
        let mut patch = Vec::new();
        for (path, text) in &piece.files {
            let path = shown(changes.root, path);
            let file = diff::FileDiff {
                path_old: &path,
                path_new: &path,
                before: text.before.as_bytes(),
                after: text.after.as_bytes(),
            };
            diff::write(&mut patch, &file, CONTEXT, RenderOptions::default())?;
        }
        save(&out.join(&name), &patch)?;
        let (fixes, files) =
            (counted(piece.fixes.len(), "fix", "fixes"), counted(piece.files.len(), "file", "files"));
        tolerate(writeln!(io.stdout, "{}: {fixes} in {files}", out.join(&name).display()))?;
    }
    Ok(())
}

/// Applies the pieces one by one and commits each. The runs can be undone one by one.
pub fn commit(
    changes: &OutputChanges<'_>,
    by: SplitBy,
    export: &WriteArgs,
    command: &str,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let top = git::clean_top(changes.root)?;
    for piece in changes.pieces(by)? {
        let message = message(&piece, by, export.commit_template.as_deref(), changes);
        let mut store = writer::open(changes.root, command, io)?;
        store.ensure_finished()?;
        let outcome = store.write(&file_changes(&piece.files), meta(command), &mut |_| {})?;
        let stopped = outcome.files.iter().find(|file| {
            !matches!(file.status, FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile { .. })
        });
        if let Some(stopped) = stopped {
            anyhow::bail!(
                "{} could not be written or has changed meanwhile; `{}` is not committed, `gomend undo` puts its files back",
                stopped.path.display(),
                piece.key
            );
        }
        let failed = || {
            format!(
                "`{}` is written but not committed; mend what git says and commit it by hand, or `gomend undo`",
                piece.key
            )
        };
        staged::add(&top, piece.files.keys(), &store, outcome.run).with_context(failed)?;
        // The hooks of git may run gomend, which then writes here.
        drop(store);
        git::commit(&top, &message).with_context(failed)?;
        staged::committed(&writer::open(changes.root, command, io)?, outcome.run);
        let subject = message.lines().next().unwrap_or_default();
        tolerate(writeln!(io.stdout, "Committed: {subject}"))?;
    }
    Ok(())
}

/// The files as the store takes them.
pub fn file_changes(files: &ChangedTexts) -> Vec<Change> {
    let change = |(path, text): (&PathBuf, &ChangedText)| Change {
        path: path.clone(),
        before: text.before.clone().into_bytes(),
        after: text.after.clone().into_bytes(),
    };
    files.iter().map(change).collect()
}

/// What the journal keeps of this run.
pub fn meta(command: &str) -> RunMeta {
    RunMeta {
        command: command.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: jiff::Timestamp::now(),
    }
}

const TEMPLATE: &str = "{title}\n\n{fixes} in {files} by gomend {version}, {key}; {proof}.";

/// The message of a commit.
fn message(piece: &PatchPiece, by: SplitBy, template: Option<&str>, changes: &OutputChanges<'_>) -> String {
    let rule = CATALOGUE.iter().find(|entry| by == SplitBy::Rule && entry.meta.id == piece.key);
    let title = match rule {
        Some(rule) => capitalised(rule.meta.title),
        None => format!("{} {}", changes.purpose, piece.key),
    };
    let proof =
        changes.proof.as_deref().map_or_else(|| "not proved".to_owned(), |by| format!("proved by {by}"));
    let values = [
        ("{key}", piece.key.clone()),
        ("{title}", title),
        ("{fixes}", counted(piece.fixes.len(), "fix", "fixes")),
        ("{files}", counted(piece.files.len(), "file", "files")),
        ("{proof}", proof),
        ("{version}", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let template = template.unwrap_or(TEMPLATE).to_owned();
    values.iter().fold(template, |text, (name, value)| text.replace(name, value))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
