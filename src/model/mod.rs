//! What the syntax means, as far as the guards need it.

mod version;

pub mod benchmarks;
pub mod builds;
pub mod comments;
pub mod computes;
pub mod constant;
pub mod depends;
pub mod dominance;
pub mod effects;
pub mod fields;
pub mod flow;
pub mod fresh;
pub mod golangci;
pub mod import_names;
pub mod imports;
pub mod locals;
pub mod module;
pub mod package;
pub mod program;
pub mod ranges;
pub mod rate;
pub mod ready;
pub mod recording;
pub mod rounds;
pub mod scope;
pub mod spin;
pub mod standard;
pub mod structs;
pub mod types;
pub mod waits;
pub mod words;

pub use version::GoVersion;
