//! What a reading's own declaration says against its replacement.

use super::fields::StatsField;
use super::reading::Reading;
use super::stats::Stats;
use super::values::MetricValue;
use super::{elsewhere, exactness};
use crate::rewrite::{Applicability, Cx, Verdict};
use crate::syntax::Node;

/// What the guards say of a reading, without what the rest of the package does and what
/// would be written.
pub(super) fn of_itself<'t>(site: &Reading<'t>, cx: &Cx<'t>) -> Verdict {
    let verdict =
        Verdict::of(Applicability::Safe).keep_if(exactness::has_testing_handle(site.call), "testing");
    let at = |place: Option<Node<'t>>| place.map(|place| format!("line {}", place.line()));
    let advice = Applicability::Advice;
    let Some(stats) = &site.stats else {
        let collects = exactness::collects_before(site.call, cx);
        return verdict
            .keep_for(at(collects), "after-collection")
            .keep_seen(|| elsewhere::difference(site.call, cx), "difference")
            .lower_if(true, advice, "not-local");
    };
    let collects = || stats.reads.iter().find_map(|read| exactness::collects_before(*read, cx));
    let unread = || stats.declaration.and_then(|_| exactness::unread(stats));
    verdict
        .keep_seen(|| at(exactness::difference(stats, cx)), "difference")
        .keep_seen(|| at(collects()), "after-collection")
        .keep_seen(|| at(unread()), "read-may-not-happen")
        .lower_for(names_of(&stats.fields_without_metric()), advice, "no-exact-metric")
        .lower_for(at(stats.whole), advice, "used-whole")
        .lower_for(at(stats.escape()), advice, "escaping-closure")
        .lower_if(stats.declaration.is_none(), advice, "not-local")
        .lower_if(stats.uses.is_empty(), advice, "nothing-read")
        .lower_seen(|| missing_version(stats, cx), advice, "too-old-go")
}

fn names_of(fields: &[&'static StatsField]) -> Option<String> {
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Which Go would bring the metrics, when this one may not have them.
fn missing_version(stats: &Stats<'_>, cx: &Cx<'_>) -> Option<String> {
    let needed = stats.values.iter().map(MetricValue::since).max()?;
    (!cx.has(needed)).then(|| format!("Go {needed} has the metrics"))
}
