//! Findings for a person at a terminal, in the manner of a good compiler.
//!
//! Colour only repeats what the words say. A reason that was given once for a
//! file is not given again for the same rule in it, and the page of a rule is
//! named once, so that two hundred findings stay readable.

mod fix;
mod frame;
mod options;
mod summary;

pub use options::HumanOptions;
pub use summary::{Fixed, Left, Unproved, failures, fixed, stayed_out, summary, summary_short};

use super::columns::{TerminalPiece, flow, sentence, visible};
use super::render::{BOLD, DIM, NOTE, RenderOptions, WARNING};
use super::{Report, SourceTexts};
use crate::rewrite::{Applicability, Finding, Proof, Severity};
use anstyle::Style;
use fix::FixLines;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

/// Writes all findings of a report and its summary, as `gomend check` does.
///
/// # Errors
/// Those of `out`.
pub fn check(
    out: &mut dyn Write,
    report: &Report,
    sources: &SourceTexts,
    options: &HumanOptions,
) -> io::Result<()> {
    let mut printer = Printer::new(*options, sources);
    for finding in report.findings {
        printer.finding(out, finding)?;
    }
    if printer.printed > 0 {
        writeln!(out)?;
    }
    summary(out, report, options)
}

/// Writes findings one after the other, with a blank line between two.
pub struct Printer<'s> {
    options: HumanOptions,
    sources: &'s SourceTexts,
    printed: usize,
    /// Rules whose page was named.
    named: BTreeSet<&'static str>,
    /// The file of the finding before, and what was said in it.
    path: Option<Arc<str>>,
    said: BTreeSet<(&'static str, String)>,
}

impl<'s> Printer<'s> {
    /// A printer that has not printed anything; `sources` are the files before the fixes.
    pub fn new(options: HumanOptions, sources: &'s SourceTexts) -> Printer<'s> {
        let (named, said) = (BTreeSet::new(), BTreeSet::new());
        Printer { options, sources, printed: 0, named, path: None, said }
    }

    /// Writes one finding. Suppressed and kept ones are left out unless the options ask
    /// for them.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finding(&mut self, out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
        let quiet = finding.level == Applicability::Kept || finding.suppressed;
        if !self.options.show.has(finding) {
            return Ok(());
        }
        if self.printed > 0 {
            writeln!(out)?;
        }
        self.printed += 1;

        let render = self.options.render;
        let (word, style) = match (quiet, finding.severity) {
            (true, _) => (if finding.suppressed { "suppressed" } else { "kept" }, DIM),
            (_, Severity::Warning) => ("warning", WARNING),
            (_, Severity::Note) => ("note", NOTE),
        };
        let head = format!("{word}[{}]:", finding.rule);
        let message = if quiet { DIM } else { BOLD };
        let mut pieces = vec![TerminalPiece { style, text: &head, solid: true }, TerminalPiece::gap()];
        pieces.extend(
            sentence(&finding.message).into_iter().map(|piece| TerminalPiece { style: message, ..piece }),
        );
        flow(out, render, &pieces, 0, 2, render.prose())?;

        let fix = FixLines::of(finding, self.sources, self.options.show.fixes).filter(|_| !quiet);
        let gutter = finding.frame.iter().map(|line| line.line.to_string().len());
        let gutter = gutter.chain(fix.as_ref().map(FixLines::gutter)).max().unwrap_or(1);
        let place =
            format!("{}:{}:{}", visible(&finding.path, None), finding.start.line, finding.start.column);
        writeln!(out, "{:gutter$}{} {place}", "", render.paint(DIM, "-->"))?;
        frame::write(out, &finding.frame, gutter, style, render)?;
        for note in self.notes(finding) {
            note.write(out, gutter, render, if quiet { DIM } else { BOLD })?;
            if let Some(fix) = fix.as_ref().filter(|_| note.key.ends_with(" fix") && note.key != "no fix") {
                fix.write(out, gutter, render)?;
            }
        }
        Ok(())
    }

    fn notes(&mut self, finding: &Finding) -> Vec<Note> {
        if self.path.as_ref() != Some(&finding.path) {
            self.path = Some(finding.path.clone());
            self.said.clear();
        }
        let mut notes = Vec::new();
        let mut say = |key: &'static str, text: String| notes.push(Note { key, text });

        if finding.suppressed {
            let excuse =
                if finding.excuse.is_empty() { "the comment gives no reason" } else { &finding.excuse };
            say("reason", excuse.to_owned());
        } else if finding.level == Applicability::Kept {
            let reason = finding.lowered.as_ref().map_or(&finding.why, |lowered| &lowered.reason);
            let guard = finding.guard.or(finding.lowered.as_ref().map(|lowered| lowered.guard));
            say("kept", with_guard(reason, guard));
        } else {
            if !finding.why.is_empty() && self.said.insert((finding.rule, finding.why.clone())) {
                say("why", finding.why.clone());
            }
            match (&finding.fix, finding.level) {
                (Some(fix), Applicability::Safe) => {
                    say("safe fix", fix_line(finding, &fix.title, "gomend fix"))
                }
                (Some(fix), _) => say("unsafe fix", fix_line(finding, &fix.title, "gomend fix --unsafe")),
                (None, _) if finding.lowered.is_none() && !self.options.show.matches => {
                    say("no fix", "gomend gives advice only here; make the change by hand".into());
                }
                (None, _) => {}
            }
            if let Some(lowered) = &finding.lowered {
                let key = if finding.fix.is_some() { "not safe" } else { "no fix" };
                say(key, with_guard(&lowered.reason, Some(lowered.guard)));
            }
        }
        if finding.pass > 1 {
            let before = finding.pass - 1;
            say(
                "note",
                format!(
                    "appears once the fixes of pass {before} are applied; the place is that of the file on disk"
                ),
            );
        }
        let reason = || finding.proof_reason.clone().unwrap_or_else(|| "no reason given".into());
        match finding.proof {
            Proof::Proved => say("proved", "the Go toolchain accepts the fix".into()),
            Proof::Unproved => say("unproved", reason()),
            Proof::Refused => say("refused", reason()),
            Proof::None => {}
        }
        if self.named.insert(finding.rule) {
            say("see", format!("`gomend explain {}`", finding.rule));
        }
        notes
    }
}

/// A line below the excerpt, `= key: text`.
struct Note {
    key: &'static str,
    text: String,
}

impl Note {
    fn write(
        &self,
        out: &mut dyn Write,
        gutter: usize,
        render: RenderOptions,
        style: Style,
    ) -> io::Result<()> {
        let hang = gutter + 5;
        write!(out, "{:gutter$} {} ", "", render.paint(DIM, "="))?;
        let key = format!("{}:", self.key);
        let key = TerminalPiece { style, text: &key, solid: true };
        let text = self.text.trim_end();
        if !text.contains('\n') {
            let mut pieces = vec![key, TerminalPiece::gap()];
            pieces.extend(sentence(text));
            return flow(out, render, &pieces, gutter + 3, hang, render.prose());
        }
        // The toolchain's words: each line means something by itself.
        flow(out, render, &[key], gutter + 3, hang, render.prose())?;
        for line in text.lines() {
            writeln!(out, "{:hang$}{}", "", visible(line, Some('\t')))?;
        }
        Ok(())
    }
}

fn with_guard(reason: &str, guard: Option<&str>) -> String {
    let reason = reason.trim_end_matches('.');
    match guard {
        Some(guard) if reason.is_empty() => guard.to_string(),
        Some(guard) => format!("{reason} ({guard})"),
        None => reason.to_string(),
    }
}

fn fix_line(finding: &Finding, title: &str, command: &str) -> String {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let others: BTreeSet<&str> =
        edits.map(|edit| &*edit.path).filter(|path| **path != *finding.path).collect();
    let also = match others.len() {
        0 => String::new(),
        1..=3 => format!(", also edits {}", others.into_iter().collect::<Vec<_>>().join(", ")),
        more => format!(", also edits {more} other files"),
    };
    format!("{title} (`{command}`){also}")
}
