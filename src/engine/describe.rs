//! Turns a matched site into the finding that every report shows.

use super::cleanup::Excerpts;
use super::embeds;
use super::file_cache::FileSet;
use super::fingerprint::{Fingerprints, SiteName};
use super::matches::{Around, Match, Module};
use super::plan;
use super::policy::FilePolicy;
use crate::rewrite::{
    Applicability, FileEdit, Finding, FindingFix, FrameLine, Lowered, RuleEntry, Severity, Surroundings,
};
use crate::syntax::File;
use crate::text::Span;
use std::path::Path;
use std::sync::Arc;

/// The level that counts for this site under the policy of its file.
pub fn level(entry: &RuleEntry, level: Applicability, policy: &FilePolicy) -> Applicability {
    match level {
        Applicability::Unsafe if policy.promote.contains(entry.meta.id) => Applicability::Safe,
        Applicability::Safe if policy.demote.contains(entry.meta.id) => Applicability::Unsafe,
        other => other,
    }
}

/// The head of the function or declaration number `index` of `file`, on one
/// line: `func (p *Pump) Run(ctx context.Context) error`.
pub fn signature(file: &File, index: usize) -> String {
    let span = file.outline().decls[index].span;
    let body = file.decl(index).and_then(|root| root.named().next()).and_then(|root| root.body());
    let head = match body {
        Some(body) => &file.text()[span.start..body.start()],
        None => span.of(file.text()).lines().next().unwrap_or_default(),
    };
    head.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names a file as reports do.
pub type ShownPath<'a> = dyn Fn(&Path) -> Arc<str> + 'a;

/// Describes the sites of one file, in their order.
pub struct Describer<'a> {
    /// The catalogue.
    pub entries: &'a [RuleEntry],
    /// The file and what surrounds it.
    pub around: &'a Around<'a>,
    /// The file.
    pub file: &'a Arc<File>,
    /// Where its package is read from.
    pub file_set: &'a FileSet,
    /// What is known of its module.
    pub module: &'a dyn Module,
    /// What was decided for it.
    pub policy: &'a FilePolicy,
    /// How paths are shown.
    pub shown: &'a ShownPath<'a>,
}

/// What is the same for all findings of a file.
struct Named {
    path: Arc<str>,
    module: Option<Arc<str>>,
}

/// The sentence of a guard of `entry`.
fn sentence<'e>(entry: &'e RuleEntry, guard: &str) -> &'e str {
    match entry.guard(guard) {
        Some(page) => &page.sentence,
        None if guard == embeds::GUARD => embeds::SENTENCE,
        None => "",
    }
}

impl Describer<'_> {
    /// The findings for `matched`; a fix that cannot be cleaned makes its site a
    /// kept one. `suppressed` gives the reason of the comment that covers a site.
    pub fn findings(
        &self,
        matched: &[Match],
        suppressed: &dyn Fn(&Match) -> Option<String>,
        names: &mut Fingerprints,
    ) -> Vec<Finding> {
        let excerpts = Excerpts::of(self.file);
        // The same for all of them, and not looked up in vain.
        let named = matched
            .first()
            .map(|_| Named { path: (self.shown)(self.file.path()), module: self.module.path(self.file) });
        let sites = matched.iter().zip(named.iter().cycle());
        sites
            .map(|(matched, named)| self.finding(matched, named, &excerpts, suppressed(matched), names))
            .collect()
    }

    fn finding(
        &self,
        matched: &Match,
        named: &Named,
        excerpts: &Excerpts<'_>,
        excuse: Option<String>,
        names: &mut Fingerprints,
    ) -> Finding {
        let entry = &self.entries[matched.entry];
        let diagnostic = &matched.rule_match.diagnostic;
        let verdict = &matched.rule_match.verdict;
        let path = Arc::clone(&named.path);
        let lines = self.file.lines();
        let mut level = level(entry, verdict.level(), self.policy);
        let mut why = diagnostic.why.clone();
        let reason = |guard: &str| {
            let sentence = sentence(entry, guard);
            match verdict.detail() {
                Some(detail) => format!("{} ({detail})", sentence.trim_end_matches('.')),
                None => sentence.to_owned(),
            }
        };
        let guard = verdict.guard();
        // A scan that is kept is read again by the names of the catalogue.
        debug_assert!(
            guard.is_none_or(|guard| guard == embeds::GUARD || entry.meta.guards.contains(&guard)),
            "the page of {} lacks the guard {guard:?}",
            entry.meta.id
        );
        if level == Applicability::Kept
            && let Some(guard) = guard
        {
            why = reason(guard);
        }
        let fix = match plan::alone(matched, excerpts, self.around, self.file, self.file_set) {
            Ok(files) if !files.is_empty() => Some(FindingFix {
                title: matched.rule_match.fix.as_ref().map(|fix| fix.title().to_owned()).unwrap_or_default(),
                edits: files
                    .iter()
                    .flat_map(|(path, edits)| {
                        let path = (self.shown)(path);
                        edits.iter().map(move |edit| FileEdit {
                            path: path.clone(),
                            start_byte: edit.span.start,
                            end_byte: edit.span.end,
                            text: edit.text.clone(),
                        })
                    })
                    .collect(),
            }),
            Ok(_) => None,
            Err(problem) => {
                level = level.min(Applicability::Advice);
                why = format!("{why} (no edit is offered: {problem})");
                None
            }
        };
        let lowered =
            guard.filter(|_| matches!(verdict.level(), Applicability::Advice | Applicability::Unsafe));
        let SiteName { fingerprint, content } = self.name(matched, names);
        let start = lines.position(diagnostic.span.start);
        let end = lines.position(diagnostic.span.end);
        Finding {
            severity: if level == Applicability::Kept { Severity::Note } else { diagnostic.severity },
            module: named.module.clone(),
            go: self.around.go(),
            message: diagnostic.message.clone(),
            why,
            guard: guard.filter(|_| level == Applicability::Kept),
            lowered: lowered.map(|guard| Lowered { guard, reason: reason(guard) }),
            fingerprint,
            content,
            fix,
            suppressed: excuse.is_some(),
            excuse: excuse.unwrap_or_default(),
            frame: frame(self.file, diagnostic.span, &diagnostic.labels),
            pattern: matched.rule_match.pattern.clone(),
            ..Finding::new(entry.meta.id, level, path, start, end)
        }
    }

    /// Of the declaration around the site and the site's source.
    fn name(&self, matched: &Match, fingerprints: &mut Fingerprints) -> SiteName {
        let decl = matched.decl.map(|index| &self.file.outline().decls[index]);
        let names = decl.into_iter().flat_map(|decl| &decl.names);
        let names: Vec<&str> = names.map(|name| name.text.as_str()).collect();
        let receiver = decl.and_then(|decl| decl.receiver.as_deref()).unwrap_or_default();
        let site = matched.rule_match.diagnostic.span.of(self.file.text());
        let rule = self.entries[matched.entry].meta.id;
        fingerprints.next(rule, self.file.path(), &[receiver, &names.join(","), site])
    }
}

/// The lines to show: the surroundings that the transform named, each once,
/// and the site.
pub(super) fn frame(file: &File, site: Span, labels: &[(Span, String)]) -> Vec<FrameLine> {
    let lines = file.lines();
    let line_of = |span: Span, label: String, primary: bool| {
        let line = lines.line(span.start);
        let start = lines.span(line).start;
        let content = lines.content(file.text().as_bytes(), line);
        FrameLine::new(line, content, span.start - start..span.end - start, primary, label)
    };
    let mut frame = vec![line_of(site, String::new(), true)];
    for (span, label) in labels {
        let line = line_of(*span, label.clone(), false);
        if !frame.iter().any(|other| other.line == line.line) {
            frame.push(line);
        }
    }
    frame.sort_by_key(|line| line.line);
    frame
}
