//! One log, with as much in it as is asked for.

use super::place::SarifPlaces;
use super::{place, rules};
use crate::report::input::{ReportInput, clipped, remedy, said};
use crate::report::serialized;
use crate::rewrite::{Applicability, Failure, Finding, FindingFix, Proof, Severity, Skipped};
use crate::text::Edits;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;

/// Where the schema of the standard is found.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Longest message, in characters.
const MESSAGE: usize = 2000;

/// Notes on files that were not looked at. The services show none of them.
pub(super) const SKIPPED: usize = 1_000;

/// How much of a report goes into a log.
#[derive(Clone, Copy)]
pub(super) struct Portion {
    pub(super) results: usize,
    pub(super) fixes: bool,
}

/// The findings that a log tells of, in their order; with more than `most`, the
/// severe ones.
pub(super) fn chosen<'a>(input: &ReportInput<'a>, most: usize) -> Vec<&'a Finding> {
    let findings = input.report.findings.iter();
    let mut chosen: Vec<(usize, &Finding)> = findings
        .filter(|finding| input.show_kept || finding.level > Applicability::Kept)
        .enumerate()
        .collect();
    if chosen.len() > most {
        let rank = |finding: &Finding| (finding.suppressed, std::cmp::Reverse(finding.severity));
        chosen.sort_by_key(|(at, finding)| (rank(finding), *at));
        chosen.truncate(most);
        chosen.sort_by_key(|(at, _)| *at);
    }
    chosen.into_iter().map(|(_, finding)| finding).collect()
}

/// The log as bytes, with a line end.
pub(super) fn log(input: &ReportInput, portion: Portion, notes: &[String]) -> io::Result<Vec<u8>> {
    let rules: BTreeMap<&str, usize> =
        input.rules.iter().enumerate().map(|(at, rule)| (rule.row.id.as_str(), at)).collect();
    let mut places = SarifPlaces::new(input.sources);
    let findings = chosen(input, portion.results);
    let results: Vec<Value> =
        findings.iter().map(|finding| result(finding, &rules, &mut places, input, portion.fixes)).collect();
    let mut notifications: Vec<Value> = notes.iter().map(|note| notification("warning", note)).collect();
    let errors = input.report.errors.iter().map(|Failure { path, reason }| {
        located(notification("error", &format!("{path}: {reason}")), path, &places)
    });
    notifications.extend(errors);
    let skipped = input.report.skipped.iter().take(SKIPPED).map(|Skipped { path, reason }| {
        located(notification("note", &format!("not looked at: {path}: {reason}")), path, &places)
    });
    notifications.extend(skipped);
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": input.rules.iter().map(rules::descriptor).collect::<Vec<Value>>(),
    });
    if let Some(home) = rules::home() {
        driver["informationUri"] = home.into();
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { place::ROOT: { "description": { "text": "the root of the repository" } } },
            "invocations": [{
                "executionSuccessful": input.report.errors.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "artifacts": places.artifacts(),
            "results": results,
        }],
    });
    let mut bytes = Vec::new();
    serialized::json(&mut bytes, &log, false)?;
    Ok(bytes)
}

fn result(
    finding: &Finding,
    rules: &BTreeMap<&str, usize>,
    places: &mut SarifPlaces,
    input: &ReportInput,
    fixes: bool,
) -> Value {
    let kept = finding.level == Applicability::Kept;
    let remedy = remedy(finding);
    let gap = if remedy.is_empty() { "" } else { ". " };
    let text = clipped(&format!("{}{gap}{remedy}.", said(finding)), MESSAGE);
    let mut result = json!({
        "ruleId": finding.rule,
        "kind": if kept { "informational" } else { "fail" },
        "level": match finding.severity {
            _ if kept => "none",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": { "text": text },
        "locations": [{ "physicalLocation": places.site(finding) }],
        "partialFingerprints": { "gomend/v1": finding.fingerprint },
        "properties": properties(finding),
    });
    if let Some(index) = rules.get(finding.rule) {
        result["ruleIndex"] = (*index).into();
    }
    let around = places.around(finding);
    if !around.is_empty() {
        result["relatedLocations"] = around.into();
    }
    if finding.suppressed {
        result["suppressions"] = json!([{ "kind": "inSource", "status": "accepted" }]);
    }
    let fix = finding.fix.as_ref().filter(|_| fixes && !kept);
    if let Some(fix) = fix.and_then(|fix| self::fix(fix, finding.level, places, input)) {
        result["fixes"] = json!([fix]);
    }
    result
}

fn properties(finding: &Finding) -> Value {
    let proof = match finding.proof {
        Proof::Proved => "proved",
        Proof::Unproved => "unproved",
        Proof::Refused => "refused",
        Proof::None => "none",
    };
    let mut properties = json!({ "level": finding.level.word(), "pass": finding.pass, "proof": proof });
    if let Some(reason) = &finding.proof_reason {
        properties["proofReason"] = clipped(reason, MESSAGE).into();
    }
    if let Some(module) = &finding.module {
        properties["module"] = (**module).into();
    }
    if let Some(go) = finding.go {
        properties["go"] = go.to_string().into();
    }
    if let Some(guard) = finding.guard {
        properties["guard"] = guard.into();
    }
    properties
}

/// The fix over all its files; nothing when one of them has changed since.
fn fix(
    fix: &FindingFix,
    level: Applicability,
    places: &mut SarifPlaces,
    input: &ReportInput,
) -> Option<Value> {
    let mut changes = Vec::new();
    for edits in fix.edits.chunk_by(|a, b| a.path == b.path) {
        let path = &*edits[0].path;
        let source = input.sources.get(path)?;
        let edits: Edits = source.edits(path, edits)?;
        let replacements: Vec<Value> = edits
            .iter()
            .map(|edit| {
                let (start, end) = (source.position(edit.span.start), source.position(edit.span.end));
                let mut replacement = json!({ "deletedRegion": place::region(&source, start, end) });
                if !edit.text.is_empty() {
                    replacement["insertedContent"] = json!({ "text": edit.text });
                }
                replacement
            })
            .collect();
        changes.push(json!({ "artifactLocation": places.artifact(path), "replacements": replacements }));
    }
    let description = format!("{} ({})", fix.title, level.word());
    (!changes.is_empty())
        .then(|| json!({ "description": { "text": description }, "artifactChanges": changes }))
}

fn notification(level: &str, text: &str) -> Value {
    json!({ "level": level, "message": { "text": clipped(text, MESSAGE) } })
}

fn located(mut notification: Value, path: &str, places: &SarifPlaces) -> Value {
    notification["locations"] =
        json!([{ "physicalLocation": { "artifactLocation": places.location(path) } }]);
    notification
}
