//! What a review asks of the world: keys in, text out, an editor, and a place
//! where answers outlive the process.

use crate::report::RenderOptions;
use std::io;

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPress {
    /// A key with a character.
    Char(char),
    /// Enter.
    Enter,
    /// Backspace.
    Back,
    /// Escape.
    Escape,
    /// An arrow: up and left go back, down and right go on.
    Up,
    /// See [`KeyPress::Up`].
    Down,
    /// The window has another size.
    Resized,
    /// Ctrl-C, or a signal to end.
    Interrupt,
    /// The input has ended.
    End,
}

/// Where a person sits.
pub trait Terminal {
    /// Colour, and how wide it is now.
    fn render(&self) -> RenderOptions;

    /// Writes text, whose lines end at `\n`.
    ///
    /// # Errors
    /// Those of the terminal.
    fn write(&mut self, text: &str) -> io::Result<()>;

    /// Shows a long text, and comes back when the person has read enough.
    ///
    /// # Errors
    /// Those of the terminal.
    fn page(&mut self, text: &str) -> io::Result<()> {
        self.write(text)
    }

    /// Waits for a key.
    ///
    /// # Errors
    /// Those of the terminal. That the input has ended is [`KeyPress::End`].
    fn key(&mut self) -> io::Result<KeyPress>;

    /// Lets the person edit `text` with their editor.
    ///
    /// # Errors
    /// A sentence, when the editor cannot be run or fails.
    fn edit(&mut self, text: &str) -> Result<String, String>;
}

/// Where answers are kept.
pub trait ReviewNotes {
    /// Keeps one line, which is safe from a crash when this returns.
    ///
    /// # Errors
    /// A sentence that names the file, the cause and the remedy.
    fn keep(&mut self, line: &str) -> Result<(), String>;
}
