//! What go says of a package that it cannot build, under reasons that users know.

/// How go says that something imported is not there.
pub(super) const MISSING: [&str; 7] = [
    "no required module provides package",
    "cannot find module providing package",
    "module lookup disabled",
    "missing go.sum entry",
    "cannot find package",
    "is not in std",
    "finding module for package",
];

/// How a reason begins that a C compiler would mend.
pub(super) const CGO: &str = "cgo without a C compiler";

/// How a reason ends whose cure is named with the directory of the module.
pub(super) const DOWNLOAD: &str = "modules are not downloaded: run `go mod download`";

pub(super) const TIDY: &str = "go.mod or go.sum is not up to date: run `go mod tidy`";

/// Sorts go's words under a reason that users know. What only the settings of a proof
/// make go say (it may reach nothing and change nothing) is said as what it comes from.
pub(super) fn reason(words: &str) -> String {
    let has = |mark: &str| words.contains(mark);
    let unloaded = ["module lookup disabled", "GOPROXY=off", "GOVCS", "disallowed by"];
    match () {
        () if has("requires go >=") || has("invalid go version") => {
            let words = words.split(" (running go").next().unwrap_or(words);
            format!("newer Go needed: {words}")
        }
        () if has("C compiler") => format!("{CGO}: {words}"),
        () if unloaded.iter().any(|mark| has(mark)) => format!("dependency missing: {DOWNLOAD}"),
        () if has("missing go.sum entry")
            || has("updates to go.mod needed")
            || has("updates to go.sum needed") =>
        {
            format!("dependency missing: {TIDY}")
        }
        () if MISSING.iter().any(|mark| has(mark)) => format!("dependency missing: {words}"),
        () if words.starts_with("go: ") || words.starts_with("verification ") => words.to_owned(),
        () => format!("package already broken: {words}"),
    }
}
