//! The JSON of golangci-lint, versions 1 and 2.
//!
//! Version 1 replaces lines or a part of one, later versions have the edits of go/analysis:
//! without a file name, it is the one of the issue; with text in base64. Both have the lines
//! that the linter saw.

use super::fix::{ExpectedText, ForeignEdit, ForeignFix, ForeignFixes, Variant, or_default, rule};
use super::place::ForeignPlace;
use super::stream::{FileNames, PathStep, each};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GolangciIssue {
    #[serde(default, deserialize_with = "or_default")]
    from_linter: String,
    #[serde(default, deserialize_with = "or_default")]
    text: String,
    #[serde(default)]
    source_lines: Option<Vec<String>>,
    #[serde(default, deserialize_with = "or_default")]
    pos: GolangciPosition,
    #[serde(default)]
    line_range: Option<LineRange>,
    #[serde(default)]
    replacement: Option<GolangciReplacement>,
    #[serde(default)]
    suggested_fixes: Option<Vec<GolangciFix>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct GolangciPosition {
    filename: String,
    offset: usize,
    line: usize,
    column: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LineRange {
    from: usize,
    to: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct GolangciReplacement {
    need_only_delete: bool,
    new_lines: Option<Vec<String>>,
    inline: Option<Inline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inline {
    start_col: usize,
    length: usize,
    #[serde(default, deserialize_with = "or_default")]
    new_string: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GolangciFix {
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    #[serde(default)]
    text_edits: Option<Vec<GolangciEdit>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GolangciEdit {
    pos: u64,
    end: u64,
    #[serde(default)]
    new_text: Option<String>,
}

/// The fixes of the issues.
pub(super) fn read(bytes: &[u8]) -> Result<ForeignFixes, serde_json::Error> {
    let mut all = ForeignFixes::default();
    // A summary in words may stand behind the document.
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let mut names = FileNames::default();
    each(&mut document, &[PathStep::Key("Issues"), PathStep::Each], |_, issue: GolangciIssue| {
        let place = (issue.pos.line, names.kept(&issue.pos.filename), issue.from_linter.clone());
        match fix(issue, &place.1) {
            Ok(Some(fix)) => all.fixes.push(fix),
            Ok(None) => all.bare += 1,
            Err(reason) => all.refused.push((format!("{}:{} {}", place.1, place.0, place.2), reason)),
        }
    })?;
    Ok(all)
}

fn fix(issue: GolangciIssue, file: &Arc<str>) -> Result<Option<ForeignFix>, String> {
    let GolangciIssue { from_linter, text, source_lines, pos, line_range, replacement, suggested_fixes } =
        issue;
    let mut variants = Vec::new();
    for suggested in suggested_fixes.into_iter().flatten() {
        let mut edits = Vec::new();
        for edit in suggested.text_edits.into_iter().flatten() {
            let bytes = STANDARD
                .decode(edit.new_text.unwrap_or_default())
                .map_err(|error| format!("its new text is not base64: {error}"))?;
            let text = String::from_utf8(bytes).map_err(|_| "its new text is not UTF-8".to_owned())?;
            // An end of 0 is that of an insertion in some versions.
            let end = if edit.end == 0 { edit.pos } else { edit.end };
            edits.push(ForeignEdit {
                file: Arc::clone(file),
                place: ForeignPlace::Bytes(edit.pos, end),
                text,
            });
        }
        if !edits.is_empty() {
            let title = if suggested.message.is_empty() { text.clone() } else { suggested.message };
            variants.push(Variant { title, edits });
        }
    }
    let range = line_range
        .filter(|range| range.from > 0)
        .map_or((pos.line, pos.line), |range| (range.from, range.to));
    if let Some(replacement) = replacement.filter(|_| variants.is_empty()) {
        let lines = ForeignPlace::Lines(range.0, range.1);
        let edit = match replacement {
            GolangciReplacement { inline: Some(inline), .. } => {
                let place = ForeignPlace::Inline(range.0, inline.start_col, inline.length);
                Some((place, inline.new_string))
            }
            GolangciReplacement { need_only_delete: true, .. } => Some((lines, String::new())),
            GolangciReplacement { new_lines: Some(new), .. } => {
                Some((lines, new.iter().map(|line| format!("{line}\n")).collect()))
            }
            GolangciReplacement { .. } => None,
        };
        variants.extend(edit.map(|(place, new)| Variant {
            title: text.clone(),
            edits: vec![ForeignEdit { file: Arc::clone(file), place, text: new }],
        }));
    }
    if variants.is_empty() {
        return Ok(None);
    }
    // Whole files are formatted with an issue that stands nowhere in particular.
    let column = (pos.column > 0).then_some((pos.column, (pos.offset > 0).then_some(pos.offset)));
    let expected = ExpectedText {
        file: Arc::clone(file),
        line: range.0,
        lines: source_lines.unwrap_or_default(),
        column: None,
    };
    let place = ExpectedText { line: pos.line, lines: Vec::new(), column, ..expected.clone() };
    let expected = [expected, place].into_iter().filter(|one| one.line > 0).collect();
    Ok(Some(ForeignFix {
        rule: rule("golangci", &from_linter),
        message: text,
        link: None,
        expected,
        variants,
    }))
}
