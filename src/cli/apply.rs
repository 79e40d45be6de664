//! `gomend apply`: what a plan file says, in the work tree that is here.
//!
//! Whoever sends a plan may write into it what he likes. So nothing that it says of a proof
//! is repeated: gomend proves it here, and writes what it has proved. Only Go files that
//! a run would look at are edited, and what does not parse afterwards is refused.
//!
//! What is no plan is read as the fixes of another tool.

mod conclude;
mod directive;
mod draft;
mod finding;
mod foreign;
mod gate;
mod hunks;
mod input;
mod locate;
mod report;
mod resolve;
mod review;

use super::Stop;
use super::args::{ApplyArgs, Format, From, TargetArgs};
use super::export::{self, PlanHead};
use super::git;
use super::io::Io;
use super::outcome::{BUILDS_ON, FixOutcomes, JudgedFix, Judgement};
use super::proof::{self, Terms};
use super::setup::{Setup, rules, shown, working_directory};
use crate::config::{CommandLine, Settings};
use crate::disk::{Disk, program};
use crate::engine::discover::{self, FileKind, Include, Limits, read_path};
use crate::engine::fixes::exports_changed;
use crate::migrate::plan::{PlanFile, PlannedFile, Resolved};
use crate::migrate::units::{LeftOut, Units};
use crate::migrate::{ChangedTexts, RuleState};
use crate::report::human::Left;
use crate::report::shown as visible;
use crate::rewrite::RuleEntry;
use crate::syntax::File;
use crate::verify::{CandidateFixes, FixRef, RenderError, Rendered};
use anyhow::Context;
use conclude::{AppliedFixes, Exported};
use input::{kinds, root};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Runs the verb.
pub fn run(args: &ApplyArgs, words: &[OsString], command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    if args.interactive {
        review::ensure_terminal(args, io)?;
    }
    let (resumed, words) = review::resumed(args, words)?;
    let args = resumed.as_ref().unwrap_or(args);
    let cwd = working_directory()?;
    let input = input::read(args, &cwd, io)?;
    let is_plan = match args.from {
        Some(from) => from == From::Plan,
        None => input.is_plan(),
    };
    if is_plan {
        apply_plan(args, &input, &cwd, command, io)
    } else {
        foreign::run(args, input, &cwd, &words, command, io)
    }
}

fn apply_plan(
    args: &ApplyArgs,
    input: &input::ApplyInput,
    cwd: &Path,
    command: &str,
    io: &mut Io<'_>,
) -> Result<u8, Stop> {
    let options = proof::options(&args.proving)?;
    let text = std::str::from_utf8(&input.bytes)
        .map_err(|_| anyhow::anyhow!("{}: not UTF-8, so it is not a plan of gomend", input.name))?;
    let name = Path::new(&input.name);
    let plan = PlanFile::parse(name, text)?.whole(name)?;
    only_of_others(args)?;
    let root = root(args, cwd)?;
    let setup =
        Setup::at(args.root.as_ref().map_or(cwd, |_| &root).to_owned(), &TargetArgs::default(), false, io)?;
    if args.export.commit_per.is_some() {
        // Before the work, not after it.
        git::clean_top(&root)?;
    }
    let limits = Limits { file_size: u64::MAX };
    let mut include = kinds(args)?;
    // Tests and generated files are code of the tree like any other.
    include.extend([FileKind::Tests, FileKind::Generated]);
    let settings = Settings::new(rules(&setup.catalogue), &root, &CommandLine::default())?;
    let other_rules = files_of_other_rules(&plan, &setup.catalogue, &root);
    let read = |path: &Path| {
        if let Some(rule) = other_rules.get(path) {
            return Err(format!("the rule {rule} has changed since the plan was made; plan again"));
        }
        allowed(path, &root, &include, &settings)?;
        read_path(path, limits).map_err(|refusal| refusal.to_string())
    };
    let guard = |before: &str, after: &str| match directive::changed(before, after, &args.allow_directive) {
        Some(change) => Err(change.reason()),
        None => Ok(()),
    };
    let mut resolved = plan.resolve(&root, &read, &guard);
    refuse_broken(&mut resolved, &root)?;
    for (path, reason) in &resolved.refused {
        writeln!(io.stderr, "{}", visible(&format!("left alone: {path}: {reason}")))?;
    }
    let asks = args.diff || args.list;
    let candidates = PlanFileCandidates::new(&plan, &resolved);
    let verdicts = proof::prove(&candidates, args.proving.verify, options, &setup)?;
    drop(candidates);
    proof::write_notes(&verdicts, false, io)?;
    let judgement = Judgement::new(&verdicts, Terms::of(&args.proving, asks));
    let outcomes = outcomes(&plan, &mut resolved, &judgement, &root, cwd);
    let run = AppliedFixes {
        args,
        root: &root,
        setup: &setup,
        command,
        files: resolved.files(),
        outcomes,
        refused: !resolved.refused.is_empty(),
    };
    let head = |_: &FixOutcomes, _: &ChangedTexts| Ok(PlanHead::default());
    let states = || {
        // They are in the order of the plan.
        let place = |index: &usize| resolved.fixes.binary_search_by_key(index, |(there, _)| *there).ok();
        let state = |state: &RuleState| RuleState {
            fixes: state.fixes.iter().filter_map(place).collect(),
            ..state.clone()
        };
        Ok(resolved.states.iter().map(state).collect())
    };
    run.conclude(&Exported { states: &states, head: &head, purpose: export::MENDS }, false, io)
}

/// The files that the plan edits by a rule which says something else by now, with that rule.
fn files_of_other_rules(plan: &PlanFile, catalogue: &[RuleEntry], root: &Path) -> BTreeMap<PathBuf, String> {
    let changed = |id: &str| {
        let now = catalogue.iter().find(|entry| entry.meta.id == id).and_then(RuleEntry::source);
        let planned = plan.rule_hashes.get(id);
        now.zip(planned).is_some_and(|(now, planned)| now.to_hex().as_str() != planned)
    };
    let by_rule = |file: &PlannedFile| {
        let step = file.steps.iter().find(|step| changed(&step.rule))?;
        Some((root.join(&file.path), step.rule.clone()))
    };
    plan.files.iter().filter_map(by_rule).collect()
}

/// A plan as verification sees it: it can hold back what the plan has together.
struct PlanFileCandidates<'a> {
    resolved: &'a Resolved,
    units: Units,
    refs: Vec<FixRef>,
    files: ChangedTexts,
}

impl PlanFileCandidates<'_> {
    fn new<'a>(plan: &PlanFile, resolved: &'a Resolved) -> PlanFileCandidates<'a> {
        let units = Units::of(plan, resolved);
        let files = units.files.iter().enumerate();
        let refs = files.map(|(id, files)| FixRef { id, files: files.keys().cloned().collect() });
        PlanFileCandidates { refs: refs.collect(), files: resolved.files(), units, resolved }
    }
}

impl CandidateFixes for PlanFileCandidates<'_> {
    fn fixes(&self) -> &[FixRef] {
        &self.refs
    }

    fn render(&self, without: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
        let LeftOut { from, lost } = self.units.without(without);
        let mut files = Vec::new();
        for (path, text) in &self.files {
            let after = match from.get(path) {
                Some(from) => self.units.text(self.resolved, path, *from).unwrap_or(&text.before),
                None => &text.after,
            };
            if *after != text.before {
                files.push((path.clone(), after.clone().into_bytes()));
            }
        }
        Ok(Rendered { files, lost })
    }

    fn changes_exports(&self, file: &Path) -> bool {
        self.files.get(file).is_none_or(|text| exports_changed(&text.before, &text.after))
    }
}

/// Takes out of `resolved` what may not be written, and says what became of each fix.
fn outcomes(
    plan: &PlanFile,
    resolved: &mut Resolved,
    judgement: &Judgement<'_>,
    root: &Path,
    cwd: &Path,
) -> FixOutcomes {
    let units = Units::of(plan, resolved);
    let gone = units.without(judgement.held());
    let mut outcomes = FixOutcomes::new(judgement);
    for (unit, fixes) in units.fixes.iter().enumerate() {
        let together = match fixes.len() {
            1 => String::new(),
            number => format!(" (the plan has the edits of these {number} fixes together)"),
        };
        for (index, files) in fixes.iter().map(|place| &resolved.fixes[*place]) {
            let fix = &plan.fixes[*index];
            let left = Left {
                rule: fix.rule.clone(),
                path: shown(cwd, &root.join(&fix.path)).to_string(),
                line: fix.line,
                column: fix.column,
                reason: String::new(),
            };
            let lost = gone.lost.contains(&unit).then(|| BUILDS_ON.to_owned());
            let together = together.clone();
            let judged = JudgedFix { lost, together, ..JudgedFix::new(unit, files.clone(), left) };
            outcomes.add(judgement, judged);
        }
    }
    units.strike(resolved, judgement.held(), &gone);
    outcomes
}

/// Refuses the options that a plan has no use for: it was made with those of `fix`.
fn only_of_others(args: &ApplyArgs) -> Result<(), Stop> {
    let given = [
        (args.run.is_some(), "--run"),
        (args.interactive, "-i"),
        (args.format != Format::Human, "--format"),
        (args.report.is_some(), "--report"),
        (args.trust_stale, "--trust-stale"),
        (args.baseline.is_some(), "--baseline"),
        (args.max_fixes.is_some(), "--max-fixes"),
        (args.shard.is_some(), "--shard"),
        (args.plan_out.is_some(), "--plan-out"),
    ];
    match given.into_iter().find(|(given, _)| *given) {
        Some((_, option)) => {
            anyhow::bail!(
                "{option} is for the fixes of other tools, and this is a plan; leave it out, or give it to `gomend fix`"
            )
        }
        None => Ok(()),
    }
}

/// Whether a run with this `include` would look at the file at `path`; else the reason.
fn allowed(path: &Path, root: &Path, include: &Include, settings: &Settings) -> Result<(), String> {
    let real = dunce::canonicalize(path).map_err(|error| format!("cannot be found: {error}"))?;
    if real != path {
        return Err("a link leads to it; plan again".to_owned());
    }
    match discover::judge(path, root, include, settings, &Disk::default()) {
        Some(skip) => Err(format!("gomend skips it: {}", skip.why)),
        None => Ok(()),
    }
}

/// Leaves alone what would not parse: no plan that gomend wrote comes to that.
fn refuse_broken(resolved: &mut Resolved, root: &Path) -> Result<(), Stop> {
    let faults = |path: &PathBuf, text: &str| {
        let file = File::new(path, text);
        let outline = file.outline();
        let decls = (0..outline.decls.len()).filter(|index| file.fault(*index).is_some()).count();
        decls + outline.broken.len() + usize::from(outline.package.is_none())
    };
    let files = resolved.files();
    let mut broken: BTreeSet<&PathBuf> = files
        .iter()
        .filter(|(path, text)| faults(path, &text.after) > faults(path, &text.before))
        .map(|(path, _)| path)
        .collect();
    broken.extend(refused_by_gofmt(&files)?);
    if broken.is_empty() {
        return Ok(());
    }
    // A damaged plan is not trusted with anything.
    for path in files.keys() {
        let reason = if broken.contains(path) {
            "the result would not parse; the plan is damaged"
        } else {
            "the plan is damaged"
        };
        resolved.refused.insert(shown(root, path).to_string(), reason.to_owned());
    }
    resolved.before.clear();
    resolved.fixes.clear();
    Ok(())
}

/// The files whose texts gofmt cannot read afterwards, though it could before. None where
/// there is no gofmt: then gomend's own parser has the only word.
fn refused_by_gofmt(files: &ChangedTexts) -> Result<BTreeSet<&PathBuf>, Stop> {
    let Ok(mut gofmt) = program::command("gofmt") else { return Ok(BTreeSet::new()) };
    if files.is_empty() {
        return Ok(BTreeSet::new());
    }
    let dir = tempfile::tempdir().context("no temporary directory for gofmt")?;
    for (number, text) in files.values().enumerate() {
        for (name, text) in [("before", &text.before), ("after", &text.after)] {
            let file = dir.path().join(format!("{number}-{name}.go"));
            std::fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    let ran = gofmt.arg("-l").arg(dir.path()).stdin(Stdio::null()).output().context("gofmt cannot be run")?;
    // `DIR/3-after.go:7:2: expected declaration`
    let said = String::from_utf8_lossy(&ran.stderr);
    let bad: BTreeSet<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix(&*dir.path().to_string_lossy())?.get(1..)?.split(".go:").next())
        .collect();
    let refused = files.keys().enumerate().filter(|(number, _)| {
        bad.contains(format!("{number}-after").as_str()) && !bad.contains(format!("{number}-before").as_str())
    });
    Ok(refused.map(|(_, path)| path).collect())
}
