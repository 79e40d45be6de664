//! Proof of a fix before it goes into the buffer: over what the editor holds, not over what is
//! on disk.

use super::client::Cancelled;
use super::project::{LspProject, ProofSubject};
use super::view::{OpenTexts, ProjectView};
use crate::disk::companion;
use crate::engine::fixes::exports_changed;
use crate::rewrite::Proof;
use crate::verify::{self, CandidateFixes, FixRef, ProofOptions, RenderError, Rendered, Rung, Verdicts};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was proved of a fix, and why.
pub type ProofAnswer = (Proof, String);

/// The files that fixes leave, when all but some are taken.
pub type RenderedTexts<'a> =
    dyn Fn(&BTreeSet<usize>) -> (BTreeMap<PathBuf, String>, BTreeSet<usize>) + Sync + 'a;

/// Fixes over texts of the editor.
struct BufferFixes<'a> {
    refs: Vec<FixRef>,
    /// The texts that differ from what is on disk.
    unsaved: &'a OpenTexts,
    render: &'a RenderedTexts<'a>,
}

impl CandidateFixes for BufferFixes<'_> {
    fn fixes(&self) -> &[FixRef] {
        &self.refs
    }

    fn render(&self, without: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
        let (fixed, lost) = (self.render)(without);
        let unsaved = self.unsaved.iter().map(|(path, text)| (path.clone(), text.to_string()));
        let mut files: BTreeMap<PathBuf, String> = unsaved.collect();
        files.extend(fixed);
        let files = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        Ok(Rendered { files, lost })
    }

    fn changes_exports(&self, file: &Path) -> bool {
        let saved = companion::read_to_string(file).unwrap_or_default();
        let (fixed, _) = (self.render)(&BTreeSet::new());
        let after = fixed.get(file).cloned().or_else(|| self.unsaved.get(file).map(|text| text.to_string()));
        after.is_none_or(|after| exports_changed(&saved, &after))
    }
}

/// The texts of `project` that differ from the files on disk.
fn unsaved(project: &LspProject) -> OpenTexts {
    let differs = |(path, text): &(PathBuf, Arc<str>)| {
        companion::read_to_string(path).is_ok_and(|saved| saved != **text)
    };
    project.texts().into_iter().filter(differs).collect()
}

/// What a proof of the fix of `rule` at the byte `start` is about, while the texts are as they are.
pub fn subject(path: &Path, text: &str, rule: &str, start: usize) -> ProofSubject {
    (blake3::hash(text.as_bytes()), format!("{} {rule} {start}", path.display()))
}

/// Proves the fixes number 0 to `files.len() - 1`, each of which edits the files that it names.
/// One that the toolchain refuses because of the text around it, which nobody has saved, is
/// unproved.
pub fn prove(
    project: &LspProject,
    view: &ProjectView,
    files: &[Vec<PathBuf>],
    render: &RenderedTexts<'_>,
    cancelled: &Cancelled,
) -> Vec<ProofAnswer> {
    let unsaved = unsaved(project);
    let touched = |own: &[PathBuf]| own.iter().chain(unsaved.keys()).cloned().collect::<BTreeSet<_>>();
    let refs = files
        .iter()
        .enumerate()
        .map(|(id, own)| FixRef { id, files: touched(own).into_iter().collect() })
        .collect();
    let options = options(project, view, cancelled);
    let verdicts = verify::prove(&BufferFixes { refs, unsaved: &unsaved, render }, &options, &|_| {});
    let mut answers: Vec<ProofAnswer> = (0..files.len()).map(|id| answer(&verdicts, id)).collect();
    if answers.iter().any(|(proof, _)| *proof == Proof::Refused)
        && let Some(why) = broken(&unsaved, &options)
    {
        let unproved = format!("the text does not build as it stands: {why}");
        for answer in answers.iter_mut().filter(|(proof, _)| *proof == Proof::Refused) {
            *answer = (Proof::Unproved, unproved.clone());
        }
    }
    answers
}

fn options(project: &LspProject, view: &ProjectView, cancelled: &Cancelled) -> ProofOptions {
    let rung = match view.settings().verify(&project.root) {
        Some("none") => Rung::None,
        Some("gofmt") => Rung::Gofmt,
        Some("build") => Rung::Build,
        _ => Rung::Vet,
    };
    ProofOptions {
        rung,
        timeout: Some(project.settings().proof_timeout),
        cancel: Some(Arc::clone(cancelled)),
        ..ProofOptions::default()
    }
}

fn answer(verdicts: &Verdicts, id: usize) -> ProofAnswer {
    let (proof, why) = verdicts.per_fix.get(&id).cloned().unwrap_or_default();
    (proof, why.unwrap_or_default())
}

/// What the toolchain says of the texts that nobody has saved, when it does not take them.
fn broken(unsaved: &OpenTexts, options: &ProofOptions) -> Option<String> {
    if unsaved.is_empty() {
        return None;
    }
    let refs = vec![FixRef { id: 0, files: unsaved.keys().cloned().collect() }];
    let nothing = OpenTexts::new();
    let render = |without: &BTreeSet<usize>| {
        let texts = unsaved.iter().map(|(path, text)| (path.clone(), text.to_string()));
        (if without.is_empty() { texts.collect() } else { BTreeMap::new() }, BTreeSet::new())
    };
    let own = BufferFixes { refs, unsaved: &nothing, render: &render };
    let verdicts = verify::prove(&own, options, &|_| {});
    let (proof, why) = answer(&verdicts, 0);
    (proof == Proof::Refused).then_some(why)
}
