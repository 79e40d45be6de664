//! The fixes of other tools on their way through the gate: which of them are about the text that is
//! here, which go together, which are proved.

use super::super::args::{ApplyArgs, From, TargetArgs};
use super::super::git;
use super::super::io::{Io, save};
use super::super::proof;
use super::super::setup::{self, Setup, shown};
use super::super::{OK, Stop};
use super::conclude::ForeignRun;
use super::directive;
use super::input::ApplyInput;
use super::locate::FileFinder;
use crate::config::{CommandLine, Settings};
use crate::engine::narrow::baseline::Baseline;
use crate::foreign::{self, ForeignFixes, ForeignFormat};
use crate::migrate::given::{GivenFix, GivenFixes, Guard, compatible};
use crate::report::counted::counted;
use crate::report::shown as visible;
use crate::syntax::File;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A fix, or what stands for one, that is not tried.
pub(super) struct RefusedFix {
    /// The file, as it is shown.
    pub(super) file: String,
    /// The line, where one is known.
    pub(super) line: Option<usize>,
    /// The rule; empty for a file as a whole.
    pub(super) rule: String,
    /// Why.
    pub(super) reason: String,
}

impl RefusedFix {
    /// Everything in a file.
    pub(super) fn of_file(file: String, reason: String) -> RefusedFix {
        RefusedFix { file, line: None, rule: String::new(), reason }
    }

    /// The file in one line: whoever wrote the input may name it as he likes.
    fn name(&self) -> String {
        self.file.replace('\n', "\\n").replace('\r', "\\r")
    }

    fn place(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!(":{line}"));
        let rule = if self.rule.is_empty() { "" } else { " " };
        format!("{}{line}{rule}{}", self.name(), self.rule)
    }
}

/// From so many fixes of one file on, one line stands for those that are refused for one reason.
const ALIKE: usize = 4;

/// What became of the fixes that are not tried.
#[derive(Default)]
pub(super) struct LeftAside {
    /// Named on standard error.
    pub(super) refused: Vec<RefusedFix>,
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
    pub(super) exact: BTreeMap<PathBuf, (Arc<str>, usize)>,
    pub(super) aside: LeftAside,
    /// How often each fingerprint was given.
    pub(super) fingerprints: HashMap<String, usize>,
}

/// Runs the verb over `input`, which is no plan.
pub fn run(
    args: &ApplyArgs,
    input: ApplyInput,
    cwd: &Path,
    words: &[OsString],
    command: &str,
    io: &mut Io<'_>,
) -> Result<u8, Stop> {
    let options = proof::options(&args.proving)?;
    let (format, found) = read(args, &input)?;
    let ApplyInput { name, bytes, time, hashes } = input;
    let hash = blake3::hash(&bytes).to_hex().to_string();
    // It may be large; of a diff the hunks are still to be read from it.
    let mut bytes = bytes;
    if format != ForeignFormat::Diff {
        bytes = Vec::new();
    }
    let root = super::root(args, cwd)?;
    let include = super::kinds(args)?;
    let mut target = TargetArgs::default();
    target.narrow.shard = args.shard;
    let home = args.root.as_ref().map_or(cwd, |_| &root).to_owned();
    let setup = Setup::at(home, &target, false, io)?;
    if args.export.commit_per.is_some() {
        // Before the work, not after it.
        git::clean_top(&root)?;
    }
    let settings = Settings::new(setup::rules(&setup.catalogue), &root, &CommandLine::default())?;
    let mut finder = FileFinder::new(&root, cwd, &settings, include, &name);
    finder.time = time;
    finder.hashes = hashes.as_ref();
    finder.from_root = format == ForeignFormat::Diff;
    if format == ForeignFormat::Golangci {
        // It writes names as they are from the folder of its configuration.
        finder.remedy = "; let golangci-lint name files in full with --path-mode=abs";
    }
    // The parts of a run have the same rules, whichever of them have a fix of it.
    let rules: BTreeSet<&str> = found.fixes.iter().map(|fix| fix.rule.as_str()).collect();
    let mut rules: Vec<String> = rules.into_iter().map(str::to_owned).collect();
    rules.extend((!found.hunks.is_empty()).then(|| "diff".to_owned()));
    let mut located = Located::default();
    located.aside.bare = found.bare;
    for (name, reason) in found.refused {
        located.aside.refused.push(RefusedFix::of_file(name, reason));
    }
    let gate = ForeignGate { args, root: &root, cwd };
    if format == ForeignFormat::Diff {
        let text = std::str::from_utf8(foreign::without_mark(&bytes)).unwrap_or_default();
        gate.locate_hunks(found.hunks, text, &mut finder, &mut located);
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
    // What was read and parsed is of no use any more.
    drop((finder, bytes));
    gate.narrow(&mut located)?;
    let Located { fixes, files, exact, mut aside, .. } = located;
    let fixes = gate.joined(fixes, &mut aside);
    let tried = gate.trusted(fixes, files, exact, &mut aside)?;
    gate.say(&aside, io)?;
    let prove = |given: &GivenFixes| proof::prove(given, args.proving.verify, options.clone(), &setup);
    let run = ForeignRun {
        setup: &setup,
        target: &target,
        input: &hash,
        name: &name,
        command,
        rules,
        refused: !aside.refused.is_empty(),
    };
    let verdicts = prove(&tried.given)?;
    proof::write_notes(&verdicts, false, io)?;
    if args.interactive {
        return gate.review(&tried, &verdicts, &prove, words, &run, io);
    }
    let decided = gate.decide(&tried.given, &tried.lost, &verdicts)?;
    gate.deliver(&tried, decided, &run, io)
}

/// The format of the input, and what it says.
fn read(args: &ApplyArgs, input: &ApplyInput) -> Result<(ForeignFormat, ForeignFixes), Stop> {
    let size = input.bytes.len() as u64;
    anyhow::ensure!(size <= foreign::LARGEST, foreign::too_large(&input.name));
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

/// Fixes that go together and that may be tried.
pub(super) struct Trusted {
    pub(super) given: GivenFixes,
    /// Fixes that nothing can come of, and why.
    pub(super) lost: BTreeMap<usize, String>,
    /// The files that they edit.
    pub(super) files: BTreeMap<PathBuf, Arc<File>>,
    /// What a diff makes of a file when all of its fixes are taken, and how many those are.
    pub(super) exact: BTreeMap<PathBuf, (Arc<str>, usize)>,
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
    pub(super) fn joined(&self, fixes: Vec<GivenFix>, aside: &mut LeftAside) -> Vec<GivenFix> {
        let before = fixes.len();
        let mut seen: HashSet<blake3::Hash> = HashSet::new();
        let mut once = fixes;
        once.retain(|fix| seen.insert(blake3::hash(format!("{:?}", fix.files).as_bytes())));
        aside.merged += before - once.len();
        let (mut fixes, met) = compatible(once);
        for (fix, first) in met {
            let other = &fixes[first];
            let place = self.place(&other.path, other.line);
            let reason = format!(
                "its edits meet those of {} at {place}, which comes first; apply it again afterwards",
                other.rule
            );
            aside.refused.push(self.refused(&fix, reason));
        }
        if let Some(most) = self.args.max_fixes {
            aside.beyond = fixes.len().saturating_sub(most);
            fixes.truncate(most);
        }
        fixes
    }

    /// Joins the fixes; those that add between them what none may add are left out.
    pub(super) fn trusted(
        &self,
        fixes: Vec<GivenFix>,
        files: BTreeMap<PathBuf, Arc<File>>,
        exact: BTreeMap<PathBuf, (Arc<str>, usize)>,
        aside: &mut LeftAside,
    ) -> Result<Trusted, Stop> {
        let whole = |path: &PathBuf, number: usize, fixes: &[GivenFix]| {
            fixes.iter().filter(|fix| fix.files.has(path)).count() == number
        };
        let texts = |fixes: &[GivenFix]| -> BTreeMap<PathBuf, Arc<str>> {
            let exact = exact.iter().filter(|(path, (_, number))| whole(path, *number, fixes));
            exact.map(|(path, (text, _))| (path.clone(), Arc::clone(text))).collect()
        };
        let mut fixes = fixes;
        loop {
            let exact_now = texts(&fixes);
            let (given, lost) = GivenFixes::new(fixes, &files, exact_now, &self.guard())?;
            let idle = given.idle(&lost.keys().copied().collect())?;
            if idle.is_empty() && !lost.values().any(|loss| loss.guarded) {
                let lost = lost.into_iter().map(|(id, loss)| (id, loss.reason)).collect();
                return Ok(Trusted { given, lost, files, exact });
            }
            fixes = Vec::new();
            for (id, fix) in given.into_list().into_iter().enumerate() {
                if idle.contains(&id) {
                    aside.there += 1;
                    continue;
                }
                match lost.get(&id).filter(|loss| loss.guarded) {
                    Some(loss) => aside.refused.push(self.refused(&fix, loss.reason.clone())),
                    None => fixes.push(fix),
                }
            }
        }
    }

    /// Refuses texts whose directives change without leave.
    pub(super) fn guard(&self) -> Guard {
        let allowed = self.args.allow_directive.clone();
        Arc::new(move |before, after| match directive::changed(before, after, &allowed) {
            Some(change) => Err(change.reason()),
            None => Ok(()),
        })
    }

    /// Says what is not tried, and why.
    pub(super) fn say(&self, aside: &LeftAside, io: &mut Io<'_>) -> Result<(), Stop> {
        let mut alike: BTreeMap<(&str, &str), Vec<&RefusedFix>> = BTreeMap::new();
        for fix in &aside.refused {
            alike.entry((&fix.file, &fix.reason)).or_default().push(fix);
        }
        for fix in &aside.refused {
            let same = &alike[&(fix.file.as_str(), fix.reason.as_str())];
            let text = if same.len() < ALIKE {
                format!("{}: {}", fix.place(), fix.reason)
            } else if std::ptr::eq(same[0], fix) {
                let rules: BTreeSet<&str> = same.iter().map(|fix| fix.rule.as_str()).collect();
                let rules: Vec<&str> = rules.into_iter().collect();
                format!("{}: {} fixes of {}: {}", fix.name(), same.len(), rules.join(", "), fix.reason)
            } else {
                continue;
            };
            writeln!(io.stderr, "left alone: {}", visible(&text))?;
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

    fn refused(&self, fix: &GivenFix, reason: String) -> RefusedFix {
        let file = shown(self.cwd, &fix.path).to_string();
        RefusedFix { file, line: Some(fix.line), rule: fix.rule.clone(), reason }
    }

    pub(super) fn name(&self, fix: &GivenFix) -> String {
        format!("{} {}", self.place(&fix.path, fix.line), fix.rule)
    }
}
