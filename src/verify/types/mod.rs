//! Types from Go's own checker, where the files of a package do not tell them.
//!
//! A small Go program, whose source is a part of this one, is built once by the go
//! command at hand. It has go list the packages, parses them, and checks them without
//! the function bodies of those that nobody asks about, so nothing is compiled, no code
//! of the tree runs, and no C compiler and no network are needed.
//!
//! What comes of trees that are not whole:
//!
//! - A package that does not build: types that are known all the same are told, what
//!   depends on the error is not.
//! - A dependency that is not downloaded: what comes from it is not known.
//! - cgo: files that import C are read, and what comes from C is not known.
//! - Tests: a question about a test file is asked of the package's test variant.
//! - A file that another system builds: it is asked about as that system builds it.
//!   Where the directory has files for several systems, the answers have to agree.
//! - `vendor` and go.work: as the go command resolves them.

mod asker;
mod helper;
mod protocol;
mod question;

use super::session::RenderedFiles;
use super::{CandidateFixes, FixRef, ProofOptions, RenderError, Rendered};
use crate::disk::companion;
use crate::model::package::Package;
use crate::rewrite::{TypeAnswer, TypeQuestion, TypeSource};
use crate::syntax::File;
use question::FileQuestion;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long all questions of one turn may take.
const TURN: Duration = Duration::from_secs(180);

#[derive(Default)]
struct KnownAnswers {
    answers: HashMap<FileQuestion, TypeAnswer>,
    open: BTreeSet<FileQuestion>,
    /// By the hash of a directory's texts: those of its files that differ from the disk.
    changed: HashMap<[u8; 32], BTreeMap<PathBuf, Vec<u8>>>,
    notes: Vec<String>,
}

/// Answers about types, asked of Go in turns.
pub struct AskedTypes {
    options: ProofOptions,
    /// Where the helper and the answers are kept.
    kept: Option<PathBuf>,
    /// Whether answers are kept from run to run.
    remembers: bool,
    known: Mutex<KnownAnswers>,
    /// One turn at a time.
    turn: Mutex<()>,
    watch: Box<WatchTurn>,
    /// Whether questions are not events.
    deaf: AtomicBool,
}

/// Told how many questions a turn has; what it gives is called at the end of the turn.
type WatchTurn = dyn Fn(usize) -> Box<dyn FnOnce()> + Send + Sync;

/// No fix: a session that only asks.
struct NoFixes;

impl CandidateFixes for NoFixes {
    fn fixes(&self) -> &[FixRef] {
        &[]
    }

    fn render(&self, _without: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
        Ok(Rendered::default())
    }

    fn changes_exports(&self, _file: &Path) -> bool {
        false
    }
}

impl AskedTypes {
    /// Nobody is asked yet. `kept` is where the helper is kept, and the answers if it
    /// `remembers` them; `watch` is told how many questions a turn has, and what it gives
    /// is called at the end of the turn.
    pub fn new(
        options: ProofOptions,
        kept: Option<PathBuf>,
        remembers: bool,
        watch: impl Fn(usize) -> Box<dyn FnOnce()> + Send + Sync + 'static,
    ) -> AskedTypes {
        AskedTypes {
            options,
            kept,
            remembers,
            known: Mutex::default(),
            turn: Mutex::default(),
            watch: Box::new(watch),
            deaf: AtomicBool::new(false),
        }
    }

    /// Takes note of no question while `work` runs, and answers none.
    pub fn without_asking<T>(&self, work: impl FnOnce() -> T) -> T {
        self.deaf.store(true, Ordering::Relaxed);
        let done = work();
        self.deaf.store(false, Ordering::Relaxed);
        done
    }

    fn known(&self) -> MutexGuard<'_, KnownAnswers> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plain sentences for the user about what could not be asked, each once.
    pub fn take_notes(&self) -> Vec<String> {
        let notes = std::mem::take(&mut self.known().notes);
        let mut seen = HashSet::new();
        notes.into_iter().filter(|note| seen.insert(note.clone())).collect()
    }

    /// Asks all `open` questions.
    fn ask(&self, open: &BTreeSet<FileQuestion>) -> Result<HashMap<FileQuestion, TypeAnswer>, String> {
        let options = ProofOptions { timeout: Some(TURN), ..self.options.clone() };
        let room = |error: std::io::Error| {
            format!("temporary files cannot be written: {error}; set TMPDIR to a directory with room")
        };
        let session = super::session::ProofSession::open(&NoFixes, &options, &|_| {}).map_err(room)?;
        let helper = helper::TypeHelper::prepare(&session, self.kept.as_deref())?;
        let changed = self.known().changed.clone();
        let mut answers = HashMap::new();
        // Texts of one directory that differ are different worlds.
        let mut worlds: Vec<BTreeMap<&Path, BTreeSet<&FileQuestion>>> = Vec::new();
        let mut places: HashMap<(&Path, [u8; 32]), usize> = HashMap::new();
        let mut taken: HashMap<&Path, usize> = HashMap::new();
        for question in open {
            let directory = question.path.parent().unwrap_or(Path::new("."));
            let world = *places.entry((directory, question.texts)).or_insert_with(|| {
                let next = taken.entry(directory).or_insert(0);
                *next += 1;
                *next - 1
            });
            if worlds.len() <= world {
                worlds.resize_with(world + 1, BTreeMap::new);
            }
            worlds[world].entry(directory).or_default().insert(question);
        }
        for world in worlds {
            let questions: BTreeSet<&FileQuestion> = world.into_values().flatten().collect();
            let texts: BTreeSet<[u8; 32]> = questions.iter().map(|question| question.texts).collect();
            let overlay = texts.iter().filter_map(|texts| changed.get(texts)).flatten();
            let files = RenderedFiles {
                bytes: overlay.map(|(path, bytes)| (session.real_path(path), bytes.clone())).collect(),
                ..RenderedFiles::default()
            };
            let kept = self.kept.as_deref().filter(|_| self.remembers);
            let asker = asker::TypeAsker { session: &session, helper: &helper, files: &files, kept };
            answers.extend(asker.ask(questions, &mut |note| self.known().notes.push(note)));
        }
        Ok(answers)
    }
}

impl TypeSource for AskedTypes {
    fn known(&self, file: &File, directory: &Package, question: &TypeQuestion) -> Option<TypeAnswer> {
        if self.deaf.load(Ordering::Relaxed) {
            return None;
        }
        self.known().answers.get(&FileQuestion::of(file, directory, question.clone())).cloned()
    }

    fn note(&self, file: &File, directory: &Package, question: TypeQuestion) {
        if self.deaf.load(Ordering::Relaxed) {
            return;
        }
        let asked = FileQuestion::of(file, directory, question);
        let mut known = self.known();
        known.changed.entry(asked.texts).or_insert_with(|| {
            let differs = |file: &&std::sync::Arc<File>| {
                companion::read(file.path()).map_or(true, |bytes| bytes != file.text().as_bytes())
            };
            let changed = directory.files().filter(differs);
            changed.map(|file| (file.path().to_owned(), file.text().as_bytes().to_vec())).collect()
        });
        known.open.insert(asked);
    }

    fn learn(&self) -> bool {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let open = std::mem::take(&mut self.known().open);
        if open.is_empty() {
            return false;
        }
        let end = (self.watch)(open.len());
        let answers = self.ask(&open);
        end();
        let mut known = self.known();
        let why = match answers {
            Ok(answers) => {
                known.answers.extend(answers);
                "go list does not name this file".to_owned()
            }
            Err(why) => {
                known.notes.push(format!("Go cannot say the types: {why}"));
                why
            }
        };
        for question in open {
            known.answers.entry(question).or_insert_with(|| TypeAnswer::Unknown(why.clone()));
        }
        true
    }
}
