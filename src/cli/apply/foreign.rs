//! The fixes of other tools on their way through the gate: which of them are about the text that is
//! here, which go together, which are proved.

use super::super::args::{ApplyArgs, From, TargetArgs};
use super::super::git;
use super::super::io::{Io, save};
use super::super::proof;
use super::super::setup::{self, Setup, shown};
use super::super::{OK, Stop};
use super::conclude::ForeignRun;
use super::gate::{ForeignGate, Located, RefusedFix};
use super::input::{ApplyInput, kinds, root};
use super::locate::FileFinder;
use crate::config::{CommandLine, Settings};
use crate::engine::narrow::baseline::Baseline;
use crate::foreign::{self, ForeignFixes, ForeignFormat};
use crate::migrate::given::{GivenFix, GivenFixes};
use crate::report::counted::counted;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

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
    let root = root(args, cwd)?;
    let include = kinds(args)?;
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
