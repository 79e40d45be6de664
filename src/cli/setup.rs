//! From the command line to a scan: rules, configuration, files, modules.

use super::Stop;
use super::args::{self, RuleArgs, TargetArgs};
use super::catalogue;
use super::git;
use super::io::Io;
pub use super::paths::shown;
use crate::config::{CommandLine, Settings};
use crate::disk::{Disk, cache_files};
use crate::engine::discover::{self, Discovery, FileKind, Include, Limits, Request, Wanted};
use crate::engine::file_cache::FileCache;
use crate::engine::matches::Module;
use crate::engine::modules::KnownModules;
use crate::engine::narrow::baseline::Baseline;
use crate::engine::narrow::changed::ChangedLines;
use crate::engine::narrow::{Allowed, Narrow};
use crate::engine::policy::{Policy, RuleInfo, Rules};
use crate::engine::replay::Replay;
use crate::engine::scan::{Scan, Scanned};
use crate::engine::shard::Shard;
use crate::engine::suppress::Recent;
use crate::pattern::DECIDED_BY_TYPES;
use crate::report::counted::counted;
use crate::report::json::Part;
use crate::report::progress::ProgressLine;
use crate::rewrite::{Applicability, Failure, RuleEntry, TypeSource};
use crate::store;
use crate::verify::{AskedTypes, ProofOptions};
use anyhow::Context;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What every verb that looks at files starts from.
pub struct Setup {
    /// The working directory, absolute and free of links.
    pub cwd: PathBuf,
    /// The rules, those of this program and those that were found.
    pub catalogue: Vec<RuleEntry>,
    /// The configuration.
    pub settings: Arc<Settings>,
    /// The modules, read when asked.
    pub modules: KnownModules,
    /// The default skips that are lifted.
    pub include: Include,
    /// How large a file may be.
    pub limits: Limits,
    /// The paths to look at.
    pub paths: Vec<PathBuf>,
    /// Worker threads, 0 for one per processor.
    pub jobs: usize,
    /// Whether what was worked out may be remembered for later runs.
    pub cache: bool,
    /// What the configuration of the working directory says, hashed.
    configuration: blake3::Hash,
    /// The part of the files that is looked at.
    shard: Option<Shard>,
    /// What narrows the run down, but for the number of fixes.
    narrow: Narrow,
    /// Only what git's index changes is looked at, which may be nothing.
    staged: bool,
    quiet: bool,
    /// Whether standard error tells what is done.
    verbose: bool,
    /// When the work began, and whether an earlier run had done it.
    began: Instant,
    remembered: AtomicBool,
    /// Where files are read.
    disk: Disk,
    /// The options that decide what is found, unless nothing is remembered.
    options: Option<String>,
    /// Who is asked for types that syntax does not tell.
    types: Option<Arc<AskedTypes>>,
}

impl Setup {
    /// Reads the options of `target`; a `quiet` run shows no progress.
    pub fn new(target: &TargetArgs, quiet: bool, io: &mut Io<'_>) -> Result<Setup, Stop> {
        Setup::at(working_directory()?, target, quiet, io)
    }

    /// As [`Setup::new`], with another directory for the working directory.
    pub fn at(cwd: PathBuf, target: &TargetArgs, quiet: bool, io: &mut Io<'_>) -> Result<Setup, Stop> {
        let disk = if target.no_cache { Disk::default() } else { Disk::recording() };
        let sources = RuleArgs { config: target.config.clone(), ..target.sources.clone() };
        let mut catalogue = catalogue::of(&cwd, &sources, !target.no_cache)?;
        let only: Vec<String> = target.rules.iter().map(|rule| rule.meta.id.to_owned()).collect();
        catalogue.retain(|rule| !only.iter().any(|id| id == rule.meta.id));
        catalogue.extend(target.rules.iter().cloned());
        let rules = rules(&catalogue);
        let command_line = CommandLine {
            select: if only.is_empty() { target.select.clone() } else { Some(only) },
            extend_select: target.extend_select.clone(),
            ignore: target.ignore.clone(),
            exclude: target.exclude.clone(),
            go: target.go,
            config: target.config.clone(),
            isolated: target.sources.isolated,
        };
        let settings = Arc::new(Settings::new(rules, &cwd, &command_line)?.reading(&disk));
        if let Err(errors) = settings.check(&cwd) {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            anyhow::bail!(lines.join("\nerror: "));
        }
        let include: Include =
            target.include.iter().map(|word| word.trim().parse::<FileKind>()).collect::<Result<_, _>>()?;
        let mut paths = target.paths.clone();
        if let Some(list) = &target.files_from {
            let listed = if list == Path::new("-") {
                anyhow::ensure!(
                    !reads_stdin(target),
                    "standard input cannot be both a file and a list of files"
                );
                let mut bytes = Vec::new();
                io.stdin.read_to_end(&mut bytes).context("the list on standard input cannot be read")?;
                discover::listed(&bytes, &cwd)
            } else {
                discover::from_list(list, &cwd)?
            };
            if listed.is_empty() && paths.is_empty() {
                // An empty list means no file, not the whole directory.
                paths.push(PathBuf::from(NOTHING));
            }
            paths.extend(listed);
        }
        Ok(Setup {
            catalogue,
            configuration: settings.digest(),
            shard: target.narrow.shard,
            staged: false,
            narrow: Narrow::default(),
            modules: KnownModules::new(
                std::env::var_os("GOWORK").as_deref(),
                settings.clone(),
                &cwd,
                include.clone(),
            )
            .reading(&disk),
            options: (!target.no_cache).then(|| format!("{command_line:?}")),
            types: None,
            disk,
            settings,
            include,
            limits: Limits { file_size: target.max_file_size },
            paths,
            jobs: target.jobs,
            cache: !target.no_cache,
            quiet,
            verbose: target.verbose,
            began: Instant::now(),
            remembered: AtomicBool::new(false),
            cwd,
        })
    }

    /// The same, with Go asked for the types that a rule needs and syntax does not tell.
    #[must_use]
    pub fn asking(self) -> Setup {
        let quiet = self.quiet;
        let watch = move |questions: usize| -> Box<dyn FnOnce()> {
            let line = if quiet { ProgressLine::hidden() } else { ProgressLine::watch("Asking Go") };
            line.say(&counted(questions, "type", "types"));
            Box::new(move || line.finish())
        };
        let options = ProofOptions { jobs: self.threads(), ..ProofOptions::default() };
        let kept = cache_files::home().map(|caches| caches.join("types"));
        let types = Arc::new(AskedTypes::new(options, kept, self.cache, watch));
        Setup { modules: self.modules.asking(types.clone()), types: Some(types), ..self }
    }

    /// What `plan` gives, planned again until it needs no types that nobody knows yet: what the
    /// types of a pass tell may lead to another pass.
    pub fn settled<T>(&self, plan: impl Fn() -> T) -> T {
        loop {
            let planned = plan();
            if !self.types.as_ref().is_some_and(|types| types.learn()) {
                return planned;
            }
        }
    }

    /// What could not be asked, in sentences.
    pub fn notes_of_types(&self) -> Vec<String> {
        self.types.as_ref().map(|types| types.take_notes()).unwrap_or_default()
    }

    /// The scan with these settings.
    pub fn scan<'a>(&'a self, tick: &'a (dyn Fn() + Sync)) -> Scan<'a> {
        Scan {
            entries: &self.catalogue,
            rules: self.settings.rules(),
            policy: &*self.settings,
            module: &self.modules as &dyn Module,
            include: self.include.clone(),
            limits: self.limits,
            cwd: self.cwd.clone(),
            root: self.root(),
            shard: self.shard,
            file_cache: Arc::new(FileCache::reading(&self.disk)),
            read: Recent::default(),
            tick,
        }
    }

    /// A progress bar, unless nobody wants to see one.
    pub fn progress(&self, verb: &'static str, unit: &'static str, total: Option<u64>) -> ProgressLine {
        if self.quiet { ProgressLine::hidden() } else { ProgressLine::start(verb, unit, total) }
    }

    /// A line that says what is being done, unless nobody wants to see one.
    pub fn watch(&self, verb: &'static str) -> ProgressLine {
        if self.quiet { ProgressLine::hidden() } else { ProgressLine::watch(verb) }
    }

    /// Looks at all files, with a progress bar on a terminal; or tells what an
    /// earlier run saw, if all is as it was.
    pub fn render(&self) -> Result<Scanned, Stop> {
        let asks = |scanned: &Scanned| {
            scanned
                .findings
                .iter()
                .filter_map(|finding| finding.guarded())
                .any(|(guard, _)| DECIDED_BY_TYPES.contains(&guard))
                || scanned.findings.iter().any(|finding| self.spans(finding.rule))
        };
        match &self.types {
            None => self.remembered(),
            // What is remembered was worked out without types.
            Some(types) => match types.unheard(|| self.remembered())? {
                scanned if !asks(&scanned) => Ok(scanned),
                _ => self.settled(|| self.look_afresh()),
            },
        }
    }

    /// Whether the fixes of a rule follow uses through other packages.
    fn spans(&self, rule: &str) -> bool {
        self.catalogue.iter().any(|entry| entry.meta.id == rule && entry.meta.spans)
    }

    /// What an earlier run saw, if all is as it was, else what there is.
    fn remembered(&self) -> Result<Scanned, Stop> {
        let Some(replay) = self.replay() else { return self.look_afresh() };
        let old = match replay.find(&self.catalogue, &self.disk) {
            Ok(scanned) => {
                self.remembered.store(true, Ordering::Relaxed);
                return Ok(scanned);
            }
            Err(old) => old,
        };
        let scanned = self.look_afresh()?;
        replay.keep(&scanned, &self.disk, old.as_ref());
        Ok(scanned)
    }

    /// Where what this run sees is remembered: by all that decides it beside the
    /// files that it reads.
    fn replay(&self) -> Option<Replay> {
        let options = self.options.as_ref()?;
        let request = format!(
            "{:?}",
            (
                (&self.cwd, self.root(), &self.paths, options),
                (&self.include, self.limits, self.shard),
                (std::env::var_os("GOWORK"), discover::user_excludes(), rights()),
                digests(&self.catalogue),
            )
        );
        Replay::of("check", &request, None, self.threads())
    }

    fn look_afresh(&self) -> Result<Scanned, Stop> {
        let progress = self.progress("Checking", "files", None);
        let tick = || progress.tick(1);
        let scan = self.scan(&tick);
        let paths: &[PathBuf] =
            if self.paths == [PathBuf::from(NOTHING)] { return Ok(Scanned::default()) } else { &self.paths };
        let discovery = self.discovery(paths)?;
        let mut scanned = scan.run(&discovery);
        progress.finish();
        self.add_configuration_errors(&mut scanned);
        Ok(scanned)
    }

    /// The files that would be looked at, absolute and sorted, and what cannot be reached.
    pub fn files(&self) -> Result<(Vec<PathBuf>, Vec<Failure>), Stop> {
        if self.paths == [PathBuf::from(NOTHING)] {
            return Ok((Vec::new(), Vec::new()));
        }
        let found: Mutex<Vec<PathBuf>> = Mutex::default();
        let outcome = self.discovery(&self.paths)?.run(|| {
            |wanted: Wanted| {
                if self.shard.is_none_or(|shard| shard.has(&wanted.absolute, &self.root())) {
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(wanted.absolute);
                }
                ControlFlow::Continue(())
            }
        });
        let mut files = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort();
        Ok((files, outcome.failures))
    }

    fn discovery<'a>(&'a self, paths: &'a [PathBuf]) -> Result<Discovery<'a>, Stop> {
        Ok(Discovery::plan(Request {
            paths,
            cwd: &self.cwd,
            include: self.include.clone(),
            policy: &*self.settings,
            threads: self.jobs,
            disk: self.disk.clone(),
        })?)
    }

    /// Counts only what git's index changes: the lines in `changed`.
    pub fn staged(self, changed: ChangedLines) -> Setup {
        Setup { staged: true, narrow: Narrow { changed: Some(changed), ..self.narrow }, ..self }
    }

    /// Reads standard input as the file that `--stdin-filename` names; nothing
    /// when it is not asked for.
    pub fn read_stdin(
        &self,
        target: &TargetArgs,
        io: &mut Io<'_>,
    ) -> Result<Option<(PathBuf, String)>, Stop> {
        if !reads_stdin(target) {
            anyhow::ensure!(target.stdin_filename.is_none(), "--stdin-filename goes with the path `-`");
            return Ok(None);
        }
        anyhow::ensure!(
            self.paths.len() == 1,
            "`-` reads one file from standard input; name no other path beside it"
        );
        let mut bytes = Vec::new();
        io.stdin.read_to_end(&mut bytes).context("standard input cannot be read")?;
        let name = target.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin.go"));
        let path = real(&self.cwd.join(name));
        let text = discover::text(bytes, self.limits)
            .map_err(|refusal| anyhow::anyhow!("standard input: {refusal}"))?;
        Ok(Some((path, text)))
    }

    /// Looks at a text that stands for the file at `path`, which may be skipped
    /// as it would be on disk.
    pub fn look_at(&self, path: &Path, text: String) -> Scanned {
        let skip = discover::judge(path, &self.cwd, &self.include, &*self.settings, &self.disk);
        let mut scanned = match skip {
            Some(skip) => Scanned { skipped: vec![skip.into()], ..Scanned::default() },
            None => self.settled(|| self.scan(&|| {}).text(path, text.clone())),
        };
        self.add_configuration_errors(&mut scanned);
        scanned
    }

    /// The root of a run over the paths of the command line: see [`root_of`].
    pub fn root(&self) -> PathBuf {
        let directory = |path: &PathBuf| {
            let text = path.to_string_lossy();
            let stem = text.strip_suffix("...").and_then(|stem| stem.strip_suffix(['/', '\\']));
            let path = match stem {
                Some("") => Path::new("/"),
                stem => Path::new(stem.unwrap_or(&text)),
            };
            dunce::canonicalize(self.cwd.join(path)).ok()
        };
        let named: Vec<PathBuf> = self.paths.iter().filter_map(directory).collect();
        root_of(&self.cwd, named.iter())
    }

    /// Threads to plan with.
    pub fn threads(&self) -> usize {
        if self.jobs > 0 { self.jobs } else { std::thread::available_parallelism().map_or(1, usize::from) }
    }

    /// Which part of which run this is, for `gomend merge`; `more` are the options of the
    /// verb that must be the same for all parts.
    pub fn part(&self, target: &TargetArgs, more: &str) -> Option<Part> {
        let shard = self.shard?;
        let TargetArgs { paths, include, exclude, max_file_size, select, extend_select, ignore, go, .. } =
            target;
        let narrow = &target.narrow;
        let options = format!(
            "{paths:?} {include:?} {exclude:?} {max_file_size} {select:?} {extend_select:?} {ignore:?} {go:?} {:?} {} {:?} {more}",
            narrow.new_from_rev,
            narrow.whole_files,
            self.narrow.baseline.as_ref().map(Baseline::text),
        );
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.configuration.as_bytes()).update(options.as_bytes());
        for digest in digests(&self.catalogue) {
            hasher.update(digest.as_bytes());
        }
        Some(Part {
            index: shard.index,
            of: shard.of,
            configuration: hasher.finalize().to_hex()[..16].to_owned(),
            revision: git::revision(&self.cwd),
        })
    }

    /// Reads what narrows the run down: the baseline, the lines that changed.
    pub fn narrowed(self, args: &args::NarrowArgs) -> Result<Setup, Stop> {
        let baseline = args.baseline.as_ref().map(|file| Baseline::read(file)).transpose()?;
        let revision = args.new_from_rev.as_ref();
        let mut changed = revision.map(|rev| git::changed_since(rev, &self.cwd)).transpose()?;
        if let Some(changed) = changed.as_mut().filter(|_| args.whole_files) {
            changed.widen();
        }
        Ok(Setup { narrow: Narrow { baseline, changed, most: None }, ..self })
    }

    /// Leaves out of `scanned` what does not count, and says so on standard error;
    /// `most` is the number of fixes of that level or above that may be taken.
    pub fn narrow(
        &self,
        scanned: &mut Scanned,
        most: Option<(usize, Applicability)>,
        io: &mut Io<'_>,
    ) -> Result<Allowed, Stop> {
        let empty = scanned.files == 0 && scanned.skipped.is_empty() && scanned.failures.is_empty();
        if empty && self.shard.is_none() && !self.staged && self.paths != [PathBuf::from(NOTHING)] {
            scanned.failures.push(self.nothing_there());
        }
        if self.verbose {
            self.tell(scanned, io)?;
        }
        let narrow = Narrow { most, ..self.narrow.clone() };
        let (left, allowed) = narrow.apply(scanned, &self.cwd, &self.root());
        let notes = [
            (left.elsewhere, "finding stands", "findings stand", "on lines that did not change"),
            (left.known, "finding is", "findings are", "in the baseline"),
            (left.gone, "entry of the baseline matches", "entries of the baseline match", "nothing any more"),
            (left.beyond, "fix is", "fixes are", "left for another run"),
        ];
        for note in self.notes_of_types().into_iter().filter(|_| !self.quiet) {
            writeln!(io.stderr, "note: {note}")?;
        }
        for (number, one, many, rest) in notes.into_iter().filter(|note| note.0 > 0 && !self.quiet) {
            writeln!(io.stderr, "note: {} {rest}", counted(number, one, many))?;
        }
        Ok(allowed)
    }

    /// What is wrong with paths that lead to no Go file at all.
    pub fn nothing_there(&self) -> Failure {
        let names: Vec<String> = self.paths.iter().map(|path| path.display().to_string()).collect();
        let path = if names.is_empty() { ".".to_owned() } else { names.join(", ") };
        let reason = "no Go file is there or below; name a directory with Go code, such as `./...` in the \
                      root of a module";
        Failure { path: path.into(), reason: reason.to_owned() }
    }

    /// Says what counted in the run and how long it took.
    fn tell(&self, scanned: &Scanned, io: &mut Io<'_>) -> std::io::Result<()> {
        let files = self.settings.files(&self.cwd);
        let files = if files.is_empty() { "none".to_owned() } else { files.join(", ") };
        let policy = self.settings.for_file(&self.cwd.join("main.go"));
        writeln!(io.stderr, "verbose: configuration: {files}")?;
        let (on, all) = (policy.rules.len(), self.catalogue.len());
        writeln!(io.stderr, "verbose: {on} of {} run", counted(all, "rule", "rules"))?;
        let from = if self.remembered.load(Ordering::Relaxed) { ", as an earlier run saw them" } else { "" };
        let seconds = self.began.elapsed().as_secs_f64();
        let files = counted(scanned.files, "file", "files");
        writeln!(io.stderr, "verbose: {files} in {seconds:.2} s{from}")
    }

    fn add_configuration_errors(&self, scanned: &mut Scanned) {
        scanned.failures.extend(self.settings.errors().into_iter().map(Failure::from));
        scanned.failures.extend(self.modules.failures());
        scanned.failures.sort();
        scanned.failures.dedup();
    }
}

/// What the rules were read from that are no part of this program.
pub fn digests(catalogue: &[RuleEntry]) -> Vec<String> {
    let digest =
        |entry: &RuleEntry| entry.digest().map(|digest| format!("{} {}", entry.meta.id, digest.to_hex()));
    catalogue.iter().filter_map(digest).collect()
}

/// The rules of a catalogue, for what selects among them.
pub fn rules(catalogue: &[RuleEntry]) -> Rules {
    Rules::new(catalogue.iter().map(RuleInfo::from))
}

/// Who asks: what may be read depends on it.
#[cfg(unix)]
fn rights() -> String {
    use rustix::process::{getegid, geteuid, getgroups};
    format!("{:?} {:?} {:?}", geteuid(), getegid(), getgroups())
}

/// Who asks: what may be read depends on it.
#[cfg(not(unix))]
fn rights() -> String {
    std::env::var("USERNAME").unwrap_or_default()
}

/// Stands in the list of paths for an empty `--files-from`; no path has this
/// name, because names hold no NUL.
const NOTHING: &str = "\0";

/// The working directory, absolute and free of links.
pub fn working_directory() -> Result<PathBuf, Stop> {
    let cwd =
        std::env::current_dir().context("the working directory cannot be read; change to one that exists")?;
    Ok(dunce::canonicalize(&cwd).unwrap_or(cwd))
}

fn reads_stdin(target: &TargetArgs) -> bool {
    target.paths.iter().any(|path| path == Path::new("-"))
}

/// `path` with the links of its directory resolved, where that exists.
fn real(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => {
            dunce::canonicalize(parent).map_or_else(|_| path.to_owned(), |parent| parent.join(name))
        }
        _ => path.to_owned(),
    }
}

/// The command line as a person would type it, for the journal.
pub fn command_line(args: &[OsString]) -> String {
    let words = args.iter().skip(1).map(|arg| word(&arg.to_string_lossy()));
    std::iter::once("gomend".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// One word of a command line, quoted for a shell where it needs to be.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The root of a run over `paths`: the git repository that holds the working
/// directory, else that directory, when all of them lie in it; otherwise the
/// repository that holds all of them, else the directory that they share.
pub fn root_of<'a>(cwd: &Path, paths: impl Iterator<Item = &'a PathBuf> + Clone) -> PathBuf {
    let repository = |dir: &Path| dir.ancestors().find(|dir| dir.join(".git").exists()).map(Path::to_owned);
    let here = repository(cwd).unwrap_or_else(|| cwd.to_owned());
    if paths.clone().all(|path| path.starts_with(&here)) {
        return here;
    }
    let mut shared: Option<PathBuf> = None;
    for path in paths {
        shared = Some(match shared {
            None => path.to_owned(),
            Some(so_far) => {
                let both = so_far.components().zip(path.components()).take_while(|(a, b)| a == b);
                both.map(|(component, _)| component).collect()
            }
        });
    }
    let mut shared = shared.unwrap_or(here);
    if let Some(repository) = repository(&shared) {
        return repository;
    }
    // A file that was named stands for its directory.
    while !shared.is_dir() && shared.pop() {}
    shared
}

/// The root of the runs that `undo` and `fix --continue` mean when they are
/// told none: the nearest directory upward with a run that is remembered.
pub fn remembered_root(cwd: &Path) -> PathBuf {
    let remembers = |dir: &&Path| store::runs(dir, None).is_ok_and(|runs| !runs.is_empty());
    cwd.ancestors().find(remembers).map_or_else(|| root_of(cwd, [].iter()), Path::to_owned)
}

/// What stands behind `gomend undo` for the run in `root`: the root only where `undo` would
/// not find it by itself.
pub fn named_in(root: &Path, cwd: &Path, run: &store::RunId) -> String {
    if remembered_root(cwd) == root {
        run.to_string()
    } else {
        format!("--root {} {run}", word(&root.to_string_lossy()))
    }
}
