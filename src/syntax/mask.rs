//! Sound Go that the grammar of tree-sitter does not know, spelled otherwise in
//! the same number of bytes.
//!
//! - `new(` and `make(` have to be followed by a type. Go 1.26 also allows an
//!   expression behind `new` (`new(16)`), and either name can be declared anew:
//!   such a name is spelled as an ordinary one, so that its call is a call.
//! - An empty statement may stand before a condition (`if ; ready {`): its
//!   semicolon becomes a blank.
//! - Several labels may stand at the end of a block (`L: M: }`): the blank
//!   behind the last one becomes an empty statement.
//!
//! A method of a type literal (`interface{ M() }.M`) has no such spelling that
//! would keep the names in it, so its declaration stays broken.

use super::outline::{TokenKind, tokens};
use super::parse::parse;
use crate::text::Span;
use tree_sitter::Tree;

/// A parse of `source` with fewer errors than `parsed` has, if masks help.
pub(super) fn parse_masked(source: &str, parsed: &Tree) -> Option<Tree> {
    let masked = MaskedCode::of(source).masked()?;
    let again = parse(&masked);
    (errors(&again) < errors(parsed)).then_some(again)
}

/// The tokens of a declaration, comments left out.
struct MaskedCode<'s> {
    source: &'s str,
    tokens: Vec<(TokenKind, Span)>,
}

impl<'s> MaskedCode<'s> {
    fn of(source: &'s str) -> MaskedCode<'s> {
        let all = tokens(source, Span::new(0, source.len()));
        MaskedCode { source, tokens: all.filter(|(kind, _)| !kind.is_comment()).collect() }
    }

    fn text(&self, index: usize) -> &'s str {
        self.tokens.get(index).map_or("", |(_, span)| span.of(self.source))
    }

    fn is_name(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|(kind, _)| *kind == TokenKind::Ident)
    }

    /// The source with all masks; `None` when there is nothing to mask.
    fn masked(&self) -> Option<Vec<u8>> {
        let mut masked = self.source.as_bytes().to_vec();
        for at in 0..self.tokens.len() {
            let start = self.tokens[at].1.start;
            if self.is_call_of_expression(at) {
                // `nEw` and `mAke` are ordinary names to the grammar.
                masked[start + 1] = masked[start + 1].to_ascii_uppercase();
            } else if self.text(at) == ";" && at > 0 && matches!(self.text(at - 1), "if" | "switch") {
                masked[start] = b' ';
            } else if self.is_last_label(at) && masked[start + 1].is_ascii_whitespace() {
                masked[start + 1] = b';';
            }
        }
        (masked != self.source.as_bytes()).then_some(masked)
    }

    /// Whether a `new` or `make` at `at` is called with something other than a
    /// type.
    fn is_call_of_expression(&self, at: usize) -> bool {
        let called = matches!(self.text(at), "new" | "make")
            && self.text(at + 1) == "("
            && at.checked_sub(1).is_none_or(|before| self.text(before) != ".");
        let behind = |end: usize| matches!(self.text(end), ")" | ",");
        called && !self.type_end(at + 2).is_some_and(behind)
    }

    /// Whether the colon at `at` ends the last of several labels at the end of
    /// a block or clause.
    fn is_last_label(&self, at: usize) -> bool {
        self.text(at) == ":"
            && at >= 3
            && self.is_name(at - 1)
            && self.text(at - 2) == ":"
            && self.is_name(at - 3)
            && matches!(self.text(at + 1), "}" | "case" | "default")
    }

    /// The index behind the type that begins at `at`; `None` where no type
    /// begins. What stands in the braces of a type is not looked at.
    fn type_end(&self, at: usize) -> Option<usize> {
        match self.text(at) {
            "*" => self.type_end(at + 1),
            "(" => self.type_end(at + 1).filter(|end| self.text(*end) == ")").map(|end| end + 1),
            "[" => self.type_end(self.bracket_end(at)?),
            "map" if self.text(at + 1) == "[" => self.type_end(self.bracket_end(at + 1)?),
            "<-" if self.text(at + 1) == "chan" => self.type_end(at + 2),
            "chan" if self.text(at + 1) == "<-" => self.type_end(at + 2),
            "chan" => self.type_end(at + 1),
            "struct" | "interface" if self.text(at + 1) == "{" => self.bracket_end(at + 1),
            "func" if self.text(at + 1) == "(" => {
                let result = self.bracket_end(at + 1)?;
                match self.text(result) {
                    "(" => self.bracket_end(result),
                    _ => Some(self.type_end(result).unwrap_or(result)),
                }
            }
            _ if self.is_name(at) => {
                let qualified = self.text(at + 1) == "." && self.is_name(at + 2);
                let end = if qualified { at + 3 } else { at + 1 };
                if self.text(end) == "[" { self.type_arguments_end(end) } else { Some(end) }
            }
            _ => None,
        }
    }

    fn type_arguments_end(&self, open: usize) -> Option<usize> {
        let mut end = self.type_end(open + 1)?;
        while self.text(end) == "," && self.text(end + 1) != "]" {
            end = self.type_end(end + 1)?;
        }
        self.bracket_end(open).filter(|behind| end + 1 == *behind || end + 2 == *behind)
    }

    /// The index behind the bracket that closes the one at `open`.
    fn bracket_end(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open..self.tokens.len() {
            match self.tokens[at].0 {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(at + 1);
            }
        }
        None
    }
}

/// How many errors `tree` has.
fn errors(tree: &Tree) -> usize {
    let mut found = 0;
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            found += 1;
        }
        let inside = node.has_error() && !node.is_error() && cursor.goto_first_child();
        if !inside && !next(&mut cursor) {
            return found;
        }
    }
}

/// Moves to the next node in document order that is not below this one.
fn next(cursor: &mut tree_sitter::TreeCursor<'_>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}
