//! What the configuration of golangci-lint forbids to write: the patterns of its
//! linter `forbidigo`, which a fix must not run into.

use crate::disk::Disk;
use regex::Regex;
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The names under which golangci-lint looks for its configuration, in its order.
const NAMES: [&str; 4] = [".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"];

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// How deep a configuration may be nested.
const DEEPEST: usize = 64;

/// The configurations that were read, by directory.
#[derive(Debug, Default)]
pub struct Golangci {
    known: Mutex<HashMap<PathBuf, Option<Arc<Config>>>>,
}

impl Golangci {
    /// Where the configuration that is nearest upward of the file `path` forbids `symbol`,
    /// written as `time.Sleep`, in that file.
    pub fn forbids(&self, symbol: &str, path: &Path, disk: &Disk) -> Option<String> {
        let config = self.nearest(path.parent()?, disk)?;
        let below = config.path.parent().and_then(|dir| path.strip_prefix(dir).ok()).unwrap_or(path);
        let below = below.to_string_lossy().replace('\\', "/");
        let shown = config.path.display();
        match &config.rules {
            Ok(rules) => rules.forbids(symbol, &below).map(|pattern| format!("`{pattern}` in {shown}")),
            // What cannot be read may forbid it.
            Err(why) => Some(format!("{shown} {why}")),
        }
    }

    fn nearest(&self, dir: &Path, disk: &Disk) -> Option<Arc<Config>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(dir).cloned();
        if let Some(config) = known {
            return config;
        }
        let here = NAMES.iter().find_map(|name| Config::read(&dir.join(name), disk)).map(Arc::new);
        let config = here.or_else(|| self.nearest(dir.parent()?, disk));
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(dir.to_owned(), config.clone());
        config
    }
}

/// One configuration.
#[derive(Debug)]
struct Config {
    path: PathBuf,
    rules: Result<ForbidRules, String>,
}

impl Config {
    /// The file at `path`; `None` when there is none.
    fn read(path: &Path, disk: &Disk) -> Option<Config> {
        let of = |rules| Some(Config { path: path.to_owned(), rules });
        let metadata = disk.metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return of(Err("is not a regular file of at most 4 MiB".to_owned()));
        }
        match disk.read_to_string(path) {
            // Most of them do not speak of it.
            Ok(text) if !text.contains("forbidigo") => of(Ok(ForbidRules::default())),
            Ok(text) => {
                let extension = path.extension().unwrap_or_default().to_string_lossy();
                of(values(&text, &extension).map(|values| ForbidRules::of(&values)))
            }
            Err(error) => of(Err(format!("cannot be read: {error}"))),
        }
    }
}

/// What `forbidigo` is told.
#[derive(Debug, Default)]
struct ForbidRules {
    /// The patterns as they are written, and what they match.
    forbid: Vec<(String, ForbidPattern)>,
    /// The files that it does not look at.
    excluded: Vec<Excluded>,
}

#[derive(Debug)]
struct ForbidPattern {
    text: Option<Regex>,
    package: Option<Regex>,
}

/// Files by their paths: those that match, or all others.
#[derive(Debug)]
struct Excluded {
    path: Regex,
    others: bool,
}

impl ForbidRules {
    /// Reads the settings of version 1 and 2.
    fn of(config: &Value) -> ForbidRules {
        let list = |pointer: &str| config.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        let off =
            ["/linters/disable"].into_iter().flat_map(list).any(|name| name.as_str() == Some("forbidigo"));
        if off {
            return ForbidRules::default();
        }
        let settings = ["/linters-settings/forbidigo/forbid", "/linters/settings/forbidigo/forbid"];
        let forbid = settings.into_iter().flat_map(list).filter_map(pattern).collect();
        let ruled = ["/issues/exclude-rules", "/linters/exclusions/rules"].into_iter().flat_map(list);
        let paths = [
            "/linters/exclusions/paths",
            "/issues/exclude-files",
            "/issues/exclude-dirs",
            "/run/skip-files",
            "/run/skip-dirs",
        ];
        let plain = paths
            .into_iter()
            .flat_map(list)
            .filter_map(Value::as_str)
            .filter_map(|path| Some(Excluded { path: Regex::new(path).ok()?, others: false }));
        let tests = config.pointer("/run/tests").and_then(Value::as_bool) == Some(false);
        let tests = tests.then(|| Regex::new(r"_test\.go$").ok()).flatten();
        let tests = tests.map(|path| Excluded { path, others: false });
        ForbidRules { forbid, excluded: ruled.filter_map(excluded).chain(plain).chain(tests).collect() }
    }

    /// The pattern that `symbol` matches in the file `path`, relative to the configuration.
    fn forbids(&self, symbol: &str, path: &str) -> Option<&str> {
        let covers = |excluded: &Excluded| excluded.path.is_match(path) != excluded.others;
        if self.excluded.iter().any(covers) {
            return None;
        }
        let package = symbol.split('.').next().unwrap_or_default();
        let matches = |pattern: &ForbidPattern| {
            pattern.text.as_ref().is_none_or(|text| text.is_match(symbol))
                && pattern.package.as_ref().is_none_or(|of| of.is_match(package))
        };
        self.forbid.iter().find(|(_, pattern)| matches(pattern)).map(|(shown, _)| shown.as_str())
    }
}

/// One entry of `forbid`: a pattern, or a table with one. What is no pattern of this
/// syntax matches everything: better one question too many.
fn pattern(entry: &Value) -> Option<(String, ForbidPattern)> {
    let word = |key: &str| entry.get(key).and_then(Value::as_str);
    let written = entry.as_str().or_else(|| word("pattern")).or_else(|| word("p"));
    let package = word("pkg").and_then(|package| Regex::new(package).ok());
    let written = written.or_else(|| word("pkg"))?;
    let text = if entry.is_object() && word("pattern").or(word("p")).is_none() {
        None
    } else {
        Regex::new(written).ok()
    };
    Some((written.to_owned(), ForbidPattern { text, package }))
}

/// An exclusion by path alone that is about `forbidigo`.
fn excluded(rule: &Value) -> Option<Excluded> {
    let about = rule.get("linters").and_then(Value::as_array)?;
    let whole = rule.get("text").is_none() && rule.get("source").is_none();
    if !whole || !about.iter().any(|name| name.as_str() == Some("forbidigo")) {
        return None;
    }
    let path = |key: &str| Regex::new(rule.get(key)?.as_str()?).ok();
    path("path")
        .map(|path| Excluded { path, others: false })
        .or_else(|| path("path-except").map(|path| Excluded { path, others: true }))
}

fn values(text: &str, extension: &str) -> Result<Value, String> {
    match extension {
        "json" => serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}")),
        "toml" => {
            toml::from_str(text).map_err(|error: toml::de::Error| format!("is not TOML: {}", error.message()))
        }
        _ => yaml(text),
    }
}

/// A list or a table that is being read, with the key of its next value.
enum Open {
    List(Vec<Value>),
    Table(Map<String, Value>, Option<String>),
}

/// The first document of a YAML text. An alias stands for a plain value only, so that no
/// text becomes larger than it is.
fn yaml(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, Value> = HashMap::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| format!("is not YAML: {error}"))?;
        let done = match event {
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Table(Map::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(list)) => Some(Value::Array(list)),
                Some(Open::Table(table, ..)) => Some(Value::Object(table)),
                None => None,
            },
            Event::Scalar(word, style, anchor, _) => {
                let plain = style == saphyr_parser::ScalarStyle::Plain;
                let value = match &*word {
                    "true" if plain => Value::Bool(true),
                    "false" if plain => Value::Bool(false),
                    word => Value::String(word.to_owned()),
                };
                anchors.insert(anchor, value.clone());
                Some(value)
            }
            Event::Alias(anchor) => Some(anchors.get(&anchor).cloned().unwrap_or(Value::Null)),
            Event::DocumentEnd | Event::StreamEnd => break,
            _ => None,
        };
        if open.len() > DEEPEST {
            return Err("is nested too deep".to_owned());
        }
        let Some(value) = done else { continue };
        match open.last_mut() {
            None => return Ok(value),
            Some(Open::List(list)) => list.push(value),
            Some(Open::Table(table, key)) => match key.take() {
                Some(key) => drop(table.insert(key, value)),
                None => *key = Some(value.as_str().unwrap_or_default().to_owned()),
            },
        }
    }
    Ok(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbids(name: &str, text: &str, path: &str) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(name), text).unwrap();
        let file = dir.path().join(path);
        let found = Golangci::default().forbids("time.Sleep", &file, &Disk::default());
        found.map(|found| found.replace(&dir.path().display().to_string(), ""))
    }

    #[test]
    fn every_spelling_of_a_pattern_counts() {
        for text in [
            "linters-settings:\n  forbidigo:\n    forbid:\n      - ^time\\.Sleep$\n",
            "linters-settings:\n  forbidigo:\n    forbid:\n      - p: ^time\\.Sleep$\n        msg: wait for it\n",
            "version: \"2\"\nlinters:\n  enable: [forbidigo]\n  settings:\n    forbidigo:\n      forbid:\n        - pattern: 'time\\.Sleep(# no)?'\n",
            "linters: {settings: {forbidigo: {forbid: [{pattern: Sleep, pkg: ^time$}]}}}\n",
            "linters: {settings: {forbidigo: {forbid: [{pkg: ^time$}]}}}\n",
            "x: &p ^time\\.Sleep$\nlinters-settings:\n  forbidigo:\n    forbid: [*p]\n",
        ] {
            let found = forbids(".golangci.yml", text, "a/b/c.go");
            assert!(found.is_some_and(|found| found.ends_with("/.golangci.yml")), "{text}");
        }
        let toml = "[[linters-settings.forbidigo.forbid]]\np = '^time\\.Sleep$'\n";
        assert_eq!(forbids(".golangci.toml", toml, "c.go").unwrap(), "`^time\\.Sleep$` in /.golangci.toml");
        let json = r#"{"linters-settings": {"forbidigo": {"forbid": ["^time\\.(Sleep|After)$"]}}}"#;
        assert!(forbids(".golangci.json", json, "c.go").is_some());
    }

    #[test]
    fn what_does_not_forbid_it_does_not_count() {
        for text in [
            "linters:\n  enable:\n    - forbidigo\n",
            "linters-settings:\n  forbidigo:\n    forbid:\n      - ^fmt\\.Print.*$\n",
            "linters:\n  disable: [forbidigo]\nlinters-settings:\n  forbidigo:\n    forbid: [time.Sleep]\n",
            "# forbidigo: time.Sleep\n",
            "linters: {settings: {forbidigo: {forbid: [{pattern: Sleep, pkg: ^mine$}]}}}\n",
            "",
        ] {
            assert_eq!(forbids(".golangci.yaml", text, "c.go"), None, "{text}");
        }
    }

    #[test]
    fn only_the_files_that_it_looks_at_count() {
        let rule = "linters-settings:\n  forbidigo:\n    forbid: [time.Sleep]\nissues:\n  exclude-rules:\n    - path: _test\\.go\n      linters: [forbidigo]\n";
        assert_eq!(forbids(".golangci.yml", rule, "a/b_test.go"), None);
        assert!(forbids(".golangci.yml", rule, "a/b.go").is_some());
        let others = rule.replace("path:", "path-except:");
        assert!(forbids(".golangci.yml", &others, "a/b_test.go").is_some());
        assert_eq!(forbids(".golangci.yml", &others, "a/b.go"), None);
        let by_text = rule.replace("linters: [", "text: Print\n      linters: [");
        assert!(forbids(".golangci.yml", &by_text, "a/b_test.go").is_some());
        let tests = "run:\n  tests: false\nlinters-settings:\n  forbidigo:\n    forbid: [time.Sleep]\n";
        assert_eq!(forbids(".golangci.yml", tests, "a/b_test.go"), None);
        assert!(forbids(".golangci.yml", tests, "a/b.go").is_some());
    }

    #[test]
    fn what_cannot_be_read_may_forbid_it() {
        for text in ["forbidigo: [", "forbidigo: \"\u{1}", &format!("forbidigo: {}", "[".repeat(100_000))] {
            assert!(forbids(".golangci.yml", text, "c.go").is_some());
        }
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(".golangci.yml")).unwrap();
        let found = Golangci::default().forbids("time.Sleep", &dir.path().join("c.go"), &Disk::default());
        assert!(found.is_some_and(|found| found.contains("regular file")));
    }

    #[test]
    fn aliases_do_not_grow() {
        let mut text = "forbidigo: 1\na0: &a0 [x, x]\n".to_owned();
        for at in 1..40 {
            text += &format!("a{at}: &a{at} [*a{}, *a{}]\n", at - 1, at - 1);
        }
        assert!(yaml(&text).unwrap().to_string().len() < 2 * text.len());
    }
}
