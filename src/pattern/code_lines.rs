//! Lines of the code that a variable took, while they are on their way into new text: where it
//! goes, they get the indentation of that place, but for those inside a string or a comment,
//! of which no byte changes.
//!
//! Line ends of code are marked by noncharacters of Unicode, which no Go file holds that was
//! not made for it; one that does is left as it is.

use crate::syntax::outline::tokens;
use crate::text::Span;

/// A line end; behind it comes the indentation that the line has for its place, up to [`OWN`].
const LINE: char = '\u{FDD0}';
/// The end of that indentation.
const OWN: char = '\u{FDD1}';
/// A line end behind which nothing moves.
const KEPT: char = '\u{FDD2}';

/// `text`, a part of a file whose first line is indented by `indent`, with its line ends marked.
pub(super) fn marked(text: &str, indent: &str) -> String {
    if !text.contains('\n') || text.contains([LINE, OWN, KEPT]) {
        return text.to_owned();
    }
    // Line ends inside of a token belong to a string or a comment.
    let inside: Vec<Span> = tokens(text, Span::new(0, text.len()))
        .map(|(_, span)| span)
        .filter(|span| span.of(text).trim_end().contains('\n'))
        .collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (line_end, _) in text.match_indices('\n') {
        out.push_str(&text[at..line_end]);
        at = line_end + 1;
        let held = inside.iter().any(|span| span.start < line_end && line_end < span.end);
        match text[at..].strip_prefix(indent).filter(|_| !held) {
            Some(_) => {
                out.extend([LINE]);
                out.push_str(indent);
                out.extend([OWN]);
                at += indent.len();
            }
            None => out.push(KEPT),
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Whether line ends are marked in `text`.
pub(super) fn is_marked(text: &str) -> bool {
    text.contains([LINE, KEPT])
}

/// The text with its lines as they were.
pub(super) fn unmarked(text: &str) -> String {
    if !is_marked(text) {
        return text.to_owned();
    }
    text.replace([LINE, KEPT], "\n").replace(OWN, "")
}

/// `line`, a line of new text for a place that is indented by `indent`, with the lines of code
/// in it moved there.
pub(super) fn moved(line: &str, indent: &str) -> String {
    if !is_marked(line) {
        return line.to_owned();
    }
    let deeper = &line[..line.len() - line.trim_start_matches(['\t', ' ']).len()];
    let mut parts = line.split(LINE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(OWN).unwrap_or(("", part));
        out.push('\n');
        // A line without code has no indentation.
        if !rest.trim_start_matches('\r').starts_with(KEPT) && !rest.trim_end_matches('\r').is_empty() {
            out.push_str(indent);
            out.push_str(deeper);
        }
        out.push_str(rest);
    }
    out.replace(KEPT, "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_move_but_for_those_of_a_string() {
        let text = "f(x{\n\t\ta: `b\n\t\tc`, /* d\n\t\te */\n\n\t})";
        let there = marked(text, "\t");
        assert!(!there.contains('\n'));
        assert_eq!(unmarked(&there), text);
        assert_eq!(moved(&there, "\t"), text);
        let up = "f(x{\n\ta: `b\n\t\tc`, /* d\n\t\te */\n\n})";
        assert_eq!(moved(&there, ""), up);
        assert_eq!(moved(&format!("\t{there}"), ""), format!("\t{text}"));
        let windows = text.replace('\n', "\r\n");
        assert_eq!(moved(&marked(&windows, "\t"), "\t"), windows);
    }

    #[test]
    fn what_holds_a_mark_is_left_as_it_is() {
        let text = "\"\u{FDD0}\" +\n\ta";
        assert_eq!(marked(text, ""), text);
    }
}
