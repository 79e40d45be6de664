//! Review: a person decides fix by fix.
//!
//! A fix is decided whole, over as many files as it edits. What is shown of one
//! is what taking it does to the files as the answers so far leave them, so the
//! diff on the screen is the diff that is written. Nothing here touches a
//! terminal, a file or an editor: those come in as `Terminal` and `ReviewNotes`.

mod answers;
mod edit;
mod help;
mod lines;
mod prompt_loop;
mod screen;
mod session;
mod side;
mod terminal;
mod view;

pub use answers::{
    AnswerChange, AnswerRecord, AnsweredSite, FORM, Replayed, ReviewAnswer, ReviewAnswers, SavedAnswer,
    replay,
};
pub use prompt_loop::{PromptLoop, ReviewEnd};
pub use screen::NamedFix;
pub use session::{Draft, ItemStatus, ReviewCounts, ReviewItem, ReviewSession};
pub use terminal::{KeyPress, ReviewNotes, Terminal};
pub use view::{ReviewedFixes, ShownFix, View};
