//! Answers requests from a snapshot of the memory statistics that one goroutine
//! renews.
//! ```go
//! func status(w http.ResponseWriter, r *http.Request) {
//! 	var m runtime.MemStats
//! 	runtime.ReadMemStats(&m)
//! 	fmt.Fprintf(w, "%d bytes, %d collections\n", m.HeapAlloc, m.NumGC)
//! }
//! ```
//! becomes
//! ```go
//! func status(w http.ResponseWriter, r *http.Request) {
//! 	m := memStats.Load()
//! 	fmt.Fprintf(w, "%d bytes, %d collections\n", m.HeapAlloc, m.NumGC)
//! }
//!
//! // memStats points to the last reading of the memory statistics, which one
//! // goroutine renews.
//! var memStats = pollMemStats(10 * time.Second)
//!
//! type memSnapshot struct {
//! 	HeapAlloc uint64
//! 	NumGC     uint32
//! }
//!
//! func pollMemStats(every time.Duration) *atomic.Pointer[memSnapshot] {
//! 	var last atomic.Pointer[memSnapshot]
//! 	last.Store(readMemSnapshot())
//! 	go func() {
//! 		for range time.Tick(every) {
//! 			last.Store(readMemSnapshot())
//! 		}
//! 	}()
//! 	return &last
//! }
//!
//! func readMemSnapshot() *memSnapshot {
//! 	samples := []metrics.Sample{
//! 		{Name: "/memory/classes/heap/objects:bytes"},
//! 		{Name: "/gc/cycles/total:gc-cycles"},
//! 	}
//! 	metrics.Read(samples)
//! 	return &memSnapshot{
//! 		HeapAlloc: samples[0].Value.Uint64(),
//! 		NumGC:     uint32(samples[1].Value.Uint64()),
//! 	}
//! }
//! ```
//! # Why
//! `runtime.ReadMemStats` stops every goroutine: measured with Go 1.26, 70 to 165 µs for
//! each request, whatever the size of the heap, so whoever sends requests decides how
//! often the program stands still. A snapshot costs a request one atomic load.
//! # Unsafe
//! The values that a request gets are up to ten seconds old, and a goroutine runs as
//! long as the program. The snapshot is filled while the package is initialized, before
//! the first request. Every handler of the file that reads the statistics uses it.
//! `read-mem-stats` offers the smaller change at the same place, a reading of its own for each
//! request at less than 0.5 µs: where both rules run, it alone is shown. A comment that
//! speaks of what is replaced is marked.
//! # Guards
//! - `too-old-go`, advice: `atomic.Pointer` came with Go 1.19.
//! - `read-elsewhere`, advice: another file of the package reads the statistics too, and one
//!   snapshot should serve both.
//! - `not-nameable`, advice: `uint64` or `uint32` means something else in the package.
//! # Known limits
//! A test of the package that looks for goroutines left behind sees the one that renews
//! the snapshot. Handlers are known by their signatures alone: those of `net/http`, and
//! methods of gRPC and Connect services.

use crate::model::GoVersion;
use crate::model::effects::function_of;
use crate::model::imports::{callee, imports};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict,
    behind_declaration, is_alone_on_its_lines,
};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::handler;
use crate::transforms::shared::mem_stats::fields::StatsField;
use crate::transforms::shared::mem_stats::stats::Stats;
use crate::transforms::shared::mem_stats::{
    METRICS, Reading, declarations_with_reads, seldom, stats, text, told_comment,
};

/// Replaces `runtime.ReadMemStats` in handlers by the load of a snapshot.
pub struct ReadMemStatsPerRequest;

/// A handler that reads the statistics once for each request.
pub struct ReadMemStatsPerRequestSite<'t> {
    read: Reading<'t>,
    function: Node<'t>,
    serves: &'static str,
}

impl<'t> ReadMemStatsPerRequestSite<'t> {
    fn stats(&self) -> Option<&Stats<'t>> {
        self.read.stats.as_ref()
    }

    /// The fields that the handler reads.
    fn fields(&self) -> impl Iterator<Item = &'static StatsField> {
        self.stats().into_iter().flat_map(|stats| stats.uses.iter().map(|read| read.field))
    }
}

impl Transform for ReadMemStatsPerRequest {
    type Site<'t> = ReadMemStatsPerRequestSite<'t>;
    const META: Meta = Meta {
        id: "read-mem-stats-per-request",
        title: "serve a snapshot of the statistics that one goroutine renews",
        group: Group::Metrics,
        seeds: &["OPT 1", "SRC 13"],
        best: Applicability::Unsafe,
        since: Some(GoVersion(1, 19)),
        triggers: &[Symbol { path: "runtime", name: "ReadMemStats" }],
        guards: &["too-old-go", "read-elsewhere", "not-nameable"],
        yields_to: &["read-mem-stats"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<ReadMemStatsPerRequestSite<'t>> {
        let read = Reading::at(mention, cx)?;
        // What must be exact, or is more than a few fields, is no snapshot.
        if read.judge(cx).level() < Applicability::Unsafe {
            return None;
        }
        // Not each request does it.
        if seldom::is_gated(&read, cx) {
            return None;
        }
        let function = function_of(read.call)?;
        let serves = handler::served(function, cx)?;
        let stats = read.stats.as_ref()?;
        let statement = read.call.parent()?;
        let list = statement.parent().filter(|list| list.kind() == Kind::StatementList)?;
        let fits = stats.reads.len() == 1
            && function_of(stats.local.name) == Some(function)
            && is_alone_on_its_lines(statement)
            && stats.uses.iter().all(|read| list.holds(read.node));
        fits.then_some(ReadMemStatsPerRequestSite { read, function, serves })
    }

    fn judge<'t>(_: &ReadMemStatsPerRequestSite<'t>, cx: &Cx<'t>) -> Verdict {
        let old = (!cx.has(GoVersion(1, 19))).then(|| "Go 1.19 has it".to_owned());
        let hidden = ["uint64", "uint32"].iter().any(|name| cx.package().knows(name));
        Verdict::of(Applicability::Unsafe)
            .lower_for(old, Applicability::Advice, "too-old-go")
            .lower_for(read_elsewhere(cx), Applicability::Advice, "read-elsewhere")
            .lower_if(hidden, Applicability::Advice, "not-nameable")
    }

    fn diagnose<'t>(site: &ReadMemStatsPerRequestSite<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let mut labels = vec![(site.function.span(), "this handler".into())];
        labels.extend(told_comment(&site.read, verdict, cx));
        Diagnostic {
            span: site.read.call.span(),
            message: format!("{} stops the world for each request", site.serves),
            why: "each call of `runtime.ReadMemStats` stops every goroutine for 70 to 165 µs (Go 1.26); a \
                  snapshot that is renewed every ten seconds costs a request one atomic load"
                .into(),
            severity: Severity::Note,
            labels,
        }
    }

    fn rewrite<'t>(_: &ReadMemStatsPerRequestSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let sites = all_sites(cx);
        let roots: Vec<Node<'t>> =
            sites.iter().filter_map(|site| site.read.call.ancestors().last()).collect();
        let Some(root) = roots.first().copied() else { return };
        if sites.len() > 1 {
            fix.set_title(format!("serve one snapshot to the {} handlers of the file", sites.len()));
        }
        let mut fields: Vec<&'static StatsField> = Vec::new();
        for field in sites.iter().flat_map(ReadMemStatsPerRequestSite::fields) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        let name = |wished: &str| {
            let numbered = (2..).map(|n| format!("{wished}{n}"));
            std::iter::once(wished.to_owned())
                .chain(numbered)
                .find(|name| !cx.package().knows(name) && roots.iter().all(|root| cx.is_free(name, *root)))
                .expect("some number is free")
        };
        let names = RequestNames {
            variable: name("memStats"),
            snapshot: name("memSnapshot"),
            poll: name("pollMemStats"),
            read: name("readMemSnapshot"),
            metrics: fix.import_for(METRICS, root, &|| roots.clone(), cx),
            atomic: fix.import_for("sync/atomic", root, &|| roots.clone(), cx),
            time: fix.import_for("time", root, &|| roots.clone(), cx),
        };
        for site in &sites {
            load(site, &names.variable, fix);
        }
        roots.iter().for_each(|root| fix.claim(*root));
        let newline = cx.file.newline();
        let text = declarations(&names, &fields).replace('\n', newline);
        fix.insert(behind_declaration(root), format!("{newline}{newline}{text}"));
    }
}

/// The names that the new declarations use.
struct RequestNames {
    variable: String,
    snapshot: String,
    poll: String,
    read: String,
    metrics: String,
    atomic: String,
    time: String,
}

/// Every site of the file, in the order of the text.
fn all_sites<'t>(cx: &Cx<'t>) -> Vec<ReadMemStatsPerRequestSite<'t>> {
    let roots = declarations_with_reads(cx);
    let calls = roots.into_iter().flat_map(stats::calls);
    calls.filter_map(|call| ReadMemStatsPerRequest::site(callee(call)?, cx)).collect()
}

/// Loads the snapshot where the statistics were read. Its fields have the names
/// of those of `runtime.MemStats`, so that their uses stay.
fn load(site: &ReadMemStatsPerRequestSite<'_>, variable: &str, fix: &mut Fix) {
    let Some(stats) = site.stats() else { return };
    let local = stats.local.name.text();
    if let Some(declaration) = stats.declaration {
        fix.delete_statement(declaration, &["MemStats"]);
    }
    fix.replace_node(site.read.call, format!("{local} := {variable}.Load()"));
    for read in &stats.uses {
        let plain = format!("{local}.{}", read.field.name);
        if read.node.text() != plain {
            fix.replace_node(read.node, plain);
        }
    }
}

fn declarations(names: &RequestNames, fields: &[&'static StatsField]) -> String {
    let RequestNames { variable, snapshot, poll, read, metrics, atomic, time } = names;
    let mut needed: Vec<&'static str> = Vec::new();
    for metric in fields.iter().flat_map(|field| field.metrics) {
        if !needed.contains(metric) {
            needed.push(metric);
        }
    }
    let width = fields.iter().map(|field| field.name.len()).max().unwrap_or_default();
    let members: String =
        fields.iter().map(|field| format!("\t{:width$} {}\n", field.name, field.go_type())).collect();
    let samples = text::literal(metrics, &needed, "\t", "\n");
    let values: String = (fields.iter())
        .map(|field| {
            let value = text::value(field, &needed, "samples");
            format!("\t\t{:1$} {value},\n", format!("{}:", field.name), width + 1)
        })
        .collect();
    format!(
        "// {variable} points to the last reading of the memory statistics, which one
// goroutine renews.
var {variable} = {poll}(10 * {time}.Second)

type {snapshot} struct {{
{members}}}

func {poll}(every {time}.Duration) *{atomic}.Pointer[{snapshot}] {{
	var last {atomic}.Pointer[{snapshot}]
	last.Store({read}())
	go func() {{
		for range {time}.Tick(every) {{
			last.Store({read}())
		}}
	}}()
	return &last
}}

func {read}() *{snapshot} {{
	samples := {samples}
	{metrics}.Read(samples)
	return &{snapshot}{{
{values}	}}
}}"
    )
}

/// Another file of the package that reads the statistics, tests left out.
fn read_elsewhere(cx: &Cx<'_>) -> Option<String> {
    let others = cx.package().files().filter(|file| file.path() != cx.file.path() && !file.is_test());
    let mut readers = others.filter(|file| imports(file, "runtime") && file.text().contains("ReadMemStats("));
    let reader = readers.next()?;
    Some(reader.path().file_name()?.to_string_lossy().into_owned())
}
