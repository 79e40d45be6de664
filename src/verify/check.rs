//! What the compiler and vet say of some packages with some files replaced.

use super::Rung;
use super::check_outcome::CheckOutcome;
use super::check_outcome::TestFiles;
use super::diagnostic::{self, ToolDiagnostic, new_ones, summary};
use super::listing::{self, ListedPackage};
use super::session::RenderedFiles;
use super::unit::Unit;
use super::{ProofProgress, diagnostic::absolute};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

impl Unit<'_> {
    /// Compiles these packages and their tests, and vets those that compile.
    ///
    /// # Errors
    /// A sentence, when go gives no answer at all.
    pub(super) fn check(
        &self,
        packages: &[usize],
        files: Option<&RenderedFiles>,
        rung: Rung,
    ) -> Result<BTreeMap<usize, CheckOutcome>, String> {
        let overlay = self.overlay(files)?;
        self.announce(Rung::Build);
        // Whether go sees the files in an overlay does not hang on what it makes of them.
        let (mut outcomes, cut_short) = std::thread::scope(|scope| {
            let seen = scope.spawn(|| self.probe());
            let compiled = self.compile(packages, &overlay, false);
            seen.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            compiled
        })?;
        if !cut_short.is_empty() {
            let again: Vec<usize> = cut_short.into_iter().collect();
            outcomes.extend(self.compile(&again, &overlay, true)?.0);
        }
        if rung >= Rung::Vet {
            self.announce(Rung::Vet);
            // Both have little to compile by now, and mostly wait.
            std::thread::scope(|scope| {
                let overlay_probe = scope.spawn(|| self.compile_probe());
                self.vet(&mut outcomes, &overlay)?;
                overlay_probe.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })?;
        }
        self.compile_probe()?;
        if rung >= Rung::Test {
            self.announce(Rung::Test);
            self.test(&mut outcomes, &overlay, files.is_none())?;
        }
        Ok(outcomes)
    }

    /// What is new in these outcomes against the code on disk, in words per
    /// package.
    pub(super) fn news(
        &self,
        outcomes: &BTreeMap<usize, CheckOutcome>,
        rung: Rung,
    ) -> Result<BTreeMap<usize, News>, String> {
        let talking: Vec<usize> = outcomes
            .iter()
            .filter(|(_, outcome)| !outcome.said.is_empty())
            .map(|(&index, _)| index)
            .collect();
        let mut baseline = self.baseline.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // The tests of the code on disk are run only where tests fail.
        let level = |index: &usize| match &outcomes[index].tests {
            TestFiles::Failed(_) => rung,
            _ => rung.min(Rung::Vet),
        };
        for rung in [rung.min(Rung::Vet), Rung::Test] {
            let unknown: Vec<usize> = talking
                .iter()
                .copied()
                .filter(|index| level(index) == rung && !baseline.contains_key(&(*index, rung)))
                .collect();
            if !unknown.is_empty() {
                let found = self.check(&unknown, None, rung)?;
                baseline.extend(found.into_iter().map(|(index, outcome)| ((index, rung), outcome)));
            }
        }
        let mut news = BTreeMap::new();
        for index in talking {
            let before = baseline.get(&(index, level(&index))).map_or(&[][..], |outcome| &outcome.said);
            let new = new_ones(before, &outcomes[&index].said);
            if !new.is_empty() {
                let mut places = BTreeMap::new();
                for one in &new {
                    let Some(file) = &one.file else { continue };
                    let place = (self.session.real_path(file), one.line.unwrap_or(0));
                    places.entry(place).or_insert_with(|| one.text.clone());
                }
                news.insert(index, News { words: summary(&new), places });
            }
        }
        Ok(news)
    }

    fn announce(&self, rung: Rung) {
        (self.session.progress)(ProofProgress::Stage { module: self.context.root.clone(), rung });
    }

    /// Compiles; gives also the packages where the compiler gave up counting.
    fn compile(
        &self,
        packages: &[usize],
        overlay: &Option<std::ffi::OsString>,
        all_errors: bool,
    ) -> Result<(BTreeMap<usize, CheckOutcome>, BTreeSet<usize>), String> {
        let mut flags = vec!["-e", "-export", "-test", listing::json_flag(self.context.go)];
        if all_errors {
            flags.push("-gcflags=-e");
        }
        let listed = self.list(&flags, overlay.clone(), &self.patterns(packages))?;
        let own: BTreeSet<&str> = listed
            .iter()
            .filter_map(|package| package.error.as_ref())
            .map(|error| error.err.as_str())
            .collect();
        let mut outcomes: BTreeMap<usize, CheckOutcome> = BTreeMap::new();
        let mut cut_short = BTreeSet::new();
        for package in listed.iter().filter(|package| !package.dep_only) {
            let index = match package.dir.as_str() {
                "" => packages.iter().copied().find(|&index| self.packages[index] == package.import_path),
                dir => self.package_at(Path::new(dir)),
            };
            let Some(index) = index else { continue };
            let outcome = outcomes.entry(index).or_insert_with(|| CheckOutcome {
                compiled: true,
                tests_compiled: true,
                ..CheckOutcome::default()
            });
            if package.is_empty() && package.deps_errors.is_empty() || !package.export.is_empty() {
                continue;
            }
            if package.is_plain() {
                outcome.compiled = false;
            }
            outcome.tests_compiled = false;
            if self.note_errors(package, &own, outcome) {
                cut_short.insert(index);
            }
        }
        Ok((outcomes, cut_short))
    }

    /// Takes down what go says of one variant that did not compile; `true`
    /// when the compiler stopped at its limit.
    fn note_errors(&self, package: &ListedPackage, own: &BTreeSet<&str>, outcome: &mut CheckOutcome) -> bool {
        let mut cut_short = false;
        let name = &package.import_path;
        if let Some(error) = &package.error {
            cut_short |= self.read_error(&error.pos, &error.err, name, outcome);
        } else {
            let first = package.deps_errors.first().map(|error| self.session.scratch.restore(&error.line()));
            outcome.blocked = outcome.blocked.take().or(first);
            // A dependency that is listed speaks for itself.
            for error in package.deps_errors.iter().filter(|error| !own.contains(error.err.as_str())) {
                cut_short |= self.read_error(&error.pos, &error.err, name, outcome);
            }
        }
        cut_short
    }

    fn read_error(&self, pos: &str, words: &str, package: &str, outcome: &mut CheckOutcome) -> bool {
        let text = match pos {
            "" => words.to_owned(),
            _ => format!("{pos}: {words}"),
        };
        let text = self.session.scratch.restore(&text);
        let lines = diagnostic::read_lines("build", &text, package, &self.context.dir);
        outcome.said.extend(lines.diagnostics);
        lines.cut_short
    }

    fn vet(
        &self,
        outcomes: &mut BTreeMap<usize, CheckOutcome>,
        overlay: &Option<std::ffi::OsString>,
    ) -> Result<(), String> {
        let whole: Vec<usize> = outcomes
            .iter()
            .filter(|(_, outcome)| outcome.compiled && outcome.tests_compiled)
            .map(|(&index, _)| index)
            .collect();
        let output = self.go(&["vet", "-json"], overlay.clone(), &self.patterns(&whole))?;
        let restore = |text: &str| self.session.scratch.restore(text);
        let text =
            format!("{}\n{}", restore(&String::from_utf8_lossy(&output.stdout)), restore(&output.stderr));
        let mut events: HashMap<usize, Vec<ToolDiagnostic>> = HashMap::new();
        for one in diagnostic::read_vet(&text, &self.context.dir) {
            let dir = one
                .file
                .as_deref()
                .and_then(|file| absolute(&self.context.dir, file).parent().map(Path::to_path_buf));
            let index =
                dir.and_then(|dir| self.package_at(&dir)).or_else(|| self.package_named(&one.package));
            if let Some(index) = index {
                events.entry(index).or_default().push(one);
            }
        }
        if !output.success && events.is_empty() {
            return Err(format!("go vet gives no answer: {}", output.first_error()));
        }
        for index in whole {
            if let Some(outcome) = outcomes.get_mut(&index) {
                let said = events.remove(&index).unwrap_or_default();
                // A line of text instead of JSON: vet stopped before its work.
                outcome.vetted = said.iter().all(|one| one.from_analyzer);
                outcome.said.extend(said);
            }
        }
        Ok(())
    }
}

/// What is new in a package.
#[derive(Debug)]
pub(super) struct News {
    pub(super) words: String,
    /// The files complained of, real paths, each with the line (0 for none in particular) and
    /// the first of what is said there.
    pub(super) places: BTreeMap<(PathBuf, usize), String>,
}

impl News {
    /// The files complained of.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.places.keys().map(|(file, _)| file.as_path())
    }
}
