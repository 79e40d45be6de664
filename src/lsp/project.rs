//! The folders that are open, and which of them a file belongs to.

use super::ServerParts;
use super::place;
use super::settings::EditorSettings;
use super::view::{FileFindings, OpenTexts, ProjectView, ViewRequest};
use crate::engine::scan::Scanned;
use crate::rewrite::Proof;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// What a proof was of: the text before it, hashed, and the fix.
pub type ProofSubject = (blake3::Hash, String);

/// One folder that is open.
pub struct LspProject {
    /// The folder, absolute and free of links.
    pub root: PathBuf,
    trusted: bool,
    request: ViewRequest,
    /// For the files that are open.
    view: Mutex<Option<ProjectView>>,
    /// For all files, apart, so that an edit does not wait for them.
    wide: Mutex<Option<ProjectView>>,
    /// For proofs, which take seconds.
    proving: Mutex<Option<ProjectView>>,
    texts: RwLock<OpenTexts>,
    verdicts: Mutex<HashMap<ProofSubject, (Proof, String)>>,
}

/// As many verdicts are remembered.
const VERDICTS: usize = 4096;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LspProject {
    fn new(
        root: PathBuf,
        parts: &Arc<ServerParts>,
        settings: &Arc<EditorSettings>,
        trusted: bool,
    ) -> LspProject {
        let request = ViewRequest {
            root: root.clone(),
            parts: Arc::clone(parts),
            settings: Arc::clone(settings),
            trusted,
        };
        LspProject {
            root,
            trusted,
            request,
            view: Mutex::default(),
            wide: Mutex::default(),
            proving: Mutex::default(),
            texts: RwLock::default(),
            verdicts: Mutex::default(),
        }
    }

    /// Whether its own rules count and Go may run.
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// The settings.
    pub fn settings(&self) -> &EditorSettings {
        &self.request.settings
    }

    /// Puts a text in the place of a file, or takes it away.
    pub fn set_text(&self, path: &Path, text: Option<&Arc<str>>) {
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        match text {
            Some(text) => drop(texts.insert(path.to_owned(), Arc::clone(text))),
            None => drop(texts.remove(path)),
        }
    }

    /// The texts that are open.
    pub fn texts(&self) -> OpenTexts {
        self.texts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with<T>(&self, which: &Mutex<Option<ProjectView>>, work: impl FnOnce(&mut ProjectView) -> T) -> T {
        let mut held = lock(which);
        // One that somebody panicked in is not trusted any more: it is put back at the end.
        let mut view = held.take().unwrap_or_else(|| ProjectView::new(self.request.clone()));
        view.refresh(&self.texts());
        let result = work(&mut view);
        *held = Some(view);
        result
    }

    /// Does `work` with the folder as it is now.
    pub fn with_view<T>(&self, work: impl FnOnce(&mut ProjectView) -> T) -> T {
        self.with(&self.view, work)
    }

    /// As [`LspProject::with_view`], without keeping the next edit waiting: for what reads all
    /// files.
    pub fn with_wide_view<T>(&self, work: impl FnOnce(&mut ProjectView) -> T) -> T {
        self.with(&self.wide, work)
    }

    /// As [`LspProject::with_view`], without keeping the next edit waiting: for proofs.
    pub fn with_proving_view<T>(&self, work: impl FnOnce(&mut ProjectView) -> T) -> T {
        self.with(&self.proving, work)
    }

    /// What is found in the text of an open file.
    pub fn examine(&self, path: &Path, text: &Arc<str>) -> Arc<FileFindings> {
        self.with_view(|view| view.examine(path, text))
    }

    /// What is found in all files.
    ///
    /// # Errors
    /// As [`ProjectView::everything`].
    pub fn everything(&self, tick: &(dyn Fn() + Sync)) -> Result<Arc<Scanned>, String> {
        self.with(&self.wide, |view| view.everything(tick))
    }

    /// What was proved of a fix before.
    pub fn verdict(&self, subject: &ProofSubject) -> Option<(Proof, String)> {
        lock(&self.verdicts).get(subject).cloned()
    }

    /// Remembers what was proved of a fix.
    pub fn remember(&self, subject: ProofSubject, verdict: (Proof, String)) {
        let mut verdicts = lock(&self.verdicts);
        if verdicts.len() >= VERDICTS {
            verdicts.clear();
        }
        verdicts.insert(subject, verdict);
    }

    /// Forgets what was proved: files that it depends on may have changed.
    pub fn forget_verdicts(&self) {
        lock(&self.verdicts).clear();
    }
}

/// All folders that are open.
pub struct Projects {
    parts: Arc<ServerParts>,
    settings: Arc<EditorSettings>,
    /// The folders that the client named.
    folders: Vec<PathBuf>,
    /// Those that the user trusted by a command.
    trusted: HashSet<PathBuf>,
    projects: Vec<Arc<LspProject>>,
}

impl Projects {
    /// The folders at `folders`.
    pub fn new(parts: Arc<ServerParts>, folders: Vec<PathBuf>) -> Projects {
        let mut projects = Projects {
            parts,
            settings: Arc::default(),
            folders: Vec::new(),
            trusted: HashSet::new(),
            projects: Vec::new(),
        };
        projects.change(folders, &[]);
        projects
    }

    /// The settings that count.
    pub fn settings(&self) -> &Arc<EditorSettings> {
        &self.settings
    }

    /// Takes other settings; every folder is read anew.
    pub fn set(&mut self, settings: EditorSettings) {
        if *self.settings != settings {
            self.settings = Arc::new(settings);
            self.again();
        }
    }

    /// Trusts the folder of `path`, or all; returns those that were not trusted before.
    pub fn trust(&mut self, path: Option<&Path>) -> Vec<PathBuf> {
        let wanted = |project: &&Arc<LspProject>| path.is_none_or(|path| path.starts_with(&project.root));
        let new: Vec<PathBuf> = self
            .projects
            .iter()
            .filter(wanted)
            .filter(|project| !project.is_trusted())
            .map(|project| project.root.clone())
            .collect();
        self.trusted.extend(new.iter().cloned());
        if !new.is_empty() {
            self.again();
        }
        new
    }

    /// Opens and closes folders.
    pub fn change(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.folders.retain(|folder| !removed.contains(folder));
        self.projects.retain(|project| !removed.contains(&project.root));
        for folder in added {
            if !self.folders.contains(&folder) {
                self.folders.push(folder.clone());
                self.projects.retain(|project| self.folders.contains(&project.root));
                self.open(folder);
            }
        }
    }

    fn open(&mut self, root: PathBuf) -> Arc<LspProject> {
        let trusted = self.parts.trusted || self.settings.trusted.has(&root) || self.trusted.contains(&root);
        let project = Arc::new(LspProject::new(root, &self.parts, &self.settings, trusted));
        self.projects.push(Arc::clone(&project));
        project
    }

    fn again(&mut self) {
        let old = std::mem::take(&mut self.projects);
        for project in old {
            let new = self.open(project.root.clone());
            for (path, text) in project.texts() {
                new.set_text(&path, Some(&text));
            }
        }
    }

    /// Puts a text in the place of a file, or takes it away.
    pub fn set_text(&self, path: &Path, text: Option<&Arc<str>>) {
        for project in self.projects.iter().filter(|project| path.starts_with(&project.root)) {
            project.set_text(path, text);
        }
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<LspProject>] {
        &self.projects
    }

    /// The folder of the file at `path`: of those around it the innermost. Where the client
    /// named none, the repository or the directory of the file is one.
    pub fn of(&mut self, path: &Path) -> Option<Arc<LspProject>> {
        let around = self.projects.iter().filter(|project| path.starts_with(&project.root));
        if let Some(known) = around.max_by_key(|project| project.root.components().count()) {
            return Some(Arc::clone(known));
        }
        let directory = path.parent().filter(|_| self.folders.is_empty())?;
        let repository = directory.ancestors().find(|dir| dir.join(".git").exists());
        Some(self.open(repository.unwrap_or(directory).to_owned()))
    }
}

/// The folders that the parameters of `initialize` name.
pub fn folders(params: &serde_json::Value) -> Vec<PathBuf> {
    let folder = |uri: &serde_json::Value| {
        let path = place::path_of(&gen_lsp_types::Uri::from(uri.as_str()?))?;
        Some(dunce::canonicalize(&path).unwrap_or(path))
    };
    let listed = params.get("workspaceFolders").and_then(|list| list.as_array());
    match listed {
        Some(list) => list.iter().filter_map(|item| folder(item.get("uri")?)).collect(),
        None => {
            let path = params.get("rootPath").and_then(|path| path.as_str()).map(PathBuf::from);
            let path = path.filter(|path| path.is_absolute());
            let path = path.map(|path| dunce::canonicalize(&path).unwrap_or(path));
            params.get("rootUri").and_then(folder).or(path).into_iter().collect()
        }
    }
}
