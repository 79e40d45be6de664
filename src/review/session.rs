//! The state of a review: which fixes there are, which of them is asked, and
//! what an answer leads to. Knows no screen and no key.

use super::answers::{AnswerChange, ReviewAnswer, ReviewAnswers};
use crate::engine::plan::{FixKey, SitePlace};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many lines may lie between two sites that are asked together.
const NEAR: usize = 4;

/// A fix that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewItem {
    /// Its site.
    pub key: FixKey,
    /// The line of the site on disk, from 1.
    pub line: usize,
    /// The declaration that it stands in, where that is known.
    pub declaration: Option<usize>,
    /// The first of the fixes that seem to build only together with it, and are asked with it.
    pub lead: Option<FixKey>,
}

impl ReviewItem {
    fn order(&self) -> (&FixKey, &FixKey) {
        (self.lead.as_ref().unwrap_or(&self.key), &self.key)
    }
}

/// The fixes as the answers leave them.
pub trait Draft {
    /// All fixes that are taken, or could be, in any order.
    fn items(&self) -> Vec<ReviewItem>;

    /// Works out anew what the directories of `paths` come to.
    fn again(&mut self, paths: &BTreeSet<PathBuf>);
}

/// What became of a fix so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemStatus {
    /// Not answered.
    Open,
    /// Accepted.
    Yes,
    /// Accepted in the person's own version.
    Edited,
    /// Held back by a comment.
    Ignored,
    /// Declined.
    No,
}

/// How many fixes have which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewCounts {
    /// Not answered.
    pub open: usize,
    /// Accepted.
    pub yes: usize,
    /// Accepted in the person's own version.
    pub edited: usize,
    /// Held back by a comment.
    pub ignored: usize,
    /// Declined.
    pub no: usize,
}

impl ReviewCounts {
    /// Those that change a file.
    pub fn accepted(&self) -> usize {
        self.yes + self.edited + self.ignored
    }

    /// Those that were answered.
    pub fn answered(&self) -> usize {
        self.accepted() + self.no
    }
}

/// A review under way.
pub struct ReviewSession<'a, D> {
    draft: &'a mut D,
    answers: &'a Mutex<ReviewAnswers>,
    /// The fixes in the order in which they are asked: file by file, and in
    /// each first what stands on disk, then what other fixes gave birth to.
    items: Vec<ReviewItem>,
    /// Fixes that are asked together with the one before them.
    joined: BTreeSet<FixKey>,
    /// Fixes that are asked by themselves though they came with others.
    apart: BTreeSet<FixKey>,
    seen: BTreeSet<FixKey>,
    at: Option<FixKey>,
}

impl<'a, D: Draft> ReviewSession<'a, D> {
    /// A review of `draft`, which answers by `answers`, at its first open fix.
    pub fn new(draft: &'a mut D, answers: &'a Mutex<ReviewAnswers>) -> ReviewSession<'a, D> {
        let (items, joined) = (Vec::new(), BTreeSet::new());
        let (apart, seen) = (BTreeSet::new(), BTreeSet::new());
        let mut session = ReviewSession { draft, answers, items, joined, apart, seen, at: None };
        session.refresh();
        session.at = session.open_from(0).map(|at| session.items[at].key.clone());
        session
    }

    /// The answers.
    pub fn answers(&self) -> MutexGuard<'_, ReviewAnswers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What answers lead to.
    pub fn draft(&self) -> &D {
        self.draft
    }

    /// The fixes that are asked now, as one; empty when all are answered and
    /// none was gone to.
    pub fn current(&self) -> Vec<ReviewItem> {
        self.index().map(|at| self.group(at)).unwrap_or_default()
    }

    /// The current group's number, from 1, and how many there are.
    pub fn number(&self) -> (usize, usize) {
        let leads = |item: &ReviewItem| !self.joined.contains(&item.key);
        let upto = self.index().map_or(0, |at| at + 1);
        let number = self.items[..upto].iter().filter(|item| leads(item)).count();
        (number, self.items.iter().filter(|item| leads(item)).count())
    }

    /// All groups in order, each with its status.
    pub fn groups(&self) -> Vec<(Vec<ReviewItem>, ItemStatus)> {
        let leads = self.items.iter().enumerate().filter(|(_, item)| !self.joined.contains(&item.key));
        leads.map(|(at, item)| (self.group(at), self.status(&item.key))).collect()
    }

    /// What became of `key`.
    pub fn status(&self, key: &FixKey) -> ItemStatus {
        match self.answers().of(key) {
            None => ItemStatus::Open,
            Some(ReviewAnswer::Yes | ReviewAnswer::Variant(_)) => ItemStatus::Yes,
            Some(ReviewAnswer::Edited(_)) => ItemStatus::Edited,
            Some(ReviewAnswer::Ignore(_)) => ItemStatus::Ignored,
            Some(ReviewAnswer::No) => ItemStatus::No,
        }
    }

    /// How far the review is.
    pub fn counts(&self) -> ReviewCounts {
        let mut counts = ReviewCounts::default();
        for item in &self.items {
            *match self.status(&item.key) {
                ItemStatus::Open => &mut counts.open,
                ItemStatus::Yes => &mut counts.yes,
                ItemStatus::Edited => &mut counts.edited,
                ItemStatus::Ignored => &mut counts.ignored,
                ItemStatus::No => &mut counts.no,
            } += 1;
        }
        counts
    }

    /// Accepted fixes that other accepted ones have left without a place.
    pub fn lost(&self) -> BTreeSet<FixKey> {
        let present: BTreeSet<&FixKey> = self.items.iter().map(|item| &item.key).collect();
        let answers = self.answers();
        let accepted = answers.given().filter(|(_, answer)| **answer != ReviewAnswer::No);
        accepted.map(|(key, _)| key).filter(|key| !present.contains(key)).cloned().collect()
    }

    /// Answers the current group, and goes to the next open one. The keys that
    /// were answered.
    pub fn answer(&mut self, answer: &ReviewAnswer) -> Vec<FixKey> {
        let keys: Vec<FixKey> = self.current().into_iter().map(|item| item.key).collect();
        if keys.is_empty() {
            return keys;
        }
        self.answers().give(&keys, answer);
        self.plan_again(&keys);
        self.advance();
        keys
    }

    /// Answers the current group and the open fixes behind it in its file, those
    /// included to which the answers give birth. The keys in the order of
    /// answering: one step.
    pub fn answer_rest(&mut self, answer: &ReviewAnswer) -> Vec<FixKey> {
        let Some(first) = self.at.clone() else { return Vec::new() };
        let mut all: Vec<FixKey> = self.current().into_iter().map(|item| item.key).collect();
        self.answers().give(&all, answer);
        self.plan_again(&all);
        loop {
            let open = self.items.iter().map(|item| &item.key);
            let rest: Vec<FixKey> = open
                .filter(|key| key.path == first.path && **key > first && self.status(key) == ItemStatus::Open)
                .cloned()
                .collect();
            if rest.is_empty() {
                break;
            }
            self.answers().give_too(&rest, answer);
            self.plan_again(&rest);
            all.extend(rest);
        }
        self.at = Some(first);
        self.advance();
        all
    }

    /// Answers the current fix's rule everywhere. The rule.
    pub fn answer_rule(&mut self, take: bool) -> Option<&'static str> {
        let rule = self.at.as_ref()?.rule;
        self.answers().give_rule(rule, take);
        // An answer that was given to this very fix would stand against it.
        let own: Vec<FixKey> = self.current().into_iter().map(|item| item.key).collect();
        let stale: Vec<FixKey> = {
            let answers = self.answers();
            let given: BTreeSet<&FixKey> = answers.given().map(|(key, _)| key).collect();
            own.into_iter().filter(|key| given.contains(key)).collect()
        };
        self.answers().give_too(&stale, if take { &ReviewAnswer::Yes } else { &ReviewAnswer::No });
        self.plan_rule_again(rule);
        self.advance();
        Some(rule)
    }

    /// Takes the last answer back and goes to what it was given to.
    pub fn undo(&mut self) -> Option<AnswerChange> {
        let step = self.answers().undo()?;
        let keys: Vec<FixKey> = step.keys.iter().map(|(key, _)| key.clone()).collect();
        match step.rule {
            Some((rule, _)) => {
                self.plan_rule_again(rule);
                let back = self.items.iter().find(|item| item.key.rule == rule && self.is_open(item));
                self.at = back.map(|item| item.key.clone()).or(self.at.take());
            }
            None => {
                self.plan_again(&keys);
                self.at = keys.into_iter().next();
            }
        }
        self.stay();
        Some(step)
    }

    /// Asks those of the current group that are `apart` one by one, and the others together.
    pub fn split(&mut self, apart: &BTreeSet<FixKey>) {
        let group = self.current();
        let rest = group.iter().find(|item| !apart.contains(&item.key));
        for item in group.iter().filter(|item| apart.contains(&item.key)).chain(rest) {
            self.joined.remove(&item.key);
        }
        self.apart.extend(apart.iter().cloned());
        self.refresh();
        self.at = group.into_iter().next().map(|item| item.key);
    }

    /// Goes to the next group, or the one before; with `open`, to one that is
    /// not answered. Whether there was one.
    pub fn step(&mut self, forward: bool, open: bool) -> bool {
        let leads = |at: &usize| !self.joined.contains(&self.items[*at].key);
        let wanted = |at: &usize| leads(at) && (!open || self.is_open(&self.items[*at]));
        let here = self.index();
        let found = if forward {
            (here.map_or(0, |at| at + 1)..self.items.len()).find(wanted)
        } else {
            (0..here.unwrap_or(self.items.len())).rev().find(wanted)
        };
        let Some(found) = found else { return false };
        self.at = Some(self.items[found].key.clone());
        true
    }

    /// Goes to the group with this number, from 1. Whether there is one.
    pub fn go(&mut self, number: usize) -> bool {
        let groups = self.groups();
        let Some((group, _)) = number.checked_sub(1).and_then(|at| groups.get(at)) else { return false };
        self.at = Some(group[0].key.clone());
        true
    }

    fn is_open(&self, item: &ReviewItem) -> bool {
        self.status(&item.key) == ItemStatus::Open
    }

    fn index(&self) -> Option<usize> {
        let at = self.at.as_ref()?;
        self.items.iter().position(|item| item.key == *at)
    }

    /// The group that begins at `at`.
    fn group(&self, at: usize) -> Vec<ReviewItem> {
        let more = self.items[at + 1..].iter().take_while(|item| self.joined.contains(&item.key));
        std::iter::once(&self.items[at]).chain(more).cloned().collect()
    }

    fn open_from(&self, from: usize) -> Option<usize> {
        let open = |at: &usize| {
            let item = &self.items[*at];
            self.is_open(item) && !self.joined.contains(&item.key)
        };
        (from..self.items.len()).chain(0..from).find(open)
    }

    /// Goes to the next open group behind the current one, from the start again
    /// at the end.
    fn advance(&mut self) {
        let here = match (&self.at, self.index()) {
            (_, Some(at)) => at,
            (Some(key), None) => self.items.partition_point(|item| item.key < *key),
            (None, None) => 0,
        };
        self.at = self.open_from(here).map(|at| self.items[at].key.clone());
    }

    /// Keeps the place when its fix is still there, else goes to the next.
    fn stay(&mut self) {
        match self.index() {
            None => self.advance(),
            Some(at) => {
                let lead = (0..=at).rev().find(|at| !self.joined.contains(&self.items[*at].key));
                self.at = lead.map(|at| self.items[at].key.clone());
            }
        }
    }

    fn plan_again(&mut self, keys: &[FixKey]) {
        let paths = keys.iter().map(|key| key.path.clone()).collect();
        self.draft.again(&paths);
        self.refresh();
    }

    fn plan_rule_again(&mut self, rule: &str) {
        let of_rule = self.items.iter().filter(|item| item.key.rule == rule);
        let paths: BTreeSet<PathBuf> = of_rule.map(|item| item.key.path.clone()).collect();
        self.draft.again(&paths);
        self.refresh();
    }

    /// Reads the fixes anew. Those that are seen for the first time and stand
    /// close together are asked together.
    fn refresh(&mut self) {
        self.items = self.draft.items();
        for item in self.items.iter_mut().filter(|item| self.apart.contains(&item.key)) {
            item.lead = None;
        }
        self.items.sort_by(|a, b| a.order().cmp(&b.order()));
        self.items.dedup_by(|a, b| a.key == b.key);
        let together = |a: &ReviewItem, b: &ReviewItem| a.lead.is_some() && a.lead == b.lead;
        let close = |a: &ReviewItem, b: &ReviewItem| {
            if together(a, b) {
                return true;
            }
            let on_disk = matches!((a.key.place, b.key.place), (SitePlace::Disk(_), SitePlace::Disk(_)));
            let same = a.key.path == b.key.path && a.key.rule == b.key.rule;
            on_disk
                && same
                && a.declaration.is_some()
                && a.declaration == b.declaration
                && b.line - a.line.min(b.line) <= NEAR
        };
        for pair in self.items.windows(2) {
            let fresh = !self.seen.contains(&pair[0].key) && !self.seen.contains(&pair[1].key);
            if fresh && close(&pair[0], &pair[1]) && self.status(&pair[0].key) == self.status(&pair[1].key) {
                self.joined.insert(pair[1].key.clone());
            }
        }
        self.seen.extend(self.items.iter().map(|item| item.key.clone()));
        // Where a fix of a group has gone, or was answered otherwise, the rest
        // of the group must not follow another.
        let apart = self.items.windows(2).filter(|pair| {
            let strangers = pair[0].key.path != pair[1].key.path || pair[0].key.rule != pair[1].key.rule;
            (strangers && !together(&pair[0], &pair[1]))
                || self.status(&pair[0].key) != self.status(&pair[1].key)
        });
        let apart: Vec<FixKey> = apart.map(|pair| pair[1].key.clone()).collect();
        for key in apart.iter().chain(self.items.first().map(|item| &item.key)) {
            self.joined.remove(key);
        }
    }
}

#[cfg(test)]
mod tests;
