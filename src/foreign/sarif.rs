//! SARIF 2.1.0: results with `fixes`, each of which is one way to fix the place.
//!
//! Columns are units of UTF-16 unless `columnKind` says otherwise; staticcheck, semgrep and others
//! count bytes all the same, so where the text is known, the unit that fits it is taken.

use super::fix::{ForeignEdit, ForeignFix, ForeignFixes, Variant, or_default, rule};
use super::place::{ColumnUnit, ForeignPlace};
use super::stream::{FileNames, PathStep, each};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Log {
    runs: Option<Vec<SarifRun>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun {
    tool: Option<SarifTool>,
    #[serde(default)]
    column_kind: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    original_uri_base_ids: BTreeMap<String, SarifLocation>,
    #[serde(default, deserialize_with = "or_default")]
    artifacts: Vec<Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<SarifLocation>,
}

#[derive(Deserialize)]
struct SarifTool {
    driver: Driver,
}

#[derive(Deserialize)]
struct Driver {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    rules: Vec<SarifRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifRule {
    #[serde(default, deserialize_with = "or_default")]
    id: String,
    #[serde(default)]
    help_uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    #[serde(default)]
    rule_id: Option<String>,
    #[serde(default)]
    rule_index: Option<usize>,
    #[serde(default, deserialize_with = "or_default")]
    message: Message,
    #[serde(default, deserialize_with = "or_default")]
    locations: Vec<FindingLocation>,
    #[serde(default, deserialize_with = "or_default")]
    fixes: Vec<SarifFix>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FindingLocation {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<SarifLocation>,
    region: Option<SarifRegion>,
}

#[derive(Default, Deserialize)]
struct Message {
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    #[serde(default, deserialize_with = "or_default")]
    description: Message,
    #[serde(default, deserialize_with = "or_default")]
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: SarifLocation,
    #[serde(default, deserialize_with = "or_default")]
    replacements: Vec<SarifReplacement>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    #[serde(default)]
    uri: Option<String>,
    #[serde(default)]
    uri_base_id: Option<String>,
    #[serde(default)]
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifReplacement {
    deleted_region: SarifRegion,
    #[serde(default)]
    inserted_content: Option<Content>,
}

#[derive(Clone, Deserialize)]
struct Content {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    binary: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: Option<usize>,
    start_column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    byte_offset: Option<i64>,
    byte_length: Option<u64>,
    char_offset: Option<i64>,
    snippet: Option<Content>,
}

/// The longest chain of bases that a location may stand on.
const BASES: usize = 8;

/// The fixes of all runs.
pub(super) fn read(bytes: &[u8]) -> Result<ForeignFixes, serde_json::Error> {
    // What the results stand on may follow them.
    let log: Log = serde_json::from_slice(bytes)?;
    let runs = log.runs.unwrap_or_default();
    let mut all = ForeignFixes::default();
    let mut names = FileNames::default();
    let steps = [PathStep::Key("runs"), PathStep::Each, PathStep::Key("results"), PathStep::Each];
    let mut document = serde_json::Deserializer::from_slice(bytes);
    each(&mut document, &steps, |run, result: SarifResult| {
        if let Some(run) = runs.get(run) {
            take(result, run, &mut names, &mut all);
        }
    })?;
    Ok(all)
}

/// Adds what a result says.
fn take(result: SarifResult, run: &SarifRun, names: &mut FileNames, all: &mut ForeignFixes) {
    if result.fixes.is_empty() {
        all.bare += 1;
        return;
    }
    let (id, link) = name(&result, run);
    let rule = rule(run.tool.as_ref().map_or("sarif", |tool| &tool.driver.name), &id);
    let message = result.message.text.unwrap_or_default();
    let mut variants = Vec::new();
    let is_semgrep = tool_of(run).contains("semgrep") || tool_of(run).contains("opengrep");
    let seen = if is_semgrep { result.locations } else { Vec::new() };
    for mut fix in result.fixes {
        fix.artifact_changes.iter_mut().for_each(|change| show(change, &seen));
        match edits(fix.artifact_changes, run, names) {
            Ok(edits) if edits.is_empty() => {}
            Ok(edits) => {
                let title = fix.description.text.unwrap_or_else(|| message.clone());
                variants.push(Variant { title, edits });
            }
            Err(reason) => all.refused.push((rule.clone(), reason)),
        }
    }
    if !variants.is_empty() {
        all.fixes.push(ForeignFix { rule, message, link, expected: Vec::new(), variants });
    }
}

/// The name of a run's tool in small letters.
fn tool_of(run: &SarifRun) -> String {
    run.tool.as_ref().map(|tool| tool.driver.name.to_ascii_lowercase()).unwrap_or_default()
}

/// What semgrep shows in place of a text that its terms keep back.
const WITHHELD: &str = "requires login";

/// Gives the regions of a change the text that the finding shows there: semgrep shows the whole
/// lines, while others add numbers to them or leave some out.
fn show(change: &mut ArtifactChange, seen: &[FindingLocation]) {
    let seen = seen.iter().filter_map(|location| location.physical_location.as_ref());
    let seen = seen.filter(|place| {
        place.artifact_location.as_ref().is_some_and(|file| file.uri == change.artifact_location.uri)
    });
    let seen: Vec<&SarifRegion> = seen.filter_map(|place| place.region.as_ref()).collect();
    for replacement in &mut change.replacements {
        let deleted = &mut replacement.deleted_region;
        let same = |region: &&&SarifRegion| {
            (region.start_line, region.start_column, region.end_line, region.end_column)
                == (deleted.start_line, deleted.start_column, deleted.end_line, deleted.end_column)
        };
        if deleted.snippet.is_none() {
            let shown = seen.iter().find(same).and_then(|region| region.snippet.clone());
            deleted.snippet = shown.filter(|shown| shown.text.as_deref() != Some(WITHHELD));
        }
    }
}

/// The id of a result's rule, and the page about it.
fn name(result: &SarifResult, run: &SarifRun) -> (String, Option<String>) {
    let rules = run.tool.as_ref().map(|tool| tool.driver.rules.as_slice()).unwrap_or_default();
    let by_index = result.rule_index.and_then(|index| rules.get(index));
    let id = result.rule_id.clone().or_else(|| by_index.map(|rule| rule.id.clone())).unwrap_or_default();
    let rule = by_index.or_else(|| rules.iter().find(|rule| rule.id == id));
    let link = rule.and_then(|rule| rule.help_uri.clone());
    (id, link)
}

fn edits(
    changes: Vec<ArtifactChange>,
    run: &SarifRun,
    names: &mut FileNames,
) -> Result<Vec<ForeignEdit>, String> {
    let tool = tool_of(run);
    let units = match run.column_kind.as_deref() {
        Some("unicodeCodePoints") => vec![ColumnUnit::Char, ColumnUnit::Utf16, ColumnUnit::Byte],
        _ if ["staticcheck", "semgrep", "opengrep"].iter().any(|name| tool.contains(name)) => {
            vec![ColumnUnit::Byte, ColumnUnit::Utf16, ColumnUnit::Char]
        }
        _ => vec![ColumnUnit::Utf16, ColumnUnit::Byte, ColumnUnit::Char],
    };
    let mut edits = Vec::new();
    for change in changes {
        let file = path(&change.artifact_location, run)?;
        for SarifReplacement { deleted_region: region, inserted_content } in change.replacements {
            let text = match inserted_content {
                Some(Content { binary: Some(_), text: None }) => {
                    return Err(format!("{file}: it inserts bytes, not text"));
                }
                content => content.and_then(|content| content.text).unwrap_or_default(),
            };
            let place = match region {
                SarifRegion { byte_offset: Some(start), byte_length, start_line: None, .. } => {
                    let start =
                        u64::try_from(start).map_err(|_| format!("{file}: a region without a place"))?;
                    ForeignPlace::Bytes(start, start.saturating_add(byte_length.unwrap_or(0)))
                }
                SarifRegion {
                    start_line: Some(line), start_column, end_line, end_column, snippet, ..
                } => {
                    let end = end_line.unwrap_or(line);
                    // A snippet may show whole lines around a region of columns.
                    let old = snippet.and_then(|snippet| snippet.text).filter(|_| end_column.is_some());
                    let start = (line, start_column.unwrap_or(1));
                    ForeignPlace::Columns { start, end: (end, end_column), units: units.clone(), old }
                }
                SarifRegion { char_offset: Some(_), .. } => {
                    return Err(format!(
                        "{file}: a region by characters, which no Go tool writes; lines and columns can be read"
                    ));
                }
                SarifRegion { .. } => return Err(format!("{file}: a region without a place")),
            };
            edits.push(ForeignEdit { file: names.kept(&file), place, text });
        }
    }
    Ok(edits)
}

/// The path of an artifact: absolute where a base says so, else from the root on.
fn path(location: &SarifLocation, run: &SarifRun) -> Result<String, String> {
    let mut location = location.clone();
    if location.uri.is_none() {
        let listed = location.index.and_then(|index| run.artifacts.get(usize::try_from(index).ok()?));
        location =
            listed.and_then(|artifact| artifact.location.clone()).ok_or("a change that names no file")?;
    }
    let mut uri = location.uri.unwrap_or_default();
    let mut base = location.uri_base_id;
    for _ in 0..BASES {
        let Some(known) = base.as_ref().and_then(|base| run.original_uri_base_ids.get(base)) else { break };
        if has_scheme(&uri) || uri.starts_with('/') {
            break;
        }
        if let Some(above) = known.uri.as_deref().filter(|above| !above.is_empty()) {
            uri = format!("{}/{uri}", above.trim_end_matches('/'));
        }
        base = known.uri_base_id.clone();
    }
    let rest = match uri.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return Err(format!("{uri}: a file of another machine"));
            }
            path.to_owned()
        }
        None if uri.to_ascii_lowercase().starts_with("file:/") => uri["file:".len()..].to_owned(),
        Some(_) if has_scheme(&uri) => return Err(format!("{uri}: not a file")),
        _ => uri.clone(),
    };
    decoded(&rest).ok_or_else(|| format!("{uri}: not a path that can be read"))
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// A path without the percent signs of a URI.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            out.push((digit(bytes.next())? * 16 + digit(bytes.next())?) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}
