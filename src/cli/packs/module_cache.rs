//! The module cache of go, found as go finds it, without go being run.

use crate::cli::Stop;
use crate::cli::rule_source::FOLDER;
use crate::model::import_names::in_module_cache;
use anyhow::Context;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of the module cache.
///
/// # Errors
/// Where nothing says where it is.
pub fn folder() -> Result<PathBuf, Stop> {
    if let Some(folder) = setting("GOMODCACHE") {
        return Ok(PathBuf::from(folder));
    }
    let first =
        setting("GOPATH").and_then(|list| std::env::split_paths(&list).find(|path| path.is_absolute()));
    let home = || etcetera::home_dir().ok().map(|home| home.join("go"));
    let gopath = first.or_else(home).context("nobody knows where the module cache is; set GOMODCACHE")?;
    Ok(gopath.join("pkg").join("mod"))
}

/// Where a version of a module is unpacked, below the folder of the cache.
pub fn unpacked(cache: &Path, path: &str, version: &str) -> PathBuf {
    cache.join(format!("{}@{}", in_module_cache(path), in_module_cache(version)))
}

/// The hash that go wrote down when it downloaded the module.
pub fn downloaded_hash(cache: &Path, path: &str, version: &str) -> Option<String> {
    let file = format!("{}/@v/{}.ziphash", in_module_cache(path), in_module_cache(version));
    let text = std::fs::read_to_string(cache.join("cache").join("download").join(file)).ok()?;
    Some(text.trim().to_owned())
}

/// A setting of go: of the environment, else of the file that `go env -w` writes.
fn setting(name: &str) -> Option<OsString> {
    if let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) {
        return Some(value);
    }
    let text = std::fs::read_to_string(settings_file()?).ok()?;
    let of_line = |line: &str| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == name && !value.trim().is_empty()).then(|| OsString::from(value.trim()))
    };
    text.lines().rev().find_map(of_line)
}

fn settings_file() -> Option<PathBuf> {
    match std::env::var_os("GOENV").filter(|value| !value.is_empty()) {
        Some(file) if file == "off" => None,
        Some(file) => Some(PathBuf::from(file)),
        None => Some(configuration()?.join("go").join("env")),
    }
}

/// What go calls the directory of the user's configuration.
fn configuration() -> Option<PathBuf> {
    let home = || etcetera::home_dir().ok();
    if cfg!(windows) {
        return std::env::var_os("AppData").map(PathBuf::from);
    }
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library").join("Application Support"));
    }
    let xdg = std::env::var_os("XDG_CONFIG_HOME").filter(|value| !value.is_empty());
    xdg.map(PathBuf::from).or_else(|| Some(home()?.join(".config")))
}

/// Where the rules of a pack are, below its folder.
pub const FOLDERS: [&str; 3] = ["", "rules", FOLDER];

/// That a pack is not there, and what brings it.
pub fn absent(path: &str, version: Option<&str>, dir: &str) -> String {
    match version {
        Some(version) => format!(
            "the pack {path} {version} is not in the module cache; run `go mod download {path}@{version}`"
        ),
        None => format!("the pack {path} is not in {dir}; check the path"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_is_escaped() {
        let dir = unpacked(Path::new("/c"), "github.com/Acme/Rules", "v1.0.0-RC1");
        assert_eq!(dir, Path::new("/c/github.com/!acme/!rules@v1.0.0-!r!c1"));
    }
}
