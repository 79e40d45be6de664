//! Comments that suppress fixes of other tools: their own, and ours with the name of a rule of
//! theirs, such as `//gomend:ignore go-fix/rangeint reason`.

use super::comments::{self, Comment};
use super::words::{after_word, end_of_list, fits};
use crate::text::{LineIndex, Span};
use std::collections::HashSet;

/// Whether a rule's name is that of another tool: `go-fix/rangeint`, `diff`.
pub(super) fn is_foreign(rule: &str) -> bool {
    rule == "diff" || (rule.contains('/') && !rule.starts_with('/') && !rule.ends_with('/'))
}

/// The suppressions of one file that may be about rules of other tools.
#[derive(Debug, Default)]
pub struct ForeignSuppressions {
    directives: Vec<ForeignDirective>,
    /// Lines that hold a comment and nothing else.
    comment_lines: HashSet<usize>,
}

#[derive(Debug)]
struct ForeignDirective {
    line: usize,
    alone: bool,
    whole_file: bool,
    names: Names,
}

/// What a comment names.
#[derive(Debug)]
enum Names {
    Everything,
    /// Of golangci-lint, in lower case.
    Linters(Vec<String>),
    /// Of staticcheck, which may be patterns.
    Checks(Vec<String>),
    /// Ours.
    Rules(Vec<String>),
}

impl ForeignSuppressions {
    /// Those of `text`.
    pub fn of(text: &str) -> ForeignSuppressions {
        let mut found = ForeignSuppressions::default();
        if !["nolint", "lint:", "gomend:ignore"].iter().any(|marker| text.contains(marker)) {
            return found;
        }
        let lines = LineIndex::new(text.as_bytes());
        let package = comments::package_clause(text).map(|at| lines.line(at));
        for comment in comments::of(text) {
            let line = lines.line(comment.span.start);
            if comment.alone {
                found.comment_lines.insert(line);
            }
            if let Some((names, whole_file)) = read(&comment) {
                found.directives.push(ForeignDirective { line, alone: comment.alone, whole_file, names });
            }
        }
        for at in 0..found.directives.len() {
            let ForeignDirective { line, alone, names, .. } = &found.directives[at];
            let of_linters = matches!(names, Names::Everything | Names::Linters(_));
            let at_package = package.is_some_and(|package| {
                if *alone { found.reaches_down(*line, package) } else { *line == package }
            });
            found.directives[at].whole_file |= of_linters && at_package;
        }
        found
    }

    /// Whether a fix of `rule` for what stands in one of `spans` is suppressed.
    pub fn covers(&self, rule: &str, spans: &[Span], lines: &LineIndex) -> bool {
        self.directives.iter().filter(|directive| directive.names.have(rule)).any(|directive| {
            let reaches = |span: &Span| {
                let (first, last) = (lines.line(span.start), lines.line(span.end.max(span.start + 1) - 1));
                if directive.alone {
                    self.reaches_down(directive.line, first)
                } else {
                    directive.line == first || directive.line == last
                }
            };
            directive.whole_file || spans.iter().any(reaches)
        })
    }

    /// Whether nothing but comments stands between a comment and the line below.
    fn reaches_down(&self, comment: usize, line: usize) -> bool {
        comment < line && (comment..line).all(|between| self.comment_lines.contains(&between))
    }
}

impl Names {
    fn have(&self, rule: &str) -> bool {
        let own = rule.rsplit('/').next().unwrap_or(rule);
        match self {
            Names::Everything => true,
            Names::Linters(names) => names.iter().any(|name| {
                name == "all"
                    || name == "gomend"
                    || name.eq_ignore_ascii_case(own)
                    || rule.starts_with(&format!("{name}/"))
            }),
            Names::Checks(names) => names.iter().any(|name| fits(name, own) || fits(name, rule)),
            Names::Rules(names) => names.iter().any(|name| fits(name, rule)),
        }
    }
}

fn read(comment: &Comment) -> Option<(Names, bool)> {
    let list = |rest: &str| {
        let (list, reason) = rest.split_at(end_of_list(rest));
        let names = list.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>();
        // Without a reason they suppress nothing.
        (!reason.trim().is_empty()).then_some(names)
    };
    if let Some(rest) = comment.text.trim_start_matches(['/', ' ']).strip_prefix("nolint") {
        let Some(names) = rest.strip_prefix(':') else {
            return (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some((Names::Everything, false));
        };
        let names = names.split("//").next().unwrap_or_default().split(',');
        let names = names.filter_map(|name| name.split_whitespace().next()).map(str::to_ascii_lowercase);
        return Some((Names::Linters(names.collect()), false));
    }
    for (word, whole) in [("gomend:ignore-file", true), ("gomend:ignore", false)] {
        if let Some(rest) = after_word(comment.text, word) {
            return Some((Names::Rules(list(rest)?), whole));
        }
    }
    for (word, whole) in [("lint:file-ignore", true), ("lint:ignore", false)] {
        if let Some(rest) = after_word(comment.text, word) {
            return Some((Names::Checks(list(rest)?), whole));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_name_rules_of_other_tools() {
        let covers = |comment: &str, rule: &str| {
            let text = format!("package p\n\nvar a = 1 {comment}\n\n{comment}\nvar b = 1\nvar c = 1\n");
            let lines = LineIndex::new(text.as_bytes());
            let found = ForeignSuppressions::of(&text);
            ["a = ", "b = ", "c = "].map(|at| {
                let start = text.find(at).unwrap();
                found.covers(rule, &[Span::new(start, start + 5)], &lines)
            })
        };
        let (there, nowhere) = ([true, true, false], [false; 3]);
        assert_eq!(covers("//nolint", "golangci/perfsprint"), there);
        assert_eq!(covers("//nolint:errcheck,perfsprint // why", "golangci/perfsprint"), there);
        assert_eq!(covers("//nolint:errcheck", "golangci/perfsprint"), nowhere);
        assert_eq!(covers("//gomend:ignore go-fix/rangeint it is hot", "go-fix/rangeint"), there);
        assert_eq!(covers("//gomend:ignore go-fix/rangeint", "go-fix/rangeint"), nowhere);
        assert_eq!(covers("//gomend:ignore go-fix/any it is hot", "go-fix/rangeint"), nowhere);
        assert_eq!(covers("//lint:ignore S10* it is old", "staticcheck/S1025"), there);
        assert_eq!(covers("//lint:ignore *25 it is old", "staticcheck/S1025"), there);
        assert_eq!(covers("//lint:ignore staticcheck/S1?25 it is old", "staticcheck/S1025"), there);
        assert_eq!(covers("//gomend:ignore go-fix/* it is hot", "go-fix/rangeint"), there);
        assert_eq!(covers("//gomend:ignore gomend/* it is hot", "go-fix/rangeint"), nowhere);
        assert_eq!(covers("//gomend:ignore-file diff it is theirs", "diff"), [true; 3]);
    }
}
