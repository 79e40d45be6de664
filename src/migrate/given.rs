//! Fixes that are given as edits, whoever thought of them: which go together, and what the
//! files are with some of them held back.

mod breaking;
mod files;
mod fix;
mod groups;
mod imports;
mod missing;

pub use files::FixedFiles;
pub use fix::{GivenFix, GivenVariant};
pub use groups::leaders;
pub use imports::{named_by, split_imports};
pub use missing::missing_imports;

use super::{ChangedText, ChangedTexts, RuleState, between};
use crate::disk::{Disk, program};
use crate::engine::file_cache::{FileCache, FileSet};
use crate::engine::fixes::exports_changed;
use crate::engine::plan::{breaks, cleaned};
use crate::rewrite::{FileFix, WantedImport};
use crate::syntax::File;
use crate::text::{EditSet, Span};
use crate::verify::{CandidateFixes, FixRef, RenderError, Rendered};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

/// Divides fixes into those that go together and those that meet an edit of one before them, each
/// of which is given with that one's place in the first list.
pub fn compatible(fixes: Vec<GivenFix>) -> (Vec<GivenFix>, Vec<(GivenFix, usize)>) {
    let mut taken: Vec<GivenFix> = Vec::with_capacity(fixes.len());
    let mut refused = Vec::new();
    let mut by_file: HashMap<PathBuf, (EditSet, HashMap<Span, usize>)> = HashMap::new();
    for fix in fixes {
        let met = fix.files.iter().find_map(|(path, one)| {
            let (edits, holders) = by_file.get(path)?;
            let overlap = edits.fits(&one.edits).err()?;
            Some(holders.get(&overlap.first).copied().unwrap_or(0))
        });
        if let Some(first) = met {
            refused.push((fix, first));
            continue;
        }
        for (path, one) in fix.files.iter() {
            let (edits, holders) = by_file.entry(path.to_owned()).or_default();
            edits.join(&one.edits).expect("it was asked whether they fit");
            for edit in one.edits.iter() {
                holders.entry(edit.span).or_insert(taken.len());
            }
        }
        taken.push(fix);
    }
    (taken, refused)
}

/// Whether a text may be made of another one; else the reason.
pub type Guard = Arc<dyn Fn(&str, &str) -> Result<(), String> + Send + Sync>;

/// Why nothing comes of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The reason.
    pub reason: String,
    /// Whether a file would come of it that the guard refuses.
    pub guarded: bool,
}

/// A file that fixes edit.
struct GivenFile {
    file: Arc<File>,
    /// The numbers of the fixes that edit it.
    fixes: Vec<usize>,
    /// What it is to be when all of them are taken, where that is known to the byte.
    exact: Option<Arc<str>>,
    /// Whether gofmt would leave it as it is.
    tidy: bool,
}

/// What a file comes to with some fixes.
struct FileOutcome {
    text: Arc<str>,
    /// The fixes that could not be applied, and why.
    lost: Vec<(usize, Loss)>,
}

/// What a file came to with some of its fixes.
type KnownOutcome = (Vec<usize>, Arc<FileOutcome>);

/// What was worked out of each file: the first with all fixes, then the latest.
type KnownOutcomes = HashMap<PathBuf, VecDeque<KnownOutcome>>;

/// How many outcomes of a file are kept: a search comes back to those of its last questions.
const KEPT: usize = 6;

/// Fixes that go together, with the files that they edit.
pub struct GivenFixes {
    fixes: Vec<GivenFix>,
    refs: Vec<FixRef>,
    files: BTreeMap<PathBuf, GivenFile>,
    /// For each fix the first of those that seem to build only together with it.
    leaders: Vec<usize>,
    file_cache: Arc<FileCache>,
    known: Mutex<KnownOutcomes>,
    guard: Guard,
}

/// The files with some fixes.
#[derive(Debug, Default)]
pub struct GivenOutcome {
    /// The files that change.
    pub files: ChangedTexts,
    /// The fixes that fell away, and why.
    pub lost: BTreeMap<usize, Loss>,
}

impl GivenFixes {
    /// Joins `fixes`, which are [`compatible`], over `files`; `exact` says what some of them are
    /// to be when all fixes are taken, and `guard` is asked of every text before it is proved or
    /// written. Fixes that nothing can come of are in the second list.
    ///
    /// # Errors
    /// Those of the system, when gofmt cannot be asked.
    pub fn new(
        fixes: Vec<GivenFix>,
        files: &BTreeMap<PathBuf, Arc<File>>,
        exact: BTreeMap<PathBuf, Arc<str>>,
        guard: &Guard,
    ) -> io::Result<(GivenFixes, BTreeMap<usize, Loss>)> {
        let mut given: BTreeMap<PathBuf, GivenFile> = BTreeMap::new();
        let mut exact = exact;
        for (number, fix) in fixes.iter().enumerate() {
            for path in fix.files.paths() {
                let Some(file) = files.get(path) else { continue };
                let one = given.entry(path.to_owned()).or_insert_with(|| GivenFile {
                    file: Arc::clone(file),
                    fixes: Vec::new(),
                    exact: exact.remove(path),
                    tidy: false,
                });
                one.fixes.push(number);
            }
        }
        let texts: Vec<&str> = given.values().map(|one| one.file.text()).collect();
        let tidied = formatted(&texts)?;
        for (one, tidied) in given.values_mut().zip(tidied) {
            one.tidy = tidied.is_some_and(|tidied| tidied == one.file.text());
        }
        let refs = fixes.iter().enumerate();
        let refs = refs
            .map(|(id, fix)| FixRef { id, files: fix.files.paths().map(Path::to_owned).collect() })
            .collect();
        let file_cache = Arc::new(FileCache::reading(&Disk::default()));
        let leaders = leaders(&fixes, files);
        let (known, guard) = (Mutex::default(), Arc::clone(guard));
        let all = GivenFixes { fixes, refs, files: given, leaders, file_cache, known, guard };
        let lost = all.outcome(&BTreeSet::new())?.lost;
        Ok((all, lost))
    }

    /// The fixes.
    pub fn list(&self) -> &[GivenFix] {
        &self.fixes
    }

    /// The fixes, for another try with some of them.
    pub fn into_list(self) -> Vec<GivenFix> {
        self.fixes
    }

    /// The files when all fixes but `without` are taken.
    ///
    /// # Errors
    /// Those of the system, when gofmt cannot be asked.
    pub fn outcome(&self, without: &BTreeSet<usize>) -> io::Result<GivenOutcome> {
        let mut held = without.clone();
        let mut outcome = GivenOutcome::default();
        loop {
            let texts = self.texts(&held)?;
            let mut more = false;
            for (number, loss) in texts.iter().flat_map(|(_, text)| &text.lost) {
                if held.insert(*number) {
                    outcome.lost.insert(*number, loss.clone());
                    more = true;
                }
            }
            // A fix that fell away in one file falls away in its others.
            if !more {
                for (path, text) in texts {
                    let before = self.files[path].file.text();
                    if *text.text != *before {
                        let text = ChangedText { before: before.to_owned(), after: text.text.to_string() };
                        outcome.files.insert(path.clone(), text);
                    }
                }
                return Ok(outcome);
            }
        }
    }

    /// The fixes of which nothing is left in any of their files, when all but `without` are taken.
    ///
    /// # Errors
    /// Those of the system, when gofmt cannot be asked.
    pub fn idle(&self, without: &BTreeSet<usize>) -> io::Result<BTreeSet<usize>> {
        let texts = self.texts(without)?;
        let same = texts.iter().filter(|(path, after)| *after.text == *self.files[*path].file.text());
        let same: BTreeSet<&Path> = same.map(|(path, _)| path.as_path()).collect();
        let fixes = self.fixes.iter().enumerate().filter(|(id, _)| !without.contains(id));
        let idle = fixes.filter(|(_, fix)| fix.files.paths().all(|path| same.contains(path)));
        Ok(idle.map(|(id, _)| id).collect())
    }

    /// Every file without the fixes of `held`.
    fn texts(&self, held: &BTreeSet<usize>) -> io::Result<Vec<(&PathBuf, Arc<FileOutcome>)>> {
        let mut texts = Vec::new();
        let mut fresh: Vec<(&PathBuf, Vec<usize>, FileOutcome)> = Vec::new();
        for (path, one) in &self.files {
            let ids: Vec<usize> = one.fixes.iter().copied().filter(|id| !held.contains(id)).collect();
            match self.known(path, &ids) {
                Some(known) => texts.push((path, known)),
                None => {
                    let outcome = self.made(one, &ids);
                    fresh.push((path, ids, outcome));
                }
            }
        }
        let changed: Vec<usize> = (0..fresh.len())
            .filter(|at| {
                let (path, _, outcome) = &fresh[*at];
                self.files[*path].tidy && *outcome.text != *self.files[*path].file.text()
            })
            .collect();
        let untidy: Vec<&str> = changed.iter().map(|at| &*fresh[*at].2.text).collect();
        let tidied = formatted(&untidy)?;
        for (at, tidied) in changed.into_iter().zip(tidied) {
            let before = self.files[fresh[at].0].file.text();
            // gofmt moves comments to where they count.
            if let Some(tidied) = tidied.filter(|tidied| (self.guard)(before, tidied).is_ok()) {
                fresh[at].2.text = tidied.into();
            }
        }
        for (path, ids, outcome) in fresh {
            let outcome = Arc::new(outcome);
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let known = known.entry(path.clone()).or_default();
            known.push_back((ids, Arc::clone(&outcome)));
            if known.len() > KEPT {
                known.remove(1);
            }
            texts.push((path, outcome));
        }
        texts.sort_by_key(|(path, _)| *path);
        Ok(texts)
    }

    /// What the file at `path` came to with the fixes `ids`, where it is remembered.
    fn known(&self, path: &Path, ids: &[usize]) -> Option<Arc<FileOutcome>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(path)?.iter().find(|(known, _)| known == ids);
        found.map(|(_, outcome)| Arc::clone(outcome))
    }

    /// One file with the fixes `ids`, before gofmt.
    fn made(&self, one: &GivenFile, ids: &[usize]) -> FileOutcome {
        // What is parsed of it goes when it is made: there may be many files.
        let file = Arc::new(one.file.unparsed());
        if let Some(exact) = one.exact.as_ref().filter(|_| ids.len() == one.fixes.len()) {
            let after = File::new(file.path(), &**exact);
            let parses = || breaks(&file, &after, &between(file.text(), exact)).is_none();
            if (self.guard)(file.text(), exact).is_ok() && parses() {
                return FileOutcome { text: Arc::clone(exact), lost: Vec::new() };
            }
        }
        let mut taken = Vec::new();
        let mut lost = Vec::new();
        let mut text = file.text().to_owned();
        let mut ids = ids.to_vec();
        match self.tried(&file, &ids) {
            Ok(text) => return FileOutcome { text: text.into(), lost },
            Err(loss) if loss.guarded => {
                self.take_together(&file, &ids, &mut taken, &mut text, &mut lost);
                return FileOutcome { text: text.into(), lost };
            }
            Err(_) => {}
        }
        let broken = breaking::fixes_of(&file, &self.fixes, &ids);
        ids.retain(|id| broken.binary_search(id).is_err());
        lost.extend(broken.into_iter().map(|id| {
            let line = self.fixes[id].line;
            (id, Loss { reason: format!("the result would not parse near line {line}"), guarded: false })
        }));
        self.take_together(&file, &ids, &mut taken, &mut text, &mut lost);
        FileOutcome { text: text.into(), lost }
    }

    /// Adds `ids` to those that are taken, as far as a file comes of it.
    fn take_together(
        &self,
        file: &Arc<File>,
        ids: &[usize],
        taken: &mut Vec<usize>,
        text: &mut String,
        lost: &mut Vec<(usize, Loss)>,
    ) {
        if ids.is_empty() {
            return;
        }
        let all: Vec<usize> = taken.iter().chain(ids).copied().collect();
        match self.tried(file, &all) {
            Ok(after) => {
                *text = after;
                taken.extend(ids);
            }
            Err(loss) if ids.len() == 1 => lost.push((ids[0], loss)),
            Err(_) => {
                let (first, second) = ids.split_at(ids.len() / 2);
                self.take_together(file, first, taken, text, lost);
                self.take_together(file, second, taken, text, lost);
            }
        }
    }

    /// What one file is with the fixes `ids`, cleaned; or why nothing comes of it.
    fn tried(&self, file: &Arc<File>, ids: &[usize]) -> Result<String, Loss> {
        let mut edits = EditSet::default();
        let mut imports: BTreeSet<WantedImport> = BTreeSet::new();
        for fix in ids.iter().filter_map(|id| self.fixes[*id].files.get(file.path())) {
            edits.join(&fix.edits).expect("only fixes that go together are given");
            imports.extend(fix.imports.iter().cloned());
        }
        let change = FileFix { edits: edits.into(), imports, ..FileFix::default() };
        let mut file_set = FileSet::beside(&self.file_cache);
        file_set.put(Arc::clone(file));
        let edits = cleaned(file, &change, &file_set.package_of(file)).map_err(|reason| {
            let reason = reason.replace("; this is a bug in the rule, please report it", "");
            Loss { reason, guarded: false }
        })?;
        let after = edits.apply(file.text());
        (self.guard)(file.text(), &after).map_err(|reason| Loss { reason, guarded: true })?;
        Ok(after)
    }

    /// The files after the fixes of each rule and those before it, by the names of the rules; with
    /// the numbers of its fixes. `held` is left out.
    ///
    /// # Errors
    /// Those of the system, when gofmt cannot be asked.
    pub fn states(&self, held: &BTreeSet<usize>) -> io::Result<Vec<RuleState>> {
        let mut rules: Vec<&str> = Vec::new();
        let mut seen = HashSet::new();
        rules.extend(self.fixes.iter().map(|fix| fix.rule.as_str()).filter(|rule| seen.insert(*rule)));
        rules.sort_unstable();
        let of = |rule: &str| {
            let fixes = self.fixes.iter().enumerate();
            let fixes = fixes.filter(|(id, fix)| fix.rule == rule && !held.contains(id));
            fixes.map(|(id, _)| id).collect::<Vec<usize>>()
        };
        let mut later: BTreeSet<usize> = (0..self.fixes.len()).collect();
        let mut states = Vec::new();
        for rule in rules {
            let own = of(rule);
            if own.is_empty() {
                continue;
            }
            for id in &own {
                later.remove(id);
            }
            let outcome = self.outcome(&later)?;
            let touched: BTreeSet<&Path> = own.iter().flat_map(|id| self.fixes[*id].files.paths()).collect();
            let files = outcome.files.into_iter().filter(|(path, _)| touched.contains(path.as_path()));
            states.push(RuleState {
                rule: rule.to_owned(),
                files: files.map(|(path, text)| (path, text.after)).collect(),
                fixes: own,
                ..RuleState::default()
            });
        }
        Ok(states)
    }
}

impl CandidateFixes for GivenFixes {
    fn fixes(&self) -> &[FixRef] {
        &self.refs
    }

    fn render(&self, without: &BTreeSet<usize>) -> Result<Rendered, RenderError> {
        let outcome = self.outcome(without)?;
        let files = outcome.files.into_iter().map(|(path, text)| (path, text.after.into_bytes()));
        Ok(Rendered { files: files.collect(), lost: outcome.lost.into_keys().collect() })
    }

    fn name(&self, id: usize) -> Option<String> {
        let fix = self.fixes.get(id)?;
        Some(format!("{} {} {}", fix.path.display(), fix.rule, fix.fingerprint))
    }

    fn spans(&self, id: usize, file: &Path) -> Vec<Range<usize>> {
        let one = self.fixes.get(id).and_then(|fix| fix.files.get(file));
        one.into_iter().flat_map(|one| one.edits.iter()).map(|edit| edit.span.start..edit.span.end).collect()
    }

    fn unit(&self, id: usize) -> usize {
        self.leaders.get(id).copied().unwrap_or(id)
    }

    fn changes_exports(&self, file: &Path) -> bool {
        let Some(one) = self.files.get(file) else { return true };
        let whole = self.known(file, &one.fixes);
        whole.is_none_or(|whole| exports_changed(one.file.text(), &whole.text))
    }
}

/// What gofmt makes of each text; none where it cannot read one, or where there is no gofmt.
fn formatted(texts: &[&str]) -> io::Result<Vec<Option<String>>> {
    let Ok(mut gofmt) = program::command("gofmt") else { return Ok(vec![None; texts.len()]) };
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let dir = tempfile::tempdir()?;
    let place = |number: usize| dir.path().join(format!("{number}.go"));
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(place(number), text)?;
    }
    // One that it cannot read is named on standard error, and does not keep it from the others.
    let ran = gofmt.arg("-w").arg(dir.path()).stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let bad: HashSet<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix(&*dir.path().to_string_lossy())?.get(1..)?.split(".go:").next())
        .collect();
    (0..texts.len())
        .map(|number| {
            if bad.contains(number.to_string().as_str()) {
                return Ok(None);
            }
            std::fs::read_to_string(place(number)).map(Some)
        })
        .collect()
}
