//! Readings of `runtime.MemStats`: what they are used for, and what `runtime/metrics` has
//! instead.

pub mod elsewhere;
mod exactness;
pub mod fields;
mod others;
mod own;
mod reading;
pub mod seldom;
pub mod stats;
pub mod text;
mod values;

pub use reading::Reading;

use crate::model::effects::function_of;
use crate::rewrite::{Applicability, Cx, Verdict, is_alone_on_its_lines};
use crate::syntax::{Import, Kind, Node};
use crate::text::Span;
use stats::Stats;

/// The package that has the values without stopping the world.
pub const METRICS: &str = "runtime/metrics";

impl<'t> Reading<'t> {
    /// The reading at `mention`; `None` in a test, and for those behind the first.
    pub fn at(mention: Node<'t>, cx: &Cx<'t>) -> Option<Reading<'t>> {
        // Tests compare what was allocated before and after.
        if cx.file.is_test() {
            return None;
        }
        let call = stats::statement_call(mention)?;
        let stats = stats::target(call).map(|local| Stats::of(local, cx));
        let first = match &stats {
            Some(stats) => stats.reads.first() == Some(&call),
            None => elsewhere::is_first(call, cx),
        };
        first.then_some(Reading { call, stats })
    }

    /// What the guards say.
    pub fn judge(&self, cx: &Cx<'t>) -> Verdict {
        let verdict = own::of_itself(self, cx);
        let verdict = match &self.stats {
            Some(stats) => as_written(verdict, stats, self, cx),
            None => verdict,
        };
        let verdict = verdict
            .keep_seen(|| exactness::caller_collects(self.call, cx), "after-collection")
            .lower_seen(|| others::another_stays(self, cx), Applicability::Advice, "another-stays");
        // What nothing replaces may as well stay where it costs little.
        if verdict.level() != Applicability::Advice {
            return verdict;
        }
        verdict
            .keep_seen(|| seldom::renews(self, cx), "renewed-snapshot")
            .keep_seen(|| seldom::seldom(self, cx), "seldom")
            .keep_seen(|| seldom::served(self, cx), "served-whole")
    }
}

/// What the guards say of the text that would stand there.
fn as_written<'t>(verdict: Verdict, stats: &Stats<'t>, site: &Reading<'t>, cx: &Cx<'t>) -> Verdict {
    let at = |place: Option<Node<'t>>| place.map(|place| format!("line {}", place.line()));
    verdict
        .lower_seen(|| at(untidy(stats, cx)), Applicability::Advice, "layout")
        .lower_seen(|| at(hidden_name(stats, cx)), Applicability::Advice, "not-nameable")
        .lower_seen(|| at(exactness::kept_counter(stats, cx)), Applicability::Unsafe, "counter-kept")
        .lower_seen(|| line_of(elsewhere::comment(site, cx), cx), Applicability::Unsafe, "told-in-comment")
}

fn line_of(comment: Option<Span>, cx: &Cx<'_>) -> Option<String> {
    comment.map(|span| format!("line {}", cx.file.lines().line(span.start)))
}

/// The comment that a fix would make untrue, as a label; none where there is no fix.
pub fn told_comment(site: &Reading<'_>, verdict: &Verdict, cx: &Cx<'_>) -> Option<(Span, String)> {
    let comment = (verdict.level() >= Applicability::Unsafe).then(|| elsewhere::comment(site, cx))??;
    Some((comment, "this comment speaks of what is replaced".to_owned()))
}

/// The first place that a rewrite would leave untidy, or without its comment.
fn untidy<'t>(stats: &Stats<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let declaration = stats.declaration?;
    if !is_alone_on_its_lines(declaration) {
        return Some(declaration);
    }
    let replaced = text::written(stats, "metrics", &text::samples_name(stats, cx), cx).replaced;
    let grown = |node: Node<'t>| {
        let Some(function) = function_of(node).filter(|function| function.kind() == Kind::FuncLiteral) else {
            return false;
        };
        let inside = replaced.iter().filter(|(node, _)| function.holds(*node));
        let more: usize = inside.clone().map(|(_, text)| text.len()).sum();
        let less: usize = inside.map(|(node, _)| node.span().len()).sum();
        function.line() == cx.file.lines().line(function.end())
            && function.span().len() + more > ONE_LINE + less
    };
    let mut nodes = replaced.iter().map(|(node, _)| *node);
    nodes.find(|node| cx.has_comment(*node) || grown(*node))
}

/// The length from which gofmt breaks the body of a function literal that
/// stands on one line (`maxSize` of `funcBody` in go/printer, and the braces).
const ONE_LINE: usize = 100 + "{  }".len();

/// The declarations of the file that mention the function: they may all need
/// the package.
pub fn declarations_with_reads<'t>(cx: &Cx<'t>) -> Vec<Node<'t>> {
    let decls = cx.file.outline().decls.iter().enumerate();
    let mentions = decls.filter(|(_, decl)| decl.span.of(cx.file.text()).contains("ReadMemStats"));
    mentions.filter_map(|(index, _)| cx.file.decl(index)).collect()
}

/// The first place where a name that would be written there means something
/// else.
fn hidden_name<'t>(stats: &Stats<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    let declaration = stats.declaration?;
    let narrow = |read: &&values::StatsUse<'t>| {
        read.field.narrow.is_some_and(|name| !cx.is_predeclared(name, read.node))
    };
    let imports = cx.file.outline().imports.iter().filter(|import| import.path == METRICS);
    let nameable =
        |import: &Import| import.name.as_ref().is_none_or(|name| name.text != "_" && name.text != ".");
    let imported = imports.into_iter().any(nameable);
    let package = cx.package_name(METRICS, declaration);
    let hides =
        |place: &Node<'t>| imported && (package.is_none() || cx.package_name(METRICS, *place) != package);
    let mut places = std::iter::once(declaration).chain(stats.reads.iter().copied());
    stats.uses.iter().find(narrow).map(|read| read.node).or_else(|| places.find(hides))
}
