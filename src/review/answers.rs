//! What a person answered, how an answer is taken back, and the lines by which
//! answers outlive the process.

use crate::engine::plan::{Amended, Amendment, FixChoice, FixKey, SitePlace};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An answer to one fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewAnswer {
    /// Take it.
    Yes,
    /// Take the alternative with this number, from 1: the fix itself is number 0.
    Variant(usize),
    /// Leave the code as it is.
    No,
    /// Leave the code, and write a comment that says why.
    Ignore(String),
    /// Take the person's own version of it.
    Edited(Arc<Amendment>),
}

impl ReviewAnswer {
    fn choice(&self) -> FixChoice {
        match self {
            ReviewAnswer::Yes | ReviewAnswer::Variant(_) => FixChoice::Take,
            ReviewAnswer::No => FixChoice::Hold,
            ReviewAnswer::Ignore(reason) => FixChoice::Ignore(reason.clone()),
            ReviewAnswer::Edited(amendment) => FixChoice::Amend(Arc::clone(amendment)),
        }
    }
}

/// What one key press changed, so that it can be taken back.
#[derive(Clone, Debug, Default)]
pub struct AnswerChange {
    /// The fixes it answered, with the answers that they had before.
    pub keys: Vec<(FixKey, Option<ReviewAnswer>)>,
    /// The rule it answered everywhere, with what was said of it before.
    pub rule: Option<(&'static str, Option<bool>)>,
}

/// All answers of a review.
#[derive(Clone, Debug, Default)]
pub struct ReviewAnswers {
    given: BTreeMap<FixKey, ReviewAnswer>,
    rules: BTreeMap<&'static str, bool>,
    history: Vec<AnswerChange>,
    supposed: BTreeMap<FixKey, Option<ReviewAnswer>>,
}

impl ReviewAnswers {
    /// What the planner does about the site `key`.
    pub fn choice(&self, key: &FixKey) -> FixChoice {
        self.now(key).map_or(FixChoice::Hold, |answer| answer.choice())
    }

    /// The answer to `key`, or what is supposed to be it.
    pub fn now(&self, key: &FixKey) -> Option<ReviewAnswer> {
        match self.supposed.get(key) {
            Some(supposed) => supposed.clone(),
            None => self.of(key),
        }
    }

    /// The answer to `key`, given to it or to its rule.
    pub fn of(&self, key: &FixKey) -> Option<ReviewAnswer> {
        let by_rule =
            || self.rules.get(key.rule).map(|take| if *take { ReviewAnswer::Yes } else { ReviewAnswer::No });
        self.given.get(key).cloned().or_else(by_rule)
    }

    /// The fixes that were answered one by one.
    pub fn given(&self) -> impl Iterator<Item = (&FixKey, &ReviewAnswer)> {
        self.given.iter()
    }

    /// How many answers can be taken back.
    pub fn steps(&self) -> usize {
        self.history.len()
    }

    /// Answers `keys` alike, as one step.
    pub fn give(&mut self, keys: &[FixKey], answer: &ReviewAnswer) {
        let mut changed = AnswerChange::default();
        for key in keys {
            let before = self.given.insert(key.clone(), answer.clone());
            changed.keys.push((key.clone(), before));
        }
        self.history.push(changed);
    }

    /// Adds answers to the last step.
    pub fn give_too(&mut self, keys: &[FixKey], answer: &ReviewAnswer) {
        for key in keys {
            let before = self.given.insert(key.clone(), answer.clone());
            if let Some(last) = self.history.last_mut() {
                last.keys.push((key.clone(), before));
            }
        }
    }

    /// Answers a rule everywhere, but for the fixes that were answered one by
    /// one.
    pub fn give_rule(&mut self, rule: &'static str, take: bool) {
        let before = self.rules.insert(rule, take);
        self.history.push(AnswerChange { keys: Vec::new(), rule: Some((rule, before)) });
    }

    /// Takes the last step back.
    pub fn undo(&mut self) -> Option<AnswerChange> {
        let step = self.history.pop()?;
        for (key, before) in step.keys.iter().rev() {
            match before {
                Some(before) => self.given.insert(key.clone(), before.clone()),
                None => self.given.remove(key),
            };
        }
        if let Some((rule, before)) = step.rule {
            match before {
                Some(before) => self.rules.insert(rule, before),
                None => self.rules.remove(rule),
            };
        }
        Some(step)
    }

    /// Forgets the answers to the fixes that `gone` picks, and that they were
    /// given.
    pub fn forget(&mut self, gone: impl Fn(&FixKey) -> bool) {
        self.given.retain(|key, _| !gone(key));
        for step in &mut self.history {
            step.keys.retain(|(key, _)| !gone(key));
        }
        self.history.retain(|step| !step.keys.is_empty() || step.rule.is_some());
    }

    /// Ends a round: what was written cannot be taken back here, and a rule that
    /// was accepted everywhere is asked anew.
    fn close(&mut self) {
        self.history.clear();
        self.rules.retain(|_, take| !*take);
    }

    /// Until [`ReviewAnswers::as_given`], lets each of `keys` have this answer, or
    /// none, for the sake of a preview.
    pub fn suppose(&mut self, keys: &[FixKey], answer: Option<&ReviewAnswer>) {
        self.supposed = keys.iter().map(|key| (key.clone(), answer.cloned())).collect();
    }

    /// Ends what was supposed.
    pub fn as_given(&mut self) {
        self.supposed.clear();
    }
}

/// A line of what is kept of a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum AnswerRecord {
    /// Where and how the review began.
    Began {
        /// The version of this form.
        form: u32,
        /// The words of the command line.
        args: Vec<String>,
        /// The working directory.
        cwd: PathBuf,
        /// When, for a person.
        time: String,
    },
    /// An answer to some fixes, as one step or with the step before.
    Answer {
        /// The answer.
        answer: SavedAnswer,
        /// What it was given to.
        sites: Vec<AnsweredSite>,
        /// The contents of the files concerned, by a hash of each.
        files: BTreeMap<PathBuf, String>,
        /// Whether it belongs to the step before.
        #[serde(default)]
        too: bool,
    },
    /// An answer to a rule.
    Rule {
        /// The rule.
        rule: String,
        /// Whether its fixes are taken.
        take: bool,
    },
    /// The last step was taken back.
    Undo,
    /// These are asked again: what was accepted could not be written.
    Again {
        /// The sites.
        sites: Vec<AnsweredSite>,
    },
    /// A file was written; what was answered of it stands in its new text.
    Written {
        /// The file.
        path: PathBuf,
        /// A hash of what it holds now.
        now: String,
        /// The sites that were left, as they were called and as they are now.
        moved: Vec<(AnsweredSite, AnsweredSite)>,
    },
}

/// The form of the records that this version writes and reads.
pub const FORM: u32 = 1;

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SavedAnswer {
    /// See [`ReviewAnswer::Yes`].
    Yes,
    /// See [`ReviewAnswer::Variant`].
    Variant(usize),
    /// See [`ReviewAnswer::No`].
    No,
    /// See [`ReviewAnswer::Ignore`].
    Ignore(String),
    /// See [`ReviewAnswer::Edited`]: for each file, the text that was seen and the
    /// text that was made of it.
    Edited(BTreeMap<PathBuf, (String, String)>),
}

/// A site as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnsweredSite {
    /// The file.
    pub path: PathBuf,
    /// The rule.
    pub rule: String,
    /// On disk: its first byte. Born later: see [`SitePlace::Born`].
    pub place: (usize, Option<(usize, u64)>),
}

impl From<&FixKey> for AnsweredSite {
    fn from(key: &FixKey) -> AnsweredSite {
        let place = match key.place {
            SitePlace::Disk(offset) => (offset, None),
            SitePlace::Born { near, at, declaration } => (near, Some((at, declaration))),
        };
        AnsweredSite { path: key.path.clone(), rule: key.rule.to_owned(), place }
    }
}

impl AnsweredSite {
    fn key(&self, rules: &dyn Fn(&str) -> Option<&'static str>) -> Option<FixKey> {
        let place = match self.place {
            (offset, None) => SitePlace::Disk(offset),
            (near, Some((at, declaration))) => SitePlace::Born { near, at, declaration },
        };
        Some(FixKey { path: self.path.clone(), place, rule: rules(&self.rule)? })
    }
}

impl From<&ReviewAnswer> for SavedAnswer {
    fn from(answer: &ReviewAnswer) -> SavedAnswer {
        match answer {
            ReviewAnswer::Yes => SavedAnswer::Yes,
            ReviewAnswer::Variant(number) => SavedAnswer::Variant(*number),
            ReviewAnswer::No => SavedAnswer::No,
            ReviewAnswer::Ignore(reason) => SavedAnswer::Ignore(reason.clone()),
            ReviewAnswer::Edited(amendment) => {
                let texts = |(path, one): (&PathBuf, &Amended)| {
                    (path.clone(), (one.before.clone(), one.after.clone()))
                };
                SavedAnswer::Edited(amendment.files.iter().map(texts).collect())
            }
        }
    }
}

impl From<SavedAnswer> for ReviewAnswer {
    fn from(said: SavedAnswer) -> ReviewAnswer {
        match said {
            SavedAnswer::Yes => ReviewAnswer::Yes,
            SavedAnswer::Variant(number) => ReviewAnswer::Variant(number),
            SavedAnswer::No => ReviewAnswer::No,
            SavedAnswer::Ignore(reason) => ReviewAnswer::Ignore(reason),
            SavedAnswer::Edited(files) => {
                let texts =
                    files.into_iter().map(|(path, (before, after))| (path, Amended { before, after }));
                ReviewAnswer::Edited(Arc::new(Amendment { files: texts.collect() }))
            }
        }
    }
}

/// Answers that were read back.
#[derive(Debug, Default)]
pub struct Replayed {
    /// Those that still hold.
    pub answers: ReviewAnswers,
    /// Files that changed since they were given; what they hold is asked again.
    pub changed: BTreeSet<PathBuf>,
}

/// Goes through `records` again. `rules` gives the rule of a name, `hash` that
/// of a file's contents now, where it can be read.
pub fn replay(
    records: &[AnswerRecord],
    rules: &dyn Fn(&str) -> Option<&'static str>,
    hash: &dyn Fn(&Path) -> Option<String>,
) -> Replayed {
    let mut answers = ReviewAnswers::default();
    let mut hashes: BTreeMap<FixKey, BTreeMap<PathBuf, String>> = BTreeMap::new();
    for record in records {
        match record {
            AnswerRecord::Began { .. } => {}
            AnswerRecord::Answer { answer, sites, files, too } => {
                let keys: Vec<FixKey> = sites.iter().filter_map(|site| site.key(rules)).collect();
                hashes.extend(keys.iter().map(|key| (key.clone(), files.clone())));
                let answer = answer.clone().into();
                if *too { answers.give_too(&keys, &answer) } else { answers.give(&keys, &answer) }
            }
            AnswerRecord::Rule { rule, take } => {
                if let Some(rule) = rules(rule) {
                    answers.give_rule(rule, *take);
                }
            }
            AnswerRecord::Undo => drop(answers.undo()),
            AnswerRecord::Again { sites } => {
                let keys: BTreeSet<FixKey> = sites.iter().filter_map(|site| site.key(rules)).collect();
                answers.forget(|key| keys.contains(key));
                answers.close();
            }
            AnswerRecord::Written { path, now, moved } => {
                let kept: Vec<(FixKey, ReviewAnswer)> = moved
                    .iter()
                    .filter_map(|(from, to)| {
                        let answer = answers.given.get(&from.key(rules)?)?.clone();
                        Some((to.key(rules)?, answer))
                    })
                    .collect();
                answers.forget(|key| key.path == *path);
                for (key, answer) in kept {
                    hashes.insert(key.clone(), BTreeMap::from([(path.clone(), now.clone())]));
                    answers.given.insert(key, answer);
                }
                answers.close();
            }
        }
    }
    let mut changed = BTreeSet::new();
    let wanted: BTreeMap<&PathBuf, Option<String>> =
        hashes.values().flat_map(|files| files.keys()).map(|path| (path, hash(path))).collect();
    let differs = |key: &FixKey| {
        let files = hashes.get(key).into_iter().flatten();
        files
            .filter(|(path, was)| wanted[path].as_ref() != Some(*was))
            .map(|(path, _)| path)
            .collect::<Vec<_>>()
    };
    let stale: BTreeSet<FixKey> =
        answers.given.keys().filter(|key| !differs(key).is_empty()).cloned().collect();
    changed.extend(stale.iter().flat_map(differs).cloned());
    answers.forget(|key| stale.contains(key));
    Replayed { answers, changed }
}
