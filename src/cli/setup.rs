//! From the command line to a scan: rules, configuration, files, modules.

use super::Stop;
use super::args::{RuleArgs, TargetArgs};
use super::catalogue;
use super::io::Io;
pub use super::paths::{shown, working_directory};
use super::rule_source::FoldersBelow;
use crate::config::{CommandLine, Settings};
use crate::disk::{Disk, cache_files};
use crate::engine::discover::{self, FileKind, Include, Limits};
use crate::engine::file_cache::FileCache;
use crate::engine::matches::Module;
use crate::engine::modules::KnownModules;
use crate::engine::narrow::Narrow;
use crate::engine::policy::{RuleInfo, Rules};
use crate::engine::scan::Scan;
use crate::engine::shard::Shard;
use crate::engine::suppress::Recent;
use crate::report::counted::counted;
use crate::report::progress::ProgressLine;
use crate::rewrite::{RuleEntry, TypeSource};
use crate::verify::{AskedTypes, ProofOptions};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

mod narrowing;
mod root;
mod scanning;

pub use root::{command_line, named_in, remembered_root, root_of, word};

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
    /// How the folders of rules below the working directory were found, and whether a scan met
    /// some that were not.
    below: FoldersBelow,
    met_rules: AtomicBool,
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
        let below = if target.no_cache { FoldersBelow::Walked } else { FoldersBelow::Remembered };
        Setup::with(cwd, target, quiet, below, io)
    }

    /// As [`Setup::new`], with no rules of the directories below: [`Setup::render`] sees whether
    /// there are any, and [`Setup::met_rules`] tells. Nothing where `target` or an earlier run
    /// says that they have to be looked for first.
    pub fn without_rules_below(target: &TargetArgs, quiet: bool, io: &mut Io<'_>) -> Option<Setup> {
        let cwd = working_directory().ok()?;
        let all = target.paths.iter().all(|path| [".", "./..."].iter().any(|all| path == Path::new(all)));
        let sources = &target.sources;
        let walks = all && target.files_from.is_none() && !sources.isolated && sources.rules_from.is_none();
        if !walks || (!target.no_cache && catalogue::were_below(&cwd)) {
            return None;
        }
        Setup::with(cwd, target, quiet, FoldersBelow::Unknown, io).ok()
    }

    fn with(
        cwd: PathBuf,
        target: &TargetArgs,
        quiet: bool,
        below: FoldersBelow,
        io: &mut Io<'_>,
    ) -> Result<Setup, Stop> {
        let disk = if target.no_cache { Disk::default() } else { Disk::recording() };
        let sources = RuleArgs { config: target.config.clone(), ..target.sources.clone() };
        let mut catalogue = catalogue::of(&cwd, &sources, below)?;
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
            below,
            met_rules: AtomicBool::new(false),
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
    pub fn until_types_are_known<T>(&self, plan: impl Fn() -> T) -> T {
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

    /// Whether a scan met rules that are not among those of the catalogue: what it found is not
    /// to be used.
    pub fn met_rules(&self) -> bool {
        self.met_rules.load(Ordering::Relaxed)
    }

    /// Threads to plan with.
    pub fn threads(&self) -> usize {
        if self.jobs > 0 { self.jobs } else { std::thread::available_parallelism().map_or(1, usize::from) }
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
}

/// The rules of a catalogue, for what selects among them.
pub fn rules(catalogue: &[RuleEntry]) -> Rules {
    Rules::new(catalogue.iter().map(RuleInfo::from))
}

/// Stands in the list of paths for an empty `--files-from`; no path has this
/// name, because names hold no NUL.
const NOTHING: &str = "\0";

fn reads_stdin(target: &TargetArgs) -> bool {
    target.paths.iter().any(|path| path == Path::new("-"))
}

/// What the rules were read from that are no part of this program.
pub fn digests(catalogue: &[RuleEntry]) -> Vec<String> {
    let digest =
        |entry: &RuleEntry| entry.digest().map(|digest| format!("{} {}", entry.meta.id, digest.to_hex()));
    catalogue.iter().filter_map(digest).collect()
}
