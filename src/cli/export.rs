//! How changes reach the repository other than as files: as a plan, as patches in a directory, or
//! as commits.

use super::Stop;
use super::args::{SplitBy, WriteArgs};
use super::git;
use super::io::{Io, save, tolerate};
use super::patch;
use super::setup::shown;
use super::staged;
use super::writer;
use crate::engine::owners::Owners;
use crate::migrate::plan::{PlanFile, PlannedFile, PlannedFix, PlannedStep, hash};
use crate::migrate::split::{PatchPiece, by_place, in_steps, names};
use crate::migrate::{ChangedText, ChangedTexts, RuleState, between};
use crate::report::Part;
use crate::report::counted::counted;
use crate::report::{EscapeForm, RenderOptions};
use crate::rewrite::RuleEntry;
use crate::store::{Change, FileStatus, RunMeta};
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where changes go that are not written to the files.
#[derive(Clone, Copy)]
pub enum Destination<'a> {
    /// A plan, to this file; `-` is standard output.
    Plan(&'a Path),
    /// A patch for each piece.
    Patches(SplitBy),
    /// A commit for each piece.
    Commits(SplitBy),
}

impl Destination<'_> {
    /// What a command line asks for; `None` when it writes or shows the files.
    pub fn of<'a>(plan_out: Option<&'a Path>, export: &WriteArgs) -> Option<Destination<'a>> {
        plan_out
            .map(Destination::Plan)
            .or_else(|| export.split_by.map(Destination::Patches))
            .or_else(|| export.commit_per.map(|per| Destination::Commits(per.into())))
    }
}

/// What a plan says beside the changes.
#[derive(Default)]
pub struct PlanHead {
    /// All rules in the order in which their steps follow each other.
    pub rules: Vec<String>,
    /// What those of them were read from that are no part of this program, hashed.
    pub rule_hashes: BTreeMap<String, String>,
    /// How far the fixes were proved.
    pub verified: Option<String>,
    /// Which part of a run it has.
    pub part: Option<Part>,
    /// The fixes.
    pub fixes: Vec<PlannedFix>,
}

/// Everything that is to be delivered.
pub struct OutputChanges<'a> {
    /// Where the paths in patches start.
    pub root: &'a Path,
    /// The files, from what is on disk to the end.
    pub files: &'a ChangedTexts,
    /// The files of each fix.
    pub fixes: Vec<Vec<PathBuf>>,
    /// The files after each rule, with the indices of its fixes.
    pub states: Vec<RuleState>,
    /// How far they were proved.
    pub proof: Option<String>,
    /// The module of a file.
    pub module: &'a dyn Fn(&Path) -> Option<String>,
    /// What a commit says it does, before the key of its piece.
    pub purpose: &'static str,
    /// The rules that may have been applied, with their titles.
    pub catalogue: &'a [RuleEntry],
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
            SplitBy::Directory => by_place(self.files, &self.fixes, &directory),
            SplitBy::Module => {
                let module = |path: &Path| (self.module)(path).unwrap_or_else(|| "no-module".to_owned());
                by_place(self.files, &self.fixes, &module)
            }
            SplitBy::Owner => {
                let owners = Owners::of_repository(self.root)?.with_context(|| {
                    format!("no CODEOWNERS in {}; write one, or split by directory", self.root.display())
                })?;
                let owner = |path: &Path| match owners.of(&shown(self.root, path)).join("+") {
                    none if none.is_empty() => "unowned".to_owned(),
                    some => some,
                };
                by_place(self.files, &self.fixes, &owner)
            }
        })
    }
}

/// Delivers `changes` to where they were asked for; `head` is what a plan says of them.
pub fn deliver(
    changes: &OutputChanges<'_>,
    to: Destination<'_>,
    export: &WriteArgs,
    head: PlanHead,
    command: &str,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    match to {
        Destination::Plan(file) => plan(changes, head, file, io),
        Destination::Patches(by) => split(changes, by, export, io),
        Destination::Commits(by) => commit(changes, by, export, command, io),
    }
}

/// Writes the plan of `changes` to `file`.
fn plan(changes: &OutputChanges<'_>, head: PlanHead, file: &Path, io: &mut Io<'_>) -> Result<(), Stop> {
    let mut plan = PlanFile::new(head.rules, head.verified, head.part);
    (plan.fixes, plan.rule_hashes) = (head.fixes, head.rule_hashes);
    for (path, text) in changes.files {
        let mut now = text.before.as_str();
        let mut steps = Vec::new();
        for state in &changes.states {
            let Some(after) = state.files.get(path).filter(|after| *after != now) else { continue };
            let edits = state.edits.get(path).cloned().unwrap_or_else(|| between(&text.before, after));
            steps.push(PlannedStep::new(&state.rule, after, &edits));
            now = after;
        }
        let path = shown(changes.root, path).to_string();
        plan.files.push(PlannedFile { path, before: hash(&text.before), steps });
    }
    plan.sort();
    if file == Path::new("-") {
        io.stdout.form = EscapeForm::Json;
        return Ok(tolerate(io.stdout.write_all(plan.text().as_bytes()))?);
    }
    save(file, plan.text().as_bytes())
}

/// Writes one patch for each piece to the directory that was asked for.
fn split(changes: &OutputChanges<'_>, by: SplitBy, export: &WriteArgs, io: &mut Io<'_>) -> Result<(), Stop> {
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
        let mut text = Vec::new();
        patch::files_to(&mut text, changes.root, &piece.files, RenderOptions::default())?;
        save(&out.join(&name), &text)?;
        let (fixes, files) =
            (counted(piece.fixes.len(), "fix", "fixes"), counted(piece.files.len(), "file", "files"));
        tolerate(writeln!(io.stdout, "{}: {fixes} in {files}", out.join(&name).display()))?;
    }
    Ok(())
}

/// Applies the pieces one by one and commits each. The runs can be undone one by one.
fn commit(
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
            !matches!(file.status, FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile)
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
fn file_changes(files: &ChangedTexts) -> Vec<Change> {
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
    let rule = changes.catalogue.iter().find(|entry| by == SplitBy::Rule && entry.meta.id == piece.key);
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
