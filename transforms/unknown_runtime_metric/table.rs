//! The metrics of `runtime/metrics` by Go version, and which of them a wrong
//! name was meant to be.

use crate::model::GoVersion;
use std::sync::LazyLock;

/// One metric.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name, `/sched/latencies:seconds`.
    pub name: &'static str,
    /// `uint64`, `float64` or `float64-histogram`.
    pub kind: &'static str,
    /// The first Go that has it.
    pub since: GoVersion,
    /// The first Go that no longer has it.
    pub until: Option<GoVersion>,
}

impl Metric {
    /// The method of `metrics.Value` that reads it.
    pub fn accessor(&self) -> &'static str {
        match self.kind {
            "uint64" => "Uint64",
            "float64" => "Float64",
            _ => "Float64Histogram",
        }
    }
}

/// The last Go that the table knows.
pub const LAST: GoVersion = GoVersion(1, 26);

/// Names that share less of their words with the wrong one were not meant.
const LEAST: f64 = 0.75;

/// By so much the nearest name must be nearer than the next.
const MARGIN: f64 = 0.1;

/// Every metric, those that some Go no longer has included.
pub static METRICS: LazyLock<Vec<Metric>> = LazyLock::new(|| {
    let lines = include_str!("metrics.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(metric).collect()
});

fn metric(line: &'static str) -> Option<Metric> {
    let mut columns = line.split('\t');
    let (name, kind) = (columns.next()?, columns.next()?);
    let since = GoVersion::parse(columns.next()?)?;
    Some(Metric { name, kind, since, until: columns.next().and_then(GoVersion::parse) })
}

/// The metric of that name.
pub fn called(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// Whether a text is written as the name of a metric is: a path, a colon and a
/// unit.
pub fn looks_like_one(text: &str) -> bool {
    let part = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "/-_<>*".contains(c))
    };
    let halves = text.strip_prefix('/').and_then(|rest| rest.split_once(':'));
    // The settings counted below /godebug/ change with every release.
    halves.is_some_and(|(path, unit)| part(path) && part(unit)) && !text.starts_with("/godebug/")
}

/// Whether a name begins as those of metrics do, with `/gc/`, `/sched/` and the
/// like.
pub fn begins_like_one(name: &str) -> bool {
    let first = |name: &str| name.split('/').nth(1).map(str::to_owned);
    METRICS.iter().any(|metric| first(metric.name) == first(name))
}

/// The metric that `wrong` was meant to be, when one that Go `go` has is nearer
/// than every other. Near means that the names share most of their words,
/// which is Dice's coefficient over the words between `/`, `:` and `-`.
pub fn nearest(wrong: &str, go: Option<GoVersion>) -> Option<&'static Metric> {
    let there = |metric: &&Metric| {
        go.is_none_or(|go| metric.since <= go && metric.until.is_none_or(|until| go < until))
    };
    let mut scored: Vec<(f64, &Metric)> =
        METRICS.iter().filter(there).map(|metric| (likeness(wrong, metric.name), metric)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let [(best, metric), (next, _), ..] = scored[..] else { return None };
    (best >= LEAST && best - next >= MARGIN).then_some(metric)
}

/// Whether two names end with one unit, but for a slip of the finger or what it is counted of:
/// `seconds` and `cpu-seconds`, but not `nanoseconds`.
pub fn is_same_unit(a: &str, b: &str) -> bool {
    let last = |name: &str| name.rsplit([':', '-', '/']).next().unwrap_or_default().to_owned();
    let (a, b) = (last(a), last(b));
    a == b || strsim::damerau_levenshtein(&a, &b) <= 1
}

fn likeness(a: &str, b: &str) -> f64 {
    let split = |text: &str| -> Vec<String> {
        text.split(['/', ':', '-', '_']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (a, mut b) = (split(a), split(b));
    let total = a.len() + b.len();
    let mut shared = 0;
    for word in &a {
        if let Some(at) = b.iter().position(|other| is_same(word, other)) {
            b.swap_remove(at);
            shared += 1;
        }
    }
    2.0 * f64::from(shared) / total as f64
}

/// Whether two words are one, but for their ending or a slip of the finger.
fn is_same(a: &str, b: &str) -> bool {
    let stem = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a == b || stem >= 5 || (a.len().min(b.len()) >= 4 && strsim::damerau_levenshtein(a, b) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_finds_the_one_that_was_meant() {
        let near = |wrong: &str| nearest(wrong, Some(LAST)).map(|metric| metric.name);
        assert_eq!(near("/sched/latency:seconds"), Some("/sched/latencies:seconds"));
        assert_eq!(near("/gc/cpu/total:cpu-seconds"), Some("/cpu/classes/gc/total:cpu-seconds"));
        assert_eq!(near("/gc/heap/objects:object"), Some("/gc/heap/objects:objects"));
        assert_eq!(near("/sched/gorutines:goroutines"), Some("/sched/goroutines:goroutines"));
        // Free, unused, objects and released are all as near.
        assert_eq!(near("/memory/classes/heap/inuse:bytes"), None);
        assert_eq!(near("/app/requests:requests"), None);
        assert_eq!(nearest("/sched/latency:seconds", Some(GoVersion(1, 16))), None);
    }

    #[test]
    fn a_name_is_a_path_and_a_unit() {
        assert!(looks_like_one("/gc/heap/allocs:bytes") && looks_like_one("/sched/x:a-b"));
        for other in
            ["/healthz", "http://x:80", "/a b:c", "/godebug/non-default-behavior/x:events", ":8080", "/:a"]
        {
            assert!(!looks_like_one(other), "{other}");
        }
    }

    #[test]
    fn the_table_is_read_whole() {
        assert!(METRICS.len() > 50);
        assert_eq!(called("/sched/latencies:seconds").map(Metric::accessor), Some("Float64Histogram"));
        assert!(METRICS.iter().all(|metric| looks_like_one(metric.name) && metric.since <= LAST));
    }
}
