//! Looks at one file: which sites there are, what the guards say, what the
//! fixes would be.

use super::embeds;
use super::file_cache::FileSet;
use super::prefilter::{Hit, HitKind, Prefilter};
use crate::model::GoVersion;
use crate::model::imports::is_symbol;
use crate::model::module::Timers;
use crate::model::package::Package;
use crate::model::program::PackageFiles;
use crate::rewrite::{Applicability, Cx, Mention, RuleEntry, RuleMatch, Surroundings, Symbol, TypeSource};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Fault, File, Kind, Node};
use crate::text::Span;
use memchr::memmem;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What is known of the module around a file. Asked only when a site asks.
pub trait Module: Sync {
    /// Takes note of what the file at `path` holds, which was just read, and whether what may
    /// switch the collector off stands in it.
    fn note(&self, _path: &Path, _bytes: &[u8], _switch: bool) {}
    /// The Go version that decides which of the standard library `file` uses.
    fn go(&self, file: &File) -> Option<GoVersion>;
    /// The channel semantics of timers in the module's programs.
    fn timers(&self, file: &File) -> Timers;
    /// Where the module may switch the collector off, if it does.
    fn collector_switched_off(&self, file: &File) -> Option<String>;
    /// Why a fix of another file may not touch `file`.
    fn out_of_reach(&self, file: &File) -> Option<String>;
    /// As [`Module::out_of_reach`], for a fix that has to edit the tests too.
    fn skipped(&self, file: &File) -> Option<String> {
        self.out_of_reach(file)
    }
    /// The import path of the package of `file`; nothing outside of a module.
    fn import_path(&self, _file: &File) -> Option<String> {
        None
    }
    /// The files of the module of `file` that have `word` as a name, in the order of their
    /// paths: all of them, or those that stand in its directory or import its package.
    ///
    /// # Errors
    /// A sentence, when that cannot be told.
    fn users(&self, _file: &File, _word: &str, _all: bool) -> Result<Vec<PathBuf>, String> {
        Ok(Vec::new())
    }
    /// Where a directory of the module other than that of `file` uses `word` as
    /// a name, or why that cannot be told.
    fn used_elsewhere(&self, file: &File, word: &str) -> Option<String>;
    /// Where the module gives the GODEBUG setting `key` this value, or asks for the
    /// defaults of a Go before `since`.
    fn godebug(&self, _file: &File, _key: &str, _value: &str, _since: GoVersion) -> Option<String> {
        None
    }
    /// Whether a package of the module of the file at `path` may have values of types of the
    /// package with this import path.
    fn may_know(&self, _path: &Path, _package: &str) -> bool {
        true
    }
    /// What gomend.toml says for `file` to the option `key` of `rule`.
    fn option(&self, _file: &File, _rule: &str, _key: &str) -> Option<String> {
        None
    }
    /// Where the configuration of golangci-lint forbids to write `symbol` in `file`.
    fn forbidden(&self, _file: &File, _symbol: &str) -> Option<String> {
        None
    }
    /// The path of `file` below its module, with `/`.
    fn path_below(&self, _file: &File) -> Option<String> {
        None
    }
    /// Who knows the types that syntax does not tell.
    fn types(&self) -> Option<&dyn TypeSource> {
        None
    }
    /// The directory of the package with an import path of the module.
    fn directory_of(&self, file: &File, import: &str) -> Option<PathBuf>;
    /// The module's path.
    fn path(&self, file: &File) -> Option<Arc<str>>;
}

/// A site that was matched.
#[derive(Clone, Debug)]
pub struct Match {
    /// The transform, as an index into the catalogue that was handed over.
    pub entry: usize,
    /// What it said.
    pub rule_match: RuleMatch,
    /// The site, its whole statement, and the statements and the declaration
    /// around that, innermost first: where a suppression may stand.
    pub enclosing: Vec<Span>,
    /// Index of the top-level declaration; `None` for an import.
    pub decl: Option<usize>,
}

/// What a look at a file gives.
#[derive(Debug, Default)]
pub struct Matches {
    /// The sites in the order of their places.
    pub matches: Vec<Match>,
    /// Why declarations with a mention of a trigger cannot be read.
    pub faults: Vec<Fault>,
}

/// Everything that transforms can ask, worked out when they ask.
pub struct Around<'a> {
    file: &'a Arc<File>,
    file_set: &'a FileSet,
    module: &'a dyn Module,
    package: OnceLock<Package>,
    directory: OnceLock<Package>,
    go: OnceLock<Option<GoVersion>>,
    timers: OnceLock<Timers>,
}

impl<'a> Around<'a> {
    /// What surrounds `file` as `file_set` and `module` know it.
    pub fn new(file: &'a Arc<File>, file_set: &'a FileSet, module: &'a dyn Module) -> Around<'a> {
        Around {
            file,
            file_set,
            module,
            package: OnceLock::new(),
            directory: OnceLock::new(),
            go: OnceLock::new(),
            timers: OnceLock::new(),
        }
    }
}

impl Surroundings for Around<'_> {
    fn package(&self) -> &Package {
        self.package.get_or_init(|| self.file_set.package_of(self.file))
    }

    fn directory(&self) -> &Package {
        self.directory.get_or_init(|| self.file_set.directory_of(self.file))
    }

    fn go(&self) -> Option<GoVersion> {
        *self.go.get_or_init(|| self.module.go(self.file))
    }

    fn timers(&self) -> Timers {
        self.timers.get_or_init(|| self.module.timers(self.file)).clone()
    }

    fn collector_switched_off(&self) -> Option<String> {
        self.module.collector_switched_off(self.file)
    }

    fn out_of_reach(&self, file: &File) -> Option<String> {
        self.module.out_of_reach(file)
    }

    fn skipped(&self, file: &File) -> Option<String> {
        self.module.skipped(file)
    }

    fn import_path(&self) -> Option<String> {
        self.module.import_path(self.file)
    }

    fn each_user(&self, word: &str, all: bool, look: &mut dyn FnMut(&Cx<'_>)) -> Result<(), String> {
        for path in self.module.users(self.file, word, all)? {
            let read = || self.file_set.fetch(&path);
            let own = || (path == self.file.path()).then(|| self.file.clone());
            let Some(file) = own().or_else(read) else {
                return Err(format!("{} cannot be read", path.display()));
            };
            let around = Around::new(&file, self.file_set, self.module);
            look(&Cx { file: &file, around: &around });
        }
        Ok(())
    }

    fn used_elsewhere(&self, word: &str) -> Option<String> {
        self.module.used_elsewhere(self.file, word)
    }

    fn godebug(&self, key: &str, value: &str, since: GoVersion) -> Option<String> {
        self.module.godebug(self.file, key, value, since)
    }

    fn option(&self, rule: &str, key: &str) -> Option<String> {
        self.module.option(self.file, rule, key)
    }

    fn forbidden(&self, symbol: &str) -> Option<String> {
        self.module.forbidden(self.file, symbol)
    }

    fn path_in_module(&self) -> Option<String> {
        self.module.path_below(self.file)
    }

    fn types(&self) -> Option<&dyn TypeSource> {
        self.module.types()
    }

    fn imported(&self, path: &str) -> Option<(PathBuf, PackageFiles)> {
        let directory = self.module.directory_of(self.file, path)?;
        let files = self.file_set.program_files(&directory);
        Some((directory, files))
    }
}

/// Examines every site of `entries` in the file that `around` surrounds.
/// `enabled` says which entries run here.
pub fn matches_in(
    around: &Around<'_>,
    entries: &[RuleEntry],
    prefilter: &Prefilter,
    enabled: &dyn Fn(usize) -> bool,
) -> Matches {
    let hits = prefilter.hits(around.file.text());
    matches_at(around, entries, &hits, enabled)
}

/// The hits of a file that may be sites, as far as that can be told before a declaration
/// is parsed.
struct Places<'a> {
    file: &'a File,
    entries: &'a [RuleEntry],
    enabled: &'a dyn Fn(usize) -> bool,
    hits: std::slice::Iter<'a, Hit>,
    /// The tokens of the declarations with a hit.
    codes: HashMap<usize, DeclTokens<'a>>,
    /// Whether an entry finds one of the words that it needs, in the file or in one of its
    /// declarations: asked once, not for each hit.
    needs: HashMap<(usize, Option<usize>), bool>,
}

/// A hit that may be a site.
struct HitPlace<'a> {
    hit: Hit,
    /// The declaration around it; `None` for an import.
    decl: Option<usize>,
    /// The entries that have to examine it.
    watching: Vec<(usize, &'a RuleEntry)>,
}

impl<'a> Places<'a> {
    fn of(
        file: &'a File,
        entries: &'a [RuleEntry],
        hits: &'a [Hit],
        enabled: &'a dyn Fn(usize) -> bool,
    ) -> Places<'a> {
        Places { file, entries, enabled, hits: hits.iter(), codes: HashMap::new(), needs: HashMap::new() }
    }

    fn place(&mut self, hit: Hit) -> Option<HitPlace<'a>> {
        let Places { file, entries, enabled, .. } = *self;
        if let HitKind::Import(path, _) = hit.kind {
            let watching = running(entries, enabled, |entry| entry.meta.imports.contains(&path));
            return (!watching.is_empty()).then_some(HitPlace { hit, decl: None, watching });
        }
        let name = match hit.kind {
            HitKind::Symbol(symbol) => symbol.name,
            HitKind::Word(name) | HitKind::Import(name, _) => name,
        };
        let watches = |entry: &RuleEntry| match hit.kind {
            HitKind::Symbol(symbol) => {
                entry.meta.triggers.contains(&symbol)
                    && (entry.meta.may_match_bytes)(file.text().as_bytes(), hit.offset)
            }
            HitKind::Word(word) => entry.meta.shapes.iter().any(|shape| shape.word == word),
            HitKind::Import(..) => false,
        };
        let near = running(entries, enabled, |entry| {
            watches(entry) && entry.may_match_text(name, &|text| file.holds(text))
        });
        let is_symbol = matches!(hit.kind, HitKind::Symbol(_));
        let needs = &mut self.needs;
        let mut holds = |index: usize, decl: Option<usize>| {
            let words = entries[index].meta.within;
            let text = || decl.map_or(file.text(), |decl| file.outline().decls[decl].span.of(file.text()));
            !is_symbol
                || words.is_empty()
                || *needs.entry((index, decl)).or_insert_with(|| holds_one(text(), words))
        };
        // Asked of the file first, which need not be outlined for it.
        if !near.iter().any(|(index, _)| holds(*index, None)) {
            return None;
        }
        let decl = file.decl_at(hit.offset)?;
        let span = file.outline().decls[decl].span;
        let near: Vec<_> = near.into_iter().filter(|(index, _)| holds(*index, Some(decl))).collect();
        if near.is_empty() {
            return None;
        }
        let code = self.codes.entry(decl).or_insert_with(|| DeclTokens::of(file.text(), span));
        // A comment or a string is no site.
        let at = code.word_at(hit.offset)?;
        let looks = |entry: &RuleEntry| match hit.kind {
            HitKind::Word(word) => {
                entry.meta.shapes.iter().any(|shape| shape.word == word && (shape.may_match_tokens)(code, at))
            }
            _ => (entry.meta.may_match_tokens)(code, at),
        };
        let may_match = |entry: &RuleEntry| looks(entry) && entry.may_match_tokens(name, code, at);
        let watching: Vec<_> = near.into_iter().filter(|(_, entry)| may_match(entry)).collect();
        (!watching.is_empty()).then_some(HitPlace { hit, decl: Some(decl), watching })
    }
}

impl<'a> Iterator for Places<'a> {
    type Item = HitPlace<'a>;

    fn next(&mut self) -> Option<HitPlace<'a>> {
        loop {
            let hit = *self.hits.next()?;
            if let Some(place) = self.place(hit) {
                return Some(place);
            }
        }
    }
}

/// Whether one of `hits` may be a site, as far as that can be told before a declaration is
/// parsed.
pub fn may_have_site(
    file: &File,
    entries: &[RuleEntry],
    hits: &[Hit],
    enabled: &dyn Fn(usize) -> bool,
) -> bool {
    Places::of(file, entries, hits, enabled).next().is_some()
}

/// Examines the sites at `hits`.
pub fn matches_at(
    around: &Around<'_>,
    entries: &[RuleEntry],
    hits: &[Hit],
    enabled: &dyn Fn(usize) -> bool,
) -> Matches {
    let file: &File = around.file;
    let cx = Cx { file, around };
    let mut found = Matches::default();
    let mut faults: HashSet<Fault> = HashSet::new();
    for HitPlace { hit, decl, watching } in Places::of(file, entries, hits, enabled) {
        let Some(decl) = decl else {
            let HitKind::Import(_, index) = hit.kind else { continue };
            let import = &file.outline().imports[index];
            for (entry, _) in watching {
                for rule_match in entries[entry].examine(Mention::Import(import), &cx) {
                    let enclosing =
                        vec![rule_match.diagnostic.span, file.outline().import_decls[import.decl].span];
                    found.matches.push(Match { entry, rule_match, enclosing, decl: None });
                }
            }
            continue;
        };
        let Some(root) = file.decl(decl) else {
            let fault = file.fault(decl).unwrap_or(Fault::Syntax(file.outline().decls[decl].span));
            if faults.insert(fault) {
                found.faults.push(fault);
            }
            continue;
        };
        let mention = match hit.kind {
            HitKind::Symbol(symbol) => mention(root, hit.offset, symbol),
            HitKind::Word(word) => Some(owner(root, hit.offset, word)),
            HitKind::Import(..) => None,
        };
        let Some(mention) = mention else { continue };
        let mut here = Vec::new();
        for (index, entry) in watching {
            for rule_match in entry.examine(Mention::Node(mention), &cx) {
                let enclosing = enclosing(mention, rule_match.diagnostic.span);
                here.push(Match { entry: index, rule_match, enclosing, decl: Some(decl) });
            }
        }
        found.matches.extend(outspoken(entries, here));
    }
    if found.matches.iter().any(|matched| matched.rule_match.verdict.level() == Applicability::Safe)
        && let Some(directive) = around.file_set.embedded(file.path())
    {
        for matched in &mut found.matches {
            let verdict = matched.rule_match.verdict.clone();
            matched.rule_match.verdict =
                verdict.lower_for(Some(directive.clone()), Applicability::Unsafe, embeds::GUARD);
        }
    }
    // A site that two triggers lead to is one site.
    found.matches.sort_by_key(|matched| {
        let stage = matched.rule_match.pattern.as_ref().map(|pattern| pattern.stage);
        (matched.rule_match.diagnostic.span.start, matched.entry, stage)
    });
    found.matches.dedup_by_key(|matched| {
        let stage = matched.rule_match.pattern.as_ref().map(|pattern| pattern.stage);
        (matched.rule_match.diagnostic.span, matched.entry, stage)
    });
    found
}

/// What stays of the sites at one mention: of two rules that know of each other
/// ([`Meta::yields_to`](crate::rewrite::Meta::yields_to)) only the one that has more to say.
fn outspoken(entries: &[RuleEntry], mut here: Vec<Match>) -> Vec<Match> {
    let rank = |matched: &Match| {
        let level = matched.rule_match.verdict.level();
        (level > Applicability::Kept, matched.rule_match.diagnostic.severity, level)
    };
    let yields =
        |one: &Match, to: &Match| entries[one.entry].meta.yields_to.contains(&entries[to.entry].meta.id);
    let gives_way = |one: &Match, other: &Match| match rank(other).cmp(&rank(one)) {
        Ordering::Greater => yields(one, other) || yields(other, one),
        Ordering::Equal => yields(one, other),
        Ordering::Less => false,
    };
    let stays: Vec<bool> = here.iter().map(|one| !here.iter().any(|other| gives_way(one, other))).collect();
    let mut stays = stays.into_iter();
    here.retain(|_| stays.next().unwrap_or(true));
    here
}

/// The entries that run here and that `watches` picks.
fn running<'e>(
    entries: &'e [RuleEntry],
    enabled: &dyn Fn(usize) -> bool,
    watches: impl Fn(&RuleEntry) -> bool,
) -> Vec<(usize, &'e RuleEntry)> {
    let entries = entries.iter().enumerate();
    entries.filter(|(index, entry)| enabled(*index) && watches(entry)).collect()
}

/// Whether one of `words` stands in `text`, or there are none.
fn holds_one(text: &str, words: &[&str]) -> bool {
    words.is_empty() || words.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// The statement or type that the keyword at `offset` begins; a word that is no
/// keyword is its own.
fn owner<'t>(root: Node<'t>, offset: usize, word: &str) -> Node<'t> {
    let node = root.covering(Span::new(offset, offset + word.len()));
    if node.kind().name() == word { node.parent().unwrap_or(node) } else { node }
}

/// The mention at `offset`, when it is one: a selector, a qualified type, or a
/// name from a dot import.
fn mention<'t>(root: Node<'t>, offset: usize, symbol: Symbol) -> Option<Node<'t>> {
    let name = root.covering(Span::new(offset, offset + symbol.name.len()));
    if name.text() != symbol.name {
        return None;
    }
    let parent = name.parent().filter(|parent| parent.is(&[Kind::SelectorExpression, Kind::QualifiedType]));
    let mention = parent.unwrap_or(name);
    is_symbol(mention, symbol.path, symbol.name).then_some(mention)
}

/// `site` and the statements and declarations around it, innermost first.
pub fn around(file: &File, site: Span) -> Vec<Span> {
    let decl = file.decl_at(site.start).and_then(|index| file.decl(index));
    decl.map_or_else(|| vec![site], |root| enclosing(root.covering(site), site))
}

fn enclosing(mention: Node<'_>, site: Span) -> Vec<Span> {
    let listed = |node: &Node<'_>| {
        node.parent().is_some_and(|parent| parent.is(&[Kind::StatementList, Kind::SourceFile]))
    };
    let around = std::iter::once(mention).chain(mention.ancestors()).filter(listed);
    std::iter::once(site).chain(around.map(Node::span)).collect()
}
