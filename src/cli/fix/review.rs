//! `fix -i`: joins the review to the terminal, to the notebook in which its
//! answers are kept, and to the end of every run of `fix`.

mod stage;
mod terminal;

use super::super::args::{Args, FixArgs, Verb};
use super::super::io::Io;
use super::super::setup::{Setup, shown};
use super::super::{ERROR, INTERRUPTED, OK, Stop, proof, rules};
use super::{Ending, FixRun, least, open};
use crate::disk::companion;
use crate::engine::fixes::Fixes;
use crate::engine::plan::{FixKey, SitePlace};
use crate::report::counted::counted;
use crate::report::{RenderOptions, explain};
use crate::review::{
    AnswerRecord, AnsweredSite, FORM, PromptLoop, Replayed, ReviewAnswer, ReviewAnswers, ReviewCounts,
    ReviewEnd, ReviewNotes, replay,
};
use crate::rewrite::{Evidence, RuleEntry};
use crate::store::{self, Notebook};
use crate::syntax::File;
use crate::transforms::EVIDENCE;
use anyhow::Context;
use clap::Parser;
use stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use terminal::ReviewTerminal;

/// The notebook's name.
const NOTEBOOK: &str = "review";

/// Runs `fix -i`.
pub fn run(args: FixArgs, words: &[OsString], command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    anyhow::ensure!(
        !args.target.paths.iter().any(|path| path == Path::new("-")),
        "`fix -i` asks at the terminal and cannot read a file from standard input; name the file"
    );
    anyhow::ensure!(
        io.stdin_is_terminal && io.stdout_is_terminal,
        "`fix -i` asks at a terminal, and standard {} is not a terminal; `gomend fix --diff` prints the fixes",
        if io.stdin_is_terminal { "output" } else { "input" }
    );
    let bare = args.review_on && is_bare(words);
    let mut root = None;
    let (mut args, mut words) = (args, words.to_vec());
    if bare {
        let cwd = super::super::setup::working_directory()?;
        let (at, began) = remembered(&cwd)?;
        // The same rules and files as before, from the same place.
        std::env::set_current_dir(&began.cwd).with_context(|| {
            format!("{}: the review began there, and it cannot be entered", began.cwd.display())
        })?;
        words = began.args.iter().map(OsString::from).collect();
        let parsed = Args::try_parse_from(&words).context("the review was begun by another gomend")?;
        if let Verb::Fix(fix) = parsed.verb {
            let output = args.output.clone();
            args = FixArgs { review_on: true, stage: args.stage || fix.stage, ..fix };
            args.output.color = output.color;
        }
        root = Some(at);
    }
    let options = proof::options(&args.proving)?;
    let setup = Setup::new(&args.target, args.output.quiet, io)?.narrowed(&args.target.narrow)?;
    let root = root.unwrap_or_else(|| setup.root());
    let mut store = open(&root, &setup, command, io)?;
    let notebook = store.notebook(NOTEBOOK);
    let records = read(&notebook)?;
    anyhow::ensure!(
        !args.review_on || !records.is_empty(),
        "{}: there is no review to go on with; `gomend fix -i` begins one",
        root.display()
    );

    let mut scanned = setup.render()?;
    let allowed = setup.narrow(&mut scanned, args.max_fixes.map(|most| (most, least(&args))), io)?;
    let mut paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let stage = if args.stage { Some(Stage::of(&root)?) } else { None };
    let mut unstaged = Vec::new();
    if let Some(stage) = &stage {
        (paths, unstaged) = paths.into_iter().partition(|path| stage.may_take(path));
        for path in &unstaged {
            writeln!(io.stderr, "not asked: {}: {}", shown(&setup.cwd, path), stage.why(path))?;
        }
    }
    let planning = setup.progress("Planning", "files", Some(paths.len() as u64));
    let tick = || planning.tick(1);
    let scan = setup.scan(&tick);
    let least = least(&args);
    let choose = |entry: &_, seen: &_, file: &Arc<File>, key: &FixKey| {
        allowed.allows(key) && scan.wants(entry, seen, file, least)
    };
    let answers = Mutex::new(ReviewAnswers::default());
    let lock = || answers.lock().unwrap_or_else(PoisonError::into_inner);
    let ask = |key: &FixKey| lock().choice(key);
    let mut fixes = Fixes::asked(&scan, paths, &choose, Some(&ask), setup.threads());
    planning.finish();

    let mut terminal = ReviewTerminal::sit(io, args.output.color)?;
    let mut saved_answers = AnswerStore { notebook, began: None };
    let mut greeting = Vec::new();
    let mut go_on = args.review_on;
    if !records.is_empty() && !go_on {
        let question = question(&records, &setup.catalogue);
        go_on = match terminal.ask(&question)? {
            Some(go_on) => go_on,
            None => return Ok(INTERRUPTED),
        };
    }
    if go_on {
        let replayed = again(&records, &setup.catalogue);
        greeting = said(&replayed, &setup);
        *lock() = replayed.answers;
        let open: BTreeSet<PathBuf> = lock().given().map(|(key, _)| key.path.clone()).collect();
        let all: Vec<PathBuf> = fixes.held().map(|one| one.key.path.clone()).chain(open).collect();
        let directories: BTreeMap<&Path, &PathBuf> =
            all.iter().filter_map(|path| Some((path.parent()?, path))).collect();
        fixes.again(directories.values().map(|path| path.as_path()));
    } else {
        saved_answers.notebook.clear()?;
        let args = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let time = jiff::Timestamp::now().to_string();
        saved_answers.began = Some(AnswerRecord::Began { form: FORM, args, cwd: setup.cwd.clone(), time });
    }
    if fixes.held().next().is_some() || !fixes.taken().is_empty() {
        let named = |path: &Path| shown(&setup.cwd, path).to_string();
        let prompt_loop = PromptLoop {
            terminal: &mut terminal,
            notes: &mut saved_answers,
            page: &|rule, render| page(&setup.catalogue, rule, render),
            named: &named,
            greeting,
        };
        let ended = { prompt_loop }.run(&mut fixes, &answers);
        drop(terminal);
        let ended = ended.context("the terminal cannot be read or written")?;
        match ended {
            ReviewEnd::Write(_) => {}
            ReviewEnd::Left(counts) => {
                let kept = kept(&counts);
                writeln!(io.stdout, "Nothing is written{kept}.")?;
                return Ok(OK);
            }
            ReviewEnd::Interrupted(counts) => return left(&counts, "interrupted", INTERRUPTED, io),
            ReviewEnd::Closed(counts) => return left(&counts, "the input ended", ERROR, io),
        }
    } else {
        drop(terminal);
    }
    let ending = Ending { args: &args, options, setup: &setup, command };
    let given = lock().clone();
    let open = open_ones(&fixes, &given);
    let mut status = OK;
    if fixes.taken().is_empty() && fixes.held().next().is_some() {
        writeln!(io.stdout, "Nothing was accepted, nothing is written.")?;
        if open == 0 {
            saved_answers.notebook.clear()?;
        }
    } else {
        let (ended, run) = ending.finish(&fixes, &mut scanned, Some(&mut store), io)?;
        status = ended;
        if let Some(stage) = stage {
            stage.add(run.files.keys(), &store, run.id)?;
            writeln!(io.stdout, "Staged {}.", counted(run.files.len(), "file", "files"))?;
        }
        close(&mut saved_answers, &fixes, &given, &run, args.gofmt)?;
    }
    if open > 0 {
        writeln!(io.stdout, "{open} not answered; `gomend fix -i --resume` asks them.")?;
    }
    Ok(if unstaged.is_empty() { status } else { status.max(super::FINDINGS) })
}

/// Where the answers go; the first is preceded by how the review began.
struct AnswerStore {
    notebook: Notebook,
    began: Option<AnswerRecord>,
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
    args: Vec<String>,
    cwd: PathBuf,
}

fn read(notebook: &Notebook) -> Result<Vec<AnswerRecord>, Stop> {
    parse(&notebook.lines()?)
}

fn parse(lines: &[String]) -> Result<Vec<AnswerRecord>, Stop> {
    // A line that cannot be read is an answer that was not kept whole.
    let records: Vec<AnswerRecord> =
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    match records.first() {
        None => Ok(records),
        Some(AnswerRecord::Began { form: FORM, .. }) => Ok(records),
        Some(_) => Ok(Vec::new()),
    }
}

/// The nearest directory upward with a review, and how that began.
fn remembered(cwd: &Path) -> Result<(PathBuf, Began), Stop> {
    for dir in cwd.ancestors() {
        let records = parse(&store::notes(dir, None, NOTEBOOK).unwrap_or_default())?;
        if let Some(AnswerRecord::Began { args, cwd, .. }) = records.first() {
            return Ok((dir.to_owned(), Began { args: args.clone(), cwd: cwd.clone() }));
        }
    }
    anyhow::bail!("{}: there is no review to go on with; `gomend fix -i` begins one", cwd.display())
}

/// Whether the command line names nothing but the review to go on with.
fn is_bare(words: &[OsString]) -> bool {
    let mut plain = words.iter().skip(1).map(|word| word.to_string_lossy());
    plain.all(|word| {
        matches!(&*word, "fix" | "-i" | "--interactive" | "--resume" | "--stage" | "-q" | "--quiet")
            || word.starts_with("--color")
            || matches!(&*word, "always" | "never" | "auto")
    })
}

fn hash(path: &Path) -> Option<String> {
    Some(blake3::hash(&companion::read(path).ok()?).to_hex().to_string())
}

fn again(records: &[AnswerRecord], catalogue: &[RuleEntry]) -> Replayed {
    let called = |name: &str| catalogue.iter().map(|entry| entry.meta.id).find(|id| *id == name);
    replay(records, &called, &hash)
}

fn question(records: &[AnswerRecord], catalogue: &[RuleEntry]) -> String {
    let number = again(records, catalogue).answers.given().count();
    let when = match records.first() {
        Some(AnswerRecord::Began { time, .. }) => time.as_str(),
        _ => "an earlier run",
    };
    let answers = counted(number, "answer", "answers");
    format!("A review of {when} was left with {answers}. Continue it (n: start again and forget them)?")
}

fn said(replayed: &Replayed, setup: &Setup) -> Vec<String> {
    let number = replayed.answers.given().count();
    let goes_on = match number {
        0 => "The review goes on where it was left.".to_owned(),
        more => format!("The review goes on with {} of before.", counted(more, "answer", "answers")),
    };
    let mut lines = vec![goes_on];
    if !replayed.changed.is_empty() {
        let names: Vec<String> =
            replayed.changed.iter().map(|path| shown(&setup.cwd, path).to_string()).collect();
        let what = if names.len() == 1 { "It has" } else { "They have" };
        lines.push(format!("{what} changed since, so what they hold is asked again: {}.", names.join(", ")));
    }
    lines
}

fn left(counts: &ReviewCounts, why: &str, status: u8, io: &mut Io<'_>) -> Result<u8, Stop> {
    writeln!(io.stderr, "error: {why}; nothing was written{}", kept(counts))?;
    Ok(status)
}

fn kept(counts: &ReviewCounts) -> String {
    match counts.answered() {
        0 => String::new(),
        number => {
            let kept = counted(number, "answer is kept", "answers are kept");
            format!("; {kept}, `gomend fix -i --resume` goes on")
        }
    }
}

fn open_ones(fixes: &Fixes<'_>, answers: &ReviewAnswers) -> usize {
    fixes.held().filter(|one| answers.of(&one.key).is_none()).count()
}

/// What of the answers is kept once the accepted ones are written: those that
/// declined a fix, at their places in the new text. Nothing is kept when there is
/// nothing left to ask.
fn close(
    saved_answers: &mut AnswerStore,
    fixes: &Fixes<'_>,
    answers: &ReviewAnswers,
    run: &FixRun,
    formatted: bool,
) -> Result<(), Stop> {
    let applied = run.applied();
    let refused: Vec<AnsweredSite> = fixes
        .taken()
        .iter()
        .map(|fix| &fix.key)
        .filter(|key| !applied.contains(key))
        .map(AnsweredSite::from)
        .collect();
    if refused.is_empty() && open_ones(fixes, answers) == 0 {
        return Ok(saved_answers.notebook.clear()?);
    }
    let mut keep = |record: &AnswerRecord| -> Result<(), Stop> {
        saved_answers.keep(&serde_json::to_string(record)?).map_err(|problem| anyhow::anyhow!(problem))
    };
    if !refused.is_empty() {
        keep(&AnswerRecord::Again { sites: refused })?;
    }
    for (path, planned) in &run.files {
        let declined =
            answers.given().filter(|(key, answer)| key.path == *path && **answer == ReviewAnswer::No);
        let moved = declined.filter_map(|(key, _)| {
            let SitePlace::Disk(offset) = key.place else { return None };
            let now = FixKey { place: SitePlace::Disk(planned.edits.map(offset)?), ..key.clone() };
            // Where gofmt went over the whole file, no place is sure.
            (!formatted).then(|| (AnsweredSite::from(key), AnsweredSite::from(&now)))
        });
        let now = run.hashes.get(path).cloned().unwrap_or_default();
        keep(&AnswerRecord::Written { path: path.clone(), now, moved: moved.collect() })?;
    }
    Ok(())
}

fn page(catalogue: &[RuleEntry], rule: &str, render: RenderOptions) -> String {
    let mut out = Vec::new();
    if let Some(entry) = catalogue.iter().find(|entry| entry.meta.id == rule) {
        let evidence = Evidence::of(EVIDENCE, entry.meta.id);
        // Writing to memory cannot fail.
        let _ = explain::explain(&mut out, &rules::row(entry), &entry.page(), evidence.as_ref(), render);
    }
    String::from_utf8_lossy(&out).into_owned()
}
