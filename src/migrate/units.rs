//! The fixes of a plan in the units that can be left out of it.
//!
//! A plan has the edits of a rule in a file together, over those of the rules before. So the
//! fixes that share a step are one unit; and where a step goes, the later steps of the
//! file go too, with their units.

use super::plan::{PlanFile, Resolved};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The units of a plan, by their numbers.
#[derive(Debug, Default)]
pub struct Units {
    /// The fixes of each, as places in [`Resolved::fixes`].
    pub fixes: Vec<Vec<usize>>,
    /// The files that each edits, with its first step there.
    pub files: Vec<BTreeMap<PathBuf, usize>>,
    /// Per file, its steps: each is a place in [`Resolved::states`] and the unit.
    steps: BTreeMap<PathBuf, Vec<(usize, usize)>>,
}

/// What goes when some units are held back.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// The first step of a file that is not taken.
    pub from: BTreeMap<PathBuf, usize>,
    /// Units that stand on those held back.
    pub lost: BTreeSet<usize>,
}

impl Units {
    /// Those of `plan`, as it is in a work tree.
    pub fn of(plan: &PlanFile, resolved: &Resolved) -> Units {
        let mut states: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
        for (state, after) in resolved.states.iter().enumerate() {
            for path in after.files.keys() {
                states.entry(path).or_default().push(state);
            }
        }
        let orders: HashMap<&str, usize> =
            resolved.states.iter().enumerate().map(|(at, state)| (state.rule.as_str(), at)).collect();
        // The nodes: first the fixes, then the steps, file by file.
        let mut first: HashMap<&Path, usize> = HashMap::new();
        let mut nodes = resolved.fixes.len();
        for (path, states) in &states {
            first.insert(path, nodes);
            nodes += states.len();
        }
        let mut groups = Groups((0..nodes).collect());
        let mut stands = vec![false; nodes];
        for (fix, (index, files)) in resolved.fixes.iter().enumerate() {
            let rule = plan.fixes.get(*index).and_then(|fix| orders.get(fix.rule.as_str()));
            for path in files {
                let Some(states) = states.get(path.as_path()) else { continue };
                // A fix whose site another rule made has no step of its own rule.
                let own = states.partition_point(|state| Some(state) < rule).min(states.len() - 1);
                let node = first[path.as_path()] + own;
                stands[node] = true;
                groups.join(fix, node);
            }
        }
        for (path, states) in &states {
            let first = first[path];
            // A step that no fix stands for goes with its neighbour that has one.
            for node in first + 1..first + states.len() {
                if !stands[node] {
                    groups.join(node - 1, node);
                    stands[node] = stands[node - 1];
                }
            }
            for node in (first..first + states.len() - 1).rev() {
                if !stands[node] {
                    groups.join(node + 1, node);
                }
            }
        }
        let mut units = Units::default();
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut number = |node: usize, units: &mut Units| {
            *numbers.entry(groups.of(node)).or_insert_with(|| {
                units.fixes.push(Vec::new());
                units.files.push(BTreeMap::new());
                units.fixes.len() - 1
            })
        };
        for fix in 0..resolved.fixes.len() {
            let unit = number(fix, &mut units);
            units.fixes[unit].push(fix);
        }
        for (path, states) in &states {
            for (at, state) in states.iter().enumerate() {
                let unit = number(first[path] + at, &mut units);
                units.files[unit].entry(path.to_path_buf()).or_insert(at);
                units.steps.entry(path.to_path_buf()).or_default().push((*state, unit));
            }
        }
        units
    }

    /// What goes with the units of `held`.
    pub fn without(&self, held: &BTreeSet<usize>) -> LeftOut {
        let mut gone = LeftOut::default();
        let mut open: Vec<usize> = held.iter().copied().filter(|unit| *unit < self.files.len()).collect();
        while let Some(unit) = open.pop() {
            for (path, at) in &self.files[unit] {
                let steps = &self.steps[path];
                let from = gone.from.get(path).copied().unwrap_or(steps.len());
                if *at >= from {
                    continue;
                }
                gone.from.insert(path.clone(), *at);
                for (_, other) in &steps[*at..from] {
                    if !held.contains(other) && gone.lost.insert(*other) {
                        open.push(*other);
                    }
                }
            }
        }
        gone
    }

    /// The file at `path` without the steps from `from` on; nothing when no step is left.
    pub fn text<'r>(&self, resolved: &'r Resolved, path: &Path, from: usize) -> Option<&'r String> {
        let (state, _) = self.steps.get(path)?.get(from.checked_sub(1)?)?;
        resolved.states[*state].files.get(path)
    }

    /// Takes what goes out of `resolved`, and the fixes of the units of `held`.
    pub fn strike(&self, resolved: &mut Resolved, held: &BTreeSet<usize>, gone: &LeftOut) {
        for (path, from) in &gone.from {
            for (state, _) in &self.steps[path][*from..] {
                resolved.states[*state].files.remove(path);
            }
        }
        let out: BTreeSet<usize> =
            held.iter().chain(&gone.lost).flat_map(|unit| &self.fixes[*unit]).copied().collect();
        let mut place = 0..;
        resolved.fixes.retain(|_| place.next().is_none_or(|place| !out.contains(&place)));
        let left: BTreeSet<usize> = resolved.fixes.iter().map(|(index, _)| *index).collect();
        for state in &mut resolved.states {
            state.fixes.retain(|index| left.contains(index));
        }
    }
}

/// Disjoint sets: the parent of each node.
struct Groups(Vec<usize>);

impl Groups {
    fn of(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[other] = one;
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{PlanFile, PlannedFile, PlannedFix, PlannedStep, hash};
    use super::*;
    use crate::rewrite::{Applicability, Proof};
    use crate::text::{Edit, Edits, Span};

    /// A plan over files that hold `0`, with the digit that each step makes of it.
    fn plan(files: &[(&str, &[(&str, &str)])], fixes: &[(&str, &[&str])]) -> PlanFile {
        let step = |(rule, after): &(&str, &str)| {
            let mut edits = Edits::new();
            edits.push(Edit { span: Span::new(0, 1), text: (*after).to_owned() }).unwrap();
            PlannedStep::new(rule, after, &edits)
        };
        let mut plan = PlanFile::new(["one", "two", "three"].map(str::to_owned).into(), None, None);
        plan.files = files
            .iter()
            .map(|(path, steps)| PlannedFile {
                path: (*path).to_owned(),
                before: hash("0"),
                steps: steps.iter().map(step).collect(),
            })
            .collect();
        plan.fixes = fixes
            .iter()
            .map(|(rule, files)| PlannedFix {
                rule: (*rule).to_owned(),
                level: Applicability::Safe,
                path: files[0].to_owned(),
                line: 1,
                column: 1,
                files: files.iter().map(|file| (*file).to_owned()).collect(),
                proof: Proof::Proved,
                proof_reason: None,
            })
            .collect();
        plan
    }

    #[test]
    fn what_stands_on_a_unit_goes_with_it() {
        let plan = plan(
            &[
                ("a", &[("one", "1"), ("two", "2")]),
                ("b", &[("two", "3"), ("three", "4")]),
                ("c", &[("three", "5")]),
            ],
            &[("one", &["a"]), ("one", &["a"]), ("two", &["a", "b"]), ("three", &["b"]), ("three", &["c"])],
        );
        let mut resolved = plan.resolve(Path::new("/r"), &|_| Ok("0".to_owned()), &|_, _| Ok(()));
        let units = Units::of(&plan, &resolved);
        assert_eq!(units.fixes, [vec![0, 1], vec![2], vec![3], vec![4]]);
        let text = |gone: &LeftOut, path: &str| {
            let path = Path::new("/r").join(path);
            let from = gone.from.get(&path).copied().unwrap_or(usize::MAX);
            if from == usize::MAX { None } else { units.text(&resolved, &path, from).cloned() }
        };
        let gone = units.without(&BTreeSet::from([2]));
        assert!(gone.lost.is_empty());
        assert_eq!(text(&gone, "b").as_deref(), Some("3"));
        let gone = units.without(&BTreeSet::from([1]));
        assert_eq!(gone.lost, BTreeSet::from([2]));
        assert_eq!((text(&gone, "a").as_deref(), text(&gone, "b")), (Some("1"), None));
        let held = BTreeSet::from([0]);
        let gone = units.without(&held);
        assert_eq!(gone.lost, BTreeSet::from([1, 2]));
        units.strike(&mut resolved, &held, &gone);
        assert_eq!(resolved.fixes.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [4]);
        let files = resolved.files();
        assert_eq!(files.keys().collect::<Vec<_>>(), [Path::new("/r/c")]);
    }

    #[test]
    fn a_step_without_a_fix_goes_with_its_neighbour() {
        let plan = plan(
            &[("a", &[("one", "1"), ("two", "2"), ("three", "3")]), ("b", &[("one", "1")])],
            &[("two", &["a"]), ("one", &["b"]), ("three", &["b"])],
        );
        let resolved = plan.resolve(Path::new("/r"), &|_| Ok("0".to_owned()), &|_, _| Ok(()));
        let units = Units::of(&plan, &resolved);
        assert_eq!(units.fixes, [vec![0], vec![1, 2]]);
        assert_eq!(units.files[0], BTreeMap::from([(PathBuf::from("/r/a"), 0)]));
    }
}
