//! The findings as the page's script reads them: one JSON document in which a
//! text that is said often stands once.

use super::changes::{FixChange, PageHunk, Texts};
use crate::report::columns::visible;
use crate::report::html_input::HtmlInput;
use crate::rewrite::{Applicability, Finding, FrameLine, Proof, Severity};
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, Write};

/// An index into the texts.
type PageText = usize;

#[derive(Serialize)]
struct PageData {
    texts: Vec<String>,
    findings: Vec<PageItem>,
}

#[derive(Serialize)]
struct PageItem {
    rule: PageText,
    level: Applicability,
    severity: Severity,
    path: PageText,
    line: usize,
    column: usize,
    message: PageText,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<PageText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<PageText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    go: Option<PageText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<PageText>,
    /// The guard that kept the site or lowered its level, and its sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    guard: Option<[PageText; 2]>,
    /// What the fix does.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<PageText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangedFile>,
    /// The fix is not shown, because its file is no longer what it was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stale: bool,
    /// The excerpt, where no change shows the place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frame: Vec<PageLine>,
    #[serde(skip_serializing_if = "is_first")]
    pass: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof_reason: Option<PageText>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suppressed: bool,
}

#[derive(Serialize)]
struct ChangedFile {
    path: PageText,
    hunks: Vec<PageHunk>,
}

/// A line of the excerpt. The mark counts UTF-16 units.
#[derive(Serialize)]
struct PageLine {
    line: usize,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<[usize; 2]>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    primary: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    label: String,
}

fn is_first(pass: &u32) -> bool {
    *pass <= 1
}

/// Each text once, in the order in which they came.
#[derive(Default)]
struct Interner {
    texts: Vec<String>,
    known: HashMap<String, PageText>,
}

impl Interner {
    fn text(&mut self, text: &str) -> PageText {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        // Foreign text may come in the words of a compiler or a comment.
        let shown: Vec<String> = text.split('\n').map(|line| visible(line, Some('\t'))).collect();
        self.texts.push(shown.join("\n"));
        self.known.insert(text.to_owned(), self.texts.len() - 1);
        self.texts.len() - 1
    }

    fn some(&mut self, text: &str) -> Option<PageText> {
        (!text.is_empty()).then(|| self.text(text))
    }
}

/// Writes the document so that it may stand in a `script` element.
///
/// # Errors
/// Those of `out`.
pub(super) fn write(out: &mut dyn Write, html_input: &HtmlInput<'_>) -> io::Result<()> {
    let mut interner = Interner::default();
    let mut texts = Texts::new(html_input.source);
    let items =
        html_input.report.findings.iter().map(|finding| item(finding, html_input, &mut interner, &mut texts));
    let findings = items.collect();
    let data = PageData { texts: interner.texts, findings };
    serde_json::to_writer(Contained(out), &data)?;
    Ok(())
}

fn item(
    finding: &Finding,
    html_input: &HtmlInput<'_>,
    interner: &mut Interner,
    texts: &mut Texts<'_>,
) -> PageItem {
    let shown = texts.changes(finding);
    let stale = shown.is_none();
    let changed = |FixChange { path, hunks }: FixChange, interner: &mut Interner| ChangedFile {
        path: interner.text(&path),
        hunks,
    };
    let changes: Vec<ChangedFile> =
        shown.into_iter().flatten().map(|change| changed(change, interner)).collect();
    let kept = finding.level == Applicability::Kept;
    let guard = match (&finding.lowered, finding.guard) {
        (Some(lowered), _) => Some([interner.text(lowered.guard), interner.text(&lowered.reason)]),
        // Of a kept site the reason is the guard's sentence.
        (None, Some(guard)) => Some([interner.text(guard), interner.text(&finding.why)]),
        (None, None) => None,
    };
    PageItem {
        rule: interner.text(finding.rule),
        level: finding.level,
        severity: finding.severity,
        path: interner.text(&finding.path),
        line: finding.start.line,
        column: finding.start.column,
        message: interner.text(&finding.message),
        fingerprint: finding.fingerprint.clone(),
        module: finding.module.as_deref().map(|module| interner.text(module)),
        owner: (html_input.owner)(&finding.path).map(|owner| interner.text(&owner)),
        go: finding.go.map(|go| interner.text(&go.to_string())),
        why: if kept && guard.is_some() { None } else { interner.some(&finding.why) },
        guard,
        title: finding.fix.as_ref().and_then(|fix| interner.some(&fix.title)),
        frame: if changes.is_empty() { excerpt(finding, texts) } else { Vec::new() },
        changes,
        stale,
        pass: finding.pass,
        proof: (finding.proof != Proof::None).then_some(finding.proof),
        proof_reason: finding.proof_reason.as_deref().map(|reason| interner.text(reason)),
        suppressed: finding.suppressed,
    }
}

/// The lines of the frame among those around the site.
fn excerpt(finding: &Finding, texts: &mut Texts<'_>) -> Vec<PageLine> {
    let mut lines: Vec<PageLine> = finding.frame.iter().map(line).collect();
    for (number, text) in texts.surroundings(finding) {
        if !lines.iter().any(|line| line.line == number) {
            let text = visible(&text, Some('\t'));
            lines.push(PageLine { line: number, text, mark: None, primary: false, label: String::new() });
        }
    }
    lines.sort_by_key(|line| line.line);
    lines
}

fn line(frame: &FrameLine) -> PageLine {
    let units = |bytes: usize| {
        let part = frame.text.get(..bytes.min(frame.text.len())).unwrap_or(&frame.text);
        visible(part, Some('\t')).encode_utf16().count()
    };
    PageLine {
        line: frame.line,
        text: visible(&frame.text, Some('\t')),
        mark: frame.mark.map(|(start, end)| [units(start), units(end)]),
        primary: frame.primary,
        label: frame.label.clone(),
    }
}

/// JSON in a `script` element: `<` is spelled so that nothing in it, `</script>`
/// or `<!--`, means anything to the parser of the page. It stands in strings
/// only, where the spelling means the same.
struct Contained<'a>(&'a mut dyn Write);

impl Write for Contained<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        for (index, part) in bytes.split(|byte| *byte == b'<').enumerate() {
            if index > 0 {
                self.0.write_all(b"\\u003c")?;
            }
            self.0.write_all(part)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element() {
        let text = "a </script><!-- \u{2028} & <script> \"";
        let mut out = Vec::new();
        serde_json::to_writer(Contained(&mut out), text).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(!written.contains('<'), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }

    #[test]
    fn a_text_said_often_stands_once() {
        let mut interner = Interner::default();
        assert_eq!(["a", "b", "a"].map(|text| interner.text(text)), [0, 1, 0]);
        assert_eq!(interner.texts, ["a", "b"]);
    }
}
