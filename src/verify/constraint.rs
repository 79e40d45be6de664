//! Why go leaves a file out of a build, in a user's words.

use super::platform::{Asking, Platform, imports_c};
use super::reasons::CGO;
use crate::model::GoVersion;
use crate::model::module::{conditions, opt_in_tag};

/// The reason, for a file that `go list` ignores on `platform`. `go` is the installed
/// Go, where it is known, and `tags` are the build tags that are on.
pub(super) fn why_ignored(
    name: &str,
    source: &[u8],
    platform: &Platform,
    go: Option<GoVersion>,
    tags: &[String],
) -> String {
    if name.starts_with(['_', '.']) {
        return "go ignores files whose name starts with _ or .".into();
    }
    let text = String::from_utf8_lossy(source);
    let here = format!("{}/{}", platform.goos, platform.goarch);
    let asking = Asking::of(name, &text, go, tags);
    let with_c = || asking.elsewhere(platform, true);
    if (imports_c(source) || !platform.cgo)
        && let Some(there) = with_c()
        && !asking.builds(&Platform { cgo: false, ..there.clone() })
    {
        let there = format!("{}/{}", there.goos, there.goarch);
        return if there == here { CGO.to_owned() } else { format!("{CGO} for {there}") };
    }
    let stem = name.strip_suffix(".go").unwrap_or(name);
    let conditions = conditions(stem, &text);
    if let Some(build) = conditions.iter().find(|one| one.starts_with("//")) {
        let versions = build.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let minor = versions.filter_map(|word| word.strip_prefix("go1.")?.parse::<u16>().ok()).max();
        if minor.zip(go).is_some_and(|(minor, go)| GoVersion(1, minor) > go) && !build.contains('!') {
            return format!("newer Go needed: {build}");
        }
        let tag = conditions.iter().find_map(|line| opt_in_tag(line));
        let cure =
            tag.map_or_else(String::new, |tag| format!("; `--verify-config {here},{tag}` turns it on"));
        return format!("build tag off for {here}: {build}{cure}");
    }
    let named: Vec<&str> = conditions.iter().rev().copied().filter(|one| *one != "_test").collect();
    match named.is_empty() {
        false => format!("other GOOS or GOARCH: {here} does not build *_{}.go", named.join("_")),
        true => format!("go does not build this file for {here}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_reason() {
        let platform = Platform::of("linux/amd64", false);
        let why =
            |name, text: &str| why_ignored(name, text.as_bytes(), &platform, Some(GoVersion(1, 26)), &[]);
        assert!(why("a_windows.go", "package a\n").ends_with("does not build *_windows.go"));
        assert!(why("http_client_windows.go", "package a\n").ends_with("does not build *_windows.go"));
        assert!(why("a_windows_arm64_test.go", "package a\n").ends_with("does not build *_windows_arm64.go"));
        let tag = why("a.go", "//go:build foo\n\npackage a\n");
        assert!(tag.contains("//go:build foo; `--verify-config linux/amd64,foo`"), "{tag}");
        assert!(why("a.go", "//go:build go1.99\n\npackage a\n").starts_with("newer Go needed"));
        assert!(why("a.go", "//go:build !go1.20\n\npackage a\n").starts_with("build tag off"));
        assert_eq!(why("a.go", "package a\n\nimport \"C\"\n"), CGO);
        assert_eq!(why("a.go", "//go:build cgo\n\npackage a\n"), CGO);
        assert_eq!(why("a_darwin.go", "package a\n\nimport \"C\"\n"), format!("{CGO} for darwin/amd64"));
        assert!(why("a.go", "//go:build foo\n\npackage a\n\nimport \"C\"\n").starts_with("build tag off"));
        assert!(why("_a.go", "package a\n").starts_with("go ignores"));
    }
}
