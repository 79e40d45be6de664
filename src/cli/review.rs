//! What the reviews of `fix -i` and `apply -i` share: where the answers are kept, how a review
//! that was left is found again, what is said of it.

mod terminal;

use super::args::{Args, Colour};
use super::io::Io;
use super::setup::shown;
use super::{ERROR, INTERRUPTED, OK, Stop};
use crate::disk::companion;
use crate::engine::plan::{FixKey, SitePlace};
use crate::report::RenderOptions;
use crate::report::counted::counted;
use crate::review::{
    AnswerRecord, AnsweredSite, FORM, NamedFix, PromptLoop, Replayed, ReviewAnswer, ReviewAnswers,
    ReviewCounts, ReviewEnd, ReviewNotes, ReviewedFixes, replay,
};
use crate::store::{self, Notebook};
use crate::text::Edits;
use anyhow::Context;
use clap::Parser;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use terminal::ReviewTerminal;

/// A verb that reviews.
pub struct ReviewCommand {
    /// How it is run.
    pub command: &'static str,
    /// The name of the notebook that keeps its answers.
    pub notebook: &'static str,
}

/// Where the answers go; the first is preceded by how the review began.
pub struct AnswerStore {
    /// What is kept of a review.
    pub notebook: Notebook,
    began: Option<AnswerRecord>,
}

/// A file that a review wrote.
pub struct ReviewedFile {
    /// The file.
    pub path: PathBuf,
    /// A hash of what it holds now.
    pub now: String,
    /// The edits that led there, where they are known.
    pub edits: Option<Edits>,
}

impl AnswerStore {
    /// Says that a review begins with the words of this command line.
    fn begin(&mut self, words: &[OsString], cwd: &Path) {
        let args = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let time = jiff::Timestamp::now().to_string();
        self.began = Some(AnswerRecord::Began { form: FORM, args, cwd: cwd.to_owned(), time });
    }

    /// Keeps what is left of the answers once the accepted fixes are written: the sites of `again`
    /// are asked another time, and those that declined a fix stand at their places in the
    /// `written` files. Nothing is kept when nothing is `open` or to be asked again.
    pub fn close(
        &mut self,
        again: Vec<AnsweredSite>,
        open: usize,
        answers: &ReviewAnswers,
        written: Vec<ReviewedFile>,
    ) -> Result<(), Stop> {
        if again.is_empty() && open == 0 {
            return Ok(self.notebook.clear()?);
        }
        let mut keep = |record: &AnswerRecord| -> Result<(), Stop> {
            self.keep(&serde_json::to_string(record)?).map_err(|problem| anyhow::anyhow!(problem))
        };
        if !again.is_empty() {
            keep(&AnswerRecord::Again { sites: again })?;
        }
        let mut declined: BTreeMap<&Path, Vec<&FixKey>> = BTreeMap::new();
        for (key, _) in answers.given().filter(|(_, answer)| **answer == ReviewAnswer::No) {
            declined.entry(&key.path).or_default().push(key);
        }
        for ReviewedFile { path, now, edits } in written {
            let keys = declined.get(path.as_path()).into_iter().flatten();
            let moved = keys.filter_map(|key| {
                let SitePlace::Disk(offset) = key.place else { return None };
                let place = SitePlace::Disk(edits.as_ref()?.map(offset)?);
                let moved = FixKey { place, ..(*key).clone() };
                Some((AnsweredSite::from(*key), AnsweredSite::from(&moved)))
            });
            let moved = moved.collect();
            keep(&AnswerRecord::Written { path, now, moved })?;
        }
        Ok(())
    }
}

impl ReviewNotes for AnswerStore {
    fn keep(&mut self, line: &str) -> Result<(), String> {
        if let Some(began) = &self.began {
            let began = serde_json::to_string(began).map_err(|error| error.to_string())?;
            self.notebook.keep(&began).map_err(|error| error.to_string())?;
            self.began = None;
        }
        self.notebook.keep(line).map_err(|error| error.to_string())
    }
}

/// How a review began.
struct Began {
    /// The words of the command line.
    args: Vec<String>,
    /// The working directory.
    cwd: PathBuf,
}

fn parse(lines: &[String]) -> Vec<AnswerRecord> {
    // A line that cannot be read is an answer that was not kept whole.
    let records: Vec<AnswerRecord> =
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    match records.first() {
        None | Some(AnswerRecord::Began { form: FORM, .. }) => records,
        Some(_) => Vec::new(),
    }
}

/// Goes through `records` again; `called` gives the rule of a name.
fn again(records: &[AnswerRecord], called: &dyn Fn(&str) -> Option<&'static str>) -> Replayed {
    replay(records, called, &hash)
}

fn hash(path: &Path) -> Option<String> {
    Some(blake3::hash(&companion::read(path).ok()?).to_hex().to_string())
}

/// Asks whether the review of `records` goes on.
fn question(records: &[AnswerRecord], called: &dyn Fn(&str) -> Option<&'static str>) -> String {
    let number = again(records, called).answers.given().count();
    let when = match records.first() {
        Some(AnswerRecord::Began { time, .. }) => time.as_str(),
        _ => "an earlier run",
    };
    let answers = counted(number, "answer", "answers");
    format!("A review of {when} was left with {answers}. Continue it (n: start again and forget them)?")
}

/// What is said before the first fix of a review that goes on.
fn said(replayed: &Replayed, cwd: &Path) -> Vec<String> {
    let number = replayed.answers.given().count();
    let goes_on = match number {
        0 => "The review goes on where it was left.".to_owned(),
        more => format!("The review goes on with {} of before.", counted(more, "answer", "answers")),
    };
    let mut lines = vec![goes_on];
    if !replayed.changed.is_empty() {
        let names: Vec<String> = replayed.changed.iter().map(|path| shown(cwd, path).to_string()).collect();
        let what = if names.len() == 1 { "It has" } else { "They have" };
        lines.push(format!("{what} changed since, so what they hold is asked again: {}.", names.join(", ")));
    }
    lines
}

impl ReviewCommand {
    /// The command that goes on with a review that was left.
    pub fn goes_on(&self) -> String {
        format!("{} --resume", self.command)
    }

    /// That there is nothing to go on with at `root`.
    fn nothing(&self, root: &Path) -> String {
        format!("{}: there is no review to go on with; `{}` begins one", root.display(), self.command)
    }

    /// What is kept in `notebook`, the one of `root`; something must be when the review `resumes`.
    pub fn records(
        &self,
        notebook: &Notebook,
        root: &Path,
        resumes: bool,
    ) -> Result<Vec<AnswerRecord>, Stop> {
        let records = parse(&notebook.lines()?);
        anyhow::ensure!(!resumes || !records.is_empty(), "{}", self.nothing(root));
        Ok(records)
    }

    /// The nearest review upward that was left: its root, the words of its command line, and what
    /// they say. Enters the directory in which it began.
    pub fn begun(&self, cwd: &Path) -> Result<(PathBuf, Vec<OsString>, Args), Stop> {
        let (root, Began { args, cwd }) = self.remembered(cwd)?;
        // The same fixes as before, from the same place.
        std::env::set_current_dir(&cwd).with_context(|| {
            format!("{}: the review began there, and it cannot be entered", cwd.display())
        })?;
        let words: Vec<OsString> = args.iter().map(OsString::from).collect();
        let parsed = Args::try_parse_from(&words).context("the review was begun by another gomend")?;
        Ok((root, words, parsed))
    }

    fn remembered(&self, cwd: &Path) -> Result<(PathBuf, Began), Stop> {
        for dir in cwd.ancestors() {
            let records = parse(&store::notes(dir, None, self.notebook).unwrap_or_default());
            if let Some(AnswerRecord::Began { args, cwd, .. }) = records.first() {
                return Ok((dir.to_owned(), Began { args: args.clone(), cwd: cwd.clone() }));
            }
        }
        anyhow::bail!("{}", self.nothing(cwd))
    }

    /// Begins a review, or goes on with the one of `records`, whose answers go to `answers`;
    /// nothing when the person leaves.
    pub fn open<'d, 'i>(
        &'static self,
        start: ReviewStart<'_>,
        answers: &Mutex<ReviewAnswers>,
        io: &'d mut Io<'i>,
    ) -> Result<Option<OpenReview<'d, 'i>>, Stop> {
        let ReviewStart { notebook, records, resumes, words, cwd, colour, called } = start;
        let mut terminal = ReviewTerminal::take(io, colour)?;
        let mut saved = AnswerStore { notebook, began: None };
        let mut goes_on = resumes;
        if !records.is_empty() && !goes_on {
            goes_on = match terminal.ask(&question(&records, called))? {
                Some(goes_on) => goes_on,
                None => return Ok(None),
            };
        }
        let mut greeting = Vec::new();
        if goes_on {
            let replayed = again(&records, called);
            greeting = said(&replayed, cwd);
            *answers.lock().unwrap_or_else(PoisonError::into_inner) = replayed.answers;
        } else {
            saved.notebook.clear()?;
            saved.begin(words, cwd);
        }
        Ok(Some(OpenReview { command: self, terminal, saved, greeting, goes_on }))
    }

    /// Says how the review ended; the exit status, unless what was accepted is to be written.
    pub fn ended(&self, end: &ReviewEnd, io: &mut Io<'_>) -> Result<Option<u8>, Stop> {
        let left = |io: &mut Io<'_>, counts: &ReviewCounts, why: &str| {
            writeln!(io.stderr, "error: {why}; nothing was written{}", self.kept(counts))
        };
        Ok(match end {
            ReviewEnd::Write(_) => None,
            ReviewEnd::Left(counts) => {
                writeln!(io.stdout, "Nothing is written{}.", self.kept(counts))?;
                Some(OK)
            }
            ReviewEnd::Interrupted(counts) => {
                left(io, counts, "interrupted")?;
                Some(INTERRUPTED)
            }
            ReviewEnd::Closed(counts) => {
                left(io, counts, "the input ended")?;
                Some(ERROR)
            }
        })
    }

    /// What is said of the answers that are kept.
    fn kept(&self, counts: &ReviewCounts) -> String {
        match counts.answered() {
            0 => String::new(),
            number => {
                let kept = counted(number, "answer is kept", "answers are kept");
                format!("; {kept}, `{}` goes on", self.goes_on())
            }
        }
    }
}

/// How a review begins.
pub struct ReviewStart<'a> {
    /// Where its answers are kept.
    pub notebook: Notebook,
    /// What is kept there.
    pub records: Vec<AnswerRecord>,
    /// Whether one that was left goes on without a question.
    pub resumes: bool,
    /// The words of the command line.
    pub words: &'a [OsString],
    /// The working directory.
    pub cwd: &'a Path,
    /// Whether there are colours.
    pub colour: Colour,
    /// Gives the rule of a name.
    pub called: &'a dyn Fn(&str) -> Option<&'static str>,
}

/// A review at a terminal.
pub struct OpenReview<'d, 'i> {
    command: &'static ReviewCommand,
    terminal: ReviewTerminal<'d, 'i>,
    saved: AnswerStore,
    greeting: Vec<String>,
    /// Whether it is one that was left.
    pub goes_on: bool,
}

impl OpenReview<'_, '_> {
    /// Asks about `fixes`, with the pages of rules and the names of files. How it ended, and
    /// where the answers are.
    pub fn walk<D: ReviewedFixes>(
        mut self,
        fixes: &mut D,
        answers: &Mutex<ReviewAnswers>,
        page: &dyn Fn(&str, RenderOptions) -> String,
        named: &NamedFix<'_>,
    ) -> Result<(ReviewEnd, AnswerStore), Stop> {
        let mut prompt_loop = PromptLoop {
            terminal: &mut self.terminal,
            notes: &mut self.saved,
            page,
            named,
            greeting: self.greeting,
            goes_on: &self.command.goes_on(),
            walked: None,
        };
        let ended = prompt_loop.run(fixes, answers).context("the terminal cannot be read or written")?;
        Ok((ended, self.saved))
    }

    /// Where the answers are, when there is nothing to ask.
    pub fn unasked(self) -> AnswerStore {
        self.saved
    }
}
