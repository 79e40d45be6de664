//! `fix -i`: joins the review to the terminal, to the notebook in which its
//! answers are kept, and to the end of every run of `fix`.

mod stage;

use super::super::args::{FixArgs, Verb, Verify};
use super::super::filter::FixFilter;
use super::super::io::Io;
use super::super::review::{ReviewCommand, ReviewStart, ReviewedFile};
use super::super::setup::{Setup, shown, working_directory};
use super::super::{FINDINGS, INTERRUPTED, OK, Stop, proof, rules};
use super::ending::Ending;
use super::options::least;
use super::store::open;
use crate::engine::fixes::Fixes;
use crate::engine::plan::FixKey;
use crate::report::counted::counted;
use crate::report::{RenderOptions, explain};
use crate::review::{AnsweredSite, ReviewAnswers};
use crate::rewrite::{Evidence, RuleEntry};
use crate::transforms::EVIDENCE;
use stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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
    let (mut args, mut words, mut root) = (args, words.to_vec(), None);
    if args.review_on && is_bare(&words) {
        let (at, begun, parsed) = REVIEW.begun(&working_directory()?)?;
        if let Verb::Fix(fix) = parsed.verb {
            let color = args.output.color;
            args = FixArgs { review_on: true, stage: args.stage || fix.stage, ..fix };
            args.output.color = color;
        }
        (root, words) = (Some(at), begun);
    }
    let options = proof::options(&args.proving)?;
    let mut setup = Setup::new(&args.target, args.output.quiet, io)?.narrowed(&args.target.narrow)?;
    if args.proving.verify != Some(Verify::None) {
        setup = setup.asking();
    }
    let root = root.unwrap_or_else(|| setup.root());
    let mut store = open(&root, &setup, command, io)?;
    let notebook = store.notebook(REVIEW.notebook);
    let records = REVIEW.records(&notebook, &root, args.review_on)?;

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
    let filter = FixFilter::new(&scan, allowed, least(&args));
    let choose = |entry: &_, seen: &_, file: &_, key: &_| filter.wants(entry, seen, file, key);
    let answers = Mutex::new(ReviewAnswers::default());
    let lock = || answers.lock().unwrap_or_else(PoisonError::into_inner);
    let ask = |key: &FixKey| lock().choice(key);
    let mut fixes = setup
        .until_types_are_known(|| Fixes::asked(&scan, paths.clone(), &choose, Some(&ask), setup.threads()));
    planning.finish();

    let called = |name: &str| setup.catalogue.iter().map(|entry| entry.meta.id).find(|id| *id == name);
    let start = ReviewStart {
        notebook,
        records,
        resumes: args.review_on,
        words: &words,
        cwd: &setup.cwd,
        colour: args.output.color,
        called: &called,
    };
    let Some(review) = REVIEW.open(start, &answers, io)? else { return Ok(INTERRUPTED) };
    if review.goes_on {
        let open: BTreeSet<PathBuf> = lock().given().map(|(key, _)| key.path.clone()).collect();
        let all: Vec<PathBuf> = fixes.held().map(|one| one.key.path.clone()).chain(open).collect();
        let directories: BTreeMap<&Path, &PathBuf> =
            all.iter().filter_map(|path| Some((path.parent()?, path))).collect();
        fixes.again(directories.values().map(|path| path.as_path()));
    }
    let mut saved = if fixes.held().next().is_some() || !fixes.taken().is_empty() {
        let named = |path: &Path| shown(&setup.cwd, path).to_string();
        let page = |rule: &str, render| page(&setup.catalogue, rule, render);
        let (end, saved) = review.walk(&mut fixes, &answers, &page, &named)?;
        if let Some(status) = REVIEW.ended(&end, io)? {
            return Ok(status);
        }
        saved
    } else {
        review.unasked()
    };
    let ending = Ending { args: &args, options, setup: &setup, command };
    let given = lock().clone();
    let open = open_ones(&fixes, &given);
    let mut status = OK;
    if fixes.taken().is_empty() && fixes.held().next().is_some() {
        writeln!(io.stdout, "Nothing was accepted, nothing is written.")?;
        if open == 0 {
            saved.notebook.clear()?;
        }
    } else {
        let (ended, run) = ending.finish(&fixes, &mut scanned, Some(&mut store), io)?;
        status = ended;
        if let Some(stage) = stage {
            stage.add(run.files.keys(), &store, run.id)?;
            writeln!(io.stdout, "Staged {}.", counted(run.files.len(), "file", "files"))?;
        }
        let applied = run.applied();
        let taken = fixes.taken().iter().map(|fix| &fix.key);
        let again = taken.filter(|key| !applied.contains(key)).map(AnsweredSite::from).collect();
        let written = run.files.keys().map(|path| ReviewedFile {
            path: path.clone(),
            now: run.hashes.get(path).cloned().unwrap_or_default(),
            // Where gofmt went over the whole file, no place is sure.
            edits: run.edits.get(path).filter(|_| !args.gofmt).cloned(),
        });
        saved.close(again, open, &given, written.collect())?;
    }
    if open > 0 {
        writeln!(io.stdout, "{open} not answered; `{}` asks them.", REVIEW.goes_on())?;
    }
    drop(fixes);
    let lacks = filter.write_lacking(io)?;
    Ok(if unstaged.is_empty() && !lacks { status } else { status.max(FINDINGS) })
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

fn page(catalogue: &[RuleEntry], rule: &str, render: RenderOptions) -> String {
    let mut out = Vec::new();
    if let Some(entry) = catalogue.iter().find(|entry| entry.meta.id == rule) {
        let evidence = Evidence::of(EVIDENCE, entry.meta.id);
        // Writing to memory cannot fail.
        let _ = explain::explain(&mut out, &rules::row(entry), &entry.page(), evidence.as_ref(), render);
    }
    String::from_utf8_lossy(&out).into_owned()
}
