//! Findings counted by rule, by module and by owner.

use super::Report;
use super::columns::{visible, width};
use super::render::{BOLD, DIM, PLAIN, RenderOptions};
use crate::rewrite::{Applicability, Finding, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// By rule.
    pub rules: Vec<StatisticsRow>,
    /// By module; files of none stand under `(no module)`.
    pub modules: Vec<StatisticsRow>,
    /// By owner; `None` where no file names owners. Files of nobody stand under
    /// `(no owner)`, files of several under all of them together.
    pub owners: Option<Vec<StatisticsRow>>,
}

/// One line of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatisticsRow {
    /// The rule, module or owner.
    pub name: String,
    /// All findings, kept and suppressed ones left out.
    pub findings: usize,
    /// Those of code that can fail, leak, block or say something untrue.
    pub warnings: usize,
    /// Those of code that only costs.
    pub notes: usize,
    /// Those with a safe fix.
    pub safe: usize,
    /// Those with an unsafe fix.
    pub r#unsafe: usize,
    /// Those that need a person.
    pub advice: usize,
}

/// The owners of a path.
pub type OwnersOf<'a> = dyn Fn(&str) -> Vec<String> + 'a;

impl Statistics {
    /// Counts a report. `owners` names who answers for a path as findings have
    /// it, where anybody does for any.
    pub fn of(report: &Report, owners: Option<&OwnersOf<'_>>) -> Statistics {
        let counted = || {
            let findings = report.findings.iter();
            findings.filter(|finding| !finding.suppressed && finding.level > Applicability::Kept)
        };
        let module = |finding: &Finding| match &finding.module {
            Some(module) => module.to_string(),
            None => "(no module)".to_owned(),
        };
        let owner = |owners: &dyn Fn(&str) -> Vec<String>, finding: &Finding| {
            let owners = owners(&finding.path);
            if owners.is_empty() { "(no owner)".to_owned() } else { owners.join(" ") }
        };
        Statistics {
            rules: rows(counted(), |finding| finding.rule.to_owned()),
            modules: rows(counted(), module),
            owners: owners.map(|owners| rows(counted(), |finding| owner(owners, finding))),
        }
    }

    fn tables(&self) -> impl Iterator<Item = (&'static str, &[StatisticsRow])> {
        let owners = self.owners.as_deref().map(|rows| ("owner", rows));
        [("rule", &*self.rules), ("module", &*self.modules)].into_iter().chain(owners)
    }

    /// Writes the tables for a person.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn human(&self, out: &mut dyn Write, render: RenderOptions) -> io::Result<()> {
        for (index, (of, rows)) in self.tables().filter(|(_, rows)| !rows.is_empty()).enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let names: Vec<String> = rows.iter().map(|row| visible(&row.name, None)).collect();
            let wide = names.iter().map(|name| width(name)).chain([of.len()]).max().unwrap_or(0);
            let heads = COLUMNS.map(|(head, _)| format!("  {head:>8}")).concat();
            let line = format!("{of:wide$}{heads}");
            writeln!(out, "{}", render.paint(BOLD, &line))?;
            for (name, row) in names.iter().zip(rows) {
                write!(out, "{name}{:pad$}", "", pad = wide - width(name))?;
                for (_, number) in COLUMNS {
                    let number = number(row);
                    let style = if number == 0 { DIM } else { PLAIN };
                    write!(out, "  {}", render.paint(style, &format!("{number:>8}")))?;
                }
                writeln!(out)?;
            }
        }
        Ok(())
    }

    /// Writes the tables as Markdown, each under a heading.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        for (of, rows) in self.tables().filter(|(_, rows)| !rows.is_empty()) {
            let heads = COLUMNS.map(|(head, _)| format!(" {head} |")).concat();
            writeln!(out, "### By {of}\n\n| {of} |{heads}\n|---|{}", "---:|".repeat(COLUMNS.len()))?;
            for row in rows {
                let numbers = COLUMNS.map(|(_, number)| format!(" {} |", number(row))).concat();
                writeln!(out, "| {} |{numbers}", super::markdown_text::cell(&row.name))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// A heading and the number below it.
type Column = (&'static str, fn(&StatisticsRow) -> usize);

const COLUMNS: [Column; 6] = [
    ("findings", |row| row.findings),
    ("warnings", |row| row.warnings),
    ("notes", |row| row.notes),
    ("safe", |row| row.safe),
    ("unsafe", |row| row.r#unsafe),
    ("advice", |row| row.advice),
];

/// The most findings first.
fn rows<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    name: impl Fn(&Finding) -> String,
) -> Vec<StatisticsRow> {
    let mut rows: BTreeMap<String, StatisticsRow> = BTreeMap::new();
    for finding in findings {
        let name = name(finding);
        let row =
            rows.entry(name.clone()).or_insert_with(|| StatisticsRow { name, ..StatisticsRow::default() });
        row.findings += 1;
        match finding.severity {
            Severity::Warning => row.warnings += 1,
            Severity::Note => row.notes += 1,
        }
        match finding.level {
            Applicability::Safe => row.safe += 1,
            Applicability::Unsafe => row.r#unsafe += 1,
            Applicability::Advice | Applicability::Kept => row.advice += 1,
        }
    }
    let mut rows: Vec<StatisticsRow> = rows.into_values().collect();
    rows.sort_by(|a, b| b.findings.cmp(&a.findings).then_with(|| a.name.cmp(&b.name)));
    rows
}
