//! `check --staged`: what git's index holds, which the next commit will have.
//!
//! The Go files of the index and what decides about them are written to a temporary
//! directory, and that is looked at under the names that the files have.

use super::writing::{CheckInput, write};
use crate::cli::args::CheckArgs;
use crate::cli::io::Io;
use crate::cli::setup::{Setup, working_directory};
use crate::cli::{Stop, git, output};
use crate::engine::discover::slashed;
use crate::engine::scan::Scanned;
use crate::report::SourceTexts;
use anyhow::Context;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Runs the check.
pub fn run(args: &CheckArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let top = git::top(&cwd).context("--staged needs a git repository around the working directory")?;
    let copy = tempfile::Builder::new().prefix("gomend-index-").tempdir();
    let copy =
        copy.context("no temporary directory can be made; set TMPDIR to a place that can be written")?;
    let home = dunce::canonicalize(copy.path()).unwrap_or_else(|_| copy.path().to_path_buf());
    let tree = home.join("tree");
    git::write_index(&top, &tree)?;
    outer_configuration(&top, &home)?;
    let mut target = args.target.clone();
    // Nobody will ask for this directory again.
    target.no_cache = true;
    let inside = |path: &Path| match cwd.join(path).strip_prefix(&top) {
        Ok(below) if path.is_absolute() => tree.join(below),
        _ => path.to_path_buf(),
    };
    target.paths = target.paths.iter().map(|path| inside(path)).collect();
    for named in [&mut target.config, &mut target.narrow.baseline].into_iter().flatten() {
        *named = cwd.join(&named);
    }
    let there = cwd.strip_prefix(&top).map_or_else(|_| tree.clone(), |below| tree.join(below));
    fs::create_dir_all(&there).with_context(|| format!("{} cannot be made", there.display()))?;
    let mut changed = git::staged_lines(&top, &tree)?;
    if target.narrow.whole_files {
        changed.widen();
    }
    let setup = Setup::at(there.clone(), &target, args.output.quiet, io)?;
    let setup = setup.narrowed(&target.narrow)?.staged(changed);
    let mut scanned = setup.render()?;
    let allowed = setup.narrow(&mut scanned, None, io)?;
    let mut sources = output::sources(&setup);
    sources.keep(&scanned.findings);
    let statistics = output::statistics(&args.output, &setup, &sources, &mut scanned);
    rename(&mut scanned, &mut sources, &tree, &top);
    write(args, &setup, &scanned, CheckInput { sources, statistics, allowed, given: None }, io)
}

/// What lies above the repository counts below it, too.
fn outer_configuration(top: &Path, home: &Path) -> Result<(), Stop> {
    let outer = top.ancestors().skip(1).map(|dir| dir.join(crate::config::NAME)).find(|file| file.is_file());
    let Some(outer) = outer else { return Ok(()) };
    let path = toml::Value::String(outer.to_string_lossy().into_owned());
    fs::write(home.join(crate::config::NAME), format!("root = true\nextend = {path}\n"))?;
    Ok(())
}

/// Gives what lies outside of the working directory the names of the repository.
fn rename(scanned: &mut Scanned, sources: &mut SourceTexts, tree: &Path, top: &Path) {
    let tree = slashed(tree);
    let renamed = |path: &mut Arc<str>| {
        let below = path.strip_prefix(&*tree).map(|below| below.trim_start_matches('/').to_owned());
        if let Some(below) = &below {
            *path = slashed(&top.join(below)).into();
        }
        below.is_some()
    };
    for finding in &mut scanned.findings {
        let old = Arc::clone(&finding.path);
        if renamed(&mut finding.path)
            && let Some(text) = sources.get(&old).map(|source| source.text.clone())
        {
            sources.give(&finding.path, text);
        }
        for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
            renamed(&mut edit.path);
        }
    }
    for skip in &mut scanned.skipped {
        renamed(&mut skip.path);
    }
    for failure in &mut scanned.failures {
        renamed(&mut failure.path);
    }
}
