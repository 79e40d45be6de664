//! The hunks of a diff in the texts that are here: each is found by its lines, or is refused.

use super::super::setup::shown;
use super::gate::{ForeignGate, Located, RefusedFix};
use super::locate::{EditableFile, FileFinder};
use super::resolve::{Aside, joined_edits};
use crate::engine::matches;
use crate::foreign::hunk::{FoundHunk, HunkFinder};
use crate::foreign::place::HunkPlace;
use crate::foreign::{DiffHunk, hunk_place};
use crate::migrate::given::{FixedFiles, GivenFix, named_by, split_imports};
use crate::rewrite::FileFix;
use crate::text::{Edit, Span, diff};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl ForeignGate<'_> {
    /// Finds the hunks of a diff in the files that are here.
    pub(super) fn locate_hunks(
        &self,
        hunks: Vec<DiffHunk>,
        diff: &str,
        finder: &mut FileFinder<'_>,
        located: &mut Located,
    ) {
        let mut order = Vec::new();
        let mut by_name: HashMap<Arc<str>, Vec<DiffHunk>> = HashMap::new();
        for hunk in hunks {
            if !by_name.contains_key(&hunk.file) {
                order.push(Arc::clone(&hunk.file));
            }
            by_name.entry(Arc::clone(&hunk.file)).or_default().push(hunk);
        }
        for name in order {
            let hunks = by_name.remove(&name).unwrap_or_default();
            match finder.file(&name) {
                Ok((path, file)) => {
                    let hunks = hunks.iter().map(|hunk| hunk_place(diff, hunk));
                    self.locate_in(path, &file, hunks, located);
                }
                Err(reason) => {
                    let number = hunks.len();
                    let hunks = if number == 1 { String::new() } else { format!(" ({number} hunks)") };
                    located.aside.refused.push(RefusedFix::of_file(format!("{name}{hunks}"), reason));
                }
            }
        }
    }

    /// Finds the hunks of one file.
    fn locate_in(
        &self,
        path: PathBuf,
        file: &EditableFile,
        hunks: impl Iterator<Item = Result<HunkPlace, String>>,
        located: &mut Located,
    ) {
        let text = file.file.text();
        let mut hunk_finder = HunkFinder::new(text);
        let mut found: Vec<(usize, Vec<Edit>)> = Vec::new();
        let mut whole: Vec<Edit> = Vec::new();
        for hunk in hunks {
            let hunk = match hunk {
                Ok(hunk) => hunk,
                Err(reason) => {
                    let name = shown(self.cwd, &path).to_string();
                    located.aside.refused.push(RefusedFix::of_file(name, reason));
                    continue;
                }
            };
            match self.hunk(&hunk, &mut hunk_finder, file) {
                Ok(edits) if edits.is_empty() => located.aside.there += 1,
                Ok(edits) => {
                    whole.extend(edits.iter().cloned());
                    let at = edits[0].span.start;
                    found.push((at, edits));
                }
                Err(Aside::There) => located.aside.there += 1,
                Err(Aside::Suppressed) => located.aside.suppressed += 1,
                Err(Aside::Refused(reason)) => {
                    let file = shown(self.cwd, &path).to_string();
                    let rule = "diff".to_owned();
                    located.aside.refused.push(RefusedFix { file, line: Some(hunk.line), rule, reason });
                }
            }
        }
        let whole = match joined_edits(whole, text) {
            Ok(whole) => whole,
            Err(reason) => {
                let name = shown(self.cwd, &path).to_string();
                let reason = format!("two of its hunks change the same lines: {reason}");
                located.aside.refused.push(RefusedFix::of_file(name, reason));
                return;
            }
        };
        if found.is_empty() {
            return;
        }
        let after = whole.apply(text);
        // Imports go with the hunks whose text names them, so that each can stand without the others.
        let split = split_imports(&file.file, &whole);
        let code: BTreeSet<Span> = split.edits.iter().map(|edit| edit.span).collect();
        let mut left = split.imports.clone();
        let mut carried = Vec::new();
        let mut fixes: Vec<(usize, FileFix)> = Vec::new();
        for (at, edits) in found {
            let own: Vec<Edit> = edits.iter().filter(|edit| code.contains(&edit.span)).cloned().collect();
            let imports: BTreeSet<_> = split
                .imports
                .iter()
                .filter(|import| own.iter().any(|edit| named_by(import, &edit.text)))
                .cloned()
                .collect();
            left.retain(|import| !imports.contains(import));
            if own.is_empty() {
                carried.push(at);
            } else {
                fixes.push((at, FileFix { edits: own.into(), imports, ..FileFix::default() }));
            }
        }
        if let Some(at) = carried.first().copied().filter(|_| !left.is_empty() || fixes.is_empty()) {
            fixes.push((at, FileFix { imports: left, ..FileFix::default() }));
            fixes.sort_by_key(|(at, _)| *at);
        }
        let number = fixes.len();
        let shared: Arc<Path> = path.as_path().into();
        let texts = BTreeMap::from([(path.clone(), Arc::clone(&file.file))]);
        for (at, fix) in fixes {
            let files = FixedFiles::one(Arc::clone(&shared), fix);
            let place = file.file.lines().position(at);
            located.fixes.push(GivenFix {
                rule: "diff".to_owned(),
                title: String::new(),
                message: "a change of the diff".to_owned(),
                link: None,
                path: path.clone(),
                offset: at,
                others: Vec::new(),
                line: place.line,
                column: place.column,
                fingerprint: self.fingerprint("diff", &files, &texts, &mut located.fingerprints),
                files,
            });
        }
        located.exact.insert(path.clone(), (after.into(), number));
        located.files.insert(path, Arc::new(file.file.unparsed()));
    }

    /// The edits of one hunk.
    fn hunk(
        &self,
        hunk: &HunkPlace,
        finder: &mut HunkFinder<'_>,
        file: &EditableFile,
    ) -> Result<Vec<Edit>, Aside> {
        let text = file.file.text();
        if hunk.before.is_empty() && !text.is_empty() {
            // Without a line of the old text, its place is only as good as the file is old.
            if let Some(reason) = file.stale.as_ref().filter(|_| !self.args.trust_stale) {
                return Err(Aside::Refused(reason.clone()));
            }
        }
        let FoundHunk { start, before, after } = finder.find(hunk)?;
        let edits = line_edits(start, &before, &after);
        self.trust(&file.file, &edits.clone().into())?;
        let mut spans: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
        if let Some(first) = spans.first().copied() {
            let line = file.file.lines().span(file.file.lines().line(first.start)).of(text);
            let indent = line.len() - line.trim_ascii_start().len();
            spans.extend(matches::around(&file.file, Span::at(first.start + indent)));
        }
        if file.suppressions.covers("diff", &spans, file.file.lines()) {
            return Err(Aside::Suppressed);
        }
        Ok(edits)
    }
}

/// The edits, line by line, that make `after` of `before`, which stands at `base`.
fn line_edits(base: usize, before: &str, after: &str) -> Vec<Edit> {
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let mut starts = vec![0];
    starts.extend(before.split_inclusive('\n').scan(0, |at, row| {
        *at += row.len();
        Some(*at)
    }));
    let edit = |hunk: diff::Hunk| {
        let first = if hunk.old_lines == 0 { hunk.old_start } else { hunk.old_start - 1 };
        let span = Span::new(base + starts[first], base + starts[first + hunk.old_lines]);
        let added = hunk.lines.iter().filter(|(op, _)| *op == diff::Op::Added);
        let text: String = added.map(|(_, range)| &after[range.clone()]).collect();
        Edit { span, text }
    };
    diff::hunks(old, new, 0).into_iter().map(edit).collect()
}
