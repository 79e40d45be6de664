//! `gomend rules`: the catalogue.

use super::args::{ListFormat, RulesArgs};
use super::catalogue;
use super::io::Io;
use super::pager::page;
use super::rule_source::FoldersBelow;
use super::{OK, Stop, setup};
use crate::engine::scan::UNUSED;
use crate::report::EscapeForm;
use crate::report::rules::{GuardRow, RuleDoc, RuleRow, json, table};
use crate::rewrite::{Applicability, RuleEntry, source};
use std::collections::BTreeSet;

/// Runs the verb.
pub fn run(args: &RulesArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let rules = catalogue::of(&setup::working_directory()?, &args.sources, FoldersBelow::Remembered)?;
    let wanted = named(&args.groups, &rules)?;
    let chosen = rules.iter().filter(|entry| args.groups.is_empty() || wanted.contains(entry.meta.id));
    let rows: Vec<RuleRow> = chosen.map(row).collect();
    let render = io.render(args.color);
    match args.format {
        ListFormat::Json => {
            io.stdout.form = EscapeForm::Json;
            json(&mut io.stdout, &rows, true)?;
        }
        ListFormat::Human => page(io, args.no_pager, |out| table(out, &rows, render))?,
    }
    Ok(OK)
}

/// The rules that `selectors` name.
fn named(selectors: &[String], catalogue: &[RuleEntry]) -> Result<BTreeSet<&'static str>, Stop> {
    let known = setup::rules(catalogue);
    let mut found = BTreeSet::new();
    for selector in selectors {
        found.extend(known.named(selector)?);
    }
    Ok(found)
}

/// The rule of a suppression that suppresses nothing, as listings show it.
pub fn unused() -> RuleRow {
    let title = "remove a suppression that suppresses nothing";
    RuleRow::outside(UNUSED, title, "suppressions", Applicability::Advice)
}

/// Every rule that a finding can name, with its page.
pub fn docs(catalogue: &[RuleEntry]) -> Vec<RuleDoc> {
    let entries = catalogue.iter().map(|entry| RuleDoc { row: row(entry), doc: entry.page() });
    entries.chain([RuleDoc { row: unused(), doc: UNUSED_PAGE.to_owned() }]).collect()
}

/// An entry of the catalogue as listings show it.
pub fn row(entry: &RuleEntry) -> RuleRow {
    let guards = entry.guards().iter().map(|guard| GuardRow {
        name: guard.name.clone(),
        effect: match guard.effect.as_str() {
            "unsafe" => Applicability::Unsafe,
            "advice" => Applicability::Advice,
            _ => Applicability::Kept,
        },
        sentence: guard.sentence.clone(),
    });
    RuleRow {
        id: entry.meta.id.to_owned(),
        title: entry.meta.title.to_owned(),
        group: entry.meta.group_word().to_owned(),
        level: entry.meta.best,
        default: !(entry.meta.opt_in || entry.meta.no_gain),
        all: !entry.meta.no_gain,
        since: entry.meta.since,
        until: None,
        guards: guards.collect(),
        sources: entry.meta.seeds.iter().map(|key| source(key)).collect(),
    }
}

/// The page of the one finding that no transform makes.
pub const UNUSED_PAGE: &str = "\
# unused-suppression
A comment that suppresses a rule at a place where the rule finds nothing, or that is
malformed.

# Why
Nobody sees that the code has changed, and the comment hides the next finding that comes
to its line.

# What to do
Remove the comment. One of ours names a rule that exists and gives a reason:
```go
//gomend:ignore time-after-in-loop the loop runs twice a day
```
It covers the statement that it stands on or above. `//gomend:ignore-file RULE reason` covers
the file. `//lint:ignore gomend/RULE reason` counts as well, and `//nolint` and
`//nolint:gomend`, which are never reported.

# Guards
It is reported only when the rule that the comment names was selected for the run.
";
