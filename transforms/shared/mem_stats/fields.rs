//! The fields of `runtime.MemStats` and the metrics that have exactly their
//! value, with the Go version that brought them.

use crate::model::GoVersion;

/// A field of `runtime.MemStats`.
#[derive(Debug, PartialEq, Eq)]
pub struct StatsField {
    /// Its name.
    pub name: &'static str,
    /// Its type where that is not `uint64`, the type of each metric.
    pub narrow: Option<&'static str>,
    /// The metrics whose sum it is; none when no metric has its value.
    pub metrics: &'static [&'static str],
    /// It only grows, and each processor holds a part of it back until it is
    /// asked to flush: two values that are subtracted miss what is held back.
    pub counts_up: bool,
    /// What to read instead of a field without metrics.
    pub instead: &'static str,
}

const OBJECTS: &str = "/memory/classes/heap/objects:bytes";
const UNUSED: &str = "/memory/classes/heap/unused:bytes";
const FREE: &str = "/memory/classes/heap/free:bytes";
const RELEASED: &str = "/memory/classes/heap/released:bytes";
const STACKS: &str = "/memory/classes/heap/stacks:bytes";
const OS_STACKS: &str = "/memory/classes/os-stacks:bytes";
const MSPAN_INUSE: &str = "/memory/classes/metadata/mspan/inuse:bytes";
const MSPAN_FREE: &str = "/memory/classes/metadata/mspan/free:bytes";
const MCACHE_INUSE: &str = "/memory/classes/metadata/mcache/inuse:bytes";
const MCACHE_FREE: &str = "/memory/classes/metadata/mcache/free:bytes";
const ALLOCATED_BYTES: &str = "/gc/heap/allocs:bytes";
/// Objects allocated, without the tiny ones.
pub const ALLOCATIONS: &str = "/gc/heap/allocs:objects";
/// Objects freed, without the tiny ones.
pub const FREES: &str = "/gc/heap/frees:objects";
const TINY: &str = "/gc/heap/tiny/allocs:objects";
/// Objects that live.
pub const LIVE_OBJECTS: &str = "/gc/heap/objects:objects";

/// Metrics that came with Go 1.17; all others of the table are as old as
/// `runtime/metrics`, which came with Go 1.16.
const SINCE_1_17: &[&str] = &[ALLOCATED_BYTES, ALLOCATIONS, FREES, TINY];

const PAUSES: &str = "`debug.ReadGCStats` tells exactly, without stopping the world";

const fn gauge(name: &'static str, metrics: &'static [&'static str]) -> StatsField {
    StatsField { name, narrow: None, metrics, counts_up: false, instead: "" }
}

const fn counter(name: &'static str, metrics: &'static [&'static str]) -> StatsField {
    StatsField { name, narrow: None, metrics, counts_up: true, instead: "" }
}

const fn cycles(name: &'static str, metrics: &'static [&'static str]) -> StatsField {
    StatsField { name, narrow: Some("uint32"), metrics, counts_up: false, instead: "" }
}

const fn without(name: &'static str, instead: &'static str) -> StatsField {
    StatsField { name, narrow: None, metrics: &[], counts_up: false, instead }
}

/// Every field, in the order of its declaration in `runtime/mstats.go`.
pub static FIELDS: &[StatsField] = &[
    gauge("Alloc", &[OBJECTS]),
    counter("TotalAlloc", &[ALLOCATED_BYTES]),
    gauge("Sys", &["/memory/classes/total:bytes"]),
    without("Lookups", "it is always 0"),
    // Both count the tiny objects, which the metrics keep apart.
    counter("Mallocs", &[ALLOCATIONS, TINY]),
    counter("Frees", &[FREES, TINY]),
    gauge("HeapAlloc", &[OBJECTS]),
    gauge("HeapSys", &[OBJECTS, UNUSED, FREE, RELEASED]),
    gauge("HeapIdle", &[FREE, RELEASED]),
    gauge("HeapInuse", &[OBJECTS, UNUSED]),
    gauge("HeapReleased", &[RELEASED]),
    gauge("HeapObjects", &[LIVE_OBJECTS]),
    gauge("StackInuse", &[STACKS]),
    gauge("StackSys", &[STACKS, OS_STACKS]),
    gauge("MSpanInuse", &[MSPAN_INUSE]),
    gauge("MSpanSys", &[MSPAN_INUSE, MSPAN_FREE]),
    gauge("MCacheInuse", &[MCACHE_INUSE]),
    gauge("MCacheSys", &[MCACHE_INUSE, MCACHE_FREE]),
    gauge("BuckHashSys", &["/memory/classes/profiling/buckets:bytes"]),
    gauge("GCSys", &["/memory/classes/metadata/other:bytes"]),
    gauge("OtherSys", &["/memory/classes/other:bytes"]),
    gauge("NextGC", &["/gc/heap/goal:bytes"]),
    without("LastGC", PAUSES),
    without("PauseTotalNs", PAUSES),
    without("PauseNs", PAUSES),
    without("PauseEnd", PAUSES),
    cycles("NumGC", &["/gc/cycles/total:gc-cycles"]),
    cycles("NumForcedGC", &["/gc/cycles/forced:gc-cycles"]),
    without(
        "GCCPUFraction",
        "the metrics under `/cpu/classes` count idle workers too and give another share",
    ),
    without("EnableGC", "it is always true"),
    without("DebugGC", "it is always false"),
    without("BySize", "`/gc/heap/allocs-by-size:bytes` is a histogram with other bounds"),
];

impl StatsField {
    /// The field called `name`.
    pub fn named(name: &str) -> Option<&'static StatsField> {
        FIELDS.iter().find(|field| field.name == name)
    }

    /// The type of the field.
    pub fn go_type(&self) -> &'static str {
        self.narrow.unwrap_or("uint64")
    }

    /// The field whose value is the sum of `metrics`, one of the heap's where there are two.
    pub fn of_metrics(metrics: &[&'static str]) -> Option<&'static StatsField> {
        let same = |field: &&StatsField| {
            field.metrics.len() == metrics.len()
                && metrics.iter().all(|metric| field.metrics.contains(metric))
        };
        FIELDS.iter().rfind(same)
    }
}

/// The Go version that has a metric of the table.
pub fn since(metric: &str) -> GoVersion {
    if SINCE_1_17.contains(&metric) { GoVersion(1, 17) } else { GoVersion(1, 16) }
}

/// The name of a local variable that holds a metric which is no field's value.
pub fn metric_name(metric: &str) -> &'static str {
    match metric {
        UNUSED => "heapUnused",
        FREE => "heapFree",
        OS_STACKS => "osStacks",
        MSPAN_FREE => "mSpanFree",
        MCACHE_FREE => "mCacheFree",
        ALLOCATIONS => "heapAllocs",
        FREES => "heapFrees",
        TINY => "tinyAllocs",
        _ => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Runs a Go program and gives what it prints.
    fn run(program: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("main.go");
        std::fs::write(&file, program).unwrap();
        let output = Command::new("go")
            .arg("run")
            .arg(&file)
            .current_dir(dir.path())
            .env("GOFLAGS", "")
            .output()
            .expect("go is needed: install Go 1.26 or later and put it on PATH");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn every_metric_of_the_table_exists_and_counts_in_uint64() {
        let known = run("package main

import (
	\"fmt\"
	\"runtime/metrics\"
)

func main() {
	for _, d := range metrics.All() {
		if d.Kind == metrics.KindUint64 {
			fmt.Println(d.Name)
		}
	}
}
");
        let known: Vec<&str> = known.lines().collect();
        for field in FIELDS {
            for metric in field.metrics {
                assert!(known.contains(metric), "{}: no metric {metric}", field.name);
            }
            assert_eq!(field.metrics.is_empty(), !field.instead.is_empty(), "{}", field.name);
        }
    }

    #[test]
    fn the_table_has_every_field_and_each_sum_has_the_value_and_type_of_its_field() {
        let mut checks = String::new();
        for field in FIELDS {
            let terms: Vec<String> = field.metrics.iter().map(|name| format!("at({name:?})")).collect();
            if !terms.is_empty() {
                let sum = terms.join(" + ");
                let (name, go_type) = (field.name, field.go_type());
                checks.push_str(&format!("\t\tcheck({name:?}, m.{name}, {go_type}({sum}))\n"));
            }
        }
        // Right after a collection nothing is held back; another goroutine of
        // the runtime can still move a few bytes between two classes.
        let printed = run(&format!(
            "package main

import (
	\"fmt\"
	\"reflect\"
	\"runtime\"
	\"runtime/debug\"
	\"runtime/metrics\"
)

func main() {{
	t := reflect.TypeOf(runtime.MemStats{{}})
	for i := 0; i < t.NumField(); i++ {{
		fmt.Println(\"field\", t.Field(i).Name)
	}}
	debug.SetGCPercent(-1)
	equal := map[string]bool{{}}
	check := func(name string, got, want any) {{
		if got == want {{
			equal[name] = true
		}}
	}}
	all := metrics.All()
	samples := make([]metrics.Sample, len(all))
	index := map[string]int{{}}
	for i := range all {{
		samples[i].Name = all[i].Name
		index[all[i].Name] = i
	}}
	at := func(name string) uint64 {{ return samples[index[name]].Value.Uint64() }}
	for i := 0; i < 20; i++ {{
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		metrics.Read(samples)
{checks}	}}
	for name := range equal {{
		fmt.Println(\"equal\", name)
	}}
}}
"
        ));
        let fields: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("field ")).collect();
        let names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        assert_eq!(names, fields);
        for field in FIELDS.iter().filter(|field| !field.metrics.is_empty()) {
            let line = format!("equal {}", field.name);
            assert!(printed.lines().any(|printed| printed == line), "{} never has this sum", field.name);
        }
    }
}
