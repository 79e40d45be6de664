//! Code that is there for tests, whatever its file is called.

use super::Cx;
use crate::model::effects::function_of;
use crate::model::flow::is_testing_handle;
use crate::model::words::words;
use crate::syntax::{Field, Kind, Node};

impl Cx<'_> {
    /// Why `at` stands in a test, a benchmark or a helper of one, if it does: by
    /// the file, the package, a parameter or a name.
    pub fn test_code(&self, at: Node<'_>) -> Option<String> {
        if self.file.is_test() {
            return Some("a _test.go file".into());
        }
        if speaks_of_tests(self.file.package()) {
            return Some(format!("package {}", self.file.package()));
        }
        if let Some(name) = self.directory_of_tests() {
            return Some(format!("directory {name}"));
        }
        let mut functions = std::iter::successors(function_of(at), |function| function_of(*function));
        functions.find_map(|function| {
            let handle = function.parameters().and_then(|list| {
                list.descendants().find(|node| {
                    node.kind() == Kind::Identifier
                        && node.field_name() == Some(Field::Name)
                        && is_handle(*node)
                })
            });
            let speaks = |name: &Node<'_>| {
                words(name.text()).iter().any(|word| matches!(word.as_str(), "test" | "bench" | "benchmark"))
            };
            let seen = handle.or(function.name().filter(speaks))?;
            Some(format!("`{}` on line {}", seen.text(), seen.line()))
        })
    }

    /// The directory near the file that is called after benchmarks or tests: what is in it, a
    /// program or a package, is there to measure or to test.
    fn directory_of_tests(&self) -> Option<String> {
        let near = self.file.path().parent()?.components().rev().take(DIRECTORIES);
        let mut names = near.map(|part| part.as_os_str().to_string_lossy().into_owned());
        names.find(|name| speaks_of_benchmarks(name) || TEST_DIRECTORIES.contains(&&*name.to_lowercase()))
    }

    /// The test, benchmark or example around `at` that is about `time.After`, by its name:
    /// without what it is about it would show nothing. `TestSubmitAfterClose` is not.
    pub fn test_of_time_after(&self, at: Node<'_>) -> Option<String> {
        if !self.file.is_test() {
            return None;
        }
        let outermost = std::iter::successors(function_of(at), |function| function_of(*function)).last()?;
        let name = outermost.name()?;
        is_about_time_after(name.text()).then(|| format!("`{}` on line {}", name.text(), name.line()))
    }
}

/// How many directories above a file may say what it is for: `benchmark/client/main.go`,
/// `bench/cmd/load/main.go`. Further up is the place of the checkout.
const DIRECTORIES: usize = 3;

/// Names of directories whose code is there for tests. `test` may as well be a product.
const TEST_DIRECTORIES: &[&str] =
    &["testing", "testutil", "testutils", "testhelper", "testhelpers", "e2e", "e2etest", "e2etests"];

/// Whether a directory is called after benchmarks: `bench`, `benchmarks`, `kvbench` and not
/// `workbench`.
fn speaks_of_benchmarks(name: &str) -> bool {
    let name = name.to_lowercase().replace("workbench", "");
    name.starts_with("bench") || name.ends_with("bench") || name.ends_with("benchmark")
}

/// Whether a test called `name` is about `time.After`: `TimeAfter` stands in it, or `After`
/// is all that it says, or the last word of it; what follows `_` says which case of it.
fn is_about_time_after(name: &str) -> bool {
    let all = words(name);
    let is_test =
        all.first().is_some_and(|first| matches!(first.as_str(), "test" | "benchmark" | "example" | "fuzz"));
    let mut parts = name.split('_').take(1).chain(name.rsplit('_').take(1));
    let named = parts.any(|part| words(part).last().is_some_and(|last| last == "after"));
    is_test && (named || all.windows(2).any(|two| two == ["time", "after"]))
}

/// Whether a package is called after tests or benchmarks: `httptest`, `bench_test`, and not
/// `attestation` or `latest`.
fn speaks_of_tests(package: &str) -> bool {
    const OTHERS: &[&str] =
        &["attest", "contest", "detest", "fastest", "greatest", "latest", "protest", "testament", "testimon"];
    let name = package.to_lowercase();
    let name = OTHERS.iter().fold(name, |name, other| name.replace(other, ""));
    name.contains("test") || name.contains("bench")
}

/// A parameter of a type of `testing`, or of an interface named after one.
fn is_handle(name: Node<'_>) -> bool {
    is_testing_handle(name)
        || name
            .parent()
            .and_then(|parameter| parameter.ty())
            .is_some_and(|of| matches!(of.text(), "TB" | "TestingT" | "Testing"))
}

#[cfg(test)]
mod tests {
    use super::{is_about_time_after, speaks_of_benchmarks, speaks_of_tests};

    #[test]
    fn directories_of_benchmarks() {
        for name in ["bench", "benchmarks", "kvbench", "Benchmark", "grpc-benchmark"] {
            assert!(speaks_of_benchmarks(name), "{name}");
        }
        for name in ["workbench", "cmd", "embench2x"] {
            assert!(!speaks_of_benchmarks(name), "{name}");
        }
    }

    #[test]
    fn a_test_is_about_time_after() {
        for name in [
            "TestTimeAfter",
            "TestAfter",
            "BenchmarkAfter",
            "Test_After",
            "TestClient_TimeAfterStop",
            "ExampleAfter",
            "TestLoopAfter",
            "TestAfter_short",
            "FuzzTimeAfterIn",
        ] {
            assert!(is_about_time_after(name), "{name}");
        }
        for name in [
            "TestSubmitAfterClose",
            "TestAfterClose",
            "TestSubmit_after_close",
            "TestAfternoon",
            "waitAfter",
            "TestTime",
            "TestHereafter",
        ] {
            assert!(!is_about_time_after(name), "{name}");
        }
    }

    #[test]
    fn a_package_is_called_after_tests() {
        for name in ["httptest", "testing", "a_test", "testutil", "bench", "latesttest"] {
            assert!(speaks_of_tests(name), "{name}");
        }
        for name in ["attestation", "latest", "contest", "main", "testimonials", "protest"] {
            assert!(!speaks_of_tests(name), "{name}");
        }
    }
}
