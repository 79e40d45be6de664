//! One `gomend.toml`: its keys, their values, and what is wrong with them, each
//! fault with its line and column and as many as there are.

use super::command_line::Changes;
use super::globs::Globs;
use crate::engine::policy::{Rules, UnknownRule, closest};
use crate::model::GoVersion;
use crate::rewrite::Failure;
use crate::text::LineIndex;
use semver::{Version, VersionReq};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The rungs that `verify` may name.
pub const VERIFY: [&str; 5] = ["none", "gofmt", "build", "vet", "test"];

pub(super) const KEYS: [&str; 16] = [
    "root",
    "extend",
    "required-version",
    "select",
    "extend-select",
    "ignore",
    "promote",
    "demote",
    "exclude",
    "go",
    "verify",
    "override",
    "rules",
    "rule-paths",
    "packs",
    "audit",
];
pub(super) const AUDIT_KEYS: [&str; 1] = ["runtime-imports"];
pub(super) const PACK_KEYS: [&str; 4] = ["version", "folder", "name", "trust"];
pub(super) const OVERRIDE_KEYS: [&str; 6] =
    ["paths", "select", "extend-select", "ignore", "promote", "demote"];

/// What is wrong with a `gomend.toml`, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct ConfigError {
    /// The file, relative to the working directory where it lies below it.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        let reason = format!("line {}, column {}: {}", error.line, error.column, error.message);
        Failure { path: error.path.into(), reason }
    }
}

/// What one file says, resolved against the rules that exist.
#[derive(Debug)]
pub(super) struct Layer {
    /// The file as messages name it.
    pub(super) shown: String,
    pub(super) root: bool,
    pub(super) extend: Option<Extend>,
    pub(super) changes: Changes,
    pub(super) exclude: Globs,
    pub(super) go: Option<GoVersion>,
    pub(super) verify: Option<&'static str>,
    /// Whether the file belongs to the code that is looked at, or was named by one that does.
    pub(super) in_tree: bool,
    pub(super) overrides: Vec<Override>,
    pub(super) options: BTreeMap<&'static str, toml::Table>,
    /// The packages that may import `runtime`, for `gomend audit`.
    pub(super) runtime_importers: Option<Globs>,
}

/// `extend`, and where it stands for the messages about the other file.
#[derive(Debug)]
pub(super) struct Extend {
    pub(super) path: PathBuf,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// One `[[override]]`.
#[derive(Debug)]
pub(super) struct Override {
    pub(super) paths: Globs,
    pub(super) changes: Changes,
}

/// Reads `text`, the content of the file that messages call `shown`; its globs
/// are relative to `dir`.
///
/// # Errors
/// All faults, in the order of the text.
pub(super) fn read(text: &str, shown: &str, dir: &Path, rules: &Rules) -> Result<Layer, Vec<ConfigError>> {
    let lines = LineIndex::new(text.as_bytes());
    let mut reader = ConfigReader { lines, shown, dir, rules, errors: Vec::new() };
    let layer = reader.document(text);
    reader.errors.sort();
    match layer {
        Some(layer) if reader.errors.is_empty() => Ok(layer),
        _ => Err(reader.errors),
    }
}

type ConfigKey<'i> = Spanned<Cow<'i, str>>;
type ConfigValue<'i> = Spanned<DeValue<'i>>;

struct ConfigReader<'a> {
    lines: LineIndex,
    shown: &'a str,
    dir: &'a Path,
    rules: &'a Rules,
    errors: Vec<ConfigError>,
}

impl ConfigReader<'_> {
    fn fail(&mut self, span: Range<usize>, message: impl Into<String>) {
        let at = self.lines.position(span.start);
        let (path, message) = (self.shown.to_string(), message.into());
        self.errors.push(ConfigError { path, line: at.line, column: at.column, message });
    }

    fn document(&mut self, text: &str) -> Option<Layer> {
        let (document, values) = match (DeTable::parse(text), toml::from_str::<toml::Table>(text)) {
            (Ok(document), Ok(values)) => (document.into_inner(), values),
            (Err(error), _) | (_, Err(error)) => {
                self.fail(error.span().unwrap_or(0..0), format!("not valid TOML: {}", error.message()));
                return None;
            }
        };
        // A file for another version may well have keys that this one does not know.
        if !self.fits(&document) {
            return None;
        }
        let mut layer = Layer {
            shown: self.shown.to_string(),
            root: false,
            extend: None,
            changes: self.changes(&document),
            exclude: Globs::none(),
            go: None,
            verify: None,
            in_tree: true,
            overrides: Vec::new(),
            options: BTreeMap::new(),
            runtime_importers: None,
        };
        for (key, value) in &document {
            match &**key.get_ref() {
                "root" => match value.get_ref().as_bool() {
                    Some(root) => layer.root = root,
                    None => self.wrong_type(key, value, "true or false"),
                },
                "extend" => {
                    let at = self.lines.position(value.span().start);
                    layer.extend = self.string(key, value).map(|path| Extend {
                        path: path.into(),
                        line: at.line,
                        column: at.column,
                    });
                }
                "exclude" => layer.exclude = self.globs(key, value),
                "go" => layer.go = self.go(key, value),
                "verify" => layer.verify = self.verify(key, value),
                "override" => layer.overrides = self.overrides(key, value),
                "rules" => layer.options = self.options(key, value, &values),
                "rule-paths" => drop(self.globs(key, value)),
                "packs" => self.packs(key, value),
                "audit" => layer.runtime_importers = self.audit(key, value),
                known if KEYS.contains(&known) => {}
                _ => self.unknown_key(key, "", &KEYS),
            }
        }
        Some(layer)
    }

    fn fits(&mut self, document: &DeTable) -> bool {
        let found = document.iter().find(|(key, _)| &**key.get_ref() == "required-version");
        let Some((key, value)) = found else { return true };
        let Some(text) = self.string(key, value) else { return false };
        let version = env!("CARGO_PKG_VERSION");
        match VersionReq::parse(text) {
            Ok(wanted) if Version::parse(version).is_ok_and(|version| wanted.matches(&version)) => true,
            Ok(wanted) => {
                self.fail(value.span(), format!("this file requires gomend {wanted}, and this is {version}; install one that fits or change `required-version`"));
                false
            }
            Err(error) => {
                self.fail(value.span(), format!("`required-version` is not a version requirement ({error}); write one like \">={version}\""));
                false
            }
        }
    }

    /// The keys that a file and an override have in common.
    fn changes(&mut self, table: &DeTable) -> Changes {
        let mut changes = Changes::default();
        for (key, value) in table {
            match &**key.get_ref() {
                "select" => changes.select = Some(self.selectors(key, value, Rules::selected)),
                "extend-select" => changes.extend_select = self.selectors(key, value, Rules::selected),
                "ignore" => changes.ignore = self.selectors(key, value, Rules::named),
                "promote" => changes.promote = self.selectors(key, value, Rules::leveled),
                "demote" => changes.demote = self.selectors(key, value, Rules::leveled),
                _ => {}
            }
        }
        changes
    }

    fn overrides(&mut self, key: &ConfigKey, value: &ConfigValue) -> Vec<Override> {
        let Some(list) = value.get_ref().as_array() else {
            self.fail(value.span(), "`override` is a list of tables; write `[[override]]`");
            return Vec::new();
        };
        let mut overrides = Vec::new();
        for item in list.iter() {
            let Some(table) = item.get_ref().as_table() else {
                self.wrong_type(key, item, "a table");
                continue;
            };
            let mut paths = None;
            for (key, value) in table {
                match &**key.get_ref() {
                    "paths" => paths = Some(self.globs(key, value)),
                    known if OVERRIDE_KEYS.contains(&known) => {}
                    _ => self.unknown_key(key, " in [[override]]", &OVERRIDE_KEYS),
                }
            }
            let changes = self.changes(table);
            match paths {
                Some(paths) => overrides.push(Override { paths, changes }),
                None => self.fail(
                    item.span(),
                    "this override has no `paths`; add the patterns of the files it is for",
                ),
            }
        }
        overrides
    }

    fn options(
        &mut self,
        key: &ConfigKey,
        value: &ConfigValue,
        values: &toml::Table,
    ) -> BTreeMap<&'static str, toml::Table> {
        let mut options = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a table for each rule, `[rules.ID]`");
            return options;
        };
        for (name, value) in table {
            let id = match self.rules.id(name.get_ref()) {
                Ok(id) => id,
                Err(error) => {
                    self.fail(name.span(), error.to_string());
                    continue;
                }
            };
            match (values["rules"].get(id).and_then(toml::Value::as_table), value.get_ref().as_table()) {
                (Some(written), Some(table)) => {
                    self.choices(id, name, table);
                    options.insert(id, written.clone());
                }
                _ => self.wrong_type(name, value, "a table of options"),
            }
        }
        options
    }

    /// Checks the table of options of one rule.
    fn choices(&mut self, id: &str, name: &ConfigKey, table: &DeTable) {
        let known = self.rules.options(id);
        if known.is_empty() && !table.is_empty() {
            self.fail(name.span(), format!("`{id}` has no options; take this table out"));
            return;
        }
        let keys: Vec<&str> = known.iter().map(|choice| choice.key).collect();
        for (key, value) in table {
            let Some(choice) = known.iter().find(|choice| choice.key == &**key.get_ref()) else {
                self.unknown_key(key, &format!(" in [rules.{id}]"), &keys);
                continue;
            };
            let Some(text) = self.string(key, value) else { continue };
            if !choice.values.contains(&text) {
                let remedy = remedy(closest(text, choice.values.iter().copied()), choice.values);
                self.fail(value.span(), format!("`{}` does not know `{text}`; {remedy}", choice.key));
            }
        }
    }

    /// Checks the table of packs; what it says is read where rules are looked for.
    fn packs(&mut self, key: &ConfigKey, value: &ConfigValue) {
        let Some(table) = value.get_ref().as_table() else {
            return self.wrong_type(key, value, "a table, `[packs]`");
        };
        for (path, value) in table {
            let Some(table) = value.get_ref().as_table() else {
                self.string(path, value);
                continue;
            };
            for key in table.keys().filter(|key| !PACK_KEYS.contains(&&**key.get_ref())) {
                self.unknown_key(key, " of a pack", &PACK_KEYS);
            }
        }
    }

    fn audit(&mut self, key: &ConfigKey, value: &ConfigValue) -> Option<Globs> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a table, `[audit]`");
            return None;
        };
        let mut importers = None;
        for (key, value) in table {
            match &**key.get_ref() {
                "runtime-imports" => importers = Some(self.globs(key, value)),
                _ => self.unknown_key(key, " in [audit]", &AUDIT_KEYS),
            }
        }
        importers
    }

    fn go(&mut self, key: &ConfigKey, value: &ConfigValue) -> Option<GoVersion> {
        if value.get_ref().is_float() || value.get_ref().is_integer() {
            self.fail(value.span(), "`go` must be a string, or 1.20 would be 1.2; write it in quotes");
            return None;
        }
        let text = self.string(key, value)?;
        let version = GoVersion::parse(text);
        if version.is_none() {
            self.fail(value.span(), format!("`{text}` is not a Go version; write one like \"1.22\""));
        }
        version
    }

    fn verify(&mut self, key: &ConfigKey, value: &ConfigValue) -> Option<&'static str> {
        let text = self.string(key, value)?;
        let known = VERIFY.into_iter().find(|rung| *rung == text);
        if known.is_none() {
            let remedy = remedy(closest(text, VERIFY), &VERIFY);
            self.fail(value.span(), format!("`verify` does not know `{text}`; {remedy}"));
        }
        known
    }

    fn selectors(
        &mut self,
        key: &ConfigKey,
        value: &ConfigValue,
        resolve: fn(&Rules, &str) -> Result<BTreeSet<&'static str>, UnknownRule>,
    ) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        for (selector, span) in self.strings(key, value) {
            match resolve(self.rules, selector) {
                Ok(rules) => found.extend(rules),
                Err(error) => self.fail(span, error.to_string()),
            }
        }
        found
    }

    fn globs(&mut self, key: &ConfigKey, value: &ConfigValue) -> Globs {
        let patterns = self.strings(key, value);
        Globs::new(self.dir, patterns.iter().map(|(pattern, _)| *pattern)).unwrap_or_else(|(at, error)| {
            let span = patterns.get(at).map_or(value.span(), |(_, span)| span.clone());
            self.fail(span, format!("{error}; write it as in a .gitignore"));
            Globs::none()
        })
    }

    fn strings<'v>(&mut self, key: &ConfigKey, value: &'v ConfigValue) -> Vec<(&'v str, Range<usize>)> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of strings, [\"...\"]");
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_str() {
                Some(text) => strings.push((text, item.span())),
                None => self.wrong_type(key, item, "a list of strings, [\"...\"]"),
            }
        }
        strings
    }

    fn string<'v>(&mut self, key: &ConfigKey, value: &'v ConfigValue) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, value, "a string");
        }
        text
    }

    fn wrong_type(&mut self, key: &ConfigKey, value: &ConfigValue, wanted: &str) {
        let message = format!("`{}` must be {wanted}, not {}", key.get_ref(), value.get_ref().type_str());
        self.fail(value.span(), message);
    }

    fn unknown_key(&mut self, key: &ConfigKey, place: &str, keys: &[&str]) {
        let name = key.get_ref();
        let remedy = remedy(closest(&name.replace('_', "-"), keys.iter().copied()), keys);
        self.fail(key.span(), format!("unknown key `{name}`{place}; {remedy}"));
    }
}

fn remedy(near: Option<&str>, known: &[&str]) -> String {
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}
