//! The gate that the fixes of other tools pass: which go together, which may be tried, and what is
//! said of the others.

use super::directive;
use crate::cli::Stop;
use crate::cli::args::ApplyArgs;
use crate::cli::io::Io;
use crate::cli::setup::shown;
use crate::engine::narrow::baseline::Baseline;
use crate::migrate::given::{GivenFix, GivenFixes, Guard, compatible};
use crate::report::counted::counted;
use crate::report::shown as visible;
use crate::syntax::File;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A fix, or what stands for one, that is not tried.
pub(super) struct RefusedFix {
    /// The file, as it is shown.
    pub(super) file: String,
    /// The line, where one is known.
    pub(super) line: Option<usize>,
    /// The rule; empty for a file as a whole.
    pub(super) rule: String,
    /// Why.
    pub(super) reason: String,
}

impl RefusedFix {
    /// Everything in a file.
    pub(super) fn of_file(file: String, reason: String) -> RefusedFix {
        RefusedFix { file, line: None, rule: String::new(), reason }
    }

    /// The file in one line: whoever wrote the input may name it as he likes.
    fn name(&self) -> String {
        self.file.replace('\n', "\\n").replace('\r', "\\r")
    }

    fn place(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!(":{line}"));
        let rule = if self.rule.is_empty() { "" } else { " " };
        format!("{}{line}{rule}{}", self.name(), self.rule)
    }
}

/// From so many fixes of one file on, one line stands for those that are refused for one reason.
const ALIKE: usize = 4;

/// What became of the fixes that are not tried.
#[derive(Default)]
pub(super) struct LeftAside {
    /// Named on standard error.
    pub(super) refused: Vec<RefusedFix>,
    pub(super) there: usize,
    pub(super) suppressed: usize,
    pub(super) merged: usize,
    pub(super) known: usize,
    pub(super) beyond: usize,
    pub(super) elsewhere: usize,
    pub(super) alternatives: usize,
    pub(super) bare: usize,
}

/// What was read, as fixes of the files that are here.
#[derive(Default)]
pub(super) struct Located {
    pub(super) fixes: Vec<GivenFix>,
    pub(super) files: BTreeMap<PathBuf, Arc<File>>,
    /// What a diff makes of a file, and of how many fixes.
    pub(super) exact: BTreeMap<PathBuf, (Arc<str>, usize)>,
    pub(super) aside: LeftAside,
    /// How often each fingerprint was given.
    pub(super) fingerprints: HashMap<String, usize>,
}

/// What the command line says to the fixes.
pub(super) struct ForeignGate<'a> {
    pub(super) args: &'a ApplyArgs,
    pub(super) root: &'a Path,
    pub(super) cwd: &'a Path,
}

/// Fixes that go together and that may be tried.
pub(super) struct Trusted {
    pub(super) given: GivenFixes,
    /// Fixes that nothing can come of, and why.
    pub(super) lost: BTreeMap<usize, String>,
    /// The files that they edit.
    pub(super) files: BTreeMap<PathBuf, Arc<File>>,
    /// What a diff makes of a file when all of its fixes are taken, and how many those are.
    pub(super) exact: BTreeMap<PathBuf, (Arc<str>, usize)>,
}

impl ForeignGate<'_> {
    /// Leaves out what is of another part, and what the baseline knows.
    pub(super) fn narrow(&self, located: &mut Located) -> Result<(), Stop> {
        if let Some(shard) = self.args.shard {
            let before = located.fixes.len();
            located.fixes.retain(|fix| shard.has(&fix.path, self.root));
            located.aside.elsewhere = before - located.fixes.len();
        }
        if let Some(file) = &self.args.baseline {
            let baseline = Baseline::read(file)?;
            let mut known = baseline.fingerprints();
            let before = located.fixes.len();
            located.fixes.retain(|fix| match known.get_mut(fix.fingerprint.as_str()) {
                Some(number) if *number > 0 => {
                    *number -= 1;
                    false
                }
                _ => true,
            });
            located.aside.known = before - located.fixes.len();
        }
        Ok(())
    }

    /// The fixes that go together: the same of two tools counts once, and of two that meet the
    /// first is taken.
    pub(super) fn joined(&self, fixes: Vec<GivenFix>, aside: &mut LeftAside) -> Vec<GivenFix> {
        let before = fixes.len();
        let mut seen: HashSet<blake3::Hash> = HashSet::new();
        let mut once = fixes;
        once.retain(|fix| seen.insert(blake3::hash(format!("{:?}", fix.files).as_bytes())));
        aside.merged += before - once.len();
        let (mut fixes, met) = compatible(once);
        for (fix, first) in met {
            let other = &fixes[first];
            let place = self.place(&other.path, other.line);
            let reason = format!(
                "its edits meet those of {} at {place}, which comes first; apply it again afterwards",
                other.rule
            );
            aside.refused.push(self.refused(&fix, reason));
        }
        if let Some(most) = self.args.max_fixes {
            aside.beyond = fixes.len().saturating_sub(most);
            fixes.truncate(most);
        }
        fixes
    }

    /// Joins the fixes; those that add between them what none may add are left out.
    pub(super) fn trusted(
        &self,
        fixes: Vec<GivenFix>,
        files: BTreeMap<PathBuf, Arc<File>>,
        exact: BTreeMap<PathBuf, (Arc<str>, usize)>,
        aside: &mut LeftAside,
    ) -> Result<Trusted, Stop> {
        let whole = |path: &PathBuf, number: usize, fixes: &[GivenFix]| {
            fixes.iter().filter(|fix| fix.files.has(path)).count() == number
        };
        let texts = |fixes: &[GivenFix]| -> BTreeMap<PathBuf, Arc<str>> {
            let exact = exact.iter().filter(|(path, (_, number))| whole(path, *number, fixes));
            exact.map(|(path, (text, _))| (path.clone(), Arc::clone(text))).collect()
        };
        let mut fixes = fixes;
        loop {
            let exact_now = texts(&fixes);
            let (given, lost) = GivenFixes::new(fixes, &files, exact_now, &self.guard())?;
            let idle = given.idle(&lost.keys().copied().collect())?;
            if idle.is_empty() && !lost.values().any(|loss| loss.guarded) {
                let lost = lost.into_iter().map(|(id, loss)| (id, loss.reason)).collect();
                return Ok(Trusted { given, lost, files, exact });
            }
            fixes = Vec::new();
            for (id, fix) in given.into_list().into_iter().enumerate() {
                if idle.contains(&id) {
                    aside.there += 1;
                    continue;
                }
                match lost.get(&id).filter(|loss| loss.guarded) {
                    Some(loss) => aside.refused.push(self.refused(&fix, loss.reason.clone())),
                    None => fixes.push(fix),
                }
            }
        }
    }

    /// Refuses texts whose directives change without leave.
    pub(super) fn guard(&self) -> Guard {
        let allowed = self.args.allow_directive.clone();
        Arc::new(move |before, after| match directive::changed(before, after, &allowed) {
            Some(change) => Err(change.reason()),
            None => Ok(()),
        })
    }

    /// Says what is not tried, and why.
    pub(super) fn say(&self, aside: &LeftAside, io: &mut Io<'_>) -> Result<(), Stop> {
        let mut alike: BTreeMap<(&str, &str), Vec<&RefusedFix>> = BTreeMap::new();
        for fix in &aside.refused {
            alike.entry((&fix.file, &fix.reason)).or_default().push(fix);
        }
        for fix in &aside.refused {
            let same = &alike[&(fix.file.as_str(), fix.reason.as_str())];
            let text = if same.len() < ALIKE {
                format!("{}: {}", fix.place(), fix.reason)
            } else if std::ptr::eq(same[0], fix) {
                let rules: BTreeSet<&str> = same.iter().map(|fix| fix.rule.as_str()).collect();
                let rules: Vec<&str> = rules.into_iter().collect();
                format!("{}: {} fixes of {}: {}", fix.name(), same.len(), rules.join(", "), fix.reason)
            } else {
                continue;
            };
            writeln!(io.stderr, "left alone: {}", visible(&text))?;
        }
        let notes = [
            (aside.there, "fix is", "fixes are", "already there"),
            (aside.suppressed, "fix is", "fixes are", "suppressed by comments"),
            (aside.known, "fix is", "fixes are", "in the baseline"),
            (aside.elsewhere, "fix is", "fixes are", "in other parts"),
            (aside.beyond, "fix is", "fixes are", "left for another run"),
            (aside.merged, "fix is", "fixes are", "the same as one before, and counted once"),
            (aside.alternatives, "fix has", "fixes have", "alternatives, of which the first is taken"),
            (aside.bare, "finding comes", "findings come", "without a fix"),
        ];
        for (number, one, many, rest) in notes.into_iter().filter(|note| note.0 > 0) {
            writeln!(io.stderr, "note: {} {rest}", counted(number, one, many))?;
        }
        Ok(())
    }

    pub(super) fn place(&self, path: &Path, line: usize) -> String {
        format!("{}:{line}", shown(self.cwd, path))
    }

    fn refused(&self, fix: &GivenFix, reason: String) -> RefusedFix {
        let file = shown(self.cwd, &fix.path).to_string();
        RefusedFix { file, line: Some(fix.line), rule: fix.rule.clone(), reason }
    }

    pub(super) fn name(&self, fix: &GivenFix) -> String {
        format!("{} {}", self.place(&fix.path, fix.line), fix.rule)
    }
}
