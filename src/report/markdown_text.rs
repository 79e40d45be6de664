//! Text within Markdown.

/// More backticks than stand together anywhere in `text`.
pub(super) fn fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// `text` in a code span, in which nobody is mentioned and nothing linked.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text)
}

/// `text` in a code span in a cell of a table, which a bar would end even there.
pub(super) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A sentence with its code spans as they are, and everything else without a
/// meaning in Markdown or HTML.
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    let parts: Vec<&str> = text.split('`').collect();
    // Without a partner, a backtick is a letter.
    let paired = parts.len() % 2 == 1;
    let mut out = String::with_capacity(text.len());
    for (at, part) in parts.iter().enumerate() {
        if paired && at % 2 == 1 {
            out += &code(part);
            continue;
        }
        if !paired && at > 0 {
            out += "\\`";
        }
        for c in part.chars() {
            match c {
                '<' => out += "&lt;",
                '&' => out += "&amp;",
                // A comment keeps a name from being a mention.
                '@' => out += "@<!-- -->",
                '*' | '_' | '[' | ']' | '|' | '\\' | '~' | '#' => out.extend(['\\', c]),
                c => out.push(c),
            }
        }
    }
    out
}

/// Text inside of an HTML element.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('@', "@<!-- -->")
}
