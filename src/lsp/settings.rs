//! What the client, or its user, sets: as `initializationOptions`, by
//! `workspace/didChangeConfiguration`, or when it is asked for the section `gomend`.

use super::place;
use crate::config::CommandLine;
use crate::engine::discover::{FileKind, Include};
use crate::engine::policy::closest;
use crate::model::GoVersion;
use gen_lsp_types::Uri;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The section of a client's configuration that is ours.
pub const SECTION: &str = "gomend";

/// Every key, as it is written.
const KEYS: &[&str] = &[
    "trusted",
    "workspace",
    "select",
    "extendSelect",
    "ignore",
    "include",
    "go",
    "proof",
    "proofTimeout",
    "suppressReason",
];

/// Which folders are trusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TrustedFolders {
    /// None.
    #[default]
    None,
    /// All that are opened.
    All,
    /// Those in these directories.
    Below(Vec<PathBuf>),
}

impl TrustedFolders {
    /// Whether the folder at `root` is.
    pub fn has(&self, root: &Path) -> bool {
        match self {
            TrustedFolders::None => false,
            TrustedFolders::All => true,
            TrustedFolders::Below(directories) => directories.iter().any(|dir| root.starts_with(dir)),
        }
    }
}

/// The settings of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct EditorSettings {
    /// The folders whose own rules are loaded, and in which Go may run.
    pub trusted: TrustedFolders,
    /// Whether there are diagnostics for files that are not open.
    pub workspace: bool,
    /// As the options of the command line.
    pub rules: CommandLine,
    /// The default skips that are lifted.
    pub include: Include,
    /// Whether a fix is proved before it goes into the buffer.
    pub proof: bool,
    /// The time that a proof may take.
    pub proof_timeout: Duration,
    /// The reason that a comment gives which suppresses a finding.
    pub suppress_reason: String,
}

impl Default for EditorSettings {
    fn default() -> EditorSettings {
        EditorSettings {
            trusted: TrustedFolders::None,
            workspace: false,
            rules: CommandLine::default(),
            include: Include::default(),
            proof: true,
            proof_timeout: Duration::from_secs(60),
            suppress_reason: "this is meant; write here why".to_owned(),
        }
    }
}

impl EditorSettings {
    /// Reads `value`, an object, and says what in it cannot be used.
    pub fn read(value: &Value) -> (EditorSettings, Vec<String>) {
        let mut settings = EditorSettings::default();
        let mut problems = Vec::new();
        // Clients hand over settings with the section around them, or without.
        let value = value.get(SECTION).filter(|inner| inner.is_object()).unwrap_or(value);
        match value {
            Value::Null => {}
            Value::Object(object) => {
                for (key, value) in object.iter().filter(|(_, value)| !value.is_null()) {
                    if let Err(expected) = settings.set(key, value) {
                        problems.push(format!("the setting `{SECTION}.{key}` {expected}"));
                    }
                }
            }
            _ => problems.push(format!("the settings of `{SECTION}` must be an object")),
        }
        (settings, problems)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "trusted" => self.trusted = trusted(value)?,
            "workspace" => self.workspace = boolean(value)?,
            "select" => self.rules.select = Some(words(value)?),
            "extendSelect" => self.rules.extend_select = words(value)?,
            "ignore" => self.rules.ignore = words(value)?,
            "include" => {
                let kinds = words(value)?;
                let kinds =
                    kinds.iter().map(|word| word.parse::<FileKind>().map_err(|error| format!(": {error}")));
                self.include = kinds.collect::<Result<_, _>>()?;
            }
            "go" => {
                let version = value.as_str().and_then(GoVersion::parse);
                self.rules.go = Some(version.ok_or("must be a version of Go, such as \"1.22\"")?);
            }
            "proof" => self.proof = boolean(value)?,
            "proofTimeout" => {
                let seconds = value.as_u64().filter(|seconds| (1..=3600).contains(seconds));
                self.proof_timeout =
                    Duration::from_secs(seconds.ok_or("must be a number of seconds up to 3600")?);
            }
            "suppressReason" => {
                let reason = value.as_str().map(str::trim);
                let reason = reason.filter(|reason| !reason.is_empty() && !reason.contains(['\n', '\r']));
                self.suppress_reason = reason.ok_or("must be a line of text")?.to_owned();
            }
            _ => {
                let hint = closest(key, KEYS.iter().copied());
                return Err(match hint {
                    Some(hint) => format!("is unknown; did you mean `{hint}`?"),
                    None => format!("is unknown; there are {}", KEYS.join(", ")),
                });
            }
        }
        Ok(())
    }
}

fn trusted(value: &Value) -> Result<TrustedFolders, String> {
    match value {
        Value::Bool(false) => Ok(TrustedFolders::None),
        Value::Bool(true) => Ok(TrustedFolders::All),
        Value::Array(_) => {
            let directories = words(value).map_err(|_| "must be true, false or a list of folders")?;
            let directories = directories.iter().map(|dir| {
                let path =
                    if dir.contains("://") { place::path_of(&Uri(dir.clone())) } else { Some(dir.into()) };
                let absolute = path.filter(|path| path.is_absolute());
                let absolute = absolute.ok_or_else(|| format!("names `{dir}`, which is no absolute path"))?;
                Ok(dunce::canonicalize(&absolute).unwrap_or(absolute))
            });
            directories.collect::<Result<_, String>>().map(TrustedFolders::Below)
        }
        _ => Err("must be true, false or a list of folders".to_owned()),
    }
}

fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

fn words(value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or("must be a list of strings")?;
    let word =
        |word: &Value| word.as_str().map(str::to_owned).ok_or_else(|| "must be a list of strings".to_owned());
    list.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_read_with_and_without_their_section() {
        let value = json!({"trusted": ["/a/b"], "workspace": true, "select": ["all"], "go": "1.21", "proof": false,
            "extendSelect": [], "ignore": ["gosched"], "include": ["tests"], "proofTimeout": 5,
            "suppressReason": " r ", "x": null});
        for value in [value.clone(), json!({ "gomend": value })] {
            let (settings, problems) = EditorSettings::read(&value);
            assert!(problems.is_empty(), "{problems:?}");
            assert!(settings.trusted.has(Path::new("/a/b/c")) && !settings.trusted.has(Path::new("/a/bc")));
            assert!(settings.workspace && !settings.proof);
            assert_eq!(settings.rules.select.as_deref(), Some(&["all".to_owned()][..]));
            assert_eq!(settings.rules.go, GoVersion::parse("1.21"));
            assert!(settings.include.contains(&FileKind::Tests));
            assert_eq!(settings.proof_timeout, Duration::from_secs(5));
            assert_eq!(settings.suppress_reason, "r");
        }
        assert_eq!(EditorSettings::read(&Value::Null).0, EditorSettings::default());
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_rest_counts() {
        let (settings, problems) = EditorSettings::read(&json!({
            "trust": true, "workspace": true, "go": 1.2, "include": ["test"], "select": "x", "trusted": ["rel"],
            "proofTimeout": 0, "suppressReason": "a\nb", "zzz": 1, "proof": 0
        }));
        assert!(settings.workspace);
        assert_eq!(settings, EditorSettings { workspace: true, ..EditorSettings::default() });
        assert_eq!(problems.len(), 9, "{problems:#?}");
        assert!(
            problems.contains(&"the setting `gomend.trust` is unknown; did you mean `trusted`?".to_owned())
        );
        assert_eq!(EditorSettings::read(&json!(3)).1.len(), 1);
    }
}
