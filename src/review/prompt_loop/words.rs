//! What is said beside the fixes: help, refusals, sentences.

use super::{Next, Now, PromptLoop};
use crate::report::columns::{flow, sentence};
use crate::report::render::{BOLD, ERROR};
use crate::review::help::{KEYS, called};
use crate::review::view::ReviewedFixes;
use std::io;

impl PromptLoop<'_> {
    pub(super) fn cannot<D: ReviewedFixes>(&mut self, session: &Now<'_, D>, key: char) -> io::Result<Next> {
        let group = session.current();
        let why = match key {
            's' => "One fix is decided whole; there is nothing to split.",
            'e' if group.len() > 1 => "Ask the fixes one by one first (key s), then edit one.",
            'u' => "No answer was given yet.",
            'j' | 'J' => "There is no other fix behind this one.",
            'k' | 'K' => "There is no other fix before this one.",
            'g' | '/' => "There is no other fix to go to.",
            _ => {
                self.help(session)?;
                return Ok(Next::Ask);
            }
        };
        self.say(why)?;
        Ok(Next::Ask)
    }

    pub(super) fn help<D: ReviewedFixes>(&mut self, session: &Now<'_, D>) -> io::Result<()> {
        let render = self.terminal.render();
        let leads = Self::keys(session);
        let mut out = Vec::new();
        for help in KEYS.iter().filter(|help| leads.contains(&help.key)) {
            let does = match (help.key, session.current().len()) {
                ('y', 0) => "prove what was accepted and write it",
                ('n', 0) => "write nothing and keep the answers",
                ('q', 0) if session.counts().accepted() > 0 => "quit: write nothing and keep the answers",
                (_, 0 | 1) => help.does,
                ('y', _) => "take these fixes",
                _ => help.does,
            };
            out.extend_from_slice(format!("{} - ", render.paint(BOLD, &called(help.key))).as_bytes());
            let _ = flow(&mut out, render, &sentence(does), 4, 4, render.prose());
        }
        let _ = flow(
            &mut out,
            render,
            &sentence(&format!(
                "Ctrl-C ends the review, writes nothing and keeps the answers: `{}` goes on.",
                self.goes_on
            )),
            0,
            0,
            render.prose(),
        );
        self.terminal.write(&String::from_utf8_lossy(&out))
    }

    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        let render = self.terminal.render();
        let mut out = Vec::new();
        let _ = flow(&mut out, render, &sentence(text), 0, 2, render.prose());
        self.terminal.write(&String::from_utf8_lossy(&out))
    }

    pub(super) fn trouble(&mut self, text: &str) -> io::Result<()> {
        let render = self.terminal.render();
        let mut out = format!("{} ", render.paint(ERROR, "error:")).into_bytes();
        let _ = flow(&mut out, render, &sentence(text), 7, 2, render.prose());
        self.terminal.write(&String::from_utf8_lossy(&out))
    }
}
