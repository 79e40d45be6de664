//! `check --show-settings` and `check --show-files`: what a run would go by.

use crate::cli::Stop;
use crate::cli::args::CheckArgs;
use crate::cli::io::{Io, tolerate};
use crate::cli::setup::{Setup, shown};
use crate::cli::{ERROR, OK};
use crate::disk::cache_files;
use crate::engine::discover::{FileKind, is_generated, read_path};
use crate::engine::matches::Module;
use crate::engine::policy::Policy;
use crate::report::human;
use crate::syntax::File;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Shows the settings for the first path.
pub fn show(args: &CheckArgs, setup: &Setup, io: &mut Io<'_>) -> Result<u8, Stop> {
    let first = setup.paths.first().map_or_else(|| setup.cwd.clone(), |path| setup.cwd.join(path));
    let stem = first.to_string_lossy().trim_end_matches("...").to_owned();
    let place = dunce::canonicalize(&stem).map_err(|error| {
        anyhow::anyhow!("{}: {error}; name a file or a directory that exists", args_path(args))
    })?;
    let file = if place.is_dir() { place.join("any.go") } else { place.clone() };
    let dir = file.parent().unwrap_or(&file).to_owned();
    let policy = setup.settings.for_file(&file);
    let files = setup.settings.files(&dir);
    let list = |rules: &BTreeSet<&'static str>| match rules.len() {
        0 => "none".to_owned(),
        _ => rules.iter().copied().collect::<Vec<_>>().join(", "),
    };
    let off: BTreeSet<&'static str> =
        setup.catalogue.iter().map(|entry| entry.meta.id).filter(|id| !policy.rules.contains(id)).collect();
    let text = read_path(&file, setup.limits).unwrap_or_else(|_| "package p\n".to_owned());
    let go = setup.modules.go(&File::new(&file, text));
    let go = go.map_or_else(|| "unknown; `--go 1.N` names it".to_owned(), |go| go.to_string());
    let skips: Vec<&str> =
        FileKind::ALL.into_iter().filter(|kind| !setup.include.contains(kind)).map(FileKind::word).collect();
    let options = policy.options.iter().flat_map(|(rule, table)| {
        table.iter().map(move |(key, value)| format!("rules.{rule}.{key} = {value}"))
    });
    let options: Vec<String> = options.collect();
    let mut rows = vec![
        ("for", shown(&setup.cwd, &place).to_string()),
        ("root", setup.root().display().to_string()),
        ("configuration", if files.is_empty() { "none".to_owned() } else { files.join(", ") }),
        ("Go", go),
        ("rules on", list(&policy.rules)),
        ("rules off", list(&off)),
        ("counts as safe", list(&policy.promote)),
        ("counts as unsafe", list(&policy.demote)),
        ("options", if options.is_empty() { "none".to_owned() } else { options.join(", ") }),
        ("excluded", if policy.excluded { "yes".to_owned() } else { "no".to_owned() }),
        ("skipped kinds", skips.join(", ")),
        ("largest file", format!("{} bytes", setup.limits.file_size)),
        ("proof of a fix", setup.settings.verify(&dir).unwrap_or("vet").to_owned()),
    ];
    if let Some(cache) = cache_files::home() {
        rows.push(("caches", cache.display().to_string()));
    }
    if rows[0].1.is_empty() {
        rows[0].1 = ".".to_owned();
    }
    let out = &mut io.stdout;
    tolerate(rows.iter().try_for_each(|(key, value)| writeln!(out, "{key:<16}  {value}")))?;
    Ok(OK)
}

fn args_path(args: &CheckArgs) -> String {
    args.target.paths.first().map_or_else(|| ".".to_owned(), |path| path.display().to_string())
}

/// Lists the files that a check would look at.
pub fn files(args: &CheckArgs, setup: &Setup, io: &mut Io<'_>) -> Result<u8, Stop> {
    let (files, failures) = setup.files()?;
    let out = &mut io.stdout;
    let generated = setup.include.contains(&FileKind::Generated);
    let looked_at = |path: &&PathBuf| {
        generated || !read_path(path, setup.limits).is_ok_and(|text| is_generated(text.as_bytes()))
    };
    let mut lines = files.iter().filter(looked_at).map(|path| shown(&setup.cwd, path));
    tolerate(lines.try_for_each(|line| writeln!(out, "{}", crate::report::shown(&line))))?;
    let render = io.err_render(args.output.color);
    human::failures(&mut io.stderr, &failures, render)?;
    Ok(if failures.is_empty() { OK } else { ERROR })
}
