//! Runs the catalogue that it is handed over any amount of Go.

pub mod discover;
pub mod policy;
pub mod suppress;
