//! `gomend explain`: the page of a rule, of a group of rules or of a guard.

use super::args::ExplainArgs;
use super::catalogue;
use super::io::Io;
use super::pager::page;
use super::rule_source::FoldersBelow;
use super::{OK, Stop, rules, setup};
use crate::engine::embeds;
use crate::engine::policy::closest;
use crate::engine::scan::UNUSED;
use crate::report::rules::{GuardRow, RuleRow, table};
use crate::report::{explain, guards};
use crate::rewrite::{Applicability, Evidence, Symbol};
use crate::transforms::EVIDENCE;

/// Runs the verb.
pub fn run(args: &ExplainArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let render = io.render(args.color);
    let name = args.name.as_str();
    if name == UNUSED {
        page(io, args.no_pager, |out| explain::page(out, rules::UNUSED_PAGE, render))?;
        return Ok(OK);
    }
    let known = catalogue::of(&setup::working_directory()?, &args.sources, FoldersBelow::Remembered)?;
    if let Some(entry) = known.iter().find(|entry| entry.meta.id == name) {
        let evidence = Evidence::of(EVIDENCE, entry.meta.id);
        page(io, args.no_pager, |out| {
            explain::explain(out, &rules::row(entry), &entry.page(), evidence.as_ref(), render)
        })?;
        return Ok(OK);
    }
    let rows: Vec<RuleRow> = known.iter().map(rules::row).collect();
    let group: Vec<RuleRow> = rows.iter().filter(|row| row.group == name).cloned().collect();
    if !group.is_empty() {
        page(io, args.no_pager, |out| {
            table(out, &group, render)?;
            writeln!(out, "\n`gomend explain RULE` shows the page of one of them.")
        })?;
        return Ok(OK);
    }
    let everywhere = GuardRow {
        name: embeds::GUARD.to_owned(),
        effect: Applicability::Unsafe,
        sentence: embeds::SENTENCE.to_owned(),
    };
    let guarded = |row| {
        let own = RuleRow::guard(row, name);
        own.or((name == embeds::GUARD).then_some(&everywhere)).map(|guard| (row, guard))
    };
    let guarded: Vec<(&RuleRow, &GuardRow)> = rows.iter().filter_map(guarded).collect();
    if !guarded.is_empty() {
        page(io, args.no_pager, |out| guards::page(out, name, &guarded, render))?;
        return Ok(OK);
    }
    let symbol = |symbol: &Symbol| name == symbol.name || name == format!("{}.{}", symbol.path, symbol.name);
    let watching: Vec<&str> = known
        .iter()
        .filter(|entry| entry.meta.triggers.iter().any(symbol))
        .map(|entry| entry.meta.id)
        .collect();
    if let [first, ..] = watching[..] {
        anyhow::bail!("`{name}` is what {} look at: `gomend explain {first}`", watching.join(", "));
    }
    let groups = rows.iter().map(|row| row.group.as_str());
    let of_rules = rows.iter().flat_map(|row| row.guards.iter().map(|guard| guard.name.as_str()));
    let names = rows.iter().map(|row| row.id.as_str()).chain(groups).chain(of_rules);
    let hint = match closest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`gomend rules` lists the rules and their groups".to_owned(),
    };
    anyhow::bail!("there is no rule, group or guard `{name}`; {hint}");
}
