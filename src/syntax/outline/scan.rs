//! Finds where each top-level declaration begins and ends, and its names.
//!
//! At depth 0 (and in the parentheses of a group) it reads token by token, with
//! Go's rule for automatic semicolons; everything inside brackets is skipped
//! byte by byte. Linear: a stretch is read again at most once, after a bracket
//! that was never closed.

use super::tokens::{
    TokenKind, Tokens, end_of_block_comment, end_of_line_comment, end_of_quoted, end_of_raw, is_word_byte,
    tokens,
};
use super::{Decl, DeclKind, Import, ImportDecl, Name, Outline};
use crate::text::Span;

/// How far a line is looked at to tell a method from a function literal.
const RECEIVER_LIMIT: usize = 256;

/// Reads a whole file, or only up to the first declaration that is no import.
pub(super) fn scan(text: &str, header_only: bool) -> Outline {
    let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut scan = Scan {
        text,
        tokens: tokens(text, Span::new(bom, text.len())),
        peeked: None,
        last_end: bom,
        last_ends: false,
        closers: Vec::new(),
        strict_until: 0,
        out: Outline { bom, header: Span::at(bom), ..Outline::default() },
    };
    scan.file(header_only);
    scan.out
}

/// A token that is no comment.
#[derive(Clone, Copy)]
struct Lexeme {
    kind: TokenKind,
    span: Span,
    /// Whether a line ended between the token before and this one.
    newline: bool,
}

/// A bracket was never closed, or a declaration began before this one ended.
struct Broken;

struct Scan<'t> {
    text: &'t str,
    tokens: Tokens<'t>,
    peeked: Option<Option<Lexeme>>,
    /// End of the last token taken.
    last_end: usize,
    /// Whether a line end after that token is a semicolon.
    last_ends: bool,
    /// The closing brackets that are awaited; kept to spare allocations.
    closers: Vec<u8>,
    /// Before this offset a bracket is known to stay open, so that the first
    /// line that looks like a declaration is one.
    strict_until: usize,
    out: Outline,
}

impl Scan<'_> {
    fn file(&mut self, header_only: bool) {
        let mut started = false;
        while let Some(first) = self.peek() {
            let word = if first.kind == TokenKind::Keyword { first.span.of(self.text) } else { "" };
            if !started {
                self.out.header = Span::new(self.out.bom, first.span.start);
            }
            match word {
                "package" if !started => self.package(),
                "import" => self.import(),
                "func" | "var" | "const" | "type" if header_only => return,
                "func" => self.func(),
                "var" => self.group(DeclKind::Var),
                "const" => self.group(DeclKind::Const),
                "type" => self.group(DeclKind::Type),
                _ if self.is(first, ";") => {}
                _ => self.stray(first),
            }
            started = true;
            self.end_statement();
        }
        if !started {
            self.out.header = Span::new(self.out.bom, self.text.len());
        }
    }

    fn package(&mut self) {
        let keyword = self.bump();
        if let Some(name) = self.peek().filter(|name| name.kind == TokenKind::Ident) {
            self.bump();
            self.out.package = Some(self.name(name));
            if self.at_end() {
                return;
            }
        }
        let _ = self.rest(false, &mut false);
        self.out.broken.push(Span::new(keyword.span.start, self.last_end));
    }

    /// Something that begins no declaration, up to the next semicolon.
    fn stray(&mut self, first: Lexeme) {
        // A keyword that ends a declaration must not end this one unread.
        if first.kind == TokenKind::Keyword {
            self.bump();
        }
        let _ = self.rest(false, &mut false);
        self.out.broken.push(Span::new(first.span.start, self.last_end));
    }

    fn func(&mut self) {
        let keyword = self.bump();
        let mut decl = Decl {
            kind: DeclKind::Func,
            span: keyword.span,
            names: Vec::new(),
            receiver: None,
            broken: false,
        };
        let mut whole = Ok(());
        if let Some(open) = self.peek().filter(|open| self.is(*open, "(")) {
            decl.kind = DeclKind::Method;
            self.bump();
            whole = self.skip(open, &mut decl.broken);
            if whole.is_ok() {
                decl.receiver = self.receiver(Span::new(open.span.end, self.last_end - 1));
            }
        }
        if whole.is_ok() {
            match self.peek() {
                Some(name) if name.kind == TokenKind::Ident => {
                    self.bump();
                    decl.names.push(self.name(name));
                }
                _ => decl.broken = true,
            }
            whole = self.rest(false, &mut decl.broken);
        }
        decl.broken |= whole.is_err();
        decl.span.end = self.last_end;
        if decl.names.is_empty() {
            self.out.broken.push(decl.span);
        } else {
            self.out.decls.push(decl);
        }
    }

    /// The last identifier before type parameters: the base type in `(t T)`,
    /// `(*T)`, `(t *T[K, V])` and `((*T))`. A type without a name has none.
    fn receiver(&self, inner: Span) -> Option<String> {
        let mut depth = 0usize;
        let mut bracketed = false;
        let mut base = None;
        for (kind, span) in tokens(self.text, inner) {
            match (kind, span.of(self.text)) {
                (TokenKind::Open, "[") => {
                    depth += 1;
                    bracketed = true;
                }
                (TokenKind::Close, "]") => depth = depth.saturating_sub(1),
                (TokenKind::Keyword, _) if depth == 0 => return None,
                (TokenKind::Ident, _) if depth == 0 && bracketed => return None,
                (TokenKind::Ident, name) if depth == 0 => base = Some(name),
                _ => {}
            }
        }
        base.map(str::to_owned)
    }

    fn group(&mut self, kind: DeclKind) {
        let keyword = self.bump();
        let mut decl = Decl { kind, span: keyword.span, names: Vec::new(), receiver: None, broken: false };
        let whole = self.specs(&mut decl.broken, |scan, broken| {
            let mut named = false;
            while let Some(name) = scan.peek().filter(|name| name.kind == TokenKind::Ident) {
                scan.bump();
                named = true;
                decl.names.push(scan.name(name));
                match scan.peek() {
                    Some(comma) if kind != DeclKind::Type && scan.is(comma, ",") => scan.bump(),
                    _ => break,
                };
            }
            *broken |= !named;
        });
        decl.broken |= whole.is_err();
        decl.span.end = self.last_end;
        self.out.decls.push(decl);
    }

    fn import(&mut self) {
        let keyword = self.bump();
        let group = self.peek().filter(|open| self.is(*open, "("));
        let index = self.out.import_decls.len();
        let mut broken = false;
        let whole = self.specs(&mut broken, |scan, broken| {
            let name =
                scan.peek().filter(|name| name.kind == TokenKind::Ident || scan.is(*name, ".")).map(|name| {
                    scan.bump();
                    scan.name(name)
                });
            match scan.peek() {
                Some(path) if matches!(path.kind, TokenKind::String | TokenKind::RawString) => {
                    scan.bump();
                    let start = name.as_ref().map_or(path.span.start, |name| name.span.start);
                    scan.out.imports.push(Import {
                        span: Span::new(start, path.span.end),
                        name,
                        path: unquoted(path.span.of(scan.text)),
                        decl: index,
                    });
                    *broken |= !scan.at_end() && !scan.at_close();
                }
                _ => *broken = true,
            }
        });
        let span = Span::new(keyword.span.start, self.last_end);
        if broken || whole.is_err() {
            self.out.broken.push(span);
        }
        let closed = self.text[..span.end].ends_with(')');
        let group = group.map(|open| Span::new(open.span.end, if closed { span.end - 1 } else { span.end }));
        self.out.import_decls.push(ImportDecl { span, group });
    }

    /// One spec, or all specs between parentheses; `head` reads what stands at
    /// the beginning of each, the rest is skipped.
    fn specs(&mut self, broken: &mut bool, mut head: impl FnMut(&mut Self, &mut bool)) -> Result<(), Broken> {
        if self.peek().is_none_or(|open| !self.is(open, "(")) {
            head(self, broken);
            return self.rest(false, broken);
        }
        self.bump();
        loop {
            let Some(next) = self.peek() else {
                return Err(Broken);
            };
            if self.is(next, ")") {
                self.bump();
                break;
            }
            if !self.is(next, ";") {
                head(self, broken);
                self.rest(true, broken)?;
            }
            self.end_statement();
        }
        if !self.at_end() {
            *broken = true;
        }
        self.rest(false, broken)
    }

    /// Takes everything up to the semicolon, or in a group up to its closing
    /// parenthesis.
    fn rest(&mut self, in_group: bool, broken: &mut bool) -> Result<(), Broken> {
        while !self.at_end() {
            let Some(next) = self.peek() else {
                break;
            };
            match next.kind {
                TokenKind::Close if in_group && self.is(next, ")") => break,
                TokenKind::Keyword if self.begins_declaration(next) => return Err(Broken),
                TokenKind::Open => {
                    self.bump();
                    self.skip(next, broken)?;
                    continue;
                }
                TokenKind::Close | TokenKind::Unterminated | TokenKind::Unknown => *broken = true,
                _ => {}
            }
            self.bump();
        }
        Ok(())
    }

    /// Whether this keyword, met outside brackets and behind the beginning of
    /// a declaration, can only begin another one.
    fn begins_declaration(&self, keyword: Lexeme) -> bool {
        match keyword.span.of(self.text) {
            "var" | "const" | "type" | "import" => true,
            "func" => names_function(self.text.as_bytes(), keyword.span.end),
            _ => false,
        }
    }

    /// Moves behind the bracket that closes `open`, which was just taken.
    ///
    /// A wrong closing bracket marks the declaration as broken; one that never
    /// comes ends it at the first line that looks like a declaration.
    fn skip(&mut self, open: Lexeme, broken: &mut bool) -> Result<(), Broken> {
        let bytes = self.text.as_bytes();
        let mut pos = open.span.end;
        let mut awaited = [0usize; 3];
        // Where the declaration may have ended if the bracket stays open.
        let mut resume = None;
        let mut strict = false;
        self.closers.clear();
        self.closers.push(closer(bytes[open.span.start]));
        awaited[slot(bytes[open.span.start])] += 1;
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
                        *broken = true;
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
                        self.moved_to(pos);
                        return Ok(());
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
                    *broken |= !end.closed;
                    pos = end.at;
                }
                _ => match bytes.get(pos + 1) {
                    Some(b'/') => pos = end_of_line_comment(bytes, pos),
                    Some(b'*') => {
                        let end = end_of_block_comment(bytes, pos);
                        *broken |= !end.closed;
                        pos = end.at;
                    }
                    _ => pos += 1,
                },
            }
        };
        *broken = true;
        let resume = resume.unwrap_or(failed_at);
        self.strict_until = self.strict_until.max(failed_at);
        let skipped = tokens(self.text, Span::new(open.span.start, resume));
        let last = skipped.filter(|(kind, _)| !kind.is_comment()).last();
        self.moved_to(resume);
        self.last_end = last.map_or(open.span.end, |(_, span)| span.end);
        Err(Broken)
    }

    /// Continues at `pos`, behind something that ends a statement.
    fn moved_to(&mut self, pos: usize) {
        self.tokens.pos = pos;
        self.tokens.newline = false;
        self.peeked = None;
        self.last_end = pos;
        self.last_ends = true;
    }

    fn peek(&mut self) -> Option<Lexeme> {
        if let Some(peeked) = self.peeked {
            return peeked;
        }
        self.tokens.newline = false;
        let next = loop {
            match self.tokens.next() {
                Some((kind, _)) if kind.is_comment() => {}
                Some((kind, span)) => break Some(Lexeme { kind, span, newline: self.tokens.newline }),
                None => break None,
            }
        };
        self.peeked = Some(next);
        next
    }

    /// Takes the token that [`Scan::peek`] showed.
    fn bump(&mut self) -> Lexeme {
        let taken = self.peek().expect("only a token that was seen is taken");
        self.peeked = None;
        self.last_end = taken.span.end;
        self.last_ends = match taken.kind {
            TokenKind::Keyword => {
                matches!(taken.span.of(self.text), "break" | "continue" | "fallthrough" | "return")
            }
            TokenKind::Operator => matches!(taken.span.of(self.text), "++" | "--"),
            TokenKind::Open => false,
            _ => true,
        };
        taken
    }

    /// Whether a semicolon comes next: a written one, an automatic one, or
    /// the end of the file.
    fn at_end(&mut self) -> bool {
        match self.peek() {
            None => true,
            Some(next) => next.newline && self.last_ends || self.is(next, ";"),
        }
    }

    fn at_close(&mut self) -> bool {
        self.peek().is_some_and(|next| self.is(next, ")"))
    }

    /// Takes the semicolon, if there is one.
    fn end_statement(&mut self) {
        if let Some(next) = self.peek()
            && self.is(next, ";")
        {
            self.bump();
        }
        self.last_ends = false;
    }

    fn is(&self, lexeme: Lexeme, text: &str) -> bool {
        lexeme.span.of(self.text) == text
    }

    fn name(&self, lexeme: Lexeme) -> Name {
        Name { text: lexeme.span.of(self.text).to_owned(), span: lexeme.span }
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
fn names_function(bytes: &[u8], pos: usize) -> bool {
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

/// The value of a string literal. Import paths hold no escapes in practice;
/// an unknown one is kept as it is written.
fn unquoted(literal: &str) -> String {
    let inner = &literal[1..literal.len() - 1];
    if literal.starts_with('`') || !inner.contains('\\') {
        // Carriage returns are dropped from the value of a raw string.
        return if inner.contains('\r') { inner.replace('\r', "") } else { inner.to_owned() };
    }
    let mut value = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        value.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let (digits, radix, wide) = match rest.as_bytes().first() {
            Some(b'x') => (rest.get(1..3), 16, false),
            Some(b'u') => (rest.get(1..5), 16, true),
            Some(b'U') => (rest.get(1..9), 16, true),
            Some(b'0'..=b'7') => (rest.get(..3), 8, false),
            _ => (None, 10, false),
        };
        let code = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        match (code, digits) {
            (Some(code), Some(digits)) => {
                match (wide, char::from_u32(code)) {
                    (true, Some(letter)) => {
                        value.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes())
                    }
                    _ => value.push(code as u8),
                }
                rest = &rest[digits.len() + usize::from(radix == 16)..];
            }
            _ => {
                // `\\` and `\"` stand for the second character.
                let kept = rest.chars().next().map_or(0, char::len_utf8);
                value.extend_from_slice(&rest.as_bytes()[..kept]);
                rest = &rest[kept..];
            }
        }
    }
    value.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&value).into_owned()
}

#[cfg(test)]
mod tests;
