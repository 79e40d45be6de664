//! Why a declaration cannot be read.

use crate::text::Span;
use std::fmt;

/// The largest declaration that is parsed, in bytes: a tree takes about fifty
/// times the size of its text in memory. Tables that a program wrote are larger.
pub const LARGEST: usize = 1 << 20;

/// How many nodes deep a declaration's tree may be. The guards follow a tree by
/// recursion, on threads with 2 MiB of stack, which this depth leaves half of
/// even without the compiler's optimizations. No function of Go's own source is
/// as deep (`tests/tolerance.rs` looks).
pub const DEEPEST: usize = 500;

/// Why nothing may depend on a declaration, and where in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It is no Go, or Go that the grammar does not know.
    Syntax(Span),
    /// Its tree is deeper than [`DEEPEST`] nodes here.
    Nested(Span),
    /// It is larger than [`LARGEST`] bytes.
    Large(Span),
}

impl Fault {
    /// The place, as close to the cause as it is known.
    pub fn span(self) -> Span {
        match self {
            Fault::Syntax(span) | Fault::Nested(span) | Fault::Large(span) => span,
        }
    }
}

impl Fault {
    /// The same, `by` bytes further on.
    pub(super) fn moved(self, by: usize) -> Fault {
        let span = |span: Span| Span { start: span.start + by, end: span.end + by };
        match self {
            Fault::Syntax(at) => Fault::Syntax(span(at)),
            Fault::Nested(at) => Fault::Nested(span(at)),
            Fault::Large(at) => Fault::Large(span(at)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Syntax(_) => out.write_str("syntax error"),
            Fault::Nested(_) => out.write_str("nested too deeply"),
            Fault::Large(_) => out.write_str("too large a declaration"),
        }
    }
}
