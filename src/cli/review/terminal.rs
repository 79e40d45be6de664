//! The terminal of a review: single keys where the system can give them, else
//! lines with Enter.

mod panics;

// On Unix it is our own: crossterm never comes back from a terminal that was hung up.
#[cfg_attr(unix, path = "terminal/unix.rs")]
#[cfg_attr(windows, path = "terminal/windows.rs")]
mod raw;

use super::super::args::Colour;
use super::super::io::Io;
use super::super::pager::{page, pages};
use super::Stop;
use crate::disk::program;
use crate::report::RenderOptions;
use crate::review::{KeyPress, Terminal};
use anyhow::Context;
use raw::Raw;
use std::collections::VecDeque;
use std::io;

/// A terminal that gives keys until it is dropped.
pub struct ReviewTerminal<'d, 'i> {
    io: &'d mut Io<'i>,
    colour: bool,
    raw: Option<Raw>,
    /// Keys that came with a line.
    line: VecDeque<KeyPress>,
}

impl<'d, 'i> ReviewTerminal<'d, 'i> {
    /// Takes the terminal.
    pub fn take(io: &'d mut Io<'i>, colour: Colour) -> Result<ReviewTerminal<'d, 'i>, Stop> {
        let colour = io.render(colour).colour;
        io.stdout.flush()?;
        Ok(ReviewTerminal {
            io,
            colour,
            // Where single keys are not to be had, lines do.
            raw: Raw::enter().ok(),
            line: VecDeque::new(),
        })
    }

    /// Asks a question to which the answer is yes or no; nothing when the person
    /// leaves.
    pub fn ask(&mut self, question: &str) -> Result<Option<bool>, Stop> {
        let failed = "the terminal cannot be read or written";
        loop {
            self.write(&format!("{question} [y,n]? ")).context(failed)?;
            match self.key().context(failed)? {
                KeyPress::Char(char @ ('y' | 'n')) => {
                    self.write(&format!("{char}\n")).context(failed)?;
                    return Ok(Some(char == 'y'));
                }
                KeyPress::Char('q') | KeyPress::Interrupt | KeyPress::End => {
                    self.write("\n").context(failed)?;
                    return Ok(None);
                }
                _ => self.write("\n").context(failed)?,
            }
        }
    }

    /// Leaves the keys to a pager until the person has read enough.
    fn read_in_pager(&mut self, text: &str) -> io::Result<()> {
        let raw = self.raw.take().is_some();
        let shown = page(self.io, false, |out| out.write_all(text.as_bytes()));
        if raw {
            self.raw = Raw::enter().ok();
        }
        shown.and_then(|()| self.io.stdout.flush())
    }

    /// A key of a line that was typed with Enter.
    fn key_of_line(&mut self) -> io::Result<KeyPress> {
        if self.line.is_empty() {
            let mut bytes = Vec::new();
            let mut byte = [0];
            while bytes.last() != Some(&b'\n') {
                if self.io.stdin.read(&mut byte)? == 0 {
                    return Ok(KeyPress::End);
                }
                bytes.push(byte[0]);
            }
            let text = String::from_utf8_lossy(&bytes);
            self.line.extend(text.trim_end_matches(['\r', '\n']).chars().map(KeyPress::Char));
            self.line.push_back(KeyPress::Enter);
        }
        Ok(self.line.pop_front().unwrap_or(KeyPress::Enter))
    }
}

impl Terminal for ReviewTerminal<'_, '_> {
    fn render(&self) -> RenderOptions {
        let now = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = now.filter(|width| *width > 0).or(self.io.width).unwrap_or(80);
        RenderOptions { colour: self.colour, width: Some(width) }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        if self.raw.is_some() {
            // A raw terminal goes straight down at a line end.
            self.io.stdout.write_all(text.replace('\n', "\r\n").as_bytes())?;
            return self.io.stdout.flush();
        }
        self.io.stdout.write_all(text.as_bytes())?;
        self.io.stdout.flush()
    }

    fn page(&mut self, text: &str) -> io::Result<()> {
        let (height, width) = (self.io.height, self.io.width);
        if let Some((columns, rows)) = terminal_size::terminal_size() {
            self.io.width = Some(columns.0.into());
            self.io.height = Some(rows.0.into());
        }
        let shown = if pages(self.io, text) { self.read_in_pager(text) } else { self.write(text) };
        (self.io.height, self.io.width) = (height, width);
        shown
    }

    fn key(&mut self) -> io::Result<KeyPress> {
        if let Some(raw) = &mut self.raw {
            return raw.key();
        }
        self.key_of_line()
    }

    fn edit(&mut self, text: &str) -> Result<String, String> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
        let file = tempfile::Builder::new().prefix("gomend-").suffix(".diff").tempfile();
        let file = file.map_err(|error| format!("no temporary file for the editor: {error}"))?;
        std::fs::write(file.path(), text).map_err(|error| format!("{}: {error}", file.path().display()))?;
        let restored = self.raw.take().is_some();
        let status = if cfg!(windows) {
            program::command("cmd").and_then(|mut cmd| cmd.arg("/C").arg(&editor).arg(file.path()).status())
        } else {
            // As git does it: the variable may hold arguments.
            let line = format!("{editor} \"$@\"");
            program::command("sh")
                .and_then(|mut shell| shell.arg("-c").arg(line).arg(&editor).arg(file.path()).status())
        };
        if restored {
            self.raw = Raw::enter().ok();
        }
        match status {
            Err(error) => Err(format!("the editor `{editor}` cannot be started: {error}; set EDITOR")),
            Ok(status) if !status.success() => {
                Err(format!("the editor `{editor}` ended with {status}; the fix stays as it was"))
            }
            Ok(_) => std::fs::read_to_string(file.path())
                .map_err(|error| format!("what the editor `{editor}` wrote cannot be read: {error}")),
        }
    }
}
