//! `gomend merge`: joins the JSON of the parts of a run.

use super::args::{FailOn, Merge};
use super::io::{Io, save, tolerate};
use super::{ERROR, FINDINGS, OK, Stop};
use crate::report::merge;
use anyhow::Context;

/// Runs the verb.
pub fn run(args: &Merge, io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut files = Vec::new();
    for file in &args.files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read; run that part again", file.display()))?;
        files.push((file.display().to_string(), text));
    }
    let mut joined = Vec::new();
    let merged = merge::write(&mut joined, &files)??;
    match &args.output {
        Some(path) => save(path, &joined)?,
        None => tolerate(io.stdout.write_all(&joined))?,
    }
    let fails = match args.fail_on {
        FailOn::Note => merged.tally.findings > 0,
        FailOn::Warning => merged.tally.warnings > 0,
        FailOn::Never => false,
    };
    Ok(match () {
        () if merged.errors > 0 => ERROR,
        () if fails => FINDINGS,
        () => OK,
    })
}
