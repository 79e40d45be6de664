//! The stream of `go fix -json`, `go vet -json` and other go/analysis drivers.
//!
//! One object for each package, not an array; with `go vet`, lines such as `# example.com/m`
//! between them. Offsets are bytes, names absolute. A package and its test variant say the
//! same, so what comes twice counts once.

use super::place::ForeignPlace;
use super::{ExpectedText, ForeignEdit, ForeignFix, ForeignFixes, Variant, or_default, rule};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// The analyzers of `go fix` in Go 1.26, and of modernize, whence they come.
const OF_GO_FIX: &[&str] = &[
    "any",
    "appendclipped",
    "bloop",
    "errorsastype",
    "fmtappendf",
    "forvar",
    "inline",
    "mapsloop",
    "minmax",
    "newexpr",
    "omitzero",
    "plusbuild",
    "rangeint",
    "reflecttypefor",
    "slicescontains",
    "slicesdelete",
    "slicessort",
    "stditerators",
    "stringsbuilder",
    "stringscut",
    "stringscutprefix",
    "stringsseq",
    "testingcontext",
    "unsafefuncs",
    "waitgroup",
];

#[derive(Deserialize)]
struct AnalysisDiagnostic {
    #[serde(default, deserialize_with = "or_default")]
    posn: String,
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    suggested_fixes: Vec<AnalysisFix>,
}

#[derive(Deserialize)]
struct AnalysisFix {
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    #[serde(default, deserialize_with = "or_default")]
    edits: Vec<AnalysisEdit>,
}

#[derive(Deserialize)]
struct AnalysisEdit {
    filename: String,
    start: u64,
    end: u64,
    #[serde(default, deserialize_with = "or_default")]
    new: String,
}

/// What an analyzer says of a package: its findings, or that it failed.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnalysisOutput {
    Found(Vec<AnalysisDiagnostic>),
    Failed { error: String },
}

type AnalysisPackage = BTreeMap<String, BTreeMap<String, Option<AnalysisOutput>>>;

/// The fixes of the stream.
pub(super) fn read(bytes: &[u8]) -> Result<ForeignFixes, String> {
    let text = without_headings(bytes);
    let mut all = ForeignFixes::default();
    let mut seen = HashSet::new();
    let mut objects = 0;
    for package in serde_json::Deserializer::from_slice(&text).into_iter::<AnalysisPackage>() {
        objects += 1;
        let package = package.map_err(|error| error.to_string())?;
        for (name, analyzers) in package {
            for (analyzer, said) in analyzers {
                match said {
                    None => {}
                    Some(AnalysisOutput::Failed { error }) => {
                        let name = format!("{name}, {analyzer}");
                        if !all.refused.iter().any(|(known, _)| *known == name) {
                            all.refused.push((name, format!("the tool could not look at it: {error}")));
                        }
                    }
                    Some(AnalysisOutput::Found(found)) => {
                        for diagnostic in found {
                            let fix = fix(&analyzer, diagnostic);
                            match fix {
                                None => all.bare += 1,
                                // The same of a package and of its tests.
                                Some(fix) if !seen.insert(format!("{fix:?}")) => {}
                                Some(fix) => all.fixes.push(fix),
                            }
                        }
                    }
                }
            }
        }
    }
    if objects == 0 && !text.trim_ascii().is_empty() {
        return Err("there is no object in it".to_owned());
    }
    Ok(all)
}

fn fix(analyzer: &str, diagnostic: AnalysisDiagnostic) -> Option<ForeignFix> {
    let AnalysisDiagnostic { posn, message, url, suggested_fixes } = diagnostic;
    let variants: Vec<Variant> = suggested_fixes
        .into_iter()
        .filter(|fix| !fix.edits.is_empty())
        .map(|fix| Variant {
            title: if fix.message.is_empty() { message.clone() } else { fix.message },
            edits: fix
                .edits
                .into_iter()
                .map(|edit| ForeignEdit {
                    file: edit.filename,
                    place: ForeignPlace::Bytes(edit.start, edit.end),
                    text: edit.new,
                })
                .collect(),
        })
        .collect();
    if variants.is_empty() {
        return None;
    }
    let tool = if OF_GO_FIX.contains(&analyzer) { "go-fix" } else { "go-vet" };
    let expected = position(&posn).map(|(file, line, column)| ExpectedText {
        file: file.to_owned(),
        line,
        lines: Vec::new(),
        column: Some((column, None)),
    });
    Some(ForeignFix {
        rule: rule(tool, analyzer),
        message,
        link: url.filter(|url| !url.is_empty()),
        expected: expected.into_iter().collect(),
        variants,
    })
}

/// `FILE:LINE:COLUMN`.
fn position(text: &str) -> Option<(&str, usize, usize)> {
    let (rest, column) = text.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, line.parse().ok()?, column.parse().ok()?))
}

/// The stream without the lines that name a package or talk of a download, which stand in it
/// when both outputs of the tool went to one file. As long as before, so that errors count
/// the lines of the input.
fn without_headings(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"# ")
            || line.starts_with(b"go: downloading ")
            || line.starts_with(b"exit status ")
        {
            out.push(b'\n');
        } else {
            out.extend_from_slice(line);
        }
    }
    out
}

/// The keys of the first object in `bytes`, for telling one format from another: as far as it
/// can be read.
pub(super) fn first_keys(bytes: &[u8]) -> Vec<String> {
    struct Keys<'k>(&'k mut Vec<String>);

    impl<'de> DeserializeSeed<'de> for Keys<'_> {
        type Value = ();

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_map(self)
        }
    }

    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                self.0.push(key);
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut keys = Vec::new();
    let text = without_headings(bytes);
    // What is broken is said by whoever reads the format.
    let _ = Keys(&mut keys).deserialize(&mut serde_json::Deserializer::from_slice(&text));
    keys
}
