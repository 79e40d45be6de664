//! What the fixes of other tools come to, in the formats of `check` and as a page.

use super::super::Stop;
use super::super::args::{Format, OutputArgs};
use super::super::io::{Io, save};
use super::super::output;
use super::super::report::{about, owners};
use super::super::setup::shown;
use super::conclude::{Decided, ForeignRun};
use super::finding::finding;
use super::gate::{ForeignGate, Trusted};
use crate::engine::scan::Scanned;
use crate::migrate::given::GivenFix;
use crate::report::html_input::{HtmlInput, RulePage};
use crate::report::rules::{RuleDoc, RuleRow};
use crate::report::{SourceTexts, escape, html, markdown_summary};
use crate::rewrite::{Applicability, Finding};
use crate::verify::CandidateFixes;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// The findings of a run, with the texts that they are about.
pub(super) struct ForeignReport {
    scanned: Scanned,
    sources: SourceTexts,
    rules: Vec<RuleDoc>,
}

impl ForeignGate<'_> {
    /// Whether a page or a format of `check` was asked for.
    pub(super) fn reports(&self) -> bool {
        self.args.report.is_some() || !matches!(self.args.format, Format::Human | Format::Patch)
    }

    /// What there is to report of `tried`, before anything is written.
    pub(super) fn report(&self, tried: &Trusted, decided: &Decided, run: &ForeignRun<'_>) -> ForeignReport {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for id in 0..tried.given.list().len() {
            groups.entry(tried.given.unit(id)).or_default().push(id);
        }
        let of = |(id, fix): (usize, &GivenFix)| {
            let file = tried.files.get(&fix.path)?;
            let mut finding = finding(fix, file, self.cwd);
            finding.why = self.with(id, &groups[&tried.given.unit(id)], tried.given.list());
            finding.level = run.level(fix);
            (finding.proof, finding.proof_reason) = decided.proofs.get(id).cloned().unwrap_or_default();
            Some(finding)
        };
        let mut findings: Vec<Finding> = tried.given.list().iter().enumerate().filter_map(of).collect();
        findings.sort_by(|a, b| (&a.path, a.start.byte).cmp(&(&b.path, b.start.byte)));
        let mut sources = output::sources(run.setup);
        sources.keep(&findings);
        let rules = docs(tried.given.list(), run);
        let files = findings.iter().map(|finding| &finding.path).collect::<BTreeSet<_>>().len();
        let scanned = Scanned { findings, files, ..Scanned::default() };
        ForeignReport { scanned, sources, rules }
    }

    /// That a fix is taken or left together with the others of its group.
    fn with(&self, id: usize, group: &[usize], fixes: &[GivenFix]) -> String {
        let others: Vec<usize> = group.iter().copied().filter(|other| *other != id).collect();
        if others.is_empty() {
            return String::new();
        }
        let named =
            others.iter().take(NAMED).map(|other| self.place(&fixes[*other].path, fixes[*other].line));
        let mut places = named.collect::<Vec<_>>().join(", ");
        if others.len() > NAMED {
            places += &format!(" and {} more", others.len() - NAMED);
        }
        format!(
            "It changes or names the same declaration as the fixes at {places}; they seem to build only together."
        )
    }

    /// Writes the page and the format that were asked for. Whether standard output was taken.
    pub(super) fn write_report(
        &self,
        report: &ForeignReport,
        decided_by: Option<&str>,
        run: &ForeignRun<'_>,
        io: &mut Io<'_>,
    ) -> Result<bool, Stop> {
        if let Some(file) = &self.args.report {
            let bytes = report.page(file, self.root, decided_by, run, io)?;
            save(file, &bytes)?;
            writeln!(io.stderr, "Wrote {}.", file.display())?;
        }
        if matches!(self.args.format, Format::Human | Format::Patch) {
            return Ok(false);
        }
        let wanted = OutputArgs { format: self.args.format, color: self.args.color, ..OutputArgs::default() };
        output::write_about(&wanted, &report.rules, &report.scanned, None, &report.sources, None, io)?;
        Ok(true)
    }
}

impl ForeignReport {
    /// The report for people: Markdown where the name of the file says so, else HTML.
    fn page(
        &self,
        file: &Path,
        root: &Path,
        proof: Option<&str>,
        run: &ForeignRun<'_>,
        io: &mut Io<'_>,
    ) -> Result<Vec<u8>, Stop> {
        let mut about = about::about(run.setup, run.command);
        about.proof = proof.map(str::to_owned);
        let pages: Vec<RulePage> = self
            .rules
            .iter()
            .map(|rule| RulePage { rule: rule.row.clone(), doc: rule.doc.clone(), evidence: None })
            .collect();
        let owners = owners(root, io)?;
        let owner = |path: &str| {
            let names = owners.as_ref()?.of(&shown(root, &run.setup.cwd.join(path))).join(" ");
            (!names.is_empty()).then_some(names)
        };
        let source = |path: &str| self.sources.get(path).map(|text| text.text.to_string());
        let input = HtmlInput {
            report: output::report(&self.scanned, None),
            about: &about,
            rules: &pages,
            owner: &owner,
            source: &source,
        };
        let markdown = file.extension().is_some_and(|ending| ending == "md");
        if markdown {
            return Ok(escape::page(false, |out: &mut dyn Write| markdown_summary::write(out, &input))?);
        }
        let mut bytes = Vec::new();
        html::write(&mut bytes, &input)?;
        Ok(bytes)
    }
}

/// A page for each rule of the tools: what they say, and where they say more.
fn docs(fixes: &[GivenFix], run: &ForeignRun<'_>) -> Vec<RuleDoc> {
    let mut by_rule: BTreeMap<&str, Vec<&GivenFix>> = BTreeMap::new();
    for fix in fixes {
        by_rule.entry(&fix.rule).or_default().push(fix);
    }
    let doc = |(rule, fixes): (&str, Vec<&GivenFix>)| {
        let said: BTreeSet<&str> = fixes.iter().map(|fix| fix.message.trim()).collect();
        let links: BTreeSet<&str> = fixes.iter().filter_map(|fix| fix.link.as_deref()).collect();
        let mut doc = format!("# {rule}\nFrom {}.\n", plain(run.name));
        for text in said.into_iter().filter(|text| !text.is_empty()).take(MESSAGES) {
            doc += &format!("\n- {}", plain(text));
        }
        if !links.is_empty() {
            doc += "\n\n# Sources\n";
            for link in links.iter().filter(|link| is_web(link)) {
                doc += &format!("\n- <{link}>");
            }
        }
        let title = fixes.iter().map(|fix| fix.title.trim()).find(|title| !title.is_empty());
        let title = title.unwrap_or("apply what the tool proposes");
        let group = rule.split('/').next().unwrap_or(rule);
        let level = fixes.iter().map(|fix| run.level(fix)).max().unwrap_or(Applicability::Unsafe);
        let row = RuleRow::outside(rule, title, group, level);
        RuleDoc { row, doc: doc + "\n" }
    };
    by_rule.into_iter().map(doc).collect()
}

/// How many fixes of a group are named with each of them.
const NAMED: usize = 5;

/// How many different messages of one rule its page has.
const MESSAGES: usize = 20;

/// A stranger's words without what Markdown would act upon.
fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars()
        .flat_map(|c| {
            let special = matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|' | '!');
            special.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

/// Whether a link leads to the web and has nothing in it that would end it.
fn is_web(link: &str) -> bool {
    (link.starts_with("https://") || link.starts_with("http://"))
        && !link.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'))
}
