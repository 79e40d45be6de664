//! The other readings of a package.

use super::elsewhere::declarations_saying;
use super::own::of_itself;
use super::reading::Reading;
use super::stats;
use crate::model::imports::{imports, is_symbol};
use crate::rewrite::{Applicability, Cx};
use crate::syntax::{Field, File, Node};

/// So many other readings of a package are looked at.
const MOST: usize = 8;

/// Another reading of the package, tests left out, that no fix replaces: the program
/// stops for it all the same.
pub fn another_stays(site: &Reading<'_>, cx: &Cx<'_>) -> Option<String> {
    let may = |file: &&std::sync::Arc<File>| {
        !file.is_test() && file.may_name("ReadMemStats") && imports(file, "runtime")
    };
    let mut others = cx.package().files().filter(may).flat_map(|file| {
        let cx = Cx { file, around: cx.around };
        let mentions = declarations_saying(file, "ReadMemStats")
            .flat_map(|root| root.descendants().filter(|node| is_symbol(*node, "runtime", "ReadMemStats")));
        // The field of a selector is no mention of its own.
        let whole = mentions.filter(|node| node.field_name() != Some(Field::Field));
        whole.map(move |mention| (cx, mention))
    });
    let own = |file: &File, mention: Node<'_>| {
        let read = |call: &Node<'_>| call.start() <= mention.start() && mention.end() <= call.end();
        let mut reads = site.stats.iter().flat_map(|stats| &stats.reads);
        file.path() == cx.file.path() && (read(&site.call) || reads.any(read))
    };
    let other = others.by_ref().filter(|(cx, mention)| !own(cx.file, *mention)).take(MOST).find(
        |(at, mention)| {
            let reach = at.file.path() == cx.file.path() || cx.around.out_of_reach(at.file).is_none();
            let Some(call) = stats::statement_call(*mention).filter(|_| reach) else { return true };
            let stats = stats::target(call).map(|local| stats::Stats::of(local, at));
            let other = Reading { call, stats };
            let verdict = of_itself(&other, at);
            // What only tests and benchmarks run is no part of the program.
            verdict.level() < Applicability::Unsafe && verdict.guard() != Some("testing")
        },
    )?;
    let file = other.0.file.path().file_name()?.to_string_lossy();
    Some(format!("line {} of {file}", other.1.line()))
}
