//! Single keys from a Windows console. It is as it was again when this is dropped, and when
//! the program panics.

use super::panics::before_panics;
use crate::review::KeyPress;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use std::io;

/// A raw console.
pub struct Raw;

fn restore() {
    // Whoever closed the console does not need it restored.
    let _ = disable_raw_mode();
}

impl Raw {
    /// Makes the console raw.
    pub fn enter() -> io::Result<Raw> {
        before_panics(restore);
        enable_raw_mode()?;
        Ok(Raw)
    }

    /// Waits for a key.
    pub fn key(&mut self) -> io::Result<KeyPress> {
        loop {
            match read()? {
                Event::Resize(..) => return Ok(KeyPress::Resized),
                // A key that is let go tells nothing new.
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    if let Some(key) = meaning(key) {
                        return Ok(key);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What a key means here, if anything.
fn meaning(key: KeyEvent) -> Option<KeyPress> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL) && !key.modifiers.contains(KeyModifiers::ALT);
    Some(match key.code {
        KeyCode::Char('c') if control => KeyPress::Interrupt,
        // The one that ends the input elsewhere, and the one that does it here.
        KeyCode::Char('d' | 'z') if control => KeyPress::End,
        KeyCode::Char(_) if control => return None,
        KeyCode::Char(char) => KeyPress::Char(char),
        KeyCode::Tab => KeyPress::Char('\t'),
        KeyCode::Enter => KeyPress::Enter,
        KeyCode::Backspace => KeyPress::Back,
        KeyCode::Esc => KeyPress::Escape,
        KeyCode::Up | KeyCode::Left => KeyPress::Up,
        KeyCode::Down | KeyCode::Right => KeyPress::Down,
        _ => return None,
    })
}

impl Drop for Raw {
    fn drop(&mut self) {
        restore();
    }
}
