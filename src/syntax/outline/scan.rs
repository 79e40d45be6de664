//! Finds where each top-level declaration begins and ends, and its names.
//!
//! At depth 0 (and in the parentheses of a group) it reads token by token, with
//! Go's rule for automatic semicolons; everything inside brackets is skipped
//! byte by byte. Linear: a stretch is read again at most once, after a bracket
//! that was never closed.

use super::brackets::{BracketMap, names_function};
use super::literal::unquoted;
use super::tokens::{TokenKind, Tokens, tokens};
use super::{Decl, DeclKind, Import, ImportDecl, Name, Outline};
use crate::text::Span;

impl Outline {
    /// The outline of a whole file, in one pass over `text`. Any text has one:
    /// what is no Go ends up in [`Outline::broken`] or in a declaration marked
    /// as broken.
    pub fn of(text: &str) -> Outline {
        scan(text, false)
    }

    /// Only byte order mark, header, package clause and imports: stops at the
    /// first declaration that is no import and does not look further.
    pub fn header_of(text: &str) -> Outline {
        scan(text, true)
    }
}

/// Reads a whole file, or only up to the first declaration that is no import.
fn scan(text: &str, header_only: bool) -> Outline {
    let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut scan = OutlineScan {
        text,
        tokens: tokens(text, Span::new(bom, text.len())),
        peeked: None,
        last_end: bom,
        last_ends: false,
        brackets: BracketMap::default(),
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
struct BrokenDecl;

struct OutlineScan<'t> {
    text: &'t str,
    tokens: Tokens<'t>,
    peeked: Option<Option<Lexeme>>,
    /// End of the last token taken.
    last_end: usize,
    /// Whether a line end after that token is a semicolon.
    last_ends: bool,
    brackets: BracketMap,
    out: Outline,
}

impl OutlineScan<'_> {
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
    fn specs(
        &mut self,
        broken: &mut bool,
        mut head: impl FnMut(&mut Self, &mut bool),
    ) -> Result<(), BrokenDecl> {
        if self.peek().is_none_or(|open| !self.is(open, "(")) {
            head(self, broken);
            return self.rest(false, broken);
        }
        self.bump();
        loop {
            let Some(next) = self.peek() else {
                return Err(BrokenDecl);
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
    fn rest(&mut self, in_group: bool, broken: &mut bool) -> Result<(), BrokenDecl> {
        while !self.at_end() {
            let Some(next) = self.peek() else {
                break;
            };
            match next.kind {
                TokenKind::Close if in_group && self.is(next, ")") => break,
                TokenKind::Keyword if self.begins_declaration(next) => return Err(BrokenDecl),
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

    /// Moves behind the bracket that closes `open`, which was just taken, or
    /// to the declaration that begins before it is closed.
    fn skip(&mut self, open: Lexeme, broken: &mut bool) -> Result<(), BrokenDecl> {
        let skipped = self.brackets.skip(self.text.as_bytes(), open.span.start);
        self.moved_to(skipped.end);
        *broken |= skipped.broken;
        if skipped.closed {
            return Ok(());
        }
        let inside = tokens(self.text, Span::new(open.span.start, skipped.end));
        let last = inside.filter(|(kind, _)| !kind.is_comment()).last();
        self.last_end = last.map_or(open.span.end, |(_, span)| span.end);
        Err(BrokenDecl)
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

    /// Takes the token that [`OutlineScan::peek`] showed.
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

#[cfg(test)]
mod tests;
