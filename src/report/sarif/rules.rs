//! The catalogue as SARIF carries it: each rule with its page.

use super::super::explain;
use super::super::input::clipped;
use super::super::render::RenderOptions;
use super::super::rules::RuleDoc;
use serde_json::{Value, json};

/// Longest description, in characters.
const DESCRIPTION: usize = 1024;

/// Where the project lives, once it has such a place.
pub(super) fn home() -> Option<&'static str> {
    Some(env!("CARGO_PKG_REPOSITORY")).filter(|home| !home.is_empty())
}

/// The descriptor of a rule.
pub(super) fn descriptor(rule: &RuleDoc) -> Value {
    let row = &rule.row;
    let mut descriptor = json!({
        "id": row.id,
        "shortDescription": { "text": clipped(&row.title, DESCRIPTION) },
        "fullDescription": { "text": clipped(&first_paragraph(&rule.doc), DESCRIPTION) },
        "help": { "text": plain(&rule.doc), "markdown": rule.doc },
        "defaultConfiguration": { "enabled": row.default, "level": "warning" },
        "properties": {
            "tags": ["go", row.group, row.level.word()],
            "precision": "high",
            "problem.severity": "warning",
            "go": row.go(),
        },
    });
    if let Some(uri) = home().and_then(|home| page(home, &row.id)) {
        descriptor["helpUri"] = uri.into();
    }
    descriptor
}

/// The file that a rule's page is the head of, at the version that speaks.
fn page(home: &str, id: &str) -> Option<String> {
    (id != crate::engine::scan::UNUSED).then(|| {
        let home = home.trim_end_matches('/');
        format!("{home}/blob/v{}/transforms/{}.rs", env!("CARGO_PKG_VERSION"), id.replace('-', "_"))
    })
}

/// The page as `gomend explain` shows it.
fn plain(doc: &str) -> String {
    let mut text = Vec::new();
    // A vector takes everything.
    let _ = explain::page(&mut text, doc, RenderOptions { colour: false, width: Some(80) });
    String::from_utf8_lossy(&text).into_owned()
}

/// What stands before the first empty line or block of code, headings left out.
fn first_paragraph(doc: &str) -> String {
    let lines = doc.lines().filter(|line| !line.starts_with('#')).skip_while(|line| line.trim().is_empty());
    let paragraph = lines.take_while(|line| !line.trim().is_empty() && !line.starts_with("```"));
    paragraph.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_rule_has_an_address() {
        let page = page("https://example.com/gomend/", "time-after-in-loop").unwrap();
        assert!(page.starts_with("https://example.com/gomend/blob/v"), "{page}");
        assert!(page.ends_with("/transforms/time_after_in_loop.rs"), "{page}");
    }

    #[test]
    fn the_first_paragraph_is_the_description() {
        assert_eq!(first_paragraph("# head\n\nOne\ntwo.\n```go\nx\n```\n"), "One two.");
    }
}
