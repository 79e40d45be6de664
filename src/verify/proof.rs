//! The whole proof: the rungs in turn, modules side by side, verdicts at the
//! end.

mod jobs;

use super::command::{self, Judged};
use super::inputs::InputSnapshot;
use super::module_context::{ModuleContext, ModuleContexts};
use super::proof_cache::ProofQuestion;
use super::reasons::reason;
use super::reasons::{CGO, DOWNLOAD, TIDY};
use super::resolve::{FixStatus, Refused, Resolution};
use super::session::ProofSession;
use super::tidy::Gofmt;
use super::toolchain::{CallError, CommandSetting};
use super::unit::Unit;
use super::user_command::UserCommand;
use super::{BuildConfig, CandidateFixes, ProofOptions, ProofProgress, Rung, Verdicts, diagnostic::display};
use crate::rewrite::Proof;
use jobs::{ProofJob, jobs_of, side_by_side};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The fixes that leave a file which Go's parser does not take, where gofmt is at hand: the
/// floor under a run that asks for no proof.
fn unreadable(session: &ProofSession<'_>) -> Refused {
    let gofmt = Gofmt::find(session, None).map(Gofmt::only_syntax);
    gofmt.and_then(|gofmt| gofmt.resolve()).unwrap_or_default()
}

/// Proves a set of fixes, holding back those that the toolchain refuses.
///
/// Never fails as a whole: what cannot be looked at is unproved, with the
/// reason. Nothing is written outside a temporary directory (and go's own
/// build cache), and the network is not reached.
pub fn prove(
    candidate: &dyn CandidateFixes,
    options: &ProofOptions,
    progress: &(dyn Fn(ProofProgress) + Sync),
) -> Verdicts {
    let ids = || candidate.fixes().iter().map(|fix| fix.id);
    let all = |proof: Proof, why: Option<String>| ids().map(|id| (id, (proof, why.clone()))).collect();
    let idle = options.rung == Rung::None && options.command.is_none();
    let nothing =
        |per_fix| Verdicts { per_fix, notes: Vec::new(), reached: Rung::None, command: None, no_go: false };
    if candidate.fixes().is_empty() {
        return nothing(all(Proof::None, None));
    }
    let session = match ProofSession::open(candidate, options, progress) {
        Ok(session) if idle => {
            let mut per_fix = all(Proof::None, None);
            per_fix
                .extend(unreadable(&session).into_iter().map(|(id, why)| (id, (Proof::Refused, Some(why)))));
            return nothing(per_fix);
        }
        Ok(session) => session,
        Err(_) if idle => return nothing(all(Proof::None, None)),
        Err(error) => {
            let why =
                format!("temporary files cannot be written: {error}; set TMPDIR to a directory with room");
            let per_fix = all(Proof::Unproved, Some(why.clone()));
            return Verdicts {
                per_fix,
                notes: vec![format!("nothing was verified: {why}")],
                reached: Rung::None,
                command: None,
                no_go: false,
            };
        }
    };
    ProofRun {
        session: &session,
        notes: Vec::new(),
        silent: BTreeMap::new(),
        reached: Rung::None,
        statuses: BTreeMap::new(),
        judged: None,
        no_go: false,
    }
    .all()
}

/// What is said of a fix in a package without tests.
const UNTESTED: &str = "by vet only: its package has no tests";

struct ProofRun<'s> {
    session: &'s ProofSession<'s>,
    notes: Vec<String>,
    /// Reason → the modules that could not be proved for it.
    silent: BTreeMap<String, BTreeSet<PathBuf>>,
    reached: Rung,
    /// Per changed file, what each configuration makes of it.
    statuses: BTreeMap<PathBuf, Vec<FixStatus>>,
    /// What the user's command makes of it all.
    judged: Option<Judged>,
    /// There is no go command.
    no_go: bool,
}

impl<'s> ProofRun<'s> {
    fn all(mut self) -> Verdicts {
        let session = self.session;
        let asked = session.options.rung;
        let changed = if asked >= Rung::Build { ChangedFiles::of(session) } else { ChangedFiles::default() };
        // go's start is mostly waiting, so what needs no answer of another call is asked beside it.
        let (goroot, surveyed) = std::thread::scope(|scope| {
            let surveyed = scope.spawn(|| {
                side_by_side(&changed.by_root, session.options.jobs, |(root, _)| {
                    ModuleContext::survey(session, root)
                })
            });
            let goroot = self.goroot();
            (goroot, surveyed.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let mut contexts: Vec<(ModuleContext, Vec<PathBuf>)> = Vec::new();
        let mut failed: Vec<(PathBuf, Vec<PathBuf>, String)> = Vec::new();
        if goroot.is_ok() {
            for ((root, files), context) in changed.by_root.into_iter().zip(surveyed) {
                match context {
                    Ok(context) => contexts.push((context, files)),
                    Err(why) => failed.push((root, files, reason(&why))),
                }
            }
        }
        let host = [BuildConfig::default()];
        let configs: &[BuildConfig] = match session.options.configs.as_slice() {
            [] => &host,
            some => some,
        };
        let jobs: Vec<ProofJob<'_>> = contexts.iter().flat_map(|context| jobs_of(context, configs)).collect();
        let units: Vec<OnceLock<Result<Unit<'_>, String>>> = jobs.iter().map(|_| OnceLock::new()).collect();
        let mut refused = match asked {
            Rung::None => Refused::new(),
            _ => self.tidy(goroot.as_ref().ok().map(PathBuf::as_path), || load_new(session, &jobs, &units)),
        };
        if asked >= Rung::Build {
            self.no_go = matches!(goroot, Err(CallError::NotFound { .. }));
            match &goroot {
                Ok(_) => {
                    self.outside(changed.outside);
                    for (root, files, why) in &failed {
                        self.stuck(root, files, why);
                    }
                    refused = self.modules(refused, &jobs, &units);
                }
                Err(why) => {
                    let reached = match self.reached {
                        Rung::None => "nothing is proved".to_owned(),
                        rung => format!("the proof goes no further than {rung}"),
                    };
                    self.notes.push(format!("Go cannot be run: {why}; {reached}"));
                    self.everything(&format!("no Go toolchain: {why}"));
                }
            }
        }
        if let Some(command) = &self.session.options.command {
            let judged = command::judge(self.session, command, refused);
            refused = judged.refused.clone();
            if let Some(why) = &judged.silent {
                self.notes.push(format!("`{}` proved nothing: {why}", command.line()));
            }
            self.judged = Some(judged);
        }
        for (why, roots) in std::mem::take(&mut self.silent) {
            let Some(first) = roots.first().map(|root| display(root)) else { continue };
            self.notes.push(match roots.len() - 1 {
                0 => format!("{first}: {why}; its fixes are unproved"),
                1 => format!("{first} (and 1 more module): {why}; their fixes are unproved"),
                more => format!("{first} (and {more} more modules): {why}; their fixes are unproved"),
            });
        }
        let flaky =
            std::mem::take(&mut *self.session.flaky.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        self.notes.extend(flaky.into_iter().map(|test| {
            format!("flaky: {test} failed and passed with the same code; no fix is refused for that")
        }));
        self.verdicts(refused)
    }

    /// Where go lives, if there is a go.
    fn goroot(&self) -> Result<PathBuf, CallError> {
        let work = self.session.scratch.work();
        let args = [OsStr::new("env"), OsStr::new("GOROOT")];
        match self.session.toolchain.go(CommandSetting::plain(&work), &args) {
            Ok(output) if output.success => Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())),
            Ok(output) => {
                let program = self.session.toolchain.program().to_string_lossy().into_owned();
                Err(CallError::Spawn { program, cause: output.first_error() })
            }
            Err(error) => Err(error),
        }
    }

    /// What gofmt refuses. Where it has to be asked, `meanwhile` is done beside it.
    fn tidy(&mut self, goroot: Option<&Path>, meanwhile: impl FnOnce() + Send) -> Refused {
        let name = if cfg!(windows) { "gofmt.exe" } else { "gofmt" };
        let own = goroot.map(|root| root.join("bin").join(name)).filter(|path| path.is_file());
        let key = || self.session.tidy_key(own.as_deref()?);
        let before = key();
        if let Some(refused) = before.as_ref().and_then(|key| self.session.cached_tidy(key)) {
            self.reached = Rung::Gofmt;
            return refused;
        }
        let asked = std::thread::scope(|scope| {
            scope.spawn(meanwhile);
            Gofmt::find(self.session, own.as_deref()).map(|gofmt| gofmt.resolve())
        });
        match asked {
            Ok(resolved) => match resolved {
                Ok(refused) => {
                    if let Some(key) = before.filter(|before| key().as_ref() == Some(before)) {
                        self.session.remember_tidy(&key, &refused);
                    }
                    self.reached = Rung::Gofmt;
                    refused
                }
                Err(why) => {
                    self.notes.push(format!("gofmt gave no answer: {why}"));
                    Refused::new()
                }
            },
            Err(why) => {
                self.notes.push(format!("gofmt cannot be run: {why}"));
                Refused::new()
            }
        }
    }

    /// Brings every module to rest in every configuration.
    fn modules<'j>(
        &mut self,
        mut refused: Refused,
        jobs: &'j [ProofJob<'_>],
        units: &[OnceLock<Result<Unit<'j>, String>>],
    ) -> Refused
    where
        's: 'j,
    {
        let session = self.session;
        let rung = session.options.rung;
        let total = jobs.len();
        let done = AtomicUsize::new(0);
        let mut resolution: Vec<Option<Resolution>> = units.iter().map(|_| None).collect();
        loop {
            // A unit is at rest when it was checked without every fix that was
            // refused elsewhere and touches it.
            let stale = |at: usize| match (units[at].get(), &resolution[at]) {
                (Some(Err(_)), _) => false,
                (_, None) => true,
                (unit, Some(rest)) => refused.keys().any(|id| {
                    let concerned = |file: &PathBuf| {
                        unit.is_none_or(|unit| unit.as_ref().is_ok_and(|it| it.concerns(file)))
                    };
                    let touches = || session.fixes.get(id).is_some_and(|files| files.iter().any(concerned));
                    !rest.refused.contains_key(id) && touches()
                }),
            };
            let open: Vec<usize> = (0..units.len()).filter(|&at| stale(at)).collect();
            if open.is_empty() {
                break;
            }
            let rendered =
                session.cache.as_ref().and_then(|_| session.render(&refused.keys().copied().collect()).ok());
            let snapshot = InputSnapshot::default();
            let fresh = side_by_side(&open, session.options.jobs, |&at| {
                let job = &jobs[at];
                let question = rendered.as_ref().map(|rendered| job.question(rung, &refused, rendered));
                let rest =
                    resolve(session, &units[at], question, || job.load(session), &snapshot, &refused, rung);
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                (session.progress)(ProofProgress::Done { done: count.min(total), total });
                rest
            });
            for (at, rest) in open.into_iter().zip(fresh) {
                for (id, words) in &rest.refused {
                    refused.entry(*id).or_insert_with(|| words.clone());
                }
                resolution[at] = Some(rest);
            }
        }
        for ((unit, rest), job) in units.iter().zip(resolution).zip(jobs) {
            let ProofJob { context, files, .. } = job;
            match (unit.get(), rest) {
                (Some(Err(why)), _) => self.stuck(&context.root, files, why),
                (_, Some(rest)) => {
                    match &rest.silent {
                        Some(why) => self.note_module(&context.root, &located(why, &context.root)),
                        None => {
                            let reached = rest.statuses.values().filter_map(|status| match status {
                                FixStatus::Proved | FixStatus::Untested => Some(rung),
                                FixStatus::Vetted(_) => Some(rung.min(Rung::Vet)),
                                FixStatus::Unproved(_) | FixStatus::Out(_) => None,
                            });
                            self.reached = reached.fold(self.reached, Rung::max);
                        }
                    }
                    for (file, status) in rest.statuses {
                        let status = match status {
                            FixStatus::Unproved(why) => FixStatus::Unproved(located(&why, &context.root)),
                            other => other,
                        };
                        self.statuses.entry(file).or_default().push(status);
                    }
                }
                (_, None) => {}
            }
        }
        refused
    }

    /// Says which files stand in no module.
    fn outside(&mut self, outside: Vec<PathBuf>) {
        if let Some(first) = outside.first() {
            let others = match outside.len() - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            let first = display(first);
            self.notes.push(format!("no go.mod above {first}{others}: proved by {} only", self.reached));
        }
        for file in outside {
            let why = format!(
                "no go.mod above {}: proved by {} only; `go mod init` makes one",
                display(&file),
                self.reached
            );
            self.statuses.insert(file, vec![FixStatus::Unproved(why)]);
        }
    }

    fn note_module(&mut self, root: &Path, why: &str) {
        self.silent.entry(why.to_owned()).or_default().insert(root.to_path_buf());
    }

    fn stuck(&mut self, root: &Path, files: &[PathBuf], why: &str) {
        let why = &located(why, root);
        self.note_module(root, why);
        for file in files {
            self.statuses.entry(file.clone()).or_default().push(FixStatus::Unproved(why.to_owned()));
        }
    }

    fn everything(&mut self, why: &str) {
        for file in self.session.edited() {
            self.statuses.insert(file.to_path_buf(), vec![FixStatus::Unproved(why.to_owned())]);
        }
    }

    fn verdicts(mut self, refused: Refused) -> Verdicts {
        let verdict = |id: usize, files: &[PathBuf]| match refused.get(&id) {
            Some(words) => (Proof::Refused, Some(words.clone())),
            None => self.judgement(id).unwrap_or_else(|| self.verdict(files)),
        };
        let per_fix: BTreeMap<usize, (Proof, Option<String>)> =
            self.session.fixes.iter().map(|(&id, files)| (id, verdict(id, files))).collect();
        match per_fix.values().filter(|(_, why)| why.as_deref() == Some(UNTESTED)).count() {
            0 => {}
            1 => self.notes.push("1 fix is proved by vet only: its package has no tests".into()),
            some => {
                self.notes.push(format!("{some} fixes are proved by vet only: their packages have no tests"));
            }
        }
        let answered = self.judged.as_ref().is_some_and(|judged| judged.silent.is_none());
        let command = self.session.options.command.as_ref().filter(|_| answered).map(UserCommand::line);
        Verdicts { per_fix, notes: self.notes, reached: self.reached, command, no_go: self.no_go }
    }

    /// What the user's command says of a fix that it did not refuse: it has the
    /// last word.
    fn judgement(&self, id: usize) -> Option<(Proof, Option<String>)> {
        let judged = self.judged.as_ref()?;
        Some(match &judged.silent {
            Some(why) => (Proof::Unproved, Some(why.clone())),
            None if judged.outside.contains(&id) => {
                let why = "it edits a file outside of the tree that the command of --verify-cmd builds";
                (Proof::Unproved, Some(why.into()))
            }
            None => (Proof::Proved, None),
        })
    }

    /// A fix is proved when every file of it is, in every configuration that
    /// builds the file, and at least one does.
    fn verdict(&self, files: &[PathBuf]) -> (Proof, Option<String>) {
        let asked = self.session.options.rung;
        if asked == Rung::Gofmt {
            return match self.reached {
                Rung::None => (Proof::Unproved, Some("gofmt cannot be run".into())),
                _ => (Proof::Proved, Some("by gofmt only".into())),
            };
        }
        let mut untested = false;
        for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "go")) {
            let statuses = self.statuses.get(file).map_or(&[][..], Vec::as_slice);
            let unproved = statuses.iter().find_map(|status| match status {
                FixStatus::Unproved(why) => Some(why),
                _ => None,
            });
            if let Some(why) = unproved {
                return (Proof::Unproved, Some(why.clone()));
            }
            if statuses.contains(&FixStatus::Proved) {
                continue;
            } else if statuses.contains(&FixStatus::Untested) {
                untested = true;
            } else {
                let vetted = statuses.iter().find_map(|status| match status {
                    FixStatus::Vetted(why) => Some(why.clone()),
                    _ => None,
                });
                let out = statuses.iter().find_map(|status| match status {
                    FixStatus::Out(why) => Some(why.clone()),
                    _ => None,
                });
                let out = vetted.or(out);
                return (Proof::Unproved, Some(out.unwrap_or_else(|| "go was not asked".into())));
            }
        }
        (Proof::Proved, untested.then(|| UNTESTED.into()))
    }
}

/// The changed files by module.
#[derive(Default)]
struct ChangedFiles {
    by_root: Vec<(PathBuf, Vec<PathBuf>)>,
    /// Those that stand in none.
    outside: Vec<PathBuf>,
}

impl ChangedFiles {
    fn of(session: &ProofSession<'_>) -> ChangedFiles {
        let mut modules = ModuleContexts::default();
        let mut by_root: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        let mut outside: Vec<PathBuf> = Vec::new();
        let edited: BTreeSet<&Path> = session.edited().collect();
        for file in edited {
            match modules.root_of(file) {
                Some(root) => by_root.entry(root).or_default().push(file.to_path_buf()),
                None => outside.push(file.to_path_buf()),
            }
        }
        ChangedFiles { by_root: by_root.into_iter().collect(), outside }
    }
}

/// Loads the modules of which nothing is remembered; what the packages of a module are does
/// not hang on what gofmt refuses. The others are loaded when what is remembered of them does
/// not hold.
fn load_new<'j>(
    session: &'j ProofSession<'_>,
    jobs: &'j [ProofJob<'_>],
    units: &[OnceLock<Result<Unit<'j>, String>>],
) {
    let none = Refused::new();
    let rendered = session.cache.as_ref().and_then(|_| session.render(&BTreeSet::new()).ok());
    let known = |job: &ProofJob<'_>| {
        let question = rendered.as_ref().map(|rendered| job.question(session.options.rung, &none, rendered));
        question.is_some_and(|question| session.remembers(question))
    };
    let new: Vec<usize> = (0..jobs.len()).filter(|&at| !known(&jobs[at])).collect();
    side_by_side(&new, session.options.jobs, |&at| {
        units[at].get_or_init(|| jobs[at].load(session));
    });
}

/// The reason with the directory in which its cure is to be run.
fn located(why: &str, root: &Path) -> String {
    if why.ends_with(DOWNLOAD) || why.ends_with(TIDY) {
        return format!("{why} in {}", display(root));
    }
    why.to_owned()
}

/// What one module comes to: as remembered, or as go says now.
fn resolve<'s>(
    session: &ProofSession<'s>,
    unit: &OnceLock<Result<Unit<'s>, String>>,
    question: Option<ProofQuestion<'_>>,
    load: impl FnOnce() -> Result<Unit<'s>, String>,
    snapshot: &InputSnapshot,
    refused: &Refused,
    rung: Rung,
) -> Resolution {
    if let Some(known) = question.and_then(|question| session.cached_verdict(question, snapshot)) {
        return known;
    }
    let Ok(unit) = unit.get_or_init(load) else { return Resolution::default() };
    let inputs = question.and_then(|question| {
        InputSnapshot::since(session.began).inputs(
            question.context,
            &unit.reach,
            unit.whole,
            question.rendered,
        )
    });
    let mut resolution = unit.resolve(refused.clone(), rung);
    if unit.lacks_cgo {
        // What is undeclared may well be declared in the files that import C.
        for status in resolution.statuses.values_mut() {
            if let FixStatus::Unproved(why) = status
                && (why.starts_with("package already broken: ")
                    || why.starts_with("a dependency does not build: "))
            {
                *why = format!("{CGO} for {}: {why}", unit.platform());
            }
        }
    }
    if let (Some(question), Some(inputs)) = (question, inputs) {
        session.remember(question, &inputs, unit.cgo, &resolution);
    }
    resolution
}
