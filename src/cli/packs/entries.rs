//! What the table `[packs]` of a `gomend.toml` says.

use crate::cli::Stop;
use crate::engine::discover::slashed;
use crate::pattern::RulePack;
use crate::transforms::CATALOGUE;
use std::path::{Component, Path, PathBuf};

/// A pack that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackEntry {
    /// The module path.
    pub path: String,
    /// Its version.
    pub version: Option<String>,
    /// The folder that holds it, in the place of the module cache.
    pub folder: Option<PathBuf>,
    /// What its rules are called by, before the `/`.
    pub name: String,
    /// Whether the file says that its levels count.
    pub trust: bool,
    /// Where the file says it: `gomend.toml:12`.
    pub place: String,
}

/// The packs of `text`, the `gomend.toml` that is shown as `shown`.
///
/// # Errors
/// An entry that means nothing.
pub fn read(text: &str, shown: &str) -> Result<Vec<PackEntry>, Stop> {
    // What is wrong with the file itself is said when it is read as a configuration.
    let table: Option<toml::Table> = text.parse().ok();
    let Some(packs) = table.as_ref().and_then(|table| table.get("packs")?.as_table()) else {
        return Ok(Vec::new());
    };
    let mut entries = Vec::new();
    for (path, value) in packs {
        let line = text.lines().position(|line| line.contains(path.as_str())).map_or(1, |index| index + 1);
        entries.push(entry(path, value, format!("{shown}:{line}"))?);
    }
    Ok(entries)
}

fn entry(path: &str, value: &toml::Value, place: String) -> Result<PackEntry, Stop> {
    let help = "write `\"example.com/acme/rules\" = \"v1.2.0\"`, or a table with `version`, `folder`, `name` and `trust`";
    anyhow::ensure!(is_module_path(path), "{place}: `{path}` is not the path of a module; {help}");
    let mut entry = PackEntry {
        path: path.to_owned(),
        version: None,
        folder: None,
        name: default_name(path),
        trust: false,
        place,
    };
    match value {
        toml::Value::String(text) => entry.version_or_folder(text),
        toml::Value::Table(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    ("version", toml::Value::String(text)) => entry.version = Some(text.clone()),
                    ("folder", toml::Value::String(text)) => entry.folder = Some(PathBuf::from(text)),
                    ("name", toml::Value::String(text)) => entry.name.clone_from(text),
                    ("trust", toml::Value::Boolean(trust)) => entry.trust = *trust,
                    _ => anyhow::bail!("{}: `{key}` of `{path}` means nothing; {help}", entry.place),
                }
            }
        }
        _ => anyhow::bail!("{}: `{path}` has no version; {help}", entry.place),
    }
    let place = &entry.place;
    if let Some(version) = &entry.version {
        anyhow::ensure!(is_version(version), "{place}: `{version}` is not a version such as v1.2.0");
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let taken =
        CATALOGUE.iter().any(|rule| rule.meta.id == entry.name || rule.meta.group_word() == entry.name);
    let fits = !entry.name.is_empty() && entry.name.bytes().all(plain);
    if !fits || taken || ["own", "all"].contains(&entry.name.as_str()) {
        anyhow::bail!(
            "{place}: the rules of `{path}` cannot be called `{}/…`; write `{{ version = \"…\", name = \"…\" }}` with another name of lower-case letters, digits and `-`",
            entry.name
        );
    }
    Ok(entry)
}

impl PackEntry {
    fn version_or_folder(&mut self, text: &str) {
        if text.starts_with("./") || text.starts_with("../") {
            self.folder = Some(PathBuf::from(text));
        } else {
            self.version = Some(text.to_owned());
        }
    }

    /// What its rules are told by.
    pub fn origin(&self, trusted: bool) -> RulePack {
        RulePack { name: self.name.clone(), trusted }
    }

    /// The folder, below `home`, that the entry names.
    ///
    /// # Errors
    /// One outside of the repository at `top`.
    pub fn folder_in(&self, home: &Path, top: &Path) -> Result<Option<PathBuf>, Stop> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let inside = folder.components().try_fold(home.to_owned(), |at, part| match part {
            Component::Normal(name) => Some(at.join(name)),
            Component::CurDir => Some(at),
            Component::ParentDir => at.parent().map(Path::to_owned),
            _ => None,
        });
        match inside.filter(|folder| folder.starts_with(top)) {
            Some(folder) => Ok(Some(folder)),
            None => anyhow::bail!(
                "{}: the folder `{}` lies outside of the repository; name one in it",
                self.place,
                slashed(folder)
            ),
        }
    }
}

/// The last element of a path, without the number of a major version.
fn default_name(path: &str) -> String {
    let is_major = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let last = path.rsplit('/').find(|part| !is_major(part)).unwrap_or(path);
    last.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// Whether `path` can be that of a module, and names no other place on a disk.
pub fn is_module_path(path: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    path.split('/').all(fits)
}

/// Whether `version` is one that a module cache can hold: `v` and a semantic version.
pub fn is_version(version: &str) -> bool {
    version.strip_prefix('v').is_some_and(|rest| semver::Version::parse(rest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_versions_folders_or_tables() {
        let text = "[packs]\n\"example.com/acme/gomend-rules/v2\" = \"v2.1.0\"\n\"example.com/b\" = \"./tools/b\"\n\
            \"example.com/c\" = { version = \"v1.0.0\", name = \"see\", trust = true }\n";
        let entries = read(text, "gomend.toml").unwrap();
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.version.as_deref(), entry.trust))
            .collect();
        assert_eq!(
            told,
            [("gomend-rules", Some("v2.1.0"), false), ("b", None, false), ("see", Some("v1.0.0"), true)]
        );
        assert_eq!(entries[1].folder.as_deref(), Some(Path::new("./tools/b")));
        assert_eq!(entries[2].place, "gomend.toml:4");
    }

    #[test]
    fn what_means_nothing_is_said_with_its_place() {
        for (line, said) in [
            ("\"../x\" = \"v1.0.0\"", "not the path of a module"),
            ("\"example.com/x\" = \"latest\"", "not a version"),
            ("\"example.com/x\" = 3", "no version"),
            ("\"example.com/own\" = \"v1.0.0\"", "cannot be called"),
            ("\"example.com/x\" = { branch = \"main\" }", "`branch`"),
        ] {
            let error = read(&format!("[packs]\n{line}\n"), "gomend.toml").unwrap_err().to_string();
            assert!(error.starts_with("gomend.toml:2: ") && error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_folder_stays_in_the_repository() {
        let entries = read("[packs]\n\"example.com/b\" = \"../../b\"\n", "gomend.toml").unwrap();
        assert!(entries[0].folder_in(Path::new("/r/a"), Path::new("/r")).is_err());
    }
}
