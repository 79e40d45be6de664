//! The page of a guard at a terminal: which rules have it, and what it does there.

use super::columns::{TerminalPiece, flow};
use super::render::{BOLD, CODE, PLAIN, RenderOptions};
use super::rules::{GuardRow, RuleRow};
use crate::rewrite::Applicability;
use std::io::{self, Write};

/// Writes the page of the guard `name`, which `rules` have.
///
/// # Errors
/// Those of `out`.
pub fn page(
    out: &mut dyn Write,
    name: &str,
    rules: &[(&RuleRow, &GuardRow)],
    render: RenderOptions,
) -> io::Result<()> {
    writeln!(out, "{}", render.paint(BOLD, name))?;
    let mut text = |text: &str| {
        write!(out, "  ")?;
        let piece = TerminalPiece { style: PLAIN, text, solid: false };
        flow(out, render, &[piece], 2, 2, render.prose())
    };
    text("A guard: a named reason to leave code as it is, or to promise less of a fix.")?;
    for (rule, guard) in rules {
        writeln!(out, "\n  {}", render.paint(CODE, &rule.id))?;
        let effect = match guard.effect {
            Applicability::Kept => "keeps the code",
            Applicability::Advice => "leaves only advice",
            Applicability::Unsafe | Applicability::Safe => "makes the fix unsafe",
        };
        write!(out, "    ")?;
        let said = format!("{effect}: {}", guard.sentence);
        let piece = TerminalPiece { style: PLAIN, text: &said, solid: false };
        flow(out, render, &[piece], 4, 4, render.prose())?;
    }
    Ok(())
}
