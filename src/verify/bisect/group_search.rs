//! Many suspects of which each is pointed at by itself: asked about together, in so few groups
//! that any two of them are apart in one.

use super::trouble::Trouble;
use std::collections::BTreeSet;

/// So many suspects are worth it; fewer are let in one after the other.
pub(super) const FEWEST: usize = 3;

/// The suspects of one search, with the groups that each is let in with.
#[derive(Debug)]
pub(super) struct GroupSearch {
    suspects: Vec<Suspect>,
    /// Those that stay held back all the time.
    others: Vec<usize>,
    questions: u32,
    asked: u32,
}

#[derive(Debug)]
struct Suspect {
    fix: usize,
    /// The questions in which it is let in, as bits.
    groups: u32,
    /// Whether it was pointed at in each of them so far.
    at_fault: bool,
}

impl GroupSearch {
    /// `suspects` are looked at, `others` are held back meanwhile.
    pub(super) fn new(suspects: Vec<usize>, others: Vec<usize>) -> GroupSearch {
        let questions = (1..u32::BITS).find(|questions| groups(*questions) >= suspects.len() as u64);
        let questions = questions.unwrap_or(u32::BITS - 1);
        // Of two sets of one size neither is part of the other: each fix is let in once without
        // any given other one.
        let sets = (0..1_u32 << questions).filter(|set| set.count_ones() == questions.div_ceil(2));
        let suspect = |(fix, groups)| Suspect { fix, groups, at_fault: true };
        let suspects = suspects.into_iter().zip(sets).map(suspect).collect();
        GroupSearch { suspects, others, questions, asked: 0 }
    }

    /// The suspects to hold back for the next question; `None` when it is over.
    pub(super) fn held(&self) -> Option<Vec<usize>> {
        let held = self.suspects.iter().filter(|suspect| !self.lets_in(suspect)).map(|suspect| suspect.fix);
        (self.asked < self.questions).then(|| held.chain(self.others.iter().copied()).collect())
    }

    /// The answer to the last question.
    pub(super) fn answer(&mut self, trouble: Option<&Trouble>) {
        let set = 1_u32 << self.asked;
        for suspect in self.suspects.iter_mut().filter(|suspect| suspect.groups & set != 0) {
            suspect.at_fault &= trouble.is_some_and(|trouble| trouble.said.contains_key(&suspect.fix));
        }
        self.asked += 1;
    }

    /// Those that were pointed at whoever was let in with them, and all others.
    pub(super) fn end(self) -> (Vec<usize>, BTreeSet<usize>) {
        let (at_fault, innocent): (Vec<Suspect>, Vec<Suspect>) =
            self.suspects.into_iter().partition(|suspect| suspect.at_fault);
        let others = innocent.into_iter().map(|suspect| suspect.fix).chain(self.others);
        (at_fault.into_iter().map(|suspect| suspect.fix).collect(), others.collect())
    }

    fn lets_in(&self, suspect: &Suspect) -> bool {
        suspect.groups & (1 << self.asked) != 0
    }
}

/// How many sets of half of `questions` there are.
fn groups(questions: u32) -> u64 {
    let half = u64::from(questions.div_ceil(2));
    (1..=half).fold(1, |all, number| all * (u64::from(questions) - half + number) / number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_two_are_apart_in_a_question() {
        for count in [3, 4, 10, 71, 400] {
            let search = GroupSearch::new((0..count).collect(), vec![999]);
            assert_eq!(search.suspects.len(), count);
            for (a, b) in search.suspects.iter().flat_map(|a| search.suspects.iter().map(move |b| (a, b))) {
                assert!(a.fix == b.fix || a.groups & !b.groups != 0, "{count}: {a:?} {b:?}");
            }
        }
        assert_eq!(GroupSearch::new((0..10_000).collect(), Vec::new()).questions, 16);
    }
}
