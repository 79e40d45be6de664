//! The charts: tables whose middle column is a bar, so that they say the same
//! to who sees them and to who has them read aloud.

use super::markup::{count, escaped, grouped, in_fragment};
use crate::report::overview::Share;
use std::fmt::Write as _;

/// Rows that are shown at once; the others are one click away.
const ROWS: usize = 10;

/// Units that the longest bar takes.
const FULL: usize = 1000;

/// What a chart is about.
pub(super) struct Chart<'a> {
    /// Its heading.
    pub title: &'a str,
    /// The key of the filter that a row stands for.
    pub key: &'a str,
    /// What a share without a name is called.
    pub nameless: &'a str,
    /// Whether to name the Go versions.
    pub versions: bool,
}

impl Chart<'_> {
    /// The chart; nothing when there is nothing to compare.
    pub fn draw(&self, shares: &[Share]) -> String {
        let shares: Vec<&Share> = shares.iter().filter(|share| share.findings() > 0).collect();
        let Some(longest) = shares.iter().map(|share| share.findings()).max() else { return String::new() };
        let (shown, more) = shares.split_at(shares.len().min(ROWS));
        let mut out = format!("<section class=\"chart\">\n<h3>{}</h3>\n", escaped(self.title));
        self.table(&mut out, shown, longest);
        if !more.is_empty() {
            let _ = writeln!(out, "<details><summary>{} more</summary>", grouped(more.len()));
            self.table(&mut out, more, longest);
            out += "</details>\n";
        }
        out + "</section>\n"
    }

    fn table(&self, out: &mut String, shares: &[&Share], longest: usize) {
        *out += "<table>\n";
        for share in shares {
            let name = if share.name.is_empty() {
                escaped(self.nameless)
            } else {
                let (key, value) = (self.key, in_fragment(&share.name));
                format!("<a href=\"#{key}={value}\">{}</a>", escaped(&share.name))
            };
            let versions = match share.versions() {
                versions if self.versions && !versions.is_empty() => {
                    format!(" <small>go&nbsp;{versions}</small>")
                }
                _ => String::new(),
            };
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\">{name}{versions}</th><td class=\"bar\">{}</td><td>{}</td></tr>",
                bar(share, longest),
                grouped(share.findings())
            );
        }
        *out += "</table>\n";
    }
}

/// A bar of three colours; `longest` findings fill its width.
pub(super) fn bar(share: &Share, longest: usize) -> String {
    let levels = [("safe", share.safe), ("unsafe", share.unsafe_), ("advice", share.advice)];
    let words: Vec<String> = levels
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(word, number)| format!("{} {word}", grouped(*number)))
        .collect();
    let mut out = format!(
        "<svg viewBox=\"0 0 {FULL} 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        words.join(", ")
    );
    let mut before = 0;
    for (word, number) in levels.iter().filter(|(_, number)| *number > 0) {
        let start = before * FULL / longest.max(1);
        before += number;
        // What is there can be seen, however little of the whole it is.
        let end = (before * FULL / longest.max(1)).max(start + 4);
        let width = end - start;
        let title = count(*number, word, word);
        let _ = write!(
            out,
            "<rect class=\"{word}\" x=\"{start}\" width=\"{width}\" height=\"10\"><title>{title}</title></rect>"
        );
    }
    out + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(name: &str, safe: usize, advice: usize) -> Share {
        Share { name: name.into(), safe, advice, ..Share::default() }
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let drawn = bar(&share("a", 30, 20), 100);
        assert!(drawn.contains("aria-label=\"30 safe, 20 advice\""), "{drawn}");
        assert!(drawn.contains("class=\"safe\" x=\"0\" width=\"300\""), "{drawn}");
        assert!(drawn.contains("class=\"advice\" x=\"300\" width=\"200\""), "{drawn}");
        assert!(bar(&share("a", 1, 0), 1_000_000).contains("width=\"4\""));
    }

    #[test]
    fn many_rows_are_folded_and_names_are_escaped() {
        let chart = Chart { title: "By module", key: "module", nameless: "no module", versions: false };
        let shares: Vec<Share> = (0..13).map(|at| share(&format!("m<{at}"), 13 - at, 0)).collect();
        let drawn = chart.draw(&shares);
        assert!(drawn.contains("<summary>3 more</summary>"), "{drawn}");
        assert!(drawn.contains("<a href=\"#module=m%3C0\">m&lt;0</a>"), "{drawn}");
        assert_eq!(chart.draw(&[share("kept only", 0, 0)]), "");
    }
}
