//! `fix -i`: joins the review to the terminal, to the notebook in which its
//! answers are kept, and to the end of every run of `fix`.

mod stage;

use super::super::args::{Args, FixArgs, Verb, Verify};
use super::super::io::Io;
use super::super::requires::Lacking;
use super::super::review::{AnswerStore, ReviewCommand, ReviewTerminal, again, question, read, said};
use super::super::setup::{Setup, shown};
use super::super::{ERROR, INTERRUPTED, OK, Stop, proof, rules};
use super::{Ending, FixRun, least, open};
use crate::engine::fixes::Fixes;
use crate::engine::plan::{FixKey, SitePlace};
use crate::report::counted::counted;
use crate::report::{RenderOptions, explain};
use crate::review::{
    AnswerRecord, AnsweredSite, PromptLoop, ReviewAnswer, ReviewAnswers, ReviewEnd, ReviewNotes,
};
use crate::rewrite::{Evidence, RuleEntry};
use crate::syntax::File;
use crate::transforms::EVIDENCE;
use anyhow::Context;
use clap::Parser;
use stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How this review is called.
const REVIEW: ReviewCommand = ReviewCommand { command: "gomend fix -i", notebook: "review" };

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
        let (at, began) = REVIEW.remembered(&cwd)?;
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
    let mut setup = Setup::new(&args.target, args.output.quiet, io)?.narrowed(&args.target.narrow)?;
    if args.proving.verify != Some(Verify::None) {
        setup = setup.asking();
    }
    let root = root.unwrap_or_else(|| setup.root());
    let mut store = open(&root, &setup, command, io)?;
    let notebook = store.notebook(REVIEW.notebook);
    let records = read(&notebook)?;
    anyhow::ensure!(!args.review_on || !records.is_empty(), "{}", REVIEW.nothing(&root));

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
    let lacking = Lacking::default();
    let choose = |entry: &_, seen: &_, file: &Arc<File>, key: &FixKey| {
        allowed.allows(key) && scan.wants(entry, seen, file, least) && lacking.allows(entry, file.path())
    };
    let answers = Mutex::new(ReviewAnswers::default());
    let lock = || answers.lock().unwrap_or_else(PoisonError::into_inner);
    let ask = |key: &FixKey| lock().choice(key);
    let mut fixes =
        setup.settled(|| Fixes::asked(&scan, paths.clone(), &choose, Some(&ask), setup.threads()));
    planning.finish();

    let called = |name: &str| setup.catalogue.iter().map(|entry| entry.meta.id).find(|id| *id == name);
    let mut terminal = ReviewTerminal::sit(io, args.output.color)?;
    let mut saved_answers = AnswerStore::new(notebook);
    let mut greeting = Vec::new();
    let mut go_on = args.review_on;
    if !records.is_empty() && !go_on {
        let question = question(&records, &called);
        go_on = match terminal.ask(&question)? {
            Some(go_on) => go_on,
            None => return Ok(INTERRUPTED),
        };
    }
    if go_on {
        let replayed = again(&records, &called);
        greeting = said(&replayed, &setup.cwd);
        *lock() = replayed.answers;
        let open: BTreeSet<PathBuf> = lock().given().map(|(key, _)| key.path.clone()).collect();
        let all: Vec<PathBuf> = fixes.held().map(|one| one.key.path.clone()).chain(open).collect();
        let directories: BTreeMap<&Path, &PathBuf> =
            all.iter().filter_map(|path| Some((path.parent()?, path))).collect();
        fixes.again(directories.values().map(|path| path.as_path()));
    } else {
        saved_answers.notebook.clear()?;
        saved_answers.begin(&words, &setup.cwd);
    }
    if fixes.held().next().is_some() || !fixes.taken().is_empty() {
        let named = |path: &Path| shown(&setup.cwd, path).to_string();
        let prompt_loop = PromptLoop {
            terminal: &mut terminal,
            notes: &mut saved_answers,
            page: &|rule, render| page(&setup.catalogue, rule, render),
            named: &named,
            greeting,
            goes_on: &REVIEW.goes_on(),
            walked: None,
        };
        let ended = { prompt_loop }.run(&mut fixes, &answers);
        drop(terminal);
        let ended = ended.context("the terminal cannot be read or written")?;
        match ended {
            ReviewEnd::Write(_) => {}
            ReviewEnd::Left(counts) => {
                writeln!(io.stdout, "Nothing is written{}.", REVIEW.kept(&counts))?;
                return Ok(OK);
            }
            ReviewEnd::Interrupted(counts) => return REVIEW.left(&counts, "interrupted", INTERRUPTED, io),
            ReviewEnd::Closed(counts) => return REVIEW.left(&counts, "the input ended", ERROR, io),
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
        writeln!(io.stdout, "{open} not answered; `{}` asks them.", REVIEW.goes_on())?;
    }
    drop(fixes);
    let lacks = lacking.sentences();
    for sentence in &lacks {
        writeln!(io.stderr, "{sentence}")?;
    }
    Ok(if unstaged.is_empty() && lacks.is_empty() { status } else { status.max(super::FINDINGS) })
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
