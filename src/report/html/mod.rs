//! The dry run as one HTML page that needs nothing beside itself: no network,
//! no fonts, no scripts but its own, which its policy names by their hashes.
//!
//! What is counted stands in the page as HTML; the findings stand in it as
//! data, and `page.js` shows a part of them at a time.

mod changes;
mod chart;
mod data;
mod markup;

use super::html_input::{About, HtmlInput};
use super::overview::{Overview, Share, versions};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chart::Chart;
use markup::{count, escaped, grouped, prose};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// Runs before anything is shown.
const EARLY: &str = include_str!("early.js");
/// The parts of the script that runs at the end, in their order.
const SCRIPT: [&str; 3] = [include_str!("go.js"), include_str!("finding.js"), include_str!("page.js")];

/// Paths of the command line that are named.
const PATHS: usize = 5;

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, html_input: &HtmlInput<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let overview = Overview::of(html_input);
    let script = SCRIPT.concat();
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        out.write_all(before.as_bytes())?;
        let (slot, after) = after.split_once("}}").unwrap_or((after, ""));
        rest = after;
        let text = match slot {
            "style" => STYLE.to_owned(),
            "early" => EARLY.to_owned(),
            "script" => script.clone(),
            "style-hash" => hash(STYLE),
            "script-hashes" => format!("'{}' '{}'", hash(EARLY), hash(&script)),
            "data" => {
                data::write(&mut out, html_input)?;
                continue;
            }
            "version" => env!("CARGO_PKG_VERSION").to_owned(),
            "project" => escaped(&html_input.about.project),
            "facts" => facts(html_input, &overview),
            "lead" => lead(&overview),
            "levels" => levels(&overview),
            "charts" => charts(&overview),
            "errors" => errors(html_input),
            "skipped" => skipped(html_input),
            "rules" => rules(html_input, &overview),
            other => unreachable!("page.html names `{other}`, which nothing fills"),
        };
        out.write_all(text.as_bytes())?;
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

/// How a content security policy names an inline style or script.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn facts(html_input: &HtmlInput<'_>, overview: &Overview) -> String {
    let About { commit, date, command, paths, proof, .. } = html_input.about;
    let mut out = String::new();
    let mut fact = |name: &str, value: String| {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    };
    if let Some(commit) = commit {
        fact("Commit", escaped(commit));
    }
    fact("Made", format!("{} by gomend {}", escaped(date), env!("CARGO_PKG_VERSION")));
    if !overview.go.is_empty() {
        fact("Go", escaped(&versions(&overview.go)));
    }
    let files = count(overview.counts.files, "file", "files");
    let rules = count(html_input.rules.len(), "rule", "rules");
    let more = paths.len().saturating_sub(PATHS);
    let code = |path: &String| format!("<code>{}</code>", escaped(path));
    let mut paths: Vec<String> = paths.iter().take(PATHS).map(code).collect();
    if more > 0 {
        paths.push(format!("{} more", grouped(more)));
    }
    fact("Looked at", format!("{} ({files}, {rules})", paths.join(", ")));
    fact(
        "Proof",
        match proof {
            Some(proof) => escaped(proof),
            None => "none yet: a dry run, Go did not run".to_owned(),
        },
    );
    fact("Command", format!("<code>{}</code>", escaped(command)));
    out
}

/// The run in two sentences.
fn lead(overview: &Overview) -> String {
    let counts = &overview.counts;
    let files = count(counts.files, "file", "files");
    if counts.findings == 0 {
        return format!("<p class=\"lead\"><strong>No findings</strong> in {files}.</p>");
    }
    let findings = count(counts.findings, "finding", "findings");
    let severe = match counts.warnings {
        0 => "None can fail, leak, block or report something untrue; they only cost.".to_owned(),
        1 => "One can fail, leak, block or report something untrue; the others only cost.".to_owned(),
        number if number == counts.findings => {
            "Each can fail, leak, block or report something untrue.".to_owned()
        }
        number => format!("{} can fail, leak, block or report something untrue.", grouped(number)),
    };
    format!(
        "<p class=\"lead\"><strong>{findings}</strong> in {} of {files}. {severe}</p>",
        grouped(counts.files_with_findings)
    )
}

/// The levels: one bar, and what each promises.
fn levels(overview: &Overview) -> String {
    let counts = &overview.counts;
    let whole =
        Share { safe: counts.safe, unsafe_: counts.unsafe_, advice: counts.advice, ..Share::default() };
    let mut out = String::new();
    if counts.findings > 0 {
        let _ = writeln!(out, "<div class=\"strip\">{}</div>", chart::bar(&whole, counts.findings));
    }
    out += "<ul class=\"levels\">\n";
    let mut level = |word: &str, number: usize, promise: &str| {
        let _ = writeln!(
            out,
            "<li class=\"{word}\"><a href=\"#level={word}\"><b>{}</b> {word}</a> <span>{}</span></li>",
            grouped(number),
            prose(promise)
        );
    };
    level("safe", counts.safe, "the program does the same as before; `gomend fix` applies them");
    level(
        "unsafe",
        counts.unsafe_,
        "the intent is kept, but something observable may change; `gomend fix --unsafe` applies them once a person agrees",
    );
    level("advice", counts.advice, "no edit is offered; a person changes the code");
    level("kept", counts.kept, "matched, and left alone for the reason of a named guard; not counted above");
    if counts.suppressed > 0 {
        level("suppressed", counts.suppressed, "silenced by a comment in the code; not counted above");
    }
    out + "</ul>\n"
}

fn charts(overview: &Overview) -> String {
    let chart = |title, key, nameless, versions| Chart { title, key, nameless, versions };
    let mut out = chart("By rule", "rule", "", false).draw(&overview.rules);
    out += &chart("By module", "module", "no module", true).draw(&overview.modules);
    out += &chart("By owner", "owner", "nobody", false).draw(&overview.owners);
    out
}

/// What could not be read or done, by name and in full.
fn errors(html_input: &HtmlInput<'_>) -> String {
    let errors = html_input.report.errors;
    if errors.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "<section class=\"errors\" aria-labelledby=\"errors\">\n<h2 id=\"errors\">{} in this run</h2>\n\
         <p>The numbers on this page leave out what could not be read.</p>\n<ul>\n",
        count(errors.len(), "error", "errors")
    );
    for error in errors {
        let (path, reason) = (escaped(&error.path), prose(&error.reason));
        let _ = writeln!(out, "<li><code>{path}</code>: {reason}</li>");
    }
    out + "</ul>\n</section>\n"
}

/// The files that were not looked at, by reason.
fn skipped(html_input: &HtmlInput<'_>) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for skip in html_input.report.skipped {
        reasons.entry(&skip.reason).or_default().push(&skip.path);
    }
    if reasons.is_empty() {
        return "<p>Every file that was asked for was looked at.</p>\n".to_owned();
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, paths)| (std::cmp::Reverse(paths.len()), *reason));
    let mut out = String::new();
    for (reason, paths) in reasons {
        let _ = writeln!(
            out,
            "<details class=\"skipped\"><summary>{} <span class=\"found\">{}</span></summary><pre>{}</pre></details>",
            prose(reason),
            grouped(paths.len()),
            escaped(&paths.join("\n"))
        );
    }
    out
}

/// The pages of the rules, those with findings first.
fn rules(html_input: &HtmlInput<'_>, overview: &Overview) -> String {
    let share = |id: &str| overview.rules.iter().find(|share| share.name == id);
    let place = |id: &str| overview.rules.iter().position(|share| share.name == id).unwrap_or(usize::MAX);
    let mut pages: Vec<_> = html_input.rules.iter().collect();
    pages.sort_by_key(|page| place(&page.rule.id));
    pages.into_iter().map(|page| markup::rule(page, share(&page.rule.id))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_parts_ends_their_element() {
        for part in SCRIPT.iter().chain([&EARLY, &STYLE]) {
            let part = part.to_ascii_lowercase();
            for end in ["</script", "</style", "<!--", "{{"] {
                assert!(!part.contains(end), "{end}");
            }
        }
    }

    #[test]
    fn a_hash_is_that_of_the_policy() {
        // The example of the specification.
        let hashed = hash("alert('Hello, world.');");
        assert_eq!(hashed, "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }
}
