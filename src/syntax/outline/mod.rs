//! A file's outline: its package clause, imports and the spans, kinds and
//! names of its top-level declarations, found by a small lexer.
//!
//! It knows strings, raw strings, runes, comments and brackets, and nothing of
//! expressions: a piece of syntax that is broken or too new stays inside its
//! own declaration.

mod brackets;
mod clauses;
mod code;
mod literal;
mod scan;
mod tokens;

pub use clauses::clause_fault;
pub use code::DeclTokens;
pub use literal::unquoted;
pub use tokens::{TokenKind, Tokens, is_keyword, tokens};

use crate::text::Span;

/// What a lexer sees of a Go file.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Length of the byte order mark at the start of the file: 0 or 3.
    pub bom: usize,
    /// The name in the package clause; `None` when there is no package clause.
    pub package: Option<Name>,
    /// Everything before the `package` keyword (build constraints, licence,
    /// package comment), from the end of the BOM.
    pub header: Span,
    /// One entry for each import spec, in the order of the file.
    pub imports: Vec<Import>,
    /// One entry for each `import` declaration.
    pub import_decls: Vec<ImportDecl>,
    /// The other top-level declarations in the order of the file.
    pub decls: Vec<Decl>,
    /// Where the lexer met something that no Go file has at top level.
    pub broken: Vec<Span>,
}

/// An identifier and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The identifier.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// One import spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The spec: name (if any) and path, without comments.
    pub span: Span,
    /// The local name as written: an identifier, `_` or `.`.
    pub name: Option<Name>,
    /// The import path, unquoted.
    pub path: String,
    /// Index into [`Outline::import_decls`].
    pub decl: usize,
}

/// One `import` declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportDecl {
    /// From `import` to the path or the closing parenthesis.
    pub span: Span,
    /// The span between the parentheses, when there are any.
    pub group: Option<Span>,
}

/// What a top-level declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclKind {
    /// `func name`
    Func,
    /// `func (receiver) name`
    Method,
    /// `var`, one spec or a group
    Var,
    /// `const`, one spec or a group
    Const,
    /// `type`, one spec or a group
    Type,
}

/// One top-level declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decl {
    /// What the keyword says.
    pub kind: DeclKind,
    /// From the keyword to the last byte of the declaration, comments before
    /// it and a comment behind it on the same line left out.
    pub span: Span,
    /// The names it declares: one for a function, method or single spec, all
    /// of them for a group; `_` included.
    pub names: Vec<Name>,
    /// The receiver's base type name for a method (`T` for `(t *T[K])`).
    pub receiver: Option<String>,
    /// Whether brackets are unbalanced or a literal is unterminated inside.
    pub broken: bool,
}
