//! The findings of a run by rule, module and owner: the numbers that charts and
//! tables show.

use super::counts::Counts;
use super::html_input::HtmlInput;
use crate::model::GoVersion;
use crate::rewrite::{Applicability, Finding};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Those of the whole.
    pub counts: Counts,
    /// Those of each rule, most findings first, as all lists here.
    pub rules: Vec<Share>,
    /// Those of each module; files of no module stand under an empty name.
    pub modules: Vec<Share>,
    /// Those of each owner, empty when no file has one; files of nobody stand
    /// under an empty name.
    pub owners: Vec<Share>,
    /// The Go versions that decided at some site.
    pub go: BTreeSet<GoVersion>,
}

/// The findings that one rule, module or owner has. Suppressed ones are not
/// counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Whose.
    pub name: String,
    /// Findings with a safe fix.
    pub safe: usize,
    /// Findings with an unsafe fix.
    pub unsafe_: usize,
    /// Findings without an edit.
    pub advice: usize,
    /// Sites that a guard kept; they are no findings.
    pub kept: usize,
    /// Files with a finding.
    pub files: usize,
    /// The Go versions that decided at its sites.
    pub go: BTreeSet<GoVersion>,
}

impl Share {
    /// Findings of all levels.
    pub fn findings(&self) -> usize {
        self.safe + self.unsafe_ + self.advice
    }

    /// The Go versions in words: `1.22, 1.26`.
    pub fn versions(&self) -> String {
        versions(&self.go)
    }
}

/// Go versions in words.
pub fn versions(go: &BTreeSet<GoVersion>) -> String {
    go.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The shares while they are counted, and the files that were seen for each.
#[derive(Default)]
struct Shares<'a>(BTreeMap<String, (Share, BTreeSet<&'a str>)>);

impl<'a> Shares<'a> {
    fn add(&mut self, name: &str, finding: &'a Finding) {
        if !self.0.contains_key(name) {
            let share = Share { name: name.to_owned(), ..Share::default() };
            self.0.insert(name.to_owned(), (share, BTreeSet::new()));
        }
        let Some((share, files)) = self.0.get_mut(name) else { return };
        share.go.extend(finding.go);
        match finding.level {
            Applicability::Safe => share.safe += 1,
            Applicability::Unsafe => share.unsafe_ += 1,
            Applicability::Advice => share.advice += 1,
            Applicability::Kept => share.kept += 1,
        }
        if finding.level > Applicability::Kept {
            files.insert(&finding.path);
        }
    }

    fn sorted(self) -> Vec<Share> {
        let counted = |(mut share, files): (Share, BTreeSet<&str>)| {
            share.files = files.len();
            share
        };
        let mut shares: Vec<Share> = self.0.into_values().map(counted).collect();
        shares.sort_by(|a, b| {
            (b.findings(), b.kept).cmp(&(a.findings(), a.kept)).then_with(|| a.name.cmp(&b.name))
        });
        shares
    }
}

impl Overview {
    /// Counts.
    pub fn of(html_input: &HtmlInput<'_>) -> Overview {
        let (mut rules, mut modules, mut owners) = (Shares::default(), Shares::default(), Shares::default());
        let mut go = BTreeSet::new();
        let mut owned = false;
        for finding in html_input.report.findings {
            go.extend(finding.go);
            if finding.suppressed {
                continue;
            }
            rules.add(finding.rule, finding);
            modules.add(finding.module.as_deref().unwrap_or_default(), finding);
            let owner = (html_input.owner)(&finding.path);
            owned |= owner.is_some();
            owners.add(&owner.unwrap_or_default(), finding);
        }
        Overview {
            counts: Counts::of(&html_input.report),
            rules: rules.sorted(),
            modules: modules.sorted(),
            owners: if owned { owners.sorted() } else { Vec::new() },
            go,
        }
    }
}
