//! The page of a rule, where the mouse rests on its finding or on its name in a comment.

use super::ServerParts;
use super::diagnostics::{is_shown, span_of};
use super::document::OpenDocument;
use super::position::PlacedText;
use super::project::LspProject;
use super::view::ProjectView;
use crate::engine::scan::UNUSED;
use crate::rewrite::{Evidence, Finding, RuleEntry};
use crate::text::Span;
use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind, Position};

/// What there is to say at a position.
pub fn hover(
    document: &OpenDocument,
    position: Position,
    project: &LspProject,
    parts: &ServerParts,
    text: PlacedText<'_>,
    markdown: bool,
) -> Option<Hover> {
    let path = document.path.as_deref()?;
    let offset = text.offset(position);
    project.with_view(|view| {
        let found = view.examine(path, &document.text);
        let at = |finding: &&Finding| {
            let span = span_of(finding);
            is_shown(finding) && span.start <= offset && offset <= span.end
        };
        let here: Vec<&Finding> = found.findings.iter().filter(at).collect();
        let (pages, span) = if here.is_empty() {
            let (rule, span) = named(&document.text, offset, view)?;
            (vec![page(view, parts, &rule)?], span)
        } else {
            let span = here.iter().map(|finding| span_of(finding)).reduce(Span::join)?;
            let mut rules: Vec<&str> = here.iter().map(|finding| finding.rule).collect();
            rules.dedup();
            let pages = rules.iter().filter_map(|rule| {
                let said = here.iter().filter(|finding| finding.rule == *rule).map(|finding| said(finding));
                Some(format!("{}\n\n{}", said.collect::<Vec<_>>().join("\n\n"), page(view, parts, rule)?))
            });
            (pages.collect(), span)
        };
        let kind = if markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        let value = pages.join("\n\n---\n\n");
        Some(Hover {
            contents: Contents::MarkupContent(MarkupContent { kind, value }),
            range: Some(text.range(span)),
        })
    })
}

/// What the finding says.
fn said(finding: &Finding) -> String {
    let fix = finding.fix.as_ref().map(|fix| format!(" The fix, {}: {}.", finding.level.word(), fix.title));
    format!("**{}.** {}{}", finding.message, finding.why, fix.unwrap_or_default())
}

/// The rule whose name stands at `offset` in a comment of ours, and where.
fn named(text: &str, offset: usize, view: &ProjectView) -> Option<(String, Span)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '/';
    let start = text[..offset].rfind(|c: char| !is_word(c)).map_or(0, |at| at + 1);
    let end = offset + text[offset..].find(|c: char| !is_word(c)).unwrap_or(text.len() - offset);
    let start = if text.is_char_boundary(start) { start } else { offset };
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let comment = text[line..start].find("//").map(|at| &text[line + at..start])?;
    if !["gomend", "nolint", "lint:"].iter().any(|marker| comment.contains(marker)) {
        return None;
    }
    let word = text.get(start..end)?;
    let word = word.strip_prefix("gomend/").unwrap_or(word);
    (view.rule(word).is_some() || word == UNUSED).then(|| (word.to_owned(), Span::new(start, end)))
}

/// The page of the rule called `id`, in Markdown.
pub fn page(view: &ProjectView, parts: &ServerParts, id: &str) -> Option<String> {
    if id == UNUSED {
        return Some(parts.unused_page.to_owned());
    }
    view.rule(id).map(|entry| of_entry(entry, parts, view.page(id)))
}

fn of_entry(entry: &RuleEntry, parts: &ServerParts, address: Option<&str>) -> String {
    let page = entry.page();
    let best = entry.meta.best.word();
    let mut text = format!("## {}\n\n{} ({best})\n\n{}", entry.meta.id, entry.meta.title, page.trim_end());
    if let Some(evidence) = Evidence::of(parts.evidence, entry.meta.id) {
        text.push_str(&format!("\n\n# Measured\n{} ({})", evidence.figures(), evidence.setting));
    }
    if let Some(address) = address.filter(|address| !page.contains(address)) {
        text.push_str(&format!("\n\n[More about it]({address})"));
    }
    text
}
