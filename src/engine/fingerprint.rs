//! Names for findings that survive moved lines: what a baseline and the
//! services that track findings from run to run go by.

use super::discover::slashed;
use std::collections::HashMap;
use std::path::Path;

/// Names the findings of one file, or of several with different paths.
///
/// A name is a hash of the rule, the file's path from the root of the run, so
/// that it is the same from every working directory, and what the finding is
/// about without white space, so that gofmt and line ends do not show. The
/// second of two findings that would have one name gets another, in the order
/// of their places.
pub struct Fingerprints<'a> {
    root: &'a Path,
    matched: HashMap<blake3::Hash, u64>,
}

/// What a finding is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteName {
    /// Of rule, file and source.
    pub fingerprint: String,
    /// Of rule and source, whatever the file is called.
    pub content: String,
}

impl<'a> Fingerprints<'a> {
    /// Names for findings of files below `root`.
    pub fn new(root: &'a Path) -> Fingerprints<'a> {
        Fingerprints { root, matched: HashMap::new() }
    }

    /// The name of the next finding of `rule` in the file at `path`, about
    /// `parts`: the declaration around it, its source.
    pub fn next(&mut self, rule: &str, path: &Path, parts: &[&str]) -> SiteName {
        let parts: Vec<String> =
            parts.iter().map(|text| text.split_whitespace().collect::<String>()).collect();
        let place = slashed(path.strip_prefix(self.root).unwrap_or(path));
        let mut hasher = hashed([rule, &*place].into_iter().chain(parts.iter().map(String::as_str)));
        let ordinal = self.matched.entry(hasher.finalize()).or_default();
        hasher.update(&ordinal.to_le_bytes());
        *ordinal += 1;
        let content = hashed(std::iter::once(rule).chain(parts.iter().map(String::as_str)));
        SiteName { fingerprint: short(&hasher), content: short(&content) }
    }
}

/// A hash of texts that do not run together.
fn hashed<'t>(parts: impl Iterator<Item = &'t str>) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    hasher
}

fn short(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_what_is_found_and_not_of_where_it_is_seen_from() {
        let one = |root: &str, path: &str, site: &str| {
            Fingerprints::new(Path::new(root)).next("r", Path::new(path), &["", "F", site]).fingerprint
        };
        let name = one("/a", "/a/x.go", "f(a, b)");
        assert_eq!(name.len(), 16);
        assert_eq!(name, one("/b/c", "/b/c/x.go", "f(a,\r\n\t\tb)"));
        assert_ne!(name, one("/a", "/a/y.go", "f(a, b)"));
        assert_ne!(name, one("/a", "/a/x.go", "f(a, c)"));
        let content = |path: &str, site: &str| {
            Fingerprints::new(Path::new("/a")).next("r", Path::new(path), &[site]).content
        };
        assert_eq!(content("/a/x.go", "f(a)"), content("/a/y.go", "f( a )"));
        assert_ne!(content("/a/x.go", "f(a)"), content("/a/x.go", "f(b)"));
    }

    #[test]
    fn two_of_a_kind_have_two_names_in_every_run() {
        let run = || {
            let mut names = Fingerprints::new(Path::new("/a"));
            [0; 3].map(|_| names.next("r", Path::new("/a/x.go"), &["f()"]).fingerprint)
        };
        let [a, b, c] = run();
        assert!(a != b && b != c && a != c);
        assert_eq!(run(), [a, b, c]);
    }

    #[test]
    fn parts_do_not_run_together() {
        let name = |parts: &[&str]| Fingerprints::new(Path::new("/")).next("r", Path::new("/x.go"), parts);
        assert_ne!(name(&["ab", "c"]), name(&["a", "bc"]));
    }
}
