//! A rule of patches as the engine runs it.

use super::compile::{Patch, Var};
use super::guards;
use super::matcher::{Matcher, PatternMatch};
use super::message;
use super::rule_file::{RuleFile, RuleLocation};
use super::side::Side;
use super::trigger::Trigger;
use crate::rewrite::{
    Applicability, Cx, DECLARATION_WORDS, Diagnostic, Fix, LoadedMeta, LoadedRule, Mention, PatternFinding,
    RuleEntry, RuleMatch, Verdict,
};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Kind, Node};
use crate::text::Span;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A rule that a file says by patches.
#[derive(Debug)]
pub struct PatchRule {
    id: String,
    file: RuleFile,
    home: Option<PathBuf>,
    except: Vec<PathBuf>,
    /// Whether the tree may not raise its level.
    foreign: bool,
}

/// How many nodes around a mention a pattern may begin at.
const HIGHEST: usize = 64;
/// How many statements before a mention a sequence may begin.
const FURTHEST: usize = 400;

impl PatchRule {
    /// The rule of `file`, called `group/ID`.
    pub fn new(group: &str, file: RuleFile) -> PatchRule {
        let id = format!("{group}/{}", file.id);
        PatchRule { id, file, home: None, except: Vec::new(), foreign: false }
    }

    /// The rule of `file`, which stands at `location`; `own` is the group of rules that came with
    /// no pack.
    pub fn at(location: RuleLocation, mut file: RuleFile, own: &str) -> PatchRule {
        let foreign = location.is_foreign();
        if foreign {
            file.level = file.level.min(Applicability::Unsafe);
        }
        if let Some(pack) = &location.pack {
            file.group.get_or_insert(pack.name.clone());
        }
        let rule = PatchRule::new(location.group(own), file).within(location.home, location.except);
        PatchRule { foreign, ..rule }
    }

    /// The same for the files below `home`, but for those below one of `except`.
    #[must_use]
    pub fn within(self, home: PathBuf, except: Vec<PathBuf>) -> PatchRule {
        PatchRule { home: Some(home), except, ..self }
    }

    /// The import paths that lead to the sites; none where something else leads to one.
    pub fn packages(&self) -> Vec<String> {
        let paths = self.file.patches.iter().map(|patch| match &patch.trigger {
            Trigger::Symbol(path, ..) | Trigger::Symbols(path, ..) if patch.objects.is_empty() => {
                Some(path.clone())
            }
            _ => None,
        });
        paths.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// The packages of whose types each of the patches needs values.
    fn packages_of_values(&self) -> Vec<Vec<String>> {
        let patches = self.file.patches.iter().filter(|patch| !patch.options.calls);
        patches.map(|patch| patch.needs.packages.clone()).collect()
    }

    /// The rule as the engine runs it.
    pub fn entry(self) -> RuleEntry {
        let mut meta = LoadedMeta {
            id: self.id.clone(),
            title: self.file.title.clone(),
            label: self.file.group.clone(),
            best: self.file.level,
            since: self.file.since,
            opt_in: self.file.once,
            once: self.file.once,
            tests: self.file.tests,
            triggers: Vec::new(),
            imports: Vec::new(),
            words: Vec::new(),
            tokens: Vec::new(),
            home: self.home.clone(),
            except: self.except.clone(),
            requires: self.file.requires.clone(),
            after: self.file.after.as_ref().map(|after| {
                match (after.contains('/'), self.id.split_once('/')) {
                    (false, Some((group, _))) => format!("{group}/{after}"),
                    _ => after.clone(),
                }
            }),
            foreign: self.foreign,
            helpers: self.file.helpers,
            packages: self.packages_of_values(),
            stages: if self.is_ordered() {
                self.file.patches.iter().map(|patch| patch.number).max().unwrap_or(1)
            } else {
                1
            },
            spans: self.file.patches.iter().any(|patch| patch.options.calls || patch.options.rename),
            guards: guards::GUARDS.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        };
        if let Some(since) = self.file.since {
            meta.guards.push(format!("needs-go{since}"));
        }
        for patch in self.file.patches.iter().filter(|patch| !patch.options.calls) {
            let renamed = patch.renames.iter().map(|rename| rename.old.clone());
            meta.words.extend(renamed);
            match &patch.trigger {
                Trigger::Symbol(path, name, _) => meta.triggers.push((path.clone(), name.clone())),
                Trigger::Symbols(path, names, _) => {
                    meta.triggers.extend(names.iter().map(|name| (path.clone(), name.clone())));
                }
                Trigger::Word(word, _) => meta.words.push(word.clone()),
                Trigger::Words(words, _) => meta.words.extend(words.iter().cloned()),
                Trigger::Import(path) => meta.imports.push(path.clone()),
                Trigger::Token(token) => meta.tokens.push(token.clone()),
                Trigger::Every => meta.words.extend(DECLARATION_WORDS.map(str::to_owned)),
            }
        }
        for list in [&mut meta.imports, &mut meta.words, &mut meta.tokens] {
            list.sort();
            list.dedup();
        }
        meta.triggers.sort();
        meta.triggers.dedup();
        RuleEntry::loaded(&meta, Arc::new(self))
    }

    /// The sites of one patch at a mention.
    fn sites<'t>(&self, index: usize, mention: Node<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        let patch = &self.file.patches[index];
        let Some(old) = &patch.old else { return Vec::new() };
        let roots = old.roots();
        let place = match &patch.trigger {
            Trigger::Symbol(.., place)
            | Trigger::Symbols(.., place)
            | Trigger::Word(_, place)
            | Trigger::Words(_, place) => *place,
            Trigger::Import(_) | Trigger::Token(_) | Trigger::Every => return Vec::new(),
        };
        let mut matcher = Matcher::at(patch, cx);
        let through = |found: &PatternMatch<'t>| {
            found.met.iter().any(|met| match met {
                super::matcher::Met::Node(span, _, node) => {
                    *span == place && (*node == mention || node.span() == mention.span())
                }
                _ => false,
            })
        };
        let around = || std::iter::once(mention).chain(mention.ancestors()).take(HIGHEST);
        if roots.len() == 1 {
            let elements = self.elements(index, old, mention, cx);
            if !elements.is_empty() {
                return elements;
            }
            for node in around() {
                if let Some(found) = matcher.whole(roots[0], node).filter(|found| through(found)) {
                    return self.judged(index, found, node, cx).into_iter().collect();
                }
            }
        } else {
            for list in around().filter(|node| node.kind() == Kind::StatementList) {
                let statements: Vec<Node<'t>> = list.named().collect();
                let here = statements.iter().position(|node| node.span().covers(mention.span())).unwrap_or(0);
                for start in (here.saturating_sub(FURTHEST)..=here).rev() {
                    let found = matcher.run(&roots, &statements[start..]).filter(|(found, _)| through(found));
                    if let Some((found, _)) = found {
                        return self.judged(index, found, statements[start], cx).into_iter().collect();
                    }
                }
            }
        }
        if matcher.gave_up() {
            let verdict = Verdict::of(self.file.level).keep_if(true, "too-many-steps");
            return vec![self.told(patch, verdict, mention.span(), None, None)];
        }
        Vec::new()
    }

    /// The sites of a pattern that may stand anywhere, in a declaration at top level.
    fn sites_below<'t>(&self, index: usize, declaration: Node<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        let patch = &self.file.patches[index];
        let top = declaration.parent().is_none_or(|up| up.kind() == Kind::SourceFile);
        let Some(old) = patch.old.as_ref().filter(|_| top) else { return Vec::new() };
        let roots = old.roots();
        let mut matcher = Matcher::at(patch, cx);
        let mut sites = Vec::new();
        for node in declaration.descendants() {
            if matcher.gave_up() {
                let verdict = Verdict::of(self.file.level).keep_if(true, "too-many-steps");
                sites.push(self.told(patch, verdict, node.span(), None, None));
                break;
            }
            matcher.begin();
            if let [root] = roots[..] {
                if let Some(found) = matcher.whole(root, node) {
                    sites.extend(self.judged(index, found, node, cx));
                }
            } else if node.kind() == Kind::StatementList {
                let statements: Vec<Node<'t>> = node.named().collect();
                for start in 0..statements.len() {
                    if let Some((found, _)) = matcher.run(&roots, &statements[start..]) {
                        sites.extend(self.judged(index, found, statements[start], cx));
                    }
                }
            }
        }
        sites
    }

    /// The elements of a list whose type is written once, for a pattern of such a literal:
    /// `{Addr: "x"}` in `[]api.Options{{Addr: "x"}}`.
    fn elements<'t>(&self, index: usize, old: &Side, mention: Node<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        let patch = &self.file.patches[index];
        let roots = old.roots();
        let root = roots[0];
        let (Some(ty), Some(body)) = (root.ty(), root.body()) else { return Vec::new() };
        if root.kind() != Kind::CompositeLiteral || patch.symbol(ty).is_none() {
            return Vec::new();
        }
        let lists = [
            Kind::SliceType,
            Kind::ArrayType,
            Kind::ImplicitLengthArrayType,
            Kind::MapType,
            Kind::PointerType,
        ];
        let around = std::iter::once(mention).chain(mention.ancestors());
        let whole = around.skip(1).take_while(|node| node.is(&lists)).last();
        let literal = whole.and_then(Node::parent).filter(|node| node.kind() == Kind::CompositeLiteral);
        let Some(literal) = literal.filter(|literal| literal.ty() == whole) else { return Vec::new() };
        let depth = mention
            .ancestors()
            .take_while(|node| *node != literal)
            .filter(|node| node.kind() != Kind::PointerType);
        let depth = depth.count();
        let mut bodies: Vec<Node<'t>> = literal.body().into_iter().collect();
        for _ in 0..depth {
            let inner = bodies.iter().flat_map(|body| body.named()).filter_map(|element| {
                let value = match element.kind() {
                    Kind::KeyedElement => element.named().last()?,
                    _ => element,
                };
                value.named().next().filter(|value| value.kind() == Kind::LiteralValue)
            });
            bodies = inner.collect();
        }
        let mut matcher = Matcher::at(patch, cx);
        let mut sites = Vec::new();
        for element in bodies {
            if let Some(mut found) = matcher.whole(body, element) {
                found.met.push(super::matcher::Met::Node(ty.span(), ty.kind(), mention));
                found.met.push(super::matcher::Met::Node(root.span(), root.kind(), element));
                sites.extend(self.judged(index, found, element, cx));
            }
        }
        sites
    }

    /// What the rule was read from.
    pub(super) fn file(&self) -> &RuleFile {
        &self.file
    }

    /// Whether the patches run one behind the other, each on the result of the one before.
    fn is_ordered(&self) -> bool {
        self.file.patches.iter().any(|patch| patch.gopatch && patch.number > 1)
    }

    /// Whether a patch above the one at `index` matches around a site of that: there it counts,
    /// unless the site stands in what one of its variables took.
    fn is_taken_before<'t>(&self, index: usize, mention: Mention<'t>, site: &RuleMatch, cx: &Cx<'t>) -> bool {
        let Mention::Node(mention) = mention else { return false };
        let span = site.diagnostic.span;
        let own = self.file.patches[index].number;
        (0..index).filter(|before| self.file.patches[*before].number < own).any(|before| {
            let patch = &self.file.patches[before];
            let Some(old) = patch.old.as_ref().filter(|_| !patch.options.calls && !patch.whole_file) else {
                return false;
            };
            let roots = old.roots();
            let mut matcher = Matcher::at(patch, cx);
            let covers = |found: &PatternMatch<'t>| {
                let within = |nodes: &[Node<'t>]| nodes.iter().any(|node| node.span().covers(span));
                !found.met.iter().any(|met| match met {
                    super::matcher::Met::Var(_, nodes) | super::matcher::Met::Dots(_, nodes) => within(nodes),
                    super::matcher::Met::Node(..) => false,
                })
            };
            let around = std::iter::once(mention).chain(mention.ancestors()).take(HIGHEST);
            around.into_iter().any(|node| match roots[..] {
                [root] if node.span().covers(span) => {
                    let found = matcher.whole(root, node).filter(|found| covers(found));
                    found.is_some_and(|found| self.judged(before, found, node, cx).is_some())
                }
                [_] => false,
                _ if node.kind() == Kind::StatementList => {
                    let statements: Vec<Node<'t>> = node.named().collect();
                    let here = statements.iter().position(|one| one.span().covers(span)).unwrap_or(0);
                    (here.saturating_sub(FURTHEST)..=here).rev().any(|start| {
                        let found = matcher.run(&roots, &statements[start..]);
                        found.is_some_and(|(found, taken)| {
                            start + taken > here
                                && covers(&found)
                                && self.judged(before, found, statements[start], cx).is_some()
                        })
                    })
                }
                _ => false,
            })
        })
    }

    /// What there is to say of a site.
    pub(super) fn told(
        &self,
        patch: &Patch,
        verdict: Verdict,
        span: Span,
        fix: Option<Fix>,
        found: Option<&PatternMatch<'_>>,
    ) -> RuleMatch {
        let why = self.file.markdown.split("\n\n").next().unwrap_or_default();
        let why: String = why.split_whitespace().collect::<Vec<_>>().join(" ");
        let bindings = found.map(|found| bindings(patch, found)).unwrap_or_default();
        let message = match patch.message.as_str() {
            "" => self.file.title.clone(),
            message => message::with(message, &bindings),
        };
        let diagnostic = Diagnostic { span, message, why, severity: self.file.severity, labels: Vec::new() };
        let fix = fix.filter(|_| verdict.level() >= Applicability::Unsafe);
        let stage = if self.is_ordered() { patch.number - 1 } else { 0 };
        let pattern = Some(PatternFinding { patch: patch.number, stage, bindings });
        RuleMatch { verdict, diagnostic, fix, pattern }
    }

    /// The patches that edit the uses of what the patch at `index` changes.
    pub(super) fn calls_behind(&self, index: usize) -> Vec<&Patch> {
        let behind = self.file.patches.iter().skip(index + 1);
        behind
            .skip_while(|patch| patch.number == self.file.patches[index].number)
            .take_while(|patch| patch.options.calls)
            .collect()
    }

    /// Whether a patch whose sites mentions of `word` lead to `may_match`.
    fn led_by(&self, word: &str, may_match: impl Fn(&Patch) -> bool) -> bool {
        let led = self.file.patches.iter().filter(|patch| !patch.options.calls);
        led.filter(|patch| patch.options.rename || patch.trigger.is_met(word)).any(may_match)
    }

    /// The sites of a patch at a mention of its trigger.
    fn sites_of<'t>(&self, index: usize, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        let patch = &self.file.patches[index];
        if patch.options.calls || self.file.until.is_some_and(|until| cx.go().is_some_and(|go| go >= until)) {
            return Vec::new();
        }
        if patch.options.rename {
            let Mention::Node(node) = mention else { return Vec::new() };
            return self.rename_site(patch, node, cx).into_iter().collect();
        }
        match (mention, &patch.trigger) {
            (Mention::Import(import), Trigger::Import(path)) if import.path == *path => {
                self.import_site(patch, import, cx).into_iter().collect()
            }
            (
                Mention::Node(_),
                Trigger::Symbol(..) | Trigger::Symbols(..) | Trigger::Word(..) | Trigger::Words(..),
            ) if patch.whole_file => self.file_site(patch, cx).into_iter().collect(),
            (
                Mention::Node(node),
                Trigger::Symbol(..) | Trigger::Symbols(..) | Trigger::Word(..) | Trigger::Words(..),
            ) => {
                let mut sites = self.sites(index, node, cx);
                if !sites.is_empty() && patch.clause.is_some() {
                    sites.extend(self.file_site(patch, cx));
                }
                sites
            }
            (Mention::Node(node), Trigger::Token(_) | Trigger::Every) => self.sites_below(index, node, cx),
            _ => Vec::new(),
        }
    }
}

/// The text of each variable.
fn bindings(patch: &Patch, found: &PatternMatch<'_>) -> BTreeMap<String, String> {
    let text = |(index, var): (usize, &Var)| {
        let nodes = found.var(index)?;
        let text = match (nodes.first(), nodes.last()) {
            (Some(first), Some(last)) => first.file().text()[first.start()..last.end()].to_owned(),
            _ => String::new(),
        };
        Some((var.name.clone(), text))
    };
    patch.vars.iter().enumerate().filter_map(text).collect()
}

impl LoadedRule for PatchRule {
    fn examine<'t>(&self, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        let ordered = self.is_ordered();
        let mut all = Vec::new();
        for index in 0..self.file.patches.len() {
            let mut found = self.sites_of(index, mention, cx);
            if !ordered && index > 0 {
                found.retain(|site| !self.is_taken_before(index, mention, site, cx));
            }
            if ordered {
                all.extend(found);
                continue;
            }
            // At each place the first patch that matches counts.
            let is_new = |site: &RuleMatch| {
                let span = site.diagnostic.span;
                !all.iter().any(|known: &RuleMatch| known.diagnostic.span == span)
            };
            let found: Vec<RuleMatch> = found.into_iter().filter(is_new).collect();
            let matched = !found.is_empty();
            all.extend(found);
            if matched && !self.file.patches[index].trigger.is_wide() {
                break;
            }
        }
        all
    }

    fn may_match_text(&self, word: &str, holds: &dyn Fn(&str) -> bool) -> bool {
        self.led_by(word, |patch| patch.needs.are_in(holds))
    }

    fn may_match_tokens(&self, word: &str, code: &DeclTokens<'_>, at: usize) -> bool {
        self.led_by(word, |patch| patch.needs.are_at(code, at))
    }

    fn page(&self) -> String {
        let mut page = format!("# {}\n{}\n\n", self.id, self.file.title);
        if !self.file.markdown.is_empty() {
            page.push_str(&format!("# Why\n{}\n\n", self.file.markdown));
        }
        if let Some(docs) = &self.file.docs {
            page.push_str(&format!("# More\n{docs}\n\n"));
        }
        let patch = super::Archive::parse(&self.file.text);
        let patch =
            patch.section("rule.patch").map_or(self.file.text.as_str(), |section| section.text.as_str());
        page.push_str(&format!("# Patch\n```diff\n{}\n```\n\n# Guards\n", patch.trim_end()));
        for guard in guards::pages() {
            page.push_str(&format!("- `{}`, {}: {}\n", guard.name, guard.effect, guard.sentence));
        }
        if let Some(since) = self.file.since {
            page.push_str(&format!("- `needs-go{since}`, keep: The new code needs Go {since}.\n"));
        }
        page
    }

    fn why(&self, cx: &Cx<'_>, line: usize) -> Vec<String> {
        self.explained(cx, line)
    }

    fn source(&self) -> blake3::Hash {
        self.file.digest
    }

    fn digest(&self) -> blake3::Hash {
        // Which package declares what the rule names is found in other files.
        let objects: Vec<_> =
            self.file.patches.iter().map(|patch| (&patch.objects, &patch.renames)).collect();
        blake3::hash(format!("{} {objects:?}", self.file.digest).as_bytes())
    }
}
