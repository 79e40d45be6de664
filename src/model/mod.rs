//! What the syntax means, as far as the guards need it.

mod version;

pub mod dominance;
pub mod effects;
pub mod flow;
pub mod imports;
pub mod module;
pub mod package;
pub mod scope;

pub use version::GoVersion;
