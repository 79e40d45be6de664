//! Skips what stands between brackets byte by byte, and finds the way back
//! where a bracket is never closed.

use super::tokens::{end_of_block_comment, end_of_line_comment, end_of_quoted, end_of_raw, is_word_byte};

/// How far a line is looked at to tell a method from a function literal.
const RECEIVER_LIMIT: usize = 256;

/// Skips brackets of one file, from its beginning to its end.
#[derive(Default)]
pub(super) struct BracketMap {
    /// The closing brackets that are awaited; kept to spare allocations.
    closers: Vec<u8>,
    /// Before this offset a bracket is known to stay open, so that the first
    /// line that looks like a declaration is taken for one. It is also why no
    /// stretch is read a third time.
    strict_until: usize,
}

/// Where skipping ended.
pub(super) struct SkippedBrackets {
    /// Behind the closing bracket, or where the next declaration begins.
    pub(super) end: usize,
    /// Whether the closing bracket was found.
    pub(super) closed: bool,
    /// Whether something on the way was unbalanced or unterminated.
    pub(super) broken: bool,
}

impl BracketMap {
    /// From the bracket at `open` to behind the one that closes it.
    ///
    /// A wrong closing bracket only marks what was skipped as broken; one that
    /// never comes ends it at the first line that looks like a declaration.
    pub(super) fn skip(&mut self, bytes: &[u8], open: usize) -> SkippedBrackets {
        let mut pos = open + 1;
        let mut awaited = [0usize; 3];
        let mut broken = false;
        // Where the declaration may have ended if the bracket stays open.
        let mut resume = None;
        let mut strict = false;
        self.closers.clear();
        self.closers.push(closer(bytes[open]));
        awaited[slot(bytes[open])] += 1;
        let failed_at = loop {
            match bytes[pos..].iter().position(|byte| CLASS[usize::from(*byte)] != 0) {
                Some(skipped) => pos += skipped,
                None => break bytes.len(),
            }
            let byte = bytes[pos];
            match CLASS[usize::from(byte)] {
                OPEN => {
                    self.closers.push(closer(byte));
                    awaited[slot(byte)] += 1;
                    pos += 1;
                }
                CLOSE => {
                    pos += 1;
                    if self.closers.last() != Some(&byte) {
                        broken = true;
                        strict = true;
                        if awaited[slot(byte)] == 0 {
                            continue;
                        }
                    }
                    while let Some(closed) = self.closers.pop() {
                        awaited[slot(closed)] -= 1;
                        if closed == byte {
                            break;
                        }
                    }
                    if self.closers.is_empty() {
                        return SkippedBrackets { end: pos, closed: true, broken };
                    }
                }
                NEWLINE => {
                    pos += 1;
                    match looks_like_declaration(bytes, pos) {
                        None => {}
                        Some(true) => break pos,
                        Some(false) if strict || pos < self.strict_until => break pos,
                        Some(false) => {
                            resume.get_or_insert(pos);
                        }
                    }
                }
                QUOTE => {
                    let end = if byte == b'`' { end_of_raw(bytes, pos) } else { end_of_quoted(bytes, pos) };
                    broken |= !end.closed;
                    pos = end.at;
                }
                _ => match bytes.get(pos + 1) {
                    Some(b'/') => pos = end_of_line_comment(bytes, pos),
                    Some(b'*') => {
                        let end = end_of_block_comment(bytes, pos);
                        broken |= !end.closed;
                        pos = end.at;
                    }
                    _ => pos += 1,
                },
            }
        };
        self.strict_until = self.strict_until.max(failed_at);
        SkippedBrackets { end: resume.unwrap_or(failed_at), closed: false, broken: true }
    }
}

const OPEN: u8 = 1;
const CLOSE: u8 = 2;
const NEWLINE: u8 = 3;
const QUOTE: u8 = 4;
const SLASH: u8 = 5;

/// The bytes at which skipping brackets has to stop.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    class[b'(' as usize] = OPEN;
    class[b'[' as usize] = OPEN;
    class[b'{' as usize] = OPEN;
    class[b')' as usize] = CLOSE;
    class[b']' as usize] = CLOSE;
    class[b'}' as usize] = CLOSE;
    class[b'\n' as usize] = NEWLINE;
    class[b'"' as usize] = QUOTE;
    class[b'\'' as usize] = QUOTE;
    class[b'`' as usize] = QUOTE;
    class[b'/' as usize] = SLASH;
    class
};

fn closer(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn slot(bracket: u8) -> usize {
    match bracket {
        b'(' | b')' => 0,
        b'[' | b']' => 1,
        _ => 2,
    }
}

/// Whether a line that begins at `pos` inside brackets begins a declaration:
/// surely (`Some(true)`: no Go has this inside brackets), or only if a bracket
/// was left open before it (`Some(false)`: a local declaration or a function
/// literal that nobody indented).
#[inline]
fn looks_like_declaration(bytes: &[u8], pos: usize) -> Option<bool> {
    if !matches!(bytes.get(pos)?, b'f' | b'v' | b'c' | b't' | b'i') {
        return None;
    }
    let line = &bytes[pos..];
    let length = line.iter().take(8).position(|byte| !is_word_byte(*byte) && *byte < 0x80)?;
    match &line[..length] {
        b"func" => Some(names_function(bytes, pos + length)),
        b"import" => Some(true),
        b"var" | b"const" | b"type" => Some(false),
        _ => None,
    }
}

/// Whether the text behind a `func` at `pos` is that of a named function or of
/// a method, which a function literal or type never has.
pub(super) fn names_function(bytes: &[u8], pos: usize) -> bool {
    let line = &bytes[pos..bytes.len().min(pos + RECEIVER_LIMIT)];
    let name = |byte: &u8| is_word_byte(*byte) || *byte >= 0x80;
    let line = line.trim_ascii_start();
    if line.first() != Some(&b'(') {
        return line.first().is_some_and(name);
    }
    let mut depth = 0usize;
    for (index, byte) in line.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => {
                let behind = line[index + 1..].trim_ascii_start();
                let length = behind.iter().position(|byte| !name(byte)).unwrap_or(behind.len());
                return length > 0
                    && &behind[..length] != b"func"
                    && behind[length..].trim_ascii_start().first() == Some(&b'(');
            }
            b')' => depth -= 1,
            b'\n' => return false,
            _ => {}
        }
    }
    false
}
