//! Fixes of other tools in the texts that are here: each edit is found, or the fix is refused.

use super::super::setup::shown;
use super::directive;
use super::gate::{ForeignGate, Located, RefusedFix};
use super::locate::{EditableFile, FileFinder};
use crate::engine::matches;
use crate::foreign::place::{BLANKS, ForeignPlace, Misfit, PlacedEdit, before_in_line};
use crate::foreign::{ExpectedText, ForeignEdit, ForeignFix, Variant};
use crate::migrate::given::{FixedFiles, GivenFix, GivenVariant, missing_imports, split_imports};
use crate::syntax::File;
use crate::text::{Edit, Edits, Position, Span};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// One way to fix a site, in the files that are here.
struct FoundVariant {
    /// The file of the site.
    path: PathBuf,
    /// Where the tool says that the site is.
    site: Option<usize>,
    files: FixedFiles,
}

/// Why one fix is not tried.
pub(super) enum Aside {
    /// For this reason.
    Refused(String),
    /// What it would write stands there.
    There,
    /// A comment holds it back.
    Suppressed,
}

impl From<String> for Aside {
    fn from(reason: String) -> Aside {
        Aside::Refused(reason)
    }
}

impl From<Misfit> for Aside {
    fn from(misfit: Misfit) -> Aside {
        if misfit == Misfit::Applied { Aside::There } else { Aside::Refused(misfit.to_string()) }
    }
}

impl ForeignGate<'_> {
    /// Finds the fixes in the files that are here.
    pub(super) fn locate(&self, fixes: Vec<ForeignFix>, finder: &mut FileFinder<'_>, located: &mut Located) {
        for fix in fixes {
            located.aside.alternatives += usize::from(fix.variants.len() > 1);
            let edit = fix.variants.first().and_then(|variant| variant.edits.first());
            let name = edit.map(|edit| Arc::clone(&edit.file)).unwrap_or_default();
            let expected = fix.expected.iter().map(|one| one.line).find(|line| *line > 0);
            let rule = fix.rule.clone();
            match self.located(fix, finder, located) {
                Ok(fix) => located.fixes.push(fix),
                Err(Aside::There) => located.aside.there += 1,
                Err(Aside::Suppressed) => located.aside.suppressed += 1,
                Err(Aside::Refused(reason)) => {
                    let path = finder
                        .path(&name)
                        .map_or_else(|_| name.to_string(), |path| shown(self.cwd, &path).to_string());
                    located.aside.refused.push(RefusedFix { file: path, line: expected, rule, reason });
                }
            }
        }
    }

    /// One fix in the files that are here.
    fn located(
        &self,
        fix: ForeignFix,
        finder: &mut FileFinder<'_>,
        located: &mut Located,
    ) -> Result<GivenFix, Aside> {
        let ForeignFix { rule, message, link, expected, variants } = fix;
        let mut variants = variants.into_iter();
        let first = variants.next().ok_or_else(|| "it has no edit".to_owned())?;
        let FoundVariant { path, site, files } = self.variant(&first, &expected, finder, located)?;
        let (_, file) = finder.file(&first.edits[0].file)?;
        let start = files.get(&path).and_then(|one| one.edits.iter().next()).map(|edit| edit.span.start);
        let offset = site.or(start).unwrap_or(0);
        let mut spans = matches::around(&file.file, Span::at(offset));
        for one in files.get(&path).into_iter().flat_map(|one| one.edits.iter()) {
            spans.push(one.span);
        }
        if file.suppressions.covers(&rule, &spans, file.file.lines()) {
            return Err(Aside::Suppressed);
        }
        let others = variants.filter_map(|variant| {
            let found = self.variant(&variant, &expected, finder, located).ok()?;
            Some(GivenVariant { title: in_one_line(&variant.title), files: found.files })
        });
        let others = others.collect();
        let Position { line, column, .. } = file.file.lines().position(offset);
        let fingerprint = self.fingerprint(&rule, &files, &located.files, &mut located.fingerprints);
        Ok(GivenFix {
            rule,
            title: in_one_line(&first.title),
            message,
            link,
            path,
            offset,
            line,
            column,
            files,
            others,
            fingerprint,
        })
    }

    /// One way to fix a site in the files that are here.
    fn variant(
        &self,
        variant: &Variant,
        expected: &[ExpectedText],
        finder: &mut FileFinder<'_>,
        located: &mut Located,
    ) -> Result<FoundVariant, Aside> {
        let mut edited: BTreeMap<PathBuf, (Arc<EditableFile>, Vec<&ForeignEdit>)> = BTreeMap::new();
        let mut primary = None;
        for edit in &variant.edits {
            let beside = |reason| if primary.is_some() { format!("{}: {reason}", edit.file) } else { reason };
            let (path, file) = finder.file(&edit.file).map_err(beside)?;
            primary.get_or_insert_with(|| path.clone());
            edited.entry(path).or_insert_with(|| (file, Vec::new())).1.push(edit);
        }
        let primary = primary.ok_or_else(|| "it has no edit".to_owned())?;
        for (file, edits) in edited.values() {
            if let Some(reason) = file.stale.as_ref().filter(|_| !self.args.trust_stale) {
                let there = edited.len() == 1 && looks_applied(&file.file, edits);
                return Err(if there { Aside::There } else { Aside::Refused(reason.clone()) });
            }
        }
        let mut site = None;
        for expected in expected {
            let (path, file) = finder.file(&expected.file)?;
            let offset = expect(expected, &file.file)?;
            // A column says more than a line.
            if path == primary && (site.is_none() || expected.column.is_some()) {
                site = offset;
            }
        }
        let mut files = FixedFiles::default();
        for (path, (file, edits)) in &edited {
            let text = file.file.text();
            let mut spans = Vec::new();
            for edit in edits {
                match edit.place.edit(text, file.file.lines(), &edit.text) {
                    Ok(PlacedEdit { span, text, whole_lines }) => {
                        spans.push(Edit { span, text: with_ends(text, &file.file, whole_lines) })
                    }
                    Err(_) if edited.len() == 1 && looks_applied(&file.file, edits) => {
                        return Err(Aside::There);
                    }
                    Err(misfit) => return Err(misfit.into()),
                }
            }
            let edits = joined_edits(spans, text)?;
            if edits.is_empty() {
                continue;
            }
            self.trust(&file.file, &edits)?;
            let mut fix = split_imports(&file.file, &edits);
            fix.imports.extend(missing_imports(&file.file, &edits));
            if fix.edits.is_empty() && fix.imports.is_empty() {
                // It only takes imports away, and no code with them.
                fix.edits = edits;
            }
            let known = located.files.entry(path.clone()).or_insert_with(|| Arc::new(file.file.unparsed()));
            files.insert(known.path(), fix);
        }
        if files.is_empty() {
            return Err(Aside::There);
        }
        Ok(FoundVariant { path: primary, site, files })
    }

    /// Refuses what adds something that the compiler would follow; what it does to other lines is
    /// asked when the fixes are joined.
    pub(super) fn trust(&self, file: &File, edits: &Edits) -> Result<(), Aside> {
        match directive::added_by(file, edits, &self.args.allow_directive) {
            Some(change) => Err(Aside::Refused(change.reason())),
            None => Ok(()),
        }
    }

    /// What tells a fix from others: its paths, what goes and what comes.
    pub(super) fn fingerprint(
        &self,
        rule: &str,
        files: &FixedFiles,
        texts: &BTreeMap<PathBuf, Arc<File>>,
        seen: &mut HashMap<String, usize>,
    ) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(text.as_bytes()).update(&[0]);
        };
        add(rule);
        for (path, fix) in files.iter() {
            add(&shown(self.root, path));
            for edit in fix.edits.iter() {
                add(texts.get(path).map_or("", |file| edit.span.of(file.text())));
                add(&edit.text);
            }
            fix.imports.iter().for_each(|import| add(&import.path));
        }
        let first = hasher.finalize().to_hex()[..16].to_owned();
        // The second of two that are alike is another one.
        let number = seen.entry(first.clone()).or_default();
        *number += 1;
        if *number == 1 { first } else { format!("{first}-{number}") }
    }
}

/// A title as what stands before a reason.
fn in_one_line(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a file holds what a fix is about: the offset of its place.
fn expect(expected: &ExpectedText, file: &File) -> Result<Option<usize>, Misfit> {
    let (text, lines) = (file.text(), file.lines());
    if expected.line == 0 {
        return Ok(None);
    }
    let row = |line: usize| {
        let content = lines.span(line).of(text).trim_end_matches('\n');
        content.strip_suffix('\r').unwrap_or(content)
    };
    for (below, wanted) in expected.lines.iter().enumerate() {
        let line = expected.line.checked_add(below).ok_or(Misfit::Nowhere)?;
        let wanted = wanted.trim_end_matches(['\r', '\n']);
        if line > lines.count() || row(line) != wanted {
            return Err(Misfit::OtherText(line));
        }
    }
    if expected.line > lines.count() {
        return Err(Misfit::Nowhere);
    }
    let start = lines.span(expected.line).start;
    match expected.column {
        None => Ok(Some(start)),
        Some((column, offset)) => {
            let fits = column <= row(expected.line).len() + 1;
            let at = start + if fits { column.saturating_sub(1) } else { 0 };
            let fits = fits && text.is_char_boundary(at);
            if fits && offset.is_none_or(|offset| offset == at) {
                Ok(Some(at))
            } else {
                Err(Misfit::OtherText(expected.line))
            }
        }
    }
}

/// Whether the new texts of `edits` stand where they would after the fix.
fn looks_applied(file: &File, edits: &[&ForeignEdit]) -> bool {
    let (text, lines) = (file.text(), file.lines());
    let mut places: Vec<(usize, usize, &str)> = Vec::new();
    for edit in edits {
        let mut new = edit.text.as_str();
        let place = match &edit.place {
            ForeignPlace::Bytes(start, end) => {
                usize::try_from(*start).ok().zip(usize::try_from(end.saturating_sub(*start)).ok())
            }
            // How much went is not known when something else stands there.
            ForeignPlace::Columns { start, end, units, .. } if edits.len() == 1 => {
                let at = ForeignPlace::Columns {
                    start: *start,
                    end: (start.0, Some(start.1)),
                    units: units.clone(),
                    old: None,
                };
                let at = at.span(text, lines).ok().map(|span| span.start);
                let indented = at.map(|at| before_in_line(text, at)).filter(|before| before.contains(BLANKS));
                // The text may be whole lines.
                new = indented.and_then(|before| new.strip_prefix(before)).unwrap_or(new);
                at.map(|at| (at, end.0.saturating_sub(start.0)))
            }
            ForeignPlace::Lines(first, _) | ForeignPlace::Inline(first, ..) if edits.len() == 1 => {
                let offset = if let ForeignPlace::Inline(_, start, _) = edit.place { start } else { 0 };
                (*first >= 1 && *first <= lines.count())
                    .then(|| (lines.span(*first).start.saturating_add(offset), 0))
            }
            _ => None,
        };
        let Some((start, length)) = place else { return false };
        places.push((start, length, new));
    }
    places.sort_unstable();
    let mut shift: isize = 0;
    let mut seen = 0;
    for (start, length, new) in places {
        let at = start.saturating_add_signed(shift);
        if !text.get(at..).is_some_and(|rest| rest.starts_with(new)) {
            return false;
        }
        seen += new.trim().len();
        shift = shift.saturating_add_unsigned(new.len()).saturating_sub_unsigned(length);
    }
    // A bracket or two stand in many places.
    seen > 2
}

/// A new text with the line ends of the file, where it is whole lines.
fn with_ends(text: &str, file: &File, whole_lines: bool) -> String {
    if whole_lines && file.newline() == "\r\n" {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text.to_owned()
    }
}

/// The edits of one fix in order, without those that change nothing; those that touch are one.
///
/// # Errors
/// A sentence, when two of them want the same bytes.
pub(super) fn joined_edits(mut edits: Vec<Edit>, text: &str) -> Result<Edits, String> {
    edits.retain(|edit| edit.span.of(text) != edit.text);
    // Insertions at one place stay in the order in which they were given.
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut joined: Vec<Edit> = Vec::new();
    for edit in edits {
        match joined.last_mut() {
            Some(last) if *last == edit && !edit.span.is_empty() => {}
            Some(last) if edit.span.start < last.span.end => {
                let line = text[..edit.span.start].matches('\n').count() + 1;
                return Err(format!("its own edits contradict each other on line {line}"));
            }
            Some(last) if edit.span.start == last.span.end => {
                last.span.end = edit.span.end;
                last.text.push_str(&edit.text);
            }
            _ => joined.push(edit),
        }
    }
    joined.retain(|edit| edit.span.of(text) != edit.text);
    Ok(joined.into())
}
