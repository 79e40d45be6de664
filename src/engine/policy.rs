//! Which rules run on a file, and with what: the answer, not where it comes from.
//!
//! The engine asks a [`Policy`]; `config` answers from `gomend.toml` and the
//! command line. The rules themselves are handed in as [`RuleInfo`]s, so
//! nothing here knows the catalogue.

use crate::model::GoVersion;
use crate::rewrite::{RuleEntry, RuleOption, intern};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What selecting needs to know of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// The rule's id, `time-after-in-loop`.
    pub id: &'static str,
    /// The group it belongs to, `timers`.
    pub group: &'static str,
    /// Runs only when selected by its name or by `all`.
    pub opt_in: bool,
    /// What `[rules.ID]` may say.
    pub options: &'static [RuleOption],
    /// Not even `all` selects it, only its name: its page says that it gains nothing.
    pub no_gain: bool,
    /// A configuration of the tree cannot raise its level.
    pub foreign: bool,
}

impl From<&RuleEntry> for RuleInfo {
    fn from(entry: &RuleEntry) -> RuleInfo {
        RuleInfo {
            id: entry.meta.id,
            group: entry.meta.group_word(),
            opt_in: entry.meta.opt_in,
            no_gain: entry.meta.no_gain,
            foreign: entry.meta.foreign,
            options: entry.meta.options,
        }
    }
}

impl RuleInfo {
    /// Whether it runs when nobody selects any rule.
    fn is_default(&self) -> bool {
        !(self.opt_in || self.no_gain)
    }
}

/// A selector that names neither a rule nor a group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule or group `{word}`; {}", remedy(.suggestion))]
pub struct UnknownRule {
    /// What was written.
    pub word: String,
    /// The nearest name that exists.
    pub suggestion: Option<String>,
}

fn remedy(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`gomend rules` lists them".to_string(),
    }
}

/// The known rules, in the catalogue's order.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<RuleInfo>);

impl Rules {
    /// The rules that exist.
    pub fn new(rules: impl IntoIterator<Item = RuleInfo>) -> Rules {
        Rules(rules.into_iter().collect())
    }

    /// The id of the rule called `name`.
    ///
    /// # Errors
    /// [`UnknownRule`] with the nearest id.
    pub fn id(&self, name: &str) -> Result<&'static str, UnknownRule> {
        let known = self.0.iter().find(|rule| rule.id == name);
        known.map(|rule| rule.id).ok_or_else(|| UnknownRule {
            word: name.to_string(),
            suggestion: closest(name, self.0.iter().map(|rule| rule.id)).map(str::to_string),
        })
    }

    /// The rules whose id `fits`.
    pub fn alike(&self, fits: impl Fn(&str) -> bool) -> Vec<&'static str> {
        self.0.iter().map(|rule| rule.id).filter(|id| fits(id)).collect()
    }

    /// Whether a configuration of the tree cannot raise the level of the rule `id`.
    pub fn is_foreign(&self, id: &str) -> bool {
        self.0.iter().any(|rule| rule.id == id && rule.foreign)
    }

    /// The options of the rule `id`.
    pub fn options(&self, id: &str) -> &'static [RuleOption] {
        self.0.iter().find(|rule| rule.id == id).map_or(&[], |rule| rule.options)
    }

    /// The rules that run when nobody selects any: all but the opt-in ones.
    pub fn defaults(&self) -> BTreeSet<&'static str> {
        self.0.iter().filter(|rule| rule.is_default()).map(|rule| rule.id).collect()
    }

    /// The rules that `selector` (a rule, a group or `all`) turns on. A group
    /// does not turn on its opt-in rules, and `all` none that gains nothing.
    ///
    /// # Errors
    /// [`UnknownRule`] with the nearest rule or group.
    pub fn selected(&self, selector: &str) -> Result<BTreeSet<&'static str>, UnknownRule> {
        self.resolve(selector, RuleInfo::is_default, |rule| !rule.no_gain)
    }

    /// Every rule that `selector` names, opt-in ones included: what `ignore` is about.
    ///
    /// # Errors
    /// [`UnknownRule`] with the nearest rule or group.
    pub fn named(&self, selector: &str) -> Result<BTreeSet<&'static str>, UnknownRule> {
        self.resolve(selector, |_| true, |_| true)
    }

    /// As [`Rules::named`], and the rules of other tools, `tool/name`, which no catalogue lists:
    /// what `promote` and `demote` are about.
    ///
    /// # Errors
    /// As for [`Rules::named`].
    pub fn leveled(&self, selector: &str) -> Result<BTreeSet<&'static str>, UnknownRule> {
        match selector.split_once('/') {
            Some((tool, name)) if !tool.is_empty() && !name.is_empty() => {
                Ok(BTreeSet::from([intern(selector)]))
            }
            _ => self.named(selector),
        }
    }

    fn resolve(
        &self,
        selector: &str,
        of_group: impl Fn(&RuleInfo) -> bool,
        of_all: impl Fn(&RuleInfo) -> bool,
    ) -> Result<BTreeSet<&'static str>, UnknownRule> {
        if selector == "all" {
            return Ok(self.0.iter().filter(|rule| of_all(rule)).map(|rule| rule.id).collect());
        }
        if let Some(rule) = self.0.iter().find(|rule| rule.id == selector) {
            return Ok(BTreeSet::from([rule.id]));
        }
        // Of a rule from a file, what stands before its name selects it too.
        let belongs = |rule: &RuleInfo| {
            rule.group == selector || rule.id.rsplit_once('/').is_some_and(|(group, _)| group == selector)
        };
        if self.0.iter().any(belongs) {
            let members = self.0.iter().filter(|rule| belongs(rule));
            return Ok(members.filter(|rule| of_group(rule)).map(|rule| rule.id).collect());
        }
        let names = self.0.iter().flat_map(|rule| [rule.id, rule.group]).chain(["all"]);
        Err(UnknownRule {
            word: selector.to_string(),
            suggestion: closest(selector, names).map(str::to_string),
        })
    }
}

/// The candidate that `word` was probably meant to be: a third of its letters
/// are wrong at most, or one of the two begins with the other.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let bound = (word.chars().count() / 3).max(1);
    let near = |candidate: &'a str| {
        let distance = strsim::damerau_levenshtein(&word, candidate);
        let begins = word.len().min(candidate.len()) >= 3
            && (candidate.starts_with(&word) || word.starts_with(candidate));
        (distance <= bound || begins).then_some((distance, candidate))
    };
    candidates.into_iter().filter_map(near).min().map(|(_, candidate)| candidate)
}

/// What is decided for one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilePolicy {
    /// The rules that run.
    pub rules: BTreeSet<&'static str>,
    /// The rules whose unsafe fixes count as safe.
    pub promote: BTreeSet<&'static str>,
    /// The rules whose safe fixes count as unsafe.
    pub demote: BTreeSet<&'static str>,
    /// Nobody looks at the file: an `exclude` covers it, or its configuration
    /// cannot be read.
    pub excluded: bool,
    /// The Go version where no go.mod says one.
    pub go: Option<GoVersion>,
    /// The options of each rule, as written.
    pub options: BTreeMap<&'static str, toml::Table>,
}

/// Answers for each file. Asked once per candidate file from every thread, so
/// answers are shared and cached.
pub trait Policy: Sync {
    /// What is decided for the file at `path` (absolute).
    fn for_file(&self, path: &Path) -> Arc<FilePolicy>;

    /// Why nobody looks at `path` (absolute), or below it when it is a
    /// directory: `excluded by gomend.toml`. Answers for this very path; the
    /// walk asks for the directories above it first.
    fn excludes(&self, path: &Path, is_dir: bool) -> Option<String>;

    /// Why nobody looks below the directory `dir` (absolute), where a walk
    /// begins: for its own sake or for that of a directory above it.
    fn excludes_above(&self, dir: &Path) -> Option<String>;
}

/// One policy for every file: no configuration.
#[derive(Clone, Debug)]
pub struct Uniform(Arc<FilePolicy>);

impl Uniform {
    /// `policy` for every file.
    pub fn new(policy: FilePolicy) -> Uniform {
        Uniform(Arc::new(policy))
    }
}

impl Policy for Uniform {
    fn for_file(&self, _: &Path) -> Arc<FilePolicy> {
        Arc::clone(&self.0)
    }

    fn excludes(&self, _: &Path, _: bool) -> Option<String> {
        None
    }

    fn excludes_above(&self, _: &Path) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        let rule =
            |id, group, opt_in| RuleInfo { id, group, opt_in, no_gain: false, foreign: false, options: &[] };
        Rules::new([
            rule("manual-gc", "memory", false),
            rule("gc-percent-off", "memory", true),
            rule("gosched", "scheduler", false),
            RuleInfo { no_gain: true, ..rule("lock-os-thread", "scheduler", true) },
        ])
    }

    #[test]
    fn opt_in_rules_need_their_name_or_all() {
        let rules = rules();
        assert_eq!(rules.defaults(), BTreeSet::from(["gosched", "manual-gc"]));
        assert_eq!(rules.selected("memory").unwrap(), BTreeSet::from(["manual-gc"]));
        assert_eq!(rules.selected("gc-percent-off").unwrap(), BTreeSet::from(["gc-percent-off"]));
        assert_eq!(rules.selected("all").unwrap().len(), 3);
        assert_eq!(rules.named("memory").unwrap(), BTreeSet::from(["gc-percent-off", "manual-gc"]));
    }

    #[test]
    fn only_its_name_selects_a_rule_that_gains_nothing() {
        let rules = rules();
        let gains_nothing = BTreeSet::from(["lock-os-thread"]);
        assert!(rules.defaults().is_disjoint(&gains_nothing));
        for selector in ["all", "scheduler"] {
            assert!(rules.selected(selector).unwrap().is_disjoint(&gains_nothing), "{selector}");
            assert!(rules.named(selector).unwrap().is_superset(&gains_nothing), "{selector}");
        }
        assert_eq!(rules.selected("lock-os-thread").unwrap(), gains_nothing);
    }

    #[test]
    fn an_unknown_selector_names_the_nearest() {
        let rules = rules();
        let error = rules.selected("manul-gc").unwrap_err();
        assert_eq!(error.to_string(), "there is no rule or group `manul-gc`; did you mean `manual-gc`?");
        assert_eq!(rules.selected("Memroy").unwrap_err().suggestion.as_deref(), Some("memory"));
        let error = rules.selected("zzzzzz").unwrap_err();
        assert_eq!(error.to_string(), "there is no rule or group `zzzzzz`; `gomend rules` lists them");
        assert!(rules.id("memory").is_err());
    }
}
