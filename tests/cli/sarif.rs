//! SARIF, checked against the schema of the standard and by a consumer that
//! applies the fixes.

use super::formats::{LOOP, NAME, TRICKY, fixed, rich};
use crate::ground::{Ground, MOD, SLEEP};
use gomend::transforms::CATALOGUE;
use serde_json::Value;
use std::process::Command;

/// The schema, from the source of a crate of types for the format. The manifest names
/// the crate under a configuration that no target has, so that it need not be compiled.
fn schema() -> Value {
    let cargo = |args: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}schemas")
            .output();
        let output = output.expect("cargo runs these tests, so it can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = cargo(&["metadata", "--format-version", "1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
    let text = std::fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    // The published pattern of a language has a bracket too many, which is no
    // regular expression. No log of ours names a language.
    serde_json::from_str(&text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap()
}

#[track_caller]
fn assert_valid(schema: &Value, log: &str) -> Value {
    let log: Value = serde_json::from_str(log).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler.add_resource("sarif.json", schema.clone()).unwrap();
    let mut schemas = boon::Schemas::new();
    let compiled = compiler.compile("sarif.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(&log, compiled) {
        panic!("{error:#}");
    }
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    log
}

/// `text` with the replacements that name the file `uri`.
fn applied(log: &Value, uri: &str, text: &str) -> String {
    let (bom, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let byte = |line: &Value, column: &Value| {
        let (line, column) = (line.as_u64().unwrap() as usize, column.as_u64().unwrap() as usize);
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let mut units = 0;
        let inside = text[start..].char_indices().find(|(_, c)| {
            units += c.len_utf16();
            units > column - 1
        });
        inside.map_or(text.len(), |(at, _)| start + at)
    };
    let mut edits = Vec::new();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        for fix in result["fixes"].as_array().into_iter().flatten() {
            for change in fix["artifactChanges"].as_array().unwrap() {
                for one in change["replacements"].as_array().unwrap() {
                    let region = &one["deletedRegion"];
                    if change["artifactLocation"]["uri"] == uri {
                        let start = byte(&region["startLine"], &region["startColumn"]);
                        let end = byte(&region["endLine"], &region["endColumn"]);
                        edits.push((start, end, one["insertedContent"]["text"].as_str().unwrap_or_default()));
                    }
                }
            }
        }
    }
    assert!(!edits.is_empty(), "no fix of {uri}");
    edits.sort();
    let mut out = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        out.replace_range(*start..*end, new);
    }
    format!("{bom}{out}")
}

#[test]
fn a_log_is_valid_and_its_fixes_are_the_fixes() {
    let ground = rich();
    let schema = schema();
    let ran = ground.run(&["check", "--format", "sarif", "--show-kept", ".", "nosuch"]).code(2);
    let log = assert_valid(&schema, &ran.out);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let results = run["results"].as_array().unwrap();
    let told: Vec<(&str, &str, bool)> = results
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap();
            (text("ruleId"), text("level"), one.get("suppressions").is_some())
        })
        .collect();
    let want = [
        ("time-after-in-loop", "note", false),
        ("gosched", "note", false),
        ("time-after-sleep", "note", false),
        ("time-after-sleep", "note", false),
        ("gosched", "none", false),
        ("time-after-sleep", "note", true),
    ];
    assert_eq!(told, want);
    for one in results {
        let rule = &run["tool"]["driver"]["rules"][one["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], one["ruleId"]);
        let place = &one["locations"][0]["physicalLocation"]["artifactLocation"];
        let artifact = &run["artifacts"][place["index"].as_u64().unwrap() as usize];
        assert_eq!(artifact["location"]["uri"], place["uri"]);
        assert_eq!(one["partialFingerprints"]["gomend/v1"].as_str().unwrap().len(), 16);
    }
    let uri = "a%20b/%C3%A9,%25&%3C%22'%3E%5Bx%5D%7By%7D%23@team%7C%60.go";
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], uri);
    assert_eq!(results[0]["relatedLocations"][0]["message"]["text"], "this loop");
    assert_eq!(applied(&log, uri, LOOP), fixed("x.go", LOOP), "{NAME}");
    assert_eq!(applied(&log, "tricky.go", TRICKY), fixed("x.go", TRICKY));
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!((&notes[0]["level"], &notes[1]["level"]), (&"error".into(), &"note".into()));
    // Without a finding it is still a log, which clears the alerts.
    let clean = Ground::new(&[("x.go", "package p\n")]).run(&["check", "--format", "sarif"]).code(0).out;
    assert_eq!(assert_valid(&schema, &clean)["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn the_rules_carry_their_pages_within_the_limits() {
    let ground = Ground::sleepy();
    let log = ground.run(&["check", "--format", "sarif"]).code(1).json();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), CATALOGUE.len() + 1);
    for rule in rules {
        let long = |value: &Value| value["text"].as_str().unwrap().chars().count();
        assert!((1..=1024).contains(&long(&rule["shortDescription"])), "{rule}");
        assert!((1..=1024).contains(&long(&rule["fullDescription"])), "{rule}");
        assert!(long(&rule["help"]) > 0 && rule["help"]["markdown"].as_str().is_some());
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
        assert!(rule["id"].as_str().unwrap().len() <= 255);
    }
}

#[test]
fn files_are_named_from_the_root_of_the_repository() {
    let ground = Ground::new(&[("go.mod", MOD), ("svc/api/sleep.go", SLEEP)]);
    ground.git(&["init", "-q"]);
    let uri = |dir: &str, args: &[&str]| {
        let log = ground.run_in(dir, &[&["check", "--format", "sarif"], args].concat()).code(1).json();
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        (place["uri"].as_str().unwrap().to_owned(), place["uriBaseId"].as_str().map(str::to_owned))
    };
    let want = ("svc/api/sleep.go".to_owned(), Some("%SRCROOT%".to_owned()));
    assert_eq!(uri(".", &[]), want);
    assert_eq!(uri("svc/api", &[]), want);
    assert_eq!(uri("svc", &["api/sleep.go"]), want);
}
