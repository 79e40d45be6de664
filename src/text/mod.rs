//! Bytes and nothing else: spans, edits over one baseline, line positions.
//!
//! Nothing here knows that the bytes are Go.

mod edit;
mod lines;
mod span;

pub mod diff;

pub use edit::{Edit, EditSet, Edits, Overlap};
pub use lines::{LineIndex, Position};
pub use span::{Ranges, Span};
