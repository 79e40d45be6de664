//! The words a transform is written in: what it looks for, its verdict on a
//! site, and the fix that it builds.

mod cx;
mod finding;
mod fix;
mod meta;
mod statement;
mod verdict;

pub use cx::{Cx, Surroundings};
pub use finding::{
    Failure, FileEdit, Finding, FindingFix, FrameLine, Level, Lowered, Proof, Severity, Skipped,
};
pub use fix::{FileFix, Fix, WantedImport};
pub use meta::{Entry, Examined, Group, GuardPage, Meta, Symbol, Telling, Tests, Transform};
pub use statement::{
    comment_at, comment_in_text, comments_above, deletion, ends_paragraph, insertion_before, insertion_first,
    is_alone_on_its_lines, removal,
};
pub use verdict::Verdict;
