//! The fixes of other tools on their way through the gate: which of them are about the text that is
//! here, which go together, which are proved.

use super::super::args::{AllowedDirective, ApplyArgs, From, TargetArgs};
use super::super::export::{self, OutputChanges};
use super::super::git;
use super::super::interrupt::{Interrupt, Interrupted};
use super::super::io::{Io, save, tolerate};
use super::super::proof::{self, Terms};
use super::super::setup::{self, Setup, named_in, shown};
use super::super::{FINDINGS, OK, Stop};
use super::directive;
use super::input::ApplyInput;
use super::locate::FileFinder;
use crate::config::{CommandLine, Settings};
use crate::engine::discover::{FileKind, Include};
use crate::engine::narrow::baseline::Baseline;
use crate::foreign::{self, ForeignFixes, ForeignFormat};
use crate::migrate::given::{GivenFix, GivenFixes, compatible};
use crate::migrate::plan::{PlanFile, PlannedFile, PlannedFix, PlannedStep, hash};
use crate::migrate::{ChangedTexts, between};
use crate::model::module::Modules;
use crate::report::counted::counted;
use crate::report::human::{self, Fixed, Left, Unproved};
use crate::report::{EscapeForm, shown as visible};
use crate::rewrite::{Applicability, Proof};
use crate::syntax::File;
use crate::verify::Verdicts;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What became of the fixes that are not tried.
#[derive(Default)]
pub(super) struct LeftAside {
    /// Named on standard error: place and rule, and why.
    pub(super) refused: Vec<(String, String)>,
    pub(super) there: usize,
    pub(super) suppressed: usize,
    pub(super) merged: usize,
    pub(super) known: usize,
    pub(super) beyond: usize,
    pub(super) elsewhere: usize,
    pub(super) alternatives: usize,
    pub(super) bare: usize,
}

/// What was read, as fixes of the files that are here.
#[derive(Default)]
pub(super) struct Located {
    pub(super) fixes: Vec<GivenFix>,
    pub(super) files: BTreeMap<PathBuf, Arc<File>>,
    /// What a diff makes of a file, and of how many fixes.
    pub(super) exact: BTreeMap<PathBuf, (String, usize)>,
    pub(super) aside: LeftAside,
    /// How often each fingerprint was given.
    pub(super) fingerprints: HashMap<String, usize>,
}

/// Runs the verb over `input`, which is no plan.
pub fn run(
    args: &ApplyArgs,
    input: ApplyInput,
    cwd: &Path,
    command: &str,
    io: &mut Io<'_>,
) -> Result<u8, Stop> {
    let options = proof::options(&args.proving)?;
    let (format, found) = read(args, &input)?;
    let root = super::root(args, cwd)?;
    let include: Include =
        args.include.iter().map(|word| word.trim().parse::<FileKind>()).collect::<Result<_, _>>()?;
    let mut target = TargetArgs::default();
    target.narrow.shard = args.shard;
    let home = args.root.as_ref().map_or(cwd, |_| &root).to_owned();
    let setup = Setup::at(home, &target, false, io)?;
    if args.export.commit_per.is_some() {
        // Before the work, not after it.
        git::clean_top(&root)?;
    }
    let settings = Settings::new(setup::rules(&setup.catalogue), &root, &CommandLine::default())?;
    let mut finder = FileFinder::new(&root, cwd, &settings, include, &input.name);
    finder.time = input.time;
    finder.hashes = input.hashes.as_ref();
    finder.from_root = format == ForeignFormat::Diff;
    // The parts of a run have the same rules, whichever of them have a fix of it.
    let rules: Vec<String> = found.fixes.iter().map(|fix| fix.rule.clone()).collect();
    let mut located = Located::default();
    located.aside.bare = found.bare;
    for (name, reason) in found.refused {
        located.aside.refused.push((name, reason));
    }
    let gate = ForeignGate { args, root: &root, cwd };
    if format == ForeignFormat::Diff {
        gate.locate_hunks(found.fixes, &mut finder, &mut located);
    } else {
        gate.locate(found.fixes, &mut finder, &mut located);
    }
    if let Some(file) = args.baseline.as_ref().filter(|_| args.write_baseline) {
        let entry =
            |fix: &GivenFix| (shown(&root, &fix.path).to_string(), fix.rule.clone(), fix.fingerprint.clone());
        let baseline = Baseline::of_fixes(located.fixes.iter().map(entry));
        save(file, baseline.text().as_bytes())?;
        writeln!(io.stderr, "{} listed in {}.", counted(baseline.len(), "fix", "fixes"), file.display())?;
        gate.say(&located.aside, io)?;
        return Ok(OK);
    }
    gate.narrow(&mut located)?;
    let Located { fixes, files, exact, mut aside, .. } = located;
    let fixes = gate.joined(fixes, &mut aside);
    let whole = |path: &PathBuf, number: usize| {
        fixes.iter().filter(|fix| fix.files.contains_key(path)).count() == number
    };
    let exact = exact.into_iter().filter(|(path, (_, number))| whole(path, *number));
    let exact = exact.map(|(path, (text, _))| (path, text)).collect();
    let (given, lost) = gate.trusted(fixes, &files, exact, &mut aside)?;
    gate.say(&aside, io)?;
    let verdicts = {
        let interrupt = Interrupt::listen();
        let verdicts = proof::prove(&given, args.proving.verify, options, &setup, interrupt.asked());
        if interrupt.was_asked() {
            return Err(Interrupted.into());
        }
        verdicts
    };
    for note in &verdicts.notes {
        writeln!(io.stderr, "note: {}", visible(note))?;
    }
    let decided = gate.decide(&given, &lost, &verdicts)?;
    let delivery = Delivery {
        setup: &setup,
        target: &target,
        input: &input.bytes,
        command,
        rules,
        refused: !aside.refused.is_empty(),
    };
    gate.deliver(&given, decided, &delivery, io)
}

/// The format of the input, and what it says.
fn read(args: &ApplyArgs, input: &ApplyInput) -> Result<(ForeignFormat, ForeignFixes), Stop> {
    let size = input.bytes.len() as u64;
    anyhow::ensure!(
        size <= foreign::LARGEST,
        "{}: larger than {} MiB, which is the limit; let the tool write one file for each module",
        input.name,
        foreign::LARGEST >> 20
    );
    let named = |error: foreign::ReadError| anyhow::anyhow!("{}: {error}", input.name);
    if input.bytes.trim_ascii().is_empty() {
        // A tool that found nothing prints nothing.
        anyhow::ensure!(input.hashes.is_some(), named(foreign::ReadError::Empty));
        return Ok((ForeignFormat::GoAnalysis, ForeignFixes::default()));
    }
    let format = match args.from {
        Some(From::GoAnalysis) => Some(ForeignFormat::GoAnalysis),
        Some(From::Golangci) => Some(ForeignFormat::Golangci),
        Some(From::Sarif) => Some(ForeignFormat::Sarif),
        Some(From::Rdjson) => Some(ForeignFormat::Rdjson),
        Some(From::Diff) => Some(ForeignFormat::Diff),
        Some(From::Plan) | None => foreign::detect(&input.bytes),
    };
    let format = format.ok_or_else(|| named(foreign::ReadError::Unknown))?;
    Ok((format, foreign::read(&input.bytes, format).map_err(named)?))
}

/// What the command line says to the fixes.
pub(super) struct ForeignGate<'a> {
    pub(super) args: &'a ApplyArgs,
    pub(super) root: &'a Path,
    pub(super) cwd: &'a Path,
}

/// Which fixes go in, and what is said of all.
struct Decided {
    held: BTreeSet<usize>,
    files: ChangedTexts,
    summary: Fixed,
    proofs: Vec<(Proof, Option<String>)>,
}

impl ForeignGate<'_> {
    /// Leaves out what is of another part, and what the baseline knows.
    fn narrow(&self, located: &mut Located) -> Result<(), Stop> {
        if let Some(shard) = self.args.shard {
            let before = located.fixes.len();
            located.fixes.retain(|fix| shard.has(&fix.path, self.root));
            located.aside.elsewhere = before - located.fixes.len();
        }
        if let Some(file) = &self.args.baseline {
            let baseline = Baseline::read(file)?;
            let mut known = baseline.fingerprints();
            let before = located.fixes.len();
            located.fixes.retain(|fix| match known.get_mut(fix.fingerprint.as_str()) {
                Some(number) if *number > 0 => {
                    *number -= 1;
                    false
                }
                _ => true,
            });
            located.aside.known = before - located.fixes.len();
        }
        Ok(())
    }

    /// The fixes that go together: the same of two tools counts once, and of two that meet the
    /// first is taken.
    fn joined(&self, fixes: Vec<GivenFix>, aside: &mut LeftAside) -> Vec<GivenFix> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut once: Vec<GivenFix> = Vec::new();
        for fix in fixes {
            match seen.get(&format!("{:?}", fix.files)) {
                Some(_) => aside.merged += 1,
                None => {
                    seen.insert(format!("{:?}", fix.files), once.len());
                    once.push(fix);
                }
            }
        }
        let (mut fixes, met) = compatible(once);
        for (fix, first) in met {
            let other = &fixes[first];
            let place = self.place(&other.path, other.line);
            let reason = format!(
                "its edits meet those of {} at {place}, which comes first; apply it again afterwards",
                other.rule
            );
            aside.refused.push((self.name(&fix), reason));
        }
        if let Some(most) = self.args.max_fixes {
            aside.beyond = fixes.len().saturating_sub(most);
            fixes.truncate(most);
        }
        fixes
    }

    /// Joins the fixes; those that add between them what none may add are left out.
    fn trusted(
        &self,
        fixes: Vec<GivenFix>,
        files: &BTreeMap<PathBuf, Arc<File>>,
        exact: BTreeMap<PathBuf, String>,
        aside: &mut LeftAside,
    ) -> Result<(GivenFixes, BTreeMap<usize, String>), Stop> {
        let (given, lost) = GivenFixes::new(fixes, files, exact.clone())?;
        let whole = given.outcome(&BTreeSet::new())?;
        let bad: BTreeMap<PathBuf, String> = whole
            .files
            .iter()
            .filter_map(|(path, text)| {
                let (kind, line) = directive::added(&text.before, &text.after, &self.args.allow_directive)?;
                Some((path.clone(), refusal(kind, &line)))
            })
            .collect();
        if bad.is_empty() {
            return Ok((given, lost));
        }
        let mut fixes = given.list().to_vec();
        fixes.retain(|fix| match fix.files.keys().find_map(|path| bad.get(path)) {
            Some(reason) => {
                aside.refused.push((self.name(fix), format!("together with others {reason}")));
                false
            }
            None => true,
        });
        let exact = exact.into_iter().filter(|(path, _)| !bad.contains_key(path)).collect();
        Ok(GivenFixes::new(fixes, files, exact)?)
    }

    /// Says what is not tried, and why.
    fn say(&self, aside: &LeftAside, io: &mut Io<'_>) -> Result<(), Stop> {
        for (place, reason) in &aside.refused {
            writeln!(io.stderr, "left alone: {}", visible(&format!("{place}: {reason}")))?;
        }
        let notes = [
            (aside.there, "fix is", "fixes are", "already there"),
            (aside.suppressed, "fix is", "fixes are", "suppressed by comments"),
            (aside.known, "fix is", "fixes are", "in the baseline"),
            (aside.elsewhere, "fix is", "fixes are", "in other parts"),
            (aside.beyond, "fix is", "fixes are", "left for another run"),
            (aside.merged, "fix is", "fixes are", "the same as one before, and counted once"),
            (aside.alternatives, "fix has", "fixes have", "alternatives, of which the first is taken"),
            (aside.bare, "finding comes", "findings come", "without a fix"),
        ];
        for (number, one, many, rest) in notes.into_iter().filter(|note| note.0 > 0) {
            writeln!(io.stderr, "note: {} {rest}", counted(number, one, many))?;
        }
        Ok(())
    }

    pub(super) fn place(&self, path: &Path, line: usize) -> String {
        format!("{}:{line}", shown(self.cwd, path))
    }

    fn name(&self, fix: &GivenFix) -> String {
        format!("{} {}", self.place(&fix.path, fix.line), fix.rule)
    }

    /// Holds back what may not be written, and says what became of each fix.
    fn decide(
        &self,
        given: &GivenFixes,
        lost: &BTreeMap<usize, String>,
        verdicts: &Verdicts,
    ) -> Result<Decided, Stop> {
        let terms = Terms::of(&self.args.proving, self.args.diff || self.args.list);
        let refused = verdicts.per_fix.iter().filter(|(_, (proof, _))| !terms.may_write(*proof, verdicts));
        let mut held: BTreeSet<usize> = refused.map(|(id, _)| *id).collect();
        held.extend(lost.keys());
        let outcome = given.outcome(&held)?;
        let mut summary = Fixed {
            verified: proof::words(verdicts),
            out_of_reach: terms.out_of_reach(verdicts),
            files: outcome.files.len(),
            ..Fixed::default()
        };
        let mut unproved: BTreeMap<String, usize> = BTreeMap::new();
        let mut proofs = Vec::new();
        for (id, fix) in given.list().iter().enumerate() {
            let (proof, reason) = verdicts.per_fix.get(&id).cloned().unwrap_or_default();
            let words = reason.clone().unwrap_or_else(|| "nothing was verified".to_owned());
            proofs.push((proof, reason));
            let title = if fix.title.is_empty() { String::new() } else { format!("{}: ", fix.title) };
            let left = |reason: String| Left {
                rule: fix.rule.clone(),
                path: shown(self.cwd, &fix.path).to_string(),
                line: fix.line,
                column: 1,
                reason: format!("{title}{reason}"),
            };
            match (lost.get(&id), outcome.lost.get(&id), proof) {
                (Some(reason), ..) => summary.refused.push(left(reason.clone())),
                (_, _, Proof::Refused) => summary.refused.push(left(words)),
                _ if held.contains(&id) => summary.held.push(left(words)),
                (_, Some(reason), _) => summary.deferred.push(left(reason.clone())),
                _ => {
                    summary.applied += 1;
                    summary.proved += usize::from(proof == Proof::Proved);
                    if proof == Proof::Unproved {
                        *unproved.entry(words).or_default() += 1;
                    }
                }
            }
        }
        held.extend(outcome.lost.keys());
        summary.unproved = unproved.into_iter().map(|(reason, fixes)| Unproved { fixes, reason }).collect();
        Ok(Decided { held, files: outcome.files, summary, proofs })
    }

    /// Shows, writes or exports what goes in, and says what became of the rest.
    fn deliver(
        &self,
        given: &GivenFixes,
        decided: Decided,
        run: &Delivery<'_>,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let Decided { held, files, mut summary, proofs } = decided;
        let args = self.args;
        let asks = args.diff || args.list;
        let mut summary_here = false;
        if args.diff {
            super::print_patch(args, &files, self.root, io)?;
        } else if args.list {
            tolerate(
                files.keys().try_for_each(|path| writeln!(io.stdout, "{}", visible(&shown(self.cwd, path)))),
            )?;
        } else if let Some(file) = &args.plan_out {
            let plan = self.plan(given, &held, &files, &summary, &proofs, run)?;
            if file == Path::new("-") {
                io.stdout.form = EscapeForm::Json;
                tolerate(io.stdout.write_all(plan.text().as_bytes()))?;
            } else {
                save(file, plan.text().as_bytes())?;
                writeln!(io.stderr, "`gomend apply {}` applies the plan.", file.display())?;
            }
        } else if args.export.split_by.is_some() || args.export.commit_per.is_some() {
            let modules = Modules::default();
            let module = |path: &Path| modules.module_of(path)?.path().map(str::to_owned);
            let kept: Vec<usize> = (0..given.list().len()).filter(|id| !held.contains(id)).collect();
            let place = |id: &usize| kept.binary_search(id).ok();
            let states = given.states(&held)?.into_iter();
            let changes = OutputChanges {
                root: self.root,
                fixes: kept.iter().map(|id| given.list()[*id].files.keys().cloned().collect()).collect(),
                states: states
                    .map(|(rule, files, own)| (rule, files, own.iter().filter_map(place).collect()))
                    .collect(),
                files,
                proof: summary.proof(),
                module: &module,
                purpose: "Apply the fixes of",
            };
            match (args.export.split_by, args.export.commit_per) {
                (Some(by), _) => export::split(&changes, by, &args.export, io)?,
                (_, Some(per)) => export::commit(&changes, per.into(), &args.export, run.command, io)?,
                _ => {}
            }
        } else {
            summary_here = true;
            let outcome = super::write(&files, self.root, run.command, io)?;
            summary.written = true;
            summary.run = outcome.run.map(|run| named_in(self.root, self.cwd, &run));
            return self.finish(&summary, summary_here, false, run.refused, io);
        }
        self.finish(&summary, summary_here, asks && summary.files > 0, run.refused, io)
    }

    fn finish(
        &self,
        summary: &Fixed,
        summary_here: bool,
        to_do: bool,
        refused: bool,
        io: &mut Io<'_>,
    ) -> Result<u8, Stop> {
        let render = if summary_here { io.render(self.args.color) } else { io.err_render(self.args.color) };
        let options = human::HumanOptions { render, ..human::HumanOptions::default() };
        let out: &mut dyn Write = if summary_here { &mut io.stdout } else { &mut io.stderr };
        tolerate(human::fixed(out, summary, &[], &options))?;
        Ok(if proof::stays_out(summary) || refused || to_do { FINDINGS } else { OK })
    }

    /// The plan of the fixes that go in.
    fn plan(
        &self,
        given: &GivenFixes,
        held: &BTreeSet<usize>,
        files: &ChangedTexts,
        summary: &Fixed,
        proofs: &[(Proof, Option<String>)],
        run: &Delivery<'_>,
    ) -> Result<PlanFile, Stop> {
        let states = given.states(held)?;
        let mut rules = run.rules.clone();
        rules.sort();
        rules.dedup();
        let of_input = format!("{} {:?}", blake3::hash(run.input).to_hex(), self.args.max_fixes);
        let mut plan = PlanFile::new(rules, summary.verified.clone(), run.setup.part(run.target, &of_input));
        let path = |path: &Path| shown(self.root, path).to_string();
        for (id, fix) in given.list().iter().enumerate().filter(|(id, _)| !held.contains(id)) {
            plan.fixes.push(PlannedFix {
                rule: fix.rule.clone(),
                level: Applicability::Unsafe,
                path: path(&fix.path),
                line: fix.line,
                files: fix.files.keys().filter(|one| files.contains_key(*one)).map(|one| path(one)).collect(),
                proof: proofs[id].0,
                proof_reason: proofs[id].1.clone(),
            });
        }
        for (file, text) in files {
            let mut now = text.before.as_str();
            let mut steps = Vec::new();
            for (rule, files, _) in &states {
                let Some(after) = files.get(file).filter(|after| *after != now) else { continue };
                steps.push(PlannedStep::new(rule, after, &between(&text.before, after)));
                now = after;
            }
            plan.files.push(PlannedFile { path: path(file), before: hash(&text.before), steps });
        }
        plan.sort();
        Ok(plan)
    }
}

/// What the end of a run needs beside its fixes.
struct Delivery<'a> {
    setup: &'a Setup,
    target: &'a TargetArgs,
    input: &'a [u8],
    command: &'a str,
    /// All rules of the input.
    rules: Vec<String>,
    /// Whether a fix was not even tried.
    refused: bool,
}

/// Why a fix that adds a directive is refused.
pub(super) fn refusal(kind: AllowedDirective, line: &str) -> String {
    let shortened: String = line.chars().take(60).collect();
    let word = directive::word(kind);
    format!(
        "it adds `{shortened}`, which the compiler would follow; look at it, then take --allow-directive {word}"
    )
}
