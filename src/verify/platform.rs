//! Which systems build a file that this one leaves out.

use crate::model::GoVersion;
use crate::model::module::{Expr, conditions};

/// The systems that Go builds for, those that are proved first at the beginning, each
/// with its machines in the same order.
const PORTS: &[(&str, &str)] = &[
    ("linux", "amd64 arm64 386 arm riscv64 ppc64le s390x loong64 mips64le mips64 mipsle mips ppc64"),
    ("darwin", "arm64 amd64"),
    ("windows", "amd64 arm64 386"),
    ("freebsd", "amd64 arm64 386 arm"),
    ("openbsd", "amd64 arm64 386 arm ppc64 riscv64"),
    ("netbsd", "amd64 arm64 386 arm"),
    ("dragonfly", "amd64"),
    ("illumos", "amd64"),
    ("solaris", "amd64"),
    ("aix", "ppc64"),
    ("plan9", "amd64 386 arm"),
    ("js", "wasm"),
    ("wasip1", "wasm"),
    ("android", "arm64 amd64 386 arm"),
    ("ios", "arm64 amd64"),
];

/// What the `unix` tag stands for.
const UNIX: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "linux",
    "netbsd",
    "openbsd",
    "solaris",
];

/// A build as constraints see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Platform {
    pub(super) goos: String,
    pub(super) goarch: String,
    pub(super) cgo: bool,
}

impl Platform {
    /// `linux/amd64`, read.
    pub(super) fn of(text: &str, cgo: bool) -> Platform {
        let (goos, goarch) = text.split_once('/').unwrap_or((text, ""));
        Platform { goos: goos.to_owned(), goarch: goarch.to_owned(), cgo }
    }

    fn has(&self, tag: &str, go: Option<GoVersion>, tags: &[String]) -> bool {
        let os = self.goos.as_str();
        let implied = matches!((os, tag), ("android", "linux") | ("illumos", "solaris") | ("ios", "darwin"));
        tag == os
            || implied
            || tag == self.goarch
            || (tag == "unix" && UNIX.contains(&os))
            || (tag == "cgo" && self.cgo)
            || tag == "gc"
            || tags.iter().any(|own| own == tag)
            || tag.strip_prefix("go1.").and_then(|minor| minor.parse::<u16>().ok()).is_some_and(|minor| {
                // A go that does not tell its version is a development build.
                go.is_none_or(|go| go >= GoVersion(1, minor))
            })
    }
}

/// A file, and what it asks of a build.
pub(super) struct Asking<'a> {
    stem: &'a str,
    text: &'a str,
    go: Option<GoVersion>,
    tags: &'a [String],
}

impl<'a> Asking<'a> {
    /// The file called `name`, built by `go` with these tags.
    pub(super) fn of(name: &'a str, text: &'a str, go: Option<GoVersion>, tags: &'a [String]) -> Asking<'a> {
        Asking { stem: name.strip_suffix(".go").unwrap_or(name), text, go, tags }
    }

    /// Whether this platform builds the file.
    pub(super) fn builds(&self, platform: &Platform) -> bool {
        let holds = |tag: &str| platform.has(tag, self.go, self.tags);
        let conditions = conditions(self.stem, self.text);
        let line = |mark: &'static str| {
            conditions.iter().filter_map(move |one| {
                one.strip_prefix("//")?.trim_start_matches([' ', '\t']).strip_prefix(mark).map(str::to_owned)
            })
        };
        // A line of the new form makes the old ones void.
        let stated = match line("go:build").next() {
            Some(text) => Expr::parse(text.trim()).is_some_and(|expr| expr.holds(&holds)),
            None => line("+build").all(|text| {
                text.split_whitespace().any(|option| {
                    option.split(',').all(|term| match term.strip_prefix('!') {
                        Some(tag) => !holds(tag),
                        None => holds(term),
                    })
                })
            }),
        };
        let named = conditions.iter().filter(|one| !one.starts_with("//") && **one != "_test");
        stated
            && named.into_iter().all(|tag| holds(tag))
            && (platform.cgo || !imports_c(self.text.as_bytes()))
    }

    /// The first platform that builds the file with cgo, or without it: the system at
    /// hand, then one of the others.
    pub(super) fn elsewhere(&self, host: &Platform, cgo: bool) -> Option<Platform> {
        let own = Platform { cgo, ..host.clone() };
        let ports = PORTS.iter().flat_map(|(goos, machines)| {
            let all = machines.split_whitespace();
            let first = all.clone().filter(|machine| *machine == host.goarch);
            first.chain(all).map(|goarch| Platform {
                goos: (*goos).to_owned(),
                goarch: goarch.to_owned(),
                cgo,
            })
        });
        std::iter::once(own).chain(ports).find(|platform| self.builds(platform))
    }
}

/// Whether the file has an import of C.
pub(super) fn imports_c(source: &[u8]) -> bool {
    let lines = source.split(|&byte| byte == b'\n').map(|line| line.trim_ascii());
    lines.into_iter().any(|line| {
        let line = line.strip_prefix(b"import").unwrap_or(line).trim_ascii();
        line == b"\"C\""
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elsewhere(name: &str, text: &str, cgo: bool) -> String {
        let asking = Asking::of(name, text, Some(GoVersion(1, 26)), &[]);
        let found = asking.elsewhere(&Platform::of("linux/arm64", true), cgo);
        found.map_or("none".into(), |found| format!("{}/{}", found.goos, found.goarch))
    }

    #[test]
    fn the_nearest_system_that_builds_a_file_is_found() {
        for (name, constraint, want) in [
            ("a.go", "", "linux/arm64"),
            ("a_windows.go", "", "windows/arm64"),
            ("a_client_windows_test.go", "", "windows/arm64"),
            ("a_windows_386.go", "", "windows/386"),
            ("a_amd64.go", "", "linux/amd64"),
            ("a.go", "//go:build darwin || freebsd\n", "darwin/arm64"),
            ("a.go", "//go:build !unix && !windows\n", "plan9/amd64"),
            ("a.go", "//go:build js && wasm\n", "js/wasm"),
            ("a.go", "//go:build !cgo\n", "linux/arm64"),
            ("a.go", "//go:build windows && cgo\n", "none"),
            ("a.go", "//go:build integration\n", "none"),
            ("a.go", "//go:build windows && go1.99\n", "none"),
            ("a.go", "// +build windows plan9,amd64\n// +build !amd64\n", "windows/arm64"),
            ("a_linux.go", "//go:build ignore\n", "none"),
        ] {
            let text = format!("{constraint}\npackage a\n");
            assert_eq!(elsewhere(name, &text, false), want, "{name} {constraint}");
        }
        let c = "package a\n\nimport \"C\"\n";
        assert_eq!(
            (elsewhere("a_darwin.go", c, false), elsewhere("a_darwin.go", c, true)),
            ("none".into(), "darwin/arm64".into())
        );
    }

    /// The table names no pair that the go command does not know.
    #[test]
    fn every_port_is_one_of_gos() {
        let output = std::process::Command::new("go").args(["tool", "dist", "list"]).output();
        let known = String::from_utf8(output.expect("these tests need go").stdout).unwrap();
        let known: Vec<&str> = known.lines().collect();
        for (goos, machines) in PORTS {
            for goarch in machines.split_whitespace() {
                assert!(known.contains(&format!("{goos}/{goarch}").as_str()), "{goos}/{goarch}");
            }
        }
    }
}
