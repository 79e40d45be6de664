//! The conversation: shows a fix, waits for a key, does what it says.

mod ways;
mod words;

use super::answers::{AnswerRecord, AnsweredSite, ReviewAnswer, ReviewAnswers, SavedAnswer};
use super::edit::{self, Back};
use super::help::{KEYS, called};
use super::screen::{self, NamedFix};
use super::session::{ItemStatus, ReviewCounts, ReviewSession};
use super::terminal::{KeyPress as Press, ReviewNotes, Terminal};
use super::view::{ReviewedFixes, View};
use crate::engine::plan::FixKey;
use crate::report::RenderOptions;
use crate::report::columns::visible;
use crate::report::render::{DIM, NOTE};
use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewEnd {
    /// What was accepted is to be proved and written.
    Write(ReviewCounts),
    /// Everything is answered, and nothing is to be written now.
    Left(ReviewCounts),
    /// Ctrl-C, or a signal to end.
    Interrupted(ReviewCounts),
    /// The input has ended.
    Closed(ReviewCounts),
}

/// What a conversation needs beside the fixes.
pub struct PromptLoop<'t> {
    /// Where the person sits.
    pub terminal: &'t mut dyn Terminal,
    /// Where the answers are kept.
    pub notes: &'t mut dyn ReviewNotes,
    /// The page of a rule.
    pub page: &'t dyn Fn(&str, RenderOptions) -> String,
    /// Names a file as reports do.
    pub named: &'t NamedFix<'t>,
    /// What is said before the first fix.
    pub greeting: Vec<String>,
    /// The command that goes on with a review that was left.
    pub goes_on: &'t str,
    /// The fix of which another way than its first is shown, and the number of that way.
    pub walked: Option<(FixKey, usize)>,
}

/// Why a line of input was not given.
enum TerminalGone {
    Interrupted,
    Closed,
}

/// What a key leads to.
enum Next {
    /// Show the fix that is current now.
    Show,
    /// Ask again.
    Ask,
    /// End the conversation.
    End(TerminalGone),
    /// Finish.
    Finish,
    /// Keep the answers and write nothing.
    Leave,
}

type Now<'s, D> = ReviewSession<'s, D>;

impl PromptLoop<'_> {
    /// Asks about all open fixes of `fixes`, which answers by `answers`.
    ///
    /// # Errors
    /// Those of the terminal.
    pub fn run<D: ReviewedFixes>(
        &mut self,
        fixes: &mut D,
        answers: &Mutex<ReviewAnswers>,
    ) -> io::Result<ReviewEnd> {
        let mut session = ReviewSession::new(fixes, answers);
        for line in std::mem::take(&mut self.greeting) {
            self.say(&line)?;
        }
        loop {
            let keys: Vec<FixKey> = session.current().into_iter().map(|item| item.key).collect();
            let variant = self.variant(&session, &keys);
            let view = if keys.is_empty() {
                View::default()
            } else {
                session.draft().view(answers, &keys, variant.as_ref())
            };
            self.show(&session, &view)?;
            let next = loop {
                self.prompt(&session)?;
                match self.press(&mut session, &view, &keys)? {
                    Next::Ask => {}
                    other => break other,
                }
            };
            let counts = session.counts();
            match next {
                Next::Show | Next::Ask => {}
                Next::Finish => return Ok(ReviewEnd::Write(counts)),
                Next::Leave => return Ok(ReviewEnd::Left(counts)),
                Next::End(TerminalGone::Interrupted) => return Ok(ReviewEnd::Interrupted(counts)),
                Next::End(TerminalGone::Closed) => return Ok(ReviewEnd::Closed(counts)),
            }
        }
    }

    fn show<D: ReviewedFixes>(&mut self, session: &Now<'_, D>, view: &View) -> io::Result<()> {
        let render = self.terminal.render();
        if !session.current().is_empty() {
            return self.terminal.write(&screen::card(view, self.named, render));
        }
        let counts = session.counts();
        let parts = [
            (counts.yes, "accepted"),
            (counts.edited, "accepted as edited"),
            (counts.ignored, "suppressed by a comment"),
            (counts.no, "declined"),
        ];
        let parts = parts.iter().filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
        let rule = render.paint(DIM, &"-".repeat(render.columns())).to_string();
        self.terminal.write(&format!("{rule}\n"))?;
        self.say(&format!("All fixes are answered: {}.", parts.join(", ")))
    }

    /// The keys that lead anywhere now.
    fn keys<D: ReviewedFixes>(session: &Now<'_, D>) -> Vec<char> {
        let group = session.current();
        let (number, of) = session.number();
        let undoable = session.answers().steps() > 0;
        let ends = group.is_empty();
        let leads = |key: char| match key {
            'y' => true,
            'n' => !ends || session.counts().accepted() > 0,
            'a' | 'd' | 'i' | 'x' | 'A' | 'D' => !ends,
            'J' => !ends && number < of,
            'j' => !ends && session.counts().open > 0,
            'k' => number > 1 && session.counts().open > 0,
            'K' => ends || number > 1,
            'g' | '/' => of > 1,
            's' => group.len() > 1,
            '\t' => group.len() == 1 && session.draft().variants(&group[0].key) > 1,
            'e' => group.len() == 1,
            'u' => undoable,
            _ => true,
        };
        KEYS.iter().map(|help| help.key).filter(|key| leads(*key)).collect()
    }

    fn prompt<D: ReviewedFixes>(&mut self, session: &Now<'_, D>) -> io::Result<()> {
        let group = session.current();
        let keys: Vec<String> = Self::keys(session).into_iter().map(called).collect();
        let (number, of) = session.number();
        let text = match group.first() {
            None if session.counts().accepted() == 0 => format!("Finish [{}]?", keys.join(",")),
            None => format!("Prove and write what was accepted [{}]?", keys.join(",")),
            Some(first) => {
                let what = match group.len() {
                    1 => "this fix".to_owned(),
                    more => format!("these {more} fixes"),
                };
                let was = match session.status(&first.key) {
                    ItemStatus::Open => "",
                    ItemStatus::Yes => ", accepted",
                    ItemStatus::Edited => ", edited",
                    ItemStatus::Ignored => ", suppressed",
                    ItemStatus::No => ", declined",
                };
                format!("({number}/{of}{was}) Take {what} [{}]?", keys.join(","))
            }
        };
        let render = self.terminal.render();
        // A line that ends at the border would put the cursor on the next one
        // with nothing in front of it; the keys break behind a comma.
        let mut out = String::new();
        let mut column = 0;
        for part in text.split_inclusive([',', ' ']) {
            if column + part.len() >= render.columns() {
                out.push('\n');
                column = 0;
            }
            out += part;
            column += part.len();
        }
        let painted: Vec<String> = out.lines().map(|line| render.paint(NOTE, line).to_string()).collect();
        self.terminal.write(&format!("{} ", painted.join("\n")))
    }

    /// Waits for one key and does what it says.
    fn press<D: ReviewedFixes>(
        &mut self,
        session: &mut Now<'_, D>,
        view: &View,
        keys: &[FixKey],
    ) -> io::Result<Next> {
        let press = loop {
            match self.terminal.key()? {
                // Where keys come as lines, each has an Enter behind it.
                Press::Enter | Press::Back | Press::Escape => {}
                press => break press,
            }
        };
        let char = match press {
            Press::Char(char) => char,
            Press::Up => 'K',
            Press::Down => 'J',
            Press::Resized => {
                self.terminal.write("\n")?;
                return Ok(Next::Show);
            }
            Press::Interrupt | Press::End => {
                self.terminal.write("\n")?;
                let gone = if press == Press::End { TerminalGone::Closed } else { TerminalGone::Interrupted };
                return Ok(Next::End(gone));
            }
            Press::Enter | Press::Back | Press::Escape => return Ok(Next::Ask),
        };
        self.terminal.write(&format!("{}\n", visible(&called(char), None)))?;
        if !Self::keys(session).contains(&char) {
            return self.cannot(session, char);
        }
        let lost = session.lost();
        let next = match char {
            'y' if keys.is_empty() => Next::Finish,
            'y' if view.files.is_empty() => {
                self.say("This fix cannot be taken as the answers are now; leave it, or come back later.")?;
                Next::Ask
            }
            // Taken in the version that it was accepted in.
            'y' => {
                let kept = session.answers().of(&keys[0]).filter(|answer| *answer != ReviewAnswer::No);
                let answer = self.variant(session, keys).or(kept).unwrap_or(ReviewAnswer::Yes);
                self.answer(session, &answer)?
            }
            'n' | 'q' if keys.is_empty() && session.counts().accepted() > 0 => Next::Leave,
            'n' => self.answer(session, &ReviewAnswer::No)?,
            'a' | 'd' => {
                let answer = if char == 'a' { ReviewAnswer::Yes } else { ReviewAnswer::No };
                let first = keys.len();
                let all = session.answer_rest(&answer);
                self.keep(session, &answer, &all[..first.min(all.len())], false)?;
                if all.len() > first {
                    self.keep(session, &answer, &all[first..], true)?;
                }
                Next::Show
            }
            'A' | 'D' => self.rule(session, keys, char == 'A')?,
            'q' => Next::Finish,
            'j' | 'J' | 'k' | 'K' => {
                let (forward, open) = (matches!(char, 'j' | 'J'), matches!(char, 'j' | 'k'));
                if session.step(forward, open) {
                    Next::Show
                } else {
                    let way = if forward { "behind" } else { "before" };
                    let which = if open { "open fix" } else { "fix" };
                    self.say(&format!("There is no {which} {way} this one."))?;
                    Next::Ask
                }
            }
            'g' => self.go(session)?,
            '/' => self.search(session)?,
            's' => match session.draft().separable(keys) {
                Ok(apart) => {
                    session.split(&apart);
                    Next::Show
                }
                Err(why) => {
                    self.say(&why)?;
                    Next::Ask
                }
            },
            '\t' => {
                let number = self.number(session, &keys[0]) + 1;
                self.walked = Some((keys[0].clone(), number % session.draft().variants(&keys[0])));
                Next::Show
            }
            'e' => self.edit(session, view, keys)?,
            'i' => self.ignore(session)?,
            'x' => {
                let render = self.terminal.render();
                let page = keys.first().map(|key| (self.page)(key.rule, render)).unwrap_or_default();
                self.terminal.page(&page)?;
                Next::Show
            }
            'u' => {
                session.undo();
                self.save(&AnswerRecord::Undo)?;
                Next::Show
            }
            'p' => Next::Show,
            _ => {
                self.help(session)?;
                Next::Ask
            }
        };
        for key in session.lost().difference(&lost) {
            let line = session.draft().place(key).line;
            let text = format!(
                "{}:{line} {}, accepted before, has no place any more beside what was just accepted.",
                (self.named)(&key.path),
                key.rule
            );
            self.say(&text)?;
        }
        Ok(next)
    }

    /// The number of the way that is shown of `key`.
    fn number<D: ReviewedFixes>(&self, session: &Now<'_, D>, key: &FixKey) -> usize {
        match (&self.walked, session.answers().of(key)) {
            (Some((walked, number)), _) if walked == key => *number,
            (_, Some(ReviewAnswer::Variant(number))) => number,
            _ => 0,
        }
    }

    /// The way that is shown, where it was walked to.
    fn variant<D: ReviewedFixes>(&self, session: &Now<'_, D>, keys: &[FixKey]) -> Option<ReviewAnswer> {
        let key =
            keys.first().filter(|key| self.walked.as_ref().is_some_and(|(walked, _)| walked == *key))?;
        Some(match self.number(session, key) {
            0 => ReviewAnswer::Yes,
            number => ReviewAnswer::Variant(number),
        })
    }

    fn answer<D: ReviewedFixes>(
        &mut self,
        session: &mut Now<'_, D>,
        answer: &ReviewAnswer,
    ) -> io::Result<Next> {
        let keys = session.answer(answer);
        self.keep(session, answer, &keys, false)?;
        Ok(Next::Show)
    }

    fn rule<D: ReviewedFixes>(
        &mut self,
        session: &mut Now<'_, D>,
        keys: &[FixKey],
        take: bool,
    ) -> io::Result<Next> {
        let before: BTreeSet<FixKey> = session.answers().given().map(|(key, _)| key.clone()).collect();
        let Some(rule) = session.answer_rule(take) else { return Ok(Next::Ask) };
        self.save(&AnswerRecord::Rule { rule: rule.to_owned(), take })?;
        let own: Vec<FixKey> = keys.iter().filter(|key| before.contains(key)).cloned().collect();
        if !own.is_empty() {
            self.keep(session, if take { &ReviewAnswer::Yes } else { &ReviewAnswer::No }, &own, true)?;
        }
        Ok(Next::Show)
    }

    /// Keeps an answer that was given, with the contents that it was given to.
    fn keep<D: ReviewedFixes>(
        &mut self,
        session: &Now<'_, D>,
        answer: &ReviewAnswer,
        keys: &[FixKey],
        too: bool,
    ) -> io::Result<()> {
        let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
        let contents = keys.iter().flat_map(|key| session.draft().contents(key));
        let files = contents.map(|(path, text)| (path, hash(&text))).collect();
        let sites = keys.iter().map(AnsweredSite::from).collect();
        self.save(&AnswerRecord::Answer { answer: SavedAnswer::from(answer), sites, files, too })
    }

    fn save(&mut self, record: &AnswerRecord) -> io::Result<()> {
        let line = serde_json::to_string(record)?;
        match self.notes.keep(&line) {
            Ok(()) => Ok(()),
            Err(problem) => self.trouble(&format!("this answer is not kept for --resume: {problem}")),
        }
    }

    fn ignore<D: ReviewedFixes>(&mut self, session: &mut Now<'_, D>) -> io::Result<Next> {
        let line = match self.line("Why does the code stay as it is? ")? {
            Ok(line) => line,
            Err(Some(gone)) => return Ok(Next::End(gone)),
            Err(None) => return Ok(Next::Ask),
        };
        let reason: String = line.trim().chars().filter(|char| !char.is_control()).collect();
        if reason.is_empty() {
            self.say("Without a reason the comment would suppress nothing; nothing was answered.")?;
            return Ok(Next::Ask);
        }
        self.answer(session, &ReviewAnswer::Ignore(reason))
    }

    fn edit<D: ReviewedFixes>(
        &mut self,
        session: &mut Now<'_, D>,
        view: &View,
        keys: &[FixKey],
    ) -> io::Result<Next> {
        let Some(key) = keys.first() else { return Ok(Next::Ask) };
        if view.files.is_empty() {
            self.say("There is nothing to edit: the fix cannot be taken as the answers are now.")?;
            return Ok(Next::Ask);
        }
        let mut text = edit::text(&view.files, key.rule, self.named);
        loop {
            let edited = match self.terminal.edit(&text) {
                Ok(edited) => edited,
                Err(problem) => {
                    self.trouble(&problem)?;
                    return Ok(Next::Ask);
                }
            };
            let problem = match edit::read(&edited, &view.files, key.rule, self.named) {
                Ok(Back::Nothing) => {
                    self.say("Nothing was edited; the fix stays as it was.")?;
                    return Ok(Next::Ask);
                }
                Ok(Back::Empty) => {
                    self.say("Your version leaves the code as it is; answer n for that.")?;
                    return Ok(Next::Ask);
                }
                Ok(Back::Version(amendment)) => {
                    return self.answer(session, &ReviewAnswer::Edited(amendment.into()));
                }
                Err(problem) => problem,
            };
            self.trouble(&problem)?;
            self.terminal.write("Edit again (n: forget the edit) [y,n]? ")?;
            match self.terminal.key()? {
                Press::Char('n') => {
                    self.terminal.write("n\n")?;
                    return Ok(Next::Ask);
                }
                Press::Interrupt => return Ok(Next::End(TerminalGone::Interrupted)),
                Press::End => return Ok(Next::End(TerminalGone::Closed)),
                _ => self.terminal.write("y\n")?,
            }
            text = edited;
        }
    }
}
