//! The order of rules that follow others: a rule that names another in `after`, and the
//! patches of a file that run one behind the other.

use super::key::FixKey;
use crate::engine::matches::Match;
use crate::rewrite::RuleEntry;
use std::collections::HashSet;

/// Where the passes are.
#[derive(Default)]
pub(super) struct PlanStage {
    /// How many stages are done.
    pub(super) number: usize,
    /// The passes of this stage so far, this one included.
    pub(super) pass: u32,
    /// The fixes that this stage took.
    pub(super) taken: HashSet<FixKey>,
}

/// The stage at which each entry begins.
pub(super) struct PlanStages {
    first: Vec<usize>,
    ordered: Vec<bool>,
    /// The last one.
    pub(super) last: usize,
}

impl PlanStages {
    /// Of these entries. A circle of rules that follow each other is cut where it closes.
    pub(super) fn of(entries: &[RuleEntry]) -> PlanStages {
        let first: Vec<usize> = entries.iter().map(|entry| begins(entries, entry)).collect();
        let ordered: Vec<bool> = entries.iter().map(|entry| entry.meta.stages > 1).collect();
        let ends = first.iter().zip(entries).map(|(first, entry)| first + entry.meta.stages - 1);
        PlanStages { last: ends.max().unwrap_or(0), first, ordered }
    }

    /// Whether the site is one of this stage.
    pub(super) fn runs(&self, matched: &Match, stage: &PlanStage) -> bool {
        let own = matched.rule_match.pattern.as_ref().map_or(0, |pattern| pattern.stage);
        let begins = self.first[matched.entry] + own;
        if self.ordered[matched.entry] { begins == stage.number } else { begins <= stage.number }
    }
}

fn begins(entries: &[RuleEntry], entry: &RuleEntry) -> usize {
    let mut stage = 0;
    let mut at = entry;
    let mut seen = vec![entry.meta.id];
    while let Some(before) = at.meta.after {
        let Some(next) = entries.iter().find(|entry| entry.meta.id == before) else { break };
        if seen.contains(&next.meta.id) {
            break;
        }
        seen.push(next.meta.id);
        stage += next.meta.stages;
        at = next;
    }
    stage
}
