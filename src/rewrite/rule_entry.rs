//! A rule as the engine runs it, with its page.

use super::loaded_meta::LoadedMeta;
use super::meta::Meta;
use super::transform::{LoadedRule, Mention, RuleMatch, Transform};
use super::{Applicability, Cx, Fix};
use crate::syntax::outline::DeclTokens;
use std::sync::{Arc, OnceLock};

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
