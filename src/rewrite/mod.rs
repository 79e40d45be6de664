//! The words a transform is written in: what it looks for, its verdict on a
//! site, and the fix that it builds.

mod cx;
mod emptied;
mod evidence;
mod finding;
mod fix;
mod loaded_meta;
mod meta;
mod rule_entry;
mod sources;
mod spacing;
mod statement;
mod test_code;
mod transform;
mod type_question;
mod verdict;

pub use cx::{Cx, Surroundings};
pub use emptied::Without;
pub use evidence::Evidence;
pub use finding::{
    Applicability, Failure, FileEdit, Finding, FindingFix, FrameLine, Lowered, PatternFinding, Proof,
    Severity, Skipped,
};
pub use fix::{DeclaredName, FileFix, Fix, WantedImport};
pub use loaded_meta::{DECLARATION_WORDS, LoadedMeta, TOKEN_TRIGGERS, intern};
pub use meta::{Group, Meta, RuleOption, Shape, Symbol, TestPolicy};
pub use rule_entry::{GuardPage, GuardPages, RuleEntry};
pub use sources::source;
pub use spacing::{Term, binds_tighter, opens_block, respaced, sum, total};
pub use statement::{
    behind_declaration, comment_at, comment_in_text, comments_above, deletion, ends_paragraph,
    insertion_after, insertion_before, insertion_first, is_alone_on_its_lines, removal,
};
pub use transform::{Diagnostic, LoadedRule, Mention, RuleMatch, Transform};
pub use type_question::{TypeAnswer, TypeAsk, TypeQuestion, TypeRelation, TypeSource, WantedType};
pub use verdict::Verdict;
