//! The search for the fix at fault, as a game of questions: hold these fixes
//! back, does the trouble stay? Knows no toolchain.

use std::collections::BTreeSet;

/// Questions per bisect, after which everything not yet known to be good is
/// given up: a package where nearly every fix is bad would cost a build per
/// fix.
const QUESTIONS: usize = 64;

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
    /// The toolchain's words, from the latest failing answer.
    words: String,
    asked: usize,
    /// The fixes at fault, each with the words.
    pub(super) guilty: Vec<(usize, String)>,
}

#[derive(Debug)]
enum BisectState {
    /// Does the trouble go when the whole step is held back?
    Clearing,
    /// The first `good` suspects are fine together, the first `bad` are not.
    Halving {
        suspects: Vec<usize>,
        good: usize,
        bad: usize,
    },
    /// One was found: are the others fine?
    Confirming {
        suspects: Vec<usize>,
        good: usize,
    },
    Done,
}

impl Bisect {
    /// `words` is what the toolchain said with all fixes applied.
    pub(super) fn new(suspects: Vec<Vec<usize>>, own_sets: usize, words: String) -> Self {
        let mut bisect = Bisect {
            suspects,
            step: 0,
            own_sets,
            state: BisectState::Clearing,
            words,
            asked: 0,
            guilty: Vec::new(),
        };
        bisect.skip_empty_sets();
        bisect
    }

    /// The fixes to hold back for the next question; `None` when it is over.
    pub(super) fn question(&self) -> Option<BTreeSet<usize>> {
        let held: &[usize] = match &self.state {
            BisectState::Done => return None,
            BisectState::Clearing => &self.suspects[self.step],
            BisectState::Halving { suspects, good, bad } => &suspects[usize::midpoint(*good, *bad)..],
            BisectState::Confirming { .. } => &[],
        };
        Some(held.iter().copied().chain(self.guilty.iter().map(|(id, _)| *id)).collect())
    }

    /// Whether the question may be asked together with those of other bisects.
    pub(super) fn is_local(&self) -> bool {
        self.step < self.own_sets
    }

    /// The answer: the toolchain's words if there still was trouble.
    pub(super) fn answer(&mut self, trouble: Option<String>) {
        self.asked += 1;
        let failed = trouble.is_some();
        if let Some(words) = trouble {
            self.words = words;
        }
        match std::mem::replace(&mut self.state, BisectState::Done) {
            BisectState::Done => {}
            BisectState::Clearing if failed => {
                self.step += 1;
                self.state = BisectState::Clearing;
                self.skip_empty_sets();
            }
            BisectState::Clearing => {
                let suspects = self.suspects[self.step].clone();
                let bad = suspects.len();
                self.narrow(suspects, 0, bad);
            }
            BisectState::Halving { suspects, good, bad } => {
                let middle = usize::midpoint(good, bad);
                let (good, bad) = if failed { (good, middle) } else { (middle, bad) };
                self.narrow(suspects, good, bad);
            }
            BisectState::Confirming { suspects, good } if failed => {
                let bad = suspects.len();
                if bad == good || self.asked >= QUESTIONS {
                    self.condemn(&suspects[good..]);
                } else {
                    self.narrow(suspects, good, bad);
                }
            }
            BisectState::Confirming { .. } => {}
        }
    }

    /// Ends without an answer: all that could be at fault is held back.
    pub(super) fn give_up(&mut self, why: &str) {
        if !matches!(std::mem::replace(&mut self.state, BisectState::Done), BisectState::Done) {
            self.words = format!("{} ({why} before the fix at fault was found)", self.words);
            let near = self.own_sets.saturating_sub(1).max(self.step).min(self.suspects.len() - 1);
            let suspects = self.suspects[near].clone();
            self.condemn(&suspects);
        }
    }

    fn narrow(&mut self, mut suspects: Vec<usize>, good: usize, bad: usize) {
        if bad - good > 1 {
            self.state = BisectState::Halving { suspects, good, bad };
            return;
        }
        let found = suspects.remove(bad - 1);
        self.guilty.push((found, self.words.clone()));
        // With nobody left in the step, the last question already showed
        // that the trouble is gone.
        self.state =
            if suspects.is_empty() { BisectState::Done } else { BisectState::Confirming { suspects, good } };
    }

    fn condemn(&mut self, suspects: &[usize]) {
        for &id in suspects {
            if self.guilty.iter().all(|(known, _)| *known != id) {
                self.guilty.push((id, self.words.clone()));
            }
        }
    }

    /// A step that adds nobody asks nothing new. When the last one is passed
    /// nothing helped: all suspects are held back.
    fn skip_empty_sets(&mut self) {
        let known = |step: usize| step.checked_sub(1).map_or(0, |before| self.suspects[before].len());
        while self.step < self.suspects.len() && self.suspects[self.step].len() == known(self.step) {
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
    F: FnMut(&[usize], &BTreeSet<usize>) -> Result<Vec<Option<String>>, String>,
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
            held.extend(bisect.guilty.iter().map(|(id, _)| *id));
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(
        suspects: Vec<Vec<usize>>,
        trouble: impl Fn(&BTreeSet<usize>) -> bool,
    ) -> (BTreeSet<usize>, usize) {
        let mut bisects = [Bisect::new(suspects, 2, "first words".into())];
        let mut asked = 0;
        play(&mut bisects, &BTreeSet::new(), |_, held| {
            asked += 1;
            Ok(vec![trouble(held).then(|| "words".to_owned())])
        })
        .unwrap();
        (bisects[0].guilty.iter().map(|(id, _)| *id).collect(), asked)
    }

    #[test]
    fn one_suspect_needs_one_question() {
        assert_eq!(found(vec![vec![7]], |held| !held.contains(&7)), ([7].into(), 1));
    }

    #[test]
    fn one_of_many_is_found_in_few_questions() {
        let (guilty, asked) = found(vec![(0..1000).collect()], |held| !held.contains(&613));
        assert_eq!(guilty, [613].into());
        assert!(asked <= 12, "{asked}");
    }

    #[test]
    fn the_circle_widens_when_the_nearest_is_innocent() {
        let (guilty, _) = found(vec![vec![1], vec![1, 2, 3]], |held| !held.contains(&3));
        assert_eq!(guilty, [3].into());
    }

    #[test]
    fn two_that_only_clash_lose_one() {
        let (guilty, _) = found(vec![vec![1, 2, 3, 4]], |held| !held.contains(&1) && !held.contains(&4));
        assert_eq!(guilty, [4].into());
    }

    #[test]
    fn trouble_that_never_goes_holds_back_everybody() {
        assert_eq!(found(vec![vec![1], vec![1, 2]], |_| true).0, [1, 2].into());
    }

    #[test]
    fn no_answer_holds_back_everybody_near() {
        let mut bisects = [Bisect::new(vec![vec![1], vec![1, 2]], 2, "words".into())];
        assert!(play(&mut bisects, &BTreeSet::new(), |_, _| Err("time ran out".into())).is_err());
        assert_eq!(bisects[0].guilty.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);
        assert!(bisects[0].guilty[0].1.contains("time ran out"));
    }

    proptest! {
        #[test]
        fn ends_and_leaves_no_trouble(bad in proptest::collection::btree_set(0usize..40, 1..20)) {
            let trouble = |held: &BTreeSet<usize>| bad.iter().any(|id| !held.contains(id));
            let (guilty, asked) = found(vec![(0..40).collect()], trouble);
            prop_assert!(!trouble(&guilty));
            prop_assert!(asked <= QUESTIONS + 10);
            prop_assert!(asked >= QUESTIONS || guilty == bad, "an innocent fix was held back");
        }
    }
}
