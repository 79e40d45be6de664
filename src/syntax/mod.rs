//! Syntax of one file. The only module that names tree-sitter.
//!
//! A file is outlined by a lexer, and each top-level declaration is parsed by
//! itself, when it is first asked for: a declaration that is broken, or newer
//! than the grammar, spoils nothing beside it.

mod fault;
mod file;
mod index;
mod kind;
mod mask;
mod node;
mod parse;
mod parse_cache;
mod remember;

pub mod byte_checks;
pub mod outline;

pub use fault::{DEEPEST, Fault, LARGEST};
pub use file::File;
pub use index::{CLAUSES, COMPARISONS, LITERALS, TopLevel, VALUE_NAMES, specs};
pub use kind::{Field, Kind};
pub use node::{Children, Descendants, Node, NodeId};
pub use outline::{Decl, DeclKind, Import, ImportDecl, Name, Outline};
pub use parse::remember_parses;
pub use remember::Memo;
