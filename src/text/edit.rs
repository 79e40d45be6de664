//! Replacements over one baseline: sorted, disjoint, checked when they meet.

use super::Span;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

/// Replaces the bytes of `span` by `text`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// What goes, in bytes of the baseline.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
}

/// Two edits want the same bytes, or insert at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("edits overlap: {first:?} and {second:?}")]
pub struct Overlap {
    /// The edit that was there first.
    pub first: Span,
    /// The edit that was refused.
    pub second: Span,
}

/// Edits of one baseline, sorted by place and disjoint.
///
/// Invariant: for neighbours `a`, `b`: `a.span.end <= b.span.start`, and no two
/// edits touch the same offset with an insertion, so the order in which fixes
/// arrive never shows in the result.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    list: Vec<Edit>,
    /// See [`Edits::leads`].
    leads: OnceLock<Vec<isize>>,
}

impl PartialEq for Edits {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Eq for Edits {}

impl Hash for Edits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.hash(state);
    }
}

impl From<Vec<Edit>> for Edits {
    /// Of edits that are sorted and disjoint.
    fn from(mut list: Vec<Edit>) -> Edits {
        // There are as many of these as fixes, and most have one edit.
        list.shrink_to_fit();
        Edits { list, leads: OnceLock::new() }
    }
}

impl Edits {
    /// No edit at all.
    pub fn new() -> Edits {
        Edits::default()
    }

    /// The edits in the order of their places.
    pub fn iter(&self) -> std::slice::Iter<'_, Edit> {
        self.list.iter()
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds an edit. The same edit twice counts once.
    ///
    /// # Errors
    /// [`Overlap`] when it shares a byte with another edit, or when one of the
    /// two is an insertion at an end of the other. Nothing is changed then.
    pub fn push(&mut self, edit: Edit) -> Result<(), Overlap> {
        let at = self
            .list
            .partition_point(|other| (other.span.start, other.span.end) < (edit.span.start, edit.span.end));
        if self.list.get(at) == Some(&edit) {
            return Ok(());
        }
        let before = at.checked_sub(1).map(|before| &self.list[before]);
        for other in before.into_iter().chain(self.list.get(at)) {
            if collide(other.span, edit.span) {
                return Err(Overlap { first: other.span, second: edit.span });
            }
        }
        self.leads.take();
        self.list.insert(at, edit);
        Ok(())
    }

    /// By how much each edit, and last the end of the text, stands further on in the
    /// result than in the baseline, the edit's own text left out: with it a place is found
    /// without a walk over all edits.
    fn leads(&self) -> &[isize] {
        self.leads.get_or_init(|| {
            let mut lead = 0;
            let mut leads = Vec::with_capacity(self.list.len() + 1);
            for edit in &self.list {
                leads.push(lead);
                lead += edit.text.len() as isize - edit.span.len() as isize;
            }
            leads.push(lead);
            leads
        })
    }

    /// The first edit that is not done with before `offset` of the result, with how
    /// far its place is ahead there.
    fn at_result(&self, offset: usize) -> (Option<&Edit>, isize) {
        let leads = self.leads();
        let (mut low, mut high) = (0, self.list.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let edit = &self.list[middle];
            if moved(edit.span.start, leads[middle]) + edit.text.len() <= offset {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (self.list.get(low), leads[low])
    }

    /// The text after the edits.
    ///
    /// # Panics
    /// When an edit reaches past the end of `text` or splits a character, which
    /// means that the edits belong to another baseline.
    pub fn apply(&self, text: &str) -> String {
        let grown: usize = self.list.iter().map(|edit| edit.text.len()).sum();
        let mut out = String::with_capacity(text.len() + grown);
        let mut done = 0;
        for edit in &self.list {
            out.push_str(&text[done..edit.span.start]);
            out.push_str(&edit.text);
            done = edit.span.end;
        }
        out.push_str(&text[done..]);
        out
    }

    /// Where the byte at `offset` of the result stood in the baseline; `None`
    /// for a byte that an edit wrote.
    pub fn unmap(&self, offset: usize) -> Option<usize> {
        let (next, lead) = self.at_result(offset);
        let kept = next.is_none_or(|edit| offset < moved(edit.span.start, lead));
        kept.then(|| moved(offset, -lead))
    }

    /// Like [`Edits::unmap`]; for a byte that an edit wrote, where that edit
    /// begins.
    pub fn unmap_near(&self, offset: usize) -> usize {
        let (next, lead) = self.at_result(offset);
        match next {
            Some(edit) if offset >= moved(edit.span.start, lead) => edit.span.start,
            _ => moved(offset, -lead),
        }
    }

    /// Where the byte at `offset` of the baseline stands in the result; `None`
    /// when an edit took it away.
    pub fn map(&self, offset: usize) -> Option<usize> {
        let at = self.list.partition_point(|edit| edit.span.end <= offset);
        let kept = self.list.get(at).is_none_or(|edit| offset < edit.span.start);
        kept.then(|| moved(offset, self.leads()[at]))
    }

    /// The edits that share a byte with `span`, and those at an end of it.
    pub fn meeting(&self, span: Span) -> &[Edit] {
        let first = self.list.partition_point(|edit| edit.span.end < span.start);
        let end = self.list.partition_point(|edit| edit.span.start <= span.end);
        &self.list[first..end.max(first)]
    }

    /// One list of edits that does what `self` and then `next` do, where `next`
    /// is over the result of `self`. Edits that come to touch are joined.
    pub fn then(&self, next: &Edits) -> Edits {
        if self.is_empty() {
            return next.clone();
        }
        let mut out: Vec<Edit> = Vec::new();
        let mut first = self.list.iter().peekable();
        let mut second = next.list.iter().peekable();
        // Each turn handles one group of edits that overlap or touch. `lead` is
        // how far an offset of the middle text (the result of `self`) is ahead
        // of the same byte's offset in the baseline.
        let mut lead: isize = 0;
        loop {
            let start = match (first.peek(), second.peek()) {
                (Some(a), Some(b)) => moved(a.span.start, lead).min(b.span.start),
                (Some(a), None) => moved(a.span.start, lead),
                (None, Some(b)) => b.span.start,
                (None, None) => break,
            };
            let lead_before = lead;
            let mut end = start;
            let mut written: Vec<(usize, &str)> = Vec::new();
            let mut taken: Vec<&Edit> = Vec::new();
            loop {
                if let Some(a) = first.next_if(|a| moved(a.span.start, lead) <= end) {
                    let at = moved(a.span.start, lead);
                    written.push((at - start, &a.text));
                    end = end.max(at + a.text.len());
                    lead += a.text.len() as isize - a.span.len() as isize;
                } else if let Some(b) = second.next_if(|b| b.span.start <= end) {
                    end = end.max(b.span.end);
                    taken.push(b);
                } else {
                    break;
                }
            }
            let span = Span::new(moved(start, -lead_before), moved(end, -lead));
            let text = joined(start, end, &written, &taken);
            if !(span.is_empty() && text.is_empty()) {
                out.push(Edit { span, text });
            }
        }
        Edits::from(out)
    }
}

/// Edits of one baseline that come in any order: as [`Edits`], and each costs no more
/// than the search for its place.
#[derive(Clone, Debug, Default)]
pub struct EditSet(BTreeMap<(usize, usize), Edit>);

impl EditSet {
    /// Adds all edits of `other`, or none.
    ///
    /// # Errors
    /// [`Overlap`] as for [`Edits::push`].
    pub fn join(&mut self, other: &Edits) -> Result<(), Overlap> {
        self.fits(other)?;
        self.0.extend(other.iter().map(|edit| ((edit.span.start, edit.span.end), edit.clone())));
        Ok(())
    }

    /// Adds all edits of `other`; where one inserts at a place where one of these does, its text
    /// comes behind that. [`EditSet::stacks`] has to say that it can be done.
    pub fn stack(&mut self, other: &Edits) {
        for edit in other.iter() {
            let key = (edit.span.start, edit.span.end);
            match self.0.get_mut(&key) {
                Some(known) if edit.span.is_empty() => known.text.push_str(&edit.text),
                _ => drop(self.0.insert(key, edit.clone())),
            }
        }
    }

    /// Whether [`EditSet::stack`] can add all edits of `other`: they fit, or insert at the place
    /// of an insertion of which `may_precede` holds.
    pub fn stacks(&self, other: &Edits, may_precede: impl Fn(usize) -> bool) -> bool {
        other.iter().all(|edit| {
            let at = edit.span.start;
            let stacked = edit.span.is_empty() && may_precede(at) && self.0.contains_key(&(at, at));
            stacked || self.fits(&Edits::from(vec![edit.clone()])).is_ok()
        })
    }

    /// Whether all edits of `other` could be added.
    ///
    /// # Errors
    /// [`Overlap`] as for [`Edits::push`].
    pub fn fits(&self, other: &Edits) -> Result<(), Overlap> {
        for edit in other.iter() {
            let key = (edit.span.start, edit.span.end);
            if self.0.get(&key) == Some(edit) {
                continue;
            }
            let before = self.0.range(..key).next_back();
            let behind = self.0.range(key..).next();
            for (_, known) in before.into_iter().chain(behind) {
                if collide(known.span, edit.span) {
                    return Err(Overlap { first: known.span, second: edit.span });
                }
            }
        }
        Ok(())
    }
}

impl From<EditSet> for Edits {
    fn from(set: EditSet) -> Edits {
        Edits::from(set.0.into_values().collect::<Vec<_>>())
    }
}

/// The text that a group `start..end` of the middle text becomes. Each of its
/// bytes was written by the first edits or is replaced by the second ones
/// (else the group would be two), so the baseline is not needed.
fn joined(start: usize, end: usize, written: &[(usize, &str)], taken: &[&Edit]) -> String {
    let mut middle = vec![0; end - start];
    for (at, text) in written {
        middle[*at..*at + text.len()].copy_from_slice(text.as_bytes());
    }
    let mut out = Vec::new();
    let mut done = 0;
    for edit in taken {
        out.extend_from_slice(&middle[done..edit.span.start - start]);
        out.extend_from_slice(edit.text.as_bytes());
        done = edit.span.end - start;
    }
    out.extend_from_slice(&middle[done..]);
    String::from_utf8(out).expect("edits stand on character boundaries")
}

fn moved(offset: usize, by: isize) -> usize {
    offset.checked_add_signed(by).expect("edits of one baseline never move an offset below zero")
}

fn collide(a: Span, b: Span) -> bool {
    a.overlaps(b) || ((a.is_empty() || b.is_empty()) && a.start <= b.end && b.start <= a.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.into() }
    }

    #[test]
    fn overlap_is_refused_and_changes_nothing() {
        let mut edits = Edits::new();
        edits.push(edit(4, 8, "x")).unwrap();
        edits.push(edit(4, 8, "x")).unwrap();
        assert_eq!(edits.iter().count(), 1);
        let before = edits.clone();
        for other in [
            edit(4, 8, "y"),
            edit(7, 9, ""),
            edit(0, 5, ""),
            edit(5, 5, "i"),
            edit(8, 8, "i"),
            edit(4, 4, "i"),
        ] {
            assert!(edits.push(other.clone()).is_err(), "{other:?}");
            assert_eq!(edits, before);
        }
        edits.push(edit(8, 9, "")).unwrap();
        edits.push(edit(0, 4, "")).unwrap();
        assert_eq!(edits.apply("0123456789"), "x9");
    }

    fn edits_over(len: usize) -> impl Strategy<Value = Edits> {
        prop::collection::vec((0..=len, 0..6usize, "[xyz]{0,4}"), 0..6).prop_map(move |list| {
            let mut edits = Edits::new();
            for (start, size, text) in list {
                // A colliding edit is left out, which is what the engine does too.
                let _ = edits.push(edit(start, (start + size).min(len), &text));
            }
            edits
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn composition_equals_applying_twice(
            (first, second) in edits_over(20).prop_flat_map(|first| {
                let len = first.apply("abcdefghijklmnopqrst").len();
                (Just(first), edits_over(len))
            })
        ) {
            let base = "abcdefghijklmnopqrst";
            let twice = second.apply(&first.apply(base));
            let both = first.then(&second);
            prop_assert_eq!(both.apply(base), twice);
            for pair in both.list.windows(2) {
                prop_assert!(pair[0].span.end <= pair[1].span.start);
            }
        }

        #[test]
        fn map_and_unmap_are_inverse(edits in edits_over(20)) {
            let base = "abcdefghijklmnopqrst";
            let after = edits.apply(base);
            for (offset, byte) in base.bytes().enumerate() {
                if let Some(there) = edits.map(offset) {
                    prop_assert_eq!(after.as_bytes()[there], byte);
                    prop_assert_eq!(edits.unmap(there), Some(offset));
                }
            }
        }
    }
}
