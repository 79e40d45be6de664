//! What the reviews of `fix -i` and `apply -i` share: where the answers are kept, how a review
//! that was left is found again, what is said of it.

mod terminal;

use super::Stop;
use super::io::Io;
use super::setup::shown;
use crate::disk::companion;
use crate::report::counted::counted;
use crate::review::{AnswerRecord, FORM, Replayed, ReviewCounts, ReviewNotes, replay};
use crate::store::{self, Notebook};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use terminal::ReviewTerminal;

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

impl AnswerStore {
    /// Answers in `notebook`.
    pub fn new(notebook: Notebook) -> AnswerStore {
        AnswerStore { notebook, began: None }
    }

    /// Says that a review begins with the words of this command line.
    pub fn begin(&mut self, words: &[OsString], cwd: &Path) {
        let args = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let time = jiff::Timestamp::now().to_string();
        self.began = Some(AnswerRecord::Began { form: FORM, args, cwd: cwd.to_owned(), time });
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
pub struct Began {
    /// The words of the command line.
    pub args: Vec<String>,
    /// The working directory.
    pub cwd: PathBuf,
}

/// What is kept in `notebook`.
pub fn read(notebook: &Notebook) -> Result<Vec<AnswerRecord>, Stop> {
    Ok(parse(&notebook.lines()?))
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
pub fn again(records: &[AnswerRecord], called: &dyn Fn(&str) -> Option<&'static str>) -> Replayed {
    replay(records, called, &hash)
}

fn hash(path: &Path) -> Option<String> {
    Some(blake3::hash(&companion::read(path).ok()?).to_hex().to_string())
}

/// Asks whether the review of `records` goes on.
pub fn question(records: &[AnswerRecord], called: &dyn Fn(&str) -> Option<&'static str>) -> String {
    let number = again(records, called).answers.given().count();
    let when = match records.first() {
        Some(AnswerRecord::Began { time, .. }) => time.as_str(),
        _ => "an earlier run",
    };
    let answers = counted(number, "answer", "answers");
    format!("A review of {when} was left with {answers}. Continue it (n: start again and forget them)?")
}

/// What is said before the first fix of a review that goes on.
pub fn said(replayed: &Replayed, cwd: &Path) -> Vec<String> {
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
    pub fn nothing(&self, root: &Path) -> String {
        format!("{}: there is no review to go on with; `{}` begins one", root.display(), self.command)
    }

    /// The nearest directory upward with a review, and how that began.
    pub fn remembered(&self, cwd: &Path) -> Result<(PathBuf, Began), Stop> {
        for dir in cwd.ancestors() {
            let records = parse(&store::notes(dir, None, self.notebook).unwrap_or_default());
            if let Some(AnswerRecord::Began { args, cwd, .. }) = records.first() {
                return Ok((dir.to_owned(), Began { args: args.clone(), cwd: cwd.clone() }));
            }
        }
        anyhow::bail!("{}", self.nothing(cwd))
    }

    /// Says that the review ended before its time.
    pub fn left(&self, counts: &ReviewCounts, why: &str, status: u8, io: &mut Io<'_>) -> Result<u8, Stop> {
        writeln!(io.stderr, "error: {why}; nothing was written{}", self.kept(counts))?;
        Ok(status)
    }

    /// What is said of the answers that are kept.
    pub fn kept(&self, counts: &ReviewCounts) -> String {
        match counts.answered() {
            0 => String::new(),
            number => {
                let kept = counted(number, "answer is kept", "answers are kept");
                format!("; {kept}, `{}` goes on", self.goes_on())
            }
        }
    }
}
