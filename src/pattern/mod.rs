//! Rules that are written as patches of Go: read, compiled, matched and applied.
//!
//! A rule file is a txtar archive: header keys, Markdown, `rule.patch`, examples. A
//! patch has an old and a new side. Both are parsed as the Go that they look like, so
//! that a pattern is a tree, its variables are identifiers, and what the two sides share
//! is known token by token.

mod archive;
mod compile;
mod condition;
mod condition_reader;
mod error;
mod guards;
mod interface_guard;
mod match_texts;
mod matcher;
mod nil_values;
mod patch;
mod render;
mod repeats;
mod rule;
mod rule_file;
mod text_value;
mod types;
mod unify;
mod visible;

pub use archive::{Archive, ArchiveSection};
pub use error::{Problem, RuleError};
pub use guards::DECIDED_BY_TYPES;
pub use rule::PatchRule;
pub use rule_file::{Example, RuleFile};
