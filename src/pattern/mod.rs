//! Rules that are written as patches of Go: read, compiled, matched and applied.
//!
//! A rule file is a txtar archive: header keys, Markdown, `rule.patch`, examples. A
//! patch has an old and a new side. Both are parsed as the Go that they look like, so
//! that a pattern is a tree, its variables are identifiers, and what the two sides share
//! is known token by token.

mod align;
mod archive;
mod chain;
mod checks;
mod code_lines;
mod compile;
mod condition;
mod condition_reader;
mod dots;
mod draft;
mod elided;
mod embedded;
mod error;
mod fold;
mod guards;
mod import_site;
mod interface_guard;
mod judge;
mod match_texts;
mod matcher;
mod message;
mod needs;
mod nil_values;
mod object;
mod parameters;
mod patch;
mod relist;
mod rename;
mod render;
mod repeats;
mod rule;
mod rule_file;
mod side;
mod special;
mod still_used;
mod text_value;
mod trigger;
mod types;
mod unify;
mod uses;
mod visible;
mod why;

pub use archive::{Archive, ArchiveSection};
pub use draft::{ChangedFile, patches as drafted_patches};
pub use error::{Problem, RuleError};
pub use guards::DECIDED_BY_TYPES;
pub use object::RuleObject;
pub use rename::{Rename, RenameReading};
pub use rule::PatchRule;
pub use rule_file::{Example, RuleFile, RuleLocation, RulePack};
