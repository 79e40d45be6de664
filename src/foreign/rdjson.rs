//! The Reviewdog Diagnostic Format, as one document or one diagnostic on each line.
//!
//! Columns count bytes. A suggestion without columns replaces whole lines. Suggestions of one
//! diagnostic that share bytes are alternatives, others belong together.

use super::fix::{ForeignEdit, ForeignFix, ForeignFixes, Variant, or_default, rule};
use super::place::{ColumnUnit, ForeignPlace};
use super::stream::{FileNames, PathStep, each, located};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What tells a document with diagnostics from one diagnostic in a line of its own.
#[derive(Deserialize)]
struct DocumentHead {
    #[serde(default)]
    source: Option<Source>,
    #[serde(default)]
    diagnostics: Option<IgnoredAny>,
    #[serde(default)]
    location: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct RdjsonDiagnostic {
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    location: RdjsonLocation,
    #[serde(default)]
    source: Option<Source>,
    #[serde(default)]
    code: Option<Code>,
    #[serde(default)]
    suggestions: Option<Vec<RdjsonSuggestion>>,
}

#[derive(Clone, Deserialize)]
struct Source {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default)]
    url: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    #[serde(default, deserialize_with = "or_default")]
    value: String,
    #[serde(default)]
    url: Option<String>,
}

#[derive(Deserialize)]
struct RdjsonLocation {
    path: String,
}

#[derive(Deserialize)]
struct RdjsonSuggestion {
    range: Range,
    #[serde(default, deserialize_with = "or_default")]
    text: String,
}

#[derive(Deserialize)]
struct Range {
    start: RdjsonPosition,
    #[serde(default)]
    end: Option<RdjsonPosition>,
}

#[derive(Clone, Copy, Deserialize)]
struct RdjsonPosition {
    line: usize,
    #[serde(default)]
    column: Option<usize>,
}

/// The fixes of all diagnostics.
pub(super) fn read(bytes: &[u8]) -> Result<ForeignFixes, String> {
    let mut all = ForeignFixes::default();
    let mut names = FileNames::default();
    for document in serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>() {
        let document = document.map_err(|error| error.to_string())?;
        let wrong = |error: serde_json::Error| located(&error, document, bytes);
        let head: DocumentHead = serde_json::from_str(document.get()).map_err(wrong)?;
        let mut take = |diagnostic| match fix(diagnostic, head.source.as_ref(), &mut names) {
            Some(fix) => all.fixes.push(fix),
            None => all.bare += 1,
        };
        if head.diagnostics.is_some() {
            let mut from = serde_json::Deserializer::from_slice(document.get().as_bytes());
            let steps = [PathStep::Key("diagnostics"), PathStep::Each];
            each(&mut from, &steps, |_, diagnostic| take(diagnostic)).map_err(wrong)?;
        }
        if head.location.is_some() {
            take(serde_json::from_str(document.get()).map_err(wrong)?);
        } else if head.diagnostics.is_none() {
            return Err("neither `diagnostics` nor a diagnostic with `location`".to_owned());
        }
    }
    Ok(all)
}

fn fix(
    diagnostic: RdjsonDiagnostic,
    of_document: Option<&Source>,
    names: &mut FileNames,
) -> Option<ForeignFix> {
    let RdjsonDiagnostic { message, location, source, code, suggestions } = diagnostic;
    let suggestions = suggestions.unwrap_or_default();
    if suggestions.is_empty() {
        return None;
    }
    let bounds = |range: &Range| {
        let end = range.end.unwrap_or(range.start);
        let last = if end.column.is_none() { usize::MAX } else { end.column.unwrap_or(0) };
        ((range.start.line, range.start.column.unwrap_or(0)), (end.line, last))
    };
    let mut ranges: Vec<_> = suggestions.iter().map(|suggestion| bounds(&suggestion.range)).collect();
    ranges.sort_unstable();
    let apart = ranges.windows(2).all(|two| two[0].1 <= two[1].0 && two[0] != two[1]);
    let file = names.kept(&location.path);
    let edits = suggestions.into_iter().map(|RdjsonSuggestion { range, text }| {
        let end = range.end.unwrap_or(range.start);
        let (place, text) = match (range.start.column, end.column) {
            (None, None) => {
                let ended = text.is_empty() || text.ends_with('\n');
                (ForeignPlace::Lines(range.start.line, end.line), if ended { text } else { text + "\n" })
            }
            (start, column) => {
                let start = (range.start.line, start.unwrap_or(1));
                (
                    ForeignPlace::Columns {
                        start,
                        end: (end.line, column),
                        units: vec![ColumnUnit::Byte],
                        old: None,
                    },
                    text,
                )
            }
        };
        ForeignEdit { file: Arc::clone(&file), place, text }
    });
    let variant = |edits| Variant { title: message.lines().next().unwrap_or_default().to_owned(), edits };
    let variants =
        if apart { vec![variant(edits.collect())] } else { edits.map(|edit| variant(vec![edit])).collect() };
    let source = source.or_else(|| of_document.cloned());
    let name = code.as_ref().map(|code| code.value.as_str()).unwrap_or_default();
    let tool = source.as_ref().map_or("rdjson", |source| source.name.as_str());
    let link = code
        .as_ref()
        .and_then(|code| code.url.clone())
        .or(source.as_ref().and_then(|source| source.url.clone()));
    Some(ForeignFix { rule: rule(tool, name), message, link, expected: Vec::new(), variants })
}
