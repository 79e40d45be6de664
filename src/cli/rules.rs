//! `gomend rules`: the catalogue.

use super::args::{Format, Rules};
use super::io::Io;
use super::{OK, Stop};
use crate::report::rules::{GuardRow, RuleRow, json, table};
use crate::rewrite::{Entry, Level};
use crate::transforms::CATALOGUE;

/// Runs the verb.
pub fn run(args: &Rules, io: &mut Io<'_>) -> Result<u8, Stop> {
    let rows: Vec<RuleRow> = CATALOGUE.iter().map(row).collect();
    let look = io.look(args.color);
    match args.format {
        Format::Json => json(&mut io.stdout, &rows, true)?,
        Format::Human => table(&mut io.stdout, &rows, look)?,
    }
    Ok(OK)
}

/// An entry of the catalogue as listings show it.
pub fn row(entry: &Entry) -> RuleRow {
    let guards = entry.guards().into_iter().map(|guard| GuardRow {
        name: guard.name,
        effect: match guard.effect.as_str() {
            "unsafe" => Level::Unsafe,
            "advice" => Level::Advice,
            _ => Level::Kept,
        },
        sentence: guard.sentence,
    });
    RuleRow {
        id: entry.meta.id.to_owned(),
        title: entry.meta.title.to_owned(),
        group: entry.meta.group.word().to_owned(),
        level: entry.meta.best,
        default: !entry.meta.opt_in,
        since: entry.meta.since,
        until: None,
        guards: guards.collect(),
        seeds: entry.meta.seeds.iter().map(|seed| (*seed).to_owned()).collect(),
    }
}
