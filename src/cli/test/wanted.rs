//! The findings that `want` lists, and those that there are.

use super::Done;
use crate::rewrite::{Applicability, Finding};
use std::collections::BTreeSet;

/// The line without a remark.
pub fn without_remark(line: &str) -> &str {
    match line.find('#') {
        Some(0) => "",
        Some(at) if line[..at].ends_with([' ', '\t']) => line[..at].trim(),
        _ => line.trim(),
    }
}

/// What a finding is called in `want`.
pub fn told(finding: &Finding) -> String {
    let name = finding.path.strip_suffix(".go").unwrap_or(&finding.path);
    let mut text = format!("{name}.in.go:{} {}", finding.start.line, finding.level.word());
    if let Some((guard, reason)) = finding.guarded() {
        text.push_str(&format!(" {guard}"));
        let detail = reason.rsplit_once(" (").and_then(|(_, detail)| detail.strip_suffix(')'));
        if finding.level == Applicability::Kept
            && let Some(detail) = detail_of(reason).or(detail)
        {
            text.push_str(&format!(" {detail}"));
        }
    }
    text
}

/// How many files the fix of a finding edits.
pub fn files_of(finding: &Finding) -> usize {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    edits.map(|edit| &edit.path).collect::<BTreeSet<_>>().len()
}

/// What the guard saw, in parentheses behind its sentence.
fn detail_of(reason: &str) -> Option<&str> {
    let (_, detail) = reason.split_once(" (")?;
    detail.strip_suffix(')')
}

/// A line of `want`, or what is known of a finding.
struct WantedLine {
    text: String,
    patch: Option<usize>,
    pass: Option<u32>,
    files: Option<usize>,
}

impl WantedLine {
    fn parse(line: &str) -> WantedLine {
        let number =
            |key: &str| line.split_whitespace().find_map(|word| word.strip_prefix(key)?.parse().ok());
        let keys = ["patch=", "pass=", "files="];
        let words: Vec<&str> =
            line.split_whitespace().filter(|word| !keys.iter().any(|key| word.starts_with(key))).collect();
        WantedLine {
            text: words.join(" "),
            patch: number("patch="),
            pass: number("pass=").map(|pass| pass as u32),
            files: number("files="),
        }
    }

    fn of(finding: &Finding, done: &Done) -> WantedLine {
        let key = (finding.path.to_string(), finding.start.byte);
        let pass = if finding.pass > 1 { finding.pass } else { done.passes.get(&key).copied().unwrap_or(1) };
        WantedLine {
            text: told(finding),
            patch: finding.pattern.as_ref().map(|pattern| pattern.patch),
            pass: Some(pass),
            files: Some(files_of(finding)),
        }
    }

    /// Whether the finding is the one that the line means. The line may leave out what the
    /// guard saw.
    fn means(&self, found: &WantedLine) -> bool {
        let text = found.text == self.text
            || found.text.strip_prefix(&self.text).is_some_and(|rest| rest.starts_with(' '));
        text && self.patch.is_none_or(|patch| found.patch == Some(patch))
            && self.pass.is_none_or(|pass| found.pass == Some(pass))
            && self.files.is_none_or(|files| found.files == Some(files))
    }

    fn say(&self) -> String {
        let mut text = self.text.clone();
        let numbers = [
            ("patch", self.patch.filter(|patch| *patch > 1)),
            ("pass", self.pass.map(|pass| pass as usize).filter(|pass| *pass > 1)),
            ("files", self.files.filter(|files| *files > 1)),
        ];
        for (key, number) in numbers {
            if let Some(number) = number {
                text.push_str(&format!(" {key}={number}"));
            }
        }
        text
    }
}

/// The differences between `want` and the findings. A line without a prefix is what `fix`
/// sees, and every finding of it has to be listed; `check: ` asks for one that `check` sees.
pub fn differences(want: &str, done: &Done, warnings: &[String]) -> Vec<String> {
    let checked: Vec<WantedLine> =
        done.findings.iter().map(|finding| WantedLine::of(finding, done)).collect();
    let mut left: Vec<WantedLine> =
        done.findings.iter().chain(&done.born).map(|finding| WantedLine::of(finding, done)).collect();
    let mut faults = Vec::new();
    for line in want.lines().map(without_remark).filter(|line| !line.is_empty()) {
        if let Some(line) = line.strip_prefix("check: ") {
            let wanted = WantedLine::parse(line);
            if !checked.iter().any(|one| wanted.means(one)) {
                faults.push(format!("wanted of `check`, and not found: {}", wanted.say()));
            }
            continue;
        }
        let wanted = WantedLine::parse(line.strip_prefix("fix: ").unwrap_or(line));
        let exact = |one: &WantedLine| one.text == wanted.text && wanted.means(one);
        let at = left.iter().position(exact).or_else(|| left.iter().position(|one| wanted.means(one)));
        match at {
            Some(at) => drop(left.remove(at)),
            None if warnings.iter().any(|warning| warning.contains(&wanted.text)) => {}
            None => faults.push(format!("wanted, and not found: {}", wanted.say())),
        }
    }
    faults.extend(left.into_iter().map(|one| format!("found, and not wanted: {}", one.say())));
    faults
}
