//! A scan as it is written down and read again.

use crate::engine::embeds;
use crate::engine::scan::{Scanned, UNUSED};
use crate::model::GoVersion;
use crate::rewrite::{
    Applicability, Finding, FindingFix, FrameLine, Lowered, PatternFinding, Proof, RuleEntry, Severity,
    Skipped,
};
use crate::text::Position;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// What a scan found.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredScan<'a> {
    files: usize,
    #[serde(borrow)]
    findings: Vec<StoredFinding<'a>>,
    skipped: Cow<'a, [Skipped]>,
    fixable: Cow<'a, BTreeMap<PathBuf, Arc<str>>>,
}

/// A finding whose names are those of a catalogue.
#[derive(Serialize, Deserialize)]
struct StoredFinding<'a> {
    rule: Cow<'a, str>,
    level: Applicability,
    severity: Severity,
    path: Arc<str>,
    module: Option<Arc<str>>,
    go: Option<(u16, u16)>,
    start: Position,
    end: Position,
    message: Cow<'a, str>,
    why: Cow<'a, str>,
    guard: Option<Cow<'a, str>>,
    lowered: Option<(Cow<'a, str>, Cow<'a, str>)>,
    fingerprint: Cow<'a, str>,
    content: Cow<'a, str>,
    pass: u32,
    proof: Proof,
    proof_reason: Option<Cow<'a, str>>,
    fix: Option<Cow<'a, FindingFix>>,
    suppressed: bool,
    excuse: Cow<'a, str>,
    frame: Cow<'a, [FrameLine]>,
    pattern: Option<Cow<'a, PatternFinding>>,
}

impl<'a> StoredScan<'a> {
    /// What `scanned` says; it has no failures and met no rules.
    pub(super) fn of(scanned: &'a Scanned) -> StoredScan<'a> {
        let Scanned { findings, files, skipped, failures: _, fixable, met_rules: _ } = scanned;
        StoredScan {
            files: *files,
            findings: findings.iter().map(StoredFinding::of).collect(),
            skipped: Cow::Borrowed(skipped),
            fixable: Cow::Borrowed(fixable),
        }
    }

    /// The same in the words of `entries`; nothing when they lack one.
    pub(super) fn scanned(self, entries: &[RuleEntry]) -> Option<Scanned> {
        let known: HashMap<&str, &RuleEntry> = entries.iter().map(|entry| (entry.meta.id, entry)).collect();
        let findings = self.findings.into_iter().map(|finding| finding.finding(&known));
        Some(Scanned {
            findings: findings.collect::<Option<_>>()?,
            files: self.files,
            skipped: self.skipped.into_owned(),
            failures: Vec::new(),
            fixable: self.fixable.into_owned(),
            met_rules: false,
        })
    }
}

impl<'a> StoredFinding<'a> {
    fn of(finding: &'a Finding) -> StoredFinding<'a> {
        // Named one by one, so that no new field is forgotten.
        let Finding {
            rule,
            level,
            severity,
            path,
            module,
            go,
            start,
            end,
            message,
            why,
            guard,
            lowered,
            fingerprint,
            content,
            pass,
            proof,
            proof_reason,
            fix,
            suppressed,
            excuse,
            frame,
            pattern,
        } = finding;
        StoredFinding {
            rule: Cow::Borrowed(rule),
            level: *level,
            severity: *severity,
            path: path.clone(),
            module: module.clone(),
            go: go.map(|GoVersion(major, minor)| (major, minor)),
            start: *start,
            end: *end,
            message: message.into(),
            why: why.into(),
            guard: guard.map(Cow::Borrowed),
            lowered: lowered.as_ref().map(|Lowered { guard, reason }| ((*guard).into(), reason.into())),
            fingerprint: fingerprint.into(),
            content: content.into(),
            pass: *pass,
            proof: *proof,
            proof_reason: proof_reason.as_ref().map(Cow::from),
            fix: fix.as_ref().map(Cow::Borrowed),
            suppressed: *suppressed,
            excuse: excuse.into(),
            frame: Cow::Borrowed(frame),
            pattern: pattern.as_ref().map(Cow::Borrowed),
        }
    }

    fn finding(self, known: &HashMap<&str, &RuleEntry>) -> Option<Finding> {
        let entry = known.get(&*self.rule);
        let rule = entry.map(|entry| entry.meta.id).or((self.rule == UNUSED).then_some(UNUSED))?;
        let named = |name: Cow<'_, str>| {
            let own = entry?.meta.guards.iter().copied();
            own.chain([embeds::GUARD]).find(|guard| *guard == name)
        };
        let guard = match self.guard {
            Some(name) => Some(named(name)?),
            None => None,
        };
        let lowered = match self.lowered {
            Some((name, reason)) => Some(Lowered { guard: named(name)?, reason: reason.into_owned() }),
            None => None,
        };
        Some(Finding {
            rule,
            level: self.level,
            severity: self.severity,
            path: self.path,
            module: self.module,
            go: self.go.map(|(major, minor)| GoVersion(major, minor)),
            start: self.start,
            end: self.end,
            message: self.message.into_owned(),
            why: self.why.into_owned(),
            guard,
            lowered,
            fingerprint: self.fingerprint.into_owned(),
            content: self.content.into_owned(),
            pass: self.pass,
            proof: self.proof,
            proof_reason: self.proof_reason.map(Cow::into_owned),
            fix: self.fix.map(Cow::into_owned),
            suppressed: self.suppressed,
            excuse: self.excuse.into_owned(),
            frame: self.frame.into_owned(),
            pattern: self.pattern.map(Cow::into_owned),
        })
    }
}
