//! Reads the few statistics that are used from `runtime/metrics`, which does not
//! stop the world.
//! ```go
//! func report() {
//! 	var m runtime.MemStats
//! 	runtime.ReadMemStats(&m)
//! 	log.Printf("heap %d KiB in use, %d collections", m.HeapInuse/1024, m.NumGC)
//! }
//! ```
//! becomes
//! ```go
//! func report() {
//! 	samples := []metrics.Sample{
//! 		{Name: "/memory/classes/heap/objects:bytes"},
//! 		{Name: "/memory/classes/heap/unused:bytes"},
//! 		{Name: "/gc/cycles/total:gc-cycles"},
//! 	}
//! 	metrics.Read(samples)
//! 	heapInuse := samples[0].Value.Uint64() + samples[1].Value.Uint64()
//! 	numGC := uint32(samples[2].Value.Uint64())
//! 	log.Printf("heap %d KiB in use, %d collections", heapInuse/1024, numGC)
//! }
//! ```
//! # Why
//! `runtime.ReadMemStats` stops every goroutine of the program, flushes what each
//! processor holds back, and adds everything up. Measured with Go 1.26 that takes 70 to
//! 165 µs whatever the size of the heap; `metrics.Read` of the same values takes 0.4 to
//! 0.5 µs and stops nothing, about 200 times less.
//! # Safe
//! Each field that is read has a metric, or a sum of metrics, with exactly its value,
//! and the types stay as they were. The values are as fresh as what the processors have
//! handed over: `HeapAlloc` can lag by what they still hold back (at most 71 KB were
//! seen on two of them). The samples belong to one call, as `metrics.Read` demands that
//! calls at the same time share no slice.
//! # Guards
//! - `testing`, keep: the function takes a handle of the package `testing`, so it measures
//!   something and needs the exact counts.
//! - `difference`, keep: values of two moments are used side by side or subtracted, and what
//!   the processors hold back in between would be missing from what tells them apart.
//! - `after-collection`, keep: a collection is forced before the statistics are read, here
//!   or in a function of the package that calls this one, so they are meant to be exact.
//! - `read-may-not-happen`, keep: a field can be read where the statistics were not, which
//!   gives 0 now and would be a panic then.
//! - `no-exact-metric`, advice: a field that is read has no metric with the same value.
//! - `used-whole`, advice: the variable is copied, compared, assigned or passed on, so all
//!   of its fields may be needed.
//! - `escaping-closure`, advice: a function literal that may run later, or beside the
//!   function, uses the variable.
//! - `not-local`, advice: the statistics are kept in a parameter, a result, a field, a
//!   package variable, or a variable that is not declared by itself and empty.
//! - `nothing-read`, advice: no field is read after the world was stopped to fill them.
//! - `too-old-go`, advice: a metric that is needed came with a later Go than the module's.
//! - `layout`, advice: the declaration shares its line with other code, or a comment stands
//!   inside an expression that would be replaced.
//! - `not-nameable`, advice: `uint32` or `metrics` means something else at the place where it
//!   would be written.
//! - `counter-kept`, unsafe: the value of `TotalAlloc`, `Mallocs` or `Frees` is returned,
//!   stored or passed on, and whoever has it may subtract two of them.
//! - `told-in-comment`, unsafe: a comment of the function speaks of what is replaced: of the
//!   variable, `ReadMemStats`, the type, or the world that stops. Somebody has to rewrite it.
//! - `another-stays`, advice: another reading of the package cannot be replaced, so the
//!   program still stops for that one.
//! - `served-whole`, keep: there is no fix, and the whole struct is returned, sent, encoded or
//!   handed to other packages: whoever gets it wants all fields.
//! - `seldom`, keep: there is no fix, and the loop around the reading waits a second or more
//!   in each turn, beside which 165 µs are nothing.
//! - `renewed-snapshot`, keep: there is no fix, and a loop that waits for time to pass renews a
//!   copy that others read, which is how to share one reading.
//! # Known limits
//! Metrics cancel within one expression (`m.HeapIdle - m.HeapReleased` is one sample), not
//! across variables. Of a package with many readings 8 others are looked at for `another-stays`.
//! Values that reach another function are not followed: a `HeapAlloc` that is returned
//! and subtracted elsewhere lags by what the processors hold back. TinyGo has no
//! `runtime/metrics`.

mod elsewhere;
mod exactness;
pub mod fields;
mod seldom;
pub mod stats;
pub mod text;
mod values;

use crate::model::effects::function_of;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict,
    is_alone_on_its_lines,
};
use crate::syntax::{Import, Kind, Node};
use crate::text::Span;
pub use stats::Stats;
use values::MetricValue;

/// The package that has the values without stopping the world.
pub const METRICS: &str = "runtime/metrics";

/// Replaces `runtime.ReadMemStats` by `metrics.Read` of what is used.
pub struct ReadMemStats;

/// `runtime.ReadMemStats(&m)` as a statement, the first that fills `m`.
pub struct ReadMemStatsSite<'t> {
    /// The call.
    pub call: Node<'t>,
    /// What is done with `m`, when it is declared in the function.
    pub stats: Option<Stats<'t>>,
}

impl Transform for ReadMemStats {
    type Site<'t> = ReadMemStatsSite<'t>;
    const META: Meta = Meta {
        id: "read-mem-stats",
        title: "read the metrics that are used, without stopping the world",
        group: Group::Metrics,
        seeds: &["OPT 1", "SRC 13", "SEN 2"],
        best: Applicability::Safe,
        since: Some(crate::model::GoVersion(1, 16)),
        triggers: &[Symbol { path: "runtime", name: "ReadMemStats" }],
        guards: &[
            "testing",
            "difference",
            "after-collection",
            "read-may-not-happen",
            "no-exact-metric",
            "used-whole",
            "escaping-closure",
            "not-local",
            "nothing-read",
            "too-old-go",
            "layout",
            "not-nameable",
            "counter-kept",
            "told-in-comment",
            "another-stays",
            "served-whole",
            "seldom",
            "renewed-snapshot",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<ReadMemStatsSite<'t>> {
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
        first.then_some(ReadMemStatsSite { call, stats })
    }

    fn judge<'t>(site: &ReadMemStatsSite<'t>, cx: &Cx<'t>) -> Verdict {
        let verdict = of_itself(site, cx);
        let verdict = match &site.stats {
            Some(stats) => as_written(verdict, stats, site, cx),
            None => verdict,
        };
        let verdict = verdict
            .keep_seen(|| exactness::caller_collects(site.call, cx), "after-collection")
            .lower_seen(|| elsewhere::another_stays(site, cx), Applicability::Advice, "another-stays");
        // What nothing replaces may as well stay where it costs little.
        if verdict.level() != Applicability::Advice {
            return verdict;
        }
        verdict
            .keep_seen(|| seldom::renews(site, cx), "renewed-snapshot")
            .keep_seen(|| seldom::seldom(site, cx), "seldom")
            .keep_seen(|| seldom::served(site, cx), "served-whole")
    }

    fn diagnose<'t>(site: &ReadMemStatsSite<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let mut names: Vec<&str> = Vec::new();
        let mut readings: Vec<Node<'t>> = Vec::new();
        let read: Vec<&str> = match &site.stats {
            Some(stats) => {
                readings.clone_from(&stats.reads);
                stats.uses.iter().map(|read| read.field.name).collect()
            }
            None => {
                readings.extend(elsewhere::readings(site.call, cx));
                elsewhere::fields_read(site.call, cx).iter().map(|(_, field)| field.name).collect()
            }
        };
        for name in read {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let purpose = match &names[..] {
            [] => String::new(),
            [only] => format!(" to read `{only}`"),
            [others @ .., last] => format!(" to read `{}` and `{last}`", others.join("`, `")),
        };
        let mut why = "it stops every goroutine and takes 70 to 165 µs whatever the size of the heap, \
                       `metrics.Read` less than 0.5 µs (Go 1.26), about 200 times less, and it stops nothing"
            .to_owned();
        if verdict.level() >= Applicability::Unsafe
            && let Some(rate) = seldom::rate_of(site, cx)
        {
            why.push_str(&format!("; here that is at most {rate}"));
        }
        if verdict.guard() == Some("no-exact-metric") {
            for field in site.stats.iter().flat_map(Stats::fields_without_metric) {
                why.push_str(&format!("; `{}` has no exact metric: {}", field.name, field.instead));
            }
        }
        let mut labels = Vec::new();
        let around = |node: &Node<'t>| node.kind() == Kind::ForStatement || node.kind() == Kind::FuncLiteral;
        if let Some(round) =
            site.call.ancestors().find(around).filter(|node| node.kind() == Kind::ForStatement)
        {
            labels.push((round.span(), "at each turn of this loop".to_owned()));
        }
        for again in readings.iter().skip(1).filter(|again| again.file().path() == cx.file.path()) {
            labels.push((again.span(), "and here again".to_owned()));
        }
        labels.extend(told_comment(site, verdict, cx));
        Diagnostic {
            span: site.call.span(),
            message: format!("`runtime.ReadMemStats` stops the world{purpose}"),
            why,
            severity: Severity::Note,
            labels,
        }
    }

    fn rewrite<'t>(site: &ReadMemStatsSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(stats) = &site.stats else { return };
        let Some(declaration) = stats.declaration else { return };
        let samples = text::samples_name(stats, cx);
        let package = fix.import_for(METRICS, declaration, &|| declarations_with_reads(cx), cx);
        fix.claim(declaration);
        let written = text::written(stats, &package, &samples, cx);
        for (node, text) in written.replaced {
            fix.replace_node(node, text);
        }
        for (statement, lines) in written.behind {
            fix.insert_after(statement, &lines);
        }
    }
}

/// What the guards say of a reading, without what the rest of the package does and what
/// would be written.
fn of_itself<'t>(site: &ReadMemStatsSite<'t>, cx: &Cx<'t>) -> Verdict {
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

/// What the guards say of the text that would stand there.
fn as_written<'t>(verdict: Verdict, stats: &Stats<'t>, site: &ReadMemStatsSite<'t>, cx: &Cx<'t>) -> Verdict {
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
pub fn told_comment(site: &ReadMemStatsSite<'_>, verdict: &Verdict, cx: &Cx<'_>) -> Option<(Span, String)> {
    let comment = (verdict.level() >= Applicability::Unsafe).then(|| elsewhere::comment(site, cx))??;
    Some((comment, "this comment speaks of what is replaced".to_owned()))
}

fn names_of(fields: &[&'static fields::StatsField]) -> Option<String> {
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Which Go would bring the metrics, when this one may not have them.
fn missing_version(stats: &Stats<'_>, cx: &Cx<'_>) -> Option<String> {
    let needed = stats.values.iter().map(MetricValue::since).max()?;
    (!cx.has(needed)).then(|| format!("Go {needed} has the metrics"))
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
    let narrow = |read: &&stats::StatsUse<'t>| {
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
