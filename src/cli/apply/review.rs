//! `apply -i`: a person decides on the fixes of another tool.

use super::super::args::{ApplyArgs, Args, Verb};
use super::super::io::Io;
use super::super::review::{AnswerStore, ReviewCommand, ReviewTerminal, again, question, read, said};
use super::super::setup::{named_in, shown, working_directory};
use super::super::{ERROR, INTERRUPTED, OK, Stop, writer};
use super::conclude::{Decided, Delivery};
use super::draft::{DraftParts, GivenDraft};
use super::foreign::{ForeignGate, LeftAside, Trusted};
use crate::engine::plan::{FixKey, SitePlace};
use crate::migrate::ChangedTexts;
use crate::migrate::given::{GivenFix, GivenFixes};
use crate::report::columns::visible;
use crate::report::shown as shown_text;
use crate::review::{
    AnswerRecord, AnsweredSite, PromptLoop, ReviewAnswer, ReviewAnswers, ReviewEnd, ReviewNotes,
};
use crate::rewrite::intern;
use crate::store::Store;
use crate::text::diff;
use crate::verify::Verdicts;
use anyhow::Context;
use clap::Parser;
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
    let (_, began) = REVIEW.remembered(&working_directory()?)?;
    // The same fixes as before, from the same place.
    std::env::set_current_dir(&began.cwd).with_context(|| {
        format!("{}: the review began there, and it cannot be entered", began.cwd.display())
    })?;
    let words: Vec<OsString> = began.args.iter().map(OsString::from).collect();
    let parsed = Args::try_parse_from(&words).context("the review was begun by another gomend")?;
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
        run: &Delivery<'_>,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let mut store = writer::open(self.root, run.command, io)?;
        store.ensure_finished()?;
        let notebook = store.notebook(REVIEW.notebook);
        let records = read(&notebook)?;
        anyhow::ensure!(!self.args.review_on || !records.is_empty(), "{}", REVIEW.nothing(self.root));
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
        });
        let mut terminal = ReviewTerminal::sit(io, self.args.color)?;
        let mut saved = AnswerStore::new(notebook);
        let mut greeting = Vec::new();
        let mut go_on = self.args.review_on;
        if !records.is_empty() && !go_on {
            go_on = match terminal.ask(&question(&records, &called))? {
                Some(go_on) => go_on,
                None => return Ok(INTERRUPTED),
            };
        }
        if go_on {
            let replayed = again(&records, &called);
            greeting = said(&replayed, self.cwd);
            *lock() = replayed.answers;
        } else {
            saved.notebook.clear()?;
            saved.begin(words, self.cwd);
        }
        if !fixes.is_empty() {
            let named = |path: &Path| shown(self.cwd, path).to_string();
            let page = |rule: &str, _| self.page(fixes, rule, run.name);
            let prompt_loop = PromptLoop {
                terminal: &mut terminal,
                notes: &mut saved,
                page: &page,
                named: &named,
                greeting,
                goes_on: &REVIEW.goes_on(),
                walked: None,
            };
            let ended = { prompt_loop }.run(&mut draft, &answers);
            drop(terminal);
            match ended.context("the terminal cannot be read or written")? {
                ReviewEnd::Write(_) => {}
                ReviewEnd::Left(counts) => {
                    writeln!(io.stdout, "Nothing is written{}.", REVIEW.kept(&counts))?;
                    return Ok(OK);
                }
                ReviewEnd::Interrupted(counts) => {
                    return REVIEW.left(&counts, "interrupted", INTERRUPTED, io);
                }
                ReviewEnd::Closed(counts) => return REVIEW.left(&counts, "the input ended", ERROR, io),
            }
        } else {
            drop(terminal);
        }
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
            let refused: BTreeSet<&FixKey> = ids
                .iter()
                .map(|id| &fixes[*id])
                .zip(&ids)
                .filter(|(fix, _)| !written.applied.contains(&fix.fingerprint))
                .map(|(_, id)| &draft.keys()[*id])
                .collect();
            close(&mut saved, &refused, open.len(), &lock(), &written.files)?;
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
        run: &Delivery<'_>,
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
            .flat_map(|fix| fix.files.keys().cloned())
            .collect();
        // What a diff makes of a file is not what a person's own version makes of it.
        let mut exact = tried.exact.clone();
        exact.retain(|path, _| !changed.contains(path));
        let fixes = self.joined(accepted, &mut aside);
        let tried = self.trusted(fixes, tried.files.clone(), exact, &mut aside)?;
        self.say(&aside, io)?;
        let verdicts = prove(&tried.given)?;
        for note in &verdicts.notes {
            writeln!(io.stderr, "note: {}", shown_text(note))?;
        }
        let Decided { held, files, mut summary, .. } = self.decide(&tried.given, &tried.lost, &verdicts)?;
        let outcome = super::write_with(store, &files, run.command)?;
        summary.written = true;
        summary.run = outcome.run.map(|run| named_in(self.root, self.cwd, &run));
        let applied = tried.given.list().iter().enumerate().filter(|(id, _)| !held.contains(id));
        let applied = applied.map(|(_, fix)| fix.fingerprint.clone()).collect();
        let status = self.finish(&summary, true, false, !aside.refused.is_empty(), io)?;
        Ok(WrittenFixes { status, applied, files })
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
    files: ChangedTexts,
}

/// What of the answers is kept once the accepted ones are written.
fn close(
    saved: &mut AnswerStore,
    refused: &BTreeSet<&FixKey>,
    open: usize,
    answers: &ReviewAnswers,
    files: &ChangedTexts,
) -> Result<(), Stop> {
    if refused.is_empty() && open == 0 {
        return Ok(saved.notebook.clear()?);
    }
    let mut keep = |record: &AnswerRecord| -> Result<(), Stop> {
        saved.keep(&serde_json::to_string(record)?).map_err(|problem| anyhow::anyhow!(problem))
    };
    if !refused.is_empty() {
        keep(&AnswerRecord::Again { sites: refused.iter().map(|key| AnsweredSite::from(*key)).collect() })?;
    }
    let by_path: BTreeMap<&PathBuf, Vec<&FixKey>> = answers
        .given()
        .filter(|(_, answer)| **answer == ReviewAnswer::No)
        .fold(BTreeMap::new(), |mut all: BTreeMap<&PathBuf, Vec<&FixKey>>, (key, _)| {
            all.entry(&key.path).or_default().push(key);
            all
        });
    for (path, text) in files {
        let edits = diff::edits(&text.before, &text.after);
        let moved = by_path.get(path).into_iter().flatten().filter_map(|key| {
            let SitePlace::Disk(offset) = key.place else { return None };
            let now = FixKey { place: SitePlace::Disk(edits.map(offset)?), ..(*key).clone() };
            Some((AnsweredSite::from(*key), AnsweredSite::from(&now)))
        });
        let now = blake3::hash(text.after.as_bytes()).to_hex().to_string();
        keep(&AnswerRecord::Written { path: path.clone(), now, moved: moved.collect() })?;
    }
    Ok(())
}
