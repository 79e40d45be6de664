//! What the syntax means, as far as the guards need it.

mod version;

pub mod collector;
pub mod computes;
pub mod effects;
pub mod flow;
pub mod imports;
pub mod module;
pub mod package;
pub mod ranges;
pub mod scope;
pub mod waits;
pub mod words;

pub use version::GoVersion;
