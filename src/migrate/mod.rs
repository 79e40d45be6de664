//! How the fixes of a run reach a repository: as a plan file that is applied later, as
//! patches for the owners of the code, as commits.

pub mod given;
pub mod plan;
pub mod split;
pub mod units;

use crate::engine::plan::Planned;
use crate::text::{Edit, Edits, Span};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedText {
    /// As it is on disk, or as the piece before left it.
    pub before: String,
    /// As it is to be.
    pub after: String,
}

impl From<Planned> for ChangedText {
    fn from(planned: Planned) -> ChangedText {
        ChangedText { before: planned.before, after: planned.after }
    }
}

/// Files that change, by absolute path.
pub type ChangedTexts = BTreeMap<PathBuf, ChangedText>;

/// The files after the fixes of a rule and of those before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleState {
    /// The rule's id.
    pub rule: String,
    /// The files; one that is not named is as it was before.
    pub files: BTreeMap<PathBuf, String>,
    /// The edits over the text on disk that make each of them, where they are known.
    pub edits: BTreeMap<PathBuf, Edits>,
    /// The rule's own fixes, by their numbers.
    pub fixes: Vec<usize>,
}

/// The one edit that makes `after` of `before`: what they do not share at either end.
pub fn between(before: &str, after: &str) -> Edits {
    let mut edits = Edits::new();
    let start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let start = floor(before, after, start);
    let (old, new) = (&before[start..], &after[start..]);
    let shared = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
    let shared = (0..=shared)
        .rev()
        .find(|shared| old.is_char_boundary(old.len() - shared) && new.is_char_boundary(new.len() - shared));
    let shared = shared.unwrap_or(0);
    if old.len() > shared || new.len() > shared {
        let span = Span::new(start, before.len() - shared);
        let text = new[..new.len() - shared].to_owned();
        edits.push(Edit { span, text }).expect("one edit overlaps with none");
    }
    edits
}

/// The last place up to `at` where both texts may be cut.
fn floor(before: &str, after: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| before.is_char_boundary(*at) && after.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_leads_from_one_text_to_the_other() {
        for (before, after) in
            [("", ""), ("a", ""), ("", "b"), ("abc", "axc"), ("aa", "aaa"), ("é", "è"), ("xéy", "xèéy")]
        {
            let edits = between(before, after);
            assert_eq!(edits.apply(before), after);
            assert_eq!(edits.is_empty(), before == after);
        }
    }
}
