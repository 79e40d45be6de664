//! Single keys from a Unix terminal. It is as it was again when this is dropped,
//! when the program panics, and before the program stops or ends by a signal.

use super::super::super::interrupt::HeldSignals;
use super::panics::before_panics;
use crate::review::KeyPress;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGWINCH};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a signal may go unnoticed, in milliseconds.
const NOTICE: i64 = 100;
/// How long the rest of an escape sequence may take.
const SEQUENCE: i64 = 40;

/// The terminal as it was, while it is raw.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// A raw terminal.
pub struct Raw {
    bytes: VecDeque<u8>,
    ended: bool,
    asked: Arc<AtomicBool>,
    resized: Arc<AtomicBool>,
    /// Once this is dropped, the signals do what they did.
    _held: [HeldSignals; 2],
}

fn restore() {
    if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // Whoever closed the terminal does not need it restored.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &before);
    }
}

fn make_raw() -> io::Result<()> {
    let before = tcgetattr(rustix::stdio::stdin())?;
    let mut raw = before.clone();
    raw.make_raw();
    tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &raw)?;
    *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
    Ok(())
}

impl Raw {
    /// Makes the terminal raw.
    pub fn enter() -> io::Result<Raw> {
        before_panics(restore);
        let (asked, resized) = (Arc::default(), Arc::default());
        let mut ends = HeldSignals::back(&[SIGHUP, SIGINT, SIGTERM])?;
        ends.set(&asked)?;
        let mut sizes = HeldSignals::back(&[SIGWINCH])?;
        sizes.set(&resized)?;
        make_raw()?;
        Ok(Raw { bytes: VecDeque::new(), ended: false, asked, resized, _held: [ends, sizes] })
    }

    /// Waits for a key.
    pub fn key(&mut self) -> io::Result<KeyPress> {
        loop {
            if self.asked.load(Ordering::Relaxed) {
                return Ok(KeyPress::Interrupt);
            }
            if self.resized.swap(false, Ordering::Relaxed) {
                return Ok(KeyPress::Resized);
            }
            if let Some(byte) = self.bytes.pop_front() {
                if let Some(key) = self.key_of(byte)? {
                    return Ok(key);
                }
                continue;
            }
            if self.ended {
                return Ok(KeyPress::End);
            }
            self.fill(NOTICE)?;
        }
    }

    /// Reads what there is, waiting for at most `patience` milliseconds.
    fn fill(&mut self, patience: i64) -> io::Result<()> {
        let mut fds = [PollFd::from_borrowed_fd(rustix::stdio::stdin(), PollFlags::IN)];
        let wait = Timespec { tv_sec: 0, tv_nsec: patience * 1_000_000 };
        match poll(&mut fds, Some(&wait)) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let mut buffer = [0; 256];
        match rustix::io::read(rustix::stdio::stdin(), &mut buffer) {
            // A terminal that was hung up gives nothing, or an error of its own.
            Ok(0) | Err(rustix::io::Errno::IO) => self.ended = true,
            Ok(read) => self.bytes.extend(&buffer[..read]),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The key that begins with `byte`; nothing for a key without a meaning here.
    fn key_of(&mut self, byte: u8) -> io::Result<Option<KeyPress>> {
        Ok(Some(match byte {
            0x03 => KeyPress::Interrupt,
            0x04 => KeyPress::End,
            b'\r' | b'\n' => KeyPress::Enter,
            0x08 | 0x7f => KeyPress::Back,
            0x1a => {
                self.stop()?;
                KeyPress::Resized
            }
            0x1b => return self.sequence(),
            b'\t' | 0x20..=0x7e => KeyPress::Char(char::from(byte)),
            0xc0..=0xff => {
                let length = match byte {
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    _ => 4,
                };
                let mut bytes = vec![byte];
                while bytes.len() < length {
                    if self.bytes.is_empty() {
                        self.fill(SEQUENCE)?;
                    }
                    let Some(next) = self.bytes.pop_front() else { return Ok(None) };
                    bytes.push(next);
                }
                match std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()) {
                    Some(char) => KeyPress::Char(char),
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        }))
    }

    /// What an escape begins: an arrow, another key of that kind, or nothing.
    fn sequence(&mut self) -> io::Result<Option<KeyPress>> {
        if self.bytes.is_empty() {
            self.fill(SEQUENCE)?;
        }
        if !matches!(self.bytes.front(), Some(b'[' | b'O')) {
            return Ok(Some(KeyPress::Escape));
        }
        self.bytes.pop_front();
        loop {
            if self.bytes.is_empty() {
                self.fill(SEQUENCE)?;
            }
            return Ok(match self.bytes.pop_front() {
                Some(b'A' | b'D') => Some(KeyPress::Up),
                Some(b'B' | b'C') => Some(KeyPress::Down),
                Some(0x20..=0x3f) => continue,
                _ => None,
            });
        }
    }

    /// Ctrl-Z: gives the terminal back and stops until the shell goes on.
    fn stop(&mut self) -> io::Result<()> {
        restore();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        make_raw()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        restore();
    }
}
