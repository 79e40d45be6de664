//! The documents that rules come from, by the names that readers know them by.

/// How a rule names a document, and the document's title.
const DOCUMENTS: &[(&str, &str)] = &[
    ("SRC", "Runtime Source — Optimization"),
    ("OPT", "runtime Package Deep — Optimization"),
    ("SEN", "runtime Package Deep — Senior"),
    ("PKG", "The runtime package"),
];

/// The parts of the documents: the document, the part's number or word, its title.
const PARTS: &[(&str, &str, &str)] = &[
    ("SRC", "1", "Channel send in a hot loop where atomic would do"),
    ("SRC", "2", "select with a default in a spin loop"),
    ("SRC", "3", "time.After in a select loop"),
    ("SRC", "4", "defer Unlock() in a tight loop"),
    ("SRC", "5", "Goroutine per item"),
    ("SRC", "6", "Manual runtime.GC()"),
    ("SRC", "7", "runtime.Gosched() \"to give others a chance\""),
    ("SRC", "8", "runtime.LockOSThread for no reason"),
    ("SRC", "9", "make([]byte, n) per call for short-lived buffers"),
    ("SRC", "10", "runtime.SetFinalizer to close resources"),
    ("SRC", "11", "interface{} boxing in a hot path"),
    ("SRC", "12", "runtime.NumGoroutine() polled in metrics"),
    ("SRC", "13", "runtime.ReadMemStats per request"),
    ("SRC", "14", "runtime.Stack(buf, true) always-on dump"),
    ("OPT", "1", "runtime.ReadMemStats called on every request"),
    ("OPT", "2", "runtime.GC() called manually before every benchmark"),
    ("OPT", "3", "runtime.SetFinalizer for resource cleanup"),
    ("OPT", "4", "StartCPUProfile rate cranked up"),
    ("OPT", "5", "runtime.SetBlockProfileRate(1) left on in production"),
    ("OPT", "6", "runtime.Stack(buf, true) polled for monitoring"),
    ("OPT", "7", "runtime.NumGoroutine() polled in a hot loop"),
    ("OPT", "8", "runtime.GOMAXPROCS recomputed per request"),
    ("OPT", "9", "runtime.LockOSThread for unnecessary \"pinning\""),
    ("OPT", "10", "runtime/trace.Start always enabled"),
    ("OPT", "11", "runtime.Caller(0) in a hot logging path"),
    ("OPT", "12", "runtime.SetFinalizer to detect leaks in production"),
    ("OPT", "13", "Long-lived runtime/pprof files filling the disk"),
    ("OPT", "14", "debug.FreeOSMemory() called periodically"),
    ("SEN", "2", "runtime/metrics"),
    ("SEN", "3", "runtime/pprof"),
    ("SEN", "4", "runtime/trace"),
    ("SEN", "5", "runtime/debug tuning"),
    ("SEN", "6", "LockOSThread"),
    ("SEN", "7", "Goroutine dump triage"),
    ("SEN", "8", "SetFinalizer, AddCleanup, KeepAlive"),
    ("SEN", "9.1", "Failure modes"),
    ("SEN", "checklist", "Code review checklist"),
    ("SEN", "closing", "Closing principles"),
    ("PKG", "pitfalls", "Common pitfalls"),
];

/// A source as people read it: the title of the document and of its part. `source` is the
/// document's key and the part of it, as in a rule's `seeds`.
pub fn source(source: &str) -> String {
    let (key, part) = source.split_once(' ').unwrap_or((source, ""));
    let Some((_, title)) = DOCUMENTS.iter().find(|(known, _)| *known == key) else {
        return source.to_owned();
    };
    let part_title = PARTS.iter().find(|(of, known, _)| *of == key && *known == part);
    match part_title {
        Some((_, _, name)) => format!("{title}: {name}"),
        None if part.is_empty() => (*title).to_owned(),
        None => format!("{title}, {part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_called_by_its_title() {
        assert_eq!(source("SRC 3"), "Runtime Source — Optimization: time.After in a select loop");
        assert_eq!(source("PKG"), "The runtime package");
        assert_eq!(source("a page, chapter 2"), "a page, chapter 2");
    }
}
