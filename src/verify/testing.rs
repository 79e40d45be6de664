//! Runs the tests of packages through the overlay and reads what they say.
//!
//! Measured with go 1.26: a run through an overlay is taken from go's cache of
//! test results when the same bytes passed before, unless a test uses a
//! temporary directory whose name (`GOTMPDIR`, `TMPDIR`) is another; so tests
//! keep the user's own. A failure is never cached, so that a second run is one.

use super::check_outcome::{CheckOutcome, TestFiles};
use super::diagnostic::of_test;
use super::unit::Unit;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;

/// How often a package that fails is run before it is believed.
const TRIES: usize = 3;
/// Lines that are kept of what one test prints.
const LINES: usize = 200;

/// What one run said of one package.
#[derive(Debug, Default)]
struct TestEvents {
    /// Whether it passed; `None` when it did not end.
    passed: Option<bool>,
    untested: bool,
    /// The package (`p [p.test]`) whose build failed.
    build: String,
    /// Test → what it printed; the package itself is ``.
    printed: BTreeMap<String, Vec<String>>,
    failed: BTreeSet<String>,
}

/// One line of `go test -json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Event {
    action: String,
    package: String,
    import_path: String,
    test: String,
    output: String,
    failed_build: String,
}

impl Unit<'_> {
    /// Why the tests of this configuration cannot run here, if they cannot.
    pub(super) fn foreign(&self) -> Option<String> {
        let (wanted, host) = (self.platform(), self.context.host.as_str());
        let runs = wanted == host
            || matches!((host.split_once('/'), wanted.split_once('/')),
                (Some((os, "amd64")), Some((same, "386"))) if os == same);
        (!runs).then(|| format!("vetted, but tests of {wanted} cannot run on {host}"))
    }

    /// Runs the tests of the packages that were vetted. Those that fail are run
    /// again: on top of a fix only what fails each time counts, of the code on
    /// disk what fails once.
    pub(super) fn test(
        &self,
        outcomes: &mut BTreeMap<usize, CheckOutcome>,
        overlay: &Option<OsString>,
        on_disk: bool,
    ) -> Result<(), String> {
        let mut open: Vec<usize> =
            outcomes.iter().filter(|(_, outcome)| outcome.vetted).map(|(&index, _)| index).collect();
        // Index → what failed in every run so far, in any, and the words.
        let mut failing: BTreeMap<usize, Failing> = BTreeMap::new();
        for _ in 0..TRIES {
            if open.is_empty() {
                break;
            }
            let mut again = Vec::new();
            for (index, events) in self.events(&open, overlay)? {
                let Some(outcome) = outcomes.get_mut(&index) else { continue };
                if events.passed == Some(true) {
                    outcome.tests = if events.untested { TestFiles::Missing } else { TestFiles::Passed };
                    continue;
                }
                let now = events.failures();
                let known =
                    failing.entry(index).or_insert_with(|| Failing { each: None, any: BTreeMap::new() });
                let each: BTreeSet<String> = match known.each.take() {
                    None => now.keys().cloned().collect(),
                    Some(before) => before.into_iter().filter(|test| now.contains_key(test)).collect(),
                };
                let first = known.any.is_empty();
                known.any.extend(now);
                outcome.tests = TestFiles::Failed(self.words_of(index, &known.any, &each));
                if first || each.is_empty() {
                    again.push(index);
                }
                known.each = Some(each);
            }
            open = again;
        }
        for (index, known) in failing {
            let Some(outcome) = outcomes.get_mut(&index) else { continue };
            let package = self.package_name(index);
            let each = match &outcome.tests {
                TestFiles::Failed(_) => known.each.unwrap_or_default(),
                _ => BTreeSet::new(),
            };
            let mut flaky = self.session.flaky.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            for (test, words) in &known.any {
                let said = |words: &str| of_test(&package, test, words);
                if each.contains(test) || on_disk {
                    outcome.said.push(said(words));
                }
                if !each.contains(test) {
                    flaky.insert(name(&package, test));
                }
            }
        }
        Ok(())
    }

    fn events(
        &self,
        packages: &[usize],
        overlay: &Option<OsString>,
    ) -> Result<Vec<(usize, TestEvents)>, String> {
        // Vet has its own rung, with a baseline.
        let output =
            self.go_test(&["test", "-json", "-vet=off"], overlay.clone(), &self.patterns(packages))?;
        let text = self.session.scratch.restore(&String::from_utf8_lossy(&output.stdout));
        let events = read(&text);
        let mut found = Vec::new();
        for (package, events) in events {
            if let Some(index) = self.package_named(&package).filter(|index| packages.contains(index)) {
                found.push((index, events));
            }
        }
        if found.is_empty() && !output.success {
            return Err(format!("go test gives no answer: {}", output.first_error()));
        }
        Ok(found)
    }

    fn words_of(&self, index: usize, any: &BTreeMap<String, String>, each: &BTreeSet<String>) -> String {
        let package = self.package_name(index);
        let test = each.iter().next().or_else(|| any.keys().next());
        let said = |test: &String| of_test(&package, test, any.get(test).map_or("", String::as_str)).text;
        let text = test.map(said).unwrap_or_default();
        if each.is_empty() { format!("{text} (another failure each time)") } else { text }
    }

    fn package_name(&self, index: usize) -> String {
        let named = self.import_path(index);
        named.unwrap_or(&self.packages[index]).to_owned()
    }
}

/// What failed in several runs of one package.
struct Failing {
    /// In every run so far.
    each: Option<BTreeSet<String>>,
    /// In any, with the words.
    any: BTreeMap<String, String>,
}

impl TestEvents {
    /// The tests that failed, those that hold no other, each with its first
    /// words; the package itself when no test did.
    fn failures(&self) -> BTreeMap<String, String> {
        let holds = |test: &str| {
            let inside = |other: &String| other.strip_prefix(test).is_some_and(|rest| rest.starts_with('/'));
            self.failed.iter().any(inside)
        };
        let mut failures: BTreeMap<String, String> = self
            .failed
            .iter()
            .filter(|test| !holds(test))
            .map(|test| (test.clone(), self.words(test)))
            .collect();
        if failures.is_empty() {
            let words = if self.passed.is_none() { "they did not end".to_owned() } else { self.words("") };
            failures.insert(String::new(), words);
        }
        failures
    }

    /// What tells most of what a test printed, else of what those around it did:
    /// a panic is printed by one of these.
    fn words(&self, test: &str) -> String {
        let around = std::iter::successors(Some(test), |inner| {
            (!inner.is_empty()).then(|| inner.rsplit_once('/').map_or("", |(outer, _)| outer))
        });
        let lines = around.filter_map(|test| self.printed.get(test)).flatten();
        let frame = |line: &&str| {
            let marks = ["=== ", "--- ", "PASS", "FAIL", "ok ", "# ", "testing: warning"];
            line.is_empty() || marks.iter().any(|mark| line.starts_with(mark))
        };
        let mut said = lines.map(|line| line.trim()).filter(|line| !frame(line));
        let panics = |line: &&str| line.starts_with("panic: ") || line.starts_with("fatal error: ");
        let found = said.clone().find(panics).or_else(|| said.next());
        found.unwrap_or("it says nothing").to_owned()
    }
}

/// `TestA of ex.com/m`, for sentences.
pub(super) fn name(package: &str, test: &str) -> String {
    if test.is_empty() { format!("the tests of {package}") } else { format!("{test} of {package}") }
}

/// Reads `go test -json`; lines that are no events are skipped.
fn read(text: &str) -> HashMap<String, TestEvents> {
    let mut events: HashMap<String, TestEvents> = HashMap::new();
    let mut builds: HashMap<String, Vec<String>> = HashMap::new();
    for event in text.lines().filter_map(|line| serde_json::from_str::<Event>(line).ok()) {
        let line = || event.output.trim_end_matches(['\n', '\r']).to_owned();
        if event.package.is_empty() {
            if event.action == "build-output" {
                builds.entry(event.import_path.clone()).or_default().push(line());
            }
            continue;
        }
        let one = events.entry(event.package.clone()).or_default();
        match (event.action.as_str(), event.test.as_str()) {
            ("output", test) => {
                one.untested |= event.output.ends_with("[no test files]\n");
                let printed = one.printed.entry(test.to_owned()).or_default();
                if printed.len() < LINES {
                    printed.push(line());
                }
            }
            ("pass" | "skip", "") => one.passed = Some(true),
            ("fail", "") => {
                one.passed = Some(false);
                one.build = event.failed_build;
            }
            ("fail", test) => {
                one.failed.insert(test.to_owned());
            }
            _ => {}
        }
    }
    for one in events.values_mut() {
        if let Some(lines) = builds.get(&one.build) {
            one.printed.insert(String::new(), lines.clone());
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(action: &str, test: &str, output: &str) -> String {
        serde_json::json!({"Action": action, "Package": "p", "Test": test, "Output": output}).to_string()
    }

    #[test]
    fn the_innermost_test_is_named_with_its_first_words() {
        let text = [
            event("output", "TestA/one", "=== RUN   TestA/one\n"),
            event("output", "TestA/one", "    a_test.go:6: three\n"),
            event("output", "TestA/one", "--- FAIL: TestA/one (0.00s)\n"),
            event("fail", "TestA/one", ""),
            event("fail", "TestA", ""),
            event("output", "TestB", "    b_test.go:1: first\n"),
            event("output", "TestB", "panic: boom [recovered]\n"),
            event("fail", "TestB", ""),
            event("fail", "", ""),
        ];
        let events = &read(&text.join("\n"))["p"];
        assert_eq!(events.passed, Some(false));
        let failures: Vec<_> = events.failures().into_iter().collect();
        let own = |test: &str, words: &str| (test.to_owned(), words.to_owned());
        assert_eq!(
            failures,
            [own("TestA/one", "a_test.go:6: three"), own("TestB", "panic: boom [recovered]")]
        );
    }

    #[test]
    fn a_package_may_fail_without_a_test() {
        let text = [event("output", "", "exit status 3\n"), event("fail", "", "")].join("\n");
        let failures = read(&text)["p"].failures();
        assert_eq!(failures[""], "exit status 3");
        let build =
            serde_json::json!({"Action": "build-output", "ImportPath": "p [p.test]", "Output": "# p\n"});
        let more =
            serde_json::json!({"Action": "build-output", "ImportPath": "p [p.test]", "Output": "link: no\n"});
        let fail = serde_json::json!({"Action": "fail", "Package": "p", "FailedBuild": "p [p.test]"});
        assert_eq!(read(&format!("{build}\n{more}\n{fail}"))["p"].failures()[""], "link: no");
        assert_eq!(read(&event("start", "", ""))["p"].failures()[""], "they did not end");
    }
}
