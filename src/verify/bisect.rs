//! The search for the fix at fault, as a game of questions: hold these fixes
//! back, does the trouble stay? Knows no toolchain.
//!
//! First those are suspected that the toolchain points at. When the trouble goes without them,
//! it is asked which of them can come back; else the circle widens.

mod group_search;
mod sorting;
mod trouble;

pub(super) use trouble::Trouble;

use group_search::GroupSearch;
use sorting::Sorting;
use std::collections::{BTreeMap, BTreeSet};

/// Questions per bisect, and those that each fix at fault adds.
const QUESTIONS: usize = 64;
const MORE: usize = 4;
/// Questions after which whatever was pointed at is given up.
const LAST: usize = 256;
/// How often those are held back that the toolchain points at only then.
const ROUNDS: usize = 8;

/// One package's (or one cluster's) search.
#[derive(Debug)]
pub(super) struct Bisect {
    /// Ever wider sets of suspects: the files complained of, the package,
    /// everything it depends on, everything.
    suspects: Vec<Vec<usize>>,
    step: usize,
    /// How many of the first sets touch nothing that another bisect touches.
    own_sets: usize,
    state: BisectState,
    /// What was said in the latest failing answer.
    latest: Trouble,
    /// The latest that was said of each fix by itself.
    said: BTreeMap<usize, String>,
    asked: usize,
    /// No answer came.
    given_up: bool,
    /// Fix → the fix that stands for those that build only together.
    units: BTreeMap<usize, usize>,
    /// The fixes at fault, each with the words.
    pub(super) at_fault: Vec<(usize, String)>,
}

#[derive(Debug)]
enum BisectState {
    /// Does the trouble go without those that the toolchain points at?
    Naming {
        held: BTreeSet<usize>,
        rounds: usize,
    },
    /// Does the trouble go when the whole step is held back?
    Clearing,
    /// Which of those that are pointed at by themselves are so whoever else is let in?
    GroupSearch(GroupSearch),
    /// Can these come back together?
    Returning(BTreeSet<usize>),
    /// Which of those that were held back can come back?
    Sorting(Sorting),
    Done,
}

impl Bisect {
    /// `trouble` is what the toolchain said with all fixes applied.
    pub(super) fn new(suspects: Vec<Vec<usize>>, own_sets: usize, trouble: Trouble) -> Self {
        let mut bisect = Bisect {
            suspects,
            step: 0,
            own_sets,
            state: BisectState::Clearing,
            said: trouble.said.clone(),
            latest: trouble,
            asked: 0,
            given_up: false,
            units: BTreeMap::new(),
            at_fault: Vec::new(),
        };
        let held = bisect.named();
        if held.is_empty() {
            bisect.skip_known_sets(0);
        } else {
            bisect.state = BisectState::Naming { held, rounds: 0 };
        }
        bisect
    }

    /// With `unit` giving the fix that stands for those that build only together.
    pub(super) fn with_units(mut self, unit: impl Fn(usize) -> usize) -> Self {
        let all = self.suspects.iter().flatten().map(|id| (*id, unit(*id)));
        self.units = all.collect();
        self
    }

    /// The fixes to hold back for the next question; `None` when it is over.
    pub(super) fn question(&self) -> Option<BTreeSet<usize>> {
        let held: Vec<usize> = match &self.state {
            BisectState::Done => return None,
            BisectState::Naming { held, .. } => held.iter().copied().collect(),
            BisectState::Clearing => self.suspects[self.step].clone(),
            BisectState::GroupSearch(search) => search.held()?,
            BisectState::Returning(_) => Vec::new(),
            BisectState::Sorting(sorting) => sorting.held()?,
        };
        Some(held.into_iter().chain(self.at_fault.iter().map(|(id, _)| *id)).collect())
    }

    /// Whether the question may be asked together with those of other bisects.
    pub(super) fn is_local(&self) -> bool {
        self.step < self.own_sets
    }

    /// The answer: what the toolchain said if there still was trouble.
    pub(super) fn answer(&mut self, trouble: Option<Trouble>) {
        self.asked += 1;
        let failed = trouble.is_some();
        let said = trouble.clone();
        if let Some(trouble) = trouble {
            self.said.extend(trouble.said.clone());
            self.latest = trouble;
        }
        match std::mem::replace(&mut self.state, BisectState::Done) {
            BisectState::Done => {}
            BisectState::Naming { held, .. } if !failed => self.sort(held.into_iter().collect()),
            BisectState::Naming { mut held, rounds } => {
                let known = held.len();
                held.extend(self.named());
                if held.len() > known && rounds < ROUNDS {
                    self.state = BisectState::Naming { held, rounds: rounds + 1 };
                } else {
                    self.widen(&held);
                }
            }
            BisectState::Clearing if failed => {
                let known = self.suspects[self.step].len();
                self.step += 1;
                self.state = BisectState::Clearing;
                self.skip_known_sets(known);
            }
            BisectState::Clearing => self.sort(self.suspects[self.step].clone()),
            BisectState::GroupSearch(mut search) => {
                search.answer(said.as_ref());
                self.go_on_in_groups(search);
            }
            BisectState::Returning(_) if !failed => {}
            BisectState::Returning(left) => {
                let named: BTreeSet<usize> = left.intersection(&self.latest.named).copied().collect();
                if named.is_empty() || self.is_long() {
                    self.sort_one_by_one(left.into_iter().collect());
                } else {
                    self.state = BisectState::Naming { held: named, rounds: 0 };
                }
            }
            BisectState::Sorting(mut sorting) => {
                let ends = sorting.is_last();
                sorting.answer(said.as_ref());
                if ends {
                    self.condemn(&sorting.rest());
                } else {
                    self.go_on(sorting);
                }
            }
        }
    }

    /// Ends without an answer: all that could be at fault is held back.
    pub(super) fn give_up(&mut self, why: &str) {
        if !matches!(std::mem::replace(&mut self.state, BisectState::Done), BisectState::Done) {
            self.given_up = true;
            self.latest.words = format!("{} ({why} before the fix at fault was found)", self.latest.words);
            let near = self.own_sets.saturating_sub(1).max(self.step).min(self.suspects.len() - 1);
            let suspects = self.suspects[near].clone();
            self.condemn(&suspects);
        }
    }

    /// Those of its own that the toolchain points at.
    fn named(&self) -> BTreeSet<usize> {
        let own = self.own_sets.saturating_sub(1).min(self.suspects.len().saturating_sub(1));
        let own = self.suspects.get(own).into_iter().flatten();
        own.copied().filter(|id| self.latest.named.contains(id)).collect()
    }

    /// Suspects the sets in turn, and `held` with each.
    fn widen(&mut self, held: &BTreeSet<usize>) {
        for set in &mut self.suspects {
            let all: BTreeSet<usize> = set.iter().chain(held).copied().collect();
            *set = all.into_iter().collect();
        }
        self.state = BisectState::Clearing;
        self.skip_known_sets(held.len());
    }

    fn sort(&mut self, suspects: Vec<usize>) {
        let unit = |id: &usize| self.units.get(id).copied().unwrap_or(*id);
        let mut members: BTreeMap<usize, usize> = BTreeMap::new();
        for id in &suspects {
            *members.entry(unit(id)).or_default() += 1;
        }
        let alone = |id: &usize| self.said.contains_key(id) && members.get(&unit(id)) == Some(&1);
        let (named, others): (Vec<usize>, Vec<usize>) = suspects.iter().copied().partition(alone);
        if named.len() < group_search::FEWEST || self.is_long() {
            self.sort_one_by_one(suspects);
        } else {
            self.state = BisectState::GroupSearch(GroupSearch::new(named, others));
        }
    }

    /// Goes on with a question to many, or with what it came to.
    fn go_on_in_groups(&mut self, search: GroupSearch) {
        if search.held().is_some() {
            self.state = BisectState::GroupSearch(search);
            return;
        }
        let (at_fault, left) = search.end();
        self.condemn(&at_fault);
        if at_fault.is_empty() {
            self.sort_one_by_one(left.into_iter().collect());
        } else if !left.is_empty() {
            self.state = BisectState::Returning(left);
        }
    }

    fn sort_one_by_one(&mut self, suspects: Vec<usize>) {
        let sorting = Sorting::new(suspects, &self.latest.named, self.units.clone());
        self.go_on(sorting);
    }

    fn go_on(&mut self, mut sorting: Sorting) {
        let found = sorting.advance();
        self.condemn(&found);
        if sorting.held().is_some() && self.is_long() {
            let found = sorting.cut_short();
            self.condemn(&found);
        }
        if sorting.held().is_some() {
            self.state = BisectState::Sorting(sorting);
        }
    }

    /// Whether more was asked than the fixes at fault that were found make up for.
    fn is_long(&self) -> bool {
        self.asked >= (QUESTIONS + MORE * self.at_fault.len()).min(LAST)
    }

    fn condemn(&mut self, suspects: &[usize]) {
        let known: BTreeSet<usize> = self.at_fault.iter().map(|(id, _)| *id).collect();
        for id in suspects.iter().filter(|id| !known.contains(id)) {
            let own = self.said.get(id).filter(|_| !self.given_up);
            self.at_fault.push((*id, own.unwrap_or(&self.latest.words).clone()));
        }
    }

    /// A step that adds nobody to the `known` suspects asks nothing new. When the last one is
    /// passed nothing helped: all suspects are held back.
    fn skip_known_sets(&mut self, known: usize) {
        while self.step < self.suspects.len() && self.suspects[self.step].len() == known {
            self.step += 1;
        }
        if self.step == self.suspects.len() {
            self.state = BisectState::Done;
            let suspects = self.suspects.iter().rev().find(|step| !step.is_empty()).cloned();
            self.condemn(&suspects.unwrap_or_default());
        }
    }
}

/// Plays all bisects to their end. `ask` gets the bisects that are asking and the
/// fixes to hold back, and answers for each.
///
/// # Errors
/// Those of `ask`, after giving up every open bisect with its sentence.
pub(super) fn play<F>(bisects: &mut [Bisect], base: &BTreeSet<usize>, mut ask: F) -> Result<(), String>
where
    F: FnMut(&[usize], &BTreeSet<usize>) -> Result<Vec<Option<Trouble>>, String>,
{
    loop {
        let open = |bisect: &Bisect| bisect.question().is_some();
        let mut asking: Vec<usize> =
            (0..bisects.len()).filter(|&at| open(&bisects[at]) && bisects[at].is_local()).collect();
        if asking.is_empty() {
            // A wide step may overlap with another's: one at a time.
            asking.extend((0..bisects.len()).find(|&at| open(&bisects[at])));
        }
        if asking.is_empty() {
            return Ok(());
        }
        let mut held = base.clone();
        for (at, bisect) in bisects.iter().enumerate() {
            held.extend(bisect.at_fault.iter().map(|(id, _)| *id));
            if asking.contains(&at) {
                held.extend(bisect.question().unwrap_or_default());
            }
        }
        match ask(&asking, &held) {
            Ok(answers) => {
                for (&at, trouble) in asking.iter().zip(answers) {
                    bisects[at].answer(trouble);
                }
            }
            Err(why) => {
                bisects.iter_mut().for_each(|bisect| bisect.give_up(&why));
                return Err(why);
            }
        }
    }
}

#[cfg(test)]
mod tests;
