//! What may leave through standard output and standard error.
//!
//! Names, comments, module paths, keys of configuration and the words of other programs
//! are foreign text. A terminal acts upon what stands in it: it moves its cursor, changes
//! its title, answers as if somebody typed, turns the reading direction. So every byte
//! goes through [`Escaped`], whatever wrote it, and what is no plain text is spelled out.

use super::render::spelled;
use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What is written, and so how a character is spelled that must not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeForm {
    /// To be read, in a terminal or in a log: `^[`, `<U+202E>`.
    Text,
    /// JSON, in which such a character can stand in strings alone: `\u202e`.
    Json,
    /// XML: `&#x202e;`.
    Xml,
    /// A program wants the very bytes: a patch, a source file.
    Exact,
}

/// A stream that spells out what a terminal would act upon.
pub struct Escaped<W> {
    inner: W,
    /// What is written.
    pub form: EscapeForm,
    /// Whether colours of gomend's own may pass.
    colour: Cell<bool>,
    /// The beginning of a character or of a colour whose end is still to come.
    rest: Vec<u8>,
}

impl<W: Write> Escaped<W> {
    /// A stream for text that ends in `inner`.
    pub fn new(inner: W) -> Escaped<W> {
        Escaped { inner, form: EscapeForm::Text, colour: Cell::new(false), rest: Vec::new() }
    }

    /// Lets colours pass, or not.
    pub fn set_colour(&self, colour: bool) {
        self.colour.set(colour);
    }

    /// Whether colours pass.
    pub fn has_colour(&self) -> bool {
        self.colour.get()
    }

    /// The stream below, when all is written.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.inner)
    }

    /// As [`Write::write_all`], for whoever has not that trait at hand.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        Write::write_all(self, bytes)
    }

    /// As [`Write::write_fmt`].
    ///
    /// # Errors
    /// Those of the stream.
    pub fn write_fmt(&mut self, text: std::fmt::Arguments<'_>) -> io::Result<()> {
        Write::write_fmt(self, text)
    }

    /// As [`Write::flush`].
    ///
    /// # Errors
    /// Those of the stream.
    pub fn flush(&mut self) -> io::Result<()> {
        Write::flush(self)
    }

    /// Writes `bytes`; what cannot be told yet is kept unless it is the `last` of all.
    fn pass(&mut self, bytes: &[u8], last: bool) -> io::Result<()> {
        let mut out = Vec::with_capacity(bytes.len() + 16);
        let mut at = 0;
        while at < bytes.len() {
            let left = &bytes[at..];
            match self.unit(left, last) {
                EscapeUnit::Plain(length) => {
                    out.extend_from_slice(&left[..length]);
                    at += length;
                }
                EscapeUnit::Char(char) => {
                    self.spell(char, &mut out);
                    at += char.len_utf8();
                }
                EscapeUnit::Invalid => {
                    out.extend_from_slice(format!("<{:02X}>", left[0]).as_bytes());
                    at += 1;
                }
                EscapeUnit::Open => {
                    self.rest = left.to_vec();
                    break;
                }
            }
        }
        self.inner.write_all(&out)
    }

    /// What stands at the beginning of `bytes`, which are not empty.
    fn unit(&self, bytes: &[u8], last: bool) -> EscapeUnit {
        let plain = harmless(&bytes[..bytes.len().min(FEW)]);
        match std::str::from_utf8(&bytes[..plain]) {
            Ok(text) if !text.is_empty() => return EscapeUnit::Plain(plain),
            Err(error) if error.valid_up_to() > 0 => return EscapeUnit::Plain(error.valid_up_to()),
            _ => {}
        }
        if bytes[0] == b'\x1b' && self.colour.get() {
            match colour(bytes) {
                Some(length) => return EscapeUnit::Plain(length),
                None if !last && bytes.len() < LONGEST && could_be_colour(bytes) => return EscapeUnit::Open,
                None => {}
            }
        }
        if bytes[0] == b'\r' {
            match bytes.get(1) {
                Some(b'\n') => return EscapeUnit::Plain(2),
                None if !last => return EscapeUnit::Open,
                _ => {}
            }
        }
        let head = &bytes[..bytes.len().min(4)];
        let char = match std::str::from_utf8(head) {
            Ok(text) => text.chars().next(),
            Err(error) if error.valid_up_to() > 0 => {
                std::str::from_utf8(&head[..error.valid_up_to()]).ok().and_then(|text| text.chars().next())
            }
            Err(error) if error.error_len().is_none() && !last => return EscapeUnit::Open,
            Err(_) => None,
        };
        match char {
            None => EscapeUnit::Invalid,
            Some(char) if spelled(char).is_some() && !matches!(char, '\n' | '\t') => EscapeUnit::Char(char),
            Some(char) => EscapeUnit::Plain(char.len_utf8()),
        }
    }

    fn spell(&self, char: char, out: &mut Vec<u8>) {
        let mut text = String::new();
        let mut units = [0; 2];
        // Writing to a string cannot fail.
        let _ = match self.form {
            EscapeForm::Text => write!(text, "{}", spelled(char).unwrap_or_default()),
            EscapeForm::Json => {
                char.encode_utf16(&mut units).iter().try_for_each(|unit| write!(text, "\\u{unit:04x}"))
            }
            EscapeForm::Xml => write!(text, "&#x{:x};", char as u32),
            EscapeForm::Exact => write!(text, "{char}"),
        };
        out.extend_from_slice(text.as_bytes());
    }
}

enum EscapeUnit {
    /// So many bytes that may pass.
    Plain(usize),
    /// A character that is spelled out.
    Char(char),
    /// A byte that is no text.
    Invalid,
    /// The next write decides.
    Open,
}

/// Bytes that are looked at in one go, so that a long text of odd bytes takes no longer.
const FEW: usize = 4096;
/// The longest colour that gomend or its help writes, in bytes.
const LONGEST: usize = 16;

/// The length of the colour that `bytes` begin with: bold, dimmed, italic, underlined, inverted, one
/// of sixteen colours, and the way back. Others could hide text.
fn colour(bytes: &[u8]) -> Option<usize> {
    let inside = bytes.strip_prefix(b"\x1b[")?;
    let end = inside.iter().take(LONGEST).position(|byte| *byte == b'm')?;
    let codes = std::str::from_utf8(&inside[..end]).ok()?;
    let known = |code: &str| {
        code.is_empty()
            || code.parse().is_ok_and(|code: u8| matches!(code, 0..=4 | 7 | 30..=37 | 39 | 90..=97))
    };
    codes.split(';').all(known).then_some(end + 3)
}

fn could_be_colour(bytes: &[u8]) -> bool {
    let inside = bytes.strip_prefix(b"\x1b[").unwrap_or_default();
    (bytes.len() < 2 || bytes[1] == b'[') && inside.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';'))
}

/// How many of `bytes` from the beginning hold no character that is ever spelled out, if
/// they are text.
fn harmless(bytes: &[u8]) -> usize {
    let suspicious = |byte: &u8| !matches!(byte, b'\n' | b'\t' | b' '..=b'~' | 0x80..=0xbf | 0xc3..=0xd7 | 0xd9..=0xe0 | 0xe3..=0xee);
    bytes.iter().position(suspicious).unwrap_or(bytes.len())
}

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.form == EscapeForm::Exact {
            return self.inner.write(bytes);
        }
        if self.rest.is_empty() {
            if harmless(bytes) == bytes.len() && std::str::from_utf8(bytes).is_ok() {
                self.inner.write_all(bytes)?;
            } else {
                self.pass(bytes, false)?;
            }
        } else {
            let joined = [std::mem::take(&mut self.rest), bytes.to_vec()].concat();
            self.pass(&joined, false)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            self.pass(&rest, true)?;
        }
        self.inner.flush()
    }
}

/// A page for people that `write` writes, with what a terminal would act upon spelled out.
///
/// # Errors
/// Those of `write`.
pub fn page(colour: bool, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut out = Escaped::new(Vec::new());
    out.set_colour(colour);
    write(&mut out)?;
    out.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: EscapeForm, colour: bool, parts: &[&[u8]]) -> String {
        let mut out = Escaped::new(Vec::new());
        out.form = form;
        out.set_colour(colour);
        for part in parts {
            out.write_all(part).unwrap();
        }
        String::from_utf8(out.into_inner().unwrap()).unwrap()
    }

    const FOREIGN: &str = "a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{200b}\u{7f}\r\u{e0041}é日\u{1f600}\tz\r\n";

    #[test]
    fn each_form_spells_out_what_a_terminal_acts_upon() {
        let text = written(EscapeForm::Text, false, &[FOREIGN.as_bytes()]);
        assert_eq!(text, "a^[]0;x^G<U+009B>2J<U+202E><U+200B>^?^M<U+E0041>é日\u{1f600}\tz\r\n");
        let json = serde_json::to_string(FOREIGN).unwrap();
        let text = written(EscapeForm::Json, false, &[json.as_bytes()]);
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), FOREIGN);
        assert!(text.chars().all(|char| spelled(char).is_none()), "{text:?}");
        assert_eq!(written(EscapeForm::Xml, false, &["\u{202e}\u{85}".as_bytes()]), "&#x202e;&#x85;");
        assert_eq!(written(EscapeForm::Exact, false, &[FOREIGN.as_bytes()]), FOREIGN);
    }

    #[test]
    fn the_parts_in_which_it_is_written_do_not_matter() {
        let coloured = format!("\x1b[1;31m{FOREIGN}\x1b[0m\x1b[8mhidden\x1b[12");
        for text in [FOREIGN, &coloured] {
            let whole = written(EscapeForm::Text, true, &[text.as_bytes()]);
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(written(EscapeForm::Text, true, &bytes), whole);
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(3).collect();
            assert_eq!(written(EscapeForm::Text, true, &bytes), whole);
        }
    }

    #[test]
    fn colours_pass_where_they_are_wanted_and_nothing_else_does() {
        let text: &[&[u8]] = &[b"\x1b[1m", b"x", b"\x1b[0m", b"\x1b[8m", b"\x1b[2J", b"\x1b"];
        assert_eq!(written(EscapeForm::Text, true, text), "\x1b[1mx\x1b[0m^[[8m^[[2J^[");
        assert_eq!(written(EscapeForm::Text, false, text), "^[[1mx^[[0m^[[8m^[[2J^[");
    }

    #[test]
    fn bytes_that_are_no_text_are_numbers() {
        assert_eq!(written(EscapeForm::Text, false, &[b"a\x9b31m\xff\xe2\x80"]), "a<9B>31m<FF><E2><80>");
    }
}
