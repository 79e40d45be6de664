//! What a run was about: its project, commit and time.

use super::super::git;
use super::super::setup::{Setup, shown};
use crate::engine::matches::Module;
use crate::report::html_input::About;
use crate::syntax::File;
use std::path::PathBuf;

/// What a run of `command` over the paths of `setup` is about.
pub fn about(setup: &Setup, command: &str) -> About {
    let root = setup.root();
    let module = setup.modules.path(&File::new(root.join("main.go"), ""));
    let directory = || root.file_name().map(|name| name.to_string_lossy().into_owned());
    About {
        project: module
            .map(|module| module.to_string())
            .or_else(directory)
            .unwrap_or_else(|| "Go".to_owned()),
        commit: git::state(&root),
        date: now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
        command: command.to_owned(),
        paths: named(setup),
        proof: None,
    }
}

/// The time of the run, or the one that a reproducible build sets in its place.
fn now() -> jiff::Timestamp {
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    epoch.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).unwrap_or_else(jiff::Timestamp::now)
}

/// The paths of the command line as they are named in the report.
pub fn named(setup: &Setup) -> Vec<String> {
    let name = |path: &PathBuf| shown(&setup.cwd, path).to_string();
    if setup.paths.is_empty() { vec![".".to_owned()] } else { setup.paths.iter().map(name).collect() }
}
