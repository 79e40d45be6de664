//! `apply -i`: a person decides on the fixes of another tool.

use super::super::args::{ApplyArgs, Verb};
use super::super::io::Io;
use super::super::review::{ReviewCommand, ReviewStart, ReviewedFile};
use super::super::setup::{shown, working_directory};
use super::super::{INTERRUPTED, OK, Stop, proof, writer};
use super::conclude::{AppliedFixes, Decided, ForeignRun};
use super::draft::{DraftParts, GivenDraft};
use super::gate::{ForeignGate, LeftAside, Trusted};
use crate::engine::plan::FixKey;
use crate::migrate::ChangedText;
use crate::migrate::given::{GivenFix, GivenFixes};
use crate::report::columns::visible;
use crate::review::{AnsweredSite, ReviewAnswers};
use crate::rewrite::intern;
use crate::store::Store;
use crate::text::diff;
use crate::verify::Verdicts;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How this review is called.
const REVIEW: ReviewCommand = ReviewCommand { command: "gomend apply -i", notebook: "apply" };

/// The command line of the review to go on with, where this one names nothing else.
pub fn resumed(args: &ApplyArgs, words: &[OsString]) -> Result<(Option<ApplyArgs>, Vec<OsString>), Stop> {
    if !args.review_on || args.plan.is_some() || args.run.is_some() {
        return Ok((None, words.to_vec()));
    }
    let (_, words, parsed) = REVIEW.begun(&working_directory()?)?;
    let Verb::Apply(apply) = parsed.verb else { anyhow::bail!("the review was begun by another gomend") };
    Ok((Some(ApplyArgs { review_on: true, color: args.color, ..apply }), words))
}

/// Refuses a review where nobody can be asked.
pub fn ensure_terminal(args: &ApplyArgs, io: &Io<'_>) -> Result<(), Stop> {
    anyhow::ensure!(
        args.plan.as_deref() != Some(Path::new("-")),
        "`apply -i` asks at the terminal and cannot read the fixes from standard input; name a file, or use --run"
    );
    anyhow::ensure!(
        io.stdin_is_terminal && io.stdout_is_terminal,
        "`apply -i` asks at a terminal, and standard {} is not a terminal; `gomend apply FILE --diff` prints the fixes",
        if io.stdin_is_terminal { "output" } else { "input" }
    );
    Ok(())
}

impl ForeignGate<'_> {
    /// Asks about the fixes of `tried`, then proves and writes what was accepted.
    pub(super) fn review(
        &self,
        tried: &Trusted,
        verdicts: &Verdicts,
        prove: &dyn Fn(&GivenFixes) -> Result<Verdicts, Stop>,
        words: &[OsString],
        run: &ForeignRun<'_>,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let mut store = writer::open(self.root, run.command, io)?;
        store.ensure_finished()?;
        let notebook = store.notebook(REVIEW.notebook);
        let records = REVIEW.records(&notebook, self.root, self.args.review_on)?;
        let fixes = tried.given.list();
        let rules: BTreeSet<&'static str> = fixes.iter().map(|fix| intern(&fix.rule)).collect();
        let called = |name: &str| rules.get(name).copied();
        let answers = Mutex::new(ReviewAnswers::default());
        let lock = || answers.lock().unwrap_or_else(PoisonError::into_inner);
        let prove_some = |given: &GivenFixes| prove(given).ok();
        let mut draft = GivenDraft::new(DraftParts {
            fixes,
            files: &tried.files,
            answers: &answers,
            verdicts,
            input: run.name,
            cwd: self.cwd,
            prove: &prove_some,
            guard: self.guard(),
        });
        let start = ReviewStart {
            notebook,
            records,
            resumes: self.args.review_on,
            words,
            cwd: self.cwd,
            colour: self.args.color,
            called: &called,
        };
        let Some(review) = REVIEW.open(start, &answers, io)? else { return Ok(INTERRUPTED) };
        let mut saved = if fixes.is_empty() {
            review.unasked()
        } else {
            let named = |path: &Path| shown(self.cwd, path).to_string();
            let page = |rule: &str, _| self.page(fixes, rule, run.name);
            let (end, saved) = review.walk(&mut draft, &answers, &page, &named)?;
            if let Some(status) = REVIEW.ended(&end, io)? {
                return Ok(status);
            }
            saved
        };
        let (accepted, lost) = draft.accepted();
        for (id, reason) in &lost {
            writeln!(
                io.stderr,
                "left alone: {}",
                visible(&format!("{}: {reason}", self.name(&fixes[*id])), None)
            )?;
        }
        let open: Vec<&FixKey> = draft.keys().iter().filter(|key| lock().of(key).is_none()).collect();
        let mut status = OK;
        if accepted.is_empty() {
            writeln!(io.stdout, "Nothing was accepted, nothing is written.")?;
            if open.is_empty() {
                saved.notebook.clear()?;
            }
        } else {
            let ids: Vec<usize> = accepted.iter().map(|(id, _)| *id).collect();
            let accepted: Vec<GivenFix> = accepted.into_iter().map(|(_, fix)| fix).collect();
            let written = self.write_accepted(accepted, tried, prove, run, &mut store, io)?;
            status = written.status;
            let out = ids.iter().filter(|id| !written.applied.contains(&fixes[**id].fingerprint));
            let again = out.map(|id| AnsweredSite::from(&draft.keys()[*id])).collect();
            saved.close(again, open.len(), &lock(), written.files)?;
        }
        if !open.is_empty() {
            writeln!(io.stdout, "{} not answered; `{}` asks them.", open.len(), REVIEW.goes_on())?;
        }
        Ok(status)
    }

    /// Proves the fixes that were accepted, as they were accepted, and writes them.
    fn write_accepted(
        &self,
        accepted: Vec<GivenFix>,
        tried: &Trusted,
        prove: &dyn Fn(&GivenFixes) -> Result<Verdicts, Stop>,
        run: &ForeignRun<'_>,
        store: &mut Store,
        io: &mut Io<'_>,
    ) -> Result<WrittenFixes, Stop> {
        let mut aside = LeftAside::default();
        let originals: BTreeMap<&str, &GivenFix> =
            tried.given.list().iter().map(|fix| (fix.fingerprint.as_str(), fix)).collect();
        let changed: BTreeSet<PathBuf> = accepted
            .iter()
            .filter(|fix| {
                originals
                    .get(fix.fingerprint.as_str())
                    .is_none_or(|one| format!("{:?}", one.files) != format!("{:?}", fix.files))
            })
            .flat_map(|fix| fix.files.paths().map(Path::to_owned))
            .collect();
        // What a diff makes of a file is not what a person's own version makes of it.
        let mut exact = tried.exact.clone();
        exact.retain(|path, _| !changed.contains(path));
        let fixes = self.joined(accepted, &mut aside);
        let tried = self.trusted(fixes, tried.files.clone(), exact, &mut aside)?;
        self.say(&aside, io)?;
        let verdicts = prove(&tried.given)?;
        proof::write_notes(&verdicts, false, io)?;
        let Decided { held, files, outcomes, .. } = self.decide(&tried.given, &tried.lost, &verdicts)?;
        let applied = tried.given.list().iter().enumerate().filter(|(id, _)| !held.contains(id));
        let applied = applied.map(|(_, fix)| fix.fingerprint.clone()).collect();
        let file = |(path, text): (&PathBuf, &ChangedText)| ReviewedFile {
            path: path.clone(),
            now: blake3::hash(text.after.as_bytes()).to_hex().to_string(),
            edits: Some(diff::edits(&text.before, &text.after)),
        };
        let reviewed = files.iter().map(file).collect();
        let written = AppliedFixes {
            args: self.args,
            root: self.root,
            setup: run.setup,
            command: run.command,
            files,
            outcomes,
            refused: !aside.refused.is_empty(),
        };
        let status = written.write(store, true, io)?;
        Ok(WrittenFixes { status, applied, files: reviewed })
    }

    /// What the tool says of a rule.
    fn page(&self, fixes: &[GivenFix], rule: &str, input: &str) -> String {
        let own: Vec<&GivenFix> = fixes.iter().filter(|fix| fix.rule == rule).collect();
        let mut lines = vec![format!("{rule}, from {input}: {} here", own.len())];
        let said: BTreeSet<&str> =
            own.iter().map(|fix| fix.message.trim()).filter(|text| !text.is_empty()).collect();
        lines.extend(said.into_iter().map(|text| format!("  {}", visible(text, None))));
        let links: BTreeSet<&str> = own.iter().filter_map(|fix| fix.link.as_deref()).collect();
        lines.extend(links.into_iter().map(|link| format!("  see {}", visible(link, None))));
        lines.join("\n") + "\n"
    }
}

/// What was written of the fixes that were accepted.
struct WrittenFixes {
    status: u8,
    /// The fingerprints of those that went in.
    applied: BTreeSet<String>,
    files: Vec<ReviewedFile>,
}
