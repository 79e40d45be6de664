//! The page of a rule at a terminal: the head of its source file, which is
//! Markdown, set in lines.

use super::columns::{TerminalPiece, flow, visible};
use super::render::{BOLD, CODE, DIM, ITALIC, PLAIN, RenderOptions};
use super::rules::RuleRow;
use crate::rewrite::{Evidence, source};
use anstyle::Style;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::io::{self, Write};

/// Where the text below a heading starts.
const INDENT: usize = 2;
/// How much further code stands in.
const CODE_INDENT: usize = 4;

/// Writes the page of `rule`: a head with its level and Go versions, then
/// `doc`, which is Markdown (`//!` taken off), then its guards unless `doc`
/// has a heading of that name, then what was measured, then its sources.
///
/// # Errors
/// Those of `out`.
pub fn explain(
    out: &mut dyn Write,
    rule: &RuleRow,
    doc: &str,
    evidence: Option<&Evidence>,
    render: RenderOptions,
) -> io::Result<()> {
    writeln!(out, "{}", render.paint(BOLD, &rule.id))?;
    let on = match rule.selection() {
        None => "on by default".to_owned(),
        Some(_) if rule.all => "opt-in (`--select`)".to_owned(),
        Some(_) => format!("by name only (`--select {}`)", rule.id),
    };
    let facts = format!("{} · {on} · {} · {}", rule.level.word(), rule.go(), rule.group);
    text(out, render, DIM, &facts)?;
    writeln!(out)?;
    page(out, doc, render)?;

    let has = |title: &str| {
        doc.lines().any(|line| line.trim_start_matches('#').trim() == title && line.starts_with('#'))
    };
    if !rule.guards.is_empty() && !has("Guards") {
        writeln!(out, "\n{}", render.paint(BOLD, "Guards"))?;
        for guard in &rule.guards {
            write!(out, "{:INDENT$}- ", "")?;
            let rest = format!(", {}: {}", guard.effect.word(), guard.sentence);
            let pieces = [piece(CODE, &guard.name, true), piece(PLAIN, &rest, false)];
            flow(out, render, &pieces, INDENT + 2, INDENT + 2, render.prose())?;
        }
    }
    if let Some(evidence) = evidence {
        writeln!(out, "\n{}", render.paint(BOLD, "Measured"))?;
        let measured = format!("{} ({})", evidence.figures(), evidence.setting);
        text(out, render, PLAIN, &measured)?;
        if !evidence.seed.starts_with("no figure") {
            let first = evidence.exercise.split(", ").next().unwrap_or_default();
            text(out, render, PLAIN, &format!("{} says: {}", source(first), evidence.seed))?;
        }
    }
    if !rule.sources.is_empty() && !has("Sources") {
        writeln!(out, "\n{}", render.paint(BOLD, "Sources"))?;
        for source in &rule.sources {
            text(out, render, PLAIN, source)?;
        }
    }
    Ok(())
}

fn piece(style: Style, text: &str, solid: bool) -> TerminalPiece<'_> {
    TerminalPiece { style, text, solid }
}

fn text(out: &mut dyn Write, render: RenderOptions, style: Style, text: &str) -> io::Result<()> {
    write!(out, "{:INDENT$}", "")?;
    flow(out, render, &[piece(style, text, false)], INDENT, INDENT, render.prose())
}

/// Writes Markdown for a terminal: headings bold at the left border, text in
/// lines, code further in and never wrapped.
///
/// # Errors
/// Those of `out`.
pub fn page(out: &mut dyn Write, markdown: &str, render: RenderOptions) -> io::Result<()> {
    let mut setter = Setter {
        out,
        render,
        runs: Vec::new(),
        style: Vec::new(),
        lists: Vec::new(),
        gap: false,
        item: None,
    };
    for event in Parser::new(markdown) {
        setter.event(event)?;
    }
    Ok(())
}

struct Setter<'o> {
    out: &'o mut dyn Write,
    render: RenderOptions,
    /// The words of the block that is open.
    runs: Vec<(Style, String, bool)>,
    style: Vec<Style>,
    /// The next number of each open list; `None` for one with dashes.
    lists: Vec<Option<u64>>,
    /// Whether a blank line separates the next block from the one before.
    gap: bool,
    /// The sign of an item whose first line is still to come.
    item: Option<String>,
}

impl Setter<'_> {
    fn event(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => self.end(tag)?,
            Event::Text(text) => {
                let style = self.style.last().copied().unwrap_or(PLAIN);
                self.runs.push((style, text.into_string(), false));
            }
            Event::Code(code) => {
                // Without colour the quotes say that it is code.
                let code = if self.render.colour { code.into_string() } else { format!("`{code}`") };
                self.runs.push((CODE, code, true));
            }
            Event::SoftBreak | Event::HardBreak => self.runs.push((PLAIN, " ".into(), false)),
            Event::InlineHtml(html) | Event::Html(html) => self.runs.push((PLAIN, html.into_string(), false)),
            Event::Rule => self.between()?,
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag) -> io::Result<()> {
        match tag {
            Tag::Heading { .. } => {
                self.between()?;
                self.style.push(BOLD);
            }
            Tag::Strong => self.style.push(BOLD),
            Tag::Emphasis => self.style.push(ITALIC),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => self.flush()?,
            Tag::List(first) => {
                self.flush()?;
                if self.lists.is_empty() {
                    self.between()?;
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush()?;
                self.item = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".into(),
                });
            }
            Tag::Paragraph if self.lists.is_empty() => self.between()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> io::Result<()> {
        match tag {
            TagEnd::Heading(_) => {
                self.style.pop();
                self.set(0)?;
                self.gap = false;
            }
            TagEnd::Strong | TagEnd::Emphasis => {
                self.style.pop();
            }
            TagEnd::CodeBlock => self.code()?,
            TagEnd::List(_) => {
                self.flush()?;
                self.lists.pop();
                self.gap = true;
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock => self.flush()?,
            _ => {}
        }
        Ok(())
    }

    /// The blank line that separates two blocks.
    fn between(&mut self) -> io::Result<()> {
        if self.gap {
            writeln!(self.out)?;
        }
        self.gap = false;
        Ok(())
    }

    fn indent(&self) -> usize {
        INDENT + 2 * self.lists.len().saturating_sub(1)
    }

    /// Sets the words that are open as a block of text.
    fn flush(&mut self) -> io::Result<()> {
        if self.runs.is_empty() && self.item.is_none() {
            return Ok(());
        }
        self.set(self.indent())
    }

    fn set(&mut self, indent: usize) -> io::Result<()> {
        let runs = std::mem::take(&mut self.runs);
        let sign =
            self.item.take().unwrap_or_else(|| if self.lists.is_empty() { "".into() } else { "  ".into() });
        let pieces: Vec<TerminalPiece> =
            runs.iter().map(|(style, text, solid)| piece(*style, text, *solid)).collect();
        write!(self.out, "{:indent$}{sign}", "")?;
        let hang = indent + sign.len();
        flow(self.out, self.render, &pieces, hang, hang, self.render.prose())?;
        self.gap = true;
        Ok(())
    }

    fn code(&mut self) -> io::Result<()> {
        self.between()?;
        let code: String = std::mem::take(&mut self.runs).into_iter().map(|(_, text, _)| text).collect();
        let indent = self.indent() + CODE_INDENT;
        for line in code.lines() {
            let text = visible(line, Some('\t')).replace('\t', "    ");
            let indent = if text.trim().is_empty() { 0 } else { indent };
            writeln!(self.out, "{:indent$}{}", "", self.render.paint(CODE, text.trim_end()))?;
        }
        self.gap = true;
        Ok(())
    }
}
