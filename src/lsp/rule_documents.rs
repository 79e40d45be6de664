//! Rules that are being written: what is wrong with them, and what they match.

use super::ServerParts;
use super::document::OpenDocument;
use super::view::ProjectView;
use crate::engine::discover::{Discovery, Request};
use crate::engine::policy::{FilePolicy, RuleInfo, Rules, Uniform};
use crate::engine::scan::Scan;
use crate::engine::suppress::Recent;
use crate::pattern::{PatchRule, Problem, RuleFile};
use crate::rewrite::Finding;
use std::path::Path;

/// The id of the rule that the file at `path` is; nothing for a file that is none.
pub fn id_of(path: &Path, parts: &ServerParts) -> Option<String> {
    let folder = path.parent()?;
    let name = path.file_name()?.to_str()?;
    let id = name.strip_suffix(".txtar").or_else(|| name.strip_suffix(".patch"))?;
    (folder.ends_with(parts.rule_folder) && !id.starts_with('.')).then(|| id.to_owned())
}

/// What is wrong with the rule in `document`, as it is in the editor.
pub fn problems(document: &OpenDocument, parts: &ServerParts) -> Option<Vec<Problem>> {
    let path = document.path.as_deref()?;
    let id = id_of(path, parts)?;
    Some(match RuleFile::parse(&id, &path.to_string_lossy(), &document.text) {
        Ok(rule) => rule.warnings,
        Err(error) => error.problems,
    })
}

/// What the rule in `document` matches in the folder of `view`.
///
/// # Errors
/// A sentence: the rule cannot be read, or the folder.
pub fn matches(
    document: &OpenDocument,
    parts: &ServerParts,
    view: &ProjectView,
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<Finding>, String> {
    let path = document.path.as_deref().ok_or("the rule is no file; save it first")?;
    let id = id_of(path, parts).ok_or_else(|| format!("{} is not a rule file", path.display()))?;
    let mut rule =
        RuleFile::parse(&id, &path.to_string_lossy(), &document.text).map_err(|error| error.to_string())?;
    (parts.rule_placing)(&mut rule, view.root()).map_err(|problems| {
        problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; ")
    })?;
    let entry = PatchRule::new(parts.rule_group, rule).entry();
    let rules = Rules::new([RuleInfo::from(&entry)]);
    let entries = [entry];
    // The rule is asked about, whatever the configuration selects.
    let policy = FilePolicy { rules: [entries[0].meta.id].into(), ..FilePolicy::default() };
    let policy = Uniform::new(policy);
    let scan = Scan {
        entries: &entries,
        rules: &rules,
        policy: &policy,
        read: Recent::default(),
        ..view.scan(tick)
    };
    let request = Request {
        paths: &[],
        cwd: &scan.cwd,
        include: scan.include.clone(),
        policy: view.settings(),
        threads: 0,
        disk: scan.file_cache.disk().clone(),
    };
    let discovery = Discovery::plan(request).map_err(|error| error.to_string())?;
    Ok(scan.run(&discovery).findings)
}
