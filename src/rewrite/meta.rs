//! What the engine knows of a rule before it runs: its names and its triggers.

use super::Applicability;
use crate::model::GoVersion;
use crate::syntax::outline::DeclTokens;
use std::path::Path;

/// A symbol of a package, without which a file has no site of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// The import path.
    pub path: &'static str,
    /// The exported name.
    pub name: &'static str,
}

/// A piece of plain syntax, told from the tokens of a top-level declaration
/// before that is parsed. For rules that no import gives away.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The keyword or name that the site begins with, or holds.
    pub word: &'static str,
    /// Words without which the file has no such site.
    pub with: &'static [&'static str],
    /// Whether the word at this offset of the file may be a site, as far as the
    /// bytes around it tell ([`crate::syntax::byte_checks`]): asked before the file is
    /// outlined, so it has to be quick and may be wrong only by saying yes.
    pub may_match_bytes: fn(&[u8], usize) -> bool,
    /// Whether the word at this index of the declaration's tokens may be a site.
    pub may_match_tokens: fn(&DeclTokens<'_>, usize) -> bool,
}

/// The part of the runtime that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Timers.
    Timers,
    /// Garbage collector and memory.
    Memory,
    /// Metrics.
    Metrics,
    /// Scheduler.
    Scheduler,
    /// Finalizers and cleanups.
    Finalizers,
    /// Profiles, traces and stacks.
    Profiles,
    /// Channels, locks and allocation.
    Channels,
    /// Rules that a team wrote for its own code.
    Own,
}

impl Group {
    /// The word that selects the group.
    pub fn word(self) -> &'static str {
        match self {
            Group::Timers => "timers",
            Group::Memory => "memory",
            Group::Metrics => "metrics",
            Group::Scheduler => "scheduler",
            Group::Finalizers => "finalizers",
            Group::Profiles => "profiles",
            Group::Channels => "channels",
            Group::Own => "own",
        }
    }
}

/// Whether a rule looks at `_test.go` files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestPolicy {
    /// Only with `--include tests`.
    WhenIncluded,
    /// Always.
    Always,
}

/// An option of a rule in gomend.toml: a word out of a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleOption {
    /// Its key in `[rules.ID]`.
    pub key: &'static str,
    /// What it may say; the first is what holds when nothing is said.
    pub values: &'static [&'static str],
}

/// What a transform is called and when it can have a site.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The anti-pattern in kebab-case.
    pub id: &'static str,
    /// A verb phrase that says what the fix does.
    pub title: &'static str,
    /// The part of the runtime.
    pub group: Group,
    /// What a rule from a file calls its group instead.
    pub label: Option<&'static str>,
    /// Where the four documents describe it; empty for a rule from anywhere else.
    pub seeds: &'static [&'static str],
    /// The best level that any site can have.
    pub best: Applicability,
    /// The first Go version with a fix.
    pub since: Option<GoVersion>,
    /// Whether it runs only when selected by name or by `all`.
    pub opt_in: bool,
    /// Whether its result may match it again, so that it is applied once to each place.
    pub once: bool,
    /// Whether its page says that it gains nothing: `all` leaves it out, and only its
    /// name selects it.
    pub no_gain: bool,
    /// The rules that may speak of the same mention of a trigger. Of the two findings the
    /// more severe one stays, then that of the higher level, and theirs where both are alike.
    pub yields_to: &'static [&'static str],
    /// Whether it looks at test files.
    pub tests: TestPolicy,
    /// Each mention of one of these is handed to [`Transform::site`].
    pub triggers: &'static [Symbol],
    /// Texts of which one stands in every declaration that has a site, so that
    /// the others need not be parsed; none when nothing is known.
    pub within: &'static [&'static str],
    /// Whether the name of a trigger at this offset of the file may be a site, as far as
    /// the bytes around it tell: asked before anything is outlined or parsed, and
    /// wrong only by saying yes.
    pub may_match_bytes: fn(&[u8], usize) -> bool,
    /// Whether the name of a trigger at this index of the declaration's tokens may be a
    /// site: asked before the declaration is parsed, and wrong only by saying yes.
    pub may_match_tokens: fn(&DeclTokens<'_>, usize) -> bool,
    /// Each import of one of these paths, under any name or none, is handed to
    /// [`Transform::import_site`].
    pub imports: &'static [&'static str],
    /// Each place that looks like one of these is handed to [`Transform::site`].
    pub shapes: &'static [Shape],
    /// The directory whose files it looks at, for a rule that is not for all of them.
    pub home: Option<&'static Path>,
    /// Directories below that where another rule of the same name counts.
    pub except: &'static [&'static Path],
    /// The modules that the fixed code needs, with their versions.
    pub requires: &'static [(&'static str, &'static str)],
    /// The rule that has to be done before it runs.
    pub after: Option<&'static str>,
    /// How many patches run one behind the other, each on the result of the one before.
    pub stages: usize,
    /// Whether its fixes may edit other packages of the module, and tests of any kind.
    pub spans: bool,
    /// Whether unexported functions go that nothing calls any more once its fixes are taken.
    pub helpers: bool,
    /// For each way to a site the packages of whose types it has values: no site is in a module
    /// that knows one of each too little. None when nothing is known.
    pub packages: &'static [&'static [&'static str]],
    /// Whether it came from somebody whom nobody here trusts: a configuration of the tree cannot
    /// raise its level.
    pub foreign: bool,
    /// The names of its guards, in the order of the page.
    pub guards: &'static [&'static str],
    /// Its options.
    pub options: &'static [RuleOption],
}

impl Meta {
    /// Whether it is meant for the file at `path`.
    pub fn is_for(&self, path: &Path) -> bool {
        self.home.is_none_or(|home| path.starts_with(home))
            && !self.except.iter().any(|directory| path.starts_with(directory))
    }

    /// The word of its group.
    pub fn group_word(&self) -> &'static str {
        self.label.unwrap_or_else(|| self.group.word())
    }

    /// What most rules have in common: on by default, tests only when asked for,
    /// any Go version, no plain syntax.
    pub const USUAL: Meta = Meta {
        id: "",
        title: "",
        group: Group::Timers,
        label: None,
        seeds: &[],
        best: Applicability::Advice,
        since: None,
        opt_in: false,
        once: false,
        no_gain: false,
        yields_to: &[],
        tests: TestPolicy::WhenIncluded,
        triggers: &[],
        within: &[],
        may_match_bytes: |_, _| true,
        may_match_tokens: |_, _| true,
        imports: &[],
        shapes: &[],
        home: None,
        except: &[],
        requires: &[],
        after: None,
        stages: 1,
        spans: false,
        foreign: false,
        helpers: false,
        packages: &[],
        guards: &[],
        options: &[],
    };
}
