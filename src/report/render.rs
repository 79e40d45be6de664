//! Whether a report is coloured, how wide it is, and the styles that all
//! reports share.

use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::fmt;

/// How the place looks that a report is written to. Whether that is a terminal
/// and what `NO_COLOR` and `--color` say is for the caller to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RenderOptions {
    /// Write ANSI colours.
    pub colour: bool,
    /// Columns of the terminal; `None` where there is none, which gives
    /// [`RenderOptions::UNKNOWN_WIDTH`].
    pub width: Option<usize>,
}

impl RenderOptions {
    /// Columns assumed where nobody can tell, as in the log of a build.
    pub const UNKNOWN_WIDTH: usize = 100;

    /// Sentences wider than this are hard to follow on any terminal.
    const PROSE_WIDTH: usize = 100;

    /// Columns for code.
    pub(crate) fn columns(self) -> usize {
        // Less than this cannot hold a gutter and a word beside it.
        self.width.unwrap_or(RenderOptions::UNKNOWN_WIDTH).max(20)
    }

    /// Columns for sentences.
    pub(crate) fn prose(self) -> usize {
        self.columns().min(RenderOptions::PROSE_WIDTH)
    }

    /// `text` in `style`, or as it is without colour.
    pub(crate) fn paint<'a>(self, style: Style, text: &'a str) -> Painted<'a> {
        let plain = !self.colour || style.is_plain() || text.is_empty();
        Painted { style: if plain { Style::new() } else { style }, text }
    }
}

/// `text`, of one line or several, with everything spelled out that a terminal would act
/// upon.
pub fn shown(text: &str) -> Cow<'_, str> {
    let foreign = |char: char| !matches!(char, '\n' | '\t') && spelled(char).is_some();
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) || !text.contains(foreign) {
        return Cow::Borrowed(text);
    }
    let spell = |char: char| if foreign(char) { spelled(char).unwrap_or_default() } else { char.to_string() };
    Cow::Owned(text.chars().map(spell).collect())
}

/// A text that is displayed in its style.
pub(crate) struct Painted<'a> {
    style: Style,
    text: &'a str,
}

impl fmt::Display for Painted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.style;
        let text = shown(self.text);
        write!(f, "{style}{text}{style:#}")
    }
}

const fn of(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(colour)))
}

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const ITALIC: Style = Style::new().italic();
pub(crate) const ERROR: Style = of(AnsiColor::Red).bold();
pub(crate) const WARNING: Style = of(AnsiColor::Yellow).bold();
pub(crate) const NOTE: Style = of(AnsiColor::Cyan).bold();
pub(crate) const SURROUNDINGS: Style = of(AnsiColor::BrightBlue);
pub(crate) const CODE: Style = of(AnsiColor::Cyan);
pub(crate) const ADDED: Style = of(AnsiColor::Green);
pub(crate) const REMOVED: Style = of(AnsiColor::Red);
pub(crate) const HUNK: Style = of(AnsiColor::Cyan);

pub(crate) fn spelled(char: char) -> Option<String> {
    match char {
        '\0'..='\x1f' | '\x7f' => Some(format!("^{}", (char as u8 ^ 0x40) as char)),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{180e}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(format!("<U+{:04X}>", char as u32)),
        _ => None,
    }
}
