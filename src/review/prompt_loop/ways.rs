//! Ways to another fix: by its number, or by a word of it.

use super::{Next, Now, PromptLoop, TerminalGone};
use crate::report::columns::visible;
use crate::report::counted::counted;
use crate::report::render::NOTE;
use crate::review::session::ItemStatus;
use crate::review::terminal::KeyPress as Press;
use crate::review::view::ReviewedFixes;
use std::io;

/// Fixes that are listed at once.
const GROUPS_SHOWN: usize = 20;

impl PromptLoop<'_> {
    pub(super) fn go<D: ReviewedFixes>(&mut self, session: &mut Now<'_, D>) -> io::Result<Next> {
        let groups = session.groups();
        let here = session.number().0.max(1) - 1;
        // As many as can be seen at once, around the current one.
        let from = here.saturating_sub(GROUPS_SHOWN / 2).min(groups.len().saturating_sub(GROUPS_SHOWN));
        let mut list = String::new();
        for (at, (group, mark)) in groups.iter().enumerate().skip(from).take(GROUPS_SHOWN) {
            let sign = match mark {
                ItemStatus::Open => ' ',
                ItemStatus::Yes => '+',
                ItemStatus::Edited => 'e',
                ItemStatus::Ignored => 'i',
                ItemStatus::No => '-',
            };
            let arrow = if at == here { '>' } else { ' ' };
            let first = &group[0];
            let path = visible(&(self.named)(&first.key.path), None);
            list += &format!("{arrow}{sign}{:>4} {path}:{} {}\n", at + 1, first.line, first.key.rule);
        }
        if groups.len() > GROUPS_SHOWN {
            list += &format!("      {} in all\n", counted(groups.len(), "fix", "fixes"));
        }
        self.terminal.write(&list)?;
        let line = match self.line("Go to which number? ")? {
            Ok(line) => line,
            Err(Some(gone)) => return Ok(Next::End(gone)),
            Err(None) => return Ok(Next::Ask),
        };
        if line.trim().parse().is_ok_and(|number| session.go(number)) {
            return Ok(Next::Show);
        }
        self.say(&format!("There is no fix number `{}`; they run from 1 to {}.", line.trim(), groups.len()))?;
        Ok(Next::Ask)
    }

    pub(super) fn search<D: ReviewedFixes>(&mut self, session: &mut Now<'_, D>) -> io::Result<Next> {
        let line = match self.line("Search for: ")? {
            Ok(line) => line,
            Err(Some(gone)) => return Ok(Next::End(gone)),
            Err(None) => return Ok(Next::Ask),
        };
        let wanted = line.trim();
        if wanted.is_empty() {
            return Ok(Next::Ask);
        }
        // With a capital the case counts.
        let exact = wanted.chars().any(char::is_uppercase);
        let fold = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
        let held = session.draft().searched();
        let groups = session.groups();
        let here = session.number().0;
        let holds = |at: &usize| {
            groups[*at].0.iter().any(|item| {
                let said = held.get(&item.key).map(String::as_str).unwrap_or_default();
                let text = format!("{} {}\n{said}", (self.named)(&item.key.path), item.key.rule);
                fold(&text).contains(&fold(wanted))
            })
        };
        let found = (here..groups.len()).chain(0..here.min(groups.len())).find(holds);
        match found {
            Some(at) => {
                session.go(at + 1);
                Ok(Next::Show)
            }
            None => {
                self.say(&format!("No fix has `{wanted}` in its code, its message, its file or its rule."))?;
                Ok(Next::Ask)
            }
        }
    }

    /// Reads a line. `Err(None)`: the person thought better of it.
    pub(super) fn line(&mut self, prompt: &str) -> io::Result<Result<String, Option<TerminalGone>>> {
        let render = self.terminal.render();
        self.terminal.write(&render.paint(NOTE, prompt).to_string())?;
        let mut line = String::new();
        loop {
            match self.terminal.key()? {
                Press::Char(char) if !char.is_control() => {
                    line.push(char);
                    self.terminal.write(&char.to_string())?;
                }
                Press::Back => {
                    if line.pop().is_some() {
                        self.terminal.write("\u{8} \u{8}")?;
                    }
                }
                Press::Enter => {
                    self.terminal.write("\n")?;
                    return Ok(Ok(line));
                }
                Press::Escape => {
                    self.terminal.write("\n")?;
                    return Ok(Err(None));
                }
                Press::Interrupt => return Ok(Err(Some(TerminalGone::Interrupted))),
                Press::End => return Ok(Err(Some(TerminalGone::Closed))),
                Press::Char(_) | Press::Up | Press::Down => {}
                Press::Resized => self.terminal.write(&format!("\n{prompt}{line}"))?,
            }
        }
    }
}
