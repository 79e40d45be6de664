//! Go's tokens, one after the other, comments included; knows no grammar.

use memchr::{memchr, memchr3};

use crate::text::Span;

/// What a token is. Its text is `span.of(text)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An identifier, `_` included.
    Ident,
    /// One of Go's 25 keywords.
    Keyword,
    /// An integer, floating-point or imaginary literal.
    Number,
    /// An interpreted string literal.
    String,
    /// A raw string literal.
    RawString,
    /// A rune literal.
    Rune,
    /// `// ...` without the end of its line.
    LineComment,
    /// `/* ... */`
    BlockComment,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// Any other operator or punctuation, the longest that fits (`&^=`, `...`).
    Operator,
    /// A literal or block comment without its end. Strings and runes stop at
    /// the end of the line, raw strings and comments at the end of the text.
    Unterminated,
    /// A character that begins no Go token.
    Unknown,
}

impl TokenKind {
    /// Whether the token is a complete comment.
    pub fn is_comment(self) -> bool {
        matches!(self, TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// The tokens of a part of `text`, in order, comments included.
///
/// `span` has to begin where a token may begin. A token that reaches past the
/// end of `span` is cut there. Never panics: offsets past the end of the text
/// are taken as its end.
pub fn tokens(text: &str, span: Span) -> Tokens<'_> {
    let end = span.end.min(text.len());
    Tokens { bytes: &text.as_bytes()[..end], text, pos: span.start.min(end), newline: false }
}

/// Iterator over tokens, made by [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where the next token is looked for.
    pub(super) pos: usize,
    /// Whether a line ended since this was last set to false, be it inside a
    /// block comment.
    pub(super) newline: bool,
}

impl Iterator for Tokens<'_> {
    type Item = (TokenKind, Span);

    fn next(&mut self) -> Option<(TokenKind, Span)> {
        loop {
            match self.bytes.get(self.pos)? {
                b'\n' => self.newline = true,
                b' ' | b'\t' | b'\r' => {}
                _ => break,
            }
            self.pos += 1;
        }
        let start = self.pos;
        let kind = self.token(self.bytes[start]);
        Some((kind, Span::new(start, self.pos)))
    }
}

impl Tokens<'_> {
    /// Moves past the token that begins with `first` at `self.pos`.
    fn token(&mut self, first: u8) -> TokenKind {
        let start = self.pos;
        let (kind, end) = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => (TokenKind::Number, self.number()),
            b'.' if self.at(start + 1).is_ascii_digit() => (TokenKind::Number, self.number()),
            b'"' => end_of_quoted(self.bytes, start).kind(TokenKind::String),
            b'\'' => end_of_quoted(self.bytes, start).kind(TokenKind::Rune),
            b'`' => end_of_raw(self.bytes, start).kind(TokenKind::RawString),
            b'/' if self.at(start + 1) == b'/' => {
                (TokenKind::LineComment, end_of_line_comment(self.bytes, start))
            }
            b'/' if self.at(start + 1) == b'*' => {
                let (kind, end) = end_of_block_comment(self.bytes, start).kind(TokenKind::BlockComment);
                self.newline |= memchr(b'\n', &self.bytes[start..end]).is_some();
                (kind, end)
            }
            b'(' | b'[' | b'{' => (TokenKind::Open, start + 1),
            b')' | b']' | b'}' => (TokenKind::Close, start + 1),
            0x80.. => self.beyond_ascii(),
            _ => match operator(first, self.at(start + 1), self.at(start + 2)) {
                0 => (TokenKind::Unknown, start + 1),
                length => (TokenKind::Operator, start + length),
            },
        };
        self.pos = end.min(self.bytes.len());
        kind
    }

    fn at(&self, pos: usize) -> u8 {
        self.bytes.get(pos).copied().unwrap_or(0)
    }

    fn word(&self) -> (TokenKind, usize) {
        let end = self.end_of_identifier();
        let kind = if is_keyword(&self.bytes[self.pos..end]) { TokenKind::Keyword } else { TokenKind::Ident };
        (kind, end)
    }

    fn end_of_identifier(&self) -> usize {
        let mut pos = self.pos;
        while let Some(&byte) = self.bytes.get(pos) {
            if is_word_byte(byte) {
                pos += 1;
            } else if byte < 0x80 {
                break;
            } else {
                match self.char_at(pos) {
                    Some(letter) if letter.is_alphanumeric() => pos += letter.len_utf8(),
                    _ => break,
                }
            }
        }
        pos
    }

    fn char_at(&self, pos: usize) -> Option<char> {
        self.text.get(pos..)?.chars().next()
    }

    fn beyond_ascii(&self) -> (TokenKind, usize) {
        match self.char_at(self.pos) {
            Some(letter) if letter.is_alphabetic() => (TokenKind::Ident, self.end_of_identifier()),
            Some(other) => (TokenKind::Unknown, self.pos + other.len_utf8()),
            None => (TokenKind::Unknown, self.pos + 1),
        }
    }

    fn number(&self) -> usize {
        let mut pos = self.pos;
        let prefix = if self.at(pos) == b'0' { self.at(pos + 1) | 0x20 } else { 0 };
        let hex = prefix == b'x';
        if matches!(prefix, b'x' | b'o' | b'b') {
            pos += 2;
        }
        let digits = |mut pos: usize| {
            while self
                .bytes
                .get(pos)
                .is_some_and(|b| *b == b'_' || b.is_ascii_digit() || hex && b.is_ascii_hexdigit())
            {
                pos += 1;
            }
            pos
        };
        pos = digits(pos);
        if self.at(pos) == b'.' {
            pos = digits(pos + 1);
        }
        let exponent = self.at(pos) | 0x20;
        if exponent == b'p' || exponent == b'e' && !hex {
            pos += 1;
            if matches!(self.at(pos), b'+' | b'-') {
                pos += 1;
            }
            pos = digits(pos);
        }
        if self.at(pos) == b'i' { pos + 1 } else { pos }
    }
}

/// Where a delimited token ends and whether its delimiter was there.
pub(super) struct TokenEnd {
    pub(super) at: usize,
    pub(super) closed: bool,
}

impl TokenEnd {
    fn kind(self, kind: TokenKind) -> (TokenKind, usize) {
        (if self.closed { kind } else { TokenKind::Unterminated }, self.at)
    }
}

/// The end of the string or rune literal that begins at `start`.
#[inline]
pub(super) fn end_of_quoted(bytes: &[u8], start: usize) -> TokenEnd {
    let quote = bytes[start];
    let mut pos = start + 1;
    loop {
        match memchr3(quote, b'\\', b'\n', &bytes[pos..]) {
            None => return TokenEnd { at: bytes.len(), closed: false },
            Some(skipped) => pos += skipped,
        }
        match bytes[pos] {
            b'\n' => return TokenEnd { at: pos, closed: false },
            // An escaped line end ends the literal like any other.
            b'\\' if bytes.get(pos + 1) == Some(&b'\n') => return TokenEnd { at: pos + 1, closed: false },
            b'\\' => pos = (pos + 2).min(bytes.len()),
            _ => return TokenEnd { at: pos + 1, closed: true },
        }
    }
}

/// The end of the raw string that begins at `start`.
#[inline]
pub(super) fn end_of_raw(bytes: &[u8], start: usize) -> TokenEnd {
    match memchr(b'`', &bytes[start + 1..]) {
        Some(length) => TokenEnd { at: start + length + 2, closed: true },
        None => TokenEnd { at: bytes.len(), closed: false },
    }
}

/// The end of the `//` comment that begins at `start`: before its `\n` or `\r\n`.
#[inline]
pub(super) fn end_of_line_comment(bytes: &[u8], start: usize) -> usize {
    let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
    if bytes[end - 1] == b'\r' { end - 1 } else { end }
}

/// The end of the `/*` comment that begins at `start`.
#[inline]
pub(super) fn end_of_block_comment(bytes: &[u8], start: usize) -> TokenEnd {
    let mut pos = start + 2;
    while let Some(skipped) = memchr(b'*', &bytes[pos..]) {
        pos += skipped + 1;
        if bytes.get(pos) == Some(&b'/') {
            return TokenEnd { at: pos + 1, closed: true };
        }
    }
    TokenEnd { at: bytes.len(), closed: false }
}

/// Whether an ASCII byte continues an identifier.
#[inline]
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the word is one of Go's keywords.
pub fn is_keyword(word: &[u8]) -> bool {
    match word.len() {
        2 => matches!(word, b"if" | b"go"),
        3 => matches!(word, b"for" | b"var" | b"map"),
        4 => matches!(word, b"func" | b"case" | b"chan" | b"else" | b"goto" | b"type"),
        5 => matches!(word, b"break" | b"const" | b"defer" | b"range"),
        6 => matches!(word, b"return" | b"import" | b"select" | b"struct" | b"switch"),
        7 => matches!(word, b"default" | b"package"),
        8 => word == b"continue",
        9 => word == b"interface",
        11 => word == b"fallthrough",
        _ => false,
    }
}

/// Length of the longest operator that begins with these three bytes; 0 when
/// none does.
fn operator(first: u8, second: u8, third: u8) -> usize {
    match (first, second, third) {
        (b'<', b'<', b'=') | (b'>', b'>', b'=') | (b'&', b'^', b'=') | (b'.', b'.', b'.') => 3,
        (b'&', b'&' | b'^', _)
        | (b'|', b'|', _)
        | (b'<', b'<' | b'-', _)
        | (b'>', b'>', _)
        | (b'+', b'+', _)
        | (b'-', b'-', _)
        | (
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b':' | b'=' | b'!' | b'<' | b'>',
            b'=',
            _,
        ) => 2,
        (
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>' | b'=' | b'!' | b'.' | b','
            | b';' | b':' | b'~',
            _,
            _,
        ) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text, Span::new(0, text.len())).map(|(kind, span)| (kind, span.of(text))).collect()
    }

    #[test]
    fn tells_the_kinds_apart() {
        use TokenKind::*;
        assert_eq!(
            lexed("x1 := func(é int) { /* a\n*/ } // b\r\n\"\\\"\" `\n` '\\'' \u{a0}#"),
            [
                (Ident, "x1"),
                (Operator, ":="),
                (Keyword, "func"),
                (Open, "("),
                (Ident, "é"),
                (Ident, "int"),
                (Close, ")"),
                (Open, "{"),
                (BlockComment, "/* a\n*/"),
                (Close, "}"),
                (LineComment, "// b"),
                (String, "\"\\\"\""),
                (RawString, "`\n`"),
                (Rune, "'\\''"),
                (Unknown, "\u{a0}"),
                (Unknown, "#"),
            ]
        );
    }

    #[test]
    fn numbers_end_where_go_ends_them() {
        for (text, first) in [
            ("1.\n", "1."),
            ("1..", "1."),
            (".5e-3i+1", ".5e-3i"),
            ("0x1e+2", "0x1e"),
            ("0x1p+2)", "0x1p+2"),
            ("0b1_0,", "0b1_0"),
            ("1e5.x", "1e5"),
            ("08.5]", "08.5"),
        ] {
            assert_eq!(lexed(text)[0], (TokenKind::Number, first), "{text}");
        }
    }

    #[test]
    fn operators_are_the_longest_that_fit() {
        let texts: Vec<_> = lexed("a+++b &^= <-c ... x.y <<= ~T").into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["a", "++", "+", "b", "&^=", "<-", "c", "...", "x", ".", "y", "<<=", "~", "T"]);
    }

    #[test]
    fn what_has_no_end_says_so() {
        use TokenKind::*;
        assert_eq!(lexed("\"a\nb"), [(Unterminated, "\"a"), (Ident, "b")]);
        assert_eq!(lexed("\"a\\\nb"), [(Unterminated, "\"a\\"), (Ident, "b")]);
        assert_eq!(lexed("'\\"), [(Unterminated, "'\\")]);
        assert_eq!(lexed("`a\nb"), [(Unterminated, "`a\nb")]);
        assert_eq!(lexed("/*/ x"), [(Unterminated, "/*/ x")]);
    }

    #[test]
    fn a_part_of_the_text_keeps_its_offsets() {
        let text = "aé = `b`";
        assert_eq!(tokens(text, Span::new(3, 7)).count(), 2);
        assert_eq!(tokens(text, Span::new(4, 99)).next(), Some((TokenKind::Operator, Span::new(4, 5))));
        assert_eq!(tokens(text, Span::new(98, 99)).next(), None);
    }
}
