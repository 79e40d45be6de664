//! The findings that `want` lists, and those that there are.

use super::done::Done;
use super::places::ExamplePlaces;
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
        let taken = done.passes.get(&key).and_then(|passes| passes.first().copied());
        let pass = if finding.pass > 1 || finding.fix.is_none() { Some(finding.pass) } else { taken };
        WantedLine {
            text: told(finding),
            patch: finding.pattern.as_ref().map(|pattern| pattern.patch),
            pass,
            files: Some(files_of(finding)),
        }
    }

    /// Whether the finding is the one that the line means. The line may leave out what the
    /// guard saw.
    fn means(&self, found: &WantedLine) -> bool {
        let text = found.text == self.text
            || found.text.strip_prefix(&self.text).is_some_and(|rest| rest.starts_with(' '));
        text && self.patch.is_none_or(|patch| found.patch == Some(patch))
            && self.pass.is_none_or(|pass| found.pass.unwrap_or(1) == pass)
            && self.files.is_none_or(|files| found.files == Some(files))
    }

    /// Whether both are of one file and one level.
    fn is_like(&self, other: &WantedLine) -> bool {
        let parts = |line: &WantedLine| {
            let (place, level) = line.text.split_once(' ')?;
            Some((place.rsplit_once(':')?.0.to_owned(), level.to_owned()))
        };
        parts(self) == parts(other)
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

/// Begins a line of `want` about what `check` says, which asks Go nothing.
const OF_CHECK: &str = "check: ";

/// Whether `want` says something about `check`.
pub fn asks_check(want: &str) -> bool {
    want.lines().any(|line| line.starts_with(OF_CHECK))
}

/// The lines of `want` about `check` that it does not say.
pub fn not_seen(want: &str, findings: &[Finding]) -> Vec<String> {
    let said: Vec<String> = findings.iter().map(told).collect();
    let lines = want.lines().map(without_remark).filter_map(|line| line.strip_prefix(OF_CHECK));
    let fits = |one: &String, line: &str| {
        one.strip_prefix(line).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let wanted = lines.map(|line| WantedLine::parse(line).text);
    let missing = wanted.filter(|line| !said.iter().any(|one| fits(one, line)));
    missing
        .map(|line| format!("wanted of `check`, and not found: {line}; it says {}", said.join(", ")))
        .collect()
}

/// The differences between `want` and the findings of `fix`: every one has to be listed.
pub fn differences(want: &str, done: &Done, warnings: &[String], places: &ExamplePlaces) -> Vec<String> {
    let mut left: Vec<WantedLine> =
        done.findings.iter().map(|finding| WantedLine::of(finding, done)).collect();
    for born in done.born.iter().map(|finding| WantedLine::of(finding, done)) {
        // A site that had to wait for a fix around it is the one that was found at first.
        let waits = |one: &&mut WantedLine| one.pass.is_none() && one.is_like(&born);
        match left.iter_mut().find(waits) {
            Some(waiting) => waiting.pass = born.pass,
            None => left.push(born),
        }
    }
    // A site that a pass wrote where another one stood has the place of that.
    let mut again: Vec<(String, u32)> = Vec::new();
    for finding in &done.findings {
        let passes = done.passes.get(&(finding.path.to_string(), finding.start.byte));
        again.extend(passes.into_iter().flatten().skip(1).map(|pass| (told(finding), *pass)));
    }
    let mut faults = Vec::new();
    let lines = want.lines().map(without_remark).enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let place = places.line("want", index + 1);
        if line.starts_with(OF_CHECK) {
            continue;
        }
        if let Some(skip) = line.strip_prefix("skipped ") {
            if !done.skipped.iter().any(|(path, reason)| is_skip(skip, path, reason)) {
                faults.push(format!("{place}: wanted, and not found: {line}"));
            }
            continue;
        }
        let wanted = WantedLine::parse(line.strip_prefix("fix: ").unwrap_or(line));
        let exact = |one: &WantedLine| one.text == wanted.text && wanted.means(one);
        let at = left.iter().position(exact).or_else(|| left.iter().position(|one| wanted.means(one)));
        match at {
            Some(at) => drop(left.remove(at)),
            None if again.iter().any(|(text, pass)| *text == wanted.text && wanted.pass == Some(*pass)) => {}
            None if warnings.iter().any(|warning| warning.contains(&wanted.text)) => {}
            None => faults.push(format!("{place}: wanted, and not found: {}", wanted.say())),
        }
    }
    faults.extend(left.into_iter().map(|one| {
        let at = one.text.split(' ').next().and_then(|place| place.rsplit_once(':'));
        let place = at.and_then(|(file, line)| Some(places.line(file, line.parse().ok()?)));
        format!("{}: found, and not wanted: {}", place.unwrap_or_default(), one.say())
    }));
    faults
}

/// Whether `wanted`, a file and the beginning of a reason, is this skipped file.
fn is_skip(wanted: &str, path: &str, reason: &str) -> bool {
    let (file, words) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let input = format!("{}.in.go", path.strip_suffix(".go").unwrap_or(path));
    (file == input || file == path) && reason.contains(words.trim())
}
