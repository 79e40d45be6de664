//! `gomend explain`: the page of a rule.

use super::args::{ExplainArgs, RuleArgs};
use super::io::Io;
use super::pager::page;
use super::{OK, Stop, catalogue, rules, setup};
use crate::engine::policy::closest;
use crate::engine::scan::UNUSED;
use crate::report::explain;
use crate::rewrite::Evidence;
use crate::transforms::EVIDENCE;

/// Runs the verb.
pub fn run(args: &ExplainArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    if args.rule == UNUSED {
        let render = io.render(args.color);
        page(io, args.no_pager, |out| explain::page(out, rules::UNUSED_PAGE, render))?;
        return Ok(OK);
    }
    let known = catalogue::of(&setup::working_directory()?, &RuleArgs::default())?;
    let Some(entry) = known.iter().find(|entry| entry.meta.id == args.rule) else {
        let ids = known.iter().map(|entry| entry.meta.id);
        let hint = match closest(&args.rule, ids) {
            Some(id) => format!("did you mean `{id}`?"),
            None => "`gomend rules` lists them".to_owned(),
        };
        anyhow::bail!("there is no rule `{}`; {hint}", args.rule);
    };
    let render = io.render(args.color);
    let evidence = Evidence::of(EVIDENCE, entry.meta.id);
    page(io, args.no_pager, |out| {
        explain::explain(out, &rules::row(entry), &entry.page(), evidence.as_ref(), render)
    })?;
    Ok(OK)
}
