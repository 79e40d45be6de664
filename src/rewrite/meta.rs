//! What a transform is to the engine: its names, its triggers and one function
//! that examines a place.

use super::{Applicability, Cx, Fix, PatternFinding, Severity, Verdict};
use crate::model::GoVersion;
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Import, Node};
use crate::text::Span;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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

/// Where a trigger of a rule was met.
#[derive(Clone, Copy, Debug)]
pub enum Mention<'t> {
    /// A mention of a symbol, or the node that a [`Shape`]'s word belongs to: the
    /// statement or type of a keyword, the identifier itself.
    Node(Node<'t>),
    /// The import of one of [`Meta::imports`].
    Import(&'t Import),
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

/// What is said of a site.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The bytes that the finding points at.
    pub span: Span,
    /// What was found: one sentence without a full stop.
    pub message: String,
    /// The measured reason for this Go version.
    pub why: String,
    /// How bad the code is as it stands.
    pub severity: Severity,
    /// Surroundings to show: a span, of which the first line is marked, and a
    /// word or two.
    pub labels: Vec<(Span, String)>,
}

/// One anti-pattern: finds sites, judges them, rewrites them.
pub trait Transform {
    /// What was matched.
    type Site<'t>;
    /// Names and triggers.
    const META: Meta;
    /// The site at `mention`, a mention of one of the triggers or of a shape's
    /// word; `None` when it is no finding.
    fn site<'t>(_mention: Node<'t>, _cx: &Cx<'t>) -> Option<Self::Site<'t>> {
        None
    }
    /// The site that an import of one of [`Meta::imports`] is.
    fn import_site<'t>(_import: &'t Import, _cx: &Cx<'t>) -> Option<Self::Site<'t>> {
        None
    }
    /// What the guards say.
    fn judge<'t>(site: &Self::Site<'t>, cx: &Cx<'t>) -> Verdict;
    /// What to tell the user.
    fn diagnose<'t>(site: &Self::Site<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic;
    /// Builds the fix; called only for a level that has one. A rule that only advises has
    /// none.
    fn rewrite<'t>(_site: &Self::Site<'t>, _cx: &Cx<'t>, _fix: &mut Fix) {}
}

/// A site that was matched.
#[derive(Clone, Debug)]
pub struct RuleMatch {
    /// What the guards said.
    pub verdict: Verdict,
    /// What to tell the user.
    pub diagnostic: Diagnostic,
    /// The fix, for the levels that have one.
    pub fix: Option<Fix>,
    /// Which patch of a rule matched, and what.
    pub pattern: Option<PatternFinding>,
}

/// A rule that was read from a file, as the engine runs it.
pub trait LoadedRule: Send + Sync {
    /// The sites at one mention of a trigger.
    fn examine<'t>(&self, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch>;
    /// Whether a file may have a site that a mention of `word` leads to, where `holds` says
    /// which texts stand in it: asked before it is outlined, and wrong only by saying yes.
    fn may_match_text(&self, _word: &str, _holds: &dyn Fn(&str) -> bool) -> bool {
        true
    }
    /// The same of a declaration, with the index of the word among its tokens: asked before it
    /// is parsed.
    fn may_match_tokens(&self, _word: &str, _code: &DeclTokens<'_>, _at: usize) -> bool {
        true
    }
    /// Its page, in the form of a transform's header.
    fn page(&self) -> String;
    /// Sentences about what the rule makes of the code on a line, and why.
    fn why(&self, cx: &Cx<'_>, line: usize) -> Vec<String>;
    /// What it was read from and what that means here, hashed.
    fn digest(&self) -> blake3::Hash;
    /// What it was read from, hashed: the same in each tree.
    fn source(&self) -> blake3::Hash;
}

/// A rule as the engine runs it: a transform, or one that was read from a file.
#[derive(Clone)]
pub struct RuleEntry {
    /// Names and triggers.
    pub meta: &'static Meta,
    behaviour: Behaviour,
}

impl std::fmt::Debug for RuleEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleEntry").field("id", &self.meta.id).finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Behaviour {
    Transform {
        /// The transform's source, whose header is its documentation.
        source: &'static str,
        guards: &'static GuardPages,
        examine: for<'t> fn(Mention<'t>, &Cx<'t>) -> Option<RuleMatch>,
    },
    Loaded(Arc<dyn LoadedRule>, Arc<GuardPages>),
}

/// The names and triggers of a rule that was read from a file.
///
/// The engine names rules, guards and triggers by `&'static str`. Those of loaded rules
/// are interned: the same text read again is the same value, so that reading a rule again
/// and again takes no memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoadedMeta {
    /// The rule's id, with that of its group or pack: `own/drop-wrap`.
    pub id: String,
    /// A verb phrase.
    pub title: String,
    /// What it calls its group, where that is not `own`.
    pub label: Option<String>,
    /// The best level that any site can have.
    pub best: Applicability,
    /// The first Go version with a fix.
    pub since: Option<GoVersion>,
    /// Whether it runs only when selected by name or by `all`.
    pub opt_in: bool,
    /// Whether it is applied once to each place.
    pub once: bool,
    /// Whether it looks at all test files.
    pub tests: bool,
    /// Import path and name of each symbol whose mentions are examined.
    pub triggers: Vec<(String, String)>,
    /// The import paths whose imports are examined.
    pub imports: Vec<String>,
    /// The words whose mentions are examined.
    pub words: Vec<String>,
    /// The tokens that are no words: each declaration that holds one is examined, by the
    /// word with which it begins.
    pub tokens: Vec<String>,
    /// The directory whose files it looks at.
    pub home: Option<PathBuf>,
    /// Directories below that where another rule of the same name counts.
    pub except: Vec<PathBuf>,
    /// The modules that the fixed code needs, with their versions.
    pub requires: Vec<(String, String)>,
    /// The rule that has to be done before it runs.
    pub after: Option<String>,
    /// How many patches run one behind the other.
    pub stages: usize,
    /// Whether its fixes may edit other packages of the module, and tests of any kind.
    pub spans: bool,
    /// Whether a configuration of the tree cannot raise its level.
    pub foreign: bool,
    /// Whether unexported functions go that nothing calls any more.
    pub helpers: bool,
    /// For each patch the packages of whose types its sites have values.
    pub packages: Vec<Vec<String>>,
    /// The names of its guards.
    pub guards: Vec<String>,
}

/// The words with which declarations begin.
pub const DECLARATION_WORDS: [&str; 4] = ["const", "func", "type", "var"];

/// Defines the operators that lead to declarations, with what asks a declaration for each.
macro_rules! token_triggers {
    ($($token:literal),*) => {
        /// The operators that lead to the declarations that hold them.
        pub const TOKEN_TRIGGERS: &[&str] = &[$($token),*];

        /// Asks whether a declaration, at the word with which it begins, holds the token. Of a
        /// literal only the file is asked.
        fn holds_token(token: &str) -> fn(&DeclTokens<'_>, usize) -> bool {
            match token {
                $($token => |code, at| at == 0 && code.has_token($token),)*
                _ => |_, at| at == 0,
            }
        }
    };
}

token_triggers!(
    "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "&^", "&&", "||",
    "!", "<-", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "&^=", "~"
);

/// `text`, the same for all who ask for it.
pub fn intern(text: &str) -> &'static str {
    static KNOWN: Mutex<Option<HashMap<String, &'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(text) = known.get(text) {
        return text;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    known.insert(text.to_owned(), kept);
    kept
}

fn interned_path(path: &Path) -> &'static Path {
    match path.to_str() {
        Some(text) => Path::new(intern(text)),
        None => Box::leak(path.to_owned().into_boxed_path()),
    }
}

impl LoadedMeta {
    /// The interned form.
    pub fn interned(&self) -> &'static Meta {
        static KNOWN: Mutex<Option<HashMap<LoadedMeta, &'static Meta>>> = Mutex::new(None);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if let Some(meta) = known.get(self) {
            return meta;
        }
        fn all<T>(items: impl Iterator<Item = T>) -> &'static [T] {
            Box::leak(items.collect())
        }
        let words = |words: &[String]| all(words.iter().map(|word| intern(word)));
        let symbols = self.triggers.iter();
        let words_alone = self.words.iter().map(|word| Shape {
            word: intern(word),
            with: &[],
            may_match_bytes: |_, _| true,
            may_match_tokens: |_, _| true,
        });
        let beside = |token: &String| {
            let with: &'static [&'static str] = Box::leak(Box::new([intern(token)]));
            let may_match_tokens = holds_token(token);
            DECLARATION_WORDS.map(|word| Shape { word, with, may_match_bytes: |_, _| true, may_match_tokens })
        };
        let shapes = words_alone.chain(self.tokens.iter().flat_map(beside));
        let meta: &'static Meta = Box::leak(Box::new(Meta {
            id: intern(&self.id),
            title: intern(&self.title),
            group: Group::Own,
            label: self.label.as_deref().map(intern),
            best: self.best,
            since: self.since,
            opt_in: self.opt_in,
            once: self.once,
            tests: if self.tests { TestPolicy::Always } else { TestPolicy::WhenIncluded },
            triggers: all(symbols.map(|(path, name)| Symbol { path: intern(path), name: intern(name) })),
            imports: words(&self.imports),
            shapes: all(shapes),
            home: self.home.as_deref().map(interned_path),
            except: all(self.except.iter().map(|path| interned_path(path))),
            requires: all(self.requires.iter().map(|(path, version)| (intern(path), intern(version)))),
            after: self.after.as_deref().map(intern),
            stages: self.stages,
            spans: self.spans,
            foreign: self.foreign,
            helpers: self.helpers,
            packages: all(self.packages.iter().map(|paths| words(paths))),
            guards: words(&self.guards),
            ..Meta::USUAL
        }));
        known.insert(self.clone(), meta);
        meta
    }
}

/// One guard as its page describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardPage {
    /// Its name.
    pub name: String,
    /// What it does to the level: `keep`, `advice` or `unsafe`.
    pub effect: String,
    /// Its sentence.
    pub sentence: String,
}

/// The guards of a page, which is read when a site first asks for the sentence of one.
pub type GuardPages = OnceLock<Vec<GuardPage>>;

struct Holder<T>(std::marker::PhantomData<T>);

impl<T: Transform> Holder<T> {
    const META: Meta = T::META;
}

impl RuleEntry {
    /// The entry of `T`, whose source text is `source`, with a place for its guards.
    pub const fn of<T: Transform + 'static>(source: &'static str, guards: &'static GuardPages) -> RuleEntry {
        RuleEntry {
            meta: &Holder::<T>::META,
            behaviour: Behaviour::Transform { source, guards, examine: examine::<T> },
        }
    }

    /// The entry of a rule that was read from a file.
    pub fn loaded(meta: &LoadedMeta, rule: Arc<dyn LoadedRule>) -> RuleEntry {
        RuleEntry { meta: meta.interned(), behaviour: Behaviour::Loaded(rule, Arc::default()) }
    }

    /// The sites at one mention of a trigger: of a transform at most one.
    pub fn examine<'t>(&self, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        match &self.behaviour {
            Behaviour::Transform { examine, .. } => examine(mention, cx).into_iter().collect(),
            Behaviour::Loaded(rule, _) => rule.examine(mention, cx),
        }
    }

    /// What a rule from a file says of a file with a mention of `word`, see
    /// [`LoadedRule::may_match_text`].
    pub fn may_match_text(&self, word: &str, holds: &dyn Fn(&str) -> bool) -> bool {
        match &self.behaviour {
            Behaviour::Transform { .. } => true,
            Behaviour::Loaded(rule, _) => rule.may_match_text(word, holds),
        }
    }

    /// The same of a declaration, see [`LoadedRule::may_match_tokens`].
    pub fn may_match_tokens(&self, word: &str, code: &DeclTokens<'_>, at: usize) -> bool {
        match &self.behaviour {
            Behaviour::Transform { .. } => true,
            Behaviour::Loaded(rule, _) => rule.may_match_tokens(word, code, at),
        }
    }

    /// Sentences about what a rule from a file makes of the code on a line, and why.
    pub fn why(&self, cx: &Cx<'_>, line: usize) -> Vec<String> {
        match &self.behaviour {
            Behaviour::Transform { .. } => Vec::new(),
            Behaviour::Loaded(rule, _) => rule.why(cx, line),
        }
    }

    /// What a rule was read from, hashed: the same in each tree; `None` for one that is a part
    /// of this program.
    pub fn source(&self) -> Option<blake3::Hash> {
        match &self.behaviour {
            Behaviour::Transform { .. } => None,
            Behaviour::Loaded(rule, _) => Some(rule.source()),
        }
    }

    /// What a rule was read from and what that means here, hashed; `None` for one that is a
    /// part of this program.
    pub fn digest(&self) -> Option<blake3::Hash> {
        match &self.behaviour {
            Behaviour::Transform { .. } => None,
            Behaviour::Loaded(rule, _) => Some(rule.digest()),
        }
    }

    /// The rule's page: of a transform the `//!` header of its source.
    pub fn page(&self) -> String {
        match &self.behaviour {
            Behaviour::Transform { source, .. } => {
                let header = source.lines().map_while(|line| line.strip_prefix("//!"));
                header.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
            }
            Behaviour::Loaded(rule, _) => rule.page(),
        }
    }

    /// The guards as the page describes them, in its order.
    pub fn guards(&self) -> &[GuardPage] {
        let guards = match &self.behaviour {
            Behaviour::Transform { guards, .. } => *guards,
            Behaviour::Loaded(_, guards) => &**guards,
        };
        guards.get_or_init(|| guards_of(&self.page()))
    }

    /// The sentence of one guard.
    pub fn guard(&self, name: &str) -> Option<&GuardPage> {
        self.guards().iter().find(|guard| guard.name == name)
    }
}

/// The guards that a page describes.
fn guards_of(page: &str) -> Vec<GuardPage> {
    let section = page.lines().skip_while(|line| *line != "# Guards").skip(1);
    let mut lines = section.take_while(|line| !line.starts_with("# ")).peekable();
    let mut guards = Vec::new();
    while let Some(item) = lines.find_map(|line| line.strip_prefix("- `")) {
        let (name, rest) = item.split_once("`, ").unwrap_or((item, ""));
        let (effect, sentence) = rest.split_once(": ").unwrap_or((rest, ""));
        let mut sentence = sentence.trim_end().to_owned();
        while let Some(more) = lines.next_if(|line| !line.starts_with("- `")) {
            if !more.trim().is_empty() {
                sentence.push(' ');
                sentence.push_str(more.trim());
            }
        }
        guards.push(GuardPage { name: name.to_owned(), effect: effect.to_owned(), sentence });
    }
    guards
}

fn examine<'t, T: Transform>(mention: Mention<'t>, cx: &Cx<'t>) -> Option<RuleMatch> {
    let site = match mention {
        Mention::Node(node) => T::site(node, cx)?,
        Mention::Import(import) => T::import_site(import, cx)?,
    };
    let verdict = T::judge(&site, cx);
    let diagnostic = T::diagnose(&site, &verdict, cx);
    let fix = (verdict.level() >= Applicability::Unsafe).then(|| {
        let mut fix = Fix::new(T::META.title, cx.file.path());
        T::rewrite(&site, cx, &mut fix);
        fix
    });
    Some(RuleMatch { verdict, diagnostic, fix, pattern: None })
}
