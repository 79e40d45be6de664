//! The second half of a search: with all suspects held back the trouble is gone; which of them
//! can come back?

use super::trouble::Trouble;
use std::collections::{BTreeMap, BTreeSet};

/// From this size on, fixes that build only together are refused together, not taken apart.
const LARGE: usize = 8;

/// The suspects of one search, in groups that are let in one after the other.
#[derive(Debug)]
pub(super) struct Sorting {
    /// Those whose answer is not known; the last group is asked first.
    groups: Vec<FixGroup>,
    asks: Asks,
    found: usize,
    /// Whether it is time to ask whether all others are fine.
    confirms: bool,
    /// All that the toolchain ever pointed at.
    named: BTreeSet<usize>,
    /// Fix → the fix that stands for those that build only together.
    units: BTreeMap<usize, usize>,
}

/// What the next question lets in.
#[derive(Debug, PartialEq, Eq)]
enum Asks {
    Last,
    All,
    /// All that nothing ever pointed at; then it is over.
    Unnamed,
    Nothing,
}

#[derive(Debug, Default)]
struct FixGroup {
    fixes: Vec<usize>,
    /// Those of them that the toolchain points at.
    named: BTreeSet<usize>,
    /// Whether letting it in brings the trouble back.
    fails: bool,
    /// Whether the group below is all that is left of one that fails.
    sibling: bool,
}

impl Sorting {
    /// `suspects` are at fault among them; the toolchain pointed at `named`.
    pub(super) fn new(
        suspects: Vec<usize>,
        named: &BTreeSet<usize>,
        units: BTreeMap<usize, usize>,
    ) -> Sorting {
        let named: BTreeSet<usize> = suspects.iter().copied().filter(|id| named.contains(id)).collect();
        let whole = FixGroup { fixes: suspects, named: named.clone(), fails: true, ..FixGroup::default() };
        Sorting { groups: vec![whole], asks: Asks::Nothing, found: 0, confirms: false, named, units }
    }

    /// The suspects to hold back for the next question; `None` when it is over.
    pub(super) fn held(&self) -> Option<Vec<usize>> {
        let of = |groups: &[FixGroup]| groups.iter().flat_map(|group| &group.fixes).copied().collect();
        match self.asks {
            Asks::Nothing => None,
            Asks::All | Asks::Unnamed => Some(Vec::new()),
            Asks::Last => Some(of(&self.groups[..self.groups.len().saturating_sub(1)])),
        }
    }

    /// Goes on to the next question; gives the fixes that are at fault.
    pub(super) fn advance(&mut self) -> Vec<usize> {
        let mut at_fault = Vec::new();
        self.asks = Asks::Nothing;
        while let Some(group) = self.groups.pop() {
            if !group.fails {
                self.groups.push(group);
                let all = self.confirms && self.groups.len() > 1;
                self.asks = if all { Asks::All } else { Asks::Last };
                break;
            }
            match self.split(group) {
                Ok([first, second]) => self.groups.extend([second, first]),
                Err(group) => {
                    at_fault.extend(group.fixes);
                    self.found += 1;
                    self.confirms = self.found.is_power_of_two();
                }
            }
        }
        at_fault
    }

    /// The answer to the last question.
    pub(super) fn answer(&mut self, trouble: Option<&Trouble>) {
        if let Some(trouble) = trouble {
            self.named.extend(&trouble.named);
        }
        match (&self.asks, trouble) {
            (Asks::Nothing, _) => {}
            (Asks::Last, None) => {
                let sibling = self.groups.pop().is_some_and(|group| group.sibling);
                if let Some(below) = self.groups.last_mut().filter(|_| sibling) {
                    below.fails = true;
                }
            }
            (Asks::Last, Some(trouble)) => {
                if let Some(group) = self.groups.last_mut() {
                    group.fails = true;
                    let named = group.fixes.iter().copied().filter(|id| trouble.named.contains(id));
                    let named: BTreeSet<usize> = named.collect();
                    if !named.is_empty() {
                        group.named = named;
                    }
                }
            }
            (Asks::All | Asks::Unnamed, None) => self.groups.clear(),
            (Asks::Unnamed, Some(_)) => {}
            (Asks::All, Some(trouble)) => {
                self.confirms = false;
                self.regroup(&trouble.named);
            }
        }
    }

    /// Ends without asking for each: gives those that the toolchain ever pointed at, and asks
    /// once more whether the others are fine.
    pub(super) fn cut_short(&mut self) -> Vec<usize> {
        let fixes: Vec<usize> = self.groups.drain(..).flat_map(|group| group.fixes).collect();
        let (named, others): (Vec<usize>, Vec<usize>) =
            fixes.into_iter().partition(|id| self.named.contains(id));
        if named.is_empty() || others.is_empty() {
            self.asks = Asks::Nothing;
            return [named, others].concat();
        }
        self.groups.push(FixGroup { fixes: others, ..FixGroup::default() });
        self.asks = Asks::Unnamed;
        named
    }

    /// What is left when the others are not fine after [`Sorting::cut_short`].
    pub(super) fn rest(&mut self) -> Vec<usize> {
        self.asks = Asks::Nothing;
        self.groups.drain(..).flat_map(|group| group.fixes).collect()
    }

    /// Whether the last question of all was asked.
    pub(super) fn is_last(&self) -> bool {
        self.asks == Asks::Unnamed
    }

    /// Puts those that the toolchain points at below all others.
    fn regroup(&mut self, named: &BTreeSet<usize>) {
        let pending = self.groups.iter().flat_map(|group| &group.fixes).copied();
        let (own, others): (Vec<usize>, Vec<usize>) = pending.partition(|id| named.contains(id));
        if own.is_empty() {
            return;
        }
        let fails = others.is_empty();
        let own = FixGroup { named: own.iter().copied().collect(), fixes: own, fails, ..FixGroup::default() };
        self.groups = vec![own];
        if !others.is_empty() {
            self.groups.push(FixGroup { fixes: others, sibling: true, ..FixGroup::default() });
        }
    }

    /// A group that fails in two, of which the first is asked sooner; or as it is, when all of it
    /// is at fault.
    fn split(&self, group: FixGroup) -> Result<[FixGroup; 2], FixGroup> {
        if group.fixes.len() == 1 {
            return Err(group);
        }
        let unit = |id: &usize| self.units.get(id).copied().unwrap_or(*id);
        let first = unit(&group.fixes[0]);
        let one = group.fixes.iter().all(|id| unit(id) == first);
        let named: BTreeSet<usize> = match one {
            true => group.named.clone(),
            false => group.named.iter().map(unit).collect(),
        };
        let is_named = |id: &usize| named.contains(&if one { *id } else { unit(id) });
        let (pointed, others): (Vec<usize>, Vec<usize>) = group.fixes.iter().copied().partition(is_named);
        let halves = if pointed.is_empty() || others.is_empty() {
            if one && group.fixes.len() > LARGE {
                return Err(group);
            }
            halves(group.fixes, unit, one)
        } else {
            [others, pointed]
        };
        let part = |fixes: Vec<usize>, sibling: bool| FixGroup {
            named: fixes.iter().copied().filter(|id| group.named.contains(id)).collect(),
            fixes,
            fails: false,
            sibling,
        };
        let [first, second] = halves;
        Ok([part(first, true), part(second, false)])
    }
}

/// Two halves; fixes that build only together stay together, unless there are no `others`.
fn halves(mut fixes: Vec<usize>, unit: impl Fn(&usize) -> usize, one: bool) -> [Vec<usize>; 2] {
    let middle = fixes.len() / 2;
    if one {
        let second = fixes.split_off(middle);
        return [fixes, second];
    }
    fixes.sort_by_key(|id| (unit(id), *id));
    let cuts = |at: &usize| unit(&fixes[*at]) != unit(&fixes[*at - 1]);
    let cut = (middle.max(1)..fixes.len()).find(cuts).or_else(|| (1..middle).rev().find(cuts));
    let second = fixes.split_off(cut.unwrap_or(middle));
    [fixes, second]
}
