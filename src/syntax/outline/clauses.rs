//! The clauses above the declarations, read as strictly as Go reads them.
//!
//! The outline takes what it can of any text, so that a file under work is of use. What a
//! fix writes must be Go: each import is ended by a semicolon or a line end, and nothing is
//! empty.

use super::tokens::{TokenKind, tokens};
use crate::text::Span;

/// Where the package clause or the imports of `text` are no Go; `None` when they are.
pub fn clause_fault(text: &str) -> Option<Span> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut clauses = Clauses { text, tokens: Vec::new(), at: 0 };
    let mut newline = false;
    let mut end = start;
    for (kind, span) in tokens(text, Span::new(start, text.len())) {
        newline |= text[end..span.start].contains('\n');
        end = span.end;
        if kind.is_comment() {
            // A comment over several lines ends a statement as a line end does.
            newline |= span.of(text).contains('\n');
            continue;
        }
        let word = span.of(text);
        clauses.tokens.push(ClauseToken { kind, span, newline });
        newline = false;
        let other = kind == TokenKind::Keyword && !matches!(word, "package" | "import");
        if other || matches!(kind, TokenKind::Unterminated | TokenKind::Unknown) {
            break;
        }
    }
    clauses.read().err()
}

struct ClauseToken {
    kind: TokenKind,
    span: Span,
    /// Whether a line end stands before it.
    newline: bool,
}

struct Clauses<'t> {
    text: &'t str,
    tokens: Vec<ClauseToken>,
    at: usize,
}

impl Clauses<'_> {
    fn read(&mut self) -> Result<(), Span> {
        self.word("package")?;
        self.kind(&[TokenKind::Ident])?;
        self.ended("")?;
        while self.is("import") {
            self.at += 1;
            if self.is("(") {
                self.at += 1;
                while !self.is(")") {
                    self.spec()?;
                    self.ended(")")?;
                }
                self.at += 1;
            } else {
                self.spec()?;
            }
            self.ended("")?;
        }
        match self.tokens.get(self.at) {
            Some(token) if token.kind != TokenKind::Keyword => Err(token.span),
            _ => Ok(()),
        }
    }

    fn spec(&mut self) -> Result<(), Span> {
        if self.is(".") || self.tokens.get(self.at).is_some_and(|token| token.kind == TokenKind::Ident) {
            self.at += 1;
        }
        self.kind(&[TokenKind::String, TokenKind::RawString])
    }

    /// What stands here must end: at a semicolon, at a line end, before `close` or at the
    /// end of the text.
    fn ended(&mut self, close: &str) -> Result<(), Span> {
        match self.tokens.get(self.at) {
            None => Ok(()),
            Some(token) if token.newline => Ok(()),
            Some(token) => match token.span.of(self.text) {
                ";" => {
                    self.at += 1;
                    Ok(())
                }
                text if text == close => Ok(()),
                _ => Err(token.span),
            },
        }
    }

    fn is(&self, text: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.span.of(self.text) == text)
    }

    fn word(&mut self, word: &str) -> Result<(), Span> {
        if self.is(word) {
            self.at += 1;
            return Ok(());
        }
        Err(self.here())
    }

    fn kind(&mut self, kinds: &[TokenKind]) -> Result<(), Span> {
        match self.tokens.get(self.at) {
            Some(token) if kinds.contains(&token.kind) => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.here()),
        }
    }

    fn here(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::at(self.text.len()), |token| token.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_as_go_reads_them() {
        for good in [
            "package p",
            "\u{feff}package p; import \"a\"; import (b \"b\"; . \"c\"\n_ `d`)\nfunc f() {}\n",
            "// why\npackage p // why\n\nimport (\n)\n\nimport ()\nvar x = 1\n",
            "package p\nimport (\n\t\"a\" /* why\n\tit is here */\n\t\"b\" /* why\n */ \"c\"\n)\n",
        ] {
            assert_eq!(clause_fault(good), None, "{good:?}");
        }
        for (bad, at) in [
            ("", 0),
            ("package p import \"a\"\n", 10),
            ("package p\nimport (\n\t; \"a\"\n)\n", 20),
            ("package p\nimport (\"a\" \"b\")\n", 22),
            ("package p\nimport (\"a\";; \"b\")\n", 22),
            ("package p\nimport (\"a\" /* why */ \"b\")\n", 32),
            ("package p\n;import \"a\"\n", 10),
            ("package p\nimport \"a\" func f() {}\n", 21),
        ] {
            assert_eq!(clause_fault(bad).map(|span| span.start), Some(at), "{bad:?}");
        }
    }
}
