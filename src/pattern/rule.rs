//! A rule of patches as the engine runs it.

use super::compile::{Patch, Side, Trigger};
use super::condition::{self, ConditionFailure, ConditionKind, ConditionTexts};
use super::guards;
use super::matcher::{Matcher, PatternMatch};
use super::patch::Sign;
use super::render::ReplacementWriter;
use super::rule_file::RuleFile;
use super::{interface_guard, nil_values, repeats};
use crate::model::import_names::default_names;
use crate::model::import_names::names_of;
use crate::model::scope::{self, Def};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, LoadedMeta, LoadedRule, Mention, RuleEntry, RuleMatch, Severity,
    Verdict, intern,
};
use crate::syntax::{Import, Kind, Node};
use crate::text::Span;
use std::sync::Arc;

/// A rule that a file says by patches.
#[derive(Debug)]
pub struct PatchRule {
    id: String,
    file: RuleFile,
}

/// How many nodes around a mention a pattern may begin at.
const HIGHEST: usize = 64;
/// How many statements before a mention a sequence may begin.
const FURTHEST: usize = 400;

impl PatchRule {
    /// The rule of `file`, called `group/ID`.
    pub fn new(group: &str, file: RuleFile) -> PatchRule {
        PatchRule { id: format!("{group}/{}", file.id), file }
    }

    /// The file.
    pub fn file(&self) -> &RuleFile {
        &self.file
    }

    /// The rule as the engine runs it.
    pub fn entry(self) -> RuleEntry {
        let mut meta = LoadedMeta {
            id: self.id.clone(),
            title: self.file.title.clone(),
            best: self.file.level,
            since: self.file.since,
            opt_in: self.file.once,
            once: self.file.once,
            tests: self.file.tests,
            triggers: Vec::new(),
            imports: Vec::new(),
            words: Vec::new(),
            guards: guards::GUARDS.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        };
        if let Some(since) = self.file.since {
            meta.guards.push(format!("needs-go{since}"));
        }
        for patch in &self.file.patches {
            match &patch.trigger {
                Trigger::Symbol(path, name, _) => meta.triggers.push((path.clone(), name.clone())),
                Trigger::Word(word, _) => meta.words.push(word.clone()),
                Trigger::Import(path) => meta.imports.push(path.clone()),
            }
        }
        for list in [&mut meta.imports, &mut meta.words] {
            list.sort();
            list.dedup();
        }
        meta.triggers.sort();
        meta.triggers.dedup();
        RuleEntry::loaded(&meta, Arc::new(self))
    }

    /// The sites of one patch at a mention.
    fn sites<'t>(&self, patch: &Patch, mention: Node<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        let Some(old) = &patch.old else { return Vec::new() };
        let roots = old.roots();
        let place = match &patch.trigger {
            Trigger::Symbol(.., place) | Trigger::Word(_, place) => *place,
            Trigger::Import(_) => return Vec::new(),
        };
        let mut matcher = Matcher::new(patch, cx.package()).asking(cx);
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
            let elements = self.elements(patch, old, mention, cx);
            if !elements.is_empty() {
                return elements;
            }
            for node in around() {
                if let Some(found) = matcher.whole(roots[0], node).filter(|found| through(found)) {
                    return self.judged(patch, old, found, node, cx).into_iter().collect();
                }
            }
        } else {
            for list in around().filter(|node| node.kind() == Kind::StatementList) {
                let statements: Vec<Node<'t>> = list.named().collect();
                let here = statements.iter().position(|node| node.span().covers(mention.span())).unwrap_or(0);
                for start in (here.saturating_sub(FURTHEST)..=here).rev() {
                    let found = matcher.run(&roots, &statements[start..]).filter(|(found, _)| through(found));
                    if let Some((found, _)) = found {
                        return self.judged(patch, old, found, statements[start], cx).into_iter().collect();
                    }
                }
            }
        }
        if matcher.gave_up() {
            let verdict = Verdict::of(self.file.level).keep_if(true, "too-many-steps");
            return vec![self.told(patch, verdict, mention.span(), None)];
        }
        Vec::new()
    }

    /// The elements of a list whose type is written once, for a pattern of such a literal:
    /// `{Addr: "x"}` in `[]api.Options{{Addr: "x"}}`.
    fn elements<'t>(&self, patch: &Patch, old: &Side, mention: Node<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
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
        let mut matcher = Matcher::new(patch, cx.package()).asking(cx);
        let mut sites = Vec::new();
        for element in bodies {
            if let Some(mut found) = matcher.whole(body, element) {
                found.met.push(super::matcher::Met::Node(ty.span(), ty.kind(), mention));
                found.met.push(super::matcher::Met::Node(root.span(), root.kind(), element));
                sites.extend(self.judged(patch, old, found, element, cx));
            }
        }
        sites
    }

    fn told(&self, patch: &Patch, verdict: Verdict, span: Span, fix: Option<Fix>) -> RuleMatch {
        let why = self.file.markdown.split("\n\n").next().unwrap_or_default();
        let why: String = why.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = if patch.message.is_empty() { self.file.title.clone() } else { patch.message.clone() };
        let diagnostic = Diagnostic { span, message, why, severity: Severity::Note, labels: Vec::new() };
        let fix = fix.filter(|_| verdict.level() >= Applicability::Unsafe);
        RuleMatch { verdict, diagnostic, fix }
    }

    /// What the guards say of a match, and its fix.
    fn judged<'t>(
        &self,
        patch: &Patch,
        old: &Side,
        found: PatternMatch<'t>,
        start: Node<'t>,
        cx: &Cx<'t>,
    ) -> Option<RuleMatch> {
        let roots = old.roots();
        let span = place(old, &found, start, &roots);
        let site = site(old, &found, start, &roots);
        let mut verdict = Verdict::of(if patch.advice { Applicability::Advice } else { self.file.level });
        if let Some(since) = self.file.since
            && cx.go().is_none_or(|go| go < since)
        {
            verdict = verdict.keep_if(true, intern(&format!("needs-go{since}")));
        }
        let mut texts = ConditionTexts::new();
        let parts = self.file.parts.as_slice();
        let asked = ConditionKind { patch, found: &found, site, start, parts, cx };
        for condition in &patch.conditions {
            match condition.holds(&asked, &mut texts) {
                Ok(()) => {}
                Err(ConditionFailure::NoMatch) => return None,
                Err(ConditionFailure::Kept(guard, saw)) => verdict = verdict.keep_for(Some(saw), guard),
            }
        }
        if let Some(untold) = found.unknown.first() {
            let saw = condition::seen(&patch.vars[untold.var].name, untold.why.as_deref());
            verdict = verdict.keep_for(Some(saw), guards::TYPE_UNKNOWN);
        }
        if patch.advice || verdict.level() == Applicability::Kept {
            return Some(self.told(patch, verdict, span, None));
        }
        let mut fix = Fix::new(self.file.title.clone(), cx.file.path());
        let new = patch.new.as_ref().unwrap_or(old);
        let mut writer = ReplacementWriter {
            patch,
            new,
            found: &found,
            texts: &texts,
            cx,
            site,
            fix: &mut fix,
            edits: Vec::new(),
            rewritten: Vec::new(),
            kept: None,
        };
        writer.rewrite_elements(&asked);
        match &patch.new {
            None => {
                for root in &roots {
                    if let Some(node) = found.node(*root) {
                        writer.delete(node);
                    }
                }
            }
            Some(new) => match (new.roots().as_slice(), roots.as_slice()) {
                ([new], [old]) => writer.change(*old, *new),
                (news, olds) => writer.change_statements(olds, news),
            },
        }
        writer.finish_elements();
        let (edits, kept) = (writer.edits, writer.kept);
        if let Some((guard, saw)) = kept {
            verdict = verdict.keep_for(Some(saw), guard);
        }
        if let Some(new) = &patch.new {
            verdict = verdict.keep_for(guards::captured(patch, old, new, &found), "captures-name");
        }
        let lower = match self.file.level {
            Applicability::Safe => Applicability::Unsafe,
            _ => Applicability::Advice,
        };
        let evaluation = guards::evaluation(patch, old, patch.new.as_ref(), &found, cx.package());
        if let Some((guard, saw)) = evaluation {
            verdict = verdict.lower_for(Some(saw), lower, guard);
        }
        verdict = verdict.lower_for(guards::lost_comment(cx.file, site, &edits), lower, "loses-comment");
        if let Some(new) = &patch.new {
            if let Some((guard, saw)) = interface_guard::changed_method(old, new, &found, cx) {
                verdict = verdict.keep_for(Some(saw), guard);
            }
            let nil = || nil_values::nil_value(patch, old, new, &found, cx);
            verdict = verdict.lower_seen(nil, Applicability::Unsafe, guards::NIL_VALUE);
        }
        let again = || patch.may_repeat && repeats::repeats(patch, old, parts, &fix, site, cx);
        if patch.repeats || (verdict.level() > Applicability::Advice && again()) {
            verdict = verdict.lower_if(true, Applicability::Unsafe, "not-idempotent").named("not-idempotent");
        }
        if edits.is_empty() && fix.files().is_empty() && verdict.level() > Applicability::Kept {
            // What is there is what would be written.
            return None;
        }
        Some(self.told(patch, verdict, span, Some(fix)))
    }

    /// The site that an import is, of a patch of import lines.
    fn import_site<'t>(&self, patch: &Patch, import: &Import, cx: &Cx<'t>) -> Option<RuleMatch> {
        let new = patch.imports.iter().find(|import| import.sign == Sign::New)?;
        let old = patch.imports.iter().find(|import| import.sign == Sign::Old)?;
        if import.path != old.path || old.name.is_some() && !fits(import, old.name.as_deref()) {
            return None;
        }
        let file = cx.file;
        let alias = import.name.as_ref().map(|name| name.text.as_str());
        let mut verdict = Verdict::of(self.file.level);
        let mut fix = Fix::new(self.file.title.clone(), file.path());
        let outline = file.outline();
        let present = outline.imports.iter().find(|import| import.path == new.path);
        let old_name = alias.or_else(|| default_names(&old.path).next()).unwrap_or_default();
        let wished = new.name.as_deref().or_else(|| default_names(&new.path).next()).unwrap_or_default();
        let (name, written) = match (alias, present) {
            (_, Some(_)) => return self.merged(patch, import, present, cx),
            (Some(alias @ ("_" | ".")), None) => (alias.to_owned(), Some(alias.to_owned())),
            // The alias of the file stays, unless the rule names both.
            (Some(alias), None) if old.name.is_none() => (alias.to_owned(), Some(alias.to_owned())),
            _ => (wished.to_owned(), new.name.clone()),
        };
        let mut written = written;
        if name != old_name {
            let free = |node: &Node<'_>| cx.is_free(&name, *node);
            let uses = uses(import, cx);
            match uses {
                Some(uses) if uses.iter().all(free) => {
                    for node in uses {
                        fix.replace(node.span(), name.clone());
                    }
                }
                // The old name stays the name of the file's import.
                Some(_) => written = Some(old_name.to_owned()),
                None => verdict = verdict.keep_if(true, "not-nameable"),
            }
        }
        let spec = written.as_ref().map_or(String::new(), |name| format!("{name} "));
        let text = format!("{spec}\"{}\"", new.path);
        let declaration = &outline.import_decls[import.decl];
        let sorted = || {
            let paths: Vec<&Import> = outline.imports.iter().filter(|one| one.decl == import.decl).collect();
            let at = paths.iter().position(|one| std::ptr::eq(*one, import)).unwrap_or(0);
            let beside = |one: &&Import, first: &Import| {
                file.lines().line(one.span.start).abs_diff(file.lines().line(first.span.start)) == 1
            };
            let before = at.checked_sub(1).map(|at| paths[at]).filter(|one| beside(one, import));
            let behind = paths.get(at + 1).copied().filter(|one| beside(one, import));
            before.is_none_or(|one| one.path < new.path) && behind.is_none_or(|one| new.path < one.path)
        };
        // A package of the standard library has its own place among several.
        let standard = |path: &str| !path.split('/').next().is_some_and(|first| first.contains('.'));
        let same_kind = standard(&import.path) == standard(&new.path);
        if declaration.group.is_none() || (same_kind && sorted()) {
            fix.replace(import.span, text);
        } else {
            let line = file.lines().whole_lines(import.span);
            fix.replace(line, "");
            fix.want_import(&new.path, written.as_deref());
        }
        Some(self.told(
            patch,
            verdict,
            declaration_start(import, declaration.span, declaration.group),
            Some(fix),
        ))
    }

    /// The file has the new import already: what uses the old one uses that.
    fn merged<'t>(
        &self,
        patch: &Patch,
        import: &Import,
        present: Option<&Import>,
        cx: &Cx<'t>,
    ) -> Option<RuleMatch> {
        let present = present?;
        let name = names_of(present).into_iter().find(|name| !name.contains('/')).map(str::to_owned);
        let mut fix = Fix::new(self.file.title.clone(), cx.file.path());
        let mut verdict = Verdict::of(self.file.level);
        match (name, uses(import, cx)) {
            (Some(name), Some(uses))
                if !uses.is_empty()
                    && uses.iter().all(|node| {
                        matches!(scope::resolve_name(&name, *node), Def::Import(found) if std::ptr::eq(found, present))
                    }) =>
            {
                for node in uses {
                    fix.replace(node.span(), name.clone());
                }
            }
            _ => verdict = verdict.keep_if(true, "not-nameable"),
        }
        Some(self.told(patch, verdict, import.span, Some(fix)))
    }
}

/// Whether the import is called as a rule says.
fn fits(import: &Import, name: Option<&str>) -> bool {
    name.is_none_or(|name| {
        names_of(import).contains(&name) || import.name.as_ref().is_some_and(|own| own.text == name)
    })
}

/// The start of a declaration of one import is the site; of a group, its spec.
fn declaration_start(import: &Import, declaration: Span, group: Option<Span>) -> Span {
    if group.is_some() { import.span } else { Span::new(declaration.start, import.span.end) }
}

/// The identifiers of the file that name the import; `None` where a part of the file
/// cannot be read.
fn uses<'t>(import: &Import, cx: &Cx<'t>) -> Option<Vec<Node<'t>>> {
    let file = cx.file;
    let mut uses = Vec::new();
    for index in 0..file.outline().decls.len() {
        let root = file.decl(index)?;
        for name in names_of(import) {
            uses.extend(root.mentions(name).filter(|node| {
                node.is(&[Kind::Identifier, Kind::PackageIdentifier])
                    && matches!(scope::resolve(*node), Def::Import(found) if found.path == import.path && found.span == import.span)
            }));
        }
    }
    uses.sort_by_key(|node| node.start());
    uses.dedup();
    file.outline().broken.is_empty().then_some(uses)
}

/// The node of the code where names are looked up: the first that the patch changes.
fn site<'t>(old: &Side, found: &PatternMatch<'t>, start: Node<'t>, roots: &[Node<'_>]) -> Node<'t> {
    first_changed(old, found, roots).unwrap_or(start)
}

/// The node that the first `-` token of the patch met, or the smallest around it.
fn first_changed<'t>(old: &Side, found: &PatternMatch<'t>, roots: &[Node<'_>]) -> Option<Node<'t>> {
    for root in roots {
        for leaf in root.descendants().filter(|leaf| leaf.children().next().is_none()) {
            if old.sign(leaf.start()) != Sign::Old {
                continue;
            }
            let around = std::iter::once(leaf).chain(leaf.ancestors());
            let same_start = around.take_while(|node| node.start() == leaf.start());
            let met: Vec<Node<'t>> = same_start.filter_map(|node| found.node(node)).collect();
            if let Some(node) = met.last() {
                return Some(*node);
            }
            return leaf.ancestors().find_map(|node| found.node(node));
        }
    }
    None
}

/// The bytes that a finding points at.
fn place<'t>(old: &Side, found: &PatternMatch<'t>, start: Node<'t>, roots: &[Node<'_>]) -> Span {
    let first = first_changed(old, found, roots).unwrap_or(start);
    let last = roots.last().and_then(|root| found.node(*root));
    Span::new(first.start(), last.map_or(first.end(), Node::end).max(first.end()))
}

impl LoadedRule for PatchRule {
    fn examine<'t>(&self, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch> {
        for patch in &self.file.patches {
            let sites: Vec<RuleMatch> = match (mention, &patch.trigger) {
                (Mention::Import(import), Trigger::Import(path)) if import.path == *path => {
                    self.import_site(patch, import, cx).into_iter().collect()
                }
                (Mention::Node(node), Trigger::Symbol(..) | Trigger::Word(..)) => self.sites(patch, node, cx),
                _ => Vec::new(),
            };
            if !sites.is_empty() {
                return sites;
            }
        }
        Vec::new()
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

    fn digest(&self) -> blake3::Hash {
        self.file.digest
    }
}
