//! Long output through a pager, as git does it: only on a terminal, and only what is
//! longer than its screen.
//!
//! `GOMEND_PAGER`, then `PAGER` names the program, else `less`; an empty name and `cat`
//! switch it off. A pager that cannot be started is passed over, one that ends early has
//! shown enough, and none of them changes the exit status.

#[cfg(unix)]
use super::interrupt::HeldSignals;
use super::io::Io;
use crate::disk::program;
use crate::report::escape;
use std::io::{self, Write};
use std::process::{Child, Stdio};
use unicode_width::UnicodeWidthChar;

/// What a shell gives back for a program that is not there or cannot be run.
const NOT_RUN: [i32; 2] = [126, 127];
/// What makes a command more than the name of a program, as git sees it.
const FOR_A_SHELL: &str = "|&;<>()$`\\\"' \t\n*?[#~=%";

/// Hands what `write` writes to the pager when standard output is a terminal and too
/// small for it, and writes it there itself otherwise. `off` is `--no-pager`.
///
/// # Errors
/// Those of `write` and of standard output.
pub fn page(
    io: &mut Io<'_>,
    off: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let screen = io.width.zip(io.height).filter(|_| io.stdout_is_terminal && !off);
    let Some((screen, pager)) = screen.zip(wanted()) else {
        return write(&mut io.stdout);
    };
    // The screen is a terminal's, whoever writes to it.
    let text = escape::page(io.stdout.has_colour(), write)?;
    io.stdout.flush()?;
    if fits(&String::from_utf8_lossy(&text), screen) || !shown(&pager, &text)? {
        io.stdout.write_all(&text)?;
    }
    Ok(())
}

/// Whether [`page`] would hand `text` to a pager.
pub fn pages(io: &Io<'_>, text: &str) -> bool {
    let screen = io.width.zip(io.height).filter(|_| io.stdout_is_terminal);
    screen.is_some_and(|screen| wanted().is_some() && !fits(text, screen))
}

/// The pager that is asked for.
fn wanted() -> Option<String> {
    // Such a terminal does not go back to a line that it has shown.
    if std::env::var_os("TERM").is_none_or(|term| term == "dumb") && cfg!(unix) {
        return None;
    }
    let named = ["GOMEND_PAGER", "PAGER"].iter().find_map(std::env::var_os);
    let pager = match named {
        Some(name) => name.to_string_lossy().trim().to_owned(),
        None if cfg!(windows) => return None,
        None => "less".to_owned(),
    };
    (!pager.is_empty() && pager != "cat").then_some(pager)
}

/// Whether a screen of so many columns and rows holds `text` and a prompt below it.
fn fits(text: &str, (columns, rows): (usize, usize)) -> bool {
    let mut left = rows.saturating_sub(1);
    for line in text.lines() {
        let taken = width(line).div_ceil(columns.max(1)).max(1);
        match left.checked_sub(taken) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

/// Columns that a terminal takes for a line; colours take none.
fn width(line: &str) -> usize {
    let mut columns = 0;
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        columns += match char {
            '\u{1b}' => {
                chars.by_ref().find(char::is_ascii_alphabetic);
                0
            }
            '\t' => 8 - columns % 8,
            _ => char.width().unwrap_or(0),
        };
    }
    columns
}

/// Shows `text` in the pager and waits for its end; whether it could be run.
fn shown(pager: &str, text: &[u8]) -> io::Result<bool> {
    // Ctrl-C is for the pager, which comes back from it to its prompt.
    #[cfg(unix)]
    let _held = HeldSignals::back(&[signal_hook::consts::SIGINT, signal_hook::consts::SIGQUIT]);
    let Ok(mut child) = start(pager) else { return Ok(false) };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves the pager does not want the rest.
        let _ = input.write_all(text);
    }
    let status = child.wait()?;
    Ok(!status.code().is_some_and(|code| NOT_RUN.contains(&code)))
}

fn start(pager: &str) -> io::Result<Child> {
    let mut command = if !pager.contains(|char| FOR_A_SHELL.contains(char)) {
        program::command(pager)?
    } else if cfg!(windows) {
        let mut shell = program::command("cmd")?;
        shell.arg("/C").arg(pager);
        shell
    } else {
        let mut shell = program::command("sh")?;
        shell.arg("-c").arg(pager);
        shell
    };
    // Colours are colours, a short text ends the pager, and the screen keeps what it showed.
    for (name, options) in [("LESS", "FRX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            command.env(name, options);
        }
    }
    command.stdin(Stdio::piped()).spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_wrap_take_more_than_one_row() {
        assert!(fits("", (80, 24)) && fits("a\nb\n", (80, 3)));
        assert!(!fits("a\nb\nc\n", (80, 3)));
        assert!(fits(&"x".repeat(80), (80, 2)) && !fits(&"x".repeat(81), (80, 2)));
        assert!(!fits("\n\n", (80, 2)), "an empty line is one");
        assert!(!fits("a", (80, 1)) && !fits("a", (0, 0)));
    }

    #[test]
    fn colours_take_no_columns_and_tabs_take_what_is_left() {
        assert_eq!(width("\x1b[1;31mred\x1b[0m"), 3);
        assert_eq!(width("\ta\tb"), 17);
        assert_eq!(width("日本"), 4);
    }
}
