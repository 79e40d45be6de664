//! What there is to see of the fixes that are asked: what taking them does to
//! each file, and what the rules say of their sites.

use super::answers::{ReviewAnswer, ReviewAnswers};
use super::session::{Draft, ReviewItem};
use crate::engine::fixes::Fixes;
use crate::engine::plan::{FixKey, FixPlan, HeldMatch, SitePlace};
use crate::rewrite::Finding;
use crate::text::Position;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// One fix as it is asked.
#[derive(Clone, Debug)]
pub struct ShownFix {
    /// What the rule says, over the text without the fix.
    pub finding: Finding,
    /// Where its site is on disk.
    pub place: Position,
}

/// What the fixes that are asked come to.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The fixes.
    pub shown: Vec<ShownFix>,
    /// What else there is to know of them: a word and a sentence each.
    pub notes: Vec<(&'static str, String)>,
    /// The files that taking them changes, without and with them.
    pub files: BTreeMap<PathBuf, (String, String)>,
    /// Why some of them cannot be taken.
    pub refused: Vec<String>,
}

/// Fixes that a person can look at and decide on.
pub trait ReviewedFixes: Draft {
    /// Where the site of `key` is on disk.
    fn place(&self, key: &FixKey) -> Position;

    /// What taking `keys` does; as `answer` says, else in the version that was answered if there
    /// is one, else as the fixes propose.
    fn view(&self, answers: &Mutex<ReviewAnswers>, keys: &[FixKey], answer: Option<&ReviewAnswer>) -> View;

    /// The files that the fix of `key` is about, as they are on disk.
    fn contents(&self, key: &FixKey) -> Vec<(PathBuf, String)>;

    /// What a search looks through, by fix.
    fn searched(&self) -> BTreeMap<FixKey, String>;

    /// In how many ways the site of `key` can be fixed.
    fn variants(&self, key: &FixKey) -> usize {
        let _ = key;
        1
    }

    /// Those of `keys` that can be taken without the others.
    ///
    /// # Errors
    /// A sentence, when that is true of none.
    fn separable(&self, keys: &[FixKey]) -> Result<BTreeSet<FixKey>, String> {
        Ok(keys.iter().cloned().collect())
    }
}

impl Draft for Fixes<'_> {
    fn items(&self) -> Vec<ReviewItem> {
        let held = self.held().map(|one| ReviewItem {
            key: one.key.clone(),
            line: place_of(self, &one.key).line,
            declaration: one.matched.decl,
            lead: None,
        });
        let taken = self.taken().iter().map(|one| ReviewItem {
            key: one.key.clone(),
            line: place_of(self, &one.key).line,
            declaration: None,
            lead: None,
        });
        held.chain(taken).collect()
    }

    fn again(&mut self, paths: &BTreeSet<PathBuf>) {
        let directories: BTreeMap<&Path, &PathBuf> =
            paths.iter().filter_map(|path| Some((path.parent()?, path))).collect();
        Fixes::again(self, directories.values().map(|path| path.as_path()));
    }
}

/// Where the site of `key` is on disk.
pub(super) fn place_of(fixes: &Fixes<'_>, key: &FixKey) -> Position {
    let offset = match key.place {
        SitePlace::Disk(offset) => offset,
        SitePlace::Born { near, .. } => near,
    };
    let file = fixes.file(&key.path);
    file.map_or(Position { line: 1, column: 1, byte: 0 }, |file| file.lines().position(offset))
}

/// Plans the directory of `path` as if `keys` were answered so.
pub(super) fn supposing(
    fixes: &Fixes<'_>,
    answers: &Mutex<ReviewAnswers>,
    keys: &[FixKey],
    answer: Option<&ReviewAnswer>,
) -> FixPlan {
    let lock = || answers.lock().unwrap_or_else(PoisonError::into_inner);
    lock().suppose(keys, answer);
    let plan = keys.first().and_then(|key| fixes.preview(&key.path)).unwrap_or_default();
    lock().as_given();
    plan
}

impl ReviewedFixes for Fixes<'_> {
    fn place(&self, key: &FixKey) -> Position {
        place_of(self, key)
    }

    fn view(&self, answers: &Mutex<ReviewAnswers>, keys: &[FixKey], answer: Option<&ReviewAnswer>) -> View {
        let answer = answer.cloned().or_else(|| {
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            keys.first().and_then(|key| answers.of(key)).filter(|answer| *answer != ReviewAnswer::No)
        });
        let unanswered = || self.plan_of(&keys.first()?.path).filter(|_| answer.is_none());
        let planned;
        let without = match unanswered() {
            Some(plan) => plan,
            None => {
                planned = supposing(self, answers, keys, None);
                &planned
            }
        };
        let with = supposing(self, answers, keys, Some(answer.as_ref().unwrap_or(&ReviewAnswer::Yes)));
        let is_asked = |key: &FixKey| keys.contains(key);
        let held = without.held.iter().filter(|one| is_asked(&one.key));
        let refused = with.dropped.iter().filter(|dropped| is_asked(&dropped.key));
        View {
            shown: held.map(|one| shown(self, one)).collect(),
            notes: Vec::new(),
            files: difference(self, without, &with),
            refused: refused.map(|dropped| dropped.reason.clone()).collect(),
        }
    }

    fn contents(&self, key: &FixKey) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        files.extend(self.file(&key.path).map(|file| (key.path.clone(), file.text().to_owned())));
        for path in self.taken().iter().filter(|taken| taken.key == *key).flat_map(|taken| &taken.files) {
            files.extend(self.planned(path).map(|planned| (path.clone(), planned.before.clone())));
        }
        files
    }

    fn searched(&self) -> BTreeMap<FixKey, String> {
        let text = |one: &HeldMatch| {
            let diagnostic = &one.matched.rule_match.diagnostic;
            let lines = one.file.lines().whole_lines(diagnostic.span);
            (one.key.clone(), format!("{}\n{}", diagnostic.message, lines.of(one.file.text())))
        };
        self.held().map(text).collect()
    }
}

fn shown(fixes: &Fixes<'_>, held: &HeldMatch) -> ShownFix {
    ShownFix { finding: fixes.finding(held), place: place_of(fixes, &held.key) }
}

/// The files that differ between two plans for one directory.
fn difference(fixes: &Fixes<'_>, without: &FixPlan, with: &FixPlan) -> BTreeMap<PathBuf, (String, String)> {
    let paths: BTreeSet<&PathBuf> = without.files.keys().chain(with.files.keys()).collect();
    let mut files = BTreeMap::new();
    for path in paths {
        let disk = || {
            let planned = without.files.get(path).or(with.files.get(path));
            planned
                .map(|planned| planned.before.clone())
                .or_else(|| Some(fixes.file(path)?.text().to_owned()))
        };
        let text = |plan: &FixPlan| plan.files.get(path).map(|planned| planned.after.clone()).or_else(disk);
        if let (Some(before), Some(after)) = (text(without), text(with))
            && before != after
        {
            files.insert(path.clone(), (before, after));
        }
    }
    files
}
