//! Hands the planned fixes to verification and reads its verdicts.

use super::Stop;
use super::args::{ProofArgs, Verify};
use super::interrupt::{Interrupt, Interrupted};
use super::io::Io;
use super::setup::Setup;
use crate::disk::cache_files;
use crate::engine::fixes::{Fixes, exports_changed};
use crate::engine::plan::{FixKey, SitePlace};
use crate::engine::scan::Scanned;
use crate::report::counted::counted;
use crate::report::human::Fixed;
use crate::report::shown as visible;
use crate::rewrite::Proof;
use crate::verify::{
    self, BuildConfig, Cache, CandidateFixes, FixRef, ProofOptions, RenderError, Rendered, Rung, UserCommand,
    Verdicts, for_want_of_cgo,
};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// The fixes of a run as verification sees them.
pub struct PlannedCandidates<'a> {
    fixes: &'a Fixes<'a>,
    refs: Vec<FixRef>,
}

impl<'a> PlannedCandidates<'a> {
    /// All that were taken.
    pub fn of(fixes: &'a Fixes<'a>) -> PlannedCandidates<'a> {
        let taken = fixes.taken().iter().enumerate();
        let refs = taken.map(|(id, taken)| FixRef { id, files: taken.files.clone() });
        PlannedCandidates { fixes, refs: refs.collect() }
    }
}

impl CandidateFixes for PlannedCandidates<'_> {
    fn fixes(&self) -> &[FixRef] {
        &self.refs
    }

    fn render(&self, without: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
        let outcome = self.fixes.outcome(without);
        let files = outcome.files.into_iter().map(|(path, planned)| (path, planned.after.into_bytes()));
        Ok(Rendered { files: files.collect(), lost: outcome.lost })
    }

    fn name(&self, id: usize) -> Option<String> {
        let taken = self.fixes.taken().get(id)?;
        let FixKey { path, place, rule } = &taken.key;
        Some(format!("{} {rule} {place:?} {}", path.display(), taken.pass))
    }

    fn spans(&self, id: usize, file: &Path) -> Vec<Range<usize>> {
        let taken = self.fixes.taken().get(id).filter(|taken| taken.key.path == file);
        let offset = taken.map(|taken| match taken.key.place {
            SitePlace::Disk(offset) => offset,
            SitePlace::Born { near, .. } => near,
        });
        offset.into_iter().map(|offset| offset..offset).collect()
    }

    fn changes_exports(&self, file: &Path) -> bool {
        let planned = self.fixes.planned(file);
        planned.is_none_or(|planned| exports_changed(&planned.before, &planned.after))
    }
}

/// What the command line asks of the proof; usage errors come before any work.
pub fn options(args: &ProofArgs) -> Result<ProofOptions, Stop> {
    anyhow::ensure!(
        !(args.require_proof && matches!(args.verify, Some(Verify::None)) && args.verify_cmd.is_none()),
        "--require-proof writes only what was proved, and --verify none proves nothing; leave one of them out"
    );
    let command = args.verify_cmd.as_ref().map(|line| {
        // Where it runs is known only when the files are.
        UserCommand::parse(line).map_err(|why| {
            anyhow::anyhow!("--verify-cmd {line}: {why}; write it as 'bazel build //{{packages}}:all'")
        })
    });
    let mut configs: Vec<BuildConfig> =
        args.verify_config.iter().map(|text| build_config(text)).collect::<Result<_, _>>()?;
    if !configs.is_empty() {
        // More configurations, not others.
        configs.insert(0, BuildConfig::default());
    }
    Ok(ProofOptions {
        timeout: args.verify_timeout,
        configs,
        command: command.transpose()?,
        ..ProofOptions::default()
    })
}

/// Proves the candidate as far as the command line (`wanted`), else the
/// configuration of the working directory, asks.
///
/// # Errors
/// [`Interrupted`], when a person ended it.
pub fn prove(
    candidate: &dyn CandidateFixes,
    wanted: Option<Verify>,
    options: ProofOptions,
    setup: &Setup,
) -> Result<Verdicts, Stop> {
    let interrupt = Interrupt::listen();
    let configured = setup.settings.verify(&setup.cwd).and_then(rung_called);
    let copies = || cache_files::home().unwrap_or_else(std::env::temp_dir).join("trees");
    let command = options.command.map(|command| command.within(setup.root(), setup.cwd.clone(), copies()));
    // Where another tool builds, go need not be able to.
    let usual = if command.is_some() { Rung::Gofmt } else { configured.unwrap_or(Rung::Vet) };
    let options = ProofOptions {
        rung: wanted.map_or(usual, rung),
        jobs: setup.threads(),
        cancel: Some(interrupt.asked()),
        command,
        cache: if setup.cache { cache(setup) } else { None },
        ..options
    };
    let progress = setup.watch("Proving");
    let mut verdicts = verify::prove(candidate, &options, &|stage| progress.say(&doing(&stage, setup)));
    progress.finish();
    if interrupt.was_asked() {
        return Err(Interrupted.into());
    }
    verdicts.notes.extend(setup.notes_of_types());
    if wanted.is_none()
        && let Some(file) = setup.settings.lowered(&setup.cwd)
    {
        verdicts.notes.insert(
            0,
            format!(
                "{file} asks for `verify = \"test\"`, which runs code of this tree; a file of the tree may ask for \
                 vet at most (`--verify test` runs the tests)"
            ),
        );
    }
    Ok(verdicts)
}

/// Says what there is to know of the proof as a whole, unless `quiet`.
pub fn write_notes(verdicts: &Verdicts, quiet: bool, io: &mut Io<'_>) -> std::io::Result<()> {
    let mut notes = verdicts.notes.iter().filter(|_| !quiet);
    notes.try_for_each(|note| writeln!(io.stderr, "note: {}", visible(note)))
}

/// What the proof is at.
fn doing(stage: &verify::ProofProgress, setup: &Setup) -> String {
    let of = |module: &Path| match module.strip_prefix(&setup.cwd) {
        Ok(below) if below.as_os_str().is_empty() => "this module".to_owned(),
        Ok(below) => below.display().to_string(),
        Err(_) => module.display().to_string(),
    };
    match stage {
        verify::ProofProgress::Stage { module, rung } => format!("{}: {rung}", of(module)),
        verify::ProofProgress::Searching { module, packages } => {
            let packages = counted(*packages, "package", "packages");
            format!("{}: looking for what breaks {packages}", of(module))
        }
        verify::ProofProgress::Done { done, total } => {
            format!("{done} of {} done", counted(*total, "module", "modules"))
        }
    }
}

/// Where verdicts are remembered, and what would make them those of another
/// program or configuration. `None` where the platform names no place.
fn cache(setup: &Setup) -> Option<Cache> {
    let program = std::env::current_exe().and_then(std::fs::metadata).ok()?;
    let maker = format!(
        "{} {} {:?} {}",
        env!("CARGO_PKG_VERSION"),
        program.len(),
        program.modified().ok()?,
        setup.settings.digest()
    );
    Some(Cache { dir: cache_files::home()?.join("proofs"), maker })
}

/// What was proved, in words: `gofmt, build and vet`.
pub fn words(verdicts: &Verdicts) -> Option<String> {
    match (climbed(verdicts.reached), &verdicts.command) {
        (rungs, None) => rungs,
        (None, Some(command)) => Some(format!("`{command}`")),
        (Some(rungs), Some(command)) => Some(format!("{rungs}, and by `{command}`")),
    }
}

fn climbed(reached: Rung) -> Option<String> {
    let text = match reached {
        Rung::None => return None,
        Rung::Gofmt => "gofmt",
        Rung::Build => "gofmt and build",
        Rung::Vet => "gofmt, build and vet",
        Rung::Test => "gofmt, build, vet and tests",
    };
    Some(text.to_owned())
}

/// What may be written of that which nothing proved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// The rung that was named, which must be reached.
    pub named: Option<Verify>,
    /// `--allow-unproved`.
    pub unproved_too: bool,
    /// `--require-proof`: a run that asks for no proof writes nothing, either.
    pub proof_only: bool,
    /// Nothing is written but shown: without Go, the candidates are.
    pub shows: bool,
}

impl Terms {
    /// Those of a command line; with `shows`, nothing is written but shown.
    pub fn of(args: &ProofArgs, shows: bool) -> Terms {
        Terms { named: args.verify, unproved_too: args.allow_unproved, proof_only: args.require_proof, shows }
    }

    /// Whether the fix may be written.
    pub fn may_write(self, proof: Proof, verdicts: &Verdicts) -> bool {
        match proof {
            Proof::Refused => false,
            Proof::None => !self.proof_only,
            Proof::Unproved if self.shows && verdicts.no_go => !self.proof_only,
            Proof::Proved => self.out_of_reach(verdicts).is_none(),
            Proof::Unproved => self.unproved_too && self.out_of_reach(verdicts).is_none(),
        }
    }

    /// Why nothing is written at all: the rung that was named was not reached by any file.
    pub fn out_of_reach(self, verdicts: &Verdicts) -> Option<String> {
        let named = rung(self.named?);
        let unproved = verdicts.per_fix.values().any(|(proof, _)| *proof == Proof::Unproved);
        let judged = verdicts.per_fix.values().any(|(proof, _)| *proof == Proof::Proved);
        (unproved && !judged && verdicts.reached < named)
            .then(|| format!("`--verify {named}` was asked for and cannot be reached, so nothing is written"))
    }
}

/// Whether a fix that was asked for stays out. What a C compiler alone would prove is
/// named, and is no failure of the run.
pub fn stays_out(summary: &Fixed) -> bool {
    !summary.refused.is_empty()
        || !summary.deferred.is_empty()
        || summary.out_of_reach.is_some()
        || summary.held.iter().any(|left| !for_want_of_cgo(&left.reason))
}

fn rung(verify: Verify) -> Rung {
    match verify {
        Verify::None => Rung::None,
        Verify::Gofmt => Rung::Gofmt,
        Verify::Build => Rung::Build,
        Verify::Vet => Rung::Vet,
        Verify::Test => Rung::Test,
    }
}

fn rung_called(word: &str) -> Option<Rung> {
    [Rung::None, Rung::Gofmt, Rung::Build, Rung::Vet, Rung::Test].into_iter().find(|rung| rung.word() == word)
}

fn build_config(text: &str) -> Result<BuildConfig, Stop> {
    let mut parts = text.split(',');
    let system = parts.next().unwrap_or_default();
    let (goos, goarch) = system.split_once('/').unwrap_or((system, ""));
    let word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric());
    anyhow::ensure!(
        !goos.is_empty() && word(goos) && word(goarch),
        "--verify-config {text}: write it as GOOS/GOARCH, with build tags behind commas: windows/amd64,sqlite"
    );
    let some = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    Ok(BuildConfig { goos: some(goos), goarch: some(goarch), tags: parts.filter_map(some).collect() })
}

/// What became of the fixes of a run, in words.
pub fn counts(scanned: &Scanned, verdicts: &Verdicts) -> String {
    let count = |proof: Proof| scanned.findings.iter().filter(|finding| finding.proof == proof).count();
    let (proved, unproved, refused) = (count(Proof::Proved), count(Proof::Unproved), count(Proof::Refused));
    let by = words(verdicts).map_or_else(String::new, |rungs| format!(" by {rungs}"));
    let fixes = counted(proved, "fix", "fixes");
    format!("{fixes} proved{by}, {unproved} unproved, {refused} refused; nothing is written")
}
