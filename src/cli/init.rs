//! `gomend init`: a commented `gomend.toml`, a hook for pre-commit, a schema for editors.

use super::args::InitArgs;
use super::io::{Io, save};
use super::setup::working_directory;
use super::{OK, Stop};
use crate::config;
use crate::disk::companion;
use crate::transforms::CATALOGUE;
use anyhow::Context;
use std::path::Path;

const HOOK_FILE: &str = ".pre-commit-config.yaml";
const SCHEMA_FILE: &str = "gomend.schema.json";

/// What pre-commit runs: the files that it passes obey the skips all the same, and only
/// what a commit changes and what can go wrong holds it up.
const HOOK: &str = "  - repo: local
    hooks:
      - id: gomend
        name: gomend
        entry: gomend check --new-from-rev HEAD --fail-on warning
        language: system
        types: [go]
        require_serial: true
";

/// Runs the verb.
pub fn run(args: &InitArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    if args.hook {
        return hook(&cwd, io);
    }
    if args.schema {
        let rules: Vec<&str> = CATALOGUE.iter().map(|entry| entry.meta.id).collect();
        let mut groups: Vec<&str> = CATALOGUE.iter().map(|entry| entry.meta.group.word()).collect();
        groups.dedup();
        let options = |rule: &str| {
            let entry = CATALOGUE.iter().find(|entry| entry.meta.id == rule);
            entry.map_or(&[][..], |entry| entry.meta.options)
        };
        let schema = serde_json::to_string_pretty(&config::schema(&rules, &groups, &options))?;
        save(&cwd.join(SCHEMA_FILE), format!("{schema}\n").as_bytes())?;
        writeln!(
            io.stdout,
            "Wrote {SCHEMA_FILE}; put `#:schema {SCHEMA_FILE}` at the top of {}.",
            config::NAME
        )?;
        return Ok(OK);
    }
    create(&cwd.join(config::NAME), config::COMMENTED, io)
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    anyhow::ensure!(!path.exists(), "{name} is here already; edit it, or remove it first");
    save(path, text.as_bytes())?;
    writeln!(io.stdout, "Wrote {name}.")?;
    Ok(OK)
}

/// Adds the entry to the file of pre-commit, at its end.
fn hook(cwd: &Path, io: &mut Io<'_>) -> Result<u8, Stop> {
    let path = cwd.join(HOOK_FILE);
    if !path.exists() {
        return create(&path, &format!("repos:\n{HOOK}"), io);
    }
    let text = companion::read_to_string(&path).with_context(|| format!("{HOOK_FILE} cannot be read"))?;
    let already = text.lines().any(|line| line.trim().trim_start_matches("- ") == "id: gomend");
    anyhow::ensure!(!already, "{HOOK_FILE} has the hook already");
    // Only a list at the end of the file can be added to without reading all of YAML.
    let mut keys = text.lines().filter(|line| line.starts_with(|c: char| c.is_alphabetic()));
    let ends_in_repos = keys.next_back().is_some_and(|line| line.trim_end() == "repos:");
    let indented = text.lines().any(|line| line.starts_with("  - repo:"));
    anyhow::ensure!(
        ends_in_repos && indented,
        "{HOOK_FILE} is laid out in another way; add this under `repos:` by hand:\n{HOOK}"
    );
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    save(&path, format!("{text}{newline}{HOOK}").as_bytes())?;
    writeln!(io.stdout, "Added the hook to {HOOK_FILE}.")?;
    Ok(OK)
}
