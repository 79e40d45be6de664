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
//! processor has in its cache, and adds everything up. Measured with Go 1.26 that takes 70 to
//! 165 µs whatever the size of the heap; `metrics.Read` of the same values takes 0.4 to
//! 0.5 µs and stops nothing, about 200 times less.
//! # Safe
//! Each field that is read has a metric, or a sum of metrics, with exactly its value,
//! and the types stay as they were. The values are as fresh as what the processors have
//! handed over: `HeapAlloc` can lag by what they still keep (at most 71 KB were
//! seen on two of them). The samples belong to one call, as `metrics.Read` demands that
//! calls at the same time share no slice.
//! # Guards
//! - `testing`, keep: the function takes a handle of the package `testing`, so it measures
//!   something and needs the exact counts.
//! - `difference`, keep: values of two moments are used side by side or subtracted, and what
//!   the processors keep in between would be missing from what tells them apart.
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
//!   handed to other packages, or a dozen of its fields are read, here or in the function of the package
//!   that gets it: whoever gets it wants all fields.
//! - `seldom`, keep: there is no fix, and a second or more lies between two readings, beside which
//!   165 µs are nothing: the loop around it waits, or a comparison of times or a ticker stands before it.
//! - `renewed-snapshot`, keep: there is no fix, and a loop that waits for time to pass, or code behind a
//!   comparison of times, renews a copy that others read, which is how to share one reading.
//! # Known limits
//! Metrics cancel within one expression (`m.HeapIdle - m.HeapReleased` is one sample), not
//! across variables. Of a package with many readings 8 others are looked at for `another-stays`.
//! Values that reach another function are not followed: a `HeapAlloc` that is returned
//! and subtracted elsewhere lags by what the processors keep. TinyGo has no
//! `runtime/metrics`.

use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::mem_stats::fields::StatsField;
use crate::transforms::shared::mem_stats::stats::Stats;
use crate::transforms::shared::mem_stats::{
    METRICS, Reading, declarations_with_reads, elsewhere, seldom, text, told_comment,
};

/// Replaces `runtime.ReadMemStats` by `metrics.Read` of what is used.
pub struct ReadMemStats;

/// `` `Alloc`, `Sys` and `NumGC` ``
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [others @ .., last] => format!("`{}` and `{last}`", others.join("`, `")),
    }
}

impl Transform for ReadMemStats {
    type Site<'t> = Reading<'t>;
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

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<Reading<'t>> {
        Reading::at(mention, cx)
    }

    fn judge<'t>(site: &Reading<'t>, cx: &Cx<'t>) -> Verdict {
        site.judge(cx)
    }

    fn diagnose<'t>(site: &Reading<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
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
        let purpose = if names.is_empty() { String::new() } else { format!(" to read {}", listed(&names)) };
        let mut why = "it stops every goroutine and takes 70 to 165 µs whatever the size of the heap, \
                       `metrics.Read` less than 0.5 µs (Go 1.26), about 200 times less, and it stops nothing"
            .to_owned();
        if verdict.level() >= Applicability::Unsafe
            && let Some(rate) = seldom::rate_of(site, cx)
        {
            why.push_str(&format!("; here that is at most {rate}"));
        }
        if verdict.guard() == Some("no-exact-metric") {
            let fields: Vec<&StatsField> = site.stats.iter().flat_map(Stats::fields_without_metric).collect();
            for alike in fields.chunk_by(|one, other| one.instead == other.instead) {
                let names: Vec<&str> = alike.iter().map(|field| field.name).collect();
                let verb = if names.len() == 1 { "has" } else { "have" };
                why.push_str(&format!("; {} {verb} no exact metric: {}", listed(&names), alike[0].instead));
            }
        }
        let mut labels = Vec::new();
        let around = |node: &Node<'t>| node.kind() == Kind::ForStatement || node.kind() == Kind::FuncLiteral;
        if let Some(round) =
            site.call.ancestors().find(around).filter(|node| node.kind() == Kind::ForStatement)
        {
            labels.push((round.span(), "in each iteration of this loop".to_owned()));
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

    fn rewrite<'t>(site: &Reading<'t>, cx: &Cx<'t>, fix: &mut Fix) {
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
