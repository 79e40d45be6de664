//! `gomend explain`: the page of a rule.

use super::args::Explain;
use super::io::Io;
use super::{OK, Stop, rules};
use crate::engine::policy::closest;
use crate::report::explain;
use crate::transforms::CATALOGUE;

/// Runs the verb.
pub fn run(args: &Explain, io: &mut Io<'_>) -> Result<u8, Stop> {
    let Some(entry) = CATALOGUE.iter().find(|entry| entry.meta.id == args.rule) else {
        let ids = CATALOGUE.iter().map(|entry| entry.meta.id);
        let hint = match closest(&args.rule, ids) {
            Some(id) => format!("did you mean `{id}`?"),
            None => "`gomend rules` lists them".to_owned(),
        };
        anyhow::bail!("there is no rule `{}`; {hint}", args.rule);
    };
    let look = io.look(args.color);
    explain::explain(&mut io.stdout, &rules::row(entry), &entry.page(), look)?;
    Ok(OK)
}
