//! The `//` comments of a text, told from strings, runes and block comments.
//!
//! Goes by bytes and knows just enough of Go for that; broken code costs at
//! most the comments up to where the literals pair up again.

use crate::text::Span;
use memchr::{memchr, memmem};

/// One `//` comment.
pub(super) struct Comment<'t> {
    /// From the first slash to before the line end.
    pub(super) span: Span,
    /// What follows the two slashes.
    pub(super) text: &'t str,
    /// Only blanks stand before it on its line.
    pub(super) alone: bool,
}

/// The `//` comments of `text`, in order.
pub(super) fn of(text: &str) -> Vec<Comment<'_>> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match (byte, bytes.get(at + 1)) {
            (b'/', Some(b'/')) => {
                let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len);
                let end = if text[..end].ends_with('\r') { end - 1 } else { end };
                let alone = stands_alone(&text[..at]);
                comments.push(Comment { span: Span::new(at, end), text: &text[at + 2..end], alone });
                end
            }
            (b'/', Some(b'*')) => {
                memmem::find(&bytes[at + 2..], b"*/").map_or(bytes.len(), |len| at + len + 4)
            }
            (b'`', _) => memchr(b'`', &bytes[at + 1..]).map_or(bytes.len(), |len| at + len + 2),
            (b'"' | b'\'', _) => after_literal(bytes, at),
            _ => at + 1,
        };
    }
    comments
}

/// Where the package clause begins, behind blanks and comments, if there is one.
pub(super) fn package_clause(text: &str) -> Option<usize> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_ascii_start();
    loop {
        let after = if rest.starts_with("//") {
            memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            memmem::find(&rest.as_bytes()[2..], b"*/").map_or(rest.len(), |at| at + 4)
        } else {
            return rest.starts_with("package").then_some(text.len() - rest.len());
        };
        rest = rest[after..].trim_ascii_start();
    }
}

fn stands_alone(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim_start_matches('\u{feff}').trim_ascii().is_empty()
}

/// Past the string or rune that starts at `at`; one that is not closed ends with
/// its line.
fn after_literal(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            b'\\' if bytes.get(at + 1) != Some(&b'\n') => at += 2,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
