//! What the syntax means, as far as the guards need it.

mod version;

pub mod module;

pub use version::GoVersion;
