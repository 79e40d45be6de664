//! The words a transform is written in.

mod finding;

pub use finding::{
    Failure, FileEdit, Finding, FindingFix, FrameLine, Level, Lowered, Proof, Severity, Skipped,
};
