//! Text as HTML: escaped, with what stands in backquotes as code, and the pages
//! of rules.

use crate::report::columns::visible;
pub(super) use crate::report::counted::{counted as count, grouped};
use crate::report::html_input::RulePage;
use crate::report::overview::Share;
use crate::rewrite::Applicability;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};
use std::fmt::Write as _;

/// `text` with everything spelled out that a browser would act upon.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in visible(text, Some('\n')).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}

/// A sentence, in which code stands between backquotes.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        let part = escaped(part);
        let _ = if index % 2 == 1 { write!(out, "<code>{part}</code>") } else { write!(out, "{part}") };
    }
    out
}

/// A value in the fragment of a link.
pub(super) fn in_fragment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'@' => {
                out.push(byte as char);
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// The page of a rule, closed, under the name `rule-ID`; `share` is what it
/// found.
pub(super) fn rule(page: &RulePage, share: Option<&Share>) -> String {
    let RulePage { rule, doc, evidence } = page;
    let (id, level) = (escaped(&rule.id), rule.level.word());
    let found = match share {
        Some(share) if share.findings() > 0 => count(share.findings(), "finding", "findings"),
        Some(share) if share.kept > 0 => format!("{} kept", grouped(share.kept)),
        _ => "nothing found".to_owned(),
    };
    let on = rule.selection().unwrap_or("on by default");
    let mut out = format!(
        "<details class=\"rule\" id=\"rule-{id}\"><summary><code>{id}</code> <span class=\"does\">{}</span> \
         <span class=\"found\">{found}</span></summary>\n<article>\n<h3><code>{id}</code></h3>\n<p class=\"facts\">\
         <span class=\"level {level}\">{level}</span> {on} · {} · {}</p>\n",
        prose(&rule.title),
        escaped(&rule.go()),
        escaped(&rule.group),
    );
    out += &markdown(doc);
    if !rule.guards.is_empty() && !doc.lines().any(|line| line.trim() == "# Guards") {
        out += "<h4>Guards</h4>\n<ul>\n";
        for guard in &rule.guards {
            let (name, sentence) = (escaped(&guard.name), prose(&guard.sentence));
            let effect = if guard.effect == Applicability::Kept { "keep" } else { guard.effect.word() };
            let _ = writeln!(out, "<li><code>{name}</code>, {effect}: {sentence}</li>");
        }
        out += "</ul>\n";
    }
    if let Some(evidence) = evidence {
        let (figures, setting) = (escaped(&evidence.figures()), escaped(&evidence.setting));
        let _ = writeln!(out, "<h4>Measured</h4>\n<p>{figures} ({setting})</p>");
    }
    out + "</article></details>\n"
}

/// Markdown whose headings stand below those of the page. HTML in it is text.
fn markdown(text: &str) -> String {
    let events = Parser::new(text).map(|event| match event {
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Event::Start(Tag::Heading { level: HeadingLevel::H4, id, classes, attrs })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(HeadingLevel::H4)),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
        assert_eq!(escaped("a\u{202e}b\u{1b}"), "a&lt;U+202E&gt;b^[");
        assert_eq!(prose("`a<b` and c"), "<code>a&lt;b</code> and c");
        assert_eq!(markdown("# A\n<b>x</b>"), "<h4>A</h4>\n<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
        assert_eq!(in_fragment("a/b c&d=é@x"), "a/b%20c%26d%3D%C3%A9@x");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([7, 1204, 1_000_000].map(grouped), ["7", "1,204", "1,000,000"]);
        assert_eq!(count(1, "file", "files"), "1 file");
    }
}
