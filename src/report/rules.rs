//! The catalogue as `gomend rules` lists it, for people and as JSON.

use super::columns::{flow, sentence, width};
use super::render::{BOLD, CODE, DIM, PLAIN, RenderOptions};
use crate::model::GoVersion;
use crate::rewrite::Applicability;
use anstyle::Style;
use serde::Serialize;
use std::io::{self, Write};

/// One rule, as far as a listing tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleRow {
    /// `time-after-in-loop`.
    pub id: String,
    /// One line, a verb phrase.
    pub title: String,
    /// The heading that it stands under.
    pub group: String,
    /// The best that a fix of it promises.
    pub level: Applicability,
    /// Whether it runs without being selected.
    pub default: bool,
    /// Whether `--select all` runs it: not where it gains nothing.
    pub all: bool,
    /// The first Go version it knows something about; `None` for any.
    pub since: Option<GoVersion>,
    /// The first Go version it has nothing to say about.
    pub until: Option<GoVersion>,
    /// What can lower a site or keep it.
    pub guards: Vec<GuardRow>,
    /// The documents that it comes from, by their titles.
    pub sources: Vec<String>,
}

/// A rule with its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDoc {
    /// Its line in the catalogue.
    pub row: RuleRow,
    /// Its page, which is Markdown.
    pub doc: String,
}

/// One guard of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GuardRow {
    /// `spin-wait`.
    pub name: String,
    /// The level that it lowers a site to, or `kept`.
    pub effect: Applicability,
    /// When it strikes, in one sentence.
    pub sentence: String,
}

impl RuleRow {
    /// One that no catalogue has: for any Go, without guards.
    pub fn outside(id: &str, title: &str, group: &str, level: Applicability) -> RuleRow {
        RuleRow {
            id: id.to_owned(),
            title: title.to_owned(),
            group: group.to_owned(),
            level,
            default: true,
            all: true,
            since: None,
            until: None,
            guards: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// Its guard called `name`.
    pub fn guard(&self, name: &str) -> Option<&GuardRow> {
        self.guards.iter().find(|guard| guard.name == name)
    }

    /// Whether it has to be selected, and how.
    pub fn selection(&self) -> Option<&'static str> {
        match (self.default, self.all) {
            (true, _) => None,
            (false, true) => Some("opt-in"),
            (false, false) => Some("by name"),
        }
    }

    /// `Go 1.23+`, `Go up to 1.21`, `Go 1.21 to 1.24`, `any Go`.
    pub(super) fn go(&self) -> String {
        let last = self.until.map(|GoVersion(major, minor)| GoVersion(major, minor.saturating_sub(1)));
        match (self.since, last) {
            (None, None) => "any Go".into(),
            (Some(since), None) => format!("Go {since}+"),
            (None, Some(last)) => format!("Go up to {last}"),
            (Some(since), Some(last)) => format!("Go {since} to {last}"),
        }
    }
}

/// Writes the rules as one JSON array.
///
/// # Errors
/// Those of `out`.
pub fn json(out: &mut dyn Write, rules: &[RuleRow], pretty: bool) -> io::Result<()> {
    super::serialized::json(out, &rules, pretty)
}

/// Writes the rules as a table, in the order given, with a heading wherever
/// the group changes.
///
/// # Errors
/// Those of `out`.
pub fn table(out: &mut dyn Write, rules: &[RuleRow], render: RenderOptions) -> io::Result<()> {
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let id = widest(&mut rules.iter().map(|rule| width(&rule.id)));
    let level = widest(&mut rules.iter().map(|rule| rule.level.word().len()));
    let go = widest(&mut rules.iter().map(|rule| rule.go().len()));
    let selection = widest(&mut rules.iter().filter_map(RuleRow::selection).map(str::len));
    // Beside the other columns when there is room for a few words, else below.
    let beside = 2 + id + 2 + level + 2 + selection + 2 + go + 2;
    let (hang, below) = if beside + 30 <= render.columns() { (beside, false) } else { (6, true) };

    let mut group = "";
    for rule in rules {
        if rule.group != group {
            let gap = if group.is_empty() { "" } else { "\n" };
            writeln!(out, "{gap}{}", render.paint(BOLD, &rule.group))?;
            group = &rule.group;
        }
        let cell = |style: Style, text: &str, wide: usize| {
            format!("{}{:pad$}", render.paint(style, text), "", pad = wide.saturating_sub(width(text)))
        };
        let cells = [
            cell(CODE, &rule.id, id),
            cell(PLAIN, rule.level.word(), level),
            cell(DIM, rule.selection().unwrap_or_default(), selection),
            cell(PLAIN, &rule.go(), go),
        ];
        let line = format!("  {}", cells.join("  "));
        if below {
            write!(out, "{}\n{:hang$}", line.trim_end(), "")?;
        } else {
            write!(out, "{line}  ")?;
        }
        flow(out, render, &sentence(&rule.title), hang, hang, render.columns())?;
    }
    Ok(())
}
