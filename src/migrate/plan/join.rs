//! One plan of the plans of all parts of a run.

use super::PlanFile;
use crate::report::merge::missing;
use std::collections::{BTreeMap, BTreeSet};

/// The plan of all parts of a run.
///
/// # Errors
/// A sentence: a part that is missing, comes twice or is of another run.
pub fn join(parts: Vec<(String, PlanFile)>) -> Result<PlanFile, String> {
    let mut seen: BTreeMap<u64, String> = BTreeMap::new();
    let mut joined: Option<(String, PlanFile)> = None;
    let mut of = 0;
    // A part without a fix had nothing to prove.
    let proofs = parts.iter().filter(|(_, plan)| !plan.fixes.is_empty());
    // Each rung is named with those below it, so the shortest words promise least.
    let proved_by = proofs
        .map(|(_, plan)| plan.proved_by.clone())
        .min_by_key(|words| words.as_ref().map_or(0, String::len))
        .flatten();
    for (name, mut plan) in parts {
        let Some(part) = plan.shard.take() else {
            return Err(format!(
                "{name}: not a part of a run; write the parts with `fix --shard K/N --plan-out`"
            ));
        };
        if part.index == 0 || part.index > part.of {
            return Err(format!(
                "{name}: part {} of {}, which cannot be; plan that part again",
                part.index, part.of
            ));
        }
        if let Some(first) = seen.insert(part.index, name.clone()) {
            return Err(format!(
                "{name}: part {} again, it is in {first} already; leave one of them out",
                part.index
            ));
        }
        let Some((first, whole)) = &mut joined else {
            of = part.of;
            // Kept to compare the others with.
            plan.shard = Some(part);
            joined = Some((name, plan));
            continue;
        };
        let alike = whole.shard.as_ref().is_some_and(|theirs| {
            theirs.of == part.of
                && theirs.configuration == part.configuration
                && theirs.revision == part.revision
        });
        if !alike || whole.gomend != plan.gomend || whole.rules != plan.rules || disagree(whole, &plan) {
            return Err(format!("{name}: of another run than {first}; plan all parts alike"));
        }
        whole.rule_hashes.append(&mut plan.rule_hashes);
        whole.files.append(&mut plan.files);
        whole.fixes.append(&mut plan.fixes);
    }
    if let Some(missing) = missing(of, &seen.keys().copied().collect()) {
        return Err(format!("missing of {of} parts: {missing}; plan them and name their files too"));
    }
    let (_, mut whole) = joined.ok_or("no plan was named")?;
    whole.shard = None;
    whole.proved_by = proved_by;
    whole.sort();
    let twice: BTreeSet<&str> = whole
        .files
        .windows(2)
        .filter(|two| two[0].path == two[1].path)
        .map(|two| two[0].path.as_str())
        .collect();
    match twice.first() {
        Some(path) => Err(format!("{path}: planned in two parts; plan all parts alike")),
        None => Ok(whole),
    }
}

/// Whether two plans come of a rule that was read from different texts.
fn disagree(one: &PlanFile, other: &PlanFile) -> bool {
    let differs = |(id, hash): (&String, &String)| other.rule_hashes.get(id).is_some_and(|own| own != hash);
    one.rule_hashes.iter().any(differs)
}
