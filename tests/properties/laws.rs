//! What must hold for any text at all, whether it is Go or not.

use crate::support::Known;
use gomend::engine::discover::{FileKind, Include, Limits};
use gomend::engine::fixes::Fixes;
use gomend::engine::policy::{FilePolicy, RuleInfo, Rules, Uniform};
use gomend::engine::scan::{Scan, Scanned};
use gomend::rewrite::Applicability;
use gomend::syntax::{Decl, DeclKind, File};
use gomend::text::Span;
use gomend::transforms::CATALOGUE;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// A folder whose go.mod names a Go version. The files in it are in memory only.
pub struct Ground {
    pub go: &'static str,
    folder: tempfile::TempDir,
    known: Known,
}

/// Timers changed with Go 1.23, loop variables with 1.22.
pub static GROUNDS: LazyLock<[Ground; 2]> = LazyLock::new(|| {
    ["1.26", "1.21"].map(|go| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("go.mod"), format!("module p\n\ngo {go}\n")).unwrap();
        let known = Known::of(folder.path());
        Ground { go, folder, known }
    })
});

impl Ground {
    /// A file of that name here.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What is known of the module.
    pub fn known(&self) -> &Known {
        &self.known
    }
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    Rules::new(CATALOGUE.iter().map(|entry| RuleInfo {
        id: entry.meta.id,
        group: entry.meta.group.word(),
        opt_in: entry.meta.opt_in,
        options: entry.meta.options,
        no_gain: entry.meta.no_gain,
        foreign: entry.meta.foreign,
    }))
});

static POLICY: LazyLock<Uniform> = LazyLock::new(|| {
    let rules = CATALOGUE.iter().map(|entry| entry.meta.id).collect();
    Uniform::new(FilePolicy { rules, ..FilePolicy::default() })
});

/// A law that a text breaks.
pub struct Breach {
    pub law: &'static str,
    pub detail: String,
}

fn breach<T>(law: &'static str, detail: impl Into<String>) -> Result<T, Breach> {
    Err(Breach { law, detail: detail.into() })
}

/// One replacement, free of the types that are under test.
struct Change<'t> {
    start: usize,
    end: usize,
    text: &'t str,
}

/// What the catalogue saw in a text.
pub struct Run {
    /// How many sites have a fix.
    pub fixes: usize,
}

/// Runs the whole catalogue over `text` as the file `name` and holds it to the
/// laws.
pub fn hold(text: &str, name: &str, ground: &Ground) -> Result<Run, Breach> {
    let path = ground.path(name);
    match catch_unwind(AssertUnwindSafe(|| lawful(text, &path, &ground.known))) {
        Ok(outcome) => outcome,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            breach("never panics", said.unwrap_or_default())
        }
    }
}

fn scan<'a>(known: &'a Known, path: &Path) -> Scan<'a> {
    Scan {
        entries: CATALOGUE,
        rules: &RULES,
        policy: &*POLICY,
        module: known,
        include: Include::from([FileKind::Tests, FileKind::Generated]),
        limits: Limits::default(),
        cwd: path.parent().map(Path::to_owned).unwrap_or_default(),
        root: path.parent().map(Path::to_owned).unwrap_or_default(),
        shard: None,
        file_cache: Arc::default(),
        read: Default::default(),
        tick: &|| {},
    }
}

/// What the passes make of `text`, suppressions obeyed; nothing when they leave
/// it as it is.
pub fn mended(text: &str, path: &Path, known: &Known) -> Option<String> {
    let scan = scan(known, path);
    let choose =
        |entry: &_, seen: &_, file: &Arc<File>, _: &_| scan.wants(entry, seen, file, Applicability::Unsafe);
    let fixes = Fixes::of_file(&scan, Arc::new(File::new(path, text)), &choose);
    fixes.planned(path).map(|planned| planned.after.clone())
}

/// What each finding's fix makes of `text` by itself, as JSON offers it, by its rule;
/// without those that edit other files too.
pub fn alone(text: &str, path: &Path, known: &Known) -> Vec<(String, String)> {
    let scanned = scan(known, path).text(path, text.to_owned());
    let own = Path::new(path.file_name().expect("a file has a name"));
    let mut results = Vec::new();
    for finding in &scanned.findings {
        let Some(fix) = &finding.fix else { continue };
        if fix.edits.iter().all(|edit| Path::new(&*edit.path) == own) {
            let mut after = text.to_owned();
            for edit in fix.edits.iter().rev() {
                after.replace_range(edit.start_byte..edit.end_byte, &edit.text);
            }
            results.push((finding.rule.to_string(), after));
        }
    }
    results
}

fn lawful(text: &str, path: &Path, known: &Known) -> Result<Run, Breach> {
    let scan = scan(known, path);
    let scanned = scan.text(path, text.to_owned());
    each_fix_stands_alone(text, path, &scanned)?;
    let before = Arc::new(File::new(path, text));
    let choose = |_: &_, seen: &gomend::engine::matches::Match, _: &Arc<File>, _: &_| {
        seen.rule_match.verdict.level() >= Applicability::Unsafe
    };
    let fixes = Fixes::of_file(&scan, before.clone(), &choose);
    for dropped in fixes.dropped() {
        let (rule, reason) = (dropped.key.rule, &dropped.reason);
        if reason.contains("mistake of the rule") || reason.contains("without end") {
            return breach("no fix is dropped for a mistake", format!("{rule}: {reason}"));
        }
    }
    let count = scanned.findings.iter().filter(|finding| finding.fix.is_some()).count();
    let Some(planned) = fixes.planned(path) else {
        return Ok(Run { fixes: count });
    };
    if planned.before != text {
        return breach("the plan is of the text that was given", String::new());
    }
    let changes: Vec<Change<'_>> = planned
        .edits
        .iter()
        .map(|edit| Change { start: edit.span.start, end: edit.span.end, text: &edit.text })
        .collect();
    bytes_outside_are_identical(text, &planned.after, &changes)?;
    if planned.edits.apply(text) != planned.after {
        return breach("applying the edits gives the result", planned.after.clone());
    }
    let after = File::new(path, planned.after.as_str());
    stays_go(&before, &after, &changes)?;
    let second = Fixes::of_file(&scan, Arc::new(after), &choose);
    if let Some(again) = second.planned(path) {
        let twice = format!("once:\n{}\ntwice:\n{}", planned.after, again.after);
        return breach("a second run changes nothing", twice);
    }
    Ok(Run { fixes: count })
}

fn each_fix_stands_alone(text: &str, path: &Path, scanned: &Scanned) -> Result<(), Breach> {
    for finding in &scanned.findings {
        if finding.why.contains("mistake of the rule") {
            return breach("each fix alone settles", format!("{}: {}", finding.rule, finding.why));
        }
        let (start, end) = (finding.start.byte, finding.end.byte);
        if start > end || text.get(start..end).is_none() {
            return breach("a site lies in its file", format!("{}: {start}..{end}", finding.rule));
        }
        let Some(fix) = &finding.fix else { continue };
        if fix.edits.iter().any(|edit| Path::new(&*edit.path) != Path::new(path.file_name().unwrap())) {
            continue;
        }
        let changes: Vec<Change<'_>> = fix
            .edits
            .iter()
            .map(|edit| Change { start: edit.start_byte, end: edit.end_byte, text: &edit.text })
            .collect();
        let after = rewritten(text, &changes)?;
        let (before, after) = (File::new(path, text), File::new(path, after));
        stays_go(&before, &after, &changes).map_err(|breach| Breach {
            detail: format!("{} alone, {}: {}", finding.rule, fix.title, breach.detail),
            ..breach
        })?;
    }
    Ok(())
}

/// The text after `changes`, which have to be in order, apart from each other
/// and between characters.
fn rewritten(text: &str, changes: &[Change<'_>]) -> Result<String, Breach> {
    let mut after = String::new();
    let mut done = 0;
    for change in changes {
        let Some(kept) = text.get(done..change.start) else {
            return breach("edits are sorted and disjoint", format!("{done} before {}", change.start));
        };
        if text.get(change.start..change.end).is_none() {
            return breach("edits are sorted and disjoint", format!("{}..{}", change.start, change.end));
        }
        after.push_str(kept);
        after.push_str(change.text);
        done = change.end;
    }
    after.push_str(&text[done..]);
    Ok(after)
}

/// Walks both texts side by side.
fn bytes_outside_are_identical(before: &str, after: &str, changes: &[Change<'_>]) -> Result<(), Breach> {
    rewritten(before, changes)?;
    let (mut old, mut new) = (before.as_bytes(), after.as_bytes());
    let mut at = 0;
    for change in changes {
        while at < change.start {
            if old.first() != new.first() {
                return breach("bytes outside of the edits are identical", format!("at {at}"));
            }
            (old, new, at) = (&old[1..], &new[1..], at + 1);
        }
        let Some(rest) = new.strip_prefix(change.text.as_bytes()) else {
            return breach("each edit's text is in the result", format!("at {at}"));
        };
        (old, new, at) = (&old[change.end - change.start..], rest, change.end);
    }
    if old == new { Ok(()) } else { breach("bytes outside of the edits are identical", format!("from {at}")) }
}

type Signature = (DeclKind, Option<String>, Vec<String>);

fn declared(file: &File) -> Vec<(Signature, bool)> {
    let decls = file.outline().decls.iter().enumerate();
    decls
        .map(|(index, decl)| {
            let names = decl.names.iter().map(|name| name.text.clone()).collect();
            ((decl.kind, decl.receiver.clone(), names), file.fault(index).is_none())
        })
        .collect()
}

/// Every declaration that no change takes away or renames is still there, in its
/// place; what parsed still parses; package clause, byte order mark and line
/// ends are what they were.
fn stays_go(before: &File, after: &File, changes: &[Change<'_>]) -> Result<(), Breach> {
    let shown = || format!("\n{}", after.text());
    let (old, new) = (before.outline(), after.outline());
    if new.broken.len() > old.broken.len() {
        return breach("no new syntax error", shown());
    }
    if new.bom != old.bom || (old.package.is_some() && before.package() != after.package()) {
        return breach("package clause and byte order mark stay", shown());
    }
    let mut rest = declared(after).into_iter();
    // Taken away whole, or given another name: then it is one of those between.
    let goes = |decl: &Decl| {
        changes.iter().any(|change| {
            let span = Span::new(change.start, change.end);
            let gone = span.covers(decl.span) && change.text.trim().is_empty();
            gone || decl.names.iter().any(|name| span.overlaps(name.span))
        })
    };
    for ((signature, parsed), decl) in declared(before).into_iter().zip(&old.decls) {
        if goes(decl) {
            continue;
        }
        let mut between = Vec::new();
        let found = loop {
            match rest.next() {
                None => return breach("every declaration stays", format!("{signature:?}{}", shown())),
                Some((other, parses)) if other == signature => break parses,
                Some(other) => between.push(other.1),
            }
        };
        if (parsed && !found) || between.contains(&false) {
            return breach("no new syntax error", format!("{signature:?}{}", shown()));
        }
    }
    if rest.any(|(_, parses)| !parses) {
        return breach("no new syntax error", shown());
    }
    line_ends_stay(before.text(), after.text())
}

fn line_ends_stay(before: &str, after: &str) -> Result<(), Breach> {
    let bare = |text: &str| text.match_indices('\n').any(|(at, _)| !text[..at].ends_with('\r'));
    if before.contains("\r\n") && !bare(before) && bare(after) {
        return breach("windows line ends stay", format!("{after:?}"));
    }
    if !before.contains('\r') && after.contains('\r') {
        return breach("unix line ends stay", format!("{after:?}"));
    }
    Ok(())
}
