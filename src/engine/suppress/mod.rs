//! Comments that suppress findings: golangci-lint's, staticcheck's and our own.
//!
//! | comment | suppresses | needs a reason |
//! |---|---|---|
//! | `//nolint`, `//nolint:all`, `//nolint:errcheck,gomend` | every rule | no |
//! | `//lint:ignore gomend/RULE[,gomend/RULE] reason` | these rules | yes |
//! | `//gomend:ignore RULE[,RULE] reason` | these rules | yes |
//! | `//gomend:ignore-file RULE[,RULE] reason` | these rules in the whole file | yes |
//! | `//lint:file-ignore gomend/RULE[,gomend/RULE] reason` | these rules in the whole file | yes |
//! | `//gomend:ignore TOOL/RULE reason`, `//nolint:RULE`, `//lint:ignore RULE reason` | fixes of another tool (`gomend apply`) | as there |
//! | `//nolint...` above or behind the package clause | every rule in the whole file | no |
//!
//! A `RULE` may be a pattern, as in staticcheck: `time-after-*`, `gomend/*`.
//!
//! A comment stands behind code on the first or last line of what it is about,
//! or on a line of its own above it, where other comment lines may lie between.
//! Those that need a reason say when they suppress nothing; `//nolint` belongs to another
//! tool, which has its own opinion on that.

mod comments;
mod foreign;
mod words;

pub use foreign::ForeignSuppressions;

use crate::engine::policy::Rules;
use crate::syntax::File;
use crate::text::{Edit, LineIndex, Span};
use comments::Comment;
use memchr::memmem;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use words::{after_word, end_of_list, fits};

/// The suppressions of one file.
#[derive(Debug, Default)]
pub struct Suppressions {
    directives: Vec<Directive>,
    malformed: Vec<Unused>,
    /// Lines (from 1, ascending) that hold a comment and nothing else.
    comment_lines: Vec<usize>,
    index: OnceLock<SuppressionIndex>,
    /// What was asked already: the rule, the first and the last line.
    asked: Mutex<HashMap<(String, usize, usize), Option<SuppressionId>>>,
}

/// The directives by what they reach.
#[derive(Debug, Default)]
struct SuppressionIndex {
    /// Those of the whole file.
    file: Vec<usize>,
    /// Those of a line, and those alone on it for what stands below.
    lines: HashMap<usize, Vec<usize>>,
}

/// Which comment, and which of its rules, suppressed a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuppressionId {
    directive: usize,
    rule: usize,
}

/// A suppression that suppresses nothing: the text of the finding
/// `unused-suppression`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unused {
    /// The comment.
    pub span: Span,
    /// The rule it names; nothing when it names none that exists.
    pub rule: Option<&'static str>,
    /// What is wrong and what to do, one sentence without a full stop.
    pub message: String,
}

#[derive(Debug)]
struct Directive {
    span: Span,
    reach: SuppressionReach,
    what: What,
}

#[derive(Debug, PartialEq)]
enum SuppressionReach {
    File,
    /// Behind code on this line.
    Line(usize),
    /// Alone on this line, for what stands below.
    Below(usize),
}

#[derive(Debug)]
enum What {
    Everything,
    Rules(Vec<NamedRules>),
}

/// One name of a list: a rule, or a pattern for several.
#[derive(Debug)]
struct NamedRules {
    /// As it is written, without `gomend/`.
    name: String,
    rules: Vec<&'static str>,
    /// Those that have to run before it can be said that the name suppresses nothing: not
    /// the opt-in ones of a pattern.
    awaited: Vec<&'static str>,
    used: AtomicBool,
}

/// What every suppression holds.
pub const NAME: &str = "gomend";

/// Whether the file may hold a suppression that must be reported when it
/// suppresses nothing, so that it cannot be left unread. One pass over the
/// bytes.
pub fn mentions(text: &[u8]) -> bool {
    memmem::find_iter(text, NAME).any(|at| {
        let (before, after) = (&text[..at], &text[at + NAME.len()..]);
        before.ends_with(b"//") && after.starts_with(b":ignore")
            || after.starts_with(b"/") && !before.ends_with(b"/")
    })
}

/// The edit that writes the comment which holds `rule` back, above the first of
/// `enclosing` (the site and what stands around it, innermost first) that
/// begins its line. `reason` must not be empty nor hold a line end.
pub fn comment_above(enclosing: &[Span], rule: &str, reason: &str, file: &File) -> Option<Edit> {
    let begins = |span: &&Span| {
        let line = file.lines().span(file.lines().line(span.start));
        file.text()[line.start..span.start].trim_ascii().is_empty()
    };
    let line = file.lines().span(file.lines().line(enclosing.iter().find(begins)?.start));
    let text = line.of(file.text());
    let indent = &text[..text.len() - text.trim_start_matches(['\t', ' ']).len()];
    let newline = file.newline();
    let above = file.text()[..line.start].lines().next_back().unwrap_or_default();
    // gofmt wants directives apart from the text of a declaration's comment.
    let documented = indent.is_empty() && above.starts_with("//") && !is_directive(above);
    let gap = if documented { format!("//{newline}") } else { String::new() };
    let text = format!("{indent}{gap}//gomend:ignore {rule} {}{newline}", reason.trim());
    Some(Edit { span: Span::at(line.start), text })
}

/// The suppressions of the files that were asked for last, one of each thread, each read
/// once for all the sites of its file.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Vec<(Weak<File>, Arc<Suppressions>)>>);

/// Whether a line of comment is meant for a tool: `//go:noinline`, `//line x.go:1`.
fn is_directive(line: &str) -> bool {
    let Some(text) = line.strip_prefix("//") else { return false };
    let word = |text: &str| !text.is_empty() && text.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9'));
    ["line ", "extern ", "export "].iter().any(|start| text.starts_with(start))
        || text.split_once(':').is_some_and(|(tool, rest)| {
            word(tool) && rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// How many files are remembered: more than threads ask at one time.
const REMEMBERED: usize = 64;

impl Recent {
    /// The suppressions of `file`.
    pub fn of(&self, file: &Arc<File>, rules: &Rules) -> Arc<Suppressions> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &Weak<File>| std::ptr::eq(known.as_ptr(), Arc::as_ptr(file));
        if let Some((_, known)) = lock().iter().rev().find(|(known, _)| same(known)) {
            return Arc::clone(known);
        }
        let read = Arc::new(Suppressions::of(file.text(), rules));
        let mut all = lock();
        if all.len() >= REMEMBERED {
            all.remove(0);
        }
        all.push((Arc::downgrade(file), Arc::clone(&read)));
        read
    }
}

impl Suppressions {
    /// Reads the suppressions of `text`. What only looks like one, in a string
    /// or a block comment, is none.
    pub fn of(text: &str, rules: &Rules) -> Suppressions {
        let markers = [&b"nolint"[..], b"lint:ignore", b"lint:file-ignore", b"gomend:ignore"];
        if !markers.iter().any(|marker| memmem::find(text.as_bytes(), marker).is_some()) {
            return Suppressions::default();
        }
        let lines = LineIndex::new(text.as_bytes());
        let mut found = Suppressions::default();
        let package = comments::package_clause(text).map(|at| lines.line(at));
        for comment in comments::of(text) {
            let line = lines.line(comment.span.start);
            if comment.alone {
                found.comment_lines.push(line);
            }
            found.read(&comment, line, rules);
        }
        let above: HashSet<usize> =
            package.into_iter().flat_map(|line| found.comment_lines_above(line)).collect();
        // What silences the package clause silences the file, as in golangci-lint.
        let silences = |directive: &Directive| {
            matches!(directive.what, What::Everything)
                && match directive.reach {
                    SuppressionReach::File => true,
                    SuppressionReach::Line(line) => Some(line) == package,
                    SuppressionReach::Below(line) => above.contains(&line),
                }
        };
        let whole: Vec<bool> = found.directives.iter().map(silences).collect();
        for (directive, whole) in found.directives.iter_mut().zip(whole) {
            if whole {
                directive.reach = SuppressionReach::File;
            }
        }
        found
    }

    /// The suppression that covers a finding of `rule` at `span`, and marks each
    /// that does as used. `span` is the site itself, its whole statement, or a
    /// statement or declaration around that: ask for each, innermost first, or
    /// use [`Suppressions::covers_any`].
    pub fn covers(&self, rule: &str, span: Span, lines: &LineIndex) -> Option<SuppressionId> {
        let first = lines.line(span.start);
        let last = if span.is_empty() { first } else { lines.line(span.end - 1) };
        if self.directives.is_empty() {
            return None;
        }
        let key = (rule.to_owned(), first, last);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked.entry(key).or_insert_with(|| self.covering(rule, first, last))
    }

    /// The first suppression of `rule` that reaches what stands on the lines `first` to
    /// `last`; marks each that does as used.
    fn covering(&self, rule: &str, first: usize, last: usize) -> Option<SuppressionId> {
        let index = self.index();
        let on = |line: usize| index.lines.get(&line).into_iter().flatten().copied();
        let behind = [first, last].into_iter().flat_map(on);
        let behind = behind.filter(|at| matches!(self.directives[*at].reach, SuppressionReach::Line(_)));
        let above = self.comment_lines_above(first).flat_map(on);
        let above = above.filter(|at| matches!(self.directives[*at].reach, SuppressionReach::Below(_)));
        let mut covered: Option<SuppressionId> = None;
        for at in index.file.iter().copied().chain(behind).chain(above) {
            let named = match &self.directives[at].what {
                What::Everything => Some(0),
                What::Rules(names) => names.iter().position(|named| named.rules.contains(&rule)),
            };
            let Some(named) = named else { continue };
            if let What::Rules(names) = &self.directives[at].what {
                names[named].used.store(true, Ordering::Relaxed);
            }
            if covered.is_none_or(|known| at < known.directive) {
                covered = Some(SuppressionId { directive: at, rule: named });
            }
        }
        covered
    }

    fn index(&self) -> &SuppressionIndex {
        self.index.get_or_init(|| {
            let mut index = SuppressionIndex::default();
            for (at, directive) in self.directives.iter().enumerate() {
                match directive.reach {
                    SuppressionReach::File => index.file.push(at),
                    SuppressionReach::Line(line) | SuppressionReach::Below(line) => {
                        index.lines.entry(line).or_default().push(at)
                    }
                }
            }
            index
        })
    }

    /// [`Suppressions::covers`] for each of `spans`, all of which are asked so
    /// that no comment that applies is called unused.
    pub fn covers_any(
        &self,
        rule: &str,
        spans: impl IntoIterator<Item = Span>,
        lines: &LineIndex,
    ) -> Option<SuppressionId> {
        let covering: Vec<_> = spans.into_iter().filter_map(|span| self.covers(rule, span, lines)).collect();
        covering.first().copied()
    }

    /// The comment of a suppression.
    pub fn span(&self, id: SuppressionId) -> Span {
        self.directives[id.directive].span
    }

    /// The reason that a suppression in `text` gives; empty when it gives none.
    pub fn excuse(&self, id: SuppressionId, text: &str) -> String {
        let comment = self.span(id).of(text).trim_start_matches(['/', ' ']);
        let after = |word: &str| comment.strip_prefix(word);
        let reason = match (after("nolint"), after("gomend:ignore-file").or_else(|| after("gomend:ignore"))) {
            (Some(rest), _) => rest.split_once("//").map_or("", |(_, reason)| reason),
            (None, Some(rest)) => &rest.trim_start()[end_of_list(rest.trim_start())..],
            (None, None) => {
                let rest = comment.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
                &rest[end_of_list(rest)..]
            }
        };
        reason.trim().trim_start_matches("-- ").to_owned()
    }

    /// The suppressions that have suppressed nothing so far and whose rule
    /// `selected` says yes to, in the order of the text. A malformed one whose
    /// rule does not exist is always among them.
    pub fn unused(&self, selected: &dyn Fn(&str) -> bool) -> Vec<Unused> {
        let mut all = self.malformed(selected);
        for directive in &self.directives {
            let What::Rules(names) = &directive.what else { continue };
            for NamedRules { name, rules, awaited, used } in names {
                if !used.load(Ordering::Relaxed) && awaited.iter().all(|rule| selected(rule)) {
                    let place =
                        if directive.reach == SuppressionReach::File { "in this file" } else { "here" };
                    all.push(Unused {
                        span: directive.span,
                        rule: Some(rules[0]),
                        message: format!(
                            "this suppression of `{name}` suppresses nothing {place}; remove it"
                        ),
                    });
                }
            }
        }
        all.sort();
        all
    }

    /// Those that are malformed: all that can be said of a file of which only a
    /// part was looked at.
    pub fn malformed(&self, selected: &dyn Fn(&str) -> bool) -> Vec<Unused> {
        self.malformed.iter().filter(|unused| unused.rule.is_none_or(selected)).cloned().collect()
    }

    /// The comment lines right above `first`, with nothing between them, from below.
    fn comment_lines_above(&self, first: usize) -> impl Iterator<Item = usize> {
        let end = self.comment_lines.partition_point(|line| *line < first);
        let above = self.comment_lines[..end].iter().rev().enumerate();
        above.take_while(move |(distance, line)| **line + distance + 1 == first).map(|(_, line)| *line)
    }

    fn read(&mut self, comment: &Comment, line: usize, rules: &Rules) {
        let reach = if comment.alone { SuppressionReach::Below(line) } else { SuppressionReach::Line(line) };
        if silences_linters(comment.text) {
            self.directives.push(Directive { span: comment.span, reach, what: What::Everything });
        } else if let Some(rest) = after_word(comment.text, "gomend:ignore-file") {
            self.read_rules(comment, "//gomend:ignore-file", rest, "", SuppressionReach::File, rules);
        } else if let Some(rest) = after_word(comment.text, "gomend:ignore") {
            self.read_rules(comment, "//gomend:ignore", rest, "", reach, rules);
        } else if let Some(rest) = after_word(comment.text, "lint:file-ignore") {
            self.read_rules(comment, "//lint:file-ignore", rest, "gomend/", SuppressionReach::File, rules);
        } else if let Some(rest) = after_word(comment.text, "lint:ignore") {
            self.read_rules(comment, "//lint:ignore", rest, "gomend/", reach, rules);
        }
    }

    /// Reads `RULE[,RULE] reason`, where only names that begin with `prefix` are
    /// meant for us.
    fn read_rules(
        &mut self,
        comment: &Comment,
        marker: &str,
        rest: &str,
        prefix: &str,
        reach: SuppressionReach,
        rules: &Rules,
    ) {
        let (list, reason) = rest.split_at(end_of_list(rest));
        let mut known = Vec::new();
        for name in list.split(',').filter_map(|name| name.trim().strip_prefix(prefix)) {
            if name.is_empty() {
                let message = format!("`{marker}` names no rule; write `{marker} {prefix}RULE reason`");
                self.malformed.push(Unused { span: comment.span, rule: None, message });
                continue;
            }
            let found = match is_pattern(name) {
                true => Ok(rules.alike(|id| fits(name, id))),
                false => rules.id(name).map(|rule| vec![rule]),
            };
            match found {
                // For `gomend apply`, which knows the rules of another tool when it sees them.
                Err(_) if prefix.is_empty() && foreign::is_foreign(name) && !reason.trim().is_empty() => {}
                Err(error) => self.malformed.push(Unused {
                    span: comment.span,
                    rule: None,
                    message: format!("this suppression suppresses nothing: {error}"),
                }),
                Ok(found) if found.is_empty() => self.malformed.push(Unused {
                    span: comment.span,
                    rule: None,
                    message: format!("this suppression suppresses nothing: no rule is called `{name}`"),
                }),
                Ok(found) if reason.trim().is_empty() => self.malformed.push(Unused {
                    span: comment.span,
                    rule: Some(found[0]),
                    message: format!(
                        "this suppression of `{name}` gives no reason, so it suppresses nothing; write `{marker} {list} reason`"
                    ),
                }),
                Ok(found) => {
                    let defaults = rules.defaults();
                    let few = || found.iter().copied().filter(|rule| defaults.contains(rule)).collect();
                    let awaited: Vec<&'static str> = if found.len() > 1 { few() } else { found.clone() };
                    let awaited = if awaited.is_empty() { found.clone() } else { awaited };
                    known.push(NamedRules {
                        name: name.to_owned(),
                        rules: found,
                        awaited,
                        used: AtomicBool::new(false),
                    });
                }
            }
        }
        if !known.is_empty() {
            self.directives.push(Directive { span: comment.span, reach, what: What::Rules(known) });
        }
    }
}

/// Whether a comment is `nolint` for all linters or for gomend. golangci-lint
/// lets slashes and blanks stand before the word.
fn silences_linters(comment: &str) -> bool {
    let Some(rest) = comment.trim_start_matches(['/', ' ']).strip_prefix("nolint") else { return false };
    let Some(list) = rest.strip_prefix(':') else { return rest.is_empty() || rest.starts_with([' ', '\t']) };
    let list = list.split("//").next().unwrap_or_default();
    list.split(',').any(|name| {
        let name = name.split_whitespace().next().unwrap_or_default();
        name.eq_ignore_ascii_case("gomend") || name.eq_ignore_ascii_case("all")
    })
}

/// Whether the name of a rule is a pattern for several.
fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?'])
}

#[cfg(test)]
mod tests;
