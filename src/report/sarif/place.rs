//! Files and regions as SARIF names them.

use super::super::source::{SourceText, SourceTexts};
use crate::rewrite::Finding;
use crate::text::Position;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The name that stands for the root of the repository.
pub(super) const ROOT: &str = "%SRCROOT%";

/// The files of a log, each with a number.
pub(super) struct SarifPlaces<'a> {
    sources: &'a SourceTexts,
    numbers: BTreeMap<String, usize>,
    paths: Vec<String>,
}

impl<'a> SarifPlaces<'a> {
    /// No file yet.
    pub(super) fn new(sources: &'a SourceTexts) -> SarifPlaces<'a> {
        SarifPlaces { sources, numbers: BTreeMap::new(), paths: Vec::new() }
    }

    /// The place of a file that the log need not list.
    pub(super) fn location(&self, path: &str) -> Value {
        let path = self.sources.from_root(path);
        match absolute(&path) {
            Some(uri) => json!({ "uri": uri }),
            None => json!({ "uri": encoded(&path, false), "uriBaseId": ROOT }),
        }
    }

    /// The place of a file, which the log then lists.
    pub(super) fn artifact(&mut self, path: &str) -> Value {
        let number = match self.numbers.get(path) {
            Some(number) => *number,
            None => {
                self.paths.push(path.to_owned());
                self.numbers.insert(path.to_owned(), self.paths.len() - 1);
                self.paths.len() - 1
            }
        };
        let mut location = self.location(path);
        location["index"] = number.into();
        location
    }

    /// The place of a finding. Without columns where the file has changed since.
    pub(super) fn site(&mut self, finding: &Finding) -> Value {
        let region = match self.sources.of(finding) {
            Some(source) => region(&source, finding.start, finding.end),
            None => json!({ "startLine": finding.start.line, "endLine": finding.end.line }),
        };
        json!({ "artifactLocation": self.artifact(&finding.path), "region": region })
    }

    /// What a reader needs to see beside the site: this loop, this select.
    pub(super) fn around(&mut self, finding: &Finding) -> Vec<Value> {
        let lines = finding.frame.iter().filter(|line| !line.primary && !line.label.is_empty());
        let places: Vec<Value> = lines
            .map(|line| {
                json!({
                    "physicalLocation": {
                        "artifactLocation": self.artifact(&finding.path),
                        "region": { "startLine": line.line },
                    },
                    "message": { "text": line.label },
                })
            })
            .collect();
        let numbered = places.into_iter().enumerate().map(|(at, mut place)| {
            place["id"] = at.into();
            place
        });
        numbered.collect()
    }

    /// The list of all files.
    pub(super) fn artifacts(&self) -> Vec<Value> {
        self.paths
            .iter()
            .map(|path| json!({ "location": self.location(path), "sourceLanguage": "go", "encoding": "UTF-8" }))
            .collect()
    }
}

/// The region from `start` to `end`, the latter not included.
pub(super) fn region(source: &SourceText, start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": source.utf16(start),
        "endLine": end.line,
        "endColumn": source.utf16(end),
    })
}

/// The URI of a path that does not start from the root.
fn absolute(path: &str) -> Option<String> {
    let drive = |path: &str| {
        let bytes = path.as_bytes();
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'/'
    };
    match path {
        path if path.starts_with("//") => Some(format!("file:{}", encoded(path, false))),
        path if path.starts_with('/') => Some(format!("file://{}", encoded(path, false))),
        path if drive(path) => Some(format!("file:///{}", encoded(path, true))),
        _ => None,
    }
}

/// `path` as the path of a URI. The colon of a drive stands as it is; another
/// would make the first element a scheme.
fn encoded(path: &str, drive: bool) -> String {
    let mut uri = String::with_capacity(path.len());
    for (at, byte) in path.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte);
        if plain || (drive && at == 1) {
            uri.push(byte as char);
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_uris() {
        let relative = |path: &str| encoded(path, false);
        assert_eq!(relative("a b/ä#?.go"), "a%20b/%C3%A4%23%3F.go");
        assert_eq!(relative("c:d.go"), "c%3Ad.go");
        assert_eq!(relative("100%.go"), "100%25.go");
        assert_eq!(absolute("a/b.go"), None);
        assert_eq!(absolute("/a/b c.go").unwrap(), "file:///a/b%20c.go");
        assert_eq!(absolute("C:/a/b.go").unwrap(), "file:///C:/a/b.go");
        assert_eq!(absolute("//host/share/b.go").unwrap(), "file://host/share/b.go");
    }
}
