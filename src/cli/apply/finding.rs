//! A fix of another tool as a finding: what the review and the reports show.

use super::super::setup::shown;
use crate::migrate::given::GivenFix;
use crate::rewrite::{Applicability, FileEdit, Finding, FindingFix, intern};
use crate::syntax::File;
use std::path::Path;
use std::sync::Arc;

/// The finding of `fix` in `file`, with names seen from `cwd`.
pub fn finding(fix: &GivenFix, file: &File, cwd: &Path) -> Finding {
    let lines = file.lines();
    let edits = fix.files.iter().flat_map(|(path, one)| one.edits.iter().map(move |edit| (path, edit)));
    let edits = edits.map(|(path, edit)| FileEdit {
        path: shown(cwd, path).to_string().into(),
        start_byte: edit.span.start,
        end_byte: edit.span.end,
        text: edit.text.clone(),
    });
    let last = fix.files.get(&fix.path).and_then(|one| one.edits.iter().next_back());
    let end = last.map_or(fix.offset, |edit| edit.span.end.max(fix.offset));
    let message = match (fix.message.trim(), fix.title.trim()) {
        ("", "") => "a fix without a message",
        ("", title) => title,
        (message, _) => message,
    };
    let path = Arc::from(shown(cwd, &fix.path).to_string());
    let (start, end) = (lines.position(fix.offset), lines.position(end));
    Finding {
        message: message.to_owned(),
        fingerprint: fix.fingerprint.clone(),
        content: fix.fingerprint.clone(),
        fix: Some(FindingFix { title: fix.title.clone(), edits: edits.collect() }),
        ..Finding::new(intern(&fix.rule), Applicability::Unsafe, path, start, end)
    }
}
