//! What all threads share once the client has introduced itself, and what they tell it.

use super::ServerParts;
use super::client::LspClient;
use super::diagnostics::{self, publish};
use super::document::{OpenDocument, OpenDocuments};
use super::jobs::Lane;
use super::project::{LspProject, Projects};
use super::rule_documents;
use super::wide;
use gen_lsp_types::{Diagnostic, MessageType, Uri};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One session.
pub struct Session {
    /// The client.
    pub client: LspClient,
    /// What is the same for all folders.
    pub parts: Arc<ServerParts>,
    /// The texts that are open.
    pub documents: OpenDocuments,
    /// For what takes milliseconds.
    pub quick: Lane,
    /// For what takes seconds.
    pub slow: Lane,
    projects: Mutex<Projects>,
    /// The diagnostics of open files that the client has, with their versions.
    published: Mutex<HashMap<Uri, (i32, Vec<Diagnostic>)>>,
    /// The other files that the client has diagnostics of.
    others: Mutex<HashSet<Uri>>,
    faulty: Mutex<HashSet<Uri>>,
    /// What was said already and need not be said again.
    said: Mutex<HashSet<String>>,
    /// Counts changes, so that what would be done again soon is not done now.
    changes: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// A session in the folders of `projects`.
    pub fn new(
        client: LspClient,
        parts: Arc<ServerParts>,
        projects: Projects,
        quick: Lane,
        slow: Lane,
    ) -> Session {
        Session {
            client,
            parts,
            documents: OpenDocuments::default(),
            quick,
            slow,
            projects: Mutex::new(projects),
            published: Mutex::default(),
            others: Mutex::default(),
            faulty: Mutex::default(),
            said: Mutex::default(),
            changes: AtomicU64::default(),
        }
    }

    /// The folders.
    pub fn projects(&self) -> MutexGuard<'_, Projects> {
        lock(&self.projects)
    }

    /// The folder of a document; nothing for one that is no file or lies outside of all.
    pub fn project_of(&self, document: &OpenDocument) -> Option<Arc<LspProject>> {
        let path = document.path.as_deref()?;
        // Held to the end, so that no newer text comes in between.
        let mut projects = self.projects();
        let project = projects.of(path)?;
        // A folder that has just become one has no texts yet.
        if document.is_go()
            && let Some(open) = self.documents.get(&document.uri)
            && !project.texts().contains_key(path)
        {
            project.set_text(path, Some(&open.text));
        }
        Some(project)
    }

    /// Tells the user something that is said once.
    pub fn say_once(&self, kind: MessageType, text: &str) {
        if lock(&self.said).insert(text.to_owned()) {
            self.client.show(kind, text);
        }
    }

    /// Puts the texts of all documents into their folders.
    pub fn put_texts(&self) {
        let projects = self.projects();
        for document in self.documents.all().iter().filter(|document| document.is_go()) {
            if let Some(path) = &document.path {
                projects.set_text(path, Some(&document.text));
            }
        }
    }

    /// Takes a new version of a document: what it comes to is said soon, and then what it means
    /// for the others.
    pub fn changed(self: &Arc<Self>, document: &Arc<OpenDocument>) {
        if document.is_go()
            && let Some(path) = &document.path
        {
            self.projects().set_text(path, Some(&document.text));
        }
        let change = self.changes.fetch_add(1, Ordering::Relaxed) + 1;
        let (session, own) = (Arc::clone(self), Arc::clone(document));
        self.quick.soon(move || session.tell(&own, true));
        let (session, own) = (Arc::clone(self), document.uri.clone());
        self.quick.later(move || session.tell_others(change, Some(&own)));
    }

    /// Says anew what there is to say of everything: files have changed, or what counts for them.
    pub fn changed_around(self: &Arc<Self>) {
        let change = self.changes.fetch_add(1, Ordering::Relaxed) + 1;
        for project in self.projects().all() {
            project.forget_verdicts();
        }
        let session = Arc::clone(self);
        self.quick.later(move || {
            session.tell_folders();
            session.tell_others(change, None);
        });
        if self.projects().settings().workspace && !self.client.can.pulls {
            let session = Arc::clone(self);
            self.slow.later(move || {
                if session.changes.load(Ordering::Relaxed) == change {
                    session.tell_all_files();
                }
            });
        }
        wide::refresh(&self.client);
    }

    /// The diagnostics of a document; nothing for one that gomend has no opinion of.
    pub fn diagnose(&self, document: &Arc<OpenDocument>) -> Option<Vec<Diagnostic>> {
        let path = document.path.as_deref()?;
        let project = self.project_of(document)?;
        if document.is_go() {
            return Some(diagnostics::of_document(document, &project, &self.client).1);
        }
        let encoding = self.client.can.encoding;
        if let Some(problems) = rule_documents::problems(document, &self.parts) {
            return Some(diagnostics::of_problems(&problems, &document.text, encoding));
        }
        let faults = project.with_view(|view| view.config_faults());
        let own: Vec<_> =
            faults.into_iter().filter(|(at, _)| at == path).map(|(_, problem)| problem).collect();
        (path.file_name()? == crate::config::NAME)
            .then(|| diagnostics::of_problems(&own, &document.text, encoding))
    }

    /// Hands the diagnostics of a document to the client, unless it asks for them itself. What
    /// it has already it gets again only when it is `new`.
    fn tell(&self, document: &Arc<OpenDocument>, new: bool) {
        if self.client.can.pulls || !self.documents.is_current(document) {
            return;
        }
        let diagnostics = self.diagnose(document).unwrap_or_default();
        let mut published = lock(&self.published);
        let known = published.get(&document.uri);
        let nothing = known.is_none() && diagnostics.is_empty() && !document.is_go();
        let same =
            known.is_some_and(|(version, known)| *version == document.version && *known == diagnostics);
        if self.documents.get(&document.uri).is_none() || nothing || (same && !new) {
            return;
        }
        publish(&self.client, &document.uri, Some(document.version), diagnostics.clone());
        published.insert(document.uri.clone(), (document.version, diagnostics));
    }

    /// What change number `change`, of the document `but` itself, means for the other documents.
    fn tell_others(&self, change: u64, but: Option<&Uri>) {
        for document in self.documents.all().iter().filter(|document| but != Some(&document.uri)) {
            if self.changes.load(Ordering::Relaxed) != change {
                return;
            }
            self.tell(document, false);
        }
    }

    /// What is wrong with configurations and rule files that are not open.
    pub fn tell_folders(&self) {
        let projects = self.projects().all().to_vec();
        let mut faulty = HashSet::new();
        for project in projects {
            let (faults, problems, more) = project.with_view(|view| {
                (
                    diagnostics::of_folder(view, self.client.can.encoding),
                    view.problems(),
                    view.has_more_rules(),
                )
            });
            for (uri, diagnostics) in faults {
                let open = self.documents.get(&uri);
                if open.is_none() {
                    publish(&self.client, &uri, None, diagnostics);
                    faulty.insert(uri);
                }
            }
            for problem in problems {
                self.say_once(MessageType::Error, &problem);
            }
            if more {
                let root = project.root.display();
                let text = format!(
                    "{root} has rules of its own, which are not loaded until the folder is trusted: run the command \
                     {} or set `trusted`",
                    super::command_names::TRUST
                );
                self.say_once(MessageType::Info, &text);
            }
        }
        let before = std::mem::replace(&mut *lock(&self.faulty), faulty.clone());
        for uri in before.difference(&faulty).filter(|uri| self.documents.get(uri).is_none()) {
            publish(&self.client, uri, None, Vec::new());
        }
    }

    /// The diagnostics of all files that are not open.
    fn tell_all_files(&self) {
        let projects = self.projects().all().to_vec();
        let mut told = HashSet::new();
        for project in projects {
            match wide::of_folder(&project, &self.client, &self.documents, None) {
                Ok(files) => {
                    for file in files.into_values().filter(|file| file.version.is_none()) {
                        publish(&self.client, &file.uri, None, file.diagnostics);
                        told.insert(file.uri);
                    }
                }
                Err(why) => self.say_once(MessageType::Error, &why),
            }
        }
        let before = std::mem::replace(&mut *lock(&self.others), told.clone());
        for uri in before.difference(&told).filter(|uri| self.documents.get(uri).is_none()) {
            publish(&self.client, uri, None, Vec::new());
        }
    }

    /// Forgets a document that was closed.
    pub fn closed(self: &Arc<Self>, uri: &Uri) {
        let Some(document) = self.documents.close(uri) else { return };
        if let Some(path) = &document.path {
            self.projects().set_text(path, None);
        }
        let had = lock(&self.published).remove(uri).is_some();
        if had && !self.client.can.pulls {
            publish(&self.client, uri, None, Vec::new());
        }
        // What was not saved is gone for the others as well.
        self.changed_around();
    }
}
