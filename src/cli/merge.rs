//! `gomend merge`: joins the JSON of the parts of a run.

use super::args::{FailOn, MergeArgs};
use super::io::{Io, save, tolerate};
use super::{ERROR, FINDINGS, OK, Stop};
use crate::disk::companion;
use crate::migrate::plan::{self, PlanFile};
use crate::report::{EscapeForm, merge};
use anyhow::Context;
use std::path::Path;

/// Runs the verb.
pub fn run(args: &MergeArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut files = Vec::new();
    for file in &args.files {
        let bytes = companion::read_named(file)
            .with_context(|| format!("{} cannot be read; run that part again", file.display()))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| anyhow::anyhow!("{}: not UTF-8; run that part again", file.display()))?;
        files.push((file.display().to_string(), text));
    }
    if files.iter().any(|(_, text)| is_plan(text)) {
        return plans(files, args, io);
    }
    let mut joined = Vec::new();
    let merged = merge::write(&mut joined, &files)??;
    io.stdout.form = EscapeForm::Json;
    match &args.output {
        Some(path) => save(path, &joined)?,
        None => tolerate(io.stdout.write_all(&joined))?,
    }
    let fails = match args.fail_on {
        FailOn::Note => merged.counts.findings > 0,
        FailOn::Warning => merged.counts.warnings > 0,
        FailOn::Never => false,
    };
    Ok(match () {
        () if merged.errors > 0 => ERROR,
        () if fails => FINDINGS,
        () => OK,
    })
}

/// Whether the text is that of a plan, or of a part of one.
fn is_plan(text: &str) -> bool {
    text.trim_start().trim_start_matches('{').trim_start().starts_with("\"plan\"")
}

/// Joins the plans of the parts of a run.
fn plans(files: Vec<(String, String)>, args: &MergeArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut parts = Vec::new();
    for (name, text) in files {
        let plan = PlanFile::parse(Path::new(&name), &text)?;
        parts.push((name, plan));
    }
    let joined = plan::join(parts).map_err(|reason| anyhow::anyhow!(reason))?.text();
    io.stdout.form = EscapeForm::Json;
    match &args.output {
        Some(path) => save(path, joined.as_bytes())?,
        None => tolerate(io.stdout.write_all(joined.as_bytes()))?,
    }
    Ok(OK)
}
