//! The stream of `go fix -json`, `go vet -json` and other go/analysis drivers.
//!
//! One object for each package, not an array; with `go vet`, lines such as `# example.com/m`
//! between them. Offsets are bytes, names absolute. A package and its test variant say the
//! same, so what comes twice counts once.

use super::fix::{ExpectedText, ForeignEdit, ForeignFix, ForeignFixes, Variant, or_default, rule};
use super::place::ForeignPlace;
use super::stream::{FileNames, Pairs, PathStep, each, located};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
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

/// That an analyzer failed.
#[derive(Deserialize)]
struct AnalysisFailure {
    error: String,
}

/// Packages, and in each what the analyzers say.
type AnalysisPackages<'t> = Pairs<Pairs<&'t RawValue>>;

/// The fixes of the stream.
pub(super) fn read(bytes: &[u8]) -> Result<ForeignFixes, String> {
    let text = without_headings(bytes);
    let mut stream = AnalysisStream::default();
    let mut objects = 0;
    for packages in serde_json::Deserializer::from_slice(&text).into_iter::<AnalysisPackages<'_>>() {
        objects += 1;
        for (package, Pairs(analyzers)) in packages.map_err(|error| error.to_string())?.0 {
            for (analyzer, said) in analyzers {
                let wrong = |error: serde_json::Error| located(&error, said, &text);
                stream.take(&package, &analyzer, said).map_err(wrong)?;
            }
        }
    }
    if objects == 0 && !text.trim_ascii().is_empty() {
        return Err("there is no object in it".to_owned());
    }
    Ok(stream.all)
}

/// What was read so far.
#[derive(Default)]
struct AnalysisStream {
    all: ForeignFixes,
    seen: HashSet<blake3::Hash>,
    names: FileNames,
}

impl AnalysisStream {
    /// Takes what an analyzer says of a package: its findings, or that it failed.
    fn take(&mut self, package: &str, analyzer: &str, said: &RawValue) -> Result<(), serde_json::Error> {
        if said.get().starts_with('{') {
            let AnalysisFailure { error } = serde_json::from_str(said.get())?;
            let name = format!("{package}, {analyzer}");
            if !self.all.refused.iter().any(|(known, _)| *known == name) {
                self.all.refused.push((name, format!("the tool could not look at it: {error}")));
            }
            return Ok(());
        }
        let mut found = serde_json::Deserializer::from_slice(said.get().as_bytes());
        let AnalysisStream { all, seen, names } = self;
        each(&mut found, &[PathStep::Each], |_, diagnostic| match fix(analyzer, diagnostic, names) {
            None => all.bare += 1,
            // The same of a package and of its tests.
            Some(fix) if !seen.insert(blake3::hash(format!("{fix:?}").as_bytes())) => {}
            Some(fix) => all.fixes.push(fix),
        })
    }
}

fn fix(analyzer: &str, diagnostic: AnalysisDiagnostic, names: &mut FileNames) -> Option<ForeignFix> {
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
                    file: names.kept(&edit.filename),
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
        file: names.kept(file),
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
fn without_headings(bytes: &[u8]) -> Cow<'_, [u8]> {
    let heads: [&[u8]; 3] = [b"# ", b"go: downloading ", b"exit status "];
    let is_head = |line: &[u8]| heads.iter().any(|head| line.starts_with(head));
    if !bytes.split_inclusive(|byte| *byte == b'\n').any(is_head) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if is_head(line) {
            out.push(b'\n');
        } else {
            out.extend_from_slice(line);
        }
    }
    Cow::Owned(out)
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
