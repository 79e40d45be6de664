//! A folder as `check` sees it, with the texts of the editor in the place of files, and kept
//! between two changes as far as nothing of it has changed.

use super::ServerParts;
use super::settings::EditorSettings;
use crate::config::{CommandLine, Settings};
use crate::disk::{Disk, Freshness, Overlay, Snapshot};
use crate::engine::discover::{self, Discovery, Include, Limits, Request, Skip};
use crate::engine::file_cache::FileCache;
use crate::engine::modules::KnownModules;
use crate::engine::policy::{RuleInfo, Rules};
use crate::engine::prefilter::Prefilter;
use crate::engine::scan::{Scan, Scanned};
use crate::engine::suppress::Recent;
use crate::pattern::{PatchRule, Problem, RuleFile, RuleLocation};
use crate::rewrite::{Failure, Finding, RuleEntry, intern};
use crate::syntax::File;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts that are open, by path.
pub type OpenTexts = BTreeMap<PathBuf, Arc<str>>;

/// As many snapshots are compared before all is read anew.
const SNAPSHOTS: usize = 64;
/// So many answers of the disk are compared by one thread.
const BY_ONE: usize = 1000;
/// The largest file that is looked at, in bytes: as on the command line.
const LARGEST: u64 = 4 << 20;

/// What a view is of.
#[derive(Clone)]
pub struct ViewRequest {
    /// The folder, absolute and free of links.
    pub root: PathBuf,
    /// What is the same for all folders.
    pub parts: Arc<ServerParts>,
    /// The settings.
    pub settings: Arc<EditorSettings>,
    /// Whether the rules of the folder are loaded.
    pub trusted: bool,
}

/// What was found in one text.
#[derive(Debug)]
pub struct FileFindings {
    /// The text.
    pub text: Arc<str>,
    /// As `check` lists them.
    pub findings: Vec<Finding>,
}

/// The rules of a folder, and what is wrong with them.
#[derive(Default)]
struct LoadedRules {
    entries: Vec<RuleEntry>,
    /// Those that are there and not loaded, so that a configuration may name them.
    names: Vec<RuleInfo>,
    /// The addresses that their files give.
    pages: HashMap<&'static str, String>,
    faults: Vec<(PathBuf, Vec<Problem>)>,
    problem: Option<String>,
}

/// The folder.
pub struct ProjectView {
    request: ViewRequest,
    disk: Disk,
    overlay: Arc<Overlay>,
    settings: Arc<Settings>,
    modules: KnownModules,
    file_cache: Arc<FileCache>,
    rules: LoadedRules,
    prefilter: Prefilter,
    snapshots: Vec<Snapshot>,
    texts: OpenTexts,
    skips: HashMap<PathBuf, Option<Skip>>,
    done: HashMap<PathBuf, Arc<FileFindings>>,
    all: Option<Arc<Scanned>>,
}

impl ProjectView {
    /// Reads the rules and the configuration of the folder.
    pub fn new(request: ViewRequest) -> ProjectView {
        let overlay: Arc<Overlay> = Arc::default();
        let disk = Disk::recording().under(&overlay);
        let mut rules = load(&request, &disk);
        let known = || rules.entries.iter().map(RuleInfo::from).chain(rules.names.iter().copied());
        let line = &request.settings.rules;
        let settings = Settings::new(Rules::new(known()), &request.root, line);
        let settings = settings.unwrap_or_else(|error| {
            rules.problem = Some(format!("the settings of the editor: {error}"));
            let known = rules.entries.iter().map(RuleInfo::from).chain(rules.names.iter().copied());
            Settings::new(Rules::new(known), &request.root, &CommandLine::default())
                .expect("nothing is nothing wrong")
        });
        let settings = Arc::new(settings.reading(&disk));
        // What is wrong with the configuration of the folder is said before the first file.
        let _ = settings.check(&request.root);
        ProjectView {
            modules: modules(&request, &settings, &disk),
            file_cache: Arc::new(FileCache::reading(&disk)),
            prefilter: Prefilter::new(&rules.entries),
            snapshots: Vec::new(),
            texts: OpenTexts::new(),
            skips: HashMap::new(),
            done: HashMap::new(),
            all: None,
            request,
            disk,
            overlay,
            settings,
            rules,
        }
    }

    /// The folder, the texts and the disk as they are now.
    pub fn refresh(&mut self, texts: &OpenTexts) {
        if !self.is_fresh() || !self.put(texts) {
            *self = ProjectView::new(self.request.clone());
            // Nothing of the files was asked yet.
            let _ = self.put(texts);
        }
    }

    /// Whether everything that was read is as it was.
    fn is_fresh(&mut self) -> bool {
        let Some(new) = self.disk.drain() else { return false };
        if !new.is_empty() {
            self.snapshots.push(new);
        }
        self.snapshots.len() <= SNAPSHOTS
            && self.snapshots.iter_mut().all(|snapshot| {
                let threads = if snapshot.len() > BY_ONE { 2 } else { 1 };
                !matches!(snapshot.compare(threads), Freshness::Changed(_))
            })
    }

    /// Puts `texts` in the place of the files, all of them. `false` when what was read before has
    /// to be read anew.
    fn put(&mut self, texts: &OpenTexts) -> bool {
        let same =
            |path: &PathBuf, text: &Arc<str>| self.texts.get(path).is_some_and(|old| Arc::ptr_eq(old, text));
        let mut changed: Vec<PathBuf> =
            texts.iter().filter(|(path, text)| !same(path, text)).map(|(path, _)| path.clone()).collect();
        changed.extend(self.texts.keys().filter(|path| !texts.contains_key(*path)).cloned());
        let mut good = true;
        for path in changed {
            let now = texts.get(&path);
            let saved = || Some(Arc::from(std::fs::read_to_string(&path).ok()?));
            let before: Option<Arc<str>> = self.texts.get(&path).cloned().or_else(saved);
            let after: Option<Arc<str>> = now.cloned().or_else(saved);
            match now {
                Some(text) => {
                    self.overlay.put(&path, Arc::clone(text));
                    self.texts.insert(path.clone(), Arc::clone(text));
                }
                None => {
                    self.overlay.take(&path);
                    self.texts.remove(&path);
                }
            }
            if before == after {
                continue;
            }
            self.done.clear();
            self.all = None;
            let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
            good &= embeds(&before) == embeds(&after);
            if self.modules.touched(&path, &before, &after) {
                self.modules = modules(&self.request, &self.settings, &self.disk);
            }
            self.file_cache.replace(&Arc::new(File::new(&path, &*after)));
        }
        good
    }

    /// A scan of this folder.
    pub fn scan<'a>(&'a self, tick: &'a (dyn Fn() + Sync)) -> Scan<'a> {
        Scan {
            entries: &self.rules.entries,
            rules: self.settings.rules(),
            policy: &*self.settings,
            module: &self.modules,
            include: self.include(),
            limits: limits(),
            cwd: self.request.root.clone(),
            root: self.request.root.clone(),
            shard: None,
            file_cache: Arc::clone(&self.file_cache),
            read: Recent::default(),
            tick,
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.request.root
    }

    fn include(&self) -> Include {
        self.request.settings.include.clone()
    }

    /// What is found in the text of the file at `path`: what `check` finds in it.
    pub fn examine(&mut self, path: &Path, text: &Arc<str>) -> Arc<FileFindings> {
        if let Some(known) = self.done.get(path).filter(|known| known.text == *text) {
            return Arc::clone(known);
        }
        let judge =
            || discover::judge(path, &self.request.root, &self.include(), &*self.settings, &self.disk);
        let skipped = self.skips.get(path).cloned().unwrap_or_else(judge);
        let looked_at = skipped.is_none() && text.len() as u64 <= LARGEST;
        self.skips.insert(path.to_owned(), skipped);
        let found = if looked_at {
            self.scan(&|| {}).text_with(path, text.to_string(), &self.prefilter)
        } else {
            Scanned::default()
        };
        let found = Arc::new(FileFindings { text: Arc::clone(text), findings: found.findings });
        self.done.insert(path.to_owned(), Arc::clone(&found));
        found
    }

    /// What is found in all files.
    ///
    /// # Errors
    /// A sentence, when the folder cannot be read.
    pub fn everything(&mut self, tick: &(dyn Fn() + Sync)) -> Result<Arc<Scanned>, String> {
        if let Some(known) = &self.all {
            return Ok(Arc::clone(known));
        }
        let request = Request {
            paths: &[],
            cwd: &self.request.root,
            include: self.include(),
            policy: &*self.settings,
            threads: 0,
            disk: self.disk.clone(),
        };
        let discovery = Discovery::plan(request).map_err(|error| error.to_string())?;
        let found = Arc::new(self.scan(tick).run(&discovery));
        self.all = Some(Arc::clone(&found));
        Ok(found)
    }

    /// The file that an edit of a finding names.
    pub fn absolute(&self, shown: &str) -> PathBuf {
        self.request.root.join(shown)
    }

    /// The configuration.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The rule called `id`.
    pub fn rule(&self, id: &str) -> Option<&RuleEntry> {
        self.rules.entries.iter().find(|entry| entry.meta.id == id)
    }

    /// The address of a page about the rule called `id`, where its author gives one.
    pub fn page(&self, id: &str) -> Option<&str> {
        self.rules.pages.get(id).map(String::as_str)
    }

    /// What is wrong with the rule files of the folder.
    pub fn rule_faults(&self) -> &[(PathBuf, Vec<Problem>)] {
        &self.rules.faults
    }

    /// What is wrong with its configuration, by file.
    pub fn config_faults(&self) -> Vec<(PathBuf, Problem)> {
        let errors = self.settings.errors().into_iter();
        errors
            .map(|error| (self.absolute(&error.path), Problem::at(error.line, error.column, error.message)))
            .collect()
    }

    /// What else is wrong, in sentences.
    pub fn problems(&self) -> Vec<String> {
        let modules = self.modules.failures();
        let said = |failure: Failure| format!("{}: {}", failure.path, failure.reason);
        self.rules.problem.iter().cloned().chain(modules.into_iter().map(said)).collect()
    }

    /// Whether the folder has rules of its own that are not loaded.
    pub fn has_more_rules(&self) -> bool {
        !self.request.trusted && !self.rules.names.is_empty()
    }
}

fn limits() -> Limits {
    Limits { file_size: LARGEST }
}

fn modules(request: &ViewRequest, settings: &Arc<Settings>, disk: &Disk) -> KnownModules {
    let work = std::env::var_os("GOWORK");
    let policy = Arc::clone(settings);
    KnownModules::new(work.as_deref(), policy, &request.root, request.settings.include.clone()).reading(disk)
}

/// The directives of a text that make files a part of the program.
fn embeds(text: &str) -> Vec<&str> {
    memchr::memmem::find(text.as_bytes(), b"//go:embed")
        .map(|_| text.lines().filter(|line| line.contains("//go:embed")).collect())
        .unwrap_or_default()
}

/// The rules of gomend, and those of the folder: by their names alone where it is not trusted.
fn load(request: &ViewRequest, disk: &Disk) -> LoadedRules {
    let parts = &request.parts;
    let mut rules = LoadedRules { entries: parts.catalogue.clone(), ..LoadedRules::default() };
    let files = match (parts.rule_files)(disk, &request.root) {
        Ok(files) => files,
        Err(problem) => {
            rules.problem = Some(problem);
            return rules;
        }
    };
    for location in files {
        let RuleLocation { id, file: path, .. } = location.clone();
        let group = location.group(parts.rule_group);
        let unread = || RuleInfo {
            id: intern(&format!("{group}/{id}")),
            group: intern(group),
            opt_in: false,
            options: &[],
            no_gain: false,
            foreign: location.is_foreign(),
        };
        if !request.trusted {
            rules.names.push(unread());
            continue;
        }
        let shown = discover::slashed(path.strip_prefix(&request.root).unwrap_or(&path));
        let read = disk.read_to_string(&path).map_err(|error| vec![Problem::at(1, 0, error.to_string())]);
        let parsed =
            read.and_then(|text| RuleFile::parse(&id, &shown, &text).map_err(|error| error.problems));
        let placed = parsed.and_then(|mut file| {
            (parts.rule_placing)(&mut file, &request.root)?;
            Ok(file)
        });
        match placed {
            Ok(file) => {
                let docs = file.docs.clone();
                if !file.warnings.is_empty() {
                    rules.faults.push((path, file.warnings.clone()));
                }
                let entry = PatchRule::at(location, file, parts.rule_group).entry();
                rules.pages.extend(docs.map(|docs| (entry.meta.id, docs)));
                rules.entries.push(entry);
            }
            Err(problems) => {
                rules.names.push(unread());
                rules.faults.push((path, problems));
            }
        }
    }
    rules
}
