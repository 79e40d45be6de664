//! The names and triggers of rules that are read from files.

use super::Applicability;
use super::meta::{Group, Meta, Shape, Symbol, TestPolicy};
use crate::model::GoVersion;
use crate::syntax::outline::DeclTokens;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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
