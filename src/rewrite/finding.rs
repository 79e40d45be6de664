//! What a run says of a site: place, level, reason and the fix that stands
//! alone.

use crate::model::GoVersion;
use crate::text::Position;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What a fix promises. Ordered, so that a policy is one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The site matched and was refused for a named guard: the code stays.
    Kept,
    /// No edit. The finding says what to do and why.
    Advice,
    /// The intent is kept, but something observable may change. A person must
    /// agree.
    Unsafe,
    /// Under the guards of the transform the program does the same as before,
    /// apart from speed, memory, when the collector runs, what a profile
    /// samples and how fresh runtime statistics are; it still builds and vets.
    Safe,
}

impl Applicability {
    /// The word that users read and write.
    pub fn word(self) -> &'static str {
        match self {
            Applicability::Kept => "kept",
            Applicability::Advice => "advice",
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }
}

/// How bad the code is as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It only costs.
    Note,
    /// It can fail, leak, block or report something untrue.
    Warning,
}

/// What verification made of a fix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// The toolchain saw the rewritten package and had nothing new to say.
    Proved,
    /// The toolchain could not look; the reason is said.
    Unproved,
    /// The toolchain refused it; its words are said.
    Refused,
    /// Nothing was verified, or there is nothing to verify.
    #[default]
    None,
}

/// One finding, as every report shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id, `time-after-in-loop`.
    pub rule: &'static str,
    /// What its fix promises, or `kept`, or `advice`.
    pub level: Applicability,
    /// How bad the code is as it stands.
    pub severity: Severity,
    /// The file, relative to the working directory where it lies below it,
    /// always with `/`.
    pub path: Arc<str>,
    /// The module path of the nearest go.mod.
    pub module: Option<Arc<str>>,
    /// The Go version that decides at this site.
    pub go: Option<GoVersion>,
    /// Start of the site.
    pub start: Position,
    /// Just past its end.
    pub end: Position,
    /// What was found, one sentence without a full stop.
    pub message: String,
    /// The measured reason for this Go version, one or two sentences.
    pub why: String,
    /// For a kept site: the guard that kept it.
    pub guard: Option<&'static str>,
    /// For a site below the rule's best level: the guard that lowered it, with
    /// its sentence.
    pub lowered: Option<Lowered>,
    /// Survives moved lines: rule, file, declaration, normalised source.
    pub fingerprint: String,
    /// The same without the file: survives a renamed one.
    pub content: String,
    /// The pass of the fixpoint that gave birth to it, from 1.
    pub pass: u32,
    /// What verification made of the fix.
    pub proof: Proof,
    /// Why it is unproved, or the compiler's words.
    pub proof_reason: Option<String>,
    /// The fix, good when applied by itself.
    pub fix: Option<FindingFix>,
    /// A suppression comment covers it.
    pub suppressed: bool,
    /// What that comment gives as its reason; empty when it gives none.
    pub excuse: String,
    /// The lines that a reader needs to see.
    pub frame: Vec<FrameLine>,
    /// For a rule that is written as a patch: which patch matched, and what.
    pub pattern: Option<PatternFinding>,
}

/// What a patch matched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternFinding {
    /// The number of the patch in its file, from 1.
    pub patch: usize,
    /// The patches of a file that run one behind the other: how many run before this one.
    pub stage: usize,
    /// The text of each variable, by name.
    pub bindings: BTreeMap<String, String>,
}

impl Finding {
    /// Whether it asks anything of anybody.
    pub fn counts(&self) -> bool {
        self.level > Applicability::Kept && !self.suppressed
    }

    /// A note of pass 1 from `start` to `end` of the file at `path`, with nothing else said of
    /// it. Whoever makes a finding says what he knows beside that.
    pub fn new(
        rule: &'static str,
        level: Applicability,
        path: Arc<str>,
        start: Position,
        end: Position,
    ) -> Finding {
        Finding {
            rule,
            level,
            severity: Severity::Note,
            path,
            module: None,
            go: None,
            start,
            end,
            message: String::new(),
            why: String::new(),
            guard: None,
            lowered: None,
            fingerprint: String::new(),
            content: String::new(),
            pass: 1,
            proof: Proof::None,
            proof_reason: None,
            fix: None,
            suppressed: false,
            excuse: String::new(),
            frame: Vec::new(),
            pattern: None,
        }
    }

    /// The guard that kept the site or lowered its level, and its sentence.
    pub fn guarded(&self) -> Option<(&'static str, &str)> {
        let lowered = self.lowered.as_ref().map(|lowered| (lowered.guard, lowered.reason.as_str()));
        self.guard.map(|guard| (guard, self.why.as_str())).or(lowered)
    }
}

/// The keys of the JSON, in their order. `guard` and `reason` are there where a guard spoke,
/// `bindings` where a pattern has variables.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let guarded = self.guarded();
        let bindings = self.pattern.as_ref().map(|pattern| &pattern.bindings);
        let bindings = bindings.filter(|bindings| !bindings.is_empty());
        let keys = 16 + 2 * usize::from(guarded.is_some()) + usize::from(bindings.is_some());
        let mut out = serializer.serialize_struct("Finding", keys)?;
        out.serialize_field("rule", self.rule)?;
        out.serialize_field("level", &self.level)?;
        out.serialize_field("severity", &self.severity)?;
        out.serialize_field("path", &self.path)?;
        out.serialize_field("module", &self.module)?;
        out.serialize_field("go", &self.go)?;
        out.serialize_field("start", &self.start)?;
        out.serialize_field("end", &self.end)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("why", &self.why)?;
        if let Some((guard, reason)) = guarded {
            out.serialize_field("guard", guard)?;
            out.serialize_field("reason", reason)?;
        }
        out.serialize_field("fingerprint", &self.fingerprint)?;
        out.serialize_field("pass", &self.pass)?;
        out.serialize_field("proof", &self.proof)?;
        out.serialize_field("proof_reason", &self.proof_reason)?;
        out.serialize_field("fix", &self.fix)?;
        out.serialize_field("suppressed", &self.suppressed)?;
        if let Some(bindings) = bindings {
            out.serialize_field("bindings", bindings)?;
        }
        out.end()
    }
}

/// The guard that took a site below the rule's best level.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The guard's name.
    pub guard: &'static str,
    /// Its sentence from the rule's page.
    pub reason: String,
}

/// A fix as reports show it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingFix {
    /// A verb phrase: `reuse one timer`.
    pub title: String,
    /// The edits, sorted by file and place, disjoint.
    pub edits: Vec<FileEdit>,
}

/// One edit of one file, over the bytes on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEdit {
    /// The file, as in [`Finding::path`].
    pub path: Arc<str>,
    /// First byte that goes, from 0, BOM included.
    pub start_byte: usize,
    /// Just past the last byte that goes.
    pub end_byte: usize,
    /// What comes.
    pub text: String,
}

/// A source line of the excerpt: the enclosing `for` and `select`, then the
/// site itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FrameLine {
    /// Line number, from 1.
    pub line: usize,
    /// The line without its line end. Of a long line the part around the mark, with `…` in
    /// the place of what is left out.
    pub text: String,
    /// Bytes of `text` (from 0, half-open) to mark.
    pub mark: Option<(usize, usize)>,
    /// Whether this is the site (carets) or its surroundings (dashes).
    pub primary: bool,
    /// A word or two beside the mark: `this loop`, `this select`.
    pub label: String,
}

/// How many bytes of a line stand on each side of what is marked in it. A file may have
/// any number of sites on one line of any length.
const BESIDE: usize = 4 * 1024;

/// What stands for the part of a long line that is left out.
const CUT: char = '…';

impl FrameLine {
    /// The line number `line`, which is `content`, with the bytes `mark` of it marked.
    pub fn new(line: usize, content: &[u8], mark: Range<usize>, primary: bool, label: String) -> FrameLine {
        let start = mark.start.min(content.len());
        let end = mark.end.clamp(start, content.len());
        let from = boundary(content, start.saturating_sub(BESIDE));
        let to = boundary(content, end.saturating_add(BESIDE).min(content.len()));
        let mut text = String::new();
        if from > 0 {
            text.push(CUT);
        }
        let before = text.len();
        text += &String::from_utf8_lossy(&content[from..to]);
        if to < content.len() {
            text.push(CUT);
        }
        let shift = |at: usize| at - from + before;
        FrameLine { line, text, mark: Some((shift(start), shift(end))), primary, label }
    }

    /// Whether `content` still is the line that this one was made from.
    pub fn is_of(&self, content: &str) -> bool {
        let text = self.text.as_str();
        // The sign may also stand in the line itself.
        text == content
            || text.len() > BESIDE && {
                let text = text.strip_prefix(CUT).unwrap_or(text);
                content.contains(text.strip_suffix(CUT).unwrap_or(text))
            }
    }
}

/// The nearest place at `at` or before it where no character of `content` is cut apart.
fn boundary(content: &[u8], at: usize) -> usize {
    let is_inside = |at: usize| content.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !is_inside(*at)).unwrap_or(at)
}

/// A file that was wanted and not looked at, or a directory that was pruned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// The file or directory, as in [`Finding::path`].
    pub path: Arc<str>,
    /// `generated`, `syntax error near line 12`, `not UTF-8`, ...
    pub reason: String,
}

/// Something that could not be read or done: exit 2, after the rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Failure {
    /// The file or directory, as in [`Finding::path`].
    pub path: Arc<str>,
    /// What happened and what to do.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(content: &str, mark: Range<usize>) -> FrameLine {
        FrameLine::new(1, content.as_bytes(), mark, true, String::new())
    }

    #[test]
    fn a_line_is_whole_unless_it_is_long() {
        let content = "\tx := 日本(1)";
        let line = frame(content, 6..12);
        assert_eq!((line.text.as_str(), line.mark), (content, Some((6, 12))));
        assert!(line.is_of(content));
        assert!(!line.is_of("\tx := 日本(1) // changed"));
        assert_eq!(frame(content, 40..50).mark, Some((content.len(), content.len())));
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_is_known_again() {
        let content = format!("{}runtime.GC(){}", "日本; ".repeat(BESIDE), " 本日;".repeat(BESIDE));
        let at = content.find("runtime").unwrap();
        for at in [at - 7, at - 5, at] {
            let line = frame(&content, at..at + 12);
            let (start, end) = line.mark.unwrap();
            assert!(line.text.len() < 2 * BESIDE + 100);
            assert!(!line.text.contains('\u{fffd}'), "{at}");
            assert_eq!(line.text.as_bytes()[start..end], content.as_bytes()[at..at + 12]);
            assert!(line.is_of(&content));
            assert!(!line.is_of(&content.replace("GC", "gc")));
        }
    }
}
