//! The tokens of one declaration without its comments, to look around in.

use super::tokens::{TokenKind, tokens};
use crate::text::Span;
use std::cell::OnceCell;
use std::collections::HashSet;

/// The tokens of a top-level declaration, comments left out.
#[derive(Clone, Debug)]
pub struct DeclTokens<'t> {
    text: &'t str,
    tokens: Vec<(TokenKind, Span)>,
    brackets: OnceCell<CodeBrackets>,
    ranged: OnceCell<HashSet<&'t str>>,
    words: OnceCell<HashSet<&'t str>>,
}

/// Which brackets belong together.
#[derive(Clone, Debug)]
struct CodeBrackets {
    /// For each token the innermost bracket that is open before it.
    around: Vec<Option<u32>>,
    /// For each opening bracket the one that closes it.
    close: Vec<Option<u32>>,
}

impl CodeBrackets {
    fn of(tokens: &[(TokenKind, Span)]) -> CodeBrackets {
        let mut open: Vec<u32> = Vec::new();
        let mut around = Vec::with_capacity(tokens.len());
        let mut close = vec![None; tokens.len()];
        for (at, (kind, _)) in tokens.iter().enumerate() {
            around.push(open.last().copied());
            match kind {
                TokenKind::Open => open.push(at as u32),
                TokenKind::Close => {
                    if let Some(opened) = open.pop() {
                        close[opened as usize] = Some(at as u32);
                    }
                }
                _ => {}
            }
        }
        CodeBrackets { around, close }
    }
}

impl<'t> DeclTokens<'t> {
    /// The tokens of `span`, which has to begin where a token begins.
    pub fn of(text: &'t str, span: Span) -> DeclTokens<'t> {
        let tokens = tokens(text, span).filter(|(kind, _)| !kind.is_comment()).collect();
        DeclTokens {
            text,
            tokens,
            brackets: OnceCell::new(),
            ranged: OnceCell::new(),
            words: OnceCell::new(),
        }
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The text of the token at `index`, empty past either end.
    pub fn text(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |(_, span)| span.of(self.text))
    }

    /// The kind of the token at `index`.
    pub fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|(kind, _)| *kind)
    }

    /// The index of the word that begins at `offset`; `None` inside a comment or
    /// a literal.
    pub fn word_at(&self, offset: usize) -> Option<usize> {
        let index = self.tokens.binary_search_by_key(&offset, |(_, span)| span.start).ok()?;
        matches!(self.tokens[index].0, TokenKind::Ident | TokenKind::Keyword).then_some(index)
    }

    /// Whether one of the tokens is `token`.
    pub fn has_token(&self, token: &str) -> bool {
        self.tokens.iter().any(|(_, span)| span.of(self.text) == token)
    }

    /// Whether one of the tokens is the word `word`.
    pub fn has_word(&self, word: &str) -> bool {
        let words = || {
            let is_word = |kind: TokenKind| matches!(kind, TokenKind::Ident | TokenKind::Keyword);
            let words = self.tokens.iter().filter(|(kind, _)| is_word(*kind));
            words.map(|(_, span)| span.of(self.text)).collect()
        };
        self.words.get_or_init(words).contains(word)
    }

    /// The names that a loop ranges over.
    pub fn ranged(&self) -> &HashSet<&'t str> {
        self.ranged.get_or_init(|| {
            let range = |at: &usize| self.text(*at) == "range";
            let names = (0..self.len()).filter(range).filter_map(|range| {
                let name = (range + 1..self.len()).find(|name| self.text(*name) != "(")?;
                let alone = matches!(self.text(name + 1), "{" | ")");
                (alone && self.kind(name) == Some(TokenKind::Ident)).then(|| self.text(name))
            });
            names.collect()
        })
    }

    /// The index of the bracket that closes the one at `open`; `None` when it stays open.
    pub fn close_of(&self, open: usize) -> Option<usize> {
        match self.tokens.get(open)?.0 {
            TokenKind::Open => self.brackets().close[open].map(|close| close as usize),
            _ => Some(open),
        }
    }

    fn brackets(&self) -> &CodeBrackets {
        self.brackets.get_or_init(|| CodeBrackets::of(&self.tokens))
    }

    /// The name of the function or method that is declared here, and the index of the
    /// parenthesis that its parameters begin with.
    pub fn function(&self) -> Option<(&'t str, usize)> {
        let receiver = (self.text(1) == "(").then(|| self.close_of(1)).flatten();
        let name = receiver.unwrap_or(0) + 1;
        let parameters = match self.text(name + 1) {
            "[" => self.close_of(name + 1)? + 1,
            _ => name + 1,
        };
        let declared = self.text(0) == "func" && self.text(parameters) == "(";
        declared.then(|| (self.text(name), parameters))
    }

    /// The indices of the brackets around the token at `index`, innermost first.
    pub fn brackets_around(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let around = &self.brackets().around;
        let last = || self.tokens.len().checked_sub(1);
        let innermost = match around.get(index) {
            Some(around) => around.map(|open| open as usize),
            // Behind the last token.
            None => last().and_then(|last| match self.tokens[last].0 {
                TokenKind::Open => Some(last),
                TokenKind::Close => {
                    around[last].and_then(|open| around[open as usize]).map(|open| open as usize)
                }
                _ => around[last].map(|open| open as usize),
            }),
        };
        std::iter::successors(innermost, |open| around[*open].map(|open| open as usize))
    }

    /// The keyword of the clause whose block opens at `open`: `for`, `func`,
    /// `select` and so on; `None` for a bare block. A literal in the header of a
    /// clause may get the keyword of the clause.
    pub fn keyword_of_block(&self, open: usize) -> Option<&'t str> {
        let mut depth = 0_usize;
        // Whether braces were passed that nothing owns yet.
        let mut braces = false;
        for at in (0..open).rev() {
            if depth == 0 && at + 1 < open && self.ends_statement(at) {
                return None;
            }
            match (self.tokens[at].0, self.text(at)) {
                (TokenKind::Close, text) => {
                    braces |= depth == 0 && text == "}";
                    depth += 1;
                }
                (TokenKind::Open, _) if depth == 0 => return None,
                (TokenKind::Open, _) => depth -= 1,
                (TokenKind::Keyword, word) if depth == 0 => match word {
                    "struct" | "interface" if at + 1 < open => braces = false,
                    "func" if braces => braces = false,
                    "for" | "func" | "select" | "switch" | "if" | "else" | "struct" | "interface" => {
                        return Some(word);
                    }
                    "case" | "default" | "go" | "defer" | "return" => return None,
                    _ => {}
                },
                _ => {}
            }
        }
        None
    }

    /// Whether a semicolon is understood between the token at `at` and the next.
    fn ends_statement(&self, at: usize) -> bool {
        let (Some((kind, span)), Some((_, next))) = (self.tokens.get(at), self.tokens.get(at + 1)) else {
            return true;
        };
        let last = match kind {
            TokenKind::Operator => matches!(span.of(self.text), "++" | "--"),
            TokenKind::Keyword => {
                matches!(span.of(self.text), "break" | "continue" | "fallthrough" | "return")
            }
            TokenKind::Open => false,
            _ => true,
        };
        last && self.text[span.end..next.start].contains('\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str, word: &str) -> Vec<Option<String>> {
        let code = DeclTokens::of(text, Span::new(0, text.len()));
        let index = code.word_at(text.find(word).expect("the word is there")).expect("it is a word");
        code.brackets_around(index).map(|open| code.keyword_of_block(open).map(str::to_owned)).collect()
    }

    #[test]
    fn what_loops_range_over_is_a_name() {
        let text = "func f() { for range c {}; for a := range (d) {}; for range f() {}; for range x.y {} }";
        let code = DeclTokens::of(text, Span::new(0, text.len()));
        let mut names: Vec<&str> = code.ranged().iter().copied().collect();
        names.sort_unstable();
        assert_eq!(names, ["c", "d"]);
    }

    #[test]
    fn a_word_knows_the_blocks_around_it() {
        let some = |word: &str| Some(word.to_owned());
        assert_eq!(
            blocks("func f() { for x := range g(h{}) { HERE() } }", "HERE"),
            [some("for"), some("func")]
        );
        assert_eq!(
            blocks("func f() { for { go func() { if x { HERE() } }() } }", "HERE"),
            [some("if"), some("func"), some("for"), some("func")]
        );
        assert_eq!(blocks("func f() (a, b int) { { HERE() } }", "HERE"), [None, some("func")]);
        let header = "func f() interface{} { for _, g := range []func(){a} { HERE() } }";
        assert_eq!(blocks(header, "HERE"), [some("for"), some("func")]);
        let header = "func f() { for _, g := range []struct{ a int }{{1}} { HERE() } }";
        assert_eq!(blocks(header, "HERE"), [some("for"), some("func")]);
        let before = "func f() { for {\n}\nx := T{\nHERE} }";
        assert_eq!(blocks(before, "HERE"), [None, some("func")]);
        assert_eq!(
            blocks("func f() { select { case <-c: HERE() } }", "HERE"),
            [some("select"), some("func")]
        );
    }

    #[test]
    fn comments_and_strings_hold_no_words() {
        let text = "func f() { _ = \"WORD\" /* WORD */ // WORD\n }";
        let code = DeclTokens::of(text, Span::new(0, text.len()));
        let places = text.match_indices("WORD").map(|(at, _)| at);
        assert!(places.into_iter().all(|at| code.word_at(at).is_none()));
    }
    #[test]
    fn a_function_is_told_by_its_tokens() {
        for (text, name, parameters) in [
            ("func f() {}", "f", "()"),
            ("func (t *T[K]) m(a int) error { return g(a) }", "m", "(a int)"),
            ("func g[K comparable, V any](m map[K]V) {}", "g", "(m map[K]V)"),
        ] {
            let code = DeclTokens::of(text, Span::new(0, text.len()));
            let (found, open) = code.function().expect("a function");
            let close = code.close_of(open).expect("its parameters end");
            let span = Span::new(code.tokens[open].1.start, code.tokens[close].1.end);
            assert_eq!((found, span.of(text)), (name, parameters));
        }
        for text in ["var f = func() {}", "type F func()", "func", "func (", "func f[", "func f"] {
            assert_eq!(DeclTokens::of(text, Span::new(0, text.len())).function(), None, "{text}");
        }
    }

    #[test]
    fn a_bracket_that_stays_open_closes_nowhere() {
        let text = "func f() { g(1";
        let code = DeclTokens::of(text, Span::new(0, text.len()));
        assert_eq!((code.close_of(2), code.close_of(4), code.close_of(6)), (Some(3), None, None));
        assert!(code.has_word("func") && code.has_word("g") && !code.has_word("1"));
    }
}
