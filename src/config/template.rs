//! A `gomend.toml` for those who have none, and a schema for editors.

use super::file::{AUDIT_KEYS, KEYS, OVERRIDE_KEYS, PACK_KEYS, VERIFY};
use crate::rewrite::RuleOption;
use serde_json::{Value, json};

/// Every key with what it is for, all of them switched off.
pub const COMMENTED: &str = r#"# gomend.toml: what gomend looks for below this directory. The nearest file upward of
# each Go file counts, with those above it. `gomend rules` lists the rules and groups.

# Look no further upward for other files.
# root = true

# Take another file's settings first.
# extend = "../gomend.toml"

# Refuse to run with another gomend.
# required-version = ">=0.1, <0.2"

# Only these rules and groups; the default is every rule that is not opt-in.
# select = ["timers", "gosched"]
# extend-select = ["goroutine-per-item"]
# ignore = ["num-goroutine-in-metrics"]

# Rules whose unsafe fixes count as safe here, and the other way round.
# promote = ["manual-gc"]
# demote = ["read-mem-stats"]

# Files to leave out, written as in a .gitignore.
# exclude = ["internal/legacy/"]

# The Go version of files of which no go.mod says it.
# go = "1.24"

# How far `gomend fix` proves its fixes: none, gofmt, build or vet. Only a file outside of
# the repository may say test, which runs the repository's code.
# verify = "vet"

# More folders with rules of your own, beside .gomend/rules.
# rule-paths = ["tools/rules"]

# Rules that come as a Go module; `gomend packs add PATH@VERSION` writes this.
# [packs]
# "example.com/acme/gomend-rules" = "v1.2.0"

# Other rules for some paths.
# [[override]]
# paths = ["cmd/**"]
# ignore = ["tuning-in-library"]

# The options of one rule; `gomend explain RULE` describes them.
# [rules.time-after-in-loop]
# seldom = "keep"

# The packages that may import runtime, for `gomend audit`.
# [audit]
# runtime-imports = ["internal/runtimeinfo"]
"#;

/// What a key is for, on one line.
fn description(key: &str) -> &'static str {
    match key {
        "root" => "Look no further upward for other files",
        "extend" => "Another file, relative to this one, whose settings come first",
        "required-version" => "The versions of gomend that may run",
        "select" => "Only these rules and groups; the default is every rule that is not opt-in",
        "extend-select" => "These too",
        "ignore" => "Not these",
        "promote" => "Rules whose unsafe fixes count as safe here",
        "demote" => "Rules whose safe fixes count as unsafe here",
        "exclude" => "Files to leave out, written as in a .gitignore",
        "rule-paths" => "More folders with rules of your own, relative to this file",
        "packs" => "Rules that come as Go modules: path and version, or a folder",
        "version" => "The version in the module cache",
        "folder" => "The folder that holds the pack, relative to this file",
        "name" => "What its rules are called by, before the `/`",
        "trust" => "Whether its levels count; said by the tree it has no effect",
        "go" => "The Go version of files of which no go.mod says it",
        "verify" => "How far `gomend fix` proves its fixes; a file of the tree may say `vet` at most",
        "override" => "Other rules for some paths",
        "paths" => "The files that it is about, written as in a .gitignore",
        "rules" => "The options of single rules",
        "audit" => "What `gomend audit` takes for intended",
        "runtime-imports" => "The packages that may import `runtime`",
        _ => "",
    }
}

/// The JSON schema of the file, for these rules and groups and the options of each rule.
pub fn schema(rules: &[&str], groups: &[&str], options: &dyn Fn(&str) -> &'static [RuleOption]) -> Value {
    let choices = |rule: &&str| -> (String, Value) {
        let words = |choice: &RuleOption| (choice.key.to_owned(), json!({"enum": choice.values}));
        let properties: serde_json::Map<String, Value> = options(rule).iter().map(words).collect();
        let table = json!({"type": "object", "additionalProperties": false, "properties": properties});
        ((*rule).to_owned(), table)
    };
    let tables: serde_json::Map<String, Value> = rules.iter().map(choices).collect();
    let selectors: Vec<&str> = rules.iter().chain(groups).copied().chain(["all"]).collect();
    let selection = json!({"type": "array", "items": {"enum": selectors}, "uniqueItems": true});
    // Rules of other tools are named by those.
    let leveled = json!({"type": "array", "items": {"anyOf": [{"enum": rules}, {"pattern": "^[^/]+/."}]}, "uniqueItems": true});
    let globs = json!({"type": "array", "items": {"type": "string"}});
    let of = |key: &str| -> Value {
        match key {
            "root" => json!({"type": "boolean"}),
            "extend" => json!({"type": "string"}),
            "required-version" => json!({"type": "string", "examples": [">=0.1, <0.2"]}),
            "go" => json!({"type": "string", "pattern": "^1\\.[0-9]+$"}),
            "verify" => json!({"enum": VERIFY}),
            "select" | "extend-select" | "ignore" => selection.clone(),
            "promote" | "demote" => leveled.clone(),
            "override" => json!({"type": "array", "items": {"$ref": "#/$defs/override"}}),
            "rules" => json!({
                "type": "object",
                "additionalProperties": false,
                "properties": tables
            }),
            "audit" => json!({"$ref": "#/$defs/audit"}),
            "packs" => json!({
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/pack"}]}
            }),
            "version" | "folder" | "name" => json!({"type": "string"}),
            "trust" => json!({"type": "boolean"}),
            _ => globs.clone(),
        }
    };
    let object = |keys: &[&str], required: &[&str]| {
        let described = |key: &&str| {
            let mut value = of(key);
            value["description"] = description(key).into();
            ((*key).to_owned(), value)
        };
        let properties: serde_json::Map<String, Value> = keys.iter().map(described).collect();
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": required,
            "properties": properties
        })
    };
    let mut schema = object(&KEYS, &[]);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("gomend.toml");
    schema["$defs"] = json!({"override": object(&OVERRIDE_KEYS, &["paths"]), "audit": object(&AUDIT_KEYS, &[]), "pack": object(&PACK_KEYS, &[])});
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_described() {
        for key in KEYS.iter().chain(&OVERRIDE_KEYS).chain(&AUDIT_KEYS).chain(&PACK_KEYS) {
            assert!(!description(key).is_empty(), "{key}");
        }
    }
}
